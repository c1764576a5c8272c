from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.finance.tracking import (
    BRIDGE_STEPS,
    GAP_ACTIONS,
    Bands,
    BridgeSide,
    attainment,
    plan_to_actual_bridge,
    run_rate,
)

# --- attainment


@pytest.mark.parametrize(
    ("actual", "way", "band"),
    [
        (100, "higher", "green"),
        (99.9, "higher", "amber"),
        (90, "higher", "amber"),
        (89.9, "higher", "red"),
        (100, "lower", "green"),
        (60, "lower", "green"),
        (110, "lower", "amber"),
        (110.1, "lower", "red"),
        (0, "higher", "red"),
        (None, "higher", "not_known"),
        (math.nan, "lower", "not_known"),
    ],
)
def test_bands(actual, way, band) -> None:
    assert attainment(actual, 100, favourable=way).band == band


def test_attainment_states_ratio_and_convention() -> None:
    result = attainment(45, 50, favourable="lower", bands=Bands(green=1.05, amber=1))
    assert (result.ratio, result.score, result.band) == (0.9, 1.1, "green")
    assert result.convention == "actual / target; lower is favourable; green from 1.05, amber from 1"
    assert attainment(None, 50).ratio is None


@pytest.mark.parametrize(
    ("arguments", "word"),
    [((1, 0), "target: .*got 0"), ((1, -5), "target"), ((1, 1, "up"), "favourable"), (("x", 1), "actual")],
)
def test_bad_attainment(arguments, word) -> None:
    with pytest.raises(ValueError, match=word):
        attainment(*arguments)
    with pytest.raises(ValueError, match="amber"):
        Bands(green=0.8, amber=0.9)


# --- run rate

SEASON = [100, 50, 80, 80, 90, 100, 90, 90, 110, 100, 130, 180]


def two_years(growth: float = 0.1) -> dict[str, float]:
    last = {f"2025-{m:02d}": SEASON[m - 1] for m in range(1, 13)}
    return last | {f"2026-{m:02d}": SEASON[m - 1] * (1 + growth) for m in range(1, 11)}


def test_run_rate_in_both_conventions() -> None:
    linear = run_rate(two_years(), 1, "2026-06")
    assert (linear.year_start, linear.as_of, linear.months) == ("2026-01", "2026-06", 6)
    assert linear.year_to_date == pytest.approx(550) and linear.full_year == pytest.approx(1100)
    seasonal = run_rate(two_years(), 1, "2026-06-30", convention="seasonal")
    assert seasonal.full_year == pytest.approx(1.1 * sum(SEASON))
    assert seasonal.share_of_year == pytest.approx(500 / 1200) and seasonal.convention == "seasonal"


@given(st.integers(1, 12), st.integers(1, 12), st.floats(1, 1e6))
@settings(max_examples=40, derandomize=True, deadline=None)
def test_equal_months_come_to_twelve_of_them(first, at, amount) -> None:
    series = pd.Series(amount, index=pd.period_range("2024-01", "2026-12", freq="M"))
    for convention in ("linear", "seasonal"):
        rate = run_rate(series, first, f"2026-{at:02d}", convention=convention)
        assert rate.full_year == pytest.approx(12 * amount)
        assert rate.months == (at - first) % 12 + 1 and rate.year_to_date == pytest.approx(
            rate.months * amount
        )
        assert rate.warnings == (("few_months",) if rate.months < 3 else ())


def test_parts_of_periods_are_refused() -> None:
    gap = two_years() | {"2026-03": None}
    with pytest.raises(ValueError, match="nothing for 2026-03"):
        run_rate(gap, 1, "2026-06")
    with pytest.raises(ValueError, match="within 2026-06"):
        run_rate(two_years(), 1, "2026-06-15")
    with pytest.raises(ValueError, match="nothing for 2026-11"):
        run_rate(two_years(), 1, "2026-11")
    with pytest.raises(ValueError, match="nothing for 2025-01"):
        run_rate({f"2026-{m:02d}": 1.0 for m in range(1, 7)}, 1, "2026-06", convention="seasonal")
    with pytest.raises(ValueError, match="no phasing"):
        run_rate({k: 0.0 if k < "2026" else v for k, v in two_years().items()}, 1, "2026-06", "seasonal")
    with pytest.raises(ValueError, match="convention: 'guess'"):
        run_rate(two_years(), 1, "2026-06", convention="guess")  # type: ignore[arg-type]


# --- bridge


def items(**rows: tuple[float, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["units", "sales", "cost"], dtype=float)
    return frame.rename_axis("item").reset_index()


def side(rows: pd.DataFrame | None, terms=-50.0, a_and_p=-40.0, serving=-30.0, **more) -> BridgeSide:
    months = more.pop("months", ["2026-01", "2026-02"])
    return BridgeSide(months, rows, terms=terms, a_and_p=a_and_p, cost_to_serve=serving, **more)


def steps(plan: BridgeSide, actual: BridgeSide, **options) -> dict[str, float]:
    bridge = plan_to_actual_bridge(plan, actual, as_of="2026-02", **options)
    return bridge.steps.set_index("step")["amount"].to_dict()


def test_price_volume_and_mix_by_hand() -> None:
    # price 10 -> 9 for P1; 100 + 100 units -> 100 + 200: volume at the average of 15; the mix goes to the dearer one
    plan = side(items(P1=(100, 1000, 600), P2=(100, 2000, 900)))
    actual = side(items(P1=(100, 900, 600), P2=(200, 4000, 1800)), terms=-70.0)
    assert steps(plan, actual) == pytest.approx(
        {
            "price": -100,
            "volume": 1500,
            "mix": 500,
            "terms": -20,
            "cost_of_goods": -900,
            "a_and_p": 0,
            "cost_to_serve": 0,
        }
    )
    assert steps(plan, actual, value="margin") == pytest.approx(
        {
            "price": -100,
            "volume": 100 * 7.5,
            "mix": 100 * 11 + 0 * 4 - 100 * 7.5,
            "terms": -20,
            "cost_of_goods": 0,
            "a_and_p": 0,
            "cost_to_serve": 0,
        }
    )


def test_new_and_lost_items_stand_apart() -> None:
    plan = side(items(P1=(100, 1000, 600), OLD=(10, 100, 50)))
    actual = side(items(P1=(100, 1000, 600), NEW=(20, 300, 120)))
    result = steps(plan, actual)
    assert (result["price"], result["volume"], result["mix"]) == (0, 0, 0)
    assert result["new"] == 300 and result["lost"] == -100 and result["cost_of_goods"] == -70
    at_margin = steps(plan, actual, value="margin")
    assert at_margin["new"] == 180 and at_margin["lost"] == -50 and at_margin["cost_of_goods"] == 0


units = st.integers(-5, 500).map(float)
amounts = st.integers(0, 100_000).map(lambda c: c / 10)
item_rows = st.dictionaries(st.sampled_from("ABCDEF"), st.tuples(units, amounts, amounts), min_size=1)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(item_rows, item_rows, st.tuples(amounts, amounts, amounts), st.tuples(amounts, amounts, amounts))
def test_the_steps_add_up_to_the_change(before, after, costs, later_costs) -> None:
    plan, actual = (
        side(items(**rows), *[-c for c in given_costs])
        for rows, given_costs in ((before, costs), (after, later_costs))
    )
    for value in ("sales", "margin"):
        bridge = plan_to_actual_bridge(plan, actual, as_of="2026-02", value=value)
        assert bridge.steps["amount"].sum() == pytest.approx(bridge.change, abs=1e-6)
        assert bridge.plan == pytest.approx(sum(s - c for _, s, c in before.values()) - sum(costs))
        assert bridge.actual - bridge.plan == pytest.approx(bridge.change)
        assert bridge.steps["step"].tolist() == [s for s in BRIDGE_STEPS if s in set(bridge.steps["step"])]


def test_a_plan_without_units_gives_one_step_for_sales() -> None:
    plan = side(None, sales=1000.0, cost_of_goods=-600.0)
    actual = side(items(P1=(100, 1100, 650)))
    bridge = plan_to_actual_bridge(plan, actual, as_of="2026-02")
    assert bridge.steps.set_index("step")["amount"].to_dict() == {
        "sales": 100,
        "terms": 0,
        "cost_of_goods": -50,
        "a_and_p": 0,
        "cost_to_serve": 0,
    }
    assert bridge.warnings == ("units_not_known",)
    with pytest.raises(ValueError, match="'margin' needs items"):
        plan_to_actual_bridge(plan, actual, as_of="2026-02", value="margin")


def test_lines_not_planned_are_one_step_and_named() -> None:
    """A budget of sales, terms, A&P and contribution: cost of goods and service cannot be told apart."""
    plan = side(None, serving=None, sales=1000.0, contribution=230.0)
    actual = side(items(P1=(100, 1100, 700)))
    bridge = plan_to_actual_bridge(plan, actual, as_of="2026-02")
    amounts = bridge.steps.set_index("step")["amount"]
    assert bridge.actual == 280 and bridge.change == 50
    assert amounts.to_dict() == {"sales": 100, "terms": 0, "a_and_p": 0, "not_split": -50}
    assert bridge.warnings == ("units_not_known", "not_split_cost_to_serve", "not_split_cost_of_goods")
    with pytest.raises(ValueError, match="plan.contribution: not given"):
        plan_to_actual_bridge(side(None, serving=None, sales=1000.0), actual, as_of="2026-02")


def test_what_to_do_about_each_gap() -> None:
    plan = side(items(P1=(100, 1000, 600)))
    actual = side(items(P1=(100, 900, 590)), terms=-55.0, a_and_p=-35.0)
    bridge = plan_to_actual_bridge(plan, actual, as_of="2026-02", least_gap=6)
    assert bridge.steps.set_index("step")["action"].to_dict() == {
        "price": "check_price_and_invoice_discounts",
        "volume": "",
        "mix": "",
        "terms": "",
        "cost_of_goods": "check_costs_are_complete",
        "a_and_p": "",
        "cost_to_serve": "",
    }
    assert set(GAP_ACTIONS) == set(BRIDGE_STEPS)


@pytest.mark.parametrize(
    ("plan", "actual", "word"),
    [
        ({"months": ["2026-01"]}, {}, "2026-02 is on one side only"),
        ({"months": []}, {"months": []}, "expected months"),
        ({"months": ["2026-01", "2026-01"]}, {}, "each once"),
        ({"months": ["2026-03"]}, {"months": ["2026-03"]}, "2026-03 lies after as_of 2026-02"),
        ({"contribution": 999.0}, {}, "plan.contribution: 999.0, but its lines add up to 280.0"),
    ],
)
def test_sides_that_cannot_be_compared(plan, actual, word) -> None:
    rows = items(P1=(100, 1000, 600))
    with pytest.raises(ValueError, match=word):
        plan_to_actual_bridge(side(rows, **plan), side(rows, **actual), as_of="2026-02")


def test_bad_items() -> None:
    rows = items(P1=(100, 1000, 600))
    twice = pd.concat([rows, rows])
    for bad, word in (
        (twice, "'P1' is given twice"),
        (rows.assign(units=math.nan), "units of 'P1' is missing"),
        (rows.drop(columns="sales"), "no column 'sales'"),
    ):
        with pytest.raises(ValueError, match=word):
            plan_to_actual_bridge(side(rows), side(bad), as_of="2026-02")
    with pytest.raises(ValueError, match="as_of: .*within 2026-02"):
        plan_to_actual_bridge(side(rows), side(rows), as_of="2026-02-14")
    with pytest.raises(ValueError, match="value: 'profit'"):
        plan_to_actual_bridge(side(rows), side(rows), as_of="2026-02", value="profit")  # type: ignore[arg-type]
