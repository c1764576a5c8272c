"""What the exercises of 2.G ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, best, column, judged, pairs, texts

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


MOST = 8


def news(book: Book) -> list[Option]:
    return sorted(texts(book, column(book.knowing.intelligence, "what")[:MOST]))


def heaviest_news(book: Book) -> set[str] | None:
    return judged(best(pairs(book.knowing.intelligence, "what", "weight")), news(book))


def stale_news(book: Book) -> float | None:
    log = book.knowing.intelligence
    return None if log is None else float(log.counts.get("stale", 0))
