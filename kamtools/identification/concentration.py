"""Share of sales: Pareto classes, HHI, Gini, Lorenz, and how many accounts make 80 %."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from kamtools.identification.values import (
    Values,
    by_account,
    choice,
    descending,
    refuse_negatives,
    to_series,
    total_of,
)
from kamtools.notknown import NotKnown

RESIDUE = 1e-12  # of all sales: an account with less has none
CLOSE = 1e-9  # shares closer to a cut than this are on it


def _total(series: pd.Series, negatives: str, name: str = "values") -> float:
    choice(negatives, ("raise", "keep"), "negatives")
    if negatives == "raise":
        refuse_negatives(series, name)
    total = total_of(series)
    if total <= 0:
        raise NotKnown(f"{name}: a share needs a total above zero, got {total!r}")
    return total


def share(values: Values, negatives: Literal["raise", "keep"] = "raise") -> pd.Series:
    """Return each value's part of the total (fractions, sum 1), in the order given.

    A missing value stays missing and is not counted. `negatives`: refuse a
    value below zero, or keep it (its share is negative).

    Raises
    ------
    ValueError
        Nothing in the set, a negative value (unless kept), a total of zero or less.

    Examples
    --------
    >>> share({"A": 60, "B": 30, "C": 10}).to_dict()
    {'A': 0.6, 'B': 0.3, 'C': 0.1}
    """
    series = to_series(values, "values", drop_missing=False)
    return series / _total(series.dropna(), negatives)


def top_share(values: Values, n: int, negatives: Literal["raise", "keep"] = "raise") -> float:
    """Return the part of the total that the `n` largest make (the concentration ratio CRn).

    Examples
    --------
    >>> top_share([50, 30, 15, 5], 2)
    0.8
    """
    if isinstance(n, bool) or n != int(n) or n < 1:
        raise ValueError(f"n: expected a whole number from 1, got {n!r}")
    series = descending(to_series(values, "values"))
    return total_of(series.iloc[: int(n)]) / _total(series, negatives)


def hhi(
    values: Values,
    scale: Literal["percent", "unit"] = "percent",
    negatives: Literal["raise", "keep"] = "raise",
) -> float:
    """Return the Herfindahl–Hirschman index, the sum of squared shares.

    Parameters
    ----------
    values
        Amounts or shares, in any unit: they are divided by their total.
    scale
        ``percent``: shares in per cent, 0–10,000. ``unit``: 0–1.
    negatives
        Refuse a value below zero, or keep it (its square adds up).

    Examples
    --------
    >>> hhi([30, 30, 20, 20])
    2600.0
    >>> hhi([30, 30, 20, 20], scale="unit")
    0.26
    """
    factor = {"percent": 10_000.0, "unit": 1.0}[choice(scale, ("percent", "unit"), "scale")]
    series = to_series(values, "values")
    total = _total(series, negatives)
    return factor * total_of(series**2) / total**2


def effective_number(values: Values, negatives: Literal["raise", "keep"] = "raise") -> float:
    """Return 1 ÷ HHI: how many accounts of equal size would be as concentrated.

    Examples
    --------
    >>> effective_number([25, 25, 25, 25])
    4.0
    """
    return 1 / hhi(values, "unit", negatives)


def gini(values: Values, form: Literal["population", "sample"] = "population") -> float:
    """Return the Gini coefficient, 0 (all equal) towards 1 (one has all).

    Population G = (2 Σ i·x) / (n Σ x) − (n + 1)/n with x rising; sample G·n/(n − 1).

    Raises
    ------
    ValueError
        A negative value (use the whale curve), a total of zero, one value for the sample form.

    Examples
    --------
    >>> round(gini([1, 2, 3, 4]), 4)
    0.25
    >>> round(gini([1, 2, 3, 4], form="sample"), 4)
    0.3333
    """
    choice(form, ("population", "sample"), "form")
    series = to_series(values, "values")
    total = _total(series, "raise")
    n = len(series)
    if form == "sample" and n < 2:
        raise NotKnown(f"values: the sample form needs at least two values, got {n}")
    rising = np.sort(series.to_numpy())
    weighted = total_of(pd.Series(rising * np.arange(1, n + 1)))
    result = max(0.0, 2 * weighted / (n * total) - (n + 1) / n)
    return result * n / (n - 1) if form == "sample" else result


def lorenz(values: Values) -> pd.DataFrame:
    """Return the Lorenz curve from (0, 0) to (1, 1): columns ``population`` and ``share``.

    Accounts rise from the smallest. A negative value raises ``ValueError``.

    Examples
    --------
    >>> lorenz([1, 3])["share"].tolist()
    [0.0, 0.25, 1.0]
    """
    series = to_series(values, "values")
    _total(series, "raise")
    running = np.cumsum(np.sort(series.to_numpy()))
    n = len(series)
    return pd.DataFrame(
        {
            "population": np.arange(n + 1) / n,
            "share": np.concatenate([[0.0], running / running[-1]]),
        }
    )


def _check_cuts(cuts: tuple[float, float]) -> tuple[float, float]:
    if len(cuts) != 2 or not 0 < cuts[0] <= cuts[1] <= 1:
        raise ValueError(f"cuts: expected two rising fractions up to 1, got {cuts!r}")
    return float(cuts[0]), float(cuts[1])


def abc_classes(
    values: Values,
    cuts: tuple[float, float] = (0.8, 0.95),
    crossing: Literal["above", "below"] = "above",
) -> pd.DataFrame:
    """Return the ABC (Pareto) classes, largest first.

    Parameters
    ----------
    cuts
        Cumulative shares where A ends and B ends.
    crossing
        Where the item that crosses a cut goes: ``above`` to the upper class
        (A when the share *before* it is below the cut), ``below`` to the
        lower one (A when the share *with* it is still within the cut).

    Returns
    -------
    frame[value, share, cumulative, class]
        Equal values stand in the order of their ids. Missing values are left
        out. A value below zero lowers the total and belongs to C.

    Examples
    --------
    >>> "".join(abc_classes([50, 30, 15, 5])["class"])
    'AABC'
    >>> "".join(abc_classes([50, 35, 10, 5], crossing="below")["class"])
    'ABBC'
    """
    first, second = _check_cuts(cuts)
    choice(crossing, ("above", "below"), "crossing")
    ordered = descending(to_series(values, "values"))
    total = _total(ordered, "keep")
    amounts = ordered.to_numpy()
    running = np.cumsum(amounts)
    cumulative = running / running[-1]
    if crossing == "above":
        before = (running - amounts) / running[-1]
        is_a, is_b = before < first - CLOSE, before < second - CLOSE
    else:
        is_a, is_b = cumulative <= first + CLOSE, cumulative <= second + CLOSE
    positive = amounts > 0
    classes = np.where(is_a & positive, "A", np.where(is_b & positive, "B", "C"))
    return pd.DataFrame(
        {"value": amounts, "share": amounts / total, "cumulative": cumulative, "class": classes},
        index=ordered.index,
    )


@dataclass(frozen=True, eq=False)
class SalesShare:
    """Share of sales, and how concentrated sales are.

    Attributes
    ----------
    table
        Index account, largest first: value, share, cumulative, class, rank (from 1).
    total
        Sum over all accounts.
    hhi
        0–10,000.
    effective_number
        1 ÷ HHI.
    gini
        Over accounts with sales above zero, population form; ``gini_accounts`` says how many.
        ``gini_reason``: None, or ``positive_only`` where others were left out.
    lorenz
        frame[population, share] over the same accounts as the Gini.
    counts_by_class, share_by_class
        For A, B, C.
    negative_accounts, zero_accounts
        Ids with sales below zero, before the rule for negatives; ids with none.
    """

    table: pd.DataFrame
    total: float
    hhi: float
    effective_number: float
    gini: float
    gini_reason: str | None
    gini_accounts: int
    lorenz: pd.DataFrame
    counts_by_class: dict[str, int]
    share_by_class: dict[str, float]
    negative_accounts: tuple[str, ...]
    zero_accounts: tuple[str, ...]
    conventions: dict[str, object]

    def accounts_for(self, fraction: float) -> int:
        """Return the smallest number of accounts, largest first, that make `fraction` of sales."""
        if not 0 < fraction <= 1:
            raise ValueError(f"fraction: expected above 0 and up to 1, got {fraction!r}")
        return int(np.argmax(self.table["cumulative"].to_numpy() >= fraction - CLOSE)) + 1

    def top_share(self, n: int) -> float:
        """Return the part of sales that the `n` largest accounts make."""
        return top_share(self.table["value"], n, negatives="keep")


def sales_share(
    amounts: Values,
    cuts: tuple[float, float] = (0.8, 0.95),
    crossing: Literal["above", "below"] = "above",
    negatives: Literal["keep", "zero"] = "keep",
) -> SalesShare:
    """Return each account's share of sales with classes and concentration.

    Parameters
    ----------
    amounts
        Sales by account in one currency; an account given twice is added up.
    negatives
        What an account with more returns than sales does to the shares:
        ``keep`` it (it lowers the total), or count it as ``zero``. The
        accounts are named in the result either way.

    Examples
    --------
    >>> result = sales_share({"A": 60.0, "B": 30.0, "C": 10.0})
    >>> result.accounts_for(0.8), result.counts_by_class, round(result.hhi)
    (2, {'A': 2, 'B': 1, 'C': 0}, 4600)
    """
    choice(negatives, ("keep", "zero"), "negatives")
    series = by_account(amounts, "amounts")
    # sales and returns that cancel may leave 1e-15 in binary: that is no sale
    series = series.mask(series.abs() <= RESIDUE * total_of(series.abs()), 0.0)
    negative = tuple(series.index[series < 0])
    zero = tuple(series.index[series == 0])
    if negatives == "zero":
        series = series.clip(lower=0)
    table = abc_classes(series, cuts, crossing)
    table["rank"] = np.arange(1, len(table) + 1)
    positive = series[series > 0]
    left_out = len(series) - len(positive)
    grouped = table.groupby("class")["share"]
    sizes, parts = grouped.size(), grouped.sum()
    return SalesShare(
        table=table,
        total=total_of(series),
        hhi=hhi(series, negatives="keep"),
        effective_number=effective_number(series, negatives="keep"),
        gini=gini(positive),
        gini_reason="positive_only" if left_out else None,
        gini_accounts=len(positive),
        lorenz=lorenz(positive),
        counts_by_class={c: int(sizes.get(c, 0)) for c in "ABC"},
        share_by_class={c: float(parts.get(c, 0.0)) for c in "ABC"},
        negative_accounts=negative,
        zero_accounts=zero,
        conventions={
            "negatives": negatives,
            "cuts": (float(cuts[0]), float(cuts[1])),
            "crossing": crossing,
            "gini_form": "population",
            "gini_over": "positive",
        },
    )
