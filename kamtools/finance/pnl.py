"""The account's profit and loss: from list sales to contribution, for one account or for all.

Order of the lines (deductions are negative, so that every subtotal is a plain sum):

====================================  ==========================================
``list_sales``                        at list price
``on_invoice``                        discounts on the invoice
**``invoiced_sales``**                what the ledger's amounts say
``off_invoice_performance``           rebates, distribution, listing
``off_invoice_promotional``           promotions paid to the account
**``net_sales``**
``cost_of_goods``
**``gross_margin``**                  net sales − cost of goods
``consumer_promotion``                funded by us, paid to the shopper
``a_and_p``                           advertising and promotion outside net sales
``cost_to_serve``                     drivers × rates
**``contribution``**                  the account's contribution; no head-office overhead
====================================  ==========================================

Consumer promotion and A&P stand below the gross margin, since both are trade
money funded outside net sales.

Missing is never zero. A ledger line without a list price makes ``list_sales``
and ``on_invoice`` of its account and period missing; one without a cost makes
``cost_of_goods``, ``gross_margin`` and ``contribution`` missing. But where a
source is not recorded at all (no cost on any line, no expenses, no service),
its lines are missing and the later subtotals are stated without it: their
``basis`` says ``derived_without_cost`` and so on. Where none of the three is
recorded there is no contribution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamtools.finance.names import EXPENSE_LINES, PNL_LINES
from kamtools.finance.prices import finite
from kamtools.notknown import NotKnown


@dataclass(frozen=True, eq=False)
class PortfolioPnl:
    """The P&L of all accounts.

    Attributes
    ----------
    table
        Index account, a column for each of ``PNL_LINES``.
    basis
        Line -> where it comes from: ``ledger``, ``expenses``,
        ``service_x_rates``, ``derived``, ``derived_without_cost`` (``…_expenses``,
        ``…_service``, joined by ``_and_``), ``not_recorded``.
    conventions
        ``without``: the sources that are not recorded at all.
    """

    table: pd.DataFrame
    basis: dict[str, str]
    conventions: dict[str, object]


def _frame(rows: object) -> pd.DataFrame | None:
    """Return rows as a frame: a frame, a mapping of columns or records; None where there is not even a column."""
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows)  # type: ignore[arg-type]
    return frame if len(frame.columns) else None


def _column(frame: pd.DataFrame, name: str, source: str) -> pd.Series:
    if name not in frame.columns:
        raise ValueError(f"{source}: no column {name!r} in {list(frame.columns)!r}")
    return frame[name]


def _sums(keys: pd.Series, values: np.ndarray) -> pd.Series:
    """Sum by key, in an order that does not depend on the order of the rows."""
    codes, names = pd.factorize(keys.to_numpy(), sort=True)
    order = np.lexsort((values, codes))
    return pd.Series(np.bincount(codes[order], values[order], minlength=len(names)), index=pd.Index(names))


def _strict_sums(lines: pd.DataFrame, keys: pd.Series, column: str) -> pd.Series:
    """Sum a column by key; missing where a line with an amount lacks the value."""
    amounts = lines["amount"].to_numpy(dtype=float)
    values = lines[column].to_numpy(dtype=float) if column in lines.columns else np.full(len(lines), np.nan)
    gap = np.isnan(values) & (amounts != 0)
    sums = _sums(keys, np.nan_to_num(values))
    return sums.mask(_sums(keys, gap.astype(float)) > 0)


def _expense_lines(expenses: pd.DataFrame, key: str, index: pd.Index) -> dict[str, pd.Series]:
    names = _column(expenses, "line", "expenses")
    unknown = sorted(set(names.dropna()) - set(EXPENSE_LINES))
    if unknown:
        raise ValueError(f"expenses: line {unknown[0]!r}; allowed: {', '.join(EXPENSE_LINES)}")
    amounts = _column(expenses, "amount", "expenses").to_numpy(dtype=float)
    result = {}
    for line in EXPENSE_LINES:
        rows = (names == line).to_numpy() & ~np.isnan(amounts)
        # 0 - x, not -x: nothing spent is 0, not -0
        result[line] = 0 - _sums(_column(expenses, key, "expenses")[rows], amounts[rows]).reindex(
            index, fill_value=0.0
        )
    return result


def _service_cost(service: pd.DataFrame, rates: Mapping[str, float], key: str, index: pd.Index) -> pd.Series:
    drivers = _column(service, "driver", "service")
    for driver in sorted(set(drivers.dropna())):
        if driver not in rates:
            raise ValueError(f"rates: no rate for driver {driver!r}; there are {sorted(rates)!r}")
        if finite(rates[driver], f"rates[{driver!r}]") < 0:
            raise ValueError(f"rates[{driver!r}]: expected zero or more, got {rates[driver]!r}")
    quantity = _column(service, "quantity", "service").to_numpy(dtype=float)
    cost = np.nan_to_num(quantity) * drivers.map(dict(rates)).to_numpy(dtype=float)
    return 0 - _sums(_column(service, key, "service"), cost).reindex(index, fill_value=0.0)


def _wide(
    lines: pd.DataFrame,
    expenses: pd.DataFrame | None,
    service: pd.DataFrame | None,
    rates: Mapping[str, float],
    key: str,
    cost_recorded: bool | None,
) -> tuple[pd.DataFrame, dict[str, str], tuple[str, ...]]:
    """Return the P&L by `key` (wide), the basis of each line, and the sources not recorded."""
    for column in (key, "amount"):
        _column(lines, column, "lines")
    if lines["amount"].isna().any():
        raise NotKnown(f"lines: {int(lines['amount'].isna().sum())} rows without an amount")
    parts = [lines[key]] + [f[key] for f in (expenses, service) if f is not None and key in f.columns]
    index = pd.Index(pd.unique(pd.concat(parts).dropna())).sort_values()
    if cost_recorded is None:
        cost_recorded = "cost" in lines.columns and bool(lines["cost"].notna().any())
    without = tuple(
        name
        for name, there in (
            ("cost", cost_recorded),
            ("expenses", expenses is not None),
            ("service", service is not None),
        )
        if not there
    )
    keys = lines[key]
    nothing = pd.Series(np.nan, index=index)
    invoiced = _sums(keys, lines["amount"].to_numpy(dtype=float)).reindex(index, fill_value=0.0)
    table = pd.DataFrame(index=index, columns=list(PNL_LINES), dtype=float)
    has_list = "list_amount" in lines.columns and bool(lines["list_amount"].notna().any())
    # an account without any ledger line sold nothing, at list price and at cost
    table["list_sales"] = (
        _strict_sums(lines, keys, "list_amount").reindex(index, fill_value=0.0) if has_list else nothing
    )
    table["invoiced_sales"] = invoiced
    table["on_invoice"] = invoiced - table["list_sales"]
    booked = (
        dict.fromkeys(EXPENSE_LINES, nothing) if expenses is None else _expense_lines(expenses, key, index)
    )
    for line, amounts in booked.items():
        table[line] = amounts
    table["cost_of_goods"] = (
        0 - _strict_sums(lines, keys, "cost").reindex(index, fill_value=0.0) if cost_recorded else nothing
    )
    table["cost_to_serve"] = nothing if service is None else _service_cost(service, rates, key, index)

    def known(line: str, source: str) -> pd.Series:
        return pd.Series(0.0, index=index) if source in without else table[line]

    table["net_sales"] = (
        invoiced + known("off_invoice_performance", "expenses") + known("off_invoice_promotional", "expenses")
    )
    table["gross_margin"] = table["net_sales"] + table["cost_of_goods"]
    table["contribution"] = (
        table["net_sales"]
        + known("cost_of_goods", "cost")
        + known("consumer_promotion", "expenses")
        + known("a_and_p", "expenses")
        + known("cost_to_serve", "service")
    )
    if len(without) == 3:
        table["contribution"] = np.nan

    def derived(*sources: str) -> str:
        absent = [s for s in sources if s in without]
        return "derived_without_" + "_and_".join(absent) if absent else "derived"

    basis = {
        "list_sales": "ledger" if has_list else "not_recorded",
        "on_invoice": "derived" if has_list else "not_recorded",
        "invoiced_sales": "ledger",
        **dict.fromkeys(EXPENSE_LINES, "not_recorded" if expenses is None else "expenses"),
        "net_sales": derived("expenses"),
        "cost_of_goods": "ledger" if cost_recorded else "not_recorded",
        "gross_margin": derived("expenses") if cost_recorded else "not_recorded",
        "cost_to_serve": "not_recorded" if service is None else "service_x_rates",
        "contribution": derived("cost", "expenses", "service") if len(without) < 3 else "not_recorded",
    }
    return table, {line: basis[line] for line in PNL_LINES}, without


def pnl_by_account(
    lines: pd.DataFrame,
    expenses: pd.DataFrame | None,
    service: pd.DataFrame | None,
    rates: Mapping[str, float],
) -> PortfolioPnl:
    """Return the P&L of all accounts over all the rows given (choose the period before).

    Parameters
    ----------
    lines
        frame[account, amount] with list_amount and cost where they are known; other columns are not used.
    expenses
        frame[account, line, amount], a cost is positive; None: not recorded at all.
    service
        frame[account, driver, quantity]; None: not recorded at all.
    rates
        Money per unit of each driver.

    Raises
    ------
    ValueError
        A missing column, an unknown expense line, a driver without a rate.

    Examples
    --------
    >>> lines = pd.DataFrame({"account": ["A", "B"], "list_amount": [120.0, 50.0], "amount": [100.0, 50.0], "cost": [60.0, 20.0]})
    >>> expenses = pd.DataFrame({"account": ["A"], "line": ["a_and_p"], "amount": [15.0]})
    >>> service = pd.DataFrame({"account": ["A", "B"], "driver": "order", "quantity": [2.0, 1.0]})
    >>> pnl_by_account(lines, expenses, service, {"order": 5.0}).table["contribution"].to_dict()
    {'A': 15.0, 'B': 25.0}
    """
    sold, booked, served = _frame(lines), _frame(expenses), _frame(service)
    if sold is None:
        raise ValueError(f"lines: no columns in {lines!r}")
    table, basis, without = _wide(sold, booked, served, rates, "account", None)
    table.index.name = "account"
    return PortfolioPnl(table, basis, {"without": without, "deductions": "negative"})


def _with_period(frame: pd.DataFrame | None, period: str | None, source: str) -> pd.DataFrame | None:
    if frame is None:
        return None
    if period is not None:
        return frame.assign(period=period)
    if "period" in frame.columns:
        return frame.assign(period=frame["period"].astype(str))
    given = _column(frame, "month", source)
    months = pd.to_datetime(given.astype(str) if isinstance(given.dtype, pd.PeriodDtype) else given)
    return frame.assign(period=pd.Series(months.dt.strftime("%Y-%m"), index=frame.index))


def account_pnl(
    lines: pd.DataFrame,
    expenses: pd.DataFrame | None,
    service: pd.DataFrame | None,
    rates: Mapping[str, float],
    period: str | None = None,
    cost_recorded: bool | None = None,
) -> pd.DataFrame:
    """Return one account's P&L, line by line and period by period.

    Parameters
    ----------
    lines
        frame[month, list_amount, amount, cost]; a column ``period`` takes the place of ``month``.
    expenses
        frame[month, line, amount], a cost is positive; None: not recorded at all.
    service
        frame[month, driver, quantity]; None: not recorded at all.
    rates
        Money per unit of each driver.
    period
        A label: all rows are one period. Default: a period for each month (``2026-10``).
    cost_recorded
        Whether the ledger records costs at all; default: whether these lines do.

    Returns
    -------
    frame[line, period, amount, basis]
        Periods in order, in each the lines of ``PNL_LINES`` in order; deductions are negative.

    Raises
    ------
    ValueError
        A missing column, an unknown expense line, a driver without a rate.

    Examples
    --------
    >>> lines = pd.DataFrame({"month": ["2026-10-01"], "list_amount": [120.0], "amount": [100.0], "cost": [60.0]})
    >>> expenses = pd.DataFrame({"month": ["2026-10-01"], "line": ["off_invoice_performance"], "amount": [8.0]})
    >>> service = pd.DataFrame({"month": ["2026-10-01"], "driver": ["order"], "quantity": [2.0]})
    >>> pnl = account_pnl(lines, expenses, service, {"order": 5.0})
    >>> pnl.set_index("line")["amount"][["on_invoice", "net_sales", "gross_margin", "contribution"]].to_dict()
    {'on_invoice': -20.0, 'net_sales': 92.0, 'gross_margin': 32.0, 'contribution': 22.0}
    """
    sold = _with_period(_frame(lines), period, "lines")
    if sold is None:
        raise ValueError(f"lines: no columns in {lines!r}")
    booked = _with_period(_frame(expenses), period, "expenses")
    served = _with_period(_frame(service), period, "service")
    table, basis, _ = _wide(sold, booked, served, rates, "period", cost_recorded)
    return pd.DataFrame(
        {
            "line": list(PNL_LINES) * len(table),
            "period": np.repeat([str(p) for p in table.index], len(PNL_LINES)),
            "amount": table.to_numpy().ravel(),
            "basis": [basis[line] for line in PNL_LINES] * len(table),
        }
    )
