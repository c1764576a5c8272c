"""What the exercises of 4.M.3 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamtools.course.asking import Option, number, own
from kamtools.finance.names import VERDICTS

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


STOPS = ("go", "warn", "stop")


def largest_budget(book: Book) -> Any:
    """Return the control's row of the activity with the largest budget; None where nothing is budgeted."""
    control = book.money.control
    if control is None:
        return None
    budgeted = control[control["budget"] > 0]
    return None if budgeted.empty else budgeted.sort_values("budget", kind="stable").iloc[-1]


def remaining(book: Book) -> float | None:
    row = largest_budget(book)
    remaining = None if row is None else number(row["remaining"])
    return None if row is None or remaining is None else remaining / float(row["budget"])


def stops(book: Book) -> list[Option]:
    return own(book, "next", STOPS)


def next_booking(book: Book) -> set[str] | None:
    row = largest_budget(book)
    return {str(row["status"])} if row is not None and row["status"] in STOPS else None


def last_promotion(book: Book) -> Any:
    promotions = book.money.promotions
    return promotions[0].pnl if promotions else None


def verdicts(book: Book) -> list[Option]:
    return own(book, "promotion", VERDICTS)


def verdict(book: Book) -> set[str] | None:
    pnl = last_promotion(book)
    return {pnl.verdict} if pnl is not None and pnl.verdict in VERDICTS else None


def break_even(book: Book) -> float | None:
    pnl = last_promotion(book)
    return None if pnl is None else number(pnl.break_even_lift)


def restated(book: Book) -> float | None:
    found = book.money.restatement
    return None if found is None else float(found.changes()["month"].nunique())
