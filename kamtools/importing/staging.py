"""Every source as one kind of thing: a DuckDB table of text cells with the line of each record."""

from __future__ import annotations

import fnmatch
import hashlib
import itertools
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kamtools.ahead import ahead
from kamtools.errors import KamError
from kamtools.importing import textfile
from kamtools.importing.encodings import Encoding, chunks, find_encoding, utf16
from kamtools.importing.mapping import Source
from kamtools.importing.sheets import read_html, read_workbook
from kamtools.importing.values import TOTAL_LINE, may_total, trimmed
from kamtools.workspace.paths import quoted

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pyarrow as pa

SUFFIXES = (".csv", ".tsv", ".txt", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".parquet", ".htm", ".html")
_BATCH = 50_000
_SIMPLE = str.maketrans(  # the traditional characters of headers
    "發號碼編戶稱額數單價產稅銷訂類備註倉庫門經員縣團貿連鎖貸餘賬帳據負責區國際內體間開關備總計貨幣結帶應實轉傳動網點聯繫電話"
    "運費遞郵業務種規質對帳賒欠還達標歷時週節條項與歸屬級層認證書運輸裝廠純淨現場專營進銷項憑證淨",
    "发号码编户称额数单价产税销订类备注仓库门经员县团贸连锁贷余账账据负责区国际内体间开关备总计货币结带应实转传动网点联系电话"
    "运费递邮业务种规质对账赊欠还达标历时周节条项与归属级层认证书运输装厂纯净现场专营进销项凭证净",
)
_NUMBERS = itertools.count()
_HEAD = 200_000  # bytes by which the kind of a file is known
_TITLE = re.compile(r"[:：]|\d{4}")  # 打印日期：2026-11-02 stands over a header and is none of it
_MOMENT = re.compile(r"\d{1,2}:\d{2}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")
_GAP = 50  # empty columns behind which a cell is no part of a table
_SEARCH = 30  # rows in which the header is looked for


@dataclass(frozen=True)
class Foreign:
    """A file as given: its name, bytes' place and hash; `shown` is its path below the folder that was given.

    `inside` a folder stand other people's files, too; a file that was named is meant.
    """

    name: str
    path: Path
    hash: str
    shown: str = ""
    inside: bool = False

    @property
    def key(self) -> str:
        """The short name of its bytes, as it stands in ids and in the quarantine."""
        return f"src-{self.hash[:12]}"

    @property
    def foreign(self) -> bool:
        """Whether it may be a note, a log or a readme that only lies in the folder."""
        return self.inside and self.path.suffix.lower() == ".txt"

    @property
    def label(self) -> str:
        """The name for people."""
        return self.shown or self.name


@dataclass
class Unit:
    """One file, or one sheet of it, staged.

    ``table`` has ``_line``, ``_n`` (the number of the record) and the cells as ``c0``, ``c1`` and so on.
    """

    file: Foreign
    label: str  # file, with its sheet where there are several
    key: str  # short hash, with the sheet's number
    table: str
    header: list[str]
    records: int
    bad: list[tuple[int, str, str]] = field(default_factory=list)  # line, raw text, fault
    encoding: str = ""
    samples: list[str] = field(default_factory=list)
    header_row: int = 1
    merged: bool = False
    left: list[str] = field(default_factory=list)  # sheets of another kind, not read
    totals: bool = True  # the words of total rows may stand in it
    notes: list[tuple[str, dict[str, object]]] = field(default_factory=list)  # what a person should know
    siblings: list[Unit] = field(default_factory=list)  # all sheets of the file that are read, this one too
    book: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # table -> summary sheets of the file
    above: list[str] = field(default_factory=list)  # texts over the header: a title, a unit
    top: list[list[str]] = field(default_factory=list)  # the rows over the header, cell by cell
    sheet: str = ""

    def find(self, wanted: str) -> str | None:
        """Return the cell column (``c3``) with this header, or None."""
        if wanted in self.header:
            return f"c{self.header.index(wanted)}"
        plain = [plain_header(h) for h in self.header]
        return f"c{plain.index(plain_header(wanted))}" if plain_header(wanted) in plain else None


def nameless(db: duckdb.DuckDBPyConnection, unit: Unit, used: Iterable[str] = ()) -> dict[str, object]:
    """Return what stands in columns without a name that are not used: which they are, how many cells, some of them."""
    from openpyxl.utils import get_column_letter

    columns: list[str] = []
    count, samples = 0, []
    for i, name in enumerate(unit.header):
        if name != f"#{i + 1}" or name in used:
            continue
        cell = trimmed(f"c{i}")
        row = db.execute(f"SELECT count({cell}), min_by({cell}, _line) FROM {unit.table}").fetchone()
        if row and row[0]:
            columns.append(f"{get_column_letter(i + 1)} ({name})")
            count += row[0]
            samples.append(" ".join(row[1].split())[:40])
    if not columns:
        return {}
    shown = {"columns": ", ".join(columns), "count": f"{count:,}", "samples": " | ".join(samples[:3])}
    return {"file": unit.label, **shown}


def plain_header(text: str) -> str:
    """Return a header for comparing: NFKC, without white space, in small letters, simplified characters.

    Examples
    --------
    >>> plain_header(" 金额（元）\\n"), plain_header("發票號碼")
    ('金额(元)', '发票号码')
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold().removeprefix("\ufeff")
    return plain if plain.isascii() else plain.translate(_SIMPLE)


def find_files(sources: Iterable[Path]) -> list[Foreign]:
    """Return the files given, those of folders and their sub-folders in the order of their paths, each with its hash.

    Hidden files, locks of Excel (``~$``) and links that lead out of the folder are passed over.

    Raises
    ------
    KamError
        Where one is missing, is empty, or a folder has no file of a known kind.
    """
    found: dict[Path, tuple[str, bool]] = {}
    for source in sources:
        path = Path(source)
        if path.is_dir():
            inside, _ = _inside(path)
            if not inside:
                raise KamError("importing.empty_folder", path=path, allowed=", ".join(SUFFIXES))
            for name_ in inside:
                found.setdefault(path / name_, (name_, True))
        elif path.is_file():
            found[path] = (path.name, False)
        else:
            raise KamError("importing.no_file", path=path)
    files = []
    for path, (shown, inside) in found.items():
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        file = Foreign(path.name, path, digest, shown, inside)
        if path.stat().st_size == 0 and not file.foreign:
            raise KamError("importing.empty_file", file=shown)
        files.append(file)
    return files


def other_files(sources: Iterable[Path]) -> list[str]:
    """Return the files in folders that are of no kind that can be read, but for those that programs leave behind."""
    return [name for source in sources if Path(source).is_dir() for name in _inside(Path(source))[1]]


def _inside(folder: Path) -> tuple[list[str], list[str]]:
    root = folder.resolve()
    names: list[str] = []
    others: list[str] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".")]
        for file in files:
            path = Path(place, file)
            left_behind = file.startswith(("~$", ".")) or file.casefold() in ("thumbs.db", "desktop.ini")
            if not left_behind and path.is_file() and path.resolve().is_relative_to(root):
                known = path.suffix.lower() in SUFFIXES
                (names if known else others).append(path.relative_to(folder).as_posix())
    return sorted(names), sorted(others)


def is_table(db: duckdb.DuckDBPyConnection, units: list[Unit], wanted: set[str]) -> bool:
    """Tell whether a staged file is a table: a wanted name stands in its header, or most records fill three columns."""
    plain = {plain_header(w) for w in wanted}
    if any(_score(u.header, plain) for u in units):
        return True
    for unit in (u for u in units if sum(not h.startswith("#") for h in u.header) > 2):
        if unit.file.foreign and any(_MOMENT.search(h) for h in unit.header):
            continue  # the first line of a log
        filled = " + ".join(f"({trimmed(f'c{i}')} IS NOT NULL)::INT" for i in range(len(unit.header)))
        row = db.execute(f"SELECT count(*) FILTER (({filled}) > 2) FROM {unit.table}").fetchone()
        if row and row[0] * 2 > unit.records:
            return True
    return False


def stage(
    db: duckdb.DuckDBPyConnection,
    file: Foreign,
    source: Source,
    wanted: set[str],
    mended: dict[int, str] | None = None,
) -> list[Unit]:
    """Read a file into tables of `db`, one per sheet that has wanted columns.

    Parameters
    ----------
    db : connection
        Gets tables ``stage_<n>``.
    file, source : Foreign, Source
        What to read and how.
    wanted : set of str
        Column names that the mapping uses; the header is the row (or two rows) that has most of them.
    mended : dict, optional
        Line -> corrected text of the line, for text files.
    """
    with file.path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        raise KamError("importing.empty_file", file=file.label)
    if head.startswith(b"PAR1"):
        return [_parquet(db, file)]
    plain = {plain_header(w) for w in wanted}
    start = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    html = start.startswith(b"<") and b"<table" in head.lower()
    if html or head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _sheets(db, file, source, plain, file.path.read_bytes(), html)
    before = head.split(b"\x00", 1)[0]
    binary = len(before) < len(head) and b"\n" not in before and utf16(head) is None
    if start.startswith(b"<") or binary:
        raise KamError(
            "importing.unknown_format", file=file.label, allowed="CSV, TSV, XLS, XLSX, ODS, Parquet"
        )
    return [_text(db, file, source, plain, wanted, mended or {})]


def _parquet(db: duckdb.DuckDBPyConnection, file: Foreign) -> Unit:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file.path) as source:
            fields = list(source.schema_arrow)
            table, _ = _new_table(db, len(fields))
            cells = ", ".join(_parquet_cell(f"k{i}", f.type) for i, f in enumerate(fields)) or "''"
            count = 0
            for batch in source.iter_batches(_BATCH):
                names = [f"k{i}" for i in range(len(fields))]
                columns = pa.table(batch.columns, names).append_column(
                    "n", pa.array(range(count + 1, count + len(batch) + 1), pa.int64())
                )
                db.register("batch", columns)
                db.execute(f"INSERT INTO {table} SELECT n, n, {cells} FROM batch")
                db.unregister("batch")
                count += len(batch)
    except (pa.ArrowException, OSError) as error:
        detail = str(error).splitlines()[0]
        raise KamError("importing.unreadable", file=file.label, detail=detail) from None
    return Unit(file, file.label, file.key, table, [f.name for f in fields], count)


def _parquet_cell(q: str, kind: pa.DataType) -> str:
    """Return the SQL of a cell's text: a number without a needless ``.0``, a time as its own zone's clock showed it."""
    import pyarrow as pa

    if pa.types.is_floating(kind):
        whole = f"{q} = trunc({q}) AND abs({q}) < 1e15"
        return (
            f"CASE WHEN isnan({q}) THEN NULL WHEN {whole} THEN CAST(CAST({q} AS BIGINT) AS VARCHAR)"
            f" ELSE CAST({q} AS VARCHAR) END"
        )
    zone = kind.tz if pa.types.is_timestamp(kind) else None
    if zone:
        offset = re.fullmatch(r"([+-])(\d\d):?(\d\d)", zone)
        q = f"timezone({quoted('UTC' if offset else zone)}, {q})"
        if offset:
            sign, hours, minutes = offset.groups()
            q = f"{q} {sign} INTERVAL '{int(hours) * 60 + int(minutes)} minutes'"
    return f"CAST({q} AS VARCHAR)"


def _sheets(
    db: duckdb.DuckDBPyConnection, file: Foreign, source: Source, wanted: set[str], data: bytes, html: bool
) -> list[Unit]:
    encoding = ""
    try:
        if html:
            sheets, encoding = read_html(data, source.encoding, file.label)
        elif "EncryptedPackage".encode("utf-16-le") in data[: 1 << 20]:
            raise KamError("importing.password", file=file.label)
        else:
            sheets = list(read_workbook(data, file.label, hidden=source.sheet is not None))
        tops = {s.name: list(itertools.islice(s.rows, _SEARCH)) for s in sheets}
        heads = {sheet: [cells for _, cells in rows] for sheet, rows in tops.items()}
    except KamError:
        raise
    except BaseException as error:  # each reader has its own errors; the file is what is wrong
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if type(error).__name__ == "PasswordError":
            raise KamError("importing.password", file=file.label) from None
        detail = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise KamError("importing.unreadable", file=file.label, detail=detail) from None
    covered = [s.name for s in sheets if s.hidden]
    chosen = [s for s in sheets if heads[s.name]]
    if source.sheet is not None:
        chosen = [s for s in chosen if fnmatch.fnmatch(s.name, source.sheet)]
        covered = []
    if not chosen:
        names = ", ".join(s.name for s in sheets) or "–"
        raise KamError("importing.no_sheet", file=file.label, sheet=source.sheet or "–", allowed=names)
    stray: dict[str, str] = {}
    for sheet in chosen:
        width, cell = _table_width(tops[sheet.name])
        if cell:
            stray[sheet.name] = cell
        heads[sheet.name] = [cells[:width] for cells in heads[sheet.name]]
    found = [_header(heads[s.name], source, wanted) for s in chosen]
    best = max(h[2] for h in found)
    units: list[Unit] = []
    left = [s.name for s, h in zip(chosen, found, strict=True) if best and h[2] * 2 <= best]
    for number, (sheet, (header, first, score)) in enumerate(zip(chosen, found, strict=True), start=1):
        if best and score * 2 <= best:
            continue  # a sheet of another kind
        limit = max(map(len, heads[sheet.name])) if sheet.name in stray else None
        rows = itertools.islice(sheet.rows, first, None)
        even = ((n, _padded(cells[:limit], len(header))) for n, cells in rows)
        table, bad, count = _load(db, even, len(header))
        label = file.label if len(chosen) == 1 else f"{file.label}[{sheet.name}]"
        key = file.key if number == 1 else f"{file.key}.{number}"
        unit = Unit(
            file,
            label,
            key,
            table,
            header,
            count,
            bad,
            encoding,
            header_row=first,
            merged=sheet.merged,
            above=[c for cells in heads[sheet.name][: max(first - 1, 0)] for c in cells if c.strip()],
            top=heads[sheet.name][: max(first - 1, 0)],
            sheet=sheet.name,
        )
        if sheet.name in stray:
            unit.notes.append(("stray_cell", {"file": label, "cell": stray[sheet.name]}))
        if sheet.look.formulas:
            cells = ", ".join(sheet.look.formulas[:3])
            unit.notes.append(
                ("formulas", {"file": label, "count": f"{len(sheet.look.formulas):,}", "cells": cells})
            )
        if sheet.look.hidden_rows:
            unit.notes.append(("rows_hidden", {"file": label, "count": f"{sheet.look.hidden_rows:,}"}))
        units.append(unit)
    if covered:
        units[0].notes.append(("sheets_hidden", {"file": file.label, "sheets": ", ".join(covered)}))
    units[0].left = left
    book: dict[str, dict[str, list[str]]] = {}
    for unit in units:
        unit.siblings, unit.book = units, book
    return units


def _text(
    db: duckdb.DuckDBPyConnection,
    file: Foreign,
    source: Source,
    plain: set[str],
    wanted: set[str],
    mended: dict[int, str],
) -> Unit:
    encoding = _encoding(file, source)
    totals = False

    def watched(pieces: Iterable[tuple[bytes, bool]]) -> Iterator[tuple[bytes, bool]]:
        nonlocal totals
        for piece in pieces:
            totals = totals or may_total(piece[0])
            yield piece

    pieces = textfile.whole_lines(chunks(file.path, encoding.name), mended)
    try:
        first = next(pieces)
        text = first[0].decode()
        if first[1] and not text.strip():
            raise KamError("importing.empty_file", file=file.label)
        delimiter = source.delimiter or textfile.guess_delimiter(text, wanted)
        delimiter = "\t" if delimiter == r"\t" else delimiter
        most = max(_SEARCH, *source.header, 0)
        head = list(itertools.islice(textfile.records(text, delimiter, first[1]), most + 1))
        header, above, _ = _header([r.cells for r in head[:most]], source, plain)
        table, width = _new_table(db, len(header))
        bad: list[tuple[int, str, str]] = []
        count = 0
        if len(head) > above:
            rest = watched(itertools.chain([first], pieces))
            for block in ahead(textfile.blocks(rest, delimiter, width, head[above].line)):
                count += _load_block(db, table, block, width, count, bad)
    except textfile.LineTooLong as error:
        limit = textfile.LONGEST_LINE >> 20
        raise KamError("importing.long_line", file=file.label, row=error.args[0], limit=limit) from None
    unit = Unit(file, file.label, file.key, table, header, count, bad, encoding.name, encoding.samples, above)
    unit.totals = totals
    with file.path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        if stream.read(1) not in b"\r\n\x00" and encoding.name != "utf-16":
            unit.notes.append(("last_line", {"file": file.label}))
    unit.top = [r.cells for r in head[: max(above - 1, 0)]]
    unit.above = [c for cells in unit.top for c in cells if c.strip()]
    return unit


def _encoding(file: Foreign, source: Source) -> Encoding:
    try:
        return find_encoding(file.path, source.encoding)
    except UnicodeDecodeError as error:
        sample = error.object[max(0, error.start - 10) : error.start + 10]
        raise KamError(
            "importing.wrong_encoding",
            file=file.label,
            row=getattr(error, "line", 1),
            encoding=source.encoding or "UTF-8, UTF-16, gb18030, Big5, cp1252",
            sample=repr(bytes(sample))[1:],
        ) from None
    except LookupError:
        raise KamError("importing.unknown_encoding", encoding=source.encoding, file=file.label) from None


def _header(rows: list[list[str]], source: Source, wanted: set[str]) -> tuple[list[str], int, int]:
    """Return the names of the columns, how many rows stand above the records, and how many wanted are there."""
    if source.header:
        first = source.header[0] - 1
        both = rows[first : source.header[-1]]
        names = _names(_joined(*both) if both else [])
        return names, source.header[-1], _score(names, wanted)
    best: tuple[tuple[int, int], int, list[str]] | None = None
    for i, row in enumerate(rows):
        choices = [(row, i + 1)]
        if len([c for c in row if c.strip()]) > 1 and not any(_TITLE.search(c) for c in row):
            choices += [(_joined(*rows[i:n]), n) for n in (i + 2, i + 3) if n <= len(rows)]
        for cells, first in choices:
            names = _names(cells)
            # of two that show as much, the row with the row above it only where that tells its columns apart
            found = _score(names, wanted), 0 if first == i + 1 or _twice(rows[first - 1]) else -1
            if found[0] and (best is None or found > best[0]):
                best = (found, first, names)
    if best is None:
        i = next((i for i, row in enumerate(rows) if any(c.strip() for c in row)), 0)
        return _names(rows[i] if rows else []), i + 1, 0
    return best[2], best[1], best[0][0]


def _twice(row: list[str]) -> bool:
    """Tell whether a name stands twice in a row."""
    names = [c.strip() for c in row if c.strip()]
    return len(set(names)) < len(names)


def _score(names: list[str], wanted: set[str]) -> int:
    """Return how many wanted names are there; a joined name counts whole, without its sign, or by its lower part."""
    plain = [plain_header(n) for n in names]
    return len({p for p in plain if {p, p.replace("/", ""), p.rsplit("/", 1)[-1]} & wanted})


def _joined(*rows: list[str]) -> list[str]:
    """Join a header of several rows: an upper name runs on over empty cells to its right, where a lower row has a name.

    Examples
    --------
    >>> _joined(["客户", "本期", "", "备注"], ["", "数量", "金额", ""])
    ['客户', '本期/数量', '本期/金额', '备注']
    >>> _joined(["客户", "本期", "", ""], ["", "国内", "", "国外"], ["", "数量", "金额", "金额"])
    ['客户', '本期/国内/数量', '本期/国内/金额', '本期/国外/金额']
    """
    result: list[str] = []
    above = [""] * len(rows)
    for i in range(max(map(len, rows))):
        cells = [row[i].strip() if i < len(row) else "" for row in rows]
        for level in range(len(rows)):
            if cells[level]:
                above[level:] = [cells[level], *[""] * (len(rows) - level - 1)]
            elif not any(cells[level + 1 :]):
                above[level:] = [""] * (len(rows) - level)
                break
        result.append("/".join(a for a in above if a))
    return result


def _table_width(rows: list[tuple[int, list[str]]]) -> tuple[int, str]:
    """Return how many columns the table at the top of a sheet has, and the first cell that stands far away from it.

    Examples
    --------
    >>> _table_width([(1, ["id", "amount", *[""] * 100, "x"]), (2, ["A", "1"])])
    (52, 'CY1')
    """
    used = sorted({i for _, row in rows for i, cell in enumerate(row) if cell.strip()})
    for last, following in itertools.pairwise(used):
        if following - last > _GAP:
            from openpyxl.utils import get_column_letter

            row = next(n for n, cells in rows if any(c.strip() for c in cells[following : following + 1]))
            return last + _GAP + 1, f"{get_column_letter(following + 1)}{row}"
    return (used[-1] + _GAP + 1 if used else 0), ""


def _names(cells: list[str]) -> list[str]:
    """Return the header's names: trimmed, the second of a name as ``name (2)``, an empty one ``#4``."""
    names: list[str] = []
    for i, cell in enumerate(cells, start=1):
        text = re.sub(r"\s+", " ", cell).strip().removeprefix("\ufeff")
        base, again = text or f"#{i}", 2
        unique = base
        while unique in names:
            unique, again = f"{base} ({again})", again + 1
        names.append(unique)
    return names


def _padded(cells: list[str], width: int) -> list[str]:
    """Return a row of a sheet with as many cells as its header at least: a sheet has no short rows."""
    return cells if len(cells) >= width else cells + [""] * (width - len(cells))


def _fitted(values: list[str], width: int) -> tuple[list[str], str]:
    """Return a record's cells as many as the header has, with a fault where that loses or invents one."""
    if len(values) > width:
        return values[:width], "cells" if any(v.strip() for v in values[width:]) else ""
    if len(values) < width:
        return values + [""] * (width - len(values)), "cells" if any(v.strip() for v in values) else ""
    return values, ""


def _sum_line(raw: str) -> bool:
    """Tell whether a line that has too few or too many cells only states a sum: 合计：1,234.00."""
    return bool(re.fullmatch(TOTAL_LINE, re.sub(r"[,;|\t]", "\x1f", raw.strip()).rstrip("\x1f")))


def _load(
    db: duckdb.DuckDBPyConnection, rows: Iterable[tuple[int, list[str]]], header: int
) -> tuple[str, list[tuple[int, str, str]], int]:
    """Put rows of cells into a new table; return it with what does not fit and the number of records."""
    table, width = _new_table(db, header)
    bad: list[tuple[int, str, str]] = []
    lines: list[int] = []
    numbers: list[int] = []
    cells: list[list[str]] = []
    count = 0
    for line, values in rows:
        count += 1
        fitted, fault = _fitted(values, width)
        if fault:
            bad.append((line, "\x1f".join(values).rstrip("\x1f"), fault))
            continue
        lines.append(line)
        numbers.append(count)
        cells.append(fitted)
        if len(cells) == _BATCH:
            _insert(db, table, lines, numbers, _columns(cells))
            for part in (lines, numbers, cells):
                part.clear()
    if cells:
        _insert(db, table, lines, numbers, _columns(cells))
    return table, bad, count


def _load_block(
    db: duckdb.DuckDBPyConnection,
    table: str,
    block: textfile.Block,
    width: int,
    before: int,
    bad: list[tuple[int, str, str]],
) -> int:
    """Put the records of a block into a table, those that do not fit into `bad`; return their number."""
    import numpy as np

    others = np.array([r.line for r in block.others], np.int64)
    numbers = np.arange(len(block.lines)) + np.searchsorted(others, block.lines) + before + 1
    if len(block.lines):
        _insert(db, table, block.lines, numbers, block.columns)
    if block.others:
        places = np.arange(len(others)) + np.searchsorted(block.lines, others) + before + 1
        kept: list[tuple[int, int, list[str]]] = []
        for record, number in zip(block.others, places.tolist(), strict=True):
            cells, fault = ([], record.fault) if record.fault else _fitted(record.cells, width)
            if fault:
                bad.append((record.line, record.raw, "total_row" if _sum_line(record.raw) else fault))
            else:
                kept.append((record.line, number, cells))
        if kept:
            _insert(db, table, [k[0] for k in kept], [k[1] for k in kept], _columns([k[2] for k in kept]))
    return len(block.lines) + len(block.others)


def _columns(cells: list[list[str]]) -> pa.Table:
    import pyarrow as pa

    columns = [pa.array(column, pa.string()) for column in zip(*cells, strict=True)]
    return pa.table(columns, [f"c{i}" for i in range(len(columns))])


def _insert(
    db: duckdb.DuckDBPyConnection,
    table: str,
    lines: Sequence[int] | np.ndarray,
    numbers: Sequence[int] | np.ndarray,
    columns: pa.Table,
) -> None:
    import pyarrow as pa

    for name_, values in (("_n", numbers), ("_line", lines)):
        columns = columns.add_column(0, name_, pa.array(values, pa.int64()))
    db.register("batch", columns)
    db.execute(f"INSERT INTO {table} SELECT * FROM batch")
    db.unregister("batch")


def _new_table(db: duckdb.DuckDBPyConnection, header: int) -> tuple[str, int]:
    """Make an empty table for cells; return its name and how many cells a record has."""
    width = max(header, 1)
    table = _next_name()
    cells = ", ".join(f"c{i} VARCHAR" for i in range(width))
    db.execute(f"CREATE TEMP TABLE {table} (_line BIGINT, _n BIGINT, {cells})")
    return table, width


def _next_name() -> str:
    return f"stage_{next(_NUMBERS)}"


NO_TABLE = tuple(  # faults of a text that is no table
    f"importing.{key}" for key in ("unknown_format", "empty_file", "wrong_encoding", "nul_bytes", "long_line")
)

__all__ = [
    "NO_TABLE",
    "Foreign",
    "Unit",
    "find_files",
    "nameless",
    "is_table",
    "other_files",
    "plain_header",
    "stage",
]
