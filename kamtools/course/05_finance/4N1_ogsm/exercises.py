"""What the exercises of 4.N.1 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, own

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


BANDS = ("green", "amber", "red")


def bands(book: Book) -> list[Option]:
    return own(book, "band", BANDS)


def contribution_band(book: Book) -> set[str] | None:
    bands = book.money.measures.set_index("measure")["band"]
    band = bands.get("contribution")
    return {str(band)} if band in BANDS else None
