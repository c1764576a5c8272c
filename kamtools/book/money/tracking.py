"""Where the account stands against its plan, and how the plan is revised."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import pandas as pd

from kamtools.book.money.account import AccountFacts, attempt, known
from kamtools.book.money.ahead import YearAhead
from kamtools.book.money.plan import Plan
from kamtools.book.money.profit import Profit
from kamtools.book.money.standing import Standing
from kamtools.book.money.statements import plan_months, span_months
from kamtools.finance.names import PNL_LINES
from kamtools.finance.receivables import billed
from kamtools.finance.revision import plan_diff
from kamtools.finance.tracking import (
    Bands,
    Bridge,
    BridgeSide,
    RunRate,
    attainment,
    plan_to_actual_bridge,
    run_rate,
)

MEASURES: tuple[tuple[str, Literal["higher", "lower"]], ...] = (  # measure, favourable, what a gap asks for
    ("net_sales", "higher"),
    ("gross_margin", "higher"),
    ("contribution", "higher"),
    ("a_and_p", "lower"),
    ("cost_to_serve", "lower"),
    ("dso", "lower"),
    ("overdue_share", "lower"),
)


@dataclass(frozen=True, eq=False)
class Tracking:
    """Where the account stands against its plan."""

    own: AccountFacts
    profit: Profit
    plan: Plan
    ahead: YearAhead
    standing: Standing

    @cached_property
    def measures(self) -> pd.DataFrame:
        """What is to be reached this year to date, and what is: frame[measure, line, unit, actual, target, …]."""
        table = self.ahead.statements["ytd"].table.set_index("line")
        bands = Bands(**self.own.all.rules.bands.model_dump())
        credit = self.standing.credit
        terms = self.own.terms_days
        exposure = self.own.all.exposure
        rows = []
        for measure, favourable in MEASURES:
            unit = "money"
            if measure == "dso":
                actual, target, unit = credit.dso, terms, "days"
            elif measure == "overdue_share":
                aged = self.own.all.due_ageing
                owed = known(billed(aged).get(self.own.account)) or 0.0
                late = known(exposure["overdue"].get(self.own.account))
                part = late / owed if late is not None and owed > 0 else None
                # of what is open on invoices: credit notes not set off stand apart
                actual, target, unit = part, self.own.all.rules.overdue_tolerance or None, "fraction"
            else:
                sign = 1 if favourable == "higher" else -1
                actual, target = (known(table.at[measure, n]) for n in ("actual", "budget"))
                actual = None if actual is None else sign * actual
                target = None if target is None else sign * target
            gap = None if actual is None or target is None else actual - target
            result = None if target is None or target <= 0 else attainment(actual, target, favourable, bands)
            band = "no_target" if result is None else result.band
            if result is None and gap is not None:  # a ratio to nothing, or to a planned loss, says nothing
                band = "green" if gap == 0 or (gap > 0) == (favourable == "higher") else "red"
            rows.append(
                (
                    measure,
                    measure if unit == "money" else "",
                    unit,
                    math.nan if actual is None else actual,
                    math.nan if target is None else target,
                    math.nan if result is None or result.ratio is None else result.ratio,
                    math.nan if result is None or result.score is None else result.score,
                    band,
                    math.nan if gap is None else gap,
                    measure if band in ("amber", "red") else "",
                )
            )
        columns = ["measure", "line", "unit", "actual", "target", "ratio", "score", "band", "gap", "action"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def run_rate(self) -> RunRate | None:
        """Where net sales of the year end if they go on as so far, with last year's phasing where there is one."""
        sales = self.profit.months["net_sales"].dropna()
        sales = pd.Series(sales.to_numpy(), index=sales.index.astype(str))
        for convention in ("seasonal", "linear"):
            found = attempt(lambda c=convention: run_rate(sales, self.own.start, str(self.own.last), c))
            if found is not None:
                return found
        return None

    @cached_property
    def bridge(self) -> Bridge | None:
        """The way from the planned to the actual contribution of the year to date; None without a budget."""
        wanted = span_months("ytd", self.own.last, self.own.start)
        plan = self._plan_side(wanted)
        if plan is None:
            return None
        return attempt(
            lambda: plan_to_actual_bridge(plan, self._actual_side(wanted), as_of=str(self.own.last))
        )

    def _plan_side(self, wanted: pd.PeriodIndex) -> BridgeSide | None:
        rows = self.plan.rows
        months = pd.PeriodIndex(rows["month"], freq="M")
        rows = rows[(rows["version"] == "") & months.isin(wanted)]
        lines = self.plan.budget.reindex(wanted)
        if lines["contribution"].isna().any():
            return None
        items = rows[rows["category"] != ""].pivot_table(
            index="category", columns="line", values="amount", aggfunc="sum"
        )
        frame = None
        if {"quantity", "list_sales"} <= set(items.columns):
            items = items.rename_axis("item").reset_index()
            frame = items.rename(columns={"quantity": "units", "list_sales": "sales"})[
                ["item", "units", "sales"]
            ]
        return self._side(wanted, lines, frame)

    def _actual_side(self, wanted: pd.PeriodIndex) -> BridgeSide:
        rows = self.own.mine(self.own.portfolio.facts.account_month_category)
        rows = rows[pd.PeriodIndex(rows["month"], freq="M").isin(wanted)]
        items = rows.groupby("category")[["quantity", "list_amount"]].sum(min_count=1)
        whole = items.notna().all(axis=None) and len(items)
        frame = None
        if whole:
            frame = items.rename_axis("item").reset_index()
            frame = frame.rename(columns={"quantity": "units", "list_amount": "sales"})
            frame = frame[frame["units"] > 0]
        return self._side(wanted, self.profit.months.reindex(wanted), frame)

    def _side(self, wanted: pd.PeriodIndex, lines: pd.DataFrame, items: pd.DataFrame | None) -> BridgeSide:
        sums = {line: math.fsum(lines[line]) if lines[line].notna().all() else None for line in PNL_LINES}

        def together(*names: str) -> float | None:
            parts = [sums[n] for n in names]
            return None if any(p is None for p in parts) else math.fsum(p for p in parts if p is not None)

        return BridgeSide(
            [str(m) for m in wanted],
            items,
            sums["list_sales"],
            sums["cost_of_goods"],
            together("on_invoice", "off_invoice_performance", "off_invoice_promotional"),
            together("consumer_promotion", "a_and_p"),
            sums["cost_to_serve"],
            sums["contribution"],
        )

    @cached_property
    def revision(self) -> pd.DataFrame | None:
        """Budget against the latest estimate over the estimate's months, line by line; None without an estimate."""
        version = self.plan.estimate_version
        if version is None:
            return None
        new = plan_months(self.plan.rows, version)
        old = self.plan.budget.reindex(new.index)
        lines = [x for x in PNL_LINES if new[x].notna().all() and old[x].notna().all()]
        if not lines:
            return None
        sums = [{x: math.fsum(frame[x]) for x in lines} for frame in (old, new)]
        reasons: dict[object, str] = {
            str(r["line"]): str(r["reason"])
            for r in self.own.reasons.get("lines", [])
            if r.get("line") in lines and r.get("reason")
        }
        table = plan_diff(*sums, reasons=reasons)
        table.attrs = {"version": version, "months": (f"{new.index.min()}", f"{new.index.max()}")}
        return table
