"""What is known of an account: read anew after each save, made of what people wrote, as it stood a month ago."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kamtools.book import open_book
from kamtools.book.health import points
from kamtools.book.prefill import prefill
from kamtools.forms import forms
from kamtools.store import FieldValue, new_workspace, open_store
from kamtools.workspace import open_workspace

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    new_workspace(tmp_path / "w", SAMPLES)
    return tmp_path / "w"


def test_everything_on_the_sample_is_made_from_its_forms():
    known = open_book("A002", SAMPLES, lang="en").knowing
    assert set(known.records) == {f.id for f in forms().values() if f.item.startswith("2.")}
    for name in (
        *("swot", "tows", "rivals", "intelligence", "moves", "resources", "readiness", "fit"),
        *(
            "relationships",
            "contact_matrix",
            "raci",
            "raci_table",
            "training",
            "standards",
            "pulse",
            "health",
        ),
    ):
        assert getattr(known, name) is not None, name
    assert known.completeness.share == 1.0
    assert known.health.missing == ()
    assert sum(known.health.contributions.values()) == pytest.approx(known.health.uncapped)


def test_an_account_without_a_form_has_nothing_but_its_data():
    known = open_book("A150", SAMPLES, lang="en").knowing
    assert known.records == {}
    assert known.completeness.share == 0
    assert known.swot is known.rivals is known.relationships is known.pulse is None
    assert set(known.health.missing) >= {"relationship", "knowledge"}


def test_a_saved_form_is_seen_at_once(workspace):
    book = open_book("A002", workspace, lang="en")
    before = book.knowing
    assert book.knowing is before  # nothing was saved: nothing is made anew
    with open_store(workspace) as store:
        record = store.read("A002", "contacts")
        people = [dict(p, touchpoints=1) for p in record.fields["people"].value]
        fields = {**record.fields, "people": FieldValue(people, "count", dt.date(2026, 10, 31))}
        store.write("A002", "contacts", fields, version=record.version, who="Li", at=AT)
    after = book.knowing
    assert before.relationships.single_thread
    assert not after.relationships.single_thread
    assert after.state != before.state
    assert "single_thread" not in {a.kind for a in book.portfolio.form_alarms()}


def test_health_a_month_ago_stands_on_the_words_of_then():
    worse, better = (open_book(a, SAMPLES, lang="en").knowing for a in ("A001", "A004"))
    for known, sign in ((worse, -1), (better, 1)):
        effect = known.health_change.table.loc["relationship", "effect"]
        assert effect * sign > 0, known.account
        total = known.health_change.table["effect"].sum() + known.health_change.by_cap
        assert total == pytest.approx(known.health_change.delta)
    # the largest customer pays late: its health cannot rise above the cap
    assert (
        worse.health.cap == worse.settings.health.payment_cap
        or worse.health.uncapped < worse.health.score + 1
    )


def test_a_payment_in_the_red_caps_the_score(workspace):
    path = workspace / "settings.yml"
    path.write_text(path.read_text("utf-8").replace("payment_cap: 50 ", "payment_cap: 30 "), "utf-8")
    health = open_book("A001", workspace, lang="en").knowing.health
    assert (health.score, health.cap) == (30.0, 30.0)
    assert health.uncapped > 30


def test_what_is_wrong_in_a_table_is_not_counted(workspace):
    with open_store(workspace) as store:
        record = store.read("A004", "swot")
        rows = [dict(r) for r in record.fields["items"].value]
        rows[0]["rating"] = 9
        fields = {**record.fields, "items": FieldValue(rows)}
        store.write("A004", "swot", fields, version=record.version, who="Li", at=AT)
    known = open_book("A004", workspace, lang="en").knowing
    assert [f.code for f in known.gaps("swot") if f.level == "error"] == ["out_of_range"]
    assert known.swot.unrated == (0,)  # said to be unrated, not zero and not nine


def test_one_rival_is_an_incomplete_plan():
    known = open_book("A011", SAMPLES, lang="en").knowing
    assert known.rivals is not None
    assert not known.rivals.complete


def test_moves_are_joined_by_their_number():
    known = open_book("A009", SAMPLES, lang="en").knowing
    offers = {r["no"] for r in known.rows("three_moves", "offers")}
    outcomes = {r["no"] for r in known.rows("three_moves", "outcomes")}
    assert len(known.moves.unpaid) == len(offers - outcomes) > 0
    cost = sum(r.get("cost", 0) for r in known.rows("three_moves", "offers"))
    assert known.moves.cost == pytest.approx(cost)


def test_data_fills_in_what_it_knows():
    book = open_book("A003", SAMPLES, lang="en")
    profile = prefill(book, "profile")
    assert profile["legal_name"].value == book.name
    assert all(
        v.source and v.date == book.portfolio.as_of and v.status == "assumed" for v in profile.values()
    )
    assert "since" not in profile  # it bought before the ledger begins: not known
    assert prefill(open_book("A093", SAMPLES, lang="en"), "profile")["since"].value.startswith("2026-01")
    rows = prefill(book, "readiness")["resources"].value
    assert {r["kind"] for r in rows} == {"money", "service"}
    assert prefill(book, "pulse") == {}


def test_resources_add_up_to_those_of_all():
    portfolio = open_book("A001", SAMPLES, lang="en").portfolio
    focus = portfolio.resource_focus
    assert list(focus.index) == [*portfolio.key_accounts, ""]
    for column in ("sales_share", "contribution_share", "resource_share"):
        assert focus[column].sum() == pytest.approx(1)
    spent = -portfolio.pnl[["a_and_p", "consumer_promotion", "cost_to_serve"]].sum().sum()
    assert focus["resources"].sum() == pytest.approx(spent)


def test_a_scale_may_fall():
    assert points(0, (45, 0)) == 100
    assert points(90, (45, 0)) == 0
    assert points(float("nan"), (0, 1)) is None


def test_a_workspace_without_a_store_has_nothing_written(tmp_path):
    from kamtools.store import written
    from kamtools.workspace import new_workspace as plain

    plain(tmp_path / "w")
    assert written(open_workspace(tmp_path / "w")) == ([], [])
    assert not (tmp_path / "w" / "kam.sqlite").exists()
