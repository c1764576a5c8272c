"""What the exercises of 2.A.3 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import number, row

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def growth(book: Book) -> float | None:
    """Return the account's own growth."""
    return number(row(book.portfolio.growth, book, "growth"))
