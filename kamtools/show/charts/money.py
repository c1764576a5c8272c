"""The account's profit and loss as charts: against plan, the way from plan to actual, forecast, what if."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kamtools.show.charts.common import (
    fold,
    heading,
    legend_below,
    light_grid,
    money_axis,
    nothing,
    swatches,
)
from kamtools.show.charts.families import Bar, bridge, line, points, ranked_bars
from kamtools.show.context import Context
from kamtools.show.frames import records
from kamtools.show.money_words import called, line_name, mark, span, stands_on, titled, warned
from kamtools.show.numbers import is_missing, money, number, percent
from kamtools.show.style import (
    DARK,
    GAIN,
    INK,
    LOSS,
    MIDDLE,
    PALE,
    chart,
    new_axes,
    text,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamtools.finance.tracking import Bridge

SUBTOTALS = ("net_sales", "gross_margin", "contribution", "economic_profit")
SERIES = {"budget": PALE, "estimate": MIDDLE, "actual": DARK, "last_year": "#aab4bd"}
BY_HAND = "#7a5ea8"
NOTE = 112  # cells of a line of notes
HISTORY = 36  # months of a forecast's history that are drawn


def empty(ax: Axes | None, context: Context, view: str, lack: str = "") -> Axes:
    """Draw the empty chart of a view: which table or setting is missing, the view's own or `lack`."""
    told = context.say("money.none", lack or view)
    return nothing(new_axes(ax), context, titled(context, "money.title", view), told)


@chart
def statement(statement: Any, context: Context, ax: Axes | None = None) -> Axes:
    """Draw the subtotals of an account's P&L: budget, latest estimate, actual, last year.

    Parameters
    ----------
    statement : Statement
        ``table``: frame[line, budget, estimate, actual, last_year, variance,
        variance_fraction, favourable]. A figure that is not there has no bar, and "—" in its place.
    context : Context
    ax : Axes, optional
    """
    table = getattr(statement, "table", None)
    lines = {} if table is None else {str(r["line"]): r for r in records(table)}
    shown = [k for k in SUBTOTALS if k in lines and not all(is_missing(lines[k][s]) for s in SERIES)]
    if statement is None or not shown:
        return empty(ax, context, "statement")
    series = [s for s in SERIES if any(not is_missing(lines[k][s]) for k in shown)]
    height = 0.8 / len(series)
    ax = new_axes(ax, (9.0, 1.3 + 0.23 * len(series) * len(shown)))
    labels, rows = [], []
    for i, key in enumerate(shown):
        row = lines[key]
        name = "\n".join(fold(line_name(context, key), 26, 2))
        change = percent(row["variance_fraction"], context, 1, sign=True)
        told = f"{mark(row['favourable'], row['variance'], context)} {change}"
        labels.append(name if is_missing(row["variance"]) else f"{name}\n{told}")
        for k, source in enumerate(series):
            y, value = i + (k - (len(series) - 1) / 2) * height, row[source]
            bold = source == "actual" and not is_missing(value)
            rows.append(Bar(y, value, money(value, context), SERIES[source], bold))
    ranked_bars(ax, rows, labels, 0.92 * height, 0.13, letters=8)
    for label, key in zip(ax.get_yticklabels(), shown, strict=True):
        good = lines[key]["favourable"]
        label.set_color(INK if is_missing(good) else GAIN if good else LOSS)
    names = {context.say("money.source", s): SERIES[s] for s in series}
    legend_below(ax, swatches(names), len(names), 8)
    known = any(not is_missing(lines[k]["variance"]) for k in shown)
    notes = [context.say("money.variance_note") if known else "", statement_basis(statement, context)]
    notes.append(warned(context, "money.warning_statement", statement.warnings))
    told = context.say("money.span", statement.span, period=span_words(statement, context))
    heading(ax, context, titled(context, "money.statement_title_of", span=told), folded(notes))
    return ax


def statement_basis(statement: Any, context: Context) -> str:
    """Return what a statement stands on beyond what its note says: months of actual figures and of forecast."""
    said = {
        k: v for k, v in statement.conventions.items() if k not in ("variance", "signs", "fiscal_year_start")
    }
    if not said.get("months_forecast"):
        said = {k: v for k, v in said.items() if k not in ("months_actual", "months_forecast")}
    return stands_on(context, said)


def span_words(statement: Any, context: Context) -> str:
    """Return the months of a statement in words."""
    first, _, last = str(statement.period).partition("..")
    return span(first, last or first, context)


def folded(notes: Sequence[str], width: int = NOTE, most: int = 2) -> list[str]:
    """Return notes broken over lines; those that say nothing are left out."""
    return [line for note in notes if note for line in fold(note, width, most)]


@chart
def plan_bridge(bridge_: Bridge | None, context: Context, ax: Axes | None = None) -> Axes:
    """Draw the way from the planned contribution to the actual one, reason by reason.

    Parameters
    ----------
    bridge_ : Bridge
        Of :func:`kamtools.finance.tracking.plan_to_actual_bridge`.
    context : Context
    ax : Axes, optional
    """
    if bridge_ is None:
        return empty(ax, context, "bridge")
    ax = new_axes(ax, (9.4, 4.2))
    steps = [(context.say("money.bridge_plan"), float(bridge_.plan), True)]
    steps += [
        (called(context, "money.step", r["step"]), float(r["amount"]), False) for r in records(bridge_.steps)
    ]
    steps.append((context.say("money.bridge_actual"), float(bridge_.actual), True))
    cut = bridge(ax, context, steps, None, 10 if context.lang == "en" else 8)
    ax.tick_params(axis="x", labelsize=8.5)
    months = bridge_.conventions.get("months")
    period = span(months[0], months[-1], context) if isinstance(months, tuple) and months else ""
    notes = [context.say("money.bridge_note", change=money(bridge_.change, context, sign=True))]
    notes += [stands_on(context, bridge_.conventions, skip=("months", "deductions"))]
    notes += [
        warned(context, "money.warning_bridge", bridge_.warnings),
        context.say("show.axis_cut") if cut else "",
    ]
    heading(ax, context, titled(context, "money.bridge_title_of", period=period), folded(notes))
    return ax


@chart
def forecast(result: Any, context: Context, ax: Axes | None = None) -> Axes:
    """Draw months past, the forecast with its interval, and the changes made by hand on top.

    Parameters
    ----------
    result : AccountForecast
        ``history``: Series by month; ``table``: frame[month, low, point, high,
        adjusted]; ``reason``: why there is no forecast; ``coverage``: of the interval.
    context : Context
    ax : Axes, optional
    """
    history = None if result is None else result.history.dropna()
    if result is None or history is None or not len(history):
        return empty(ax, context, "forecast")
    ax = new_axes(ax, (9.4, 4.0))
    history = history.iloc[-HISTORY:]
    past = [str(m)[:7] for m in history.index]
    values = history.to_numpy(float)
    line(ax, range(len(past)), values, DARK, marker="o", ms=2.6, zorder=4)
    table = None if result.reason or result.table is None or not len(result.table) else result.table
    ahead: list[str] = [] if table is None else [str(m)[:7] for m in table["month"]]
    notes = []
    if table is None:
        reason = called(context, "money.reason", result.reason or "no_forecast")
        ax.text(0.5, 0.06, text(reason, 90), transform=ax.transAxes, ha="center", va="bottom", color=LOSS,
                fontsize=10.5, bbox={"facecolor": "white", "edgecolor": "none", "pad": 2, "alpha": 0.85})  # fmt: skip
    else:
        at = len(past) - 1 + np.arange(1, len(ahead) + 1)
        low, point, high = (table[c].to_numpy(float) for c in ("low", "point", "high"))
        ax.fill_between(at, low, high, color=PALE, lw=0, alpha=0.75, zorder=2)
        joined = np.concatenate([[values[-1]], point])
        line(ax, np.concatenate([[len(past) - 1], at]), joined, DARK, 1.6, (0, (4, 2)), zorder=4)
        by_hand = table["adjusted"].to_numpy(float) if "adjusted" in table.columns else point
        moved = ~np.isclose(by_hand, point) & ~np.isnan(by_hand)
        ax.vlines(at[moved], point[moved], by_hand[moved], color=BY_HAND, lw=1.4, zorder=5)
        points(ax, at[moved], by_hand[moved], BY_HAND, 36, "D", zorder=6)
        notes.append(context.say("money.forecast_interval", coverage=percent(result.coverage, context, 0)))
        if moved.any():
            notes.append(context.say("money.forecast_by_hand", n=number(int(moved.sum()), context)))
        notes.append(_outlook(result.outlook, context))
    month_ticks(ax, [*past, *ahead], context)
    every = [*values, *([] if table is None else table[["low", "high"]].to_numpy(float).ravel())]
    if table is not None and "adjusted" in table.columns:
        every += list(table["adjusted"].to_numpy(float))
    low_end, high_end = min([0.0, *(v for v in every if v == v)]), max([0.0, *(v for v in every if v == v)])
    ax.set_ylim(low_end * 1.08, (high_end or 1.0) * 1.1)
    money_axis(ax.yaxis, context)
    light_grid(ax)
    _forecast_legend(ax, context, table is not None, bool(table is not None and moved.any()))
    heading(ax, context, titled(context, "money.title.forecast"), folded(notes))
    return ax


def _outlook(outlook: Any, context: Context) -> str:
    if outlook is None:
        return ""
    return context.say("money.forecast_year", year=outlook.year, point=money(outlook.point, context),
                low=money(outlook.low, context), high=money(outlook.high, context),
                months=number(outlook.months_actual, context))  # fmt: skip


def _forecast_legend(ax: Axes, context: Context, ahead: bool, by_hand: bool) -> None:
    from matplotlib.lines import Line2D

    handles: list[Any] = [
        Line2D([], [], color=DARK, lw=1.9, label=text(context.say("money.forecast_past"), 40))
    ]
    if ahead:
        handles.append(Line2D([], [], color=DARK, lw=1.6, ls=(0, (2, 1)), label=text(context.say("money.forecast_point"), 40)))  # fmt: skip
        handles += swatches({context.say("money.forecast_band"): PALE})
    if by_hand:
        label = text(context.say("money.forecast_hand"), 40)
        handles.append(Line2D([], [], color=BY_HAND, marker="D", ls="", ms=6, label=label))
    legend_below(ax, handles, len(handles), 24)


def month_ticks(ax: Axes, months: list[str], context: Context) -> None:
    """Name some months on an axis of places 0, 1, 2, …, the first among them; so few that they stay readable."""
    step = next((step for most, step in ((8, 1), (14, 2), (30, 3)) if len(months) <= most), 6)
    places = range(0, len(months), step)
    ax.set_xticks(list(places), [short_month(months[p]) for p in places])
    ax.set_xlim(-0.6, len(months) - 0.4)


def short_month(label: str) -> str:
    """Return a month in few characters: ``26-10``, which both languages read."""
    return f"{label[2:4]}-{label[5:7]}"


@chart
def what_if(result: Any, context: Context, ax: Axes | None = None) -> Axes:
    """Draw the P&L before and after a change of price, terms, spending, service or days of payment.

    Parameters
    ----------
    result : WhatIf
        ``table``: frame[line, before, after, change]; ``inputs``: what was changed; ``break_even_volume``.
    context : Context
    ax : Axes, optional
    """
    rows = (
        []
        if result is None
        else [r for r in records(result.table) if not is_missing(r["before"]) and (r["before"] or r["after"])]
    )
    if not rows:
        return empty(ax, context, "what_if")
    ax = new_axes(ax, (9.0, 1.5 + 0.32 * len(rows)))
    labels, drawn, ends = [], [], []
    for i, row in enumerate(rows):
        labels.append(text(line_name(context, row["line"]), 34))
        for at, source, colour in ((i - 0.19, "before", PALE), (i + 0.19, "after", DARK)):
            value = row[source]
            drawn.append(Bar(at, value, money(None, context) if is_missing(value) else "", colour))
        last = row["after"] if not is_missing(row["after"]) else row["before"]
        change = row["change"]
        told = money(last, context)
        moved = not is_missing(change) and abs(float(change)) >= 0.5
        told += f"  {money(change, context, sign=True)}" if moved else ""
        ends.append((i, max(float(row["before"]), float(last)), told, moved))
    totals = [i for i, r in enumerate(rows) if r["line"] in SUBTOTALS]
    ranked_bars(ax, drawn, labels, 0.36, 0.26, totals, ends=ends)
    names = {context.say("money.before"): PALE, context.say("money.after"): DARK}
    legend_below(ax, swatches(names), 2, 8)
    heading(ax, context, titled(context, "money.title.what_if"), folded([*what_if_notes(result, context)]))
    return ax


def what_if_notes(result: Any, context: Context) -> list[str]:
    """Return what was changed, and by how much volume must move to leave the contribution as it was."""
    changes = [
        context.say("money.input", k, value=number(v, context, 0, sign=True) if k == "days" else percent(v, context, 1, sign=True))
        for k, v in result.inputs.items()
        if k in ("price", "terms", "a_and_p", "service", "days") and v
    ]  # fmt: skip
    told = context.say("show.semicolon").join(changes) if changes else context.say("money.input_none")
    notes = [context.say("money.what_if_changed", changes=told)]
    if not is_missing(result.break_even_volume):
        notes.append(context.say("money.what_if_break_even", volume=percent(result.break_even_volume, context, 1, sign=True)))  # fmt: skip
    notes.append(context.say("money.what_if_note"))
    return notes
