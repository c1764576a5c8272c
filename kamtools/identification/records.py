"""Reading of lists that people write: records or a frame become one frame with checked columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kamtools.notknown import NotKnown

Rows = pd.DataFrame | Iterable[Mapping[str, Any]]


def is_blank(value: Any) -> bool:
    """Tell whether a cell holds nothing: None, NaN, NaT, empty text or an empty list."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    if isinstance(value, (list, tuple, set, frozenset, Mapping)):
        return len(value) == 0
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def frame_of(rows: Rows, name: str, needed: Sequence[str], optional: Sequence[str] = ()) -> pd.DataFrame:
    """Return the rows as a frame with the needed and the optional columns, numbered from 0.

    Raises
    ------
    ValueError
        No rows, or a needed column that no row has.
    """
    frame = rows.reset_index() if isinstance(rows, pd.DataFrame) else pd.DataFrame([dict(r) for r in rows])
    if frame.empty:
        raise NotKnown(f"{name}: no row in {name}=[]")
    for column in needed:
        if column not in frame.columns:
            raise ValueError(f"{name}: no column {column!r}; there are {list(frame.columns)!r}")
    for column in optional:
        if column not in frame.columns:
            frame[column] = None
    return frame[[*needed, *optional]].reset_index(drop=True)


def words(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as text; nothing where the cell is blank."""
    read = [None if is_blank(v) else str(v) for v in frame[column]]
    return pd.Series(read, index=frame.index, dtype=object)


def numbers(
    frame: pd.DataFrame, column: str, name: str, low: float | None = None, high: float | None = None
) -> pd.Series:
    """Return a column as numbers, NaN where the cell is blank.

    Raises
    ------
    ValueError
        A value that is no finite number or outside `low` and `high`; named with its row.
    """
    read = []
    for place, value in enumerate(frame[column]):
        if is_blank(value):
            read.append(np.nan)
            continue
        try:
            result = float(value)
        except (TypeError, ValueError) as error:
            raise NotKnown(f"{name}: {column} of row {place} is no number: {value!r}") from error
        if not np.isfinite(result):
            raise NotKnown(f"{name}: {column} of row {place} is not finite: {value!r}")
        if (low is not None and result < low) or (high is not None and result > high):
            raise NotKnown(f"{name}: {column} of row {place} is {value!r}, expected {low} to {high}")
        read.append(result)
    return pd.Series(read, index=frame.index, dtype=float)


def day_of(value: Any, what: str) -> pd.Timestamp | None:
    """Return a day without its time, None where nothing is given.

    Raises
    ------
    ValueError
        Not a date; named by `what`.
    """
    if is_blank(value):
        return None
    try:
        return pd.Timestamp(value).tz_localize(None).normalize()
    except (TypeError, ValueError) as error:
        raise NotKnown(f"{what} is no date: {value!r}") from error


def days(frame: pd.DataFrame, column: str, name: str) -> pd.Series:
    """Return a column as dates, NaT where the cell is blank."""
    read = [day_of(v, f"{name}: {column} of row {place}") for place, v in enumerate(frame[column])]
    return pd.Series(read, index=frame.index, dtype="datetime64[us]")
