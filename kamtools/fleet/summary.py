"""What the portal shows of a portfolio: plain values, ready to be written to a page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kamtools.identification import QUADRANTS

if TYPE_CHECKING:
    from kamtools.book import Portfolio


@dataclass(frozen=True)
class AccountRow:
    """One account in the portal. Money in the company's currency; rates are fractions; None is not known."""

    account: str
    name: str
    owner: str = ""
    segment: str = ""  # as people call it
    sales: float | None = None
    share: float | None = None  # of sales
    abc: str = ""
    contribution: float | None = None
    margin: float | None = None
    growth: float | None = None
    attractiveness: float | None = None
    strength: float | None = None
    quadrant: str = ""  # strategic, star, status, streamline
    probability: float | None = None  # that it is in this quadrant
    score: float | None = None
    potential: float | None = None  # yearly sales in three years
    key: bool = False


@dataclass(frozen=True)
class AlarmRow:
    """One alarm: what a detector found for an account."""

    account: str
    kind: str
    text: str
    severity: int = 1  # 2 is worse than 1
    advice: str = ""  # what to do


@dataclass(frozen=True)
class PortfolioSummary:
    """All that the portal needs of a portfolio."""

    company: str
    lang: str
    currency: str
    fictional: bool
    as_of: str  # as the language writes it
    period: str
    data_hash: str
    rows: tuple[AccountRow, ...]
    alarms: tuple[AlarmRow, ...] = ()
    conventions: tuple[tuple[str, str], ...] = ()
    sales: float | None = None
    contribution: float | None = None
    accounts_for_80: int | None = None
    hhi: float | None = None
    abc_cuts: tuple[float, float] = (0.8, 0.95)
    scale: tuple[float, float, float] = (1, 3, 5)  # low, cut, high of the matrix
    quadrants: tuple[tuple[str, str], ...] = ()  # id, name
    after_as_of: int = 0
    doubts: tuple[str, ...] = ()  # what the data leave open, in words

    def of_owner(self, owner: str) -> PortfolioSummary:
        """Return the same summary with only the accounts of `owner`; totals are theirs."""
        from dataclasses import replace

        rows = tuple(r for r in self.rows if r.owner == owner)
        ids = {r.account for r in rows}
        return replace(
            self,
            rows=rows,
            alarms=tuple(a for a in self.alarms if a.account in ids),
            sales=_sum(r.sales for r in rows),
            contribution=_sum(r.contribution for r in rows),
        )

    @property
    def owners(self) -> tuple[str, ...]:
        """The owners that have an account, in order."""
        return tuple(sorted({r.owner for r in self.rows if r.owner}))


def _sum(values: Any) -> float | None:
    known = [v for v in values if v is not None]
    return math.fsum(known) if known else None


def _known(value: Any) -> float | None:
    """Return a float, or None for what is missing."""
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def summarise(portfolio: Portfolio, lang: str) -> PortfolioSummary:
    """Return what the portal shows of a portfolio, in a language.

    Parameters
    ----------
    portfolio : Portfolio
    lang : {"zh", "en"}
    """
    from kamtools.book.doubts import doubts
    from kamtools.show.context import Context
    from kamtools.show.conventions import convention_rows, period_words
    from kamtools.show.numbers import date

    settings = portfolio.settings
    names = portfolio.names(lang)
    context = Context.from_settings(settings, lang, names)
    shares = portfolio.sales_share
    has_grading = portfolio.grading is not None
    hidden = ("period", "as_of")  # they stand at the head of the page
    return PortfolioSummary(
        company=settings.company_zh if lang == "zh" else settings.company_en,
        lang=lang,
        currency=settings.currency,
        fictional=settings.fictional,
        as_of=date(portfolio.as_of, context),
        period=period_words(portfolio.conventions, context),
        data_hash=portfolio.data_hash,
        rows=tuple(_rows(portfolio, names, context)),
        alarms=tuple(_alarm_rows(portfolio, context)),
        conventions=tuple(
            convention_rows({k: v for k, v in portfolio.conventions.items() if k not in hidden}, context)
        ),
        sales=_known(shares.total),
        contribution=_known(portfolio.profit_share.total) if portfolio.profit_share else None,
        accounts_for_80=shares.accounts_for(0.8) if shares.total > 0 else None,
        hhi=_known(shares.hhi),
        abc_cuts=settings.abc.cuts,
        scale=(settings.matrix.low, settings.matrix.cut, settings.matrix.high),
        quadrants=tuple((q, context.term(q)) for q in QUADRANTS) if has_grading else (),
        after_as_of=sum(portfolio.facts.after_as_of.values()),
        doubts=doubts(portfolio, lang),
    )


def _rows(portfolio: Portfolio, names: Mapping[str, str], context: Any) -> list[AccountRow]:
    """One row per account, largest sales first."""
    profit = portfolio.profit_share
    columns = {
        "sales": _column(portfolio.sales_share.table, "value"),
        "share": _column(portfolio.sales_share.table, "share"),
        "contribution": _column(profit.table if profit else None, "contribution"),
        "margin": _column(profit.table if profit else None, "margin"),
        "growth": _column(portfolio.growth.table, "growth"),
        "potential": {a: _known(v) for a, v in portfolio.potential.items()},
    }
    grading = portfolio.grading.table if portfolio.grading else None
    for name in ("attractiveness", "strength", "score"):
        columns[name] = _column(grading, name)
    classes = _words(portfolio.sales_share.table, "class")
    quadrants = _words(grading, "quadrant")
    chances = portfolio.matrix_probability
    odds = {name: _column(chances, name) for name in QUADRANTS} if chances is not None else {}
    key = set(portfolio.key_accounts)
    segments, owners = (_words(portfolio.accounts, name) for name in ("segment", "owner"))
    rows = []
    for account in portfolio.account_ids:
        quadrant = quadrants.get(account, "")
        segment = segments.get(account, "")
        rows.append(
            AccountRow(
                account=account,
                name=names.get(account, account),
                owner=owners.get(account, ""),
                segment=context.term(segment) if segment else "",
                abc=classes.get(account, ""),
                quadrant=quadrant,
                probability=odds.get(quadrant, {}).get(account),
                key=account in key,
                **{name: values.get(account) for name, values in columns.items()},
            )
        )
    return sorted(rows, key=lambda r: (r.sales is None, -(r.sales or 0), r.account))


def _column(table: Any, name: str) -> dict[str, float | None]:
    """Return account -> number of one column; nothing where there is no table."""
    if table is None or name not in table:
        return {}
    return {str(a): _known(v) for a, v in table[name].items()}


def _words(table: Any, name: str) -> dict[str, str]:
    """Return account -> text of one column, without what is missing."""
    if table is None or name not in table:
        return {}
    return {str(a): str(v) for a, v in table[name].items() if isinstance(v, str) and v}


def _alarm_rows(portfolio: Portfolio, context: Any) -> list[AlarmRow]:
    from kamtools.show.alarms import alarm_advice, alarm_text
    from kamtools.show.context import one_line

    rows = []
    for alarm in portfolio.every_alarm:
        text = alarm_text(alarm, context)
        # The portal puts the name in front itself, as a link.
        name = one_line(context.name(alarm.account), 40)
        text = text.removeprefix(name).lstrip(":\uff1a ")
        severity = 2 if alarm.severity == "high" else 1
        rows.append(AlarmRow(alarm.account, alarm.kind, text, severity, alarm_advice(alarm, context)))
    return rows
