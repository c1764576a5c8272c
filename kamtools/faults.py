"""A fault of the program: a log of where it happened, without a word or a number of the data."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import traceback
import zipfile
from collections.abc import Iterator
from pathlib import Path

from kamtools.errors import KamError

KEPT = 20  # logs; older ones go
SENT = 5
_REMOTE = re.compile(r'^\s+File "(.+)", line (\d+), in (\S+)$', re.MULTILINE)
_PACKAGES = (
    "numpy",
    "pandas",
    "pyarrow",
    "duckdb",
    "pydantic",
    "SQLAlchemy",
    "papermill",
    "click",
)


def log_folder() -> Path:
    """Return where logs are kept: beside the packs that were built, never in a workspace."""
    from kamtools.workspace.folder import default_cache

    return default_cache() / "logs"


def write_log(error: BaseException, command: str) -> Path:
    """Write the log of a fault and return it.

    Parameters
    ----------
    error : BaseException
    command : str
        The command's name, without its arguments.
    """
    folder = log_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}-{os.getpid()}.txt"
    path.write_text(fault_text(error, command), encoding="utf-8")
    for old in _logs()[KEPT:]:
        old.unlink(missing_ok=True)
    return path


def fault_text(error: BaseException, command: str) -> str:
    """Return what a log holds: versions, the command's name, and each exception's type and places in the code.

    An exception's own words and the values of variables are left out: they may
    hold names and amounts.

    Examples
    --------
    >>> try:
    ...     int("Lanting owes 1,200")
    ... except ValueError as error:
    ...     text = fault_text(error, "run")
    >>> "ValueError" in text, "Lanting" in text, "1,200" in text
    (True, False, False)
    """
    lines = [f"command: {command}", *versions(), ""]
    for raised, why in _chain(error):
        lines.append(f"{why}{type(raised).__module__}.{type(raised).__qualname__}")
        frames = traceback.extract_tb(raised.__traceback__)
        lines += [f"  {_place(f.filename)}:{f.lineno}:{f.name}" for f in frames]
        if type(raised).__name__ == "_RemoteTraceback":  # of a worker process: its places stand in its words
            lines += [f"  {_place(file)}:{line}:{name}" for file, line, name in _REMOTE.findall(str(raised))]
    return "\n".join(lines) + "\n"


def _chain(error: BaseException) -> Iterator[tuple[BaseException, str]]:
    seen: set[int] = set()
    found: BaseException | None = error
    why = ""
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found, why
        why = "caused by: " if found.__cause__ else "while handling: "
        found = found.__cause__ or found.__context__


def _place(file: str) -> str:
    """Return a file of code without the folders of this machine.

    Examples
    --------
    >>> _place("/home/li/kam/kamtools/fleet/runs.py"), _place("/home/li/x/own.py")
    ('kamtools/fleet/runs.py', 'own.py')
    """
    parts = Path(file).parts
    for root in ("site-packages", "kamtools"):
        if root in parts:
            start = len(parts) - 1 - parts[::-1].index(root)
            return "/".join(parts[start + (root == "site-packages") :])
    return parts[-1] if parts else "?"


def versions() -> list[str]:
    """Return the versions of program, Python, system and the packages that figures go through, line by line."""
    from importlib.metadata import PackageNotFoundError, version

    found = [f"python: {platform.python_version()}", f"system: {platform.system()} {platform.release()}"]
    for name in ("kamtools", *_PACKAGES):
        try:
            found.append(f"{name}: {version(name)}")
        except PackageNotFoundError:
            continue
    return found


def _logs() -> list[Path]:
    """Return the logs, the newest first."""
    return sorted(log_folder().glob("*.txt"), reverse=True)


def bundle(file: Path) -> int:
    """Zip the newest logs with the versions, to be sent; return how many there are, and make nothing where none.

    Raises
    ------
    KamError
        ``cli.file_exists`` where the file is there already.
    """
    logs = _logs()[:SENT]
    if not logs:
        return 0
    try:
        with zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED) as made:
            made.writestr("versions.txt", "\n".join(versions()) + "\n")
            for log in logs:
                made.write(log, f"logs/{log.name}")
    except FileExistsError:
        raise KamError("cli.file_exists", file=file) from None
    return len(logs)
