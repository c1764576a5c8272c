"""A backup of a whole workspace in one file, read again before anyone relies on it."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from kamtools.errors import KamError
from kamtools.workspace.csvtext import part_path
from kamtools.workspace.locking import LOCK, OWNER
from kamtools.workspace.places import FILE

LIST = ".kam-backup.json"  # in the backup: format, and hash and time of each file
_LEFT = {".cache", "backups", LOCK, OWNER, f"{FILE}-wal", f"{FILE}-shm"}  # made again, or not content
_BLOCK = 1 << 20


def save(root: Path, folder: Path, format: int, at: dt.datetime, needed: Iterable[Path]) -> Path:
    """Write all files of a workspace to a new ZIP file in `folder`, and read it again.

    Parameters
    ----------
    root : Path
    folder : Path
        Made where it is not there.
    format : int
        Of the workspace.
    at : datetime
        Stands in the name.
    needed : iterable of Path
        Files that must be in it, reached through a link or not.

    Raises
    ------
    KamError
        ``workspace.backup_differs`` where what was written is not what is there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"format-{format}-{at.astimezone(dt.UTC):%Y%m%d-%H%M%S}"
    path = next(p for n in range(1000) if not (p := folder / f"{name}{f'-{n}' if n else ''}.zip").exists())
    for old in folder.glob(".*.part"):  # of a backup that a crash cut short
        old.unlink()
    part = part_path(path)
    try:
        kept: dict[str, tuple[str, int]] = {}
        with (
            tempfile.TemporaryDirectory(prefix="kam-") as made,
            zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1, strict_timestamps=False) as out,
        ):
            for file in sorted({*_files(root), *needed}):
                inner = file.relative_to(root).as_posix()
                source = _database(file, Path(made) / FILE) if inner == FILE else file
                out.write(source, inner)
                kept[inner] = (_hash(source.open("rb")), file.stat().st_mtime_ns)
            out.writestr(LIST, json.dumps({"format": format, "files": kept}, ensure_ascii=False))
        with zipfile.ZipFile(part) as written:
            wrong = [inner for inner, (digest, _) in kept.items() if _hash(written.open(inner)) != digest]
        if wrong:
            raise KamError("workspace.backup_differs", path=path, file=wrong[0])
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path


def contents(backup: Path) -> tuple[int, dict[str, tuple[str, int]]]:
    """Return the format of what a backup holds, and hash and time of each file by its name.

    Raises
    ------
    KamError
        ``workspace.backup_unreadable``.
    """
    try:
        with zipfile.ZipFile(backup) as file:
            said = json.loads(file.read(LIST))
        return int(said["format"]), {str(k): (str(v[0]), int(v[1])) for k, v in said["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile) as error:
        raise KamError("workspace.backup_unreadable", path=backup, detail=str(error)) from None


def restore_into(backup: Path, names: Iterable[str], place: Callable[[str], Path]) -> None:
    """Write files of a backup, with their times, to where `place` says.

    Raises
    ------
    KamError
        ``workspace.backup_differs`` where a file is not what was saved.
    """
    _, kept = contents(backup)
    with zipfile.ZipFile(backup) as file:
        for name in sorted(names):
            target = place(name)
            target.write_bytes(file.read(name))
            digest, time = kept[name]
            if _hash(target.open("rb")) != digest:
                raise KamError("workspace.backup_differs", path=backup, file=name)
            os.utime(target, ns=(time, time))


def _files(root: Path) -> list[Path]:
    found = []
    for folder, inner, files in os.walk(root):
        if Path(folder) == root:
            inner[:] = [name for name in inner if name not in _LEFT]
            files = [name for name in files if name not in _LEFT]
        inner[:] = [name for name in inner if name != ".new"]  # written aside by a change that never was
        found += [Path(folder) / name for name in files if not name.endswith(".part")]
    return [path for path in found if path.is_file()]


def _database(file: Path, copy: Path) -> Path:
    """Copy a SQLite file as of one moment, what is only in its log included."""
    try:
        with (
            contextlib.closing(sqlite3.connect(file)) as source,
            contextlib.closing(sqlite3.connect(copy)) as to,
        ):
            source.backup(to)
            to.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise KamError("store.damaged", place=file, reason=error) from None
    return copy


def _hash(stream: Any) -> str:
    with stream:
        digest = hashlib.sha256()
        while block := stream.read(_BLOCK):
            digest.update(block)
        return digest.hexdigest()
