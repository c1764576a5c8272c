"""Monthly control of money: budget, committed, accrued, actual and forecast; accruals; what stops.

Costs are positive here, as they are booked; in a P&L they are negative. What
is *committed* is agreed and not yet earned, *accrued* earned and not yet
invoiced, *actual* invoiced. An amount is in one of them at a time: remaining =
budget − actual − committed − accrued.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from kamtools.finance.periods import month, monthly, months
from kamtools.finance.prices import finite
from kamtools.finance.sums import strict_sums
from kamtools.notknown import NotKnown

SOURCES = ("budget", "committed", "accrued", "actual", "forecast")
USES = ("actual", "committed", "accrued")
_TINY = 1e-9


@dataclass(frozen=True)
class Accrual:
    """What a term costs so far, and what of it is still to be paid.

    Attributes
    ----------
    liability
        Rate × volume.
    balance
        Liability − settled.
    warnings
        ``more_settled_than_accrued`` where the balance is below zero.
    """

    liability: float
    balance: float
    warnings: tuple[str, ...] = ()


def accrual(rate: float, volume: float, settled: float = 0.0) -> Accrual:
    """Return the liability that has grown, rate × volume, and the balance after what was settled.

    Parameters
    ----------
    rate
        A fraction of sales, or money per unit.
    volume
        Sales, or units: estimated, later invoiced.
    settled
        What was paid or credited of it.

    Raises
    ------
    ValueError
        A rate below zero, or a value that is not a finite number.

    Examples
    --------
    >>> accrual(0.03, 200_000, 4_500)
    Accrual(liability=6000.0, balance=1500.0, warnings=())
    """
    if finite(rate, "rate") < 0:
        raise ValueError(f"rate: expected zero or more, got {rate!r}")
    liability = finite(rate, "rate") * finite(volume, "volume")
    balance = liability - finite(settled, "settled")
    return Accrual(liability, balance, ("more_settled_than_accrued",) if balance < 0 else ())


@dataclass(frozen=True)
class Variance:
    """Actual against budget.

    Attributes
    ----------
    amount
        Actual − budget, whichever is favourable.
    fraction
        Amount ÷ the budget's absolute value; None where the budget is zero.
    favourable
        Whether the difference is a good one; None where there is none.
    convention
        In words of the formula: what the signs mean.
    """

    amount: float
    fraction: float | None
    favourable: bool | None
    convention: str


def variance(actual: float, budget: float, favourable: Literal["higher", "lower"] = "higher") -> Variance:
    """Return actual − budget, as an amount and as a fraction of the budget.

    Parameters
    ----------
    actual, budget
        Of the same thing and period.
    favourable
        ``higher``: more is good (sales, and P&L costs, which are negative); ``lower``: less is good (costs that are positive).

    Raises
    ------
    ValueError
        A value that is not a finite number, or an unknown convention.

    Examples
    --------
    >>> result = variance(110, 100, favourable="lower")
    >>> result.amount, result.fraction, result.favourable, result.convention
    (10.0, 0.1, False, 'actual - budget; lower is favourable')
    """
    if favourable not in ("higher", "lower"):
        raise ValueError(f"favourable: {favourable!r}; allowed: higher, lower")
    planned = finite(budget, "budget")
    amount = finite(actual, "actual") - planned
    return Variance(
        amount=amount,
        fraction=amount / abs(planned) if planned else None,
        favourable=None if amount == 0 else (amount > 0) == (favourable == "higher"),
        convention=f"actual - budget; {favourable} is favourable",
    )


@dataclass(frozen=True)
class StopRules:
    """When spending is to be watched, and when it stops: parts of the budget.

    Attributes
    ----------
    warn_at, stop_at
        Part of the budget that is used (actual, committed and accrued).
    forecast_over
        Part of the budget that the forecast may reach.
    ahead_by
        Part of the budget that may be used before the months that it was planned for.
    """

    warn_at: float = 0.9
    stop_at: float = 1.0
    forecast_over: float = 1.0
    ahead_by: float = 0.1

    def __post_init__(self) -> None:
        for name in ("warn_at", "stop_at", "forecast_over", "ahead_by"):
            if finite(getattr(self, name), name) < 0:
                raise ValueError(f"{name}: expected zero or more, got {getattr(self, name)!r}")
        if self.warn_at > self.stop_at:
            raise ValueError(f"warn_at: {self.warn_at!r} lies above stop_at {self.stop_at!r}")


def _amounts(source: pd.DataFrame, name: str, by: Sequence[str]) -> pd.Series:
    sums = strict_sums(source, name, by)
    below = source["amount"].astype(float) < 0
    if name == "budget" and below.any():
        amount = float(source["amount"][below].iloc[0])
        raise NotKnown(f"budget: amount {amount!r}; costs are positive here, in a P&L negative")
    return sums


def budget_control(
    budget: pd.DataFrame | None,
    committed: pd.DataFrame | None = None,
    accrued: pd.DataFrame | None = None,
    actual: pd.DataFrame | None = None,
    forecast: pd.DataFrame | None = None,
    *,
    by: str | Sequence[str] = ("code",),
    as_of: object = None,
    rules: StopRules | None = None,
) -> pd.DataFrame:
    """Return budget, use and forecast side by side, with what remains and what the stop rules say.

    Parameters
    ----------
    budget, committed, accrued, actual, forecast
        frame[*by, amount] each, costs positive; None: not recorded at all. The
        forecast is of the whole period of the budget.
    by
        The columns that a row stands for: ``code``, ``line``, ``month`` …
    as_of
        A month. With it, the budget's column ``month`` gives what was planned
        until then; actual and accrued amounts of later months are refused.
    rules
        Default: :class:`StopRules` as it stands.

    Returns
    -------
    frame[*by, budget, committed, accrued, actual, forecast, used, remaining, burn, phasing, ahead, status, reason]
        ``used`` = actual + committed + accrued; ``remaining`` = budget − used;
        ``burn`` = used ÷ budget; ``phasing`` = the budget's part planned until `as_of`;
        ``ahead`` = burn − phasing.
        Where a source is recorded, a key without a row has nothing of it, but
        no *budget* and no *forecast* is missing, not zero. An amount that is missing, or a source not
        recorded, makes ``used`` and what follows from it missing.
        ``status``: ``stop``, ``warn``, ``go`` or ``unknown``. ``reason``: ``no_budget``,
        ``used_up``, ``nearly_used``, ``forecast_over``, ``ahead_of_plan``, ``within``,
        ``not_recorded``; the first that holds.

    Raises
    ------
    ValueError
        A missing column or key, a negative budget, amounts after `as_of`.

    Examples
    --------
    >>> budget = pd.DataFrame({"code": ["c1", "c2"], "amount": [100.0, 50.0]})
    >>> spent = pd.DataFrame({"code": ["c1", "c2", "c3"], "amount": [40.0, 48.0, 5.0]})
    >>> none = spent.iloc[:0]
    >>> control = budget_control(budget, none, none, spent)
    >>> control[["code", "remaining", "burn", "status", "reason"]]
      code  remaining  burn status       reason
    0   c1       60.0  0.40     go       within
    1   c2        2.0  0.96   warn  nearly_used
    2   c3        NaN   NaN   stop    no_budget
    """
    keys = [by] if isinstance(by, str) else list(by)
    if not keys:
        raise ValueError(f"by: expected one column or more, got {by!r}")
    given = dict(zip(SOURCES, (budget, committed, accrued, actual, forecast), strict=True))
    if as_of is not None:
        _refuse_later({name: given[name] for name in ("actual", "accrued")}, month(as_of, "as_of"))
    sums = {name: _amounts(frame, name, keys) for name, frame in given.items() if frame is not None}
    if not sums:
        raise NotKnown("budget: no source is recorded at all")
    every = [s.index.to_frame(index=False) for s in sums.values()]
    index_frame = pd.concat(every, ignore_index=True).drop_duplicates().sort_values(keys, ignore_index=True)
    index = pd.MultiIndex.from_frame(index_frame) if len(keys) > 1 else pd.Index(index_frame[keys[0]])
    table = pd.DataFrame(index=index)
    for name in SOURCES:
        if name not in sums:
            table[name] = np.nan
            continue
        values = sums[name].reindex(index)
        table[name] = (
            values.where(values.notna() | index.isin(sums[name].index), 0.0) if name in USES else values
        )
    table["used"] = table["actual"] + table["committed"] + table["accrued"]
    table["remaining"] = table["budget"] - table["used"]
    base = table["budget"].where(table["budget"] > 0)
    table["burn"] = table["used"] / base
    table["phasing"] = np.nan
    if as_of is not None and budget is not None and "month" in budget.columns:
        until = months(budget["month"], "budget.month") <= month(as_of, "as_of")
        planned = _amounts(budget[until], "budget", keys)
        planned = planned.reindex(index).where(index.isin(planned.index), 0.0)
        table["phasing"] = planned / base
    table["ahead"] = table["burn"] - table["phasing"]
    verdicts = [_verdict(row, rules or StopRules(), budget is not None) for row in table.to_dict("records")]
    table["status"] = [status for status, _ in verdicts]
    table["reason"] = [reason for _, reason in verdicts]
    return pd.concat([index_frame, table.reset_index(drop=True)], axis=1)


def _refuse_later(sources: Mapping[str, pd.DataFrame | None], as_of: pd.Period) -> None:
    for name, frame in sources.items():
        if frame is not None and "month" in frame.columns:
            later = months(frame["month"], f"{name}.month") > as_of
            if later.any():
                raise ValueError(f"{name}: {int(later.sum())} rows after as_of {as_of}")


def _verdict(row: Mapping[Hashable, float], rules: StopRules, budgeted: bool) -> tuple[str, str]:
    """Return status and reason of one row; the first rule that holds."""
    known = [row[name] for name in USES if not math.isnan(row[name])]
    used, budget = row["used"], row["budget"]
    if budgeted and (math.isnan(budget) or budget == 0) and any(v > 0 for v in known):
        return "stop", "no_budget"
    if math.isnan(budget):
        return "unknown", "not_recorded"
    # what is known is the least that was used
    least = math.fsum(known) if math.isnan(used) else used
    if budget > 0 and least >= rules.stop_at * budget - _TINY * budget:
        return "stop", "used_up"
    if math.isnan(used):
        return "unknown", "not_recorded"
    if budget > 0 and used >= rules.warn_at * budget - _TINY * budget:
        return "warn", "nearly_used"
    if row["forecast"] > rules.forecast_over * budget * (1 + _TINY):
        return "warn", "forecast_over"
    if row["ahead"] > rules.ahead_by + _TINY:
        return "warn", "ahead_of_plan"
    return "go", "within"


def burn_up(
    budget: pd.DataFrame | None,
    committed: pd.DataFrame | None,
    accrued: pd.DataFrame | None,
    actual: pd.DataFrame | None,
    forecast: pd.DataFrame | None,
    *,
    as_of: object,
) -> pd.DataFrame:
    """Return the running totals month by month: what was planned, what is used, where it will end.

    Parameters
    ----------
    budget, committed, accrued, actual, forecast
        frame[month, amount] each, costs positive; None: not recorded at all.
    as_of
        The last whole month of the actual amounts.

    Returns
    -------
    frame[month, budget, committed, accrued, actual, used, forecast]
        Every month from the first to the last of any source; running totals. A
        month without a row adds nothing; from a missing amount on, its column
        is missing. ``accrued``, ``actual`` and ``used`` end with `as_of`;
        ``committed`` goes on, by the months that were agreed. ``forecast`` is the use so far and from then on the forecast's later months.

    Raises
    ------
    ValueError
        Actual or accrued amounts after `as_of`, a missing column, a negative budget.

    Examples
    --------
    >>> plan = pd.DataFrame({"month": ["2026-01", "2026-02"], "amount": [10.0, 10.0]})
    >>> spent = pd.DataFrame({"month": ["2026-01"], "amount": [12.0]})
    >>> none = spent.iloc[:0]
    >>> burn_up(plan, none, none, spent, plan, as_of="2026-01")[["month", "budget", "used", "forecast"]]
         month  budget  used  forecast
    0  2026-01    10.0  12.0      12.0
    1  2026-02    20.0   NaN      22.0
    """
    at = month(as_of, "as_of")
    given = dict(zip(SOURCES, (budget, committed, accrued, actual, forecast), strict=True))
    _refuse_later({name: given[name] for name in ("actual", "accrued")}, at)
    sums = {}
    for name, frame in given.items():
        if frame is not None:
            totals = _amounts(frame, name, ["month"])
            sums[name] = pd.Series(totals.to_numpy(dtype=float), index=pd.PeriodIndex(totals.index, freq="M"))
    ends = [p for s in sums.values() if len(s) for p in (s.index.min(), s.index.max())]
    if not ends:
        raise NotKnown("budget: no source has a month")
    span = pd.period_range(min(ends), max([*ends, at]), freq="M")
    table = pd.DataFrame(index=span, columns=list(SOURCES), dtype=float)
    steps = {
        name: s.reindex(span).where(span.isin(s.index), 0.0) if len(s) else pd.Series(0.0, index=span)
        for name, s in sums.items()
    }
    for name, step in steps.items():
        table[name] = step.cumsum(skipna=False)
    past = span <= at
    for name in ("accrued", "actual"):
        table[name] = table[name].where(past)
    table["used"] = table[list(USES)].sum(axis=1, skipna=False)
    table["forecast"] = np.nan
    if "forecast" in steps:
        so_far = float(table["used"][past].iloc[-1]) if past.any() else 0.0
        to_come = steps["forecast"].where(~past, 0.0).cumsum(skipna=False)
        table["forecast"] = table["used"].where(past, so_far + to_come)
    order = ["budget", "committed", "accrued", "actual", "used", "forecast"]
    return table[order].reset_index(drop=True).assign(month=span.astype(str))[["month", *order]]


def roll_forward(
    opening: float,
    accrued: Mapping[object, float | None] | pd.Series,
    settled: Mapping[object, float | None] | pd.Series,
    reversed: Mapping[object, float | None] | pd.Series | None = None,
) -> pd.DataFrame:
    """Carry a balance of deductions or accruals from month to month: closing = opening + accrued − settled − reversed.

    Parameters
    ----------
    opening
        The balance before the first month.
    accrued, settled, reversed
        Month -> amount, all positive; a month that is not there had nothing.

    Returns
    -------
    frame[month, opening, accrued, settled, reversed, closing, warning]
        Every month from the first to the last; each opens with the closing
        before it. From a missing amount on, the balance is missing.
        ``warning`` is ``more_settled_than_accrued`` where the closing is below zero.

    Raises
    ------
    ValueError
        No month at all, a negative amount, a month given twice.

    Examples
    --------
    >>> roll_forward(100, {"2026-01": 50, "2026-02": 60}, {"2026-02": 120}, {"2026-02": 10})[["month", "closing"]]
         month  closing
    0  2026-01    150.0
    1  2026-02     80.0
    """
    moves = {
        "accrued": monthly(accrued, "accrued"),
        "settled": monthly(settled, "settled"),
        "reversed": monthly({} if reversed is None else reversed, "reversed"),
    }
    for name, values in moves.items():
        for at, amount in values[values < 0].items():
            raise NotKnown(f"{name}: {float(amount)!r} in {at}; expected zero or more")
    ends = [p for s in moves.values() if len(s) for p in (s.index[0], s.index[-1])]
    if not ends:
        raise NotKnown("accrued: no month in accrued, settled or reversed")
    span = pd.period_range(min(ends), max(ends), freq="M")
    table = pd.DataFrame(
        {name: s.reindex(span).where(span.isin(s.index), 0.0) for name, s in moves.items()}, index=span
    )
    table["closing"] = finite(opening, "opening") + (
        table["accrued"] - table["settled"] - table["reversed"]
    ).cumsum(skipna=False)
    table.insert(0, "opening", table["closing"].shift(1))
    table.iloc[0, 0] = float(opening)
    table.insert(0, "month", span.astype(str))
    table["warning"] = np.where(table["closing"] < -_TINY, "more_settled_than_accrued", "")
    return table.reset_index(drop=True)
