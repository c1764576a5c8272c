"""YAML whose scalars stay text, and pydantic models read from it with line numbers.

``NO`` stays a country, ``00123`` an id, ``2026-10-31`` a text that the model
turns into a date; an empty value, ``~`` and ``null`` mean "missing".
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from kamtools.errors import KamError
from kamtools.workspace.findings import Finding

M = TypeVar("M", bound=BaseModel)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MISSING = {"", "~", "null", "Null", "NULL"}
DEEPEST = 50  # levels of nesting
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Text:
    """A YAML document as plain dicts, lists and texts, with the line of every place in it."""

    data: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """Return the line of `place`, or of the nearest thing around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


class YamlFault(Exception):
    """A text that is no YAML of the plain kind: the finding says where and why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.reason_key)
        self.finding = finding


def parse(text: str, file: str) -> Text:
    """Return the document in `text` with scalars as text.

    Raises
    ------
    YamlFault
        Broken syntax, a key given twice, an alias, or an unprintable
        character; with the line.

    Examples
    --------
    >>> parse("country: NO\\nid: 00123\\nnote:\\n", "x.yml").data
    {'country': 'NO', 'id': '00123', 'note': None}
    """
    try:
        _refuse_deep(text, file)
        node = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, UnicodeError) as error:
        mark = getattr(error, "problem_mark", None)
        detail = getattr(error, "problem", None) or str(error)
        row = mark.line + 1 if mark else None
        raise YamlFault(
            Finding("error", file, row, "", "", "yaml", {"detail": detail.replace("\n", " ")})
        ) from None
    lines: dict[Place, int] = {}
    return Text(_plain(node, (), lines, file, set()), lines)


def _refuse_deep(text: str, file: str) -> None:
    """Refuse what is nested so deep that composing it would overrun the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                row = event.start_mark.line + 1
                raise YamlFault(Finding("error", file, row, "", "", "yaml_deep", {"allowed": DEEPEST}))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(node: Any, place: Place, lines: dict[Place, int], file: str, seen: set[int]) -> Any:
    if node is None:
        return None
    row = node.start_mark.line + 1
    lines.setdefault(place, row)
    if id(node) in seen:
        raise YamlFault(Finding("error", file, row, _dotted(place), "", "yaml_alias"))
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        return None if not node.style and node.value in _MISSING else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(n, (*place, i), lines, file, seen) for i, n in enumerate(node.value)]
    result: dict[str, Any] = {}
    for key, value in node.value:
        row = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise YamlFault(Finding("error", file, row, _dotted(place), "", "yaml_key"))
        if key.value in result:
            raise YamlFault(Finding("error", file, row, key.value, "", "yaml_twice"))
        lines[(*place, key.value)] = row
        result[key.value] = _plain(value, (*place, key.value), lines, file, seen)
    return result


def validate(text: Text, model: type[M], file: str) -> tuple[M | None, list[Finding]]:
    """Return the model made from a document, or every fault in it as a finding.

    Examples
    --------
    >>> from kamtools.workspace.settings import Growth
    >>> _, faults = validate(parse("months: 12\\nfall_alarm: 9\\n", "x.yml"), Growth, "x.yml")
    >>> [(f.row, f.column, f.value, f.reason_key) for f in faults]
    [(2, 'fall_alarm', '9', 'too_large')]
    """
    try:
        return model.model_validate(_without_missing(text.data)), []
    except ValidationError as error:
        return None, [_finding(text, e, model, file) for e in error.errors()]


def read_model(path: Path, model: type[M], file: str) -> M:
    """Return the model in a YAML file; raise ``KamError`` naming the first fault and their count."""
    instance, faults = check_model(path, model, file)
    if instance is None:
        first = faults[0]
        raise KamError("workspace.bad_file", finding=first, file=file, count=len(faults))
    return instance


def check_model(path: Path, model: type[M], file: str) -> tuple[M | None, list[Finding]]:
    """Return the model in a YAML file, or None and the findings."""
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        return None, [Finding("error", file, row, "", "", "encoding")]
    try:
        return validate(parse(content, file), model, file)
    except YamlFault as fault:
        return None, [fault.finding]


def _without_missing(data: Any) -> Any:
    """Leave out keys without a value: the model's default says what missing means."""
    if isinstance(data, dict):
        return {k: _without_missing(v) for k, v in data.items() if v is not None}
    if isinstance(data, list):
        return [_without_missing(v) for v in data]
    return {} if data is None else data


_REASONS = {
    "missing": "key_missing",
    "extra_forbidden": "key_unknown",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than": "too_large",
    "less_than_equal": "too_large",
    "literal_error": "not_allowed",
    "string_pattern_mismatch": "pattern",
    "too_short": "length",
    "too_long": "length",
    "measure_unknown": "not_allowed",
    "cuts_with_measure": "cuts_with_measure",
    "cuts_rise": "cuts_rise",
    "weight_unknown": "weight_unknown",
    "time_zone": "time_zone",
    "component_unknown": "not_allowed",
    "scale_missing": "scale_missing",
    "id_twice": "id_twice",
    "code_format": "code_format",
    "recovery_too_wide": "recovery_too_wide",
}


def _finding(text: Text, error: Any, model: type[BaseModel], file: str) -> Finding:
    kind, place, context = error["type"], tuple(error["loc"]), dict(error.get("ctx") or {})
    place = tuple(context.pop("at", ())) or place
    column = _dotted(place)
    value = error["input"]
    shown = value if isinstance(value, str) else ""
    shown = str(context.get("found", shown))
    params: dict[str, object] = {"allowed": ""}
    if kind == "extra_forbidden":
        params["allowed"] = ", ".join(_fields_at(model, place[:-1]))
    elif kind == "literal_error":
        params["allowed"] = str(context["expected"]).replace("'", "").replace(" or ", ", ")
    elif kind == "string_pattern_mismatch":
        params["allowed"] = context["pattern"]
    elif kind in ("greater_than", "less_than", "greater_than_equal", "less_than_equal"):
        params["allowed"] = next(iter(context.values()))
    elif kind in ("too_short", "too_long"):
        params["allowed"] = context.get("min_length", context.get("max_length"))
    else:
        params |= context
    reason = _REASONS.get(kind) or _type_reason(kind)
    return Finding("error", file, text.line(place), column, shown, reason, params)


def _type_reason(kind: str) -> str:
    for start, reason in {
        "float": "number",
        "finite": "number",
        "int": "whole_number",
        "bool": "yes_no",
        "date": "date",
    }.items():
        if kind.startswith(start):
            return reason
    return "shape"


def _fields_at(model: type[BaseModel], place: Place) -> list[str]:
    """Return the fields that the model at `place` allows."""
    import typing

    current: Any = model
    for step in place:
        if isinstance(step, str) and isinstance(current, type) and issubclass(current, BaseModel):
            current = current.model_fields[step].annotation if step in current.model_fields else None
        parts = [a for a in typing.get_args(current) if isinstance(a, type)]
        while parts and not (isinstance(current, type) and issubclass(current, BaseModel)):
            current = parts[0]
            parts = [a for a in typing.get_args(current) if isinstance(a, type)]
    known = isinstance(current, type) and issubclass(current, BaseModel)
    return list(current.model_fields) if known else []


def _dotted(place: Place) -> str:
    return ".".join(str(p + 1) if isinstance(p, int) else p for p in place)
