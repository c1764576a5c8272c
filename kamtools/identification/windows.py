"""Windows of whole months that can be compared with each other.

A month is a whole number, year × 12 + month − 1, so that windows are plain
arithmetic. The Spring Festival falls in January or in February; where it
moves, the two months are only compared together, so a window neither ends
with January nor begins with February.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import pandas as pd

from kamtools.identification.values import Note
from kamtools.notknown import NotKnown

JANUARY, FEBRUARY = 0, 1  # month % 12


def ordinal(month: dt.date | pd.Timestamp | str) -> int:
    """Return a date's month as a whole number."""
    stamp = pd.Timestamp(month)
    return stamp.year * 12 + stamp.month - 1


def label(month: int) -> str:
    """Return ``2026-10`` for a month's number."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


class Window(NamedTuple):
    """A run of whole months, both ends included."""

    start: int
    end: int

    @property
    def months(self) -> int:
        """How many months."""
        return self.end - self.start + 1

    @property
    def text(self) -> str:
        """``2025-11..2026-10``."""
        return f"{label(self.start)}..{label(self.end)}"

    def earlier(self, months: int) -> Window:
        """Return the window `months` before."""
        return Window(self.start - months, self.end - months)


class Comparison(NamedTuple):
    """Two windows of the same calendar months, or None where there are none; and what was done to get there."""

    current: Window | None
    previous: Window | None
    notes: tuple[Note, ...]


def whole(end: int, months: int, spring_festival: bool) -> tuple[Window, tuple[Note, ...]]:
    """Return the window of `months` that ends at `end`, moved where it would part January from February."""
    notes = []
    if spring_festival and end % 12 == JANUARY:
        notes.append(Note("spring_festival_end", {"asked": label(end), "used": label(end - 1)}))
        end -= 1
    start = end - months + 1
    if spring_festival and start % 12 == FEBRUARY:
        notes.append(Note("spring_festival_start", {"asked": label(start), "used": label(start - 1)}))
        start -= 1
    return Window(start, end), tuple(notes)


def compare(end: int, months: int, first: int, spring_festival: bool) -> Comparison:
    """Return the window that ends at `end` and the same calendar months before it.

    Where the data do not reach back far enough (`first` is the first whole
    month), the longest run of months that both periods have is taken
    instead, and a note says so: a partial period never stands against a whole one.
    """
    window, notes = whole(end, months, spring_festival)
    distance = 12 * -(-window.months // 12)
    previous = window.earlier(distance)
    if previous.start >= first:
        return Comparison(window, previous, notes)
    if distance > 12:
        shorter = compare(end, 12, first, spring_festival)
        asked = Note("window_shortened", {"asked": months, "months": 12})
        return shorter._replace(notes=(asked, *shorter.notes))
    start = first + 12
    if spring_festival and start % 12 == FEBRUARY:
        start += 1
    if start > window.end:
        reach = {"first": label(first), "needed": label(previous.start)}
        return Comparison(None, None, (*notes, Note("no_comparable_period", reach)))
    cut = Window(start, window.end)
    note = Note("window_shortened", {"asked": months, "months": cut.months, "first": label(first)})
    return Comparison(cut, cut.earlier(12), (*notes, note))


class Grid(NamedTuple):
    """Accounts × months: amounts as an array, with its first month's number and the accounts' ids.

    ``traded`` and ``bought`` say in which months there was a row at all, and in which something was
    bought: what was bought and sent back adds up to nothing, and was trade.
    """

    amounts: np.ndarray
    first: int
    accounts: pd.Index
    traded: np.ndarray
    bought: np.ndarray

    @property
    def last(self) -> int:
        """Number of the last month."""
        return self.first + self.amounts.shape[1] - 1

    def total(self, window: Window) -> np.ndarray:
        """Return each account's sum over a window inside the grid."""
        return self._inside(self.amounts, window).sum(axis=1)

    def any_bought(self, window: Window) -> np.ndarray:
        """Return whether each account bought anything in a window, whatever it sent back."""
        return np.asarray(self._inside(self.bought, window).any(axis=1))

    def traded_before(self, month: int) -> np.ndarray:
        """Return whether each account has any row before a month."""
        return np.asarray(self.traded[:, : max(month - self.first, 0)].any(axis=1))

    def _inside(self, values: np.ndarray, window: Window) -> np.ndarray:
        return values[:, window.start - self.first : window.end - self.first + 1]


def grid(account_month: pd.DataFrame, last: int, first: int | None) -> tuple[Grid, tuple[Note, ...]]:
    """Return the amounts by account and month, months without any as zero.

    A column ``gross``, what was bought before returns, tells more surely in which months something was bought.
    The sums do not depend on the order of the rows. Rows outside
    `first`–`last` and rows without an amount are left out and counted.

    Raises
    ------
    ValueError
        A column is missing, or nothing is left.
    """
    for column in ("account", "month", "amount"):
        if column not in account_month.columns:
            raise ValueError(f"account_month: no column {column!r} in {list(account_month.columns)!r}")
    stamps = pd.DatetimeIndex(pd.to_datetime(account_month["month"]))
    months = np.asarray(stamps.year * 12 + stamps.month - 1)
    amounts = account_month["amount"].to_numpy(dtype=float)
    notes = []
    missing = np.isnan(amounts)
    if missing.any():
        notes.append(Note("amount_missing", {"rows": int(missing.sum())}))
    after = ~missing & (months > last)
    if after.any():
        notes.append(Note("months_after", {"rows": int(after.sum()), "last": label(last)}))
    keep = ~missing & ~after
    if first is None:
        first = int(months[keep].min()) if keep.any() else last
    before = keep & (months < first)
    if before.any():
        notes.append(Note("months_before", {"rows": int(before.sum()), "first": label(first)}))
    keep &= ~before
    if not keep.any():
        raise NotKnown(f"account_month: no amount from {label(first)} to {label(last)}")
    # accounts that stopped before the window are kept: they are what retention asks about
    codes, accounts = pd.factorize(account_month["account"].to_numpy()[keep], sort=True)
    width = last - first + 1
    cells = codes * width + months[keep] - first
    order = np.lexsort((amounts[keep], cells))
    sums = np.bincount(cells[order], weights=amounts[keep][order], minlength=len(accounts) * width)
    ids = pd.Index(accounts, name="account")
    gross = account_month["gross"].to_numpy(dtype=float) if "gross" in account_month.columns else amounts
    size = len(accounts) * width
    traded = np.bincount(cells, minlength=size) > 0
    bought = np.bincount(cells[gross[keep] > 0], minlength=size) > 0
    parts = (part.reshape(len(accounts), width) for part in (sums, traded, bought))
    table, was_traded, was_bought = parts
    return Grid(table, first, ids, was_traded, was_bought), tuple(notes)
