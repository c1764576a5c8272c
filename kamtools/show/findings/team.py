"""What is said of those who carry an account: resources, fit, tasks, contacts, abilities, standards, pulse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.identification import STANDARDS
from kamtools.show.context import Context
from kamtools.show.findings.core import Findings, Writer
from kamtools.show.findings.dossier import unknown
from kamtools.show.frames import row_of
from kamtools.show.numbers import is_missing, number, percent
from kamtools.show.terms import choice, field_name, form_name, listed, quoted, rows_at, said
from kamtools.words import has_message

if TYPE_CHECKING:
    from kamtools.identification import (
        ContactMatrix,
        ProfessionalStandards,
        RaciCheck,
        RaciFinding,
        Readiness,
        ResourceInventory,
        StrategicFit,
        TeamPulse,
        TrainingPlan,
    )


def resources(
    result: ResourceInventory | None, context: Context, readiness: Readiness | None = None
) -> Findings:
    """Say what is overloaded, ownerless or not listed, what management lacks, and what that blocks.

    Parameters
    ----------
    result : ResourceInventory
    context : Context
    readiness : Readiness, optional
    """
    if result is None and readiness is None:
        return unknown(context, "resources", "readiness")
    w = Writer(context)
    if result is None:
        w.add("dossier.find_resources_none", "dossier.find_do_resources_none")
    else:
        if result.overloaded:
            named = [
                context.say("dossier.used_part", name=rows_at(result.table, [i], "what", context)[0],
                     part=percent(result.table.loc[i, "utilisation"], context, 0))
                for i in result.overloaded
            ]  # fmt: skip
            w.add(
                "dossier.find_overloaded",
                "dossier.find_do_overloaded",
                n=w.count(len(named)),
                names=listed(named, context, 3),
            )
        if result.ownerless:
            names = quoted(rows_at(result.table, result.ownerless, "what", context), context, 3)
            w.add(
                "dossier.find_ownerless",
                "dossier.find_do_ownerless",
                n=w.count(len(result.ownerless)),
                names=names,
            )
        if result.kinds_missing:
            kinds = listed((choice(context, "resource", k) for k in result.kinds_missing), context, 6)
            w.add("dossier.find_kinds_missing", "dossier.find_do_kinds_missing", kinds=kinds)
        if not (result.overloaded or result.ownerless or result.kinds_missing):
            w.add("dossier.find_resources_good")
    _ready(w, readiness, context)
    return w.done()


def _ready(w: Writer, readiness: Readiness | None, context: Context) -> None:
    def named(items: tuple[str, ...]) -> str:
        return quoted((field_name(context, f"readiness.{i}") for i in items), context)

    if readiness is None:
        w.add("dossier.find_readiness_none", "dossier.find_do_readiness_none")
        return
    w.add("dossier.find_readiness", share=w.part(readiness.share))
    if readiness.missing:
        w.add(
            "dossier.find_readiness_missing",
            "dossier.find_do_readiness_missing",
            items=named(readiness.missing),
        )
    for strategy, items in list(readiness.blocked.items())[:3]:
        w.add(
            "dossier.find_blocked",
            "dossier.find_do_blocked",
            strategy=context.term(strategy, "strategy"),
            items=named(items),
        )
    if readiness.absent and not readiness.blocked:
        w.add("dossier.find_absent", "dossier.find_do_absent", items=named(readiness.absent))
    elif not readiness.absent:
        low = tuple(i for i, v in readiness.scores.items() if v == 1)
        if low:
            w.add("dossier.find_partly", "dossier.find_do_partly", items=named(low))
        else:
            w.add("dossier.find_ready", "dossier.find_do_ready")


def strategic_fit(result: StrategicFit | None, context: Context) -> Findings:
    """Say where working the account conflicts with the company's strategy, then the lowest score and the mean."""
    if result is None:
        return unknown(context, "strategic_fit", "strategic_fit")
    w = Writer(context)
    for axis in sorted(result.conflicts, key=lambda a: result.scores[a]):
        name = field_name(context, f"strategic_fit.{axis}")
        own = has_message("dossier.find_do_conflict", axis)
        do = ("dossier.find_do_conflict", axis) if own else "dossier.find_do_conflict"
        w.add("dossier.find_conflict", do, axis=name, score=number(result.scores[axis], context, 0))
    weakest = quoted((field_name(context, f"strategic_fit.{a}") for a in result.weakest), context)
    w.add(
        "dossier.find_fit",
        minimum=number(result.minimum, context, 0),
        axes=weakest,
        mean=number(result.mean, context, 2),
    )
    if result.missing:
        axes = quoted((field_name(context, f"strategic_fit.{a}") for a in result.missing), context)
        w.add("dossier.find_fit.missing", "dossier.find_do_fit.missing", axes=axes)
    light = result.light or "open"
    w.add(("dossier.find_fit", light), ("dossier.find_do_fit", light))
    return w.done()


def raci_text(finding: RaciFinding, context: Context) -> tuple[str, str]:
    """Return a finding on a RACI table in words, and what to do."""
    place = finding.place
    if finding.kind == "accountable_load" and has_message("course.support.tasks", place):
        place = field_name(context, f"support.tasks.{place}")
    params = {"place": said(place, context, 40), "n": number(finding.count, context)}
    return (
        context.say("dossier.raci", finding.kind, **params),
        context.say("dossier.raci_do", finding.kind, **params),
    )


def raci(result: RaciCheck | None, context: Context, most: int = 8) -> Findings:
    """Say which rules of the RACI table are broken, errors first, and what to do."""
    from kamtools.show.findings.core import Finding

    if result is None:
        return unknown(context, "raci", "support")
    w = Writer(context)
    w.add(
        "dossier.find_raci_counts", errors=w.count(len(result.errors)), warnings=w.count(len(result.warnings))
    )
    w.items += [Finding(*raci_text(f, context)) for f in result.findings[:most]]
    if len(result.findings) > most:
        w.add("dossier.find_raci_more", "dossier.find_do_raci_more", n=w.count(len(result.findings) - most))
    elif not result.findings:
        w.add("dossier.find_raci_good", "dossier.find_do_raci_good")
    return w.done()


def contact_matrix(result: ContactMatrix | None, context: Context) -> Findings:
    """Say how many of the customer's places are held, and where nobody of ours is."""
    if result is None:
        return unknown(context, "contact_matrix", "contacts")
    w = Writer(context)
    known, held = int(result.grid.to_numpy().sum()), int(result.held.to_numpy().sum())
    w.add("dossier.find_matrix", coverage=w.part(result.coverage), held=w.count(held), known=w.count(known))
    if result.unplaced:
        w.add("dossier.find_matrix_unplaced", "dossier.find_do_matrix_unplaced", n=w.count(result.unplaced))
    order = {str(level): i for i, level in enumerate(result.grid.index)}
    gaps = sorted(result.gaps, key=lambda g: order[g[0]])
    if gaps:
        cells = [
            context.say(
                "dossier.cell_of", level=choice(context, "level", a), function=choice(context, "function", b)
            )
            for a, b in gaps
        ]
        w.add(
            "dossier.find_matrix_gaps",
            "dossier.find_do_matrix_gaps",
            n=w.count(len(gaps)),
            cells=listed(cells, context, 4),
        )
    else:
        w.add("dossier.find_matrix_full", "dossier.find_do_matrix_full")
    return w.done()


def training(result: TrainingPlan | None, context: Context) -> Findings:
    """Say which gap weighs most, what is not assessed, what to train first."""
    if result is None or not len(result.table):
        return unknown(context, "training", "abilities")
    w = Writer(context)
    short = result.table[result.table["gap"] > 0]
    rated = len(result.table) - len(result.not_assessed)
    w.add(
        "dossier.find_abilities",
        n=w.count(rated),
        short=w.count(len(short)),
        total=number(result.total, context, 1),
    )
    if result.not_assessed:
        names = quoted((choice(context, "ability", a) for a in result.not_assessed), context)
        w.add("dossier.find_not_assessed", "dossier.find_do_not_assessed", names=names)
    if len(short):
        row = row_of(short, short.index[0])
        w.add(
            "dossier.find_largest_gap",
            "dossier.find_do_largest_gap",
            name=choice(context, "ability", short.index[0]),
            required=number(row["required"], context, 0 if float(row["required"]).is_integer() else 1),
            actual=number(row["actual"], context, 0 if float(row["actual"]).is_integer() else 1),
            share=w.part(row["share"]),
        )
    else:
        w.add("dossier.find_no_gap", "dossier.find_do_no_gap")
    return w.done()


def standards(result: ProfessionalStandards | None, context: Context) -> Findings:
    """Say which standard stands lowest, where the target is furthest, what is rated without evidence."""
    if result is None or len(result.missing) == len(result.table):
        return unknown(context, "standards", *STANDARDS)
    w = Writer(context)
    rated = result.table.dropna(subset=["mean"])
    lowest = str(rated["mean"].idxmin())
    w.add(
        "dossier.find_standard_lowest",
        name=form_name(context, lowest),
        mean=number(rated.loc[lowest, "mean"], context, 1),
    )
    apart = rated[rated["highest"] - rated["lowest"] >= 2]
    if len(apart):
        names = quoted((form_name(context, str(s)) for s in apart.index), context)
        w.add("dossier.find_standard_apart", "dossier.find_do_standard_apart", names=names)
    if result.without_evidence:
        w.add(
            "dossier.find_no_evidence", "dossier.find_do_no_evidence", n=w.count(len(result.without_evidence))
        )
    if result.missing:
        names = quoted((form_name(context, s) for s in result.missing), context)
        w.add("dossier.find_standard_missing", "dossier.find_do_standard_missing", names=names)
    gaps = rated["gap"].dropna()
    if len(gaps) and float(gaps.max()) > 0:
        name = str(gaps.idxmax())
        w.add(
            "dossier.find_standard_gap",
            "dossier.find_do_standard_gap",
            name=form_name(context, name),
            gap=number(gaps.max(), context, 1),
        )
    elif len(gaps):
        w.add("dossier.find_standard_met", "dossier.find_do_standard_met")
    else:
        w.add("dossier.find_standard_no_target", "dossier.find_do_standard_no_target")
    return w.done()


def pulse(result: TeamPulse | None, context: Context) -> Findings:
    """Say where the team is divided, what stands lowest, whether the answers are enough."""
    if result is None or not len(result.table):
        return unknown(context, "pulse", "pulse")
    w = Writer(context)
    if result.warnings:
        w.add("dossier.find_pulse_few", "dossier.find_do_pulse_few", n=w.count(result.n))

    def point(key: object) -> str:
        return field_name(context, f"pulse.answers.{key}")

    known = result.table.dropna(subset=["mean"])
    last, first = known.index[0], known.index[-1]
    w.add(
        "dossier.find_pulse_means",
        low=point(last),
        low_mean=number(known.loc[last, "mean"], context, 1),
        high=point(first),
        high_mean=number(known.loc[first, "mean"], context, 1),
    )
    if result.divided:
        widest = sorted(result.divided, key=lambda p: -float(str(result.table.loc[p, "spread"])))
        w.add(
            "dossier.find_pulse_divided",
            "dossier.find_do_pulse_divided",
            points=quoted((point(p) for p in widest), context),
            first=point(widest[0]),
            spread=number(result.table.loc[widest[0], "spread"], context, 1),
        )
    elif is_missing(known.loc[last, "spread"]):
        w.add("dossier.find_pulse_spread_unknown", "dossier.find_do_pulse_spread_unknown")
    else:
        w.add("dossier.find_pulse_together", "dossier.find_do_pulse_together", low=point(last))
    return w.done()
