"""The forms of the course: what they ask, filling them in a notebook or in Excel, printing them blank.

- :func:`forms`, :func:`form`: the definitions; :func:`check_form`: what is wrong or missing.
- :class:`Filling`: one form while a person fills it; :func:`form_html`: it filled, as a page shows it.
- :func:`export_forms`, :func:`import_forms`: one workbook for many accounts, out and in again.
- :func:`blank_html`, :func:`write_blanks`: A4 pages for the wall and the meeting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kamtools.forms.blanks import blank_html as blank_html
    from kamtools.forms.blanks import write_blanks as write_blanks
    from kamtools.forms.checking import Finding as Finding
    from kamtools.forms.checking import check_form as check_form
    from kamtools.forms.definitions import Column as Column
    from kamtools.forms.definitions import Field as Field
    from kamtools.forms.definitions import Form as Form
    from kamtools.forms.definitions import choice_sets as choice_sets
    from kamtools.forms.definitions import form as form
    from kamtools.forms.definitions import forms as forms
    from kamtools.forms.drafts import Draft as Draft
    from kamtools.forms.drafts import Drafts as Drafts
    from kamtools.forms.filling import Filling as Filling
    from kamtools.forms.reading import import_forms as import_forms
    from kamtools.forms.reports import ExportReport as ExportReport
    from kamtools.forms.reports import ImportReport as ImportReport
    from kamtools.forms.reports import Quarantined as Quarantined
    from kamtools.forms.reports import SheetCount as SheetCount
    from kamtools.forms.static import form_html as form_html
    from kamtools.forms.writing import export_forms as export_forms

_HOME = {
    "Column": "definitions",
    "Draft": "drafts",
    "Drafts": "drafts",
    "ExportReport": "reports",
    "Field": "definitions",
    "Filling": "filling",
    "Finding": "checking",
    "Form": "definitions",
    "ImportReport": "reports",
    "Quarantined": "reports",
    "SheetCount": "reports",
    "blank_html": "blanks",
    "check_form": "checking",
    "choice_sets": "definitions",
    "export_forms": "writing",
    "form": "definitions",
    "form_html": "static",
    "forms": "definitions",
    "import_forms": "reading",
    "write_blanks": "blanks",
}
__all__ = list(_HOME)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: the command line stays light."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
