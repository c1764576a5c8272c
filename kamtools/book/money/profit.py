"""The account's P&L by month, the rows behind it, and what a change does to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from kamtools.book.money.account import AccountFacts, attempt
from kamtools.facts.detail import table_rows
from kamtools.finance.levers import WhatIf, what_if, with_capital
from kamtools.finance.names import EXPENSE_LINES, FULL_LINES, PNL_LINES
from kamtools.finance.pnl import account_pnl
from kamtools.finance.receivables import open_balances


@dataclass(frozen=True, eq=False)
class Profit:
    """The account's P&L of whole months, capital included."""

    own: AccountFacts

    @cached_property
    def months(self) -> pd.DataFrame:
        """Whole months × P&L lines, capital and economic profit included; deductions negative."""
        table = self.pnl_months
        if table.empty:
            return pd.DataFrame(columns=list(FULL_LINES), dtype=float)
        wide = table.pivot(index="period", columns="line", values="amount").reindex(columns=list(FULL_LINES))
        wide.index = pd.PeriodIndex(wide.index.astype(str), freq="M")
        span = pd.period_range(wide.index.min(), self.own.last, freq="M")
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
        facts = self.own.portfolio.facts
        lines = self.own.mine(facts.account_month)
        if lines.empty:
            return pd.DataFrame(columns=["line", "period", "amount", "basis"])
        expenses = None if facts.account_month_expense.empty else self.own.mine(facts.account_month_expense)
        service = None if facts.account_month_service.empty else self.own.mine(facts.account_month_service)
        cost = bool(facts.account_month["cost"].notna().any())
        table = account_pnl(
            lines, expenses, service, self.own.portfolio.settings.service_rates, cost_recorded=cost
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
    def capital_cost(self) -> dict[str, float]:
        """Month -> cost of the capital in receivables: the mean of its two month ends × the rate ÷ 12.

        The last 24 whole months: older documents may have left the records.
        """
        if self.own.documents.empty or not self.own.all.knows_payments:
            return {}
        rate = self.own.portfolio.settings.capital_rate
        span = pd.period_range(self.own.last - 24, self.own.last, freq="M")
        dates = [period.end_time.normalize() for period in span]
        ends = open_balances(self.own.documents, dates, self.own.all.rules.default_terms).sum().tolist()
        return {str(span[k]): max((ends[k - 1] + ends[k]) / 2, 0.0) * rate / 12 for k in range(1, len(span))}

    @cached_property
    def stock_cost(self) -> dict[str, float]:
        """Month -> cost of the capital in consigned stock, as last recorded before its end."""
        facts = self.own.portfolio.facts.credit
        own = facts[facts["account"] == self.own.account].dropna(subset="consigned_stock").sort_values("date")
        if own.empty:
            return {}
        rate = self.own.portfolio.settings.capital_rate
        found = {}
        for period in pd.period_range(pd.Period(own["date"].iloc[0], freq="M"), self.own.last, freq="M"):
            known = own[own["date"] <= period.end_time]
            if len(known):
                found[str(period)] = float(known["consigned_stock"].iloc[-1]) * rate / 12
        return found

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
        month = month or self.own.last
        since, until = month.start_time.date(), min(month.end_time.date(), self.own.portfolio.as_of)
        space = self.own.portfolio.workspace
        if line in ("list_sales", "on_invoice", "invoiced_sales", "cost_of_goods"):
            return table_rows(space, "ledger", self.own.account, until, since)
        if line in EXPENSE_LINES:
            rows = table_rows(space, "expenses", self.own.account, until, since)
            return rows[(rows["line"] == line) & (rows["status"] != "committed")]
        if line == "cost_to_serve":
            service = self.own.mine(self.own.portfolio.facts.account_month_service)
            rows = service[service["month"] == month.start_time].copy()
            rates = self.own.portfolio.settings.service_rates
            rows["cost"] = rows["quantity"] * rows["driver"].map(rates)
            return rows
        raise ValueError(f"line: {line!r} has no rows of its own; ask for its parts")

    @cached_property
    def year_amounts(self) -> dict[str, float] | None:
        """The P&L of the last twelve whole months; None where they are not whole."""
        recent = self.months.iloc[-12:]
        if len(recent) < 12:
            return None
        sums = {x: math.fsum(recent[x]) if recent[x].notna().all() else math.nan for x in FULL_LINES}
        known = recent["capital_stock"].dropna()
        if len(known) and math.isnan(sums["capital_stock"]):  # recorded since a while only
            sums["capital_stock"] = float(known.mean()) * 12
            sums["economic_profit"] = (
                sums["contribution"] + sums["capital_receivables"] + sums["capital_stock"]
            )
        return sums

    def what_if(
        self,
        price: float = 0.0,
        terms: float = 0.0,
        a_and_p: float = 0.0,
        service: float = 0.0,
        days: float = 0.0,
    ) -> WhatIf | None:
        """Return what a change does to the P&L of the last twelve months; None where that is not whole."""
        amounts, settings = self.year_amounts, self.own.portfolio.settings
        if amounts is None:
            return None
        return attempt(
            lambda: what_if(
                amounts,
                price,
                terms,
                a_and_p,
                service,
                days,
                capital_rate=settings.capital_rate,
                vat_rate=settings.vat_rate,
            )
        )
