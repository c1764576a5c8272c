"""Write docs/data-dictionary.md from the tables of a workspace.

python tools/data_dictionary.py            writes it
python tools/data_dictionary.py --check    exit 1 where it is not up to date
"""

from __future__ import annotations

import sys
from pathlib import Path

from kamtools.words import LANGUAGES, say
from kamtools.workspace.tables import TABLES, Column, column_meaning

PAGE = Path(__file__).parents[1] / "docs" / "data-dictionary.md"

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
    zh, en = (column_meaning(table, column, lang) for lang in LANGUAGES)
    return zh, en


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
        zh, en = (say(f"tables.{table.name}", lang) for lang in LANGUAGES)
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
