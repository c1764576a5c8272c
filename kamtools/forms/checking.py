"""What is wrong with a filled form, and what is still missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from kamtools.forms.cells import problem
from kamtools.forms.definitions import Field, Form
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.store import FieldValue

_NEAR_ONE = 0.005  # weights written with two places


@dataclass(frozen=True)
class Finding:
    """One thing found in a form.

    Attributes
    ----------
    level : {"error", "gap"}
        An error is a value that its field cannot have; a gap is something
        mandatory that is not there yet, or that cannot be so: the form is kept, and incomplete.
    form, field : str
    row : int or None
        Of a table, the first is 1.
    column : str
    code : str
        ``forms.reason_<code>`` and ``forms.remedy_<code>`` are the messages.
    value, allowed : str
    """

    level: Literal["error", "gap"]
    form: str
    field: str
    code: str
    row: int | None = None
    column: str = ""
    value: str = ""
    allowed: str = ""

    def reason(self, lang: str | None = None) -> str:
        """Return what is wrong."""
        return say("forms.reason", lang, self.code, value=self.value[:60], allowed=self.allowed)

    def remedy(self, lang: str | None = None) -> str:
        """Return what to do."""
        return say("forms.remedy", lang, self.code, value=self.value[:60], allowed=self.allowed)

    def line(self, lang: str | None = None) -> str:
        """Return the finding as one line of text, with the names of form and field."""
        from kamtools.forms.definitions import form

        found = form(self.form)
        field = found.field(self.field)
        where = f"{found.title(lang)} › {field.label(lang)}"
        if self.row is not None:
            where += f" › {self.row}"
        if self.column:
            where += f" › {field.column(self.column).label(lang)}"
        return say("forms.finding", lang, where=where, reason=self.reason(lang), remedy=self.remedy(lang))


def check_form(form: Form, fields: Mapping[str, FieldValue], as_of: dt.date | None = None) -> list[Finding]:
    """Return everything wrong with a filled form and everything mandatory that it lacks.

    Parameters
    ----------
    form : Form
    fields : mapping
        Field -> FieldValue, as in a record of the store. Fields that the form
        does not know are left alone.
    as_of : date, optional
        The day after which nobody can have been met; without it no date is too late.

    Examples
    --------
    >>> from kamtools.forms import forms
    >>> from kamtools.store import FieldValue
    >>> found = check_form(forms()["pulse"], {"taken": FieldValue("yesterday")})
    >>> [(f.level, f.field, f.code) for f in found]
    [('error', 'taken', 'not_a_date'), ('gap', 'answers', 'too_few_rows'), ('gap', 'meaning', 'required')]
    """
    found: list[Finding] = []
    for field in form.fields:
        value = fields[field.id].value if field.id in fields else None
        if field.kind == "rows":
            found += _check_rows(form, field, value)
            continue
        fault = problem(field, value)
        if fault:
            found.append(
                Finding("error", form.id, field.id, fault.code, value=str(value), allowed=fault.allowed)
            )
        elif field.required and _missing(value):
            found.append(Finding("gap", form.id, field.id, "required"))
    return [*found, *check_people(form, fields, as_of)]


def check_people(form: Form, fields: Mapping[str, FieldValue], as_of: dt.date | None = None) -> list[Finding]:
    """Return the people of the contacts whose superior or last contact cannot be; the rows count all the same."""
    from kamtools.identification.relationships import superior_faults

    value = fields["people"].value if form.id == "contacts" and "people" in fields else None
    if value is None or not is_rows(value):
        return []
    found = []
    for note in superior_faults(value, as_of):
        said = note.params
        column = "last_contact" if note.key == "contact_later" else "reports_to"
        shown = said.get("circle") or said.get("superior") or said.get("date") or said["name"]
        row, allowed = int(str(said["row"])), str(said.get("as_of", ""))
        found.append(Finding("gap", form.id, "people", note.key, row, column, str(shown), allowed))
    return found


def _check_rows(form: Form, field: Field, value: Any) -> list[Finding]:
    if value is not None and not is_rows(value):
        return [Finding("error", form.id, field.id, "not_rows", value=str(value))]
    rows: list[dict[str, Any]] = [r for r in value or [] if any(not _missing(v) for v in r.values())]
    found = []
    if len(rows) < field.min_rows:
        found.append(Finding("gap", form.id, field.id, "too_few_rows", allowed=str(field.min_rows)))
    for number, row in enumerate(value or [], start=1):
        if row not in rows:
            continue
        for column in field.columns:
            cell = row.get(column.id)
            fault = problem(column, cell)
            if fault:
                more = {"value": str(cell), "allowed": fault.allowed}
                found.append(Finding("error", form.id, field.id, fault.code, number, column.id, **more))
            elif column.required and _missing(cell):
                found.append(Finding("gap", form.id, field.id, "required", number, column.id))
    return found + _check_weights(form, field, rows)


def _check_weights(form: Form, field: Field, rows: list[dict[str, Any]]) -> list[Finding]:
    if not field.sum_to_one:
        return []
    weights = [row.get(field.sum_to_one) for row in rows]
    numbers = [w for w in weights if isinstance(w, int | float) and not isinstance(w, bool)]
    if not numbers or abs(sum(numbers) - 1) <= _NEAR_ONE:
        return []
    return [
        Finding("gap", form.id, field.id, "weights", column=field.sum_to_one, value=f"{sum(numbers):.2f}")
    ]


def is_rows(value: Any) -> bool:
    """Tell whether a value is a table: a list of rows, each a dict."""
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
