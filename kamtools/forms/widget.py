"""The widget of a form: the page draws it and says what was typed, :class:`Filling` does the rest."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from kamtools.errors import KamError
from kamtools.forms.checking import Finding
from kamtools.forms.definitions import Column, Field, Form, form
from kamtools.forms.drafts import Draft
from kamtools.forms.filling import Filling, page_text, shown_text
from kamtools.forms.layout import STATUSES, status_name
from kamtools.forms.static import value_text
from kamtools.store.values import Record, local_text
from kamtools.words import say

_HERE = Path(__file__).parent
DOM = (_HERE / "dom.js").read_text(encoding="utf-8")
_WORDS = (
    "help save discard undo add restore_row required choose no_source source_hint prefilled changed evidence"
    " levels anchor_level anchor_behaviour clash_field clash_theirs clash_yours reload keep_mine take_up drop"
    " busy waiting complete"
).split()
_NUMBERED = {"delete": ("number",), "up": ("number",), "row": ("label", "number")}


class FormWidget(anywidget.AnyWidget):
    """A form in a notebook: classes ``kam-fill`` and ``kam-fill-<form>``.

    The page sends what was typed as messages, in order, and never sets a
    trait: a value held back could be overtaken by the click on *save*.

    Parameters
    ----------
    filling : Filling
    lang : {"zh", "en"}
    name : str
        Of the account, for the title.
    pack : str
        The pack's folder where it cannot be written, for the command that makes a workspace of it.
    """

    _esm = DOM + (_HERE / "widget.js").read_text(encoding="utf-8")
    _css = (_HERE / "widget.css").read_text(encoding="utf-8")
    spec = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(
        self, filling: Filling, lang: str, name: str = "", pack: str = "", read_only: str = "read_only"
    ) -> None:
        self._filling, self._lang, self._pack, self._why = filling, lang, pack, read_only
        self._seen, self._by, self._redraw = 0, "", 0
        self._said: tuple[str, str] | None = None  # what the last action says: kind, text
        title = say(
            "forms.fill.title", lang, title=filling.form.title(lang), name=page_text(name or filling.account)
        )
        super().__init__(
            spec={
                **_spec(filling.form.id, lang),
                "title": title,
                "who": self._say("save_as", who=filling.who),
            },
            values=self._values(),
            state=self._state(),
        )
        self.on_msg(self._on_message)

    def _on_message(self, _: Any, content: Mapping[str, Any], __: Any) -> None:
        """Do what the page asks; what goes wrong is said in the form, and a fault of the program also logged."""
        self._seen, self._by = content.get("n", 0), content.get("by", "")
        self._said = None
        try:
            self._do(content.get("do", ""), content)
        except KamError as error:
            self._said = ("error", error.text(self._lang))
        except Exception as error:
            self._said = ("error", self._say("failed", reason=f"{type(error).__name__}: {error}"))
            raise
        finally:
            self._show()

    def _do(self, what: str, content: Mapping[str, Any]) -> None:
        filling = self._filling
        if what == "edit":
            filling.edit_all(content["fields"])
            return
        self._redraw += 1
        if what in ("save", "keep"):
            pending = bool(filling.pending())
            done = filling.save() if what == "save" else filling.keep_mine()
            if done:
                self._said = self._saved(pending or what == "keep")
        elif what == "reload":
            filling.reload_theirs()
            self._said = ("info", self._say("reloaded"))
        elif what == "discard":
            filling.discard()
            self._said = ("info", self._say("discarded"))
        elif what == "undo":
            filling.undo()
        elif what == "take":
            filling.take_up(content["id"])
            self._said = ("info", self._say("taken_up"))
        elif what == "drop":
            filling.drop(content["id"])

    def _saved(self, written: bool) -> tuple[str, str]:
        filling = self._filling
        said = self._say("saved", **_by(filling.record)) if written and filling.record else None
        left = len(filling.unread())
        if left:
            return "warn", ("" if self._lang == "zh" else " ").join(
                filter(None, (said, self._say("saved_except", count=left)))
            )
        return "ok", said or self._say("nothing")

    def _show(self) -> None:
        with self.hold_sync():
            self.values = self._values()
            self.state = self._state()

    # --- what the page draws -----------------------------------------------------------------

    def _values(self) -> dict[str, Any]:
        return {spec.id: self._field(spec) for spec in self._filling.form.fields}

    def _field(self, spec: Field) -> dict[str, Any]:
        filling = self._filling
        field, edit = filling.field(spec.id), filling.edits.get(spec.id, {})
        day = field.date.isoformat() if field and field.date else ""
        found: dict[str, Any] = {
            "source": page_text(edit.get("source", field.source if field else "")),
            "date": page_text(edit.get("date", day)),
            "status": edit.get("status", field.status if field else "assumed"),
            "origin": filling.origin(spec.id),
        }
        if spec.kind != "rows":
            return {**found, "text": page_text(filling.text(spec.id))}
        rows = filling.rows(spec.id)
        found["rows"] = [
            {
                "key": row.key,
                "cells": {
                    c.id: page_text(row.cells.get(c.id, shown_text(row.was.get(c.id)))) for c in spec.columns
                },
            }
            for row in rows
        ]
        if field and field.value is not None and not rows and not isinstance(field.value, list):
            found["note"] = self._say("not_rows", value=page_text(shown_text(field.value)))
        return found

    def _state(self) -> dict[str, Any]:
        filling = self._filling
        unread = [(_path(u.field, u.key, u.column), u.finding(filling.form.id)) for u in filling.unread()]
        found = [(self._place(f), f) for f in filling.findings()]
        wrong = unread + [(p, f) for p, f in found if f.level == "error"]
        kind, text = self._said or self._status()
        return {
            "seen": self._seen,
            "by": self._by,
            "redraw": self._redraw,
            "kind": kind,
            "text": text,
            "read_only": self._say(self._why, pack=_quoted(self._pack)) if filling.read_only else "",
            "dirty": bool(filling.edits),
            "can_undo": bool(filling.dropped) and not filling.edits,
            "bad": {path: self._reason(f) for path, f in wrong},
            "wrong_title": self._say("wrong", count=len(wrong)),
            "wrong": [{"path": path, "text": self._line(f)} for path, f in wrong],
            "gaps_title": self._say("missing", count=len(found) - sum(f.level == "error" for _, f in found)),
            "gaps": [{"path": path, "text": self._line(f)} for path, f in found if f.level == "gap"],
            "clash": self._clash(),
            "others_title": self._say("others", count=len(filling.others)),
            "others": [{"id": d.id, "text": self._other(d)} for d in filling.others],
        }

    def _status(self) -> tuple[str, str]:
        filling = self._filling
        if filling.edits and filling.typed_at:
            key = "resumed" if filling.resumed else "draft"
            return "warn", self._say(key, at=local_text(filling.typed_at))
        if filling.record is None:
            return "info", self._say("new")
        return "info", self._say("stands", **_by(filling.record))

    def _clash(self) -> dict[str, Any] | None:
        clash, lang = self._filling.clash, self._lang
        if clash is None:
            return None
        rows = []
        for d in self._filling.differences():
            spec = self._filling.form.field(d.field)
            theirs, yours = (
                page_text(value_text(spec, f.value, lang)) if f else "" for f in (d.theirs, d.yours)
            )
            yours = (yours or self._say("clash_none")) if d.mine else self._say("clash_untouched")
            rows.append(
                {
                    "label": spec.label(lang),
                    "theirs": theirs or self._say("clash_none"),
                    "yours": yours,
                    "mine": d.mine,
                }
            )
        text = self._say("clash", **_by(clash.current)) if clash.current else self._say("clash_gone")
        return {"text": text, "rows": rows}

    def _other(self, draft: Draft) -> str:
        known = {f.id: f for f in self._filling.form.fields}
        labels = [known[n].label(self._lang) for n in draft.edits if n in known]
        comma = "、" if self._lang == "zh" else ", "
        return self._say("other", at=local_text(draft.typed_at), fields=comma.join(labels))

    def _place(self, finding: Finding) -> str:
        keys = [row.key for row in self._filling.rows(finding.field)] if finding.row else []
        key = keys[finding.row - 1] if finding.row else ""
        return _path(finding.field, key, finding.column if finding.row else "")

    def _line(self, finding: Finding) -> str:
        spec = self._filling.form.field(finding.field)
        where = [spec.label(self._lang)]
        if finding.row is not None:
            where.append(str(finding.row))
        if finding.column:
            where.append(spec.column(finding.column).label(self._lang))
        words = self._spoken(finding)
        reason, remedy = words.reason(self._lang), words.remedy(self._lang)
        where = " › ".join(where)
        return page_text(say("forms.finding", self._lang, where=where, reason=reason, remedy=remedy))

    def _reason(self, finding: Finding) -> str:
        space = "" if self._lang == "zh" else " "
        words = self._spoken(finding)
        return page_text(f"{words.reason(self._lang)}{space}{words.remedy(self._lang)}")

    def _spoken(self, finding: Finding) -> Finding:
        """Return a finding that names the choices in the reader's language."""
        if finding.code != "not_a_choice":
            return finding
        field = self._filling.form.field(finding.field)
        spec: Column = field.column(finding.column) if finding.column else field
        comma = "、" if self._lang == "zh" else ", "
        return replace(finding, allowed=comma.join(spec.choice(v, self._lang) for v in spec.values))

    def _say(self, key: str, **params: object) -> str:
        return say("forms.fill", self._lang, key, **params)


@functools.cache
def _spec(name: str, lang: str) -> dict[str, Any]:
    """Return what the page needs to know of a form, in the reader's language."""
    found: Form = form(name)
    words = {key: say("forms.fill", lang, key) for key in _WORDS}
    for key, params in _NUMBERED.items():  # the page fills these in
        words[key] = say("forms.fill", lang, key, **{p: f"{{{p}}}" for p in params})
    words |= {part: say("forms.column", lang, part) for part in ("source", "date", "status")}
    levels = range(1, found.anchors + 1)
    return {
        "form": name,
        "lang": {"zh": "zh-CN", "en": "en"}[lang],
        "help": found.help(lang),
        "words": words,
        "statuses": [[s, status_name(s, lang)] for s in STATUSES],
        "anchors": [[str(level), found.anchor(level, lang)] for level in levels],
        "fields": [
            _column(f, lang)
            | {"lines": f.lines, "min_rows": f.min_rows, "columns": [_column(c, lang) for c in f.columns]}
            for f in found.fields
        ],
    }


def _column(spec: Column, lang: str) -> dict[str, Any]:
    options = [[v, spec.choice(v, lang)] for v in spec.values]
    if spec.kind == "rating":
        scale = range(int(spec.low or 0), int(spec.high or 0) + 1)
        options = [[str(n), str(n)] for n in scale]
    return {
        "id": spec.id,
        "kind": spec.kind,
        "label": spec.label(lang),
        "help": spec.help(lang),
        "required": spec.required,
        "low": spec.low,
        "high": spec.high,
        "options": options,
    }


def _by(record: Record | None) -> dict[str, object]:
    assert record is not None
    return {
        "version": record.version,
        "who": page_text(record.changed_by),
        "at": local_text(record.changed_at),
    }


def _path(field: str, key: str, column: str) -> str:
    return "/".join(part for part in (field, key, column) if part)


def _quoted(path: str) -> str:
    return f'"{path}"' if " " in path else path
