"""An account's P&L by span: month, quarter and year to date, and the full year, beside budget, estimate and last year."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kamtools.finance.names import FULL_LINES

SPANS = ("month", "quarter", "ytd", "year")
COSTS_BELOW_ZERO = "deductions_negative"
DERIVED = {  # subtotal -> the lines that it is the sum of
    "invoiced_sales": ("list_sales", "on_invoice"),
    "net_sales": ("invoiced_sales", "off_invoice_performance", "off_invoice_promotional"),
    "gross_margin": ("net_sales", "cost_of_goods"),
    "contribution": ("gross_margin", "consumer_promotion", "a_and_p", "cost_to_serve"),
}


@dataclass(frozen=True, eq=False)
class Statement:
    """The P&L of one span.

    Attributes
    ----------
    span : {"month", "quarter", "ytd", "year"}
    period, last_year_period : str
        ``2026-01..2026-10``.
    table : DataFrame
        line, budget, estimate, actual, last_year, variance (actual − budget),
        variance_fraction, favourable (True, False, or None where there is no variance).
    warnings : tuple of str
        ``no_budget``, ``no_estimate``, ``no_last_year``, ``no_forecast``.
    conventions : dict
    """

    span: str
    period: str
    last_year_period: str
    table: pd.DataFrame
    warnings: tuple[str, ...] = ()
    conventions: dict[str, object] = field(default_factory=dict)


def fiscal_year(month: pd.Period, start: int) -> pd.PeriodIndex:
    """Return the twelve months of the fiscal year that a month lies in.

    Examples
    --------
    >>> [str(m) for m in fiscal_year(pd.Period("2026-02"), 4)[[0, -1]]]
    ['2025-04', '2026-03']
    """
    first = month - (month.month - start) % 12
    return pd.period_range(first, periods=12, freq="M")


def span_months(span: str, last: pd.Period, start: int) -> pd.PeriodIndex:
    """Return the months of a span that are over at the end of `last`; for ``year`` all twelve.

    Examples
    --------
    >>> [len(span_months(s, pd.Period("2026-10"), 1)) for s in ("month", "quarter", "ytd", "year")]
    [1, 1, 10, 12]
    """
    year = fiscal_year(last, start)
    if span == "year":
        return year
    done = year[year <= last]
    if span == "ytd":
        return done
    if span == "quarter":
        return done[(len(done) - 1) // 3 * 3 :]
    return done[-1:]


def plan_months(budget: pd.DataFrame, version: str) -> pd.DataFrame:
    """Return a version of an account's budget by month and P&L line, subtotals made of their lines.

    Parameters
    ----------
    budget
        frame[month, line, version, activity, category, amount] of one account;
        a line by activity or category is the sum of its rows. Quantities are left out.
    version
        ``""`` is the budget.

    Returns
    -------
    frame
        Months × lines; a subtotal that is given stays, else it is the sum where all its parts are there.
    """
    rows = budget[(budget["version"] == version) & (budget["line"] != "quantity")]
    wide = rows.pivot_table(index="month", columns="line", values="amount", aggfunc="sum")
    wide.index = pd.PeriodIndex(wide.index, freq="M")
    out = pd.DataFrame(index=wide.index, columns=list(FULL_LINES), dtype=float)
    for line in FULL_LINES:
        if line in wide.columns:
            out[line] = wide[line]
        elif line in DERIVED and all(out[p].notna().any() or p in wide.columns for p in DERIVED[line]):
            parts = [out[p] for p in DERIVED[line]]
            out[line] = parts[0].copy()
            for part in parts[1:]:
                out[line] = out[line] + part
    return out


def planned_lines(given: Container[str], line: str) -> frozenset[str]:
    """Return the lines of a plan whose rows a line is the sum of: itself where it is given, else its parts.

    Examples
    --------
    >>> sorted(planned_lines({"list_sales", "on_invoice"}, "invoiced_sales"))
    ['list_sales', 'on_invoice']
    """
    if line in given or line not in DERIVED:
        return frozenset({line})
    return frozenset().union(*(planned_lines(given, part) for part in DERIVED[line]))


def statement(
    span: str,
    actual: pd.DataFrame,
    budget: pd.DataFrame,
    estimate: pd.DataFrame | None,
    last: pd.Period,
    fiscal_start: int,
    ahead: Mapping[pd.Period, Mapping[str, float]] | None = None,
) -> Statement:
    """Return the statement of a span.

    Parameters
    ----------
    span : {"month", "quarter", "ytd", "year"}
    actual : frame
        Whole months (PeriodIndex) × P&L lines.
    budget, estimate : frame
        The same; the estimate holds actual months where it begins later.
    last : Period
        The last whole month.
    fiscal_start : int
        Month in which the fiscal year begins.
    ahead : mapping, optional
        Month -> line -> amount, the forecast of the months after `last`.

    Returns
    -------
    Statement
        A part of a span is compared with the same months of budget and last year, never with whole ones.
    """
    wanted = span_months(span, last, fiscal_start)
    warnings = []
    whole = actual
    if span == "year" and len(coming := wanted[wanted > last]):
        if ahead is None or any(m not in ahead for m in coming):
            warnings.append("no_forecast")
        else:
            rest = pd.DataFrame([ahead[m] for m in coming], index=coming)
            whole = pd.concat([actual, rest.reindex(columns=actual.columns)])
    columns = {
        "budget": _sum(budget, wanted),
        "estimate": _sum(estimate, wanted),
        "actual": _sum(whole, wanted),
        "last_year": _sum(actual, wanted - 12),
    }
    for name, key in (("budget", "no_budget"), ("estimate", "no_estimate"), ("last_year", "no_last_year")):
        if columns[name].isna().all():
            warnings.append(key)
    table = pd.DataFrame(columns, index=pd.Index(FULL_LINES, name="line"))
    table["variance"] = table["actual"] - table["budget"]
    table["variance_fraction"] = table["variance"] / table["budget"].abs().where(table["budget"] != 0)
    table["favourable"] = [
        None if v != v or abs(v) < 0.005 else bool(v > 0) for v in table["variance"]
    ]  # deductions stand negative, so that more is always better
    return Statement(
        span,
        f"{wanted[0]}..{wanted[-1]}" if len(wanted) > 1 else str(wanted[0]),
        f"{wanted[0] - 12}..{wanted[-1] - 12}" if len(wanted) > 1 else str(wanted[0] - 12),
        table.reset_index(),
        tuple(warnings),
        {
            "variance": "actual_minus_budget",
            "signs": COSTS_BELOW_ZERO,
            "fiscal_year_start": fiscal_start,
            "months_actual": int((wanted <= last).sum()),
            "months_forecast": int((wanted > last).sum()) if "no_forecast" not in warnings else 0,
        },
    )


def _sum(frame: pd.DataFrame | None, wanted: pd.PeriodIndex) -> pd.Series:
    """Return the sum of the months by line; missing where one of them is."""
    if frame is None or not len(frame):
        return pd.Series(np.nan, index=list(FULL_LINES))
    part = frame.reindex(index=wanted, columns=list(FULL_LINES))
    return part.apply(lambda column: math.fsum(column) if column.notna().all() else np.nan)
