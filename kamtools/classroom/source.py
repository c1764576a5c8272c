"""The text of notebooks that people edit: Markdown pages, read into cells.

A page is Markdown with regions for the two languages and fences of code, both with what they are::

    <!-- #region part="lesson" lang="zh" -->
    <!-- #region lang="en" -->
    ```python part="analysis"

The en region is the neighbour of the zh region before it and takes its part from there. A cell
serves the item in whose folder its page stands; ``course=["2.J", "2.J.1"]`` names others.
Parts and the editions they go to (``edition=[...]`` overrides):
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from kamtools.classroom.course import Page

PARTS: dict[str, tuple[str, ...]] = {
    "set-up": ("trainee", "report"),
    "cover": ("trainee", "report"),
    "colophon": ("trainee", "report"),
    "heading": ("trainee", "report"),
    "lesson": ("trainee",),
    "discussion": ("trainee",),
    "analysis": ("trainee", "report"),
    "form": ("trainee", "report"),
    "explore": ("trainee",),
    "exercise": ("trainee",),
    "golden": ("trainee",),
    "book": ("report",),
}
EDITIONS = ("trainee", "report")


@dataclass(frozen=True)
class Cell:
    """One cell of a source.

    `lang` is None for code, which both languages share. `name` is the cell's
    id, the same in each language; `file` the page that it stands on.
    """

    kind: str  # markdown | code
    lang: str | None
    course: tuple[str, ...]
    part: str
    editions: tuple[str, ...]
    tags: tuple[str, ...]
    source: str
    name: str
    file: str = ""


def read_source(pages: Iterable[Page]) -> tuple[Cell, ...]:
    """Read the pages of a notebook into cells.

    Returns
    -------
    tuple of Cell
        In order; what is wrong with them is for :func:`kamtools.classroom.lint_notebook` to say.
    """
    cells: list[Cell] = []
    counts: dict[str, int] = {}
    name = ""
    for page in pages:
        for cell in read_page(page.path, page.item):
            if not cell.name:  # the first of two neighbours, or code
                stem = "-".join((*(cell.course or ("all",))[:1], cell.part)).replace(".", "-").lower()
                counts[stem] = counts.get(stem, 0) + 1
                name = f"{stem}-{counts[stem]}"
            cells.append(replace(cell, name=name))
    return tuple(cells)


def read_page(path: Path, item: str) -> tuple[Cell, ...]:
    """Read one page into cells; the name is ``=`` where a cell is the neighbour of the one before, else empty."""
    return _read(path, item, path.stat().st_mtime_ns)


@cache
def _read(path: Path, item: str, _changed: int) -> tuple[Cell, ...]:
    import jupytext

    cells: list[Cell] = []
    for raw in jupytext.read(path, fmt="md").cells:
        said = raw.metadata
        if not raw.source.strip() and not said.keys() & {"lang", "part"}:
            continue  # blank lines between two cells
        lang = said.get("lang")
        before = cells[-1] if cells else None
        if lang == "en" and before is not None and before.lang == "zh" and "part" not in said:
            course, part, editions, name = before.course, before.part, before.editions, "="
        else:
            course = tuple(said.get("course", (item,) if item else ()))
            part, name = said.get("part", ""), ""
            editions = tuple(said.get("edition", PARTS.get(part, ())))
        tags = tuple(said.get("tags", ()))
        cells.append(
            Cell(
                raw.cell_type,
                lang,
                course,
                part,
                editions,
                tags,
                raw.source,
                name,
                f"{path.parent.name}/{path.name}",
            )
        )
    return tuple(cells)
