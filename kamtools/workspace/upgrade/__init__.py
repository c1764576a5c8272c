"""From an older format of a workspace to today's, and back.

A format is changed in a module of its own (``format_1``, ``format_2``), which
knows the old layout by heart and calls nothing that may change later.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from kamtools.errors import KamError
from kamtools.words import say
from kamtools.workspace.folder import FORM, FORMAT, Form, check_is_workspace, format_of, is_pack
from kamtools.workspace.journal import FOLDER as IMPORTS
from kamtools.workspace.locking import one_writer
from kamtools.workspace.places import FILE as STORE
from kamtools.workspace.transaction import Change, settle
from kamtools.workspace.upgrade import format_1, format_2
from kamtools.workspace.upgrade.backup import contents, restore_into, save
from kamtools.workspace.yamltext import read_model

BACKUPS = "backups"
QUARANTINE = "quarantine.csv"


@dataclass(frozen=True)
class UpgradeReport:
    """What an upgrade, or taking one back, did.

    Attributes
    ----------
    path : Path
        The workspace.
    before, after : int
        Formats; equal where nothing was to do.
    backup : Path or None
        What the workspace was before.
    imports : int
        Imports whose rows are marked as theirs.
    rows : tuple of (table, int)
        Rows of each table that was written anew, the same before and after.
    records : int
        Records that the store takes in: ratings, the key account list, answers.
    """

    path: Path
    before: int
    after: int
    backup: Path | None = None
    imports: int = 0
    rows: tuple[tuple[str, int], ...] = ()
    records: int = 0
    ok: bool = True

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the report as text for the terminal."""
        names = {"path": self.path, "before": self.before, "after": self.after, "backup": self.backup}
        if self.before == self.after:
            return [say("workspace.upgrade_nothing", lang, **names)]
        if self.before > self.after:
            return [say("workspace.upgrade_back_done", lang, **names)]
        counts = {"tables": len(self.rows), "rows": f"{sum(n for _, n in self.rows):,}"}
        lines = []
        if self.before < 2:
            lines.append(say("workspace.upgrade_tables", lang, **counts, imports=self.imports))
        if self.records:
            lines.append(say("workspace.upgrade_words", lang, records=self.records))
        return [say("workspace.upgrade_done", lang, **names), *lines]


def upgrade_workspace(path: str | Path, at: dt.datetime, who: str = "") -> UpgradeReport:
    """Bring a workspace of an older format to today's.

    A backup of all that is in it is written first, to ``backups/``, and read
    again. Every table is compared, value by value, before the new ones are put
    in place; then all change at once: a crash leaves the old or the new.

    Parameters
    ----------
    path : path
    at : datetime
        Now; it names the backup.
    who : str, optional
        For whoever has to wait; of format 2 and before also whose the answers to exercises are, since nothing
        there says who gave them.

    Raises
    ------
    KamError
        For what is no workspace, for a pack, for a format that is newer than
        this program, while another writes, and where a file of the old format cannot be read.
    """
    root = Path(path).expanduser()
    check_is_workspace(root)
    if is_pack(root):
        raise KamError("workspace.upgrade_pack", path=root)
    settle(root)
    with one_writer(root, say("workspace.upgrade_doing"), who):
        before = format_of(root)
        if before == FORMAT:
            return UpgradeReport(root, before, before)
        needed = [*(format_1.files(root) if before < 2 else ()), *format_2.files(root)]
        backup = save(root, root / BACKUPS, before, at, needed)
        change = Change(root)
        try:
            result = format_1.convert(root, change) if before < 2 else format_1.Converted((), 0, ())
            words = format_2.convert(root, change, who or "kam upgrade")
            new = {name: change.aside(name) for name in result.written}
            brought = json.loads(change.aside(words[0]).read_text(encoding="utf-8")) if words else []
            form = Form(
                format=FORMAT,
                backup=backup.relative_to(root).as_posix(),
                state=_state(_standing(root) | new),
                words=_words_state(brought),
            )
            change.aside(FORM).write_text(yaml.safe_dump(form.model_dump()), encoding="utf-8")
        except BaseException:
            change.abandon()
            raise
        change.commit()
    return UpgradeReport(root, before, FORMAT, backup, result.imports, result.rows, len(brought))


def take_back(path: str | Path, at: dt.datetime, who: str = "", despite: bool = False) -> UpgradeReport:
    """Take an upgrade back: what it changed is again what the backup holds.

    That is the tables and the record of imports (from format 1), and the files
    of ratings, the key account list and answers, which leave the store again.
    What an upgrade does not change stays as it is now: forms, settings, closed
    months.

    Parameters
    ----------
    path : path
    at : datetime
        Now.
    who : str, optional
    despite : bool
        Also where something was imported, rated, listed or answered since: that is in another backup then, and
        no longer in the workspace. What stands on a database server is in neither.

    Raises
    ------
    KamError
        Where the workspace was not upgraded, its backup is gone, or something was imported, rated, listed or
        answered since.
    """
    root = Path(path).expanduser()
    check_is_workspace(root)
    settle(root)
    with one_writer(root, say("workspace.upgrade_doing"), who):
        now = format_of(root)
        form = read_model(root / FORM, Form, FORM) if now > 1 else None
        if form is None or not form.backup:
            raise KamError("workspace.upgrade_none", path=root)
        backup = root / form.backup
        before, kept = contents(backup)
        moved = before < 2  # else the tables were left as they are
        written = moved and _state(_standing(root)) != form.state
        said = _words_now(root)
        rewritten = said is None or _words_state(said) != form.words
        if (written or rewritten) and not despite:
            raise KamError("workspace.upgrade_written_since", path=root)
        if written or rewritten:
            save(root, root / BACKUPS, now, at, ())
        change = Change(root)
        wanted = {p for p in kept if format_2.is_converted(p) or (before == 2 and p == FORM)}
        if moved:
            wanted |= {p for p in kept if format_1.is_converted(p) or (written and p == QUARANTINE)}
        new = {*(_standing(root) if moved else ()), FORM, format_2.BROUGHT}
        for name in new - wanted:
            change.drop(name)
        restore_into(backup, wanted, change.aside)
        change.commit()
        _forget_words(root)
        for folder in (root / IMPORTS).glob("[0-9]*"):
            if not any(folder.iterdir()):
                folder.rmdir()
        if (root / IMPORTS).is_dir() and not any((root / IMPORTS).iterdir()):
            (root / IMPORTS).rmdir()
    return UpgradeReport(root, now, before, backup)


# --- words that the store took in --------------------------------------------------------------

_OURS = " or ".join([*(f"form = '{form}'" for form in format_2.FORMS), f"form like '{format_2.EXERCISE}%'"])


def _words_now(root: Path) -> format_2.Words | None:
    """Return ratings, list and answers as they stand; None where they stand on a database server."""
    waiting = root / format_2.BROUGHT
    if waiting.is_file():
        return json.loads(waiting.read_text(encoding="utf-8"))
    if not (root / STORE).is_file():
        form = read_model(root / FORM, Form, FORM)
        return [] if form.words == _words_state([]) else None
    with contextlib.closing(sqlite3.connect(root / STORE)) as store:
        found = store.execute(f"select account, form, fields from kam_record where {_OURS}").fetchall()
    return [{"account": a, "form": f, "fields": json.loads(fields)} for a, f, fields in found]


def _words_state(words: format_2.Words) -> str:
    """Return the hash of words, whoever wrote them and when."""
    said = sorted(json.dumps([w["account"], w["form"], w["fields"]], sort_keys=True) for w in words)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _forget_words(root: Path) -> None:
    """Take out of the store what stands in files again; the backup has it as it was."""
    if not (root / STORE).is_file():
        return
    with contextlib.closing(sqlite3.connect(root / STORE)) as store, store:
        if store.execute(f"select count(*) from kam_record where {_OURS}").fetchone()[0]:
            for table in ("kam_record", "kam_change"):
                store.execute(f"delete from {table} where {_OURS}")


def _standing(root: Path) -> dict[str, Path]:
    """Return what imports write, by its name in the workspace: the tables and the journal."""
    found = [*(root / "facts").glob("*.parquet"), *(root / IMPORTS).glob("[0-9]*/*")]
    return {path.relative_to(root).as_posix(): path for path in found}


def _state(files: Mapping[str, Path]) -> str:
    """Return the hash of files and their names."""
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        with path.open("rb") as file:
            digest.update(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()
