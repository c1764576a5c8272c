"""The account's budget and estimates, by month and line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from kamtools.book.money.account import AccountFacts
from kamtools.book.money.statements import plan_months


@dataclass(frozen=True, eq=False)
class Plan:
    """What was planned for the account."""

    own: AccountFacts

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The account's rows of the budget, of all versions."""
        return self.own.mine(self.own.portfolio.facts.budget, whole_months=False)

    @cached_property
    def budget(self) -> pd.DataFrame:
        """The budget, months × P&L lines; empty where there is none."""
        return plan_months(self.rows, "")

    @cached_property
    def estimate_version(self) -> str | None:
        """The newest estimate: the last by name; None where there is only the budget."""
        versions = sorted(set(self.rows["version"]) - {""})
        return versions[-1] if versions else None

    @property
    def estimate_begins(self) -> pd.Period:
        """The first month of the latest estimate; months before it are actual."""
        own = self.rows
        own = own[(own["version"] == self.estimate_version) & (own["line"] != "quantity")]
        return pd.Period(own["month"].min(), freq="M")

    def planned(self, version: str) -> frozenset[str]:
        """Return the lines that a version of the budget gives itself."""
        rows = self.rows
        return frozenset(rows.loc[rows["version"] == version, "line"])
