"""The mapping: which foreign column is ours, and by which rules. Its model, and reading it with line numbers."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from kamtools.errors import KamError
from kamtools.importing.formula import Formula
from kamtools.importing.values import STYLES
from kamtools.words import say
from kamtools.workspace.findings import Finding
from kamtools.workspace.settings import Model
from kamtools.workspace.tables import TABLES, Table
from kamtools.workspace.yamltext import Text, YamlFault, parse, validate

OPEN = "?"  # in a mapping: a question that waits for its answer
GENERATED = {"ledger": "line_id", "expenses": "expense_id", "receivables": "document"}
CHOICES = (
    "company_zh",
    "company_en",
    "fiscal_year_start",
    "vat_rate",
    "as_of",
    "basis",
    "rollup",
    "sales_period",
    "negative_sales",
)


def _texts(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _column(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _condition(value: Any) -> Any:
    return {"is": value} if isinstance(value, str | list) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class Source(Model):
    """Where records come from: files by name pattern, and how they are laid out."""

    file: str = "*"
    sheet: str | None = None  # name pattern; default: every sheet that has the columns
    header: Annotated[tuple[int, ...], BeforeValidator(_texts)] = ()  # rows, 1-based; default: found
    delimiter: Annotated[str, Field(min_length=1, max_length=2)] | None = None
    encoding: str | None = None
    fill_down: Texts = ()  # columns whose merged cells are filled from above


class Condition(Model):
    """What a cell must be; several parts must all hold."""

    is_: Annotated[Texts | None, Field(alias="is")] = None
    not_: Annotated[Texts | None, Field(alias="not")] = None
    starts_with: Texts | None = None
    contains: Texts | None = None
    empty: bool | None = None
    above: float | None = None
    below: float | None = None
    at_least: float | None = None
    at_most: float | None = None


Where = dict[str, Annotated[Condition, BeforeValidator(_condition)]]


class Case(Model):
    """A value, where the conditions hold."""

    where: Where
    value: str


class ColumnRule(Model):
    """Where one of our columns comes from: exactly one of the first seven."""

    column: str | None = None
    constant: str | None = None
    formula: str | None = None
    columns: tuple[str, ...] | None = None  # joined with `separator`
    row_number: bool | None = None
    cases: tuple[Case, ...] | None = None  # the first that holds; else `otherwise`
    by_sign: str | None = (
        None  # kind by the sign of this column: return (credit_note) where negative, else sale (invoice)
    )

    separator: str = "-"
    otherwise: str | None = None
    start: int = 1  # of row_number
    prefix: str = ""  # before row_number
    map: dict[str, str] = Field(default_factory=dict)
    unmapped: Literal["keep", "quarantine", "empty"] = "keep"
    empty: Texts = ()  # texts that mean "missing" in this column
    date: str | None = None
    decimal: Literal[".", ","] | None = None
    vat_included: Annotated[float, Field(ge=0, le=1)] | None = None  # of this column; 0: none to take out
    blanks: Literal["missing", "zero"] = "missing"  # in a formula, where another of its columns is filled

    @property
    def ways(self) -> list[str]:
        """Which of the seven ways are given."""
        names = ("column", "constant", "formula", "columns", "row_number", "cases", "by_sign")
        return [n for n in names if getattr(self, n) not in (None, False)]


class Join(Model):
    """Columns of another source, found by equal values."""

    source: str
    on: dict[str, str] = Field(min_length=1)  # our column: theirs
    missing: Literal["quarantine", "keep"] = "quarantine"


class Unpivot(Model):
    """Wide to long: each of `columns` becomes a row with its name and its value."""

    columns: tuple[str, ...] = Field(min_length=1)
    name: str = "name"
    value: str = "value"


class Rules(Model):
    """What to do with what is not plain."""

    missing_account: Literal["keep", "quarantine"] = "keep"
    duplicates: Literal["keep", "quarantine"] = "keep"  # lines equal in every cell
    totals: Literal["quarantine", "keep"] = "quarantine"  # 小计, 合计, total
    same_key: Literal["quarantine", "first", "last"] = "quarantine"  # other content under a known key
    newer_file: Literal["adds", "replaces"] | None = (
        None  # another file of the same mapping; unsaid: see the docs
    )
    overlap: Literal["once", "keep"] = "once"  # equal rows that another file brought
    blank: Literal["keep", "erase"] = "keep"  # an empty cell over a value that is known
    sign: Literal["as_is", "flip", "returns_negative"] = "as_is"
    vat_included: Annotated[float, Field(ge=0, le=1)] | None = None  # the rate to take out
    unit: Annotated[float, Field(gt=0)] = 1  # what the money columns are in: 10000 for 万元


class TableMap(Model):
    """How one table is filled."""

    source: str
    where: Where = Field(default_factory=dict)
    join: tuple[Join, ...] = ()
    unpivot: Unpivot | None = None
    columns: dict[str, Annotated[ColumnRule, BeforeValidator(_column)]]
    rules: Rules = Rules()


class Mapping(Model):
    """A whole mapping.

    `workspace` holds choices of ``settings.yml`` for a workspace that the import makes:
    what a return does to a share is its ``basis`` (``net`` or ``gross``).
    """

    currency: str | None = Field(None, pattern=r"^[A-Z]{3}$")
    dates: str | None = None  # a style of values.STYLES, iso, or a pattern with %
    decimal: Literal[".", ","] = "."
    workspace: dict[str, str] = Field(default_factory=dict)
    sources: dict[str, Source] = Field(min_length=1)
    tables: dict[str, TableMap] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _plain_sources(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("sources"), dict):
            plain = {k: {"file": v} if isinstance(v, str) else v for k, v in data["sources"].items()}
            return data | {"sources": plain}
        return data


class MappingError(KamError):
    """A mapping with faults: each with its line, what is allowed and what to do."""

    def __init__(self, file: str, faults: list[Finding | KamError]) -> None:
        super().__init__("importing.bad_mapping", file=file, count=len(faults), faults="")
        self.faults = faults

    def text(self, lang: str | None = None) -> str:
        """Return every fault in `lang`, one a line."""
        lines = [f.line(lang) if isinstance(f, Finding) else f.text(lang) for f in self.faults[:20]]
        params = self.params | {"faults": "\n".join(lines)}
        return say(self.key, lang, **params)


def load_mapping(path: Path) -> Mapping:
    """Read a mapping.

    Raises
    ------
    MappingError
        Where it cannot be read or does not fit; every fault with its line.
    """
    file = path.name
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except OSError:
        raise KamError("importing.no_file", path=path) from None
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        raise MappingError(file, [Finding("error", file, row, "", "", "encoding")]) from None
    try:
        text = parse(content, file)
    except YamlFault as fault:
        raise MappingError(file, [fault.finding]) from None
    open_places = open_questions(text.data)
    if open_places:
        raise MappingError(file, [_open(content, text, place, file) for place in open_places])
    mapping, findings = validate(text, Mapping, file)
    faults: list[Finding | KamError] = [*findings]
    if mapping is not None:
        faults += _faults(mapping, text, file)
    if mapping is None or faults:
        raise MappingError(file, faults)
    return mapping


def _open(content: str, text: Text, place: tuple[str | int, ...], file: str) -> KamError:
    """Return the fault of an open question, with the remarks above it that give its choices."""
    row = text.line(place)
    above: list[str] = []
    for line in reversed(content.splitlines()[: row - 1]):
        if not line.strip().startswith("# ?"):
            break
        above.insert(0, "  " + line.strip()[3:].strip())
    choices = "".join("\n" + line for line in above)
    return KamError(
        "importing.mapping.open", file=file, row=row, place=".".join(map(str, place)), choices=choices
    )


def date_style(text: str) -> bool:
    """Tell whether a text is a way to read dates."""
    return text in (*STYLES, "iso") or "%" in text


def open_questions(data: Any) -> list[tuple[str | int, ...]]:
    """Return the places of a mapping where ``"?"`` stands for an answer that is still to be given.

    Elsewhere a question mark is a text like any other: ``empty: ["?"]``.

    Examples
    --------
    >>> open_questions({"dates": "?", "tables": {"ledger": {"columns": {"cost": {"column": "c", "empty": "?"}}}}})
    [('dates',)]
    """
    asked = [
        ("currency",),
        ("dates",),
        ("decimal",),
        ("sources", "*"),
        ("sources", "*", "*"),
        ("tables", "*", "source"),
        ("tables", "*", "unpivot"),
        ("tables", "*", "rules", "*"),
        ("tables", "*", "columns", "*"),
        *(
            ("tables", "*", "columns", "*", k)
            for k in ("date", "decimal", "vat_included", "by_sign", "formula")
        ),
    ]

    def find(data: Any, path: tuple[str, ...], place: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
        if not path:
            return [place] if data == OPEN else []
        if not isinstance(data, dict):
            return []
        keys = list(data) if path[0] == "*" else [k for k in data if k == path[0]]
        return [p for k in keys for p in find(data[k], path[1:], (*place, k))]

    return [place for path in asked for place in find(data, path, ())]


def _near(word: str, allowed: list[str]) -> str:
    close = difflib.get_close_matches(word, allowed, 1)
    return ", ".join([*close, *(a for a in allowed if a not in close)])


def _faults(mapping: Mapping, text: Text, file: str) -> list[KamError]:
    faults: list[KamError] = []

    def fault(key: str, place: tuple[str | int, ...], **params: object) -> None:
        faults.append(KamError("importing.mapping", key, file=file, row=text.line(place), **params))

    if mapping.dates is not None and not date_style(mapping.dates):
        fault("date_style", ("dates",), value=mapping.dates)
    for key in mapping.workspace:
        if key not in CHOICES:
            fault("unknown_choice", ("workspace", key), value=key, allowed=_near(key, list(CHOICES)))
    for alias, source in mapping.sources.items():
        if "." in alias:
            fault("source_name", ("sources", alias), value=alias)
        if len(source.header) > 2 or any(h < 1 for h in source.header):
            fault("header", ("sources", alias, "header"), value=source.header)
    for table, part in mapping.tables.items():
        at = ("tables", table)
        if table not in TABLES:
            fault("unknown_table", at, value=table, allowed=_near(table, list(TABLES)))
            continue
        for place, alias in [((*at, "source"), part.source)] + [
            ((*at, "join", i, "source"), j.source) for i, j in enumerate(part.join)
        ]:
            if alias not in mapping.sources:
                fault("unknown_source", place, value=alias, allowed=_near(alias, list(mapping.sources)))
        _column_faults(mapping, part, TABLES[table], at, fault)
    return faults


def _column_faults(mapping: Mapping, part: TableMap, table: Table, at: tuple, fault: Any) -> None:
    for name, rule in part.columns.items():
        place = (*at, "columns", name)
        if name not in table.names:
            fault(
                "unknown_column", place, table=table.name, value=name, allowed=_near(name, list(table.names))
            )
        if len(rule.ways) != 1:
            fault("one_way", place, value=name, found=", ".join(rule.ways) or "–")
        if rule.date is not None and not date_style(rule.date):
            fault("date_style", (*place, "date"), value=rule.date)
        if rule.formula is not None:
            try:
                Formula(rule.formula)
            except ValueError as error:
                fault("formula", (*place, "formula"), value=rule.formula, detail=error)
            if name in table.names and table.column(name).type != "money":
                fault("formula_money", (*place, "formula"), value=name)
    given = set(part.columns) | {GENERATED.get(table.name, "")}
    given |= {"currency"} if mapping.currency else set()
    given |= {"kind"} if table.name in ("ledger", "receivables") else set()  # by the sign of the amount
    partly = set(table.key) <= set(part.columns)  # ids and some columns: of rows that are there already
    for name in table.required:
        if name not in given and not partly:
            fault(
                "missing_column",
                (*at, "columns"),
                table=table.name,
                value=name,
                allowed=", ".join(table.names),
            )
