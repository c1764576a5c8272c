"""The money of all accounts as of one date: reconciliation, codes, receivables, exposure, payment, forecasts."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamtools.book import periods
from kamtools.facts.detail import table_rows
from kamtools.finance.checking import CodeCheck, check_codes
from kamtools.finance.coding import CodeTree
from kamtools.finance.collection import collection_by_account
from kamtools.finance.credit import credit_hold, exposure_by_account
from kamtools.finance.credit_loss import ExpectedLoss, HistoryRates, expected_credit_loss, history_loss_rates
from kamtools.finance.forecasting import SPRING_FESTIVAL, Forecasts, forecast_many
from kamtools.finance.names import PNL_LINES
from kamtools.finance.payment import payment_break
from kamtools.finance.pnl import pnl_by_account
from kamtools.finance.receivables import ageing, billed, bucket_names, overdue
from kamtools.finance.returns import LiftRules, lift_by_account
from kamtools.identification import Alarm
from kamtools.notknown import NotKnown

if TYPE_CHECKING:
    from kamtools.book.portfolio import Portfolio
    from kamtools.workspace.settings import Finance

UNATTRIBUTED = ""
COMPANY = "company"
HORIZON = 14  # months ahead: the rest of a fiscal year and more
A_AND_P = ("a_and_p", "consumer_promotion")
DAYS = ("dso", "countback", "best_possible", "delinquent")  # of collection
MONEY_KINDS = ("payment_stopped", "payment_slowing", "no_lift", "wrong_code", "over_limit")  # of alarms


@dataclass(frozen=True, eq=False)
class LossRates:
    """The loss rate of each bucket, and where it comes from: ``given`` in the settings or the own ``history``."""

    rates: pd.Series
    origin: str
    history: HistoryRates | None


class MoneyOfAll:
    """The money of all accounts; nothing is computed until it is asked for."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio

    @property
    def rules(self) -> Finance:
        """The company's choices for its money."""
        return self.portfolio.settings.finance

    @property
    def as_of(self) -> dt.date:
        """The date up to which rows count."""
        return self.portfolio.as_of

    # -- the P&L adds up ----------------------------------------------------------------------

    @cached_property
    def reconciliation(self) -> pd.DataFrame:
        """The accounts' P&Ls and what is not attributable against the company's, line by line, over the period.

        The company's is reckoned by itself, from all rows at once. A line that is missing
        for one account is missing in their sum.
        """
        facts, window = self.portfolio.facts, self.portfolio.window
        frames = [facts.account_month, facts.account_month_expense, facts.account_month_service]
        rows = [periods.between(f, *window) for f in frames]
        rates = self.portfolio.settings.service_rates

        def pnl(parts: list[pd.DataFrame]) -> pd.DataFrame:
            lines, expenses, service = parts
            return pnl_by_account(
                lines, None if frames[1].empty else expenses, None if frames[2].empty else service, rates
            ).table

        by_account = pnl(rows)
        whole = pnl([f.assign(account=COMPANY) for f in rows]).loc[COMPANY]
        loose = by_account.index == UNATTRIBUTED
        accounts = by_account[~loose].sum(min_count=1, skipna=False)
        rest = by_account[loose].sum(min_count=1) if loose.any() else pd.Series(0.0, index=by_account.columns)
        table = pd.DataFrame({"accounts": accounts, "not_attributable": rest, "company": whole})
        table = table.loc[list(PNL_LINES)]
        table["difference"] = table["accounts"] + table["not_attributable"] - table["company"]
        return table.rename_axis("line").reset_index()

    # -- expense codes ------------------------------------------------------------------------

    @cached_property
    def code_tree(self) -> CodeTree | None:
        """The code tree of the settings; None where there is none."""
        if not self.rules.activities:
            return None
        return CodeTree.of(
            {a.id: {"line": a.line, "kinds": [k.id for k in a.kinds]} for a in self.rules.activities}
        )

    @cached_property
    def codes(self) -> CodeCheck | None:
        """Every booking's code, checked; None where the settings have no code tree or nothing is booked."""
        tree = self.code_tree
        if tree is None or not self.portfolio.workspace.has("expenses"):
            return None
        rows = table_rows(self.portfolio.workspace, "expenses", until=self.as_of)
        if rows.empty:
            return None
        style = self.rules.code_format
        brands = {b.id for b in self.rules.brands}
        if not brands and style is None:  # from the end: an account's id may contain "-"
            brands = {parts[1] for code in rows["code"].dropna() if len(parts := code.rsplit("-", 5)) == 6}
        elif not brands and "(?P<brand>" in str(style):
            brands = set(rows["code"].dropna().str.extract(f"^(?:{style})$")["brand"].dropna())
        accounts = set(self.portfolio.facts.accounts["account"])
        return check_codes(
            rows,
            tree,
            accounts,
            brands,
            fiscal_start=self.portfolio.settings.fiscal_year_start,
            code_format=style,
        )

    @cached_property
    def lift(self) -> pd.DataFrame | None:
        """Accounts whose A&P rose, and whether sales followed; None without two whole years."""
        facts = self.portfolio.facts
        spend = facts.account_month_expense
        spend = spend[spend["line"].isin(A_AND_P) & (spend["account"] != UNATTRIBUTED)]
        sales = self.portfolio.account_month[["account", "month", "amount"]]
        if spend.empty:
            return None
        try:
            table = lift_by_account(
                sales[sales["month"] <= facts.last_month],
                spend[spend["month"] <= facts.last_month][["account", "month", "amount"]],
                as_of=f"{facts.last_month:%Y-%m}",
                rules=LiftRules(margin=self.rules.margin),
            )
        except NotKnown:
            return None
        return table.set_index("account")

    # -- receivables --------------------------------------------------------------------------

    @property
    def receivables(self) -> pd.DataFrame:
        """The documents under the roll-up, with VAT."""
        frame = self.portfolio.facts.receivables
        if self.portfolio.rollup == "parent":
            frame = frame.assign(account=[self.portfolio.top(a) for a in frame["account"]])
        return frame

    @property
    def knows_receivables(self) -> bool:
        """Whether there is any document; without one what is owed is not known, and not nothing."""
        return self.portfolio.facts.knows_receivables

    @property
    def knows_payments(self) -> bool:
        """Whether any document of anybody was paid; a list of open items alone cannot tell how anyone pays."""
        return self.portfolio.facts.knows_payments

    @cached_property
    def ageing(self) -> pd.DataFrame:
        """The age of what is open, by account and the settings' basis."""
        rules = self.rules
        return ageing(self.receivables, self.as_of, rules.ageing_basis, rules.buckets, rules.default_terms)

    @cached_property
    def collection(self) -> pd.DataFrame:
        """DSO, count-back, best possible DSO, days delinquent and collection effectiveness, by account."""
        end = self.portfolio.facts.last_month + pd.offsets.MonthEnd(0)
        table = collection_by_account(
            self.receivables,
            self.portfolio.account_month[["account", "month", "amount"]],
            end,
            self.portfolio.settings.vat_rate,
            default_terms=self.rules.default_terms,
        )
        if not self.knows_payments:  # what was open on an earlier day and is paid since is not in the list
            table["effectiveness"] = np.nan
            if end.date() != self.as_of:
                table[["open", "not_due", "overdue", *DAYS]] = np.nan
        return table

    @cached_property
    def loss_rates(self) -> LossRates | None:
        """The loss rates by bucket: as given, else from the own history; None where neither is there."""
        names = bucket_names(self.rules.buckets)
        history = None
        if self.knows_payments:
            with contextlib.suppress(NotKnown):
                history = history_loss_rates(
                    self.receivables, self.as_of, self.rules.buckets, default_terms=self.rules.default_terms
                )
        if self.rules.loss_rates is not None:
            return LossRates(pd.Series(self.rules.loss_rates, index=names), "given", history)
        if history is None:
            return None
        return LossRates(history.table["rate"].fillna(0.0), "history", history)

    @cached_property
    def specific(self) -> pd.Series:
        """What is provided for one by one, by account; those accounts stand outside the matrix."""
        if not len(self.credit_facts):
            return pd.Series(dtype=float)
        provided = self.credit_facts["specific_provision"].fillna(0.0)
        return provided[provided > 0]

    @cached_property
    def due_ageing(self) -> pd.DataFrame:
        """The ageing by due date, which provisions and overdue amounts stand on."""
        rules = self.rules
        if rules.ageing_basis == "due":
            return self.ageing
        return ageing(self.receivables, self.as_of, "due", rules.buckets, rules.default_terms)

    @cached_property
    def provision(self) -> ExpectedLoss | None:
        """The company's provision matrix by bucket."""
        return self._matrix(self.due_ageing)

    def expected_loss(self, account: str) -> float | None:
        """Return what is expected to be lost with one account by the matrix; None without rates."""
        if self.loss_rates is None or not self.knows_receivables:
            return None
        if account not in self.due_ageing.index:
            return 0.0
        matrix = self._matrix(self.due_ageing.loc[[account]])
        return None if matrix is None else matrix.total

    def _matrix(self, aged: pd.DataFrame) -> ExpectedLoss | None:
        """Return the matrix of some accounts; what is provided for one by one leaves it, bucket by bucket."""
        found = self.loss_rates
        if found is None or not self.knows_receivables:
            return None
        buckets = list(found.rates.index)
        gross = aged[buckets].clip(lower=0)
        alone = self.specific[self.specific.index.isin(gross.index)]
        own = gross.loc[alone.index]
        owed = own.sum(axis=1)
        part = (alone / owed.where(owed > 0)).clip(upper=1).fillna(0.0)
        apart = {b: (float(own[b].sum()), float((own[b] * part).sum())) for b in buckets if len(own)}
        return expected_credit_loss(gross.sum(), found.rates, self.rules.forward_multiplier, apart)

    @cached_property
    def credit_facts(self) -> pd.DataFrame:
        """The last row of the credit table of each account; index account, empty where nothing is recorded."""
        frame = self.portfolio.facts.credit
        return (
            frame.sort_values(["account", "date"])
            .drop_duplicates("account", keep="last")
            .set_index("account")
        )

    @cached_property
    def exposure(self) -> pd.DataFrame:
        """What is at stake with each account and its parent, beside its limit, and whether it is held."""
        aged, facts = self.due_ageing, self.credit_facts
        parts = pd.DataFrame(index=aged.index.union(facts.index))
        parts["open"] = aged["open"].reindex(parts.index).fillna(0.0)
        for name in ("unbilled", "open_orders", "insured"):
            if len(facts):
                parts[name] = facts[name].reindex(parts.index).fillna(0.0)
        parents = self.portfolio.facts.accounts.set_index("account")["parent"].dropna()
        table = exposure_by_account(parts, self.rules.exposure, parents)
        if not self.knows_receivables:
            table[["own", "total"]] = np.nan
        limits = facts["credit_limit"] if len(facts) else pd.Series(dtype=float)
        late = overdue(aged)
        table["limit"] = limits.reindex(table.index)
        table["overdue"] = late.reindex(table.index)
        open_ = billed(aged).reindex(table.index).fillna(0.0)
        figures = zip(table["total"], table["limit"], table["overdue"], open_, strict=True)
        tolerance = self.rules.overdue_tolerance
        holds = [credit_hold(total, limit, late, tolerance * owed) for total, limit, late, owed in figures]
        table["utilisation"] = [np.nan if h.utilisation is None else h.utilisation for h in holds]
        table["hold"] = [h.hold for h in holds]
        table["reasons"] = [h.reasons for h in holds]
        return table

    @cached_property
    def payment(self) -> pd.DataFrame | None:
        """Who pays more slowly than before or has stopped, and since when that was to be seen."""
        if self.receivables.empty or not self.knows_payments:
            return None
        return payment_break(self.receivables, self.as_of, default_terms=self.rules.default_terms)

    # -- forecast -----------------------------------------------------------------------------

    @cached_property
    def monthly_sales(self) -> pd.DataFrame:
        """Account × month net sales of the ledger, whole months; 0 where nothing was sold."""
        frame = self.portfolio.account_month
        frame = frame[frame["month"] <= self.portfolio.facts.last_month]
        wide = frame.pivot_table(index="account", columns="month", values="amount", aggfunc="sum")
        span = pd.period_range(self.portfolio.facts.first_month, self.portfolio.facts.last_month, freq="M")
        wide.columns = pd.PeriodIndex(wide.columns, freq="M")
        return wide.reindex(columns=span).fillna(0.0)

    @cached_property
    def forecasts(self) -> Forecasts:
        """Forecasts of all accounts' invoiced sales, with intervals."""
        festival = SPRING_FESTIVAL if self.portfolio.settings.growth.spring_festival else None
        return forecast_many(self.monthly_sales, HORIZON, self.rules.coverage, festival, self.as_of)

    @cached_property
    def new_contribution(self) -> float:
        """What a month wins anew: the contribution of the accounts that were new in the period ÷ its months ÷ 12.

        Accounts that first bought in the period, or during the year before, count as new; below zero counts as nothing won.
        """
        growth = self.portfolio.growth.table
        new = growth.index[growth["status"].isin(["new", "started"])]
        won = self.portfolio.contribution.reindex(new).sum(min_count=1)
        return 0.0 if won != won or won <= 0 else float(won) / 12 / 12

    # -- alarms -------------------------------------------------------------------------------

    @cached_property
    def alarms(self) -> list[Alarm]:
        """What the detectors found in the money of all accounts."""
        found: list[Alarm] = []
        day = self.as_of.isoformat()
        if self.payment is not None:
            late = self.payment[self.payment["status"].isin(["slowing", "stopped"])]
            for account, row in late.iterrows():
                kind = f"payment_{row['status']}"
                severity = "high" if row["status"] == "stopped" else "watch"
                found.append(
                    Alarm(kind, str(account), float(row["days_late"]), float(row["limit"]), day, severity)
                )
        if self.lift is not None:
            for account, row in self.lift[self.lift["status"] == "no_lift"].iterrows():
                period = self.portfolio.period
                found.append(
                    Alarm(
                        "no_lift",
                        str(account),
                        float(row["growth"]),
                        float(row["needed_growth"]),
                        period,
                        "watch",
                    )
                )
        if self.codes is not None and len(self.codes.findings):
            wrong = self.codes.findings.drop_duplicates("expense_id").groupby("account")["expense_id"].size()
            for account, count in wrong.items():
                found.append(Alarm("wrong_code", str(account), float(count), 0.0, day, "watch"))
        over = self.exposure[[("over_limit" in r) for r in self.exposure["reasons"]]]
        for account, row in over.iterrows():
            used = float(row["utilisation"])
            found.append(Alarm("over_limit", str(account), used, 1.0, day, "high" if used > 1.2 else "watch"))
        return found
