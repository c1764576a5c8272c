"""The course, item by item: the project's own copy of the map, ``notebooks/source/course.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

KINDS = ("topic", "case", "discussion", "hands-on", "form")


class Item(NamedTuple):
    """One item of the course."""

    id: str
    kind: str
    module: str
    notebook: str
    zh: str
    en: str

    def name(self, lang: str) -> str:
        """Return its name in `lang`."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Course:
    """The items by id, in the course's order, and which of them are served so far."""

    items: dict[str, Item]
    served: tuple[str, ...]


def read_course(path: Path) -> Course:
    """Read a course map.

    Raises
    ------
    ValueError
        For an id that stands twice, an unknown kind, or a served id that is not in the map.
    """
    import yaml

    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    items: dict[str, Item] = {}
    for module in data["modules"]:
        for entry in module["items"]:
            item = Item(
                entry["id"], entry["kind"], module["id"], module["notebook"], entry["zh"], entry["en"]
            )
            if item.id in items or item.kind not in KINDS:
                raise ValueError(f"{path}: item {item.id!r} stands twice or has no known kind: {item.kind!r}")
            items[item.id] = item
    served = tuple(data["served"])
    unknown = [i for i in served if i not in items]
    if unknown:
        raise ValueError(f"{path}: served ids that are not in the map: {unknown}")
    return Course(items, served)
