"""The widget of an exercise: the page draws it and sends the answer, :class:`Exercise` does the rest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from kamtools.errors import KamError
from kamtools.forms.widget import DOM
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.classroom.exercises import Exercise, Outcome

_HERE = Path(__file__).parent
_WORDS = (
    "your_answer your_reason choose button_check button_check_tip button_hint button_hint_tip"
    " button_solution button_solution_tip"
).split()


class ExerciseWidget(anywidget.AnyWidget):
    """An exercise in a notebook: classes ``kam-exercise`` and ``kam-exercise-<id>`` (dots as dashes).

    The answer travels with the click on *check*: no value of the page is kept
    in the kernel, so none can be overtaken by the click.

    Parameters
    ----------
    exercise : Exercise
    """

    _esm = DOM + (_HERE / "exercise.js").read_text(encoding="utf-8")
    _css = (_HERE / "exercise.css").read_text(encoding="utf-8")
    spec = traitlets.Dict().tag(sync=True)
    outcome = traitlets.Dict().tag(sync=True)

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._told = 0
        super().__init__(spec=_spec(exercise), outcome=self._shown(exercise.check()))
        self.on_msg(self._on_message)

    def _on_message(self, _: Any, content: Mapping[str, Any], __: Any) -> None:
        """Do what a button asks; what goes wrong is said beneath it, and a fault of the program also logged."""
        try:
            self.outcome = self._shown(self._do(content))
        except KamError as error:
            self.outcome = self._fault(error.text(self._exercise.book.lang))
        except Exception as error:
            self.outcome = self._fault(f"{type(error).__name__}: {error}")
            raise

    def _do(self, content: Mapping[str, Any]) -> Outcome:
        what = content["do"]
        if what == "check":
            return self._exercise.check(content["answer"])
        return self._exercise.hint() if what == "hint" else self._exercise.solution()

    def _shown(self, outcome: Outcome) -> dict[str, Any]:
        return self._numbered(outcome.status or "text", outcome.label, outcome.text)

    def _fault(self, text: str) -> dict[str, Any]:
        return self._numbered("error", "", text)

    def _numbered(self, status: str, label: str, text: str) -> dict[str, Any]:
        self._told += 1  # the same words twice are two answers
        return {"status": status, "label": label, "text": text, "n": self._told}


def bundle(widget: anywidget.AnyWidget, words: str) -> dict[str, Any]:
    """Return what a notebook shows: the widget, or where it cannot be drawn the words."""
    made = widget._repr_mimebundle_()
    data = made[0] if isinstance(made, tuple) else made
    return {**(data or {}), "text/plain": words}


def _spec(exercise: Exercise) -> dict[str, Any]:
    """Return what the page needs to know of an exercise, in the reader's language."""
    question, lang = exercise.question, exercise.book.lang
    words = {key: say("classroom.button", lang, key) for key in _WORDS}
    words["title"] = f"{say('classroom.exercise', lang)} {question.id}"
    words["question"] = exercise.text
    words["waiting"] = say("forms.fill.waiting", lang)
    if question.kind == "number":
        words["type"] = say("classroom.type", lang, question.unit)
    if question.kind == "opinion":
        words["why"] = say("course", lang, question.id, "why")
    return {
        "id": question.id,
        "kind": question.kind,
        "lang": {"zh": "zh-CN", "en": "en"}[lang],
        "options": [list(option) for option in exercise.options],
        "kept": exercise.answer,
        "words": words,
    }
