"""The account's P&L by month and span, its budget and estimates, and its forecast."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from kamtools.book.money.account import AccountMoney, attempt, known, row_at
from kamtools.book.money.results import AccountForecast
from kamtools.book.money.statements import DERIVED, SPANS, Statement, plan_months, statement
from kamtools.facts.detail import table_rows
from kamtools.finance.forecasting import adjust, year_outlook
from kamtools.finance.levers import with_capital
from kamtools.finance.names import EXPENSE_LINES, FULL_LINES, PNL_LINES
from kamtools.finance.pnl import account_pnl
from kamtools.finance.receivables import open_balances


class Profit(AccountMoney):
    """The account's P&L by month and span, its budget and estimates, and its forecast."""

    # -- 4.M.2, 4.N: the P&L ------------------------------------------------------------------

    @cached_property
    def months(self) -> pd.DataFrame:
        """Whole months × P&L lines, capital and economic profit included; deductions negative."""
        table = self.pnl_months
        if table.empty:
            return pd.DataFrame(columns=list(FULL_LINES), dtype=float)
        wide = table.pivot(index="period", columns="line", values="amount").reindex(columns=list(FULL_LINES))
        wide.index = pd.PeriodIndex(wide.index.astype(str), freq="M")
        span = pd.period_range(wide.index.min(), self.last, freq="M")
        gaps = span[~span.isin(wide.index)]
        if len(gaps):  # a month without a row: nothing was sold, nothing spent
            flows = [line for line in PNL_LINES if wide[line].notna().any()]
            empty = pd.DataFrame(np.nan, index=gaps, columns=wide.columns)
            empty[flows] = 0.0
            wide = pd.concat([wide, empty]).sort_index()
        return wide

    @cached_property
    def pnl_months(self) -> pd.DataFrame:
        """The account's P&L by whole month: frame[line, period, amount, basis]."""
        facts = self.portfolio.facts
        lines = self.mine(facts.account_month)
        if lines.empty:
            return pd.DataFrame(columns=["line", "period", "amount", "basis"])
        expenses = None if facts.account_month_expense.empty else self.mine(facts.account_month_expense)
        service = None if facts.account_month_service.empty else self.mine(facts.account_month_service)
        cost = bool(facts.account_month["cost"].notna().any())
        table = account_pnl(
            lines, expenses, service, self.portfolio.settings.service_rates, cost_recorded=cost
        )
        capital = self.capital_cost
        stock = self.stock_cost
        parts = []
        for period, rows in table.groupby("period", sort=True):
            amounts = dict(zip(rows["line"], rows["amount"], strict=True))
            full = with_capital(amounts, capital.get(str(period)), stock.get(str(period)))
            more = {
                "line": list(FULL_LINES[len(PNL_LINES) :]),
                "period": period,
                "amount": [full[x] for x in FULL_LINES[len(PNL_LINES) :]],
                "basis": ["receivables_x_rate", "stock_x_rate", "derived"],
            }
            parts += [rows, pd.DataFrame(more)]
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def documents(self) -> pd.DataFrame:
        """The account's receivables."""
        frame = self.all.receivables
        return frame[frame["account"] == self.account]

    @cached_property
    def capital_cost(self) -> dict[str, float]:
        """Month -> cost of the capital in receivables: the mean of its two month ends × the rate ÷ 12.

        The last 24 whole months: older documents may have left the records.
        """
        if self.documents.empty or not self.all.knows_payments:
            return {}
        rate = self.portfolio.settings.capital_rate
        span = pd.period_range(self.last - 24, self.last, freq="M")
        dates = [period.end_time.normalize() for period in span]
        ends = open_balances(self.documents, dates, self.all.rules.default_terms).sum().tolist()
        return {str(span[k]): max((ends[k - 1] + ends[k]) / 2, 0.0) * rate / 12 for k in range(1, len(span))}

    @cached_property
    def stock_cost(self) -> dict[str, float]:
        """Month -> cost of the capital in consigned stock, as last recorded before its end."""
        facts = self.portfolio.facts.credit
        own = facts[facts["account"] == self.account].dropna(subset="consigned_stock").sort_values("date")
        if own.empty:
            return {}
        rate = self.portfolio.settings.capital_rate
        found = {}
        for period in pd.period_range(pd.Period(own["date"].iloc[0], freq="M"), self.last, freq="M"):
            known = own[own["date"] <= period.end_time]
            if len(known):
                found[str(period)] = float(known["consigned_stock"].iloc[-1]) * rate / 12
        return found

    @cached_property
    def _budget_rows(self) -> pd.DataFrame:
        return self.mine(self.portfolio.facts.budget, whole_months=False)

    @cached_property
    def budget(self) -> pd.DataFrame:
        """The budget, months × P&L lines; empty where there is none."""
        return plan_months(self._budget_rows, "")

    @cached_property
    def estimate_version(self) -> str | None:
        """The newest estimate: the last by name; None where there is only the budget."""
        versions = sorted(set(self._budget_rows["version"]) - {""})
        return versions[-1] if versions else None

    @cached_property
    def estimate(self) -> pd.DataFrame | None:
        """The latest estimate, months × P&L lines: actual months before it begins; None without one."""
        if self.estimate_version is None:
            return None
        own = plan_months(self._budget_rows, self.estimate_version)
        before = self.months[self.months.index < own.index.min()]
        return pd.concat([before, own])

    @property
    def estimate_begins(self) -> pd.Period:
        """The first month of the latest estimate; months before it are actual."""
        own = self._budget_rows
        own = own[(own["version"] == self.estimate_version) & (own["line"] != "quantity")]
        return pd.Period(own["month"].min(), freq="M")

    def planned(self, version: str) -> frozenset[str]:
        """Return the lines that a version of the budget gives itself."""
        rows = self._budget_rows
        return frozenset(rows.loc[rows["version"] == version, "line"])

    @cached_property
    def ahead(self) -> dict[pd.Period, dict[str, float]] | None:
        """The forecast of each month ahead by P&L line; None where sales cannot be forecast.

        Sales as forecast, changes by hand included. Trade money, which is
        booked by the calendar, as budgeted, as the control of expenses has it;
        without a budget at its share of sales in the same month of last year.
        The other lines at their share of sales over the last twelve months.
        """
        table = self.forecast.table
        recent = self.months.iloc[-12:]
        base = float(recent["invoiced_sales"].sum())
        if table.empty or len(recent) < 12 or base <= 0:
            return None
        shares = {str(k): float(v) / base for k, v in recent.sum(min_count=12).items()}
        stock = self.stock_cost.get(str(self.last))
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
        planned = self.budget[line]
        if month in planned.index and planned.notna().any():
            return known(planned.reindex([month]).iloc[0]) or 0.0  # nothing of it is budgeted for this month
        before = self.months.reindex([month - 12]).iloc[0]
        booked, sold = known(before[line]), known(before["invoiced_sales"])
        return share * sales if booked is None or not sold or sold < 0 else booked / sold * sales

    @cached_property
    def statements(self) -> dict[str, Statement]:
        """Span -> statement, for month, quarter to date, year to date and the full year."""
        made = {
            span: statement(span, self.months, self.budget, self.estimate, self.last, self.start, self.ahead)
            for span in SPANS
        }
        if made["year"].conventions["months_forecast"]:
            budgeted = len(self.budget) and self.budget[list(EXPENSE_LINES)].notna().any().any()
            made["year"].conventions["trade_ahead"] = "budget" if budgeted else "last_year"
        return made

    def drill(self, line: str, month: pd.Period | None = None) -> pd.DataFrame:
        """Return the rows behind a P&L line in a month (default: the last whole one).

        Lines of the ledger for sales and cost, bookings for trade money and A&P,
        quantities for the cost to serve; for a subtotal the rows of all its parts are several
        tables, so its own parts are to be asked for.

        Raises
        ------
        ValueError
            A line that has no rows of its own.
        """
        month = month or self.last
        since, until = month.start_time.date(), min(month.end_time.date(), self.portfolio.as_of)
        space = self.portfolio.workspace
        if line in ("list_sales", "on_invoice", "invoiced_sales", "cost_of_goods"):
            return table_rows(space, "ledger", self.account, until, since)
        if line in EXPENSE_LINES:
            rows = table_rows(space, "expenses", self.account, until, since)
            return rows[(rows["line"] == line) & (rows["status"] != "committed")]
        if line == "cost_to_serve":
            service = self.mine(self.portfolio.facts.account_month_service)
            rows = service[service["month"] == month.start_time].copy()
            rates = self.portfolio.settings.service_rates
            rows["cost"] = rows["quantity"] * rows["driver"].map(rates)
            return rows
        raise ValueError(f"line: {line!r} has no rows of its own; ask for its parts")

    # -- 4.N: forecast ------------------------------------------------------------------------

    @cached_property
    def forecast(self) -> AccountForecast:
        """The forecast of invoiced sales, with the changes by hand on top."""
        every, coverage = self.all.forecasts, self.all.rules.coverage
        sales = self.all.monthly_sales
        history = row_at(sales, self.account) if self.account in sales.index else pd.Series(dtype=float)
        nothing = pd.DataFrame(columns=["month", "low", "point", "high", "adjusted"])
        reason = str(every.reason.get(self.account, "no_sales"))
        if reason:
            return AccountForecast(
                history, nothing, reason, coverage, None, pd.DataFrame(), every.conventions
            )
        base = every.one(self.account)
        changes: list[dict[str, Any]] = []
        left_out = 0
        for change in self.reasons.get("forecast", []):
            tried = [*changes, {**change, "month": str(change.get("month", ""))[:7]}]
            if attempt(lambda t=tried: adjust(base, t)) is None:
                left_out += 1  # no reason, no such month, no amount: said, and not applied
            else:
                changes = tried
        done = adjust(base, changes)
        table = done.table.rename_axis("month").reset_index()
        outlook = attempt(
            lambda: year_outlook(history, done.table, self.year_start.year, every.correlation, self.start)
        )
        columns = ["month", "low", "point", "high", "adjusted"]
        return AccountForecast(
            history, table[columns], "", coverage, outlook, done.changes, every.conventions, left_out
        )
