"""The forms of records that are no forms of the course: gradings, what else is judged of an account, the list, answers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kamtools.store.values import FieldValue

GRADING = "grading"  # of an account: a field for each criterion that people rate
DOSSIER = "dossier"  # of an account: its potential, the terms that it asks for, notes
DESIGNATION = (
    "designation"  # of an account: a field for each day on which it came onto the key account list or left it
)
JUDGED = (DESIGNATION, DOSSIER, GRADING)  # what figures of all accounts stand on
STATUSES = ("entered", "kept", "left")  # of an account on the list
LOW, HIGH = 1.0, 5.0  # of a rating
_EXERCISE = "exercise."


def exercise_form(id: str) -> str:
    """Return the form of the record that holds the answers to an exercise: a field for each person.

    Examples
    --------
    >>> exercise_form("2.A.1.x1")
    'exercise.2.A.1.x1'
    """
    return _EXERCISE + id


def is_course_form(form: str) -> bool:
    """Tell whether a record is a form of the course.

    Examples
    --------
    >>> is_course_form("swot"), is_course_form("grading"), is_course_form(exercise_form("2.A.1.x1"))
    (True, False, False)
    """
    return form not in JUDGED and not form.startswith(_EXERCISE)


def number_of(field: FieldValue | None) -> float | None:
    """Return the number in a field, None where there is none."""
    value: Any = field.value if field else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def rating_of(field: FieldValue | None) -> float | None:
    """Return the rating in a field; None where there is none, or what stands there is no rating.

    Examples
    --------
    >>> from kamtools.store import FieldValue
    >>> rating_of(FieldValue(3.5)), rating_of(FieldValue(9)), rating_of(None)
    (3.5, None, None)
    """
    value = number_of(field)
    return value if value is not None and LOW <= value <= HIGH else None


def day_of(name: str) -> dt.date | None:
    """Return the day that the name of a field of the list says, None where it says none."""
    try:
        return dt.date.fromisoformat(name)
    except ValueError:
        return None


def status_of(field: FieldValue) -> str:
    """Return what a change of the list says, empty where it says nothing that a change can."""
    said = field.value.get("status") if isinstance(field.value, dict) else None
    return said if said in STATUSES else ""
