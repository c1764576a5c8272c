"""What the exercises of 2.D ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, own

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def evidence(book: Book) -> list[Option]:
    return own(book, "evidence", ("money", "people", "time", "words"))
