"""Close a month, and say what has changed in closed months since: the restatement of all accounts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from kamtools.errors import KamError
from kamtools.finance.monthlock import Restatement, restatement
from kamtools.finance.names import PNL_LINES
from kamtools.finance.pnl import pnl_by_account
from kamtools.show.frames import records
from kamtools.words import say
from kamtools.workspace.locks import is_month, locked_months, read_locks, write_lock

if TYPE_CHECKING:
    from kamtools.book.portfolio import Portfolio

SHOWN = 40


def month_figures(portfolio: Portfolio, month: str) -> pd.DataFrame:
    """Return the P&L of every account in a month, and of what is not attributable (account ``""``).

    Returns
    -------
    frame[account, line, amount]
    """
    facts, first = portfolio.facts, pd.Timestamp(f"{month}-01")
    frames = [facts.account_month, facts.account_month_expense, facts.account_month_service]
    lines, expenses, service = (f[f["month"] == first] for f in frames)
    table = pnl_by_account(
        lines,
        None if frames[1].empty else expenses,
        None if frames[2].empty else service,
        portfolio.settings.service_rates,
    ).table
    long = table[list(PNL_LINES)].rename_axis("account").reset_index()
    long = long.melt("account", var_name="line", value_name="amount")
    return long.sort_values(["account", "line"], ignore_index=True)


def close_month(portfolio: Portfolio, month: str, who: str, at: dt.datetime) -> Path:
    """Keep the figures of a month as they are now; they are never written again.

    Raises
    ------
    KamError
        For a month that is not over on the as-of date or before the data, a pack, or a month that is closed already.
    """
    if not is_month(month):
        raise KamError("workspace.bad_month", value=month)
    first, last = (f"{m:%Y-%m}" for m in (portfolio.facts.first_month, portfolio.facts.last_month))
    if month > last:
        raise KamError("book.not_over", month=month, last=last)
    if month < first:
        raise KamError("book.before_data", month=month, first=first)
    return write_lock(
        portfolio.workspace, month, month_figures(portfolio, month), who, at, portfolio.data_hash
    )


@dataclass(frozen=True, eq=False)
class RestatementReport:
    """What has changed in closed months; ``ok`` where nothing has."""

    result: Restatement | None
    closed: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """True where no closed figure differs from what the books say now."""
        return self.result is None or not len(self.result.changes())

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the changes as text: month, account, line, locked, now, difference."""
        if self.result is None:
            return [say("book.nothing_closed", lang)]
        changed = self.result.changes()
        months = ", ".join(self.closed)
        if not len(changed):
            return [say("book.not_restated", lang, months=months)]
        found = [
            say(
                "book.restated",
                lang,
                month=row["month"],
                account=row["account"] or say("book.not_attributable", lang),
                line=say("show.term", lang, row["line"]),
                locked=_amount(row["locked"]),
                current=_amount(row["current"]),
                difference=_amount(row["difference"]),
            )
            for row in records(changed.head(SHOWN))
        ]
        if len(changed) > SHOWN:
            found.append(say("book.more_restated", lang, n=len(changed) - SHOWN))
        return [*found, say("book.restated_total", lang, n=len(changed), months=months)]


def _amount(value: float) -> str:
    return "–" if value != value else f"{value:,.2f}"


def restated(portfolio: Portfolio) -> RestatementReport:
    """Compare every closed month that is over on the as-of date with what the books say now."""
    last = f"{portfolio.facts.last_month:%Y-%m}"
    closed = locked_months(portfolio.workspace, last)
    if not closed:
        return RestatementReport(None, ())
    locks = read_locks(portfolio.workspace, last)
    current = pd.concat([month_figures(portfolio, m).assign(month=m) for m in closed], ignore_index=True)
    result = restatement(
        locks[["month", "account", "line", "amount"]], current, by=("account", "line"), closed=closed
    )
    return RestatementReport(result, closed)
