"""The same accounts under different marketing strategies and methods: ranks, how they move, what is missed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamtools.identification.ratings import ranks, weight_row, weighted_scores
from kamtools.identification.values import Values, to_series

BLOCK = 512  # rows that are compared with all others at once


def _tau(one: pd.Series, other: pd.Series) -> float:
    """Return tau-b by its definition, over all pairs; scipy.stats does the same and takes two seconds to import."""
    x, y = one.to_numpy(dtype=float), other.to_numpy(dtype=float)
    together = apart_x = apart_y = 0
    for start in range(0, len(x), BLOCK):
        dx = np.sign(x[start : start + BLOCK, None] - x).astype(np.int8)
        dy = np.sign(y[start : start + BLOCK, None] - y).astype(np.int8)
        together += int((dx * dy).sum(dtype=np.int64))
        apart_x += int(np.count_nonzero(dx))
        apart_y += int(np.count_nonzero(dy))
    return together / math.sqrt(apart_x * apart_y)


def rank_stability(scores_by_strategy: Mapping[str, Values] | pd.DataFrame) -> pd.DataFrame:
    """Return Kendall's τ (tau-b) between the rankings of each pair of strategies.

    Parameters
    ----------
    scores_by_strategy
        A mapping of strategy to scores (by account, or all in one order), or
        a frame with a column per strategy. Accounts without a score under one
        of a pair are left out of that pair.

    Returns
    -------
    frame
        Strategy × strategy; 1 same order, −1 reversed; missing where a
        ranking has no differences or fewer than two accounts are shared.

    Examples
    --------
    >>> tau = rank_stability({"volume": [3, 2, 1], "profit": [3, 1, 2]})
    >>> round(float(tau.loc["volume", "profit"]), 4)
    0.3333
    """
    if isinstance(scores_by_strategy, pd.DataFrame):
        frame = scores_by_strategy.astype(float)
    else:
        columns = {k: to_series(v, str(k), drop_missing=False) for k, v in scores_by_strategy.items()}
        frame = pd.DataFrame(columns)
    if frame.shape[1] < 2:
        raise ValueError(f"scores_by_strategy: expected at least two, got {list(frame.columns)!r}")
    names = list(frame.columns)
    tau = pd.DataFrame(np.eye(len(names)), index=names, columns=names)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            both = frame[[one, other]].dropna()
            varied = len(both) > 1 and (both.nunique() > 1).all()
            value = _tau(both[one], both[other]) if varied else np.nan
            tau.loc[one, other] = tau.loc[other, one] = value
    return tau


@dataclass(frozen=True, eq=False)
class StrategyRanking:
    """Scores and ranks of the accounts under each strategy.

    Attributes
    ----------
    scores, ranks, known
        Account × strategy: score, rank from 1 (equals in the order of their
        ids), and the share of the strategy's weight that is rated.
    tau
        Kendall's τ, strategy × strategy.
    most_moved
        Account -> worst rank − best rank, biggest first.
    top
        How many accounts a strategy would choose.
    missed
        Account × strategy, for accounts that some strategy would choose:
        True where this strategy would not.
    in_how_many
        Account -> number of strategies that would choose it, for the same accounts.
    """

    scores: pd.DataFrame
    ranks: pd.DataFrame
    known: pd.DataFrame
    tau: pd.DataFrame
    most_moved: pd.Series
    top: int
    missed: pd.DataFrame
    in_how_many: pd.Series
    conventions: dict[str, object]


def _check_top(top: int) -> int:
    if top < 1:
        raise ValueError(f"top: expected at least 1, got {top!r}")
    return int(top)


def _by_votes(chosen: pd.DataFrame, order: pd.DataFrame) -> pd.DataFrame:
    """Keep the accounts chosen at least once: by number of votes, then best rank, then id."""
    some = chosen[chosen.any(axis=1)]
    key = pd.DataFrame({"votes": -some.sum(axis=1), "best": order.loc[some.index].min(axis=1)})
    key["id"] = [str(i) for i in some.index]
    return some.loc[key.sort_values(["votes", "best", "id"]).index]


def classify_by_strategy(
    ratings: pd.DataFrame,
    strategies: Mapping[str, Mapping[str, float]],
    top: int = 10,
    minimum_rated: float = 0.0,
) -> StrategyRanking:
    """Score and rank all accounts under every strategy.

    Parameters
    ----------
    ratings
        Account × criterion; missing ratings are left out together with their weight.
    strategies
        ``{strategy: {criterion: weight}}``.
    top
        How many accounts a strategy would choose.
    minimum_rated
        An account of whose weight under a strategy less than this is rated
        has no score and no rank under it.

    Examples
    --------
    >>> ratings = pd.DataFrame({"sales": [5, 3, 1], "growth": [1, 3, 5]}, index=["A", "B", "C"])
    >>> result = classify_by_strategy(ratings, {"volume": {"sales": 1}, "growth": {"growth": 1}}, top=1)
    >>> result.ranks.loc["A"].tolist(), result.most_moved.to_dict()
    ([1.0, 3.0], {'A': 2.0, 'C': 2.0, 'B': 0.0})
    >>> result.missed.loc["A"].to_dict()
    {'volume': False, 'growth': True}
    """
    if not strategies:
        raise ValueError(f"strategies: none in {strategies!r}")
    _check_top(top)
    scored = {
        name: weighted_scores(ratings, weight_row(weights, ratings.columns, f"strategies[{name!r}]"))
        for name, weights in strategies.items()
    }
    known = pd.DataFrame({name: pair[1] for name, pair in scored.items()})
    scores = pd.DataFrame({name: pair[0] for name, pair in scored.items()}).where(known >= minimum_rated)
    order = scores.apply(ranks)
    span = (order.max(axis=1) - order.min(axis=1)).dropna()
    keys = pd.DataFrame({"span": -span, "id": [str(i) for i in span.index]}, index=span.index)
    chosen = _by_votes(order <= top, order)
    alone = pd.DataFrame(1.0, index=scores.columns, columns=scores.columns)
    tau = rank_stability(scores) if len(strategies) > 1 else alone
    return StrategyRanking(
        scores=scores,
        ranks=order,
        known=known,
        tau=tau,
        most_moved=span.loc[keys.sort_values(["span", "id"]).index],
        top=top,
        missed=~chosen,
        in_how_many=chosen.sum(axis=1),
        conventions={
            "top": top,
            "ties": "by_id",
            "missing_ratings": "left_out",
            "minimum_rated": minimum_rated,
        },
    )


@dataclass(frozen=True, eq=False)
class MethodComparison:
    """What each method alone would choose, and miss.

    Attributes
    ----------
    table
        Account × method, for accounts that some method chooses: True where it does.
    ranks
        Account × method: rank from 1, all accounts.
    top_sets
        Method -> the accounts it chooses, best first.
    in_how_many
        Account -> number of methods that choose it, most first.
    only_in
        Method -> accounts that no other method chooses.
    missed_by
        Method -> accounts that another method chooses and this one does not.
    top
        How many accounts a method chooses.
    """

    table: pd.DataFrame
    ranks: pd.DataFrame
    top_sets: dict[str, tuple[str, ...]]
    in_how_many: pd.Series
    only_in: dict[str, tuple[str, ...]]
    missed_by: dict[str, tuple[str, ...]]
    top: int


def compare_methods(scores: Mapping[str, Values], top: int = 10) -> MethodComparison:
    """Compare the `top` accounts of several methods (share of sales, share of profit, growth, score …).

    Examples
    --------
    >>> result = compare_methods({"sales": {"A": 9, "B": 5}, "growth": {"A": 0.1, "B": 0.4}}, top=1)
    >>> result.only_in, result.missed_by
    ({'sales': ('A',), 'growth': ('B',)}, {'sales': ('B',), 'growth': ('A',)})
    """
    if not scores:
        raise ValueError(f"scores: no method in {scores!r}")
    _check_top(top)
    frame = pd.DataFrame({k: to_series(v, str(k)) for k, v in scores.items()})
    frame.index.name = "account"
    methods = [str(m) for m in frame.columns]
    order = frame.apply(ranks)
    chosen = _by_votes(order <= top, order)
    votes = chosen.sum(axis=1)
    return MethodComparison(
        table=chosen,
        ranks=order,
        top_sets={m: tuple(order[m][order[m] <= top].sort_values().index) for m in methods},
        in_how_many=votes,
        only_in={m: tuple(chosen.index[chosen[m] & (votes == 1)]) for m in methods},
        missed_by={m: tuple(chosen.index[~chosen[m]]) for m in methods},
        top=top,
    )
