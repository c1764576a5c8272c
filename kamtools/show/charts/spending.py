"""Spending as charts: use against budget, what a promotion brought, spending that brought no growth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kamtools.show import money_words
from kamtools.show.charts.common import (
    heading,
    legend_below,
    light_grid,
    money_axis,
    percent_axis,
    row_axis,
    swatches,
)
from kamtools.show.charts.families import bars, cascade, line, line_ends, points, spread
from kamtools.show.charts.money import empty, folded, month_ticks
from kamtools.show.context import Context
from kamtools.show.money_words import (
    called,
    plan_name,
    sentences,
    span,
    stands_on,
    titled,
    warned,
)
from kamtools.show.numbers import is_missing, money, number, percent
from kamtools.show.style import ACCENT, DARK, GAIN, INK, LOSS, MIDDLE, PALE, chart, new_axes, text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

USES = {"actual": DARK, "accrued": MIDDLE, "committed": PALE}
LIFTS = {"no_lift": LOSS, "undecided": "#d9a400", "lift": GAIN, "no_rise": "#b4bec6"}
NAMED = 6
CEILING = 0.6  # growth beyond this is drawn at the edge
VERDICTS = {"pays": GAIN, "does_not_pay": LOSS}


@chart
def burn(result: pd.DataFrame | None, context: Context, ax: Axes | None = None) -> Axes:
    """Draw running totals month by month: what was planned, what is used up, where the year will end.

    Parameters
    ----------
    result : frame[month, budget, committed, accrued, actual, used, forecast]
        Of :func:`kamtools.finance.control.burn_up`; a source that is not recorded is missing, and named.
    context : Context
    ax : Axes, optional
    """
    sources = [*USES, "budget"]
    if result is None or not len(result) or result[sources].isna().all(axis=None):
        return empty(ax, context, "burn")
    ax = new_axes(ax, (9.0, 4.0))
    months = [str(m)[:7] for m in result["month"]]
    known = [s for s in USES if result[s].notna().any()]
    past = result[known].notna().all(axis=1).to_numpy() if known else np.zeros(len(months), bool)
    dated = [s for s in ("actual", "accrued") if s in known]
    if dated:  # commitments go on after the last month of the books
        past = past & result[dated].notna().all(axis=1).to_numpy()
    at = np.flatnonzero(past)
    base = np.zeros(len(at))
    for source in known:
        values = result[source].to_numpy(float)[at]
        bars(ax, at, values, USES[source], 0.66, base, lying=False)
        base = base + values
    places = np.arange(len(months))
    tops = [0.0, *base]
    ends = []
    for source, colour, dash in (("budget", INK, (0, (5, 2))), ("forecast", LOSS, (0, (1.5, 1.5)))):
        values = result[source].to_numpy(float)
        there = ~np.isnan(values)
        if there.any():
            line(ax, places[there], values[there], colour, dash=dash, zorder=5)
            tops += list(values[there])
            ends.append((values[there][-1], places[there][-1], f"{context.say('money.use', source)} {money(values[there][-1], context)}", colour))  # fmt: skip
    low, high = min(tops), max(tops) or 1.0
    ax.set_ylim(min(0.0, low * 1.1), high * 1.14)
    line_ends(ax, ends, 0.055 * high, 6)
    month_ticks(ax, months, context)
    money_axis(ax.yaxis, context)
    light_grid(ax)
    names = {context.say("money.use", s): USES[s] for s in known}
    legend_below(ax, swatches(names), max(len(names), 1), 24)
    unknown = [context.say("money.use", s) for s in (*sources, "forecast") if result[s].isna().all()]
    notes = [context.say("money.burn_note")]
    if len(at):
        until = span(months[at[-1]], months[at[-1]], context)
        used = context.say("money.burn_until", month=until, used=money(base[-1], context))
        notes = [sentences(context, [used, *notes])]
    if unknown:
        notes.append(context.say("money.not_recorded", names=context.say("show.comma").join(unknown)))
    heading(ax, context, titled(context, "money.title.burn"), folded(notes))
    return ax


@chart
def promotion(promotion: Any, context: Context, ax: Axes | None = None) -> Axes:
    """Draw the units that a promotion brought: extra, taken from elsewhere, bought earlier, left, needed.

    Parameters
    ----------
    promotion : Promotion
        Its names, window and ``pnl`` (:class:`kamtools.finance.promotion.PromotionPnl`).
    context : Context
    ax : Axes, optional
    """
    pnl = None if promotion is None else promotion.pnl
    if pnl is None or is_missing(pnl.gross_lift):
        return _no_promotion(promotion, context, ax)
    labels, beside = [], []
    steps: list[tuple[float, bool, str] | None] = []
    rows = (("gross_lift", 1, True), ("cannibalised", -1, False), ("forward_bought", -1, False), ("incremental", 1, True), ("break_even_units", 1, True))  # fmt: skip
    for name, sign, total in rows:
        value = getattr(pnl, name)
        labels.append(text(context.say("money.promo", name), 40))
        if is_missing(value):
            steps.append(None)
            beside.append(text(context.say("money.not_known"), 30))
            continue
        amount = sign * float(value)
        colour = {
            "gross_lift": MIDDLE,
            "incremental": VERDICTS.get(pnl.verdict, DARK),
            "break_even_units": PALE,
        }
        steps.append((amount, total, colour.get(name, LOSS)))
        beside.append(text(context.say("money.units", n=number(amount, context, 0, sign=not total)), 40))
    ax = new_axes(ax, (9.0, 3.5))
    places = cascade(ax, steps)
    row_axis(ax, labels, beside, [3])
    if not is_missing(pnl.noise) and pnl.noise > 0 and not is_missing(pnl.incremental):
        left, right = pnl.incremental - 2 * pnl.noise, pnl.incremental + 2 * pnl.noise
        ax.plot([left, right], [3, 3], color=INK, lw=1.3, zorder=6, marker="|", ms=9)
        places.append((left, right))
    if not is_missing(pnl.break_even_units):
        ax.plot([pnl.break_even_units] * 2, [2.62, 4.38], color=INK, lw=1.1, ls=(0, (3, 2)), zorder=5)
    ends = [0.0, *(e for pair in places for e in pair)]
    extent = (max(ends) - min(ends)) or 1.0
    ax.set_xlim(min(ends) - 0.03 * extent, max(ends) + 0.03 * extent)
    ax.axvline(0, color="#9aa6b0", lw=0.9, zorder=4)
    ax.xaxis.set_visible(False)
    heading(ax, context, _promotion_title(promotion, context), folded(promotion_notes(promotion, context)))
    return ax


def _no_promotion(promotion: Any, context: Context, ax: Axes | None) -> Axes:
    if promotion is None:
        return empty(ax, context, "promotion")
    ax = empty(ax, context, "promotion")
    ax.set_title(text(_promotion_title(promotion, context), 90), pad=10)
    ax.texts[-1].set_text("\n".join(folded(promotion_notes(promotion, context)[1:]) or [context.say("money.promo.not_known")]))  # fmt: skip
    return ax


def _promotion_title(promotion: Any, context: Context) -> str:
    verdict = called(context, "money.verdict", promotion.pnl.verdict)
    return context.say("money.promotion_title_of", name=plan_name(promotion, context), verdict=verdict,
                period=span(promotion.start, promotion.end, context))  # fmt: skip


def promotion_notes(promotion: Any, context: Context) -> list[str]:
    """Return what a promotion cost and brought, the baseline it is measured against, and its warnings."""
    pnl = promotion.pnl
    notes = [
        context.say("money.promo.money", profit=money(pnl.incremental_profit, context), spend=money(pnl.spend, context),
             ratio=number(pnl.roi_ratio, context, 2), units=number(pnl.units, context),
             baseline=number(pnl.baseline, context)),
        baseline_words(pnl, context),
    ]  # fmt: skip
    if not is_missing(pnl.noise) and not is_missing(pnl.incremental) and pnl.noise > 0:
        notes[1] = context.say("show.semicolon").join([notes[1], context.say("money.promo.noise")])
    return [*notes, warned(context, "money.warning_promotion", pnl.warnings)]


def baseline_words(pnl: Any, context: Context) -> str:
    """Return against which baseline a promotion is measured, and how many other periods it stands on."""
    keys = {k: pnl.conventions.get(k) for k in ("baseline", "growth", "other_periods")}
    if not keys["growth"]:
        keys["growth"] = None
    return stands_on(context, {k: v for k, v in keys.items() if v is not None})


@chart
def lift(result: pd.DataFrame | None, context: Context, ax: Axes | None = None) -> Axes:
    """Draw how much each account's spend rate rose against how much its sales grew.

    Parameters
    ----------
    result : frame
        Of :func:`kamtools.finance.returns.lift_by_account`, ``account`` as a column or the index.
    context : Context
        Its account is drawn in the accent colour.
    ax : Axes, optional
    """
    table = None if result is None else result.reset_index() if "account" not in result.columns else result
    if table is not None:
        table = table.dropna(subset=["rise", "growth"])
    if table is None or not len(table):
        return empty(ax, context, "lift")
    ax = new_axes(ax, (9.0, 4.4))
    x, y = table["rise"].to_numpy(float), table["growth"].to_numpy(float).clip(-CEILING, CEILING)
    accounts = [str(a) for a in table["account"]]
    status = [str(s) for s in table["status"]]
    colours = [
        ACCENT if a == context.account else LIFTS.get(s, PALE) for a, s in zip(accounts, status, strict=True)
    ]
    sales = np.sqrt(table["sales"].to_numpy(float).clip(min=0))
    size = 26 + 420 * (sales / (sales.max() or 1.0)) ** 2
    order = np.argsort([s == "no_rise" for s in status], kind="stable")[::-1]
    points(ax, x[order], y[order], [colours[i] for i in order], size[order], width=0.8, alpha=0.78)
    ax.axvline(0, color="#9aa6b0", lw=0.9)
    ax.axhline(0, color="#9aa6b0", lw=0.9)
    usual = table["median_growth"].iloc[0]
    if not is_missing(usual) and float(usual):
        ax.axhline(float(usual), color=DARK, lw=1, ls=(0, (4, 3)))
    ends = [0.0, *x]
    extent = (max(ends) - min(ends)) or 0.01
    ax.set_xlim(min(ends) - 0.08 * extent, max(ends) + 0.24 * extent)
    extent = (max(y.max(), 0) - min(y.min(), 0)) or 0.1
    ax.set_ylim(min(y.min(), 0) - 0.12 * extent, max(y.max(), 0) + 0.14 * extent)
    named = [
        i for i in np.argsort(-x * [s == "no_lift" for s in status], kind="stable") if status[i] == "no_lift"
    ][:NAMED]
    own = [i for i, a in enumerate(accounts) if a == context.account]
    labels = [(float(x[i]), float(y[i]), text(context.name(accounts[i]), 20), ACCENT if i in own else INK, i in own,
               float(size[i]) ** 0.5 / 2) for i in dict.fromkeys([*own, *named])]  # fmt: skip
    percent_axis(ax.yaxis, context, sign=True)
    _point_ticks(ax, context)
    light_grid(ax, "both")
    spread(ax, labels)
    for label in ax.texts:
        label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.85})
    ax.set_xlabel(text(context.say("money.axis_rise"), 80))
    ax.set_ylabel(text(context.say("money.axis_growth"), 60))
    there = [s for s in LIFTS if s in status]
    names = {
        f"{called(context, 'money.lift', s)} {number(status.count(s), context)}": LIFTS[s] for s in there
    }
    legend_below(ax, swatches(names), max(len(names), 1), 40)
    left_out = len(result) - len(table) if result is not None else 0
    notes = [context.say("money.lift.note")]
    if not is_missing(usual) and float(usual):
        notes.append(context.say("money.lift.median", growth=percent(usual, context, 1, sign=True)))
    beyond = int((table["growth"].abs() > CEILING).sum())
    if beyond:
        notes.append(
            context.say("money.lift.beyond", n=number(beyond, context), limit=percent(CEILING, context, 0))
        )
    if left_out:
        notes.append(context.say("money.lift.left_out", n=number(left_out, context)))
    heading(ax, context, context.say("money.title.lift"), folded([notes[0], sentences(context, notes[1:])]))
    return ax


def _point_ticks(ax: Axes, context: Context) -> None:
    """Write a rise of a rate in percentage points."""
    from matplotlib.ticker import FuncFormatter

    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: money_words.points(v, context, 0)))
