"""What the exercises of 2.M ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import NONE, Option, best, choices, column, judged, none_of_these, pairs

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def abilities(book: Book) -> list[Option]:
    rated = set(column(book.knowing.training, "index"))
    return [*((v, label) for v, label in choices(book, "ability") if v in rated), none_of_these(book)]


def train_first(book: Book) -> set[str] | None:
    plan = book.knowing.training
    if plan is None:
        return None
    gaps = pairs(plan, "index", "weighted_gap") if plan.total > 0 else []
    return judged(best(gaps) or {NONE}, abilities(book))
