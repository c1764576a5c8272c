"""How accounts pay: days late over time, the break in it, and the signals that come before.

Every figure at a date stands on what was known then: documents issued and
payments received by that date. A document that is still open counts as late up
to that date; one paid early counts as on time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from kamtools.finance.prices import finite
from kamtools.finance.receivables import DEFAULT_TERMS, Date, Rates, Terms, day, documents, month_ends
from kamtools.notknown import NotKnown

QUARTERS = 9  # the recent one and the eight before
LASTING = 4  # month ends from which a signal that stands no more is worth telling
NO_DATE = np.datetime64("NaT", "D")


def _days(later: Any, earlier: Any) -> np.ndarray:
    """Return days between dates; NaN where one is missing."""
    return (later - earlier) / np.timedelta64(1, "D")


@dataclass(frozen=True, eq=False)
class _Known:
    """Invoices as arrays, from which the state at any date up to the last can be told."""

    accounts: pd.Index
    code: np.ndarray
    invoiced: np.ndarray
    due: np.ndarray
    amount: np.ndarray
    paid: np.ndarray
    paid_on: np.ndarray

    def unpaid(self, date: Any) -> np.ndarray:
        """Return what is open on each invoice at a date."""
        return self.amount - np.where(self.paid_on <= date, self.paid, 0.0)

    def late_days(self, date: Any) -> np.ndarray:
        """Return amount × days late of each invoice, as far as known at a date."""
        open_days = np.maximum(_days(date, self.due), 0.0)
        settled = self.paid_on <= date
        paid_days = np.where(settled, np.maximum(_days(self.paid_on, self.due), 0.0), 0.0)
        paid = np.where(settled, self.paid, 0.0)
        return paid * paid_days + (self.amount - paid) * open_days

    def sums(self, rows: np.ndarray, values: np.ndarray, column: np.ndarray | None = None, width: int = 1):
        """Return sums by account (and column) of the chosen rows."""
        cell = self.code[rows] * width + (0 if column is None else column[rows])
        total = np.bincount(cell, values[rows], minlength=len(self.accounts) * width)
        return total.reshape(len(self.accounts), width)


def _known(
    receivables: pd.DataFrame, as_of: Date, default_terms: Terms, currency: str | None, rates: Rates | None
) -> _Known:
    frame = documents(receivables, as_of, default_terms, currency, rates)
    everyone = pd.Index(sorted(frame["account"].unique(), key=str), name="account")
    frame = frame[(frame["kind"] == "invoice") & (frame["amount"] > 0)]
    amount = frame["amount"].to_numpy(dtype=float)
    return _Known(
        accounts=everyone,
        code=everyone.get_indexer(pd.Index(frame["account"])),
        invoiced=frame["invoice_date"].to_numpy("datetime64[D]"),
        due=frame["due_date"].to_numpy("datetime64[D]"),
        amount=amount,
        paid=np.clip(frame["paid"].to_numpy(dtype=float), 0, amount),
        paid_on=frame["paid_date"].to_numpy("datetime64[D]"),
    )


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)


def payment_behaviour(
    receivables: pd.DataFrame,
    as_of: Date,
    period: Literal["month", "quarter"] = "month",
    grace_days: int = 0,
    default_terms: Terms = DEFAULT_TERMS,
    currency: str | None = None,
    rates: Rates | None = None,
) -> pd.DataFrame:
    """Return how each account paid the invoices that fell due in each month or quarter.

    Parameters
    ----------
    receivables, as_of, default_terms, currency, rates
        As :func:`kamtools.finance.receivables.documents`.
    period
        Of the due date: calendar months or quarters.
    grace_days
        A payment so many days after the due date still counts as on time, in ``on_time`` alone.

    Returns
    -------
    frame[account, period, documents, due_amount, days_late, on_time, open]
        In order of account and period. ``days_late``: weighted by amount;
        ``on_time``: part of the amount paid by its due date (and grace); ``open``: what is still unpaid at `as_of`.

    Examples
    --------
    >>> table = pd.DataFrame({"account": ["A"] * 3, "invoice_date": ["2026-01-01"] * 3,
    ...     "due_date": ["2026-01-31", "2026-01-31", "2026-02-10"], "amount": [100.0, 300.0, 50.0],
    ...     "paid_date": ["2026-01-30", "2026-02-20", None]})
    >>> payment_behaviour(table, "2026-02-28")
      account   period  documents  due_amount  days_late  on_time  open
    0       A  2026-01          2       400.0       15.0     0.25   0.0
    1       A  2026-02          1        50.0       18.0     0.00  50.0
    """
    if period not in ("month", "quarter"):
        raise ValueError(f"period: {period!r}; allowed: month, quarter")
    known, date = _known(receivables, as_of, default_terms, currency, rates), day(as_of).to_datetime64()
    prompt = np.where(known.paid_on <= known.due + np.timedelta64(grace_days, "D"), known.paid, 0.0)
    frame = pd.DataFrame(
        {
            "account": known.accounts[known.code],
            "period": pd.DatetimeIndex(known.due).to_period("M" if period == "month" else "Q").astype(str),
            "documents": 1,
            "due_amount": known.amount,
            "days_late": known.late_days(date),
            "on_time": prompt,
            "open": known.unpaid(date),
        }
    )
    table = frame[known.due <= date].groupby(["account", "period"], as_index=False).sum()
    table["days_late"] /= table["due_amount"]
    table["on_time"] /= table["due_amount"]
    table.attrs = {"as_of": str(day(as_of).date()), "period_of": "due_date", "open_counts_to": "as_of"}
    table.attrs["grace_days"] = grace_days
    return table


def _dates_walked(as_of: Date, months: int) -> list[Any]:
    ends = month_ends(as_of, months)
    last = day(as_of)
    return [d.to_datetime64().astype("datetime64[D]") for d in (ends if ends[-1] == last else [*ends, last])]


def _quarter_back(due: np.ndarray, date: Any) -> np.ndarray:
    """Return how many three-month windows before the month of `date` each due date lies."""
    month = np.datetime64(date, "M").astype(int) - due.astype("datetime64[M]").astype(int)
    return month // 3


@dataclass(frozen=True)
class _Rule:
    least_days: float
    z: float
    least_quarters: int
    silent_days: int


def _usual(past: np.ndarray, floor: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return median, robust spread (at least `floor`) and count of each row's known values."""
    count = (~np.isnan(past)).sum(axis=1)
    centre, spread = np.full(len(past), np.nan), np.full(len(past), np.nan)
    some = count > 0
    centre[some] = np.nanmedian(past[some], axis=1)
    spread[some] = np.nanmedian(np.abs(past[some] - centre[some, None]), axis=1)
    return centre, np.maximum(1.4826 * spread, floor), count


def _state(known: _Known, date: Any, rule: _Rule) -> pd.DataFrame:
    """Return how each account stands at a date against its own past."""
    back = _quarter_back(known.due, date)
    seen = (known.invoiced <= date) & (known.due <= date) & (back < QUARTERS)
    due = known.sums(seen, known.amount, back, QUARTERS)
    late = _ratio(known.sums(seen, known.late_days(date), back, QUARTERS), due)
    usual, spread, quarters = _usual(late[:, 1:], 2.0)
    limit = usual + np.maximum(rule.least_days, rule.z * spread)
    enough = quarters >= rule.least_quarters
    recent = late[:, 0]

    # stopped: what is long overdue is mostly unpaid, and no money came of late
    patience = np.where(np.isnan(usual), 0.0, usual) + rule.silent_days
    overdue_days = _days(date, known.due)
    long = seen & (overdue_days >= patience[known.code]) & (overdue_days < patience[known.code] + 61)
    unpaid = _ratio(known.sums(long, known.unpaid(date)), known.sums(long, known.amount))[:, 0]
    silence = np.timedelta64(rule.silent_days, "D")
    came = known.sums((known.paid_on <= date) & (known.paid_on > date - silence), known.paid)[:, 0] > 0
    stopped = (np.nan_to_num(unpaid) >= 0.5) & ~came
    return pd.DataFrame(
        {
            "account": known.accounts,
            "as_of": date,
            "days_late": recent,
            "usual": np.where(enough, usual, np.nan),
            "limit": np.where(enough, limit, np.nan),
            "quarters": quarters,
            "slowing": enough & (np.nan_to_num(recent) > np.nan_to_num(limit, nan=np.inf)),
            "stopped": stopped,
        }
    )


def payment_watch(
    receivables: pd.DataFrame,
    as_of: Date,
    months: int = 24,
    least_days: float = 7.0,
    z: float = 3.0,
    least_quarters: int = 3,
    silent_days: int = 30,
    default_terms: Terms = DEFAULT_TERMS,
    currency: str | None = None,
    rates: Rates | None = None,
) -> pd.DataFrame:
    """Return how each account stood at each month end against its own past, as far as was known then.

    Parameters
    ----------
    receivables, as_of, default_terms, currency, rates
        As :func:`kamtools.finance.receivables.documents`.
    months
        How many month ends to walk; `as_of` itself comes last.
    least_days, z
        Slowing: days late of the invoices due in the last three months exceed the median of the eight
        quarters before by `least_days` and by `z` robust standard deviations (of at least 2 days).
    least_quarters
        Quarters with invoices that are needed to say what is usual.
    silent_days
        Stopped: of the invoices that in the last two months came to be overdue by their usual days and
        `silent_days` at least half is unpaid, and nothing at all was paid in the last `silent_days`.

    Returns
    -------
    frame[account, as_of, days_late, usual, limit, quarters, slowing, stopped]
        A row for each account and date; ``usual`` and ``limit`` are missing where the history is too short.

    Examples
    --------
    >>> due = pd.date_range("2025-01-15", periods=18, freq="MS")
    >>> table = pd.DataFrame({"account": "A", "invoice_date": due - pd.Timedelta(days=30), "due_date": due, "amount": 100.0,
    ...     "paid_date": due + pd.to_timedelta([2] * 15 + [25] * 3, unit="D")})
    >>> watch = payment_watch(table, "2026-07-31", months=3)
    >>> watch[["days_late", "limit", "slowing"]].round(1).values.tolist()
    [[9.7, 9.0, True], [17.3, 9.0, True], [25.0, 9.0, True]]
    """
    if least_quarters < 1:
        raise ValueError(f"least_quarters: expected one or more, got {least_quarters!r}")
    rule = _Rule(finite(least_days, "least_days"), finite(z, "z"), least_quarters, silent_days)
    known = _known(receivables, as_of, default_terms, currency, rates)
    states = [_state(known, date, rule) for date in _dates_walked(as_of, months)]
    table = pd.concat(states, ignore_index=True).sort_values(["account", "as_of"], ignore_index=True)
    table.attrs = {
        "as_of": str(day(as_of).date()),
        "least_days": least_days,
        "z": z,
        "least_quarters": least_quarters,
        "silent_days": silent_days,
        "compared_with": "own_last_eight_quarters",
    }
    return table


def _run_start(dates: np.ndarray, flags: np.ndarray) -> Any:
    """Return the first date of the run of flags that stands at the last date; NaT where none does."""
    if not len(flags) or not flags[-1]:
        return NO_DATE
    gaps = np.flatnonzero(~flags)
    return dates[gaps[-1] + 1 if len(gaps) else 0]


def payment_break(
    receivables: pd.DataFrame,
    as_of: Date,
    months: int = 24,
    least_days: float = 7.0,
    z: float = 3.0,
    least_quarters: int = 3,
    silent_days: int = 30,
    default_terms: Terms = DEFAULT_TERMS,
    currency: str | None = None,
    rates: Rates | None = None,
) -> pd.DataFrame:
    """Return which accounts pay more slowly than they used to or have stopped, and since when that was to be seen.

    Arguments as :func:`payment_watch`, whose warnings are followed back from
    `as_of` for as long as they stood without a gap, at most `months`.

    Returns
    -------
    frame[status, first_warning, slowing_since, stopped_since, days_late, usual, limit]
        Index account. ``status``: ``stopped``, ``slowing``, ``steady``,
        ``history_too_short``, ``nothing_due`` (no invoice in the last three months).
        ``first_warning`` is the month end at which the warning that stands could first be given.

    Examples
    --------
    >>> due = pd.date_range("2025-01-15", periods=18, freq="MS")
    >>> table = pd.DataFrame({"account": "A", "invoice_date": due - pd.Timedelta(days=30), "due_date": due, "amount": 100.0,
    ...     "paid_date": due + pd.to_timedelta([2] * 15 + [25] * 3, unit="D")})
    >>> found = payment_break(table, "2026-07-31", months=12).loc["A"]
    >>> found["status"], str(found["first_warning"].date())
    ('slowing', '2026-05-31')
    """
    watch = payment_watch(
        receivables, as_of, months, least_days, z, least_quarters, silent_days, default_terms, currency, rates
    )
    rows = {}
    for account, own in watch.groupby("account", sort=False):
        dates = own["as_of"].to_numpy("datetime64[D]")
        slow, stop = own["slowing"].to_numpy(bool), own["stopped"].to_numpy(bool)
        last = own.iloc[-1]
        if stop[-1]:
            status = "stopped"
        elif slow[-1]:
            status = "slowing"
        elif np.isnan(last["days_late"]):
            status = "nothing_due"
        elif np.isnan(last["limit"]):
            status = "history_too_short"
        else:
            status = "steady"
        since = (_run_start(dates, slow | stop), _run_start(dates, slow), _run_start(dates, stop))
        rows[account] = (status, *since, last["days_late"], last["usual"], last["limit"])
    columns = ["status", "first_warning", "slowing_since", "stopped_since", "days_late", "usual", "limit"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    for column in columns[1:4]:
        table[column] = pd.to_datetime(table[column])
    table.index.name = "account"
    table.attrs = dict(watch.attrs) | {"months": months}
    return table


SIGNALS = (
    "paying_later",
    "stopped_paying",
    "overdue_share_rising",
    "part_payments",
    "sales_rise_payments_slow",
    "limit_used",
)


@dataclass(frozen=True)
class Signal:
    """A sign that an account's payment is at risk.

    Attributes
    ----------
    signal
        One of ``SIGNALS``.
    first_date
        The month end at which it could first be seen, and from which it was seen without a gap.
    evidence
        The figures at that date: what was measured, what is usual, the limit.
    standing
        Whether it is still seen at the last date.
    """

    signal: str
    first_date: pd.Timestamp
    evidence: Mapping[str, float] = field(default_factory=dict)
    standing: bool = True


def early_signals(
    account: str,
    receivables: pd.DataFrame,
    as_of: Date,
    limit: float | pd.Series | None = None,
    months: int = 24,
    utilisation: float = 0.9,
    least_days: float = 7.0,
    default_terms: Terms = DEFAULT_TERMS,
    currency: str | None = None,
    rates: Rates | None = None,
) -> list[Signal]:
    """Return the early signals of an account, first seen first; none where it has no invoices by then.

    ``paying_later`` and ``stopped_paying``: see :func:`payment_watch`.
    ``overdue_share_rising``: overdue ÷ open, the mean of three month ends, is 10
    points and 3 robust standard deviations above the median of the twelve before.
    ``part_payments``: 5 % or more, by amount, of the invoices due in the last three months are paid in part,
    and that is above their part in the twelve months before. ``sales_rise_payments_slow``: invoices of the
    last three months are 5 % or more above a year before while days late are half of `least_days` above the
    usual. ``limit_used``: open ÷ `limit` is at `utilisation` or more.

    A signal that stands no more is named where it was seen at four month ends running.

    Parameters
    ----------
    account
        Its id in `receivables`.
    receivables, as_of, default_terms, currency, rates
        As :func:`kamtools.finance.receivables.documents`.
    limit
        Credit limit with VAT, or a Series of limits by the date from which
        each holds; None, or no limit yet: ``limit_used`` is not looked at.
    months
        How many month ends to look back.

    Raises
    ------
    ValueError
        An account without documents, a limit not above zero.

    Examples
    --------
    >>> due = pd.date_range("2025-01-15", periods=18, freq="MS")
    >>> table = pd.DataFrame({"account": "A", "invoice_date": due - pd.Timedelta(days=30), "due_date": due, "amount": 100.0,
    ...     "paid_date": due + pd.to_timedelta([2] * 15 + [25] * 3, unit="D")})
    >>> [(s.signal, str(s.first_date.date())) for s in early_signals("A", table, "2026-07-31")]
    [('paying_later', '2026-05-31')]
    """
    own = receivables
    if "account" in receivables.columns:
        own = receivables[receivables["account"] == account]
    if own.empty:
        raise NotKnown(f"account: no documents of {account!r}")
    limits = _limits(limit)
    known = _known(own, as_of, default_terms, currency, rates)
    rule = _Rule(finite(least_days, "least_days"), 3.0, 3, 30)
    dates = [d for d in _dates_walked(as_of, months) if (known.invoiced <= d).any()]
    if not dates:
        return []
    rows = []
    for date, rising in zip(dates, _overdue_rising(known, dates), strict=True):
        state = _state(known, date, rule).iloc[0]
        late = float(state["days_late"])
        rows.append(
            (
                date,
                {
                    "paying_later": (bool(state["slowing"]), _figures(state)),
                    "stopped_paying": (bool(state["stopped"]), _figures(state)),
                    "overdue_share_rising": rising,
                    "part_payments": _part_payments(known, date),
                    "sales_rise_payments_slow": _sales_rise(
                        known, date, late - float(state["usual"]), least_days
                    ),
                    "limit_used": _limit_used(known, date, limits, utilisation),
                },
            )
        )
    found = []
    for signal in SIGNALS:
        flags = np.array([checks[signal][0] for _, checks in rows], dtype=bool)
        at = _first_of_run(flags)
        if at is not None:
            date, checks = rows[at]
            found.append(Signal(signal, pd.Timestamp(date), checks[signal][1], bool(flags[-1])))
    return sorted(found, key=lambda s: (s.first_date, SIGNALS.index(s.signal)))


def _figures(state: pd.Series) -> dict[str, float]:
    return {n: float(state[n]) for n in ("days_late", "usual", "limit")}


def _first_of_run(flags: np.ndarray) -> int | None:
    """Return where the run standing at the end begins; otherwise where the last one of `LASTING` or more does."""
    edges = np.diff(np.concatenate([[0], flags.astype(int), [0]]))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    for start, end in zip(starts[::-1], ends[::-1], strict=True):
        if end == len(flags) or end - start >= LASTING:
            return int(start)
    return None


Check = tuple[bool, dict[str, float]]


def _overdue_share(known: _Known, date: Any) -> float:
    there = known.invoiced <= date
    unpaid = known.unpaid(date)[there]
    late = unpaid[known.due[there] < date].sum()
    return float(late / unpaid.sum()) if unpaid.sum() > 0 else np.nan


def _overdue_rising(known: _Known, dates: list[Any]) -> list[Check]:
    """Return, for each date, whether overdue ÷ open (mean of three month ends) is above its own past year."""
    before = month_ends(pd.Timestamp(dates[0]) - pd.Timedelta(days=1), 14)
    everything = [*(d.to_datetime64().astype("datetime64[D]") for d in before), *dates]
    shares = pd.Series([_overdue_share(known, d) for d in everything])
    smooth = shares.rolling(3).mean().to_numpy()
    checks = []
    for place in range(len(before), len(everything)):
        usual, spread, count = _usual(smooth[None, place - 12 : place], 0.02)
        limit = float(usual[0] + max(0.10, 3 * spread[0]))
        raised = bool(count[0] >= 6 and smooth[place] > limit)
        figures = {"overdue_share": float(smooth[place]), "usual": float(usual[0]), "limit": limit}
        checks.append((raised, figures))
    return checks


def _part_payments(known: _Known, date: Any) -> Check:
    back = _quarter_back(known.due, date)
    seen = (known.invoiced <= date) & (known.due <= date)
    paid = np.where(known.paid_on <= date, known.paid, 0.0)
    part = (paid > 0) & (paid < known.amount)

    def share(rows: np.ndarray) -> float:
        total = known.amount[rows].sum()
        return float(known.amount[rows & part].sum() / total) if total > 0 else np.nan

    recent, before = share(seen & (back == 0)), share(seen & (back >= 1) & (back <= 4))
    raised = bool(recent >= 0.05 and recent > before)
    return raised, {"part_paid_share": recent, "usual": before}


def _sales_rise(known: _Known, date: Any, slower: float, least_days: float) -> Check:
    back = np.datetime64(date, "M").astype(int) - known.invoiced.astype("datetime64[M]").astype(int)
    there = known.invoiced <= date
    now = float(known.amount[there & (back < 3)].sum())
    before = float(known.amount[there & (back >= 12) & (back < 15)].sum())
    growth = now / before - 1 if before > 0 else np.nan
    raised = bool(growth >= 0.05 and slower >= least_days / 2)
    return raised, {"growth": growth, "days_slower": slower}


def _limits(limit: float | pd.Series | None) -> pd.Series:
    """Return credit limits by the date from which they hold."""
    if limit is None:
        return pd.Series(dtype=float, index=pd.DatetimeIndex([]))
    given = limit.dropna() if isinstance(limit, pd.Series) else pd.Series({pd.Timestamp.min: limit})
    for value in given:
        if finite(float(value), "limit") <= 0:
            raise ValueError(f"limit: expected above zero, got {value!r}")
    return given.sort_index()


def _limit_used(known: _Known, date: Any, limits: pd.Series, utilisation: float) -> Check:
    holding = limits[limits.index <= pd.Timestamp(date)]
    if not len(holding):
        return False, {}
    limit = float(holding.iloc[-1])
    used = float(known.unpaid(date)[known.invoiced <= date].sum()) / limit
    return used >= utilisation, {"utilisation": used, "limit": limit}
