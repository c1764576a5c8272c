"""The rules of each column, as ``workspace.tables`` states them: required, allowed, at least, once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kamtools.workspace.checks.data import Data, damaged, texts
from kamtools.workspace.findings import SHOWN, Finding
from kamtools.workspace.tables import TABLES, Column

if TYPE_CHECKING:
    import numpy as np


AT_ONCE = 4  # columns read together: what is decoded at one time decides the memory


def check_rules(data: Data) -> Iterator[Finding]:
    """Yield every cell that breaks a rule of its column, and rows whose key stands twice.

    Reading a table to its end also finds the damaged one, which is taken out: nothing else looks at it.
    """
    import duckdb

    for table in list(data.files):
        try:
            found = list(_table(data, table))
        except (duckdb.Error, OSError) as error:
            yield damaged(data.files.pop(table), error)
            data.rows.pop(table)
            continue
        yield from found


def _table(data: Data, table: str) -> Iterator[Finding]:
    columns = TABLES[table].columns
    for start in range(0, len(columns), AT_ONCE):
        some = columns[start : start + AT_ONCE]
        rules = [(c, *rule) for c in some for rule in _rules(c)]
        counts = [f"count(*) filter ({wrong})" for _, wrong, _, _ in rules]
        whole = [f'count("{c.name}")' for c in some]  # every page of the file is read once
        found = data.one(f"select {', '.join([*whole, *counts])} from {table}")[len(whole) :]
        for (column, wrong, reason, allowed), count in zip(rules, found, strict=True):
            if count:
                yield from _cells(data, table, column, wrong, reason, allowed, count)
    yield from _twice(data, table)


def _rules(column: Column) -> Iterator[tuple[str, str, str]]:
    """Yield the SQL of what is wrong, the reason, and what is allowed."""
    if column.required:
        yield f'"{column.name}" is null', "required", ""
    if column.allowed:
        yield f'"{column.name}" not in {texts(column.allowed)}', "not_allowed", ", ".join(column.allowed)
    if column.minimum is not None:
        yield f'"{column.name}" < {column.minimum}', "too_small", str(column.minimum)


def _cells(
    data: Data, table: str, column: Column, wrong: str, reason: str, allowed: str, count: int
) -> Iterator[Finding]:
    bad = data.bad.get((table, column.name), set()) if reason == "required" else set()
    rows = data.all(
        f'select row_, cast("{column.name}" as varchar) from rows_{table} where {wrong} order by row_ limit ?',
        SHOWN + len(bad),
    )
    kept = [(row, value) for row, value in rows if row not in bad][:SHOWN]
    params: dict[str, object] = {"allowed": allowed}
    for row, value in kept:
        yield Finding("error", data.files[table], row, column.name, _plain(value), reason, params)
    yield from more(data.files[table], column.name, reason, count - len(bad) - len(kept))


def more(file: str, column: str, reason: str, count: int, level: str = "error") -> Iterator[Finding]:
    """Yield the finding that counts those which are not listed."""
    if count > 0:
        params: dict[str, object] = {"more": count, "reason": reason}
        yield Finding(level, file, None, column, "", "more", params)  # type: ignore[arg-type]


def _plain(value: str | None) -> str:
    """Return a value without the zeros that only its type has."""
    if value and "." in value and value.replace(".", "").lstrip("-").isdigit():
        return value.rstrip("0").rstrip(".")
    return value or ""


def _twice(data: Data, table: str) -> Iterator[Finding]:
    """Yield the rows whose key stands more than once: equal hashes first, then the values themselves."""
    spec = TABLES[table]
    key = ", ".join(f'"{c}"' for c in spec.key)
    hashes = data.base.execute(f"select hash({key}) as h from {table}").fetchnumpy()["h"]
    again = repeated(hashes)
    if not len(again):
        return
    fill_again(data, again)
    missing = f'where "{spec.key[0]}" is not null' if len(spec.key) == 1 else ""
    data.base.execute(
        f"create or replace temp table twice as select row_, {key} from rows_{table} "
        f"semi join again on hash({key}) = again.h {missing}"
    )
    values = ", ".join(f'cast("{c}" as varchar)' for c in spec.key)
    same = f"qualify count(*) over (partition by {key}) > 1"
    rows = data.all(f"select row_, {values} from twice {same} order by row_ limit {SHOWN}")
    count = data.one(f"select count(*) from (select 1 from twice {same})")[0]
    column, reason = (spec.key[0], "twice") if len(spec.key) == 1 else (", ".join(spec.key), "row_twice")
    for row, *cells in rows:
        value = ", ".join(c or "" for c in cells).rstrip(", ")
        yield Finding("error", data.files[table], row, column, value, reason, {"allowed": ""})
    yield from more(data.files[table], column, reason, count - len(rows))


def repeated(hashes: Any) -> np.ndarray:
    """Return the values that stand more than once; sorts `hashes` in place.

    Examples
    --------
    >>> import numpy as np
    >>> repeated(np.array([3, 1, 3, 2, 3]))
    array([3])
    """
    import numpy as np

    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def fill_again(data: Data, again: np.ndarray) -> None:
    """Put hashes into the table ``again``, to join with."""
    import pyarrow as pa

    data.base.register("again_", pa.table({"h": again}))
    data.base.execute("create or replace temp table again as select h from again_")
    data.base.unregister("again_")
