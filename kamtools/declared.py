"""What the items of the course declare: one folder an item under ``kamtools/course``, in it one ``item.toml``.

A declaration holds names, numbers, words and references to functions. `words`,
`forms` and `classroom` each read their own part of it.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

COURSE = Path(__file__).parent / "course"
SHARED = "shared.toml"


@functools.cache
def declarations(course: Path = COURSE) -> Mapping[str, Mapping[str, Any]]:
    """Return the declaration of each item by its id; ``folder`` says where it stands.

    Parameters
    ----------
    course : Path
        The folder of the course.

    Raises
    ------
    ValueError
        Where two folders declare the same item.

    Examples
    --------
    >>> declarations()["2.F"]["zh"], declarations()["2.F"]["folder"].name
    ('客户主要竞争对手SWOT 分析(至少两家)', '2F_rivals')
    """
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted(course.glob("*/*/item.toml")):
        item = tomllib.loads(path.read_text(encoding="utf-8"))
        if item["id"] in found:
            raise ValueError(f"{path}: {item['id']} stands in {found[item['id']]['folder']} too")
        found[item["id"]] = item | {"folder": path.parent}
    return found


@functools.cache
def shared() -> Mapping[str, Any]:
    """Return what forms of several items share: choices and fields."""
    return tomllib.loads((COURSE / SHARED).read_text(encoding="utf-8"))


def words() -> Mapping[str, Mapping[str, str]]:
    """Return every word of the declarations by its key.

    The key is the path to a table with ``zh`` and ``en``, without ``form`` and
    ``columns``; an exercise begins with the id of its item, which is the key of its title.

    Examples
    --------
    >>> words()["swot.items.kind"]["en"], words()["choice.swot.threat"]["zh"], words()["2.F"]["zh"][:6]
    ('Kind', '威胁 T', '客户主要竞争')
    >>> words()["2.F.x1.solution"]["zh"]
    '{answer}。能帮客户在这里追上来，我们就不只是供应商。'
    """
    found: dict[str, Mapping[str, str]] = {}

    def gather(path: tuple[str, ...], table: Mapping[str, Any]) -> None:
        if "zh" in table:
            found[".".join(path)] = {"zh": table["zh"], "en": table["en"]}
        for name, value in table.items():
            if isinstance(value, Mapping):
                gather(path if name == "columns" else (*path, name), value)

    gather((), shared())
    for id_, item in declarations().items():
        found[id_] = {"zh": item["zh"], "en": item["en"]}
        gather((), item.get("form", {}))
        gather((id_,), item.get("exercise", {}))
        gather(("option",), item.get("option", {}))
    return found
