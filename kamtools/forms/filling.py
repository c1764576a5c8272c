"""One form of one account while a person fills it: what stands, what is typed over it, saving, conflicts. No widget."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

from kamtools.errors import KamError
from kamtools.forms.cells import Fault, is_blank, parse, read_date
from kamtools.forms.checking import Finding, check_form, is_rows
from kamtools.forms.definitions import Column, Field, Form
from kamtools.forms.drafts import Draft, Drafts
from kamtools.store.values import STATUSES, Conflict, FieldValue, Record, Status, same

Save = Callable[[Mapping[str, FieldValue], int | None], Record]
_DATE = Column("date", "date", "common.date")
_BIG = 1e15


class Row(NamedTuple):
    """A row of a table: by which `key` the page knows it, as it `was`, and the `cells` typed over that."""

    key: str
    was: Mapping[str, Any]
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Unread:
    """A text that its field cannot have: kept as it was typed, and not saved.

    Attributes
    ----------
    field, column : str
        `column` of a table; empty where it is the field's own value, ``@date``
        where it is the date beside it.
    key : str
        Of the row, empty where it is none.
    row : int or None
        Of a table, the first is 1.
    text : str
    fault : Fault
    """

    field: str
    column: str
    key: str
    row: int | None
    text: str
    fault: Fault

    def finding(self, form: str) -> Finding:
        """Return it as a finding, which says what is wrong and what to do."""
        column = "" if self.column.startswith("@") else self.column
        code, allowed = self.fault
        return Finding("error", form, self.field, code, self.row, column, self.text, allowed)


@dataclass(frozen=True)
class Difference:
    """A field that someone else saved and that one's own form says otherwise; `mine`: I changed it too."""

    field: str
    theirs: FieldValue | None
    yours: FieldValue | None
    mine: bool


@dataclass(frozen=True)
class Clash:
    """Someone saved first: what stands now, None where the record is gone."""

    current: Record | None


def shown_text(value: Any) -> str:
    """Return the text that a value is shown as in a box to type in; a choice is its id.

    Examples
    --------
    >>> shown_text(None), shown_text(40.0), shown_text(0.125), shown_text("００1")
    ('', '40', '0.125', '００1')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < _BIG:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def page_text(text: str) -> str:
    r"""Return a text as a box of a web page gives it back: lines end in ``\n``, no half surrogate pairs.

    Examples
    --------
    >>> page_text("a\r\nb\rc")
    'a\nb\nc'
    """
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\r\n", "\n").replace("\r", "\n")


class Filling:
    """One form of one account while a person fills it.

    What stands is the record, and under it what can be filled from elsewhere
    (`prefill`), which is stored only when the person saves. What the person
    touches lies over it as text, is kept as a draft with every change, and is
    read into values when asked for. A field that was not touched keeps value,
    source, date and status to the letter.

    Parameters
    ----------
    form : Form
    account : str
    record : Record, optional
        What is stored; None where nothing is.
    prefill : mapping, optional
        Field -> FieldValue, its source saying where it is from.
    as_of : date
        The date of a changed value, unless another is given.
    save : callable, optional
        ``save(fields, version) -> Record``, which may raise
        :class:`kamtools.store.Conflict`. None: the place cannot be written.
    drafts : Drafts, optional
        Where unsaved words are kept; without it they live as long as this object.
    who : str
    now : callable, optional
        The moment, for drafts.

    Examples
    --------
    >>> from kamtools.forms import form
    >>> written = []
    >>> def save(fields, version):
    ...     written.append(fields)
    ...     return Record("A001", "profile", fields, (version or 0) + 1, "Li", dt.datetime.now(dt.UTC))
    >>> filling = Filling(form("profile"), "A001", as_of=dt.date(2026, 10, 31), save=save)
    >>> filling.edit("staff", {"text": "１，２００"}); filling.edit("outlets", {"text": "about ten"})
    >>> [(u.field, u.fault.code) for u in filling.unread()]
    [('outlets', 'not_a_number')]
    >>> filling.save(), written[0]["staff"].value, filling.text("outlets")
    (True, 1200, 'about ten')
    """

    def __init__(
        self,
        form: Form,
        account: str,
        *,
        as_of: dt.date,
        record: Record | None = None,
        prefill: Mapping[str, FieldValue] | None = None,
        save: Save | None = None,
        drafts: Drafts | None = None,
        who: str = "",
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self.form, self.account, self.as_of, self.who = form, account, as_of, who
        self.record = record
        self.version = record.version if record else None
        known = {f.id for f in form.fields}
        self.prefill = {n: v for n, v in (prefill or {}).items() if n in known}
        self.edits: dict[str, dict[str, Any]] = {}
        self.clash: Clash | None = None
        self.typed_at: dt.datetime | None = None  # of what is typed and not saved
        self.resumed = False  # the words are from an earlier run
        self.others: list[Draft] = []
        self.dropped: dict[str, dict[str, Any]] = {}  # what was discarded last
        self._save, self._drafts, self._now = save, drafts, now
        self._own = ""  # the file of our words
        self._from: Draft | None = None  # another form's file that our words came from
        self._bases: dict[str, list[Row]] = {}
        self._resume()

    # --- what stands -------------------------------------------------------------------------

    @property
    def read_only(self) -> bool:
        """Whether there is nowhere to save to."""
        return self._save is None

    def before(self, name: str) -> FieldValue | None:
        """Return a field as it is without what was typed: the record's, else the prefilled one."""
        if self.record and name in self.record.fields:
            return self.record.fields[name]
        return self.prefill.get(name)

    def origin(self, name: str) -> str:
        """Return where a field comes from: ``typed``, ``record``, ``prefill`` or nothing."""
        if name in self.edits:
            return "typed"
        if self.record and name in self.record.fields:
            return "record"
        return "prefill" if name in self.prefill else ""

    def field(self, name: str) -> FieldValue | None:
        """Return a field as it would be saved; None where it would not be there."""
        before, edit = self.before(name), self.edits.get(name)
        if not edit:
            return before
        spec = self.form.field(name)
        value, moved = self._value(spec, before, edit)
        left = before if before and not (moved and self.origin_before(name) == "prefill") else None
        source = edit.get("source", left.source if left else "")
        day = read_date(edit["date"]) if "date" in edit else None
        if "date" not in edit or (day is None and not is_blank(edit["date"])):
            day = self.as_of if moved else before.date if before else None
        status = edit.get("status", "assumed" if moved or not before else before.status)
        says = (edit.get("source"), day if "date" in edit else None) if moved else (source, day)
        if value is None and not any(says) and name not in self.prefill:
            return None
        found = FieldValue(value, source, day, cast(Status, status if status in STATUSES else "assumed"))
        return before if same(found, before) else found

    def origin_before(self, name: str) -> str:
        """Return where a field came from before anything was typed: ``record``, ``prefill`` or nothing."""
        if self.record and name in self.record.fields:
            return "record"
        return "prefill" if name in self.prefill else ""

    def fields(self) -> dict[str, FieldValue]:
        """Return all fields as they would be saved, those that the form does not know included."""
        found = dict(self.record.fields) if self.record else {}
        for spec in self.form.fields:
            field = self.field(spec.id)
            if field is None:
                found.pop(spec.id, None)
            else:
                found[spec.id] = field
        return found

    def pending(self) -> list[str]:
        """Return the fields that saving would change, in the form's order."""
        stored = self.record.fields if self.record else {}
        return [f.id for f in self.form.fields if not same(stored.get(f.id), self.field(f.id))]

    # --- what is typed -----------------------------------------------------------------------

    def text(self, name: str) -> str:
        """Return the text of a field that is no table: as typed, else of its value."""
        edit = self.edits.get(name, {})
        return edit["text"] if "text" in edit else shown_text(_value_of(self.before(name)))

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a table with what was typed over them."""
        edit = self.edits.get(name, {})
        if "rows" in edit:
            return [Row(r["key"], r["was"], r["cells"]) for r in edit["rows"]]
        return self._base(name)

    def edit(self, name: str, parts: Mapping[str, Any]) -> None:
        """Take what a person typed into a field, and keep it as a draft.

        Parameters
        ----------
        name : str
        parts : mapping
            Only what was touched: ``text``, or ``rows``: the whole table in its order,
            each ``{"key": …, "cells": {column: text}}`` with the cells that were touched;
            a key that is not known yet is a new row. ``source``, ``date`` and ``status`` as texts.

        Raises
        ------
        KeyError
            For a field that the form does not have.
        KamError
            Where the draft cannot be kept on disk; it is kept in memory then.
        """
        self._take(name, parts)
        self.dropped = {}
        self._keep()

    def edit_all(self, fields: Mapping[str, Mapping[str, Any]]) -> None:
        """Take what was typed into several fields, as :meth:`edit` does."""
        for name, parts in fields.items():
            self._take(name, parts)
        self.dropped = {}
        self._keep()

    def _take(self, name: str, parts: Mapping[str, Any]) -> None:
        spec, before = self.form.field(name), self.before(name)
        edit = dict(self.edits.get(name, {}))
        for part in ("source", "date", "status"):
            if part in parts:
                edit[part] = str(parts[part])
        if "text" in parts and spec.kind != "rows":
            edit["text"] = str(parts["text"])
            if page_text(edit["text"]) == page_text(shown_text(_value_of(before))):
                del edit["text"]
        if "rows" in parts and spec.kind == "rows":
            edit["rows"] = self._typed_rows(name, parts["rows"])
        self.edits[name] = edit
        chosen = edit.get("status", "assumed") != (before.status if before else "assumed")
        if same(self.field(name), before) and not self._unread(spec) and not chosen:
            del self.edits[name]

    def _typed_rows(self, name: str, given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        known = {r.key: r for r in self._base(name)} | {r.key: r for r in self.rows(name)}
        rows = []
        for row in given:
            key = str(row["key"])
            _, was, cells = known.get(key, Row(key, {}, {}))
            typed = {**cells, **{str(c): str(t) for c, t in row["cells"].items()}}
            changed = {c: t for c, t in typed.items() if page_text(t) != page_text(shown_text(was.get(c)))}
            rows.append({"key": key, "was": dict(was), "cells": changed})
        return rows

    # --- what is found -----------------------------------------------------------------------

    def unread(self) -> list[Unread]:
        """Return the typed texts that their fields cannot have."""
        return [found for spec in self.form.fields if spec.id in self.edits for found in self._unread(spec)]

    def findings(self) -> list[Finding]:
        """Return what is wrong with the form and what it still lacks: errors first, then `meaning`, then the rest."""
        unread = {(u.field, u.row, u.column) for u in self.unread()}
        found = []
        for finding in check_form(self.form, self.fields()):
            row = self.place(finding)[1] if finding.row else None
            if (finding.field, row, finding.column) not in unread:
                found.append(replace(finding, row=row))
        return sorted(found, key=lambda f: (f.level != "error", f.field != "meaning"))

    def place(self, finding: Finding) -> tuple[str, int | None]:
        """Return key and number of the row that a finding of :func:`check_form` is about."""
        if finding.row is None:
            return "", None
        written = [
            (row.key, number)
            for number, row in enumerate(self.rows(finding.field), start=1)
            if "rows" not in self.edits.get(finding.field, {})
            or _row_value(self.form.field(finding.field), row)
        ]
        return written[finding.row - 1]

    def differences(self) -> list[Difference]:
        """Return how one's own form differs from what someone else saved; nothing where nobody did."""
        if self.clash is None:
            return []
        theirs = self.clash.current.fields if self.clash.current else {}
        mine = self._mine(theirs)
        pairs = [(f.id, theirs.get(f.id), self.field(f.id)) for f in self.form.fields]
        return [Difference(n, old, own, n in mine) for n, old, own in pairs if not same(old, own)]

    # --- saving ------------------------------------------------------------------------------

    def save(self) -> bool:
        """Write the form; a text that cannot be read stays typed, and its field as it was.

        Returns
        -------
        bool
            False where someone saved first: `clash` then says what stands now.

        Raises
        ------
        KamError
            In a place that cannot be written, or where the store cannot write. Nothing typed is lost.
        """
        if self._save is None:
            raise KamError("forms.cannot_save")
        if not self.pending():
            self._settle(self.record)
            return True
        return self._write(self.fields(), self.version)

    def keep_mine(self) -> bool:
        """Write one's own words over what someone else saved, as a new version.

        Fields that one did not change stay as they were saved by the other.
        """
        if self.clash is None:
            return self.save()
        if self._save is None:
            raise KamError("forms.cannot_save")
        current = self.clash.current
        wanted = dict(current.fields) if current else {}
        for name in self._mine(wanted):
            field = self.field(name)
            if field is None:
                wanted.pop(name, None)
            else:
                wanted[name] = field
        return self._write(wanted, current.version if current else None)

    def reload_theirs(self) -> None:
        """Show what someone else saved; one's own words stay in `others`, to be taken up again."""
        if self.clash is None:
            return
        self._put_aside()
        self._stand_on(self.clash.current)
        self._keep()

    def discard(self) -> None:
        """Take away what is typed and not saved; :meth:`undo` brings it back once."""
        dropped = self.edits
        self.edits = {}
        self._stand_on(self.clash.current if self.clash else self.record)
        self._keep()
        self.dropped = dropped

    def undo(self) -> None:
        """Bring back what was discarded last."""
        if self.dropped and not self.edits:
            self.edits, self.dropped = self.dropped, {}
            self._keep()

    def take_up(self, id: str) -> None:
        """Lay the words of a draft in `others` over what stands; what is typed now is put aside."""
        draft = next((d for d in self.others if d.id == id), None)
        if draft is None:
            return
        self._put_aside()
        if self.clash:
            self._stand_on(self.clash.current)
        self.others = [d for d in self.others if d.id != id]
        self.edits = {n: dict(e) for n, e in draft.edits.items()}
        self._from = draft
        self._keep()

    def drop(self, id: str) -> None:
        """Take a draft in `others` away for good."""
        if self._drafts and any(d.id == id for d in self.others):
            self._drafts.remove(id)
        self.others = [d for d in self.others if d.id != id]

    def _write(self, fields: Mapping[str, FieldValue], version: int | None) -> bool:
        assert self._save is not None
        try:
            record = self._save(fields, version)
        except Conflict as conflict:
            self.clash = Clash(conflict.current)
            if any(d.mine for d in self.differences()):
                return False
            self._settle(conflict.current)  # the other typed the same
        else:
            self._settle(record)
        return True

    def _settle(self, record: Record | None) -> None:
        """Stand on what was saved, and leave typed only what could not be read."""
        left: dict[str, dict[str, Any]] = {}
        keys = {}
        for spec in self.form.fields:
            bad = self._unread(spec) if spec.id in self.edits else []
            if spec.kind == "rows":
                keys[spec.id] = [r.key for r in self.rows(spec.id) if _row_value(spec, r)]
                if any(u.key for u in bad):
                    rows = [
                        (r, {u.column: u.text for u in bad if u.key == r.key}) for r in self.rows(spec.id)
                    ]
                    kept = [(r, cells) for r, cells in rows if cells or _row_value(spec, r)]
                    left[spec.id] = {
                        "rows": [
                            {"key": r.key, "was": _row_value(spec, r), "cells": cells} for r, cells in kept
                        ]
                    }
            for text in bad:
                if not text.key:
                    left.setdefault(spec.id, {})["date" if text.column else "text"] = text.text
        self._stand_on(record)
        for name, known in keys.items():  # the page goes on knowing the rows by their keys
            base = self._base(name)
            if len(known) == len(base):
                self._bases[name] = [
                    Row(key, row.was, row.cells) for key, row in zip(known, base, strict=True)
                ]
        self.edits = left
        self.dropped = {}
        self._keep()

    def _stand_on(self, record: Record | None) -> None:
        self.record, self.clash = record, None
        self.version = record.version if record else None
        self._bases = {}

    def _mine(self, theirs: Mapping[str, FieldValue]) -> list[str]:
        """Return the fields that one changed oneself."""
        mine = []
        for spec in self.form.fields:
            typed = not same(self.field(spec.id), self.before(spec.id))
            filled = self.origin(spec.id) == "prefill" and spec.id not in theirs
            if typed or filled:
                mine.append(spec.id)
        return mine

    # --- drafts ------------------------------------------------------------------------------

    def _resume(self) -> None:
        if self._drafts is None:
            return
        kept = self._drafts.of(self.account, self.form.id, self.who)
        draft = next((d for d in kept if not d.aside), None)
        self.others = [d for d in kept if d is not draft]
        if draft is None:
            return
        known = {f.id for f in self.form.fields}
        self.edits = {n: dict(e) for n, e in draft.edits.items() if n in known}
        self.typed_at, self.resumed, self._from = draft.typed_at, True, draft
        if draft.version != self.version:
            self.clash = Clash(self.record)
            if any(d.mine for d in self.differences()):
                self.version = draft.version
            else:
                self.clash = None

    def _keep(self) -> None:
        """Have the draft on disk say what is typed."""
        self.typed_at = self._now() if self.edits else None
        self.resumed = False
        if self._drafts is None:
            return
        if self.edits:
            self._own = self._drafts.put(self._draft()).id
        else:
            self._drafts.remove(self._own)
            self._own = ""
        self._release()

    def _draft(self, aside: bool = False) -> Draft:
        at = self.typed_at or self._now()
        return Draft(
            self._own, self.account, self.form.id, self.who, self.version, at, dict(self.edits), aside
        )

    def _release(self) -> None:
        """Take away the file that our words came from, unless its own form goes on writing it."""
        if self._from is None or self._drafts is None:
            return
        now = self._drafts.get(self._from.id)
        if now is not None and now == self._from:
            self._drafts.remove(now.id)
        elif now:
            self.others.append(now)
        self._from = None

    def _put_aside(self) -> None:
        if not self.edits:
            return
        draft = self._draft(aside=True)
        if self._drafts:
            draft = self._drafts.put(draft)
            self._release()
        else:
            draft = replace(draft, id=f"#{len(self.others)}-{draft.typed_at.isoformat()}")
        self.others = [draft, *self.others]
        self._own, self.edits = "", {}

    # --- reading what is typed ---------------------------------------------------------------

    def _base(self, name: str) -> list[Row]:
        if name not in self._bases:
            value = _value_of(self.before(name))
            rows = value if is_rows(value) else []
            self._bases[name] = [Row(f"r{n}", row, {}) for n, row in enumerate(rows)]
        return self._bases[name]

    def _value(self, spec: Field, before: FieldValue | None, edit: Mapping[str, Any]) -> tuple[Any, bool]:
        """Return the value with what was typed and can be read, and whether it is another than before."""
        old = _value_of(before)
        if spec.kind == "rows":
            if "rows" not in edit:
                return old, False
            rows = (_row_value(spec, Row(r["key"], r["was"], r["cells"])) for r in edit["rows"])
            value = [row for row in rows if row] or None
            untouched = value is None and not old
        else:
            if "text" not in edit:
                return old, False
            value, fault = read_text(spec, edit["text"])
            untouched = fault is not None
        if untouched:
            return old, False
        return value, not same(FieldValue(value), FieldValue(old))

    def _unread(self, spec: Field) -> list[Unread]:
        found: list[Unread] = []
        edit = self.edits[spec.id]
        if "text" in edit and spec.kind != "rows" and (fault := read_text(spec, edit["text"])[1]):
            found.append(Unread(spec.id, "", "", None, edit["text"], fault))
        for number, row in enumerate(edit.get("rows", ()), start=1):
            for column in spec.columns:
                text = row["cells"].get(column.id, "")
                if fault := read_text(column, text)[1]:
                    found.append(Unread(spec.id, column.id, row["key"], number, text, fault))
        if "date" in edit and (fault := parse(_DATE, edit["date"])[1]):
            found.append(Unread(spec.id, "@date", "", None, edit["date"], fault))
        return found


def read_text(spec: Column, text: str) -> tuple[Any, Fault | None]:
    """Return the value of a typed text, or why there is none; a text is taken as it is.

    Examples
    --------
    >>> read_text(Column("t", "text", "profile.business"), " #N/A "), read_text(Column("n", "number", ""), "x")[1].code
    ((' #N/A ', None), 'not_a_number')
    """
    if spec.kind == "text":
        return text or None, None
    return parse(spec, text)


def _row_value(spec: Field, row: Row) -> dict[str, Any]:
    """Return a row with what was typed over it and can be read."""
    found = dict(row.was)
    for column in spec.columns:
        if column.id in row.cells:
            value, fault = read_text(column, row.cells[column.id])
            if value is not None:
                found[column.id] = value
            elif fault is None:
                found.pop(column.id, None)
    return found


def _value_of(field: FieldValue | None) -> Any:
    return field.value if field else None
