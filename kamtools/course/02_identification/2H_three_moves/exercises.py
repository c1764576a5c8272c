"""What the exercises of 2.H ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import number

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def fit(book: Book) -> float | None:
    moves = book.knowing.moves
    return None if moves is None else number(moves.fit)
