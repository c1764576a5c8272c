"""The exercises on knowing the account: right answers by hand, half-empty forms, no forms at all."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pytest

from kamtools.book.knowing import Knowing
from kamtools.book.portfolio import Book
from kamtools.classroom import exercise
from kamtools.classroom.questions import NONE, questions
from kamtools.course.asking import best, judged
from kamtools.forms import forms
from kamtools.store import FieldValue, Record
from kamtools.words import LANGUAGES

AT = dt.datetime(2026, 10, 20, tzinfo=dt.UTC)
FRESH, OLD = dt.date(2026, 10, 1), dt.date(2024, 10, 1)
KNOWING = [q for q in questions().values() if q.item.startswith("2.") and q.item[2] not in "AB"]
JUDGED = [q for q in KNOWING if q.kind != "opinion"]

FORMS: dict[str, dict[str, Any]] = {
    "profile": {"legal_name": "澄禾商贸 // Chenghe Trading", "headquarters": "Wuhan", "founded": 1998},
    "mission": {"mission": "near and cheap", "long_intent": "national", "short_intent": ""},
    "goal_map": {
        "goals": [
            {"horizon": "short", "goal": "margin", "meaning": "less rebate", "offer": "own pack"},
            {"horizon": "long", "goal": "online", "meaning": "new packs"},
            {"horizon": "long", "goal": "west", "meaning": "supply", "offer": "  "},
        ]
    },
    "swot": {
        "items": [
            {"kind": "strength", "item": "stores", "weight": 0.6, "rating": 4},
            {"kind": "weakness", "item": "logistics", "weight": 0.4, "rating": 1},
            {"kind": "opportunity", "item": "ageing", "weight": 0.5, "rating": 3},
            {"kind": "threat", "item": "线上平台 // online rivals", "weight": 0.3, "rating": 2},
            {"kind": "threat", "item": "rents", "weight": 0.2, "rating": 2},
        ]
    },
    "competitors": {
        "rival_1": "Alpha",
        "rival_2": "Beta",
        "profile": [
            {"factor": "price", "weight": 0.5, "account": 2, "rival_1": 4, "rival_2": 3},
            {"factor": "range", "weight": 0.3, "account": 4, "rival_1": 2, "rival_2": 3},
            {"factor": "service", "weight": 0.2, "account": 1, "rival_1": 3, "rival_2": 3},
        ],
    },
    "intelligence": {
        "items": [
            {"date": "2026-10-30", "what": "rumour", "reliability": "F", "credibility": "1"},
            {"date": "2026-10-30", "what": "new buyer", "reliability": "C", "credibility": "3"},
            {"date": "2026-10-01", "what": "新仓库 // new depot", "reliability": "A", "credibility": "1"},
            {"date": "2025-10-01", "what": "old plan", "reliability": "A", "credibility": "1"},
        ]
    },
    "three_moves": {
        "asks": [
            {"no": 1, "term": "payment", "ask": "60 days", "importance": 5, "value": 45},
            {"no": 2, "term": "people", "ask": "promoter", "importance": 3, "value": 40},
            {"no": 3, "term": "data", "ask": "forecast", "importance": 2},
        ],
        "offers": [
            {"no": 1, "answer": "partly", "satisfied": 40, "cost": 30, "offer": "45 days"},
            {"no": 2, "answer": "yes", "satisfied": 100, "cost": 10, "offer": "one"},
        ],
        "outcomes": [{"no": 1, "get": "two shelves", "measure": "shelves", "worth": 25}],
    },
    "readiness": {
        "targets": 2,
        "coverage": 0,
        "incentives": 0,
        "tools": 1,
        "resources": [
            {"kind": "time", "what": "promoters", "capacity": 200, "used": 150},
            {"kind": "money", "what": "display fund", "capacity": 100, "used": 90},
            {"kind": "product", "what": "gift packs", "used": 10},
        ],
    },
    "strategic_fit": {"marketing": 4, "product": 3, "channel": 2},
    "support": {
        "functions": [
            {"function": "supply", "need": "rush orders", "today": 2},
            {"function": "finance", "need": "statements", "today": 4},
            {"function": "legal", "need": "contract"},
        ],
        "tasks": [
            {"task": "price", "kam": "R", "finance": "A", "sales": "I"},
            {"task": "launch", "kam": "A", "marketing": "A", "sales": "R"},
            {"task": "促销 // promotion", "kam": "A", "marketing": "C"},
        ],
    },
    "contacts": {
        "people": [
            {"name": "Li", "influence": 5, "sentiment": 1, "touchpoints": 9, "held_by": "Chen"},
            {"name": "Wu", "influence": 3, "sentiment": -1, "touchpoints": 4, "held_by": "Chen"},
            {"name": "Sun", "influence": 2},
        ]
    },
    "roles": {"cards": [{"role": "strategist", "person": "Chen"}]},
    "abilities": {
        "abilities": [
            {"ability": "team", "weight": 2, "required": 4, "actual": 3, "evidence": "x"},
            {"ability": "analysis", "weight": 1, "required": 5, "actual": 2, "evidence": "x"},
            {"ability": "product", "weight": 9, "required": 3, "actual": 5, "evidence": "x"},
        ]
    },
    "product_knowledge": {"people": [{"person": "Chen", "level": 4}, {"person": "He", "level": 3}]},
    "problem_solving": {
        "people": [
            {"person": "Chen", "level": 3, "target": 4},
            {"person": "He", "level": 3, "target": 3},
            {"person": "Xu", "level": 1},
        ]
    },
    "leadership": {"people": [{"person": "Chen", "level": 2}]},
    "customer_knowledge": {
        "people": [{"person": "Chen", "level": 5}, {"person": "He", "level": 4}, {"person": "Xu", "level": 2}]
    },
    "pulse": {
        "answers": [
            {"goal": 5, "roles": 3, "trust": 1, "support": 3, "learning": 4},
            {"goal": 5, "roles": 3, "trust": 5, "support": 2, "learning": 4},
            {"goal": 4, "roles": 3, "trust": 5, "support": 2, "learning": 4},
        ]
    },
}

RIGHT: dict[str, Any] = {
    "2.C.x2": 1.0,
    "2.D.1.x1": {"short_intent", "meaning"},
    "2.D.2.x1": 2.0,
    "2.E.x1": 2.8,
    "2.E.x2": {"线上平台 // online rivals"},
    "2.F.x1": {"price"},
    "2.F.x2": {"yes"},
    "2.G.x1": {"新仓库 // new depot"},
    "2.G.x2": 1.0,
    "2.H.x1": 0.625,
    "2.H.1.x1": {"60 days"},
    "2.H.2.x1": {"promoter"},
    "2.H.3.x1": {"gives"},
    "2.H.3.x2": 1.0,
    "2.I.x1": {"A003"},
    "2.I.1.x1": {"display fund"},
    "2.I.2.x1": {"coverage", "incentives"},
    "2.J.x1": {"channel"},
    "2.J.1.x1": {"no"},
    "2.J.2.x1": {"no"},
    "2.J.3.x1": {"yes"},
    "2.J.4.x1": {"not"},
    "2.K.1.x1": {"launch", "促销 // promotion"},
    "2.K.1.x2": {"supply"},
    "2.K.2.x1": {"Li"},
    "2.K.2.x2": {"yes"},
    "2.M.x1": {"analysis"},
    "2.N.x1": {"leadership"},
    "2.N.1.x1": 3.5,
    "2.N.2.x1": 1.0,
    "2.N.3.x1": 2.0,
    "2.N.4.x1": 2.0,
    "2.O.x1": {"support"},
    "2.O.x2": {"trust"},
}


@dataclass(frozen=True, eq=False)
class Written(Book):
    """A book of the sample company with forms of our own."""

    given: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @cached_property
    def knowing(self) -> Knowing:
        records = {}
        for name, values in self.given.items():
            dates = {name_: OLD if name_ == "founded" else FRESH for name_ in values}
            fields = {k: FieldValue(v, "visit", dates[k], "confirmed") for k, v in values.items()}
            records[name] = Record(self.account, name, fields, 1, "Li", AT)
        row: Any = self.portfolio.measures.loc[self.account]
        measures = row.to_dict()
        return Knowing(self.account, self.portfolio.as_of, records, self.portfolio.settings, measures)


@pytest.fixture
def written(book_of):
    def make(given: Mapping[str, Mapping[str, Any]] = FORMS, lang: str = "en", account: str = "A001") -> Book:
        return Written(book_of(account).portfolio, account, lang, False, given)

    return make


def test_every_judged_question_has_a_right_answer_by_hand():
    """Two stand on all forms or on the ledger as well, and are checked against the results themselves."""
    assert {q.id for q in JUDGED} - set(RIGHT) == {"2.C.x1", "2.C.x3"}


@pytest.mark.parametrize("id", list(RIGHT))
def test_what_is_right_follows_from_the_forms(written, id):
    expected = exercise(id, written()).expected
    assert expected == pytest.approx(RIGHT[id]) if isinstance(RIGHT[id], float) else expected == RIGHT[id]


def test_completeness_and_health_are_those_of_the_book(written):
    book = written()
    asked = {n: f for n, f in forms().items() if f.item.startswith("2.")}
    required = [(n, x.id) for n, f in asked.items() for x in f.fields if x.required or x.min_rows]
    filled = [1 for n, name in required if FORMS.get(n, {}).get(name) not in (None, "", [])]
    assert exercise("2.C.x1", book).expected == pytest.approx(len(filled) / len(required))
    scores = book.knowing.health.scores
    (lowest,) = exercise("2.C.x3", book).expected
    assert scores[lowest] == min(scores.values()) and "relationship" in scores


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("question", JUDGED, ids=lambda q: q.id)
def test_unanswered_wrong_and_right_in_both_languages(written, question, lang, wrong_answer):
    book = written(lang=lang)
    found = exercise(question.id, book)
    assert found.check().status == "not_attempted"
    failed = found.check(wrong_answer(found))
    assert failed.status == "failed" and found.hint().text in failed.text
    assert found.check(found.right_answer()).status == "passed"
    said = found.solution().text
    assert "{" not in said and "//" not in said + "".join(label for _, label in found.options)


def test_an_answer_kept_in_one_language_holds_in_the_other(written):
    exercise("2.E.x2", written(lang="zh")).check("线上平台 // online rivals")
    found = exercise("2.E.x2", written(lang="en"))
    assert found.check().status == "passed"
    assert "online rivals" in found.solution().text and "线上" not in found.solution().text


@pytest.mark.parametrize("question", [q for q in KNOWING if q.kind == "opinion"], ids=lambda q: q.id)
def test_a_view_is_kept_and_not_judged(written, question):
    found = exercise(question.id, written())
    answer = {"choice": found.options[0][0], "why": "because"}
    assert found.check(answer).status == "uncheckable" and found.answer == answer
    assert len(found.options) >= 3 and found.solution().text


@pytest.mark.parametrize("question", JUDGED, ids=lambda q: q.id)
def test_without_any_form_nothing_is_judged_but_what_can_be_said(written, question, unanswered):
    found = exercise(question.id, written({}))
    if question.id in ("2.C.x1", "2.C.x2"):
        assert found.expected == 0
    elif question.id in ("2.C.x3", "2.I.x1"):  # from the ledger
        assert found.expected
    else:
        assert found.expected is None and found.right_answer() is None
        assert found.check().status == unanswered(found) and found.solution().text


@pytest.mark.parametrize(
    ("form", "given", "id", "expected"),
    [
        ("mission", {"mission": "a", "long_intent": "b", "short_intent": "c", "meaning": "d"}, "2.D.1.x1", {NONE}),
        ("goal_map", {"goals": [{"horizon": "long"}]}, "2.D.2.x1", None),
        ("swot", {"items": [{"kind": "threat", "item": "x", "weight": 1, "rating": 1}]}, "2.E.x1", None),
        ("swot", {"items": [{"kind": "threat", "item": "x", "weight": 1, "rating": 1}]}, "2.E.x2", None),
        ("support", {"tasks": [{"task": "price", "kam": "AR", "sales": "I"}]}, "2.K.1.x1", {NONE}),
        ("readiness", {"targets": 1}, "2.I.2.x1", {NONE}),
        ("abilities", {"abilities": [{"ability": "team", "required": 3, "actual": 3}]}, "2.M.x1", {NONE}),
        ("contacts", {"people": [{"name": "Li", "influence": 5}, {"name": "Wu"}]}, "2.K.2.x1", None),
        ("contacts", {"people": [{"name": "Li", "touchpoints": 2}, {"name": "Wu", "touchpoints": 2}]}, "2.K.2.x2", {"no"}),
        ("contacts", {"people": [{"name": "Li", "touchpoints": 2}, {"name": "Wu", "touchpoints": 2}]}, "2.K.2.x1", None),
        ("three_moves", {"outcomes": [{"no": 1, "get": "x", "worth": 5}]}, "2.H.x1", None),
        ("pulse", {"answers": [{"goal": 3, "trust": 3}]}, "2.O.x2", {NONE}),
        ("problem_solving", {"people": [{"person": "Xu", "level": 1}]}, "2.N.2.x1", None),
    ],
)  # fmt: skip
def test_what_a_half_empty_form_can_say(written, form, given, id, expected):
    assert exercise(id, written({form: given})).expected == expected


def test_one_rival_is_not_enough(written):
    one = {**FORMS["competitors"], "rival_2": ""}
    book = written({"competitors": one})
    assert exercise("2.F.x2", book).expected == {"no"}
    assert exercise("2.F.x1", book).expected == {"price"}


def test_ahead_on_every_factor_is_said_so(written):
    rows = [
        {"factor": f, "weight": 0.5, "account": 4, "rival_1": 3, "rival_2": 2} for f in ("price", "range")
    ]
    given = {"competitors": {"rival_1": "Alpha", "rival_2": "Beta", "profile": rows}}
    assert exercise("2.F.x1", written(given)).expected == {NONE}


def torn(values: Any, chance: random.Random) -> Any:
    """Return a form with some of its words and figures gone, or of the wrong kind."""
    if isinstance(values, dict):
        return {k: torn(v, chance) for k, v in values.items() if chance.random() > 0.25}
    if isinstance(values, list):
        return [torn(v, chance) for v in values if chance.random() > 0.2]
    return chance.choice([values] * 8 + [None, "", "?", -1])


@pytest.mark.parametrize("seed", range(25))
def test_torn_forms_are_never_a_fault(written, seed, unanswered, wrong_answer):
    chance = random.Random(seed)
    book = written({name: torn(values, chance) for name, values in FORMS.items()})
    for question in JUDGED:
        found = exercise(question.id, book)
        assert found.check().status == unanswered(found)
        assert found._repr_html_() and found.solution().text
        if found.expected is not None:
            assert found._judge(found.right_answer()).status == "passed", question.id
            assert found._judge(wrong_answer(found)).status == "failed", question.id


def test_options_are_text(written):
    hostile = "<img src=x onerror=alert(1)> $\\frac$"
    tasks = [{"task": hostile, "kam": "R"}, {"task": "price", "kam": "AR"}]
    found = exercise("2.K.1.x1", written({"support": {"tasks": tasks}}))
    assert found.expected == {hostile}
    assert "<img" not in found._repr_html_() and "<img" not in found.solution()._repr_html_()


def test_judged_and_best_leave_out_what_cannot_be_judged():
    assert best([("a", None), ("b", float("nan"))]) == set()
    assert best([("a", 0.1 + 0.2), ("b", 0.3)]) == {"a", "b"}
    assert judged({"c"}, [("a", "A"), ("b", "B")]) is None


def test_at_most_a_third_are_opinions():
    assert 3 * sum(q.kind == "opinion" for q in KNOWING) <= len(KNOWING)
