"""What the exercises of 2.A.1 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, row

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def classes(book: Book) -> list[Option]:
    return [(c, c) for c in "ABC"]


def accounts_for_80(book: Book) -> float | None:
    share = book.portfolio.sales_share
    return float(share.accounts_for(0.8)) if share.total > 0 else None


def own_class(book: Book) -> set[str] | None:
    found = row(book.portfolio.sales_share, book, "class")
    return {str(found)} if found in ("A", "B", "C") else None
