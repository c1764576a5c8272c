"""Knowing the account: every chart, table and finding, in both languages, on real rows, on hostile ones, on none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.text import Text

import kamtools
from kamtools import identification as room
from kamtools.identification.health import HealthChange
from kamtools.show import Context, charts, findings, image, in_language, tables
from kamtools.show.style import ACCENT
from kamtools.words import has_message, say

ROOT = Path(kamtools.__file__).parent
AS_OF = "2026-10-31"
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    r"A $\frac$ B $x$",
    "笑脸😀客户👩‍👩‍👧 \U00020bb7野家",
    "很长的内容说不完" * 40,
    "‮مرحبا بالعالم",
    "a\nb\tc\x00d",
    "$5 off & $6 more",
    "**bold** [x](javascript:alert(1)) `c` // English // 中文",
)
FORMS = {
    "profile": ("legal_name", "headquarters", "business", "contract_end", "payment_terms", "decision_process", "meaning"),
    "mission": ("mission", "long_intent", "short_intent", "meaning"),
    "goal_map": ("goals", "meaning"),
    "swot": ("market", "items", "meaning"),
    "competitors": ("rival_1", "rival_2", "swot", "meaning"),
    "intelligence": ("items", "meaning"),
    "three_moves": ("asks", "offers", "outcomes", "limit", "meaning"),
    "readiness": ("targets", "coverage", "reporting", "incentives", "training", "tools", "authority", "escalation", "meaning"),
    "strategic_fit": ("marketing", "product", "channel", "people", "meaning"),
    "support": ("functions", "meaning"),
    "contacts": ("people", "gaps", "meaning"),
    "roles": ("cards", "meaning"),
    "abilities": ("person", "conditions", "abilities", "meaning"),
    "product_knowledge": ("people", "meaning"),
    "problem_solving": ("people", "meaning"),
    "leadership": ("people", "meaning"),
    "customer_knowledge": ("people", "meaning"),
    "pulse": ("taken", "answers", "meaning"),
}  # fmt: skip


@dataclass(frozen=True)
class Knowing:
    completeness: Any
    swot: Any
    tows: Any
    rivals: Any
    one_rival: Any
    intelligence: Any
    moves: Any
    focus: Any
    resources: Any
    readiness: Any
    fit: Any
    raci_table: Any
    raci: Any
    matrix: Any
    training: Any
    standards: Any
    pulse: Any
    health: Any
    before: Any
    capped: Any
    names: dict[str, str]

    @property
    def change(self) -> HealthChange:
        return room.health_change(self.before, self.health)


def _entry(i: int, form: str, field: str) -> Any:
    value = {"value": f"{form} {field}", "source": "visit", "date": "2026-09-12", "status": "confirmed"}
    if i % 7 == 2:
        return {"value": None}
    if i % 7 == 4:
        return value | {"status": "assumed", "source": None}
    if i % 7 == 5:
        return value | {"date": "2025-11-03"}
    return value | {"date": None} if i % 7 == 6 else value


def _focus() -> pd.DataFrame:
    rows = {
        "A001": (0.14, 0.17, 2_400_000.0),
        "A002": (0.11, 0.09, 2_900_000.0),
        "A003": (0.08, 0.03, 1_500_000.0),
        "A004": (0.05, -0.01, 700_000.0),
        "00004": (0.06, 0.08, 600_000.0),
        "": (0.56, 0.64, 3_100_000.0),
    }
    table = pd.DataFrame.from_dict(
        rows, orient="index", columns=["sales_share", "contribution_share", "resources"]
    )
    table["resource_share"] = table["resources"] / table["resources"].sum()
    table["index"] = (table["resource_share"] / table["contribution_share"]).where(
        table["contribution_share"] > 0
    )
    return table


def knowing(say_it: Callable[[int, str], str]) -> Knowing:
    """Return results of the rooms; `say_it(i, words)` may put another text in place of each of a person's."""
    swot = room.swot_evaluation(
        [
            {"item": say_it(0, "华东 412 家门店，选址密 // 412 stores in the east, close together"), "kind": "strength", "weight": 0.3, "rating": 4},
            {"item": say_it(1, "自有物流，次日达 // Own logistics, next-day delivery"), "kind": "strength", "weight": 0.2, "rating": 3},
            {"item": say_it(2, "会员数据没有用起来 // Member data lie idle"), "kind": "weakness", "weight": 0.3, "rating": 1},
            {"item": say_it(3, "采购经理半年换了三任 // Three buyers in half a year"), "kind": "weakness", "weight": 0.2, "rating": 2},
            {"item": say_it(4, "社区便利店放开夜间营业 // Convenience stores may open at night"), "kind": "opportunity", "weight": 0.5, "rating": 3},
            {"item": say_it(5, "即时零售平台抢走高峰订单 // Instant delivery takes peak orders"), "kind": "threat", "weight": 0.4, "rating": 2},
            {"item": say_it(6, "租金上涨 // Rents rise"), "kind": "threat", "weight": 0.1, "rating": None},
            {"item": say_it(7, "门店形象新 // New look of stores"), "kind": "strength", "weight": 0.1, "rating": 2},
        ]
    )  # fmt: skip
    factors = [
        say_it(i, t)
        for i, t in enumerate(("价格形象 // Price image", "新鲜商品 // Fresh goods", "门店密度 // Density of stores",
                               "线上履约 // Online fulfilment", "会员运营 // Members"))
    ]  # fmt: skip
    factors = [f"{f}{' ' * 0}" if factors.count(f) == 1 else f"{f} {i}" for i, f in enumerate(factors)]
    weights = dict(zip(factors, (0.3, 0.25, 0.2, 0.15, 0.1), strict=True))
    ratings = {
        "account": dict(zip(factors, (2, 3, 4, 2, 2), strict=True)),
        "rival_1": dict(zip(factors, (4, 3, 2, 3, None), strict=True)),
        "rival_2": dict(zip(factors, (3, 4, 3, 2, 3), strict=True)),
    }
    log = room.intelligence_log(
        [
            {"what": say_it(0, "新任采购总监来自竞争品牌 // The new buying director comes from a rival brand"), "topic": "people", "source": "李 // Li", "reliability": "A", "credibility": "1", "date": "2026-10-20", "meaning": "先拜访 // Visit first"},
            {"what": say_it(1, "明年预算砍一成 // Next year's budget is cut by a tenth"), "topic": "finance", "source": "王", "reliability": "B", "credibility": "2", "date": "2026-08-01", "meaning": "早谈 // Talk early"},
            {"what": say_it(2, "要上自有品牌饮料 // Private-label drinks are planned"), "topic": "competition", "source": "供应商 // A supplier", "reliability": "C", "credibility": "3", "date": "2026-09-15"},
            {"what": say_it(3, "传言：被收购 // Rumour of a takeover"), "topic": "strategy", "source": "网上 // Online", "reliability": "F", "credibility": "6", "date": "2026-10-05"},
            {"what": say_it(4, "夜间仓库改造 // The night depot is rebuilt"), "topic": "operations", "reliability": "B", "credibility": "1", "date": "2026-02-01", "meaning": "改送货时间 // Change delivery hours"},
            {"what": say_it(5, "没有日期的一条 // One without a date"), "topic": "market", "reliability": "B", "credibility": "3", "date": None},
            {"what": say_it(6, "采购会议改到周三 // Buying meetings move to Wednesday"), "reliability": "A", "credibility": "2", "date": "2026-10-21"},
        ],
        AS_OF,
    )  # fmt: skip
    asks = room.demand_supply_fit(
        [
            {"ask": say_it(0, "账期 60 天 // 60 days to pay"), "importance": 5, "satisfiable": 0.4, "cost": 320_000, "value": 450_000, "get": "两层货架 // Two shelves", "worth": 500_000},
            {"ask": say_it(1, "驻场促销员 // A promoter on site"), "importance": 3, "satisfiable": 1, "cost": 180_000, "value": 260_000},
            {"ask": say_it(2, "独家包装 // An exclusive pack"), "importance": 4, "satisfiable": 0.8, "cost": 90_000, "value": 400_000, "get": "进 50 家店 // Into 50 stores", "worth": 380_000},
            {"ask": say_it(3, "共享销售数据 // Shared sales data"), "importance": 2, "satisfiable": 1, "cost": 20_000, "value": 60_000, "get": "库存数据 // Stock data", "worth": None},
            {"ask": say_it(4, "进场费 80 万 // A listing fee of 800,000"), "importance": 2, "satisfiable": 0.2, "cost": None},
            {"ask": say_it(5, "延长保质期 // Longer shelf life"), "importance": None, "satisfiable": 0.5},
        ]
    )  # fmt: skip
    inventory = room.resource_inventory(
        [
            {"what": say_it(0, "促销员工时 // Promoter hours"), "kind": "time", "capacity": 400, "used": 460, "unit": "小时 // h", "owner": "陈 // Chen"},
            {"what": say_it(1, "陈列基金 // Display fund"), "kind": "money", "capacity": 800_000, "used": 350_000, "unit": "元"},
            {"what": say_it(2, "新品首发配额 // Launch allocation"), "kind": "product", "capacity": 1200, "used": None, "unit": "箱", "owner": "周"},
            {"what": say_it(3, "总经理拜访 // Visits by the general manager"), "kind": "attention", "capacity": 4, "used": 1, "owner": "林"},
        ]
    )  # fmt: skip
    readiness = room.sales_readiness(
        {"targets": 2, "coverage": 1, "reporting": 2, "incentives": 0, "training": 1, "tools": 0, "authority": None, "escalation": 1},
        {"volume": ["targets", "incentives"], "image": ["tools", "training"]},
        items=("targets", "coverage", "reporting", "incentives", "training", "tools", "authority", "escalation"),
    )  # fmt: skip
    tasks = [
        say_it(i, t)
        for i, t in enumerate(
            (
                "年度条款谈判 // Yearly terms",
                "新品进场 // Listing",
                "月度对账 // Monthly reconciliation",
                "缺货处理 // Out-of-stocks",
            )
        )
    ]
    tasks = [t if tasks.count(t) == 1 else f"{t} {i}" for i, t in enumerate(tasks)]
    raci = pd.DataFrame(
        [
            ["A", "R", "C", None, "C", "I", None],
            ["A", "R", "A", "I", None, None, None],
            ["A", None, None, None, "AR", None, "I"],
            ["A", None, None, "R", None, None, None],
        ],
        index=tasks,
        columns=["kam", "sales", "marketing", "supply", "finance", "legal", "management"],
    )
    people = [
        {"level": "top", "function": "general", "held_by": None},
        {"level": "senior", "function": "purchasing", "held_by": "Chen"},
        {"level": "middle", "function": "purchasing", "held_by": "Chen"},
        {"level": "middle", "function": "supply", "held_by": "Zhou"},
        {"level": "working", "function": "purchasing", "held_by": "Chen"},
        {"level": "working", "function": "finance", "held_by": None},
        {"level": None, "function": None, "held_by": None},
    ]
    required = {
        "insight": 4,
        "planning": 4,
        "negotiation": 5,
        "team": 4,
        "relations": 4,
        "analysis": 3,
        "product": 3,
        "integrity": 4,
    }
    actual = {
        "insight": 3,
        "planning": 2,
        "negotiation": 4,
        "team": 4,
        "relations": 3,
        "analysis": 4,
        "product": 3,
    }
    importance = {
        "insight": 0.15,
        "planning": 0.2,
        "negotiation": 0.2,
        "team": 0.1,
        "relations": 0.1,
        "analysis": 0.1,
        "product": 0.1,
        "integrity": 0.05,
    }
    standards = room.professional_standards(
        [
            {"standard": "product_knowledge", "level": 3, "target": 4, "evidence": "visit"},
            {"standard": "product_knowledge", "level": 4, "target": 4, "evidence": "visit"},
            {"standard": "problem_solving", "level": 2, "target": 4, "evidence": "complaint"},
            {"standard": "problem_solving", "level": 5, "target": 5},
            {"standard": "leadership", "level": 2, "target": 3, "evidence": "review"},
        ]
    )
    points = ("goal", "roles", "trust", "support", "learning")
    answers = (
        (5, 4, 1, 3, 3),
        (4, 4, 5, 3, 3),
        (5, 3, 2, 2, 4),
        (4, 4, 5, 3, 3),
        (4, 5, 1, 2, 3),
        (5, 4, 4, None, 4),
    )
    pulse = room.team_pulse([dict(zip(points, a, strict=True)) for a in answers])
    health_weights = {
        "growth": 20,
        "margin": 20,
        "payment": 20,
        "wallet": 10,
        "relationship": 15,
        "service": 5,
        "knowledge": 10,
    }
    scores = {
        "growth": 62,
        "margin": 71,
        "payment": 24,
        "wallet": 55,
        "relationship": 38,
        "service": None,
        "knowledge": 80,
    }
    earlier = scores | {"growth": 70, "payment": 60, "relationship": 30}
    return Knowing(
        completeness=room.plan_completeness(
            {f: {k: _entry(i + len(k), f, k) for i, k in enumerate(v)} for f, v in FORMS.items()},
            as_of=AS_OF,
        ),
        swot=swot,
        tows=room.tows(swot, {"so": 1}),
        rivals=room.competitive_profile(ratings, weights, "account"),
        one_rival=room.competitive_profile({k: v for k, v in ratings.items() if k != "rival_2"}, weights, "account", incomplete="allow"),
        intelligence=log,
        moves=asks,
        focus=_focus(),
        resources=inventory,
        readiness=readiness,
        fit=room.strategic_fit({"marketing": 4, "product": 5, "channel": 2, "people": 3}),
        raci_table=raci,
        raci=room.raci_check(raci),
        matrix=room.contact_matrix(people, needed=[("top", "general"), ("senior", "purchasing"), ("senior", "marketing"), ("working", "finance")]),
        training=room.training_plan(required, actual, importance),
        standards=standards,
        pulse=pulse,
        health=room.health_score(scores, health_weights),
        before=room.health_score(earlier, health_weights),
        capped=room.health_score(scores, health_weights, cap=45),
        names={"rival_1": say_it(3, "邻家便利 // Next Door"), "rival_2": say_it(4, "美日鲜 // Daily Fresh")},
    )  # fmt: skip


CHARTS = {
    "completeness": lambda k, c, **m: charts.completeness(k.completeness, c, **m),
    "swot": lambda k, c, **m: charts.swot(k.swot, c, **m),
    "rivals": lambda k, c, **m: charts.rivals(k.rivals, c, names=k.names, **m),
    "one_rival": lambda k, c, **m: charts.rivals(k.one_rival, c, **m),
    "intelligence": lambda k, c, **m: charts.intelligence(k.intelligence, c, **m),
    "moves": lambda k, c, **m: charts.moves(k.moves, c, **m),
    "resource_focus": lambda k, c, **m: charts.resource_focus(k.focus, c, **m),
    "readiness": lambda k, c, **m: charts.readiness(k.readiness, c, **m),
    "strategic_fit": lambda k, c, **m: charts.strategic_fit(k.fit, c, **m),
    "abilities": lambda k, c, **m: charts.abilities(k.training, c, **m),
    "standards": lambda k, c, **m: charts.standards(k.standards, c, **m),
    "pulse": lambda k, c, **m: charts.pulse(k.pulse, c, **m),
    "health": lambda k, c, **m: charts.health(k.health, c, **m),
    "capped": lambda k, c, **m: charts.health(k.capped, c, **m),
    "health_change": lambda k, c, **m: charts.health_change(k.change, c, current=k.health, **m),
}
TABLES = {
    "completeness": lambda k, c: tables.completeness(k.completeness, c),
    "swot": lambda k, c: tables.swot(k.swot, c),
    "tows": lambda k, c: tables.tows(k.tows, c),
    "rivals": lambda k, c: tables.rivals(k.rivals, c, names=k.names),
    "intelligence": lambda k, c: tables.intelligence(k.intelligence, c),
    "moves": lambda k, c: tables.moves(k.moves, c),
    "resource_focus": lambda k, c: tables.resource_focus(k.focus, c),
    "resources": lambda k, c: tables.resources(k.resources, c),
    "raci": lambda k, c: tables.raci(k.raci_table, c, k.raci),
    "contact_matrix": lambda k, c: tables.contact_matrix(k.matrix, c),
    "training": lambda k, c: tables.training(k.training, c),
    "standards": lambda k, c: tables.standards(k.standards, c),
    "health": lambda k, c: tables.health(k.capped, c),
}
FINDINGS = {
    "completeness": lambda k, c: findings.completeness(k.completeness, c),
    "swot": lambda k, c: findings.swot(k.swot, c, k.tows),
    "rivals": lambda k, c: findings.rivals(k.rivals, c, names=k.names),
    "intelligence": lambda k, c: findings.intelligence(k.intelligence, c),
    "moves": lambda k, c: findings.moves(k.moves, c),
    "resource_focus": lambda k, c: findings.resource_focus(k.focus, c),
    "resources": lambda k, c: findings.resources(k.resources, c, k.readiness),
    "strategic_fit": lambda k, c: findings.strategic_fit(k.fit, c),
    "raci": lambda k, c: findings.raci(k.raci, c),
    "contact_matrix": lambda k, c: findings.contact_matrix(k.matrix, c),
    "training": lambda k, c: findings.training(k.training, c),
    "standards": lambda k, c: findings.standards(k.standards, c),
    "pulse": lambda k, c: findings.pulse(k.pulse, c),
    "health": lambda k, c: findings.health(
        k.health, c, k.change, room.health_sensitivity(k.health), room.red_components(k.health)
    ),
}


@pytest.fixture(scope="module")
def plain() -> Knowing:
    return knowing(lambda i, words: words)


@pytest.fixture(scope="module")
def hostile() -> Knowing:
    return knowing(lambda i, words: HOSTILE[i % len(HOSTILE)])


def reader(lang: str, account: str | None = "00004") -> Context:
    names = {
        "zh": {"00004": "海港便利", "A001": "华联", "A002": "东方百货股份有限公司华东区域总部及其附属机构", "A003": "日升", "A004": "四方"},
        "en": {"00004": "Harbour", "A001": "Union", "A002": "Oriental Department Stores Holding, eastern region", "A003": "Sunrise", "A004": "Square"},
    }[lang]  # fmt: skip
    terms = {"zh": {"volume": "走量", "image": "形象"}, "en": {"volume": "Volume", "image": "Image"}}[lang]
    stand = {"basis": "net", "rollup": "account", "period": "2025-11..2026-10", "as_of": AS_OF}
    return Context(lang, names, account=account, fictional=True, terms=terms, conventions=stand)


def shown(ax: Any) -> list[Text]:
    return [t for t in ax.figure.findobj(Text) if t.get_text().strip() and t.get_visible()]


def words_of(ax: Any) -> str:
    return " ".join(t.get_text().replace("\n", " ") for t in shown(ax))


class Page(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.feed(re.sub(r"<style>.*?</style>", "", page, flags=re.S))

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("门店密 // Many stores", "门店密", "Many stores"),
        ("Many stores // 门店密", "门店密", "Many stores"),
        ("SWOT 分析 // SWOT", "SWOT 分析", "SWOT"),
        ("plain", "plain", "plain"),
        ("东 // 西", "东 // 西", "东 // 西"),
        ("and // or", "and // or", "and // or"),
        ("a // b // 丙", "a // b // 丙", "a // b // 丙"),
        ("https://example.com 网址", "https://example.com 网址", "https://example.com 网址"),
        ("门店//Stores", "门店//Stores", "门店//Stores"),
        ("𠮷 // Yoshi", "𠮷", "Yoshi"),
        (" // only", " // only", " // only"),
        ("门店 //  ", "门店 //  ", "门店 //  "),
    ],
)
def test_a_text_in_both_languages(text, zh, en):
    assert (in_language(text, "zh"), in_language(text, "en")) == (zh, en)


@pytest.mark.parametrize("rows", ["plain", "hostile"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", CHARTS)
def test_no_label_is_cut_or_covers_another(name, lang, rows, request):
    context, result = reader(lang), request.getfixturevalue(rows)
    ax = CHARTS[name](result, context)
    figure = ax.figure
    figure.canvas.draw()
    every = shown(ax)
    assert not any(t.get_parse_math() for t in every if "$" in t.get_text())
    boxes = [(t.get_text(), t.get_window_extent()) for t in every]
    for i, (words, a) in enumerate(boxes):
        assert a.x0 >= -1 and a.x1 <= figure.bbox.x1 + 1, words
        assert a.y0 >= -1 and a.y1 <= figure.bbox.y1 + 1, words
        for other, b in boxes[:i]:
            across, down = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            assert across < 2 or down < 4, (words, other)
    plt.close(figure)


@pytest.mark.parametrize("name", TABLES)
def test_what_people_wrote_stays_text_in_a_table(name, hostile, known_tags):
    raw = TABLES[name](hostile, reader("zh")).html()
    assert "tex2jax_ignore" in raw
    page = Page(raw)
    assert page.tags <= known_tags
    assert "nan" not in page.text.lower().split() and "None" not in page.text.split()


@pytest.mark.parametrize("name", FINDINGS)
def test_what_people_wrote_stays_text_in_findings(name, hostile):
    found = FINDINGS[name](hostile, reader("zh"))
    assert list(found)[-1].action
    for line in found.lines():
        assert "{" not in line and "\n" not in line and not re.search(r"\b(nan|None)\b", line)
        assert len(line) < 700
    page = Page(found._repr_html_())
    assert page.tags <= {"ul", "li", "br", "b"}


def test_completeness_asks_for_the_meaning_first(plain):
    found = list(findings.completeness(plain.completeness, reader("zh")))
    assert "档案完整度 87%" in found[0].text and "63" in found[0].text
    assert "对我们意味着什么" in found[1].text and found[1].action
    page = Page(tables.completeness(plain.completeness, reader("zh")).html()).text
    assert "合计 87% 8 项 7 项" in page


def test_swot_bars_add_up_to_the_totals(plain):
    ax = charts.swot(plain.swot, reader("en"))
    rows = len(ax.get_yticks())
    ends = {round(p.get_y() + p.get_height() / 2): p.get_x() + p.get_width() for p in ax.patches}
    totals = [i for i, t in enumerate(ax.get_yticklabels()) if t.get_fontweight() == "bold"]
    assert totals == [5, 9] and rows == 10
    assert ends[5] == pytest.approx(plain.swot.ife) == pytest.approx(ends[4])
    assert ends[9] == pytest.approx(plain.swot.efe) == pytest.approx(ends[7])
    assert 8 not in ends  # not rated: no bar, not a bar of nothing
    assert "Rents rise" in words_of(ax) and "not rated" in words_of(ax)
    plt.close(ax.figure)


def test_many_swot_items_still_add_up():
    items = [{"item": f"s{i}", "kind": "strength", "weight": 1, "rating": 3} for i in range(30)]
    result = room.swot_evaluation(items)
    ax = charts.swot(result, reader("en"), most=6)
    assert len(ax.get_yticks()) == 7 and "25 other points" in words_of(ax)
    assert max(p.get_x() + p.get_width() for p in ax.patches) == pytest.approx(3.0)
    plt.close(ax.figure)


def test_the_unanswered_pair_is_named(plain):
    assert any(
        "Member data lie idle" in i.text and i.action
        for i in findings.swot(plain.swot, reader("en"), plain.tows)
    )
    all_written = plain.tows.assign(answered=True)
    assert "Every kind of pair" in str(findings.swot(plain.swot, reader("en"), all_written))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_competitor_is_an_incomplete_plan(lang, plain):
    few = say("dossier.find_rivals_few", lang, n=1)
    assert few in str(findings.rivals(plain.one_rival, reader(lang)))
    assert few not in str(findings.rivals(plain.rivals, reader(lang)))
    assert (
        say("dossier.rivals_incomplete", lang)
        in Page(tables.rivals(plain.one_rival, reader(lang)).html()).text
    )
    assert say("course.choice.rival.rival_1", lang) in str(findings.rivals(plain.one_rival, reader(lang)))


def test_the_account_is_accented_among_its_rivals(plain):
    ax = charts.rivals(plain.rivals, reader("en"), names=plain.names)
    first, *others = [c for c in ax.collections if isinstance(c, PathCollection)]
    assert to_hex(first.get_facecolors()[0]) == ACCENT and str(first.get_label()).startswith("Harbour")
    assert len(others) == 2 and ACCENT not in [to_hex(c.get_facecolors()[0]) for c in others]
    assert "Next Door 3.11" in words_of(ax).replace("  ", " ")
    plt.close(ax.figure)


def test_where_it_loses_most_is_said(plain):
    last = list(findings.rivals(plain.rivals, reader("en"), names=plain.names))[-1]
    assert "Price image" in last.text and "Next Door" in last.text and "2.0 against 4.0" in last.text


def test_cannot_be_judged_is_not_worst(plain):
    lines = "\n".join(findings.intelligence(plain.intelligence, reader("en")).lines())
    assert "cannot be judged (F or 6): 1" in lines and "not mean they are false" in lines
    ax = charts.intelligence(plain.intelligence, reader("en"))
    faces = [to_hex(f) for c in ax.collections if isinstance(c, PathCollection) for f in c.get_facecolors()]
    assert faces.count("#ffffff") == 1 and len(faces) == 6  # the one without a date is not drawn
    assert "1 without a date" in words_of(ax)
    plt.close(ax.figure)
    page = Page(tables.intelligence(plain.intelligence, reader("en")).html()).text
    assert "cannot be judged" in page and "undated" in page


def test_give_and_get_are_balanced_over_what_is_known(plain):
    text = str(findings.moves(plain.moves, reader("en")))
    assert "2 of 6" in text and "CN¥410K" in text and "CN¥880K" in text and "CN¥470K to the good" in text
    worse = room.demand_supply_fit(
        [{"ask": "a", "importance": 4, "satisfiable": 1, "cost": 9e5, "get": "b", "worth": 2e5}]
    )
    assert "CN¥700K short" in str(findings.moves(worse, reader("en")))
    unknown = room.demand_supply_fit([{"ask": "a", "importance": 4, "satisfiable": 1}])
    assert "balance of give and get cannot be said" in str(findings.moves(unknown, reader("en")))
    page = Page(tables.moves(plain.moves, reader("en")).html()).text
    assert "Total CN¥1.2M 66% CN¥610K CN¥880K" in page and "+CN¥470K" in page


def test_focus_is_no_verdict_and_missing_is_said(plain):
    text = str(findings.resource_focus(plain.focus, reader("en")))
    assert "index 0.67" in text and "no verdict" in text and "Square" in text
    page = Page(tables.resource_focus(plain.focus, reader("en")).html()).text
    assert "Square 5.0% -1.0% CN¥700K 6.2% —" in page and "All other accounts" in page
    ax = charts.resource_focus(plain.focus, reader("en"))
    own = [p for p in ax.patches if p.get_facecolor()[:3] == pytest.approx((0xD5 / 255, 0x5E / 255, 0))]
    assert len(own) == 1
    plt.close(ax.figure)


def test_focus_keeps_the_readers_account_in_a_long_list():
    n = 40
    table = pd.DataFrame(
        {"sales_share": 1 / n, "contribution_share": 1 / n, "resources": [float(n - i) for i in range(n)]},
        index=[f"B{i:03d}" for i in range(n)],
    )
    table["resource_share"] = table["resources"] / table["resources"].sum()
    table["index"] = table["resource_share"] / table["contribution_share"]
    ax = charts.resource_focus(table, reader("en", "B039"))
    names = [t.get_text() for t in ax.get_yticklabels()]
    assert len(names) == 12 and names[-1] == "B039"
    plt.close(ax.figure)


def test_what_is_absent_blocks_a_strategy(plain):
    text = str(findings.resources(plain.resources, reader("en"), plain.readiness))
    assert 'strategy "Volume" yet' in text and "Incentives agree" in text and "115%" in text
    ax = charts.readiness(plain.readiness, reader("en"))
    assert "absent; blocks Volume" in words_of(ax) and "not rated" in words_of(ax)
    plt.close(ax.figure)


def test_conflicts_come_first_and_the_light_is_red(plain):
    found = list(findings.strategic_fit(plain.fit, reader("en")))
    assert found[0].text.startswith("Conflict") and "Fit with channel management" in found[0].text
    assert "Red light" in found[-1].text
    part = room.strategic_fit({"marketing": 4, "product": 5})
    assert "no green or amber" in str(findings.strategic_fit(part, reader("en")))
    ax = charts.strategic_fit(part, reader("en"))
    assert words_of(ax).count("not rated") == 2
    plt.close(ax.figure)


def test_each_rule_of_raci_is_said(plain):
    text = str(findings.raci(plain.raci, reader("zh")))
    assert "“新品进场”有 2 个 A" in text and "大客户经理负责 4 项任务" in text
    broken = room.raci_check({"a": {"kam": "R"}, "b": {"kam": "A"}})
    text = str(findings.raci(broken, reader("en")))
    assert '"a" has no A' in text and '"b" has no R' in text
    assert "Each task has one A" in str(
        findings.raci(room.raci_check({"a": {"kam": "AR", "law": "I"}}), reader("en"))
    )
    page = Page(tables.raci(plain.raci_table, reader("en"), plain.raci).html()).text
    assert "AR" in page and "has 2 As" in page


def test_gaps_of_the_contact_matrix_are_marked(plain):
    page = Page(tables.contact_matrix(plain.matrix, reader("en")).html()).text
    assert page.count("gap") == 3 and "0/1 gap" in page and "25%" in page
    assert "Top management × General management" in str(findings.contact_matrix(plain.matrix, reader("en")))


def test_not_rated_is_not_zero(plain):
    page = Page(tables.training(plain.training, reader("en")).html()).text
    assert "— Integrity and resilience 0.05 4 not rated — —" in page
    assert "not rated is neither zero nor enough" in str(findings.training(plain.training, reader("en")))
    page = Page(tables.standards(plain.standards, reader("en")).html()).text
    assert "referent power 0 not rated — — —" in page and "Ratings without evidence: 1" in page


def test_few_answers_are_warned_of(plain):
    few = room.team_pulse([{"goal": 5, "trust": 1}, {"goal": 4, "trust": 5}])
    found = list(findings.pulse(few, reader("en")))
    assert "nobody is anonymous" in found[0].text and "trust" in found[-1].text.lower()
    ax = charts.pulse(few, reader("en"))
    assert "nobody is anonymous" in words_of(ax)
    plt.close(ax.figure)
    assert "nobody is anonymous" not in str(findings.pulse(plain.pulse, reader("en")))


def test_every_red_component_has_its_action(plain):
    text = str(FINDINGS["health"](plain, reader("en")))
    assert "Payment is red (24)" in text and "fix a day for each overdue item" in text
    assert "Since the last run -8.0 points" in text and "No data for: Service" in text
    for key in ("growth", "margin", "payment", "wallet", "relationship", "service", "knowledge"):
        assert has_message("dossier.health_do", key) and has_message("dossier.component", key)
    good = room.health_score({"growth": 90.0}, {"growth": 1})
    assert list(findings.health(good, reader("en")))[-1].action


def test_a_cap_is_drawn_and_said(plain):
    ax = charts.health(plain.capped, reader("en"))
    assert "health 45 of 100" in ax.get_title(
        loc="left"
    ) and "without it the score would be 53.3" in words_of(ax)
    plt.close(ax.figure)
    page = Page(tables.health(plain.capped, reader("en")).html()).text
    assert "Without the cap" in page and "53.3" in page and "45.0" in page
    assert "held at 45" in str(findings.health(plain.capped, reader("en")))


def test_the_change_of_health_runs_from_before_to_now(plain):
    ax = charts.health_change(plain.change, reader("en"), current=plain.health)
    first, *steps, last = ax.patches
    assert first.get_width() == pytest.approx(plain.before.score)
    assert last.get_width() == pytest.approx(plain.health.score)
    effects = plain.change.table["effect"]
    assert len(steps) == int((effects.abs() >= 0.05).sum())
    plt.close(ax.figure)
    same = room.health_change(plain.health, plain.health)
    assert image(charts.health_change(same, reader("zh"), current=plain.health))
    assert "没有变化" in str(findings.health(plain.health, reader("zh"), same))
