"""What stands in files of text: settings, closed months, the journal, the quarantine; words of an older format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from kamtools.errors import KamError
from kamtools.workspace.checks.data import Data
from kamtools.workspace.findings import Finding
from kamtools.workspace.folder import SETTINGS, Workspace, format_of, is_pack
from kamtools.workspace.journal import ImportEntry
from kamtools.workspace.packs import layout_of
from kamtools.workspace.settings import Settings
from kamtools.workspace.tables import TABLES
from kamtools.workspace.upgrade import format_2
from kamtools.workspace.waiting import FILE as QUARANTINE
from kamtools.workspace.waiting import WaitingRow, waiting


def check_texts(data: Data) -> Iterator[Finding]:
    """Yield what is wrong in files of text; every one that a run opens is opened."""
    yield from _unknown_files(data.root)
    yield from _words_in_files(data.root)
    yield from _locks(data)
    if data.settings is not None:
        yield from _criteria(data.settings)
    yield from _waiting(data)


def check_journal(data: Data) -> Iterator[Finding]:
    """Yield tables that an import brought and that are gone, and an entry of the journal that cannot be read."""
    from kamtools.workspace.journal import FOLDER, in_effect

    if is_pack(data.root):
        return
    try:
        entries = in_effect(data.root)
    except KamError as error:
        yield Finding("error", FOLDER, None, "", "", "journal_unreadable", {"detail": error.text()})
        return
    last: dict[str, tuple[int, str]] = {}
    for entry in entries:
        for table, said in entry.tables.items():
            after = said.get("rows") or [0, 0]
            last[table] = int(after[-1]), ", ".join(dict.fromkeys(u.file for u in entry.units))
    for table, files in _before_the_journal(data.root).items() if not entries else ():
        last[table] = 1, files
    for table, (rows, files) in last.items():
        file = f"facts/{table}.parquet"
        if rows and not (data.root / file).exists():
            yield Finding("error", file, None, "", "", "table_gone", {"files": files, "table": table})
    yield from _rows_gone(data, entries)


def _rows_gone(data: Data, entries: Sequence[ImportEntry]) -> Iterator[Finding]:
    """Yield files whose rows are no longer there: their table was damaged, and not all of them came again since."""
    for table in sorted(data.origin & set(data.rows)):
        steps = [(e, e.tables[table]["rows"]) for e in entries if table in e.tables]
        whole = all(int(a[1][1]) == int(b[1][0]) for a, b in zip(steps, steps[1:], strict=False))
        if not steps or (whole and int(steps[-1][1][1]) == data.rows[table]):
            continue
        present = {(i, u) for i, u in data.all(f"select distinct _import, _unit from read_{table}")}
        units = [(e, u) for e, _ in steps for u in e.units if u.table == table and u.counts.get("added")]
        newer = {pair for _, u in units for pair in u.replaces}
        again = {u.source for e, u in units if (e.number, u.unit) in present}
        newer |= {(e.number, u.unit) for e, u in units if u.source in again}
        gone = [(e, u) for e, u in units if (e.number, u.unit) not in present | newer]
        for entry, unit in gone:
            said = {"files": unit.label, "number": entry.number, "rows": unit.counts["added"], "table": table}
            yield Finding("error", data.files[table], None, "", unit.label, "rows_gone", said)


def _before_the_journal(root: Path) -> dict[str, str]:
    """Return the tables, with the files that brought them, of imports from before there was a journal."""
    import json

    found: dict[str, list[str]] = {}
    for path in sorted((root / "sources").glob("*/report.json")):
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            for table, part in said["tables"].items():
                if any(p["accepted"] for p in part["parts"]):
                    found.setdefault(table, []).append(said["file"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return {table: ", ".join(dict.fromkeys(files)) for table, files in found.items()}


def _waiting(data: Data) -> Iterator[Finding]:
    """Records in quarantine, by table, file and reason, with rows and money."""
    try:
        found = waiting(data.root)
    except (KamError, OSError) as error:
        detail = error.text() if isinstance(error, KamError) else str(error)
        yield Finding("error", QUARANTINE, None, "", "", "quarantine_unreadable", {"detail": detail})
        return
    groups: dict[tuple[str, str, str, bool], list[WaitingRow]] = {}
    for row in found.rows:
        groups.setdefault((row.table, row.file, row.code, row.receipt), []).append(row)
    for (table, file, code, receipt), rows in groups.items():
        first = rows[0]
        money = sum(abs(r.money) for r in rows if r.money is not None)
        params = data.extent(len(rows), money or None)
        params |= {"table": table, "from": file, "line": first.line, "code": code}
        value = f"{file} {first.line}: {first.value}" if first.value else f"{file} {first.line}"
        yield Finding(
            "warning", QUARANTINE, None, first.column, value, "receipt_waits" if receipt else "waits", params
        )


def _locks(data: Data) -> Iterator[Finding]:
    """Closed months that are not as they were written."""
    from kamtools.workspace.locks import FOLDER, read_locks

    if data.settings is None or not (data.root / FOLDER).is_dir():
        return
    try:
        read_locks(Workspace(data.root, data.settings, read_only=True, source=data.root))
    except KamError as error:
        where = Path(str(error.params.get("path", "")))
        line = error.params.get("line")
        row = int(str(line)) if line else None
        value = str(error.params.get("value", ""))
        yield Finding("error", f"{FOLDER}/{where.name}", row, "", value, "lock_unreadable")
    except (OSError, ValueError) as error:
        detail = (str(error).splitlines() or [""])[0]
        yield Finding("error", FOLDER, None, "", "", "lock_unreadable", {"detail": detail})


def _criteria(settings: Settings) -> Iterator[Finding]:
    """Criteria that nobody weighs under any strategy, and axes without a criterion."""
    for axis in ("attractiveness", "strength"):
        if settings.criteria and not any(c.axis == axis for c in settings.criteria):
            yield Finding("warning", SETTINGS, None, "criteria", "", "axis_empty", {"axis": axis})
    if not settings.criteria:
        yield Finding("warning", SETTINGS, None, "criteria", "", "no_criteria")
    for strategy in settings.strategies:
        if not any(weight > 0 for weight in strategy.weights.values()):
            yield Finding("error", SETTINGS, None, "strategies", strategy.id, "no_weights")
        for criterion, weight in strategy.weights.items():
            if weight < 0:
                params: dict[str, object] = {"allowed": 0}
                column = f"strategies.{strategy.id}.{criterion}"
                yield Finding("error", SETTINGS, None, column, str(weight), "too_small", params)


def _words_in_files(folder: Path) -> Iterator[Finding]:
    """Dossiers and the key account list of an older format: what is wrong in them; of today's, that nothing reads them."""
    found = format_2.files(folder)
    if not found:
        return
    if (layout_of(folder) if is_pack(folder) else format_of(folder)) < 3:
        yield from format_2.read(folder)[1]
        return
    for path in found:
        name = path.relative_to(folder).as_posix()
        yield Finding("warning", name, None, "", "", "file_not_read")


def _unknown_files(folder: Path) -> Iterator[Finding]:
    """Files in ``facts/`` that no table is read from."""
    ending = ".csv" if is_pack(folder) else ".parquet"
    known = {f"{name}{ending}" for name in TABLES}
    for path in sorted((folder / "facts").glob("*")):
        if path.name not in known and not path.name.startswith("."):
            params: dict[str, object] = {"allowed": ", ".join(sorted(known))}
            yield Finding("warning", f"facts/{path.name}", None, "", "", "file_unknown", params)
