from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.finance.revision import plan_diff

versions = st.dictionaries(st.sampled_from("abcdef"), st.integers(-(10**7), 10**7).map(lambda c: c / 100))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(versions, versions)
def test_the_lines_account_for_the_change_of_the_total(before, after) -> None:
    diff = plan_diff(before, after)
    assert set(diff["line"]) == set(before) | set(after) and diff["line"].is_unique
    change = sum(after.values()) - sum(before.values())
    assert diff["difference"].sum() == pytest.approx(change, abs=0.005 * len(diff) + 1e-9)
    back = plan_diff(after, before).set_index("line")["difference"]
    assert (-back).to_dict() == pytest.approx(diff.set_index("line")["difference"].to_dict())


def test_a_plan_with_itself_is_unchanged() -> None:
    diff = plan_diff({"a": 1.0, "b": None, "c": "owner"}, {"a": 1.004, "b": None, "c": "owner"})
    assert set(diff["status"]) == {"unchanged"} and not diff["reason_missing"].any()


def test_frames_are_compared_by_all_columns_that_name_a_line() -> None:
    before = pd.DataFrame(
        {"line": ["net_sales", "net_sales"], "month": ["2026-01", "2026-02"], "amount": [10.0, 20.0]}
    )
    after = pd.DataFrame(
        {
            "month": ["2026-02", "2026-03"],
            "line": "net_sales",
            "amount": [25.0, 30.0],
            "reason": ["listing at the second chain", " "],
        }
    )
    diff = plan_diff(before, after)
    assert list(diff.columns[:2]) == ["line", "month"]
    assert diff["status"].tolist() == ["removed", "changed", "added"]
    assert diff["difference"].tolist() == [-10, 5, 30]
    assert diff["reason"].tolist()[1] == "listing at the second chain"
    assert diff["reason_missing"].tolist() == [True, False, True]
    said = plan_diff(
        before, after, reasons={("net_sales", "2026-01"): "closed", ("net_sales", "2026-02"): "x"}
    )
    assert said["reason"].tolist()[:2] == ["closed", "x"]


def test_missing_is_not_zero() -> None:
    diff = plan_diff({"a": None, "b": 0.0, "c": 5.0}, {"a": 3.0, "b": None, "c": 0.0}).set_index("line")
    assert diff["status"].tolist() == ["changed", "changed", "changed"]
    assert diff["difference"].isna().tolist() == [True, True, False]
    removed = plan_diff({"b": 0.0}, {}).iloc[0]
    assert removed["status"] == "removed" and removed["difference"] == 0


def test_text_is_compared_to_the_letter() -> None:
    diff = plan_diff(
        {"owner": "林 <b>", "due": "2026-10", "cost": Decimal("10.10")}, {"owner": "林 <B>", "cost": 10.1}
    )
    assert diff.set_index("line")["status"].to_dict() == {
        "owner": "changed",
        "due": "removed",
        "cost": "unchanged",
    }
    assert diff["before"].tolist()[0] == "林 <b>" and pd.isna(diff["difference"].iloc[0])


def test_series_with_several_levels() -> None:
    index = pd.MultiIndex.from_tuples([("S1", "A001"), ("S2", "A001")], names=["strategy", "account"])
    diff = plan_diff(pd.Series([1.0, 2.0], index=index), pd.Series([1.0, 3.0], index=index))
    assert list(diff.columns[:2]) == ["strategy", "account"] and diff["difference"].tolist() == [0, 1]
    single = plan_diff(pd.Series([1.0], index=["a"]), {"a": 2.0})
    assert single["difference"].tolist() == [1]


def test_first_version() -> None:
    frame = pd.DataFrame({"line": ["a"], "month": ["2026-01"], "amount": [10.0]})
    diff = plan_diff({}, frame)
    assert diff["status"].tolist() == ["added"] and diff["difference"].tolist() == [10.0]
    assert plan_diff(frame, frame.iloc[:0])["status"].tolist() == ["removed"]
    assert plan_diff({}, {}).empty


@pytest.mark.parametrize(
    ("before", "after", "reasons", "word"),
    [
        ([1, 2], {}, None, "before: expected a mapping"),
        (pd.Series([1, 2], index=["a", "a"]), {}, None, "before: line a is given twice"),
        (pd.DataFrame({"line": ["a"]}), {}, None, "no column 'amount'"),
        (pd.DataFrame({"amount": [1]}), {}, None, "no column that names a line"),
        ({"a": 1}, pd.DataFrame({"code": ["a"], "amount": [1]}), None, "lines are named by"),
        ({"a": 1}, {"a": 2}, {"b": "why"}, "reasons: .*'b'.* is no line"),
    ],
)
def test_bad_plans(before, after, reasons, word) -> None:
    with pytest.raises(ValueError, match=word):
        plan_diff(before, after, reasons)
