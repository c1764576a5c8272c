"""Relationships: who is known with a customer, how they stand to us, who holds them, who alone does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kamtools.identification.records import Rows, days, frame_of, numbers, words
from kamtools.identification.values import Note
from kamtools.notknown import NotKnown

SINGLE_THREAD = 0.5
LEVELS = ("top", "senior", "middle", "working")
_TEXT = ("title", "function", "level", "reports_to", "role", "held_by", "backup")


@dataclass(frozen=True, eq=False)
class RelationshipCoverage:
    """How well a customer's people are covered.

    Attributes
    ----------
    score
        Σ influence × sentiment ÷ Σ influence over the people whose influence
        and sentiment are known, on the scale of the sentiment; None where nobody's is.
    known
        Share of the influence that has a sentiment.
    table
        A row per person: name, title, function, level, reports_to, role,
        influence, sentiment, held_by, backup, touchpoints, last_contact,
        share (of all touchpoints), days_since. Numbered as given.
    roles_missing
        Required roles that nobody has.
    single_thread
        True where one contact has more than half of all touchpoints; None
        where no touchpoint is known.
    top_contact, top_share
        The contact with most touchpoints.
    holders
        Index held_by: people, influence, touchpoints, share; most influence first.
    single_holder
        The person of ours who alone has more than half of all touchpoints, or None.
    unheld, without_backup
        Rows of people that nobody of ours holds, or for whom nobody stands in.
    warnings
        ``sentiment_unknown``, ``touchpoints_unknown``, ``name_twice``, and
        those of :func:`superior_faults`.
    """

    score: float | None
    known: float
    table: pd.DataFrame
    roles_missing: tuple[str, ...]
    single_thread: bool | None
    top_contact: str | None
    top_share: float | None
    holders: pd.DataFrame
    single_holder: str | None
    unheld: tuple[int, ...]
    without_backup: tuple[int, ...]
    warnings: tuple[Note, ...]
    conventions: dict[str, object]

    def __float__(self) -> float:
        return float("nan") if self.score is None else self.score


def relationship_coverage(
    contacts: Rows,
    required_roles: Iterable[str] = (),
    as_of: dt.date | str | None = None,
    single_thread: float = SINGLE_THREAD,
) -> RelationshipCoverage:
    """Return the coverage of a customer's people.

    Parameters
    ----------
    contacts
        Rows with influence (above zero or zero) and sentiment (any scale
        around zero: below it against us). Where given: name, title,
        function, level, reports_to (a name), role, held_by (who of ours),
        backup, touchpoints, last_contact.
    required_roles
        Roles that must be present, such as ``decider``.
    as_of
        Day of the report, for the days since the last contact.
    single_thread
        Above this share of all touchpoints one contact carries the relationship.

    Raises
    ------
    ValueError
        Nobody in `contacts`, an influence or touchpoints below zero.

    Examples
    --------
    >>> people = [{"name": "Li", "influence": 5, "sentiment": 1, "touchpoints": 9, "held_by": "Chen"},
    ...           {"name": "Wu", "influence": 3, "sentiment": -1, "touchpoints": 1, "held_by": "Chen"},
    ...           {"name": "Sun", "influence": 2, "sentiment": None}]
    >>> result = relationship_coverage(people, required_roles=["decider"])
    >>> result.score, result.known, result.single_thread, result.top_contact, result.roles_missing
    (0.25, 0.8, True, 'Li', ('decider',))
    """
    if not 0 < single_thread < 1:
        raise ValueError(f"single_thread: expected between 0 and 1, got {single_thread!r}")
    frame = frame_of(
        contacts,
        "contacts",
        ("influence", "sentiment"),
        ("name", *_TEXT, "touchpoints", "last_contact"),
    )
    for column in ("name", *_TEXT):
        frame[column] = words(frame, column)
    frame["influence"] = numbers(frame, "influence", "contacts", 0)
    frame["sentiment"] = numbers(frame, "sentiment", "contacts")
    frame["touchpoints"] = numbers(frame, "touchpoints", "contacts", 0)
    frame["last_contact"] = days(frame, "last_contact", "contacts")
    touched = frame["touchpoints"].sum()
    frame["share"] = frame["touchpoints"] / touched if touched > 0 else np.nan
    day = None if as_of is None else pd.Timestamp(as_of).normalize()
    frame["days_since"] = (day - frame["last_contact"]).dt.days.astype(float) if day is not None else np.nan

    both = frame["influence"].notna() & frame["sentiment"].notna()
    weight = float(frame.loc[both, "influence"].sum())
    total = float(frame["influence"].sum())
    score = None
    if weight > 0:
        score = float((frame["influence"] * frame["sentiment"])[both].sum()) / weight
    top = int(np.nanargmax(frame["share"].to_numpy(dtype=float))) if touched > 0 else None
    top_share = None if top is None else float(frame["share"][top])
    holders = _holders(frame, touched)
    heaviest = holders["share"].dropna()
    heaviest = heaviest[heaviest > single_thread]
    present = set(frame["role"].dropna())
    return RelationshipCoverage(
        score=score,
        known=weight / total if total > 0 else 0.0,
        table=frame,
        roles_missing=tuple(r for r in dict.fromkeys(required_roles) if r not in present),
        single_thread=None if top_share is None else top_share > single_thread,
        top_contact=None if top is None else frame["name"][top],
        top_share=top_share,
        holders=holders,
        single_holder=str(heaviest.index[0]) if len(heaviest) else None,
        unheld=tuple(int(i) for i in frame.index[frame["held_by"].isna()]),
        without_backup=tuple(int(i) for i in frame.index[frame["backup"].isna()]),
        warnings=(*_coverage_notes(frame), *superior_faults(frame.to_dict("records"), as_of)),
        conventions={"single_thread": single_thread, "missing_sentiment": "left_out"},
    )


def _holders(frame: pd.DataFrame, touched: float) -> pd.DataFrame:
    by = frame.dropna(subset=["held_by"]).groupby("held_by", sort=True)
    table = pd.DataFrame(
        {
            "people": by.size(),
            "influence": by["influence"].sum(min_count=1),
            "touchpoints": by["touchpoints"].sum(min_count=1),
        }
    )
    table["share"] = table["touchpoints"] / touched if touched > 0 else np.nan
    return table.sort_values("influence", ascending=False, kind="stable")


def _coverage_notes(frame: pd.DataFrame) -> tuple[Note, ...]:
    notes = []
    names = frame["name"].dropna()
    for key, n in (
        ("sentiment_unknown", int(frame["sentiment"].isna().sum())),
        ("touchpoints_unknown", int(frame["touchpoints"].isna().sum())),
        ("name_twice", int(names.duplicated().sum())),
    ):
        if n:
            notes.append(Note(key, {"n": n, "of": len(frame)}))
    return tuple(notes)


def superior_faults(
    contacts: Iterable[Mapping[Any, Any]], as_of: dt.date | str | None = None
) -> tuple[Note, ...]:
    """Return superiors that cannot be: in a circle, not listed, oneself; and contacts dated after the day.

    Parameters
    ----------
    contacts
        Rows with name, reports_to (a name) and last_contact, where given.
    as_of
        Without it nothing is said of dates.

    Returns
    -------
    tuple of Note
        ``superior_circle`` (circle), ``superior_self``, ``superior_missing`` (superior),
        ``contact_later`` (date); each with name and row, from 1.

    Examples
    --------
    >>> people = [{"name": "Li", "reports_to": "Wu"}, {"name": "Wu", "reports_to": "Li"}, {"name": "Sun", "reports_to": "He"}]
    >>> [(n.key, n.params["row"]) for n in superior_faults(people)]
    [('superior_circle', 1), ('superior_circle', 2), ('superior_missing', 3)]
    """
    rows = [
        (number, _word(row.get("name")), _word(row.get("reports_to")), row.get("last_contact"))
        for number, row in enumerate(contacts, start=1)
    ]
    above: dict[str, str] = {}
    for _, name, superior, _ in rows:
        if name:
            above.setdefault(name, superior)
    end = None if as_of is None else pd.Timestamp(as_of)
    found = []
    for number, name, superior, day in rows:
        said: dict[str, object] = {"row": number, "name": name or "–"}
        if superior and superior == name:
            found.append(Note("superior_self", said))
        elif superior and superior not in above:
            found.append(Note("superior_missing", said | {"superior": superior}))
        elif superior and name:
            chain = [name]
            while (superior := above.get(chain[-1], "")) and superior not in chain:
                chain.append(superior)
            if superior == name:
                found.append(Note("superior_circle", said | {"circle": " → ".join([*chain, name])}))
        last = pd.to_datetime(str(day), errors="coerce") if end is not None and _given(day) else pd.NaT
        if end is not None and last is not pd.NaT and last > end:
            found.append(
                Note("contact_later", said | {"date": f"{last:%Y-%m-%d}", "as_of": f"{end:%Y-%m-%d}"})
            )
    return tuple(found)


def _given(value: object) -> bool:
    return value is not None and value == value and value != ""


def _word(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


@dataclass(frozen=True, eq=False)
class ContactMatrix:
    """Who meets whom.

    Attributes
    ----------
    grid
        Level × function of the customer: number of people known.
    held
        The same: number of those that someone of ours holds.
    coverage
        Share of the needed cells in which somebody is held.
    gaps
        Needed cells (level, function) in which nobody is held.
    unplaced
        People whose level or function is not known.
    """

    grid: pd.DataFrame
    held: pd.DataFrame
    coverage: float
    gaps: tuple[tuple[str, str], ...]
    unplaced: int


def contact_matrix(
    contacts: Rows,
    needed: Iterable[tuple[str, str]] | None = None,
    levels: Iterable[str] = LEVELS,
) -> ContactMatrix:
    """Return the contact matrix of a customer, level by function.

    Parameters
    ----------
    contacts
        Rows with level, function and held_by.
    needed
        Cells (level, function) that must be held; left out: every cell in
        which somebody is known.
    levels
        Order of the levels, from the top; others follow by name.

    Examples
    --------
    >>> people = [{"level": "top", "function": "general", "held_by": None},
    ...           {"level": "working", "function": "purchasing", "held_by": "Chen"}]
    >>> result = contact_matrix(people)
    >>> result.coverage, result.gaps
    (0.5, (('top', 'general'),))
    """
    frame = frame_of(contacts, "contacts", ("level", "function"), ("held_by",))
    for column in frame.columns:
        frame[column] = words(frame, column)
    placed = frame.dropna(subset=["level", "function"])
    cells = list(dict.fromkeys(needed)) if needed is not None else _cells(placed)
    if not cells:
        raise NotKnown(f"needed: no cell in {needed!r}")
    seen = {*placed["level"], *(c[0] for c in cells)}
    order = [v for v in levels if v in seen]
    rows = [*order, *sorted(seen - set(order))]
    columns = sorted({*placed["function"], *(c[1] for c in cells)})
    grid = pd.DataFrame(0, index=pd.Index(rows, name="level"), columns=pd.Index(columns, name="function"))
    held = grid.copy()
    for level, function, holder in placed.itertuples(index=False):
        grid.loc[level, function] += 1
        held.loc[level, function] += holder is not None and holder == holder
    gaps = tuple((a, b) for a, b in cells if held.loc[a, b] == 0)
    return ContactMatrix(grid, held, 1 - len(gaps) / len(cells), gaps, len(frame) - len(placed))


def _cells(placed: pd.DataFrame) -> list[tuple[str, str]]:
    return list(dict.fromkeys(zip(placed["level"], placed["function"], strict=True)))
