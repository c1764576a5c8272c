"""From rows of text to a table: the one place that writes a table's HTML."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kamtools.show.context import Context, escape, one_line
from kamtools.show.fonts import FAMILY
from kamtools.show.style import ACCENT, INK, MUTED

FONTS = (FAMILY, "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC")
WIDTH = 60  # cells of an account's name
_SIGN = re.compile("([▲▼■●◆]) ")
WIDE = 9  # columns from which a table is set closer


@dataclass(frozen=True)
class Table:
    """A table of ready text, which a notebook shows as HTML; no cell is ever markup.

    Parameters
    ----------
    id : str
        Of its element: the same table is the same text in every run.
    columns : sequence of (key, heading, "l" or "r")
    rows : sequence of rows of text
    title, note : str
    own, bold : sets of row numbers
        Rows in the accent colour; rows in bold.
    figures : mapping of (row number, column number) -> id
        Cells that show a figure of ``facts.json``: the page says which, so that it can be verified and
        led back to its lines.
    """

    id: str
    columns: Sequence[tuple[str, str, str]]
    rows: Sequence[Sequence[str]]
    title: str = ""
    note: str = ""
    own: frozenset[int] = frozenset()
    bold: frozenset[int] = frozenset()
    figures: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def html(self) -> str:
        """Return the table as HTML that brings its own looks and that MathJax leaves alone."""
        marks = [' class="r"' if side == "r" else "" for _, _, side in self.columns]
        classes = "kam-table wide" if len(self.columns) >= WIDE else "kam-table"
        parts = [
            f'<div id="{self.id}" class="{classes} mathjax_ignore tex2jax_ignore"><style>{_css(self.id)}</style><table>'
        ]
        if self.title:
            parts.append(f"<caption>{escape(self.title)}</caption>")
        heads = zip(self.columns, marks, strict=True)
        parts.append("<thead><tr>")
        parts += [
            f'<th scope="col" data-col="{key}"{mark}>{escape(heading)}</th>'
            for (key, heading, _), mark in heads
        ]
        parts.append("</tr></thead>\n<tbody>")
        for number, row in enumerate(self.rows):
            kind = ' class="own"' if number in self.own else ' class="bold"' if number in self.bold else ""
            cells = "".join(
                f"<td{mark}{self._figure(number, place)}>{_cell(cell)}</td>"
                for place, (cell, mark) in enumerate(zip(row, marks, strict=True))
            )
            parts.append(f"<tr{kind}>{cells}</tr>\n")
        parts.append("</tbody>")
        if self.note:
            parts.append(
                f'<tfoot><tr><td colspan="{len(self.columns)}">{escape(self.note)}</td></tr></tfoot>'
            )
        parts.append("</table></div>")
        return "".join(parts)

    def _figure(self, row: int, column: int) -> str:
        id = self.figures.get((row, column))
        return f' data-kam-figure="{escape(id)}"' if id else ""

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        return f"Table({self.id!r}, {len(self.rows)} x {len(self.columns)})"


def _cell(text: str) -> str:
    """Return a cell's text; a sign stays with the word that it stands before."""
    return _SIGN.sub(r"\1&nbsp;", escape(text))


@functools.cache
def _css(id: str) -> str:
    words = {
        "TABLE": f"#{id}",
        "INK": INK,
        "MUTED": MUTED,
        "ACCENT": ACCENT,
        "FONTS": ", ".join(f"'{name}'" for name in FONTS) + ", sans-serif",
    }
    css = (Path(__file__).parent / "table.css").read_text(encoding="utf-8")
    for word, value in words.items():
        css = css.replace(word, value)
    return css


def build(
    context: Context,
    name: str,
    columns: Sequence[tuple[str, str, str]],
    rows: Iterable[Sequence[str]],
    *,
    title: str = "",
    note: str = "",
    own: Iterable[int] = (),
    bold: Iterable[int] = (),
    figures: Mapping[tuple[int, int], str] | None = None,
    empty: str = "show.no_rows",
) -> Table:
    """Return a table.

    Parameters
    ----------
    context : Context
    name : str
        Part of the element's id.
    columns, rows, title, note, own, bold, figures
        As in :class:`Table`.
    empty : str
        Message where there are no rows.
    """
    cells = [[one_line(cell) for cell in row] for row in rows]
    id = f"kam-{name.replace('_', '-')}"
    if not cells:
        return Table(id, [("none", "", "l")], [[context.say(empty)]], title, note)
    return Table(id, columns, cells, title, note, frozenset(own), frozenset(bold), figures or {})


def account_name(account: object, context: Context) -> str:
    """Return an account's name, cut where it would burst a table."""
    return one_line(context.name(str(account)), WIDTH)
