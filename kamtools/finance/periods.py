"""Months, and the quarters and fiscal years that they lie in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

import numpy as np
import pandas as pd

_MONTH = re.compile(r"\d{4}-\d{2}(-\d{2}.*)?\Z")


def month(value: object, name: str = "month") -> pd.Period:
    """Return the month of ``2026-10``, a date, a timestamp or a period.

    Raises
    ------
    ValueError
        Anything that is no month, a missing one too.

    Examples
    --------
    >>> str(month("2026-10")), str(month("2026-10-31"))
    ('2026-10', '2026-10')
    """
    if isinstance(value, pd.Period) and value.freqstr == "M":
        return value
    if isinstance(value, (int, float)) or (isinstance(value, str) and not _MONTH.match(value)):
        raise ValueError(f"{name}: expected a month such as 2026-10, got {value!r}")  # 2026 is none
    try:
        found = pd.Period(value, freq="M")  # type: ignore[arg-type]
    except (TypeError, ValueError):
        found = None
    if not isinstance(found, pd.Period):  # NaT is no Period
        raise ValueError(f"{name}: expected a month such as 2026-10, got {value!r}")
    return found


def months(values: Iterable[object], name: str = "month") -> pd.PeriodIndex:
    """Return the month of each value; arguments as :func:`month`."""
    known: dict[object, pd.Period] = {}
    out = []
    for value in values:
        if value not in known:
            known[value] = month(value, name)
        out.append(known[value])
    return pd.PeriodIndex(out, freq="M")


def monthly(values: Mapping[object, float | None] | pd.Series, name: str) -> pd.Series:
    """Return values by month as a float Series in order of time; a missing value stays missing.

    Raises
    ------
    ValueError
        A month given twice, or a value that is not a finite number.
    """
    series = values if isinstance(values, pd.Series) else pd.Series(dict(values), dtype=object)
    try:
        numbers = np.array([np.nan if v is None or v is pd.NA else float(v) for v in series.to_list()])
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: not numbers: {series.to_list()[:5]!r}") from error
    if np.isinf(numbers).any():
        raise ValueError(f"{name}: infinite value at {series.index[np.isinf(numbers)][0]!r}")
    result = pd.Series(numbers, index=months(series.index, name), dtype=float).sort_index()
    if result.index.has_duplicates:
        raise ValueError(f"{name}: month {result.index[result.index.duplicated()][0]} is given twice")
    return result


def fiscal_start_month(value: int) -> int:
    """Return the first month of the fiscal year, 1 to 12, or raise ``ValueError``."""
    if isinstance(value, bool) or value not in range(1, 13):
        raise ValueError(f"fiscal_start: expected a month from 1 to 12, got {value!r}")
    return int(value)


def fiscal_periods(
    values: Iterable[object], fiscal_start: int = 1, named_by: Literal["start", "end"] = "start"
) -> pd.DataFrame:
    """Return for each month the fiscal year and quarter that it lies in, and its place in the year.

    Parameters
    ----------
    values
        Months, in any order.
    fiscal_start
        The first month of the fiscal year, 1 to 12.
    named_by
        A fiscal year bears the number of the calendar year in which it starts, or ends.

    Returns
    -------
    frame[month, fiscal_year, quarter, month_of_year, year_start]
        A row for each value, in the order given: ``2026-10``, 2026,
        ``2026-Q4``, 10, ``2026-01``. Year to date at a month is what lies
        between ``year_start`` and the month.

    Examples
    --------
    >>> fiscal_periods(["2026-03", "2026-04"], fiscal_start=4, named_by="end")
         month  fiscal_year  quarter  month_of_year year_start
    0  2026-03         2026  2026-Q4             12    2025-04
    1  2026-04         2027  2027-Q1              1    2026-04
    """
    if named_by not in ("start", "end"):
        raise ValueError(f"named_by: {named_by!r}; allowed: start, end")
    first = fiscal_start_month(fiscal_start)
    index = months(values, "values")
    place = (index.month.to_numpy() - first) % 12
    start = pd.PeriodIndex(index - place, freq="M")
    year = start.year.to_numpy() + (1 if named_by == "end" and first > 1 else 0)
    return pd.DataFrame(
        {
            "month": index.astype(str),
            "fiscal_year": year,
            "quarter": [f"{y}-Q{p // 3 + 1}" for y, p in zip(year, place, strict=True)],
            "month_of_year": place + 1,
            "year_start": start.astype(str),
        }
    )
