"""The journal of imports for people: what came in when, and taking the last import back."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from kamtools.errors import KamError
from kamtools.importing import quarantine
from kamtools.importing.report import totals
from kamtools.user import user_name
from kamtools.words import say
from kamtools.workspace import one_writer, open_workspace
from kamtools.workspace.folder import check_is_workspace
from kamtools.workspace.journal import ENTRY, ImportEntry, imports
from kamtools.workspace.paths import parquet_file
from kamtools.workspace.transaction import Change, settle_locked

EDITED = "quarantine-edited.csv"  # what a person had mended since, kept beside the entry


@dataclass(frozen=True)
class UndoReport:
    """What taking an import back changed."""

    workspace: Path
    entry: ImportEntry
    edited: Path | None = None

    @property
    def ok(self) -> bool:
        """Always true: what cannot be taken back raises."""
        return True

    def lines(self, lang: str | None = None) -> list[str]:
        """Return what was taken back: files, rows and money."""
        e = self.entry
        lines = [say("importing.undone", lang, number=e.number, files=_files(e), at=_day(e), who=e.who)]
        lines += [totals(t, {k: v[::-1] for k, v in sums.items()}, lang) for t, sums in e.tables.items()]
        if self.edited:
            lines.append(say("importing.undone_edited", lang, path=self.edited))
        return lines


@dataclass(frozen=True)
class JournalReport:
    """The journal as a list."""

    workspace: Path
    entries: tuple[ImportEntry, ...]

    @property
    def ok(self) -> bool:
        """Always true."""
        return True

    def lines(self, lang: str | None = None) -> list[str]:
        """Return for each import when, who, files, rows and money before and after."""
        if not self.entries:
            return [say("importing.journal_empty", lang, workspace=self.workspace)]
        lines = []
        for e in self.entries:
            params = {
                "number": e.number,
                "at": _day(e),
                "who": e.who or "–",
                "files": _files(e),
                "mapping": e.mapping,
            }
            lines.append(say("importing.journal_line", lang, **params))
            if e.taken_back:
                who, at = e.taken_back["who"], e.taken_back["at"][:16].replace("T", " ")
                lines.append("    " + say("importing.journal_taken_back", lang, who=who, at=at))
            lines += ["    " + totals(table, sums, lang) for table, sums in e.tables.items()]
        return lines


def list_imports(workspace: Path) -> JournalReport:
    """Return the journal of a workspace, those taken back too.

    Raises
    ------
    KamError
        Where there is no workspace, or an entry cannot be read.
    """
    root = Path(workspace).expanduser()
    check_is_workspace(root)
    return JournalReport(root, tuple(imports(root)))


def undo(workspace: Path, who: str | None = None, at: dt.datetime | None = None) -> UndoReport:
    """Take the last import that counts back: tables and quarantine are again as they were before it.

    Parameters
    ----------
    workspace : path
    who : str, optional
        Default: :func:`kamtools.user.user_name`.
    at : datetime, optional
        Default: now.

    Raises
    ------
    KamError
        Where there is nothing to take back, the import is too old (its former tables are no longer kept, or an
        older version of the program made it), or a table was changed since by other means.
    """
    root = Path(workspace).expanduser()
    check_is_workspace(root)
    open_workspace(root).check_writable()
    who, at = who or user_name(), at or dt.datetime.now(dt.UTC)
    with one_writer(root, "kam undo", who):
        settle_locked(root)
        counting = [e for e in imports(root) if e.taken_back is None]
        if not counting:
            raise KamError("importing.undo_nothing", workspace=root)
        entry = counting[-1]
        if not entry.tables:
            raise KamError("importing.undo_too_old", number=entry.number, files=_files(entry))
        change = Change(root)
        for table, sums in entry.tables.items():
            _take_back(root, change, entry, table, sums)
        edited = _quarantine(root, change, entry)
        said = {"who": who, "at": at.astimezone(dt.UTC).isoformat(timespec="seconds")}
        taken = replace(entry, taken_back=said)
        change.aside(f"{entry.folder}/{ENTRY}").write_text(taken.text(), encoding="utf-8")
        change.commit()
    return UndoReport(root, taken, edited)


def _take_back(
    root: Path, change: Change, entry: ImportEntry, table: str, sums: dict[str, list[str]]
) -> None:
    """Put a table back to what it was before an import."""
    place = f"facts/{table}.parquet"
    before = root / entry.folder / "before" / f"{table}.parquet"
    rows = _rows(root / place)
    if rows is not None and rows != int(sums["rows"][1]):
        raise KamError(
            "importing.undo_changed", number=entry.number, table=table, rows=rows, left=sums["rows"][1]
        )
    if before.is_file():
        shutil.copyfile(before, change.aside(place))
    elif sums["rows"][0] == "0":
        if int(sums["rows"][1]) or rows == 0:
            change.drop(place)
    elif any(a != b for a, b in sums.values()):
        raise KamError("importing.undo_too_old", number=entry.number, files=_files(entry))


def _quarantine(root: Path, change: Change, entry: ImportEntry) -> Path | None:
    """Put the quarantine back; what a person wrote into it since is kept beside the entry."""
    path, before = root / quarantine.FILE, root / entry.folder / "before" / quarantine.FILE
    edited = None
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != entry.quarantine:
        edited = root / entry.folder / EDITED
        change.keep(quarantine.FILE, f"{entry.folder}/{EDITED}")
    if before.is_file():
        shutil.copyfile(before, change.aside(quarantine.FILE))
    else:
        change.drop(quarantine.FILE)
    return edited


def _rows(path: Path) -> int | None:
    """Return how many rows a table has, None where it is not there or cannot be read."""
    import pyarrow as pa

    try:
        with parquet_file(path) as file:
            return file.metadata.num_rows
    except (OSError, pa.ArrowException):
        return None


def _files(entry: ImportEntry) -> str:
    return ", ".join(dict.fromkeys(u.label for u in entry.units))


def _day(entry: ImportEntry) -> str:
    return entry.at[:16].replace("T", " ")
