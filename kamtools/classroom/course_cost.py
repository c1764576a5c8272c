"""What each course item stands on: its files and lines, and the lines of the whole."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kamtools.classroom.course import read_course
from kamtools.classroom.places import project_root
from kamtools.classroom.source import Cell, read_source
from kamtools.declared import declarations
from kamtools.words import current_language, say

FILES = {".md": "lessons", ".toml": "declared", ".py": "exercises"}  # of an item's folder
KINDS = (*FILES.values(), "code", "tests")
TOTALS = {
    "package": "kamtools",
    "words": "kamtools/words/messages",
    "course": "kamtools/course",
    "tests": "tests",
}
LINED = (".py", ".md", ".toml", ".sql", ".js", ".css", ".html", ".j2")
Files = dict[str, int]  # file -> lines


@dataclass(frozen=True)
class CostReport:
    """Item id -> kind -> file -> lines; what several items share is counted at each of them."""

    items: dict[str, dict[str, Files]]
    totals: dict[str, int]
    lang: str
    ok: bool = True

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the table, the files of each item below its row, then the totals."""
        from kamtools.show.terminal import columns

        lang = lang or self.lang
        head = ("item", *KINDS, "all")
        table = [[say("classroom.cost", lang, h) for h in head]]
        for id, kinds in self.items.items():
            counts = [sum(kinds[k].values()) for k in KINDS]
            table.append([id, *(f"{n:,}" for n in (*counts, sum(counts)))])
        rows = columns(table, widths=(12, *[12] * (len(KINDS) + 1)), right=tuple(range(1, len(head))))
        said = [rows[0]]
        for row, kinds in zip(rows[1:], self.items.values(), strict=True):
            said.append(row)
            files = sorted({(file, n) for found in kinds.values() for file, n in found.items()})
            said += [f"    {n:>5}  {file}" for file, n in files]
        counts = {name: f"{n:,}" for name, n in self.totals.items()}
        return [*said, say("classroom.cost_totals", lang, **counts)]

    def to_json(self) -> dict[str, Any]:
        """Return the same for programs."""
        return {"items": self.items, "totals": self.totals}


def cost(lang: str | None = None, root: Path | None = None) -> CostReport:
    """Return what each item of the course stands on.

    Parameters
    ----------
    lang : {"zh", "en"}, optional
        In which the report speaks.
    root : Path, optional
        The project (default: found from here).
    """
    root = root or project_root()
    course = read_course(root)
    cells = [cell for pages in course.notebooks.values() for cell in read_source(pages)]
    folders = declarations(root / "kamtools" / "course")
    look = _Look(root)
    items = {id: _of_item(id, folders.get(id, {}), cells, look) for id in course.items}
    totals = {
        name: sum(_count(p) for p in (root / folder).rglob("*") if p.suffix in LINED)
        for name, folder in TOTALS.items()
    }
    totals["package"] -= totals["words"] + totals["course"]
    return CostReport(items, totals, lang or current_language())


def _of_item(id: str, declared: Mapping[str, Any], cells: Iterable[Cell], look: _Look) -> dict[str, Files]:
    found: dict[str, Files] = {kind: {} for kind in KINDS}
    called: set[str] = set()
    for cell in cells:
        if id in cell.course and cell.kind == "code":
            called |= _asked(_parsed(cell.source))
    for path in sorted(declared["folder"].iterdir()) if declared else ():
        if kind := FILES.get(path.suffix):
            found[kind][look.short(path)] = _count(path)
        if path.suffix == ".py":
            called |= _asked(ast.parse(path.read_text(encoding="utf-8")))
    for file, lines in look.functions(called):
        found["code"][file] = found["code"].get(file, 0) + lines
    named = [rf"{re.escape(id)}(?:\.x\d+)?", *declared.get("form", {})]
    for file, lines in look.tests(rf'"(?:{"|".join(named)})"'):
        found["tests"][file] = found["tests"].get(file, 0) + lines
    return {kind: dict(sorted(files.items())) for kind, files in found.items()}


def _asked(code: ast.AST) -> set[str]:
    """Return the names that code asks for: ``room.name``, or what it calls by a name alone."""
    names = set()
    for node in ast.walk(code):
        if isinstance(node, ast.Attribute):
            room = getattr(node.value, "attr", None) or getattr(node.value, "id", "")
            names.add(f"{room}.{node.attr}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            names.add(node.func.id)
    return names


def _parsed(cell: str) -> ast.Module:
    return ast.parse(re.sub(r"^\s*%", "#%", cell, flags=re.MULTILINE))


def _count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


class _Look:
    """The files of the project, read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        package = root / "kamtools"
        self._defined: dict[str, list[tuple[str, int, set[str]]]] = defaultdict(list)
        for room in ("show", "book", "classroom", "identification", "finance"):
            for path in sorted((package / room).rglob("*.py")):
                for node, lines, _ in _functions(path):
                    told = (self.short(path), lines, _asked(node))
                    for name in {
                        node.name,
                        *(f"{w}.{node.name}" for w in (path.parent.name, path.stem, room)),
                    }:
                        self._defined[name].append(told)
        self._tests = [
            (self.short(p), lines, code)
            for p in sorted((root / "tests").rglob("test_*.py"))
            for node, lines, code in _functions(p)
            if node.name.startswith("test_")
        ]

    def short(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def functions(self, called: set[str]) -> Iterator[tuple[str, int]]:
        """Yield what a notebook's code calls, and the functions of the rooms that this calls."""
        first = [f for name in called for f in self._defined.get(name, ())]
        rooms = [f for _, _, asked in first for name in asked for f in self._defined.get(name, ())]
        pure = [f for f in rooms if f[0].startswith(("kamtools/identification/", "kamtools/finance/"))]
        yield from sorted({f[:2] for f in (*first, *pure)})

    def tests(self, named: str) -> Iterator[tuple[str, int]]:
        """Yield the tests that name an item or an exercise of it."""
        yield from ((file, lines) for file, lines, code in self._tests if re.search(named, code))


def _functions(path: Path) -> Iterator[tuple[ast.FunctionDef, int, str]]:
    """Yield each function and method of a file with its lines and its text."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            body = lines[first - 1 : node.end_lineno]
            yield node, len(body), "\n".join(body)
