"""What is said of accounts: shares, growth, strategies, grading, designation, P&L, alarms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kamtools.identification import QUADRANTS
from kamtools.show.alarms import alarm_advice, alarm_text
from kamtools.show.context import Context
from kamtools.show.findings.core import NAMED, Finding, Findings, Writer
from kamtools.show.frames import row_of
from kamtools.show.numbers import is_missing, money, number, window
from kamtools.words import has_message

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.identification import (
        Alarm,
        Designation,
        Grading,
        GrowthReview,
        MethodComparison,
        Note,
        ProfitShare,
        SalesShare,
        StrategyRanking,
    )

LARGE = 0.1  # a customer above a tenth of sales is one to be named (and disclosed)
SURE, OPEN = 0.8, 0.6  # from the one a quadrant is called sure, below the other open


def sales_share(result: SalesShare | None, context: Context, fraction: float = 0.8) -> Findings:
    """Say how many accounts make most of sales, how concentrated they are, where one's own stands."""
    w = Writer(context)
    if result is None:
        return w.done()
    n, total = result.accounts_for(fraction), len(result.table)
    w.add(
        "show.find_n_make",
        "show.find_do_n_make" if total > n else "",
        n=w.count(n),
        part=w.part(n / total, 1 if n / total < 0.1 else 0),
        share=w.part(fraction),
    )
    w.add("show.find_hhi", hhi=w.count(result.hhi), effective=number(result.effective_number, context, 1))
    largest = result.table.iloc[0]
    if largest["share"] >= LARGE:
        w.add(
            "show.find_largest",
            "show.find_do_largest",
            name=w.name(result.table.index[0]),
            share=w.part(largest["share"], 1),
        )
    if context.account in result.table.index:
        row = row_of(result.table, context.account)
        w.add(
            "show.find_own_share",
            ("show.find_do_class", row["class"]),
            name=w.name(context.account),
            rank=w.count(row["rank"]),
            n=w.count(total),
            share=w.part(row["share"], 1),
            **{"class": row["class"]},
        )
    if result.negative_accounts:
        rule = context.say("show.convention.negatives", result.conventions["negatives"])
        w.add("show.find_negative", n=w.count(len(result.negative_accounts)), rule=rule)
    if result.zero_accounts:
        w.add("show.find_zero", n=w.count(len(result.zero_accounts)))
    return w.done()


def profit_share(result: ProfitShare | None, context: Context) -> Findings:
    """Say who makes the profit, who takes it back, what one's own account leaves."""
    w = Writer(context)
    if result is None or not len(result.table):
        return w.done()
    if result.peak is not None and result.peak_count is not None:
        w.add("show.find_peak", n=w.count(result.peak_count), peak=w.part(result.peak))
    losers = list(result.loss_makers)
    if losers:
        if result.destroyed is not None:
            w.add("show.find_destroyed", n=w.count(len(losers)), part=w.part(result.destroyed, 1))
        w.add("show.find_losers", "show.find_do_losers", names=w.names(losers))
    elif len(result.table.dropna(subset=["contribution"])):
        w.add("show.find_no_losers")
    if result.unknown:
        w.add("show.find_unknown_cost", n=w.count(len(result.unknown)))
    own = context.account
    if own is not None and own in result.table.index:
        row = row_of(result.table, own)
        if is_missing(row["contribution"]):
            w.add("show.find_own_profit_unknown", name=w.name(own))
        else:
            w.add(
                "show.find_own_profit",
                "show.find_do_own_loss" if row["contribution"] < 0 else "show.find_do_own_profit",
                name=w.name(own),
                amount=money(row["contribution"], context),
                margin=w.part(row["margin"], 1),
                rank=w.count(row["rank"]),
            )
    elif own is not None and own in result.unknown:
        w.add("show.find_own_profit_unknown", name=w.name(own))
    return w.done()


def growth(result: GrowthReview | None, context: Context) -> Findings:
    """Say how sales moved, who was kept, who fell, who grows fastest."""
    w = Writer(context)
    if result is None:
        return w.done()
    if not is_missing(result.total_growth):
        w.add(
            "show.find_total_growth",
            previous=money(result.total_previous, context),
            current=money(result.total_current, context),
            growth=w.part(result.total_growth, 1, True),
        )
    found = result.bridge
    if found is not None:
        low = not is_missing(found.nrr) and found.nrr < 1
        w.add(
            "show.find_retention",
            "show.find_do_retention" if low else "show.find_do_retention_good",
            nrr=w.part(found.nrr, 1),
            grr=w.part(found.grr, 1),
            logo=w.part(found.logo_retention, 1),
        )
    months = result.conventions.get("fall_months", "")
    if result.falls:
        w.add("show.find_falls", "show.find_do_falls", names=w.names(result.falls, 5), months=months)
    elif found is not None:
        w.add("show.find_no_falls")
    if result.fastest_small:
        first = result.fastest_small[0]
        rate = w.part(result.table.loc[first, "growth"], 0, True)
        w.add("show.find_fastest_small", "show.find_do_fastest_small", name=w.name(first), growth=rate)
    own = context.account
    if own is not None and own in result.table.index:
        row = row_of(result.table, own)
        name, rate, index = w.name(own), row["growth"], row["evolution_index"]
        if is_missing(rate):
            w.add("show.find_own_growth_none", name=name)
        elif is_missing(index):
            w.add("show.find_own_growth_plain", name=name, growth=w.part(rate, 1, True))
        else:
            do = "show.find_do_own_down" if index < 100 else "show.find_do_own_up"
            w.add("show.find_own_growth", do, name=name, growth=w.part(rate, 1, True), index=w.count(index))
    w.items += [Finding(note_text(note, context)) for note in result.notes]
    return w.done()


def note_text(note: Note, context: Context) -> str:
    """Return a remark on a result as a sentence (its months written as people write them)."""
    params = {k: window(v, context) if isinstance(v, str) else v for k, v in note.params.items()}
    known = has_message("show.note", note.key)
    return context.say("show.note", note.key, **params) if known else note.key


def strategies(result: StrategyRanking | None, context: Context) -> Findings:
    """Say whose rank depends on the strategy, and which strategies disagree."""
    w = Writer(context)
    if result is None or result.ranks.shape[1] < 2 or not len(result.ranks):
        return w.done()
    moved = [a for a, by in result.most_moved.items() if by > 0]
    if moved:
        w.add("show.find_moved", "show.find_do_moved", names=w.names(moved[:NAMED]))
    pair = _least_alike(result.tau)
    if pair is not None:
        a, b, tau = pair
        names = {"a": context.term(a, "strategy"), "b": context.term(b, "strategy")}
        w.add("show.find_tau", **names, tau=number(tau, context, 2))
    own = context.account
    if own is not None and own in result.ranks.index:
        ranks = [
            context.say("show.find_rank_of", strategy=context.term(str(s), "strategy"), rank=w.count(r))
            for s, r in result.ranks.loc[own].items()
            if not is_missing(r)
        ]
        if ranks:
            w.add("show.find_own_ranks", name=w.name(own), ranks=context.say("show.comma").join(ranks))
    return w.done()


def _least_alike(tau: pd.DataFrame) -> tuple[str, str, float] | None:
    pairs = [
        (float(tau.loc[a, b]), str(a), str(b))  # type: ignore[arg-type]
        for i, a in enumerate(tau.index)
        for b in tau.columns[i + 1 :]
        if not is_missing(tau.loc[a, b])
    ]
    if not pairs:
        return None
    value, a, b = min(pairs)
    return a, b, value


def methods(result: MethodComparison | None, context: Context) -> Findings:
    """Say what each method sees that no other does."""
    w = Writer(context)
    if result is None or len(result.top_sets) < 2:
        return w.done()
    alone = {m: a for m, a in result.only_in.items() if len(a)}
    for method, accounts in alone.items():
        w.add("show.find_only_in", method=context.term(str(method), "method"), names=w.names(accounts))
    if alone:
        last = w.items[-1]
        w.items[-1] = Finding(last.text, context.say("show.find_do_only_in"))
    else:
        w.add("show.find_all_agree")
    own = context.account
    if own is not None:
        n = sum(own in accounts for accounts in result.top_sets.values())
        w.add("show.find_own_methods", name=w.name(own), n=n, of=len(result.top_sets))
    return w.done()


def grading(result: Grading | None, context: Context, probability: pd.DataFrame | None = None) -> Findings:
    """Say where one's own account stands in the matrix, on how much, and how sure that is."""
    w = Writer(context)
    if result is None or not len(result.table):
        return w.done()
    graded = result.table.dropna(subset=["attractiveness", "strength"])
    own = context.account
    if own is not None and own in graded.index:
        row = row_of(graded, own)
        quadrant = str(row["quadrant"])
        w.add(
            "show.find_own_quadrant",
            ("show.find_do_quadrant", quadrant),
            name=w.name(own),
            attractiveness=number(row["attractiveness"], context, 2),
            strength=number(row["strength"], context, 2),
            quadrant=context.term(quadrant),
        )
        if row["known"] < 1:
            w.add(
                "show.find_unrated", "show.find_do_unrated", name=w.name(own), part=w.part(1 - row["known"])
            )
        if probability is not None and own in probability.index:
            _sure(w, own, quadrant, probability, context)
    elif own is not None:
        w.add("show.find_not_graded", "show.find_do_unrated", name=w.name(own))
    counts = graded["quadrant"].value_counts()
    words = [
        context.say("show.find_count_of", term=context.term(q), n=w.count(counts[q]))
        for q in QUADRANTS
        if q in counts
    ]
    if words:
        w.add("show.find_quadrants", n=w.count(len(graded)), counts=context.say("show.comma").join(words))
    return w.done()


def _sure(w: Writer, own: str, quadrant: str, probability: pd.DataFrame, context: Context) -> None:
    part: Any = row_of(probability, own).get(quadrant)
    if not is_missing(part):
        part = float(part)
        do = "sure" if part >= SURE else "fairly_sure" if part >= OPEN else "unsure"
        w.add(
            "show.find_sure",
            ("show.find_do_sure", do),
            name=w.name(own),
            part=w.part(part),
            quadrant=context.term(quadrant),
        )


def designation(result: Designation | None, context: Context) -> Findings:
    """Say how many key accounts there are, who entered and left, and whether one's own is on the list."""
    w = Writer(context)
    if result is None:
        return w.done()
    table = result.table
    if "account" in table.columns:
        table = table.set_index("account")
    counts = table["status"].value_counts()
    w.add(
        "show.find_listed",
        n=w.count(len(result.accounts)),
        **{k: w.count(int(counts.get(k, 0))) for k in ("entered", "kept", "left")},
    )
    own = context.account
    if own is not None and own in table.index:
        key = "show.find_own_listed" if own in result.accounts else "show.find_own_not_listed"
        w.add(key, name=w.name(own), status=context.term(str(table.loc[own, "status"])))
    return w.done()


def pnl(result: pd.DataFrame | None, context: Context) -> Findings:
    """Say what is left of list price and of net sales, and which item takes most."""
    w = Writer(context)
    if result is None or not len(result):
        return w.done()
    amounts = result.groupby("line", sort=False)["amount"].sum(min_count=1)
    known = {str(k): float(v) for k, v in amounts.items() if not is_missing(v)}
    full, net, left = (known.get(k) for k in ("list_sales", "net_sales", "contribution"))
    name = w.name(context.account) if context.account else context.say("show.all_accounts")
    if full and net is not None and full > 0:
        w.add("show.find_pnl_terms", name=name, list=money(full, context), part=w.part(net / full, 1))
    if net and net > 0:
        if left is not None:
            amount = money(left, context)
            w.add(
                "show.find_pnl_contribution",
                net=money(net, context),
                contribution=amount,
                part=w.part(left / net, 1),
            )
        items = ("consumer_promotion", "a_and_p", "cost_to_serve")
        costs = {k: known[k] for k in items if known.get(k)}
        if costs:
            worst = min(costs, key=lambda k: costs[k])
            part = w.part(abs(costs[worst]) / net, 1)
            w.add("show.find_pnl_largest", ("show.find_do_pnl", worst), line=context.term(worst), part=part)
    return w.done()


def alarms(result: Sequence[Alarm], context: Context, most: int = 8) -> Findings:
    """Say each alarm with what to do: the own account's first, then the severe ones."""
    ordered = sorted(result, key=lambda a: (a.account != context.account, a.severity != "high"))
    items = [Finding(alarm_text(a, context), alarm_advice(a, context)) for a in ordered[:most]]
    if not items:
        items = [Finding(context.say("show.no_alarms"))]
    return Findings(tuple(items), context.lang)
