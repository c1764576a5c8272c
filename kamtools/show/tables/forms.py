"""Tables of one account, and lists: P&L, grading form, designation, alarms, conventions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kamtools.finance.names import PNL_SUBTOTALS
from kamtools.show.alarms import alarm_values
from kamtools.show.charts.grading import scorecard_rows
from kamtools.show.context import Context
from kamtools.show.conventions import convention_rows, conventions_line
from kamtools.show.frames import records
from kamtools.show.numbers import MISSING, date, is_missing, money, number, percent, window
from kamtools.show.tables.build import account_name, build
from kamtools.words import has_message

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.identification import Alarm, Designation, Grading
    from kamtools.show.tables.build import Table


def _who(context: Context) -> str:
    return account_name(context.account, context) if context.account else context.say("show.all_accounts")


def pnl(result: pd.DataFrame | None, context: Context) -> Table:
    """Return an account's P&L: line, amount, per cent of net sales, where the figure comes from.

    Parameters
    ----------
    result : frame[line, period, amount, basis]
        One period, as :func:`kamtools.finance.account_pnl` gives it.
    context : Context
    """
    columns = [
        (key, context.say("show.col", key), align)
        for key, align in (("line", "l"), ("amount", "r"), ("of_net", "r"), ("basis", "l"))
    ]
    label = context.say("show.table_pnl", name=_who(context))
    if result is None or not len(result):
        return build(context, "pnl", columns, [], title=label, empty="show.no_pnl")
    net = result.loc[result["line"] == "net_sales", "amount"]
    base = float(net.iloc[0]) if len(net) and not is_missing(net.iloc[0]) else None
    rows, bold = [], []
    figures = {(i, 1): f"pnl_{line}" for i, line in enumerate(result["line"])}
    for i, row in enumerate(records(result)):
        part = None if base is None or base <= 0 or is_missing(row["amount"]) else row["amount"] / base
        rows.append(
            [
                context.term(str(row["line"])),
                money(row["amount"], context, compact=False),
                percent(part, context),
                basis_words(str(row["basis"]), context),
            ]
        )
        if row["line"] in PNL_SUBTOTALS:
            bold.append(i)
    periods = list(dict.fromkeys(str(p) for p in result.get("period", []) if not is_missing(p) and str(p)))
    note = context.say("show.comma").join(window(p, context) for p in periods)
    return build(context, "pnl", columns, rows, title=label, note=note, bold=bold, figures=figures)


def basis_words(key: str, context: Context) -> str:
    """Return in words where a P&L figure comes from, and what it had to do without."""
    start, found, without = key.partition("_without_")
    words = context.say("show.basis", start) if has_message("show.basis", start) else start
    if not found:
        return words
    names = context.say("show.comma").join(context.say("show.source_of", s) for s in without.split("_and_"))
    return context.say("show.basis.without", basis=words, sources=names)


def scorecard(result: Grading | None, context: Context, sources: Mapping[str, str] | None = None) -> Table:
    """Return one account's grading form: criterion, axis, weight, rating, weighted, source."""
    rows = scorecard_rows(result, context.account, sources)
    columns = [
        (key, context.say("show.col", key), align)
        for key, align in (
            ("criterion", "l"),
            ("weight", "r"),
            ("rating", "r"),
            ("weighted", "r"),
            ("source", "l"),
        )
    ]
    label = context.say("show.table_scorecard", name=_who(context))
    lines: list[list[str]] = []
    bold: list[int] = []
    for axis in dict.fromkeys(str(a) for a in rows["axis"]):
        part = rows[rows["axis"] == axis]
        rated = part.dropna(subset=["rating"])
        weight = float(rated["weight"].sum())
        score = float((rated["rating"] * rated["weight"]).sum()) / weight if weight else None
        bold.append(len(lines))
        lines.append([context.term(axis), "", "", number(score, context, 2), ""])
        total = float(part["weight"].sum())
        for row in records(part):
            known = not is_missing(row["rating"])
            weighted = row["rating"] * row["weight"] / weight if known and weight else None
            lines.append(
                [
                    context.term(str(row["criterion"]), "criterion"),
                    percent(row["weight"] / total, context, 0),
                    number(row["rating"], context, 1),
                    number(weighted, context, 2),
                    context.say("show.source", row["source"]) if row["source"] else "",
                ]
            )
    return build(
        context,
        "scorecard",
        columns,
        lines,
        title=label,
        note=context.say("show.scorecard_note"),
        bold=bold,
        empty="show.no_criteria",
    )


def designation(result: Designation | None, context: Context, refused: int = 5) -> Table:
    """Return the dated list of key accounts: since when, status, why; then the nearest that are not on it."""
    columns = [
        (key, context.say("show.col", key), align)
        for key, align in (
            ("account", "l"),
            ("status", "l"),
            ("since", "l"),
            ("score", "r"),
            ("share", "r"),
            ("quadrant", "l"),
            ("reason", "l"),
        )
    ]
    label = context.say("show.table_designation")
    if result is None or not len(result.table):
        return build(context, "designation", columns, [], title=label)
    table = result.table
    if "account" in table.columns:
        table = table.set_index("account")
    ordered = [str(a) for a in result.accounts]
    ordered += [str(a) for a in table.index[table["status"] == "left"]]
    rest = table[table["status"] == "refused"].sort_values("score", ascending=False, kind="stable")
    near = [str(a) for a in rest.index[:refused]]
    if context.account in rest.index and context.account not in near:
        near.append(str(context.account))
    rows = []
    for account in [*ordered, *near]:
        row = table.loc[account]
        quadrant = row["quadrant"]
        rows.append(
            [
                account_name(account, context),
                context.term(str(row["status"])),
                date(row["since"], context) if not is_missing(row["since"]) else MISSING,
                number(row["score"], context, 2),
                percent(row.get("sales_share"), context),
                context.term(quadrant) if isinstance(quadrant, str) else MISSING,
                reason_words(str(row["reason_key"]), context),
            ]
        )
    note = " · ".join(
        [
            context.say("show.table_designation_note", date=date(result.as_of, context)),
            conventions_line(result.conventions, context),
        ]
    )
    own = [i for i, a in enumerate([*ordered, *near]) if a == context.account]
    return build(context, "designation", columns, rows, title=label, note=note.strip(" ·"), own=own)


def reason_words(key: str, context: Context) -> str:
    """Return in words why an account entered, stayed, left or was refused."""
    return context.say("show.reason", key) if has_message("show.reason", key) else key.replace("_", " ")


def alarms(result: Sequence[Alarm], context: Context) -> Table:
    """Return the alarms, severe ones first, with what each measured and its limit."""
    columns = [
        (key, context.say("show.col", key), align)
        for key, align in (
            ("severity", "l"),
            ("kind", "l"),
            ("account", "l"),
            ("value", "r"),
            ("threshold", "r"),
            ("period", "l"),
        )
    ]
    ordered = sorted(result, key=lambda a: a.severity != "high")
    rows = []
    for alarm in ordered:
        value, threshold = alarm_values(alarm, context)
        rows.append(
            [
                context.say("show.severity", alarm.severity),
                context.say("show.alarm", alarm.kind),
                account_name(alarm.account, context),
                value,
                threshold,
                window(str(alarm.period or ""), context),
            ]
        )
    own = [i for i, a in enumerate(ordered) if a.account == context.account]
    return build(
        context,
        "alarms",
        columns,
        rows,
        title=context.say("show.table_alarms"),
        own=own,
        empty="show.no_alarms",
    )


def conventions(result: Mapping[str, object], context: Context) -> Table:
    """Return the conventions that the figures stand on, one to a row."""
    columns = [(key, context.say("show.col", key), "l") for key in ("convention", "meaning")]
    rows = convention_rows(result, context)
    return build(context, "conventions", columns, rows, title=context.say("show.table_conventions"))
