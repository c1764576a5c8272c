"""The figures of one account's book, each with its unit, period and convention: what ``facts.json`` holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kamtools.book.figure import Figure, plain
from kamtools.book.knowing_figures import knowing_figures
from kamtools.book.money.figures import money_groups

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.book.portfolio import Portfolio


def account_figures(portfolio: Portfolio, account: str, item: str = "") -> list[Figure]:
    """Return the figures of an account's book, in the course's order.

    Parameters
    ----------
    portfolio : Portfolio
    account : str
    item : str
        A course item, or the beginning of several (``2.``): only its figures,
        and only what they need is computed. Default: all.
    """
    groups = [
        (("2.A.1",), _sales),
        (("2.A.2",), _profit),
        (("2.A.3",), _growth),
        (("2.A.4",), _strategies),
        (("2.B", "2.B.1", "2.B.2"), _grading),
        (tuple(f"2.{letter}" for letter in "CDEFGHIJKLMNO"), knowing_figures),
        *money_groups(),
    ]
    wanted = [make for items, make in groups if any(i.startswith(item) or item.startswith(i) for i in items)]
    found = [figure for make in wanted for figure in make(portfolio, account)]
    exact = [f for f in found if f.item == item]
    return exact or [f for f in found if f.item.startswith(item)]


def _cell(table: pd.DataFrame, account: str, column: str) -> Any:
    return table.at[account, column] if account in table.index else None


def _rank(table: pd.DataFrame, account: str) -> int | None:
    rank = _cell(table, account, "rank")
    return None if rank is None or rank != rank else int(rank)


def _sales(portfolio: Portfolio, account: str) -> Iterator[Figure]:
    result, period, item = portfolio.sales_share, portfolio.period, "2.A.1"
    table = result.table
    abc = portfolio.settings.abc
    cuts = f"cuts={abc.cuts[0]:g},{abc.cuts[1]:g} crossing={abc.crossing}"
    for name, column, unit, convention in (
        ("sales", "value", "money", ""),
        ("sales_share", "share", "fraction", "of all accounts' sales"),
        ("cumulative_share", "cumulative", "fraction", "largest first"),
        ("abc_class", "class", "class", cuts),
    ):
        yield Figure(name, plain(_cell(table, account, column)), unit, period, convention, item)
    yield Figure("sales_rank", _rank(table, account), "rank", period, "1 = largest", item)
    for name, value, unit, convention in (
        ("company_sales", result.total, "money", "all accounts"),
        ("unattributed_sales", portfolio.unattributed, "money", "ledger lines without an account"),
        ("accounts", len(table), "count", "with a line in the period"),
        ("accounts_for_80", result.accounts_for(0.8), "count", "largest first, at least 80 %"),
        ("top_10_share", result.top_share(10), "fraction", ""),
        ("hhi", result.hhi, "points", "0 to 10000"),
        ("effective_number", result.effective_number, "count", "10000 / HHI"),
        ("gini", result.gini, "fraction", "population form, accounts with sales above zero"),
    ):
        yield Figure(name, plain(value), unit, period, convention, item)


def _profit(portfolio: Portfolio, account: str) -> Iterator[Figure]:
    period, item = portfolio.period, "2.A.2"
    pnl = portfolio.pnl_result
    for line in pnl.table.columns:
        basis = pnl.basis.get(line, "")
        yield Figure(f"pnl_{line}", plain(_cell(pnl.table, account, line)), "money", period, basis, item)
    result = portfolio.profit_share
    table = result.table if result else None
    margin = None if table is None else _cell(table, account, "margin")
    yield Figure("contribution_margin", plain(margin), "fraction", period, "of sales", item)
    rank = None if table is None else _rank(table, account)
    yield Figure("contribution_rank", rank, "rank", period, "1 = most profitable", item)
    for name, value, unit, convention in (
        (
            "company_contribution",
            result.total if result else None,
            "money",
            "accounts whose contribution is known",
        ),
        ("whale_peak", result.peak if result else None, "fraction", "of total contribution"),
        ("loss_makers", len(result.loss_makers) if result else None, "count", "contribution below zero"),
        ("lost_to_loss_makers", result.lost if result else None, "money", ""),
    ):
        yield Figure(name, plain(value), unit, period, convention, item)


def _growth(portfolio: Portfolio, account: str) -> Iterator[Figure]:
    result, item = portfolio.growth, "2.A.3"
    both = f"{result.previous_period} -> {result.period}"
    recent = f"{result.recent_before_period} -> {result.recent_period}"
    for name, column, unit, period, convention in (
        ("sales_previous", "previous", "money", result.previous_period, "same months a year before"),
        ("growth", "growth", "fraction", both, "whole months against the same months a year before"),
        ("trend", "trend", "fraction", both, "Theil-Sen on logarithms, a year"),
        ("evolution_index", "evolution_index", "index", both, "100 x (1 + growth) / (1 + market growth)"),
        ("recent_change", "recent_change", "fraction", recent, "last months against a year before"),
    ):
        yield Figure(name, plain(_cell(result.table, account, column)), unit, period, convention, item)
    years = _cell(result.table, account, "cagr_years")
    said = "no two whole years" if years is None or years != years else f"over {years:g} whole years"
    yield Figure("cagr", plain(_cell(result.table, account, "cagr")), "fraction", result.period, said, item)
    bridge = result.bridge
    for name in ("nrr", "grr", "logo_retention"):
        value = getattr(bridge, name) if bridge else None
        yield Figure(name, plain(value), "fraction", both, "all accounts", item)


def _strategies(portfolio: Portfolio, account: str) -> Iterator[Figure]:
    result, period, item = portfolio.strategy_ranking, portfolio.period, "2.A.4"
    if result is None:
        return
    for strategy in result.scores.columns:
        score = plain(_cell(result.scores, account, strategy))
        yield Figure(f"strategy_{strategy}_score", score, "points", period, "weights of settings", item)
        rank = plain(_cell(result.ranks, account, strategy))
        yield Figure(
            f"strategy_{strategy}_rank", None if rank is None else int(rank), "rank", period, "1 = best", item
        )
    methods = portfolio.method_comparison.in_how_many
    votes = int(methods[account]) if account in methods.index else 0
    yield Figure(
        "methods_that_choose", votes, "count", period, f"top {portfolio.method_comparison.top} each", item
    )


def _grading(portfolio: Portfolio, account: str) -> Iterator[Figure]:
    grading, chances, period = portfolio.grading, portfolio.matrix_probability, portfolio.period
    if grading is None or chances is None:
        return
    scale = f"scale {grading.low:g}-{grading.high:g}"
    for name, item in (("attractiveness", "2.B.1"), ("strength", "2.B.2"), ("score", "2.B")):
        yield Figure(name, plain(_cell(grading.table, account, name)), "points", period, scale, item)
    quadrant = plain(_cell(grading.table, account, "quadrant"))
    yield Figure("quadrant", quadrant, "class", period, f"cut {grading.cut:g}, on the cut is high", "2.B")
    known = plain(_cell(grading.table, account, "known"))
    yield Figure("rated_weight", known, "fraction", period, "of all weights", "2.B")
    for criterion in portfolio.ratings.columns:
        rating = plain(_cell(portfolio.ratings, account, criterion))
        yield Figure(f"rating_{criterion}", rating, "points", period, scale, "2.B")
    rules = portfolio.settings.matrix
    drawn = (
        f"rating sd {rules.uncertainty_rating:g}, weight sd {rules.uncertainty_weight:g}, seed {rules.seed}"
    )
    for name in chances.columns:
        chance = plain(_cell(chances, account, name))
        yield Figure(f"probability_{name}", chance, "fraction", period, drawn, "2.B")
    is_key = "yes" if account in portfolio.key_accounts else "no"
    yield Figure(
        "key_account",
        is_key,
        "class",
        portfolio.as_of.isoformat(),
        "the list that is kept, else the rules",
        "2.B",
    )
