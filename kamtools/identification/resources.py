"""Resources of an account, and whether sales management is ready to carry a strategy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamtools.identification.records import Rows, frame_of, numbers, words
from kamtools.identification.values import choice, to_series
from kamtools.notknown import NotKnown

RESOURCE_KINDS = ("money", "time", "product", "service", "attention", "information")
READINESS_ITEMS = ("targets", "coverage", "reporting", "incentives", "training", "tools")


@dataclass(frozen=True, eq=False)
class ResourceInventory:
    """What there is, who answers for it, how much of it is used.

    Attributes
    ----------
    table
        what, kind, owner, unit, capacity, used, free, utilisation (used ÷
        capacity; missing where either is not known or the capacity is zero).
    overloaded
        Rows whose use is above their capacity.
    ownerless
        Rows without an owner.
    kinds_missing
        Kinds of resources that nobody has listed.
    """

    table: pd.DataFrame
    overloaded: tuple[int, ...]
    ownerless: tuple[int, ...]
    kinds_missing: tuple[str, ...]


def resource_inventory(resources: Rows, kinds: tuple[str, ...] = RESOURCE_KINDS) -> ResourceInventory:
    """Take stock of the resources that an account uses.

    Parameters
    ----------
    resources
        Rows with what, kind, capacity, used (in the same unit); where given owner and unit.

    Examples
    --------
    >>> result = resource_inventory([{"what": "promoters", "kind": "time", "capacity": 200, "used": 230, "owner": "Chen"},
    ...                              {"what": "display fund", "kind": "money", "capacity": 100, "used": None}])
    >>> result.table["utilisation"].tolist(), result.overloaded, result.ownerless
    ([1.15, nan], (0,), (1,))
    """
    frame = frame_of(resources, "resources", ("what", "kind", "capacity", "used"), ("owner", "unit"))
    for column in ("what", "kind", "owner", "unit"):
        frame[column] = words(frame, column)
    for at, kind in frame["kind"].items():
        choice(str(kind), kinds, f"resources: kind of row {at}")
    for column in ("capacity", "used"):
        frame[column] = numbers(frame, column, "resources", 0)
    frame["free"] = frame["capacity"] - frame["used"]
    frame["utilisation"] = (frame["used"] / frame["capacity"]).where(frame["capacity"] > 0, np.nan)
    return ResourceInventory(
        frame,
        tuple(int(i) for i in frame.index[frame["used"] > frame["capacity"]]),
        tuple(int(i) for i in frame.index[frame["owner"].isna()]),
        tuple(k for k in kinds if k not in set(frame["kind"])),
    )


@dataclass(frozen=True)
class Readiness:
    """Whether sales management is ready.

    ``share`` is points ÷ points possible over the items that are known;
    ``absent`` the items at 0, ``missing`` those not rated; ``blocked`` says for
    each strategy which items that it needs are at 0, ``unclear`` which are not
    rated; a strategy that needs neither is ready.
    """

    share: float
    scores: Mapping[str, float]
    absent: tuple[str, ...]
    missing: tuple[str, ...]
    blocked: Mapping[str, tuple[str, ...]]
    unclear: Mapping[str, tuple[str, ...]]


def sales_readiness(
    scores: Mapping[str, float | None],
    needs: Mapping[str, Iterable[str]] | None = None,
    items: tuple[str, ...] = READINESS_ITEMS,
) -> Readiness:
    """Return how ready sales management is, and which strategies that blocks.

    Parameters
    ----------
    scores
        By item: 0 absent, 1 partly, 2 in place; further items may be added.
    needs
        Items that each strategy needs: it is blocked where one of them is 0.
    items
        Items that must be rated.

    Examples
    --------
    >>> result = sales_readiness({"targets": 2, "coverage": 1, "reporting": 2, "incentives": 0, "training": 1},
    ...                          {"grow": ["targets", "incentives"], "hold": ["coverage", "tools"]})
    >>> result.share, result.blocked, result.unclear
    (0.6, {'grow': ('incentives',)}, {'hold': ('tools',)})
    """
    known = to_series(dict(scores), "scores")
    for item, value in known.items():
        if value not in (0, 1, 2):
            raise NotKnown(f"scores: {item!r} is {value!r}, expected 0, 1 or 2")
    every = list(dict.fromkeys((*items, *(str(k) for k in scores))))
    missing = tuple(i for i in every if i not in known.index)
    absent = tuple(str(i) for i in known.index[known == 0])
    blocked: dict[str, tuple[str, ...]] = {}
    unclear: dict[str, tuple[str, ...]] = {}
    for strategy, needed in (needs or {}).items():
        wanted = list(dict.fromkeys(needed))
        for item in wanted:
            if item not in every:
                raise ValueError(f"needs: {strategy!r} needs {item!r}; items are {every!r}")
        if at_zero := tuple(i for i in wanted if i in absent):
            blocked[strategy] = at_zero
        if open_ := tuple(i for i in wanted if i in missing):
            unclear[strategy] = open_
    return Readiness(
        float(known.sum() / (2 * len(known))),
        {str(i): float(v) for i, v in known.items()},
        absent,
        missing,
        blocked,
        unclear,
    )


def resource_focus(
    sales: pd.Series, contribution: pd.Series, resources: pd.Series, accounts: Iterable[str]
) -> pd.DataFrame:
    """Return where resources go, beside what comes back: named accounts, and all others as one.

    Parameters
    ----------
    sales, contribution, resources
        Money by account over the same period; resources are what is spent on
        the account (above zero). Missing stays missing.
    accounts
        Whom to name; the row ``""`` is the sum of all others.

    Returns
    -------
    frame[sales_share, contribution_share, resources, resource_share, index]
        Shares of the totals of what is known; ``index`` is the share of
        resources ÷ the share of contribution (1: in step), missing where the
        contribution is not above zero.

    Examples
    --------
    >>> parts = [pd.Series({"A": 60.0, "B": 40.0}), pd.Series({"A": 20.0, "B": 20.0}), pd.Series({"A": 9.0, "B": 3.0})]
    >>> resource_focus(*parts, ["A"])["index"].to_dict()
    {'A': 1.5, '': 0.5}
    """
    table = pd.DataFrame({"sales": sales, "contribution": contribution, "resources": resources})
    names = [a for a in accounts if a in table.index]
    rest = table.drop(index=names).sum(min_count=1).rename("")
    table = pd.concat([table.loc[names], rest.to_frame().T])
    out = pd.DataFrame(index=pd.Index(table.index, name="account"))
    for column in ("sales", "contribution"):
        total = table[column].sum(min_count=1)
        out[f"{column}_share"] = table[column] / total if total > 0 else np.nan
    out["resources"] = table["resources"]
    spent = table["resources"].sum(min_count=1)
    out["resource_share"] = table["resources"] / spent if spent > 0 else np.nan
    positive = out["contribution_share"].where(out["contribution_share"] > 0)
    out["index"] = out["resource_share"] / positive
    return out
