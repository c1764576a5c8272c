"""A filled form as HTML that needs no kernel: for the book, and for notebooks run in batch."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamtools.forms.checking import check_people, is_rows
from kamtools.forms.definitions import Column, Field, Form
from kamtools.forms.layout import status_name
from kamtools.words import check_language, say

if TYPE_CHECKING:
    from kamtools.store import FieldValue

_CSS = Path(__file__).parent / "static.css"


def form_html(
    form: Form, fields: Mapping[str, FieldValue], lang: str, *, name: str = "", stands: str = ""
) -> str:
    """Return a form with its values as one element of HTML.

    Parameters
    ----------
    form : Form
    fields : mapping
        Field -> FieldValue; a field that is not in it is shown as not filled, a
        mandatory one as missing.
    lang : {"zh", "en"}
        Of labels, and of texts that are written in both languages.
    name : str
        Of the account, for the title.
    stands : str
        A line under the title: which version this is, and whose.

    Examples
    --------
    >>> from kamtools.forms import form
    >>> from kamtools.store import FieldValue
    >>> page = form_html(form("profile"), {"legal_name": FieldValue("<b>Lanting</b>", "register")}, "en")
    >>> "&lt;b&gt;Lanting&lt;/b&gt;" in page, "missing (mandatory)" in page
    (True, True)
    """
    check_language(lang)
    title = say("forms.fill.title", lang, title=form.title(lang), name=name) if name else form.title(lang)
    parts = [f'<h4 class="kam-twin-title">{_user(title)}</h4>']
    if stands:
        parts.append(f'<p class="kam-twin-note">{_user(stands)}</p>')
    simple: list[str] = []
    for spec in form.fields:
        if spec.kind == "rows":
            parts += [_list(simple), _table(spec, fields.get(spec.id), lang)]
            simple = []
        else:
            simple.append(_line(spec, fields.get(spec.id), lang))
    parts.append(_list(simple))
    doubts = [f'<p class="kam-twin-note">{_user(f.line(lang))}</p>' for f in check_people(form, fields)]
    parts += doubts
    style = f"<style>{_CSS.read_text(encoding='utf-8')}</style>"
    return (
        f'<div class="kam-twin kam-twin-{form.id} mathjax_ignore tex2jax_ignore"'
        f' lang="{ {"zh": "zh-CN", "en": "en"}[lang] }">{style}{"".join(parts)}</div>'
    )


def value_text(spec: Column, value: Any, lang: str) -> str:
    """Return a value as plain text, a choice by its name, a table one line for each row.

    Examples
    --------
    >>> from kamtools.forms import form
    >>> swot = form("swot").field("items")
    >>> value_text(swot, [{"kind": "threat", "item": "low prices"}], "en")
    'Threat; low prices'
    """
    if value is None:
        return ""
    if isinstance(spec, Field) and spec.kind == "rows" and is_rows(value):
        mark = "；" if lang == "zh" else "; "
        lines = ([value_text(c, row.get(c.id), lang) for c in spec.columns] for row in value)
        return "\n".join(mark.join(filter(None, line)) for line in lines)
    if spec.kind == "choice" and value in spec.values:
        return spec.choice(value, lang)
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.15g}" if spec.kind == "number" and not _is_year(spec) else f"{value:.15g}"
    from kamtools.forms.filling import shown_text

    return shown_text(value)


def _is_year(spec: Column) -> bool:
    """Tell whether a number is a year, which has no thousands: its bounds say so."""
    return spec.low is not None and spec.high is not None and spec.low >= 1000


def _list(lines: list[str]) -> str:
    return f'<dl class="kam-twin-fields">{"".join(lines)}</dl>' if lines else ""


def _line(spec: Field, field: FieldValue | None, lang: str) -> str:
    filled = field is not None and not _empty(field.value)
    value = _shown(spec, field.value, lang) if field and filled else _absent(spec, lang)
    return f"<div><dt>{_e(spec.label(lang))}</dt><dd>{value}{_badge(field, lang)}</dd></div>"


def _table(spec: Field, field: FieldValue | None, lang: str) -> str:
    head = f'<div class="kam-twin-head">{_e(spec.label(lang))}{_badge(field, lang)}</div>'
    value = field.value if field else None
    if value is not None and not is_rows(value):
        note = say("forms.fill.not_rows", lang, value=value_text(spec, value, lang))
        return f'{head}<p class="kam-twin-gap">{_user(note)}</p>'
    rows = [row for row in value or [] if not all(_empty(cell) for cell in row.values())]
    if not rows:
        gap = spec.min_rows > 0
        text = _gap(lang) if gap else _e(say("forms.twin_no_rows", lang))
        return f'{head}<p class="kam-twin-note">{text}</p>'
    heads = "".join(f'<th scope="col">{_e(c.label(lang))}</th>' for c in spec.columns)
    lines = []
    for row in rows:
        cells = []
        for column in spec.columns:
            cell = row.get(column.id)
            text = _shown(column, cell, lang) if not _empty(cell) else _absent(column, lang, short=True)
            cells.append(f'<td class="kam-cell-{column.kind}">{text}</td>')
        lines.append(f"<tr>{''.join(cells)}</tr>")
    wide = " kam-twin-wide" if len(spec.columns) > 8 else ""
    return (
        f'{head}<div class="kam-twin-scroll" tabindex="0" role="region" aria-label="{html.escape(spec.label(lang))}">'
        f'<table class="kam-twin-table{wide}"><thead><tr>{heads}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
    )


def _shown(spec: Column, value: Any, lang: str) -> str:
    from kamtools.show import in_language

    text = value_text(spec, value, lang)
    return _user(in_language(text, lang) if spec.kind == "text" else text)


def _absent(spec: Column, lang: str, short: bool = False) -> str:
    if spec.required:
        return _gap(lang)
    return "–" if short else f'<span class="kam-twin-note">{_e(say("forms.twin_empty", lang))}</span>'


def _gap(lang: str) -> str:
    return f'<span class="kam-twin-gap">{_e(say("forms.twin_missing", lang))}</span>'


def _badge(field: FieldValue | None, lang: str) -> str:
    """Return where a value is from, of when and how sure, small, behind it."""
    from kamtools.show import in_language

    if field is None or (_empty(field.value) and not field.source):
        return ""
    source = in_language(field.source, lang) if field.source else say("forms.fill.no_source", lang)
    parts = [_user(source), field.date.isoformat() if field.date else "", _e(status_name(field.status, lang))]
    text = " · ".join(part for part in parts if part)
    return f' <span class="kam-twin-badge kam-twin-{field.status}">{text}</span>'


def _empty(value: Any) -> bool:
    return value is None or value == "" or value == []


def _user(text: str) -> str:
    return f'<bdi class="kam-twin-text">{_e(text)}</bdi>'


def _e(text: str) -> str:
    return html.escape(text, quote=False)
