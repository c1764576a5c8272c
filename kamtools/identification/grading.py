"""The grading form: attractiveness and relative strength, quadrant, cell, and how sure the quadrant is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamtools.identification.ratings import weight_row, weighted_scores
from kamtools.identification.scoring import nine_box, portfolio_quadrant
from kamtools.identification.values import QUADRANTS, to_series
from kamtools.notknown import NotKnown

AXES = ("attractiveness", "strength")
Weights = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class Grading:
    """The grading of all accounts.

    Attributes
    ----------
    table
        Index account: attractiveness, strength (scores on the scale), quadrant
        (None where an axis has no rating), cell (``high_medium``:
        attractiveness, strength), score (over all criteria), known (share of
        the whole weight that is rated).
    ratings
        Account × criterion, as given.
    weights
        Axis -> criterion -> weight, as given.
    """

    table: pd.DataFrame
    ratings: pd.DataFrame
    weights: dict[str, dict[str, float]]
    low: float
    high: float
    cut: float
    bands: tuple[float, float]
    conventions: dict[str, object]

    def scorecard(self, account: str) -> pd.DataFrame:
        """Return one account's form: index criterion; axis, rating, weight, weight_share, contribution.

        ``weight_share`` is the weight's part of its axis as rated (missing
        where there is no rating); ``contribution`` = weight_share × rating,
        and adds up to the score of the axis.
        """
        if account not in self.ratings.index:
            raise ValueError(f"account: no ratings for {account!r}")
        parts = []
        for axis in AXES:
            weights = weight_row(self.weights[axis], self.ratings.columns, f"weights[{axis!r}]")
            rating = self.ratings[list(weights.index)].astype(float).T[account]
            known = weights.where(rating.notna())
            total = known.sum()
            part = known / total if total > 0 else known
            parts.append(
                pd.DataFrame(
                    {
                        "axis": axis,
                        "rating": rating,
                        "weight": weights,
                        "weight_share": part,
                        "contribution": part * rating,
                    }
                ).loc[[c for c in self.weights[axis] if c in weights.index]]
            )
        return pd.concat(parts).rename_axis("criterion")


def _weights(weights: Weights, ratings: pd.DataFrame) -> dict[str, pd.Series]:
    if set(weights) != set(AXES):
        raise ValueError(f"weights: expected the axes {AXES!r}, got {tuple(weights)!r}")
    rows = {axis: weight_row(weights[axis], ratings.columns, f"weights[{axis!r}]") for axis in AXES}
    both = sorted(set(rows[AXES[0]].index) & set(rows[AXES[1]].index))
    if both:
        raise ValueError(f"weights: {both[0]!r} stands on both axes")
    return rows


def _check_scale(ratings: pd.DataFrame, low: float, high: float) -> None:
    values = ratings.to_numpy(dtype=float)
    off = (values < low) | (values > high)
    if off.any():
        row, column = map(int, np.argwhere(off)[0])
        raise NotKnown(
            f"ratings: {values[row, column]!r} of account {ratings.index[row]!r} for "
            f"{ratings.columns[column]!r} is outside the scale {low}–{high}"
        )


def grade(
    ratings: pd.DataFrame,
    weights: Weights,
    low: float = 1,
    high: float = 5,
    cut: float = 3,
    bands: tuple[float, float] | None = None,
) -> Grading:
    """Grade all accounts on both axes.

    Parameters
    ----------
    ratings
        Account × criterion, on the scale `low`–`high`; missing ratings are
        left out together with their weight.
    weights
        ``{"attractiveness": {criterion: weight}, "strength": {…}}``; a
        criterion stands on one axis only.
    cut
        Between low and high in the four quadrants; a score on it is high.
    bands
        Limits of the nine-box; default: thirds of the scale.

    Examples
    --------
    >>> ratings = pd.DataFrame({"growth": [4.0, 2.0], "share": [2.0, None]}, index=["A", "B"])
    >>> result = grade(ratings, {"attractiveness": {"growth": 1}, "strength": {"share": 1}})
    >>> result.table[["quadrant", "cell"]].loc["A"].tolist()
    ['star', 'high_low']
    >>> result.table.loc["B", "quadrant"] is None
    True
    """
    if not low < high:
        raise ValueError(f"low: the scale {low!r}–{high!r} does not rise")
    rows = _weights(weights, ratings)
    used = pd.concat([rows[a] for a in AXES]).sort_index()
    _check_scale(ratings[list(used.index)], low, high)
    third = (high - low) / 3
    limits = bands if bands is not None else (low + third, high - third)
    axis_scores = {axis: weighted_scores(ratings, rows[axis])[0] for axis in AXES}
    overall, known = weighted_scores(ratings, used)
    pairs = list(zip(axis_scores[AXES[0]], axis_scores[AXES[1]], strict=True))
    said = [not (np.isnan(a) or np.isnan(s)) for a, s in pairs]
    quadrants = [
        portfolio_quadrant(a, s, cut) if ok else None for (a, s), ok in zip(pairs, said, strict=True)
    ]
    cells = ["_".join(nine_box(a, s, limits)) if ok else None for (a, s), ok in zip(pairs, said, strict=True)]
    table = pd.DataFrame(
        {
            **axis_scores,
            "quadrant": pd.Series(quadrants, index=ratings.index, dtype=object),
            "cell": pd.Series(cells, index=ratings.index, dtype=object),
            "score": overall,
            "known": known,
        }
    )
    table.index.name = "account"
    return Grading(
        table=table,
        ratings=ratings,
        weights={axis: dict(weights[axis]) for axis in AXES},
        low=low,
        high=high,
        cut=cut,
        bands=(float(limits[0]), float(limits[1])),
        conventions={
            "scale": (low, high),
            "cut": cut,
            "bands": (round(float(limits[0]), 4), round(float(limits[1]), 4)),
            "on_the_cut": "high",
            "missing_ratings": "left_out",
        },
    )


def _weight_draws(weights: pd.Series, weight_sd: float, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw weights (n × criteria): lognormal, mean the weight, sd `weight_sd` × the weight."""
    sigma = np.sqrt(np.log1p(weight_sd**2))
    return weights.to_numpy() * np.exp(rng.normal(-(sigma**2) / 2, sigma, size=(n, len(weights))))


def _axis_normal(values: np.ndarray, draws: np.ndarray, rating_sd: float) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and sd of the axis score for every account and drawn set of weights."""
    known = (~np.isnan(values)).astype(float)
    weight = known @ draws.T
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (np.nan_to_num(values) @ draws.T) / weight
        sd = rating_sd * np.sqrt(known @ (draws**2).T) / weight
    return mean, sd


def _chance_high(mean: np.ndarray, sd: np.ndarray, cut: float) -> np.ndarray:
    from scipy.special import ndtr

    if not np.nan_to_num(sd).any():  # ratings are certain
        return np.where(np.isnan(mean), np.nan, (np.round(mean, 10) >= cut).astype(float))
    return ndtr((mean - cut) / sd)


def _check_draws(rating_sd: float, weight_sd: float, n: int) -> None:
    for name, value in (("rating_sd", rating_sd), ("weight_sd", weight_sd)):
        if not np.isfinite(value) or value < 0:
            raise ValueError(f"{name}: expected zero or more, got {value!r}")
    if n < 1:
        raise ValueError(f"n: expected at least 1 draw, got {n!r}")


def matrix_probability(
    ratings: pd.DataFrame,
    weights: Weights,
    rating_sd: float = 0.5,
    weight_sd: float = 0.25,
    cut: float = 3,
    n: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the probability that each account sits in each quadrant.

    Parameters
    ----------
    ratings, weights, cut
        As in :func:`grade`.
    rating_sd
        Standard deviation of a rating, in points: ratings are independent and
        normal around the given value, not clipped to the scale.
    weight_sd
        Standard deviation of a weight, as a part of it: weights are lognormal
        around the given value, one draw for all accounts at a time.
    n, seed
        Draws of the weights. The ratings are averaged out exactly, so an
        account's figures do not depend on which others are in the frame.

    Returns
    -------
    frame[strategic, star, status, streamline]
        Index account; a row adds up to 1, or is missing where an axis has no rating.

    Examples
    --------
    >>> ratings = pd.DataFrame({"growth": [4.0, 3.0], "share": [4.5, 1.0]}, index=["A", "B"])
    >>> weights = {"attractiveness": {"growth": 1}, "strength": {"share": 1}}
    >>> matrix_probability(ratings, weights).round(3).loc["A"].to_dict()
    {'strategic': 0.976, 'star': 0.001, 'status': 0.023, 'streamline': 0.0}
    >>> matrix_probability(ratings, weights, rating_sd=0).loc["B", "star"].item()
    1.0
    """
    _check_draws(rating_sd, weight_sd, n)
    rows = _weights(weights, ratings)
    rng = np.random.default_rng(seed)
    draws = {axis: _weight_draws(rows[axis], weight_sd, n, rng) for axis in AXES}
    result = np.empty((len(ratings), 4))
    for start in range(0, len(ratings), 500):  # keeps the arrays small
        part = ratings.iloc[start : start + 500]
        chance = {}
        for axis in AXES:
            values = part[list(rows[axis].index)].to_numpy(dtype=float)
            mean, sd = _axis_normal(values, draws[axis], rating_sd)
            chance[axis] = _chance_high(mean, sd, cut)
        a, s = chance[AXES[0]], chance[AXES[1]]
        cells = (a * s, a * (1 - s), (1 - a) * s, (1 - a) * (1 - s))
        result[start : start + 500] = np.column_stack([c.mean(axis=1) for c in cells])
    return pd.DataFrame(result, index=ratings.index.rename("account"), columns=list(QUADRANTS))


def quadrant_probability(
    ratings: Mapping[str, Mapping[str, float]],
    weights: Weights,
    weight_sd: float = 0.25,
    n: int = 2000,
    seed: int = 0,
    rating_sd: float = 0.0,
    cut: float = 3,
) -> pd.Series:
    """Return the probability of each quadrant for one account, its ratings and weights being uncertain.

    Parameters
    ----------
    ratings, weights
        ``{"attractiveness": {criterion: …}, "strength": {criterion: …}}``;
        sequences instead of the inner mappings are matched by position.
    weight_sd, n, seed, rating_sd, cut
        As in :func:`matrix_probability`, which gives the same figures.

    Examples
    --------
    >>> ratings = {"attractiveness": [5, 2], "strength": [4, 3]}
    >>> chances = quadrant_probability(ratings, {"attractiveness": [1, 2], "strength": [1, 1]}, weight_sd=0.5)
    >>> round(float(chances["strategic"]), 1), round(float(chances.sum()), 10)
    (0.5, 1.0)
    """
    if set(ratings) != set(AXES):
        raise ValueError(f"ratings: expected the axes {AXES!r}, got {tuple(ratings)!r}")
    if set(weights) != set(AXES):
        raise ValueError(f"weights: expected the axes {AXES!r}, got {tuple(weights)!r}")
    row: dict[tuple[str, object], float] = {}
    named: dict[str, dict[str, float]] = {}
    for axis in AXES:
        rated = to_series(ratings[axis], f"ratings[{axis!r}]", drop_missing=False)
        parts = to_series(weights[axis], f"weights[{axis!r}]")
        if set(rated.index) - set(parts.index):
            raise ValueError(f"ratings[{axis!r}]: {list(rated.index)!r} for weights {list(parts.index)!r}")
        named[axis] = {f"{axis}:{k}": float(w) for k, w in parts.items()}
        row |= {f"{axis}:{k}": float(rated.get(k, np.nan)) for k in parts.index}  # type: ignore[misc]
    frame = pd.DataFrame([row])
    return matrix_probability(frame, named, rating_sd, weight_sd, cut, n, seed).iloc[0].rename(None)
