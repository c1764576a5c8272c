"""The questions of the exercises, from the declarations of the course's items."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from kamtools.course import asking
from kamtools.course.asking import NONE, Option
from kamtools.declared import COURSE, declarations

if TYPE_CHECKING:
    from pathlib import Path

    from kamtools.book.portfolio import Book


@dataclass(frozen=True)
class Question:
    """One question.

    `kind` is ``number`` (`expected` a float), ``choice`` (`expected` the set
    of right values), ``multi`` (`expected` the set that must be ticked) or
    ``opinion`` (a choice with a reason: kept, never judged). `expected` gives
    None where the account's data cannot say what is right. `unit` says how a
    number is written: ``count``, ``percent`` (typed as 12.3 for 0.123) or
    ``points``; `tolerance` is in the unit typed.
    """

    id: str
    item: str
    kind: str
    expected: Callable[[Book], Any]
    options: Callable[[Book], list[Option]] | None = None
    unit: str = "count"
    tolerance: float = 0.0

    def words(self, part: str) -> str:
        """Return the message key of a part (``question``, ``hint``, ``solution``, ``why``).

        Examples
        --------
        >>> Question("2.A.1.x1", "2.A.1", "number", lambda book: None).words("hint")
        'course.2.A.1.x1.hint'
        """
        return f"course.{self.id}.{part}"


@functools.cache
def questions() -> Mapping[str, Question]:
    """Return every question by its id.

    Raises
    ------
    LookupError
        Where a declaration names a function that is neither in its item's ``exercises.py`` nor shared.

    Examples
    --------
    >>> questions()["2.F.x1"].kind, questions()["2.F.x1"].item
    ('choice', '2.F')
    """
    found = {}
    for item, declared in declarations().items():
        own = _module(declared["folder"])
        for name, raw in declared.get("exercise", {}).items():
            id_ = f"{item}.{name}"
            found[id_] = Question(
                id_,
                item,
                raw["kind"],
                _named(raw.get("expected", "nothing"), own, id_),
                _named(raw["options"], own, id_) if "options" in raw else None,
                raw.get("unit", "count"),
                raw.get("tolerance", 0.0),
            )
    return found


def _module(folder: Path) -> ModuleType | None:
    """Return an item's own functions, where it has any."""
    if not (folder / "exercises.py").is_file():
        return None
    return importlib.import_module(
        ".".join(("kamtools.course", *folder.relative_to(COURSE).parts, "exercises"))
    )


def _named(name: str, own: ModuleType | None, id_: str) -> Callable[[Book], Any]:
    function = getattr(own, name, None) or getattr(asking, name, None)
    if function is None:
        raise LookupError(f"{id_}: there is no function {name}")
    return function


__all__ = ["NONE", "Option", "Question", "questions"]
