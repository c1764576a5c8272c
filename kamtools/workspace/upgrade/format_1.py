"""From format 1: which import a row came from stood in lists of keys, and now stands beside the row.

In format 1 each file that was imported had ``sources/<hash>/`` with its bytes,
``mapping.yml``, ``report.json`` (for each table what was read, and the counts
of each file or sheet) and ``keys-<table>.parquet`` (the keys of the rows that
it brought). A file's last import is all that is known of it.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from kamtools.errors import KamError
from kamtools.workspace.csvtext import compute
from kamtools.workspace.folder import content_hash, read_arrow
from kamtools.workspace.journal import ENTRY, FOLDER, ORIGIN, ImportedUnit, ImportEntry
from kamtools.workspace.paths import parquet_file
from kamtools.workspace.tables import TABLES
from kamtools.workspace.transaction import Change

if TYPE_CHECKING:
    import pyarrow as pa

SOURCES, REPORT, MAPPING = "sources", "report.json", "mapping.yml"
GENERATED = {"ledger": "line_id", "expenses": "expense_id", "receivables": "document"}
_ID = r"^(?P<source>[0-9a-f]{12})(?P<sheet>\.[0-9]+)?-(?P<line>[0-9]{1,18})(?:-[0-9]+)?$"
_COUNTS = ("records", "accepted", "quarantined", "blank", "rows", "added", "known", "replaced")


@dataclass(frozen=True)
class Converted:
    """What the new layout has: files written aside, imports, rows of each table."""

    written: tuple[str, ...]
    imports: int
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class _Source:
    """One file that was imported, as format 1 knew it."""

    number: int
    folder: Path
    report: dict[str, Any]
    at: dt.datetime
    mapping: bytes

    @property
    def hash(self) -> str:
        return self.folder.name


def files(root: Path) -> list[Path]:
    """Return the files that :func:`convert` replaces or drops."""
    tables = [path for name in TABLES if (path := root / "facts" / f"{name}.parquet").is_file()]
    old = [*(root / SOURCES).glob(f"*/{REPORT}"), *(root / SOURCES).glob("*/keys-*.parquet")]
    return [*tables, *old]


def is_converted(name: str) -> bool:
    """Tell whether a file of format 1 is one of those that :func:`convert` replaces or drops."""
    return (
        re.fullmatch(r"facts/[^/]+\.parquet|sources/[^/]+/(report\.json|keys-[^/]+\.parquet)", name)
        is not None
    )


def convert(root: Path, change: Change) -> Converted:
    """Write the new layout aside: tables with the origin of each row, and one import for each file.

    Each table is compared with what it was, every value of it.

    Raises
    ------
    KamError
        ``workspace.upgrade_unreadable`` where a file cannot be read, ``workspace.upgrade_differs``
        where a table would not be the same.
    """
    import pyarrow.parquet as pq

    sources = _sources(root)
    units = {source.hash: _units(source) for source in sources}
    written: list[str] = []
    rows: list[tuple[str, int]] = []
    for name in TABLES:
        path = root / "facts" / f"{name}.parquet"
        if not path.is_file():
            continue
        data = _read(path, name)
        whole = data
        for column, values in zip(ORIGIN, _origins(data, name, sources, units), strict=True):
            whole = whole.append_column(column, values)
        inner = f"facts/{name}.parquet"
        written.append(inner)
        pq.write_table(whole, change.aside(inner), compression="zstd")
        if content_hash(read_arrow(change.aside(inner), name)) != content_hash(data):
            raise KamError("workspace.upgrade_differs", table=name)
        rows.append((name, data.num_rows))
    for source in sources:
        folder = f"{FOLDER}/{source.number:04}"
        entry = ImportEntry(
            number=source.number,
            at=source.at.isoformat(timespec="seconds"),
            who="",
            mapping=MAPPING,
            mapping_hash=hashlib.sha256(source.mapping).hexdigest() if source.mapping else "",
            units=tuple(units[source.hash].values()),
            tables={},  # nothing is known of what it replaced: it cannot be taken back
            mended=tuple(source.report.get("mended", ())),
        )
        for inner, content in ((ENTRY, entry.text().encode()), (MAPPING, source.mapping)):
            if content:
                written.append(f"{folder}/{inner}")
                change.aside(f"{folder}/{inner}").write_bytes(content)
    for old in files(root):
        if old.parent.parent.name == SOURCES:
            change.drop(old.relative_to(root).as_posix())
    return Converted(tuple(written), len(sources), tuple(rows))


def _sources(root: Path) -> list[_Source]:
    """Return the files that brought rows, in the order of their last import."""
    found = []
    for path in (root / SOURCES).glob(f"*/{REPORT}"):
        try:
            report = json.loads(path.read_text(encoding="utf-8"))
            name, tables = str(report["file"]), dict(report["tables"])
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise KamError("workspace.upgrade_unreadable", path=path, detail=repr(error)) from None
        if tables:  # else it was only looked up in
            found.append((path.stat().st_mtime_ns, name, path.parent, report))
    sources = []
    for number, (time, _, folder, report) in enumerate(
        sorted(found, key=lambda f: (*f[:2], f[2].name)), start=1
    ):
        mapping = folder / MAPPING
        at = dt.datetime.fromtimestamp(time / 1e9, dt.UTC)
        text = mapping.read_bytes() if mapping.is_file() else b""
        sources.append(_Source(number, folder, report, at, text))
    return sources


def _units(source: _Source) -> dict[tuple[str, int], ImportedUnit]:
    """Return the files and sheets of a source by table and the sheet's number in their keys."""
    found: dict[tuple[str, int], ImportedUnit] = {}
    for table, said in source.report["tables"].items():
        numbers = _sheet_numbers(source, table, [part["file"] for part in said["parts"]])
        for part, number in zip(said["parts"], numbers, strict=True):
            found[table, number] = ImportedUnit(
                unit=len(found) + 1,
                table=table,
                file=source.report["file"],
                label=part["file"],
                source=source.hash,
                key=f"src-{source.hash[:12]}" + (f".{number}" if number > 1 else ""),
                counts={name: int(part.get(name, 0)) for name in _COUNTS},
                mapping_id=said.get("mapping", ""),
                identity=said.get("id", ""),
                lookups=tuple(source.report.get("with", ())),
            )
    return found


def _sheet_numbers(source: _Source, table: str, labels: list[str]) -> list[int]:
    """Return the numbers of sheets as they stand in ids: their places among the sheets that the mapping chose."""
    if len(labels) == 1 and not labels[0].endswith("]"):
        return [1]
    chosen = _chosen_sheets(source, table)
    names = [label.removeprefix(source.report["file"])[1:-1] for label in labels]
    if set(names) <= set(chosen):
        return [chosen.index(name) + 1 for name in names]
    return list(range(1, len(labels) + 1))  # the sheets of HTML, or a mapping that is gone


def _chosen_sheets(source: _Source, table: str) -> list[str]:
    import python_calamine as calamine

    try:
        said = yaml.safe_load(source.mapping)
        alias = said["sources"][said["tables"][table]["source"]]
        pattern = (alias.get("sheet") if isinstance(alias, dict) else None) or "*"
        book = calamine.load_workbook(source.folder / source.report["file"])
        sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names]
    except (yaml.YAMLError, KeyError, TypeError, OSError, calamine.CalamineError):
        return []
    return [name for name, sheet in sheets if sheet.height and fnmatch.fnmatch(name, pattern)]


def _origins(
    data: pa.Table, name: str, sources: list[_Source], units: dict[str, dict[tuple[str, int], ImportedUnit]]
) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Return import, unit and line of each row; missing where no import brought it, or it cannot be told."""
    import numpy as np
    import pyarrow as pa

    pc = compute()
    number = np.zeros(data.num_rows, "int32")
    unit = np.zeros(data.num_rows, "int32")
    line = np.zeros(data.num_rows, "int64")
    keys = _keys(data, name)
    spelled = None
    if TABLES[name].key == (GENERATED.get(name),):
        spelled = pc.extract_regex(keys, _ID)
    for source in sources:
        mine = {sheet: u.unit for (table, sheet), u in units[source.hash].items() if table == name}
        if not mine:
            continue
        path = source.folder / f"keys-{name}.parquet"
        if path.is_file():
            claimed = pc.is_in(keys, value_set=_read(path, None)["key"].combine_chunks())
            rows = claimed.to_numpy(zero_copy_only=False).astype(bool)
            number[rows], line[rows] = source.number, 0
            unit[rows] = next(iter(mine.values())) if len(mine) == 1 else 0
        if spelled is not None:
            own = pc.equal(pc.struct_field(spelled, "source"), source.hash[:12]).fill_null(False)
            lines = pc.filter(pc.struct_field(spelled, "line"), own).cast(pa.int64())
            rows = own.to_numpy(zero_copy_only=False).astype(bool)
            number[rows], unit[rows], line[rows] = source.number, 0, lines.to_numpy(zero_copy_only=False)
            for sheet, its in mine.items():
                written = pc.equal(pc.struct_field(spelled, "sheet"), f".{sheet}" if sheet > 1 else "")
                unit[rows & written.fill_null(False).to_numpy(zero_copy_only=False).astype(bool)] = its
    return (
        pa.array(number, pa.int32(), mask=number == 0),
        pa.array(unit, pa.int32(), mask=unit == 0),
        pa.array(line, pa.int64(), mask=line == 0),
    )


def _keys(data: pa.Table, name: str) -> pa.Array:
    """Return the key of each row as one text, as the lists of format 1 have it."""
    import pyarrow as pa

    pc = compute()
    parts = [data[column].cast(pa.string()).fill_null("").combine_chunks() for column in TABLES[name].key]
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "\x1f")


def _read(path: Path, name: str | None) -> pa.Table:
    """Return a table of ours, or without a name a file as it is."""
    import pyarrow as pa

    try:
        if name is not None:
            return read_arrow(path, name)
        with parquet_file(path) as file:
            return file.read()
    except (pa.ArrowException, OSError) as error:
        detail = str(error).splitlines()[0]
        raise KamError("workspace.upgrade_unreadable", path=path, detail=detail) from None
