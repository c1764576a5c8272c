"""The conventions that a figure stands on, in words: printed with each chart, table and page."""

from __future__ import annotations

from collections.abc import Mapping

from kamtools.show.context import Context
from kamtools.show.numbers import date, number, percent, window
from kamtools.words import has_message

FRACTIONS = (
    "fall_alarm",
    "small_below",
    "vat_rate",
    "uncertainty_weight",
    "minimum_sales_share",
    "minimum_rated",
)
MONTHS = ("window", "period", "previous_period", "first_month", "last_month")


def conventions_line(conventions: Mapping[str, object], context: Context) -> str:
    """Return the conventions as one line of text.

    Parameters
    ----------
    conventions : mapping
        As a result or a portfolio carries them: ``{"basis": "net", …}``. Empty
        and None values are left out; a key without words shows as it is.
    context : Context

    Examples
    --------
    >>> conventions_line({"basis": "net", "window": "2025-11..2026-10"}, Context("en"))
    'Basis: net of returns · Window: Nov 2025–Oct 2026'
    """
    parts = [
        f"{name}{context.say('show.colon')}{value}" for name, value in convention_rows(conventions, context)
    ]
    if context.fictional:
        parts.append(context.say("show.fictional"))
    return " · ".join(parts)


def period_words(conventions: Mapping[str, object], context: Context) -> str:
    """Return the period of a book in words, and where the ledger ended before the date, that too.

    Examples
    --------
    >>> period_words({"period": "2025-11..2026-10", "ledger_ends": "2026-10-28"}, Context("en"))
    'Nov 2025–Oct 2026 (the ledger ends on Oct 28, 2026; what came after is not known)'
    """
    told, ends = window(str(conventions["period"]), context), conventions.get("ledger_ends")
    return context.say("show.period_ends", period=told, date=date(str(ends), context)) if ends else told


def convention_rows(conventions: Mapping[str, object], context: Context) -> list[tuple[str, str]]:
    """Return (name, value) in words for every convention that has a value."""
    rows = []
    for key, value in conventions.items():
        if value is None or value == "" or value == () or value == {}:
            continue
        known = has_message("show.convention", key)
        rows.append((context.say("show.convention", key) if known else key, _value(key, value, context)))
    return rows


def _value(key: str, value: object, context: Context) -> str:
    if isinstance(value, bool):
        return context.say("show.yes" if value else "show.no")
    if isinstance(value, str):
        if has_message("show.convention", key, value):
            return context.say("show.convention", key, value)
        if key in MONTHS:
            return window(value[:7] if len(value) == 10 else value, context)
        if key in ("as_of", "ledger_ends"):
            return date(value, context)
        return context.terms.get(value, value)
    if isinstance(value, int | float):
        if key in FRACTIONS:
            return percent(float(value), context, 0 if float(value) * 100 % 1 == 0 else 1)
        return number(float(value), context, 0 if float(value).is_integer() else 2)
    if isinstance(value, Mapping):
        return ", ".join(f"{context.term(str(k))} {_value(str(k), v, context)}" for k, v in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        if key == "cuts":
            return " / ".join(percent(float(str(v)), context, 0) for v in value)
        return ", ".join(_value(key, v, context) for v in value)
    if hasattr(value, "isoformat"):
        return date(value, context)
    return str(value)
