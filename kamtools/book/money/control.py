"""Control of the account's expenses: codes, budget and use, accruals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from kamtools.book.money.account import AccountFacts, attempt
from kamtools.book.money.plan import Plan
from kamtools.finance.control import StopRules, budget_control, burn_up, roll_forward
from kamtools.finance.names import EXPENSE_LINES


@dataclass(frozen=True, eq=False)
class Control:
    """Control of the account's expenses over the fiscal year."""

    own: AccountFacts
    plan: Plan

    @property
    def codes(self) -> pd.DataFrame | None:
        """The findings on the account's expense codes; None where codes are not checked."""
        if self.own.all.codes is None:
            return None
        found = self.own.all.codes.findings
        return found[found["account"] == self.own.account].reset_index(drop=True)

    @cached_property
    def _spent(self) -> pd.DataFrame:
        rows = self.own.mine(self.own.portfolio.facts.account_month_activity)
        return rows.assign(month=pd.PeriodIndex(rows["month"], freq="M"))

    def _status(self, status: str) -> pd.DataFrame:
        rows = self._spent
        rows = rows[(rows["status"] == status) & rows["month"].isin(self.own.year)]
        return rows[["activity", "month", "amount"]].assign(month=rows["month"].astype(str))

    @cached_property
    def _planned(self) -> pd.DataFrame | None:
        """The fiscal year's budget by activity and month, costs positive; None without one."""
        rows = self.plan.rows
        rows = rows[(rows["version"] == "") & (rows["activity"] != "") & rows["line"].isin(EXPENSE_LINES)]
        months = pd.PeriodIndex(rows["month"], freq="M")
        rows = rows[months.isin(self.own.year)]
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
        rest = self._planned[pd.PeriodIndex(self._planned["month"], freq="M") > self.own.last]
        return pd.concat([so_far, rest], ignore_index=True)

    @cached_property
    def control(self) -> pd.DataFrame | None:
        """Budget, use and forecast by activity over the fiscal year; None where nothing is budgeted or spent."""
        if self._planned is None and self._spent.empty:
            return None
        rules = StopRules(**self.own.all.rules.stop.model_dump())
        return attempt(
            lambda: budget_control(
                self._planned,
                self._status("committed"),
                self._status("accrued"),
                self._status("actual"),
                self._year_forecast,
                by=("activity",),
                as_of=str(self.own.last),
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
                as_of=str(self.own.last),
            )
        )

    @cached_property
    def roll(self) -> pd.DataFrame | None:
        """Accruals carried from month to month over the fiscal year; None where nothing is accrued."""
        rows = self.own.mine(self.own.portfolio.facts.account_month_accrual)
        if rows.empty:
            return None
        months = pd.PeriodIndex(rows["month"], freq="M")
        before, inside = rows[months < self.own.year[0]], rows[months >= self.own.year[0]]
        opening = math.fsum(before["accrued"]) - math.fsum(before["settled"])
        by = inside.groupby(months[months >= self.own.year[0]].astype(str))
        if not len(inside):
            return None
        return attempt(lambda: roll_forward(opening, by["accrued"].sum(), by["settled"].sum()))
