"""The forms of the course: what they ask, filling them for many accounts in Excel, printing them blank.

- :func:`forms`, :func:`form`: the definitions; :func:`check_form`: what is wrong or missing.
- :func:`export_forms`, :func:`import_forms`: one workbook for many accounts, out and in again.
- :func:`blank_html`, :func:`write_blanks`: A4 pages for the wall and the meeting.
"""

from __future__ import annotations

from kamtools.forms.blanks import blank_html, write_blanks
from kamtools.forms.checking import Finding, check_form
from kamtools.forms.definitions import Column, Field, Form, choice_sets, form, forms
from kamtools.forms.reading import import_forms
from kamtools.forms.reports import ExportReport, ImportReport, Quarantined, SheetCount
from kamtools.forms.writing import export_forms

__all__ = [
    "Column",
    "ExportReport",
    "Field",
    "Finding",
    "Form",
    "ImportReport",
    "Quarantined",
    "SheetCount",
    "blank_html",
    "check_form",
    "choice_sets",
    "export_forms",
    "form",
    "forms",
    "import_forms",
    "write_blanks",
]
