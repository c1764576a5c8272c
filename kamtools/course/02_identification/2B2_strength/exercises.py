"""What the exercises of 2.B.2 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamtools.course.asking import Option, number

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def criteria_of(book: Book, axis: str) -> list[Any]:
    """Return the criteria of one axis, as the settings name them."""
    return [c for c in book.portfolio.settings.criteria if c.axis == axis]


def strength_criteria(book: Book) -> list[Option]:
    return [(c.id, c.name(book.lang)) for c in criteria_of(book, "strength")]


def best_levers(book: Book) -> set[str] | None:
    """Return the criteria of strength where a point more lifts the score most: the heaviest below the top."""
    ratings = book.portfolio.ratings
    if book.account not in ratings.index:
        return None
    mine, top = ratings.loc[book.account], book.portfolio.settings.matrix.high
    open_ = [
        c for c in criteria_of(book, "strength") if number(mine.get(c.id)) is not None and mine[c.id] < top
    ]
    heaviest = max((c.weight for c in open_), default=None)
    return {c.id for c in open_ if c.weight == heaviest} or None
