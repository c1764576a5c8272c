"""The grading form's widget: a row per criterion, with scorecard and matrix that follow the sliders."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from kamtools.classroom.forms import STATUSES, rated
from kamtools.errors import KamError
from kamtools.store import Conflict, FieldValue
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.classroom.forms import GradingForm, Row

LABEL = "12em"
UNRATED = 0.0  # a slider has no place for None
STEPS = [1.0 + k / 2 for k in range(9)]


def form_widget(form: GradingForm) -> Any:
    """Return the widget of a grading form."""
    import ipywidgets as w

    book, lang, context = form.book, form.book.lang, form.book.context
    rows = form.rows()
    sliders: dict[str, Any] = {}
    fields: dict[str, dict[str, Any]] = {}
    lines: list[Any] = []

    def line(row: Row) -> Any:
        name = form.names[row.criterion]
        if row.by_data:
            value = say("classroom.form.missing", lang) if row.value is None else f"{row.value:g}"
            title = w.HTML(
                f"<div style='text-align:right;padding-right:4px'>{html.escape(name)}</div>",
                layout={"width": LABEL},
            )
            who = html.escape(say("classroom.form.by_data", lang))
            return w.HBox(
                [title, w.HTML(f"<b>{html.escape(value)}</b> <span style='color:#66737f'>{who}</span>")]
            )
        slider = w.SelectionSlider(
            options=[(say("classroom.form.unrated", lang), UNRATED), *((f"{s:g}", s) for s in STEPS)],
            value=_step(row.value),
            description=name,
            continuous_update=False,
            style={"description_width": LABEL},
            layout={"width": "32em"},
        )
        slider.add_class(f"kam-rating-{row.criterion}")
        source = w.Text(
            row.source,
            placeholder=say("classroom.form.source_hint", lang),
            tooltip=say("classroom.form.source", lang),
            layout={"width": "16em"},
        )
        date = w.Text(
            row.date,
            placeholder="2026-10-31",
            tooltip=say("classroom.form.date", lang),
            layout={"width": "8em"},
        )
        status = w.Dropdown(
            options=[(say("classroom.form", lang, s), s) for s in STATUSES],
            value=row.status if row.status in STATUSES else "assumed",
            tooltip=say("classroom.form.status", lang),
            layout={"width": "8em"},
        )
        sliders[row.criterion] = slider
        fields[row.criterion] = {"source": source, "date": date, "status": status}
        return w.HBox([slider, source, date, status], layout={"flex_flow": "row wrap"})

    for axis in ("attractiveness", "strength"):
        lines.append(
            w.HTML(f"<h4 style='margin:6px 0'>{html.escape(say('classroom.form_axis', lang, axis))}</h4>")
        )
        lines += [line(row) for row in rows if row.axis == axis]

    scores, message = w.HTML(), w.HTML()
    card, grid = (w.Image(format="png", layout={"max_width": "100%"}) for _ in range(2))
    for image in (card, grid):
        image.add_class("kam-picture")
    scores.add_class("kam-scores")

    still: list[bool] = []  # not empty while many sliders move at once
    state: dict[str, Any] = {"before": form.record, "shown": {r.criterion: r for r in rows}, "met": False}

    def draw(_: Any = None) -> None:
        if still:
            return
        grading = form.graded({criterion: slider.value or None for criterion, slider in sliders.items()})
        words = form.scores(grading)
        scores.value = f"<div role='status' style='padding:6px 0'><b>{html.escape(words)}</b></div>"
        card.value, grid.value = form.pictures(grading)

    def tell(text: str, role: str = "status") -> None:
        message.value = f"<div role='{role}'>{html.escape(text)}</div>"

    def typed() -> dict[str, FieldValue | None]:
        """Return the ratings that were changed; a slider that was not moved leaves its rating between two steps."""
        found: dict[str, FieldValue | None] = {}
        for criterion, slider in sliders.items():
            shown = state["shown"][criterion]
            parts = {k: f.value for k, f in fields[criterion].items()}
            value = shown.value if slider.value == _step(shown.value) else slider.value
            stored = state["before"].fields.get(criterion) if state["before"] else None
            mine = rated(float(value), **parts) if value not in (None, UNRATED) else None
            if mine != stored or shown.origin == "tried":
                found[criterion] = mine
        return found

    def show(own: bool) -> None:
        """Put what is kept into the fields."""
        still.append(True)
        state["before"] = form.record
        for row in form.rows(own):
            state["shown"][row.criterion] = row
            if row.criterion in sliders:
                sliders[row.criterion].value = _step(row.value)
                fields[row.criterion]["source"].value = row.source
                fields[row.criterion]["date"].value = row.date
                fields[row.criterion]["status"].value = row.status if row.status in STATUSES else "assumed"
        still.clear()
        draw()

    def save(_: Any) -> None:
        try:
            ratings = typed()
            place = form.save(ratings, state["before"], keep_mine=state["met"])
        except Conflict as conflict:  # a second click writes one's own over it
            state["met"], who = True, conflict.current.changed_by if conflict.current else "–"
            tell(say("classroom.form.conflict", lang, who=who), "alert")
        except KamError as error:
            tell(error.text(lang), "alert")
        else:
            state["met"] = False
            show(own=True)
            said = "saved" if place == "stored" else "tried"
            pack = book.portfolio.workspace.source
            tell(say("classroom.form", lang, said, count=len(ratings), pack=pack))

    def reset(_: Any) -> None:
        state["met"] = False
        show(own=False)

    for slider in sliders.values():
        slider.observe(draw, names="value")
    buttons = []
    for name, style, act in (("save", "primary", save), ("reset", "", reset)):
        button = w.Button(
            description=say("classroom.form", lang, name),
            tooltip=say("classroom.form_tip", lang, name),
            button_style=style,
            layout={"width": "auto"},
        )
        button.add_class(f"kam-{name}")
        button.on_click(act)
        buttons.append(button)
    draw()
    name = html.escape(
        say("classroom.form.title", lang, name=context.name(book.account), account=book.account)
    )
    box = w.VBox([w.HTML(f"<b>{name}</b>"), *lines, w.HBox(buttons), message, scores, card, grid])
    box.add_class("kam-form")
    return box


def _step(value: float | None) -> float:
    """Return the slider's step nearest to a rating."""
    return UNRATED if value is None else min(STEPS, key=lambda step: abs(step - value))
