"""Monthly sales ahead: point, interval, changes by hand on top, and what the year comes to.

The point is the mean of three simple forecasts: last year's month with half
of last year's growth, and Holt–Winters with a damped trend, once with a
seasonal part that is added and once with one that multiplies (left out where
a month is below a tenth of the usual one). The interval is conformal: the same forecast is
made from every earlier month, its errors are collected, and their quantiles
are put around the point. Errors are relative to the forecast, divided by how
much the account errs and by how much such a horizon errs, and pooled over
accounts of like size.

The Spring Festival falls in January or in February. Both months are divided
by the factor of their year before anything is fitted, and multiplied by the
factor of the year ahead.

A series holds whole months only. A partial last month must be left out; where
`as_of` is given, it is refused. Nothing is forecast from fewer than 24 months.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from kamtools.finance.prices import finite
from kamtools.notknown import NotKnown

YEAR = 12
LEAST_MONTHS = 24  # two of every month of the year
LONGEST_HORIZON = 24
CLASS_SIZE = 20  # accounts in a size class, at least
OWN_MONTHS = 12  # an account's own errors weigh half when there are so many months of them
FLOOR = 0.1  # of the usual month: errors are not measured against less
REPEATED = 0.75  # how far the errors of one month, forecast from several origins, repeat each other
STOPPED = 3  # months without sales, at least, that may mean an account has stopped
FESTIVAL_DAYS = 7  # before and after the festival's first day
FESTIVAL_SALES = 0.3  # of an ordinary day's

SPRING_FESTIVAL: Mapping[int, dt.date] = MappingProxyType(
    {
        day.year: day
        for day in map(
            dt.date.fromisoformat,
            (
                *("2000-02-05", "2001-01-24", "2002-02-12", "2003-02-01", "2004-01-22"),
                *("2005-02-09", "2006-01-29", "2007-02-18", "2008-02-07", "2009-01-26"),
                *("2010-02-14", "2011-02-03", "2012-01-23", "2013-02-10", "2014-01-31"),
                *("2015-02-19", "2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05"),
                *("2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10"),
                *("2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13"),
                *("2030-02-03", "2031-01-23", "2032-02-11", "2033-01-31", "2034-02-19"),
                *("2035-02-08", "2036-01-28", "2037-02-15", "2038-02-04", "2039-01-24", "2040-02-12"),
            ),
        )
    }
)
"""First day of the Chinese year. Where a year is asked for that is not here, no year is adjusted, and it is said."""

Festival = Mapping[int, Any]
# level, trend and damping of Holt-Winters; the first is used while there is nothing to choose by
_GRID = np.array([(a, b, p) for a in (0.2, 0.05, 0.1, 0.35, 0.5) for b in (0.0, 0.1) for p in (0.9, 0.98)])
_GAMMA = 0.3  # of the seasonal part, once there are years enough; until then it is their mean
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2}(?![0-9]).*)?$", re.ASCII)
_REASONS = {
    "too_short": "fewer than 24 whole months since the first sale",
    "missing_month": "a month is missing (0 is a month without sales)",
    "mostly_zero": "half of the last 24 months or more are without sales",
    "stopped": "at the end longer without sales than ever before",
}


def festival_factors(first_day: dt.date) -> tuple[float, float]:
    """Return the factors of January and February for a Spring Festival that begins on `first_day`.

    The fifteen days from a week before to a week after count as 30 % of an
    ordinary day each; every other day of the two months counts as one. The factors
    have the mean 1.

    Examples
    --------
    >>> [round(f, 2) for f in festival_factors(dt.date(2026, 2, 17))]
    [1.28, 0.72]
    >>> [round(f, 2) for f in festival_factors(dt.date(2025, 1, 29))]
    [0.99, 1.01]
    """
    first = dt.date(first_day.year, first_day.month, first_day.day)
    days = []
    for month in (1, 2):
        length = calendar.monthrange(first.year, month)[1]
        dates = [dt.date(first.year, month, day) for day in range(1, length + 1)]
        slow = sum(abs((date - first).days) <= FESTIVAL_DAYS for date in dates)
        days.append(length - slow * (1 - FESTIVAL_SALES))
    mean = sum(days) / 2
    return days[0] / mean, days[1] / mean


@dataclass(frozen=True, eq=False)
class Forecasts:
    """Forecasts of many accounts.

    Attributes
    ----------
    low, point, high
        Accounts × months ahead; missing where an account has no forecast.
    reason
        Account -> why there is none, empty where there is one: ``too_short``
        (fewer than 24 months since its first sale), ``missing_month``,
        ``mostly_zero`` (half of the last 24 months or more without sales),
        ``stopped`` (at the end longer without sales than ever before, three months at least).
    correlation
        Of the errors of two months of one forecast, measured; what the interval of a sum needs.
    conventions
        How it was done.
    """

    low: pd.DataFrame
    point: pd.DataFrame
    high: pd.DataFrame
    reason: pd.Series
    correlation: float
    conventions: dict[str, object]

    def one(self, account: Hashable) -> pd.DataFrame:
        """Return frame[low, point, high] of an account, months ahead as index.

        Raises
        ------
        ValueError
            No such account, or it has no forecast.
        """
        reason = self.reason.to_dict().get(account)
        if reason is None:
            raise ValueError(f"account: {account!r} is not among the {len(self.reason)} forecast")
        if reason:
            raise NotKnown(f"account: no forecast for {account!r}: {_REASONS[reason]}")
        frame = pd.DataFrame({n: getattr(self, n).loc[account] for n in ("low", "point", "high")})
        frame.index.name = "month"
        frame.attrs = {"correlation": self.correlation, "conventions": self.conventions}
        return frame


def _stamp(month: object, name: str) -> pd.Timestamp:
    """Return a period, a date or the text of one as a timestamp; text in words depends on today and is refused."""
    if isinstance(month, pd.Period):
        return month.to_timestamp()
    text = str(month)
    if not _DATE.match(text):
        raise ValueError(f"{name}: not a month: {month!r}; write 2026-10")
    try:
        return pd.Timestamp(text)
    except ValueError as error:
        raise ValueError(f"{name}: not a month: {month!r}; write 2026-10") from error


def _month_numbers(labels: Iterable[object], name: str) -> np.ndarray | None:
    """Return year × 12 + month − 1 of each label; None where the labels are plain positions."""
    given = list(labels)
    if all(isinstance(x, (int, np.integer)) for x in given):
        return None
    stamps = [_stamp(x, name) for x in given]
    numbers = np.array([s.year * YEAR + s.month - 1 for s in stamps])
    wrong = np.flatnonzero(np.diff(numbers) != 1)
    if len(wrong):
        raise ValueError(
            f"{name}: months must follow one another without a gap: {given[wrong[0]]!r}, {given[wrong[0] + 1]!r}"
        )
    return numbers


def _label(number: int) -> pd.Timestamp:
    return pd.Timestamp(int(number) // YEAR, int(number) % YEAR + 1, 1)


def _following(last: object, number: int, horizon: int) -> pd.Index:
    """Return the months after `last`, written as it is: periods, text, first days or last days."""
    days = pd.DatetimeIndex([_label(number + h) for h in range(1, horizon + 1)])
    if isinstance(last, pd.Period):
        return days.to_period("M")
    if isinstance(last, str):
        return days.strftime("%Y-%m" if len(last) <= len("2026-10") else "%Y-%m-%d")
    return days + pd.offsets.MonthEnd(0) if pd.Timestamp(str(last)).is_month_end else days


def _pair(year: int, given: object) -> tuple[float, float]:
    """Return the factors of January and February of a year."""
    if isinstance(given, dt.date):
        if given.year != year:
            raise ValueError(f"festival[{year}]: {given:%Y-%m-%d} is not in {year}")
        return festival_factors(given)
    if isinstance(given, str) or not isinstance(given, Sequence) or len(given) != 2:
        raise ValueError(
            f"festival[{year}]: expected a date or the factors of (January, February), got {given!r}"
        )
    january, february = (finite(factor, f"festival[{year}]") for factor in given)
    if min(january, february) <= 0:
        raise ValueError(f"festival[{year}]: expected factors above zero, got {given!r}")
    return january, february


def _years_without(festival: Festival | None, *spans: np.ndarray | None) -> list[int]:
    """Return the years of which January or February is in a span and the festival's day is not known."""
    numbers = [int(n) for span in spans if span is not None for n in span]
    return (
        sorted({n // YEAR for n in numbers if n % YEAR <= 1} - set(festival or ()))
        if festival is not None
        else []
    )


def _factors(numbers: np.ndarray | None, count: int, festival: Festival | None) -> np.ndarray:
    """Return the festival's factor of each month."""
    result = np.ones(count)
    if numbers is None or festival is None:
        return result
    for place, number in enumerate(numbers):
        year, month = divmod(int(number), YEAR)
        if month > 1:
            continue
        result[place] = _pair(year, festival[year])[month]
    return result


def _reasons(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return why each row has no forecast (or ''), and where its history begins."""
    bought = np.nan_to_num(values) != 0
    n = values.shape[1]
    starts = np.where(bought.any(axis=1), bought.argmax(axis=1), n)
    reasons = np.full(len(values), "", dtype=object)
    for row, start in enumerate(starts):
        history = values[row, start:]
        runs = np.split(history, np.flatnonzero(np.diff(history == 0)) + 1)
        zeros = [len(run) for run in runs if len(run) and run[0] == 0]
        silent = zeros.pop() if zeros and history[-1] == 0 else 0
        if len(history) < LEAST_MONTHS:
            reasons[row] = "too_short"
        elif np.isnan(history).any():
            reasons[row] = "missing_month"
        elif (history[-LEAST_MONTHS:] == 0).sum() >= LEAST_MONTHS / 2:
            reasons[row] = "mostly_zero"
        elif silent >= STOPPED and silent > max(zeros, default=0):
            reasons[row] = "stopped"
    return reasons, starts


def _ratio(over: np.ndarray, under: np.ndarray) -> np.ndarray:
    return np.divide(over, under, out=np.zeros_like(over), where=under > 0)


def _seasonal_naive(history: np.ndarray, horizon: int) -> np.ndarray:
    """Return last year's months with part of last year's growth, from every origin: rows × origins × horizon."""
    n = history.shape[1]
    sums = np.concatenate([np.zeros((len(history), 1)), np.cumsum(history, axis=1)], axis=1)
    ahead = np.arange(horizon)
    result = np.empty((len(history), n - YEAR + 1, horizon))
    for place, origin in enumerate(range(YEAR, n + 1)):
        months = min(YEAR, origin - YEAR)
        recent = sums[:, origin] - sums[:, origin - months]
        before = sums[:, origin - YEAR] - sums[:, origin - YEAR - months]
        growth = np.where(before > 0, _ratio(recent, before) - 1, 0.0) * months / (months + YEAR)
        drift = (1 + growth.clip(-0.5, 1.0))[:, None] ** (ahead // YEAR + 1)
        result[:, place] = history[:, origin - YEAR + ahead % YEAR] * drift
    return result


def _holt_winters(history: np.ndarray, horizon: int, multiply: bool) -> np.ndarray:
    """Return damped Holt–Winters forecasts from every origin: rows × origins × horizon.

    Level and season start from the first year, the trend from zero. The
    seasonal part is the mean over the years as long as they are few. The smoothing is
    chosen for each row and origin by the squared errors one month ahead so far,
    half the row's own and half all rows'.
    """
    alpha, beta, phi = _GRID.T
    rows, n = history.shape
    usual = np.maximum(np.abs(history).mean(axis=1, keepdims=True), np.finfo(float).tiny)
    level = np.repeat(history[:, :YEAR].mean(axis=1, keepdims=True), len(_GRID), axis=1)
    trend = np.zeros_like(level)
    first = history[:, :YEAR] / level[:, :1] if multiply else history[:, :YEAR] - level[:, :1]
    season = np.repeat(first[:, None, :], len(_GRID), axis=1)
    squares = np.zeros_like(level)
    damping = np.cumsum(phi[:, None] ** np.arange(1, horizon + 1), axis=1)
    place = np.arange(horizon)
    every = np.arange(rows)
    result = np.empty((rows, n - YEAR + 1, horizon))
    for origin in range(YEAR, n + 1):
        score = squares + squares.mean(axis=0)
        best = score.argmin(axis=1)
        base = level[every, best, None] + trend[every, best, None] * damping[best]
        part = season[every, best][:, (origin + place) % YEAR]
        result[:, origin - YEAR] = base * part if multiply else base + part
        if origin == n:
            break
        value, at = history[:, origin, None], origin % YEAR
        gamma = max(_GAMMA, 1 / (origin // YEAR + 1))
        old, expected = season[:, :, at], level + phi * trend
        squares += ((value - (expected * old if multiply else expected + old)) / usual) ** 2
        if multiply:
            expected = np.maximum(expected, FLOOR * usual)
        fresh = value / old if multiply else value - old
        after = alpha * fresh + (1 - alpha) * expected
        trend = beta * (after - level) + (1 - beta) * phi * trend
        season[:, :, at] = gamma * (value / expected if multiply else value - expected) + (1 - gamma) * old
        level = after
    return result


def _from_years(years: np.ndarray) -> np.ndarray:
    """Return the error of a month forecast by a mean of so many years, in units of one month's noise."""
    return np.sqrt(1 + 1 / years)


def _ahead_and_past(history: np.ndarray, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the forecast of rows of equal length, and the errors of the forecasts from earlier months.

    Returns
    -------
    tuple of arrays
        Rows × horizon; rows × origins × horizon, relative to the forecast, missing where the month is
        still to come. Origins go from the end of the first year on. An error is scaled to what it would
        be with as many years of history as there are now.
    """
    parts = [_seasonal_naive(history, horizon), _holt_winters(history, horizon, False)]
    total, count = parts[0] + parts[1], np.full(len(history), 2.0)
    multiply = history.min(axis=1) > FLOOR * history.mean(axis=1)
    if multiply.any():
        total[multiply] += _holt_winters(history[multiply], horizon, True)
        count[multiply] += 1
    forecasts = total / count[:, None, None]
    signed = history.min(axis=1) < 0
    forecasts[~signed] = np.maximum(forecasts[~signed], 0)
    n = history.shape[1]
    target = np.arange(YEAR, n)[:, None] + np.arange(horizon)
    known = np.where(target < n, history[:, np.minimum(target, n - 1)], np.nan)
    floor = FLOOR * np.abs(history).mean(axis=1)[:, None, None]
    past = (known - forecasts[:, :-1]) / np.maximum(np.abs(forecasts[:, :-1]), floor)
    knowledge = _from_years(np.arange(YEAR, n + 1) / YEAR)
    return forecasts[:, -1], past * (knowledge[-1] / knowledge[:-1])[:, None]


def _rising(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the closest values that never fall (pool adjacent violators)."""
    pools: list[list[float]] = []  # mean, weight, count
    for value, weight in zip(values, weights, strict=True):
        pools.append([value, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, more, count = pools.pop()
            last = pools[-1]
            last[0] = (last[0] * last[1] + mean * more) / (last[1] + more)
            last[1] += more
            last[2] += count
    return np.concatenate([np.full(int(count), mean) for mean, _, count in pools])


def _widening(past: np.ndarray) -> np.ndarray:
    """Return how much larger errors are at each horizon than on the whole; it never falls."""
    errors = np.abs(past)
    own = np.nanmean(errors, axis=(1, 2), keepdims=True)
    shares = np.divide(errors, own, out=np.ones_like(errors), where=own > 0)
    counts = (~np.isnan(errors)).sum(axis=(0, 1))
    seen = counts > 0
    means = np.nansum(np.where(np.isnan(errors), 0, shares), axis=(0, 1))[seen] / counts[seen]
    rising = _rising(means, counts[seen].astype(float))
    last = len(rising)
    further = np.arange(last + 1, len(counts) + 1)
    return np.concatenate([rising, rising[-1] * np.sqrt(further / last)])


def _size_classes(size: np.ndarray) -> np.ndarray:
    """Return a class for each account: three of equal number, fewer where there are few accounts."""
    classes = int(np.clip(len(size) // CLASS_SIZE, 1, 3))
    place = np.empty(len(size), dtype=int)
    place[np.argsort(-size, kind="stable")] = np.arange(len(size))
    return place * classes // max(len(size), 1)


class _Calibration(NamedTuple):
    """Limits, accounts × horizon, relative to the forecast; and the correlation of a forecast's errors."""

    low: np.ndarray
    high: np.ndarray
    correlation: float


def _scales(
    even: np.ndarray, known: np.ndarray, lengths: np.ndarray, classes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return each account's usual error, and its errors divided by it.

    The usual error is drawn towards that of the account's class. An error
    is divided by the usual error without the month in question, as it will be for a month to come.
    """
    accounts, origins, horizon = even.shape
    size, count = np.abs(even).sum(axis=(1, 2)), known.sum(axis=(1, 2))
    own = size / count
    of_class = np.array([own[classes == c].mean() for c in range(classes.max() + 1)])[classes]
    months = lengths - YEAR
    weight = months / (months + OWN_MONTHS)
    target = np.arange(origins)[:, None] + np.arange(horizon)
    ratios = np.zeros(even.shape)
    for month in range(origins):
        at = target == month
        rest = (size - np.abs(even[:, at]).sum(axis=1)) / np.maximum(count - known[:, at].sum(axis=1), 1)
        without = np.maximum(weight * rest + (1 - weight) * of_class, np.finfo(float).tiny)
        ratios[:, at] = even[:, at] / without[:, None]
    return weight * own + (1 - weight) * of_class, ratios


def _correlation(ratios: np.ndarray, known: np.ndarray) -> float:
    """Return how far two errors of one forecast (one origin, two months) go together."""
    squares, months = (ratios**2).sum(axis=2), known.sum(axis=2)
    both = months > 1
    expected = ((months - 1) * squares)[both].sum()
    joint = (ratios.sum(axis=2) ** 2 - squares)[both].sum()
    return float(np.clip(joint / expected, 0, 1)) if expected > 0 else 0.0


def _calibrate(past: np.ndarray, lengths: np.ndarray, classes: np.ndarray, coverage: float) -> _Calibration:
    """Return the limits around the forecast: quantiles of its past errors, by size class.

    The quantiles lie a little further out than asked for, as one of few errors is not yet
    the worst: (n + 1) ÷ n, with n between the months seen and the errors made of them.
    """
    known = ~np.isnan(past)
    widening = _widening(past)
    scale, ratios = _scales(np.where(known, past, 0) / widening, known, lengths, classes)
    low, high = np.empty((2, len(past), 1))
    for c in range(classes.max() + 1):
        rows = classes == c
        found = ratios[rows][known[rows]]
        months = (lengths[rows] - YEAR).sum()
        independent = len(found) ** (1 - REPEATED) * months**REPEATED
        level = min(1.0, (1 + coverage) / 2 * (independent + 1) / independent)
        low[rows], high[rows] = np.quantile(found, [1 - level, level])
    around = scale[:, None] * widening
    return _Calibration(
        np.minimum(low, 0) * around, np.maximum(high, 0) * around, _correlation(ratios, known)
    )


def _check(horizon: int, coverage: float) -> None:
    if isinstance(horizon, bool) or not isinstance(horizon, (int, np.integer)):
        raise ValueError(f"horizon: expected a whole number of months, got {horizon!r}")
    if not 1 <= horizon <= LONGEST_HORIZON:
        raise ValueError(f"horizon: expected 1 to {LONGEST_HORIZON} months, got {horizon!r}")
    if not 0 < finite(coverage, "coverage") < 1:
        raise ValueError(f"coverage: expected a fraction above 0 and below 1, got {coverage!r}")


def _values(matrix: pd.DataFrame) -> np.ndarray:
    try:
        values = matrix.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(f"matrix: not numbers: {error}") from error
    if np.isinf(values).any():
        row, column = np.argwhere(np.isinf(values))[0]
        raise ValueError(f"matrix: infinite value of {matrix.index[row]!r} in {matrix.columns[column]!r}")
    return values


def _refuse_partial(numbers: np.ndarray | None, as_of: object) -> None:
    if as_of is None:
        return
    if numbers is None:
        raise ValueError(f"as_of: {as_of!r} says nothing about a series without months")
    day, last = pd.Timestamp(as_of), _label(numbers[-1])  # type: ignore[arg-type]
    if day < last + pd.offsets.MonthEnd(0):
        raise ValueError(
            f"as_of: {last:%Y-%m} is not over on {day:%Y-%m-%d}; leave the partial month out of the series"
        )


def forecast_many(
    matrix: pd.DataFrame | np.ndarray,
    horizon: int,
    coverage: float = 0.8,
    festival: Festival | None = SPRING_FESTIVAL,
    as_of: dt.date | pd.Timestamp | str | None = None,
) -> Forecasts:
    """Return forecasts of many accounts, with intervals that learn from accounts of like size.

    Parameters
    ----------
    matrix
        Accounts × months, whole months that follow one another; 0 is a month
        without sales, missing is not known. Zeros and missing values before the first
        sale are not history. Without months (an array, or columns that
        are whole numbers) the festival is not looked at.
    horizon
        Months ahead, 1 to 24.
    coverage
        Part of the months to come that the interval is to hold.
    festival
        Year -> first day of the Spring Festival, or the factors of (January,
        February); None, or a year that is missing: January and February are ordinary months.
    as_of
        Day of the data: a last month that is not over on it is refused.

    Returns
    -------
    Forecasts
        An account without forecast has missing figures and a reason.

    Raises
    ------
    ValueError
        Months with a gap, a partial last month, an argument out of range.

    Examples
    --------
    >>> months = pd.period_range("2024-01", "2025-12", freq="M")
    >>> sales = pd.DataFrame([[100.0] * 24, [0.0] * 20 + [50.0] * 4], index=["A", "B"], columns=months)
    >>> result = forecast_many(sales, 2, festival=None)
    >>> result.reason.to_dict()
    {'A': '', 'B': 'too_short'}
    >>> result.point.loc["A"].tolist()
    [100.0, 100.0]
    """
    _check(horizon, coverage)
    frame = matrix if isinstance(matrix, pd.DataFrame) else pd.DataFrame(np.atleast_2d(matrix))
    if frame.index.has_duplicates:
        raise ValueError(f"matrix: account {frame.index[frame.index.duplicated()][0]!r} stands in it twice")
    values, numbers = _values(frame), _month_numbers(frame.columns, "matrix")
    _refuse_partial(numbers, as_of)
    accounts, n = values.shape
    following = None if numbers is None else numbers[-1] + 1 + np.arange(horizon)
    unknown = _years_without(festival, numbers, following)
    if unknown:  # adjusting some years and not others would make growth of what is none
        festival = None
    factors = _factors(numbers, n, festival)
    ahead = _factors(following, horizon, festival)
    reasons, starts = _reasons(values)
    usable = np.flatnonzero(reasons == "")
    point, low, high = np.full((3, accounts, horizon), np.nan)
    correlation = np.nan
    if len(usable):
        flat, begin = values[usable] / factors, starts[usable]
        past = np.full((len(usable), n - YEAR, horizon), np.nan)
        expected = np.empty((len(usable), horizon))
        floor = np.empty((len(usable), 1))
        for start in np.unique(begin):
            rows = np.flatnonzero(begin == start)
            history = flat[rows, start:]
            expected[rows], past[rows, start:] = _ahead_and_past(history, horizon)
            floor[rows] = FLOOR * np.abs(history).mean(axis=1, keepdims=True)
        classes = _size_classes(np.abs(flat[:, -YEAR:]).sum(axis=1))
        limits = _calibrate(past, n - begin, classes, coverage)
        around = np.maximum(np.abs(expected), floor)
        least = np.where((flat < 0).any(axis=1), -np.inf, 0.0)[:, None]
        point[usable] = expected * ahead
        low[usable] = np.maximum(expected + limits.low * around, least) * ahead
        high[usable] = (expected + limits.high * around) * ahead
        correlation = limits.correlation
    columns = (
        pd.RangeIndex(1, horizon + 1)
        if numbers is None
        else _following(frame.columns[-1], int(numbers[-1]), horizon)
    ).rename("month")
    return Forecasts(
        *(pd.DataFrame(part, index=frame.index, columns=columns) for part in (low, point, high)),
        reason=pd.Series(reasons, index=frame.index, name="reason"),
        correlation=float(correlation),
        conventions={
            "point": "mean_of_seasonal_naive_and_holt_winters",
            "interval": "conformal_rolling_origin",
            "coverage": coverage,
            "pooled": "size_class" if len(usable) > 1 else "own_errors",
            "spring_festival": numbers is not None and festival is not None,
            "festival_unknown": ", ".join(map(str, unknown)),
            "last_month": None if numbers is None else f"{_label(numbers[-1]):%Y-%m}",
            "partial_months": "refused",
            "negatives": "as_in_history",
        },
    )


def forecast(
    series: pd.Series | Sequence[float],
    horizon: int,
    coverage: float = 0.8,
    festival: Festival | None = SPRING_FESTIVAL,
    as_of: dt.date | pd.Timestamp | str | None = None,
) -> pd.DataFrame:
    """Return the forecast of one series of monthly sales; for many accounts use :func:`forecast_many`.

    Parameters
    ----------
    series
        Whole months, oldest first, with the months as index (periods, dates or ``2026-10``) or without.
    horizon, coverage, festival, as_of
        As in :func:`forecast_many`.

    Returns
    -------
    frame[low, point, high]
        Index: the months ahead, written as in the series, or 1, 2, … where it has none. ``attrs``
        holds ``conventions`` and ``correlation``. One series alone has few errors to
        learn from: among many accounts its interval is better founded.

    Raises
    ------
    ValueError
        Fewer than 24 whole months since the first sale, half of them without
        sales, a month missing, sales that stopped; and as :func:`forecast_many`.

    Examples
    --------
    >>> sales = [90, 70, 100, 95, 100, 105, 97, 97, 105, 102, 103, 106] * 3
    >>> sales[30] = 110  # one month out of line
    >>> ahead = forecast(sales, 2).round(1)
    >>> ahead.columns.tolist(), ahead["point"].tolist()
    (['low', 'point', 'high'], [90.5, 70.4])
    """
    given = series if isinstance(series, pd.Series) else pd.Series(list(series), dtype=object)
    if not len(given):
        raise NotKnown("series: no month in it")
    row = pd.DataFrame([given.to_list()], index=["series"], columns=given.index)
    result = forecast_many(row, horizon, coverage, festival, as_of)
    if reason := result.reason["series"]:
        raise NotKnown(f"series: no forecast from {len(given)} months: {_REASONS[reason]}")
    return result.one("series")


@dataclass(frozen=True, eq=False)
class Adjusted:
    """A forecast with changes by hand on top; both are kept.

    Attributes
    ----------
    table
        frame[low, point, high, change, adjusted]; low, point and high are the statistical forecast, untouched.
    changes
        frame[month, amount, factor, reason, who, date, before, after], in the order applied.
    conventions
        Order of the changes; whose interval it is.
    """

    table: pd.DataFrame
    changes: pd.DataFrame
    conventions: dict[str, object]


def _blank(value: object) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value))


def _place(index: pd.Index, month: object, name: str) -> int:
    """Return where a month, as a person wrote it, stands in the index of a forecast."""
    numbers = _month_numbers(index, "forecast")
    try:
        wanted = [month] if numbers is None else _month_numbers([month], name)
    except ValueError as error:  # text that is no month
        raise NotKnown(str(error)) from error
    if wanted is not None:
        for place, there in enumerate(index if numbers is None else numbers):
            if there == wanted[0]:
                return place
    raise NotKnown(f"{name}: {month!r} is not among the months forecast, {index[0]} to {index[-1]}")


def adjust(forecast: pd.DataFrame, changes: pd.DataFrame | Iterable[Mapping[str, object]]) -> Adjusted:
    """Return the forecast with changes by hand recorded on top of it.

    Parameters
    ----------
    forecast
        frame[low, point, high] of :func:`forecast`.
    changes
        Rows with month, amount (added) or factor (multiplies what stands so far),
        reason, and who and date where they are known. They are applied in the order given.

    Raises
    ------
    ValueError
        A row without a reason, with both an amount and a factor or neither, of a month that is not
        forecast, or that leads below zero.

    Examples
    --------
    >>> frame = pd.DataFrame({"low": [80.0], "point": [100.0], "high": [130.0]}, index=[1])
    >>> done = adjust(frame, [{"month": 1, "amount": 20, "reason": "promotion agreed", "who": "Li", "date": "2026-10-30"}])
    >>> done.table.loc[1, ["point", "adjusted"]].tolist()
    [100.0, 120.0]
    """
    for column in ("low", "point", "high"):
        if column not in forecast.columns:
            raise ValueError(f"forecast: no column {column!r} in {list(forecast.columns)!r}")
    given = changes.to_dict("records") if isinstance(changes, pd.DataFrame) else [dict(c) for c in changes]
    table = forecast[["low", "point", "high"]].copy()
    standing = table["point"].to_numpy(dtype=float, copy=True)
    rows = []
    for number, change in enumerate(given):
        name = f"changes[{number}]"
        reason = change.get("reason")
        if not isinstance(reason, str) or not reason.strip():
            raise NotKnown(f"{name}: no reason given: {reason!r}")
        amount, factor = change.get("amount"), change.get("factor")
        if _blank(amount) == _blank(factor):
            raise NotKnown(f"{name}: give an amount or a factor, got {amount!r} and {factor!r}")
        at = _place(table.index, change.get("month"), f"{name}.month")
        before = float(standing[at])
        after = (
            before * finite(factor, f"{name}.factor")
            if _blank(amount)
            else before + finite(amount, f"{name}.amount")
        )
        if after < 0 <= before:
            raise NotKnown(f"{name}: leads from {before!r} to {after!r}, below zero")
        standing[at] = after
        rows.append(
            {
                "month": table.index[at],
                "amount": np.nan if _blank(amount) else finite(amount, f"{name}.amount"),
                "factor": np.nan if _blank(factor) else finite(factor, f"{name}.factor"),
                "reason": reason,
                "who": None if _blank(change.get("who")) else change["who"],
                "date": None if _blank(change.get("date")) else change["date"],
                "before": before,
                "after": after,
            }
        )
    table["change"] = standing - table["point"]
    table["adjusted"] = standing
    table.attrs = dict(forecast.attrs)
    columns = ["month", "amount", "factor", "reason", "who", "date", "before", "after"]
    return Adjusted(
        table,
        pd.DataFrame(rows, columns=columns),
        {"order": "as_given", "interval": "of_the_statistical_forecast"},
    )


@dataclass(frozen=True)
class Outlook:
    """What a year comes to: months that are known and the forecast of the rest.

    Attributes
    ----------
    year
        The year; where it does not begin in January, the calendar year in which it begins.
    actual, months_actual
        Sum of the months known, and how many they are.
    rest, months_forecast
        Sum of the forecast points of the others, and how many they are.
    low, point, high
        Of the whole year: ``point`` is actual + rest.
    adjusted
        The same with the changes by hand; None where there are none.
    conventions
        ``correlation`` of two months' errors, and how the interval of the sum comes from it.
    """

    year: int
    actual: float
    months_actual: int
    rest: float
    months_forecast: int
    low: float
    point: float
    high: float
    adjusted: float | None
    conventions: dict[str, object]


def year_outlook(
    actual: pd.Series,
    forecast: pd.DataFrame,
    year: int,
    correlation: float | None = None,
    first_month: int = 1,
) -> Outlook:
    """Return the outlook for a full year: actual months, and the forecast of the rest.

    The interval of the sum: with dᵢ the distance from a month's point to its
    limit, the sum's distance is √((1 − ρ)·Σdᵢ² + ρ·(Σdᵢ)²), downwards and
    upwards apart. ρ = 0 takes the months' errors as independent, ρ = 1 adds the limits up.

    Parameters
    ----------
    actual
        Whole months with the months as index.
    forecast
        frame[low, point, high] of the months after them, from :func:`forecast`,
        or the ``table`` of :func:`adjust`.
    year
        The year asked for.
    correlation
        ρ, from 0 to 1; default: the one measured with the forecast (``attrs``).
    first_month
        1 to 12: month in which the year begins.

    Raises
    ------
    ValueError
        A month of the year that is neither known nor forecast, or no correlation.

    Examples
    --------
    >>> actual = pd.Series(100.0, index=pd.period_range("2026-01", "2026-10", freq="M"))
    >>> ahead = pd.DataFrame({"low": [90.0, 70.0], "point": [100.0, 100.0], "high": [120.0, 110.0]},
    ...                      index=pd.DatetimeIndex(["2026-11-01", "2026-12-01"]))
    >>> out = year_outlook(actual, ahead, 2026, correlation=1)
    >>> out.low, out.point, out.high
    (1160.0, 1200.0, 1230.0)
    """
    if not 1 <= first_month <= YEAR:
        raise ValueError(f"first_month: expected 1 to 12, got {first_month!r}")
    known, following = (
        _month_numbers(part.index, name) if len(part) else np.array([], dtype=int)
        for part, name in ((actual, "actual"), (forecast, "forecast"))
    )
    if known is None or following is None:
        raise ValueError("actual, forecast: both need months as index")
    if len(known) and len(following) and following[0] != known[-1] + 1:
        raise ValueError(
            f"forecast: begins with {_label(following[0]):%Y-%m}, the actual months end with {_label(known[-1]):%Y-%m}"
        )
    wanted = year * YEAR + first_month - 1 + np.arange(YEAR)
    absent = np.setdiff1d(wanted, np.concatenate([known, following]))
    if len(absent):
        raise NotKnown(f"year: {_label(absent[0]):%Y-%m} of {year!r} is neither known nor forecast")
    sold = actual.to_numpy(dtype=float, na_value=np.nan)[np.isin(known, wanted)]
    if np.isnan(sold).any():
        raise NotKnown(f"actual: a month of {year!r} is missing")
    rest = forecast.loc[np.isin(following, wanted)]
    rho = forecast.attrs.get("correlation") if correlation is None else correlation
    if rho is None:
        raise ValueError("correlation: the forecast does not carry it; give it, from 0 to 1")
    if not 0 <= finite(rho, "correlation") <= 1:
        raise ValueError(f"correlation: expected 0 to 1, got {rho!r}")
    total, point = float(sold.sum()), float(rest["point"].sum())

    def distance(side: pd.Series) -> float:
        return float(np.sqrt((1 - rho) * (side**2).sum() + rho * side.sum() ** 2))

    return Outlook(
        year=year,
        actual=total,
        months_actual=len(sold),
        rest=point,
        months_forecast=len(rest),
        low=total + point - distance(rest["point"] - rest["low"]),
        point=total + point,
        high=total + point + distance(rest["high"] - rest["point"]),
        adjusted=total + float(rest["adjusted"].sum()) if "adjusted" in rest.columns else None,
        conventions={
            "correlation": float(rho),
            "correlation_from": "measured" if correlation is None else "given",
            "interval_of_sum": "root_of_correlated_distances",
            "first_month": first_month,
        },
    )
