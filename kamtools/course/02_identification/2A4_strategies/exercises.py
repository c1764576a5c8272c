"""What the exercises of 2.A.4 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamtools.course.asking import Option

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def strategies(book: Book) -> list[Option]:
    return [(s.id, s.name(book.lang)) for s in book.portfolio.settings.strategies]


def best_strategies(book: Book) -> set[str] | None:
    ranking = book.portfolio.strategy_ranking
    if ranking is None or book.account not in ranking.ranks.index:
        return None
    row: Any = ranking.ranks.loc[book.account]
    mine = {str(s): float(rank) for s, rank in row.dropna().items()}
    return {s for s, rank in mine.items() if rank == min(mine.values())} or None
