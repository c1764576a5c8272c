"""What is owed as of a date: open items and their age.

Amounts are with VAT, as on the documents. What is known as of a date is a
document issued by then and a payment received by then; a payment without a date is
not counted. The table keeps one payment date for each document, its last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from kamtools.finance.names import LOOSE, RECEIVABLE_KINDS
from kamtools.finance.prices import finite
from kamtools.notknown import NotKnown

DEFAULT_TERMS = 30  # days, of documents without a due date
ALL = "all"  # the one row where the documents name no account
_COLUMNS = ["document", "account", "kind", "invoice_date", "due_date", "due_stated"]
_COLUMNS += ["amount", "paid", "open", "paid_date"]

Date = str | pd.Timestamp | np.datetime64 | object
Rates = Mapping[str, float] | pd.DataFrame
Terms = float | Mapping[str, float]


def day(value: Date, name: str = "as_of") -> pd.Timestamp:
    """Return a date without time, or raise ``ValueError`` that names it."""
    try:
        date = pd.Timestamp(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: not a date: {value!r}") from error
    if not isinstance(date, pd.Timestamp):  # NaT
        raise ValueError(f"{name}: not a date: {value!r}")
    return date.normalize()


def numbers(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Return a column as float64; missing is NaN."""
    return pd.to_numeric(frame[column]).to_numpy(dtype=float, na_value=np.nan)


def _dates(frame: pd.DataFrame, column: str) -> pd.Series:
    given = frame[column] if column in frame.columns else pd.Series(pd.NaT, index=frame.index)
    return pd.to_datetime(given).dt.normalize().astype("datetime64[s]")


def _exchange(frame: pd.DataFrame, invoiced: pd.Series, currency: str | None, rates: Rates | None):
    """Return the factor of each row into `currency`, and that currency."""
    if "currency" not in frame.columns:
        return np.ones(len(frame)), currency
    given = frame["currency"]
    if given.isna().any():
        raise NotKnown(f"receivables: {int(given.isna().sum())} rows without a currency")
    found = sorted(map(str, given.unique()))
    if currency is None:
        if len(found) > 1:
            raise ValueError(f"currency: needed where receivables are in {', '.join(found)}")
        return np.ones(len(frame)), found[0] if found else None
    factor = np.where(given == currency, 1.0, np.nan)
    foreign = np.isnan(factor)
    if isinstance(rates, pd.DataFrame):
        table = {
            (str(c), pd.Timestamp(m).strftime("%Y-%m")): float(r)
            for c, m, r in zip(rates["currency"], rates["month"], rates["rate"], strict=True)
        }
        months = invoiced.dt.strftime("%Y-%m")
        keys = list(zip(given[foreign].map(str), months[foreign], strict=True))
        factor[foreign] = [table.get(k, np.nan) for k in keys]
        missing = [" ".join(k) for k in keys if not table.get(k, np.nan) > 0]
    else:
        named = {str(c): float(r) for c, r in (rates or {}).items()}
        factor[foreign] = [named.get(str(c), np.nan) for c in given[foreign]]
        missing = [c for c in found if c != currency and not named.get(c, np.nan) > 0]
    if missing:
        raise ValueError(f"rates: no rate above zero into {currency} for {missing[0]!r}")
    return factor, currency


def _due(frame: pd.DataFrame, invoiced: pd.Series, default_terms: Terms) -> tuple[pd.Series, pd.Series]:
    stated = _dates(frame, "due_date")
    if isinstance(default_terms, Mapping):
        days = frame["account"].map({k: finite(v, f"default_terms[{k!r}]") for k, v in default_terms.items()})
        days = days.fillna(DEFAULT_TERMS)
    else:
        days = pd.Series(finite(default_terms, "default_terms"), index=frame.index)
    if (days < 0).any():
        raise ValueError(f"default_terms: expected days of zero or more, got {default_terms!r}")
    fallback = invoiced + pd.to_timedelta(days, unit="D").astype("timedelta64[s]")
    known = stated.notna()
    if "due_stated" in frame.columns:  # the date stands there already by the default terms
        known &= frame["due_stated"].astype(bool)
    return stated.fillna(fallback), known


def documents(
    receivables: pd.DataFrame,
    as_of: Date,
    default_terms: Terms = DEFAULT_TERMS,
    currency: str | None = None,
    rates: Rates | None = None,
) -> pd.DataFrame:
    """Return every document issued by a date, with what was paid and open on it.

    Parameters
    ----------
    receivables
        frame[invoice_date, amount] with document, account, kind, due_date, due_stated (False: by default
        terms), paid_date, paid_amount and currency where they are known; without ``kind`` all are invoices, without ``account`` all are of
        one account, ``all``. An empty ``paid_amount`` beside a date: paid in full.
    as_of
        The date: later documents and later payments are not known.
    default_terms
        Days from invoice to due date of documents without one, or days by account (30 for the others).
    currency, rates
        The currency wanted, and its price of one unit of each other currency: by currency, or
        frame[currency, month, rate] taken at the month of the invoice.

    Returns
    -------
    frame[document, account, kind, invoice_date, due_date, due_stated, amount, paid, open, paid_date]
        Signed as in the table, but an advance is money received and stands negative whatever its sign;
        ``attrs`` states the conventions and counts.

    Raises
    ------
    ValueError
        A missing column, invoice date, amount, currency or exchange rate; an unknown kind.

    Examples
    --------
    >>> table = pd.DataFrame({"account": ["A", "A"], "invoice_date": ["2026-01-05", "2026-02-01"],
    ...     "amount": [100.0, 50.0], "paid_date": ["2026-03-01", "2026-02-10"], "paid_amount": [100.0, 20.0]})
    >>> documents(table, "2026-02-28")[["due_date", "paid", "open"]]
        due_date  paid   open
    0 2026-02-04   0.0  100.0
    1 2026-03-03  20.0   30.0
    """
    date = day(as_of)
    frame = pd.DataFrame(receivables).reset_index(drop=True)  # records or columns become a frame
    for column in ("invoice_date", "amount"):
        if column not in frame.columns:
            raise ValueError(f"receivables: no column {column!r} in {list(frame.columns)!r}")
    for column, value in (("document", None), ("account", ALL), ("kind", "invoice")):
        if column not in frame.columns:
            frame = frame.assign(**{column: value})
    for column in ("account", "invoice_date", "amount"):
        if frame[column].isna().any():
            raise NotKnown(f"receivables: {int(frame[column].isna().sum())} rows without {column}")
    strange = sorted(set(map(str, frame["kind"].unique())) - set(RECEIVABLE_KINDS))
    if strange:
        raise ValueError(f"receivables: kind {strange[0]!r}; allowed: {', '.join(RECEIVABLE_KINDS)}")
    invoiced = _dates(frame, "invoice_date")
    frame, invoiced = frame[invoiced <= date].reset_index(drop=True), invoiced[invoiced <= date]
    invoiced = invoiced.reset_index(drop=True)
    factor, currency = _exchange(frame, invoiced, currency, rates)
    due, stated = _due(frame, invoiced, default_terms)
    amount = numbers(frame, "amount")
    paid_on = _dates(frame, "paid_date")
    sums = numbers(frame, "paid_amount") if "paid_amount" in frame.columns else np.full(len(frame), np.nan)
    known = (paid_on <= date).to_numpy()
    paid = np.where(known, np.where(np.isnan(sums), amount, sums), 0.0)
    left = (amount - paid) * factor
    sign = np.where((frame["kind"] == "advance") & (amount > 0), -1.0, 1.0)
    result = pd.DataFrame(
        {
            "document": frame["document"],
            "account": frame["account"],
            "kind": frame["kind"],
            "invoice_date": invoiced,
            "due_date": due,
            "due_stated": stated,
            "amount": amount * factor * sign,
            "paid": paid * factor * sign,
            "open": left * sign,
            "paid_date": paid_on.where(known),
        },
        columns=_COLUMNS,
    )
    result.attrs = {
        "as_of": date.strftime("%Y-%m-%d"),
        "currency": currency,
        "vat": "included",
        "default_terms": dict(default_terms) if isinstance(default_terms, Mapping) else default_terms,
        "without_due_date": int((~stated).sum()),
        "payments_without_date": int((np.nan_to_num(sums) != 0)[paid_on.isna().to_numpy()].sum()),
    }
    return result


def open_items(
    receivables: pd.DataFrame,
    as_of: Date,
    default_terms: Terms = DEFAULT_TERMS,
    currency: str | None = None,
    rates: Rates | None = None,
) -> pd.DataFrame:
    """Return the documents with something open as of a date; as :func:`documents`, with ``days_overdue``.

    ``days_overdue`` counts from the due date: zero or less is not due yet.

    Examples
    --------
    >>> table = pd.DataFrame({"account": ["A", "A"], "invoice_date": ["2026-01-05", "2026-02-01"],
    ...     "amount": [100.0, 50.0], "paid_date": [None, "2026-02-10"]})
    >>> open_items(table, "2026-02-28")[["account", "open", "days_overdue"]].values.tolist()
    [['A', 100.0, 24]]
    """
    frame = documents(receivables, as_of, default_terms, currency, rates)
    left = frame[frame["open"] != 0].reset_index(drop=True)
    left["days_overdue"] = (day(as_of) - left["due_date"]).dt.days
    left.attrs = dict(frame.attrs)
    return left


def bucket_names(buckets: Sequence[int] = (30, 60, 90)) -> tuple[str, ...]:
    """Return the columns of an ageing, ``not_due`` first.

    Examples
    --------
    >>> bucket_names((30, 90))
    ('not_due', 'd1_30', 'd31_90', 'd91_up')
    """
    edges = list(buckets)
    if not edges or any(int(b) != b or b < 1 for b in edges) or edges != sorted(set(edges)):
        raise ValueError(f"buckets: expected rising whole days above zero, got {buckets!r}")
    lower = [1, *(int(b) + 1 for b in edges)]
    names = [f"d{low}_{int(high)}" for low, high in zip(lower, edges, strict=False)]
    return ("not_due", *names, f"d{lower[-1]}_up")


def aged_items(
    receivables: pd.DataFrame,
    as_of: Date,
    basis: Literal["due", "invoice"] = "due",
    buckets: Sequence[int] = (30, 60, 90),
    default_terms: Terms = DEFAULT_TERMS,
    currency: str | None = None,
    rates: Rates | None = None,
) -> pd.DataFrame:
    """Return the open documents as :func:`open_items`, with ``bucket``: the column of an ageing that each is in.

    Parameters are those of :func:`ageing`.

    Examples
    --------
    >>> table = pd.DataFrame({"account": "A", "kind": ["invoice", "credit_note"], "invoice_date": "2026-01-05",
    ...     "amount": [100.0, -8.0]})
    >>> aged_items(table, "2026-02-28")["bucket"].tolist()
    ['d1_30', 'unapplied']
    """
    if basis not in ("due", "invoice"):
        raise ValueError(f"basis: {basis!r}; allowed: due, invoice")
    names = bucket_names(buckets)
    items = open_items(receivables, as_of, default_terms, currency, rates)
    start = items["due_date"] if basis == "due" else items["invoice_date"]
    days = (day(as_of) - start).dt.days.to_numpy()
    aged = np.asarray(names, dtype=object)[np.searchsorted([0, *buckets], days, side="left")]
    own = items["kind"].isin(["advance", "acceptance_bill"])
    loose = (items["kind"] == "credit_note") | (items["open"] < 0)
    items["bucket"] = np.where(own, items["kind"], np.where(loose, "unapplied", aged))
    return items


def ageing(
    receivables: pd.DataFrame,
    as_of: Date,
    basis: Literal["due", "invoice"] = "due",
    buckets: Sequence[int] = (30, 60, 90),
    default_terms: Terms = DEFAULT_TERMS,
    currency: str | None = None,
    rates: Rates | None = None,
) -> pd.DataFrame:
    """Return the age of what is open as of a date, a row for each account.

    Parameters
    ----------
    receivables, as_of, default_terms, currency, rates
        As :func:`documents`.
    basis
        Days are counted from the due date, or from the invoice. Day 0 and before is ``not_due``.
    buckets
        Last day of each bucket but the last, which is open.

    Returns
    -------
    frame[not_due, d1_30, d31_60, d61_90, d91_up, unapplied, acceptance_bill, advance, open]
        Index account. ``unapplied``: credit notes and overpayments not set off yet, usually negative;
        ``acceptance_bill``: bills received, which are not money yet; ``advance``: money received
        beforehand, negative. ``open`` is the sum of the others, whatever the basis; the
        receivable alone is ``open`` less the bills and the advances. ``attrs`` states the conventions,
        how many open documents have no due date, and what is open on them.

    Examples
    --------
    >>> table = pd.DataFrame({"account": ["A", "A", "B"], "kind": ["invoice", "credit_note", "invoice"],
    ...     "invoice_date": ["2026-01-05", "2026-02-01", "2026-02-20"], "amount": [100.0, -8.0, 50.0]})
    >>> ageing(table, "2026-02-28", default_terms=30)[["not_due", "d1_30", "unapplied", "open"]]
             not_due  d1_30  unapplied  open
    account
    A            0.0  100.0       -8.0  92.0
    B           50.0    0.0        0.0  50.0
    """
    items = aged_items(receivables, as_of, basis, buckets, default_terms, currency, rates)
    columns = [*bucket_names(buckets), *LOOSE]
    table = items["open"].groupby([items["account"], items["bucket"]]).sum().unstack(fill_value=0)
    table = table.reindex(columns=columns, fill_value=0.0).sort_index()
    table["open"] = table.sum(axis=1)
    table.index.name, table.columns.name = "account", None
    undated = ~items["due_stated"]
    table.attrs = items.attrs | {
        "basis": basis,
        "buckets": tuple(int(b) for b in buckets),
        "without_due_date": int(undated.sum()),
        "open_without_due_date": float(items.loc[undated, "open"].sum()),
    }
    return table.astype(float)


def overdue(aged: pd.DataFrame) -> pd.Series:
    """Return what is overdue by account: all buckets of an ageing by due date but ``not_due``.

    Examples
    --------
    >>> overdue(pd.DataFrame({"not_due": [5.0], "d1_30": [2.0], "d31_up": [1.0], "open": [8.0]})).tolist()
    [3.0]
    """
    if aged.attrs.get("basis", "due") != "due":
        raise ValueError(f"aged: its basis is {aged.attrs['basis']!r}; what is overdue needs 'due'")
    late = [c for c in aged.columns if c[0] == "d" and c[1:2].isdigit()]
    return aged[late].sum(axis=1).rename("overdue")


def billed(aged: pd.DataFrame) -> pd.Series:
    """Return what is open on invoices by account: all buckets of an ageing, due or not.

    What is overdue is a part of this. Credit notes not set off, bills and advances stand apart, so the part never exceeds 1.

    Examples
    --------
    >>> aged = pd.DataFrame({"not_due": [5.0], "d1_30": [2.0], "d31_up": [1.0], "unapplied": [-4.0], "open": [4.0]})
    >>> billed(aged).tolist()
    [8.0]
    """
    buckets = [c for c in aged.columns if c == "not_due" or (c[0] == "d" and c[1:2].isdigit())]
    return aged[buckets].sum(axis=1).rename("billed")


def with_vat(amount: float, rate: float) -> float:
    """Return an amount without VAT as one with it: amount × (1 + rate).

    Examples
    --------
    >>> round(with_vat(100, 0.13), 2)
    113.0
    """
    return finite(amount, "amount") * (1 + vat(rate))


def vat(rate: float, name: str = "vat_rate") -> float:
    """Return a VAT rate, a fraction from 0 to below 1, or raise ``ValueError``."""
    value = finite(rate, name)
    if not 0 <= value < 1:
        raise ValueError(f"{name}: expected a fraction from 0 to below 1, got {rate!r}")
    return value


def month_ends(as_of: Date, months: int) -> list[pd.Timestamp]:
    """Return the last `months` month ends up to a date, oldest first.

    Examples
    --------
    >>> [str(d.date()) for d in month_ends("2026-03-30", 2)]
    ['2026-01-31', '2026-02-28']
    """
    if months < 1:
        raise ValueError(f"months: expected one or more, got {months!r}")
    end = day(as_of)
    last = end if end.is_month_end else end - pd.offsets.MonthEnd(1)
    return [last - pd.offsets.MonthEnd(k) if k else last for k in range(months - 1, -1, -1)]


def open_balances(
    receivables: pd.DataFrame,
    ends: Sequence[pd.Timestamp],
    default_terms: Terms = DEFAULT_TERMS,
    currency: str | None = None,
    rates: Rates | None = None,
) -> pd.DataFrame:
    """Return what was open at each of several dates, advances left out; as far as known at the last of them.

    Parameters
    ----------
    receivables, default_terms, currency, rates
        As :func:`documents`.
    ends
        Dates in rising order.

    Returns
    -------
    frame
        Accounts × dates; 0 where nothing was open.

    Examples
    --------
    >>> table = pd.DataFrame({"account": ["A"], "invoice_date": ["2026-01-05"], "amount": [100.0], "paid_date": ["2026-02-10"]})
    >>> open_balances(table, [pd.Timestamp("2026-01-31"), pd.Timestamp("2026-02-28")]).loc["A"].tolist()
    [100.0, 0.0]
    """
    if not len(ends):
        raise ValueError(f"ends: expected dates, got {ends!r}")
    frame = documents(receivables, ends[-1], default_terms, currency, rates)
    frame = frame[frame["kind"] != "advance"]
    columns = {}
    for end in ends:
        paid = frame["paid"].where(frame["paid_date"] <= end, 0.0)
        left = (frame["amount"] - paid).where(frame["invoice_date"] <= end, 0.0)
        columns[end] = left.groupby(frame["account"]).sum()
    return pd.DataFrame(columns).fillna(0.0).sort_index()


def average_open(
    receivables: pd.DataFrame,
    as_of: Date,
    months: int = 12,
    default_terms: Terms = DEFAULT_TERMS,
    currency: str | None = None,
    rates: Rates | None = None,
) -> pd.Series:
    """Return each account's average of what was open at the last `months` month ends (no advances).

    The average of a month in which an account had nothing open counts as zero.

    Examples
    --------
    >>> table = pd.DataFrame({"account": ["A"], "invoice_date": ["2026-02-05"], "amount": [100.0]})
    >>> average_open(table, "2026-03-31", months=4).to_dict()
    {'A': 50.0}
    """
    ends = month_ends(as_of, months)
    return (
        open_balances(receivables, ends, default_terms, currency, rates).mean(axis=1).rename("average_open")
    )


def terms_cost(
    average_balance: float, rate: float, days: float = 365, year: Literal[365, 360] = 365
) -> float:
    """Return what the capital in a receivable costs: average balance × yearly rate × days ÷ year.

    Examples
    --------
    >>> terms_cost(1_000_000, 0.08), terms_cost(1_000_000, 0.06, days=60, year=360)
    (80000.0, 10000.0)
    """
    balance, cost = finite(average_balance, "average_balance"), finite(rate, "rate")
    if cost < 0:
        raise ValueError(f"rate: expected zero or more, got {rate!r}")
    if finite(days, "days") < 0:
        raise ValueError(f"days: expected zero or more, got {days!r}")
    if year not in (365, 360):
        raise ValueError(f"year: {year!r}; allowed: 365, 360")
    return balance * cost * days / year
