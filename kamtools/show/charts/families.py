"""The families of charts: bars, ranked bars, waterfalls, lines with a range, points, rows of ranges.

Each draws ready numbers: nothing is estimated, sorted or named here. seaborn
draws the bars, lines and points; what it has no mark for (bands, tracks, the
steps between the bars of a waterfall) is matplotlib's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kamtools.show.charts.common import bare, near, row_axis, wrap
from kamtools.show.context import Context, cells
from kamtools.show.numbers import is_missing, money, percent
from kamtools.show.style import DARK, GAIN, GRID, INK, LOSS, MUTED, text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AXIS = "#9aa6b0"  # a line at zero, a step of a waterfall
DASHED: Any = (0, (4, 3))
HAIR = 1e-7  # seaborn takes bars at one place together: parts of a stack stand a hair apart


@contextlib.contextmanager
def _seaborn(ax: Axes) -> Iterator[Any]:
    """Give seaborn for one mark on `ax`: both axes have a name meanwhile, so it names and hides none."""
    import seaborn

    labels = (ax.xaxis.label, ax.yaxis.label)
    words = [label.get_text() for label in labels]
    for label in labels:
        label.set_text("-")
    try:
        yield seaborn
    finally:
        for label, said in zip(labels, words, strict=True):
            label.set_text(said)


def _each(value: Any, n: int) -> list[Any]:
    """Return a value for each of n marks: one for all, or as many as there are."""
    return [value] * n if isinstance(value, str) or np.ndim(value) == 0 else list(value)


# -- bars --------------------------------------------------------------------------------------


def bars(
    ax: Axes,
    at: Sequence[float] | np.ndarray | range,
    values: Sequence[float] | np.ndarray,
    colours: str | Sequence[str],
    size: float = 0.62,
    start: Any = 0.0,
    lying: bool = True,
    **more: Any,
) -> None:
    """Draw bars at given places, each from its start as long as its value; a missing value has no bar.

    Parameters
    ----------
    at, values : sequence of float
        Bars at the same place are drawn over each other, or make a stack by their `start`.
    colours : str or sequence of str
    size : float
        Thickness, in the unit of `at`.
    start : float or sequence of float
    lying : bool
        Whether the bars lie (`at` is a row) or stand.
    """
    places, lengths = np.asarray(at, float), np.asarray(values, float)
    order = [i for i in np.argsort(places, kind="stable") if not np.isnan(lengths[i])]
    if not order:
        return
    colours, start = _each(colours, len(lengths)), _each(start, len(lengths))
    places, lengths = places[order], lengths[order]
    same = np.concatenate([[0], np.cumsum(np.diff(places) == 0)])
    places = places + HAIR * same
    apart = float(np.diff(places).min()) if len(places) > 1 else 1.0
    base = {"left" if lying else "bottom": [start[i] for i in order]}
    with _seaborn(ax) as seaborn:
        seaborn.barplot(
            x=lengths if lying else places, y=places if lying else lengths, orient="y" if lying else "x",
            native_scale=True, errorbar=None, legend=False, width=size / apart, color=INK, saturation=1, ax=ax,
            **{"facecolor": [colours[i] for i in order], "zorder": 3, **base, **more},
        )  # fmt: skip


class Bar(NamedTuple):
    """A bar that lies, with words at its end; without a value it is the words alone."""

    row: float
    value: Any
    words: str
    colour: str
    bold: bool = False
    apart: bool = False  # hatched: stands beside the others
    start: float = 0.0


def ranked_bars(
    ax: Axes,
    rows: Sequence[Bar],
    labels: Sequence[str],
    size: float,
    room: float,
    bold: Sequence[int] = (),
    letters: float = 8.5,
    ends: Sequence[tuple[float, float, str, bool]] = (),
    ground: bool = False,
) -> None:
    """Draw bars that lie, from a line at zero, words at their ends, a label at the left of each row.

    Parameters
    ----------
    rows : sequence of Bar
    labels : sequence of str
        One for each row of the chart, which may hold several bars.
    size : float
        Thickness of a bar.
    room : float
        For words at the right, in parts of the longest bar.
    bold : sequence of int
        Rows whose label is bold.
    letters : float
        Size of the words, in points.
    ends : sequence of (row, end, words, bold), optional
        Words where a bar's own are not meant.
    ground : bool
        Whether words stand on white, because a line runs there.
    """
    known = [b for b in rows if not is_missing(b.value)]
    for apart in (False, True):
        part = [b for b in known if b.apart is apart]
        hatch: dict[str, Any] = {"hatch": "//", "edgecolor": "white", "linewidth": 0} if apart else {}
        bars(ax, [b.row for b in part], [float(b.value) for b in part], [b.colour for b in part], size,
             [b.start for b in part], **hatch)  # fmt: skip
    values = [b.start + float(b.value) for b in known]
    low, high = min([0.0, *values]), max([0.0, *values])
    extent = (high - low) or 1.0
    ax.set_xlim(low - 0.02 * extent, high + room * extent)
    ax.axvline(0, color=AXIS, lw=0.9, zorder=4)
    ax.xaxis.set_visible(False)
    more: dict[str, Any] = {}
    if ground:
        more = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1.2}, "zorder": 6}
    own = [(b.row, 0.0 if is_missing(b.value) else float(b.value), b.words, b.bold) for b in rows if b.words]
    for row, end, words, strong in (*own, *ends):
        ink, weight = (INK, "bold") if strong else (MUTED, "normal")
        near(ax, words, (max(end, 0.0), row), (4, 0), ink, letters, weight=weight, **more)
    row_axis(ax, labels, [], bold)


def bridge(
    ax: Axes,
    context: Context,
    steps: Sequence[tuple[str, float, bool]],
    of: float | None = None,
    width: int = 14,
) -> bool:
    """Draw a waterfall.

    Parameters
    ----------
    steps : sequence of (words, amount, is a total)
        A total stands on zero; any other amount goes on from the last level.
    of : float, optional
        Base of the per cents written under the amounts.
    width : int
        Cells of a line under a bar.

    Returns
    -------
    bool
        Whether the axis had to start above zero to show the steps.
    """
    amounts = [amount for _, amount, _ in steps]
    totals = [total for *_, total in steps]
    places = levels(list(zip(amounts, totals, strict=True)))
    bottoms, tops = [min(p) for p in places], [max(p) for p in places]
    colours = [
        (DARK if total else GAIN) if a >= 0 else LOSS for a, total in zip(amounts, totals, strict=True)
    ]
    at = range(len(steps))
    heights = [top - bottom for bottom, top in zip(bottoms, tops, strict=True)]
    bars(ax, at, heights, colours, 0.62, bottoms, lying=False, zorder=2)
    for i, (_, end) in enumerate(places[:-1]):
        ax.plot([i + 0.31, i + 0.69], [end, end], color=AXIS, lw=0.8, zorder=1)
    low, high = min([0.0, *bottoms]), max([0.0, *tops])
    span = (high - low) or 1.0
    ax.set_xticks(list(at), [wrap(text(w, 40), width) for w, _, _ in steps], parse_math=False)
    least = min(t if total else b for b, t, total in zip(bottoms, tops, totals, strict=True))
    cut = low == 0 and least > 0.5 * high
    if cut:
        low = max(0.0, least - 0.6 * (high - least))
        span = (high - low) or 1.0
    for i, top in enumerate(tops):
        words = money(amounts[i], context, sign=not totals[i])
        if of:
            words += "\n" + percent(amounts[i] / of, context)
        ax.text(i, top + 0.015 * span, words, ha="center", va="bottom", fontsize=8.5)
    ax.set_ylim(low - (0.04 * span if low < 0 else 0), high + (0.2 if of else 0.12) * span)
    ax.axhline(0, color=AXIS, lw=0.9)
    ax.yaxis.set_visible(False)
    bare(ax)
    return cut


def levels(steps: Sequence[tuple[float, bool] | None]) -> list[tuple[float, float]]:
    """Return from where to where the bars of a waterfall run: (amount, is a total); None stands still.

    Examples
    --------
    >>> levels([(5.0, True), (-2.0, False), None, (3.0, True)])
    [(0.0, 5.0), (5.0, 3.0), (3.0, 3.0), (0.0, 3.0)]
    """
    level, places = 0.0, []
    for step in steps:
        start = 0.0 if step and step[1] else level
        level = start + step[0] if step else level
        places.append((start, level))
    return places


def cascade(ax: Axes, steps: Sequence[tuple[float, bool, str] | None]) -> list[tuple[float, float]]:
    """Draw a waterfall that runs down rows: each bar goes on where the one before ended.

    Parameters
    ----------
    steps : sequence of (amount, is a total, colour), or None for a row without a bar
        A total stands on zero and starts the count anew.

    Returns
    -------
    list of (from, to)
        Where each row's bar lies; a row without a bar stands still.
    """
    places = levels([step and step[:2] for step in steps])
    drawn = [i for i, step in enumerate(steps) if step is not None]
    bars(ax, drawn, [abs(places[i][1] - places[i][0]) for i in drawn], [step[2] for step in steps if step],
         start=[min(places[i]) for i in drawn])  # fmt: skip
    for i, j in zip(drawn, drawn[1:], strict=False):
        end = places[i][1]
        if end in places[j] or abs(end - places[j][1]) < 1e-9:
            ax.plot([end, end], [i, j], color=AXIS, lw=0.8, zorder=2)
    return places


# -- lines -------------------------------------------------------------------------------------


def line(ax: Axes, x: Any, y: Any, colour: str, width: float = 1.9, dash: Any = "-", **more: Any) -> None:
    """Draw a line through ready figures; it is broken where one is missing."""
    x, y = np.asarray(x), np.asarray(y, float)
    there = ~np.isnan(y)
    if not there.any():
        return
    runs = np.cumsum(~there)[there]
    units = {"units": runs} if runs[0] != runs[-1] else {}
    marks = {"mec": colour, "mew": 1.0} if more.get("marker") else {}
    with _seaborn(ax) as seaborn:
        seaborn.lineplot(
            x=x[there], y=y[there], **units, estimator=None, errorbar=None, sort=False, legend=False, ax=ax,
            color=colour, lw=width, ls=dash, **{**marks, **more},
        )  # fmt: skip


def line_ends(ax: Axes, ends: Sequence[tuple[float, float, str, str]], gap: float, away: float) -> None:
    """Write words beside the ends of lines (height, place, words, colour), at least `gap` from each other."""
    last = -np.inf
    for value, place, words, colour in sorted(ends, key=lambda e: e[0]):
        last = max(value, last + gap)
        near(ax, text(words, 44), (place, last), (away, 0), colour)


# -- points ------------------------------------------------------------------------------------


def points(
    ax: Axes,
    x: Sequence[float] | np.ndarray,
    y: Sequence[float] | np.ndarray,
    colours: str | Sequence[str],
    areas: Any,
    marker: str = "o",
    edge: Any = "white",
    width: float = 1.0,
    **more: Any,
) -> None:
    """Draw marks at ready places, in the given order; a mark without a place is left out.

    Parameters
    ----------
    x, y : sequence of float
    colours, edge : str or sequence of str
    areas : float or sequence of float
        In square points: a mark 9 points wide has 81.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    there = np.flatnonzero(~(np.isnan(x) | np.isnan(y)))
    if not len(there):
        return
    face, area, edges = ([_each(v, len(x))[i] for i in there] for v in (colours, areas, edge))
    if set(map(str, face)) == {"none"}:
        face = "none"  # of a list, matplotlib would make it black
    with _seaborn(ax) as seaborn:
        seaborn.scatterplot(
            x=x[there], y=y[there], color=face, s=area, edgecolor=edges, linewidth=width, marker=marker,
            legend=False, ax=ax, **{"zorder": 3, **more},
        )  # fmt: skip


def area(
    ax: Axes,
    across: tuple[float, float],
    along: tuple[float, float],
    tint: str,
    words: str,
    corner: tuple[str, str],
    inside: tuple[float, float],
    **more: Any,
) -> None:
    """Tint a field of a matrix and name it in a corner: (left or right, top or bottom), so far inside."""
    ax.fill_between(across, *along, color=tint, lw=0, zorder=0)
    side, end = corner
    x = across[0] + inside[0] if side == "left" else across[1] - inside[0]
    y = along[1] - inside[1] if end == "top" else along[0] + inside[1]
    ax.text(x, y, words, ha=side, va=end, weight="bold", zorder=1, **more)


def spread(
    ax: Axes,
    points: Sequence[tuple[float, float, str, str, bool, float]],
    size: float = 8.5,
    marks: Sequence[tuple[float, float, float]] = (),
) -> None:
    """Label points, moving a label up, down or left where it would cover one already there.

    Parameters
    ----------
    points : sequence of (x, y, words, colour, bold, radius of the mark in points)
        In order of importance; a label that finds no room is left out unless bold.
    size : float
        Of the letters, in points.
    marks : sequence of (x, y, radius in points)
        Marks that no label may cover.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    box = ax.get_position()
    width = figure.get_figwidth() * 72 * box.width
    height = figure.get_figheight() * 72 * box.height
    to_axes = ax.transData + ax.transAxes.inverted()
    taken: list[tuple[float, float, float, float]] = []
    for x, y, radius in marks:
        fx, fy = to_axes.transform((x, y))
        px, py = fx * width, fy * height
        taken.append((px - radius, py - radius, px + radius, py + radius))
    for x, y, words, colour, bold, radius in points:
        try:
            fx, fy = to_axes.transform((x, y))
        except ValueError:
            continue
        px, py = fx * width, fy * height
        w, h = cells(words) * size * 0.54, size * 1.35
        right, left_side, up = radius + 3, -radius - 3 - w, radius + 7
        places = ((right, 0), (left_side, 0), (right, 10), (right, -10), (-w / 2, up), (-w / 2, -up))
        for dx, dy in (*places, (right, 20), (right, -20), (left_side, 10), (left_side, -10)):
            left, bottom = px + dx, py + dy - h / 2
            inside = left > -4 and left + w < width + 30 and bottom > -2 and bottom + h < height + 4
            clash = any(left < r and left + w > l_ and bottom < t and bottom + h > b for l_, b, r, t in taken)
            if inside and not clash:
                break
        else:
            if not bold:
                continue
            dx, dy, left, bottom = right, 0, px + right, py - h / 2
        taken.append((left, bottom, left + w, bottom + h))
        side = dx <= -w
        near(ax, words, (x, y), (dx + w if side else dx, dy), colour, size, weight="bold" if bold else "normal",
             ha="right" if side else "left", zorder=7)  # fmt: skip


# -- rows of ranges ----------------------------------------------------------------------------


class Span(NamedTuple):
    """A line along a row, from low to high."""

    row: float
    low: float
    high: float
    colour: str
    width: float
    alpha: float = 1.0


class Mark(NamedTuple):
    """A mark on a row: its place, colour, shape, width in points and the colour of its edge."""

    row: float
    at: float
    colour: str
    marker: str = "o"
    size: float = 10
    edge: str = "white"
    line: float = 1.0


def ranges(
    ax: Axes,
    spans: Sequence[Span],
    marks: Sequence[Mark],
    tracks: tuple[int, float, float, float] | None = None,
    above: float = 3,
) -> None:
    """Draw rows of ranges: pale tracks, spans on them, marks on top, those of one kind together.

    Parameters
    ----------
    spans : sequence of Span
    marks : sequence of Mark
        A kind that comes later lies over the ones before it.
    tracks : (rows, low, high, width), optional
    above : float
        Layer of the marks.
    """
    if tracks:
        n, low, high, thick = tracks
        ax.hlines(range(n), low, high, color=GRID, lw=thick, zorder=1)
    for kind in dict.fromkeys(s[4:] for s in spans):
        part = [s for s in spans if s[4:] == kind]
        ax.hlines([s.row for s in part], [s.low for s in part], [s.high for s in part],
                  colors=[s.colour for s in part], lw=kind[0], alpha=kind[1], zorder=2)  # fmt: skip
    for i, kind in enumerate(dict.fromkeys((m.marker, m.size, m.line) for m in marks)):
        part = [m for m in marks if (m.marker, m.size, m.line) == kind]
        marker, size, width = kind
        points(ax, [m.at for m in part], [m.row for m in part], [m.colour for m in part], size**2, marker,
               [m.edge for m in part], width, zorder=above + 0.1 * i)  # fmt: skip
