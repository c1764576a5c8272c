"""Derive every stored figure again from the workspace, look whether the pages show them, and stop at the first difference."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamtools.errors import KamError
from kamtools.fleet.facts_file import FIELDS, RELATIVE, facts_files, figures_from_book, plain, same
from kamtools.fleet.page_check import Wrong, changed_files, wrong_figures, wrong_portal
from kamtools.fleet.worker import PAGE
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.book import Portfolio


@dataclass(frozen=True)
class Difference:
    """The first difference: which account, which figure, what is stored and what is derived.

    `reason` is one of ``value``, ``field``, ``missing``, ``extra``, ``twice``,
    ``data``, ``conventions``, ``unreadable``, ``no_file``, ``account``,
    ``underivable``; of a page ``page_gone``, ``page_figure``, ``page_rows``, ``page_changed``.
    """

    account: str
    figure: str
    stored: object
    derived: object
    reason: str


@dataclass(frozen=True)
class VerifyReport:
    """What was verified; `ok` is false at the first difference and where there was nothing to verify.

    `pages` were found to show the figures; `unchecked` were made by a version that did not say what they were.
    `failed` are the accounts whose book failed in the run: there is nothing of them to verify.
    """

    out: Path
    books: int
    figures: int
    difference: Difference | None = None
    pages: int = 0
    unchecked: int = 0
    failed: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True where there are books and nothing differs."""
        return self.difference is None and self.books > 0

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the result as text for the terminal."""
        d = self.difference
        if d is not None:
            reason = say("fleet.reason", lang, d.reason)
            stored, derived = _written(d.stored), _written(d.derived)
            return [
                say(
                    "fleet.differs",
                    lang,
                    account=d.account,
                    figure=d.figure or "–",
                    reason=reason,
                    stored=stored,
                    derived=derived,
                )
            ]
        if not self.books:
            return [say("fleet.verified_none", lang, out=self.out)]
        relative = f"{RELATIVE:g}"
        lines = [say("fleet.verified", lang, books=self.books, figures=self.figures, relative=relative)]
        if self.pages:
            lines.append(say("fleet.verified_pages", lang, pages=self.pages))
        if self.unchecked:
            lines.append(say("fleet.verified_no_pages", lang, n=self.unchecked))
        if self.failed:
            accounts = say("show.comma", lang).join(self.failed)
            lines.append(say("fleet.verified_failed", lang, n=len(self.failed), accounts=accounts))
        return lines


def _written(value: object) -> str:
    return "–" if value is None else repr(value) if isinstance(value, float) else str(value)


class _Differs(Exception):
    def __init__(self, account: str, figure: str, stored: object, derived: object, reason: str) -> None:
        super().__init__(figure)
        self.difference = Difference(account, figure, stored, derived, reason)


def verify(out: Path | str, workspace: Path | str | None = None) -> VerifyReport:
    """Derive every figure of every ``facts.json`` under `out` again from the workspace.

    Values must be equal; floats within 1e-12 relative (or 1e-9 absolute).
    Units, periods, conventions and the data's hash must be equal too, and the
    set of figures the same. Pages must be as they were made, and each cell that names a figure must show
    it; the portal must show what the workspace says.

    Parameters
    ----------
    out : path
        The folder of a run.
    workspace : path, optional
        Where the workspace is now. Default: where ``facts.json`` says.

    Raises
    ------
    KamError
        Where `out` is no output of a run, or the workspace is not found.
    """
    out = Path(out)
    run, listed = _listed(out)
    books = figures = pages = unchecked = 0
    try:
        files = {path.parent.name: path for path in facts_files(out)}
        for folder, account in listed.items():
            if folder not in files:
                raise _Differs(account, "", None, None, "no_file")
        for folder, path in files.items():
            count, shown = _verify_book(path, folder, listed.get(folder, folder), out, workspace)
            figures += count
            books += 1
            pages += shown
            unchecked += not shown
        if books:
            shown = _verify_portal(out, run, workspace)
            pages += shown
            unchecked += not shown
    except _Differs as found:
        return VerifyReport(out, books, figures, found.difference)
    failed = tuple(str(a["account"]) for a in run["accounts"] if a["status"] == "failed")
    return VerifyReport(out, books, figures, None, pages, unchecked, failed)


def _listed(out: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Return ``run.json``, and folder -> account of the books that it lists as made."""
    try:
        run = json.loads((out / "run.json").read_text("utf-8"))
        made = [a for a in run["accounts"] if a["status"] != "failed"]
        return run, {Path(a["folder"]).name: str(a["account"]) for a in made}
    except (OSError, ValueError, KeyError, TypeError):
        raise KamError("fleet.no_output", out=out) from None


def _verify_book(
    path: Path, folder: str, account: str, out: Path, workspace: Path | str | None
) -> tuple[int, int]:
    """Return how many figures and how many pages of a book hold."""
    from kamtools.show.context import Context
    from kamtools.workspace.ids import slug

    try:
        facts = json.loads(path.read_text("utf-8"))
        account = str(facts["account"])
        stored = [{name: f[name] for name in FIELDS} for f in facts["figures"]]
        given, as_of = facts["workspace"], facts["as_of"]
        data_hash, conventions = facts["data_hash"], facts["conventions"]
        pages = dict(facts.get("pages", {}))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _Differs(account, "", f"{type(error).__name__}: {error}", None, "unreadable") from None
    if not account or slug(account) != folder:
        raise _Differs(account, "account", account, folder, "account")
    portfolio = _portfolio(workspace or _find(str(given), out), as_of, account)
    if data_hash != portfolio.data_hash:
        raise _Differs(account, "data_hash", data_hash, portfolio.data_hash, "data")
    derived = _derive(portfolio, account)
    for name in sorted({*conventions, *derived["conventions"]}):
        a, b = conventions.get(name), derived["conventions"].get(name)
        if not same(a, b):
            raise _Differs(account, name, a, b, "conventions")
    _compare(account, stored, derived["figures"])
    page = path.with_name(PAGE)
    if page.is_file():
        values = {str(f["id"]): f["value"] for f in stored}
        context = Context(facts["lang"], {}, portfolio.settings.currency)
        _refuse(account, wrong_figures(page, values, context))
    _refuse(account, changed_files(page.parent, pages))
    return len(stored), len(pages)


def _verify_portal(out: Path, run: Mapping[str, Any], workspace: Path | str | None) -> int:
    """Return how many pages over all accounts hold; none where the run did not say what they were."""
    if "pages" not in run:
        return 0
    portfolio = _portfolio(workspace or _find(str(run["workspace"]), out), run["as_of"], "–")
    if run["data_hash"] != portfolio.data_hash:
        raise _Differs("–", "data_hash", run["data_hash"], portfolio.data_hash, "data")
    _refuse("–", wrong_portal(out, run, portfolio))
    _refuse("–", changed_files(out, run["pages"]))
    return len(run["pages"])


def _refuse(account: str, found: Iterable[Wrong]) -> None:
    """Raise at the first thing that is wrong with a page."""
    for wrong in found:
        raise _Differs(account, wrong.figure, wrong.shown, wrong.right, wrong.reason)


def _find(given: str, out: Path) -> Path:
    """Return the workspace that ``facts.json`` names: seen from the output, else from here."""
    for place in (out.resolve() / given, Path(given)):
        if place.is_dir():
            return place.resolve()
    raise KamError("fleet.no_workspace_for_verify", workspace=given)


def _portfolio(workspace: Path | str, as_of: str, account: str) -> Portfolio:
    """Open the portfolio; one that is open already is not opened twice."""
    from kamtools.book import open_portfolio

    try:
        return open_portfolio(workspace, as_of)
    except KamError as error:
        if error.key == "book.bad_date":
            raise _Differs(account, "as_of", as_of, None, "underivable") from None
        raise


def _derive(portfolio: Portfolio, account: str) -> dict[str, Any]:
    from kamtools.book import Book, check_account

    try:
        check_account(portfolio, account)
        return figures_from_book(Book(portfolio, account, "en", True))
    except KamError as error:
        raise _Differs(account, "", None, error.text(), "underivable") from None


def _compare(account: str, stored: Sequence[Mapping[str, Any]], derived: Sequence[Mapping[str, Any]]) -> None:
    """Raise at the first figure that is not the same, in the order in which they are derived."""
    by_id: dict[str, Mapping[str, Any]] = {}
    for figure in stored:
        if figure["id"] in by_id:
            raise _Differs(account, str(figure["id"]), figure["value"], None, "twice")
        by_id[figure["id"]] = figure
    for figure in derived:
        id = str(figure["id"])
        found = by_id.pop(id, None)
        value = plain(figure["value"])
        if found is None:
            raise _Differs(account, id, None, value, "missing")
        if not same(found["value"], value):
            raise _Differs(account, id, found["value"], value, "value")
        for name in FIELDS[2:]:
            if found[name] != figure[name]:
                raise _Differs(account, id, found[name], figure[name], "field")
    for id, figure in by_id.items():
        raise _Differs(account, str(id), figure["value"], None, "extra")
