"""What an import did: counts that add up, and what a person should know."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from kamtools.words import say
from kamtools.workspace.waiting import BY_RULE


@dataclass
class PartReport:
    """One table filled from one file (or one sheet of it).

    ``accepted + quarantined + blank == records``, counted in records of the
    source; `rows` counts rows of the table (several a record after unpivoting).

    Attributes
    ----------
    table, file, source : str
        The table; the file with its sheet; the hash of the file's bytes.
    records, accepted, quarantined, blank : int
        Records of the source below its header, and what became of them.
    rows, added, known, replaced : int
        Rows made from the accepted records: new in the table, already there
        (repeated or overlapping), put in place of an older row with the same key.
    reasons : dict
        Quarantine code -> records.
    encoding : str
        Of a text file; ``samples`` shows three decoded cells where it is not UTF-8.
    overlaps : dict
        Other file -> rows that it had brought before.
    notes : list
        Message keys with their values.
    unchanged : bool
        The same bytes had been imported with the same mapping: nothing was done.
    number : int
        Of the import.
    """

    table: str
    file: str
    source: str
    records: int = 0
    accepted: int = 0
    quarantined: int = 0
    blank: int = 0
    rows: int = 0
    added: int = 0
    known: int = 0
    replaced: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    encoding: str = ""
    samples: list[str] = field(default_factory=list)
    overlaps: dict[str, int] = field(default_factory=dict)
    notes: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    unchanged: bool = False
    number: int = 0

    def counts(self) -> dict[str, int]:
        """Return the counts for the journal; ``waiting`` are records to mend."""
        names = ("records", "accepted", "quarantined", "blank", "rows", "added", "known", "replaced")
        return {n: getattr(self, n) for n in names} | {"waiting": self.to_mend}

    @property
    def sum_holds(self) -> bool:
        """True where every record is accounted for."""
        return self.accepted + self.quarantined + self.blank == self.records

    @property
    def to_mend(self) -> int:
        """Records in quarantine that a person can mend (not those left out by a rule)."""
        return sum(n for code, n in self.reasons.items() if code not in BY_RULE)

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the part as lines of text."""
        if self.unchanged:
            return [say("importing.part_unchanged", lang, file=self.file, table=self.table)]
        counts = ("records", "accepted", "quarantined", "blank", "added", "known", "replaced")
        values = {name: f"{getattr(self, name):,}" for name in counts}
        lines = [say("importing.part", lang, file=self.file, table=self.table, **values)]
        for code, count in sorted(self.reasons.items(), key=lambda item: -item[1]):
            reason = say("importing.reason", lang, code, value="…", allowed="…")
            lines.append(say("importing.part_reason", lang, count=f"{count:,}", reason=reason))
        for other, count in self.overlaps.items():
            lines.append(say("importing.part_overlap", lang, file=other, count=f"{count:,}"))
        if self.samples:
            shown = " | ".join(self.samples)
            lines.append(say("importing.part_encoding", lang, encoding=self.encoding, samples=shown))
        lines += [say("importing.note", lang, key, **params) for key, params in self.notes]
        return lines


@dataclass
class ImportReport:
    """All parts of one import.

    Attributes
    ----------
    workspace : Path
        Where the rows went.
    parts : list of PartReport
        One per table and file.
    unused : list of str
        Files given that no part of the mapping asks for.
    notes : list
        Message keys with their values.
    quarantine : Path or None
        ``quarantine.csv``, where it has rows.
    number : int
        Of the import in the journal; 0 where nothing changed.
    waiting : int
        Records in ``quarantine.csv`` that can be mended, of earlier imports too.
    tables : dict
        Table -> rows and money columns, each ``[before, after]`` as exact text.
    """

    workspace: Path
    parts: list[PartReport] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    notes: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    quarantine: Path | None = None
    number: int = 0
    waiting: int = 0
    tables: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """True where the sums hold and no part has lost all of its records to the quarantine."""
        return all(p.sum_holds and (p.unchanged or p.accepted or not p.to_mend) for p in self.parts)

    @property
    def complete(self) -> bool:
        """True where nothing waits to be mended."""
        return all(p.to_mend == 0 for p in self.parts)

    def part(self, table: str, file: str | None = None) -> PartReport:
        """Return the part of a table (and a file)."""
        found = [p for p in self.parts if p.table == table and file in (None, p.file)]
        if not found:
            raise KeyError(f"{table}, {file}")
        return found[0]

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the report as lines of text for the terminal."""
        lines = [line for part in self.parts for line in part.lines(lang)]
        lines += [say("importing.note", lang, key, **params) for key, params in self.notes]
        if self.unused:
            lines.append(say("importing.unused", lang, files=", ".join(self.unused)))
        if self.quarantine:
            key = "importing.see_quarantine" if self.waiting else "importing.see_left_out"
            lines.append(say(key, lang, path=self.quarantine, count=f"{self.waiting:,}"))
        lines += [totals(table, sums, lang) for table, sums in self.tables.items()]
        if self.number:
            lines.append(say("importing.undo_hint", lang, number=self.number, workspace=self.workspace))
        lines.append(say("importing.done", lang, workspace=self.workspace))
        return lines


def totals(table: str, sums: dict[str, list[str]], lang: str | None) -> str:
    """Return how an import changed a table: its rows, and its first column of money."""
    before, after = (f"{int(n):,}" for n in sums["rows"])
    money = [c for c in sums if c != "rows" and Decimal(sums[c][0]) != Decimal(sums[c][1])][:3]
    money = money or [c for c in ("amount", "spend", "quantity", "rate") if c in sums][:1]
    text = say("importing.total_rows", lang, table=table, before=before, after=after)
    for column in money:
        was, now = (f"{Decimal(n):,.2f}" for n in sums[column])
        text += " " * (lang != "zh") + say("importing.total_money", lang, column=column, was=was, now=now)
    return text
