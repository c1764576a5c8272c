"""The company's choices, as data: ``settings.yml``.

Nothing here is a constant in code: currency, fiscal year, VAT, cuts, weights,
strategies and rules are read from the workspace and can be edited.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

Fraction = Annotated[float, Field(ge=0, le=1)]

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
    without one, the rating comes from the account's dossier. `cuts` are
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
    """A marketing strategy: how much each criterion counts under it (criterion id -> weight)."""

    weights: dict[str, float]


class Abc(Model):
    """Pareto classes: cumulative cuts, and where the item that crosses a cut goes."""

    cuts: tuple[Fraction, Fraction] = (0.8, 0.95)
    crossing: Literal["above", "below"] = "above"


class Growth(Model):
    """How growth is measured and when a fall raises the alarm."""

    months: int = Field(default=12, ge=1)  # length of the periods compared
    fall_alarm: Fraction = 0.4  # a seasonally comparable fall of this much or more
    fall_months: int = Field(default=3, ge=1)  # over this many whole months
    spring_festival: bool = True  # January and February are only compared together
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


class Settings(Model):
    """All choices of a workspace."""

    company_zh: str
    company_en: str
    fictional: bool = False  # printed on every page where true
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    fiscal_year_start: int = Field(default=1, ge=1, le=12)
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
    segments: tuple[Named, ...] = ()
    categories: tuple[Named, ...] = ()

    @model_validator(mode="after")
    def _ids_once(self) -> Settings:
        for part in ("criteria", "strategies", "segments", "categories"):
            seen: set[str] = set()
            for place, named in enumerate(getattr(self, part)):
                if named.id in seen:
                    raise PydanticCustomError(
                        "id_twice",
                        "{found} stands twice in {part}",
                        {"found": named.id, "part": part, "at": (part, place, "id")},
                    )
                seen.add(named.id)
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
