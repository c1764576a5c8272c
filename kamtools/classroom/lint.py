"""Rules for the pages of notebooks: both languages say the same, and code holds no words for people."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from typing import NamedTuple

from kamtools.classroom.course import Course
from kamtools.classroom.exercises import exercise_ids
from kamtools.classroom.source import PARTS, Cell, read_source
from kamtools.words import has_message, say

CALL = re.compile(r'\bexercise\(\s*"([^"]+)"')  # exercise("2.A.1.x1", book)


class Problem(NamedTuple):
    """One broken rule: where, which, and what its message names."""

    file: str
    cell: str
    family: str
    key: str
    params: dict[str, str]

    def text(self, lang: str | None = None) -> str:
        """Return it in words."""
        return f"{self.file} · {self.cell}: {say(self.family, lang, self.key, **self.params)}"


def shape(markdown: str) -> dict[str, list[str]]:
    r"""Return what two languages of a text must share: headings, lists, table rows, links, numbers, formulas.

    Examples
    --------
    >>> shape("## 2.A\n- [a](b.html) 80 %")["links"]
    ['b.html']
    >>> shape("## 2.A\n- 80 %")["headings"], shape("- 1,200 and 80 %")["numbers"]
    (['##'], ['1200', '80'])
    """
    text = re.sub(r"\\text\{[^}]*\}", r"\\text{}", markdown)
    formulas = re.findall(r"\$\$.+?\$\$|\$[^$\n]+\$", text, flags=re.DOTALL)
    links = re.findall(r"\]\(([^)]+)\)", text)
    plain = re.sub(r"\]\([^)]+\)", "]", text)
    for formula in formulas:
        plain = plain.replace(formula, " ")
    numbers = re.findall(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?", plain)
    lines = plain.splitlines()
    return {
        "headings": [m[1] for line in lines if (m := re.match(r"(#+) ", line))],
        "lists": [m[1] for line in lines if (m := re.match(r"(\s*(?:[-*+]|\d+\.)) ", line))],
        "tables": [str(line.count("|")) for line in lines if line.lstrip().startswith("|")],
        "links": sorted(links),
        "numbers": sorted(n.replace(",", "") for n in numbers),
        "formulas": sorted(re.sub(r"\s", "", f) for f in formulas),
    }


def _words_in_code(cell: Cell) -> list[str]:
    """Return texts for people in a code cell: strings with spaces or letters beyond ASCII, and comments."""
    found = []
    source = re.sub(r"^\s*%", "#%", cell.source, flags=re.MULTILINE)  # a magic is no word
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            value = node.value
            if not value.isascii() or re.search(r"\s", value):
                found.append(value)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not token.string.startswith("#%"):
            key = token.string.lstrip("# ").strip()
            if not ("parameters" in cell.tags and has_message(key)):
                found.append(token.string)
    return found


def lint_cells(cells: tuple[Cell, ...], items: set[str], notebook: str = "") -> list[Problem]:
    """Check cells; return every broken rule.

    Parameters
    ----------
    cells : tuple of Cell
    items : set of str
        Ids of the course map.
    notebook : str
        Named in the problems, before the page.
    """
    problems: list[Problem] = []

    def report(cell: Cell, key: str, **params: object) -> None:
        shown = {name: str(value) for name, value in params.items()}
        problems.append(Problem(f"{notebook}/{cell.file}", cell.name, "classroom.lint", key, shown))

    for place, cell in enumerate(cells):
        after = cells[place + 1] if place + 1 < len(cells) else None
        before = cells[place - 1] if place else None
        if cell.part not in PARTS:
            report(cell, "part", part=cell.part, allowed=", ".join(PARTS))
        for item in cell.course:
            if item not in items:
                report(cell, "item", item=item)
        if cell.kind == "code":
            for word in _words_in_code(cell):
                report(cell, "words_in_code", words=word)
            for called in CALL.findall(cell.source):
                if called not in exercise_ids():
                    report(cell, "exercise", id=called)
            continue
        if not cell.source.strip():
            report(cell, "empty")
        if cell.lang is None:
            report(cell, "no_language")
        elif cell.lang == "zh":
            if after is None or after.lang != "en" or after.name != cell.name:
                report(cell, "no_neighbour")
                continue
            zh, en = shape(cell.source), shape(after.source)
            for what in zh:
                if zh[what] != en[what]:
                    differs = f"differ_{what}"
                    report(cell, differs, zh=_less(zh[what], en[what]), en=_less(en[what], zh[what]))
        elif before is None or before.lang != "zh":
            report(cell, "no_neighbour")
    if not any("parameters" in c.tags for c in cells):
        problems.append(Problem(notebook, "-", "classroom.lint", "no_parameters", {}))
    return problems


def _less(one: list[str], other: list[str]) -> str:
    """Return what stands in `one` and not in `other`, or all of it where only the order differs."""
    rest = list((Counter(one) - Counter(other)).elements())
    return " ".join(rest or one) or "-"


def lint_notebook(course: Course, name: str) -> list[Problem]:
    """Check the pages of a notebook against the rules of this module and the items of the course."""
    return lint_cells(read_source(course.notebooks[name]), set(course.items), name)
