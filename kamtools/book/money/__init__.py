"""The money of one account and of all: P&L, control, tracking, receivables and credit, forecast, stress."""

from __future__ import annotations

from kamtools.book.money.everyone import LossRates, MoneyOfAll
from kamtools.book.money.money import Money
from kamtools.book.money.results import AccountForecast, Credit, Promotion
from kamtools.book.money.statements import Statement

__all__ = ["AccountForecast", "Credit", "LossRates", "Money", "MoneyOfAll", "Promotion", "Statement"]
