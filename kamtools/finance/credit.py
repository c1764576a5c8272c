"""Credit: Altman's Z, credit score, limit, exposure, hold, and the cost of a cash discount."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from kamtools.finance.prices import finite
from kamtools.finance.receivables import vat
from kamtools.notknown import NotKnown

AltmanModel = Literal["public", "private", "non_manufacturer", "emerging"]
# model -> coefficients of x1 … x5, constant, upper end of distress, lower end of safe
ALTMAN: dict[str, tuple[tuple[float, ...], float, float, float]] = {
    "public": ((1.2, 1.4, 3.3, 0.6, 1.0), 0.0, 1.81, 2.99),
    "private": ((0.717, 0.847, 3.107, 0.420, 0.998), 0.0, 1.23, 2.90),
    "non_manufacturer": ((6.56, 3.26, 6.72, 1.05), 0.0, 1.10, 2.60),
    "emerging": ((6.56, 3.26, 6.72, 1.05), 3.25, 4.35, 5.85),
}
_RATIOS = {  # ratio -> (amount above, amount below)
    "x1": ("working_capital", "total_assets"),
    "x2": ("retained_earnings", "total_assets"),
    "x3": ("ebit", "total_assets"),
    "x4": ("equity", "total_liabilities"),
    "x5": ("sales", "total_assets"),
}
_AMOUNTS = tuple(dict.fromkeys(name for pair in _RATIOS.values() for name in pair))


@dataclass(frozen=True)
class Altman:
    """Altman's score.

    Attributes
    ----------
    z
        The score.
    zone
        ``distress``, ``grey`` or ``safe``.
    warnings
        ``working_capital_above_total_assets``: cannot be, so an input is wrong.
    model, ratios, limits
        Which model, the ratios that entered, and its two limits.
    """

    z: float
    zone: str
    warnings: tuple[str, ...] = ()
    model: str = "public"
    ratios: Mapping[str, float] = field(default_factory=dict)
    limits: tuple[float, float] = (1.81, 2.99)


def altman_z(model: AltmanModel = "public", x5_coefficient: float = 1.0, **inputs: float) -> Altman:
    """Return Altman's Z of a company.

    Parameters
    ----------
    model
        ``public``: a listed maker, equity at market value; ``private``: a
        maker, Z′; ``non_manufacturer``: Z″; ``emerging``: Z″ + 3.25. Equity at book value but for the first.
    x5_coefficient
        Of sales ÷ total assets in the public model: 1.0 or, as first printed, 0.999. Not used by the others.
    **inputs
        The ratios ``x1`` … ``x5`` (x5 for makers only), or the amounts
        ``working_capital``, ``retained_earnings``, ``ebit``, ``equity``,
        ``total_liabilities``, ``sales``, ``total_assets``, all in one currency.

    Raises
    ------
    ValueError
        An unknown model or input, a missing one, assets or liabilities not above zero.

    Examples
    --------
    >>> score = altman_z(x1=0.2, x2=0.3, x3=0.1, x4=1.0, x5=1.2)
    >>> round(score.z, 2), score.zone
    (2.79, 'grey')
    >>> altman_z("non_manufacturer", working_capital=20, retained_earnings=30, ebit=15, equity=60,
    ...     total_liabilities=40, total_assets=100).zone
    'safe'
    """
    if model not in ALTMAN:
        raise ValueError(f"model: {model!r}; allowed: {', '.join(ALTMAN)}")
    if x5_coefficient not in (1.0, 0.999):
        raise ValueError(f"x5_coefficient: {x5_coefficient!r}; allowed: 1.0, 0.999")
    coefficients, constant, low, high = ALTMAN[model]
    if model == "public":
        coefficients = (*coefficients[:4], x5_coefficient)
    given = {name: value for name, value in inputs.items() if value is not None}
    for name in given:
        if name not in (*_RATIOS, *_AMOUNTS):
            raise ValueError(f"{name}: unknown; allowed: {', '.join((*_RATIOS, *_AMOUNTS))}")
    ratios = {name: _ratio(name, given) for name in list(_RATIOS)[: len(coefficients)]}
    z = math.fsum([constant, *(c * x for c, x in zip(coefficients, ratios.values(), strict=True))])
    zone = "distress" if z < low else "safe" if z > high else "grey"
    warnings = ("working_capital_above_total_assets",) if ratios["x1"] > 1 else ()
    return Altman(z, zone, warnings, model, ratios, (low, high))


def _ratio(name: str, given: Mapping[str, float]) -> float:
    above, below = _RATIOS[name]
    if name in given:
        if above in given:
            raise ValueError(f"{name}: given twice, also as {above} {given[above]!r}")
        return finite(given[name], name)
    for amount in (above, below):
        if amount not in given:
            raise NotKnown(f"{amount}: needed, or {name}; got {sorted(given)!r}")
    base = finite(given[below], below)
    if base <= 0:
        raise NotKnown(f"{below}: expected above zero, got {given[below]!r}")
    return finite(given[above], above) / base


def credit_need(
    annual_sales: float, terms_days: float, vat_rate: float, year: Literal[365, 360] = 365
) -> float:
    """Return the credit that an account needs: yearly sales with VAT × terms ÷ year.

    Parameters
    ----------
    annual_sales
        Without VAT.
    terms_days
        Days from invoice to payment.
    vat_rate
        VAT on the sales: credit is given with it.

    Examples
    --------
    >>> round(credit_need(3_650_000, 60, 0.13), 2)
    678000.0
    """
    sold, days = _at_least_zero(annual_sales, "annual_sales"), _at_least_zero(terms_days, "terms_days")
    if year not in (365, 360):
        raise ValueError(f"year: {year!r}; allowed: 365, 360")
    return sold * (1 + vat(vat_rate)) * days / year


def _at_least_zero(value: float, name: str) -> float:
    number = finite(value, name)
    if number < 0:
        raise ValueError(f"{name}: expected zero or more, got {value!r}")
    return number


@dataclass(frozen=True)
class CreditLimit:
    """A credit limit: the lowest of the rules, which rule that is, and what each rule gives."""

    limit: float
    rule: str
    candidates: Mapping[str, float] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


def credit_limit(
    need: float,
    net_worth: float | None = None,
    net_worth_share: float | None = None,
    turnover: float | None = None,
    turnover_share: float | None = None,
    further: Mapping[str, tuple[float, float]] | None = None,
) -> CreditLimit:
    """Return the credit limit: the lowest of what is needed and what several rules allow.

    Parameters
    ----------
    need
        What the account needs; see :func:`credit_need`.
    net_worth, net_worth_share
        Tangible net worth of the customer, and the part of it we lend. A net worth below zero allows nothing.
    turnover, turnover_share
        Turnover (the customer's, or ours), and the part of it.
    further
        Other rules, name -> (base, share): ``{"working_capital": (5e6, 0.1)}``.

    A base that is not known (None) leaves its rule out; ``left_out`` names it. Rules with equal limits: the
    first in the order above is named. Rules of thumb: 10 % of the customer's net worth, 10 % of our own sales.

    Raises
    ------
    ValueError
        A need or share below zero, a base without its share.

    Examples
    --------
    >>> credit_limit(678_000, net_worth=5_000_000, net_worth_share=0.1, turnover=40_000_000, turnover_share=0.02)
    CreditLimit(limit=500000.0, rule='net_worth', candidates={'need': 678000.0, 'net_worth': 500000.0, 'turnover': 800000.0}, left_out=())
    """
    bases: dict[str, tuple[float | None, float | None]] = {
        "net_worth": (net_worth, net_worth_share),
        "turnover": (turnover, turnover_share),
    }
    for name, pair in (further or {}).items():
        if name in bases or name == "need":
            raise ValueError(f"further: {name!r} is a rule already")
        bases[name] = pair
    candidates = {"need": _at_least_zero(need, "need")}
    left_out = []
    for name, (base, share) in bases.items():
        if base is None or base != base:
            left_out.append(name)
            continue
        if share is None:
            raise ValueError(f"{name}_share: needed with {name} {base!r}, got {share!r}")
        candidates[name] = max(finite(base, name), 0.0) * _at_least_zero(share, f"{name}_share")
    rule = min(candidates, key=lambda name: candidates[name])
    return CreditLimit(candidates[rule], rule, candidates, tuple(left_out))


def exposure(
    open_items: float | Iterable[float] | pd.DataFrame,
    unbilled: float = 0.0,
    open_orders: float = 0.0,
    unapplied_cash: float = 0.0,
    insured: float = 0.0,
) -> float:
    """Return what we stand to lose: open + delivered but not billed + ordered − unapplied cash − insured.

    Parameters
    ----------
    open_items
        Open receivables with VAT: an amount, amounts, or a frame with ``open``.
    unbilled, open_orders
        Delivered and not billed; ordered and not delivered. With VAT; leave out what is not to count.
    unapplied_cash, insured
        Cash not set off yet (a positive amount; leave it out where `open_items` has it already), and what is insured.

    Below zero where cash and insurance exceed what is open.

    Examples
    --------
    >>> exposure([100.0, 50.0], unbilled=20, unapplied_cash=30, insured=40)
    100.0
    """
    if isinstance(open_items, pd.DataFrame):
        amounts: list[object] = list(open_items["open"])
    elif isinstance(open_items, Iterable) and not isinstance(open_items, str):
        amounts = list(open_items)
    else:
        amounts = [open_items]
    owed = [finite(a, f"open_items[{i}]") for i, a in enumerate(amounts)]
    plus = [_at_least_zero(unbilled, "unbilled"), _at_least_zero(open_orders, "open_orders")]
    minus = [_at_least_zero(unapplied_cash, "unapplied_cash"), _at_least_zero(insured, "insured")]
    return math.fsum([*owed, *plus, *(-m for m in minus)])


EXPOSURE_PARTS = ("open", "unbilled", "open_orders", "unapplied_cash", "insured")


def exposure_by_account(
    parts: pd.DataFrame,
    include: Sequence[str] = ("open", "unbilled", "unapplied_cash", "insured"),
    parents: Mapping[str, str | None] | pd.Series | None = None,
) -> pd.DataFrame:
    """Return the exposure of every account by a chosen mix, and rolled up to its parent.

    Parameters
    ----------
    parts
        Index account; columns among ``open``, ``unbilled``, ``open_orders``,
        ``unapplied_cash``, ``insured`` (all positive; the last two are taken off).
    include
        Which of them count; each is a column of `parts`, or is not recorded and ``attrs`` says so.
    parents
        Account -> its parent, over any number of levels. A parent without a row of its own has nothing of its own.

    Returns
    -------
    frame[parent, own, total]
        Index account. ``own`` is missing where one of the parts is;
        ``total`` = own + the totals of the children, missing where one of them is.

    Raises
    ------
    ValueError
        An unknown part, a negative deduction, parents in a circle.

    Examples
    --------
    >>> parts = pd.DataFrame({"open": [100.0, 40.0], "insured": [30.0, 0.0]}, index=["A1", "A2"])
    >>> exposure_by_account(parts, ("open", "insured"), {"A1": "H", "A2": "H"})["total"].to_dict()
    {'A1': 70.0, 'A2': 40.0, 'H': 110.0}
    """
    strange = [p for p in include if p not in EXPOSURE_PARTS]
    if strange:
        raise ValueError(f"include: {strange[0]!r}; allowed: {', '.join(EXPOSURE_PARTS)}")
    if parts.index.has_duplicates:
        raise ValueError(f"parts: account {parts.index[parts.index.duplicated()][0]!r} stands twice")
    used = [p for p in include if p in parts.columns]
    if not used:
        raise ValueError(f"parts: none of {list(include)!r} in {list(parts.columns)!r}")
    own = pd.Series(0.0, index=parts.index)
    for part in used:
        amounts = pd.to_numeric(parts[part]).astype(float)
        if part != "open" and (amounts < 0).any():
            raise ValueError(f"parts: {part} below zero at {amounts.index[amounts < 0][0]!r}")
        own += -amounts if part in ("unapplied_cash", "insured") else amounts
    pairs = dict(parents.items()) if parents is not None else {}
    above = {str(k): str(v) for k, v in pairs.items() if isinstance(v, str) and v}
    names = list(dict.fromkeys([*map(str, parts.index), *above, *above.values()]))
    values = own.set_axis(own.index.map(str)).to_dict()
    own = pd.Series({n: values.get(n, 0.0) for n in names}, dtype=float)
    children: dict[str, list[str]] = {}
    for child, parent in above.items():
        children.setdefault(parent, []).append(child)
    totals: dict[str, float] = {}

    def total(name: str, path: tuple[str, ...] = ()) -> float:
        if name in path:
            raise ValueError(f"parents: a circle, {' → '.join((*path, name))}")
        if name not in totals:
            below = [total(c, (*path, name)) for c in children.get(name, [])]
            totals[name] = math.fsum([own[name], *below])
        return totals[name]

    for name in names:
        total(name)
    table = pd.DataFrame(
        {"parent": [above.get(n) for n in names], "own": own.to_numpy(), "total": [totals[n] for n in names]},
        index=pd.Index(names, name="account"),
    ).sort_index()
    table.attrs = {"included": tuple(used), "not_recorded": tuple(p for p in include if p not in used)}
    return table


@dataclass(frozen=True)
class CreditHold:
    """Whether deliveries stop, and why.

    Attributes
    ----------
    hold
        True where there is a reason.
    reasons
        ``over_limit``, ``overdue``.
    utilisation
        Exposure ÷ limit; None where the limit is not known or zero.
    missing
        What could not be looked at: ``limit``, ``exposure``, ``overdue``.
    """

    hold: bool
    reasons: tuple[str, ...]
    utilisation: float | None
    missing: tuple[str, ...] = ()


def credit_hold(
    exposure: float | None, limit: float | None, overdue: float | None, tolerance: float = 0.0
) -> CreditHold:
    """Return whether an account is held: exposure above the limit, or overdue above the tolerance.

    Parameters
    ----------
    exposure, limit
        With VAT, in one currency. None: not known, which is no reason to hold but is named.
    overdue, tolerance
        Overdue amount, and what of it is borne.

    Examples
    --------
    >>> credit_hold(120, 100, 5, tolerance=10)
    CreditHold(hold=True, reasons=('over_limit',), utilisation=1.2, missing=())
    >>> credit_hold(80, None, 50)
    CreditHold(hold=True, reasons=('overdue',), utilisation=None, missing=('limit',))
    """
    known = {"exposure": exposure, "limit": limit, "overdue": overdue}
    missing = tuple(n for n, v in known.items() if v is None or v != v)
    values = {n: finite(v, n) for n, v in known.items() if n not in missing}
    allowed = _at_least_zero(tolerance, "tolerance")
    reasons, utilisation = [], None
    if "exposure" in values and "limit" in values:
        _at_least_zero(values["limit"], "limit")
        if values["limit"] > 0:
            utilisation = values["exposure"] / values["limit"]
        if values["exposure"] > values["limit"]:
            reasons.append("over_limit")
    if values.get("overdue", 0.0) > allowed:
        reasons.append("overdue")
    return CreditHold(bool(reasons), tuple(reasons), utilisation, missing)


def trade_credit_cost(
    discount: float,
    discount_day: float,
    pay_day: float,
    basis: Literal["effective", "nominal"] = "effective",
    year: Literal[365, 360] = 365,
) -> float:
    """Return the yearly cost of not taking a cash discount, a fraction.

    Parameters
    ----------
    discount
        As a fraction: 2/10 net 30 has 0.02.
    discount_day
        The last day on which the discount is given.
    pay_day
        The day on which payment is really made, not the day agreed.
    basis
        ``nominal``: d ÷ (1 − d) × year ÷ (pay day − discount day); ``effective``: compounded.

    Raises
    ------
    ValueError
        A discount not between 0 and 1, or a pay day not after the discount day.

    Examples
    --------
    >>> round(trade_credit_cost(0.02, 10, 30), 4), round(trade_credit_cost(0.02, 10, 30, basis="nominal"), 4)
    (0.4459, 0.3724)
    """
    if basis not in ("effective", "nominal"):
        raise ValueError(f"basis: {basis!r}; allowed: effective, nominal")
    if year not in (365, 360):
        raise ValueError(f"year: {year!r}; allowed: 365, 360")
    rate = finite(discount, "discount")
    if not 0 < rate < 1:
        raise ValueError(f"discount: expected a fraction between 0 and 1, got {discount!r}")
    days = finite(pay_day, "pay_day") - _at_least_zero(discount_day, "discount_day")
    if days <= 0:
        raise ValueError(f"pay_day: {pay_day!r} is not after the discount day {discount_day!r}")
    each, periods = rate / (1 - rate), year / days
    return each * periods if basis == "nominal" else (1 + each) ** periods - 1


def altman_points(score: Altman) -> float:
    """Return a Z as points: 0 one width of the grey zone below it, 40 and 70 at its ends, 100 one width above.

    Examples
    --------
    >>> round(altman_points(altman_z(x1=0.2, x2=0.3, x3=0.1, x4=1.0, x5=1.2)), 1)
    64.9
    """
    low, high = score.limits
    width = high - low
    return float(np.interp(score.z, [low - width, low, high, high + width], [0, 40, 70, 100]))


def payment_points(days_late: float, worst: float = 60.0) -> float:
    """Return average days late as points: 100 on time, 0 from `worst` days.

    Examples
    --------
    >>> payment_points(15)
    75.0
    """
    limit = finite(worst, "worst")
    if limit <= 0:
        raise ValueError(f"worst: expected above zero, got {worst!r}")
    return 100 * (1 - min(max(finite(days_late, "days_late"), 0.0) / limit, 1.0))


def concentration_points(share: float, harmless: float = 0.02, worst: float = 0.25) -> float:
    """Return an account's share of our receivables as points: 100 up to `harmless`, 0 from `worst`.

    Examples
    --------
    >>> round(concentration_points(0.135), 6)
    50.0
    """
    part = finite(share, "share")
    if not 0 <= harmless < worst <= 1:
        raise ValueError(f"worst: expected 0 ≤ harmless < worst ≤ 1, got {harmless!r} and {worst!r}")
    if part > 1:
        raise ValueError(f"share: expected a fraction, got {share!r}")
    return float(np.interp(part, [harmless, worst], [100, 0]))


CREDIT_WEIGHTS: Mapping[str, float] = {"altman": 40.0, "payment": 40.0, "concentration": 20.0}


@dataclass(frozen=True)
class CreditScore:
    """A credit score, 0 to 100.

    Attributes
    ----------
    score
        Σ weight × points ÷ Σ weight, of what is known.
    contributions
        Part -> what it adds to the score; they add up to it.
    missing
        Parts that are not known, and left out.
    points, weights
        Of the parts that are known; weights add up to 1.
    known
        Weight of what is known as a part of all.
    warnings
        ``half_unknown`` where that is below a half.
    """

    score: float
    contributions: Mapping[str, float]
    missing: tuple[str, ...]
    points: Mapping[str, float]
    weights: Mapping[str, float]
    known: float
    warnings: tuple[str, ...] = ()


def credit_score(
    altman: Altman | None = None,
    days_late: float | None = None,
    receivable_share: float | None = None,
    weights: Mapping[str, float] = CREDIT_WEIGHTS,
    worst_days_late: float = 60.0,
    harmless_share: float = 0.02,
    worst_share: float = 0.25,
) -> CreditScore:
    """Return the credit score of an account from its balance sheet, its payment and its weight with us.

    Parameters
    ----------
    altman
        Its Z, where its accounts are known; a Z with warnings is left out.
    days_late
        Average days late, weighted by amount.
    receivable_share
        Its part of our receivables.
    weights
        Of ``altman``, ``payment`` and ``concentration``.
    worst_days_late, harmless_share, worst_share
        See :func:`payment_points` and :func:`concentration_points`.

    Raises
    ------
    ValueError
        Nothing known with a weight, an unknown part, a negative weight.

    Examples
    --------
    >>> result = credit_score(days_late=15, receivable_share=0.135)
    >>> round(result.score, 2), result.missing, round(result.known, 2)
    (66.67, ('altman',), 0.6)
    """
    for name, weight in weights.items():
        if name not in CREDIT_WEIGHTS:
            raise ValueError(f"weights: {name!r}; allowed: {', '.join(CREDIT_WEIGHTS)}")
        _at_least_zero(weight, f"weights[{name!r}]")
    points: dict[str, float] = {}
    if altman is not None and not altman.warnings:
        points["altman"] = altman_points(altman)
    if days_late is not None and days_late == days_late:
        points["payment"] = payment_points(days_late, worst_days_late)
    if receivable_share is not None and receivable_share == receivable_share:
        points["concentration"] = concentration_points(receivable_share, harmless_share, worst_share)
    used = {n: float(w) for n, w in weights.items() if n in points and w > 0}
    total = math.fsum(used.values())
    if total <= 0:
        raise NotKnown(f"weights: nothing known has a weight; known: {sorted(points)!r}")
    parts = {n: w / total for n, w in used.items()}
    contributions = {n: parts[n] * points[n] for n in used}
    known = total / math.fsum(weights.values())
    return CreditScore(
        score=math.fsum(contributions.values()),
        contributions=contributions,
        missing=tuple(n for n, w in weights.items() if w > 0 and n not in points),
        points={n: points[n] for n in used},
        weights=parts,
        known=known,
        warnings=("half_unknown",) if known < 0.5 else (),
    )
