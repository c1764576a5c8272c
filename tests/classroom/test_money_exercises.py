"""The exercises on the account's money: right answers by hand, half of the data, none at all, and the sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from kamtools.book.portfolio import Book
from kamtools.classroom import exercise
from kamtools.classroom.questions import NONE, questions
from kamtools.finance.coding import parse_expense_code
from kamtools.finance.credit import CreditHold
from kamtools.finance.levers import what_if, with_capital
from kamtools.finance.monthlock import restatement
from kamtools.finance.payment import Signal
from kamtools.finance.revision import plan_diff
from kamtools.words import LANGUAGES

MONEY = [q for q in questions().values() if q.item.startswith("4.")]
JUDGED = [q for q in MONEY if q.kind != "opinion"]
LIKELY, BOOKED = "26-A001-B01-TP-DM-001-2", "26-A001-B01-TP-DM-001-3"
YEAR = {
    "list_sales": 1000.0,
    "on_invoice": -100.0,
    "invoiced_sales": 900.0,
    "off_invoice_performance": -50.0,
    "off_invoice_promotional": 0.0,
    "net_sales": 850.0,
    "cost_of_goods": -600.0,
    "gross_margin": 250.0,
    "consumer_promotion": 0.0,
    "a_and_p": -120.0,
    "cost_to_serve": -60.0,
    "contribution": 70.0,
}


def codes(*rows: tuple[str, str | None, str | None, tuple[str, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["expense_id", "code", "likely", "alternatives"])


def statement(**variances: float | None) -> dict[str, Any]:
    frame = pd.DataFrame({"line": list(YEAR), "actual": list(YEAR.values())})
    frame["variance"] = [variances.get(line) for line in YEAR]
    frame["variance"] = frame["variance"].astype(float)
    return {"ytd": SimpleNamespace(table=frame)}


def control(*rows: tuple[str, float | None, float | None, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["activity", "budget", "remaining", "status"])
    return frame.astype({"budget": float, "remaining": float})


def promotion(verdict: str = "pays", lift: float | None = 0.25) -> Any:
    return SimpleNamespace(pnl=SimpleNamespace(verdict=verdict, break_even_lift=lift))


def forecast(high: float = 2_500_000.0) -> Any:
    table = pd.DataFrame({"month": ["2026-11", "2026-12"], "high": [high, 1.0]})
    return SimpleNamespace(table=table, outlook=SimpleNamespace(point=30_000_400.0))


def credit(**more: Any) -> Any:
    aged = pd.Series({"not_due": 9e6, "d1_30": 8e6, "d31_60": 7e6, "d61_90": 400_000.0, "d91_up": 50_000.0})
    signals = [
        Signal("paying_later", pd.Timestamp("2026-03-31")),
        Signal("limit_used", pd.Timestamp("2026-05-31")),
    ]
    conventions = {"vat_rate": 0.13, "buckets": (30, 60, 90), "ageing_basis": "due"}
    hold = CreditHold(True, ("overdue",), 0.8)
    given = {"dso": 100.0, "ageing": aged, "signals": signals, "conventions": conventions, "hold": hold}
    return SimpleNamespace(**{**given, **more})


def tried(**changes: float) -> Any:
    return what_if(with_capital(YEAR, 12.0, None), **changes)


LOCKED = pd.DataFrame(
    {
        "month": ["2026-08", "2026-08", "2026-09"],
        "line": ["a_and_p", "contribution", "a_and_p"],
        "amount": 5.0,
    }
)
TOLD: dict[str, Any] = {
    "codes": codes(("E1", None, None, ()), ("E2", BOOKED, LIKELY, ()), ("E2", BOOKED, LIKELY, ())),
    "statements": statement(list_sales=-5.0, a_and_p=-20.0, contribution=-90.0, cost_of_goods=8.0),
    "control": control(("AP", 50.0, 25.0, "go"), ("TP", 200.0, 30.0, "warn"), ("CP", None, None, "stop")),
    "promotions": (promotion("undecided", 0.25), promotion("pays", 0.9)),
    "restatement": restatement(LOCKED, LOCKED.assign(amount=[6.0, 4.0, 5.0])),
    "forecast": forecast(),
    "what_if": tried,
    "measures": pd.DataFrame({"measure": ["net_sales", "contribution"], "band": ["red", "amber"]}),
    "bridge": SimpleNamespace(steps=pd.DataFrame({"step": ["price", "volume", "mix"], "amount": [-3.0, 9.0, -4.0]})),
    "credit": credit(),
    "own": SimpleNamespace(documents=pd.DataFrame({"account": ["A001"]}), last=pd.Period("2026-10", freq="M")),
    "stress": {"full": SimpleNamespace(months_to_replace=15.0)},
    "revision": plan_diff(
        {"list_sales": 9.0, "net_sales": 1.0, "a_and_p": -8.0}, {"list_sales": 8.0, "net_sales": 50.0, "a_and_p": -2.0}
    ),
}  # fmt: skip
NOTHING: dict[str, Any] = {
    "codes": None,
    "statements": statement(),
    "control": None,
    "promotions": (),
    "restatement": None,
    "forecast": SimpleNamespace(table=pd.DataFrame(columns=["month", "high"]), outlook=None),
    "what_if": lambda **changes: None,
    "measures": pd.DataFrame({"measure": ["contribution"], "band": ["no_target"]}),
    "bridge": None,
    "credit": credit(dso=None, ageing=None, signals=[], hold=None),
    "own": SimpleNamespace(documents=pd.DataFrame({"account": []}), last=pd.Period("2026-10", freq="M")),
    "stress": None,
    "revision": None,
}
NOTHING["statements"]["ytd"].table["actual"] = float("nan")

RIGHT: dict[str, Any] = {
    "4.M.1.x1": 2.0,
    "4.M.1.x2": {LIKELY},
    "4.M.2.x1": 70 / 850,
    "4.M.2.x2": {"a_and_p"},
    "4.M.3.x1": 0.15,
    "4.M.3.x2": {"warn"},
    "4.M.3.x3": {"undecided"},
    "4.M.3.x4": 0.25,
    "4.M.3.x5": 1.0,
    "4.N.x1": 2500.0,
    "4.N.x2": 30000.4,
    "4.N.x3": {"a_and_p"},
    "4.N.1.x1": {"amber"},
    "4.N.2.x1": {"mix"},
    "4.N.3.x1": 100.0,
    "4.N.3.x2": 13.0,
    "4.N.3.x3": 450.0,
    "4.N.3.x4": {"paying_later@2026-03"},
    "4.N.3.x5": {"overdue"},
    "4.N.3.x6": 15.0,
    "4.N.4.x1": {"a_and_p"},
}


@dataclass(frozen=True, eq=False)
class Told(Book):
    """A book of the sample company with a money of our own."""

    given: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def money(self) -> Any:
        return SimpleNamespace(**self.given)


@pytest.fixture
def told(book_of):
    def make(lang: str = "en", base: Mapping[str, Any] = TOLD, **given: Any) -> Book:
        return Told(book_of().portfolio, "A001", lang, False, {**base, **given})

    return make


def test_every_judged_question_has_a_right_answer_by_hand():
    assert {q.id for q in JUDGED} == set(RIGHT) and 18 <= len(MONEY) <= 22
    assert {q.item for q in MONEY} == {"4.M", "4.M.1", "4.M.2", "4.M.3", "4.N", "4.N.1", "4.N.2", "4.N.3", "4.N.4"}  # fmt: skip


@pytest.mark.parametrize("id", list(RIGHT))
def test_what_is_right_follows_from_the_money(told, id):
    expected = exercise(id, told()).expected
    assert expected == pytest.approx(RIGHT[id]) if isinstance(RIGHT[id], float) else expected == RIGHT[id]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("question", JUDGED, ids=lambda q: q.id)
def test_unanswered_wrong_and_right_in_both_languages(told, question, lang, wrong_answer):
    found = exercise(question.id, told(lang))
    assert found.check().status == "not_attempted"
    failed = found.check(wrong_answer(found))
    assert failed.status == "failed" and found.hint().text in failed.text
    assert found.check(found.right_answer()).status == "passed"
    assert "{" not in found.solution().text
    assert len({label for _, label in found.options}) == len(found.options)
    assert not any("_" in label for _, label in found.options)  # every option has its words


@pytest.mark.parametrize("question", JUDGED, ids=lambda q: q.id)
def test_without_data_nothing_is_judged(told, question, unanswered):
    found = exercise(question.id, told(base=NOTHING))
    assert found.expected is None and found.right_answer() is None
    assert found.check().status == unanswered(found) and found.solution().text and found._repr_html_()
    answer = "5" if question.kind == "number" else next((v for v, _ in found.options), None)
    if answer:
        assert found.check(answer).status == "uncheckable"


def test_the_view_is_kept_and_not_judged(told):
    found = exercise("4.M.x1", told())
    answer = {"choice": "budget", "why": "the display fee"}
    assert found.check(answer).status == "uncheckable" and found.answer == answer
    assert len(found.options) == 4 and found.solution().text


@pytest.mark.parametrize(
    ("id", "given", "expected"),
    [
        ("4.M.1.x1", {"codes": codes()}, 0.0),
        ("4.M.1.x2", {"codes": codes()}, None),
        ("4.M.1.x2", {"codes": codes(("E1", None, None, ()))}, None),
        ("4.M.1.x2", {"codes": codes(("E1", BOOKED, LIKELY, (BOOKED,)))}, {LIKELY, BOOKED}),
        ("4.M.2.x2", {"statements": statement(list_sales=5.0, a_and_p=0.0)}, {NONE}),
        ("4.M.2.x2", {"statements": statement(net_sales=-5.0)}, None),  # a subtotal is no line
        ("4.M.3.x1", {"control": control(("AP", None, None, "unknown"))}, None),
        ("4.M.3.x1", {"control": control(("AP", 100.0, -20.0, "stop"))}, -0.2),
        ("4.M.3.x2", {"control": control(("AP", 100.0, None, "unknown"))}, None),
        ("4.M.3.x3", {"promotions": (promotion("no_conclusion", None),)}, {"no_conclusion"}),
        ("4.M.3.x4", {"promotions": (promotion("no_conclusion", None),)}, None),
        ("4.M.3.x5", {"restatement": restatement(LOCKED, LOCKED)}, 0.0),
        ("4.N.1.x1", {"measures": pd.DataFrame({"measure": [], "band": []})}, None),
        ("4.N.2.x1", {"bridge": SimpleNamespace(steps=pd.DataFrame({"step": ["mix"], "amount": [2.0]}))}, {NONE}),
        ("4.N.3.x3", {"credit": credit(conventions={"buckets": (45, 90), "ageing_basis": "due"})}, None),
        ("4.N.3.x3", {"credit": credit(conventions={"buckets": (30, 60, 90), "ageing_basis": "invoice"})}, None),
        ("4.N.3.x2", {"credit": credit(conventions={})}, None),
        ("4.N.3.x4", {"credit": credit(signals=[])}, {NONE}),
        ("4.N.3.x5", {"credit": credit(hold=CreditHold(False, (), 0.5))}, {"no"}),
        ("4.N.3.x5", {"credit": credit(hold=CreditHold(False, (), None, ("limit",)))}, None),
        ("4.N.3.x5", {"credit": credit(hold=CreditHold(True, ("overdue",), None, ("limit",)))}, {"overdue"}),
        ("4.N.3.x5", {"credit": credit(hold=CreditHold(True, ("over_limit", "overdue"), 1.4))}, {"both"}),
        ("4.N.3.x6", {"stress": {"full": SimpleNamespace(months_to_replace=None)}}, None),
        ("4.N.3.x6", {"stress": {"full": SimpleNamespace(months_to_replace=0.0)}}, 0.0),
        ("4.N.4.x1", {"revision": plan_diff({"list_sales": 1.0, "a_and_p": 2.0}, {"list_sales": 1.0, "a_and_p": 2.0})}, None),
    ],
)  # fmt: skip
def test_what_half_of_the_data_can_say(told, id, given, expected):
    found = exercise(id, told(**given)).expected
    assert found == pytest.approx(expected) if isinstance(expected, float) else found == expected


def test_two_signals_of_the_same_month_are_both_right(told):
    day = pd.Timestamp("2026-03-31")
    signals = [
        Signal("paying_later", day),
        Signal("limit_used", day),
        Signal("part_payments", day + pd.offsets.MonthEnd()),
    ]
    expected = exercise("4.N.3.x4", told(credit=credit(signals=signals))).expected
    assert expected == {"paying_later@2026-03", "limit_used@2026-03"}


def test_the_right_code_does_not_stand_out_by_its_place_or_form(told):
    found = exercise("4.M.1.x2", told())
    values = [value for value, _ in found.options[:-1]]
    assert values == sorted(values) and len(values) >= 3 and {LIKELY, BOOKED} < set(values)
    assert parse_expense_code(LIKELY).sequence == 1
    with pytest.raises(ValueError, match="check"):
        parse_expense_code(BOOKED)


def test_the_best_move_is_the_one_that_the_sliders_show(told):
    """By hand: 1 % of price earns 8.5 less capital, 1 point of terms 10, a tenth of A&P 12, of service 6."""
    book = told()
    table = book.money.what_if(a_and_p=-0.1).table.set_index("line")
    assert table.at["economic_profit", "change"] == pytest.approx(12.0)
    assert book.money.what_if(terms=-0.01).table.set_index("line").at[
        "contribution", "change"
    ] == pytest.approx(10)


@pytest.mark.parametrize("account", ["A001", "A009", "A100"])
def test_on_the_sample_the_answers_are_those_of_the_book(book_of, account):
    book = book_of(account)
    money = book.money
    margin = exercise("4.M.2.x1", book).expected
    table = money.statements["ytd"].table.set_index("line")["actual"]
    assert margin == pytest.approx(table["contribution"] / table["net_sales"])
    assert exercise("4.N.3.x1", book).expected == money.credit.dso
    assert exercise("4.M.1.x1", book).expected == money.codes["expense_id"].nunique()
    assert exercise("4.N.x2", book).expected * 1000 == pytest.approx(money.forecast.outlook.point)


def test_the_stories_of_the_sample_are_found(book_of):
    first, coded = book_of("A001"), book_of("A009")
    assert exercise("4.N.3.x4", first).expected == {"paying_later@2025-10"}
    assert exercise("4.N.3.x5", first).expected == {"both"}
    assert exercise("4.M.1.x1", coded).expected == 12
    (right,) = exercise("4.M.1.x2", coded).expected
    assert parse_expense_code(right).account == "A009"


@pytest.mark.parametrize("question", MONEY, ids=lambda q: q.id)
def test_every_question_is_registered(question):
    assert questions()[question.id] is question and question.item == question.id.rpartition(".")[0]
