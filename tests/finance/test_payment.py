from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.finance.payment import (
    SIGNALS,
    early_signals,
    payment_behaviour,
    payment_break,
    payment_watch,
)

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
AS_OF = pd.Timestamp("2026-10-31")
CASES = [(20261031, 1.0), (20261031, 0.5), (7, 1.0), (7, 0.5), (99, 1.0), (99, 0.5)]


@cache
def sample(seed: int, strength: float) -> pd.DataFrame:
    """Receivables of the sample company."""
    name = "kam_sample_maker_of_receivables"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, SAMPLES / "make.py")
        assert spec and spec.loader
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    table = sys.modules[name].generate(seed, strength).tables["receivables"].to_pandas()
    return table.astype({"amount": float, "paid_amount": float})


@pytest.fixture(scope="module", params=CASES, ids=[f"{s}-{k}" for s, k in CASES])
def company(request) -> pd.DataFrame:
    return sample(*request.param)


def payer(late: list[float], account: str = "A", each: int = 2, seed: int = 1) -> pd.DataFrame:
    """An account's documents, `each` a month to 2026-10, that many days late month by month; inf: unpaid."""
    months = pd.date_range(end="2026-10-01", periods=len(late), freq="MS")
    rows = []
    for month, days in zip(months, late, strict=True):
        for k in range(each):
            due = month + pd.Timedelta(days=3 + 20 * k // each)
            paid = pd.NaT if days == np.inf else due + pd.Timedelta(days=days)
            rows.append((account, due - pd.Timedelta(days=60), due, 100.0, paid))
    return pd.DataFrame(rows, columns=["account", "invoice_date", "due_date", "amount", "paid_date"])


def test_the_largest_customer_is_warned_of_a_quarter_before_it_stops_paying(company: pd.DataFrame) -> None:
    found = payment_break(company, AS_OF).loc["A001"]
    own = company[(company["account"] == "A001") & (company["kind"] == "invoice")]
    due = pd.to_datetime(own["due_date"])
    first_unpaid = due[own["paid_date"].isna() & (due <= AS_OF)].min()
    assert found["status"] in ("slowing", "stopped")
    assert first_unpaid - found["first_warning"] >= pd.Timedelta(days=90)
    signals = {s.signal: s for s in early_signals("A001", company, AS_OF)}
    assert signals["paying_later"].first_date == found["slowing_since"]
    assert "sales_rise_payments_slow" in signals


def test_the_warning_was_there_when_only_what_came_before_it_was_known(company: pd.DataFrame) -> None:
    warned = payment_break(company, AS_OF).loc["A001", "first_warning"]
    then = company[pd.to_datetime(company["invoice_date"]) <= warned].copy()
    later = pd.to_datetime(then["paid_date"]) > warned
    then.loc[later, ["paid_date", "paid_amount"]] = None
    found = payment_break(then, warned).loc["A001"]
    assert found["status"] == "slowing" and found["first_warning"] == warned


def test_at_most_one_control_in_twenty_is_flagged(company: pd.DataFrame) -> None:
    watch = payment_watch(company, AS_OF, months=12)
    controls = watch[watch["account"] != "A001"]
    flagged = controls["slowing"] | controls["stopped"]
    assert len(controls) > 12 * 150
    assert flagged.mean() <= 0.05
    end = controls["as_of"] == AS_OF
    assert flagged[end].mean() <= 0.05
    assert (payment_break(company, AS_OF)["status"] == "history_too_short").sum() <= 9


def test_early_signals_leave_the_controls_alone() -> None:
    table = sample(20261031, 1.0)
    controls = [a for a in sorted(table["account"].unique()) if a != "A001"][::3]
    standing = [a for a in controls if any(s.standing for s in early_signals(a, table, AS_OF, months=6))]
    assert len(controls) >= 59
    assert len(standing) <= 0.05 * len(controls), standing


@settings(max_examples=15, derandomize=True, deadline=None)
@given(st.integers(0, 1000), st.integers(3, 20))
def test_nothing_that_comes_later_moves_a_warning(seed: int, back: int) -> None:
    rng = np.random.default_rng(seed)
    table = payer(list(rng.integers(0, 60, 30)), seed=seed)
    end = pd.Timestamp("2026-10-31")
    whole = payment_watch(table, end, months=24)
    cut = end - pd.offsets.MonthEnd(back)
    then = table[table["invoice_date"] <= cut].copy()
    then.loc[then["paid_date"] > cut, "paid_date"] = pd.NaT
    part = payment_watch(then, cut, months=3)
    same = whole[whole["as_of"].isin(part["as_of"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, part)


def test_behaviour_counts_what_is_open_and_what_is_paid_in_part() -> None:
    table = pd.DataFrame(
        {
            "account": ["A", "A", "A"],
            "invoice_date": "2026-01-01",
            "due_date": ["2026-03-01", "2026-03-01", "2026-05-01"],
            "amount": [100.0, 100.0, 900.0],
            "paid_date": ["2026-02-20", "2026-03-11", None],
            "paid_amount": [100.0, 40.0, None],
        }
    )
    row = payment_behaviour(table, "2026-03-31").iloc[0]
    assert (row["documents"], row["due_amount"], row["open"]) == (2, 200, 60)
    # early counts as on time; 40 are 10 days late, 60 are 30 days late so far
    assert row["days_late"] == pytest.approx((40 * 10 + 60 * 30) / 200)
    assert row["on_time"] == 0.5
    graced = payment_behaviour(table, "2026-03-31", period="quarter", grace_days=10).iloc[0]
    assert graced["period"] == "2026Q1" and graced["on_time"] == 0.7
    assert payment_behaviour(table, "2026-02-01").empty
    with pytest.raises(ValueError, match="period"):
        payment_behaviour(table, "2026-03-31", period="year")  # type: ignore[arg-type]


def test_an_account_that_always_paid_late_is_steady() -> None:
    found = payment_break(payer([40] * 36), AS_OF).loc["A"]
    assert found["status"] == "steady" and pd.isna(found["first_warning"])
    assert found["usual"] == pytest.approx(40)


def test_a_new_account_has_too_short_a_history() -> None:
    found = payment_break(payer([0] * 5 + [40]), AS_OF).loc["A"]
    assert found["status"] == "history_too_short" and np.isnan(found["limit"])


def test_an_account_without_business_has_nothing_due() -> None:
    table = payer([0] * 36)
    found = payment_break(table[table["due_date"] < "2026-06-01"], AS_OF).loc["A"]
    assert found["status"] == "nothing_due"


def test_one_that_stops_at_once_is_found() -> None:
    found = payment_break(payer([2] * 32 + [np.inf] * 4), AS_OF).loc["A"]
    assert found["status"] == "stopped"
    # July's are the first unpaid: slow by the end of August, stopped when a month brought no money
    assert found["stopped_since"] == pd.Timestamp("2026-08-31")
    assert found["first_warning"] <= found["stopped_since"]


def test_one_that_leaves_half_unpaid_but_pays_the_rest_has_not_stopped() -> None:
    table = payer([2] * 36)
    disputed = (table["due_date"] >= "2026-06-01") & (table["due_date"].dt.day > 10)
    table.loc[disputed, "paid_date"] = pd.NaT
    found = payment_break(table, AS_OF).loc["A"]
    assert found["status"] == "slowing" and pd.isna(found["stopped_since"])


def test_what_is_usual_is_told_by_the_quarters_before() -> None:
    watch = payment_watch(payer([2] * 9 + [50] * 3), AS_OF, months=1).iloc[-1]
    assert watch["quarters"] == 3 and watch["usual"] == 2 and watch["limit"] == 9
    assert watch["days_late"] > 20 and watch["slowing"]


def test_a_warning_that_passed_is_not_standing() -> None:
    late = [2] * 24 + [40] * 4 + [2] * 8
    assert payment_break(payer(late), AS_OF).loc["A", "status"] == "steady"
    signals = early_signals("A", payer(late), AS_OF)
    assert [(s.signal, s.standing) for s in signals if s.signal == "paying_later"] == [
        ("paying_later", False)
    ]


def test_part_payments_and_a_limit_are_signals() -> None:
    table = payer([2] * 36).assign(paid_amount=100.0)
    table.loc[table["due_date"] >= "2026-09-01", "paid_amount"] = 60.0
    found = {s.signal: s for s in early_signals("A", table, AS_OF, limit=150.0)}
    assert found["part_payments"].first_date == pd.Timestamp("2026-09-30")
    assert found["part_payments"].evidence["part_paid_share"] == pytest.approx(1 / 3)
    assert found["limit_used"].evidence["utilisation"] >= 0.9
    assert "limit_used" not in {s.signal for s in early_signals("A", table, AS_OF)}
    limits = pd.Series({pd.Timestamp("2026-06-15"): 1e6, pd.Timestamp("2026-09-15"): 150.0, pd.NaT: np.nan})
    raised = {s.signal: s for s in early_signals("A", table, AS_OF, limit=limits)}["limit_used"]
    assert raised.first_date == pd.Timestamp("2026-09-30")  # measured against the limit that held then
    assert raised.evidence["limit"] == 150.0
    assert set(found) <= set(SIGNALS)
    for call, word in (
        (lambda: early_signals("Z", table, AS_OF), "'Z'"),
        (lambda: early_signals("A", table, AS_OF, limit=0), "limit"),
        (lambda: payment_watch(table, AS_OF, least_quarters=0), "least_quarters"),
    ):
        with pytest.raises(ValueError, match=word):
            call()


def test_payers_with_much_noise_raise_few_false_alarms() -> None:
    rng = np.random.default_rng(5)
    tables = [payer(list(rng.normal(10, 15, 36).clip(-2).round()), account=f"{i:03d}") for i in range(150)]
    watch = payment_watch(pd.concat(tables), AS_OF, months=12)
    assert (watch["slowing"] | watch["stopped"]).mean() <= 0.05
