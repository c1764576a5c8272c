from __future__ import annotations

import pytest

from kamtools.book import open_portfolio
from kamtools.fleet.summary import summarise


@pytest.fixture(scope="module")
def portfolio(small):
    return open_portfolio(small)


def test_rows_say_what_the_portfolio_says(portfolio):
    summary = summarise(portfolio, "zh")
    assert len(summary.rows) == len(portfolio.account_ids) == 6
    by_id = {r.account: r for r in summary.rows}
    for account, row in by_id.items():
        assert row.sales == portfolio.sales[account]
        assert row.share == portfolio.sales_share.table.at[account, "share"]
        assert row.growth == portfolio.growth.table.at[account, "growth"]
        assert row.quadrant == portfolio.grading.table.at[account, "quadrant"]
        assert row.probability == portfolio.matrix_probability.at[account, row.quadrant]
    assert {a for a, r in by_id.items() if r.key} == {"../../x", "BAD", "K4"}
    assert sum(r.sales for r in summary.rows) == pytest.approx(summary.sales)
    assert [r.sales for r in summary.rows] == sorted((r.sales for r in summary.rows), reverse=True)


def test_names_are_what_was_written_and_words_are_in_the_language(portfolio, hostile):
    zh, en = summarise(portfolio, "zh"), summarise(portfolio, "en")
    assert {r.account: r.name for r in zh.rows} == hostile
    assert (zh.company, en.company) == ("测试<公司>", "Test <company>")
    assert zh.as_of == "2026年6月30日" and en.as_of == "Jun 30, 2026"
    assert [q for q, _ in zh.quadrants] == [q for q, _ in en.quadrants]
    assert dict(en.quadrants)["strategic"] == "Strategic" != dict(zh.quadrants)["strategic"]


def test_figures_do_not_depend_on_the_language(portfolio):
    from dataclasses import replace

    zh, en = (
        [replace(r, name="", segment="") for r in summarise(portfolio, lang).rows] for lang in ("zh", "en")
    )
    assert zh == en


def test_what_is_not_known_is_none_and_never_zero(portfolio):
    summary = summarise(portfolio, "en")
    assert all(r.potential is None and r.segment == "" for r in summary.rows)


def test_an_owners_summary_adds_up_over_the_owners_accounts(portfolio):
    own = summarise(portfolio, "en").of_owner("王芳")
    assert {r.account for r in own.rows} == {"00123", "K4"}
    assert own.sales == pytest.approx(portfolio.sales[["00123", "K4"]].sum())
    assert all(a.account in {"00123", "K4"} for a in own.alarms)
