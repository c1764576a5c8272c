"""A store and its text: taken out into a pack or a folder, taken into a workspace or an empty store."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from kamtools.store.access import Store
from kamtools.store.opening import has_store, open_store
from kamtools.store.text import FOLDER, load_text, save_text
from kamtools.workspace import Workspace, open_workspace
from kamtools.workspace import new_workspace as _new_workspace
from kamtools.workspace import write_pack as _write_pack
from kamtools.workspace.paths import as_given
from kamtools.workspace.places import check_place
from kamtools.workspace.upgrade.format_2 import BROUGHT

Target = str | Path | Workspace | Store


@contextlib.contextmanager
def opened(target: Target) -> Iterator[Store]:
    """Give the store of `target`; one that was opened here is closed again."""
    if isinstance(target, Store):
        yield target
        return
    with open_store(target) as store:
        yield store


def export_text(target: Target, folder: str | Path) -> Path:
    """Write a store as text into ``folder/store``, as of one moment, while others write.

    Parameters
    ----------
    target : Store, Workspace, path or URL
    folder : path
        A pack, or any folder; an older text in it is replaced.

    Returns
    -------
    Path
        The folder with the two files.
    """
    with opened(target) as store:
        records, changes = store.everything()
    return save_text(records, changes, Path(folder) / FOLDER)


def import_text(target: Target, folder: str | Path) -> Store | None:
    """Load a store's text, as :func:`export_text` wrote it, into a store that is empty.

    Returns
    -------
    Store or None
        `target` where it is an open store; else it is closed again.

    Raises
    ------
    KamError
        Where the store is not empty, or a line is wrong: with file, line and value.
    """
    folder = Path(folder)
    inner = folder / FOLDER
    records, changes = load_text(inner if inner.is_dir() else folder)
    with opened(target) as store:
        store.load(records, changes)
    return target if isinstance(target, Store) else None


def write_pack(workspace: Workspace, path: str | Path) -> Path:
    """Write a workspace as a pack (:func:`kamtools.workspace.write_pack`), its store included."""
    pack = _write_pack(workspace, path)
    if not has_store(workspace):
        return pack
    with open_store(workspace) as store:
        if store.is_empty():
            shutil.rmtree(pack / FOLDER, ignore_errors=True)
        else:
            export_text(store, pack)
    return pack


def new_workspace(path: str | Path, source: str | Path | None = None) -> Workspace:
    """Make a workspace (:func:`kamtools.workspace.new_workspace`), with the store of its source."""
    origin = open_workspace(source) if source is not None else None
    if origin is None or not has_store(origin):
        return _new_workspace(path, source)
    check_place(as_given(path))  # before anything is made
    with open_store(origin) as store:
        records, changes = store.everything()
    workspace = _new_workspace(path, source)
    (workspace.root / BROUGHT).unlink(missing_ok=True)
    shutil.rmtree(workspace.root / FOLDER, ignore_errors=True)  # a pack's words: all are in `records`
    with open_store(workspace) as store:
        store.load(records, changes, only_if_empty=True)
    return workspace
