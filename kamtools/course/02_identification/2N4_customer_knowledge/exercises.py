"""What the exercises of 2.N.4 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import levels

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


TRUSTED = 4


def asked_first(book: Book) -> float | None:
    rated = levels("customer_knowledge", book)
    return float(sum(level >= TRUSTED for level, _ in rated)) if rated else None
