"""Make the sample company: a fictional maker of consumer-health and personal-care goods in China.

    python data/samples/make.py                          # the committed pack, again, byte for byte
    python data/samples/make.py --seed 7 --strength 0.5 --out /tmp/half
    python data/samples/make.py --accounts 2000 --out /tmp/large

``settings.yml`` and ``README.md`` beside this script are written by hand; the
rest of the pack comes from here: 36 months to 2026-10, noise drawn from the
seed, and stories planted on top, which ``stories.yml`` lists with account,
window and size. `strength` scales every story; the noise of the other accounts
does not depend on it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa

from kamtools.store import Change, FieldValue, Record
from kamtools.store.text import FOLDER, save_text
from kamtools.workspace.csvtext import csv_bytes, write_atomic
from kamtools.workspace.packs import pack_text
from kamtools.workspace.tables import TABLES, arrow_schema

HERE = Path(__file__).resolve().parent


def _beside(file: str) -> ModuleType:
    """Return a module that stands beside this script."""
    spec = importlib.util.spec_from_file_location(f"kam_sample_{Path(file).stem}", HERE / file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


names = _beside("names.py")
compose = _beside("written/compose.py")
money = _beside("money.py")

SEED = 20261031
ACCOUNTS = 180
AS_OF = np.datetime64("2026-10-31")
FIRST_MONTH = np.datetime64("2023-11")
MONTHS = 36
YEARLY_SALES = 600e6  # list value, of 180 accounts
VAT = 13  # per cent
CATEGORIES = tuple(names.PRODUCTS)
SEGMENTS = tuple(names.SUFFIX)
RETAIL = ("national_chain", "regional_chain", "drugstore", "ecommerce")

KEY_SHARES = (0.115, 0.085, 0.070, 0.056, 0.047, 0.040, 0.031, 0.027, 0.024, 0.018, 0.016, 0.015)
KEY_WALLETS = (0.58, 0.56, 0.70, 0.76, 0.85, 0.70, 0.52, 0.60, 0.60, 0.30, 0.28, 0.72)  # our share
SEGMENT_COUNTS = {  # of the 168 others
    "national_chain": 7,
    "regional_chain": 38,
    "drugstore": 33,
    "ecommerce": 10,
    "distributor": 42,
    "hospital": 19,
    "corporate": 19,
}
GROWTH = {  # a year
    "national_chain": 0.01,
    "regional_chain": 0.02,
    "drugstore": 0.05,
    "ecommerce": 0.09,
    "distributor": -0.02,
    "hospital": 0.03,
    "corporate": 0.03,
}
PAY_DAYS = {
    "national_chain": 60,
    "regional_chain": 45,
    "drugstore": 60,
    "ecommerce": 30,
    "distributor": 30,
    "hospital": 90,
    "corporate": 30,
}
# month of the year -> factor on sales, by kind of customer (January and February: see FESTIVAL)
SEASONS = {
    "retail": (1, 1, 0.95, 0.95, 1.00, 1.05, 0.97, 0.97, 1.05, 1.02, 1.03, 1.06),
    "drugstore": (1, 1, 1.00, 0.95, 0.92, 0.92, 0.92, 0.94, 1.00, 1.05, 1.14, 1.20),
    "ecommerce": (1, 1, 0.90, 0.85, 1.25, 1.60, 0.65, 0.75, 0.90, 1.40, 1.70, 0.75),
    "steady": (1, 1, 1.02, 1.00, 1.00, 1.00, 0.98, 0.97, 1.03, 1.00, 1.00, 1.02),
}
# year -> (January, February): the festival is on 2024-02-10, 2025-01-29 and 2026-02-17
FESTIVAL = {2024: (1.22, 0.73), 2025: (0.94, 1.01), 2026: (1.29, 0.66)}
SERVICE_RATES = {"order": 80, "delivery": 350, "visit": 400, "promoter_day": 280}  # as in settings.yml
# P&L line -> (activity, kinds) of the expense code
CODES = {
    "off_invoice_performance": ("RB", ("QR", "YR")),
    "off_invoice_promotional": ("TP", ("DM", "DP", "TG")),
    "consumer_promotion": ("CP", ("CU", "GW")),
    "a_and_p": ("AP", ("AD", "KL")),
}
FASTEST, TERMS, RHYTHM = "A100", "A121", "A045"  # story accounts that are no key accounts
STARTS = {"A070": 4, "A093": 26, "A140": 28, "A166": 30}  # account -> month in which it first buys
ENDS = {"A077": 16, "A111": 15, "A152": 17}  # account -> month from which it buys no more


@dataclass
class Sample:
    """The sample company in memory: tables, stories, what people wrote, closed months."""

    seed: int
    strength: float
    tables: dict[str, pa.Table]
    stories: list[dict[str, Any]]
    records: list[Record]
    changes: list[Change]
    locks: dict[str, str]  # month -> the figures of a closed month


@dataclass
class Plan:
    """What is decided about each account before a line is written."""

    ids: list[str]
    segment: list[str]
    share: np.ndarray  # of YEARLY_SALES
    growth: np.ndarray  # a year
    terms: np.ndarray  # on and off invoice, as a part of list sales
    a_and_p: np.ndarray
    consumer: np.ndarray
    late: np.ndarray  # days late, usually
    orders: np.ndarray  # a month
    lines: np.ndarray  # an order
    mix: np.ndarray  # accounts × products, sums to 1
    level: np.ndarray  # accounts × months, list sales wanted
    index: dict[str, int] = field(default_factory=dict)


def generate(seed: int = SEED, strength: float = 1.0, accounts: int = ACCOUNTS) -> Sample:
    """Return the sample company.

    Parameters
    ----------
    seed : int
        Of all the noise.
    strength : float
        1 plants the stories in full, 0.5 at half their size, 0 not at all.
    accounts : int
        Buying accounts, 180 or more; the ledger grows with them.
    """
    if accounts < ACCOUNTS:
        raise ValueError(f"accounts: {accounts} is too few; the stories need {ACCOUNTS}")
    *seeds, words = np.random.SeedSequence(seed).spawn(11)
    streams = [np.random.default_rng(s) for s in seeds]
    products = _products(streams[0])
    people = _people(streams[1], accounts)
    plan = _plan(streams[2], people, products, strength)
    lines = _lines(streams[3], plan, products, strength)
    more = np.random.default_rng((seed, 5))  # of what money.py makes
    expenses = _expenses(streams[4], plan, lines, strength)
    money.statuses(more, expenses, AS_OF)
    monthly = _sums(plan, lines, "list_amount")
    money.commit(expenses, plan.ids, monthly, expense_code, names.BRANDS)
    service = _service(streams[6], plan, lines, strength)
    months = FIRST_MONTH + np.arange(MONTHS)
    tables = {
        "accounts": _table("accounts", people),
        "products": _table("products", products["columns"]),
        "ledger": _table("ledger", lines["columns"]),
        "receivables": _table("receivables", _receivables(streams[5], plan, lines, strength)),
        "expenses": _table("expenses", expenses),
        "service": _table("service", service),
        "budget": _table("budget", _budget(plan, lines, products, expenses, service)),
        "promotions": _table("promotions", money.promotions(expenses, months, AS_OF)),
        "credit": _table(
            "credit", money.credit(more, plan.ids, plan.segment, plan.share, monthly, PAY_DAYS, VAT)
        ),
        "financials": _table("financials", money.financials(more, strength)),
        "markets": _table("markets", _markets(streams[7], plan, products)),
        "wallets": _table("wallets", _wallets(streams[8], plan, lines, products, strength)),
    }
    sales = {a: share * YEARLY_SALES * 0.92 for a, share in zip(names.KEY_ACCOUNTS, KEY_SHARES, strict=True)}
    records, changes = compose.written(
        words, strength, names.KEY_ACCOUNTS, sales, AS_OF.item(), _judged(plan)
    )
    locks = money.locks(plan.ids, tables, SERVICE_RATES)
    return Sample(seed, strength, tables, _stories(strength), records, changes, locks)


def write(sample: Sample, out: Path) -> None:
    """Write the sample as a pack; ``settings.yml`` and ``README.md`` are copied where `out` is another folder."""
    for name, data in sample.tables.items():
        write_atomic(out / "facts" / f"{name}.csv", csv_bytes(data))
    write_atomic(out / "pack.yml", pack_text({n: t.num_rows for n, t in sample.tables.items()}).encode())
    write_atomic(out / "stories.yml", stories_text(sample).encode())
    save_text(sample.records, sample.changes, out / FOLDER)
    for month, text in sample.locks.items():
        write_atomic(out / "locks" / f"{month}.csv", text.encode())
    if out.resolve() != HERE:
        for name in ("settings.yml", "README.md"):
            shutil.copyfile(HERE / name, out / name)


def _table(name: str, columns: dict[str, Any]) -> pa.Table:
    """Return an Arrow table of ours; money comes as integer cents, a missing value as None or NaT."""
    arrays = []
    for column in TABLES[name].columns:
        values = columns.get(column.name)
        kind = arrow_schema(name).field(column.name).type
        size = len(next(iter(columns.values())))
        if values is None:
            arrays.append(pa.nulls(size, kind))
        elif column.type == "money":
            arrays.append(_decimals(np.asarray(values)))
        elif column.type == "date":
            days = np.asarray(values, "datetime64[D]")
            arrays.append(pa.array(days.astype("int32"), pa.int32(), mask=np.isnat(days)).cast(kind))
        else:
            arrays.append(pa.array([v or None for v in values], pa.string()))
    return pa.table(arrays, schema=arrow_schema(name))


def _decimals(cents: np.ndarray) -> pa.Array:
    """Return integer cents as DECIMAL(18, 4); the largest negative integer means missing."""
    missing = cents == np.iinfo(np.int64).min
    units = np.where(missing, 0, cents).astype(np.int64) * 100
    words = np.stack([units, units >> 63], axis=1).astype("<i8")  # 128 bits, little end first
    plain = pa.Array.from_buffers(
        pa.decimal128(18, 4), len(cents), [None, pa.py_buffer(np.ascontiguousarray(words).tobytes())]
    )
    if not missing.any():
        return plain
    return pa.array([None if m else v for m, v in zip(missing, plain.to_pylist(), strict=True)], plain.type)


def _products(rng: np.random.Generator) -> dict[str, Any]:
    """About sixty products in eight categories; prices and costs in cents."""
    columns: dict[str, list[Any]] = {c: [] for c in TABLES["products"].names}
    for place, (category, spec) in enumerate(names.PRODUCTS.items()):
        *kinds, low, high, cost = spec
        for n in range(8 if place % 2 else 7):
            kind, variant = kinds[n % len(kinds)], names.VARIANTS[n // len(kinds)]
            price = int(rng.uniform(low, high)) * 100 + 90
            columns["product"].append(f"P{len(columns['product']) + 1:03d}")
            columns["name_zh"].append(f"{variant[0]}{kind[0]}")
            columns["name_en"].append(f"{kind[1]} {variant[1]}")
            columns["category"].append(category)
            columns["brand"].append(names.BRANDS[place // 2])
            columns["list_price"].append(price)
            columns["unit_cost"].append(int(price * cost * rng.uniform(0.96, 1.04)))
    return {
        "columns": columns,
        "price": np.array(columns["list_price"], np.int64),
        "cost": np.array(columns["unit_cost"], np.int64),
        "category": np.array([CATEGORIES.index(c) for c in columns["category"]]),
    }


def _people(rng: np.random.Generator, accounts: int) -> dict[str, list[Any]]:
    """The accounts table: key accounts, the others with invented names, two holdings."""
    columns: dict[str, list[Any]] = {c: [] for c in TABLES["accounts"].names}

    def add(account: str, zh: str, en: str, segment: str, region: str, owner: str, parent: str) -> None:
        for name, value in zip(columns, (account, zh, en, parent, segment, region, owner), strict=True):
            columns[name].append(value)

    for account, (zh, en, segment, region, owner, parent) in names.KEY_ACCOUNTS.items():
        add(account, zh, en, segment, region, owner, parent)
    pool = [s for s, n in SEGMENT_COUNTS.items() for _ in range(n)]
    pool += rng.permutation(pool * (accounts // len(pool))).tolist()[: accounts - 12 - len(pool)]
    rng.shuffle(pool)
    stems = [(a[0] + b[0], a[1] + b[1]) for a in names.FIRST for b in names.SECOND]
    order = rng.permutation(len(stems))
    for n, segment in enumerate(pool):
        account = f"A{n + 13:03d}"
        segment = {FASTEST: "ecommerce", TERMS: "regional_chain", RHYTHM: "regional_chain"}.get(
            account, segment
        )
        zh, en = stems[order[n % len(stems)]]
        round_ = n // len(stems)
        suffix = names.SUFFIX[segment][n % len(names.SUFFIX[segment])]
        extra = str(round_ + 1) if round_ else ""
        owner = names.OWNERS[segment][n % len(names.OWNERS[segment])]
        region = names.REGIONS[int(rng.integers(len(names.REGIONS)))]
        parent = names.SUBSIDIARIES.get(account, "")
        add(account, zh + extra + suffix[0], f"{en}{extra} {suffix[1]}", segment, region, owner, parent)
    for account, (zh, en) in names.HOLDINGS.items():
        add(account, zh, en, "", "", "", "")
    return columns


def _plan(rng: np.random.Generator, people: dict[str, Any], products: Any, strength: float) -> Plan:
    """Decide each account's size, growth, terms, products and monthly level; plant the stories in them."""
    ids = [a for a in people["account"] if a not in names.HOLDINGS]
    segment = people["segment"][: len(ids)]
    n, key = len(ids), len(KEY_SHARES)
    index = {account: i for i, account in enumerate(ids)}
    share = np.exp(rng.normal(0, 0.8, n))
    share[key:] = np.clip(share[key:] / share[key:].mean() * 0.456 / (ACCOUNTS - key), 0.0003, 0.013)
    share[:key] = KEY_SHARES
    share[index[FASTEST]], share[index[TERMS]], share[index[RHYTHM]] = 0.0005, 0.0014, 0.0075
    growth = np.array([GROWTH[s] for s in segment]) + rng.normal(0, 0.03, n)
    terms = np.clip(0.115 + 0.07 * np.log10(share / 0.002), 0.05, 0.24) + rng.normal(0, 0.007, n)
    retail = np.array([s in RETAIL for s in segment])
    a_and_p = np.where(retail, 0.045, 0.010) * rng.uniform(0.6, 1.4, n)
    consumer = np.where(retail, 0.018, 0.004) * rng.uniform(0.8, 1.2, n)
    late = rng.uniform(0, 8, n)
    mix = _mix(rng, segment, products)
    noise = np.exp(rng.normal(0, 0.07, (n, MONTHS)))
    # stories in these figures
    noise[index["A001"]] **= 0.5  # the largest customer is a steady one
    growth[index["A001"]], growth[index["A002"]], growth[index["A003"]] = 0.14, 0.09, -0.01
    growth[index["A004"]], growth[index["A008"]], growth[index["A011"]] = 0.06, -0.05, 0.22
    growth[index["A006"]] = growth[index["A007"]] = 0.01
    low = np.isin(products["category"], [CATEGORIES.index("oral_care"), CATEGORIES.index("body_care")])
    mix[index["A003"]] = np.where(low, 1.0, 0.05) / np.where(low, 1.0, 0.05).sum()
    terms[index["A003"]] = 0.24 + 0.06 * strength
    terms[index[TERMS]] += 0.15 * strength
    level = share[:, None] * YEARLY_SALES / 12 * noise
    years = (np.arange(MONTHS) - (MONTHS - 1) / 2) / 12
    level *= (1 + growth[:, None]) ** years
    level *= np.array([[_season(s, m) for m in range(MONTHS)] for s in SEGMENTS])[
        [SEGMENTS.index(s) for s in segment]
    ]
    level[index["A001"]] *= 1 + 0.02 * strength * (np.arange(MONTHS) // 3 - 6).clip(0)
    level[index["A007"], -3:] *= 1 - 0.55 * strength
    level[index[FASTEST]] *= (1 + 1.5 * strength) ** (years - years[-18]).clip(0)
    for account, month in STARTS.items():
        level[index[account], :month] = 0
    for account, month in ENDS.items():
        level[index[account], month:] = 0
    tiers = [share >= 0.014, share >= 0.004, share >= 0.0015]
    orders = np.select(tiers, [8, 3, 2], 2)
    orders[index[RHYTHM]] = 6
    return Plan(
        ids, segment, share, growth, terms, a_and_p, consumer, late,
        orders, np.select(tiers, [5, 3, 2], 1), mix, level, index,
    )  # fmt: skip


def _mix(rng: np.random.Generator, segment: list[str], products: Any) -> np.ndarray:
    """What each account buys: the segment's categories, the account's own taste."""
    taste = {
        "drugstore": (0.7, 0.3, 0.5, 0.4, 2.2, 1.8, 1.6, 1.4),
        "hospital": (1.0, 0.1, 0.4, 1.0, 1.0, 1.4, 0.8, 2.6),
        "corporate": (1.0, 0.8, 0.8, 1.2, 1.4, 1.0, 0.6, 0.8),
        "ecommerce": (0.9, 1.3, 1.6, 0.8, 1.5, 1.3, 0.7, 0.5),
    }
    usual = (1.2, 1.3, 1.1, 1.2, 0.9, 0.7, 0.9, 0.7)
    by_segment = np.array([taste.get(s, usual) for s in segment])
    weights = by_segment[:, products["category"]]
    weights = weights * np.exp(rng.normal(0, 0.35, weights.shape))
    return weights / weights.sum(axis=1, keepdims=True)


def _season(segment: str, month: int) -> float:
    """Return the factor of a month: the season's, in January and February the festival's."""
    date = FIRST_MONTH + month
    year, at = int(str(date)[:4]), int(str(date)[5:]) - 1
    kind = {"drugstore": "drugstore", "ecommerce": "ecommerce"}.get(segment, "retail")
    kind = "steady" if segment in ("hospital", "corporate") else kind
    if at > 1:
        return SEASONS[kind][at]
    factor = FESTIVAL[year][at]
    return factor if kind != "steady" else 1 + (factor - 1) * 0.4


def _lines(rng: np.random.Generator, plan: Plan, products: Any, strength: float) -> dict[str, Any]:
    """The ledger: orders at each account's rhythm, lines of products, now and then a return."""
    n = len(plan.ids)
    cell = np.repeat(np.arange(n * MONTHS), np.repeat(plan.orders, MONTHS))
    account, month = cell // MONTHS, cell % MONTHS
    k = plan.orders[account]
    place = np.arange(len(cell)) - np.searchsorted(cell, cell)
    months = FIRST_MONTH + np.arange(MONTHS)
    starts = months.astype("datetime64[D]")
    lengths = ((months + 1).astype("datetime64[D]") - starts).astype(int)
    within = (place + 0.5 + rng.uniform(-0.25, 0.25, len(cell))) / k
    day = starts[month] + np.floor(within * lengths[month]).astype(int)
    weight = 1 + rng.uniform(-0.2, 0.2, len(cell))
    weight /= np.bincount(cell, weight, n * MONTHS)[cell]
    wanted = plan.level[account, month] * weight
    silent = int(round(40 * strength))
    keep = (wanted > 0) & ~((account == plan.index[RHYTHM]) & (day > AS_OF - silent))

    count = plan.lines[account]
    order = np.repeat(np.arange(len(cell)), count)
    pick = rng.random(len(order))
    part = 1 + rng.uniform(-0.5, 0.5, len(order))
    returned = rng.random(len(order)) < 0.012
    back, wait = rng.uniform(0.05, 0.3, len(order)), rng.integers(8, 30, len(order))
    product = _pick(plan.mix, account[order], pick)
    part /= np.bincount(order, part, len(cell))[order]

    chosen = keep[order]
    order, product, part = order[chosen], product[chosen], part[chosen]
    returned, back, wait = returned[chosen], back[chosen], wait[chosen]
    who, date = account[order], day[order]
    rise = (date.astype("datetime64[Y]").astype(int) - 53).clip(0)  # list prices rise 2 % each January
    price = products["price"][product] * (100 + 2 * rise) // 100
    cost = products["cost"][product] * (100 + 2 * rise) // 100
    pieces = np.maximum(np.rint(wanted[order] * part * 100 / price), 1).astype(np.int64)
    points = np.rint(plan.terms[who] * 0.45 * 10_000).astype(np.int64)  # on the invoice

    back_pieces = np.maximum(np.rint(pieces * back), 1).astype(np.int64)
    returned &= date + wait <= AS_OF
    again = np.flatnonzero(returned)
    lines = np.concatenate([np.arange(len(order)), again])
    sign = np.concatenate([np.ones(len(order), np.int64), -np.ones(len(again), np.int64)])
    quantity = np.concatenate([pieces, -back_pieces[again]])
    date = np.concatenate([date, date[again] + wait[again]])
    document = np.concatenate([order, len(cell) + again])
    sort = np.lexsort((lines, document, who[lines], date))
    lines, sign, quantity, date, document = (x[sort] for x in (lines, sign, quantity, date, document))
    list_amount = quantity * price[lines]
    amount = (list_amount * (10_000 - points[lines]) + 5_000) // 10_000

    first = np.concatenate([[True], document[1:] != document[:-1]])
    number = np.cumsum(first)
    line = np.arange(len(lines)) - np.flatnonzero(first)[number - 1] + 1
    stamp = np.datetime_as_string(date, "D")
    invoice = [
        f"{'S' if s > 0 else 'R'}{d[2:4]}{d[5:7]}{i:06d}"
        for s, d, i in zip(sign.tolist(), stamp.tolist(), number.tolist(), strict=True)
    ]
    ids = np.array(plan.ids, object)
    columns = {
        "line_id": [f"{i}-{j}" for i, j in zip(invoice, line.tolist(), strict=True)],
        "invoice": invoice,
        "date": date,
        "account": ids[who[lines]].tolist(),
        "product": [products["columns"]["product"][p] for p in product[lines]],
        "kind": np.where(sign > 0, "sale", "return").tolist(),
        "quantity": quantity * 100,
        "list_amount": list_amount,
        "amount": amount,
        "cost": quantity * cost[lines],
        "currency": ["CNY"] * len(lines),
    }
    return {
        "columns": columns,
        "who": who[lines],
        "month": (date.astype("datetime64[M]") - FIRST_MONTH).astype(int),
        "product": product[lines],
        "first": first,
        "number": number,
        "sign": sign,
    }


def _pick(mix: np.ndarray, account: np.ndarray, draw: np.ndarray) -> np.ndarray:
    """Return a product for each draw, by the account's mix."""
    edges = np.cumsum(mix, axis=1) + np.arange(len(mix))[:, None]  # one rising scale for all accounts
    place = np.searchsorted(edges.ravel(), account + draw * 0.999_999, side="right")
    return np.minimum(place - account * mix.shape[1], mix.shape[1] - 1)


def _sums(plan: Plan, lines: dict[str, Any], column: str) -> np.ndarray:
    """Return accounts × months sums of a ledger column, in cents (whole numbers in float64)."""
    cell = lines["who"] * MONTHS + lines["month"]
    total = np.bincount(cell, lines["columns"][column].astype(float), len(plan.ids) * MONTHS)
    return total.reshape(len(plan.ids), MONTHS)


def _expenses(rng: np.random.Generator, plan: Plan, lines: dict[str, Any], strength: float) -> dict[str, Any]:
    """Trade terms off the invoice, consumer promotion and A&P, each with its expense code.

    Large accounts are booked monthly, others (and rebates) by the quarter.
    """
    sales = _sums(plan, lines, "list_amount")
    rates = {
        "off_invoice_performance": np.repeat(plan.terms[:, None] * 0.35, MONTHS, 1),
        "off_invoice_promotional": np.repeat(plan.terms[:, None] * 0.20, MONTHS, 1),
        "consumer_promotion": np.repeat(plan.consumer[:, None], MONTHS, 1),
        "a_and_p": np.repeat(plan.a_and_p[:, None], MONTHS, 1),
    }
    rates["a_and_p"][plan.index["A006"], -12:] += 0.07 * strength  # spent without lift
    rates["a_and_p"][plan.index["A003"]] += 0.03 * strength
    used = ("expense_id", "date", "account", "code", "line", "amount", "currency", "description")
    columns: dict[str, list[Any]] = {c: [] for c in used}
    count: dict[tuple[str, str], int] = {}
    wrong = 0
    for row, account in enumerate(plan.ids):
        monthly = plan.share[row] >= 0.014
        for line, (activity, kinds) in CODES.items():
            step = 1 if monthly and line != "off_invoice_performance" else 3
            wiggle = rng.uniform(0.95, 1.05, MONTHS)
            for at in range(0, MONTHS, step):
                span = slice(at, at + step)
                cents = int(round(float((sales[row, span] * rates[line][row, span]).sum()) * wiggle[at]))
                if cents <= 0:
                    continue
                date = (FIRST_MONTH + at + step).astype("datetime64[D]") - 1
                year = str(date)[2:4]
                count[(account, year)] = count.get((account, year), 0) + 1
                brand = names.BRANDS[(at + row) % len(names.BRANDS)]
                kind = kinds[(at // step) % len(kinds)]
                under = account
                if account == "A009" and at >= MONTHS - 6 and step == 1 and wrong < round(12 * strength):
                    under, wrong = "A015", wrong + 1  # booked to another account's code
                code = expense_code(year, under, brand, activity, kind, count[(account, year)])
                values = ("", date, account, code, line, cents, "CNY", "")
                for name, value in zip(columns, values, strict=True):
                    columns[name].append(value)
    columns["expense_id"] = [f"E{i + 1:06d}" for i in range(len(columns["code"]))]
    return columns


def expense_code(year: str, account: str, brand: str, activity: str, kind: str, sequence: int) -> str:
    """Return ``year-account-brand-activity-kind-sequence-check``; the check is a digit over the rest.

    Examples
    --------
    >>> expense_code("26", "A001", "B01", "TP", "DM", 1)
    '26-A001-B01-TP-DM-001-2'
    """
    body = f"{year}-{account}-{brand}-{activity}-{kind}-{sequence:03d}"
    return f"{body}-{sum(ord(c) * (i + 1) for i, c in enumerate(body)) % 10}"


def _receivables(
    rng: np.random.Generator, plan: Plan, lines: dict[str, Any], strength: float
) -> dict[str, Any]:
    """One document per invoice, with VAT; the largest customer pays later and later, then not at all."""
    first = np.flatnonzero(lines["first"])
    net = np.add.reduceat(lines["columns"]["amount"], first)
    amount = (net * (100 + VAT) + 50) // 100
    who, sale = lines["who"][first], lines["sign"][first] > 0
    date = lines["columns"]["date"][first]
    term = np.array([PAY_DAYS[s] for s in plan.segment])[who]
    due = date + np.where(sale, term, 30)
    late = np.rint(np.maximum(plan.late[who] + rng.normal(0, 3, len(first)), -2)).astype(int)
    largest = who == plan.index["A001"]
    before = (AS_OF - due).astype(int)  # days before the end
    slow = np.clip((540 - before) / 540, 0, 1) * 45 * strength
    late = np.where(largest & sale, late + np.rint(slow).astype(int), np.where(sale, late, 0))
    paid = due + late
    stopped = largest & sale & (due > AS_OF - int(round(100 * strength)))
    unpaid = (paid > AS_OF) | stopped
    missing = np.iinfo(np.int64).min
    return {
        "document": [lines["columns"]["invoice"][i] for i in first],
        "account": [plan.ids[i] for i in who],
        "kind": np.where(sale, "invoice", "credit_note").tolist(),
        "invoice_date": date,
        "due_date": due,
        "amount": amount,
        "paid_date": np.where(unpaid, np.datetime64("NaT"), paid),
        "paid_amount": np.where(unpaid, missing, amount),
        "currency": ["CNY"] * len(first),
    }


def _service(rng: np.random.Generator, plan: Plan, lines: dict[str, Any], strength: float) -> dict[str, Any]:
    """What serving took, by month: orders as in the ledger, deliveries, visits, promoters' days."""
    n = len(plan.ids)
    first = lines["first"] & (lines["sign"] > 0)
    cell = (lines["who"] * MONTHS + lines["month"])[first]
    orders = np.bincount(cell, minlength=n * MONTHS).reshape(n, MONTHS)
    stores = np.rint(1 + 6 * np.sqrt(plan.share / 0.115)).astype(int)
    stores = np.maximum(stores, np.where(plan.share < 0.004, rng.integers(1, 19, n), 0))[:, None]
    stores[plan.index[TERMS]] = stores[plan.index[FASTEST]] = 2
    size = _sums(plan, lines, "list_amount") / 100
    retail = np.array([s in ("national_chain", "regional_chain", "drugstore") for s in plan.segment])
    care = np.where(retail, 0.040, 0.004) * rng.uniform(0.5, 2.2, n)
    care[plan.index["A003"]] = 0.035 + 0.07 * strength
    visits = np.rint(np.clip(plan.share * 500, 2, 24))[:, None] * (orders > 0)
    quantity = {
        "order": orders,
        "delivery": orders * stores,
        "visit": np.rint(visits * rng.uniform(0.7, 1.3, (n, MONTHS))),
        "promoter_day": np.rint(size * care[:, None] / SERVICE_RATES["promoter_day"]),
    }
    columns: dict[str, list[Any]] = {"account": [], "month": [], "driver": [], "quantity": []}
    for driver, values in quantity.items():
        rows, at = np.nonzero(values.astype(int))
        columns["account"] += [plan.ids[i] for i in rows]
        columns["month"] += list((FIRST_MONTH + at).astype("datetime64[D]"))
        columns["driver"] += [driver] * len(rows)
        columns["quantity"] += (values[rows, at].astype(np.int64) * 100).tolist()
    return columns


def _by_line(
    plan: Plan, lines: dict[str, Any], expenses: dict[str, Any], service: dict[str, Any]
) -> dict[str, np.ndarray]:
    """Return each P&L line of every account and month in cents; deductions stand above zero."""
    listed, invoiced = _sums(plan, lines, "list_amount"), _sums(plan, lines, "amount")
    sums = {
        "list_sales": listed,
        "on_invoice": listed - invoiced,
        "cost_of_goods": _sums(plan, lines, "cost"),
    }
    for line in CODES:
        sums[line] = np.zeros_like(listed)
    for account, date, line, cents, status in zip(
        *(expenses[c] for c in ("account", "date", "line", "amount", "status")), strict=True
    ):
        if status != "committed":
            at = int((np.datetime64(date, "M") - FIRST_MONTH).astype(int))
            sums[line][plan.index[account], at] += cents
    sums["cost_to_serve"] = np.zeros_like(listed)
    for account, month, driver, quantity in zip(
        *(service[c] for c in ("account", "month", "driver", "quantity")), strict=True
    ):
        at = int((np.datetime64(month, "M") - FIRST_MONTH).astype(int))
        sums["cost_to_serve"][plan.index[account], at] += quantity * SERVICE_RATES[driver]
    return sums


def _budget(
    plan: Plan, lines: dict[str, Any], products: Any, expenses: dict[str, Any], service: dict[str, Any]
) -> dict[str, Any]:
    """The key accounts' budget of 2026, 6 % above the year before, and the latest estimate of its second half."""
    cell = (lines["who"] * MONTHS + lines["month"]) * len(CATEGORIES) + products["category"][lines["product"]]
    shape = (len(plan.ids), MONTHS, len(CATEGORIES))
    by_category = {
        name: np.bincount(cell, lines["columns"][name].astype(float), int(np.prod(shape))).reshape(shape)
        for name in ("list_amount", "quantity")
    }
    sums = _by_line(plan, lines, expenses, service)
    return money.budget(plan.ids, CATEGORIES, by_category, sums, 14)  # month 14 is 2025-01


def _markets(rng: np.random.Generator, plan: Plan, products: Any) -> dict[str, Any]:
    """The market of each category by month: about thirty times our own, growing 1 to 7 % a year."""
    own = plan.level.T @ plan.mix  # months × products, yuan
    columns: dict[str, list[Any]] = {c: [] for c in TABLES["markets"].names}
    for place, category in enumerate(CATEGORIES):
        base = own[:, products["category"] == place].sum() / MONTHS * 30
        growth = 0.01 + 0.06 * rng.random()
        for at in range(MONTHS):
            amount = base * _season("regional_chain", at) * (1 + growth) ** ((at - 17.5) / 12)
            amount *= 1 + rng.uniform(-0.01, 0.01)
            columns["category"].append(category)
            columns["month"].append((FIRST_MONTH + at).astype("datetime64[D]"))
            columns["amount"].append(int(amount / 1e4) * 1_000_000)
            columns["currency"].append("CNY")
            columns["source"].append("invented market panel")
    return columns


def _wallets(
    rng: np.random.Generator, plan: Plan, lines: dict[str, Any], products: Any, strength: float
) -> dict[str, Any]:
    """What larger accounts buy of each category from everyone, in 2024 and 2025."""
    cell = lines["who"] * len(CATEGORIES) + products["category"][lines["product"]]
    columns: dict[str, list[Any]] = {c: [] for c in TABLES["wallets"].names}
    base = rng.uniform(0.40, 0.85, len(plan.ids))
    base[: len(KEY_WALLETS)] = KEY_WALLETS
    wiggle = rng.uniform(-0.03, 0.03, (len(plan.ids), len(CATEGORIES), 2))
    for at, (year, months) in enumerate({"2024": (2, 14), "2025": (14, 26)}.items()):
        inside = (lines["month"] >= months[0]) & (lines["month"] < months[1])
        amounts = lines["columns"]["amount"][inside].astype(float)
        own = np.bincount(cell[inside], amounts, len(plan.ids) * len(CATEGORIES))
        own = own.reshape(len(plan.ids), len(CATEGORIES))
        for row, account in enumerate(plan.ids):
            if plan.share[row] < 0.004:
                continue
            for place, category in enumerate(CATEGORIES):
                part = base[row] + wiggle[row, place, at]
                if account == "A005" and category == "vitamins" and year == "2025":
                    part -= 0.5 * strength * part  # a rival has half of it
                values = (account, category, year, int(own[row, place] / part / 1e6) * 1_000_000)
                for name, value in zip(columns, (*values, "CNY", "buyer interview"), strict=True):
                    columns[name].append(value)
    return columns


def _judged(plan: Plan) -> list[compose.Save]:
    """What people judged: of the key accounts ratings, potential (some missing on purpose) and the list; a small one's asks."""
    ratings = {  # strategic_fit, relationship, service_level, product_fit; None: not rated yet
        "A001": (4, 4, 4, 4),
        "A002": (5, 4, 4, 4),
        "A003": (2, 3, 4, 2),
        "A004": (5, 5, 4, 5),
        "A005": (4, 4, 3, 4),
        "A006": (3, 4, 4, 3),
        "A007": (2, 2, 2, 3),
        "A008": (1, 4, 3, 3),
        "A009": (2, 4, None, 4),
        "A010": (4, 2, 3, 4),
        "A011": (5, 2, 3, None),
        "A012": (4, None, 4, 4),
    }
    sources = (
        "2026-09 年度面谈 / annual interview",
        "客户问卷 / customer survey",
        "区域经理评估 / regional manager",
    )
    saves = []
    listed = dt.datetime(2025, 12, 31, 9, tzinfo=dt.UTC)
    for place, (account, values) in enumerate(ratings.items()):
        owner = names.KEY_ACCOUNTS[account][4]
        change = {"status": "entered", "place": place + 1}
        fields = {"2025-12-31": FieldValue(change, "", dt.date(2025, 12, 31), "confirmed")}
        saves.append((listed, account, "designation", fields, owner))
        rated = {}
        for n, criterion in enumerate(("strategic_fit", "relationship", "service_level", "product_fit")):
            if values[n] is None:
                continue
            status = "assumed" if (place + n) % 3 == 0 else "confirmed"
            day = dt.date(2026, 6 + (place + n) % 4, 3 + 2 * place)
            rated[criterion] = FieldValue(values[n], sources[(place + n) % 3], day, status)
        at = dt.datetime(2026, 9, 28, 8, 15 + place, tzinfo=dt.UTC)
        saves.append((at, account, "grading", rated, owner))
        factor = {"A004": 1.7, "A011": 2.4, "A005": 1.6, "A012": 1.8, "A003": 0.9, "A007": 0.7}.get(
            account, 1.2
        )
        if account not in ("A008", "A009"):  # potential not known
            potential = plan.share[plan.index[account]] * YEARLY_SALES * 0.9 * factor
            value = int(round(potential / 1e5)) * 100_000
            source = "三年联合生意计划草案 / draft joint business plan, three years"
            saves.append((at, account, "dossier", {"potential": FieldValue(value, source)}, owner))
    asked = {
        "terms_asked": FieldValue("要求与全国连锁同等的条款 / asks for the terms of a national chain"),
        "notes": FieldValue("销售额很小 / sales are small"),
    }
    saves.append((at, TERMS, "dossier", asked, names.KEY_ACCOUNTS["A012"][4]))
    return saves


def _stories(strength: float) -> list[dict[str, Any]]:
    """What was planted: account, window, size, and in words."""
    whole = ["2023-11", "2026-10"]
    return [
        {
            "id": "payments_stop",
            "account": "A001",
            "window": ["2025-05", "2026-10"],
            "size": {"days_late_at_end": round(45 * strength, 1), "days_unpaid": round(100 * strength)},
            "zh": "最大的客户每季度都多卖一些,付款却越来越慢,最后停付。",
            "en": "The largest customer sells more each quarter while its payments slow and then stop.",
        },
        {
            "id": "sales_halved",
            "account": "A007",
            "window": ["2026-08", "2026-10"],
            "size": {"fall": 0.55 * strength},
            "zh": "一个客户的销售在一个季度内减半。",
            "en": "An account's sales fall by half within a quarter.",
        },
        {
            "id": "large_loss_maker",
            "account": "A003",
            "window": whole,
            "size": {"terms": 0.06 * strength, "a_and_p": 0.03 * strength, "service": 0.07 * strength},
            "zh": "销售前五的客户,扣除贸易条款和服务成本后亏损。",
            "en": "A top-five account by sales loses money after trade terms and service.",
        },
        {
            "id": "fastest_small",
            "account": FASTEST,
            "window": ["2025-05", "2026-10"],
            "size": {"growth": 1.5 * strength},
            "zh": "一个小客户增长最快。",
            "en": "A small account grows fastest.",
        },
        {
            "id": "terms_out_of_line",
            "account": TERMS,
            "window": whole,
            "size": {"terms": 0.15 * strength},
            "zh": "一个小客户要求(并拿到)大客户的条款。",
            "en": "A small account asks for, and gets, a large one's terms.",
        },
        {
            "id": "white_space",
            "account": "A005",
            "category": "vitamins",
            "window": ["2025-01", "2025-12"],
            "size": {"rival_share": 0.5 * strength},
            "zh": "一个客户把一个品类的一半给了竞争对手。",
            "en": "An account buys half of one of its categories from a rival.",
        },
        {
            "id": "a_and_p_without_lift",
            "account": "A006",
            "window": ["2025-11", "2026-10"],
            "size": {"a_and_p": 0.07 * strength},
            "zh": "A&P 费用大增,销售没有起色。",
            "en": "A&P is spent without lift.",
        },
        {
            "id": "wrong_code",
            "account": "A009",
            "window": ["2026-05", "2026-10"],
            "size": {"rows": round(12 * strength), "booked_to": "A015"},
            "zh": "费用记到了别的客户的费用编码上。",
            "en": "Expenses are booked to another account's code.",
        },
        {
            "id": "rhythm_broken",
            "account": RHYTHM,
            "window": ["2026-09", "2026-10"],
            "size": {"days_silent": round(40 * strength)},
            "zh": "一个客户的订货节奏刚刚中断。",
            "en": "An account's order rhythm has just broken.",
        },
        {
            "id": "single_thread",
            "account": "A002",
            "window": ["2026-07", "2026-10"],
            "size": {"top_share": round(0.35 + 0.45 * strength, 3)},
            "zh": "一个客户的关系几乎都系在一个联系人身上。",
            "en": "Nearly all of an account's relationship hangs on one contact.",
        },
        {
            "id": "stale_dossier",
            "account": "A008",
            "window": ["2024-11", "2026-10"],
            "size": {"days_old": 60 + round(660 * strength)},
            "zh": "一个客户的档案和情报很久没有更新。",
            "en": "An account's dossier and intelligence have not been renewed for long.",
        },
        {
            "id": "gives_without_gets",
            "account": "A009",
            "window": ["2026-07", "2026-10"],
            "size": {"worth_to_cost": round(1.3 - 1.0 * strength, 3), "without_outcome": round(2 * strength)},
            "zh": "客户要的都给了，换回来的很少。",
            "en": "An account is given what it asks and gives little in return.",
        },
        {
            "id": "fit_conflict",
            "account": "A003",
            "axis": "channel",
            "window": ["2026-07", "2026-10"],
            "size": {"score": max(1, 3 - round(2 * strength))},
            "zh": "一个大客户的做法与我们的渠道管理冲突。",
            "en": "A large account's way conflicts with our channel management.",
        },
        {
            "id": "one_competitor",
            "account": "A011",
            "window": ["2026-07", "2026-10"],
            "size": {"rivals": 1 if strength > 0 else 2},
            "zh": "一个客户的竞争对手只写了一家。",
            "en": "Only one competitor of an account is written down.",
        },
    ]


def stories_text(sample: Sample) -> str:
    """Return ``stories.yml``."""
    import json

    out = [
        "# Planted in the sample by make.py; the tests read it. Accounts not named here are the controls.",
        f"seed: {sample.seed}",
        f"strength: {sample.strength}",
        f"as_of: {AS_OF}",
        "stories:",
    ]
    for story in sample.stories:
        for n, (key, value) in enumerate(story.items()):
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            text = json.dumps(text, ensure_ascii=False) if key in ("zh", "en") else text
            out.append(f"  {'- ' if n == 0 else '  '}{key}: {text}")
    return "\n".join(out) + "\n"


def main() -> None:
    """Read the arguments and write the pack."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--strength", type=float, default=1.0, help="of the stories: 1 in full, 0.5 half")
    parser.add_argument("--accounts", type=int, default=ACCOUNTS, help="buying accounts, 180 or more")
    parser.add_argument("--out", type=Path, default=HERE)
    given = parser.parse_args()
    write(generate(given.seed, given.strength, given.accounts), given.out)


if __name__ == "__main__":
    main()
