"""Write the forms of many accounts into one workbook."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamtools.errors import KamError
from kamtools.forms.cells import cell_value, kept_texts
from kamtools.forms.checking import is_rows
from kamtools.forms.definitions import Column, Form, choice_sets, forms
from kamtools.forms.definitions import form as find_form
from kamtools.forms.layout import (
    FIRST_ROW,
    LISTS,
    MARK,
    PARTS,
    STATUSES,
    FormSheet,
    SheetColumn,
    part_spec,
    sheet_name,
    sheets_of,
    status_name,
)
from kamtools.forms.reports import ExportReport
from kamtools.words import check_language, say

if TYPE_CHECKING:
    from kamtools.store import FieldValue, Record, Store

SPARE_ROWS = 1_000  # rows below the last that have drop-downs too
_WIDTHS = {"text": 30, "number": 12, "rating": 9, "date": 12, "choice": 18, "rows": 10}


def export_forms(
    store: Store,
    accounts: Iterable[str] | Mapping[str, str],
    path: str | Path,
    lang: str,
    which: Iterable[str] | None = None,
    more: Sequence[Form] = (),
) -> ExportReport:
    """Write the forms of many accounts into one Excel workbook, to be filled and imported again.

    A sheet per form has a row per account; a further sheet for each table of
    the form has a row per row of it. Beside each field stand its source, date
    and status, folded away. Choices are drop-downs, help is in notes. A hidden
    column says which version was written, so that :func:`import_forms` sees
    where someone else saved in between.

    Parameters
    ----------
    store : Store
    accounts : ids, or a mapping from id to name
    path : path
        Ends in ``.xlsx``; written whole or not at all.
    lang : {"zh", "en"}
    which : ids of forms, optional
        Default: all.
    more : sequence of Form
        Forms beside those of the course (:func:`kamtools.forms.judged.judged_forms`); they stand first.

    Raises
    ------
    KamError
        For an unknown form or language, no accounts, a name that does not end in ``.xlsx``, a
        folder that is not there, a file that is: somebody may have filled it.

    Notes
    -----
    Text is text: nothing that anyone wrote becomes a formula or a link.
    """
    check_language(lang)
    path = Path(path)
    names = dict(accounts) if isinstance(accounts, Mapping) else dict.fromkeys(accounts, "")
    everything = [*more, *forms().values()]
    chosen = [find_form(name, more) for name in which] if which is not None else everything
    if path.suffix.lower() != ".xlsx":
        raise KamError("forms.not_xlsx", path=path)
    if not path.parent.is_dir():
        raise KamError("forms.no_folder", path=path.parent)
    if path.exists():
        raise KamError("forms.export_exists", path=path)
    if not names:
        raise KamError("forms.no_accounts")
    records = {(r.account, r.form): r for r in store.records()}
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        writer = _Writer(part, names, lang)
        for found in chosen:
            writer.form(found, records)
        writer.close()
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    there = sum((a, f.id) in records for a in names for f in chosen)
    return ExportReport(path, len(names), len(chosen), there, writer.kept)


@dataclass
class _Writer:
    """A workbook being written."""

    path: Path
    names: Mapping[str, str]
    lang: str
    kept: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        import xlsxwriter

        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.book = xlsxwriter.Workbook(self.path, options)
        self.book.set_size(2400, 1500)
        base = {"font_name": say("forms.font", self.lang), "font_size": 10, "valign": "top"}

        def look(**more: Any) -> Any:
            return self.book.add_format(base | more)

        self.text = look(num_format="@", text_wrap=True)
        self.plain = look(num_format="@")
        self.number = look(num_format="General")
        self.day = look(num_format="yyyy-mm-dd", align="left")
        self.grey = look(num_format="@", font_color="#777777")
        head = {"bold": True, "text_wrap": True, "bottom": 1, "valign": "vcenter"}
        self.head = look(**head, bg_color="#DCE6F1")
        self.head_required = look(**head, bg_color="#FCE4D6")
        self.head_part = look(**head, bg_color="#F2F2F2", font_color="#555555")
        self.link = look(font_color="#1F4E79", underline=1)
        self.title = look(bold=True, font_size=14)
        self.wrap = look(text_wrap=True)
        self.used: set[str] = set()
        self.guide = self.book.add_worksheet(self._free(say("forms.guide", self.lang)))
        self.index: list[tuple[Form, str]] = []
        self.lists: dict[str, str] = {}
        self._lists()

    def _free(self, name: str) -> str:
        """Return a name that no other sheet has; Excel compares without case."""
        free, number = name, 1
        while free.casefold() in self.used:
            number += 1
            free = sheet_name(name[:27]) + f" {number}"
        self.used.add(free.casefold())
        return free

    def _lists(self) -> None:
        """Write the sheet behind the drop-downs and remember the range of each list."""
        sheet = self.book.add_worksheet(LISTS)
        self.used.add(LISTS)
        sheet.very_hidden()
        columns: dict[str, list[str]] = {"account": list(self.names)}
        columns["status"] = [status_name(s, self.lang) for s in STATUSES]
        for name, values in choice_sets().items():
            columns[name] = [say("course.choice", self.lang, name, v) for v in values]
        for place, (name, values) in enumerate(columns.items()):
            sheet.write_string(0, place, f"{MARK}{name}")
            for row, value in enumerate(values, start=1):
                sheet.write_string(row, place, value, self.plain)
            letter = _letter(place)
            self.lists[name] = f"={LISTS}!${letter}$2:${letter}${len(values) + 1}"

    def form(self, form: Form, records: Mapping[tuple[str, str], Record]) -> None:
        """Write the sheets of one form."""
        own, *tables = sheets_of(form)
        name = self._free(own.name(self.lang))
        self.index.append((form, name))
        sheet = self.book.add_worksheet(name)
        self._head(own, sheet)
        for row, account in enumerate(self.names, start=FIRST_ROW - 1):
            self._record_row(own, sheet, row, account, records.get((account, form.id)))
        self._drop_downs(own, sheet, len(self.names))
        for table in tables:
            self._table(table, records)

    def _record_row(self, own: FormSheet, sheet: Any, row: int, account: str, record: Record | None) -> None:
        fields: Mapping[str, FieldValue] = record.fields if record else {}
        for place, column in enumerate(own.columns):
            if column.role == "account":
                sheet.write_string(row, place, account, self.plain)
            elif column.role == "name":
                sheet.write_string(row, place, self.names[account], self.grey)
            elif column.role == "hidden":
                sheet.write_string(row, place, str(record.version) if record else "", self.plain)
            elif column.spec is not None and column.spec.id in fields:
                given = fields[column.spec.id]
                where = f"{account} {own.form.id}.{column.spec.id}"
                self._part(sheet, row, place, column, given, where)

    def _part(
        self, sheet: Any, row: int, place: int, column: SheetColumn, given: FieldValue, where: str
    ) -> None:
        assert column.spec is not None
        if column.role == "count":
            count = len(given.value) if is_rows(given.value) else 0
            sheet.write_number(row, place, count, self.grey)
        elif column.role == "value":
            self._cell(sheet, row, place, column.spec, given.value, where)
        elif column.role == "status":
            sheet.write_string(row, place, status_name(given.status, self.lang), self.plain)
        else:
            spec = part_spec(column.role)
            value = given.source if column.role == "source" else given.date and given.date.isoformat()
            if spec is not None:
                self._cell(sheet, row, place, spec, value, where)

    def _table(self, table: FormSheet, records: Mapping[tuple[str, str], Record]) -> None:
        assert table.table is not None
        sheet = self.book.add_worksheet(self._free(table.name(self.lang)))
        self._head(table, sheet)
        row = FIRST_ROW - 1
        for account in self.names:
            record = records.get((account, table.form.id))
            given = record.fields.get(table.table.id) if record else None
            if given is None or not is_rows(given.value):
                if given is not None and given.value is not None:
                    self.kept.append(f"{account} {table.id}")
                continue
            for number, line in enumerate(given.value, start=1):
                for place, column in enumerate(table.columns):
                    if column.role == "account":
                        sheet.write_string(row, place, account, self.plain)
                    elif column.role == "name":
                        sheet.write_string(row, place, self.names[account], self.grey)
                    elif column.role == "hidden":
                        sheet.write_string(row, place, f"{account}#{number}", self.plain)
                    elif column.spec is not None:
                        where = f"{account} {table.id}.{number}.{column.id}"
                        self._cell(sheet, row, place, column.spec, line.get(column.id), where)
                row += 1
        self._drop_downs(table, sheet, row - FIRST_ROW + 1)

    def _cell(self, sheet: Any, row: int, place: int, spec: Column, value: Any, where: str) -> None:
        written = cell_value(spec, value, self.lang)
        if written is None:
            return
        if isinstance(written, str):
            if written in kept_texts() and value != written:
                self.kept.append(where)
            sheet.write_string(row, place, written, self.text if spec.kind == "text" else self.plain)
        elif isinstance(written, dt.date):
            sheet.write_datetime(row, place, dt.datetime.combine(written, dt.time()), self.day)
        else:
            sheet.write_number(row, place, written, self.number)

    def _head(self, spec: FormSheet, sheet: Any) -> None:
        """Write both head rows, widths, notes; fold what is beside the values away."""
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.set_row(1, 44)
        for place, column in enumerate(spec.columns):
            mark = f"{MARK}{spec.id}|{column.id}" if place == 0 else column.id
            sheet.write_string(0, place, mark)
            self._label(spec, sheet, place, column)
        sheet.freeze_panes(2, 2)
        sheet.outline_settings(True, True, False, False)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(1)

    def _label(self, spec: FormSheet, sheet: Any, place: int, column: SheetColumn) -> None:
        lang, look = self.lang, self.head
        label, note, width = say("forms.column", lang, column.id[1:]) if column.spec is None else "", "", 14
        body, options = self.plain, {}
        if column.role == "account":
            note = say("forms.note_account_row" if spec.table else "forms.note_account", lang)
        elif column.role == "hidden":
            options = {"hidden": True}
        elif column.spec is not None and column.role in ("value", "count"):
            label, note = column.spec.label(lang), column.spec.help(lang)
            width = _WIDTHS[column.spec.kind]
            body = {"text": self.text, "date": self.day, "choice": self.plain}.get(
                column.spec.kind, self.number
            )
            if column.role == "count":
                note, body = say("forms.note_count", lang), self.grey
            if column.spec.required:
                label, look = label + " *", self.head_required
                note = f"{note}\n{say('forms.note_required', lang)}".strip()
            if column.spec.kind == "rating":
                bounds = say(
                    "forms.note_rating", lang, low=f"{column.spec.low:g}", high=f"{column.spec.high:g}"
                )
                note = f"{note}\n{bounds}".strip()
                if spec.form.anchors and column.id == "level":
                    levels = (f"{n} {spec.form.anchor(n, lang)}" for n in range(1, spec.form.anchors + 1))
                    note = f"{note}\n" + "\n".join(levels)
        elif column.role in PARTS:
            label, look, width = say("forms.column", lang, column.role), self.head_part, 14
            body = self.day if column.role == "date" else self.plain
            options = {"level": 1, "hidden": True}
        sheet.set_column(place, place, width, body, options)
        sheet.write_string(1, place, label, look)
        if note:
            sheet.write_comment(
                1, place, note, {"x_scale": 2.6, "y_scale": 1 + len(note) / 110, "visible": False}
            )

    def _drop_downs(self, spec: FormSheet, sheet: Any, rows: int) -> None:
        """Offer choices and check bounds in the rows there are and in those to come; filter those there are."""
        first, last = FIRST_ROW - 1, FIRST_ROW - 1 + rows + SPARE_ROWS
        sheet.autofilter(1, 0, 1 + max(rows, 1), len(spec.columns) - 1)
        for place, column in enumerate(spec.columns):
            rule: dict[str, Any] | None = None
            if column.role == "account" and spec.table is not None:
                rule = {"validate": "list", "source": self.lists["account"]}
            elif column.role == "status":
                rule = {"validate": "list", "source": self.lists["status"]}
            elif column.role == "date" or (
                column.role == "value" and column.spec and column.spec.kind == "date"
            ):
                rule = {"validate": "date", "criteria": ">=", "value": dt.date(1900, 3, 1)}
            elif column.role == "value" and column.spec is not None:
                rule = self._rule(column.spec)
            if rule is not None:
                says = {
                    "error_title": say("forms.bad_title", self.lang),
                    "error_message": say("forms.bad", self.lang),
                }
                sheet.data_validation(first, place, last, place, rule | says)

    def _rule(self, spec: Column) -> dict[str, Any] | None:
        if spec.kind == "choice":
            return {"validate": "list", "source": self.lists[spec.choices]}
        if spec.kind not in ("number", "rating") or (spec.low is None and spec.high is None):
            return None
        kind = "integer" if spec.kind == "rating" else "decimal"
        if spec.low is None or spec.high is None:
            criteria, value = (">=", spec.low) if spec.high is None else ("<=", spec.high)
            return {"validate": kind, "criteria": criteria, "value": value}
        return {"validate": kind, "criteria": "between", "minimum": spec.low, "maximum": spec.high}

    def close(self) -> None:
        """Write the guide, finish the file."""
        sheet, lang = self.guide, self.lang
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 1, 110)
        sheet.write_string(0, 0, say("forms.guide_title", lang), self.title)
        for row, text in enumerate(say("forms.guide_text", lang).splitlines(), start=1):
            sheet.merge_range(row, 0, row, 1, "", self.wrap)
            sheet.write_string(row, 0, text, self.wrap)
        first = len(say("forms.guide_text", lang).splitlines()) + 2
        for row, (form, name) in enumerate(self.index, start=first):
            sheet.write_url(row, 0, f"internal:'{name}'!A2", self.link, f"{form.item} {form.title(lang)}")
            sheet.write_string(row, 1, form.help(lang), self.wrap)
        self.book.close()


def _letter(place: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return xl_col_to_name(place)
