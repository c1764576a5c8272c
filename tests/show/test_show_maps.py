"""The relationship map: nobody covers anybody, hostile names are text, both languages, SVG and CSV."""

from __future__ import annotations

import csv
import io
import re
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

from kamtools.identification import relationship_coverage
from kamtools.show import Context, image, maps
from kamtools.words import say

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    r"A $\frac$ B",
    '=HYPERLINK("x")',
    "笑脸😀客户👩‍👩‍👧 \U00020bb7野家",
    "‮مرحبا بالعالم",
    "很长的名字" * 2000,
    "WWWWWMMMMM@@@@ WWWWWWWWW",
    "a\nb\tc\x00d",
    "$5 off & $6 more",
    "",
]


def people(n: int = 24) -> list[dict[str, object]]:
    names = [*HOSTILE, *(f"Person {i} of a long family name" for i in range(n))][:n]
    return [
        {
            "name": name,
            "title": names[-i - 1] if i < 12 else "总监",
            "reports_to": names[(i * 7) % max(1, min(i, 6))] if i else None,
            "influence": 1 + i % 5,
            "sentiment": (-2, -1, 0, 1, 2, None)[i % 6],
            "held_by": (*HOSTILE[:3], None)[i % 4],
            "touchpoints": 300 if i == 3 else i % 5,
            "function": "finance",
            "role": "buyer",
        }
        for i, name in enumerate(names)
    ]


def context(lang: str) -> Context:
    return Context(lang, {"00001": HOSTILE[0]}, account="00001", fictional=True, conventions={"basis": "net"})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_label_covers_another_or_is_cut(lang):
    ax = maps.relationship_map(relationship_coverage(people()), context(lang))
    figure = ax.figure
    figure.canvas.draw()
    shown = [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]
    assert not any(t.get_parse_math() for t in shown if t.get_text().count("$") > 1)
    boxes = [(t.get_text(), t.get_window_extent()) for t in shown]
    for i, (words, a) in enumerate(boxes):
        assert a.x0 >= -1 and a.x1 <= figure.bbox.x1 + 1 and a.y0 >= -1 and a.y1 <= figure.bbox.y1 + 1, words
        for other, b in boxes[:i]:
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            down = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert across < 1 or down < 3, (words, other)
    plt.close(figure)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_alarm_stands_on_the_map_and_in_the_findings(lang):
    result = relationship_coverage(people())
    assert result.single_thread
    ax = maps.relationship_map(result, context(lang))
    words = " ".join(t.get_text() for t in ax.figure.findobj(Text))
    assert say("maps.alarm_contact", lang, name="\0", share="\0").split("\0")[0].strip()[:5] in words
    lines = maps.relationship_findings(result, context(lang)).lines()
    assert len(lines) >= 4 and all("{" not in line for line in lines)
    html = maps.relationship_findings(result, context(lang))._repr_html_()
    assert "<img" not in html
    plt.close(ax.figure)


def test_no_alarm_without_cause():
    rows = [{"name": n, "influence": 3, "sentiment": 1, "touchpoints": 5, "held_by": n} for n in "abc"]
    result = relationship_coverage(rows)
    assert len(maps.relationship_findings(result, context("en"))) == 1
    assert "alarm" not in " ".join(t.get_text() for t in maps.relationship_map(result, context("en")).texts)
    plt.close("all")


def test_svg_holds_no_live_markup_and_is_the_same_twice():
    result = relationship_coverage(people())
    first = maps.relationship_svg(result, context("en"))
    assert first == maps.relationship_svg(result, context("en"))
    tree = ElementTree.fromstring(first)
    tags = {e.tag.split("}")[-1] for e in tree.iter() if isinstance(e.tag, str)}
    assert not tags & {"script", "img", "foreignObject", "a", "text"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_csv_keeps_every_word_and_no_formula(lang):
    rows = people()
    data = maps.relationship_csv(relationship_coverage(rows), context(lang))
    assert data.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len(read) == len(rows) + 1 and {len(r) for r in read} == {len(maps.COLUMNS)}
    assert read[0][0] == say("maps.column.name", lang)
    for row, given_ in zip(read[1:], rows, strict=True):
        assert row[0] in (given_["name"], f"'{given_['name']}")
        assert not any(re.match(r"\s*[=+@]", cell) for cell in row)
    sentiment = [r[maps.COLUMNS.index("sentiment")] for r in read[1:]]
    assert sentiment[0] == "-2" and sentiment[5] == ""


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("result", [None, "one"])
def test_nobody_and_a_single_unknown_person(lang, result):
    coverage = relationship_coverage([{"influence": None, "sentiment": None}]) if result else None
    assert image(maps.relationship_map(coverage, context(lang))).startswith(b"\x89PNG")
    assert maps.relationship_findings(coverage, context(lang)).lines()
    assert maps.relationship_csv(coverage, context(lang))


def test_many_people_are_said_to_be_left_out():
    rows = [{"name": f"P{i}", "influence": i % 5, "sentiment": 0} for i in range(60)]
    ax = maps.relationship_map(relationship_coverage(rows), context("en"))
    assert any("40 of 60" in t.get_text() for t in ax.texts)
    plt.close(ax.figure)


def test_attitudes_differ_in_shape_or_fill():
    assert len({maps.MARKS[k] for k in maps.MARKS}) == 4
    assert len({maps.MARKS[k][0] for k in ("supporter", "neutral", "opponent")}) == 3


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.integers(4, 8), st.lists(st.one_of(st.none(), st.integers(0, 30)), min_size=1, max_size=31))
def test_layers_keep_everybody_apart(across, raw):
    parents = [None if p is None or p >= len(raw) else p for p in raw]
    places = maps.layers(parents, across)
    assert len(set(places)) == len(places)
    for i, (x, row) in enumerate(places):
        assert -1e-9 <= x <= across - 1 + 1e-9
        for other, below in places[:i]:
            assert below != row or abs(other - x) >= 1 - 1e-9


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(st.floats(0, 7), min_size=1, max_size=16), st.floats(0, 7), st.floats(0, 7))
def test_a_line_passes_by_whoever_stands_between(between, x0, x1):
    gap = maps._gap(between, x0, x1, 8)
    assert -0.5 <= gap <= 7.5
    assert all(abs(gap - c) > 0.49 for c in between)


def test_a_long_line_does_not_run_through_a_person():
    rows = [{"name": "boss", "influence": 5, "sentiment": 1}]
    rows += [{"name": f"P{i}", "reports_to": "boss", "influence": 1, "sentiment": 0} for i in range(20)]
    ax = maps.relationship_map(relationship_coverage(rows), context("en"))
    marks = [(m.get_xdata()[0], m.get_ydata()[0]) for m in ax.lines if len(m.get_xdata()) == 1]
    long = [m for m in ax.lines if len(m.get_xdata()) == 6]
    assert long
    for line in long:
        xs, ys = list(line.get_xdata()), list(line.get_ydata())
        for x, y in marks:
            assert not (abs(x - xs[2]) < 0.4 and ys[3] < y < ys[2])
    plt.close(ax.figure)
