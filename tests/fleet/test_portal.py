from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace

import pytest

from kamtools.fleet.portal import BookLink, PortalRun, owner_html, portal_html
from kamtools.fleet.summary import AccountRow, AlarmRow, PortfolioSummary
from kamtools.fleet.svg import matrix_rows, matrix_svg, pareto_svg

NAMES = (
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("x")',
    "</script><script>alert(1)</script>",
    "华东\u2028连锁",
)


def rows(n: int) -> tuple[AccountRow, ...]:
    sales = [1000.0 * 0.9**i for i in range(n)]
    total = sum(sales)
    made = []
    for i, amount in enumerate(sales):
        made.append(
            AccountRow(
                account=f"A{i:04d}" if i else "../../x",
                name=NAMES[i % 4] + str(i),
                owner=("<b>W</b>", "李强", "")[i % 3],
                segment=("chain", "")[i % 2],
                sales=amount,
                share=amount / total,
                abc="A" if i < n / 3 else "B",
                contribution=None if i == 1 else amount * (-0.1 if i == 2 else 0.2),
                margin=0.2,
                growth=None if i % 5 == 0 else 0.1,
                attractiveness=None if i % 7 == 6 else 1 + i % 5,
                strength=1 + i % 4,
                quadrant=("strategic", "star")[i % 2],
                probability=0.8,
                score=3.0,
                potential=2 * amount if i < 3 else None,
                key=i < 3,
            )
        )
    return tuple(made)


SUMMARY = PortfolioSummary(
    company="公司 <x>",
    lang="zh",
    currency="CNY",
    fictional=True,
    as_of="2026年6月30日",
    period="2025年7月至2026年6月",
    data_hash="abc123",
    rows=rows(20),
    alarms=tuple(AlarmRow(f"A{i:04d}", "fall", f"<i>fell</i> {i}", 1 + i % 2) for i in range(1, 15)),
    conventions=(("口径", "净额"),),
    sales=9000.0,
    contribution=1800.0,
    accounts_for_80=12,
    hhi=900.0,
    quadrants=(("strategic", "战略<b>"), ("star", "明星"), ("status", "稳定"), ("streamline", "精简")),
    after_as_of=3,
)
BOOKS = (
    BookLink("../../x", NAMES[0], "done", "=2e=x", 3.2),
    BookLink("A0001", NAMES[1], "failed", "A0001", 1.0, "KeyError: <u>x</u>"),
    BookLink("A0002", NAMES[2], "kept", "A0002"),
)
RUN = PortalRun("kam run '<b>'", "kam verify out", "2026-11-24 10:00", 4.2, BOOKS)


@pytest.fixture(scope="module")
def html() -> str:
    return portal_html(SUMMARY, RUN)


def data_of(html: str) -> dict:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_page_is_inert_but_for_its_own_script(html, inert):
    page = inert(html)
    assert [attrs for attrs, _ in page.scripts] == [{"type": "application/json", "id": "data"}, {}]
    assert not page.of("b") and not page.of("i") and not page.of("u") and not page.of("img")
    allowed = base64.b64encode(hashlib.sha256(page.scripts[1][1].encode()).digest()).decode()
    policy = next(m["content"] for m in page.of("meta") if "http-equiv" in m)
    assert (
        f"script-src 'sha256-{allowed}'" in policy and "'unsafe-inline'" not in policy.split("style-src")[0]
    )


def test_the_script_never_makes_html_of_data(html, inert):
    script = inert(html).scripts[1][1]
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "fetch(",
        "XMLHttp",
    ):
        assert way not in script


def test_the_data_come_through_whole(html):
    data = data_of(html)
    found = {row[data["fields"].index("account")]: row for row in data["rows"]}
    assert set(found) == {r.account for r in SUMMARY.rows}
    first = dict(zip(data["fields"], found["../../x"], strict=True))
    assert first["name"] == SUMMARY.rows[0].name and first["sales"] == 1000.0
    assert first["href"] == "accounts/=2e=x/book.html" and first["key"] == 1
    second = dict(zip(data["fields"], found["A0001"], strict=True))
    assert second["contribution"] is None  # not known is never zero
    assert second["href"] == "" and second["status"] == "failed" and second["alarms"] == 1


def test_only_books_that_are_there_are_linked(html, inert):
    links = {a["href"] for a in inert(html).of("a") if "book.html" in a["href"]}
    assert links == {"accounts/=2e=x/book.html", "accounts/A0002/book.html"}


def test_what_the_portal_says(html, inert):
    text = "".join(inert(html).text)
    for said in (
        SUMMARY.company,
        SUMMARY.as_of,
        "abc123",
        RUN.command,
        "KeyError: <u>x</u>",
        "12 个客户",
        "3 行",
    ):
        assert said in text


def test_places_for_tests_and_scripts_are_there(html, inert):
    page = inert(html)
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    assert {
        "search",
        "clear",
        "count",
        "previous",
        "next",
        "rows",
        "alarms",
        "run",
        "as-of",
        "data-hash",
        "command",
    } <= ids
    heads = [th for th in page.of("th") if "data-key" in th]
    assert len(heads) == 14 and all(th["aria-sort"] == "none" for th in heads)
    assert {s["data-filter"] for s in page.of("select")} == {"segment", "owner", "quadrant", "abc", "show"}


def test_each_owner_has_a_page_of_their_own_accounts(html, inert):
    from kamtools.workspace import slug

    links = [a["href"] for a in inert(html).of("a") if a.get("class") == "owner"]
    assert links == [f"owners/{slug(o)}.html" for o in ("<b>W</b>", "李强")]
    page = owner_html(SUMMARY, RUN, "<b>W</b>")
    inert(page)
    data = data_of(page)
    owner = data["fields"].index("owner")
    assert {row[owner] for row in data["rows"]} == {"<b>W</b>"}
    hrefs = {row[data["fields"].index("href")] for row in data["rows"]}
    assert hrefs == {"", "../accounts/=2e=x/book.html"}
    assert 'href="../index.html"' in page


def test_both_languages_have_the_same_structure(html, inert):
    english = inert(portal_html(replace(SUMMARY, lang="en"), RUN))
    chinese = inert(html)
    assert [t for t, _ in english.elements] == [t for t, _ in chinese.elements]
    assert english.of("html") == [{"lang": "en"}]


def test_without_a_grading_the_portal_says_what_to_do(inert):
    ungraded = tuple(replace(r, attractiveness=None, strength=None, quadrant="") for r in SUMMARY.rows)
    page = inert(portal_html(replace(SUMMARY, rows=ungraded, quadrants=(), lang="en"), RUN))
    assert "No account is graded yet" in "".join(page.text) and len(page.of("svg")) == 1


def test_an_empty_company_has_a_portal(inert):
    empty = replace(
        SUMMARY, rows=(), alarms=(), sales=None, contribution=None, accounts_for_80=None, hhi=None
    )
    page = inert(portal_html(empty, PortalRun("c", "v")))
    assert data_of(portal_html(empty, PortalRun("c", "v")))["rows"] == []
    assert "—" in "".join(page.text)


def test_thousands_of_accounts_stay_light():
    many = replace(SUMMARY, rows=rows(4383))
    assert len(portal_html(many, RUN)) < 1_500_000


def test_the_matrix_draws_key_accounts_first_and_graded_ones_only():
    drawn = matrix_rows(replace(SUMMARY, rows=rows(400)))
    assert len(drawn) == 120 and [r.key for r in drawn[:4]] == [True, True, True, False]
    assert all(r.attractiveness is not None for r in drawn)


def test_the_charts_are_well_formed_and_keep_inside():
    from xml.etree import ElementTree

    words = dict.fromkeys(
        ("strength", "attractiveness", "matrix", "accounts", "share", "pareto", "callout"), "<&>"
    )
    beyond = replace(SUMMARY.rows[0], attractiveness=99.0, strength=-99.0)
    summary = replace(SUMMARY, rows=(beyond, *SUMMARY.rows[1:]))
    for svg in (matrix_svg(summary, {"A0003": "x?a=1&b=2"}, words, {}), pareto_svg(summary, words)):
        tree = ElementTree.fromstring(svg)
        for circle in tree.iter("{http://www.w3.org/2000/svg}circle"):
            assert 0 <= float(circle.get("cx", "")) <= 640 and 0 <= float(circle.get("cy", "")) <= 430


def test_the_pareto_survives_negative_sales():
    from xml.etree import ElementTree

    below = replace(SUMMARY.rows[-1], sales=-500.0, share=-0.06)
    words = dict.fromkeys(("accounts", "share", "pareto", "callout"), "x")
    ElementTree.fromstring(pareto_svg(replace(SUMMARY, rows=(*SUMMARY.rows[:-1], below)), words))


def test_a_name_stands_beside_its_bubble_and_on_no_other():
    """To the right, as a rule; where another bubble lies there, elsewhere; where none is free of names, nowhere."""
    from xml.etree import ElementTree

    words = dict.fromkeys(("strength", "attractiveness", "matrix"), "x")
    svg = "{http://www.w3.org/2000/svg}"
    one = replace(SUMMARY.rows[0], name="a name of length", strength=3.0, attractiveness=3.0, potential=None)

    def labels(*rows: AccountRow) -> dict[str, tuple[float, float]]:
        tree = ElementTree.fromstring(matrix_svg(replace(SUMMARY, rows=rows), {}, words, {}))
        found = tree.iterfind(f".//{svg}text[@data-account]")
        return {t.get("data-account", ""): (float(t.get("x", "")), float(t.get("y", ""))) for t in found}

    def bubble(account: str, *rows: AccountRow) -> tuple[float, float, float]:
        tree = ElementTree.fromstring(matrix_svg(replace(SUMMARY, rows=rows), {}, words, {}))
        circle = tree.find(f".//{svg}g[@data-account='{account}']/{svg}circle")
        assert circle is not None
        cx, cy, r = (float(circle.get(name, "")) for name in ("cx", "cy", "r"))
        return cx, cy, r

    cx, _, r = bubble(one.account, one)
    assert cx + r < labels(one)[one.account][0] < cx + r + 10
    beside = replace(one, account="other", strength=3.2)
    other_x, other_y, other_r = bubble("other", one, beside)
    for x, y in labels(one, beside).values():
        clear = x + 16 * 6.8 < other_x - other_r or x > other_x + other_r
        assert clear or y < other_y - other_r or y - 11 > other_y + other_r
    crowd = [replace(one, account=f"c{n}", name=f"crowd {n}", key=False) for n in range(16)]
    named = labels(*crowd)
    assert 2 <= len(named) < 16
    boxes = [(x, y - 11, x + 7 * 6.8, y + 3) for x, y in named.values()]
    assert not any(
        a[2] > b[0] and a[0] < b[2] and a[3] > b[1] and a[1] < b[3]
        for i, a in enumerate(boxes)
        for b in boxes[:i]
    )
