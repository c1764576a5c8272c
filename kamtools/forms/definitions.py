"""The forms of the course as data: which fields each has, of which kind, within which bounds."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kamtools.declared import declarations, shared
from kamtools.errors import KamError
from kamtools.words import has_message, say

Kind = Literal["text", "number", "rating", "date", "choice", "rows"]
WORDS = ("zh", "en", "help", "columns")


@dataclass(frozen=True)
class Column:
    """One column of a table in a form.

    Attributes
    ----------
    id : str
    kind : {"text", "number", "rating", "date", "choice"}
    key : str
        Of its words: ``course.<key>``.
    required : bool
        A row without it is incomplete.
    low, high : number or None
        Bounds of a number or rating, both allowed; a rating is a whole number.
    choices : str
        Name of the set of choices, empty where the kind is another.
    """

    id: str
    kind: Kind
    key: str
    required: bool = False
    low: float | None = None
    high: float | None = None
    choices: str = ""

    def label(self, lang: str | None = None) -> str:
        """Return what it is called."""
        return say("course", lang, self.key)

    def help(self, lang: str | None = None) -> str:
        """Return what to write, empty where the label says it all."""
        known = has_message("course", self.key, "help")
        return say("course", lang, self.key, "help") if known else ""

    @property
    def values(self) -> tuple[str, ...]:
        """The ids of its choices, in order."""
        return choice_sets()[self.choices] if self.choices else ()

    def choice(self, value: str, lang: str | None = None) -> str:
        """Return what one of its choices is called."""
        return say("course.choice", lang, self.choices, value)


@dataclass(frozen=True)
class Field(Column):
    """One field of a form; of the kind ``rows`` it is a table with `columns`.

    Attributes
    ----------
    item : str
        The course item that it serves.
    columns : tuple of Column
    min_rows : int
        Fewer rows are an incomplete form.
    sum_to_one : str
        The column whose numbers should add up to 1.
    lines, rows : int
        Room that the printed blank leaves.
    """

    item: str = ""
    columns: tuple[Column, ...] = ()
    min_rows: int = 0
    sum_to_one: str = ""
    lines: int = 1
    rows: int = 0

    def column(self, name: str) -> Column:
        """Return a column by its id; ``KeyError`` where there is none."""
        return {c.id: c for c in self.columns}[name]


@dataclass(frozen=True)
class Form:
    """One form: the course items it serves, its fields in order, how its page lies.

    Attributes
    ----------
    id : str
    items : tuple of str
        Course ids; the first is the form's own.
    page : {"portrait", "landscape"}
    fields : tuple of Field
    anchors : int
        Levels that are described in words (behaviour-anchored scale), 0 for none.
    """

    id: str
    items: tuple[str, ...]
    page: str
    fields: tuple[Field, ...]
    anchors: int = 0

    @property
    def item(self) -> str:
        """The course item that stands on its page: the first."""
        return self.items[0]

    def title(self, lang: str | None = None) -> str:
        """Return what it is called."""
        return say("course", lang, self.id)

    def help(self, lang: str | None = None) -> str:
        """Return how it is filled."""
        return say("course", lang, self.id, "help")

    def anchor(self, level: int, lang: str | None = None) -> str:
        """Return the behaviour that stands for a level, 1 to `anchors`."""
        return say("course", lang, self.id, "anchor", level)

    def field(self, name: str) -> Field:
        """Return a field by its id; ``KeyError`` where there is none."""
        return {f.id: f for f in self.fields}[name]


@functools.cache
def choice_sets() -> Mapping[str, tuple[str, ...]]:
    """Return the ids of every set of choices by its name.

    Examples
    --------
    >>> choice_sets()["swot"]
    ('strength', 'weakness', 'opportunity', 'threat')
    """
    return {name: tuple(values) for name, values in shared()["choice"].items()}


@functools.cache
def forms() -> Mapping[str, Form]:
    """Return every form by its id, in the order of the course.

    Examples
    --------
    >>> list(forms())[:4]
    ['profile', 'mission', 'goal_map', 'swot']
    >>> forms()["swot"].title("zh"), forms()["swot"].field("items").column("kind").kind
    ('客户在当地市场的 SWOT 分析', 'choice')
    """
    declared = (
        (item, name, raw) for item, d in declarations().items() for name, raw in d.get("form", {}).items()
    )
    return {name: _form(item, name, raw) for item, name, raw in declared}


def form(name: str, more: Iterable[Form] = ()) -> Form:
    """Return a form by its id, one of the course or of `more`.

    Raises
    ------
    KamError
        ``forms.unknown_form`` with the ids that there are.
    """
    known = {**forms(), **{f.id: f for f in more}}
    if name not in known:
        raise KamError("forms.unknown_form", form=name, allowed=", ".join(known))
    return known[name]


def _form(item: str, name: str, raw: Mapping[str, Any]) -> Form:
    fields = {id_: x for id_, x in raw.items() if isinstance(x, Mapping) and "kind" in x}
    return Form(
        name,
        (item, *raw.get("also", ())),
        raw["page"],
        tuple(_field(name, item, id_, x) for id_, x in fields.items()),
        raw.get("anchors", 0),
    )


def _field(name: str, item: str, id_: str, raw: Mapping[str, Any]) -> Field:
    key = f"{name}.{id_}"
    columns = raw.get("columns", {})
    said = {"item": item, **_said(raw)}
    return Field(
        id=id_,
        key=key if "zh" in raw else f"common.{id_}",
        columns=tuple(Column(c, key=f"{key}.{c}", **_said(x)) for c, x in columns.items()),
        **said,
    )


def _said(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a declaration says of a field or column beside its words."""
    return {name: value for name, value in raw.items() if name not in WORDS}
