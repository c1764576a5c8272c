from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.finance.credit import (
    ALTMAN,
    Altman,
    altman_points,
    altman_z,
    concentration_points,
    credit_hold,
    credit_limit,
    credit_need,
    credit_score,
    exposure,
    exposure_by_account,
    payment_points,
    trade_credit_cost,
)

AMOUNTS = {
    "working_capital": 200.0,
    "retained_earnings": 300.0,
    "ebit": 100.0,
    "equity": 500.0,
    "total_liabilities": 400.0,
    "sales": 1500.0,
    "total_assets": 1000.0,
}


@pytest.mark.parametrize(
    ("model", "z"),
    [
        ("public", 1.2 * 0.2 + 1.4 * 0.3 + 3.3 * 0.1 + 0.6 * 1.25 + 1.5),
        ("private", 0.717 * 0.2 + 0.847 * 0.3 + 3.107 * 0.1 + 0.420 * 1.25 + 0.998 * 1.5),
        ("non_manufacturer", 6.56 * 0.2 + 3.26 * 0.3 + 6.72 * 0.1 + 1.05 * 1.25),
        ("emerging", 3.25 + 6.56 * 0.2 + 3.26 * 0.3 + 6.72 * 0.1 + 1.05 * 1.25),
    ],
)
def test_altman_from_amounts_and_from_ratios(model, z: float) -> None:
    result = altman_z(model, **AMOUNTS)
    assert result.z == pytest.approx(z) and result.warnings == ()
    assert altman_z(model, **result.ratios) == result
    assert len(result.ratios) == (5 if model in ("public", "private") else 4)


@pytest.mark.parametrize("model", list(ALTMAN))
def test_zones_move_with_the_model(model) -> None:
    coefficients, constant, low, high = ALTMAN[model]
    for z, zone in (
        (low - 0.01, "distress"),
        (low + 0.01, "grey"),
        (high - 0.01, "grey"),
        (high + 0.01, "safe"),
    ):
        ratios = dict.fromkeys(["x2", "x3", "x4", "x5"], 0.0) | {"x1": (z - constant) / coefficients[0]}
        if ratios["x1"] > 1:  # reached by another ratio
            ratios |= {"x1": 0.0, "x4": (z - constant) / coefficients[3]}
        assert altman_z(model, **ratios).zone == zone
    # emerging markets: the zones move by the constant, so the zone is that of Z″
    if model == "emerging":
        _, _, low2, high2 = ALTMAN["non_manufacturer"]
        assert (low - constant, high - constant) == pytest.approx((low2, high2))


def test_altman_conventions_and_doubts() -> None:
    first = altman_z(x5_coefficient=0.999, **AMOUNTS)
    assert first.z == pytest.approx(altman_z(**AMOUNTS).z - 0.001 * 1.5)
    doubtful = altman_z(**(AMOUNTS | {"working_capital": 1200.0}))
    assert doubtful.warnings == ("working_capital_above_total_assets",)
    assert altman_z(x1=1.2, x2=0, x3=0, x4=0, x5=0).warnings
    for call, word in (
        (lambda: altman_z("listed", **AMOUNTS), "model"),  # type: ignore[arg-type]
        (lambda: altman_z(x5_coefficient=0.9, **AMOUNTS), "x5_coefficient"),
        (lambda: altman_z(**(AMOUNTS | {"total_assets": 0.0})), "total_assets"),
        (lambda: altman_z(**(AMOUNTS | {"total_liabilities": 0.0})), "total_liabilities"),
        (lambda: altman_z(**{k: v for k, v in AMOUNTS.items() if k != "ebit"}), "ebit"),
        (lambda: altman_z(x1=0.1, **AMOUNTS), "given twice"),
        (lambda: altman_z(profit=1.0, **AMOUNTS), "profit"),
        (lambda: altman_z(**(AMOUNTS | {"ebit": math.nan})), "ebit"),
    ):
        with pytest.raises(ValueError, match=word):
            call()


def test_limit_is_the_lowest_of_the_rules() -> None:
    need = credit_need(1_000_000, 73, 0.13)
    assert need == pytest.approx(226_000)
    assert credit_limit(need).rule == "need"
    lower = credit_limit(
        need, turnover=1_000_000, turnover_share=0.1, further={"working_capital": (5e5, 0.1)}
    )
    assert (lower.rule, lower.limit) == ("working_capital", 50_000)
    assert lower.left_out == ("net_worth",)
    assert credit_limit(need, net_worth=-10, net_worth_share=0.1).limit == 0
    for call, word in (
        (lambda: credit_limit(-1), "need"),
        (lambda: credit_limit(1, net_worth=10), "net_worth_share"),
        (lambda: credit_limit(1, turnover=10, turnover_share=-0.1), "turnover_share"),
        (lambda: credit_limit(1, further={"need": (1, 1)}), "further"),
    ):
        with pytest.raises(ValueError, match=word):
            call()


def test_exposure_by_parts() -> None:
    assert exposure(100) == 100
    assert exposure(pd.DataFrame({"open": [60.0, -10.0]}), unbilled=5, open_orders=7, insured=2) == 60
    for bad in ({"unbilled": -1}, {"insured": -1}, {"unapplied_cash": math.nan}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            exposure(1, **bad)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.integers(1, 12), st.data())
def test_a_parent_s_exposure_is_the_sum_of_its_children_s(n: int, data) -> None:
    names = [f"A{i}" for i in range(n)]
    amounts = st.lists(st.floats(0, 1e6), min_size=n, max_size=n)
    parts = pd.DataFrame({p: data.draw(amounts) for p in ("open", "open_orders", "insured")}, index=names)
    # each account's parent comes before it, so that there is no circle; H has no row of its own
    parents = {a: data.draw(st.sampled_from(["H", *names[:i], ""])) for i, a in enumerate(names)}
    table = exposure_by_account(parts, ("open", "open_orders", "insured"), parents)
    for name, row in table.iterrows():
        children = table.loc[table["parent"] == name, "total"].sum()
        assert row["total"] == pytest.approx(row["own"] + children, abs=1e-6)
    tops = table.loc[[p is None or p != p for p in table["parent"]], "total"].sum()
    assert tops == pytest.approx(table["own"].sum(), abs=1e-5)


def test_exposure_takes_the_chosen_mix_and_tells_what_is_missing() -> None:
    parts = pd.DataFrame({"open": [100.0, math.nan], "open_orders": [20.0, 5.0]}, index=["A", "B"])
    table = exposure_by_account(parts, ("open", "insured"), {"A": "H", "B": "H"})
    assert table.loc["A", "own"] == 100 and table.loc[["B", "H"], "total"].isna().all()
    assert table.attrs == {"included": ("open",), "not_recorded": ("insured",)}
    with pytest.raises(ValueError, match="circle"):
        exposure_by_account(parts, ("open",), {"A": "B", "B": "A"})
    with pytest.raises(ValueError, match="'gold'"):
        exposure_by_account(parts, ("gold",))
    with pytest.raises(ValueError, match="open_orders below zero"):
        exposure_by_account(-parts, ("open_orders",))


@pytest.mark.parametrize(
    ("arguments", "hold", "reasons"),
    [
        ((100, 100, 0), False, ()),
        ((100.01, 100, 0), True, ("over_limit",)),
        ((50, 100, 11), True, ("overdue",)),
        ((50, 100, 10), False, ()),
        ((1, 0, 0), True, ("over_limit",)),
        ((None, 100, 99), True, ("overdue",)),
        ((1000, None, None), False, ()),
    ],
)
def test_hold(arguments: tuple, hold: bool, reasons: tuple) -> None:
    result = credit_hold(*arguments, tolerance=10)
    assert (result.hold, result.reasons) == (hold, reasons)
    assert len(result.missing) == sum(a is None for a in arguments)


def test_trade_credit_takes_the_real_pay_day() -> None:
    agreed, real = trade_credit_cost(0.02, 10, 30), trade_credit_cost(0.02, 10, 50)
    assert real < agreed
    assert trade_credit_cost(0.02, 10, 30, "nominal", 360) == pytest.approx(0.02 / 0.98 * 18)
    assert trade_credit_cost(0.02, 10, 30, year=360) == pytest.approx((1 + 0.02 / 0.98) ** 18 - 1)
    for call, word in (
        (lambda: trade_credit_cost(0, 10, 30), "discount"),
        (lambda: trade_credit_cost(1, 10, 30), "discount"),
        (lambda: trade_credit_cost(0.02, 30, 30), "pay_day"),
        (lambda: trade_credit_cost(0.02, 10, 30, year=366), "year"),  # type: ignore[arg-type]
        (lambda: trade_credit_cost(0.02, 10, 30, basis="simple"), "basis"),  # type: ignore[arg-type]
    ):
        with pytest.raises(ValueError, match=word):
            call()


def test_score_leaves_out_what_is_not_known_and_says_so() -> None:
    good = altman_z(x1=1.0, x2=1.0, x3=1.0, x4=1.0, x5=1.0)
    full = credit_score(good, days_late=30, receivable_share=0.3)
    assert full.points == {"altman": 100.0, "payment": 50.0, "concentration": 0.0}
    assert full.score == pytest.approx(40 + 20) and full.missing == () and full.known == 1
    assert math.fsum(full.contributions.values()) == pytest.approx(full.score)
    part = credit_score(receivable_share=0.01)
    assert part.score == 100 and part.missing == ("altman", "payment")
    assert part.warnings == ("half_unknown",) and part.known == pytest.approx(0.2)
    doubtful = Altman(9.0, "safe", ("working_capital_above_total_assets",))
    assert credit_score(doubtful, 30).missing == ("altman", "concentration")
    other = credit_score(good, 30, weights={"altman": 1, "payment": 3})
    assert other.score == pytest.approx(62.5)
    with pytest.raises(ValueError, match="nothing known"):
        credit_score()
    with pytest.raises(ValueError, match="'luck'"):
        credit_score(days_late=3, weights={"luck": 1})


@given(st.floats(-50, 50), st.floats(-100, 500), st.floats(0, 1))
def test_points_stay_within_0_and_100(z: float, days: float, share: float) -> None:
    for points in (altman_points(Altman(z, "")), payment_points(days), concentration_points(share)):
        assert 0 <= points <= 100
