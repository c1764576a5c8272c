"""Where the year stands: attainment, run rate, and the bridge from plan to actual."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from kamtools.finance.periods import fiscal_start_month, month, monthly, months
from kamtools.finance.prices import finite
from kamtools.notknown import NotKnown

BRIDGE_STEPS = (
    "price",
    "volume",
    "mix",
    "new",
    "lost",
    "sales",
    "terms",
    "cost_of_goods",
    "a_and_p",
    "cost_to_serve",
    "not_split",
)
# what to do about a gap: step -> (where it takes from the contribution, where it adds to it)
GAP_ACTIONS = {
    "price": ("check_price_and_invoice_discounts", "hold_price"),
    "volume": ("restore_distribution_and_rate_of_sale", "secure_supply"),
    "mix": ("push_the_better_lines", "keep_the_mix"),
    "new": ("bring_listings_forward", "support_new_items"),
    "lost": ("win_items_back", "keep_items_listed"),
    "sales": ("find_where_sales_are_missing", "secure_supply"),
    "terms": ("check_terms_against_contract", "check_accruals_are_complete"),
    "cost_of_goods": ("ask_for_the_cost_change", "check_costs_are_complete"),
    "a_and_p": ("cut_what_brings_no_return", "check_accruals_are_complete"),
    "cost_to_serve": ("fewer_smaller_services", "check_service_is_kept"),
    "not_split": ("plan_these_lines", "plan_these_lines"),
}


@dataclass(frozen=True)
class Bands:
    """Traffic lights: from which attainment a measure is green, and amber; below it is red."""

    green: float = 1.0
    amber: float = 0.9

    def __post_init__(self) -> None:
        if finite(self.amber, "amber") > finite(self.green, "green"):
            raise ValueError(f"amber: {self.amber!r} lies above green {self.green!r}")


@dataclass(frozen=True)
class Attainment:
    """How much of a target is reached.

    Attributes
    ----------
    ratio
        Actual ÷ target; None where the actual figure is missing.
    score
        What the bands are read by: the ratio, or 2 − ratio where lower is favourable (10 % over is 0.9).
    band
        ``green``, ``amber``, ``red`` or ``not_known``.
    convention
        Which way is favourable, and the bands.
    """

    ratio: float | None
    score: float | None
    band: str
    convention: str


def attainment(
    actual: float | None,
    target: float,
    favourable: Literal["higher", "lower"] = "higher",
    bands: Bands | None = None,
) -> Attainment:
    """Return actual ÷ target, and its band.

    Parameters
    ----------
    actual
        None (or NaN) is not known, never zero.
    target
        Above zero, for the same period.
    favourable
        ``lower`` for costs, days, complaints.

    Raises
    ------
    ValueError
        A target not above zero, or an unknown convention.

    Examples
    --------
    >>> attainment(95, 100).band, attainment(95, 100, favourable="lower").band
    ('amber', 'green')
    """
    if favourable not in ("higher", "lower"):
        raise ValueError(f"favourable: {favourable!r}; allowed: higher, lower")
    if finite(target, "target") <= 0:
        raise NotKnown(f"target: expected above zero, got {target!r}")
    cuts = bands or Bands()
    convention = (
        f"actual / target; {favourable} is favourable; green from {cuts.green:g}, amber from {cuts.amber:g}"
    )
    if actual is None or actual is pd.NA or (isinstance(actual, float) and math.isnan(actual)):
        return Attainment(None, None, "not_known", convention)
    ratio = finite(actual, "actual") / float(target)
    score = ratio if favourable == "higher" else 2 - ratio
    steps = score + 1e-12  # 0.9 is 0.9, whatever the division made of it
    band = "green" if steps >= cuts.green else "amber" if steps >= cuts.amber else "red"
    return Attainment(ratio, score, band, convention)


@dataclass(frozen=True)
class RunRate:
    """Where the fiscal year will end if it goes on as so far.

    Attributes
    ----------
    year_start, as_of
        The first month of the fiscal year, and the last month counted.
    months
        How many months are counted.
    year_to_date, full_year
        Their sum, and what it comes to over the year.
    share_of_year
        The part of the year that they stand for.
    convention
        ``linear`` or ``seasonal``.
    warnings
        ``few_months``: fewer than three months carry the year.
    """

    year_start: str
    as_of: str
    months: int
    year_to_date: float
    full_year: float
    share_of_year: float
    convention: str
    warnings: tuple[str, ...] = ()


def run_rate(
    values: Mapping[object, float | None] | pd.Series,
    fiscal_start: int,
    as_of: object,
    convention: Literal["linear", "seasonal"] = "linear",
) -> RunRate:
    """Return the year to date, and the full year at this rate.

    Parameters
    ----------
    values
        Month -> amount; for ``seasonal`` the fiscal year before as well.
    fiscal_start
        The first month of the fiscal year, 1 to 12.
    as_of
        The last whole month: a month, or the last day of one.
    convention
        ``linear``: year to date ÷ months × 12. ``seasonal``: year to date ÷
        the part of last year's total that fell into the same months.

    Raises
    ------
    ValueError
        A month of the year to date that is not there or missing, a day that is not
        the last of its month, or, for ``seasonal``, a last year that is not whole or whose part is not above zero.

    Examples
    --------
    >>> rate = run_rate({"2026-01": 10, "2026-02": 20}, 1, "2026-02")
    >>> rate.year_to_date, rate.full_year, rate.warnings
    (30.0, 180.0, ('few_months',))
    """
    if convention not in ("linear", "seasonal"):
        raise ValueError(f"convention: {convention!r}; allowed: linear, seasonal")
    last, series = _whole_month(as_of), monthly(values, "values")
    done = (last.month - fiscal_start_month(fiscal_start)) % 12 + 1
    start = last - (done - 1)
    so_far = math.fsum(_all_there(series, pd.period_range(start, last, freq="M"), "values"))
    part = done / 12
    if convention == "seasonal":
        year = _all_there(series, pd.period_range(start - 12, start - 1, freq="M"), "values")
        total, early = math.fsum(year), math.fsum(year[:done])
        if total <= 0 or early <= 0:
            raise NotKnown(
                f"values: last year's months to {last - 12} are {early!r} of {total!r}: no phasing"
            )
        part = early / total
    return RunRate(
        year_start=str(start),
        as_of=str(last),
        months=done,
        year_to_date=so_far,
        full_year=so_far / part,
        share_of_year=part,
        convention=convention,
        warnings=("few_months",) if done < 3 else (),
    )


def _whole_month(as_of: object) -> pd.Period:
    last = month(as_of, "as_of")
    if not isinstance(as_of, pd.Period) and len(str(as_of)) > 7:
        day = pd.Timestamp(as_of)  # type: ignore[arg-type]
        if day.normalize() != last.end_time.normalize():
            raise ValueError(f"as_of: {as_of!r} is within {last}; expected a whole month or its last day")
    return last


def _all_there(series: pd.Series, wanted: pd.PeriodIndex, name: str) -> list[float]:
    found = series.reindex(wanted)
    absent = wanted[found.isna().to_numpy()]
    if len(absent):
        raise NotKnown(
            f"{name}: nothing for {', '.join(map(str, absent))}; a part of a period is not compared"
        )
    return found.tolist()


@dataclass(frozen=True, eq=False)
class BridgeSide:
    """One side of a bridge: what was planned, or what happened, in the same months.

    Attributes
    ----------
    months
        The whole months that every figure is of.
    items
        frame[item, units, sales] and ``cost`` where it is known: one row for each product (or
        category); sales as invoiced, costs positive. None: only totals are known.
    sales, cost_of_goods
        Totals, where `items` is None; cost_of_goods also where the items have no cost.
    terms, a_and_p, cost_to_serve
        As in the P&L: deductions are negative. ``a_and_p`` is all trade money below net sales. None: not known.
    contribution
        Needed where a line is not known: what is left of its change is then ``not_split``.
    """

    months: Sequence[object]
    items: pd.DataFrame | None = None
    sales: float | None = None
    cost_of_goods: float | None = None
    terms: float | None = None
    a_and_p: float | None = None
    cost_to_serve: float | None = None
    contribution: float | None = None


@dataclass(frozen=True, eq=False)
class Bridge:
    """The way from the planned contribution to the actual one.

    Attributes
    ----------
    steps
        frame[step, amount, action]: the steps that there are, in the order of
        ``BRIDGE_STEPS``; below zero they took from the contribution. ``action``: the key of what to do
        about it, empty where the step is no larger than the least gap.
    plan, actual, change
        The contributions and actual − plan, which is the sum of the steps.
    warnings
        ``units_not_known`` where price, volume and mix cannot be told apart;
        ``not_split_…`` for each line that is not known on a side.
    conventions
        How the steps were reckoned.
    """

    steps: pd.DataFrame
    plan: float
    actual: float
    change: float
    warnings: tuple[str, ...]
    conventions: dict[str, object]


def plan_to_actual_bridge(
    plan: BridgeSide,
    actual: BridgeSide,
    *,
    as_of: object,
    value: Literal["sales", "margin"] = "sales",
    least_gap: float = 0.0,
) -> Bridge:
    """Split the change from planned to actual contribution into its reasons; they add up to it exactly.

    Over the items sold in both: price = Σ (P₁ − P₀) Q₁; volume = (ΣQ₁ − ΣQ₀) × the planned
    average; mix = Σ (Q₁ − ΣQ₁ × planned share) × the planned value of a unit. Items in
    one of them only are ``new`` and ``lost``.

    Parameters
    ----------
    plan, actual
        Of the same whole months.
    as_of
        The last whole month of the actual figures; later months are refused.
    value
        What a unit of volume and mix is worth: its planned ``sales`` price, the costs being one
        step (their whole change); or its planned ``margin``, price less cost, and
        the step ``cost_of_goods`` is then only what a unit costs more, Σ (C₀ − C₁) Q₁.
    least_gap
        Steps up to this need no action.

    Raises
    ------
    ValueError
        Different or partial periods, months after `as_of`, an item twice, a
        figure of an item that is missing, a line not known without the contributions of both sides.

    Examples
    --------
    >>> plan = BridgeSide(["2026-01"], pd.DataFrame({"item": ["P1"], "units": [100.0], "sales": [1000.0], "cost": [600.0]}),
    ...                   terms=-50.0, a_and_p=-40.0, cost_to_serve=-30.0)
    >>> actual = BridgeSide(["2026-01"], pd.DataFrame({"item": ["P1"], "units": [110.0], "sales": [1045.0], "cost": [660.0]}),
    ...                     terms=-60.0, a_and_p=-40.0, cost_to_serve=-35.0)
    >>> bridge = plan_to_actual_bridge(plan, actual, as_of="2026-01")
    >>> bridge.steps.set_index("step")["amount"].to_dict()
    {'price': -55.0, 'volume': 100.0, 'mix': 0.0, 'terms': -10.0, 'cost_of_goods': -60.0, 'a_and_p': 0.0, 'cost_to_serve': -5.0}
    >>> bridge.plan, bridge.actual, bridge.change
    (280.0, 250.0, -30.0)
    """
    if value not in ("sales", "margin"):
        raise ValueError(f"value: {value!r}; allowed: sales, margin")
    spans = _same_months(plan, actual, as_of)
    steps, warnings = _sales_steps(plan, actual, value)
    lines = ["terms", "a_and_p", "cost_to_serve"] + ([] if "cost_of_goods" in steps else ["cost_of_goods"])
    unknown = [line for line in ("sales",) if not {"sales", "price"} & steps.keys()]
    for line in lines:
        before, after = _total(plan, line), _total(actual, line)
        if before is None or after is None:
            unknown.append(line)
        else:
            steps[line] = after - before
    planned, reached = (
        _contribution(plan, "plan"),
        _contribution(actual, "actual"),
    )
    change = reached - planned
    if unknown:
        steps["not_split"] = change - math.fsum(steps.values())
        warnings += [f"not_split_{line}" for line in unknown]
    rows = [
        (step, steps[step], _action(step, steps[step], finite(least_gap, "least_gap")))
        for step in BRIDGE_STEPS
        if step in steps
    ]
    return Bridge(
        steps=pd.DataFrame(rows, columns=["step", "amount", "action"]),
        plan=planned,
        actual=reached,
        change=change,
        warnings=tuple(warnings),
        conventions={"value": value, "price_at": "actual units", "months": spans, "deductions": "negative"},
    )


def _action(step: str, amount: float, least_gap: float) -> str:
    if abs(amount) <= max(least_gap, 1e-9):
        return ""
    return GAP_ACTIONS[step][0 if amount < 0 else 1]


def _same_months(plan: BridgeSide, actual: BridgeSide, as_of: object) -> tuple[str, ...]:
    last = _whole_month(as_of)
    sides = {
        name: months(side.months, f"{name}.months") for name, side in (("plan", plan), ("actual", actual))
    }
    for name, found in sides.items():
        if len(found) == 0 or found.has_duplicates:
            raise ValueError(f"{name}.months: expected months, each once, got {[str(m) for m in found]!r}")
    if set(sides["plan"]) != set(sides["actual"]):
        odd = sorted(set(sides["plan"]) ^ set(sides["actual"]))
        raise NotKnown(f"actual.months: {odd[0]} is on one side only; a part of a period is not compared")
    if sides["actual"].max() > last:
        raise ValueError(f"actual.months: {sides['actual'].max()} lies after as_of {last}")
    return tuple(str(m) for m in sorted(sides["actual"]))


def _items(side: BridgeSide, name: str) -> pd.DataFrame | None:
    if side.items is None:
        return None
    for column in ("item", "units", "sales"):
        if column not in side.items.columns:
            raise ValueError(f"{name}.items: no column {column!r} in {list(side.items.columns)!r}")
    if side.items["item"].duplicated().any():
        raise ValueError(
            f"{name}.items: {side.items['item'][side.items['item'].duplicated()].iloc[0]!r} is given twice"
        )
    frame = side.items.set_index("item").sort_index()
    for column in [c for c in ("units", "sales", "cost") if c in frame.columns]:
        values = frame[column].to_numpy(dtype=float)
        if not np.isfinite(values).all():
            raise NotKnown(f"{name}.items: {column} of {frame.index[~np.isfinite(values)][0]!r} is missing")
    return frame


def _sales_steps(plan: BridgeSide, actual: BridgeSide, value: str) -> tuple[dict[str, float], list[str]]:
    """Return the steps of sales (and, valued at margin, of cost), and the warnings."""
    before, after = _items(plan, "plan"), _items(actual, "actual")
    if before is None or after is None:
        totals = _total(plan, "sales"), _total(actual, "sales")
        if value == "margin":
            raise NotKnown("value: 'margin' needs items with units and cost on both sides")
        known = totals[0] is not None and totals[1] is not None
        return ({"sales": totals[1] - totals[0]} if known else {}), ["units_not_known"]  # type: ignore[operator]
    if value == "margin" and not ("cost" in before.columns and "cost" in after.columns):
        raise NotKnown("value: 'margin' needs the cost of the items on both sides")
    index = before.index.union(after.index)
    zero = before.reindex(index).fillna(0.0), after.reindex(index).fillna(0.0)
    q0, q1 = (f["units"].to_numpy(dtype=float) for f in zero)
    s0, s1 = (f["sales"].to_numpy(dtype=float) for f in zero)
    c0, c1 = (f["cost"].to_numpy(dtype=float) if value == "margin" else np.zeros(len(index)) for f in zero)
    both = (q0 > 0) & (q1 > 0)
    new, lost = ~both & (q0 <= 0), ~both & (q0 > 0)
    gain = (s1 - c1) - (s0 - c0)
    steps = {"price": 0.0, "volume": 0.0, "mix": 0.0}
    if both.any():
        a0, a1 = q0[both], q1[both]
        worth = (s0[both] - c0[both]) / a0  # of a planned unit
        total0, total1 = math.fsum(a0), math.fsum(a1)
        average = math.fsum(worth * a0) / total0
        steps["price"] = math.fsum(s1[both] - s0[both] / a0 * a1)
        steps["volume"] = (total1 - total0) * average
        steps["mix"] = math.fsum((a1 - total1 * a0 / total0) * worth)
        if value == "margin":
            steps["cost_of_goods"] = math.fsum(c0[both] / a0 * a1 - c1[both])
    elif value == "margin":
        steps["cost_of_goods"] = 0.0
    for step, where in (("new", new), ("lost", lost)):
        if where.any():
            steps[step] = math.fsum(gain[where])
    return steps, []


def _total(side: BridgeSide, line: str) -> float | None:
    if line == "sales" and side.items is not None:
        return math.fsum(side.items["sales"])
    if line == "cost_of_goods" and side.items is not None and "cost" in side.items.columns:
        return 0 - math.fsum(side.items["cost"])
    amount = getattr(side, line)
    return None if amount is None or math.isnan(amount) else finite(amount, line)


def _contribution(side: BridgeSide, name: str) -> float:
    """Return the contribution of a side: its lines' sum, or the given one where a line is not known on a side."""
    lines = [_total(side, line) for line in ("sales", "cost_of_goods", "terms", "a_and_p", "cost_to_serve")]
    given = _total(side, "contribution")
    known = [line for line in lines if line is not None]
    if len(known) == len(lines):
        total = math.fsum(known)
        if given is not None and abs(given - total) > 0.005 * len(lines):
            raise NotKnown(f"{name}.contribution: {given!r}, but its lines add up to {total!r}")
        return total
    if given is None:
        raise NotKnown(f"{name}.contribution: not given, and not all lines are known")
    return given
