from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamtools.finance.collection import (
    average_days_delinquent,
    best_possible_dso,
    collection_by_account,
    collection_effectiveness,
    dso,
    dso_countback,
)

money = st.floats(0.01, 1e9)


@given(money, money, st.floats(1, 366), st.floats(0.01, 1))
def test_late_days_are_what_lies_above_the_best_possible(open: float, sales: float, days: float, part: float):
    whole, best = dso(open, sales, days), best_possible_dso(open * part, sales, days)
    late = average_days_delinquent(whole, best)
    assert late == pytest.approx(dso(open * (1 - part), sales, days), rel=1e-6, abs=whole * 1e-9)


@given(st.lists(money, min_size=1, max_size=24), st.floats(0, 1))
def test_countback_lies_within_the_months_and_rises(sales: list[float], part: float) -> None:
    whole = sum(sales)
    days = dso_countback(whole * part, sales)
    assert 0 <= days <= 30 * len(sales) * (1 + 1e-9)
    assert days <= dso_countback(whole, sales) * (1 + 1e-9)


def test_even_sales_give_the_same_by_both_ways() -> None:
    assert dso_countback(150, [100] * 3) == pytest.approx(dso(150, 300, 90)) == 45


def test_countback_takes_the_days_of_each_month() -> None:
    assert dso_countback(200, [100, 100, 100], [31, 28, 31]) == 59
    assert dso_countback(0, [100]) == 0
    # a month in which returns exceed sales leaves more to use up
    assert dso_countback(100, [-50, 300]) == pytest.approx(30 + 15)


def test_vat_must_be_put_on_one_basis() -> None:
    assert dso(113, 100, 30, vat_rate=0.13) == pytest.approx(30)
    assert dso(113, 100, 30) == pytest.approx(33.9)
    assert dso_countback(226, [100, 100], vat_rate=0.13) == pytest.approx(60)
    assert collection_effectiveness(113, 100, 113, 113, vat_rate=0.13) == pytest.approx(1)


def test_collection_effectiveness_differs_by_how_sales_enter() -> None:
    # all that was due was collected: 1; nothing was: 0
    assert collection_effectiveness(100, 50, 60, 60) == 1
    assert collection_effectiveness(100, 50, 150, 50) == 0
    whole = collection_effectiveness(100, 1200, 200, 80)
    average = collection_effectiveness(100, 1200, 200, 80, months=12)
    assert whole == pytest.approx(1100 / 1220) and average == pytest.approx(0)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: dso(1, 0, 30), "sales"),
        (lambda: dso(-1, 10, 30), "open"),
        (lambda: dso(1, 10, 0), "days"),
        (lambda: dso(float("nan"), 10, 30), "open"),
        (lambda: dso_countback(1000, [100, 200]), "700"),
        (lambda: dso_countback(10, [100, None]), r"sales_latest_first\[1\]"),  # type: ignore[list-item]
        (lambda: dso_countback(10, [100, 100], [30]), "days_in_month"),
        (lambda: collection_effectiveness(10, 10, 5, 6), "ending_current"),
        (lambda: collection_effectiveness(10, 10, 20, 20), "ending_current"),
        (lambda: collection_effectiveness(10, 10, 5, 5, months=0), "months"),
    ],
)
def test_what_is_not_defined_is_refused(call, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        call()


def test_measures_of_every_account() -> None:
    months = pd.date_range("2026-01-01", periods=6, freq="MS")
    invoices = pd.DataFrame(
        {
            "account": "A",
            "invoice_date": months + pd.Timedelta(days=14),
            "due_date": months + pd.Timedelta(days=44),
            "amount": 113.0,
            "paid_date": months + pd.Timedelta(days=75),
        }
    )
    idle = pd.DataFrame({"account": ["B"], "invoice_date": ["2026-01-05"], "amount": [50.0]})
    sales = pd.DataFrame({"account": ["A"] * 6 + ["C"], "month": [*months, months[0]], "amount": 100.0})
    table = collection_by_account(pd.concat([invoices, idle]), sales, "2026-07-10", vat_rate=0.13, months=6)
    assert table.attrs["as_of"] == "2026-06-30" and table.attrs["days"] == 181
    # at the end of June: May's and June's invoices are open, May's is overdue
    a = table.loc["A"]
    assert a[["open", "not_due", "overdue", "sales"]].tolist() == [226, 113, 113, 600]
    assert a["dso"] == pytest.approx(181 / 3) and a["countback"] == pytest.approx(61)
    assert a["best_possible"] == pytest.approx(181 / 6) and a["delinquent"] == pytest.approx(181 / 6)
    assert a["effectiveness"] == pytest.approx((678 - 226) / (678 - 113))
    assert "B" not in table.index  # no sales
    unknown = table.loc["C"].drop("sales")  # no document of it was ever recorded: not known, and not nothing
    assert unknown.isna().all() and table.at["C", "sales"] == 100
    returned = pd.DataFrame({"account": ["C"], "month": ["2026-02-01"], "amount": [-150.0]})
    table = collection_by_account(invoices, pd.concat([sales, returned]), "2026-06-30", 0.13, months=6)
    assert np.isnan(table.loc["C", "dso"])  # more returned than sold: not defined
    with pytest.raises(ValueError, match="without an amount"):
        collection_by_account(invoices, sales.assign(amount=np.nan), "2026-06-30", 0.13)
