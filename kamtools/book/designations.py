"""The dated list of key accounts, kept in the store.

The record of an account is a log: a field for each day on which it came onto
the list or left it, with what changed and why. Who is a key account on a day
follows from the last change of each account up to that day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kamtools.errors import KamError
from kamtools.store import FieldValue, Record, open_store, standing, store_target
from kamtools.store.kinds import DESIGNATION, day_of, status_of

if TYPE_CHECKING:
    from kamtools.book.portfolio import Portfolio
    from kamtools.workspace import Workspace


class Listed(NamedTuple):
    """One change of the list: since which day, which place it has among the changes of that day."""

    since: dt.date
    place: int
    account: str
    status: str


def changes_of(records: Iterable[Record]) -> list[Listed]:
    """Return the changes of the list in the order in which they hold.

    Parameters
    ----------
    records : iterable of Record
        Of the form ``designation``. What is no day or no change (``kam check``
        names it) is not counted.

    Examples
    --------
    >>> at = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)
    >>> fields = {"2026-10-31": FieldValue({"status": "entered", "place": 1})}
    >>> changes_of([Record("A001", "designation", fields, 1, "Li", at)])
    [Listed(since=datetime.date(2026, 10, 31), place=1, account='A001', status='entered')]
    """
    found = []
    for record in records:
        for day, field in record.fields.items():
            if (since := day_of(day)) and (status := status_of(field)):
                place = field.value.get("place")
                found.append(Listed(since, place if isinstance(place, int) else 0, record.account, status))
    return sorted(found)


def listed(changes: Iterable[Listed], day: dt.date, before: bool = False) -> dict[str, dt.date]:
    """Return the key accounts of a day with the date since when, in the order they were listed.

    Parameters
    ----------
    changes : iterable of Listed
        In the order of :func:`changes_of`.
    day : date
    before : bool
        Leave out the changes of `day` itself: the list that the rules start from.
    """
    found: dict[str, dt.date] = {}
    for change in changes:
        if change.since > day or (before and change.since == day):
            continue
        if change.status == "left":
            found.pop(change.account, None)
        else:
            found.setdefault(change.account, change.since)
    return found


def listed_on(workspace: Workspace, day: dt.date) -> dict[str, dt.date]:
    """Return the key accounts of a day with the date since when, in the order they were listed."""
    return listed(changes_of(standing(workspace, (DESIGNATION,))), day)


def save_designation(portfolio: Portfolio, who: str, at: dt.datetime) -> dict[str, str]:
    """Write the changes that the rules give as of the portfolio's date.

    Saving twice for one date writes nothing new: the changes of that date are
    made anew. The history keeps what stood there.

    Parameters
    ----------
    portfolio : Portfolio
    who, at
        For the history.

    Returns
    -------
    dict
        Account -> ``entered`` or ``left``, in the list's order.

    Raises
    ------
    KamError
        For a pack or a workspace of an older format, where nothing can be
        graded, or where a later list is already kept.
    """
    workspace, day = portfolio.workspace, portfolio.as_of
    _check_writable(workspace)
    if portfolio.designation is None:
        raise KamError("book.cannot_designate")
    later = [c.since for c in changes_of(standing(workspace, (DESIGNATION,))) if c.since > day]
    if later:
        raise KamError("book.later_designation", as_of=day, later=max(later))
    rows = [r for r in portfolio.designation.table.to_dict("records") if r["status"] in ("entered", "left")]
    fields = {
        str(row["account"]): FieldValue(_why(row, place), "", day, "confirmed")
        for place, row in enumerate(rows, start=1)
    }
    _write(workspace, day, fields, who, at)
    return {account: field.value["status"] for account, field in fields.items()}


def take_back_designation(workspace: Workspace, day: dt.date, who: str, at: dt.datetime) -> int:
    """Take the changes of a day off the list; the history keeps them. Return how many accounts they were of.

    Raises
    ------
    KamError
        For a pack or a workspace of an older format, and where no list is of that day.
    """
    _check_writable(workspace)
    known = changes_of(standing(workspace, (DESIGNATION,)))
    if day not in {c.since for c in known}:
        days = ", ".join(sorted({c.since.isoformat() for c in known})) or "–"
        raise KamError("book.no_designation", as_of=day, allowed=days)
    return _write(workspace, day, {}, who, at)


def _check_writable(workspace: Workspace) -> None:
    if workspace.is_pack:
        raise KamError("book.read_only", workspace=workspace.source)
    workspace.check_writable()


def _why(row: Mapping[Any, Any], place: int) -> dict[str, Any]:
    """Return one change as it is kept; a score or quadrant that is not known is left out."""
    score = row["score"]
    said = {"status": row["status"], "place": place, "reason": row["reason_key"], "quadrant": row["quadrant"]}
    said["score"] = None if score != score else round(float(score), 4)
    return {name: value for name, value in said.items() if value not in (None, "")}


def _write(
    workspace: Workspace, day: dt.date, fields: Mapping[str, FieldValue], who: str, at: dt.datetime
) -> int:
    """Have the changes of a day be these, in one transaction; return how many records changed."""
    name, changed = day.isoformat(), 0
    with open_store(store_target(workspace)) as store, store.transaction():
        standing_now = {r.account: r for r in store.records((DESIGNATION,))}
        for account in [*standing_now, *(a for a in fields if a not in standing_now)]:
            record = standing_now.get(account)
            wanted = {n: f for n, f in record.fields.items() if n != name} if record else {}
            if account in fields:
                wanted[name] = fields[account]
            version = record.version if record else None
            if record is None or wanted != record.fields:
                store.write(account, DESIGNATION, wanted, version=version, who=who, at=at)
                changed += 1
    return changed
