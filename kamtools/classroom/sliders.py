"""Sliders that move a chart: what a convention or an uncertainty does to the picture."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from kamtools.errors import KamError
from kamtools.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamtools.book.portfolio import Book


class Slider(NamedTuple):
    """A slider: its range, where it starts, and what it draws and says at a value."""

    low: float
    high: float
    step: float
    start: Callable[[Book], float]
    draw: Callable[[Book, float], tuple[Axes, str]]


@dataclass(frozen=True)
class Explorer:
    """A slider on a book; shown by a notebook it is a widget, in a batch a picture at its start."""

    id: str
    slider: Slider
    book: Book

    @property
    def start(self) -> float:
        """The value at which it starts, within its range."""
        return min(max(self.slider.start(self.book), self.slider.low), self.slider.high)

    def at(self, value: float) -> tuple[bytes, str]:
        """Return the picture (PNG) and the sentence at a value."""
        from kamtools import show

        axes, words = self.slider.draw(self.book, value)
        return show.image(axes), words

    def widget(self) -> Any:
        """Return the widget: slider, sentence and picture (classes ``kam-slider``, ``kam-slider-<id>``)."""
        import ipywidgets as w

        picture, words = self.at(self.start)
        image = w.Image(value=picture, format="png", layout={"max_width": "100%"})
        image.add_class("kam-picture")
        sentence = w.HTML(_sentence(words))
        label = say("classroom.slider", self.book.lang, self.id)
        whole = float(self.slider.step).is_integer()
        make = w.IntSlider if whole else w.FloatSlider
        kind = int if whole else float
        slider = make(
            value=kind(self.start),
            min=kind(self.slider.low),
            max=kind(self.slider.high),
            step=kind(self.slider.step),
            description=label,
            continuous_update=False,
            style={"description_width": "initial"},
            layout={"width": "min(36em, 100%)"},
        )

        def move(change: Any) -> None:
            image.value, said = self.at(change["new"])
            sentence.value = _sentence(said)

        slider.observe(move, names="value")
        box = w.VBox([slider, sentence, image])
        box.add_class("kam-slider")
        box.add_class(f"kam-slider-{self.id.replace('_', '-')}")
        return box

    def __repr__(self) -> str:
        return self.at(self.start)[1]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        if not self.book.batch:
            return self.widget()._repr_mimebundle_() or {}
        import base64

        picture, words = self.at(self.start)
        text = base64.b64encode(picture).decode("ascii")
        page = f'{_sentence(words)}<img alt="{html.escape(words)}" src="data:image/png;base64,{text}">'
        return {"text/plain": words, "text/html": page}


def explore(id: str, book: Book) -> Explorer:
    """Return the slider `id` on a book.

    Parameters
    ----------
    id : {"abc_cut", "rating_sd"}
        ``abc_cut``: the line of class A moves over the Pareto chart.
        ``rating_sd``: the error of the ratings spreads the account over the quadrants.
    book : Book
    """
    if id not in SLIDERS:
        raise KamError("classroom.unknown_slider", id=id, allowed=", ".join(SLIDERS))
    return Explorer(id, SLIDERS[id], book)


def _sentence(words: str) -> str:
    return f'<div role="status" style="padding:2px 0 6px">{html.escape(words)}</div>'


def _abc_cut(book: Book, value: float) -> tuple[Axes, str]:
    from kamtools import show
    from kamtools.identification import sales_share

    abc, cut = book.portfolio.settings.abc, value / 100
    result = sales_share(
        book.portfolio.sales,
        cuts=(cut, max(abc.cuts[1], cut)),
        crossing=abc.crossing,
        negatives=book.portfolio.settings.negative_sales,
    )
    count = result.counts_by_class.get("A", 0)
    share = show.percent(count / max(len(result.table), 1), book.context)
    words = say("classroom.slider_abc_cut_says", book.lang, value=f"{value:g}", count=count, share=share)
    return show.charts.pareto(result, book.context, fraction=cut), words


def _rating_sd(book: Book, value: float) -> tuple[Axes, str]:
    from kamtools import show
    from kamtools.identification import matrix_probability

    settings = book.portfolio.settings.matrix
    if not book.portfolio.can_grade:
        axes = show.charts.quadrant_probability(None, book.context)
        return axes, say("classroom.nothing_to_draw", book.lang)
    ratings = book.portfolio.ratings
    mine = ratings[ratings.index == book.account]
    chances = matrix_probability(
        mine,
        book.portfolio.weights,
        rating_sd=value,
        weight_sd=settings.uncertainty_weight,
        cut=settings.cut,
        n=settings.draws,
        seed=settings.seed,
    )
    axes = show.charts.quadrant_probability(chances, book.context)
    known = chances.dropna()
    if not len(known):
        return axes, say("classroom.nothing_to_draw", book.lang)
    best = known.iloc[0].idxmax()
    return axes, say(
        "classroom.slider_rating_sd_says",
        book.lang,
        value=f"{value:g}",
        name=show.one_line(book.context.name(book.account), 40),
        quadrant=book.context.term(str(best)),
        share=show.percent(float(known.iloc[0].max()), book.context, 0),
    )


SLIDERS: dict[str, Slider] = {
    "abc_cut": Slider(50, 95, 1, lambda book: round(book.portfolio.settings.abc.cuts[0] * 100), _abc_cut),
    "rating_sd": Slider(
        0, 1.5, 0.1, lambda book: book.portfolio.settings.matrix.uncertainty_rating, _rating_sd
    ),
}
