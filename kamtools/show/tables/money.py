"""Tables of the account's money: P&L against plan, forecast, measures, versions, what was posted late, what if."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kamtools.finance.names import PNL_SUBTOTALS
from kamtools.show.charts.money import span_words, statement_basis, what_if_notes
from kamtools.show.context import Context, in_language, one_line
from kamtools.show.frames import records
from kamtools.show.money_words import (
    called,
    line_name,
    mark,
    money_note,
    points,
    span,
    stands_on,
    titled,
    warned,
    whole,
)
from kamtools.show.numbers import MISSING, date, is_missing, money, number, percent, window
from kamtools.show.tables.build import build

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.finance.monthlock import Restatement
    from kamtools.show.tables.build import Table

BOLD = (*PNL_SUBTOTALS, "economic_profit")
AMOUNTS = ("budget", "estimate", "actual", "last_year", "variance")
SHORT = 40  # cells of what people wrote, in a table
LATE = 8  # late postings that are listed


def heads(context: Context, keys: str) -> list[tuple[str, str, str]]:
    """Return columns of a table: ``line:l budget actual`` -> key, heading, side (right unless ``:l``)."""
    columns = []
    for part in keys.split():
        key, _, side = part.partition(":")
        columns.append((key, context.say("money.col", key), side or "r"))
    return columns


def said(value: Any, context: Context, width: int = SHORT) -> str:
    """Return what a person wrote, the reader's side, cut; "—" where nothing stands."""
    return MISSING if is_missing(value) or value == "" else one_line(in_language(value, context.lang), width)


def month_words(value: Any, context: Context) -> str:
    """Return a month of a result, whether text, period or date."""
    return window(str(value)[:7], context)


def statement(statement: Any, context: Context) -> Table:
    """Return an account's P&L line by line: budget, latest estimate, actual, last year, variance to budget.

    Parameters
    ----------
    statement : Statement
        ``span``, ``period``, ``last_year_period``, ``table``, ``warnings``, ``conventions``.
    context : Context
    """
    columns = heads(
        context, "line:l budget estimate actual last_year variance variance_fraction favourable:l"
    )
    if statement is None or not len(statement.table):
        return _none(context, "statement", columns)
    rows, bold, figures = [], [], {}
    for i, row in enumerate(records(statement.table)):
        figures |= {(i, j): f"{statement.span}_{row['line']}_{k}" for j, k in enumerate(AMOUNTS[:4], 1)}
        cells = [whole(row[k], context, sign=k == "variance") for k in AMOUNTS]
        fraction = percent(row["variance_fraction"], context, sign=True)
        rows.append([line_name(context, row["line"]), *cells, fraction, mark(row["favourable"], row["variance"], context)])  # fmt: skip
        if row["line"] in BOLD:
            bold.append(i)
    told = context.say("money.span", statement.span, period=span_words(statement, context))
    first, _, last = str(statement.last_year_period or "").partition("..")
    before = context.say("money.last_year_is", period=span(first, last or first, context)) if first else ""
    note = money_note(context, context.say("money.variance_note"), context.say("money.statement_note"), before,
                      statement_basis(statement, context), warned(context, "money.warning_statement", statement.warnings))  # fmt: skip
    title = titled(context, "money.statement_title_of", span=told)
    return build(
        context,
        f"statement_{statement.span}",
        columns,
        rows,
        title=title,
        note=note,
        bold=bold,
        figures=figures,
    )


def _none(context: Context, view: str, columns: Sequence[tuple[str, str, str]]) -> Table:
    """Return the empty table of a view: which table or setting is missing."""
    return build(context, view, columns, [[context.say("money.none", view), *[""] * (len(columns) - 1)]],
                 title=titled(context, "money.title", view))  # fmt: skip


def empty(context: Context, view: str) -> Table:
    """Return a table of one cell that says which table or setting is missing."""
    return _none(context, view, [("none", "", "l")])


def forecast(result: Any, context: Context) -> Table:
    """Return the months ahead: interval, point, change by hand with its reason, what stands in the end.

    Parameters
    ----------
    result : AccountForecast
    context : Context
    """
    if result is None or result.reason or result.table is None or not len(result.table):
        reason = None if result is None else result.reason
        if reason:
            told = [[called(context, "money.reason", reason)]]
            return build(
                context, "forecast", [("none", "", "l")], told, title=titled(context, "money.title.forecast")
            )
        return empty(context, "forecast")
    columns = heads(context, "month:l low point high change adjusted reason:l")
    changes: dict[str, list[str]] = {}
    for row in [] if result.overrides is None else records(result.overrides):
        who = said(row.get("who"), context, 20)
        when = "" if is_missing(row.get("date")) else date(str(row["date"])[:10], context)
        by = context.say("show.comma").join(x for x in (who, when) if x and x != MISSING)
        told = said(row.get("reason"), context, 60)
        changes.setdefault(str(row["month"])[:7], []).append(
            context.say("money.reason.by", reason=told, by=by) if by else told
        )
    rows = []
    for row in records(result.table):
        adjusted = row.get("adjusted", row["point"])
        moved = not is_missing(adjusted) and abs(float(adjusted) - float(row["point"])) > 0.005
        rows.append(
            [
                month_words(row["month"], context),
                *(whole(row[k], context) for k in ("low", "point", "high")),
                whole(float(adjusted) - float(row["point"]), context, sign=True) if moved else "",
                whole(adjusted, context),
                context.say("show.semicolon").join(changes.get(str(row["month"])[:7], [])),
            ]
        )
    interval = context.say("money.forecast_interval", coverage=percent(result.coverage, context, 0))
    own = getattr(result, "conventions", None) or {}
    note = money_note(context, interval, stands_on(context, own, skip=("coverage",)))
    return build(context, "forecast", columns, rows, title=titled(context, "money.title.forecast"), note=note)


def measures(frame: pd.DataFrame | None, context: Context) -> Table:
    """Return measures against their targets, each tied to its P&L line, with its light and what to do.

    Parameters
    ----------
    frame : frame[measure, line, unit, actual, target, ratio, score, band, gap, action]
    context : Context
    """
    if frame is None or not len(frame):
        return empty(context, "measures")
    columns = heads(context, "measure:l line:l actual target ratio gap band:l action:l")
    rows = []
    for row in records(frame):
        action = row["action"]
        rows.append(
            [
                measure_name(row["measure"], context),
                MISSING if is_missing(row["line"]) or row["line"] == "" else line_name(context, row["line"]),
                *(measured(row[k], row["unit"], context) for k in ("actual", "target")),
                percent(row["ratio"], context),
                measured(row["gap"], row["unit"], context, sign=True),
                context.say("money.band", row["band"]),
                called(context, "money.act", action) if isinstance(action, str) and action else "",
            ]
        )
    note = context.say("money.measures_note")
    return build(context, "measures", columns, rows, title=titled(context, "money.title.measures"), note=note)


def measure_name(key: object, context: Context) -> str:
    """Return what a measure is called: a line of the P&L by its name."""
    from kamtools.words import has_message

    if has_message("money.measure", key):
        return context.say("money.measure", key)
    return line_name(context, key)


def measured(value: Any, unit: object, context: Context, sign: bool = False, short: bool = False) -> str:
    """Return a measure in its unit: money (written `short` in a sentence), a fraction, days, or a plain number."""
    if is_missing(value):
        return MISSING
    if unit in ("fraction", "share", "percent"):
        return points(value, context) if sign else percent(value, context)
    if unit == "money":
        return money(value, context, sign=sign) if short else whole(value, context, sign)
    if unit == "days":
        return context.say("money.days", n=number(value, context, 1, sign))
    return number(value, context, 0 if float(value).is_integer() else 1, sign)


def restatement(result: Restatement | None, context: Context, late: pd.DataFrame | None = None) -> Table:
    """Return what has changed in closed months, and the postings that came late.

    Parameters
    ----------
    result : Restatement
    context : Context
    late : frame, optional
        As :func:`kamtools.finance.monthlock.late_postings` gives it; the largest are listed.
    """
    if result is None:
        return empty(context, "restatement")
    columns = heads(context, "month:l line:l locked current difference state:l")
    rows = []
    for row in records(result.changes()):
        rows.append(
            [
                month_words(row["month"], context),
                line_name(context, row["line"]),
                *(whole(row[k], context) for k in ("locked", "current")),
                whole(row["difference"], context, sign=True),
                called(context, "money.restated", row["status"]),
            ]
        )
    bold = []
    for line in ("net_sales", "contribution"):
        part = result.table[(result.table["line"] == line) & (result.table["status"] != "unknown")]
        if len(part) and len(result.changes()):
            sums = [part[k].sum() for k in ("locked", "current", "difference")]
            bold.append(len(rows))
            closed = context.say("money.months_closed", n=number(len(result.months), context))
            rows.append(
                [
                    context.say("show.total"),
                    line_name(context, line),
                    *(whole(v, context) for v in sums[:2]),
                    whole(sums[2], context, sign=True),
                    closed,
                ]
            )
    for row in [] if late is None else _latest(late):
        code = said(row.get("code", row.get("expense_id")), context)
        told = context.say(
            "money.posted_late", day=date(row["posted"], context), days=number(row["days_late"], context)
        )
        line = line_name(context, row["line"]) if not is_missing(row.get("line")) else ""
        rows.append([month_words(row["month"], context), f"{line} {code}".strip(), "", "", whole(row.get("amount"), context), told])  # fmt: skip
    more = 0 if late is None else len(late) - LATE
    note = money_note(context, context.say("money.restatement_note"), context.say("money.late_more", n=number(more, context)) if more > 0 else "")  # fmt: skip
    return build(context, "restatement", columns, rows, title=titled(context, "money.title.restatement"), note=note, bold=bold)  # fmt: skip


def _latest(late: pd.DataFrame) -> list[dict[str, Any]]:
    if "amount" in late.columns:
        late = late.loc[late["amount"].abs().sort_values(ascending=False, kind="stable").index]
    return records(late.iloc[:LATE])


def revision(frame: pd.DataFrame | None, context: Context) -> Table:
    """Return two versions of a plan line by line: before, after, difference, reason.

    Parameters
    ----------
    frame : frame
        Of :func:`kamtools.finance.revision.plan_diff`; the columns before ``before`` name a line.
    context : Context
    """
    if frame is None or not len(frame):
        return empty(context, "revision")
    names = list(frame.columns[: list(frame.columns).index("before")])
    columns = [
        (n, context.say("money.col", n) if n in ("line", "month") else one_line(n, 30), "l") for n in names
    ]
    columns += heads(context, "before after difference change_kind:l reason:l")
    rows = []
    for row in records(frame):
        if row["status"] == "unchanged":
            continue
        cells = [month_words(row[n], context) if n == "month" else line_name(context, row[n]) for n in names]
        written = [
            whole(v, context) if not isinstance(v, str) else said(v, context)
            for v in (row["before"], row["after"])
        ]
        reason = (
            context.say("money.reason.missing") if row["reason_missing"] else said(row["reason"], context, 60)
        )
        rows.append([*cells, *written, whole(row["difference"], context, sign=True), called(context, "money.revised", row["status"]), reason])  # fmt: skip
    same = int((frame["status"] == "unchanged").sum())
    if not rows:
        rows = [[context.say("money.revision_same"), *[""] * (len(columns) - 1)]]
    months, version = frame.attrs.get("months"), frame.attrs.get("version")
    told = (
        context.say(
            "money.revision_of", version=one_line(version, 30), period=span(months[0], months[1], context)
        )
        if months and version
        else ""
    )
    note = money_note(
        context,
        told,
        context.say("money.signs_negative"),
        context.say("money.revision_note", n=number(same, context)) if same else "",
    )
    return build(context, "revision", columns, rows, title=titled(context, "money.title.revision"), note=note)


def reconciliation(frame: pd.DataFrame | None, context: Context) -> Table:
    """Return that all accounts and what belongs to none add up to the company, line by line.

    Parameters
    ----------
    frame : frame[line, accounts, not_attributable, company, difference]
    context : Context
    """
    if frame is None or not len(frame):
        return empty(context, "reconciliation")
    columns = heads(context, "line:l accounts not_attributable company difference")
    rows, bold = [], []
    for i, row in enumerate(records(frame)):
        cells = [whole(row[k], context) for k in ("accounts", "not_attributable", "company")]
        rest = row["difference"]
        written = number(
            0.0 if not is_missing(rest) and abs(float(rest)) < 0.005 else rest, context, 2, sign=True
        )
        rows.append([line_name(context, row["line"]), *cells, written])
        if row["line"] in BOLD:
            bold.append(i)
    note = money_note(context, context.say("money.reconciliation_note"))
    return build(context, "reconciliation", columns, rows, title=context.say("money.title.reconciliation"), note=note, bold=bold)  # fmt: skip


def what_if(result: Any, context: Context) -> Table:
    """Return the P&L before and after a change, with what was changed and what the volume must do.

    Parameters
    ----------
    result : WhatIf
    context : Context
    """
    if result is None or not len(result.table):
        return empty(context, "what_if")
    columns = heads(context, "line:l before after change")
    rows, bold = [], []
    for i, row in enumerate(records(result.table)):
        cells = [whole(row[k], context) for k in ("before", "after")]
        rows.append([line_name(context, row["line"]), *cells, whole(row["change"], context, sign=True)])
        if row["line"] in BOLD:
            bold.append(i)
    note = money_note(context, *what_if_notes(result, context))
    return build(
        context, "what_if", columns, rows, title=titled(context, "money.title.what_if"), note=note, bold=bold
    )
