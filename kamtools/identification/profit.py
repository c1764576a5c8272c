"""Share of profit: the whale curve and the accounts that lose money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamtools.identification.values import Values, by_account, descending, to_series, total_of
from kamtools.notknown import NotKnown


class WhaleCurve(pd.DataFrame):
    """The whale curve as a frame, most profitable first: profit, cumulative, cumulative_share."""

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    @property
    def peak(self) -> float:
        """Highest cumulative profit as a part of the total (1.8: the best make 180 %)."""
        return float(self["cumulative_share"].max())

    @property
    def peak_count(self) -> int:
        """How many accounts, most profitable first, it takes to reach the peak."""
        return int(np.argmax(self["cumulative_share"].to_numpy())) + 1

    @property
    def destroyed(self) -> float:
        """What the others lose again, as a part of the total: peak − 1."""
        return self.peak - 1


def whale_curve(profits: Values) -> WhaleCurve:
    """Return cumulative profit ÷ total profit, accounts sorted by profit, and its ``.peak``.

    Raises
    ------
    ValueError
        Nothing in the set, or a total of zero or less (no share of it can be said).

    Examples
    --------
    >>> curve = whale_curve([100, 60, -40, -20])
    >>> curve.peak, curve.peak_count, round(curve.destroyed, 4)
    (1.6, 2, 0.6)
    """
    ordered = descending(to_series(profits, "profits"))
    total = total_of(ordered)
    if total <= 0:
        raise NotKnown(f"profits: a share needs a total above zero, got {total!r}")
    running = np.cumsum(ordered.to_numpy())
    return WhaleCurve(
        {"profit": ordered.to_numpy(), "cumulative": running, "cumulative_share": running / running[-1]},
        index=ordered.index,
    )


@dataclass(frozen=True, eq=False)
class ProfitShare:
    """Share of profit by account.

    Attributes
    ----------
    table
        Index account, most profitable first: contribution, sales, margin (of
        sales; missing where sales are not above zero), share and cumulative
        (of the total; missing where the total is not above zero), rank.
    peak, peak_count, destroyed
        Of the whale curve (fractions of the total); None with `reason` ``total_not_positive``.
    loss_makers
        Accounts with a contribution below zero, worst first.
    top_loss_makers
        Those among the `top` largest by sales, largest first.
    lost
        What the loss makers lose together (money, negative or zero).
    unknown
        Accounts with sales whose contribution cannot be said.
    """

    table: pd.DataFrame
    total: float
    peak: float | None
    peak_count: int | None
    destroyed: float | None
    loss_makers: tuple[str, ...]
    top_loss_makers: tuple[str, ...]
    lost: float
    unknown: tuple[str, ...]
    reason: str | None
    conventions: dict[str, object]


def profit_share(contribution: Values, sales: Values, top: int = 5) -> ProfitShare:
    """Return each account's share of contribution, and who loses money.

    Parameters
    ----------
    contribution
        Contribution after trade terms and cost to serve, by account. Missing: not known.
    sales
        Sales of the same accounts in the same period.
    top
        How many of the largest accounts by sales are looked at for ``top_loss_makers``.

    Examples
    --------
    >>> result = profit_share({"A": 90.0, "B": 30.0, "C": -20.0}, {"A": 300.0, "B": 100.0, "C": 250.0})
    >>> result.peak, result.loss_makers, result.top_loss_makers
    (1.2, ('C',), ('C',))
    """
    known = by_account(contribution, "contribution")
    sold = by_account(sales, "sales")
    ordered = descending(known)
    amount = sold.reindex(ordered.index)
    total = total_of(ordered)
    running = np.cumsum(ordered.to_numpy())
    table = pd.DataFrame(
        {
            "contribution": ordered,
            "sales": amount,
            "margin": ordered / amount.where(amount > 0),
            "share": ordered / total if total > 0 else np.nan,
            "cumulative": running / running[-1] if total > 0 else np.nan,
            "rank": np.arange(1, len(ordered) + 1),
        },
        index=ordered.index,
    )
    curve = whale_curve(ordered) if total > 0 else None
    losing = table.index[table["contribution"] < 0][::-1]
    largest = descending(sold).index[:top]
    return ProfitShare(
        table=table,
        total=total,
        peak=curve.peak if curve is not None else None,
        peak_count=curve.peak_count if curve is not None else None,
        destroyed=curve.destroyed if curve is not None else None,
        loss_makers=tuple(losing),
        top_loss_makers=tuple(a for a in largest if a in set(losing)),
        lost=total_of(ordered[ordered < 0]),
        unknown=tuple(a for a in sold.index if a not in known.index),
        reason=None if total > 0 else "total_not_positive",
        conventions={"top": top, "sorted_by": "contribution"},
    )
