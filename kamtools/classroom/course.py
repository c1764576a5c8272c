"""The course: its items in order, and the pages that each module's notebook is made of.

``notebooks/source/course.yml`` lists items and pages; what an item is stands in its folder under ``kamtools/course``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from kamtools.declared import declarations
from kamtools.errors import KamError

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


class Page(NamedTuple):
    """A text of a notebook; `item` is empty where it is the module's own."""

    item: str
    path: Path


@dataclass(frozen=True)
class Course:
    """The items by id, in the course's order, which of them are served, and the pages of each notebook that there is."""

    items: dict[str, Item]
    served: tuple[str, ...]
    notebooks: dict[str, tuple[Page, ...]]


def read_course(root: Path) -> Course:
    """Read the course of a project.

    Parameters
    ----------
    root : Path
        The folder of the project.

    Raises
    ------
    KamError
        For an id that stands twice, an unknown kind, a page that is not there,
        or an item whose folder and whose entry in the course do not agree.
    """
    path = root / "notebooks" / "source" / "course.yml"
    return _read(root, path, path.stat().st_mtime_ns)


@cache
def _read(root: Path, path: Path, _changed: int) -> Course:
    """Read the course once for each state of its list: every edition of a notebook asks for it."""
    import yaml

    folder = root / "kamtools" / "course"
    declared = declarations(folder)
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    items: dict[str, Item] = {}
    notebooks: dict[str, tuple[Page, ...]] = {}
    faults: list[str] = []
    for module in data["modules"]:
        notebook = module["notebook"]
        for entry in module["items"]:
            raw: Any = declared.get(entry) if isinstance(entry, str) else entry
            if (
                raw is None
                or raw["id"] in items
                or raw["kind"] not in KINDS
                or (raw is entry and raw["id"] in declared)
            ):
                faults.append(str(entry if raw is None else raw["id"]))
                continue
            items[raw["id"]] = Item(raw["id"], raw["kind"], module["id"], notebook, raw["zh"], raw["en"])
        if "pages" in module:
            notebooks[notebook] = tuple(_page(name, folder / notebook, declared) for name in module["pages"])
    shown = {page.item for pages in notebooks.values() for page in pages}
    faults += [i for i in declared if i not in items or i not in shown]
    faults += [
        str(p.path.relative_to(root)) for pages in notebooks.values() for p in pages if not p.path.is_file()
    ]
    if faults:
        raise KamError("classroom.course_faults", file=path, faults=", ".join(dict.fromkeys(faults)))
    return Course(items, tuple(i for i in items if i in declared), notebooks)


def _page(name: str, module: Path, declared: Any) -> Page:
    """Return a page by its name: ``opening``, ``2.C`` or ``2.C/dossier``."""
    item, _, text = name.partition("/")
    if item in declared:
        return Page(item, declared[item]["folder"] / f"{text or 'lesson'}.md")
    return Page("", module / f"{name}.md")
