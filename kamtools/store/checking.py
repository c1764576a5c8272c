"""Whether a store can be opened and read, without changing it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from kamtools.store.text import text_fault
from kamtools.workspace.findings import Finding
from kamtools.workspace.places import FILE


def store_findings(folder: Path, url: str = "") -> list[Finding]:
    """Return what is wrong with the store of a workspace or pack: its text, its database, the server it is on.

    Parameters
    ----------
    folder : Path
    url : str
        Of a PostgreSQL database that a run takes in place of the workspace's own file. It is named without its password.
    """
    found = []
    fault = text_fault(folder)
    if fault is not None:
        found.append(Finding("error", "store", None, "", "", "store_unreadable", {"detail": fault.text()}))
    path = folder / FILE
    if url:
        found += _server_findings(url)
    elif path.is_file():
        detail = _database(path)
        if detail:
            found.append(Finding("error", FILE, None, "", "", "store_unreadable", {"detail": detail}))
    return found


def _server_findings(url: str) -> list[Finding]:
    """Return why a database by its address cannot be read; nothing is made there."""
    from kamtools.store.opening import reading_fault

    place, fault = reading_fault(url)
    if fault is None:
        return []
    return [Finding("error", place or "store", None, "", "", "store_not_open", {"detail": fault.text()})]


def _database(path: Path) -> str:
    """Return what SQLite says of a damaged file, empty where it is whole."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base:
            said = [str(row[0]) for row in base.execute("pragma quick_check(1)")]
            base.execute("select count(*) from sqlite_master").fetchall()
    except sqlite3.Error as error:
        return str(error)
    return "" if said == ["ok"] else "; ".join(said)
