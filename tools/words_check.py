"""Whether every key of a message that the code writes exists, and every message is used: ``make check``.

A key stands whole in the code (see ``kamtools.words``), so that a walk over the
strings finds all: one that looks like a key must be a message or a family; a
message must stand in the code itself, or be of a family that stands there and
of ids that the code, the forms or the notebooks name. A family in ``DECLARED``
has words for exactly the ids of a tuple. The words of the course's items are
used by the forms and exercises that they stand with.
"""

from __future__ import annotations

import ast
import itertools
import pkgutil
import re
import sys
from collections.abc import Iterator, Set
from pathlib import Path

from kamtools.classroom.course import read_course
from kamtools.classroom.questions import questions
from kamtools.classroom.source import read_source
from kamtools.declared import declarations, words
from kamtools.forms import forms
from kamtools.words import messages

ROOT = Path(__file__).resolve().parent.parent
ASK = {
    "say": 0,
    "message": 0,
    "has_message": 0,
    "KamError": 0,
    "called": 1,
    "warned": 1,
    "titled": 1,
}  # where
NO_KEYS = (
    ".css",
    ".html",
    ".ipynb",
    ".json",
    ".py",
    ".svg",
    ".yml",
    "lines.date",
    "lines.solid_capstyle",
)  # ends of what looks alike
BESIDE = ("data/samples/settings.yml",)  # names ids too
WHOLE = ("tables",)  # a room that is one family
DECLARED = {  # family -> where its ids stand
    "course.choice.pnl_line": "kamtools.finance.names:PNL_LINES",
    "classroom.what_if": "kamtools.finance.names:LEVERS",
    "classroom.what_if_at": "kamtools.finance.names:LEVERS",
    "dossier.component": "kamtools.workspace.settings:HEALTH",
    "dossier.find_do_conflict": "kamtools.identification:FIT_AXES",
    "course.option.move": "kamtools.finance.names:LEVERS",
    "course.option.promotion": "kamtools.finance.names:VERDICTS",
    "money.convention.exposure": "kamtools.finance.credit:EXPOSURE_PARTS",
    "money.find_promotion": "kamtools.finance.names:VERDICTS",
    "money.input": "kamtools.finance.names:LEVERS",
    "money.score": "kamtools.finance.credit:CREDIT_WEIGHTS",
    "money.signal": "kamtools.finance.payment:SIGNALS",
    "money.span": "kamtools.book.money.statements:SPANS",
    "money.step": "kamtools.finance.tracking:BRIDGE_STEPS",
    "money.verdict": "kamtools.finance.names:VERDICTS",
    "show.find_do_quadrant": "kamtools.identification:QUADRANTS",
}


def strings(code: str) -> Iterator[tuple[ast.AST, str]]:
    """Yield every string and name of a file of code, but for its docstrings."""
    tree = ast.parse(code)
    docs = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node, node.value
        elif isinstance(node, ast.Attribute | ast.Name | ast.keyword | ast.arg | ast.AnnAssign):
            name = ast.unparse(node.target) if isinstance(node, ast.AnnAssign) else ""
            yield (
                node,
                name
                or getattr(node, "attr", None)
                or getattr(node, "id", None)
                or getattr(node, "arg", None)
                or "",
            )


def glued(code: str, rooms: str) -> Iterator[int]:
    """Yield the lines where a key is put together: an f-string or a sum that is or begins like one."""
    for node in ast.walk(ast.parse(code)):
        head = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else None
        if isinstance(head, ast.Constant) and re.match(rf"(?:{rooms})\.\w", str(head.value)):
            yield node.lineno  # type: ignore[attr-defined]
        if isinstance(node, ast.Call) and node.args:
            asked = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
            key = node.args[ASK.get(asked or "", len(node.args)) :][:1]
            if key and isinstance(key[0], ast.JoinedStr | ast.BinOp):
                yield node.lineno


def _named(id: str, names: set[str]) -> bool:
    """Tell whether an id stands among names, or an f-string's head and a name make it."""
    cuts = [i + 1 for i, letter in enumerate(id) if letter == "_"]
    return id in names or any({id[:i], id[i:]} <= names for i in cuts)


def check(
    sources: dict[str, str],
    table: set[str],
    ids: set[str],
    declared: dict[str, tuple[str, ...]],
    used: Set[str] = frozenset(),
) -> list[str]:
    """Return what is wrong, a line each.

    Parameters
    ----------
    sources : {file: code}
    table : set of str
        The keys there are.
    ids : set of str
        Names that stand elsewhere than in the code.
    declared : {family: ids}
        What a family must have words for, all of them and no more.
    used : set of str
        Keys that are asked for though they stand in no code.
    """
    rooms = "|".join(sorted({key.partition(".")[0] for key in table}))
    families = {".".join(key.split(".")[:n]) for key in table for n in range(2, key.count(".") + 1)} | {
        *WHOLE
    }
    looks = re.compile(rf"(?:{rooms})(?:\.[A-Za-z0-9_]+)+")
    wrong, asked, named = [], set(used), set(ids)
    for file, code in sources.items():
        wrong += [
            f"{file}:{line}: a key is put together; write it whole, an id after it"
            for line in glued(code, rooms)
        ]
        asked |= set(re.findall(r"# (\w+\.\w+)$", code, re.MULTILINE)) & table  # above a notebook's parameter
        for node, text in strings(code):
            named |= {*re.findall(r"\w+", text), text.replace(" ", "_")}
            if text in table or text in families:
                asked.add(text)
            elif isinstance(node, ast.Constant) and looks.fullmatch(text) and not text.endswith(NO_KEYS):
                wrong.append(f"{file}:{node.lineno}: there is no message {text}")
    for key in sorted(table - asked):
        parts = key.split(".")
        if not any(
            ".".join(parts[:n]) in asked
            and (".".join(parts[:n]) in declared or all(_named(part, named) for part in parts[n:]))
            for n in range(1, len(parts))
        ):
            wrong.append(f"{key}: nobody uses this message")
    for family, wanted in declared.items():
        there = {key.removeprefix(f"{family}.") for key in table if key.startswith(f"{family}.")}
        wrong += [f"{family}.{id}: a word is missing" for id in sorted(set(wanted) - there)]
        wrong += [f"{family}.{id}: no such id in the tuple" for id in sorted(there - set(wanted))]
    return wrong


def course_words() -> Iterator[str]:
    """Yield the keys that the forms, choices and exercises of the course may ask for."""
    for id in declarations():
        yield f"course.{id}"
    for id, question in questions().items():
        parts = ("question", "hint", "solution", *(["why"] if question.kind == "opinion" else []))
        yield from (f"course.{id}.{part}" for part in parts)
    for name, form in forms().items():
        yield from (f"course.{name}", f"course.{name}.help")
        yield from (f"course.{name}.anchor.{level}" for level in range(1, form.anchors + 1))
        for column in itertools.chain(form.fields, *(f.columns for f in form.fields)):
            yield from (f"course.{column.key}", f"course.{column.key}.help")
            yield from (f"course.choice.{column.choices}.{value}" for value in column.values)


def main() -> int:
    """Look at the project; 1 where something is wrong."""
    files = sorted((ROOT / "kamtools").rglob("*.py"))
    sources = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in files}
    sources |= {
        f"{cell.file}:{cell.name}": re.sub(r"^\s*%", "#%", cell.source, flags=re.MULTILINE)
        for pages in read_course(ROOT).notebooks.values()
        for cell in read_source(pages)
        if cell.kind == "code"
    }
    beside = [ROOT / name for name in BESIDE] + list((ROOT / "kamtools/facts").rglob("*.sql"))
    ids = {id for path in beside for id in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    ids |= {id for key in words() if not key.startswith("option.") for id in key.split(".")}
    declared = {family: tuple(pkgutil.resolve_name(place)) for family, place in DECLARED.items()}
    wrong = check(sources, set(messages()), ids, declared, set(course_words()))
    print("\n".join(wrong))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
