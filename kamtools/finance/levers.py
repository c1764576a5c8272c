"""What a change of price, terms, A&P, service or payment days does to an account's whole P&L."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kamtools.finance.names import FULL_LINES, LEVERS
from kamtools.finance.prices import finite
from kamtools.finance.receivables import vat
from kamtools.notknown import NotKnown


def with_capital(
    amounts: Mapping[str, float], receivables_cost: float | None, stock_cost: float | None
) -> dict[str, float]:
    """Return a P&L with the cost of capital and the economic profit behind its contribution.

    Parameters
    ----------
    amounts
        P&L line -> amount; deductions negative, a missing one NaN.
    receivables_cost, stock_cost
        Cost of the capital in receivables and in consigned stock, zero or
        more. None: not known; a stock that is not recorded is left out of the
        economic profit, a receivable that is not known makes it missing.

    Examples
    --------
    >>> with_capital({"contribution": 100.0}, 12.0, None)["economic_profit"]
    88.0
    """
    lines = dict(amounts)
    lines["capital_receivables"] = math.nan if receivables_cost is None else 0 - receivables_cost
    lines["capital_stock"] = math.nan if stock_cost is None else 0 - stock_cost
    stock = 0.0 if stock_cost is None else stock_cost
    lines["economic_profit"] = lines["contribution"] + lines["capital_receivables"] - stock
    return lines


@dataclass(frozen=True, eq=False)
class WhatIf:
    """A P&L before and after a change.

    Attributes
    ----------
    table
        frame[line, before, after, change], the lines of the P&L in order, deductions negative.
    break_even_volume
        By which fraction volume may fall (negative) or must rise for the economic profit to be
        as before, at the new margin of a unit; None where a unit earns nothing.
    inputs
        The changes as given.
    conventions
        How each change works.
    """

    table: pd.DataFrame
    break_even_volume: float | None
    inputs: dict[str, float]
    conventions: dict[str, object]


def what_if(
    amounts: Mapping[str, float],
    price: float = 0.0,
    terms: float = 0.0,
    a_and_p: float = 0.0,
    service: float = 0.0,
    days: float = 0.0,
    *,
    capital_rate: float = 0.08,
    vat_rate: float = 0.13,
) -> WhatIf:
    """Return what changes do to a year's P&L, volume staying as it is.

    Parameters
    ----------
    amounts
        P&L line -> amount of a year, deductions negative, as :func:`with_capital` gives them.
    price
        Change of list prices, a fraction; discounts and rebates move with the price.
    terms
        More rebate off the invoice, in points of list sales (0.01 = 1 %).
    a_and_p, service
        Change of A&P and of the cost to serve, fractions.
    days
        Days that the account pays later (or, below zero, earlier).
    capital_rate, vat_rate
        Cost of capital a year; VAT that the receivable carries.

    Raises
    ------
    ValueError
        A list, invoiced or contribution figure that is missing, a price that falls by all of it.

    Examples
    --------
    >>> lines = {"list_sales": 1000.0, "on_invoice": -100.0, "off_invoice_performance": -50.0,
    ...          "off_invoice_promotional": 0.0, "cost_of_goods": -600.0, "consumer_promotion": 0.0, "a_and_p": -40.0,
    ...          "cost_to_serve": -60.0}
    >>> base = with_capital({**lines, "invoiced_sales": 900.0, "net_sales": 850.0, "gross_margin": 250.0, "contribution": 150.0}, 10.0, None)
    >>> done = what_if(base, price=0.02)
    >>> round(float(done.table.set_index("line").loc["contribution", "change"]), 6)
    17.0
    """
    change = {
        name: finite(value, name)
        for name, value in zip(LEVERS, (price, terms, a_and_p, service, days), strict=True)
    }
    if change["price"] <= -1:
        raise ValueError(f"price: {price!r} takes the whole price")
    before = {line: float(amounts.get(line, math.nan)) for line in FULL_LINES}
    for line in ("list_sales", "contribution"):
        if math.isnan(before[line]):
            raise NotKnown(f"amounts: {line} is missing")
    factor = 1 + change["price"]
    after = dict(before)
    for line in ("list_sales", "on_invoice", "off_invoice_performance", "off_invoice_promotional"):
        after[line] = before[line] * factor
    after["off_invoice_performance"] -= change["terms"] * after["list_sales"]
    after["a_and_p"] = before["a_and_p"] * (1 + change["a_and_p"])
    after["cost_to_serve"] = before["cost_to_serve"] * (1 + change["service"])
    after = _subtotals(after)
    rate = finite(capital_rate, "capital_rate")
    invoices = (1 + vat(vat_rate)) * (after["invoiced_sales"])
    old_invoices = (1 + vat_rate) * before["invoiced_sales"]
    held = before["capital_receivables"]
    scale = invoices / old_invoices if old_invoices > 0 else 1.0
    after["capital_receivables"] = held * scale - invoices * change["days"] / 365 * rate
    stock = 0.0 if math.isnan(before["capital_stock"]) else before["capital_stock"]
    after["economic_profit"] = after["contribution"] + after["capital_receivables"] + stock
    table = pd.DataFrame(
        {
            "line": FULL_LINES,
            "before": [before[x] for x in FULL_LINES],
            "after": [after[x] for x in FULL_LINES],
        }
    )
    table["change"] = table["after"] - table["before"]
    gain = after["economic_profit"] - before["economic_profit"]
    unit = after["gross_margin"] + after["capital_receivables"]  # what moves with volume
    break_even = -gain / unit if unit > 0 and math.isfinite(gain) else None
    return WhatIf(
        table,
        break_even,
        change,
        {
            "volume": "unchanged",
            "price": "moves_discounts_and_rebates",
            "terms": "points_of_list_sales",
            "days": "of_invoices_with_vat",
            "capital_rate": rate,
            "vat_rate": vat_rate,
            "break_even": "gross_margin_and_capital_move_with_volume",
        },
    )


def _subtotals(lines: dict[str, float]) -> dict[str, float]:
    """Return the lines with their subtotals made anew; a deduction that is not recorded is left out."""

    def known(line: str) -> float:
        return 0.0 if math.isnan(lines[line]) else lines[line]

    lines["invoiced_sales"] = lines["list_sales"] + known("on_invoice")
    lines["net_sales"] = (
        lines["invoiced_sales"] + known("off_invoice_performance") + known("off_invoice_promotional")
    )
    lines["gross_margin"] = lines["net_sales"] + lines["cost_of_goods"]
    lines["contribution"] = (
        lines["net_sales"]
        + known("cost_of_goods")
        + known("consumer_promotion")
        + known("a_and_p")
        + known("cost_to_serve")
    )
    return lines
