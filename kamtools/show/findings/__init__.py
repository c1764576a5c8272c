"""What a result says, in a few sentences, and what to do about it.

Each function is called ``name(result, context, …) -> Findings``. Nothing is
concluded from what is not known: then the finding says what is missing.
"""

from kamtools.show.findings.accounts import (
    alarms,
    designation,
    grading,
    growth,
    methods,
    note_text,
    pnl,
    profit_share,
    sales_share,
    strategies,
)
from kamtools.show.findings.core import Finding, Findings
from kamtools.show.findings.credit import credit, provision, stress
from kamtools.show.findings.dossier import completeness, intelligence, moves, resource_focus, rivals, swot
from kamtools.show.findings.health import health
from kamtools.show.findings.money import (
    bridge,
    forecast,
    measures,
    reconciliation,
    restatement,
    revision,
    statement,
    what_if,
)
from kamtools.show.findings.spending import codes, control, promotions, returns
from kamtools.show.findings.team import (
    contact_matrix,
    pulse,
    raci,
    resources,
    standards,
    strategic_fit,
    training,
)

__all__ = [
    "Finding",
    "Findings",
    "alarms",
    "bridge",
    "codes",
    "completeness",
    "contact_matrix",
    "control",
    "credit",
    "designation",
    "forecast",
    "grading",
    "growth",
    "health",
    "intelligence",
    "measures",
    "methods",
    "moves",
    "note_text",
    "pnl",
    "profit_share",
    "promotions",
    "provision",
    "pulse",
    "raci",
    "reconciliation",
    "resource_focus",
    "resources",
    "restatement",
    "returns",
    "revision",
    "rivals",
    "sales_share",
    "standards",
    "statement",
    "strategic_fit",
    "strategies",
    "stress",
    "swot",
    "training",
    "what_if",
]
