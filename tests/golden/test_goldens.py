"""What a reader sees of every view, in both languages, for accounts that differ.

A change of a figure, a sign, a name or a word shows here as a change of text. ``make goldens`` writes the files
anew; the difference is then read as any change of code is.
"""

from __future__ import annotations

import contextlib
import inspect
import re
import sys
from collections.abc import Callable, Iterator

import pytest

from kamtools import show
from kamtools.show import Context
from tests.golden.as_text import page_text, text_of
from tests.golden.calls import NOT_CALLED, asked, expressions, family, namespace, views

# Key accounts that take different branches of the views, and one that is not key: nothing is written of it.
# Of all accounts these four reach the most branches of show, finance, identification and book.
ACCOUNTS = ("A001", "A005", "A009", "A060")
FAMILIES = sorted({family(e) for e in expressions()})
LANGUAGES = ("en", "zh")


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_view(lang, name, golden, book_of):
    parts = [_part(e, lang, book_of) for e in sorted(expressions()) if family(e) == name]
    shown = "\n".join(part.partition("\n")[2] for part in parts)
    assert not re.findall(r".*(?:\{\w*\}|\bnan\b|\bNone\b(?! (?:of|at|is))|\bNaT\b|<NA>).*", shown)
    if lang == "en" and name.startswith(("charts", "findings", "tables", "pages")):
        assert not re.findall(".*[\u4e00-\u9fff].*", shown)
    assert "\n\n".join(parts) + "\n" == golden


def _part(expression: str, lang: str, book_of: Callable) -> str:
    """Return what an expression shows for every account; accounts that see the same stand together."""
    seen: dict[str, list[str]] = {}
    for account in ACCOUNTS:
        seen.setdefault(_shown(expression, book_of(account, lang)), []).append(account)
    return "\n".join(
        [f"=== {expression}", *(f"--- {' '.join(of)}\n{text.rstrip()}" for text, of in seen.items())]
    )


def _shown(expression: str, book: object) -> str:
    with no_figure_left():
        return "\n".join(line.rstrip() for line in text_of(eval(expression, namespace(book))).split("\n"))


@contextlib.contextmanager
def no_figure_left() -> Iterator[None]:
    """Close the figures that were drawn inside the block."""
    try:
        yield
    finally:
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing(lang, golden):
    """A view of no result says so."""
    parts, context = [], Context(lang)
    for name in sorted(set(views()) - set(NOT_CALLED)):
        package, function = name.split(".")
        view = getattr(getattr(show, package), function)
        first, *others = (p for p in inspect.signature(view).parameters.values() if p.default is p.empty)
        if [p.name for p in others] == ["context"] and "None" in str(first.annotation):
            with no_figure_left():
                parts.append(f"=== {name}\n{text_of(view(None, context)).rstrip()}")
    assert len(parts) > 90
    assert "\n\n".join(parts) + "\n" == golden


@pytest.mark.parametrize("lang", LANGUAGES)
def test_portal(lang, golden, book_of):
    from kamtools.fleet.portal import BookLink, PortalRun, owner_html, portal_html
    from kamtools.fleet.summary import summarise

    book = book_of(ACCOUNTS[0], lang)
    names = book.portfolio.names(book.lang)
    done, kept, failed = (
        BookLink(account, names[account], status, account.lower(), seconds, error)
        for account, status, seconds, error in zip(
            ACCOUNTS, ("done", "kept", "failed"), (1.5, None, 3.25), ("", "", "no words"), strict=False
        )
    )
    summary = summarise(book.portfolio, book.lang)
    run = PortalRun("kam run", "kam verify", "2026-11-01", 12.5, (done, kept, failed))
    pages = [portal_html(summary, run), *(owner_html(summary, run, owner) for owner in summary.owners[:1])]
    assert "\n\n".join(page_text(page) for page in pages) + "\n" == golden


def test_every_public_view_has_a_golden():
    called = {name for expression in expressions() for name in asked(expression)}
    assert set(views()) - called == set(NOT_CALLED)
