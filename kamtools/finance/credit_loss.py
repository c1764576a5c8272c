"""Expected credit loss: a provision matrix from given rates or from the company's own history.

The simplified approach for trade receivables (IFRS 9 5.5.15 and B5.5.35;
企业会计准则第22号): a loss rate for each bucket of age.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamtools.finance.prices import finite
from kamtools.finance.receivables import (
    DEFAULT_TERMS,
    Date,
    Rates,
    Terms,
    bucket_names,
    day,
    documents,
)
from kamtools.notknown import NotKnown


class ExpectedLoss(pd.DataFrame):
    """A provision matrix; ``.total`` is the expected loss of all its rows, with the specific provisions."""

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    @property
    def total(self) -> float:
        """Expected loss by the matrix and specific provisions, together."""
        return math.fsum(self["expected_loss"]) + math.fsum(self["specific_provision"])


def _keyed(values: object, name: str) -> dict[object, float]:
    if isinstance(values, (Mapping, pd.Series)):
        items = values.items()
    elif isinstance(values, Iterable) and not isinstance(values, str):
        items = enumerate(values)
    else:
        raise ValueError(f"{name}: expected amounts by bucket, got {values!r}")
    return {k: finite(v, f"{name}[{k!r}]") for k, v in items}


def expected_credit_loss(
    gross: Sequence[float] | Mapping[str, float] | pd.Series,
    loss_rates: Sequence[float] | Mapping[str, float] | pd.Series,
    multiplier: float = 1.0,
    specific: Mapping[object, tuple[float, float]] | None = None,
) -> ExpectedLoss:
    """Return the provision matrix: gross × loss rate for each bucket.

    Parameters
    ----------
    gross
        What is open in each bucket, zero or more.
    loss_rates
        The rate of each bucket, from 0 to 1; matched by key for mappings, by position for sequences.
    multiplier
        Forward-looking: every rate × this, but no rate above 1.
    specific
        Bucket -> (gross, provision) of what is judged one by one: its gross
        leaves the matrix first, its provision is added to the total.

    Returns
    -------
    frame[gross, specific_gross, specific_provision, matrix_gross, rate, expected_loss]
        Index bucket; ``.total`` adds up the expected loss and the specific provisions.

    Raises
    ------
    ValueError
        A bucket without a rate, a negative amount, a rate out of range, more specific gross than gross.

    Examples
    --------
    >>> matrix = expected_credit_loss({"not_due": 1000, "d1_30": 200}, {"not_due": 0.01, "d1_30": 0.6}, multiplier=2)
    >>> matrix["rate"].tolist(), matrix["expected_loss"].tolist(), matrix.total
    ([0.02, 1.0], [20.0, 200.0], 220.0)
    >>> expected_credit_loss([1000, 200], [0.01, 0.5], specific={1: (100, 80)}).total
    140.0
    """
    amounts, given = _keyed(gross, "gross"), _keyed(loss_rates, "loss_rates")
    factor = finite(multiplier, "multiplier")
    if factor < 0:
        raise ValueError(f"multiplier: expected zero or more, got {multiplier!r}")
    if set(amounts) - set(given) or (
        not isinstance(gross, (Mapping, pd.Series)) and len(amounts) != len(given)
    ):
        raise ValueError(f"loss_rates: {list(given)!r} do not match gross {list(amounts)!r}")
    for key, rate in given.items():
        if not 0 <= rate <= 1:
            raise ValueError(f"loss_rates[{key!r}]: expected a fraction from 0 to 1, got {rate!r}")
    judged = specific or {}
    stray = [k for k in judged if k not in amounts]
    if stray:
        raise ValueError(f"specific: no bucket {stray[0]!r}; there are {list(amounts)!r}")
    rows = []
    for key, amount in amounts.items():
        apart, provision = (finite(v, f"specific[{key!r}]") for v in judged.get(key, (0.0, 0.0)))
        if amount < 0:
            raise ValueError(f"gross[{key!r}]: expected zero or more, got {amount!r}")
        if not 0 <= provision <= apart <= amount:
            raise ValueError(
                f"specific[{key!r}]: expected 0 ≤ provision ≤ gross ≤ {amount!r}, got {judged[key]!r}"
            )
        rate = min(given[key] * factor, 1.0)
        rows.append((amount, apart, provision, amount - apart, rate, (amount - apart) * rate))
    columns = ["gross", "specific_gross", "specific_provision", "matrix_gross", "rate", "expected_loss"]
    matrix = ExpectedLoss(rows, columns=pd.Index(columns), index=pd.Index(list(amounts), name="bucket"))
    matrix.attrs = {"multiplier": factor, "cap": 1.0}
    return matrix


def loss_rates(cohort: float, paid_by_bucket: Sequence[float]) -> list[float]:
    """Return the loss rate of each bucket from what became of one cohort of sales.

    What was never paid ÷ what had reached the bucket unpaid. There is one rate
    more than payments: the last is of what was left after them all, 1.

    Parameters
    ----------
    cohort
        Sales of the cohort.
    paid_by_bucket
        Paid while not due, while in the next bucket, and so on.

    Raises
    ------
    ValueError
        A cohort not above zero, a negative payment, more paid than sold. Where
        all was paid, the last rate is not defined (NaN) and the others are 0.

    Examples
    --------
    >>> [round(r, 4) for r in loss_rates(100_000, [50_000, 27_000, 15_000, 6_000])]
    [0.02, 0.04, 0.087, 0.25, 1.0]
    """
    whole = finite(cohort, "cohort")
    if whole <= 0:
        raise NotKnown(f"cohort: expected above zero, got {cohort!r}")
    paid = [finite(p, f"paid_by_bucket[{i}]") for i, p in enumerate(paid_by_bucket)]
    for i, amount in enumerate(paid):
        if amount < 0:
            raise ValueError(f"paid_by_bucket[{i}]: expected zero or more, got {amount!r}")
    if math.fsum(paid) > whole * (1 + 1e-12):
        raise ValueError(f"paid_by_bucket: adds up to {math.fsum(paid)!r}, more than the cohort {cohort!r}")
    reached = [max(math.fsum([whole, *(-p for p in paid[:i])]), 0.0) for i in range(len(paid) + 1)]
    lost = reached[-1]
    return [lost / r if r > 0 else math.nan for r in reached]


@dataclass(frozen=True, eq=False)
class HistoryRates:
    """Loss rates of the company's own history.

    Attributes
    ----------
    table
        Index bucket: ``reached`` (unpaid when it came to the bucket), ``paid``
        (while in it), ``rolled`` (share of what reached it that went on to the
        next; of the last, that was lost), ``rate`` (lost ÷ reached; missing where nothing reached it).
    lost
        Still unpaid when the watch ended.
    first_due, last_due
        Window: documents due in it are the cohort.
    documents
        How many there are.
    warnings
        ``history_too_short`` (the records do not cover the window),
        ``few_documents`` (under 100), ``nothing_lost`` (all rates are zero: no proof that nothing can be lost).
    conventions
        ``watched_days`` after the due date, currency, VAT.
    """

    table: pd.DataFrame
    lost: float
    first_due: str
    last_due: str
    documents: int
    warnings: tuple[str, ...]
    conventions: dict[str, object]


def history_loss_rates(
    receivables: pd.DataFrame,
    as_of: Date,
    buckets: Sequence[int] = (30, 60, 90),
    watched_days: int = 365,
    window_months: int = 12,
    default_terms: Terms = DEFAULT_TERMS,
    currency: str | None = None,
    rates: Rates | None = None,
) -> HistoryRates:
    """Return roll and loss rates by bucket from the company's own documents.

    The cohort is all invoices that fell due in a window that ended
    `watched_days` before `as_of`, so that each was watched as long. What was
    still unpaid `watched_days` after its due date counts as lost; what a credit
    note settled counts as paid, as the table says.

    Parameters
    ----------
    receivables, as_of, default_terms, currency, rates
        As :func:`kamtools.finance.receivables.documents`.
    buckets
        As of the ageing; the last edge lies below `watched_days`.
    watched_days
        Days after the due date from which an unpaid amount counts as lost.
    window_months
        Length of the window of due dates.

    Raises
    ------
    NotKnown
        No invoice fell due in the window, or the last bucket reaches beyond the days watched.

    Examples
    --------
    >>> table = pd.DataFrame({"invoice_date": ["2024-01-01"] * 2, "due_date": ["2024-06-30"] * 2,
    ...     "amount": [900.0, 100.0], "paid_date": ["2024-07-10", None]})
    >>> history = history_loss_rates(table, "2025-12-31")
    >>> history.table["rate"].round(3).tolist(), history.lost
    ([0.1, 0.1, 1.0, 1.0, 1.0], 100.0)
    """
    names = bucket_names(buckets)
    if watched_days <= buckets[-1]:
        raise NotKnown(f"watched_days: {watched_days!r} does not go beyond the last bucket {buckets[-1]!r}")
    if window_months < 1:
        raise ValueError(f"window_months: expected one or more, got {window_months!r}")
    end = day(as_of) - pd.Timedelta(days=watched_days)
    start = end - pd.DateOffset(months=window_months)
    first_due = (start + pd.Timedelta(days=1)).strftime("%Y-%m-%d")
    everything = documents(receivables, as_of, default_terms, currency, rates)
    sold = everything[(everything["kind"] == "invoice") & (everything["amount"] > 0)]
    cohort = sold[(sold["due_date"] > start) & (sold["due_date"] <= end)]
    if cohort.empty:
        raise NotKnown(
            f"receivables: no invoice fell due from {first_due} to {end:%Y-%m-%d}, "
            f"the window watched for {watched_days} days"
        )
    amount = cohort["amount"].to_numpy()
    paid = np.clip(cohort["paid"].to_numpy(), 0, amount)
    late = (cohort["paid_date"] - cohort["due_date"]).dt.days.to_numpy(dtype=float, na_value=np.inf)
    edges = [0.0, *map(float, buckets), float(watched_days)]
    whole = math.fsum(amount)
    reached = [whole, *(whole - math.fsum(paid[late <= e]) for e in edges)]
    reached = [r if r > 1e-9 * whole else 0.0 for r in reached]
    lost = reached[-1]
    columns = {
        "reached": reached[:-1],
        "paid": [a - b for a, b in zip(reached, reached[1:], strict=False)],
        "rolled": [b / a if a > 0 else np.nan for a, b in zip(reached, reached[1:], strict=False)],
        "rate": [lost / r if r > 0 else np.nan for r in reached[:-1]],
    }
    warnings = []
    if sold["due_date"].min() > start + pd.Timedelta(days=31):
        warnings.append("history_too_short")
    if len(cohort) < 100:
        warnings.append("few_documents")
    if lost == 0:
        warnings.append("nothing_lost")
    return HistoryRates(
        table=pd.DataFrame(columns, index=pd.Index(names, name="bucket")),
        lost=lost,
        first_due=first_due,
        last_due=end.strftime("%Y-%m-%d"),
        documents=len(cohort),
        warnings=tuple(warnings),
        conventions={"watched_days": watched_days, **{str(k): v for k, v in everything.attrs.items()}},
    )
