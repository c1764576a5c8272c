from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.identification import (
    abc_classes,
    effective_number,
    gini,
    hhi,
    lorenz,
    sales_share,
    share,
    top_share,
)

amounts = st.lists(st.floats(0.01, 1e9), min_size=1, max_size=40)
few = settings(max_examples=40, derandomize=True, deadline=None)


def test_share_takes_lists_mappings_and_series() -> None:
    assert share([1, 3]).tolist() == [0.25, 0.75]
    assert share({"00123": 1, "B": 3})["00123"] == 0.25
    assert share(pd.Series([1, 3], index=["x", "y"])).to_dict() == {"x": 0.25, "y": 0.75}


def test_missing_is_not_counted() -> None:
    assert share([1, None, 3]).tolist()[::2] == [0.25, 0.75]
    assert np.isnan(share([1, None, 3])[1])
    assert hhi([30, None, 30, 20, 20]) == 2600
    assert gini([1, 2, 3, 4, math.nan]) == gini([1, 2, 3, 4])
    assert len(abc_classes([5, None, 1])) == 2


@pytest.mark.parametrize("function", [share, hhi, effective_number, gini, lorenz, abc_classes])
@pytest.mark.parametrize("bad", [[], [None], [0, 0]])
def test_undefined_sets_are_refused_by_name(function, bad) -> None:
    with pytest.raises(ValueError, match="values"):
        function(bad)


@pytest.mark.parametrize("bad", ["abc", 5, ["x", 1], [1, math.inf]])
def test_what_is_no_set_of_numbers_is_refused(bad) -> None:
    with pytest.raises(ValueError, match="values"):
        share(bad)


def test_negatives_are_refused_unless_kept() -> None:
    for function in (share, hhi, gini, lorenz, lambda v: top_share(v, 1)):
        with pytest.raises(ValueError, match="negative value -1"):
            function([3, -1])
    assert share([3, -1], negatives="keep").tolist() == [1.5, -0.5]
    assert hhi([3, -1], scale="unit", negatives="keep") == 2.5
    assert top_share([3, -1], 1, negatives="keep") == 1.5


def test_unknown_conventions_are_refused_with_what_is_allowed() -> None:
    with pytest.raises(ValueError, match="allowed: percent, unit"):
        hhi([1], scale="points")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="crossing"):
        abc_classes([1], crossing="middle")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="cuts"):
        abc_classes([1], cuts=(0.9, 0.5))
    with pytest.raises(ValueError, match="n:"):
        top_share([1], 0)


def test_gini_forms() -> None:
    assert gini([5, 5, 5]) == 0
    assert gini([0, 0, 1], form="sample") == pytest.approx(1)
    assert gini([0, 0, 1]) == pytest.approx(2 / 3)
    with pytest.raises(ValueError, match="two"):
        gini([1], form="sample")


def test_an_item_exactly_on_the_cut() -> None:
    assert "".join(abc_classes([70, 20, 6, 4], cuts=(0.9, 0.96))["class"]) == "AABC"
    assert "".join(abc_classes([70, 20, 6, 4], cuts=(0.9, 0.96), crossing="below")["class"]) == "AABC"


def test_sales_share_states_negatives_and_zeros() -> None:
    kept = sales_share({"A": 100.0, "B": 60.0, "C": 0.0, "D": -10.0})
    assert kept.total == 150
    assert kept.negative_accounts == ("D",) and kept.zero_accounts == ("C",)
    assert kept.table.loc["D", "class"] == "C"
    assert kept.table["cumulative"].iloc[-1] == pytest.approx(1)
    assert kept.gini_reason == "positive_only" and kept.gini_accounts == 2
    assert kept.conventions["negatives"] == "keep"
    zero = sales_share({"A": 100.0, "B": 60.0, "C": 0.0, "D": -10.0}, negatives="zero")
    assert zero.total == 160 and zero.negative_accounts == ("D",)
    assert zero.table["share"].sum() == pytest.approx(1)


def test_sales_that_cancel_leave_no_trace_of_binary_sums() -> None:
    result = sales_share({"A": 1e6, "B": 0.1 + 0.2 - 0.3})
    assert result.zero_accounts == ("B",) and result.gini_accounts == 1


def test_accounts_for() -> None:
    result = sales_share({"A": 50.0, "B": 30.0, "C": 15.0, "D": 5.0})
    assert [result.accounts_for(f) for f in (0.5, 0.8, 0.81, 1)] == [1, 2, 3, 4]
    with pytest.raises(ValueError, match="fraction"):
        result.accounts_for(80)


def test_ids_stay_text() -> None:
    result = sales_share({"00123": 1.0, "123": 2.0})
    assert list(result.table.index) == ["123", "00123"]


@few
@given(amounts, st.randoms(use_true_random=False))
def test_row_order_changes_no_figure(values, random) -> None:
    series = pd.Series(values, index=[f"{i:05d}" for i in range(len(values))])
    order = list(series.index)
    random.shuffle(order)
    one, other = sales_share(series), sales_share(series[order])
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    assert (one.total, one.hhi, one.gini) == (other.total, other.hhi, other.gini)


@few
@given(amounts, st.sampled_from([0.01, 7.1234, 1000.0]))
def test_currency_scale_changes_no_share(values, factor) -> None:
    one, other = sales_share(values), sales_share([v * factor for v in values])
    assert other.table["share"].tolist() == pytest.approx(one.table["share"].tolist())
    assert other.hhi == pytest.approx(one.hhi) and other.gini == pytest.approx(one.gini, abs=1e-9)


@few
@given(amounts)
def test_shares_sum_to_one_and_bounds_hold(values) -> None:
    result = sales_share(values)
    n = len(values)
    assert result.table["share"].sum() == pytest.approx(1)
    assert sum(result.counts_by_class.values()) == n
    assert sum(result.share_by_class.values()) == pytest.approx(1)
    assert 10_000 / n - 1e-6 <= result.hhi <= 10_000 + 1e-6
    assert 0 <= result.gini < 1
    curve = result.lorenz
    assert (curve["share"] <= curve["population"] + 1e-9).all()
    assert list(curve.iloc[0]) == [0, 0] and list(curve.iloc[-1]) == [1, 1]
    for fraction in (0.3, 0.8):
        assert result.top_share(result.accounts_for(fraction)) >= fraction - 1e-9


@few
@given(amounts, st.floats(0.1, 0.9))
def test_splitting_an_account_s_amount_changes_no_figure(values, part) -> None:
    ids = [f"{i:05d}" for i in range(len(values))]
    whole = pd.Series(values, index=ids)
    split = pd.concat([whole * part, whole - whole * part])
    one, other = sales_share(whole), sales_share(split)
    assert other.table["share"].to_dict() == pytest.approx(one.table["share"].to_dict())
