"""Workbooks: the cells of each sheet as text, errors included; HTML tables that call themselves .xls."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kamtools.errors import KamError
from kamtools.importing.archive import FORMULA, MOST_CELLS, Look, look_into
from kamtools.importing.encodings import decode

if TYPE_CHECKING:
    import python_calamine as calamine
    from bs4 import Tag

MOST_HTML = 50 << 20  # bytes
MOST_TABLES = 500  # of a page


@dataclass
class Sheet:
    """A sheet: its name, its rows with their numbers (read anew each time that they are asked for), what was seen of it."""

    name: str
    rows: Iterable[tuple[int, list[str]]]
    merged: bool = False  # has vertically merged cells
    hidden: bool = False
    look: Look = field(default_factory=Look)


@dataclass(frozen=True)
class _Rows:
    """The rows of a sheet of the fast reader."""

    sheet: calamine.CalamineSheet
    look: Look

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        first, left = self.sheet.start or (0, 0)
        rows = self.sheet.iter_rows()
        for line, values in enumerate(itertools.islice(rows, first, None), start=first + 1):
            yield line, _placed([*[""] * left, *map(_text, values)], self.look.texts.get(line, {}))


@dataclass(frozen=True)
class _FewRows:
    """The rows of a sheet whose cells lie far apart: only those that have some, by the slow reader."""

    data: bytes
    name: str
    look: Look

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        import openpyxl
        from openpyxl.xml import DEFUSEDXML

        if not DEFUSEDXML:  # pragma: no cover - the lock installs defusedxml
            raise RuntimeError("defusedxml")
        book = openpyxl.load_workbook(io.BytesIO(self.data), read_only=True, data_only=True)
        try:
            sheet = book[self.name]
            sheet.reset_dimensions()
            for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
                cells = [_text(float(v) if type(v) is int else v) for v in values]
                while cells and not cells[-1]:
                    cells.pop()
                if cells:
                    yield line, _placed(cells, self.look.texts.get(line, {}))
        finally:
            book.close()


def _placed(cells: list[str], texts: dict[int, str]) -> list[str]:
    for column, text in texts.items():
        cells += [""] * (column - len(cells))
        cells[column - 1] = text
    return cells


def read_workbook(data: bytes, file: str = "", hidden: bool = True) -> Iterator[Sheet]:
    """Give the sheets of an Excel or OpenDocument workbook, cells as text.

    Numbers come without a needless ``.0``, dates as ISO text. Error cells,
    which the fast reader gives as empty, keep their text (``#DIV/0!``); a
    formula that was never calculated is :data:`FORMULA`. Sheets that are hidden
    have no rows unless `hidden`.

    Raises
    ------
    KamError
        Where the archive is damaged or a sheet too large (:mod:`kamtools.importing.archive`).
    """
    import python_calamine as calamine

    zipped = data.startswith(b"PK")
    looks = look_into(data, file) if zipped else {}
    book = calamine.load_workbook(io.BytesIO(data))
    for about in book.sheets_metadata:
        look = looks.get(about.name, Look())
        covered = about.visible != calamine.SheetVisibleEnum.Visible
        if covered and not hidden:
            yield Sheet(about.name, [], hidden=True)
            continue
        if look.area > MOST_CELLS:
            yield Sheet(about.name, _FewRows(data, about.name, look), False, covered, look)
            continue
        try:
            sheet = book.get_sheet_by_name(about.name)
        except calamine.WorksheetNotFound:  # a sheet with a chart only
            continue
        try:
            merged = sheet.merged_cell_ranges or []
        except Exception:  # not known for this kind of workbook
            merged = []
        yield Sheet(about.name, _Rows(sheet, look), any(a[0] != b[0] for a, b in merged), covered, look)


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


def read_html(data: bytes, encoding: str | None = None, file: str = "") -> tuple[list[Sheet], str]:
    """Return the tables of an HTML page and its encoding; a merged cell's text stands in its first place.

    Examples
    --------
    >>> page = b"<table><tr><td colspan=2>A</td></tr><tr><td>1</td><td>2</td></tr></table>"
    >>> list(read_html(page)[0][0].rows)
    [(1, ['A', '']), (2, ['1', '2'])]
    """
    from bs4 import BeautifulSoup

    if len(data) > MOST_HTML:
        raise KamError("importing.html_too_large", file=file, size=len(data) >> 20, limit=MOST_HTML >> 20)
    small = data.lower()
    if small.count(b"<table") > MOST_TABLES:
        raise KamError("importing.html_too_many", file=file, count=small.count(b"<table"), limit=MOST_TABLES)
    if b"</table" not in small:
        raise KamError("importing.broken_off", file=file)
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
            rows = _html_rows(table, file, str(number))
            if rows:
                sheets.append(Sheet(str(number), rows))
    return sheets, name


def _html_rows(table: Tag, file: str, number: str) -> list[tuple[int, list[str]]]:
    rows: list[list[str]] = []
    taken: dict[int, int] = {}  # column -> the last row that a cell from above takes there
    count = 0
    for r, line in enumerate(table.find_all("tr")):
        cells: list[str] = []
        for cell in line.find_all(["td", "th"]):
            while taken.get(len(cells), -1) >= r:
                cells.append("")
            wide, high = (
                min(max(1, int(s)), most) if (s := str(cell.get(k, "1"))).isdecimal() and len(s) < 10 else 1
                for k, most in (("colspan", 1000), ("rowspan", 65534))  # as far as HTML lets them reach
            )
            if high > 1:
                taken |= dict.fromkeys(range(len(cells), len(cells) + wide), r + high - 1)
            cells += [cell.get_text().strip(), *[""] * (wide - 1)]
        while taken.get(len(cells), -1) >= r:
            cells.append("")
        rows.append(cells)
        count += len(cells)
        if count > MOST_CELLS:
            break
    width = max((len(r) for r in rows), default=0)
    if max(count, width * len(rows)) > MOST_CELLS:
        said = f"{max(count, width * len(rows)):,}"
        raise KamError(
            "importing.too_many_cells",
            file=file,
            sheet=number,
            count=said,
            limit=f"{MOST_CELLS:,}",
            cell=f"{width} × {len(rows)}",
        )
    return [(i, r + [""] * (width - len(r))) for i, r in enumerate(rows, start=1)]


__all__ = ["FORMULA", "Sheet", "read_html", "read_workbook"]
