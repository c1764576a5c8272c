"""Measure what people wait for, and compare it with what was promised.

    python tests/bench/measure.py            everything
    python tests/bench/measure.py --short    fewer repeats, two accounts instead of all key accounts, 2 million lines instead of 10
    python tests/bench/measure.py --large    the large ledgers alone (also with --short)

Prints one line for each figure. The exit code is 1 where a command fails or a
figure is more than twice its goal: machines are shared, and a single run says
little about small differences. Repeat before relying on a figure.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data"
MAPPING = ROOT / "tests" / "real" / "mappings" / "online_retail_ii.yml"
RUN_ALL = """
import sys, time, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], 4)
client = nbclient.NotebookClient(notebook, timeout=600)
start = time.perf_counter()
with client.setup_kernel():
    for place, cell in enumerate(notebook.cells):
        client.execute_cell(cell, place)
    print(time.perf_counter() - start)
"""
EXCEL = """
import datetime as dt, sys
from pathlib import Path
from kamtools.forms import export_forms, import_forms
from kamtools.store import FieldValue, open_store, written
from kamtools.workspace import open_workspace
records = written(open_workspace("data/samples"))[0]
accounts = {f"K{n:03d}": f"Account {n}" for n in range(80)}
at = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)
by_account = {}
for record in records:
    by_account.setdefault(record.account, []).append(record)
sources = list(by_account.values())
with open_store(Path(sys.argv[1]) / "excel.sqlite") as store:
    with store.transaction():
        for place, account in enumerate(accounts):
            for record in sources[place % len(sources)]:
                store.write(account, record.form, record.fields, version=None, who="bench", at=at)
    before = [(r.account, r.form, r.fields) for r in store.records()]
    path = Path(sys.argv[1]) / "forms.xlsx"
    export_forms(store, accounts, path, "zh")
    report = import_forms(store, path, "bench", at)
    assert report.ok, report.lines("en")
    assert [(r.account, r.form, r.fields) for r in store.records()] == before
"""
HEAVY = """
import datetime as dt, sys
from kamtools.facts import load_facts
from kamtools.workspace import check_workspace, open_workspace
workspace = open_workspace(sys.argv[1])
workspace.data_hash()
report = check_workspace(sys.argv[1])
assert report.rows["ledger"] == int(sys.argv[2]), report.rows
assert load_facts(workspace, dt.date(2026, 10, 31)).totals["ledger_rows"] == int(sys.argv[2])
"""
# Bytecode that may not be written is compiled at every start: that would measure something else.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True)
class Figure:
    """One measured figure with its goal, in the same unit."""

    name: str
    value: float
    goal: float
    unit: str

    def line(self) -> str:
        """Return the figure as a line of text."""
        state = "ok" if self.value <= self.goal else "OVER"
        return f"{self.name:<58} {self.value:>8.2f} {self.unit:<3} goal {self.goal:g} {self.unit}  {state}"


def timed(*command: str | Path, fine: tuple[int, ...] = (0,)) -> tuple[float, float]:
    """Run a command; return its seconds and its largest resident memory in GB."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, *map(str, command)], cwd=ROOT, env=ENVIRONMENT, stdout=output, stderr=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        if process.returncode not in fine:
            output.seek(0)
            text = output.read().decode("utf-8", "replace")[-3000:]
            raise SystemExit(f"{' '.join(map(str, command))}\nexit code {process.returncode}\n{text}")
    return seconds, usage.ru_maxrss / 1024**2


def help_time(repeats: int) -> Figure:
    """How much longer ``kam --help`` takes than an empty Python: the median of interleaved runs."""
    timed("-m", "kamtools", "--help")  # compiles once
    extra = []
    for _ in range(repeats):
        empty, _ = timed("-c", "pass")
        full, _ = timed("-m", "kamtools", "--help")
        extra.append(full - empty)
    return Figure("kam --help, beyond python -c pass", statistics.median(extra), 0.25, "s")


def sample_run(short: bool, scratch: Path) -> Figure:
    """Books and portal of the sample's key accounts, as `make run` makes them."""
    which = ["--top", "2"] if short else ["--key"]
    seconds, _ = timed(
        *("-m", "kamtools", "run", *which, "--workspace", "data/samples", "--out", scratch / "out")
    )
    return Figure(f"kam run {' '.join(which)} on the sample company", seconds, 60, "s")


def verify(scratch: Path) -> Figure:
    """Every figure of that run derived again."""
    seconds, _ = timed("-m", "kamtools", "verify", scratch / "out")
    return Figure("kam verify of that run", seconds, 30, "s")


def notebook(name: str, repeats: int = 2) -> Figure:
    """Run the trainee's edition from top to bottom in a fresh kernel, as *Run All Cells* does; the best of some."""
    # papermill would save the whole notebook twice for each of its cells
    command = [sys.executable, "-c", RUN_ALL, f"notebooks/en/{name}.ipynb"]
    seconds = []
    for _ in range(repeats):
        done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{name}: exit code {done.returncode}\n{done.stderr[-3000:]}")
        seconds.append(float(done.stdout))
    told = ", ".join(f"{s:.1f}" for s in seconds)
    return Figure(f"notebook {name[:2]} run all, fresh kernel (of {told})", min(seconds), 15, "s")


def machine() -> str:
    """A fixed piece of plain Python: how fast this machine is today, beside which the other figures are read."""
    start = time.perf_counter()
    total = 0
    for number in range(10_000_000):
        total += number
    return f"this machine today: ten million additions in Python take {time.perf_counter() - start:.2f} s"


def excel(scratch: Path) -> Figure:
    """Eighty accounts through every form: out to Excel and in again."""
    seconds, _ = timed("-c", EXCEL, scratch)
    return Figure("forms of 80 accounts, out to Excel and in again", seconds, 20, "s")


def foreign_import(scratch: Path) -> list[Figure]:
    """The import of 525,461 invoice lines."""
    seconds, memory = timed(
        *("-m", "kamtools", "import", MAPPING, REAL / "online_retail_ii", "--workspace", scratch / "retail")
    )
    name = "kam import of 525,461 lines"
    return [Figure(f"{name}, time", seconds, 20, "s"), Figure(f"{name}, memory", memory, 1.5, "GB")]


def large_ledger(short: bool, scratch: Path) -> list[Figure]:
    """Hash, check and reduce a ledger of ten million lines for the first time."""
    import large

    lines = 2_000_000 if short else 10_000_000
    made = large.workspace(scratch / "large", lines, 4_000)
    seconds, memory = timed("-c", HEAVY, made.root, str(lines))
    shutil.rmtree(made.root)
    name = f"{lines:,} lines hashed, checked and reduced"
    return [
        # what was promised is for ten million; in two million, start-up and the first reading weigh more
        Figure(f"{name}, time", seconds, 8 if short else 20, "s"),
        Figure(f"{name}, memory", memory, 0.6 if short else 1, "GB"),  # 0.2 is there without a line
    ]


def unlisted(scratch: Path) -> Figure:
    """``kam check`` where a ledger has many accounts that the list of accounts does not."""
    import large

    made = large.workspace(scratch / "unlisted", 100_000, 4_000, listed=12)
    seconds, _ = timed("-m", "kamtools", "check", made.root, fine=(0, 1))
    return Figure("kam check, 12 of 4,000 accounts listed", seconds, 3, "s")


def csv_imports(scratch: Path) -> list[Figure]:
    """``kam import`` of one long CSV file, and of a folder of short ones."""
    import large

    mapping = scratch / "lines.yml"
    mapping.write_text(large.MAPPING, encoding="utf-8")
    large.csv(scratch / "long.csv", 2_000_000, 4_000)
    large.csv_folder(scratch / "short", 300, 500, 400)
    command = ("-m", "kamtools", "import", mapping)
    seconds, memory = timed(*command, scratch / "long.csv", "--workspace", scratch / "from long")
    many, _ = timed(*command, scratch / "short", "--workspace", scratch / "from short")
    name = "kam import of 2,000,000 lines of CSV"
    return [
        Figure(f"{name}, time", seconds, 10, "s"),
        Figure(f"{name}, memory", memory, 0.8, "GB"),
        Figure("kam import of a folder of 300 files", many, 30, "s"),
    ]


def coverage(short: bool) -> list[Figure]:
    """How much of the held-back months the forecast's 80 % interval covers, on the sample company."""
    import forecast_coverage

    seeds = forecast_coverage.SEEDS[:1] if short else forecast_coverage.SEEDS
    return [Figure(*found) for found in forecast_coverage.figures(seeds)]


def main() -> int:
    """Measure and print; return the exit code."""
    short = "--short" in sys.argv[1:]
    figures: list[Figure] = []

    def tell(*found: Figure) -> None:
        for figure in found:
            figures.append(figure)
            print(figure.line(), flush=True)

    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors", flush=True)
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        tell(*large_ledger(short, scratch))
        tell(unlisted(scratch))
        tell(*csv_imports(scratch))
        if "--large" in sys.argv[1:]:
            return int(any(f.value > 2 * f.goal for f in figures))
        tell(help_time(3 if short else 9))
        tell(notebook("02_identification"))
        tell(notebook("05_finance"))
        tell(sample_run(short, scratch))
        tell(verify(scratch))
        tell(excel(scratch))
        tell(*coverage(short))
        if REAL.is_dir():
            tell(*foreign_import(scratch))
        else:
            print(f"kam import of 525,461 lines: not measured, {REAL} is not there")
    return int(any(f.value > 2 * f.goal for f in figures))


if __name__ == "__main__":
    sys.exit(main())
