"""What the exercises of 2.J ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, fields, judged
from kamtools.identification import FIT_AXES

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def axes(book: Book) -> list[Option]:
    return fields(book, "strategic_fit", FIT_AXES)


def weakest_axes(book: Book) -> set[str] | None:
    fit = book.knowing.fit
    return None if fit is None else judged(fit.weakest, axes(book))
