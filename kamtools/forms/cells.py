"""Values of fields as the text of cells, and read from it again.

A cell that still has the text that a value was written as keeps the value to
the letter; only a changed cell is parsed.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

from kamtools.forms.definitions import Column, choice_sets
from kamtools.words import LANGUAGES, say

LONGEST = 32_767  # UTF-16 units that a cell of Excel holds
_BIG = 1e15  # whole numbers from here on lose digits in a cell
_FIRST_DATE, _LAST_DATE = dt.date(1900, 3, 1), dt.date(9999, 12, 31)
_NOT_XML = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")
_ERROR = re.compile(r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|GETTING_DATA)")
_DATE = re.compile(r"([0-9]{4})[-/.]\s?([0-9]{1,2})[-/.]\s?([0-9]{1,2})(?:[ T]00:00(?::00)?)?")
_NUMBER = re.compile(r"[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]*)?([eE][+-]?[0-9]{1,2})?|[+-]?\.[0-9]+")


class Fault(NamedTuple):
    """Why a cell was not taken: a key of ``forms.reason_…``, and what is allowed."""

    code: str
    allowed: str = ""


def is_blank(text: str) -> bool:
    """Tell whether a cell has nothing in it but white space."""
    return not text.strip(" \t\r\n\u00a0\u3000\ufeff")


def fits(text: str) -> bool:
    """Tell whether a cell of Excel can hold a text exactly.

    Examples
    --------
    >>> fits("全角１２３\\n😀"), fits("x" * 40_000), fits("\\0")
    (True, False, False)
    """
    return not _NOT_XML.search(text) and len(text.encode("utf-16-le")) // 2 <= LONGEST


@functools.cache
def kept_texts() -> frozenset[str]:
    """Return the text that stands in a cell for what it cannot hold, in every language."""
    return frozenset(say("forms.kept", lang) for lang in LANGUAGES)


def cell_value(spec: Column, value: Any, lang: str) -> str | float | dt.date | None:
    """Return what is written into the cell of a value: text, number, date, or None for nothing.

    What a cell cannot hold (a text too long, a list where a text should be) is
    written as a sentence that says so, and stays in the store.

    Examples
    --------
    >>> number = Column("n", "number", "profile.staff")
    >>> cell_value(number, 40, "en"), cell_value(number, "about 40", "en"), cell_value(number, None, "en")
    (40, 'about 40', None)
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return say("forms.kept", lang)
    if isinstance(value, int | float):
        # a number in a text would come back as text; one with more digits than a cell has, as another number
        plain = spec.kind in ("number", "rating") and math.isfinite(value) and abs(value) < _BIG
        return value if plain else str(value)
    if not fits(value):
        return say("forms.kept", lang)
    if spec.kind == "choice" and value in spec.values:
        return spec.choice(value, lang)
    if spec.kind == "date":
        day = _iso(value)
        if day and _FIRST_DATE <= day <= _LAST_DATE:
            return day
    return value


def cell_text(spec: Column, value: Any, lang: str) -> str:
    """Return the text that the cell of a value is read as.

    Examples
    --------
    >>> cell_text(Column("d", "date", "profile.since"), "2026-10-31", "en")
    '2026-10-31'
    """
    written = cell_value(spec, value, lang)
    if written is None:
        return ""
    if isinstance(written, dt.date):
        return written.isoformat()
    if isinstance(written, str):
        return written
    number = float(f"{written:.16G}")  # as xlsxwriter writes it
    return str(int(number)) if number.is_integer() else repr(number)


def parse(spec: Column, text: str) -> tuple[Any, Fault | None]:
    """Return the value in a changed cell, or why there is none.

    Parameters
    ----------
    spec : Column
        Its kind, bounds and choices; a choice is read by its name in either language or its id.
    text : str
        The cell as text.

    Returns
    -------
    value, fault
        One of the two is None; both are for a blank cell.

    Examples
    --------
    >>> rating = Column("r", "rating", "pulse.answers.goal", low=1, high=5)
    >>> parse(rating, "４"), parse(rating, "6")
    ((4, None), (None, Fault(code='out_of_range', allowed='1–5')))
    >>> parse(Column("d", "date", "profile.since"), "2026年3月5日")
    ('2026-03-05', None)
    """
    if is_blank(text):
        return None, None
    if _ERROR.fullmatch(text):
        return None, Fault("error_cell")
    if text in kept_texts():
        return None, Fault("kept_elsewhere")
    if spec.kind == "text":
        return text, None
    if spec.kind == "date":
        day = _day(text)
        return (day.isoformat(), None) if day else (None, Fault("not_a_date"))
    if spec.kind == "choice":
        chosen = _names(spec.choices).get(_folded(text))
        allowed = ", ".join(spec.choice(v) for v in spec.values)
        return (chosen, None) if chosen else (None, Fault("not_a_choice", allowed))
    return _number(spec, text)


def problem(spec: Column, value: Any) -> Fault | None:
    """Return what is wrong with a value in a field of its kind, None where nothing is (a missing one too)."""
    if value is None or value == "":
        return None
    if spec.kind == "text":
        return None if isinstance(value, str) else Fault("not_a_text")
    if spec.kind == "date":
        return None if isinstance(value, str) and _iso(value) else Fault("not_a_date")
    if spec.kind == "choice":
        return (
            None
            if value in spec.values
            else Fault("not_a_choice", ", ".join(spec.choice(v) for v in spec.values))
        )
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return Fault("not_a_number")
    return _bounds(spec, value)


def _number(spec: Column, text: str) -> tuple[Any, Fault | None]:
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    if not _NUMBER.fullmatch(plain):
        return None, Fault("not_a_number")
    digits = plain.replace(",", "")
    number: int | float
    if re.fullmatch(r"[+-]?[0-9]+", digits):
        number = int(digits)
    else:
        number = float(digits)
        if not math.isfinite(number):
            return None, Fault("not_a_number")
        if number.is_integer() and abs(number) < _BIG:
            number = int(number)
    fault = _bounds(spec, number)
    return (None, fault) if fault else (number, None)


def _bounds(spec: Column, number: float) -> Fault | None:
    low = "" if spec.low is None else f"{spec.low:g}"
    high = "" if spec.high is None else f"{spec.high:g}"
    if spec.kind == "rating" and number != int(number):
        return Fault("not_whole", f"{low}–{high}")
    if (spec.low is not None and number < spec.low) or (spec.high is not None and number > spec.high):
        return Fault("out_of_range", f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}")
    return None


def _iso(text: str) -> dt.date | None:
    """Return a date written as ``2026-10-31``, nothing else."""
    if len(text) != 10:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _day(text: str) -> dt.date | None:
    plain = unicodedata.normalize("NFKC", text).replace("年", "-").replace("月", "-").replace("日", "")
    found = _DATE.fullmatch(plain.strip())
    if not found:
        return None
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


@functools.cache
def _names(choices: str) -> Mapping[str, str]:
    found = {}
    for value in choice_sets()[choices]:
        for name in (value, *(say("course.choice", lang, choices, value) for lang in LANGUAGES)):
            found[_folded(name)] = value
    return found


def read_date(text: str) -> dt.date | None:
    """Return the day in a cell, year first, or None."""
    return _day(text)
