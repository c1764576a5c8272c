"""The sample's portfolio against sums made another way, and the book's figures as JSON will hold them."""

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from kamtools.book import open_book, open_portfolio
from kamtools.book.designations import listed_on, save_designation
from kamtools.errors import KamError
from kamtools.workspace import new_workspace
from kamtools.workspace.settings import MEASURES

SAMPLES = Path(__file__).parents[2] / "data" / "samples"


@pytest.fixture(scope="module")
def portfolio():
    return open_portfolio(SAMPLES)


@pytest.fixture(scope="module")
def ledger():
    frame = pd.read_csv(SAMPLES / "facts" / "ledger.csv", dtype=str, parse_dates=["date"])
    frame["amount"] = frame["amount"].astype(float)
    return frame[(frame["date"] >= "2025-11-01") & (frame["date"] <= "2026-10-31")]


def test_sales_are_the_ledgers(portfolio, ledger):
    plain = ledger.groupby("account")["amount"].sum()
    pd.testing.assert_series_equal(portfolio.sales, plain, check_names=False, check_index_type=False)
    assert portfolio.period == "2025-11..2026-10"


def test_gross_leaves_returns_out(ledger):
    gross = open_portfolio(SAMPLES, basis="gross")
    plain = ledger[(ledger["kind"] == "sale") & (ledger["amount"] > 0)].groupby("account")["amount"].sum()
    pd.testing.assert_series_equal(gross.sales, plain, check_names=False, check_index_type=False)
    assert gross.conventions["basis"] == "gross"


def test_the_roll_up_moves_no_money(portfolio):
    parents = open_portfolio(SAMPLES, rollup="parent")
    assert len(parents.account_ids) < len(portfolio.account_ids)
    assert parents.sales.sum() == pytest.approx(portfolio.sales.sum(), rel=1e-12)
    assert parents.pnl.sum().to_dict() == pytest.approx(portfolio.pnl.sum().to_dict(), rel=1e-9)
    assert parents.conventions["rollup"] == "parent"


def test_each_account_comes_with_a_name_in_both_languages(portfolio):
    zh, en = portfolio.names("zh"), portfolio.names("en")
    assert set(zh) == set(en) == set(portfolio.account_ids)
    assert zh != en
    card = portfolio.account("A003")
    assert (card.name("zh"), card.name("en")) == (zh["A003"], en["A003"])
    assert card.owner in portfolio.owners and "A003" in portfolio.owners[card.owner]


def test_every_measure_that_a_criterion_may_name_is_there(portfolio):
    assert tuple(portfolio.measures.columns) == MEASURES
    assert portfolio.measures.notna().any().all()


def test_a_rating_without_evidence_stays_missing(portfolio):
    rated = {(a, r.criterion) for a, d in portfolio.workspace.dossiers().items() for r in d.ratings}
    manual = [c.id for c in portfolio.settings.criteria if not c.measure]
    for criterion in manual:
        known = portfolio.ratings[criterion].dropna().index
        assert {(a, criterion) for a in known} == {pair for pair in rated if pair[1] == criterion}


def test_figures_are_plain_unique_and_state_what_they_are():
    book = open_book("A003", SAMPLES, lang="en")
    figures = book.figures()
    ids = [f.id for f in figures]
    assert len(ids) == len(set(ids)) > 50
    text = json.dumps([f.as_dict() for f in figures], allow_nan=False)
    assert json.loads(text)[0]["unit"] == "money"
    assert {f.item for f in figures} >= {
        "2.A.1",
        "2.A.2",
        "2.A.3",
        "2.A.4",
        "2.B",
        "2.B.1",
        "2.B.2",
        "2.C",
        "2.I",
    }
    value = {f.id: f.value for f in figures}
    lines = ["gross_margin", "consumer_promotion", "a_and_p", "cost_to_serve"]
    assert math.isclose(sum(value[f"pnl_{n}"] for n in lines), value["pnl_contribution"], abs_tol=0.01)
    assert sum(
        value[f"probability_{q}"] for q in ("strategic", "star", "status", "streamline")
    ) == pytest.approx(1)


def test_the_language_changes_no_figure():
    assert open_book("A001", SAMPLES, lang="zh").figures() == open_book("A001", SAMPLES, lang="en").figures()


@pytest.mark.parametrize(
    ("changes", "key", "says"),
    [
        ({"account": "A0O1"}, "book.unknown_account", "A001"),
        ({"account": "../../x"}, "book.unknown_account", "../../x"),
        ({"as_of": "31.10.2026"}, "book.bad_date", "2026-10-31"),
        ({"workspace": "no/such/folder"}, "book.no_workspace", "no/such/folder"),
        ({"lang": "fr"}, "words.unknown_language", "fr"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_is_allowed(changes, key, says):
    given = {"account": "A001", "workspace": SAMPLES, "lang": "en"} | changes
    with pytest.raises(KamError) as error:
        open_book(**given)
    assert error.value.key == key
    assert says in error.value.text("en") and says in error.value.text("zh")


def test_a_designation_is_dated_kept_and_not_rewritten_backwards(tmp_path):
    workspace = new_workspace(tmp_path / "w", SAMPLES)
    portfolio = open_portfolio(tmp_path / "w")
    first = save_designation(portfolio).read_text()
    assert save_designation(open_portfolio(tmp_path / "w")).read_text() == first
    assert set(listed_on(workspace, portfolio.as_of)) == set(portfolio.designation.accounts)
    with open(tmp_path / "w" / "designations.csv", "a") as file:
        file.write("A001,2027-01-31,left,score_below_exit,2.0000,status\n")
    with pytest.raises(KamError) as error:
        save_designation(open_portfolio(tmp_path / "w"))
    assert error.value.key == "book.later_designation"
    assert "A001" in listed_on(workspace, portfolio.as_of)


def test_a_pack_keeps_no_list():
    with pytest.raises(KamError) as error:
        save_designation(open_portfolio(SAMPLES))
    assert error.value.key == "book.read_only"


def test_a_date_long_after_the_ledger_says_where_the_ledger_ends():
    late = open_portfolio(SAMPLES, "2031-12-31")
    assert str(late.facts.ledger_ends)[:7] == "2026-10"
    assert late.conventions["period"] == "2025-11..2026-10"  # what came after is not known, and not nothing
    assert late.conventions["ledger_ends"] == str(late.facts.ledger_ends)
