"""What is known of one account: what people wrote in its forms, and what the analyses make of it."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from kamtools import identification
from kamtools.book.health import account_health
from kamtools.book.judgements import hash_of
from kamtools.errors import KamError
from kamtools.forms import Finding, check_form, form, forms
from kamtools.forms.checking import is_rows
from kamtools.forms.definitions import choice_sets
from kamtools.notknown import NotKnown
from kamtools.store import FieldValue, Record

if TYPE_CHECKING:
    from kamtools.identification import (
        CompetitiveProfile,
        ContactMatrix,
        DemandSupplyFit,
        Health,
        HealthChange,
        IntelligenceLog,
        PlanCompleteness,
        ProfessionalStandards,
        RaciCheck,
        Readiness,
        RedComponent,
        RelationshipCoverage,
        ResourceInventory,
        StrategicFit,
        Swot,
        TeamPulse,
        TrainingPlan,
    )
    from kamtools.workspace.settings import Settings

OWN = "account"  # of a competitive profile: our customer
R = TypeVar("R")


def _or_none(method: Callable[[Knowing], R]) -> Callable[[Knowing], R | None]:
    """Return None where the room says that nothing can be calculated from what is written."""

    @functools.wraps(method)
    def told(self: Knowing) -> R | None:
        try:
            return method(self)
        except NotKnown:
            return None

    return told


@dataclass(frozen=True, eq=False)
class Knowing:
    """What is known of one account.

    Every analysis is None where its form has nothing that it could be made from.

    Parameters
    ----------
    account : str
    as_of : date
    records : mapping
        Form -> record as it stands.
    settings : Settings
    measures : mapping
        The account's figures from data (growth, contribution_margin, …); missing ones NaN.
    rating : float or None
        Service level as people rated it, and `rated`, its date.
    before : Knowing or None
        The same a month earlier.
    judged : str
        Hash of what people judged of all accounts: every account's place stands on it.
    """

    account: str
    as_of: dt.date
    records: Mapping[str, Record]
    settings: Settings
    measures: Mapping[str, float] = field(default_factory=dict)
    rating: float | None = None
    rated: dt.date | None = None
    before: Callable[[], Knowing | None] = lambda: None
    judged: str = ""

    # -- what is written ------------------------------------------------------------------------

    def fields(self, name: str) -> Mapping[str, FieldValue]:
        """Return the fields of a form as they are stored; none where nobody wrote it."""
        return self.records[name].fields if name in self.records else {}

    def value(self, name: str, field_: str) -> Any:
        """Return the value of a field, None where nothing is written."""
        found = self.fields(name).get(field_)
        return None if found is None or found.value == "" else found.value

    def rows(self, name: str, field_: str) -> list[dict[str, Any]]:
        """Return the rows of a table that have something in them; cells of the wrong kind are left out.

        A value that its column cannot have (:func:`kamtools.forms.check_form`
        names it) is not counted as a figure.
        """
        value = self.value(name, field_)
        if not is_rows(value):
            return []
        wrong = {
            (f.row, f.column)
            for f in self.gaps(name)
            if f.level == "error" and f.field == field_ and f.column
        }
        kept = [
            {k: v for k, v in row.items() if v not in (None, "") and (number, k) not in wrong}
            for number, row in enumerate(value, start=1)
        ]
        return [row for row in kept if row]

    def number(self, name: str, field_: str) -> float | None:
        """Return a number that its field can have, else None."""
        value = self.value(name, field_)
        bad = any(f.level == "error" and f.field == field_ for f in self.gaps(name))
        if bad or isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value)

    def gaps(self, name: str) -> list[Finding]:
        """Return what is wrong with a form and what it still lacks."""
        if name not in self._checked:
            self._checked[name] = check_form(form(name), self.fields(name), self.as_of)
        return self._checked[name]

    @cached_property
    def _checked(self) -> dict[str, list[Finding]]:
        return {}

    @cached_property
    def state(self) -> str:
        """Hash of the account's forms, and of ratings and list of all, as they stand: equal where every word is."""
        said = f"{hash_of(self.records.values())} {self.judged}"
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    # -- 2.C what is known, assumed, stale, missing ----------------------------------------------

    @cached_property
    def completeness(self) -> PlanCompleteness:
        """How complete the forms of knowing the account are (items 2.C to 2.O); fields are named ``form.field``."""
        rules = self.settings.dossiers
        asked = [f for f in forms().values() if f.item.startswith("2.")]
        dossier = {f.id: dict(self.fields(f.id)) for f in asked}
        required = [f"{f.id}.{x.id}" for f in asked for x in f.fields if x.required or x.min_rows]
        stale = {
            f"{f.id}.{x.id}": rules.stale_after_form.get(f.id, rules.stale_after)
            for f in asked
            for x in f.fields
        }
        return identification.plan_completeness(dossier, required, self.as_of, stale)

    # -- 2.E to 2.H ------------------------------------------------------------------------------

    @cached_property
    @_or_none
    def swot(self) -> Swot:
        """SWOT of the account, weighed and rated."""
        rows = [{"weight": None, "rating": None, **r} for r in self.rows("swot", "items")]
        return identification.swot_evaluation([r for r in rows if "kind" in r and "item" in r])

    @cached_property
    def tows(self) -> pd.DataFrame | None:
        """The pairs of the SWOT worth a strategy, and whether one is written."""
        if self.swot is None:
            return None
        counts: dict[str, int] = {}
        for row in self.rows("swot", "strategies"):
            if "pair" in row and "strategy" in row:
                counts[row["pair"]] = counts.get(row["pair"], 0) + 1
        return identification.tows(self.swot, counts)

    @cached_property
    def rival_names(self) -> dict[str, str]:
        """``rival_1`` … -> name, of the rivals that are named."""
        return {
            r: str(self.value("competitors", r))
            for r in choice_sets()["rival"]
            if self.value("competitors", r)
        }

    @cached_property
    @_or_none
    def rivals(self) -> CompetitiveProfile:
        """The account against its rivals on the same factors and weights."""
        rows = [r for r in self.rows("competitors", "profile") if "factor" in r and "weight" in r]
        columns = [OWN, *self.rival_names]
        ratings = pd.DataFrame(
            [[r.get(c) for c in columns] for r in rows],
            index=pd.Index([str(r["factor"]) for r in rows], dtype=object),
            columns=columns,
        )
        ratings = ratings[~ratings.index.duplicated()]
        weights = {str(r["factor"]): float(r["weight"]) for r in reversed(rows)}
        return identification.competitive_profile(
            ratings.rename(columns=self.rival_names), weights, OWN, incomplete="allow"
        )

    @cached_property
    @_or_none
    def intelligence(self) -> IntelligenceLog:
        """The log of news, weighed by source, credibility and age."""
        wanted = ("what", "reliability", "credibility", "date")
        rows = [{**dict.fromkeys(wanted), **r} for r in self.rows("intelligence", "items")]
        return identification.intelligence_log(rows, self.as_of, self.settings.dossiers.half_life)

    @cached_property
    @_or_none
    def moves(self) -> DemandSupplyFit:
        """What is asked, what we can satisfy, what we hope for, joined by their numbers."""
        joined: dict[Any, dict[str, Any]] = {}
        for name in ("asks", "offers", "outcomes"):
            for row in self.rows("three_moves", name):
                if "no" in row:
                    joined.setdefault(row["no"], {}).setdefault(name, row)
        rows = []
        for number in sorted(joined):
            ask, offer, out = (joined[number].get(n, {}) for n in ("asks", "offers", "outcomes"))
            part = offer.get("satisfied")
            rows.append(
                {
                    "ask": ask.get("ask"),
                    "importance": ask.get("importance"),
                    "value": ask.get("value"),
                    "satisfiable": None if part is None else part / 100,
                    "cost": offer.get("cost"),
                    "get": out.get("get"),
                    "worth": out.get("worth"),
                }
            )
        return identification.demand_supply_fit(rows)

    # -- 2.I, 2.J --------------------------------------------------------------------------------

    @cached_property
    @_or_none
    def resources(self) -> ResourceInventory:
        """The resources listed for the account."""
        rows = [r for r in self.rows("readiness", "resources") if "kind" in r and "what" in r]
        return identification.resource_inventory([{"capacity": None, "used": None, **r} for r in rows])

    @cached_property
    @_or_none
    def readiness(self) -> Readiness:
        """Whether sales management is ready, and which strategies that blocks."""
        items = tuple(f.id for f in form("readiness").fields if f.kind == "rating")
        scores = {item: self.number("readiness", item) for item in items}
        needs = {s.id: s.needs for s in self.settings.strategies if s.needs}
        for strategy, needed in needs.items():
            for item in needed:
                if item not in items:
                    allowed = ", ".join(items)
                    raise KamError("book.unknown_need", strategy=strategy, value=item, allowed=allowed)
        return identification.sales_readiness(scores, needs, items)

    @cached_property
    @_or_none
    def fit(self) -> StrategicFit:
        """Fit with the company's strategy on four axes."""
        return identification.strategic_fit(
            {axis: self.number("strategic_fit", axis) for axis in identification.FIT_AXES}
        )

    # -- 2.K the team ----------------------------------------------------------------------------

    @cached_property
    def people(self) -> list[dict[str, Any]]:
        """The customer's people as written."""
        return self.rows("contacts", "people")

    @cached_property
    @_or_none
    def relationships(self) -> RelationshipCoverage:
        """How well the customer's people are covered."""
        rules = self.settings.dossiers
        rows = [{"influence": None, "sentiment": None, **r} for r in self.people]
        return identification.relationship_coverage(
            rows, rules.required_roles, self.as_of, rules.single_thread
        )

    @cached_property
    @_or_none
    def contact_matrix(self) -> ContactMatrix:
        """Who of ours meets whom, level by function; needed are the cells of the plan, else all known."""
        planned = [
            (r["level"], r["function"])
            for r in self.rows("contacts", "matrix")
            if "level" in r and "function" in r
        ]
        known = [(r["level"], r["function"]) for r in self.people if "level" in r and "function" in r]
        rows = [{"level": None, "function": None, **r} for r in self.people]
        return identification.contact_matrix(rows, [*known, *planned])

    @cached_property
    def raci_table(self) -> pd.DataFrame | None:
        """Task × function, letters as written; None where no task is."""
        rows = [r for r in self.rows("support", "tasks") if "task" in r]
        if not rows:
            return None
        who = [c.id for c in form("support").field("tasks").columns if c.choices == "raci"]
        index = pd.Index([str(r["task"]) for r in rows], name="task", dtype=object)
        table = pd.DataFrame([{c: r.get(c) for c in who} for r in rows], index=index, dtype=object)
        return table[~table.index.duplicated()]

    @cached_property
    @_or_none
    def raci(self) -> RaciCheck:
        """The findings on who does, answers for, is asked and is told."""
        if self.raci_table is None:
            raise NotKnown("raci_table: no task")
        return identification.raci_check(self.raci_table)

    # -- 2.M to 2.O ------------------------------------------------------------------------------

    @cached_property
    @_or_none
    def training(self) -> TrainingPlan:
        """Abilities required against actual, largest gap first."""
        rows = [r for r in self.rows("abilities", "abilities") if "ability" in r and "required" in r]
        weights = {r["ability"]: float(r.get("weight", 1.0)) for r in rows}
        return identification.training_plan(
            {r["ability"]: r["required"] for r in rows},
            {r["ability"]: r.get("actual") for r in rows},
            weights,
        )

    @cached_property
    @_or_none
    def standards(self) -> ProfessionalStandards:
        """The four standards, on behaviour-anchored scales."""
        rows = [
            {"standard": name, "level": None, **row}
            for name in identification.STANDARDS
            for row in self.rows(name, "people")
        ]
        return identification.professional_standards(rows)

    @cached_property
    @_or_none
    def pulse(self) -> TeamPulse:
        """The pulse of the team."""
        rows = self.rows("pulse", "answers")
        points = [c.id for c in form("pulse").field("answers").columns if c.kind == "rating"]
        return identification.team_pulse([{point: row.get(point) for point in points} for row in rows])

    # -- health ----------------------------------------------------------------------------------

    @cached_property
    @_or_none
    def health(self) -> Health:
        """The health of the account, from data and from what people wrote."""
        return account_health(self)

    @cached_property
    def health_before(self) -> Health | None:
        """The health a month earlier; None where the ledger or the forms do not reach back."""
        earlier = self.before()
        return None if earlier is None else earlier.health

    @cached_property
    def health_change(self) -> HealthChange | None:
        """What moved the health since a month earlier."""
        if self.health is None or self.health_before is None:
            return None
        return identification.health_change(self.health_before, self.health)

    @cached_property
    def health_sensitivity(self) -> pd.DataFrame | None:
        """How the score hangs on its weights."""
        return None if self.health is None else identification.health_sensitivity(self.health)

    @cached_property
    def health_reds(self) -> tuple[RedComponent, ...]:
        """Components in the red, most to gain first."""
        rules = self.settings.health
        if self.health is None:
            return ()
        return identification.red_components(self.health, red=rules.red, green=rules.green)
