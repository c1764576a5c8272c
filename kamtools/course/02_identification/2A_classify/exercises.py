"""What the exercises of 2.A ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def methods(book: Book) -> list[Option]:
    return [
        (m, say("classroom.method", book.lang, m)) for m in ("sales", "profit", "growth", "strategy", "grid")
    ]
