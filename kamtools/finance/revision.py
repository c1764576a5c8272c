"""A new version of a forecast or plan, compared with the one before line by line."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

STATUS = ("added", "removed", "changed", "unchanged")
Plan = Mapping[str, object] | pd.Series | pd.DataFrame
Key = tuple[object, ...]


def plan_diff(
    before: Plan, after: Plan, reasons: Mapping[object, str] | None = None, tolerance: float = 0.005
) -> pd.DataFrame:
    """Compare two versions of a plan or forecast line by line.

    Parameters
    ----------
    before, after
        ``{line: amount}``, a Series, or a frame with ``amount`` (or ``value``) and the
        columns that name a line, such as line and month. A value may be text (an
        owner, a measure). A column ``reason`` of `after` says why a line is as it is.
    reasons
        Line (a tuple where several columns name it) -> reason; goes before the column.
    tolerance
        Amounts that differ by no more are the same: half a cent.

    Returns
    -------
    frame[line…, before, after, difference, status, reason, reason_missing]
        The lines of `before` in their order, then those that were added. ``status``:
        ``added``, ``removed``, ``changed``, ``unchanged``. A line that is not there is
        missing, not zero; the ``difference`` of an added or removed line
        is its whole amount, and None where a value is text or not known. ``reason_missing``: a line that is not
        unchanged, without a reason.

    Raises
    ------
    ValueError
        A line given twice, no column for the amount, different columns that name a line.

    Examples
    --------
    >>> diff = plan_diff({"net_sales": 100.0, "a_and_p": -8.0}, {"net_sales": 95.0, "listing": -2.0}, {"net_sales": "delisted"})
    >>> diff[["line", "before", "after", "difference", "status", "reason_missing"]]
            line before after  difference   status  reason_missing
    0  net_sales  100.0  95.0        -5.0  changed           False
    1    a_and_p   -8.0   NaN         8.0  removed            True
    2    listing    NaN  -2.0        -2.0    added            True
    """
    names, old, _ = _read(before, "before")
    names_after, new, written = _read(after, "after")
    if old and new and set(names) != set(names_after):
        raise ValueError(f"after: lines are named by {names_after!r}, before by {names!r}")
    if not old:
        names = names_after
    elif names != names_after:
        order = [names_after.index(n) for n in names] if new else []
        new = {tuple(k[i] for i in order): v for k, v in new.items()}
        written = {tuple(k[i] for i in order): v for k, v in written.items()}
    said = {k if isinstance(k, tuple) else (k,): v for k, v in (reasons or {}).items()}
    stray = [k for k in said if k not in old and k not in new]
    if stray:
        raise ValueError(f"reasons: {stray[0]!r} is no line of before or after")
    rows = []
    for key in dict.fromkeys([*old, *new]):
        first, second = old.get(key), new.get(key)
        status = (
            "added"
            if key not in old
            else "removed"
            if key not in new
            else "unchanged"
            if _same(first, second, tolerance)
            else "changed"
        )
        reason = said.get(key) or written.get(key)
        reason = reason if isinstance(reason, str) and reason.strip() else None
        gap = _difference(key in old, first, key in new, second)
        rows.append((*key, first, second, gap, status, reason, status != "unchanged" and reason is None))
    columns = [*names, "before", "after", "difference", "status", "reason", "reason_missing"]
    return pd.DataFrame(rows, columns=columns).astype({"difference": float, "reason_missing": bool})


def _read(plan: Plan, name: str) -> tuple[list[str], dict[Key, object], dict[Key, object]]:
    """Return the names of the key columns, key -> value, key -> reason."""
    if isinstance(plan, pd.DataFrame):
        value = next((c for c in ("amount", "value") if c in plan.columns), None)
        if value is None:
            raise ValueError(f"{name}: no column 'amount' in {list(plan.columns)!r}")
        names = [str(c) for c in plan.columns if c not in (value, "reason")]
        if not names:
            raise ValueError(f"{name}: no column that names a line in {list(plan.columns)!r}")
        keys: list[Key] = [tuple(row) for row in plan[names].itertuples(index=False, name=None)]
        values = plan[value].tolist()
        why = plan["reason"].tolist() if "reason" in plan.columns else []
    else:
        names = ["line"]
        if isinstance(plan, pd.Series):
            labels = plan.index.tolist()
            if isinstance(plan.index, pd.MultiIndex):
                names = [str(n) if n is not None else f"line_{i}" for i, n in enumerate(plan.index.names)]
        elif isinstance(plan, Mapping):
            labels = list(plan)
        else:
            raise ValueError(f"{name}: expected a mapping, Series or frame, got {plan!r}")
        keys = [k if isinstance(k, tuple) and len(names) > 1 else (k,) for k in labels]
        values, why = list(plan.values()) if isinstance(plan, Mapping) else plan.tolist(), []
    found = dict(zip(keys, values, strict=True))
    if len(found) < len(keys):
        twice = next(k for i, k in enumerate(keys) if k in keys[:i])
        raise ValueError(f"{name}: line {', '.join(map(str, twice))} is given twice")
    return names, found, dict(zip(keys, why, strict=False))


def _amount(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (numbers.Real, Decimal)):
        return None
    return None if math.isnan(value) else float(value)


def _missing(value: object) -> bool:
    return (
        value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))
    )


def _same(a: object, b: object, tolerance: float) -> bool:
    if _missing(a) or _missing(b):
        return _missing(a) and _missing(b)
    x, y = _amount(a), _amount(b)
    if x is not None and y is not None:
        return abs(x - y) <= tolerance
    return a == b


def _difference(in_old: bool, a: object, in_new: bool, b: object) -> float | None:
    x, y = (_amount(a) if in_old else 0.0), (_amount(b) if in_new else 0.0)
    return None if x is None or y is None else y - x
