"""Questions on which accounts are key: 2.A and 2.B."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamtools.classroom.questions.core import NONE, Option, Question, none_of_these, nothing, number, yes_no
from kamtools.identification import QUADRANTS
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def _row(result: Any, book: Book, column: str) -> Any:
    """Return the account's value in a result's table; None where there is no result or no row."""
    return None if result is None else result.table[column].get(book.account)


def _methods(book: Book) -> list[Option]:
    return [
        (m, say("classroom.method", book.lang, m)) for m in ("sales", "profit", "growth", "strategy", "grid")
    ]


def _classes(book: Book) -> list[Option]:
    return [(c, c) for c in "ABC"]


def _accounts_for_80(book: Book) -> float | None:
    share = book.portfolio.sales_share
    return float(share.accounts_for(0.8)) if share.total > 0 else None


def _class(book: Book) -> set[str] | None:
    found = _row(book.portfolio.sales_share, book, "class")
    return {str(found)} if found in ("A", "B", "C") else None


def _candidates(book: Book) -> list[str]:
    """Return six accounts to choose among: the worst loss makers and the largest by sales, sorted."""
    share = book.portfolio.profit_share
    if share is None:
        return []
    largest = list(book.portfolio.sales.sort_values(ascending=False, kind="stable").index)
    chosen = list(dict.fromkeys([*list(share.top_loss_makers)[:3], *largest]))
    return sorted(a for a in chosen[:6] if a in share.table.index)


def _accounts(book: Book) -> list[Option]:
    ids = _candidates(book)
    return [(a, f"{book.context.name(a)} ({a})") for a in ids] + [none_of_these(book)]


def _loss_makers(book: Book) -> set[str] | None:
    share = book.portfolio.profit_share
    if share is None:
        return None
    return set(share.loss_makers) & set(_candidates(book)) or {NONE}


def _strategies(book: Book) -> list[Option]:
    return [(s.id, s.name(book.lang)) for s in book.portfolio.settings.strategies]


def _best_strategies(book: Book) -> set[str] | None:
    ranking = book.portfolio.strategy_ranking
    if ranking is None or book.account not in ranking.ranks.index:
        return None
    row: Any = ranking.ranks.loc[book.account]
    mine = {str(s): float(rank) for s, rank in row.dropna().items()}
    return {s for s, rank in mine.items() if rank == min(mine.values())} or None


def _quadrants(book: Book) -> list[Option]:
    return [(q, book.context.term(q)) for q in QUADRANTS]


def _quadrant(book: Book) -> set[str] | None:
    quadrant = _row(book.portfolio.grading, book, "quadrant")
    return {quadrant} if quadrant in QUADRANTS else None


def criteria_of(book: Book, axis: str) -> list[Any]:
    """Return the criteria of one axis, as the settings name them."""
    return [c for c in book.portfolio.settings.criteria if c.axis == axis]


def _strength_criteria(book: Book) -> list[Option]:
    return [(c.id, c.name(book.lang)) for c in criteria_of(book, "strength")]


def _best_levers(book: Book) -> set[str] | None:
    """Return the criteria of strength where a point more lifts the score most: the heaviest below the top."""
    ratings = book.portfolio.ratings
    if book.account not in ratings.index:
        return None
    mine, top = ratings.loc[book.account], book.portfolio.settings.matrix.high
    open_ = [
        c for c in criteria_of(book, "strength") if number(mine.get(c.id)) is not None and mine[c.id] < top
    ]
    heaviest = max((c.weight for c in open_), default=None)
    return {c.id for c in open_ if c.weight == heaviest} or None


def _listed(book: Book) -> set[str] | None:
    designation = book.portfolio.designation
    return None if designation is None else {"yes" if book.account in designation.accounts else "no"}


CHOOSING: tuple[Question, ...] = (
    Question("2.A.x1", "2.A", "opinion", nothing, _methods),
    Question("2.A.1.x1", "2.A.1", "number", _accounts_for_80),
    Question("2.A.1.x2", "2.A.1", "choice", _class, _classes),
    Question("2.A.2.x1", "2.A.2", "multi", _loss_makers, _accounts),
    Question(
        "2.A.2.x2",
        "2.A.2",
        "number",
        lambda book: number(_row(book.portfolio.profit_share, book, "margin")),
        unit="percent",
        tolerance=0.5,
    ),
    Question(
        "2.A.3.x1",
        "2.A.3",
        "number",
        lambda book: number(_row(book.portfolio.growth, book, "growth")),
        unit="percent",
        tolerance=0.5,
    ),
    Question("2.A.4.x1", "2.A.4", "choice", _best_strategies, _strategies),
    Question(
        "2.B.1.x1",
        "2.B.1",
        "number",
        lambda book: number(_row(book.portfolio.grading, book, "attractiveness")),
        unit="points",
        tolerance=0.05,
    ),
    Question("2.B.2.x1", "2.B.2", "choice", _best_levers, _strength_criteria),
    Question("2.B.x1", "2.B", "choice", _quadrant, _quadrants),
    Question("2.B.x2", "2.B", "choice", _listed, yes_no),
)
