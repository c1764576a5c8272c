"""The questions of the exercises, from the declarations of the course's items."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


@functools.cache
def questions() -> Mapping[str, Question]:
    """Return every question by its id.

    Examples
    --------
    >>> questions()["2.F.x1"].kind, questions()["2.F.x1"].item
    ('choice', '2.F')
    """
    found = {}
    for item, declared in declarations().items():
        functions = item_functions(declared["folder"])
        for name, raw in declared.get("exercise", {}).items():
            id_ = f"{item}.{name}"
            found[id_] = Question(
                id_,
                item,
                raw["kind"],
                functions[raw.get("expected", "nothing")],
                functions[raw["options"]] if "options" in raw else None,
                raw.get("unit", "count"),
                raw.get("tolerance", 0.0),
            )
    return found


def item_functions(folder: Path) -> Mapping[str, Callable[[Book], Any]]:
    """Return the functions that an item's exercises may name: its own, and those that all share.

    Parameters
    ----------
    folder : Path
        Of the item.
    """
    found = dict(vars(asking))
    if (folder / "exercises.py").is_file():
        place = f"{COURSE.name}.{folder.parent.name}.{folder.name}.exercises"
        spec = importlib.util.spec_from_file_location(f"kamtools.{place}", folder / "exercises.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found |= vars(module)
    return {name: value for name, value in found.items() if callable(value)}


__all__ = ["NONE", "Option", "Question", "questions"]
