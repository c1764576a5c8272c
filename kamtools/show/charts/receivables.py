"""What the account owes as charts: age, payment month by month, limit, expected loss."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamtools.show.charts.common import callout, heading, light_grid, near
from kamtools.show.charts.families import Bar, bars, ranked_bars
from kamtools.show.charts.money import empty, folded, month_ticks
from kamtools.show.context import Context
from kamtools.show.frames import records
from kamtools.show.money_words import bucket_name, called, sentences, stands_on, titled, warned, whole
from kamtools.show.numbers import date, is_missing, money, number, percent
from kamtools.show.style import DARK, GAIN, INK, LOSS, MIDDLE, MUTED, PALE, chart, new_axes, text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamtools.finance.credit_loss import ExpectedLoss

APART = ("unapplied", "acceptance_bill", "advance")
NOT_DUE = "#9fb9cd"
OVERDUE = ("#e3bccb", "#cc87a3", "#b0577c", "#8f2d56", "#6b1e3f")
AMBER = "#d9a400"
APART_GREY = "#aab4bd"
SHARES = ("overdue_share", "part_paid_share", "growth", "utilisation")
OF_SHARES = ("overdue_share_rising", "part_payments")  # what is usual, and the limit, are shares too
FULL, NEARLY = 1.0, 0.9  # parts of a limit


def age_colour(place: int) -> str:
    """Return the colour of a bucket, the darker the older; place 0 is not due."""
    return NOT_DUE if place == 0 else OVERDUE[min(place, len(OVERDUE)) - 1]


def buckets_of(aged: Any) -> list[str]:
    """Return the buckets of an ageing in order, without what stands apart and the total."""
    return [str(c) for c in aged.index if str(c) == "not_due" or str(c)[:1] == "d" and str(c)[1:2].isdigit()]


def overdue_of(credit: Any) -> float | None:
    """Return what is overdue of an account's ageing; None where there is none, or ages count from the invoice."""
    aged = credit.ageing
    if aged is None or not len(aged) or credit.conventions.get("ageing_basis") == "invoice":
        return None
    return sum(float(aged[b]) for b in buckets_of(aged)[1:])


def billed_of(credit: Any) -> float:
    """Return what is open on an account's invoices, due or not: what is overdue is a part of this."""
    return sum(float(credit.ageing[b]) for b in buckets_of(credit.ageing))


def none_of(credit: Any, name: str) -> str:
    """Return the view without a result: `name`, or the table that is not there at all."""
    lacks = getattr(credit, "missing", ()) or ()
    return next((lack for lack in ("receivables", "payments") if lack in lacks), name)


@chart
def ageing(credit: Any, context: Context, ax: Axes | None = None) -> Axes:
    """Draw the age of what an account owes; credits, acceptance bills and advances apart; the total.

    Parameters
    ----------
    credit : Credit
        ``ageing``: a row of :func:`kamtools.finance.receivables.ageing`; ``conventions``.
    context : Context
    ax : Axes, optional
    """
    aged = None if credit is None else credit.ageing
    if aged is None or not len(aged) or aged.isna().all():
        return empty(ax, context, "ageing", none_of(credit, "ageing"))
    buckets = buckets_of(aged)
    rows = [*buckets, *(a for a in APART if a in aged.index), "open"]
    total = billed_of(credit)
    ax = new_axes(ax, (9.0, 1.7 + 0.34 * len(rows)))
    labels, drawn = [], []
    for i, name in enumerate(rows):
        value = float(aged[name])
        colour = (
            age_colour(buckets.index(name)) if name in buckets else DARK if name == "open" else APART_GREY
        )
        told = money(value, context)
        if name in buckets and total > 0:
            told += f"  {percent(value / total, context)}"
        drawn.append(Bar(i, value, told, colour, name == "open", name in APART))
        labels.append(text(bucket_name(context, name), 40))
    ranked_bars(ax, drawn, labels, 0.66, 0.2, [len(rows) - 1])
    ax.axhline(len(rows) - 1.5, color="#9aa6b0", lw=0.8)
    late = overdue_of(credit)
    notes = [context.say("money.ageing_hatched")]
    if late is not None:
        part = percent(late / total if total > 0 else None, context)
        notes = [
            sentences(
                context,
                [context.say("money.ageing_overdue", overdue=money(late, context), part=part), *notes],
            )
        ]
    notes.append(credit_basis(credit, context, ("ageing_basis", "default_terms")))
    heading(ax, context, titled(context, "money.title.ageing"), folded(notes))
    return ax


def credit_basis(credit: Any, context: Context, keys: Iterable[str] | None = None) -> str:
    """Return what the figures of an account's credit stand on, in one line, the date and VAT first.

    Parameters
    ----------
    credit : Credit
    context : Context
    keys : iterable of str, optional
        The conventions that are told; default: all.
    """
    found = dict(credit.conventions)
    day = found.get("as_of") or context.conventions.get("as_of")
    parts = [
        context.say("money.as_of", date=date(str(day)[:10], context)) if day else "",
        context.say("money.with_vat"),
    ]
    if found.pop("terms_known", True) is False:
        parts.append(context.say("money.terms_not_known"))
    parts.append(stands_on(context, {k: v for k, v in found.items() if keys is None or k in keys}))
    return " · ".join(p for p in parts if p)


@chart
def payment(credit: Any, context: Context, ax: Axes | None = None) -> Axes:
    """Draw how many days late an account paid what fell due in each month, its usual level, its limit, the signals.

    Parameters
    ----------
    credit : Credit
        ``behaviour``: frame of :func:`kamtools.finance.payment.payment_behaviour` by month;
        ``status``: the account's row of ``payment_break``; ``signals``.
    context : Context
    ax : Axes, optional
    """
    frame = None if credit is None else credit.behaviour
    if credit is None or frame is None or not len(frame) or frame["days_late"].isna().all():
        return empty(ax, context, "payment", none_of(credit, "payment"))
    frame = frame.iloc[-36:]
    months = _every_month(frame)
    late = frame.set_index(frame["period"].astype(str))["days_late"].astype(float).reindex(months).to_numpy()
    signals = list(credit.signals or ())
    ax = new_axes(ax, (9.2, 3.9 + 0.2 * (len(signals) + 1)))
    at = np.arange(len(months))
    status = credit.status
    figures = {k: _figure(status, k) for k in ("usual", "limit")}
    limit = figures["limit"]
    colours = [LOSS if limit is not None and v > limit else MIDDLE for v in late]
    bars(ax, at, late, colours, 0.7, lying=False)
    for name, colour, dash in (("usual", MUTED, (0, (5, 2))), ("limit", LOSS, (0, (2, 1.5)))):
        value = figures[name]
        if value is not None:
            ax.axhline(value, color=colour, lw=1.3, ls=dash, zorder=4)
            told = context.say("money.payment", name, days=number(value, context, 1))
            near(ax, text(told, 30), (1, value), (5, 0), colour, xycoords=("axes fraction", "data"))
    known = [v for v in (*late, *figures.values()) if v is not None and v == v]
    high = max([1.0, *known]) * 1.25
    ax.set_ylim(min([0.0, *known]), high)
    month_ticks(ax, months, context)
    first = None if status is None else status.get("first_warning")
    if not is_missing(first) and (place := _place(first, months)) is not None:
        ax.axvline(place, color=INK, lw=1.1, ls=(0, (3, 2)), zorder=5)
        told = context.say("money.payment.first", date=date(pd.Timestamp(first), context))  # type: ignore[arg-type]
        callout(
            ax,
            told,
            (place, high * 0.96),
            (-8 if place > len(months) / 2 else 8, -4),
            INK,
            weight="bold",
            arrowprops=None,
        )
    for i, signal in enumerate(signals, start=1):
        place = _place(signal.first_date, months)
        if place is not None:
            same = sum(_place(s.first_date, months) == place for s in signals[: i - 1])
            near(ax, number(i, context), (place, 0), (0, 7 + 15 * same), "white", 8, ha="center", weight="bold",
                 zorder=7, bbox={"boxstyle": "circle,pad=0.22", "facecolor": INK, "edgecolor": "white"})  # fmt: skip
    light_grid(ax)
    ax.set_ylabel(text(context.say("money.axis_days_late"), 60))
    lines = [f"{i}  {signal_words(s, context)}" for i, s in enumerate(signals, start=1)]
    lines = lines or [context.say("money.no_signals")]
    ax.set_xlabel("\n".join(text(line, 120) for line in lines), loc="left", color=INK, linespacing=1.45, labelpad=8)  # fmt: skip
    state = "history_too_short" if status is None else str(status["status"])
    title = titled(context, "money.payment.title_of", status=called(context, "money.status", state))
    heading(ax, context, title, folded([context.say("money.payment.note")]))
    return ax


def _every_month(frame: pd.DataFrame) -> list[str]:
    names = sorted(frame["period"].astype(str))
    return [str(p) for p in pd.period_range(names[0], names[-1], freq="M")]


def _figure(row: Any, key: str) -> float | None:
    value: Any = None if row is None else row.get(key)
    return None if is_missing(value) else float(value)


def _place(day: Any, months: list[str]) -> int | None:
    label = str(pd.Timestamp(day))[:7]
    return months.index(label) if label in months else None


def signal_words(signal: Any, context: Context) -> str:
    """Return an early signal in words: what it is, since when, its figures, whether it still stands."""
    name = called(context, "money.signal", signal.signal)
    figures = context.say("show.comma").join(
        evidence_words(signal.signal, k, v, context) for k, v in signal.evidence.items() if not is_missing(v)
    )
    key = "money.signal_stands" if signal.standing else "money.signal_past"
    return context.say(key, signal=name, date=date(signal.first_date, context), figures=figures or "—")


def evidence_words(signal: str, key: str, value: float, context: Context) -> str:
    """Return a figure of a signal in its unit: days, a share in per cent, or the credit limit as money."""
    name = key
    if signal == "limit_used" and key == "limit":
        name, written = "credit_limit", money(value, context)
    elif key in SHARES or signal in OF_SHARES:
        written = percent(value, context, 0, sign=key == "growth")
    else:
        written = context.say("money.days", n=number(value, context, 0))
    return context.say("money.name_value", name=called(context, "money.evidence", name), value=written)


@chart
def credit_limit(credit: Any, context: Context, ax: Axes | None = None) -> Axes:
    """Draw the exposure of an account against its limit, against what the rules give, and what it needs.

    Parameters
    ----------
    credit : Credit
        ``exposure``, ``given_limit``, ``limit`` (CreditLimit), ``need``, ``utilisation``, ``hold``.
    context : Context
    ax : Axes, optional
    """
    values: dict[str, Any] = {} if credit is None else limit_values(credit, context)
    if credit is None or is_missing(credit.exposure) and is_missing(credit.given_limit):
        return empty(ax, context, "credit_limit")
    ax = new_axes(ax, (9.0, 1.6 + 0.4 * len(values)))
    used = credit.utilisation
    colour = MIDDLE if is_missing(used) else LOSS if used > FULL else AMBER if used >= NEARLY else GAIN
    labels, rows = [], []
    for i, (name, value) in enumerate(values.items()):
        labels.append(text(name, 44))
        told = money(value, context)
        if i == 0 and not is_missing(used):
            told += "  " + context.say("money.of_limit", part=percent(used, context, 0))
        rows.append(Bar(i, value, told, colour if i == 0 else DARK if i == 1 else PALE, i < 2))
    ranked_bars(ax, rows, labels, 0.62, 0.3, [0, 1], ground=True)
    if not is_missing(credit.given_limit):
        ax.axvline(float(credit.given_limit), color=INK, lw=1.4, ls=(0, (4, 2)), zorder=2)
    hold = credit.hold
    state = "unknown" if hold is None or hold.missing and not hold.hold else "hold" if hold.hold else "free"
    notes = [
        hold_words(hold, context),
        credit_basis(credit, context, ("exposure", "overdue_tolerance", "terms_days")),
    ]
    title = titled(context, "money.limit.title_of", state=context.say("money.limit", state))
    heading(ax, context, title, folded(notes))
    return ax


def limit_values(credit: Any, context: Context) -> dict[str, float | None]:
    """Return exposure, the limit given, what the rules give and what is needed, by their names."""
    rows: dict[str, float | None] = {
        context.say("money.figure.exposure"): credit.exposure,
        context.say("money.figure.given_limit"): credit.given_limit,
    }
    if credit.limit is not None:
        rule = called(context, "money.rule", credit.limit.rule)
        rows[context.say("money.figure.rule_limit", rule=rule)] = credit.limit.limit
    rows[context.say("money.figure.need")] = credit.need
    return rows


def hold_words(hold: Any, context: Context) -> str:
    """Return whether deliveries are to be held, why, and what could not be looked at."""
    if hold is None:
        return context.say("money.hold.unknown")
    told = context.say("money.hold.none")
    if hold.hold:
        reasons = context.say("show.comma").join(called(context, "money.hold", r) for r in hold.reasons)
        told = context.say("money.hold.why", reasons=reasons)
    if hold.missing:
        absent = context.say("show.comma").join(called(context, "money.missing", m) for m in hold.missing)
        told += " " + context.say("money.hold.missing", names=absent)
    return told


@chart
def provision(
    result: ExpectedLoss | None, context: Context, ax: Axes | None = None, rates: Any = None
) -> Axes:
    """Draw the expected loss of each age: what is open times its rate, and specific provisions.

    Parameters
    ----------
    result : ExpectedLoss
        Of :func:`kamtools.finance.credit_loss.expected_credit_loss`.
    context : Context
    ax : Axes, optional
    rates : LossRates, optional
        Says whether the rates were given or come from the company's own history.
    """
    rows = [] if result is None else records(result)
    if result is None or not rows:
        return empty(ax, context, "provision")
    ax = new_axes(ax, (9.0, 1.8 + 0.36 * (len(rows) + 1)))
    labels, drawn, ends = [], [], []
    for i, (bucket, row) in enumerate(zip(result.index, rows, strict=True)):
        loss, specific = float(row["expected_loss"]), float(row["specific_provision"])
        drawn.append(Bar(i, loss, "", age_colour(i)))
        labels.append(text(bucket_name(context, bucket), 40))
        told = f"{money(row['matrix_gross'], context)} × {percent(row['rate'], context)} = {money(loss, context)}"
        if specific:
            drawn.append(Bar(i, specific, "", APART_GREY, apart=True, start=loss))
            told += "  " + context.say("money.plus_specific", amount=money(specific, context))
        ends.append((i, loss + specific, told, False))
    drawn.append(Bar(len(rows), result.total, money(result.total, context), DARK, True))
    ranked_bars(ax, drawn, [*labels, context.say("show.total")], 0.62, 0.42, [len(rows)], ends=ends)
    heading(
        ax,
        context,
        context.say("money.title.provision"),
        folded([provision_note(result, context, rates)], most=3),
    )
    return ax


def provision_note(result: Any, context: Context, rates: Any = None) -> str:
    """Return the multiplier, the origin of the rates, and for rates of history the window and its warnings."""
    parts = [context.say("money.provision_note")]
    multiplier = result.attrs.get("multiplier")
    if not is_missing(multiplier):
        parts.append(context.say("money.multiplier", value=number(multiplier, context, 2)))
    if rates is not None:
        parts.append(context.say("money.rates", rates.origin))
        history = rates.history
        if history is not None and rates.origin == "history":
            parts.append(context.say("money.rates.window", first=date(history.first_due, context), n=whole(history.documents, context),
                              last=date(history.last_due, context), days=number(history.conventions.get("watched_days"), context)))  # fmt: skip
            parts.append(warned(context, "money.warning_history", history.warnings))
    return sentences(context, parts)
