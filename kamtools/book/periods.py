"""Windows of whole months."""

from __future__ import annotations

import pandas as pd


def window(last_month: pd.Timestamp, months: int) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and the last month of the `months` that end with `last_month`.

    Examples
    --------
    >>> [str(m)[:7] for m in window(pd.Timestamp("2026-10-01"), 12)]
    ['2025-11', '2026-10']
    """
    return last_month - pd.DateOffset(months=months - 1), last_month


def between(frame: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Return the rows of `frame` whose ``month`` lies in the window, both ends included."""
    return frame[(frame["month"] >= first) & (frame["month"] <= last)]


def label(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Return the window as ``2025-11..2026-10``, a text that no language needs to change."""
    return f"{first:%Y-%m}..{last:%Y-%m}"
