"""Retention: what became of last period's sales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamtools.identification.values import Values, by_account, to_series, total_of
from kamtools.notknown import NotKnown


@dataclass(frozen=True)
class RetentionBridge:
    """From the previous period's sales to the current one's.

    ``previous = retained + lost + contraction`` and
    ``current = retained + expansion + new``; all amounts are positive.

    Attributes
    ----------
    retained
        What was sold before and is sold again: Σ min(previous, current).
    lost, new
        All sales of accounts that stopped; all sales of accounts that began.
    expansion, contraction
        What accounts of both periods buy more; what they buy less.
    nrr
        Net revenue retention, (retained + expansion) ÷ previous.
    grr
        Gross revenue retention, retained ÷ previous.
    logo_retention
        Accounts kept ÷ accounts before.
    negatives_previous, negatives_current
        Sum of the amounts below zero (more returns than sales), which the
        bridge leaves out: such an account is not a customer of that period.
    """

    retained: float
    lost: float
    new: float
    expansion: float
    contraction: float
    nrr: float
    grr: float
    logo_retention: float
    previous: float = 0.0
    current: float = 0.0
    accounts_previous: int = 0
    accounts_kept: int = 0
    accounts_lost: int = 0
    accounts_new: int = 0
    negatives_previous: float = 0.0
    negatives_current: float = 0.0


def retention_bridge(previous: Values, current: Values) -> RetentionBridge:
    """Return the retention bridge between two periods' sales by account.

    Parameters
    ----------
    previous, current
        Sales by account: mappings or Series are matched by id (an account
        missing from one has no sales in it), sequences by position.

    Raises
    ------
    ValueError
        Sequences of different length, or no sales in the previous period.

    Examples
    --------
    >>> bridge = retention_bridge({"A": 100, "B": 50, "C": 50}, {"A": 130, "B": 20, "D": 40})
    >>> bridge.retained, bridge.lost, bridge.new, bridge.expansion, bridge.contraction
    (120.0, 50.0, 40.0, 30.0, 30.0)
    >>> bridge.nrr, bridge.grr, round(bridge.logo_retention, 4)
    (0.75, 0.6, 0.6667)
    """
    if all(isinstance(v, (Mapping, pd.Series)) for v in (previous, current)):
        before = by_account(previous, "previous") if len(previous) else pd.Series(dtype=float)  # type: ignore[arg-type]
        after = by_account(current, "current") if len(current) else pd.Series(dtype=float)  # type: ignore[arg-type]
        index = before.index.union(after.index)
        old, now = before.reindex(index).to_numpy(dtype=float), after.reindex(index).to_numpy(dtype=float)
    else:
        first = to_series(previous, "previous", drop_missing=False)
        second = to_series(current, "current", drop_missing=False)
        if len(first) != len(second):
            raise ValueError(f"current: {len(second)} values for {len(first)} previous ones")
        old, now = first.to_numpy(), second.to_numpy()
    below = [float(np.nansum(np.minimum(v, 0.0))) for v in (old, now)]
    old, now = (np.maximum(np.nan_to_num(v), 0.0) for v in (old, now))
    had, has = old > 0, now > 0
    both = had & has
    total = total_of(pd.Series(old))
    if total <= 0:
        raise NotKnown(f"previous: retention needs sales above zero before, got {total!r}")

    def add(values: np.ndarray) -> float:
        return total_of(pd.Series(values))

    retained = add(np.minimum(old, now)[both])
    expansion = add((now - old)[both & (now > old)])
    return RetentionBridge(
        retained=retained,
        lost=add(old[had & ~has]),
        new=add(now[has & ~had]),
        expansion=expansion,
        contraction=add((old - now)[both & (old > now)]),
        nrr=(retained + expansion) / total,
        grr=retained / total,
        logo_retention=int(both.sum()) / int(had.sum()),
        previous=total,
        current=add(now),
        accounts_previous=int(had.sum()),
        accounts_kept=int(both.sum()),
        accounts_lost=int((had & ~has).sum()),
        accounts_new=int((has & ~had).sum()),
        negatives_previous=below[0],
        negatives_current=below[1],
    )
