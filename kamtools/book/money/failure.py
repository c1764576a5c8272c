"""What the account's failure would cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from kamtools.book.money.account import AccountFacts, attempt, known
from kamtools.book.money.profit import Profit
from kamtools.book.money.standing import Standing
from kamtools.finance.stress import Scenario, Stress, stress_top_account

SHARES = {"full": 1.0, "half": 0.5, "quarter": 0.25}


@dataclass(frozen=True, eq=False)
class Failure:
    """What it costs if the account fails."""

    own: AccountFacts
    profit: Profit
    standing: Standing

    @cached_property
    def stress(self) -> dict[str, Stress] | None:
        """What it costs if the account fails, in full, by half, by a quarter; None where its P&L is not known."""
        rules = self.own.all.rules.failure
        contribution = self.own.portfolio.contribution
        others = float(contribution.drop(labels=self.own.account, errors="ignore").sum()) / 12
        new = rules.new_contribution if rules.new_contribution is not None else self.own.all.new_contribution
        stock = None
        if self.own.account in self.own.all.credit_facts.index:
            stock = known(self.own.all.credit_facts.at[self.own.account, "consigned_stock"])
        found = {}
        for name, share in SHARES.items():
            scenario = Scenario(
                self.own.portfolio.as_of,
                share_lost=share,
                starts_in=rules.starts_in,
                recovery_mean=rules.recovery_mean,
                recovery_sd=rules.recovery_sd,
                recovery_months=rules.recovery_months,
                vat_rate=self.own.portfolio.settings.vat_rate,
                vat_relief=rules.vat_relief,
                stock=stock or 0.0,
                stock_recovery=rules.stock_recovery,
                fixed_cost=rules.fixed_cost,
                other_contribution=others,
                new_contribution=new,
                limit=self.standing.credit.given_limit or None,
                months=rules.months,
                pnl_until=str(self.own.last),
            )
            result = attempt(
                lambda s=scenario: stress_top_account(
                    self.own.account,
                    self.profit.pnl_months,
                    self.own.documents if self.own.all.knows_receivables else None,
                    s,
                    rules.seed,
                    rules.draws,
                    self.own.all.rules.default_terms,
                    signals=self.standing.credit.signals,
                )
            )
            if result is None:
                return None
            if stock is None:  # the loss stands without it, and says so
                losses = {**result.losses, "stock": None, "stock_loss": None}
                result = replace(result, losses=losses, warnings=(*result.warnings, "stock_not_recorded"))
            if not self.own.all.knows_payments:
                result = replace(result, warnings=(*result.warnings, "signals_not_known"))
            found[name] = result
        return found
