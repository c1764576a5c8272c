"""The account's closed months: what was closed, what has changed since, what came late."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from kamtools.book.money.account import AccountFacts
from kamtools.book.money.profit import Profit
from kamtools.facts.detail import table_rows
from kamtools.finance.monthlock import Restatement, late_postings, restatement
from kamtools.workspace.locks import read_locks


@dataclass(frozen=True, eq=False)
class Closed:
    """The account's closed months."""

    own: AccountFacts
    profit: Profit

    @cached_property
    def locked(self) -> pd.DataFrame:
        """The account's figures of the closed months that are over on the as-of date, as they were closed."""
        frame = read_locks(self.own.portfolio.workspace, str(self.own.last))
        return frame[frame["account"] == self.own.account] if len(frame) else frame

    @cached_property
    def restatement(self) -> Restatement | None:
        """What has changed in closed months since they were closed; None where no month is closed."""
        locked = self.locked
        if not len(locked):
            return None
        closed = sorted({f"{m:%Y-%m}" for m in locked["month"]})
        current = self.profit.pnl_months[self.profit.pnl_months["period"].astype(str).isin(closed)]
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
        rows = table_rows(
            self.own.portfolio.workspace, "expenses", self.own.account, self.own.portfolio.as_of
        )
        return late_postings(rows.rename(columns={"posted_date": "posted"}), days)
