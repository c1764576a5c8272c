"""Several files of a workspace changed as one: a crash at any moment leaves all of the old ones or all of the new ones.

New files are written aside. Then one small file, the intent, says which file goes where: from that moment on the
change is made, and :func:`settle` finishes what a crash interrupted, whoever opens the workspace next.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from pathlib import Path

from kamtools.errors import KamError
from kamtools.workspace.csvtext import write_atomic
from kamtools.workspace.locking import one_writer

FOLDER = "imports"
ASIDE = ".new"  # under imports/: files that are not in place yet
INTENT = ".intent.json"  # under imports/: a change that is decided


class Change:
    """A change of a workspace, to be made under its lock.

    Paths are relative to the workspace. What a replaced or removed file held can be kept under another path.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     root = Path(folder)
    ...     change = Change(root)
    ...     change.aside("facts/a.txt").write_text("new")
    ...     (root / "facts" / "a.txt").exists()
    ...     change.commit()
    ...     (root / "facts" / "a.txt").read_text()
    3
    False
    'new'
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._aside = root / FOLDER / ASIDE
        shutil.rmtree(self._aside, ignore_errors=True)  # of a change that never was
        self._put: dict[str, int] = {}
        self._count = 0
        self._keep: dict[str, str] = {}
        self._drop: list[str] = []

    def aside(self, path: str) -> Path:
        """Return where to write the new content of `path`."""
        if path not in self._put:
            self._count += 1
            self._put[path] = self._count
        self._aside.mkdir(parents=True, exist_ok=True)
        return self._aside / str(self._put[path])

    def never(self, path: str) -> None:
        """Take back :meth:`aside`."""
        self._put.pop(path)

    def keep(self, path: str, under: str) -> None:
        """Keep what `path` holds before the change under another path."""
        self._keep[path] = under

    def drop(self, path: str) -> None:
        """Remove `path`."""
        self._drop.append(path)

    def commit(self) -> None:
        """Make the change: after this it is there, whatever happens.

        Raises
        ------
        KamError
            ``workspace.cannot_replace`` where a file cannot be put in place, since another program holds it, say:
            nothing is changed then.
        """
        for number in self._put.values():
            _to_disk(self._aside / str(number))
        touched = [path for path in (*self._put, *self._drop) if (self.root / path).is_file()]
        for n, path in enumerate(touched):
            _copy(self.root / path, self._aside / f"old-{n}")
        intent = {
            "put": [[str(number), path] for path, number in self._put.items()],
            "keep": [[path, under] for path, under in self._keep.items()],
            "drop": self._drop,
        }
        place = self.root / FOLDER / INTENT
        write_atomic(place, json.dumps(intent, ensure_ascii=False).encode())
        _to_disk(place.parent)
        try:
            _finish(self.root)
        except OSError as error:
            self._roll_back(touched)
            place.unlink(missing_ok=True)
            raise KamError(
                "workspace.cannot_replace", path=error.filename2 or error.filename or self.root
            ) from error

    def _roll_back(self, touched: list[str]) -> None:
        """Put back what was there before, as far as it was changed."""
        for path in self._put:
            if path not in touched:
                (self.root / path).unlink(missing_ok=True)
        for n, path in enumerate(touched):
            old = self._aside / f"old-{n}"
            if not (self.root / path).is_file() or not os.path.samefile(old, self.root / path):
                with contextlib.suppress(OSError):
                    os.replace(old, self.root / path)

    def abandon(self) -> None:
        """Forget what was written aside; a change that is decided stays decided."""
        if not (self.root / FOLDER / INTENT).is_file():
            shutil.rmtree(self._aside, ignore_errors=True)


def settle(root: Path) -> None:
    """Finish a change that was decided and interrupted; nothing to do is the usual case.

    Raises
    ------
    KamError
        ``workspace.busy`` where another process goes on writing for longer than it is waited for.
    """
    if not (root / FOLDER / INTENT).is_file():
        return
    with one_writer(root, "settle"):
        settle_locked(root)


def settle_locked(root: Path) -> None:
    """Do as :func:`settle`, for who holds the lock."""
    if (root / FOLDER / INTENT).is_file():
        _finish(root)


def _finish(root: Path) -> None:
    """Put every file in place; each step can be done again."""
    place = root / FOLDER / INTENT
    intent = json.loads(place.read_text(encoding="utf-8"))
    aside = root / FOLDER / ASIDE
    for path, under in intent["keep"]:
        before, kept = root / path, root / under
        if before.is_file() and not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            _copy(before, kept)
    for number, path in intent["put"]:
        if (aside / number).exists():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(aside / number, root / path)
    for path in intent["drop"]:
        (root / path).unlink(missing_ok=True)
    for folder in {(root / path).parent for _, path in intent["put"]}:
        _to_disk(folder)
    shutil.rmtree(aside, ignore_errors=True)
    place.unlink()


def _copy(before: Path, kept: Path) -> None:
    """Keep a file under another name: a second name for the same bytes where the disk can, else a copy."""
    part = kept.with_name(f".{kept.name}.part")
    part.unlink(missing_ok=True)
    try:
        os.link(before, part)
    except OSError:
        shutil.copy2(before, part)
    os.replace(part, kept)


def _to_disk(path: Path) -> None:
    """Have the disk hold what was written, so that a loss of power does not take it."""
    if path.is_dir() and os.name == "nt":
        return  # Windows has no such call for folders
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
