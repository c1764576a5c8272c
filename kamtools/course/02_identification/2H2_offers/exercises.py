"""What the exercises of 2.H.2 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import asks, best, judged, pairs

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def best_give(book: Book) -> set[str] | None:
    return judged(best(pairs(book.knowing.moves, "ask", "ratio")), asks(book))
