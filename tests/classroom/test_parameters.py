"""Parameters: read from the notebook, checked before anything runs."""

from __future__ import annotations

import types

import pytest

import kamtools.book
from kamtools.classroom import check_parameters, edition, notebook_parameters, open_notebook
from kamtools.classroom.opening import PARAMETERS, injected_names
from kamtools.classroom.parameters import parse_parameters
from kamtools.errors import KamError

DEFAULTS = {"account": "A001", "workspace": "data/samples", "as_of": "", "batch": True}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_notebook_states_its_parameters(lang):
    found = notebook_parameters(edition("02_identification", lang))
    assert tuple(p.name for p in found) == PARAMETERS
    assert {p.name: p.default for p in found}["lang"] == lang
    assert all(p.help for p in found)
    assert found[0].help.isascii() == (lang == "en")


def test_only_literals_are_parameters():
    with pytest.raises(ValueError, match="is not name: type = value"):
        parse_parameters("account = 1")
    with pytest.raises(ValueError):
        parse_parameters("account: str = str(1)")


def test_good_parameters_pass():
    check_parameters(edition("02_identification", "zh"), {"account": "00123", "lang": "en", "batch": True})


def test_a_misspelt_parameter_names_the_nearest_and_the_allowed():
    with pytest.raises(KamError) as caught:
        check_parameters(edition("02_identification", "en"), {"acount": "A001"})
    text = caught.value.text("en")
    assert "acount" in text and 'did you mean "account"' in text and "workspace" in text


def test_a_strange_parameter_names_the_allowed():
    with pytest.raises(KamError) as caught:
        check_parameters(edition("02_identification", "en"), {"zzz": 1})
    assert "account, workspace, as_of, lang, batch" in caught.value.text("zh")


@pytest.mark.parametrize(("name", "value"), [("account", 123), ("batch", "yes"), ("lang", True)])
def test_a_value_of_another_type_is_refused(name, value):
    with pytest.raises(KamError) as caught:
        check_parameters(edition("02_identification", "en"), {name: value})
    assert name in caught.value.text("en")


def test_names_that_papermill_set_are_read_from_the_history():
    assert injected_names(["account = 1", '# Parameters\naccount = "A"\nacount = "B"\n']) == [
        "account",
        "acount",
    ]


@pytest.mark.parametrize(
    ("given", "ids", "meant"),
    [(123, ("00123", "124"), "00123"), (0, ("A1", "0"), "0"), ("00123", ("00123",), "00123")],
)
def test_an_id_that_papermill_made_a_number_is_found_again(monkeypatch, given, ids, meant):
    portfolio = types.SimpleNamespace(account_ids=ids)
    monkeypatch.setattr(kamtools.book, "open_portfolio", lambda *_: portfolio)
    monkeypatch.setattr(kamtools.book, "open_book", lambda account, *_: account)
    assert open_notebook({**DEFAULTS, "lang": "en", "account": given}) == meant


def test_a_number_that_could_be_two_ids_is_refused_with_both(monkeypatch):
    portfolio = types.SimpleNamespace(account_ids=("00123", "123"))
    monkeypatch.setattr(kamtools.book, "open_portfolio", lambda *_: portfolio)
    with pytest.raises(KamError) as caught:
        open_notebook({**DEFAULTS, "lang": "en", "account": 123})
    assert "00123, 123" in caught.value.text("en") and "-r account" in caught.value.text("en")


def test_a_notebook_run_with_a_misspelt_parameter_stops_with_its_name():
    history = ["", 'account: str = "A001"', '# Parameters\nacount = "A002"\n']
    with pytest.raises(KamError) as caught:
        open_notebook({**DEFAULTS, "lang": "en", "In": history})
    assert "acount" in str(caught.value.text("en"))
    assert caught.value._render_traceback_() == [f"KamError: {caught.value.text('en')}"]


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"account": "A01"}, "A001"),
        ({"account": "../../x"}, "A001"),
        ({"account": ""}, "A001"),
        ({"as_of": "31.10.2026"}, "2026-10-31"),
        ({"workspace": "data/nowhere"}, "data/nowhere"),
        ({"lang": "fr"}, "zh"),
        ({"account": 7}, "7"),
    ],
)
def test_a_bad_value_stops_with_what_is_allowed(change, names):
    with pytest.raises(KamError) as caught:
        open_notebook({**DEFAULTS, "lang": "en", **change})
    assert names in caught.value.text("en") and caught.value.text("zh")
