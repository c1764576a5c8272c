"""The notebook text that people edit: percent-format files, read into cells.

A cell's metadata stands on its ``# %%`` line::

    # %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.1"], "part": "lesson"}
    # %% [markdown] tags=["lang:en"]
    # %% kam={"course": ["2.A.1"], "part": "analysis"}

The en cell is the neighbour of the zh cell before it and takes its ``kam``
from there. Parts and the editions they go to (``edition`` overrides):
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

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
    id, the same in each language.
    """

    kind: str  # markdown | code
    lang: str | None
    course: tuple[str, ...]
    part: str
    editions: tuple[str, ...]
    tags: tuple[str, ...]
    source: str
    name: str


def read_source(path: Path) -> tuple[Cell, ...]:
    """Read a source file into cells.

    Parameters
    ----------
    path : Path
        A percent-format ``.py``.

    Returns
    -------
    tuple of Cell
        In order; what is wrong with them is for :func:`kamtools.classroom.lint_source` to say.
    """
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path: Path, _changed: int) -> tuple[Cell, ...]:
    import jupytext

    notebook = jupytext.read(path, fmt="py:percent")
    cells: list[Cell] = []
    counts: dict[str, int] = {}
    for raw in notebook.cells:
        tags = tuple(raw.metadata.get("tags", ()))
        lang = next((t.removeprefix("lang:") for t in tags if t.startswith("lang:")), None)
        kam = raw.metadata.get("kam")
        before = cells[-1] if cells else None
        neighbour = lang == "en" and before is not None and before.lang == "zh"
        if kam is None and neighbour and before:
            course, part, editions, name = before.course, before.part, before.editions, before.name
        else:
            kam = kam or {}
            course, part = tuple(kam.get("course", ())), kam.get("part", "")
            editions = tuple(kam.get("edition", PARTS.get(part, ())))
            stem = "-".join((*(course or ("all",))[:1], part)).replace(".", "-").lower()
            counts[stem] = counts.get(stem, 0) + 1
            name = f"{stem}-{counts[stem]}"
        rest = tuple(t for t in tags if not t.startswith("lang:"))
        cells.append(Cell(raw.cell_type, lang, course, part, editions, rest, raw.source, name))
    return tuple(cells)
