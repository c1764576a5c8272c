"""How the account pays, and what is at stake with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from kamtools.book.money.account import AccountFacts, attempt, known, row_at
from kamtools.book.money.profit import Profit
from kamtools.book.money.results import Credit
from kamtools.finance.credit import (
    Altman,
    altman_z,
    credit_hold,
    credit_limit,
    credit_need,
    credit_score,
)
from kamtools.finance.payment import early_signals, payment_behaviour
from kamtools.finance.receivables import average_open, billed, terms_cost


@dataclass(frozen=True, eq=False)
class Standing:
    """Repayment and credit standing of the account."""

    own: AccountFacts
    profit: Profit

    @cached_property
    def credit(self) -> Credit:
        """How the account pays, what is at stake with it, and what that asks for."""
        every, settings = self.own.all, self.own.portfolio.settings
        rules = every.rules
        missing = []

        def one(table: pd.DataFrame | None, name: str) -> float | None:
            if table is None or self.own.account not in table.index:
                return None
            return known(table.at[self.own.account, name])

        collected = every.collection
        given = one(every.credit_facts, "credit_limit")
        if self.own.account not in every.credit_facts.index:
            missing.append("credit")
        elif given is None:
            missing.append("limit")
        payment = every.payment
        status = (
            row_at(payment, self.own.account)
            if payment is not None and self.own.account in payment.index
            else None
        )
        paid = self.own.documents if every.knows_payments else self.own.documents.iloc[:0]
        if not every.knows_receivables:
            missing.append("receivables")
        elif not every.knows_payments:
            missing.append("payments")
        behaviour = payment_behaviour(paid, self.own.portfolio.as_of, default_terms=rules.default_terms)
        signals = (
            early_signals(
                self.own.account,
                paid,
                self.own.portfolio.as_of,
                self._limits,
                default_terms=rules.default_terms,
            )
            if len(paid)
            else []
        )
        zs, newest = self._altman()
        if newest is None:
            missing.append("financials")
        yearly = (
            float(self.profit.months["invoiced_sales"].iloc[-12:].sum())
            if len(self.profit.months) >= 12
            else None
        )
        terms = self.own.terms_days or float(rules.default_terms)
        need = None if yearly is None or yearly <= 0 else credit_need(yearly, terms, settings.vat_rate)
        limit = None
        if need is not None:
            equity = self._equity
            total = float(self.own.portfolio.sales.sum()) * (1 + settings.vat_rate)
            limit = attempt(
                lambda: credit_limit(
                    need, equity, rules.limit_net_worth_share, total, rules.limit_turnover_share
                )
            )
        exposed = one(every.exposure, "total")
        held = None
        if exposed is not None:
            late = one(every.exposure, "overdue")
            owed = known(billed(every.due_ageing).get(self.own.account)) or 0.0
            held = credit_hold(exposed, given, late, rules.overdue_tolerance * owed)
        aged = row_at(every.ageing, self.own.account) if self.own.account in every.ageing.index else None
        days_late = self.own.portfolio.measures["payment_days_late"].get(self.own.account)
        whole = float(every.ageing["open"].clip(lower=0).sum())
        part = None if aged is None or whole <= 0 else max(float(aged["open"]), 0.0) / whole
        score = attempt(lambda: credit_score(newest, days_late, part))
        on_average = None
        if len(paid):
            balance = average_open(paid, self.own.portfolio.as_of, 12, rules.default_terms)
            on_average = max(float(balance.get(self.own.account, 0.0)), 0.0)
        return Credit(
            ageing=aged,
            dso=one(collected, "dso"),
            countback=one(collected, "countback"),
            best_possible=one(collected, "best_possible"),
            delinquent=one(collected, "delinquent"),
            effectiveness=one(collected, "effectiveness"),
            behaviour=behaviour,
            status=status,
            signals=signals,
            altman=zs,
            score=score,
            limit=limit,
            given_limit=given,
            need=need,
            exposure=exposed,
            utilisation=None if held is None else held.utilisation,
            hold=held,
            expected_loss=every.expected_loss(self.own.account),
            terms_cost=None if on_average is None else terms_cost(on_average, settings.capital_rate),
            conventions={
                "ageing_basis": rules.ageing_basis,
                "buckets": rules.buckets,
                "default_terms": rules.default_terms,
                "vat_rate": settings.vat_rate,
                "dso_days": "last_twelve_months",
                "terms_days": terms,
                "terms_known": self.own.terms_days is not None,
                "exposure": rules.exposure,
                "overdue_tolerance": rules.overdue_tolerance,
                "loss_rates": every.loss_rates.origin if every.loss_rates else None,
                "capital_rate": settings.capital_rate,
            },
            missing=tuple(missing),
            later_parts=self._later_parts,
        )

    @property
    def _later_parts(self) -> tuple[int, float]:
        facts = self.own.portfolio._rolled(self.own.portfolio.facts.account_open)
        own = facts[facts["account"] == self.own.account]
        return int(own["later_parts"].sum()), float(own["later_part_amount"].sum())

    @property
    def _limits(self) -> pd.Series:
        """The account's credit limits by the date from which each holds."""
        facts = self.own.portfolio.facts.credit
        own = facts[(facts["account"] == self.own.account) & (facts["credit_limit"] > 0)]
        return own.sort_values("date").set_index("date")["credit_limit"].astype(float)

    @property
    def _own_financials(self) -> pd.DataFrame:
        frame = self.own.portfolio.facts.financials
        frame = frame[(frame["account"] == self.own.account) & frame["year"].str.fullmatch(r"\d{4}")]
        known = frame[frame["year"].astype(int) <= self.own.portfolio.as_of.year]
        return known.sort_values("year")

    @property
    def _equity(self) -> float | None:
        """The account's own net worth where it is in the company's currency."""
        own = self._own_financials
        own = own[own["currency"] == self.own.portfolio.settings.currency].dropna(subset="equity")
        return known(own["equity"].iloc[-1]) if len(own) else None

    def _altman(self) -> tuple[pd.DataFrame, Altman | None]:
        amounts = [
            "working_capital",
            "retained_earnings",
            "ebit",
            "equity",
            "total_liabilities",
            "sales",
            "total_assets",
        ]
        rows, newest = [], None
        for row in self._own_financials.to_dict("records"):
            given = {name: row[name] for name in amounts if row[name] == row[name]}
            z = attempt(lambda r=row, g=given: altman_z(r["type"], **g))
            if z is not None:
                newest = z
                rows.append((row["year"], row["type"], z.z, z.zone, z.limits, z.warnings))
        return pd.DataFrame(rows, columns=["year", "type", "z", "zone", "limits", "warnings"]), newest
