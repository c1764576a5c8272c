import pandas as pd
import pytest

from kamtools.book.rollup import roll_up, top_parents
from kamtools.errors import KamError


def accounts(pairs):
    return pd.DataFrame(pairs, columns=["account", "parent"])


def test_grandchildren_go_to_the_top_and_a_parent_need_not_be_an_account():
    tops = top_parents(accounts([("c", "b"), ("b", "a"), ("x", "group")]))
    assert tops == {"c": "a", "b": "a", "x": "group"}


def test_a_circle_of_parents_is_named():
    with pytest.raises(KamError) as error:
        top_parents(accounts([("a", "b"), ("b", "a")]))
    assert error.value.params["path"] == "a → b → a"


def test_a_sum_lacking_a_part_is_missing_but_no_sale_is_no_gap():
    frame = pd.DataFrame(
        {
            "account": ["a", "b", "c"],
            "month": pd.to_datetime(["2026-01-01"] * 3),
            "amount": [1.0, 2.0, 4.0],
            "gross_amount": [None, 2.0, 4.0],
            "cost": [None, 1.0, 3.0],
        }
    )
    total = roll_up(frame, {"a": "p", "b": "p", "c": "c"}).set_index("account")
    assert total.loc["p", "amount"] == 3
    assert total.loc["p", "gross_amount"] == 2
    assert pd.isna(total.loc["p", "cost"])
    assert total.loc["c", "cost"] == 3


def test_budget_and_estimate_or_two_activities_of_a_month_are_not_one_row():
    month = pd.Timestamp("2026-01-01")
    frame = pd.DataFrame(
        {
            "account": ["a", "b", "b", "b"],
            "month": [month] * 4,
            "line": ["a_and_p"] * 4,
            "version": ["", "", "LE2026-01", "LE2026-01"],
            "activity": ["AD", "AD", "AD", "KL"],
            "status": ["actual"] * 4,
            "kind": ["x"] * 4,
            "amount": [1.0, 2.0, 4.0, 8.0],
        }
    )
    total = roll_up(frame, {"a": "p", "b": "p"})
    assert total[["version", "activity", "amount"]].values.tolist() == [
        ["", "AD", 3.0],
        ["LE2026-01", "AD", 4.0],
        ["LE2026-01", "KL", 8.0],
    ]
