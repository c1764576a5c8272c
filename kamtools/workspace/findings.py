"""What a check finds: where, what, why and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from kamtools.words import say

Level = Literal["error", "warning", "note"]
SHOWN = 20  # findings of one kind in one column that are listed one by one


@dataclass(frozen=True)
class Finding:
    """One thing found in a file.

    Attributes
    ----------
    level : {"error", "warning", "note"}
        An error makes figures wrong or impossible; a warning asks for a look;
        a note only counts.
    file : str
        Path inside the workspace, with ``/``.
    row : int or None
        Line of a text file (the header is line 1), row of a Parquet table (the
        first is 1).
    column : str
        Column of a table, or the key in a YAML file (``criteria.2.weight``).
    value : str
        The value found, as text.
    reason_key : str
        ``workspace.reason_<reason_key>`` and ``workspace.remedy_<reason_key>``
        are the messages.
    params : dict
        Values that the messages name.
    """

    level: Level
    file: str
    row: int | None
    column: str
    value: str
    reason_key: str
    params: dict[str, object] = field(default_factory=dict)

    def reason(self, lang: str | None = None) -> str:
        """Return what is wrong, in `lang`."""
        return say(f"workspace.reason_{self.reason_key}", lang, **self._values())

    def remedy(self, lang: str | None = None) -> str:
        """Return what to do, in `lang`."""
        return say(f"workspace.remedy_{self.reason_key}", lang, **self._values())

    def line(self, lang: str | None = None) -> str:
        """Return the whole finding as one line of text."""
        place = "place_row" if self.row else "place_file"
        where = say(f"workspace.{place}", lang, file=self.file, row=self.row)
        what = ""
        if self.column:
            shown = self.value if len(self.value) <= 60 else self.value[:59] + "…"
            key = "place_value" if self.value else "place_column"
            what = say(f"workspace.{key}", lang, column=self.column, value=shown)
        return say(
            "workspace.finding",
            lang,
            level=say(f"workspace.level_{self.level}", lang),
            place=where + what,
            reason=self.reason(lang),
            remedy=self.remedy(lang),
        ).replace("\n", " ")

    def __str__(self) -> str:
        return self.line()

    def _values(self) -> dict[str, object]:
        return {"value": self.value, "column": self.column, "file": self.file} | self.params


@dataclass(frozen=True)
class CheckReport:
    """All findings about a workspace or a pack, and how many rows each table has."""

    path: str
    findings: tuple[Finding, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """True where nothing found is an error."""
        return not any(f.level == "error" for f in self.findings)

    def count(self, level: Level) -> int:
        """Return how many findings there are of a level, those not listed included."""
        return sum(int(str(f.params.get("more", 1))) for f in self.findings if f.level == level)

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the report as text: the tables, each finding, the outcome."""
        lines = [say("workspace.check_of", lang, path=self.path)]
        for name, count in self.rows.items():
            lines.append(say("workspace.check_table", lang, table=name, rows=f"{count:,}"))
        lines += [finding.line(lang) for finding in self.findings]
        counts = {f"{n}s": self.count(n) for n in ("error", "warning", "note")}
        outcome = "workspace.check_ok" if self.ok else "workspace.check_failed"
        return [*lines, say(outcome, lang, **counts)]


def shortened(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings with at most 20 of one kind per column, the rest counted in one line."""
    kept: list[Finding] = []
    seen: dict[tuple[str, str, str, str], int] = {}
    for finding in findings:
        kind = (finding.level, finding.file, finding.column, finding.reason_key)
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= SHOWN:
            kept.append(finding)
    for (level, file, column, reason), count in seen.items():
        if count > SHOWN:
            params: dict[str, object] = {"more": count - SHOWN, "reason": reason}
            kept.append(Finding(level, file, None, column, "", "more", params))  # type: ignore[arg-type]
    return tuple(kept)
