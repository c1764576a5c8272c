"""Growth of one figure: growth, CAGR, robust trend, evolution index."""

from __future__ import annotations

from typing import Literal

import numpy as np

from kamtools.identification.values import Values, choice, number, to_series
from kamtools.notknown import NotKnown


def growth(first: float, last: float) -> float:
    """Return last ÷ first − 1.

    Raises
    ------
    ValueError
        `first` is not above zero: a growth from nothing cannot be said.

    Examples
    --------
    >>> growth(200, 250)
    0.25
    """
    start = number(first, "first")
    if start <= 0:
        raise NotKnown(f"first: growth is undefined for a first value of {first!r}, it must be above zero")
    return number(last, "last") / start - 1


def cagr(first: float, last: float, periods: float) -> float:
    """Return the compound growth rate per period, (last ÷ first)^(1 ÷ periods) − 1.

    Raises
    ------
    ValueError
        `first` not above zero, `last` below zero, or `periods` not above zero.

    Examples
    --------
    >>> round(cagr(100, 121, 2), 10)
    0.1
    """
    ratio = growth(first, last) + 1
    if ratio < 0:
        raise NotKnown(f"last: a compound rate is undefined for a last value of {last!r}")
    if number(periods, "periods") <= 0:
        raise ValueError(f"periods: expected above zero, got {periods!r}")
    return ratio ** (1 / periods) - 1


def trend(series: Values, method: Literal["theil_sen", "log_ols"] = "theil_sen") -> float:
    """Return the slope of a series per period.

    Parameters
    ----------
    series
        Values at equal distances. A missing value is left out; the others keep their place in time.
    method
        ``theil_sen``: median of the slopes between all pairs, in the values'
        unit per period; one wild value does not move it. ``log_ols``: least
        squares on the logarithms, as a rate per period (0.02: 2 % a period, continuous).

    Raises
    ------
    ValueError
        Fewer than two values, or for ``log_ols`` one not above zero.

    Examples
    --------
    >>> trend([10, 12, 14, 100, 18])
    2.0
    >>> round(trend([100, 110, 121], method="log_ols"), 6)
    0.09531
    """
    choice(method, ("theil_sen", "log_ols"), "method")
    values = to_series(series, "series", drop_missing=False).to_numpy()
    place = np.flatnonzero(~np.isnan(values)).astype(float)
    known = values[~np.isnan(values)]
    if len(known) < 2:
        raise NotKnown(f"series: a trend needs at least two values, got {len(known)}")
    if method == "log_ols":
        if (known <= 0).any():
            raise NotKnown(f"series: log_ols needs values above zero, got {known.min()!r}")
        centred = place - place.mean()
        return float((centred * np.log(known)).sum() / (centred**2).sum())
    i, j = np.triu_indices(len(known), k=1)
    return float(np.median((known[j] - known[i]) / (place[j] - place[i])))


def evolution_index(account_growth: float, market_growth: float) -> float:
    """Return 100 × (1 + the account's growth) ÷ (1 + the market's growth); above 100 gains on the market.

    Raises
    ------
    ValueError
        A growth below −1, or a market that fell to nothing.

    Examples
    --------
    >>> round(evolution_index(0.10, 0.05), 2)
    104.76
    """
    ours, market = number(account_growth, "account_growth"), number(market_growth, "market_growth")
    if market <= -1:
        raise NotKnown(f"market_growth: expected above -1, got {market_growth!r}")
    return 100 * (1 + ours) / (1 + market)
