"""Published worked examples, with their sources in examples.json beside this file."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from kamtools.finance import account_pnl, break_even_units, cost_to_serve, pnl_by_account, time_driven_cost
from kamtools.finance.collection import dso, dso_countback
from kamtools.finance.credit_loss import expected_credit_loss, loss_rates
from kamtools.identification import abc_classes, hhi, weighted_score

EXAMPLES = {e["name"]: e for e in json.loads((Path(__file__).parent / "examples.json").read_text("utf-8"))}


def example(name: str):
    found = EXAMPLES[name]
    return found["inputs"], found["expected"], found["tolerance"]


def test_every_example_is_used_and_has_a_source() -> None:
    text = Path(__file__).read_text("utf-8")
    for name, entry in EXAMPLES.items():
        assert f'example("{name}")' in text
        assert entry["source"]


def test_cost_to_serve() -> None:
    inputs, expected, tolerance = example("cost to serve of three customers")
    cost = cost_to_serve(inputs["drivers"], inputs["rates"])
    assert cost["total"].to_dict() == pytest.approx(expected["cost"], abs=tolerance)


def test_profit_after_cost_to_serve_is_the_contribution() -> None:
    inputs, expected, tolerance = example("cost to serve of three customers")
    amounts = pd.DataFrame.from_dict(inputs["amounts"], orient="index")
    lines = pd.DataFrame(
        {
            "account": amounts.index,
            "list_amount": amounts["sales"].to_numpy(),
            "amount": (amounts["sales"] - amounts["disc"] - amounts["returns_amt"]).to_numpy(),
            "cost": amounts["cogs"].to_numpy(),
        }
    )
    drivers = pd.DataFrame.from_dict(inputs["drivers"], orient="index")
    service = (
        drivers.rename_axis("account").reset_index().melt("account", var_name="driver", value_name="quantity")
    )
    nothing = pd.DataFrame({"account": [], "line": [], "amount": []})
    result = pnl_by_account(lines, nothing, service, inputs["rates"])
    assert result.table["contribution"].to_dict() == pytest.approx(expected["profit"], abs=tolerance)
    for account, profit in expected["profit"].items():
        own = [f[f["account"] == account] for f in (lines, nothing, service)]
        one = account_pnl(*own, inputs["rates"], period="year").set_index("line")["amount"]
        assert one["contribution"] == pytest.approx(profit, abs=tolerance)


def test_time_driven_cost() -> None:
    inputs, expected, tolerance = example("time-driven cost of a service department")
    result = time_driven_cost(inputs["cost"], inputs["capacity_min"], inputs["unit_min"], inputs["volume"])
    assert result.rate == pytest.approx(expected["rate"])
    assert list(result.unit_costs) == pytest.approx(expected["unit_cost"])
    assert result.used_minutes == pytest.approx(expected["used_min"], abs=tolerance)
    assert result.assigned == pytest.approx(expected["assigned"], abs=tolerance)
    assert result.unused_minutes == pytest.approx(expected["unused_min"], abs=tolerance)
    assert result.unused_cost == pytest.approx(expected["unused_cost"], abs=tolerance)
    assert result.warnings == ()


def test_cost_volume_profit() -> None:
    inputs, expected, tolerance = example("cost, volume and profit")
    units = break_even_units(inputs["fc"], inputs["price"], inputs["vc"])
    assert units == pytest.approx(expected["be_units"], abs=tolerance)
    assert units * inputs["price"] == pytest.approx(expected["be_sales"], abs=tolerance)
    # profit follows from the distance to break-even
    margin = inputs["price"] - inputs["vc"]
    assert (inputs["units"] - units) * margin == pytest.approx(expected["profit"], abs=tolerance)
    cheaper = break_even_units(inputs["fc"], inputs["alt_price"], inputs["vc"])
    alternative = (inputs["alt_units"] - cheaper) * (inputs["alt_price"] - inputs["vc"])
    assert alternative == pytest.approx(expected["alt_profit"], abs=1e-6)


def test_weighted_score() -> None:
    inputs, expected, tolerance = example("attractiveness and position of products")
    for axis, weights in (("attr", "w_attr"), ("pos", "w_pos")):
        for product, ratings in inputs[axis].items():
            score = weighted_score(ratings, inputs[weights])
            assert score == pytest.approx(expected[axis][product], abs=tolerance + 1e-9)


def test_abc_classes() -> None:
    inputs, expected, tolerance = example("ABC classes of ten stock items")
    values = [u * c for u, c in zip(inputs["units"], inputs["unit_cost"], strict=True)]
    result = abc_classes(values, cuts=tuple(inputs["cuts"]))
    assert "".join(result["class"]) == expected["classes"]
    assert result["value"].sum() == pytest.approx(expected["total"])
    for name in "ABC":
        part = result.loc[result["class"] == name, "share"].sum()
        assert part == pytest.approx(expected[name], abs=tolerance)
    values[inputs["whatif_item"]] += 30_000
    changed = abc_classes(values, cuts=tuple(inputs["cuts"]))
    assert changed["value"].sum() == pytest.approx(expected["whatif_total"])
    assert changed["share"].iloc[:2].sum() == pytest.approx(expected["whatif_A"], abs=tolerance)


def test_hhi() -> None:
    inputs, expected, tolerance = example("Herfindahl–Hirschman index of five markets")
    for market, shares in inputs.items():
        assert hhi(shares) == pytest.approx(expected[market], abs=tolerance)


def test_provision_matrix_from_a_cohort() -> None:
    inputs, expected, tolerance = example("provision matrix from one cohort of sales")
    rates = loss_rates(inputs["cohort"], inputs["paid"])
    assert rates == pytest.approx(expected["rates"])
    matrix = expected_credit_loss(inputs["gross"], rates)
    assert matrix["expected_loss"].tolist() == pytest.approx(expected["by_bucket"], abs=tolerance)
    assert matrix.total == pytest.approx(expected["total"], abs=tolerance)


def test_dso_by_count_back() -> None:
    inputs, expected, tolerance = example("days of sales outstanding by count-back")
    each = dso_countback(inputs["open"], inputs["sales_latest_first"], inputs["days"])
    assert each == pytest.approx(expected["dso"], abs=tolerance)
    assert dso_countback(inputs["open"], inputs["sales_latest_first"], days_in_month=30) == each


def test_dso_simple() -> None:
    inputs, expected, tolerance = example("days of sales outstanding, simple")
    assert dso(**inputs) == pytest.approx(expected["dso"], abs=tolerance)
