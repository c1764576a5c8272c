"""Read what was written without opening a store for writing: a pack's text, a workspace's file, a server."""

from __future__ import annotations

import datetime as dt
import functools
import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kamtools.store.text import FOLDER, load_text
from kamtools.store.values import Change, FieldValue, Record, stamp
from kamtools.workspace import Workspace
from kamtools.workspace.places import FILE
from kamtools.workspace.upgrade import format_2
from kamtools.workspace.upgrade.format_2 import BROUGHT

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
    store = _store(workspace)
    if store is not None and not _has_more_in_files(workspace):
        return store.everything(account)
    records, changes = _text(workspace) if store is None else _with_files(workspace, *store.everything())
    return (
        [r for r in records if account in (None, r.account)],
        [c for c in changes if account in (None, c.account)],
    )


def standing(workspace: Workspace, forms: Collection[str], account: str | None = None) -> list[Record]:
    """Return the records of some forms as they stand now, of one account where given; sorted by form and account.

    Parameters
    ----------
    workspace : Workspace
    forms : collection of str
    account : str, optional
    """
    store = _store(workspace)
    if store is None:
        records: Iterable[Record] = _text(workspace)[0]
    elif _has_more_in_files(workspace):
        records = _with_files(workspace, store.records(forms), [])[0]
    else:
        records = store.records(forms)
    return [r for r in records if r.form in forms and account in (None, r.account)]


def _store(workspace: Workspace) -> Store | None:
    """Return the store of a workspace, open; None where its words are text, or there are none yet."""
    target = store_target(workspace)
    waiting = workspace.root / BROUGHT
    if isinstance(target, Workspace) and (
        workspace.is_pack or not ((workspace.root / FILE).is_file() or waiting.is_file())
    ):
        return None  # a pack does without the database's libraries
    from kamtools.store.opening import open_store

    key = target if isinstance(target, str) else f"{workspace.root} {workspace.format}"
    if workspace.is_old and not isinstance(target, str):  # is read as a copy, made anew when a file changes
        places = [workspace.root / FILE, workspace.root / f"{FILE}-wal", *format_2.files(workspace.root)]
        key += "".join(f" {p.name} {p.stat().st_mtime_ns}" for p in places if p.is_file())
    if key not in _open:
        _open[key] = open_store(target)
    if waiting.is_file():
        from kamtools.store.brought import take_in

        take_in(_open[key], workspace.root)
    return _open[key]


def _has_more_in_files(workspace: Workspace) -> bool:
    """Tell whether words stand in files beside a database server's: before the upgrade to format 3."""
    return workspace.has_words_in_files and isinstance(store_target(workspace), str)


def _with_files(
    workspace: Workspace, records: Iterable[Record], changes: Iterable[Change]
) -> tuple[list[Record], list[Change]]:
    from kamtools.store.brought import with_words_in_files

    return with_words_in_files(workspace.root, records, changes)


def _text(workspace: Workspace) -> tuple[tuple[Record, ...], tuple[Change, ...]]:
    old = format_2.files(workspace.root) if workspace.has_words_in_files else []
    files = [*(workspace.root / FOLDER).glob("*.csv"), *old]
    return _loaded(workspace.root, bool(old), tuple((p, p.stat().st_mtime_ns) for p in files))


@functools.lru_cache(maxsize=4)
def _loaded(
    root: Path, old: bool, _state: tuple[tuple[Path, int], ...]
) -> tuple[tuple[Record, ...], tuple[Change, ...]]:
    records, changes = load_text(root / FOLDER)
    if old:
        from kamtools.store.brought import with_words_in_files

        records, changes = with_words_in_files(root, records, changes)
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
