"""How concentrated sales are: Pareto and Lorenz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.show.charts.common import (
    callout,
    light_grid,
    money_axis,
    no_data,
    percent_axis,
    swatches,
    title,
)
from kamtools.show.charts.families import DASHED, bars, line
from kamtools.show.context import Context
from kamtools.show.numbers import money, number, percent
from kamtools.show.style import ACCENT, CLASSES, DARK, INK, MUTED, PALE, chart, new_axes, text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamtools.identification import SalesShare

NAMED = 15  # up to so many accounts are named under their bars
BARS = 80  # up to so many are drawn as bars of their own


@chart
def pareto(
    result: SalesShare | None, context: Context, ax: Axes | None = None, fraction: float = 0.8
) -> Axes:
    """Draw sales by account, largest first, in ABC colours, with the cumulative share.

    Parameters
    ----------
    result : SalesShare
    context : Context
        Its account is drawn in the accent colour.
    ax : Axes, optional
    fraction : float
        The callout says how many accounts make this part of sales.

    Returns
    -------
    Axes
    """
    ax = new_axes(ax)
    if result is None or not result.total > 0:
        return no_data(ax, context, "show.pareto_title", "show.nothing_sold")
    table = result.table
    values = table["value"].to_numpy(float)
    classes = table["class"].astype(str).to_numpy()
    accounts = [str(a) for a in table.index]
    n = len(values)
    place = list(range(1, n + 1))
    if n <= BARS:
        colours = [
            ACCENT if a == context.account else CLASSES.get(c, PALE)
            for a, c in zip(accounts, classes, strict=True)
        ]
        bars(ax, place, values, colours, 0.8 if n <= 40 else 1.0, lying=False, zorder=1)
    else:
        for name in dict.fromkeys(classes):
            at = [p for p, c in zip(place, classes, strict=True) if c == name]
            ax.fill_between(at, values[at[0] - 1 : at[-1]], step="mid", color=CLASSES.get(name, PALE), lw=0.6)
    shares = _cumulative(ax, result, context, place, fraction)
    money_axis(ax.yaxis, context)
    light_grid(ax)
    ax.set_ylabel(text(context.say("show.axis_sales")))
    ax.set_xlim(0.5 - 0.01 * n, n + 0.5 + 0.01 * n)
    if n <= NAMED:
        ax.set_xticks(
            place,
            [text(context.name(a), 12) for a in accounts],
            rotation=28,
            ha="right",
            rotation_mode="anchor",
            parse_math=False,
        )
    else:
        ax.set_xlabel(text(context.say("show.axis_rank_sales", n=number(n, context)), 80))
    if context.account in accounts and n > NAMED:
        i = accounts.index(context.account)
        if n > BARS:
            bars(ax, [i + 1], [values[i]], ACCENT, max(1.0, n / 250), lying=False, zorder=4)
        words = context.say("show.own_rank", name=text(context.name(context.account), 20), rank=i + 1, n=n)
        right = i < n * 0.7
        at = (i + 1.0, max(float(values[i]), 0.0))
        tall = at[1] > 0.8 * float(values.max())  # no room above: the title is there
        offset = (44 if tall else 14 if right else -14, -4 if tall else 22)
        callout(shares, words, at, offset, ACCENT, weight="bold", xycoords=ax.transData)
    _classes_legend(ax, result, context)
    title(ax, context, "show.pareto_title")
    return ax


def _cumulative(ax: Axes, result: SalesShare, context: Context, place: list[int], fraction: float) -> Axes:
    right = ax.twinx()
    right.set_zorder(ax.get_zorder() + 1)
    right.patch.set_visible(False)
    right.spines["right"].set_visible(False)
    right.spines["left"].set_visible(False)
    cumulative = result.table["cumulative"].to_numpy(float)
    few = len(place) <= 40
    line(right, place, cumulative, INK, 1.4, marker="o" if few else None, ms=3)
    right.set_ylim(min(0.0, float(cumulative.min())), max(1.06, float(cumulative.max()) * 1.03))
    percent_axis(right.yaxis, context)
    right.tick_params(which="both", labelfontfamily=_families())
    right.set_ylabel(text(context.say("show.axis_cumulative")))
    count = result.accounts_for(fraction)
    if 0 < count <= len(place):
        right.plot([count, count], [0, fraction], color=MUTED, lw=0.9, ls=DASHED)
        words = context.say(
            "show.n_make",
            n=number(count, context),
            part=percent(count / len(place), context, 1 if count / len(place) < 0.1 else 0),
            share=percent(fraction, context, 0),
        )
        away = 26 if count < 0.55 * len(place) else -26
        callout(right, words, (count, fraction), (away, -20), INK, weight="bold")
    return right


def _families() -> list[str]:
    import matplotlib as mpl

    return list(mpl.rcParams["font.family"])


def _classes_legend(ax: Axes, result: SalesShare, context: Context) -> None:
    counts, shares = result.counts_by_class, result.share_by_class
    names = {}
    for name in (c for c in CLASSES if counts.get(c)):
        n, share = number(counts[name], context), percent(shares.get(name), context, 0)
        names[text(context.say("show.class_label", name=name, n=n, share=share), 50)] = CLASSES[name]
    handles = swatches(names)
    ax.legend(handles=handles, loc="center right", bbox_to_anchor=(0.99, 0.42))


@chart
def lorenz(result: SalesShare | None, context: Context, ax: Axes | None = None) -> Axes:
    """Draw the Lorenz curve of sales over accounts, with the Gini coefficient.

    Accounts without sales above zero stand outside the curve; the chart says how many.
    """
    ax = new_axes(ax, (5.4, 4.6))
    if result is None or result.gini is None:
        return no_data(ax, context, "show.lorenz_title", "show.nothing_sold")
    x, y = (result.lorenz[c].to_numpy(float) for c in ("population", "share"))
    ax.plot([0, 1], [0, 1], color=MUTED, lw=1, ls=DASHED)
    ax.fill_between(x, y, x, color=PALE, alpha=0.7, lw=0)
    line(ax, x, y, DARK, 2)
    ax.set(xlim=(0, 1), ylim=(0, 1.01))
    percent_axis(ax.xaxis, context)
    percent_axis(ax.yaxis, context)
    light_grid(ax, "both")
    ax.set_xlabel(text(context.say("show.axis_accounts_cumulative"), 60))
    ax.set_ylabel(text(context.say("show.axis_sales_cumulative"), 60))
    ax.text(
        0.06,
        0.9,
        text(context.say("show.gini", value=number(result.gini, context, 2)), 60),
        weight="bold",
        fontsize=11,
    )
    ax.text(0.06, 0.83, text(context.say("show.total_sales", value=money(result.total, context)), 60))
    ax.text(0.47, 0.52, text(context.say("show.equal_line"), 40), color=MUTED, fontsize=8.5, ha="right")
    left_out = len(result.table) - result.gini_accounts
    note = context.say("show.lorenz_left_out", n=number(left_out, context)) if left_out else ""
    title(ax, context, "show.lorenz_title", note)
    return ax
