"""Where spending brings something: A&P without lift, where to cut and where to add."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamtools.finance.periods import month, months
from kamtools.finance.prices import finite
from kamtools.finance.sums import strict_sums
from kamtools.notknown import NotKnown

LEAST_ACCOUNTS = 8  # for what is usual among accounts
WINDOW = 12  # months, so that the season is the same on both sides


@dataclass(frozen=True)
class LiftRules:
    """When more spending counts as such, and what has to follow it.

    Attributes
    ----------
    margin
        What a unit of sales leaves before A&P, a fraction: by it the sales
        are known that extra spending needs.
    least_rise
        The spend rate must have risen by so much of sales.
    rise_in_noise
        And by so many robust standard deviations of all accounts' changes.
    growth_in_noise
        Growth may be off by so many standard errors.
    least_months
        Months with sales that an account needs in either year.
    """

    margin: float = 0.35
    least_rise: float = 0.01
    rise_in_noise: float = 4.0
    growth_in_noise: float = 2.0
    least_months: int = 9

    def __post_init__(self) -> None:
        if not 0 < finite(self.margin, "margin") <= 1:
            raise ValueError(f"margin: expected a fraction above 0, at most 1, got {self.margin!r}")
        for name in ("least_rise", "rise_in_noise", "growth_in_noise"):
            if finite(getattr(self, name), name) < 0:
                raise ValueError(f"{name}: expected zero or more, got {getattr(self, name)!r}")
        if not 1 <= self.least_months <= WINDOW:
            raise ValueError(f"least_months: expected 1 to {WINDOW}, got {self.least_months!r}")


def _wide(frame: pd.DataFrame, name: str, span: pd.PeriodIndex) -> pd.DataFrame:
    """Accounts × months; a month with a missing amount, or without a row, is missing."""
    wide = strict_sums(frame, name, ["account", "month"]).unstack("month")
    wide.columns = pd.PeriodIndex(wide.columns, freq="M")
    return wide.reindex(columns=span)


def lift_by_account(
    sales: pd.DataFrame, spend: pd.DataFrame, *, as_of: object, rules: LiftRules | None = None
) -> pd.DataFrame:
    """Find accounts whose spending rose while their sales did not follow.

    The twelve months to `as_of` against the twelve before. The extra spend
    is what goes beyond last year's rate; the growth that it needs is extra
    spend ÷ margin, as a part of last year's sales. An account's growth is
    counted from the growth of the median account, and its standard error
    is taken from how much its months differ from those of a year before, when
    each month has grown as the median account's (a festival that moves is no noise).
    With fewer than 8 accounts there is no median to compare with: an account is compared with itself alone.

    Parameters
    ----------
    sales, spend
        frame[account, month, amount]; spend is positive, and a month
        without a row had none (in sales it had none either, and does not count as a month with sales).
    as_of
        The last month; both years must lie in the months of `sales`.
    rules
        Default: :class:`LiftRules` as it stands.

    Returns
    -------
    frame[account, sales_before, sales, spend_before, spend, rate_before, rate, rise, extra_spend,
    growth, median_growth, needed_growth, standard_error, status]
        By account. ``status``: ``no_lift`` (spending rose, growth stayed below what it
        needs, by more than chance), ``lift`` (it exceeded it by more than
        chance), ``undecided`` (within chance), ``no_rise``, ``not_judged`` (too few months with sales, or an amount is missing).

    Raises
    ------
    ValueError
        A missing column, or `sales` without the 24 months to `as_of`.

    Examples
    --------
    >>> span = pd.period_range("2024-11", "2026-10", freq="M").astype(str)
    >>> sales = pd.DataFrame([(a, m, 100.0) for a in "ABC" for m in span], columns=["account", "month", "amount"])
    >>> spend = sales.assign(amount=5.0)
    >>> spend.loc[(spend["account"] == "B") & (spend["month"] >= "2025-11"), "amount"] = 12.0
    >>> lift_by_account(sales, spend, as_of="2026-10").set_index("account")["status"].to_dict()
    {'A': 'no_rise', 'B': 'no_lift', 'C': 'no_rise'}
    """
    chosen, last = rules or LiftRules(), month(as_of, "as_of")
    span = pd.period_range(last - 2 * WINDOW + 1, last, freq="M")
    sold = _wide(sales, "sales", span)
    first = months(sales["month"], "sales.month").min() if len(sales) else None
    if first is None or first > span[0] or sold.iloc[:, -1].notna().sum() == 0:
        raise NotKnown(f"sales: expected the months {span[0]} to {last}, got from {first}")
    spent = _wide(spend, "spend", span).reindex(sold.index)
    before, now = sold.iloc[:, :WINDOW], sold.iloc[:, WINDOW:]
    gaps = _accounts_with_gaps(spend, span) | _accounts_with_gaps(sales, span)
    table = pd.DataFrame(index=sold.index)
    table["sales_before"], table["sales"] = before.sum(axis=1), now.sum(axis=1)
    table["spend_before"] = spent.iloc[:, :WINDOW].sum(axis=1)
    table["spend"] = spent.iloc[:, WINDOW:].sum(axis=1)
    judged = (
        (before.notna().sum(axis=1) >= chosen.least_months)
        & (now.notna().sum(axis=1) >= chosen.least_months)
        & (table["sales_before"] > 0)
        & (table["sales"] > 0)
        & ~table.index.isin(list(gaps))
    )
    base, sales_now = table["sales_before"].where(judged), table["sales"].where(judged)
    table["rate_before"] = table["spend_before"] / base
    table["rate"] = table["spend"] / sales_now
    table["rise"] = table["rate"] - table["rate_before"]
    table["extra_spend"] = table["spend"] - table["rate_before"] * table["sales"]
    table["growth"] = sales_now / base - 1
    many = int(judged.sum()) >= LEAST_ACCOUNTS
    table["median_growth"] = table["growth"].median() if many else 0.0
    table["needed_growth"] = table["extra_spend"] / chosen.margin / base
    table["standard_error"] = _growth_error(before[judged], now[judged], many).reindex(table.index) / base
    rise = table["rise"]
    usual = rise.median() if many else 0.0
    noise = 1.4826 * (rise - usual).abs().median() if many else 0.0
    rose = (rise >= chosen.least_rise) & (rise - usual >= chosen.rise_in_noise * noise)
    gained = table["growth"] - table["median_growth"]
    chance = chosen.growth_in_noise * table["standard_error"]
    missed = gained + chance < table["needed_growth"]
    followed = gained - chance >= table["needed_growth"]
    table["status"] = np.select(
        [~judged, ~rose, followed, missed], ["not_judged", "no_rise", "lift", "no_lift"], "undecided"
    )
    return table.reset_index()


def _growth_error(before: pd.DataFrame, now: pd.DataFrame, many: bool) -> pd.Series:
    """Return the standard error of a year's sales: what an account's months differ from the median account's growth."""
    earlier, later = before.to_numpy(), now.to_numpy()
    both = ~np.isnan(earlier) & ~np.isnan(later) & (earlier > 0)
    ratios = pd.DataFrame(np.where(both, later / np.where(both, earlier, 1.0), np.nan))
    apart = pd.DataFrame(
        np.where(both, later - earlier * ratios.median().to_numpy(), np.nan), index=before.index
    )
    return apart.std(axis=1) * np.sqrt(apart.notna().sum(axis=1))


def _accounts_with_gaps(frame: pd.DataFrame, span: pd.PeriodIndex) -> set[object]:
    inside = months(frame["month"]).isin(span)
    return set(frame.loc[inside & frame["amount"].isna().to_numpy(), "account"])


@dataclass(frozen=True)
class ReturnRules:
    """Below which return money is taken away, and from which it is added: contribution for one of spend.

    Attributes
    ----------
    cut_below, add_above
        Returns; between them spending stays as it is.
    least_change
        A marginal return is only read from a change in spend of at least this part of it.
    """

    cut_below: float = 1.0
    add_above: float = 1.2
    least_change: float = 0.05

    def __post_init__(self) -> None:
        for name in ("cut_below", "add_above", "least_change"):
            if finite(getattr(self, name), name) < 0:
                raise ValueError(f"{name}: expected zero or more, got {getattr(self, name)!r}")
        if self.cut_below > self.add_above:
            raise ValueError(f"cut_below: {self.cut_below!r} lies above add_above {self.add_above!r}")


def cut_and_add(table: pd.DataFrame, *, rules: ReturnRules | None = None) -> pd.DataFrame:
    """Rank spending by its return, with a suggestion for each row.

    Parameters
    ----------
    table
        frame[…, spend, incremental] with ``spend_before`` and ``incremental_before`` where they
        are known: what was spent on each activity (all other columns name it), and the
        contribution that it brought before the spend; and both in the period before.
    rules
        Default: :class:`ReturnRules` as it stands.

    Returns
    -------
    frame[…, average_return, marginal_return, return, basis, suggestion, rank]
        ``average_return`` = incremental ÷ spend; ``marginal_return`` = change of incremental ÷
        change of spend. ``return`` is the ``marginal`` one where it is known, else the ``average``: ``basis``
        says which. ``suggestion``: ``add``, ``keep``, ``cut`` or ``not_known``. What is not known is ranked
        last, without a rank; it is neither good nor bad.

    Raises
    ------
    ValueError
        A missing column, a negative spend.

    Examples
    --------
    >>> table = pd.DataFrame({"activity": ["TP", "CP", "AP"], "spend": [100.0, 50.0, 80.0], "incremental": [150.0, 20.0, None]})
    >>> cut_and_add(table)[["activity", "return", "basis", "suggestion"]]
      activity  return    basis suggestion
    0       TP     1.5  average        add
    1       CP     0.4  average        cut
    2       AP     NaN     none  not_known
    """
    chosen = rules or ReturnRules()
    for column in ("spend", "incremental"):
        if column not in table.columns:
            raise ValueError(f"table: no column {column!r} in {list(table.columns)!r}")
    out = table.copy()
    figures = {
        name: out[name].astype(float) if name in out.columns else pd.Series(math.nan, index=out.index)
        for name in ("spend", "incremental", "spend_before", "incremental_before")
    }
    for name in ("spend", "spend_before"):
        if (figures[name] < 0).any():
            raise ValueError(f"{name}: {float(figures[name].min())!r}; expected zero or more")
    spend, change = figures["spend"], figures["spend"] - figures["spend_before"]
    out["average_return"] = figures["incremental"] / spend.where(spend > 0)
    larger = np.maximum(spend, figures["spend_before"])
    readable = (change.abs() >= chosen.least_change * larger) & (change != 0)
    out["marginal_return"] = (figures["incremental"] - figures["incremental_before"]) / change.where(readable)
    out["return"] = out["marginal_return"].fillna(out["average_return"])
    out["basis"] = np.select(
        [out["marginal_return"].notna(), out["average_return"].notna()], ["marginal", "average"], "none"
    )
    out["suggestion"] = np.select(
        [out["return"].isna(), out["return"] < chosen.cut_below, out["return"] >= chosen.add_above],
        ["not_known", "cut", "add"],
        "keep",
    )
    out["rank"] = out["return"].rank(ascending=False, method="min")
    return out.sort_values("return", ascending=False, kind="stable", na_position="last", ignore_index=True)
