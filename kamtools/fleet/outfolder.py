"""The folder of the books: what a run may write, replace and delete in it.

A run deletes only what a run made. What it is about to make is listed in
``.kam.made.json`` first, so that a crash leaves nothing of ours unlisted; what
is not listed is someone else's and stays. Nothing is followed through a link.

A finished book waits in ``.work/<slug>.done`` (a failed one in ``.failed``) and
is then moved into its place, ``facts.json`` last: without it no book is claimed
done. A move that a crash cut short is ended by the next run.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from kamtools.errors import KamError
from kamtools.fleet.facts_file import write_atomic

BOOK, PAGE, FACTS, FAILED = "book.ipynb", "book.html", "facts.json", "failed.ipynb"
FILES = (BOOK, PAGE, FACTS, FAILED)
ACCOUNTS, OWNERS, PORTAL, RUN, WORK = "accounts", "owners", "index.html", "run.json", ".work"
MADE = ".kam.made.json"
_SLUG = "[A-Za-z0-9_=~-]+"
# Whatever a list says, nothing else is ever deleted.
_LISTABLE = re.compile(
    rf"{ACCOUNTS}/{_SLUG}/(?:{'|'.join(map(re.escape, FILES))})|{OWNERS}/{_SLUG}\.html|index\.html|run\.json|\.work"
)
_OLD_WORK = re.compile(rf"ipython-\d+|log-\d+\.txt|{_SLUG}\.(?:new|old|done|failed)")
_JUNCTION = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT
_MARK = '<meta name="generator" content="kamtools">'  # in every page since the first


class OutFolder:
    """What stands in the folder of the books, and what of it a run made.

    Parameters
    ----------
    path : Path
        It need not be there yet; nothing is made by looking.

    Raises
    ------
    KamError
        ``fleet.linked`` where a folder that a run writes into is a link.

    Examples
    --------
    >>> import tempfile
    >>> place = tempfile.TemporaryDirectory()
    >>> out = OutFolder(Path(place.name))
    >>> out.begin(["index.html"])
    >>> out.write("index.html", "<p>")
    >>> _ = (out.path / "notes.txt").write_text("mine")
    >>> out.remove("index.html"), out.remove("notes.txt")
    (True, False)
    >>> out.end(); place.cleanup()
    """

    def __init__(self, path: Path) -> None:
        self.given, self.path = path, path.resolve()
        for name in (ACCOUNTS, OWNERS, WORK):
            _refuse_link(self.path / name)
        self.made = self._listed()

    @property
    def ours(self) -> bool:
        """True where a run has written here."""
        return (self.path / MADE).is_file() or (self.path / RUN).is_file()

    @property
    def work(self) -> Path:
        """The folder for what is not finished."""
        return self.path / WORK

    def check(self, planned: Iterable[str]) -> None:
        """Refuse a plan that would write over a file of someone else's, or into a link.

        Raises
        ------
        KamError
            ``fleet.in_the_way`` or ``fleet.linked``, with the file.
        """
        for name in planned:
            place = self.path / name
            if name.startswith(f"{ACCOUNTS}/"):
                _refuse_link(place.parent)
            if name not in self.made and os.path.lexists(place):
                raise KamError("fleet.in_the_way", file=place)
        if self.work.is_dir() and WORK not in self.made:
            others = [p for p in self.work.iterdir() if not _OLD_WORK.fullmatch(p.name)]
            if others:
                raise KamError("fleet.in_the_way", file=min(others))

    def begin(self, planned: Sequence[str]) -> None:
        """List what will be made, end what a crash cut short, and make an empty ``.work``."""
        self.check(planned)
        self._list(self.made | set(planned) | {WORK})
        if self.work.is_dir():
            for waiting in sorted(self.work.iterdir()):
                if waiting.suffix in (".done", ".failed"):
                    self._list(self.made | {f"{ACCOUNTS}/{waiting.stem}/{name}" for name in FILES})
                    settle(waiting, self.path / ACCOUNTS)
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True, exist_ok=True)

    def end(self) -> None:
        """Take ``.work`` away, and from the list what is not there any more."""
        shutil.rmtree(self.work, ignore_errors=True)
        self._list({name for name in self.made if os.path.lexists(self.path / name)})

    def write(self, name: str, text: str) -> None:
        """Write a listed file in one step."""
        write_atomic(self.path / name, text, self.work / "part")

    def remove(self, name: str) -> bool:
        """Delete a file that a run made; tell whether there was one."""
        if name not in self.made or not os.path.lexists(self.path / name):
            return False
        (self.path / name).unlink()
        return True

    def account_folders(self) -> list[Path]:
        """Return the folders of accounts in order, without links."""
        found = sorted((self.path / ACCOUNTS).glob("*"))
        return [p for p in found if p.is_dir() and not _is_link(p)]

    def remove_book(self, slug: str) -> bool:
        """Delete an account's files and its folder where nothing else is in it; tell whether any was there."""
        gone = [self.remove(f"{ACCOUNTS}/{slug}/{name}") for name in (FACTS, BOOK, PAGE, FAILED)]
        with contextlib.suppress(OSError):  # someone else's files keep it
            (self.path / ACCOUNTS / slug).rmdir()
        return any(gone)

    def _list(self, names: set[str]) -> None:
        text = json.dumps({"format": 1, "files": sorted(names)}, ensure_ascii=False, indent=1)
        write_atomic(self.path / MADE, text + "\n", self.path / f"{MADE}.part")
        self.made = names

    def _listed(self) -> set[str]:
        try:
            names = json.loads((self.path / MADE).read_text("utf-8"))["files"]
            return {n for n in names if isinstance(n, str) and _LISTABLE.fullmatch(n)}
        except (OSError, ValueError, KeyError, TypeError):
            return self._known()

    def _known(self) -> set[str]:
        """Return what a run of an older version made: our names in folders that ``facts.json`` or the run claims."""
        from kamtools.workspace.ids import slug

        names: set[str] = {RUN} if (self.path / RUN).is_file() else set()
        failed: set[str] = set()
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            run = json.loads((self.path / RUN).read_text("utf-8"))
            failed = {Path(a["folder"]).name for a in run["accounts"] if a["status"] == "failed"}
        for folder in self.account_folders():
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                account = json.loads((folder / FACTS).read_text("utf-8"))["account"]
                if slug(str(account)) == folder.name:
                    names |= {f"{ACCOUNTS}/{folder.name}/{n}" for n in FILES}
            if folder.name in failed:
                names.add(f"{ACCOUNTS}/{folder.name}/{FAILED}")
        for page in (self.path / PORTAL, *(self.path / OWNERS).glob("*.html")):
            with contextlib.suppress(OSError, ValueError):
                if _MARK in page.read_text("utf-8")[:4000]:
                    names.add(page.relative_to(self.path).as_posix())
        return {n for n in names if _LISTABLE.fullmatch(n)}


def book_files(slug: str) -> list[str]:
    """Return the files that a run may make for an account.

    Examples
    --------
    >>> book_files("A001")[0]
    'accounts/A001/book.ipynb'
    """
    return [f"{ACCOUNTS}/{slug}/{name}" for name in FILES]


def settle(waiting: Path, accounts: Path) -> None:
    """Move a finished book into its place; called again after a crash, it ends what was begun.

    Parameters
    ----------
    waiting : Path
        ``<slug>.done`` or ``<slug>.failed``, complete.
    accounts : Path
        The folder of the accounts. Other files in the account's folder stay.
    """
    place = accounts / waiting.stem
    _refuse_link(place)
    place.mkdir(parents=True, exist_ok=True)
    done = waiting.suffix == ".done"
    if not done or (waiting / FACTS).exists():
        (place / FACTS).unlink(missing_ok=True)  # from here on no book is claimed
    for name in (FAILED,) if done else (BOOK, PAGE):
        (place / name).unlink(missing_ok=True)
    for name in (BOOK, PAGE, FACTS) if done else (FAILED,):
        if (waiting / name).exists():
            os.replace(waiting / name, place / name)
    shutil.rmtree(waiting, ignore_errors=True)


def _is_link(path: Path) -> bool:
    """Tell whether a path is a symbolic link or, on Windows, a junction."""
    try:
        found = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISLNK(found.st_mode) or getattr(found, "st_reparse_tag", 0) == _JUNCTION


def _refuse_link(path: Path) -> None:
    if _is_link(path):
        raise KamError("fleet.linked", path=path, target=os.path.realpath(path))
