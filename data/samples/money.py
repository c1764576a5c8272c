"""The sample company's money beyond the ledger: budget, estimates, promotions, credit, the accounts' own accounts.

Called by ``make.py``. Every figure is invented; noise comes from its own seeded stream.
"""

from __future__ import annotations

from typing import Any

import numpy as np

KEY = 12  # the key accounts come first in every plan
BUDGET_YEAR, RISE = "2026", 1.06
ESTIMATE, ESTIMATE_FROM = "LE2026-06", 7  # the latest estimate replaces the budget from this month on
ACTIVITY = {  # P&L line -> activity of the expense code
    "off_invoice_performance": "RB",
    "off_invoice_promotional": "TP",
    "consumer_promotion": "CP",
    "a_and_p": "AP",
}
# account -> (first month, last month, category or "", kind, zh, en) of each promotion, as places in the 36 months
PROMOTIONS: dict[str, tuple[tuple[int, int, str, str, str], ...]] = {
    "A002": (
        (19, 19, "", "618 大促", "June 18 sale"),
        (24, 24, "", "双十一", "Double 11 sale"),
        (31, 31, "", "618 大促", "June 18 sale"),
    ),
    "A001": (
        (22, 22, "", "秋季洗护节", "Autumn care weeks"),
        (34, 34, "", "秋季洗护节", "Autumn care weeks"),
    ),
    "A004": ((25, 25, "vitamins", "冬季养护季", "Winter care season"),),
    "A005": ((26, 26, "throat_care", "咽喉养护周", "Throat care week"),),
    "A006": (
        (25, 25, "", "冬季陈列季", "Winter display"),
        (28, 28, "", "春季堆头", "Spring gondola ends"),
        (31, 31, "", "年中买赠", "Mid-year gift"),
        (34, 34, "", "开学季", "Back to school"),
    ),
}
PRICE_CUT = 0.10
# P&L line, activity, kind, part of a month's list sales: what is promised for two months ahead
PROMISED = (
    ("a_and_p", "AP", "AD", 0.03),
    ("off_invoice_promotional", "TP", "DM", 0.025),
    ("consumer_promotion", "CP", "CU", 0.012),
)
CLOSED = {"2026-08": "2026-09-09", "2026-09": "2026-10-09"}  # month -> the day on which it was closed
CLOSER = "Shen Yiran"
# account -> (kind of company, points of health of its balance sheet in 2023, 2024, 2025; 1 is sound)
SOUNDNESS: dict[str, tuple[str, tuple[float, float, float]]] = {
    "A001": ("public", (1.0, 0.62, 0.24)),  # the largest customer runs out of money
    "A002": ("public", (1.1, 1.1, 1.2)),
    "A003": ("private", (0.8, 0.8, 0.75)),
    "A004": ("private", (1.2, 1.2, 1.3)),
    "A005": ("private", (1.0, 1.0, 1.05)),
    "A006": ("private", (0.9, 0.85, 0.9)),
    "A007": ("private", (0.8, 0.7, 0.6)),
    "A008": ("non_manufacturer", (1.1, 1.1, 1.1)),
    "A009": ("non_manufacturer", (0.9, 0.9, 0.95)),
    "A011": ("private", (1.0, 1.1, 1.2)),
}


def cents(value: float, to: int = 10_000) -> int:
    """Return an amount in cents, rounded to a hundred yuan."""
    return int(round(value / to)) * to


def budget(
    ids: list[str],
    categories: tuple[str, ...],
    by_category: dict[str, np.ndarray],
    sums: dict[str, np.ndarray],
    first: int,
) -> dict[str, Any]:
    """Return the key accounts' budget of 2026 and the latest estimate of its second half.

    Parameters
    ----------
    ids : list
        The key accounts.
    categories : tuple
    by_category : dict
        ``list_amount`` and ``quantity``: accounts × months × categories (cents; hundredths of a piece).
    sums : dict
        P&L line -> accounts × months, in cents, deductions above zero.
    first : int
        Place of January of the year before.
    """
    columns: dict[str, list[Any]] = {
        c: [] for c in ("account", "month", "line", "amount", "currency", "version", "activity", "category")
    }

    def add(
        account: str, at: int, line: str, amount: int, version: str, activity: str = "", category: str = ""
    ) -> None:
        month = (np.datetime64(f"{BUDGET_YEAR}-01") + at).astype("datetime64[D]")
        values = (account, month, line, amount, "CNY", version, activity, category)
        for name, value in zip(columns, values, strict=True):
            columns[name].append(value)

    for row, account in enumerate(ids[:KEY]):
        recent = sums["list_sales"][row, first + 12 : first + 18].sum()  # January to June of the year
        before = sums["list_sales"][row, first : first + 6].sum()
        trend = recent / before if before else 1.0
        for version, months, rate in (("", range(12), RISE), (ESTIMATE, range(ESTIMATE_FROM - 1, 12), trend)):
            for at in months:
                place = first + at
                for n, category in enumerate(categories):
                    for line, source, to in (
                        ("list_sales", "list_amount", 10_000),
                        ("quantity", "quantity", 100),
                    ):
                        value = by_category[source][row, place, n] * rate
                        if line == "list_sales":
                            value *= 1.01  # half of the usual rise of list prices
                        if value:
                            add(account, at, line, cents(value, to), version, "", category)
                for line, amounts in sums.items():
                    if line != "list_sales":  # a month without a cost is budgeted with 0, not left open
                        amount = 0 - cents(float(amounts[row, place]) * rate)
                        add(account, at, line, amount, version, ACTIVITY.get(line, ""))
    return columns


def statuses(rng: np.random.Generator, expenses: dict[str, Any], as_of: np.datetime64) -> None:
    """Say of each booking whether it is accrued, when it was posted and settled; a few are posted late."""
    count = len(expenses["code"])
    days = np.asarray(expenses["date"], "datetime64[D]")
    accrued = np.array([line == "off_invoice_performance" for line in expenses["line"]])
    settled = days + rng.integers(30, 76, count)
    posted = days + rng.integers(0, 6, count)
    late = (np.array([a in ("A001", "A004", "A006") for a in expenses["account"]])
            & (days >= np.datetime64("2026-09-01")) & (days < np.datetime64("2026-10-01")))  # fmt: skip
    late &= np.array([line == "a_and_p" for line in expenses["line"]])
    posted = np.where(late, np.datetime64("2026-10-12"), np.minimum(posted, as_of))
    expenses["status"] = np.where(accrued, "accrued", "actual").tolist()
    expenses["posted_date"] = posted
    expenses["settled_date"] = np.where(accrued & (settled <= as_of), settled, np.datetime64("NaT"))


def promotions(expenses: dict[str, Any], months: np.ndarray, as_of: np.datetime64) -> dict[str, Any]:
    """Return the promotions of some key accounts; what each cost is what was booked as trade promotion in its months."""
    columns: dict[str, list[Any]] = {
        c: []
        for c in (
            "promotion", "account", "category", "start", "end", "code", "spend", "price_cut", "name_zh", "name_en", "currency",
        )
    }  # fmt: skip
    booked: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for account, date, line, code, amount in zip(
        *(expenses[c] for c in ("account", "date", "line", "code", "amount")), strict=True
    ):
        if line == "off_invoice_promotional":
            booked.setdefault((account, str(date)[:7]), []).append((code, amount))
    for account, rows in PROMOTIONS.items():
        for first, last, category, zh, en in rows:
            spans = [str(months[m])[:7] for m in range(first, last + 1)]
            found = [b for month in spans for b in booked.get((account, month), [])]
            if not found:
                continue
            start = months[first].astype("datetime64[D]")
            end = (months[last] + 1).astype("datetime64[D]") - 1
            if end > as_of:
                continue
            values = (
                f"PR{len(columns['promotion']) + 1:03d}", account, category, start, end, found[0][0],
                sum(a for _, a in found), int(PRICE_CUT * 100), zh, en, "CNY",
            )  # fmt: skip
            for name, value in zip(columns, values, strict=True):
                columns[name].append(value)
    return columns


def credit(
    rng: np.random.Generator, ids: list[str], segment: list[str], share: np.ndarray, monthly: np.ndarray,
    terms: dict[str, int], vat: int,
) -> dict[str, Any]:  # fmt: skip
    """Return limits and what else is at stake with the larger accounts, as of two days."""
    names = (
        "account", "date", "credit_limit", "terms_days", "insured", "open_orders", "unbilled",
        "consigned_stock", "specific_provision", "currency",
    )  # fmt: skip
    columns: dict[str, list[Any]] = {c: [] for c in names}
    missing = np.iinfo(np.int64).min
    for row, account in enumerate(ids):
        if share[row] < 0.004:
            continue
        draws = rng.uniform(0.9, 1.1, 4)
        for day, months in (("2025-12-31", slice(14, 26)), ("2026-09-30", slice(23, 35))):
            month = (
                float(monthly[row, months].mean()) * (100 + vat) / 100
            )  # a month's invoices with VAT, in cents
            days = terms[segment[row]]
            need = month * days / 30
            consigned = month * 0.35 if segment[row] in ("ecommerce", "drugstore") and row < KEY else 0
            insured = need * 0.5 if segment[row] == "distributor" else 0
            usual = 2.6 if segment[row] in ("ecommerce", "drugstore") else 2.0  # the season's height is borne
            limit = cents(need * (1.35 if account == "A001" else usual) * draws[0], 10_000_000)
            values = (
                account, np.datetime64(day), limit if account != "A010" else missing, days * 100,
                cents(insured), cents(month * 0.18 * draws[1]), cents(month * 0.06 * draws[2]), cents(consigned),
                0, "CNY",
            )  # fmt: skip
            for name, value in zip(columns, values, strict=True):
                columns[name].append(value)
    return columns


def financials(rng: np.random.Generator, strength: float) -> dict[str, Any]:
    """Return the key accounts' own accounts of three years; those of the largest customer worsen with the story."""
    names = (
        "account", "year", "type", "working_capital", "retained_earnings", "ebit", "equity",
        "total_liabilities", "sales", "total_assets", "currency", "source",
    )  # fmt: skip
    columns: dict[str, list[Any]] = {c: [] for c in names}
    for account, (kind, sound) in SOUNDNESS.items():
        assets = float(rng.uniform(2e9, 12e9))  # yuan
        for year, points in zip(("2023", "2024", "2025"), sound, strict=True):
            level = points
            if account == "A001":
                level = sound[0] + (points - sound[0]) * strength
            wiggle = rng.uniform(0.95, 1.05, 6)
            assets *= 1.04
            equity = assets * min(0.44 * level, 0.8) * wiggle[0]
            values = {
                "working_capital": assets * (0.22 * level - 0.06) * wiggle[1],
                "retained_earnings": assets * (0.26 * level - 0.04) * wiggle[2],
                "ebit": assets * (0.12 * level - 0.03) * wiggle[3],
                "equity": equity,
                "total_liabilities": assets - equity,
                "sales": assets * 1.35 * wiggle[4],
                "total_assets": assets,
            }
            for name in names:
                value = {
                    "account": account,
                    "year": year,
                    "type": kind,
                    "currency": "CNY",
                    "source": "虚构年报 // invented annual report",
                }.get(name)
                columns[name].append(value if value is not None else cents(values[name] * 100, 100_000_000))
    return columns


def commit(
    expenses: dict[str, Any], ids: list[str], monthly: np.ndarray, expense_code: Any, brands: tuple[str, ...]
) -> None:
    """Add what the key accounts are promised for November and December but have not had yet."""
    count: dict[str, int] = {}
    for account, code in zip(expenses["account"], expenses["code"], strict=True):
        if code.startswith("26-"):
            parts = code.split("-")
            count[parts[1]] = max(count.get(parts[1], 0), int(parts[5]))
            count.setdefault(account, 0)
    day = np.datetime64("2026-10-20")
    for row, account in enumerate(ids[:KEY]):
        for n, (line, activity, kind, part) in enumerate(PROMISED):
            count[account] = count.get(account, 0) + 1
            code = expense_code("26", account, brands[n % len(brands)], activity, kind, count[account])
            added = {
                "expense_id": f"E{len(expenses['code']) + 1:06d}",
                "date": day,
                "account": account,
                "code": code,
                "line": line,
                "amount": cents(float(monthly[row, 24:36].mean()) * part * 2),
                "currency": "CNY",
                "description": "11–12 月活动 // November and December",
                "status": "committed",
                "posted_date": day,
                "settled_date": np.datetime64("NaT"),
            }
            for name, value in added.items():
                column = expenses[name]
                expenses[name] = (
                    np.append(column, value) if isinstance(column, np.ndarray) else [*column, value]
                )


def locks(ids: list[str], tables: dict[str, Any], rates: dict[str, float]) -> dict[str, str]:
    """Return the figures of the closed months as they were on the day of closing: what was posted later is not in them."""
    import pandas as pd

    from kamtools.finance import PNL_LINES, pnl_by_account

    frames = {name: tables[name].to_pandas() for name in ("ledger", "expenses", "service")}
    for frame in frames.values():
        for column in ("amount", "list_amount", "cost", "quantity"):
            if column in frame.columns:
                frame[column] = frame[column].astype(float)
    found = {}
    for month, closed_at in CLOSED.items():
        first = pd.Timestamp(f"{month}-01")
        inside = {
            name: frame[
                pd.to_datetime(frame["month" if name == "service" else "date"]).dt.to_period("M")
                == first.to_period("M")
            ]
            for name, frame in frames.items()
        }
        booked = inside["expenses"]
        booked = booked[
            (pd.to_datetime(booked["posted_date"]) <= pd.Timestamp(closed_at))
            & (booked["status"] != "committed")
        ]
        table = pnl_by_account(inside["ledger"], booked, inside["service"], rates).table[list(PNL_LINES)]
        rows = ["account,line,amount,closed_by,closed_at,data_hash"]
        for account in sorted(table.index):
            for line in sorted(PNL_LINES):
                value = table.at[account, line]
                amount = "" if value != value else f"{round(value, 4) + 0.0:.4f}"
                rows.append(f"{account},{line},{amount},{CLOSER},{closed_at}T01:00:00+00:00,")
        found[month] = "\n".join(rows) + "\n"
    return found
