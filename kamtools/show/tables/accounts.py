"""Tables with a row per account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kamtools.show.context import Context
from kamtools.show.conventions import conventions_line
from kamtools.show.frames import row_of
from kamtools.show.numbers import money, number, percent, window
from kamtools.show.tables.build import account_name, build

if TYPE_CHECKING:
    from kamtools.identification import (
        Grading,
        GrowthReview,
        MethodComparison,
        ProfitShare,
        SalesShare,
        StrategyRanking,
    )
    from kamtools.show.tables.build import Table


def _columns(context: Context, *spec: str) -> list[tuple[str, str, str]]:
    """Return columns from ``"key:l"`` / ``"key:r"`` with the headings ``col_<key>``."""
    pairs = [s.split(":") for s in spec]
    return [(key, context.say("show.col", key), align) for key, align in pairs]


def _chosen(accounts: Iterable[Any], context: Context, top: int) -> list[str]:
    """Return the first `top` accounts, with the reader's own after them where it is further down."""
    every = [str(a) for a in accounts]
    chosen = every[:top]
    if context.account in every and context.account not in chosen:
        chosen.append(context.account)
    return chosen


def _own(accounts: Sequence[str], context: Context) -> list[int]:
    return [i for i, a in enumerate(accounts) if a == context.account]


def sales_share(result: SalesShare | None, context: Context, top: int = 10) -> Table:
    """Return the largest accounts and the reader's own: sales, share, cumulative share, class."""
    columns = _columns(context, "rank:r", "account:l", "sales:r", "share:r", "cumulative:r", "class:l")
    label = context.say("show.table_sales_share")
    if result is None:
        return build(context, "sales_share", columns, [], title=label, empty="show.nothing_sold")
    accounts = _chosen(result.table.index, context, top)
    rows = [
        [
            number(row["rank"], context),
            account_name(account, context),
            money(row["value"], context),
            percent(row["share"], context),
            percent(row["cumulative"], context),
            str(row["class"]),
        ]
        for account, row in result.table.loc[accounts].iterrows()
    ]
    rest = result.table.drop(index=accounts)
    if len(rest):
        rows.append(
            [
                "",
                context.say("show.other_accounts", n=number(len(rest), context)),
                money(rest["value"].sum(), context),
                percent(rest["share"].sum(), context),
                "",
                "",
            ]
        )
    rows.append(["", context.say("show.total"), money(result.total, context), percent(1, context), "", ""])
    return build(
        context,
        "sales_share",
        columns,
        rows,
        title=label,
        note=conventions_line(result.conventions, context),
        own=_own(accounts, context),
        bold=[len(rows) - 1],
    )


def profit_share(result: ProfitShare | None, context: Context, top: int = 10) -> Table:
    """Return the most profitable accounts and the reader's own."""
    columns = _columns(
        context, "rank:r", "account:l", "sales:r", "contribution:r", "margin:r", "share:r", "cumulative:r"
    )
    label = context.say("show.table_profit_share")
    if result is None:
        return build(context, "profit_share", columns, [], title=label, empty="show.no_contribution")
    accounts = _chosen(result.table.index, context, top)
    rows = [_profit_row(account, result, context) for account in accounts]
    rows.append(
        ["", context.say("show.total"), "", money(result.total, context), "", percent(1, context), ""]
    )
    return build(
        context,
        "profit_share",
        columns,
        rows,
        title=label,
        note=conventions_line(result.conventions, context),
        own=_own(accounts, context),
        bold=[len(rows) - 1],
    )


def _profit_row(account: str, result: ProfitShare, context: Context) -> list[str]:
    row = row_of(result.table, account)
    return [
        number(row["rank"], context),
        account_name(account, context),
        money(row["sales"], context),
        money(row["contribution"], context),
        percent(row["margin"], context),
        percent(row["share"], context),
        percent(row["cumulative"], context),
    ]


def loss_makers(result: ProfitShare | None, context: Context, top: int = 10) -> Table:
    """Return the accounts that lose money, worst first."""
    columns = _columns(context, "account:l", "sales:r", "contribution:r", "margin:r")
    accounts = [] if result is None else _chosen(list(result.loss_makers), context, top)
    rows = []
    for account in accounts:
        assert result is not None
        row = row_of(result.table, account)
        rows.append(
            [
                account_name(account, context),
                money(row["sales"], context),
                money(row["contribution"], context),
                percent(row["margin"], context),
            ]
        )
    return build(
        context,
        "loss_makers",
        columns,
        rows,
        title=context.say("show.table_loss_makers"),
        own=_own(accounts, context),
        empty="show.find_no_losers" if result is not None else "show.no_contribution",
    )


def growth(result: GrowthReview | None, context: Context, top: int = 10) -> Table:
    """Return the largest accounts by current sales with the reader's own, the falls and the fastest."""
    columns = _columns(
        context,
        "account:l",
        "current:r",
        "previous:r",
        "growth:r",
        "cagr:r",
        "evolution_index:r",
        "recent:r",
        "status:l",
    )
    label = context.say("show.table_growth")
    if result is None or not result.period:  # no two whole periods to compare
        return build(context, "growth", columns, [], title=label, empty="show.no_growth")
    ordered = result.table.sort_values("current", ascending=False, kind="stable")
    accounts = _chosen(ordered.index, context, top)
    more = [str(a) for a in (*result.falls[:5], *result.fastest_small[:3]) if a in ordered.index]
    accounts += [a for a in dict.fromkeys(more) if a not in accounts]
    rows = []
    for account, row in ordered.loc[accounts].iterrows():
        rows.append(
            [
                account_name(account, context),
                money(row["current"], context),
                money(row["previous"], context),
                percent(row["growth"], context, sign=True),
                percent(row["cagr"], context, sign=True),
                number(row["evolution_index"], context),
                percent(row["recent_change"], context, sign=True),
                context.term(str(row["status"])),
            ]
        )
    rows.append(
        [
            context.say("show.total"),
            money(result.total_current, context),
            money(result.total_previous, context),
            percent(result.total_growth, context, sign=True),
            "",
            "",
            "",
            "",
        ]
    )
    compared = context.say(
        "show.compared",
        now=window(result.period, context),
        before=window(result.previous_period, context),
    )
    return build(
        context,
        "growth",
        columns,
        rows,
        title=label,
        note=f"{compared} · {conventions_line(result.conventions, context)}",
        own=_own(accounts, context),
        bold=[len(rows) - 1],
    )


def strategies(result: StrategyRanking | None, context: Context, top: int = 10) -> Table:
    """Return the rank of each account under each strategy, best mean rank first."""
    label = context.say("show.table_strategies")
    if result is None or not len(result.ranks):
        return build(context, "strategies", [], [], title=label, empty="show.no_ranking")
    ranks = result.ranks
    ids = [str(c) for c in ranks.columns]
    ordered = ranks.loc[ranks.mean(axis=1).sort_values(kind="stable").index]
    inside = ordered[(ordered <= top).any(axis=1)]
    accounts = _chosen(inside.index, context, 2 * top)
    if context.account in ordered.index and context.account not in accounts:
        accounts.append(str(context.account))
    moved = result.most_moved
    rows = [
        [
            account_name(a, context),
            *[number(v, context) for v in ordered.loc[a]],
            number(moved.get(a), context),
        ]
        for a in accounts
    ]
    columns = [("account", context.say("show.col.account"), "l")]
    columns += [(f"s{i}", context.term(s, "strategy"), "r") for i, s in enumerate(ids)]
    columns.append(("most_moved", context.say("show.col.most_moved"), "r"))
    return build(context, "strategies", columns, rows, title=label, own=_own(accounts, context))


def methods(result: MethodComparison | None, context: Context, most: int = 20) -> Table:
    """Return which method puts which account among its top ones."""
    label = context.say("show.table_methods")
    if result is None or not len(result.top_sets):
        return build(context, "methods", [], [], title=label, empty="show.no_methods")
    chosen = {str(m): {str(a) for a in s} for m, s in result.top_sets.items()}
    everyone = list(dict.fromkeys(str(a) for s in result.top_sets.values() for a in s))
    everyone.sort(key=lambda a: -sum(a in s for s in chosen.values()))
    accounts = _chosen(everyone, context, most)
    rows = [
        [
            account_name(a, context),
            *[context.say("show.tick_yes" if a in s else "show.tick_no") for s in chosen.values()],
            number(sum(a in s for s in chosen.values()), context),
        ]
        for a in accounts
    ]
    columns = [("account", context.say("show.col.account"), "l")]
    columns += [(f"m{i}", context.term(m, "method"), "l") for i, m in enumerate(chosen)]
    columns.append(("methods", context.say("show.col.methods"), "r"))
    return build(context, "methods", columns, rows, title=label, own=_own(accounts, context))


def grading(result: Grading | None, context: Context, top: int = 15) -> Table:
    """Return the best graded accounts and the reader's own: both axes, score, quadrant."""
    columns = _columns(
        context,
        "account:l",
        "attractiveness:r",
        "strength:r",
        "score:r",
        "quadrant:l",
        "known:r",
    )
    label = context.say("show.table_grading")
    if result is None or not len(result.table):
        return build(context, "grading", columns, [], title=label, empty="show.no_grading")
    ordered = result.table.sort_values("score", ascending=False, kind="stable", na_position="last")
    accounts = _chosen(ordered.index, context, top)
    rows = [
        [
            account_name(account, context),
            number(row["attractiveness"], context, 2),
            number(row["strength"], context, 2),
            number(row["score"], context, 2),
            context.term(row["quadrant"]) if isinstance(row["quadrant"], str) else "—",
            percent(row["known"], context, 0),
        ]
        for account, row in ordered.loc[accounts].iterrows()
    ]
    return build(
        context,
        "grading",
        columns,
        rows,
        title=label,
        note=conventions_line(result.conventions, context),
        own=_own(accounts, context),
    )
