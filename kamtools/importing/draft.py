"""A mapping drafted from foreign files: what is sure stands in it, what is not is a question."""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamtools.errors import KamError
from kamtools.importing import values as v
from kamtools.importing.aliases import near_names
from kamtools.importing.guess import Guess, same_layout
from kamtools.importing.headers import traditional, words
from kamtools.importing.mapping import OPEN, Mapping, Source
from kamtools.importing.questions import Choice, Effect, Message, Place, Question
from kamtools.importing.staging import NO_TABLE, Unit, find_files, other_files, stage
from kamtools.words import say
from kamtools.workspace.tables import TABLES

if TYPE_CHECKING:
    import duckdb

_ALIASES_SHOWN = 10


@dataclass(frozen=True)
class Draft:
    """A mapping as far as the files settle it, and the questions that are left.

    Attributes
    ----------
    data : dict
        The mapping; ``"?"`` where a question is open.
    questions : tuple of Question
        All of them, answered ones too.
    answers : dict
        Question -> choice.
    """

    data: Dict[str, Any]
    questions: tuple[Question, ...]
    answers: Dict[str, str] = field(default_factory=dict)
    remarks: Dict[Place, tuple[Message, ...]] = field(default_factory=dict)
    samples: Dict[Place, tuple[str, ...]] = field(default_factory=dict)
    unused: Dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = field(default_factory=dict)
    again: tuple[
        tuple[str, str, Dict[str, Any]], ...
    ] = ()  # table, source and columns of files that come second
    end: tuple[Message, ...] = ()

    @property
    def open(self) -> tuple[Question, ...]:
        """The questions that have no answer."""
        return tuple(q for q in self.questions if q.id not in self.answers)

    def answer(self, question: str, choice: str) -> Draft:
        """Return the draft with one question answered.

        Raises
        ------
        KamError
            Where there is no such question or choice; the message lists them.
        """
        asked = {q.id: q for q in self.questions}
        if question not in asked:
            raise KamError("importing.no_question", value=question, allowed=", ".join(asked) or "–")
        try:
            value = asked[question].choice(choice).value
        except KeyError:
            allowed = ", ".join(c.id for c in asked[question].choices)
            raise KamError("importing.no_choice", value=choice, question=question, allowed=allowed) from None
        data = copy.deepcopy(dict(self.data))
        _put(data, asked[question].place, value)
        return replace(self, data=data, answers={**self.answers, question: choice})

    def text(self) -> str:
        """Return the mapping as YAML, with remarks, samples and the open questions above their places."""
        return _Text(self).whole()


def draft(files: list[Path]) -> Draft:
    """Return a mapping for files, guessed from their headers and values, with the questions that they leave open.

    Raises
    ------
    KamError
        Where a file is missing, empty or unreadable, or no file has a column that is known.
    """
    import duckdb

    found = find_files(Path(f) for f in files)
    db = duckdb.connect(":memory:", config={"threads": 2})
    try:
        db.execute("SET enable_progress_bar = false")
        guesses: list[Guess] = []
        passed: list[str] = []
        for file in found:
            try:
                guesses.append(Guess(db, file, stage(db, file, Source(), _wanted()), words()))
            except KamError as error:
                if not file.foreign or error.key not in NO_TABLE:
                    raise
                passed.append(file.label)
        others = other_files(Path(f) for f in files)
        return _Making(db, guesses, [*passed, *others]).draft()
    finally:
        db.close()


def draft_mapping(sources: list[Path]) -> str:
    """Return a mapping (YAML text) for files, guessed from their headers in Chinese and English.

    Each column of a file stands with three sample values; what the files do
    not settle is ``"?"`` in its place with a question above it. The text is a
    start for a person, who confirms every line.

    Raises
    ------
    KamError
        Where a file is missing, empty or unreadable, or no file has a column that is known.
    """
    return draft(sources).text()


@functools.cache
def _wanted() -> set[str]:
    """Return every word by which the row of the headers is recognised."""
    plain = {w for t, columns in words().items() if t != "kinds" for said in columns.values() for w in said}
    plain |= {traditional(w) for w in plain}
    return plain | {w.replace(" ", s) for w in plain for s in ("_", "-") if " " in w}


def _put(data: dict[str, Any], place: Place, value: Any) -> None:
    for step in place[:-1]:
        data = data.setdefault(step, {})
    data[place[-1]] = value


class _Making:
    """Puts the guesses of all files together."""

    def __init__(self, db: duckdb.DuckDBPyConnection, guesses: list[Guess], passed: list[str]) -> None:
        self.db = db
        self.all = guesses
        self.passed = passed  # files that are no tables
        self.known = [g for g in guesses if g.table]
        if not self.known:
            headers = "; ".join(f"{g.file.name}: {', '.join(g.unit.header)}" for g in guesses)
            raise KamError("importing.draft_nothing", found=headers)
        self.questions: list[Question] = []
        self.remarks: dict[Place, list[Message]] = {}

    def draft(self) -> Draft:
        others = [name.rsplit("/", 1)[-1] for name in self.passed]
        groups = same_layout(self.known, [g.file.name for g in self.all] + others)
        first: dict[str, list[Guess]] = {}  # the best of each table, with the files that are laid out like it
        for group in sorted(groups, key=lambda g: -g[0].score):
            first.setdefault(group[0].table, group)
        second = [g for g in groups if g not in first.values()]
        data: dict[str, Any] = {"currency": ""}
        main = [g for g in groups if g in first.values()]
        data["sources"] = {}
        data["tables"] = {}
        self.aliases: dict[str, str] = {}  # table -> source
        samples: dict[Place, tuple[str, ...]] = {}
        unused: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {}
        for number, group in enumerate([*main, *second], start=1):
            guess, alias = group[0], f"file{number}"
            data["sources"][alias] = {"file": guess.pattern}
            self._remark(("sources", alias), guess.layout())
            if group in second:
                continue
            self.aliases[guess.table] = alias
            at = ("tables", guess.table)
            data["tables"][guess.table] = {"source": alias, "columns": guess.rules, **guess.more}
            for place, remarks in guess.remarks.items():
                self._remark((*at, *place), remarks)
            for column, header in guess.columns.items():
                samples[(*at, "columns", column)] = tuple(guess.samples(header))
            used = guess.used()
            unused[guess.table] = tuple(
                (h, tuple(guess.samples(h)))
                for h in guess.unit.header
                if h not in used and not h.startswith("#")
            )
            for question in guess.questions:
                self._ask(replace(question, place=(*at, *question.place), id=f"{guess.table}.{question.id}"))
            for key, asked in (("sheet", guess.sheets), ("fill_down", guess.fill)):
                if asked:
                    self._ask(replace(asked, place=("sources", alias, key), id=f"{alias}.{key}"))
        self.groups = {group[0].table: group for group in main}
        self._currency(data)
        data = self._dates(data)
        data = self._decimal(data)
        self._effects(data)
        for question in self.questions:
            _put(data, question.place, OPEN)
        again = tuple((g[0].table, f"file{len(main) + i}", g[0].rules) for i, g in enumerate(second, start=1))
        remarks = {k: tuple(r) for k, r in self.remarks.items() if r}
        return Draft(data, tuple(self.questions), {}, remarks, samples, unused, again, self._end())

    def _remark(self, place: Place, said: list[Message]) -> None:
        self.remarks.setdefault(place, []).extend(said)

    def _ask(self, question: Question) -> None:
        self.questions.append(question)

    # -- what holds for all files ---------------------------------------------

    def _currency(self, data: dict[str, Any]) -> None:
        """Set the currency: what the files say, else the yuan, said to be an assumption."""
        money = [g[0] for g in self.groups.values() if g[0].has_money]
        said = {g.currency for g in money}
        if said == {"$"}:
            choices = tuple(Choice(c, c) for c in ("USD", "HKD", "TWD", "AUD", "CAD", "SGD"))
            shown = tuple(next(g.signs for g in money if g.signs))
            data["currency"] = "USD"
            self._ask(
                Question("currency", ("importing.question_currency", {}), ("currency",), shown, choices)
            )
            return
        one = said.pop() if len(said) == 1 else ""
        data["currency"] = one if one not in ("", "$") else "CNY"
        column = not one and all("currency" in g.columns for g in money)
        self._remark(
            ("currency",),
            [("importing.draft_currency_found" if one or column else "importing.draft_currency", {})],
        )
        for guess in money if not one else ():
            if guess.currency not in ("", "CNY", "$") and "currency" in TABLES[guess.table].names:
                guess.rules.setdefault("currency", {"constant": guess.currency})

    def _dates(self, data: dict[str, Any]) -> dict[str, Any]:
        """Say or ask how dates are written: once for all, where all columns leave the same ways, else each."""
        found: list[tuple[str, str, list[v.Reading], list[str]]] = []
        for table, group in self.groups.items():
            ways = [(c, w) for c, w in group[0].dates().items() if w]
            styles = [{r.style for r in w} for _, w in ways]
            common = set.intersection(*styles) if styles else set()
            for other in group[0].other_dates() if common else ():
                common = common & other or common
            for column, readings in ways:  # what one column of a file settles holds for its others
                kept = [r for r in readings if r.style in common] or readings
                found.append((table, column, kept, group[0].odd_dates(column)))
        if not found:
            return data
        kinds = {tuple(sorted(r.style for r in ways)) for _, _, ways, _ in found}
        if len(kinds) == 1:
            ways = found[0][2]
            data = _after(data, "currency", "dates", ways[0].style)
            shown = tuple(dict.fromkeys(s for *_, odd in found for s in odd))[:3]
            self._date("dates", ("dates",), ways, shown, found[0][1])
            return data
        for table, column, ways, odd in found:
            rule = data["tables"][table]["columns"][column]
            plain = rule if isinstance(rule, dict) else {"column": rule}
            data["tables"][table]["columns"][column] = plain | {"date": ways[0].style}
            place = ("tables", table, "columns", column, "date")
            self._date(f"{table}.{column}", place, ways, tuple(odd), column)
        return data

    def _date(
        self, name: str, place: Place, ways: list[v.Reading], shown: tuple[str, ...], column: str
    ) -> None:
        if len(ways) > 1:
            choices = tuple(Choice(r.style, r.style) for r in ways)
            key = "importing.question_dates" if name == "dates" else "importing.question_dates_of"
            params: dict[str, object] = {} if name == "dates" else {"column": column}
            self._ask(Question(name, (key, params), place, shown, choices))
        else:
            way = ways[0]
            told: dict[str, object] = {"first": way.first, "last": way.last, "samples": " | ".join(shown)}
            key = {
                "excel_serial": "importing.draft_dates_excel_serial",
                "minguo": "importing.draft_dates_minguo",
            }.get(way.style, "importing.draft_dates")
            self._remark(place[:-1] if len(place) > 1 else place, [(key, told)])

    def _decimal(self, data: dict[str, Any]) -> dict[str, Any]:
        """Say or ask which sign stands before the decimals; a point that nothing speaks against need not be said."""
        leads = [group[0] for group in self.groups.values()]
        shown = {g.decimal for g in leads if g.decimal}
        if shown <= {"."}:
            return data
        first = "," if sum(g.comma for g in leads) * 2 > len(leads) or shown == {","} else "."
        data = _after(data, "dates" if "dates" in data else "currency", "decimal", first)
        if shown != {","}:
            choices = tuple(Choice(sign, sign) for sign in (first, "." if first == "," else ","))
            samples = tuple(dict.fromkeys(s for g in leads for s in g.either_way()))[:3]
            self._ask(Question("decimal", ("importing.question_decimal", {}), ("decimal",), samples, choices))
        return data

    # -- what each choice would do ----------------------------------------------

    def _effects(self, data: dict[str, Any]) -> None:
        """Try every choice, the first of each other question beside it."""
        base = copy.deepcopy(data)
        for question in self.questions:
            if question.choices:
                _put(base, question.place, question.choices[0].value)
        for i, question in enumerate(self.questions):
            choices = []
            for choice in question.choices:
                trial = copy.deepcopy(base)
                _put(trial, question.place, choice.value)
                effect = None if question.place == ("currency",) else self._try(trial, question.place)
                choices.append(replace(choice, effect=effect))
            self.questions[i] = replace(question, choices=tuple(choices))

    def _try(self, data: dict[str, Any], place: Place) -> Effect | None:
        from pydantic import ValidationError

        if place[0] == "tables":
            tables = [place[1]]
        elif place[0] == "sources":
            tables = [t for t, alias in self.aliases.items() if alias == place[1]]
        else:
            tables = list(self.groups)
        try:
            mapping = Mapping.model_validate(data)
            effects = [
                e for t in tables for u in self._units(mapping, t) if (e := self._translate(mapping, t, u))
            ]
        except (KamError, ValidationError, KeyError):
            return None  # another column is still missing: nothing can be said
        if not effects:
            return None
        totals = [e.total for e in effects if e.total is not None]
        firsts, lasts = [e.first for e in effects if e.first], [e.last for e in effects if e.last]
        return Effect(
            sum(e.rows for e in effects),
            sum(e.waiting for e in effects),
            sum(totals, start=totals[0] * 0) if totals else None,
            min(firsts, default=None),
            max(lasts, default=None),
            sum(e.loose for e in effects),
            sum((e.loose_total for e in effects if e.loose_total is not None), start=Decimal(0)),
        )

    def _units(self, mapping: Mapping, table: str) -> list[Unit]:
        import fnmatch

        sheet = mapping.sources[self.aliases[table]].sheet
        units = self.groups[table][0].units
        if sheet is None:
            return units
        chosen: list[Unit] = []
        chosen += [
            replace(u, siblings=chosen, book={}) for u in units if fnmatch.fnmatch(u.sheet, sheet)
        ]  # a summary is one of the sheets that are read
        return chosen

    def _translate(self, mapping: Mapping, table: str, unit: Unit) -> Effect | None:
        from kamtools.importing.translate import Translator

        work = Translator(self.db, mapping, table, unit, {})
        try:
            work.run()
            names = TABLES[table].names
            total = "sum(amount)" if "amount" in names else "NULL"
            loose = "account IS NULL" if "account" in names else "false"
            lost = f"count(*) FILTER ({loose}), {total} {f'FILTER ({loose})' if 'amount' in names else ''}"
            day = next((c for c in ("date", "invoice_date", "month") if c in names), None)
            row = self.db.execute(
                f"SELECT count(*), {total}{f', min({day}), max({day})' if day else ', NULL, NULL'}, {lost} FROM {work.out}"
            ).fetchone()
        finally:
            for name in (work.out, *(f"{n}_{unit.table}" for n in ("full", "base", "state")), "lost"):
                self.db.execute(f"DROP TABLE IF EXISTS {name}")
        return Effect(row[0], len({p[0] for p in work.problems}), *row[1:]) if row else None

    # -- the end of the text --------------------------------------------------

    def _end(self) -> tuple[Message, ...]:
        said: list[Message] = []
        for guess in (g for g in self.all if not g.table):
            said.append(
                (
                    "importing.draft_not_known",
                    {"file": guess.file.name, "columns": ", ".join(guess.unit.header)},
                )
            )
        for name in self.passed[:20]:
            said.append(("importing.draft_passed", {"file": name}))
        if len(self.passed) > 20:
            said.append(("importing.draft_passed_more", {"count": f"{len(self.passed) - 20:,}"}))
        ids: dict[str, int] = {}
        for group in self.groups.values():
            for name, count in group[0].accounts().items():
                ids[name] = ids.get(name, 0) + count
        pairs = near_names(ids)
        if pairs:
            said.append(("importing.draft_aliases", {"count": f"{len(pairs):,}"}))
        for old, new in pairs[:_ALIASES_SHOWN]:
            said.append(("importing.draft_alias", {"old": old, "new": new}))
        return tuple(said)


def _after(data: dict[str, Any], key: str, new: str, value: Any) -> dict[str, Any]:
    """Return the data with a new key after another one."""
    result: dict[str, Any] = {}
    for k, item in data.items():
        result[k] = item
        if k == key:
            result[new] = value
    return result


class _Text:
    """Writes a draft as YAML."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.asked = {q.place: q for q in draft.open}

    def whole(self) -> str:
        d = self.draft
        lines = [_remark("importing.draft_head")]
        if d.open:
            lines.append(_remark("importing.draft_open", count=len(d.open)))
        for key in ("currency", "dates", "decimal"):
            if key in d.data:
                lines += self._asks((key,), "") + self._above((key,), "", key == "currency")
                lines.append(f"{key}: {flow(d.data[key])}{'' if key == 'currency' else self._beside((key,))}")
        lines.append("sources:")
        for alias, source in d.data["sources"].items():
            lines += self._asks_in(("sources", alias), "  ")
            lines.append(f"  {alias}: {flow(source)}{self._beside(('sources', alias))}")
        lines.append("tables:")
        for table, part in d.data["tables"].items():
            lines += self._table(table, part)
        for table, source, rules in d.again:
            lines.append("  " + _remark("importing.draft_again", table=table))
            lines.append(f"  # {table}: {flow({'source': source, 'columns': rules})}")
        lines += [_remark(key, **_lines(params)) for key, params in d.end]
        return "\n".join(lines) + "\n"

    def _table(self, table: str, part: Dict[str, Any]) -> list[str]:
        at = ("tables", table)
        lines = [f"  {table}:", f"    source: {part['source']}"]
        for key in part:
            if key in ("source", "columns", "rules"):
                continue
            lines += (
                self._asks((*at, key), "    ")
                + self._above((*at, key), "    ")
                + [f"    {key}: {flow(part[key])}"]
            )
        lines.append("    columns:")
        names = [c for c in TABLES[table].names if c in part["columns"]]
        for name in names:
            place = (*at, "columns", name)
            lines += self._asks_in(place, "      ") + self._above(place, "      ")
            shown = " | ".join(one_line(s) for s in self.draft.samples.get(place, ()))
            lines.append(f"      {name}: {flow(part['columns'][name])}{f'  # {shown}' if shown else ''}")
        lines += self._above((*at, "columns"), "      ")
        if part.get("rules"):
            lines.append("    rules:")
            for key, value in part["rules"].items():
                place = (*at, "rules", key)
                lines += self._asks(place, "      ") + self._above(place, "      ")
                lines.append(f"      {key}: {flow(value)}")
        lines += self._above(at, "    ")
        for header, samples in self.draft.unused.get(table, ()):
            lines.append(f"    # {one_line(header)}: {' | '.join(one_line(s) for s in samples)}")
        return lines

    def _above(self, place: Place, indent: str, all_above: bool = True) -> list[str]:
        said = self.draft.remarks.get(place, ()) if all_above else ()
        return [indent + _remark(key, **_lines(params)) for key, params in said]

    def _beside(self, place: Place) -> str:
        said = [say(key, **_lines(params)) for key, params in self.draft.remarks.get(place, ())]
        return f"  # {' '.join(said)}" if said else ""

    def _asks_in(self, place: Place, indent: str) -> list[str]:
        return [
            line for asked in self.asked if asked[: len(place)] == place for line in self._asks(asked, indent)
        ]

    def _asks(self, place: Place, indent: str) -> list[str]:
        question = self.asked.get(place)
        if question is None:
            return []
        shown = " | ".join(one_line(s) for s in question.samples)
        lines = [f"{indent}# ? {one_line(question.text(), 400)}{f'  {shown}' if shown else ''}"]
        for choice in question.choices:
            said = f"{indent}# ?   {flow(choice.value)}"
            if choice.meaning:
                said += f"  {say(choice.meaning[0], **_lines(choice.meaning[1]))}"
            lines.append(said + (f"  → {choice.effect.text()}" if choice.effect else ""))
        return lines


def _lines(params: Dict[str, object]) -> dict[str, object]:
    """Return parameters of a message that cannot break out of their line."""
    return {k: one_line(p, 400) if isinstance(p, str) else p for k, p in params.items()}


def _remark(key: str, **params: object) -> str:
    return f"# {say(key, **params)}"


def one_line(text: str, longest: int = 40) -> str:
    """Return a text without line breaks, cut where it is long.

    Examples
    --------
    >>> one_line("a\\nb"), one_line("x" * 50, 5)
    ('a b', 'xxxx…')
    """
    kept = "".join(c if c.isprintable() else " " for c in text)
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"


def flow(value: Any) -> str:
    """Return a value as YAML in one line, texts quoted where they must be.

    Examples
    --------
    >>> print(flow({"column": "客户编码", "map": {"NO": "Norway"}, "rate": 0.13, "empty": ["a: b"]}))
    {column: 客户编码, map: {"NO": Norway}, rate: 0.13, empty: ["a: b"]}
    """
    import json

    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(k)}: {flow(x)}" for k, x in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(x) for x in value) + "]"
    if not isinstance(value, str):
        return str(value)
    plain = re.fullmatch(r"[^\W\d_][\w./()-]*( [\w./()-]+)*", value)
    word = value.casefold() in ("no", "yes", "on", "off", "true", "false", "null", "y", "n")
    return value if plain and not word else json.dumps(value, ensure_ascii=False)


__all__ = ["Draft", "draft", "draft_mapping"]
