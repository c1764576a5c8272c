"""The forms of records that are no forms of the course: gradings, what else is judged of an account, the list, answers."""

from __future__ import annotations

GRADING = "grading"  # of an account: a field for each criterion that people rate
DOSSIER = "dossier"  # of an account: its potential, the terms that it asks for, notes
DESIGNATION = "designation"  # of an account: a field for each day on which it came onto the key account list or left it
JUDGED = (DESIGNATION, DOSSIER, GRADING)  # what figures of all accounts stand on
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
