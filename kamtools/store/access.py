"""Read and write the records of a store."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy import exc, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from kamtools.errors import KamError
from kamtools.store.models import ChangeRow, RecordRow
from kamtools.store.values import (
    Change,
    Conflict,
    FieldValue,
    Record,
    changes_between,
    check_text,
    field_from_json,
    field_json,
    fields_from_json,
    fields_json,
    same,
    stamp,
)


class Store:
    """What people wrote about accounts; opened by :func:`kamtools.store.open_store`.

    Every write is one transaction: the record as it now stands, and one row of
    the history for each field that changed. A write says which version it
    starts from; where someone saved first it is refused with what stands now,
    and nothing is lost. A method returns when its words are on disk.

    Parameters
    ----------
    engine : sqlalchemy.Engine
    place : str
        Where the store is, for messages; without a password.
    secrets : collection of str, optional
        Texts that no message may hold.
    """

    def __init__(self, engine: sa.Engine, place: str, secrets: Collection[str] = ()) -> None:
        self.place, self._secrets = place, secrets
        self.refusal: KamError | None = None  # why it cannot be written
        self._engine = engine
        self._open = threading.local()
        self._process = os.getpid()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection; the next call would open one again."""
        self._engine.dispose()

    @property
    def engine(self) -> sa.Engine:
        """The connections; a process forked from ours leaves ours alone and makes its own."""
        if os.getpid() != self._process:
            self._engine.dispose(close=False)
            self._process = os.getpid()
        return self._engine

    # --- records -------------------------------------------------------------------------------

    def read(self, account: str, form: str) -> Record | None:
        """Return a form of an account as it stands, or None where nobody wrote it."""
        with self.reading() as session:
            row = session.scalars(_find(account, form)).one_or_none()
            return _record(row) if row else None

    def records(self, forms: Collection[str] | None = None) -> Iterator[Record]:
        """Yield every record, or those of some forms, as of one moment, sorted by form and account."""
        found = select(RecordRow) if forms is None else select(RecordRow).where(RecordRow.form.in_(forms))
        with self.reading() as session:
            rows = [_record(row) for row in session.scalars(found)]
        yield from sorted(rows, key=lambda r: (r.form, r.account))

    def write(
        self,
        account: str,
        form: str,
        fields: Mapping[str, FieldValue],
        *,
        version: int | None,
        who: str,
        at: dt.datetime,
    ) -> Record:
        """Write a form whole and return it as it now stands.

        Parameters
        ----------
        account, form, who : str
        fields : mapping
            All fields as they shall stand; one that is left out is taken away
            (and stays in the history).
        version : int or None
            The version that was read; None where there was none.
        at : datetime
            Without a zone: the machine's.

        Raises
        ------
        Conflict
            Someone saved first; nothing was written.
        KamError
            In a pack, or where the database cannot be written.
        ValueError
            Where a field is no :class:`FieldValue` or JSON cannot say its value.

        Notes
        -----
        Where no field differs nothing is written and the version stays.
        """
        for name, text in (("account", account), ("form", form), ("who", who)):
            check_text(name, text)
        text, time = fields_json(fields), stamp(at)
        fields = fields_from_json(text)  # as it will be read: tuples are lists
        try:
            with self.writing() as session:
                row = session.scalars(_find(account, form)).one_or_none()
                if (row.version if row else None) != version:
                    raise Conflict(account, form, _record(row) if row else None)
                before = fields_from_json(row.fields) if row else {}
                changes = changes_between(before, fields)
                if row is None:
                    row = RecordRow(account=account, form=form)
                    session.add(row)
                elif not changes:
                    return _record(row)
                row.fields, row.changed_by, row.changed_at = text, who, time
                session.flush()  # gives the version, or finds that another transaction was first
                session.add_all(change_rows(row, changes))
                session.flush()
                return _record(row)
        except (StaleDataError, exc.IntegrityError):  # PostgreSQL: between our reading and our writing
            raise Conflict(account, form, self.read(account, form)) from None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Store]:
        """Write many records as one: all of them, or after an error none.

        A :class:`Conflict` that is caught inside leaves the others standing.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> from kamtools.store import open_store
        >>> folder = tempfile.TemporaryDirectory()
        >>> at = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)
        >>> with open_store(pathlib.Path(folder.name) / "kam.sqlite") as store:
        ...     with store.transaction():
        ...         for account in ("A001", "A002"):
        ...             _ = store.write(account, "pulse", {}, version=None, who="Li", at=at)
        ...     [r.account for r in store.records()]
        ['A001', 'A002']
        >>> folder.cleanup()
        """
        with self.writing() as session:
            if getattr(self._open, "session", None) is not None:
                yield self
                return
            self._open.session = session
            try:
                yield self
            finally:
                self._open.session = None

    # --- history -------------------------------------------------------------------------------

    def history(self, account: str, form: str | None = None) -> list[Change]:
        """Return every change of an account, or of one of its forms, in the order written."""
        found = select(ChangeRow).where(ChangeRow.account == account)
        if form is not None:
            found = found.where(ChangeRow.form == form)
        with self.reading() as session:
            return [_change(row) for row in session.scalars(found.order_by(ChangeRow.id))]

    def changes(self) -> list[Change]:
        """Return every change of every account, in the order written."""
        with self.reading() as session:
            return [_change(row) for row in session.scalars(select(ChangeRow).order_by(ChangeRow.id))]

    def diff(
        self, account: str, from_date: dt.date | dt.datetime, to_date: dt.date | dt.datetime
    ) -> list[Change]:
        """Return what differs between two dates: one change for each field, from what stood to what stands.

        Parameters
        ----------
        account : str
        from_date, to_date : date or datetime
            The state at the end of a day (of the machine's time zone), or at a
            moment. A field that was changed and changed back is not in the result.

        Returns
        -------
        list of Change
            With the author, time and version of the last change in between, sorted
            by form and field.

        Raises
        ------
        ValueError
            Where `to_date` is before `from_date`.
        """
        start, end = _moment(from_date), _moment(to_date)
        if end < start:
            raise ValueError(f"to_date: {to_date} is before {from_date}")
        spans: dict[tuple[str, str], tuple[Change, Change]] = {}
        for change in self.history(account):
            if start < stamp(change.at) <= end:
                first, _ = spans.get((change.form, change.field), (change, change))
                spans[change.form, change.field] = (first, change)
        return [
            Change(last.account, form, field, first.before, last.after, last.who, last.at, last.version)
            for (form, field), (first, last) in sorted(spans.items())
            if not same(first.before, last.after)
        ]

    # --- whole stores --------------------------------------------------------------------------

    def everything(self, account: str | None = None) -> tuple[list[Record], list[Change]]:
        """Return all records and all changes (of one account where given) as of one moment, while others write."""
        records, history = select(RecordRow), select(ChangeRow).order_by(ChangeRow.id)
        if account is not None:
            records = records.where(RecordRow.account == account)
            history = history.where(ChangeRow.account == account)
        with self.reading() as session:
            if session.get_bind().dialect.name == "postgresql":
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            rows = [_record(row) for row in session.scalars(records)]
            changes = [_change(row) for row in session.scalars(history)]
        return sorted(rows, key=lambda r: (r.form, r.account)), changes

    def load(self, records: Iterable[Record], changes: Iterable[Change], only_if_empty: bool = False) -> bool:
        """Put records and changes into an empty store as they are, versions included.

        Returns
        -------
        bool
            False where the store has something in it and `only_if_empty` is set.

        Raises
        ------
        KamError
            Where the store has something in it.
        """
        with self.writing() as session:
            if not _is_empty(session):
                if only_if_empty:
                    return False
                raise KamError("store.not_empty", place=self.place)
            if rows := [_record_values(record) for record in records]:
                session.execute(sa.insert(RecordRow.__table__), rows)  # type: ignore[arg-type]
            if rows := [_change_values(change) for change in changes]:
                session.execute(sa.insert(ChangeRow.__table__), rows)  # type: ignore[arg-type]
        return True

    def is_empty(self) -> bool:
        """Tell whether nobody wrote anything yet."""
        with self.reading() as session:
            return _is_empty(session)

    # --- sessions ------------------------------------------------------------------------------

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that sees one moment and does not hold writers up."""
        outer: Session | None = getattr(self._open, "session", None)
        if outer is not None:
            yield outer
            return
        engine = self.engine.execution_options(kam_reading=True)
        with self.spoken_errors(), Session(engine) as session, session.begin():
            yield session

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a session that writes: on SQLite it has the lock from its first moment."""
        if self.refusal is not None:
            raise KamError(self.refusal.key, **self.refusal.params)
        outer: Session | None = getattr(self._open, "session", None)
        if outer is not None:
            with self.spoken_errors(), outer.begin_nested():
                yield outer
            return
        with self.spoken_errors(), Session(self.engine) as session, session.begin():
            yield session

    @contextlib.contextmanager
    def spoken_errors(self) -> Iterator[None]:
        """Say what a database complains of in words for people."""
        try:
            yield
        except exc.IntegrityError:
            raise
        except (exc.DBAPIError, sqlite3.Error) as error:
            raise self._said(error) from None  # the driver's own words may hold the password

    def _said(self, error: exc.DBAPIError | sqlite3.Error) -> KamError:
        cause = getattr(error, "orig", None) or error
        reason = next(iter(str(cause).strip().splitlines()), type(cause).__name__)
        if any(secret in reason for secret in self._secrets):
            reason = type(cause).__name__
        key = "store.cannot_use"
        if isinstance(cause, sqlite3.Error):
            if "locked" in reason:
                key = "store.busy"
            elif "malformed" in reason or "not a database" in reason:
                key = "store.damaged"
        elif isinstance(error, exc.OperationalError | exc.InterfaceError):
            key = "store.unreachable"
        return KamError(key, place=self.place, reason=reason)


def _find(account: str, form: str) -> sa.Select[RecordRow]:
    found = select(RecordRow).where(RecordRow.account == account, RecordRow.form == form)
    return found.execution_options(populate_existing=True)


def _is_empty(session: Session) -> bool:
    return not any(session.scalars(select(table.id).limit(1)).first() for table in (RecordRow, ChangeRow))


def change_rows(
    row: RecordRow, changes: Iterable[tuple[str, FieldValue | None, FieldValue | None]]
) -> list[ChangeRow]:
    """Return the rows of the history for a record that was just written."""
    record = _record(row)
    return [
        ChangeRow(
            **_change_values(
                Change(
                    record.account,
                    record.form,
                    name,
                    before,
                    after,
                    record.changed_by,
                    record.changed_at,
                    record.version,
                )
            )
        )
        for name, before, after in changes
    ]


def _record(row: RecordRow) -> Record:
    at = dt.datetime.fromisoformat(row.changed_at)
    return Record(row.account, row.form, fields_from_json(row.fields), row.version, row.changed_by, at)


def _change(row: ChangeRow) -> Change:
    return Change(
        row.account,
        row.form,
        row.field,
        field_from_json(row.before),
        field_from_json(row.after),
        row.who,
        dt.datetime.fromisoformat(row.at),
        row.version,
    )


def _record_values(record: Record) -> dict[str, object]:
    return {
        "account": check_text("account", record.account),
        "form": check_text("form", record.form),
        "fields": fields_json(record.fields),
        "version": record.version,
        "changed_by": check_text("who", record.changed_by),
        "changed_at": stamp(record.changed_at),
    }


def _change_values(change: Change) -> dict[str, object]:
    return {
        "account": check_text("account", change.account),
        "form": check_text("form", change.form),
        "field": check_text("field", change.field),
        "before": field_json(change.before),
        "after": field_json(change.after),
        "who": check_text("who", change.who),
        "at": stamp(change.at),
        "version": change.version,
    }


def _moment(day: dt.date | dt.datetime) -> str:
    """Return a moment, or the last one of a day, as in the table."""
    if isinstance(day, dt.datetime):
        return stamp(day)
    return stamp(dt.datetime.combine(day, dt.time.max))
