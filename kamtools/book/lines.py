"""From a figure to the rows that it is the sum of: which rows of which tables each figure of the book takes.

A figure declares its rows by one function under :func:`rows_of`: a pattern of ids, and from it the tables,
the rows of each that count, what of each is summed, and the months. Figures that are worked out from others
name them in ``WORKED_OUT``.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kamtools.errors import KamError
from kamtools.facts.detail import UNKNOWN, source_rows
from kamtools.finance.names import EXPENSE_LINES, PNL_SUBTOTALS

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.book.money import Money
    from kamtools.book.portfolio import Portfolio

Row = dict[str, Any]
Span = tuple["pd.Period", "pd.Period"]  # first and last month
SHOWN = 10  # rows without an exchange rate that are named
ALL = "ledger"  # what is listed where no figure is named
DAY = {"receivables": "invoice_date", "service": "month", "budget": "month"}  # else "date"


@dataclass(frozen=True)
class Rows:
    """Rows of one table, and what of each counts.

    Attributes
    ----------
    table : str
    value : callable
        Row -> what it adds to the figure, in the company's currency.
    where : callable
        Row -> whether it counts.
    column : str
        The column of the table that the value is made of.
    beside : tuple of str
        Other columns that it is made of.
    months : (Period, Period) or None
        Both included; None: all up to the date.
    whose : tuple of str or None
        The accounts; None: the account, with its subsidiaries where the settings roll them up.
    day : str
        The column whose month counts.
    what : callable or None
        Row -> what it is, where the row does not say so itself.
    """

    table: str
    value: Callable[[Row], Decimal]
    where: Callable[[Row], bool] = lambda row: True
    column: str = "amount"
    beside: tuple[str, ...] = ()
    months: Span | None = None
    whose: tuple[str, ...] | None = None
    day: str = ""
    what: Callable[[Row], str] | None = None
    prepare: Callable[[list[Row]], None] | None = None


@dataclass(frozen=True)
class Line:
    """One row behind a figure.

    Attributes
    ----------
    table, account, id, document : str
        ``id`` names the row in its table; ``document`` the invoice or the expense code.
    date : date
    what : str
    source, currency, rate
        What stands in the file (an amount in its currency; of service a quantity) and what it was multiplied by.
    amount : Decimal
        What the row adds to the figure; NaN where it is not known.
    file, sheet : str
    line : int or None
        Where the row came from; empty where no import brought it.
    filled_by : str
        The file that wrote the value into the row of another file: the payments of invoices, say.
    """

    table: str
    account: str
    id: str
    document: str
    date: dt.date
    what: str
    source: Decimal | None
    currency: str
    rate: Decimal
    amount: Decimal
    file: str = ""
    sheet: str = ""
    line: int | None = None
    filled_by: str = ""


@dataclass(frozen=True)
class FigureLines:
    """The lines behind a figure, in order of date.

    Attributes
    ----------
    figure : str
        ``ledger`` where none was named.
    account : str
    accounts : tuple of str
        All whose rows count.
    as_of : date
    currency : str
    months : (str, str) or None
        First and last month; None: all up to the date.
    lines : tuple of Line
    """

    figure: str
    account: str
    accounts: tuple[str, ...]
    as_of: dt.date
    currency: str
    months: tuple[str, str] | None
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """The exact sum of what is known."""
        return sum((line.amount for line in self.lines if not line.amount.is_nan()), Decimal(0))

    @property
    def unknown(self) -> int:
        """How many lines lack the value: with one of them the figure is not known."""
        return sum(line.amount.is_nan() for line in self.lines)


class Scope:
    """Whose figure it is, as of when, and over which month where one is asked for."""

    def __init__(self, portfolio: Portfolio, account: str, month: pd.Period | None = None) -> None:
        self.portfolio = portfolio
        self.account = account
        self.month = month
        self._read: dict[tuple[str, tuple[str, ...]], list[Row]] = {}

    def rows(self, table: str, accounts: tuple[str, ...]) -> list[Row]:
        """Return the rows of some accounts, read once."""
        key = (table, accounts)
        if key not in self._read:
            portfolio = self.portfolio
            self._read[key] = source_rows(portfolio.workspace, table, accounts, portfolio.as_of)
        return self._read[key]

    @cached_property
    def money(self) -> Money:
        """The account's money."""
        from kamtools.book.portfolio import Book

        return Book(self.portfolio, self.account, "en", True).money

    @cached_property
    def members(self) -> tuple[str, ...]:
        """The accounts whose rows the account's figures take."""
        if self.portfolio.rollup != "parent":
            return (self.account,)
        ids = self.portfolio.facts.accounts["account"]
        return tuple(sorted({self.account, *(a for a in ids if self.portfolio.top(a) == self.account)}))

    @cached_property
    def family(self) -> tuple[str, ...]:
        """The account and all its subsidiaries, whatever the roll-up."""
        pairs = self.portfolio.facts.accounts[["account", "parent"]].dropna()
        found = {self.account}
        while more := set(pairs.loc[pairs["parent"].isin(found), "account"]) - found:
            found |= more
        return tuple(sorted(found))

    def span(self, first: Any, last: Any, back: int = 0) -> Span:
        """Return the months of a flow, `back` months earlier: those given, else the one that is asked for."""
        import pandas as pd

        if self.month is not None:
            return self.month - back, self.month - back
        return pd.Period(str(first)[:7], freq="M") - back, pd.Period(str(last)[:7], freq="M") - back

    @property
    def window(self) -> Span:
        """The period of shares and profit."""
        return self.span(*self.portfolio.window)

    @property
    def any_month(self) -> Span | None:
        """The month asked for; else all."""
        return None if self.month is None else (self.month, self.month)


Rule = Callable[..., "list[Rows]"]
RULES: list[tuple[re.Pattern[str], Rule, bool]] = []


def rows_of(pattern: str, flow: bool = True) -> Callable[[Rule], Rule]:
    """Declare the rows of the figures whose id matches; its named groups are the function's arguments.

    Parameters
    ----------
    pattern : str
        A regular expression of the whole id.
    flow : bool
        Whether the figure is of months; else it stands as of the date, and no month can be asked for.
    """

    def declare(rule: Rule) -> Rule:
        RULES.append((re.compile(pattern), rule, flow))
        return rule

    return declare


# --- the P&L ---------------------------------------------------------------------------------------

LEDGER: dict[str, tuple[str, Callable[[Row], Decimal]]] = {
    "list_sales": ("list_amount", lambda r: r["own_list_amount"]),
    "on_invoice": ("amount", lambda r: r["own_amount"] - r["own_list_amount"]),
    "invoiced_sales": ("amount", lambda r: r["own_amount"]),
    "cost_of_goods": ("cost", lambda r: -r["own_cost"]),
}
PNL = (*LEDGER, *EXPENSE_LINES, "cost_to_serve", *PNL_SUBTOTALS[1:])
_LINE = f"(?P<line>{'|'.join(PNL)})"


def _actual(scope: Scope, line: str, months: Span | None) -> list[Rows]:
    """Return the rows of a line of the P&L; deductions and costs negative."""
    from kamtools.book.money.statements import DERIVED

    if line in LEDGER:
        column, value = LEDGER[line]
        return [Rows("ledger", value, column=column, months=months)]
    if line in EXPENSE_LINES:
        return [
            Rows(
                "expenses",
                lambda r: -r["own_amount"],
                lambda r: r["own_line"] == line and r["own_status"] != "committed",
                months=months,
            )
        ]
    if line == "cost_to_serve":
        rates = scope.portfolio.settings.service_rates
        return [
            Rows(
                "service",
                lambda r: -r["quantity"] * _rate(rates, r["driver"]),
                column="quantity",
                months=months,
            )
        ]
    parts = list(DERIVED[line])
    if line == "contribution" and not scope.portfolio.facts.account_month["cost"].notna().any():
        parts = ["net_sales", *parts[1:]]  # no cost is recorded at all: stated without it
    return [rows for part in parts for rows in _actual(scope, part, months)]


def _rate(rates: Mapping[str, float], driver: str) -> Decimal:
    return Decimal(str(rates[driver])) if driver in rates else UNKNOWN


@rows_of("sales")
def _sales(scope: Scope) -> list[Rows]:
    return _sold(scope, scope.window)


@rows_of("sales_previous")
def _sales_previous(scope: Scope) -> list[Rows]:
    first, _, last = scope.portfolio.growth.previous_period.partition("..")
    return _sold(scope, scope.span(first, last) if scope.month is None else scope.span("", "", back=12))


@rows_of("unattributed_sales")
def _unattributed(scope: Scope) -> list[Rows]:
    return [replace(rows, whose=("",)) for rows in _sold(scope, scope.window)]


def _sold(scope: Scope, months: Span) -> list[Rows]:
    gross = scope.portfolio.basis == "gross"
    return [
        Rows(
            "ledger",
            lambda r: r["own_amount"],
            lambda r: not gross or (r["kind"] == "sale" and r["amount"] > 0),
            months=months,
        )
    ]


@rows_of(f"pnl_{_LINE}")
def _pnl(scope: Scope, line: str) -> list[Rows]:
    return _actual(scope, line, scope.window)


@rows_of(_LINE)
def _pnl_line(scope: Scope, line: str) -> list[Rows]:
    return _actual(scope, line, scope.any_month)


@rows_of(f"(?P<span>month|quarter|ytd|year)_{_LINE}_(?P<column>budget|estimate|actual|last_year)")
def _statement(scope: Scope, span: str, line: str, column: str) -> list[Rows]:
    from kamtools.book.money.statements import span_months

    money = scope.money
    wanted = span_months(span, money.own.last, money.own.start)
    if column == "last_year":
        return _actual(scope, line, scope.span(wanted[0], wanted[-1], back=12))
    months = scope.span(wanted[0], wanted[-1])
    if column == "actual":
        if months[1] > money.own.last:
            parts = [f"ytd_{line}_actual", "outlook_point"]
            raise KamError("lines.worked_out", figure=f"{span}_{line}_{column}", parts=", ".join(parts))
        return _actual(scope, line, months)
    if column == "budget":
        return _planned(scope, line, "", months)
    version = money.plan.estimate_version
    if version is None:
        return []
    begins = money.plan.estimate_begins
    before = (months[0], min(months[1], begins - 1))
    return [
        *(_actual(scope, line, before) if before[0] <= before[1] else []),
        *_planned(scope, line, version, months),
    ]


def _planned(scope: Scope, line: str, version: str, months: Span) -> list[Rows]:
    """Return the rows of a version of the budget; of a subtotal that is not given, those of its parts."""
    from kamtools.book.money.statements import planned_lines

    given = scope.money.plan.planned(version)
    lines = planned_lines(given, line)
    return [
        Rows(
            "budget",
            lambda r: r["own_amount"],
            lambda r: (r["version"] or "") == version and r["line"] in lines,
            months=months,
        )
    ]


# --- control of expenses ---------------------------------------------------------------------------


@rows_of("control_(?P<activity>.+)_(?P<column>budget|committed|accrued|actual)")
def _control(scope: Scope, activity: str, column: str) -> list[Rows]:
    money = scope.money
    activity = "" if activity == "uncoded" else activity
    if column == "budget":
        return [
            Rows(
                "budget",
                lambda r: -r["own_amount"],
                lambda r: (
                    not r["version"] and (r["activity"] or "") == activity and r["line"] in EXPENSE_LINES
                ),
                months=scope.span(money.own.year[0], money.own.year[-1]),
            )
        ]
    return [
        Rows(
            "expenses",
            lambda r: r["own_amount"],
            lambda r: r["own_activity"] == activity and r["own_status"] == column,
            months=scope.span(money.own.year[0], money.own.last),
        )
    ]


@rows_of("accruals_open", flow=False)
def _accruals(scope: Scope) -> list[Rows]:
    import pandas as pd

    until = min(scope.money.own.last.end_time.date(), scope.portfolio.as_of)
    first = pd.Period("1900-01", freq="M")

    def unsettled(row: Row) -> bool:
        settled = row["own_settled_date"]
        return row["own_status"] == "accrued" and (settled is None or settled > until)

    return [Rows("expenses", lambda r: r["own_amount"], unsettled, months=(first, scope.money.own.last))]


@rows_of("code_findings(_amount)?", flow=False)
def _code_findings(scope: Scope) -> list[Rows]:
    found = scope.money.codes
    ids = set() if found is None else set(found["expense_id"])
    return [Rows("expenses", lambda r: r["amount"], lambda r: r["expense_id"] in ids, whose=(scope.account,))]


# --- receivables and credit ------------------------------------------------------------------------


def _age(scope: Scope, rows: list[Row], basis: str) -> None:
    """Add to each document its bucket ("" where nothing is open) and its sign.

    Documents with the same dates age as one, as in the frame that the ageing is made from.
    """
    import pandas as pd

    from kamtools.finance.receivables import aged_items

    rules = scope.portfolio.money.rules
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        row["bucket"], row["sign"] = "", 1
        if row["rate"].is_nan():  # its bucket is known without the rate: by what stands in the file
            is_paid = row["own_paid_date"] is not None and row["own_paid_date"] <= scope.portfolio.as_of
            given = row["amount"] if row["paid_amount"] is None else row["paid_amount"]
            amount, paid = row["amount"], given if is_paid else Decimal(0)
        else:
            amount, paid = row["own_amount"], row["own_paid"]
        row["aged"] = amount, paid
        paid_on = row["own_paid_date"] if paid else None
        dates = (row["invoice_date"], row["due_date"], paid_on)
        priced = row["currency"] if row["rate"].is_nan() else None
        groups.setdefault((row["account"], row["kind"], *dates, amount == paid, priced), []).append(row)
    sums = [
        {
            "document": number,
            "account": key[0],
            "kind": key[1],
            "invoice_date": key[2],
            "due_date": key[3],
            "paid_date": key[4],
            "amount": float(sum(r["aged"][0] for r in group)),
            "paid_amount": float(sum(r["aged"][1] for r in group)),
        }
        for number, (key, group) in enumerate(groups.items())
    ]
    if not sums:
        return
    items = aged_items(
        pd.DataFrame(sums),
        scope.portfolio.as_of,
        basis or rules.ageing_basis,  # type: ignore[arg-type]
        rules.buckets,
        rules.default_terms,
    )
    members = list(groups.values())
    for number, bucket in zip(items["document"], items["bucket"], strict=True):
        for row in members[int(number)]:
            row["bucket"] = bucket
            if row["kind"] == "advance" and sums[int(number)]["amount"] > 0:  # money received stands negative
                row["sign"] = -1


def _open(
    scope: Scope, buckets: Callable[[str], bool], whose: tuple[str, ...] | None = None, basis: str = ""
) -> Rows:
    """Return the open documents of some buckets."""
    return Rows(
        "receivables",
        lambda r: r["sign"] * r["own_open"],
        lambda r: bool(r["bucket"]) and buckets(r["bucket"]),
        beside=("paid_amount", "paid_date"),
        whose=whose,
        what=lambda r: f"{r['kind']} {r['bucket']}",
        prepare=lambda rows: _age(scope, rows, basis),
    )


@rows_of("ageing_open|open|exposure_open", flow=False)
def _all_open(scope: Scope) -> list[Rows]:
    return [_open(scope, lambda bucket: True)]


@rows_of("overdue", flow=False)
def _overdue(scope: Scope) -> list[Rows]:
    return [_open(scope, lambda bucket: re.match(r"d\d", bucket) is not None, basis="due")]


@rows_of("ageing_(?P<bucket>not_due|d[0-9]+_[0-9a-z]+|unapplied|acceptance_bill|advance)", flow=False)
def _bucket(scope: Scope, bucket: str) -> list[Rows]:
    return [_open(scope, lambda found: found == bucket)]


@rows_of("paid")
def _paid(scope: Scope) -> list[Rows]:
    return [
        Rows(
            "receivables",
            lambda r: r["own_paid"],
            lambda r: r["own_paid"] != 0 and r["paid_amount"] != 0,
            column="paid_amount",
            beside=("paid_date",),
            months=scope.any_month,
            day="paid_date",
        )
    ]


def _credit(scope: Scope, part: str, sign: int, whose: tuple[str, ...]) -> Rows:
    """Return what the last row of the credit table of each account says of one thing."""

    def last_only(rows: list[Row]) -> None:
        last = {row["account"]: row["date"] for row in sorted(rows, key=lambda row: row["date"])}
        for row in rows:
            row["last"] = row["date"] == last[row["account"]]

    return Rows(
        "credit",
        lambda r: sign * r[f"own_{part}"],
        lambda r: r["last"] and bool(r[part]),
        column=part,
        whose=whose,
        what=lambda r: part,
        prepare=last_only,
    )


_PARTS = {"unbilled": 1, "open_orders": 1, "insured": -1}  # of an exposure, beside what is open


@rows_of("exposure", flow=False)
def _exposure(scope: Scope) -> list[Rows]:
    counted = scope.portfolio.money.rules.exposure
    rows = [_open(scope, lambda bucket: True, scope.family, "due")] if "open" in counted else []
    return rows + [_credit(scope, p, sign, scope.family) for p, sign in _PARTS.items() if p in counted]


@rows_of(f"exposure_(?P<part>{'|'.join(_PARTS)})", flow=False)
def _exposure_part(scope: Scope, part: str) -> list[Rows]:
    return [_credit(scope, part, _PARTS[part], scope.family)]


@rows_of("credit_limit_given", flow=False)
def _limit(scope: Scope) -> list[Rows]:
    return [_credit(scope, "credit_limit", 1, (scope.account,))]


# --- figures that are worked out from others ---------------------------------------------------------

_BUCKETS = "ageing_not_due, ageing_d…, ageing_unapplied"
WORKED_OUT: tuple[tuple[str, str], ...] = (  # pattern -> the figures that it is made of
    ("sales_share|cumulative_share|sales_rank|abc_class", "sales"),
    ("contribution_margin|contribution_rank", "pnl_contribution, sales"),
    ("growth|trend|evolution_index|recent_change|cagr", "sales, sales_previous"),
    (r"control_(.+)_remaining", r"control_\1_budget, control_\1_actual, control_\1_committed, control_\1_accrued"),
    (r"control_(.+)_(?:forecast|status)", r"control_\1_budget, control_\1_actual, control_\1_accrued"),
    ("restated_lines|restated_contribution", "pnl_contribution"),
    (r"(\w+)_capital_receivables_\w+", "ageing_open"),
    (r"(month|quarter|ytd|year)_economic_profit_(\w+)", r"\1_contribution_\2, \1_capital_receivables_\2"),
    (r"forecast_.+|outlook_\w+", "invoiced_sales"),
    (r"(?:attainment|band)_(dso|overdue_share)", "overdue, ageing_open"),
    (r"(?:attainment|band)_(\w+)", r"ytd_\1_actual, ytd_\1_budget"),
    ("run_rate", "ytd_net_sales_actual"),
    (r"bridge_\w+", "ytd_contribution_actual, ytd_contribution_budget"),
    (r"revision_(\w+)", r"year_\1_estimate, year_\1_budget"),
    ("dso|dso_countback|collection_effectiveness", "ageing_open, invoiced_sales"),
    ("dso_best_possible", "ageing_not_due, invoiced_sales"),
    ("days_delinquent", "dso, dso_best_possible"),
    ("utilisation|credit_hold", "exposure, credit_limit_given, overdue"),
    ("credit_score", "overdue, ageing_open"),
    ("credit_limit_rules", "invoiced_sales"),
    ("expected_credit_loss", _BUCKETS),
    ("terms_cost", "ageing_open"),
    (r"stress_\w+_receivable", "ageing_open"),
    (r"stress_\w+", "pnl_contribution, ageing_open"),
    (r"focus_\w+|resource_index", "pnl_a_and_p, pnl_consumer_promotion, pnl_cost_to_serve, pnl_contribution"),
    ("rating_growth|health_growth", "sales, sales_previous"),
)  # fmt: skip
# Ids that can be asked for although no book shows them.
NAMES = (*PNL, "open", "overdue", "paid", *(f"exposure_{part}" for part in ("open", *_PARTS)))


def lines_command(workspace: str, account: str, as_of: dt.date | str, figure: str) -> list[str]:
    """Return the words of the command that lists the lines behind a figure.

    Examples
    --------
    >>> " ".join(lines_command("firm", "-1", "2026-10-31", "sales"))
    'kam lines --as-of 2026-10-31 --figure sales -- firm -1'
    """
    asked = ["--as-of", str(as_of), "--figure", figure]
    if account.startswith("-") or workspace.startswith("-"):  # an id, no option
        return ["kam", "lines", *asked, "--", workspace, account]
    return ["kam", "lines", workspace, account, *asked]


def has_lines(figure: str) -> bool:
    """Tell whether a figure has rows of its own.

    Examples
    --------
    >>> has_lines("month_net_sales_actual"), has_lines("dso")
    (True, False)
    """
    return _rule(figure) is not None


def _rule(figure: str) -> tuple[Rule, dict[str, str], bool] | None:
    for pattern, rule, flow in RULES:
        if found := pattern.fullmatch(figure):
            return rule, found.groupdict(), flow
    return None


def figure_lines(
    portfolio: Portfolio, account: str, figure: str = "", month: str | None = None
) -> FigureLines:
    """Return the rows behind a figure of an account; without a figure, its lines of the ledger.

    Parameters
    ----------
    portfolio : Portfolio
    account : str
    figure : str
        An id of ``facts.json``, or one of :data:`NAMES`.
    month : "YYYY-MM", optional
        Another month than the figure's own period; of figures of months alone.

    Raises
    ------
    KamError
        An unknown account or figure (with what comes near), a figure without rows of its own (with those
        that it is worked out from), a bad month, a month where the figure stands as of the date.

    Examples
    --------
    >>> from kamtools.book import open_portfolio
    >>> found = figure_lines(open_portfolio("data/samples"), "A001", "month_invoiced_sales_actual")
    >>> len(found.lines), found.total, found.months
    (42, Decimal('7101417.090000'), ('2026-10', '2026-10'))
    """
    from kamtools.book.opening import check_account

    check_account(portfolio, account)
    scope = Scope(portfolio, account, _month(month))
    if not figure:
        wanted = [Rows(ALL, lambda r: r["own_amount"], months=scope.any_month)]
    else:
        found = _rule(figure)
        if found is None:
            raise _without_lines(portfolio, account, figure)
        rule, named, flow = found
        if month and not flow:
            raise KamError("lines.not_of_months", figure=figure)
        wanted = rule(scope, **named)
    origin = _Origin(portfolio)
    lines = sorted(
        (line for rows in wanted for line in _lines(scope, rows, origin)),
        key=lambda line: (line.date, line.table, line.document, line.id),
    )
    spans = [rows.months for rows in wanted if rows.months]
    shown = (str(min(s[0] for s in spans)), str(max(s[1] for s in spans))) if spans else None
    whose = sorted({a for rows in wanted for a in (rows.whose or scope.members)})
    _refuse_unpriced(figure or ALL, lines)
    return FigureLines(
        figure or ALL,
        account,
        tuple(whose),
        portfolio.as_of,
        portfolio.settings.currency,
        shown,
        tuple(lines),
    )


def _refuse_unpriced(figure: str, lines: list[Line]) -> None:
    """Raise where a line has a value in its currency, but no exchange rate: the document, currency and account are named."""
    found = [
        x for x in lines if x.rate.is_nan() and x.currency and x.amount.is_nan() and x.source is not None
    ]
    if not found:
        return
    said = [f"{x.document or x.id or x.what} ({x.account}, {x.currency}, {x.date:%Y-%m})" for x in found]
    said = list(dict.fromkeys(said))
    shown = ", ".join(said[:SHOWN]) + (" …" if len(said) > SHOWN else "")
    accounts = ", ".join(dict.fromkeys(x.account or "–" for x in found))
    raise KamError("lines.missing_rate", figure=figure, account=accounts, count=f"{len(found):,}", rows=shown)


def _month(given: str | None) -> pd.Period | None:
    import pandas as pd

    if not given:
        return None
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", given):
        raise KamError("lines.bad_month", value=given)
    return pd.Period(given, freq="M")


def _without_lines(portfolio: Portfolio, account: str, figure: str) -> KamError:
    """Return what to say of an id that has no rows: what it is made of, else what comes near."""
    from kamtools.book.figures import account_figures

    # where a rate is missing, the figures themselves cannot be made: what one is worked out from is known by its name
    unpriced = portfolio.facts.unpriced
    ids = [] if unpriced else [f.id for f in account_figures(portfolio, account)]
    if figure in ids or unpriced:
        for pattern, parts in WORKED_OUT:
            if found := re.fullmatch(pattern, figure):
                return KamError("lines.worked_out", figure=figure, parts=found.expand(parts))
    if figure in ids:
        return KamError("lines.no_rows_of_its_own", figure=figure)
    names = [*NAMES, *ids]
    near = difflib.get_close_matches(figure, names, n=5, cutoff=0.6)
    near += [n for n in names if figure and figure in n and n not in near][: 5 - len(near)]
    return KamError(
        "lines.unknown_figure", figure=figure, near=", ".join(near) or "–", names=", ".join(NAMES)
    )


class _Origin:
    """Where a row came from, by the journal of imports."""

    def __init__(self, portfolio: Portfolio) -> None:
        from kamtools.workspace.journal import imports

        self.root = portfolio.workspace.root
        self.entries = imports(self.root)
        self.units = {(entry.number, unit.unit): unit for entry in self.entries for unit in entry.units}

    def of(self, row: Row) -> tuple[str, str, int | None]:
        """Return file, sheet and line; empty where no import that is known brought the row."""
        unit = self.units.get((row["_import"], row["_unit"]))
        if unit is None:
            return "", "", None
        sheet = unit.label.removeprefix(unit.file).removeprefix("[").removesuffix("]")
        return unit.file, sheet, row["_line"]

    def filling(self, table: str, rows: list[Row], columns: tuple[str, ...]) -> list[str]:
        """Return for each row the files that wrote its columns although another file had brought it; the last one of each."""
        import pyarrow.compute as pc

        from kamtools.workspace.journal import touched
        from kamtools.workspace.paths import parquet_dataset
        from kamtools.workspace.tables import TABLES

        keys = ["\x1f".join(str(row[c] or "") for c in TABLES[table].key) for row in rows]
        wrote: dict[tuple[str, str], str] = {}
        for entry in self.entries if rows else ():
            path = self.root / touched(entry.number, table)
            if entry.taken_back is None and path.is_file():
                wanted = pc.field("k").isin(keys) & pc.field("c").isin(columns)
                files = ", ".join(dict.fromkeys(u.file for u in entry.units if u.table == table))
                found = parquet_dataset(path).to_table(filter=wanted).to_pylist()
                wrote |= {(cell["k"], cell["c"]): files for cell in found}
        return [
            ", ".join(
                dict.fromkeys(wrote[key, c] for c in columns if (key, c) in wrote and row[c] is not None)
            )
            for key, row in zip(keys, rows, strict=True)
        ]


IDS = {"ledger": ("line_id", "invoice"), "expenses": ("expense_id", "code"), "receivables": ("document", "")}
SAYS = {  # table -> columns that say what a row is
    "ledger": ("kind", "product"),
    "expenses": ("line", "status", "description"),
    "receivables": ("kind",),
    "service": ("driver",),
    "budget": ("line", "version", "activity", "category"),
}


def _lines(scope: Scope, wanted: Rows, origin: _Origin) -> Iterator[Line]:
    portfolio, table = scope.portfolio, wanted.table
    rows = scope.rows(table, wanted.whose or scope.members)
    if wanted.prepare:
        wanted.prepare(rows)
    day = wanted.day or DAY.get(table, "date")
    if wanted.months:
        first, last = (m.start_time.date() for m in wanted.months)
        rows = [r for r in rows if r[day] is not None and first <= r[day].replace(day=1) <= last]
    id, document = IDS.get(table, ("", ""))
    rates = portfolio.settings.service_rates
    rows = [row for row in rows if wanted.where(row)]
    values = [wanted.value(row) for row in rows]
    filling = origin.filling(table, rows, (wanted.column, *wanted.beside))
    for row, value, files in zip(rows, values, filling, strict=True):
        said = wanted.what(row) if wanted.what else " ".join(str(row[c]) for c in SAYS[table] if row[c])
        served = table == "service"
        yield Line(
            table,
            row["account"] or "",
            (row[id] or "") if id else "",
            (row[document] or "") if document else "",
            row[day],
            said,
            row[wanted.column],
            row.get("currency") or "",
            _rate(rates, row["driver"]) if served else row["rate"],
            value,
            *origin.of(row),
            files,
        )
