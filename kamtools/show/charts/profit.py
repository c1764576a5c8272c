"""Where profit comes from: the whale curve and one account's P&L as a waterfall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kamtools.show.charts.common import callout, light_grid, no_data, percent_axis, title
from kamtools.show.charts.families import DASHED, bridge, line, points
from kamtools.show.context import Context
from kamtools.show.numbers import is_missing, number, percent
from kamtools.show.style import ACCENT, DARK, INK, LOSS, MUTED, PALE, chart, new_axes, text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamtools.identification import ProfitShare

# Lines that stand on zero; every other line goes on from the one before.
TOTALS = ("list_sales", "invoiced_sales", "net_sales", "gross_margin", "contribution")


@chart
def whale(result: ProfitShare | None, context: Context, ax: Axes | None = None) -> Axes:
    """Draw cumulative contribution over accounts, best first, in parts of the total.

    The curve rises above 100 % where accounts that lose money follow.
    """
    ax = new_axes(ax)
    table = None if result is None else result.table.dropna(subset=["contribution"])
    if result is None or table is None or not len(table):
        return no_data(ax, context, "show.whale_title", "show.no_contribution")
    if result.peak is None or result.peak_count is None or result.destroyed is None or not result.total > 0:
        return no_data(ax, context, "show.whale_title", "show.no_whale_total")
    table = table.sort_values("contribution", ascending=False, kind="stable")
    y = np.concatenate([[0.0], table["contribution"].to_numpy(float).cumsum() / result.total])
    n, top = len(table), int(result.peak_count)
    x = np.arange(n + 1)
    ax.axhline(1, color=MUTED, lw=0.9, ls=DASHED)
    ax.fill_between(x[: top + 1], y[: top + 1], color=PALE, alpha=0.6, lw=0)
    if top < n:
        ax.fill_between(x[top:], y[top:], 1, color=LOSS, alpha=0.16, lw=0)
    line(ax, x[: top + 1], y[: top + 1], DARK, 2.2)
    line(ax, x[top:], y[top:], LOSS, 2.2)
    high = float(y.max())
    ax.set_xlim(0, n * 1.01 + 0.1)
    ax.set_ylim(min(0.0, float(y.min()) * 1.05), high * 1.22)
    percent_axis(ax.yaxis, context)
    light_grid(ax)
    ax.set_xlabel(text(context.say("show.axis_rank_contribution", n=number(n, context)), 80))
    ax.set_ylabel(text(context.say("show.axis_contribution_cumulative"), 60))
    words = context.say("show.whale_peak", n=number(top, context), peak=percent(result.peak, context, 0))
    right = top < 0.6 * n
    callout(ax, words, (top, float(result.peak)), (10 if right else -10, 14), INK, weight="bold")
    losers = len(result.loss_makers)
    if losers:
        words = context.say(
            "show.whale_lost",
            n=number(losers, context),
            part=percent(result.destroyed, context, 0 if result.destroyed >= 0.1 else 1),
        )
        ax.text(
            n,
            1 - 0.05 * high,
            text(words, 80),
            ha="right",
            va="top",
            color=LOSS,
            fontsize=9.5,
        )
    accounts = [str(a) for a in table.index]
    if context.account in accounts:
        i = accounts.index(context.account) + 1
        points(ax, [i], [y[i]], ACCENT, 64, zorder=6)
        words = context.say("show.own_rank", name=text(context.name(context.account), 20), rank=i, n=n)
        callout(
            ax,
            words,
            (i, float(y[i])),
            (16 if i < 0.6 * n else -16, -46 if y[i] > 0.4 * high else 24),
            ACCENT,
            weight="bold",
        )
    unknown = len(result.unknown)
    note = context.say("show.find_unknown_cost", n=number(unknown, context)) if unknown else ""
    title(ax, context, "show.whale_title", note)
    return ax


@chart
def pnl_waterfall(pnl: pd.DataFrame, context: Context, ax: Axes | None = None) -> Axes:
    """Draw one account's P&L, from list sales to contribution.

    Parameters
    ----------
    pnl : frame[line, amount, …]
        As :func:`kamtools.finance.account_pnl` gives it; several periods are
        added up. Deductions are negative. A line that is not known leaves
        its step out, and the chart names it.
    context : Context
    ax : Axes, optional
    """
    ax = new_axes(ax, (9.4, 4.4))
    lines = list(dict.fromkeys(pnl["line"])) if len(pnl) else []
    amounts = {line: pnl.loc[pnl["line"] == line, "amount"].sum(min_count=1, skipna=False) for line in lines}
    known = {k: float(v) for k, v in amounts.items() if not is_missing(v)}
    missing = [k for k in lines if k not in known]
    if not any(known.get(k) for k in TOTALS):
        return no_data(ax, context, "show.pnl_title", "show.no_pnl", name=_who(context))
    shown = [k for k in lines if k in known and (k in TOTALS or known[k])]
    if all(k in TOTALS for k in shown):  # totals without a step between them draw nothing
        return no_data(ax, context, "show.pnl_title", "show.no_pnl_steps", name=_who(context))
    first = shown[0]
    if first not in TOTALS:
        shown = shown[next(i for i, k in enumerate(shown) if k in TOTALS) :]
    steps = [(context.term(k), known[k], k in TOTALS) for k in shown]
    net = known.get("net_sales")
    bridge(ax, context, steps, net if net and net > 0 else None, 12)
    ax.tick_params(axis="x", labelsize=8.5)
    note = context.say("show.of_net_sales") if net and net > 0 else ""
    if missing:
        names = context.say("show.comma").join(context.term(k) for k in missing)
        note = f"{note}{context.say('show.semicolon') if note else ''}{context.say('show.lines_unknown', lines=names)}"
    title(ax, context, "show.pnl_title", note, name=_who(context))
    return ax


def _who(context: Context) -> str:
    return text(context.name(context.account), 30) if context.account else context.say("show.all_accounts")
