"""The rows behind a figure of the P&L, with their sum."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kamtools.show.context import Context, in_language, one_line
from kamtools.show.frames import records
from kamtools.show.numbers import date, is_missing, money, number
from kamtools.show.tables.build import build

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.show.tables.build import Table

TEXTS = ("invoice", "product", "kind", "code", "description", "driver")
# P&L line -> the column whose sum it is
SUMMED = {
    "list_sales": "list_amount",
    "invoiced_sales": "amount",
    "cost_of_goods": "cost",
    "cost_to_serve": "cost",
}


def rows_behind(result: pd.DataFrame | None, line: str, context: Context, most: int = 12) -> Table:
    """Return the rows that a line of the P&L is made of, the largest first.

    Parameters
    ----------
    result : DataFrame
        Rows of the ledger, bookings or service, as ``book.money.profit.drill(line)`` returns them.
    line : str
        A line of the P&L.
    context : Context
    most : int
        How many rows are listed; the note counts and sums all of them.
    """
    label = context.say("show.table_behind", line=context.term(line))
    if result is None or not len(result):
        return build(context, "behind", [], [], title=label, empty="show.no_rows_behind")
    amount = SUMMED.get(line, "amount")
    texts = [c for c in TEXTS if c in result.columns and result[c].notna().any()]
    dated = "date" in result.columns
    columns = [(c, context.say("show.col_behind", c), "l") for c in (*(["date"] if dated else []), *texts)]
    if "quantity" in result.columns:
        columns.append(("quantity", context.say("show.col_behind.quantity"), "r"))
    columns.append((amount, context.say("show.col_behind", amount), "r"))
    ordered = result.reindex(result[amount].abs().sort_values(ascending=False, kind="stable").index)
    rows = []
    for row in records(ordered.head(most)):
        cells = [date(row["date"], context)] if dated else []
        cells += ["" if is_missing(row[c]) else one_line(_words(c, row[c], context), 40) for c in texts]
        if "quantity" in result.columns:
            cells.append(number(row["quantity"], context))
        cells.append(money(row[amount], context, compact=False))
        rows.append(cells)
    total = math.fsum(result[amount].dropna())
    note = context.say(
        "show.behind_note",
        n=number(len(result), context),
        shown=number(len(rows), context),
        total=money(total, context, compact=False),
    )
    return build(context, "behind", columns, rows, title=label, note=note)


def _words(column: str, value: object, context: Context) -> str:
    return context.term(str(value)) if column == "driver" else in_language(value, context.lang)
