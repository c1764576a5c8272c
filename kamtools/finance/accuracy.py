"""How good forecasts were: percentage errors, bias, tracking signal, and whether changes by hand helped.

An error is actual − forecast throughout: above zero, the forecast was too low.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from kamtools.notknown import NotKnown

Numbers = pd.Series | Sequence[float] | np.ndarray

SIGNAL_LIMIT = 4.0
FEW_CHANGES = 6  # below so many changed months, whether they helped is not to be trusted


def _numbers(values: Numbers, name: str) -> np.ndarray:
    try:
        result = np.asarray(pd.Series(values, dtype=object), dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: not numbers: {list(values)[:5]!r}") from error
    if np.isinf(result).any():
        raise ValueError(f"{name}: infinite value at position {int(np.isinf(result).argmax())}")
    return result


def _pairs(
    actual: Numbers, forecast: Numbers, name: str = "forecast"
) -> tuple[np.ndarray, np.ndarray, pd.Index]:
    """Return both as arrays with the index of the actual values.

    Two Series with the same labels in another order are a mistake that would go unseen, so it is refused.
    """
    a, f = _numbers(actual, "actual"), _numbers(forecast, name)
    if len(a) != len(f):
        raise ValueError(f"{name}: {len(f)} values for {len(a)} actual ones")
    if not len(a):
        raise NotKnown("actual: no values")
    if (
        isinstance(actual, pd.Series)
        and isinstance(forecast, pd.Series)
        and not actual.index.equals(forecast.index)
    ):
        raise ValueError(f"{name}: its index differs from that of actual; bring both to the same months")
    for values, which in ((a, "actual"), (f, name)):
        if np.isnan(values).any():
            raise NotKnown(f"{which}: missing value at position {int(np.isnan(values).argmax())}")
    return a, f, actual.index if isinstance(actual, pd.Series) else pd.RangeIndex(len(a))


def mape(actual: Numbers, forecast: Numbers, zeros: Literal["refuse", "leave_out"] = "refuse") -> float:
    """Return the mean absolute percentage error, mean of |actual − forecast| ÷ |actual|, as a fraction.

    Parameters
    ----------
    actual, forecast
        Values of the same periods.
    zeros
        A period with nothing actual has no percentage: ``refuse`` it, or ``leave_out`` such periods.

    Raises
    ------
    ValueError
        A zero among the actual values (or nothing but zeros), a missing value, unequal lengths.

    Examples
    --------
    >>> round(mape([100, 200], [90, 220]), 10)
    0.1
    """
    if zeros not in ("refuse", "leave_out"):
        raise ValueError(f"zeros: {zeros!r}; allowed: refuse, leave_out")
    a, f, _ = _pairs(actual, forecast)
    there = a != 0
    if zeros == "refuse" and not there.all():
        raise NotKnown(
            f"actual: zero at position {int(there.argmin())} has no percentage; use wape, or zeros='leave_out'"
        )
    if not there.any():
        raise NotKnown("actual: nothing but zeros")
    return float(np.mean(np.abs(a - f)[there] / np.abs(a[there])))


def wape(actual: Numbers, forecast: Numbers) -> float:
    """Return the weighted absolute percentage error, Σ|actual − forecast| ÷ Σ|actual|, as a fraction.

    Raises
    ------
    ValueError
        Actual values that are all zero, a missing value, unequal lengths.

    Examples
    --------
    >>> round(wape([100, 200, 0], [90, 220, 15]), 10)
    0.15
    """
    a, f, _ = _pairs(actual, forecast)
    total = np.abs(a).sum()
    if total == 0:
        raise NotKnown("actual: nothing but zeros, an error in per cent of nothing is undefined")
    return float(np.abs(a - f).sum() / total)


def bias(actual: Numbers, forecast: Numbers) -> float:
    """Return Σ(actual − forecast) ÷ Σ|actual|, as a fraction; above zero the forecast was too low.

    Raises
    ------
    ValueError
        Actual values that are all zero, a missing value, unequal lengths.

    Examples
    --------
    >>> bias([100, 100], [90, 100])
    0.05
    """
    a, f, _ = _pairs(actual, forecast)
    total = np.abs(a).sum()
    if total == 0:
        raise NotKnown("actual: nothing but zeros, a bias in per cent of nothing is undefined")
    return float((a - f).sum() / total)


def tracking_signal(actual: Numbers, forecast: Numbers) -> pd.DataFrame:
    """Return the tracking signal, period by period: the running sum of errors ÷ their running mean size.

    Parameters
    ----------
    actual, forecast
        Values of the same periods, oldest first.

    Returns
    -------
    frame[rsfe, mad, signal]
        ``rsfe`` is Σ(actual − forecast) up to the period, ``mad`` the mean of |actual − forecast| up to
        it, ``signal`` is rsfe ÷ mad: missing as long as there is no error at all. The
        usual limit is ±4, see :func:`tracking_review`.

    Raises
    ------
    ValueError
        A missing value, unequal lengths, Series with different months.

    Examples
    --------
    >>> tracking_signal([90, 95, 115], [100, 100, 100])
       rsfe   mad  signal
    0 -10.0  10.0    -1.0
    1 -15.0   7.5    -2.0
    2   0.0  10.0     0.0
    """
    a, f, index = _pairs(actual, forecast)
    error = a - f
    rsfe = np.cumsum(error)
    mad = np.cumsum(np.abs(error)) / np.arange(1, len(error) + 1)
    signal = np.divide(rsfe, mad, out=np.full(len(error), np.nan), where=mad > 0)
    return pd.DataFrame({"rsfe": rsfe, "mad": mad, "signal": signal}, index=index)


@dataclass(frozen=True, eq=False)
class Tracking:
    """A tracking signal read.

    Attributes
    ----------
    table
        frame[rsfe, mad, signal, act]; ``act`` where the signal is beyond the limit.
    act
        Whether the last period is beyond the limit: the forecast is off to one side, and somebody must look.
    since
        First period of the run beyond the limit that lasts to the end; None where there is none.
    direction
        ``too_low`` (actual above forecast), ``too_high`` or ``none``.
    bias
        Σ(actual − forecast) ÷ Σ|actual|; None where nothing was sold.
    limit
        The limit used.
    """

    table: pd.DataFrame
    act: bool
    since: object
    direction: str
    bias: float | None
    limit: float


def tracking_review(actual: Numbers, forecast: Numbers, limit: float = SIGNAL_LIMIT) -> Tracking:
    """Return the tracking signal with what it asks for; arguments as :func:`tracking_signal`.

    Parameters
    ----------
    limit
        Act beyond ± so much.

    Examples
    --------
    >>> review = tracking_review([110, 112, 108, 109, 111], [100] * 5)
    >>> review.act, review.since, review.direction, round(review.bias, 3)
    (True, 4, 'too_low', 0.091)
    """
    if not limit > 0:
        raise ValueError(f"limit: expected above zero, got {limit!r}")
    table = tracking_signal(actual, forecast)
    beyond = table["signal"].abs().gt(limit).to_numpy()
    table["act"] = beyond
    inside = np.flatnonzero(~beyond)
    start = int(inside[-1]) + 1 if len(inside) else 0
    total = np.abs(_numbers(actual, "actual")).sum()
    rsfe = float(table["rsfe"].iloc[-1])
    return Tracking(
        table=table,
        act=bool(beyond[-1]),
        since=table.index[start] if beyond[-1] else None,
        direction="too_low" if rsfe > 0 else "too_high" if rsfe < 0 else "none",
        bias=rsfe / float(total) if total > 0 else None,
        limit=float(limit),
    )


@dataclass(frozen=True)
class OverrideValue:
    """Whether changes by hand made a forecast better.

    Attributes
    ----------
    months, changed
        Periods compared, and those in which somebody changed the forecast.
    better, worse
        Changed periods in which the error became smaller, or larger.
    wape_statistical, wape_adjusted
        Over all periods, without and with the changes.
    bias_statistical, bias_adjusted
        Σ(actual − forecast) ÷ Σ|actual|; above zero the forecast was too low.
    gain
        ``wape_statistical`` − ``wape_adjusted``: above zero, the changes helped.
    verdict
        ``helped``, ``hurt``, ``no_difference`` or ``nothing_changed``.
    warnings
        ``few_changes``: fewer than six changed periods, chance may decide.
    """

    months: int
    changed: int
    better: int
    worse: int
    wape_statistical: float
    wape_adjusted: float
    bias_statistical: float
    bias_adjusted: float
    gain: float
    verdict: str
    warnings: tuple[str, ...] = field(default=())


def override_value(actual: Numbers, statistical: Numbers, adjusted: Numbers) -> OverrideValue:
    """Return whether the changes by hand helped: accuracy and bias with them and without.

    Parameters
    ----------
    actual, statistical, adjusted
        Values of the same periods: what came, the forecast before and after the changes.

    Raises
    ------
    ValueError
        Actual values that are all zero, a missing value, unequal lengths, Series with different months.

    Examples
    --------
    >>> value = override_value([100, 130, 100], [100, 100, 100], [100, 120, 110])
    >>> value.changed, value.better, value.worse, value.verdict, round(value.gain, 4)
    (2, 1, 1, 'helped', 0.0303)
    """
    a, s, _ = _pairs(actual, statistical, "statistical")
    _, h, _ = _pairs(actual, adjusted, "adjusted")
    changed = s != h
    closer = np.abs(a - h) - np.abs(a - s)
    without, with_ = wape(a, s), wape(a, h)
    gain = without - with_
    if not changed.any():
        verdict = "nothing_changed"
    elif np.isclose(gain, 0, atol=1e-12):
        verdict = "no_difference"
    else:
        verdict = "helped" if gain > 0 else "hurt"
    few = 0 < changed.sum() < FEW_CHANGES
    return OverrideValue(
        months=len(a),
        changed=int(changed.sum()),
        better=int((changed & (closer < 0)).sum()),
        worse=int((changed & (closer > 0)).sum()),
        wape_statistical=without,
        wape_adjusted=with_,
        bias_statistical=bias(a, s),
        bias_adjusted=bias(a, h),
        gain=gain,
        verdict=verdict,
        warnings=("few_changes",) if few else (),
    )
