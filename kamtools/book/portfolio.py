"""All accounts of a company as of one date, and one account's book among them.

Nothing is computed until it is asked for, everything is computed once, and
every result says on which conventions it stands.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from kamtools import finance, identification
from kamtools.book import periods
from kamtools.book.designations import Listed, changes_of, listed
from kamtools.book.figure import Figure
from kamtools.book.figures import account_figures
from kamtools.book.judgements import Judgements
from kamtools.book.knowing import Knowing
from kamtools.book.measures import account_measures, wallet_shares
from kamtools.book.money import Money, MoneyOfAll
from kamtools.book.rollup import roll_up, top_parents
from kamtools.errors import KamError
from kamtools.facts import Facts
from kamtools.identification import (
    Alarm,
    Designation,
    Grading,
    GrowthReview,
    MethodComparison,
    ProfitShare,
    SalesShare,
    StrategyRanking,
)
from kamtools.show import Context
from kamtools.store import Change, Record, records_on, written
from kamtools.store.kinds import is_course_form, rating_of
from kamtools.workspace import Account, Workspace
from kamtools.workspace.settings import Settings

ACCOUNT_FIELDS = ("name_zh", "name_en", "parent", "segment", "region", "owner")
UNATTRIBUTED = ""  # the ledger's lines without an account
TOP_BY_SALES = 5  # whose losses count as large


class Portfolio:
    """Every account's figures as of one date.

    Parameters
    ----------
    workspace : Workspace
    facts : Facts
        The reduced frames as of the date.
    basis : {"net", "gross"}
        Sales net of returns, or sales lines only. Profit is always net.
    rollup : {"account", "parent"}
        Whether subsidiaries are counted with their top parent.
    judgements : Judgements
        Ratings, potential and the key account list as they stood when the portfolio was opened.

    Attributes
    ----------
    account_ids : tuple of str
        The accounts of the portfolio under its roll-up, in order of their ids.
    """

    def __init__(
        self, workspace: Workspace, facts: Facts, basis: str, rollup: str, judgements: Judgements
    ) -> None:
        self.workspace = workspace
        self.judgements = judgements
        self.facts = facts
        self.basis = basis
        self.rollup = rollup

    @property
    def settings(self) -> Settings:
        """The company's choices."""
        return self.workspace.settings

    @property
    def as_of(self) -> dt.date:
        """The date up to which rows count."""
        return self.facts.as_of

    @property
    def data_hash(self) -> str:
        """Hash of the workspace's content."""
        return self.facts.data_hash

    # -- accounts ---------------------------------------------------------------------------

    @cached_property
    def _tops(self) -> dict[str, str]:
        return top_parents(self.facts.accounts)

    def _rolled(self, frame: pd.DataFrame) -> pd.DataFrame:
        return roll_up(frame, self._tops) if self.rollup == "parent" else frame

    @cached_property
    def account_ids(self) -> tuple[str, ...]:
        """The accounts under the roll-up, in order of their ids."""
        ids = self.facts.accounts["account"]
        if self.rollup == "parent":
            ids = {self._tops[a] for a in ids}
        return tuple(sorted(ids))

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """What the accounts table says of each account; index account."""
        return self.facts.accounts.set_index("account").reindex(self.account_ids)

    def account(self, account: str) -> Account:
        """Return what the accounts table says of one account."""
        row = {name: self.accounts[name].get(account) for name in ACCOUNT_FIELDS}
        return Account(account=account, **{k: v for k, v in row.items() if isinstance(v, str)})

    def names(self, lang: str) -> dict[str, str]:
        """Return account -> name in `lang`, else in the other language, else the id."""
        first, second = ("name_zh", "name_en") if lang == "zh" else ("name_en", "name_zh")
        named = self.accounts[first].fillna(self.accounts[second])
        return {a: n if isinstance(n, str) and n else a for a, n in named.items()}  # type: ignore[misc]

    def members(self, account: str) -> tuple[str, ...]:
        """Return the accounts that are counted under one: itself, and under parents its subsidiaries."""
        below = (a for a, top in self._tops.items() if top == account) if self.rollup == "parent" else ()
        return tuple(dict.fromkeys((account, *below)))

    @property
    def owners(self) -> dict[str, tuple[str, ...]]:
        """Owner -> accounts, both in order; accounts without an owner are left out."""
        owned = self.accounts["owner"].dropna()
        return {str(o): tuple(g.index) for o, g in owned.groupby(owned) if o}

    # -- periods and conventions ------------------------------------------------------------

    @cached_property
    def window(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First and last month of the period that shares and profit are taken over."""
        last = self.facts.last_month
        if self.settings.sales_period == "all":
            newest = pd.Timestamp(self.facts.totals["last_date"]).replace(day=1)
            return self.facts.first_month, max(newest, last)
        first, last = periods.window(last, self.settings.growth.months)
        return max(first, self.facts.first_month), last

    @property
    def period(self) -> str:
        """The window as ``2025-11..2026-10``."""
        return periods.label(*self.window)

    @cached_property
    def conventions(self) -> dict[str, object]:
        """What every figure stands on, by name."""
        ends = self.facts.ledger_ends
        return {
            "basis": self.basis,
            "rollup": self.rollup,
            "period": self.period,
            "as_of": self.as_of.isoformat(),
            "currency": self.settings.currency,
            "vat": "excluded",
            "negatives": self.settings.negative_sales,
            **({"ledger_ends": ends.isoformat()} if ends else {}),
        }

    # -- 2.A.1 share of sales -----------------------------------------------------------------

    @cached_property
    def account_month(self) -> pd.DataFrame:
        """Account × month sums under the roll-up, without the lines of no account."""
        frame = self._rolled(self.facts.account_month)
        return frame[frame["account"] != UNATTRIBUTED]

    @property
    def sales_column(self) -> str:
        """The column of :attr:`account_month` that the basis means."""
        return "amount" if self.basis == "net" else "gross_amount"

    @cached_property
    def sales(self) -> pd.Series:
        """Sales of the period by account; an account without a line in it is not in it.

        Raises
        ------
        KamError
            Where no account has a line in the period.
        """
        rows = periods.between(self.account_month, *self.window)
        sales = rows.groupby("account")[self.sales_column].sum(min_count=1).dropna()
        if sales.empty:
            totals = self.facts.totals
            raise KamError(
                "book.no_sales",
                period=self.period,
                as_of=self.as_of,
                first=totals["first_date"],
                last=totals["last_date"],
            )
        return sales

    @cached_property
    def unattributed(self) -> float:
        """Sales of the period that no account can be held to."""
        frame = self.facts.account_month
        rows = periods.between(frame[frame["account"] == UNATTRIBUTED], *self.window)
        return float(rows[self.sales_column].sum())

    @cached_property
    def sales_share(self) -> SalesShare:
        """Share of sales with classes and concentration.

        Raises
        ------
        KamError
            Where the sales of all accounts together are not above zero: nothing has a share of that.
        """
        abc, rule = self.settings.abc, self.settings.negative_sales
        total = float((self.sales.clip(lower=0) if rule == "zero" else self.sales).sum())
        if total <= 0:
            raise KamError("book.no_positive_sales", period=self.period, total=f"{total:,.2f}")
        return identification.sales_share(self.sales, abc.cuts, abc.crossing, rule)

    # -- 2.A.2 share of profit ----------------------------------------------------------------

    @cached_property
    def pnl_result(self) -> finance.PortfolioPnl:
        """The P&L of every account over the period, with the basis of each line."""
        facts = self.facts
        return finance.pnl_by_account(
            periods.between(self.account_month, *self.window),
            self._recorded(facts.account_month_expense),
            self._recorded(facts.account_month_service),
            self.settings.service_rates,
        )

    def _recorded(self, frame: pd.DataFrame) -> pd.DataFrame | None:
        """The period's rows; None where the workspace records nothing of the kind: not known, not zero."""
        if frame.empty:
            return None
        rows = periods.between(self._rolled(frame), *self.window)
        return rows[rows["account"] != UNATTRIBUTED]

    @property
    def pnl(self) -> pd.DataFrame:
        """Account × P&L line over the period; deductions and costs are negative."""
        return self.pnl_result.table

    @property
    def contribution(self) -> pd.Series:
        """Contribution after trade terms, A&P and cost to serve; missing where a part is not known."""
        return self.pnl["contribution"]

    @cached_property
    def profit_share(self) -> ProfitShare | None:
        """Share of profit; None where no account's contribution is known."""
        known = self.contribution.dropna()
        return identification.profit_share(known, self.sales, TOP_BY_SALES) if len(known) else None

    # -- 2.A.3 growth --------------------------------------------------------------------------

    @cached_property
    def growth(self) -> GrowthReview:
        """Growth of whole months against the same months a year before."""
        rules = self.settings.growth
        rows = self.account_month
        monthly = rows[["account", "month"]].assign(
            amount=rows[self.sales_column], gross=rows["gross_amount"]
        )
        return identification.growth_review(
            monthly.dropna(subset="amount"),
            self.facts.last_month,
            months=rules.months,
            spring_festival=rules.spring_festival,
            fall_months=rules.fall_months,
            fall_alarm=rules.fall_alarm,
            market=self._market,
            small_below=rules.small_below,
            first_month=self.facts.first_month,
        )

    @cached_property
    def _market(self) -> pd.DataFrame | None:
        """The size of our categories' market by month; None where it is not known."""
        sizes = self.facts.markets.groupby("month")["amount"].sum()
        return sizes.reset_index() if len(sizes) else None

    # -- 2.A.4 and 2.B: ratings, strategies, grading ----------------------------------------------

    @cached_property
    def wallet_share(self) -> tuple[pd.Series, str | None]:
        """Our share of each account's wallet, and the year it is of."""
        return wallet_shares(
            self._rolled(self.facts.wallets),
            self._rolled(self.facts.account_month_category),
            self.facts.last_month,
        )

    @cached_property
    def measures(self) -> pd.DataFrame:
        """Account × measure: what criteria can be rated by."""
        open_items = self._rolled(self.facts.account_open).set_index("account")
        if not self.facts.knows_payments:  # a list of open items alone cannot tell how anyone pays
            open_items[["due_amount", "late_amount_days"]] = float("nan")
        return account_measures(self.sales, self.growth.table, self.pnl, open_items, self.wallet_share[0])

    @cached_property
    def ratings(self) -> pd.DataFrame:
        """Account × criterion, 1 to 5: from data where a criterion has a measure, else as people rated."""
        ratings = identification.rate_measures(
            self.measures, [c for c in self.settings.criteria if c.measure]
        )
        for criterion in self.settings.criteria:
            if not criterion.measure:
                ratings[criterion.id] = [self.judgements.rating(a, criterion.id) for a in ratings.index]
        return ratings.astype(float)

    @cached_property
    def weights(self) -> dict[str, dict[str, float]]:
        """Axis -> criterion -> weight of the grading form."""
        axes: dict[str, dict[str, float]] = {"attractiveness": {}, "strength": {}}
        for criterion in self.settings.criteria:
            axes[criterion.axis][criterion.id] = criterion.weight
        return axes

    @property
    def can_grade(self) -> bool:
        """Whether the settings have criteria on both axes."""
        return all(self.weights.values())

    @cached_property
    def strategy_ranking(self) -> StrategyRanking | None:
        """The accounts under each marketing strategy; None where the settings have none."""
        strategies = {s.id: s.weights for s in self.settings.strategies}
        if not strategies:
            return None
        rules = self.settings.designation
        return identification.classify_by_strategy(self.ratings, strategies, rules.most, rules.minimum_rated)

    @cached_property
    def method_comparison(self) -> MethodComparison:
        """What share of sales, share of profit, growth and the grading form choose, each alone."""
        scores = {"sales": self.sales}
        if self.profit_share is not None:
            scores["profit"] = self.profit_share.table["contribution"]
        growth = self.growth.table["growth"].dropna()
        if len(growth):
            scores["growth"] = growth
        if self.grading is not None:
            table = self.grading.table
            rated = table["known"] >= self.settings.designation.minimum_rated
            if rated.any():
                scores["grading"] = table["score"][rated]
        return identification.compare_methods(scores, top=self.settings.designation.most)

    @cached_property
    def grading(self) -> Grading | None:
        """The grading form of every account; None where the settings have no criteria on an axis."""
        rules = self.settings.matrix
        if not self.can_grade:
            return None
        return identification.grade(self.ratings, self.weights, rules.low, rules.high, rules.cut)

    @cached_property
    def matrix_probability(self) -> pd.DataFrame | None:
        """The probability of each quadrant by account, ratings and weights being uncertain."""
        rules = self.settings.matrix
        if not self.can_grade:
            return None
        return identification.matrix_probability(
            self.ratings,
            self.weights,
            rules.uncertainty_rating,
            rules.uncertainty_weight,
            rules.cut,
            rules.draws,
            rules.seed,
        )

    @cached_property
    def potential(self) -> pd.Series:
        """Yearly sales expected in three years, by account, as people wrote."""
        return pd.Series(self.judgements.potential, dtype=float).rename_axis("account")

    @cached_property
    def _list(self) -> list[Listed]:
        return changes_of(self.judgements.designations)

    # -- the outcome --------------------------------------------------------------------------------

    @cached_property
    def designation(self) -> Designation | None:
        """The key account list that the rules give as of the date; None where nothing can be graded."""
        if self.grading is None:
            return None
        return identification.designate(
            self.grading.table["score"],
            self.sales_share.table["share"],
            self.grading.table["quadrant"],
            listed(self._list, self.as_of, before=True),
            self.settings.designation,
            self.as_of,
            self.grading.table["known"],
        )

    @cached_property
    def key_accounts(self) -> tuple[str, ...]:
        """The key accounts as of the date: the last list that was saved, else what the rules give."""
        saved = listed(self._list, self.as_of)
        if saved:
            return tuple(a for a in saved if a in set(self.account_ids))
        return tuple(self.designation.accounts) if self.designation else ()

    # -- what people wrote --------------------------------------------------------------------------

    @cached_property
    def _known(self) -> dict[str, Knowing]:
        return {}

    def knowing(self, account: str) -> Knowing:
        """Return what is known of an account: its forms as they stand now, and what follows from them."""
        records, changes = written(self.workspace, account)
        records = [r for r in records if is_course_form(r.form)]
        known = self._known.get(account)
        if known is None or known.records != {r.form: r for r in records}:
            known = self._known[account] = self._knowing(account, records, changes)
        return known

    def _knowing(self, account: str, records: list[Record], changes: list[Change]) -> Knowing:
        service = self.settings.health.service_criterion
        rated = self.judgements.gradings.get(account, {}).get(service) if service else None
        found = self.measures[self.measures.index == account].to_dict("records")
        measures = {str(name): float(value) for name, value in found[0].items()} if found else {}
        return Knowing(
            account,
            self.as_of,
            {r.form: r for r in records},
            self.settings,
            measures,
            rating_of(rated),
            rated.date if rated else None,
            lambda: self._knowing_before(account, records, changes),
            self.judgements.state,
        )

    def _knowing_before(self, account: str, records: list[Record], changes: list[Change]) -> Knowing | None:
        earlier = self.month_before
        if earlier is None:
            return None
        states = records_on(records, changes, earlier.as_of, self.settings.time_zone)
        then = [
            Record(account, r.form, states[account, r.form], 0, "", r.changed_at)
            for r in records
            if (account, r.form) in states
        ]
        return earlier._knowing(account, then, [])

    @cached_property
    def month_before(self) -> Portfolio | None:
        """The portfolio at the end of the month before the last whole one; None where the ledger does not reach back."""
        from kamtools.book.opening import portfolio_of

        day = (self.facts.last_month - pd.Timedelta(days=1)).date()
        if pd.Timestamp(day) < self.facts.first_month:
            return None
        return portfolio_of(self.workspace, day, self.basis, self.rollup)

    @property
    def written_accounts(self) -> tuple[str, ...]:
        """The accounts of the portfolio about which something is written, in order."""
        ids = set(self.account_ids)
        records, _ = written(self.workspace)
        return tuple(sorted({r.account for r in records if is_course_form(r.form)} & ids))

    # -- module 5 ------------------------------------------------------------------------------------

    @cached_property
    def money(self) -> MoneyOfAll:
        """The money of all accounts: receivables, exposure, codes, forecasts."""
        return MoneyOfAll(self)

    @cached_property
    def _made_money(self) -> dict[str, Money]:
        return {}

    def money_of(self, account: str) -> Money:
        """Return the money of an account; made anew where a plan was revised by hand in between."""
        known = self.knowing(account)
        reasons = {name: known.rows("revision", name) for name in ("forecast", "lines")}
        made = self._made_money.get(account)
        if made is None or made.own.reasons != reasons:
            made = self._made_money[account] = Money(self, account, reasons)
        return made

    def top(self, account: str) -> str:
        """Return an account's top parent, itself where it has none."""
        return self._tops.get(account, account)

    # -- 2.I -------------------------------------------------------------------------------------------

    @cached_property
    def resource_focus(self) -> pd.DataFrame:
        """What is spent on each key account (A&P, consumer promotion, cost to serve) beside what it contributes."""
        lines = self.pnl[["a_and_p", "consumer_promotion", "cost_to_serve"]]
        spent = -lines.sum(axis=1, min_count=1)
        return identification.resource_focus(self.sales, self.contribution, spent, self.key_accounts)

    @property
    def alarms(self) -> list[Alarm]:
        """What the detectors found, high before watch."""
        found = [*self.data_alarms, *self.form_alarms()]
        return sorted(found, key=lambda a: (a.severity != "high", a.kind, a.account))

    @property
    def every_alarm(self) -> list[Alarm]:
        """All alarms, those on the accounts' money too, high before watch."""
        found = [*self.data_alarms, *self.form_alarms(), *self.money.alarms]
        return sorted(found, key=lambda a: (a.severity != "high", a.kind, a.account))

    def form_alarms(self) -> list[Alarm]:
        """What the detectors found in what people wrote."""
        known = {a: self.knowing(a) for a in self.written_accounts}

        def those(name: str) -> dict[str, Any]:
            found = {a: getattr(k, name) for a, k in known.items()}
            return {a: v for a, v in found.items() if v is not None}

        day = self.as_of.isoformat()
        return [
            *identification.single_threads(those("relationships"), day),
            *identification.stale_dossiers(those("completeness"), day),
            *identification.gives_without_gets(those("moves"), day),
            *identification.fit_conflicts(those("fit"), day),
            *identification.too_few_rivals(those("rivals"), day),
        ]

    @cached_property
    def data_alarms(self) -> list[Alarm]:
        """What the detectors found in the data."""
        found = identification.sales_falls(self.growth)
        if self.profit_share is not None:
            found += identification.large_losses(self.profit_share, TOP_BY_SALES, self.period)
        found += identification.fastest_small_accounts(self.growth)
        terms = self.measures["terms_rate"].dropna()
        if len(terms):
            found += identification.terms_out_of_line(
                terms,
                self.sales,
                self.accounts["segment"],
                self.settings.growth.small_below,
                self.period,
            )
        return found


@dataclass(frozen=True, eq=False)
class Book:
    """One account's book: the account, its portfolio, the language and how it is read.

    Attributes
    ----------
    batch : bool
        True when made for many accounts: forms give way to their static twins.
    """

    portfolio: Portfolio
    account: str
    lang: str
    batch: bool = False

    @cached_property
    def context(self) -> Context:
        """What views need to know of the reader."""
        portfolio = self.portfolio
        return Context.from_settings(
            portfolio.settings, self.lang, portfolio.names(self.lang), self.account, portfolio.conventions
        )

    @property
    def knowing(self) -> Knowing:
        """What is known of the account: its forms as they stand now."""
        return self.portfolio.knowing(self.account)

    @property
    def money(self) -> Money:
        """The money of the account, with the changes of its plan as they stand now."""
        return self.portfolio.money_of(self.account)

    @property
    def name(self) -> str:
        """The account's name in the book's language."""
        return self.context.name(self.account)

    def figures(self, item: str = "") -> list[Figure]:
        """Return the figures of the book, what ``facts.json`` holds; of a course item or a module where given."""
        return account_figures(self.portfolio, self.account, item)
