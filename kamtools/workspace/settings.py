"""The company's choices, as data: ``settings.yml``.

Nothing here is a constant in code: currency, fiscal year, VAT, cuts, weights,
strategies and rules are read from the workspace and can be edited.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Fraction = Annotated[float, Field(ge=0, le=1)]


class Model(BaseModel):
    """Base: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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

    `measure` names a figure that rates it from data (``sales``,
    ``contribution``, ``growth``, ``margin``, ``share_of_wallet``, ``payment``,
    …); without one, the rating comes from the account's dossier. `cuts` are
    the four limits between ratings 1|2|3|4|5 of the measure.
    """

    axis: Literal["attractiveness", "strength"]
    weight: float = Field(gt=0)
    measure: str | None = None
    cuts: tuple[float, float, float, float] | None = None

    @model_validator(mode="after")
    def _cuts(self) -> Criterion:
        if (self.measure is None) != (self.cuts is None):
            raise ValueError("measure and cuts go together: give both or neither")
        if self.cuts and list(self.cuts) != sorted(self.cuts):
            raise ValueError("cuts must rise")
        return self


class Strategy(Named):
    """A marketing strategy: how much each criterion counts under it (criterion id -> weight)."""

    weights: dict[str, float]


class Abc(Model):
    """Pareto classes: cumulative cuts, and where the item that crosses a cut goes."""

    cuts: tuple[Fraction, Fraction] = (0.8, 0.95)
    crossing: Literal["above", "below"] = "above"


class Growth(Model):
    """How growth is measured and when a fall raises the alarm."""

    months: int = Field(12, ge=1)  # length of the periods compared
    fall_alarm: Fraction = 0.4  # a seasonally comparable fall of this much or more
    fall_months: int = Field(3, ge=1)  # over this many whole months
    spring_festival: bool = True  # January and February are only compared together
    small_below: Fraction = 0.5  # "small": below this quantile of sales


class Matrix(Model):
    """The grading matrix: the scale of ratings and the cut between low and high."""

    low: float = 1
    high: float = 5
    cut: float = 3
    uncertainty_rating: float = Field(0.5, ge=0)  # sd of a rating, in points
    uncertainty_weight: Fraction = 0.25  # sd of a weight, as a part of it
    draws: int = Field(2000, ge=100)
    seed: int = 20261031


class Designation(Model):
    """Entry and exit rules of the key account list."""

    entry_score: float = 3.4  # overall score at which an account enters
    exit_score: float = 3.0  # and below which it leaves
    minimum_sales_share: Fraction = 0.005
    strategic_always: bool = True  # an account in the strategic quadrant enters on sales share alone
    most: int = Field(12, ge=1)  # not more than this many key accounts


class Settings(Model):
    """All choices of a workspace."""

    company_zh: str
    company_en: str
    fictional: bool = False  # printed on every page where true
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    fiscal_year_start: int = Field(1, ge=1, le=12)
    vat_rate: Fraction = 0.13
    as_of: str | None = Field(None, pattern=r"^\d{4}-\d{2}-\d{2}$")  # default of --as-of
    basis: Literal["net", "gross"] = "net"  # net of returns, or sales lines only
    rollup: Literal["account", "parent"] = "account"
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
    def _strategies_know_criteria(self) -> Settings:
        known = {c.id for c in self.criteria}
        for strategy in self.strategies:
            for unknown in set(strategy.weights) - known:
                raise ValueError(
                    f"strategy {strategy.id}: no criterion {unknown!r}; allowed: {sorted(known)}"
                )
        return self
