"""Money of an account: prices and P&L, expense codes and control, promotions, receivables and credit, forecast, stress.

Pure functions. Rates are fractions (0.05), deductions in a P&L are negative, a missing value is never zero.
Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kamtools.finance.accuracy import bias as bias
    from kamtools.finance.accuracy import mape as mape
    from kamtools.finance.accuracy import tracking_signal as tracking_signal
    from kamtools.finance.accuracy import wape as wape
    from kamtools.finance.checking import CodeCheck as CodeCheck
    from kamtools.finance.checking import check_codes as check_codes
    from kamtools.finance.coding import CodeTree as CodeTree
    from kamtools.finance.coding import ExpenseCode as ExpenseCode
    from kamtools.finance.coding import expense_code as expense_code
    from kamtools.finance.coding import parse_expense_code as parse_expense_code
    from kamtools.finance.collection import average_days_delinquent as average_days_delinquent
    from kamtools.finance.collection import best_possible_dso as best_possible_dso
    from kamtools.finance.collection import collection_by_account as collection_by_account
    from kamtools.finance.collection import collection_effectiveness as collection_effectiveness
    from kamtools.finance.collection import dso as dso
    from kamtools.finance.collection import dso_countback as dso_countback
    from kamtools.finance.control import Accrual as Accrual
    from kamtools.finance.control import StopRules as StopRules
    from kamtools.finance.control import Variance as Variance
    from kamtools.finance.control import accrual as accrual
    from kamtools.finance.control import budget_control as budget_control
    from kamtools.finance.control import burn_up as burn_up
    from kamtools.finance.control import roll_forward as roll_forward
    from kamtools.finance.control import variance as variance
    from kamtools.finance.credit import Altman as Altman
    from kamtools.finance.credit import CreditHold as CreditHold
    from kamtools.finance.credit import CreditLimit as CreditLimit
    from kamtools.finance.credit import CreditScore as CreditScore
    from kamtools.finance.credit import altman_z as altman_z
    from kamtools.finance.credit import credit_hold as credit_hold
    from kamtools.finance.credit import credit_limit as credit_limit
    from kamtools.finance.credit import credit_need as credit_need
    from kamtools.finance.credit import credit_score as credit_score
    from kamtools.finance.credit import exposure as exposure
    from kamtools.finance.credit import exposure_by_account as exposure_by_account
    from kamtools.finance.credit import trade_credit_cost as trade_credit_cost
    from kamtools.finance.credit_loss import ExpectedLoss as ExpectedLoss
    from kamtools.finance.credit_loss import HistoryRates as HistoryRates
    from kamtools.finance.credit_loss import expected_credit_loss as expected_credit_loss
    from kamtools.finance.credit_loss import history_loss_rates as history_loss_rates
    from kamtools.finance.credit_loss import loss_rates as loss_rates
    from kamtools.finance.forecasting import Adjusted as Adjusted
    from kamtools.finance.forecasting import Forecasts as Forecasts
    from kamtools.finance.forecasting import Outlook as Outlook
    from kamtools.finance.forecasting import adjust as adjust
    from kamtools.finance.forecasting import forecast as forecast
    from kamtools.finance.forecasting import forecast_many as forecast_many
    from kamtools.finance.forecasting import year_outlook as year_outlook
    from kamtools.finance.levers import FULL_LINES as FULL_LINES
    from kamtools.finance.levers import WhatIf as WhatIf
    from kamtools.finance.levers import what_if as what_if
    from kamtools.finance.levers import with_capital as with_capital
    from kamtools.finance.lifetime import clv as clv
    from kamtools.finance.lifetime import margin_multiple as margin_multiple
    from kamtools.finance.monthlock import Restatement as Restatement
    from kamtools.finance.monthlock import late_postings as late_postings
    from kamtools.finance.monthlock import restatement as restatement
    from kamtools.finance.names import EXPENSE_LINES as EXPENSE_LINES
    from kamtools.finance.names import PNL_LINES as PNL_LINES
    from kamtools.finance.names import PNL_SUBTOTALS as PNL_SUBTOTALS
    from kamtools.finance.payment import SIGNALS as SIGNALS
    from kamtools.finance.payment import Signal as Signal
    from kamtools.finance.payment import early_signals as early_signals
    from kamtools.finance.payment import payment_behaviour as payment_behaviour
    from kamtools.finance.payment import payment_break as payment_break
    from kamtools.finance.payment import payment_watch as payment_watch
    from kamtools.finance.periods import fiscal_periods as fiscal_periods
    from kamtools.finance.pnl import PortfolioPnl as PortfolioPnl
    from kamtools.finance.pnl import account_pnl as account_pnl
    from kamtools.finance.pnl import pnl_by_account as pnl_by_account
    from kamtools.finance.prices import ap_ratio as ap_ratio
    from kamtools.finance.prices import break_even_sales_change as break_even_sales_change
    from kamtools.finance.prices import break_even_units as break_even_units
    from kamtools.finance.prices import gross_to_net as gross_to_net
    from kamtools.finance.prices import pocket_price as pocket_price
    from kamtools.finance.promotion import PromotionPnl as PromotionPnl
    from kamtools.finance.promotion import promotion_pnl as promotion_pnl
    from kamtools.finance.promotion import promotion_roi as promotion_roi
    from kamtools.finance.purchase_models import BgNbd as BgNbd
    from kamtools.finance.purchase_models import GammaGamma as GammaGamma
    from kamtools.finance.purchase_models import bg_nbd_fit as bg_nbd_fit
    from kamtools.finance.purchase_models import gamma_gamma_fit as gamma_gamma_fit
    from kamtools.finance.receivables import ageing as ageing
    from kamtools.finance.receivables import average_open as average_open
    from kamtools.finance.receivables import billed as billed
    from kamtools.finance.receivables import open_balances as open_balances
    from kamtools.finance.receivables import open_items as open_items
    from kamtools.finance.receivables import overdue as overdue
    from kamtools.finance.receivables import terms_cost as terms_cost
    from kamtools.finance.receivables import with_vat as with_vat
    from kamtools.finance.returns import LiftRules as LiftRules
    from kamtools.finance.returns import ReturnRules as ReturnRules
    from kamtools.finance.returns import cut_and_add as cut_and_add
    from kamtools.finance.returns import lift_by_account as lift_by_account
    from kamtools.finance.revision import plan_diff as plan_diff
    from kamtools.finance.serving import TimeDrivenCost as TimeDrivenCost
    from kamtools.finance.serving import cost_to_serve as cost_to_serve
    from kamtools.finance.serving import time_driven_cost as time_driven_cost
    from kamtools.finance.stress import Scenario as Scenario
    from kamtools.finance.stress import Stress as Stress
    from kamtools.finance.stress import months_to_replace as months_to_replace
    from kamtools.finance.stress import stress_top_account as stress_top_account
    from kamtools.finance.tracking import Attainment as Attainment
    from kamtools.finance.tracking import Bands as Bands
    from kamtools.finance.tracking import Bridge as Bridge
    from kamtools.finance.tracking import BridgeSide as BridgeSide
    from kamtools.finance.tracking import RunRate as RunRate
    from kamtools.finance.tracking import attainment as attainment
    from kamtools.finance.tracking import plan_to_actual_bridge as plan_to_actual_bridge
    from kamtools.finance.tracking import run_rate as run_rate

_NAMES = {
    "accuracy": "bias mape tracking_signal wape",
    "checking": "CodeCheck check_codes",
    "coding": "CodeTree ExpenseCode expense_code parse_expense_code",
    "collection": "average_days_delinquent best_possible_dso collection_by_account collection_effectiveness dso dso_countback",
    "control": "Accrual StopRules Variance accrual budget_control burn_up roll_forward variance",
    "credit": "Altman CreditHold CreditLimit CreditScore altman_z credit_hold credit_limit credit_need credit_score exposure exposure_by_account trade_credit_cost",
    "credit_loss": "ExpectedLoss HistoryRates expected_credit_loss history_loss_rates loss_rates",
    "forecasting": "Adjusted Forecasts Outlook adjust forecast forecast_many year_outlook",
    "levers": "FULL_LINES WhatIf what_if with_capital",
    "lifetime": "clv margin_multiple",
    "monthlock": "Restatement late_postings restatement",
    "payment": "SIGNALS Signal early_signals payment_behaviour payment_break payment_watch",
    "periods": "fiscal_periods",
    "names": "EXPENSE_LINES PNL_LINES PNL_SUBTOTALS",
    "pnl": "PortfolioPnl account_pnl pnl_by_account",
    "prices": "ap_ratio break_even_sales_change break_even_units gross_to_net pocket_price",
    "promotion": "PromotionPnl promotion_pnl promotion_roi",
    "purchase_models": "BgNbd GammaGamma bg_nbd_fit gamma_gamma_fit",
    "receivables": "ageing average_open open_balances open_items overdue terms_cost with_vat",
    "returns": "LiftRules ReturnRules cut_and_add lift_by_account",
    "revision": "plan_diff",
    "serving": "TimeDrivenCost cost_to_serve time_driven_cost",
    "stress": "Scenario Stress months_to_replace stress_top_account",
    "tracking": "Attainment Bands Bridge BridgeSide RunRate attainment plan_to_actual_bridge run_rate",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}
__all__ = sorted(_HOME)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
