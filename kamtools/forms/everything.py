"""The whole check of a workspace or pack: its data, its store, and what its forms say of people."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kamtools.errors import KamError
from kamtools.workspace import CheckReport, Finding, check_workspace
from kamtools.workspace.folder import is_pack

if TYPE_CHECKING:
    from kamtools.store import Record
    from kamtools.workspace import Workspace


def check_everything(path: str | Path, as_of: dt.date | None = None, store: str | None = None) -> CheckReport:
    """Check all that a run opens: :func:`kamtools.workspace.check_workspace`, the store, the forms.

    Parameters
    ----------
    path : path
    as_of : date, optional
        Default: ``as_of`` of the settings.
    store : str, optional
        The address of the database that has the forms. Default: ``KAM_STORE``, else the workspace's own.
        A pack always has its own.
    """
    from kamtools.store.checking import store_findings

    folder = Path(path).expanduser()
    report = check_workspace(folder, as_of)
    url = "" if is_pack(folder) else store or os.environ.get("KAM_STORE", "")
    faults = store_findings(folder, url)
    if not faults and report.ok:
        faults = list(_people(folder, as_of, url))
    return report.also(faults) if faults else report


def _records(opened: Workspace, url: str) -> list[Record]:
    """Return the records of a workspace or of a database; nothing is made where there are none yet."""
    from kamtools.store import open_store, written
    from kamtools.store.opening import has_tables

    if not url:
        return written(opened)[0]
    if not has_tables(url):
        return []
    with open_store(url) as there:
        return there.everything()[0]


def _people(folder: Path, as_of: dt.date | None, url: str) -> Iterator[Finding]:
    """Yield superiors in a circle, unknown or oneself, and contacts after the day, of every account."""
    from kamtools.forms.checking import check_people
    from kamtools.forms.definitions import form
    from kamtools.workspace import open_workspace

    try:
        opened = open_workspace(folder)
        stated = opened.settings.as_of
        day = as_of or (dt.date.fromisoformat(stated) if stated else None)
        records = _records(opened, url)
    except KamError as error:
        yield Finding("error", "store", None, "", "", "store_unreadable", {"detail": error.text()})
        return
    contacts = form("contacts")
    for record in records:
        if record.form != contacts.id:
            continue
        for fault in check_people(contacts, record.fields, day):
            params: dict[str, object] = {"account": record.account, "said": fault.reason()}
            file, column = f"forms/{record.account}/contacts", fault.column
            yield Finding("warning", file, fault.row, column, fault.value, "form", params)
