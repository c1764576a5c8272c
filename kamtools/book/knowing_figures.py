"""The figures of what people wrote about an account, and of its health."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kamtools.book.figure import Figure, plain

if TYPE_CHECKING:
    from kamtools.book.knowing import Knowing
    from kamtools.book.portfolio import Portfolio


def knowing_figures(portfolio: Portfolio, account: str) -> Iterator[Figure]:
    """Return the figures of items 2.C to 2.O; where nothing is written, only that and what data gives."""
    known, day = portfolio.knowing(account), portfolio.as_of.isoformat()

    def figure(name: str, value: Any, unit: str, item: str, convention: str = "") -> Figure:
        return Figure(name, plain(value), unit, day, convention, item)

    yield figure("forms_written", len(known.records), "count", "2.C", "of the forms of this course")
    yield figure(
        "forms_state", known.state, "class", "2.C", "hash of every word; equal where nothing changed"
    )
    if known.records:
        yield from _dossier(known, figure)
        yield from _team(known, figure)
    focus = portfolio.resource_focus
    if account in focus.index:
        for name in ("resource_share", "contribution_share", "index"):
            label = "resource_index" if name == "index" else f"focus_{name}"
            unit = "index" if name == "index" else "fraction"
            said = "share of A&P, consumer promotion and cost to serve, beside share of contribution"
            yield Figure(label, plain(focus.at[account, name]), unit, portfolio.period, said, "2.I")
    yield from _health(known, figure)


def _dossier(known: Knowing, figure: Any) -> Iterator[Figure]:
    complete = known.completeness
    said = "required fields that are filled"
    yield figure("completeness", complete.share, "fraction", "2.C", said)
    for name in ("missing", "assumed", "stale", "unsourced"):
        yield figure(f"fields_{name}", len(getattr(complete, name)), "count", "2.C")
    if known.swot:
        scale = "1-4, 2.5 is average; weights divided by their sum"
        yield figure("swot_internal", known.swot.ife, "points", "2.E", scale)
        yield figure("swot_external", known.swot.efe, "points", "2.E", scale)
    if known.rivals:
        same = "1-4, the same factors and weights for all"
        yield figure("rivals_compared", len(known.rivals.rivals), "count", "2.F", "2 are needed")
        yield figure("profile_own", known.rivals.scores["account"], "points", "2.F", same)
        best = known.rivals.scores.drop("account")
        yield figure("profile_best_rival", best.max() if len(best) else None, "points", "2.F", same)
    if known.intelligence:
        log = known.intelligence
        yield figure("intelligence_entries", len(log.table), "count", "2.G")
        for status in ("fresh", "fading", "stale", "unjudged"):
            said = f"half-life {log.conventions['half_life']:g} days unless stated"
            yield figure(f"intelligence_{status}", log.counts.get(status, 0), "count", "2.G", said)
    if known.moves:
        said = "importance x satisfiable / importance"
        yield figure("moves_fit", known.moves.fit, "fraction", "2.H", said)
        yield figure("moves_cost", known.moves.cost, "money", "2.H.2", "a year, what is known")
        yield figure("moves_worth", known.moves.worth, "money", "2.H.3", "a year, what is known")
        yield figure("moves_unpaid", len(known.moves.unpaid), "count", "2.H", "gives that bring no get")
    if known.readiness:
        yield figure("readiness", known.readiness.share, "fraction", "2.I.2", "points of those rated, 2 each")
        yield figure("readiness_absent", len(known.readiness.absent), "count", "2.I.2", "items at 0")
    if known.fit:
        yield figure("fit_minimum", known.fit.minimum, "points", "2.J", "lowest of the axes rated, 1-5")
        yield figure("fit_mean", known.fit.mean, "points", "2.J", "mean of the axes rated, 1-5")


def _team(known: Knowing, figure: Any) -> Iterator[Figure]:
    if known.raci:
        yield figure("raci_errors", len(known.raci.errors), "count", "2.K.1", "one A, at least one R a task")
    if known.relationships:
        coverage = known.relationships
        said = "influence x sentiment / influence, -2 to 2, over what is known"
        yield figure("relationship_score", coverage.score, "points", "2.K.2", said)
        yield figure("top_contact_share", coverage.top_share, "fraction", "2.K.2", "of all touchpoints")
        yield figure("contacts_unheld", len(coverage.unheld), "count", "2.K.2")
    if known.contact_matrix:
        said = "of the cells known or planned"
        yield figure("contact_coverage", known.contact_matrix.coverage, "fraction", "2.K.2", said)
    if known.training:
        said = "sum of weight x (required - actual), not below zero"
        yield figure("training_gap", known.training.total, "points", "2.M", said)
    if known.standards:
        for name, mean in known.standards.table["mean"].items():
            yield figure(f"standard_{name}", mean, "points", "2.N", "mean level, 1-5")
    if known.pulse:
        for name, mean in known.pulse.table["mean"].sort_index().items():
            yield figure(f"pulse_{name}", mean, "points", "2.O", f"mean of {known.pulse.n} answers, 1-5")


def _health(known: Knowing, figure: Any) -> Iterator[Figure]:
    health, rules = known.health, known.settings.health
    if health is None:
        return
    said = f"0-100, red below {rules.red:g}, green from {rules.green:g}; missing components left out"
    yield figure("health", health.score, "points", "2.C", said)
    yield figure("health_known", health.known, "fraction", "2.C", "of the weights")
    for name, score in health.scores.items():
        yield figure(f"health_{name}", score, "points", "2.C", "0-100 on the scale of the settings")
    change = known.health_change
    yield figure("health_change", change.delta if change else None, "points", "2.C", "since the month before")
