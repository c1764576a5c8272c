"""What a workbook is made of, looked at before it is read: is it whole, how large does it become, what do its cells hide."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from kamtools.errors import KamError

MOST_UNPACKED = 1 << 30  # bytes of all parts that are read
MOST_CELLS = 20_000_000  # of a sheet, empty ones between the others too
_PIECE = 4 << 20
_LONGEST_ROW = 64 << 20
FORMULA = "#FORMULA!"  # stands for a formula without a value


@dataclass
class Look:
    """What was seen of a sheet: its size, its error cells, its formulas without a value, its hidden rows."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    texts: dict[int, dict[int, str]] = field(
        default_factory=dict
    )  # row -> column -> what the fast reader leaves empty
    formulas: list[str] = field(default_factory=list)
    hidden_rows: int = 0

    @property
    def area(self) -> int:
        """Cells of the rectangle that holds all."""
        return self.rows * self.columns


def look_into(data: bytes, file: str) -> dict[str, Look]:
    """Return what is seen in each sheet of a zipped workbook, by name.

    Raises
    ------
    KamError
        Where the archive ends early, holds no workbook, grows beyond :data:`MOST_UNPACKED` or defines entities;
        where a sheet is larger than :data:`MOST_CELLS`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            _check_parts(archive, file)
            if "xl/workbook.bin" in names:
                looks = _binary(archive)
            elif "xl/workbook.xml" in names:
                looks = {
                    sheet: _sheet(archive, part, file, sheet)
                    for sheet, part in _parts(archive).items()
                    if part in names
                }
            elif "content.xml" in names:
                looks = _open_document(archive)
            else:
                raise KamError("importing.archive", file=file)
    except (zipfile.BadZipFile, EOFError) as error:
        raise KamError("importing.cut_off", file=file, detail=str(error)) from None
    for sheet, look in looks.items():
        sparse = "xl/workbook.xml" in names  # only there a sheet can be read without the cells between
        count = look.cells if sparse else max(look.area, look.cells)
        if count > MOST_CELLS:
            raise KamError(
                "importing.too_many_cells",
                file=file,
                sheet=sheet,
                count=f"{count:,}",
                limit=f"{MOST_CELLS:,}",
                cell=f"{_letters(look.columns)}{look.rows}",
            )
    return looks


def _check_parts(archive: zipfile.ZipFile, file: str) -> None:
    """Refuse what grows too large; read to its end, a part whose size was misstated fails by its checksum."""
    parts = [i for i in archive.infolist() if i.filename.endswith((".xml", ".bin", ".rels"))]
    size = sum(i.file_size for i in parts)
    if size > MOST_UNPACKED:
        raise KamError("importing.unpacks_too_large", file=file, size=size >> 20, limit=MOST_UNPACKED >> 20)
    for part in parts:
        with archive.open(part) as stream:
            if b"<!DOCTYPE" in stream.read(_PIECE) and part.filename.endswith(".xml"):
                raise KamError("importing.entities", file=file, part=part.filename)
            while stream.read(_PIECE):
                pass


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of each sheet by the sheet's name."""
    from defusedxml.ElementTree import fromstring

    targets = {
        e.get("Id", ""): e.get("Target", "")
        for e in fromstring(archive.read("xl/_rels/workbook.xml.rels")).iter()
    }
    found = {}
    for e in fromstring(archive.read("xl/workbook.xml")).iter():
        if e.tag.rsplit("}", 1)[-1] == "sheet":
            ident = next((v for k, v in e.attrib.items() if k.endswith("}id")), "")
            target = targets.get(ident, "")
            found[e.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_WIDE = re.compile(rb"\br=[\"']([A-Z]{2,3})\d")
_NUMBER = re.compile(rb"\br=[\"'](\d+)")
_NO_VALUE = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v\s*>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ERROR = re.compile(
    rb"<(?:\w+:)?c\b([^>]*\bt=[\"']e[\"'][^>]*)>(?:\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>))?"
    rb"\s*<(?:\w+:)?v\s*>([^<]*)</"
)
_PLACE = re.compile(rb"\br=[\"']([A-Z]+)(\d+)[\"']")


def _sheet(archive: zipfile.ZipFile, part: str, file: str, sheet: str) -> Look:
    look = Look()
    for xml in _rows(archive, part, file, sheet):
        look.cells += xml.count(b"<c ") + xml.count(b":c ")
        rows = _ROW.findall(xml)
        numbers = [int(n[1]) for r in rows[-1:] if (n := _NUMBER.search(r))]
        look.rows = max([look.rows + (0 if numbers else len(rows)), *numbers])
        wide = set(_WIDE.findall(xml))
        look.columns = max([look.columns, 26, *map(_column, wide)])
        if b"hidden" in xml:
            look.hidden_rows += sum(
                re.search(rb"\bhidden=[\"'](1|true)[\"']", r) is not None and not r.endswith(b"/")
                for r in rows
            )
        if b"<f" in xml or b":f" in xml:
            for cell in _NO_VALUE.finditer(xml):
                place = _PLACE.search(cell[1])
                if place and not re.search(
                    rb"\bt=[\"'](str|e)[\"']", cell[1]
                ):  # an empty text was calculated
                    look.texts.setdefault(int(place[2]), {})[_column(place[1])] = FORMULA
                    look.formulas.append((place[1] + place[2]).decode())
        if b't="e"' in xml or b"t='e'" in xml:
            for cell in _ERROR.finditer(xml):
                place = _PLACE.search(cell[1])
                if place:
                    look.texts.setdefault(int(place[2]), {})[_column(place[1])] = cell[2].decode()
    return look


def _rows(archive: zipfile.ZipFile, part: str, file: str, sheet: str) -> Iterator[bytes]:
    """Give a sheet's XML in pieces that end with a row."""
    rest = b""
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            rest += piece
            cut = rest.rfind(b"row>") + 4
            if cut >= 4:
                yield rest[:cut]
                rest = rest[cut:]
            elif len(rest) > _LONGEST_ROW:
                raise KamError(
                    "importing.unpacks_too_large",
                    file=f"{file}[{sheet}]",
                    size=len(rest) >> 20,
                    limit=_LONGEST_ROW >> 20,
                )
    yield rest


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _letters(column: int) -> str:
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _binary(archive: zipfile.ZipFile) -> dict[str, Look]:
    """Return the size that each sheet of an .xlsb gives of itself (BrtWsDim), by the name of its part."""
    looks = {}
    for name in archive.namelist():
        if re.fullmatch(r"xl/worksheets/[^/]+\.bin", name):
            with archive.open(name) as stream:
                head = stream.read(4096)
            at = head.find(b"\x94\x01\x10")
            if at >= 0 and len(head) >= at + 19:
                _, row, _, column = struct.unpack("<4I", head[at + 3 : at + 19])
                looks[name] = Look(row + 1, column + 1)
    return looks


def _open_document(archive: zipfile.ZipFile) -> dict[str, Look]:
    """Return the size of each sheet of an .ods, repeated rows and columns counted as often as they stand for."""
    looks: dict[str, Look] = {}
    look, row, column, high = Look(), 0, 0, 1

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal look, row, column, high
        if tag == "table:table":
            look = looks.setdefault(attributes.get("table:name", str(len(looks) + 1)), Look())
            row = 0
        elif tag == "table:table-row":
            high = _times(attributes, "table:number-rows-repeated")
            row, column = row + high, 0
            if attributes.get("table:visibility") in ("filter", "collapse") and high < 1000:
                look.hidden_rows += high
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            wide = _times(attributes, "table:number-columns-repeated")
            column += wide
            if "office:value-type" in attributes or "calcext:value-type" in attributes:
                look.rows, look.columns = max(look.rows, row), max(look.columns, column)
                look.cells += wide * high

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    with archive.open("content.xml") as stream:
        while piece := stream.read(_PIECE):
            parser.Parse(piece, False)
    parser.Parse(b"", True)
    return looks


def _times(attributes: dict[str, str], key: str) -> int:
    text = attributes.get(key, "1")
    return int(text) if text.isdecimal() and len(text) < 10 else 1
