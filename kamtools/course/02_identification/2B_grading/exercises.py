"""What the exercises of 2.B ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, row
from kamtools.identification import QUADRANTS

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def quadrants(book: Book) -> list[Option]:
    return [(q, book.context.term(q)) for q in QUADRANTS]


def quadrant(book: Book) -> set[str] | None:
    quadrant = row(book.portfolio.grading, book, "quadrant")
    return {quadrant} if quadrant in QUADRANTS else None


def listed(book: Book) -> set[str] | None:
    designation = book.portfolio.designation
    return None if designation is None else {"yes" if book.account in designation.accounts else "no"}
