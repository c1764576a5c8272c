"""Growth trend of all accounts, like for like, with the alarm where sales fell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamtools.identification.retention import RetentionBridge, retention_bridge
from kamtools.identification.values import Note, descending
from kamtools.identification.windows import (
    FEBRUARY,
    JANUARY,
    Comparison,
    Grid,
    Window,
    compare,
    grid,
    label,
    ordinal,
    whole,
)

LEAST_PAIRS = 6  # pairs of years that a trend needs
LEAST_HISTORY = 4  # earlier windows that an account's own noise needs
PEER_WINDOWS = 4  # the peers' noise counts as much as so many windows of the account's own
FLOOR = 0.02  # of the account's usual sales: below this, sales of a window count as this much


@dataclass(frozen=True, eq=False)
class GrowthReview:
    """Growth of all accounts.

    Attributes
    ----------
    table
        Index account:

        current, previous : sales of the two windows
        growth : current ÷ previous − 1; missing where previous is not above zero
        cagr, cagr_years : compound growth a year over the whole years that
            the account has, and how many years lie between first and last
        trend : robust trend a year (seasonal Theil–Sen: median growth between
            the same months of different years); trend_agreement: the part of
            the pairs that point the same way
        evolution_index : against the market
        recent, recent_before, recent_change : the last months against the same months a year before
        recent_expected : the change that was to be expected: the account's own
            usual change, and what moved everybody
        recent_z : how unusual the change is for this account: its distance
            from the expected one in robust standard deviations of the
            account's own earlier changes
        status : ``new`` (no row at all before), ``no_base`` (traded before, but sales of the window before are
            not above zero: bought and sent back, or paused), ``started`` (began inside the previous
            window: its growth compares a part with a whole), ``lost`` (bought
            nothing now), ``up``, ``down``, ``flat``, ``none`` (no sales in either)
        small : previous sales below the quantile `small_below`
    bridge
        Retention between the windows; None without sales before.
    falls
        Accounts whose sales fell alarmingly, most money lost first.
    fastest, fastest_small
        Accounts that grew most, of all and of the small ones; ``new`` and
        ``started`` accounts are not ranked.
    period, previous_period, recent_period, recent_before_period
        ``2025-11..2026-10``; empty where no comparable period exists.
    notes
        What was done to compare like with like.
    """

    table: pd.DataFrame
    bridge: RetentionBridge | None
    falls: tuple[str, ...]
    fastest: tuple[str, ...]
    fastest_small: tuple[str, ...]
    total_current: float | None
    total_previous: float | None
    total_growth: float | None
    market_growth: float | None
    period: str
    previous_period: str
    recent_period: str
    recent_before_period: str
    conventions: dict[str, object]
    notes: tuple[Note, ...]


def _ratio(current: np.ndarray, previous: np.ndarray) -> np.ndarray:
    result = np.full(len(current), np.nan)
    np.divide(current, previous, out=result, where=previous > 0)
    return result - 1


def _starts(data: Grid) -> np.ndarray:
    """Return each account's first month with sales; within the first three months it counts as there all along."""
    bought = data.amounts > 0
    first = np.where(bought.any(axis=1), bought.argmax(axis=1), data.amounts.shape[1])
    return np.where(first < 3, 0, first) + data.first


def _cagr(data: Grid, end: int, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return CAGR between the account's first and last whole year, and the years between."""
    years = np.maximum((end - starts + 1) // 12, 0)
    result = np.full(len(starts), np.nan)
    if end - 11 < data.first:
        return result, np.zeros(len(starts))
    last = data.total(Window(end - 11, end))
    for n in range(2, int(years.max(initial=0)) + 1):
        first = data.total(Window(end - 12 * n + 1, end - 12 * (n - 1)))
        rows = (years == n) & (first > 0) & (last >= 0)
        result[rows] = (last[rows] / first[rows]) ** (1 / (n - 1)) - 1
    return result, np.where(np.isnan(result), 0, years - 1).astype(float)


def _joined(data: Grid, spring_festival: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return amounts and month numbers with January and February as one (as January)."""
    months = np.arange(data.first, data.last + 1)
    if not spring_festival:
        return data.amounts, months
    amounts = data.amounts.copy()
    pairs = np.flatnonzero(months[:-1] % 12 == JANUARY)
    amounts[:, pairs] += amounts[:, pairs + 1]
    keep = months % 12 != FEBRUARY
    if months[-1] % 12 == JANUARY:  # without its February
        keep[-1] = False
    return amounts[:, keep], months[keep]


def _trend(data: Grid, spring_festival: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the seasonal Theil–Sen growth a year on logarithms, and the agreement of the pairs."""
    amounts, months = _joined(data, spring_festival)
    logs = np.full(amounts.shape, np.nan)
    np.log(amounts, out=logs, where=amounts > 0)
    slopes = [
        (logs[:, j] - logs[:, i]) / ((months[j] - months[i]) / 12)
        for i in range(len(months))
        for j in range(i + 1, len(months))
        if (months[j] - months[i]) % 12 == 0
    ]
    trend, agreement = np.full((2, len(amounts)), np.nan)
    if not slopes:
        return trend, agreement
    table = np.column_stack(slopes)
    rows = (~np.isnan(table)).sum(axis=1) >= LEAST_PAIRS
    if rows.any():
        slope = np.nanmedian(table[rows], axis=1)
        same = np.sign(table[rows]) == np.sign(slope)[:, None]
        trend[rows] = np.expm1(slope)
        agreement[rows] = (same & ~np.isnan(table[rows])).sum(axis=1) / (~np.isnan(table[rows])).sum(axis=1)
    return trend, agreement


def _median(table: np.ndarray, axis: int, least: int) -> np.ndarray:
    """Return medians of the known values; missing where there are fewer than `least`."""
    table = np.moveaxis(table, axis, -1)
    known = (~np.isnan(table)).sum(axis=-1) >= least
    result = np.full(table.shape[0], np.nan)
    if known.any():
        result[known] = np.nanmedian(table[known], axis=-1)
    return result


def _log_change(data: Grid, window: Window, usual: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return ln(sales ÷ sales a year before) of a window; missing for accounts that had not begun."""
    before = window.earlier(12)
    floor = np.where(usual > 0, usual, np.nan) * window.months * FLOOR
    change = np.log(np.maximum(data.total(window), floor) / np.maximum(data.total(before), floor))
    return np.where(starts <= before.start, change, np.nan)


def _surprise(
    data: Grid, window: Window, starts: np.ndarray, spring_festival: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return the change that was to be expected of each account, and the distance from it in robust sd."""
    width = window.months
    lived = np.maximum(data.last - starts + 1, 1)
    usual = np.maximum(data.amounts, 0).sum(axis=1) / lived
    ends = range(window.end - width, data.first + 12 + width - 2, -1)
    history = [
        w
        for w, notes in (whole(e, width, spring_festival) for e in ends)
        if not notes and w.start - 12 >= data.first
    ]
    columns = [_log_change(data, w, usual, starts) for w in (window, *history)]
    table = np.column_stack(columns)
    everybody = np.zeros(table.shape[1])
    if len(table) >= 10:
        everybody = np.nan_to_num(_median(table, 0, 5))
        table = table - everybody
    past = table[:, 1:]
    centre = _median(past, 1, LEAST_HISTORY)
    own = 1.4826 * _median(np.abs(past - centre[:, None]), 1, LEAST_HISTORY)
    if np.isnan(own).all():  # no two years to compare: how much such windows vary at all
        past, own = _plain_variation(data, width, usual, starts)
        centre = np.zeros(len(own))
    if np.isnan(own).all():
        return np.full(len(own), np.nan), np.full(len(own), np.nan)
    peers = float(np.nanmedian(own))
    weight = np.where(np.isnan(own), 0.0, (~np.isnan(past)).sum(axis=1) / width)
    variance = (weight * np.nan_to_num(own) ** 2 + PEER_WINDOWS * peers**2) / (weight + PEER_WINDOWS)
    expected = np.nan_to_num(centre) * weight / (weight + 2)
    z = (table[:, 0] - expected) / np.sqrt(np.maximum(variance * (1 + 1 / (weight + 1)), FLOOR**2))
    return np.expm1(expected + everybody[0]), z


def _plain_variation(
    data: Grid, width: int, usual: np.ndarray, starts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the logs of all windows' sales, and the noise of a difference of two of them (season included)."""
    floor = np.where(usual > 0, usual, np.nan) * width * FLOOR
    columns = []
    for start in range(data.first, data.last - width + 2):
        sums = np.log(np.maximum(data.total(Window(start, start + width - 1)), floor))
        columns.append(np.where(starts <= start, sums, np.nan))
    table = np.column_stack(columns)
    centre = _median(table, 1, LEAST_HISTORY)
    return table, np.sqrt(2) * 1.4826 * _median(np.abs(table - centre[:, None]), 1, LEAST_HISTORY)


def _status(table: pd.DataFrame, data: Grid, window: Window, started: np.ndarray, flat: float) -> np.ndarray:
    """Return the state of trade: of the rows, as a sum of zero may be a purchase and its return."""
    current, previous, growth = (table[c].to_numpy(dtype=float) for c in ("current", "previous", "growth"))
    had, has = previous > 0, current > 0
    buys, before = has | data.any_bought(window), data.traded_before(window.start)
    moved = np.where(np.abs(growth) <= flat, "flat", np.where(growth > 0, "up", "down"))
    stayed = np.where(started, "started", moved)
    choices = [had & buys, had, buys & before, has]
    return np.select(choices, [stayed, "lost", "no_base", "new"], "none").astype(object)


def _market_growth(
    market: object, windows: Comparison
) -> tuple[float | None, pd.Series | None, tuple[Note, ...]]:
    """Return the market's growth, or the growth of each account's own market."""
    if market is None or windows.current is None or windows.previous is None:
        return None, None, ()
    if isinstance(market, pd.Series):
        return None, market.astype(float), ()
    if isinstance(market, pd.DataFrame):
        stamps = pd.DatetimeIndex(pd.to_datetime(market["month"]))
        sums = pd.Series(market["amount"].to_numpy(dtype=float), index=stamps.year * 12 + stamps.month - 1)
        monthly = sums.dropna().groupby(level=0).sum()
        both = [monthly.reindex(range(w.start, w.end + 1)) for w in (windows.current, windows.previous)]
        if any(part.isna().any() for part in both) or both[1].sum() <= 0:
            return None, None, (Note("market_incomplete", {"period": windows.current.text}),)
        return float(both[0].sum() / both[1].sum() - 1), None, ()
    return float(market), None, ()  # type: ignore[arg-type]


def growth_review(
    account_month: pd.DataFrame,
    last_month: dt.date | pd.Timestamp | str,
    months: int = 12,
    spring_festival: bool = True,
    fall_months: int = 3,
    fall_alarm: float = 0.4,
    market: float | pd.Series | pd.DataFrame | None = None,
    small_below: float = 0.5,
    first_month: dt.date | pd.Timestamp | str | None = None,
    fall_z: float = 2.5,
    flat: float = 0.02,
) -> GrowthReview:
    """Return growth, trend, retention and falls of all accounts, comparing only like with like.

    Parameters
    ----------
    account_month
        frame[account, month, amount], and ``gross``, what was bought before returns, where it is known;
        a month without a row has no sales.
    last_month
        The last whole month; later rows are left out.
    months
        Length of the windows compared, with the same calendar months before.
    spring_festival
        January and February only together: a window that would end with
        January ends in December, one that would begin with February begins in January.
    fall_months, fall_alarm, fall_z
        Alarm where the last `fall_months` are below the same months a year
        before (by a quarter of `fall_alarm` or more), below what was to be
        expected by half of `fall_alarm` or more, and this is unusual for the
        account: ``recent_z`` at or below −`fall_z`. From `fall_alarm` on the fall is severe.
    market
        Growth of the market: a rate, a Series by account, or frame[month,
        amount] from which it is derived for the same windows.
    small_below
        Quantile of the previous window's sales below which an account is small.
    first_month
        First whole month of the data; default: the first month in it. Give it
        where the data begin inside a month.
    flat
        Growth up to so much either way counts as flat.

    Raises
    ------
    ValueError
        A missing column, no amount up to `last_month`, a setting out of range.

    Examples
    --------
    >>> months = pd.date_range("2024-11-01", "2026-10-01", freq="MS")
    >>> sales = pd.DataFrame({"account": "A", "month": months, "amount": [100.0] * 12 + [120.0] * 12})
    >>> review = growth_review(sales, "2026-10-01")
    >>> round(review.table.loc["A", "growth"].item(), 4), review.period, review.previous_period
    (0.2, '2025-11..2026-10', '2024-11..2025-10')
    """
    for name, value, ok in (
        ("months", months, months >= 1),
        ("fall_months", fall_months, fall_months >= 1),
        ("fall_alarm", fall_alarm, 0 < fall_alarm <= 1),
        ("small_below", small_below, 0 <= small_below <= 1),
    ):
        if not ok:
            raise ValueError(f"{name}: out of range: {value!r}")
    last = ordinal(last_month)
    data, notes = grid(account_month, last, None if first_month is None else ordinal(first_month))
    starts = _starts(data)
    windows = compare(last, months, data.first, spring_festival)
    recents = compare(last, fall_months, data.first, spring_festival)
    nothing = np.full(len(data.accounts), np.nan)

    table = pd.DataFrame(index=data.accounts)
    current, previous = (nothing if w is None else data.total(w) for w in windows[:2])
    table["current"], table["previous"] = current, previous
    table["growth"] = _ratio(current, previous)
    year, year_notes = whole(last, 12, spring_festival)
    table["cagr"], table["cagr_years"] = _cagr(data, year.end, starts)
    table["trend"], table["trend_agreement"] = _trend(data, spring_festival)
    overall, own_market, market_notes = _market_growth(market, windows)
    against = nothing if overall is None else np.full(len(nothing), overall)
    if own_market is not None:
        against = own_market.reindex(data.accounts).to_numpy(dtype=float)
    table["evolution_index"] = 100 * (1 + table["growth"]) / np.where(against > -1, 1 + against, np.nan)
    recent, before = (nothing if w is None else data.total(w) for w in recents[:2])
    table["recent"], table["recent_before"] = recent, before
    table["recent_change"] = _ratio(recent, before)
    table["recent_expected"], table["recent_z"] = nothing, nothing
    if recents.current is not None:
        expected, z = _surprise(data, recents.current, starts, spring_festival)
        table["recent_expected"], table["recent_z"] = expected, z
    table["status"] = "none"
    table["small"] = False
    if windows.previous is not None:
        began = (starts > windows.previous.start + 2) & (starts <= windows.previous.end)
        table["status"] = _status(table, data, windows.current or windows.previous, began, flat)
        customers = previous[previous > 0]
        if len(customers):
            table["small"] = (previous > 0) & (previous < np.quantile(customers, small_below))

    total, total_before = (None if w is None else float(np.sum(data.total(w))) for w in windows[:2])
    settled = table["growth"].where(table["status"].isin(["up", "down", "flat", "lost"])).dropna()
    growing = descending(settled[settled > 0])
    small = growing[table["small"].reindex(growing.index).to_numpy(dtype=bool)]
    return GrowthReview(
        table=table,
        bridge=retention_bridge(table["previous"], table["current"]) if (previous > 0).any() else None,
        falls=_falls(table, fall_alarm, fall_z),
        fastest=tuple(growing.index[:5]),
        fastest_small=tuple(small.index[:5]),
        total_current=total,
        total_previous=total_before,
        total_growth=total / total_before - 1
        if total is not None and total_before and total_before > 0
        else None,
        market_growth=overall,
        period=windows.current.text if windows.current else "",
        previous_period=windows.previous.text if windows.previous else "",
        recent_period=recents.current.text if recents.current else "",
        recent_before_period=recents.previous.text if recents.previous else "",
        conventions={
            "months": windows.current.months if windows.current else 0,
            "months_asked": months,
            "spring_festival": spring_festival,
            "trend": "seasonal_theil_sen",
            "fall_months": recents.current.months if recents.current else 0,
            "fall_alarm": fall_alarm,
            "fall_z": fall_z,
            "small_below": small_below,
            "negatives": "keep",
            "first_month": label(data.first),
            "last_month": label(data.last),
        },
        notes=_unique((*notes, *windows.notes, *recents.notes, *year_notes, *market_notes)),
    )


def _unique(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    kept: list[Note] = []
    for note in notes:
        if note not in kept:
            kept.append(note)
    return tuple(kept)


def _falls(table: pd.DataFrame, fall_alarm: float, fall_z: float) -> tuple[str, ...]:
    change, z = table["recent_change"], table["recent_z"]
    short = (1 + change) / (1 + table["recent_expected"]) - 1  # of what was to be expected
    fell = (change <= -fall_alarm / 4) & (short <= -fall_alarm / 2) & (z <= -fall_z)
    fell |= (change <= -fall_alarm) & z.isna()  # nothing to measure its noise by
    money = (table["recent_before"] - table["recent"])[fell]
    return tuple(descending(money).index)
