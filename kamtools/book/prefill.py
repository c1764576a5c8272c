"""What data already knows of a form's fields: filled in for the person, who confirms or changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamtools.book import periods
from kamtools.store import FieldValue
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book

LARGEST = 4  # categories that are named


def prefill(book: Book, form: str) -> dict[str, FieldValue]:
    """Return the fields of a form that data knows the answer to, in the book's language.

    Parameters
    ----------
    book : Book
    form : str
        An id of :func:`kamtools.forms.forms`.

    Returns
    -------
    dict
        Field -> FieldValue with the source in words and the as-of date; what
        is only worked out from data is *assumed* until a person confirms it.
    """
    known: dict[str, Any] = {
        "profile": _profile,
        "swot": _region,
        "three_moves": _asks,
        "readiness": _resources,
        "expense_code": _codes,
        "review": _review,
        "credit_review": _credit,
        "revision": _revision,
    }.get(form, lambda book: {})(book)
    return {k: v for k, v in known.items() if v is not None}


def _from(book: Book, source: str, value: Any, status: Any = "assumed") -> FieldValue | None:
    """Return a value with where it comes from; None where data does not know."""
    if value is None or value == "":
        return None
    words = say("book.source", book.lang, source)
    return FieldValue(value, words, book.portfolio.as_of, status)


def _profile(book: Book) -> dict[str, FieldValue | None]:
    portfolio, account = book.portfolio, book.account
    row = portfolio.account(account)
    orders = portfolio.facts.account_order_date
    mine = orders.loc[orders["account"] == account, "date"]
    first = None if mine.empty else mine.min()
    began = first is not None and first >= portfolio.facts.first_month + pd.DateOffset(months=1)
    since = first.date().isoformat() if began and first is not None else None
    bought = periods.between(portfolio.facts.account_month_category, *portfolio.window)
    sums = bought[bought["account"] == account].groupby("category")["amount"].sum()
    largest = sums[sums > 0].sort_values(ascending=False, kind="stable").index[:LARGEST]
    names = [book.context.term(str(c), "category") for c in largest if c]
    known = row.name_zh or row.name_en
    return {
        "legal_name": _from(book, "accounts", row.name(book.lang) if known else None),
        "regions": _from(book, "accounts", row.region),
        "categories": _from(book, "ledger", book.context.say("show.comma").join(names)),
        "since": _from(book, "ledger", since),
    }


def _region(book: Book) -> dict[str, FieldValue | None]:
    return {"market": _from(book, "accounts", book.portfolio.account(book.account).region)}


def _asks(book: Book) -> dict[str, FieldValue | None]:
    asked = book.portfolio.judgements.terms_asked.get(book.account)
    return {"asks": _from(book, "dossier", [{"no": 1, "ask": asked}])} if asked else {}


def _resources(book: Book) -> dict[str, FieldValue | None]:
    """The money and time that went into the account over the period, as rows of the inventory."""
    portfolio, account = book.portfolio, book.account
    rows: list[dict[str, Any]] = []
    if account in portfolio.pnl.index:
        lines = portfolio.pnl[["a_and_p", "consumer_promotion"]]
        spent = float(lines[lines.index == account].sum(axis=1, min_count=1).iloc[0])
        if spent == spent:
            rows.append(
                {
                    "kind": "money",
                    "what": say("book.resource_a_and_p", book.lang, period=portfolio.period),
                    "unit": portfolio.settings.currency,
                    "used": round(-float(spent), 2) + 0.0,
                }
            )
    service = portfolio.facts.account_month_service
    mine = periods.between(service[service["account"] == account], *portfolio.window)
    for driver, quantity in mine.groupby("driver")["quantity"].sum().items():
        what = say("book.resource_driver", book.lang, driver=book.context.term(str(driver)))
        rows.append({"kind": "service", "what": what, "used": float(quantity)})
    return {"resources": _from(book, "ledger_and_service", rows or None)}


def _codes(book: Book) -> dict[str, FieldValue | None]:
    """The activities of the code tree with what is budgeted for each this fiscal year."""
    control = book.money.control
    if control is None:
        return {}
    activities = {a.id: a for a in book.portfolio.settings.finance.activities}
    rows = []
    for row in control.to_dict("records"):
        known = activities.get(str(row["activity"]))
        if known is None or row["budget"] != row["budget"]:
            continue
        rows.append(
            {"activity": known.id, "what": known.name(book.lang), "budget": round(float(row["budget"]), 2)}
        )
    return {"codes": _from(book, "budget", rows or None)}


def _review(book: Book) -> dict[str, FieldValue | None]:
    """The measures of the year to date, and which period they are of."""
    money = book.money
    rows = []
    for row in money.measures.to_dict("records"):
        if row["target"] != row["target"]:
            continue
        cells: dict[str, Any] = {"measure": say("book.measure", book.lang, row["measure"])}
        for name in ("target", "actual"):
            if row[name] == row[name]:
                cells[name] = round(float(row[name]), 4)
        rows.append(cells)
    return {
        "period": _from(book, "ledger", money.statements["ytd"].period),
        "measures": _from(book, "budget", rows or None),
    }


def _credit(book: Book) -> dict[str, FieldValue | None]:
    """The limit and the terms in force, and the signals that were found."""
    credit = book.money.credit
    signals = [
        say("book.signal", book.lang, s.signal, date=f"{s.first_date:%Y-%m-%d}") for s in credit.signals
    ]
    return {
        "limit": _from(book, "credit", credit.given_limit),
        "terms_days": _from(
            book, "credit", credit.conventions["terms_days"] if credit.conventions["terms_known"] else None
        ),
        "signals": _from(book, "receivables", book.context.say("show.semicolon").join(signals)),
    }


def _revision(book: Book) -> dict[str, FieldValue | None]:
    return {"version": _from(book, "budget", book.money.plan.estimate_version)}
