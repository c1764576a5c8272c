"""Five sliders that move an account's whole P&L at once: price, terms, A&P, service, days of payment."""

from __future__ import annotations

import base64
import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book
    from kamtools.finance.levers import WhatIf


class Lever(NamedTuple):
    """One slider: its range and step as a person reads them, and what 1 of the change is read as."""

    low: float
    high: float
    step: float
    scale: float


LEVERS: dict[str, Lever] = {
    "price": Lever(-10, 10, 0.5, 100),  # per cent
    "terms": Lever(-5, 5, 0.5, 100),  # points of list sales
    "a_and_p": Lever(-100, 100, 5, 100),
    "service": Lever(-50, 50, 5, 100),
    "days": Lever(-60, 60, 5, 1),
}
EXAMPLE: dict[str, float] = {"price": 1.0, "terms": 0.0, "a_and_p": 0.0, "service": 0.0, "days": 0.0}


def changes(values: Mapping[str, float]) -> dict[str, float]:
    """Return what sliders at these values change: fractions and days.

    A slider that is not named stays at 0; a value beyond its range counts as the end of it.

    Examples
    --------
    >>> changes({"price": 1, "days": 90})
    {'price': 0.01, 'terms': 0.0, 'a_and_p': 0.0, 'service': 0.0, 'days': 60.0}
    """
    found = {}
    for name, lever in LEVERS.items():
        value = min(max(float(values.get(name, 0.0)), lever.low), lever.high)
        found[name] = value / lever.scale
    return found


@dataclass(frozen=True)
class WhatIfSliders:
    """The sliders on a book; shown by a notebook they are a widget, in a batch a picture and a table of one example."""

    book: Book

    def result(self, values: Mapping[str, float]) -> WhatIf | None:
        """Return the P&L before and after at values of the sliders; None where the last year is not whole."""
        return self.book.money.what_if(**changes(values))

    def at(self, values: Mapping[str, float]) -> tuple[bytes, str]:
        """Return the picture (PNG) and the sentences at values of the sliders."""
        from kamtools import show

        result = self.result(values)
        return show.image(show.charts.what_if(result, self.book.context)), self.words(values, result)

    def words(self, values: Mapping[str, float], result: WhatIf | None) -> str:
        """Return the state of the sliders, and what it does to contribution, economic profit and volume."""
        if result is None:
            return self._say("classroom.what_if_no_year")
        from kamtools import show

        context = self.book.context
        table = result.table.set_index("line")

        def way(line: str) -> dict[str, str]:
            written = {k: _whole(table.at[line, k]) for k in ("before", "after", "change")}
            return {k: show.money(v, context, sign=k == "change") for k, v in written.items()}

        volume = result.break_even_volume
        parts = [
            self._say("classroom.what_if_state", levers=self.state(values)),
            self._say("classroom.what_if_contribution", **way("contribution")),
            self._say("classroom.what_if_profit", **way("economic_profit")),
            self._say("classroom.what_if_no_volume")
            if volume is None
            else self._say("classroom.what_if_volume", volume=show.percent(volume, context, sign=True)),
        ]
        return ("" if self.book.lang == "zh" else " ").join(parts)

    def state(self, values: Mapping[str, float]) -> str:
        """Return where every slider stands, in words."""
        from kamtools import show

        context, stands = self.book.context, []
        for name, lever in LEVERS.items():
            value = changes(values)[name] * lever.scale
            digits = 0 if float(value).is_integer() else 1
            written = show.number(value, context, digits, sign=True)
            stands.append(self._say("classroom.what_if_at", name, value=written))
        return self._say("classroom.comma").join(stands)

    def widget(self) -> Any:
        """Return the widget: sliders (classes ``kam-what-if-<name>``), a button back to 0, sentences, picture."""
        import ipywidgets as w

        image = w.Image(format="png", layout={"max_width": "100%"})
        image.add_class("kam-picture")
        sentence = w.HTML()
        sliders = {}
        for name, lever in LEVERS.items():
            whole = float(lever.step).is_integer()
            make, kind = (w.IntSlider, int) if whole else (w.FloatSlider, float)
            sliders[name] = make(
                value=kind(EXAMPLE[name]),
                min=kind(lever.low),
                max=kind(lever.high),
                step=kind(lever.step),
                description=self._say("classroom.what_if", name),
                continuous_update=False,
                style={"description_width": "12em"},
                layout={"width": "min(40em, 100%)"},
            )
            sliders[name].add_class(f"kam-what-if-{name.replace('_', '-')}")
        back = w.Button(
            description=self._say("classroom.what_if_reset"),
            tooltip=self._say("classroom.what_if_reset_tip"),
            layout={"width": "auto"},
        )
        back.add_class("kam-what-if-reset")
        held = False

        def draw(_: Any = None) -> None:
            if not held:
                image.value, said = self.at({name: slider.value for name, slider in sliders.items()})
                sentence.value = _sentences(said)

        def reset(_: Any) -> None:
            nonlocal held
            held = True  # one picture, not five
            try:
                for slider in sliders.values():
                    slider.value = 0
            finally:
                held = False
            draw()

        draw()
        for slider in sliders.values():
            slider.observe(draw, names="value")
        back.on_click(reset)
        box = w.VBox([*sliders.values(), back, sentence, image])
        box.add_class("kam-slider")
        box.add_class("kam-what-if")
        return box

    def __repr__(self) -> str:
        return self.words(EXAMPLE, self.result(EXAMPLE))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        if not self.book.batch:
            return self.widget()._repr_mimebundle_() or {}
        from kamtools import show

        picture, words = self.at(EXAMPLE)
        text = base64.b64encode(picture).decode("ascii")
        table = show.tables.what_if(self.result(EXAMPLE), self.book.context).html()
        page = (
            f'{_sentences(words)}<img alt="{html.escape(words)}" src="data:image/png;base64,{text}">{table}'
        )
        return {"text/plain": words, "text/html": page}

    def _say(self, key: str, *ids: str, **params: object) -> str:
        return say(key, self.book.lang, *ids, **params)


def what_if_sliders(book: Book) -> WhatIfSliders:
    """Return the sliders for price, terms, A&P, service and days of payment on a book's account.

    They start at an example, prices up by 1 %; the P&L is that of the last twelve whole months, volume unchanged.
    """
    return WhatIfSliders(book)


def _whole(amount: Any) -> float:
    """Return an amount in whole units of its currency; a missing one as NaN."""
    return float(round(amount)) if math.isfinite(amount) else math.nan


def _sentences(words: str) -> str:
    return f'<div role="status" style="padding:2px 0 6px;max-width:60em">{html.escape(words)}</div>'
