"""What the exercises of 2.C ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, best, judged, number
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def complete(book: Book) -> float | None:
    result = book.knowing.completeness
    return None if result is None else number(result.share)


def stale(book: Book) -> float | None:
    result = book.knowing.completeness
    return None if result is None else float(len(result.stale))


def components(book: Book) -> list[Option]:
    health = book.knowing.health
    named = [] if health is None else health.scores
    return [(c, say("dossier.component", book.lang, c)) for c in named]


def weakest_component(book: Book) -> set[str] | None:
    health = book.knowing.health
    return None if health is None else judged(best(health.scores.items(), least=True), components(book))
