"""Read what was written without opening a store for writing: a pack's text, a workspace's file, a server."""

from __future__ import annotations

import datetime as dt
import functools
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kamtools.store.text import FOLDER, load_text
from kamtools.store.values import Change, FieldValue, Record, stamp
from kamtools.workspace import Workspace
from kamtools.workspace.places import FILE

if TYPE_CHECKING:
    from kamtools.store.access import Store

_open: dict[str, Store] = {}


def store_target(workspace: Workspace) -> str | Workspace:
    """Return where a workspace's words are kept: the database that ``KAM_STORE`` names, else the workspace.

    A pack is read-only and always has its own.
    """
    url = os.environ.get("KAM_STORE", "")
    return url if url and not workspace.is_pack else workspace


def written(workspace: Workspace, account: str | None = None) -> tuple[list[Record], list[Change]]:
    """Return the records and their history, of one account where given, as they stand now.

    Parameters
    ----------
    workspace : Workspace
        Nothing is made where it has no store yet: then there is nothing written.
    account : str, optional

    Returns
    -------
    list of Record, list of Change
        Records sorted by form and account, changes in the order written.
    """
    target = store_target(workspace)
    if not isinstance(target, str) and not (workspace.root / FILE).is_file():
        records, changes = _text(workspace.root / FOLDER)
        return (
            [r for r in records if account in (None, r.account)],
            [c for c in changes if account in (None, c.account)],
        )
    key = target if isinstance(target, str) else str(workspace.root)
    if key not in _open:
        # a pack does without the database's libraries
        from kamtools.store.opening import open_store

        _open[key] = open_store(target)
    return _open[key].everything(account)


def _text(folder: Path) -> tuple[tuple[Record, ...], tuple[Change, ...]]:
    if not folder.is_dir():
        return (), ()
    newest = max((p.stat().st_mtime_ns for p in folder.iterdir()), default=0)
    return _loaded(folder, newest)


@functools.lru_cache(maxsize=4)
def _loaded(folder: Path, _changed: int) -> tuple[tuple[Record, ...], tuple[Change, ...]]:
    records, changes = load_text(folder)
    return tuple(records), tuple(changes)


def records_on(
    records: Iterable[Record], changes: Iterable[Change], day: dt.date, time_zone: str = "Asia/Shanghai"
) -> dict[tuple[str, str], dict[str, FieldValue]]:
    """Return the fields of each form as they stood at the end of a day.

    Parameters
    ----------
    records, changes
        As :func:`written` returns them.
    day : date
    time_zone : str, optional
        Where the day ends: the settings', so that it is the same day on every machine.

    Returns
    -------
    dict
        ``{(account, form): {field: FieldValue}}``; a form that was not there yet is left out.

    Examples
    --------
    >>> at = dt.datetime(2026, 8, 31, 16, tzinfo=dt.UTC)  # midnight in Shanghai
    >>> made = Change("A", "pulse", "taken", None, FieldValue("2026-09-01"), "Li", at, 1)
    >>> record = Record("A", "pulse", {"taken": FieldValue("2026-10-01")}, 2, "Li", at)
    >>> records_on([record], [made], dt.date(2026, 9, 30))["A", "pulse"]["taken"].value
    '2026-09-01'
    >>> records_on([record], [made], dt.date(2026, 8, 31))
    {}
    """
    end = stamp(dt.datetime.combine(day, dt.time.max, ZoneInfo(time_zone)))
    known = {(r.account, r.form) for r in records}
    states: dict[tuple[str, str], dict[str, FieldValue]] = {}
    for change in changes:
        key = (change.account, change.form)
        if key not in known or stamp(change.at) > end:
            continue
        fields = states.setdefault(key, {})
        if change.after is None:
            fields.pop(change.field, None)
        else:
            fields[change.field] = change.after
    return states
