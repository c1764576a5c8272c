"""A fault of the program ends an account's book as failed; it is never printed as data that are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from kamtools import fleet
from kamtools.book import open_book, opening
from kamtools.notknown import NotKnown

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
# A room's function with a fault in it, planted in the kernel where the book is made.
PLANTED = """\
from kamtools.book import open_book
from kamtools import identification
from kamtools.classroom import colophon, figures

def health_score(*arguments):
    raise {error}("planted in a room")

if account == "K4":
    identification.health_score = health_score
book = open_book(account, workspace, as_of, lang, batch)
display(figures(book, "2.C"), colophon(book))
"""


def planted(error):
    def fails(*arguments, **named):
        raise error("planted in a room")

    return fails


@pytest.mark.parametrize("error", ["ValueError", "TypeError"])
def test_a_planted_fault_fails_that_book_and_no_other_and_says_where(small, tmp_path, make_notebook, error):
    notebook = make_notebook(tmp_path / "n.ipynb", code=PLANTED.format(error=error))
    out = tmp_path / "out"
    report = fleet.run(small, out, fleet.Selection.of(["00123", "K4"]), lang="en", jobs=1, notebook=notebook)
    done, failed = report.statuses
    assert (done.account, done.ok, failed.account, failed.ok) == ("00123", True, "K4", False)
    assert "A fault of the program" in failed.error and f"{error}: planted in a room" in failed.error
    assert "kamtools/book/health.py, line " in failed.error
    assert [p.name for p in (out / "accounts" / failed.slug).iterdir()] == ["failed.ipynb"]
    verified = fleet.verify(out)
    assert verified.books == 1  # the failed one is no book
    assert any("K4" in line for line in verified.lines("en"))


@pytest.mark.parametrize("error", [ValueError, TypeError])
def test_verify_takes_no_fault_for_equal_figures(ran, monkeypatch, error):
    _, out, _ = ran
    assert fleet.verify(out).difference is None
    opening._opened.clear()  # so that nothing found before stands for what is asked now
    monkeypatch.setattr("kamtools.identification.health_score", planted(error))
    with pytest.raises(error, match="planted in a room"):
        fleet.verify(out)
    opening._opened.clear()


@pytest.mark.parametrize(
    "room, asked",
    [
        ("kamtools.book.money.control.budget_control", "control"),
        ("kamtools.book.money.standing.credit_score", "credit"),
        ("kamtools.book.money.failure.stress_top_account", "stress"),
    ],
)
@pytest.mark.parametrize("error", [ValueError, TypeError])
def test_a_fault_in_a_room_of_money_is_raised_and_a_lack_of_data_is_none(monkeypatch, room, asked, error):
    def money():
        book = open_book("A009", SAMPLES, lang="en", batch=True)
        book.portfolio._made_money.clear()
        return book.money

    monkeypatch.setattr(room, planted(NotKnown))
    said = money()
    found = said.credit.score if asked == "credit" else getattr(said, asked)
    assert found is None
    monkeypatch.setattr(room, planted(error))
    with pytest.raises(error, match="planted in a room"):
        getattr(money(), asked)
    money()  # nothing of the fault is kept
