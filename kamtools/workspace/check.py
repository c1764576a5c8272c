"""Check a workspace or a pack: every table, every dossier, and how they refer to each other."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kamtools.errors import KamError
from kamtools.workspace.csvtext import read_csv, read_rows
from kamtools.workspace.dossiers import Dossier
from kamtools.workspace.findings import CheckReport, Finding, Level, shortened
from kamtools.workspace.folder import (
    DESIGNATION_COLUMNS,
    DESIGNATIONS,
    SETTINGS,
    check_is_workspace,
    format_of,
    is_pack,
    read_arrow,
    tell_old,
    to_frame,
)
from kamtools.workspace.ids import slug
from kamtools.workspace.packs import check_format
from kamtools.workspace.paths import as_given
from kamtools.workspace.settings import Settings
from kamtools.workspace.tables import TABLES, check_schema
from kamtools.workspace.transaction import settle
from kamtools.workspace.yamltext import YamlFault, check_model, parse

if TYPE_CHECKING:
    import pandas as pd

VERSION = r"LE\d{4}-(0[1-9]|1[0-2])"  # of a latest estimate; the newest is the last by name
# P&L lines that a budget may name, in order
BUDGET_LINES = (
    "list_sales",
    "on_invoice",
    "invoiced_sales",
    "off_invoice_performance",
    "off_invoice_promotional",
    "net_sales",
    "consumer_promotion",
    "cost_of_goods",
    "gross_margin",
    "a_and_p",
    "cost_to_serve",
    "contribution",
    "quantity",
)


@dataclass
class _Read:
    """A table as read: its frame with the line in the file as index."""

    file: str
    frame: pd.DataFrame


def check_workspace(path: str | Path) -> CheckReport:
    """Check a workspace or a pack and return everything found.

    Tables are checked against their schema (pandera, all faults at once) and
    against each other; settings and dossiers against their models. Faults in
    the data never raise.

    Raises
    ------
    KamError
        Where the folder is neither a workspace nor a pack.
    """
    folder = as_given(path)
    check_is_workspace(folder)
    if not is_pack(folder):
        settle(folder)
        tell_old(folder, format_of(folder))
    settings, findings = check_model(folder / SETTINGS, Settings, SETTINGS)
    if is_pack(folder):
        findings += check_format(folder)
    tables: dict[str, _Read] = {}
    for name in TABLES:
        read, faults = _read(folder, name)
        findings += faults
        if read is not None:
            tables[name] = read
            bad = {(f.row, f.column) for f in faults}
            found = _schema_findings(read, name)
            findings += [f for f in found if (f.row, f.column) not in bad]
    findings += _unknown_files(folder)
    dossiers, faults = _dossiers(folder)
    findings += faults
    accounts = _accounts(tables)
    findings += _designations(folder, accounts)
    findings += _parents(tables)
    findings += _unlisted(tables)
    if settings is not None:
        findings += _references(settings, tables)
        findings += _currencies(settings, tables)
        findings += _after(settings, tables)
        findings += _plans(tables)
        findings += _half_known(tables)
        findings += _criteria(settings)
    for file, dossier in dossiers.items():
        findings += _dossier(folder / file, file, dossier, settings, accounts)
    order = {"error": 0, "warning": 1, "note": 2}
    short = sorted(shortened(findings), key=lambda f: order[f.level])
    return CheckReport(str(folder), tuple(short), {n: len(t.frame) for n, t in tables.items()})


def _read(folder: Path, name: str) -> tuple[_Read | None, list[Finding]]:
    """Return a table with line numbers as index, and the faults of its form."""
    if is_pack(folder):
        file = f"facts/{name}.csv"
        if not (folder / file).is_file():
            return None, []
        data, lines, findings = read_csv(folder / file, TABLES[name], file)
        if data is None:
            return None, findings
        frame = to_frame(data)
        frame.index = lines  # type: ignore[assignment]
        return _Read(file, frame), findings
    file = f"facts/{name}.parquet"
    if not (folder / file).is_file():
        return None, []
    import pyarrow as pa

    try:
        frame = to_frame(read_arrow(folder / file, name))
    except KamError as error:
        return None, [Finding("error", file, None, "", "", "unreadable", {"detail": str(error)})]
    except (pa.ArrowInvalid, OSError) as error:
        detail = str(error).splitlines()[0]
        return None, [Finding("error", file, None, "", "", "unreadable", {"detail": detail})]
    frame.index += 1
    return _Read(file, frame), []


_REASONS = {  # pandera's check -> reason, the value that the message names
    "not_nullable": ("required", "allowed", ""),
    "field_uniqueness": ("twice", "allowed", ""),
    "multiple_fields_uniqueness": ("row_twice", "allowed", ""),
    "isin": ("not_allowed", "allowed", ""),
    "greater_than_or_equal_to": ("too_small", "allowed", ""),
}


def _schema_findings(read: _Read, name: str) -> list[Finding]:
    """Return what pandera finds, one finding per cell."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandera's own, about its imports
        from pandera.errors import SchemaErrors

        try:
            check_schema(name).validate(read.frame, lazy=True)
        except SchemaErrors as error:
            cases = error.failure_cases
        else:
            return []
    findings = []
    spec = TABLES[name]
    for case in cases.drop_duplicates(["column", "check", "index"]).to_dict("records"):
        check, column = str(case["check"]), str(case["column"])
        row = None if _missing(case["index"]) else int(case["index"])
        value = "" if _missing(case["failure_case"]) else str(case["failure_case"])
        reason, key, detail = _REASONS.get(check.split("(")[0], ("schema", "detail", check))
        if reason == "row_twice":
            column = ", ".join(spec.key)
        elif reason == "not_allowed":
            detail = ", ".join(spec.column(column).allowed or ())
        elif reason == "too_small":
            detail = str(spec.column(column).minimum)
        params: dict[str, object] = {key: detail}
        findings.append(Finding("error", read.file, row, column, value, reason, params))
    return [f for f in findings if f.reason_key != "row_twice"] + _joined(findings)


def _joined(findings: list[Finding]) -> list[Finding]:
    """Return one finding per repeated row: pandera gives one per column of the key."""
    rows: dict[int | None, Finding] = {}
    for finding in findings:
        if finding.reason_key == "row_twice":
            value = finding.value.removesuffix(" 00:00:00")
            before = rows.get(finding.row)
            value = f"{before.value}, {value}" if before else value
            rows[finding.row] = dataclasses.replace(finding, value=value)
    return list(rows.values())


def _missing(value: object) -> bool:
    return value is None or value != value


def _accounts(tables: dict[str, _Read]) -> set[str]:
    """Return every account that a row names: listed, or met in the ledger."""
    found: set[str] = set()
    for name in ("accounts", "ledger"):
        if name in tables:
            found |= set(tables[name].frame["account"].dropna())
    return found


def _each(
    read: _Read, column: str, allowed: Iterable[str], level: Level, reason: str, lang_allowed: str = ""
) -> Iterator[Finding]:
    """Yield a finding at the first row of every value that is not allowed, with the number of rows."""
    values = read.frame[column].dropna()
    unknown = values[~values.isin(set(allowed))]
    for value, count in unknown.value_counts(sort=False).items():
        row = int(unknown.index[unknown == value][0])
        params: dict[str, object] = {"rows": int(count), "allowed": lang_allowed or "–"}
        yield Finding(level, read.file, row, column, str(value), reason, params)


def _parents(tables: dict[str, _Read]) -> Iterator[Finding]:
    """Parents that are not listed, and accounts that are their own ancestor."""
    if "accounts" not in tables:
        return
    read = tables["accounts"]
    listed = set(read.frame["account"].dropna())
    yield from _each(read, "parent", listed, "error", "parent_unknown")
    pairs = read.frame.dropna(subset=["account", "parent"])
    parent = dict(zip(pairs["account"], pairs["parent"], strict=True))
    for row, account in zip(pairs.index, pairs["account"], strict=True):
        chain, at = [account], parent[account]
        while at in parent and at not in chain:
            chain.append(at)
            at = parent[at]
        if at == account:
            circle = " → ".join([*chain, at])
            yield Finding(
                "error", read.file, int(row), "parent", parent[account], "parent_circle", {"circle": circle}
            )


def _unlisted(tables: dict[str, _Read]) -> Iterator[Finding]:
    """Accounts that other tables name and ``accounts`` does not list."""
    if "accounts" not in tables:
        return
    listed = set(tables["accounts"].frame["account"].dropna())
    for name in (
        "ledger",
        "receivables",
        "expenses",
        "service",
        "budget",
        "wallets",
        "promotions",
        "credit",
        "financials",
    ):
        if name in tables:
            yield from _each(tables[name], "account", listed, "warning", "account_unlisted")


def _references(settings: Settings, tables: dict[str, _Read]) -> Iterator[Finding]:
    """Segments, categories, products, service drivers and budget lines that nothing defines."""
    segments = [s.id for s in settings.segments]
    categories = [c.id for c in settings.categories]
    if segments and "accounts" in tables:
        allowed = ", ".join(segments)
        yield from _each(tables["accounts"], "segment", segments, "warning", "segment_unknown", allowed)
    for name in ("products", "ledger", "markets", "wallets", "budget", "promotions"):
        if categories and name in tables:
            allowed = ", ".join(categories)
            yield from _each(tables[name], "category", categories, "warning", "category_unknown", allowed)
    if "products" in tables and "ledger" in tables:
        products = tables["products"].frame["product"].dropna()
        yield from _each(tables["ledger"], "product", products, "warning", "product_unlisted")
    if "service" in tables:
        drivers = settings.service_rates
        allowed = ", ".join(drivers)
        yield from _each(tables["service"], "driver", drivers, "error", "driver_unknown", allowed)
    if "budget" in tables:
        allowed = ", ".join(BUDGET_LINES)
        yield from _each(tables["budget"], "line", BUDGET_LINES, "error", "line_unknown", allowed)
    for name in ("wallets", "financials"):
        if name in tables:
            years = tables[name].frame["year"].dropna()
            for row, year in years[~years.str.fullmatch(r"[0-9]{4}")].items():
                yield Finding("error", tables[name].file, int(str(row)), "year", str(year), "year")
    activities = [a.id for a in settings.finance.activities]
    if activities and "budget" in tables:
        allowed = ", ".join(activities)
        yield from _each(tables["budget"], "activity", activities, "error", "activity_unknown", allowed)
    for name in ("service", "budget", "markets", "exchange_rates"):
        if name in tables:
            months = tables[name].frame["month"].dropna()
            for row, month in months[months.dt.day != 1].items():
                yield Finding(
                    "error", tables[name].file, int(str(row)), "month", f"{month:%Y-%m-%d}", "month_day"
                )


def _plans(tables: dict[str, _Read]) -> Iterator[Finding]:
    """Budget rows of a version that has no place in time, and costs that stand above zero."""
    from kamtools.finance import PNL_LINES, PNL_SUBTOTALS

    if "budget" not in tables:
        return
    costs = set(PNL_LINES) - {"list_sales", *PNL_SUBTOTALS}
    file, frame = tables["budget"].file, tables["budget"].frame
    versions = frame["version"].fillna("").astype(str)
    odd = versions[(versions != "") & ~versions.str.fullmatch(VERSION)]
    for version, rows in odd.groupby(odd, sort=True):
        params: dict[str, object] = {"rows": len(rows)}
        yield Finding("error", file, int(rows.index[0]), "version", str(version), "version", params)
    above = frame[frame["line"].isin(costs) & (frame["amount"].astype(float) > 0)]
    for line, rows in above.groupby("line", sort=True):
        params = {"rows": len(rows)}
        yield Finding("warning", file, int(rows.index[0]), "line", str(line), "cost_above_zero", params)


def _half_known(tables: dict[str, _Read]) -> Iterator[Finding]:
    """Ledger lines without a cost or list price where most others have one: their accounts lose their profit."""
    if "ledger" not in tables:
        return
    file, frame = tables["ledger"].file, tables["ledger"].frame
    for column in ("cost", "list_amount"):
        lacking = frame.index[frame[column].isna()]
        if 0 < len(lacking) < len(frame) / 2:
            accounts = frame.loc[lacking, "account"].dropna().unique()
            params: dict[str, object] = {
                "rows": len(lacking),
                "accounts": len(accounts),
                "example": accounts[0] if len(accounts) else "–",
            }
            yield Finding("warning", file, int(lacking[0]), column, "", "half_known", params)


def _currencies(settings: Settings, tables: dict[str, _Read]) -> Iterator[Finding]:
    """Amounts in a currency without an exchange rate for their month."""
    known: set[tuple[str, object]] = set()
    rates = tables.get("exchange_rates")
    if rates is not None:
        pairs = rates.frame.dropna(subset=["currency", "month"])
        known = set(zip(pairs["currency"], pairs["month"], strict=True))
    for name, day in (
        ("ledger", "date"),
        ("receivables", "invoice_date"),
        ("expenses", "date"),
        ("budget", "month"),
        ("promotions", "start"),
        ("credit", "date"),
        ("markets", "month"),
    ):
        if name not in tables:
            continue
        frame = tables[name].frame
        foreign = frame[(frame["currency"] != settings.currency) & frame["currency"].notna()]
        months = foreign[day].dt.to_period("M").dt.to_timestamp()
        groups = foreign.assign(_month=months).groupby(["currency", "_month"], sort=True)
        for (currency, month), rows in groups:  # type: ignore[misc]
            if (currency, month) not in known:
                params: dict[str, object] = {
                    "rows": len(rows),
                    "month": f"{month:%Y-%m}",
                    "currency": settings.currency,
                }
                row = int(rows.index[0])
                yield Finding("error", tables[name].file, row, "currency", str(currency), "no_rate", params)


def _after(settings: Settings, tables: dict[str, _Read]) -> Iterator[Finding]:
    """Rows after the as-of date: kept, not in the figures, counted."""
    if settings.as_of is None:
        return
    import pandas as pd

    end = pd.Timestamp(settings.as_of)
    for name, day in (("ledger", "date"), ("receivables", "invoice_date"), ("expenses", "date")):
        if name in tables:
            late = tables[name].frame.index[tables[name].frame[day] > end]
            if len(late):
                params: dict[str, object] = {"rows": len(late), "as_of": settings.as_of}
                yield Finding("note", tables[name].file, int(late[0]), day, "", "after_as_of", params)


def _criteria(settings: Settings) -> Iterator[Finding]:
    """Criteria that nobody weighs under any strategy, and axes without a criterion."""
    for axis in ("attractiveness", "strength"):
        if settings.criteria and not any(c.axis == axis for c in settings.criteria):
            yield Finding("warning", SETTINGS, None, "criteria", "", "axis_empty", {"axis": axis})
    if not settings.criteria:
        yield Finding("warning", SETTINGS, None, "criteria", "", "no_criteria")
    for strategy in settings.strategies:
        if not any(weight > 0 for weight in strategy.weights.values()):
            yield Finding("error", SETTINGS, None, "strategies", strategy.id, "no_weights")
        for criterion, weight in strategy.weights.items():
            if weight < 0:
                params: dict[str, object] = {"allowed": 0}
                column = f"strategies.{strategy.id}.{criterion}"
                yield Finding("error", SETTINGS, None, column, str(weight), "too_small", params)


def _dossiers(folder: Path) -> tuple[dict[str, Dossier], list[Finding]]:
    found: dict[str, Dossier] = {}
    findings: list[Finding] = []
    for path in sorted((folder / "dossiers").glob("*.yml")):
        file = f"dossiers/{path.name}"
        dossier, faults = check_model(path, Dossier, file)
        findings += faults
        if dossier is not None:
            found[file] = dossier
    return found, findings


def _dossier(
    path: Path, file: str, dossier: Dossier, settings: Settings | None, accounts: set[str]
) -> Iterator[Finding]:
    """A dossier under another name, of an unknown account, with ratings nobody asked for or twice."""
    try:
        lines = parse(path.read_text(encoding="utf-8-sig"), file)
    except YamlFault:  # cannot be: the model was read from it
        return
    row = lines.line(("account",))
    if not dossier.account or path.name != f"{slug(dossier.account)}.yml":
        expected = f"{slug(dossier.account)}.yml" if dossier.account else "–"
        params: dict[str, object] = {"allowed": expected}
        yield Finding("error", file, row, "account", dossier.account, "dossier_name", params)
    if accounts and dossier.account not in accounts:
        yield Finding("warning", file, row, "account", dossier.account, "dossier_account")
    if settings is None:
        return
    rated = {c.id: c for c in settings.criteria}
    by_people = ", ".join(c.id for c in settings.criteria if c.measure is None)
    seen: set[str] = set()
    for place, rating in enumerate(dossier.ratings):
        row = lines.line(("ratings", place, "criterion"))
        params = {"allowed": by_people}
        if rating.criterion not in rated:
            yield Finding("error", file, row, "criterion", rating.criterion, "criterion_unknown", params)
        elif rated[rating.criterion].measure is not None:
            yield Finding("warning", file, row, "criterion", rating.criterion, "criterion_from_data", params)
        elif rating.criterion in seen:
            yield Finding("error", file, row, "criterion", rating.criterion, "twice", params)
        seen.add(rating.criterion)


def _designations(folder: Path, accounts: set[str]) -> Iterator[Finding]:
    """The dated key account list: its columns, dates, statuses and accounts."""
    import datetime as dt

    if not (folder / DESIGNATIONS).is_file():
        return
    rows, findings = read_rows(folder / DESIGNATIONS, DESIGNATIONS)
    yield from findings
    if not rows.header:
        return
    for name in ("account", "since", "status"):
        if name not in rows.header:
            params: dict[str, object] = {"allowed": ", ".join(DESIGNATION_COLUMNS)}
            yield Finding("error", DESIGNATIONS, 1, name, "", "column_missing", params)
            return
    for line, account, since, status in zip(
        rows.lines, *(rows.column(n) for n in ("account", "since", "status")), strict=True
    ):
        try:
            dt.date.fromisoformat(since)
        except ValueError:
            yield Finding("error", DESIGNATIONS, line, "since", since, "date")
        if status not in ("entered", "kept", "left"):
            params = {"allowed": "entered, kept, left"}
            yield Finding("error", DESIGNATIONS, line, "status", status, "not_allowed", params)
        if accounts and account not in accounts:
            params = {"rows": 1}
            yield Finding("warning", DESIGNATIONS, line, "account", account, "account_unlisted", params)


def _unknown_files(folder: Path) -> Iterator[Finding]:
    """Files in ``facts/`` that no table is read from."""
    ending = ".csv" if is_pack(folder) else ".parquet"
    known = {f"{name}{ending}" for name in TABLES}
    for path in sorted((folder / "facts").glob("*")):
        if path.name not in known and not path.name.startswith("."):
            params: dict[str, object] = {"allowed": ", ".join(sorted(known))}
            yield Finding("warning", f"facts/{path.name}", None, "", "", "file_unknown", params)
