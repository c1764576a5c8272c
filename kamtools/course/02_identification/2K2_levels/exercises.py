"""What the exercises of 2.K.2 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, best, column, judged, pairs, texts

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def people(book: Book) -> list[Option]:
    return texts(book, column(book.knowing.relationships, "name"))


def most_touched(book: Book) -> set[str] | None:
    return judged(best(pairs(book.knowing.relationships, "name", "touchpoints")), people(book))


def single_thread(book: Book) -> set[str] | None:
    found = book.knowing.relationships
    if found is None or found.single_thread is None:
        return None
    return {"yes" if found.single_thread else "no"}
