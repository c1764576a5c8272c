"""What a customer is worth over its life."""

from __future__ import annotations

from typing import Literal

from kamtools.finance.prices import finite
from kamtools.notknown import NotKnown

FirstMargin = Literal["end_of_period", "certain"]


def margin_multiple(retention: float, discount: float, first_margin: FirstMargin = "end_of_period") -> float:
    """Return by what a period's margin is multiplied to give the customer's lifetime value.

    Parameters
    ----------
    retention
        Part of customers kept from one period to the next, 0 to 1.
    discount
        Discount rate of a period, zero or more.
    first_margin
        ``end_of_period``: the first margin comes at the end of the first period, if the customer stays
        until then, r ÷ (1 + i − r). ``certain``: it is earned now, (1 + i) ÷ (1 + i − r), one more.

    Raises
    ------
    ValueError
        A rate out of range, or a customer kept for ever at no discount: the value has no end.

    Examples
    --------
    >>> round(margin_multiple(0.8, 0.1), 4), round(margin_multiple(0.8, 0.1, first_margin="certain"), 4)
    (2.6667, 3.6667)
    """
    if first_margin not in ("end_of_period", "certain"):
        raise ValueError(f"first_margin: {first_margin!r}; allowed: end_of_period, certain")
    kept, rate = finite(retention, "retention"), finite(discount, "discount")
    if not 0 <= kept <= 1:
        raise ValueError(f"retention: expected a fraction from 0 to 1, got {retention!r}")
    if rate < 0:
        raise ValueError(f"discount: expected zero or more, got {discount!r}")
    if 1 + rate - kept <= 0:
        raise NotKnown(f"discount: {discount!r} with retention {retention!r} gives a value without end")
    return (kept if first_margin == "end_of_period" else 1 + rate) / (1 + rate - kept)


def clv(
    margin: float, retention: float, discount: float, first_margin: FirstMargin = "end_of_period"
) -> float:
    """Return the lifetime value of a customer: margin of a period × :func:`margin_multiple`.

    The two conventions differ by one margin exactly.

    Examples
    --------
    >>> round(clv(1000, 0.8, 0.1), 2), round(clv(1000, 0.8, 0.1, first_margin="certain"), 2)
    (2666.67, 3666.67)
    """
    return finite(margin, "margin") * margin_multiple(retention, discount, first_margin)
