"""What is said of the account's money: P&L against plan, forecast, measures, versions, closed months, what if."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamtools.finance.names import PNL_SUBTOTALS
from kamtools.show.charts.money import span_words, what_if_notes
from kamtools.show.context import Context
from kamtools.show.findings.core import Finding, Findings, Writer
from kamtools.show.frames import records
from kamtools.show.money_words import called, line_name, warned
from kamtools.show.numbers import is_missing, money, month, percent
from kamtools.show.tables.money import measure_name, measured, month_words, said
from kamtools.show.terms import listed

if TYPE_CHECKING:
    from kamtools.finance.monthlock import Restatement
    from kamtools.finance.tracking import Bridge, RunRate

SUMS = ("list_sales", *PNL_SUBTOTALS, "economic_profit")
CENT = 0.005


def unknown(context: Context, view: str) -> Findings:
    """Return the one finding of a view without a result: which table or setting is missing, and to add it."""
    return Findings(
        (Finding(context.say("money.none", view), context.say("money.find_do_add_data")),), context.lang
    )


def signed(value: Any, context: Context) -> str:
    """Return an amount with its sign, written short."""
    return money(value, context, sign=True)


def statement(statement: Any, context: Context) -> Findings:
    """Say where the P&L stands against budget and last year, what moved it most, and what to do.

    Parameters
    ----------
    statement : Statement
    context : Context
    """
    if statement is None or not len(statement.table):
        return unknown(context, "statement")
    w = Writer(context)
    lines = {str(r["line"]): r for r in records(statement.table)}
    told = context.say("money.span", statement.span, period=span_words(statement, context))
    for line in ("net_sales", "contribution"):
        row = lines.get(line)
        if row is None or is_missing(row["actual"]):
            w.add("money.find_line_unknown", span=told, line=line_name(context, line))
            continue
        params = {"span": told, "line": line_name(context, line), "actual": money(row["actual"], context)}
        if is_missing(row["variance"]):
            w.add("money.find_line_alone", **params)
        else:
            w.add("money.find_line_against", budget=money(row["budget"], context), variance=signed(row["variance"], context),
                  part=percent(row["variance_fraction"], context, sign=True), **params)  # fmt: skip
        if not is_missing(row["last_year"]):
            last = float(row["last_year"])
            growth = (float(row["actual"]) - last) / abs(last) if last else None
            w.add("money.find_line_last_year", line=params["line"], last=money(last, context), growth=percent(growth, context, sign=True))  # fmt: skip
    _worst(w, lines, context)
    _economic(w, lines, context)
    for warning in statement.warnings:
        w.items.append(Finding(called(context, "money.warning_statement", warning), called(context, "money.find_do_warning", warning)))  # fmt: skip
    return w.done()


def _worst(w: Writer, lines: dict[str, dict[str, Any]], context: Context) -> None:
    """Say which deduction is most overspent, its budget scaled to the sales there were."""
    net = lines.get("net_sales")
    scale = 1.0
    if (
        net is not None
        and not is_missing(net["actual"])
        and not is_missing(net["budget"])
        and net["budget"] > 0
    ):
        scale = float(net["actual"]) / float(net["budget"])
    parts = [r for k, r in lines.items() if k not in SUMS and not is_missing(r["variance"])]
    excess = {str(r["line"]): float(r["actual"]) - scale * float(r["budget"]) for r in parts}
    worst = min(excess, key=lambda k: excess[k], default=None)
    if worst is not None and excess[worst] < -CENT:
        key = "money.find_worst_line" if scale != 1 else "money.find_worst_plain"
        w.add(
            key,
            ("money.find_do_line", worst),
            line=line_name(context, worst),
            excess=signed(excess[worst], context),
        )


def _economic(w: Writer, lines: dict[str, dict[str, Any]], context: Context) -> None:
    """Say whether the account earns its capital."""
    row, base = lines.get("economic_profit"), lines.get("contribution")
    if base is None or is_missing(base["actual"]):
        return
    contribution = float(base["actual"])
    if contribution < 0:
        w.add(
            "money.find_contribution_negative",
            "money.find_do_contribution_negative",
            contribution=money(contribution, context),
        )
    if row is None or is_missing(row["actual"]):
        return
    profit = float(row["actual"])
    params = {"profit": money(profit, context), "capital": money(contribution - profit, context)}
    if contribution < 0:
        w.add("money.find_economic_known", **params)
    elif profit < 0:
        w.add("money.find_economic_negative", "money.find_do_economic_negative", **params)
    else:
        w.add("money.find_economic_positive", **params)


def forecast(result: Any, context: Context) -> Findings:
    """Say what the months ahead and the year come to, with their interval; or why there is no forecast.

    Parameters
    ----------
    result : AccountForecast
    context : Context
    """
    if result is None:
        return unknown(context, "forecast")
    w = Writer(context)
    if result.reason or result.table is None or not len(result.table):
        reason = result.reason or "no_forecast"
        w.items.append(
            Finding(called(context, "money.reason", reason), called(context, "money.find_do_reason", reason))
        )
        return w.done()
    coverage = percent(result.coverage, context, 0)
    first = records(result.table.iloc[:1])[0]
    w.add("money.find_forecast_next", month=month_words(first["month"], context), coverage=coverage,
          point=money(first["point"], context), low=money(first["low"], context), high=money(first["high"], context))  # fmt: skip
    outlook = result.outlook
    if outlook is not None:
        w.add("money.find_forecast_year", "money.find_do_forecast_year", year=outlook.year, months=w.count(outlook.months_actual), coverage=coverage,
              point=money(outlook.point, context), low=money(outlook.low, context), high=money(outlook.high, context))  # fmt: skip
        if outlook.adjusted is not None and abs(outlook.adjusted - outlook.point) > CENT:
            w.add("money.find_forecast_adjusted", adjusted=money(outlook.adjusted, context), change=signed(outlook.adjusted - outlook.point, context))  # fmt: skip
    changes = [] if result.overrides is None else records(result.overrides)
    for row in changes[:3]:
        w.add("money.find_forecast_change", "money.find_do_forecast_change", month=month_words(row["month"], context),
              change=signed(float(row["after"]) - float(row["before"]), context), reason=said(row["reason"], context, 60))  # fmt: skip
    if not changes:
        w.add("money.find_forecast_no_change", "money.find_do_forecast_no_change")
    return w.done()


def measures(frame: pd.DataFrame | None, context: Context, run_rate: RunRate | None = None) -> Findings:
    """Say which measures are red or amber and what to do about each, what is green, where the year would end.

    Parameters
    ----------
    frame : frame[measure, line, unit, actual, target, ratio, score, band, gap, action]
    context : Context
    run_rate : RunRate, optional
    """
    if frame is None or not len(frame):
        return unknown(context, "measures")
    w = Writer(context)
    rows = records(frame)
    for band in ("red", "amber"):
        for row in (r for r in rows if r["band"] == band):
            action = str(row["action"] or "")
            params = {
                "measure": measure_name(row["measure"], context),
                "band": context.say("money.band", band),
            }
            params |= {k: measured(row[k], row["unit"], context, short=True) for k in ("actual", "target")}
            params["gap"] = measured(row["gap"], row["unit"], context, sign=True, short=True)
            do = called(context, "money.act", action) if action else ""
            w.items.append(Finding(context.say("money.find_measure_off", **params), do))
    green = [measure_name(r["measure"], context) for r in rows if r["band"] == "green"]
    if green:
        w.add("money.find_measures_green", n=w.count(len(green)), names=listed(green, context, 7))
    rest = [measure_name(r["measure"], context) for r in rows if r["band"] in ("no_target", "not_known")]
    if rest:
        w.add("money.find_measures_open", "money.find_do_measures_open", names=listed(rest, context, 7))
    if run_rate is not None:
        w.add("money.find_run_rate", full=money(run_rate.full_year, context), so_far=money(run_rate.year_to_date, context),
              months=w.count(run_rate.months), how=called(context, "money.run_rate", run_rate.convention))  # fmt: skip
        if run_rate.warnings:
            w.items.append(Finding(warned(context, "money.warning_run_rate", run_rate.warnings)))
    return w.done()


def bridge(bridge: Bridge | None, context: Context, most: int = 3) -> Findings:
    """Say which reasons took most from the planned contribution, which added to it, and what to do about each.

    Parameters
    ----------
    bridge : Bridge
    context : Context
    most : int
        Reasons told on either side.
    """
    if bridge is None:
        return unknown(context, "bridge")
    w = Writer(context)
    w.add("money.find_bridge", plan=money(bridge.plan, context), actual=money(bridge.actual, context), change=signed(bridge.change, context))  # fmt: skip
    steps = sorted(records(bridge.steps), key=lambda r: float(r["amount"]))
    for sign, chosen in (("took", steps[:most]), ("added", steps[::-1][:most])):
        for row in chosen:
            amount = float(row["amount"])
            if abs(amount) < CENT or (amount < 0) != (sign == "took"):
                continue
            told = context.say("money.find_step", sign, step=called(context, "money.step", row["step"]), amount=signed(amount, context))  # fmt: skip
            action = str(row["action"] or "")
            w.items.append(Finding(told, called(context, "money.act", action) if action else ""))
    if bridge.warnings:
        w.items.append(Finding(warned(context, "money.warning_bridge", bridge.warnings)))
    return w.done()


def restatement(result: Restatement | None, context: Context, late: pd.DataFrame | None = None) -> Findings:
    """Say what has changed in closed months since they were closed, which postings came late, whom to tell.

    Parameters
    ----------
    result : Restatement
    context : Context
    late : frame, optional
        Of :func:`kamtools.finance.monthlock.late_postings`.
    """
    if result is None:
        return unknown(context, "restatement")
    w = Writer(context)
    changes = result.changes()
    if not len(changes):
        w.add("money.find_restated_none", n=w.count(len(result.months)))
    else:
        months = sorted({str(m)[:7] for m in changes["month"]})
        w.add("money.find_restated", "money.find_do_restated", n=w.count(len(changes)), months=listed((month(m, context) for m in months), context, 3))  # fmt: skip
        known = changes.dropna(subset=["difference"])
        if len(known):
            row = records(known.loc[[known["difference"].abs().idxmax()]])[0]
            w.add("money.find_restated_most", month=month_words(row["month"], context), line=line_name(context, row["line"]),
                  difference=signed(row["difference"], context), status=called(context, "money.restated", row["status"]))  # fmt: skip
    if late is not None and len(late):
        w.add("money.find_late", "money.find_do_late", n=w.count(len(late)), amount=money(late["amount"].sum() if "amount" in late.columns else None, context),
              days=w.count(late["days_late"].max()))  # fmt: skip
    return w.done()


def revision(frame: pd.DataFrame | None, context: Context, most: int = 3) -> Findings:
    """Say what a new version of the plan changes, line by line, and which changes lack a reason.

    Parameters
    ----------
    frame : frame
        Of :func:`kamtools.finance.revision.plan_diff`, with a column ``line``.
    context : Context
    most : int
        Changes told, the largest first; subtotals are left out.
    """
    if frame is None or not len(frame):
        return unknown(context, "revision")
    w = Writer(context)
    changed = frame[frame["status"] != "unchanged"]
    if not len(changed):
        w.add("money.find_revised_none")
        return w.done()
    by_line = {str(r["line"]): r for r in records(changed)} if "line" in changed.columns else {}
    for line in ("net_sales", "contribution"):
        if line in by_line and not is_missing(by_line[line]["difference"]):
            row = by_line[line]
            w.add("money.find_revised_total", line=line_name(context, line), difference=signed(row["difference"], context),
                  **{k: money(row[k], context) if not isinstance(row[k], str) else row[k] for k in ("before", "after")})  # fmt: skip
    parts = [r for k, r in by_line.items() if k not in SUMS and not is_missing(r["difference"])]
    for row in sorted(parts, key=lambda r: -abs(float(r["difference"])))[:most]:
        reason = (
            context.say("money.reason.missing") if row["reason_missing"] else said(row["reason"], context, 60)
        )
        w.add("money.find_revised_line", line=line_name(context, row["line"]), difference=signed(row["difference"], context), reason=reason)  # fmt: skip
    lacking = changed[changed["reason_missing"].astype(bool)]
    if len(lacking):
        names = [line_name(context, r["line"]) for r in records(lacking)] if "line" in lacking.columns else []
        w.add(
            "money.find_revised_no_reason",
            "money.find_do_revised_no_reason",
            n=w.count(len(lacking)),
            names=listed(names, context, 4),
        )
    else:
        w.add("money.find_revised_reasons")
    return w.done()


def reconciliation(frame: pd.DataFrame | None, context: Context) -> Findings:
    """Say whether all accounts and what belongs to none add up to the company, and what belongs to none.

    Parameters
    ----------
    frame : frame[line, accounts, not_attributable, company, difference]
    context : Context
    """
    if frame is None or not len(frame):
        return unknown(context, "reconciliation")
    w = Writer(context)
    rows = records(frame)
    known = [r for r in rows if not is_missing(r["difference"])]
    off = [r for r in known if abs(float(r["difference"])) > CENT * 2]
    if off:
        row = max(off, key=lambda r: abs(float(r["difference"])))
        w.add("money.find_unreconciled", "money.find_do_unreconciled", n=w.count(len(off)), line=line_name(context, row["line"]), difference=signed(row["difference"], context))  # fmt: skip
    else:
        w.add("money.find_reconciled", n=w.count(len(known)))
    absent = [line_name(context, r["line"]) for r in rows if is_missing(r["difference"])]
    if absent:
        w.add("money.find_reconciled_unknown", lines=listed(absent, context, 6))
    loose = {str(r["line"]): r for r in rows if not is_missing(r["not_attributable"]) and abs(float(r["not_attributable"])) > CENT}  # fmt: skip
    if not loose:
        w.add("money.find_attributed")
        return w.done()
    line = (
        "net_sales"
        if "net_sales" in loose
        else max(loose, key=lambda k: abs(float(loose[k]["not_attributable"])))
    )
    row = loose[line]
    part = float(row["not_attributable"]) / float(row["company"]) if row["company"] else None
    w.add("money.find_not_attributed", "money.find_do_not_attributed", line=line_name(context, line), amount=money(row["not_attributable"], context), part=w.part(part, 1))  # fmt: skip
    return w.done()


def what_if(result: Any, context: Context) -> Findings:
    """Say what a change does to contribution and economic profit, and what the volume must do to make up for it.

    Parameters
    ----------
    result : WhatIf
    context : Context
    """
    if result is None or not len(result.table):
        return unknown(context, "what_if")
    w = Writer(context)
    w.items.append(Finding(what_if_notes(result, context)[0]))
    lines = {str(r["line"]): r for r in records(result.table)}
    worth = None
    for line in ("contribution", "economic_profit"):
        row = lines.get(line)
        if row is None or is_missing(row["change"]):
            continue
        worth = float(row["change"])
        w.add("money.find_what_if_line", line=line_name(context, line), before=money(row["before"], context),
              after=money(row["after"], context), change=signed(worth, context))  # fmt: skip
    even = result.break_even_volume
    if worth is None:
        w.add("money.find_what_if_unknown")
    elif abs(worth) < 0.5:
        w.add("money.find_what_if_same")
    elif is_missing(even):
        w.add("money.find_what_if_no_even", "money.find_do_what_if_no_even")
    elif worth < 0:
        w.add(
            "money.find_what_if_needs",
            "money.find_do_what_if_needs",
            volume=percent(even, context, sign=True),
        )
    else:
        w.add(
            "money.find_what_if_bears",
            "money.find_do_what_if_bears",
            volume=percent(abs(float(even)), context),
        )
    return w.done()
