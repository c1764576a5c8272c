"""Cost to serve: drivers × rates, and rates from time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kamtools.finance.prices import finite


def cost_to_serve(
    drivers: pd.DataFrame | pd.Series | Mapping[str, Mapping[str, float]] | Mapping[str, float],
    rates: Mapping[str, float] | pd.Series,
) -> pd.DataFrame:
    """Return what serving each account cost: rate × quantity for every driver, and ``total``.

    Parameters
    ----------
    drivers
        A row per account, a column per driver: a frame, or ``{account:
        {driver: quantity}}``; ``{driver: quantity}`` is one account with the id 0.
        A missing quantity is left out: its cost stays missing and the total is of the others.
    rates
        Money per unit of each driver; rates without a driver are not used.

    Returns
    -------
    frame
        The same rows; a cost per driver and ``total`` (missing where no quantity is known).

    Raises
    ------
    ValueError
        A driver without a rate, or a negative quantity or rate.

    Examples
    --------
    >>> cost_to_serve({"A": {"order": 7, "visit": 1}, "B": {"order": 44, "visit": 4}}, {"order": 25, "visit": 160})
       order  visit   total
    A  175.0  160.0   335.0
    B 1100.0  640.0  1740.0
    """
    frame = _driver_frame(drivers)
    unknown = [c for c in frame.columns if c not in rates]
    if unknown:
        raise ValueError(
            f"rates: no rate for driver {unknown[0]!r}; there are {sorted(map(str, rates.keys()))!r}"
        )
    for driver in frame.columns:
        if finite(rates[driver], f"rates[{driver!r}]") < 0:
            raise ValueError(f"rates[{driver!r}]: expected zero or more, got {rates[driver]!r}")
    quantities = frame.to_numpy(dtype=float)
    if (quantities < 0).any():
        row, column = map(int, np.argwhere(quantities < 0)[0])
        raise ValueError(
            f"drivers: negative quantity {quantities[row, column]!r} of {frame.columns[column]!r} "
            f"at {frame.index[row]!r}"
        )
    cost = pd.DataFrame(
        quantities * np.array([float(rates[c]) for c in frame.columns]),
        index=frame.index,
        columns=frame.columns,
    )
    cost["total"] = cost.sum(axis=1, min_count=1)
    return cost


def _driver_frame(drivers: object) -> pd.DataFrame:
    if isinstance(drivers, pd.DataFrame):
        frame = drivers
    elif isinstance(drivers, pd.Series):
        frame = drivers.to_frame().T
    elif isinstance(drivers, Mapping) and drivers:
        nested = all(isinstance(v, (Mapping, pd.Series)) for v in drivers.values())
        rows = {k: dict(v) for k, v in drivers.items()} if nested else {0: dict(drivers)}
        frame = pd.DataFrame.from_dict(rows, orient="index")
    else:
        raise ValueError(f"drivers: expected quantities by account and driver, got {drivers!r}")
    if "total" in frame.columns:
        raise ValueError("drivers: a driver may not be called 'total', the result's own column")
    return frame


@dataclass(frozen=True)
class TimeDrivenCost:
    """Time-driven cost: what was used, and what stood idle.

    Attributes
    ----------
    rate
        Cost of a minute of practical capacity.
    unit_costs
        Cost of one unit of each activity: a tuple for a sequence, a dict for a mapping or Series.
    used_minutes, assigned
        Minutes that the volumes took, and their cost.
    unused_minutes, unused_cost
        Capacity that was not used, and its cost: reported, not spread over
        the accounts. Negative where more was used than there is.
    warnings
        ``over_capacity`` where the volumes need more minutes than there are.
    """

    rate: float
    unit_costs: tuple[float, ...] | dict[str, float]
    used_minutes: float
    assigned: float
    unused_minutes: float
    unused_cost: float
    warnings: tuple[str, ...] = ()


def time_driven_cost(
    cost: float,
    practical_minutes: float,
    unit_minutes: Sequence[float] | Mapping[str, float] | pd.Series,
    volumes: Sequence[float] | Mapping[str, float] | pd.Series,
) -> TimeDrivenCost:
    """Return time-driven activity-based cost (Kaplan and Anderson).

    Parameters
    ----------
    cost
        Cost of the resource in the period.
    practical_minutes
        Practical capacity: the minutes really available for work.
    unit_minutes, volumes
        Minutes that one unit of each activity takes, and how many units;
        matched by key for mappings, by position for sequences. An activity
        without a volume took no time.

    Raises
    ------
    ValueError
        Capacity not above zero, a negative value, a volume without its minutes.

    Examples
    --------
    >>> result = time_driven_cost(560_000, 700_000, [40, 220, 250], [9_800, 280, 500])
    >>> result.rate, result.unit_costs, result.unused_cost
    (0.8, (32.0, 176.0, 200.0), 97120.0)
    """
    money, capacity = finite(cost, "cost"), finite(practical_minutes, "practical_minutes")
    if money < 0:
        raise ValueError(f"cost: expected zero or more, got {cost!r}")
    if capacity <= 0:
        raise ValueError(f"practical_minutes: expected above zero, got {practical_minutes!r}")
    keyed = isinstance(unit_minutes, (Mapping, pd.Series))
    minutes = _named(unit_minutes, "unit_minutes")
    units = _named(volumes, "volumes")
    if keyed != isinstance(volumes, (Mapping, pd.Series)) or (not keyed and len(minutes) != len(units)):
        raise ValueError(f"volumes: {list(units)!r} do not match unit_minutes {list(minutes)!r}")
    stray = [k for k in units if k not in minutes]
    if stray:
        raise ValueError(f"volumes: no unit_minutes for {stray[0]!r}; there are {list(minutes)!r}")
    rate = money / capacity
    used = math.fsum(minutes[k] * units[k] for k in units)
    each = {k: m * rate for k, m in minutes.items()}
    return TimeDrivenCost(
        rate=rate,
        unit_costs={str(k): v for k, v in each.items()} if keyed else tuple(each.values()),
        used_minutes=used,
        assigned=used * rate,
        unused_minutes=capacity - used,
        unused_cost=(capacity - used) * rate,
        warnings=("over_capacity",) if used > capacity else (),
    )


def _named(values: Sequence[float] | Mapping[str, float] | pd.Series, name: str) -> dict[Any, float]:
    items = values.items() if isinstance(values, (Mapping, pd.Series)) else enumerate(values)
    named = {k: finite(v, f"{name}[{k!r}]") for k, v in items}
    for key, value in named.items():
        if value < 0:
            raise ValueError(f"{name}[{key!r}]: expected zero or more, got {value!r}")
    return named
