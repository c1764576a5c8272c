"""The lines behind a figure as a person gets them: a table on the terminal, CSV, Excel."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from kamtools.book.lines import ALL, PNL, FigureLines, Line
from kamtools.errors import KamError
from kamtools.show.terminal import columns
from kamtools.words import say
from kamtools.workspace.csvtext import part_path, write_atomic

COLUMNS = (
    "table", "account", "id", "document", "date", "what", "source", "currency", "rate", "amount",
    "file", "sheet", "line", "filled_by",
)  # fmt: skip
NUMBERS = ("source", "rate", "amount", "line")
MOST = 1_048_576 - 2  # rows of a sheet beside the heading and the total
NONE = "–"


@dataclass(frozen=True)
class Listing:
    """A report over the lines behind a figure; always well."""

    found: FigureLines

    @property
    def ok(self) -> bool:
        """True: that there are no lines is an answer too."""
        return True

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the table, a total, and what it stands on."""
        found = self.found
        said = [title(found, lang), conventions(found, lang)]
        if not found.lines:
            return [*said, say("lines.none", lang)]
        shown = _shown(found)
        table = [[say("lines.column", lang, c) for c in shown]]
        table += [[_text(line, c) or NONE for c in shown] for line in found.lines]
        total = dict.fromkeys(shown, "") | {"amount": amount_text(found.total)}
        total[shown[0]] = say("lines.total", lang)
        table.append(list(total.values()))
        right = [shown.index(c) for c in NUMBERS if c in shown]
        said += columns(table, [60] * len(shown), right)
        said.append(say("lines.count", lang, count=len(found.lines)))
        if found.unknown:
            said.append(say("lines.unknown", lang, count=found.unknown))
        if any(not line.file for line in found.lines):
            said.append(say("lines.no_origin", lang))
        return said


def title(found: FigureLines, lang: str | None = None) -> str:
    """Return whose lines of which figure these are, and of when."""
    day = found.as_of.isoformat()
    if found.months is None:
        period = say("lines.until", lang, as_of=day)
    else:
        first, last = found.months
        period = say(
            "lines.month" if first == last else "lines.period", lang, first=first, last=last, as_of=day
        )
    figure = say("lines.all_lines", lang) if found.figure == ALL else found.figure
    return say("lines.title", lang, account=found.account, figure=figure, period=period)


def conventions(found: FigureLines, lang: str | None = None) -> str:
    """Return what the sum stands on: currency, VAT, signs, exchange rates, whose rows."""
    tables = {line.table for line in found.lines}
    owed = bool(tables & {"receivables", "credit"})
    costs = tables == {"expenses"} and not any(f"{line}" in found.figure for line in PNL)
    signs = "open" if owed else "costs" if costs else "pnl"
    foreign = any(line.currency not in ("", found.currency) for line in found.lines)
    several = len(found.accounts) > 1
    text = say(
        "lines.convention",
        lang,
        currency=found.currency,
        vat=say("lines.vat_with" if owed else "lines.vat_without", lang),
        signs=say("lines.signs", lang, signs),
        foreign=say("lines.foreign", lang) if foreign else "",
        rollup=say("lines.rollup", lang, accounts=", ".join(found.accounts)) if several else "",
    )
    return text.strip()


def amount_text(amount: Decimal) -> str:
    """Return an amount exactly, with two decimals or as many as it has; empty where it is not known.

    Examples
    --------
    >>> amount_text(Decimal("1234.5000")), amount_text(Decimal("-0.123400")), amount_text(Decimal("NaN"))
    ('1,234.50', '-0.1234', '')
    """
    return "" if amount.is_nan() else f"{_fitted(amount):,f}"


def _fitted(amount: Decimal) -> Decimal:
    short = amount.quantize(Decimal("0.01"))
    return short if short == amount else amount.normalize()


def _shown(found: FigureLines) -> list[str]:
    """Return the columns that say something."""
    foreign = any(line.currency != found.currency for line in found.lines)
    dropped = set() if foreign else {"source", "currency", "rate"}
    if len({line.table for line in found.lines}) < 2:
        dropped.add("table")
    if len({line.account for line in found.lines}) < 2:
        dropped.add("account")
    dropped |= {
        c for c in ("id", "document", "sheet", "filled_by") if not any(getattr(x, c) for x in found.lines)
    }
    return [c for c in COLUMNS if c not in dropped]


def _text(line: Line, column: str) -> str:
    value = getattr(line, column)
    if value is None:
        return ""
    if column == "date":
        return value.isoformat()
    if column in ("source", "amount"):
        return amount_text(value)
    if column == "rate":
        return "" if value.is_nan() else f"{value.normalize():f}"
    return str(value)


def write_lines(found: FigureLines, path: Path, lang: str | None = None) -> str:
    """Write the lines as CSV or Excel, by the ending of the name, and return what to say of it.

    Raises
    ------
    KamError
        Another ending; more lines than a sheet holds; a file of that name is there.
    """
    if path.exists():
        raise KamError("lines.file_exists", file=path)
    ending = path.suffix.lower()
    if ending == ".csv":
        write_atomic(path, csv_bytes(found, lang))
    elif ending == ".xlsx":
        _write_excel(found, path, lang)
    else:
        raise KamError("lines.bad_ending", file=path)
    count, total = len(found.lines), amount_text(found.total)
    return say("lines.written", lang, count=count, total=total, currency=found.currency, file=path)


def csv_bytes(found: FigureLines, lang: str | None = None) -> bytes:
    """Return the lines as CSV (UTF-8 with a mark, for Excel), amounts exact; no total, so that a column adds up to it.

    Text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([say("lines.column", lang, c) for c in COLUMNS])
    for line in found.lines:
        writer.writerow([_cell(line, c) for c in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def _cell(line: Line, column: str) -> str:
    text = _text(line, column)
    if column in NUMBERS:
        return text.replace(",", "")
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def _write_excel(found: FigureLines, path: Path, lang: str | None) -> None:
    """Write a workbook: the lines with their total, and on a second sheet what they stand on."""
    import xlsxwriter

    if len(found.lines) > MOST:
        raise KamError("lines.too_many_for_excel", count=len(found.lines))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_path(path)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    try:
        with xlsxwriter.Workbook(str(part), options) as book:
            bold = book.add_format({"bold": True})
            money = book.add_format({"num_format": "#,##0.00##"})
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            last = book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1})
            sheet = book.add_worksheet("lines")
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(COLUMNS) - 1, 14)
            sheet.write_row(0, 0, [say("lines.column", lang, c) for c in COLUMNS], bold)
            for number, line in enumerate(found.lines, 1):
                for place, column in enumerate(COLUMNS):
                    text = _text(line, column)
                    if not text:
                        continue
                    if column == "date":
                        sheet.write_datetime(number, place, dt.datetime.combine(line.date, dt.time()), day)
                    elif column in NUMBERS:
                        look = money if column in ("source", "amount") else None
                        sheet.write_number(number, place, float(getattr(line, column)), look)
                    else:
                        sheet.write_string(number, place, text)
            end = len(found.lines) + 1
            sheet.write_string(end, 0, say("lines.total", lang), bold)
            sheet.write_number(end, COLUMNS.index("amount"), float(round(found.total, 2)), last)
            about = book.add_worksheet("about")
            for row, text in enumerate((title(found, lang), conventions(found, lang))):
                about.write_string(row, 0, text)
            if found.unknown:
                about.write_string(2, 0, say("lines.unknown", lang, count=found.unknown))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
