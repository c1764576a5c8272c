"""Where a SQLite store may be: on a disk of this machine, in a folder that nothing synchronises."""

from __future__ import annotations

import functools
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from kamtools.errors import KamError

FILE = "kam.sqlite"  # in the folder of a workspace
_MOUNTS = Path("/proc/mounts")
_DRIVE_REMOTE = 4  # GetDriveTypeW


@functools.cache
def _lists() -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / "synced_folders.toml").read_text(encoding="utf-8"))


def check_place(folder: Path) -> None:
    """Refuse a folder on a network drive or in a synchronised folder.

    Such places break the locks and the order of writing that SQLite relies on:
    words are lost without a message.

    Raises
    ------
    KamError
        ``store.network_drive`` or ``store.synced_folder``, with what to do instead.
    """
    real = check_disk(folder)
    for path in (folder.absolute(), real):
        service = synced_by(path, os.environ)
        if service:
            raise KamError("store.synced_folder", path=folder, service=service)


def check_disk(folder: Path) -> Path:
    """Refuse a folder on a network drive; return it with its links resolved.

    Raises
    ------
    KamError
        ``store.network_drive``.
    """
    if is_unc(str(folder)) or _is_remote_drive(folder):
        raise KamError("store.network_drive", path=folder, kind="UNC")
    real = Path(os.path.realpath(folder))
    if is_unc(str(real)) or _is_remote_drive(real):
        raise KamError("store.network_drive", path=folder, kind="UNC")
    if _MOUNTS.is_file():
        kind = network_kind(real.as_posix(), _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape"))
        if kind:
            raise KamError("store.network_drive", path=folder, kind=kind)
    return real


def is_unc(path: str) -> bool:
    r"""Tell whether a path names a share of another machine.

    Examples
    --------
    >>> is_unc(r"\\server\share\kam"), is_unc(r"\\?\UNC\server\share"), is_unc(r"\\?\C:\kam")
    (True, True, False)
    """
    text = path.replace("/", "\\") if os.name == "nt" else path
    if text.startswith(("\\\\?\\", "\\\\.\\")):
        return text[4:8].upper() == "UNC\\"
    return text.startswith("\\\\")


def _is_remote_drive(path: Path) -> bool:
    """Tell whether a drive letter of Windows stands for a share."""
    if os.name != "nt":
        return False
    import ctypes  # its `windll` is there on Windows only

    drive = path.absolute().drive
    return bool(drive) and getattr(ctypes, "windll").kernel32.GetDriveTypeW(f"{drive}\\") == _DRIVE_REMOTE  # noqa: B009


def network_kind(path: str, mounts: str) -> str | None:
    r"""Return the file system under `path` where it is one of another machine, else None.

    Parameters
    ----------
    path : str
        Absolute, links resolved.
    mounts : str
        The text of ``/proc/mounts``.

    Examples
    --------
    >>> mounts = "/dev/sda1 / ext4 rw 0 0\nfiler:/x /home/my\\040team nfs4 rw 0 0\n"
    >>> network_kind("/home/my team/kam", mounts), network_kind("/home/my", mounts)
    ('nfs4', None)
    """
    best, kind = -1, ""
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), parts[1])
        inside = PurePosixPath(path).is_relative_to(point)
        if inside and len(point) >= best:  # the last of equals is the one on top
            best, kind = len(point), parts[2]
    lists = _lists()
    if kind in lists["local"]:
        return None
    begins = tuple(name for name in lists["network"] if name.endswith("."))
    return kind if kind in lists["network"] or (kind and kind.startswith(begins)) else None


def synced_by(path: Path, environment: Mapping[str, str]) -> str | None:
    """Return the part of `path` by which a service that synchronises is known, or None.

    Examples
    --------
    >>> synced_by(Path("/home/li/OneDrive - Lanting/kam"), {})
    'OneDrive - Lanting'
    >>> synced_by(Path("/home/li/dropboxes/kam"), {})
    """
    lists = _lists()
    names = "|".join(re.escape(name) for name in lists["names"])
    known = re.compile(rf"(?i)(?:{names})(?:\s*[-(].*)?")
    for part in path.parts:
        if known.fullmatch(part):
            return part
    for name in lists["variables"]:
        folder = environment.get(name)
        if folder and path.is_relative_to(folder):
            return name
    for parent in (path, *path.parents):
        for mark in lists["marks"]:
            try:
                # Dropbox keeps its settings in ~/.dropbox, a folder; in what it synchronises, .dropbox is a file
                found = (parent / mark).is_file() if mark == ".dropbox" else (parent / mark).exists()
            except OSError:  # a folder that may not be looked into says nothing
                continue
            if found:
                return f"{parent.name or parent}/{mark}"
    return None
