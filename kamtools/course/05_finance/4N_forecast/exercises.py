"""What the exercises of 4.N ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import THOUSAND, Option, best, judged, number, own

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


MOVES: dict[str, float] = {"price": 0.01, "terms": -0.01, "a_and_p": -0.1, "service": -0.1, "days": -10.0}


def upper_end(book: Book) -> float | None:
    table = book.money.forecast.table
    high = None if table.empty else number(table["high"].iloc[0])
    return None if high is None else high / THOUSAND


def full_year(book: Book) -> float | None:
    outlook = book.money.forecast.outlook
    point = None if outlook is None else number(outlook.point)
    return None if point is None else point / THOUSAND


def moves(book: Book) -> list[Option]:
    return own(book, "move", MOVES)


def gain(book: Book, move: str) -> float | None:
    """Return what one move alone adds to the economic profit of a year."""
    result = book.money.what_if(**{move: MOVES[move]})
    return None if result is None else number(result.table.set_index("line").at["economic_profit", "change"])


def best_move(book: Book) -> set[str] | None:
    return judged(best((move, gain(book, move)) for move in MOVES), moves(book))
