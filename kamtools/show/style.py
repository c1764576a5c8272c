"""How charts look: colours, sizes, fonts. Drawn inside ``with style():``; nothing global changes."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ParamSpec

from kamtools.show.context import one_line
from kamtools.show.fonts import drawable, register

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Told apart in print and by colour-blind readers: they differ in lightness too.
INK = "#22303c"
MUTED = "#66737f"
GRID = "#e4e9ed"
FACE = "#ffffff"
ACCENT = "#d55e00"  # the reader's own account, and nothing else
DARK = "#14507e"
MIDDLE = "#6ba3cc"
PALE = "#c6d6e2"
GAIN = "#1b8a72"
LOSS = "#8f2d56"
QUADRANTS = {
    "strategic": "#14507e",
    "star": "#1b8a72",
    "status": "#8a96a1",
    "streamline": "#c58bb0",
}
QUADRANT_TINTS = {
    "strategic": "#eef4f9",
    "star": "#edf7f4",
    "status": "#f5f6f7",
    "streamline": "#faf4f8",
}
CLASSES = {"A": DARK, "B": MIDDLE, "C": PALE}
P = ParamSpec("P")
SIZE = (9.0, 4.2)
DPI = 100
HINTING = "none"  # letters stand evenly, and are measured and drawn in half the time


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Draw with the project's fonts and colours inside the block; outside, nothing changes."""
    import matplotlib as mpl
    import matplotlib.pyplot  # noqa: F401 - loaded inside the block they would keep the block's settings as their own
    import seaborn  # noqa: F401

    families = list(register())
    settings: Any = {
        "font.family": families,
        "font.size": 10,
        "text.parse_math": False,
        "text.usetex": False,
        "text.hinting": HINTING,
        "text.color": INK,
        "axes.unicode_minus": False,
        "axes.edgecolor": "#9aa6b0",
        "axes.facecolor": FACE,
        "axes.labelcolor": MUTED,
        "axes.labelsize": 9.5,
        "axes.titlesize": 12,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 10,
        "axes.titley": 1.0,
        "axes.titlecolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.grid": False,
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelsize": 9,
        "ytick.labelsize": 9,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "legend.frameon": False,
        "legend.fontsize": 9,
        "figure.facecolor": FACE,
        "figure.dpi": DPI,
        "savefig.dpi": DPI,
        "savefig.facecolor": FACE,
        "lines.solid_capstyle": "round",
    }
    with mpl.rc_context(settings):
        yield


def new_axes(ax: Axes | None, size: tuple[float, float] = SIZE) -> Axes:
    """Return `ax`, or axes on a new figure of `size` inches."""
    import matplotlib.pyplot as plt

    if ax is None:
        from kamtools.show.layout import Fit

        figure, ax = plt.subplots(figsize=size)
        figure.set_layout_engine(Fit())
    families = list(plt.rcParams["font.family"])
    ax.tick_params(which="both", labelfontfamily=families)
    return ax


def text(value: object, width: int | None = 26) -> str:
    """Return what can be drawn of a text: one line, cut, without a character that no font has.

    Call it inside :func:`style`: a font of this machine that is needed for a
    rare character is added to the fonts of the block.
    """
    import matplotlib as mpl

    line = one_line(value, width)
    if line.endswith("…") and line[-2:-1].isascii():  # the mark of our font is the Chinese, centred one
        line = line[:-1] + "..."
    line, extra = drawable(line)
    have = list(mpl.rcParams["font.family"])
    if not set(extra) <= set(have):
        mpl.rcParams["font.family"] = have + [f for f in extra if f not in have]
    return line


def chart(draw: Callable[P, Axes]) -> Callable[P, Axes]:
    """Draw in the project's style; at the end give all text the fonts that its characters need."""

    @functools.wraps(draw)
    def drawn(*args: P.args, **more: P.kwargs) -> Axes:
        import matplotlib as mpl

        with style():
            before = list(mpl.rcParams["font.family"])
            ax = draw(*args, **more)
            families = list(mpl.rcParams["font.family"])
            ours = is_ours(ax)
            if families != before or not ours:  # axes that were given have a title in a font of their own
                _set_families(ax, families)
            if ours:
                _fit_now(ax)
        return ax

    return drawn


def is_ours(ax: Axes) -> bool:
    """Tell whether the figure was made by :func:`new_axes`."""
    from kamtools.show.layout import Fit

    figure = ax.get_figure(root=True)
    return figure is not None and isinstance(figure.get_layout_engine(), Fit)


def _fit_now(ax: Axes) -> None:
    """Set the margins of a figure of ours now: a layout engine left on it would have every picture drawn twice."""
    figure: Any = ax.get_figure(root=True)
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine(None)


def _set_families(ax: Axes, families: list[str]) -> None:
    """Give text that was made before a rare character was met (titles, axis labels, ticks) its font too."""
    from matplotlib.text import Text

    figure = ax.get_figure(root=True)
    for item in (figure or ax).findobj(Text):
        item.set_fontfamily(families)  # type: ignore[attr-defined]
    for axes in figure.axes if figure else [ax]:
        axes.tick_params(which="both", labelfontfamily=families)


def image(ax: Axes, format: str = "png", dpi: int = DPI) -> bytes:
    """Return the picture of a chart and close its figure.

    Parameters
    ----------
    ax : Axes
    format : {"png", "svg"}
    dpi : int

    Returns
    -------
    bytes
    """
    import io

    import matplotlib as mpl
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    figure = ax.figure.figure if ax.figure else None
    assert isinstance(figure, Figure)
    out = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "kam", "text.hinting": HINTING}):
        metadata = {"Date": None} if format == "svg" else {"Software": None}
        figure.savefig(out, format=format, dpi=dpi, metadata=metadata)
    plt.close(figure)
    return out.getvalue()
