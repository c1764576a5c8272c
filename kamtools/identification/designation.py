"""The designation: a dated list of key accounts with entry and exit rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kamtools.identification.values import Values, by_account

RULES = ("entry_score", "exit_score", "minimum_sales_share", "strategic_always", "most")


@dataclass(frozen=True, eq=False)
class Designation:
    """Who is a key account from `as_of`, and why.

    Attributes
    ----------
    table
        account, since (of the present or last membership), until (where it
        left), status (``entered``, ``kept``, ``left``, ``refused``),
        reason_key, score, sales_share, quadrant. Members first, best score
        first. ``refused`` are accounts that met part of the rules only.
    accounts
        The key accounts, best score first.
    conventions
        The rules that were used.
    """

    table: pd.DataFrame
    accounts: tuple[str, ...]
    as_of: dt.date
    conventions: dict[str, object]


def _rules(rules: Any) -> dict[str, Any]:
    get = rules.get if isinstance(rules, Mapping) else lambda name: getattr(rules, name, None)
    read: dict[str, Any] = {name: get(name) for name in RULES}
    for name, value in read.items():
        if value is None:
            raise ValueError(f"rules: {name!r} is missing; needed: {', '.join(RULES)}")
    if read["exit_score"] > read["entry_score"]:
        raise ValueError(
            f"rules: exit_score {read['exit_score']!r} is above entry_score {read['entry_score']!r}"
        )
    if read["most"] < 1:
        raise ValueError(f"rules: most is {read['most']!r}, expected at least 1")
    read["minimum_rated"] = get("minimum_rated") or 0.0
    return read


def _since(previous: Any, as_of: dt.date) -> dict[str, dt.date]:
    if previous is None:
        return {}
    if isinstance(previous, pd.DataFrame):
        previous = dict(zip(previous["account"], previous["since"], strict=True))
    if isinstance(previous, (Mapping, pd.Series)):
        return {str(a): pd.Timestamp(d).date() for a, d in previous.items()}
    return {str(a): as_of for a in previous}


def designate(
    scores: pd.Series | pd.DataFrame | Mapping[str, float],
    sales_share: Values,
    quadrants: Mapping[str, str | None] | pd.Series,
    previous: Iterable[str] | Mapping[str, dt.date] | pd.DataFrame | None,
    rules: Any,
    as_of: dt.date | str,
    known: Mapping[str, float] | pd.Series | None = None,
) -> Designation:
    """Apply the entry and exit rules and return the dated list of key accounts.

    Parameters
    ----------
    scores
        Overall score by account, or a frame with the column ``score``; missing: not rated.
    sales_share
        Share of sales by account.
    quadrants
        Quadrant by account.
    previous
        The list so far: ids, or ids with the date since when (a mapping or
        frame[account, since]). With ids alone the date is `as_of`.
    rules
        A mapping or object with

        entry_score, exit_score : an account enters from the one and leaves below the other
        minimum_sales_share : below it no account enters or stays
        strategic_always : in the strategic quadrant the sales share alone decides
        minimum_rated : an account of whose criteria less than this (by weight, see
            `known`) is rated counts as not rated; left out: 0
        most : not more key accounts than this. Members keep their place
            before newcomers; among equals the score decides, then the share, then the id

    known
        Share of the criteria's weight that is rated, by account; needed where
        `minimum_rated` is above zero.

    Returns
    -------
    Designation
        ``reason_key``: ``score_reached``, ``strategic``, ``still_above_exit``,
        ``still_strategic``, ``not_rated_kept``, ``score_below_exit``,
        ``share_below_minimum``, ``list_full``, ``not_rated``, ``score_below_entry``.

    Examples
    --------
    >>> rules = {"entry_score": 3.4, "exit_score": 3.0, "minimum_sales_share": 0.01, "strategic_always": True, "most": 5}
    >>> result = designate({"A": 4.0, "B": 3.2, "C": 3.2, "D": 2.0}, {"A": 0.5, "B": 0.2, "C": 0.2, "D": 0.1},
    ...                    {"A": "strategic", "B": "star", "C": "status", "D": "streamline"},
    ...                    ["B", "D"], rules, "2026-10-31")
    >>> result.table[["account", "status", "reason_key"]].values.tolist()
    [['A', 'entered', 'strategic'], ['B', 'kept', 'still_above_exit'], ['D', 'left', 'score_below_exit'], ['C', 'refused', 'score_below_entry']]
    """
    read = _rules(rules)
    day = pd.Timestamp(as_of).date()
    if isinstance(scores, pd.DataFrame):
        scores = scores["score"]
    score = pd.Series(scores, dtype=float)
    shares = by_account(sales_share, "sales_share")
    since = _since(previous, day)
    frame = pd.DataFrame(
        index=pd.Index(sorted(set(score.index) | set(shares.index) | set(since)), name="account")
    )
    frame["score"], frame["sales_share"] = score, shares
    frame["quadrant"] = pd.Series(quadrants, dtype=object)
    frame["member"] = frame.index.isin(list(since))
    rated = frame["score"].notna()
    if read["minimum_rated"] > 0:
        if known is None:
            raise ValueError(f"known: needed for minimum_rated {read['minimum_rated']!r}")
        rated &= pd.Series(known, dtype=float).reindex(frame.index) >= read["minimum_rated"]
    strategic = (frame["quadrant"] == "strategic") & bool(read["strategic_always"]) & rated
    enough = frame["sales_share"] >= read["minimum_sales_share"]

    stays = np.select(
        [~enough, strategic, ~rated, frame["score"] >= read["exit_score"]],
        ["share_below_minimum", "still_strategic", "not_rated_kept", "still_above_exit"],
        "score_below_exit",
    )
    enters = np.select(
        [(strategic | (frame["score"] >= read["entry_score"])) & ~enough, strategic & enough, enough & ~rated,
         frame["score"] >= read["entry_score"], enough],
        ["share_below_minimum", "strategic", "not_rated", "score_reached", "score_below_entry"],
        "",
    )  # fmt: skip
    frame["reason_key"] = np.where(frame["member"], stays, enters)
    passes = ["still_strategic", "still_above_exit", "not_rated_kept", "strategic", "score_reached"]
    frame["in"] = frame["reason_key"].isin(passes)
    frame["id"] = [str(a) for a in frame.index]
    ordered = frame.sort_values(["score", "sales_share", "id"], ascending=[False, False, True])
    queue = ordered[ordered["in"]].sort_values("member", ascending=False, kind="stable")
    full = queue.index[read["most"] :]
    frame.loc[full, "in"], frame.loc[full, "reason_key"] = False, "list_full"

    kind = np.where(
        frame["in"],
        np.where(frame["member"], "kept", "entered"),
        np.where(frame["member"], "left", "refused"),
    )
    frame["status"] = kind
    said = set(frame.index[frame["reason_key"] != ""])
    frame = frame.loc[[a for a in ordered.index if a in said]]
    rank = frame["status"].map({"entered": 0, "kept": 0, "left": 1, "refused": 2})
    frame = frame.iloc[np.argsort(rank.to_numpy(), kind="stable")]
    starts = [
        since.get(a, day) if s != "refused" else None
        for a, s in zip(frame.index, frame["status"], strict=True)
    ]
    ends = [day if s == "left" else None for s in frame["status"]]
    table = pd.DataFrame(
        {
            "account": list(frame.index),
            "since": pd.to_datetime(pd.Series(starts, dtype=object)),
            "until": pd.to_datetime(pd.Series(ends, dtype=object)),
            "status": frame["status"].to_numpy(),
            "reason_key": frame["reason_key"].to_numpy(),
            "score": frame["score"].to_numpy(),
            "sales_share": frame["sales_share"].to_numpy(),
            "quadrant": frame["quadrant"].to_numpy(),
        }
    )
    return Designation(
        table=table,
        accounts=tuple(table.loc[table["status"].isin(["entered", "kept"]), "account"]),
        as_of=day,
        conventions=read,
    )
