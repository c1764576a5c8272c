"""The detectors find every planted story, at full and half strength and with other seeds, and leave the controls alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
import yaml

from kamtools import identification
from kamtools.book import open_portfolio
from kamtools.workspace import read_table

CASES = [("committed", 1.0), (20261031, 0.5), (7, 1.0), (7, 0.5), (99, 1.0), (99, 0.5)]
# story -> the kind of alarm that must name its account
DETECTED = {
    "sales_halved": "sales_fall",
    "large_loss_maker": "large_loss",
    "fastest_small": "fastest_small",
    "terms_out_of_line": "terms_out_of_line",
    "single_thread": "single_thread",
    "stale_dossier": "stale_dossier",
    "gives_without_gets": "gives_without_gets",
    "fit_conflict": "fit_conflict",
    "one_competitor": "too_few_rivals",
    "a_and_p_without_lift": "no_lift",
    "wrong_code": "wrong_code",
}
PAYMENT = {"payment_stopped", "payment_slowing"}  # which of them depends on how far the story has gone


@dataclass
class Case:
    """One company: its portfolio, its stories by id, its strength."""

    portfolio: Any
    stories: dict[str, dict[str, Any]]
    strength: float
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    @cached_property
    def alarms(self) -> list[Any]:
        return self.portfolio.every_alarm

    def table(self, name: str) -> pd.DataFrame:
        if name not in self.tables:
            self.tables[name] = read_table(self.portfolio.workspace, name)
        return self.tables[name]

    def account(self, story: str) -> str:
        return self.stories[story]["account"]


@pytest.fixture(
    scope="module",
    params=[pytest.param(c, marks=() if c[0] == "committed" else pytest.mark.slow) for c in CASES],
    ids=[f"{s}-{k}" for s, k in CASES],
)
def case(request, maker: ModuleType, samples: Path, tmp_path_factory) -> Any:
    seed, strength = request.param
    folder = samples
    if seed != "committed":
        folder = tmp_path_factory.mktemp("sample")
        maker.write(maker.generate(seed, strength), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KAM_CACHE", str(tmp_path_factory.mktemp("cache")))
        portfolio = open_portfolio(folder)
        told = yaml.safe_load((folder / "stories.yml").read_text(encoding="utf-8"))
        yield Case(portfolio, {s["id"]: s for s in told["stories"]}, strength)


@pytest.mark.parametrize("story", DETECTED)
def test_the_story_is_found(case: Case, story: str) -> None:
    found = [a for a in case.alarms if a.kind == DETECTED[story]]
    assert case.account(story) in {a.account for a in found}


def test_payments_that_stop_are_found(case: Case) -> None:
    found = {a.account for a in case.alarms if a.kind in PAYMENT}
    assert found == {case.account("payments_stop")}


def test_at_most_one_control_in_twenty_is_flagged(case: Case) -> None:
    story = {s["account"] for s in case.stories.values()}
    controls = set(case.portfolio.sales.index) - story
    flagged = {a.account for a in case.alarms} & controls
    assert len(controls) > 150
    assert len(flagged) <= 0.05 * len(controls), flagged


def test_what_people_wrote_flags_nobody_else(case: Case) -> None:
    kinds = ("single_thread", "stale_dossier", "gives_without_gets", "fit_conflict", "too_few_rivals")
    for kind in kinds:
        told = {case.account(story) for story, found in DETECTED.items() if found == kind}
        assert {a.account for a in case.alarms if a.kind == kind} == told, kind


def test_the_first_warning_comes_a_quarter_before_the_first_unpaid_bill(case: Case) -> None:
    account = case.account("payments_stop")
    first = case.portfolio.money.payment.loc[account, "first_warning"]
    bills = case.table("receivables").query("account == @account and kind == 'invoice'")
    end = pd.Timestamp(case.portfolio.as_of)
    unpaid = bills[bills["paid_date"].isna() & (bills["due_date"] <= end)]
    assert (unpaid["due_date"].min() - first).days >= 92


def test_the_alarms_say_how_much(case: Case) -> None:
    alarms = {(a.kind, a.account): a for a in case.alarms}
    fall = alarms["sales_fall", case.account("sales_halved")]
    assert fall.value == pytest.approx(-case.stories["sales_halved"]["size"]["fall"], abs=0.12)
    loss = alarms["large_loss", case.account("large_loss_maker")]
    assert loss.value < 0
    assert loss.account in case.portfolio.sales.nlargest(5).index
    fastest = alarms["fastest_small", case.account("fastest_small")]
    small = case.portfolio.growth.table.query("small and status == 'up'")["growth"]
    assert small.idxmax() == fastest.account
    assert fastest.value > 0.5 * case.stories["fastest_small"]["size"]["growth"]
    terms = alarms["terms_out_of_line", case.account("terms_out_of_line")]
    size = case.stories["terms_out_of_line"]["size"]["terms"]
    assert terms.details["excess"] == pytest.approx(size, abs=0.04)
    if case.strength == 1:
        assert fall.severity == terms.severity == "high"


def test_the_largest_customer_sells_more_while_it_pays_later(case: Case) -> None:
    account = case.account("payments_stop")
    assert case.portfolio.sales.idxmax() == account
    monthly = case.portfolio.facts.account_month.query("account == @account").set_index("month")["amount"]
    quarters = monthly.groupby(monthly.index.to_period("Q")).sum()  # January and February together
    now, before = (quarters[f"{y}Q4" : f"{y + 1}Q3"].to_numpy() for y in (2025, 2024))
    assert (now > before).all()  # each quarter more than the one a year before
    late = case.portfolio.measures["payment_days_late"]
    assert late.idxmax() == account
    assert late.drop(account).max() < 0.7 * late[account]
    bills = case.table("receivables")
    end = pd.Timestamp(case.portfolio.as_of)
    days = int(case.stories["payments_stop"]["size"]["days_unpaid"])
    due = bills[(bills["account"] == account) & (bills["kind"] == "invoice") & (bills["due_date"] <= end)]
    stopped = due[due["due_date"] > end - pd.Timedelta(days=days)]
    assert len(stopped) > 5
    assert stopped["paid_date"].isna().all()
    paid = due.dropna(subset="paid_date")
    days_late = (
        (paid["paid_date"] - paid["due_date"]).dt.days.groupby(paid["due_date"].dt.to_period("Q")).mean()
    )
    assert days_late["2026Q1"] > days_late["2025Q3"] > days_late["2024Q4"]


def test_a_rival_has_half_of_a_category(case: Case) -> None:
    story = case.stories["white_space"]
    year = story["window"][0][:4]
    wallets = case.table("wallets").query("year == @year").set_index(["account", "category"])["amount"]
    own = case.portfolio.facts.account_month_category
    own = own[own["month"].dt.year == int(year)].groupby(["account", "category"])["amount"].sum()
    part = (own / wallets).dropna()
    gap = part.groupby("account").transform("median") - part  # behind the account's other categories
    assert gap.idxmax() == (story["account"], story["category"])
    assert gap.max() > 0.6 * story["size"]["rival_share"]
    assert gap.drop(gap.idxmax()).max() < 0.1


def test_a_and_p_brings_no_lift(case: Case) -> None:
    account, size = (
        case.account("a_and_p_without_lift"),
        case.stories["a_and_p_without_lift"]["size"]["a_and_p"],
    )
    spent = case.portfolio.facts.account_month_expense.query("line == 'a_and_p'")
    window = spent["month"] >= "2025-11-01"
    listed = case.portfolio.facts.account_month
    rates = []
    for rows, months in (
        (spent[window], listed["month"] >= "2025-11-01"),
        (spent[~window], listed["month"] < "2025-11-01"),
    ):
        total = listed[months].groupby("account")["list_amount"].sum()
        rates.append(rows.groupby("account")["amount"].sum() / total)
    rise = (rates[0] - rates[1]).dropna()
    assert rise.idxmax() == account
    assert rise[account] == pytest.approx(size, abs=0.01)
    assert case.portfolio.growth.table.loc[account, "growth"] < 0.08


def test_expenses_under_another_account_s_code(case: Case) -> None:
    expenses = case.table("expenses")
    wrong = expenses[expenses["code"].str.split("-").str[1] != expenses["account"]]
    story = case.stories["wrong_code"]
    assert set(wrong["account"]) == {story["account"]}
    found = case.portfolio.money.codes.findings
    assert set(found["expense_id"]) == set(wrong["expense_id"])  # every one, and nothing else
    assert len(wrong) == story["size"]["rows"] > 0
    assert expenses["code"].is_unique


def test_a_rhythm_that_broke(case: Case) -> None:
    orders = case.portfolio.facts.account_order_date
    gaps = orders.groupby("account")["date"].diff().dt.days
    usual, spread = (getattr(gaps.groupby(orders["account"]), f)() for f in ("mean", "std"))
    since = (pd.Timestamp(dt.date(2026, 10, 31)) - orders.groupby("account")["date"].max()).dt.days
    lost = set(case.portfolio.growth.table.query("status == 'lost' or status == 'none'").index)
    overdue = since[since > usual + 2 * spread].drop(list(lost), errors="ignore")
    account = case.account("rhythm_broken")
    assert account in overdue.index
    ratio = (overdue / usual).dropna()
    assert ratio.idxmax() == account
    assert len(overdue) <= 9


def test_the_methods_disagree(case: Case) -> None:
    """What the lesson shows: sales, profit and growth do not choose the same accounts; strategies move ranks."""
    compared = case.portfolio.method_comparison
    assert all(ids for ids in compared.missed_by.values())
    ranking = case.portfolio.strategy_ranking
    assert ranking.tau.min().min() < 0.4
    assert ranking.ranks.loc[case.account("large_loss_maker"), "volume"] <= 12
    assert ranking.ranks.loc[case.account("large_loss_maker"), "profit"] > 100


def test_the_rules_keep_the_list_and_let_nobody_in_unrated(case: Case) -> None:
    designation = case.portfolio.designation
    assert 8 <= len(designation.accounts) <= 12
    if case.portfolio.workspace.source.name == "samples":
        status = designation.table.set_index("account")["status"]
        assert status[case.account("sales_halved")] == "left"
        assert (status == "kept").sum() == 11
        reasons = designation.table.set_index("account")["reason_key"]
        assert reasons["A016"] == "not_rated"  # large and growing, but nobody has rated it yet
        grades = case.portfolio.grading.table["quadrant"]
        twelve = set(case.portfolio.judgements.gradings)
        assert case.account("terms_out_of_line") not in twelve
        assert set(grades[list(twelve)]) == set(identification.QUADRANTS)
