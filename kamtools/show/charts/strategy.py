"""The same accounts under several strategies, and by several methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kamtools.show.charts.common import accent_row, bare, footer, near, no_data, wrap
from kamtools.show.charts.families import Mark, line, points, ranges
from kamtools.show.context import Context
from kamtools.show.numbers import is_missing, number
from kamtools.show.style import ACCENT, DARK, GRID, INK, LOSS, MUTED, PALE, chart, new_axes, text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamtools.identification import MethodComparison, StrategyRanking

MOVERS = 3


@chart
def rank_bump(
    result: StrategyRanking | None, context: Context, ax: Axes | None = None, top: int = 12
) -> Axes:
    """Draw each account's rank under each strategy; lines that cross are accounts that a choice moves.

    Parameters
    ----------
    result : StrategyRanking
    context : Context
    ax : Axes, optional
    top : int
        Accounts within this rank under at least one strategy are drawn, and
        the reader's own.
    """
    if result is None or result.ranks.shape[1] < 2 or not len(result.ranks.dropna(how="all")):
        return no_data(new_axes(ax), context, "show.bump_title", "show.no_ranking")
    ax = new_axes(ax, (9.0, 4.8))
    ranks = result.ranks.dropna(how="all")
    strategies = [str(c) for c in ranks.columns]
    best = ranks.min(axis=1)
    shown = ranks[(best <= top) | (ranks.index.astype(str) == context.account)]
    shown = shown.sort_values(list(ranks.columns), kind="stable")
    moved = [str(a) for a, by in result.most_moved.items() if by > 0 and a in shown.index]
    moved = moved[:MOVERS]
    deepest = min(top + 5.0, float(shown.max(axis=1).max()))
    last = len(strategies) - 1
    layers: dict[tuple[int, str, bool], list[list[float]]] = {}
    for account, row in shown.iterrows():
        name = str(account)
        own, strong = name == context.account, name in moved or name == context.account
        colour = ACCENT if own else DARK if strong else "#b9c6d0"
        y = [float("nan") if is_missing(v) else float(v) for v in row]
        layers.setdefault((5 if own else 4 if strong else 3, colour, strong), []).append(y)
        inside = [i for i, v in enumerate(y) if v <= deepest]
        who = text(context.name(name), 16)
        for at, side in ((0, "right"), (last, "left")):
            if at not in inside:
                continue
            place = number(y[at], context)
            words, away = (f"{who}  {place}", -9) if at == 0 else (f"{place}  {who}", 9)
            ink, weight = ACCENT if own else DARK if strong else MUTED, "bold" if strong else "normal"
            near(ax, words, (at, y[at]), (away, 0), ink, ha=side, weight=weight)
    for (layer, colour, strong), ranks_of in layers.items():
        x = [*range(last + 1), np.nan] * len(ranks_of)
        y = np.array([v for rank in ranks_of for v in (*rank, np.nan)])
        line(ax, x, np.minimum(y, deepest + 1), colour, 2.6 if strong else 1.5, zorder=layer)
        points(ax, x, np.where(y <= deepest, y, np.nan), colour, 6.5**2 if strong else 25, zorder=layer + 0.1)
    if float(shown.max(axis=1).max()) > deepest:
        words = text(context.say("show.ranks_below", n=number(deepest, context)), 40)
        ax.text(last / 2, deepest + 1.25, words, ha="center", va="top", fontsize=8.5, color=MUTED)
    ax.set_xticks(
        range(last + 1), [text(context.term(s, "strategy"), 24) for s in strategies], parse_math=False
    )
    ax.tick_params(axis="x", labelsize=10, labelcolor=INK, labeltop=True, labelbottom=False)
    ax.set_xlim(-0.05, last + 0.05)
    ax.set_ylim(deepest + 1.9, 0.4)
    _bare(ax, "x")
    names = context.say("show.comma").join(text(context.name(a), 16) for a in moved)
    _head(ax, context, "show.bump_title", context.say("show.bump_note", names=names) if moved else "", 1)
    return ax


def _bare(ax: Axes, grid: Any) -> None:
    bare(ax)
    if grid == "x":
        ax.set_yticks([])
    ax.grid(True, axis=grid, color=GRID)


def _head(ax: Axes, context: Context, key: str, note: str, lines: int) -> None:
    """Put title and note above headings of so many lines that stand on top of the axes."""
    footer(ax, context)
    above = 11 + 13 * lines
    ax.set_title(text(context.say(key), 90), pad=above + (17 if note else 2))
    near(ax, text(note, 150), (0, 1), (0, above), MUTED, 9, xycoords="axes fraction", va="baseline")


@chart
def method_comparison(
    result: MethodComparison | None, context: Context, ax: Axes | None = None, most: int = 24
) -> Axes:
    """Draw which method puts which account among its top ones: what each alone would miss."""
    if result is None:
        return no_data(new_axes(ax), context, "show.methods_title", "show.no_methods")
    methods = [str(m) for m in result.top_sets]
    chosen = {m: {str(a) for a in accounts} for m, accounts in result.top_sets.items()}
    everyone = set().union(*chosen.values()) if chosen else set()
    count = {a: sum(a in s for s in chosen.values()) for a in everyone}
    first = {
        str(a): i
        for i, a in reversed(list(enumerate(a for accounts in result.top_sets.values() for a in accounts)))
    }
    rows = sorted(everyone, key=lambda a: (-count[a], first[a]))
    left_out = len(rows) - most
    if context.account in rows[most:]:
        rows = [*rows[: most - 1], context.account]
    rows = rows[:most]
    ax = new_axes(ax, (9.0, max(2.6, 1.3 + 0.235 * len(rows))))
    if not rows or len(methods) < 2:
        return no_data(ax, context, "show.methods_title", "show.no_methods")
    marks = []
    for i, account in enumerate(rows):
        for j, method in enumerate(methods):
            alone = account in chosen[method] and count[account] == 1
            colour = ACCENT if account == context.account else LOSS if alone else DARK
            if account in chosen[method]:
                marks.append(Mark(i, j, colour, *(("D", 8) if alone else ("o", 9)), colour))
            else:
                marks.append(Mark(i, j, "white", "o", 9, PALE))
        words = text(context.say("show.in_methods", n=count[account], of=len(methods)), 30)
        near(ax, words, (len(methods) - 1, i), (26, 0), LOSS if count[account] == 1 else MUTED)
    ranges(ax, [], marks)
    ax.set_yticks(range(len(rows)), [text(context.name(a), 24) for a in rows], parse_math=False)
    if context.account in rows:
        accent_row(ax, rows.index(context.account))
    names = [wrap(text(context.term(m, "method"), 30), 12) for m in methods]
    ax.set_xticks(range(len(methods)), names, parse_math=False)
    ax.tick_params(axis="x", labeltop=True, labelbottom=False, labelcolor=INK)
    ax.set(xlim=(-0.5, len(methods) - 0.1), ylim=(len(rows) - 0.4, -0.6))
    _bare(ax, "y")
    note = context.say("show.methods_note")
    if left_out > 0:
        note += context.say("show.semicolon") + context.say("show.methods_more", n=number(left_out, context))
    _head(ax, context, "show.methods_title", note, max(n.count("\n") for n in names) + 1)
    return ax
