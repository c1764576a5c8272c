"""How good forecasts were: percentage errors, bias, tracking signal, and whether changes by hand helped.

An error is actual − forecast throughout: above zero, the forecast was too low.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from kamtools.notknown import NotKnown

Numbers = pd.Series | Sequence[float] | np.ndarray


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
        usual limit is ±4.

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
