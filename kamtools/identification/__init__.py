"""Which accounts are key accounts: shares of sales and profit, growth, strategies, grading, designation.

Pure functions on numbers and frames. A missing value is never counted as a
number; every convention is a named argument, and results say which was used.
"""

from kamtools.identification.alarms import (
    Alarm,
    fastest_small_accounts,
    large_losses,
    sales_falls,
    terms_out_of_line,
)
from kamtools.identification.concentration import (
    SalesShare,
    abc_classes,
    effective_number,
    gini,
    hhi,
    lorenz,
    sales_share,
    share,
    top_share,
)
from kamtools.identification.designation import Designation, designate
from kamtools.identification.grading import Grading, grade, matrix_probability, quadrant_probability
from kamtools.identification.growth_trend import GrowthReview, growth_review
from kamtools.identification.profit import ProfitShare, WhaleCurve, profit_share, whale_curve
from kamtools.identification.rates import cagr, evolution_index, growth, trend
from kamtools.identification.ratings import rate_measures
from kamtools.identification.retention import RetentionBridge, retention_bridge
from kamtools.identification.scoring import (
    NineBox,
    grouped_score,
    nine_box,
    portfolio_quadrant,
    weighted_score,
)
from kamtools.identification.strategies import (
    MethodComparison,
    StrategyRanking,
    classify_by_strategy,
    compare_methods,
    rank_stability,
)
from kamtools.identification.values import QUADRANTS, Note

__all__ = [
    "QUADRANTS",
    "Alarm",
    "Designation",
    "Grading",
    "GrowthReview",
    "MethodComparison",
    "NineBox",
    "Note",
    "ProfitShare",
    "RetentionBridge",
    "SalesShare",
    "StrategyRanking",
    "WhaleCurve",
    "abc_classes",
    "cagr",
    "classify_by_strategy",
    "compare_methods",
    "designate",
    "effective_number",
    "evolution_index",
    "fastest_small_accounts",
    "gini",
    "grade",
    "grouped_score",
    "growth",
    "growth_review",
    "hhi",
    "large_losses",
    "lorenz",
    "matrix_probability",
    "nine_box",
    "portfolio_quadrant",
    "profit_share",
    "quadrant_probability",
    "rank_stability",
    "rate_measures",
    "retention_bridge",
    "sales_falls",
    "sales_share",
    "share",
    "terms_out_of_line",
    "top_share",
    "trend",
    "weighted_score",
    "whale_curve",
]
