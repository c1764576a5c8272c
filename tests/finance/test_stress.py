from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.finance.stress import (
    Scenario,
    months_to_replace,
    stress_top_account,
)


def pnl(months: int = 12, sales: float = 1000.0, contribution: float = 300.0) -> pd.DataFrame:
    periods = [str(p) for p in pd.period_range(end="2026-10", periods=months, freq="M")]
    return pd.DataFrame(
        {
            "line": ["net_sales", "cost_to_serve", "contribution"] * months,
            "period": np.repeat(periods, 3),
            "amount": [sales, -50.0, contribution] * months,
        }
    )


def owed() -> pd.DataFrame:
    """1,130 overdue, 2,260 due in November, 1,130 in January; another account owes as well."""
    return pd.DataFrame(
        {
            "account": ["A", "A", "A", "B"],
            "kind": "invoice",
            "invoice_date": ["2026-08-01", "2026-09-10", "2026-10-20", "2026-10-01"],
            "due_date": ["2026-10-01", "2026-11-10", "2027-01-20", "2026-11-30"],
            "amount": [1130.0, 2260.0, 1130.0, 9999.0],
        }
    )


BASE = Scenario(
    "2026-10-31",
    starts_in=2,
    recovery_mean=0.25,
    recovery_months=6,
    new_contribution=30.0,
    fixed_cost=500.0,
    other_contribution=250.0,
    stock=400.0,
    stock_recovery=0.5,
    months=12,
)


def test_the_path_by_hand() -> None:
    stress = stress_top_account("A", pnl(), owed(), BASE, seed=1)
    m = stress.monthly
    assert m["month"].iloc[0] == pd.Timestamp("2026-11-01") and len(m) == 12
    assert m["revenue_lost"].tolist() == [0] + [1000] * 11
    assert m["contribution_lost"].tolist() == [0] + [300] * 11
    assert m["new_contribution"].tolist() == [0, *(30 * k for k in range(1, 11)), 300]
    # overdue and what is due within a month in the first month of the failure, the rest two months later
    assert m["receipts_missed"].tolist() == pytest.approx([0, 3390, 0, 1130] + [0] * 8)
    assert m["recovered"].tolist() == pytest.approx([0] * 7 + [1130] + [0] * 4)
    assert m["receivable_at_risk"].tolist() == pytest.approx([4520] * 7 + [0] * 5)
    # 500 − 250 − what this account and the new business still bring
    assert m["fixed_cost_uncovered"].tolist() == pytest.approx(
        [0] + [max(250 - 30 * k, 0) for k in range(1, 12)]
    )
    first = -300 + 30 - 3390 + 200
    assert m["cash_effect"].tolist()[:2] == pytest.approx([0, first])
    assert m["cash"].to_numpy() == pytest.approx(np.cumsum(m["cash_effect"]))
    assert stress.months_to_replace == 10 and stress.warnings == ()


def test_the_losses_add_up() -> None:
    stress = stress_top_account("A", pnl(), owed(), BASE, seed=1)
    x = stress.losses
    assert x["receivable"] == 4520 and x["stock"] == 400 and x["stock_loss"] == 200
    assert x["expected_credit_loss"] == pytest.approx(4520 * 0.75)
    assert x["contribution"] == pytest.approx(300 * 11) and x["replaced"] == pytest.approx(1950)
    assert x["expected_loss"] == pytest.approx(3390 + 200 + 3300 - 1950)
    # cash at the end: what is lost, but for the cost of the stock, which was paid for before
    assert stress.monthly["cash"].iloc[-1] == pytest.approx(-float(x["expected_loss"] or 0) + 400)
    relief = stress_top_account("A", pnl(), owed(), replace(BASE, vat_relief=1.0), seed=1)
    assert relief.losses["expected_credit_loss"] == pytest.approx(3390 / 1.13)


@settings(max_examples=30, derandomize=True, deadline=None)
@given(st.floats(0, 1), st.floats(0.05, 0.95), st.integers(1, 12), st.integers(0, 15), st.floats(0, 500))
def test_cash_and_losses_agree_for_any_scenario(share, recovery, starts, delay, new) -> None:
    scenario = replace(
        BASE,
        share_lost=share,
        recovery_mean=recovery,
        recovery_sd=0.05,
        starts_in=starts,
        recovery_months=delay,
        new_contribution=new,
        stock=0.0,
        months=40,
    )
    stress = stress_top_account("A", pnl(), owed(), scenario, seed=3, n=50)
    x, m = stress.losses, stress.monthly
    assert m["cash"].iloc[-1] == pytest.approx(-float(x["expected_loss"] or 0), abs=1e-6)
    assert m["receipts_missed"].sum() == pytest.approx(x["receivable"])
    assert x["receivable"] == pytest.approx(4520 * share)
    assert (m["new_contribution"] <= m["contribution_lost"] + 1e-9).all()
    assert (m["receivable_at_risk"] >= 0).all()


def test_the_simulation_can_be_repeated_and_lies_around_the_path() -> None:
    one = stress_top_account("A", pnl(), owed(), BASE, seed=7, n=4000)
    again = stress_top_account("A", pnl(), owed(), BASE, seed=7, n=4000)
    other = stress_top_account("A", pnl(), owed(), BASE, seed=8, n=4000)
    pd.testing.assert_frame_equal(one.simulation, again.simulation)
    assert not one.simulation.equals(other.simulation)
    for column in one.simulation:
        percentiles = one.simulation[column].iloc[:5].to_numpy()
        assert (np.diff(percentiles) >= 0).all()
    fixed = replace(BASE, starts_sd=0.0, recovery_months_sd=0.0)
    simulation = stress_top_account("A", pnl(), owed(), fixed, seed=7, n=4000).simulation
    certain = stress_top_account("A", pnl(), owed(), fixed, seed=7).losses
    assert simulation.loc["mean", "loss"] == pytest.approx(certain["expected_loss"], rel=0.01)
    assert simulation.loc["sd", "loss"] == pytest.approx(4520 * 0.1, rel=0.05)
    sure = replace(fixed, recovery_sd=0.0)
    simulation = stress_top_account("A", pnl(), owed(), sure, seed=7, n=10).simulation
    assert simulation.loc["sd", "loss"] == pytest.approx(0, abs=1e-9)


def test_the_p_and_l_of_all_accounts_and_a_short_one() -> None:
    everyone = pd.concat([pnl().assign(account="A"), pnl(sales=5.0).assign(account="B")])
    assert stress_top_account("A", everyone, owed(), BASE, seed=1).losses["revenue_month"] == 1000
    short = stress_top_account("A", pnl(months=3), owed(), BASE, seed=1)
    assert short.warnings == ("few_months",) and short.conventions["pnl_months"] == 3
    gap = pnl()[lambda f: f["period"] != "2026-05"]  # nothing sold in May
    assert stress_top_account("A", gap, owed(), BASE, seed=1).losses["revenue_month"] == pytest.approx(
        11_000 / 12
    )


def test_what_cannot_be_said_is_none_with_a_reason() -> None:
    bare = Scenario("2026-10-31", recovery_months=30, recovery_months_sd=0.0)
    stress = stress_top_account("C", pnl(contribution=-10.0), owed(), bare, seed=1)
    assert stress.months_to_replace == 0  # nothing to replace
    assert stress.losses["fixed_cost_uncovered"] is None
    assert stress.monthly["fixed_cost_uncovered"].isna().all()
    assert set(stress.warnings) == {
        "nothing_open",
        "no_new_contribution",
        "fixed_cost_not_given",
        "contribution_not_positive",
        "recovery_after_the_path",
    }
    assert stress.signals == ()
    assert months_to_replace(100, 0) is None and months_to_replace(100, -5) is None
    assert months_to_replace(0, 0) == 0


def test_credit_notes_and_advances_are_set_off() -> None:
    notes = pd.DataFrame(
        {
            "account": "A",
            "kind": ["credit_note", "advance"],
            "invoice_date": "2026-10-01",
            "due_date": "2026-10-31",
            "amount": [-520.0, 1000.0],
        }
    )
    stress = stress_top_account("A", pnl(), pd.concat([owed(), notes]), BASE, seed=1)
    assert stress.losses["receivable"] == pytest.approx(3000)
    assert stress.monthly["receipts_missed"].sum() == pytest.approx(3000)


def test_the_signals_of_the_account_come_with_it() -> None:
    due = pd.date_range("2025-01-15", periods=22, freq="MS")
    late = pd.DataFrame(
        {
            "account": "A",
            "invoice_date": due - pd.Timedelta(days=30),
            "due_date": due,
            "amount": 100.0,
            "paid_date": due + pd.to_timedelta([2] * 18 + [26] * 4, unit="D"),
        }
    )
    stress = stress_top_account("A", pnl(), late, replace(BASE, limit=50.0), seed=1)
    assert {"paying_later", "limit_used"} <= {s.signal for s in stress.signals}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"share_lost": 1.5}, "share_lost"),
        ({"recovery_mean": -0.1}, "recovery_mean"),
        ({"recovery_sd": 0.6}, "recovery_sd"),
        ({"starts_in": 0}, "starts_in"),
        ({"months": 1.5}, "months"),
        ({"vat_rate": 13}, "vat_rate"),
        ({"stock": -1.0}, "stock"),
        ({"as_of": "soon"}, "as_of"),
        ({"receivable_share": 2.0}, "receivable_share"),
        ({"limit": -1.0}, "limit"),
        ({"as_of": "2020-01-31"}, "no month"),
    ],
)
def test_a_scenario_out_of_range_is_refused(change: dict, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        stress_top_account("A", pnl(), owed(), replace(BASE, **change), seed=1)


def test_a_p_and_l_that_cannot_be_used_is_refused() -> None:
    gap = pnl()
    gap.loc[gap["line"] == "contribution", "amount"] = np.nan
    for table, word in (
        (gap, "contribution of 'A' is missing"),
        (pnl().drop(columns="amount"), "no column 'amount'"),
        (pnl().assign(period="2026"), "months such as"),
    ):
        with pytest.raises(ValueError, match=word):
            stress_top_account("A", table, owed(), BASE, seed=1)
    with pytest.raises(ValueError, match="n: "):
        stress_top_account("A", pnl(), owed(), BASE, seed=1, n=0)
