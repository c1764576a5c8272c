from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamtools.finance.accuracy import bias, mape, tracking_signal, wape

ACTUAL = [90, 95, 115, 100, 125, 140]
FORECAST = [100, 100, 100, 110, 110, 110]


def test_a_textbook_tracking_signal() -> None:
    frame = tracking_signal(ACTUAL, FORECAST)
    assert list(frame.columns) == ["rsfe", "mad", "signal"]
    assert frame["rsfe"].tolist() == [-10, -15, 0, -10, 5, 35]
    assert frame["mad"].tolist() == pytest.approx([10, 7.5, 10, 10, 11, 85 / 6])
    assert frame["signal"].tolist() == pytest.approx([-1, -2, 0, -1, 5 / 11, 35 / (85 / 6)])


def test_signal_is_missing_while_there_is_no_error() -> None:
    frame = tracking_signal([100, 100, 110], [100, 100, 100])
    assert frame["signal"].isna().tolist() == [True, True, False]
    assert frame["signal"].iloc[2] == pytest.approx(3.0)


def test_percentage_errors() -> None:
    assert mape([100, 200], [90, 220]) == pytest.approx(0.1)
    assert wape([100, 200], [90, 220]) == pytest.approx(0.1)
    assert wape([100, 300], [50, 300]) == pytest.approx(0.125)
    assert mape([100, 300], [50, 300]) == pytest.approx(0.25)
    assert mape([-100, 100], [-90, 100]) == pytest.approx(0.05)  # returns above sales in a month
    assert bias([100, 100], [110, 100]) == pytest.approx(-0.05)


def test_zeros_have_no_percentage() -> None:
    with pytest.raises(ValueError, match="position 1"):
        mape([100, 0], [90, 10])
    assert mape([100, 0], [90, 10], zeros="leave_out") == pytest.approx(0.1)
    assert wape([100, 0], [90, 10]) == pytest.approx(0.2)
    for function in (wape, bias):
        with pytest.raises(ValueError, match="nothing but zeros"):
            function([0, 0], [1, 2])
    with pytest.raises(ValueError, match="nothing but zeros"):
        mape([0], [1], zeros="leave_out")
    with pytest.raises(ValueError, match="allowed: refuse, leave_out"):
        mape([1], [1], zeros="zero")  # type: ignore[arg-type]


@pytest.mark.parametrize("function", [mape, wape, bias, tracking_signal])
@pytest.mark.parametrize(
    ("actual", "forecast", "word"),
    [
        ([1, None], [1, 2], "actual: missing value at position 1"),
        ([1, 2], [float("nan"), 2], "forecast: missing value at position 0"),
        ([1, 2], [1], "1 values for 2"),
        ([], [], "no values"),
        ([1, float("inf")], [1, 2], "infinite"),
        (["x"], [1], "not numbers"),
    ],
)
def test_impossible_values_are_refused(function, actual, forecast, word) -> None:
    with pytest.raises(ValueError, match=word):
        function(actual, forecast)


def test_series_of_other_months_are_refused() -> None:
    a = pd.Series([1.0, 2.0], index=["2026-01", "2026-02"])
    f = pd.Series([2.0, 1.0], index=["2026-02", "2026-01"])
    with pytest.raises(ValueError, match="its index differs"):
        wape(a, f)
    assert wape(a, f.sort_index()) == 0


pairs = st.lists(st.tuples(st.floats(1, 1e6), st.floats(0, 1e6)), min_size=1, max_size=30)


@given(pairs, st.floats(0.01, 100))
def test_errors_do_not_depend_on_the_unit(values, factor) -> None:
    a, f = map(np.array, zip(*values, strict=True))
    assert wape(a * factor, f * factor) == pytest.approx(wape(a, f))
    assert mape(a * factor, f * factor) == pytest.approx(mape(a, f))
    assert abs(bias(a, f)) <= wape(a, f) + 1e-12
    signal = tracking_signal(a, f)["signal"]
    assert (signal.abs() <= np.arange(1, len(a) + 1) + 1e-9)[signal.notna()].all()
