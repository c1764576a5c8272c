"""One table per function: ``name(result, context, …) -> great_tables.GT``.

Cells, headings and titles are escaped: an account's name is text, and no page
takes it for markup or mathematics. Numbers stand right; "—" is what is not known.
"""

from kamtools.show.tables.accounts import (
    grading,
    growth,
    loss_makers,
    methods,
    probabilities,
    profit_share,
    sales_share,
    strategies,
)
from kamtools.show.tables.forms import alarms, conventions, designation, pnl, scorecard

__all__ = [
    "alarms",
    "conventions",
    "designation",
    "grading",
    "growth",
    "loss_makers",
    "methods",
    "pnl",
    "probabilities",
    "profit_share",
    "sales_share",
    "scorecard",
    "strategies",
]
