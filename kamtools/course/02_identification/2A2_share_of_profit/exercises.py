"""What the exercises of 2.A.2 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import NONE, Option, none_of_these, number, row

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def candidates(book: Book) -> list[str]:
    """Return six accounts to choose among: the worst loss makers and the largest by sales, sorted."""
    share = book.portfolio.profit_share
    if share is None:
        return []
    largest = list(book.portfolio.sales.sort_values(ascending=False, kind="stable").index)
    chosen = list(dict.fromkeys([*list(share.top_loss_makers)[:3], *largest]))
    return sorted(a for a in chosen[:6] if a in share.table.index)


def accounts(book: Book) -> list[Option]:
    ids = candidates(book)
    return [(a, f"{book.context.name(a)} ({a})") for a in ids] + [none_of_these(book)]


def loss_makers(book: Book) -> set[str] | None:
    share = book.portfolio.profit_share
    if share is None:
        return None
    return set(share.loss_makers) & set(candidates(book)) or {NONE}


def margin(book: Book) -> float | None:
    """Return the account's own margin."""
    return number(row(book.portfolio.profit_share, book, "margin"))
