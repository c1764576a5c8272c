"""What the exercises of 2.E ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, best, column, judged, number, pairs, texts

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def ife(book: Book) -> float | None:
    swot = book.knowing.swot
    return None if swot is None else number(swot.ife)


def outside(book: Book) -> list[Option]:
    sides = pairs(book.knowing.swot, "item", "side")
    return texts(book, (item for item, side in sides if side == "external"))


def heaviest_threats(book: Book) -> set[str] | None:
    swot = book.knowing.swot
    kinds, weights = pairs(swot, "item", "kind"), column(swot, "weight_share")
    threats = [(item, w) for (item, kind), w in zip(kinds, weights, strict=True) if kind == "threat" and item]
    return judged(best(threats), outside(book))
