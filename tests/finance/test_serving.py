from __future__ import annotations

import pandas as pd
import pytest

from kamtools.finance import cost_to_serve, time_driven_cost


def test_cost_to_serve_shapes() -> None:
    rates = {"order": 10, "visit": 100, "unused": 5}
    assert cost_to_serve({"order": 3, "visit": 1}, rates)["total"].tolist() == [130]
    frame = cost_to_serve(pd.DataFrame({"order": [3, 4]}, index=["00123", "B"]), rates)
    assert list(frame.columns) == ["order", "total"] and frame.loc["00123", "total"] == 30


def test_a_missing_quantity_is_left_out_not_zero() -> None:
    frame = cost_to_serve({"A": {"order": 3}, "B": {"visit": 1}}, {"order": 10, "visit": 100})
    assert pd.isna(frame.loc["A", "visit"]) and frame["total"].to_dict() == {"A": 30, "B": 100}
    empty = cost_to_serve(pd.DataFrame({"order": [None]}, dtype=float), {"order": 1})
    assert empty["total"].isna().all()


@pytest.mark.parametrize(
    ("drivers", "rates", "word"),
    [
        ({"order": 1}, {"visit": 1}, "'order'"),
        ({"order": -1}, {"order": 1}, "negative quantity"),
        ({"order": 1}, {"order": -1}, "rates"),
        ({"total": 1}, {"total": 1}, "total"),
        ({}, {}, "drivers"),
    ],
)
def test_bad_drivers(drivers, rates, word) -> None:
    with pytest.raises(ValueError, match=word):
        cost_to_serve(drivers, rates)


def test_unused_capacity_is_reported_not_spread() -> None:
    result = time_driven_cost(1000, 100, {"call": 10, "order": 5}, {"call": 2, "order": 4})
    assert result.unit_costs == {"call": 100, "order": 50}
    assert result.assigned == 400 and result.unused_cost == 600
    assert result.assigned + result.unused_cost == 1000


def test_more_work_than_capacity_is_said() -> None:
    result = time_driven_cost(100, 10, [1], [20])
    assert result.warnings == ("over_capacity",) and result.unused_minutes == -10


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((100, 0, [1], [1]), "practical_minutes"),
        ((-1, 10, [1], [1]), "cost"),
        ((100, 10, [1, 2], [1]), "volumes"),
        ((100, 10, {"a": 1}, {"b": 1}), "'b'"),
        ((100, 10, [-1], [1]), "unit_minutes"),
        ((100, 10, {"a": 1}, [1]), "volumes"),
    ],
)
def test_bad_capacity(arguments, word) -> None:
    with pytest.raises(ValueError, match=word):
        time_driven_cost(*arguments)
