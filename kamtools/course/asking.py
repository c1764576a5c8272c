"""What the exercises of several items share: reading results, making options, judging.

What people wrote (a point of a SWOT, a task, a name) is an option as it is
written, so that an answer kept means the same in either language; read is the
side of the reader's language. Where a form is empty nothing is judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from kamtools.finance.names import PNL_SUBTOTALS
from kamtools.forms import choice_sets, form
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book

Option = tuple[str, str]  # what is kept, what is read

NONE = "none"
WIDTH = 60  # of an option, in half-width cells
THOUSAND = 1000


def number(value: Any) -> float | None:
    """Return a float, or None for what is missing.

    Examples
    --------
    >>> number(2), number(float("nan")), number(None)
    (2.0, None, None)
    """
    return None if value is None or not math.isfinite(value) else float(value)


def best(pairs: Iterable[tuple[Any, Any]], least: bool = False) -> set[str]:
    """Return the keys with the largest (or least) value: several where they tie, none where no value is known.

    Examples
    --------
    >>> sorted(best([("a", 1), ("b", 2.0), ("c", 2), ("d", None)])), best([("a", float("nan"))])
    (['b', 'c'], set())
    """
    known = [(str(key), found) for key, value in pairs if (found := number(value)) is not None]
    if not known:
        return set()
    values = [value for _, value in known]
    top = min(values) if least else max(values)
    return {key for key, value in known if math.isclose(value, top, abs_tol=1e-9)}


def judged(right: Iterable[str], options: Iterable[Option]) -> set[str] | None:
    """Return what is right among the options; None where nothing is, or where nothing would be wrong.

    Examples
    --------
    >>> judged({"a"}, [("a", "A"), ("b", "B")]), judged({"a"}, [("a", "A")]), judged(set(), [("a", "A")])
    ({'a'}, None, None)
    """
    values = {value for value, _ in options}
    found = set(right) & values
    return found if found and found != values else None


def yes_no(book: Book) -> list[Option]:
    """Return the options yes and no."""
    return [(v, say("classroom.answer", book.lang, v)) for v in ("yes", "no")]


def none_of_these(book: Book) -> Option:
    """Return the option that no other is right."""
    return NONE, say("classroom.none_of_these", book.lang)


def nothing(_: Book) -> None:
    """Return None: an opinion has no right answer."""


def row(result: Any, book: Book, column: str) -> Any:
    """Return the account's value in a result's table; None where there is no result or no row."""
    return None if result is None else result.table[column].get(book.account)


def texts(book: Book, texts: Iterable[Any]) -> list[Option]:
    """Return what people wrote as options, in the order given; the empty ones are left out."""
    from kamtools import show

    written = dict.fromkeys(str(t) for t in texts if isinstance(t, str) and t.strip())
    return [(t, show.one_line(show.in_language(t, book.lang), WIDTH)) for t in written]


def choices(book: Book, name: str) -> list[Option]:
    """Return a set of choices of the forms as options."""
    return [(v, say("course.choice", book.lang, name, v)) for v in choice_sets()[name]]


def fields(book: Book, name: str, ids: Iterable[str]) -> list[Option]:
    """Return fields of a form as options."""
    return [(i, form(name).field(i).label(book.lang)) for i in ids]


def column(result: Any, name: str) -> list[Any]:
    """Return a column of a result's table, the index for ``index``; empty where there is no result."""
    if result is None:
        return []
    return list(result.table.index if name == "index" else result.table[name])


def pairs(result: Any, key: str, value: str) -> list[tuple[str, Any]]:
    """Return two columns of a result's table side by side; rows without a name are left out."""
    both = zip(column(result, key), column(result, value), strict=True)
    return [(name, found) for name, found in both if isinstance(name, str)]


def multi(found: Iterable[str], options: list[Option]) -> set[str] | None:
    """Return what must be ticked, ``none`` where nothing is found; None where there is nothing to choose."""
    values = {value for value, _ in options} - {NONE}
    return (set(found) & values or {NONE}) if values else None


def said(row: dict[str, Any], name: str) -> bool:
    """Tell whether a row says something in a column."""
    return bool(str(row.get(name) or "").strip())


def asks(book: Book) -> list[Option]:
    """Return what the account asks for as options."""
    return texts(book, column(book.knowing.moves, "ask"))


def conflicts(book: Book) -> list[Option]:
    """Return the answers to whether there is a conflict."""
    return [*yes_no(book), *own(book, "rated", ("not",))]


def conflict(axis: str, book: Book) -> set[str] | None:
    """Return whether one side of our strategy is in conflict with the account; None where no form says so."""
    fit = book.knowing.fit
    if fit is None:
        return None
    return {"not"} if axis in fit.missing else {"yes" if axis in fit.conflicts else "no"}


marketing_conflict, product_conflict, channel_conflict, people_conflict = (
    partial(conflict, axis) for axis in ("marketing", "product", "channel", "people")
)


def mean_level(standard: str, book: Book) -> float | None:
    """Return the mean level of those who are rated on a standard."""
    return next((number(v) for s, v in pairs(book.knowing.standards, "index", "mean") if s == standard), None)


def levels(standard: str, book: Book) -> list[tuple[float, float | None]]:
    """Return level and target of everybody who is rated on a standard."""
    rows = book.knowing.rows(standard, "people")
    return [(level, number(r.get("target"))) for r in rows if (level := number(r.get("level"))) is not None]


def lines(book: Book, ids: Any) -> list[Option]:
    """Return P&L lines as options."""
    from kamtools.show.money_words import line_name

    return [(str(i), line_name(book.context, i)) for i in ids]


def is_subtotal(line: object) -> bool:
    """Tell whether a line of a P&L adds up others."""
    return line in (*PNL_SUBTOTALS, "economic_profit")


def own(book: Book, kind: str, ids: Iterable[str]) -> list[Option]:
    """Return ids as options with the item's own words."""
    return [(i, say("course.option", book.lang, kind, i)) for i in ids]
