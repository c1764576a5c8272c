"""Read a filled workbook of forms back into the store."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kamtools.errors import KamError
from kamtools.forms.cells import cell_text, is_blank, kept_texts, parse, read_date
from kamtools.forms.checking import check_form, is_rows
from kamtools.forms.definitions import Column, Field, Form, forms
from kamtools.forms.layout import (
    ACCOUNT,
    FIRST_ROW,
    LISTS,
    MARK,
    PARTS,
    PLACE,
    STATUSES,
    VERSION,
    FormSheet,
    part_spec,
    sheets_of,
    status_name,
)
from kamtools.forms.reports import ImportReport, Quarantined, SheetCount
from kamtools.importing.quarantine import guard
from kamtools.importing.sheets import Sheet, read_workbook
from kamtools.store import Conflict, FieldValue
from kamtools.words import LANGUAGES, current_language, say
from kamtools.workspace.csvtext import write_atomic

if TYPE_CHECKING:
    from kamtools.store import Record, Store

QUARANTINE_HEADER = ("sheet", "row", "account", "form", "column", "value", "reason", "remedy", "code")
Fields = dict[str, FieldValue]


class Line(NamedTuple):
    """One row of a sheet: its number as Excel counts, its cells by id of column."""

    row: int
    cells: dict[str, str]


@dataclass
class Read:
    """One sheet of ours as read."""

    spec: FormSheet
    name: str
    lines: list[Line]
    columns: frozenset[str]
    count: SheetCount


@dataclass
class Entry:
    """What the workbook says of one form of one account."""

    account: str
    form: Form
    own: Line
    tables: dict[str, list[Line]] = field(default_factory=dict)


class Bad(NamedTuple):
    """One thing wrong in a row: which sheet and row, which column, which value, why."""

    sheet: str
    row: int
    column: str
    value: str
    code: str
    params: dict[str, str]


def import_forms(
    store: Store,
    path: str | Path,
    who: str,
    at: dt.datetime,
    *,
    keep_mine: bool = False,
    accounts: Iterable[str] = (),
    quarantine: str | Path | None = None,
    more: Sequence[Form] = (),
) -> ImportReport:
    """Read a workbook of :func:`export_forms` back into the store.

    A form of an account is taken whole or not at all: where one of its cells
    is wrong, its row and the rows of its tables wait in quarantine and the
    store keeps what it has. A cell that nobody changed keeps its value to the
    letter. A form that is as in the store is not written again, so importing
    the same workbook twice is harmless. Where someone else saved the form
    after the export, and the workbook changes it too, that is a conflict:
    shown with both values, and not written.

    Parameters
    ----------
    store : Store
    path : path
        The workbook. Sheets and columns may be renamed, moved or left out:
        what is not there stays as it is.
    who : str
        For the history.
    at : datetime
    keep_mine : bool
        Write what the workbook changes over what others saved, as a new version;
        what it did not change stays theirs.
    accounts : ids, optional
        Accounts that may stand in it, beside those exported and those in the store.
    quarantine : path, optional
        Default: beside the workbook, ``<name>.quarantine.csv``.
    more : sequence of Form
        Forms beside those of the course (:func:`kamtools.forms.judged.judged_forms`).

    Returns
    -------
    ImportReport
        For each sheet ``accepted + quarantined + blank == rows``.

    Raises
    ------
    KamError
        Where the file is not there, is no workbook, or has no sheet of ours.
    """
    path = Path(path)
    report = ImportReport(path)
    known_forms = [*forms().values(), *more]
    sheets, listed = _sheets(path, report, known_forms)
    report.sheets = [s.count for s in sheets]
    records = {(r.account, r.form): r for r in store.records()}
    known = set(listed) | set(accounts) | {account for account, _ in records}
    run = _Import(store, report, records, known, who, at, keep_mine)
    with store.transaction():
        for form in known_forms:
            run.form(form, [s for s in sheets if s.spec.form.id == form.id])
    place = Path(quarantine) if quarantine else path.with_name(f"{path.stem}.quarantine.csv")
    _write_quarantine(place, report)
    return report


def _sheets(path: Path, report: ImportReport, known: Iterable[Form]) -> tuple[list[Read], list[str]]:
    """Return the sheets of ours, and the accounts that were exported."""
    if not path.is_file():
        raise KamError("forms.no_file", path=path)
    specs = {spec.id: spec for form in known for spec in sheets_of(form)}
    found: dict[str, Read] = {}
    listed: list[str] = []
    first_others: list[str] = []
    try:
        sheets = [Sheet(s.name, list(s.rows)) for s in read_workbook(path.read_bytes(), path.name)]
    except Exception as error:  # the readers raise whatever they like for a damaged file
        raise KamError("forms.unreadable", path=path, detail=str(error)[:120]) from None
    for sheet in sheets:
        head = dict(itertools.islice(sheet.rows, 1)).get(1, [])
        mark = next((c for c in head if c.startswith(MARK)), "")
        if sheet.name == LISTS:
            listed = [cells[0] for _, cells in itertools.islice(sheet.rows, 1, None) if cells and cells[0]]
            continue
        spec = specs.get(mark.removeprefix(MARK).split("|")[0])
        if spec is None:
            first_others.append(sheet.name)
        elif spec.id in found:
            raise KamError("forms.sheet_twice", path=path, sheet=sheet.name, other=found[spec.id].name)
        else:
            found[spec.id] = _read_sheet(spec, sheet, head)
    if not found:
        raise KamError("forms.no_forms", path=path)
    guides = {say("forms.guide", lang) for lang in LANGUAGES}
    report.unknown_sheets = [name for name in first_others if name not in guides]
    return [found[i] for i in specs if i in found], listed


def _read_sheet(spec: FormSheet, sheet: Sheet, head: list[str]) -> Read:
    ids = [c.split("|", 1)[1] if c.startswith(MARK) else c for c in head]
    lines = []
    for row, cells in sheet.rows:
        if row >= FIRST_ROW:
            lines.append(Line(row, {i: c for i, c in zip(ids, cells, strict=False) if i}))
    return Read(spec, sheet.name, lines, frozenset(i for i in ids if i), SheetCount(sheet.name, len(lines)))


@dataclass
class _Import:
    """An import under way."""

    store: Store
    report: ImportReport
    records: Mapping[tuple[str, str], Record]
    known: set[str]
    who: str
    at: dt.datetime
    keep_mine: bool

    def form(self, form: Form, sheets: list[Read]) -> None:
        """Take in one form of all accounts."""
        own = next((s for s in sheets if s.spec.table is None), None)
        tables = [s for s in sheets if s.spec.table is not None]
        entries: dict[str, Entry] = {}
        rows_of: dict[str, list[Line]] = {}
        for line in own.lines if own else []:
            if any(not is_blank(v) for v in line.cells.values()):
                rows_of.setdefault(line.cells.get(ACCOUNT, ""), []).append(line)
            elif own:
                own.count.blank += 1
        for account, lines in rows_of.items():
            assert own is not None
            code = (
                "no_account" if is_blank(account) else "unknown_account" if account not in self.known else ""
            )
            if not code and len(lines) > 1:
                code = "account_twice"
            if code:
                for line in lines:
                    self._refuse(own, form, account, [Bad(own.name, line.row, ACCOUNT, account, code, {})], 1)
            else:
                entries[account] = Entry(account, form, lines[0])
        for sheet in tables:
            self._gather(form, sheet, entries, refused=set(rows_of) - set(entries))
        for entry in entries.values():
            self._take(entry, own, tables)

    def _gather(self, form: Form, sheet: Read, entries: dict[str, Entry], refused: set[str]) -> None:
        """Give the rows of a table to their accounts."""
        assert sheet.spec.table is not None
        ids = [c.id for c in sheet.spec.table.columns]
        for line in sheet.lines:
            account = line.cells.get(ACCOUNT, "")
            written = any(not is_blank(line.cells.get(i, "")) for i in ids)
            if account in entries and (written or line.cells.get(PLACE)):
                entries[account].tables.setdefault(sheet.spec.table.id, []).append(line)
            elif not written:
                sheet.count.blank += 1
            else:
                code = "no_account" if is_blank(account) else "no_own_row"
                if not is_blank(account) and account not in self.known:
                    code = "unknown_account"
                elif account in refused:
                    code = "own_row_refused"
                bad = Bad(sheet.name, line.row, ACCOUNT, account, code, {})
                self._refuse(sheet, form, account, [bad], 1)

    def _take(self, entry: Entry, own: Read | None, tables: list[Read]) -> None:
        """Write one form of one account, or say why not."""
        assert own is not None
        form, current = entry.form, self.records.get((entry.account, entry.form.id))
        base, faults = self._base(entry, current, own)
        mine = _Fields(entry, own, tables, base, faults)
        fields = mine.read()
        empty = not fields and not base and not (current and current.fields)
        if mine.faults:
            self._refuse_entry(entry, own, tables, mine.faults)
            return
        stands: Mapping[str, FieldValue] = current.fields if current else {}
        changed = [n for n in {**base, **fields} if not _same(base.get(n), fields.get(n))]
        pending = [n for n in changed if not _same(stands.get(n), fields.get(n))]
        moved = current is not None and base is not current.fields and current.version != _version(entry)
        if pending and moved and current is not None and not self.keep_mine:
            bad = [self._conflict(own, entry, name, current, fields) for name in pending]
            self._refuse_entry(entry, own, tables, bad, conflict=True)
            return
        if pending:
            wanted = {n: v for n, v in stands.items() if n not in pending}
            wanted |= {n: fields[n] for n in pending if n in fields}
            wanted = {n: wanted[n] for n in [*stands, *wanted] if n in wanted}
            try:
                self.store.write(
                    entry.account,
                    form.id,
                    wanted,
                    version=current.version if current else None,
                    who=self.who,
                    at=self.at,
                )
            except Conflict as conflict:  # someone saved since the import began
                if conflict.current is None:
                    raise
                bad = [self._conflict(own, entry, name, conflict.current, fields) for name in pending]
                self._refuse_entry(entry, own, tables, bad, conflict=True)
                return
            self.report.written += 1
            self.report.merged += moved
            self._count_losses(stands, wanted, pending, mine.removed)
            gaps = sum(f.level == "gap" for f in check_form(form, wanted))
            if gaps:
                self.report.gaps[form.id] = self.report.gaps.get(form.id, 0) + gaps
        elif not empty:
            self.report.unchanged += 1
        own.count.blank += empty
        own.count.accepted += not empty
        for sheet in tables:
            assert sheet.spec.table is not None
            lines = entry.tables.get(sheet.spec.table.id, [])
            cleared = mine.cleared.get(sheet.spec.table.id, 0)
            sheet.count.blank += cleared
            sheet.count.accepted += len(lines) - cleared

    def _base(
        self, entry: Entry, current: Record | None, own: Read
    ) -> tuple[Mapping[str, FieldValue], list[Bad]]:
        """Return the fields that the row was exported with."""
        text = entry.own.cells.get(VERSION, "")
        version = _version(entry)
        if is_blank(text) or current is None:  # nothing was there, or this is another store
            return {}, []
        if version is None or version > current.version:
            params = {"allowed": str(current.version)}
            return {}, [Bad(own.name, entry.own.row, VERSION, text, "bad_version", params)]
        if version == current.version:
            return current.fields, []
        fields: Fields = {}
        for change in self.store.history(entry.account, entry.form.id):
            if change.version <= version:
                if change.after is None:
                    fields.pop(change.field, None)
                else:
                    fields[change.field] = change.after
        return fields, []

    def _conflict(self, own: Read, entry: Entry, name: str, current: Record, fields: Fields) -> Bad:
        """Return how what the workbook says differs from what someone saved."""
        theirs = current.fields.get(name)
        params = {
            "who": current.changed_by,
            "at": f"{current.changed_at.astimezone():%Y-%m-%d %H:%M:%S}",
            "theirs": _short(theirs),
        }
        return Bad(own.name, entry.own.row, name, _short(fields.get(name)), "conflict", params)

    def _count_losses(
        self, before: Mapping[str, FieldValue], after: Fields, names: list[str], removed: Mapping[str, int]
    ) -> None:
        for name in names:
            old, new = (d[name].value if name in d else None for d in (before, after))
            if isinstance(old, list):
                self.report.rows_removed += removed.get(name, 0)
            elif old not in (None, "") and new in (None, ""):
                self.report.fields_cleared += 1

    def _refuse_entry(
        self, entry: Entry, own: Read, tables: list[Read], bad: list[Bad], conflict: bool = False
    ) -> None:
        self.report.conflicts += conflict
        self._refuse(own, entry.form, entry.account, bad, 1)
        for sheet in tables:
            assert sheet.spec.table is not None
            sheet.count.quarantined += len(entry.tables.get(sheet.spec.table.id, []))

    def _refuse(self, sheet: Read, form: Form, account: str, bad: list[Bad], rows: int) -> None:
        sheet.count.quarantined += rows
        self.report.quarantined += [
            Quarantined(b.sheet, b.row, account, form.id, b.column, b.value, b.code, b.params) for b in bad
        ]


class _Fields:
    """The fields of one entry: what did not change as it was, the rest parsed."""

    def __init__(
        self, entry: Entry, own: Read, tables: list[Read], base: Mapping[str, FieldValue], faults: list[Bad]
    ) -> None:
        self.entry, self.own, self.base, self.faults = entry, own, base, faults
        self.tables = {s.spec.table.id: s for s in tables if s.spec.table is not None}
        self.cleared: dict[str, int] = {}  # rows of a table that a person emptied
        self.removed: dict[str, int] = {}  # rows that stood there and do no more

    def read(self) -> Fields:
        """Return the fields as the workbook says they shall stand."""
        found: Fields = dict(self.base)  # what the form does not know, or a sheet no longer has, stays
        for spec in self.entry.form.fields:
            given = self._field(spec, self.base.get(spec.id))
            if given is None:
                found.pop(spec.id, None)
            else:
                found[spec.id] = given
        return found

    def _field(self, spec: Field, before: FieldValue | None) -> FieldValue | None:
        if spec.kind == "rows":
            value, changed = self._rows(spec, before.value if before else None)
        else:
            old = before.value if before else None
            value, changed = self._cell(self.own.name, self.entry.own, spec.id, spec, old)
        parts = {}
        for part in PARTS:
            parts[part], altered = self._part(spec, part, before)
            changed = changed or altered
        if not changed:
            return before
        empty = value is None and not parts["source"] and parts["date"] is None
        return None if empty else FieldValue(value, parts["source"], parts["date"], parts["status"])

    def _cell(self, sheet: str, line: Line, column: str, spec: Column, old: Any) -> tuple[Any, bool]:
        """Return the value of a cell and whether it differs from what was exported."""
        if column not in line.cells:
            return old, False
        text = line.cells[column]
        if _unchanged(spec, old, text):
            return old, False
        value, fault = parse(spec, text)
        if fault:
            self.faults.append(Bad(sheet, line.row, column, text, fault.code, {"allowed": fault.allowed}))
        return value, True

    def _part(self, spec: Field, part: str, before: FieldValue | None) -> tuple[Any, bool]:
        """Return source, date or status of a field and whether it was changed."""
        column = f"{spec.id}|{part}"
        old = getattr(before, part) if before else {"source": "", "date": None, "status": "assumed"}[part]
        if column not in self.entry.own.cells:
            return old, False
        text = self.entry.own.cells[column]
        how = part_spec(part)
        if how is None:
            return self._status(column, text, old, before is not None)
        if _unchanged(how, old.isoformat() if isinstance(old, dt.date) else old, text):
            return old, False
        if part == "date":
            day = read_date(text)
            if not is_blank(text) and day is None:
                self.faults.append(Bad(self.own.name, self.entry.own.row, column, text, "not_a_date", {}))
            return day, day != old
        value, fault = parse(how, text)
        if fault:
            self.faults.append(
                Bad(self.own.name, self.entry.own.row, column, text, fault.code, {"allowed": ""})
            )
        return value or "", True

    def _status(self, column: str, text: str, old: str, there: bool) -> tuple[str, bool]:
        if is_blank(text):
            return ("assumed", old != "assumed") if there else (old, False)
        names = {status_name(s, lang): s for s in STATUSES for lang in LANGUAGES} | {s: s for s in STATUSES}
        chosen = names.get(text.strip())
        if chosen is None:
            allowed = ", ".join(status_name(s) for s in STATUSES)
            bad = Bad(self.own.name, self.entry.own.row, column, text, "not_a_choice", {"allowed": allowed})
            self.faults.append(bad)
            return old, False
        return chosen, there and chosen != old

    def _rows(self, spec: Field, old: Any) -> tuple[Any, bool]:
        """Return the table of an account, and whether it differs from what was exported."""
        sheet = self.tables.get(spec.id)
        if sheet is None:
            return old, False
        before: list[dict[str, Any]] = old if is_rows(old) else []
        rows: list[dict[str, Any]] = []
        kept: set[int] = set()
        changed = False
        for line in self.entry.tables.get(spec.id, []):
            place = self._place(line, len(before))
            base = before[place] if place is not None else {}
            row = dict(base)
            for column in spec.columns:
                value, altered = self._cell(sheet.name, line, column.id, column, base.get(column.id))
                if altered and value is None:
                    row.pop(column.id, None)
                elif altered:
                    row[column.id] = value
                changed = changed or altered
            if place is None and not row or place is not None and base and not row:
                self.cleared[spec.id] = self.cleared.get(spec.id, 0) + 1
                changed = changed or place is not None
            else:
                rows.append(row)
                kept |= set() if place is None else {place}
        self.removed[spec.id] = len(before) - len(kept)
        same = len(rows) == len(before) and all(a == b for a, b in zip(rows, before, strict=True))
        if same and not changed:
            return old, False
        return (rows if rows or before else None), True

    def _place(self, line: Line, count: int) -> int | None:
        """Return which of the exported rows this is, or None for a new one."""
        account, _, number = line.cells.get(PLACE, "").rpartition("#")
        if account != self.entry.account or not (number.isascii() and number.isdigit()):
            return None
        return int(number) - 1 if 1 <= int(number) <= count else None


def _unchanged(spec: Column, old: Any, text: str) -> bool:
    """Tell whether a cell still has the text that a value is exported as, in either language."""
    if text in kept_texts() and old not in (None, ""):
        written = {cell_text(spec, old, lang) for lang in LANGUAGES}
        return bool(written & kept_texts())
    return any(text == cell_text(spec, old, lang) for lang in LANGUAGES)


def _version(entry: Entry) -> int | None:
    text = entry.own.cells.get(VERSION, "")
    return int(text) if text.isascii() and text.isdigit() else None


def _same(one: FieldValue | None, other: FieldValue | None) -> bool:
    return one == other and repr(one) == repr(other)


def _short(given: FieldValue | None) -> str:
    if given is None:
        return "–"
    value = given.value
    return say("forms.rows", count=len(value)) if isinstance(value, list) else str(value)[:200]


def _write_quarantine(path: Path, report: ImportReport) -> None:
    if not report.quarantined:
        path.unlink(missing_ok=True)
        return
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(QUARANTINE_HEADER)
    lang = current_language()
    for q in report.quarantined:
        cells = (
            q.sheet,
            str(q.row),
            q.account,
            q.form,
            q.column,
            q.value,
            q.reason(lang),
            q.remedy(lang),
            q.code,
        )
        writer.writerow([guard(c) for c in cells])
    write_atomic(path, out.getvalue().encode("utf-8-sig", "replace"))
    report.quarantine = path
