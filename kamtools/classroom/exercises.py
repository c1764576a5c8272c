"""Exercises: answered in a widget or a cell, judged on the account's own data, kept as data.

Four outcomes: passed, failed, not attempted, uncheckable. An exercise that
nobody has answered never raises, so that a notebook runs from top to bottom
as it is.
"""

from __future__ import annotations

import difflib
import html
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from kamtools.classroom.answers import Answers, answers_of
from kamtools.classroom.questions import Option, Question, questions
from kamtools.errors import KamError
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book

Status = Literal["passed", "failed", "not_attempted", "uncheckable"]
_COLOURS = {"passed": "#1b7f4b", "failed": "#b3261e", "not_attempted": "#5f6b76", "uncheckable": "#1f5fa8"}


@dataclass(frozen=True)
class Outcome:
    """What a check, a hint or a solution says; `status` is None for the latter two."""

    status: Status | None
    text: str
    label: str = ""

    def __repr__(self) -> str:
        return f"{self.label}{self.text}"

    def _repr_html_(self) -> str:
        colour = _COLOURS.get(self.status or "", "#1f5fa8")
        return (
            f'<div role="status" class="kam-outcome" data-status="{self.status or "text"}"'
            f' style="border-left:4px solid {colour};padding:4px 12px;margin:4px 0">'
            f"<b>{html.escape(self.label)}</b>{html.escape(self.text)}</div>"
        )


def exercise_ids(item: str | None = None) -> tuple[str, ...]:
    """Return the ids of the exercises, of one course item where given.

    Examples
    --------
    >>> exercise_ids("2.A.4")
    ('2.A.4.x1',)
    """
    return tuple(q.id for q in questions().values() if item in (None, q.item))


def exercise(id: str, book: Book) -> Exercise:
    """Return the exercise `id` on the account of `book`; shown by a notebook, it is a widget.

    Raises
    ------
    KamError
        For an unknown exercise, with the nearest ids.
    """
    if id not in questions():
        near = difflib.get_close_matches(id, questions(), n=4, cutoff=0.3) or list(questions())
        raise KamError("classroom.unknown_exercise", id=id, allowed=", ".join(near))
    return Exercise(questions()[id], book, answers_of(book.portfolio.workspace))


@dataclass(frozen=True)
class Exercise:
    """One question on one account.

    In a cell: ``exercise("2.A.1.x1", book).check(12)``; without a value,
    ``check()`` judges the answer that is kept.
    """

    question: Question
    book: Book
    answers: Answers

    @property
    def text(self) -> str:
        """The question."""
        return self._part("question")

    @property
    def options(self) -> list[Option]:
        """What can be chosen: (value, label)."""
        return self.question.options(self.book) if self.question.options else []

    @cached_property
    def expected(self) -> Any:
        """What is right: a number, a set of options, or None where nothing can be said."""
        return self.question.expected(self.book)

    @property
    def answer(self) -> Any:
        """The answer kept, or None: text of a number, an option, a list of options, or {choice, why}."""
        kept = self.answers.get(self.book.account, self.question.id)
        return kept.get("value") if isinstance(kept, dict) else None

    def check(self, answer: Any = None) -> Outcome:
        """Judge an answer, or without one the answer that is kept; keep what is given.

        Parameters
        ----------
        answer : float, str, list of str or dict, optional
            A number as it is read (12.3 for 12.3 %), an option's value, a list
            of them, or ``{"choice": …, "why": …}``.

        Returns
        -------
        Outcome
            ``passed``, ``failed`` with a hint, ``not_attempted``, or
            ``uncheckable``. Only a place that cannot be written raises.
        """
        answer = _plain(answer, self.question.kind)
        outcome = self._judge(self.answer if answer is None else answer)
        if answer is not None and outcome.status != "not_attempted":
            entry = {"value": answer, "status": outcome.status}
            self.answers.put(self.book.account, self.question.id, entry)
        return outcome

    def hint(self) -> Outcome:
        """Return a hint."""
        text = self._part("hint")
        return Outcome(None, text, self._say("classroom.label", "hint"))

    def solution(self) -> Outcome:
        """Return the right answer for this account and how it comes about."""
        if self.question.kind != "opinion" and self.expected is None:
            return Outcome(None, self._say("classroom.no_answer"), self._say("classroom.label", "solution"))
        text = self._part("solution", answer=self._written(self.expected))
        return Outcome(None, text, self._say("classroom.label", "solution"))

    def right_answer(self) -> Any:
        """Return an answer that passes, as a trainee would give it; None where nothing can be judged."""
        if self.expected is None:
            return None
        if self.question.kind == "number":
            scale = 100 if self.question.unit == "percent" else 1
            return round(self.expected * scale, 2)
        return sorted(self.expected) if self.question.kind == "multi" else sorted(self.expected)[0]

    def _judge(self, answer: Any) -> Outcome:
        kind = self.question.kind
        if self.question.options is not None and not self.options:
            return self._outcome("uncheckable", "classroom.no_options")
        if _is_empty(answer, kind):
            return self._outcome("not_attempted", "classroom.not_attempted")
        if kind == "opinion":
            return self._outcome("uncheckable", "classroom.opinion_kept")
        if kind == "number":
            return self._judge_number(answer)
        given = {answer} if isinstance(answer, str) else set(answer)
        unknown = given - {value for value, _ in self.options}
        if unknown:
            return self._outcome("not_attempted", "classroom.no_option", value=", ".join(sorted(unknown)))
        if self.expected is None:
            return self._outcome("uncheckable", "classroom.no_answer")
        right = given == self.expected if kind == "multi" else bool(given & self.expected)
        if right:
            return self._outcome("passed", "classroom.right")
        hint = self.hint().text
        if kind == "multi":
            missing, extra = len(self.expected - given), len(given - self.expected)
            return self._outcome("failed", "classroom.wrong_multi", missing=missing, extra=extra, hint=hint)
        return self._outcome("failed", "classroom.wrong", hint=hint)

    def _judge_number(self, answer: Any) -> Outcome:
        value = parse_number(answer)
        if value is None:
            return self._outcome("not_attempted", "classroom.not_a_number", value=answer)
        if self.expected is None:
            return self._outcome("uncheckable", "classroom.no_answer")
        target = self.expected * (100 if self.question.unit == "percent" else 1)
        tolerance = self.question.tolerance + 1e-9
        if abs(value - target) <= tolerance:
            return self._outcome("passed", "classroom.right")
        key = "classroom.too_high" if value > target else "classroom.too_low"
        if self.question.unit == "percent" and abs(value * 100 - target) <= tolerance:
            key = "classroom.is_fraction"
        elif abs(value + target) <= tolerance:
            key = "classroom.wrong_sign"
        return self._outcome("failed", key, hint=self.hint().text)

    def _written(self, expected: Any) -> str:
        """Return the right answer as a person reads it."""
        if expected is None:
            return ""
        if self.question.kind == "number":
            from kamtools import show

            unit, context = self.question.unit, self.book.context
            if unit == "percent":
                return show.percent(expected, context)
            return show.number(expected, context, 2 if unit == "points" else 0)
        labels = dict(self.options)
        return self._say("classroom.comma").join(labels.get(str(v), str(v)) for v in sorted(expected))

    def _outcome(self, status: Status, key: str, **params: object) -> Outcome:
        return Outcome(status, self._say(key, **params), self._say("classroom.label", status))

    def _part(self, part: str, **params: object) -> str:
        return self._say("course", self.question.id, part, **params)

    def _say(self, key: str, *ids: str, **params: object) -> str:
        from kamtools import show

        context = self.book.context
        base = {
            "name": show.one_line(context.name(self.book.account), 40),
            "period": show.window(self.book.portfolio.period, context),
            "previous": show.window(self.book.portfolio.growth.previous_period or "", context),
            "tolerance": f"{self.question.tolerance:g}",
        }
        return say(key, self.book.lang, *ids, **{**base, **params})

    def _repr_html_(self) -> str:
        """Return the static twin: question, choices, and the answer kept with its outcome."""
        options = "".join(f"<li>{html.escape(label)}</li>" for _, label in self.options)
        return (
            f'<div class="kam-exercise" data-exercise="{self.question.id}">'
            f"<p><b>{html.escape(self._say('classroom.exercise'))} {self.question.id}</b><br>"
            f"{html.escape(self.text)}</p>"
            + (f"<ul>{options}</ul>" if options else "")
            + f"{self._judge(self.answer)._repr_html_()}</div>"
        )

    def __repr__(self) -> str:
        return f"{self.question.id}: {self.text}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        if self.book.batch:
            return {"text/plain": repr(self), "text/html": self._repr_html_()}
        from kamtools.classroom.widgets import ExerciseWidget, bundle

        return bundle(ExerciseWidget(self), repr(self))


def parse_number(answer: Any) -> float | None:
    """Return the number that a person typed, or None.

    Full-width digits, per cent signs, grouping commas and a minus in any
    writing are understood.

    Examples
    --------
    >>> parse_number("12.5 %"), parse_number("-1,200"), parse_number("12"), parse_number("?")
    (12.5, -1200.0, 12.0, None)
    """
    if isinstance(answer, (int, float)) and not isinstance(answer, bool):
        return float(answer)
    text = unicodedata.normalize("NFKC", str(answer)).replace("\u2212", "-")
    text = text.replace("%", "").replace(",", "").replace(" ", "")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value == value and abs(value) != float("inf") else None


def _plain(answer: Any, kind: str) -> Any:
    """Return an answer as it is kept: a plain number or text, a sorted list of texts, or what it was."""
    if hasattr(answer, "tolist"):  # numpy's and pandas's
        answer = answer.tolist()
    if isinstance(answer, (set, tuple, list)):
        return sorted(map(str, answer))
    if kind in ("choice", "multi") and answer is not None and not isinstance(answer, (str, dict)):
        return str(answer)
    return answer


def _is_empty(answer: Any, kind: str) -> bool:
    if kind == "opinion":
        return not (isinstance(answer, dict) and answer.get("choice") and str(answer.get("why", "")).strip())
    if answer is None:
        return True
    return len(answer) == 0 if isinstance(answer, (list, tuple, set)) else not str(answer).strip()
