"""One staged source into one table: the mapping as SQL, and the problems of each record."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from kamtools.errors import KamError
from kamtools.importing import values as v
from kamtools.importing.archive import FORMULA, MOST_CELLS
from kamtools.importing.formula import Formula
from kamtools.importing.headers import (
    are_returns,
    kind_like,
    read_header,
    stated_totals,
    taxes,
    unit_above,
    vat_above,
)
from kamtools.importing.mapping import GENERATED, ColumnRule, Condition, Mapping, TableMap, Where
from kamtools.importing.staging import Unit, nameless
from kamtools.importing.totals import CENT, NO_SUM, PART_TOTAL, Profile, Step, summary_sheets, total_lines
from kamtools.workspace.tables import TABLES, Column, Table

if TYPE_CHECKING:
    import duckdb

IDS = ("account", "parent", "product", "invoice", "line_id", "document", "expense_id", "code")
WITHOUT_VAT = ("amount", "list_amount")
WHOLE = (
    "blank",
    "summary_sheet",
    "total_row",
    "exact_duplicate",
)  # what a record is, whatever the mapping's conditions
MONEY = ("amount", "list_amount", "cost", "paid_amount")
# numbers that are no money: rules.unit multiplies all others
NO_MONEY = ("quantity", "price_cut", "terms_days", "rate", "list_price", "unit_cost")
BELOW_ZERO = {"ledger": ("return", "sale"), "receivables": ("credit_note", "invoice")}  # kind by the sign
DASH = rf"({v.SIGNS}|\W)*[-–—－−]+\W*"
DOLLARS = ("USD", "HKD", "TWD", "AUD", "CAD", "SGD", "NZD", "MOP")
# a sign in a cell of money -> the currencies that it can mean
CURRENCIES = {
    r"US\$|USD": ("USD",),
    r"HK\$|HKD": ("HKD",),
    r"NT\$|TWD": ("TWD",),
    "€|EUR": ("EUR",),
    "[£￡]|GBP": ("GBP",),
    "JPY": ("JPY",),
    "RMB|CNY|人民币|人民幣": ("CNY",),
    "[¥￥]": ("CNY", "JPY"),
    "[$＄]": DOLLARS,
}


@dataclass
class Translator:
    """Fills table `name` from `unit`; `joined` are the staged units of each joined source by its name.

    After :meth:`run` the database has ``<out>`` (``_line``, ``_part`` and the columns of
    the table, for records without problems) and :attr:`problems`.
    """

    db: duckdb.DuckDBPyConnection
    mapping: Mapping
    name: str
    unit: Unit
    joined: Dict[str, list[Unit]]
    mended: Dict[str, Dict[int, str]] = field(default_factory=dict)  # column -> line -> value
    file: str = ""  # of the mapping, for messages
    id_suffix: str = ""  # of the ids that are made, where another mapping made some of the same lines
    aliases: Dict[str, str] = field(default_factory=dict)  # other id or name of an account -> its id

    def __post_init__(self) -> None:
        self.part: TableMap = self.mapping.tables[self.name]
        self.table: Table = TABLES[self.name]
        self.refs: dict[str, str] = {}  # reference -> SQL of the text in `base`
        self.parsed: dict[tuple[str, ...], str] = {}  # how a text is read -> its column
        self.reads: list[str] = []  # SELECT items of the reading layer
        self.kept: dict[str, None] = {}  # of these, those that the checks need
        self.checks: list[tuple[str, str, str]] = []  # column, SQL of its text, SQL of the code
        self.problems: list[tuple[int, str, str, str]] = []  # line, column, value, code
        self.blank = 0
        self.kind = "TABLE"  # what the base layer is
        self.notes: list[tuple[str, dict[str, object]]] = list(self.unit.notes)
        self.digits: set[str] = set()  # references whose cells are all plain digits
        self.usual: dict[tuple[str, str], bool] = {}  # column, pattern -> whether all of its cells are of it
        self.formats: dict[str, bool] = {}  # column -> whether it is in an accounting format
        self.divided: dict[str, str] = {}  # column -> its foreign column, where VAT was taken out
        self.undivided: dict[str, str] = {}  # and where the rule does not reach
        self.out = f"out_{self.unit.table}_{self.name}"

    # -- columns by name ------------------------------------------------------

    def locate(self, wanted: str) -> tuple[str, str]:
        """Return ``("", cell)`` for a column of the unit itself, or ``(join's source, name)``."""
        cell = self.unit.find(wanted)
        if cell is not None:
            return "", cell
        for join in self.part.join:
            plain = wanted.removeprefix(f"{join.source}.")
            if any(u.find(plain) is not None for u in self.joined[join.source]):
                return join.source, plain
        headers = [h for h in self.unit.header if not h.startswith("#")]
        for source, units in self.joined.items():
            headers += [f"{source}.{h}" for u in units for h in u.header]
        raise KamError(
            "importing.missing_column",
            file=self.unit.label,
            column=wanted,
            allowed=", ".join(dict.fromkeys(headers)),
            mapping=self.file,
        )

    def ref(self, wanted: str) -> str:
        """Return the SQL of a column's text, made part of the base layer."""
        melt = self.part.unpivot
        if wanted not in self.refs:
            if not (melt and wanted in (melt.name, melt.value)):
                self.locate(wanted)
            self.refs[wanted] = f"r{len(self.refs)}"
        return self.refs[wanted]

    # -- the layers -----------------------------------------------------------

    def run(self) -> None:
        """Build the layers, check, and leave the good rows in ``out``."""
        targets = self._targets()
        where = [self._condition(c, k) for c, k in self.part.where.items()]
        self._record_states()
        self._base(where)
        self._check_decimals()
        u = self.unit.table
        reads = "".join(f", {r}" for r in self.reads)
        old = {c: sql for c, sql in targets.items() if self.aliases and c in ("account", "parent")}
        targets |= {c: self._renamed(sql) for c, sql in old.items()}
        rows = ", ".join(f"{sql} AS {v.name(c)}" for c, sql in targets.items())
        rows += "".join(f", {sql} AS _old_{c}" for c, sql in old.items())
        texts = "".join(f"{c}, " for c in (*self.refs.values(), *self.kept))
        layers = (
            f"(SELECT _line, _part, {texts}{rows} FROM (SELECT *{reads} FROM base_{u} WHERE _state IS NULL))"
        )
        good = " AND ".join(f"({sql}) IS NULL" for _, _, sql in self.checks) or "true"
        columns = ", ".join(v.name(c) for c in self.table.names)
        olds = "".join(f", _old_{c}" for c in old)
        self.db.execute(
            f"CREATE TEMP TABLE {self.out} AS SELECT _line, _part, {columns}{olds}, {good} AS _good FROM {layers}"
        )
        self.db.execute(f"CREATE TEMP TABLE lost AS SELECT DISTINCT _line FROM {self.out} WHERE NOT _good")
        if self._rows("lost"):
            self._problems(layers)
            self.db.execute(f"DELETE FROM {self.out} WHERE _line IN (SELECT _line FROM lost)")
        self.db.execute("DROP TABLE lost")
        self._states()
        self._tell_vat()
        self._tell_aliases()
        self._doubts()
        self._stated_total()
        used = references(self.part) | set(self.mapping.sources[self.part.source].fill_down)
        unread = nameless(self.db, self.unit, used)
        self.notes += [("nameless", unread)] if unread else []
        self.db.execute(f"DROP {self.kind} base_{u}")
        self.db.execute(f"DROP TABLE state_{u}")

    def _rows(self, table: str) -> bool:
        return self.db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None

    def _problems(self, layers: str) -> None:
        """Say what is wrong with each of the lines in ``lost``: only for these are the texts kept."""
        u = self.unit.table
        checks = "".join(f", {sql} AS p{i}" for i, (_, _, sql) in enumerate(self.checks))
        self.db.execute(
            f"CREATE TEMP TABLE full_{u} AS SELECT *{checks} FROM {layers} SEMI JOIN lost USING (_line)"
        )
        for i, (column, text, _) in enumerate(self.checks):
            found = self.db.execute(
                f"SELECT _line, coalesce({text}, ''), p{i} FROM full_{u} WHERE p{i} IS NOT NULL ORDER BY _line"
            ).fetchall()
            self.problems += [(line, column, value, code) for line, value, code in found]
        self.db.execute(f"DROP TABLE full_{u}")

    def _renamed(self, sql: str) -> str:
        """Return the SQL of an account's id with the aliases put in its place."""
        pairs = ", ".join(f"{v.quoted(a)}: {v.quoted(b)}" for a, b in self.aliases.items())
        return f"coalesce(MAP {{{pairs}}}[{sql}], {sql})"

    def _tell_aliases(self) -> None:
        """Note which ids were renamed, and in how many rows."""
        for column in ("account", "parent") if self.aliases else ():
            if column not in self.table.names:
                continue
            found = self.db.execute(
                f"SELECT _old_{column}, any_value({column}), count(*) FROM {self.out}"
                f" WHERE _old_{column} <> {column} GROUP BY 1 ORDER BY 3 DESC, 1"
            ).fetchall()
            if found:
                shown = "; ".join(f"{a} → {b} ({n:,})" for a, b, n in found[:10]) + "; …" * (len(found) > 10)
                count = f"{sum(n for *_, n in found):,}"
                self.notes.append(("aliases", {"file": self.unit.label, "count": count, "names": shown}))

    def _doubts(self) -> None:
        """Note, with the money, what a header or a column says and the mapping does not heed."""
        rules, unit = self.part.rules, self.unit
        shown: dict[str, object] = {"file": unit.label}
        money = [c.name for c in self.table.columns if c.type == "money" and c.name not in NO_MONEY]
        units = [(text, n) for text in (*unit.above, unit.sheet) if (n := unit_above(text)) != 1]
        self._doubt_groups()
        for column in WITHOUT_VAT if self.name == "ledger" else ():
            self._doubt_title(column)
        for column in money:
            rule = self.part.columns.get(column)
            if rule is None or rule.column is None:
                continue
            header = read_header(rule.column)
            row = self.db.execute(f"SELECT sum({column}) FROM {self.out}").fetchone()
            told = {
                **shown,
                "header": rule.column,
                "total": f"{row[0] if row and row[0] is not None else 0:,.2f}",
            }
            said_by, unit_said = (
                (rule.column, header.unit) if header.unit != 1 else units[0] if units else ("", 1)
            )
            if unit_said != 1 and rules.unit == 1:
                self.notes.append(
                    ("doubt_unit", {**told, "header": said_by.strip(), "unit": f"{unit_said:,}"})
                )
            if self.name != "ledger":
                continue
            rate = rule.vat_included if rule.vat_included is not None else rules.vat_included
            if header.vat == "with" and rate is None:
                self.notes.append(("doubt_vat", told))
            if header.vat == "without" and rule.vat_included:
                self.notes.append(("doubt_vat_twice", told))
        if rules.sign != "as_is" or self.name != "ledger":
            return
        used = references(self.part)
        amount = f"SELECT _line, sum(amount) AS amount FROM {self.out} GROUP BY 1 HAVING sum(amount) > 0"
        for i, name in enumerate(unit.header):
            if name.startswith("#") or name in used or not kind_like(name):
                continue
            found = self.db.execute(
                f"SELECT {v.trimmed(f'c{i}')}, count(*), sum(amount) FROM {unit.table} JOIN ({amount}) USING (_line)"
                f" WHERE c{i} <> '' AND length(c{i}) < 40 GROUP BY 1 ORDER BY 3 DESC LIMIT 50"
            ).fetchall()
            words = are_returns(name, [value for value, *_ in found])
            sums = [(n, total) for value, n, total in found if value in words]
            if sums:
                count, total = f"{sum(n for n, _ in sums):,}", f"{sum(t for _, t in sums):,.2f}"
                said: dict[str, object] = {
                    **shown,
                    "header": name,
                    "values": " | ".join(words),
                    "count": count,
                    "total": total,
                }
                self.notes.append(("doubt_returns", said))

    def _stated_total(self) -> None:
        """Compare the sum that the file itself states, in a last total row or beside the table, to what was accepted."""
        rule = self.part.columns.get("amount")
        if rule is None or self.part.unpivot or self.part.rules.totals == "keep":
            return
        headers = _headers(rule)
        headers = [h for h in headers if not NO_SUM.search(h.casefold()) and not self.locate(h)[0]]
        u, decimal = self.unit.table, rule.decimal or self.mapping.decimal
        states = dict(self.db.execute(f"SELECT _state, count(*) FROM state_{u} GROUP BY 1").fetchall())
        if not headers or "summary_sheet" in states:
            return
        if not ("total_row" in states or self.unit.top or self.unit.bad):
            return
        found = self._total_row(headers, decimal) or self._total_beside(headers, decimal)
        if found is None:
            return
        header, stated, where, since = found
        x = self._cell(str(self.unit.find(header)), header, "s")
        row = self.db.execute(
            "SELECT coalesce(sum(CASE WHEN turned THEN -abs(n) ELSE n END) FILTER (taken), 0),"
            f" coalesce(sum(n) FILTER (taken), 0), coalesce(sum(n) FILTER (taken AND _line > {since}), 0),"
            f" (SELECT coalesce(sum(amount), 0) FROM {self.out}), coalesce(sum(n) FILTER (NOT taken AND _state IS NULL), 0)"
            f" FROM (SELECT s._line, {v.number(x, decimal, self._accounting(header))} AS n, o._line IS NOT NULL AS taken, turned, _state"
            f" FROM {self._filled()} s LEFT JOIN (SELECT _line, {self._turned()} AS turned FROM {self.out}) o USING (_line)"
            f" LEFT JOIN state_{u} t USING (_line))"
        ).fetchone()
        if not row or any(abs(stated - s) < CENT for s in row[:4]):
            return
        worked_out = (
            rule.formula is not None and len(Formula(rule.formula).columns) > 1 and not where.isdigit()
        )
        accepted = row[3] if worked_out else row[0]
        shown = {"stated": stated, "accepted": accepted, "difference": accepted - stated, "left": row[4]}
        told: dict[str, object] = {"file": self.unit.label, "header": header, "where": where}
        key = "stated_total_row" if where.isdigit() else "stated_total"
        self.notes.append((key, told | {k: f"{n:,.2f}" for k, n in shown.items()}))

    def _turned(self) -> str:
        """Return the SQL of whether the amount of a row was made to count below zero."""
        by_kind = self.part.rules.sign == "returns_negative" and "kind" in self.table.names
        return "coalesce(kind IN ('return', 'credit_note'), false)" if by_kind else "false"

    def _total_row(self, headers: list[str], decimal: str) -> tuple[str, Decimal, str, int] | None:
        """Return the column, the sum and the line of the table's last total row, and the line of the one before it."""
        u = self.unit.table
        run = "concat_ws(' ', " + ", ".join(f"c{i}" for i in range(len(self.unit.header))) + ")"
        rows = self.db.execute(
            f"SELECT _line, {run} FROM {u} SEMI JOIN (SELECT * FROM state_{u} WHERE _state = 'total_row') USING (_line) ORDER BY _line"
        ).fetchall()
        last = self.db.execute(f"SELECT max(_line) FROM {self.out}").fetchone()
        if not rows or not last or last[0] is None or rows[-1][0] < last[0]:
            return None  # none, or rows follow: then it is a total of some
        line, text = rows[-1]
        if PART_TOTAL.search(text):
            return None
        for header in headers:
            row = self.db.execute(
                f"SELECT {v.number(str(self.unit.find(header)), decimal)} FROM {u} WHERE _line = {line}"
            ).fetchone()
            if row and row[0] is not None:
                return header, row[0], str(line), rows[-2][0] if len(rows) > 1 else 0
        return None

    def _total_beside(self, headers: list[str], decimal: str) -> tuple[str, Decimal, str, int] | None:
        """Return the column and the sum that a line over or under the table states, and the line's words."""
        u = self.unit.table
        join = "concat_ws(chr(31), " + ", ".join(f"c{i}" for i in range(len(self.unit.header))) + ")"
        below = self.db.execute(
            f"SELECT {join} FROM {u} SEMI JOIN (SELECT * FROM state_{u} WHERE _state = 'total_row') USING (_line) ORDER BY _line DESC LIMIT 3"
        ).fetchall()
        glue = "," if self.unit.encoding else "\x1f"  # a text file's comma may have cut the number
        texts = [glue.join(cells).rstrip(glue) for cells in self.unit.top]
        texts += [text.rstrip("\x1f").replace("\x1f", glue) for (text,) in below]
        texts += [raw.replace("\x1f", glue) for _, raw, code in self.unit.bad if code == "total_row"]
        found = [t for t in stated_totals(texts) if not PART_TOTAL.search(t[1])]
        if len({number for number, _ in found}) != 1:
            return None  # none, or several that may be of other columns
        number, text = found[0]
        row = self.db.execute(f"SELECT {v.number(v.quoted(number), decimal)}").fetchone()
        return (
            (headers[0], row[0], " ".join(text.replace("\x1f", " ").split()), 0)
            if row and row[0] is not None
            else None
        )

    def _doubt_groups(self) -> None:
        """Note, with the money, that the account may be meant to be filled from above."""
        rule = self.part.columns.get("account")
        layout = self.mapping.sources[self.part.source]
        if "fill_down" in layout.model_fields_set or not rule or not rule.column or rule.empty:
            return
        if "amount" not in self.table.names or self.part.unpivot or self.locate(rule.column)[0]:
            return
        row = self.db.execute(
            f"SELECT count(DISTINCT _line), sum(amount) FROM {self.out} WHERE account IS NULL"
        ).fetchone()
        if not row or not row[0]:
            return
        kept = f"_line IN (SELECT _line FROM {self.out})"
        filled, empty, first = v.empty_below(self.db, *self._texts_of(rule.column), kept)
        if first and empty >= 0.3 * (filled + empty):
            told: dict[str, object] = {"file": self.unit.label, "header": rule.column}
            told |= {"count": f"{row[0]:,}", "total": f"{row[1]:,.2f}"}
            self.notes.append(("doubt_fill_down", told))

    def _doubt_title(self, column: str) -> None:
        """Note what a title over the table says of VAT, where no header of a column has a word of its own."""
        rule = self.part.columns.get(column)
        said, title = vat_above(self.unit.top, self.unit.header)
        if rule is None or not said:
            return
        headers = _headers(rule)
        if not headers or any(read_header(h).vat or taxes(h) for h in headers):
            return
        rate = rule.vat_included if rule.vat_included is not None else self.part.rules.vat_included
        key = "doubt_vat_twice" if said == "without" and rate else "doubt_vat" if rate is None else ""
        if key and not (said == "without" and rate is None):
            row = self.db.execute(f"SELECT coalesce(sum({column}), 0) FROM {self.out}").fetchone()
            total = f"{row[0] if row else 0:,.2f}"
            self.notes.append((key, {"file": self.unit.label, "header": title, "total": total}))

    def _tell_vat(self) -> None:
        """Note which columns VAT was taken out of."""
        if self.divided:
            shown = {
                "divided": ", ".join(f"{c} ({h})" for c, h in self.divided.items()),
                "left": ", ".join(f"{c} ({h})" for c, h in self.undivided.items()) or "–",
            }
            self.notes.append(("vat_taken_out", {"file": self.unit.label, **shown}))

    def _cell(self, cell: str, header: str, alias: str) -> str:
        """Return the SQL of a cell of the unit, with its mended value."""
        sql = f"{alias}.{cell}"
        fixes = self.mended.get(header)
        if fixes:
            cases = " ".join(f"WHEN {int(line)} THEN {v.quoted(value)}" for line, value in fixes.items())
            sql = f"CASE {alias}._line {cases} ELSE {sql} END"
        return sql

    def _filled(self) -> str:
        """Return the SQL of the unit's cells, those of merged cells filled from above."""
        items = []
        for header in self.mapping.sources[self.part.source].fill_down:
            _, cell = self.locate(header)
            total = f"regexp_matches({cell}, {v.quoted(v.TOTAL_WORDS)})"
            real = f"CASE WHEN NOT {total} THEN {v.text(cell)} END"
            above = f"last_value({real} IGNORE NULLS) OVER (ORDER BY _line ROWS UNBOUNDED PRECEDING)"
            items.append(f"coalesce({v.text(cell)}, {above}) AS {cell}")
        return f"(SELECT * REPLACE ({', '.join(items)}) FROM {self.unit.table})" if items else self.unit.table

    def _base(self, where: list[str]) -> None:
        """Make the base layer: the texts of all references, and what has become of each record so far."""
        u, melt = self.unit.table, self.part.unpivot
        own: list[str] = []
        theirs: dict[str, list[tuple[str, str]]] = {j.source: [] for j in self.part.join}
        names = (melt.name, melt.value) if melt else ()
        for wanted, column in self.refs.items():
            if wanted in names:
                continue
            source, place = self.locate(wanted)
            if source:
                fixes = self.mended.get(wanted)
                sql = f"j_{source_id(self.part, source)}.{column}"
                if fixes:
                    cases_ = " ".join(f"WHEN {int(n)} THEN {v.quoted(t)}" for n, t in fixes.items())
                    sql = f"CASE s._line {cases_} ELSE {sql} END"
                theirs[source].append((place, column))
            else:
                sql = self._cell(place, wanted, "s")
            own.append(f"{sql} AS {column}")
        joins, states = [f" LEFT JOIN state_{u} state USING (_line)"], ["state._state"]
        for i, join in enumerate(self.part.join):
            own_keys, on = [], []
            for k, ours in enumerate(join.on):
                source, cell = self.locate(ours)
                if source:
                    raise KamError(
                        "importing.join_column", column=ours, file=self.unit.label, mapping=self.file
                    )
                own_keys.append(v.identity(self._cell(cell, ours, "s")))
                on.append(f"{own_keys[-1]} = j_{i}.k{k}")
            self._lookup(i, join.source, list(join.on.values()), theirs[join.source])
            joins.append(f" LEFT JOIN look_{u}_{i} j_{i} ON {' AND '.join(on)}")
            states.append(f"CASE WHEN j_{i}._times > 1 THEN 'lookup_ambiguous@{i}' END")
            if join.missing == "quarantine":
                states.append(f"CASE WHEN j_{i}._times IS NULL THEN 'lookup_miss@{i}' END")
        head = (
            f"SELECT s._line, s._n, coalesce({', '.join(states)}) AS _state{''.join(', ' + o for o in own)}"
        )
        body = f"FROM {self._filled()} s{''.join(joins)}"
        if melt:
            cells_ = self.unit.records * len(melt.columns)
            if cells_ > MOST_CELLS:
                raise KamError(
                    "importing.unpivot_too_large",
                    file=self.unit.label,
                    rows=f"{self.unit.records:,}",
                    columns=f"{len(melt.columns):,}",
                    limit=f"{MOST_CELLS:,}",
                )
            pieces = []
            for number, column in enumerate(melt.columns, start=1):
                source, cell = self.locate(column)
                if source:
                    raise KamError(
                        "importing.join_column", column=column, file=self.unit.label, mapping=self.file
                    )
                sql = self._cell(cell, column, "s")
                extra = ""
                if melt.name in self.refs:
                    extra += f", {v.quoted(column)} AS {self.refs[melt.name]}"
                if melt.value in self.refs:
                    extra += f", {v.text(sql)} AS {self.refs[melt.value]}"
                pieces.append(f"{head}, {number} AS _part, {v.text(sql)} IS NULL AS _none{extra} {body}")
            core = " UNION ALL ".join(pieces)
        else:
            core = f"{head}, 1 AS _part, false AS _none {body}"
        keep = " AND ".join(where) or "true"
        only = (
            ""
            if not melt
            else (
                " WHEN bool_and(_none) OVER (PARTITION BY _line) THEN 'no_values' WHEN _none THEN 'no_value'"
            )
        )
        # read once or twice and cheap, the layer need not stand in memory; what is joined or widened does
        plain = not (melt or self.part.join or self.mapping.sources[self.part.source].fill_down)
        self.kind = "VIEW" if plain else "TABLE"
        self.db.execute(
            f"CREATE TEMP {self.kind} base_{u} AS SELECT * REPLACE (CASE"
            f" WHEN _state IN ({', '.join(v.quoted(w) for w in WHOLE)}) THEN _state"
            f" WHEN ({keep}) IS NOT TRUE THEN 'left_out'"
            f" WHEN _state IS NOT NULL THEN _state{only} END AS _state) FROM ({core})"
        )
        for i in range(len(self.part.join)):
            self.db.execute(f"DROP TABLE look_{u}_{i}")

    def _record_states(self) -> None:
        """Make the table of the records that are blank, totals or doubled, by line."""
        u, rules = self.unit.table, self.part.rules
        cells = [f"c{i}" for i in range(len(self.unit.header))] or ["c0"]
        run = "concat_ws(chr(31), " + ", ".join(f"coalesce(s.{c}, '')" for c in cells) + ")"
        easy = "".join(f" WHEN ascii(s.{c}) BETWEEN 33 AND 126 THEN false" for c in cells[:4])
        together = f"concat({', '.join(f's.{c}' for c in cells)})"
        blank = f"CASE{easy} ELSE {v.trimmed(together)} IS NULL END"
        cases = [f"WHEN {blank} THEN 'blank'"]
        summary = self._summary() if rules.totals == "quarantine" else []
        if summary:
            cases.append("ELSE 'summary_sheet'")
            self.notes.append(("summary_sheet", {"file": self.unit.label, "sheets": ", ".join(summary)}))
        elif rules.totals == "quarantine" and self.unit.totals:
            cases.append(f"WHEN regexp_matches({run}, {v.quoted(v.TOTAL_WORDS)}) THEN 'total_row'")
            cases.append(f"WHEN regexp_full_match({run}, {v.quoted(v.TOTAL_LINE)}) THEN 'total_row'")
        same = f"hash({', '.join(f's.{c}' for c in cells)})"
        if rules.duplicates == "quarantine" and not summary:
            cases.append(
                f"WHEN row_number() OVER (PARTITION BY {run} ORDER BY s._line) > 1 THEN 'exact_duplicate'"
            )
        self.db.execute(
            f"CREATE TEMP TABLE state_{u} AS SELECT * FROM"
            f" (SELECT s._line, CASE {' '.join(cases)} END AS _state FROM {u} s) WHERE _state IS NOT NULL"
        )
        if rules.totals == "quarantine" and not summary:
            self._totals_by_sum()
        numbered = GENERATED.get(self.name) and GENERATED[self.name] not in self.part.columns
        if rules.duplicates != "quarantine" and numbered:  # by a key of their own equal records are one row
            row = self.db.execute(
                f"SELECT count(*) - count(DISTINCT {same}) FROM {u} s"
                f" WHERE _line NOT IN (SELECT _line FROM state_{u} WHERE _state = 'blank')"
            ).fetchone()
            if row and row[0]:
                self.notes.append(("duplicates_kept", {"count": f"{row[0]:,}", "file": self.unit.label}))

    def _money_cells(self, unit: Unit) -> tuple[str, list[str]] | None:
        """Return the SQL of the account and of the money columns of a unit, the amount first, where it has both."""
        rules = self.part.columns
        fixed = {self.unit.find(h) for h in self.mapping.sources[self.part.source].fill_down}
        found: dict[str, str] = {}
        for column in ("account", "amount", "quantity", "list_amount", "cost"):
            rule = rules.get(column)
            cell = unit.find(rule.column) if rule and rule.column else None
            if rule and cell is not None:
                found[column] = (
                    cell if column == "account" else v.number(cell, rule.decimal or self.mapping.decimal)
                )
        if "account" not in found or "amount" not in found or found["account"] in fixed:
            return None
        account = v.trimmed(found.pop("account"))
        empty = rules["account"].empty
        if empty:
            account = (
                f"CASE WHEN {account} NOT IN ({', '.join(v.quoted(e) for e in empty)}) THEN {account} END"
            )
        return account, list(found.values())

    def _totals_by_sum(self) -> None:
        """Add the rows without an account whose money is the sum of the rows above to the total rows."""
        cells, u = self._money_cells(self.unit), self.unit.table
        if cells is None:
            return
        account, money = cells
        if not self.db.execute(f"SELECT 1 FROM {u} WHERE {account} IS NULL LIMIT 1").fetchall():
            return
        row = self.db.execute(
            f"SELECT count({account}), count(*) FILTER ({money[0]} <> 0 AND {account} IS NULL) FROM {u}"
        ).fetchone()
        if not row or not row[1]:
            return
        odd = "true"
        if (
            row[1] > row[0]
        ):  # most rows have no account: by chance some would be sums, if they have no number either
            rule = next(
                (r for c in ("invoice", "document", "expense_id") if (r := self.part.columns.get(c))), None
            )
            cell = self.unit.find(rule.column) if rule and rule.column else None
            odd = f"NOT regexp_matches(coalesce({cell}, ''), '[0-9]')" if cell else "false"
        names = [f"m{i}" for i in range(len(money))]
        values = "".join(f", {sql} AS {n}" for n, sql in zip(names, money, strict=True))
        above = "FILTER (a IS NOT NULL AND w IS DISTINCT FROM 'total_row') OVER (ORDER BY _line ROWS UNBOUNDED PRECEDING)"
        sums = "".join(f", sum({n}) {above} AS s_{n}" for n in names)
        shown = ", ".join([*names, *(f"s_{n}" for n in names)])
        self.db.execute(
            f"SELECT _line, n, w IS NOT NULL, odd, {shown} FROM (SELECT *, count(*) {above} AS n{sums} FROM"
            f" (SELECT _line, {account} AS a, {odd} AS odd, _state AS w{values} FROM {u} LEFT JOIN state_{u} USING (_line)"
            " WHERE _state IS DISTINCT FROM 'blank')) WHERE w = 'total_row' OR (w IS NULL AND a IS NULL AND m0 <> 0) ORDER BY _line"
        )
        k = len(names)

        def steps() -> Iterator[Step]:
            while rows := self.db.fetchmany(10_000):
                for line, n, known, odd, *numbers in rows:
                    yield Step(line, tuple(numbers[:k]), tuple(numbers[k:]), n, known, odd)

        lines = total_lines(steps())
        if lines:
            self.db.execute(f"INSERT INTO state_{u} SELECT unnest(?), 'total_row'", [lines])
            shown = ", ".join(map(str, lines[:5])) + ("…" if len(lines) > 5 else "")
            self.notes.append(
                ("totals_by_sum", {"file": self.unit.label, "count": f"{len(lines):,}", "rows": shown})
            )

    def _summary(self) -> list[str]:
        """Return the labels of the sheets that this one only sums up; none where it has rows of its own."""
        said = self.unit.book
        if len(self.unit.siblings) < 2:
            return []
        if self.name not in said:
            profiles = {u.label: self._profile(u) for u in self.unit.siblings}
            said[self.name] = summary_sheets({label: p for label, p in profiles.items() if p is not None})
        return said[self.name].get(self.unit.label, [])

    def _profile(self, unit: Unit) -> Profile | None:
        cells = self._money_cells(unit)
        if cells is None:
            return None
        account, money = cells
        every = " || chr(31) || ".join(f"coalesce(c{i}, '')" for i in range(len(unit.header)))
        found = self.db.execute(
            f"SELECT {account}, sum({money[0]}), count(*) FROM {unit.table}"
            f" WHERE {money[0]} IS NOT NULL AND NOT regexp_matches({every}, {v.quoted(v.TOTAL_WORDS)}) GROUP BY 1"
        ).fetchall()
        named = [
            row for row in found if row[0] is not None
        ] or found  # a row without an account may be a total
        sums = {row[0]: row[1] for row in named if row[0] is not None}
        return Profile(sum((row[1] for row in named), Decimal(0)), sums, sum(row[2] for row in named))

    def _lookup(self, i: int, source: str, keys: list[str], columns: list[tuple[str, str]]) -> None:
        """Make the look-up table of a join: one row a key, with how many different ones there were."""
        pieces = []
        for unit in self.joined[source]:
            sql = []
            for k, key in enumerate(keys):
                cell = unit.find(key)
                if cell is None:
                    allowed = ", ".join(unit.header)
                    raise KamError(
                        "importing.missing_column",
                        file=unit.label,
                        column=key,
                        allowed=allowed,
                        mapping=self.file,
                    )
                sql.append(f"{v.identity(cell)} AS k{k}")
            for place, column in columns:
                cell = unit.find(place)
                sql.append(f"{cell or 'NULL'} AS {column}")
            pieces.append(f"SELECT {', '.join(sql)} FROM {unit.table}")
        by = ", ".join(f"k{k}" for k in range(len(keys)))
        first = "".join(f", any_value({c}) AS {c}" for _, c in columns)
        self.db.execute(
            f"CREATE TEMP TABLE look_{self.unit.table}_{i} AS SELECT {by}, count(*) AS _times{first}"
            f" FROM (SELECT DISTINCT * FROM ({' UNION ALL '.join(pieces)})) WHERE k0 IS NOT NULL GROUP BY {by}"
        )

    def _states(self) -> None:
        """Turn what became of whole records into problems; count the blank ones."""
        u = self.unit.table
        row = self.db.execute(f"SELECT count(*) FROM state_{u} WHERE _state = 'blank'").fetchone()
        self.blank = int(row[0]) if row else 0
        where = list(self.part.where)
        shown = self.refs[where[0]] if where else "NULL"
        found = self.db.execute(
            f"SELECT DISTINCT _line, _state, CASE WHEN _state = 'left_out' THEN {shown} END FROM base_{u}"
            " WHERE _state NOT IN ('blank', 'no_value') ORDER BY _line"
        ).fetchall()
        cells: dict[str, dict[int, str]] = {}
        for line, state, value in found:
            code, _, number = state.partition("@")
            column = where[0] if code == "left_out" else ""
            if number:
                column = next(iter(self.part.join[int(number)].on))
                if column not in cells:
                    sql = self._cell(self.locate(column)[1], column, "s")
                    cells[column] = dict(
                        self.db.execute(f"SELECT s._line, {sql} FROM {self._filled()} s").fetchall()
                    )
                value = cells[column].get(line)
            self.problems.append((line, column, value or "", code))

    # -- columns of the table ---------------------------------------------------

    def _targets(self) -> dict[str, str]:
        rules = dict(self.part.columns)
        generated = GENERATED.get(self.name)
        if "currency" in self.table.names and "currency" not in rules and self.mapping.currency:
            rules["currency"] = ColumnRule(constant=self.mapping.currency)
        result: dict[str, str] = {}
        for column in self.table.columns:
            if column.name in rules:
                result[column.name] = self._target(column, rules[column.name])
            elif column.name == generated:
                part = " || '-' || _part" if self.part.unpivot else ""
                result[column.name] = (
                    f"{v.quoted(self.unit.key.removeprefix('src-'))} || '-' || _line{part} || {v.quoted(self.id_suffix)}"
                )
            else:
                kind = {"text": "VARCHAR", "date": "DATE", "money": "DECIMAL(18, 4)"}[column.type]
                result[column.name] = f"CAST(NULL AS {kind})"
        sign = self.part.rules.sign
        for money in ("quantity", *MONEY):
            if money not in rules or money not in result:
                continue
            sql = result[money]
            if sign == "flip" and money not in ("cost", "paid_amount"):
                result[money] = f"-({sql})"
            elif sign == "returns_negative" and "kind" in result:
                result[money] = (
                    f"CASE WHEN ({result['kind']}) IN ('return', 'credit_note') THEN -abs({sql}) ELSE {sql} END"
                )
        if self.name in BELOW_ZERO and "kind" not in rules:
            below, other = BELOW_ZERO[self.name]
            result["kind"] = f"CASE WHEN {result['amount']} < 0 THEN '{below}' ELSE '{other}' END"
            key = "kind_by_sign" if self.name == "ledger" else "document_by_sign"
            self.notes.append((key, {"file": self.unit.label}))
        if self.part.rules.missing_account == "quarantine" and "account" in self.table.names:
            rule = rules.get("account", ColumnRule())
            if not self.table.column("account").required and rule.column:
                self.checks.append(
                    (rule.column, self.ref(rule.column), "CASE WHEN account IS NULL THEN 'no_account' END")
                )
        return result

    def _source_text(self, wanted: str, rule: ColumnRule) -> str:
        """Return the SQL of a reference's text after `empty` and `map`."""
        x = self.ref(wanted)
        if rule.empty:
            x = f"CASE WHEN trim({x}) NOT IN ({', '.join(v.quoted(e) for e in rule.empty)}) THEN {x} END"
        if rule.map:
            cases = " ".join(f"WHEN {v.quoted(k)} THEN {v.quoted(t)}" for k, t in rule.map.items())
            other = "NULL" if rule.unmapped == "empty" else x
            x = f"CASE trim({x}) {cases} ELSE {other} END"
        return x

    def _read(self, how: tuple[str, ...], sql: str) -> str:
        if how not in self.parsed:
            self.parsed[how] = f"v{len(self.parsed)}"
            self.reads.append(f"{sql} AS {self.parsed[how]}")
        return self.parsed[how]

    def _number(self, wanted: str, rule: ColumnRule) -> str:
        x = self._source_text(wanted, rule)
        decimal = rule.decimal or self.mapping.decimal
        usual = self._plain_digits(wanted, x, decimal)
        sql = f"TRY_CAST({x} AS DECIMAL(28, 10))" if usual else v.number(x, decimal, self._accounting(wanted))
        return self._read(("number", x, decimal), sql)

    def _plain_digits(self, wanted: str, x: str, decimal: str) -> bool:
        """Tell whether every cell of a column is a plain number: digits, a minus, a point."""
        point = r"(\.[0-9]{1,10})?" if decimal == "." else ""
        usual = self._as_money(wanted, x, decimal) or self._usual(wanted, x, f"(-?[0-9]{{1,17}}{point})?")
        self.digits |= {x} if usual else set()
        return usual

    def _as_money(self, wanted: str, x: str, decimal: str) -> bool:
        """Tell whether every cell of a column is a plain number with no more digits than money has."""
        point = r"(\.[0-9]{1,4})?" if decimal == "." else ""
        return self._usual(wanted, x, f"(-?[0-9]{{1,14}}{point})?")

    def _usual(self, wanted: str, x: str, pattern: str) -> bool:
        """Tell whether every cell of a column, read as it is, has a usual form: it is read in a fraction of the time."""
        if x not in self.refs.values() or self.mended.get(wanted):
            return False
        key = (wanted, pattern)
        if key not in self.usual:
            self.usual[key] = self._all(wanted, pattern)
        return self.usual[key]

    def _all(self, wanted: str, pattern: str) -> bool:
        """Tell whether every cell of a column is of a pattern; not told of a table that is turned or looked up."""
        if self.part.unpivot or self.locate(wanted)[0]:
            return False
        table, cell = self._texts_of(wanted)
        row = self.db.execute(
            f"SELECT bool_and(regexp_full_match({cell}, {v.quoted(pattern)})) FROM {table}"
        ).fetchone()
        return bool(row and row[0])

    def _any(self, wanted: str, pattern: str) -> bool:
        """Tell whether a cell of a column is of a pattern."""
        melt = self.part.unpivot
        if melt and wanted in (melt.name, melt.value):
            return False
        table, cell = self._texts_of(wanted)
        row = self.db.execute(
            f"SELECT bool_or(regexp_full_match({cell}, {v.quoted(pattern)})) FROM {table}"
        ).fetchone()
        return bool(row and row[0])

    def _accounting(self, wanted: str) -> bool:
        """Tell whether a column is in an accounting format, where a dash is a zero."""
        if wanted not in self.formats:
            self.formats[wanted] = self._any(wanted, DASH) and self._any(wanted, v.ACCOUNTING)
        return self.formats[wanted]

    def _foreign(self, wanted: str, raw: str) -> str:
        """Return the WHEN of a cell of money whose sign is of another currency than its row."""
        if "currency" not in self.table.names or raw in self.digits:
            return ""
        if not self._any(wanted, f"(?is).*({v.SIGNS}|[＄￡]).*"):
            return ""
        wrong = " ".join(
            f"WHEN regexp_matches({raw}, '(?i){sign}') THEN currency NOT IN ({', '.join(map(v.quoted, ours))})"
            for sign, ours in CURRENCIES.items()
        )
        return f" WHEN CASE {wrong} ELSE false END THEN 'other_currency'"

    def _target(self, column: Column, rule: ColumnRule) -> str:
        if rule.constant is not None:
            return self._constant(column, rule.constant)
        if rule.row_number:
            return f"{v.quoted(rule.prefix)} || CAST(_n - 1 + {rule.start} AS VARCHAR)"
        if rule.formula is not None:
            return self._formula(column, rule)
        if rule.cases is not None:
            cases = [
                f"WHEN {' AND '.join(self._condition(c, k) for c, k in case.where.items()) or 'true'} THEN {v.quoted(case.value)}"
                for case in rule.cases
            ]
            other = v.quoted(rule.otherwise) if rule.otherwise is not None else "NULL"
            sql = self._read(("cases", column.name), f"CASE {' '.join(cases)} ELSE {other} END")
            return self._as_type(column, rule, next(iter(rule.cases[0].where), ""), sql, sql)
        if rule.by_sign is not None:
            below, other = BELOW_ZERO.get(self.name, BELOW_ZERO["ledger"])
            return f"CASE WHEN {self._number(rule.by_sign, rule)} < 0 THEN '{below}' ELSE '{other}' END"
        if rule.columns is not None:
            texts = [v.identity(self.ref(c)) for c in rule.columns]
            for c in rule.columns:
                self.checks.append((c, self.ref(c), self._error(self.ref(c))))
            sql = self._read(
                ("columns", column.name), f"concat_ws({v.quoted(rule.separator)}, {', '.join(texts)})"
            )
            return self._as_type(column, rule, rule.columns[0], self.ref(rule.columns[0]), sql)
        return self._plain(column, rule)

    def _as_type(self, column: Column, rule: ColumnRule, wanted: str, text: str, sql: str) -> str:
        """Return a text that was put together as the type of its column, with the checks of its value."""
        self.kept |= {sql: None}
        made = sql = f"nullif({sql}, '')"
        if column.type == "date":
            style = rule.date or self.mapping.dates or "iso"
            made = v.date(sql, style, column.name == "month")
        elif column.type == "money":
            made = f"TRY_CAST({v.number(sql, rule.decimal or self.mapping.decimal)} AS DECIMAL(18, 4))"
        if column.type != "text":
            fault = "not_a_date" if column.type == "date" else "not_a_number"
            bad = f"CASE WHEN {sql} IS NOT NULL AND {v.name(column.name)} IS NULL THEN '{fault}' END"
            self.checks.append((wanted, text, bad))
        self._value_checks(column, wanted, text, made)
        return made

    def _constant(self, column: Column, text: str) -> str:
        q = v.quoted(text)
        sql = {
            "text": q,
            "date": v.date(q, "iso", column.name == "month"),
            "money": f"CAST({v.number(q)} AS DECIMAL(18, 4))",
        }[column.type]
        row = self.db.execute(f"SELECT {sql}").fetchone()
        value = row[0] if row else None
        if value is None or (column.allowed is not None and text not in column.allowed):
            allowed = ", ".join(column.allowed or (column.type,))
            raise KamError(
                "importing.bad_constant", mapping=self.file, column=column.name, value=text, allowed=allowed
            )
        return {
            "text": q,
            "date": f"DATE {v.quoted(str(value))}",
            "money": f"CAST({value} AS DECIMAL(18, 4))",
        }[column.type]

    def _error(self, x: str) -> str:
        return f"CASE WHEN {x} = {v.quoted(FORMULA)} THEN 'formula' WHEN starts_with({x}, '#') AND regexp_full_match({x}, {v.quoted(v.ERROR_CELLS)}) THEN 'error_cell' END"

    def _plain(self, column: Column, rule: ColumnRule) -> str:
        wanted = str(rule.column)
        raw, x = self.ref(wanted), self._source_text(wanted, rule)
        unmapped = ""
        if rule.map and rule.unmapped == "quarantine":
            keys = ", ".join(v.quoted(k) for k in rule.map)
            unmapped = f" WHEN {v.trimmed(raw)} IS NOT NULL AND trim({raw}) NOT IN ({keys}) THEN 'not_mapped'"
        usual = sure = False  # no cell can be an error; none that is filled can be misread
        if column.type == "money":
            value, usual, sure = self._plain_money(column, rule, wanted, x)
            fault = "not_a_number"
        elif column.type == "date":
            style = rule.date or self.mapping.dates or self._guess_style(wanted)
            month = column.name == "month"
            usual = self._usual(wanted, x, "([0-9]{4}-[0-9]{2}-[0-9]{2})?")
            sql = v.iso_date(x, month) if usual else v.date(x, style, month)
            value = self._read(("date", x, style, column.name), sql)
            fault = "not_a_date"
        else:
            read = v.identity if column.name in IDS else v.text
            if column.allowed or column.name == "currency":
                read = v.trimmed
            usual = sure = read is v.identity and self._usual(wanted, x, "[A-Za-z0-9_-]*")
            value = self._read(("text", x, column.name), f"nullif({x}, '')" if usual else read(x))
            fault = "missing"
        error = "CASE" if usual else self._error(raw).removesuffix(" END")
        filled = f"{x} <> ''" if usual else v.filled(x)
        own = (
            self._read(("filled", x), filled)
            if column.type != "text"
            else f"{v.name(column.name)} IS NOT NULL"
        )
        missing = f" WHEN ({own}) IS NOT TRUE THEN 'missing'" if column.required else ""
        bad = (
            ""
            if sure or column.type == "text"
            else f" WHEN {own} AND {v.name(column.name)} IS NULL THEN '{fault}'"
        )
        bad += self._foreign(wanted, raw) if column.type == "money" else ""
        limits = ""
        if column.allowed:
            limits += f" WHEN {v.name(column.name)} NOT IN ({', '.join(v.quoted(a) for a in column.allowed)}) THEN 'not_allowed'"
        if column.minimum is not None:
            limits += f" WHEN {v.name(column.name)} < {column.minimum} THEN 'too_small'"
        self.kept |= {own: None} if column.type != "text" else {}
        whens = f"{error}{unmapped}{missing}{bad}{limits}"
        if whens != "CASE":
            self.checks.append((wanted, raw, f"{whens} END"))
        return value

    def _plain_money(self, column: Column, rule: ColumnRule, wanted: str, x: str) -> tuple[str, bool, bool]:
        """Return the SQL of a column of money, whether all its cells are plain numbers, and whether none can be too long."""
        decimal = rule.decimal or self.mapping.decimal
        usual = self._plain_digits(wanted, x, decimal)
        short = usual and self._as_money(wanted, x, decimal)
        sql = (
            self._read(("money", x), f"TRY_CAST({x} AS DECIMAL(18, 4))")
            if short
            else self._number(wanted, rule)
        )
        value = self._money(column, rule, sql, [wanted])
        if short and value == f"TRY_CAST({sql} AS DECIMAL(18, 4))":
            return sql, usual, True
        return self._money(column, rule, self._number(wanted, rule), [wanted]), usual, False

    def _value_checks(self, column: Column, wanted: str, text: str, sql: str) -> None:
        q = v.name(column.name)
        checks = f" WHEN {q} IS NULL THEN 'missing'" if column.required else ""
        if column.allowed:
            checks += (
                f" WHEN {q} NOT IN ({', '.join(v.quoted(a) for a in column.allowed)}) THEN 'not_allowed'"
            )
        if checks:
            self.checks.append((wanted, q if text == sql else text, f"CASE{checks} END"))

    def _money(self, column: Column, rule: ColumnRule, sql: str, headers: list[str]) -> str:
        rate = rule.vat_included
        if rate is None and column.name in WITHOUT_VAT and self.name != "receivables":
            rate = self.part.rules.vat_included
            if rate and all(read_header(h).vat == "without" for h in headers):  # its own words come first
                self.undivided[column.name] = ", ".join(headers)
                rate = None
        if rate:
            self.divided[column.name] = ", ".join(headers)
            sql = f"{sql} / {1 + rate!r}"
        unit = self.part.rules.unit
        if unit != 1 and column.name not in NO_MONEY:
            times = f"{unit:.0f}" if unit == int(unit) else f"{unit!r}"
            pieces = "CASE WHEN line = 'quantity' THEN 1 ELSE {} END" if self.name == "budget" else "{}"
            sql = f"{sql} * {pieces.format(times)}"
        return f"TRY_CAST({sql} AS DECIMAL(18, 4))"

    def _formula(self, column: Column, rule: ColumnRule) -> str:
        formula = Formula(str(rule.formula))
        filled: list[str] = []
        for wanted in formula.columns:
            raw, x = self.ref(wanted), self._source_text(wanted, rule)
            number = self._number(wanted, rule)
            own = self._read(("filled", x), v.filled(x))
            read = self._read(("read", number, x), f"{number} IS NOT NULL")
            self.kept |= {own: None, read: None}
            filled.append(own)
            error = self._error(raw).removesuffix(" END")
            foreign = self._foreign(wanted, raw)
            self.checks.append(
                (wanted, raw, f"{error} WHEN {own} AND NOT {read} THEN 'not_a_number'{foreign} END")
            )
        zero = rule.blanks == "zero"  # debit and credit: one of the two is empty
        lacking = " AND ".join(f"NOT {own}" for own in filled) if zero else ""
        for wanted, own in zip(formula.columns, filled, strict=True) if column.required else ():
            raw = self.ref(wanted)
            self.checks.append((wanted, raw, f"CASE WHEN {lacking or f'NOT {own}'} THEN 'missing' END"))
        some = f"({' OR '.join(filled)})"

        def operand(c: str) -> str:
            number = f"CAST({self._number(c, rule)} AS DOUBLE)"
            own = filled[formula.columns.index(c)]
            return f"CASE WHEN {own} THEN {number} WHEN {some} THEN 0 END" if zero else number

        sql = formula.sql(operand)
        limit = f" OR {v.name(column.name)} < {column.minimum}" if column.minimum is not None else ""
        first = formula.columns[0]
        self.checks.append(
            (
                first,
                self.ref(first),
                f"CASE WHEN {some if zero else ' AND '.join(filled)} AND ({v.name(column.name)} IS NULL{limit}) THEN 'no_result' END",
            )
        )
        return self._money(column, rule, f"({sql})", list(formula.columns))

    def _condition(self, wanted: str, condition: Condition) -> str:
        """Return a condition as SQL over the base layer."""
        x = self.ref(wanted)
        t = f"coalesce({v.trimmed(x)}, '')"
        parts = []
        for texts, word in ((condition.is_, "IN"), (condition.not_, "NOT IN")):
            if texts is not None:
                parts.append(f"{t} {word} ({', '.join(v.quoted(a) for a in texts)})")
        if condition.starts_with is not None:
            parts.append(
                "(" + " OR ".join(f"starts_with({t}, {v.quoted(a)})" for a in condition.starts_with) + ")"
            )
        if condition.contains is not None:
            parts.append("(" + " OR ".join(f"contains({t}, {v.quoted(a)})" for a in condition.contains) + ")")
        if condition.empty is not None:
            parts.append(f"({t} = '') = {str(condition.empty).lower()}")
        for limit, sign in (
            (condition.above, ">"),
            (condition.below, "<"),
            (condition.at_least, ">="),
            (condition.at_most, "<="),
        ):
            if limit is not None:
                parts.append(f"coalesce({v.number(x, self.mapping.decimal)} {sign} {limit!r}, false)")
        return f"({' AND '.join(parts) or 'true'})"

    # -- what the mapping must say ---------------------------------------------

    def _texts_of(self, wanted: str) -> tuple[str, str]:
        """Return the table and the SQL of the cells of a reference, wherever it lives."""
        source, cell = self.locate(wanted)
        if not source:
            return self.unit.table, cell
        unit = next(u for u in self.joined[source] if u.find(cell) is not None)
        return unit.table, str(unit.find(cell))

    def _guess_style(self, wanted: str) -> str:
        """Return how the dates of a column are read where the mapping does not say; refuse where both would do."""
        melt = self.part.unpivot
        if melt and wanted in (melt.name, melt.value):
            return "iso"
        table, cell = self._texts_of(wanted)
        ways = v.readings(self.db, table, cell, strict=True)
        if len(ways) > 1:
            sample = self.db.execute(
                f"SELECT {cell} FROM {table} WHERE {v.date(cell, 'iso')} IS NULL AND {v.date(cell, ways[0].style)} IS NOT NULL LIMIT 1"
            ).fetchone()
            raise KamError(
                "importing.date_either_way",
                file=self.unit.label,
                column=wanted,
                sample=sample[0] if sample else "",
                choices="; ".join(f"{w.style}: {w.first} … {w.last} ({w.count:,})" for w in ways),
                style=ways[0].style,
                mapping=self.file,
            )
        if ways and ways[0].style in ("excel_serial", "year_first"):
            way = ways[0]
            told = {"style": way.style, "first": way.first, "last": way.last, "column": wanted}
            self.notes.append(("date_style", {"file": self.unit.label, **told}))
        return ways[0].style if ways and ways[0].style != "minguo" else "iso"

    def _check_decimals(self) -> None:
        """Refuse numbers that look written with a decimal comma where the mapping does not say how they are."""
        if "decimal" in self.mapping.model_fields_set:
            return
        u = self.unit.table
        seen: set[str] = set()
        for how in list(self.parsed):
            if how[0] != "number" or how[2] == "," or how[1] in seen | self.digits:
                continue
            seen.add(how[1])
            row = self.db.execute(
                f"SELECT count(*), any_value({how[1]}) FROM base_{u} WHERE _state IS NULL"
                f" AND contains({how[1]}, ',') AND regexp_full_match({v.trimmed(how[1])}, '{v.DECIMAL_COMMA}')"
            ).fetchone()
            if row and row[0]:
                wanted = next((w for w, r in self.refs.items() if r in how[1]), "")
                raise KamError(
                    "importing.decimal_comma",
                    file=self.unit.label,
                    column=wanted,
                    count=f"{row[0]:,}",
                    sample=row[1],
                    mapping=self.file,
                )


def source_id(part: TableMap, source: str) -> int:
    """Return the number of the join that reads `source`."""
    return next(i for i, j in enumerate(part.join) if j.source == source)


def _headers(rule: ColumnRule) -> list[str]:
    """Return the columns that a rule reads its value from, or works it out from."""
    if rule.column:
        return [rule.column]
    return list(Formula(rule.formula).columns) if rule.formula else []


def references(part: TableMap) -> set[str]:
    """Return every column name that a table's mapping uses, joined sources' prefixes taken off too."""
    found: set[str] = set(part.where)
    for rule in part.columns.values():
        found |= {rule.column} if rule.column else set()
        found |= {rule.by_sign} if rule.by_sign else set()
        found |= set(rule.columns or ())
        found |= set(Formula(rule.formula).columns) if rule.formula else set()
        for case in rule.cases or ():
            found |= set(case.where)
    if part.unpivot:
        found = found - {part.unpivot.name, part.unpivot.value} | set(part.unpivot.columns)
    for join in part.join:
        found |= set(join.on)
        found |= {f.removeprefix(f"{join.source}.") for f in found}
    return found


__all__ = ["Translator", "Where", "references"]
