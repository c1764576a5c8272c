from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pytest

from kamtools.identification import designate

RULES = {
    "entry_score": 3.4,
    "exit_score": 3.0,
    "minimum_sales_share": 0.05,
    "strategic_always": True,
    "most": 10,
}
DAY = dt.date(2026, 10, 31)


def one(score: float | None, share: float, quadrant: str, member: bool, **changed) -> tuple[str, str] | None:
    previous = {"X": "2025-01-01"} if member else None
    result = designate({"X": score}, {"X": share}, {"X": quadrant}, previous, RULES | changed, DAY)
    if result.table.empty:
        return None
    return result.table.loc[0, "status"], result.table.loc[0, "reason_key"]


@pytest.mark.parametrize(
    ("score", "share", "quadrant", "member", "expected"),
    [
        (3.4, 0.05, "star", False, ("entered", "score_reached")),
        (3.39, 0.05, "star", False, ("refused", "score_below_entry")),
        (3.39, 0.05, "star", True, ("kept", "still_above_exit")),
        (3.0, 0.05, "star", True, ("kept", "still_above_exit")),
        (2.99, 0.05, "star", True, ("left", "score_below_exit")),
        (2.0, 0.05, "strategic", False, ("entered", "strategic")),
        (2.0, 0.05, "strategic", True, ("kept", "still_strategic")),
        (5.0, 0.04, "strategic", False, ("refused", "share_below_minimum")),
        (5.0, 0.04, "strategic", True, ("left", "share_below_minimum")),
        (None, 0.05, "", False, ("refused", "not_rated")),
        (None, 0.05, "", True, ("kept", "not_rated_kept")),
        (2.0, 0.01, "streamline", False, None),
    ],
)
def test_rules(score, share, quadrant, member, expected) -> None:
    assert one(score, share, quadrant, member) == expected


def test_strategic_alone_does_not_enter_where_the_rule_is_off() -> None:
    assert one(2.0, 0.05, "strategic", False, strategic_always=False) == ("refused", "score_below_entry")


def test_the_list_is_dated() -> None:
    previous = pd.DataFrame({"account": ["A", "B"], "since": ["2024-12-31", "2023-12-31"]})
    result = designate(
        {"A": 4.0, "B": 2.0, "C": 5.0},
        {"A": 0.3, "B": 0.3, "C": 0.3},
        {},
        previous,
        SimpleNamespace(**RULES),
        "2026-10-31",
    )
    rows = result.table.set_index("account")
    assert result.accounts == ("C", "A") and result.as_of == DAY
    assert rows.loc["A", "since"] == pd.Timestamp("2024-12-31") and pd.isna(rows.loc["A", "until"])
    assert rows.loc["B", "until"] == pd.Timestamp(DAY) and rows.loc["B", "status"] == "left"
    assert rows.loc["C", "since"] == pd.Timestamp(DAY)


def test_a_full_list_keeps_its_members_before_newcomers() -> None:
    scores = {"A": 3.1, "B": 5.0, "C": 4.0, "D": 4.0}
    share = dict.fromkeys(scores, 0.25)
    result = designate(scores, share, {}, ["A"], RULES | {"most": 2}, DAY)
    assert set(result.accounts) == {"A", "B"}
    full = result.table[result.table["reason_key"] == "list_full"]
    assert full["account"].tolist() == ["C", "D"] and (full["status"] == "refused").all()


def test_members_above_the_limit_leave_lowest_score_first() -> None:
    scores = {"A": 3.5, "B": 3.9, "C": 3.2}
    result = designate(scores, dict.fromkeys(scores, 0.3), {}, list(scores), RULES | {"most": 2}, DAY)
    assert result.accounts == ("B", "A")
    assert result.table.set_index("account").loc["C", ["status", "reason_key"]].tolist() == [
        "left",
        "list_full",
    ]


def test_the_same_list_again_changes_nothing() -> None:
    scores = {f"{i:03d}": 2.5 + 0.1 * i for i in range(20)}
    share = dict.fromkeys(scores, 0.05)
    first = designate(scores, share, {}, None, RULES, DAY)
    again = designate(scores, share, {}, first.table[first.table["status"] == "entered"], RULES, DAY)
    assert again.accounts == first.accounts
    assert set(again.table["status"]) <= {"kept", "refused"}


def test_bad_rules_are_named() -> None:
    with pytest.raises(ValueError, match="'most' is missing"):
        designate({"A": 1.0}, {"A": 1.0}, {}, None, {k: v for k, v in RULES.items() if k != "most"}, DAY)
    with pytest.raises(ValueError, match="exit_score"):
        designate({"A": 1.0}, {"A": 1.0}, {}, None, RULES | {"exit_score": 4.0}, DAY)


@pytest.mark.parametrize(
    ("known", "member", "expected"),
    [
        (0.59, False, ("refused", "not_rated")),
        (0.59, True, ("kept", "not_rated_kept")),
        (0.60, False, ("entered", "strategic")),
    ],
)
def test_an_account_rated_on_few_criteria_does_not_enter(known, member, expected) -> None:
    previous = {"X": "2025-01-01"} if member else None
    rules = RULES | {"minimum_rated": 0.6}
    result = designate({"X": 5}, {"X": 0.5}, {"X": "strategic"}, previous, rules, DAY, {"X": known})
    assert tuple(result.table.loc[0, ["status", "reason_key"]]) == expected


def test_a_minimum_of_rated_weight_needs_to_know_it() -> None:
    with pytest.raises(ValueError, match="known"):
        designate({"X": 5}, {"X": 0.5}, {"X": "star"}, None, RULES | {"minimum_rated": 0.6}, DAY)
