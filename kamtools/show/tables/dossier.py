"""Tables of what is known of an account: completeness, SWOT, rivals, intelligence, the three moves, focus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kamtools.show.charts.dossier import of_account, state_counts
from kamtools.show.charts.focus import focus_name, focus_rows
from kamtools.show.context import Context
from kamtools.show.frames import records
from kamtools.show.numbers import MISSING, date, is_missing, money, number, percent
from kamtools.show.tables.build import build
from kamtools.show.terms import choice, company, field_name, form_name, listed, no_result, said

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.identification import (
        CompetitiveProfile,
        DemandSupplyFit,
        IntelligenceLog,
        PlanCompleteness,
        Swot,
    )
    from kamtools.show.tables.build import Table

CELL = 120  # cells of what people wrote


def columns_of(context: Context, *spec: str) -> list[tuple[str, str, str]]:
    """Return columns from ``"key:l"`` or ``"form.field.column:r"``: its own word, or the form's label."""
    columns = []
    for part in spec:
        key, _, align = part.rpartition(":")
        heading = field_name(context, key) if "." in key else context.say("dossier.col", key)
        columns.append((key.replace(".", "_"), heading, align))
    return columns


def bare(context: Context, view: str, *forms: str) -> Table:
    """Return the table of a view that has no result: what is missing, and which form to fill."""
    title = of_account(context, "dossier.title", view)
    return build(context, view, [("none", "", "l")], [[no_result(context, view, *forms)]], title=title)


def completeness(result: PlanCompleteness | None, context: Context) -> Table:
    """Return for each form: how much is filled, which required fields are missing, what is old or only assumed."""
    columns = columns_of(
        context, "form:l", "complete:r", "missing_fields:l", "stale_fields:l", "assumed_n:r", "unsourced_n:r"
    )
    if result is None:
        return bare(context, "completeness", "profile")

    def of(fields: tuple[str, ...], form: str) -> list[str]:
        return [f for f in fields if (f.partition(".")[0] if "." in f else "") == form]

    def named(fields: list[str]) -> str:
        return listed((field_name(context, f) for f in fields), context, 6) or MISSING

    rows = []
    counts = state_counts(result)
    for form in counts:
        old = [
            context.say(
                "dossier.field_days",
                field=field_name(context, f),
                days=number(result.table["age_days"][f], context),
            )
            for f in of(result.stale, form)
        ]
        rows.append(
            [
                form_name(context, form) or context.say("dossier.other_fields"),
                percent(result.by_section[form], context, 0),
                named(sorted(of(result.missing, form), key=lambda f: not f.endswith(".meaning"))),
                listed(old, context, 4) or MISSING,
                number(len(of(result.assumed, form)), context),
                number(len(of(result.unsourced, form)), context),
            ]
        )
    rows.append(
        [
            context.say("show.total"),
            percent(result.share, context, 0),
            context.say("dossier.fields_n", n=number(len(result.missing), context)),
            context.say("dossier.fields_n", n=number(len(result.stale), context)),
            number(len(result.assumed), context),
            number(len(result.unsourced), context),
        ]
    )
    return build(
        context,
        "completeness",
        columns,
        rows,
        title=of_account(context, "dossier.title.completeness"),
        note=context.say("dossier.completeness_table_note"),
        bold=[len(rows) - 1],
    )


def swot(result: Swot | None, context: Context) -> Table:
    """Return the classic two by two: strengths beside weaknesses, opportunities beside threats, weighted."""
    columns = columns_of(context, "helpful:l", "harmful:l")
    if result is None or not len(result.table):
        return bare(context, "swot", "swot")
    rows: list[list[str]] = []
    bold: list[int] = []
    for left, right, total, key in (
        ("strength", "weakness", result.ife, "internal"),
        ("opportunity", "threat", result.efe, "external"),
    ):
        bold.append(len(rows))
        rows.append([choice(context, "swot", left), choice(context, "swot", right)])
        sides = [_swot_cells(result, kind, context) for kind in (left, right)]
        for i in range(max(1, *(len(s) for s in sides))):
            rows.append([s[i] if i < len(s) else "" for s in sides])
        score = number(total, context, 2) if total is not None else context.say("dossier.not_rated")
        bold.append(len(rows))
        rows.append([f"{context.say('dossier.total', key)}{context.say('show.colon')}{score}", ""])
    return build(
        context,
        "swot",
        columns,
        rows,
        title=of_account(context, "dossier.title.swot"),
        note=context.say("dossier.swot_note"),
        bold=bold,
    )


def _swot_cells(result: Swot, kind: str, context: Context) -> list[str]:
    rows = [r for r in records(result.table) if r["kind"] == kind]
    rows.sort(key=lambda r: -1.0 if is_missing(r["contribution"]) else -float(r["weight_share"]))
    cells = []
    for row in rows:
        item = said(row["item"], context, CELL) or context.say("dossier.unnamed")
        if is_missing(row["contribution"]):
            cells.append(context.say("dossier.swot_cell_unrated", item=item))
        else:
            weight = percent(row["weight_share"], context, 0)
            cells.append(
                context.say(
                    "dossier.swot_cell", item=item, weight=weight, rating=_plain(row["rating"], context)
                )
            )
    return cells or [context.say("dossier.none.of_kind")]


def _plain(value: Any, context: Context) -> str:
    """Return a number with one decimal, or none where it is whole."""
    return number(value, context, 0 if not is_missing(value) and float(value).is_integer() else 1)


def tows(result: pd.DataFrame | None, context: Context, most: int = 12) -> Table:
    """Return the pairs of inside and outside, weightiest first, and whether a strategy answers them.

    Parameters
    ----------
    result : frame[pair, internal, external, priority, answered]
        As :func:`kamtools.identification.tows` gives it.
    context : Context
    most : int
        Pairs shown.
    """
    columns = columns_of(
        context, "swot.strategies.pair:l", "inside:l", "outside:l", "priority:r", "answered:l"
    )
    if result is None or not len(result):
        return bare(context, "tows", "swot")
    shown = result.iloc[:most]
    rows = [
        [
            choice(context, "tows", row["pair"]),
            said(row["internal"], context, CELL),
            said(row["external"], context, CELL),
            percent(row["priority"], context),
            context.say("dossier.answered" if row["answered"] else "dossier.unanswered"),
        ]
        for row in records(shown)
    ]
    open_ = [i for i, row in enumerate(records(shown)) if not row["answered"]]
    return build(
        context,
        "tows",
        columns,
        rows,
        title=of_account(context, "dossier.title.tows"),
        note=context.say("dossier.tows_note"),
        bold=open_[:1],
    )


def rivals(
    result: CompetitiveProfile | None, context: Context, *, names: Mapping[str, str] | None = None
) -> Table:
    """Return the competitive profile: factor, weight, each company's rating, the gap to the best rival.

    Parameters
    ----------
    result : CompetitiveProfile
    context : Context
    names : mapping, optional
        Column of the profile -> name, where the columns are ``rival_1`` ….
    """
    if result is None or not len(result.table):
        return bare(context, "rivals", "competitors")
    own = result.own
    companies = [own, *(str(s) for s in result.scores.index if str(s) != own)]
    columns = columns_of(context, "competitors.profile.factor:l", "weight:r")
    columns += [(f"company_{i}", company(context, c, names)[:40], "r") for i, c in enumerate(companies)]
    columns += columns_of(context, "gap:r")
    rows = [
        [
            said(factor, context, CELL) or context.say("dossier.unnamed"),
            percent(row["weight_share"], context, 0),
            *[_plain(row[c], context) for c in companies],
            number(result.gaps.get(factor), context, 2, sign=True),
        ]
        for factor, row in zip(result.table.index, records(result.table), strict=True)
    ]
    totals = [number(result.scores[c], context, 2) for c in companies]
    rows.append([context.say("dossier.weighted_total"), percent(1, context, 0), *totals,
                 number(result.gaps.sum(), context, 2, sign=True)])  # fmt: skip
    notes = [context.say("dossier.rivals_table_note")]
    if result.left_out:
        notes.append(context.say("dossier.rivals_left_out", n=number(len(result.left_out), context)))
    if not result.complete:
        notes.append(context.say("dossier.rivals_incomplete"))
    return build(
        context,
        "rivals",
        columns,
        rows,
        title=of_account(context, "dossier.title.rivals"),
        note=" ".join(notes),
        bold=[len(rows) - 1],
    )


def intelligence(result: IntelligenceLog | None, context: Context, most: int = 20) -> Table:
    """Return the log, heaviest first: what, source, grades, age, weight, what it means for us."""
    columns = columns_of(
        context,
        "intelligence.items.date:l",
        "intelligence.items.topic:l",
        "intelligence.items.what:l",
        "intelligence.items.source:l",
        "grades:l",
        "age:r",
        "weight_now:r",
        "status:l",
        "intelligence.items.meaning:l",
    )
    if result is None or not len(result.table):
        return bare(context, "intelligence", "intelligence")
    rows = [
        [
            date(row["date"], context) if not is_missing(row["date"]) else MISSING,
            choice(context, "topic", row["topic"]) if not is_missing(row["topic"]) else MISSING,
            said(row["what"], context, CELL) or MISSING,
            said(row["source"], context, 40) or MISSING,
            "".join(str(row[k]) if not is_missing(row[k]) else "?" for k in ("reliability", "credibility")),
            context.say("dossier.days", n=number(row["age_days"], context))
            if row["age_days"] >= 0
            else MISSING,
            number(row["weight"], context, 2),
            context.say("dossier.status", row["status"]),
            said(row["meaning"], context, CELL) or context.say("dossier.no_meaning"),
        ]
        for row in records(result.table.iloc[:most])
    ]
    notes = [
        context.say(
            "dossier.intelligence_table_note", half_life=number(result.conventions["half_life"], context)
        )
    ]
    if len(result.table) > most:
        notes.append(context.say("dossier.rows_hidden", n=number(len(result.table) - most, context)))
    return build(
        context,
        "intelligence",
        columns,
        rows,
        title=of_account(context, "dossier.title.intelligence"),
        note=" ".join(notes),
    )


def moves(result: DemandSupplyFit | None, context: Context) -> Table:
    """Return the three moves beside each other: asked, what we can satisfy, what we want for it, in money."""
    columns = columns_of(
        context,
        "ask:l",
        "importance:r",
        "value:r",
        "satisfiable:r",
        "cost:r",
        "ratio:r",
        "get:l",
        "worth:r",
        "zone:l",
    )
    if result is None or not len(result.table):
        return bare(context, "moves", "three_moves")
    rows = [
        [
            said(row["ask"], context, CELL) or context.say("dossier.unnamed"),
            _plain(row["importance"], context),
            money(row["value"], context),
            percent(row["satisfiable"], context, 0),
            money(row["cost"], context),
            number(row["ratio"], context, 1),
            said(row["get"], context, CELL) or context.say("dossier.no_get"),
            money(row["worth"], context),
            context.say("dossier.zone", row["zone"]) if isinstance(row["zone"], str) else MISSING,
        ]
        for row in records(result.table)
    ]
    total = result.table["value"].sum(min_count=1)
    costs = result.table["cost"].sum(min_count=1)
    worth = result.table["worth"].sum(min_count=1)
    rows.append(
        [
            context.say("show.total"), "", money(total, context), percent(result.fit, context, 0), money(costs, context),
            "", "", money(worth, context), "",
        ]
    )  # fmt: skip
    notes = [context.say("dossier.moves_table_note")]
    if result.net is not None:
        notes.append(context.say("dossier.moves_net", net=money(result.net, context, sign=True)))
    return build(
        context,
        "moves",
        columns,
        rows,
        title=of_account(context, "dossier.title.moves"),
        note=" ".join(notes),
        bold=[*result.unpaid, len(rows) - 1],
    )


def resource_focus(result: pd.DataFrame | None, context: Context, most: int = 20) -> Table:
    """Return each key account's share of sales, contribution and resources, and the index of both.

    Parameters
    ----------
    result : frame[sales_share, contribution_share, resources, resource_share, index]
        Index account; the other accounts together stand at ``""``.
    context : Context
    most : int
        Key accounts shown, those with most resources.
    """
    columns = columns_of(
        context,
        "account:l",
        "sales_share:r",
        "contribution_share:r",
        "resources:r",
        "resource_share:r",
        "index:r",
    )
    title = context.say("dossier.title.resource_focus")
    if result is None or not len(result):
        reason = no_result(context, "resource_focus")
        return build(context, "resource_focus", [("none", "", "l")], [[reason]], title=title)
    table = focus_rows(result, context, most)
    rows = [
        [
            focus_name(account, context, 60),
            percent(row["sales_share"], context),
            percent(row["contribution_share"], context),
            money(row["resources"], context),
            percent(row["resource_share"], context),
            number(row["index"], context, 2),
        ]
        for account, row in zip(table.index, records(table), strict=True)
    ]
    return build(
        context,
        "resource_focus",
        columns,
        rows,
        title=title,
        note=context.say("dossier.resource_focus_note"),
        own=[i for i, a in enumerate(table.index) if a and a == context.account],
    )
