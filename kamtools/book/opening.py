"""From what a person types (a folder, a date, an account) to an opened portfolio or book."""

from __future__ import annotations

import datetime as dt
import difflib
from pathlib import Path
from typing import TYPE_CHECKING

from kamtools.errors import KamError
from kamtools.words import check_language, set_language
from kamtools.workspace.paths import as_given

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book, Portfolio
    from kamtools.workspace import Workspace


def find_workspace(path: str | Path) -> Path:
    """Return the folder meant by `path`: as given, else seen from a folder above this one.

    So ``data/samples`` works from the project's root and from a notebook's own folder.

    Raises
    ------
    KamError
        Where there is no such folder anywhere above.
    """
    given = as_given(path)
    if given.is_dir() or given.is_absolute():
        return given
    for above in Path.cwd().parents:
        if (above / given).is_dir():
            return above / given
    raise KamError("book.no_workspace", path=given, here=Path.cwd())


def parse_date(value: str | dt.date | None) -> dt.date | None:
    """Return a date from ``YYYY-MM-DD``; nothing stays nothing.

    Examples
    --------
    >>> parse_date("2026-10-31")
    datetime.date(2026, 10, 31)
    """
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise KamError("book.bad_date", value=value) from None


def open_portfolio(
    workspace: str | Path,
    as_of: str | dt.date | None = None,
    basis: str | None = None,
    rollup: str | None = None,
    unpriced: bool = False,
) -> Portfolio:
    """Open a workspace or pack and return its portfolio as of a date.

    Parameters
    ----------
    workspace : path
        A workspace folder or a pack.
    as_of : date or "YYYY-MM-DD", optional
        Default: ``as_of`` of ``settings.yml``.
    basis : {"net", "gross"}, optional
        Default: as in the settings. Net of returns, or sales lines only.
    rollup : {"account", "parent"}, optional
        Default: as in the settings.
    unpriced : bool
        Open where an exchange rate is missing too, to list rows: sums over accounts are then without what has no rate.

    Raises
    ------
    KamError
        For a folder that is no workspace, a bad date or a choice that is not allowed.
    """
    from kamtools.workspace import open_workspace

    opened = open_workspace(find_workspace(workspace))
    day = parse_date(as_of) or parse_date(opened.settings.as_of)
    if day is None:
        raise KamError("book.no_as_of", workspace=workspace)
    settings = opened.settings
    choices = {"basis": basis or settings.basis, "rollup": rollup or settings.rollup}
    for name, allowed in (("basis", ("net", "gross")), ("rollup", ("account", "parent"))):
        if choices[name] not in allowed:
            raise KamError("book.bad_choice", name=name, value=choices[name], allowed=", ".join(allowed))
    return portfolio_of(opened, day, choices["basis"], choices["rollup"], unpriced)


_opened: dict[tuple, Portfolio] = {}


def portfolio_of(
    workspace: Workspace, as_of: dt.date, basis: str, rollup: str, unpriced: bool = False
) -> Portfolio:
    """Return the portfolio of an opened workspace; one per content in a process: opening twenty books costs one."""
    from kamtools.book.judgements import judgements_of
    from kamtools.book.portfolio import Portfolio
    from kamtools.facts import load_facts

    judgements = judgements_of(workspace)
    key = (workspace.root, workspace.data_hash(), judgements.state, as_of, basis, rollup, unpriced)
    if key not in _opened:
        if len(_opened) >= 4:
            _opened.clear()
        facts = load_facts(workspace, as_of, unpriced)
        if facts.last_month < facts.first_month:
            whole = facts.first_month.to_period("M").end_time.date()
            totals = facts.totals
            raise KamError(
                "book.no_whole_month",
                as_of=as_of,
                first=totals["first_date"],
                last=totals["last_date"],
                example=whole,
            )
        _opened[key] = Portfolio(workspace, facts, basis, rollup, judgements)
    return _opened[key]


def open_book(
    account: str,
    workspace: str | Path = "data/samples",
    as_of: str | dt.date | None = None,
    lang: str = "zh",
    batch: bool = False,
) -> Book:
    """Open one account's book: what a notebook does in its second cell.

    Also makes `lang` the language in which errors are said from here on.

    Raises
    ------
    KamError
        For an unknown account (with the nearest ids), a bad date or language.

    Examples
    --------
    >>> open_book("A001", as_of="2026-13-01", lang="en")
    Traceback (most recent call last):
    ...
    kamtools.errors.KamError: ...
    """
    from kamtools.book.portfolio import Book

    set_language(check_language(lang))
    portfolio = open_portfolio(workspace, as_of)
    check_account(portfolio, account)
    return Book(portfolio, account, lang, batch)


def check_account(portfolio: Portfolio, account: str) -> str:
    """Return `account` or raise ``KamError`` naming what comes near and what there is."""
    ids = portfolio.account_ids
    if not isinstance(account, str) or account not in ids:
        near = difflib.get_close_matches(str(account), ids, n=5, cutoff=0.5)
        raise KamError(
            "book.unknown_account",
            account=account,
            near=", ".join(near) or "–",
            first=", ".join(list(ids)[:8]),
            count=len(ids),
        )
    return account
