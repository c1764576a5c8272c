"""What the exercises of 2.F ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import NONE, Option, best, column, judged, none_of_these, number, texts

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def factors(book: Book) -> list[Option]:
    return [*texts(book, map(str, column(book.knowing.rivals, "index"))), none_of_these(book)]


def lost_factors(book: Book) -> set[str] | None:
    rivals = book.knowing.rivals
    if rivals is None:
        return None
    behind = [(factor, gap) for factor, gap in rivals.gaps.items() if number(gap) and gap < 0]
    return judged(best(behind, least=True) or {NONE}, factors(book))


def enough_rivals(book: Book) -> set[str] | None:
    rivals = book.knowing.rivals
    return None if rivals is None else {"yes" if rivals.complete else "no"}
