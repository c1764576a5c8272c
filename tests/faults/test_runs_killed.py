"""A run over books is killed at random moments: each book is the old one or the new one, whole, and the next run ends well."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kamtools.fleet import verify
from kamtools.importing import run_import
from kamtools.workspace import open_workspace

pytestmark = pytest.mark.faults
LONG = os.environ.get("KAM_FAULTS") == "long"
KILLS = 12 if LONG else 2
SEED = int(os.environ.get("KAM_FAULTS_SEED", "20261129"))
MAPPING = """currency: CNY
dates: iso
sources: {lines: "lines*"}
tables:
  ledger: {source: lines, columns: {invoice: no, date: day, account: who, amount: money}}
"""


def bring(place: Path, part: int) -> str:
    """Import one more file; return the hash of the data."""
    months = [f"{y}-{m:02}" for y in (2025, 2026) for m in range(1, 13)][:22]
    lines = "".join(f"{a}{part}{m},{m}-05,{a},{100 + part}\n" for m in months for a in ("C1", "C2"))
    (place / f"lines{part}.csv").write_text("no,day,who,money\n" + lines, encoding="utf-8")
    run_import(place / "m.yml", [place / f"lines{part}.csv"], place / "ws", who="test")
    return open_workspace(place / "ws").data_hash()


def start(place: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "kamtools", "run", "C1", "C2", "--as-of", "2026-10-31", "--lang", "en"]
    command += ["--workspace", str(place / "ws"), "--out", str(place / "out")]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def books(place: Path) -> dict[str, tuple[str, bool]]:
    """Account -> hash of its data, and whether its page is the one that its facts were made with."""
    found = {}
    for path in (place / "out" / "accounts").glob("*/facts.json"):
        facts = json.loads(path.read_text(encoding="utf-8"))
        page = hashlib.sha256((path.parent / "book.html").read_bytes()).hexdigest()
        found[facts["account"]] = facts["data_hash"], facts["pages"]["book.html"] == page
    return found


def test_a_killed_run_leaves_old_books_or_new_ones(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    (tmp_path / "m.yml").write_text(MAPPING, encoding="utf-8")
    hashes = [bring(tmp_path, 0)]
    began = time.monotonic()
    first = start(tmp_path)
    said, _ = first.communicate(timeout=300)
    assert first.returncode == 0, said.decode("utf-8", "replace")[-2000:]
    whole = time.monotonic() - began
    note = tmp_path / "out" / "accounts" / "C1" / "notes.txt"
    note.write_text("mine", encoding="utf-8")
    for kill in range(1, KILLS + 1):
        hashes.append(bring(tmp_path, kill))
        process = start(tmp_path)
        try:
            process.wait(chance.uniform(0.3, 1) * whole)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        time.sleep(2)  # its workers see that it is gone
        now = books(tmp_path)
        assert set(now) <= {"C1", "C2"}
        for account, (made_from, is_whole) in now.items():
            assert made_from in hashes, (kill, account)
            assert is_whole, (kill, account)
        assert note.read_text(encoding="utf-8") == "mine"
    last = start(tmp_path)
    said, _ = last.communicate(timeout=300)
    assert last.returncode == 0, said.decode("utf-8", "replace")[-2000:]
    assert {h for h, _ in books(tmp_path).values()} == {hashes[-1]}
    assert verify(tmp_path / "out").ok
    print(f"{KILLS} kills of runs: each book old or new and whole, verified after the last run")
