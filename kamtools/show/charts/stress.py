"""What the failure of an account would cost, as charts: scenarios, cash by month, simulation. No forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from kamtools.show.charts.common import (
    heading,
    legend_below,
    light_grid,
    money_axis,
    near,
    row_axis,
    swatches,
)
from kamtools.show.charts.families import Bar, Mark, Span, line, line_ends, points, ranges, ranked_bars
from kamtools.show.charts.money import empty, folded, month_ticks
from kamtools.show.context import Context
from kamtools.show.money_words import called, titled, warned
from kamtools.show.numbers import is_missing, money, number, percent
from kamtools.show.style import DARK, INK, LOSS, PALE, chart, new_axes, text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamtools.finance.stress import Stress

SCENARIOS = {"full": "#8f2d56", "half": "#c06f92", "quarter": "#8a96a1"}
LOSSES = ("contribution", "replaced", "expected_credit_loss", "stock_loss", "expected_loss")


def scenario_order(stress: Mapping[str, Any]) -> list[str]:
    """Return the scenarios, the largest loss of business first, then others in their order."""
    return [*(s for s in SCENARIOS if s in stress), *(s for s in stress if s not in SCENARIOS)]


def scenario_name(stress: Stress, context: Context) -> str:
    """Return a scenario by the part of the business that is lost."""
    scenario: Any = stress.conventions["scenario"]
    return context.say("money.scenario_lost", part=percent(scenario.share_lost, context, 0))


def scenario_note(stress: Stress, context: Context) -> str:
    """Return what a scenario assumes: when, what is recovered and when, VAT, the months of the average."""
    s: Any = stress.conventions["scenario"]
    return context.say("money.scenario_note", month=number(s.starts_in, context), recovered=percent(s.recovery_mean, context, 0),
                after=number(s.recovery_months, context), pnl_months=number(stress.conventions["pnl_months"], context))  # fmt: skip


def simulation_note(stress: Stress, context: Context) -> str:
    """Return runs and seed of the simulation."""
    return context.say("money.simulation_note", runs=number(stress.conventions["runs"], context),
                seed=str(stress.conventions["seed"]))  # fmt: skip


def _colour(name: str, place: int) -> str:
    return SCENARIOS.get(name) or list(SCENARIOS.values())[place % len(SCENARIOS)]


@chart
def stress_cash(result: Mapping[str, Stress] | None, context: Context, ax: Axes | None = None) -> Axes:
    """Draw the cash of each scenario month by month, with its lowest point.

    Parameters
    ----------
    result : mapping
        ``full``, ``half``, ``quarter`` -> :class:`kamtools.finance.stress.Stress`.
    context : Context
    ax : Axes, optional
    """
    if not result:
        return empty(ax, context, "stress")
    names = scenario_order(result)
    if is_missing(result[names[0]].losses["receivable"]):
        return empty(ax, context, "stress", "receivables")
    ax = new_axes(ax, (9.2, 4.2))
    opening = float(result[names[0]].conventions["scenario"].opening_cash)  # type: ignore[attr-defined]
    ends, lows, months = [], [], []
    for k, name in enumerate(names):
        monthly = result[name].monthly
        cash = np.concatenate([[opening], monthly["cash"].to_numpy(float)])
        if len(monthly) > len(months):
            months = [str(m)[:7] for m in monthly["month"]]
        colour = _colour(name, k)
        line(ax, range(len(cash)), cash, colour, 2.2, zorder=4 - k * 0.1, marker="o", ms=2.5)
        lowest = int(cash.argmin())
        lows.append((lowest, cash[lowest], colour))
        ends.append((float(cash[-1]), len(cash) - 1, f"{scenario_name(result[name], context)}{context.say('show.colon')}{money(cash[-1], context)}", colour))  # fmt: skip
    x, y, colours = zip(*lows, strict=True)
    points(ax, x, y, colours, 81, "v", zorder=6)
    low, high = ax.get_ylim()
    line_ends(ax, ends, 0.07 * (high - low), 8)
    ax.axhline(opening, color="#9aa6b0", lw=0.9)
    month_ticks(ax, [_before(months[0]), *months], context)
    money_axis(ax.yaxis, context)
    light_grid(ax)
    first = result[names[0]]
    notes = [context.say("money.stress_neutral"), scenario_note(first, context), context.say("money.cash_note" if not opening else "money.cash_note_opening", opening=money(opening, context))]  # fmt: skip
    heading(ax, context, titled(context, "money.title.stress_cash"), folded(notes))
    return ax


def _before(month: str) -> str:
    import pandas as pd

    return str(pd.Period(month, "M") - 1)


@chart
def stress_losses(result: Mapping[str, Stress] | None, context: Context, ax: Axes | None = None) -> Axes:
    """Draw what each scenario costs: contribution, new business that replaces it, bad debt, stock, all together.

    Parameters
    ----------
    result : mapping
        ``full``, ``half``, ``quarter`` -> :class:`kamtools.finance.stress.Stress`.
    context : Context
    ax : Axes, optional
    """
    if not result:
        return empty(ax, context, "stress")
    names = scenario_order(result)
    height = 0.78 / len(names)
    ax = new_axes(ax, (9.0, 1.6 + 0.24 * len(names) * len(LOSSES)))
    rows = []
    for i, loss in enumerate(LOSSES):
        for k, name in enumerate(names):
            value = result[name].losses.get(loss)
            y = i + (k - (len(names) - 1) / 2) * height
            amount = None if is_missing(value) else -float(value) if loss == "replaced" else float(value)  # type: ignore[arg-type]
            bold = loss == "expected_loss" and amount is not None
            rows.append(Bar(y, amount, money(amount, context), _colour(name, k), bold))
    labels = [text(called(context, "money.loss", k), 40) for k in LOSSES]
    ranked_bars(ax, rows, labels, 0.9 * height, 0.16, [len(LOSSES) - 1], letters=8)
    handles = swatches({scenario_name(result[n], context): _colour(n, k) for k, n in enumerate(names)})
    legend_below(ax, handles, len(handles), 8)
    first = result[names[0]]
    notes = [
        context.say("money.stress_neutral"),
        context.say("money.losses_note", months=number(len(first.monthly), context)),
    ]
    notes += [scenario_note(first, context), warned(context, "money.warning_stress", _shared(result))]
    heading(ax, context, titled(context, "money.title.stress_losses"), folded(notes))
    return ax


def _shared(result: Mapping[str, Stress]) -> list[str]:
    """Return the warnings of all scenarios, each once."""
    return list(dict.fromkeys(w for s in result.values() for w in s.warnings))


@chart
def stress_simulation(stress: Stress | None, context: Context, ax: Axes | None = None) -> Axes:
    """Draw the percentiles of loss and lowest cash over all runs of a scenario.

    Parameters
    ----------
    stress : Stress
    context : Context
    ax : Axes, optional
    """
    if stress is None:
        return empty(ax, context, "stress")
    if is_missing(stress.losses["receivable"]):
        return empty(ax, context, "stress", "receivables")
    ax = new_axes(ax, (9.0, 3.3))
    table = stress.simulation
    certain = {
        "loss": stress.losses["expected_loss"],
        "lowest_cash": float(stress.monthly["cash"].min()),
    }
    labels, every, spans, marks = [], [], [], []
    for i, name in enumerate(("loss", "lowest_cash")):
        p = {q: float(str(table.loc[q, name])) for q in ("p05", "p25", "p50", "p75", "p95")}
        colour = LOSS if name == "loss" else DARK
        every += list(p.values())
        spans += [Span(i, p["p05"], p["p95"], colour, 2), Span(i, p["p25"], p["p75"], colour, 13, 0.55)]
        ax.plot([p["p50"]], [i], "|", color=INK, ms=22, mew=2.4, zorder=5)
        value = certain[name]
        if not is_missing(value):
            every.append(float(value))  # type: ignore[arg-type]
            marks.append(Mark(i, float(value), PALE, "D", 7, INK))  # type: ignore[arg-type]
        told = context.say("show.semicolon").join(
            context.say(
                "money.name_value", name=context.say("money.percentile", q), value=money(p[q], context)
            )
            for q in ("p05", "p50", "p95")
        )
        place: Any = ("axes fraction", "data")
        near(ax, text(told, 120), (0.5, i), (0, 19), xycoords=place, ha="center", va="bottom")
        labels.append(text(context.say("money.simulated", name), 40))
    ranges(ax, spans, marks, above=6)
    row_axis(ax, labels)
    ax.set_ylim(1.5, -0.75)
    low, high = min([0.0, *every]), max([0.0, *every])
    extent = (high - low) or 1.0
    ax.set_xlim(low - 0.05 * extent, high + 0.05 * extent)
    ax.axvline(0, color="#9aa6b0", lw=0.9, zorder=1)
    money_axis(ax.xaxis, context)
    light_grid(ax, "x")
    notes = [
        context.say("money.stress_neutral"),
        simulation_note(stress, context),
        context.say("money.simulation_marks"),
    ]
    title = titled(context, "money.title.simulation", scenario=scenario_name(stress, context))
    heading(ax, context, title, folded(notes))
    return ax
