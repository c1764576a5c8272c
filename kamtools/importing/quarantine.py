"""``quarantine.csv``: what was not taken in, why and what to do; and reading it again once mended."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from kamtools.errors import KamError
from kamtools.importing import textfile
from kamtools.importing.encodings import decode
from kamtools.words import say
from kamtools.workspace.csvtext import guard as guard
from kamtools.workspace.csvtext import unguard as unguard
from kamtools.workspace.csvtext import write_atomic
from kamtools.workspace.waiting import FILE as FILE

HEADER = (
    *("file", "line", "column", "value", "reason", "remedy"),
    *("table", "source", "code", "original", "row", "mapping"),
)


@dataclass(frozen=True)
class Entry:
    """One reason why one record waits: `value` is what a person mends, `original` stays."""

    file: str
    line: int
    column: str
    value: str
    table: str
    source: str  # key of the bytes, with the sheet's number
    code: str
    row: str = ""  # the whole record, as JSON
    mended: bool = False
    allowed: str = ""
    original: str = ""  # where mended
    mapping: str = ""  # its file's name

    def reason(self, lang: str | None = None) -> str:
        """Return what is wrong."""
        return say("importing.reason", lang, self.code, value=self.value[:60], allowed=self.allowed)

    def remedy(self, lang: str | None = None) -> str:
        """Return what to do."""
        return say("importing.remedy", lang, self.code, file=self.file, allowed=self.allowed)


def write(path: Path, entries: Iterable[Entry]) -> int:
    """Write the entries as UTF-8 with BOM, formulas guarded; remove the file where there are none."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    count = 0
    remembered: dict[tuple[str, str, str], tuple[str, str]] = {}
    for e in entries:
        count += 1
        key = (
            e.code,
            e.file,
            e.value
            if "{value}" in say("importing.reason", None, e.code, value="{value}", allowed="")
            else "",
        )
        if key not in remembered or e.allowed:
            remembered[key] = (e.reason(), e.remedy())
        said = remembered[key]
        cells = (
            e.file,
            str(e.line),
            e.column,
            e.value,
            *said,
            e.table,
            e.source,
            e.code,
            e.original if e.mended else e.value,
            e.row,
            e.mapping,
        )
        writer.writerow([guard(c) for c in cells])
    if count:
        write_atomic(path, out.getvalue().encode("utf-8-sig", "replace"))
    else:
        path.unlink(missing_ok=True)
    return count


def is_quarantine(path: Path) -> bool:
    """Tell whether a file is a ``quarantine.csv``, by its header."""
    wanted = ("file", "line", "column", "value", "source", "code", "original")
    with path.open("rb") as stream:
        head = stream.read(400)
    if head.startswith(b"PK"):  # saved as a workbook
        return path.suffix.lower() == ".xlsx" and set(wanted) <= set(next(iter(_workbook(path)), ([],))[0])
    first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n")[0]
    return all(h.encode() in first for h in wanted)


def _workbook(path: Path) -> Iterator[tuple[list[str], int]]:
    """Yield the rows of a quarantine that was saved as a workbook, with their numbers; none where it is no workbook."""
    from kamtools.importing.sheets import read_workbook

    try:
        sheets = list(read_workbook(path.read_bytes(), path.name))
        rows = list(sheets[0].rows) if sheets else []
    except Exception:  # a broken one is named where it is read as a source
        return
    for number, cells in rows:
        yield cells, number


def read(path: Path) -> list[Entry]:
    """Return the entries of a ``quarantine.csv``; one is mended where its value differs from the original.

    Raises
    ------
    KamError
        Where the file is damaged: a line that is no record, a column gone.
    """
    if not path.is_file():
        return []
    rows = _records(path)
    header = [h.strip() for h in next(rows).cells]
    entries = []
    for record in rows:
        cells = [unguard(c) for c in record.cells]
        if not any(cells) and not record.fault:
            continue
        named = dict(zip(header, cells, strict=False))
        if record.fault or len(cells) != len(header) or not named.get("line", "").isdigit():
            raise KamError("importing.quarantine_damaged", file=path.name, row=record.line)
        entries.append(
            Entry(
                named["file"],
                int(named["line"]),
                named["column"],
                named["value"],
                named["table"],
                named["source"],
                named["code"],
                named.get("row", ""),
                named["value"] != named["original"],
                original=named["original"],
                mapping=named.get("mapping", ""),
            )
        )
    return entries


def _records(path: Path) -> Iterator[textfile.Record]:
    """Return the records of the file, whether text or a workbook."""
    data = path.read_bytes()
    if data.startswith(b"PK"):
        found = list(_workbook(path))
        width = len(found[0][0]) if found else 0
        return iter(textfile.Record(n, [*cells, *[""] * (width - len(cells))][:width]) for cells, n in found)
    try:
        text, _ = decode(data)
    except UnicodeDecodeError:
        raise KamError("importing.quarantine_damaged", file=path.name, row=1) from None
    return textfile.records(text, textfile.guess_delimiter(text, set(HEADER)))


def as_json(entry: Entry) -> str:
    """Return an entry as one line of JSON."""
    return json.dumps(asdict(entry), ensure_ascii=False)
