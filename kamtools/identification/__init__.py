"""Who is a key account, and what is known of it: shares, growth, grading; people, plans, health.

Pure functions on numbers and frames. A missing value is never counted as a
number; every convention is a named argument, and results say which was used.
"""

from kamtools.identification.abilities import (
    STANDARDS,
    ProfessionalStandards,
    TeamPulse,
    TrainingPlan,
    competency_gap,
    professional_standards,
    team_pulse,
    training_plan,
)
from kamtools.identification.alarms import (
    Alarm,
    fastest_small_accounts,
    fit_conflicts,
    gives_without_gets,
    large_losses,
    sales_falls,
    single_threads,
    stale_dossiers,
    terms_out_of_line,
    too_few_rivals,
)
from kamtools.identification.completeness import PlanCompleteness, plan_completeness
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
from kamtools.identification.fit import (
    FIT_AXES,
    DemandSupplyFit,
    StrategicFit,
    demand_supply_fit,
    strategic_fit,
)
from kamtools.identification.grading import Grading, grade, matrix_probability, quadrant_probability
from kamtools.identification.growth_trend import GrowthReview, growth_review
from kamtools.identification.health import (
    Health,
    HealthChange,
    RedComponent,
    health_band,
    health_change,
    health_score,
    health_sensitivity,
    red_components,
)
from kamtools.identification.intelligence import IntelligenceLog, intelligence_log, intelligence_weight
from kamtools.identification.loyalty import Nps, net_promoter_score, share_of_wallet, wallet_allocation
from kamtools.identification.profit import ProfitShare, WhaleCurve, profit_share, whale_curve
from kamtools.identification.raci import RaciCheck, RaciFinding, raci_check
from kamtools.identification.rates import cagr, evolution_index, growth, trend
from kamtools.identification.ratings import rate_measures
from kamtools.identification.relationships import (
    ContactMatrix,
    RelationshipCoverage,
    contact_matrix,
    relationship_coverage,
)
from kamtools.identification.resources import (
    Readiness,
    ResourceInventory,
    resource_focus,
    resource_inventory,
    sales_readiness,
)
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
from kamtools.identification.swot import CompetitiveProfile, Swot, competitive_profile, swot_evaluation, tows
from kamtools.identification.values import QUADRANTS, Note

__all__ = [
    "Alarm",
    "CompetitiveProfile",
    "ContactMatrix",
    "DemandSupplyFit",
    "Designation",
    "FIT_AXES",
    "Grading",
    "GrowthReview",
    "Health",
    "HealthChange",
    "IntelligenceLog",
    "MethodComparison",
    "NineBox",
    "Note",
    "Nps",
    "PlanCompleteness",
    "ProfessionalStandards",
    "ProfitShare",
    "QUADRANTS",
    "RaciCheck",
    "RaciFinding",
    "Readiness",
    "RedComponent",
    "RelationshipCoverage",
    "ResourceInventory",
    "RetentionBridge",
    "STANDARDS",
    "SalesShare",
    "StrategicFit",
    "StrategyRanking",
    "Swot",
    "TeamPulse",
    "TrainingPlan",
    "WhaleCurve",
    "abc_classes",
    "cagr",
    "classify_by_strategy",
    "compare_methods",
    "competency_gap",
    "competitive_profile",
    "contact_matrix",
    "demand_supply_fit",
    "designate",
    "effective_number",
    "evolution_index",
    "fastest_small_accounts",
    "fit_conflicts",
    "gini",
    "gives_without_gets",
    "grade",
    "grouped_score",
    "growth",
    "growth_review",
    "health_band",
    "health_change",
    "health_score",
    "health_sensitivity",
    "hhi",
    "intelligence_log",
    "intelligence_weight",
    "large_losses",
    "lorenz",
    "matrix_probability",
    "net_promoter_score",
    "nine_box",
    "plan_completeness",
    "portfolio_quadrant",
    "professional_standards",
    "profit_share",
    "quadrant_probability",
    "raci_check",
    "rank_stability",
    "rate_measures",
    "red_components",
    "relationship_coverage",
    "resource_focus",
    "resource_inventory",
    "retention_bridge",
    "sales_falls",
    "sales_readiness",
    "sales_share",
    "share",
    "share_of_wallet",
    "single_threads",
    "stale_dossiers",
    "strategic_fit",
    "swot_evaluation",
    "team_pulse",
    "terms_out_of_line",
    "too_few_rivals",
    "top_share",
    "tows",
    "training_plan",
    "trend",
    "wallet_allocation",
    "weighted_score",
    "whale_curve",
]
