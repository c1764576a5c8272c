"""Run the book notebook for many accounts, and the portal over all."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kamtools.errors import KamError
from kamtools.fleet.outfolder import ACCOUNTS, FACTS, OWNERS, PAGE, PORTAL, RUN, OutFolder, book_files
from kamtools.fleet.selection import Selection, alike
from kamtools.user import user_name
from kamtools.words import check_language, language, say, shell

if TYPE_CHECKING:
    from concurrent.futures import Future

    from kamtools.book import Portfolio
    from kamtools.fleet.portal import BookLink
    from kamtools.fleet.worker import Done, Job
    from kamtools.workspace import CheckReport

CELL_TIMEOUT = 600  # seconds
MOST_JOBS = 8
LISTED = 40  # accounts in the status table; failed ones are always there


@dataclass(frozen=True)
class AccountStatus:
    """How the run of one account ended: its folder, seconds, and the error where it failed."""

    account: str
    name: str
    slug: str
    ok: bool
    seconds: float
    figures: int = 0
    error: str | None = None


@dataclass(frozen=True)
class RunReport:
    """What a run did; `ok` is false where any account failed. `doubts` is what its data leave open, in words."""

    out: Path
    portal: Path
    statuses: tuple[AccountStatus, ...]
    seconds: float
    command: str
    removed: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()  # spellings of one owner whose accounts were taken together
    doubts: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True where every account has its book."""
        return all(s.ok for s in self.statuses)

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the status table and where the portal is, as text for the terminal."""
        from kamtools.show.terminal import columns

        failed = [s for s in self.statuses if not s.ok]
        listed = [s for s in self.statuses if s.ok][:LISTED] + failed
        table = [[say("fleet.word", lang, w) for w in ("account", "name", "status", "seconds", "error")]]
        for s in listed:
            status = say("fleet.word.status_done" if s.ok else "fleet.word.status_failed", lang)
            table.append([s.account, s.name, status, f"{s.seconds:.1f}", s.error or ""])
        lines = columns(table, widths=(24, 28, 12, 8, 400), right=(3,))
        if len(listed) < len(self.statuses):
            lines.append(say("fleet.line_more", lang, n=len(self.statuses) - len(listed)))
        lines.append("")
        if self.joined:
            lines.append(say("fleet.line_joined", lang, owners=" | ".join(self.joined)))
        if self.removed:
            names = ", ".join(self.removed[:10]) + (" …" if len(self.removed) > 10 else "")
            lines.append(say("fleet.line_removed", lang, n=len(self.removed), accounts=names))
        done, seconds = len(self.statuses) - len(failed), f"{self.seconds:.1f}"
        lines.append(say("fleet.line_total", lang, done=done, failed=len(failed), seconds=seconds))
        lines += self.doubts
        lines.append(say("fleet.line_portal", lang, path=self.portal))
        return lines


# Called with (done, total, status of the account that has just ended; None before the first).
Progress = Callable[[int, int, AccountStatus | None], None]


def run(
    workspace: Path | str,
    out: Path | str,
    selection: Selection | None = None,
    lang: str = "zh",
    as_of: dt.date | str | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    *,
    notebook: Path | str | None = None,
    cell_timeout: int = CELL_TIMEOUT,
) -> RunReport:
    """Make a book for each selected account, and the portal over all.

    Parameters
    ----------
    workspace : path
        A workspace or a pack.
    out : path
        Where the output goes: a new or empty folder, or that of an earlier run.
        Gets ``accounts/<slug>/{book.ipynb,book.html,facts.json}``,
        ``owners/<slug>.html``, ``index.html`` and ``run.json``. Books of an
        earlier run with the same data, date and language stay; others go. Files
        that no run made stay. One run at a time: a second one waits.
    selection : Selection
        Default: the key accounts.
    lang : {"zh", "en"}
    as_of : date or "YYYY-MM-DD", optional
        Default: as the workspace's settings say.
    jobs : int, optional
        Worker processes. Default: one per processor, at most 8.
    progress : callable, optional
        See :data:`Progress`; :func:`kamtools.fleet.bar` draws one.
    notebook : path, optional
        Another notebook (``.ipynb``) with the same parameters. Default: the
        report editions of all notebooks, one after the other.
    cell_timeout : int
        Seconds that a cell may take.

    Returns
    -------
    RunReport
        Not ``ok`` where an account failed; the others have their books.

    Raises
    ------
    KamError
        Before anything runs: for an unknown account, owner, date or language,
        parameters that the notebook does not have, or an `out` that holds
        other files, leads elsewhere by a link, or into which another run writes.
    """
    from kamtools.book.judgements import judgements_of
    from kamtools.workspace import one_writer, open_workspace

    began = time.perf_counter()
    out = Path(out)
    check_language(lang)
    if jobs is not None and jobs < 1:
        raise KamError("fleet.bad_jobs", jobs=jobs)
    selection = selection or Selection()
    with language(lang):
        plan = _plan(workspace, out, selection, lang, as_of, notebook, cell_timeout)
        with one_writer(out, plan.command, _who()):
            opened, then = open_workspace(workspace), plan.portfolio
            state = (opened.data_hash(), judgements_of(opened).state)
            if state != (then.data_hash, then.judgements.state):  # changed while this run waited
                plan = _plan(workspace, out, selection, lang, as_of, notebook, cell_timeout)
            folder = OutFolder(out)  # again: another run may have ended just now
            folder.begin(plan.files)
            workers = min(jobs or min(os.cpu_count() or 1, MOST_JOBS), len(plan.jobs))
            try:
                statuses = _run_jobs(plan.jobs, workers, folder, progress)
                report = _finish(plan.portfolio, statuses, folder, lang, plan.command, began, plan.doubts)
            finally:
                folder.end()
        return replace(report, out=out, joined=owner_spellings(plan.portfolio, selection))


class _Plan(NamedTuple):
    """What a run will do: its portfolio, what the check doubts, its command, its jobs and the files that they make."""

    portfolio: Portfolio
    doubts: tuple[str, ...]
    command: str
    jobs: list[Job]
    files: list[str]


def _plan(
    workspace: Path | str,
    out: Path,
    selection: Selection,
    lang: str,
    as_of: dt.date | str | None,
    notebook: Path | str | None,
    cell_timeout: int,
) -> _Plan:
    """Open and check everything before anything is made."""
    from kamtools.workspace.ids import slug

    portfolio = _opened(workspace, as_of, lang)
    doubts = _check_data(portfolio, workspace, lang)
    accounts = select_accounts(portfolio, selection)
    _check_out(out, Path(portfolio.workspace.source))
    command = _command(selection.arguments(), workspace, portfolio, lang, out)
    jobs = _jobs(portfolio, accounts, workspace, out, lang, notebook, cell_timeout)
    files = [name for job in jobs for name in book_files(job.slug)]
    files += [f"{OWNERS}/{slug(owner)}.html" for owner in portfolio.owners] + [PORTAL, RUN]
    OutFolder(out).check(files)
    return _Plan(portfolio, doubts, command, jobs, files)


def _opened(workspace: Path | str, as_of: dt.date | str | None, lang: str) -> Portfolio:
    """Open the portfolio; where a table cannot be read, say what the check says of it."""
    import duckdb
    import pyarrow as pa

    from kamtools.book import open_portfolio
    from kamtools.workspace import check_workspace

    try:
        return open_portfolio(workspace, as_of)
    except (pa.ArrowException, duckdb.Error, OSError):
        report = check_workspace(workspace)
        if report.ok:
            raise
        _refuse(report, workspace, lang)
        raise


def _refuse(report: CheckReport, given: Path | str, lang: str) -> None:
    """Refuse data in which the check finds errors."""
    first = next(f for f in report.findings if f.level == "error")
    command = shell(["kam", "check", str(given)])
    raise KamError("fleet.check_failed", n=report.count("error"), first=first.line(lang), command=command)


def _who() -> str:
    """Return who runs, for whoever has to wait; a machine that cannot tell makes books all the same."""
    with contextlib.suppress(KamError):
        return user_name()
    return ""


def _check_data(portfolio: Portfolio, given: Path | str, lang: str) -> tuple[str, ...]:
    """Refuse data in which the check finds errors: a figure that is silently missing would be trusted.

    Returns
    -------
    tuple of str
        What the check doubts, for the end of the run: rows that wait, where the ledger ends, how many warnings.
    """
    from kamtools.book.doubts import doubts
    from kamtools.forms.everything import check_everything

    report = check_everything(portfolio.workspace.source, portfolio.as_of)
    command = shell(["kam", "check", str(given)])
    if not report.ok:
        _refuse(report, given, lang)
    said = [*doubts(portfolio, lang)]
    if report.count("warning"):
        n = f"{report.count('warning'):,}"
        said.append(say("fleet.line_warnings", lang, n=n, command=command))
    return tuple(said)


def select_accounts(portfolio: Portfolio, selection: Selection) -> tuple[str, ...]:
    """Return the selected accounts' ids, largest sales first where the selection gives no order.

    Raises
    ------
    KamError
        For an unknown account or owner, and where nothing is selected.
    """
    from kamtools.book import check_account

    if selection.kind == "accounts":
        return tuple(check_account(portfolio, a) for a in selection.accounts)
    sales = portfolio.sales
    order = sorted(portfolio.account_ids, key=lambda a: (-float(sales.get(a, float("-inf"))), a))
    if selection.kind == "all":
        chosen = order
    elif selection.kind == "top":
        chosen = [a for a in order if a in sales.index][: selection.top]
    elif selection.kind == "owner":
        owners = portfolio.owners
        found = alike(selection.owner, owners)
        if not found:
            allowed = ", ".join(list(owners)[:20]) or "–"
            raise KamError("fleet.unknown_owner", owner=selection.owner, allowed=allowed)
        theirs = {a for owner in found for a in owners[owner]}
        chosen = [a for a in order if a in theirs]
    else:
        chosen = list(portfolio.key_accounts)
        if not chosen:
            raise KamError("fleet.no_key_accounts")
    if not chosen:
        raise KamError("fleet.nothing_selected", workspace=portfolio.workspace.source)
    return tuple(chosen)


def owner_spellings(portfolio: Portfolio, selection: Selection) -> tuple[str, ...]:
    """Return the spellings of an owner that a selection takes together; none where there is only the one asked for."""
    found = alike(selection.owner, portfolio.owners) if selection.kind == "owner" else ()
    return () if found == (selection.owner,) else found


def _check_out(out: Path, source: Path) -> None:
    """Refuse to write where other files would be mixed with ours or lost."""
    if out.exists() and not out.is_dir():
        raise KamError("fleet.out_is_file", out=out)
    if out.resolve() == source.resolve():
        raise KamError("fleet.out_in_workspace", out=out)
    if out.is_dir() and not OutFolder(out).ours:
        other = sorted(p.name for p in out.iterdir() if not p.name.startswith("."))
        other = [name for name in other if name not in (ACCOUNTS, OWNERS)]
        if other:
            raise KamError("fleet.out_not_ours", out=out, example=other[0])


def _command(
    chosen: Sequence[str], workspace: Path | str, portfolio: Portfolio, lang: str, out: Path | None
) -> str:
    options = ["--workspace", str(workspace), "--as-of", str(portfolio.as_of), "--lang", lang]
    options += ["--out", str(out)] if out else []
    return shell(["kam", "run", *options, *chosen])


def _jobs(
    portfolio: Portfolio,
    accounts: Sequence[str],
    workspace: Path | str,
    out: Path,
    lang: str,
    notebook: Path | str | None,
    cell_timeout: int,
) -> list[Job]:
    """Check the parameters against the notebook and return one job per account."""
    import nbformat

    from kamtools.classroom import account_book, check_parameters
    from kamtools.fleet.facts_file import relative_path
    from kamtools.fleet.pages import BookPage
    from kamtools.fleet.worker import Job
    from kamtools.show.context import Context
    from kamtools.show.numbers import date
    from kamtools.workspace.ids import slug

    if notebook is None:
        read = account_book(lang)
    else:
        read = nbformat.read(str(notebook), as_version=4)
    text = nbformat.writes(read)
    settings, names = portfolio.settings, portfolio.names(lang)
    source = Path(portfolio.workspace.source).resolve()
    jobs = []
    for account in accounts:
        parameters = {
            "account": account,
            "workspace": str(source),
            "as_of": str(portfolio.as_of),
            "lang": lang,
            "batch": True,
        }
        check_parameters(read, parameters)
        page = BookPage(
            account=account,
            name=names.get(account, account),
            lang=lang,
            company=settings.company_zh if lang == "zh" else settings.company_en,
            as_of=date(portfolio.as_of, Context(lang)),
            fictional=settings.fictional,
            command=_command(Selection("accounts", (account,)).arguments(), workspace, portfolio, lang, None),
            data_hash=portfolio.data_hash,
            judged=portfolio.judgements.state,
            workspace=str(workspace),
            day=str(portfolio.as_of),
        )
        where = relative_path(source, out.resolve())
        jobs.append(Job(account, slug(account), text, parameters, out.resolve(), where, page, cell_timeout))
    return jobs


def _run_jobs(
    jobs: Sequence[Job], workers: int, out: OutFolder, progress: Progress | None
) -> list[AccountStatus]:
    """Run all jobs; return their statuses in the order of the jobs."""
    found: dict[str, AccountStatus] = {}
    if progress:
        progress(0, len(jobs), None)
    by_account = {job.account: job for job in jobs}
    for done in _work(jobs, workers, out):
        job = by_account[done.account]
        status = AccountStatus(
            job.account, job.page.name, job.slug, done.error is None, done.seconds, done.figures, done.error
        )
        found[job.account] = status
        if progress:
            progress(len(found), len(jobs), status)
    return [found[job.account] for job in jobs]


def _work(jobs: Sequence[Job], workers: int, out: OutFolder) -> Iterator[Done]:
    """Give the jobs to worker processes; where one dies, each job left gets a process of its own."""
    from concurrent.futures import as_completed
    from concurrent.futures.process import BrokenProcessPool

    from kamtools.fleet.worker import Done

    left = {job.account: job for job in jobs}
    try:
        with _pool(workers, out, jobs) as futures:
            for future in as_completed(futures):
                done = future.result()
                del left[done.account]
                yield done
    except BrokenProcessPool:
        for job in list(left.values()):
            began = time.perf_counter()
            try:
                with _pool(1, out, [job]) as futures:
                    yield futures[0].result()
            except BrokenProcessPool:
                out.remove_book(job.slug)  # an older book would mislead
                yield Done(job.account, time.perf_counter() - began, error=say("fleet.worker_died"))


@contextlib.contextmanager
def _pool(workers: int, out: OutFolder, jobs: Sequence[Job]) -> Iterator[list[Future[Done]]]:
    """Start fresh processes on the jobs (never forked: libraries of this one may have threads).

    They end with the block: when it is left by an error, at once.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    from kamtools.fleet.worker import make_book, start

    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, start, (str(out.work),)) as pool:
        with _deaf_to_interrupts():
            futures = [pool.submit(make_book, job) for job in jobs]
        try:
            yield futures
        except BaseException:
            for child in set(multiprocessing.active_children()) - others:
                child.terminate()
            raise


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start processes to which Ctrl-C says nothing: it is for this one, which ends them."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _finish(
    portfolio: Portfolio,
    statuses: Sequence[AccountStatus],
    out: OutFolder,
    lang: str,
    command: str,
    began: float,
    doubts: tuple[str, ...],
) -> RunReport:
    """Tidy older books, write the portal, the owners' pages and ``run.json``."""
    from kamtools.fleet.facts_file import relative_path
    from kamtools.fleet.page_check import page_hashes
    from kamtools.fleet.portal import BookLink, PortalRun, owner_html, portal_html
    from kamtools.fleet.summary import summarise
    from kamtools.workspace.ids import slug

    names = portfolio.names(lang)
    kept, removed = _older_books(out, {s.slug for s in statuses}, portfolio, lang)
    summary = summarise(portfolio, lang)
    books = [
        BookLink(s.account, s.name, "done" if s.ok else "failed", s.slug, s.seconds, s.error or "")
        for s in statuses
    ]
    books += [BookLink(a, names.get(a, a), "kept", slug(a)) for a in kept]
    now = dt.datetime.now().astimezone()
    seconds = time.perf_counter() - began
    verify = shell(["kam", "verify", *(["--"] if str(out.given).startswith("-") else []), str(out.given)])
    portal = PortalRun(command, verify, f"{now:%Y-%m-%d %H:%M}", seconds, tuple(books))
    pages = {f"{OWNERS}/{slug(owner)}.html": owner for owner in summary.owners}
    for name, owner in pages.items():
        out.write(name, owner_html(summary, portal, owner))
    for name in sorted(out.made):
        if name.startswith(f"{OWNERS}/") and name not in pages:
            out.remove(name)
    out.write(PORTAL, portal_html(summary, portal))
    run = {
        "format": 1,
        "command": command,
        "workspace": relative_path(Path(portfolio.workspace.source).resolve(), out.path),
        "as_of": str(portfolio.as_of),
        "lang": lang,
        "data_hash": portfolio.data_hash,
        "finished": now.isoformat(timespec="seconds"),
        "seconds": round(seconds, 2),
        "versions": _versions(),
        "accounts": [_entry(b, {s.account: s.figures for s in statuses}) for b in books],
        "removed": list(removed),
        "pages": page_hashes(out.path, [PORTAL, *sorted(pages)]),
    }
    out.write(RUN, json.dumps(run, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    return RunReport(out.path, out.path / PORTAL, tuple(statuses), seconds, command, removed, doubts=doubts)


def _entry(book: BookLink, figures: dict[str, int]) -> dict[str, Any]:
    return {
        "account": book.account,
        "folder": f"accounts/{book.slug}",
        "status": book.status,
        "seconds": None if book.seconds is None else round(book.seconds, 2),
        "figures": figures.get(book.account),
        "error": book.error or None,
    }


def _older_books(
    out: OutFolder, fresh: set[str], portfolio: Portfolio, lang: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the accounts whose older books still hold, and those whose books were removed."""
    from kamtools.workspace.ids import slug

    kept, removed = [], []
    for folder in out.account_folders():
        if folder.name in fresh:
            continue
        try:
            facts = json.loads((folder / FACTS).read_text("utf-8"))
            account = str(facts["account"])
            holds = (
                (facts["data_hash"], facts["as_of"], facts["lang"])
                == (portfolio.data_hash, str(portfolio.as_of), lang)
                and slug(account) == folder.name
                and account in set(portfolio.account_ids)
                and _forms_state(facts) == portfolio.knowing(account).state
                and (folder / PAGE).is_file()
            )
        except (OSError, ValueError, KeyError, TypeError):
            account, holds = folder.name, False
        if holds:
            kept.append(account)
            continue
        if out.remove_book(folder.name):
            removed.append(account)
    return tuple(kept), tuple(removed)


def _forms_state(facts: Mapping[str, Any]) -> str:
    """Return the hash of the words that a book was made from."""
    return next((str(f["value"]) for f in facts["figures"] if f["id"] == "forms_state"), "")


def _versions() -> dict[str, str]:
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from kamtools import __version__

    found = {"python": platform.python_version(), "kamtools": __version__}
    for name in ("pandas", "numpy", "duckdb", "matplotlib", "papermill", "nbconvert"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
