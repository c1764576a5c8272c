"""What the exercises of 4.N.4 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamtools.course.asking import Option, best, is_subtotal, judged, lines

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def revisions(book: Book) -> list[tuple[str, Any]]:
    """Return the lines of the estimate that are no subtotals, with the size of their change."""
    frame = book.money.revision
    if frame is None:
        return []
    rows = zip(frame["line"], frame["difference"].abs(), strict=True)
    return [(str(line), change) for line, change in rows if not is_subtotal(line)]


def revised_lines(book: Book) -> list[Option]:
    return lines(book, [line for line, _ in revisions(book)])


def revised_most(book: Book) -> set[str] | None:
    return judged(best(revisions(book)), revised_lines(book))
