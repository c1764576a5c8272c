"""How a form lies in a workbook: a sheet with a row per account, and one more for each of its tables.

Row 1, hidden, has the ids by which a sheet is read again, whatever it is
renamed to and however its columns are moved; row 2 has the labels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kamtools.forms.definitions import Column, Field, Form
from kamtools.words import say

MARK = "kam:"  # of a sheet of ours, in the first cell
LISTS = "kam_lists"  # the hidden sheet behind the drop-downs
FIRST_ROW = 3  # of the data, as Excel counts
ACCOUNT, NAME, VERSION, PLACE = "@account", "@name", "@version", "@place"  # no field is called so
PARTS = ("source", "date", "status")
STATUSES = ("assumed", "confirmed")
_SPARE = 31  # characters of a sheet's name
_TEXT_PART = Column("source", "text", "common.source")
_DATE_PART = Column("date", "date", "common.date")


@dataclass(frozen=True)
class SheetColumn:
    """One column of a sheet: its id in row 1, what it holds.

    `role` is ``account``, ``name``, ``hidden``, ``value``, ``count`` (how many
    rows a table has, read-only) or ``source``, ``date``, ``status`` of the value before it.
    """

    id: str
    role: str
    spec: Column | None = None


@dataclass(frozen=True)
class FormSheet:
    """A sheet: of a form, or of one of its tables."""

    form: Form
    table: Field | None
    columns: tuple[SheetColumn, ...]

    @property
    def id(self) -> str:
        """What its first cell says after the mark."""
        return f"{self.form.id}.{self.table.id}" if self.table else self.form.id

    def name(self, lang: str) -> str:
        """Return the name on its tab, at most 31 characters."""
        if self.table is None:
            return sheet_name(f"{self.form.item} {self.form.title(lang)}")
        tables = [f for f in self.form.fields if f.kind == "rows"]
        number = tables.index(self.table) + 1
        return sheet_name(f"{self.form.item}-{number} {self.table.label(lang)}")


def sheet_name(text: str) -> str:
    """Return a text as the name of a sheet.

    Examples
    --------
    >>> sheet_name("2.E SWOT: strengths/weaknesses of the account")
    '2.E SWOT strengths weaknesses o'
    """
    plain = re.sub(r"\s+", " ", re.sub(r"[\[\]:*?/\\']", " ", text))
    return plain[:_SPARE].strip()


def sheets_of(form: Form) -> list[FormSheet]:
    """Return the sheets of a form: its own first.

    Examples
    --------
    >>> from kamtools.forms import forms
    >>> [s.id for s in sheets_of(forms()["swot"])]
    ['swot', 'swot.items', 'swot.strategies']
    """
    own = [SheetColumn(ACCOUNT, "account"), SheetColumn(NAME, "name"), SheetColumn(VERSION, "hidden")]
    tables = []
    for field in form.fields:
        own.append(SheetColumn(field.id, "count" if field.kind == "rows" else "value", field))
        own += [SheetColumn(f"{field.id}|{part}", part, field) for part in PARTS]
        if field.kind == "rows":
            columns = [
                SheetColumn(ACCOUNT, "account"),
                SheetColumn(NAME, "name"),
                SheetColumn(PLACE, "hidden"),
            ]
            columns += [SheetColumn(c.id, "value", c) for c in field.columns]
            tables.append(FormSheet(form, field, tuple(columns)))
    return [FormSheet(form, None, tuple(own)), *tables]


def part_spec(part: str) -> Column | None:
    """Return how the source or the date of a field is read and written; None for the status."""
    return {"source": _TEXT_PART, "date": _DATE_PART}.get(part)


def status_name(status: str, lang: str | None = None) -> str:
    """Return ``assumed`` or ``confirmed`` in words."""
    return say("forms.status", lang, status)
