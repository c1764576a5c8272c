from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamtools.finance.credit_loss import expected_credit_loss, history_loss_rates, loss_rates

fraction = st.floats(0, 1)


@given(st.lists(st.tuples(st.floats(0, 1e9), fraction, fraction), min_size=1, max_size=8), st.floats(0, 50))
def test_loss_lies_between_nothing_and_all(rows: list, multiplier: float) -> None:
    gross, rates = [g for g, _, _ in rows], [r for _, r, _ in rows]
    specific = {i: (g * s, g * s * 0.5) for i, (g, _, s) in enumerate(rows)}
    plain = expected_credit_loss(gross, rates, multiplier=multiplier)
    apart = expected_credit_loss(gross, rates, multiplier=multiplier, specific=specific)
    assert (plain["rate"] <= 1).all()
    assert 0 <= plain.total <= math.fsum(gross) * (1 + 1e-9)
    assert apart["matrix_gross"].to_numpy() == pytest.approx(
        (apart["gross"] - apart["specific_gross"]).to_numpy()
    )
    assert apart.total <= math.fsum(gross) * (1 + 1e-9)


def test_specific_provisions_leave_the_matrix_first() -> None:
    matrix = expected_credit_loss({"a": 100, "b": 50}, {"a": 0.1, "b": 0.5}, specific={"b": (30, 27)})
    assert matrix.loc["b", ["specific_gross", "matrix_gross", "expected_loss"]].tolist() == [30, 20, 10]
    assert matrix.total == pytest.approx(10 + 10 + 27)
    assert matrix.attrs == {"multiplier": 1.0, "cap": 1.0}
    assert expected_credit_loss([100, 100], [0.1, 0.6], multiplier=2)["rate"].tolist() == [0.2, 1.0]


def test_rates_rise_with_age() -> None:
    rates = loss_rates(1000, [400, 300, 200])
    assert rates == sorted(rates) and rates[0] == pytest.approx(0.1) and rates[-1] == 1
    nothing = loss_rates(100, [60, 40])
    assert nothing[:2] == [0, 0] and math.isnan(nothing[2])


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: expected_credit_loss([1, 2], [0.1]), "loss_rates"),
        (lambda: expected_credit_loss({"a": 1}, {"b": 0.1}), "loss_rates"),
        (lambda: expected_credit_loss([1], [1.1]), "1.1"),
        (lambda: expected_credit_loss([1], [math.nan]), "loss_rates"),
        (lambda: expected_credit_loss([-1], [0.1]), "gross"),
        (lambda: expected_credit_loss([1], [0.1], multiplier=-1), "multiplier"),
        (lambda: expected_credit_loss([1], [0.1], specific={0: (2, 1)}), "specific"),
        (lambda: expected_credit_loss([1], [0.1], specific={3: (1, 1)}), "specific"),
        (lambda: loss_rates(0, [1]), "cohort"),
        (lambda: loss_rates(10, [5, 6]), "paid_by_bucket"),
        (lambda: loss_rates(10, [-1]), "paid_by_bucket"),
    ],
)
def test_bad_input_is_named(call, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        call()


def cohort(paid_after: list[float | None], amount: float = 100.0, due: str = "2024-06-30") -> pd.DataFrame:
    day = pd.Timestamp(due)
    paid = [pd.NaT if d is None else day + pd.Timedelta(days=d) for d in paid_after]
    return pd.DataFrame(
        {"invoice_date": day - pd.Timedelta(days=30), "due_date": day, "amount": amount, "paid_date": paid}
    )


def test_own_history_equals_the_cohort_s_rates() -> None:
    after = [0] * 50 + [10] * 27 + [40] * 15 + [80] * 6 + [None] * 2
    early = cohort([0], due="2023-07-01")
    history = history_loss_rates(pd.concat([early.assign(amount=1e-6), cohort(after)]), "2025-12-31")
    expected = loss_rates(10_000, [5000, 2700, 1500, 600])
    assert history.table["rate"].to_numpy() == pytest.approx(expected, rel=1e-6)
    rolled = history.table["rolled"].to_numpy()
    assert history.table["rate"].to_numpy() == pytest.approx(np.cumprod(rolled[::-1])[::-1])
    assert history.lost == pytest.approx(200) and history.documents == 100
    assert (history.first_due, history.last_due) == ("2024-01-01", "2024-12-31")
    assert history.warnings == ()
    assert history.conventions["watched_days"] == 365


def test_what_comes_after_the_watch_is_lost_and_what_comes_after_the_date_is_not_known() -> None:
    late = history_loss_rates(cohort([366, 0]), "2025-12-31")
    assert late.table.loc["not_due", "rate"] == 0.5
    payment = cohort([300, 0])
    assert history_loss_rates(payment, "2025-12-31").lost == 0
    assert history_loss_rates(payment, "2025-12-31", watched_days=200).lost == 100


def test_a_history_not_to_be_trusted_says_so() -> None:
    history = history_loss_rates(cohort([0, 5]), "2025-12-31")
    assert history.warnings == ("history_too_short", "few_documents", "nothing_lost")
    assert np.isnan(history.table.loc["d91_up", "rate"])  # nothing ever reached it
    with pytest.raises(ValueError, match="no invoice fell due from 2023-01-01 to 2023-12-31"):
        history_loss_rates(cohort([0]), "2024-12-30")
    with pytest.raises(ValueError, match="watched_days"):
        history_loss_rates(cohort([0]), "2025-12-31", watched_days=90)
