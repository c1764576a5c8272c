"""What is said of spending: codes to correct, activities to stop, promotions and A&P that pay or do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamtools.finance.names import VERDICTS
from kamtools.show.context import Context, one_line
from kamtools.show.findings.core import Finding, Findings, Writer
from kamtools.show.findings.money import unknown
from kamtools.show.frames import records
from kamtools.show.money_words import activity_name, called, plan_name, points, span, warned
from kamtools.show.numbers import is_missing, money, number, percent
from kamtools.show.tables.spending import finding_frame, spent_on
from kamtools.show.terms import listed

if TYPE_CHECKING:
    from kamtools.finance.checking import CodeCheck

KINDS = 4  # kinds of wrong codes that are told
ROWS = 4


def codes(result: CodeCheck | pd.DataFrame | None, context: Context) -> Findings:
    """Say how many bookings have a wrong code, kind by kind, and with which code to book the largest anew.

    Parameters
    ----------
    result : CodeCheck, or frame of its findings
    context : Context
    """
    frame = finding_frame(result)
    if frame is None:
        return unknown(context, "codes")
    w = Writer(context)
    if not len(frame):
        w.add("money.find_codes_fine")
        return w.done()
    once = frame.drop_duplicates("expense_id")
    w.add("money.find_codes", n=w.count(len(once)), amount=money(once["amount"].sum(), context))
    sums = frame.groupby("finding", sort=False)["amount"].agg(lambda a: a.abs().sum())
    for finding in sums.sort_values(ascending=False, kind="stable").index[:KINDS]:
        rows = frame[frame["finding"] == finding]
        largest = records(rows.loc[[rows["amount"].abs().idxmax()]])[0]
        params = {"what": called(context, "money.code", finding), "n": w.count(len(rows)), "amount": money(rows["amount"].sum(), context),
                  "expense": one_line(largest["expense_id"], 20), "largest": money(largest["amount"], context)}  # fmt: skip
        do = called(context, "money.find_do_code", finding)
        if is_missing(largest["likely"]):
            w.add("money.find_code_kind", **params)
        else:
            w.add("money.find_code_kind_likely", likely=one_line(largest["likely"], 40), **params)
        w.items[-1] = Finding(w.items[-1].text, do)
    doubtful = once[[bool(a) for a in once["assumed"]]]
    if len(doubtful):
        w.add("money.find_codes_assumed", "money.find_do_codes_assumed", n=w.count(len(doubtful)))
    return w.done()


def control(frame: pd.DataFrame | None, context: Context, roll: pd.DataFrame | None = None) -> Findings:
    """Say what is used of the budget, which activities stop and which are to be watched, and what is accrued.

    Parameters
    ----------
    frame : frame
        Of :func:`kamtools.finance.control.budget_control` by activity.
    context : Context
    roll : frame, optional
        Of :func:`kamtools.finance.control.roll_forward`.
    """
    if frame is None or not len(frame):
        return unknown(context, "control")
    w = Writer(context)
    key = next((k for k in ("activity", "line", "code") if k in frame.columns), str(frame.columns[0]))
    whole = frame[["budget", "used"]].sum(min_count=1, skipna=False)
    if not whole.isna().any() and whole["budget"] > 0:
        w.add("money.find_control", used=money(whole["used"], context), budget=money(whole["budget"], context), part=w.part(whole["used"] / whole["budget"]))  # fmt: skip
    for status in ("stop", "warn"):
        for row in [r for r in records(frame) if r["status"] == status][:ROWS]:
            told = context.say("money.find_control", status, name=activity_name(context, row[key]), reason=called(context, "money.why", row["reason"]),
                        used=money(row["used"], context), budget=money(row["budget"], context), forecast=money(row["forecast"], context))  # fmt: skip
            w.items.append(Finding(told, called(context, "money.find_do_why", row["reason"])))
    for status in ("go", "unknown"):
        names = [activity_name(context, r[key]) for r in records(frame) if r["status"] == status]
        if names:
            w.add(
                ("money.find_control", status),
                "money.find_do_why.not_recorded" if status == "unknown" else "",
                names=listed(names, context),
            )
    if roll is not None and len(roll):
        last = records(roll.iloc[-1:])[0]
        odd = bool(last["warning"])
        if is_missing(last["closing"]):
            w.add("money.find_roll_unknown", "money.find_do_roll_unknown")
        else:
            w.add(
                "money.find_roll_odd" if odd else "money.find_roll",
                "money.find_do_roll_odd" if odd else "",
                closing=money(last["closing"], context),
            )
    return w.done()


def promotions(result: Sequence[Any] | None, context: Context) -> Findings:
    """Say of each promotion whether it paid, against which baseline, and what to do with it next time.

    Parameters
    ----------
    result : sequence of Promotion
    context : Context
    """
    if not result:
        return unknown(context, "promotions")
    w = Writer(context)
    counts = {k: sum(p.pnl.verdict == k for p in result) for k in VERDICTS}
    parts = (
        context.say("money.count_of", name=called(context, "money.verdict", k), n=w.count(n))
        for k, n in counts.items()
        if n
    )
    w.add("money.find_promotions", n=w.count(len(result)), counts=listed(parts, context))
    order = ("does_not_pay", "pays", "undecided", "no_conclusion")
    for item in sorted(result, key=lambda p: order.index(p.pnl.verdict))[:ROWS]:
        pnl = item.pnl
        params = {"name": plan_name(item, context), "period": span(item.start, item.end, context), "spend": money(pnl.spend, context),
                  "profit": money(pnl.incremental_profit, context), "ratio": number(pnl.roi_ratio, context, 2),
                  "lift": percent(pnl.lift, context, 0, sign=True), "needed": percent(pnl.break_even_lift, context, 0, sign=True)}  # fmt: skip
        verdict = pnl.verdict if pnl.verdict in order else "no_conclusion"
        w.add(("money.find_promotion", verdict), ("money.find_do_promotion", verdict), **params)
    warnings = dict.fromkeys(x for p in result for x in p.pnl.warnings)
    if warnings:
        w.items.append(Finding(warned(context, "money.warning_promotion", warnings)))
    return w.done()


def returns(
    frame: pd.DataFrame | None,
    context: Context,
    lift: pd.Series | None = None,
    promotions: Sequence[Any] = (),
) -> Findings:
    """Say where spending brings too little and is to be cut, where more may be spent, and whether A&P was followed by growth.

    Parameters
    ----------
    frame : frame
        Of :func:`kamtools.finance.returns.cut_and_add` with a column ``activity``.
    context : Context
    lift : Series, optional
        The account's row of :func:`kamtools.finance.returns.lift_by_account`.
    promotions : sequence of Promotion
        Their names, where an activity is a promotion's id.
    """
    if (frame is None or not len(frame)) and lift is None:
        return unknown(context, "returns")
    w = Writer(context)
    rows = [] if frame is None else records(frame)
    for suggestion in ("cut", "add", "keep", "not_known"):
        chosen = [r for r in rows if r["suggestion"] == suggestion]
        if chosen:
            names = (spent_on(r["activity"], context, promotions) for r in chosen)
            w.add(("money.find_returns", suggestion), ("money.find_do_returns", suggestion), n=w.count(len(chosen)), names=listed(names, context, 3),
                  spend=money(sum(float(r["spend"]) for r in chosen if not is_missing(r["spend"])), context))  # fmt: skip
    if lift is not None:
        status = str(lift["status"])
        w.add(("money.find_lift", status), ("money.find_do_lift", status) if status in ("no_lift", "undecided", "not_judged") else "",
              before=percent(lift["rate_before"], context), rate=percent(lift["rate"], context),
              extra=money(lift["extra_spend"], context), growth=percent(lift["growth"], context, sign=True),
              needed=points(lift["needed_growth"], context, sign=False), median=percent(lift["median_growth"], context, sign=True))  # fmt: skip
    return w.done()
