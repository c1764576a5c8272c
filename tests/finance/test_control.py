from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.finance.control import StopRules, accrual, budget_control, burn_up, roll_forward, variance
from kamtools.finance.monthlock import late_postings, restatement
from kamtools.finance.periods import fiscal_periods, month, monthly

MONTHS = [f"2026-{m:02d}" for m in range(1, 13)]
money = st.integers(0, 10**9).map(lambda cents: cents / 100)


def codes(**amounts: float | None) -> pd.DataFrame:
    return pd.DataFrame({"code": list(amounts), "amount": list(amounts.values())}, dtype=object)


NONE = codes()


# --- accrual, variance


def test_accrual() -> None:
    result = accrual(0.05, 100_000, 3_000)
    assert (result.liability, result.balance, result.warnings) == (5_000, 2_000, ())
    assert accrual(2.5, 1_000, 0).liability == 2_500  # money per unit
    over = accrual(0.05, 1_000, 80)
    assert over.balance == pytest.approx(-30) and over.warnings == ("more_settled_than_accrued",)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [((-0.1, 1, 0), "rate: .*-0.1"), ((0.1, math.nan, 0), "volume"), ((0.1, 1, None), "settled")],
)
def test_bad_accrual(arguments, word) -> None:
    with pytest.raises(ValueError, match=word):
        accrual(*arguments)


@pytest.mark.parametrize(
    ("actual", "budget", "way", "amount", "fraction", "good"),
    [
        (110, 100, "higher", 10, 0.1, True),
        (110, 100, "lower", 10, 0.1, False),
        (90, 100, "lower", -10, -0.1, True),
        (-110, -100, "higher", -10, -0.1, False),  # a P&L cost is negative: more of it is bad
        (100, 100, "higher", 0, 0, None),
        (5, 0, "higher", 5, None, True),
    ],
)
def test_variance(actual, budget, way, amount, fraction, good) -> None:
    result = variance(actual, budget, favourable=way)
    assert (result.amount, result.fraction, result.favourable) == (amount, fraction, good)
    assert result.convention == f"actual - budget; {way} is favourable"


def test_bad_variance() -> None:
    with pytest.raises(ValueError, match="favourable: 'up'; allowed: higher, lower"):
        variance(1, 1, favourable="up")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="budget"):
        variance(1, math.nan)


# --- budget control


def test_remaining_is_what_neither_source_has_taken() -> None:
    table = budget_control(
        codes(a=100, b=50), codes(a=10), codes(a=5, b=1), codes(a=20, b=30), codes(a=90, b=60)
    ).set_index("code")
    assert table.loc["a", ["used", "remaining", "burn"]].tolist() == [35, 65, 0.35]
    assert table.loc["b", ["committed", "used", "remaining"]].tolist() == [0, 31, 19]
    assert (
        table["status"].to_dict() == {"a": "go", "b": "warn"} and table.loc["b", "reason"] == "forecast_over"
    )


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), money, money, money, money), min_size=1, max_size=12))
def test_sums_reconcile(rows) -> None:
    frames = [
        pd.DataFrame({"code": [r[0] for r in rows], "amount": [r[i] for r in rows]}) for i in range(1, 5)
    ]
    table = budget_control(*frames)
    left = table["budget"] - table["actual"] - table["committed"] - table["accrued"]
    assert table["remaining"].to_numpy() == pytest.approx(left.to_numpy())
    for frame, name in zip(frames, ("budget", "committed", "accrued", "actual"), strict=True):
        assert table[name].sum() == pytest.approx(frame["amount"].sum())


def test_missing_is_not_zero() -> None:
    table = budget_control(codes(a=100, b=None), NONE, NONE, codes(a=None, b=5, c=7)).set_index("code")
    assert pd.isna(table.loc["a", "actual"]) and pd.isna(table.loc["a", "remaining"])
    assert table["status"].to_dict() == {"a": "unknown", "b": "stop", "c": "stop"}
    assert table.loc["c", "reason"] == "no_budget" and pd.isna(table.loc["c", "budget"])
    # a source that is not recorded leaves open what remains
    some = budget_control(codes(a=100), None, NONE, codes(a=20)).iloc[0]
    assert pd.isna(some["remaining"]) and some["reason"] == "not_recorded"
    # but what is known is enough to stop
    assert budget_control(codes(a=100), None, NONE, codes(a=120)).iloc[0]["reason"] == "used_up"
    # nothing planned, nothing spent
    assert budget_control(codes(a=0), NONE, NONE, codes(a=0)).iloc[0]["status"] == "go"


@pytest.mark.parametrize(
    ("spent", "status", "reason"),
    [
        (89.99, "go", "within"),
        (90, "warn", "nearly_used"),
        (99.99, "warn", "nearly_used"),
        (100, "stop", "used_up"),
        (130, "stop", "used_up"),
    ],
)
def test_stop_rules_at_their_edges(spent, status, reason) -> None:
    row = budget_control(codes(a=100), NONE, NONE, codes(a=spent)).iloc[0]
    assert (row["status"], row["reason"]) == (status, reason)


def test_stop_rules_are_data() -> None:
    rules = StopRules(warn_at=0.5, stop_at=1.2)
    row = budget_control(codes(a=100), NONE, NONE, codes(a=110), rules=rules).iloc[0]
    assert row["status"] == "warn"
    with pytest.raises(ValueError, match="warn_at: 1.1 lies above stop_at 1.0"):
        StopRules(warn_at=1.1)


def test_phasing_compares_with_the_months_planned() -> None:
    budget = pd.DataFrame({"code": "a", "month": MONTHS, "amount": 10.0})
    actual = pd.DataFrame({"code": "a", "month": ["2026-01-15", "2026-03-31"], "amount": [20.0, 25.0]})
    row = budget_control(budget, NONE, NONE, actual, as_of="2026-03").iloc[0]
    assert row["phasing"] == pytest.approx(0.25) and row["burn"] == pytest.approx(0.375)
    assert row["ahead"] == pytest.approx(0.125) and row["reason"] == "ahead_of_plan"
    before = budget_control(budget, NONE, NONE, actual.iloc[:0], as_of="2025-12").iloc[0]
    assert before["phasing"] == 0 and before["status"] == "go"
    with pytest.raises(ValueError, match="actual: 1 rows after as_of 2026-02"):
        budget_control(budget, NONE, NONE, actual, as_of="2026-02")
    by_month = budget_control(budget, None, None, actual, by=("code", "month"))
    assert by_month["month"].tolist() == MONTHS and by_month["actual"].sum() == 45


def test_bad_budget_control() -> None:
    with pytest.raises(ValueError, match="costs are positive here"):
        budget_control(codes(a=-5), NONE, NONE, NONE)
    with pytest.raises(ValueError, match="actual: no column 'code'"):
        budget_control(codes(a=5), NONE, NONE, pd.DataFrame({"line": ["x"], "amount": [1.0]}))
    with pytest.raises(ValueError, match="rows without code"):
        budget_control(codes(a=5), actual=pd.DataFrame({"code": [None], "amount": [1.0]}))
    with pytest.raises(ValueError, match="no source"):
        budget_control(None)


# --- burn-up


def monthly_frame(amount: float, names: list[str] = MONTHS) -> pd.DataFrame:
    return pd.DataFrame({"month": names, "amount": amount})


def test_burn_up_runs_on_with_the_forecast() -> None:
    spent = monthly_frame(12, MONTHS[:3])
    curve = burn_up(
        monthly_frame(10),
        monthly_frame(1, ["2026-05"]),
        monthly_frame(2, ["2026-03"]),
        spent,
        monthly_frame(11),
        as_of="2026-03",
    )
    assert curve["month"].tolist() == MONTHS and curve["budget"].iloc[-1] == 120
    assert curve["used"].tolist()[:3] == [12, 24, 38] and curve["used"].iloc[3:].isna().all()
    assert curve["actual"].iloc[3:].isna().all() and curve["committed"].iloc[-1] == 1
    assert curve["forecast"].iloc[2] == 38 and curve["forecast"].iloc[-1] == 38 + 9 * 11


def test_burn_up_and_control_agree() -> None:
    spent = monthly_frame(12, MONTHS[:3]).assign(code="a")
    budget = monthly_frame(10).assign(code="a")
    none = spent.iloc[:0]
    curve = burn_up(budget, none, none, spent, None, as_of="2026-03")
    row = budget_control(budget, none, none, spent, as_of="2026-03").iloc[0]
    assert curve["used"].iloc[2] == row["used"] and curve["budget"].iloc[-1] == row["budget"]
    assert curve["budget"].iloc[2] / row["budget"] == row["phasing"] and curve["forecast"].isna().all()


def test_burn_up_is_missing_from_a_missing_amount_on() -> None:
    spent = pd.DataFrame({"month": MONTHS[:3], "amount": [5.0, None, 5.0]})
    curve = burn_up(monthly_frame(10), spent.iloc[:0], spent.iloc[:0], spent, None, as_of="2026-03")
    assert curve["used"].iloc[0] == 5 and curve["used"].iloc[1:].isna().all()
    with pytest.raises(ValueError, match="after as_of"):
        burn_up(monthly_frame(10), None, None, spent, None, as_of="2026-01")
    with pytest.raises(ValueError, match="no source has a month"):
        burn_up(None, None, None, None, None, as_of="2026-01")


# --- roll-forward


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.floats(-1e6, 1e6), st.lists(st.tuples(money, money, money), min_size=1, max_size=12))
def test_each_month_opens_with_the_closing_before(opening, rows) -> None:
    names = MONTHS[: len(rows)]
    moves = [dict(zip(names, column, strict=True)) for column in zip(*rows, strict=True)]
    table = roll_forward(opening, *moves)
    assert table["opening"].iloc[0] == opening
    assert table["opening"].tolist()[1:] == table["closing"].tolist()[:-1]
    end = opening + sum(r[0] - r[1] - r[2] for r in rows)
    assert table["closing"].iloc[-1] == pytest.approx(end, abs=1e-3)
    each = table["opening"] + table["accrued"] - table["settled"] - table["reversed"]
    assert table["closing"].to_numpy() == pytest.approx(each.to_numpy(), abs=1e-3)


def test_roll_forward_fills_quiet_months_but_no_missing_amount() -> None:
    table = roll_forward(0, {"2026-01": 100}, {"2026-03": 120})
    assert table["month"].tolist() == ["2026-01", "2026-02", "2026-03"]
    assert table["closing"].tolist() == [100, 100, -20]
    assert table["warning"].tolist() == ["", "", "more_settled_than_accrued"]
    gap = roll_forward(0, {"2026-01": 100, "2026-02": None, "2026-03": 5}, {})
    assert gap["closing"].iloc[0] == 100 and gap["closing"].iloc[1:].isna().all()
    assert gap["opening"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("accrued", "word"),
    [({}, "no month"), ({"2026-01": -5}, "accrued: -5.0 in 2026-01"), ({"January": 5}, "January")],
)
def test_bad_roll_forward(accrued, word) -> None:
    with pytest.raises(ValueError, match=word):
        roll_forward(0, accrued, {})


# --- closed months


def figures(*rows: tuple[str, str, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["month", "line", "amount"])


def test_restatement_tells_what_happened_to_each_figure() -> None:
    locked = figures(
        ("2026-01", "net_sales", 100),
        ("2026-01", "a_and_p", -10),
        ("2026-01", "listing", 0),
        ("2026-02", "net_sales", None),
    )
    current = figures(
        ("2026-01", "net_sales", 100.001),
        ("2026-01", "a_and_p", -14),
        ("2026-01", "cost_to_serve", -3),
        ("2026-02", "net_sales", 80),
        ("2026-03", "net_sales", 999),
    )
    result = restatement(locked, current)
    table = result.table.set_index(["month", "line"])
    assert table["status"].to_dict() == {
        ("2026-01", "a_and_p"): "restated",
        ("2026-01", "cost_to_serve"): "appeared",
        ("2026-01", "listing"): "vanished",
        ("2026-01", "net_sales"): "unchanged",
        ("2026-02", "net_sales"): "unknown",
    }
    # a zero that was reported is not the same as nothing reported
    assert table.loc[("2026-01", "listing"), "locked"] == 0 and pd.isna(
        table.loc[("2026-01", "listing"), "current"]
    )
    assert pd.isna(table.loc[("2026-01", "cost_to_serve"), "locked"])
    assert pd.isna(table.loc[("2026-02", "net_sales"), "difference"])
    assert result.months == ("2026-01", "2026-02") and len(result.changes()) == 4
    assert result.locked + result.difference == pytest.approx(result.current)
    assert result.difference == pytest.approx(-6.999)


@settings(max_examples=20, derandomize=True, deadline=None)
@given(
    st.dictionaries(st.tuples(st.sampled_from(MONTHS[:3]), st.sampled_from("xyz")), money, min_size=1),
    st.dictionaries(st.tuples(st.sampled_from(MONTHS), st.sampled_from("xyz")), money),
)
def test_restatement_reconciles(locked, current) -> None:
    before = figures(*[(*k, v) for k, v in locked.items()])
    after = figures(*[(*k, v) for k, v in current.items()]).astype({"amount": float})
    result = restatement(before, after)
    assert result.locked == pytest.approx(sum(locked.values()))
    closed = {m for m, _ in locked}
    assert result.current == pytest.approx(sum(v for (m, _), v in current.items() if m in closed))
    assert result.locked + result.difference == pytest.approx(result.current, abs=1e-4)
    assert set(result.table["month"]) <= closed


def test_closed_months_may_be_named() -> None:
    locked = figures(("2026-01", "net_sales", 100))
    current = figures(("2026-01", "net_sales", 100), ("2026-02", "net_sales", 5))
    result = restatement(locked, current, closed=["2026-01", "2026-02"])
    assert result.table["status"].tolist() == ["unchanged", "appeared"] and result.difference == 5
    with pytest.raises(ValueError, match="locked: figures of 2026-01, which is not closed"):
        restatement(locked, current, closed=["2026-02"])


def test_late_postings() -> None:
    lines = pd.DataFrame(
        {
            "date": ["2026-01-31", "2026-01-31", "2026-02-28", "2026-01-05", "2026-01-31"],
            "posted": ["2026-02-10", "2026-02-11", "2026-04-01", None, "2026-03-01"],
            "amount": [1.0, 2.0, 4.0, 8.0, 16.0],
        }
    )
    late = late_postings(lines, {"2026-01": "2026-02-10"})
    assert late["amount"].tolist() == [2, 16] and late["days_late"].tolist() == [1, 19]
    assert late_postings(lines, {}).empty


# --- months


def test_fiscal_periods() -> None:
    frame = fiscal_periods(MONTHS, fiscal_start=4)
    assert frame["fiscal_year"].tolist() == [2025] * 3 + [2026] * 9
    assert frame["quarter"].tolist()[2:5] == ["2025-Q4", "2026-Q1", "2026-Q1"]
    assert frame["month_of_year"].tolist() == [10, 11, 12, *range(1, 10)]
    assert frame["year_start"].tolist()[2:4] == ["2025-04", "2026-04"]
    plain = fiscal_periods(MONTHS, named_by="end")
    assert set(plain["fiscal_year"]) == {2026} and plain["month_of_year"].tolist() == list(range(1, 13))
    assert fiscal_periods([]).empty


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.integers(1, 12), st.sampled_from(["start", "end"]))
def test_a_fiscal_year_has_twelve_months_and_four_quarters(first, named_by) -> None:
    frame = fiscal_periods(pd.period_range("2024-01", "2027-12", freq="M"), first, named_by)
    whole = frame.groupby("fiscal_year").filter(lambda year: len(year) == 12)
    assert (
        whole.groupby("fiscal_year")["month_of_year"].apply(list).map(lambda m: m == list(range(1, 13))).all()
    )
    assert (whole.groupby("quarter").size() == 3).all() and whole["fiscal_year"].nunique() >= 3
    starts = whole.groupby("fiscal_year")["month"].min()
    offset = 1 if named_by == "end" and first > 1 else 0
    assert starts.to_dict() == {y: f"{y - offset}-{first:02d}" for y in starts.index}


@pytest.mark.parametrize("value", ["2026", 2026, None, "2026-13", "soon", math.nan, pd.NaT])
def test_what_is_no_month(value) -> None:
    with pytest.raises(ValueError, match="expected a month such as 2026-10"):
        month(value)


def test_bad_periods() -> None:
    with pytest.raises(ValueError, match="fiscal_start: .*13"):
        fiscal_periods(["2026-01"], 13)
    with pytest.raises(ValueError, match="named_by"):
        fiscal_periods(["2026-01"], 1, "middle")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="month 2026-01 is given twice"):
        monthly(pd.Series([1, 2], index=["2026-01", "2026-01-31"]), "values")
    with pytest.raises(ValueError, match="not numbers"):
        monthly({"2026-01": "many"}, "values")  # type: ignore[dict-item]


def test_what_was_not_known_and_is_not_known_has_not_changed() -> None:
    frame = pd.DataFrame({"month": "2026-01", "line": ["a", "b", "c"], "amount": [math.nan, 5.0, math.nan]})
    now = frame.assign(amount=[math.nan, 5.0, 7.0])
    result = restatement(frame, now)
    assert result.table["status"].tolist() == ["unchanged", "unchanged", "unknown"]
    assert (result.locked, result.current, result.difference) == (5.0, 5.0, 0.0)
    assert result.changes()["line"].tolist() == ["c"]
