"""Growth: share against growth, the retention bridge, one account's months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kamtools.show.charts.common import light_grid, money_axis, near, no_data, percent_axis, title
from kamtools.show.charts.families import AXIS, DASHED, bridge, line, points, spread
from kamtools.show.context import Context
from kamtools.show.numbers import month, month_name, number, percent
from kamtools.show.style import ACCENT, DARK, GAIN, LOSS, MIDDLE, PALE, chart, new_axes, text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamtools.identification import GrowthReview, RetentionBridge

CEILING = 1.5  # growth beyond this is drawn at the edge


@chart
def growth_bubble(
    result: GrowthReview | None, context: Context, ax: Axes | None = None, label: int = 8
) -> Axes:
    """Draw share of sales against growth; arrows run from last year's share to now's.

    Parameters
    ----------
    result : GrowthReview
    context : Context
    ax : Axes, optional
    label : int
        So many of the largest accounts are named, beside the fastest, the
        falls and the reader's own.
    """
    ax = new_axes(ax, (9.0, 4.8))
    if result is None:
        return no_data(ax, context, "show.growth_title", "show.no_growth")
    table = result.table[["current", "previous", "growth"]].astype(float)
    table = table[(table["current"] > 0) & (table["previous"] > 0)].dropna()
    if not len(table):
        return no_data(ax, context, "show.growth_title", "show.no_growth")
    table = table.sort_values("current", ascending=False, kind="stable")
    now, before = result.table["current"].clip(lower=0), result.table["previous"].clip(lower=0)
    x = table["current"].to_numpy(float) / float(now.sum())
    was = table["previous"].to_numpy(float) / float(before.sum())
    growth = table["growth"].to_numpy(float)
    y = growth.clip(-1, CEILING)
    accounts = [str(a) for a in table.index]
    falls = {str(a) for a in result.falls}
    colours = [
        ACCENT if a == context.account else LOSS if a in falls else GAIN if g >= 0 else MIDDLE
        for a, g in zip(accounts, growth, strict=True)
    ]
    size = 30 + 700 * x / x.max()
    ax.set_xscale("log")
    ax.axhline(0, color=AXIS, lw=0.9)
    points(ax, x, y, colours, size, width=0.8, alpha=0.62)
    named = dict.fromkeys(
        [a for a in [context.account] if a in accounts]
        + accounts[:label]
        + [str(a) for a in list(result.falls)[:4] if str(a) in accounts]
        + [str(a) for a in (*result.fastest[:2], *result.fastest_small[:2]) if str(a) in accounts]
    )
    ax.set_xlim(float(x.min()) * 0.7, float(max(x.max(), was.max())) * 2.2)
    low, high = min(-0.25, float(y.min())), max(0.25, float(y.max()))
    ax.set_ylim(low - 0.12 * (high - low), high + 0.15 * (high - low))
    labels = []
    for account in named:
        i = accounts.index(account)
        colour = ACCENT if account == context.account else "#9aa6b0"
        ax.annotate(
            "",
            (x[i], y[i]),
            (was[i], y[i]),
            arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.1, "shrinkA": 0, "shrinkB": 0},
            zorder=4,
        )
        ink = ACCENT if account == context.account else "#22303c"
        own, radius = account == context.account, float(size[i]) ** 0.5 / 2
        words = text(context.name(account), 18)
        labels.append((float(x[i]), float(y[i]), words, ink, own, radius))
    if result.market_growth is not None and result.market_growth == result.market_growth:
        ax.axhline(float(result.market_growth), color=DARK, lw=1, ls=DASHED)
        words = context.say("show.market_growth", value=percent(result.market_growth, context, sign=True))
        place = (0, float(result.market_growth))
        near(ax, text(words, 40), place, (4, 4), DARK, xycoords=("axes fraction", "data"), va="baseline")
    _share_ticks(ax, context)
    percent_axis(ax.yaxis, context, sign=True)
    light_grid(ax)
    spread(ax, labels)
    ax.set_xlabel(text(context.say("show.axis_share_log"), 80))
    ax.set_ylabel(text(context.say("show.axis_growth"), 60))
    beyond, left_out = int((growth > CEILING).sum()), len(result.table) - len(table)
    notes = [context.say("show.growth_note")]
    if beyond:
        limit = percent(CEILING, context, 0, sign=True)
        notes.append(context.say("show.growth_beyond", n=number(beyond, context), limit=limit))
    if left_out:
        notes.append(context.say("show.growth_left_out", n=number(left_out, context)))
    title(ax, context, "show.growth_title", context.say("show.semicolon").join(notes))
    return ax


def _share_ticks(ax: Axes, context: Context) -> None:
    from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

    low, high = ax.get_xlim()
    steps = [10.0**e * k for e in range(-7, 1) for k in ((1, 2, 5) if high / low < 300 else (1,))]
    ax.xaxis.set_major_locator(FixedLocator([s for s in steps if low <= s <= high]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())
    from matplotlib.ticker import FuncFormatter

    def write(value: float, _: int) -> str:
        return percent(value, context, 0 if value >= 0.01 else 1 if value >= 0.001 else 3)

    ax.xaxis.set_major_formatter(FuncFormatter(write))


@chart
def retention_bridge(
    result: RetentionBridge | GrowthReview | None, context: Context, ax: Axes | None = None
) -> Axes:
    """Draw the bridge from last period's sales to this one's, with NRR and GRR.

    Parameters
    ----------
    result : RetentionBridge or GrowthReview
        A review brings its bridge with it.
    """
    ax = new_axes(ax)
    found: Any = getattr(result, "bridge", result)
    if found is None or not found.previous > 0:
        return no_data(ax, context, "show.bridge_title", "show.no_growth")
    previous, current = found.previous, found.current
    steps = [
        (context.say("show.bridge_previous"), previous, True),
        (context.say("show.bridge_lost"), -found.lost, False),
        (context.say("show.bridge_contraction"), -found.contraction, False),
        (context.say("show.bridge_expansion"), found.expansion, False),
        (context.say("show.bridge_new"), found.new, False),
        (context.say("show.bridge_current"), current, True),
    ]
    cut = bridge(ax, context, steps, previous)
    note = context.say(
        "show.bridge_note",
        nrr=percent(found.nrr, context),
        grr=percent(found.grr, context),
        logo=percent(found.logo_retention, context),
    )
    if cut:
        note += context.say("show.semicolon") + context.say("show.axis_cut")
    title(ax, context, "show.bridge_title", note)
    return ax


@chart
def sales_line(
    months: pd.DataFrame | pd.Series,
    context: Context,
    ax: Axes | None = None,
    last: int = 36,
    together: bool = True,
    column: str = "amount",
    until: Any = None,
) -> Axes:
    """Draw an account's sales by month, with the year before as a shadow.

    Parameters
    ----------
    months : frame[account, month, amount] or Series by month
        Of a frame, the context's account (all accounts where there is none).
        A month without a row was a month without sales.
    context : Context
    ax : Axes, optional
    last : int
        Number of months drawn, up to the last one there is.
    together : bool
        Shade January with February, which are compared only together
        because the Spring Festival moves between them.
    column : str
        Column of the frame that holds the sales (``gross_amount`` on a gross basis).
    until : date, optional
        The last whole month: later ones are partial and are not drawn.
    """
    import pandas as pd
    from matplotlib.dates import date2num

    ax = new_axes(ax, (9.0, 3.8))
    if until is not None:
        stamp = pd.Timestamp(until)
        index = months["month"] if isinstance(months, pd.DataFrame) else months.index
        months = months[index <= stamp]
    if isinstance(months, pd.DataFrame):
        end = months["month"].max() if len(months) else None
        mine = months if context.account is None else months[months["account"] == context.account]
        series = mine.groupby("month")[column].sum()
    else:
        series, end = months, (months.index.max() if len(months) else None)
    name = context.name(context.account) if context.account else context.say("show.all_accounts")
    if not len(series) or end is None:
        return no_data(ax, context, "show.sales_line_title", "show.no_sales_months", name=text(name, 30))
    full = pd.date_range(series.index.min(), end, freq="MS")
    series = series.reindex(full, fill_value=0.0).astype(float)
    shadow = series.shift(12)
    at = full[-last:]
    day = np.asarray(at.to_numpy())
    ax.fill_between(
        day,
        shadow.reindex(at).to_numpy(float),
        0,
        color=PALE,
        alpha=0.7,
        lw=0,
        step=None,
        label=text(context.say("show.year_before"), 40),
    )
    colour = ACCENT if context.account else DARK
    now = series.reindex(at).to_numpy(float)
    few = len(at) <= 40
    line(
        ax,
        day,
        now,
        colour,
        marker="o" if few else None,
        ms=3.5,
        label=text(context.say("show.sales_now"), 40),
    )
    if together:
        for year in sorted(set(at.year)):
            first, after = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 2, 1)
            if first in at and after in at:
                half = pd.Timedelta(days=14)
                span = [float(date2num(d)) for d in (first - half, after + half)]
                ax.axvspan(span[0], span[1], color="#f3ead2", alpha=0.75, lw=0, zorder=0)
    ax.axhline(0, color=AXIS, lw=0.9)
    step = 1 if len(at) <= 12 else 3 if len(at) <= 36 else 6
    ticks = [d for d in at if (d.month - 1) % step == 0]
    ax.set_xticks(
        [float(date2num(d)) for d in ticks], [_month_tick(d, context) for d in ticks], parse_math=False
    )
    money_axis(ax.yaxis, context)
    light_grid(ax)
    ax.margins(x=0.02)
    low, high = ax.get_ylim()
    ax.set_ylim(min(0.0, low), high + 0.14 * (high - low))
    ax.legend(loc="upper left", ncols=2, borderaxespad=0.2)
    note = context.say("show.festival_note") if together else ""
    title(ax, context, "show.sales_line_title", note, name=text(name, 30))
    return ax


def _month_tick(day: Any, context: Context) -> str:
    return month(day, context) if day.month == 1 else month_name(day, context)
