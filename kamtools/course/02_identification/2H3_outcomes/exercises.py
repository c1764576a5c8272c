"""What the exercises of 2.H.3 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, number, own

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def gives_gets(book: Book) -> list[Option]:
    return own(book, "larger", ("gives", "gets", "equal"))


def larger(book: Book) -> set[str] | None:
    moves = book.knowing.moves
    net = None if moves is None else number(moves.net)
    return None if net is None else {"gets" if net > 0 else "gives" if net < 0 else "equal"}


def unpaid(book: Book) -> float | None:
    moves = book.knowing.moves
    return None if moves is None else float(len(moves.unpaid))
