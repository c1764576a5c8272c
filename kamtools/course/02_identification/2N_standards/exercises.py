"""What the exercises of 2.N ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, best, judged, pairs
from kamtools.forms import forms

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def standards(book: Book) -> list[Option]:
    return [(f.id, f.title(book.lang)) for f in forms().values() if f.anchors]


def weakest_standard(book: Book) -> set[str] | None:
    return judged(best(pairs(book.knowing.standards, "index", "mean"), least=True), standards(book))
