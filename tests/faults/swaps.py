"""Breaks lines of the program, one at a time and in a copy, and lists the breaks that no test sees.

``make swaps`` (``N=30``: fewer). Which lines are broken and how follows from a seed. Each break
is first put into the functions of a forked process that has the program and the sample company open: does a view say
anything else? (Linux and macOS; some seconds.) What is not found so is written into a copy of the project, and the
tests nearest to it and the goldens run there; the first that fails ends it. The tree itself is never changed.

A survivor is either a fault that no reader and no test would see, to be met by a test, or a change that changes
nothing (``>`` for ``>=`` where the two are never equal).
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import json
import multiprocessing
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from queue import Queue
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
ROOMS = ("finance", "identification", "show", "book")
NEEDED = (
    "kamtools",
    "tests",
    "notebooks/source",
    "data",
    "docs",
    "conftest.py",
    "pyproject.toml",
    "README.md",
)
# Where things lie on paper, and how large they are: no words, no figures. In charts only numbers are left alone.
LOOKS = ("show/maps.py", "show/layout.py", "show/style.py", "show/fonts/", "show/terminal.py", "__init__.py")
PAPER = "kamtools/show/charts/"
GOLDENS = "tests/golden/__snapshots__/test_goldens"
COMPARED = {ast.Lt: ("<=", ">"), ast.LtE: ("<", ">="), ast.Gt: (">=", "<"), ast.GtE: (">", "<="),
            ast.Eq: ("!=",), ast.NotEq: ("==",)}  # fmt: skip
CALCULATED = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*"}
EITHER = {"min": "max", "max": "min", "any": "all", "all": "any"}
LIMIT = 900  # seconds on the wall: a break that hangs is found
FORK: Any = multiprocessing.get_context("fork") if "fork" in multiprocessing.get_all_start_methods() else None


@dataclass(frozen=True)
class Swap:
    """One break: what stands between two places of a file, and what is put there."""

    file: str
    line: int
    start: int
    end: int
    kind: str
    before: str
    after: str
    words: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.kind}: {self.words or _short(self.before) + ' -> ' + _short(self.after)}"


def _short(text: str) -> str:
    return " ".join(text.split())[:90]


class Places(ast.NodeVisitor):
    """Collects what can be broken in a file."""

    def __init__(self, file: str, source: str) -> None:
        self.file, self.source = file, source
        lines = source.encode().splitlines(keepends=True)
        self.starts = [0]
        for line in lines:
            self.starts.append(self.starts[-1] + len(line))
        self.raw = source.encode()
        self.found: list[Swap] = []
        self.columns: list[str] = []

    def _span(self, node: ast.AST) -> tuple[int, int]:
        at = self.starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        return at, self.starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]

    def _text(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self.raw[start:end].decode()

    def _add(self, node: ast.AST, kind: str, after: str, words: str = "") -> None:
        start, end = self._span(node)
        before = self._text(node)
        if before != after:
            self.found.append(Swap(self.file, node.lineno, start, end, kind, before, after, words))  # type: ignore[attr-defined]

    def _exchange(self, whole: ast.AST, first: ast.AST, second: ast.AST, kind: str) -> None:
        (a, b), (c, d), (start, end) = self._span(first), self._span(second), self._span(whole)
        raw = self.raw
        words = f"{_short(self._text(first))} <-> {_short(self._text(second))}"
        self._add(whole, kind, (raw[start:a] + raw[c:d] + raw[b:c] + raw[a:b] + raw[d:end]).decode(), words)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outer = self.columns
        self.columns = sorted({n.slice.value for n in ast.walk(node) if _is_column(n)})
        for part in (*node.args.defaults, *node.args.kw_defaults, *node.body):
            if part is not None and not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)):
                self.visit(part)
        self.columns = outer

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_Raise(self, node: ast.Raise) -> None:
        """What an error says is seen by other tests."""

    def visit_If(self, node: ast.If) -> None:
        if "TYPE_CHECKING" not in ast.dump(node.test):
            self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        if len(node.ops) == 1:
            left, right = self._text(node.left), self._text(node.comparators[0])
            for sign in COMPARED.get(type(node.ops[0]), ()):
                self._add(node, "comparison", f"{left} {sign} {right}")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        words = any(isinstance(n, ast.JoinedStr) or _is_text(n) for n in (node.left, node.right))
        sign = None if words else CALCULATED.get(type(node.op))
        if sign:
            start, end = self._span(node)
            right = self.raw[self._span(node.right)[0] : end].decode()
            between = self.raw[self._span(node.left)[1] : self._span(node.right)[0]].decode()
            old = {"-": "+", "+": "-", "/": "*", "*": "/"}[sign]
            if between.count(old) == 1:
                left = self.raw[start : self._span(node.left)[1]].decode()
                self._add(node, "sign", f"{left}{between.replace(old, sign)}{right}")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.USub):
            self._add(node, "sign", self._text(node.operand))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        plain = [a for a in node.args if not isinstance(a, ast.Starred)]
        even = isinstance(node.func, ast.Name) and node.func.id in EITHER  # min(a, b) is min(b, a)
        for first, second in pairwise([] if even or len(plain) != len(node.args) else plain):
            self._exchange(node, first, second, "arguments")
        if isinstance(node.func, ast.Name) and node.func.id in EITHER:
            self._add(node.func, "name", EITHER[node.func.id])
        named = [k for k in node.keywords if k.arg and not isinstance(k.value, ast.Constant)]
        for first, second in pairwise(named):
            self._exchange(node, first.value, second.value, "values")
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if _is_column(node):
            for other in [c for c in self.columns if c != node.slice.value][:2]:
                self._add(node.slice, "column", json.dumps(other))
        self.generic_visit(node)

    def _row(self, node: ast.List | ast.Tuple) -> None:
        for first, second in pairwise(node.elts):
            if _is_text(first) and _is_text(second) and isinstance(node.ctx, ast.Load):
                self._exchange(node, first, second, "names")
        self.generic_visit(node)

    visit_List = visit_Tuple = _row

    def visit_Constant(self, node: ast.Constant) -> None:
        if type(node.value) in (int, float) and not self.file.startswith(PAPER):
            self._add(
                node, "constant", repr(node.value + 1 if isinstance(node.value, int) else node.value * 1.5)
            )


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_column(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _is_text(node.slice)


def places(root: Path) -> Iterator[Swap]:
    """Yield every break that can be made in the rooms."""
    for room in ROOMS:
        for path in sorted((root / "kamtools" / room).rglob("*.py")):
            if any(part in path.as_posix() for part in LOOKS):
                continue
            source = path.read_text("utf-8")
            visitor = Places(path.relative_to(root).as_posix(), source)
            visitor.visit(ast.parse(source))
            yield from visitor.found


def chosen(root: Path, count: int, seed: int) -> list[Swap]:
    """Return `count` breaks: the kinds and the rooms in turn, the place by lot, no line twice."""
    lot = random.Random(seed)
    groups: dict[tuple[str, str], list[Swap]] = {}
    for swap in places(root):
        groups.setdefault((swap.kind, swap.file.split("/")[1]), []).append(swap)
    for swaps in groups.values():
        lot.shuffle(swaps)
    keys = sorted(groups)
    lot.shuffle(keys)
    made: list[Swap] = []
    taken: set[tuple[str, int]] = set()
    while len(made) < count and any(groups.values()):
        for key in keys:
            while groups[key]:
                swap = groups[key].pop()
                if (swap.file, swap.line) not in taken:
                    taken.add((swap.file, swap.line))
                    made.append(swap)
                    break
    return made[:count]


def steps(file: str) -> list[list[str]]:
    """Return which tests are run for a break in a file, one call of pytest after the other: the nearest first.

    A view has a golden of its own; the figures of all rooms stand in the English tables and findings; then come the
    room's tests of this module, and the other English goldens. The Chinese ones differ in words alone.
    """
    room, *rest = file.removeprefix("kamtools/").removesuffix(".py").split("/")
    goldens = "tests/golden/test_goldens.py"
    first = "tables_ or findings_"
    made = [[goldens, "-k", f"en- and ({first})"]]
    if room == "show" and len(rest) > 1:
        own = f"test_view[en-{'_'.join(rest)}]"
        made = [[f"{goldens}::{own}"]] if (ROOT / GOLDENS / f"{own}.txt").exists() else made
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    names = [n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name[0] != "_"]
    named = re.compile(rf"\b(?:{'|'.join([rest[-1], *names])})\b")
    near = [
        p for p in sorted((ROOT / "tests" / room).glob("test_*.py")) if named.search(p.read_text("utf-8"))
    ]
    if near:
        made.append([p.relative_to(ROOT).as_posix() for p in near])
    return [*made, [goldens, "-k", f"en- and not ({first})" if room != "show" else "en-"]]


def judge(copy: Path, swap: Swap) -> str:
    """Break a copy, run the tests, mend the copy; return what found the break, "" for nothing."""
    path = copy / swap.file
    whole = path.read_bytes()
    try:
        path.write_bytes(whole[: swap.start] + swap.after.encode() + whole[swap.end :])
        ast.parse(path.read_bytes())
        for tests in steps(swap.file):
            if found := run(copy, tests):
                return found
        return ""
    finally:
        path.write_bytes(whole)


def run(copy: Path, tests: list[str]) -> str:
    """Return the first test that fails, "" where all pass."""
    command = [
        sys.executable,
        "-B",
        "-m",
        "pytest",
        "-q",
        "-x",
        "--no-header",
        "--tb=no",
        "-p",
        "no:cacheprovider",
    ]
    command += ["--snapshot-warn-unused", "-m", "not (slow or browser or faults)", *tests]
    try:
        done = subprocess.run(
            command, cwd=copy, capture_output=True, text=True, encoding="utf-8", timeout=LIMIT
        )
    except subprocess.TimeoutExpired:
        return f"no end within {LIMIT} s"
    if done.returncode == 0:
        return ""
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return (
        failed[0].split(" - ")[0]
        if failed
        else f"exit {done.returncode}: {(done.stdout + done.stderr)[-200:]!r}"
    )


class Opened:
    """The sample company opened for some accounts, with what every view says of them."""

    def __init__(self) -> None:
        sys.path.insert(0, str(ROOT))
        os.environ["KAM_WORK"] = tempfile.mkdtemp(prefix="kam-swaps-work-")
        import matplotlib

        matplotlib.use("agg")
        from kamtools.book import open_book
        from tests.golden.calls import expressions, family
        from tests.golden.test_goldens import ACCOUNTS

        vars(importlib.import_module("kamtools.show.style"))["_fit_now"] = lambda ax: (
            None
        )  # as the goldens do
        leave = ("pages", "exercises", "forms", "tables_behind")
        chosen = [e for e in expressions() if family(e) not in leave] + ["figures(book)"]
        # what is cheap first: tables and findings, then charts
        self.expressions = sorted(chosen, key=lambda e: family(e).startswith("charts"))
        self.families = {e: family(e) for e in chosen}
        self.books = {a: open_book(a, ROOT / "data" / "samples", lang="en", batch=True) for a in ACCOUNTS}
        self.said = {(e, a): self.text(e, book) for a, book in self.books.items() for e in self.expressions}

    def text(self, expression: str, book: Any) -> str:
        from matplotlib import pyplot

        from tests.golden.as_text import text_of
        from tests.golden.calls import namespace

        try:
            return text_of(eval(expression, namespace(book)))
        finally:
            pyplot.close("all")

    def afresh(self, book: Any) -> Any:
        """Return a book in which nothing is calculated yet."""
        from kamtools.book.portfolio import Book, Portfolio

        old = book.portfolio
        fresh = self.__dict__.setdefault("fresh", Portfolio(old.workspace, old.facts, old.basis, old.rollup))
        return Book(fresh, book.account, book.lang, book.batch)

    def difference(self, swap: Swap) -> str:
        """Break the program in this process, for good; return the first view that says something else."""
        source = (ROOT / swap.file).read_bytes()
        name = swap.file.removesuffix(".py").replace("/", ".")
        module = sys.modules.get(name)
        if module is None:
            return ""
        put(module, (source[: swap.start] + swap.after.encode() + source[swap.end :]).decode())
        own = "_".join(name.split(".")[2:])
        paper = own.startswith(
            "charts"
        )  # figures show in tables and findings first: charts are for their own breaks
        order = [e for e in self.expressions if paper or not self.families[e].startswith("charts")]
        order.sort(key=lambda e: self.families[e] != own)
        for account, book in self.books.items():
            seen = book if ".show." in name else self.afresh(book)
            for expression in order:
                try:
                    same = self.text(expression, seen) == self.said[expression, account]
                except Exception as fault:  # a view that breaks is seen
                    return f"{type(fault).__name__} in {expression} ({account})"
                if not same:
                    return f"{expression} ({account})"
        return ""


def put(module: ModuleType, source: str) -> None:
    """Put the functions, methods and constants of a changed source where the module's own stand."""
    made = dict(vars(module))
    exec(compile(source, str(module.__file__), "exec", dont_inherit=True), made)
    for name, new in made.items():
        old = vars(module).get(name)
        if isinstance(new, type) and isinstance(old, type) and old.__module__ == module.__name__:
            for part, thing in vars(new).items():
                _put_code(vars(old).get(part), thing)
        elif inspect.isfunction(new) and inspect.isfunction(old) and old.__module__ == module.__name__:
            _put_code(old, new)
        elif (
            isinstance(new, str | int | float | tuple | list | dict | frozenset)
            and new is not old
            and not name.startswith("__")
        ):
            for other in [
                m for m in sys.modules.values() if getattr(m, "__name__", "").startswith("kamtools")
            ]:
                if vars(other).get(name) is old:
                    vars(other)[name] = new


def _put_code(old: Any, new: Any) -> None:
    for way in ("fget", "func", "__func__"):
        old, new = getattr(old, way, old), getattr(new, way, new)
    if inspect.isfunction(old) and inspect.isfunction(new):
        old, new = inspect.unwrap(old), inspect.unwrap(new)
        if len(old.__code__.co_freevars) == len(new.__code__.co_freevars):
            old.__code__, old.__defaults__, old.__kwdefaults__ = (
                new.__code__,
                new.__defaults__,
                new.__kwdefaults__,
            )


def forked(opened: Opened, swap: Swap) -> str:
    """Return what views say of a break in a process of its own; "" where nothing, or nothing within the time."""
    there, here = FORK.Pipe(duplex=False)

    def look() -> None:
        try:
            here.send(opened.difference(swap))
        except BaseException as fault:  # not put in: the copy will tell
            here.send("")
            print(f"      not put in ({fault!r})", file=sys.stderr)
        os._exit(0)

    child = FORK.Process(target=look, daemon=True)
    child.start()
    here.close()
    try:
        return there.recv() if there.poll(LIMIT) else ""
    except EOFError:
        return ""
    finally:
        child.kill()
        child.join()


def main() -> int:
    """Break, list, and say how many were found; 1 where one was not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="how many breaks (100)")
    parser.add_argument("--seed", type=int, default=1, help="which (1)")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="name the breaks and make none")
    parser.add_argument("--views", action="store_true", help="look at the views alone, without a copy")
    given = parser.parse_args()
    swaps = chosen(ROOT, given.count, given.seed)
    if given.list:
        print(*swaps, sep="\n")
        return 0
    opened = Opened() if FORK else None
    print(f"opened after {time.process_time():.0f} s", flush=True)
    survivors, took = [], []
    with tempfile.TemporaryDirectory(prefix="kam-swaps-") as folder:
        copies: Queue[Path] = Queue()
        for number in range(0 if given.views else given.processes):
            copies.put(_copy(Path(folder) / str(number)))

        def one(swap: Swap) -> None:
            began = time.monotonic()
            found = forked(opened, swap) if opened else ""
            if not found and not given.views:
                copy = copies.get()
                try:
                    found = judge(copy, swap)
                finally:
                    copies.put(copy)
            took.append(time.monotonic() - began)
            if not found:
                survivors.append(swap)
            print(f"{took[-1]:5.0f} s {swap}  {found or 'SURVIVED'}", flush=True)

        with ThreadPoolExecutor(given.processes) as pool:
            list(pool.map(one, swaps))
    print(
        f"\n{len(swaps) - len(survivors)} of {len(swaps)} found, {sum(took) / len(took):.0f} s each (seed {given.seed})"
    )
    print(*(f"survived: {swap}" for swap in survivors), sep="\n")
    return int(bool(survivors))


def _copy(target: Path) -> Path:
    """Copy what the tests need, and see that the copy is what they import and that they pass there."""
    for name in NEEDED:
        place, source = target / name, ROOT / name
        place.parent.mkdir(parents=True, exist_ok=True)
        ignore = shutil.ignore_patterns("__pycache__", ".cache")
        shutil.copytree(source, place, ignore=ignore) if source.is_dir() else shutil.copy2(source, place)
    # compiled once; a file that was broken is known by its hash, whatever its time says
    quiet = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "kamtools"]
    subprocess.run(quiet, cwd=target, check=True)
    where = subprocess.run(
        [sys.executable, "-c", "import kamtools; print(kamtools.__file__)"],
        cwd=target, env={**os.environ, "PYTHONPATH": ""}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(where.stdout.strip()).is_relative_to(target.resolve()), where.stdout
    return target


if __name__ == "__main__":
    sys.exit(main())
