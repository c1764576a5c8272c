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
from kamtools.show.terms import listed, said, word
from kamtools.words import has_message

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.identification import Health, HealthChange, RedComponent


def health_action(red: RedComponent, context: Context) -> str:
    """Return what to do about a red component: what is set for it, else our words for the component."""
    if red.action:
        return said(red.action, context)
    if has_message(f"dossier.health_do_{red.component}"):
        return word(context, f"health_do_{red.component}")
    return word(context, "health_do_other", component=component(context, red.component))


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
    w = Writer(context, "dossier")
    band = band_of(result.score, red, green)
    w.add("health", score=number(result.score, context), band=word(context, f"band_{band}"))
    if result.cap is not None:
        w.add("health_capped", cap=number(result.cap, context), score=number(result.uncapped, context))
    if result.missing:
        names = listed((component(context, m) for m in result.missing), context, 7)
        w.add("health_missing", "health_missing", names=names, known=w.part(result.known))
    if result.warnings:
        w.add("health_half")
    if change is not None:
        _moved(w, change, context)
    if sensitivity is not None and len(sensitivity):
        name, row = str(sensitivity.index[0]), records(sensitivity.iloc[:1])[0]
        w.add("health_hangs", name=component(context, name), swing=number(row["swing"], context, 1),
              low=number(min(row["lower"], row["upper"]), context, 1),
              high=number(max(row["lower"], row["upper"]), context, 1))  # fmt: skip
    for item in reds:
        params = {"name": component(context, item.component), "score": number(item.score, context),
                  "points": number(item.shortfall, context, 1)}  # fmt: skip
        w.items.append(Finding(word(context, "find_health_red", **params), health_action(item, context)))
    if not reds:
        worst = min(result.scores, key=lambda k: result.scores[k])
        params = {"name": component(context, worst), "score": number(result.scores[worst], context)}
        w.add("health_no_red", f"health_no_red_{band}", **params)
    return w.done()


def _moved(w: Writer, change: HealthChange, context: Context) -> None:
    rows = [
        (component(context, str(n)), float(r["effect"]))
        for n, r in zip(change.table.index, records(change.table), strict=True)
    ]
    if change.by_cap:
        rows.append((word(context, "by_cap"), change.by_cap))
    rows.sort(key=lambda r: -abs(r[1]))
    moved = [
        word(context, "name_points", name=n, points=number(e, context, 1, sign=True))
        for n, e in rows
        if abs(e) >= 0.05
    ]
    if not moved:
        w.add("health_same")
        return
    w.add("health_moved", delta=number(change.delta, context, 1, sign=True), parts=listed(moved, context, 3))
