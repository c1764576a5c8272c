"""The figures of each account that criteria can be rated by, in one frame."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from kamtools.workspace.settings import MEASURES


def account_measures(
    sales: pd.Series,
    growth: pd.DataFrame | None,
    pnl: pd.DataFrame,
    open_items: pd.DataFrame,
    wallet_share: pd.Series,
) -> pd.DataFrame:
    """Return account × measure; what is not known stays missing.

    Parameters
    ----------
    sales : Series
        Sales of the period by account.
    growth : DataFrame or None
        ``growth`` and ``trend`` by account; None where history is too short.
    pnl : DataFrame
        Account × P&L line, deductions negative.
    open_items : DataFrame
        ``due_amount`` and ``late_amount_days`` by account.
    wallet_share : Series
        Our part of what the account buys, by account.

    Returns
    -------
    DataFrame
        Columns :data:`MEASURES`. Shares and rates are fractions; contribution
        margin is of sales; the terms rate is what trade terms take of list
        sales; days late are weighted by amount.
    """
    index = sales.index
    measures = pd.DataFrame(index=index)
    total = sales.sum()
    measures["sales"] = sales
    measures["sales_share"] = sales / total if total > 0 else np.nan
    for name in ("growth", "trend"):
        measures[name] = np.nan if growth is None else growth[name].reindex(index)
    lines = pnl.reindex(index)
    contribution = lines["contribution"]
    profits = contribution.sum(min_count=1)
    measures["contribution"] = contribution
    measures["contribution_share"] = contribution / profits if profits > 0 else np.nan
    measures["contribution_margin"] = contribution / sales.where(sales > 0)
    terms = lines["net_sales"] - lines["list_sales"]
    measures["terms_rate"] = -terms / lines["list_sales"].where(lines["list_sales"] > 0)
    measures["share_of_wallet"] = wallet_share.reindex(index)
    late = open_items.reindex(index)
    due = late["due_amount"]
    measures["payment_days_late"] = late["late_amount_days"] / due.where(due != 0)
    return measures[list(MEASURES)]


def wallet_shares(
    wallets: pd.DataFrame, account_month_category: pd.DataFrame, last_month: pd.Timestamp
) -> tuple[pd.Series, str | None]:
    """Return our share of each account's wallet in the last whole year that the wallets cover.

    A category without a known wallet counts on neither side.

    Returns
    -------
    Series, str or None
        Share by account (fraction), and the year; empty and None where no
        wallet of a whole year is known.
    """
    end = last_month.year if last_month.month == 12 else last_month.year - 1
    years = sorted(y for y in wallets["year"].dropna().unique() if y.isdigit() and int(y) <= end)
    if not years:
        return pd.Series(dtype=float), None
    year = years[-1]
    start, stop = (pd.Timestamp(dt.date(int(year), month, 1)) for month in (1, 12))
    own = account_month_category
    own = own[(own["month"] >= start) & (own["month"] <= stop)]
    bought = own.groupby(["account", "category"])["amount"].sum()
    wallet = wallets[wallets["year"] == year].groupby(["account", "category"])["amount"].sum()
    ours = bought.reindex(wallet.index, fill_value=0.0)  # nothing bought of a known wallet is a true zero
    by_account = wallet.groupby("account").sum()
    return (ours.groupby("account").sum() / by_account.where(by_account > 0)), year
