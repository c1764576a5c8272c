"""What customers without a contract will still buy: BG/NBD for how often, gamma-gamma for how much.

BG/NBD (Fader, Hardie, Lee 2005): while active, a customer buys at a rate λ of
their own, and after each purchase leaves for good with a probability p of
their own; λ is gamma distributed (r, alpha) and p beta distributed (a, b).
Gamma-gamma (Fader, Hardie 2013): the mean amount of a customer's purchases is
gamma distributed around a mean of their own, which does not depend on how often they buy.

A customer's history is three figures, in one unit of time throughout: ``frequency``, purchases
after the first; ``recency``, time from the first purchase to the last; ``T``, time from the first purchase to `as_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

from kamtools.notknown import NotKnown

Numbers = float | Sequence[float] | np.ndarray | pd.Series

_EXTREME = 1e4  # a parameter beyond it says that the customers do not differ, or that nobody leaves


def _numbers(values: Numbers, name: str) -> np.ndarray:
    try:
        result = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: not numbers: {values!r}") from error
    if not np.isfinite(result).all():
        raise ValueError(f"{name}: a value is missing or not finite")
    if (result < 0).any():
        raise ValueError(f"{name}: expected zero or more, got {float(result.min())!r}")
    return result


def _history(frequency: Numbers, recency: Numbers, T: Numbers) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, seen, length = _numbers(frequency, "frequency"), _numbers(recency, "recency"), _numbers(T, "T")
    try:
        x, seen, length = np.broadcast_arrays(x, seen, length)
    except ValueError as error:
        raise ValueError(
            f"frequency, recency, T: of unequal length: {x.size}, {seen.size}, {length.size}"
        ) from error
    if (x != np.floor(x)).any():
        raise ValueError(f"frequency: expected whole numbers, got {float(x[x != np.floor(x)].flat[0])!r}")
    if (seen > length).any():
        late = np.flatnonzero((seen > length).ravel())[0]
        raise ValueError(
            f"recency: {float(seen.flat[late])!r} is after the end, T is {float(length.flat[late])!r}"
        )
    if (length <= 0).any():
        raise ValueError("T: expected above zero: a first purchase at the very end says nothing yet")
    if ((x == 0) & (seen > 0)).any():
        raise ValueError(
            "recency: must be 0 where frequency is 0; frequency counts the purchases after the first"
        )
    if ((x > 0) & (seen == 0)).any():
        raise ValueError(
            "recency: must be above 0 where frequency is above 0; count purchases of one day once"
        )
    return x, seen, length


def _as_given(values: np.ndarray, *given: object) -> np.ndarray | pd.Series | float:
    """Return a figure for a figure, a Series with its index for a Series."""
    for one in given:
        if isinstance(one, pd.Series):
            return pd.Series(values, index=one.index)
    return float(values) if np.ndim(values) == 0 else values


def _search(
    loss: Callable[[np.ndarray], float], starts: Sequence[Sequence[float]]
) -> tuple[np.ndarray, float, bool]:
    """Minimise over positive parameters from several starts; return them, the loss and whether it converged.

    Converged: the best run ended properly, and a fresh run from its end found nothing better.
    """

    def of_logs(logs: np.ndarray) -> float:
        value = loss(np.exp(logs))
        return value if np.isfinite(value) else 1e12

    bounds = [(-14.0, 14.0)] * len(starts[0])
    options = {"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8, "maxfun": 20_000}
    best = None
    for start in starts:
        found = minimize(of_logs, np.log(start), method="L-BFGS-B", bounds=bounds, options=options)
        if best is None or found.fun < best.fun:
            best = found
    assert best is not None
    tight = {"xatol": 1e-5, "fatol": 1e-11, "maxiter": 4000, "maxfev": 4000}
    again = minimize(of_logs, best.x, method="Nelder-Mead", bounds=bounds, options=tight)
    final = again if again.fun <= best.fun else best
    settled = bool(again.success and abs(best.fun - again.fun) < 1e-6)
    return np.exp(final.x), float(final.fun), settled


@dataclass(frozen=True)
class BgNbd:
    """A fitted BG/NBD model.

    Attributes
    ----------
    r, alpha
        Of the gamma distribution of the rate; the mean rate is r ÷ alpha purchases per unit of time.
    a, b
        Of the beta distribution of leaving after a purchase; its mean is a ÷ (a + b).
    log_likelihood, customers, converged
        Of the fit.
    warnings
        ``not_converged``; ``nobody_leaves`` or ``all_alike``: a parameter ran off, a simpler model would do;
        ``few_customers``: fewer than 100, or fewer than 30 that bought again.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    customers: int
    converged: bool
    warnings: tuple[str, ...] = ()

    def _leaving(self, x: np.ndarray, seen: np.ndarray, length: np.ndarray) -> np.ndarray:
        """Return the odds of having left against being active."""
        log_odds = (
            np.log(self.a)
            - np.log(self.b + np.maximum(x, 1) - 1)
            + (self.r + x) * (np.log(self.alpha + length) - np.log(self.alpha + seen))
        )
        return np.where(x > 0, np.exp(np.minimum(log_odds, 700)), 0.0)

    def probability_alive(
        self, frequency: Numbers, recency: Numbers, T: Numbers
    ) -> np.ndarray | pd.Series | float:
        """Return the probability that a customer is still active at the end of the history.

        A customer who bought once is active for certain: in this model one leaves only after a repeat purchase.
        """
        x, seen, length = _history(frequency, recency, T)
        return _as_given(1 / (1 + self._leaving(x, seen, length)), frequency, recency, T)

    def expected_purchases(
        self,
        t: Numbers,
        frequency: Numbers = 0.0,
        recency: Numbers = 0.0,
        T: Numbers | None = None,
    ) -> np.ndarray | pd.Series | float:
        """Return the purchases to expect in the next `t` units of time, given a history.

        Without a history: of a new customer, in the `t` units after the first purchase.
        """
        time = _numbers(t, "t")
        if T is None:
            if np.any(np.asarray(frequency) != 0) or np.any(np.asarray(recency) != 0):
                raise ValueError("T: needed with a history")
            x, seen, length = np.zeros(()), np.zeros(()), np.zeros(())
        else:
            x, seen, length = _history(frequency, recency, T)
        # (1-z)^A 2F1(A, B; C; z) = 2F1(A, C-B; C; z/(z-1)): neither factor over- or underflows
        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6
        series = hyp2f1(self.r + x, a - 1, a + self.b + x - 1, -time / (self.alpha + length))
        active = (a + self.b + x - 1) / (a - 1) * (1 - series)
        return _as_given(active / (1 + self._leaving(x, seen, length)), t, frequency, recency, T)


def _bg_nbd_loss(parameters: np.ndarray, rows: np.ndarray, weight: np.ndarray) -> float:
    """Return the mean negative log-likelihood."""
    r, alpha, a, b = parameters
    x, seen, length = rows.T
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stays = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + length)
    # B(a + 1, b + x − 1) ÷ B(a, b), only where there was a repeat purchase to leave after
    leaves = betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b) - (r + x) * np.log(alpha + seen)
    likelihood = common + np.where(x > 0, np.logaddexp(stays, leaves), stays)
    return -float(weight @ likelihood) / float(weight.sum())


def bg_nbd_fit(frequency: Numbers, recency: Numbers, T: Numbers) -> BgNbd:
    """Fit the BG/NBD model by maximum likelihood.

    Parameters
    ----------
    frequency
        Purchases after the first, one value per customer; purchases of one day count once.
    recency
        Time from the first purchase to the last, 0 where there is only one.
    T
        Time from the first purchase to the end of the data. All times in one unit, days or weeks.

    Raises
    ------
    ValueError
        Values missing, below zero or at odds with each other; nobody who bought again.

    Examples
    --------
    >>> model = bg_nbd_fit([0, 2, 5, 1, 0, 9], [0, 10, 30, 4, 0, 36], [39, 39, 38, 30, 35, 38])
    >>> "few_customers" in model.warnings
    True
    >>> model.probability_alive(5, 37, 38) > model.probability_alive(5, 10, 38)
    True
    """
    x, seen, length = (np.atleast_1d(v) for v in _history(frequency, recency, T))
    if not (x > 0).any():
        raise NotKnown("frequency: nobody bought again; there is nothing to learn from")
    unit = float(length.max())  # times near 1, so that all parameters are of a like size
    rows, weight = np.unique(np.column_stack([x, seen / unit, length / unit]), axis=0, return_counts=True)
    parameters, loss, converged = _search(
        lambda p: _bg_nbd_loss(p, rows, weight),
        [(1.0, 1.0, 1.0, 1.0), (0.3, 0.1, 0.8, 2.5), (3.0, 0.3, 0.5, 5.0)],
    )
    r, alpha, a, b = map(float, parameters)
    notes = {
        "not_converged": not converged,
        "nobody_leaves": b > _EXTREME or a < 1 / _EXTREME,
        "all_alike": r > _EXTREME or a > _EXTREME,
        "few_customers": len(x) < 100 or (x > 0).sum() < 30,
    }
    return BgNbd(
        r=r,
        alpha=alpha * unit,
        a=a,
        b=b,
        # the likelihood in the unit given: each purchase's density is per unit of time
        log_likelihood=float(-loss * len(x) - x.sum() * np.log(unit)),
        customers=len(x),
        converged=converged,
        warnings=tuple(name for name, there in notes.items() if there),
    )


@dataclass(frozen=True)
class GammaGamma:
    """A fitted gamma-gamma model of the amount of a purchase.

    Attributes
    ----------
    p, q, v
        Parameters; the mean amount over customers is p·v ÷ (q − 1).
    log_likelihood, customers, converged
        Of the fit.
    left_out
        Customers without a repeat purchase, who tell nothing of it.
    correlation
        Of frequency and mean amount; the model takes them as independent.
    warnings
        ``not_converged``; ``depends_on_frequency``: correlation beyond ±0.3; ``no_mean``: q is 1 or
        less, the population has no mean; ``all_alike``; ``few_customers``: fewer than 30.
    """

    p: float
    q: float
    v: float
    log_likelihood: float
    customers: int
    left_out: int
    correlation: float | None
    converged: bool
    warnings: tuple[str, ...] = ()

    def expected_value(self, frequency: Numbers, monetary: Numbers) -> np.ndarray | pd.Series | float:
        """Return the amount to expect of a customer's purchases, between their own mean and all customers' mean.

        Parameters
        ----------
        frequency, monetary
            As in :func:`gamma_gamma_fit`; where the frequency is 0, the result is the mean of all
            customers, missing where there is none (q ≤ 1).
        """
        x, mean = np.broadcast_arrays(_numbers(frequency, "frequency"), _numbers(monetary, "monetary"))
        under = self.p * x + self.q - 1
        known = np.where(x > 0, x * mean, 0.0)
        result = np.divide(
            self.p * (self.v + known), under, out=np.full(np.shape(under), np.nan), where=under > 0
        )
        return _as_given(result, frequency, monetary)


def _gamma_gamma_loss(parameters: np.ndarray, x: np.ndarray, mean: np.ndarray) -> float:
    p, q, v = parameters
    likelihood = (
        -betaln(p * x, q)
        + q * np.log(v)
        + (p * x - 1) * np.log(mean)
        + p * x * np.log(x)
        - (p * x + q) * np.log(v + x * mean)
    )
    return -float(likelihood.mean())


def gamma_gamma_fit(frequency: Numbers, monetary: Numbers) -> GammaGamma:
    """Fit the gamma-gamma model by maximum likelihood.

    Parameters
    ----------
    frequency
        Purchases whose amounts are averaged, one value per customer (with
        :func:`bg_nbd_fit`: the purchases after the first). Customers with 0 are left out and counted.
    monetary
        Mean amount of these purchases, above zero.

    Raises
    ------
    ValueError
        Values missing or below zero, an amount of zero, fewer than three customers that bought again.

    Examples
    --------
    >>> model = gamma_gamma_fit([1, 2, 5, 3, 8, 0], [40.0, 55.0, 38.0, 90.0, 61.0, 0.0])
    >>> model.customers, model.left_out
    (5, 1)
    """
    x, mean = _numbers(frequency, "frequency"), _numbers(monetary, "monetary")
    if x.shape != mean.shape or x.ndim != 1:
        raise ValueError(f"frequency, monetary: of unequal length: {x.size}, {mean.size}")
    rows = x > 0
    if rows.sum() < 3:
        raise NotKnown(f"frequency: {int(rows.sum())} customers bought again; three are the least")
    if (mean[rows] == 0).any():
        raise NotKnown("monetary: an amount of 0; the model is of amounts above zero")
    x, mean = x[rows], mean[rows]
    unit = float(mean.mean())
    parameters, loss, converged = _search(
        lambda p: _gamma_gamma_loss(p, x, mean / unit),
        [(1.0, 2.0, 1.0), (6.0, 4.0, 0.5), (2.0, 10.0, 5.0)],
    )
    p, q, v = map(float, parameters)
    correlation = float(np.corrcoef(x, mean)[0, 1]) if np.ptp(x) > 0 and np.ptp(mean) > 0 else None
    notes = {
        "not_converged": not converged,
        "depends_on_frequency": correlation is not None and abs(correlation) > 0.3,
        "no_mean": q <= 1,
        "all_alike": p > _EXTREME or q > _EXTREME,
        "few_customers": len(x) < 30,
    }
    return GammaGamma(
        p=p,
        q=q,
        v=v * unit,
        log_likelihood=float(-loss * len(x) - len(x) * np.log(unit)),
        customers=len(x),
        left_out=int((~rows).sum()),
        correlation=correlation,
        converged=converged,
        warnings=tuple(name for name, there in notes.items() if there),
    )
