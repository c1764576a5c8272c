"""The grading form: its scorecard, the matrix, and how sure the quadrant is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from kamtools.show.charts.common import accent_row, bare, near, no_data, number_ticks, swatches, title
from kamtools.show.charts.families import area, bars, points, spread
from kamtools.show.context import Context
from kamtools.show.frames import records
from kamtools.show.numbers import is_missing, number, percent
from kamtools.show.style import (
    ACCENT,
    DARK,
    GRID,
    INK,
    MUTED,
    QUADRANT_TINTS,
    QUADRANTS,
    chart,
    new_axes,
    text,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamtools.identification import Grading

AXES = ("attractiveness", "strength")
SOURCES = {"data": DARK, "person": "#7a5ea8", "missing": "#b9c6d0"}


@chart
def scorecard(
    result: Grading | None,
    context: Context,
    ax: Axes | None = None,
    *,
    sources: Mapping[str, str] | None = None,
) -> Axes:
    """Draw one account's grading form: a bar per criterion, its weight, where the rating is from.

    Parameters
    ----------
    result : Grading
    context : Context
        Says the account.
    ax : Axes, optional
    sources : mapping criterion -> ``data`` or ``person``, optional
        Where the rating comes from. A missing rating is drawn empty: it is
        not a zero.
    """
    rows = scorecard_rows(result, context.account, sources)
    n = len(rows)
    ax = new_axes(ax, (9.0, max(2.4, 1.3 + 0.34 * (n + 1))))
    name = text(context.name(context.account), 30) if context.account else ""
    if result is None or not n:
        return no_data(ax, context, "show.scorecard_title", "show.no_criteria", name=name)
    low, high = float(result.low), float(result.high)
    y, ticks, labels, heads, rated_rows = 0.0, [], [], [], []
    for axis in AXES:
        part = rows[rows["axis"] == axis]
        if not len(part):
            continue
        rated = part.dropna(subset=["rating"])
        score = (
            float((rated["rating"] * rated["weight"]).sum() / rated["weight"].sum()) if len(rated) else None
        )
        heads.append((y, axis, score))
        y += 1
        total = float(part["weight"].sum())
        for row in records(part):
            rating = None if is_missing(row["rating"]) else float(row["rating"])
            source = str(row["source"]) if rating is not None else "missing"
            if rating is None:
                ax.text(low + 0.06, y, text(context.say("show.not_rated"), 40), color=MUTED,
                        fontsize=9, va="center", zorder=3)  # fmt: skip
            else:
                rated_rows.append((y, rating, SOURCES.get(source, DARK)))
            parts = [number(rating, context, 1), percent(float(row["weight"]) / total, context, 0)]
            if source:
                parts.append(context.say("show.source", source))
            words = "   ".join(parts)
            near(ax, words, (high, y), (12, 0), MUTED, 9)
            ticks.append(y)
            labels.append(text(context.term(str(row["criterion"]), "criterion"), 28))
            y += 1
        y += 0.25
    bars(ax, ticks, [high - low] * len(ticks), "#f0f3f5", 0.56, low, zorder=1)
    if rated_rows:
        at, ratings, colours = zip(*rated_rows, strict=True)
        bars(ax, at, np.subtract(ratings, low), colours, 0.56, low, zorder=2)
        points(ax, ratings, at, colours, 81)
    for at, axis, score in heads:
        words = f"{context.term(axis)}{context.say('show.colon')}{number(score, context, 2)}"
        ax.text(low, at + 0.1, text(words, 60), weight="bold", va="center", color=INK, fontsize=10)
    ax.set_yticks(ticks, labels, parse_math=False)
    ax.tick_params(axis="y", labelcolor=INK)
    number_ticks(ax, "x", np.arange(low, high + 0.5), context)
    ax.set(xlim=(low, high + 0.08), ylim=(y - 0.4, -0.6))
    near(ax, context.say("show.scorecard_columns"), (high, -0.1), (12, 0), MUTED)
    bare(ax)
    ax.grid(True, axis="x", color=GRID)
    title(ax, context, "show.scorecard_title", name=name)
    return ax


def scorecard_rows(
    result: Grading | None, account: str | None, sources: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return an account's criteria: frame[criterion, axis, weight, rating, source]; empty where not graded."""
    import pandas as pd

    columns = ["criterion", "axis", "weight", "rating", "source"]
    if result is None or account is None or account not in result.table.index:
        return pd.DataFrame(columns=columns)
    rows = result.scorecard(account)
    rows = rows.assign(criterion=[str(c) for c in rows.index])
    rows["source"] = [
        "missing" if is_missing(rating) else (sources or {}).get(criterion, "")
        for criterion, rating in zip(rows["criterion"], rows["rating"], strict=True)
    ]
    return rows[columns].reset_index(drop=True)


@chart
def matrix(
    result: Grading | None,
    context: Context,
    ax: Axes | None = None,
    *,
    sales: pd.Series | None = None,
    potential: pd.Series | Mapping[str, float] | None = None,
    probability: pd.DataFrame | None = None,
    label: int = 14,
) -> Axes:
    """Draw the key account matrix: attractiveness against relative strength.

    Parameters
    ----------
    result : Grading
    context : Context
    ax : Axes, optional
    sales : Series by account, optional
        Area of the bubbles (sales now).
    potential : Series or mapping by account, optional
        Area of the rings (yearly sales in three years).
    probability : frame account × quadrant, optional
        The label then says how probable the own account's quadrant is.
    label : int
        So many of the largest accounts are named.
    """
    ax = new_axes(ax, (9.0, 6.2))
    table = None if result is None else result.table.dropna(subset=["attractiveness", "strength"])
    if result is None or table is None or not len(table):
        return no_data(ax, context, "show.matrix_title", "show.no_grading")
    low, high, cut, weights = float(result.low), float(result.high), float(result.cut), result.weights
    accounts = [str(a) for a in table.index]
    x = table["strength"].to_numpy(float)
    y = table["attractiveness"].to_numpy(float)
    sold = _sizes(sales, accounts)
    _quadrants(ax, context, low, high, cut)
    largest = float(np.nanmax(sold)) if np.isfinite(sold).any() and np.nanmax(sold) > 0 else 1.0
    areas = np.where(np.isfinite(sold), 24 + 900 * np.clip(sold, 0, None) / largest, 24)
    colours = [
        ACCENT if a == context.account else QUADRANTS.get(str(q), MUTED)
        for a, q in zip(accounts, table["quadrant"], strict=True)
    ]
    if potential is not None:
        ring = _sizes(potential, accounts)
        has = np.isfinite(ring)
        outer = np.minimum(24 + 900 * np.clip(ring[has], 0, None) / largest, 4000)
        edge = [c for c, h in zip(colours, has, strict=True) if h]
        points(ax, x[has], y[has], "none", outer, edge=edge, width=1.1, zorder=4, alpha=0.8)
    order = np.argsort(-areas, kind="stable")
    points(ax, x[order], y[order], [colours[i] for i in order], areas[order], width=0.8, alpha=0.72)
    pad = 0.16 * (high - low) / 4
    ax.set(xlim=(low - pad, high + pad), ylim=(low - pad, high + pad))
    named = []
    for i in order[:label]:
        words, radius = text(context.name(accounts[i]), 16), float(areas[i]) ** 0.5 / 2
        if accounts[i] != context.account:
            named.append((float(x[i]), float(y[i]), words, INK, False, radius))
    if context.account in accounts:
        i = accounts.index(context.account)
        words = text(context.name(context.account), 18)
        if probability is not None and context.account in probability.index:
            part = probability.loc[context.account].get(str(table["quadrant"].iloc[i]))
            if not is_missing(part):
                words += " · " + text(context.say("show.in_quadrant", part=percent(part, context, 0)), 40)
        radius = float(areas[i]) ** 0.5 / 2
        named.insert(0, (float(x[i]), float(y[i]), words, ACCENT, True, radius))
    spread(ax, named)
    for axis in "xy":
        number_ticks(ax, axis, np.arange(low, high + 0.5), context)
    bare(ax)
    both = "\n".join(text(_weights_words(axis, context, weights), 170) for axis in AXES[::-1])
    ax.set_xlabel(both, fontsize=8.5, linespacing=1.5)
    axis_name = context.say("show.low_to_high", axis=context.term("attractiveness"))
    ax.set_ylabel(text(axis_name, 80), fontsize=9)
    notes = [context.say("show.matrix_note_rings" if potential is not None else "show.matrix_note")]
    missing = len(result.table) - len(table)
    if missing:
        notes.append(context.say("show.matrix_left_out", n=number(missing, context)))
    title(ax, context, "show.matrix_title", context.say("show.semicolon").join(notes))
    return ax


def _sizes(values: pd.Series | Mapping[str, float] | None, accounts: list[str]) -> np.ndarray:
    if values is None:
        return np.full(len(accounts), np.nan)
    found = [values.get(a) for a in accounts]
    return np.array([np.nan if v is None else float(v) for v in found])


def _quadrants(ax: Axes, context: Context, low: float, high: float, cut: float) -> None:
    pad = 0.16 * (high - low) / 4
    corners = {
        "star": (low - pad, cut, cut, high + pad, "left", "top"),
        "strategic": (cut, cut, high + pad, high + pad, "right", "top"),
        "streamline": (low - pad, low - pad, cut, cut, "left", "bottom"),
        "status": (cut, low - pad, high + pad, cut, "right", "bottom"),
    }
    for name, (x0, y0, x1, y1, ha, va) in corners.items():
        area(ax, (x0, x1), (y0, y1), QUADRANT_TINTS[name], text(context.term(name), 30), (ha, va), (0.05, 0.05),
             color=QUADRANTS[name], fontsize=12, alpha=0.9)  # fmt: skip
    ax.plot([cut, cut], [low - pad, high + pad], color="white", lw=2.5, zorder=1)
    ax.plot([low - pad, high + pad], [cut, cut], color="white", lw=2.5, zorder=1)


def _weights_words(axis: str, context: Context, weights: Mapping[str, Mapping[str, float]]) -> str:
    total = sum(weights[axis].values()) or 1.0
    parts = context.say("show.comma").join(
        f"{context.term(c, 'criterion')} {percent(w / total, context, 0)}" for c, w in weights[axis].items()
    )
    return f"{context.say('show.low_to_high', axis=context.term(axis))}{context.say('show.colon')}{parts}"


@chart
def quadrant_probability(
    result: pd.DataFrame | None, context: Context, ax: Axes | None = None, most: int = 15
) -> Axes:
    """Draw how probable each quadrant is for each account, when ratings and weights are uncertain.

    Parameters
    ----------
    result : frame account × [strategic, star, status, streamline]
        Fractions, one row per account, in the order to draw.
    context : Context
        Its account comes first.
    ax : Axes, optional
    most : int
        So many accounts are drawn.
    """
    if result is None or not len(result.dropna()):
        return no_data(new_axes(ax), context, "show.probability_title", "show.no_grading")
    table = result.dropna()
    accounts = [str(a) for a in table.index]
    rows = [a for a in accounts if a == context.account] + [a for a in accounts if a != context.account]
    rows = rows[:most]
    ax = new_axes(ax, (9.0, max(2.1, 1.25 + 0.3 * len(rows))))
    left = np.zeros(len(rows))
    for name, colour in QUADRANTS.items():
        width = np.array([float(table.loc[a, name]) for a in rows])  # type: ignore[arg-type]
        bars(ax, range(len(rows)), width, colour, 0.68, left, edgecolor="white", linewidth=0.8)
        for i, part in enumerate(width):
            if part >= 0.08:
                ax.text(left[i] + part / 2, i, percent(part, context, 0), ha="center", va="center",
                        fontsize=8.5, color="white" if name in ("strategic", "star") else INK)  # fmt: skip
        left += width
    ax.set_yticks(range(len(rows)), [text(context.name(a), 24) for a in rows], parse_math=False)
    ax.tick_params(axis="y", labelcolor=INK)
    if rows[0] == context.account:
        accent_row(ax, 0)
    ax.set(xlim=(0, 1), ylim=(len(rows) - 0.45, -0.55))
    ax.set_xticks([])
    bare(ax)
    handles = swatches(
        {context.term(name): colour for name, colour in QUADRANTS.items()}, edgecolor="white", lw=0.8
    )
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(-0.005, 0), ncols=4, borderaxespad=0.2, handlelength=1)  # fmt: skip
    title(ax, context, "show.probability_title")
    return ax
