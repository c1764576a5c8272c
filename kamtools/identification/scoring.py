"""Scores of one account: weighted ratings, the nine-box and the four quadrants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import pandas as pd

from kamtools.identification.values import Values, number, refuse_negatives, to_series
from kamtools.notknown import NotKnown

Level = Literal["high", "medium", "low"]
Quadrant = Literal["strategic", "star", "status", "streamline"]


def _paired(ratings: Values, weights: Values) -> tuple[pd.Series, pd.Series]:
    scores = to_series(ratings, "ratings", drop_missing=False)
    parts = to_series(weights, "weights")
    refuse_negatives(parts, "weights")
    keyed = [isinstance(v, (Mapping, pd.Series)) for v in (ratings, weights)]
    if all(keyed):
        stray = [k for k in scores.index if k not in parts.index]
        if stray:
            raise ValueError(f"ratings: no weight for {stray[0]!r}; weights are for {list(parts.index)!r}")
        scores = scores.reindex(parts.index)
    elif len(scores) != len(parts):
        raise ValueError(f"ratings: {len(scores)} ratings for {len(parts)} weights")
    else:
        scores = scores.set_axis(parts.index)
    return scores, parts


def weighted_score(ratings: Values, weights: Values) -> float:
    """Return Σ weight × rating ÷ Σ weight.

    Mappings are matched by key, sequences by position. A rating that is
    missing is left out together with its weight, never counted as zero.

    Raises
    ------
    ValueError
        No rating, a rating without a weight, a negative weight, weights that add up to zero.

    Examples
    --------
    >>> round(weighted_score([9, 6, 1, 3, 1, 2], [1, 3, 3, 3, 3, 1]), 2)
    3.14
    >>> weighted_score({"growth": 4, "fit": None}, {"growth": 1, "fit": 3})
    4.0
    """
    scores, parts = _paired(ratings, weights)
    known = scores.notna()
    total = parts[known].sum()
    if total <= 0:
        raise NotKnown(f"weights: the known ratings' weights add up to {total!r}")
    return float((scores[known] * parts[known]).sum() / total)


def grouped_score(groups: Sequence[tuple[float, Sequence[tuple[float | None, float]]]]) -> float:
    """Return the score of two levels: Σ group weight × (Σ weight × rating within it).

    Parameters
    ----------
    groups
        ``[(group weight, [(rating, weight), …]), …]``. Weights are divided by
        their sum on both levels, so per cent and fractions give the same. A
        group without any rating is left out together with its weight.

    Examples
    --------
    >>> round(grouped_score([(0.6, [(5, 0.5), (3, 0.5)]), (0.4, [(2, 1.0)])]), 4)
    3.2
    """
    inner: list[float | None] = []
    outer: list[float] = []
    for weight, pairs in groups:
        ratings, weights = [p[0] for p in pairs], [p[1] for p in pairs]
        known = any(r is not None and r == r for r in ratings)
        inner.append(weighted_score(ratings, weights) if known else None)
        outer.append(weight)
    if not outer:
        raise ValueError(f"groups: no group in {groups!r}")
    return weighted_score(inner, outer)


class NineBox(NamedTuple):
    """A cell of the nine-box: the level of each axis."""

    attractiveness: Level
    strength: Level

    @property
    def zone(self) -> Literal["invest", "select", "harvest"]:
        """GE–McKinsey zone: invest and grow, be selective, harvest or leave."""
        points = sum({"low": 0, "medium": 1, "high": 2}[level] for level in self)
        return "invest" if points > 2 else "select" if points == 2 else "harvest"


def level(value: float, bands: tuple[float, float]) -> Level:
    """Return low, medium or high; a value on a limit belongs to the upper level."""
    if value >= bands[1]:
        return "high"
    return "medium" if value >= bands[0] else "low"


def nine_box(attractiveness: float, strength: float, bands: tuple[float, float] = (2.33, 3.67)) -> NineBox:
    """Return the cell of the nine-box (directional policy matrix).

    `bands` are the limits low | medium | high: thirds of the scale, 2.33 and
    3.67 for ratings 1–5, 3 and 6 for 0–9. A value on a limit belongs to the upper level.

    Examples
    --------
    >>> nine_box(4.2, 2.5)
    NineBox(attractiveness='high', strength='medium')
    >>> nine_box(4.2, 2.5).zone
    'invest'
    """
    if len(bands) != 2 or not bands[0] < bands[1]:
        raise ValueError(f"bands: expected two rising limits, got {bands!r}")
    limits = (float(bands[0]), float(bands[1]))
    return NineBox(
        level(number(attractiveness, "attractiveness"), limits),
        level(number(strength, "strength"), limits),
    )


def _cuts(cut: float | tuple[float, float]) -> tuple[float, float]:
    pair = tuple(cut) if isinstance(cut, (tuple, list)) else (cut, cut)
    if len(pair) != 2:
        raise ValueError(f"cut: expected a number or one for each axis, got {cut!r}")
    return number(pair[0], "cut"), number(pair[1], "cut")


def portfolio_quadrant(
    attractiveness: float, strength: float, cut: float | tuple[float, float] = 3.0
) -> Quadrant:
    """Return the quadrant of the key account matrix.

    Attractive and strong ``strategic``; attractive and weak ``star``; not
    attractive and strong ``status``; neither ``streamline``. A value on the
    cut is high. `cut` is one number, or one for each axis.

    Examples
    --------
    >>> portfolio_quadrant(4.1, 2.2), portfolio_quadrant(2.0, 4.0)
    ('star', 'status')
    """
    at, with_us = _cuts(cut)
    attractive = number(attractiveness, "attractiveness") >= at
    strong = number(strength, "strength") >= with_us
    if attractive:
        return "strategic" if strong else "star"
    return "status" if strong else "streamline"
