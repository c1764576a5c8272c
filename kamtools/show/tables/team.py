"""Tables of what carries an account: resources, tasks, contacts, training, standards, health."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.identification import STANDARDS
from kamtools.show.charts.dossier import of_account
from kamtools.show.charts.health import band_of, component
from kamtools.show.context import Context
from kamtools.show.findings.team import raci_text
from kamtools.show.frames import records
from kamtools.show.numbers import MISSING, is_missing, number, percent
from kamtools.show.tables.build import build
from kamtools.show.tables.dossier import CELL, bare, columns_of
from kamtools.show.terms import choice, field_name, form_name, quoted, said

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.identification import (
        ContactMatrix,
        Health,
        ProfessionalStandards,
        RaciCheck,
        ResourceInventory,
        TrainingPlan,
    )
    from kamtools.show.tables.build import Table


def resources(result: ResourceInventory | None, context: Context) -> Table:
    """Return the inventory: what there is, who answers for it, how much is used; overloaded rows stand out."""
    columns = columns_of(
        context,
        "readiness.resources.kind:l",
        "readiness.resources.what:l",
        "readiness.resources.owner:l",
        "readiness.resources.capacity:r",
        "readiness.resources.used:r",
        "free:r",
        "utilisation:r",
    )
    if result is None or not len(result.table):
        return bare(context, "resources", "readiness")
    rows = []
    for row in records(result.table):
        unit = said(row["unit"], context, 12)
        rows.append(
            [
                choice(context, "resource", row["kind"]),
                said(row["what"], context, CELL) or MISSING,
                said(row["owner"], context, 40) or context.say("dossier.no_owner"),
                *[
                    MISSING if is_missing(row[k]) else f"{_amount(row[k], context)} {unit}".strip()
                    for k in ("capacity", "used", "free")
                ],
                percent(row["utilisation"], context, 0),
            ]
        )
    note = context.say("dossier.resources_note")
    if result.kinds_missing:
        kinds = quoted((choice(context, "resource", k) for k in result.kinds_missing), context, 6)
        note += " " + context.say("dossier.kinds_missing", kinds=kinds)
    return build(
        context,
        "resources",
        columns,
        rows,
        title=of_account(context, "dossier.title.resources"),
        note=note,
        bold=list(result.overloaded),
    )


def _amount(value: object, context: Context) -> str:
    return number(value, context, 0 if not is_missing(value) and float(str(value)).is_integer() else 1)


def raci(result: pd.DataFrame | None, context: Context, check: RaciCheck | None = None) -> Table:
    """Return the tasks with each function's letters, and the checks under them.

    Parameters
    ----------
    result : frame task × function
        Letters; nothing where a function has no part.
    context : Context
    check : RaciCheck, optional
        Its findings are written under the table; tasks that break a rule stand in bold.
    """
    if result is None or not len(result):
        return bare(context, "raci", "support")
    columns = columns_of(context, "support.tasks.task:l")
    columns += [
        (f"f_{i}", field_name(context, f"support.tasks.{f}"), "l") for i, f in enumerate(result.columns)
    ]
    rows = [
        [said(task, context, CELL), *["" if is_missing(v) else str(v) for v in result.loc[task].tolist()]]
        for task in result.index
    ]
    wrong = {f.place for f in check.errors} if check is not None else set()
    notes = [context.say("dossier.raci_note")]
    notes += [raci_text(f, context)[0] for f in check] if check is not None else []
    return build(
        context,
        "raci",
        columns,
        rows,
        title=of_account(context, "dossier.title.raci"),
        note=" ".join(notes),
        bold=[i for i, task in enumerate(result.index) if str(task) in wrong],
    )


def contact_matrix(result: ContactMatrix | None, context: Context) -> Table:
    """Return level by function of the customer: people held by ours ÷ people known; gaps are named."""
    if result is None:
        return bare(context, "contact_matrix", "contacts")
    columns = columns_of(context, "contacts.people.level:l")
    columns += [(f"f_{i}", choice(context, "function", f), "r") for i, f in enumerate(result.grid.columns)]
    gaps = set(result.gaps)
    rows = []
    for level, people, ours in zip(
        result.grid.index, records(result.grid), records(result.held), strict=True
    ):
        cells = [choice(context, "level", level)]
        for function in result.grid.columns:
            known, held = int(people[str(function)]), int(ours[str(function)])
            words = f"{number(held, context)}/{number(known, context)}" if known else ""
            if (level, function) in gaps:
                words = (
                    context.say("dossier.gap_cell", cell=words) if known else context.say("dossier.gap_empty")
                )
            cells.append(words)
        rows.append(cells)
    notes = [context.say("dossier.contact_matrix_note", coverage=percent(result.coverage, context, 0))]
    if result.unplaced:
        notes.append(context.say("dossier.unplaced", n=number(result.unplaced, context)))
    return build(
        context,
        "contact_matrix",
        columns,
        rows,
        title=of_account(context, "dossier.title.contact_matrix"),
        note=" ".join(notes),
    )


def training(result: TrainingPlan | None, context: Context) -> Table:
    """Return the abilities by weighted gap: what to train first."""
    columns = columns_of(
        context,
        "rank:r",
        "abilities.abilities.ability:l",
        "abilities.abilities.weight:r",
        "abilities.abilities.required:r",
        "abilities.abilities.actual:r",
        "shortfall:r",
        "share_of_gap:r",
    )
    if result is None or not len(result.table):
        return bare(context, "training", "abilities")
    rows = [
        [
            number(row["rank"], context) if not is_missing(row["gap"]) and row["gap"] > 0 else MISSING,
            choice(context, "ability", ability),
            number(row["weight"], context, 0 if float(row["weight"]).is_integer() else 2),
            _amount(row["required"], context),
            context.say("dossier.not_rated")
            if is_missing(row["actual"])
            else _amount(row["actual"], context),
            _amount(row["gap"], context),
            percent(row["share"], context, 0),
        ]
        for ability, row in zip(result.table.index, records(result.table), strict=True)
    ]
    total = number(result.total, context, 1)
    return build(
        context,
        "training",
        columns,
        rows,
        title=of_account(context, "dossier.title.training"),
        note=context.say("dossier.training_note", total=total),
    )


def standards(result: ProfessionalStandards | None, context: Context) -> Table:
    """Return each standard's mean, lowest and highest level, target and gap; ratings without evidence."""
    columns = columns_of(context, "standard:l", "people:r", "mean:r", "range:r", "target:r", "shortfall:r")
    if result is None:
        return bare(context, "standards", *STANDARDS)
    rows = []
    for standard, row in zip(result.table.index, records(result.table), strict=True):
        rated = not is_missing(row["mean"])
        low, high = (_amount(row[k], context) for k in ("lowest", "highest"))
        rows.append(
            [
                form_name(context, str(standard)),
                number(row["people"], context),
                number(row["mean"], context, 1) if rated else context.say("dossier.not_rated"),
                f"{low}–{high}" if rated else MISSING,
                number(row["target"], context, 1),
                number(row["gap"], context, 1),
            ]
        )
    notes = [context.say("dossier.standards_note")]
    if result.without_evidence:
        notes.append(context.say("dossier.without_evidence", n=number(len(result.without_evidence), context)))
    return build(
        context,
        "standards",
        columns,
        rows,
        title=of_account(context, "dossier.title.standards"),
        note=" ".join(notes),
    )


def health(result: Health | None, context: Context, *, red: float = 40.0, green: float = 70.0) -> Table:
    """Return the components of the health score: score, band, share of the weight, contribution; then the total.

    Parameters
    ----------
    result : Health
    context : Context
    red, green : float
        Limits of the bands.
    """
    columns = columns_of(context, "component:l", "score:r", "band:l", "weight_share:r", "contribution:r")
    if result is None:
        return bare(context, "health", "profile", "contacts")
    rows = [
        [
            component(context, name),
            number(result.scores[name], context),
            context.say("dossier.band", band_of(result.scores[name], red, green)),
            percent(result.weights[name], context, 0),
            number(points, context, 1),
        ]
        for name, points in sorted(result.contributions.items(), key=lambda p: -p[1])
    ]
    rows += [
        [component(context, name), context.say("dossier.no_data_cell"), "", "", MISSING]
        for name in result.missing
    ]
    bold = [len(rows)]
    band = context.say("dossier.band", band_of(result.score, red, green))
    if result.cap is not None:
        rows.append(
            [
                context.say("dossier.uncapped"),
                "",
                "",
                percent(1, context, 0),
                number(result.uncapped, context, 1),
            ]
        )
        rows.append([context.say("dossier.capped"), "", band, "", number(result.score, context, 1)])
        bold.append(len(rows) - 1)
    else:
        rows.append(
            [
                context.say("dossier.health_score"),
                "",
                band,
                percent(1, context, 0),
                number(result.score, context, 1),
            ]
        )
    return build(
        context,
        "health",
        columns,
        rows,
        title=of_account(context, "dossier.title.health"),
        note=context.say("dossier.health_table_note", known=percent(result.known, context, 0)),
        bold=bold,
    )
