"""Everything that a person sees: words, numbers, charts, tables, findings.

Each view is called ``view(result, context, …)``: the result comes from a room
(:mod:`kamtools.identification`, :mod:`kamtools.finance`), the
:class:`Context` says who reads. For example:

- ``charts.pareto(result, context, ax=None) -> Axes``
- ``tables.sales_share(result, context) -> Table``
- ``findings.sales_share(result, context) -> Findings``

Names of accounts are text everywhere: never markup, formulas or mathematics.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from kamtools.show.context import Context, escape, escape_markdown, in_language, one_line
from kamtools.show.conventions import conventions_line, period_words
from kamtools.show.numbers import MISSING, date, money, month, number, percent, window

if TYPE_CHECKING:
    from kamtools.show import charts, findings, fonts, maps, tables
    from kamtools.show.style import image, style

__all__ = [
    "MISSING",
    "Context",
    "charts",
    "conventions_line",
    "date",
    "escape",
    "escape_markdown",
    "findings",
    "fonts",
    "image",
    "in_language",
    "maps",
    "money",
    "month",
    "number",
    "one_line",
    "percent",
    "period_words",
    "style",
    "tables",
    "window",
]


def __getattr__(name: str) -> Any:
    """Load the parts that need matplotlib when they are first asked for."""
    if name in ("charts", "findings", "fonts", "maps", "tables"):
        return importlib.import_module(f"kamtools.show.{name}")
    if name == "image":
        from kamtools.show.style import image

        return image
    if name == "style":
        from kamtools.show.style import style

        return style
    raise AttributeError(f"module 'kamtools.show' has no attribute {name!r}")
