"""What each fact table holds: its columns with their types and rules, which the check and the documentation read.

A table is stored as Parquet under ``facts/`` with the types of
:func:`arrow_schema` (money and quantities as DECIMAL(18, 4)) and written in
packs as CSV. The rules are data; :mod:`kamtools.workspace.checks.rules` asks them in SQL.

Amounts are in the line's `currency`, without VAT, unless a column says
otherwise. Returns and cancellations are negative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kamtools.finance.names import COMPANY_TYPES, EXPENSE_LINES, EXPENSE_STATUSES, RECEIVABLE_KINDS

if TYPE_CHECKING:
    import pyarrow as pa

# where a row came from, beside the columns of every table; see kamtools.workspace.journal
ORIGIN = ("_import", "_unit", "_line")

# name -> (type, required). The types: text, date, money (DECIMAL(18, 4)).
LEDGER_KINDS = ("sale", "return", "adjustment")


# what a table's money is; where it has none, its rows are counted alone
AMOUNT = {
    "ledger": "amount",
    "receivables": "amount",
    "expenses": "amount",
    "budget": "amount",
    "targets": "amount",
    "markets": "amount",
    "wallets": "amount",
    "promotions": "spend",
    "credit": "credit_limit",
}


class Column(NamedTuple):
    """One column: its name, type (``text``, ``date``, ``money``) and rules."""

    name: str
    type: str
    required: bool = True
    unique: bool = False
    allowed: tuple[str, ...] | None = None
    minimum: float | None = None


class Table(NamedTuple):
    """One fact table: its columns in order and the columns that identify a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def column(self, name: str) -> Column:
        """Return the column `name` or raise ``KeyError``."""
        return next(c for c in self.columns if c.name == name) if name in self.names else _no(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(c.name for c in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that may not be empty."""
        return tuple(c.name for c in self.columns if c.required)


def _no(name: str) -> Column:
    raise KeyError(name)


C = Column
TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        Table(
            "accounts",
            (
                C("account", "text", unique=True),
                C("name_zh", "text", required=False),
                C("name_en", "text", required=False),
                C("parent", "text", required=False),  # the id of the parent account
                C("segment", "text", required=False),  # e.g. national_chain
                C("region", "text", required=False),
                C("owner", "text", required=False),  # the account manager
            ),
            ("account",),
        ),
        Table(
            "products",
            (
                C("product", "text", unique=True),
                C("name_zh", "text", required=False),
                C("name_en", "text", required=False),
                C("category", "text", required=False),
                C("brand", "text", required=False),
                C("list_price", "money", required=False, minimum=0),
                C("unit_cost", "money", required=False, minimum=0),
            ),
            ("product",),
        ),
        Table(
            "ledger",  # invoice lines
            (
                C("line_id", "text", unique=True),
                C("invoice", "text", required=False),
                C("date", "date"),
                C("account", "text", required=False),  # empty: not attributable to an account
                C("product", "text", required=False),
                C("category", "text", required=False),  # empty: taken from products
                C("kind", "text", allowed=LEDGER_KINDS),
                C("quantity", "money", required=False),
                C("list_amount", "money", required=False),  # at list price
                C("amount", "money"),  # as invoiced, after on-invoice deductions, no VAT
                C("cost", "money", required=False),  # cost of the goods
                C("currency", "text"),
            ),
            ("line_id",),
        ),
        Table(
            "receivables",  # one row per document
            (
                C("document", "text", unique=True),
                C("account", "text"),
                C("kind", "text", allowed=RECEIVABLE_KINDS),
                C("invoice_date", "date"),
                C("due_date", "date", required=False),
                C("amount", "money"),  # with VAT
                C("paid_date", "date", required=False),  # last payment
                C("paid_amount", "money", required=False),
                C("currency", "text"),
            ),
            ("document",),
        ),
        Table(
            "expenses",  # trade terms and A&P, by code
            (
                C("expense_id", "text", unique=True),
                C("date", "date"),
                C("account", "text", required=False),
                C("code", "text", required=False),
                C("line", "text", allowed=EXPENSE_LINES),  # P&L line
                C("amount", "money"),  # a cost is positive
                C("currency", "text"),
                C("description", "text", required=False),
                C("status", "text", required=False, allowed=EXPENSE_STATUSES),  # empty: actual
                C("posted_date", "date", required=False),  # when it was booked; empty: on its date
                C("settled_date", "date", required=False),  # when an accrual was paid or credited
            ),
            ("expense_id",),
        ),
        Table(
            "service",  # what serving an account took: quantities, priced by settings
            (
                C("account", "text"),
                C("month", "date"),  # first day of the month
                C("driver", "text"),  # a key of settings.service_rates
                C("quantity", "money", minimum=0),
            ),
            ("account", "month", "driver"),
        ),
        Table(
            "budget",
            (
                C("account", "text"),
                C("month", "date"),
                C("line", "text"),  # P&L line, or quantity
                C("amount", "money"),
                C("currency", "text"),
                C(
                    "version", "text", required=False
                ),  # empty: the budget; else a latest estimate, e.g. LE2026-06
                C("activity", "text", required=False),  # of the code tree, where budgeted by activity
                C("category", "text", required=False),  # where budgeted by category
            ),
            ("account", "month", "line", "version", "activity", "category"),
        ),
        Table(
            "targets",  # what a person, or an account, is to reach
            (
                C("person", "text", required=False),  # as in accounts.owner
                C("account", "text", required=False),
                C("month", "date"),
                C("line", "text"),  # P&L line, or quantity
                C("amount", "money"),
                C("currency", "text"),
            ),
            ("person", "account", "month", "line"),
        ),
        Table(
            "markets",  # size of the market, from outside
            (
                C("category", "text"),
                C("month", "date"),
                C("amount", "money", minimum=0),
                C("currency", "text"),
                C("source", "text", required=False),
            ),
            ("category", "month"),
        ),
        Table(
            "wallets",  # what an account buys of a category from everyone
            (
                C("account", "text"),
                C("category", "text"),
                C("year", "text"),
                C("amount", "money", minimum=0),
                C("currency", "text"),
                C("source", "text", required=False),
            ),
            ("account", "category", "year"),
        ),
        Table(
            "promotions",  # planned and past, each with its window
            (
                C("promotion", "text", unique=True),
                C("account", "text"),
                C("category", "text", required=False),  # empty: all categories
                C("start", "date"),  # first day of the first month
                C("end", "date"),  # last day of the last month
                C("code", "text", required=False),  # the expense code that it was booked under
                C("spend", "money", minimum=0),
                C("price_cut", "money", required=False, minimum=0),  # part of the price, 0.1 = 10 %
                C("name_zh", "text", required=False),
                C("name_en", "text", required=False),
                C("currency", "text"),
            ),
            ("promotion",),
        ),
        Table(
            "credit",  # what is known of an account's credit, as of a day
            (
                C("account", "text"),
                C("date", "date"),
                C("credit_limit", "money", required=False, minimum=0),
                C("terms_days", "money", required=False, minimum=0),
                C("insured", "money", required=False, minimum=0),
                C("open_orders", "money", required=False, minimum=0),
                C("unbilled", "money", required=False, minimum=0),  # delivered, not invoiced
                C("consigned_stock", "money", required=False, minimum=0),  # at cost
                C("specific_provision", "money", required=False, minimum=0),
                C("currency", "text"),
            ),
            ("account", "date"),
        ),
        Table(
            "financials",  # the account's own accounts, for its credit score
            (
                C("account", "text"),
                C("year", "text"),
                C("type", "text", allowed=COMPANY_TYPES),
                C("working_capital", "money", required=False),
                C("retained_earnings", "money", required=False),
                C("ebit", "money", required=False),
                C("equity", "money", required=False),
                C("total_liabilities", "money", required=False),
                C("sales", "money", required=False),
                C("total_assets", "money", required=False, minimum=0),
                C("currency", "text"),
                C("source", "text", required=False),
            ),
            ("account", "year"),
        ),
        Table(
            "exchange_rates",  # units of the company's currency for one unit of `currency`
            (
                C("currency", "text"),
                C("month", "date"),
                C("rate", "money", minimum=0),
            ),
            ("currency", "month"),
        ),
    )
}


def table(name: str) -> Table:
    """Return the table `name` or raise ``KamError`` that lists the tables there are."""
    if name not in TABLES:
        from kamtools.errors import KamError

        raise KamError("workspace.unknown_table", table=name, allowed=", ".join(TABLES))
    return TABLES[name]


def column_meaning(table: str, column: str, lang: str | None = None) -> str:
    """Return what a column holds, in words.

    Examples
    --------
    >>> column_meaning("budget", "version", "en")[:18]
    'Version; empty: th'
    """
    from kamtools.words import has_message, say

    return say("tables", lang, table if has_message("tables", table, column) else "any", column)


def arrow_schema(name: str) -> pa.Schema:
    """Return the storage types of a table: text, date32, DECIMAL(18, 4).

    Examples
    --------
    >>> arrow_schema("ledger").field("amount").type
    Decimal128Type(decimal128(18, 4))
    """
    import pyarrow as pa

    types = {"text": pa.string(), "date": pa.date32(), "money": pa.decimal128(18, 4)}
    return pa.schema([pa.field(c.name, types[c.type]) for c in table(name).columns])
