"""The heavy pass: exact sums, missing kept missing, later rows counted, rates never guessed."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from kamtools.errors import KamError
from kamtools.facts import load_facts
from kamtools.workspace import new_workspace, write_table
from kamtools.workspace.tables import arrow_schema

AS_OF = dt.date(2026, 3, 31)


def rows(name, records):
    schema = arrow_schema(name)
    return pa.Table.from_pylist([{n: r.get(n) for n in schema.names} for r in records], schema)


def line(number, account, day, amount, **more):
    return {
        "line_id": str(number),
        "invoice": f"I{number}",
        "account": account,
        "date": dt.date.fromisoformat(day),
        "kind": "sale" if Decimal(amount) > 0 else "return",
        "amount": Decimal(amount),
        "currency": "CNY",
        **more,
    }


@pytest.fixture
def make(tmp_path):
    def made(**tables):
        workspace = new_workspace(tmp_path / "w")
        for name, records in tables.items():
            write_table(workspace, name, rows(name, records))
        return workspace

    return made


def test_sums_are_exact_and_later_rows_are_counted_not_summed(make):
    ledger = [line(i, "00123", "2026-03-05", "0.10") for i in range(10)]
    ledger += [line(90, "00123", "2026-03-31", "-0.30"), line(91, "00123", "2026-04-01", "5")]
    facts = load_facts(make(ledger=ledger), AS_OF)
    (row,) = facts.account_month.to_dict("records")
    assert (row["account"], row["amount"], row["gross_amount"]) == ("00123", 0.7, 1.0)
    assert facts.totals["ledger_amount"] == Decimal("0.7")
    assert facts.after_as_of["ledger"] == 1
    assert str(facts.last_month.date()) == "2026-03-01"


def test_one_line_without_cost_leaves_the_sum_missing_not_smaller(make):
    ledger = [
        line(1, "a", "2026-01-05", "10", cost=Decimal(6)),
        line(2, "a", "2026-01-06", "10"),
        line(3, "b", "2026-01-06", "10", cost=Decimal(0)),
    ]
    cost = load_facts(make(ledger=ledger), AS_OF).account_month.set_index("account")["cost"]
    assert cost.isna()["a"]
    assert cost["b"] == 0


def test_lines_without_account_stay_in_the_total_under_the_empty_id(make):
    facts = load_facts(
        make(ledger=[line(1, None, "2026-01-05", "10"), line(2, "a", "2026-01-05", "1")]), AS_OF
    )
    assert facts.account_month.set_index("account")["amount"].to_dict() == {"": 10.0, "a": 1.0}
    assert facts.accounts["account"].tolist() == ["a"]
    assert not facts.accounts["listed"].any()


def test_foreign_lines_are_converted_by_the_months_rate_and_a_missing_one_is_named(make):
    foreign = [
        line(1, "a", "2026-01-05", "10", currency="USD"),
        line(2, "a", "2026-02-05", "1", currency="CNY"),
    ]
    rate = {"currency": "USD", "month": dt.date(2026, 1, 1), "rate": Decimal("7.1234")}
    workspace = make(ledger=foreign, exchange_rates=[rate])
    assert load_facts(workspace, AS_OF).account_month["amount"].tolist() == [71.234, 1.0]
    write_table(workspace, "exchange_rates", rows("exchange_rates", [{**rate, "month": dt.date(2026, 2, 1)}]))
    with pytest.raises(KamError) as error:
        load_facts(workspace, AS_OF)
    assert (error.value.params["currency"], error.value.params["month"]) == ("USD", "2026-01")
    assert "USD" in error.value.text("zh")


def test_category_comes_from_products_where_the_line_has_none(make):
    ledger = [
        line(1, "a", "2026-01-05", "10", product="p"),
        line(2, "a", "2026-01-05", "1", product="p", category="own"),
    ]
    facts = load_facts(make(ledger=ledger, products=[{"product": "p", "category": "care"}]), AS_OF)
    assert facts.account_month_category.set_index("category")["amount"].to_dict() == {
        "care": 10.0,
        "own": 1.0,
    }


def test_open_amounts_and_lateness_follow_the_as_of_date(make):
    document = {"account": "a", "kind": "invoice", "amount": Decimal(100), "currency": "CNY"}
    day = dt.date.fromisoformat
    receivables = [
        # paid ten days late
        {**document, "document": "1", "invoice_date": day("2026-01-01"), "due_date": day("2026-02-01"),
         "paid_date": day("2026-02-11"), "paid_amount": Decimal(100)},
        # paid only after the as-of date: open, thirty days late
        {**document, "document": "2", "invoice_date": day("2026-02-01"), "due_date": day("2026-03-01"),
         "paid_date": day("2026-04-20"), "paid_amount": Decimal(100)},
        # not due yet
        {**document, "document": "3", "invoice_date": day("2026-03-30"), "due_date": day("2026-04-30")},
    ]  # fmt: skip
    workspace = make(ledger=[line(1, "a", "2026-01-05", "10")], receivables=receivables)
    (row,) = load_facts(workspace, AS_OF).account_open.to_dict("records")
    assert (row["open_amount"], row["overdue_amount"]) == (200, 100)
    assert row["late_amount_days"] / row["due_amount"] == 20


def test_an_empty_ledger_says_so(make):
    with pytest.raises(KamError) as error:
        load_facts(make(), AS_OF)
    assert error.value.key == "facts.no_lines"


def test_the_cache_follows_the_content(make):
    workspace = make(ledger=[line(1, "a", "2026-01-05", "10")])
    assert load_facts(workspace, AS_OF).account_month["amount"].tolist() == [10]
    write_table(workspace, "ledger", rows("ledger", [line(1, "a", "2026-01-05", "11")]))
    assert load_facts(workspace, AS_OF).account_month["amount"].tolist() == [11]


def test_a_damaged_cache_is_found_out(make):
    workspace = make(ledger=[line(1, "a", "2026-01-05", "10")])
    load_facts(workspace, AS_OF)
    import pandas as pd

    (path,) = workspace.root.glob(".cache/facts/*/account_month.parquet")
    pd.read_parquet(path).assign(amount=12.0).to_parquet(path)
    with pytest.raises(KamError) as error:
        load_facts(workspace, AS_OF)
    assert error.value.key == "facts.not_reconciled"
