"""How fast money comes in: DSO, count-back, best possible, days delinquent, collection effectiveness.

What is open is with VAT, sales usually without: ``vat_rate`` puts sales on the
basis of the receivables. Its default 0 says that both are on one basis already.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from kamtools.finance.prices import finite
from kamtools.finance.receivables import (
    DEFAULT_TERMS,
    Date,
    Rates,
    Terms,
    ageing,
    month_ends,
    numbers,
    overdue,
    vat,
)
from kamtools.notknown import NotKnown


def _not_negative(value: float, name: str) -> float:
    """Return an amount of the books; where credit notes outweigh it, the measures are not defined."""
    number = finite(value, name)
    if number < 0:
        raise NotKnown(f"{name}: expected zero or more, got {value!r}")
    return number


def _length(value: float, name: str) -> float:
    """Return how long a period is, in days or months."""
    number = finite(value, name)
    if number <= 0:
        raise ValueError(f"{name}: expected above zero, got {value!r}")
    return number


def dso(open: float, sales: float, days: float, vat_rate: float = 0.0) -> float:
    """Return days of sales outstanding: open ÷ sales × days.

    Parameters
    ----------
    open
        What is open at the end.
    sales
        Sales of the `days` before.
    days
        Length of the period of the sales.
    vat_rate
        Set where `open` is with VAT and `sales` without.

    Raises
    ------
    NotKnown
        Open below zero, or sales not above zero.
    ValueError
        Days not above zero.

    Examples
    --------
    >>> round(dso(150_000, 1_800_000, 365), 1), round(dso(113, 100, 30, vat_rate=0.13), 1)
    (30.4, 30.0)
    """
    owed = _not_negative(open, "open")
    sold = finite(sales, "sales") * (1 + vat(vat_rate))
    if sold <= 0:
        raise NotKnown(f"sales: expected above zero, got {sales!r}")
    return owed / sold * _length(days, "days")


def dso_countback(
    open: float,
    sales_latest_first: Sequence[float],
    days_in_month: float | Sequence[float] = 30,
    vat_rate: float = 0.0,
) -> float:
    """Return days of sales outstanding by count-back: use the open amount up against the latest months.

    Parameters
    ----------
    open
        What is open at the end.
    sales_latest_first
        Sales by month, the latest first. A month whose returns exceed its sales leaves more to use up.
    days_in_month
        Days of every month, or of each.
    vat_rate
        Set where `open` is with VAT and sales without.

    Raises
    ------
    NotKnown
        Open below zero, or more than the sales of all the months given.

    Examples
    --------
    >>> round(dso_countback(212_000, [100_000, 80_000, 70_000]), 1)
    73.7
    """
    left = _not_negative(open, "open")
    sold = [finite(s, f"sales_latest_first[{i}]") for i, s in enumerate(sales_latest_first)]
    if isinstance(days_in_month, (int, float)):
        lengths = [_length(days_in_month, "days_in_month")] * len(sold)
    else:
        lengths = [_length(d, f"days_in_month[{i}]") for i, d in enumerate(days_in_month)]
        if len(lengths) < len(sold):
            raise ValueError(f"days_in_month: {len(lengths)} months, but sales of {len(sold)}")
    factor = 1 + vat(vat_rate)
    total = 0.0
    for month, length in zip(sold, lengths, strict=False):
        if left <= 0:
            break
        amount = month * factor
        if amount >= left:
            return total + left / amount * length
        left -= amount
        total += length
    if left > 1e-9 * max(float(open), 1.0):
        raise NotKnown(
            f"sales_latest_first: {len(sold)} months do not use up the open amount {open!r}; {left!r} is left"
        )
    return total


def best_possible_dso(not_due: float, sales: float, days: float, vat_rate: float = 0.0) -> float:
    """Return the DSO if nobody were late: what is open but not due ÷ sales × days; arguments as :func:`dso`.

    Examples
    --------
    >>> best_possible_dso(60_000, 730_000, 365)
    30.0
    """
    return dso(_not_negative(not_due, "not_due"), sales, days, vat_rate)


def average_days_delinquent(dso: float, best_possible: float) -> float:
    """Return DSO − best possible DSO: the days that come from being late.

    Examples
    --------
    >>> average_days_delinquent(45.0, 30.0)
    15.0
    """
    return _not_negative(dso, "dso") - _not_negative(best_possible, "best_possible")


def collection_effectiveness(
    beginning: float,
    sales: float,
    ending_total: float,
    ending_current: float,
    months: float = 1,
    vat_rate: float = 0.0,
) -> float:
    """Return the collection effectiveness index, a fraction: of what could be collected, what was.

    (B + S − E) ÷ (B + S − C), with B open at the beginning, S the sales of an
    average month (sales ÷ months), E open at the end and C the part of it not due.

    Parameters
    ----------
    beginning, ending_total, ending_current
        Open at the beginning, at the end, and at the end but not due.
    sales
        Sales of the whole period.
    months
        Months in the period. With 1 the sales enter whole.
    vat_rate
        Set where the open amounts are with VAT and `sales` without.

    Raises
    ------
    NotKnown
        An amount below zero, more not due than open, or nothing that could be collected.

    Examples
    --------
    >>> collection_effectiveness(100, 300, 120, 80, months=3)
    0.6666666666666666
    """
    begin, end = _not_negative(beginning, "beginning"), _not_negative(ending_total, "ending_total")
    current = _not_negative(ending_current, "ending_current")
    if current > end:
        raise NotKnown(f"ending_current: {ending_current!r} is more than all that is open, {ending_total!r}")
    sold = _not_negative(sales, "sales") * (1 + vat(vat_rate)) / _length(months, "months")
    due = begin + sold - current
    if due <= 0:
        raise NotKnown(f"ending_current: {ending_current!r} leaves nothing that could be collected")
    return (begin + sold - end) / due


def collection_by_account(
    receivables: pd.DataFrame,
    sales: pd.DataFrame,
    as_of: Date,
    vat_rate: float,
    months: int = 12,
    default_terms: Terms = DEFAULT_TERMS,
    currency: str | None = None,
    rates: Rates | None = None,
) -> pd.DataFrame:
    """Return the measures of collection of every account with sales, at the last month end up to a date.

    Parameters
    ----------
    receivables, default_terms, currency, rates
        As :func:`kamtools.finance.receivables.documents`; with VAT.
    as_of
        What is open is taken at the last month end at or before this date, so that it meets whole months of sales.
    sales
        frame[account, month, amount], without VAT, in the same currency.
    vat_rate
        VAT on sales.
    months
        How many whole months of sales enter.

    Returns
    -------
    frame[open, not_due, overdue, sales, dso, countback, best_possible, delinquent, effectiveness]
        Index account. ``open`` is of invoices and credit notes; ``overdue`` ÷ open may exceed 1 where
        credit notes are not set off. ``sales``: without VAT, of the period; they
        enter ``effectiveness`` whole. A measure that is not defined for an
        account is missing; so is all but the sales of one without a document. ``attrs`` states the period and the rate.

    Examples
    --------
    >>> owed = pd.DataFrame({"account": ["A"], "invoice_date": ["2026-01-10"], "due_date": ["2026-02-09"], "amount": [113.0]})
    >>> sold = pd.DataFrame({"account": ["A"], "month": ["2026-01-01"], "amount": [100.0]})
    >>> table = collection_by_account(owed, sold, "2026-01-31", vat_rate=0.13, months=1)
    >>> table[["dso", "countback", "best_possible"]].round(1).values.tolist()
    [[31.0, 31.0, 31.0]]
    """
    rate = vat(vat_rate)
    end = month_ends(as_of, 1)[0]
    ends = month_ends(end, months)
    start = ends[0] - pd.offsets.MonthEnd(1)
    terms = (default_terms, currency, rates)
    after = ageing(receivables, end, "due", (30, 60, 90), *terms)
    before = ageing(receivables, start, "due", (30, 60, 90), *terms)
    trade_before, trade_after = (t["open"] - t["acceptance_bill"] - t["advance"] for t in (before, after))
    when = pd.to_datetime(sales["month"]).dt.to_period("M")
    amounts = numbers(sales, "amount")
    if np.isnan(amounts).any():
        raise NotKnown(f"sales: {int(np.isnan(amounts).sum())} rows without an amount")
    sold = pd.DataFrame({"account": sales["account"], "month": when, "amount": amounts})
    wanted = [e.to_period("M") for e in ends]
    sold = sold[sold["month"].isin(wanted)]
    wide = sold.groupby(["account", "month"])["amount"].sum().unstack().reindex(columns=wanted[::-1])
    wide = wide.fillna(0.0).sort_index()  # no ledger line in a month: nothing sold
    lengths = [float(e.days_in_month) for e in ends[::-1]]
    days = math.fsum(lengths)

    def attempt(function, *arguments: object) -> float:
        try:
            return function(*arguments)
        except NotKnown:
            return np.nan

    late = overdue(after)
    recorded = set(receivables["account"])
    rows = {}
    for account, monthly in zip(wide.index, wide.to_numpy(), strict=True):
        if account not in recorded:  # no document was ever recorded: that is not known, and not nothing
            rows[account] = (np.nan, np.nan, np.nan, math.fsum(monthly), *[np.nan] * 5)
            continue
        total = math.fsum(monthly)
        owed = float(trade_after.get(account, 0.0))
        current = float(after["not_due"].get(account, 0.0))
        simple = attempt(dso, owed, total, days, rate)
        best = attempt(best_possible_dso, current, total, days, rate)
        rows[account] = (
            owed,
            current,
            float(late.get(account, 0.0)),
            total,
            simple,
            attempt(dso_countback, owed, monthly.tolist(), lengths, rate),
            best,
            attempt(average_days_delinquent, simple, best),
            attempt(
                collection_effectiveness,
                float(trade_before.get(account, 0.0)),
                total,
                owed,
                min(current, owed),  # less where credit notes are not set off
                1,
                rate,
            ),
        )
    columns = ["open", "not_due", "overdue", "sales", "dso", "countback"]
    columns += ["best_possible", "delinquent", "effectiveness"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.index.name = "account"
    table.attrs = after.attrs | {
        "sales_from": (start + pd.Timedelta(days=1)).strftime("%Y-%m-%d"),
        "sales_to": end.strftime("%Y-%m-%d"),
        "days": days,
        "months": months,
        "vat_rate": rate,
        "effectiveness_sales": "whole_period",
    }
    return table
