"""What an export and an import of forms did: counts that add up."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kamtools.words import say

_SHOWN = 10  # quarantined cells that the terminal lists


@dataclass(frozen=True)
class ExportReport:
    """A workbook written.

    Attributes
    ----------
    path : Path
    accounts, forms, records : int
        Accounts and forms in it; records of the store that were there already.
    kept : list of str
        Cells whose value a cell cannot hold; it stays in the store.
    """

    path: Path
    accounts: int
    forms: int
    records: int
    kept: list[str]

    @property
    def ok(self) -> bool:
        """True: an export that cannot be made raises."""
        return True

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the report as lines of text."""
        counts = {"accounts": self.accounts, "forms": self.forms, "records": self.records}
        lines = [say("forms.exported", lang, path=self.path, **counts)]
        if self.kept:
            shown = ", ".join(self.kept[:_SHOWN]) + (" …" if len(self.kept) > _SHOWN else "")
            lines.append(say("forms.exported_kept", lang, count=len(self.kept), places=shown))
        return lines


@dataclass(frozen=True)
class Quarantined:
    """One reason why a row of a workbook was not taken.

    Attributes
    ----------
    sheet : str
        The name on its tab.
    row : int
        As Excel counts.
    account, form, column, value : str
    code : str
        ``forms.reason_<code>`` and ``forms.remedy_<code>`` are the messages.
    params : dict
        Values that the messages name.
    """

    sheet: str
    row: int
    account: str
    form: str
    column: str
    value: str
    code: str
    params: dict[str, str] = field(default_factory=dict)

    def reason(self, lang: str | None = None) -> str:
        """Return what is wrong."""
        return say("forms.reason", lang, self.code, **self._values())

    def remedy(self, lang: str | None = None) -> str:
        """Return what to do."""
        return say("forms.remedy", lang, self.code, **self._values())

    def line(self, lang: str | None = None) -> str:
        """Return it as one line of text."""
        shown = self.value if len(self.value) <= 60 else self.value[:59] + "…"
        where = say(
            "forms.place",
            lang,
            sheet=self.sheet,
            row=self.row,
            account=self.account,
            column=self.column,
            value=shown,
        )
        return say(
            "forms.finding", lang, where=where, reason=self.reason(lang), remedy=self.remedy(lang)
        ).replace("\n", " ")

    def _values(self) -> dict[str, str]:
        return {"value": self.value[:60], "allowed": "", "account": self.account} | self.params


@dataclass
class SheetCount:
    """One sheet: ``accepted + quarantined + blank == rows``."""

    sheet: str
    rows: int = 0
    accepted: int = 0
    quarantined: int = 0
    blank: int = 0


@dataclass
class ImportReport:
    """What an import did.

    Attributes
    ----------
    path : Path
    sheets : list of SheetCount
    written, unchanged, merged : int
        Records (a form of an account) that were written; that were as in the
        store; of those written, the ones where someone else had saved first
        and the own words went on top (``keep_mine``).
    conflicts : int
        Records not written because someone else had saved first.
    rows_removed, fields_cleared : int
        Rows of tables and values that the workbook no longer has; the history keeps them.
    gaps : dict
        Form -> mandatory things still missing in the records written.
    quarantined : list of Quarantined
    quarantine : Path or None
        The file with them.
    unknown_sheets : list of str
        Sheets that are none of ours: nothing was read from them.
    """

    path: Path
    sheets: list[SheetCount] = field(default_factory=list)
    written: int = 0
    unchanged: int = 0
    merged: int = 0
    conflicts: int = 0
    rows_removed: int = 0
    fields_cleared: int = 0
    gaps: dict[str, int] = field(default_factory=dict)
    quarantined: list[Quarantined] = field(default_factory=list)
    quarantine: Path | None = None
    unknown_sheets: list[str] = field(default_factory=list)

    @property
    def sum_holds(self) -> bool:
        """True where every row is accounted for."""
        return all(s.accepted + s.quarantined + s.blank == s.rows for s in self.sheets)

    @property
    def ok(self) -> bool:
        """True where every row with something in it was taken."""
        return self.sum_holds and not self.quarantined

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the report as lines of text."""
        from kamtools.forms.definitions import form

        lines = []
        for s in self.sheets:
            if s.accepted or s.quarantined:
                counts = {k: f"{getattr(s, k):,}" for k in ("rows", "accepted", "quarantined", "blank")}
                lines.append(say("forms.sheet", lang, sheet=s.sheet, **counts))
        lines.append(
            say("forms.imported", lang, written=f"{self.written:,}", unchanged=f"{self.unchanged:,}")
        )
        if self.merged:
            lines.append(say("forms.merged", lang, count=self.merged))
        if self.rows_removed or self.fields_cleared:
            lines.append(say("forms.removed", lang, rows=self.rows_removed, fields=self.fields_cleared))
        for name, count in self.gaps.items():
            lines.append(say("forms.gaps", lang, form=form(name).title(lang), count=count))
        if self.unknown_sheets:
            lines.append(say("forms.unknown_sheets", lang, sheets=", ".join(self.unknown_sheets)))
        if self.conflicts:
            lines.append(say("forms.conflicts", lang, count=self.conflicts))
        lines += [q.line(lang) for q in self.quarantined[:_SHOWN]]
        if self.quarantine:
            lines.append(say("forms.see_quarantine", lang, count=len(self.quarantined), path=self.quarantine))
        return lines
