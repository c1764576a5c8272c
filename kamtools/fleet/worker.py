"""One account's book, made in a worker process: run the notebook, keep its figures, render its page."""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import re
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamtools.errors import KamError
from kamtools.fleet.facts_file import facts_text, figures_from_book, figures_of, write_atomic
from kamtools.fleet.outfolder import ACCOUNTS, BOOK, FACTS, FAILED, PAGE, WORK, settle
from kamtools.words import language, say
from kamtools.words.masking import without_passwords
from kamtools.workspace.folder import TOLD

if TYPE_CHECKING:
    from kamtools.fleet.pages import BookPage

LOG = "log-{pid}.txt"


@dataclass(frozen=True)
class Job:
    """All that a worker needs for one account; plain values, so that it travels between processes."""

    account: str
    slug: str
    notebook: str  # JSON
    parameters: dict[str, Any]
    out: Path
    workspace: str  # as facts.json says it
    page: BookPage
    cell_timeout: int


@dataclass(frozen=True)
class Done:
    """What a worker says of one account."""

    account: str
    seconds: float
    figures: int = 0
    error: str | None = None


def start(log_folder: str) -> None:
    """Prepare a worker process: it ends with its parent; one thread per library, what kernels print into a file."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    os.environ.setdefault(TOLD, "1")  # the command has said it; a book does not say it again
    os.environ["IPYTHONDIR"] = str(_profile(Path(log_folder)))
    log = Path(log_folder) / LOG.format(pid=os.getpid())
    with contextlib.suppress(OSError):
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                os.dup2(handle, stream.fileno())
        os.close(handle)
    import nbconvert.exporters  # noqa: F401
    import papermill  # noqa: F401


def _end_with_parent() -> None:
    """End this process, whatever it does, when the run has ended: it must not write into a folder of the next one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


# A kernel looks by itself whether its parent has become process 1, which in a container or under systemd it need not.
KERNEL_CONFIG = """\
c = get_config()
c.HistoryManager.enabled = False

import os, threading, time

def end_with_worker(worker=os.getppid()):
    while os.getppid() == worker:
        time.sleep(0.5)
    os._exit(1)

if os.name != "nt":
    threading.Thread(target=end_with_worker, daemon=True).start()
"""


def _profile(folder: Path) -> Path:
    """Write the kernels' own settings, so that what a person has set up for IPython changes no book."""
    made = folder / f"ipython-{os.getpid()}"
    (made / "profile_default").mkdir(parents=True, exist_ok=True)
    (made / "profile_default" / "ipython_kernel_config.py").write_text(KERNEL_CONFIG, encoding="utf-8")
    return made


def make_book(job: Job) -> Done:
    """Make one account's files, whole or not at all; a failure is told, never raised.

    Of a failed account there is ``failed.ipynb``, the notebook up to the error, and no other file of ours.
    """
    began = time.perf_counter()
    work = job.out / WORK / f"{job.slug}.new"
    with language(job.page.lang):
        try:
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
            figures = _execute(job, work)
            (work / FAILED).unlink(missing_ok=True)
            error = None
        except Exception as raised:  # noqa: BLE001 - one account's failure never stops the rest
            figures, error = 0, describe(raised, job)
            for name in (BOOK, PAGE, FACTS):
                (work / name).unlink(missing_ok=True)
        try:
            waiting = work.with_suffix(".failed" if error else ".done")
            os.replace(work, waiting)
            settle(waiting, job.out / ACCOUNTS)
        except (OSError, KamError) as raised:
            error = error or describe(raised, job)
    return Done(job.account, time.perf_counter() - began, 0 if error else figures, error)


def _execute(job: Job, work: Path) -> int:
    import nbformat
    import papermill

    from kamtools.fleet.pages import book_html

    # Written first under the name that a failure leaves behind.
    notebook = papermill.execute_notebook(
        nbformat.reads(job.notebook, as_version=4),
        str(work / FAILED),
        parameters=job.parameters,
        progress_bar=False,
        log_output=False,
        request_save_on_cell_execute=False,
        execution_timeout=job.cell_timeout,
        start_timeout=180,
        cwd=os.getcwd(),
    )
    _tidy(notebook)
    figures, page = _figures(notebook, job)
    shown = book_html(notebook, page)
    pages = {PAGE: hashlib.sha256(shown.encode("utf-8")).hexdigest()}
    texts = {
        BOOK: nbformat.writes(notebook) + "\n",
        FACTS: facts_text(figures, page.lang, job.workspace, page.command, pages),
        PAGE: shown,
    }
    for name, text in texts.items():
        write_atomic(work / name, text, work / "part")
    return len(figures["figures"])


def _figures(notebook: Any, job: Job) -> tuple[dict[str, Any], BookPage]:
    """Return the figures that the notebook showed, else those of the same book opened here.

    Where the notebook did not print the command that made it, a cell with it
    is added and the page prints it at its foot.
    """
    from dataclasses import replace

    figures = figures_of(notebook)
    if figures is not None and figures.get("command"):
        page = replace(job.page, command=figures["command"], command_shown=True)
    else:
        from nbformat.v4 import new_markdown_cell

        line = f"{say('fleet.word.made_by')} `{job.page.command}`"
        notebook.cells.append(new_markdown_cell(line, id="kam-command", metadata={"tags": ["kam-command"]}))
        page = job.page
    if figures is None:
        from kamtools.book import open_book

        p = job.parameters
        figures = figures_from_book(open_book(job.account, p["workspace"], p["as_of"], p["lang"], True))
    state = (page.data_hash, page.judged)
    if (
        figures["account"] != job.account
        or (figures["data_hash"], figures.get("judged", page.judged)) != state
    ):
        raise KamError("fleet.other_figures", account=figures["account"], hash=figures["data_hash"][:12])
    return figures, page


def _tidy(notebook: Any) -> None:
    """Keep of papermill's notes what tells the reader something: no paths of this machine."""
    notes = notebook.metadata.get("papermill", {})
    notebook.metadata["papermill"] = {
        k: notes[k] for k in ("parameters", "duration", "version") if k in notes
    }
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)


def describe(raised: BaseException, job: Job) -> str:
    """Say in one line what went wrong, and in which cell; of a fault of the program also where in the code."""
    from kamtools.show.context import one_line

    kind = type(raised).__name__
    if kind == "PapermillExecutionError":
        ename, evalue = getattr(raised, "ename", ""), str(getattr(raised, "evalue", ""))
        cell = getattr(raised, "exec_count", None) or getattr(raised, "cell_index", "?")
        if ename == "KamError":
            error = one_line(without_passwords(evalue), 400)
        else:
            lines = "\n".join(getattr(raised, "traceback", ()))
            error = _fault(f"{ename}: {evalue}", _CELL_PLACE.findall(_COLOUR.sub("", lines)))
        return say("fleet.error_in_cell", error=error, cell=cell)
    if kind == "CellTimeoutError":
        return say("fleet.timed_out", seconds=job.cell_timeout)
    if kind == "DeadKernelError":
        return say("fleet.worker_died")
    if isinstance(raised, KamError):
        return one_line(raised.text(), 400)
    places = [(frame.filename, str(frame.lineno)) for frame in traceback.extract_tb(raised.__traceback__)]
    return _fault(f"{kind}: {raised}", places)


_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_CELL_PLACE = re.compile(r"^File (.+):(\d+)(?:, in |$)", re.MULTILINE)  # as IPython writes it


def _fault(text: str, places: Sequence[tuple[str, str]]) -> str:
    """Return an exception in one line, with the last of the places that lies in our own code."""
    from kamtools.show.context import one_line

    said = one_line(without_passwords(text), 400)
    own = [(Path(file).parts, line) for file, line in places if "kamtools" in Path(file).parts]
    if not own:
        return said
    parts, line = own[-1]
    start = len(parts) - 1 - parts[::-1].index("kamtools")
    return say("fleet.fault_at", error=said, place="/".join(parts[start:]), line=line)
