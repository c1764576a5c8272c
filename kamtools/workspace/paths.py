"""Every path is a literal: no sign of it is a pattern, a partition or somebody's home.

Libraries read more into a path than its letters: to DuckDB ``[`` and ``*`` match other folders, to
pandas and pyarrow a folder ``amount=7`` is a column of the table. The Parquet files of a workspace
are opened by this module alone.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kamtools.workspace.journal import ORIGIN

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq


def as_given(path: str | Path) -> Path:
    """Return a path as a person gave it: ``~`` and ``~/…`` begin in the home folder, ``~x`` is a name.

    Examples
    --------
    >>> as_given("~x/firm [2026]").parts, as_given("~/firm") == Path.home() / "firm"
    (('~x', 'firm [2026]'), True)
    """
    return Path(path).expanduser() if Path(path).parts[:1] == ("~",) else Path(path)


def parquet_file(path: Path) -> pq.ParquetFile:
    """Open a Parquet file."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(os.path.abspath(path))  # a relative one may begin with ~ or look like a URL


def own_columns(path: Path) -> list[str]:
    """Return the names of a table's columns, without those that say where a row came from."""
    with parquet_file(path) as file:
        return [name for name in file.schema_arrow.names if name not in ORIGIN]


def parquet_dataset(path: Path) -> ds.Dataset:
    """Return a Parquet file as a dataset, of which only the rows and columns asked for are read."""
    import pyarrow.dataset as ds

    small = ds.ParquetFragmentScanOptions(pre_buffer=False, use_buffered_stream=True)  # half the memory
    form = ds.ParquetFileFormat(default_fragment_scan_options=small)
    return ds.dataset(os.path.abspath(path), format=form, partitioning=None)


def read_frame(path: Path) -> pd.DataFrame:
    """Return a Parquet file as a frame."""
    import pandas as pd

    with path.open("rb") as file:  # of a path pandas would make columns
        return pd.read_parquet(file)


def save_batches(path: Path, batches: pa.RecordBatchReader) -> None:
    """Write a Parquet file from batches as they come."""
    import pyarrow.parquet as pq

    with pq.ParquetWriter(os.path.abspath(path), batches.schema) as file:
        for batch in batches:
            file.write_batch(batch)


def quoted(text: str) -> str:
    """Return a text as an SQL literal.

    Examples
    --------
    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def duckdb_source(base: duckdb.DuckDBPyConnection, path: Path, numbered: bool = False) -> str:
    """Return what stands after FROM to read a Parquet file in DuckDB, with the row of the file in ``row_`` if asked.

    DuckDB takes a path with one of ``*?[]{}`` for a pattern, and its own escapes fail beside some
    neighbours, so that such a file comes through Arrow. Others are read by DuckDB itself: a sum over
    ten million lines takes a third of the time and half the memory.
    """
    text = os.path.abspath(path)
    if not set(text) & set("*?[]{}"):
        source = "read_parquet({}, hive_partitioning = false{})"
        text = quoted(text)
        if numbered:
            return f"(select *, file_row_number + 1 as row_ from {source.format(text, ', file_row_number = true')})"
        return source.format(text, "")
    name = f"_file_{path.parent.name}_{path.stem}"  # files of several imports are called the same
    base.register(name, parquet_dataset(path))
    name = f'"{name}"'
    return f"(select *, row_number() over () as row_ from {name})" if numbered else name
