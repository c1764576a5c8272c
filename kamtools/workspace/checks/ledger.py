"""Whether the ledger can be true: lines without an account, units, months, costs, currencies, lines that stand twice.

One pass makes ``by_month`` (account × currency × month); what is said of
accounts and months is worked out from that.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kamtools.workspace.checks.data import Data
from kamtools.workspace.checks.rules import fill_again, more, repeated
from kamtools.workspace.findings import Finding, Level
from kamtools.workspace.paths import quoted
from kamtools.workspace.staleness import longest_pause, stale_days

if TYPE_CHECKING:
    import pandas as pd

NEARLY_ALL = 0.9  # "nearly all lines"
MOST = 10_000  # of one kind that are listed
FEW = 5  # lines or months below which nothing can be said of a pattern
FACTORS = (10, 100, 1_000, 10_000)  # between units that people write money in: yuan, thousands, 万元
FACTOR_WIDTH = 0.08  # in powers of ten: 8.3 to 12 is taken for 10
LOOSE_WIDTH = 0.3  # without a quantity only the average line is known: 50 to 200 is taken for 100
COMPANY = "\0"  # in place of an account: all of them
STEADY = 0.12  # in powers of ten: as near are four months in five to the usual one, whatever their unit
FAR_BELOW = 0.25  # of the median of the months around
MISSING_AT_MOST = 0.25  # of the span; a ledger with more empty months is one of few orders
DECIMALS_FROM = 0.2  # of the lines with more than two decimals
WITHOUT_CENTS = ("JPY", "KRW", "VND", "IDR", "CLP", "ISK", "HUF")


def check_ledger(data: Data) -> Iterator[Finding]:
    """Yield what in the ledger can hardly be true."""
    if "ledger" not in data or not data.rows["ledger"]:
        return
    _reduce(data)
    yield from _without_account(data)
    yield from _half_known(data)
    yield from _costs(data)
    yield from _decimals(data)
    yield from _currencies(data)
    yield from _below_zero(data)
    yield from _cancelled_twice(data)
    yield from _in_two_imports(data)
    months = _months(data)
    yield from _units(data, months)
    yield from _span(data, months)


def _reduce(data: Data) -> None:
    data.base.execute(
        """
        create or replace temp table by_month as
        select account, currency, date_trunc('month', date)::date as month, count(*) as n,
               sum(amount) as amount, sum(abs(amount)) as size,
               count(quantity) as n_quantity, sum(abs(quantity)) as quantity,
               count(cost) as n_cost, count(list_amount) as n_list,
               count(*) filter (amount > 0 and cost is not null) as n_sold,
               count(*) filter (amount > 0 and cost = 0) as n_free,
               count(*) filter (amount > 0 and cost > amount) as n_above,
               count(*) filter (cost < 0 and amount > 0 or cost > 0 and amount < 0) as n_sign,
               sum(cost) filter (cost < 0 and amount > 0 or cost > 0 and amount < 0) as sign_cost,
               count(*) filter (amount <> round(amount, 2)) as n_fine,
               sum(amount) filter (cost is null) as without_cost,
               sum(amount) filter (list_amount is null) as without_list
        from ledger where date is not null group by 1, 2, 3
        """
    )


def _found(
    data: Data, level: Level, reason: str, column: str, where: str = "", value: str = "", **params: object
) -> Finding:
    """Return a finding at the first row of the ledger where `where` holds."""
    row = data.one(f"select min(row_) from rows_ledger where {where}")[0] if where else None
    return Finding(level, data.files["ledger"], row, column, value, reason, params)


def _without_account(data: Data) -> Iterator[Finding]:
    ours = f"currency = {quoted(data.currency)}"
    rows, money = data.one(f"select sum(n), sum(amount) filter ({ours}) from by_month where account is null")
    if rows:
        extent = data.extent(rows, money)
        yield _found(data, "warning", "no_account", "account", "account is null", **extent)


def _half_known(data: Data) -> Iterator[Finding]:
    """Lines without a cost or list price where most others have one: their accounts lose their profit."""
    for column, known, lost in (
        ("cost", "n_cost", "without_cost"),
        ("list_amount", "n_list", "without_list"),
    ):
        rows, lacking, money = data.one(f"select sum(n), sum(n - {known}), sum({lost}) from by_month")
        if not 0 < lacking < rows / 2:
            continue
        accounts, example = data.one(
            f"select count(distinct account), min_by(account, -(n - {known})) from by_month where n > {known}"
        )
        said = {"accounts": accounts, "example": example or "–"}
        extent = data.extent(lacking, money)
        yield _found(data, "warning", "half_known", column, f"{column} is null", **extent, **said)


def _costs(data: Data) -> Iterator[Finding]:
    rows, money = data.one("select sum(n_sign), sum(sign_cost) from by_month")
    if rows:
        where = "cost < 0 and amount > 0 or cost > 0 and amount < 0"
        yield _found(data, "warning", "cost_sign", "cost", where, **data.extent(rows, money))
    for reason, count in (("cost_zero", "n_free"), ("cost_above", "n_above")):
        for account, wrong, sold, money in data.all(
            f"select account, sum({count}), sum(n_sold) as sold, sum(size) from by_month group by account "
            f"having sold >= {FEW} and sum({count}) >= {NEARLY_ALL} * sold order by 4 desc, 1"
        ):
            said = data.extent(wrong, money) | {"of": sold}
            yield _found(data, "warning", reason, "cost", value=account or "", **said)


def _decimals(data: Data) -> Iterator[Finding]:
    if data.currency in WITHOUT_CENTS:
        return
    fine, rows, money = data.one("select sum(n_fine), sum(n), sum(size) filter (n_fine > 0) from by_month")
    if fine >= FEW and fine >= DECIMALS_FROM * rows:
        said = data.extent(fine, money) | {"of": rows}
        yield _found(data, "warning", "decimals", "amount", "amount <> round(amount, 2)", **said)


def _currencies(data: Data) -> Iterator[Finding]:
    """A currency that is not the company's in every line, and accounts with two."""
    found = data.all("select currency, sum(n), sum(amount) from by_month group by 1 order by 2 desc")
    if len(found) == 1 and data.currency and found[0][0] not in (None, data.currency):
        said = data.extent(found[0][1], None) | {"company": data.currency}
        yield _found(data, "warning", "currency_constant", "currency", value=found[0][0], **said)
        return
    for account, currencies, rows in data.all(
        """
        select account, string_agg(currency, ', ' order by n desc), sum(n) - max(n)
        from (select account, currency, sum(n) as n from by_month where account is not null group by 1, 2)
        group by account having count(*) > 1 order by 3 desc, 1
        """
    ):
        said = data.extent(rows, None) | {"currencies": currencies}
        yield _found(data, "note", "two_currencies", "currency", value=account, **said)


def _below_zero(data: Data) -> Iterator[Finding]:
    """Accounts to which more was credited than was ever sold: sales are missing, or the sign is turned."""
    for account, rows, money in data.all(
        "select account, sum(n), sum(amount) from by_month where account is not null "
        "group by account having sum(amount) < 0 order by 3, 1"
    ):
        extent = data.extent(rows, money)
        yield _found(data, "warning", "below_zero", "amount", value=account, **extent)


def _cancelled_twice(data: Data) -> Iterator[Finding]:
    """Invoices with sales of which more is taken back than was invoiced: cancelled twice."""
    data.base.execute(
        """
        create or replace temp table over as
        select invoice, count(*) filter (amount < 0) as n, sum(amount) as money from ledger
        semi join (select distinct invoice from ledger where amount < 0 and invoice is not null) using (invoice)
        group by 1 having sum(amount) < 0 and count(*) filter (amount > 0) > 0
        """
    )
    found = data.all("select invoice, n, money from over order by money, invoice")
    if not found:
        return
    rows = dict(
        data.all(
            "select invoice, min(row_) from rows_ledger semi join over using (invoice) where amount < 0 group by 1"
        )
    )
    file = data.files["ledger"]
    for invoice, count, money in found[:MOST]:
        extent = data.extent(count, money)
        yield Finding("warning", file, rows[invoice], "invoice", invoice, "cancelled_twice", extent)
    yield from more(file, "invoice", "cancelled_twice", len(found) - MOST, "warning")


def _in_two_imports(data: Data) -> Iterator[Finding]:
    """Lines equal in all but their id that came with different files."""
    if "ledger" not in data.origin:
        return
    source = "(_import::bigint << 32) + _unit"
    if data.one(f"select count(distinct {source}) from read_ledger")[0] < 2:
        return
    same = "hash(invoice, date, account, product, kind, quantity, amount)"
    lines = f"(select *, {same} as h, {source} as s from read_ledger where invoice is not null)"
    again = repeated(data.base.execute(f"select h from {lines}").fetchnumpy()["h"])
    if not len(again):
        return
    fill_again(data, again)
    rows, money = data.one(
        f"""
        select sum(n), sum(amount) from (
          select count(*) - max(own) as n, any_value(amount) * (count(*) - max(own)) as amount from (
            select h, amount, s, count(*) over (partition by h, s) as own from {lines} semi join again using (h)
          ) group by h having count(distinct s) > 1)
        """
    )
    if rows:
        invoice = data.one(
            f"select min(invoice) from (select h, any_value(invoice) as invoice from {lines} "
            "semi join again using (h) group by h having count(distinct s) > 1)"
        )[0]
        extent = data.extent(rows, money)
        yield _found(data, "warning", "in_two_imports", "invoice", value=invoice, **extent)


# --- months and units --------------------------------------------------------------------------


def _months(data: Data) -> pd.DataFrame:
    """Return account × month in the company's currency."""
    return data.base.execute(
        "select coalesce(account, '') as account, month, sum(n)::bigint as n, sum(amount)::double as amount, "
        "sum(size)::double as size, sum(n_quantity)::bigint as n_quantity, sum(quantity)::double as quantity "
        f"from by_month where currency = {quoted(data.currency)} group by 1, 2 order by 1, 2"
    ).df()


def _units(data: Data, months: pd.DataFrame) -> Iterator[Finding]:
    """Months in which an account's money is 10, 100, 1,000 or 10,000 times what it is in its other months.

    Where the quantity is known the price of a piece must jump and the whole sum with it; else the
    average line, and then only by 100 and more: orders of very different size are common.
    """
    import numpy as np
    import pandas as pd

    company = months.groupby("month", as_index=False).sum(numeric_only=True).assign(account=COMPANY)
    rows = pd.concat([months, company], ignore_index=True)
    rows = rows[(rows["size"] > 0) & (rows["n"] > 0)].copy()
    priced = (rows["n_quantity"] == rows["n"]) & (rows["quantity"] > 0)
    rows["each"] = rows["size"] / rows["quantity"].where(priced, rows["n"])
    by = rows.groupby("account")
    rows = rows[(by["n"].transform("size") >= FEW) & (by["n_quantity"].transform("min") >= 0)]
    if rows.empty:
        return
    by = rows.groupby("account")
    # the lower of two middle values: one that stands there, where half of the months are in another unit
    usual = by[["each", "size"]].transform(lambda values: values.quantile(0.5, interpolation="lower"))
    each = (rows["each"] / usual["each"]).map(math.log10)
    whole = (rows["size"] / usual["size"]).map(math.log10)
    power = each.abs().round()
    priced = priced.loc[rows.index]
    near = (each.abs() - power).abs() <= np.where(priced, FACTOR_WIDTH, LOOSE_WIDTH)
    # an account whose money varies at random also has a month at a hundredth of another
    off = (each - each.round()).abs().groupby(rows["account"]).transform(lambda r: r.quantile(0.8))
    steady = off <= np.where(power == 1, STEADY / 2, STEADY)  # ten times is nearer to chance
    follows = (whole - each).abs() <= 0.5  # the number of pieces is as always
    jump = near & follows & (power >= np.where(priced, 1, 2)) & (power <= len(FACTORS))
    maybe = rows[jump].assign(power=(each.round())[jump].astype(int))
    found = maybe[steady[jump]]
    active = rows[rows["account"] != COMPANY].groupby("month")["account"].nunique()
    for month, power in found.loc[found["account"] == COMPANY, ["month", "power"]].itertuples(index=False):
        group = maybe[(maybe["month"] == month) & (maybe["power"] == power) & (maybe["account"] != COMPANY)]
        if len(group) >= active.get(month, 0) / 2 and len(group) > 1:
            yield _jump(data, group, power, None)
            found = found.drop(group.index, errors="ignore")
    found = found[found["account"] != COMPANY]
    for (account, power), group in found.groupby(["account", "power"]):  # type: ignore[misc]
        yield _jump(data, group, int(str(power)), str(account))


def _jump(data: Data, rows: pd.DataFrame, power: int, account: str | None) -> Finding:
    months = [f"{m:%Y-%m}" for m in sorted(rows["month"].unique())]
    span = months[0] if len(months) == 1 else f"{months[0]} … {months[-1]}"
    start = f"{rows['month'].min():%Y-%m-%d}"
    where = f"date_trunc('month', date) = date {quoted(start)}"
    if account is not None:
        where += f" and account = {quoted(account)}" if account else " and account is null"
    said = data.extent(rows["n"].sum(), None) | {"money": f"{rows['size'].sum():.4f}", "months": span}
    said["factor"] = f"{10 ** abs(power):,}"
    up, down = ("unit_up", "unit_down") if account is not None else ("unit_up_all", "unit_down_all")
    reason = up if power > 0 else down
    return _found(data, "warning", reason, "amount", where, value=account or span, **said)


def _span(data: Data, months: pd.DataFrame) -> Iterator[Finding]:
    """Months inside the span without a line, and far below the months around them."""
    import pandas as pd

    whole = months.groupby("month")[["amount", "n"]].sum()
    if len(whole) < FEW:
        return
    index = pd.date_range(whole.index.min(), whole.index.max(), freq="MS")
    whole = whole.reindex(index)
    empty = whole.index[whole["n"].isna()]
    if 0 < len(empty) <= MISSING_AT_MOST * len(whole):
        for month in empty:
            yield _found(data, "warning", "month_missing", "date", value=f"{month:%Y-%m}", rows=0)
    festival = data.settings is None or data.settings.growth.spring_festival
    amounts = whole["amount"].fillna(0.0)
    low = {}
    for place, month in enumerate(whole.index):
        around = pd.concat([amounts.iloc[max(place - 2, 0) : place], amounts.iloc[place + 1 : place + 3]])
        if 0 < place < len(whole) - 1 and around.min() > 0:
            low[month] = amounts.iloc[place] / around.median(), around.median()
    for month, (part, usual) in low.items():
        before = low.get(month - pd.DateOffset(years=1), (1.0, 0))[0]
        seasonal = (festival and month.month in (1, 2)) or before < 2 * FAR_BELOW
        if part < FAR_BELOW and month not in empty and not seasonal:
            said: dict[str, Any] = {"part": f"{part:.0%}", "money": f"{usual - amounts[month]:.4f}"}
            said |= {"currency": data.currency, "rows": int(whole["n"][month])}
            yield _found(data, "warning", "month_low", "date", value=f"{month:%Y-%m}", **said)


# --- as of a day -------------------------------------------------------------------------------


def ledger_span(data: Data) -> tuple[dt.date, dt.date, int] | None:
    """Return first and last day of the ledger, and its longest pause in days in its last 400 days."""
    if "ledger" not in data:
        return None
    days = [d for (d,) in data.all("select distinct date from ledger where date is not null order by 1")]
    if not days:
        return None
    return days[0], *longest_pause(days)


def check_day(data: Data, as_of: dt.date) -> Iterator[Finding]:
    """Yield rows after the day (kept, not in the figures), and a ledger that ends well before it."""
    for table, day in (("ledger", "date"), ("receivables", "invoice_date"), ("expenses", "date")):
        if table not in data:
            continue
        rows, money = data.one(f"select count(*), {data.money(table)} from {table} where {day} > ?", as_of)
        if rows:
            row = data.one(f"select min(row_) from rows_{table} where {day} > ?", as_of)[0]
            params = data.extent(rows, money) | {"as_of": as_of.isoformat()}
            yield Finding("note", data.files[table], row, day, "", "after_as_of", params)
    span = ledger_span(data)
    days = stale_days(span[1], span[2], as_of) if span else 0
    if span and days:
        params = {"last": span[1].isoformat(), "days": days, "as_of": as_of.isoformat()}
        yield Finding("warning", data.files["ledger"], None, "date", "", "stale", params)
