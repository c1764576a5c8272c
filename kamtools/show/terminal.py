"""Tables of text for a terminal, aligned also where hanzi take two cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def cells(text: str) -> int:
    """Return how many cells of a terminal a text takes.

    Examples
    --------
    >>> cells("ab"), cells("客户")
    (2, 4)
    """
    return sum(
        2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if not unicodedata.combining(c)
    )


def columns(rows: Sequence[Sequence[str]], widths: Sequence[int], right: Sequence[int] = ()) -> list[str]:
    """Return rows as aligned lines.

    Parameters
    ----------
    rows : sequence of sequences of str
    widths : sequence of int
        The most cells that each column may take; longer text is cut with "…".
    right : sequence of int
        Columns that stand at the right.

    Examples
    --------
    >>> columns([["客户", "1"], ["abc", "20"]], widths=(6, 4), right=(1,))
    ['客户   1', 'abc   20']
    """
    from kamtools.show.context import one_line

    cut = [[one_line(text, width) for text, width in zip(row, widths, strict=True)] for row in rows]
    sizes = [max(cells(row[i]) for row in cut) for i in range(len(widths))]
    lines = []
    for row in cut:
        parts = []
        for i, text in enumerate(row):
            space = " " * (sizes[i] - cells(text))
            parts.append(space + text if i in right else text + space)
        lines.append("  ".join(parts).rstrip())
    return lines
