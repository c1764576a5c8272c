"""What a promotion brought: baseline, lift, what other products and later periods lost, profit and return."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from kamtools.finance.prices import finite
from kamtools.notknown import NotKnown

Baseline = Literal["same_months_last_year", "median_of_other_months", "regression"]
BASELINES: tuple[Baseline, ...] = ("same_months_last_year", "median_of_other_months", "regression")
LEAST_OTHER_PERIODS = 6  # for a baseline, and to know how much it varies by itself


def promotion_roi(
    incremental_units: float, unit_profit: float, spend: float, basis: Literal["ratio", "net"] = "ratio"
) -> float:
    """Return what a promotion brought for what was spent.

    Parameters
    ----------
    incremental_units
        Units above the baseline, less those taken from other products and later periods.
    unit_profit
        Profit of a unit before the spend.
    spend
        All that the promotion cost.
    basis
        ``ratio``: incremental profit ÷ spend, 1 is break-even. ``net``: (incremental profit − spend) ÷ spend, 0 is break-even.

    Raises
    ------
    ValueError
        Spend not above zero, an unknown basis, a value that is not a finite number.

    Examples
    --------
    >>> promotion_roi(1_000, 6, 5_000), promotion_roi(1_000, 6, 5_000, basis="net")
    (1.2, 0.2)
    """
    if basis not in ("ratio", "net"):
        raise ValueError(f"basis: {basis!r}; allowed: ratio, net")
    cost = finite(spend, "spend")
    if cost <= 0:
        raise NotKnown(f"spend: expected above zero, got {spend!r}")
    profit = finite(incremental_units, "incremental_units") * finite(unit_profit, "unit_profit")
    return profit / cost if basis == "ratio" else (profit - cost) / cost


@dataclass(frozen=True)
class PromotionPnl:
    """The P&L of a promotion. A figure that cannot be said is None.

    Attributes
    ----------
    units, baseline
        Units sold in the promotion's periods, and those expected without it.
    gross_lift, lift
        Units above the baseline, and as a part of it.
    cannibalised, forward_bought
        Units that other products lost, and that later periods lost. None: not known, and left out.
    incremental
        Gross lift − cannibalised − forward bought.
    incremental_profit
        Incremental units × unit profit, before the spend.
    spend
        The fixed spend and the price cut on all units sold.
    roi_ratio, roi_net
        Incremental profit ÷ spend, and (incremental profit − spend) ÷ spend.
    break_even_units, break_even_lift
        The incremental units at which the promotion pays for itself, and as a part of the baseline.
    noise
        By how many units the promotion's periods would differ from the baseline anyway (one standard deviation).
    verdict
        ``pays``, ``does_not_pay``, ``undecided`` (break-even lies within two
        standard deviations) or ``no_conclusion`` (the warnings say why).
    warnings
        ``few_other_periods``, ``no_last_year``, ``promotion_period_missing``,
        ``forward_window_incomplete``, ``cannibalisation_not_known``, ``forward_buying_not_known``,
        ``unit_profit_not_known``, ``price_cut_takes_the_unit_profit``, ``no_spend``, ``baseline_not_above_zero``.
    conventions
        The baseline, the periods of each window, how many other periods it stands on.
    """

    units: float | None
    baseline: float | None
    gross_lift: float | None
    lift: float | None
    cannibalised: float | None
    forward_bought: float | None
    incremental: float | None
    incremental_profit: float | None
    spend: float | None
    roi_ratio: float | None
    roi_net: float | None
    break_even_units: float | None
    break_even_lift: float | None
    noise: float | None
    verdict: str
    warnings: tuple[str, ...]
    conventions: dict[str, object]


@dataclass(frozen=True, eq=False)
class _Expected:
    """What was to be expected without the promotion, period by period, and how sure that is."""

    values: pd.Series
    deviation: float | None  # of one period
    others: int
    warnings: tuple[str, ...]


def _periods(units: pd.Series, name: str, frequency: str) -> pd.Series:
    """Return the series by period, every period from first to last; those that are not there are missing."""
    if not isinstance(units, pd.Series) or units.empty:
        raise ValueError(f"{name}: expected a Series of units by period, got {units!r}")
    try:
        if isinstance(units.index, pd.PeriodIndex):
            index = units.index
        else:
            index = pd.PeriodIndex(pd.to_datetime(units.index.astype(str)), freq=frequency)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: no periods: {list(units.index[:3])!r}") from error
    values = pd.Series(
        [np.nan if v is None else _finite_or_missing(v, name) for v in units.tolist()], index=index
    )
    if index.has_duplicates:
        raise ValueError(f"{name}: period {index[index.duplicated()][0]} is given twice")
    return values.reindex(pd.period_range(index.min(), index.max(), freq=index.freq))


def _finite_or_missing(value: object, name: str) -> float:
    """Return a finite float, or NaN for a missing value."""
    return math.nan if pd.isna(value) else finite(value, name)  # type: ignore[call-overload]


def _window(window: Sequence[object], index: pd.PeriodIndex) -> pd.PeriodIndex:
    if isinstance(window, str) or len(window) != 2:
        raise ValueError(f"window: expected the first and the last period, got {window!r}")
    try:
        first, last = (
            w if isinstance(w, pd.Period) else pd.Period(str(w), freq=index.freqstr) for w in window
        )
    except ValueError as error:
        raise ValueError(f"window: no periods: {window!r}") from error
    if first > last:
        raise ValueError(f"window: {first} lies after {last}")
    return pd.period_range(first, last, freq=index.freq)


def _joined(inside: pd.PeriodIndex, after: pd.PeriodIndex) -> pd.PeriodIndex:
    return pd.PeriodIndex(inside.append(after))


def _last_year(series: pd.Series, wanted: pd.PeriodIndex, others: pd.PeriodIndex, growth: float) -> _Expected:
    step = 12 if str(wanted.freqstr).startswith("M") else 52
    values = pd.Series((series.reindex(wanted - step) * (1 + growth)).to_numpy(), index=wanted)
    own, before = series.reindex(others), series.reindex(others - step) * (1 + growth)
    gaps = own.to_numpy() - before.to_numpy()
    gaps = gaps[~np.isnan(gaps)]
    enough = len(gaps) >= LEAST_OTHER_PERIODS
    deviation = float(np.sqrt(np.mean(gaps**2))) if enough else None
    warnings = () if enough else ("few_other_periods",)
    if values.isna().any():
        warnings = (*warnings, "no_last_year")
    return _Expected(values, deviation, len(gaps), warnings)


def _from_others(
    series: pd.Series, wanted: pd.PeriodIndex, others: pd.PeriodIndex, baseline: str
) -> _Expected:
    known = series.reindex(others).dropna()
    if len(known) < LEAST_OTHER_PERIODS:
        return _Expected(pd.Series(np.nan, index=wanted), None, len(known), ("few_other_periods",))
    if baseline == "median_of_other_months":
        values = pd.Series(float(known.median()), index=wanted)
        # the usual robust standard deviation; where most values are equal, the plain one
        deviation = 1.4826 * float((known - known.median()).abs().median()) or float(known.std())
    else:
        place = known.index.astype("int64").to_numpy(dtype=float)
        middle = place.mean()
        slope, level = np.polyfit(place - middle, known.to_numpy(), 1)
        values = pd.Series(
            level + slope * (wanted.astype("int64").to_numpy(dtype=float) - middle), index=wanted
        )
        rest = known.to_numpy() - (level + slope * (place - middle))
        deviation = float(np.sqrt((rest**2).sum() / (len(known) - 2)))
    return _Expected(values, deviation, len(known), ())


def promotion_pnl(
    units: pd.Series,
    window: Sequence[object],
    *,
    unit_profit: float | None,
    spend: float,
    baseline: Baseline | float | pd.Series = "same_months_last_year",
    growth: float = 0.0,
    cannibalised: float | pd.Series | None = None,
    forward_periods: int | None = 1,
    price_cut: float = 0.0,
    frequency: Literal["M", "W"] = "M",
) -> PromotionPnl:
    """Return the P&L of a promotion.

    Parameters
    ----------
    units
        Units by month (or week), the history before the promotion and the periods after it. A
        period that is not there is missing, not zero.
    window
        The first and the last period of the promotion.
    unit_profit
        Profit of a unit at the usual price; None: not known.
    spend
        What the promotion cost, without the price cut.
    baseline
        What would have been sold without it: ``same_months_last_year`` (× 1 + `growth`; 52 weeks
        earlier for weeks), ``median_of_other_months`` and ``regression`` (a
        straight line) of all periods outside the promotion and the forward window; or units a period.
    growth
        Growth since last year that the account has anyway, a fraction.
    cannibalised
        Units that other products lost; or their units by period, of
        which the shortfall against the same kind of baseline is taken. None: not known.
    forward_periods
        So many periods after the promotion are looked at for what was only bought earlier. 0: there is none; None: not known.
    price_cut
        Money per unit off the price, on every unit sold in the window.
    frequency
        What a period is where `units` is not indexed by periods: a month or a week.

    Raises
    ------
    ValueError
        A window that is no window, a negative spend, price cut or number of
        periods, units that are not numbers.

    Examples
    --------
    >>> months = pd.period_range("2024-07", "2026-06", freq="M")
    >>> units = pd.Series([100.0] * 24, index=months)
    >>> units["2026-04"], units["2026-05"] = 180, 80
    >>> pnl = promotion_pnl(units, ("2026-04", "2026-04"), unit_profit=5, spend=200, cannibalised=10)
    >>> pnl.gross_lift, pnl.forward_bought, pnl.incremental, pnl.roi_ratio, pnl.verdict
    (80.0, 20.0, 50.0, 1.25, 'pays')
    """
    cut, fixed = finite(price_cut, "price_cut"), finite(spend, "spend")
    for name, value in (("price_cut", cut), ("spend", fixed)):
        if value < 0:
            raise ValueError(f"{name}: expected zero or more, got {value!r}")
    if forward_periods is not None and (isinstance(forward_periods, bool) or forward_periods < 0):
        raise ValueError(f"forward_periods: expected zero or more, got {forward_periods!r}")
    series = _periods(units, "units", frequency)
    inside = _window(window, pd.PeriodIndex(series.index))
    after = pd.period_range(inside[-1] + 1, periods=forward_periods or 0, freq=inside.freq)
    expected = _expected(series, _joined(inside, after), baseline, finite(growth, "growth"), len(inside))
    warnings = list(expected.warnings)

    sold = _total(series.reindex(inside))
    base = _total(expected.values.reindex(inside))
    if sold is None:
        warnings.append("promotion_period_missing")
    if base is not None and base <= 0:
        warnings.append("baseline_not_above_zero")
    gross = None if sold is None or base is None else sold - base
    forward = _forward_bought(series, expected, after, forward_periods, warnings)
    taken = _cannibalised(cannibalised, inside, after, baseline, growth, frequency, warnings)
    incremental = None if gross is None else gross - (taken or 0.0) - (forward or 0.0)
    margin = None if unit_profit is None else finite(unit_profit, "unit_profit")
    if margin is None:
        warnings.append("unit_profit_not_known")
    profit = None if incremental is None or margin is None else incremental * margin
    cost = None if sold is None and cut > 0 else fixed + cut * (sold or 0.0)
    if cost == 0:
        warnings.append("no_spend")
    ratio = profit / cost if profit is not None and cost else None
    needed = None
    if margin is not None and base is not None:
        if margin > cut:
            needed = (fixed + cut * base) / (margin - cut)
        else:
            warnings.append("price_cut_takes_the_unit_profit")
    noise = None if expected.deviation is None else expected.deviation * math.sqrt(len(inside))
    given = not isinstance(baseline, str)
    return PromotionPnl(
        units=sold,
        baseline=base,
        gross_lift=gross,
        lift=gross / base if gross is not None and base is not None and base > 0 else None,
        cannibalised=taken,
        forward_bought=forward,
        incremental=incremental,
        incremental_profit=profit,
        spend=cost,
        roi_ratio=ratio,
        roi_net=None if ratio is None else ratio - 1,
        break_even_units=needed,
        break_even_lift=needed / base if needed is not None and base is not None and base > 0 else None,
        noise=noise,
        verdict=_verdict(profit, cost, margin, cut, 0.0 if given else noise),
        warnings=tuple(dict.fromkeys(warnings)),
        conventions={
            "baseline": "given" if given else baseline,
            "growth": growth if isinstance(baseline, str) and baseline == BASELINES[0] else None,
            "window": (str(inside[0]), str(inside[-1])),
            "forward_window": (str(after[0]), str(after[-1])) if len(after) else None,
            "other_periods": expected.others,
            "spend": "fixed spend + price cut x units sold",
        },
    )


def _expected(
    series: pd.Series,
    wanted: pd.PeriodIndex,
    baseline: Baseline | float | pd.Series,
    growth: float,
    first: int,
) -> _Expected:
    """Return the baseline of the wanted periods; the first ones are the promotion's."""
    others = pd.PeriodIndex(series.index.difference(wanted))
    if isinstance(baseline, str):
        if baseline not in BASELINES:
            raise ValueError(f"baseline: {baseline!r}; allowed: {', '.join(BASELINES)}, or units a period")
        if baseline == "same_months_last_year":
            return _last_year(series, wanted, others, growth)
        return _from_others(series, wanted, others, baseline)
    if isinstance(baseline, pd.Series):
        values = _periods(baseline, "baseline", str(wanted.freqstr)).reindex(wanted)
        absent = values.index[:first][values.iloc[:first].isna().to_numpy()]
        if len(absent):
            raise NotKnown(f"baseline: nothing for {absent[0]}")
        return _Expected(values, None, 0, ())
    return _Expected(pd.Series(finite(baseline, "baseline"), index=wanted), None, 0, ())


def _total(values: pd.Series) -> float | None:
    return None if values.empty or values.isna().any() else math.fsum(values)


def _forward_bought(
    series: pd.Series,
    expected: _Expected,
    after: pd.PeriodIndex,
    forward_periods: int | None,
    warnings: list[str],
) -> float | None:
    if forward_periods is None:
        warnings.append("forward_buying_not_known")
        return None
    if forward_periods == 0:
        return 0.0
    sold, base = _total(series.reindex(after)), _total(expected.values.reindex(after))
    if sold is None or base is None:
        warnings.append("forward_window_incomplete")
        return None
    return max(base - sold, 0.0)


def _cannibalised(
    others: float | pd.Series | None,
    inside: pd.PeriodIndex,
    after: pd.PeriodIndex,
    baseline: Baseline | float | pd.Series,
    growth: float,
    frequency: str,
    warnings: list[str],
) -> float | None:
    if isinstance(others, pd.Series):
        if not isinstance(baseline, str):
            raise ValueError(
                "cannibalised: units by period need a named baseline; give the units lost instead"
            )
        series = _periods(others, "cannibalised", frequency)
        expected = _expected(series, _joined(inside, after), baseline, growth, len(inside))
        sold, base = _total(series.reindex(inside)), _total(expected.values.reindex(inside))
        if sold is not None and base is not None:
            return max(base - sold, 0.0)
        others = None
    if others is None:
        warnings.append("cannibalisation_not_known")
        return None
    lost = finite(others, "cannibalised")
    if lost < 0:
        raise ValueError(f"cannibalised: expected zero or more, got {others!r}")
    return lost


def _verdict(
    profit: float | None, cost: float | None, margin: float | None, cut: float, noise: float | None
) -> str:
    """Say whether profit exceeds cost by more than noise: a unit by chance brings its margin, less the cut."""
    if profit is None or margin is None or noise is None or not cost:
        return "no_conclusion"
    gain, doubt = profit - cost, 2 * noise * abs(margin - cut)
    if abs(gain) < doubt or (gain == 0 and doubt > 0):
        return "undecided"
    return "pays" if gain >= 0 else "does_not_pay"
