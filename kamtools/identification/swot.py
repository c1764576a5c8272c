"""Strengths, weaknesses, opportunities, threats: weighted (IFE, EFE), paired (TOWS), and against rivals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamtools.identification.records import Rows, frame_of, numbers, words
from kamtools.identification.values import Note, Values, choice, refuse_negatives, to_series
from kamtools.notknown import NotKnown

KINDS = ("strength", "weakness", "opportunity", "threat")
INTERNAL = ("strength", "weakness")
AVERAGE = 2.5  # of the scale 1–4
PAIRS = {
    "so": ("strength", "opportunity"),
    "wo": ("weakness", "opportunity"),
    "st": ("strength", "threat"),
    "wt": ("weakness", "threat"),
}


@dataclass(frozen=True, eq=False)
class Swot:
    """A weighted SWOT.

    Attributes
    ----------
    table
        item, kind, weight, rating, side (``internal``, ``external``),
        weight_share (within the side, over rated items), contribution; in the given order.
    ife, efe
        Internal and external factor evaluation, Σ weight share × rating on
        1–4; 2.5 is average. None where a side has no rated item.
    unrated
        Rows without a rating or weight: left out, not counted as zero.
    missing_kinds
        Kinds that no item has.
    warnings
        ``strength_rated_low`` (a strength is 3 or 4), ``weakness_rated_high``
        (a weakness is 1 or 2), each with the item's row.
    """

    table: pd.DataFrame
    ife: float | None
    efe: float | None
    unrated: tuple[int, ...]
    missing_kinds: tuple[str, ...]
    warnings: tuple[Note, ...]


def swot_evaluation(items: Rows) -> Swot:
    """Weigh and rate the items of a SWOT after David's IFE and EFE.

    Parameters
    ----------
    items
        Rows with item, kind (strength, weakness, opportunity, threat),
        weight (any, divided by their sum within the internal and the external
        side) and rating 1–4: for a strength 3 minor, 4 major; for a weakness
        1 major, 2 minor; outside, how well the account answers: 4 superior, 1 poor.

    Examples
    --------
    >>> result = swot_evaluation([
    ...     {"item": "stores", "kind": "strength", "weight": 0.6, "rating": 4},
    ...     {"item": "logistics", "kind": "weakness", "weight": 0.4, "rating": 1},
    ...     {"item": "ageing", "kind": "opportunity", "weight": 1, "rating": 3},
    ...     {"item": "online", "kind": "threat", "weight": 1, "rating": 2}])
    >>> round(result.ife, 2), round(result.efe, 2)
    (2.8, 2.5)
    """
    frame = frame_of(items, "items", ("item", "kind", "weight", "rating"))
    frame["item"], frame["kind"] = words(frame, "item"), words(frame, "kind")
    for at, kind in frame["kind"].items():
        choice(str(kind), KINDS, f"items: kind of row {at}")
    frame["weight"] = numbers(frame, "weight", "items", 0)
    frame["rating"] = numbers(frame, "rating", "items", 1, 4)
    frame["side"] = np.where(frame["kind"].isin(INTERNAL), "internal", "external")
    rated = frame["rating"].notna() & frame["weight"].notna()
    weight = frame["weight"].where(rated)
    sums = weight.groupby(frame["side"]).transform("sum")
    frame["weight_share"] = (weight / sums).where(sums > 0)
    frame["contribution"] = frame["weight_share"] * frame["rating"]
    totals = frame.groupby("side")["contribution"].sum(min_count=1)
    notes = []
    for at, kind, rating in zip(frame.index, frame["kind"], frame["rating"], strict=True):
        if kind == "strength" and rating < 3:
            notes.append(Note("strength_rated_low", {"row": int(at), "rating": rating}))
        if kind == "weakness" and rating > 2:
            notes.append(Note("weakness_rated_high", {"row": int(at), "rating": rating}))
    return Swot(
        frame,
        _total(totals, "internal"),
        _total(totals, "external"),
        tuple(int(i) for i in frame.index[~rated]),
        tuple(k for k in KINDS if k not in set(frame["kind"])),
        tuple(notes),
    )


def _total(totals: pd.Series, side: str) -> float | None:
    value = totals.get(side)
    return None if value is None or value != value else float(value)


def tows(swot: Swot, strategies: Mapping[str, int] | None = None, most: int = 3) -> pd.DataFrame:
    """Pair the inside with the outside: the pairs worth a strategy, weightiest first.

    Parameters
    ----------
    swot
        A weighted SWOT.
    strategies
        Number of strategies written by pair of kinds (``so``, ``wo``, ``st``, ``wt``).
    most
        Pairs of items for each pair of kinds.

    Returns
    -------
    frame[pair, internal, external, priority, answered]
        ``priority`` is the product of both weight shares; ``answered`` tells
        whether a strategy for that pair of kinds is written.

    Examples
    --------
    >>> result = swot_evaluation([
    ...     {"item": "stores", "kind": "strength", "weight": 1, "rating": 4},
    ...     {"item": "ageing", "kind": "opportunity", "weight": 3, "rating": 3},
    ...     {"item": "online", "kind": "threat", "weight": 1, "rating": 2}])
    >>> tows(result, {"so": 1})[["pair", "priority", "answered"]].values.tolist()
    [['so', 0.75, True], ['st', 0.25, False]]
    """
    if most < 1:
        raise ValueError(f"most: expected at least 1, got {most!r}")
    written = strategies or {}
    for pair in written:
        choice(pair, tuple(PAIRS), "strategies")
    known = swot.table.dropna(subset=["weight_share"])
    rows = []
    for pair, (inside, outside) in PAIRS.items():
        left, right = known[known["kind"] == inside], known[known["kind"] == outside]
        found = [
            (pair, a, b, float(wa * wb), written.get(pair, 0) > 0)
            for a, wa in zip(left["item"], left["weight_share"], strict=True)
            for b, wb in zip(right["item"], right["weight_share"], strict=True)
        ]
        rows += sorted(found, key=lambda r: -r[3])[:most]
    columns = ["pair", "internal", "external", "priority", "answered"]
    return pd.DataFrame(rows, columns=pd.Index(columns)).sort_values(
        "priority", ascending=False, kind="stable", ignore_index=True
    )


@dataclass(frozen=True, eq=False)
class CompetitiveProfile:
    """The competitive profile matrix of an account and its rivals.

    Attributes
    ----------
    table
        Index factor: weight_share, then the rating of each company.
    scores
        Score by company, Σ weight share × rating, best first; the same
        factors and weights for all.
    gaps
        Index factor: the account's rating less the best rival's, times the weight share; worst first.
    left_out
        Factors that some company is not rated on: no company is compared on them.
    rivals
        Rivals with at least one rating.
    complete
        Whether there are at least two.
    warnings
        ``rivals_too_few`` where the plan is incomplete.
    """

    table: pd.DataFrame
    scores: pd.Series
    gaps: pd.Series
    left_out: tuple[str, ...]
    rivals: tuple[str, ...]
    complete: bool
    warnings: tuple[Note, ...]

    @property
    def own(self) -> str:
        """The account's column of ``table``: the company that is no rival."""
        return next(str(c) for c in self.table.columns if c != "weight_share" and str(c) not in self.rivals)


def competitive_profile(
    ratings: pd.DataFrame | Mapping[str, Mapping[str, float | None]],
    weights: Values,
    account: str,
    minimum: int = 2,
    incomplete: str = "raise",
) -> CompetitiveProfile:
    """Compare an account with its rivals on the same factors and weights.

    Parameters
    ----------
    ratings
        Factor × company, 1–4; or ``{company: {factor: rating}}``.
    weights
        By factor, divided by their sum.
    account
        The company that is our customer.
    minimum
        Rivals that a plan needs; not below 2 in a complete one.
    incomplete : {"raise", "allow"}
        With fewer rivals an error, or a result that says it is incomplete.

    Raises
    ------
    ValueError
        Two companies of one name, fewer rivals than `minimum` (``incomplete="raise"``), none at all, no
        common factor, a rating outside 1–4.

    Examples
    --------
    >>> ratings = {"us": {"price": 3, "range": 4}, "a": {"price": 4, "range": 2}, "b": {"price": 2, "range": 3}}
    >>> result = competitive_profile(ratings, {"price": 0.4, "range": 0.6}, "us")
    >>> result.scores.round(2).to_dict(), result.complete
    ({'us': 3.6, 'a': 2.8, 'b': 2.6}, True)
    """
    choice(incomplete, ("raise", "allow"), "incomplete")
    if minimum < 2:
        raise ValueError(f"minimum: a comparison needs at least 2 rivals, got {minimum!r}")
    frame = ratings if isinstance(ratings, pd.DataFrame) else pd.DataFrame(ratings)
    if frame.columns.has_duplicates:
        raise NotKnown(f"ratings: two companies are called {frame.columns[frame.columns.duplicated()][0]!r}")
    if account not in frame.columns:
        raise ValueError(f"account: {account!r} is not rated; companies are {list(frame.columns)!r}")
    read = pd.DataFrame({c: numbers(frame, c, "ratings", 1, 4).to_numpy() for c in frame.columns},
                        index=frame.index)  # fmt: skip
    rated = [str(c) for c in read.columns if c != account and read[c].notna().any()]
    if len(rated) < minimum and (incomplete == "raise" or not rated):
        raise NotKnown(f"ratings: {len(rated)} rivals {rated!r}, at least {minimum} are needed")
    parts = to_series(weights, "weights")
    refuse_negatives(parts, "weights")
    stray = [f for f in read.index if f not in parts.index]
    if stray:
        raise ValueError(f"weights: no weight for {stray[0]!r}; weights are for {list(parts.index)!r}")
    compared = read[[account, *rated]].reindex(parts.index)
    common = compared.notna().all(axis=1)
    share = parts.where(common)
    if not share.sum() > 0:
        raise NotKnown(f"ratings: no factor on which {[account, *rated]!r} are all rated")
    share = share / share.sum()
    both = compared[common]
    scores = both.mul(share[common], axis=0).sum().sort_values(ascending=False, kind="stable")
    gaps = ((both[account] - both[rated].max(axis=1)) * share[common]).sort_values(kind="stable")
    complete = len(rated) >= minimum
    note = Note("rivals_too_few", {"n": len(rated), "needed": minimum})
    table = compared.copy()
    table.insert(0, "weight_share", share)
    table.index.name = "factor"
    return CompetitiveProfile(
        table,
        scores.rename("score"),
        gaps.rename("gap"),
        tuple(str(f) for f in parts.index[~common]),
        tuple(rated),
        complete,
        () if complete else (note,),
    )
