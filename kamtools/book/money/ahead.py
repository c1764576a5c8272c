"""The months ahead of the account, and its P&L by span: actual, planned and forecast."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from kamtools.book.money.account import AccountFacts, attempt, known, row_at
from kamtools.book.money.plan import Plan
from kamtools.book.money.profit import Profit
from kamtools.book.money.results import AccountForecast
from kamtools.book.money.statements import DERIVED, Statement, plan_months, statement
from kamtools.finance.forecasting import adjust, year_outlook
from kamtools.finance.levers import with_capital
from kamtools.finance.names import EXPENSE_LINES, PNL_LINES


@dataclass(frozen=True, eq=False)
class YearAhead:
    """What is expected of the account, beside what was planned and what is."""

    own: AccountFacts
    profit: Profit
    plan: Plan

    @cached_property
    def forecast(self) -> AccountForecast:
        """The forecast of invoiced sales, with the changes by hand on top."""
        every, coverage = self.own.all.forecasts, self.own.all.rules.coverage
        sales = self.own.all.monthly_sales
        history = (
            row_at(sales, self.own.account) if self.own.account in sales.index else pd.Series(dtype=float)
        )
        nothing = pd.DataFrame(columns=["month", "low", "point", "high", "adjusted"])
        reason = str(every.reason.get(self.own.account, "no_sales"))
        if reason:
            return AccountForecast(
                history, nothing, reason, coverage, None, pd.DataFrame(), every.conventions
            )
        base = every.one(self.own.account)
        changes: list[dict[str, Any]] = []
        left_out = 0
        for change in self.own.reasons.get("forecast", []):
            tried = [*changes, {**change, "month": str(change.get("month", ""))[:7]}]
            if attempt(lambda t=tried: adjust(base, t)) is None:
                left_out += 1  # no reason, no such month, no amount: said, and not applied
            else:
                changes = tried
        done = adjust(base, changes)
        table = done.table.rename_axis("month").reset_index()
        outlook = attempt(
            lambda: year_outlook(
                history, done.table, self.own.year_start.year, every.correlation, self.own.start
            )
        )
        columns = ["month", "low", "point", "high", "adjusted"]
        return AccountForecast(
            history, table[columns], "", coverage, outlook, done.changes, every.conventions, left_out
        )

    @cached_property
    def months(self) -> dict[pd.Period, dict[str, float]] | None:
        """The forecast of each month ahead by P&L line; None where sales cannot be forecast.

        Sales as forecast, changes by hand included. Trade money, which is
        booked by the calendar, as budgeted, as the control of expenses has it;
        without a budget at its share of sales in the same month of last year.
        The other lines at their share of sales over the last twelve months.
        """
        table = self.forecast.table
        recent = self.profit.months.iloc[-12:]
        base = float(recent["invoiced_sales"].sum())
        if table.empty or len(recent) < 12 or base <= 0:
            return None
        shares = {str(k): float(v) / base for k, v in recent.sum(min_count=12).items()}
        stock = self.profit.stock_cost.get(str(self.own.last))
        found = {}
        for text, value in zip(table["month"], table["adjusted"], strict=True):
            month, sales = pd.Period(text, freq="M"), float(value)
            amounts = {line: shares[line] * sales for line in PNL_LINES}
            amounts |= {line: self._trade_ahead(line, month, sales, shares[line]) for line in EXPENSE_LINES}
            for subtotal, parts in DERIVED.items():
                amounts[subtotal] = sum(amounts[part] for part in parts)
            capital = known(-shares["capital_receivables"] * sales)
            found[month] = with_capital(amounts, capital, stock)
        return found

    def _trade_ahead(self, line: str, month: pd.Period, sales: float, share: float) -> float:
        """Return what a line of trade money will be in a month ahead."""
        planned = self.plan.budget[line]
        if month in planned.index and planned.notna().any():
            return known(planned.reindex([month]).iloc[0]) or 0.0  # nothing of it is budgeted for this month
        before = self.profit.months.reindex([month - 12]).iloc[0]
        booked, sold = known(before[line]), known(before["invoiced_sales"])
        return share * sales if booked is None or not sold or sold < 0 else booked / sold * sales

    @cached_property
    def estimate(self) -> pd.DataFrame | None:
        """The latest estimate, months × P&L lines: actual months before it begins; None without one."""
        if self.plan.estimate_version is None:
            return None
        own = plan_months(self.plan.rows, self.plan.estimate_version)
        before = self.profit.months[self.profit.months.index < own.index.min()]
        return pd.concat([before, own])

    @cached_property
    def statements(self) -> dict[str, Statement]:
        """Span -> statement, for month, quarter to date, year to date and the full year."""
        made = {
            span: statement(
                span,
                self.profit.months,
                self.plan.budget,
                self.estimate,
                self.own.last,
                self.own.start,
                self.months,
            )
            for span in ("month", "quarter", "ytd", "year")
        }
        if made["year"].conventions["months_forecast"]:
            budgeted = len(self.plan.budget) and self.plan.budget[list(EXPENSE_LINES)].notna().any().any()
            made["year"].conventions["trade_ahead"] = "budget" if budgeted else "last_year"
        return made
