"""Tables and findings with hostile names and cases that the sample company has not; what they say stands in tests/golden."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from kamtools.identification import Note
from kamtools.show import charts, findings, tables  # noqa: F401  (charts: its figures are what tables go with)
from kamtools.show.tables.build import Table

TABLES = {
    "sales_share": lambda r, c: tables.sales_share(r.sales, c, top=12),
    "profit_share": lambda r, c: tables.profit_share(r.profit, c, top=40),
    "loss_makers": lambda r, c: tables.loss_makers(r.profit, c, top=40),
    "growth": lambda r, c: tables.growth(r.growth, c, top=40),
    "pnl": lambda r, c: tables.pnl(r.pnl, c),
    "scorecard": lambda r, c: tables.scorecard(r.grading, c, {"size": "data"}),
    "grading": lambda r, c: tables.grading(r.grading, c, top=40),
    "strategies": lambda r, c: tables.strategies(r.ranking, c, top=40),
    "methods": lambda r, c: tables.methods(r.methods, c, most=40),
    "designation": lambda r, c: tables.designation(r.designation, c, refused=40),
    "alarms": lambda r, c: tables.alarms(r.alarms, c),
    "conventions": lambda r, c: tables.conventions(r.sales.conventions, c),
}
FINDINGS = {
    "sales_share": lambda r, c: findings.sales_share(r.sales, c),
    "profit_share": lambda r, c: findings.profit_share(r.profit, c),
    "growth": lambda r, c: findings.growth(r.growth, c),
    "strategies": lambda r, c: findings.strategies(r.ranking, c),
    "methods": lambda r, c: findings.methods(r.methods, c),
    "grading": lambda r, c: findings.grading(r.grading, c, r.probability),
    "designation": lambda r, c: findings.designation(r.designation, c),
    "pnl": lambda r, c: findings.pnl(r.pnl, c),
    "alarms": lambda r, c: findings.alarms(r.alarms, c),
}


class Page(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("name", TABLES)
def test_table_keeps_names_as_text(name, results, reader, known_tags):
    page = TABLES[name](results, reader("zh"))._repr_html_()
    found = Page(page)
    assert found.tags <= known_tags
    assert 'class="kam-table mathjax_ignore tex2jax_ignore"' in page
    assert not re.search(r"\bnan\b|None|NaT|\{\w+\}", " ".join(found.words))
    assert page == TABLES[name](results, reader("zh"))._repr_html_()


def test_hostile_name_is_seen_letter_by_letter(results, reader):
    page = tables.sales_share(results.sales, reader("en"), top=40)._repr_html_()
    words = " ".join(Page(page).words)
    assert "<img src=x onerror=alert(1)>" in words
    assert r"A $\frac$ B" in words
    assert '=HYPERLINK("x")' in words


def test_sales_table_adds_up(results, reader):
    """The rest and the total stand under the named accounts, the own account among them."""
    context = reader("en", "00010")
    table = tables.sales_share(results.sales, context, top=3)
    frame = pd.DataFrame(table.rows, columns=[key for key, _, _ in table.columns])
    assert frame["account"].tolist()[-2:] == [
        f"{len(results.sales.table) - len(frame) + 2} other accounts",
        "Total",
    ]
    assert "00010" in frame["account"].tolist()  # no name: its id
    assert frame["share"].iloc[-1] == "100.0%"


@pytest.mark.parametrize("name", FINDINGS)
def test_findings_keep_names_as_text(name, results, reader, known_tags):
    found = FINDINGS[name](results, reader("zh"))
    page = Page(found._repr_html_())
    assert page.tags <= known_tags
    markdown = found._repr_markdown_()
    assert "<img" not in markdown and "](" not in markdown and "$" not in markdown


def test_own_account_without_growth_is_told(results, reader):
    lines = findings.growth(results.growth, reader("en", "00009")).lines()
    assert any(line.startswith("$5 off & $6 more") for line in lines)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_notes_are_sentences(lang, reader):
    context = reader(lang)
    note = Note("spring_festival_end", {"asked": "2026-01", "used": "2025-12"})
    text = findings.note_text(note, context)
    assert ("2025年12月" if lang == "zh" else "Dec 2025") in text
    assert findings.note_text(Note("window_shortened", {"asked": 24, "months": 12}), context)[-1] in "。."


def test_the_parts_of_a_table():
    columns = [("a", "<A>", "l"), ("b", "B", "r")]
    rows = [["<b>x</b>", "1"], ["■ red", "2"], ["plain", "3"]]
    table = Table("kam-x", columns, rows, "T & t", "note <i>", own=frozenset({0}), bold=frozenset({1}))
    page = table.html()
    for part in (
        "<caption>T &amp; t</caption>",
        '<th scope="col" data-col="a">&lt;A&gt;</th>',
        '<tr class="own"><td>&lt;b&gt;x&lt;/b&gt;</td><td class="r">1</td></tr>',
        '<tr class="bold"><td>■&nbsp;red</td>',  # the sign stays with its word
        "<tr><td>plain</td>",
        '<tfoot><tr><td colspan="2">note &lt;i&gt;</td></tr></tfoot>',
    ):
        assert part in page
    assert repr(table) == "Table('kam-x', 3 x 2)"
    assert 'class="kam-table wide' not in page
    wide = Table("kam-x", [(f"c{n}", "", "l") for n in range(9)], [])
    assert 'class="kam-table wide' in wide.html()
