"""What several charts share: axes in words, callouts, the empty chart, bridges, labels that keep apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kamtools.show.context import Context
from kamtools.show.numbers import money, percent
from kamtools.show.style import DARK, GAIN, GRID, INK, LOSS, MUTED, is_ours, text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Where a line may break: after a hanzi or a space, never before closing punctuation.
BREAKS = re.compile(r"[“（《]*(?:[^\s\u2e80-\uffff“（《]+|\S)[、。，：；？！）》”]*\s*")


def title(ax: Axes, context: Context, key: str, note: str = "", **params: object) -> None:
    """Put the chart's title, and under it a smaller note, above the axes; the conventions at the foot."""
    heading(ax, context, context.say(key, **params), [note] if note else [])


def heading(ax: Axes, context: Context, words: str, notes: Sequence[str] = (), above: float = 9) -> None:
    """Put a title in words, and under it lines of notes, `above` points over the axes; conventions at the foot."""
    footer(ax, context)
    ax.set_title(text(words, 90), pad=above + 3 + 14 * len(notes) if notes else above + 1)
    if notes:
        ax.annotate(
            "\n".join(text(note, 150) for note in notes),
            (0, 1),
            (0, above),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=9,
            color=MUTED,
            va="bottom",
            linespacing=1.35,
            annotation_clip=False,
        )


def footer(ax: Axes, context: Context) -> None:
    """Print what the figures stand on at the foot of a chart that has its figure for itself."""
    from kamtools.show.conventions import conventions_line

    figure = ax.get_figure(root=True)
    if figure is None or not is_ours(ax):
        return
    line = text(conventions_line(context.conventions, context), 260)
    if line:
        lines = wrap(line, int(figure.get_figwidth() * 17.5))
        figure.text(0.008, 0.012, lines, fontsize=7.5, color=MUTED, va="bottom", ha="left", linespacing=1.3)


def no_data(ax: Axes, context: Context, key: str, reason: str, **params: object) -> Axes:
    """Say in the middle of an empty chart why nothing is drawn."""
    return nothing(ax, context, context.say(key, **params), context.say(reason))


def nothing(ax: Axes, context: Context, words: str, reason: str) -> Axes:
    """Draw an empty chart under a title in words, with the reason in its middle."""
    from kamtools.show.layout import Fit

    ax.set_axis_off()
    heading(ax, context, words)
    figure = ax.get_figure(root=True)
    if figure is not None and isinstance(figure.get_layout_engine(), Fit):
        figure.set_size_inches(figure.get_figwidth(), 1.7)
    ax.text(
        0.5,
        0.5,
        "\n".join(text(line, 100) for line in fold(reason, 96)),
        transform=ax.transAxes,
        ha="center",
        va="center",
        color=MUTED,
        fontsize=11,
        linespacing=1.4,
    )
    return ax


def money_axis(axis: Any, context: Context) -> None:
    """Write the ticks of an axis as money."""
    _ticks(axis, lambda v: money(v, context))


def percent_axis(axis: Any, context: Context, sign: bool = False) -> None:
    """Write the ticks of an axis as whole per cents."""
    _ticks(axis, lambda v: percent(v, context, 0, sign))


def _ticks(axis: Any, write: Callable[[float], str]) -> None:
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda v, _: write(float(v))))


def callout(
    ax: Axes,
    words: str,
    at: tuple[float, float],
    offset: tuple[float, float],
    colour: str = INK,
    **more: Any,
) -> None:
    """Write words beside a point, on a white ground, with a thin line to it."""
    options: dict[str, Any] = {
        "textcoords": "offset points",
        "fontsize": 9.5,
        "color": colour,
        "va": "center",
        "ha": "left" if offset[0] >= 0 else "right",
        "arrowprops": {"arrowstyle": "-", "color": colour, "lw": 0.9, "shrinkA": 2, "shrinkB": 3},
        "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.85},
        "zorder": 6,
        "annotation_clip": False,
    }
    ax.annotate(text(words, 90), at, offset, **{**options, **more})


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
    level, bottoms, heights, colours, ends = 0.0, [], [], [], []
    for _, amount, total in steps:
        if total:
            level = amount
            bottoms.append(min(0.0, amount))
            colours.append(DARK if amount >= 0 else LOSS)
        else:
            bottoms.append(min(level, level + amount))
            level += amount
            colours.append(GAIN if amount >= 0 else LOSS)
        heights.append(abs(amount))
        ends.append(level)
    at = range(len(steps))
    ax.bar(at, heights, bottom=bottoms, color=colours, width=0.62, zorder=2)
    for i, end in enumerate(ends[:-1]):
        ax.plot([i + 0.31, i + 0.69], [end, end], color="#9aa6b0", lw=0.8, zorder=1)
    low, high = min([0.0, *bottoms]), max([0.0, *(b + h for b, h in zip(bottoms, heights, strict=True))])
    span = (high - low) or 1.0
    ax.set_xticks(list(at), [wrap(text(w, 40), width) for w, _, _ in steps], parse_math=False)
    tops = [b + h for b, h in zip(bottoms, heights, strict=True)]
    changes = [b for b, step in zip(bottoms, steps, strict=True) if not step[2]]
    least = min([*changes, *(t for t, step in zip(tops, steps, strict=True) if step[2])])
    cut = low == 0 and least > 0.5 * high
    if cut:
        low = max(0.0, least - 0.6 * (high - least))
        span = (high - low) or 1.0
    for i, top in enumerate(tops):
        words = money(steps[i][1], context, sign=not steps[i][2])
        if of:
            words += "\n" + percent(steps[i][1] / of, context)
        ax.text(i, top + 0.015 * span, words, ha="center", va="bottom", fontsize=8.5)
    ax.set_ylim(low - (0.04 * span if low < 0 else 0), high + (0.2 if of else 0.12) * span)
    ax.axhline(0, color="#9aa6b0", lw=0.9)
    ax.yaxis.set_visible(False)
    ax.spines["left"].set_visible(False)
    ax.spines["bottom"].set_visible(False)
    return cut


def wrap(words: str, width: int) -> str:
    """Break words over lines at `width` cells (hanzi count two), for tick labels."""
    from kamtools.show.context import cells

    lines, line = [], ""
    pieces = words.split(" ") if " " in words else list(words)
    joint = " " if " " in words else ""
    for piece in pieces:
        candidate = f"{line}{joint}{piece}" if line else piece
        if line and cells(candidate) > width:
            lines.append(line)
            line = piece
        else:
            line = candidate
    return "\n".join([*lines, line])


def fold(words: str, width: int, most: int = 3) -> list[str]:
    """Break words over lines of at most `width` cells, after a space or a hanzi, never before punctuation.

    Examples
    --------
    >>> fold("内部 IFE 为 2.80，高于平均。", 14)
    ['内部 IFE 为', '2.80，高于平', '均。']
    >>> fold("Above the average of all", 14)
    ['Above the', 'average of all']
    """
    from kamtools.show.context import cells, one_line

    line, lines = "", []
    for piece in BREAKS.findall(one_line(words)):
        if line and cells(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    lines.append(line.rstrip())
    if len(lines) > most:
        rest = " ".join(lines[most - 1 :])
        lines = [*lines[: most - 1], one_line(rest, width)]
    return lines


def row_axis(
    ax: Axes, labels: Sequence[str], beside: Sequence[str] = (), bold: Sequence[int] = (), size: float = 8.5
) -> None:
    """Make the y axis a list of rows from the top: a label at the left of each, words at its right."""
    from matplotlib.transforms import ScaledTranslation

    ax.set_yticks(range(len(labels)), list(labels), parse_math=False)
    ax.tick_params(axis="y", labelcolor=INK)
    ax.set_ylim(len(labels) - 0.45, -0.55)
    for i in bold:
        ax.get_yticklabels()[i].set_fontweight("bold")
    figure = ax.get_figure(root=True)
    assert figure is not None
    place = ax.get_yaxis_transform() + ScaledTranslation(9 / 72, 0, figure.dpi_scale_trans)
    for i, words in enumerate(beside):
        if words:
            ax.text(1, i, words, transform=place, va="center", fontsize=size, color=INK if i in bold else MUTED,
                    weight="bold" if i in bold else "normal")  # fmt: skip
    for spine in ax.spines.values():
        spine.set_visible(False)


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
    level, places = 0.0, []
    for i, step in enumerate(steps):
        if step is None:
            places.append((level, level))
            continue
        amount, total, colour = step
        start = 0.0 if total else level
        level = amount if total else level + amount
        places.append((start, level))
        ax.barh([i], [abs(level - start)], left=[min(start, level)], height=0.62, color=colour, zorder=3)
    drawn = [i for i, step in enumerate(steps) if step is not None]
    for i, j in zip(drawn, drawn[1:], strict=False):
        end = places[i][1]
        if end in places[j] or abs(end - places[j][1]) < 1e-9:
            ax.plot([end, end], [i, j], color="#9aa6b0", lw=0.8, zorder=2)
    return places


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
    from kamtools.show.context import cells

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
        ax.annotate(
            words,
            (x, y),
            (dx + w, dy) if dx <= -w else (dx, dy),
            textcoords="offset points",
            fontsize=size,
            color=colour,
            weight="bold" if bold else "normal",
            va="center",
            ha="right" if dx <= -w else "left",
            zorder=7,
            annotation_clip=False,
        )


def legend_below(ax: Axes, handles: Sequence[Any], columns: int, points: float) -> None:
    """Put a legend under the axes, `points` below them, flush with their left edge."""
    from matplotlib.transforms import ScaledTranslation

    figure = ax.get_figure(root=True)
    assert figure is not None
    ax.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0, 0),
        bbox_transform=ax.transAxes + ScaledTranslation(0, -points / 72, figure.dpi_scale_trans),
        ncols=columns,
        borderaxespad=0,
        borderpad=0,
        handlelength=1,
        handletextpad=0.5,
        columnspacing=1.4,
    )


def light_grid(ax: Axes, axis: Any = "y") -> None:
    """Draw a pale grid behind the marks."""
    ax.grid(True, axis=axis, color=GRID, lw=0.8)
