"""Which views are seen: every code cell of the notebooks' sources, and what no notebook calls.

The notebooks say which objects of a book a view needs, so that nothing has to be listed twice.
"""

from __future__ import annotations

import ast
import functools
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from kamtools import show

ROOT = Path(__file__).parents[2]
PACKAGES = ("charts", "findings", "maps", "tables")  # of kamtools.show: what is public there is a view
# What no notebook calls, or calls with other choices.
FURTHER = """
[show.charts.what_if(book.money.what_if(price=0.02, terms=-0.01, days=15), book.context)]
[show.findings.note_text(note, book.context) for note in book.portfolio.growth.notes]
[show.maps.relationship_csv(book.knowing.relationships, book.context)]
[show.tables.rows_behind(book.money.profit.drill(line, book.money.own.last), line, book.context) for line in LINES]
[show.tables.statement(statement, book.context) for statement in book.money.statements.values()]
[what_if_sliders(book).words(values, what_if_sliders(book).result(values)) for values in TRIED]
show.charts.sales_line(book.portfolio.account_month, book.context)
show.findings.alarms(book.portfolio.alarms, book.context)
show.findings.alarms(book.portfolio.money.alarms, book.context)
show.findings.what_if(book.money.what_if(price=-0.03, a_and_p=-0.5, service=0.2, days=-30), book.context)
show.tables.conventions(book.portfolio.conventions, book.context)
show.tables.grading(book.portfolio.grading, book.context)
show.tables.methods(book.portfolio.method_comparison, book.context)
show.tables.profit_share(book.portfolio.profit_share, book.context)
show.tables.what_if(book.money.what_if(price=-0.03, a_and_p=-0.5, service=0.2, days=-30), book.context)
"""
TRIED = (
    {"price": 2.5, "terms": -1, "a_and_p": 20, "service": -10, "days": 15},
    {"price": -3, "terms": 1, "a_and_p": -45, "service": 5, "days": -20},
)
# A public name of these packages that no golden calls, with the reason.
NOT_CALLED = {
    "maps.attitude": "no view: a helper with a doctest",
    "maps.layers": "no view: a helper with a doctest",
    "maps.relationship_svg": "the pixels of relationship_map, which is called",
}


@functools.cache
def notebook_code() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the imports of the notebooks, and the expressions that they show, each once."""
    from kamtools.classroom.course import read_course
    from kamtools.classroom.source import read_source

    imports, shown = [], []
    for pages in read_course(ROOT).notebooks.values():
        for cell in read_source(pages):
            if cell.kind != "code":
                continue
            *before, last = ast.parse(cell.source).body
            imports += [ast.unparse(n) for n in (*before, last) if isinstance(n, ast.Import | ast.ImportFrom)]
            if isinstance(last, ast.Expr):
                assert not before, (
                    f"{cell.file}: a cell that shows something does nothing else: {cell.source}"
                )
                shown.append(ast.unparse(last))
    return tuple(dict.fromkeys(imports)), tuple(dict.fromkeys(shown))


@functools.cache
def expressions() -> tuple[str, ...]:
    """Return every expression that is evaluated on a book."""
    return tuple(dict.fromkeys([*notebook_code()[1], *filter(None, FURTHER.split("\n"))]))


def namespace(book: Any) -> dict[str, Any]:
    """Return the names that the expressions use."""
    names: dict[str, Any] = {"TRIED": TRIED}
    for line in notebook_code()[0]:
        exec(line, names)
    for (
        name,
        thing,
    ) in names.items():  # whoever imported the module `behind` first finds it where its function stood
        names[name] = getattr(thing, name, thing) if inspect.ismodule(thing) else thing
    names["LINES"] = sys.modules[names["behind"].__module__].LINES
    return {**names, "book": book}


def asked(expression: str) -> list[str]:
    """Return the views that an expression calls: ``["charts.pareto"]``."""
    nodes = (n for n in ast.walk(ast.parse(expression)) if isinstance(n, ast.Call))
    names = [ast.unparse(n.func) for n in nodes]
    return [n.removeprefix("show.") for n in names if n.startswith(tuple(f"show.{p}." for p in PACKAGES))]


@functools.cache
def family(expression: str) -> str:
    """Return the file that an expression's text stands in: of a view its module, else what kind of page it is."""
    for name in asked(expression):
        function = functools.reduce(getattr, name.split("."), show)
        return inspect.unwrap(function).__module__.removeprefix("kamtools.show.").replace(".", "_")
    if expression.startswith(("fill(", "grading_form(")):
        return "forms"
    return "exercises" if expression.startswith("exercise(") else "pages"


def views() -> Iterator[str]:
    """Yield every public view: ``charts.pareto``."""
    for package in PACKAGES:
        module: ModuleType = getattr(show, package)
        for name in getattr(module, "__all__", None) or vars(module):
            thing = getattr(module, name)
            ours = getattr(thing, "__module__", "").startswith(module.__name__)
            if inspect.isfunction(thing) and ours and not name.startswith("_"):
                yield f"{package}.{name}"
