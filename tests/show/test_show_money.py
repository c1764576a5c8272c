"""The account's money: every chart, table and finding, in both languages, on real figures, missing ones, hostile names, none."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import kamtools
from kamtools.finance import (
    checking,
    coding,
    control,
    credit,
    credit_loss,
    forecasting,
    payment,
    promotion,
    receivables,
    returns,
    revision,
    stress,
    tracking,
)
from kamtools.finance.collection import collection_by_account
from kamtools.finance.monthlock import late_postings, restatement
from kamtools.finance.names import PNL_LINES, PNL_SUBTOTALS
from kamtools.show import Context, charts, findings, image, tables
from kamtools.show.charts.receivables import evidence_words
from kamtools.show.money_words import bucket_name, called, line_name, mark, stands_on
from kamtools.show.tables.build import Table
from kamtools.words import has_message, say

ROOT = Path(kamtools.__file__).parent
AS_OF = "2026-10-31"
OWN = "00004"
LINES = (*PNL_LINES, "capital_receivables", "capital_stock", "economic_profit")
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    r"A $\frac$ B $x$",
    "笑脸😀促销👩‍👩‍👧 \U00020bb7野家",
    "很长的名字说不完" * 60,
    "‮مرحبا بالعالم",
    "a\nb\tc\x00d",
)


def _statement(columns: dict[str, list[Any]], span: str = "ytd", period: str = "2026-01..2026-10") -> Any:
    table = pd.DataFrame(columns, index=list(LINES), dtype=float).rename_axis("line")
    table["variance"] = table["actual"] - table["budget"]
    table["variance_fraction"] = table["variance"] / table["budget"].abs().where(table["budget"] != 0)
    table["favourable"] = [None if v != v or abs(v) < 0.005 else bool(v > 0) for v in table["variance"]]
    conventions = {"variance": "actual_minus_budget", "signs": "deductions_negative", "fiscal_year_start": 1,
                   "months_actual": 10, "months_forecast": 0}  # fmt: skip
    warnings = ("no_forecast",) if span == "year" else ()
    before = "2025" + period[4:].replace("..2026", "..2025")
    return SimpleNamespace(span=span, period=period, last_year_period=before, table=table.reset_index(),
                           warnings=warnings, conventions=conventions)  # fmt: skip


def _documents() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = []
    for account, size in ((OWN, 400.0), ("00002", 150.0), ("00006", 80.0)):
        for k, day in enumerate(pd.date_range("2023-10-05", "2026-10-05", freq="MS") + pd.Timedelta(days=4)):
            amount = 1000 * size * (1 + 0.01 * k) * float(rng.uniform(0.9, 1.1))
            late = 3 + (40 if account == OWN and k >= 32 else 0)
            paid_on = day + pd.Timedelta(days=45 + late)
            part = amount if k % 9 or account != OWN else 0.4 * amount
            settled = paid_on <= pd.Timestamp(AS_OF)
            rows.append((f"D{account}{k}", account, "invoice", day, day + pd.Timedelta(days=45), amount,
                         paid_on if settled else pd.NaT, part if settled else np.nan))  # fmt: skip
    rows += [
        ("C1", OWN, "credit_note", pd.Timestamp("2026-09-01"), pd.NaT, -21_000.0, pd.NaT, np.nan),
        (
            "B1",
            OWN,
            "acceptance_bill",
            pd.Timestamp("2026-09-01"),
            pd.Timestamp("2026-12-01"),
            90_000.0,
            pd.NaT,
            np.nan,
        ),
        ("P1", OWN, "advance", pd.Timestamp("2026-10-01"), pd.NaT, -30_000.0, pd.NaT, np.nan),
    ]
    columns = [
        "document",
        "account",
        "kind",
        "invoice_date",
        "due_date",
        "amount",
        "paid_date",
        "paid_amount",
    ]
    return pd.DataFrame(rows, columns=columns)


def _credit(documents: pd.DataFrame, given: float | None = 1_000_000.0) -> Any:
    months = [str(m) for m in pd.period_range("2024-11", "2026-10", freq="M")]
    sales = pd.DataFrame({"account": OWN, "month": months, "amount": 450_000.0})
    measured: Any = collection_by_account(documents, sales, AS_OF, 0.13).loc[OWN]
    aged: Any = receivables.ageing(documents, AS_OF).loc[OWN]
    late = float(receivables.overdue(receivables.ageing(documents, AS_OF)).to_dict()[OWN])
    zs = [credit.altman_z(x1=a, x2=0.2, x3=0.08, x4=0.9, x5=1.1) for a in (0.3, 0.02, -0.4)]
    altman = pd.DataFrame({"year": ["2023", "2024", "2025"], "z": [z.z for z in zs], "zone": [z.zone for z in zs],
                           "warnings": [("working_capital_above_total_assets",)] * 3})  # fmt: skip
    hold = credit.credit_hold(float(aged["open"]), given, late, 10_000)
    own = documents[documents["account"] == OWN]
    return SimpleNamespace(
        ageing=aged,
        **{k: float(measured[k]) for k in ("dso", "countback", "best_possible", "delinquent", "effectiveness")},
        behaviour=payment.payment_behaviour(own, AS_OF),
        status=payment.payment_break(documents, AS_OF).loc[OWN],
        signals=payment.early_signals(OWN, documents, AS_OF, given or 1.0),
        altman=altman,
        score=credit.credit_score(zs[-1], 25, None),
        limit=credit.credit_limit(800_000, None, 0.1, 60_000_000, 0.1),
        given_limit=given,
        need=800_000.0,
        exposure=float(aged["open"]),
        utilisation=hold.utilisation,
        hold=hold,
        expected_loss=42_000.0,
        terms_cost=81_000.0,
        conventions={
            "ageing_basis": "due", "buckets": (30, 60, 90), "default_terms": 30, "vat_rate": 0.13,
            "dso_days": "last_twelve_months", "terms_days": 45.0, "terms_known": given is not None,
            "exposure": ("open", "unbilled", "insured"), "overdue_tolerance": 0.1, "loss_rates": "given", "capital_rate": 0.08,
        },
        missing=() if given else ("limit", "financials"),
    )  # fmt: skip


def _control() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    months = [f"2026-{m:02d}" for m in range(1, 13)]
    budget = pd.DataFrame([(a, m, v) for a, v in (("AP", 40_000.0), ("TP", 60_000.0), ("CP", 9_000.0)) for m in months],
                          columns=["activity", "month", "amount"])  # fmt: skip
    rates = {"AP": 1.25, "TP": 0.9, "CP": 0.5}
    spent = budget[budget["month"] <= "2026-10"].assign(
        amount=lambda f: f["amount"] * f["activity"].map(rates)
    )
    spent = pd.concat([spent, pd.DataFrame({"activity": ["RB"], "month": ["2026-05"], "amount": [7_000.0]})])
    accrued = spent.iloc[:3].assign(amount=5_000.0)
    committed = pd.DataFrame(
        {"activity": ["AP", "TP"], "month": ["2026-10", "2026-11"], "amount": [12_000.0, 30_000.0]}
    )
    forecast = budget.groupby("activity", as_index=False)["amount"].sum().assign(month="2026-12")
    table = control.budget_control(
        budget, committed, accrued, spent, forecast, by=("activity",), as_of="2026-10"
    )
    burn = control.burn_up(budget, committed, accrued, spent, budget, as_of="2026-10")
    roll = control.roll_forward(10_000, {"2026-08": 5_000.0, "2026-09": 6_000.0}, {"2026-09": 30_000.0})
    return table, burn, roll


def _promotions(names: tuple[str, ...]) -> tuple[Any, ...]:
    span = pd.period_range("2024-01", "2026-10", freq="M")
    units = pd.Series(np.random.default_rng(5).normal(10_000, 300, len(span)).round(), index=span)
    units["2026-06"], units["2026-07"] = 19_000.0, 8_500.0
    given = (
        {"unit_profit": 6.0, "spend": 9_000.0, "cannibalised": 400.0},
        {"unit_profit": 6.0, "spend": 90_000.0, "cannibalised": None, "price_cut": 1.0},
        {"unit_profit": 2.0, "spend": 16_500.0, "baseline": "median_of_other_months"},
        {"unit_profit": None, "spend": 0.0, "growth": 0.05},
    )
    found = []
    for k, options in enumerate(given):
        window = ("2026-06", "2026-06") if k < 3 else ("2026-10", "2026-10")
        item = promotion.promotion_pnl(units, window, **options)  # type: ignore[arg-type]
        found.append(SimpleNamespace(id=f"PR{k}", name_zh=names[k % len(names)], name_en=names[k % len(names)], category="",
                                     start=pd.Timestamp(window[0]), end=pd.Timestamp(f"{window[1]}-28"), pnl=item))  # fmt: skip
    return tuple(found)


def _bridge(units: bool = True) -> tracking.Bridge:
    items = [pd.DataFrame({"item": ["P1", "P2", "P3"], "units": [900.0, 500.0, 40.0], "sales": [45e4, 30e4, 2e4], "cost": [25e4, 14e4, 1e4]}),
             pd.DataFrame({"item": ["P1", "P2", "P4"], "units": [800.0, 610.0, 55.0], "sales": [38e4, 37e4, 3e4], "cost": [23e4, 17e4, 1e4]})]  # fmt: skip
    sides = [tracking.BridgeSide(["2026-01"], f if units else None, None if units else 77e4, a_and_p=-4e4 * (1 + k), terms=-6e4,
                                 cost_to_serve=-3e4, contribution=None if units else 10e4 - k * 3e4)
             for k, f in enumerate(items)]  # fmt: skip
    return tracking.plan_to_actual_bridge(*sides, as_of="2026-01")


def _forecast(words: tuple[str, ...]) -> Any:
    span = pd.period_range("2023-11", "2026-10", freq="M")
    history = pd.Series(np.random.default_rng(2).normal(5e6, 4e5, len(span)), index=span)
    base = forecasting.forecast(history, 14)
    rows = [{"month": "2026-11", "amount": 9e5, "reason": words[0], "who": words[1], "date": "2026-10-20"},
            {"month": "2027-02", "factor": 0.8, "reason": words[2]}]  # fmt: skip
    done = forecasting.adjust(base, rows)
    outlook = forecasting.year_outlook(history, done.table, 2026)
    table = done.table.rename_axis("month").reset_index()
    return SimpleNamespace(history=history, table=table, reason="", coverage=0.8, outlook=outlook, overrides=done.changes,
                           conventions=base.attrs["conventions"])  # fmt: skip


def _stress(
    documents: pd.DataFrame, stock: float = 300_000.0, contribution: float = 60_000.0
) -> dict[str, Any]:
    months = [str(m) for m in pd.period_range("2025-11", "2026-10", freq="M")]
    rows = [
        (line, m, v) for m in months for line, v in (("net_sales", 450_000.0), ("contribution", contribution))
    ]
    table = pd.DataFrame(rows, columns=["line", "period", "amount"])
    scenario = stress.Scenario(AS_OF, stock=stock, stock_recovery=0.5, fixed_cost=500_000, other_contribution=470_000,
                               new_contribution=4_000, limit=1_000_000, months=18)  # fmt: skip
    return {
        name: stress.stress_top_account(
            OWN, table, documents, replace(scenario, share_lost=share), seed=7, n=300
        )
        for name, share in (("full", 1.0), ("half", 0.5), ("quarter", 0.25))
    }


def _measures() -> pd.DataFrame:
    rows = [
        ("net_sales", "net_sales", "money", 92e5, 100e5, 0.92, 0.92, "amber", -8e5, "net_sales"),
        ("contribution", "contribution", "money", 21e4, 20e4, 1.05, 1.05, "green", 1e4, ""),
        ("a_and_p", "a_and_p", "money", 5e5, 4e5, 1.25, 0.75, "red", 1e5, "a_and_p"),
        ("dso", "", "days", 88.4, 45.0, 1.96, 0.04, "red", 43.4, "dso"),
        ("overdue_share", "", "fraction", None, 0.1, None, None, "not_known", None, ""),
        ("gross_margin", "gross_margin", "money", 3e6, None, None, None, "no_target", None, ""),
    ]
    columns = ["measure", "line", "unit", "actual", "target", "ratio", "score", "band", "gap", "action"]
    return pd.DataFrame(rows, columns=columns)


def _codes(word: str) -> checking.CodeCheck:
    tree = coding.CodeTree.of({"TP": {"line": "off_invoice_promotional", "kinds": ["DM", "DP"]},
                               "AP": {"line": "a_and_p", "kinds": ["AD"]}})  # fmt: skip
    right = [coding.expense_code("26", OWN, "B01", "TP", "DM", n) for n in range(1, 4)]
    swapped = right[1][:-3] + right[1][-2] + "3" + right[1][-1]
    codes = [right[0], coding.expense_code("26", "00002", "B01", "TP", "DM", 9), None, word, swapped, right[0],
             coding.expense_code("25", OWN, "B01", "TP", "DM", 8), coding.expense_code("26", OWN, "B01", "AP", "AD", 6)]  # fmt: skip
    frame = pd.DataFrame({"expense_id": [f"E{i}" for i in range(len(codes))], "date": "2026-03-31", "account": OWN, "code": codes,
                          "line": "off_invoice_promotional", "amount": [100.0 * (9 - i) for i in range(len(codes))]})  # fmt: skip
    return checking.check_codes(frame, tree, {OWN, "00002"}, {"B01"})


def _lift() -> pd.DataFrame:
    span = pd.period_range("2024-11", "2026-10", freq="M").astype(str)
    rng = np.random.default_rng(1)
    accounts = [OWN, *(f"{i:05d}" for i in range(11, 24))]
    sales = pd.DataFrame(
        [(a, m, 1e5 * float(rng.uniform(0.95, 1.05))) for a in accounts for m in span],
        columns=["account", "month", "amount"],
    )
    spend = sales.assign(amount=5_000.0)
    spend.loc[spend["account"].isin([OWN, "00012"]) & (spend["month"] >= "2025-11"), "amount"] = 15_000.0
    return returns.lift_by_account(sales, spend, as_of="2026-10").set_index("account")


@dataclass(frozen=True)
class Case:
    """Results to show: all that the account's money can give."""

    statements: dict[str, Any]
    bridge: Any
    control: pd.DataFrame
    burn: pd.DataFrame
    roll: pd.DataFrame
    promotions: tuple[Any, ...]
    forecast: Any
    credit: Any
    provision: Any
    rates: Any
    stress: dict[str, Any]
    what_if: Any
    lift: pd.DataFrame
    codes: Any
    returns: pd.DataFrame
    restatement: Any
    late: pd.DataFrame
    measures: pd.DataFrame
    revision: pd.DataFrame
    reconciliation: pd.DataFrame
    ageing: pd.DataFrame
    exposure: pd.DataFrame
    run_rate: Any


def build_case(words: tuple[str, ...]) -> Case:
    """Return results in which everything people write is among `words`."""
    documents = _documents()
    actual = [100e5, -10e5, 90e5, -8e5, -4e5, 78e5, -50e5, 28e5, -3e5, -6e5, -12e5, 7e5, -2e5, None, 5e5]
    full = {
        "budget": [v if v is None else v * 1.06 for v in actual],
        "estimate": [v if v is None else v * 1.01 for v in actual],
        "actual": [v if v is None else v * (1.3 if i == 9 else 1) for i, v in enumerate(actual)],
        "last_year": [v if v is None else v * 0.9 for v in actual],
    }
    bare: dict[str, list[Any]] = {k: v if k == "actual" else [None] * len(LINES) for k, v in full.items()} | {
        "actual": [0.0, *[-1e5] * 13, None]
    }
    table, burn, roll = _control()
    aged = receivables.ageing(documents, AS_OF)
    exposure = pd.DataFrame({"limit": [1e6, np.nan, 2e5], "utilisation": [1.4, np.nan, 0.4], "hold": [True, False, False],
                             "reasons": [("over_limit", "overdue"), (), ()]}, index=[OWN, "00002", "00006"])  # fmt: skip
    names = receivables.bucket_names()
    gross = aged[list(names)].sum().clip(lower=0)
    loss_rates = pd.Series([0.005, 0.02, 0.06, 0.15, 0.4], index=names)
    history = credit_loss.history_loss_rates(documents, AS_OF)
    promoted = _promotions(words)
    locked = pd.DataFrame(
        {
            "month": ["2026-08", "2026-08", "2026-09"],
            "line": ["a_and_p", "contribution", "contribution"],
            "amount": [0.0, 90.0, 80.0],
        }
    )
    now = pd.DataFrame(
        {
            "month": ["2026-08", "2026-08", "2026-09"],
            "line": ["a_and_p", "contribution", "contribution"],
            "amount": [-40.0, 50.0, 80.0],
        }
    )
    posted = pd.DataFrame({"expense_id": ["E1", "E2"], "code": [words[0], None], "line": "a_and_p", "amount": [30.0, 10.0],
                           "date": "2026-08-31", "posted": ["2026-09-20", "2026-09-15"]})  # fmt: skip
    plan = revision.plan_diff({"net_sales": 100.0, "a_and_p": -8.0, "cost_to_serve": -3.0}, {"net_sales": 95.0, "cost_to_serve": -3.0, "on_invoice": -2.0},
                              {"net_sales": words[0]})  # fmt: skip
    before = dict(zip(LINES, actual, strict=True))
    rows = [
        (line, v, None if v is None else v + d, None if v is None else d)
        for (line, v), d in zip(before.items(), [2e5, 0, 2e5] * 5, strict=True)
    ]
    money = pd.DataFrame({"line": list(PNL_LINES), "accounts": [90.0] * 12, "not_attributable": [10.0] * 12, "company": [100.0] * 12,
                          "difference": [0.0] * 11 + [None]})  # fmt: skip
    spends = pd.DataFrame(
        {
            "activity": ["PR0", "added_a_and_p", "TP", "AP"],
            "spend": [100.0, 50.0, 80.0, 10.0],
            "incremental": [150.0, 20.0, 85.0, None],
        }
    )
    months = pd.period_range("2025-01", "2026-10", freq="M").astype(str)
    return Case(
        statements={"ytd": _statement(full), "year": _statement(full, "year", "2026-01..2026-12"), "bare": _statement(bare, "month", "2026-10")},
        bridge=_bridge(),
        control=table,
        burn=burn,
        roll=roll,
        promotions=promoted,
        forecast=_forecast(words),
        credit=_credit(documents),
        provision=credit_loss.expected_credit_loss(gross, loss_rates, 1.2, {"d91_up": (1_000.0, 400.0)}),
        rates=SimpleNamespace(rates=loss_rates, origin="history", history=history),
        stress=_stress(documents),
        what_if=SimpleNamespace(table=pd.DataFrame(rows, columns=["line", "before", "after", "change"]), break_even_volume=0.031,
                                inputs={"price": -0.02, "terms": 0.01, "a_and_p": 0.0, "service": 0.0, "days": 15.0}, conventions={}),
        lift=_lift(),
        codes=_codes(words[3]),
        returns=returns.cut_and_add(spends),
        restatement=restatement(locked, now),
        late=late_postings(posted, {"2026-08": "2026-09-10"}),
        measures=_measures(),
        revision=plan,
        reconciliation=money,
        ageing=aged,
        exposure=exposure,
        run_rate=tracking.run_rate(pd.Series(100.0, index=months), 1, "2026-10"),
    )  # fmt: skip


def _bare(case: Case) -> Any:
    """Return the credit of an account of which little is known."""
    fields = vars(case.credit) | dict.fromkeys(("dso", "countback", "best_possible", "delinquent", "effectiveness", "score", "limit", "status", "given_limit", "need", "exposure", "utilisation", "hold", "expected_loss", "terms_cost", "ageing"))  # fmt: skip
    return SimpleNamespace(
        **fields | {"signals": [], "altman": case.credit.altman.iloc[:0], "missing": ("credit", "financials")}
    )


def _short(case: Case) -> Any:
    """Return a forecast that the history cannot bear."""
    return SimpleNamespace(**vars(case.forecast) | {"table": case.forecast.table.iloc[:0], "reason": "too_short", "outlook": None,
                                                    "history": case.forecast.history.iloc[:5], "overrides": pd.DataFrame()})  # fmt: skip


CHARTS = {
    "statement": lambda k, c, **m: charts.statement(k.statements["ytd"], c, **m),
    "statement_bare": lambda k, c, **m: charts.statement(k.statements["bare"], c, **m),
    "plan_bridge": lambda k, c, **m: charts.plan_bridge(k.bridge, c, **m),
    "bridge_totals": lambda k, c, **m: charts.plan_bridge(_bridge(units=False), c, **m),
    "burn": lambda k, c, **m: charts.burn(k.burn, c, **m),
    "burn_bare": lambda k, c, **m: charts.burn(
        k.burn.assign(accrued=np.nan, used=np.nan, forecast=np.nan), c, **m
    ),
    "promotion": lambda k, c, **m: charts.promotion(k.promotions[0], c, **m),
    "promotion_loss": lambda k, c, **m: charts.promotion(k.promotions[1], c, **m),
    "promotion_unknown": lambda k, c, **m: charts.promotion(k.promotions[3], c, **m),
    "forecast": lambda k, c, **m: charts.forecast(k.forecast, c, **m),
    "forecast_short": lambda k, c, **m: charts.forecast(_short(k), c, **m),
    "ageing": lambda k, c, **m: charts.ageing(k.credit, c, **m),
    "payment": lambda k, c, **m: charts.payment(k.credit, c, **m),
    "payment_bare": lambda k, c, **m: charts.payment(_bare(k), c, **m),
    "credit_limit": lambda k, c, **m: charts.credit_limit(k.credit, c, **m),
    "provision": lambda k, c, **m: charts.provision(k.provision, c, rates=k.rates, **m),
    "stress_cash": lambda k, c, **m: charts.stress_cash(k.stress, c, **m),
    "stress_losses": lambda k, c, **m: charts.stress_losses(k.stress, c, **m),
    "stress_simulation": lambda k, c, **m: charts.stress_simulation(k.stress["full"], c, **m),
    "what_if": lambda k, c, **m: charts.what_if(k.what_if, c, **m),
    "lift": lambda k, c, **m: charts.lift(k.lift, c, **m),
}
TABLES = {
    "statement": lambda k, c: tables.statement(k.statements["year"], c),
    "expense_codes": lambda k, c: tables.expense_codes(k.codes, c),
    "control": lambda k, c: tables.control(k.control, c),
    "roll": lambda k, c: tables.roll(k.roll, c),
    "promotions": lambda k, c: tables.promotions(k.promotions, c),
    "returns": lambda k, c: tables.returns(k.returns, c, k.promotions),
    "restatement": lambda k, c: tables.restatement(k.restatement, c, k.late),
    "forecast": lambda k, c: tables.forecast(k.forecast, c),
    "measures": lambda k, c: tables.measures(k.measures, c),
    "ageing_all": lambda k, c: tables.ageing_all(k.ageing, c, k.exposure, top=2),
    "credit": lambda k, c: tables.credit(k.credit, c),
    "credit_bare": lambda k, c: tables.credit(_bare(k), c),
    "provision": lambda k, c: tables.provision(k.provision, c, k.rates),
    "revision": lambda k, c: tables.revision(k.revision, c),
    "stress": lambda k, c: tables.stress(k.stress, c),
    "reconciliation": lambda k, c: tables.reconciliation(k.reconciliation, c),
    "what_if": lambda k, c: tables.what_if(k.what_if, c),
}
FINDINGS = {
    "statement": lambda k, c: findings.statement(k.statements["ytd"], c),
    "statement_bare": lambda k, c: findings.statement(k.statements["bare"], c),
    "codes": lambda k, c: findings.codes(k.codes, c),
    "control": lambda k, c: findings.control(k.control, c, k.roll),
    "promotions": lambda k, c: findings.promotions(k.promotions, c),
    "returns": lambda k, c: findings.returns(k.returns, c, k.lift.loc[OWN], k.promotions),
    "restatement": lambda k, c: findings.restatement(k.restatement, c, k.late),
    "forecast": lambda k, c: findings.forecast(k.forecast, c),
    "forecast_short": lambda k, c: findings.forecast(_short(k), c),
    "measures": lambda k, c: findings.measures(k.measures, c, k.run_rate),
    "bridge": lambda k, c: findings.bridge(k.bridge, c),
    "credit": lambda k, c: findings.credit(k.credit, c),
    "credit_bare": lambda k, c: findings.credit(_bare(k), c),
    "provision": lambda k, c: findings.provision(k.provision, c, k.rates),
    "revision": lambda k, c: findings.revision(k.revision, c),
    "stress": lambda k, c: findings.stress(k.stress, c),
    "reconciliation": lambda k, c: findings.reconciliation(k.reconciliation, c),
    "what_if": lambda k, c: findings.what_if(k.what_if, c),
}


def reader(lang: str, name: str = "", **more: Any) -> Context:
    names = {
        OWN: name or ("澜汀超市" if lang == "zh" else "Lanting Stores"),
        "00002": HOSTILE[0] if name else "B",
        "00012": HOSTILE[3] if name else "C",
    }
    options = {"fictional": True, "conventions": {"basis": "net", "as_of": AS_OF, "rollup": "account"}} | more
    return Context(lang, names, account=OWN, **options)


@pytest.fixture(scope="module")
def plain() -> Case:
    return build_case(
        ("双十一加单 // Extra order for Double 11", "李娜 // Li Na", "撤架 // Delisted", "26-nonsense")
    )


@pytest.fixture(scope="module")
def hostile() -> Case:
    return build_case(HOSTILE)


class Page(HTMLParser):
    """The tags and words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def drawn(ax: Any) -> list[str]:
    figure = ax.get_figure(root=True)
    return [t.get_text() for t in figure.findobj(Text) if t.get_text()]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_keeps_names_as_text(name, hostile):
    ax = CHARTS[name](hostile, reader("zh", HOSTILE[3]))
    assert all(len(t) < 900 for t in drawn(ax))
    assert image(ax)


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_of_a_chart_is_cut_off(name, plain):
    """Titles, labels of rows and the words beside bars lie inside the picture."""
    ax = CHARTS[name](plain, reader("en"))
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.canvas.draw()
    box = figure.bbox
    away = {id(t.label1) for axis in (ax.xaxis, ax.yaxis) for t in axis.get_major_ticks()
            if not min(axis.get_view_interval()) <= t.get_loc() <= max(axis.get_view_interval())}  # fmt: skip
    for t in figure.findobj(Text):
        off = (
            t.axes is not None
            and not t.axes.axison
            and t in (*t.axes.get_xticklabels(), *t.axes.get_yticklabels())
        )
        if id(t) in away or off or not (t.get_visible() and t.get_text().strip()):
            continue
        place = t.get_window_extent()
        assert place.x0 >= box.x0 - 1 and place.x1 <= box.x1 + 1, t.get_text()
        assert place.y0 >= box.y0 - 1 and place.y1 <= box.y1 + 1, t.get_text()
    plt.close(figure)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_text(name, hostile, known_tags):
    page = TABLES[name](hostile, reader("zh", HOSTILE[0]))._repr_html_()
    found = Page(page)
    assert found.tags <= known_tags
    assert not re.search(r"\bnan\b|None|NaT|\{\w+\}|<NA>", " ".join(found.words)), name
    assert page == TABLES[name](hostile, reader("zh", HOSTILE[0]))._repr_html_()


@pytest.mark.parametrize("name", FINDINGS)
def test_findings_are_text(name, hostile, known_tags):
    found = FINDINGS[name](hostile, reader("zh"))
    assert any(item.action for item in found)
    assert Page(found._repr_html_()).tags <= known_tags
    markdown = found._repr_markdown_()
    assert "<img" not in markdown and "](" not in markdown


# -- what the figures say ----------------------------------------------------------------------


def frame_of(table: Table) -> pd.DataFrame:
    return pd.DataFrame(table.rows, columns=[key for key, _, _ in table.columns])


def cells(table: Table, row: int) -> dict[str, str]:
    return {str(k): str(v) for k, v in frame_of(table).iloc[row].items()}


def test_a_missing_figure_is_a_dash_never_zero(plain):
    frame = tables.statement(plain.statements["ytd"], reader("en"))
    at = LINES.index("capital_stock")
    assert [
        cells(frame, at)[k] for k in ("budget", "actual", "variance", "variance_fraction", "favourable")
    ] == ["—"] * 5
    part = plain.statements["ytd"].table.copy()
    part.loc[part["line"] == "contribution", ["budget", "variance", "variance_fraction", "favourable"]] = None
    shown = drawn(
        charts.statement(SimpleNamespace(**vars(plain.statements["ytd"]) | {"table": part}), reader("en"))
    )
    assert "—" in shown and "CN¥0" not in shown
    plt.close("all")


def test_the_variance_has_a_sign_and_a_verdict_in_words(plain):
    frame = tables.statement(plain.statements["ytd"], reader("zh"))
    row = cells(frame, LINES.index("a_and_p"))
    assert row["actual"] == "-780,000" and row["variance"] == "-144,000"
    assert row["favourable"] == "▼ 不利" and row["variance_fraction"] == "-22.6%"
    assert cells(frame, LINES.index("cost_of_goods"))["favourable"] == "▲ 有利"
    page = "".join(Page(frame._repr_html_()).words)
    assert "差异＝实际−预算" in page and "不含增值税" in page and "去年：2025年1月至2025年10月" in page
    assert mark(None, 0.0, reader("en")) == "= as planned" and mark(None, None, reader("en")) == "—"


def test_the_line_overspent_is_measured_against_the_sales_there_were(plain):
    """All lines are 6 % under a larger budget but A&P: only that one is overspent, and its action is told."""
    found = findings.statement(plain.statements["ytd"], reader("en"))
    worst = next(i for i in found if "most overspent" in i.text)
    assert "A&P: -CN¥180K" in worst.text
    assert worst.action == say("money.find_do_line.a_and_p", "en")


def test_ages_and_what_stands_apart_make_the_total(plain):
    frame = tables.ageing_all(plain.ageing, reader("en"), plain.exposure, top=2)
    last = cells(frame, len(frame.rows) - 1)

    def value(text: str) -> float:
        return float(text.replace(",", ""))

    parts = [k for k in last if k in plain.ageing.columns and k != "open"]
    assert {"not_due", "d1_30", "d91_up", "unapplied", "acceptance_bill", "advance"} <= set(parts)
    assert sum(value(last[k]) for k in parts) == pytest.approx(value(last["open"]), abs=len(parts))
    assert value(last["open"]) == pytest.approx(float(plain.ageing["open"].sum()), abs=1)
    assert cells(frame, 0)["hold"] == "■ hold: over limit, overdue"


def test_ages_from_the_invoice_say_nothing_of_overdue(plain):
    changed = SimpleNamespace(
        **vars(plain.credit) | {"conventions": plain.credit.conventions | {"ageing_basis": "invoice"}}
    )
    context = reader("en")
    assert "cannot be seen" in str(findings.credit(changed, context))
    shown = " ".join(drawn(charts.ageing(changed, context)))
    assert "Overdue" not in shown and "Ages counted from: invoice date" in shown
    assert "of it overdue" not in frame_of(tables.credit(changed, context))["figure"].tolist()
    plt.close("all")


def test_the_payment_chart_tells_signals_with_their_dates(plain):
    shown = "\n".join(drawn(charts.payment(plain.credit, reader("en"))))
    assert plain.credit.signals
    for signal in plain.credit.signals:
        assert say("money.signal", "en", signal.signal) in shown
    assert "usual" in shown and "limit" in shown
    first = plain.credit.status["first_warning"]
    assert f"{first:%b} {first.day}, {first.year}" in shown
    plt.close("all")


def test_the_forecast_prints_its_coverage_and_the_changes_by_hand(plain):
    shown = " ".join(drawn(charts.forecast(plain.forecast, reader("en"))))
    assert "coverage" in shown and "80%" in shown and "2 months changed by hand" in shown
    short = " ".join(drawn(charts.forecast(_short(plain), reader("en"))))
    assert say("money.reason.too_short", "en") in short
    plt.close("all")
    frame = tables.forecast(plain.forecast, reader("en"))
    assert (
        cells(frame, 0)["change"] == "+900,000"
        and "Extra order for Double 11 (Li Na, Oct 20, 2026)" in cells(frame, 0)["reason"]
    )
    assert cells(frame, 1)["change"] == ""


def test_stress_is_called_a_scenario_with_runs_and_seed(plain):
    for words in (
        " ".join(drawn(charts.stress_simulation(plain.stress["full"], reader("en")))),
        "".join(Page(tables.stress(plain.stress, reader("en"))._repr_html_()).words),
        str(findings.stress(plain.stress, reader("en"))),
    ):
        assert "a scenario, not a forecast" in words and "300 runs, seed 7" in words
    plt.close("all")
    frame = frame_of(tables.stress(plain.stress, reader("en")))
    total = frame.loc[frame["figure"] == "Expected loss in all", "s0"].iloc[0]
    assert float(total.replace(",", "")) == pytest.approx(
        plain.stress["full"].losses["expected_loss"], abs=0.5
    )


def test_a_failure_that_saves_money_can_be_shown(plain):
    losing = _stress(_documents(), stock=0.0, contribution=-5_000.0)
    for lang in ("zh", "en"):
        for name in ("stress_cash", "stress_losses"):
            assert image(getattr(charts, name)(losing, reader(lang)))
        assert say("money.warning_stress.contribution_not_positive", lang) in str(
            findings.stress(losing, reader(lang))
        )


def test_an_account_over_its_limit_is_held_and_told_what_to_do(plain):
    found = findings.credit(plain.credit, reader("en"))
    assert plain.credit.hold.reasons == ("over_limit", "overdue")
    actions = [i.action for i in found]
    assert (
        say("money.find_do_hold.over_limit", "en") in actions
        and say("money.find_do_hold.overdue", "en") in actions
    )
    unheld = _credit(_documents(), given=None)
    assert say("money.missing.limit", "en") in str(findings.credit(unheld, reader("en")))


def test_the_largest_wrong_booking_gets_its_likely_code(plain):
    found = findings.codes(plain.codes, reader("en"))
    frame = plain.codes.findings
    row = frame[frame["finding"] == "other_account"].iloc[0]
    line = next(i for i in found if i.text.startswith("another account"))
    assert row["likely"] in line.text and line.action == say("money.find_do_code.other_account", "en")


def test_what_was_posted_late_is_listed_and_told(plain):
    assert "2 bookings came after the close" in str(
        findings.restatement(plain.restatement, reader("en"), plain.late)
    )
    frame = frame_of(tables.restatement(plain.restatement, reader("en"), plain.late))
    totals = frame[frame["month"] == "Total"]
    assert totals[["line", "locked", "current", "difference"]].values.tolist() == [
        ["Contribution", "170", "130", "-40"]
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_if_with_and_without_effect(lang, plain):
    table = plain.what_if.table
    for change, even in ((0.0, None), (-1e5, None), (-1e5, 0.02), (2e5, -0.02)):
        result = SimpleNamespace(
            table=table.assign(after=table["before"] + change, change=change),
            break_even_volume=even,
            inputs={},
            conventions={},
        )
        assert image(charts.what_if(result, reader(lang)))
        assert len(findings.what_if(result, reader(lang))) >= 2


def test_zeros_and_negatives_are_drawn(plain):
    zero = SimpleNamespace(**vars(plain.statements["ytd"]) | {"table": plain.statements["ytd"].table.assign(
        **dict.fromkeys(("budget", "estimate", "actual", "last_year", "variance"), 0.0), variance_fraction=None, favourable=None)})  # fmt: skip
    aged = SimpleNamespace(**vars(plain.credit) | {"ageing": plain.credit.ageing * 0, "behaviour": plain.credit.behaviour.assign(days_late=0.0),
                                                   "exposure": 0.0, "utilisation": 0.0, "given_limit": 0.0})  # fmt: skip
    minus = SimpleNamespace(
        **vars(plain.credit) | {"ageing": -plain.credit.ageing, "exposure": -5e4, "utilisation": -0.05}
    )
    for context in (reader("zh"), reader("en")):
        assert image(charts.statement(zero, context))
        for case in (aged, minus):
            for name in ("ageing", "payment", "credit_limit"):
                assert image(getattr(charts, name)(case, context))
            assert len(findings.credit(case, context)) > 3
            assert tables.credit(case, context)._repr_html_()
        assert image(
            charts.burn(
                plain.burn.assign(
                    **dict.fromkeys(("budget", "committed", "accrued", "actual", "used", "forecast"), 0.0)
                ),
                context,
            )
        )
        nothing = credit_loss.expected_credit_loss(
            {"not_due": 0.0, "d1_30": 0.0}, {"not_due": 0.01, "d1_30": 0.5}
        )
        assert image(charts.provision(nothing, context))


# -- every key of the results has words --------------------------------------------------------


def literals(function: Any, pattern: str) -> set[str]:
    return set(re.findall(pattern, inspect.getsource(function)))


KEYS: dict[str, set[str]] = {
    "code": set(checking.FINDINGS),
    "find_do_code": set(checking.FINDINGS),
    "basis": {"spelling", "one_character", "rebuilt"},
    "part": {"brand", "activity", "kind"},
    "control": literals(control._verdict, r'return "(\w+)"'),
    "why": literals(control._verdict, r'return "\w+", "(\w+)"'),
    "find_do_why": literals(control._verdict, r'return "\w+", "(\w+)"'),
    "use": set(control.SOURCES),
    "warning_roll": {"more_settled_than_accrued"},
    "verdict": literals(promotion._verdict, r'return "(\w+)"') | {"pays", "does_not_pay"},
    "find_promotion": {"pays", "does_not_pay", "undecided", "no_conclusion"},
    "find_do_promotion": {"pays", "does_not_pay", "undecided", "no_conclusion"},
    "warning_promotion": {
        w
        for found in re.findall(r'warnings\.append\("(\w+)"\)|warnings, "(\w+)"\)|\("(few_\w+)",\)', inspect.getsource(promotion))
        for w in found
        if w
    },
    "convention.baseline": {*promotion.BASELINES, "given"},
    "lift": literals(returns.lift_by_account, r'"(not_judged|no_rise|lift|no_lift|undecided)"'),
    "find_lift": {"not_judged", "no_rise", "lift", "no_lift", "undecided"},
    "suggest": {"add", "keep", "cut", "not_known"},
    "find_returns": {"add", "keep", "cut", "not_known"},
    "find_do_returns": {"add", "keep", "cut", "not_known"},
    "return_basis": {"marginal", "average", "none"},
    "restated": literals(restatement, r'"(unknown|vanished|appeared|unchanged|restated)"'),
    "revised": set(revision.STATUS),
    "reason": {*forecasting._REASONS, "no_sales", "no_forecast"},
    "find_do_reason": {*forecasting._REASONS, "no_sales", "no_forecast"},
    "step": set(tracking.BRIDGE_STEPS),
    "act": {a for pair in tracking.GAP_ACTIONS.values() for a in pair}
    | {"net_sales", "gross_margin", "contribution", "a_and_p", "cost_to_serve", "dso", "overdue_share"},
    "warning_bridge": {"units_not_known", *(f"not_split_{x}" for x in ("sales", "terms", "cost_of_goods", "a_and_p", "cost_to_serve"))},
    "band": {"green", "amber", "red", "not_known", "no_target"},
    "run_rate": {"linear", "seasonal"},
    "warning_run_rate": {"few_months"},
    "convention.value": {"sales", "margin"},
    "status": {"stopped", "slowing", "steady", "history_too_short", "nothing_due"},
    "find_pay": {"stopped", "slowing", "steady", "history_too_short", "nothing_due"},
    "signal": set(payment.SIGNALS),
    "find_do_signal": set(payment.SIGNALS),
    "evidence": {"days_late", "usual", "limit", "overdue_share", "part_paid_share", "growth", "days_slower", "utilisation", "credit_limit"},
    "zone": {"distress", "grey", "safe"},
    "warning_altman": {"working_capital_above_total_assets"},
    "rule": {"need", "net_worth", "turnover"},
    "hold": literals(credit.credit_hold, r'append\("(\w+)"\)'),
    "find_hold": literals(credit.credit_hold, r'append\("(\w+)"\)'),
    "find_do_hold": literals(credit.credit_hold, r'append\("(\w+)"\)'),
    "missing": {"limit", "exposure", "overdue", "credit", "financials", "receivables"},
    "convention.exposure": set(credit.EXPOSURE_PARTS),
    "score": set(credit.CREDIT_WEIGHTS),
    "rates": {"given", "history"},
    "warning_history": literals(credit_loss.history_loss_rates, r'append\("(\w+)"\)'),
    "bucket": {"not_due", "unapplied", "acceptance_bill", "advance", "open"},
    "warning_stress": literals(stress.stress_top_account, r'append\("(\w+)"\)'),
    "percentile": {"p05", "p25", "p50", "p75", "p95"},
    "warning_statement": {"no_budget", "no_estimate", "no_last_year", "no_forecast"},
    "find_do_warning": {"no_budget", "no_estimate", "no_last_year", "no_forecast"},
    "find_do_line": {x for x in LINES if x not in ("list_sales", *PNL_SUBTOTALS, "economic_profit")},
    "span": {"month", "quarter", "ytd", "year"},
    "line": {"capital_receivables", "capital_stock", "economic_profit"},
}  # fmt: skip


def test_every_key_of_a_result_has_words():
    assert all(KEYS.values())
    assert not [
        f"{kind}.{k}" for kind in KEYS for k in sorted(KEYS[kind]) if not has_message(f"money.{kind}", k)
    ]


def test_the_keys_of_the_losses_and_of_the_books_have_words(plain):
    assert not [k for k in plain.stress["full"].losses if not has_message("money.loss", k)]
    for lang in ("zh", "en"):
        for line in LINES:
            assert "_" not in line_name(Context(lang), line)
        for name in receivables.ageing(_documents(), AS_OF).columns:
            assert "_" not in bucket_name(Context(lang), name)
    conventions = (
        plain.credit.conventions,
        plain.forecast.conventions,
        plain.bridge.conventions,
        plain.ageing.attrs,
        plain.promotions[0].pnl.conventions,
    )
    for mapping in conventions:
        told = {
            k: v
            for k, v in mapping.items()
            if k not in ("terms_known", "window", "forward_window", "spend", "months", "deductions")
        }
        assert "_" not in stands_on(Context("en"), told), told


def test_a_signal_figure_is_written_in_its_unit():
    context = Context("en")
    assert evidence_words("paying_later", "usual", 1.5, context) == "usual 2 days"
    assert evidence_words("overdue_share_rising", "usual", 0.42, context) == "usual 42%"
    assert evidence_words("part_payments", "usual", 0.0, context) == "usual 0%"
    assert evidence_words("limit_used", "limit", 2e6, context) == "credit limit CN¥2M"
    assert called(context, "money.zone", "unheard_of") == "unheard of"
