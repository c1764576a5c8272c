"""Numbers and dates as each language writes them (Babel). Missing is "—", never zero."""

from __future__ import annotations

import datetime as dt
import functools
import math
from typing import Any

from kamtools.show.context import Context

MISSING = "—"
LOCALES = {"zh": "zh_CN", "en": "en_US"}


@functools.cache
def _locale(lang: str) -> Any:
    from babel import Locale

    return Locale.parse(LOCALES[lang])


@functools.lru_cache(maxsize=20_000)
def _written(kind: str, value: float, unit: str, lang: str) -> str:
    from babel import numbers

    if kind == "compact":
        value = round(value, 1)  # where a language has no short form yet (¥7630.6), Babel writes all there is
        return numbers.format_compact_currency(value, unit, locale=_locale(lang), fraction_digits=1)
    if kind == "money":
        return numbers.format_currency(value, unit, locale=_locale(lang))
    if kind == "percent":
        return numbers.format_percent(value, unit, _locale(lang))
    return numbers.format_decimal(value, unit, _locale(lang))


def is_missing(value: Any) -> bool:
    """Tell whether a value is not known (None, NaN, NaT)."""
    return value is None or value != value or (isinstance(value, float) and math.isinf(value))


def money(value: Any, context: Context, compact: bool = True, sign: bool = False) -> str:
    """Return an amount in the context's currency.

    Parameters
    ----------
    value : float or None
    context : Context
    compact : bool
        ``¥123.5万`` / ``CN¥1.2M`` rather than every digit.
    sign : bool
        Write "+" before what is above zero.

    Examples
    --------
    >>> zh, en = Context("zh"), Context("en")
    >>> money(1_235_000, zh), money(1_235_000, en), money(None, en)
    ('¥123.5万', 'CN¥1.2M', '—')
    >>> money(7630.5709, zh), money(12.34, en)
    ('¥7630.6', 'CN¥12.3')
    >>> money(-1234.5, zh, compact=False), money(1200, en, sign=True)
    ('-¥1,234.50', '+CN¥1.2K')
    """
    if is_missing(value):
        return MISSING
    number = float(value or 0.0)
    text = _written("compact" if compact else "money", number, context.currency, context.lang)
    return _signed(text, number, sign)


def percent(value: Any, context: Context, digits: int = 1, sign: bool = False) -> str:
    """Return a fraction as per cent.

    Examples
    --------
    >>> percent(0.1234, Context("en")), percent(0.05, Context("zh"), sign=True)
    ('12.3%', '+5.0%')
    """
    if is_missing(value):
        return MISSING
    number = float(value or 0.0)
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
    return _signed(_written("percent", number, pattern, context.lang), number, sign)


def number(value: Any, context: Context, digits: int = 0, sign: bool = False) -> str:
    """Return a plain number with a fixed number of decimals.

    Examples
    --------
    >>> number(4383, Context("en")), number(2.345, Context("zh"), 2)
    ('4,383', '2.35')
    """
    if is_missing(value):
        return MISSING
    amount = round(float(value or 0.0), digits) + 0.0
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return _signed(_written("number", amount, pattern, context.lang), amount, sign)


def month(value: Any, context: Context) -> str:
    """Return a month.

    Parameters
    ----------
    value : date, Timestamp or str
        A day of the month, or text as ``2026-10``.

    Examples
    --------
    >>> month("2026-10", Context("zh")), month("2026-10", Context("en"))
    ('2026年10月', 'Oct 2026')
    """
    return _skeleton("yMMM", value, context)


def month_name(value: Any, context: Context) -> str:
    """Return a month without its year.

    Examples
    --------
    >>> month_name("2026-10", Context("zh")), month_name("2026-10", Context("en"))
    ('10月', 'Oct')
    """
    return _skeleton("MMM", value, context)


def date(value: Any, context: Context) -> str:
    """Return a day.

    Examples
    --------
    >>> date("2026-10-31", Context("zh")), date("2026-10-31", Context("en"))
    ('2026年10月31日', 'Oct 31, 2026')
    """
    return _skeleton("yMMMd", value, context)


def window(text: str, context: Context) -> str:
    """Return a window of months written as ``2025-11..2026-10``.

    Examples
    --------
    >>> window("2025-11..2026-10", Context("zh")), window("2025-11..2026-10", Context("en"))
    ('2025年11月至2026年10月', 'Nov 2025–Oct 2026')
    """
    first, separator, last = text.partition("..")
    if not separator:
        return month(first, context) if _is_month(first) else text
    if not (_is_month(first) and _is_month(last)):
        return text
    return context.say("show.window", first=month(first, context), last=month(last, context))


def _is_month(text: str) -> bool:
    return len(text) == 7 and text[4] == "-" and (text[:4] + text[5:]).isdigit()


def _signed(text: str, value: float, sign: bool) -> str:
    if not any(digit in text for digit in "123456789"):  # what is written as nothing has no direction
        return text.replace("-", "")
    return f"+{text}" if sign and value > 0 else text


def _skeleton(skeleton: str, value: Any, context: Context) -> str:
    from babel.dates import format_skeleton

    if is_missing(value) or value == "":
        return MISSING
    if isinstance(value, str):
        value = dt.date.fromisoformat(f"{value}-01" if len(value) == 7 else value[:10])
    return format_skeleton(skeleton, value, locale=_locale(context.lang))
