"""What a trainee answered: data in one small file, never code.

In a workspace the file is ``answers/answers.json``; for a
read-only pack it is ``work/answers.json`` in the project, or in the folder
that ``KAM_WORK`` names.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamtools.errors import KamError

if TYPE_CHECKING:
    from kamtools.workspace import Workspace

FORMAT = 1


@dataclass(frozen=True)
class Answers:
    """The answers given about the accounts of one workspace.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> answers = Answers(Path(folder.name) / "answers.json", "samples")
    >>> answers.get("A001", "exercises")
    {}
    >>> answers.put("A001", "exercises", "2.A.1.x1", {"value": 12})
    >>> answers.get("A001", "exercises")
    {'2.A.1.x1': {'value': 12}}
    >>> folder.cleanup()
    """

    path: Path
    workspace: str

    def get(self, account: str, kind: str) -> dict[str, Any]:
        """Return what is kept of one `kind` (``exercises``, ``ratings``) for an account: ``{id: value}``.

        A file that cannot be read holds nothing here; writing says what is wrong with it.
        """
        try:
            data = self._read()
        except KamError:
            return {}
        found = data.get("workspaces", {}).get(self.workspace, {}).get(account, {}).get(kind, {})
        return found if isinstance(found, dict) else {}

    def put(self, account: str, kind: str, key: str, value: Any) -> None:
        """Keep one value; the file is replaced whole, or left as it was.

        Raises
        ------
        KamError
            Where the file cannot be written.
        """
        data = self._read()
        data["format"] = FORMAT
        place = data.setdefault("workspaces", {})
        for name in (self.workspace, account, kind):
            place = place.setdefault(name, {})
        place[key] = value
        text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle, made = tempfile.mkstemp(dir=self.path.parent, prefix=".answers-", suffix=".json")
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.replace(made, self.path)
        except OSError as error:
            raise KamError("classroom.cannot_save", path=self.path, reason=error.strerror) from error

    def _read(self) -> dict[str, Any]:
        """Return the file's content; a damaged file is put aside under another name, not lost."""
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            if isinstance(data, dict) and isinstance(data.get("workspaces", {}), dict):
                return data
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except ValueError:
            pass
        except OSError as error:
            raise KamError("classroom.cannot_read", path=self.path, reason=error.strerror) from error
        os.replace(self.path, self.path.with_suffix(".damaged.json"))
        return {}


def answers_of(workspace: Workspace) -> Answers:
    """Return where the answers for a workspace are kept."""
    name = Path(getattr(workspace, "source", None) or workspace.root).name
    if not workspace.is_pack:
        return Answers(workspace.root / "answers" / "answers.json", name)
    from kamtools.classroom.places import work_dir

    return Answers(work_dir() / "answers.json", name)
