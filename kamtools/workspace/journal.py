"""The journal of imports: what each brought, under ``imports/0001/``, and where each row of a table came from.

Every row of a table in ``facts/`` carries three columns of its own beside those
of the table: ``_import`` (the number of the import), ``_unit`` (which file or
sheet of it) and ``_line`` (the line or row in that file on which the record
begins). Rows that no import brought (a workspace made from a pack) have them empty.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kamtools.errors import KamError
from kamtools.workspace.tables import ORIGIN as ORIGIN  # int32, int32, int64

FOLDER = "imports"
ENTRY = "import.json"
STEPS = 36  # imports that can be taken back: three years of months
ROOM = 4_000_000_000  # bytes that they may take


@dataclass(frozen=True)
class ImportedUnit:
    """One file, or one sheet of it, that an import read into one table.

    Attributes
    ----------
    unit : int
        Its number in the import, from 1; ``_unit`` of its rows.
    table, file, label : str
        The table; the name of the file; the file with its sheet, ``sales.xlsx[1月]``.
    source : str
        SHA-256 of the file's bytes, kept under ``sources/<hash>/``.
    key : str
        Short name of the bytes and the sheet, as it stands in the quarantine.
    counts : dict
        ``records``, ``accepted``, ``quarantined``, ``blank``, ``rows``, ``added``, ``known``, ``replaced``.
    mapping_id, identity : str
        Hash of what the mapping says of this table; hash of all that decides the rows: that, the bytes,
        the look-ups and the mended values.
    lookups : tuple of str
        SHA-256 of the files that were looked up.
    replaces : tuple of (import, unit)
        Earlier versions of this file, whose rows it stands for.
    """

    unit: int
    table: str
    file: str
    label: str
    source: str
    key: str
    counts: dict[str, int] = field(default_factory=dict)
    mapping_id: str = ""
    identity: str = ""
    lookups: tuple[str, ...] = ()
    replaces: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class ImportEntry:
    """One import of the journal.

    Attributes
    ----------
    number : int
    at, who : str
        When (UTC, ISO 8601) and by whom.
    mapping, mapping_hash : str
        The mapping's file name and SHA-256; its text is ``imports/<number>/mapping.yml``.
    units : tuple of ImportedUnit
    tables : dict
        Table -> ``rows`` and one entry a money column: each ``[before, after]``, sums as exact text;
        ``added`` and ``removed`` rows.
    quarantine : str
        SHA-256 of ``quarantine.csv`` as the import left it, empty where there is none.
    mended : tuple of dict
        Values of the quarantine that were mended for this import.
    taken_back : dict or None
        ``at`` and ``who`` where the import was taken back.
    """

    number: int
    at: str
    who: str
    mapping: str
    mapping_hash: str
    units: tuple[ImportedUnit, ...] = ()
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    quarantine: str = ""
    mended: tuple[dict[str, Any], ...] = ()
    taken_back: dict[str, str] | None = None

    def unit(self, number: int) -> ImportedUnit:
        """Return the unit with a number, or raise ``KeyError``."""
        for unit in self.units:
            if unit.unit == number:
                return unit
        raise KeyError(number)

    @property
    def folder(self) -> str:
        """The folder of the entry, from the workspace."""
        return f"{FOLDER}/{self.number:04}"

    def text(self) -> str:
        """Return the entry as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def imports(root: Path) -> list[ImportEntry]:
    """Return the imports of a workspace in their order, those taken back too.

    Raises
    ------
    KamError
        ``workspace.bad_journal`` where an entry cannot be read.
    """
    found = []
    for path in sorted((root / FOLDER).glob(f"*/{ENTRY}")):
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            units = tuple(_unit(u) for u in said.pop("units"))
            mended = tuple(said.pop("mended"))
            found.append(ImportEntry(units=units, mended=mended, **said))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise KamError(
                "workspace.bad_journal", path=path, detail=f"{type(error).__name__}: {error}"
            ) from None
    return sorted(found, key=lambda entry: entry.number)


def _unit(said: dict[str, Any]) -> ImportedUnit:
    replaces = tuple((int(i), int(u)) for i, u in said.get("replaces", ()))
    return ImportedUnit(**said | {"lookups": tuple(said.get("lookups", ())), "replaces": replaces})


def touched(number: int, table: str) -> str:
    """Return where an import keeps which columns it wrote in rows of other files: keys (``k``) and columns (``c``)."""
    return f"{FOLDER}/{number:04}/touched-{table}.parquet"


def in_effect(root: Path) -> list[ImportEntry]:
    """Return the imports that were not taken back."""
    return [entry for entry in imports(root) if entry.taken_back is None]


def prune(root: Path, newest: int) -> None:
    """Forget what the tables held before imports so long ago that nobody takes them back one by one."""
    import shutil

    total = 0
    for number in range(newest, 0, -1):
        folder = root / FOLDER / f"{number:04}" / "before"
        total += sum(p.stat().st_size for p in folder.glob("*"))
        if newest - number >= STEPS or (total > ROOM and number < newest):
            shutil.rmtree(folder, ignore_errors=True)
