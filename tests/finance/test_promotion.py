from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.finance import break_even_sales_change
from kamtools.finance.promotion import promotion_pnl, promotion_roi
from kamtools.finance.returns import LiftRules, ReturnRules, cut_and_add, lift_by_account

SPAN = pd.period_range("2024-07", "2026-06", freq="M")
APRIL = ("2026-04", "2026-04")
BASELINES = ("same_months_last_year", "median_of_other_months", "regression")


def history(noise: float = 0.0, seed: int = 1, **changes: float) -> pd.Series:
    units = 100 + noise * np.random.default_rng(seed).standard_normal(len(SPAN))
    series = pd.Series(units, index=SPAN)
    for name, value in changes.items():
        series[pd.Period(name.replace("m", "").replace("_", "-"), freq="M")] = value
    return series


# --- return on a promotion


def test_both_conventions_of_the_return() -> None:
    assert promotion_roi(1_000, 6, 5_000) == pytest.approx(1.2)
    assert promotion_roi(1_000, 6, 5_000, basis="net") == pytest.approx(0.2)
    assert promotion_roi(-10, 6, 60) == -1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((1, 1, 0), "spend: expected above zero, got 0"),
        ((1, 1, -5), "spend"),
        ((math.nan, 1, 5), "incremental_units"),
        ((1, None, 5), "unit_profit"),
        ((1, 1, 5, "gross"), "basis: 'gross'; allowed: ratio, net"),
    ],
)
def test_bad_return(arguments, word) -> None:
    with pytest.raises(ValueError, match=word):
        promotion_roi(*arguments)


@pytest.mark.parametrize("baseline", BASELINES)
def test_a_promotion_whose_figures_are_plain(baseline) -> None:
    units = history(m2026_04=180, m2026_05=80)
    pnl = promotion_pnl(units, APRIL, unit_profit=5, spend=200, baseline=baseline, cannibalised=10)
    assert pnl.units == 180 and pnl.baseline == pytest.approx(100) and pnl.lift == pytest.approx(0.8)
    assert pnl.gross_lift == pytest.approx(80) and pnl.forward_bought == pytest.approx(20)
    assert pnl.incremental == pytest.approx(50) and pnl.incremental_profit == pytest.approx(250)
    assert pnl.roi_ratio == pytest.approx(1.25) and pnl.roi_net == pytest.approx(0.25)
    assert pnl.break_even_units == pytest.approx(40) and pnl.break_even_lift == pytest.approx(0.4)
    assert pnl.verdict == "pays" and pnl.warnings == ()
    assert pnl.conventions["baseline"] == baseline and pnl.conventions["window"] == APRIL
    assert pnl.conventions["forward_window"] == ("2026-05", "2026-05")
    assert (
        promotion_pnl(units, APRIL, unit_profit=5, spend=260, baseline=baseline, cannibalised=10).verdict
        == "does_not_pay"
    )


@settings(max_examples=30, derandomize=True, deadline=None)
@given(
    st.floats(50, 500),
    st.floats(50, 150),
    st.floats(0, 40),
    st.floats(1, 20),
    st.floats(1, 1_000),
    st.floats(0, 0.9),
)
def test_the_parts_add_up(sold, after, lost, profit, spend, cut_part) -> None:
    cut = profit * cut_part
    units = history(m2026_04=sold, m2026_05=after)
    pnl = promotion_pnl(units, APRIL, unit_profit=profit, spend=spend, cannibalised=lost, price_cut=cut)
    assert pnl.incremental == pytest.approx(sold - 100 - lost - max(100 - after, 0))
    assert pnl.spend == pytest.approx(spend + cut * sold)
    assert pnl.roi_ratio == pytest.approx(promotion_roi(pnl.incremental, profit, pnl.spend))
    assert pnl.roi_net == pytest.approx(promotion_roi(pnl.incremental, profit, pnl.spend, basis="net"))
    # at the break-even units the promotion brings what it costs
    need = pnl.break_even_units
    assert need * profit == pytest.approx(spend + cut * (100 + need))


def test_break_even_of_a_pure_price_cut_is_the_known_formula() -> None:
    pnl = promotion_pnl(history(), APRIL, unit_profit=20, spend=0, price_cut=5)
    assert pnl.break_even_lift == pytest.approx(break_even_sales_change(20, 5))
    whole = promotion_pnl(history(), APRIL, unit_profit=5, spend=0, price_cut=5)
    assert whole.break_even_units is None and "price_cut_takes_the_unit_profit" in whole.warnings


def test_noise_keeps_a_small_gain_from_being_called_one() -> None:
    units = history(noise=15, m2026_04=150, m2026_05=100)
    for baseline in BASELINES:
        pnl = promotion_pnl(units, APRIL, unit_profit=5, spend=240, baseline=baseline, cannibalised=0)
        assert pnl.verdict == "undecided", baseline
        large = promotion_pnl(
            history(noise=15, m2026_04=400), APRIL, unit_profit=5, spend=240, baseline=baseline
        )
        assert large.verdict == "pays", baseline
        assert 8 < large.noise < 40, baseline


def test_without_effect_hardly_ever_a_verdict_that_it_pays() -> None:
    """Spend that buys nothing, 200 times: it is not said to pay for itself."""
    verdicts = [
        promotion_pnl(
            history(noise=15, seed=s), APRIL, unit_profit=5, spend=60, baseline="median_of_other_months"
        ).verdict
        for s in range(200)
    ]
    assert verdicts.count("pays") <= 6


def test_a_regression_follows_a_trend() -> None:
    units = pd.Series(100.0 + 2 * np.arange(24), index=SPAN)
    units[pd.Period("2026-04", "M")] += 30
    pnl = promotion_pnl(units, APRIL, unit_profit=5, spend=10, baseline="regression")
    assert pnl.gross_lift == pytest.approx(30) and pnl.forward_bought == pytest.approx(0, abs=1e-9)
    year = promotion_pnl(units, APRIL, unit_profit=5, spend=10)
    assert year.gross_lift == pytest.approx(30 + 24)  # last year's months do not know the growth
    grown = promotion_pnl(units, APRIL, unit_profit=5, spend=10, growth=24 / 118)
    assert grown.gross_lift == pytest.approx(30)


def test_a_baseline_that_is_given() -> None:
    units = pd.Series([150.0, 170.0], index=["2026-04", "2026-05"])
    window = ("2026-04", "2026-05")
    pnl = promotion_pnl(units, window, unit_profit=5, spend=100, baseline=100, forward_periods=0)
    assert pnl.gross_lift == 120 and pnl.verdict == "pays" and pnl.conventions["baseline"] == "given"
    by_month = pd.Series({"2026-04": 100.0, "2026-05": 120.0})
    pnl = promotion_pnl(units, window, unit_profit=5, spend=100, baseline=by_month, forward_periods=0)
    assert pnl.gross_lift == 100
    with pytest.raises(ValueError, match="baseline: nothing for 2026-05"):
        promotion_pnl(units, window, unit_profit=5, spend=1, baseline=by_month[:1], forward_periods=0)


def test_cannibalised_units_may_be_read_from_the_other_products() -> None:
    others = history(m2026_04=70) * 3
    pnl = promotion_pnl(history(m2026_04=180), APRIL, unit_profit=5, spend=100, cannibalised=others)
    assert pnl.cannibalised == pytest.approx(90) and pnl.incremental == pytest.approx(-10)
    gain = promotion_pnl(history(m2026_04=180), APRIL, unit_profit=5, spend=100, cannibalised=others * 2)
    assert gain.cannibalised == pytest.approx(180)
    short = promotion_pnl(history(m2026_04=180), APRIL, unit_profit=5, spend=100, cannibalised=others[:3])
    assert short.cannibalised is None and "cannibalisation_not_known" in short.warnings


@pytest.mark.parametrize(
    ("units", "options", "warning", "known"),
    [
        (history()[-10:], {}, "no_last_year", ("units",)),
        (history()[-6:], {"baseline": "median_of_other_months"}, "few_other_periods", ("units",)),
        (history().drop(pd.Period("2026-04", "M")), {}, "promotion_period_missing", ("baseline",)),
        (history(m2026_04=math.nan), {}, "promotion_period_missing", ("baseline",)),
        (history(), {"unit_profit": None}, "unit_profit_not_known", ("incremental", "lift")),
        (history(), {"spend": 0}, "no_spend", ("incremental_profit",)),
    ],
)
def test_what_the_data_cannot_bear_is_said(units, options, warning, known) -> None:
    arguments = {"unit_profit": 5, "spend": 100, "cannibalised": 0} | options
    pnl = promotion_pnl(units, APRIL, **arguments)
    assert warning in pnl.warnings and pnl.verdict == "no_conclusion" and pnl.roi_ratio is None
    figures = dataclasses.asdict(pnl)
    assert all(figures[name] is not None for name in known)


def test_what_is_not_known_is_left_out_and_said() -> None:
    pnl = promotion_pnl(history(m2026_04=180), APRIL, unit_profit=5, spend=100)
    assert pnl.cannibalised is None and pnl.warnings == ("cannibalisation_not_known",)
    cut_off = promotion_pnl(history(m2026_06=180), ("2026-06", "2026-06"), unit_profit=5, spend=100)
    assert cut_off.forward_bought is None and "forward_window_incomplete" in cut_off.warnings
    assert cut_off.incremental == 80
    unknown = promotion_pnl(history(), APRIL, unit_profit=5, spend=100, forward_periods=None)
    assert "forward_buying_not_known" in unknown.warnings


def test_weeks() -> None:
    weeks = pd.date_range("2024-01-01", periods=120, freq="W-MON")
    units = pd.Series(50.0, index=weeks)
    units[weeks[110]], units[weeks[111]] = 90.0, 45.0
    window = (pd.Period(weeks[110], "W"), pd.Period(weeks[110], "W"))
    pnl = promotion_pnl(units, window, unit_profit=2, spend=50, frequency="W", cannibalised=0)
    assert pnl.gross_lift == 40 and pnl.forward_bought == 5 and pnl.roi_ratio == pytest.approx(1.4)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"spend": -1}, "spend"),
        ({"price_cut": -1}, "price_cut"),
        ({"forward_periods": -1}, "forward_periods"),
        ({"baseline": "best_guess"}, "baseline: 'best_guess'; allowed: same_months_last_year"),
        ({"cannibalised": -3}, "cannibalised"),
        ({"window": "2026-04"}, "window"),
        ({"window": ("2026-05", "2026-04")}, "2026-05 lies after 2026-04"),
        ({"window": ("spring", "summer")}, "window"),
        ({"units": pd.Series([1.0, 2.0], index=["2026-04", "2026-04"])}, "given twice"),
        ({"units": pd.Series(["many"], index=["2026-04"])}, "units: not a number"),
        ({"units": [1, 2]}, "units: expected a Series"),
    ],
)
def test_bad_promotion(options, word) -> None:
    arguments = {"units": history(), "window": APRIL, "unit_profit": 5, "spend": 100} | options
    with pytest.raises(ValueError, match=word):
        promotion_pnl(arguments.pop("units"), arguments.pop("window"), **arguments)


# --- A&P without lift


def sample_frames(seed: int, strength: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    import importlib.util
    import sys
    from pathlib import Path

    path = Path(__file__).parents[2] / "data" / "samples" / "make.py"
    if "kam_make" not in sys.modules:
        spec = importlib.util.spec_from_file_location("kam_make", path)
        assert spec and spec.loader
        sys.modules["kam_make"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    tables = sys.modules["kam_make"].generate(seed, strength).tables
    expenses = tables["expenses"].select(["account", "date", "line", "amount"]).to_pandas()
    spend = expenses[expenses["line"] == "a_and_p"].drop(columns="line")
    return (
        by_month(tables["ledger"].select(["account", "date", "amount"]).to_pandas()),
        by_month(spend),
    )


def by_month(frame: pd.DataFrame) -> pd.DataFrame:
    months = pd.to_datetime(frame["date"]).dt.to_period("M").astype(str)
    frame = frame.assign(month=months, amount=frame["amount"].astype(float))
    return frame.groupby(["account", "month"], as_index=False)["amount"].sum()


@pytest.mark.parametrize("seed", [20261031, 7])
@pytest.mark.parametrize("strength", [1.0, 0.5, 0.0])
def test_spending_without_lift_is_found_in_the_sample(seed, strength) -> None:
    table = lift_by_account(*sample_frames(seed, strength), as_of="2026-10").set_index("account")
    found = set(table.index[table["status"] == "no_lift"])
    assert ("A006" in found) == (strength > 0)
    assert len(found - {"A006"}) <= 0.05 * len(table)
    assert found - {"A006"} == set()
    assert (table["status"] == "not_judged").sum() <= 10


def test_of_the_committed_sample() -> None:
    from pathlib import Path

    facts = Path(__file__).parents[2] / "data" / "samples" / "facts"
    ledger = pd.read_csv(facts / "ledger.csv", dtype=str, usecols=["account", "date", "amount"])
    expenses = pd.read_csv(facts / "expenses.csv", dtype=str)
    spent = (expenses["line"] == "a_and_p") & (expenses["status"] == "actual")  # not what is only committed
    spend = by_month(expenses[spent][["account", "date", "amount"]])
    table = lift_by_account(by_month(ledger), spend, as_of="2026-10").set_index("account")
    assert table.index[table["status"] == "no_lift"].tolist() == ["A006"]
    row = table.loc["A006"]
    assert row["rise"] == pytest.approx(0.077, abs=0.003)
    assert row["growth"] < row["needed_growth"]


def company(accounts: int = 20, noise: float = 0.07, seed: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    span = pd.period_range("2024-11", "2026-10", freq="M").astype(str)
    rows = [(f"{a:03d}", m) for a in range(accounts) for m in span]
    sales = pd.DataFrame(rows, columns=["account", "month"])
    season = {m: 1 + 0.3 * math.sin(i) for i, m in enumerate(span)}  # moves between the years
    sales["amount"] = [1000 * season[m] * math.exp(noise * rng.standard_normal()) for _, m in rows]
    spend = sales.assign(amount=sales["amount"] * 0.04 * rng.uniform(0.9, 1.1, len(sales)))
    return sales, spend


def grown(sales, spend, account: str, more_sales: float, more_spend: float):
    late = (sales["account"] == account) & (sales["month"] >= "2025-11")
    return (
        sales.assign(amount=sales["amount"].where(~late, sales["amount"] * (1 + more_sales))),
        spend.assign(amount=spend["amount"].where(~late, spend["amount"] * (1 + more_spend))),
    )


def status(sales, spend, **rules) -> dict[str, str]:
    table = lift_by_account(sales, spend, as_of="2026-10", rules=LiftRules(**rules))
    return table.set_index("account")["status"].to_dict()


def test_more_spending_is_judged_by_what_followed() -> None:
    sales, spend = company()
    assert set(status(sales, spend).values()) == {"no_rise"}
    # 4 % more of sales at a margin of 35 % needs 11 % growth
    assert status(*grown(sales, spend, "004", 0.0, 1.0))["004"] == "no_lift"
    assert status(*grown(sales, spend, "004", 0.4, 1.0 + 0.4))["004"] == "lift"
    assert status(*grown(sales, spend, "004", 0.07, 1.07))["004"] == "undecided"
    # as much per sale as before is no rise
    assert status(*grown(sales, spend, "004", 0.4, 0.4))["004"] == "no_rise"
    # where every account grows by as much, growth is no lift
    everyone = sales.assign(amount=sales["amount"].where(sales["month"] < "2025-11", sales["amount"] * 1.3))
    more = spend.assign(amount=spend["amount"].where(spend["month"] < "2025-11", spend["amount"] * 1.3))
    assert status(everyone, grown(everyone, more, "004", 0, 1.0)[1])["004"] == "no_lift"


def test_noise_alone_flags_nobody() -> None:
    flagged = [s for seed in range(15) for s in status(*company(noise=0.2, seed=seed)).values()]
    assert flagged.count("no_lift") <= 0.01 * len(flagged)


def test_an_account_alone_is_compared_with_itself() -> None:
    sales, spend = company(accounts=1, noise=0.02)
    assert status(*grown(sales, spend, "000", 0.0, 1.0), growth_in_noise=0)["000"] == "no_lift"
    assert status(*grown(sales, spend, "000", 0.6, 2.2))["000"] == "lift"


def test_too_little_is_not_judged() -> None:
    sales, spend = company()
    young = sales[(sales["account"] != "004") | (sales["month"] >= "2025-10")]
    assert status(young, spend)["004"] == "not_judged"
    gap = spend.assign(amount=spend["amount"].where(spend.index != 4 * 24, np.nan))
    assert status(sales, gap)["004"] == "not_judged"
    assert set(status(sales, spend.iloc[:0]).values()) == {"no_rise"}
    with pytest.raises(ValueError, match="sales: expected the months 2023-11 to 2025-10"):
        lift_by_account(sales, spend, as_of="2025-10")
    with pytest.raises(ValueError, match="margin"):
        LiftRules(margin=0)


def test_the_order_of_the_rows_does_not_matter() -> None:
    sales, spend = company()
    mixed = lift_by_account(sales.sample(frac=1, random_state=1), spend[::-1], as_of="2026-10")
    pd.testing.assert_frame_equal(mixed, lift_by_account(sales, spend, as_of="2026-10"))


# --- where to cut, where to add


def test_the_return_decides_and_the_marginal_one_first() -> None:
    table = pd.DataFrame(
        {
            "activity": ["good", "worn", "poor", "new", "dark", "free"],
            "spend": [100.0, 100.0, 100.0, 50.0, 80.0, 0.0],
            "incremental": [150.0, 150.0, 60.0, 55.0, None, 10.0],
            "spend_before": [100.0, 50.0, 40.0, None, 20.0, 0.0],
            "incremental_before": [140.0, 140.0, 50.0, None, 30.0, 0.0],
        }
    )
    result = cut_and_add(table).set_index("activity")
    assert result["suggestion"].to_dict() == {
        "good": "add",
        "new": "keep",
        "worn": "cut",  # on average 1.5, but the last 50 brought 10
        "poor": "cut",
        "dark": "not_known",
        "free": "not_known",
    }
    assert result.loc["worn", ["average_return", "marginal_return", "return"]].tolist() == [1.5, 0.2, 0.2]
    assert result["basis"].to_dict()["good"] == "average" and result.loc["worn", "basis"] == "marginal"
    assert result["rank"].tolist()[:4] == [1, 2, 3, 4] and result["rank"].iloc[4:].isna().all()
    assert len(result) == len(table)


def test_rules_of_return_are_data() -> None:
    table = pd.DataFrame({"activity": ["a"], "spend": [100.0], "incremental": [150.0]})
    assert cut_and_add(table, rules=ReturnRules(2, 3))["suggestion"].tolist() == ["cut"]
    with pytest.raises(ValueError, match="cut_below: 2 lies above add_above 1.2"):
        ReturnRules(cut_below=2)
    with pytest.raises(ValueError, match="spend: -1.0"):
        cut_and_add(table.assign(spend=-1.0))
    with pytest.raises(ValueError, match="no column 'incremental'"):
        cut_and_add(table[["activity", "spend"]])
