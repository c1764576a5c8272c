"""The rows behind a figure: of the accounts asked for alone, as they were brought in, and as the figures take them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from kamtools.workspace import Workspace

UNKNOWN = Decimal("NaN")  # an amount that a row does not have: a sum with it is not known
# Tables that a view of the heavy pass prices and dates: table -> view, the column that names a row.
VIEWS = {
    "ledger": ("lines", "line_id"),
    "expenses": ("bookings", "expense_id"),
    "receivables": ("documents", "document"),
}
# Other tables in a currency: table -> their columns of money.
PRICED = {"budget": ("amount",), "credit": ("credit_limit", "insured", "open_orders", "unbilled")}


def table_rows(
    workspace: Workspace,
    name: str,
    account: str | None = None,
    until: dt.date | None = None,
    since: dt.date | None = None,
) -> pd.DataFrame:
    """Return rows of a fact table as they were brought in: money as float64, each in its own currency.

    Only the rows asked for are read from the file.

    Parameters
    ----------
    workspace : Workspace
    name : str
        A table with a column ``account``, and ``date`` where days are given.
    account : str, optional
    until, since : date, optional
        Both included.
    """
    from kamtools.workspace.folder import conform, to_frame
    from kamtools.workspace.paths import own_columns, parquet_dataset
    from kamtools.workspace.tables import arrow_schema

    if not workspace.has(name):
        return to_frame(arrow_schema(name).empty_table())
    import pyarrow.compute as pc

    wanted = pc.scalar(True)
    if account is not None:
        wanted &= pc.field("account") == account
    if until is not None:
        wanted &= pc.field("date") <= until
    if since is not None:
        wanted &= pc.field("date") >= since
    path = workspace.table_path(name)
    data = parquet_dataset(path).to_table(columns=own_columns(path), filter=wanted)
    return to_frame(conform(data, name))


def source_rows(
    workspace: Workspace, name: str, accounts: Sequence[str], as_of: dt.date
) -> list[dict[str, Any]]:
    """Return the rows of some accounts as the figures take them, beside what was brought in.

    Parameters
    ----------
    workspace : Workspace
    name : {"ledger", "expenses", "receivables", "service", "budget", "credit"}
    accounts : sequence of str
        ``""`` are the rows without an account.
    as_of : date
        Rows that the figures of this date do not take are left out.

    Returns
    -------
    list of dict
        The table's own columns, the three of the row's origin, ``rate`` (the exchange rate, 1 in the
        company's currency), and as ``own_…`` what the heavy pass made of the row in that currency.
        Money is exact; an own amount that is not there is ``Decimal("NaN")``.

    Examples
    --------
    >>> from kamtools.workspace import open_workspace
    >>> rows = source_rows(open_workspace("data/samples"), "ledger", ["A001"], dt.date(2023, 11, 30))
    >>> sum(r["own_amount"] for r in rows) == sum(r["amount"] for r in rows), {r["account"] for r in rows}
    (True, {'A001'})
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    from kamtools.workspace.folder import conform
    from kamtools.workspace.journal import ORIGIN
    from kamtools.workspace.paths import parquet_dataset

    if not workspace.has(name):
        return []
    named = pc.field("account").isin(pa.array(accounts, pa.string()))
    if "" in accounts:
        named = named | pc.field("account").is_null()
    found = parquet_dataset(workspace.table_path(name)).to_table(filter=named)
    there = [c for c in ORIGIN if c in found.column_names]
    data = conform(found.drop_columns(there), name)
    rows = data.to_pylist()
    for column in ORIGIN:
        numbers = found[column].to_pylist() if column in there else [None] * len(rows)
        for row, number in zip(rows, numbers, strict=True):
            row[column] = number
    rates = _rates(workspace)
    day = {"receivables": "invoice_date", "budget": "month", "service": "month"}.get(name, "date")
    for row in rows:
        key = (row.get("currency"), row[day].replace(day=1))
        home = key[0] in (None, workspace.settings.currency)
        row["rate"] = Decimal(1) if home else rates.get(key, UNKNOWN)
        for column in PRICED.get(name, ()):
            worth = 1 if row.get("line") == "quantity" else row["rate"]
            row[f"own_{column}"] = UNKNOWN if row[column] is None else row[column] * worth
    if name in VIEWS:
        own = _viewed(data, name, workspace, as_of)
        return [row | own[k] for k, row in enumerate(rows) if k in own]
    # a plan of later months is part of the figures
    return [row for row in rows if name == "budget" or row[day] <= as_of]


def _rates(workspace: Workspace) -> dict[tuple[str, dt.date], Decimal]:
    from kamtools.workspace.folder import read_arrow

    if not workspace.has("exchange_rates"):
        return {}
    rows = read_arrow(workspace.table_path("exchange_rates"), "exchange_rates").to_pylist()
    return {(r["currency"], r["month"]): r["rate"] for r in rows}


def _viewed(data: pa.Table, name: str, workspace: Workspace, as_of: dt.date) -> dict[int, dict[str, Any]]:
    """Return what the view of the heavy pass says of each row, by its number: the same SQL, so the same amounts."""
    import duckdb
    import pyarrow as pa

    from kamtools.facts.reduction import SQL, _bound, bound_values
    from kamtools.workspace.folder import read_arrow
    from kamtools.workspace.tables import TABLES, arrow_schema

    view, key = VIEWS[name]
    # The view carries the row's number where its key stands, so that a key that stands twice does no harm.
    numbers = pa.array([str(n) for n in range(len(data))], pa.string())
    numbered = data.set_column(data.column_names.index(key), key, numbers)
    values = bound_values(workspace, as_of)
    with duckdb.connect() as base:
        for table in TABLES:
            rows = numbered if table == name else arrow_schema(table).empty_table()
            if table in ("exchange_rates", "credit") and table != name and workspace.has(table):
                rows = read_arrow(workspace.table_path(table), table)
            base.register(table, rows)
        base.execute(_bound((SQL / f"{view}.sql").read_text(encoding="utf-8"), values))
        cursor = base.execute(f"select * from {view}")
        names = [column[0] for column in cursor.description or []]
        made = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    money = ("amount", "list_amount", "cost", "paid", "open")
    return {
        int(row.pop(key)): {f"own_{c}": UNKNOWN if v is None and c in money else v for c, v in row.items()}
        for row in made
    }
