"""Who does, answers for, is asked and is told: the checks of a RACI table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from kamtools.identification.records import is_blank
from kamtools.notknown import NotKnown

MOST_ACCOUNTABLE = 2


@dataclass(frozen=True)
class RaciFinding:
    """One finding: an error breaks a rule, a warning should be looked at.

    ``kind`` is ``no_accountable``, ``many_accountable``, ``no_responsible``
    (errors), ``no_informed`` or ``accountable_load`` (warnings); ``place`` the
    task, or the person whose load it is; ``count`` how many there are.
    """

    level: Literal["error", "warning"]
    kind: str
    place: str
    count: int


@dataclass(frozen=True)
class RaciCheck:
    """The findings on a RACI table, errors first; iterates over them.

    ``loads`` is the number of tasks that each person is accountable for.
    """

    findings: tuple[RaciFinding, ...]
    loads: Mapping[str, int]

    def __iter__(self) -> Iterator[RaciFinding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    @property
    def ok(self) -> bool:
        """Whether no rule is broken; warnings may remain."""
        return not self.errors

    @property
    def errors(self) -> tuple[RaciFinding, ...]:
        """Broken rules."""
        return tuple(f for f in self.findings if f.level == "error")

    @property
    def warnings(self) -> tuple[RaciFinding, ...]:
        """What should be looked at."""
        return tuple(f for f in self.findings if f.level == "warning")


def _letters(cell: Any, where: str) -> set[str]:
    if is_blank(cell):
        return set()
    marks = re.sub(r"[\s,;/+&]", "", str(cell)).upper()
    if not marks or set(marks) - set("RACI"):
        raise NotKnown(f"matrix: {cell!r} at {where}; allowed: R, A, C, I")
    return set(marks)


def raci_check(matrix: Mapping[str, Mapping[str, Any]] | pd.DataFrame) -> RaciCheck:
    """Check a RACI table: each task exactly one A and at least one R.

    Parameters
    ----------
    matrix
        ``{task: {person: letters}}`` or a frame task × person. A cell may
        hold several letters ("AR", "R/A") or nothing.

    Returns
    -------
    RaciCheck
        Errors: a task without A, with several, without R. Warnings: a task
        nobody is informed of, a person accountable for more than two tasks.

    Raises
    ------
    ValueError
        An empty table, or a letter that is none of R, A, C, I.

    Examples
    --------
    >>> check = raci_check({"price": {"kam": "R", "finance": "A", "law": "I"}, "launch": {"kam": "R", "law": "I"}})
    >>> [(f.kind, f.place) for f in check], check.ok
    ([('no_accountable', 'launch')], False)
    """
    if isinstance(matrix, pd.DataFrame):
        if matrix.index.has_duplicates:
            raise ValueError(f"matrix: task {matrix.index[matrix.index.duplicated()][0]!r} stands twice")
        rows = {str(t): dict(matrix.loc[t].items()) for t in matrix.index}
    else:
        rows = {str(t): dict(cells) for t, cells in matrix.items()}
    if not rows:
        raise NotKnown(f"matrix: no task in {matrix!r}")
    loads: dict[str, int] = {}
    errors: list[RaciFinding] = []
    warnings: list[RaciFinding] = []
    for task, cells in rows.items():
        marks = {str(p): _letters(v, f"{task!r}, {p!r}") for p, v in cells.items()}
        count = {letter: sum(letter in m for m in marks.values()) for letter in "RACI"}
        for person, m in marks.items():
            loads[person] = loads.get(person, 0) + ("A" in m)
        if count["A"] != 1:
            kind = "many_accountable" if count["A"] else "no_accountable"
            errors.append(RaciFinding("error", kind, task, count["A"]))
        if count["R"] == 0:
            errors.append(RaciFinding("error", "no_responsible", task, 0))
        if count["I"] == 0:
            warnings.append(RaciFinding("warning", "no_informed", task, 0))
    for person, load in loads.items():
        if load > MOST_ACCOUNTABLE:
            warnings.append(RaciFinding("warning", "accountable_load", person, load))
    return RaciCheck((*errors, *warnings), loads)
