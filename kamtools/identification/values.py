"""Reading of inputs: plain numbers, sequences, mappings and pandas objects become one Series."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from kamtools.notknown import NotKnown

Values = Iterable[float | None] | Mapping[str, Any] | pd.Series
QUADRANTS = ("strategic", "star", "status", "streamline")


@dataclass(frozen=True)
class Note:
    """A remark that belongs to a result: the key of a sentence, and the values it names."""

    key: str
    params: Mapping[str, object] = field(default_factory=dict)


def to_series(values: Values, name: str, drop_missing: bool = True) -> pd.Series:
    """Return `values` as a float Series; missing values are left out (or kept as NaN), never counted.

    Raises
    ------
    NotKnown
        Nothing in the set.
    ValueError
        A value that is not a finite number.
    """
    if isinstance(values, pd.Series):
        raw = values
    elif isinstance(values, Mapping):
        raw = pd.Series(list(values.values()), index=list(values.keys()), dtype=object)
    elif isinstance(values, str) or not isinstance(values, Iterable):
        raise ValueError(f"{name}: expected a sequence, mapping or Series of numbers, got {values!r}")
    else:
        raw = pd.Series(list(values), dtype=object)
    try:
        series = pd.Series(pd.to_numeric(raw).to_numpy(dtype=float, na_value=np.nan), index=raw.index)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: not numbers: {list(raw)[:5]!r}") from error
    if np.isinf(series.to_numpy()).any():
        raise ValueError(f"{name}: infinite value at {list(series.index[np.isinf(series)])[:5]!r}")
    if series.notna().sum() == 0:
        raise NotKnown(f"{name}: no value in {list(raw)[:5]!r}")
    return series.dropna() if drop_missing else series


def by_account(values: Values, name: str) -> pd.Series:
    """Return one value per account, sorted by id; an account given twice is added up."""
    series = to_series(values, name)
    if series.index.has_duplicates:
        series = series.sort_values(kind="stable").groupby(level=0, sort=False).sum()
    series.index.name = "account"
    return sort_by_id(series)


def sort_by_id(series: pd.Series) -> pd.Series:
    """Return `series` in the order of its index, whatever the order it came in."""
    try:
        return series.sort_index(kind="stable")
    except TypeError:
        return series.iloc[np.argsort([str(i) for i in series.index], kind="stable")]


def descending(series: pd.Series) -> pd.Series:
    """Return `series` from the largest value to the smallest; equals in the order of their ids."""
    ordered = sort_by_id(series)
    return ordered.iloc[np.argsort(-ordered.to_numpy(), kind="stable")]


def total_of(series: pd.Series) -> float:
    """Return the exactly rounded sum, which does not depend on the order."""
    return math.fsum(series.to_numpy())


def number(value: float, name: str) -> float:
    """Return `value` as a finite float or raise ``ValueError`` that names it; ``NotKnown`` where it is missing."""
    try:
        result = float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: not a number: {value!r}") from error
    if math.isnan(result):
        raise NotKnown(f"{name}: not a finite number: {value!r}")
    if math.isinf(result):
        raise ValueError(f"{name}: not a finite number: {value!r}")
    return result


def choice(value: str, allowed: tuple[str, ...], name: str) -> str:
    """Return `value` if allowed, or raise ``ValueError`` that lists what is."""
    if value not in allowed:
        raise ValueError(f"{name}: {value!r}; allowed: {', '.join(allowed)}")
    return value


def refuse_negatives(series: pd.Series, name: str) -> None:
    """Raise ``NotKnown`` naming the negative values, if there are any."""
    below = series[series < 0]
    if len(below):
        raise NotKnown(
            f"{name}: negative value {float(below.iloc[0])!r} at {below.index[0]!r} ({len(below)} in all)"
        )
