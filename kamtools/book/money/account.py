"""What every part of an account's money stands on: whose it is, and up to which month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from kamtools.book.money.everyone import MoneyOfAll
from kamtools.book.money.statements import fiscal_year
from kamtools.notknown import NotKnown

if TYPE_CHECKING:
    from kamtools.book.portfolio import Portfolio

R = TypeVar("R")


def known(value: Any) -> float | None:
    """Return a figure as a plain float, None for what is missing.

    Examples
    --------
    >>> known(2), known(float("nan")), known(None)
    (2.0, None, None)
    """
    if value is None or value is pd.NA or value != value:
        return None
    return float(value)


def row_at(table: pd.DataFrame, key: str) -> pd.Series:
    """Return one row of a table whose index names each row once."""
    return table.iloc[table.index.get_loc(key)]  # type: ignore[index]


def attempt(function: Callable[[], R]) -> R | None:
    """Return None where the room says that nothing can be said."""
    try:
        return function()
    except NotKnown:
        return None


@dataclass(frozen=True, eq=False)
class AccountFacts:
    """One account among all, as every part of its money sees it.

    `reasons` are the rows of the form "revision": changes by hand, and why plans changed.
    """

    portfolio: Portfolio
    account: str
    reasons: Mapping[str, list[dict[str, Any]]]

    @property
    def all(self) -> MoneyOfAll:
        """The money of all accounts."""
        return self.portfolio.money

    @property
    def last(self) -> pd.Period:
        """The last whole month."""
        return pd.Period(self.portfolio.facts.last_month, freq="M")

    @property
    def terms_days(self) -> float | None:
        """The terms of payment in days, as the credit table has them; None where it has none."""
        facts = self.all.credit_facts
        days = known(facts["terms_days"].get(self.account)) if len(facts) else None
        return days if days else None

    @cached_property
    def year(self) -> pd.PeriodIndex:
        """The months of the fiscal year."""
        return fiscal_year(self.last, self.start)

    @property
    def year_start(self) -> pd.Period:
        """The first month of the fiscal year."""
        return pd.Period(str(self.year[0]), freq="M")

    @property
    def start(self) -> int:
        """The month in which the fiscal year begins."""
        return self.portfolio.settings.fiscal_year_start

    def mine(self, frame: pd.DataFrame, whole_months: bool = True) -> pd.DataFrame:
        """Return the account's rows of a frame by month, of whole months only where that is wanted."""
        rows = self.portfolio._rolled(frame) if self.portfolio.rollup == "parent" else frame
        rows = rows[rows["account"] == self.account]
        return rows[rows["month"] <= self.portfolio.facts.last_month] if whole_months else rows

    @cached_property
    def documents(self) -> pd.DataFrame:
        """The account's receivables."""
        frame = self.all.receivables
        return frame[frame["account"] == self.account]
