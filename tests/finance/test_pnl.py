from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.finance import (
    EXPENSE_LINES,
    PNL_LINES,
    account_pnl,
    gross_to_net,
    pnl_by_account,
)

RATES = {"order": 10.0, "visit": 100.0}


def company(seed: int = 1, accounts: int = 8, rows: int = 120):
    rng = np.random.default_rng(seed)
    ids = np.array([f"{i:04d}" for i in range(accounts)])
    months = pd.date_range("2026-01-01", periods=6, freq="MS")
    lists = rng.lognormal(5, 1, rows).round(2)
    lines = pd.DataFrame(
        {
            "account": rng.choice(ids, rows),
            "month": rng.choice(months, rows),
            "list_amount": lists,
            "amount": (lists * 0.9).round(2),
            "cost": (lists * 0.5).round(2),
        }
    )
    expenses = pd.DataFrame(
        {
            "account": rng.choice(ids, 40),
            "month": rng.choice(months, 40),
            "line": rng.choice(EXPENSE_LINES, 40),
            "amount": rng.uniform(1, 50, 40).round(2),
        }
    )
    service = pd.DataFrame(
        {
            "account": rng.choice(ids, 40),
            "month": rng.choice(months, 40),
            "driver": rng.choice(list(RATES), 40),
            "quantity": rng.integers(0, 5, 40).astype(float),
        }
    )
    return lines, expenses, service


def test_subtotals_are_sums_of_what_stands_above() -> None:
    table = pnl_by_account(*company(), RATES).table
    assert list(table.columns) == list(PNL_LINES)
    t = table
    assert t["invoiced_sales"].to_numpy() == pytest.approx((t["list_sales"] + t["on_invoice"]).to_numpy())
    net = t["invoiced_sales"] + t["off_invoice_performance"] + t["off_invoice_promotional"]
    assert t["net_sales"].to_numpy() == pytest.approx(net.to_numpy())
    assert t["gross_margin"].to_numpy() == pytest.approx((t["net_sales"] + t["cost_of_goods"]).to_numpy())
    rest = t["gross_margin"] + t["consumer_promotion"] + t["a_and_p"] + t["cost_to_serve"]
    assert t["contribution"].to_numpy() == pytest.approx(rest.to_numpy())
    deductions = ["on_invoice", *EXPENSE_LINES, "cost_of_goods", "cost_to_serve"]
    assert (t[deductions] <= 0).all(axis=None)


def test_one_account_s_pnl_equals_its_row_and_its_months_add_up() -> None:
    frames = company()
    everyone = pnl_by_account(*frames, RATES).table
    for account in everyone.index:
        own = [f[f["account"] == account] for f in frames]
        year = account_pnl(*own, RATES, period="2026").set_index("line")["amount"]
        monthly = account_pnl(*own, RATES)
        assert year.to_dict() == pytest.approx(everyone.loc[account].to_dict())
        assert monthly.groupby("line")["amount"].sum().to_dict() == pytest.approx(year.to_dict())


def test_layout_of_account_pnl() -> None:
    lines = pd.DataFrame(
        {
            "month": ["2026-02-01", "2026-01-01"],
            "list_amount": [2.0, 1.0],
            "amount": [2.0, 1.0],
            "cost": [1.0, 1.0],
        }
    )
    frame = account_pnl(lines, None, None, {})
    assert list(frame.columns) == ["line", "period", "amount", "basis"]
    assert frame["period"].unique().tolist() == ["2026-01", "2026-02"]
    assert frame["line"].tolist() == list(PNL_LINES) * 2
    named = account_pnl(lines.rename(columns={"month": "period"}), None, None, {})
    assert named["period"].iloc[0] == "2026-01-01"


def basis_of(frame: pd.DataFrame) -> dict[str, str]:
    return dict(zip(frame["line"], frame["basis"], strict=True))


def test_a_missing_list_price_is_missing_not_zero() -> None:
    lines, expenses, service = company()
    lines.loc[lines.index[0], "list_amount"] = np.nan
    account = lines.loc[lines.index[0], "account"]
    table = pnl_by_account(lines, expenses, service, RATES).table
    assert table.loc[account, ["list_sales", "on_invoice"]].isna().all()
    assert table["list_sales"].notna().sum() == len(table) - 1
    assert table["contribution"].notna().all()


def test_a_missing_cost_makes_the_contribution_missing() -> None:
    lines, expenses, service = company()
    lines.loc[lines.index[0], "cost"] = np.nan
    account = lines.loc[lines.index[0], "account"]
    table = pnl_by_account(lines, expenses, service, RATES).table
    assert table.loc[account, ["cost_of_goods", "gross_margin", "contribution"]].isna().all()
    assert np.isfinite(table.loc[account, "net_sales"])
    assert table["contribution"].notna().sum() == len(table) - 1


def test_sources_not_recorded_are_left_out_and_named() -> None:
    lines, expenses, service = company()
    no_cost = pnl_by_account(lines.drop(columns="cost"), expenses, service, RATES)
    assert (
        no_cost.basis["contribution"] == "derived_without_cost"
        and no_cost.basis["gross_margin"] == "not_recorded"
    )
    assert no_cost.table["contribution"].notna().all() and no_cost.table["gross_margin"].isna().all()
    assert no_cost.conventions["without"] == ("cost",)
    no_terms = pnl_by_account(lines, None, None, {})
    assert no_terms.basis["contribution"] == "derived_without_expenses_and_service"
    assert no_terms.table[list(EXPENSE_LINES)].isna().all(axis=None)
    assert (no_terms.table["contribution"] == no_terms.table["gross_margin"]).all()
    nothing = pnl_by_account(lines[["account", "amount"]], None, None, {})
    assert nothing.table["contribution"].isna().all() and nothing.basis["contribution"] == "not_recorded"
    assert nothing.table["invoiced_sales"].notna().all()


def test_one_account_without_costs_in_a_company_that_records_them() -> None:
    lines = pd.DataFrame({"month": ["2026-01-01"], "list_amount": [1.0], "amount": [1.0], "cost": [np.nan]})
    empty = pd.DataFrame({"month": [], "line": [], "amount": []})
    stated = account_pnl(lines, empty, None, {})
    assert basis_of(stated)["contribution"] == "derived_without_cost_and_service"
    missing = account_pnl(lines, empty, None, {}, cost_recorded=True).set_index("line")["amount"]
    assert np.isnan(missing["contribution"])


def test_an_account_with_expenses_only_has_sold_nothing() -> None:
    lines, _, service = company()
    expenses = pd.DataFrame({"account": ["Z"], "line": ["a_and_p"], "amount": [7.0]})
    table = pnl_by_account(lines, expenses, service, RATES).table
    assert table.loc["Z", "contribution"] == -7 and table.loc["Z", "list_sales"] == 0


def test_bad_input_is_named() -> None:
    lines, expenses, service = company()
    for call, word in (
        (lambda: pnl_by_account(lines.drop(columns="amount"), expenses, service, RATES), "'amount'"),
        (lambda: pnl_by_account(lines, expenses.assign(line="gifts"), service, RATES), "'gifts'"),
        (lambda: pnl_by_account(lines, expenses, service, {"order": 1}), "'visit'"),
        (lambda: pnl_by_account(lines, expenses, service, RATES | {"order": -1}), "order"),
        (lambda: pnl_by_account(lines.assign(amount=np.nan), expenses, service, RATES), "without an amount"),
    ):
        with pytest.raises(ValueError, match=word):
            call()


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.integers(0, 1000))
def test_row_order_split_invoices_and_currency_change_no_figure(seed: int) -> None:
    lines, expenses, service = company(seed)
    one = pnl_by_account(lines, expenses, service, RATES).table
    mixed = pnl_by_account(
        *(f.sample(frac=1, random_state=seed) for f in (lines, expenses, service)), RATES
    ).table
    pd.testing.assert_frame_equal(one, mixed, check_exact=True)
    money = ["list_amount", "amount", "cost"]
    halves = pd.concat([lines.assign(**{c: lines[c] * p for c in money}) for p in (0.3, 0.7)])
    pd.testing.assert_frame_equal(one, pnl_by_account(halves, expenses, service, RATES).table)
    scaled = pnl_by_account(
        lines.assign(**{c: lines[c] * 7.1 for c in money}),
        expenses.assign(amount=expenses["amount"] * 7.1),
        service,
        {d: r * 7.1 for d, r in RATES.items()},
    ).table
    pd.testing.assert_frame_equal(one * 7.1, scaled)


def test_the_p_and_l_tells_the_same_as_the_price_waterfall() -> None:
    rates = {"on_invoice_structural": 0.10, "off_invoice_performance": 0.05, "off_invoice_promotional": 0.03}
    fall = gross_to_net(1000, rates).set_index("line")["price"]
    lines = pd.DataFrame(
        {"account": ["A"], "list_amount": [1000.0], "amount": [fall["invoice_price"]], "cost": [1.0]}
    )
    expenses = pd.DataFrame(
        {
            "account": "A",
            "line": ["off_invoice_performance", "off_invoice_promotional"],
            "amount": [50.0, 30.0],
        }
    )
    table = pnl_by_account(lines, expenses, None, {}).table
    assert table.loc["A", "net_sales"] == pytest.approx(fall["net_sales"])


def test_records_columns_and_frames_are_the_same() -> None:
    columns = {"month": ["2026-01-15"], "list_amount": [10.0], "amount": [9.0], "cost": [4.0]}
    records = [{"month": "2026-01", "list_amount": 10.0, "amount": 9.0, "cost": 4.0}]
    frame = pd.DataFrame(columns).assign(month=pd.PeriodIndex(["2026-01"], freq="M"))
    results = [account_pnl(lines, None, None, {}) for lines in (columns, records, frame)]  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(results[0], results[1])
    pd.testing.assert_frame_equal(results[0], results[2])
    empty = account_pnl(records, pd.DataFrame(), None, {})  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(results[0], empty)
    with pytest.raises(ValueError, match="lines"):
        account_pnl(pd.DataFrame(), None, None, {})
