"""What it costs if the largest account, or any other, fails: deterministic, by scenario, and by simulation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kamtools.finance.payment import Signal, early_signals
from kamtools.finance.prices import finite
from kamtools.finance.receivables import DEFAULT_TERMS, Date, Rates, Terms, ageing, day, open_items, vat
from kamtools.notknown import NotKnown


@dataclass(frozen=True)
class Scenario:
    """How an account fails. Money is in one currency; rates are fractions; months count from `as_of`, 1 is the first.

    Attributes
    ----------
    as_of
        The date of the receivables and the last of the P&L.
    share_lost
        Part of the business lost: 1, 0.5, 0.25.
    starts_in, starts_sd
        The month in which it fails, and its standard deviation in the simulation
        (normal, in whole months, never before the first).
    recovery_mean, recovery_sd
        Part of the receivable at risk that is recovered in the end, 0 to 1 (beta; a mean of 0 or 1 is certain).
    recovery_months, recovery_months_sd
        Months from failure until that money comes.
    receivable_share
        Part of the open receivable that is at risk; None: `share_lost`.
    vat_rate, vat_relief
        VAT in the receivable, and the part of the VAT in what is lost that the tax office gives back (0: none).
    stock, stock_recovery
        Stock at the account or made for it alone, at cost, and the part of its cost that others would pay.
    fixed_cost, other_contribution
        Fixed cost of a month, of the whole company, and the contribution of all
        other accounts in a month. None: what is uncovered cannot be said.
    new_contribution
        Monthly contribution of the new business that each month wins.
    limit
        Credit limit with VAT, for the signals; None: not looked at.
    opening_cash
        Cash at `as_of` that is set against the path; 0: the path is the gap to the plan.
    months
        Length of the path.
    pnl_months
        Months of the P&L that make an average month.
    pnl_until
        The last whole month that the P&L knows, 2026-10; None: the month of `as_of`. A month after it is not
        known, one before it without a row sold nothing.
    """

    as_of: Date
    share_lost: float = 1.0
    starts_in: int = 1
    starts_sd: float = 1.0
    recovery_mean: float = 0.2
    recovery_sd: float = 0.1
    recovery_months: int = 12
    recovery_months_sd: float = 3.0
    receivable_share: float | None = None
    vat_rate: float = 0.13
    vat_relief: float = 0.0
    stock: float = 0.0
    stock_recovery: float = 0.0
    fixed_cost: float | None = None
    other_contribution: float | None = None
    new_contribution: float = 0.0
    limit: float | None = None
    opening_cash: float = 0.0
    months: int = 24
    pnl_months: int = 12
    pnl_until: str | None = None


@dataclass(frozen=True, eq=False)
class Stress:
    """What the failure of an account costs.

    Attributes
    ----------
    monthly
        A row for each month after `as_of`: month (first day), revenue_lost,
        contribution_lost, new_contribution, receipts_missed, recovered,
        receivable_at_risk (not yet recovered or written off, at the end),
        fixed_cost_uncovered (missing where it cannot be said), cash_effect, cash.
    losses
        ``revenue`` and ``contribution`` (of the months of the path, before new
        business), ``revenue_month`` and ``contribution_month`` (of a month),
        ``replaced`` (contribution of new business),
        ``receivable`` and ``stock`` (at risk), ``expected_credit_loss`` (receivable not recovered, less
        VAT given back), ``stock_loss``, ``fixed_cost_uncovered`` (missing: None),
        ``expected_loss`` (credit loss + stock loss + contribution − replaced).
    months_to_replace
        Contribution lost ÷ monthly new contribution; None where there is nothing new (see `warnings`)
    signals
        Early signals of the account up to `as_of`.
    simulation
        Index percentile (5, 25, 50, 75, 95 of all runs): ``loss`` and
        ``lowest_cash``; each column has its own order. Two more rows: mean, sd.
    warnings
        ``no_new_contribution``, ``fixed_cost_not_given``,
        ``contribution_not_positive`` (losing this account's business saves money),
        ``few_months`` (the P&L has less than `pnl_months`), ``nothing_open``, ``receivables_not_known``,
        ``recovery_after_the_path``.
    conventions
        Scenario, runs, seed, months of the P&L that made the average.
    """

    monthly: pd.DataFrame
    losses: Mapping[str, float | None]
    months_to_replace: float | None
    signals: Sequence[Signal]
    simulation: pd.DataFrame
    warnings: tuple[str, ...] = ()
    conventions: Mapping[str, object] = field(default_factory=dict)


def _check(scenario: Scenario) -> None:
    for name in ("share_lost", "recovery_mean", "stock_recovery", "vat_relief"):
        if not 0 <= finite(getattr(scenario, name), name) <= 1:
            raise ValueError(f"{name}: expected a fraction from 0 to 1, got {getattr(scenario, name)!r}")
    part = scenario.receivable_share
    if part is not None and not 0 <= finite(part, "receivable_share") <= 1:
        raise ValueError(f"receivable_share: expected a fraction from 0 to 1, got {part!r}")
    vat(scenario.vat_rate)
    for name in ("starts_sd", "recovery_sd", "recovery_months_sd", "stock", "fixed_cost"):
        value = getattr(scenario, name)
        if value is not None and finite(value, name) < 0:
            raise ValueError(f"{name}: expected zero or more, got {value!r}")
    mean, sd = scenario.recovery_mean, scenario.recovery_sd
    if 0 < mean < 1 and sd**2 >= mean * (1 - mean):
        widest = math.sqrt(mean * (1 - mean))
        raise ValueError(f"recovery_sd: {sd!r} is too large for a mean of {mean!r}; below {widest:.4f}")
    for name, least in (("starts_in", 1), ("recovery_months", 0), ("months", 1), ("pnl_months", 1)):
        value = getattr(scenario, name)
        if int(value) != value or value < least:
            raise ValueError(f"{name}: expected whole months from {least}, got {value!r}")


def _average_month(account: str, pnl: pd.DataFrame, scenario: Scenario) -> tuple[float, float, int]:
    """Return net sales and contribution of an average month, and the number of months it stands on."""
    for column in ("line", "period", "amount"):
        if column not in pnl.columns:
            raise ValueError(f"pnl: no column {column!r} in {list(pnl.columns)!r}")
    own = pnl[pnl["account"] == account] if "account" in pnl.columns else pnl
    labels = own["period"].astype(str)
    if not labels.str.fullmatch(r"\d{4}-\d{2}").all():
        raise ValueError(f"pnl: periods are months such as 2026-10, got {sorted(set(labels))[:3]!r}")
    wide = own[own["line"].isin(["net_sales", "contribution"])].pivot(
        index="period", columns="line", values="amount"
    )
    months = pd.PeriodIndex(wide.index.astype(str), freq="M")
    last = pd.Period(scenario.pnl_until or day(scenario.as_of), freq="M")
    wide = wide.set_axis(months).sort_index()
    # a month without a row in the P&L sold nothing
    wanted = pd.period_range(last - scenario.pnl_months + 1, last, freq="M")
    wanted = wanted[wanted >= months.min()] if len(months) else wanted[:0]
    there = wide[wide.index.isin(wanted)]
    if there.empty:
        raise NotKnown(f"pnl: no month of {account!r} from {wanted.min()} to {last}")
    for line in ("net_sales", "contribution"):
        if line not in there.columns or there[line].isna().any():
            raise NotKnown(
                f"pnl: {line} of {account!r} is missing in a month from {there.index[0]} to {last}"
            )
    count = len(wanted)
    return math.fsum(there["net_sales"]) / count, math.fsum(there["contribution"]) / count, count


@dataclass(frozen=True, eq=False)
class _Paths:
    """Paths of all runs: arrays runs × months."""

    contribution: np.ndarray
    replaced: np.ndarray
    missed: np.ndarray
    recovered: np.ndarray
    vat_back: np.ndarray
    stock_sold: np.ndarray
    effect: np.ndarray
    failed: np.ndarray
    credit_loss: np.ndarray  # runs
    write_off: np.ndarray  # month of the recovery, runs


def _paths(
    scenario: Scenario,
    contribution: float,
    receipts: np.ndarray,
    starts: np.ndarray,
    recovery: np.ndarray,
    delay: np.ndarray,
) -> _Paths:
    """Return month by month what a failure does, for each run's start, recovery and delay.

    `receipts` is the plan: what of the receivable at risk would come in each
    month after the failure; what falls beyond the path stands in the last place.
    """
    month = np.arange(1, scenario.months + 1)
    since = month - starts[:, None] + 1  # 1 in the month of failure
    failed = since >= 1
    lost = contribution * scenario.share_lost * failed
    replaced = np.minimum(scenario.new_contribution * np.maximum(since, 0), np.maximum(lost, 0))
    place = np.clip(since - 1, 0, len(receipts) - 1)
    missed = np.where(failed & (since <= len(receipts)), receipts[place], 0.0)
    at_risk = float(receipts.sum())
    comes = starts + delay
    now = month == comes[:, None]
    recovered = at_risk * recovery[:, None] * now
    unpaid = at_risk * (1 - recovery)
    back = unpaid * scenario.vat_rate / (1 + scenario.vat_rate) * scenario.vat_relief
    stock = scenario.stock * scenario.stock_recovery * (month == starts[:, None])
    effect = -lost + replaced - missed + recovered + back[:, None] * now + stock
    return _Paths(
        contribution=lost,
        replaced=replaced,
        missed=missed,
        recovered=recovered,
        vat_back=back[:, None] * now,
        stock_sold=stock,
        effect=effect,
        failed=failed,
        credit_loss=unpaid - back,
        write_off=comes,
    )


def _beta(rng: np.random.Generator, mean: float, sd: float, n: int) -> np.ndarray:
    """Draw fractions with a mean and standard deviation (beta distribution)."""
    if sd == 0 or mean in (0, 1):
        return np.full(n, mean)
    size = mean * (1 - mean) / sd**2 - 1
    return rng.beta(mean * size, (1 - mean) * size, n)


def _whole_months(rng: np.random.Generator, mean: float, sd: float, least: int, n: int) -> np.ndarray:
    return np.maximum(np.rint(rng.normal(mean, sd, n)).astype(int), least)


def stress_top_account(
    account: str,
    pnl: pd.DataFrame,
    receivables: pd.DataFrame | None,
    scenario: Scenario,
    seed: int,
    n: int = 2000,
    default_terms: Terms = DEFAULT_TERMS,
    currency: str | None = None,
    rates: Rates | None = None,
    signals: Sequence[Signal] | None = None,
) -> Stress:
    """Return what it costs if an account fails.

    Parameters
    ----------
    account
        Any account.
    pnl
        frame[line, period, amount] by month, of :func:`kamtools.finance.account_pnl`; with a column
        ``account`` its rows are chosen. Without VAT; net sales and contribution of its last months make an average month.
    receivables, default_terms, currency, rates
        As :func:`kamtools.finance.receivables.documents`; with VAT. Documents of all accounts, or of this one.
        None: what is owed is not known; then neither is the loss on it, nor the cash.
    scenario
        How it fails.
    seed, n
        Of the simulation: the month of failure, the recovery and the months until it comes are drawn.
    signals
        The account's early signals where they are known already; None: they are looked for.

    Notes
    -----
    At failure the receivable is taken to be as large, and to fall due in the same order, as what is open at
    `as_of`, net of credit notes and advances, bills included. Planned receipts: overdue in
    the first month after the failure, the rest in the month it falls due. Lost contribution and
    new business move cash in their own month, before terms of payment. Fixed cost uncovered in a month: fixed cost −
    contribution of the others − what is left of this account's and what is new, not below zero. In the
    simulation a later failure leaves fewer months of lost contribution on the path.

    Raises
    ------
    ValueError
        A value of the scenario out of range, no months in the P&L, a missing contribution.

    Examples
    --------
    >>> pnl = pd.DataFrame({"line": ["net_sales", "contribution"], "period": "2026-10", "amount": [100.0, 30.0]})
    >>> owed = pd.DataFrame({"account": ["A"], "invoice_date": ["2026-10-05"], "due_date": ["2026-11-20"], "amount": [226.0]})
    >>> scenario = Scenario("2026-10-31", recovery_mean=0.25, recovery_sd=0.1, recovery_months=2, new_contribution=10, months=4)
    >>> stress = stress_top_account("A", pnl, owed, scenario, seed=1)
    >>> stress.months_to_replace, stress.losses["expected_credit_loss"], stress.losses["expected_loss"]
    (3.0, 169.5, 199.5)
    >>> stress.monthly["cash"].tolist()
    [-246.0, -256.0, -199.5, -199.5]
    """
    _check(scenario)
    if n < 1:
        raise ValueError(f"n: expected one or more, got {n!r}")
    revenue, contribution, pnl_months = _average_month(account, pnl, scenario)
    known = receivables is not None
    own = receivables if receivables is not None else pd.DataFrame()
    own = own[own["account"] == account] if "account" in own.columns else own
    warnings = []
    receipts = _planned_receipts(own, scenario, default_terms, currency, rates)
    if receipts.sum() <= 0:
        receipts = np.zeros(1)
        warnings.append("nothing_open" if known else "receivables_not_known")
    certain = _paths(
        scenario,
        contribution,
        receipts,
        np.array([scenario.starts_in]),
        np.array([scenario.recovery_mean]),
        np.array([scenario.recovery_months]),
    )
    rng = np.random.default_rng(seed)
    drawn = _paths(
        scenario,
        contribution,
        receipts,
        _whole_months(rng, scenario.starts_in, scenario.starts_sd, 1, n),
        _beta(rng, scenario.recovery_mean, scenario.recovery_sd, n),
        _whole_months(rng, scenario.recovery_months, scenario.recovery_months_sd, 0, n),
    )
    uncovered = _uncovered(scenario, contribution, certain)
    monthly = _monthly(scenario, revenue, receipts, certain, uncovered)
    month_lost = contribution * scenario.share_lost
    stock_loss = scenario.stock * (1 - scenario.stock_recovery)
    lost, replaced = math.fsum(certain.contribution[0]), math.fsum(certain.replaced[0])
    credit_loss = float(certain.credit_loss[0])
    if scenario.new_contribution <= 0:
        warnings.append("no_new_contribution")
    if uncovered is None:
        warnings.append("fixed_cost_not_given")
    if contribution <= 0:
        warnings.append("contribution_not_positive")
    if pnl_months < scenario.pnl_months:
        warnings.append("few_months")
    if certain.write_off[0] > scenario.months:
        warnings.append("recovery_after_the_path")
    if signals is None:
        signals = (
            []
            if own.empty
            else early_signals(
                account,
                own,
                scenario.as_of,
                scenario.limit,
                default_terms=default_terms,
                currency=currency,
                rates=rates,
            )
        )
    simulation = _simulation(scenario, drawn, stock_loss)
    if not known:
        monthly[["receipts_missed", "recovered", "receivable_at_risk", "cash_effect", "cash"]] = np.nan
        simulation[:] = np.nan
    return Stress(
        monthly=monthly,
        losses={
            "revenue": math.fsum(monthly["revenue_lost"]),
            "contribution": lost,
            "revenue_month": revenue * scenario.share_lost,
            "contribution_month": month_lost,
            "replaced": replaced,
            "receivable": float(receipts.sum()) if known else None,
            "stock": float(scenario.stock),
            "expected_credit_loss": credit_loss if known else None,
            "stock_loss": stock_loss,
            "fixed_cost_uncovered": None if uncovered is None else math.fsum(uncovered),
            "expected_loss": math.fsum([credit_loss, stock_loss, lost, -replaced]) if known else None,
        },
        months_to_replace=months_to_replace(month_lost, scenario.new_contribution),
        signals=tuple(signals),
        simulation=simulation,
        warnings=tuple(warnings),
        conventions={
            "scenario": scenario,
            "runs": n,
            "seed": seed,
            "pnl_months": pnl_months,
            "receivable": "open_at_as_of_with_vat",
            "currency": currency,
        },
    )


def months_to_replace(contribution_lost: float, new_contribution: float) -> float | None:
    """Return contribution lost in a month ÷ contribution that each month's new business brings.

    None where nothing new is won; 0 where no contribution is lost.

    Examples
    --------
    >>> months_to_replace(900_000, 60_000), months_to_replace(900_000, 0)
    (15.0, None)
    """
    lost, new = finite(contribution_lost, "contribution_lost"), finite(new_contribution, "new_contribution")
    if lost <= 0:
        return 0.0
    return lost / new if new > 0 else None


def _planned_receipts(
    own: pd.DataFrame, scenario: Scenario, default_terms: Terms, currency: str | None, rates: Rates | None
) -> np.ndarray:
    """Return what would come in each month after `as_of` of the receivable at risk; overdue in the first."""
    if own.empty:
        return np.zeros(1)
    items = open_items(own, scenario.as_of, default_terms, currency, rates)
    net = math.fsum(ageing(own, scenario.as_of, "due", (30, 60, 90), default_terms, currency, rates)["open"])
    owed = items[items["open"] > 0]
    if net <= 0 or owed.empty:
        return np.zeros(1)
    last = day(scenario.as_of).to_period("M").ordinal
    due = owed["due_date"].dt.to_period("M").map(lambda p: p.ordinal).to_numpy(dtype=int)
    ahead = np.maximum(due - last - 1, 0)
    plan = np.bincount(ahead, owed["open"].to_numpy(dtype=float))
    part = scenario.share_lost if scenario.receivable_share is None else scenario.receivable_share
    return plan / plan.sum() * net * part  # credit notes and advances set off in proportion


def _uncovered(scenario: Scenario, contribution: float, path: _Paths) -> np.ndarray | None:
    if scenario.fixed_cost is None or scenario.other_contribution is None:
        return None
    left = contribution - path.contribution[0] + path.replaced[0]
    others = finite(scenario.other_contribution, "other_contribution")
    return np.maximum(scenario.fixed_cost - others - left, 0.0)


def _monthly(
    scenario: Scenario, revenue: float, receipts: np.ndarray, path: _Paths, uncovered: np.ndarray | None
) -> pd.DataFrame:
    first = day(scenario.as_of).to_period("M") + 1
    months = pd.period_range(first, periods=scenario.months, freq="M")
    numbers = np.arange(1, scenario.months + 1)
    settled = numbers >= path.write_off[0]
    at_risk = np.where(path.failed[0] & settled, 0.0, float(receipts.sum()))
    return pd.DataFrame(
        {
            "month": months.to_timestamp(),
            "revenue_lost": revenue * scenario.share_lost * path.failed[0],
            "contribution_lost": path.contribution[0],
            "new_contribution": path.replaced[0],
            "receipts_missed": path.missed[0],
            "recovered": path.recovered[0],
            "receivable_at_risk": at_risk,
            "fixed_cost_uncovered": np.full(scenario.months, np.nan) if uncovered is None else uncovered,
            "cash_effect": path.effect[0],
            "cash": scenario.opening_cash + np.cumsum(path.effect[0]),
        }
    )


def _simulation(scenario: Scenario, path: _Paths, stock_loss: float) -> pd.DataFrame:
    loss = path.credit_loss + stock_loss + (path.contribution - path.replaced).sum(axis=1)
    lowest = scenario.opening_cash + np.minimum(np.cumsum(path.effect, axis=1).min(axis=1), 0.0)
    levels = (5, 25, 50, 75, 95)
    columns = {}
    for name, values in (("loss", loss), ("lowest_cash", lowest)):
        columns[name] = [*np.percentile(values, levels), values.mean(), values.std()]
    index = pd.Index([*(f"p{q:02d}" for q in levels), "mean", "sd"], name="percentile")
    return pd.DataFrame(columns, index=index)
