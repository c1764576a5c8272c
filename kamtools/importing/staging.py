"""Every source as one kind of thing: a DuckDB table of text cells with the line of each record."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kamtools.errors import KamError
from kamtools.importing import textfile
from kamtools.importing.mapping import Source
from kamtools.importing.sheets import Sheet, read_html, read_workbook
from kamtools.importing.values import name, quoted

if TYPE_CHECKING:
    import duckdb

SUFFIXES = (".csv", ".tsv", ".txt", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".parquet", ".htm", ".html")
_BATCH = 50_000
_SEARCH = 30  # rows in which the header is looked for


@dataclass(frozen=True)
class Foreign:
    """A file as given: its name, bytes' place and hash."""

    name: str
    path: Path
    hash: str

    @property
    def key(self) -> str:
        """The short name of its bytes, as it stands in ids and in the quarantine."""
        return f"src-{self.hash[:12]}"


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
    above: list[str] = field(default_factory=list)  # texts over the header: a title, a unit
    sheet: str = ""

    def find(self, wanted: str) -> str | None:
        """Return the cell column (``c3``) with this header, or None."""
        if wanted in self.header:
            return f"c{self.header.index(wanted)}"
        plain = [plain_header(h) for h in self.header]
        return f"c{plain.index(plain_header(wanted))}" if plain_header(wanted) in plain else None


def plain_header(text: str) -> str:
    """Return a header for comparing: NFKC, without white space, in small letters.

    Examples
    --------
    >>> plain_header(" 金额（元）\\n")
    '金额(元)'
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold().removeprefix("\ufeff")


def find_files(sources: Iterable[Path]) -> list[Foreign]:
    """Return the files given, folders opened one level deep, each with its hash.

    Raises
    ------
    KamError
        Where one is missing, is empty, or a folder has no file of a known kind.
    """
    found: dict[Path, None] = {}
    for source in sources:
        path = Path(source)
        if path.is_dir():
            inside = [
                p
                for p in sorted(path.iterdir())
                if p.is_file() and p.suffix.lower() in SUFFIXES and not p.name.startswith(("~$", "."))
            ]
            if not inside:
                raise KamError("importing.empty_folder", path=path, allowed=", ".join(SUFFIXES))
            found |= dict.fromkeys(inside)
        elif path.is_file():
            found[path] = None
        else:
            raise KamError("importing.no_file", path=path)
    files = []
    for path in found:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if path.stat().st_size == 0:
            raise KamError("importing.empty_file", file=path.name)
        files.append(Foreign(path.name, path, digest))
    return files


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
        if stream.read(4) == b"PAR1":
            return [_parquet(db, file)]
    data = file.path.read_bytes()
    plain = {plain_header(w) for w in wanted}
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    html = start.startswith(b"<") and b"<table" in data[:200_000].lower()
    if html or data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _sheets(db, file, source, plain, data, html)
    if start.startswith(b"<") or b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise KamError(
            "importing.unknown_format", file=file.name, allowed="CSV, TSV, XLS, XLSX, ODS, Parquet"
        )
    return [_text(db, file, source, plain, data, wanted, mended or {})]


def _parquet(db: duckdb.DuckDBPyConnection, file: Foreign) -> Unit:
    import duckdb

    path = quoted(str(file.path))
    try:
        columns = db.execute(f"DESCRIBE SELECT * FROM read_parquet({path})").fetchall()
    except duckdb.Error as error:
        detail = str(error).splitlines()[0]
        raise KamError("importing.unreadable", file=file.name, detail=detail) from None
    cells = []
    for i, (column, kind, *_) in enumerate(columns):
        q = name(column)
        if kind in ("DOUBLE", "FLOAT"):
            whole = f"{q} = trunc({q}) AND abs({q}) < 1e15"
            sql = f"CASE WHEN isnan({q}) THEN NULL WHEN {whole} THEN CAST(CAST({q} AS BIGINT) AS VARCHAR) ELSE CAST({q} AS VARCHAR) END"
        else:
            sql = f"CAST({q} AS VARCHAR)"
        cells.append(f"{sql} AS c{i}")
    table = _new_table(db)
    db.execute(
        f"CREATE TEMP TABLE {table} AS SELECT file_row_number + 1 AS _line, file_row_number + 1 AS _n,"
        f" {', '.join(cells)} FROM read_parquet({path}, file_row_number = true)"
    )
    count = _count(db, table)
    return Unit(file, file.name, file.key, table, [c[0] for c in columns], count)


def _sheets(
    db: duckdb.DuckDBPyConnection, file: Foreign, source: Source, wanted: set[str], data: bytes, html: bool
) -> list[Unit]:
    encoding = ""
    try:
        if html:
            sheets, encoding = read_html(data, source.encoding)
        else:
            sheets = list(read_workbook(data))
    except KamError:
        raise
    except Exception as error:  # each reader has its own errors; the file is what is wrong
        detail = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise KamError("importing.unreadable", file=file.name, detail=detail) from None
    import fnmatch

    chosen = [s for s in sheets if s.rows]
    if source.sheet is not None:
        chosen = [s for s in chosen if fnmatch.fnmatch(s.name, source.sheet)]
    if not chosen:
        names = ", ".join(s.name for s in sheets) or "–"
        raise KamError("importing.no_sheet", file=file.name, sheet=source.sheet or "–", allowed=names)
    heads = [_header([cells for _, cells in s.rows[:_SEARCH]], source, wanted) for s in chosen]
    best = max(h[2] for h in heads)
    units: list[Unit] = []
    left = [s.name for s, h in zip(chosen, heads, strict=True) if best and h[2] * 2 <= best]
    for number, (sheet, (header, first, score)) in enumerate(zip(chosen, heads, strict=True), start=1):
        if best and score * 2 <= best:
            continue  # a sheet of another kind
        table, bad, count = _load(db, _even(sheet, first), len(header))
        label = file.name if len(chosen) == 1 else f"{file.name}[{sheet.name}]"
        key = file.key if number == 1 else f"{file.key}.{number}"
        units.append(
            Unit(
                file,
                label,
                key,
                table,
                header,
                count,
                bad,
                encoding,
                [],
                first,
                sheet.merged,
                left if not units else [],
                [c for _, cells in sheet.rows[: max(first - 1, 0)] for c in cells if c.strip()],
                sheet.name,
            )
        )
    return units


def _even(sheet: Sheet, first: int) -> Iterator[tuple[int, list[str], str, str]]:
    for line, cells in sheet.rows[first:]:
        yield line, cells, "", ""


def _text(
    db: duckdb.DuckDBPyConnection,
    file: Foreign,
    source: Source,
    plain: set[str],
    data: bytes,
    wanted: set[str],
    mended: dict[int, str],
) -> Unit:
    try:
        decoded = textfile.decode(data, source.encoding)
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        sample = error.object[max(0, error.start - 10) : error.start + 10]
        raise KamError(
            "importing.wrong_encoding",
            file=file.name,
            row=row,
            encoding=source.encoding or "UTF-8, gb18030, cp1252",
            sample=repr(sample)[1:],
        ) from None
    except LookupError:
        raise KamError("importing.unknown_encoding", encoding=source.encoding, file=file.name) from None
    if not decoded.text.strip():
        raise KamError("importing.empty_file", file=file.name)
    text = decoded.text
    if mended:
        lines = io.StringIO(text, newline="").readlines()
        for line, value in mended.items():
            if 0 < line <= len(lines):
                lines[line - 1] = value + "\n"
        text = "".join(lines)
    delimiter = source.delimiter or textfile.guess_delimiter(text, wanted)
    delimiter = "\t" if delimiter == r"\t" else delimiter
    found = textfile.records(text, delimiter)
    head: list[textfile.Record] = []
    for record in found:
        head.append(record)
        if len(head) == _SEARCH:
            break
    header, first, _ = _header([r.cells for r in head], source, plain)

    def rows() -> Iterator[tuple[int, list[str], str, str]]:
        yield from head[first:]
        yield from found

    table, bad, count = _load(db, rows(), len(header))
    above = [c for r in head[: max(first - 1, 0)] for c in r.cells if c.strip()]
    unit = Unit(
        file, file.name, file.key, table, header, count, bad, decoded.encoding, decoded.samples, first
    )
    unit.above = above
    return unit


def _header(rows: list[list[str]], source: Source, wanted: set[str]) -> tuple[list[str], int, int]:
    """Return the names of the columns, how many rows stand above the records, and how many wanted are there."""
    if source.header:
        first = source.header[0] - 1
        both = rows[first : source.header[-1]]
        names = _names(_joined(both[0], both[1]) if len(both) == 2 else both[0] if both else [])
        return names, source.header[-1], _score(names, wanted)
    best: tuple[int, int, list[str], int] | None = None
    for i, row in enumerate(rows):
        choices = [(row, i + 1)]
        if i + 1 < len(rows) and len([c for c in row if c.strip()]) > 1:
            choices.append((_joined(row, rows[i + 1]), i + 2))
        for cells, first in choices:
            names = _names(cells)
            score = _score(names, wanted)
            if score and (best is None or score > best[0]):
                best = (score, first, names, first)
    if best is None:
        i = next((i for i, row in enumerate(rows) if any(c.strip() for c in row)), 0)
        return _names(rows[i] if rows else []), i + 1, 0
    return best[2], best[3], best[0]


def _score(names: list[str], wanted: set[str]) -> int:
    plain = [plain_header(n) for n in names]
    return len({p for p in plain if p in wanted or p.rsplit("/", 1)[-1] in wanted})


def _joined(upper: list[str], lower: list[str]) -> list[str]:
    """Join a two-row header: the upper name runs on over empty cells to its right.

    Examples
    --------
    >>> _joined(["客户", "本期", "", "备注"], ["", "数量", "金额", ""])
    ['客户', '本期/数量', '本期/金额', '备注']
    """
    result, last = [], ""
    for i in range(max(len(upper), len(lower))):
        above = upper[i].strip() if i < len(upper) else ""
        below = lower[i].strip() if i < len(lower) else ""
        last = above or (last if below else "")
        result.append(f"{last}/{below}" if last and below else last or below)
        last = last if below else ""
    return result


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


def _load(
    db: duckdb.DuckDBPyConnection, rows: Iterable[tuple[int, list[str], str, str]], width: int
) -> tuple[str, list[tuple[int, str, str]], int]:
    import pyarrow as pa

    width = max(width, 1)
    table = _new_table(db)
    cells = ", ".join(f"c{i} VARCHAR" for i in range(width))
    db.execute(f"CREATE TEMP TABLE {table} (_line BIGINT, _n BIGINT, {cells})")
    bad: list[tuple[int, str, str]] = []
    lines: list[int] = []
    numbers: list[int] = []
    batch: list[list[str]] = []
    count = 0

    def flush() -> None:
        columns = [pa.array(column, pa.string()) for column in zip(*batch, strict=True)]
        data = pa.table(
            [pa.array(lines, pa.int64()), pa.array(numbers, pa.int64()), *columns],
            [f"k{i}" for i in range(width + 2)],
        )
        db.register("batch", data)
        db.execute(f"INSERT INTO {table} SELECT * FROM batch")
        db.unregister("batch")
        for part in (lines, numbers, batch):
            part.clear()

    for line, values, raw, fault in rows:
        count += 1
        if len(values) > width and not fault:
            fault = "" if not any(v.strip() for v in values[width:]) else "cells"
            values = values[:width]
        elif len(values) < width and not fault:
            fault = "cells" if any(v.strip() for v in values) else ""
            values = values + [""] * (width - len(values))
        if fault:
            bad.append((line, raw or "\x1f".join(values), fault))
            continue
        lines.append(line)
        numbers.append(count)
        batch.append(values)
        if len(batch) == _BATCH:
            flush()
    if batch:
        flush()
    return table, bad, count


def _new_table(db: duckdb.DuckDBPyConnection) -> str:
    row = db.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'stage_%'").fetchone()
    return f"stage_{row[0] if row else 0}"


def _count(db: duckdb.DuckDBPyConnection, table: str) -> int:
    row = db.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


__all__ = ["Foreign", "Unit", "find_files", "plain_header", "stage"]
