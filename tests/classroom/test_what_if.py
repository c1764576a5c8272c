"""The five sliders: what they change, what they say and draw, by hand and in a widget."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import pytest

from kamtools.book.portfolio import Book
from kamtools.classroom import what_if_sliders
from kamtools.classroom.what_if import EXAMPLE, LEVERS, changes
from kamtools.finance.levers import WhatIf, what_if, with_capital
from kamtools.words import LANGUAGES, has_message

YEAR = {
    "list_sales": 1_000_000.0,
    "on_invoice": -100_000.0,
    "invoiced_sales": 900_000.0,
    "off_invoice_performance": -50_000.0,
    "off_invoice_promotional": 0.0,
    "net_sales": 850_000.0,
    "cost_of_goods": -600_000.0,
    "gross_margin": 250_000.0,
    "consumer_promotion": 0.0,
    "a_and_p": -40_000.0,
    "cost_to_serve": -60_000.0,
    "contribution": 150_000.0,
}


@dataclass(frozen=True, eq=False)
class Told(Book):
    """A book of the sample company whose account has a year of our own, or none."""

    amounts: dict[str, float] | None = None

    @cached_property
    def money(self) -> Any:
        def tried(**given: float) -> WhatIf | None:
            return (
                None if self.amounts is None else what_if(with_capital(self.amounts, 10_000.0, None), **given)
            )

        return SimpleNamespace(what_if=tried)


@pytest.fixture
def sliders(book_of):
    def make(lang: str = "en", batch: bool = False, amounts: dict[str, float] | None = YEAR):
        return what_if_sliders(Told(book_of().portfolio, "A001", lang, batch, amounts))

    return make


def parts(box, kind):
    found = [box] if isinstance(box, kind) else []
    for child in getattr(box, "children", ()):
        found += parts(child, kind)
    return found


def test_what_a_slider_reads_is_what_it_changes():
    assert changes({"price": -10, "terms": 5, "a_and_p": -100, "service": 50, "days": -60}) == {
        "price": -0.1, "terms": 0.05, "a_and_p": -1.0, "service": 0.5, "days": -60.0,
    }  # fmt: skip
    assert set(changes({}).values()) == {0.0}
    assert changes({"price": -99})["price"] == -0.1  # never beyond its range


def test_the_ranges_are_those_that_the_chapter_names():
    ranges = {name: (lever.low, lever.high) for name, lever in LEVERS.items()}
    assert ranges == {"price": (-10, 10), "terms": (-5, 5), "a_and_p": (-100, 100), "service": (-50, 50), "days": (-60, 60)}  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_slider_has_its_words(lang, sliders):
    assert all(has_message("classroom.what_if", n) and has_message("classroom.what_if_at", n) for n in LEVERS)
    said = sliders(lang).words(EXAMPLE, sliders(lang).result(EXAMPLE))
    assert "{" not in said and any("一" <= c <= "鿿" for c in said) == (lang == "zh")


def test_it_says_contribution_profit_and_break_even_before_and_after(sliders):
    """By hand: 2 % of price earn 17,000 of net sales, and the receivable that grows with it costs 200."""
    found = sliders()
    values = {"price": 2.0}
    said = found.words(values, found.result(values))
    assert "price +2%" in said and "payment 0 days" in said
    assert "CN¥150K → CN¥167K (+CN¥17K)" in said
    assert "CN¥140K → CN¥156.8K (+CN¥16.8K)" in said
    lost = 16_800 / (267_000 - 10_200)
    assert f"-{lost:.1%}" in said


def test_all_five_work_together(sliders):
    """By hand: −1 point of terms 10,000, half of A&P 20,000, a tenth of service 6,000; ten days earlier save capital."""
    table = (
        sliders().result({"terms": -1, "a_and_p": -50, "service": -10, "days": -10}).table.set_index("line")
    )
    assert table.at["contribution", "change"] == pytest.approx(36_000)
    earlier = 900_000 * 1.13 * 10 / 365 * 0.08
    assert table.at["economic_profit", "change"] == pytest.approx(36_000 + earlier)


def test_without_a_margin_there_is_no_break_even_volume(sliders):
    poor = {**YEAR, "cost_of_goods": -900_000.0, "gross_margin": -50_000.0, "contribution": -150_000.0}
    found = sliders(amounts=poor)
    assert "there is none" in found.words(EXAMPLE, found.result(EXAMPLE))


def test_small_amounts_have_no_tail_of_decimals(sliders):
    small = {line: value / 777 for line, value in YEAR.items()}
    found = sliders("zh", amounts=small)
    said = found.words(EXAMPLE, found.result(EXAMPLE))
    assert not re.search(r"\.\d{3}", said) and "¥" in said


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("batch", [True, False])
def test_without_a_whole_year_it_says_so(sliders, lang, batch):
    found = sliders(lang, batch, None)
    assert "12" in repr(found)
    assert found._repr_mimebundle_()
    picture, said = found.at({})
    assert picture.startswith(b"\x89PNG") and said == repr(found)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_batch_shows_the_table_and_the_picture_of_the_example(sliders, lang):
    bundle = sliders(lang, batch=True)._repr_mimebundle_()
    page = bundle["text/html"]
    assert "<table" in page and "data:image/png;base64," in page and 'role="status"' in page
    assert not any("widget" in kind for kind in bundle)
    assert "+1%" in bundle["text/plain"] and bundle["text/plain"] in page.replace("&amp;", "&")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", list(LEVERS))
def test_any_slider_moves_the_whole(sliders, name, lang):
    import ipywidgets as w

    box = sliders(lang).widget()
    slider = next(s for s in parts(box, (w.IntSlider, w.FloatSlider)) if f"kam-what-if-{name.replace('_', '-')}" in s._dom_classes)  # fmt: skip
    (image,), (sentence,) = parts(box, w.Image), parts(box, w.HTML)
    before = bytes(image.value), sentence.value
    slider.value = slider.max
    assert bytes(image.value) != before[0] and sentence.value != before[1]
    assert bytes(image.value).startswith(b"\x89PNG") and len(parts(box, (w.IntSlider, w.FloatSlider))) == 5


def test_the_button_puts_all_back_and_draws_once(sliders, monkeypatch):
    import ipywidgets as w

    from kamtools.classroom.what_if import WhatIfSliders

    drawn, at = [], WhatIfSliders.at
    monkeypatch.setattr(WhatIfSliders, "at", lambda self, values: drawn.append(values) or at(self, values))
    box = sliders().widget()
    moved = parts(box, (w.IntSlider, w.FloatSlider))
    for slider in moved:
        slider.value = slider.min
    drawn.clear()
    parts(box, w.Button)[0].click()
    assert [s.value for s in moved] == [0] * 5 and len(drawn) == 1
    assert "CN¥150K → CN¥150K" in parts(box, w.HTML)[0].value


def test_on_the_sample_it_stands_on_the_books_own_year(book_of):
    book = book_of()
    found = what_if_sliders(book)
    result = found.result({"price": 1})
    assert result is not None
    before = result.table.set_index("line")["before"]
    assert before["contribution"] == pytest.approx(book.money.profit.year_amounts["contribution"])
    assert result.inputs["price"] == 0.01 and repr(found)
