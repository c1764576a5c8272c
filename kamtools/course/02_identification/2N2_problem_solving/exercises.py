"""What the exercises of 2.N.2 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import levels

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def below_target(book: Book) -> float | None:
    aimed = [(level, target) for level, target in levels("problem_solving", book) if target is not None]
    return float(sum(level < target for level, target in aimed)) if aimed else None
