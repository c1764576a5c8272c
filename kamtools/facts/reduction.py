"""Run the SQL reductions over a workspace's tables, check them, and keep them in a cache.

Each ``sql/*.sql`` turns tables of any length into one small frame. The frames
are cached under the hash of what they came from: tables, settings that enter,
as-of date and the SQL itself. Totals are compared with the exact DECIMAL total
on every run.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamtools.errors import KamError
from kamtools.workspace.staleness import longest_pause, stale_days
from kamtools.workspace.tables import TABLES, arrow_schema

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from kamtools.workspace import Workspace

UNPRICED = "-unpriced"
SQL = Path(__file__).parent / "sql"
MEMORY = "600MB"  # for DuckDB; what does not fit waits on the disk, beside the cache
VIEWS = ("lines", "months", "bookings", "documents")  # what the frames are made from
FRAMES = (
    "accounts",
    "account_month",
    "account_month_category",
    "account_order_date",
    "account_month_expense",
    "account_month_activity",
    "account_month_accrual",
    "account_month_service",
    "account_open",
    "receivables",
    "budget",
    "promotions",
    "credit",
    "financials",
    "wallets",
    "markets",
)


@dataclass(frozen=True)
class Facts:
    """The small frames of one workspace as of one date.

    Money is in the company's currency as float64, months are first days
    (datetime64), ``account`` is text and ``""`` means "not attributable".

    Attributes
    ----------
    account_month : DataFrame
        account, month, amount, gross_amount, list_amount, cost, quantity, invoices, lines.
    account_month_category : DataFrame
        account, month, category, amount, list_amount, quantity, cost.
    account_order_date : DataFrame
        account, date, amount, invoices.
    account_month_expense : DataFrame
        account, month, line, amount: actual and accrued.
    account_month_activity : DataFrame
        account, month, line, activity, kind (of the expense code), status
        (actual, accrued, committed), amount.
    account_month_accrual : DataFrame
        account, month, line, activity, accrued, settled: deductions and accruals by the month
        in which they arose, and in which they were settled.
    account_month_service : DataFrame
        account, month, driver, quantity.
    account_open : DataFrame
        account, open_amount, overdue_amount, due_amount, late_amount_days (with VAT); later_parts,
        later_part_amount: documents paid in part on a day after the as-of date, and what is paid of them.
    receivables : DataFrame
        account, kind, invoice_date, due_date, due_stated, paid_date, amount, paid_amount: documents with
        the same dates as one, as known on the date (with VAT); open ones and those due in the last 40 months.
        A due date that the file lacks is that of the terms agreed then, else of the default terms (not ``due_stated``).
    budget : DataFrame
        account, month, line, version, activity, category, amount.
    promotions : DataFrame
        promotion, account, category, start_date, end_date, code, spend, price_cut, name_zh, name_en.
    credit : DataFrame
        account, date, credit_limit, terms_days, insured, open_orders, unbilled, consigned_stock,
        specific_provision.
    financials : DataFrame
        account, year, type and the amounts of the account's own accounts.
    wallets : DataFrame
        account, category, year, amount: what the account buys from everyone.
    markets : DataFrame
        category, month, amount: size of the market.
    accounts : DataFrame
        account, name_zh, name_en, parent, segment, region, owner, listed.
    first_month, last_month : Timestamp
        First month with lines; last month that is complete on the as-of date and that the ledger reaches.
    totals : Mapping
        Exact totals and the number of rows after the as-of date.
    unpriced : bool
        An exchange rate is missing, and sums are without what it would price.
    """

    accounts: pd.DataFrame
    account_month: pd.DataFrame
    account_month_category: pd.DataFrame
    account_order_date: pd.DataFrame
    account_month_expense: pd.DataFrame
    account_month_activity: pd.DataFrame
    account_month_accrual: pd.DataFrame
    account_month_service: pd.DataFrame
    account_open: pd.DataFrame
    receivables: pd.DataFrame
    budget: pd.DataFrame
    promotions: pd.DataFrame
    credit: pd.DataFrame
    financials: pd.DataFrame
    wallets: pd.DataFrame
    markets: pd.DataFrame
    as_of: dt.date
    first_month: pd.Timestamp
    last_month: pd.Timestamp
    totals: Mapping[str, Any]
    data_hash: str
    unpriced: bool = False

    @property
    def after_as_of(self) -> dict[str, int]:
        """Rows dated after the as-of date, by table: kept, and left out of every figure."""
        end = "_after_as_of"
        return {k.removesuffix(end): v for k, v in self.totals.items() if k.endswith(end)}

    @property
    def ledger_ends(self) -> dt.date | None:
        """Day of the last line where the whole ledger ends before the as-of date's last whole month, else None.

        What was sold after it is not known; it is not zero.
        """
        behind = self.last_month.date() < last_complete_month(self.as_of)
        return dt.date.fromisoformat(self.totals["last_date"]) if behind else None

    @property
    def knows_receivables(self) -> bool:
        """Whether there is any document by the as-of date; without one what is owed is not known, and not nothing."""
        return bool(self.totals["documents"])

    @property
    def knows_payments(self) -> bool:
        """Whether any document of any account was ever paid; without one the table is a list of open items alone."""
        return bool(self.totals["receivables_paid"])


def last_complete_month(as_of: dt.date) -> dt.date:
    """Return the first day of the last month that is over on `as_of`.

    Examples
    --------
    >>> last_complete_month(dt.date(2026, 10, 31)), last_complete_month(dt.date(2026, 10, 30))
    (datetime.date(2026, 10, 1), datetime.date(2026, 9, 1))
    """
    first = as_of.replace(day=1)
    if (as_of + dt.timedelta(days=1)).month != as_of.month:
        return first
    return (first - dt.timedelta(days=1)).replace(day=1)


def last_known_month(as_of: dt.date, last_days: Sequence[dt.date]) -> dt.date:
    """Return the first day of the last month that is over on `as_of` and that the ledger reaches whole.

    Parameters
    ----------
    as_of : date
    last_days : sequence of date
        The day of the last line of each of the latest months with lines, newest first. The newest month is whole
        where it does not end more than a week earlier than every month before.

    Examples
    --------
    >>> last_known_month(dt.date(2026, 10, 31), [dt.date(2026, 7, 31), dt.date(2026, 6, 30)])
    datetime.date(2026, 7, 1)
    >>> last_known_month(dt.date(2026, 10, 31), [dt.date(2026, m, d) for m, d in ((7, 9), (6, 29), (5, 28), (4, 30))])
    datetime.date(2026, 6, 1)
    """
    complete = last_complete_month(as_of)
    newest, *before = last_days
    if newest.replace(day=1) > complete:
        return complete
    part = len(before) >= 3 and newest.day + 7 < min(day.day for day in before)
    return (before[0] if part else newest).replace(day=1)


def load_facts(workspace: Workspace, as_of: dt.date, unpriced: bool = False) -> Facts:
    """Return the frames of `workspace` as of `as_of`, from the cache where nothing changed.

    Parameters
    ----------
    workspace : Workspace
        Opened by :func:`kamtools.workspace.open_workspace`.
    as_of : date
        Later rows stay out of every figure and are counted.
    unpriced : bool
        Where an exchange rate is missing, leave what it would price unknown, for those who only ask which
        accounts, months and plans there are: sums are without it. Default: refuse.

    Raises
    ------
    KamError
        Where there is no ledger line up to `as_of`, an exchange rate is missing,
        or the frames do not reach the exact total.
    """
    import pandas as pd

    from kamtools.workspace.paths import read_frame

    data_hash = workspace.data_hash()
    folder = workspace.root / ".cache" / "facts" / _key(data_hash, workspace.settings.currency, as_of)
    if not (folder / "totals.json").is_file():
        try:
            _reduce(workspace, as_of, folder)
        except KamError as error:
            if not unpriced or error.key != "facts.missing_rate":
                raise
            folder = folder.with_name(folder.name + UNPRICED)
            if not (folder / "totals.json").is_file():
                _reduce(workspace, as_of, folder, unpriced=True)
    frames = {name: read_frame(folder / f"{name}.parquet") for name in FRAMES}
    totals = json.loads((folder / "totals.json").read_text(encoding="utf-8"))
    _reconcile(frames, totals)
    if not totals["ledger_rows"]:
        raise KamError("facts.no_lines", as_of=as_of, workspace=workspace.root)
    days = [dt.date.fromisoformat(day) for day in totals["last_days"]]
    orders = frames["account_order_date"]["date"].dropna().dt.date.unique()
    last, pause = longest_pause([*orders, dt.date.fromisoformat(totals["last_date"])])
    ends = stale_days(
        last, pause, as_of
    )  # where the ledger ends early, what came after is not zero but not known
    return Facts(
        **frames,
        as_of=as_of,
        first_month=frames["account_month"]["month"].min(),
        last_month=pd.Timestamp(last_known_month(as_of, days) if ends else last_complete_month(as_of)),
        totals={**totals, "ledger_amount": Decimal(totals["ledger_amount"])},
        data_hash=data_hash,
        unpriced=folder.name.endswith(UNPRICED),
    )


def _key(data_hash: str, currency: str, as_of: dt.date) -> str:
    digest = hashlib.sha256(f"{data_hash} {currency} {as_of}".encode())
    for path in sorted(SQL.glob("*.sql")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def _reduce(workspace: Workspace, as_of: dt.date, folder: Path, unpriced: bool = False) -> None:
    """Run every reduction and write the frames to `folder`, all or nothing."""
    import duckdb

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        config = {"threads": min(os.cpu_count() or 2, 4), "memory_limit": MEMORY, "temp_directory": temporary}
        with duckdb.connect(config=config) as base:
            base.execute("set enable_progress_bar = false")
            _attach(base, workspace)
            values = bound_values(workspace, as_of)
            if not unpriced:
                _refuse_missing_rates(base, values)
            _refuse_foreign_estimates(base, values)
            for view in VIEWS:
                base.execute(_bound((SQL / f"{view}.sql").read_text(encoding="utf-8"), values))
            for name in FRAMES:
                _run(base, name, values, Path(temporary) / f"{name}.parquet")
            row = _run_rows(base, "totals", values)[0]
        Path(temporary, "totals.json").write_text(json.dumps(row, default=str), encoding="utf-8")
        folder.mkdir(exist_ok=True)
        for name in (*(f"{frame}.parquet" for frame in FRAMES), "totals.json"):
            os.replace(Path(temporary, name), folder / name)


def _attach(base: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Name every table of the workspace; a table or column that is not there is empty."""
    from kamtools.workspace.paths import duckdb_source, own_columns

    for name in TABLES:
        base.register(f"_{name}", arrow_schema(name).empty_table())
        text = f"select * from _{name}"
        if workspace.has(name):
            path = workspace.table_path(name)
            own = own_columns(path)
            columns = ", ".join(f'"{c}"' for c in own)
            text_of_file = f"select {columns} from {duckdb_source(base, path)}"
            whole = own == arrow_schema(name).names
            text = text_of_file if whole else f"{text} union all by name {text_of_file}"
        base.execute(f"create view {name} as {text}")


def bound_values(workspace: Workspace, as_of: dt.date) -> dict[str, Any]:
    """Return what stands in the SQL as ``$name``."""
    settings = workspace.settings
    return {
        "as_of": as_of,
        "currency": settings.currency,
        "default_terms": settings.finance.default_terms,
        "code_format": settings.finance.code_format,
    }


def _bound(sql: str, values: Mapping[str, Any]) -> str:
    """Put dates and the currency code in place of ``$name``: a view takes no parameters."""
    from kamtools.workspace.paths import quoted

    for part in ("activity", "kind"):
        sql = sql.replace(f"${part}", _code_part(part, values.get("code_format")))
    sql = sql.replace("$as_of", f"date '{values['as_of'].isoformat()}'")
    sql = sql.replace("$default_terms", str(values["default_terms"]))
    return sql.replace("$currency", quoted(values["currency"]))


def _code_part(part: str, code_format: str | None) -> str:
    """Return the SQL that takes a part out of an expense code; the built-in codes are read from their end."""
    if code_format is None:
        pattern, place = r"-([^-]+)-([^-]+)-[0-9]+-[^-]+$", ("activity", "kind").index(part) + 1
    else:
        groups = re.compile(code_format).groupindex if code_format != "none" else {}
        if part not in groups:
            return "''"
        pattern, place = f"^(?:{code_format})$", groups[part]
    return f"regexp_extract(coalesce(e.code, ''), '{pattern.replace(chr(39), chr(39) * 2)}', {place})"


def _run(base: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, Any], path: Path) -> None:
    """Write a frame as it comes: decimals as float64, days as timestamps, never the whole of it in memory."""
    from kamtools.workspace.paths import save_batches

    made = base.sql(_bound((SQL / f"{name}.sql").read_text(encoding="utf-8"), values))
    columns = []
    for column, kind in zip(made.columns, map(str, made.types), strict=True):
        to = "double" if kind.startswith(("DECIMAL", "HUGEINT")) else "timestamp" if kind == "DATE" else kind
        columns.append(f'cast("{column}" as {to}) as "{column}"')
    save_batches(path, made.select(", ".join(columns)).to_arrow_reader(100_000))


def _run_rows(base: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    text = _bound((SQL / f"{name}.sql").read_text(encoding="utf-8"), values)
    cursor = base.execute(text)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _refuse_missing_rates(base: duckdb.DuckDBPyConnection, values: Mapping[str, Any]) -> None:
    missing = _run_rows(base, "missing_rates", values)
    if missing:
        first = missing[0]
        raise KamError(
            "facts.missing_rate",
            currency=first["currency"],
            month=f"{first['month']:%Y-%m}",
            table=first["name"],
            count=len(missing),
            company_currency=values["currency"],
        )


def _refuse_foreign_estimates(base: duckdb.DuckDBPyConnection, values: Mapping[str, Any]) -> None:
    foreign = _run_rows(base, "foreign_estimates", values)
    if foreign:
        raise KamError("facts.foreign_estimate", **foreign[0], company_currency=values["currency"])


def _reconcile(frames: Mapping[str, pd.DataFrame], totals: Mapping[str, Any]) -> None:
    """Compare the frames with the exact total; they may differ by float rounding only."""
    exact = float(Decimal(totals["ledger_amount"]))
    for name in ("account_month", "account_month_category"):
        amounts = frames[name]["amount"]
        size = float(amounts.abs().sum()) or 1.0
        if not math.isclose(math.fsum(amounts), exact, rel_tol=0, abs_tol=1e-12 * size + 1e-6):
            raise KamError(
                "facts.not_reconciled", frame=name, total=math.fsum(amounts), exact=totals["ledger_amount"]
            )
