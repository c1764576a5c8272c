"""Check a workspace or a pack: every file that a run will open, and whether what stands there can be true."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kamtools import __version__
from kamtools.workspace.checks.data import Data, opened
from kamtools.workspace.checks.documents import check_documents, check_payments
from kamtools.workspace.checks.ledger import check_day, check_ledger, ledger_span
from kamtools.workspace.checks.names import check_names
from kamtools.workspace.checks.references import check_references
from kamtools.workspace.checks.rules import check_rules
from kamtools.workspace.checks.texts import check_journal, check_texts
from kamtools.workspace.csvtext import write_atomic
from kamtools.workspace.findings import CheckReport, Finding
from kamtools.workspace.folder import FORM, SETTINGS, check_is_workspace, format_of, is_pack, tell_old
from kamtools.workspace.packs import check_format, check_rows
from kamtools.workspace.paths import as_given
from kamtools.workspace.settings import Settings
from kamtools.workspace.tables import TABLES
from kamtools.workspace.transaction import settle
from kamtools.workspace.upgrade import format_2
from kamtools.workspace.waiting import FILE as QUARANTINE
from kamtools.workspace.yamltext import check_model

KEPT = ".cache/check.json"


def check_workspace(path: str | Path, as_of: dt.date | None = None) -> CheckReport:
    """Check a workspace or a pack and return everything found.

    Tables are checked against their rules and each other, settings against
    their model; closed months, the journal and the quarantine are
    opened. Then come the figures that can hardly be true. Faults in the data never raise. What
    does not depend on the day is kept under ``.cache/`` until a file changes.

    Parameters
    ----------
    path : path
    as_of : date, optional
        The day that the figures stand for. Default: ``as_of`` of the settings; without
        either nothing is said of what comes before or after it.

    Raises
    ------
    KamError
        Where the folder is neither a workspace nor a pack.
    """
    folder = as_given(path)
    check_is_workspace(folder)
    if not is_pack(folder):
        settle(folder)
        tell_old(folder, format_of(folder))
    settings, findings = check_model(folder / SETTINGS, Settings, SETTINGS)
    if is_pack(folder):
        findings += check_format(folder)
    if as_of is None and settings is not None and settings.as_of:
        as_of = dt.date.fromisoformat(settings.as_of)
    state = "" if is_pack(folder) else _state(folder)
    kept = _kept(folder, state)
    with opened(folder, settings) as (data, faults):
        if kept is not None and not faults:
            for table in set(data.files) - set(kept["rows"]):
                del data.files[table]  # damaged: found when its pages were read
            found = [Finding(**f) for f in kept["findings"]]
        else:
            found = [*faults, *_whole(data)]
            if state and not faults:
                _keep(folder, state, found, data.rows)
        findings += found
        if is_pack(folder):
            findings += check_rows(folder, data.rows)
        findings += check_payments(data, as_of)
        if as_of is not None:
            findings += check_day(data, as_of)
        span = ledger_span(data)
        ends = (span[0].isoformat(), span[1].isoformat()) if span else ()
        return CheckReport.of(str(folder), findings, dict(data.rows), ends)


def _whole(data: Data) -> Iterator[Finding]:
    """Yield all that does not depend on the day."""
    yield from check_rules(data)
    yield from check_journal(data)
    yield from check_references(data)
    yield from check_ledger(data)
    yield from check_documents(data)
    yield from check_names(data)
    yield from check_texts(data)


# --- kept until something changes --------------------------------------------------------------


def _state(folder: Path) -> str:
    """Return the hash of what a check looks at: size and times of the tables, content of all that is small."""
    digest = hashlib.sha256(f"{__version__} {_program()}".encode())
    for path in sorted((folder / "facts").glob("*")):
        stat = path.stat()
        digest.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} ".encode())
    small = [*(folder / name for name in (SETTINGS, FORM, QUARANTINE)), *format_2.files(folder)]
    for pattern in ("locks/*", "imports/*/*", "sources/*/report.json"):
        small += sorted(folder.glob(pattern))
    for path in small:
        if path.is_file() and path.suffix in (".yml", ".csv", ".json"):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder).as_posix()} {len(content)} ".encode())
            digest.update(content)
    return digest.hexdigest()


def _program() -> str:
    """Return the state of the checks themselves: another version of them looks again."""
    own = [*sorted(Path(__file__).parent.glob("*.py")), Path(__file__).parents[1] / "tables.py"]
    return hashlib.sha256(b"".join(p.read_bytes() for p in own)).hexdigest()


def _kept(folder: Path, state: str) -> dict[str, Any] | None:
    try:
        said = json.loads((folder / KEPT).read_text(encoding="utf-8"))
        return said if state and said["state"] == state and set(said["rows"]) <= set(TABLES) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(folder: Path, state: str, found: list[Finding], rows: dict[str, int]) -> None:
    said = {"state": state, "rows": rows, "findings": [asdict(f) for f in found]}
    with contextlib.suppress(OSError, TypeError):  # a stick that cannot be written: looked at again next time
        write_atomic(folder / KEPT, json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass"))
