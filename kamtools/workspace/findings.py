"""What a check finds: where, what, why and what to do."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from kamtools.words import has_message, say

Level = Literal["error", "warning", "note"]
SHOWN = 20  # findings of one kind in one column that are listed one by one
KINDS = 10  # kinds that the terminal shows; the rest stands in LIST
EXAMPLES, EXAMPLE_WIDTH = 5, 240  # of one kind, at most
LIST = "check.csv"
_LEVELS: dict[str, int] = {"error": 0, "warning": 1, "note": 2}


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
        Values that the messages name; `rows` and `money` (exact text, in `currency`) say how much
        it touches.
    """

    level: Level
    file: str
    row: int | None
    column: str
    value: str
    reason_key: str
    params: dict[str, Any] = field(default_factory=dict)

    def reason(self, lang: str | None = None) -> str:
        """Return what is wrong, in `lang`."""
        values = self._values()
        if "code" in values:  # of the quarantine, whose words are the import's
            code, family = values["code"], "importing.reason"
            known = has_message(family, code)
            values["why"] = say(family, lang, code, value="…", allowed="…") if known else code
        return say("workspace.reason", lang, self.reason_key, **values)

    def remedy(self, lang: str | None = None) -> str:
        """Return what to do, in `lang`."""
        return say("workspace.remedy", lang, self.reason_key, **self._values())

    @property
    def rows(self) -> int:
        """How many rows it touches."""
        return int(str(self.params.get("rows", self.params.get("more", 1))))

    @property
    def money(self) -> Decimal:
        """How much money it touches, without sign; 0 where that is not known."""
        return abs(Decimal(str(self.params.get("money") or 0)))

    def line(self, lang: str | None = None) -> str:
        """Return the whole finding as one line of text."""
        place = "workspace.place_row" if self.row else "workspace.place_file"
        where = say(place, lang, file=self.file, row=self.row)
        what = ""
        if self.column:
            shown = self.value if len(self.value) <= 60 else self.value[:59] + "…"
            key = "workspace.place_value" if self.value else "workspace.place_column"
            what = say(key, lang, column=self.column, value=shown)
        return say(
            "workspace.finding",
            lang,
            level=say("workspace.level", lang, self.level),
            place=where + what + extent(self.rows, self.money, self.params.get("currency"), lang),
            reason=self.reason(lang),
            remedy=self.remedy(lang),
        ).replace("\n", " ")

    def __str__(self) -> str:
        return self.line()

    def _values(self) -> dict[str, Any]:
        own = {"value": self.value, "column": self.column, "file": self.file}
        return own | self.params | {"rows": f"{self.rows:,}"}


def extent(rows: int, money: Decimal, currency: object, lang: str | None) -> str:
    """Return how much a finding touches, in brackets; nothing where it is one row without money."""
    said = []
    if rows > 1:
        said.append(say("workspace.extent_rows", lang, rows=f"{rows:,}"))
    if money and currency:
        said.append(say("workspace.extent_money", lang, currency=currency, money=f"{money:,.0f}"))
    return say("workspace.extent", lang, extent=", ".join(said)) if said else ""


@dataclass(frozen=True)
class Kind:
    """All findings of one reason, the one that touches most money first.

    Attributes
    ----------
    findings : tuple of Finding
    rows, money
        Of the file and column in which it touches most; the other places are named with their rows.
    """

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The finding that touches most."""
        return self.findings[0]

    @property
    def _lead(self) -> list[Finding]:
        return [f for f in self.findings if (f.file, f.column) == (self.first.file, self.first.column)]

    @property
    def rows(self) -> int:
        """Rows in the place where it touches most."""
        return sum(f.rows for f in self._lead)

    @property
    def money(self) -> Decimal:
        """Money in the place where it touches most."""
        return sum((f.money for f in self._lead), Decimal(0))

    def line(self, lang: str | None = None) -> str:
        """Return the kind as one line: level, place, rows and money, examples, what is wrong, what to do."""
        if len(self.findings) == 1:
            return self.first.line(lang)
        first = self.first
        place = f"{first.file}, {first.column}" if first.column else first.file
        others: dict[str, int] = {}
        for f in self.findings:
            if (f.file, f.column) != (first.file, first.column):
                others[f.file] = others.get(f.file, 0) + f.rows
        also = ", ".join(f"{file} ({rows:,})" for file, rows in list(others.items())[:4])
        return say(
            "workspace.kind",
            lang,
            level=say("workspace.level", lang, first.level),
            place=place + extent(self.rows, self.money, first.params.get("currency"), lang),
            also=say("workspace.kind_also", lang, files=also) if also else "",
            examples=self._examples(lang),
            reason=first.reason(lang),
            remedy=first.remedy(lang),
        ).replace("\n", " ")

    def _examples(self, lang: str | None) -> str:
        said: list[str] = []
        for f in self._lead:
            row = say("workspace.example_row", lang, row=f.row) if f.row else ""
            value = f"“{f.value}”" if f.value else ""
            text = (row + (" " if row and value else "") + value) or f.file
            if text in said or f.reason_key == "more":
                continue
            if said and (len(said) == EXAMPLES or len(", ".join([*said, text])) > EXAMPLE_WIDTH):
                return ", ".join(said) + " …"
            said.append(text)
        return ", ".join(said)


@dataclass(frozen=True)
class CheckReport:
    """All findings about a workspace or a pack, and how many rows each table has.

    Attributes
    ----------
    path : str
    findings : tuple of Finding
        Errors first; at most 20 of one kind in one column, the rest counted.
    rows : dict
        Table -> rows.
    everything : tuple of Finding
        None left out.
    span : tuple of str
        First and last day of the ledger; empty where there is none.
    listed : Path or None
        Where everything is written, once it is.
    """

    path: str
    findings: tuple[Finding, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    everything: tuple[Finding, ...] = ()
    span: tuple[str, ...] = ()
    listed: Path | None = None

    @classmethod
    def of(
        cls, path: str, found: Iterable[Finding], rows: dict[str, int], span: tuple[str, ...] = ()
    ) -> CheckReport:
        """Return the report of everything found."""
        everything = tuple(sorted(found, key=lambda f: _LEVELS[f.level]))
        short = tuple(sorted(shortened(everything), key=lambda f: _LEVELS[f.level]))
        return cls(path, short, rows, everything, span)

    def also(self, found: Iterable[Finding]) -> CheckReport:
        """Return the report with more findings."""
        return CheckReport.of(self.path, (*self.everything, *found), self.rows, self.span)

    @property
    def ok(self) -> bool:
        """True where nothing found is an error."""
        return not any(f.level == "error" for f in self.findings)

    def count(self, level: Level) -> int:
        """Return how many findings there are of a level, those not listed included."""
        return sum(int(str(f.params.get("more", 1))) for f in self.findings if f.level == level)

    def kinds(self) -> list[Kind]:
        """Return the findings by kind: errors first, then what touches most money, then most rows."""
        grouped: dict[tuple[str, str], list[Finding]] = {}
        for f in self.everything or self.findings:
            reason = str(f.params["reason"]) if f.reason_key == "more" else f.reason_key
            grouped.setdefault((f.level, reason), []).append(f)
        kinds = []
        for found in grouped.values():
            best = sorted(found, key=lambda f: (f.reason_key == "more", -f.money, -f.rows))
            kinds.append(Kind(tuple(best)))
        return sorted(kinds, key=lambda k: (_LEVELS[k.first.level], -k.money, -k.rows))

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the report as text: the tables, at most ten kinds of findings, the outcome."""
        tables = [say("workspace.check_table", lang, table=n, rows=f"{c:,}") for n, c in self.rows.items()]
        lines = [say("workspace.check_of", lang, path=self.path, tables="; ".join(tables) or "–")]
        if self.span:
            lines[0] += say("workspace.check_span", lang, first=self.span[0], last=self.span[1])
        kinds = self.kinds()
        lines += [kind.line(lang) for kind in kinds[:KINDS]]
        if len(kinds) > KINDS:
            lines.append(say("workspace.check_kinds", lang, more=len(kinds) - KINDS))
        if self.listed and kinds:
            lines.append(say("workspace.check_listed", lang, path=self.listed))
        counts = {f"{n}s": f"{self.count(n):,}" for n in ("error", "warning", "note")}
        outcome = "workspace.check_ok" if self.ok else "workspace.check_failed"
        return [*lines, say(outcome, lang, **counts)]

    def written(self) -> CheckReport:
        """Write everything into ``check.csv`` of the workspace, where there is something, and say where.

        A pack is not written to: its list goes into the cache.
        """
        from kamtools.workspace.csvtext import write_atomic
        from kamtools.workspace.folder import default_cache, is_pack
        from kamtools.workspace.ids import slug

        folder = Path(self.path)
        path = folder / LIST
        if is_pack(folder):
            path = default_cache() / "checks" / f"{slug(folder.resolve().name)}-{LIST}"
        try:
            if self.everything:
                write_atomic(path, self.as_csv())
                return replace(self, listed=path)
            path.unlink(missing_ok=True)
        except OSError:  # a stick that cannot be written: the terminal has said the most
            pass
        return self

    def as_csv(self, lang: str | None = None) -> bytes:
        """Return everything found as a table for a spreadsheet: no cell is a formula."""
        from kamtools.workspace.csvtext import guard

        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\r\n")
        names = ("level", "kind", "file", "row", "column", "value", "rows", "money", "reason", "remedy")
        writer.writerow(names)
        for kind in self.kinds():
            for f in kind.findings:
                rows, money = str(f.rows), str(f.params.get("money") or "")
                row = "" if f.row is None else str(f.row)
                cells = (f.level, f.reason_key, f.file, row, f.column, f.value)
                said = (f.reason(lang).replace("\n", " "), f.remedy(lang).replace("\n", " "))
                texts = [guard(c) for c in (*cells, rows)]
                writer.writerow([*texts, money, *(guard(c) for c in said)])
        return out.getvalue().encode("utf-8-sig", "replace")


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
