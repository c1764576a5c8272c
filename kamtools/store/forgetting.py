"""Forget a person: take their data out of records and history, and leave the figures."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import exc, select, update

from kamtools.errors import KamError
from kamtools.store.access import Store, change_rows
from kamtools.store.exchange import Target, opened
from kamtools.store.models import ChangeRow, RecordRow
from kamtools.store.values import (
    FieldValue,
    changes_between,
    check_text,
    field_from_json,
    field_json,
    fields_from_json,
    fields_json,
    stamp,
)
from kamtools.words import say
from kamtools.workspace import Workspace
from kamtools.workspace.paths import as_given

MARK = "███"  # stands where a name stood
NAME_COLUMNS = ("name", "name_zh", "name_en", "full_name")
KEEP_COLUMNS = (
    "function",
    "level",
    "role",
    "channel",
)  # choices that figures are counted by; they name nobody
_TEXT_FILES = (
    "settings.yml",
    "answers/drafts/*.json",
    "locks/*.csv",
    "quarantine.csv",
    "imports/*/*.json",
    "store/*.csv",
)


@dataclass(frozen=True)
class ForgetReport:
    """What was erased, and where the person still stands.

    Attributes
    ----------
    records : tuple of (account, form)
        Records that held the person's data.
    changes : int
        Rows of the history that held it.
    alone : tuple of (account, form, field)
        Fields that held nothing but the name: what stands beside them in the
        form may be about the person too.
    elsewhere : tuple of str
        Text files of the workspace that still name the person.
    done : bool
        False where it was only looked for.
    """

    records: tuple[tuple[str, str], ...]
    changes: int
    alone: tuple[tuple[str, str, str], ...]
    elsewhere: tuple[str, ...]
    done: bool

    @property
    def ok(self) -> bool:
        """True where no file of the workspace still names the person."""
        return not self.elsewhere

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the report as text."""
        key = "store.forget_done" if self.done else "store.forget_would"
        lines = [say(key, lang, records=len(self.records), changes=self.changes)]
        lines += [
            say("store.forget_alone", lang, account=account, form=form, field=field)
            for account, form, field in self.alone
        ]
        lines += [say("store.forget_elsewhere", lang, file=file) for file in self.elsewhere]
        return [*lines, say("store.forget_beyond" if self.done else "store.forget_how", lang)]


def forget(
    target: Target,
    names: Iterable[str],
    *,
    who: str,
    at: dt.datetime,
    name_columns: Sequence[str] = NAME_COLUMNS,
    keep_columns: Sequence[str] = KEEP_COLUMNS,
    only_look: bool = False,
) -> ForgetReport:
    """Erase a person's data from records, history and authors, in one transaction.

    In a table, a row that is about the person (the name stands in one of
    `name_columns`, or in the row's first text) loses every text but those in
    `keep_columns`; its numbers stay. In any other text only the name goes, and
    so it does where the person is an author or a source. In the place of a name
    stands ``███``. Every record that held the person gets a new version, so
    that a form opened before cannot write the data back. The bytes are
    overwritten, in the log too.

    Parameters
    ----------
    target : Store, Workspace, path or URL
    names : iterable of str
        How the person is written: name in each language, e-mail, phone, id. Case
        does not matter; a name of Latin letters is found as a whole word.
    who, at
        Stand in the history of the erasure.
    name_columns, keep_columns : sequence of str
    only_look : bool
        Change nothing; say what would be.

    Raises
    ------
    KamError
        For a name shorter than two characters: it would be found everywhere.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from kamtools.store import open_store
    >>> folder = tempfile.TemporaryDirectory()
    >>> store = open_store(Path(folder.name) / "kam.sqlite")
    >>> day = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)
    >>> rows = [{"name": "Fang Wang", "phone": "138", "influence": 5}]
    >>> _ = store.write("A1", "contacts", {"people": FieldValue(rows)}, version=None, who="Li", at=day)
    >>> forget(store, ["Fang Wang"], who="Li", at=day).records
    (('A1', 'contacts'),)
    >>> store.read("A1", "contacts").fields["people"].value
    [{'name': '███', 'phone': None, 'influence': 5}]
    >>> store.close(); folder.cleanup()
    """
    person = _Person(names, name_columns, keep_columns)
    if person.is_in(who):
        raise KamError("store.forget_self", who=who)
    with opened(target) as store:
        report = _forget(store, person, check_text("who", who), stamp(at), only_look)
        if report.done:
            _overwrite(store)
    return replace(report, elsewhere=_elsewhere(target, person))


class _Person:
    """How a person is written, and what is left of a value without them."""

    def __init__(self, names: Iterable[str], columns: Sequence[str], kept: Sequence[str]) -> None:
        names = [name.strip() for name in names]
        if not names or any(len(name) < 2 for name in names):
            raise KamError("store.forget_short", names=", ".join(names) or "–")
        self._columns, self._kept = columns, kept
        self._equal = {name.casefold() for name in names}
        longest_first = sorted(names, key=len, reverse=True)
        self._inside = re.compile("|".join(_whole(name) for name in longest_first), re.IGNORECASE)

    def is_(self, value: object) -> bool:
        """Tell whether a value is the person and nothing else; a phone may be kept as a number."""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return False
        return str(value).strip().casefold() in self._equal

    def is_in(self, text: str) -> bool:
        return self.is_(text) or self._inside.search(text) is not None

    def text(self, text: str) -> str:
        return MARK if self.is_(text) else self._inside.sub(MARK, text)

    def value(self, value: Any) -> Any:
        """Return a value without the person."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(part) for part in value]
        if isinstance(value, dict):
            about = self._is_about(value)
            return {
                self.text(key): self._rest(part) if about and key not in self._kept else self.value(part)
                for key, part in value.items()
            }
        return MARK if self.is_(value) else value

    def field(self, field: FieldValue | None) -> FieldValue | None:
        if field is None:
            return None
        return replace(field, value=self.value(field.value), source=self.text(field.source))

    def fields(self, fields: dict[str, FieldValue]) -> dict[str, FieldValue]:
        return {
            self.text(n): replace(f, value=self.value(f.value), source=self.text(f.source))
            for n, f in fields.items()
        }

    def _rest(self, value: Any) -> Any:
        """Return what stays of a cell in a row about the person: the mark for the name, numbers, no text."""
        if isinstance(value, list):
            return [self._rest(part) for part in value]
        if isinstance(value, dict):
            return {key: self._rest(part) for key, part in value.items()}
        if self.is_(value):
            return MARK
        return None if isinstance(value, str) and value else value

    def _is_about(self, row: dict[str, Any]) -> bool:
        if any(self.is_(row.get(column)) for column in self._columns):
            return True
        return self.is_(next((part for part in row.values() if isinstance(part, str) and part), None))


def _whole(name: str) -> str:
    """Return a pattern for a name: as a whole word where it begins or ends in an ASCII letter or digit.

    Chinese is written without spaces, so there is no word to be whole beside it.
    """
    before = r"(?<![A-Za-z0-9])" if re.match("[A-Za-z0-9]", name) else ""
    after = r"(?![A-Za-z0-9])" if re.search("[A-Za-z0-9]$", name) else ""
    return f"{before}{re.escape(name)}{after}"


def _forget(store: Store, person: _Person, who: str, at: str, only_look: bool) -> ForgetReport:
    records: list[tuple[str, str]] = []
    alone: list[tuple[str, str, str]] = []
    with store.reading() if only_look else store.writing() as session:
        # the records first: on PostgreSQL this holds up whoever would write to them
        found = select(RecordRow).order_by(RecordRow.id)
        rows = session.scalars(found if only_look else found.with_for_update()).all()
        histories = session.scalars(select(ChangeRow).order_by(ChangeRow.id)).all()
        changed = sum([_forget_change(row, person, only_look) for row in histories])
        for row in rows:
            before = fields_from_json(row.fields)
            after = person.fields(before)
            author = person.text(row.changed_by)
            differing = changes_between(before, after)
            if not differing and author == row.changed_by:
                continue
            records.append((row.account, row.form))
            alone += [(row.account, row.form, n) for n, f in before.items() if person.is_(f.value)]
            if only_look:
                continue
            if not differing:  # the author alone is no new version
                table = RecordRow.__table__
                session.execute(
                    update(table).where(table.c.id == row.id).values(changed_by=author)  # type: ignore[arg-type]
                )
                continue
            row.fields, row.changed_by, row.changed_at = fields_json(after), who, at
            session.flush()
            # what stood before is what is to be forgotten: both sides are what is left
            left = [(name, field, field) for name, _, field in differing if field is not None]
            session.add_all(change_rows(row, left))
    return ForgetReport(tuple(sorted(records)), changed, tuple(alone), (), not only_look)


def _forget_change(row: ChangeRow, person: _Person, only_look: bool) -> bool:
    new = {
        "field": person.text(row.field),
        "before": field_json(person.field(field_from_json(row.before))),
        "after": field_json(person.field(field_from_json(row.after))),
        "who": person.text(row.who),
    }
    differs = any(getattr(row, column) != value for column, value in new.items())
    if differs and not only_look:
        for column, value in new.items():
            setattr(row, column, value)
    return differs


def _overwrite(store: Store) -> None:
    """Write the database's files anew, so that no old page keeps what was erased."""
    engine = store.engine
    sqlite = engine.dialect.name == "sqlite"
    with store.spoken_errors():
        raw = engine.raw_connection()
        try:
            connection: Any = raw.driver_connection
            if sqlite:
                connection.execute("VACUUM")
                busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                if busy:
                    raise KamError("store.forget_log", place=store.place)
            else:
                connection.autocommit = True
                for table in ("kam_record", "kam_change"):
                    connection.execute(f"VACUUM (FULL) {table}")
                connection.autocommit = False
        except engine.dialect.loaded_dbapi.Error as error:
            raise exc.OperationalError(None, None, error) from error
        finally:
            raw.close()


def _elsewhere(target: Target, person: _Person) -> tuple[str, ...]:
    """Return the text files of a workspace that name the person."""
    if isinstance(target, Store) or (isinstance(target, str) and "://" in target):
        return ()
    root = target.root if isinstance(target, Workspace) else as_given(target)
    found = []
    for pattern in _TEXT_FILES:
        for path in sorted(root.glob(pattern) if root.is_dir() else ()):
            with contextlib.suppress(OSError):
                if person.is_in(path.read_text(encoding="utf-8", errors="replace")):
                    found.append(path.relative_to(root).as_posix())
    return tuple(found)
