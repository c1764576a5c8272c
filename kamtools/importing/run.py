"""The import: files in, tables of the workspace out, nothing lost on the way."""

from __future__ import annotations

import datetime as dt
import fnmatch
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from kamtools.errors import KamError
from kamtools.importing import quarantine
from kamtools.importing.aliases import load_aliases
from kamtools.importing.mapping import Mapping, load_mapping
from kamtools.importing.merging import Earlier, Fresh, Held
from kamtools.importing.quarantine import Entry
from kamtools.importing.report import BY_RULE, ImportReport, PartReport
from kamtools.importing.staging import NO_TABLE, Foreign, Unit, find_files, is_table, other_files, stage
from kamtools.user import user_name
from kamtools.workspace import Workspace, new_workspace, one_writer, open_workspace
from kamtools.workspace.folder import is_pack
from kamtools.workspace.journal import ENTRY, ImportedUnit, ImportEntry, imports, prune, touched
from kamtools.workspace.locking import LOCK, OWNER
from kamtools.workspace.paths import duckdb_source, save_batches
from kamtools.workspace.transaction import Change, settle_locked

SOURCES = "sources"
Again = Literal["ask", "replace", "add"]


def run_import(
    mapping: Path,
    sources: list[Path],
    workspace: Path,
    again: Again = "ask",
    who: str | None = None,
    at: dt.datetime | None = None,
) -> ImportReport:
    """Bring foreign files into a workspace as a mapping says, all or nothing.

    Everything is read and checked before anything is written. The bytes of
    each file are kept under ``sources/<hash>/``, what the import did under
    ``imports/<number>/``; records that do not fit are in ``quarantine.csv``
    with their reason. That file, mended, can be given as a source: the records
    that it names are read again with the mended values.

    A newer version of a file (most of its invoices, keys or rows come again
    under the same name) stands in the place of the older one. Rows that another
    file has brought are not doubled: rows equal in every column of the table
    are kept as often as the file that has them most often has them. Where the
    mapping gives the key of the table, rows are the same by their key, and only
    the columns that the mapping names are written.

    Parameters
    ----------
    mapping : path
        The mapping (YAML).
    sources : list of path
        Files and folders; a ``quarantine.csv`` that was mended.
    workspace : path
        A workspace; made where there is none.
    again : {"ask", "replace", "add"}
        What a file is that might be a newer version of an earlier one: asked (an error), its newer version, another file.
    who : str, optional
        For the journal. Default: :func:`kamtools.user.user_name`.
    at : datetime, optional
        For the journal. Default: now.

    Returns
    -------
    ImportReport
        ``accepted + quarantined + blank == records`` for each part.

    Raises
    ------
    KamError
        Where the mapping has faults, a file or column is missing, a file is
        empty or unreadable, dates can be read either way, a file may or may not
        be a newer version, or somebody else writes. Nothing is changed then.
    """
    rules = load_mapping(Path(mapping))
    root = Path(workspace).expanduser()
    if is_pack(root):
        raise KamError("workspace.read_only", path=root)
    was_there = root.exists()
    who = who or user_name()
    try:
        with one_writer(root, f"kam import {Path(mapping).name}", who):
            settle_locked(root)
            work = _Import(Path(mapping), rules, root, again, who, at or dt.datetime.now(dt.UTC))
            return work.run([Path(s) for s in sources])
    finally:
        if not was_there and root.is_dir() and {p.name for p in root.iterdir()} <= {LOCK, OWNER}:
            shutil.rmtree(root, ignore_errors=True)


class _Import:
    """The state of one import."""

    def __init__(
        self, path: Path, mapping: Mapping, root: Path, again: Again, who: str, at: dt.datetime
    ) -> None:
        self.mapping, self.file, self.root = mapping, path.name, root
        self.again, self.who, self.at = again, who, at
        self.text = path.read_bytes()
        self.exists = (root / "settings.yml").is_file()
        if self.exists:
            open_workspace(root).check_writable()
        self.report = ImportReport(root)
        journal = imports(root)
        self.number = max((e.number for e in journal), default=0) + 1
        self.journal = [e for e in journal if e.taken_back is None]
        self.names = {u.source: u.file for e in journal for u in e.units}  # of kept files
        self.entries = quarantine.read(root / quarantine.FILE)
        self.units: dict[tuple[str, str], list[Unit]] = {}
        self.mended: dict[str, list[Entry]] = {}  # source key -> mended entries
        self.held: dict[str, Held] = {}
        self.used: dict[str, Foreign] = {}
        self.passed: set[str] = set()  # hashes of files in a folder that are no tables
        self.brought: list[ImportedUnit] = []
        self.unit = 0  # number of the last unit
        self.partial = False  # only mended rows, perhaps not of every table
        self.aliases = load_aliases(root)

    def run(self, sources: list[Path]) -> ImportReport:
        import duckdb

        files = self.given = self._files(sources)
        if not files and self.report.notes:
            return self.report  # a quarantine in which nothing was mended
        with tempfile.TemporaryDirectory(prefix="kam-", ignore_cleanup_errors=True) as spill:
            config = {"threads": 2, "memory_limit": "400MB", "temp_directory": spill}
            self.db = duckdb.connect(":memory:", config=config)
            try:
                self.db.execute("SET enable_progress_bar = false")
                for table in self.mapping.tables:
                    self.held[table] = Held(self.db, self.root, table, self.mapping)
                    kept = [self.root / _kept_cells(e.number, table) for e in self.journal]
                    for path in [p for p in kept if p.is_file()][-1:]:
                        self.held[table].remember(path)
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
        others = [n for n in other_files(sources) if n.rsplit("/", 1)[-1] != self.file]
        if others:
            shown = ", ".join(others[:10]) + ("…" if len(others) > 10 else "")
            self.report.notes.append(("other_kind", {"files": shown, "count": f"{len(others):,}"}))
        kept = {f"src-{h[:12]}": h for h in self.names}
        seen: dict[str, Foreign] = {}
        for file in files:
            if file.hash in seen:
                self.report.notes.append(("same_file", {"file": file.name, "other": seen[file.hash].name}))
            seen.setdefault(file.hash, file)
        before = [Entry(**e) for entry in self.journal for e in entry.mended]
        for path in mends:
            entries = quarantine.read(path)
            waiting = {(e.source, e.line) for e in (*self.entries, *before)}
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
            seen.setdefault(kept[key], self._kept(kept[key]))
            for digest in (
                d for e in self.journal for u in e.units if u.key.startswith(key) for d in u.lookups
            ):
                seen.setdefault(digest, self._kept(digest))
        for entry in before:  # mended before: the same values hold
            key = entry.source.split(".")[0]
            now = self.mended.get(key, [])
            if not any((e.line, e.column, e.source) == (entry.line, entry.column, entry.source) for e in now):
                self.mended.setdefault(key, []).append(entry)
        return list(seen.values())

    def _kept(self, digest: str) -> Foreign:
        """Return a file whose bytes the workspace keeps."""
        folder = self.root / SOURCES / digest
        path = folder / Path(self.names.get(digest, "")).name
        if not path.is_file():
            path = next((p for p in sorted(folder.glob("*")) if p.is_file() and p.suffix != ".part"), path)
        return Foreign(self.names.get(digest, path.name), path, digest)

    def _matching(self, alias: str, files: list[Foreign], main: bool = False) -> list[Foreign]:
        pattern = self.mapping.sources[alias].file.casefold()
        found = [f for f in files if _fits(f.name.casefold(), pattern)]
        if not found and main and self.partial:
            return []  # mended rows come again; the other tables are as they were
        if not found and not main:
            found = self._looked_up(pattern)
        if not found:
            raise self._no_file(alias, files)
        self.used |= {f.hash: f for f in found}
        return found

    def _no_file(self, alias: str, files: list[Foreign]) -> KamError:
        return KamError(
            "importing.no_file_for_source",
            source=alias,
            pattern=self.mapping.sources[alias].file,
            found=", ".join(f.name for f in files) or "–",
            mapping=self.file,
        )

    def _looked_up(self, pattern: str) -> list[Foreign]:
        """Return the newest file that was looked up before under a pattern, for a file that comes without it."""
        digests = [d for e in reversed(self.journal) for u in e.units for d in u.lookups]
        kept = (self._kept(d) for d in dict.fromkeys(digests))
        return [f for f in kept if f.path.is_file() and _fits(f.name.casefold(), pattern)][:1]

    def _wanted(self, alias: str) -> set[str]:
        from kamtools.importing.translate import references

        wanted: set[str] = set()
        for part in self.mapping.tables.values():
            wanted |= references(part)
            for join in part.join:
                wanted |= set(join.on.values()) if join.source == alias else set()
        return wanted

    def _passed_over(self, alias: str, file: Foreign) -> bool:
        """Tell whether a file that lies in a folder, and that only a pattern names, is no table; it is named then."""
        pattern = self.mapping.sources[alias].file
        if not file.inside or not set("*?[") & set(pattern):
            return False
        if file.hash not in self.passed:
            try:
                if is_table(self.db, self._staged(alias, file), self._wanted(alias)):
                    return False
            except KamError as error:
                empty = error.key == "importing.empty_file" and pattern.casefold().endswith(".txt")
                if not file.foreign or error.key not in NO_TABLE or empty or self._speaks(alias, file):
                    raise
            self.passed.add(file.hash)
            self.units.pop((alias, file.hash), None)
            self.report.notes.append(("no_table", {"file": file.label}))
        self.used.pop(file.hash, None)
        return True

    def _speaks(self, alias: str, file: Foreign) -> bool:
        """Tell whether a column of the mapping is named in a file's beginning: then it is a table that was damaged."""
        with file.path.open("rb") as stream:
            head = stream.read(1 << 16)
        texts = [head.decode(e, "ignore") for e in ("utf-8", "gb18030", "utf-16")]
        return any(w in text for w in self._wanted(alias) if len(w) > 1 for text in texts)

    def _staged(self, alias: str, file: Foreign) -> list[Unit]:
        if (alias, file.hash) not in self.units:
            wanted = self._wanted(alias)
            raw = {e.line: e.value for e in self.mended.get(file.key, []) if not e.column}
            self.units[alias, file.hash] = stage(self.db, file, self.mapping.sources[alias], wanted, raw)
        return self.units[alias, file.hash]

    def _drop_staged(self, alias: str, file: Foreign) -> None:
        """Free what was staged of a file that no table will ask for again."""
        asked = [p.source for p in self.mapping.tables.values()]
        asked += [j.source for p in self.mapping.tables.values() for j in p.join]
        if asked.count(alias) == 1:
            for unit in self.units.pop((alias, file.hash), []):
                self.db.execute(f"DELETE FROM {unit.table}")

    # -- what was imported before ------------------------------------------------

    def _identity(self, table: str, file: Foreign, files: list[Foreign]) -> tuple[str, tuple[str, ...]]:
        """Return the hash of all that decides what one file gives, and the files that are looked up."""
        part = self.mapping.tables[table]
        joined = tuple(sorted({f.hash for j in part.join for f in self._matching(j.source, files)}))
        mended = sorted(quarantine.as_json(e) for e in self.mended.get(file.key, []))
        return _digest([self._mapping_id(table), file.hash, list(joined), mended]), joined

    def _mapping_id(self, table: str) -> str:
        part = self.mapping.tables[table]
        aliases = [part.source, *(j.source for j in part.join)]
        said = {
            "part": part.model_dump(mode="json", exclude_defaults=True),
            "sources": {
                a: self.mapping.sources[a].model_dump(mode="json", exclude_defaults=True) for a in aliases
            },
            "shared": [self.mapping.currency, self.mapping.dates, self.mapping.decimal, self.aliases],
        }
        return _digest(said)

    def _counting(self, table: str) -> list[tuple[ImportEntry, ImportedUnit]]:
        """Return the units of a table that count: not taken back, not replaced by a newer version."""
        units = [(e, u) for e in self.journal for u in e.units if u.table == table]
        gone = {pair for _, u in units for pair in u.replaces}
        gone |= {pair for u in self.brought for pair in u.replaces}
        return [(e, u) for e, u in units if (e.number, u.unit) not in gone]

    def _replaced(
        self, table: str, file: Foreign, fresh: list[Fresh], lookups: tuple[str, ...]
    ) -> tuple[Earlier, ...]:
        """Return the earlier files of which this one is a newer version.

        Raises
        ------
        KamError
            ``importing.same_name`` or ``importing.same_bytes`` where that cannot be told.
        """
        held = self.held[table]
        groups: dict[tuple, list[tuple[int, int]]] = {}
        for entry, unit in self._counting(table):
            same = unit.source == file.hash
            unchanged = same and unit.mapping_id == self._mapping_id(table) and unit.lookups == lookups
            if (entry.number, unit.unit) not in held.present or unchanged:
                continue
            mapping = entry.mapping if entry.tables else self.file  # an upgraded one does not say
            key = (unit.file, _name(unit.file) == _name(file.name), same, unit.source, mapping)
            groups.setdefault(key, []).append((entry.number, unit.unit))
        found = []
        for key, earlier in held.compare(fresh, groups).items():
            if key[2] and key[4] == self.file:  # the same mapping, changed
                found.append(earlier)
                continue
            verdict = earlier.verdict()
            alike = not earlier.same_bytes and (key[4] == self.file or earlier.again)
            listed = self._lists(table) if alike else "adds"
            if verdict != "replace" and listed == "replaces":
                verdict = "replace"
            doubtful = verdict == "ask" or (
                verdict != "replace" and (earlier.same_name or not listed) and self.again == "replace"
            )
            if (doubtful or (verdict == "add" and not listed)) and self.again == "ask":
                kind = "importing.same_name" if earlier.same_name else "importing.open_list"
                raise KamError(
                    "importing.same_bytes" if earlier.same_bytes else kind,
                    file=file.name,
                    other=earlier.file,
                    table=table,
                    rows=f"{earlier.rows:,}",
                    again=f"{earlier.again:,}",
                    number=max(i for i, _ in earlier.units),
                    mapping=key[4],
                )
            if verdict == "replace" and self.again == "add" and earlier.same_name:
                continue
            if verdict == "replace" or (doubtful and self.again == "replace"):
                found.append(earlier)
        return tuple(found)

    def _first(self, units: Iterable[tuple[int, int]]) -> int:
        """Return the number of the import that brought the very first version of some units."""
        older = {(e.number, u.unit): u.replaces for e in self.journal for u in e.units}
        found, asked = set(units), list(units)
        while asked:
            new = set(older.get(asked.pop(), ())) - found
            found |= new
            asked += new
        return min(number for number, _ in found)

    def _lists(self, table: str) -> str | None:
        """Return whether another file of the mapping adds to the earlier ones or replaces them.

        A list of open items has no payments: what was paid since is not in the next one, so that it cannot add.
        """
        part = self.mapping.tables[table]
        if part.rules.newer_file or table != "receivables":
            return part.rules.newer_file or "adds"
        return "adds" if {"paid_date", "paid_amount"} & set(part.columns) else None

    # -- one table ----------------------------------------------------------------

    def _table(self, table: str, files: list[Foreign]) -> None:
        part = self.mapping.tables[table]
        held = self.held[table]
        pattern = self.mapping.sources[part.source].file.casefold()
        given = any(_fits(f.name.casefold(), pattern) for f in files)
        if not given and not self.partial and self._counting(table):  # one file of several comes again
            params: dict[str, object] = {
                "source": part.source,
                "pattern": self.mapping.sources[part.source].file,
                "table": table,
            }
            self.report.notes.append(("source_absent", params))
            return
        if held.damaged:
            self.report.notes.append(("damaged", {"table": table, "detail": held.damaged}))
        found = self._matching(part.source, files, main=True)
        for file in found:
            identity, lookups = self._identity(table, file, files)
            before = [(e, u) for e, u in self._counting(table) if u.identity == identity]
            if (
                before
                and all(
                    (e.number, u.unit) in held.present
                    or not (u.counts.get("added") or u.counts.get("replaced"))
                    for e, u in before
                )
                and not self._now_there(table, {u.key for _, u in before})
            ):
                for entry, unit in before:
                    part_ = PartReport(table, unit.label, unit.source, unchanged=True)
                    for name, value in unit.counts.items():
                        setattr(part_, name, value)
                    part_.reasons = {"-": unit.counts.get("waiting", 0)} if unit.counts.get("waiting") else {}
                    part_.number = entry.number
                    self.report.parts.append(part_)
                continue
            if self._passed_over(part.source, file):
                continue
            joined = {
                j.source: [u for f in self._matching(j.source, files) for u in self._staged(j.source, f)]
                for j in part.join
            }
            work = [
                (unit, *self._translated(table, unit, joined)) for unit in self._staged(part.source, file)
            ]
            replaced = self._replaced(table, file, [fresh for _, fresh, _ in work], lookups)
            taken = [
                (
                    e,
                    held.take_out(
                        e.units,
                        [fresh for _, fresh, _ in work],
                        self._first(e.units),
                        self._theirs(table, {file.name, e.file}),
                    ),
                )
                for e in replaced
            ]
            pairs = tuple(pair for e in replaced for pair in e.units)
            if pairs:
                old = {
                    f"src-{u.source[:12]}" for e, u in self._counting(table) if (e.number, u.unit) in pairs
                }
                self.entries = [
                    e for e in self.entries if e.table != table or e.source.split(".")[0] not in old
                ]
            self._recall(table, file, [fresh for _, fresh, _ in work])
            held.await_rows()
            parts = [self._merged(table, unit, fresh, part_) for unit, fresh, part_ in work]
            held.bring_back(self._spare(table, pairs))
            self._give_back(table, work[0][1], parts[0])
            self.report.parts += parts
            for (unit, fresh, _), part_ in zip(work, parts, strict=True):
                self.brought.append(
                    ImportedUnit(
                        fresh.unit,
                        table,
                        file.name,
                        unit.label,
                        file.hash,
                        unit.key,
                        part_.counts(),
                        self._mapping_id(table),
                        identity,
                        lookups,
                        pairs if unit is work[0][0] else (),
                    )
                )
            for earlier, said in taken:
                self._tell_replaced(table, file, earlier, said, parts)
            self._drop_staged(part.source, file)
        if found and all(f.hash in self.passed for f in found):
            raise self._no_file(part.source, files)

    def _tell_replaced(
        self, table: str, file: Foreign, earlier: Earlier, said: dict[str, Any], parts: list[PartReport]
    ) -> None:
        """Say how many rows and how much money a newer version of a file changed."""
        held = self.held[table]
        own = " OR ".join(
            f"(_import = {self.number} AND _unit = {u.unit})" for u in self.brought[-len(parts) :]
        )
        rows, amount = held.size(own)
        changed = said["gone"] + sum(p.added + p.replaced for p in parts)
        if held.generated:  # a row that both versions have is known, not new
            known = min(earlier.equal, said["rows"])
            changed = max(said["rows"], rows) - min(known, rows)
            for part in parts:
                move = min(known, part.added)
                part.added, part.known, known = part.added - move, part.known + move, known - move
        self.report.notes.append(
            (
                "mapping_changed" if earlier.same_bytes else "file_replaced",
                {
                    "file": file.name,
                    "other": earlier.file,
                    "number": max(i for i, _ in earlier.units),
                    "table": table,
                    "rows": f"{said['rows']:,}",
                    "now": f"{rows:,}",
                    "changed": f"{changed:,}",
                    "amount": f"{said['amount']:,.2f}",
                    "amount_now": f"{amount:,.2f}",
                },
            )
        )

    def _recall(self, table: str, file: Foreign, fresh: list[Fresh]) -> None:
        """Recall which cells other imports wrote in rows that they had not brought."""
        held = self.held[table]
        own = {e.number for e, u in self._counting(table) if _name(u.file) == _name(file.name)}
        for entry in self.journal:
            path = self.root / touched(entry.number, table)
            before = self.root / entry.folder / "before" / f"{table}.parquet"
            if not path.is_file():
                continue
            if entry.number in own and held.recall_own(path, before, fresh, self.again):
                old = {f"src-{u.source[:12]}" for u in entry.units if u.table == table}
                self.entries = [
                    e for e in self.entries if e.table != table or e.source.split(".")[0] not in old
                ]
            else:
                held.recall(path)

    def _theirs(self, table: str, files: set[str]) -> list[Path]:
        """Return where it stands which cells imports of other files wrote."""
        names = {_name(f) for f in files}
        own = {e.number for e in self.journal for u in e.units if u.table == table and _name(u.file) in names}
        paths = (self.root / touched(e.number, table) for e in self.journal if e.number not in own)
        return [p for p in paths if p.is_file()]

    def _give_back(self, table: str, fresh: Fresh, part: PartReport) -> None:
        """Give rows that came again the cells of other files, and settle their records that waited for the row."""
        said = len(fresh.notes)
        back = self.held[table].give_back([fresh])
        part.notes += fresh.notes[said:]
        waiting = [e for e in self.entries if e.table == table and e.code == "no_such_row"]
        wrote = {u.key: e.number for e in self.journal for u in e.units if u.table == table}
        settled = set()
        for e in waiting if back else ():
            path = self.root / touched(wrote.get(e.source, 0), table)
            key = e.value.replace(" | ", "\x1f")
            if key in back and path.is_file():
                source = duckdb_source(self.db, path)
                if self.db.execute(f"SELECT 1 FROM {source} WHERE k = $1 LIMIT 1", [key]).fetchall():
                    settled.add(id(e))
        self.entries = [e for e in self.entries if id(e) not in settled]

    def _now_there(self, table: str, sources: set[str]) -> bool:
        """Tell whether a record that waits for a row could go in now, since the row came later."""
        held = self.held[table]
        waiting = (e for e in self.entries if e.table == table and e.source in sources)
        return any(e.code == "no_such_row" and held.has(e.value.replace(" | ", "\x1f")) for e in waiting)

    def _spare(self, table: str, pairs: tuple[tuple[int, int], ...]) -> list[tuple[Path, int, set[int]]]:
        """Return where the rows stand that other imports found known."""
        if not pairs:
            return []
        units: dict[int, set[int]] = {}
        for entry, unit in self._counting(table):
            if (entry.number, unit.unit) not in pairs:
                units.setdefault(entry.number, set()).add(unit.unit)
        return [(self.root / _known(number, table), number, own) for number, own in units.items()]

    def _translated(self, table: str, unit: Unit, joined: dict[str, list[Unit]]) -> tuple[Fresh, PartReport]:
        from kamtools.importing.translate import Translator

        mended: dict[str, dict[int, str]] = {}
        for e in self.mended.get(unit.file.key, []):
            if e.column and e.source == unit.key:
                mended.setdefault(e.column, {})[e.line] = e.value
        work = Translator(
            self.db,
            self.mapping,
            table,
            unit,
            joined,
            mended,
            self.file,
            self._id_suffix(table, unit),
            self.aliases,
        )
        work.run()
        part = PartReport(table, unit.label, unit.file.hash, unit.records, blank=work.blank)
        part.encoding, part.samples, part.notes = unit.encoding, unit.samples, work.notes
        part.number = self.number
        if unit.left:
            part.notes.append(("sheets_left", {"file": unit.file.name, "sheets": ", ".join(unit.left)}))
        layout = self.mapping.sources[self.mapping.tables[table].source]
        if unit.merged and "fill_down" not in layout.model_fields_set:
            part.notes.append(("merged_cells", {"file": unit.label}))
        self.unit += 1
        fresh = Fresh(self.unit, work.out)
        fresh.problems = [(line, "", raw, fault) for line, raw, fault in unit.bad] + work.problems
        return fresh, part

    def _id_suffix(self, table: str, unit: Unit) -> str:
        """Return what tells rows of this mapping from rows that another mapping made of the same lines."""
        others = {e.mapping for e, u in self._counting(table) if u.source == unit.file.hash and e.tables}
        return f"-{_digest(self.file)[:4]}" if others - {self.file} else ""

    def _merged(self, table: str, unit: Unit, fresh: Fresh, part: PartReport) -> PartReport:
        labels = {(e.number, u.unit): u.file for e in self.journal for u in e.units}
        labels |= {(self.number, u.unit): u.file for u in self.brought if u.source != unit.file.hash}
        self.held[table].merge(fresh, self.number, labels)
        for name, value in fresh.counts.items():
            setattr(part, name, value)
        part.overlaps = fresh.overlaps
        part.notes += fresh.notes
        reasons: dict[int, str] = {}
        for line, _, _, code in fresh.problems:
            reasons.setdefault(line, code)
        part.quarantined = len(reasons)
        for code in reasons.values():
            part.reasons[code] = part.reasons.get(code, 0) + 1
        self._quarantine(table, unit, fresh.problems)
        self.db.execute(f"DROP TABLE {fresh.out}")
        return part

    def _quarantine(self, table: str, unit: Unit, problems: Iterable[tuple[int, str, str, str]]) -> None:
        """Replace what was known of this unit by what was found now; settle what an older version of the file left."""
        found = list(problems)
        rows = self._rows(unit, {line for line, *_ in found})
        self.entries = [
            e
            for e in self.entries
            if (e.source, e.table) != (unit.key, table) or e.mapping not in ("", self.file)
        ]
        seen: set[tuple[int, str, str]] = set()
        for line, column, value, code in sorted(found, key=lambda p: p[0]):
            if (line, column, code) not in seen:
                seen.add((line, column, code))
                row = rows.get(line, "")
                self.entries.append(
                    Entry(unit.label, line, column, value, table, unit.key, code, row, mapping=self.file)
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
        waiting = {(e.source, e.table, e.line) for e in self.entries if e.code not in BY_RULE}
        self.report.waiting = len(waiting)
        asked = {f.hash for f in self.used.values()}
        self.report.unused = [f.name for f in self.given if f.hash not in asked | self.passed]
        if not self.brought:
            if (self.root / quarantine.FILE).is_file() and any(p.to_mend for p in self.report.parts):
                self.report.quarantine = self.root / quarantine.FILE
            return
        self._workspace()
        for digest, file in self.used.items():
            self._keep_source(digest, file)
        change = Change(self.root)
        try:
            self._stage(change)
            change.commit()
        except BaseException:
            change.abandon()
            raise
        self.report.number = self.number
        prune(self.root, self.number)

    def _stage(self, change: Change) -> None:
        """Write everything aside: tables, what the import knew, the quarantine, the entry of the journal."""
        folder = f"imports/{self.number:04}"
        tables = {}
        for table, held in self.held.items():
            units = [u for u in self.brought if u.table == table]
            if not units:
                continue
            after = held.sums()
            tables[table] = {k: [held.before[k], after[k]] for k in after}
            if held.touched or held.damaged:
                place = f"facts/{table}.parquet"
                held.write(change.aside(place))
                if not held.damaged:
                    change.keep(place, f"{folder}/before/{table}.parquet")
            known = held.known()
            if known is not None:
                save_batches(change.aside(_known(self.number, table)), known)
            written = held.touched_rows()
            if written is not None:
                save_batches(change.aside(touched(self.number, table)), written)
            kept = held.kept_cells()
            if kept is not None:
                save_batches(change.aside(_kept_cells(self.number, table)), kept)
            held.forget()
        text = change.aside(quarantine.FILE)
        hashed = ""
        if quarantine.write(text, self.entries):
            self.report.quarantine = self.root / quarantine.FILE
            hashed = hashlib.sha256(text.read_bytes()).hexdigest()
        else:
            change.never(quarantine.FILE)
            change.drop(quarantine.FILE)
        change.keep(quarantine.FILE, f"{folder}/before/{quarantine.FILE}")
        entry = ImportEntry(
            self.number,
            self.at.astimezone(dt.UTC).isoformat(timespec="seconds"),
            self.who,
            self.file,
            hashlib.sha256(self.text).hexdigest(),
            tuple(self.brought),
            tables,
            hashed,
            tuple(asdict(e) for u in self.brought for e in self.mended.get(f"src-{u.source[:12]}", [])),
        )
        change.aside(f"{folder}/mapping.yml").write_bytes(self.text)
        change.aside(f"{folder}/{ENTRY}").write_text(entry.text(), encoding="utf-8")
        self.report.tables = tables

    def _keep_source(self, digest: str, file: Foreign) -> None:
        """Keep the bytes of a file, under its own name."""
        folder = self.root / SOURCES / digest
        if any(p.is_file() and not p.name.endswith(".part") for p in folder.glob("*")):
            return
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / Path(file.name).name
        part = folder / (kept.name + ".part")
        shutil.copyfile(file.path, part)
        part.replace(kept)

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


def _known(number: int, table: str) -> str:
    """Return where an import keeps the rows of a table that other files had brought before."""
    return f"imports/{number:04}/known-{table}.parquet"


def _kept_cells(number: int, table: str) -> str:
    """Return where an import keeps what other files wrote in rows that are withdrawn as of it."""
    return f"imports/{number:04}/kept-{table}.parquet"


def _fits(name: str, pattern: str) -> bool:
    """Tell whether a file's name is the one given, or fits a pattern with ``*``; folders before it may be left out."""
    short = name.rsplit("/", 1)[-1]
    return any(n == pattern or fnmatch.fnmatchcase(n, pattern) for n in (name, short))


def _name(file: str) -> str:
    return file.casefold()


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


__all__ = ["run_import"]
