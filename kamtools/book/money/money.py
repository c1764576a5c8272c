"""All that is known of one account's money: which part says what, and what each part stands on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamtools.book.money.account import AccountFacts
from kamtools.book.money.ahead import YearAhead
from kamtools.book.money.closed import Closed
from kamtools.book.money.control import Control
from kamtools.book.money.failure import Failure
from kamtools.book.money.plan import Plan
from kamtools.book.money.profit import Profit
from kamtools.book.money.promoted import Promoted
from kamtools.book.money.results import AccountForecast, Credit, Promotion
from kamtools.book.money.standing import Standing
from kamtools.book.money.statements import Statement
from kamtools.book.money.tracking import Tracking
from kamtools.finance.levers import WhatIf
from kamtools.finance.monthlock import Restatement
from kamtools.finance.stress import Stress
from kamtools.finance.tracking import Bridge, RunRate

if TYPE_CHECKING:
    from kamtools.book.portfolio import Portfolio


class Money:
    """The money of one account; nothing is computed until it is asked for, and everything once.

    Attributes
    ----------
    own : AccountFacts
        The account among all: its rows, its months.
    profit : Profit
        Its P&L by month.
    plan : Plan
        Its budget and estimates.
    ahead : YearAhead
        Its months ahead.
    """

    def __init__(
        self, portfolio: Portfolio, account: str, reasons: Mapping[str, list[dict[str, Any]]]
    ) -> None:
        self.own = AccountFacts(portfolio, account, reasons)
        self.profit = Profit(self.own)
        self.plan = Plan(self.own)
        self.ahead = YearAhead(self.own, self.profit, self.plan)
        self._control = Control(self.own, self.plan)
        self._promoted = Promoted(self.own)
        self._closed = Closed(self.own, self.profit)
        self._standing = Standing(self.own, self.profit)
        self._tracking = Tracking(self.own, self.profit, self.plan, self.ahead, self._standing)
        self._failure = Failure(self.own, self.profit, self._standing)

    @property
    def codes(self) -> pd.DataFrame | None:
        """The findings on the account's expense codes; None where codes are not checked."""
        return self._control.codes

    @property
    def control(self) -> pd.DataFrame | None:
        """Budget, use and forecast by activity over the fiscal year; None where nothing is budgeted or spent."""
        return self._control.control

    @property
    def burn(self) -> pd.DataFrame | None:
        """Running totals of the fiscal year: budget, committed, accrued, actual, used, forecast."""
        return self._control.burn

    @property
    def roll(self) -> pd.DataFrame | None:
        """Accruals carried from month to month over the fiscal year; None where nothing is accrued."""
        return self._control.roll

    @property
    def promotions(self) -> tuple[Promotion, ...]:
        """The account's promotions, the newest first, each with its P&L."""
        return self._promoted.promotions

    @property
    def lift(self) -> pd.Series | None:
        """The account's row among those whose A&P rose: and whether sales followed."""
        return self._promoted.lift

    @property
    def returns(self) -> pd.DataFrame | None:
        """Spending ranked by its return: each promotion, and the A&P that was added in the last year."""
        return self._promoted.returns

    @property
    def restatement(self) -> Restatement | None:
        """What has changed in closed months since they were closed; None where no month is closed."""
        return self._closed.restatement

    @property
    def late(self) -> pd.DataFrame | None:
        """Bookings that came into closed months after they were closed; None where no month is closed."""
        return self._closed.late

    @property
    def statements(self) -> dict[str, Statement]:
        """Span -> statement, for month, quarter to date, year to date and the full year."""
        return self.ahead.statements

    @property
    def forecast(self) -> AccountForecast:
        """The forecast of invoiced sales, with the changes by hand on top."""
        return self.ahead.forecast

    @property
    def measures(self) -> pd.DataFrame:
        """What is to be reached this year to date, and what is: frame[measure, line, unit, actual, target, …]."""
        return self._tracking.measures

    @property
    def run_rate(self) -> RunRate | None:
        """Where net sales of the year end if they go on as so far, with last year's phasing where there is one."""
        return self._tracking.run_rate

    @property
    def bridge(self) -> Bridge | None:
        """The way from the planned to the actual contribution of the year to date; None without a budget."""
        return self._tracking.bridge

    @property
    def revision(self) -> pd.DataFrame | None:
        """Budget against the latest estimate over the estimate's months, line by line; None without an estimate."""
        return self._tracking.revision

    @property
    def credit(self) -> Credit:
        """How the account pays, what is at stake with it, and what that asks for."""
        return self._standing.credit

    @property
    def stress(self) -> dict[str, Stress] | None:
        """What it costs if the account fails, in full, by half, by a quarter; None where its P&L is not known."""
        return self._failure.stress

    def what_if(self, **changes: float) -> WhatIf | None:
        """Return what a change does to the P&L; see :meth:`kamtools.book.money.profit.Profit.what_if`."""
        return self.profit.what_if(**changes)
