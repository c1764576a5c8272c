"""The ids of the account's money that every room shares; they import nothing, so that asking for one costs nothing."""

from __future__ import annotations

PNL_LINES = (
    "list_sales",
    "on_invoice",
    "invoiced_sales",
    "off_invoice_performance",
    "off_invoice_promotional",
    "net_sales",
    "cost_of_goods",
    "gross_margin",
    "consumer_promotion",
    "a_and_p",
    "cost_to_serve",
    "contribution",
)
PNL_SUBTOTALS = ("invoiced_sales", "net_sales", "gross_margin", "contribution")
EXPENSE_LINES = ("off_invoice_performance", "off_invoice_promotional", "consumer_promotion", "a_and_p")
CAPITAL_LINES = ("capital_receivables", "capital_stock", "economic_profit")
FULL_LINES = (*PNL_LINES, *CAPITAL_LINES)
RECEIVABLE_KINDS = ("invoice", "credit_note", "advance", "acceptance_bill")
LOOSE = ("unapplied", "acceptance_bill", "advance")  # columns of an ageing beside its buckets
EXPENSE_STATUSES = ("actual", "accrued", "committed")
COMPANY_TYPES = ("public", "private", "non_manufacturer", "emerging")  # for each its own Altman model
VERDICTS = ("pays", "does_not_pay", "undecided", "no_conclusion")  # on a promotion
LEVERS = ("price", "terms", "a_and_p", "service", "days")  # of a what-if
