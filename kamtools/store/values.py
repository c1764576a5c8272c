"""What a store holds: values of fields, records of them, and changes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from kamtools.errors import KamError

Status = Literal["assumed", "confirmed"]
STATUSES: tuple[str, ...] = get_args(Status)


@dataclass(frozen=True)
class FieldValue:
    """The value of a field, where it comes from, and how sure it is.

    Attributes
    ----------
    value : text, number, bool, None, list or dict
        Anything that JSON can say; a date is a text, a table a list of rows as dicts.
    source : str
        Who or what said so.
    date : date or None
        Of when it is.
    status : {"assumed", "confirmed"}
    """

    value: Any
    source: str = ""
    date: dt.date | None = None
    status: Status = "assumed"


@dataclass(frozen=True)
class Record:
    """One form of one account as it stands; `version` rises by one with every write."""

    account: str
    form: str
    fields: Mapping[str, FieldValue]
    version: int
    changed_by: str
    changed_at: dt.datetime  # in UTC


@dataclass(frozen=True)
class Change:
    """One field changed by one write; ``None`` before or after means that the field was not there."""

    account: str
    form: str
    field: str
    before: FieldValue | None
    after: FieldValue | None
    who: str
    at: dt.datetime  # in UTC
    version: int  # of the record after the write


class Conflict(KamError):
    """Someone saved first: nothing was written, `current` is what stands now.

    To keep one's own words as a new version, write them again with
    ``version=conflict.current.version``.
    """

    def __init__(self, account: str, form: str, current: Record | None) -> None:
        key = "store.conflict" if current else "store.conflict_gone"
        super().__init__(
            key,
            account=account,
            form=form,
            who=current.changed_by if current else "",
            at=local_text(current.changed_at) if current else "",
        )
        self.account, self.form, self.current = account, form, current


def local_text(at: dt.datetime) -> str:
    """Return a time as people here read it, to the second."""
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def stamp(at: dt.datetime) -> str:
    """Return a time as text in UTC, always of one length, so that texts sort as times.

    A time without a zone is taken as the machine's, as Python does.

    Examples
    --------
    >>> east = dt.timezone(dt.timedelta(hours=8))
    >>> stamp(dt.datetime(2026, 11, 1, 7, 0, tzinfo=east))
    '2026-10-31T23:00:00.000000+00:00'
    """
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def to_json(value: Any) -> str:
    """Return a value as JSON; every text comes back exactly, half a surrogate pair and NUL included.

    Raises
    ------
    ValueError
        Where JSON cannot say it (a date object, NaN, a key that is no text).

    Examples
    --------
    >>> to_json({"name": "全角１２３ <b>"})
    '{"name": "全角１２３ <b>"}'
    """
    _check_keys(value)
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"value: {str(value)[:80]!r} cannot be said in JSON: {error}") from None
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False)
    return text


def _check_keys(value: Any) -> None:
    """Refuse keys that JSON would turn into text: they would not come back as they were."""
    if isinstance(value, dict):
        for key, part in value.items():
            if not isinstance(key, str):
                raise ValueError(f"value: the key {key!r} is no text")
            _check_keys(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _check_keys(part)


def field_data(field: FieldValue) -> dict[str, Any]:
    """Return a field as plain data for JSON.

    Raises
    ------
    ValueError
        Where a part of it is not of its kind.

    Examples
    --------
    >>> field_data(FieldValue(3, date=dt.date(2026, 10, 31)))
    {'value': 3, 'source': '', 'date': '2026-10-31', 'status': 'assumed'}
    """
    if not isinstance(field, FieldValue):
        raise ValueError(f"fields: {field!r} is no FieldValue")
    if field.status not in STATUSES:
        raise ValueError(f"status: {field.status!r}; allowed: {', '.join(STATUSES)}")
    if not isinstance(field.source, str):
        raise ValueError(f"source: {field.source!r} is no text")
    if field.date is not None and (
        not isinstance(field.date, dt.date) or isinstance(field.date, dt.datetime)
    ):
        raise ValueError(f"date: {field.date!r} is no date")
    return {
        "value": field.value,
        "source": field.source,
        "date": field.date.isoformat() if field.date else None,
        "status": field.status,
    }


def field_of(data: Mapping[str, Any]) -> FieldValue:
    """Return the field that :func:`field_data` made `data` from; ``ValueError`` where it is none."""
    if set(data) != {"value", "source", "date", "status"}:
        raise ValueError(f"data: {', '.join(data)} are not the parts of a field")
    day = dt.date.fromisoformat(data["date"]) if data["date"] else None
    field = FieldValue(data["value"], data["source"], day, data["status"])
    field_data(field)
    return field


def field_json(field: FieldValue | None) -> str | None:
    """Return a field as JSON, or None for None."""
    return None if field is None else to_json(field_data(field))


def field_from_json(text: str | None) -> FieldValue | None:
    """Return the field in a JSON text, or None for None."""
    return None if text is None else field_of(json.loads(text))


def fields_json(fields: Mapping[str, FieldValue]) -> str:
    """Return the fields of a record as JSON."""
    for name in fields:
        check_text("field", name)
    return to_json({name: field_data(field) for name, field in fields.items()})


def fields_from_json(text: str) -> dict[str, FieldValue]:
    """Return the fields in a JSON text."""
    return {name: field_of(data) for name, data in json.loads(text).items()}


def same(one: FieldValue | None, other: FieldValue | None) -> bool:
    """Tell whether two fields are equal to the letter: ``1`` is neither ``1.0`` nor ``True``.

    Examples
    --------
    >>> same(FieldValue(1), FieldValue(True)), same(FieldValue("a"), FieldValue("a"))
    (False, True)
    """
    if one is None or other is None:
        return one is other
    first, second = (json.dumps(field_data(f), sort_keys=True) for f in (one, other))
    return first == second


def changes_between(
    before: Mapping[str, FieldValue], after: Mapping[str, FieldValue]
) -> list[tuple[str, FieldValue | None, FieldValue | None]]:
    """Return the fields that differ, as (name, before, after)."""
    names = [*before, *(n for n in after if n not in before)]
    pairs = [(n, before.get(n), after.get(n)) for n in names]
    return [(n, old, new) for n, old, new in pairs if not same(old, new)]


def check_text(name: str, text: str) -> str:
    """Return a text that names something, or raise ``KamError`` where a database cannot keep it.

    Examples
    --------
    >>> check_text("account", "00123")
    '00123'
    """
    if not isinstance(text, str):
        raise ValueError(f"{name}: {text!r} is no text")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise KamError("store.bad_name", what=name, value=ascii(text)) from None
    if not text or "\0" in text:
        raise KamError("store.bad_name", what=name, value=ascii(text))
    return text
