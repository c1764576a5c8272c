"""One chart per function: ``name(result, context, ax=None) -> Axes``.

Without `ax` a chart makes a figure of its own. Where a result has nothing to
draw, the chart says so in words.
"""

from kamtools.show.charts.concentration import lorenz, pareto
from kamtools.show.charts.dossier import completeness, intelligence, moves, rivals, swot
from kamtools.show.charts.focus import resource_focus
from kamtools.show.charts.grading import matrix, quadrant_probability, scorecard
from kamtools.show.charts.growth import growth_bubble, retention_bridge, sales_line
from kamtools.show.charts.health import health, health_change
from kamtools.show.charts.money import forecast, plan_bridge, statement, what_if
from kamtools.show.charts.profit import pnl_waterfall, whale
from kamtools.show.charts.receivables import ageing, credit_limit, payment, provision
from kamtools.show.charts.spending import burn, lift, promotion
from kamtools.show.charts.strategy import method_comparison, rank_bump
from kamtools.show.charts.stress import stress_cash, stress_losses, stress_simulation
from kamtools.show.charts.team import abilities, pulse, readiness, standards, strategic_fit

__all__ = [
    "abilities",
    "ageing",
    "burn",
    "completeness",
    "credit_limit",
    "forecast",
    "growth_bubble",
    "health",
    "health_change",
    "intelligence",
    "lift",
    "lorenz",
    "matrix",
    "method_comparison",
    "moves",
    "pareto",
    "payment",
    "plan_bridge",
    "pnl_waterfall",
    "promotion",
    "provision",
    "pulse",
    "quadrant_probability",
    "rank_bump",
    "readiness",
    "resource_focus",
    "retention_bridge",
    "rivals",
    "sales_line",
    "scorecard",
    "standards",
    "statement",
    "strategic_fit",
    "stress_cash",
    "stress_losses",
    "stress_simulation",
    "swot",
    "whale",
    "what_if",
]
