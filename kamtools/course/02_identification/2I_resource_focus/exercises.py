"""What the exercises of 2.I ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamtools.course.asking import WIDTH, Option, best, judged

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def focus(book: Book) -> list[tuple[str, Any]]:
    """Return the key accounts with what their share of resources exceeds their share of contribution by."""
    frame = book.portfolio.resource_focus
    if frame is None:
        return []
    excess = frame["resource_share"] - frame["contribution_share"]
    return sorted((str(a), value) for a, value in excess.items() if a)


def key_accounts(book: Book) -> list[Option]:
    from kamtools import show

    return [(a, f"{show.one_line(book.context.name(a), WIDTH)} ({a})") for a, _ in focus(book)]


def overfed(book: Book) -> set[str] | None:
    return judged(best(focus(book)), key_accounts(book))
