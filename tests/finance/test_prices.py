from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.finance import ap_ratio, break_even_sales_change, break_even_units, gross_to_net, pocket_price

STAGED = {
    "consumer_promotion": 0.02,
    "off_invoice_promotional": 0.03,
    "on_invoice_structural": 0.10,
    "off_invoice_performance": 0.05,
    "on_invoice_efficiency": 0.02,
}


def test_staged_lines_come_in_order_with_subtotals() -> None:
    frame = gross_to_net(100, STAGED).set_index("line")
    assert list(frame.index) == [
        "list_price",
        "on_invoice_structural",
        "on_invoice_efficiency",
        "invoice_price",
        "off_invoice_performance",
        "off_invoice_promotional",
        "net_sales",
        "consumer_promotion",
        "pocket_price",
    ]
    assert frame["price"][["invoice_price", "net_sales", "pocket_price"]].tolist() == pytest.approx(
        [88, 80, 78]
    )
    running = gross_to_net(100, STAGED, basis="running").set_index("line")
    assert running.loc["invoice_price", "price"] == pytest.approx(100 * 0.9 * 0.98)
    assert set(running["basis"]) == {"running"}


def test_plain_and_named_deductions() -> None:
    assert pocket_price(50, []) == 50
    assert pocket_price(100, [("bonus", 0.1)]) == 90
    assert list(gross_to_net(100, [0.1, 0.2])["line"]) == [
        "list_price",
        "deduction_1",
        "deduction_2",
        "pocket_price",
    ]


@pytest.mark.parametrize(
    ("price", "deductions", "word"),
    [
        (-1, [], "list_price"),
        (100, {"x": 1.2}, "'x'"),
        (100, {"x": -0.1}, "'x'"),
        (100, {"x": None}, "'x'"),
        (100, [0.6, 0.5], "more than all"),
    ],
)
def test_impossible_deductions_are_refused(price, deductions, word) -> None:
    with pytest.raises(ValueError, match=word):
        pocket_price(price, deductions)


def test_unknown_basis() -> None:
    with pytest.raises(ValueError, match="allowed: list, running"):
        pocket_price(100, [0.1], basis="net")  # type: ignore[arg-type]


@settings(max_examples=50, derandomize=True, deadline=None)
@given(st.floats(0, 1e6), st.lists(st.floats(0, 0.15), max_size=6), st.sampled_from(["list", "running"]))
def test_the_waterfall_adds_up(price, rates, basis) -> None:
    frame = gross_to_net(price, rates, basis)
    total = frame["amount"].iloc[0] + frame["amount"].iloc[1:-1].sum()
    assert frame["amount"].iloc[-1] == pytest.approx(total, abs=1e-6)
    assert 0 <= frame["price"].iloc[-1] <= price
    assert pocket_price(price, rates[::-1], basis) == pytest.approx(pocket_price(price, rates, basis))


def test_break_even() -> None:
    assert break_even_units(0, 10, 4) == 0
    assert break_even_sales_change(20, -5) == -0.2
    for call, word in (
        (lambda: break_even_units(100, 5, 5), "price"),
        (lambda: break_even_units(-1, 5, 1), "fixed"),
        (lambda: break_even_sales_change(5, 5), "price_cut"),
        (lambda: break_even_sales_change(0, 1), "unit_contribution"),
    ):
        with pytest.raises(ValueError, match=word):
            call()


def test_break_even_change_earns_the_cut_back() -> None:
    change = break_even_sales_change(8, 2)
    assert 1000 * (1 + change) * (8 - 2) == pytest.approx(1000 * 8)


def test_ap_ratio() -> None:
    assert ap_ratio(0, 10) == 0
    with pytest.raises(ValueError, match="sales"):
        ap_ratio(1, 0)
