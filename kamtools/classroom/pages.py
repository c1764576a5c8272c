"""What frames a notebook as a book: its head, the figures of a section, and its foot."""

from __future__ import annotations

import contextlib
import html
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamtools.classroom.places import project_root
from kamtools.errors import KamError
from kamtools.words import say, shell

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.book.figure import Figure
    from kamtools.book.portfolio import Book

_SMALL = "color:#66737f;font-size:85%"
FIGURES_MIME = "application/vnd.kam.figures+json"


@dataclass(frozen=True)
class Page:
    """A piece of a page: HTML and its plain text, and data for programs where there are any."""

    page: str
    text: str
    data: Any = None

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.page

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = {"text/plain": self.text, "text/html": self.page}
        return bundle if self.data is None else {**bundle, FIGURES_MIME: self.data}


def cover(book: Book) -> Page:
    """Return the head of a book: whose, of when, over which period, on which conventions."""
    from kamtools import show
    from kamtools.book.doubts import doubts

    portfolio, context, lang = book.portfolio, book.context, book.lang
    facts = [
        ("account", book.account),
        ("owner", portfolio.account(book.account).owner or show.MISSING),
        ("as_of", show.date(portfolio.as_of, context)),
        ("period", show.period_words(portfolio.conventions, context)),
        ("previous", show.window(portfolio.growth.previous_period or "", context) or show.MISSING),
    ]
    name = show.escape(context.name(book.account))
    words = {key: html.escape(say("classroom.cover", lang, key)) for key in ("kicker", *dict(facts))}
    cells = "".join(
        f'<div><div style="{_SMALL}">{words[key]}</div><div>{show.escape(value)}</div></div>'
        for key, value in facts
    )
    note = show.conventions_line(portfolio.conventions, context)
    open_points = doubts(portfolio, lang, portfolio.members(book.account))
    warned = "".join(
        f'<p class="kam-doubt" style="margin:6px 0 0"><b>{html.escape(d)}</b></p>' for d in open_points
    )
    page = (
        f'<div class="kam-cover"><div style="{_SMALL}">{words["kicker"]}</div>'
        f'<div style="font-size:160%;font-weight:700;margin:2px 0 8px">{name}</div>'
        f'<div style="display:flex;flex-wrap:wrap;gap:6px 28px">{cells}</div>'
        f'{warned}<p style="{_SMALL};margin:6px 0 0">{html.escape(note)}</p></div>'
    )
    lines = [show.one_line(context.name(book.account))]
    lines += [f"{say('classroom.cover', lang, key)} {show.one_line(value)}" for key, value in facts]
    return Page(page, "\n".join([*lines, *open_points, note]))


def own_pnl(book: Book) -> pd.DataFrame:
    """Return the account's own P&L: frame[line, period, amount, basis]; empty where it has no line."""
    import pandas as pd

    result = book.portfolio.pnl_result
    if book.account not in result.table.index:
        return pd.DataFrame(columns=["line", "period", "amount", "basis"])
    amounts = result.table.loc[book.account]
    return pd.DataFrame(
        {
            "line": [str(line) for line in amounts.index],
            "period": book.portfolio.period,
            "amount": amounts.to_numpy(float),
            "basis": [result.basis.get(line, "") for line in amounts.index],
        }
    )


def figures(book: Book, item: str | None = None) -> Page:
    """Return the figures of a course item, as ``facts.json`` holds them: id, value, unit, period.

    Parameters
    ----------
    book : Book
    item : str, optional
        An id of the course map; without one, all figures.
    """
    found = book.figures(item or "")
    title = html.escape(say("classroom.figures_title" if found else "classroom.figures_none", book.lang))
    lines = [(f.id, written(f.value), f.unit or "", f.period or "") for f in found]
    widths = [max((len(line[k]) for line in lines), default=0) for k in range(4)]
    text = "\n".join(
        "  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines
    )
    rows = "".join(
        f'<tr><td>{html.escape(id)}</td><td data-kam-figure="{html.escape(id)}">{html.escape(value)}</td>'
        f"<td>{html.escape(unit)}</td><td>{html.escape(period)}</td></tr>"
        for id, value, unit, period in lines
    )
    page = f'<details class="kam-figures"><summary>{title}</summary><table>{rows}</table>{_how(book, found)}</details>'
    return Page(page, text)


def _how(book: Book, found: list[Figure]) -> str:
    """Return how the lines behind one of the figures are listed; nothing where none has lines."""
    from kamtools.book.lines import has_lines, lines_command

    first = next((f.id for f in found if has_lines(f.id)), None)
    if first is None:
        return ""
    portfolio = book.portfolio
    words = lines_command(_from_project(portfolio.workspace.source), book.account, portfolio.as_of, first)
    said = html.escape(say("classroom.figures_lines", book.lang))
    return f'<p style="{_SMALL}">{said} <code>{html.escape(shell(words))}</code></p>'


def written(value: Any) -> str:
    """Write a figure for programs and people alike, to six significant digits; a missing one as ``-``.

    Examples
    --------
    >>> written(1234567.891), written(0.25), written(None), written(12), written("A")
    ('1234570', '0.25', '-', '12', 'A')
    """
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{float(f'{value:.6g}'):.12g}"
    return str(value)


def colophon(book: Book, module: str = "") -> Page:
    """Return the foot of a book: the command that makes it again, and its figures as data.

    Parameters
    ----------
    book : Book
    module : str
        The beginning of the items of one notebook (``2.``): opened by a person, it
        tells of its own figures. The book of a batch always has all of them.

    Notes
    -----
    The data are in the output's ``application/vnd.kam.figures+json``: what
    ``facts.json`` is made of.
    """
    portfolio, lang = book.portfolio, book.lang
    command = command_of(book)
    found = book.figures("" if book.batch else module)
    note = say("classroom.colophon_hash", lang, hash=portfolio.data_hash[:12], count=len(found))
    intro = say("classroom.colophon_command", lang)
    page = (
        f'<div class="kam-colophon" style="{_SMALL}">{html.escape(intro)} '
        f"<code>{html.escape(command)}</code><br>{html.escape(note)}</div>"
    )
    data = {
        "account": book.account,
        "as_of": str(portfolio.as_of),
        "data_hash": portfolio.data_hash,
        "judged": portfolio.judgements.state,
        "command": command,
        "conventions": json.loads(json.dumps(dict(portfolio.conventions), default=str)),
        "figures": [f.as_dict() for f in found],
    }
    return Page(page, f"{intro} {command}\n{note}", data)


def command_of(book: Book) -> str:
    """Return the command that makes the book of one account again."""
    parts = ["kam", "run", "--workspace", _from_project(book.portfolio.workspace.source)]
    parts += ["--as-of", str(book.portfolio.as_of), "--lang", book.lang]
    parts += ["--", book.account] if book.account.startswith("-") else [book.account]
    return shell(parts)


def _from_project(path: Path) -> str:
    """Return a path as seen from the project's folder where it lies in there."""
    path = Path(path).resolve()
    with contextlib.suppress(KamError, ValueError):
        return path.relative_to(project_root()).as_posix()
    return str(path)
