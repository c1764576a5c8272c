"""What the exercises of 2.L ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, choices

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def roles(book: Book) -> list[Option]:
    return choices(book, "kam_role")
