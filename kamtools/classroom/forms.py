"""The grading form: one account's ratings, moved with sliders, seen at once in scorecard and matrix."""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from kamtools.classroom.answers import TRIED, Answers, answers_of
from kamtools.errors import KamError
from kamtools.identification import Grading
from kamtools.store import Conflict, FieldValue, Record, open_store, standing, store_target
from kamtools.store.kinds import GRADING, rating_of
from kamtools.user import user_name
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book

STATUSES = ("assumed", "confirmed")


class Row(NamedTuple):
    """One criterion of the form; `origin` is ``data``, ``stored``, ``tried`` or ``missing``."""

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
    """The form over an account: the data's ratings, those in the store, and one's own while they are tried.

    What is saved goes into the store, and every place of the account stands on
    it from the next opening on. A pack is read-only: what is saved there is
    kept as one's own trial beside it, and changes no page.
    """

    book: Book
    answers: Answers

    @property
    def record(self) -> Record | None:
        """The account's grading as it stands in the store."""
        found = standing(self.book.portfolio.workspace, (GRADING,), self.book.account)
        return found[0] if found else None

    @property
    def tried(self) -> dict[str, FieldValue]:
        """One's own ratings that are not in the store."""
        kept = self.answers.get(self.book.account, TRIED)
        found = {}
        for criterion, said in kept.items() if isinstance(kept, dict) else ():
            value = _known(said.get("value")) if isinstance(said, dict) else None
            if value is not None:
                found[criterion] = rated(
                    value, *(str(said.get(k) or "") for k in ("source", "date", "status"))
                )
        return found

    def rows(self, own: bool = True) -> list[Row]:
        """Return a row per criterion, in the settings' order; `own` ratings that are tried go before those kept."""
        portfolio, account = self.book.portfolio, self.book.account
        record, tried = self.record, self.tried if own else {}
        given = record.fields if record else {}
        rows = []
        for c in portfolio.settings.criteria:
            head = (c.id, c.axis, c.weight, c.measure is not None)
            field = tried.get(c.id) or given.get(c.id)
            value = rating_of(field)
            if c.measure is not None:
                value = _known(portfolio.ratings[c.id].get(account)) if c.id in portfolio.ratings else None
                rows.append(Row(*head, value, "data" if value is not None else "missing", "", "", ""))
            elif field is None or value is None:
                rows.append(Row(*head, None, "missing", "", "", "assumed"))
            else:
                day = field.date.isoformat() if field.date else ""
                origin = "tried" if c.id in tried else "stored"
                rows.append(Row(*head, value, origin, field.source, day, field.status))
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
        self, ratings: Mapping[str, FieldValue | None], before: Record | None = None, keep_mine: bool = False
    ) -> str:
        """Keep ratings of criteria; None takes one away.

        Parameters
        ----------
        ratings : mapping
            Criterion -> :func:`rated`, those that were changed.
        before : Record or None
            What stood when the form was filled. Where someone saved another
            rating of one of these criteria since, that is a conflict.
        keep_mine : bool
            Write over what someone else saved; the history keeps it.

        Returns
        -------
        str
            ``stored``, or for a pack ``tried``.

        Raises
        ------
        Conflict
            Nothing was written then.
        KamError
            Where the place cannot be written; in a workspace of an older format.
        """
        workspace, account = self.book.portfolio.workspace, self.book.account
        if workspace.is_pack:
            stands = self.record.fields if self.record else {}
            kept = {c: f for c, f in {**self.tried, **ratings}.items() if f and f != stands.get(c)}
            self.answers.put(account, TRIED, {c: _plain(f) for c, f in kept.items()} or None)
            return "tried"
        workspace.check_writable()
        with open_store(store_target(workspace)) as store, store.transaction():
            now = store.read(account, GRADING)
            stands, stood = (dict(r.fields) if r else {} for r in (now, before))
            theirs = [c for c, f in ratings.items() if stands.get(c) not in (stood.get(c), f)]
            if theirs and not keep_mine:
                raise Conflict(account, GRADING, now)
            wanted = {c: f for c, f in {**stands, **ratings}.items() if f is not None}
            version, at = now.version if now else None, dt.datetime.now(dt.UTC)
            store.write(account, GRADING, wanted, version=version, who=user_name(), at=at)
        if self.tried:
            self.answers.put(account, TRIED, None)
        return "stored"

    def scores(self, grading: Any) -> str:
        """Return the account's two scores and its quadrant, and the one that it has on the pages."""
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
    elif row.origin == "tried":
        source = f"{say('classroom.form.own', lang)} {source}".strip()
    status = (
        say("classroom.form", lang, row.status) if row.status in STATUSES and row.value is not None else ""
    )
    return show.percent(row.weight / total, context, 0), rating, source, row.date, status


def rated(value: float, source: str = "", date: str = "", status: str = "assumed") -> FieldValue:
    """Return a rating as it is kept.

    Raises
    ------
    KamError
        For a date that is none.

    Examples
    --------
    >>> rated(3.5, "call", "2026-10-01")
    FieldValue(value=3.5, source='call', date=datetime.date(2026, 10, 1), status='assumed')
    """
    try:
        day = dt.date.fromisoformat(date) if date else None
    except ValueError:
        raise KamError("classroom.form.bad_date", value=date) from None
    return FieldValue(value, source, day, "confirmed" if status == "confirmed" else "assumed")


def _plain(field: FieldValue) -> dict[str, Any]:
    day = field.date.isoformat() if field.date else ""
    return {"value": field.value, "source": field.source, "date": day, "status": field.status}


def _known(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def _term(context: Any, quadrant: Any) -> str:
    return context.term(quadrant) if isinstance(quadrant, str) and quadrant else "–"
