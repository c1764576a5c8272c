"""One table of the workspace while an import changes it: what is there, what a file brings, what its earlier version had brought."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamtools.importing.mapping import GENERATED, Mapping, Rules
from kamtools.importing.values import name
from kamtools.workspace.journal import FOLDER, ORIGIN
from kamtools.workspace.paths import duckdb_source, parquet_file, quoted
from kamtools.workspace.tables import TABLES, Table

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

KINDS = {"text": "VARCHAR", "date": "DATE", "money": "DECIMAL(18, 4)"}
ENOUGH = 0.5  # of an earlier file's rows come again: it is a newer version of it
SHOWN = 5  # examples in a note


@dataclass
class Fresh:
    """What one file or sheet brings: its number in the import, and its rows as `out` (``_line``, ``_part``, columns)."""

    unit: int
    out: str
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[int, str, str, str]] = field(default_factory=list)
    overlaps: dict[str, int] = field(default_factory=dict)
    notes: list[tuple[str, dict[str, object]]] = field(default_factory=list)


@dataclass(frozen=True)
class Earlier:
    """A file that was imported before, and how much of it comes again.

    Attributes
    ----------
    units : tuple of (import, unit)
    file : str
    same_name : bool
        The new file is called the same.
    same_bytes : bool
        It is the same file, under another mapping.
    rows, ids : int
        Its rows in the table; its different keys, invoices or whole rows.
    again, equal : int
        Of these: ids that come again; rows that come again unchanged.
    days_meet : bool
        Some days of both are the same, or the table has no days.
    lines_meet : bool
        The same lines of the same file were taken.
    """

    units: tuple[tuple[int, int], ...]
    file: str
    same_name: bool
    same_bytes: bool
    rows: int
    ids: int
    again: int
    equal: int
    days_meet: bool
    lines_meet: bool = False

    def verdict(self) -> str:
        """Return ``replace`` for a newer version, ``add`` for another file, ``ask`` where both could be."""
        if self.same_bytes:
            return "ask" if self.lines_meet else "add"
        if self.same_name:
            if self.again >= ENOUGH * self.ids:
                return "replace"
            return "ask" if self.again or self.days_meet else "add"
        whole = self.again == self.ids and self.equal < self.rows
        return "replace" if whole and self.equal >= ENOUGH * self.rows else "add"


class Held:
    """A table of the workspace in the database of an import."""

    def __init__(self, db: duckdb.DuckDBPyConnection, root: Path, table: str, mapping: Mapping) -> None:
        self.db, self.root, self.mapping = db, root, mapping
        self.spec: Table = TABLES[table]
        self.facts = f"facts_{table}"
        # of one import: rows that other files have too, rows taken out, keys and cells of earlier versions and of others
        names = ("known", "gone", "owned", "mine", "others", "touched", "missing")
        self.t = {name: f"{name}_{table}" for name in names}
        # of all imports: cells that other files wrote in rows that are withdrawn, until the rows come again
        self.kept = f"kept_{table}"
        db.execute(f"CREATE TEMP TABLE {self.kept} (k VARCHAR, c VARCHAR, v VARCHAR)")
        self.keeps = False
        self.damaged = ""
        self.touched = False
        self._load()
        self.before = self.sums()
        self.present = {
            (i, u): n
            for i, u, n in db.execute(
                f"SELECT _import, _unit, count(*) FROM {self.facts} WHERE _import IS NOT NULL GROUP BY ALL"
            ).fetchall()
        }

    def _load(self) -> None:
        import duckdb
        import pyarrow as pa

        columns = ", ".join(f"{name(c.name)} {KINDS[c.type]}" for c in self.spec.columns)
        self.db.execute(
            f"CREATE TEMP TABLE {self.facts} ({columns}, _import INTEGER, _unit INTEGER, _line BIGINT)"
        )
        path = self.root / "facts" / f"{self.spec.name}.parquet"
        if not path.is_file():
            return
        try:
            with parquet_file(path) as stored:
                there = set(stored.schema_arrow.names)
            wanted = [name(c) if c in there else f"NULL AS {name(c)}" for c in (*self.spec.names, *ORIGIN)]
            source = duckdb_source(self.db, path)
            self.db.execute(f"INSERT INTO {self.facts} SELECT {', '.join(wanted)} FROM {source}").fetchall()
        except (pa.ArrowException, duckdb.Error, OSError) as error:
            self.db.execute(f"DELETE FROM {self.facts}")
            self.damaged = str(error).splitlines()[0]

    def one(self, query: str) -> tuple[Any, ...]:
        """Return the one row of a query."""
        return self.db.execute(query).fetchall()[0]

    def sums(self) -> dict[str, str]:
        """Return the number of rows and the exact sum of each money column, as text."""
        money = [c.name for c in self.spec.columns if c.type == "money"]
        items = ", ".join(["count(*)", *(f"coalesce(sum({name(c)}), 0)" for c in money)])
        row = self.one(f"SELECT {items} FROM {self.facts}")
        return {
            k: f"{v.normalize():f}" if k != "rows" else str(v)
            for k, v in zip(["rows", *money], row, strict=True)
        }

    def size(self, where: str) -> tuple[int, Any]:
        """Return how many rows there are and how much money, as far as the table has money."""
        column = next((c for c in ("amount", "spend", "quantity") if c in self.spec.names), None)
        total = f"coalesce(sum({column}), 0)" if column else "0::DECIMAL(18, 4)"
        rows, amount = self.one(f"SELECT count(*), {total} FROM {self.facts} f WHERE {where}")
        return int(rows), amount

    # -- identity ---------------------------------------------------------------------

    @property
    def generated(self) -> bool:
        """True where the program numbers the rows, since the mapping gives no key."""
        key = self.spec.key
        return key == (GENERATED.get(self.spec.name),) and key[0] not in self._map.columns

    @property
    def _map(self) -> Any:
        return self.mapping.tables[self.spec.name]

    @property
    def rules(self) -> Rules:
        """The mapping's rules for this table."""
        return self._map.rules

    @property
    def named(self) -> list[str]:
        """The columns that the mapping names, without the key."""
        given = set(self._map.columns)
        if any(c.type == "money" and c.required and c.name in given for c in self.spec.columns):
            given |= {"currency"} if self.mapping.currency else set()
            given |= {"kind"} if self.spec.name in ("ledger", "receivables") else set()
        return [c for c in self.spec.names if c in given and c not in self.spec.key]

    @property
    def _makes_rows(self) -> bool:
        """True where the mapping names all that a new row needs."""
        return set(self.spec.required) <= {*self.named, *self.spec.key, "kind", "currency"}

    def key(self, alias: str) -> str:
        """Return the SQL of a row's key as one text."""
        parts = ", ".join(f"coalesce(CAST({alias}.{name(c)} AS VARCHAR), '')" for c in self.spec.key)
        return f"concat_ws(chr(31), {parts})" if len(self.spec.key) > 1 else parts

    def print(self, alias: str) -> str:
        """Return the SQL of the hash of all that a row says beside its key."""
        rest = [c for c in self.spec.names if c not in self.spec.key]
        return f"hash({', '.join(f'{alias}.{name(c)}' for c in rest)})"

    def _identity(self, alias: str) -> str:
        """Return the SQL of what a corrected row keeps: its key, its invoice, else all of it."""
        if not self.generated:
            return self.key(alias)
        if "invoice" in self.named:
            whole = f"CAST({self.print(alias)} AS VARCHAR)"
            return f"coalesce({alias}.invoice || chr(31) || coalesce({alias}.account, ''), {whole})"
        return f"CAST({self.print(alias)} AS VARCHAR)"

    # -- earlier versions ---------------------------------------------------------------

    def compare(
        self, fresh: Iterable[Fresh], earlier: dict[tuple, list[tuple[int, int]]]
    ) -> dict[tuple, Earlier]:
        """Return for each earlier file how much of it the fresh rows bring again.

        Parameters
        ----------
        fresh : iterable of Fresh
            All units of the new file.
        earlier : dict
            (name, same name, same bytes) with a number -> its (import, unit) pairs.
        """
        if not earlier:
            return {}
        self._news(fresh)
        day = next((c.name for c in self.spec.columns if c.type == "date" and c.required), None)
        days = f"min({day}), max({day})" if day else "NULL, NULL"
        first, last = self.one(f"SELECT {days} FROM news")
        self.db.execute(f"CREATE TEMP TABLE ids AS SELECT DISTINCT {self._identity('n')} AS id FROM news n")
        self.db.execute(
            f"CREATE TEMP TABLE prints AS SELECT {self.key('n') if not self.generated else quoted('')} || chr(31) ||"
            f" CAST({self.print('n')} AS VARCHAR) AS p, count(*) AS times FROM news n GROUP BY 1"
        )
        found = {}
        for file, units in earlier.items():
            own = " OR ".join(f"(f._import = {i} AND f._unit = {u})" for i, u in units)
            row = self.one(
                f"WITH own AS (SELECT {self._identity('f')} AS id, {day or 'NULL'} AS day, _line,"
                f" {self.key('f') if not self.generated else quoted('')} || chr(31) || CAST({self.print('f')} AS VARCHAR) AS p"
                f" FROM {self.facts} f WHERE {own})"
                " SELECT count(*), count(DISTINCT id), count(DISTINCT id) FILTER (id IN (SELECT id FROM ids)),"
                " min(day), max(day), (SELECT coalesce(sum(least(o.n, p.times)), 0) FROM"
                " (SELECT p, count(*) AS n FROM own GROUP BY p) o JOIN prints p USING (p)),"
                " count(*) FILTER (_line IN (SELECT _line FROM news)) FROM own"
            )
            if not row[0]:
                continue
            rows, ids, again, low, high, equal, lines = row
            meet = day is None or (low is not None and first is not None and low <= last and high >= first)
            found[file] = Earlier(
                tuple(units), file[0], file[1], file[2], rows, ids, again, int(equal), bool(meet), bool(lines)
            )
        for table in ("news", "ids", "prints"):
            self.db.execute(f"DROP TABLE {table}")
        return found

    def _news(self, fresh: Iterable[Fresh]) -> None:
        names = ", ".join(name(c) for c in self.spec.names)
        parts = [f"SELECT {f.unit} AS _unit, _line, _part, {names} FROM {f.out}" for f in fresh]
        self.db.execute(f"CREATE OR REPLACE TEMP TABLE news AS {' UNION ALL '.join(parts)}")

    def take_out(
        self, units: Iterable[tuple[int, int]], fresh: list[Fresh], first: int, theirs: list[Path]
    ) -> dict[str, Any]:
        """Take out what an earlier version of a file brought; return rows and money before, for the report.

        Of a table with keys, rows whose key comes again stay until :meth:`merge` writes over them, so that what
        other files said of them in other columns is kept. `first` is the import of the very first version: what
        that one had written over comes back for rows that no longer come. `theirs` tells which cells other files
        wrote: of rows that no longer come they are kept aside until the rows come again.
        """
        own = " OR ".join(f"(f._import = {i} AND f._unit = {u})" for i, u in units)
        rows, amount = self.size(own)
        self.touched = True
        said = {"rows": rows, "amount": amount, "gone": 0}
        if self.generated:
            self._tell_cells("cells_gone", theirs, own, fresh)
            self.db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {self.t['gone']} (p UBIGINT, times BIGINT)")
            self.db.execute(
                f"INSERT INTO {self.t['gone']} SELECT {self.print('f')}, count(*) FROM {self.facts} f WHERE {own} GROUP BY 1"
            )
            self.db.execute(f"DELETE FROM {self.facts} f WHERE {own}")
            return said
        self._news(fresh)
        self.db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {self.t['owned']} (k VARCHAR)")
        self.db.execute(
            f"INSERT INTO {self.t['owned']} SELECT k FROM (SELECT {self.key('f')} AS k FROM {self.facts} f WHERE {own})"
            f" WHERE k IN (SELECT {self.key('n')} FROM news n)"
        )
        self.db.execute(
            f"CREATE TEMP TABLE lost AS SELECT {self.key('f')} AS k FROM {self.facts} f"
            f" WHERE ({own}) AND {self.key('f')} NOT IN (SELECT k FROM {self.t['owned']})"
        )
        self._keep(theirs)
        self._tell_cells("cells_kept", theirs, f"{self.key('f')} IN (SELECT k FROM lost)", fresh)
        self.db.execute(f"DELETE FROM {self.facts} f WHERE {self.key('f')} IN (SELECT k FROM lost)")
        said["gone"] = self.one("SELECT count(*) FROM lost")[0]
        self._put_back(first)
        for table in ("lost", "news"):
            self.db.execute(f"DROP TABLE {table}")
        return said

    def _put_back(self, number: int) -> None:
        """Put back rows that the earlier version had written over and that nobody brings any more."""
        path = self.root / FOLDER / f"{number:04}" / "before" / f"{self.spec.name}.parquet"
        if not path.is_file():
            return
        self.db.execute(
            f"INSERT INTO {self.facts} BY NAME SELECT s.* FROM {duckdb_source(self.db, path)} s"
            f" WHERE {self.key('s')} IN (SELECT k FROM lost)"
        )

    # -- cells of other files in rows that are withdrawn -----------------------------------------

    def remember(self, path: Path) -> None:
        """Recall the cells that are kept for rows that were withdrawn."""
        self.keeps = True
        self.db.execute(f"INSERT INTO {self.kept} SELECT k, c, v FROM {duckdb_source(self.db, path)}")

    def kept_cells(self) -> pa.RecordBatchReader | None:
        """Return the cells that are kept for rows that are withdrawn; None where there never were any."""
        if not self.keeps:
            return None
        return self.db.sql(f"SELECT * FROM {self.kept} ORDER BY ALL").to_arrow_reader(100_000)

    def _cells(self, theirs: list[Path]) -> str:
        """Return the SQL of the cells that other files wrote."""
        return " UNION ".join(f"SELECT k, c FROM {duckdb_source(self.db, p)}" for p in theirs)

    def _columns_of(self, cells: str) -> list[str]:
        found = {c for (c,) in self.db.execute(f"SELECT DISTINCT c FROM ({cells})").fetchall()}
        return [c for c in self.spec.names if c in found]

    def _keep(self, theirs: list[Path]) -> None:
        """Keep what other files wrote in the rows of ``lost``; an empty cell too: it is known to be empty."""
        cells = self._cells(theirs)
        for c in self._columns_of(cells) if theirs else ():
            self.db.execute(
                f"INSERT INTO {self.kept} SELECT {self.key('f')}, {quoted(c)}, CAST(f.{name(c)} AS VARCHAR)"
                f" FROM {self.facts} f WHERE {self.key('f')} IN (SELECT k FROM lost)"
                f" AND {self.key('f')} IN (SELECT k FROM ({cells}) WHERE c = {quoted(c)})"
            )
        self.keeps = self.keeps or bool(self.one(f"SELECT count(*) FROM {self.kept}")[0])

    def _tell_cells(self, note: str, theirs: list[Path], where: str, fresh: list[Fresh]) -> None:
        """Say in how many rows other files wrote cells, which and how much money."""
        if not theirs:
            return
        cells = self._cells(theirs)
        of = f"{self.facts} f JOIN ({cells}) t ON t.k = {self.key('f')} WHERE ({where})"
        self._note(note, self._columns_of(cells), {c: f"f.{name(c)}" for c in self.spec.names}, of, fresh)

    def _note(
        self, note: str, columns: list[str], values: dict[str, str], of: str, fresh: list[Fresh]
    ) -> None:
        """Add a note with the rows and the cells (columns ``k`` and ``c`` of ``t``) that have a value, and their money."""
        money = {c.name for c in self.spec.columns if c.type == "money"}
        parts, some = [], " OR ".join(f"(t.c = {quoted(c)} AND {values[c]} IS NOT NULL)" for c in columns)
        if not columns:
            return
        for c in columns:
            total = f"sum({values[c]})" if c in money else "NULL"
            n, amount = self.one(
                f"SELECT count({values[c]}), {total} FROM {of} AND t.c = {quoted(c)} AND {values[c]} IS NOT NULL"
            )
            if n:
                parts.append(f"{c} ({amount:,.2f})" if c in money else c)
        rows = self.one(f"SELECT count(DISTINCT t.k) FROM {of} AND ({some})")[0]
        if rows:
            fresh[0].notes.append((note, {"count": f"{rows:,}", "columns": ", ".join(parts)}))

    def await_rows(self) -> None:
        """Note which cells other files wrote once in rows that are not there, and of which nothing is kept."""
        if self.generated or not self._there("others"):
            return
        self.db.execute(
            f"CREATE OR REPLACE TEMP TABLE {self.t['missing']} AS SELECT DISTINCT k, c FROM {self.t['others']}"
            f" WHERE k NOT IN (SELECT {self.key('f')} FROM {self.facts} f) AND k NOT IN (SELECT k FROM {self.kept})"
        )

    def give_back(self, fresh: list[Fresh]) -> set[str]:
        """Give rows that came again what other files had written in them; return their keys.

        Where nothing is kept (an older version of the program withdrew the row), the rows are named.
        """
        back: set[str] = set()
        if self.generated:
            return back
        key = self.key("f")
        if self.keeps:
            of = f"{self.facts} f JOIN {self.kept} t ON t.k = {key} WHERE true"
            kinds = {c.name: KINDS[c.type] for c in self.spec.columns}
            columns = self._columns_of(f"SELECT c FROM {self.kept}")
            values = {
                c: f"CASE WHEN f.{name(c)} IS NULL THEN TRY_CAST(t.v AS {kinds[c]}) END" for c in columns
            }
            self._note("cells_again", columns, values, of, fresh)
            for c in columns:
                self.db.execute(
                    f"UPDATE {self.facts} f SET {name(c)} = CAST(t.v AS {kinds[c]}) FROM {self.kept} t"
                    f" WHERE t.k = {key} AND t.c = {quoted(c)} AND f.{name(c)} IS NULL"
                )
            back = {k for (k,) in self.db.execute(f"SELECT DISTINCT t.k FROM {of}").fetchall()}
            if back:
                self.db.execute(f"DELETE FROM {self.kept} WHERE k IN (SELECT {key} FROM {self.facts} f)")
        if self._there("missing"):
            of = f"{self.facts} f JOIN {self.t['missing']} t ON t.k = {key} WHERE true"
            columns = self._columns_of(f"SELECT c FROM {self.t['missing']}")
            empty = " OR ".join(f"(t.c = {quoted(c)} AND f.{name(c)} IS NULL)" for c in columns) or "false"
            keys = f"SELECT t.k FROM {of} AND ({empty})"
            rows, amount = self.size(f"{key} IN ({keys})")
            if rows:
                said: dict[str, object] = {"count": f"{rows:,}", "columns": ", ".join(columns)}
                fresh[0].notes.append(("cells_unknown", said | {"amount": f"{amount:,.2f}"}))
            self.db.execute(f"DROP TABLE {self.t['missing']}")
        return back

    def has(self, key: str) -> bool:
        """Tell whether a row with a key is there."""
        return bool(
            self.db.execute(
                f"SELECT count(*) FROM {self.facts} f WHERE {self.key('f')} = $1", [key]
            ).fetchall()[0][0]
        )

    # -- merging --------------------------------------------------------------------------

    def merge(self, fresh: Fresh, number: int, labels: dict[tuple[int, int], str]) -> None:
        """Add the rows of one unit, each once; what this shows stands in `fresh` afterwards.

        Parameters
        ----------
        fresh : Fresh
        number : int
            Of the import.
        labels : dict
            (import, unit) -> file, to name who had brought a row before.
        """
        if self._all_new(fresh):
            self._add(fresh, number)
            return
        if self.generated:
            self._merge_lines(fresh, number)
        else:
            self._merge_keyed(fresh, number)
        row = self.one(
            "SELECT count(DISTINCT _line), count(*), count(*) FILTER (what = 'added'), count(*) FILTER (what = 'known'),"
            " count(*) FILTER (what = 'replaced') FROM news"
        )
        counts: dict[str, int] = dict(
            zip(("accepted", "rows", "added", "known", "replaced"), row, strict=True)
        )
        if counts["added"] or counts["replaced"]:
            self.touched = True
        if counts["known"]:
            found = self.db.execute(
                "SELECT _held, _held_unit, count(*) FROM news WHERE what = 'known' AND _held IS NOT NULL GROUP BY ALL"
            ).fetchall()
            for i, u, n in found:
                label = labels.get((i, u), "")
                if label:
                    fresh.overlaps[label] = fresh.overlaps.get(label, 0) + n
        fresh.counts = counts
        self.db.execute("DROP TABLE news")

    def _all_new(self, fresh: Fresh) -> bool:
        """Tell whether nothing needs to be compared: no key is there yet, none comes twice, and no row that is numbered."""
        if not self.generated and not self._makes_rows:
            return False
        if self.one(f"SELECT count(*) FROM (SELECT 1 FROM {self.facts} LIMIT 1)")[0]:
            known = f"{self.key('f')} IN (SELECT {self.key('o')} FROM {fresh.out} o)"
            if self.generated:
                known += f" OR {self.print('f')} IN (SELECT {self.print('o')} FROM {fresh.out} o)"
            if self.one(f"SELECT count(*) FROM {self.facts} f WHERE {known}")[0]:
                return False
        if self.generated:
            return True
        rows, keys = self.one(f"SELECT count(*), count(DISTINCT hash({self.key('o')})) FROM {fresh.out} o")
        return rows == keys

    def _add(self, fresh: Fresh, number: int) -> None:
        """Add the rows of a unit as they are."""
        self._name_invoices(fresh, f"(SELECT _line, _part FROM {fresh.out})")
        names = ", ".join(name(c) for c in self.spec.names)
        self.db.execute(
            f"INSERT INTO {self.facts} SELECT {names}, {number}, {fresh.unit}, _line FROM {fresh.out}"
        )
        counted = "count(DISTINCT _line)" if self._map.unpivot else "count(*)"
        rows, accepted = self.one(f"SELECT count(*), {counted} FROM {fresh.out}")
        fresh.counts = {"accepted": accepted, "rows": rows, "added": rows, "known": 0, "replaced": 0}
        self.touched = self.touched or rows > 0

    def _merge_lines(self, fresh: Fresh, number: int) -> None:
        db, out = self.db, fresh.out
        names = ", ".join(name(c) for c in self.spec.names)
        once = self.rules.overlap == "once"
        db.execute(
            f"CREATE TEMP TABLE news AS SELECT o._line, o._part, {self.key('o')} AS k, {self.print('o')} AS p FROM {out} o"
        )
        db.execute(
            "CREATE TEMP TABLE held AS SELECT p, count(*) AS times, any_value(_import) AS i, any_value(_unit) AS u FROM"
            f" (SELECT {self.print('f')} AS p, f._import, f._unit FROM {self.facts} f) SEMI JOIN news USING (p) GROUP BY p"
        )
        db.execute(
            "CREATE OR REPLACE TEMP TABLE news AS SELECT _line, _part, k, p,"
            " CASE WHEN same THEN 'known' WHEN nth <= times THEN 'known' ELSE 'added' END AS what,"
            " NOT same AND nth <= times AS elsewhere, i AS _held, u AS _held_unit FROM (SELECT n.*, held.i, held.u,"
            f" f.k IS NOT NULL AS same, {'coalesce(held.times, 0)' if once else '0'} AS times,"
            " row_number() OVER (PARTITION BY n.p ORDER BY f.k IS NULL, n._line, n._part) AS nth"
            " FROM news n LEFT JOIN held USING (p)"
            f" LEFT JOIN (SELECT {self.key('f')} AS k FROM {self.facts} f) f ON f.k = n.k)"
        )
        self._name_invoices(fresh, "(SELECT _line, _part FROM news WHERE what = 'added')")
        db.execute(
            f"INSERT INTO {self.facts} SELECT {names}, {number}, {fresh.unit}, _line FROM {out}"
            " JOIN (SELECT _line, _part FROM news WHERE what = 'added') USING (_line, _part) ORDER BY _line, _part"
        )
        db.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {self.t['known']} AS SELECT *, 0::INTEGER AS _import, 0::INTEGER AS _unit, 0::BIGINT AS _line"
            f" FROM (SELECT {names} FROM {self.facts}) LIMIT 0"
        )
        db.execute(
            f"INSERT INTO {self.t['known']} SELECT {names}, {number}, {fresh.unit}, _line FROM {out}"
            " JOIN (SELECT _line, _part FROM news WHERE what = 'known' AND elsewhere) USING (_line, _part)"
        )
        db.execute("DROP TABLE held")

    def _name_invoices(self, fresh: Fresh, new: str) -> None:
        """Name invoices that another file has with other lines: a corrected export under another name, perhaps."""
        if not self.generated or "invoice" not in self.named or self.rules.overlap != "once":
            return
        found = self.db.execute(
            "WITH here AS (SELECT o.invoice, o.account, o.date, sum(o.amount) AS amount, count(*) AS n"
            f" FROM {fresh.out} o JOIN {new} w ON w._line = o._line AND w._part = o._part"
            " WHERE o.invoice IS NOT NULL GROUP BY ALL),"
            f" there AS (SELECT f.invoice, f.account, f.date, sum(f.amount) AS amount FROM {self.facts} f"
            " SEMI JOIN here h ON h.invoice = f.invoice AND h.account IS NOT DISTINCT FROM f.account AND h.date = f.date"
            " GROUP BY ALL)"
            " SELECT h.invoice, h.amount, t.amount FROM here h JOIN there t ON h.invoice = t.invoice AND h.date = t.date"
            " AND h.account IS NOT DISTINCT FROM t.account ORDER BY abs(h.amount) DESC, h.invoice"
        ).fetchall()
        if found:
            examples = ", ".join(str(f[0]) for f in found[:SHOWN])
            fresh.notes.append(
                (
                    "invoice_again",
                    {
                        "count": f"{len(found):,}",
                        "examples": examples,
                        "here": f"{sum(f[1] for f in found):,.2f}",
                        "there": f"{sum(f[2] for f in found):,.2f}",
                    },
                )
            )

    def _merge_keyed(self, fresh: Fresh, number: int) -> None:
        db, out, rule = self.db, fresh.out, self.rules.same_key
        named = self.named
        own = f"hash({', '.join(f'o.{name(c)}' for c in named)})" if named else "0"
        differs = " OR ".join(f"(o.{name(c)} <> f.{name(c)})" for c in named) or "false"
        fills = " OR ".join(f"(f.{name(c)} IS NULL AND o.{name(c)} IS NOT NULL)" for c in named) or "false"
        blanks = " OR ".join(f"(f.{name(c)} IS NOT NULL AND o.{name(c)} IS NULL)" for c in named) or "false"
        order = "DESC" if rule == "last" else "ASC"
        self._make_lists()
        db.execute(
            "CREATE TEMP TABLE news AS SELECT *, first_value(h) OVER w AS chosen, row_number() OVER w AS nth FROM"
            f" (SELECT o._line, o._part, {self.key('o')} AS k, {own} AS h, f.k IS NOT NULL AS there,"
            f" f.k IN (SELECT k FROM {self.t['owned']}) AS owned, f.k IN (SELECT k FROM {self.t['mine']}) AS mine, coalesce({differs}, false) AS differs, {fills} AS fills,"
            f" {blanks} AS blanks, f._import AS _held, f._unit AS _held_unit"
            f" FROM {out} o LEFT JOIN (SELECT *, {self.key('f')} AS k FROM {self.facts} f"
            f" WHERE {self.key('f')} IN (SELECT {self.key('o')} FROM {out} o)) f ON f.k = {self.key('o')})"
            f" WINDOW w AS (PARTITION BY k ORDER BY _line {order}, _part {order})"
        )
        other = {"quarantine": "key_conflict", "first": "known", "last": "known"}[rule]
        changed = "replaced" if rule == "last" else other
        db.execute("ALTER TABLE news ADD COLUMN what VARCHAR")
        db.execute(
            "UPDATE news SET what = CASE"
            f" WHEN nth > 1 THEN CASE WHEN h = chosen THEN 'known' ELSE '{other}' END"
            " WHEN NOT there THEN 'added'"
            " WHEN (owned OR mine) AND (differs OR fills OR blanks) THEN 'replaced'"
            f" WHEN differs THEN '{changed}' WHEN fills THEN 'replaced' ELSE 'known' END"
        )
        label = self._key_column()
        if not self._makes_rows:
            db.execute("UPDATE news SET what = 'no_such_row' WHERE what = 'added'")
        for code in ("key_conflict", "no_such_row"):
            fresh.problems += [
                (line, label, shown.replace("\x1f", " | "), code)
                for line, shown in db.execute(
                    f"SELECT _line, any_value(k) FROM news WHERE what = '{code}' GROUP BY 1 ORDER BY 1"
                ).fetchall()
            ]
            if code == "no_such_row" and self.keeps:
                self._write_kept(fresh, named)
            db.execute(f"DELETE FROM news WHERE _line IN (SELECT _line FROM news WHERE what = '{code}')")
        self._replace(fresh, number, named)
        if self.one("SELECT count(*) FROM news WHERE owned AND what = 'known'")[0]:
            db.execute(
                f"UPDATE {self.facts} f SET _import = {number}, _unit = {fresh.unit}, _line = n._line FROM news n"
                f" WHERE n.owned AND n.what = 'known' AND n.nth = 1 AND {self.key('f')} = n.k"
            )
        names = ", ".join(name(c) for c in self.spec.names)
        db.execute(
            f"INSERT INTO {self.facts} SELECT {names}, {number}, {fresh.unit}, _line FROM {out}"
            " JOIN (SELECT _line, _part FROM news WHERE what = 'added') USING (_line, _part) ORDER BY _line, _part"
        )

    def _write_kept(self, fresh: Fresh, named: list[str]) -> None:
        """Write the cells of a newer version of a file where its older version's are kept for a row that is withdrawn."""
        db = self.db
        db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {self.t['touched']} (k VARCHAR, c VARCHAR)")
        for c in named:
            cells = (
                f"SELECT n.k, {quoted(c)} AS c, CAST(o.{name(c)} AS VARCHAR) AS v FROM {fresh.out} o"
                " JOIN news n ON n._line = o._line AND n._part = o._part"
                f" JOIN {self.t['mine']} m ON m.k = n.k AND m.c = {quoted(c)} WHERE n.what = 'no_such_row'"
            )
            kept = f"SELECT k, c FROM ({cells}) SEMI JOIN {self.kept} USING (k, c)"
            db.execute(f"INSERT INTO {self.t['touched']} {kept}")
            db.execute(f"UPDATE {self.kept} t SET v = n.v FROM ({cells}) n WHERE t.k = n.k AND t.c = n.c")

    def _replace(self, fresh: Fresh, number: int, named: list[str]) -> None:
        """Write the named columns of a row that is there; an empty cell takes nothing away, unless the rules or its own file say so."""
        db = self.db
        if not named or not self.one("SELECT count(*) FROM news WHERE what = 'replaced'")[0]:
            return
        pairs = ", ".join(
            f"o.{name(c)} AS {name('new ' + c)}, f.{name(c)} AS {name('old ' + c)}" for c in named
        )
        db.execute(
            "CREATE TEMP TABLE pairs AS SELECT n.k, n.owned, n.mine, n.differs, n._line,"
            f" {pairs} FROM {fresh.out} o JOIN news n ON n._line = o._line AND n._part = o._part"
            f" JOIN {self.facts} f ON {self.key('f')} = n.k WHERE n.what = 'replaced'"
        )
        listed = "EXISTS (SELECT 1 FROM {} t WHERE t.k = p.k AND t.c = {})"
        mine = {c: listed.format(self.t["mine"], quoted(c)) for c in named}
        others = {c: listed.format(self.t["others"], quoted(c)) for c in named}
        anyhow = self.rules.blank == "erase"
        erase = {c: "true" if anyhow else f"(p.owned AND NOT {others[c]} OR {mine[c]})" for c in named}
        kept = [
            f"count(*) FILTER (NOT {erase[c]} AND p.{name('new ' + c)} IS NULL AND p.{name('old ' + c)} IS NOT NULL)"
            for c in named
        ]
        counts = self.one(f"SELECT {', '.join(kept)} FROM pairs p")
        shown = ", ".join(f"{c} ({n:,})" for c, n in zip(named, counts, strict=True) if n)
        if shown:
            fresh.notes.append(("blank_kept", {"columns": shown}))
        db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {self.t['touched']} (k VARCHAR, c VARCHAR)")
        changed = [
            f"SELECT k, {quoted(c)} FROM pairs WHERE NOT owned AND {name('new ' + c)} IS NOT NULL"
            f" AND {name('old ' + c)} IS DISTINCT FROM {name('new ' + c)}"
            for c in named
        ]
        db.execute(f"INSERT INTO {self.t['touched']} {' UNION ALL '.join(changed)}")
        own = (
            f"p.mine AND NOT p.owned AND {str(self.rules.same_key != 'last').lower()}"  # of its columns alone
        )
        sets = [
            f"{name(c)} = CASE WHEN {erase[c]} THEN p.{name('new ' + c)}"
            f" WHEN {own} THEN coalesce(p.{name('old ' + c)}, p.{name('new ' + c)})"
            f" ELSE coalesce(p.{name('new ' + c)}, p.{name('old ' + c)}) END"
            for c in named
        ]
        if set(self.spec.required) <= {*named, *self.spec.key}:
            moves = "p.owned OR (p.differs AND NOT p.mine)"  # who fills in a column has not brought the row
            origin = {"_import": number, "_unit": fresh.unit, "_line": "p._line"}
            sets += [f"{c} = CASE WHEN {moves} THEN {x} ELSE f.{c} END" for c, x in origin.items()]
        db.execute(f"UPDATE {self.facts} f SET {', '.join(sets)} FROM pairs p WHERE {self.key('f')} = p.k")
        db.execute("DROP TABLE pairs")

    def _key_column(self) -> str:
        columns = self._map.columns
        for key in self.spec.key:
            rule = columns.get(key)
            if rule and (rule.column or rule.columns):
                return rule.column or (rule.columns or ("",))[0]
        return ""

    def bring_back(self, others: Iterable[tuple[Path, int, set[int]]]) -> int:
        """Bring back rows that were taken out with a file although another file has them too; return how many.

        Parameters
        ----------
        others : iterable of (path, import, units)
            Rows that other imports found known already: their Parquet file and the units that still count.
        """
        db = self.db
        if not self.generated or not self._there("gone"):
            return 0
        columns = ", ".join(f"{name(c.name)} {KINDS[c.type]}" for c in self.spec.columns)
        db.execute(f"CREATE TEMP TABLE spare ({columns}, _import INTEGER, _unit INTEGER, _line BIGINT)")
        for path, number, units in others:
            if not path.is_file() or not units:
                continue
            db.execute(
                f"INSERT INTO spare BY NAME SELECT s.* REPLACE ({number}::INTEGER AS _import)"
                f" FROM {duckdb_source(db, path)} s"
                f" WHERE s._unit IN ({', '.join(map(str, units))}) AND {self.print('s')} IN (SELECT p FROM {self.t['gone']})"
            )
        db.execute(
            f"CREATE TEMP TABLE back AS WITH now AS (SELECT {self.print('f')} AS p, count(*) AS n FROM {self.facts} f"
            f" WHERE {self.print('f')} IN (SELECT p FROM {self.t['gone']}) GROUP BY 1),"
            f" own AS (SELECT {self.print('f')} AS p, _import, count(*) AS n FROM {self.facts} f"
            f" WHERE {self.print('f')} IN (SELECT p FROM {self.t['gone']}) GROUP BY ALL)"
            f" SELECT s.*, row_number() OVER (PARTITION BY {self.print('s')}, s._import ORDER BY s._unit, s._line)"
            f" + coalesce(own.n, 0) AS nth, coalesce(now.n, 0) AS n, {self.print('s')} AS p FROM spare s"
            f" LEFT JOIN now ON now.p = {self.print('s')}"
            f" LEFT JOIN own ON own.p = {self.print('s')} AND own._import = s._import"
        )
        names = ", ".join([*(name(c) for c in self.spec.names), *ORIGIN])
        row = self.one(
            f"INSERT INTO {self.facts} SELECT {names} FROM back WHERE nth > n"
            " QUALIFY row_number() OVER (PARTITION BY p, nth ORDER BY _import) = 1"
        )
        for table in ("spare", "back"):
            db.execute(f"DROP TABLE {table}")
        return int(row[0])

    def _there(self, table: str) -> bool:
        row = self.one(f"SELECT count(*) FROM duckdb_tables() WHERE table_name = {quoted(self.t[table])}")
        return bool(row[0])

    def known(self) -> pa.RecordBatchReader | None:
        """Return the rows of this import that other files had brought, and forget them; None where there are none."""
        if not self._there("known"):
            return None
        row = self.one(f"SELECT count(*) FROM {self.t['known']}")
        return (
            self.db.sql(f"SELECT * FROM {self.t['known']} ORDER BY _unit, _line").to_arrow_reader(100_000)
            if row and row[0]
            else None
        )

    def _make_lists(self) -> None:
        """Make the lists of keys and cells that a newer version of a file goes by."""
        self.db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {self.t['owned']} (k VARCHAR)")
        for name_ in ("mine", "others"):
            self.db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {self.t[name_]} (k VARCHAR, c VARCHAR)")

    def recall(self, path: Path) -> None:
        """Recall which cells another import wrote in rows of other files: a correction of those rows does not erase them."""
        self._make_lists()
        self.db.execute(
            f"INSERT INTO {self.t['others']} SELECT DISTINCT k, c FROM {duckdb_source(self.db, path)}"
        )

    def recall_own(self, path: Path, before: Path, fresh: list[Fresh], again: str) -> bool:
        """Recall which cells an earlier version of the file wrote in rows of other files; tell whether it is one.

        It is one where most of its rows come again. Its cells may be written over, and where a row no longer comes
        they are again what they were before.
        """
        db, mine = self.db, self.t["mine"]
        self._make_lists()
        self._news(fresh)
        db.execute(
            f"CREATE OR REPLACE TEMP TABLE cells AS SELECT DISTINCT k, c FROM {duckdb_source(db, path)}"
        )
        coming = f"(SELECT {self.key('n')} FROM news n)"
        keys, come = self.one(
            f"SELECT count(DISTINCT k), count(DISTINCT k) FILTER (k IN {coming}) FROM cells"
        )
        newer = again == "replace" or (again != "add" and come >= ENOUGH * keys)
        if newer:
            db.execute(f"INSERT INTO {mine} SELECT k, c FROM cells")
            db.execute(
                f"UPDATE {self.kept} t SET v = NULL FROM cells WHERE t.k = cells.k AND t.c = cells.c"
                f" AND t.k NOT IN {coming}"
            )
            columns = [
                c for (c,) in db.execute(f"SELECT DISTINCT c FROM cells WHERE k NOT IN {coming}").fetchall()
            ]
            if columns:
                said: dict[str, object] = {"count": f"{keys - come:,}", "columns": ", ".join(sorted(columns))}
                fresh[0].notes.append(("cells_back", said))
            for column in columns if before.is_file() else ():
                self.touched = True
                db.execute(
                    f"UPDATE {self.facts} f SET {name(column)} = b.{name(column)} FROM {duckdb_source(db, before)} b"
                    f" WHERE {self.key('f')} = {self.key('b')} AND {self.key('f')} IN"
                    f" (SELECT k FROM cells WHERE c = {quoted(column)} AND k NOT IN {coming})"
                )
        for table in ("cells", "news"):
            db.execute(f"DROP TABLE {table}")
        return newer

    def touched_rows(self) -> pa.RecordBatchReader | None:
        """Return the columns of rows of other files that this import wrote; None where there are none."""
        if not self._there("touched") or not self.one(f"SELECT count(*) FROM {self.t['touched']}")[0]:
            return None
        return self.db.sql(f"SELECT DISTINCT k, c FROM {self.t['touched']} ORDER BY ALL").to_arrow_reader(
            100_000
        )

    def forget(self) -> None:
        """Drop what belongs to one import of this table only."""
        for table in self.t.values():
            self.db.execute(f"DROP TABLE IF EXISTS {table}")

    # -- writing ----------------------------------------------------------------------------

    def write(self, path: Path) -> None:
        """Write the table in its order, and read back what was written. A path that is written to is no pattern.

        Raises
        ------
        OSError
            Where the file does not hold what it should: the disk is not to be trusted.
        """
        import errno
        import shutil

        import duckdb

        order = [c for c in ("account", "date", "month") if c in self.spec.names]
        by = ", ".join(name(c) for c in dict.fromkeys([*order, *self.spec.key]))
        copy = f"COPY (SELECT * FROM {self.facts} ORDER BY {by}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        try:
            self.db.execute(copy).fetchall()
        except duckdb.IOException as error:
            full = "no space" in str(error).lower() or shutil.disk_usage(path.parent).free < 1 << 20
            raise OSError(
                errno.ENOSPC if full else errno.EIO, str(error).splitlines()[0], str(path)
            ) from None
        money = [c.name for c in self.spec.columns if c.type == "money"]
        items = ", ".join(["count(*)", *(f"coalesce(sum({name(c)}), 0)" for c in money)])
        row = self.one(f"SELECT {items} FROM {duckdb_source(self.db, path)}")
        written = [f"{v.normalize():f}" if k else str(v) for k, v in enumerate(row)]
        if written != list(self.sums().values()):
            raise OSError(f"{path}: {written} was written, {list(self.sums().values())} is right")
