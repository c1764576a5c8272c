"""Which course item is served by what, in both languages, and what is missing."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from kamtools.classroom.course import Course, Item, read_course
from kamtools.classroom.exercises import exercise_ids
from kamtools.classroom.lint import CALL
from kamtools.classroom.places import project_root
from kamtools.classroom.source import Cell, read_source
from kamtools.words import current_language, say


class Coverage(NamedTuple):
    """What serves one item. `missing` holds keys: ``classroom.coverage_<key>`` is the text."""

    item: Item
    served: bool
    notebook: str
    lessons_zh: int
    lessons_en: int
    outputs: int
    exercises: tuple[str, ...]
    book: bool
    missing: tuple[str, ...]


@dataclass(frozen=True)
class CoverageReport:
    """The coverage table of the course; not ``ok`` where a served item falls short."""

    rows: tuple[Coverage, ...]
    lang: str

    @property
    def ok(self) -> bool:
        """True where every served item has what its kind needs."""
        return not any(row.missing for row in self.rows if row.served)

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the table of the items served so far, and a summary, as lines of text."""
        lang = lang or self.lang
        table = [say("classroom.coverage.header", lang).split("|")]
        for row in (r for r in self.rows if r.served):
            missing = [say("classroom.coverage", lang, key) for key in row.missing]
            table.append(
                [
                    row.item.id,
                    row.item.kind,
                    row.item.name(lang),
                    row.notebook,
                    str(row.lessons_zh),
                    str(row.lessons_en),
                    str(row.outputs),
                    " ".join(x.rpartition(".")[2] for x in row.exercises),
                    "✓" if row.book else "–",
                    say("classroom.comma", lang).join(missing) or "–",
                ]
            )
        widths = [max(_width(line[k]) for line in table) for k in range(len(table[0]))]
        lines = ["  ".join(_pad(c, w) for c, w in zip(line, widths, strict=True)).rstrip() for line in table]
        served = [row for row in self.rows if row.served]
        short = sum(bool(row.missing) for row in served)
        summary = say(
            "classroom.coverage.summary", lang, served=len(served), short=short, total=len(self.rows)
        )
        return [*lines, summary]

    def to_json(self) -> list[dict[str, Any]]:
        """Return every item of the course for programs."""
        return [
            {
                "id": row.item.id,
                "kind": row.item.kind,
                "zh": row.item.zh,
                "en": row.item.en,
                "served": row.served,
                "notebook": row.notebook,
                "cells": {"zh": row.lessons_zh, "en": row.lessons_en},
                "outputs": row.outputs,
                "languages": [k for k, n in (("zh", row.lessons_zh), ("en", row.lessons_en)) if n],
                "exercises": list(row.exercises),
                "book": row.book,
                "missing": list(row.missing),
            }
            for row in self.rows
        ]


def coverage(lang: str | None = None, root: Path | None = None) -> CoverageReport:
    """Return what serves each item of the course, from the sources and the built notebooks.

    Parameters
    ----------
    lang : {"zh", "en"}, optional
        In which the report speaks.
    root : Path, optional
        The project (default: found from here).
    """
    root = root or project_root()
    folder = root / "notebooks"
    course = read_course(root)
    sources = {name: read_source(pages) for name, pages in course.notebooks.items()}
    built = {
        name: all((folder / lang_ / f"{name}.ipynb").is_file() for lang_ in ("zh", "en")) for name in sources
    }
    return CoverageReport(cover_course(course, sources, built), lang or current_language())


def cover_course(
    course: Course, sources: dict[str, tuple[Cell, ...]], built: dict[str, bool]
) -> tuple[Coverage, ...]:
    """Return the coverage of each item; see :func:`coverage`.

    Parameters
    ----------
    course : Course
    sources : dict
        Notebook name -> cells.
    built : dict
        Notebook name -> whether it stands in both languages.
    """
    return tuple(_cover(item, item.id in course.served, sources, built) for item in course.items.values())


def _cover(
    item: Item, served: bool, sources: dict[str, tuple[Cell, ...]], built: dict[str, bool]
) -> Coverage:
    names = [name for name, cells in sources.items() if any(item.id in c.course for c in cells)]
    cells = [c for name in names for c in sources[name] if item.id in c.course]
    words = [c for c in cells if c.part == "lesson" and c.source.strip()]
    lessons = {lang: sum(c.lang == lang for c in words) for lang in ("zh", "en")}
    outputs = [c for c in cells if c.kind == "code" and c.part in ("analysis", "form")]
    called = [x for c in cells if c.part == "exercise" for x in CALL.findall(c.source)]
    known = set(exercise_ids(item.id))
    exercises = tuple(x for x in called if x in known)
    heading = any(c.part in ("heading", "book") and "report" in c.editions for c in cells)
    book = heading and any("report" in c.editions for c in outputs)
    discussed = any(c.part == "discussion" and c.source.strip() for c in cells)
    missing = []
    if item.kind == "case":
        missing += [] if names else ["notebook"]
    elif item.kind == "discussion":
        missing += [] if discussed else ["prompts"]
    else:
        missing += [f"lesson_{lang}" for lang, n in lessons.items() if not n]
        if item.kind == "topic":
            forms = any(c.part in ("form", "explore") for c in cells)
            missing += [] if exercises or discussed or forms else ["activity"]
        else:
            checks = (("output", bool(outputs)), ("exercise", bool(exercises)), ("book", book))
            missing += [key for key, there in checks if not there]
    if names and not all(built[name] for name in names):
        missing.append("built")
    return Coverage(
        item,
        served,
        names[0] if names else item.notebook,
        lessons["zh"],
        lessons["en"],
        len(outputs),
        exercises,
        book,
        tuple(missing),
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
