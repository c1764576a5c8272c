"""What a trainee answered, in the store: a record for each account and exercise, a field for each person.

A pack is read-only, so answers to it are kept beside it: the same records as
text, in ``work/answers/<pack>/`` of the project, or in the folder that
``KAM_WORK`` names.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamtools.classroom.places import work_dir
from kamtools.errors import KamError
from kamtools.store import Conflict, FieldValue, Record, standing, store_target
from kamtools.store.kinds import exercise_form
from kamtools.user import user_name
from kamtools.workspace.upgrade import format_2

if TYPE_CHECKING:
    from kamtools.store import Store
    from kamtools.workspace import Workspace

PATIENCE = 20.0  # seconds to wait for another notebook of the same person
TRIED = "grading"  # as an exercise: ratings that a person tried, and on which no figure stands


@dataclass(frozen=True)
class Answers:
    """One person's answers about the accounts of one workspace.

    Examples
    --------
    >>> import tempfile
    >>> from kamtools.workspace import new_workspace
    >>> folder = tempfile.TemporaryDirectory()
    >>> answers = Answers(new_workspace(Path(folder.name) / "w"), "Li Ming")
    >>> answers.get("A001", "2.A.1.x1")
    >>> answers.put("A001", "2.A.1.x1", {"value": 12})
    >>> answers.get("A001", "2.A.1.x1")
    {'value': 12}
    >>> folder.cleanup()
    """

    workspace: Workspace
    person: str

    def get(self, account: str, exercise: str) -> Any:
        """Return the answer that is kept; None where there is none, or the place cannot be read.

        What is wrong with a place that cannot be read is said when something is written there.
        """
        try:
            records = self._records(account, exercise_form(exercise))
        except KamError:
            return None
        field = records[0].fields.get(self.person) if records else None
        return field.value if field else None

    def put(self, account: str, exercise: str, value: Any) -> None:
        """Keep an answer; None takes it away. What stood there stays in the history.

        Raises
        ------
        KamError
            Where the place cannot be written; in a workspace of an older format.
        """
        form, at = exercise_form(exercise), dt.datetime.now(dt.UTC)
        with self._store() as store:
            while True:
                record = store.read(account, form)
                fields = dict(record.fields) if record else {}
                fields.pop(self.person, None)
                if value is not None:
                    fields[self.person] = FieldValue(value)
                version = record.version if record else None
                try:
                    store.write(account, form, fields, version=version, who=self.person, at=at)
                    return
                except Conflict:  # someone else answered in between: the record has room for both
                    continue

    @property
    def beside(self) -> Path:
        """Where answers to a pack are kept."""
        return work_dir() / "answers" / self.workspace.source.name

    def _records(self, account: str, form: str) -> list[Record]:
        if self.workspace.is_pack:
            records, _ = self._beside()
        elif self.workspace.has_words_in_files:
            place, name = self.workspace.root / format_2.ANSWERS, self.workspace.source.name
            records = _of_file(place, name, self.person, only=False)
        else:
            return standing(self.workspace, (form,), account)
        return [r for r in records if (r.account, r.form) == (account, form)]

    @contextlib.contextmanager
    def _store(self) -> Iterator[Store]:
        from kamtools.store import open_store

        if not self.workspace.is_pack:
            self.workspace.check_writable()
            with open_store(store_target(self.workspace)) as store:
                yield store
            return
        from filelock import FileLock

        from kamtools.store.opening import in_memory
        from kamtools.store.text import save_text

        try:
            self.beside.mkdir(parents=True, exist_ok=True)
            # not `one_writer`: a class may have its folders on a server, where a database could not be
            with FileLock(self.beside / ".lock", timeout=PATIENCE), in_memory("", *self._beside()) as store:
                yield store
                save_text(*store.everything(), self.beside)
        except OSError as error:  # a lock that is not given in time is one too
            reason = error.strerror or str(error)
            raise KamError("classroom.cannot_save", path=self.beside, reason=reason) from error

    def _beside(self) -> tuple[list[Record], list[Any]]:
        """Return what is kept for a pack; where nothing is yet, what an older version kept in one file for all."""
        from kamtools.store.text import RECORDS, load_text

        if (self.beside / RECORDS).is_file():
            return load_text(self.beside)
        place = work_dir() / "answers.json"
        return _of_file(place, self.workspace.source.name, self.person, only=True), []


def answers_of(workspace: Workspace) -> Answers:
    """Return the answers that whoever works here gave about a workspace."""
    return Answers(workspace, user_name())


def _of_file(path: Path, name: str, person: str, only: bool) -> list[Record]:
    """Return the answers in a file of an older format as records."""
    from kamtools.store.brought import records_of

    return records_of(format_2.answers(path, name, person, only))
