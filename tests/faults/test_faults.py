"""Eight processes write at once and are killed at random moments: nothing acknowledged is lost.

``make test-faults`` runs the long form (8 × 200 transactions on each database),
``SHORT=1`` the short one.
"""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kamtools.store import Change, Record, backup, open_store, restore

LONG = os.environ.get("KAM_FAULTS") == "long"
PROCESSES = 8
TRANSACTIONS = 200 if LONG else 40
KILLS = 40 if LONG else 12
SEED = int(os.environ.get("KAM_FAULTS_SEED", "20261031"))
pytestmark = pytest.mark.faults
WRITER = Path(__file__).with_name("writer.py")
DEADLINE = 540 if LONG else 120


@dataclass
class Outcome:
    """What a run of the writers left."""

    seconds: float
    kills: int
    conflicts: int
    acknowledged: list[tuple[str, int, str]]  # account, version, token
    records: list[Record] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def line(self, name: str) -> str:
        written = sum(r.version for r in self.records)
        return (
            f"{name}: {PROCESSES} processes x {TRANSACTIONS} transactions, {self.kills} kills, "
            f"{self.seconds:.1f} s; acknowledged {len(self.acknowledged)}, written {written}, "
            f"audit rows {len(self.changes)}, lost {self.lost()}, refused as conflicts {self.conflicts}"
        )

    def lost(self) -> int:
        audit = {(c.account, c.version, c.after.value["token"]) for c in self.changes if c.after}
        return len(set(self.acknowledged) - audit)


def run_writers(target: str | Path, folder: Path, crash=None) -> Outcome:
    """Start the writers, kill some at random moments and start them again, until all are done."""
    chance = random.Random(SEED)
    environment = {**os.environ, "PYTHONWARNINGS": "error", "PYTHONPATH": os.pathsep.join(sys.path)}
    logs = [folder / f"w{n}.log" for n in range(PROCESSES)]
    errors = (folder / "errors").open("w+")

    def start(n: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(WRITER), str(target), f"w{n}", str(TRANSACTIONS), str(logs[n])]
        command.append(str(chance.randrange(10**9)))
        return subprocess.Popen(command, env=environment, stdout=errors, stderr=errors)

    began = time.monotonic()
    running = {n: start(n) for n in range(PROCESSES)}
    kills, crashes = 0, 0
    total = PROCESSES * TRANSACTIONS
    try:
        while running:
            assert time.monotonic() - began < DEADLINE, "the writers hang"
            time.sleep(chance.uniform(0.005, 0.03))
            acknowledged = sum(log.read_bytes().count(b"\n") for log in logs if log.exists())
            due = KILLS * acknowledged / total  # kills are spread over the whole run
            if kills < min(KILLS, due + 1) and acknowledged:
                n = chance.choice(sorted(running))
                if running[n].poll() is None:
                    time.sleep(chance.uniform(0, 0.01))
                    running[n].kill()
                    running[n].wait()
                    kills += 1
                    running[n] = start(n)
            if crash and not crashes and acknowledged > total / 2:
                crash()
                crashes += 1
            for n, process in list(running.items()):
                if process.poll() is not None:
                    errors.seek(0)
                    assert process.returncode == 0, errors.read()
                    del running[n]
    finally:
        for process in running.values():
            process.kill()
            process.wait()
        errors.close()
    seconds = time.monotonic() - began
    lines = [line.split() for log in logs for line in log.read_text().splitlines()]
    conflicts = sum(int(line[3]) for line in lines)
    outcome = Outcome(seconds, kills, conflicts, [(a, int(v), t) for a, v, t, _ in lines])
    with open_store(target) as store:
        outcome.records, outcome.changes = store.everything()
    return outcome


def check(outcome: Outcome) -> None:
    assert len(outcome.acknowledged) == PROCESSES * TRANSACTIONS
    assert outcome.kills >= KILLS / 2
    assert outcome.lost() == 0
    # every version of every record has one row in the audit, no more, no less
    audit = sorted((c.account, c.version) for c in outcome.changes)
    assert audit == sorted((r.account, v) for r in outcome.records for v in range(1, r.version + 1))
    for record in outcome.records:
        # no update was written over: the counter counts every write
        assert record.fields["counter"].value["number"] == record.version
    steps: dict[str, Change] = {}
    for change in outcome.changes:
        before = steps.get(change.account)
        assert change.before == (before.after if before else None)
        steps[change.account] = change
    # a write that was in flight when its process was killed may stand without its acknowledgement
    written = sum(record.version for record in outcome.records)
    assert 0 <= written - len(outcome.acknowledged) <= outcome.kills


def test_writers_killed_on_sqlite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "kam.sqlite"
    outcome = run_writers(target, tmp_path)
    with capsys.disabled():
        print("\n" + outcome.line("SQLite"))
    check(outcome)
    with contextlib.closing(sqlite3.connect(target)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_writers_killed_on_postgresql(postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The server crashes once, too, in the middle."""

    def crash() -> None:
        postgres.stop("immediate")
        postgres.start()

    outcome = run_writers(postgres.new_database(), tmp_path, crash)
    with capsys.disabled():
        print("\n" + outcome.line("PostgreSQL, with a crash of the server"))
    check(outcome)


def test_backups_while_others_write_are_of_one_moment(
    new_store_target, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = new_store_target()
    log = tmp_path / "w.log"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    writers = [
        subprocess.Popen(
            [sys.executable, str(WRITER), str(target), f"w{n}", "100000", f"{log}{n}", str(n)],
            env=environment,
            stderr=subprocess.DEVNULL,
        )
        for n in range(2)
    ]
    suffix = "" if "://" in str(target) else ".sqlite"
    copies = []
    try:
        until = time.monotonic() + 60
        while not all(Path(f"{log}{n}").exists() and Path(f"{log}{n}").stat().st_size for n in range(2)):
            assert time.monotonic() < until
            time.sleep(0.05)
        for n in range(4):
            copies.append(tmp_path / f"copy{n}{suffix}")
            backup(target, copies[-1])
            time.sleep(0.1)
        assert all(writer.poll() is None for writer in writers)  # they wrote all the while
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    sizes = []
    import datetime as dt

    for copy in copies:
        again = new_store_target()
        restore(again, copy, who="test", at=dt.datetime(2026, 10, 31, tzinfo=dt.UTC))
        with open_store(again) as store:
            records, changes = store.everything()
        assert len(changes) == sum(r.version for r in records) > 0
        sizes.append(len(changes))
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1]
