"""A workspace on disk: open it, read and write its tables, make a new one."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from kamtools.ahead import ahead
from kamtools.errors import KamError
from kamtools.words import say
from kamtools.workspace.csvtext import compute, part_path, write_atomic
from kamtools.workspace.journal import ORIGIN
from kamtools.workspace.locking import LOCK, OWNER
from kamtools.workspace.paths import as_given, parquet_file
from kamtools.workspace.settings import Settings
from kamtools.workspace.tables import TABLES, arrow_schema, table
from kamtools.workspace.transaction import settle
from kamtools.workspace.yamltext import read_model

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    _Column = TypeVar("_Column", pa.Array, pa.ChunkedArray)

SETTINGS = "settings.yml"
PACK = "pack.yml"
FORM = "workspace.yml"
FORMAT = 3  # of a workspace; 1 has no workspace.yml, 2 has ratings and the key account list in files
TOLD = "KAM_TOLD"  # set where the one who started this process has said that a workspace is old


@dataclass(frozen=True)
class Workspace:
    """An opened workspace.

    Attributes
    ----------
    root : Path
        The folder with the Parquet tables; for a pack, a folder in the cache.
    settings : Settings
        The company's choices.
    read_only : bool
        True for a pack, and for a workspace of an older format.
    source : Path
        What was opened: the workspace, or the pack.
    format : int
        The number of its format; what an older one lacks, ``kam upgrade`` gives it. Of a pack, the format whose
        layout it has.
    """

    root: Path
    settings: Settings
    read_only: bool
    source: Path
    format: int = FORMAT

    @property
    def is_pack(self) -> bool:
        """True where what was opened is a pack."""
        return self.root != self.source

    @property
    def is_old(self) -> bool:
        """True for a workspace that an older version of the program made."""
        return self.format < FORMAT and not self.is_pack

    @property
    def has_words_in_files(self) -> bool:
        """True where ratings and the key account list stand in files of their own, not in the store."""
        return self.format < 3

    def check_writable(self) -> None:
        """Raise ``KamError`` for a pack, and for a workspace of an older format, each with what to do."""
        if self.is_old:
            raise KamError("workspace.old_format", path=self.source)
        if self.read_only:
            raise KamError("workspace.read_only", path=self.source)

    @property
    def facts_dir(self) -> Path:
        """The folder of the tables."""
        return self.root / "facts"

    @property
    def cache_dir(self) -> Path:
        """A folder for what can be made again."""
        return self.root / ".cache"

    def table_path(self, name: str) -> Path:
        """Return where the table `name` is, or would be."""
        return self.facts_dir / f"{table(name).name}.parquet"

    def has(self, name: str) -> bool:
        """Tell whether the workspace has the table `name`."""
        return self.table_path(name).is_file()

    def data_hash(self, fresh: bool = False) -> str:
        """Return the hash of the data: settings, tables, closed months; not of what people wrote.

        Equal for a workspace and the pack made from it, whatever wrote the
        Parquet files. With `fresh`, remembered hashes are not used.
        """
        digest = hashlib.sha256()
        _feed(digest, SETTINGS, self.settings.model_dump_json(exclude_defaults=True).encode())
        for name in TABLES:
            if self.has(name):
                _feed(digest, name, self._table_hash(name, fresh).encode())
        for lock in sorted((self.root / "locks").glob("*.csv")):
            _feed(digest, f"locks/{lock.name}", lock.read_bytes().replace(b"\r\n", b"\n"))
        return digest.hexdigest()

    def _table_hash(self, name: str, fresh: bool) -> str:
        path = self.table_path(name)
        stat = path.stat()
        state = [stat.st_size, stat.st_mtime_ns]
        book = self.cache_dir / "hashes.json"
        known = _read_json(book)
        if not fresh and known.get(name, [None])[:2] == state:
            return known[name][2]
        known[name] = [*state, table_hash(path, name)]
        with contextlib.suppress(OSError):  # a stick that cannot be written: worked out again next time
            write_atomic(book, json.dumps(known).encode())
        return known[name][2]


def open_workspace(path: str | Path, cache_dir: str | Path | None = None) -> Workspace:
    """Open a workspace, or a pack (built into the cache, keyed by its content, and read-only).

    A workspace of an older format opens read-only; one sentence on stderr says
    so, once a process.

    Parameters
    ----------
    path : path
        A folder with ``settings.yml`` (a workspace) or also ``pack.yml`` (a pack).
    cache_dir : path, optional
        Where packs are built. Default: ``KAM_CACHE``, else the user's cache folder.

    Raises
    ------
    KamError
        Where there is no such folder, it is neither, its format is newer than
        this program, or its settings or (of a pack) its files have faults.
    """
    folder = as_given(path)
    if is_pack(folder):
        from kamtools.workspace.packs import built, layout_of

        root = built(folder, Path(cache_dir) if cache_dir else default_cache())
        settings = read_model(root / SETTINGS, Settings, SETTINGS)
        return Workspace(root, settings, read_only=True, source=folder, format=layout_of(folder))
    check_is_workspace(folder)
    settle(folder)
    found = format_of(folder)
    tell_old(folder, found)
    settings = read_model(folder / SETTINGS, Settings, SETTINGS)
    return Workspace(folder, settings, read_only=found < FORMAT, source=folder, format=found)


class Form(BaseModel):
    """``workspace.yml``: the version of the format; after an upgrade, the backup of what it was and a hash since."""

    model_config = ConfigDict(frozen=True)  # a newer one may say more

    format: Annotated[int, Field(ge=1)]
    backup: str = ""
    state: str = ""  # of the tables and the journal
    words: str = ""  # of what the store took in


def format_of(folder: Path) -> int:
    """Return the number of a workspace's format.

    Raises
    ------
    KamError
        ``workspace.newer_format`` where a newer program wrote it.
    """
    if not (folder / FORM).is_file():
        found = 1
    else:
        found = read_model(folder / FORM, Form, FORM).format
    if found > FORMAT:
        raise KamError("workspace.newer_format", path=folder, found=found, known=FORMAT)
    return found


_told: set[Path] = set()


def tell_old(folder: Path, found: int) -> None:
    """Say on stderr, once, that a workspace of an older format can only be read."""
    if found < FORMAT and TOLD not in os.environ and (real := folder.resolve()) not in _told:
        _told.add(real)
        sys.stderr.write(say("workspace.old_format", path=folder) + "\n")


def is_pack(folder: Path) -> bool:
    """Tell whether a folder is a pack."""
    return (folder / PACK).is_file()


def check_is_workspace(folder: Path) -> None:
    """Raise ``KamError`` where a folder is missing, neither workspace nor pack, or a pack with a link out of it."""
    if not folder.is_dir():
        raise KamError("workspace.no_folder", path=folder)
    if is_pack(folder):
        check_links(folder)
    if not (folder / SETTINGS).is_file():
        raise KamError("workspace.not_a_workspace", path=folder, settings=SETTINGS)


def check_links(pack: Path) -> None:
    """Refuse a pack in which a link leads out of it: a pack is given away, and what it holds is not its own then.

    Raises
    ------
    KamError
        ``workspace.link_out`` with the first link.
    """
    root = Path(os.path.realpath(pack))
    for folder, names, files in os.walk(root):
        for name in sorted([*names, *files]):
            place = os.path.join(folder, name)
            if not Path(os.path.realpath(place)).is_relative_to(root):
                file = Path(place).relative_to(root).as_posix()
                raise KamError("workspace.link_out", path=pack, file=file)
        names[:] = [name for name in names if not name.startswith(".")]


def default_cache() -> Path:
    """Return the folder in which packs are built."""
    if os.environ.get("KAM_CACHE"):
        return Path(os.environ["KAM_CACHE"])
    if os.name == "nt" and os.environ.get("LOCALAPPDATA"):
        return Path(os.environ["LOCALAPPDATA"]) / "kamtools" / "cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kamtools"


def new_workspace(
    path: str | Path,
    source: str | Path | None = None,
    choices: Mapping[str, object] | None = None,
) -> Workspace:
    """Make a workspace in a new or empty folder and open it.

    Parameters
    ----------
    path : path
        The folder; made where it does not exist.
    source : path, optional
        A pack or workspace to copy. Without one the workspace is empty and its
        ``settings.yml`` is the template with remarks.
    choices : mapping, optional
        Without a source: values for the first keys of the template: ``company_zh``,
        ``company_en``, ``currency``, ``fiscal_year_start``, ``basis``,
        ``sales_period``, ``as_of`` …

    Raises
    ------
    KamError
        Where the folder has something in it, or the source has faults.
    ValueError
        Where both a source and choices are given.
    """
    if source is not None and choices:
        raise ValueError(f"choices: {dict(choices)!r} go with the template, not with a source")
    from kamtools.workspace.packs import copy_texts
    from kamtools.workspace.upgrade import format_2

    folder = as_given(path)
    if folder.exists() and (
        not folder.is_dir() or any(p.name not in (LOCK, OWNER) for p in folder.iterdir())
    ):
        raise KamError("workspace.not_empty", path=folder)
    origin = open_workspace(source) if source is not None else None
    text = "" if origin else settings_text(choices or {})
    for part in ("facts", "sources", "answers"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    if origin is None:
        write_atomic(folder / SETTINGS, text.encode())
    else:
        copy_texts(origin.root, folder)
        if origin.has_words_in_files:
            format_2.bring_over(origin.root, folder)
        for name in TABLES:
            if origin.has(name):
                _copy_table(origin.table_path(name), folder / "facts" / f"{name}.parquet", name)
    write_atomic(folder / FORM, f"format: {FORMAT}\n".encode())
    return open_workspace(folder)


def _copy_table(source: Path, target: Path, name: str) -> None:
    """Copy a table without where its rows came from: those imports are not in the copy's journal."""
    with parquet_file(source) as file:
        plain = not set(ORIGIN) & set(file.schema_arrow.names)
    if plain:
        write_atomic(target, source.read_bytes())
    else:
        save_parquet(target, read_arrow(source, name))


def settings_text(choices: Mapping[str, object]) -> str:
    """Return the template of ``settings.yml`` with some of its plain values set.

    Raises
    ------
    KamError
        For a key that is not a plain value of the template.

    Examples
    --------
    >>> settings_text({"currency": "GBP"}).splitlines()[4]
    'currency: GBP'
    """
    lines = (Path(__file__).parent / "template.yml").read_text(encoding="utf-8").splitlines()
    for key, value in choices.items():
        places = [i for i, line in enumerate(lines) if line.startswith((f"{key}:", f"# {key}:"))]
        if not places:
            raise KamError("workspace.unknown_choice", key=key)
        plain = value if isinstance(value, int | float) else json.dumps(str(value), ensure_ascii=False)
        if re.fullmatch(
            r"[A-Z]{3}|net|gross|account|parent|months|all|keep|zero|\d{4}-\d\d-\d\d", str(value)
        ):
            plain = str(value)  # needs no quotes
        lines[places[0]] = f"{key}: {plain}"
    return "\n".join(lines) + "\n"


def read_arrow(path: Path, name: str) -> pa.Table:
    """Return a stored table with the types of :func:`arrow_schema`; the path is a literal one."""
    with parquet_file(path) as file:
        own = [c for c in file.schema_arrow.names if c not in ORIGIN]
        return conform(file.read(columns=own), name)


def conform(data: pa.Table, name: str) -> pa.Table:
    """Return a table with exactly the columns and types of `name`; an empty text is missing.

    Raises
    ------
    KamError
        Where a column has a name that the table does not know, a required one
        is not there, or values do not fit the type exactly.
    """
    import pyarrow as pa

    schema = arrow_schema(name)
    _check_columns(data.column_names, name)
    columns = []
    for field in schema:
        if field.name in data.column_names:
            columns.append(_fit(data.column(field.name), field, name))
        else:
            columns.append(pa.nulls(data.num_rows, field.type))
    return pa.table(columns, schema=schema)


def _check_columns(names: list[str], name: str) -> None:
    allowed = arrow_schema(name).names
    unknown = [c for c in names if c not in allowed]
    absent = [c for c in table(name).required if c not in names]
    if unknown or absent:
        raise KamError(
            "workspace.bad_columns",
            table=name,
            unknown=", ".join(unknown) or "–",
            absent=", ".join(absent) or "–",
            allowed=", ".join(allowed),
        )


def _fit(column: _Column, field: pa.Field, name: str) -> _Column:
    """Return a column, or a part of it, with the type of its field."""
    import pyarrow as pa

    pc = compute()

    if column.type != field.type:
        try:
            column = column.cast(field.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise KamError(
                "workspace.bad_type",
                table=name,
                column=field.name,
                type=str(field.type),
                found=str(column.type),
                detail=str(error).splitlines()[0],
            ) from None
    if pa.types.is_string(field.type) and pc.any(pc.equal(column, "")).as_py():
        column = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
    return column


def write_table(workspace: Workspace, name: str, data: pa.Table) -> Path:
    """Write a table of a workspace; a reader sees the old or the new one, never a part.

    Raises
    ------
    KamError
        Where the workspace is a pack or of an older format, or the data does not fit the table.
    """
    workspace.check_writable()
    path = workspace.table_path(name)
    save_parquet(path, conform(data, name))
    return path


def save_parquet(path: Path, data: pa.Table) -> None:
    """Write a Parquet file in one step."""
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_path(path)
    try:
        pq.write_table(data, os.path.abspath(part), compression="zstd")
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def read_table(workspace: Workspace, name: str) -> pd.DataFrame:
    """Return a table as a frame: text as ``str``, dates as ``datetime64[us]``, money as float64.

    A table that is not there gives a frame with its columns and no rows; ask
    :meth:`Workspace.has` to tell the two apart.
    """
    path = workspace.table_path(name)
    if not path.is_file():
        return to_frame(arrow_schema(name).empty_table())
    return to_frame(read_arrow(path, name))


def to_frame(data: pa.Table) -> pd.DataFrame:
    """Return an Arrow table of ours as a frame; each DECIMAL becomes the nearest float64."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    columns = {}
    for name, column in zip(data.column_names, data.columns, strict=True):
        array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        if pa.types.is_decimal(array.type):
            columns[name] = _decimals(array) / 10_000
        elif pa.types.is_date(array.type):
            columns[name] = array.to_numpy(zero_copy_only=False).astype("datetime64[us]")
        else:
            columns[name] = pd.array(np.asarray(array.to_numpy(zero_copy_only=False)), dtype="str")
    return pd.DataFrame(columns, columns=data.column_names)


def _decimals(array: pa.Array):
    """Return the units of 1/10,000 of a DECIMAL(18, 4) array as float64 (exact to 2**53), NaN where missing."""
    import numpy as np

    units = np.frombuffer(_buffer(array, 1), "<i8").reshape(-1, 2)[:, 0]
    units = units[array.offset : array.offset + len(array)].astype("float64")
    units[array.is_null().to_numpy(zero_copy_only=False)] = np.nan
    return units


def _buffer(array: pa.Array, place: int) -> bytes | memoryview:
    buffer = array.buffers()[place]
    return memoryview(buffer) if buffer is not None else b""


def content_hash(data: pa.Table) -> str:
    """Return the hash of a table's values, the same however it is stored.

    Examples
    --------
    >>> import pyarrow as pa
    >>> one = pa.table({"a": pa.chunked_array([["x"], [None]])})
    >>> content_hash(one) == content_hash(pa.table({"a": ["x", None]}))
    True
    """
    digest = hashlib.sha256()
    for name, column in zip(data.column_names, data.columns, strict=True):
        _feed_column(digest, name, column.chunks)
    return digest.hexdigest()


def table_hash(path: Path, name: str) -> str:
    """Return the :func:`content_hash` of a stored table, with two columns at a time in memory."""
    import pyarrow as pa

    digest = hashlib.sha256()
    with parquet_file(path) as file:
        own = [c for c in file.schema_arrow.names if c not in ORIGIN]
        _check_columns(own, name)

        def columns() -> Iterator[tuple[str, list[pa.Array]]]:
            for field in arrow_schema(name):
                parts = [pa.nulls(file.metadata.num_rows, field.type)]
                if field.name in own:
                    batches = file.iter_batches(columns=[field.name], batch_size=250_000)
                    parts = [_fit(batch.column(0), field, name) for batch in batches]
                yield field.name, parts

        for column, parts in ahead(columns()):
            _feed_column(digest, column, parts)
    pa.default_memory_pool().release_unused()
    return digest.hexdigest()


def _feed_column(digest: hashlib._Hash, name: str, parts: list[pa.Array]) -> None:
    """Feed a column: which values there are, then, of texts, how long they are, then the values."""
    import pyarrow as pa

    pc = compute()

    digest.update(f"{name} {sum(map(len, parts))} ".encode())
    for part in parts:
        digest.update(part.is_valid().to_numpy(zero_copy_only=False))
    texts = []
    for part in parts:
        if pa.types.is_decimal(part.type):
            zero = pa.scalar(0, part.type)
            digest.update(_numbers(pc.if_else(part.is_valid(), part, zero) if part.null_count else part))
        elif pa.types.is_date(part.type):
            digest.update(part.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False))
        else:
            texts.append(part.fill_null(""))
            digest.update(pc.binary_length(texts[-1]).to_numpy(zero_copy_only=False))
    for part in texts:
        digest.update(_letters(part))


def _numbers(array: pa.Array) -> memoryview:
    start = array.offset * 16
    return memoryview(_buffer(array, 1))[start : start + len(array) * 16]


def _letters(array: pa.Array) -> memoryview:
    """Return the UTF-8 of texts, one after the other."""
    if not len(array):
        return memoryview(b"")
    ends = memoryview(_buffer(array, 1)).cast("B").cast("i")
    return memoryview(_buffer(array, 2))[ends[array.offset] : ends[array.offset + len(array)]]


def _feed(digest: hashlib._Hash, name: str, content: bytes) -> None:
    digest.update(f"{len(name)} {name} {len(content)} ".encode())
    digest.update(content)


def _read_json(path: Path) -> dict:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
