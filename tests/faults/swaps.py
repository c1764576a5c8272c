"""Breaks lines of the program, one at a time and in a copy, and lists the breaks that no test sees.

``make swaps`` (``N=30``: fewer). Which lines are broken and how follows from a seed. For each break the tests
nearest to it run, then the goldens that are left; the first that fails ends it.

A survivor is either a fault that no reader and no test would see, to be met by a test, or a change that changes
nothing (``>`` for ``>=`` where the two are never equal).
"""

from __future__ import annotations

import argparse
import ast
import json
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
LIMIT = 240  # seconds on the wall: a break that hangs is found


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
        for first, second in pairwise(plain if len(plain) == len(node.args) else []):
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
        if type(node.value) in (int, float) and not self.file.startswith(
            tuple(f"kamtools/{p}" for p in LOOKS)
        ):
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


def judge(copy: Path, swap: Swap) -> tuple[str, float]:
    """Break a copy, run the tests, mend the copy; return what found the break ("" for nothing) and the seconds."""
    path = copy / swap.file
    whole = path.read_bytes()
    began = time.monotonic()
    try:
        path.write_bytes(whole[: swap.start] + swap.after.encode() + whole[swap.end :])
        ast.parse(path.read_bytes())
        for tests in steps(swap.file):
            if found := run(copy, tests):
                return found, time.monotonic() - began
        return "", time.monotonic() - began
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


def main() -> int:
    """Break, list, and say how many were found; 1 where one was not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="how many breaks (100)")
    parser.add_argument("--seed", type=int, default=1, help="which (1)")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="name the breaks and make none")
    given = parser.parse_args()
    swaps = chosen(ROOT, given.count, given.seed)
    if given.list:
        print(*swaps, sep="\n")
        return 0
    survivors, took = [], []
    with tempfile.TemporaryDirectory(prefix="kam-swaps-") as folder:
        copies: Queue[Path] = Queue()
        for number in range(given.processes):
            copies.put(_copy(Path(folder) / str(number)))

        def one(swap: Swap) -> tuple[Swap, str, float]:
            copy = copies.get()
            try:
                return swap, *judge(copy, swap)
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(given.processes) as pool:
            for swap, found, seconds in pool.map(one, swaps):
                took.append(seconds)
                if not found:
                    survivors.append(swap)
                print(f"{seconds:5.0f} s {swap}  {found or 'SURVIVED'}", flush=True)
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
