from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.identification import (
    classify_by_strategy,
    compare_methods,
    grade,
    grouped_score,
    matrix_probability,
    nine_box,
    portfolio_quadrant,
    quadrant_probability,
    rank_stability,
    rate_measures,
    weighted_score,
)

few = settings(max_examples=30, derandomize=True, deadline=None)
WEIGHTS = {"attractiveness": {"size": 3, "growth": 1}, "strength": {"share": 2, "people": 2}}


def ratings(rows: int = 30, seed: int = 1, missing: float = 0.2) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = rng.integers(1, 6, (rows, 4)).astype(float)
    values[rng.random(values.shape) < missing] = np.nan
    index = pd.Index([f"{i:05d}" for i in range(rows)], name="account")
    return pd.DataFrame(values, index=index, columns=["size", "growth", "share", "people"])


# -- one account -----------------------------------------------------------------------------


def test_weighted_score_leaves_missing_out_with_its_weight() -> None:
    assert weighted_score([5, None, 3], [1, 8, 1]) == 4
    assert weighted_score({"a": 5}, {"a": 1, "b": 9}) == 5
    for bad, weights in (([], []), ([None], [1]), ([1], [0]), ([1], [-1]), ([1, 2], [1])):
        with pytest.raises(ValueError, match="ratings|weights"):
            weighted_score(bad, weights)
    with pytest.raises(ValueError, match="'fit'"):
        weighted_score({"fit": 3}, {"growth": 1})


def test_grouped_score_in_fractions_and_per_cent() -> None:
    groups = [(0.6, [(80, 0.5), (60, 0.5)]), (0.4, [(50, 1.0)])]
    per_cent = [(60, [(80, 50), (60, 50)]), (40, [(50, 100)])]
    assert grouped_score(groups) == pytest.approx(62) == grouped_score(per_cent)
    assert grouped_score([(1, [(4, 1)]), (9, [(None, 1)])]) == 4
    with pytest.raises(ValueError):
        grouped_score([])


def test_nine_box_and_quadrants() -> None:
    assert nine_box(3.67, 2.32) == ("high", "low")
    assert (
        nine_box(5, 5).zone == "invest"
        and nine_box(1, 5).zone == "select"
        and nine_box(1, 1).zone == "harvest"
    )
    assert nine_box(6, 3, bands=(3, 6)) == ("high", "medium")
    assert portfolio_quadrant(3, 3) == "strategic"
    assert portfolio_quadrant(4, 2.9) == "star"
    assert portfolio_quadrant(2.9, 4) == "status"
    assert portfolio_quadrant(1, 1) == "streamline"
    assert portfolio_quadrant(40, 80, cut=(50, 60)) == "status"
    with pytest.raises(ValueError, match="strength"):
        portfolio_quadrant(3, float("nan"))
    with pytest.raises(ValueError, match="bands"):
        nine_box(3, 3, bands=(4, 2))


# -- from measures to ratings ----------------------------------------------------------------


def test_ratings_on_the_limits_and_falling_limits() -> None:
    measures = pd.DataFrame({"x": [0.0, 1.0, 2.5, 4.0, np.nan]}, index=list("ABCDE"))
    up = rate_measures(measures, {"c": ("x", (1, 2, 3, 4))})
    down = rate_measures(measures, {"c": ("x", (4, 3, 2, 1))})
    assert up["c"].tolist()[:4] == [1, 2, 3, 5] and np.isnan(up["c"]["E"])
    assert down["c"].tolist()[:4] == [5, 5, 3, 2]
    with pytest.raises(ValueError, match="'speed'"):
        rate_measures(measures, {"c": ("speed", (1, 2, 3, 4))})
    with pytest.raises(ValueError, match="neither"):
        rate_measures(measures, {"c": ("x", (1, 3, 2, 4))})


# -- grading ---------------------------------------------------------------------------------


def test_grade_agrees_with_the_single_figures() -> None:
    rated = ratings()
    result = grade(rated, WEIGHTS)
    for account in rated.index:
        row = result.table.loc[account]
        for axis in WEIGHTS:
            own = rated.loc[account, list(WEIGHTS[axis])]
            if own.notna().any():
                assert row[axis] == pytest.approx(weighted_score(list(own), list(WEIGHTS[axis].values())))
            else:
                assert np.isnan(row[axis]) and row["quadrant"] is None
        if row["quadrant"] is not None:
            assert row["quadrant"] == portfolio_quadrant(row["attractiveness"], row["strength"])
        card = result.scorecard(account)
        for axis in WEIGHTS:
            part = card.loc[card["axis"] == axis, "contribution"]
            if part.notna().any():
                assert part.sum() == pytest.approx(row[axis])
    assert result.table["known"].between(0, 1).all()
    assert result.bands == (pytest.approx(7 / 3), pytest.approx(11 / 3))


def test_grade_refuses_what_is_off_the_scale_or_unknown() -> None:
    rated = ratings(3, missing=0)
    rated.iloc[1, 0] = 6
    with pytest.raises(ValueError, match="'00001'.*'size'"):
        grade(rated, WEIGHTS)
    with pytest.raises(ValueError, match="'fit'"):
        grade(ratings(), {**WEIGHTS, "strength": {"fit": 1}})
    with pytest.raises(ValueError, match="both axes"):
        grade(ratings(), {"attractiveness": {"size": 1}, "strength": {"size": 1}})
    with pytest.raises(ValueError, match="axes"):
        grade(ratings(), {"size": {"size": 1}})
    with pytest.raises(ValueError, match="account"):
        grade(ratings(), WEIGHTS).scorecard("nobody")


@few
@given(st.randoms(use_true_random=False), st.floats(0.1, 50))
def test_order_of_rows_and_scale_of_weights_change_no_grade(random, factor) -> None:
    rated = ratings()
    order = list(rated.index)
    random.shuffle(order)
    scaled = {axis: {c: w * factor for c, w in part.items()} for axis, part in WEIGHTS.items()}
    one = grade(rated, WEIGHTS).table
    other = grade(rated.loc[order, rated.columns[::-1]], scaled).table.loc[rated.index]
    pd.testing.assert_frame_equal(one, other)


# -- probability -----------------------------------------------------------------------------


def test_probabilities_sum_to_one_and_follow_the_grade() -> None:
    rated = ratings(60)
    chances = matrix_probability(rated, WEIGHTS, n=500)
    graded = grade(rated, WEIGHTS).table
    known = graded["quadrant"].notna()
    assert chances[known].sum(axis=1).to_numpy() == pytest.approx(1)
    assert chances[~known].isna().all(axis=None)
    certain = matrix_probability(rated, WEIGHTS, rating_sd=0, weight_sd=0, n=1)
    for account in rated.index[known]:
        assert certain.loc[account, graded.loc[account, "quadrant"]] == 1


def test_an_account_s_probability_does_not_depend_on_the_others() -> None:
    rated = ratings(20)
    every = matrix_probability(rated, WEIGHTS, n=300, seed=7)
    alone = matrix_probability(rated.iloc[[4]], WEIGHTS, n=300, seed=7)
    pd.testing.assert_frame_equal(every.iloc[[4]], alone, check_exact=False, rtol=1e-12)
    turned = matrix_probability(rated.iloc[::-1, ::-1], WEIGHTS, n=300, seed=7)
    pd.testing.assert_frame_equal(every, turned.loc[rated.index], rtol=1e-12)


def test_averaging_ratings_exactly_equals_drawing_them() -> None:
    """A plain simulation, ratings and weights drawn, gives the same probabilities."""
    rng = np.random.default_rng(3)
    rating, sd, n = {"size": 3.4, "growth": 2.0, "share": 3.2, "people": 2.6}, 0.5, 200_000
    sigma = np.sqrt(np.log1p(0.25**2))
    high = {}
    for axis, weights in WEIGHTS.items():
        w = np.array(list(weights.values())) * np.exp(rng.normal(-(sigma**2) / 2, sigma, (n, len(weights))))
        r = np.array([rating[c] for c in weights]) + rng.normal(0, sd, (n, len(weights)))
        high[axis] = (w * r).sum(axis=1) / w.sum(axis=1) >= 3
    drawn = {
        "strategic": (high["attractiveness"] & high["strength"]).mean(),
        "star": (high["attractiveness"] & ~high["strength"]).mean(),
        "status": (~high["attractiveness"] & high["strength"]).mean(),
        "streamline": (~high["attractiveness"] & ~high["strength"]).mean(),
    }
    frame = pd.DataFrame([rating], index=["A"])
    exact = matrix_probability(frame, WEIGHTS, sd, 0.25, n=5000, seed=1).loc["A"].to_dict()
    assert exact == pytest.approx(drawn, abs=0.01)
    nested = {axis: {c: rating[c] for c in weights} for axis, weights in WEIGHTS.items()}
    one = quadrant_probability(nested, WEIGHTS, weight_sd=0.25, n=5000, seed=1, rating_sd=sd)
    assert one.to_dict() == pytest.approx(exact, abs=0.005)


def test_quadrant_probability_checks_its_arguments() -> None:
    sides = {"attractiveness": [4, 2], "strength": [3, 3]}
    ones = {"attractiveness": [1, 1], "strength": [1, 1]}
    assert (
        quadrant_probability(sides, ones, 0.3, 200, 1).to_dict()
        == quadrant_probability(sides, ones, 0.3, 200, 1).to_dict()
    )
    with pytest.raises(ValueError, match="weight_sd"):
        quadrant_probability(sides, ones, -1, 10, 0)
    with pytest.raises(ValueError, match="n:"):
        quadrant_probability(sides, ones, 0.1, 0, 0)
    with pytest.raises(ValueError, match="axes"):
        quadrant_probability({"attractiveness": [4]}, ones, 0.1, 10, 0)
    with pytest.raises(ValueError, match="strength"):
        quadrant_probability({"attractiveness": [4], "strength": [1, 2, 3]}, ones, 0.1, 10, 0)


# -- strategies ------------------------------------------------------------------------------


def test_rank_stability() -> None:
    tau = rank_stability({"a": [1, 2, 3, 4], "b": [4, 3, 2, 1], "c": [1, 2, 4, 3]})
    assert tau.loc["a", "b"] == -1 and tau.loc["a", "a"] == 1
    assert tau.loc["a", "c"] == pytest.approx(2 / 3) == tau.loc["c", "a"]
    by_account = rank_stability({"a": {"X": 1, "Y": 2, "Z": 3}, "b": {"Z": 9, "X": 1, "Y": None}})
    assert by_account.loc["a", "b"] == 1
    assert np.isnan(rank_stability({"a": [1, 1], "b": [1, 2]}).loc["a", "b"])
    with pytest.raises(ValueError, match="two"):
        rank_stability({"a": [1, 2]})


def test_strategies_move_ranks_and_miss_accounts() -> None:
    rated = pd.DataFrame({"size": [5, 4, 1, 1], "growth": [1, 2, 5, 4]}, index=list("ABCD"), dtype=float)
    result = classify_by_strategy(
        rated, {"volume": {"size": 1}, "growth": {"growth": 1}, "both": {"size": 1, "growth": 1}}, top=2
    )
    assert result.ranks["volume"].to_dict() == {"A": 1, "B": 2, "C": 3, "D": 4}
    assert result.ranks["growth"].to_dict() == {"A": 4, "B": 3, "C": 1, "D": 2}
    assert result.most_moved["A"] == 3 and result.most_moved.iloc[0] == 3
    assert result.missed["growth"].to_dict() == {"A": True, "B": True, "C": False, "D": False}
    assert (result.in_how_many == (~result.missed).sum(axis=1)).all()
    assert (np.diag(result.tau) == 1).all()


def test_an_account_without_ratings_has_no_rank() -> None:
    rated = pd.DataFrame({"size": [5, np.nan]}, index=["A", "B"])
    result = classify_by_strategy(rated, {"volume": {"size": 1}}, top=5)
    assert np.isnan(result.ranks.loc["B", "volume"]) and "B" not in result.missed.index
    assert result.known.loc["B", "volume"] == 0
    with pytest.raises(ValueError, match="'speed'"):
        classify_by_strategy(rated, {"x": {"speed": 1}})
    with pytest.raises(ValueError, match="strategies"):
        classify_by_strategy(rated, {})


def test_what_each_method_alone_would_miss() -> None:
    result = compare_methods(
        {
            "sales": {"A": 9, "B": 8, "C": 1, "D": 2},
            "profit": {"A": 5, "C": 4, "B": -1},
            "growth": {"D": 0.9, "A": 0.5, "B": None},
        },
        top=2,
    )
    assert result.top_sets == {"sales": ("A", "B"), "profit": ("A", "C"), "growth": ("D", "A")}
    assert result.in_how_many.to_dict() == {"A": 3, "B": 1, "C": 1, "D": 1}
    assert result.only_in == {"sales": ("B",), "profit": ("C",), "growth": ("D",)}
    assert set(result.missed_by["sales"]) == {"C", "D"}
    with pytest.raises(ValueError, match="top"):
        compare_methods({"a": [1]}, top=0)


@few
@given(st.randoms(use_true_random=False))
def test_order_of_rows_changes_no_rank(random) -> None:
    rated = ratings(25)
    order = list(rated.index)
    random.shuffle(order)
    strategies = {"one": {"size": 2, "share": 1}, "two": {"growth": 1, "people": 3}}
    one, other = classify_by_strategy(rated, strategies), classify_by_strategy(rated.loc[order], strategies)
    pd.testing.assert_frame_equal(one.ranks, other.ranks.loc[rated.index])
    pd.testing.assert_frame_equal(one.missed, other.missed)
    assert list(one.most_moved.index) == list(other.most_moved.index)
