"""What waits in ``quarantine.csv``: records that an import did not take, counted in rows and money until they are settled.

The money and the account of a record are read from the record itself, by the
columns that the mapping of its import names; where they cannot be told (a
formula, a value that is no number) they are not known, never zero.
"""

from __future__ import annotations

import csv
import functools
import io
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from kamtools.errors import KamError
from kamtools.workspace.csvtext import unguard
from kamtools.workspace.tables import AMOUNT

FILE = "quarantine.csv"
MOST = 10**14  # an amount above it is no money: a slip of the keyboard
BY_RULE = (
    "left_out",
    "total_row",
    "summary_sheet",
    "exact_duplicate",
    "no_values",
)  # put aside as the mapping says: nothing waits


@functools.cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / "waiting_words.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class WaitingRow:
    """One record that waits.

    Attributes
    ----------
    table, file : str
    line : int
    code, column, value : str
        Of the first reason.
    account : str or None
        As it stands in the record; None where that cannot be told.
    money : Decimal or None
        None where that cannot be told.
    receipt : bool
        It is a payment that stands among documents.
    """

    table: str
    file: str
    line: int
    code: str
    column: str = ""
    value: str = ""
    account: str | None = None
    money: Decimal | None = None
    receipt: bool = False


@dataclass(frozen=True)
class Waiting:
    """All records that wait, in the order of the file."""

    rows: tuple[WaitingRow, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def money(self) -> Decimal:
        """The money of those whose amount can be told, without sign."""
        return sum((abs(r.money) for r in self.rows if r.money is not None), Decimal(0))

    @property
    def unknown(self) -> int:
        """How many have an amount that cannot be told."""
        return sum(r.money is None for r in self.rows)

    def of(self, accounts: Iterable[str]) -> Waiting:
        """Return those of some accounts."""
        wanted = {a.strip() for a in accounts}
        return Waiting(tuple(r for r in self.rows if r.account is not None and r.account in wanted))


def waiting(root: Path) -> Waiting:
    """Return what waits in a workspace.

    Raises
    ------
    KamError
        ``importing.quarantine_damaged`` where the file cannot be read.
    """
    path = root / FILE
    if not path.is_file():
        return Waiting()
    records: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for entry in _entries(path):
        key = (entry["source"], entry["table"], entry["line"])
        if entry.get("code") not in BY_RULE:
            records.setdefault(key, []).append(entry)
    mappings: dict[tuple[str, str], dict[str, Any]] = {}
    rows = []
    for (source, table, _), entries in records.items():
        if (source, table) not in mappings:
            mappings[source, table] = _columns(root, source, table)
        rows.append(_row(entries, mappings[source, table]))
    return Waiting(tuple(rows))


def _entries(path: Path) -> list[dict[str, str]]:
    """Return the lines of the file, which people also save with a spreadsheet of theirs."""
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise KamError("importing.quarantine_damaged", file=path.name, row=1)
    head = text.splitlines()[0] if text else ""
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(10_000_000)
    found: list[dict[str, str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [h.strip() for h in next(reader, [])]
        if not {"file", "line", "table", "source", "code"} <= set(header):
            raise KamError("importing.quarantine_damaged", file=path.name, row=1)
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) != len(header):
                raise KamError("importing.quarantine_damaged", file=path.name, row=reader.line_num)
            found.append(dict(zip(header, map(unguard, cells), strict=True)))
            if not found[-1]["line"].isdigit():
                raise KamError("importing.quarantine_damaged", file=path.name, row=reader.line_num)
    except csv.Error:
        raise KamError("importing.quarantine_damaged", file=path.name, row=reader.line_num) from None
    return found


def _row(entries: list[dict[str, str]], columns: dict[str, Any]) -> WaitingRow:
    first = entries[0]
    try:
        said = json.loads(first.get("row") or "{}")
    except ValueError:
        said = {}
    cells = {_same(str(k)): "" if v is None else str(v) for k, v in said.items()} if said else {}
    table = first["table"]
    account = _cell(columns.get("account"), cells)
    money = _cell(columns.get(AMOUNT.get(table, "")), cells)
    kind = _cell(columns.get("kind"), cells) or ""
    return WaitingRow(
        table,
        first["file"],
        int(first["line"]),
        first["code"],
        first["column"],
        first["value"],
        account.strip() if account and account.strip() else None,
        _amount(money, columns) if money else None,
        table in ("receivables", "ledger")
        and any(w.casefold() in kind.casefold() for w in _words()["receipts"]),
    )


def _amount(text: str, columns: dict[str, Any]) -> Decimal | None:
    """Return what an amount is in the company's money; None where it says none, or more than there is."""
    number = read_number(text, columns.get("_decimal", "."))
    return (
        None
        if number is None or abs(number) > MOST
        else number * (read_number(columns.get("_unit", "1")) or 1)
    )


def _same(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _cell(rule: Any, cells: dict[str, str]) -> str | None:
    """Return the cell that a column of the mapping names; None where it is not one plain cell."""
    if isinstance(rule, dict):
        rule = rule.get("column")
    return cells.get(_same(rule)) if isinstance(rule, str) else None


def read_number(text: str, decimal: str = ".") -> Decimal | None:
    """Return the amount that a text says, None where it says none.

    Examples
    --------
    >>> read_number("￥1,200.50"), read_number("(300)"), read_number("1.200,5", ","), read_number("n/a")
    (Decimal('1200.50'), Decimal('-300'), Decimal('1200.5'), None)
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    negative = plain.startswith("(") and plain.endswith(")")
    signs = "|".join(map(re.escape, _words()["currencies"]))
    plain = re.sub(rf"[\s'()]|{signs}", "", plain, flags=re.IGNORECASE).replace("\u2212", "-")
    plain = plain.replace(".", "").replace(",", ".") if decimal == "," else plain.replace(",", "")
    if plain.endswith("-"):
        plain = f"-{plain[:-1]}"
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return None if not number.is_finite() else -number if negative else number


def _columns(root: Path, source: str, table: str) -> dict[str, Any]:
    """Return what the mapping that brought a source says of a table's columns; nothing where it is not kept."""
    import yaml

    for path in _mappings(root, source):
        try:
            said = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader)  # noqa: S506 - texts alone
            part = said["tables"][table]
            unit = str((part.get("rules") or {}).get("unit") or "1")
            return dict(part["columns"]) | {"_decimal": str(said.get("decimal") or "."), "_unit": unit}
        except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError):
            continue
    return {}


def _mappings(root: Path, source: str) -> list[Path]:
    """Return where the mapping of a source may be: in the journal, newest first; beside its bytes."""
    from kamtools.workspace.journal import FOLDER, imports

    found = []
    try:
        for entry in reversed(imports(root)):
            if any(unit.key == source for unit in entry.units):
                found.append(root / FOLDER / f"{entry.number:04d}" / "mapping.yml")
    except KamError:
        pass  # the check names a journal that cannot be read
    begin = source.split(".")[0].removeprefix("src-")
    if re.fullmatch(r"[0-9a-f]{6,64}", begin):
        found += [p / "mapping.yml" for p in sorted((root / "sources").glob(f"{begin}*"))]
    return found
