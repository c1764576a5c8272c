"""What the exercises of 2.N.3 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import mean_level

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def mean(book: Book) -> float | None:
    """Return the mean level of the people rated on this standard."""
    return mean_level("leadership", book)
