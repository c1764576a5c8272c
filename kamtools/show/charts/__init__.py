"""One chart per function: ``name(result, context, ax=None) -> Axes``.

Without `ax` a chart makes a figure of its own. Where a result has nothing to
draw, the chart says so in words.
"""

from kamtools.show.charts.concentration import lorenz, pareto
from kamtools.show.charts.grading import matrix, quadrant_probability, scorecard
from kamtools.show.charts.growth import growth_bubble, retention_bridge, sales_line
from kamtools.show.charts.profit import pnl_waterfall, whale
from kamtools.show.charts.strategy import method_comparison, rank_bump

__all__ = [
    "growth_bubble",
    "lorenz",
    "matrix",
    "method_comparison",
    "pareto",
    "pnl_waterfall",
    "quadrant_probability",
    "rank_bump",
    "retention_bridge",
    "sales_line",
    "scorecard",
    "whale",
]
