"""Ratings of many accounts at once: from measures to ratings, from ratings to weighted scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

DIGITS = 10  # scores are rounded so far: a score on a cut stays on it


def _rules(criteria: Any) -> dict[str, tuple[str, tuple[float, ...]]]:
    if isinstance(criteria, Mapping):
        return {str(k): (str(v[0]), tuple(v[1])) for k, v in criteria.items()}
    return {c.id: (c.measure, tuple(c.cuts)) for c in criteria if c.measure is not None}


def rate_measures(
    measures: pd.DataFrame, criteria: Mapping[str, tuple[str, Iterable[float]]] | Iterable[Any]
) -> pd.DataFrame:
    """Return ratings from figures: 1 plus the number of limits that a figure reaches.

    Parameters
    ----------
    measures
        Index account, a column per measure.
    criteria
        ``{criterion: (measure, limits)}``, or objects with ``id``, ``measure``
        and ``cuts`` (those without a measure are passed over). Rising limits:
        more is better, and a figure on a limit reaches it. Falling limits:
        less is better.

    Returns
    -------
    frame
        Index account, a column per criterion. A missing figure gives a missing rating.

    Raises
    ------
    ValueError
        A measure that is not a column, or limits that neither rise nor fall.

    Examples
    --------
    >>> measures = pd.DataFrame({"growth": [0.3, None, -0.2], "days_late": [0, 12, 40]}, index=["A", "B", "C"])
    >>> rules = {"growth": ("growth", (-0.1, 0, 0.1, 0.2)), "payment": ("days_late", (30, 15, 7, 2))}
    >>> rate_measures(measures, rules).to_dict("list")
    {'growth': [5.0, nan, 1.0], 'payment': [5.0, 3.0, 1.0]}
    """
    rated = {}
    for criterion, (measure, limits) in _rules(criteria).items():
        if measure not in measures.columns:
            raise ValueError(
                f"criteria: {criterion!r} is rated by {measure!r}; measures: {list(measures.columns)!r}"
            )
        steps = np.sign(np.diff(np.asarray(limits, dtype=float)))
        if (steps > 0).any() and (steps < 0).any():
            raise ValueError(f"criteria: limits of {criterion!r} neither rise nor fall: {limits!r}")
        sign = -1.0 if (steps < 0).any() else 1.0
        values = measures[measure].to_numpy(dtype=float)
        reached = sum((sign * values >= sign * float(limit)).astype(float) for limit in limits)
        rated[criterion] = np.where(np.isnan(values), np.nan, 1.0 + reached)
    return pd.DataFrame(rated, index=measures.index.rename("account"))


def weight_row(weights: Mapping[str, float], columns: Iterable[str], name: str) -> pd.Series:
    """Return the weights above zero, sorted by criterion, checked against the ratings' columns."""
    known = set(columns)
    for criterion, weight in weights.items():
        if criterion not in known:
            raise ValueError(f"{name}: no ratings for criterion {criterion!r}; there are {sorted(known)!r}")
        if not np.isfinite(weight) or weight < 0:
            raise ValueError(f"{name}: weight of {criterion!r} is {weight!r}")
    row = pd.Series({c: float(weights[c]) for c in sorted(weights) if weights[c] > 0}, dtype=float)
    if row.empty:
        raise ValueError(f"{name}: no weight above zero in {dict(weights)!r}")
    return row


def weighted_scores(ratings: pd.DataFrame, weights: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return every account's Σ weight × rating ÷ Σ weight, and the share of the weight that is rated."""
    values = ratings[list(weights.index)].to_numpy(dtype=float)
    known = ~np.isnan(values)
    parts = weights.to_numpy()
    weight = (known * parts).sum(axis=1)
    total = (np.where(known, values, 0.0) * parts).sum(axis=1)
    score = np.full(len(values), np.nan)
    np.divide(total, weight, out=score, where=weight > 0)
    return (
        pd.Series(np.round(score, DIGITS), index=ratings.index),
        pd.Series(np.round(weight / parts.sum(), DIGITS), index=ratings.index),
    )


def ranks(scores: pd.Series) -> pd.Series:
    """Return ranks from 1, highest score first; equals in the order of their ids; missing stays missing."""
    from kamtools.identification.values import descending

    ordered = descending(scores.dropna())
    return pd.Series(np.arange(1.0, len(ordered) + 1), index=ordered.index).reindex(scores.index)
