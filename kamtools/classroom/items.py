"""Whether the declarations of the course's items can be used: every fault with its file and key, before anything is built."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kamtools.classroom.course import KINDS
from kamtools.classroom.lint import Problem
from kamtools.classroom.questions import item_functions
from kamtools.declared import shared
from kamtools.forms.definitions import Kind

Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
FORM = {"also", "page", "anchors", "zh", "en", "help", "anchor"}  # of a form; its other keys are fields


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Words(_Strict):
    zh: Text
    en: Text


class _Column(_Strict):
    kind: Kind
    required: bool = False
    low: float | None = None
    high: float | None = None
    choices: str = ""
    zh: Text | None = None
    en: Text | None = None
    help: _Words | None = None


class _Field(_Column):
    item: str = ""
    columns: dict[Name, _Column] = {}
    min_rows: int = 0
    sum_to_one: str = ""
    lines: int = 1
    rows: int = 0


class _Form(_Words):
    also: list[str] = []
    page: Literal["portrait", "landscape"]
    anchors: int = 0
    help: _Words
    anchor: dict[str, _Words] = {}
    fields: dict[Name, _Field]


class _Exercise(_Strict):
    kind: Literal["number", "choice", "multi", "opinion"]
    expected: str = ""
    options: str = ""
    unit: Literal["count", "percent", "points"] = "count"
    tolerance: float = 0.0
    question: _Words
    hint: _Words
    solution: _Words
    why: _Words | None = None


class _Item(_Words):
    id: Text
    kind: str
    form: dict[Name, _Form] = {}
    exercise: dict[Annotated[str, Field(pattern=r"^x\d+$")], _Exercise] = {}
    option: dict[Name, dict[str, _Words]] = {}


def check_items(course: Path) -> list[Problem]:
    """Return every fault of the declarations under a course's folder.

    Parameters
    ----------
    course : Path
        ``kamtools/course`` of a project.
    """
    problems: list[Problem] = []
    for path in sorted(course.glob("*/*/item.toml")):
        file = "/".join(path.parts[-3:])
        for key, what, params in _faults(path):
            problems.append(Problem(file, key, "classroom.item", what, params))
    return problems


def _faults(path: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        yield "-", "toml", {"detail": str(error)}
        return
    forms = {}
    for name, form in raw.get("form", {}).items() if isinstance(raw.get("form"), Mapping) else ():
        own = {k: v for k, v in form.items() if k in FORM}
        forms[name] = own | {"fields": {k: v for k, v in form.items() if k not in FORM}}
    try:
        item = _Item.model_validate(raw | ({"form": forms} if forms else {}))
    except ValidationError as error:
        for fault in error.errors():
            key = ".".join(str(part) for part in fault["loc"] if part not in ("fields", "[key]"))
            what = {"extra_forbidden": "unknown", "missing": "missing"}.get(fault["type"], "value")
            yield key, what, {"value": str(fault.get("input"))[:60], "detail": fault["msg"]}
        return
    yield from _meaning(path, item)


def _meaning(path: Path, item: _Item) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield what is well formed and cannot be meant."""
    begin = item.id.replace(".", "")
    if path.parent.name.split("_")[0] != begin:
        yield "id", "folder", {"folder": path.parent.name, "begin": f"{begin}_"}
    if item.kind not in KINDS:
        yield "kind", "allowed", {"value": item.kind, "allowed": ", ".join(KINDS)}
    for name, form in item.form.items():
        for id_, field in form.fields.items():
            key = f"form.{name}.{id_}"
            if field.zh is None and id_ not in shared()["common"]:
                yield key, "words", {"common": ", ".join(shared()["common"])}
            yield from _choices(key, field)
            for column, said in field.columns.items():
                if said.zh is None or said.en is None:
                    yield f"{key}.columns.{column}", "missing", {}
                yield from _choices(f"{key}.columns.{column}", said)
    functions = item_functions(path.parent)
    for id_, exercise in item.exercise.items():
        key = f"exercise.{id_}"
        judged = exercise.kind != "opinion"
        for part, needed in (
            ("expected", judged),
            ("options", exercise.kind != "number"),
            ("why", not judged),
        ):
            said = getattr(exercise, part)
            if needed and not said:
                yield f"{key}.{part}", "missing", {}
            elif part != "why" and said and said not in functions:
                yield f"{key}.{part}", "function", {"name": str(said)}


def _choices(key: str, column: _Column) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield a set of choices that is not there, or is lacking."""
    allowed = ", ".join(shared()["choice"])
    if column.choices and column.choices not in shared()["choice"]:
        yield f"{key}.choices", "allowed", {"value": column.choices, "allowed": allowed}
    if column.kind == "choice" and not column.choices:
        yield f"{key}.choices", "missing", {}
