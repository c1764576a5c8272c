from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.finance.receivables import (
    ageing,
    average_open,
    bucket_names,
    documents,
    month_ends,
    open_items,
    overdue,
    terms_cost,
    with_vat,
)

KINDS = ["invoice", "invoice", "invoice", "credit_note", "advance", "acceptance_bill"]


def ledger(seed: int, rows: int = 60) -> pd.DataFrame:
    """Random documents: all kinds, part payments, overpayments, dates missing and in the future."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(KINDS, rows)
    invoiced = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 300, rows), unit="D")
    due = pd.Series(invoiced + pd.to_timedelta(rng.integers(0, 90, rows), unit="D"))
    amount = rng.uniform(1, 1e6, rows).round(2)
    amount = np.where(kind == "credit_note", -amount, amount)
    paid_on = pd.Series(invoiced + pd.to_timedelta(rng.integers(0, 150, rows), unit="D"))
    part = rng.choice([0.0, 0.3, 1.0, 1.1], rows)
    paid = pd.Series((amount * part).round(2))
    return pd.DataFrame(
        {
            "document": [f"D{i}" for i in range(rows)],
            "account": rng.choice(["001", "002", "003"], rows),
            "kind": kind,
            "invoice_date": invoiced,
            "due_date": due.mask(rng.random(rows) < 0.2),
            "amount": amount,
            "paid_date": paid_on.mask(rng.random(rows) < 0.4),
            "paid_amount": paid.mask(rng.random(rows) < 0.2),
            "currency": "CNY",
        }
    )


def open_by_hand(table: pd.DataFrame, as_of: pd.Timestamp, account: str) -> float:
    parts = []
    for _, row in table.iterrows():
        if row["account"] != account or row["invoice_date"] > as_of:
            continue
        paid = 0.0
        if pd.notna(row["paid_date"]) and row["paid_date"] <= as_of:
            paid = row["amount"] if pd.isna(row["paid_amount"]) else row["paid_amount"]
        left = row["amount"] - paid
        parts.append(-left if row["kind"] == "advance" and row["amount"] > 0 else left)
    return math.fsum(parts)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(
    st.integers(0, 10_000),
    st.integers(0, 400),
    st.sampled_from([(30, 60, 90), (1,), (15, 45, 90, 180)]),
    st.integers(0, 120),
)
def test_buckets_sum_to_the_open_amount(seed: int, after: int, buckets: tuple, terms: int) -> None:
    table, as_of = ledger(seed), pd.Timestamp("2026-01-01") + pd.Timedelta(days=after)
    by_due = ageing(table, as_of, buckets=buckets, default_terms=terms)
    by_invoice = ageing(table, as_of, basis="invoice", buckets=buckets)
    assert list(by_due.columns) == [*bucket_names(buckets), "unapplied", "acceptance_bill", "advance", "open"]
    for aged in (by_due, by_invoice):
        parts = aged.drop(columns="open").sum(axis=1)
        np.testing.assert_allclose(parts, aged["open"], rtol=0, atol=1e-6)
    for account in by_due.index:
        expected = open_by_hand(table, as_of, account)
        assert by_due.loc[account, "open"] == pytest.approx(expected, abs=1e-6)
    np.testing.assert_allclose(by_due["open"], by_invoice["open"], rtol=0, atol=1e-6)
    ordinary = by_due[list(bucket_names(buckets))]
    assert (ordinary >= 0).all(axis=None)  # what is loose stands in its own column


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 100))
def test_order_and_currency_change_no_figure(seed: int, rate: float) -> None:
    table = ledger(seed)
    one = ageing(table, "2026-09-30")
    mixed = ageing(table.sample(frac=1, random_state=seed), "2026-09-30")
    np.testing.assert_allclose(one, mixed, rtol=0, atol=1e-6)
    foreign = table.assign(currency="USD")
    converted = ageing(foreign, "2026-09-30", currency="CNY", rates={"USD": rate})
    np.testing.assert_allclose(one * rate, converted, rtol=1e-9, atol=1e-4)


def small(**columns: object) -> pd.DataFrame:
    base = {"account": "A", "invoice_date": "2026-01-31", "due_date": "2026-03-02", "amount": 100.0}
    return pd.DataFrame([base | columns])


@pytest.mark.parametrize(
    ("as_of", "column"),
    [
        ("2026-03-02", "not_due"),  # on the due date itself nobody is late
        ("2026-03-03", "d1_30"),
        ("2026-04-01", "d1_30"),
        ("2026-04-02", "d31_60"),
        ("2026-05-31", "d61_90"),
        ("2026-06-01", "d91_up"),
    ],
)
def test_edges_of_the_buckets(as_of: str, column: str) -> None:
    aged = ageing(small(), as_of).loc["A"]
    assert aged[column] == aged["open"] == 100


def test_a_later_document_or_payment_is_not_known() -> None:
    table = small(paid_date="2026-04-10")
    assert ageing(table, "2026-01-30").empty
    assert ageing(table, "2026-04-09").loc["A", "open"] == 100
    assert ageing(table, "2026-04-10").empty
    assert documents(table, "2026-04-09")["paid_date"].isna().all()


def test_a_document_without_due_date_takes_the_stated_terms() -> None:
    table = pd.concat([small(due_date=None), small(account="B", due_date=None, amount=50.0), small()])
    aged = ageing(table, "2026-03-05", default_terms=60)
    assert aged.loc["A", "not_due"] == aged.loc["A", "d1_30"] == 100
    assert aged.attrs["without_due_date"] == 2 and aged.attrs["open_without_due_date"] == 150
    assert aged.attrs["default_terms"] == 60
    own = ageing(table, "2026-03-05", default_terms={"B": 10})
    assert own.loc["B", "d1_30"] == 50 and own.loc["A", "d1_30"] == 200  # A: the usual 30 days


def test_advances_bills_and_credit_notes_have_columns_of_their_own() -> None:
    table = pd.concat(
        [
            small(),
            small(kind="credit_note", amount=-7.0),
            small(kind="advance", amount=40.0),
            small(kind="advance", amount=-2.0),
            small(kind="acceptance_bill", amount=30.0),
            small(amount=10.0, paid_date="2026-02-01", paid_amount=11.5),
        ]
    ).fillna({"kind": "invoice"})
    aged = ageing(table, "2026-02-28").loc["A"]
    assert aged[["not_due", "unapplied", "acceptance_bill", "advance"]].tolist() == [100, -8.5, 30, -42]
    assert aged["open"] == pytest.approx(79.5)


def test_a_payment_without_a_date_is_counted_apart() -> None:
    aged = ageing(small(paid_amount=100.0), "2026-12-31")
    assert aged.loc["A", "open"] == 100 and aged.attrs["payments_without_date"] == 1


def test_a_missing_exchange_rate_is_an_error() -> None:
    table = pd.concat([small(currency="CNY"), small(currency="USD"), small(currency="EUR")])
    rates = pd.DataFrame({"currency": ["USD"], "month": ["2026-01-01"], "rate": [7.0]})
    with pytest.raises(ValueError, match="currency: needed"):
        ageing(table, "2026-03-01")
    with pytest.raises(ValueError, match="EUR"):
        ageing(table, "2026-03-01", currency="CNY", rates={"USD": 7.0})
    with pytest.raises(ValueError, match="EUR 2026-01"):
        ageing(table, "2026-03-01", currency="CNY", rates=rates)
    for bad in (0.0, np.nan):
        with pytest.raises(ValueError, match="USD"):
            ageing(table[:2], "2026-03-01", currency="CNY", rates={"USD": bad})
    assert ageing(table[:2], "2026-03-01", currency="CNY", rates=rates).loc["A", "open"] == 800
    # a document that is not known yet needs no rate
    assert ageing(table, "2026-01-30", currency="CNY", rates=rates).empty


def test_bad_input_is_named() -> None:
    for call, word in (
        (lambda: ageing(small(), "2026-03-01", basis="paid"), "basis: 'paid'"),  # type: ignore[arg-type]
        (lambda: ageing(small(), "2026-03-01", buckets=(60, 30)), "buckets"),
        (lambda: ageing(small(), None), "as_of"),
        (lambda: ageing(small(), "someday"), "as_of"),
        (lambda: ageing(small(amount=None), "2026-03-01"), "without amount"),
        (lambda: ageing(small(invoice_date=None), "2026-03-01"), "without invoice_date"),
        (lambda: ageing(small(kind="gift"), "2026-03-01"), "'gift'"),
        (lambda: ageing(small(currency=None), "2026-03-01"), "without a currency"),
        (lambda: ageing(small(), "2026-03-01", default_terms=-1), "default_terms"),
        (lambda: ageing(small().drop(columns="amount"), "2026-03-01"), "no column 'amount'"),
        (lambda: overdue(ageing(small(), "2026-04-01", basis="invoice")), "basis"),
        (lambda: month_ends("2026-01-31", 0), "months"),
        (lambda: with_vat(1, 13), "vat_rate"),
        (lambda: terms_cost(1, -0.1), "rate"),
    ):
        with pytest.raises(ValueError, match=word):
            call()


def test_open_items_and_what_is_overdue() -> None:
    table = pd.concat([small(), small(amount=60.0, paid_date="2026-03-10", paid_amount=20.0)])
    items = open_items(table, "2026-04-05")
    assert items["open"].tolist() == [100, 40] and items["days_overdue"].tolist() == [34, 34]
    assert overdue(ageing(table, "2026-04-05")).to_dict() == {"A": 140}


def test_records_columns_and_frames_are_the_same() -> None:
    table = ledger(3)
    expected = ageing(table, "2026-09-30")
    for form in (table.to_dict("records"), table.to_dict("list")):
        pd.testing.assert_frame_equal(ageing(form, "2026-09-30"), expected)  # type: ignore[arg-type]
    nameless = ageing(table.drop(columns="account"), "2026-09-30")
    assert nameless.index.tolist() == ["all"]
    assert nameless.loc["all", "open"] == pytest.approx(expected["open"].sum())


def test_vat_is_added_and_terms_cost_capital() -> None:
    assert with_vat(100.0, 0.13) == pytest.approx(113.0)
    balance = average_open(small(), "2026-03-31", months=3)
    assert balance["A"] == pytest.approx(100)
    assert terms_cost(balance["A"], 0.08, days=90, year=360) == pytest.approx(2)
