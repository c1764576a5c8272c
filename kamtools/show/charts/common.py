"""What all charts share: titles, axes in words, callouts, the empty chart, legends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kamtools.show.context import Context
from kamtools.show.numbers import money, number, percent
from kamtools.show.style import ACCENT, GRID, INK, MUTED, is_ours, text

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
        lines = "\n".join(text(note, 150) for note in notes)
        near(ax, lines, (0, 1), (0, above), MUTED, 9, xycoords="axes fraction", va="bottom", linespacing=1.35)


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


def near(
    ax: Axes,
    words: str,
    at: tuple[float, float],
    away: tuple[float, float],
    colour: str = INK,
    size: float = 8.5,
    **more: Any,
) -> None:
    """Write words so many points away from a place, without a line to it."""
    options = {"va": "center", "annotation_clip": False, **more}
    ax.annotate(words, at, away, textcoords="offset points", fontsize=size, color=colour, **options)


def accent_row(ax: Axes, row: int) -> None:
    """Mark the label of the reader's own account."""
    ax.get_yticklabels()[row].set(color=ACCENT, weight="bold")


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
    bare(ax)


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


def swatches(names: dict[str, str], **more: Any) -> list[Any]:
    """Return handles of a legend: words -> colour."""
    from matplotlib.patches import Patch

    return [Patch(facecolor=colour, label=text(words, 40), **more) for words, colour in names.items()]


def number_ticks(ax: Axes, axis: str, values: Iterable[float], context: Context) -> None:
    """Write the ticks of one axis as plain numbers."""
    places = list(values)
    getattr(ax, f"set_{axis}ticks")(places, [number(v, context) for v in places])


def bare(ax: Axes) -> None:
    """Take the frame away."""
    for spine in ax.spines.values():
        spine.set_visible(False)
