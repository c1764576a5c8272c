"""What the exercises of 2.D.2 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import said

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def without_offer(book: Book) -> float | None:
    goals = [row for row in book.knowing.rows("goal_map", "goals") if said(row, "goal")]
    return float(sum(not said(row, "offer") for row in goals)) if goals else None
