"""A store as plain text: ``store/records.csv`` and ``store/changes.csv``, exact to the letter.

One line per field and one per change, sorted, so that git shows what changed.
Values are JSON: ``"40"`` is a text, ``40`` a number, a table is a list of rows.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

from kamtools.errors import KamError
from kamtools.store.values import (
    STATUSES,
    Change,
    FieldValue,
    Record,
    check_text,
    field_from_json,
    field_json,
    stamp,
    to_json,
)
from kamtools.workspace.packs import STORE

FOLDER = STORE
RECORDS = "records.csv"
CHANGES = "changes.csv"
RECORD_COLUMNS = (
    "form",
    "account",
    "version",
    "changed_by",
    "changed_at",
    "field",
    "value",
    "source",
    "date",
    "status",
)
CHANGE_COLUMNS = ("form", "account", "version", "field", "who", "at", "before", "after")
_QUOTED = re.compile(r'[",\r\n]')


def save_text(records: Iterable[Record], changes: Iterable[Change], folder: Path) -> Path:
    """Write records and changes as the two files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    _save(folder / RECORDS, RECORD_COLUMNS, _record_lines(records))
    _save(folder / CHANGES, CHANGE_COLUMNS, map(_change_line, changes))
    return folder


def load_text(folder: Path) -> tuple[list[Record], list[Change]]:
    """Return the records and changes in a folder with the two files.

    Raises
    ------
    KamError
        For the first line that is wrong: with file, line and value.
    """
    return _load_records(folder / RECORDS), _load_changes(folder / CHANGES)


def text_fault(folder: str | Path) -> KamError | None:
    """Return what is wrong with the store's text in a pack or workspace, or None; the first line that is."""
    try:
        load_text(Path(folder) / FOLDER)
    except KamError as error:
        return error
    return None


# --- out ---------------------------------------------------------------------------------------


def _record_lines(records: Iterable[Record]) -> Iterator[tuple[str, ...]]:
    for record in records:
        start = (
            record.form,
            record.account,
            str(record.version),
            record.changed_by,
            stamp(record.changed_at),
        )
        if not record.fields:
            yield (*start, "", "", "", "", "")
        for name, field in record.fields.items():
            day = field.date.isoformat() if field.date else ""
            yield (*start, name, to_json(field.value), field.source, day, field.status)


def _change_line(change: Change) -> tuple[str, ...]:
    return (
        change.form,
        change.account,
        str(change.version),
        change.field,
        change.who,
        stamp(change.at),
        field_json(change.before) or "",
        field_json(change.after) or "",
    )


def _save(path: Path, columns: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> None:
    text = "".join(",".join(map(_cell, line)) + "\n" for line in (columns, *lines))
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(text.encode("utf-8", "surrogatepass"))
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _cell(text: str) -> str:
    """Return a cell; Python's own writer leaves a lone carriage return unquoted before 3.13."""
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


# --- in ----------------------------------------------------------------------------------------


def _lines(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each line's number and cells."""
    if not path.is_file():
        return
    csv.field_size_limit(2**31 - 1)
    try:
        text = path.read_bytes().decode("utf-8", "surrogatepass").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        _refuse(path, error.object[: error.start].count(b"\n") + 1, "", "", "encoding")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = next(reader, [])
        if tuple(header) != columns:
            _refuse(path, 1, "", ",".join(header), "header", allowed=",".join(columns))
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) != len(columns):
                _refuse(path, line, "", str(len(cells)), "cells", allowed=len(columns))
            yield line, dict(zip(columns, cells, strict=True))
            line = reader.line_num + 1
    except csv.Error as error:
        _refuse(path, line, "", str(error), "quotes")


def _load_records(path: Path) -> list[Record]:
    found: dict[tuple[str, str], tuple[tuple[object, ...], dict[str, FieldValue]]] = {}
    for line, cells in _lines(path, RECORD_COLUMNS):
        for name in ("form", "account", "changed_by"):
            _name(path, line, cells, name)
        version, at = _version(path, line, cells), _time(path, line, cells, "changed_at")
        head = (version, cells["changed_by"], at)
        known, fields = found.setdefault((cells["form"], cells["account"]), (head, {}))
        if head != known:
            _refuse(path, line, "version", cells["version"], "two_versions")
        if not cells["field"]:
            if any(cells[c] for c in ("value", "source", "date", "status")):
                _refuse(path, line, "field", "", "name")
            continue
        if cells["field"] in fields:
            _refuse(path, line, "field", cells["field"], "twice")
        fields[cells["field"]] = _field(path, line, cells)
    return [
        Record(account, form, fields, version, who, at)  # type: ignore[arg-type]
        for (form, account), ((version, who, at), fields) in found.items()
    ]


def _load_changes(path: Path) -> list[Change]:
    changes = []
    for line, cells in _lines(path, CHANGE_COLUMNS):
        for name in ("form", "account", "field", "who"):
            _name(path, line, cells, name)
        sides = []
        for side in ("before", "after"):
            try:
                sides.append(field_from_json(cells[side] or None))
            except (ValueError, TypeError, AttributeError):
                _refuse(path, line, side, cells[side], "json")
        changes.append(
            Change(
                cells["account"],
                cells["form"],
                cells["field"],
                sides[0],
                sides[1],
                cells["who"],
                _time(path, line, cells, "at"),
                _version(path, line, cells),
            )
        )
    return changes


def _field(path: Path, line: int, cells: dict[str, str]) -> FieldValue:
    try:
        value = json.loads(cells["value"], parse_constant=_no_constant)
    except (ValueError, RecursionError):
        _refuse(path, line, "value", cells["value"], "json")
    try:
        day = dt.date.fromisoformat(cells["date"]) if cells["date"] else None
    except ValueError:
        _refuse(path, line, "date", cells["date"], "date")
    if cells["status"] not in STATUSES:
        _refuse(path, line, "status", cells["status"], "status", allowed=", ".join(STATUSES))
    return FieldValue(value, cells["source"], day, cells["status"])  # type: ignore[arg-type]


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"value: {name} is no number")


def _name(path: Path, line: int, cells: dict[str, str], column: str) -> None:
    try:
        check_text(column, cells[column])
    except KamError:
        _refuse(path, line, column, cells[column], "name")


def _version(path: Path, line: int, cells: dict[str, str]) -> int:
    text = cells["version"]
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**31):
        _refuse(path, line, "version", text, "version")
    return int(text)


def _time(path: Path, line: int, cells: dict[str, str], column: str) -> dt.datetime:
    try:
        time = dt.datetime.fromisoformat(cells[column])
    except ValueError:
        _refuse(path, line, column, cells[column], "time")
    if time.tzinfo is None:
        _refuse(path, line, column, cells[column], "time")
    return time


def _refuse(path: Path, line: int, column: str, value: str, reason: str, allowed: object = "") -> NoReturn:
    raise KamError(
        "store.text",
        reason,
        file=f"{FOLDER}/{path.name}",
        row=line,
        column=column,
        value=ascii(value[:60])[1:-1] if not value.isprintable() else value[:60],
        allowed=allowed,
    )
