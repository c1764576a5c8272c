"""Workbooks: the cells of each sheet as text, errors included; HTML tables that call themselves .xls."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from kamtools.importing.encodings import decode

if TYPE_CHECKING:
    from bs4 import Tag


class Sheet(NamedTuple):
    """A sheet: its name, its rows with their numbers, and whether it has vertically merged cells."""

    name: str
    rows: list[tuple[int, list[str]]]
    merged: bool = False


def read_workbook(data: bytes) -> Iterator[Sheet]:
    """Give the sheets of an Excel or OpenDocument workbook, cells as text.

    Numbers come without a needless ``.0``, dates as ISO text. Error cells,
    which the fast reader gives as empty, keep their text (``#DIV/0!``).
    """
    import python_calamine as calamine

    book = calamine.load_workbook(io.BytesIO(data))
    errors = _error_cells(data)
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        try:
            merged = sheet.merged_cell_ranges or []
        except Exception:  # not known for this kind of workbook
            merged = []
        found = errors.get(name, {})
        rows = []
        # calamine starts at the first row with content
        first = (sheet.start or (0, 0))[0]
        skip_columns = (sheet.start or (0, 0))[1]
        for i, values in enumerate(sheet.to_python(skip_empty_area=True), start=first + 1):
            cells = [""] * skip_columns + [_text(v) for v in values]
            for column, error in found.get(i, {}).items():
                if column <= len(cells):
                    cells[column - 1] = error
            rows.append((i, cells))
        yield Sheet(name, rows, any(a[0] != b[0] for a, b in merged))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        whole = value.time() == dt.time()
        return value.date().isoformat() if whole else value.isoformat(" ", "seconds")
    return "" if value is None else str(value)


def _error_cells(data: bytes) -> dict[str, dict[int, dict[int, str]]]:
    """Return error cells by sheet, row and column; the slow reader is used only where the XML has one."""
    if not data.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [n for n in archive.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", n)]
        if not any(b't="e"' in archive.read(n) for n in sheets):
            return {}
    import openpyxl
    from openpyxl.xml import DEFUSEDXML

    if not DEFUSEDXML:  # pragma: no cover - the lock installs defusedxml
        raise RuntimeError("defusedxml")
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    found: dict[str, dict[int, dict[int, str]]] = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if getattr(cell, "data_type", "") == "e":
                    line = found.setdefault(sheet.title, {}).setdefault(int(cell.row or 0), {})
                    line[int(cell.column or 0)] = str(cell.value)
    book.close()
    return found


def read_html(data: bytes, encoding: str | None = None) -> tuple[list[Sheet], str]:
    """Return the tables of an HTML page and its encoding; a merged cell's text stands in its first place.

    Examples
    --------
    >>> page = b"<table><tr><td colspan=2>A</td></tr><tr><td>1</td><td>2</td></tr></table>"
    >>> read_html(page)[0][0].rows
    [(1, ['A', '']), (2, ['1', '2'])]
    """
    from bs4 import BeautifulSoup

    declared = re.search(rb"charset=[\"']?([\w-]+)", data[:2000])
    said = declared[1].decode().lower() if declared else None
    said = "gb18030" if said in ("gb2312", "gbk") else said
    try:
        text, name = decode(data, encoding or said)
    except (UnicodeDecodeError, LookupError):
        text, name = decode(data)
    soup = BeautifulSoup(text, "html.parser")
    sheets = []
    for number, table in enumerate(soup.find_all("table"), start=1):
        if table.find("table") is None:
            rows = _html_rows(table)
            if rows:
                sheets.append(Sheet(str(number), rows))
    return sheets, name


def _html_rows(table: Tag) -> list[tuple[int, list[str]]]:
    rows: list[list[str]] = []
    below: dict[tuple[int, int], None] = {}  # places taken by a cell from above
    for r, line in enumerate(table.find_all("tr")):
        cells: list[str] = []
        for cell in line.find_all(["td", "th"]):
            while (r, len(cells)) in below:
                cells.append("")
            spans = (str(cell.get(k, "1")) for k in ("colspan", "rowspan"))
            wide, high = (max(1, int(s)) if s.isdecimal() else 1 for s in spans)
            for down in range(1, min(high, 1000)):
                for c in range(min(wide, 200)):
                    below[(r + down, len(cells) + c)] = None
            cells += [cell.get_text().strip(), *[""] * (min(wide, 200) - 1)]
        while (r, len(cells)) in below:
            cells.append("")
        rows.append(cells)
    width = max((len(r) for r in rows), default=0)
    return [(i, r + [""] * (width - len(r))) for i, r in enumerate(rows, start=1)]
