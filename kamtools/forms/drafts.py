"""Words that a person typed into a form and did not save yet: kept at once, one small file for each form being filled.

A file is written by the one form that made it and by no other, so that two
cells, two pages or two kernels that fill the same form never overwrite each
other's words, without a lock.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kamtools.errors import KamError
from kamtools.store.values import to_json
from kamtools.workspace.csvtext import write_atomic
from kamtools.workspace.ids import slug

FORMAT = 1
_PARTS = {"text": str, "rows": list, "source": str, "date": str, "status": str}


@dataclass(frozen=True)
class Draft:
    """What is typed into one form of one account and not saved.

    Attributes
    ----------
    id : str
        Of its file, empty for one that was never kept.
    account, form, who : str
    version : int or None
        The version of the record that it was typed over, None where there was none.
    typed_at : datetime
        In UTC.
    edits : mapping
        Field -> what was touched: ``text``, or ``rows`` (each with ``key``, the row
        as it ``was`` and the ``cells`` typed over it), ``source``, ``date``,
        ``status``; every one as it was typed, whether it can be read or not.
    aside : bool
        Put aside for another version: listed, and not taken up by itself.
    """

    id: str
    account: str
    form: str
    who: str
    version: int | None
    typed_at: dt.datetime
    edits: Mapping[str, Mapping[str, Any]]
    aside: bool = False


@dataclass(frozen=True)
class Drafts:
    """The drafts in one folder.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> drafts = Drafts(Path(folder.name) / "drafts")
    >>> at = dt.datetime(2026, 10, 31, 9, 0, tzinfo=dt.UTC)
    >>> kept = drafts.put(Draft("", "00123", "pulse", "Li", None, at, {"meaning": {"text": "１２ <b>"}}))
    >>> [d.edits["meaning"]["text"] for d in drafts.of("00123", "pulse", "Li")]
    ['１２ <b>']
    >>> drafts.remove(kept.id); drafts.of("00123", "pulse", "Li")
    []
    >>> folder.cleanup()
    """

    folder: Path

    def of(self, account: str, form: str, who: str) -> list[Draft]:
        """Return a person's drafts of a form, the newest first.

        A file that cannot be understood is put aside under another name, not lost.
        """
        found = []
        for path in self.folder.glob(f"{_stem(account, form)}.*.json"):
            draft = _read(path)
            if draft and (draft.account, draft.form, draft.who) == (account, form, who):
                found.append(draft)
        return sorted(found, key=lambda d: d.typed_at, reverse=True)

    def put(self, draft: Draft) -> Draft:
        """Keep a draft, in place of what its file held; return it with its id.

        Raises
        ------
        KamError
            Where the file cannot be written.
        """
        if not draft.id:
            draft = replace(draft, id=f"{_stem(draft.account, draft.form)}.{secrets.token_hex(6)}")
        data = {
            "format": FORMAT,
            "account": draft.account,
            "form": draft.form,
            "who": draft.who,
            "version": draft.version,
            "typed_at": draft.typed_at.isoformat(),
            "aside": draft.aside,
            "edits": {name: dict(edit) for name, edit in draft.edits.items()},
        }
        path = self._path(draft.id)
        try:
            write_atomic(path, to_json(data).encode())
        except OSError as error:
            raise KamError("forms.cannot_keep_draft", path=path, reason=error.strerror) from error
        return draft

    def get(self, id: str) -> Draft | None:
        """Return a draft by its id, None where it is not there any more."""
        return _read(self._path(id)) if id else None

    def remove(self, id: str) -> None:
        """Take a draft away."""
        if id:
            with contextlib.suppress(OSError):
                self._path(id).unlink(missing_ok=True)

    def _path(self, id: str) -> Path:
        return self.folder / f"{Path(id).name}.json"


def _stem(account: str, form: str) -> str:
    return f"{slug(account)}.{slug(form)}"


def _read(path: Path) -> Draft | None:
    try:
        data = json.loads(path.read_bytes())
        draft = Draft(
            path.name.removesuffix(".json"),
            data["account"],
            data["form"],
            data["who"],
            data["version"],
            dt.datetime.fromisoformat(data["typed_at"]),
            data["edits"],
            data["aside"],
        )
        if not all(map(_is_edit, draft.edits.values())):
            raise ValueError("edits")
        return draft
    except OSError:  # another form took it away just now
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        with contextlib.suppress(OSError):
            os.replace(path, path.with_suffix(".damaged"))
        return None


def _is_edit(edit: Any) -> bool:
    known = all(isinstance(part, _PARTS.get(name, type(None))) for name, part in edit.items())
    return known and all(
        isinstance(row["key"], str) and isinstance(row["was"], dict) and isinstance(row["cells"], dict)
        for row in edit.get("rows", ())
    )
