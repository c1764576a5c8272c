"""Backup and restore, while others write."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kamtools.errors import KamError
from kamtools.store.access import Store
from kamtools.store.exchange import Target, opened
from kamtools.store.opening import open_file
from kamtools.store.text import FOLDER, RECORDS, load_text, save_text
from kamtools.store.values import Change, Record, changes_between, local_text
from kamtools.words import say
from kamtools.workspace.paths import as_given


@dataclass(frozen=True)
class BackupReport:
    """What a backup holds."""

    path: Path
    records: int
    changes: int
    ok: bool = True

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the report as text."""
        return [say("store.backup_done", lang, path=self.path, records=self.records, changes=self.changes)]


@dataclass(frozen=True)
class RestoreReport:
    """What a restore did.

    Attributes
    ----------
    loaded : bool
        True where the store was empty and is now the backup, history included.
    records : tuple of (account, form)
        Those that differed and were written again as a new version.
    same : int
        How many stood already as in the backup.
    """

    path: Path
    loaded: bool
    records: tuple[tuple[str, str], ...]
    same: int
    at: dt.datetime
    ok: bool = True

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the report as text."""
        key = "store.restore_loaded" if self.loaded else "store.restore_done"
        counts = {"records": len(self.records), "same": self.same, "at": local_text(self.at)}
        return [say(key, lang, path=self.path, **counts)]


def backup(target: Target, path: str | Path) -> BackupReport:
    """Copy a store as of one moment, while others write.

    SQLite gives one file (by its own backup), which any workspace can take as
    ``kam.sqlite``; PostgreSQL, and any store where `path` does not end in
    ``.sqlite``, gives a folder with the pack's text form. The copy may lie on a
    network drive.

    Parameters
    ----------
    target : Store, Workspace, path or URL
    path : path
        A new file or folder; nothing is written over.

    Raises
    ------
    KamError
        Where `path` exists, or ends in ``.sqlite`` for PostgreSQL.
    """
    path = as_given(path)
    if path.exists():
        raise KamError("store.backup_exists", path=path)
    with opened(target) as store:
        if path.suffix != ".sqlite":
            return _backup_text(store, path)
        if store.engine.dialect.name != "sqlite":
            raise KamError("store.backup_as_text", path=path)
        return _backup_file(store, path)


def _backup_text(store: Store, path: Path) -> BackupReport:
    records, changes = store.everything()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".kam-backup-") as made:
        save_text(records, changes, Path(made) / "b" / FOLDER)
        _sync(*(Path(made) / "b" / FOLDER).iterdir())
        os.replace(Path(made) / "b", path)
    return BackupReport(path, len(records), len(changes))


def _backup_file(store: Store, path: Path) -> BackupReport:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with tempfile.TemporaryDirectory(prefix="kam-backup-") as folder:
        made = Path(folder) / "kam.sqlite"
        with contextlib.closing(sqlite3.connect(made)) as copy:
            with store.spoken_errors(), store.engine.execution_options(kam_reading=True).connect() as source:
                raw = source.connection.driver_connection
                raw.backup(copy)  # type: ignore[union-attr]  # all pages in one step: one moment
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
            if found != "ok":
                raise KamError("store.damaged", place=store.place, reason=found)
            counts = [
                copy.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("kam_record", "kam_change")
            ]
        try:
            shutil.copyfile(made, part)
            _sync(part)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    return BackupReport(path, *counts)


def _sync(*paths: Path) -> None:
    """Put files on the disk."""
    for path in paths:
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def restore(target: Target, path: str | Path, *, who: str, at: dt.datetime) -> RestoreReport:
    """Bring a store back to a backup, in one transaction, while others write.

    A store that is empty becomes the backup, versions and history included. In
    one that is not, every record that differs gets a new version with what the
    backup has (and no fields where the backup has no such record): nothing of
    its history is lost, and a form that someone has open meets a conflict
    instead of writing over what was restored.

    Parameters
    ----------
    target : Store, Workspace, path or URL
    path : path
        What :func:`backup` wrote, or a pack.
    who, at
        Stand in the history of what was written again.

    Raises
    ------
    KamError
        Where `path` is no backup.
    """
    path = as_given(path)
    records, changes = load_backup(path)
    with opened(target) as store:
        if store.load(records, changes, only_if_empty=True):
            names = tuple((r.account, r.form) for r in records)
            return RestoreReport(path, True, names, 0, at)
        wanted = {(r.account, r.form): r.fields for r in records}
        written: list[tuple[str, str]] = []
        with store.transaction():
            now = {(r.account, r.form): r for r in store.records()}
            names = sorted(wanted.keys() | now.keys())
            for name in names:
                fields, current = wanted.get(name, {}), now.get(name)
                if current and not changes_between(current.fields, fields):
                    continue
                version = current.version if current else None
                store.write(*name, fields, version=version, who=who, at=at)
                written.append(name)
        return RestoreReport(path, False, tuple(written), len(names) - len(written), at)


def load_backup(path: Path) -> tuple[list[Record], list[Change]]:
    """Return the records and changes in a backup or a pack.

    Raises
    ------
    KamError
        Where it is neither.
    """
    for folder in (path / FOLDER, path):
        if (folder / RECORDS).is_file():
            return load_text(folder)
    if not path.is_file():
        raise KamError("store.no_backup", path=path)
    with _copy_of(path) as copy, open_file(copy) as store:
        records, changes = store.everything()
        return records, changes


@contextlib.contextmanager
def _copy_of(path: Path) -> Iterator[Path]:
    """Give a copy of a file in a folder that goes again: opening may upgrade it, and a backup stays as it is."""
    if path.read_bytes()[:16] != b"SQLite format 3\0":
        raise KamError("store.no_backup", path=path)
    with tempfile.TemporaryDirectory(prefix="kam-restore-") as folder:
        yield Path(shutil.copyfile(path, Path(folder) / "backup.sqlite"))
