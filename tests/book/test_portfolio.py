"""The sample's portfolio against sums made another way, and the book's figures as JSON will hold them."""

import datetime as dt
import json
import math
from pathlib import Path

import pandas as pd
import pytest

from kamtools.book import open_book, open_portfolio
from kamtools.book.designations import listed_on, save_designation, take_back_designation
from kamtools.errors import KamError
from kamtools.store import new_workspace, standing, written
from kamtools.workspace.settings import MEASURES

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
AS_OF = dt.date(2026, 10, 31)
AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


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
    rated = {
        (r.account, criterion) for r in standing(portfolio.workspace, ("grading",)) for criterion in r.fields
    }
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
    before = written(workspace)[1]
    first = save_designation(portfolio, "Li", AT)
    assert first and set(first.values()) <= {"entered", "left"}
    now = written(workspace)
    assert save_designation(open_portfolio(tmp_path / "w"), "Wu", AT) == first
    assert written(workspace) == now  # nothing new: no version, no history
    made = now[1][len(before) :]
    assert {(c.account, c.field, c.who, c.after.value["status"]) for c in made} == {
        (a, "2026-10-31", "Li", s) for a, s in first.items()
    }
    assert set(listed_on(workspace, portfolio.as_of)) == set(portfolio.designation.accounts)
    assert open_portfolio(tmp_path / "w").key_accounts == tuple(listed_on(workspace, portfolio.as_of))
    later = open_portfolio(tmp_path / "w", "2026-09-30")
    with pytest.raises(KamError) as error:
        save_designation(later, "Li", AT)
    assert error.value.key == "book.later_designation" and "2026-10-31" in error.value.text("en")


def test_a_list_is_taken_back_and_its_history_stays(tmp_path):
    workspace = new_workspace(tmp_path / "w", SAMPLES)
    before = listed_on(workspace, AS_OF)
    first = save_designation(open_portfolio(tmp_path / "w"), "Li", AT)
    with pytest.raises(KamError) as error:
        take_back_designation(workspace, dt.date(2026, 10, 30), "Wu", AT)
    assert error.value.key == "book.no_designation" and "2026-10-31" in error.value.text("zh")
    assert listed_on(workspace, AS_OF) != before
    assert take_back_designation(workspace, AS_OF, "Wu", AT) == len(first)
    assert listed_on(workspace, AS_OF) == before
    gone = [c for c in written(workspace)[1] if c.who == "Wu"]
    assert {c.account: c.before.value["status"] for c in gone} == first and all(c.after is None for c in gone)


def test_a_saved_grading_moves_the_account_on_every_page_that_is_opened_anew(tmp_path):
    """Saved in the form, seen in the portfolio, in the account's figures, in the portal's summary; the data is as it was."""
    from kamtools.classroom import grading_form
    from kamtools.classroom.forms import rated
    from kamtools.fleet.summary import summarise

    new_workspace(tmp_path / "w", SAMPLES)
    book = open_book("A007", tmp_path / "w", lang="en")
    before = book.portfolio.grading.table
    by_people = [c.id for c in book.portfolio.settings.criteria if not c.measure]
    form = grading_form(book)
    stood = form.record
    assert form.save({c: rated(5, "annual interview", "2026-10-20") for c in by_people}, stood) == "stored"

    again = open_book("A007", tmp_path / "w", lang="zh")
    after = again.portfolio.grading.table
    assert before.loc["A007", "quadrant"] != after.loc["A007", "quadrant"]
    assert after.drop(index="A007").equals(before.drop(index="A007"))
    assert again.portfolio.data_hash == book.portfolio.data_hash
    values = [{f.id: f.value for f in b.figures()} for b in (book, again)]
    assert values[1]["quadrant"] == after.loc["A007", "quadrant"] != values[0]["quadrant"]
    assert values[1]["forms_state"] != values[0]["forms_state"]
    other = [open_book("A001", w, lang="en").knowing.state for w in (SAMPLES, tmp_path / "w")]
    assert other[0] != other[1]  # the matrix in its book shows the other account elsewhere
    rows = {r.account: r for r in summarise(again.portfolio, "en").rows}
    assert rows["A007"].strength == after.loc["A007", "strength"]
    told = {
        c.field: (c.before.value if c.before else None, c.after.value)
        for c in written(again.portfolio.workspace)[1]
        if c.account == "A007" and c.form == "grading" and c.version == 2
    }
    assert told == {c: (stood.fields[c].value, 5) for c in by_people}


def test_two_who_rate_one_account_lose_nothing(tmp_path):
    from kamtools.classroom import grading_form
    from kamtools.classroom.forms import rated
    from kamtools.store import Conflict

    new_workspace(tmp_path / "w", SAMPLES)
    mine, theirs = (grading_form(open_book("A007", tmp_path / "w", lang="en")) for _ in range(2))
    stood = mine.record
    theirs.save({"relationship": rated(1)}, stood)
    mine.save({"service_level": rated(5)}, stood)  # another criterion: both stand
    assert {c: mine.record.fields[c].value for c in ("relationship", "service_level")} == {
        "relationship": 1,
        "service_level": 5,
    }
    with pytest.raises(Conflict) as conflict:
        mine.save({"relationship": rated(4)}, stood)
    assert conflict.value.current.fields["relationship"].value == 1
    mine.save({"relationship": rated(4)}, stood, keep_mine=True)
    mine.save({"relationship": None}, mine.record)  # taken away: missing, and not zero
    assert math.isnan(open_portfolio(tmp_path / "w").ratings.loc["A007", "relationship"])
    history = [
        c
        for c in written(mine.book.portfolio.workspace)[1]
        if (c.account, c.field) == ("A007", "relationship")
    ]
    assert [c.after and c.after.value for c in history] == [2, 1, 4, None]


def test_a_pack_keeps_no_list():
    with pytest.raises(KamError) as error:
        save_designation(open_portfolio(SAMPLES), "Li", AT)
    assert error.value.key == "book.read_only"


def test_a_date_long_after_the_ledger_says_where_the_ledger_ends():
    late = open_portfolio(SAMPLES, "2031-12-31")
    assert str(late.facts.ledger_ends)[:7] == "2026-10"
    assert late.conventions["period"] == "2025-11..2026-10"  # what came after is not known, and not nothing
    assert late.conventions["ledger_ends"] == str(late.facts.ledger_ends)
