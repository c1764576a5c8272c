"""Whether we can carry it: readiness, fit with strategy, abilities, standards, the team's pulse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kamtools.show.charts.common import bare, fold, heading, legend_below, light_grid, number_ticks, row_axis
from kamtools.show.charts.dossier import AMBER, NOTE, blank, label_width, of_account
from kamtools.show.charts.families import DASHED, Mark, Span, ranges
from kamtools.show.charts.health import BAND_INK
from kamtools.show.context import Context
from kamtools.show.frames import records
from kamtools.show.numbers import is_missing, number, percent
from kamtools.show.style import DARK, FACE, GAIN, GRID, INK, LOSS, MUTED, PALE, chart, new_axes, text
from kamtools.show.terms import choice, field_name, form_name, listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamtools.identification import (
        ProfessionalStandards,
        Readiness,
        StrategicFit,
        TeamPulse,
        TrainingPlan,
    )

POINTS = {0: LOSS, 1: AMBER, 2: GAIN}
TARGET = ("none", "D", 9, INK, 1.4)  # what is required: a hollow diamond
LIGHTS = {"red": LOSS, "amber": AMBER, "green": GAIN}


@chart
def readiness(result: Readiness | None, context: Context, ax: Axes | None = None) -> Axes:
    """Draw how far each item of sales management is in place: 0 absent, 1 partly, 2 with evidence.

    Parameters
    ----------
    result : Readiness
    context : Context
    ax : Axes, optional
    """
    if result is None:
        return blank(ax, context, "readiness", "readiness")
    items = [*result.scores, *result.missing]
    ax = new_axes(ax, (9.0, max(2.4, 1.6 + 0.3 * len(items))))
    beside, spans, marks = [], [], []
    for i, item in enumerate(items):
        value = result.scores.get(item)
        if value is None:
            marks.append(Mark(i, 1, FACE, "o", 11, MUTED, 1.2))
        else:
            spans.append(Span(i, 0, value, POINTS[int(value)], 5, 0.45))
            marks.append(Mark(i, value, POINTS[int(value)], "o", 12))
        needed = [s for s, missing in result.blocked.items() if item in missing]
        state = (
            context.say("dossier.not_rated") if value is None else context.say("dossier.points", int(value))
        )
        if needed:
            blocks = listed((context.term(s, "strategy") for s in needed), context, 2)
            state = context.say("dossier.blocks", state=state, strategies=blocks)
        beside.append(text(state, 44))
    ranges(ax, spans, marks, (len(items), 0, 2, 5))
    row_axis(ax, [text(field_name(context, f"readiness.{i}"), label_width(context)) for i in items], beside)
    ax.set_xlim(-0.08, 2.08)
    number_ticks(ax, "x", (0, 1, 2), context)
    notes = fold(context.say("dossier.readiness_note"), NOTE)
    share = percent(result.share, context, 0)
    heading(ax, context, of_account(context, "dossier.readiness_title_share", share=share), notes)
    return ax


@chart
def strategic_fit(result: StrategicFit | None, context: Context, ax: Axes | None = None) -> Axes:
    """Draw the fit with the company's strategy on its axes, the lowest score, and a traffic light.

    Parameters
    ----------
    result : StrategicFit
    context : Context
    ax : Axes, optional
    """
    if result is None:
        return blank(ax, context, "strategic_fit", "strategic_fit")
    ax = new_axes(ax, (9.0, 4.6))
    axes = [
        a for a in ("marketing", "product", "channel", "people") if a in {*result.scores, *result.missing}
    ]
    axes += [a for a in (*result.scores, *result.missing) if a not in axes]
    angles = np.pi / 2 - 2 * np.pi * np.arange(len(axes)) / len(axes)
    ends = np.column_stack([np.cos(angles), np.sin(angles)])
    for ring in range(1, 6):
        shape = np.vstack([ends * ring, ends[:1] * ring])
        ax.plot(shape[:, 0], shape[:, 1], color=GRID if ring != 3 else "#c9d2d9", lw=1, zorder=1)
        x, y = ring * (ends[0] + ends[-1]) / 2
        ax.text(x, y, number(ring, context), fontsize=7.5, color=MUTED, ha="center", va="center", zorder=6,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8})  # fmt: skip
    for x, y in ends:
        ax.plot([0, 5 * x], [0, 5 * y], color=GRID, lw=1, zorder=1)
    low = np.vstack([ends * result.minimum, ends[:1] * result.minimum])
    ax.plot(low[:, 0], low[:, 1], color=LOSS if result.conflicts else MUTED, lw=1.3, ls=DASHED, zorder=3)
    scores = [result.scores.get(a) for a in axes]
    points = np.array([e * (np.nan if s is None else s) for e, s in zip(ends, scores, strict=True)])
    line = np.vstack([points, points[:1]])
    if not result.missing:
        ax.fill(points[:, 0], points[:, 1], color=PALE, alpha=0.55, zorder=2, lw=0)
    ax.plot(line[:, 0], line[:, 1], color=DARK, lw=2, zorder=4)
    for name, end, score, point in zip(axes, ends, scores, points, strict=True):
        conflict = name in result.conflicts
        if score is not None:
            ax.plot(*point, "v" if conflict else "o", ms=11 if conflict else 8, color=LOSS if conflict else DARK,
                    mec="white", zorder=5)  # fmt: skip
        words = field_name(context, f"strategic_fit.{name}")
        mark = context.say("dossier.not_rated") if score is None else number(score, context, _digits(score))
        ha = "center" if abs(end[0]) < 0.3 else "left" if end[0] > 0 else "right"
        va = "center" if abs(end[1]) < 0.3 else "bottom" if end[1] > 0 else "top"
        lines = fold(text(words, 60), 22, 3)
        ax.text(5.35 * end[0], 5.3 * end[1], "\n".join([*lines, mark] if ha != "center" else [f"{words}  {mark}"]),
                ha=ha, va=va, fontsize=9.5, color=LOSS if conflict else INK,
                weight="bold" if conflict else "normal", linespacing=1.35)  # fmt: skip
    _light(ax, result, context)
    ax.set(xlim=(-11.5, 20.5), ylim=(-6.9, 6.5), xticks=[], yticks=[])
    bare(ax)
    heading(
        ax,
        context,
        of_account(context, "dossier.title.strategic_fit"),
        fold(context.say("dossier.fit_note"), NOTE + 26),
    )
    return ax


def _digits(value: float) -> int:
    return 0 if float(value).is_integer() else 1


def _light(ax: Axes, result: StrategicFit, context: Context) -> None:
    """Draw the traffic light, and beside it the lowest score, the mean and what is not rated."""
    x = 11.2
    ax.plot([x, x], [-2.6, 2.6], color="#3f4c58", lw=34, zorder=2, solid_capstyle="round")
    for k, (name, colour) in enumerate(LIGHTS.items()):
        lit = result.light == name
        ax.plot([x], [2.4 - 2.4 * k], "o", ms=24, color=colour if lit else "#66737f", mec="white" if lit else "#3f4c58",
                mew=1.6 if lit else 1, zorder=3)  # fmt: skip
    weakest = listed((field_name(context, f"strategic_fit.{a}") for a in result.weakest), context, 2)
    lines = [
        (
            context.say("dossier.light", result.light or "none"),
            BAND_INK.get(result.light or "", MUTED),
            "bold",
        ),
        (
            context.say(
                "dossier.fit_minimum", score=number(result.minimum, context, _digits(result.minimum))
            ),
            INK,
            "normal",
        ),
        (weakest, MUTED, "normal"),
        (context.say("dossier.fit_mean", score=number(result.mean, context, 2)), INK, "normal"),
    ]
    y = 2.6
    for words, colour, weight in lines:
        for line in fold(words, 24, 3):
            ax.text(x + 1.9, y, text(line, 30), color=colour, weight=weight, fontsize=9.5, va="center")
            y -= 0.95
        y -= 0.25


@chart
def abilities(result: TrainingPlan | None, context: Context, ax: Axes | None = None, most: int = 14) -> Axes:
    """Draw each ability as it is required and as it is, the largest weighted gap first.

    Parameters
    ----------
    result : TrainingPlan
    context : Context
    ax : Axes, optional
    most : int
        Abilities drawn.
    """
    if result is None or not len(result.table):
        return blank(ax, context, "abilities", "abilities")
    table = result.table.iloc[:most]
    ax = new_axes(ax, (9.0, max(2.6, 1.8 + 0.34 * len(table))))
    beside, spans, marks = [], [], []
    for i, row in enumerate(records(table)):
        required, actual = float(row["required"]), row["actual"]
        if is_missing(actual):
            beside.append(text(context.say("dossier.not_rated"), 30))
        else:
            short = float(actual) < required
            colour = LOSS if short else GAIN
            spans.append(Span(i, min(actual, required), max(actual, required), colour, 5, 0.4))
            marks.insert(0, Mark(i, float(actual), colour))
            gap = number(abs(float(actual) - required), context, _digits(required - float(actual)))
            words = context.say(
                "dossier.gap_met" if float(actual) == required else "dossier.gap_above", gap=gap
            )
            if short:
                words = context.say("dossier.gap_short", gap=gap, share=percent(row["share"], context, 0))
            beside.append(text(words, 30))
        marks.append(Mark(i, required, *TARGET))
    labels = [text(choice(context, "ability", a), label_width(context)) for a in table.index]
    _scale_rows(ax, context, labels, beside, spans, marks)
    _dots(ax, [("D", "none", INK, context.say("dossier.required")), ("o", LOSS, "white", context.say("dossier.actual_below")),
               ("o", GAIN, "white", context.say("dossier.actual_enough"))])  # fmt: skip
    heading(
        ax,
        context,
        of_account(context, "dossier.title.abilities"),
        fold(context.say("dossier.abilities_note"), NOTE),
    )
    return ax


def _scale_rows(
    ax: Axes, context: Context, labels: list[str], beside: list[str], spans: list[Span], marks: list[Mark]
) -> None:
    """Draw rows on the scale from 1 to 5."""
    ranges(ax, spans, marks, (len(labels), 1, 5, 1))
    row_axis(ax, labels, beside)
    ax.set_xlim(0.9, 5.15)
    number_ticks(ax, "x", range(1, 6), context)


def _dots(ax: Axes, parts: list[tuple[str, str, str, str]]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], ls="", marker=marker, ms=9, color=colour, mec=edge, mew=1.4, label=text(words, 40))
        for marker, colour, edge, words in parts
    ]
    legend_below(ax, handles, len(parts), 20)


@chart
def standards(result: ProfessionalStandards | None, context: Context, ax: Axes | None = None) -> Axes:
    """Draw the professional standards: the mean level, from the lowest to the highest, and the target.

    Parameters
    ----------
    result : ProfessionalStandards
    context : Context
    ax : Axes, optional
    """
    forms = () if result is None else tuple(str(s) for s in result.table.index)
    if result is None or len(result.missing) == len(forms):
        every = ("product_knowledge", "problem_solving", "leadership", "customer_knowledge")
        return blank(ax, context, "standards", *every)
    ax = new_axes(ax, (9.0, max(2.6, 1.8 + 0.42 * len(forms))))
    beside, spans, marks = [], [], []
    for i, row in enumerate(records(result.table)):
        if is_missing(row["mean"]):
            beside.append(text(context.say("dossier.not_rated"), 30))
            continue
        spans.append(Span(i, row["lowest"], row["highest"], DARK, 6, 0.35))
        marks.insert(0, Mark(i, row["mean"], DARK, "o", 11))
        if not is_missing(row["target"]):
            marks.append(Mark(i, row["target"], *TARGET))
        mean = number(row["mean"], context, 1)
        beside.append(text(context.say("dossier.mean_of", mean=mean, n=number(row["people"], context)), 30))
    labels = [text(form_name(context, f), label_width(context)) for f in forms]
    _scale_rows(ax, context, labels, beside, spans, marks)
    _dots(ax, [("o", DARK, "white", context.say("dossier.mean_level")), ("D", "none", INK, context.say("dossier.target_level"))])  # fmt: skip
    heading(
        ax,
        context,
        of_account(context, "dossier.title.standards"),
        fold(context.say("dossier.standards_note"), NOTE),
    )
    return ax


@chart
def pulse(result: TeamPulse | None, context: Context, ax: Axes | None = None) -> Axes:
    """Draw the team's answers point by point: mean, spread, from the lowest to the highest.

    Parameters
    ----------
    result : TeamPulse
    context : Context
    ax : Axes, optional
    """
    if result is None or not len(result.table):
        return blank(ax, context, "pulse", "pulse")
    ax = new_axes(ax, (9.0, max(2.6, 1.8 + 0.42 * len(result.table))))
    beside, spans, marks = [], [], []
    for i, (point, row) in enumerate(zip(result.table.index, records(result.table), strict=True)):
        if is_missing(row["mean"]):
            beside.append(text(context.say("dossier.no_answers"), 30))
            continue
        divided = point in result.divided
        colour, mean = (LOSS if divided else DARK), float(row["mean"])
        spans.append(Span(i, row["lowest"], row["highest"], colour, 1.4, 0.7))
        if not is_missing(row["spread"]):
            half = float(row["spread"])
            spans.append(Span(i, max(1, mean - half), min(5, mean + half), colour, 8, 0.3))
        marks.append(Mark(i, mean, colour, "D" if divided else "o"))
        parts = [
            number(mean, context, 1),
            context.say("dossier.spread_of", spread=number(row["spread"], context, 1)),
        ]
        beside.append(text(" · ".join([*parts, *([context.say("dossier.divided")] if divided else [])]), 40))
    labels = [
        text(field_name(context, f"pulse.answers.{p}"), label_width(context)) for p in result.table.index
    ]
    _scale_rows(ax, context, labels, beside, spans, marks)
    light_grid(ax, "x")
    notes = fold(context.say("dossier.pulse_note"), NOTE)
    if result.warnings:
        notes += fold(context.say("dossier.pulse_few", n=number(result.n, context)), NOTE)
    heading(ax, context, of_account(context, "dossier.pulse_title_n", n=number(result.n, context)), notes)
    return ax
