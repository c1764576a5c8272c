"""Words of the account's money: lines, keys of results, conventions, variances."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from kamtools.finance.names import LOOSE
from kamtools.show.context import Context, in_language, one_line
from kamtools.show.conventions import convention_rows
from kamtools.show.numbers import MISSING, date, is_missing, number, percent, window
from kamtools.words import has_message

FRACTIONS = (
    "vat_rate",
    "coverage",
    "capital_rate",
    "growth",
    "correlation",
    "margin",
    "tolerance",
    "overdue_tolerance",
    "limit_turnover_share",
    "limit_net_worth_share",
)
UNSAID = (
    "as_of",
    "period",
    "window",
    "fiscal_year_start",
    "currency",
)  # said in a column, a title or a footer
COUNTS = ("without_due_date", "open_without_due_date", "payments_without_date")  # said where there are any
KNOWN_LINES = ("capital_receivables", "capital_stock", "economic_profit", "quantity")


def called(context: Context, family: str, key: object) -> str:
    """Return what a key of a result is called; a key without words as it is.

    Examples
    --------
    >>> called(Context("en"), "money.zone", "grey"), called(Context("en"), "money.zone", "no_such")
    ('grey zone', 'no such')
    """
    known = has_message(family, key)
    return context.say(family, key) if known else one_line(str(key).replace("_", " "), 40)


def line_name(context: Context, line: object) -> str:
    """Return what a line of the account's P&L is called, the charges for capital among them.

    Examples
    --------
    >>> line_name(Context("en"), "economic_profit"), line_name(Context("zh"), "net_sales")
    ('Economic profit', '净销售额')
    """
    return (
        called(context, "money.line", line) if line in KNOWN_LINES else one_line(context.term(str(line)), 40)
    )


def activity_name(context: Context, activity: object) -> str:
    """Return what an activity of the code tree is called; a line of the P&L by its name."""
    if is_missing(activity) or activity == "":
        return context.say("money.no_activity")
    return one_line(in_language(context.term(str(activity), "activity"), context.lang), 40)


def bucket_name(context: Context, bucket: object, short: bool = False) -> str:
    """Return what a column of an ageing is called, `short` for a narrow column.

    Examples
    --------
    >>> [bucket_name(Context("en"), b) for b in ("not_due", "d1_30", "d91_up", "advance")]
    ['Not due', '1–30 days', '91+ days', 'Advances received']
    """
    key = str(bucket)
    if key[:1] == "d" and key[1:2].isdigit():
        first, _, last = key[1:].partition("_")
        if last == "up":
            return context.say("money.bucket.from", first=first)
        return context.say("money.bucket.span", first=first, last=last)
    if short and key in LOOSE:
        return called(context, "money.figure", key)
    return called(context, "money.bucket", key)


def titled(context: Context, key: str, *ids: object, **params: object) -> str:
    """Return a title in words, with the reader's account before it where there is one."""
    words = context.say(key, *ids, **params)
    if not context.account:
        return words
    return f"{one_line(context.name(context.account), 30)}{context.say('show.colon')}{words}"


def whole(value: Any, context: Context, sign: bool = False) -> str:
    """Return an amount without decimals and without the currency, which a note names."""
    return number(value, context, 0, sign)


def yes(value: Any) -> bool | None:
    """Return a flag of a frame as True, False or None where it is not known.

    Examples
    --------
    >>> yes(True), yes(float("nan"))
    (True, None)
    """
    return None if is_missing(value) else bool(value)


def mark(favourable: Any, variance: Any, context: Context) -> str:
    """Return "▲ favourable", "▼ unfavourable", "as planned", or "—" where the variance is not known."""
    if is_missing(variance):
        return MISSING
    good = yes(favourable)
    return context.say("money.even" if good is None else "money.favourable" if good else "money.unfavourable")


def plan_name(item: Any, context: Context) -> str:
    """Return the name of a promotion in the reader's language, else in the other, else its id."""
    names = (getattr(item, f"name_{lang}", None) for lang in (context.lang, "en", "zh"))
    found = next((n for n in names if isinstance(n, str) and n.strip()), str(item.id))
    return one_line(in_language(found, context.lang), 40)


def span(first: object, last: object, context: Context) -> str:
    """Return a window of months given by its first and last day or month."""
    start, end = str(first)[:7], str(last)[:7]
    return window(start if start == end else f"{start}..{end}", context)


def stands_on(context: Context, conventions: Mapping[str, object], *, skip: Iterable[str] = ()) -> str:
    """Return conventions as one line: each by its name, with its value in words.

    Examples
    --------
    >>> stands_on(Context("en"), {"basis": "due", "vat_rate": 0.13})
    'Days counted from: due date · VAT: 13%'
    """
    parts = []
    for key, value in conventions.items():
        if key in UNSAID or key in skip or _empty(value) or (key in COUNTS and not value):
            continue
        if not has_message("money.convention", key):
            parts += [f"{n}{context.say('show.colon')}{v}" for n, v in convention_rows({key: value}, context)]
            continue
        name = context.say("money.convention", key)
        parts.append(f"{name}{context.say('show.colon')}{_value(key, value, context)}")
    return " · ".join(parts)


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, str | tuple | list | dict) and not value) or value != value


def _value(key: str, value: object, context: Context) -> str:
    if isinstance(value, bool):
        return context.say("show.yes" if value else "show.no")
    if isinstance(value, str):
        own = value.replace(" ", "_")
        if has_message("money.convention", key, own):
            return context.say("money.convention", key, own)
        if "form" in key:
            return one_line(value, 40)
        return date(value, context) if _is_day(value) else one_line(window(value, context), 60)
    if isinstance(value, int | float):
        if key in FRACTIONS:
            return percent(value, context, 0 if round(float(value) * 100, 6).is_integer() else 1)
        return number(value, context, 0 if float(value).is_integer() else 2)
    if isinstance(value, Mapping):
        return context.say("money.by_account")
    if isinstance(value, list | tuple):
        months = [str(v) for v in value]
        if len(months) > 1 and all(len(m) == 7 and m[4] == "-" for m in months):
            return span(months[0], months[-1], context)
        return context.say("show.comma").join(_value(key, v, context) for v in value)
    return date(value, context) if isinstance(value, dt.date) else one_line(value, 60)


def _is_day(value: str) -> bool:
    return len(value) == 10 and value[4] == value[7] == "-" and value.replace("-", "").isdigit()


def points(value: float, context: Context, digits: int = 1, sign: bool = True) -> str:
    """Return a difference of two percentages.

    Examples
    --------
    >>> points(0.495, Context("en")), points(0.223, Context("zh"), sign=False)
    ('+49.5 pts', '22.3 个百分点')
    """
    return context.say("money.points", n=number(100 * float(value), context, digits, sign))


def sentences(context: Context, parts: Iterable[str]) -> str:
    """Return sentences one after another, each ended before the next; those that say nothing are left out.

    Examples
    --------
    >>> sentences(Context("en"), ["VAT: 13%", "", "Missing is not zero."])
    'VAT: 13%. Missing is not zero.'
    """
    said = [p for p in parts if p]
    stop, space = ("。", "") if context.lang == "zh" else (".", " ")
    ended = [p if p[-1] in "。！？.!?" else p + stop for p in said[:-1]]
    return space.join([*ended, *said[-1:]])


def warned(context: Context, family: str, warnings: Iterable[str]) -> str:
    """Return warnings of a result as sentences one after another."""
    return sentences(context, (called(context, family, w) for w in warnings))


def missing_words(context: Context, missing: Iterable[str]) -> str:
    """Return which tables, columns or settings are not there, as a list."""
    return context.say("show.comma").join(dict.fromkeys(called(context, "money.missing", m) for m in missing))


def money_note(context: Context, *more: str) -> str:
    """Return the note under a table of amounts: the currency, then what else is to be said."""
    return sentences(context, [context.say("money.in_currency", currency=context.currency), *more])
