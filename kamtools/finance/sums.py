"""Sums by key in which a missing amount stays missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kamtools.finance.periods import months
from kamtools.notknown import NotKnown


def strict_sums(frame: pd.DataFrame, name: str, keys: Sequence[str]) -> pd.Series:
    """Return the sum of ``amount`` by key; missing where one of its amounts is.

    A key ``month`` is read as a month and becomes ``2026-10``.

    Raises
    ------
    ValueError
        A missing column, a row without a key, an infinite amount; `name` is what the frame is called.

    Examples
    --------
    >>> rows = pd.DataFrame({"code": ["a", "a", "b", "b"], "amount": [1.0, 2.0, 3.0, None]})
    >>> strict_sums(rows, "rows", ["code"]).to_dict()
    {'a': 3.0, 'b': nan}
    """
    for column in (*keys, "amount"):
        if column not in frame.columns:
            raise ValueError(f"{name}: no column {column!r} in {list(frame.columns)!r}")
    without = frame[list(keys)].isna().any(axis=1)
    if without.any():
        raise NotKnown(f"{name}: {int(without.sum())} rows without {' or '.join(keys)}")
    rows = frame[list(keys)].assign(amount=frame["amount"].astype(float))
    if "month" in keys:
        rows["month"] = months(rows["month"], f"{name}.month").astype(str)
    if np.isinf(rows["amount"].to_numpy()).any():
        raise ValueError(f"{name}: an amount is infinite")
    # sorted by amount too, so that the order of the rows does not matter
    grouped = rows.sort_values([*keys, "amount"]).groupby(list(keys), sort=True)["amount"]
    return grouped.sum(min_count=1).mask(grouped.count() < grouped.size())
