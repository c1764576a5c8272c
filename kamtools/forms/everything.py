"""The whole check of a workspace or pack: its data, its store, and what its forms say of people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from kamtools.errors import KamError
from kamtools.workspace import CheckReport, Finding, check_workspace


def check_everything(path: str | Path, as_of: dt.date | None = None) -> CheckReport:
    """Check all that a run opens: :func:`kamtools.workspace.check_workspace`, the store, the forms.

    Parameters
    ----------
    path : path
    as_of : date, optional
        Default: ``as_of`` of the settings.
    """
    from kamtools.store.checking import store_findings

    folder = Path(path).expanduser()
    report = check_workspace(folder, as_of)
    faults = store_findings(folder)
    if not faults and report.ok:
        faults = list(_people(folder, as_of))
    return report.also(faults) if faults else report


def _people(folder: Path, as_of: dt.date | None) -> Iterator[Finding]:
    """Yield superiors in a circle, unknown or oneself, and contacts after the day, of every account."""
    from kamtools.forms.checking import check_people
    from kamtools.forms.definitions import form
    from kamtools.store import written
    from kamtools.workspace import open_workspace

    try:
        opened = open_workspace(folder)
        stated = opened.settings.as_of
        day = as_of or (dt.date.fromisoformat(stated) if stated else None)
        records, _ = written(opened)
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
