"""Words of an older format: read where they stand, or taken into the store after an upgrade."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from kamtools.errors import KamError
from kamtools.store.values import Change, Record, changes_between, field_of
from kamtools.workspace.upgrade import format_2

if TYPE_CHECKING:
    from kamtools.store.access import Store

Written = tuple[list[Record], list[Change]]


def records_of(words: Iterable[dict]) -> list[Record]:
    """Return plain words as records."""
    return [
        Record(
            word["account"],
            word["form"],
            {name: field_of(data) for name, data in word["fields"].items()},
            1,
            word["who"],
            dt.datetime.fromisoformat(word["at"]),
        )
        for word in words
    ]


def with_words_in_files(root: Path, records: Iterable[Record], changes: Iterable[Change]) -> Written:
    """Return what is in a store together with what an older format has in files; a file goes before the store.

    Raises
    ------
    KamError
        At the first thing that is wrong in the files.
    """
    found = records_of(format_2.words(root))
    ours = {(r.account, r.form) for r in found}
    kept = [r for r in records if (r.account, r.form) not in ours]
    history = [c for c in changes if (c.account, c.form) not in ours]
    history += [
        Change(r.account, r.form, name, before, after, r.changed_by, r.changed_at, r.version)
        for r in found
        for name, before, after in changes_between({}, r.fields)
    ]
    return sorted([*kept, *found], key=lambda r: (r.form, r.account)), history


def take_in(store: Store, root: Path) -> None:
    """Write what an upgrade brought into the store, once, each record as a new version where it differs.

    Raises
    ------
    KamError
        Where the file cannot be read.
    """
    path = root / format_2.BROUGHT
    if not path.is_file():
        return
    with store.transaction():
        try:
            records = records_of(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:  # another process was first
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise KamError("workspace.upgrade_unreadable", path=path, detail=repr(error)) from None
        for r in records:
            now = store.read(r.account, r.form)
            version = now.version if now else None
            store.write(r.account, r.form, r.fields, version=version, who=r.changed_by, at=r.changed_at)
    path.unlink(missing_ok=True)
