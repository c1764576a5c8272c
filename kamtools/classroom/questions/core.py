"""What a question is, and what the questions of all items share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book

Option = tuple[str, str]  # what is kept, what is read

NONE = "none"


@dataclass(frozen=True)
class Question:
    """One question.

    `kind` is ``number`` (`expected` a float), ``choice`` (`expected` the set
    of right values), ``multi`` (`expected` the set that must be ticked) or
    ``opinion`` (a choice with a reason: kept, never judged). `expected` gives
    None where the account's data cannot say what is right. `unit` says how a
    number is written: ``count``, ``percent`` (typed as 12.3 for 0.123) or
    ``points``; `tolerance` is in the unit typed. `room` is the message table
    with its words.
    """

    id: str
    item: str
    kind: str
    expected: Callable[[Book], Any]
    options: Callable[[Book], list[Option]] | None = None
    unit: str = "count"
    tolerance: float = 0.0
    family: str = (
        "classroom.x"  # of its words: by id and part (``question``, ``hint``, ``solution``, ``why``)
    )


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
