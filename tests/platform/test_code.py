"""What the code promises everywhere: one clock, no words for people, light imports, nothing from the network."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import kamtools

PACKAGE = Path(kamtools.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
ROOMS = sorted(p.parent.name for p in PACKAGE.glob("*/__init__.py"))


def trees() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in MODULES]


def test_only_the_command_line_asks_what_day_it_is():
    asking = {
        path.relative_to(PACKAGE).as_posix()
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("today", "utcnow")
    }
    assert asking == {"cli.py"}


def test_no_chinese_word_stands_in_code():
    """Chinese belongs to the message table; importing knows the headers of Chinese exports, cli tests a console."""
    found = {}
    for path, tree in trees():
        room = path.relative_to(PACKAGE).parts[0]
        if room in ("importing", "cli.py"):
            continue
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        texts = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
        ]
        chinese = [text for text in texts if len(re.findall("[\u4e00-\u9fff]", text)) > 1]
        if chinese:
            found[path.name] = chinese
    assert found == {}


def test_nothing_goes_to_the_network():
    modules = {"requests", "urllib.request", "http.client", "httpx", "aiohttp", "socket", "ftplib"}
    for path, tree in trees():
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not modules & set(names), f"{path}: {names}"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_imported_without_a_word_and_without_changing_anything(room):
    code = (
        "import os, sys, warnings; warnings.simplefilter('error'); before = dict(os.environ); here = os.getcwd(); "
        f"import kamtools.{room}; "
        "assert dict(os.environ) == before and os.getcwd() == here; "
        "plt = sys.modules.get('matplotlib.pyplot'); assert plt is None or not plt.get_fignums()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "room",
    ["words", "workspace", "store", "importing", "forms", "book", "classroom", "fleet", "facts", "show"],
)
def test_rooms_that_the_command_line_touches_are_light(room):
    heavy = "pandas duckdb pyarrow matplotlib seaborn papermill nbconvert scipy"
    code = f"import sys, kamtools.{room}; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
