"""The whole check of a workspace or pack: its data, its store, what its forms say of people, what people judged."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kamtools.errors import KamError
from kamtools.store.kinds import DESIGNATION, GRADING, JUDGED, STATUSES, day_of, rating_of, status_of
from kamtools.store.values import to_json
from kamtools.workspace import CheckReport, Finding, check_workspace
from kamtools.workspace.folder import is_pack

if TYPE_CHECKING:
    from kamtools.store import Record
    from kamtools.workspace import Workspace

if TYPE_CHECKING:
    from kamtools.store import Record
    from kamtools.workspace import Settings, Workspace


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
    judged = [r for r in records if r.form in JUDGED]
    unlisted = _unlisted(opened, {r.account for r in judged})
    for record in judged:
        yield from _judged(record, opened.settings, unlisted)
    contacts = form("contacts")
    for record in records:
        if record.form != contacts.id:
            continue
        for fault in check_people(contacts, record.fields, day):
            params: dict[str, object] = {"account": record.account, "said": fault.reason()}
            file, column = f"forms/{record.account}/contacts", fault.column
            yield Finding("warning", file, fault.row, column, fault.value, "form", params)


def _unlisted(workspace: Workspace, wanted: set[str]) -> set[str]:
    """Return the accounts that no row names: neither listed nor met in the ledger; none where there are no rows."""
    from kamtools.workspace.paths import parquet_file

    tables = [name for name in ("accounts", "ledger") if workspace.has(name)]
    for name in tables:
        if not wanted:
            break
        with parquet_file(workspace.table_path(name)) as file:
            for batch in file.iter_batches(columns=["account"]):
                wanted = wanted - set(batch.column(0).unique().to_pylist())
    return wanted if tables else set()


def _judged(record: Record, settings: Settings, unlisted: set[str]) -> Iterator[Finding]:
    """Yield ratings that nobody asked for or that are none, days and changes of the list that are none."""
    file = f"forms/{record.account}/{record.form}"
    if record.account in unlisted:
        yield Finding("warning", file, None, "account", record.account, "judged_account")
    if record.form == DESIGNATION:
        for day, field in record.fields.items():
            if day_of(day) is None:
                yield Finding("error", file, None, "since", day, "date")
            if not status_of(field):
                said = to_json(field.value)[:60]
                yield Finding("error", file, None, day, said, "not_allowed", {"allowed": ", ".join(STATUSES)})
    elif record.form == GRADING:
        rated = {c.id: c for c in settings.criteria}
        params: dict[str, object] = {
            "allowed": ", ".join(c.id for c in settings.criteria if c.measure is None)
        }
        for criterion, field in record.fields.items():
            if criterion not in rated:
                yield Finding("warning", file, None, "criterion", criterion, "criterion_unknown", params)
            elif rated[criterion].measure is not None:
                yield Finding("warning", file, None, "criterion", criterion, "criterion_from_data", params)
            if field.value is not None and rating_of(field) is None:
                said = to_json(field.value)[:60]
                yield Finding("error", file, None, criterion, said, "not_allowed", {"allowed": "1–5"})
