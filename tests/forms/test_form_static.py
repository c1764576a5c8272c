"""A filled form without a kernel: every value as text, what is missing in words, and the object that a notebook shows."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kamtools.fleet.sanitize import clean_html
from kamtools.forms import form, form_html, forms
from kamtools.store import FieldValue, open_store
from kamtools.words import say

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
NASTY = (
    "<img src=x onerror=alert(1)></bdi></style><script>x</script>", "$\\frac{a}{b}$ \\(x\\)", "&amp; &lt;", "１２３ 😀",
    "\u200fעברית\u202e", "two\nlines  and  spaces\ttab", "字" * 10_000, "x" * 10_000,
)  # fmt: skip


class Texts(HTMLParser):
    """The elements of a page and the texts that people wrote."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "bdi":
            self.inside = True
            self.texts.append("")

    def handle_endtag(self, tag):
        if tag == "bdi":
            self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.texts[-1] += data


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", list(forms()))
def test_every_text_stands_there_as_text(name, lang):
    found = form(name)
    for text in NASTY:
        fields = {}
        for spec in found.fields:
            value = [{c.id: text for c in spec.columns}] if spec.kind == "rows" else text
            fields[spec.id] = FieldValue(value, text, dt.date(2026, 10, 31), "confirmed")
        page = form_html(found, fields, lang, name=text, stands=text)
        seen = Texts(page)
        cells = sum(len(s.columns) if s.kind == "rows" else 1 for s in found.fields)
        assert (
            seen.texts.count(text) == cells + len(found.fields) + 1
        )  # values, sources, the line below the title
        assert seen.tags <= {
            "div",
            "style",
            "h4",
            "p",
            "bdi",
            "dl",
            "dt",
            "dd",
            "span",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
        }
        assert page.count("<style>") == 1 and "http" not in page


def test_the_page_of_a_book_keeps_it(monkeypatch):
    page = form_html(form("swot"), {"items": FieldValue([{"item": "a\n<b>", "kind": "threat"}], "Li")}, "en")
    clean = clean_html(page)
    assert "a\n&lt;b&gt;" in clean and "kam-twin-scroll" in clean and "overflow-x" in clean
    assert "mathjax_ignore tex2jax_ignore" in clean


def test_values_are_said_in_the_reader_s_language():
    fields = {
        "ownership": FieldValue("state", "公司网站 // Company website", dt.date(2026, 10, 1), "confirmed"),
        "business": FieldValue("华东超市 // Supermarkets in the east"),
        "revenue": FieldValue(1234567.5),
        "founded": FieldValue(1998),
        "staff": FieldValue(0),
    }
    zh, en = (form_html(form("profile"), fields, lang) for lang in ("zh", "en"))
    assert "华东超市" in zh and "Supermarkets" not in zh and "公司网站" in zh and "国有" in zh
    assert (
        "Supermarkets in the east" in en
        and "华东" not in en
        and "Company website" in en
        and "State-owned" in en
    )
    assert "1,234,567.5" in en and ">1998<" in en and ">0<" in en
    for lang, page in (("zh", zh), ("en", en)):
        assert say("forms.status.confirmed", lang) in page and "2026-10-01" in page
        assert say("forms.twin_missing", lang) in page and say("forms.twin_empty", lang) in page


def test_a_table_without_rows_and_a_value_that_is_none():
    page = form_html(form("pulse"), {"answers": FieldValue([{}, {"goal": ""}])}, "en")
    assert "<table" not in page and page.count("missing (mandatory)") == 3
    page = form_html(form("pulse"), {"answers": FieldValue("lost <table>")}, "en")
    assert "lost &lt;table&gt;" in page
    page = form_html(form("pulse"), {"answers": FieldValue([{"goal": 3, "trust": "odd"}])}, "en")
    assert ">3<" in page and ">odd<" in page and page.count("missing (mandatory)") == 2 + 3


@pytest.fixture
def own(tmp_path, monkeypatch):
    from kamtools.store import new_workspace

    monkeypatch.setenv("KAM_USER", "李芳")
    monkeypatch.setenv("KAM_WORK", str(tmp_path / "work"))
    monkeypatch.delenv("KAM_STORE", raising=False)
    new_workspace(tmp_path / "own", SAMPLES)
    return tmp_path / "own"


def test_in_a_run_over_many_accounts_the_form_is_its_static_twin(own):
    from kamtools.book import open_book
    from kamtools.classroom import fill

    with open_store(own) as store:
        old = store.read("A012", "swot")
        fields = {"meaning": FieldValue("a <b>")}
        store.write(
            "A012",
            "swot",
            fields,
            version=old.version if old else None,
            who="吴强",
            at=dt.datetime.now(dt.UTC),
        )
    shown = fill("swot", open_book("A012", own, None, "en", True))._repr_mimebundle_()
    assert set(shown) == {"text/plain", "text/html"}
    assert "a &lt;b&gt;" in shown["text/html"] and "吴强" in shown["text/html"]


def test_in_a_notebook_it_is_a_widget_that_saves(own):
    from kamtools.book import open_book
    from kamtools.classroom import fill

    book = open_book("A012", own, None, "zh", False)
    shown = fill("pulse", book)
    assert "application/vnd.jupyter.widget-view+json" in shown._repr_mimebundle_()
    widget = shown.widget()
    assert "李芳" in widget.spec["who"] and not widget.state["read_only"]
    widget._on_message(
        widget, {"do": "edit", "n": 1, "by": "v", "fields": {"meaning": {"text": "一句\ud83d话"}}}, []
    )
    assert widget.state["seen"] == 1 and widget.state["dirty"]
    assert widget.values["meaning"]["text"] == "一句\ufffd话"  # what a page can show
    assert list((own / "answers" / "drafts").glob("*.json"))
    widget._on_message(widget, {"do": "save", "n": 2, "by": "v"}, [])
    assert widget.state["kind"] == "ok" and not list((own / "answers" / "drafts").glob("*.json"))
    assert fill("pulse", book).record.fields["meaning"].value == "一句\ud83d话"
    assert fill("pulse", book).record.changed_by == "李芳"


def test_a_fault_is_said_in_the_form_and_raised(own):
    from kamtools.book import open_book
    from kamtools.classroom import fill

    widget = fill("pulse", open_book("A012", own, None, "en", False)).widget()
    with pytest.raises(KeyError):
        widget._on_message(
            widget, {"do": "edit", "n": 1, "by": "v", "fields": {"no_such": {"text": "x"}}}, []
        )
    assert widget.state["kind"] == "error" and "no_such" in widget.state["text"]


def test_a_pack_is_filled_as_a_draft(own, tmp_path):
    from kamtools.book import open_book
    from kamtools.classroom import fill

    book = open_book("A012", SAMPLES, None, "en", False)
    widget = fill("pulse", book).widget()
    assert "kam new my-workspace --from" in widget.state["read_only"]
    widget._on_message(
        widget, {"do": "edit", "n": 1, "by": "v", "fields": {"meaning": {"text": "draft"}}}, []
    )
    assert fill("pulse", book).widget().values["meaning"]["text"] == "draft"
    assert list((tmp_path / "work" / "drafts" / "samples").glob("*.json"))
    widget._on_message(widget, {"do": "save", "n": 2, "by": "v"}, [])
    assert widget.state["kind"] == "error" and widget.values["meaning"]["text"] == "draft"


def test_the_widgets_of_all_forms_are_cheap_to_make(own):
    import statistics
    import time

    from kamtools.book import open_book
    from kamtools.classroom import fill

    book = open_book("A001", own, None, "zh", False)
    shown = [fill(name, book) for name in forms()]
    for one in shown:
        one.widget()
    fillings, times = [one.filling() for one in shown], []
    for filling in fillings:
        from kamtools.forms.widget import FormWidget

        start = time.process_time()
        FormWidget(filling, "zh", "name")
        times.append(time.process_time() - start)
    assert statistics.median(times) < 0.015  # the promise: a page of 18 forms opens at once
