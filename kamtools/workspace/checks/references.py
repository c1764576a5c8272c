"""How the tables refer to each other and to the settings: accounts, parents, products, categories, budget lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kamtools.finance.names import PNL_LINES, PNL_SUBTOTALS
from kamtools.workspace.checks.data import DAY, Data, texts
from kamtools.workspace.checks.rules import more
from kamtools.workspace.findings import SHOWN, Finding, Level
from kamtools.workspace.settings import Settings
from kamtools.workspace.tables import TABLES

MOST = 10_000  # values of one kind that are listed, in check.csv too
VERSION = r"LE\d{4}-(0[1-9]|1[0-2])"  # of a latest estimate; the newest is the last by name
BUDGET_LINES = (*PNL_LINES, "quantity")


def check_references(data: Data) -> Iterator[Finding]:
    """Yield what refers to nothing, and what stands against the order of things."""
    yield from _parents(data)
    yield from _unlisted(data)
    if data.settings is None:
        return
    yield from _defined(data, data.settings)
    yield from _shapes(data)
    yield from _budget(data)
    yield from _rates(data)
    yield from _limits(data)


def _each(
    data: Data,
    table: str,
    column: str,
    known: str | Iterable[str],
    level: Level,
    reason: str,
    shown: bool = True,
) -> Iterator[Finding]:
    """Yield a finding at the first row of every value that is not known, with its rows and money.

    `known` is the SQL of a column of known values, or the values.
    """
    if isinstance(known, str):
        source, allowed = f"({known}) as known(v)", "–"
    else:
        values = list(known)
        allowed = ", ".join(values) if shown and values else "–"
        source = f"(select unnest([{', '.join(texts(values)[1:-1].split(', ')) if values else ''}]::varchar[])) as known(v)"
    anti = f'{table} anti join {source} on "{column}" = v where "{column}" is not null'
    found = data.all(
        f'select "{column}" as v, count(*) as n, {data.money(table)} as m from {anti} group by v '
        f"order by m desc nulls last, n desc, v limit {MOST + 1}"
    )
    if not found:
        return
    first = dict(data.all(f'select "{column}", min(row_) from rows_{anti} group by 1'))
    for value, rows, money in found[:MOST]:
        params = data.extent(rows, money) | {"allowed": allowed}
        yield Finding(level, data.files[table], first[value], column, value, reason, params)
    if len(found) > MOST:
        count = data.one(f'select count(distinct "{column}") from {anti}')[0]
        yield from more(data.files[table], column, reason, count - MOST, level)


def _parents(data: Data) -> Iterator[Finding]:
    """Parents that are not listed, and accounts that are their own ancestor."""
    if "accounts" not in data:
        return
    yield from _each(data, "accounts", "parent", "select account from accounts", "error", "parent_unknown")
    pairs = data.all("select row_, account, parent from rows_accounts where parent is not null order by row_")
    parent = {account: above for _, account, above in pairs if account is not None}
    for row, account, above in pairs:
        if account is None:
            continue
        chain, at = [account], parent[account]
        while at in parent and at not in chain:
            chain.append(at)
            at = parent[at]
        if at == account:
            params: dict[str, object] = {"circle": " → ".join([*chain, at])}
            yield Finding("error", data.files["accounts"], row, "parent", above, "parent_circle", params)


def _unlisted(data: Data) -> Iterator[Finding]:
    """Accounts that other tables name and ``accounts`` does not list."""
    if "accounts" not in data:
        return
    for table, spec in TABLES.items():
        if table in data and table != "accounts" and "account" in spec.names:
            listed = "select account from accounts"
            yield from _each(data, table, "account", listed, "warning", "account_unlisted")


def _defined(data: Data, settings: Settings) -> Iterator[Finding]:
    """Segments, categories, products, service drivers and budget lines that nothing defines."""
    segments = [s.id for s in settings.segments]
    categories = [c.id for c in settings.categories]
    activities = [a.id for a in settings.finance.activities]
    if segments and "accounts" in data:
        yield from _each(data, "accounts", "segment", segments, "warning", "segment_unknown")
    for table in ("products", "ledger", "markets", "wallets", "budget", "promotions"):
        if categories and table in data:
            yield from _each(data, table, "category", categories, "warning", "category_unknown")
    if "products" in data and "ledger" in data:
        listed = "select product from products"
        yield from _each(data, "ledger", "product", listed, "warning", "product_unlisted")
    if "service" in data:
        yield from _each(data, "service", "driver", settings.service_rates, "error", "driver_unknown")
    for table in ("budget", "targets"):
        if table in data:
            yield from _each(data, table, "line", BUDGET_LINES, "error", "line_unknown")
    if "targets" in data:
        sql = "from rows_targets where person is null and account is null"
        yield from _rows(data, "targets", "person", sql, "target_of_nobody")
    if "budget" in data and activities:
        yield from _each(data, "budget", "activity", activities, "error", "activity_unknown")


def _shapes(data: Data) -> Iterator[Finding]:
    """Years of four digits, months as their first day."""
    for table in ("wallets", "financials"):
        if table in data:
            sql = f"from rows_{table} where not regexp_full_match(year, '[0-9]{{4}}')"
            yield from _rows(data, table, "year", sql, "year")
    for table in ("service", "budget", "targets", "markets", "exchange_rates"):
        if table in data:
            yield from _rows(data, table, "month", f"from rows_{table} where day(month) <> 1", "month_day")


def _rows(data: Data, table: str, column: str, sql: str, reason: str) -> Iterator[Finding]:
    count = data.one(f"select count(*) {sql}")[0]
    found = data.all(f'select row_, cast("{column}" as varchar) {sql} order by row_ limit {SHOWN}')
    for row, value in found:
        yield Finding("error", data.files[table], row, column, value, reason)
    yield from more(data.files[table], column, reason, count - len(found))


def _budget(data: Data) -> Iterator[Finding]:
    """Budget rows of a version that has no place in time, and costs that stand above zero."""
    if "budget" not in data:
        return
    costs = sorted(set(PNL_LINES) - {"list_sales", *PNL_SUBTOTALS})
    for column, where, level, reason in (
        ("version", f"not regexp_full_match(version, '{VERSION}')", "error", "version"),
        ("line", f"line in {texts(costs)} and amount > 0", "warning", "cost_above_zero"),
    ):
        found = data.all(
            f"select {column}, min(row_), count(*), {data.money('budget')} from rows_budget "
            f"where {where} group by 1 order by 1"
        )
        for value, row, rows, money in found:
            params = data.extent(rows, money)
            yield Finding(level, data.files["budget"], row, column, value, reason, params)  # type: ignore[arg-type]


def _rates(data: Data) -> Iterator[Finding]:
    """Amounts in a currency without an exchange rate for their month."""
    known = "select currency, month from exchange_rates where month is not null"
    if "exchange_rates" not in data:
        known = "select null::varchar, null::date where false"
    for table, day in DAY.items():
        if table not in data:
            continue
        foreign = (
            f"select currency, date_trunc('month', \"{day}\")::date as month, count(*) as n from {table} "
            f'where currency <> ? and "{day}" is not null group by 1, 2'
        )
        missing = data.all(
            f"select f.* from ({foreign}) f anti join ({known}) as k(currency, month) using (currency, month) "
            "order by 1, 2",
            data.currency,
        )
        if not missing:
            continue
        first = data.all(
            f"select currency, date_trunc('month', \"{day}\")::date, min(row_) from rows_{table} "
            "where currency <> ? group by 1, 2",
            data.currency,
        )
        at = {(currency, month): row for currency, month, row in first}
        for currency, month, rows in missing:
            params: dict[str, object] = {"rows": rows, "month": f"{month:%Y-%m}", "company": data.currency}
            row = at[currency, month]
            yield Finding("error", data.files[table], row, "currency", currency, "no_rate", params)


def _limits(data: Data) -> Iterator[Finding]:
    """Credit limits of zero: no credit, or none noted; the file alone cannot tell."""
    if "credit" not in data:
        return
    for account, row in data.all(
        "select account, max(row_) from rows_credit where credit_limit = 0 group by 1 order by 2"
    ):
        file = data.files["credit"]
        yield Finding("note", file, row, "credit_limit", account or "", "limit_zero", {"account": account})
