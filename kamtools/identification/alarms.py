"""Detectors: what a manager should look at first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from kamtools.identification.completeness import PlanCompleteness
from kamtools.identification.fit import DemandSupplyFit, StrategicFit
from kamtools.identification.growth_trend import GrowthReview
from kamtools.identification.profit import ProfitShare
from kamtools.identification.relationships import RelationshipCoverage
from kamtools.identification.swot import CompetitiveProfile
from kamtools.identification.values import Values, by_account, descending

KINDS = (
    "sales_fall",
    "large_loss",
    "fastest_small",
    "terms_out_of_line",
    "single_thread",
    "stale_dossier",
    "gives_without_gets",
    "fit_conflict",
    "too_few_rivals",
)


@dataclass(frozen=True)
class Alarm:
    """One alarm: what, which account, how far over which limit, when.

    ``severity`` is ``high`` or ``watch``; ``details`` are further figures by name.
    """

    kind: str
    account: str
    value: float
    threshold: float
    period: str
    severity: Literal["high", "watch"]
    details: Mapping[str, float] = field(default_factory=dict)


def _spread(values: pd.Series, floor: float) -> float:
    """Return the robust standard deviation (1.4826 × MAD), at least `floor`."""
    known = values.dropna()
    return max(1.4826 * float((known - known.median()).abs().median()), floor)


def _row(table: pd.DataFrame, account: str) -> dict[str, Any]:
    return {str(k): v for k, v in table.loc[account].items()}


def sales_falls(review: GrowthReview) -> list[Alarm]:
    """Return an alarm for every account whose sales fell alarmingly, most money lost first.

    ``value`` is the change of the last months against a year before;
    ``high`` from the alarm's own limit, ``watch`` below it; see :func:`growth_review`.
    """
    limit = float(str(review.conventions["fall_alarm"]))
    alarms = []
    for account in review.falls:
        row = _row(review.table, account)
        change = float(row["recent_change"])
        details = {
            "recent": float(row["recent"]),
            "before": float(row["recent_before"]),
            "expected": float(row["recent_expected"]),
            "z": float(row["recent_z"]),
        }
        severity: Literal["high", "watch"] = "high" if change <= -limit else "watch"
        alarms.append(Alarm("sales_fall", account, change, -limit, review.recent_period, severity, details))
    return alarms


def large_losses(profit: ProfitShare, top: int = 5, period: str = "") -> list[Alarm]:
    """Return an alarm for every account among the `top` by sales whose contribution is below zero.

    ``value`` is the margin (contribution ÷ sales), ``threshold`` zero.
    """
    sold = profit.table["sales"].dropna()
    alarms = []
    for account in descending(sold[sold > 0]).index[:top] if len(sold) else []:
        row = _row(profit.table, account)
        if row["contribution"] < 0:
            details = {"contribution": float(row["contribution"]), "sales": float(row["sales"])}
            alarms.append(Alarm("large_loss", account, float(row["margin"]), 0.0, period, "high", details))
    return alarms


def fastest_small_accounts(review: GrowthReview, most: int = 3, z: float = 3.0) -> list[Alarm]:
    """Return the small accounts that grow out of line with the other small ones, fastest first.

    An account is named where its growth lies `z` robust standard deviations
    or more above the median growth of the small accounts (on logarithms), its
    last months grew as well, and it is among the `most` fastest. ``value`` is
    its growth, ``threshold`` the growth from which an account stands out.
    """
    table = review.table
    small = table[table["small"] & table["status"].isin(["up", "down", "flat"])]
    if len(small) < 5:
        return []
    logs = pd.Series(np.log1p(small["growth"].to_numpy()), index=small.index)
    centre, spread = float(logs.median()), _spread(logs, 0.02)
    limit = float(np.expm1(centre + z * spread))
    alarms = []
    for account in review.fastest_small[:most]:
        row = _row(table, account)
        if row["growth"] >= limit and row["growth"] > 0 and not row["recent_change"] <= 0:
            details = {
                "current": float(row["current"]),
                "previous": float(row["previous"]),
                "z": (float(np.log1p(row["growth"])) - centre) / spread,
                "median": float(np.expm1(centre)),
            }
            alarms.append(
                Alarm("fastest_small", account, float(row["growth"]), limit, review.period, "watch", details)
            )
    return alarms


def terms_out_of_line(
    terms_rate: Values,
    sales: Values,
    groups: Mapping[str, str] | pd.Series | None = None,
    small_below: float = 0.5,
    period: str = "",
    z: float = 3.0,
    least: float = 0.02,
    large_above: float = 0.9,
) -> list[Alarm]:
    """Return the small accounts whose trade terms are out of line with their size, furthest first.

    Parameters
    ----------
    terms_rate
        Trade terms as a part of list (or of invoiced) sales, by account: 0.08 = 8 %.
    sales
        Sales of the same accounts and period.
    groups
        Segment by account: an account is compared with the small accounts of
        its segment where there are at least five, otherwise with all small ones.
    small_below, large_above
        Quantiles of sales: who is small, and who is large.
    z, least
        Alarm from `z` robust standard deviations and `least` points above
        what is usual. ``high`` where the rate also reaches the large accounts' median.

    Examples
    --------
    >>> rates = {f"S{i}": 0.05 + 0.002 * (i % 3) for i in range(10)} | {f"L{i}": 0.15 for i in range(10)}
    >>> size = {f"S{i}": 10.0 + i for i in range(10)} | {f"L{i}": 1000.0 + i for i in range(10)}
    >>> [(a.account, a.severity) for a in terms_out_of_line(rates | {"S4": 0.15}, size)]
    [('S4', 'high')]
    """
    rate, sold = by_account(terms_rate, "terms_rate"), by_account(sales, "sales")
    sold = sold[sold > 0]
    rate = rate[rate.index.isin(sold.index)]
    sold = sold.reindex(rate.index)
    if len(rate) < 10:
        return []
    small = rate[sold < sold.quantile(small_below)]
    large = rate[sold >= sold.quantile(large_above)]
    if len(small) < 5:
        return []
    usual = pd.Series(float(small.median()), index=small.index)
    if groups is not None:
        group = pd.Series(groups).reindex(small.index)
        sizes = group.map(group.value_counts())
        medians = small.groupby(group).transform("median")
        usual = medians.where(sizes >= 5, usual)
    excess = small - usual
    limit = max(z * _spread(excess, 0.002), least)
    large_rate = float(large.median())
    above = descending(excess[excess >= limit])
    return [
        Alarm(
            "terms_out_of_line",
            account,
            float(small[account]),
            float(usual[account] + limit),
            period,
            "high" if small[account] >= large_rate else "watch",
            {
                "usual": float(usual[account]),
                "large": large_rate,
                "excess": float(value),
                "sales": float(sold[account]),
            },
        )
        for account, value in zip(map(str, above.index), above.to_numpy(), strict=True)
    ]


def single_threads(coverages: Mapping[str, RelationshipCoverage], period: str = "") -> list[Alarm]:
    """Return the accounts whose relationship one contact carries alone.

    ``value`` is that contact's share of all touchpoints; ``high`` from 70 %.
    """
    alarms = []
    for account, found in coverages.items():
        if found.single_thread and found.top_share is not None:
            limit = float(str(found.conventions["single_thread"]))
            severity: Literal["high", "watch"] = "high" if found.top_share >= 0.7 else "watch"
            details = {"people": float(len(found.table))}
            alarms.append(Alarm("single_thread", account, found.top_share, limit, period, severity, details))
    return sorted(alarms, key=lambda a: (-a.value, a.account))


def stale_dossiers(
    completeness: Mapping[str, PlanCompleteness], period: str = "", limit: float = 0.5
) -> list[Alarm]:
    """Return the accounts of whose filled fields at least the part `limit` has grown stale."""
    alarms = []
    for account, found in completeness.items():
        filled = int(found.table["filled"].sum())
        if not filled:
            continue
        part = len(found.stale) / filled
        if part >= limit:
            details = {"stale": float(len(found.stale)), "filled": float(filled)}
            alarms.append(Alarm("stale_dossier", account, part, limit, period, "watch", details))
    return sorted(alarms, key=lambda a: (-a.value, a.account))


def gives_without_gets(
    moves: Mapping[str, DemandSupplyFit], period: str = "", limit: float = -0.1
) -> list[Alarm]:
    """Return the accounts to which we give more than we get.

    ``value`` is (worth of the outcomes − cost of the offers) ÷ cost, over
    everything whose cost or worth is known; ``high`` from −50 %.
    """
    alarms = []
    for account, found in moves.items():
        if found.cost <= 0:
            continue
        balance = (found.worth - found.cost) / found.cost
        if balance <= limit:
            severity: Literal["high", "watch"] = "high" if balance <= -0.5 else "watch"
            details = {"cost": found.cost, "worth": found.worth, "unpaid": float(len(found.unpaid))}
            alarms.append(Alarm("gives_without_gets", account, balance, limit, period, severity, details))
    return sorted(alarms, key=lambda a: (a.value, a.account))


def fit_conflicts(fits: Mapping[str, StrategicFit], period: str = "", limit: float = 2.0) -> list[Alarm]:
    """Return the accounts that conflict with the company's strategy; ``value`` is the lowest axis, 1 to 5."""
    return [
        Alarm(
            "fit_conflict",
            account,
            found.minimum,
            limit,
            period,
            "high" if found.minimum <= 1 else "watch",
            {axis: found.scores[axis] for axis in found.conflicts},
        )
        for account, found in sorted(fits.items())
        if found.conflicts
    ]


def too_few_rivals(
    profiles: Mapping[str, CompetitiveProfile], period: str = "", needed: int = 2
) -> list[Alarm]:
    """Return the accounts for which fewer than two rivals are compared: the plan is incomplete."""
    return [
        Alarm("too_few_rivals", account, float(len(found.rivals)), float(needed), period, "watch")
        for account, found in sorted(profiles.items())
        if len(found.rivals) < needed
    ]
