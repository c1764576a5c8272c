"""What the exercises of 4.M.2 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kamtools.course.asking import NONE, Option, best, is_subtotal, judged, lines, none_of_these, number

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def so_far(book: Book) -> pd.DataFrame:
    """Return the statement of the year to date by line."""
    return book.money.statements["ytd"].table.set_index("line")


def margin(book: Book) -> float | None:
    actual = so_far(book)["actual"]
    contribution, sales = number(actual["contribution"]), number(actual["net_sales"])
    return None if contribution is None or sales is None or sales <= 0 else contribution / sales


def variances(book: Book) -> list[tuple[str, float]]:
    """Return the lines that are no subtotals, with their variance against budget."""
    found = so_far(book)["variance"].dropna()
    return [(str(line), float(value)) for line, value in found.items() if not is_subtotal(line)]


def varied_lines(book: Book) -> list[Option]:
    return [*lines(book, [line for line, _ in variances(book)]), none_of_these(book)]


def lost_most(book: Book) -> set[str] | None:
    found = variances(book)
    if not found:
        return None
    behind = best([pair for pair in found if pair[1] < 0], least=True)
    return judged(behind or {NONE}, varied_lines(book))
