"""The health of an account: its score, what makes it, what moved it, what it hangs on, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kamtools.identification.intelligence import freshness
from kamtools.identification.values import Note, number, refuse_negatives, to_series
from kamtools.notknown import NotKnown


@dataclass(frozen=True)
class Health:
    """A health score.

    Attributes
    ----------
    score
        Σ weight × score ÷ Σ weight over the components that are known, not above `cap`.
    contributions
        By component: weight share × score. They add up to `uncapped`.
    missing
        Components that are not known; their weight is spread over the others.
    weights
        Weight share used by component, after re-weighting and freshness; adds up to 1.
    scores
        The known components.
    uncapped
        The score before a cap.
    cap
        The cap that held the score down, or None.
    known
        Share of the given weight that is known.
    warnings
        ``half_unknown`` where less than half of the weight is known.
    """

    score: float
    contributions: Mapping[str, float]
    missing: tuple[str, ...]
    weights: Mapping[str, float] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    uncapped: float = float("nan")
    cap: float | None = None
    known: float = 1.0
    warnings: tuple[Note, ...] = ()


def health_score(
    components: Mapping[str, float | None] | pd.Series,
    weights: Mapping[str, float] | pd.Series,
    ages: Mapping[str, float] | None = None,
    half_life: float | None = None,
    cap: float | None = None,
) -> Health:
    """Return the health score of an account.

    Parameters
    ----------
    components
        Score by component, all on one scale, higher is healthier. Missing
        ones are left out and their weight is spread over the others.
    weights
        Weight by component; a component with a weight and no score is missing.
    ages, half_life
        Days since each component was measured, and the days after which its
        weight is halved: weight × 0.5 ^ (days ÷ half-life). A component without an age counts as fresh.
    cap
        Not above this: the limit that a risk sets (an account that does not
        pay is not healthy, whatever it buys).

    Raises
    ------
    ValueError
        No known component, a component without a weight, a weight below zero or none above it.

    Examples
    --------
    >>> health = health_score({"sales": 80, "payment": 40, "relationship": None}, {"sales": 2, "payment": 1, "relationship": 1})
    >>> round(health.score, 4), health.missing, round(health.contributions["sales"], 4), health.known
    (66.6667, ('relationship',), 53.3333, 0.75)
    >>> health_score({"sales": 80, "payment": 40}, {"sales": 1, "payment": 1}, cap=50).score
    50.0
    """
    parts = to_series(weights, "weights")
    refuse_negatives(parts, "weights")
    scores = to_series(components, "components", drop_missing=False)
    for series, name in ((parts, "weights"), (scores, "components")):
        if series.index.has_duplicates:
            raise ValueError(f"{name}: {series.index[series.index.duplicated()][0]!r} stands twice")
    stray = [k for k in scores.index if k not in parts.index]
    if stray:
        raise ValueError(f"components: no weight for {stray[0]!r}; weights are for {list(parts.index)!r}")
    scores = scores.reindex(parts.index)
    used = parts * pd.Series(_fresh(parts.index, ages, half_life), index=parts.index)
    known = scores.notna()
    if used[known].sum() <= 0:
        raise NotKnown(f"weights: the known components' weights add up to {used[known].sum()!r}")
    share = used[known] / used[known].sum()
    contributions = share * scores[known]
    uncapped = float(contributions.sum())
    limit = None if cap is None else number(cap, "cap")
    held = limit is not None and limit < uncapped
    part = float(parts[known].sum() / parts.sum())
    return Health(
        score=float(limit) if held and limit is not None else uncapped,
        contributions={str(k): float(v) for k, v in contributions.items()},
        missing=tuple(str(k) for k in parts.index[~known]),
        weights={str(k): float(v) for k, v in share.items()},
        scores={str(k): float(v) for k, v in scores[known].items()},
        uncapped=uncapped,
        cap=limit if held else None,
        known=part,
        warnings=(Note("half_unknown", {"known": part}),) if part < 0.5 else (),
    )


def _fresh(components: pd.Index, ages: Mapping[str, float] | None, half_life: float | None) -> list[float]:
    if ages is None:
        return [1.0] * len(components)
    if half_life is None:
        raise ValueError(f"half_life: needed with ages, got {half_life!r}")
    known = {k: v for k, v in ages.items() if v is not None and v == v}
    return [freshness(known[c], half_life) if c in known else 1.0 for c in components]


@dataclass(frozen=True, eq=False)
class HealthChange:
    """What moved a health score.

    Attributes
    ----------
    delta
        Score now less score before.
    table
        Index component: before, after, by_score, by_weight, effect; largest
        effect first. A component known only once moves the score by its weight.
    by_cap
        What caps did. ``effect`` over all components + ``by_cap`` = ``delta``.
    """

    delta: float
    table: pd.DataFrame
    by_cap: float


def health_change(previous: Health, current: Health) -> HealthChange:
    """Attribute the change of a health score since the last run to its components.

    Notes
    -----
    With weight shares w and scores s, before 0 and after 1, and C the mean of
    both uncapped scores: by score = (w₀ + w₁) ÷ 2 × (s₁ − s₀); by weight =
    (w₁ − w₀) × ((s₀ + s₁) ÷ 2 − C), so that more weight on what stands above
    the whole lifts it. The shares add up to 1 both times, so the effects add up exactly.

    Examples
    --------
    >>> weights = {"sales": 1, "payment": 1}
    >>> before = health_score({"sales": 80, "payment": 60}, weights)
    >>> after = health_score({"sales": 80, "payment": 20}, weights)
    >>> change = health_change(before, after)
    >>> change.delta, change.table["effect"].to_dict()
    (-20.0, {'payment': -20.0, 'sales': 0.0})
    """
    names = list(dict.fromkeys((*previous.weights, *current.weights)))
    centre = (previous.uncapped + current.uncapped) / 2
    rows = []
    for name in names:
        w0, w1 = previous.weights.get(name, 0.0), current.weights.get(name, 0.0)
        s0, s1 = previous.scores.get(name), current.scores.get(name)
        if s0 is not None and s1 is not None:
            by_score, level = (w0 + w1) / 2 * (s1 - s0), (s0 + s1) / 2
        else:
            by_score, level = 0.0, s0 if s0 is not None else s1
        by_weight = (w1 - w0) * (float(level or 0.0) - centre)
        rows.append((name, s0, s1, by_score, by_weight, by_score + by_weight))
    columns = ["component", "before", "after", "by_score", "by_weight", "effect"]
    table = pd.DataFrame(rows, columns=pd.Index(columns)).set_index("component")
    table = table.astype(float)
    table = table.iloc[np.argsort(-table["effect"].abs().to_numpy(), kind="stable")]
    delta = current.score - previous.score
    by_cap = (current.score - current.uncapped) - (previous.score - previous.uncapped)
    return HealthChange(delta, table, by_cap)


def health_sensitivity(health: Health, change: float = 0.25) -> pd.DataFrame:
    """Return how the uncapped score moves when one weight is changed and the others are scaled to make room.

    Parameters
    ----------
    health
        A score.
    change
        The part by which each weight is taken down and up.

    Returns
    -------
    frame[lower, upper, swing]
        Index component: the score with the weight × (1 − change), × (1 +
        change), and the larger distance from the score; largest swing first.

    Examples
    --------
    >>> health = health_score({"sales": 80, "payment": 20}, {"sales": 1, "payment": 1})
    >>> health_sensitivity(health, 0.5).round(2).loc["sales"].to_dict()
    {'lower': 40.0, 'upper': 56.0, 'swing': 10.0}
    """
    if not 0 < change < 1:
        raise ValueError(f"change: expected between 0 and 1, got {change!r}")
    rows = {}
    for name, share in health.weights.items():
        ends = []
        for factor in (1 - change, 1 + change):
            total = 1 + share * (factor - 1)
            ends.append((health.uncapped + share * (factor - 1) * health.scores[name]) / total)
        rows[name] = (*ends, max(abs(e - health.uncapped) for e in ends))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["lower", "upper", "swing"])
    table.index.name = "component"
    return table.iloc[np.argsort(-table["swing"].to_numpy(), kind="stable")]


@dataclass(frozen=True)
class RedComponent:
    """A component in the red, and the action for it; None: nobody has set one yet."""

    component: str
    score: float
    shortfall: float  # points of the score that the component at `green` would add
    action: str | None


def red_components(
    health: Health,
    actions: Mapping[str, str] | None = None,
    red: float = 40.0,
    green: float = 70.0,
) -> tuple[RedComponent, ...]:
    """Return the components below `red` with the action that each asks for, most to gain first.

    Examples
    --------
    >>> health = health_score({"sales": 80, "payment": 20}, {"sales": 1, "payment": 1})
    >>> red_components(health, {"payment": "call_finance"})
    (RedComponent(component='payment', score=20.0, shortfall=25.0, action='call_finance'),)
    """
    if not red <= green:
        raise ValueError(f"red: {red!r} is above green {green!r}")
    found = [
        RedComponent(n, s, health.weights[n] * (green - s), (actions or {}).get(n))
        for n, s in health.scores.items()
        if s < red
    ]
    return tuple(sorted(found, key=lambda r: -r.shortfall))


def health_band(score: float, red: float = 40.0, green: float = 70.0) -> str:
    """Return ``red`` below the one limit, ``green`` from the other, else ``amber``.

    Examples
    --------
    >>> [health_band(s) for s in (39.9, 40, 70)]
    ['red', 'amber', 'green']
    """
    if not red <= green:
        raise ValueError(f"red: {red!r} is above green {green!r}")
    value = number(score, "score")
    return "red" if value < red else "green" if value >= green else "amber"
