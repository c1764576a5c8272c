"""What the exercises of 2.I.1 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, best, column, judged, pairs, texts

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def resources(book: Book) -> list[Option]:
    return texts(book, column(book.knowing.resources, "what"))


def tightest(book: Book) -> set[str] | None:
    return judged(best(pairs(book.knowing.resources, "what", "utilisation")), resources(book))
