"""The health score: contributions add up, missing is re-weighted, changes are attributed exactly."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.identification import (
    Health,
    health_band,
    health_change,
    health_score,
    health_sensitivity,
    red_components,
)

few = settings(max_examples=60, derandomize=True, deadline=None)
NAMES = ("sales", "margin", "payment", "people")
score = st.one_of(st.none(), st.floats(0, 100))
components = st.fixed_dictionaries(dict.fromkeys(NAMES, score)).filter(
    lambda c: any(v is not None for v in c.values())
)
weights = st.fixed_dictionaries(dict.fromkeys(NAMES, st.floats(0.1, 5)))
caps = st.one_of(st.none(), st.floats(0, 100))


@few
@given(components, weights, caps)
def test_contributions_add_up(parts: dict, w: dict, cap: float | None) -> None:
    health = health_score(parts, w, cap=cap)
    known = {k: v for k, v in parts.items() if v is not None}
    expected = sum(w[k] * v for k, v in known.items()) / sum(w[k] for k in known)
    assert sum(health.contributions.values()) == pytest.approx(health.uncapped) == pytest.approx(expected)
    assert sum(health.weights.values()) == pytest.approx(1)
    assert set(health.missing) == set(parts) - set(known)
    assert health.score == pytest.approx(expected if cap is None else min(expected, cap))


@few
@given(components, components, weights, weights, caps)
def test_the_change_is_attributed_to_the_last_point(
    a: dict, b: dict, w: dict, v: dict, cap: float | None
) -> None:
    before, after = health_score(a, w), health_score(b, v, cap=cap)
    change = health_change(before, after)
    assert change.table["effect"].sum() + change.by_cap == pytest.approx(change.delta, abs=1e-9)
    assert change.delta == pytest.approx(after.score - before.score)
    assert health_change(after, after).table["effect"].abs().max() == 0


@few
@given(components, weights)
def test_sensitivity_is_what_a_new_run_says(parts: dict, w: dict) -> None:
    health = health_score(parts, w)
    table = health_sensitivity(health, 0.3)
    for name in health.weights:
        again = health_score(parts, w | {name: w[name] * 1.3})
        assert table.loc[name, "upper"] == pytest.approx(again.uncapped)
        assert table.loc[name, "swing"] >= 0


def test_freshness_halves_the_weight_and_missing_is_not_zero() -> None:
    health = health_score({"a": 100, "b": 0}, {"a": 1, "b": 1}, ages={"a": 90}, half_life=90)
    assert health.score == pytest.approx(100 / 3)
    assert health_score({"a": 60}, {"a": 1, "b": 9}).score == 60
    assert health_score({"a": 60}, {"a": 1, "b": 9}).warnings[0].key == "half_unknown"
    assert isinstance(health, Health) and health.cap is None


def test_red_components_ask_for_an_action() -> None:
    health = health_score({"a": 10, "b": 30, "c": 90}, {"a": 1, "b": 8, "c": 1})
    found = red_components(health, {"a": "visit"})
    assert [(r.component, r.action) for r in found] == [("b", None), ("a", "visit")]
    assert health_band(39.99) == "red"
    for bad in ({"red": 80.0}, {"green": 10.0}):
        with pytest.raises(ValueError, match="red"):
            red_components(health, **bad)  # type: ignore[arg-type]


def test_errors_name_argument_and_value() -> None:
    for args, name in (
        (({}, {"a": 1}), "components"),
        (({"a": None}, {"a": 1}), "components"),
        (({"b": 1}, {"a": 1}), "'b'"),
        (({"a": 1}, {"a": 0}), "weights"),
        (({"a": 1}, {"a": -1}), "weights"),
        (({"a": 1}, {"a": 1}, {"a": 3}), "half_life"),
        (({"a": 1}, {"a": 1}, {"a": -3}, 9), "age_days"),
    ):
        with pytest.raises(ValueError, match=name):
            health_score(*args)
    with pytest.raises(ValueError, match="change"):
        health_sensitivity(health_score({"a": 1}, {"a": 1}), 1)
