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
from collections.abc import Mapping
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

SQL = Path(__file__).parent / "sql"
VIEWS = ("lines", "bookings", "documents")  # what the frames are made from
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
        account, open_amount, overdue_amount, due_amount, late_amount_days (with VAT).
    receivables : DataFrame
        account, kind, invoice_date, due_date, paid_date, amount, paid_amount: documents with the
        same dates as one, as known on the date (with VAT); open ones and those due in the last 40 months.
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
        First month with lines; last month that is complete on the as-of date, and of which the ledger can know.
    totals : Mapping
        Exact totals and the number of rows after the as-of date.
    last_date, stale_days
        Last day of the ledger; the days by which it ends too early for the as-of date, else 0.
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
    last_date: dt.date
    stale_days: int = 0

    @property
    def after_as_of(self) -> dict[str, int]:
        """Rows dated after the as-of date, by table: kept, and left out of every figure."""
        end = "_after_as_of"
        return {k.removesuffix(end): v for k, v in self.totals.items() if k.endswith(end)}


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


def load_facts(workspace: Workspace, as_of: dt.date) -> Facts:
    """Return the frames of `workspace` as of `as_of`, from the cache where nothing changed.

    Parameters
    ----------
    workspace : Workspace
        Opened by :func:`kamtools.workspace.open_workspace`.
    as_of : date
        Later rows stay out of every figure and are counted.

    Raises
    ------
    KamError
        Where there is no ledger line up to `as_of`, an exchange rate is missing,
        or the frames do not reach the exact total.
    """
    import pandas as pd

    data_hash = workspace.data_hash()
    folder = workspace.root / ".cache" / "facts" / _key(data_hash, workspace.settings.currency, as_of)
    if not (folder / "totals.json").is_file():
        _reduce(workspace, as_of, folder)
    frames = {name: pd.read_parquet(folder / f"{name}.parquet") for name in FRAMES}
    totals = json.loads((folder / "totals.json").read_text(encoding="utf-8"))
    _reconcile(frames, totals)
    if not totals["ledger_rows"]:
        raise KamError("facts.no_lines", as_of=as_of, workspace=workspace.root)
    days = frames["account_order_date"]["date"].dropna().dt.date.unique()
    last_date, pause = longest_pause(days) if len(days) else (as_of, 0)
    stale = stale_days(last_date, pause, as_of)
    # where the ledger ends early, what came after is not zero but not known
    known = min(as_of, last_date + dt.timedelta(days=pause)) if stale else as_of
    return Facts(
        **frames,
        as_of=as_of,
        first_month=frames["account_month"]["month"].min(),
        last_month=pd.Timestamp(last_complete_month(known)),
        totals={**totals, "ledger_amount": Decimal(totals["ledger_amount"])},
        data_hash=data_hash,
        last_date=last_date,
        stale_days=stale,
    )


def _key(data_hash: str, currency: str, as_of: dt.date) -> str:
    digest = hashlib.sha256(f"{data_hash} {currency} {as_of}".encode())
    for path in sorted(SQL.glob("*.sql")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def _reduce(workspace: Workspace, as_of: dt.date, folder: Path) -> None:
    """Run every reduction and write the frames to `folder`, all or nothing."""
    import duckdb

    with duckdb.connect(config={"threads": os.cpu_count() or 2}) as base:
        base.execute("set enable_progress_bar = false")
        _attach(base, workspace)
        values = {"as_of": as_of, "currency": workspace.settings.currency}
        values["code_format"] = workspace.settings.finance.code_format
        _refuse_missing_rates(base, values)
        for view in VIEWS:
            base.execute(_bound((SQL / f"{view}.sql").read_text(encoding="utf-8"), values))
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            for name in FRAMES:
                _run(base, name, values).to_parquet(Path(temporary) / f"{name}.parquet", index=False)
            row = _run_rows(base, "totals", values)[0]
            Path(temporary, "totals.json").write_text(json.dumps(row, default=str), encoding="utf-8")
            folder.mkdir(exist_ok=True)
            for name in (*(f"{frame}.parquet" for frame in FRAMES), "totals.json"):
                os.replace(Path(temporary, name), folder / name)


def _attach(base: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Name every table of the workspace; a table or column that is not there is empty."""
    import pyarrow.parquet as pq

    for name in TABLES:
        base.register(f"_{name}", arrow_schema(name).empty_table())
        text = f"select * from _{name}"
        if workspace.has(name):
            path = str(workspace.table_path(name))
            text_of_file = "select * from read_parquet('{}')".format(path.replace("'", "''"))
            whole = pq.read_schema(path).names == arrow_schema(name).names
            text = text_of_file if whole else f"{text} union all by name {text_of_file}"
        base.execute(f"create view {name} as {text}")


def _bound(sql: str, values: Mapping[str, Any]) -> str:
    """Put dates and the currency code in place of ``$name``: a view takes no parameters."""
    for part in ("activity", "kind"):
        sql = sql.replace(f"${part}", _code_part(part, values.get("code_format")))
    sql = sql.replace("$as_of", f"date '{values['as_of'].isoformat()}'")
    return sql.replace("$currency", "'" + values["currency"].replace("'", "''") + "'")


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


def _run(base: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, Any]) -> pd.DataFrame:
    import pandas as pd

    text = _bound((SQL / f"{name}.sql").read_text(encoding="utf-8"), values)
    frame = base.execute(text).df()
    for column in frame.columns:
        kind = frame[column].dtype
        if column in ("month", "date") or str(column).endswith("_date") or str(column).endswith("_month"):
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
        elif pd.api.types.is_object_dtype(kind) or isinstance(kind, pd.StringDtype):
            frame[column] = frame[column].astype("str")  # missing stays missing
    return frame


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
