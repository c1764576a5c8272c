"""What the exercises of 4.N.2 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamtools.course.asking import NONE, Option, best, judged, none_of_these

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def called(book: Book, family: str, ids: Any) -> list[Option]:
    """Return ids as options, called as the charts and tables call them."""
    from kamtools.show.money_words import called

    return [(str(i), called(book.context, family, i)) for i in ids]


def steps(book: Book) -> list[Option]:
    bridge = book.money.bridge
    return [*called(book, "money.step", [] if bridge is None else bridge.steps["step"]), none_of_these(book)]


def worst_step(book: Book) -> set[str] | None:
    bridge = book.money.bridge
    if bridge is None:
        return None
    amounts = zip(bridge.steps["step"], bridge.steps["amount"], strict=True)
    behind = best([(step, amount) for step, amount in amounts if amount < 0], least=True)
    return judged(behind or {NONE}, steps(book))
