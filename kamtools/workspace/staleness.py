"""Whether a ledger reaches up to a day, judged by its own pauses: what comes after its end is not known, not zero."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

STALE_DAYS = 10  # a ledger that ends within these days before the day is complete
STALE_GAPS = 2  # or within so many times its longest pause of the last 400 days: one line may be late, two are not there
ONE_DAY = 31  # the pause of a ledger with a single day


def longest_pause(days: Iterable[dt.date]) -> tuple[dt.date, int]:
    """Return the last day with a line, and the longest pause in days of the 400 days before it.

    Examples
    --------
    >>> longest_pause([dt.date(2026, 5, 10), dt.date(2026, 6, 10), dt.date(2026, 7, 10)])
    (datetime.date(2026, 7, 10), 31)
    """
    order = sorted(set(days))
    late = [d for d in order if d >= order[-1] - dt.timedelta(days=400)]
    return order[-1], max(((b - a).days for a, b in zip(late, late[1:], strict=False)), default=ONE_DAY)


def stale_days(last: dt.date, pause: int, as_of: dt.date) -> int:
    """Return the days by which a ledger ends too early for `as_of`; 0 where it does not.

    Examples
    --------
    >>> stale_days(dt.date(2026, 7, 10), 31, dt.date(2026, 10, 31))
    113
    >>> stale_days(dt.date(2026, 10, 24), 3, dt.date(2026, 10, 31))
    0
    """
    days = (as_of - last).days
    return days if days > max(STALE_DAYS, STALE_GAPS * pause) else 0
