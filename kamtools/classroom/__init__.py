"""The classroom: notebooks from one source, their editions, exercises, the grading form and coverage.

Names are loaded when they are first used, so that importing this package
costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kamtools.classroom.build import BuildReport, account_book, build_notebooks, edition
    from kamtools.classroom.course_cost import cost
    from kamtools.classroom.course_coverage import CoverageReport, coverage
    from kamtools.classroom.exercises import Exercise, Outcome, exercise, exercise_ids
    from kamtools.classroom.filling import fill
    from kamtools.classroom.forms import GradingForm, axis_grading, grading_form, rating_sources
    from kamtools.classroom.lint import lint_notebook
    from kamtools.classroom.opening import open_notebook
    from kamtools.classroom.pages import colophon, cover, figures, own_pnl
    from kamtools.classroom.parameters import Parameter, check_parameters, notebook_parameters
    from kamtools.classroom.rows_behind import behind
    from kamtools.classroom.sliders import Explorer, explore
    from kamtools.classroom.what_if import WhatIfSliders, what_if_sliders

_HOMES = {
    "BuildReport": "build",
    "behind": "rows_behind",
    "account_book": "build",
    "build_notebooks": "build",
    "edition": "build",
    "CoverageReport": "course_coverage",
    "cost": "course_cost",
    "coverage": "course_coverage",
    "Exercise": "exercises",
    "Outcome": "exercises",
    "exercise": "exercises",
    "exercise_ids": "exercises",
    "GradingForm": "forms",
    "axis_grading": "forms",
    "grading_form": "forms",
    "rating_sources": "forms",
    "lint_notebook": "lint",
    "open_notebook": "opening",
    "colophon": "pages",
    "cover": "pages",
    "figures": "pages",
    "own_pnl": "pages",
    "Parameter": "parameters",
    "check_parameters": "parameters",
    "notebook_parameters": "parameters",
    "Explorer": "sliders",
    "explore": "sliders",
    "WhatIfSliders": "what_if",
    "what_if_sliders": "what_if",
    "fill": "filling",
}
__all__ = [
    "BuildReport",
    "CoverageReport",
    "Exercise",
    "Explorer",
    "GradingForm",
    "Outcome",
    "Parameter",
    "WhatIfSliders",
    "account_book",
    "axis_grading",
    "behind",
    "build_notebooks",
    "check_parameters",
    "colophon",
    "cover",
    "cost",
    "coverage",
    "edition",
    "exercise",
    "exercise_ids",
    "explore",
    "figures",
    "fill",
    "grading_form",
    "lint_notebook",
    "notebook_parameters",
    "open_notebook",
    "own_pnl",
    "rating_sources",
    "what_if_sliders",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
