"""What the exercises of 2.B.1 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import number, row

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def attractiveness(book: Book) -> float | None:
    """Return the account's own attractiveness."""
    return number(row(book.portfolio.grading, book, "attractiveness"))
