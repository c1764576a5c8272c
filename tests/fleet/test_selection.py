from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from kamtools.errors import KamError
from kamtools.fleet import Selection
from kamtools.fleet.runs import owner_spellings, select_accounts

PORTFOLIO = SimpleNamespace(
    account_ids=("00123", "A", "B", "C"),
    sales=pd.Series({"A": 5.0, "00123": 9.0, "B": 9.0}),
    owners={"Wang": ("A", "B")},
    key_accounts=("C", "A"),
    workspace=SimpleNamespace(source="ws"),
    names=lambda lang: {},
)


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        ({"accounts": ["B", "00123", "B"]}, ("B", "00123")),
        ({"all": True}, ("00123", "B", "A", "C")),
        ({"top": 2}, ("00123", "B")),
        ({"top": 99}, ("00123", "B", "A")),
        ({"owner": "Wang"}, ("B", "A")),
        ({"key": True}, ("C", "A")),
        ({}, ("C", "A")),
    ],
)
def test_each_way_to_select(options, chosen):
    assert select_accounts(PORTFOLIO, Selection.of(**options)) == chosen


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"all": True, "key": True}, "fleet.two_selections"),
        ({"accounts": ["A"], "top": 1}, "fleet.two_selections"),
        ({"top": 0}, "fleet.bad_top"),
    ],
)
def test_bad_options_are_refused(options, key):
    with pytest.raises(KamError) as caught:
        Selection.of(**options)
    assert caught.value.key == key


def test_an_unknown_owner_is_answered_with_those_there_are():
    with pytest.raises(KamError) as caught:
        select_accounts(PORTFOLIO, Selection.of(owner="Wan"))
    assert "Wang" in caught.value.text("en") and "Wang" in caught.value.text("zh")


@pytest.mark.parametrize("asked", ["Wáng Fāng", "wa\u0301ng  fa\u0304ng", "\u3000ＷÁＮＧ　FĀNG"])
def test_an_owner_spelled_alike_is_one_owner_and_the_spellings_are_named(asked):
    owners = {"Wáng Fāng": ("A",), "wáng\u3000fāng ": ("C",), "Wang Fang": ("B",), "\u3000": ("00123",)}
    portfolio = SimpleNamespace(**{**vars(PORTFOLIO), "owners": owners})
    selection = Selection.of(owner=asked)
    assert select_accounts(portfolio, selection) == ("A", "C")
    assert owner_spellings(portfolio, selection) == ("Wáng Fāng", "wáng\u3000fāng ")
    assert owner_spellings(portfolio, Selection.of(owner="Wang Fang")) == ()
    with pytest.raises(KamError):
        select_accounts(portfolio, Selection.of(owner=" "))


def test_an_empty_key_list_says_what_to_do():
    empty = SimpleNamespace(**{**vars(PORTFOLIO), "key_accounts": ()})
    with pytest.raises(KamError, match="--top"):
        select_accounts(empty, Selection.of(key=True))


def test_an_id_like_an_option_stays_an_id():
    assert Selection.of(accounts=["--all"]).arguments() == ["--", "--all"]
