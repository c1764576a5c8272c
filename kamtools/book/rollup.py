"""Accounts or their top parents: the roll-up that every figure states."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kamtools.errors import KamError

KEYS = (
    "account",
    "month",
    "date",
    "category",
    "year",
    "line",
    "driver",
    "version",
    "activity",
    "kind",
    "status",
)


def top_parents(accounts: pd.DataFrame) -> dict[str, str]:
    """Return the top parent of every account.

    Parameters
    ----------
    accounts : DataFrame
        With ``account`` and ``parent`` (missing: no parent). A parent need not
        be an account itself.

    Raises
    ------
    KamError
        Where parents form a circle.

    Examples
    --------
    >>> top_parents(pd.DataFrame({"account": ["a", "b", "c"], "parent": [None, "a", "b"]}))
    {'a': 'a', 'b': 'a', 'c': 'a'}
    """
    pairs = accounts[["account", "parent"]].dropna()
    parent = dict(zip(pairs["account"], pairs["parent"], strict=True))
    tops = {}
    for account in accounts["account"]:
        path = [account]
        while parent.get(path[-1]):
            path.append(parent[path[-1]])
            if path[-1] in path[:-1]:
                raise KamError("book.parent_circle", path=" → ".join(path))
        tops[account] = path[-1]
    return tops


def roll_up(frame: pd.DataFrame, tops: Mapping[str, str]) -> pd.DataFrame:
    """Sum a reduced frame over the accounts of each top parent.

    A sum over accounts is missing where one of its parts is missing, except
    ``gross_amount``, where missing means that there was no sale.

    Examples
    --------
    >>> frame = pd.DataFrame({"account": ["a", "b"], "month": [1, 1], "amount": [2.0, 3.0]})
    >>> roll_up(frame, {"a": "p", "b": "p"})
      account  month  amount
    0       p      1     5.0
    """
    frame = frame.assign(account=[tops.get(a, a) for a in frame["account"]])
    keys = [c for c in frame.columns if c in KEYS]
    numbers = [c for c in frame.columns if c not in KEYS]
    grouped = frame.groupby(keys, sort=True, dropna=False)[numbers]
    total = grouped.sum(min_count=1)
    whole = grouped.count().eq(grouped.size(), axis=0)
    keep = [c for c in numbers if c != "gross_amount"]
    total[keep] = total[keep].where(whole[keep])
    return total.reset_index()
