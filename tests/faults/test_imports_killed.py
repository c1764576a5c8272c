"""Imports and their taking back are killed at random moments, and several write at once: the old state or the new, no third."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kamtools.errors import KamError
from kamtools.importing import run_import
from kamtools.workspace import check_workspace, imports, one_writer, open_workspace, read_table

pytestmark = pytest.mark.faults

LONG = os.environ.get("KAM_FAULTS") == "long"
KILLS = 200 if LONG else 16
SEED = int(os.environ.get("KAM_FAULTS_SEED", "20261129"))
WORKER = Path(__file__).with_name("importer.py")
MAPPING = """currency: CNY
dates: iso
sources: {lines: "lines*", people: "people*"}
tables:
  accounts: {source: people, columns: {account: who}}
  ledger: {source: lines, columns: {invoice: no, date: day, account: who, amount: money}}
"""
ROWS = 2000


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "m.yml").write_text(MAPPING, encoding="utf-8")
    for part in range(4):
        lines = "".join(f"F{part}-{i},2026-0{part + 1}-05,A{part},{part + 1}\n" for i in range(ROWS))
        (tmp_path / f"lines{part}.csv").write_text("no,day,who,money\n" + lines, encoding="utf-8")
        (tmp_path / f"people{part}.csv").write_text(f"who\nA{part}\n", encoding="utf-8")
    run_import(tmp_path / "m.yml", files(tmp_path, 0), tmp_path / "ws", who="first")
    return tmp_path


def files(place: Path, part: int) -> list[Path]:
    return [place / f"lines{part}.csv", place / f"people{part}.csv"]


def start(place: Path, *what: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(WORKER), str(place / "ws"), *map(str, what)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("\n")
    process.stdin.flush()


def state(place: Path) -> tuple[int, float, int, int]:
    """Rows and money of the ledger, accounts, and imports that count."""
    opened = open_workspace(place / "ws")
    ledger, accounts = read_table(opened, "ledger"), read_table(opened, "accounts")
    counting = [e for e in imports(place / "ws") if e.taken_back is None]
    return len(ledger), float(ledger["amount"].sum()), len(accounts), len(counting)


def moments(chance: random.Random) -> Iterator[float]:
    """Half of the kills over the whole time, half around its end, where files are put in place."""
    while True:
        yield chance.uniform(0, 1)
        yield chance.uniform(0.7, 1.1)


def test_a_kill_leaves_the_old_state_or_the_new(place: Path) -> None:
    chance = random.Random(SEED)
    old = (ROWS, float(ROWS), 1, 1)
    new = (2 * ROWS, 3.0 * ROWS, 2, 2)
    assert state(place) == old
    now, seen = old, {old: 0, new: 0}
    whole: dict[str, float] = {}  # seconds of each, as the first, which is not killed, takes
    when = moments(chance)
    for kill in range(KILLS):
        what = ("undo",) if now == new else ("second", place / "m.yml", *files(place, 1))
        process = start(place, *what)
        go(process)
        began = time.monotonic()
        try:
            process.wait(next(when) * whole[what[0]] if what[0] in whole else 60)
            whole.setdefault(what[0], time.monotonic() - began)
        except subprocess.TimeoutExpired:
            process.kill()
            whole[what[0]] *= 1.03  # the machine may be busier now
        process.communicate()
        now = state(place)
        assert now in (old, new), (kill, what[0], now)
        seen[now] += 1
    print(f"{KILLS} kills of imports and their taking back: old {seen[old]}, new {seen[new]}, no third")
    assert min(seen.values()) > 0, "only one of the two was ever seen: the moments say nothing"
    report = check_workspace(place / "ws")
    assert report.ok, report.lines("en")


@pytest.mark.parametrize("writers", [2, 3])
def test_writers_at_once_lose_no_row(place: Path, writers: int) -> None:
    running = [
        start(place, f"w{part}", place / "m.yml", *files(place, part)) for part in range(1, writers + 1)
    ]
    for process in running:
        go(process)
    ends = [process.communicate(timeout=120) for process in running]
    assert [p.returncode for p in running] == [0] * writers, ends
    rows, money, accounts, counting = state(place)
    assert rows == (writers + 1) * ROWS
    assert money == sum((part + 1) * ROWS for part in range(writers + 1))
    assert (accounts, counting) == (writers + 1, writers + 1)


def test_who_waits_too_long_is_told_who_writes(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAM_WAIT", "0.2")
    with one_writer(place / "ws", "kam import spring.yml", "Wang"), pytest.raises(KamError) as caught:
        run_import(place / "m.yml", files(place, 1), place / "ws", who="late")
    for lang in ("zh", "en"):
        assert all(word in caught.value.text(lang) for word in ("Wang", "kam import spring.yml"))
    assert state(place)[0] == ROWS
