"""What is said of one account's money: a promotion, a forecast, a credit standing."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from kamtools.finance.credit import CreditHold, CreditLimit, CreditScore
from kamtools.finance.forecasting import Outlook
from kamtools.finance.payment import Signal
from kamtools.finance.promotion import PromotionPnl


@dataclass(frozen=True, eq=False)
class Promotion:
    """One promotion of the account, with its P&L."""

    id: str
    name_zh: str
    name_en: str
    category: str
    start: pd.Timestamp
    end: pd.Timestamp
    pnl: PromotionPnl


@dataclass(frozen=True, eq=False)
class AccountForecast:
    """The forecast of the account's invoiced sales.

    ``table`` is frame[month, low, point, high, adjusted]; empty, with a ``reason``,
    where the history cannot bear one. ``overrides`` are the changes by hand, with what they did;
    ``left_out`` is how many could not be applied (a month that is over, no reason, no amount).
    """

    history: pd.Series
    table: pd.DataFrame
    reason: str
    coverage: float
    outlook: Outlook | None
    overrides: pd.DataFrame
    conventions: dict[str, object] = field(default_factory=dict)
    left_out: int = 0


@dataclass(frozen=True, eq=False)
class Credit:
    """Repayment and credit standing of the account; what is not known is None and named in ``missing``."""

    ageing: pd.Series | None
    dso: float | None
    countback: float | None
    best_possible: float | None
    delinquent: float | None
    effectiveness: float | None
    behaviour: pd.DataFrame
    status: pd.Series | None
    signals: list[Signal]
    altman: pd.DataFrame
    score: CreditScore | None
    limit: CreditLimit | None
    given_limit: float | None
    need: float | None
    exposure: float | None
    utilisation: float | None
    hold: CreditHold | None
    expected_loss: float | None
    terms_cost: float | None
    conventions: dict[str, object] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    later_parts: tuple[int, float] = (0, 0.0)  # documents paid in part after the date, and how much of them
