"""Whether pages show the figures: the bytes that were made, the cells that name a figure, the portal's own data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kamtools.fleet.facts_file import same

if TYPE_CHECKING:
    from kamtools.book import Portfolio
    from kamtools.show.context import Context

MARK = "data-kam-figure"
PARTS = ("tiles", "charts", "alarms", "owners")  # of a portal: what shows figures


class Wrong(NamedTuple):
    """What a page shows that it should not: where, what stands there, what is right, and why (a reason's key)."""

    figure: str
    shown: object
    right: object
    reason: str


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def page_hashes(out: Path, pages: Iterable[str]) -> dict[str, str]:
    """Return the pages of a portal with the hash of each."""
    return {page: file_hash(out / page) for page in pages}


def changed_files(folder: Path, hashes: Mapping[str, str]) -> Iterator[Wrong]:
    """Return the files that are gone or are not as they were made."""
    for name, made in hashes.items():
        path = folder / name
        if not path.is_file():
            yield Wrong(name, None, made, "page_gone")
        elif (now := file_hash(path)) != made:
            yield Wrong(name, now, made, "page_changed")


# --- a book -----------------------------------------------------------------------------------------


class _Marked(HTMLParser):
    """The text of each cell that says which figure it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._figure: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "td":
            self._figure, self._text = dict(attrs).get(MARK), ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "td" and self._figure is not None:
            self.found.append((self._figure, _plain(self._text)))
            self._figure = None


def _plain(text: str) -> str:
    return " ".join(text.split())


def written_forms(value: Any, context: Context) -> set[str]:
    """Return all the ways in which a page may write a figure.

    Examples
    --------
    >>> from kamtools.show.context import Context
    >>> forms = written_forms(-1234.56, Context("en"))
    >>> {"-1,235", "-1,234.56", "-CN¥1.2K", "-1234.56"} <= forms, "-1,236" in forms
    (True, False)
    >>> {"-1,449", "-1,450"} <= written_forms(-1449.5, Context("en"))
    True
    """
    from kamtools.classroom.pages import written
    from kamtools.show.numbers import MISSING, money, number, percent

    if value is None:
        return {MISSING, written(None)}
    if isinstance(value, str):
        return {_plain(value)}
    # A page is written from the value itself, facts.json holds four decimals of it: half-way they part.
    slack = 0 if isinstance(value, int) else 5e-5 if abs(value) >= 1 else 1e-12
    found = set()
    for near in {value - slack, value, value + slack}:
        found.add(written(near))
        for sign in (False, True):
            found |= {money(near, context, compact, sign) for compact in (False, True)}
            for digits in range(3):
                found |= {number(near, context, digits, sign), percent(near, context, digits, sign)}
    return {_plain(text) for text in found}


def wrong_figures(page: Path, figures: Mapping[str, Any], context: Context) -> Iterator[Wrong]:
    """Return the marked cells of a page that do not show their figure."""
    marked = _Marked()
    marked.feed(page.read_text("utf-8"))
    marked.close()
    for figure, shown in marked.found:
        value = figures.get(figure)
        if shown not in written_forms(value, context):
            yield Wrong(figure, shown, value, "page_figure")


# --- the portal ----------------------------------------------------------------------------------------


class _Portal(HTMLParser):
    """The text of the parts that show figures, and the data that the table is drawn from."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[tuple[str, str]] = []
        self.data = ""
        self._open: list[tuple[str, str]] = []  # tag, the part that it is or is in
        self._is_data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        named = {given.get("id"), *(given.get("class") or "").split()}
        part = next((p for p in PARTS if p in named), self._open[-1][1] if self._open else "")
        if tag not in ("br", "hr", "img", "input", "meta", "link"):
            self._open.append((tag, part))
        self._is_data = tag == "script" and given.get("id") == "data"

    def handle_endtag(self, tag: str) -> None:
        self._is_data = False
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._is_data:
            self.data += data
        elif self._open and self._open[-1][1] and (text := _plain(data)):
            self.texts.append((self._open[-1][1], text))


def _read(html: str) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    page = _Portal()
    page.feed(html)
    page.close()
    data = json.loads(page.data)
    return page.texts, data


def wrong_portal(out: Path, run: Mapping[str, Any], portfolio: Portfolio) -> Iterator[Wrong]:
    """Return what the portal and the owners' pages show that the workspace does not say."""
    from kamtools import __version__
    from kamtools.fleet.portal import BookLink, PortalRun, owner_html, portal_html
    from kamtools.fleet.summary import summarise
    from kamtools.workspace.ids import slug

    lang = run["lang"]
    summary, names = summarise(portfolio, lang), portfolio.names(lang)
    books = tuple(
        BookLink(
            a["account"], names.get(a["account"]) or a["account"], a["status"], Path(a["folder"]).name,
            a["seconds"], a["error"] or "",
        )
        for a in run["accounts"]
    )  # fmt: skip
    made = PortalRun(run["command"], "", books=books)
    right = {"index.html": portal_html(summary, made)}
    right |= {f"owners/{slug(o)}.html": owner_html(summary, made, o) for o in summary.owners}
    same_words = run["versions"]["kamtools"] == __version__  # another version may say the same in other words
    for name, html in right.items():
        try:
            shown = _read((out / name).read_text("utf-8"))
        except (OSError, ValueError) as error:
            yield Wrong(name, f"{type(error).__name__}: {error}", None, "page_gone")
            continue
        yield from _compare(name, shown, _read(html), same_words)


def _compare(
    name: str,
    shown: tuple[list[tuple[str, str]], dict[str, Any]],
    right: tuple[list[tuple[str, str]], dict[str, Any]],
    same_words: bool,
) -> Iterator[Wrong]:
    """Compare the table row by row and value by value, then the texts."""
    (texts, data), (right_texts, right_data) = shown, right
    place = right_data["fields"].index("account")
    if data.get("fields") != right_data["fields"] or len(data["rows"]) != len(right_data["rows"]):
        yield Wrong(name, len(data.get("rows", ())), len(right_data["rows"]), "page_rows")
        return
    for row, wanted in zip(data["rows"], right_data["rows"], strict=True):
        for field, a, b in zip(right_data["fields"], row, wanted, strict=True):
            if not same(a, b):
                yield Wrong(f"{name}: {wanted[place]}, {field}", a, b, "page_figure")
    if not same_words:
        return
    for (part, a), (_, b) in zip(texts, right_texts, strict=False):
        if a != b:
            yield Wrong(f"{name}: {part}", a, b, "page_figure")
            return
    if len(texts) != len(right_texts):
        yield Wrong(name, len(texts), len(right_texts), "page_rows")
