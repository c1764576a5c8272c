"""What the account's promotions and added A&P brought."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from kamtools.book.money.account import AccountFacts, known, row_at
from kamtools.book.money.results import Promotion
from kamtools.finance.promotion import promotion_pnl
from kamtools.finance.returns import ReturnRules, cut_and_add
from kamtools.show.frames import records


@dataclass(frozen=True, eq=False)
class Promoted:
    """What was spent to sell more, and what came of it."""

    own: AccountFacts

    @cached_property
    def promotions(self) -> tuple[Promotion, ...]:
        """The account's promotions, the newest first, each with its P&L."""
        facts = self.own.portfolio.facts.promotions
        own = facts[facts["account"] == self.own.account].sort_values("start_date", ascending=False)
        found = []
        for row in records(own):
            category, start, end = str(row["category"]), row["start_date"], row["end_date"]
            units, profit, price = self._units(category, start)
            if units.empty:
                continue
            pnl = promotion_pnl(
                units,
                (f"{start:%Y-%m}", f"{end:%Y-%m}"),
                unit_profit=profit,
                spend=float(row["spend"]),
                growth=_growth_before(units, start),
                cannibalised=self._other_units(category),
                price_cut=(known(row["price_cut"]) or 0.0) * (price or 0.0),
            )
            if _promoted_a_year_before(row, own):
                pnl = replace(pnl, warnings=(*pnl.warnings, "base_promoted"))
            zh, en = (
                str(v) if isinstance(v, str) else str(row["promotion"])
                for v in (row["name_zh"], row["name_en"])
            )
            found.append(Promotion(str(row["promotion"]), zh, en, category, start, end, pnl))
        return tuple(found)

    def _units(self, category: str, start: pd.Timestamp) -> tuple[pd.Series, float | None, float | None]:
        """Return units by whole month, the profit of a unit and its price over the year before a promotion."""
        rows = self.own.mine(self.own.portfolio.facts.account_month_category)
        if category:
            rows = rows[rows["category"] == category]
        by = rows.groupby(pd.PeriodIndex(rows["month"], freq="M"))[["quantity", "amount", "cost"]].sum(
            min_count=1
        )
        if by.empty:
            return pd.Series(dtype=float), None, None
        span = pd.period_range(by.index.min(), self.own.last, freq="M")
        before = by[by.index < pd.Period(start, freq="M")].iloc[-12:].sum(min_count=1)
        quantity = float(before["quantity"])
        sold = quantity > 0
        profit = (float(before["amount"]) - float(before["cost"])) / quantity if sold else None
        price = float(before["amount"]) / quantity if sold else None
        known = profit is not None and math.isfinite(profit)
        return by["quantity"].reindex(span, fill_value=0.0), profit if known else None, price

    def _other_units(self, category: str) -> pd.Series | float | None:
        """Return the units of the other categories by month; 0 where the promotion is of all of them."""
        if not category:
            return 0.0
        rows = self.own.mine(self.own.portfolio.facts.account_month_category)
        rows = rows[rows["category"] != category]
        if rows.empty:
            return None
        by = rows.groupby(pd.PeriodIndex(rows["month"], freq="M"))["quantity"].sum(min_count=1)
        return by.reindex(pd.period_range(by.index.min(), self.own.last, freq="M"), fill_value=0.0)

    @cached_property
    def lift(self) -> pd.Series | None:
        """The account's row among those whose A&P rose: and whether sales followed."""
        table = self.own.all.lift
        return (
            None if table is None or self.own.account not in table.index else row_at(table, self.own.account)
        )

    @cached_property
    def returns(self) -> pd.DataFrame | None:
        """Spending ranked by its return: each promotion, and the A&P that was added in the last year."""
        rows: list[dict[str, Any]] = [
            {"activity": p.id, "spend": p.pnl.spend, "incremental": p.pnl.incremental_profit}
            for p in self.promotions
            if p.pnl.spend
        ]
        found = self.lift
        if (
            found is not None
            and found["status"] in ("no_lift", "lift", "undecided")
            and found["extra_spend"] > 0
        ):
            gained = (found["growth"] - found["median_growth"]) * found["sales_before"]
            rows.append(
                {
                    "activity": "added_a_and_p",
                    "spend": float(found["extra_spend"]),
                    "incremental": float(gained) * self.own.all.rules.margin,
                }
            )
        if not rows:
            return None
        rules = ReturnRules(self.own.all.rules.cut_below, self.own.all.rules.add_above)
        return cut_and_add(pd.DataFrame(rows), rules=rules)


def _growth_before(units: pd.Series, start: pd.Timestamp) -> float:
    """Return the growth of the units over up to twelve months before a promotion; 0 where less than half a year is there.

    What was known then, against the same months a year earlier: later months
    hold the promotion's own effect.
    """
    before = units[units.index < pd.Period(start, freq="M")]
    months = min(12, len(before) - 12)
    if months < 6:
        return 0.0
    recent, base = before.iloc[-months:].sum(), before.iloc[-months - 12 : len(before) - 12].sum()
    return float(recent) / float(base) - 1 if base > 0 else 0.0


def _promoted_a_year_before(row: dict[str, Any], own: pd.DataFrame) -> bool:
    """Tell whether another promotion of the same goods ran in the months that the baseline is made of."""
    year = pd.DateOffset(years=1)
    since = pd.Period(row["start_date"] - year, freq="M").start_time
    until = pd.Period(row["end_date"] - year, freq="M").end_time
    others = own[own["promotion"] != row["promotion"]]
    if row["category"]:  # without one it is of all goods
        others = others[others["category"].isin({row["category"], ""})]
    return bool(((others["start_date"] <= until) & (others["end_date"] >= since)).any())
