"""Fit: of what an account asks with what we can give, and of working it with the company's strategy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamtools.identification.records import Rows, frame_of, numbers, words
from kamtools.identification.values import Note, to_series
from kamtools.notknown import NotKnown

FIT_AXES = ("marketing", "product", "channel", "people")
CONFLICT = 2.0


@dataclass(frozen=True, eq=False)
class DemandSupplyFit:
    """The three moves: what is asked, what we can satisfy, what we hope for.

    Attributes
    ----------
    fit
        Σ importance × satisfiable ÷ Σ importance over the asks that have both.
    known
        Share of the importance whose satisfiable part is known.
    table
        Index as given: ask, importance, satisfiable, cost, value, get, worth,
        ratio (value to the account ÷ cost to us), zone: ``give`` (important
        and feasible), ``solve`` (important, not feasible), ``offer`` (feasible,
        not important: trade it), ``decline``; None where a figure is missing.
    cost, worth
        What our gives cost and what the gets are worth to us, over what is known.
    net
        Worth − cost over the rows where both are known; None where none is.
    unpaid
        Rows that cost us something, or would be satisfied, and bring no get.
    warnings
        ``ask_unknown`` (importance or feasibility missing), ``cost_unknown``, ``worth_unknown``.
    """

    fit: float
    known: float
    table: pd.DataFrame
    cost: float
    worth: float
    net: float | None
    unpaid: tuple[int, ...]
    warnings: tuple[Note, ...]
    conventions: dict[str, object]


def demand_supply_fit(asks: Rows, important: float = 3.0, feasible: float = 0.5) -> DemandSupplyFit:
    """Return how far we can satisfy what an account asks, and what we get for it.

    Parameters
    ----------
    asks
        Rows with ask, importance (zero or more) and satisfiable (a fraction,
        0–1); where given cost (to us, a year), value (to the account), get
        (the outcome hoped for) and worth (of that outcome, to us).
    important, feasible
        From here an ask counts as important or feasible.

    Raises
    ------
    ValueError
        No ask, a fraction outside 0–1, importances that add up to zero.

    Examples
    --------
    >>> result = demand_supply_fit([
    ...     {"ask": "60 days", "importance": 5, "satisfiable": 0.4, "cost": 30, "value": 45, "get": "two shelves", "worth": 50},
    ...     {"ask": "promoter", "importance": 3, "satisfiable": 1, "cost": 10, "value": 25}])
    >>> result.fit, list(result.table["zone"]), result.net, result.unpaid
    (0.625, ['solve', 'give'], 20.0, (1,))
    """
    frame = frame_of(asks, "asks", ("ask", "importance", "satisfiable"), ("cost", "value", "get", "worth"))
    frame["ask"], frame["get"] = words(frame, "ask"), words(frame, "get")
    for column, high in (
        ("importance", None),
        ("satisfiable", 1),
        ("cost", None),
        ("value", None),
        ("worth", None),
    ):
        frame[column] = numbers(frame, column, "asks", 0, high)
    both = frame["importance"].notna() & frame["satisfiable"].notna()
    weight = float(frame.loc[both, "importance"].sum())
    if weight <= 0:
        raise NotKnown(f"asks: importance of the asks that are known adds up to {weight!r}")
    fit = float((frame["importance"] * frame["satisfiable"])[both].sum()) / weight
    frame["ratio"] = (frame["value"] / frame["cost"]).where(frame["cost"] > 0)
    high_, can = frame["importance"] >= important, frame["satisfiable"] >= feasible
    zone = np.select([high_ & can, high_, can], ["give", "solve", "offer"], "decline")
    frame["zone"] = pd.Series(zone, dtype=object).where(both, None)
    pairs = frame.dropna(subset=["cost", "worth"])
    gives = (frame["satisfiable"] > 0) | (frame["cost"] > 0)
    unpaid = gives & frame["get"].isna() & ~(frame["worth"] > 0)
    notes = [
        Note(key, {"n": int(n)})
        for key, n in (
            ("ask_unknown", (~both).sum()),
            ("cost_unknown", (gives & frame["cost"].isna()).sum()),
            ("worth_unknown", (frame["get"].notna() & frame["worth"].isna()).sum()),
        )
        if n
    ]
    return DemandSupplyFit(
        fit,
        weight / float(frame["importance"].sum()),
        frame,
        float(frame["cost"].sum()),
        float(frame["worth"].sum()),
        float((pairs["worth"] - pairs["cost"]).sum()) if len(pairs) else None,
        tuple(int(i) for i in frame.index[unpaid]),
        tuple(notes),
        {"important": important, "feasible": feasible},
    )


@dataclass(frozen=True)
class StrategicFit:
    """Fit with the company's strategy on its axes, 1–5.

    ``minimum`` is the min rule (a chain is as strong as its weakest link) and
    ``mean`` the average, both over the known axes; ``weakest`` the axes at the
    minimum; ``conflicts`` those at 2 or below; ``missing`` those not rated.
    ``light`` is ``red`` with a conflict, ``green`` where all axes are known and at 4 or above, ``amber`` in
    between, None where axes are missing and no conflict is known.
    """

    scores: Mapping[str, float]
    minimum: float
    mean: float
    weakest: tuple[str, ...]
    conflicts: tuple[str, ...]
    missing: tuple[str, ...]
    light: str | None


def strategic_fit(
    scores: Mapping[str, float | None], axes: tuple[str, ...] = FIT_AXES, conflict: float = CONFLICT
) -> StrategicFit:
    """Return the strategic fit of working an account: four axes, the min rule, the mean, conflicts.

    Examples
    --------
    >>> fit = strategic_fit({"marketing": 4, "product": 5, "channel": 2, "people": 3})
    >>> fit.minimum, fit.mean, fit.conflicts, fit.light
    (2.0, 3.5, ('channel',), 'red')
    """
    for axis in scores:
        if axis not in axes:
            raise ValueError(f"scores: {axis!r}; allowed: {', '.join(axes)}")
    known = to_series(dict(scores), "scores")
    for axis, value in known.items():
        if not 1 <= value <= 5:
            raise NotKnown(f"scores: {axis!r} is {value!r}, expected 1 to 5")
    known = known.reindex([a for a in axes if a in known.index])
    low = float(known.min())
    conflicts = tuple(str(a) for a in known.index[known <= conflict])
    missing = tuple(a for a in axes if a not in known.index)
    light = "red" if conflicts else None if missing else "green" if low >= 4 else "amber"
    return StrategicFit(
        {str(a): float(v) for a, v in known.items()},
        low,
        float(known.mean()),
        tuple(str(a) for a in known.index[known == low]),
        conflicts,
        missing,
        light,
    )
