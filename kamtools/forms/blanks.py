"""The forms as blank A4 pages: for the classroom wall and the meeting."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterable
from pathlib import Path

from kamtools.forms.definitions import Column, Field, Form, forms
from kamtools.forms.definitions import form as find_form
from kamtools.words import LANGUAGES, check_language, say
from kamtools.workspace.csvtext import write_atomic

_CSS = Path(__file__).parent / "blanks.css"
_WIDTH = {"portrait": 187, "landscape": 274}  # millimetres between the margins of A4
_SHARE = {"text": 3.0, "number": 1.6, "rating": 1.4, "date": 1.5, "choice": 1.9}
_ROW = {"portrait": 8.5, "landscape": 7.2}  # millimetres of a line of a table, written by hand
_LINE = 5.5
_FEW = 8  # a field's choices that are printed as boxes


def blank_html(form: Form | str, lang: str) -> str:
    """Return a form as a page to print on A4, empty: one file that needs no network.

    Parameters
    ----------
    form : Form or its id
    lang : {"zh", "en"}

    Examples
    --------
    >>> page = blank_html("pulse", "en")
    >>> "size: A4 landscape" in page, "http" in page.split("</style>")[1]
    (True, False)
    """
    from kamtools.show.fonts import font_css

    check_language(lang)
    found = find_form(form) if isinstance(form, str) else form
    body = _body(found, lang)
    css = _CSS.read_text(encoding="utf-8").replace("VAR_PAGE", found.page)
    css = css.replace("VAR_WIDTH", f"{_WIDTH[found.page]}mm")
    title = _e(f"{found.item} {found.title(lang)}")
    code = {"zh": "zh-CN", "en": "en"}[lang]
    words = html.unescape(re.sub("<[^>]+>", "", body))
    return "\n".join(
        (
            "<!DOCTYPE html>",
            f'<html lang="{code}"><head><meta charset="utf-8"><title>{title}</title>',
            f"<style>{font_css(words)}\n{css}</style></head>",
            f'<body class="{found.page}">\n{body}\n</body></html>\n',
        )
    )


def write_blanks(
    folder: str | Path, languages: Iterable[str] = LANGUAGES, which: Iterable[str] | None = None
) -> list[Path]:
    """Write every form as a page to print, ``<folder>/<language>/<item>_<form>.html``.

    Parameters
    ----------
    folder : path
        Made where it is not there.
    languages : {"zh", "en"}
        Default: both.
    which : ids of forms, optional
        Default: all.

    Returns
    -------
    list of Path
    """
    chosen = [find_form(name) for name in which] if which is not None else list(forms().values())
    written = []
    for lang in languages:
        place = Path(folder) / check_language(lang)
        place.mkdir(parents=True, exist_ok=True)
        for found in chosen:
            path = place / f"{found.item}_{found.id}.html"
            write_atomic(path, blank_html(found, lang).encode())
            written.append(path)
    return written


def _body(form: Form, lang: str) -> str:
    items = say("forms.blank.item", lang, item=", ".join(sorted(form.items)))
    who = "".join(f"<div>{_e(say('forms.blank', lang, k))}</div>" for k in ("account", "by", "on"))
    parts = [
        f"<header><h1>{_e(form.title(lang))}</h1><span>{_e(items)}</span></header>",
        f'<div class="who">{who}</div>',
        f'<p class="help">{_e(form.help(lang))}</p>',
    ]
    if form.anchors:
        parts.append(_anchors(form, lang))
    for kind, group in itertools.groupby(form.fields, key=lambda f: f.kind == "rows"):
        if kind:
            parts += [_table(field, lang, _ROW[form.page]) for field in group]
        else:
            parts.append(f'<div class="fields">{"".join(_field(field, lang) for field in group)}</div>')
    parts.append(f"<footer>{_e(say('forms.blank.foot', lang))}</footer>")
    return "\n".join(parts)


def _anchors(form: Form, lang: str) -> str:
    heads = (say("forms.blank.level", lang), say("forms.blank.behaviour", lang))
    head = "".join(f"<th>{_e(h)}</th>" for h in heads)
    rows = "".join(
        f"<tr><td>{level}</td><td>{_e(form.anchor(level, lang))}</td></tr>"
        for level in range(1, form.anchors + 1)
    )
    return f'<table class="anchors"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _field(field: Field, lang: str) -> str:
    note = f'<span class="note">{_e(field.help(lang))}</span>' if field.help(lang) else ""
    label = f'<div class="label">{_e(_label(field, lang))}{note}</div>'
    boxes = [_e(s.strip()) for s in re.split(r"\s*□\s*", say("forms.blank.status", lang)) if s.strip()]
    status = "".join(f'<span><i class="box"></i>{s}</span>' for s in boxes)
    side = f'<div class="side">{_e(say("forms.blank.source", lang))}<p>{status}</p></div>'
    return f'<div class="field">{label}<div style="min-height:{field.lines * _LINE + 3:g}mm">{_room(field, lang)}</div>{side}</div>'


def _room(spec: Column, lang: str) -> str:
    """Return what is printed where a value is written: rings of a scale, boxes of choices, or nothing."""
    if spec.kind == "rating":
        return "".join(f'<span class="ring">{n}</span>' for n in _scale(spec))
    if spec.kind == "choice" and len(spec.values) <= _FEW:
        options = (f'<span><i class="box"></i>{_e(spec.choice(v, lang))}</span>' for v in spec.values)
        return f'<div class="boxes">{"".join(options)}</div>'
    return ""


def _table(field: Field, lang: str, high: float) -> str:
    total = sum(_share(c) for c in field.columns)
    widths = "".join(f'<col style="width:{100 * _share(c) / total:.2f}%">' for c in field.columns)
    heads = []
    for column in field.columns:
        note = f'<span class="note">{_e(column.help(lang))}</span>' if column.help(lang) else ""
        heads.append(f"<th>{_e(_label(column, lang))}{note}</th>")
    row = f'<tr style="height:{high:g}mm">{"<td></td>" * len(field.columns)}</tr>'
    note = f'<span class="note">{_e(field.help(lang))}</span>' if field.help(lang) else ""
    return (
        f"<h2>{_e(_label(field, lang))}{note}</h2>{_legend(field, lang)}"
        f"<table><colgroup>{widths}</colgroup><thead><tr>{''.join(heads)}</tr></thead>"
        f"<tbody>{row * max(field.rows, field.min_rows, 1)}</tbody></table>"
    )


def _legend(field: Field, lang: str) -> str:
    """Return the choices of a table's columns in words: there is no room for boxes in its cells."""
    colon, stop = ("：", "；") if lang == "zh" else (": ", "; ")
    comma = "、" if lang == "zh" else ", "
    sets: dict[str, list[Column]] = {}
    for column in field.columns:
        if column.kind == "choice":
            sets.setdefault(column.choices, []).append(column)
    lines = []
    for columns in sets.values():
        names = comma.join(columns[0].choice(v, lang) for v in columns[0].values)
        title = columns[0].label(lang) + colon if len(columns) == 1 else ""
        lines.append(_e(title + names))
    return f'<p class="legend">{_e(stop).join(lines)}</p>' if lines else ""


def _share(column: Column) -> float:
    return _SHARE[column.kind]


def _scale(spec: Column) -> range:
    return range(int(spec.low or 0), int(spec.high or 0) + 1)


def _label(spec: Column, lang: str) -> str:
    return spec.label(lang) + (" *" if spec.required else "")


def _e(text: str) -> str:
    return html.escape(text, quote=False)
