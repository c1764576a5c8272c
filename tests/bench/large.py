"""Large invented tables for the measurements: a ledger of any length, as Parquet and as CSV.

The lines are made a million at a time from a fixed seed: 600 products, four lines an invoice, three
years of days, few accounts with much and many with little, one line in fifty a return.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from kamtools.workspace import Workspace, new_workspace, write_table
from kamtools.workspace.tables import arrow_schema

PRODUCTS, START, DAYS, STEP = 600, np.datetime64("2023-11-01"), 1095, 1_000_000
MAPPING = """\
currency: CNY
dates: iso
sources: {lines: "*.csv"}
tables:
  ledger:
    source: lines
    columns: {line_id: line_id, invoice: invoice, date: date, account: account, product: product,
      quantity: quantity, list_amount: list_amount, amount: amount, cost: cost}
"""


def batches(lines: int, accounts: int) -> Iterator[pa.Table]:
    """Yield a ledger in parts, money as DECIMAL(18, 4)."""
    schema = arrow_schema("ledger")
    customers = pa.array([f"C{n:05d}" for n in range(accounts)])
    goods = pa.array([f"SKU-{n:04d}" for n in range(PRODUCTS)])
    for first in range(0, lines, STEP):
        size = min(STEP, lines - first)
        chance = np.random.default_rng(20261031 + first)
        place = np.arange(first, first + size)
        own = place // 4 - first // 4  # the invoice of a line, in this part
        day = chance.integers(0, DAYS, own[-1] + 1)[own]
        account = (chance.pareto(1.2, own[-1] + 1) * accounts / 100).astype(int)[own] % accounts
        returned = chance.random(size) < 0.02
        pieces = chance.integers(1, 500, size) * np.where(returned, -1, 1)
        listed = pieces * chance.integers(2_000, 90_000, size) * 100  # in 1/10,000
        columns = {
            "line_id": pa.array(np.char.mod("L%09d", place)),
            "invoice": pa.array(np.char.mod("R%08d", place // 4)),
            "date": pa.array(START + day.astype("timedelta64[D]")),
            "account": customers.take(pa.array(account)),
            "product": goods.take(pa.array(chance.integers(0, PRODUCTS, size))),
            "kind": pa.array(["sale", "return"]).take(pa.array(returned.astype(int))),
            "quantity": _money(pieces * 10_000),
            "list_amount": _money(listed),
            "amount": _money(listed // 1_000 * 900),
            "cost": _money(listed // 1_000 * 600),
            "currency": pa.repeat("CNY", size),
        }
        yield pa.table(
            [columns.get(f.name, pa.nulls(size, f.type)).cast(f.type) for f in schema], schema=schema
        )


def _money(units: np.ndarray) -> pa.Array:
    """Return whole 1/10,000 as DECIMAL(18, 4): two words of 64 bits, the second the sign."""
    words = np.stack([units, units >> 63], axis=1)
    return pa.Array.from_buffers(pa.decimal128(18, 4), len(units), [None, pa.py_buffer(words.tobytes())])


def workspace(folder: Path, lines: int, accounts: int, listed: int | None = None) -> Workspace:
    """Make a workspace with a ledger, its products and the first `listed` of its accounts."""
    made = new_workspace(folder, choices={"as_of": "2026-10-31"})
    products = {"product": [f"SKU-{n:04d}" for n in range(PRODUCTS)]}
    products["category"] = [f"category {n % 12}" for n in range(PRODUCTS)]
    names = [f"C{n:05d}" for n in range(accounts if listed is None else listed)]
    write_table(made, "products", pa.table(products))
    write_table(made, "accounts", pa.table({"account": names, "name_zh": names, "name_en": names}))
    with pq.ParquetWriter(made.table_path("ledger"), arrow_schema("ledger"), compression="zstd") as file:
        for part in batches(lines, accounts):
            file.write_table(part)
    return made


def csv(path: Path, lines: int, accounts: int) -> None:
    """Write a ledger as an office exports it: one CSV file, no kind, no currency."""
    with path.open("wb") as file:
        for place, part in enumerate(batches(lines, accounts)):
            part = part.drop_columns(["category", "kind", "currency"])
            pc.write_csv(part, file, pc.WriteOptions(include_header=place == 0))


def csv_folder(folder: Path, files: int, lines: int, accounts: int) -> None:
    """Write `files` CSV files of `lines` lines each."""
    folder.mkdir()
    (whole,) = batches(files * lines, accounts)
    whole = whole.drop_columns(["category", "kind", "currency"])
    for place in range(files):
        pc.write_csv(whole.slice(place * lines, lines), folder / f"{place:03d}.csv")
