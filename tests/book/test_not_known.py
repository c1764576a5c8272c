"""Figures where data is missing or odd: what is not known is said, and is never zero."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from kamtools import show
from kamtools.book import open_book
from kamtools.errors import KamError
from kamtools.workspace import new_workspace, write_table
from kamtools.workspace.tables import arrow_schema


def rows(name, records):
    schema = arrow_schema(name)
    money = {field.name for field in schema if pa.types.is_decimal(field.type)}

    def typed(column, value):
        if value is None or column not in money and not isinstance(value, pd.Timestamp):
            return value
        return value.date() if isinstance(value, pd.Timestamp) else Decimal(str(value))

    return pa.Table.from_pylist([{n: typed(n, r.get(n)) for n in schema.names} for r in records], schema)


def sales(account, months, amount=500, day=20, **more):
    return [
        {
            "line_id": f"{account}{i}{amount}",
            "invoice": f"{account}{i}",
            "account": account,
            "date": month + pd.Timedelta(days=day - 1),
            "kind": "sale" if amount > 0 else "return",
            "amount": amount,
            "currency": "CNY",
            **more,
        }
        for i, month in enumerate(months)
    ]


def document(number, account, invoiced, amount, due=None, paid_on=None, paid=None, kind="invoice"):
    def day(text):
        return None if text is None else pd.Timestamp(text)

    return {
        "document": number, "account": account, "kind": kind, "invoice_date": day(invoiced), "due_date": day(due),
        "amount": amount, "paid_date": day(paid_on), "paid_amount": paid, "currency": "CNY",
    }  # fmt: skip


TWO_YEARS = pd.date_range("2024-07-01", "2026-06-01", freq="MS")
LEDGER = sales("P", TWO_YEARS, cost=300) + sales("Q", TWO_YEARS, cost=200)


@pytest.fixture
def opened(tmp_path: Path):
    def made(account="P", as_of="2026-06-30", lang="en", festival=True, **tables):
        root = tmp_path / f"w{len(list(tmp_path.iterdir()))}"
        workspace = new_workspace(root)
        if not festival:
            settings = root / "settings.yml"
            text = settings.read_text("utf-8").replace("spring_festival: true", "spring_festival: false")
            settings.write_text(text, "utf-8")
        for name, records in tables.items():
            write_table(workspace, name, rows(name, records))
        return open_book(account, root, as_of, lang, batch=True)

    return made


def figures(book):
    return {figure.id: figure.value for figure in book.figures()}


def said(book):
    money = book.money
    found = (
        show.findings.credit(money.credit, book.context),
        show.findings.stress(money.stress, book.context),
    )
    return " ".join(item.text for part in found for item in part.items)


def test_without_a_receivables_table_nothing_is_owed_for_certain(opened):
    book = opened(ledger=LEDGER)
    found = figures(book)
    for name in ("exposure", "dso", "terms_cost", "expected_credit_loss", "stress_full_receivable",
                 "stress_full_expected_loss", "stress_full_loss_p95", "credit_hold"):  # fmt: skip
        assert found[name] is None, name
    assert not [name for name in found if name.startswith("ageing_")]
    assert found["stress_full_contribution"] == pytest.approx(18 * 200)
    words = said(book)
    assert "There is no receivables table" in words
    assert "No early signals" not in words and "Nothing is open" not in words
    assert "没有应收账款表" in said(opened(ledger=LEDGER, lang="zh"))


def test_a_parent_without_receivables_has_no_exposure_of_zero(opened):
    accounts = [{"account": a, "name_en": a, "parent": "G" if a != "G" else None} for a in ("G", "P", "Q")]
    assert figures(opened("G", ledger=LEDGER, accounts=accounts))["exposure"] is None


OPEN_ITEMS = [
    document("1", "P", "2026-06-01", 900, "2026-07-31"),
    document("2", "P", "2026-04-01", 40, "2026-05-01"),
    document("3", "Q", "2026-02-01", 600, "2026-03-01"),
]


def test_a_list_of_open_items_says_nothing_about_payment(opened):
    book = opened(ledger=LEDGER, receivables=OPEN_ITEMS)
    found = figures(book)
    assert (found["ageing_not_due"], found["ageing_d31_60"], found["ageing_open"]) == (900, 40, 940)
    assert found["dso"] == pytest.approx(940 / (12 * 500 * 1.13) * 365)
    for name in ("collection_effectiveness", "terms_cost", "expected_credit_loss"):
        assert found[name] is None, name
    assert "health_payment" not in found
    assert not [name for name in found if name.startswith("signal_")]
    kinds = {alarm.kind for alarm in book.portfolio.every_alarm}
    assert not kinds & {"payment_stopped", "payment_slowing"}
    assert "open items alone" in said(book) and "stopped paying" not in said(book)
    # a day later the list cannot tell what was open at the end of the month
    assert figures(opened(as_of="2026-07-01", ledger=LEDGER, receivables=OPEN_ITEMS))["dso"] is None


def test_one_payment_of_anyone_makes_it_a_history(opened):
    paid = document("4", "Q", "2026-01-01", 70, "2026-01-31", "2026-02-10", 70)
    book = opened(ledger=LEDGER, receivables=[*OPEN_ITEMS, paid])
    assert book.money.own.all.knows_payments
    assert figures(book)["terms_cost"] is not None


def test_the_terms_in_force_on_the_day_of_the_invoice_date_a_document(opened):
    credit = [
        {"account": "P", "date": pd.Timestamp(day), "terms_days": days, "currency": "CNY"}
        for day, days in (("2025-01-01", 90), ("2026-05-01", 10))
    ]
    documents = [
        document("1", "P", "2026-03-01", 100),  # 90 days: 30 May, 31 days late
        document("2", "P", "2026-05-01", 20),  # 10 days: 11 May, 50 days late
        document("3", "P", "2024-12-31", 3),  # before any terms: the default of 30
        document("4", "P", "2026-01-01", 60, None, "2026-06-01", 60),  # due 1 April, 61 days late
    ]
    terms = opened(ledger=LEDGER, receivables=documents, credit=credit)
    dated = [d | {"due_date": pd.Timestamp(due)} for d, due in zip(
        documents, ("2026-05-30", "2026-05-11", "2025-01-30", "2026-04-01"), strict=True)]  # fmt: skip
    stated = opened(ledger=LEDGER, receivables=dated, credit=credit)
    one, other = figures(terms), figures(stated)
    assert (one["ageing_d31_60"], one["ageing_d91_up"]) == (120, 3)
    names = [n for n in one if n.startswith(("ageing_", "health_", "stress_", "signal_"))]
    assert {n: one[n] for n in names} == {n: other[n] for n in names} and "health_payment" in names
    late = terms.portfolio.measures.at["P", "payment_days_late"]
    # due in the last twelve months: 100, 20 and 60
    assert late == pytest.approx((100 * 31 + 20 * 50 + 60 * 61) / 180)
    assert terms.portfolio.facts.receivables["due_stated"].tolist().count(False) == 1


def test_what_is_overdue_is_a_part_of_open_invoices(opened):
    documents = [
        document("1", "P", "2026-03-01", 300, "2026-04-01"),
        document("2", "P", "2026-06-01", 100, "2026-07-31"),
        document("3", "P", "2026-06-10", -350, kind="credit_note"),
    ]
    book = opened(ledger=LEDGER, receivables=documents)
    found = figures(book)
    assert found["ageing_open"] == 50
    assert found["attainment_overdue_share"] == pytest.approx(
        0.75 / book.money.own.all.rules.overdue_tolerance
    )
    assert "75% of open invoices" in said(book)


def test_a_part_payment_that_is_dated_later_is_said(opened):
    documents = [
        document("1", "P", "2026-03-01", 300, "2026-04-01", "2026-07-09", 120),
        document("2", "P", "2026-03-01", 50, "2026-04-01", "2026-07-09", 50),  # in full, and later
    ]
    book = opened(ledger=LEDGER, receivables=documents)
    assert book.money.credit.later_parts == (1, 120.0)
    assert "Part payments are not dated" in said(book)
    assert opened(as_of="2026-07-31", ledger=LEDGER, receivables=documents).money.credit.later_parts == (
        0,
        0.0,
    )


def test_a_ledger_that_ends_before_the_date_ends_the_months_known(opened):
    book = opened(as_of="2026-09-30", ledger=LEDGER)
    found = figures(book)
    assert str(book.money.own.last) == "2026-06" and found["month_invoiced_sales_actual"] == 500
    assert found["recent_change"] == 0 and not book.portfolio.growth.falls
    assert book.portfolio.conventions["ledger_ends"] == "2026-06-20"
    assert "the ledger ends on Jun 20, 2026" in show.period_words(book.portfolio.conventions, book.context)
    assert found["stress_full_contribution"] == pytest.approx(18 * 200)  # July to September are not known
    # one account that stops is a fall, as the others go on
    some = [*sales("P", TWO_YEARS[:-3]), *sales("Q", TWO_YEARS)]
    assert figures(opened(ledger=some))["recent_change"] == -1
    assert "ledger_ends" not in opened(ledger=some).portfolio.conventions


def test_a_month_that_breaks_off_is_not_whole(opened):
    days = [line for day in (2, 9, 16, 28) for line in sales("P", TWO_YEARS[:-1], 10 + day, day)]
    days += sales("P", TWO_YEARS[-1:], 12, 2)
    book = opened(ledger=days)  # June ends on the second
    assert str(book.money.own.last) == "2026-05"
    assert book.portfolio.facts.ledger_ends == dt.date(2026, 6, 2)


@pytest.mark.parametrize(("year", "unknown"), [(1990, True), (2012, False), (2090, True)])
def test_the_end_of_the_festival_table_stops_nothing(opened, year, unknown):
    months = pd.date_range(f"{year}-01-01", periods=30, freq="MS")
    book = opened(ledger=sales("P", months), as_of=f"{year + 2}-06-30")
    conventions = book.money.forecast.conventions
    assert figures(book)["sales"] == 6000
    assert bool(conventions["festival_unknown"]) is unknown and conventions["spring_festival"] is not unknown


def test_the_festival_is_a_setting_for_forecasts_too(opened):
    on, off = opened(ledger=LEDGER), opened(ledger=LEDGER, festival=False)
    assert on.money.forecast.conventions["spring_festival"]
    assert not off.money.forecast.conventions["spring_festival"]


@pytest.mark.parametrize("amount", [-5, 0])
def test_nothing_has_a_share_of_nothing_and_that_is_a_sentence(opened, amount):
    with pytest.raises(KamError, match="not above zero"):
        opened(ledger=sales("P", TWO_YEARS, amount)).figures()
