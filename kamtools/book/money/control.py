"""Control of the account's expenses: codes, budget and use, accruals, promotions, returns, closed months."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from typing import Any

import pandas as pd

from kamtools.book.money.account import attempt, known, row_at
from kamtools.book.money.profit import Profit
from kamtools.book.money.results import Promotion
from kamtools.facts.detail import table_rows
from kamtools.finance.control import StopRules, budget_control, burn_up, roll_forward
from kamtools.finance.monthlock import Restatement, late_postings, restatement
from kamtools.finance.names import EXPENSE_LINES
from kamtools.finance.promotion import promotion_pnl
from kamtools.finance.returns import ReturnRules, cut_and_add
from kamtools.show.frames import records
from kamtools.workspace.locks import read_locks


class Control(Profit):
    """Control of the account's expenses: codes, budget and use, accruals, promotions, returns, closed months."""

    # -- 4.M.1, 4.M.3: codes and control ------------------------------------------------------

    @property
    def codes(self) -> pd.DataFrame | None:
        """The findings on the account's expense codes; None where codes are not checked."""
        if self.all.codes is None:
            return None
        found = self.all.codes.findings
        return found[found["account"] == self.account].reset_index(drop=True)

    @cached_property
    def _spent(self) -> pd.DataFrame:
        rows = self.mine(self.portfolio.facts.account_month_activity)
        return rows.assign(month=pd.PeriodIndex(rows["month"], freq="M"))

    def _status(self, status: str) -> pd.DataFrame:
        rows = self._spent
        rows = rows[(rows["status"] == status) & rows["month"].isin(self.year)]
        return rows[["activity", "month", "amount"]].assign(month=rows["month"].astype(str))

    @cached_property
    def _planned(self) -> pd.DataFrame | None:
        """The fiscal year's budget by activity and month, costs positive; None without one."""
        rows = self._budget_rows
        rows = rows[(rows["version"] == "") & (rows["activity"] != "") & rows["line"].isin(EXPENSE_LINES)]
        months = pd.PeriodIndex(rows["month"], freq="M")
        rows = rows[months.isin(self.year)]
        if rows.empty:
            return None
        return pd.DataFrame(
            {
                "activity": rows["activity"].to_numpy(),
                "month": pd.PeriodIndex(rows["month"], freq="M").astype(str),
                "amount": -rows["amount"].to_numpy(dtype=float),
            }
        )

    @cached_property
    def _year_forecast(self) -> pd.DataFrame | None:
        """What each activity will have cost by the end of the year: so far, and the budget of the months left."""
        if self._planned is None:
            return None
        so_far = pd.concat([self._status("actual"), self._status("accrued")])
        rest = self._planned[pd.PeriodIndex(self._planned["month"], freq="M") > self.last]
        return pd.concat([so_far, rest], ignore_index=True)

    @cached_property
    def control(self) -> pd.DataFrame | None:
        """Budget, use and forecast by activity over the fiscal year; None where nothing is budgeted or spent."""
        if self._planned is None and self._spent.empty:
            return None
        rules = StopRules(**self.all.rules.stop.model_dump())
        return attempt(
            lambda: budget_control(
                self._planned,
                self._status("committed"),
                self._status("accrued"),
                self._status("actual"),
                self._year_forecast,
                by=("activity",),
                as_of=str(self.last),
                rules=rules,
            )
        )

    @cached_property
    def burn(self) -> pd.DataFrame | None:
        """Running totals of the fiscal year: budget, committed, accrued, actual, used, forecast."""
        if self._planned is None:
            return None
        return attempt(
            lambda: burn_up(
                self._planned,
                self._status("committed"),
                self._status("accrued"),
                self._status("actual"),
                self._year_forecast,
                as_of=str(self.last),
            )
        )

    @cached_property
    def roll(self) -> pd.DataFrame | None:
        """Accruals carried from month to month over the fiscal year; None where nothing is accrued."""
        rows = self.mine(self.portfolio.facts.account_month_accrual)
        if rows.empty:
            return None
        months = pd.PeriodIndex(rows["month"], freq="M")
        before, inside = rows[months < self.year[0]], rows[months >= self.year[0]]
        opening = math.fsum(before["accrued"]) - math.fsum(before["settled"])
        by = inside.groupby(months[months >= self.year[0]].astype(str))
        if not len(inside):
            return None
        return attempt(lambda: roll_forward(opening, by["accrued"].sum(), by["settled"].sum()))

    @cached_property
    def promotions(self) -> tuple[Promotion, ...]:
        """The account's promotions, the newest first, each with its P&L."""
        facts = self.portfolio.facts.promotions
        own = facts[facts["account"] == self.account].sort_values("start_date", ascending=False)
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
        rows = self.mine(self.portfolio.facts.account_month_category)
        if category:
            rows = rows[rows["category"] == category]
        by = rows.groupby(pd.PeriodIndex(rows["month"], freq="M"))[["quantity", "amount", "cost"]].sum(
            min_count=1
        )
        if by.empty:
            return pd.Series(dtype=float), None, None
        span = pd.period_range(by.index.min(), self.last, freq="M")
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
        rows = self.mine(self.portfolio.facts.account_month_category)
        rows = rows[rows["category"] != category]
        if rows.empty:
            return None
        by = rows.groupby(pd.PeriodIndex(rows["month"], freq="M"))["quantity"].sum(min_count=1)
        return by.reindex(pd.period_range(by.index.min(), self.last, freq="M"), fill_value=0.0)

    @cached_property
    def lift(self) -> pd.Series | None:
        """The account's row among those whose A&P rose: and whether sales followed."""
        table = self.all.lift
        return None if table is None or self.account not in table.index else row_at(table, self.account)

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
                    "incremental": float(gained) * self.all.rules.margin,
                }
            )
        if not rows:
            return None
        rules = ReturnRules(self.all.rules.cut_below, self.all.rules.add_above)
        return cut_and_add(pd.DataFrame(rows), rules=rules)

    # -- month lock ---------------------------------------------------------------------------

    @cached_property
    def locked(self) -> pd.DataFrame:
        """The account's figures of the closed months that are over on the as-of date, as they were closed."""
        frame = read_locks(self.portfolio.workspace, str(self.last))
        return frame[frame["account"] == self.account] if len(frame) else frame

    @cached_property
    def restatement(self) -> Restatement | None:
        """What has changed in closed months since they were closed; None where no month is closed."""
        locked = self.locked
        if not len(locked):
            return None
        closed = sorted({f"{m:%Y-%m}" for m in locked["month"]})
        current = self.pnl_months[self.pnl_months["period"].astype(str).isin(closed)]
        current = current[current["line"].isin(set(locked["line"]))]
        return restatement(
            locked[["month", "line", "amount"]],
            current.rename(columns={"period": "month"})[["month", "line", "amount"]],
            closed=closed,
        )

    @cached_property
    def late(self) -> pd.DataFrame | None:
        """Bookings that came into closed months after they were closed; None where no month is closed."""
        locked = self.locked
        if not len(locked):
            return None
        days: dict[object, object] = {
            f"{m:%Y-%m}": str(at)[:10] for m, at in zip(locked["month"], locked["closed_at"], strict=True)
        }
        rows = table_rows(self.portfolio.workspace, "expenses", self.account, self.portfolio.as_of)
        return late_postings(rows.rename(columns={"posted_date": "posted"}), days)


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
