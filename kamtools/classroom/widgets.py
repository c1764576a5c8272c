"""Widgets of an exercise. Every change of state goes through the exercise, which works without them."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kamtools.errors import KamError
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.classroom.exercises import Exercise

FULL = {"description_width": "initial"}
LATE = 3.0  # seconds after a click in which an answer that is still on its way is checked again


def exercise_widget(exercise: Exercise) -> Any:
    """Return the widget: question, a place for the answer, the buttons check, hint and solution.

    Parameters
    ----------
    exercise : Exercise

    Returns
    -------
    ipywidgets.VBox
        With the classes ``kam-exercise`` and ``kam-exercise-<id>`` (dots as
        dashes); its feedback has the class ``kam-feedback``.
    """
    import ipywidgets as w

    lang = exercise.book.lang
    title = html.escape(f"{say('classroom.exercise', lang)} {exercise.question.id}")
    layout = w.Layout()  # one for all parts: alone, each would make its own
    question = w.HTML(
        f"<b>{title}</b><p style='line-height:1.6;max-width:60em'>{html.escape(exercise.text)}</p>",
        layout=layout,
    )
    feedback = w.HTML(
        exercise.check()._repr_html_(), layout=layout, style=question.style, _dom_classes=("kam-feedback",)
    )
    field, read = _field(exercise)

    def show(outcome: Any) -> None:
        feedback.value = outcome._repr_html_()

    clicked = 0.0

    def check(_: Any) -> None:
        nonlocal clicked
        clicked = time.monotonic()
        judge()

    def late(_: Any) -> None:
        # The page holds a changed value back while an earlier one is under way, so the click may overtake it.
        if time.monotonic() - clicked < LATE:
            judge()

    def judge() -> None:
        try:
            show(exercise.check(read()))
        except KamError as error:
            feedback.value = f"<div role='alert'>{html.escape(error.text(lang))}</div>"

    buttons: list[Any] = []
    for name, style, act in (
        ("check", "primary", check),
        ("hint", "", lambda _: show(exercise.hint())),
        ("solution", "", lambda _: show(exercise.solution())),
    ):
        button = w.Button(
            description=say(f"classroom.button_{name}", lang),
            tooltip=say(f"classroom.button_{name}_tip", lang),
            button_style=style,
            layout=layout,
            style=buttons[0].style if buttons else w.ButtonStyle(),
            _dom_classes=(f"kam-{name}",),
        )
        button.on_click(act)
        buttons.append(button)
    for part in (field, *getattr(field, "children", ())):
        if part.has_trait("value"):
            part.observe(late, "value")
    return w.VBox(
        [question, field, w.HBox(buttons, layout=layout), feedback],
        layout=layout,
        _dom_classes=("kam-exercise", f"kam-exercise-{exercise.question.id.replace('.', '-')}"),
    )


def _field(exercise: Exercise) -> tuple[Any, Callable[[], Any]]:
    """Return the widget for an answer, filled with the one kept, and a function that reads it."""
    import ipywidgets as w

    lang, kind, kept = exercise.book.lang, exercise.question.kind, exercise.answer
    label = say("classroom.your_answer", lang)
    if kind == "number":
        unit = exercise.question.unit
        field = w.Text(
            value="" if kept is None else str(kept),
            placeholder=say(f"classroom.type_{unit}", lang),
            description=label,
            style=FULL,
            continuous_update=False,
        )
        return field, lambda: field.value
    if kind == "multi":
        chosen = set(kept or ())
        boxes = {
            value: w.Checkbox(value=value in chosen, description=text, indent=False, layout={"width": "auto"})
            for value, text in exercise.options
        }
        return w.VBox([w.Label(label), *boxes.values()]), lambda: [v for v, box in boxes.items() if box.value]
    choices = [(say("classroom.choose", lang), ""), *((text, value) for value, text in exercise.options)]
    allowed = {value for _, value in choices}
    current = kept.get("choice") if isinstance(kept, dict) else kept
    pick = w.Dropdown(
        options=choices,
        value=current if current in allowed else "",
        description=label,
        style=FULL,
        layout={"width": "max-content", "max_width": "100%"},
    )
    if kind == "choice":
        return pick, lambda: pick.value
    why = w.Textarea(
        value=str(kept.get("why", "")) if isinstance(kept, dict) else "",
        placeholder=say(exercise.question.words("why"), lang),
        description=say("classroom.your_reason", lang),
        style=FULL,
        layout={"width": "min(60em, 100%)", "height": "6em"},
    )
    return w.VBox([pick, why]), lambda: {"choice": pick.value, "why": why.value}
