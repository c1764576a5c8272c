"""What the exercises of 2.O ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, best, judged, multi, none_of_these, pairs
from kamtools.forms import form

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def answers(book: Book) -> list[Option]:
    """Return the points of the team's pulse."""
    answers = form("pulse").field("answers")
    return [(c.id, c.label(book.lang)) for c in answers.columns if c.kind == "rating"]


def weakest_point(book: Book) -> set[str] | None:
    return judged(best(pairs(book.knowing.pulse, "index", "mean"), least=True), answers(book))


def points(book: Book) -> list[Option]:
    return [*answers(book), none_of_these(book)]


def divided(book: Book) -> set[str] | None:
    pulse = book.knowing.pulse
    return None if pulse is None else multi(pulse.divided, points(book))
