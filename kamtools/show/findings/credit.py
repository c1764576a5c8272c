"""What is said of credit: who pays late, what is at stake, when to stop delivering; and what a failure would cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamtools.show.charts.receivables import (
    NEARLY,
    billed_of,
    none_of,
    overdue_of,
    provision_note,
    signal_words,
)
from kamtools.show.charts.stress import scenario_name, scenario_note, scenario_order, simulation_note
from kamtools.show.context import Context
from kamtools.show.findings.core import Finding, Findings, Writer
from kamtools.show.findings.money import unknown
from kamtools.show.frames import records
from kamtools.show.money_words import bucket_name, called, missing_words, sentences, warned
from kamtools.show.numbers import date, is_missing, money, month, number, percent

if TYPE_CHECKING:
    from kamtools.finance.credit_loss import ExpectedLoss
    from kamtools.finance.stress import Stress

OLD = ("d61_90", "d91_up")
SCORES = (40.0, 70.0)  # below: weak; from: sound


def credit(credit: Any, context: Context) -> Findings:
    """Say whether to go on delivering, how the account pays, what is old, what the limit is worth, and what to do.

    Parameters
    ----------
    credit : Credit
    context : Context
    """
    if credit is None:
        return unknown(context, "credit")
    w = Writer(context)
    _hold(w, credit, context)
    _payment(w, credit, context)
    _age(w, credit, context)
    _limit(w, credit, context)
    _score(w, credit, context)
    if not is_missing(credit.expected_loss):
        w.add("money.find_expected_loss", loss=money(credit.expected_loss, context))
    if not is_missing(credit.terms_cost) and credit.terms_cost > 0:
        w.add("money.find_terms_cost", "money.find_do_terms_cost", cost=money(credit.terms_cost, context))
    if credit.missing:
        w.add(
            "money.find_credit_missing",
            "money.find_do_credit_missing",
            names=missing_words(context, credit.missing),
        )
    return w.done()


def _hold(w: Writer, credit: Any, context: Context) -> None:
    hold = credit.hold
    used = percent(credit.utilisation, context, 0)
    if hold is None or (hold.missing and not hold.hold):
        w.add("money.find_hold.unknown", "money.find_do_hold.unknown")
    elif not hold.hold:
        w.add("money.find_hold.none", used=used)
    else:
        for reason in hold.reasons:
            text = context.say("money.find_hold", reason, used=used, exposure=money(credit.exposure, context),
                        limit=money(credit.given_limit, context), overdue=money(overdue_of(credit), context))  # fmt: skip
            w.items.append(Finding(text, called(context, "money.find_do_hold", reason)))


def _payment(w: Writer, credit: Any, context: Context) -> None:
    status = credit.status
    if status is None:
        unknown_by = none_of(credit, "unknown")
        w.add(("money.find_pay", unknown_by), ("money.find_do_pay", unknown_by))
        if not is_missing(credit.dso):
            _dso(w, credit, context)
        return
    key = str(status["status"])
    first, stopped = status.get("first_warning"), status.get("stopped_since")
    w.add(("money.find_pay", key), ("money.find_do_pay", key) if key in ("stopped", "slowing") else "",
          late=number(status["days_late"], context, 0), usual=number(status["usual"], context, 0),
          limit=number(status["limit"], context, 0), since="—" if is_missing(first) else date(first, context),
          stopped="—" if is_missing(stopped) else date(stopped, context))  # fmt: skip
    for signal in credit.signals or ():
        if signal.signal in ("paying_later", "stopped_paying") and key in ("stopped", "slowing"):
            continue  # said already
        w.items.append(Finding(signal_words(signal, context), called(context, "money.find_do_signal", signal.signal) if signal.standing else ""))  # fmt: skip
    if not is_missing(credit.dso):
        _dso(w, credit, context)


def _dso(w: Writer, credit: Any, context: Context) -> None:
    w.add("money.find_dso", dso=number(credit.dso, context), best=number(credit.best_possible, context), late=number(credit.delinquent, context))  # fmt: skip


def _age(w: Writer, credit: Any, context: Context) -> None:
    aged = credit.ageing
    if aged is None or not len(aged) or is_missing(aged.get("open")):
        if "receivables" in credit.missing:
            w.add("money.find_age_unknown", "money.find_do_age_unknown")
        else:
            w.add("money.find_age_none")
        return
    total = float(aged["open"])
    owed = billed_of(credit)
    if owed <= 0 and total <= 0:
        w.add("money.find_age_nothing", open=money(total, context))
        return
    late = overdue_of(credit)
    if late is None:
        w.add("money.find_age_invoice", "money.find_do_age_invoice", open=money(total, context))
        return
    old = sum(float(aged[b]) for b in OLD if b in aged.index)
    w.add("money.find_age", "money.find_do_age_old" if old > 0 else "money.find_do_age_late" if late > 0 else "", open=money(total, context), late=money(late, context), owed=money(owed, context),
          part=w.part(late / owed if owed > 0 else None), old=money(old, context))  # fmt: skip
    parts, amount = getattr(credit, "later_parts", (0, 0.0))
    if parts:
        w.add(
            "money.find_later_parts",
            "money.find_do_later_parts",
            n=w.count(parts),
            amount=money(amount, context),
        )
    loose = float(aged.get("unapplied", 0.0))
    if loose < 0:
        w.add("money.find_unapplied", "money.find_do_unapplied", amount=money(-loose, context))
    bills = float(aged.get("acceptance_bill", 0.0))
    if bills > 0:
        w.add("money.find_bills", "money.find_do_bills", amount=money(bills, context))
    advance = float(aged.get("advance", 0.0))
    if advance < 0:
        w.add("money.find_advance", amount=money(-advance, context))


def _limit(w: Writer, credit: Any, context: Context) -> None:
    rule, given = credit.limit, credit.given_limit
    if rule is None:
        return
    params = {
        "rule": called(context, "money.rule", rule.rule),
        "limit": money(rule.limit, context),
        "given": money(given, context),
    }
    if is_missing(given):
        w.add("money.find_limit_proposed", "money.find_do_limit_proposed", **params)
    elif given > rule.limit * 1.05:
        w.add("money.find_limit_above", "money.find_do_limit_above", **params)
    elif not is_missing(credit.utilisation) and credit.utilisation >= NEARLY and given < rule.limit * 0.95:
        w.add("money.find_limit_below", "money.find_do_limit_below", **params)
    else:
        w.add("money.find_limit_fits", **params)


def _score(w: Writer, credit: Any, context: Context) -> None:
    score = credit.score
    if score is not None:
        band = "weak" if score.score < SCORES[0] else "fair" if score.score < SCORES[1] else "sound"
        w.add(("money.find_score", band), ("money.find_do_score", band) if band != "sound" else "", score=number(score.score, context), known=w.part(score.known))  # fmt: skip
    if credit.altman is None or not len(credit.altman):
        return
    rows = records(credit.altman)
    last, first = rows[-1], rows[0]
    w.add("money.find_altman", ("money.find_do_altman", last["zone"]) if last["zone"] != "safe" else "", year=last["year"], z=number(last["z"], context, 2),
          zone=called(context, "money.zone", last["zone"]))  # fmt: skip
    if len(rows) > 1 and first["zone"] != last["zone"]:
        w.add("money.find_altman_moved", year=first["year"], before=called(context, "money.zone", first["zone"]), after=called(context, "money.zone", last["zone"]))  # fmt: skip
    warnings = last.get("warnings")
    if isinstance(warnings, tuple) and warnings:
        w.items.append(Finding(warned(context, "money.warning_altman", warnings)))


def provision(result: ExpectedLoss | None, context: Context, rates: Any = None) -> Findings:
    """Say what is expected to be lost of all receivables, in which age most of it lies, and what the rates are worth.

    Parameters
    ----------
    result : ExpectedLoss
    context : Context
    rates : LossRates, optional
    """
    if result is None or not len(result):
        return unknown(context, "provision")
    w = Writer(context)
    gross, total = float(result["gross"].sum()), result.total
    w.add("money.find_provision", total=money(total, context), gross=money(gross, context), part=w.part(total / gross if gross else None, 1))  # fmt: skip
    if total > 0:
        bucket = result["expected_loss"].idxmax()
        w.add("money.find_provision_most", "money.find_do_provision_most", bucket=bucket_name(context, bucket), loss=money(result["expected_loss"].max(), context))  # fmt: skip
    w.items.append(Finding(provision_note(result, context, rates)))
    return w.done()


def stress(result: Mapping[str, Stress] | None, context: Context) -> Findings:
    """Say what the failure of the account would cost, which signals there are and how long they stand, what to do now.

    Parameters
    ----------
    result : mapping
        ``full``, ``half``, ``quarter`` -> Stress.
    context : Context
    """
    if not result:
        return unknown(context, "stress")
    w = Writer(context)
    names = scenario_order(result)
    first = result[names[0]]
    w.items.append(
        Finding(sentences(context, [context.say("money.stress_neutral"), scenario_note(first, context)]))
    )
    for name in names:
        losses = first.losses if name == names[0] else result[name].losses
        w.add("money.find_stress", scenario=scenario_name(result[name], context), months=w.count(len(result[name].monthly)),
              **{k: money(losses[k], context) for k in ("revenue", "contribution", "replaced", "expected_credit_loss", "stock_loss", "expected_loss")})  # fmt: skip
    losses = first.losses
    if is_missing(losses["receivable"]):
        w.add("money.find_stress_unknown", "money.find_do_stress_unknown")
        _stress_end(w, result, context)
        return w.done()
    w.add("money.find_stress_at_risk", "money.find_do_stress_at_risk" if losses["stock"] else "money.find_do_stress_receivable", receivable=money(losses["receivable"], context), stock=money(losses["stock"], context))  # fmt: skip
    low = first.monthly.iloc[int(first.monthly["cash"].to_numpy().argmin())]
    w.add("money.find_stress_cash", cash=money(low["cash"], context), month=month(low["month"], context), p95=money(first.simulation.loc["p95", "loss"], context),
          simulation=simulation_note(first, context))  # fmt: skip
    _stress_end(w, result, context)
    return w.done()


def _stress_end(w: Writer, result: Mapping[str, Stress], context: Context) -> None:
    """Say what is left uncovered, how long the loss lasts, which signals stand, and the warnings."""
    names = scenario_order(result)
    first = result[names[0]]
    losses = first.losses
    if not is_missing(losses["fixed_cost_uncovered"]):
        w.add("money.find_stress_fixed", "money.find_do_stress_fixed" if losses["fixed_cost_uncovered"] else "", amount=money(losses["fixed_cost_uncovered"], context))  # fmt: skip
    if is_missing(first.months_to_replace):
        w.add("money.find_stress_no_replace", "money.find_do_stress_no_replace")
    elif float(first.months_to_replace or 0) <= 0:
        w.add("money.find_stress_nothing_to_replace")
    else:
        w.add(
            "money.find_stress_replace",
            "money.find_do_stress_replace",
            months=number(first.months_to_replace, context),
        )
    _signals(w, first, context)
    warnings = dict.fromkeys(x for n in names for x in result[n].warnings)
    if warnings:
        w.items.append(Finding(warned(context, "money.warning_stress", warnings)))


def _signals(w: Writer, stress: Stress, context: Context) -> None:
    standing = [s for s in stress.signals if s.standing]
    if not standing and "signals_not_known" in stress.warnings:
        return  # a warning says so
    if not standing:
        w.add("money.find_stress_quiet", "money.find_do_stress_quiet")
        return
    scenario: Any = stress.conventions["scenario"]
    first = min(standing, key=lambda s: s.first_date)
    days = (pd.Timestamp(scenario.as_of) - first.first_date).days
    w.add("money.find_stress_first_signal", "money.find_do_stress_now", signal=called(context, "money.signal", first.signal), date=date(first.first_date, context),
          days=w.count(max(days, 0)))  # fmt: skip
    for signal in standing:
        w.items.append(
            Finding(signal_words(signal, context), called(context, "money.find_do_signal", signal.signal))
        )
