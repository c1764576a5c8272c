"""Money of an account: from list price to pocket price, cost to serve, profit and loss, break-even.

Pure functions. Rates are fractions (0.05), deductions in a P&L are negative, a missing value is never zero.
"""

from kamtools.finance.pnl import (
    EXPENSE_LINES,
    PNL_LINES,
    PNL_SUBTOTALS,
    PortfolioPnl,
    account_pnl,
    contribution_by_account,
    pnl_by_account,
)
from kamtools.finance.prices import (
    ap_ratio,
    break_even_sales_change,
    break_even_units,
    gross_to_net,
    pocket_price,
)
from kamtools.finance.serving import TimeDrivenCost, cost_to_serve, time_driven_cost

__all__ = [
    "EXPENSE_LINES",
    "PNL_LINES",
    "PNL_SUBTOTALS",
    "PortfolioPnl",
    "TimeDrivenCost",
    "account_pnl",
    "ap_ratio",
    "break_even_sales_change",
    "break_even_units",
    "contribution_by_account",
    "cost_to_serve",
    "gross_to_net",
    "pnl_by_account",
    "pocket_price",
    "time_driven_cost",
]
