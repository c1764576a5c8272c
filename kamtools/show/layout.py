"""Margins that fit: one pass over a figure's labels, where matplotlib's own layout makes several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.layout_engine import LayoutEngine
from matplotlib.transforms import Bbox

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAD = 8.0  # pixels at 100 dpi


class Fit(LayoutEngine):
    """Set the margins of a figure with one plot so that no label is cut, when it is first drawn."""

    _adjust_compatible = True
    _colorbar_gridspec = True

    def __init__(self) -> None:
        super().__init__()
        self._done = False

    def execute(self, fig: Figure) -> None:
        """Measure the labels around the axes and make room for them."""
        if self._done or not fig.axes:
            return
        self._done = True
        fig.subplots_adjust(left=0.1, right=0.9, bottom=0.12, top=0.88)
        inner = fig.axes[0].get_window_extent()
        boxes = [box for ax in fig.axes if (box := ax.get_tightbbox()) is not None]
        outer = Bbox.union([inner, *boxes])
        width, height = fig.bbox.width, fig.bbox.height
        pad = PAD * fig.dpi / 100
        left = (inner.x0 - outer.x0 + pad) / width
        right = 1 - (outer.x1 - inner.x1 + pad) / width
        foot = max([0.0, *(t.get_window_extent().y1 for t in fig.texts)])
        bottom = (inner.y0 - outer.y0 + foot + pad) / height
        top = 1 - (outer.y1 - inner.y1 + pad) / height
        if right - left > 0.2 and top - bottom > 0.2:
            fig.subplots_adjust(left=left, right=right, bottom=bottom, top=top)
