"""What is guessed of one file: its table, its columns and rules, and the questions that its values leave open."""

from __future__ import annotations

import datetime as dt
import fnmatch
import os.path
import re
from collections.abc import Mapping as Dict
from typing import TYPE_CHECKING, Any

from kamtools.finance.names import RECEIVABLE_KINDS
from kamtools.importing import values as v
from kamtools.importing.headers import (
    are_returns,
    header_key,
    is_budget,
    month_of,
    read_header,
    simplified,
    stated_currency,
    unit_above,
    vat_above,
)
from kamtools.importing.mapping import GENERATED
from kamtools.importing.questions import Choice, Message, Place, Question
from kamtools.importing.staging import Foreign, Unit, nameless
from kamtools.importing.translate import CURRENCIES, DOLLARS, MONEY, WITHOUT_VAT
from kamtools.workspace.tables import TABLES

if TYPE_CHECKING:
    import duckdb

_SAMPLES = 3
_MANY = 200  # different values that a column of kinds has at most
_VAT = 0.13  # the usual rate, said to be an assumption
_WITHIN = ("currency", "kind")  # required, but the mapping has another way to say them
_SPARSE = ("paid_date", "currency")  # filled in some rows only, as it should be
_GROUPS = 0.3  # the part of empty cells from which a column may be meant to be filled from above
_DATE_LIKE = re.compile(r"date|日期|\bday\b|时间|到期日")
_AMOUNT_LIKE = re.compile(r"金额|额$|款$|amount|amt|revenue|sales|total|value|betrag|net\b")
_NO_AMOUNT = re.compile(
    r"税额|折扣|运费|毛利|利润|成本|价|率|余额|数量|tax|vat|discount|freight|shipping|profit|margin|cost|price|qty|quantity|rep\b|order no|id$"
)
_LOCAL = re.compile(r"本币|本位币|local|inlc|dmbtr")
_MONTH = re.compile(
    r"(?:\d{2,4}\s*[年.\-_/ ]?\s*)?(?:(?:0?[1-9]|1[0-2])\s*月?(?:份)?|[一二三四五六七八九十]{1,2}月(?:份)?|q[1-4]|第?[一二三四]季度?"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)(?:[\s.\-_/]*\d{2,4})?|\d{4}[.\-_/]?\d{2}"
)


class Guess:
    """What is guessed of one file, or of several that are laid out alike.

    Attributes
    ----------
    table, columns, score
        The table that it is, the headers of its columns, and how well they fit.
    rules, more, remarks, questions
        What the mapping says of the columns and of the table; what is to be said of it, and asked. Places are
        those below the table.
    """

    def __init__(
        self,
        db: duckdb.DuckDBPyConnection,
        file: Foreign,
        units: list[Unit],
        words: Dict[str, Dict[str, tuple[str, ...]]],
    ) -> None:
        self.db, self.file, self.words = db, file, words
        self.unit = units[0]
        self.units = [u for u in units if u.header == self.unit.header]
        self.pattern = file.name
        self.heads = {h: read_header(h) for h in self.unit.header if not h.startswith("#")}
        self.title_vat = vat_above(self.unit.top, self.unit.header)
        if self.title_vat[0] == "with" and any(x.vat for x in self.heads.values()):
            self.title_vat = (
                "both",
                self.title_vat[1],
            )  # 含税 above, and a header that says so or the contrary itself
        self.months = {h: m for h in self.heads if (m := month_of(h))}
        self.titles = [*self.unit.above, *(u.sheet for u in self.units), file.name]
        # months side by side are a budget where something says so; what was sold may be laid out like it
        self.wide = len(self.months) > 2 and any(map(is_budget, (*self.titles, *self.unit.header)))
        self.rows = self.unit.table
        self._view()
        self.equal: dict[str, list[str]] = {}  # table -> headers that are its amount equally well
        self.score, self.table, self.columns = self._guess()
        self.rules: dict[str, Any] = {}
        self.more: dict[str, Any] = {}
        self.remarks: dict[Place, list[Message]] = {}
        self.questions: list[Question] = []
        self.sheets: Question | None = None
        self.fill: Question | None = None
        self.currency, self.signs = "", []
        self.decimal, self.comma = "", False  # "." or "," where its numbers show it, "?" where both would do
        self._beside: set[str] = set()  # headers used beside the columns

    def _view(self) -> None:
        if len(self.units) > 1:
            cells = ", ".join(f"c{i}" for i in range(max(1, len(self.unit.header))))
            self.rows = f"all_{self.unit.table}"
            pieces = " UNION ALL ".join(f"SELECT _line, {cells} FROM {u.table}" for u in self.units)
            self.db.execute(f"CREATE OR REPLACE TEMP VIEW {self.rows} AS {pieces}")

    def join(self, others: list[Guess], pattern: str) -> None:
        """Take in files that are laid out alike, and find out what is to be said and asked."""
        self.units += [u for g in others for u in g.units]
        self.pattern = pattern
        self._view()
        self._refine()

    # -- the table and its columns ----------------------------------------------

    def _guess(self) -> tuple[float, str, dict[str, str]]:
        best: tuple[float, str, dict[str, str]] = (0.0, "", {})
        if self.wide:
            said = {
                c: self.header(w) for c, w in self.words["budget"].items() if c not in ("month", "amount")
            }
            return 1.0, "budget", {c: h for c, h in said.items() if h is not None and h not in self.months}
        for table, columns in self.words.items():
            if table not in TABLES:
                continue
            found: dict[str, str] = {}
            for column, said in columns.items():
                words = said[:1] if table == "budget" else said  # its other words are of wide ones
                money = column in ("amount", "list_amount", "cost")
                header = self._amount(table, words, found) if money else self.header(words, found.values())
                if header is not None:
                    found[column] = header
            number = GENERATED.get(table)
            least = 1.0 if table == "ledger" else 0.3  # 行号 that begins anew in each document is no id
            if number in found and not self._is_id(found[number], least):
                del found[number]
            needed = [c for c in TABLES[table].required if c not in (*_WITHIN, GENERATED.get(table))]
            missing = sum(c not in found for c in needed)
            if "amount" in needed and "amount" not in found and self._can_derive(table, found):
                missing -= 1
            owed = {"due_date", "paid_date", "paid_amount"} & set(found) or self.beside("open")
            if table == "receivables" and not owed:
                missing += 1  # a list of invoices: nothing in it says what was paid, or by when
            score = len(found) / (1 + 3 * missing) + (0.5 if not missing and table == "ledger" else 0)
            if found and score > best[0]:
                best = (score, table, found)
        return best

    def header(self, words: tuple[str, ...], taken: Any = ()) -> str | None:
        """Return the first header that is one of the words, as a whole or without its VAT, unit and brackets."""
        free = {h: x for h, x in self.heads.items() if h not in taken}
        whole = {h: header_key(h.replace("/", "")) for h in free}  # of two rows: 客户 over 编码
        for keys in (
            {x.key: h for h, x in reversed(free.items())},
            {whole[h]: h for h in reversed(free)},
            {x.base: h for h, x in reversed(free.items())},
        ):
            for word in words:
                if header_key(word) in keys:
                    return keys[header_key(word)]
        return None

    def _amount(self, table: str, words: tuple[str, ...], taken: Dict[str, str]) -> str | None:
        """Return the header of an amount: of several, the one without VAT (receivables: with), then the first word."""
        keys = {header_key(w): i for i, w in reversed(list(enumerate(words)))}
        order = (
            {"without": 0, "": 1, "with": 2} if table != "receivables" else {"with": 0, "": 1, "without": 2}
        )
        if self.beside("debit") and self.beside("credit"):  # then a balance runs on from row to row
            keys = {k: i for k, i in keys.items() if k not in map(header_key, self.words["beside"]["open"])}
        found = []
        others = {header_key(w) for c, ws in self.words[table].items() for w in ws} - set(keys)
        for h, x in self.heads.items():
            whole = header_key(h.replace("/", ""))  # of two rows: 成本 over 金额
            rank = min(keys.get(x.key, 999), keys.get(whole, 999) + 0.2)
            if whole == x.key or whole not in others:
                rank = min(rank, keys.get(x.base, 999) + 0.5)
            if rank < 999 and h not in taken.values():
                found.append((order[x.vat], rank, h))
        best = min((f[:2] for f in found), default=None)
        equal = [h for *rank, h in found if tuple(rank) == best]
        self.equal[table] = equal if "amount" in words else self.equal.get(table, [])
        return equal[0] if equal else None

    def _can_derive(self, table: str, found: Dict[str, str]) -> bool:
        """Tell whether an amount can be worked out: price times quantity, debit and credit."""
        price = table == "ledger" and "quantity" in found and self.beside("price", found.values())
        running = table == "ledger" and self.beside(
            "open"
        )  # a balance from row to row is an account's statement
        return bool(price or (self.beside("debit") and self.beside("credit") and not running))

    def beside(self, what: str, taken: Any = ()) -> str | None:
        """Return the header of a column that is none of ours but helps to work one out."""
        return self.header(self.words["beside"][what], taken)

    def _is_id(self, header: str, least: float) -> bool:
        """Tell whether the different values of a column are at least this part of all: the import sees to what repeats."""
        cell = self.cell(header)
        count, different = self.ask(f"count({cell}), count(DISTINCT {cell})")
        return different >= least * count

    # -- values -------------------------------------------------------------------

    def cell(self, header: str) -> str:
        """Return the column of a header in the staged rows."""
        return str(self.unit.find(header))

    def ask(self, what: str, where: str = "true") -> tuple[Any, ...]:
        """Return one row of the staged rows."""
        return self.db.execute(f"SELECT {what} FROM {self.rows} WHERE {where}").fetchone() or ()

    def samples(self, header: str, where: str = "true") -> list[str]:
        """Return the first three different values of a column."""
        cell = self.cell(header)
        found = self.db.execute(
            f"SELECT {cell} FROM {self.rows} WHERE {v.trimmed(cell)} IS NOT NULL AND {where}"
            f" GROUP BY 1 ORDER BY min(_line), 1 LIMIT {_SAMPLES}"
        ).fetchall()
        return [row[0] for row in found]

    def kinds(self, header: str) -> list[str]:
        """Return the different values of a column, none where they are many."""
        t = v.trimmed(self.cell(header))
        found = self.db.execute(
            f"SELECT {t} FROM {self.rows} WHERE {t} IS NOT NULL GROUP BY 1 ORDER BY min(_line), 1 LIMIT {_MANY + 1}"
        ).fetchall()
        return [row[0] for row in found] if len(found) <= _MANY else []

    def number(self, header: str) -> str:
        """Return the SQL of the numbers of a column."""
        return v.number(self.cell(header), "," if self.comma else ".", True)

    def dates(self) -> dict[str, list[v.Reading]]:
        """Return, by column of dates, the ways to read it."""
        found = {}
        for column in TABLES[self.table].columns:
            if column.type == "date" and column.name in self.columns:
                cell = self.cell(self.columns[column.name])
                found[column.name] = v.readings(self.db, self.rows, cell, column.name == "month")
        return found

    def other_dates(self) -> list[set[str]]:
        """Return the ways that columns of dates which are not used leave: they show how the file writes dates."""
        found = []
        for header in (h for h in self.heads if h not in self.used() and _DATE_LIKE.search(simplified(h))):
            found.append({r.style for r in v.readings(self.db, self.rows, self.cell(header))})
        return [f for f in found if f]

    def odd_dates(self, column: str) -> list[str]:
        """Return samples of dates that need a style."""
        cell = self.cell(self.columns[column])
        return self.samples(self.columns[column], f"{v.date(cell, 'iso', column == 'month')} IS NULL")

    def accounts(self) -> dict[str, int]:
        """Return the accounts' ids, or names where they are the ids, with their rows."""
        header = self.columns.get("account")
        if header is None:
            return {}
        cell = v.identity(self.cell(header))
        return dict(
            self.db.execute(
                f"SELECT {cell}, count(*) FROM {self.rows} WHERE {cell} IS NOT NULL GROUP BY 1 ORDER BY min(_line), 1"
            ).fetchall()
        )

    @property
    def has_money(self) -> bool:
        """Whether the table has an amount of money."""
        return "currency" in TABLES[self.table].names

    def used(self) -> set[str]:
        """Return the headers that a rule uses."""
        return set(self.columns.values()) | self._beside

    def layout(self) -> list[Message]:
        """Return what is to be said of the file's layout."""
        said: list[Message] = []
        if self.unit.header_row > 1:
            said.append(("importing.draft_header", {"row": self.unit.header_row}))
        if self.unit.encoding not in ("", "utf-8"):
            said.append(("importing.draft_encoding", {"encoding": self.unit.encoding}))
        unread = (nameless(self.db, u) for u in self.units)
        said += [("importing.draft_nameless", told) for told in unread if told]
        if any(u.merged for u in self.units) and not self.fill:
            said.append(("importing.draft_merged", {}))
        return said

    # -- what is to be said and asked ---------------------------------------------

    def remark(self, place: Place, key: str, **params: object) -> None:
        """Say something at a place of the table."""
        self.remarks.setdefault(place, []).append((key, params))

    def _refine(self) -> None:
        table = TABLES[self.table]
        self.decimal, self.comma = self._decimal()
        self.rules = dict(self.columns)
        if self.wide:
            self._unpivot()
        self._currency()
        for column in ("amount", "list_amount", "cost", "paid_amount"):
            if column in self.columns:
                self._money(column)
        if "amount" in table.names and "amount" not in self.rules:
            self._derive()
        if len(self.equal.get(self.table, [])) > 1 and "amount" in self.columns:
            self._which_amount(self.equal[self.table])
        if self.table == "ledger":
            self._profit()
            self._ledger_kind()
        if self.table == "receivables":
            self._open()
            self._document_kind()
            self._documents()
        self._unit()
        self._title()
        self._sheets()
        self._groups()
        for column in table.columns:
            named = column.name in self.rules or column.name in (*_WITHIN, GENERATED.get(table.name))
            if (column.required or (self.table == "ledger" and column.name == "account")) and not named:
                self._needed(column.name)

    def number_headers(self) -> list[str]:
        """Return the headers of the columns of numbers: those of the table, and what helps to work one out."""
        own = [c.name for c in TABLES[self.table].columns if c.type == "money"]
        found = [self.columns[c] for c in own if c in self.columns]
        if self.wide:
            return [*found, *self.months]
        for what in ("price", "debit", "credit", "open", "profit", "tax", "discount"):
            found += [h] if (h := self.beside(what, found)) else []
        return found

    def _decimal(self) -> tuple[str, bool]:
        """Return the decimal sign that the numbers show, ``?`` where they leave both, and whether a comma reads more.

        ``1.234`` and ``1,234`` can be read two ways, ``1,234.50`` and ``1.234,50`` one way only. A comma is the usual
        sign between thousands, so a ``12,5`` beside a ``1,234`` may be a slip: it settles only its own reading.
        """
        counts = [self._ways(header) for header in self.number_headers()]
        point, comma, sure, either = (sum(n) for n in zip((0, 0, 0, 0), *counts, strict=True))
        more = comma > point
        if comma and point or either and comma and not sure:
            return "?", more
        if point or comma:
            return "," if comma else ".", more
        return ("?", more) if either else ("", False)

    def _ways(self, header: str) -> tuple[int, ...]:
        """Return how many cells of a column are numbers with a point only, with a comma only, surely so, or either way."""
        p, c = v.number("x", ".", True), v.number("x", ",", True)
        cells = f"SELECT {self.cell(header)} AS x, count(*) AS n FROM {self.rows} GROUP BY 1"
        ways = (
            "p IS NOT NULL AND (c IS NULL OR (abs(p) < 1 AND p <> c))",  # 0.125 is no 125
            "c IS NOT NULL AND (p IS NULL OR (abs(c) < 1 AND p <> c))",
            "c IS NOT NULL AND p IS NULL AND regexp_matches(x, '[.].*[,.]')",
            "p <> c AND abs(p) >= 1 AND abs(c) >= 1",
        )
        counted = ", ".join(f"coalesce(sum(n) FILTER ({way}), 0)::BIGINT" for way in ways)
        row = self.db.execute(
            f"SELECT {counted} FROM (SELECT x, n, {p} AS p, {c} AS c FROM ({cells}) WHERE regexp_matches(x, '[.,．，]'))"
        ).fetchone()
        return row or (0, 0, 0, 0)

    def either_way(self) -> list[str]:
        """Return samples of numbers that a point and a comma as decimal sign make different."""
        found: list[str] = []
        for header in self.number_headers():
            cell = self.cell(header)
            p, c = v.number(cell, ".", True), v.number(cell, ",", True)
            found += self.samples(header, f"{p} IS DISTINCT FROM {c} AND coalesce({p}, {c}) IS NOT NULL")
        return list(dict.fromkeys(found))[:_SAMPLES]

    def _currency(self) -> None:
        """Find the currency: its column, a header, a line above the table, signs in the amounts."""
        money = [h for c, h in self.columns.items() if c in MONEY]
        if not self.has_money or not money:
            return
        local = [h for h, x in self.heads.items() if x.key in ("localcurrency", "本币", "本位币", "本币币种")]
        if local and "currency" in self.columns:
            self.columns["currency"] = self.rules["currency"] = local[0]
        if (
            local
            or "currency" in self.columns
            and not _LOCAL.search(header_key(self.columns.get("amount", "")))
        ):
            header = self.columns.setdefault("currency", *local[:1])
            said = {k: stated_currency(k) for k in self.kinds(header)}
            other = {k: code for k, code in said.items() if code and code != k}
            if len(set(said.values())) == 1:
                self.currency = next(iter(said.values()))
            if other:
                self.rules["currency"] = {"column": header, "map": other}
            return
        if self.columns.pop("currency", None):  # amounts in the company's own currency beside the document's
            del self.rules["currency"]
        named = [x for h in money if (x := self.heads[h].currency)]
        named += [x for text in self.unit.above if len(text) < 40 and (x := stated_currency(text))]
        if named:
            self.currency = named[0]
            return
        for header in money:
            for sign, codes in CURRENCIES.items():
                cell = self.cell(header)
                shown = self.samples(header, f"regexp_matches({cell}, '(?i){sign}')")
                if shown:
                    self.currency = "$" if codes == DOLLARS else codes[0]
                    self.signs = shown
                    return

    def _tick(self, header: str) -> str:
        self._beside.add(header)
        return header if header.isidentifier() else f"`{header}`"

    def _money(self, column: str) -> None:
        """Make the rule of a column of money: its unit, its VAT."""
        header = self.columns[column]
        head, place = self.heads[header], ("columns", column)
        text, rule = self._tick(header), {"column": header}
        if "``" in text or header.count("`"):
            return
        if head.unit != 1:
            text = f"{text} * {head.unit}"
            rule = {"formula": text}
            self.remark(place, "importing.draft_unit", header=header, unit=f"{head.unit:,}")
        if self.table != "ledger":
            self.rules[column] = rule if len(rule) and head.unit != 1 else header
            return
        said, title = ("", "") if head.vat else self.title_vat
        shown = title or header
        if head.vat == "with" or said == "with":
            tax, rate = self._free("tax"), self._free("tax_rate")
            if tax and column == "amount":
                scale = self.heads[tax].unit
                rule = {"formula": f"{text} - {self._tick(tax)}{f' * {scale}' if scale != 1 else ''}"}
                self.remark(place, "importing.draft_tax_column", header=shown, tax=tax)
            elif rate and column == "amount":
                (most,) = self.ask(f"max({self.number(rate)})")
                part = f"{self._tick(rate)} / 100" if most is not None and most > 1 else self._tick(rate)
                rule = {"formula": f"{text} / (1 + {part})"}
                self.remark(place, "importing.draft_tax_column", header=shown, tax=rate)
            else:
                rule = rule | {"vat_included": _VAT}
                self.remark(place, "importing.draft_vat", header=shown, rate=f"{_VAT:.0%}")
        elif head.vat == "without" or said == "without":
            self.remark(place, "importing.draft_vat_without", header=shown)
        elif column == "amount" and said != "both":
            self.remark(place, "importing.draft_vat_bare", header=header)
        self.rules[column] = header if rule == {"column": header} else rule

    def _which_amount(self, headers: list[str]) -> None:
        """Ask which of several amounts counts: this year's and last year's."""
        choices = []
        for header in headers:
            self.columns["amount"] = header
            self._money("amount")
            choices.append(Choice(header, self.rules["amount"]))
        self.columns["amount"], self.rules["amount"] = headers[0], choices[0].value
        self.remarks.pop(("columns", "amount"), None)
        shown = tuple(s for h in headers[:3] for s in self.samples(h)[:1])
        what: Message = ("importing.question_amount", {})
        self.questions.append(Question("amount", what, ("columns", "amount"), shown, tuple(choices)))

    def _free(self, what: str) -> str | None:
        return self.beside(what, self.used())

    def _derive(self) -> None:
        """Work out an amount that the file does not give."""
        debit, credit = self._free("debit"), self._free("credit")
        place = ("columns", "amount")
        if debit and credit:
            sides = [
                f"{self._tick(debit)} - {self._tick(credit)}",
                f"{self._tick(credit)} - {self._tick(debit)}",
            ]
            if self.table == "ledger":
                sides.reverse()
            choices = tuple(Choice(f, {"formula": f, "blanks": "zero"}) for f in sides)
            what: Message = ("importing.question_side", {"debit": debit, "credit": credit})
            shown = (*self.samples(debit)[:2], *self.samples(credit)[:1])
            self.questions.append(Question("amount", what, place, shown, choices))
            self.rules["amount"] = choices[0].value
            return
        price = self._free("price")
        quantity = self.columns.get("quantity")
        if self.table != "ledger" or not price or not quantity or "`" in price + quantity:
            return
        plain = f"{self._tick(quantity)} * {self._tick(price)}"
        rule: dict[str, Any] = {"formula": plain}
        said, title = (self.heads[price].vat, price) if self.heads[price].vat else self.title_vat
        if said == "with":
            rule["vat_included"] = _VAT
            self.remark(place, "importing.draft_vat", header=title, rate=f"{_VAT:.0%}")
        self.rules["amount"] = rule
        given = [h for h in self.heads if self._may_be_amount(h)]
        if given:  # what stands in the file comes before what is worked out
            choices = (*(Choice(h, h) for h in given), Choice(plain, rule))
            shown = tuple(s for h in given[:3] for s in self.samples(h)[:1])
            self.questions.append(
                Question("amount", ("importing.question_amount", {}), place, shown, choices)
            )
            self.rules["amount"] = given[0]
            return
        off = self._free("discount")
        (most,) = self.ask(f"max({self.number(off)})") if off else (None,)
        if not off or not most:
            return
        name = self._tick(off)
        ways = [f"{plain} - {name}", plain]
        ways.insert(0, f"{plain} * (1 - {name})") if most <= 1 else None
        ways.insert(0, f"{plain} * (1 - {name} / 100)") if 1 < most <= 100 else None
        choices = tuple(Choice(f, rule | {"formula": f}) for f in ways)
        self.questions.append(
            Question(
                "amount",
                ("importing.question_discount", {"discount": off}),
                place,
                tuple(self.samples(off)),
                choices,
            )
        )

    def _may_be_amount(self, header: str) -> bool:
        """Tell whether a column that is not used may be an amount of sales."""
        plain = simplified(header)
        if header in self.used() or not _AMOUNT_LIKE.search(plain) or _NO_AMOUNT.search(plain):
            return False
        count, read = self.ask(f"count({v.trimmed(self.cell(header))}), count({self.number(header)})")
        return bool(count) and count == read

    def _profit(self) -> None:
        """Work out the cost as sales less profit."""
        profit, amount = self._free("profit"), self.rules.get("amount")
        if "cost" in self.rules or not profit or amount is None or "`" in profit:
            return
        rule = {"column": amount} if isinstance(amount, str) else amount
        asked = self.title_vat[0] == "both"  # whether VAT comes out of the sales is not known yet
        if "vat_included" in rule or asked or any(q.place == ("columns", "amount") for q in self.questions):
            return
        sales = rule.get("formula") or self._tick(rule["column"])
        unit = self.heads[profit].unit
        less = self._tick(profit) + (f" * {unit}" if unit != 1 else "")
        self.rules["cost"] = {"formula": f"{sales} - {less}"}
        self.remark(("columns", "cost"), "importing.draft_profit", profit=profit)

    # -- kinds and signs ------------------------------------------------------------

    def _sorts(self, values: list[str], *kinds: str) -> list[str]:
        """Return those of some values that are words of these kinds."""
        words = {header_key(w) for kind in kinds for w in self.words["kinds"][kind]}
        return [x for x in values if header_key(x) in words]

    def _ledger_kind(self) -> None:
        """Find a column that says what is a return, and whether its amounts are below zero."""
        taken = set(self.columns.values()) - {self.columns.get("category")}
        for header in (h for h in self.heads if h not in taken):
            values = self.kinds(header)
            if header_key(header) == "kind" and values and set(values) <= {"sale", "return", "adjustment"}:
                self.rules["kind"] = self.columns["kind"] = header
                self._sign(header, [x for x in values if x == "return"])
                return
            found = are_returns(header, values)
            if not found:
                continue
            if self._sign(header, found):
                self._beside.add(header)
                case = {"where": {header: found if len(found) > 1 else found[0]}, "value": "return"}
                self.rules["kind"] = {"cases": [case], "otherwise": "sale"}
                return
        if "kind" not in self.rules:
            self.remark(("columns",), "importing.draft_kind")

    def _sign(self, header: str, found: list[str]) -> bool:
        """Set or ask the sign of rows that are returns; tell whether any of them is above zero."""
        money = self.columns.get("amount") or self.columns.get("quantity")
        if not money or not found:
            return False
        where = f"{v.trimmed(self.cell(header))} IN ({', '.join(map(v.quoted, found))})"
        above, below = self.ask(
            f"count(*) FILTER ({self.number(money)} > 0), count(*) FILTER ({self.number(money)} < 0)", where
        )
        if not above:
            return False
        rules = self.more.setdefault("rules", {})
        rules["sign"] = "returns_negative"
        shown = " | ".join(found)
        place = ("rules", "sign")
        if not below and not [x for x in found if x not in self._sorts(found, "red")]:
            self.remark(place, "importing.draft_red", header=header, values=shown, count=f"{above:,}")
            return True
        samples = tuple(self.samples(money, where))
        what: Message = (
            "importing.question_sign",
            {"header": header, "values": shown, "count": f"{above:,}"},
        )
        choices = (
            Choice("returns_negative", "returns_negative", ("importing.choice_returns_negative", {})),
            Choice("as_is", "as_is", ("importing.choice_as_is", {})),
        )
        self.questions.append(Question("sign", what, place, samples, choices))
        return True

    def _document_kind(self) -> None:
        """Translate the kinds of documents; without a known one the sign decides."""
        header = self.columns.get("kind")
        values = self.kinds(header) if header else []
        found = {x: kind for kind in RECEIVABLE_KINDS for x in self._sorts(values, kind)}
        if not header or not found:
            self.columns.pop("kind", None)
            self.rules.pop("kind", None)
            self.remark(("columns",), "importing.draft_document_kind")
            return
        other = {x: kind for x, kind in found.items() if x != kind}
        if other:
            self.rules["kind"] = {"column": header, "map": other}
        unknown = [x for x in values if x not in found]
        if unknown:
            self.remark(("columns", "kind"), "importing.draft_kinds_unknown", values=" | ".join(unknown[:5]))
        self._sign(header, [x for x, kind in found.items() if kind == "credit_note"])

    # -- receivables ------------------------------------------------------------------

    def _open(self) -> None:
        """Work out what was paid from what is open."""
        amount = self.columns.get("amount")
        still_open = {header_key(w) for w in self.words["beside"]["open"]}
        if amount and self.heads[amount].base in still_open and "paid_amount" not in self.columns:
            self.remark(("columns", "amount"), "importing.draft_open_only", header=amount)
            self.more.setdefault("rules", {})["newer_file"] = "replaces"
            return
        left = self._free("open")
        if not amount or not left or "paid_amount" in self.columns or "`" in amount + left:
            return
        if "paid_date" not in self.columns:  # without its day a payment counts for nothing
            self.columns["amount"] = left
            self._money("amount")
            self.remark(("columns", "amount"), "importing.draft_open_taken", header=left, amount=amount)
            self.more.setdefault("rules", {})["newer_file"] = "replaces"
            return
        units = [f" * {u}" if (u := self.heads[h].unit) != 1 else "" for h in (amount, left)]
        formula = f"{self._tick(amount)}{units[0]} - {self._tick(left)}{units[1]}"
        self.rules["paid_amount"] = {"formula": formula}
        self.remark(("columns", "paid_amount"), "importing.draft_paid", header=left)

    def _documents(self) -> None:
        """Find a key where a document stands in several rows: instalments, items."""
        header = self.columns.get("document")
        if header is None:
            return
        cells = ", ".join(f"c{i}" for i in range(len(self.unit.header)))
        different = f"(SELECT DISTINCT {cells} FROM {self.rows})"

        def repeated(*headers: str) -> int:
            key = ", ".join(v.identity(self.cell(h)) for h in headers)
            row = self.db.execute(
                f"SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM {different} WHERE {self.cell(header)} IS NOT NULL"
                f" GROUP BY {key} HAVING count(*) > 1)"
            ).fetchone()
            return int(row[0]) if row else 0

        count = repeated(header)
        if not count:
            return
        due, item = self.columns.get("due_date"), self._free("item")
        year = next(
            (h for h, x in self.heads.items() if x.key in ("fiscalyear", "会计年度", "年度", "gjahr")), None
        )
        paid = self.columns.get("paid_date")
        tries = [[header, x] for x in (item, due, year, paid) if x and x != header]
        key = next((t for t in tries if not repeated(*t)), None)
        if key is None:
            self.remark(("columns", "document"), "importing.draft_documents", count=f"{count:,}")
            return
        self._beside |= set(key)
        self.rules["document"] = {"columns": key}
        self.remark(("columns", "document"), "importing.draft_instalments", count=f"{count:,}", second=key[1])

    # -- units and sheets -----------------------------------------------------------

    def _unit(self) -> None:
        """Ask for a unit that stands above the table, in a sheet's or the file's name."""
        money = [self.columns[c] for c in MONEY if c in self.columns] or list(self.months)[: self.wide]
        if not money or any(self.heads[h].unit != 1 for h in money):
            return
        texts = [*self.unit.above, *(u.sheet for u in self.units if u.sheet), self.file.name]
        for text in texts:
            unit = unit_above(text)
            if unit != 1:
                self.more.setdefault("rules", {})["unit"] = unit
                choices = (
                    Choice(str(unit), unit, ("importing.choice_unit", {"unit": f"{unit:,}"})),
                    Choice("1", 1, ("importing.choice_unit_one", {})),
                )
                shown = tuple(self.samples(money[0]))
                what: Message = ("importing.question_unit", {"said": text.strip()})
                self.questions.append(Question("unit", what, ("rules", "unit"), shown, choices))
                return

    def _title(self) -> None:
        """Ask for the VAT where a title speaks of amounts with it and of amounts without, or a header beside it does."""
        said, title = self.title_vat
        bare = [c for c in WITHOUT_VAT if c in self.columns and not self.heads[self.columns[c]].vat]
        if said != "both" or self.table != "ledger" or not bare:
            return
        choices = tuple(
            Choice(f"{rate:g}", rate, (key, {"rate": f"{rate:.0%}"}))
            for rate, key in ((_VAT, "importing.choice_vat"), (0, "importing.choice_vat_none"))
        )
        place: Place = ("rules", "vat_included")
        if bare[0] == "amount":
            self.more.setdefault("rules", {})["vat_included"] = _VAT
        else:  # a rule of the table would reach the amount, which has its own word
            rule = self.rules[bare[0]]
            plain = rule if isinstance(rule, dict) else {"column": rule}
            self.rules[bare[0]] = plain | {"vat_included": _VAT}
            place = ("columns", bare[0], "vat_included")
        shown = tuple(self.samples(self.columns[bare[0]]))
        what: Message = ("importing.question_vat", {"said": title, "header": self.columns[bare[0]]})
        self.questions.append(Question("vat", what, place, shown, choices))

    def _unpivot(self) -> None:
        """Propose that each month's column becomes rows; ask for the year where nothing says it."""
        self._beside |= set(self.months)
        way = {"columns": list(self.months), "name": "month", "value": "amount"}
        self.more["unpivot"] = way
        self.rules["amount"] = "amount"
        first, last = list(self.months)[0], list(self.months)[-1]
        told: dict[str, object] = {"count": len(self.months), "first": first, "last": last}
        meaning: Message = ("importing.choice_unpivot", told)
        choice = Choice("months", way, meaning)
        self.questions.append(
            Question(
                "unpivot",
                ("importing.question_unpivot", told),
                ("unpivot",),
                tuple(self.samples(first)),
                (choice,),
            )
        )
        said = {int(y) for text in self.titles for y in re.findall(r"(?<!\d)20\d\d(?!\d)", text)}
        changed = (
            self.unit.file.path.stat().st_mtime
        )  # offered, not stated: the year when the file was written
        this = dt.datetime.fromtimestamp(changed, dt.UTC).year
        years = sorted(said) or [this, this + 1, this - 1]

        def rule(year: int) -> dict[str, Any]:
            return {"column": "month", "map": {h: f"{y or year}-{m:02}" for h, (y, m) in self.months.items()}}

        self.rules["month"] = rule(years[0])
        if len(years) > 1 and not all(y for y, _ in self.months.values()):
            choices = tuple(Choice(str(y), rule(y)) for y in years)
            self.questions.append(
                Question(
                    "month", ("importing.question_year", {}), ("columns", "month"), (first, last), choices
                )
            )

    def _groups(self) -> None:
        """Ask where a column is filled in the first row of each group only: merged cells, or a name over blanks."""
        money = next((self.columns[c] for c in (*MONEY, "spend", "quantity") if c in self.columns), None)
        money = next(iter(self.months)) if self.wide else money
        if money is None:
            return
        found: list[str] = []
        for column in TABLES[self.table].columns:
            header = self.columns.get(column.name)
            if header is None or column.type == "money" or column.name in _SPARSE:
                continue
            filled = empty = 0
            first = True
            for unit in self.units:
                cells = ", ".join(f"coalesce(c{i}, '')" for i in range(len(unit.header)))
                rows = (
                    f"{v.number(self.cell(money), ',' if self.comma else '.', True)} IS NOT NULL"
                    f" AND NOT regexp_matches(concat_ws(chr(31), {cells}), {v.quoted(v.TOTAL_WORDS)})"
                )
                full, none, so = v.empty_below(self.db, unit.table, self.cell(header), rows)
                filled, empty, first = filled + full, empty + none, first and (so or not full + none)
            merged = any(u.merged for u in self.units)
            if first and filled and empty and (merged or empty >= _GROUPS * (filled + empty)):
                found.append(header)
        if not found:
            return
        ways = [found, *([h] for h in found[:6] if len(found) > 1)]
        choices = [
            Choice(", ".join(w), w, ("importing.choice_fill_down", {"columns": ", ".join(w)})) for w in ways
        ]
        choices.append(Choice("[]", [], ("importing.choice_leave_empty", {})))
        what: Message = (
            "importing.question_fill_down",
            {"columns": ", ".join(found), "file": self.file.name},
        )
        shown = tuple(self.samples(found[0]))
        self.fill = Question("fill_down", what, (), shown, tuple(choices))

    def _sheets(self) -> None:
        """Ask which sheets count, where they are not plainly months."""
        names = list(dict.fromkeys(u.sheet for u in self.units if u.sheet))
        months = [n for n in names if _MONTH.fullmatch(simplified(n).strip())]
        if len(names) < 2 or len(months) == len(names):
            return
        choices = []
        pattern = _pattern(months, [n for n in names if n not in months]) if len(months) > 1 else ""
        if pattern:
            choices.append(
                Choice(pattern, pattern, ("importing.choice_sheets", {"sheets": ", ".join(months)}))
            )
        choices.append(Choice("*", "*", ("importing.choice_all_sheets", {"count": len(names)})))
        choices += [Choice(n, glob(n)) for n in names if n not in months or not pattern][:12]
        what: Message = ("importing.question_sheet", {"file": self.file.name})
        self.sheets = Question("sheet", what, (), tuple(names[:12]), tuple(choices))

    def _needed(self, column: str) -> None:
        """Ask for a column that the table needs and no header is known for."""
        kind = TABLES[self.table].column(column)
        lines = ("invoiced_sales", "quantity") if (self.table, column) == ("budget", "line") else ()
        choices: list[Choice] = [Choice(a, {"constant": a}) for a in kind.allowed or lines]
        if not kind.allowed:
            for header in (h for h in self.heads if h not in self.used()):
                cell = self.cell(header)
                read = {"money": v.number(cell), "date": v.date(cell, "day_first")}.get(
                    kind.type, v.text(cell)
                )
                (some,) = self.ask(f"count({read})")
                if some:
                    choices.append(Choice(header, header))
        what: Message = ("importing.question_needed", {"table": self.table, "column": column})
        self.questions.append(Question(column, what, ("columns", column), (), tuple(choices[:8])))


def glob(name: str) -> str:
    """Return a name as a pattern that fits it alone."""
    return re.sub(r"([*?\[])", r"[\1]", name)


def _pattern(names: list[str], others: list[str]) -> str:
    """Return a pattern that fits all of the names and none of the others, or nothing.

    Examples
    --------
    >>> _pattern(["1月", "2月"], ["全年"]), _pattern(["s1.csv", "s2.csv"], ["s3.csv"])
    ('[0-9]*月', '')
    """
    start = os.path.commonprefix(names)
    end = os.path.commonprefix([n[len(start) :][::-1] for n in names])[::-1]
    middle = [n[len(start) : len(n) - len(end)] for n in names]
    for inside in ["[0-9]*", "*"] if all(m[:1].isdigit() for m in middle) else ["*"]:
        pattern = glob(start) + inside + glob(end)
        fits = [fnmatch.fnmatchcase(n.casefold(), pattern.casefold()) for n in (*names, *others)]
        if all(fits[: len(names)]) and not any(fits[len(names) :]):
            return pattern if inside == "*" or len(others) else glob(start) + "*" + glob(end)
    return ""


def same_layout(guesses: list[Guess], files: list[str]) -> list[list[Guess]]:
    """Return files that are laid out alike together, where one pattern names them and no other file."""
    alike: dict[tuple[str, ...], list[Guess]] = {}
    for guess in guesses:
        alike.setdefault((guess.table, *guess.unit.header), []).append(guess)
    groups: list[list[Guess]] = []
    for group in alike.values():
        names = [g.file.name for g in group]
        others = [f for f in files if f not in names]
        pattern = _pattern(names, others) if len(set(names)) > 1 else ""
        if pattern and len(group) > 1:
            group[0].join(group[1:], pattern)
            groups.append(group)
            continue
        for guess in group:
            guess.join([], glob(guess.file.name))
            groups.append([guess])
    return groups


__all__ = ["Guess", "same_layout"]
