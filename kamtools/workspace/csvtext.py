"""The CSV of packs: UTF-8, LF, ids and words as text, decimals exact, an empty cell is missing.

Read strictly with the standard library's ``csv`` (``NA``, ``None`` and
``00123`` stay what they are), written in one canonical form, so that reading
and writing again gives the same bytes.
"""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import io
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamtools.errors import KamError
from kamtools.workspace.findings import Finding
from kamtools.workspace.tables import Column, Table, arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa

MONEY = r"^-?[0-9]{1,14}(\.[0-9]{1,4})?$"
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


class Rows:
    """The rows of a CSV file as texts, each with the line it begins on."""

    def __init__(self, header: list[str], cells: list[list[str]], lines: list[int]) -> None:
        self.header = header
        self.cells = cells
        self.lines = lines

    def column(self, name: str) -> list[str]:
        """Return the cells of one column."""
        place = self.header.index(name)
        return [row[place] for row in self.cells]


def read_rows(path: Path, file: str) -> tuple[Rows, list[Finding]]:
    """Return the rows of a CSV file and what is wrong with its form.

    A row with too many or too few cells is a finding and left out; an unclosed
    quote, a wrong encoding or an empty file leaves no rows at all.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        return Rows([], [], []), [Finding("error", file, row, "", "", "encoding")]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    cells: list[list[str]] = []
    lines: list[int] = []
    findings: list[Finding] = []
    begin = 1
    try:
        for row in reader:
            if not header:
                header = row
            elif len(row) == len(header):
                cells.append(row)
                lines.append(begin)
            elif row:
                params: dict[str, object] = {"found": len(row), "allowed": len(header)}
                findings.append(Finding("error", file, begin, "", "", "cells", params))
            begin = reader.line_num + 1
    except csv.Error as error:
        params = {"detail": str(error)}
        return Rows([], [], []), [Finding("error", file, begin, "", "", "quote", params)]
    if not header:
        findings.append(Finding("error", file, None, "", "", "empty_file"))
    return Rows(header, cells, lines), findings


def read_csv(path: Path, table: Table, file: str) -> tuple[pa.Table | None, list[int], list[Finding]]:
    """Return a table of a pack, the line of each row, and the findings.

    A cell that is no date or no number is a finding and missing in the table.
    The table is None where its form is so wrong that nothing can be read.
    """
    import pyarrow as pa

    rows, findings = read_rows(path, file)
    if rows.header:
        findings += header_findings(rows.header, table, file)
    if any(f.reason_key in ("encoding", "quote", "empty_file", "column_missing") for f in findings):
        return None, [], findings
    schema = arrow_schema(table.name)
    columns = []
    for column in table.columns:
        texts = rows.column(column.name) if column.name in rows.header else [""] * len(rows.cells)
        values, bad = typed(texts, column)
        columns.append(values)
        reason = "number" if column.type == "money" else "date"
        findings += [Finding("error", file, rows.lines[i], column.name, texts[i], reason) for i in bad]
    return pa.table(columns, schema=schema), rows.lines, findings


def header_findings(header: list[str], table: Table, file: str) -> list[Finding]:
    """Return what is wrong with the names of the columns."""
    findings = []
    names = ", ".join(table.names)
    for name in table.names:
        if name not in header:
            params: dict[str, object] = {"allowed": names}
            level = "error" if table.column(name).required else "warning"
            reason = "column_missing" if level == "error" else "column_absent"
            findings.append(Finding(level, file, 1, name, "", reason, params))
    for place, name in enumerate(header):
        if name not in table.names:
            findings.append(Finding("error", file, 1, name, "", "column_unknown", {"allowed": names}))
        elif name in header[:place]:
            findings.append(Finding("error", file, 1, name, "", "column_twice"))
    return findings


def typed(texts: list[str], column: Column) -> tuple[pa.Array, list[int]]:
    """Return texts as the type of `column`, and the places of those that do not fit (missing then).

    Examples
    --------
    >>> from kamtools.workspace.tables import table
    >>> typed(["1.50", "", "1e3", "NA"], table("ledger").column("amount"))[1]
    [2, 3]
    """
    import pyarrow as pa

    pc = compute()

    array = pa.array(texts, pa.string())
    array = pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)
    if column.type == "text":
        return array, []
    fits = pc.match_substring_regex(array, MONEY if column.type == "money" else DATE)
    bad = [i for i, ok in enumerate(fits.to_pylist()) if ok is False] if not _all(fits) else []
    array = pc.if_else(fits, array, pa.scalar(None, pa.string()))
    if column.type == "money":
        return array.cast(pa.decimal128(18, 4)), bad
    try:
        return array.cast(pa.date32()), bad
    except pa.ArrowInvalid:  # a day that is not in the calendar
        days = [_day(text) if text else None for text in array.to_pylist()]
        bad += [i for i, text in enumerate(array.to_pylist()) if text and days[i] is None]
        return pa.array(days, pa.date32()), sorted(bad)


def _all(fits: pa.Array) -> bool:
    pc = compute()

    return pc.all(fits).as_py() is not False


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def csv_bytes(data: pa.Table) -> bytes:
    """Return a table in the canonical form: header, LF, quotes only where needed, no trailing zeros.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from decimal import Decimal
    >>> price = pa.array([Decimal("1.5000"), None], pa.decimal128(18, 4))
    >>> csv_bytes(pa.table({"name": ['a "b", c', "NA"], "price": price}))
    b'name,price\\n"a ""b"", c",1.5\\nNA,\\n'
    """
    import pyarrow as pa

    pc = compute()

    header = ",".join(_quoted(name) for name in data.column_names)
    columns = [_texts(column.combine_chunks()) for column in data.columns]
    if not data.num_rows:
        return f"{header}\n".encode()
    lines = pc.binary_join_element_wise(*columns, ",")
    body = "\n".join(lines.to_pylist()) if isinstance(lines, (pa.Array, pa.ChunkedArray)) else ""
    return f"{header}\n{body}\n".encode()


def _quoted(text: str) -> str:
    special = any(c in text for c in ',"\r\n') or text != text.strip()
    return '"' + text.replace('"', '""') + '"' if special else text


def _texts(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa

    pc = compute()

    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_decimal(column.type):
        texts = pc.fill_null(column.cast(pa.string()), "")
        texts = pc.replace_substring_regex(texts, r"(\.[0-9]*?)0+$", r"\1")
        return pc.replace_substring_regex(texts, r"\.$", "")
    if pa.types.is_date(column.type):
        return pc.fill_null(column.cast(pa.string()), "")
    texts = pc.fill_null(column, "")
    quoted = pc.replace_substring(texts, '"', '""')
    quoted = pc.binary_join_element_wise('"', quoted, '"', "")
    special = pc.match_substring_regex(texts, '[,"\\r\\n]|^\\s|\\s$')
    return pc.if_else(special, quoted, texts)


def guard(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; :func:`unguard` gives the text back.

    Examples
    --------
    >>> guard('=HYPERLINK("x")'), guard("-5"), guard("'x"), guard("plain")
    ('\\'=HYPERLINK("x")', "'-5", "''x", 'plain')
    >>> unguard(guard("=1+1")), unguard("-5")
    ('=1+1', '-5')
    """
    return f"'{text}" if text.startswith(_RISKY) else text


def unguard(text: str) -> str:
    """Return the text that :func:`guard` was given."""
    return text[1:] if text.startswith("'") else text


def compute() -> Any:
    """Return ``pyarrow.compute``, whose functions are made at run time and unknown to a type checker."""
    return importlib.import_module("pyarrow.compute")


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old or the new content, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_path(path)
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def part_path(path: Path) -> Path:
    """Return a name beside `path` that nobody else uses, to write to before it is put in place."""
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")


def first_error(findings: list[Finding]) -> None:
    """Raise ``KamError`` for the first error among the findings, with their number."""
    errors = [f for f in findings if f.level == "error"]
    if errors:
        first = errors[0]
        raise KamError("workspace.bad_file", finding=first, file=first.file, count=len(errors))
