"""What is known of an account, what is only assumed, what has grown stale, what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kamtools.identification.records import day_of, is_blank

STALE_AFTER = 180


@dataclass(frozen=True, eq=False)
class PlanCompleteness:
    """How complete a dossier is.

    Attributes
    ----------
    share
        Required fields that are filled ÷ required fields.
    table
        Index field: filled, status (``confirmed``, ``assumed`` or None where
        nothing is said), source, date, age_days, stale, state: ``missing``,
        ``stale``, ``assumed``, ``undated``, ``known`` (confirmed, dated and fresh).
        In the order of the required fields, then the others.
    missing, assumed, stale, unsourced
        Fields; what is missing is required, the others may be any that is filled.
    by_section
        Share by section (the part of a field's name before the dot; ``""`` for those without).
    """

    share: float
    table: pd.DataFrame
    missing: tuple[str, ...]
    assumed: tuple[str, ...]
    stale: tuple[str, ...]
    unsourced: tuple[str, ...]
    by_section: Mapping[str, float]
    conventions: dict[str, object]

    def __float__(self) -> float:
        return self.share


def _is_field(value: Any) -> bool:
    return (isinstance(value, Mapping) and "value" in value) or (
        hasattr(value, "value") and hasattr(value, "status")
    )


def _part(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _flat(dossier: Any, before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in dossier.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping) and not _is_field(value) and value:
            flat |= _flat(value, f"{name}.")
        else:
            flat[name] = value
    return flat


def plan_completeness(
    dossier: Mapping[str, Any],
    required: Iterable[str] | None = None,
    as_of: dt.date | str | None = None,
    stale_after: float | Mapping[str, float] = STALE_AFTER,
) -> PlanCompleteness:
    """Return how complete a dossier or a plan is.

    Parameters
    ----------
    dossier
        ``{field: value}``, or ``{section: {field: value}}``, whose fields are
        then named ``section.field``. A value is plain, or has ``value``,
        ``source``, ``date`` and ``status`` (a mapping or an object). Nothing, empty text and
        empty lists are missing; zero and False are values.
    required
        Fields that must be filled; left out: all fields of the dossier.
    as_of
        Day of the report; without it nothing is stale.
    stale_after
        Days after which a field is stale; by field, where some age faster (others: 180).

    Raises
    ------
    ValueError
        No field is required, or a number of days below zero.

    Examples
    --------
    >>> dossier = {"profile": {"outlets": {"value": 120, "source": "visit", "date": "2026-01-05", "status": "confirmed"},
    ...                        "revenue": {"value": None}, "business": "drugstores"}}
    >>> result = plan_completeness(dossier, as_of="2026-10-31")
    >>> round(result.share, 4), result.missing, result.stale
    (0.6667, ('profile.revenue',), ('profile.outlets',))
    """
    fields = _flat(dossier)
    needed = list(dict.fromkeys(required)) if required is not None else list(fields)
    if not needed:
        raise ValueError(f"required: no field in {required!r} for dossier {list(fields)!r}")
    day = None if as_of is None else pd.Timestamp(as_of).normalize()
    rows = {n: _row(n, fields.get(n), day, stale_after) for n in dict.fromkeys((*needed, *fields))}
    columns = ["filled", "status", "source", "date", "age_days", "stale", "state"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    for column in ("status", "source"):
        table[column] = pd.Series([r[columns.index(column)] for r in rows.values()], table.index, object)
    table.index.name = "field"
    filled = table["filled"]
    sections: dict[str, list[bool]] = {}
    for name in needed:
        sections.setdefault(name.rpartition(".")[0].partition(".")[0], []).append(bool(filled[name]))

    def having(mask: pd.Series) -> tuple[str, ...]:
        return tuple(str(n) for n in table.index[mask.to_numpy(dtype=bool)])

    return PlanCompleteness(
        share=sum(bool(filled[n]) for n in needed) / len(needed),
        table=table,
        missing=tuple(n for n in needed if not filled[n]),
        assumed=having(filled & (table["status"] == "assumed")),
        stale=having(table["stale"]),
        unsourced=having(filled & table["source"].isna()),
        by_section={k: sum(v) / len(v) for k, v in sections.items()},
        conventions={
            "required": len(needed),
            "stale_after": dict(stale_after) if isinstance(stale_after, Mapping) else stale_after,
            "as_of": None if day is None else day.date(),
        },
    )


def _row(
    name: str, entry: Any, day: pd.Timestamp | None, stale_after: float | Mapping[str, float]
) -> tuple[Any, ...]:
    whole = _is_field(entry)
    value = _part(entry, "value") if whole else entry
    if is_blank(value):
        return (False, None, None, pd.NaT, float("nan"), False, "missing")
    status, source, date = (_part(entry, p) for p in ("status", "source", "date")) if whole else (None,) * 3
    when = day_of(date, f"dossier: date of {name!r}")
    limit = stale_after.get(name, STALE_AFTER) if isinstance(stale_after, Mapping) else stale_after
    if limit < 0:
        raise ValueError(f"stale_after: expected zero or more days, got {limit!r}")
    age = float("nan") if day is None or when is None else float((day - when).days)
    stale = age > limit
    said = None if is_blank(status) else str(status)
    state = (
        "stale" if stale
        else "assumed" if said == "assumed"
        else "undated" if when is None
        else "known" if said == "confirmed"
        else "assumed"
    )  # fmt: skip
    return (
        True,
        said,
        None if is_blank(source) else str(source),
        pd.NaT if when is None else when,
        age,
        stale,
        state,
    )
