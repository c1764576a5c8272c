"""From rows of text to a table: the one place that knows great_tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from great_tables import GT, loc, style

from kamtools.show.context import Context, one_line
from kamtools.show.fonts import FAMILY
from kamtools.show.style import ACCENT, INK, MUTED

FONTS = [FAMILY, "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "sans-serif"]
WIDTH = 60  # cells of an account's name


class Table(GT):
    """A GT whose page does not look for mathematics in names."""

    def as_raw_html(self, *args: Any, **more: Any) -> str:
        """Return the table as HTML, marked so that MathJax leaves it alone."""
        page = super().as_raw_html(*args, **more)
        return page.replace("<div id=", '<div class="mathjax_ignore tex2jax_ignore" id=', 1)

    def _repr_html_(self) -> str:
        return self.as_raw_html()


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
    empty: str = "no_rows",
) -> GT:
    """Return a table.

    Parameters
    ----------
    context : Context
    name : str
        Part of the element's id: the same table is the same text in every run.
    columns : sequence of (key, heading, "l" or "r")
    rows : rows of ready text
    title, note : str
    own, bold : row numbers
        Rows in the accent colour; rows in bold.
    empty : str
        Message where there are no rows.
    """
    cells = [[one_line(cell) for cell in row] for row in rows]
    own, bold = list(own), list(bold)
    if not cells:
        columns = [("none", "", "l")]
        cells = [[context.say(empty)]]
        own, bold = [], []
    keys = [key for key, _, _ in columns]
    frame = pd.DataFrame(cells, columns=keys, dtype=str)
    table: GT = Table(frame, id=f"kam-{name.replace('_', '-')}")
    if title:
        table = table.tab_header(title=title)
    table = table.cols_label({key: heading for key, heading, _ in columns})
    for side, letter in (("left", "l"), ("right", "r")):
        at = [key for key, _, align in columns if align == letter]
        if at:
            table = table.cols_align(side, columns=at)
    if own:
        table = table.tab_style(style.text(color=ACCENT, weight="bold"), loc.body(rows=own))
    if bold:
        table = table.tab_style(style.text(weight="bold"), loc.body(rows=bold))
    if note:
        table = table.tab_source_note(_as_text(note))
    return table.tab_options(
        container_width="100%",
        table_font_names=FONTS,
        table_font_size="14px",
        table_font_color=INK,
        table_border_top_style="none",
        table_border_bottom_color="#c9d2d9",
        heading_align="left",
        heading_title_font_size="16px",
        heading_title_font_weight="bold",
        heading_border_bottom_style="none",
        column_labels_font_size="13px",
        column_labels_font_weight="bold",
        column_labels_border_top_style="none",
        column_labels_border_bottom_color="#9aa6b0",
        table_body_hlines_color="#e4e9ed",
        table_body_border_bottom_color="#c9d2d9",
        source_notes_font_size="12px",
        data_row_padding="5px",
        data_row_padding_horizontal="9px",
        column_labels_padding_horizontal="9px",
    )


def _as_text(note: str) -> Any:
    """Return a note that is shown letter by letter: great_tables reads plain notes as Markdown."""
    from great_tables import html

    from kamtools.show.context import escape

    return html(f'<span style="color:{MUTED}">{escape(note)}</span>')


def account_name(account: object, context: Context) -> str:
    """Return an account's name, cut where it would burst a table."""
    return one_line(context.name(str(account)), WIDTH)
