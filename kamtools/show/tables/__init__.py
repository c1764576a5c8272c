"""One table per function: ``name(result, context, …) -> Table``.

Cells, headings and titles are escaped: an account's name is text, and no page
takes it for markup or mathematics. Numbers stand right; "—" is what is not known.
"""

from kamtools.show.tables.accounts import (
    grading,
    growth,
    loss_makers,
    methods,
    profit_share,
    sales_share,
    strategies,
)
from kamtools.show.tables.behind import rows_behind
from kamtools.show.tables.credit import ageing_all, credit, provision, stress
from kamtools.show.tables.dossier import (
    completeness,
    intelligence,
    moves,
    resource_focus,
    rivals,
    swot,
    tows,
)
from kamtools.show.tables.forms import alarms, conventions, designation, pnl, scorecard
from kamtools.show.tables.money import (
    forecast,
    measures,
    reconciliation,
    restatement,
    revision,
    statement,
    what_if,
)
from kamtools.show.tables.spending import control, expense_codes, promotions, returns, roll
from kamtools.show.tables.team import contact_matrix, health, raci, resources, standards, training

__all__ = [
    "ageing_all",
    "alarms",
    "completeness",
    "contact_matrix",
    "control",
    "conventions",
    "credit",
    "designation",
    "expense_codes",
    "forecast",
    "grading",
    "growth",
    "health",
    "intelligence",
    "loss_makers",
    "measures",
    "methods",
    "moves",
    "pnl",
    "profit_share",
    "promotions",
    "provision",
    "raci",
    "reconciliation",
    "resource_focus",
    "resources",
    "restatement",
    "returns",
    "revision",
    "rivals",
    "roll",
    "rows_behind",
    "sales_share",
    "scorecard",
    "standards",
    "statement",
    "strategies",
    "stress",
    "swot",
    "tows",
    "training",
    "what_if",
]
