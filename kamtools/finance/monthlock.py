"""Closed months stay as they were reported; what was posted later is a restatement."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamtools.finance.periods import months
from kamtools.finance.sums import strict_sums


@dataclass(frozen=True, eq=False)
class Restatement:
    """What has changed in closed months since they were closed.

    Attributes
    ----------
    table
        frame[month, *by, locked, current, difference, status], the closed
        months only. ``status``: ``unchanged``, ``restated``, ``appeared`` (no
        such figure when the month was closed), ``vanished`` (no such figure
        now) or ``unknown`` (an amount is missing on a side, so that there is
        no difference). A figure that is not there is missing, not zero; its
        ``difference`` is the whole of the other side.
    locked, current, difference
        Totals of the rows that are not ``unknown``: locked + difference = current.
    months
        The closed months.
    """

    table: pd.DataFrame
    locked: float
    current: float
    difference: float
    months: tuple[str, ...]

    def changes(self) -> pd.DataFrame:
        """Return the rows that are not unchanged."""
        return self.table[self.table["status"] != "unchanged"].reset_index(drop=True)


def restatement(
    locked: pd.DataFrame,
    current: pd.DataFrame,
    *,
    by: Sequence[str] = ("line",),
    closed: Sequence[object] | None = None,
    tolerance: float = 0.005,
) -> Restatement:
    """Compare the figures of closed months as they were locked with what the books say now.

    Parameters
    ----------
    locked, current
        frame[month, *by, amount]; a key may stand on several rows.
    by
        What a figure is of, beside its month.
    closed
        The closed months, also those in which nothing was booked; default: the months in `locked`.
    tolerance
        Differences up to this are rounding: half a cent.

    Raises
    ------
    ValueError
        A missing column, locked figures of a month that is not closed.

    Examples
    --------
    >>> locked = pd.DataFrame({"month": ["2026-01"], "line": ["net_sales"], "amount": [100.0]})
    >>> now = pd.DataFrame({"month": ["2026-01", "2026-02"], "line": "net_sales", "amount": [96.0, 50.0]})
    >>> restatement(locked, now).table[["month", "locked", "current", "difference", "status"]]
         month  locked  current  difference    status
    0  2026-01   100.0     96.0        -4.0  restated
    """
    keys = ["month", *by]
    before, after = strict_sums(locked, "locked", keys), strict_sums(current, "current", keys)
    in_locked = before.index.get_level_values("month")
    if closed is None:
        names = sorted(set(in_locked))
    else:
        names = sorted(set(months(closed, "closed").astype(str)))
        open_ = sorted(set(in_locked) - set(names))
        if open_:
            raise ValueError(f"locked: figures of {open_[0]}, which is not closed; closed are {names!r}")
    after = after[after.index.get_level_values("month").isin(names)]
    index = before.index.union(after.index)
    table = pd.DataFrame({"locked": before.reindex(index), "current": after.reindex(index)}, index=index)
    there, now = index.isin(before.index), index.isin(after.index)
    then_not, now_not = there & table["locked"].isna(), now & table["current"].isna()
    unknown, never = (
        then_not ^ now_not,
        then_not & now_not,
    )  # what was not known and is not known has not changed
    difference = table["current"].where(now, 0.0) - table["locked"].where(there, 0.0)
    table["difference"] = difference
    same = difference.abs() <= tolerance
    table["status"] = np.select(
        [never, unknown, ~now, ~there, same],
        ["unchanged", "unknown", "vanished", "appeared", "unchanged"],
        "restated",
    )
    known = table[~unknown & ~never]
    return Restatement(
        table=table.reset_index(),
        locked=math.fsum(known["locked"].dropna()),
        current=math.fsum(known["current"].dropna()),
        difference=math.fsum(known["difference"]),
        months=tuple(names),
    )


def late_postings(lines: pd.DataFrame, locks: Mapping[object, object]) -> pd.DataFrame:
    """Return the lines of closed months that were posted after the month was closed.

    Parameters
    ----------
    lines
        frame[date, posted, …]: ``date`` lies in the month that a line counts in, ``posted`` is
        the day on which it came into the books. Lines without a posting day are not judged.
    locks
        Month -> the day on which it was closed; a line posted on that day is in time.

    Returns
    -------
    frame
        The late lines as they are, with ``month``, ``closed`` and ``days_late``, by month and posting day.

    Examples
    --------
    >>> lines = pd.DataFrame({"date": ["2026-01-31", "2026-01-31"], "posted": ["2026-02-03", "2026-03-02"], "amount": [5.0, 7.0]})
    >>> late_postings(lines, {"2026-01": "2026-02-10"})[["month", "amount", "days_late"]]
         month  amount  days_late
    0  2026-01     7.0         20
    """
    for column in ("date", "posted"):
        if column not in lines.columns:
            raise ValueError(f"lines: no column {column!r} in {list(lines.columns)!r}")
    names = months(locks, "locks").astype(str)
    closing = {name: pd.Timestamp(day) for name, day in zip(names, locks.values(), strict=True)}  # type: ignore[arg-type]
    posted = pd.Series(pd.to_datetime(lines["posted"]), index=lines.index)
    of = pd.Series(months(lines["date"], "lines.date").astype(str), index=lines.index)
    closed = pd.Series(pd.to_datetime(of.map(closing)), index=lines.index)
    late = (posted > closed).to_numpy()
    found = lines[late].assign(month=of[late], closed=closed[late], days_late=(posted - closed)[late].dt.days)
    return found.sort_values(["month", "posted"], kind="stable", ignore_index=True)
