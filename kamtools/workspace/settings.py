"""The company's choices, as data: ``settings.yml``.

Nothing here is a constant in code: currency, fiscal year, VAT, cuts, weights,
strategies and rules are read from the workspace and can be edited.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

Fraction = Annotated[float, Field(ge=0, le=1)]
CODE_PARTS = ("year", "account", "brand", "activity", "kind")  # that an expense code may name

# the figures that a criterion can be rated by
MEASURES = (
    "sales",
    "sales_share",
    "growth",
    "trend",
    "contribution",
    "contribution_share",
    "contribution_margin",
    "terms_rate",
    "share_of_wallet",
    "payment_days_late",
)


class Model(BaseModel):
    """Base: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Named(Model):
    """Something with an id and a name in each language."""

    id: str
    name_zh: str
    name_en: str

    def name(self, lang: str) -> str:
        """Return the name in `lang`."""
        return self.name_zh if lang == "zh" else self.name_en


class Criterion(Named):
    """One criterion of the grading form.

    `measure` names a figure that rates it from data (one of :data:`MEASURES`);
    without one, people rate it. `cuts` are
    the four limits between ratings 1|2|3|4|5 of the measure: rising where more
    is better, falling where less is better (days late).
    """

    axis: Literal["attractiveness", "strength"]
    weight: float = Field(gt=0)
    measure: str | None = None
    cuts: tuple[float, float, float, float] | None = None

    @field_validator("measure")
    @classmethod
    def _measure(cls, value: str | None) -> str | None:
        if value is not None and value not in MEASURES:
            raise PydanticCustomError(
                "measure_unknown",
                "measure {found} is not known",
                {"found": value, "allowed": ", ".join(MEASURES)},
            )
        return value

    @model_validator(mode="after")
    def _cuts(self) -> Criterion:
        if (self.measure is None) != (self.cuts is None):
            raise PydanticCustomError(
                "cuts_with_measure", "measure and cuts go together: give both or neither"
            )
        if self.cuts and sorted(set(self.cuts), reverse=not self.higher_is_better) != list(self.cuts):
            raise PydanticCustomError("cuts_rise", "cuts must all rise or all fall")
        return self

    @property
    def higher_is_better(self) -> bool:
        """True where a higher measure earns a higher rating: the cuts rise."""
        return self.cuts is None or self.cuts[-1] > self.cuts[0]


class Strategy(Named):
    """A marketing strategy: how much each criterion counts under it (criterion id -> weight).

    `needs` names the items of the readiness check without which it cannot be carried out.
    """

    weights: dict[str, float]
    needs: tuple[str, ...] = ()


class Abc(Model):
    """Pareto classes: cumulative cuts, and where the item that crosses a cut goes."""

    cuts: tuple[Fraction, Fraction] = (0.8, 0.95)
    crossing: Literal["above", "below"] = "above"


class Growth(Model):
    """How growth is measured and when a fall raises the alarm."""

    months: int = Field(default=12, ge=1)  # length of the periods compared
    fall_alarm: Fraction = 0.4  # a seasonally comparable fall of this much or more
    fall_months: int = Field(default=3, ge=1)  # over this many whole months
    spring_festival: bool = (
        True  # January and February only compared together, forecasts adjusted; false outside China
    )
    small_below: Fraction = 0.5  # "small": below this quantile of sales


class Matrix(Model):
    """The grading matrix: the scale of ratings and the cut between low and high."""

    low: float = 1
    high: float = 5
    cut: float = 3
    uncertainty_rating: float = Field(default=0.5, ge=0)  # sd of a rating, in points
    uncertainty_weight: Fraction = 0.25  # sd of a weight, as a part of it
    draws: int = Field(default=2000, ge=100)
    seed: int = 20261031


class Designation(Model):
    """Entry and exit rules of the key account list."""

    entry_score: float = 3.4  # overall score at which an account enters
    exit_score: float = 3.0  # and below which it leaves
    minimum_sales_share: Fraction = 0.005
    minimum_rated: Fraction = 0.6  # share of the weight that must be rated to enter, or to be ranked
    strategic_always: bool = True  # an account in the strategic quadrant enters on sales share alone
    most: int = Field(default=12, ge=1)  # not more than this many key accounts


# what the health of an account is made of
HEALTH = ("growth", "margin", "payment", "wallet", "relationship", "service", "knowledge")


class Health(Model):
    """The health score: weights, the two ends of each scale (0 and 100 points), limits, what makes it fall.

    A scale may fall (days late: 45 is 0 points, 0 is 100).
    """

    weights: dict[str, Annotated[float, Field(ge=0)]] = Field(
        default_factory=lambda: {
            "growth": 20,
            "margin": 20,
            "payment": 20,
            "wallet": 10,
            "relationship": 15,
            "service": 5,
            "knowledge": 10,
        }
    )
    scales: dict[str, tuple[float, float]] = Field(
        default_factory=lambda: {
            "growth": (-0.2, 0.2),
            "margin": (0.0, 0.3),
            "payment": (45.0, 0.0),
            "wallet": (0.2, 0.9),
            "relationship": (-2.0, 2.0),
            "service": (1.0, 5.0),
            "knowledge": (0.0, 1.0),
        }
    )
    red: float = Field(default=40, ge=0, le=100)
    green: float = Field(default=70, ge=0, le=100)
    half_life: float = Field(default=365, gt=0)  # days after which what people said counts half
    payment_cap: float = Field(default=50, ge=0, le=100)  # not above this while payment is red
    service_criterion: str = "service_level"  # the rating that stands for service

    @field_validator("weights", "scales")
    @classmethod
    def _known(cls, value: dict[str, object]) -> dict[str, object]:
        for name in value:
            if name not in HEALTH:
                raise PydanticCustomError(
                    "component_unknown",
                    "component {found} is not known",
                    {"found": name, "allowed": ", ".join(HEALTH)},
                )
        return value

    @model_validator(mode="after")
    def _complete(self) -> Health:
        for name in self.weights:
            ends = self.scales.get(name)
            if ends is None or ends[0] == ends[1]:
                raise PydanticCustomError(
                    "scale_missing",
                    "component {found} needs a scale with two different ends",
                    {"found": name},
                )
        return self


class Dossiers(Model):
    """What the forms of an account must be: how old a field may grow, which contacts must be there."""

    stale_after: float = Field(default=180, gt=0)  # days
    stale_after_form: dict[str, Annotated[float, Field(gt=0)]] = Field(
        default_factory=lambda: {"profile": 365, "mission": 365, "goal_map": 365, "abilities": 365}
    )
    half_life: float = Field(default=90, gt=0)  # days in which a piece of intelligence loses half its weight
    required_roles: tuple[str, ...] = ("decider", "buyer", "influencer")
    single_thread: Annotated[float, Field(gt=0, lt=1)] = 0.5  # of all touchpoints


class CodePart(Named):
    """A part of the expense code: ``-`` separates the parts, so that none is in the id."""

    id: str = Field(pattern=r"^[^-\s]([^-]*[^-\s])?$")


class ExpenseActivity(CodePart):
    """An activity of the expense code: the P&L line that it belongs to, and its kinds."""

    line: Literal["off_invoice_performance", "off_invoice_promotional", "consumer_promotion", "a_and_p"]
    kinds: tuple[CodePart, ...] = Field(min_length=1)


class StopRules(Model):
    """When spending is to be watched and when it stops, as parts of its budget."""

    warn_at: float = Field(default=0.9, ge=0)
    stop_at: float = Field(default=1.0, ge=0)
    forecast_over: float = Field(default=1.0, ge=0)
    ahead_by: float = Field(default=0.1, ge=0)


class Bands(Model):
    """Traffic lights of attainment: green from here, amber from there, below it red."""

    green: float = 1.0
    amber: float = 0.9


class Failure(Model):
    """What is taken to happen where an account fails."""

    recovery_mean: Fraction = 0.2  # part of the receivable that comes back in the end
    recovery_sd: Fraction = 0.1
    recovery_months: int = Field(default=12, ge=0)
    starts_in: int = Field(default=1, ge=1)
    months: int = Field(default=18, ge=1)
    stock_recovery: Fraction = 0.5
    vat_relief: Fraction = 0.0
    fixed_cost: float | None = Field(default=None, ge=0)  # of the whole company, a month
    new_contribution: float | None = (
        None  # what a month wins anew; None: from the new accounts of the last year
    )
    draws: int = Field(default=2000, ge=100)
    seed: int = 20261031

    @model_validator(mode="after")
    def _recovery(self) -> Failure:
        mean, sd = self.recovery_mean, self.recovery_sd
        if 0 < mean < 1 and sd**2 >= mean * (1 - mean):  # no distribution between 0 and 1 is as wide
            raise PydanticCustomError(
                "recovery_too_wide",
                "recovery_sd {found} is too large for a mean of {mean}",
                {"found": f"{sd:g}", "mean": f"{mean:g}", "allowed": f"{(mean * (1 - mean)) ** 0.5:.4f}"},
            )
        return self


class Finance(Model):
    """Expense codes, control, receivables, credit, forecast: what their figures stand on."""

    activities: tuple[ExpenseActivity, ...] = ()  # the code tree
    brands: tuple[Named, ...] = ()
    # None: the built-in codes; "none": codes without a format; else a pattern whose named parts are of CODE_PARTS
    code_format: str | None = None
    stop: StopRules = StopRules()
    bands: Bands = Bands()
    ageing_basis: Literal["due", "invoice"] = "due"
    buckets: tuple[int, int, int] = (30, 60, 90)
    default_terms: int = Field(default=30, ge=0)  # days, of documents without a due date
    loss_rates: tuple[Fraction, Fraction, Fraction, Fraction, Fraction] | None = (
        None  # None: from own history
    )
    forward_multiplier: float = Field(default=1.0, ge=0)
    exposure: tuple[Literal["open", "unbilled", "open_orders", "insured"], ...] = (
        "open",
        "unbilled",
        "insured",
    )
    overdue_tolerance: Fraction = 0.1  # of what is open
    limit_turnover_share: Fraction = 0.1  # no account above this part of our own yearly sales, with VAT
    limit_net_worth_share: Fraction = 0.1  # of the account's equity
    coverage: Annotated[float, Field(gt=0, lt=1)] = 0.8  # of the forecast's interval
    margin: Annotated[float, Field(gt=0, le=1)] = 0.35  # what a unit of sales leaves before A&P
    cut_below: float = Field(default=1.0, ge=0)
    add_above: float = Field(default=1.2, ge=0)
    failure: Failure = Failure()

    @field_validator("code_format")
    @classmethod
    def _code_format(cls, value: str | None) -> str | None:
        if value is None or value == "none":
            return value
        try:
            parts = set(re.compile(value).groupindex)
        except re.error:
            parts = set()
        if not parts or not parts <= set(CODE_PARTS):
            allowed = "none, " + ", ".join(f"(?P<{part}>…)" for part in CODE_PARTS)
            raise PydanticCustomError(
                "code_format", "code_format {found} names no part", {"found": value, "allowed": allowed}
            )
        return value


class Settings(Model):
    """All choices of a workspace."""

    company_zh: str
    company_en: str
    fictional: bool = False  # printed on every page where true
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    fiscal_year_start: int = Field(default=1, ge=1, le=12)
    time_zone: str = "Asia/Shanghai"  # in which a day ends, whatever machine looks at it
    vat_rate: Fraction = 0.13
    as_of: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")  # default of --as-of
    basis: Literal["net", "gross"] = "net"  # net of returns, or sales lines only
    rollup: Literal["account", "parent"] = "account"
    sales_period: Literal["months", "all"] = "months"  # the last growth.months whole months, or everything
    negative_sales: Literal["keep", "zero"] = "keep"  # a customer whose sales are below zero
    service_rates: dict[str, float] = Field(default_factory=dict)  # driver -> money per unit
    capital_rate: Fraction = 0.08  # a year
    abc: Abc = Abc()
    growth: Growth = Growth()
    criteria: tuple[Criterion, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    matrix: Matrix = Matrix()
    designation: Designation = Designation()
    health: Health = Health()
    dossiers: Dossiers = Dossiers()
    finance: Finance = Finance()
    segments: tuple[Named, ...] = ()
    categories: tuple[Named, ...] = ()

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        from zoneinfo import ZoneInfo

        try:
            return ZoneInfo(value).key
        except (KeyError, ValueError, OSError):
            raise PydanticCustomError(
                "time_zone", "{found} is no time zone", {"found": value, "allowed": "Asia/Shanghai"}
            ) from None

    @model_validator(mode="after")
    def _ids_once(self) -> Settings:
        lists: list[tuple[tuple[str | int, ...], tuple[Named, ...]]] = [
            ((part,), getattr(self, part)) for part in ("criteria", "strategies", "segments", "categories")
        ]
        lists.append((("finance", "activities"), self.finance.activities))
        for place, activity in enumerate(self.finance.activities):
            lists.append((("finance", "activities", place, "kinds"), activity.kinds))
        for part, named in lists:
            seen: set[str] = set()
            for place, one in enumerate(named):
                if one.id in seen:
                    raise PydanticCustomError(
                        "id_twice",
                        "{found} stands twice in {part}",
                        {"found": one.id, "part": part[-1], "at": (*part, place, "id")},
                    )
                seen.add(one.id)
        return self

    @model_validator(mode="after")
    def _strategies_know_criteria(self) -> Settings:
        known = {c.id for c in self.criteria}
        for strategy in self.strategies:
            for unknown in set(strategy.weights) - known:
                raise PydanticCustomError(
                    "weight_unknown",
                    "strategy {strategy}: no criterion {found}; allowed: {allowed}",
                    {
                        "strategy": strategy.id,
                        "found": unknown,
                        "allowed": ", ".join(sorted(known)),
                        "at": ("strategies", self.strategies.index(strategy), "weights", unknown),
                    },
                )
        return self
