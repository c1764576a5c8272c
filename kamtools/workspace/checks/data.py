"""What a check looks at: every table named in one DuckDB connection, small in memory however long a table is.

A table of Parquet is read in pieces; the CSV of a pack is read whole. Each is a view of its name with
exactly its columns and types, an empty text missing; ``rows_<name>`` is the same
with the row of the file in ``row_``.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamtools.errors import KamError
from kamtools.workspace.csvtext import read_csv
from kamtools.workspace.findings import Finding
from kamtools.workspace.folder import is_pack, read_arrow
from kamtools.workspace.journal import ORIGIN
from kamtools.workspace.paths import duckdb_source, parquet_file, quoted
from kamtools.workspace.tables import AMOUNT, TABLES, arrow_schema

if TYPE_CHECKING:
    import duckdb

    from kamtools.workspace.settings import Settings

MEMORY = "400MB"  # of DuckDB; pyarrow's buffers come to it
DAY = {
    "ledger": "date",
    "receivables": "invoice_date",
    "expenses": "date",
    "budget": "month",
    "targets": "month",
    "promotions": "start",
    "credit": "date",
    "markets": "month",
}


@dataclass
class Data:
    """The tables of a workspace or pack, and what is known of them so far.

    Attributes
    ----------
    root : Path
    settings : Settings or None
        None where they have faults.
    base : DuckDBPyConnection
        With a view for each table that could be read.
    files : dict
        Table -> its file, as findings name it.
    rows : dict
        Table -> rows.
    bad : dict
        (table, column) -> rows whose cell of a pack could not be read: named already.
    origin : set of str
        Tables whose rows say where they came from.
    """

    root: Path
    settings: Settings | None
    base: duckdb.DuckDBPyConnection
    files: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    bad: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    origin: set[str] = field(default_factory=set)

    def __contains__(self, table: object) -> bool:
        return table in self.files

    @property
    def currency(self) -> str:
        """The company's currency; empty where the settings cannot be read."""
        return self.settings.currency if self.settings else ""

    def all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self.base.execute(sql, list(values)).fetchall()

    def one(self, sql: str, *values: object) -> tuple[Any, ...]:
        """Return the one row of a query."""
        row = self.base.execute(sql, list(values)).fetchone()
        assert row is not None
        return row

    def money(self, table: str) -> str:
        """Return the SQL that adds up a table's money in the company's currency."""
        if table not in AMOUNT:
            return "null"
        return f'sum("{AMOUNT[table]}") filter (currency = {quoted(self.currency)})'

    def extent(self, rows: object, money: object) -> dict[str, Any]:
        """Return rows and money as a finding's parameters."""
        said: dict[str, Any] = {"rows": int(str(rows)), "currency": self.currency}
        return said | {"money": f"{money:f}" if money is not None else ""}


def texts(values: Sequence[str]) -> str:
    """Return texts as a list of SQL.

    Examples
    --------
    >>> texts(["a", "b"])
    "('a', 'b')"
    """
    return "(" + ", ".join(map(quoted, values)) + ")"


@contextlib.contextmanager
def opened(folder: Path, settings: Settings | None) -> Iterator[tuple[Data, list[Finding]]]:
    """Open every table of a workspace or pack; give them and the faults of their form."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="kam-", ignore_cleanup_errors=True) as spill:
        config = {"threads": 2, "memory_limit": MEMORY, "temp_directory": spill}
        with duckdb.connect(":memory:", config=config) as base:
            base.execute("set enable_progress_bar = false")
            data = Data(folder, settings, base)
            findings: list[Finding] = []
            for name in TABLES:
                findings += _pack_table(data, name) if is_pack(folder) else _parquet_table(data, name)
            yield data, findings


def _pack_table(data: Data, name: str) -> list[Finding]:
    import pyarrow as pa

    file = f"facts/{name}.csv"
    if not (data.root / file).is_file():
        return []
    table, lines, findings = read_csv(data.root / file, TABLES[name], file)
    for f in findings:
        if f.row and f.column:
            data.bad.setdefault((name, f.column), set()).add(f.row)
    if table is not None:
        table = table.append_column("row_", pa.array(lines, pa.int64()))
        data.base.register(f"read_{name}", table)
        columns = ", ".join(f'"{c}"' for c in TABLES[name].names)
        data.base.execute(f"create view {name} as select {columns} from read_{name}")
        data.base.execute(f"create view rows_{name} as select {columns}, row_ from read_{name}")
        data.files[name], data.rows[name] = file, table.num_rows
    return findings


def _parquet_table(data: Data, name: str) -> list[Finding]:
    import pyarrow as pa

    file = f"facts/{name}.parquet"
    path = (data.root / file).absolute()
    if not path.is_file():
        return []
    try:
        read, numbered, columns, count = _source(data.base, path, name)
        wanted, types = arrow_schema(name), {"string": "varchar", "date32[day]": "date"}
        said = []
        for f in wanted:
            if f.name not in columns:
                said.append(f'cast(null as {types.get(str(f.type), "decimal(18, 4)")}) as "{f.name}"')
            elif pa.types.is_string(f.type):
                said.append(f'nullif("{f.name}", \'\') as "{f.name}"')
            else:
                said.append(f'"{f.name}"')
        names = ", ".join(said)
        if read != f"read_{name}":
            data.base.execute(f"create view read_{name} as select * from {read}")
        data.base.execute(f"create view {name} as select {names} from {read}")
        data.base.execute(f"create view rows_{name} as select {names}, row_ from {numbered}")
        data.files[name], data.rows[name] = file, count
        if set(ORIGIN) <= set(columns):
            data.origin.add(name)
    except (KamError, pa.ArrowException, OSError) as error:
        return [damaged(file, error)]
    return []


def damaged(file: str, error: Exception) -> Finding:
    """Return the finding of a table that cannot be read."""
    detail = (str(error).splitlines() or [type(error).__name__])[0]
    table = Path(file).stem
    return Finding("error", file, None, "", "", "unreadable", {"detail": detail, "table": table})


def _source(base: duckdb.DuckDBPyConnection, path: Path, name: str) -> tuple[str, str, list[str], int]:
    """Return what DuckDB reads a table from, the same with the rows numbered, its columns and how many rows.

    A table of our types is read in pieces; another one is read whole and made to fit.
    """
    wanted = arrow_schema(name)
    with parquet_file(path) as read:
        schema, count = read.schema_arrow, read.metadata.num_rows
    own = [f for f in schema if f.name not in ORIGIN]
    fits = all(f.name in wanted.names and f.type == wanted.field(f.name).type for f in own)
    if not fits or not set(TABLES[name].required) <= set(schema.names):
        table = read_arrow(path, name)
        base.register(f"read_{name}", table)
        numbered = f"(select *, row_number() over () as row_ from read_{name})"
        return f"read_{name}", numbered, table.column_names, table.num_rows
    return duckdb_source(base, path), duckdb_source(base, path, numbered=True), schema.names, count
