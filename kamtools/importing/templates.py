"""Excel templates for tables that people keep by hand, each with the mapping that brings it in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kamtools.errors import KamError
from kamtools.words import check_language, current_language, say
from kamtools.workspace.csvtext import write_atomic
from kamtools.workspace.tables import TABLES, Column, Table, column_meaning

# Tables that a company seldom has in a system it can export from.
BY_HAND = (
    "budget",
    "targets",
    "expenses",
    "promotions",
    "credit",
    "financials",
    "service",
    "wallets",
    "markets",
    "exchange_rates",
)
_WIDTH = 18


@dataclass(frozen=True)
class TemplateReport:
    """What was written: for each table a workbook and a mapping."""

    folder: Path
    written: tuple[tuple[str, Path, Path], ...]

    @property
    def ok(self) -> bool:
        """Always true: a template that cannot be written raises."""
        return True

    def lines(self, lang: str | None = None) -> list[str]:
        """Return for each template the command that brings it in."""
        return [
            say("importing.template.line", lang, table=table, workbook=workbook, mapping=mapping)
            for table, workbook, mapping in self.written
        ]


def write_templates(
    folder: str | Path, tables: Iterable[str] = BY_HAND, lang: str | None = None, currency: str = "CNY"
) -> TemplateReport:
    """Write ``<table>.xlsx`` and ``<table>.yml`` for each table.

    The workbook's first sheet has our column names as its header, so that the
    mapping beside it fits as it is; the second says what each column holds.

    Parameters
    ----------
    folder : path
        Made where it is not there.
    tables : names of tables
    lang : {"zh", "en"}, optional
        Of the explanations.
    currency : str
        Written into the mapping.

    Raises
    ------
    KamError
        For an unknown table, or where a workbook of that name is there already:
        it may have been filled in.
    """
    lang = check_language(lang or current_language())
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    written = []
    for name in tables:
        if name not in TABLES:
            raise KamError("workspace.unknown_table", table=name, allowed=", ".join(TABLES))
        workbook, mapping = place / f"{name}.xlsx", place / f"{name}.yml"
        for path in (workbook, mapping):
            if path.exists():
                raise KamError("importing.template.there", path=path)
        write_atomic(workbook, _workbook(TABLES[name], lang))
        write_atomic(mapping, _mapping(TABLES[name], currency).encode())
        written.append((name, workbook, mapping))
    return TemplateReport(place, tuple(written))


def _workbook(table: Table, lang: str) -> bytes:
    import io

    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#e4e9ed", "border": 1})
        must = book.add_format({"bold": True, "bg_color": "#c6d6e2", "border": 1})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        text, date, money = (book.add_format({"num_format": f}) for f in ("@", "yyyy-mm-dd", "#,##0.00"))
        sheet = book.add_worksheet(table.name)
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(table.columns):
            sheet.write_string(0, at, column.name, must if column.required else bold)
            sheet.write_comment(0, at, _about(table, column, lang), {"x_scale": 2})
            sheet.set_column(at, at, _WIDTH, {"text": text, "date": date, "money": money}[column.type])
            if column.allowed:
                sheet.data_validation(1, at, 5000, at, {"validate": "list", "source": list(column.allowed)})
        notes = book.add_worksheet(say("importing.template.notes", lang))
        heads = ("column", "required", "type", "meaning")
        for at, head in enumerate(heads):
            notes.write_string(0, at, say("importing.template", lang, head), bold)
        for row, column in enumerate(table.columns, start=1):
            needed = say("importing.template.yes", lang) if column.required else ""
            cells = (column.name, needed, column.type, _about(table, column, lang))
            for at, cell in enumerate(cells):
                notes.write_string(row, at, cell, wrap)
        notes.set_column(0, 2, 14)
        notes.set_column(3, 3, 70)
    return out.getvalue()


def _about(table: Table, column: Column, lang: str) -> str:
    words = column_meaning(table.name, column.name, lang)
    allowed = (
        say("importing.template.allowed", lang, allowed=", ".join(column.allowed)) if column.allowed else ""
    )
    return f"{words}{allowed}"


def _mapping(table: Table, currency: str) -> str:
    lines = [
        f"currency: {currency}",
        "dates: iso",
        "sources:",
        f'  {table.name}: {{file: "{table.name}.xlsx", sheet: {table.name}}}',
        "tables:",
        f"  {table.name}:",
        f"    source: {table.name}",
        "    columns:",
    ]
    lines += [f"      {c.name}: {c.name}" for c in table.columns]
    return "\n".join(lines) + "\n"
