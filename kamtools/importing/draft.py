"""A mapping drafted from the headers of foreign files, for a person to confirm."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kamtools.errors import KamError
from kamtools.importing import values as v
from kamtools.importing.mapping import GENERATED, Source
from kamtools.importing.staging import Foreign, Unit, find_files, plain_header, stage
from kamtools.words import say
from kamtools.workspace.tables import TABLES

if TYPE_CHECKING:
    import duckdb

_WITH_TAX = ("含税", "价税", "vat")
_SAMPLES = 3
_PRICES = ("price", "unitprice", "unit price", "单价", "不含税单价", "无税单价")


@functools.cache
def synonyms() -> Dict[str, Dict[str, tuple[str, ...]]]:
    """Return, by table and column, the headers that mean it, as :func:`plain_header` writes them."""
    said = tomllib.loads((Path(__file__).parent / "synonyms.toml").read_text(encoding="utf-8"))
    return {
        table: {column: tuple(plain_header(w) for w in (column, *words)) for column, words in columns.items()}
        for table, columns in said.items()
    }


def draft_mapping(sources: list[Path]) -> str:
    """Return a mapping (YAML text) for files, guessed from their headers in Chinese and English.

    Each column of a file stands with three sample values; what could not be
    guessed is written ``"?"`` where the table needs it. The text is a start
    for a person, who confirms every line.

    Raises
    ------
    KamError
        Where a file is missing, empty or unreadable, or no file has a column that is known.
    """
    import duckdb

    files = find_files(Path(s) for s in sources)
    wanted = {word for columns in synonyms().values() for words in columns.values() for word in words}
    db = duckdb.connect(":memory:", config={"threads": 2})
    try:
        db.execute("SET enable_progress_bar = false")
        drafts = [_Draft(db, file, unit) for file in files for unit in stage(db, file, Source(), wanted)[:1]]
        return _text(drafts)
    finally:
        db.close()


@dataclass
class _Draft:
    """What is guessed of one file."""

    db: duckdb.DuckDBPyConnection
    file: Foreign
    unit: Unit

    def __post_init__(self) -> None:
        self.formula = ""  # of the ledger's amount, where only price and quantity are there
        self.score, self.table, self.columns = self._guess()
        if self.table == "ledger" and "amount" not in self.columns:
            self.formula = self._product(self.columns)

    def _guess(self) -> tuple[float, str, dict[str, str]]:
        best: tuple[float, str, dict[str, str]] = (0.0, "", {})
        for table, columns in synonyms().items():
            found: dict[str, str] = {}
            taken: set[str] = set()
            for column, words in columns.items():
                header = self._header(words, taken)
                if header is not None:
                    found[column] = header
                    taken.add(header)
            number = GENERATED.get(table)
            least = 1.0 if table == "ledger" else 0.5  # 行号 that begins anew in each document is no id
            if number in found and not self._is_id(found[number], least):
                del found[number]
            needed = [
                c for c in TABLES[table].required if c not in ("kind", "currency", GENERATED.get(table))
            ]
            missing = sum(c not in found for c in needed)
            if table == "ledger" and "amount" not in found and self._product(found):
                missing -= 1
            score = len(found) / (1 + 3 * missing) + (0.5 if not missing and table == "ledger" else 0)
            if found and score > best[0]:
                best = (score, table, found)
        return best

    def _product(self, found: Dict[str, str]) -> str:
        """Return the formula price times quantity, where both columns are there."""
        price = self._header(tuple(plain_header(p) for p in _PRICES), set(found.values()))
        if price is None or "quantity" not in found:
            return ""
        names = [h if h.isidentifier() else f"`{h}`" for h in (found["quantity"], price)]
        return "" if any("``" in n for n in names) else " * ".join(names)

    def _is_id(self, header: str, least: float) -> bool:
        """Tell whether the different values of a column are at least this part of all: the import sees to what repeats."""
        cell = self.unit.find(header)
        row = self.db.execute(
            f"SELECT count({cell}), count(DISTINCT {cell}) FROM {self.unit.table}"
        ).fetchone()
        return row is not None and row[1] >= least * row[0]

    def _header(self, words: tuple[str, ...], taken: set[str]) -> str | None:
        plain = {plain_header(h): h for h in reversed(self.unit.header) if h not in taken}
        for word in words:
            if word in plain:
                return plain[word]
        for word in words:  # 金额(元), 本期/金额
            for key, header in plain.items():
                bare = re.sub(r"[(\[].*?[)\]]", "", key).rsplit("/", 1)[-1]
                if bare == word:
                    return header
        return None

    def samples(self, header: str) -> list[str]:
        """Return the first three different values of a column."""
        cell = self.unit.find(header)
        found = self.db.execute(
            f"SELECT {cell} FROM {self.unit.table} WHERE {v.trimmed(str(cell))} IS NOT NULL"
            f" GROUP BY 1 ORDER BY min(_line) LIMIT {_SAMPLES}"
        ).fetchall()
        return [row[0] for row in found]

    def dates(self, header: str) -> tuple[str, int] | None:
        """Return how the dates of a column are written: None where year first, else the style and how many fit both."""
        t = v.trimmed(str(self.unit.find(header)))
        one, two = (f"CAST(regexp_extract({t}, '^{v.SPLIT_DATE}$', {i}) AS INTEGER)" for i in (1, 2))
        row = self.db.execute(
            f"SELECT count(*), count(*) FILTER ({one} > 12), count(*) FILTER ({two} > 12),"
            f" count(*) FILTER ({one} <= 12 AND {two} <= 12 AND {one} <> {two})"
            f" FROM {self.unit.table} WHERE regexp_full_match({t}, '{v.SPLIT_DATE}')"
        ).fetchone()
        count, day, month, both = row or (0, 0, 0, 0)
        if not count:
            return None
        return ("day_first" if day and not month else "month_first" if month and not day else "?"), both

    def decimal_comma(self, header: str) -> bool:
        """Tell whether numbers of a column look written with a decimal comma."""
        t = v.trimmed(str(self.unit.find(header)))
        row = self.db.execute(
            f"SELECT count(*) FROM {self.unit.table} WHERE contains({t}, ',') AND regexp_full_match({t}, '{v.DECIMAL_COMMA}')"
        ).fetchone()
        return bool(row and row[0])


def _text(drafts: list[_Draft]) -> str:
    known = [d for d in drafts if d.table]
    if not known:
        headers = "; ".join(f"{d.file.name}: {', '.join(d.unit.header)}" for d in drafts)
        raise KamError("importing.draft_nothing", found=headers)
    lines = [_remark("draft_head"), _remark("draft_currency"), "currency: CNY"]
    lines += _shared(known)
    lines.append("sources:")
    names = {id(d): f"file{i}" for i, d in enumerate(known, start=1)}
    for d in known:
        lines.append(f"  {names[id(d)]}: {{file: {_quoted(d.file.name)}}}{_layout(d)}")
    lines.append("tables:")
    best = {
        t: max((d for d in known if d.table == t), key=lambda d: d.score) for t in {d.table for d in known}
    }
    for d in sorted(known, key=lambda d: best[d.table] is not d):
        lines += _table(d, names[id(d)], best[d.table] is not d)
    for d in drafts:
        if not d.table:
            lines.append(_remark("draft_not_known", file=d.file.name, columns=", ".join(d.unit.header)))
    return "\n".join(lines) + "\n"


def _shared(drafts: list[_Draft]) -> list[str]:
    """Return what holds for the whole mapping: how dates and decimals are written."""
    styles: dict[str, int] = {}
    comma = False
    for d in drafts:
        for column, header in d.columns.items():
            kind = TABLES[d.table].column(column).type
            if kind == "date":
                style = d.dates(header)
                if style:
                    styles[style[0]] = styles.get(style[0], 0) + style[1]
            elif kind == "money":
                comma = comma or d.decimal_comma(header)
    lines = []
    if styles:
        both = f"{sum(styles.values()):,}"
        style = next(iter(styles)) if len(styles) == 1 and "?" not in styles else "?"
        if style == "?":
            lines += [_remark("draft_dates_open", count=both), "# dates: day_first"]
        else:
            lines.append(f"dates: {style}  {_remark('draft_dates', count=both)}")
    if comma:
        lines.append(f'decimal: ","  {_remark("draft_decimal")}')
    return lines


def _layout(d: _Draft) -> str:
    said = []
    if d.unit.header_row > 1:
        said.append(say("importing.draft_header", row=d.unit.header_row))
    if d.unit.encoding not in ("", "utf-8"):
        said.append(say("importing.draft_encoding", encoding=d.unit.encoding))
    if d.unit.merged:
        said.append(say("importing.draft_merged"))
    return f"  # {' '.join(said)}" if said else ""


def _table(d: _Draft, source: str, again: bool) -> list[str]:
    table = TABLES[d.table]
    lines = [f"  {d.table}:", f"    source: {source}", "    columns:"]
    if d.table == "ledger":
        missing = [] if "kind" in d.columns else [_remark("draft_kind")]
    else:
        missing = []
    used = set(d.columns.values())
    for column in table.columns:
        header = d.columns.get(column.name)
        if header is not None:
            lines.append(f"      {column.name}: {_quoted(header)}  # {_shown(d.samples(header))}")
        elif column.name == "amount" and d.formula:
            lines.append(f"      amount: {{formula: {_quoted(d.formula)}}}")
        elif column.required and column.name not in (
            "currency",
            GENERATED.get(table.name),
            "kind" if d.table == "ledger" else "",
        ):
            allowed = ", ".join(column.allowed or ())
            lines.append(f'      {column.name}: "?"  {_remark("draft_needed")} {allowed}'.rstrip())
    lines += [f"      {m}" for m in missing]
    amount = d.columns.get("amount", "")
    if d.table != "receivables" and any(w in plain_header(amount) for w in _WITH_TAX):
        lines.append(f"    rules: {{vat_included: 0.13}}  {_remark('draft_vat')}")
    for header in d.unit.header:
        if header not in used and not header.startswith("#"):
            lines.append(f"    # {_one_line(header)}: {_shown(d.samples(header))}")
    return [f"  # {line}" for line in [_remark("draft_again", table=d.table)[2:], *lines]] if again else lines


def _remark(key: str, **params: object) -> str:
    return f"# {say(f'importing.{key}', **params)}"


def _one_line(text: str) -> str:
    kept = "".join(c if c.isprintable() else " " for c in text)
    return kept if len(kept) <= 40 else kept[:39] + "…"


def _shown(samples: list[str]) -> str:
    return " | ".join(_one_line(s) for s in samples)


def _quoted(text: str) -> str:
    """Return a text as a YAML scalar, quoted where it must be.

    Examples
    --------
    >>> _quoted("客户编码"), _quoted("Customer ID"), _quoted('a: "b"'), _quoted("NO")
    ('客户编码', 'Customer ID', '"a: \\\\"b\\\\""', '"NO"')
    """
    import json

    plain = re.fullmatch(r"[^\W\d_][\w./()-]*( [\w./()-]+)*", text)
    word = text.casefold() in ("no", "yes", "on", "off", "true", "false", "null", "y", "n")
    return text if plain and not word else json.dumps(text, ensure_ascii=False)
