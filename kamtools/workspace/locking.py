"""One writer at a time: a folder is locked by the operating system while something writes into it.

The lock is the kernel's (``flock`` or its like, by filelock): it is free the
moment its process ends, however that ends, and is never taken over by guess.
Who holds it, since when and on which machine stands beside it, for the message
alone.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import platform
from collections.abc import Iterator
from pathlib import Path

from kamtools.errors import KamError
from kamtools.workspace.places import check_disk

LOCK = ".kam.lock"
OWNER = ".kam.lock.json"
WAIT = 60.0  # seconds that a second writer waits for its turn; KAM_WAIT says otherwise


@contextlib.contextmanager
def one_writer(folder: Path, doing: str, who: str = "", wait: float | None = None) -> Iterator[None]:
    """Hold the lock of a folder while its contents are changed; it is made where it is not there.

    Parameters
    ----------
    folder : Path
        A workspace, or a folder of books. Not to be entered twice by one process.
    doing : str
        What is done, in words for the person who has to wait: a message key's text or a command.
    who : str, optional
    wait : float, optional
        Seconds to wait for another writer. Default: ``KAM_WAIT``, else 60.

    Raises
    ------
    KamError
        ``workspace.busy`` with who writes, since when and where; ``store.network_drive``
        where the folder is another machine's: locks do not hold there.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, one_writer(Path(place), "an example"):
    ...     with one_writer(Path(place), "another", wait=0):
    ...         pass
    Traceback (most recent call last):
    ...
    kamtools.errors.KamError: ...
    """
    from filelock import FileLock, Timeout

    check_disk(folder)
    folder.mkdir(parents=True, exist_ok=True)
    patience = float(os.environ.get("KAM_WAIT") or WAIT) if wait is None else wait
    lock = FileLock(folder / LOCK, timeout=patience, fallback_to_soft=False)
    try:
        lock.acquire()
    except NotImplementedError:  # a disk that has no locks
        raise KamError("store.network_drive", path=folder, kind="flock") from None
    except Timeout:
        raise KamError("workspace.busy", path=folder, **_owner(folder)) from None
    owner = folder / OWNER
    try:
        said = {
            "who": who,
            "since": f"{dt.datetime.now().astimezone():%Y-%m-%d %H:%M:%S}",
            "machine": platform.node(),
            "process": os.getpid(),
            "doing": doing,
        }
        with contextlib.suppress(OSError):
            owner.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        yield
    finally:
        with contextlib.suppress(OSError):
            owner.unlink(missing_ok=True)
        lock.release()


def _owner(folder: Path) -> dict[str, object]:
    """Return what is known of who holds the lock of a folder."""
    try:
        said = json.loads((folder / OWNER).read_text(encoding="utf-8"))
        return {k: said.get(k) or "?" for k in ("who", "since", "machine", "process", "doing")}
    except (OSError, ValueError, AttributeError):
        return dict.fromkeys(("who", "since", "machine", "process", "doing"), "?")
