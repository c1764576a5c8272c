"""Results of the rooms on small seeded data, for the views to show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kamtools import identification as room
from kamtools.finance import account_pnl
from kamtools.show import Context

HOSTILE = {
    "00001": "<img src=x onerror=alert(1)>",
    "00002": r"A $\frac$ B",
    "00003": '=HYPERLINK("x")',
    "00004": "笑脸😀客户👩‍👩‍👧 \U00020bb7野家",
    "00005": "‮مرحبا بالعالم",
    "00006": "很长的名字" * 2000,
    "00007": "全角ＡＢＣ（股份）　有限公司",
    "00008": "a\nb\tc\x00d",
    "00009": "$5 off & $6 more",
    "00010": "",
    "00011": "堃喆镕珺赟頔",
    "00012": "**bold** [x](javascript:alert(1)) `c`",
}
TERMS = {
    "zh": {
        "size": "规模",
        "pace": "增长",
        "wallet": "钱包份额",
        "bond": "关系",
        "volume": "走量",
        "image": "形象",
    },
    "en": {
        "size": "Size",
        "pace": "Pace",
        "wallet": "Wallet",
        "bond": "Bond",
        "volume": "Volume",
        "image": "Image",
    },
}


def context(lang: str, account: str | None = "00004", **more: Any) -> Context:
    names = {f"{i:05d}": f"{'客户' if lang == 'zh' else 'Account'} {i}" for i in range(1, 61)} | HOSTILE
    conventions = {"basis": "net", "rollup": "account", "period": "2025-11..2026-10", "negatives": "keep"}
    options = {"fictional": True, "terms": TERMS[lang], "conventions": conventions} | more
    return Context(lang, names, account=account, **options)


@dataclass(frozen=True)
class Results:
    sales: room.SalesShare
    profit: room.ProfitShare
    months: pd.DataFrame
    growth: room.GrowthReview
    ranking: room.StrategyRanking
    methods: room.MethodComparison
    grading: room.Grading
    probability: pd.DataFrame
    designation: room.Designation
    alarms: list[room.Alarm]
    pnl: pd.DataFrame
    amounts: pd.Series


def _months(accounts: list[str], rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for i, account in enumerate(accounts):
        base, rate = float(np.exp(rng.normal(9, 1.2))), rng.normal(0.05, 0.15)
        for k, month in enumerate(pd.date_range("2023-11-01", "2026-10-01", freq="MS")):
            fall = 0.3 if i == 3 and k >= 33 else 1.0
            if i == 7 and k >= 20 or i == 8 and k < 26:
                continue
            rows.append((account, month, base * (1 + rate) ** (k / 12) * fall * np.exp(rng.normal(0, 0.05))))
    return pd.DataFrame(rows, columns=["account", "month", "amount"])


def _pnl() -> pd.DataFrame:
    month = pd.Timestamp("2026-10-01")
    lines = pd.DataFrame({"month": [month], "list_amount": [1000.0], "amount": [880.0], "cost": [490.0]})
    expenses = pd.DataFrame(
        {"month": [month] * 2, "line": ["off_invoice_performance", "a_and_p"], "amount": [60.0, 45.0]}
    )
    service = pd.DataFrame({"month": [month], "driver": ["visit"], "quantity": [3.0]})
    return account_pnl(lines, expenses, service, {"visit": 30.0})


@pytest.fixture(scope="session")
def results() -> Results:
    rng = np.random.default_rng(11)
    accounts = [f"{i:05d}" for i in range(1, 41)]
    months = _months(accounts, rng)
    amounts = months[months["month"] >= "2025-11-01"].groupby("account")["amount"].sum()
    margin = pd.Series(rng.normal(0.12, 0.15, len(amounts)), index=amounts.index)
    criteria = ["size", "pace", "wallet", "bond"]
    ratings = pd.DataFrame(
        rng.uniform(1, 5, (40, 4)).round(1), index=pd.Index(accounts, name="account"), columns=criteria
    )
    ratings.loc["00004", "bond"] = np.nan
    weights = {"attractiveness": {"size": 2, "pace": 1}, "strength": {"wallet": 2, "bond": 1}}
    growth = room.growth_review(months, "2026-10-01", market=0.04)
    profit = room.profit_share(amounts * margin, amounts)
    grading = room.grade(ratings, weights)
    rules = {
        "entry_score": 3.4,
        "exit_score": 3.0,
        "minimum_sales_share": 0.001,
        "strategic_always": True,
        "most": 12,
    }
    strategies = {"volume": {"size": 3, "wallet": 1}, "image": {"bond": 2, "pace": 1}}
    scores = {"sales_share": amounts, "growth": growth.table["growth"], "grading": grading.table["score"]}
    return Results(
        sales=room.sales_share(amounts),
        profit=profit,
        months=months,
        growth=growth,
        ranking=room.classify_by_strategy(ratings, strategies, top=10),
        methods=room.compare_methods(scores, top=8),
        grading=grading,
        probability=room.matrix_probability(ratings, weights, n=200),
        designation=room.designate(
            grading.table,
            amounts / amounts.sum(),
            grading.table["quadrant"],
            {"00003": dt.date(2025, 11, 1)},
            rules,
            "2026-10-31",
        ),
        alarms=[
            *room.sales_falls(growth),
            *room.large_losses(profit),
            room.Alarm("fastest_small", "00002", 0.8, 0.4, "2025-11..2026-10", "watch"),
            room.Alarm("terms_out_of_line", "00001", 0.18, 0.09, "", "high"),
        ],
        pnl=_pnl(),
        amounts=amounts,
    )


@pytest.fixture
def reader():
    return context


@pytest.fixture(scope="session")
def known_tags() -> frozenset[str]:
    """The elements that tables and findings are made of: whatever people wrote, there is no other."""
    table = {"div", "style", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
    return frozenset(table | {"ul", "li", "br", "b"})
