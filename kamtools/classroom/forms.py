"""The grading form: one account's ratings, moved with sliders, seen at once in scorecard and matrix."""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from kamtools.classroom.answers import Answers, answers_of
from kamtools.errors import KamError
from kamtools.identification import Grading
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book

STATUSES = ("assumed", "confirmed")


class Row(NamedTuple):
    """One criterion of the form; `origin` is ``data``, ``dossier``, ``own`` or ``missing``."""

    criterion: str
    axis: str
    weight: float
    by_data: bool
    value: float | None
    origin: str
    source: str
    date: str
    status: str


@dataclass(frozen=True, eq=False)
class AxisGrading(Grading):
    """A grading whose scorecards show one axis only."""

    axis: str = ""

    def scorecard(self, account: str) -> Any:
        """Return the account's form on this axis."""
        rows = super().scorecard(account)
        return rows[rows["axis"] == self.axis]


def axis_grading(book: Book, axis: str) -> AxisGrading | None:
    """Return the portfolio's grading with scorecards of one axis; None where nothing is graded.

    Parameters
    ----------
    book : Book
    axis : {"attractiveness", "strength"}
    """
    grading = book.portfolio.grading
    if grading is None:
        return None
    fields = {f.name: getattr(grading, f.name) for f in dataclasses.fields(grading)}
    return AxisGrading(**fields, axis=axis)


def rating_sources(book: Book) -> dict[str, str]:
    """Return who rates each criterion: ``data`` or ``person``."""
    return {c.id: "data" if c.measure else "person" for c in book.portfolio.settings.criteria}


def grading_form(book: Book) -> GradingForm:
    """Return the grading form of a book's account; shown by a notebook it is a widget."""
    return GradingForm(book, answers_of(book.portfolio.workspace))


@dataclass(frozen=True)
class GradingForm:
    """The form over an account: the data's ratings, the dossier's, and one's own in their place."""

    book: Book
    answers: Answers

    def rows(self, own: bool = True) -> list[Row]:
        """Return a row per criterion, in the settings' order; `own` ratings go before the dossier's."""
        portfolio, account = self.book.portfolio, self.book.account
        dossier = portfolio.workspace.dossier(account)
        given = {r.criterion: r for r in dossier.ratings} if dossier else {}
        mine = self.answers.get(account, "ratings") if own else {}
        rows = []
        for c in portfolio.settings.criteria:
            head = (c.id, c.axis, c.weight, c.measure is not None)
            rated = mine.get(c.id)
            if c.measure is not None:
                value = _known(portfolio.ratings[c.id].get(account)) if c.id in portfolio.ratings else None
                rows.append(Row(*head, value, "data" if value is not None else "missing", "", "", ""))
            elif isinstance(rated, dict) and _known(rated.get("value")) is not None:
                texts = [str(rated.get(k, "")) for k in ("source", "date", "status")]
                rows.append(Row(*head, float(rated["value"]), "own", *texts))
            elif c.id in given:
                r = given[c.id]
                rows.append(
                    Row(*head, r.value, "dossier", r.source, r.date.isoformat() if r.date else "", r.status)
                )
            else:
                rows.append(Row(*head, None, "missing", "", "", "assumed"))
        return rows

    @property
    def names(self) -> dict[str, str]:
        """What each criterion is called."""
        return {c.id: c.name(self.book.lang) for c in self.book.portfolio.settings.criteria}

    def graded(self, values: dict[str, float | None]) -> Any:
        """Return the grading of all accounts with `values` in place of this account's ratings.

        Parameters
        ----------
        values : dict
            Criterion -> rating; None takes a rating away.

        Returns
        -------
        kamtools.identification.Grading
        """
        from kamtools.identification import grade

        settings = self.book.portfolio.settings.matrix
        ratings = self.book.portfolio.ratings.astype(float).copy()
        for criterion, value in values.items():
            ratings.loc[self.book.account, criterion] = math.nan if value is None else value
        return grade(
            ratings, self.book.portfolio.weights, low=settings.low, high=settings.high, cut=settings.cut
        )

    def save(
        self, criterion: str, value: float, source: str = "", date: str = "", status: str = "assumed"
    ) -> None:
        """Keep one's own rating of a criterion.

        Raises
        ------
        KamError
            For a date that is none, or a file that cannot be written.
        """
        if date:
            try:
                dt.date.fromisoformat(date)
            except ValueError:
                raise KamError("classroom.form.bad_date", value=date) from None
        rating = {"value": value, "source": source, "date": date, "status": status}
        self.answers.put(self.book.account, "ratings", criterion, rating)

    def scores(self, grading: Any) -> str:
        """Return the account's two scores and its quadrant, and the one that the company's dossier gives."""
        from kamtools import show

        context, account = self.book.context, self.book.account
        row = grading.table.loc[account] if account in grading.table.index else {}
        before = self.book.portfolio.grading
        old = before.table["quadrant"].get(account) if before is not None else None
        return say(
            "classroom.form.scores",
            self.book.lang,
            attractiveness=show.number(_known(row.get("attractiveness")), context, 2),
            strength=show.number(_known(row.get("strength")), context, 2),
            quadrant=_term(context, row.get("quadrant")),
            before=_term(context, old),
        )

    def pictures(self, grading: Any) -> tuple[bytes, bytes]:
        """Return scorecard and matrix as PNG."""
        from kamtools import show

        card = show.charts.scorecard(grading, self.book.context, sources=rating_sources(self.book))
        scorecard = show.image(card)
        return scorecard, show.image(
            show.charts.matrix(grading, self.book.context, sales=self.book.portfolio.sales, label=6)
        )

    def widget(self) -> Any:
        """Return the widget: class ``kam-form``; its sliders ``kam-rating-<criterion>``."""
        from kamtools.classroom.forms_widget import form_widget

        return form_widget(self)

    def _repr_html_(self) -> str:
        """Return the static twin: the form as a table."""
        lang, names = self.book.lang, self.names
        words = {k: html.escape(say("classroom.form", lang, k)) for k in _HEADS}
        head = "".join(f'<th scope="col" style="text-align:left">{words[k]}</th>' for k in _HEADS)
        body = []
        for axis in ("attractiveness", "strength"):
            rows = [r for r in self.rows() if r.axis == axis]
            total = sum(r.weight for r in rows) or 1.0
            title = html.escape(say("classroom.form_axis", lang, axis))
            if rows:
                body.append(f'<tr><th scope="rowgroup" colspan="6" style="text-align:left">{title}</th></tr>')
            for row in rows:
                cells = (names[row.criterion], *_cells(row, total, self.book))
                tds = "".join(f'<td style="text-align:left">{html.escape(c)}</td>' for c in cells)
                body.append(f"<tr>{tds}</tr>")
        if not body:
            return f"<p>{html.escape(say('classroom.form.no_criteria', lang))}</p>"
        return f'<table class="kam-form"><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table>'

    def __repr__(self) -> str:
        rated = (
            f"{self.names[r.criterion]}: {'–' if r.value is None else f'{r.value:g}'}" for r in self.rows()
        )
        return "\n".join(rated)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        if self.book.batch or not self.book.portfolio.settings.criteria:
            return {"text/plain": repr(self), "text/html": self._repr_html_()}
        return self.widget()._repr_mimebundle_() or {}


_HEADS = ("criterion", "weight", "rating", "source", "date", "status")


def _cells(row: Row, total: float, book: Book) -> tuple[str, ...]:
    from kamtools import show

    lang, context = book.lang, book.context
    rating = (
        show.number(row.value, context, 1) if row.value is not None else say("classroom.form.missing", lang)
    )
    source = show.one_line(row.source, 60)
    if row.by_data:
        source = say("classroom.form.by_data", lang)
    elif row.origin == "own":
        source = f"{say('classroom.form.own', lang)} {source}".strip()
    status = (
        say("classroom.form", lang, row.status) if row.status in STATUSES and row.value is not None else ""
    )
    return show.percent(row.weight / total, context, 0), rating, source, row.date, status


def _known(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def _term(context: Any, quadrant: Any) -> str:
    return context.term(quadrant) if isinstance(quadrant, str) and quadrant else "–"
