"""Write docs/data-dictionary.md from the tables of a workspace.

python tools/data_dictionary.py            writes it
python tools/data_dictionary.py --check    exit 1 where it is not up to date
"""

from __future__ import annotations

import sys
from pathlib import Path

from kamtools.workspace.tables import TABLES, Column

PAGE = Path(__file__).parents[1] / "docs" / "data-dictionary.md"

TITLES = {
    "accounts": ("客户", "Accounts"),
    "products": ("产品", "Products"),
    "ledger": ("销售流水（发票行）", "Ledger: invoice lines"),
    "receivables": ("应收账款，每张单据一行", "Receivables: one row per document"),
    "expenses": ("贸易条款与 A&P 费用，按费用编码", "Trade terms and A&P expenses, by code"),
    "service": ("服务用量，单价在 settings.yml", "Service: quantities that settings.yml prices"),
    "budget": ("预算", "Budget"),
    "markets": ("市场规模（外部数据）", "Markets: their size, from outside"),
    "wallets": ("客户在各品类的总采购额", "Wallets: what an account buys of a category from everyone"),
    "exchange_rates": ("汇率", "Exchange rates"),
}

MEANINGS = {
    "account": ("客户编号", "Id of the account"),
    "accounts.parent": ("上级客户的编号", "Id of the parent account"),
    "accounts.segment": ("客户类别，如 national_chain", "Segment, for example national_chain"),
    "accounts.region": ("地区", "Region"),
    "accounts.owner": ("客户经理", "The account manager"),
    "name_zh": ("中文名", "Chinese name"),
    "name_en": ("英文名", "English name"),
    "product": ("产品编号", "Id of the product"),
    "category": ("品类", "Category"),
    "ledger.category": ("品类；空则取自产品表", "Category; where empty, the product's"),
    "products.brand": ("品牌", "Brand"),
    "products.list_price": ("目录价，不含税", "List price, without VAT"),
    "products.unit_cost": ("单位成本", "Cost of one unit"),
    "ledger.line_id": ("行号，全表唯一", "Id of the line, unique in the table"),
    "ledger.invoice": ("发票号", "Invoice number"),
    "ledger.date": ("开票日期", "Invoice date"),
    "ledger.account": ("客户编号；空：不能归到客户", "Id of the account; empty: not attributable to one"),
    "ledger.kind": ("销售、退货或调整", "Sale, return or adjustment"),
    "ledger.quantity": ("数量；退货为负", "Quantity; a return is negative"),
    "ledger.list_amount": ("按目录价的金额", "Amount at list price"),
    "ledger.amount": ("发票金额：扣除票内折扣，不含税；退货为负", "As invoiced: after on-invoice deductions, without VAT; a return is negative"),
    "ledger.cost": ("货物成本", "Cost of the goods"),
    "currency": ("币种（三个字母）", "Currency, three letters"),
    "receivables.document": ("单据号", "Id of the document"),
    "receivables.kind": ("发票、红字、预收或承兑汇票", "Invoice, credit note, advance or acceptance bill"),
    "receivables.invoice_date": ("单据日期", "Date of the document"),
    "receivables.due_date": ("到期日", "Due date"),
    "receivables.amount": ("金额，含税", "Amount, with VAT"),
    "receivables.paid_date": ("最近一次付款日", "Date of the last payment"),
    "receivables.paid_amount": ("已付金额", "Amount paid"),
    "expenses.expense_id": ("费用行号，全表唯一", "Id of the expense, unique in the table"),
    "expenses.date": ("日期", "Date"),
    "expenses.account": ("客户编号；空：不能归到客户", "Id of the account; empty: not attributable to one"),
    "expenses.code": ("费用编码", "Expense code"),
    "expenses.line": ("损益表行", "Line of the P&L"),
    "expenses.amount": ("金额；费用为正", "Amount; a cost is positive"),
    "expenses.description": ("说明", "Description"),
    "month": ("月份，写成该月第一天", "Month, as its first day"),
    "service.driver": ("服务项目，须在 settings.yml 的 service_rates 中", "What was done: a key of service_rates in settings.yml"),
    "service.quantity": ("数量", "Quantity"),
    "budget.line": ("损益表行", "Line of the P&L"),
    "budget.amount": ("预算金额", "Budgeted amount"),
    "markets.amount": ("市场规模", "Size of the market"),
    "source": ("数据来源", "Where the figure comes from"),
    "wallets.year": ("年份", "Year"),
    "wallets.amount": ("采购总额", "Amount bought, from everyone"),
    "exchange_rates.currency": ("外币", "Foreign currency"),
    "exchange_rates.rate": ("一单位外币合本币多少", "Units of the company's currency for one of it"),
}  # fmt: skip

HEAD = """# Data dictionary · 数据字典

Written by `tools/data_dictionary.py` from `kamtools/workspace/tables.py`; do not edit by hand.
本页由程序生成，请勿手工修改。

A workspace keeps these tables as Parquet under `facts/`; a pack keeps the same as CSV (UTF-8). A missing file means that the
table is not there: the figures that need it say so. 工作区把这些表存为 `facts/` 下的 Parquet；数据包里是同样的 CSV。缺一张表，
就算不出用到它的数字，页面会说明。

- text 文本: ids are text from end to end, `00123` stays `00123`. 编号始终是文本。
- date 日期: `2026-10-31`.
- money 金额、数量: exact decimals with four places. An empty cell is missing, never zero. 精确小数，四位；空着表示没有数据，不是零。
"""


def _meaning(table: str, column: str) -> tuple[str, str]:
    return MEANINGS.get(f"{table}.{column}") or MEANINGS[column]


def _rules(column: Column, key: tuple[str, ...]) -> str:
    rules = []
    if column.unique:
        rules.append("unique 唯一")
    elif column.name in key:
        rules.append("part of the key 主键之一")
    if column.allowed:
        rules.append(", ".join(f"`{value}`" for value in column.allowed))
    if column.minimum is not None:
        rules.append(f"≥ {column.minimum:g}")
    return "; ".join(rules)


def page() -> str:
    """Return the page's text."""
    parts = [HEAD]
    for table in TABLES.values():
        zh, en = TITLES[table.name]
        parts.append(f"## `{table.name}` · {en} · {zh}\n")
        parts.append(
            "| column 列 | type | must be filled 必填 | meaning | 含义 | rules 规则 |\n|---|---|---|---|---|---|"
        )
        for c in table.columns:
            zh, en = _meaning(table.name, c.name)
            filled = "yes 是" if c.required else ""
            parts.append(f"| `{c.name}` | {c.type} | {filled} | {en} | {zh} | {_rules(c, table.key)} |")
        parts.append("")
    return "\n".join(parts)


def main() -> int:
    """Write or check the page."""
    text = page()
    if "--check" in sys.argv[1:]:
        return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
