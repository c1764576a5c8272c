"""What the exercises of 4.M ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, own

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def controls(book: Book) -> list[Option]:
    return own(book, "controls", ("code", "budget", "afterwards", "nobody"))
