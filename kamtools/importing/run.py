"""The import: files in, tables of the workspace out, nothing lost on the way."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kamtools.errors import KamError
from kamtools.importing import quarantine
from kamtools.importing.aliases import load_aliases
from kamtools.importing.mapping import GENERATED, Mapping, load_mapping
from kamtools.importing.quarantine import Entry
from kamtools.importing.report import ImportReport, PartReport
from kamtools.importing.staging import Foreign, Unit, find_files, stage
from kamtools.importing.values import name, quoted
from kamtools.workspace import Workspace, new_workspace, open_workspace, write_table
from kamtools.workspace.csvtext import write_atomic
from kamtools.workspace.tables import TABLES

SOURCES = "sources"
REPORT = "report.json"


def run_import(mapping: Path, sources: list[Path], workspace: Path) -> ImportReport:
    """Bring foreign files into a workspace as a mapping says.

    Everything is read and checked before anything is written. The bytes of
    each file are kept under ``sources/<hash>/`` with ``report.json``; records
    that do not fit are in ``quarantine.csv`` with their reason. That file,
    mended, can be given as a source: the records that it names are read again
    with the mended values.

    Rows that another file has brought are not doubled: rows equal in every
    column of the table are kept as often as the file that has them most often
    has them. Where the mapping gives the key of the table, rows are the same by
    their key.

    Parameters
    ----------
    mapping : path
        The mapping (YAML).
    sources : list of path
        Files and folders; a ``quarantine.csv`` that was mended.
    workspace : path
        A workspace; made where there is none.

    Returns
    -------
    ImportReport
        ``accepted + quarantined + blank == records`` for each part.

    Raises
    ------
    KamError
        Where the mapping has faults, a file or column is missing, a file is
        empty or unreadable, or dates can be read either way. Nothing is
        changed then.
    """
    rules = load_mapping(Path(mapping))
    return _Import(Path(mapping), rules, Path(workspace).expanduser()).run([Path(s) for s in sources])


class _Import:
    """The state of one import."""

    def __init__(self, path: Path, mapping: Mapping, root: Path) -> None:
        self.mapping, self.file, self.root = mapping, path.name, root
        self.text = path.read_bytes()
        self.exists = (root / "settings.yml").is_file()
        if self.exists:
            opened = open_workspace(root)
            if opened.read_only:
                raise KamError("workspace.read_only", path=root)
        self.report = ImportReport(root)
        self.entries = quarantine.read(root / quarantine.FILE)
        self.done: dict[str, dict[str, Any]] = {}  # hash -> report.json of each file
        self.units: dict[tuple[str, str], list[Unit]] = {}
        self.mended: dict[str, list[Entry]] = {}  # source key -> mended entries
        self.touched: dict[str, None] = {}  # tables that changed
        self.used: dict[str, Foreign] = {}
        self.partial = False  # only mended rows, perhaps not of every table
        self.aliases = load_aliases(root)
        for report in sorted((root / SOURCES).glob(f"*/{REPORT}")):
            self.done[report.parent.name] = json.loads(report.read_text(encoding="utf-8"))

    def run(self, sources: list[Path]) -> ImportReport:
        import duckdb

        files = self.given = self._files(sources)
        if not files and self.report.notes:
            return self.report  # a quarantine in which nothing was mended
        with tempfile.TemporaryDirectory(prefix="kam-", ignore_cleanup_errors=True) as spill:
            config = {"threads": 2, "memory_limit": "1100MB", "temp_directory": spill}
            self.db = duckdb.connect(":memory:", config=config)
            try:
                self.db.execute("SET enable_progress_bar = false")
                for table in self.mapping.tables:
                    self._load(table)
                self._mark_changed_mappings(files)
                for table in self.mapping.tables:
                    self._table(table, files)
                self._write()
            finally:
                self.db.close()
        return self.report

    # -- files ----------------------------------------------------------------

    def _files(self, sources: list[Path]) -> list[Foreign]:
        """Return the files to read: those given, and those that a mended quarantine names."""
        mends = [p for p in sources if p.is_file() and p.stat().st_size and quarantine.is_quarantine(p)]
        files = find_files(p for p in sources if p not in mends)
        files = [f for f in files if not quarantine.is_quarantine(f.path)]
        kept = {f"src-{h[:12]}": h for h in self.done}
        seen: dict[str, Foreign] = {}
        for file in files:
            if file.hash in seen:
                self.report.notes.append(("same_file", {"file": file.name, "other": seen[file.hash].name}))
            seen.setdefault(file.hash, file)
        for path in mends:
            entries = quarantine.read(path)
            waiting = {(e.source, e.line) for e in self.entries}
            waiting |= {(e["source"], e["line"]) for r in self.done.values() for e in r.get("mended", [])}
            late = 0
            for entry in (e for e in entries if e.mended):
                if entry.source.split(".")[0] not in kept:
                    raise KamError("importing.source_gone", source=entry.source, file=entry.file)
                if (entry.source, entry.line) in waiting:
                    self.mended.setdefault(entry.source.split(".")[0], []).append(entry)
                else:
                    late += 1
            if late:
                self.report.notes.append(("not_waiting", {"file": path.name, "count": f"{late:,}"}))
            if not any(e.mended for e in entries):
                self.report.notes.append(("nothing_mended", {"file": path.name}))
        self.partial = bool(mends)
        for key in self.mended:
            report = self.done[kept[key]]
            for digest in [kept[key], *report.get("with", [])]:
                seen.setdefault(digest, self._kept(digest))
        for digest, report in self.done.items():  # mended before: the same values hold
            for kept_entry in report.get("mended", []):
                key = f"src-{digest[:12]}"
                entry = Entry(**kept_entry)
                now = self.mended.get(key, [])
                if not any(
                    (e.line, e.column, e.source) == (entry.line, entry.column, entry.source) for e in now
                ):
                    self.mended.setdefault(key, []).append(entry)
        return list(seen.values())

    def _kept(self, digest: str) -> Foreign:
        path = self.root / SOURCES / digest / self.done[digest]["file"]
        return Foreign(path.name, path, digest)

    def _matching(self, alias: str, files: list[Foreign], main: bool = False) -> list[Foreign]:
        pattern = self.mapping.sources[alias].file.casefold()
        found = [f for f in files if fnmatch.fnmatchcase(f.name.casefold(), pattern)]
        if not found and main and self.partial:
            return []  # mended rows come again; the other tables are as they were
        if not found:
            given = ", ".join(f.name for f in files) or "–"
            raise KamError(
                "importing.no_file_for_source",
                source=alias,
                pattern=self.mapping.sources[alias].file,
                found=given,
                mapping=self.file,
            )
        self.used |= {f.hash: f for f in found}
        return found

    def _staged(self, alias: str, file: Foreign) -> list[Unit]:
        from kamtools.importing.translate import references

        if (alias, file.hash) not in self.units:
            wanted: set[str] = set()
            for part in self.mapping.tables.values():
                wanted |= references(part)
                for join in part.join:
                    wanted |= set(join.on.values()) if join.source == alias else set()
            raw = {e.line: e.value for e in self.mended.get(file.key, []) if not e.column}
            self.units[alias, file.hash] = stage(self.db, file, self.mapping.sources[alias], wanted, raw)
        return self.units[alias, file.hash]

    # -- what is there already --------------------------------------------------

    def _load(self, table: str) -> None:
        """Make ``facts_<table>`` and ``origin_<table>`` (which file brought which key)."""
        spec = TABLES[table]
        path = self.root / "facts" / f"{table}.parquet"
        kinds = {"text": "VARCHAR", "date": "DATE", "money": "DECIMAL(18, 4)"}
        columns = ", ".join(f"{name(c.name)} {kinds[c.type]}" for c in spec.columns)
        self.db.execute(f"CREATE TEMP TABLE facts_{table} ({columns})")
        self.db.execute(f"CREATE TEMP TABLE origin_{table} (key VARCHAR, source VARCHAR, file VARCHAR)")
        if path.is_file():
            names = ", ".join(name(c) for c in spec.names)
            self.db.execute(
                f"INSERT INTO facts_{table} SELECT {names} FROM read_parquet({quoted(str(path))})"
            )
        for digest, report in self.done.items():
            keys = self.root / SOURCES / digest / f"keys-{table}.parquet"
            if keys.is_file():
                self.db.execute(
                    f"INSERT INTO origin_{table} SELECT key, {quoted(digest)}, {quoted(report['file'])}"
                    f" FROM read_parquet({quoted(str(keys))})"
                )

    def _import_id(self, table: str, file: Foreign, files: list[Foreign]) -> str:
        """Return the hash of all that decides what one file gives: mapping, bytes, look-ups, mended values."""
        part = self.mapping.tables[table]
        joined = sorted(f.hash for j in part.join for f in self._matching(j.source, files))
        mended = sorted(quarantine.as_json(e) for e in self.mended.get(file.key, []))
        return _digest([self._mapping_id(table), file.hash, joined, mended, self.aliases])

    def _mapping_id(self, table: str) -> str:
        part = self.mapping.tables[table]
        aliases = [part.source, *(j.source for j in part.join)]
        said = {
            "part": part.model_dump(mode="json"),
            "sources": {a: self.mapping.sources[a].model_dump(mode="json") for a in aliases},
            "shared": [self.mapping.currency, self.mapping.dates, self.mapping.decimal],
        }
        return _digest(said)

    def _mark_changed_mappings(self, files: list[Foreign]) -> None:
        """Take out the rows of a file that comes again under another mapping: it is read anew."""
        for table, part in self.mapping.tables.items():
            for file in self._matching(part.source, files, main=True):
                before = self.done.get(file.hash, {}).get("tables", {}).get(table)
                if before and before["mapping"] != self._mapping_id(table):
                    key = _key(table, "f")
                    self.db.execute(
                        f"DELETE FROM facts_{table} f WHERE {key} IN"
                        f" (SELECT key FROM origin_{table} WHERE source = {quoted(file.hash)})"
                    )
                    self.db.execute(f"DELETE FROM origin_{table} WHERE source = {quoted(file.hash)}")
                    self.touched[table] = None
                    self.report.notes.append(("mapping_changed", {"file": file.name, "table": table}))

    # -- one table ----------------------------------------------------------------

    def _table(self, table: str, files: list[Foreign]) -> None:
        part = self.mapping.tables[table]
        for file in self._matching(part.source, files, main=True):
            identity = self._import_id(table, file, files)
            before = self.done.get(file.hash, {}).get("tables", {}).get(table)
            if before and before["id"] == identity:
                self.report.parts += [
                    PartReport(**(p | {"unchanged": True, "notes": [], "samples": []}))
                    for p in before["parts"]
                ]
                continue
            joined = {
                j.source: [u for f in self._matching(j.source, files) for u in self._staged(j.source, f)]
                for j in part.join
            }
            parts = [self._unit(table, unit, joined) for unit in self._staged(part.source, file)]
            self.report.parts += parts
            own = self.done.setdefault(file.hash, {"file": file.name, "tables": {}})
            own["with"] = sorted(
                {f.hash for j in part.join for f in self._matching(j.source, files)}
                | set(own.get("with", []))
            )
            own["tables"][table] = {
                "id": identity,
                "mapping": self._mapping_id(table),
                "parts": [asdict(p) for p in parts],
            }
            own["mended"] = [asdict(e) for e in self.mended.get(file.key, [])]
            self.touched[table] = None

    def _unit(self, table: str, unit: Unit, joined: dict[str, list[Unit]]) -> PartReport:
        from kamtools.importing.translate import Translator

        mended: dict[str, dict[int, str]] = {}
        for e in self.mended.get(unit.file.key, []):
            if e.column and e.source == unit.key:
                mended.setdefault(e.column, {})[e.line] = e.value
        work = Translator(self.db, self.mapping, table, unit, joined, mended, self.file, self.aliases)
        work.run()
        part = PartReport(table, unit.label, unit.file.hash, unit.records, blank=work.blank)
        part.encoding, part.samples, part.notes = unit.encoding, unit.samples, work.notes
        if unit.left:
            part.notes.append(("sheets_left", {"file": unit.file.name, "sheets": ", ".join(unit.left)}))
        if unit.merged and not self.mapping.sources[self.mapping.tables[table].source].fill_down:
            part.notes.append(("merged_cells", {"file": unit.label}))
        problems = [(line, "", raw, fault) for line, raw, fault in unit.bad]
        problems += work.problems
        problems += self._merge(table, unit, work.out, part)
        reasons: dict[int, str] = {}
        for line, _, _, code in problems:
            reasons.setdefault(line, code)
        part.quarantined = len(reasons)
        for code in reasons.values():
            part.reasons[code] = part.reasons.get(code, 0) + 1
        self._quarantine(table, unit, problems)
        self.db.execute(f"DROP TABLE {work.out}")
        return part

    def _merge(self, table: str, unit: Unit, out: str, part: PartReport) -> list[tuple[int, str, str, str]]:
        """Add the good rows of ``out`` to the table, each once; return the problems that this shows."""
        spec, rules = TABLES[table], self.mapping.tables[table].rules
        names = ", ".join(name(c) for c in spec.names)
        rest = [c for c in spec.names if c not in spec.key]
        print_ = f"hash({', '.join(f'{{t}}.{name(c)}' for c in rest)})"
        generated = (
            spec.key == (GENERATED.get(table),) and spec.key[0] not in self.mapping.tables[table].columns
        )
        problems: list[tuple[int, str, str, str]] = []
        db, key = self.db, _key(table, "o")
        if generated:
            once = rules.overlap == "once"
            db.execute(
                f"CREATE TEMP TABLE held AS SELECT {print_.format(t='f')} AS h, count(*) AS times,"
                f" any_value({_key(table, 'f')}) AS sample FROM facts_{table} f GROUP BY 1"
            )
            db.execute(
                f"CREATE TEMP TABLE news AS SELECT o._line, o._part, {key} AS key, held.sample,"
                f" {'coalesce(held.times, 0)' if once else '0'} AS times, f.k IS NOT NULL AS same,"
                f" row_number() OVER (PARTITION BY {print_.format(t='o')} ORDER BY f.k IS NULL, o._line, o._part) AS nth"
                f" FROM {out} o LEFT JOIN held ON held.h = {print_.format(t='o')}"
                f" LEFT JOIN (SELECT {_key(table, 'f')} AS k FROM facts_{table} f) f ON f.k = {key}"
            )
            db.execute("ALTER TABLE news ADD COLUMN what VARCHAR")
            db.execute("UPDATE news SET what = CASE WHEN same OR nth <= times THEN 'known' ELSE 'added' END")
        else:
            db.execute(
                f"CREATE TEMP TABLE held AS SELECT {_key(table, 'f')} AS k, {print_.format(t='f')} AS h FROM facts_{table} f"
            )
            order = "DESC" if rules.same_key == "last" else "ASC"
            db.execute(
                f"CREATE TEMP TABLE news AS SELECT *, first_value(h) OVER w AS chosen, row_number() OVER w AS nth FROM"
                f" (SELECT o._line, o._part, {key} AS key, {print_.format(t='o')} AS h, held.h AS before, held.k AS sample"
                f" FROM {out} o LEFT JOIN held ON held.k = {key})"
                f" WINDOW w AS (PARTITION BY key ORDER BY _line {order}, _part {order})"
            )
            other = {"quarantine": "key_conflict", "first": "known", "last": "known"}[rules.same_key]
            changed = "replaced" if rules.same_key == "last" else other
            db.execute("ALTER TABLE news ADD COLUMN what VARCHAR")
            db.execute(
                f"UPDATE news SET what = CASE WHEN before IS NOT NULL AND nth = 1 AND h <> before THEN '{changed}'"
                f" WHEN before IS NOT NULL AND h = before THEN 'known' WHEN nth = 1 THEN 'added'"
                f" WHEN h = chosen AND before IS NULL THEN 'known' ELSE '{other}' END"
            )
            label = self._key_column(table)
            problems = [
                (line, label, shown.replace("\x1f", " | "), "key_conflict")
                for line, shown in db.execute(
                    "SELECT _line, any_value(key) FROM news WHERE what = 'key_conflict' GROUP BY 1 ORDER BY 1"
                ).fetchall()
            ]
            db.execute("DELETE FROM news WHERE _line IN (SELECT _line FROM news WHERE what = 'key_conflict')")
            db.execute(
                f"DELETE FROM facts_{table} f WHERE {_key(table, 'f')} IN (SELECT key FROM news WHERE what = 'replaced')"
            )
        db.execute(
            f"INSERT INTO facts_{table} SELECT {names} FROM {out} o JOIN"
            " (SELECT _line, _part FROM news WHERE what IN ('added', 'replaced')) n USING (_line, _part)"
            " ORDER BY _line, _part"
        )
        row = db.execute(
            "SELECT count(DISTINCT _line), count(*), count(*) FILTER (what = 'added'), count(*) FILTER (what = 'known'),"
            " count(*) FILTER (what = 'replaced') FROM news"
        ).fetchone()
        if row:
            part.accepted, part.rows, part.added, part.known, part.replaced = row
        if part.known:
            found = db.execute(
                f"SELECT g.file, count(*) FROM news n JOIN (SELECT key, any_value(file) AS file FROM origin_{table}"
                f" WHERE source <> {quoted(unit.file.hash)} GROUP BY key) g ON g.key = n.sample"
                " WHERE n.what = 'known' GROUP BY 1 ORDER BY 1"
            ).fetchall()
            part.overlaps = dict(found)
        db.execute(f"DELETE FROM origin_{table} WHERE key IN (SELECT key FROM news WHERE what = 'replaced')")
        db.execute(
            f"INSERT INTO origin_{table} SELECT key, {quoted(unit.file.hash)}, {quoted(unit.label)}"
            " FROM news WHERE what IN ('added', 'replaced')"
        )
        db.execute("DROP TABLE held")
        db.execute("DROP TABLE news")
        return problems

    def _key_column(self, table: str) -> str:
        columns = self.mapping.tables[table].columns
        for key in TABLES[table].key:
            rule = columns.get(key)
            if rule and (rule.column or rule.columns):
                return rule.column or (rule.columns or ("",))[0]
        return ""

    def _quarantine(self, table: str, unit: Unit, problems: Iterable[tuple[int, str, str, str]]) -> None:
        """Replace what was known of this unit by what was found now; settle what an older version of the file left."""
        found = list(problems)
        rows = self._rows(unit, {line for line, *_ in found})
        self.entries = [e for e in self.entries if (e.source, e.table) != (unit.key, table)]
        seen: set[tuple[int, str, str]] = set()
        for line, column, value, code in sorted(found, key=lambda p: p[0]):
            if (line, column, code) not in seen:
                seen.add((line, column, code))
                self.entries.append(
                    Entry(unit.label, line, column, value, table, unit.key, code, rows.get(line, ""))
                )
        self._settle(table, unit, {line for line, *_ in found})

    def _settle(self, table: str, unit: Unit, bad: set[int]) -> None:
        """Drop entries of an older version of the same file whose line is taken in now and differs only where it was mended."""
        older = [
            e
            for e in self.entries
            if e.file == unit.label and e.table == table and e.source != unit.key and e.line not in bad
        ]
        if not older:
            return
        rows = self._rows(unit, {e.line for e in older})
        wrong: dict[tuple[str, int], set[str]] = {}
        for e in older:
            wrong.setdefault((e.source, e.line), set()).add(e.column)
        settled = set()
        for e in older:
            now, then = json.loads(rows.get(e.line, "{}")), json.loads(e.row or "{}")
            columns = wrong[e.source, e.line]
            same = all(now.get(c) == t for c, t in then.items() if c not in columns)
            if now and (same or "" in columns):
                settled.add(id(e))
        self.entries = [e for e in self.entries if id(e) not in settled]

    def _rows(self, unit: Unit, lines: set[int]) -> dict[int, str]:
        """Return whole records as JSON by line."""
        import pyarrow as pa

        if not lines:
            return {}
        self.db.register("asked", pa.table({"_line": pa.array(sorted(lines), pa.int64())}))
        cells = ", ".join(f"s.c{i}" for i in range(len(unit.header)))
        found = self.db.execute(
            f"SELECT s._line, {cells} FROM {unit.table} s SEMI JOIN asked USING (_line)"
        ).fetchall()
        self.db.unregister("asked")
        return {
            row[0]: json.dumps(dict(zip(unit.header, row[1:], strict=True)), ensure_ascii=False, default=str)
            for row in found
        }

    # -- writing ----------------------------------------------------------------------

    def _write(self) -> None:
        workspace = self._workspace()
        for digest, file in self.used.items():
            folder = self.root / SOURCES / digest
            folder.mkdir(parents=True, exist_ok=True)
            self.done.setdefault(digest, {"file": file.name, "tables": {}})
            kept = folder / self.done[digest]["file"]
            if not kept.is_file():
                part = folder / (kept.name + ".part")
                shutil.copyfile(file.path, part)
                part.replace(kept)
            write_atomic(folder / "mapping.yml", self.text)
        for table in self.touched:
            spec = TABLES[table]
            order = [c for c in ("account", "date", "month") if c in spec.names]
            order = ", ".join(name(c) for c in dict.fromkeys([*order, *spec.key]))
            for digest in self.used:
                keys = self.root / SOURCES / digest / f"keys-{table}.parquet"
                self.db.execute(
                    f"COPY (SELECT key FROM origin_{table} WHERE source = {quoted(digest)} ORDER BY key)"
                    f" TO {quoted(str(keys))} (FORMAT parquet, COMPRESSION zstd)"
                )
            data = self.db.sql(f"SELECT * FROM facts_{table} ORDER BY {order}").to_arrow_table()
            write_table(workspace, table, data)
        if quarantine.write(self.root / quarantine.FILE, self.entries):
            self.report.quarantine = self.root / quarantine.FILE
        for digest in self.used:
            text = json.dumps(self.done[digest], ensure_ascii=False, indent=1, sort_keys=True)
            write_atomic(self.root / SOURCES / digest / REPORT, text.encode())
        asked = {f.hash for f in self.used.values()}
        self.report.unused = [f.name for f in self.given if f.hash not in asked]

    def _workspace(self) -> Workspace:
        choices: dict[str, object] = dict(self.mapping.workspace)
        if self.mapping.currency:
            choices["currency"] = self.mapping.currency
        if not self.exists:
            self.report.notes.append(("workspace_made", {"path": self.root}))
            return new_workspace(self.root, choices=choices)
        opened = open_workspace(self.root)
        for key, value in choices.items():
            there = getattr(opened.settings, key)
            if str(there) != str(value):
                self.report.notes.append(("setting_differs", {"key": key, "value": value, "found": there}))
        return opened


def _key(table: str, alias: str) -> str:
    """Return the SQL of a row's key as one text."""
    parts = ", ".join(f"coalesce(CAST({alias}.{name(c)} AS VARCHAR), '')" for c in TABLES[table].key)
    return f"concat_ws(chr(31), {parts})"


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


__all__ = ["run_import"]
