from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.identification import large_losses, profit_share, whale_curve


def test_whale_curve_ends_at_one_and_peaks_above() -> None:
    curve = whale_curve({"A": 80, "B": 60, "C": -10, "D": -30})
    assert curve["cumulative"].tolist() == [80, 140, 130, 100]
    assert curve.peak == 1.4 and curve.peak_count == 2 and curve.destroyed == pytest.approx(0.4)
    assert curve["cumulative_share"].iloc[-1] == 1


def test_without_losses_nothing_is_destroyed() -> None:
    assert whale_curve([0.1, 0.2, 0.3]).peak == 1
    assert whale_curve([0.1, 0.2, 0.3]).destroyed == 0


@pytest.mark.parametrize("profits", [[], [1, -1], [-5]])
def test_no_share_of_nothing(profits) -> None:
    with pytest.raises(ValueError, match="profits"):
        whale_curve(profits)


def test_profit_share_names_the_loss_makers() -> None:
    contribution = {"A": 50.0, "B": -40.0, "C": 20.0, "D": -1.0}
    sales = {"A": 100.0, "B": 400.0, "C": 60.0, "D": 5.0, "E": 9.0}
    result = profit_share(contribution, sales, top=2)
    assert result.loss_makers == ("B", "D") and result.top_loss_makers == ("B",)
    assert result.lost == -41 and result.unknown == ("E",)
    assert result.table.loc["B", "margin"] == -0.1
    assert result.table["share"].sum() == pytest.approx(1)
    assert result.table["rank"].tolist() == [1, 2, 3, 4]
    (alarm,) = large_losses(result, top=2, period="2026")
    assert (alarm.account, alarm.kind, alarm.severity, alarm.value) == ("B", "large_loss", "high", -0.1)
    assert alarm.details["contribution"] == -40


def test_a_company_without_profit_has_no_whale() -> None:
    result = profit_share({"A": -5.0, "B": 2.0}, {"A": 10.0, "B": 0.0})
    assert result.peak is None and result.reason == "total_not_positive"
    assert result.table["share"].isna().all()
    assert pd.isna(result.table.loc["B", "margin"])


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_profit_share_does_not_depend_on_order_or_currency(values, random) -> None:
    contribution = pd.Series(values, index=[f"{i:05d}" for i in range(len(values))])
    sales = contribution.abs() + 1
    order = list(contribution.index)
    random.shuffle(order)
    one, other = profit_share(contribution, sales), profit_share(contribution[order], sales)
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    scaled = profit_share(contribution * 8, sales * 8)
    assert scaled.loss_makers == one.loss_makers and scaled.peak == pytest.approx(one.peak)
    if one.peak is not None:
        assert one.peak >= 1
