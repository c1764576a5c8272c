"""Packs: a workspace as plain text, for git, cases, backup and giving away."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from kamtools.errors import KamError
from kamtools.workspace.csvtext import csv_bytes, first_error, part_path, read_csv, write_atomic
from kamtools.workspace.findings import Finding
from kamtools.workspace.folder import FORMAT as WORKSPACE
from kamtools.workspace.folder import (
    PACK,
    SETTINGS,
    Workspace,
    check_is_workspace,
    check_links,
    is_pack,
    read_arrow,
    save_parquet,
)
from kamtools.workspace.paths import as_given
from kamtools.workspace.settings import Model
from kamtools.workspace.tables import TABLES
from kamtools.workspace.upgrade import format_2
from kamtools.workspace.yamltext import check_model

FORMAT = 2  # of a pack; 1 has ratings and the key account list in files, as workspaces of format 2
STORE = "store"  # what people wrote, as text; kamtools.store writes and reads it
LOCKS = "locks"  # the figures of closed months


def layout_of(pack: Path) -> int:
    """Return the format of workspaces whose layout a pack has."""
    found, _ = check_model(pack / PACK, Pack, PACK)
    return 2 if found and found.format == 1 else WORKSPACE


class Pack(Model):
    """``pack.yml``: the version of the format, and how many rows each table has, so that a cut-off file is noticed."""

    format: int
    rows: dict[str, int] = {}


def pack_text(rows: Mapping[str, int]) -> str:
    """Return the text of ``pack.yml`` for tables with so many rows.

    Examples
    --------
    >>> print(pack_text({"ledger": 2}), end="")
    format: 2
    rows:
      ledger: 2
    """
    counts = [f"  {name}: {rows[name]}\n" for name in TABLES if name in rows]
    return "".join([f"format: {FORMAT}\n", *(["rows:\n", *counts] if counts else [])])


def write_pack(workspace: Workspace, path: str | Path) -> Path:
    """Write a workspace as a pack; what is text already is copied byte for byte.

    What people wrote is in the store: ``kamtools.store.write_pack`` adds it.

    Parameters
    ----------
    workspace : Workspace
    path : path
        A new or empty folder, or an older pack, which is replaced.

    Raises
    ------
    KamError
        Where the folder has something else in it.
    """
    folder = as_given(path)
    if folder.exists() and not is_pack(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise KamError("workspace.not_empty", path=folder)
    if folder.exists() and folder.resolve() == workspace.source.resolve():
        raise KamError("workspace.onto_itself", path=folder)
    if folder.exists():
        check_links(folder)  # what is written over must be its own
    tables = [name for name in TABLES if workspace.has(name)]
    rows = {}
    for name in tables:
        data = read_arrow(workspace.table_path(name), name)
        rows[name] = data.num_rows
        write_atomic(folder / "facts" / f"{name}.csv", csv_bytes(data))
    for old in (folder / "facts").glob("*.csv"):
        if old.stem not in tables:
            old.unlink()
    copy_texts(workspace.root, folder)
    for old in format_2.files(folder):  # of an older pack: what stood there is in the store's text
        old.unlink()
    write_atomic(folder / PACK, pack_text(rows).encode())
    return folder


def copy_texts(source: Path, target: Path) -> None:
    """Copy settings, locks and the store's text; what the source has not is removed."""
    write_atomic(target / SETTINGS, (source / SETTINGS).read_bytes())
    for folder, pattern in ((STORE, "*.csv"), (LOCKS, "*.csv")):
        kept = {path.name for path in (source / folder).glob(pattern)}
        for name in sorted(kept):
            write_atomic(target / folder / name, (source / folder / name).read_bytes())
        for old in (target / folder).glob(pattern):
            if old.name not in kept:
                old.unlink()


def pack_files(pack: Path) -> Iterator[Path]:
    """Yield the files of a pack that are read, in a fixed order."""
    for name in (PACK, SETTINGS):
        if (pack / name).is_file():
            yield pack / name
    yield from sorted((pack / "facts").glob("*.csv"))
    yield from sorted((pack / STORE).glob("*.csv"))
    yield from sorted((pack / LOCKS).glob("*.csv"))
    if layout_of(pack) == 2:
        yield from format_2.files(pack)


def pack_hash(pack: Path) -> str:
    """Return the hash of a pack's bytes."""
    digest = hashlib.sha256()
    for path in pack_files(pack):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(pack).as_posix()} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()


def check_format(pack: Path) -> list[Finding]:
    """Return what is wrong with ``pack.yml``."""
    found, faults = check_model(pack / PACK, Pack, PACK)
    if found and not 1 <= found.format <= FORMAT:
        params: dict[str, object] = {"allowed": FORMAT}
        faults.append(Finding("error", PACK, 1, "format", str(found.format), "pack_format", params))
    return faults


def check_rows(pack: Path, found: Mapping[str, int]) -> list[Finding]:
    """Return the tables of a pack that have not as many rows as were written: a file is gone, or was cut off."""
    said, _ = check_model(pack / PACK, Pack, PACK)
    faults = []
    for table, rows in (said.rows if said else {}).items():
        if found.get(table, 0) != rows:
            params: dict[str, object] = {"rows": rows, "found": found.get(table, 0), "table": table}
            faults.append(Finding("error", f"facts/{table}.csv", None, "", "", "pack_rows", params))
    return faults


def built(pack: Path, cache: Path) -> Path:
    """Return the workspace built from a pack, in the cache under the pack's hash.

    Raises
    ------
    KamError
        Where a file of the pack has faults: the first one and their number.
    """
    check_is_workspace(pack)
    first_error(check_format(pack))
    root = cache / "packs" / f"{WORKSPACE}-{pack_hash(pack)[:32]}"
    if root.is_dir():
        return root
    part = part_path(root)
    try:
        (part / "facts").mkdir(parents=True)
    except OSError as error:
        raise KamError("workspace.no_cache", path=cache, detail=error.strerror) from None
    try:
        rows = {}
        for path in sorted((pack / "facts").glob("*.csv")):
            file = f"facts/{path.name}"
            if path.stem not in TABLES:
                allowed = ", ".join(TABLES)
                raise KamError("workspace.unknown_table", table=path.stem, allowed=allowed)
            data, _, findings = read_csv(path, TABLES[path.stem], file)
            first_error(findings)
            if data is not None:
                rows[path.stem] = data.num_rows
                save_parquet(part / "facts" / f"{path.stem}.parquet", data)
        first_error(check_rows(pack, rows))
        copy_texts(pack, part)
        for path in format_2.files(pack) if layout_of(pack) == 2 else ():
            name = path.relative_to(pack)
            write_atomic(part / name, path.read_bytes())
            shutil.copystat(path, part / name)  # its time is all that is known of when
        os.replace(part, root)
    except OSError:
        if not root.is_dir():  # else another process was first
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return root
