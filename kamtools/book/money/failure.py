"""What a change does to the account's P&L, and what its failure would cost."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property

from kamtools.book.money.account import attempt, known
from kamtools.book.money.tracking import Tracking
from kamtools.finance.levers import WhatIf, what_if
from kamtools.finance.names import FULL_LINES
from kamtools.finance.stress import Scenario, Stress, stress_top_account

SHARES = {"full": 1.0, "half": 0.5, "quarter": 0.25}


class Money(Tracking):
    """What a change does to the account's P&L, and what its failure would cost."""

    # -- what if, and the failure of the account ----------------------------------------------

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
        amounts, settings = self.year_amounts, self.portfolio.settings
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

    @cached_property
    def stress(self) -> dict[str, Stress] | None:
        """What it costs if the account fails, in full, by half, by a quarter; None where its P&L is not known."""
        rules = self.all.rules.failure
        contribution = self.portfolio.contribution
        others = float(contribution.drop(labels=self.account, errors="ignore").sum()) / 12
        new = rules.new_contribution if rules.new_contribution is not None else self.all.new_contribution
        stock = None
        if self.account in self.all.credit_facts.index:
            stock = known(self.all.credit_facts.at[self.account, "consigned_stock"])
        found = {}
        for name, share in SHARES.items():
            scenario = Scenario(
                self.portfolio.as_of,
                share_lost=share,
                starts_in=rules.starts_in,
                recovery_mean=rules.recovery_mean,
                recovery_sd=rules.recovery_sd,
                recovery_months=rules.recovery_months,
                vat_rate=self.portfolio.settings.vat_rate,
                vat_relief=rules.vat_relief,
                stock=stock or 0.0,
                stock_recovery=rules.stock_recovery,
                fixed_cost=rules.fixed_cost,
                other_contribution=others,
                new_contribution=new,
                limit=self.credit.given_limit or None,
                months=rules.months,
                pnl_until=str(self.last),
            )
            result = attempt(
                lambda s=scenario: stress_top_account(
                    self.account,
                    self.pnl_months,
                    self.documents if self.all.knows_receivables else None,
                    s,
                    rules.seed,
                    rules.draws,
                    self.all.rules.default_terms,
                    signals=self.credit.signals,
                )
            )
            if result is None:
                return None
            if stock is None:  # the loss stands without it, and says so
                losses = {**result.losses, "stock": None, "stock_loss": None}
                result = replace(result, losses=losses, warnings=(*result.warnings, "stock_not_recorded"))
            if not self.all.knows_payments:
                result = replace(result, warnings=(*result.warnings, "signals_not_known"))
            found[name] = result
        return found
