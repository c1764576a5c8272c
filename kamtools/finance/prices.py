"""From list price to pocket price, and what a price cut must bring."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Literal

import pandas as pd

from kamtools.notknown import NotKnown

ON_INVOICE = ("on_invoice_structural", "on_invoice_efficiency")
OFF_INVOICE = ("off_invoice_performance", "off_invoice_promotional")
CONSUMER = ("consumer_promotion",)
STAGES = (*ON_INVOICE, *OFF_INVOICE, *CONSUMER)

Deductions = Mapping[str, float] | pd.Series | Iterable[float] | Iterable[tuple[str, float]]


def finite(value: object, name: str) -> float:
    """Return `value` as a finite float or raise ``ValueError`` that names it; ``NotKnown`` where it is missing."""
    try:
        result = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: not a number: {value!r}") from error
    if math.isnan(result):
        raise NotKnown(f"{name}: not a finite number: {value!r}")
    if math.isinf(result):
        raise ValueError(f"{name}: not a finite number: {value!r}")
    return result


def _rates(deductions: Deductions) -> list[tuple[str, float]]:
    if isinstance(deductions, (Mapping, pd.Series)):
        pairs = [(str(k), v) for k, v in deductions.items()]
    else:
        given = list(deductions)
        pairs = [
            (str(d[0]), d[1]) if isinstance(d, (tuple, list)) else (f"deduction_{i}", d)
            for i, d in enumerate(given, start=1)
        ]
    rates = []
    for line, value in pairs:
        rate = finite(value, f"deductions[{line!r}]")
        if not 0 <= rate <= 1:
            raise ValueError(f"deductions[{line!r}]: expected a fraction from 0 to 1, got {value!r}")
        rates.append((line, rate))
    if rates and all(line in STAGES for line, _ in rates):
        rates.sort(key=lambda pair: STAGES.index(pair[0]))
    return rates


def gross_to_net(
    list_price: float, deductions: Deductions, basis: Literal["list", "running"] = "list"
) -> pd.DataFrame:
    """Return the price waterfall from list price to pocket price.

    Parameters
    ----------
    list_price
        Price (or sales at list price), zero or more.
    deductions
        Rates as fractions: ``{line: rate}``, ``[(line, rate), …]`` or plain
        rates. Where all lines are among ``on_invoice_structural``,
        ``on_invoice_efficiency``, ``off_invoice_performance``,
        ``off_invoice_promotional``, ``consumer_promotion``, they are put into
        this order and the subtotals ``invoice_price`` and ``net_sales`` are
        added; other lines keep the order given.
    basis
        Each rate is a part of the ``list`` price, or of the price ``running`` down to it.

    Returns
    -------
    frame[line, rate, amount, price, basis]
        First ``list_price``, last ``pocket_price``; deductions as negative
        amounts; ``price`` is what is left after the line.

    Raises
    ------
    ValueError
        A negative price, a rate below 0 or above 1, or deductions above the list price.

    Examples
    --------
    >>> gross_to_net(100, {"discount": 0.1, "rebate": 0.05}, basis="running")[["line", "amount", "price"]]
               line  amount  price
    0    list_price   100.0  100.0
    1      discount   -10.0   90.0
    2        rebate    -4.5   85.5
    3  pocket_price    85.5   85.5
    """
    if basis not in ("list", "running"):
        raise ValueError(f"basis: {basis!r}; allowed: list, running")
    start = finite(list_price, "list_price")
    if start < 0:
        raise ValueError(f"list_price: expected zero or more, got {list_price!r}")
    rates = _rates(deductions)
    if basis == "list" and math.fsum(rate for _, rate in rates) > 1 + 1e-12:
        raise ValueError(
            f"deductions: add up to {math.fsum(rate for _, rate in rates):.4f} of the list price, more than all of it"
        )
    staged = bool(rates) and all(line in STAGES for line, _ in rates)
    rows: list[tuple[str, float | None, float, float]] = [("list_price", None, start, start)]
    taken: list[float] = []
    price = start
    for position, (line, rate) in enumerate(rates):
        amount = rate * (start if basis == "list" else price)
        taken.append(-amount)
        price = max(math.fsum([start, *taken]), 0.0)
        rows.append((line, rate, -amount, price))
        following = rates[position + 1][0] if position + 1 < len(rates) else None
        if staged and line in ON_INVOICE and following not in ON_INVOICE:
            rows.append(("invoice_price", None, price, price))
        if staged and line in OFF_INVOICE and following not in OFF_INVOICE:
            rows.append(("net_sales", None, price, price))
    rows.append(("pocket_price", None, price, price))
    frame = pd.DataFrame(rows, columns=["line", "rate", "amount", "price"]).astype({"rate": float})
    return frame.assign(basis=basis)


def pocket_price(
    list_price: float, deductions: Deductions, basis: Literal["list", "running"] = "list"
) -> float:
    """Return what is left of the list price after all deductions; arguments as :func:`gross_to_net`.

    Examples
    --------
    >>> pocket_price(100, [0.1, 0.05]), pocket_price(100, [0.1, 0.05], basis="running")
    (85.0, 85.5)
    """
    return float(gross_to_net(list_price, deductions, basis)["price"].iloc[-1])


def break_even_units(fixed: float, price: float, variable_cost: float) -> float:
    """Return the units at which fixed cost is covered: fixed ÷ (price − variable cost).

    Raises
    ------
    ValueError
        Fixed cost below zero, or a price that does not exceed the variable cost.

    Examples
    --------
    >>> break_even_units(108_000, 50, 32)
    6000.0
    """
    cost = finite(fixed, "fixed")
    if cost < 0:
        raise ValueError(f"fixed: expected zero or more, got {fixed!r}")
    margin = finite(price, "price") - finite(variable_cost, "variable_cost")
    if margin <= 0:
        raise NotKnown(f"price: {price!r} does not exceed the variable cost {variable_cost!r}: no break-even")
    return cost / margin


def break_even_sales_change(unit_contribution: float, price_cut: float) -> float:
    """Return by which fraction volume must rise to earn back a price cut: cut ÷ (contribution − cut).

    Both in money per unit; the contribution is that before the cut. A price
    rise (a cut below zero) gives the fall in volume that it bears, as a negative fraction.

    Raises
    ------
    ValueError
        A contribution not above zero, or a cut that takes all of it.

    Examples
    --------
    >>> break_even_sales_change(20, 5)
    0.3333333333333333
    """
    unit, cut = finite(unit_contribution, "unit_contribution"), finite(price_cut, "price_cut")
    if unit <= 0:
        raise NotKnown(f"unit_contribution: expected above zero, got {unit_contribution!r}")
    if cut >= unit:
        raise NotKnown(
            f"price_cut: {price_cut!r} takes the whole unit contribution {unit_contribution!r}: no volume earns it back"
        )
    return cut / (unit - cut)


def ap_ratio(spend: float, sales: float) -> float:
    """Return A&P spend ÷ sales (net sales unless the caller states another base).

    Raises
    ------
    ValueError
        Sales not above zero.

    Examples
    --------
    >>> ap_ratio(12, 240)
    0.05
    """
    base = finite(sales, "sales")
    if base <= 0:
        raise NotKnown(f"sales: expected above zero, got {sales!r}")
    return finite(spend, "spend") / base
