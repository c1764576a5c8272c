"""What is said of an account's health: the score, what moved it, what it hangs on, what to do about the red."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kamtools.show.charts.health import band_of, component
from kamtools.show.context import Context
from kamtools.show.findings.core import Finding, Findings, Writer
from kamtools.show.findings.dossier import unknown
from kamtools.show.frames import records
from kamtools.show.numbers import number
from kamtools.show.terms import listed, said
from kamtools.words import has_message

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.identification import Health, HealthChange, RedComponent


def health_action(red: RedComponent, context: Context) -> str:
    """Return what to do about a red component: what is set for it, else our words for the component."""
    if red.action:
        return said(red.action, context)
    if has_message("dossier.health_do", red.component):
        return context.say("dossier.health_do", red.component)
    return context.say("dossier.health_do.other", component=component(context, red.component))


def health(
    result: Health | None,
    context: Context,
    change: HealthChange | None = None,
    sensitivity: pd.DataFrame | None = None,
    reds: Sequence[RedComponent] = (),
    *,
    red: float = 40.0,
    green: float = 70.0,
) -> Findings:
    """Say the score and its band, what moved it, what it hangs on, what is missing, and what to do.

    Parameters
    ----------
    result : Health
    context : Context
    change : HealthChange, optional
        Since the last run.
    sensitivity : frame[lower, upper, swing], optional
        As :func:`kamtools.identification.health_sensitivity` gives it.
    reds : sequence of RedComponent
        Each becomes a finding with its action.
    red, green : float
        Limits of the bands.
    """
    if result is None:
        return unknown(context, "health", "profile", "contacts")
    w = Writer(context)
    band = band_of(result.score, red, green)
    w.add("dossier.find_health", score=number(result.score, context), band=context.say("dossier.band", band))
    if result.cap is not None:
        w.add(
            "dossier.find_health_capped",
            cap=number(result.cap, context),
            score=number(result.uncapped, context),
        )
    if result.missing:
        names = listed((component(context, m) for m in result.missing), context, 7)
        w.add(
            "dossier.find_health_missing",
            "dossier.find_do_health_missing",
            names=names,
            known=w.part(result.known),
        )
    if result.warnings:
        w.add("dossier.find_health_half")
    if change is not None:
        _moved(w, change, context)
    if sensitivity is not None and len(sensitivity):
        name, row = str(sensitivity.index[0]), records(sensitivity.iloc[:1])[0]
        w.add("dossier.find_health_hangs", name=component(context, name), swing=number(row["swing"], context, 1),
              low=number(min(row["lower"], row["upper"]), context, 1),
              high=number(max(row["lower"], row["upper"]), context, 1))  # fmt: skip
    for item in reds:
        params = {"name": component(context, item.component), "score": number(item.score, context),
                  "points": number(item.shortfall, context, 1)}  # fmt: skip
        w.items.append(
            Finding(context.say("dossier.find_health_red", **params), health_action(item, context))
        )
    if not reds:
        worst = min(result.scores, key=lambda k: result.scores[k])
        params = {"name": component(context, worst), "score": number(result.scores[worst], context)}
        w.add("dossier.find_health_no_red", ("dossier.find_do_health_no_red", band), **params)
    return w.done()


def _moved(w: Writer, change: HealthChange, context: Context) -> None:
    rows = [
        (component(context, str(n)), float(r["effect"]))
        for n, r in zip(change.table.index, records(change.table), strict=True)
    ]
    if change.by_cap:
        rows.append((context.say("dossier.by_cap"), change.by_cap))
    rows.sort(key=lambda r: -abs(r[1]))
    moved = [
        context.say("dossier.name_points", name=n, points=number(e, context, 1, sign=True))
        for n, e in rows
        if abs(e) >= 0.05
    ]
    if not moved:
        w.add("dossier.find_health_same")
        return
    w.add(
        "dossier.find_health_moved",
        delta=number(change.delta, context, 1, sign=True),
        parts=listed(moved, context, 3),
    )
