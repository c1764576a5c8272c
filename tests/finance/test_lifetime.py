from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamtools.finance.lifetime import clv, margin_multiple


@given(st.floats(-1e6, 1e6), st.floats(0, 0.99), st.floats(0, 1))
def test_the_two_conventions_differ_by_one_margin(margin: float, kept: float, rate: float) -> None:
    end, now = clv(margin, kept, rate), clv(margin, kept, rate, first_margin="certain")
    assert now - end == pytest.approx(margin, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("first_margin", ["end_of_period", "certain"])
def test_the_formula_is_the_sum_of_the_periods(first_margin) -> None:
    start = 1 if first_margin == "end_of_period" else 0
    total = sum(0.8**t / 1.1**t for t in range(start, 400))
    assert margin_multiple(0.8, 0.1, first_margin) == pytest.approx(total)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: margin_multiple(1.01, 0.1), "retention"),
        (lambda: margin_multiple(0.8, -0.1), "discount"),
        (lambda: margin_multiple(1, 0), "without end"),
        (lambda: margin_multiple(0.8, 0.1, first_margin="now"), "first_margin"),  # type: ignore[arg-type]
        (lambda: clv(float("nan"), 0.8, 0.1), "margin"),
    ],
)
def test_bad_input_is_named(call, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        call()
