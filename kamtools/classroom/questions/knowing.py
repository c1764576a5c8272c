"""Questions on knowing the account: 2.C to 2.O, on what stands in its forms.

What people wrote (a point of a SWOT, a task, a name) is an option as it is
written, so that an answer kept means the same in either language; read is the
side of the reader's language. Where a form is empty nothing is judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from kamtools.classroom.questions.core import (
    NONE,
    Option,
    Question,
    best,
    judged,
    none_of_these,
    nothing,
    number,
    yes_no,
)
from kamtools.forms import choice_sets, form, forms
from kamtools.identification import FIT_AXES
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book

WORDS = "exercises_knowing.x"
WIDTH = 60  # of an option, in half-width cells
MOST = 8  # entries of a long log to choose among
TRUSTED = 4  # from this level of the anchors on, the account asks first


# -- options ------------------------------------------------------------------------------------


def _texts(book: Book, texts: Iterable[Any]) -> list[Option]:
    """Return what people wrote as options, in the order given; the empty ones are left out."""
    from kamtools import show

    written = dict.fromkeys(str(t) for t in texts if isinstance(t, str) and t.strip())
    return [(t, show.one_line(show.in_language(t, book.lang), WIDTH)) for t in written]


def _own(book: Book, family: str, ids: Iterable[str]) -> list[Option]:
    """Return ids as options with a family's words."""
    return [(i, say(family, book.lang, i)) for i in ids]


def _choices(book: Book, name: str) -> list[Option]:
    """Return a set of choices of the forms as options."""
    return [(v, say("forms_fields.choice", book.lang, name, v)) for v in choice_sets()[name]]


def _fields(book: Book, name: str, ids: Iterable[str]) -> list[Option]:
    """Return fields of a form as options."""
    return [(i, form(name).field(i).label(book.lang)) for i in ids]


def _answers(book: Book) -> list[Option]:
    """Return the points of the team's pulse."""
    answers = form("pulse").field("answers")
    return [(c.id, c.label(book.lang)) for c in answers.columns if c.kind == "rating"]


def _column(result: Any, name: str) -> list[Any]:
    """Return a column of a result's table, the index for ``index``; empty where there is no result."""
    if result is None:
        return []
    return list(result.table.index if name == "index" else result.table[name])


def _pairs(result: Any, key: str, value: str) -> list[tuple[str, Any]]:
    """Return two columns of a result's table side by side; rows without a name are left out."""
    both = zip(_column(result, key), _column(result, value), strict=True)
    return [(name, found) for name, found in both if isinstance(name, str)]


def _multi(found: Iterable[str], options: list[Option]) -> set[str] | None:
    """Return what must be ticked, ``none`` where nothing is found; None where there is nothing to choose."""
    values = {value for value, _ in options} - {NONE}
    return (set(found) & values or {NONE}) if values else None


# -- 2.C the profile, and the health of the account ----------------------------------------------


def _complete(book: Book) -> float | None:
    result = book.knowing.completeness
    return None if result is None else number(result.share)


def _stale(book: Book) -> float | None:
    result = book.knowing.completeness
    return None if result is None else float(len(result.stale))


def _components(book: Book) -> list[Option]:
    health = book.knowing.health
    named = [] if health is None else health.scores
    return [(c, say("dossier.component", book.lang, c)) for c in named]


def _weakest_component(book: Book) -> set[str] | None:
    health = book.knowing.health
    return None if health is None else judged(best(health.scores.items(), least=True), _components(book))


# -- 2.D mission and intent ------------------------------------------------------------------------


def _evidence(book: Book) -> list[Option]:
    return _own(book, "exercises_knowing.evidence", ("money", "people", "time", "words"))


def _mission_fields(book: Book) -> list[Option]:
    needed = [f.id for f in form("mission").fields if f.required]
    return [*_fields(book, "mission", needed), none_of_these(book)]


def _mission_gaps(book: Book) -> set[str] | None:
    if "mission" not in book.knowing.records:
        return None
    gaps = {f.field for f in book.knowing.gaps("mission") if f.level == "gap"}
    return _multi(gaps, _mission_fields(book))


def _without_offer(book: Book) -> float | None:
    goals = [row for row in book.knowing.rows("goal_map", "goals") if _said(row, "goal")]
    return float(sum(not _said(row, "offer") for row in goals)) if goals else None


def _said(row: dict[str, Any], name: str) -> bool:
    """Tell whether a row says something in a column."""
    return bool(str(row.get(name) or "").strip())


# -- 2.E SWOT, 2.F rivals, 2.G intelligence ----------------------------------------------------------


def _ife(book: Book) -> float | None:
    swot = book.knowing.swot
    return None if swot is None else number(swot.ife)


def _outside(book: Book) -> list[Option]:
    sides = _pairs(book.knowing.swot, "item", "side")
    return _texts(book, (item for item, side in sides if side == "external"))


def _heaviest_threats(book: Book) -> set[str] | None:
    swot = book.knowing.swot
    kinds, weights = _pairs(swot, "item", "kind"), _column(swot, "weight_share")
    threats = [(item, w) for (item, kind), w in zip(kinds, weights, strict=True) if kind == "threat" and item]
    return judged(best(threats), _outside(book))


def _factors(book: Book) -> list[Option]:
    return [*_texts(book, map(str, _column(book.knowing.rivals, "index"))), none_of_these(book)]


def _lost_factors(book: Book) -> set[str] | None:
    rivals = book.knowing.rivals
    if rivals is None:
        return None
    behind = [(factor, gap) for factor, gap in rivals.gaps.items() if number(gap) and gap < 0]
    return judged(best(behind, least=True) or {NONE}, _factors(book))


def _enough_rivals(book: Book) -> set[str] | None:
    rivals = book.knowing.rivals
    return None if rivals is None else {"yes" if rivals.complete else "no"}


def _news(book: Book) -> list[Option]:
    return sorted(_texts(book, _column(book.knowing.intelligence, "what")[:MOST]))


def _heaviest_news(book: Book) -> set[str] | None:
    return judged(best(_pairs(book.knowing.intelligence, "what", "weight")), _news(book))


def _stale_news(book: Book) -> float | None:
    log = book.knowing.intelligence
    return None if log is None else float(log.counts.get("stale", 0))


# -- 2.H the three moves ------------------------------------------------------------------------------


def _fit(book: Book) -> float | None:
    moves = book.knowing.moves
    return None if moves is None else number(moves.fit)


def _asks(book: Book) -> list[Option]:
    return _texts(book, _column(book.knowing.moves, "ask"))


def _asked_most(book: Book) -> set[str] | None:
    return judged(best(_pairs(book.knowing.moves, "ask", "importance")), _asks(book))


def _best_give(book: Book) -> set[str] | None:
    return judged(best(_pairs(book.knowing.moves, "ask", "ratio")), _asks(book))


def _gives_gets(book: Book) -> list[Option]:
    return _own(book, "exercises_knowing.larger", ("gives", "gets", "equal"))


def _larger(book: Book) -> set[str] | None:
    moves = book.knowing.moves
    net = None if moves is None else number(moves.net)
    return None if net is None else {"gets" if net > 0 else "gives" if net < 0 else "equal"}


def _unpaid(book: Book) -> float | None:
    moves = book.knowing.moves
    return None if moves is None else float(len(moves.unpaid))


# -- 2.I resources, 2.J fit with the strategy -----------------------------------------------------------


def _focus(book: Book) -> list[tuple[str, Any]]:
    """Return the key accounts with what their share of resources exceeds their share of contribution by."""
    frame = book.portfolio.resource_focus
    if frame is None:
        return []
    excess = frame["resource_share"] - frame["contribution_share"]
    return sorted((str(a), value) for a, value in excess.items() if a)


def _key_accounts(book: Book) -> list[Option]:
    from kamtools import show

    return [(a, f"{show.one_line(book.context.name(a), WIDTH)} ({a})") for a, _ in _focus(book)]


def _overfed(book: Book) -> set[str] | None:
    return judged(best(_focus(book)), _key_accounts(book))


def _resources(book: Book) -> list[Option]:
    return _texts(book, _column(book.knowing.resources, "what"))


def _tightest(book: Book) -> set[str] | None:
    return judged(best(_pairs(book.knowing.resources, "what", "utilisation")), _resources(book))


def _readiness_items(book: Book) -> list[Option]:
    rated = [f.id for f in form("readiness").fields if f.kind == "rating"]
    return [*_fields(book, "readiness", rated), none_of_these(book)]


def _absent(book: Book) -> set[str] | None:
    readiness = book.knowing.readiness
    return None if readiness is None else _multi(readiness.absent, _readiness_items(book))


def _axes(book: Book) -> list[Option]:
    return _fields(book, "strategic_fit", FIT_AXES)


def _weakest_axes(book: Book) -> set[str] | None:
    fit = book.knowing.fit
    return None if fit is None else judged(fit.weakest, _axes(book))


def _conflicts(book: Book) -> list[Option]:
    return [*yes_no(book), *_own(book, "exercises_knowing.rated", ("not",))]


def _conflict(axis: str, book: Book) -> set[str] | None:
    fit = book.knowing.fit
    if fit is None:
        return None
    return {"not"} if axis in fit.missing else {"yes" if axis in fit.conflicts else "no"}


# -- 2.K the team, 2.L its roles ------------------------------------------------------------------------


def _functions(book: Book) -> list[Option]:
    tasks = form("support").field("tasks")
    return [(c.id, c.label(book.lang)) for c in tasks.columns if c.kind == "choice" and c.id != "kam"]


def _tasks(book: Book) -> list[Option]:
    table = book.knowing.raci_table
    return [*_texts(book, [] if table is None else map(str, table.index)), none_of_these(book)]


def _broken_tasks(book: Book) -> set[str] | None:
    raci = book.knowing.raci
    return None if raci is None else _multi((f.place for f in raci.errors), _tasks(book))


def _helpers(book: Book) -> list[tuple[str, Any]]:
    rows = book.knowing.rows("support", "functions")
    return [(row["function"], row.get("today")) for row in rows if _said(row, "function")]


def _supporters(book: Book) -> list[Option]:
    named = {function for function, _ in _helpers(book)}
    return [(v, label) for v, label in _choices(book, "function") if v in named]


def _least_support(book: Book) -> set[str] | None:
    return judged(best(_helpers(book), least=True), _supporters(book))


def _people(book: Book) -> list[Option]:
    return _texts(book, _column(book.knowing.relationships, "name"))


def _most_touched(book: Book) -> set[str] | None:
    return judged(best(_pairs(book.knowing.relationships, "name", "touchpoints")), _people(book))


def _single_thread(book: Book) -> set[str] | None:
    found = book.knowing.relationships
    if found is None or found.single_thread is None:
        return None
    return {"yes" if found.single_thread else "no"}


def _roles(book: Book) -> list[Option]:
    return _choices(book, "kam_role")


# -- 2.M abilities, 2.N standards, 2.O the team's pulse ---------------------------------------------------


def _abilities(book: Book) -> list[Option]:
    rated = set(_column(book.knowing.training, "index"))
    return [*((v, label) for v, label in _choices(book, "ability") if v in rated), none_of_these(book)]


def _train_first(book: Book) -> set[str] | None:
    plan = book.knowing.training
    if plan is None:
        return None
    gaps = _pairs(plan, "index", "weighted_gap") if plan.total > 0 else []
    return judged(best(gaps) or {NONE}, _abilities(book))


def _standards(book: Book) -> list[Option]:
    return [(f.id, f.title(book.lang)) for f in forms().values() if f.anchors]


def _weakest_standard(book: Book) -> set[str] | None:
    return judged(best(_pairs(book.knowing.standards, "index", "mean"), least=True), _standards(book))


def _mean_level(standard: str, book: Book) -> float | None:
    return next(
        (number(v) for s, v in _pairs(book.knowing.standards, "index", "mean") if s == standard), None
    )


def _levels(standard: str, book: Book) -> list[tuple[float, float | None]]:
    """Return level and target of everybody who is rated on a standard."""
    rows = book.knowing.rows(standard, "people")
    return [(level, number(r.get("target"))) for r in rows if (level := number(r.get("level"))) is not None]


def _below_target(book: Book) -> float | None:
    aimed = [(level, target) for level, target in _levels("problem_solving", book) if target is not None]
    return float(sum(level < target for level, target in aimed)) if aimed else None


def _asked_first(book: Book) -> float | None:
    levels = _levels("customer_knowledge", book)
    return float(sum(level >= TRUSTED for level, _ in levels)) if levels else None


def _weakest_point(book: Book) -> set[str] | None:
    return judged(best(_pairs(book.knowing.pulse, "index", "mean"), least=True), _answers(book))


def _points(book: Book) -> list[Option]:
    return [*_answers(book), none_of_these(book)]


def _divided(book: Book) -> set[str] | None:
    pulse = book.knowing.pulse
    return None if pulse is None else _multi(pulse.divided, _points(book))


def _percent(id: str, item: str, expected: Any) -> Question:
    return Question(id, item, "number", expected, unit="percent", tolerance=0.5, family=WORDS)


def _score(id: str, item: str, expected: Any) -> Question:
    return Question(id, item, "number", expected, unit="points", tolerance=0.05, family=WORDS)


def _count(id: str, item: str, expected: Any) -> Question:
    return Question(id, item, "number", expected, family=WORDS)


def _choice(id: str, item: str, expected: Any, options: Any) -> Question:
    return Question(id, item, "choice", expected, options, family=WORDS)


def _several(id: str, item: str, expected: Any, options: Any) -> Question:
    return Question(id, item, "multi", expected, options, family=WORDS)


def _view(id: str, item: str, options: Any) -> Question:
    return Question(id, item, "opinion", nothing, options, family=WORDS)


KNOWING: tuple[Question, ...] = (
    _percent("2.C.x1", "2.C", _complete),
    _count("2.C.x2", "2.C", _stale),
    _choice("2.C.x3", "2.C", _weakest_component, _components),
    _view("2.D.x1", "2.D", _evidence),
    _several("2.D.1.x1", "2.D.1", _mission_gaps, _mission_fields),
    _count("2.D.2.x1", "2.D.2", _without_offer),
    _score("2.E.x1", "2.E", _ife),
    _choice("2.E.x2", "2.E", _heaviest_threats, _outside),
    _choice("2.F.x1", "2.F", _lost_factors, _factors),
    _choice("2.F.x2", "2.F", _enough_rivals, yes_no),
    _choice("2.G.x1", "2.G", _heaviest_news, _news),
    _count("2.G.x2", "2.G", _stale_news),
    _percent("2.H.x1", "2.H", _fit),
    _choice("2.H.1.x1", "2.H.1", _asked_most, _asks),
    _choice("2.H.2.x1", "2.H.2", _best_give, _asks),
    _choice("2.H.3.x1", "2.H.3", _larger, _gives_gets),
    _count("2.H.3.x2", "2.H.3", _unpaid),
    _choice("2.I.x1", "2.I", _overfed, _key_accounts),
    _choice("2.I.1.x1", "2.I.1", _tightest, _resources),
    _several("2.I.2.x1", "2.I.2", _absent, _readiness_items),
    _choice("2.J.x1", "2.J", _weakest_axes, _axes),
    *(
        _choice(f"2.J.{n}.x1", f"2.J.{n}", partial(_conflict, axis), _conflicts)
        for n, axis in enumerate(FIT_AXES, start=1)
    ),
    _view("2.K.x1", "2.K", _functions),
    _several("2.K.1.x1", "2.K.1", _broken_tasks, _tasks),
    _choice("2.K.1.x2", "2.K.1", _least_support, _supporters),
    _choice("2.K.2.x1", "2.K.2", _most_touched, _people),
    _choice("2.K.2.x2", "2.K.2", _single_thread, yes_no),
    _view("2.L.x1", "2.L", _roles),
    _choice("2.M.x1", "2.M", _train_first, _abilities),
    _choice("2.N.x1", "2.N", _weakest_standard, _standards),
    _score("2.N.1.x1", "2.N.1", partial(_mean_level, "product_knowledge")),
    _count("2.N.2.x1", "2.N.2", _below_target),
    _score("2.N.3.x1", "2.N.3", partial(_mean_level, "leadership")),
    _count("2.N.4.x1", "2.N.4", _asked_first),
    _choice("2.O.x1", "2.O", _weakest_point, _answers),
    _several("2.O.x2", "2.O", _divided, _points),
)
