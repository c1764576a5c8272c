"""What the exercises of 2.J.3 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import conflict

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def conflicting(book: Book) -> set[str] | None:
    """Return whether this side of the strategy is in conflict with the account."""
    return conflict("channel", book)
