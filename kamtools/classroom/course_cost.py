"""What each course item stands on: its files and lines, and the lines of the whole."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kamtools.classroom.course import read_course
from kamtools.classroom.places import project_root
from kamtools.classroom.source import Cell, read_source
from kamtools.words import current_language, say

KINDS = ("lessons", "form", "exercises", "code", "words", "tests")
TOTALS = {
    "package": "kamtools",
    "words": "kamtools/words/messages",
    "lessons": "notebooks/source",
    "tests": "tests",
}
LINED = (".py", ".toml", ".sql", ".js", ".css", ".html", ".j2")
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
    course = read_course(root / "notebooks" / "source" / "course.yml")
    notebooks = {p: read_source(p) for p in sorted((root / "notebooks" / "source").glob("[0-9]*.py"))}
    look = _Look(root)
    items = {id: _of_item(id, notebooks, look) for id in course.items}
    totals = {
        name: sum(_count(p) for p in (root / folder).rglob("*") if p.suffix in LINED)
        for name, folder in TOTALS.items()
    }
    totals["package"] -= totals["words"]
    return CostReport(items, totals, lang or current_language())


def _of_item(id: str, notebooks: dict[Path, tuple[Cell, ...]], look: _Look) -> dict[str, Files]:
    found: dict[str, Files] = {kind: defaultdict(int) for kind in KINDS}
    called: set[str] = set()
    for path, cells in notebooks.items():
        for cell in (c for c in cells if id in c.course):
            found["lessons"][look.short(path)] += len(cell.source.splitlines())
            called |= _asked(_parsed(cell.source)) if cell.kind == "code" else set()
    words, named = [rf"x\.{re.escape(id)}\.x\d"], [rf"{re.escape(id)}(?:\.x\d+)?"]
    for form, lines in look.forms(id):
        found["form"]["kamtools/forms/definitions.toml"] += lines
        words.append(rf"{form}\b")
        named.append(form)
    for path, text in look.questions.items():
        if lines := sum(f'"{id}"' in line for line in text.splitlines()):
            found["exercises"][look.short(path)] += lines
    for file, lines in look.functions(called):
        found["code"][file] += lines
    for file, lines in look.words(words):
        found["words"][file] += lines
    for file, lines in look.tests(rf'"(?:{"|".join(named)})"'):
        found["tests"][file] += lines
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
        self.questions = {
            p: p.read_text(encoding="utf-8") for p in sorted((package / "classroom/questions").glob("*.py"))
        }
        self._forms = (package / "forms/definitions.toml").read_text(encoding="utf-8").split("[[form]]")[1:]
        self._tables = {
            self.short(p): p.read_text(encoding="utf-8").split("\n[")[1:]
            for p in sorted((package / "words/messages").glob("*.toml"))
        }
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

    def forms(self, id: str) -> Iterator[tuple[str, int]]:
        """Yield the forms of an item with their lines."""
        for block in self._forms:
            named = re.search(r'^id = "(\w+)"\nitems = (\[.*\])', block, re.MULTILINE)
            if named and f'"{id}"' in named[2]:
                yield named[1], len(block.strip().splitlines()) + 1

    def words(self, patterns: Iterable[str]) -> Iterator[tuple[str, int]]:
        """Yield the messages whose name begins like one of the patterns."""
        begins = re.compile(rf'"?(?:{"|".join(patterns)})')
        for file, tables in self._tables.items():
            for table in tables:
                if begins.match(table):
                    yield file, len(table.strip().splitlines())

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
