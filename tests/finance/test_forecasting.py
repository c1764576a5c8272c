from __future__ import annotations

import datetime as dt
import importlib.util
import sys
import time
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.finance.accuracy import wape
from kamtools.finance.forecasting import (
    SPRING_FESTIVAL,
    adjust,
    festival_factors,
    forecast,
    forecast_many,
    year_outlook,
)

ROOT = Path(__file__).resolve().parents[2]
SEASON = np.array([1.0, 0.9, 0.95, 0.95, 1.0, 1.05, 0.97, 0.97, 1.05, 1.02, 1.08, 1.06])


@pytest.fixture(scope="session")
def bench() -> ModuleType:
    """The measurement of coverage on the sample company."""
    path = ROOT / "tests" / "bench" / "forecast_coverage.py"
    spec = importlib.util.spec_from_file_location("forecast_coverage", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclass looks its module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def sales(bench: ModuleType) -> pd.DataFrame:
    """Accounts × months of the committed sample company."""
    columns = ["date", "account", "amount"]
    return bench.monthly(pd.read_csv(ROOT / "data" / "samples" / "facts" / "ledger.csv", usecols=columns))


def company(seed: int, accounts: int, months: int, walk: float, noise: float) -> pd.DataFrame:
    """Accounts with a season, noise, and a level that wanders by `walk` a month."""
    rng = np.random.default_rng(seed)
    level = rng.normal(10, 1, (accounts, 1)) + np.cumsum(rng.normal(0, walk, (accounts, months)), axis=1)
    season = np.tile(rng.normal(0, 0.3, (accounts, 12)), months // 12 + 1)[:, :months]
    values = np.exp(level + season + noise * rng.standard_t(5, (accounts, months)))
    return pd.DataFrame(values, columns=pd.period_range("2021-01", periods=months, freq="M"))


# coverage


def test_a_year_held_back_is_covered_and_better_than_last_year(
    bench: ModuleType, sales: pd.DataFrame
) -> None:
    year = bench.measure(sales, 12)
    assert year.accounts >= 170
    assert 0.75 <= year.coverage <= 0.85
    assert 0.05 < year.below < 0.15 and 0.05 < year.above < 0.15
    assert 0.70 <= year.year <= 0.90
    assert year.wape < 0.9 * year.wape_naive
    assert year.seconds < 1
    half = bench.measure(sales, 6)
    assert 0.75 <= half.coverage <= 0.87
    assert half.wape < 0.9 * half.wape_naive


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, 99])
def test_other_samples_are_covered_too(bench: ModuleType, seed: int) -> None:
    other = bench.sample(seed)
    for held_back in (12, 6):
        measured = bench.measure(other, held_back, seed)
        assert 0.75 <= measured.coverage <= 0.85
        assert 0.70 <= measured.year <= 0.90
        assert measured.wape < 0.9 * measured.wape_naive


@pytest.mark.parametrize("coverage", [0.5, 0.9])
def test_other_nominal_coverages_hold(sales: pd.DataFrame, coverage: float) -> None:
    result = forecast_many(sales.iloc[:, :24], 12, coverage)
    there = result.reason == ""
    low, high, actual = (f[there].to_numpy() for f in (result.low, result.high, sales.iloc[:, 24:]))
    assert ((actual >= low) & (actual <= high)).mean() == pytest.approx(coverage, abs=0.05)


@pytest.mark.parametrize(("walk", "noise"), [(0.0, 0.1), (0.06, 0.05), (0.02, 0.3)])
@pytest.mark.parametrize("months", [24, 36, 60])
def test_companies_of_another_kind_are_covered(walk: float, noise: float, months: int) -> None:
    inside = []
    for seed in range(4):
        data = company(seed, 120, months + 12, walk, noise)
        result = forecast_many(data.iloc[:, :months], 12, festival=None)
        actual = data.iloc[:, months:].to_numpy()
        inside.append((actual >= result.low.to_numpy()) & (actual <= result.high.to_numpy()))
    assert 0.73 <= np.mean(inside) <= 0.87


def test_one_account_alone_is_covered_on_the_whole(sales: pd.DataFrame) -> None:
    past, future = sales.iloc[:, :24], sales.iloc[:, 24:]
    inside = []
    for account in sales.index[:60]:
        ahead = forecast(past.loc[account], 12)
        inside.append(future.loc[account].between(ahead["low"], ahead["high"]).mean())
    assert 0.72 <= np.mean(inside) <= 0.88


def test_where_the_level_wanders_the_interval_widens() -> None:
    data = company(1, 150, 48, walk=0.1, noise=0.02)
    result = forecast_many(data, 12, festival=None)
    width = ((result.high - result.low) / result.point).median()
    assert width.iloc[11] > 1.1 * width.iloc[0]
    assert (width.diff().dropna() >= -0.02).all()
    assert result.correlation > 0.2
    steady = forecast_many(company(1, 150, 48, walk=0.0, noise=0.1), 12, festival=None)
    assert steady.correlation < result.correlation


# the festival


def test_the_dates_of_the_festival_are_new_moons() -> None:
    days = list(SPRING_FESTIVAL.values())
    assert [d.year for d in days] == list(range(2000, 2041))
    for day in days:
        assert dt.date(day.year, 1, 21) <= day <= dt.date(day.year, 2, 20)
    first = days[0]
    for day in days:
        months = (day - first).days / 29.530588
        assert abs(months - round(months)) * 29.53 < 1.1
        assert round(months) - 12 * (day.year - first.year) in range(
            16
        )  # a leap month every two or three years


def test_a_late_festival_takes_from_february() -> None:
    early, late = festival_factors(dt.date(2028, 1, 26)), festival_factors(dt.date(2026, 2, 17))
    assert late[0] > early[0] and late[1] < early[1]
    for pair in (early, late):
        assert sum(pair) == pytest.approx(2)


def festival_sales(years: tuple[int, ...]) -> pd.Series:
    months = pd.period_range(f"{years[0]}-01", f"{years[-1]}-12", freq="M")
    values = [
        1000
        * SEASON[m.month - 1]
        * (festival_factors(SPRING_FESTIVAL[m.year])[m.month - 1] if m.month < 3 else 1)
        for m in months
    ]
    return pd.Series(values, index=months)


def test_the_festival_ahead_shares_january_and_february() -> None:
    series = festival_sales((2023, 2024, 2025))
    truth = festival_sales((2026,))
    known = forecast(series, 12)["point"]
    assert known.to_numpy() == pytest.approx(truth.to_numpy(), rel=1e-6)
    ignorant = forecast(series, 12, festival=None)["point"]
    assert wape(truth, ignorant) > 0.02
    assert ignorant.iloc[1] > 1.2 * truth.iloc[1]


def test_factors_may_be_given_in_place_of_dates() -> None:
    series = festival_sales((2024, 2025))
    pairs = {year: festival_factors(SPRING_FESTIVAL[year]) for year in (2024, 2025, 2026)}
    by_factors = forecast(series, 2, festival=pairs)
    pd.testing.assert_frame_equal(by_factors, forecast(series, 2))
    doubled = forecast(series, 2, festival={**pairs, 2026: [2 * f for f in pairs[2026]]})
    assert doubled["point"].to_numpy() == pytest.approx(2 * by_factors["point"].to_numpy())


@pytest.mark.parametrize(
    ("festival", "word"),
    [
        ({2024: (1, 1), 2025: (1, 0), 2026: (1, 1)}, "above zero"),
        ({2024: "2024-02-10", 2025: (1, 1), 2026: (1, 1)}, "expected a date or the factors"),
        ({2024: dt.date(2023, 1, 22), 2025: (1, 1), 2026: (1, 1)}, "is not in 2024"),
    ],
)
def test_festivals_that_cannot_be_are_refused(festival, word) -> None:
    with pytest.raises(ValueError, match=word):
        forecast(festival_sales((2024, 2025)), 2, festival=festival)


def test_a_year_without_its_january_needs_no_festival() -> None:
    months = pd.period_range("2038-03", periods=33, freq="M")  # to November 2040
    series = pd.Series(100.0, index=months)
    assert forecast(series, 1).attrs["conventions"]["festival_unknown"] == ""
    assert forecast(series, 2).attrs["conventions"]["festival_unknown"] == "2041"


def test_where_a_festival_is_not_known_no_year_is_adjusted_and_it_is_said() -> None:
    series = festival_sales((2024, 2025))
    some = forecast(series, 2, festival={2024: (1, 1), 2025: (1.4, 0.6)})  # 2026 is not there
    none = forecast(series, 2, festival=None)
    pd.testing.assert_frame_equal(some, none)
    said = some.attrs["conventions"]
    assert (said["spring_festival"], said["festival_unknown"]) == (False, "2026")


# points


def test_a_season_without_noise_is_repeated_exactly() -> None:
    ahead = forecast(np.tile(1000 * SEASON, 3), 24)
    assert ahead["point"].to_numpy() == pytest.approx(np.tile(1000 * SEASON, 2))
    assert ahead["low"].to_numpy() == pytest.approx(ahead["high"].to_numpy())
    assert ahead.index.tolist() == list(range(1, 25))


def test_growth_goes_on_in_part() -> None:
    series = np.concatenate([1000 * SEASON * 1.1**year for year in range(4)])
    ahead = forecast(series, 12)["point"].sum()
    last = series[-12:].sum()
    assert 1.03 * last < ahead < 1.11 * last


def test_months_are_written_as_they_came() -> None:
    values = np.tile(1000 * SEASON, 2)
    periods = pd.period_range("2024-11", periods=24, freq="M")
    first = forecast(pd.Series(values, index=periods), 3)
    assert first.index.tolist() == list(pd.period_range("2026-11", periods=3, freq="M"))
    for index, expected in (
        (periods.to_timestamp(), pd.Timestamp("2026-11-01")),
        (periods.to_timestamp() + pd.offsets.MonthEnd(0), pd.Timestamp("2026-11-30")),
        (periods.strftime("%Y-%m"), "2026-11"),
        (periods.strftime("%Y-%m-01"), "2026-11-01"),
    ):
        again = forecast(pd.Series(values, index=index), 3)
        assert again.index[0] == expected
        assert again.to_numpy() == pytest.approx(first.to_numpy())


def test_one_series_is_the_one_row_case(sales: pd.DataFrame) -> None:
    row = sales.loc["A001"]
    many = forecast_many(sales.loc[["A001"]], 6)
    pd.testing.assert_frame_equal(forecast(row, 6), many.one("A001"))
    assert many.conventions["pooled"] == "own_errors"
    together = forecast_many(sales, 6)
    assert together.conventions["pooled"] == "size_class"
    assert together.conventions["last_month"] == "2026-10"


def test_the_order_of_the_accounts_does_not_matter(sales: pd.DataFrame) -> None:
    forwards = forecast_many(sales, 6)
    backwards = forecast_many(sales.iloc[::-1], 6)
    for name in ("low", "point", "high"):
        ours, theirs = getattr(forwards, name), getattr(backwards, name).loc[sales.index]
        np.testing.assert_allclose(ours.to_numpy(), theirs.to_numpy(), rtol=1e-9)


def test_many_accounts_are_quick(sales: pd.DataFrame) -> None:
    start = time.process_time()  # the tests beside this one do not count
    forecast_many(sales, 12)
    assert time.process_time() - start < 1


def test_returns_above_sales_may_go_below_zero() -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(20, 30, 36)
    assert values.min() < 0
    assert forecast(values, 6)["low"].min() < 0
    plain = forecast(np.maximum(values, 1), 6)
    assert plain["low"].min() >= 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.integers(0, 10**10).map(lambda n: n / 10_000), min_size=24, max_size=60
    ).filter(  # money has four places
        lambda v: sum(x > 0 for x in v[-24:]) > 12
    ),
    st.integers(1, 24),
    st.floats(0.5, 0.95),
)
def test_limits_are_in_order_and_finite(values, horizon, coverage) -> None:
    result = forecast_many(np.array([values]), horizon, coverage)
    if result.reason.iloc[0]:
        assert result.point.isna().all(axis=None)
        return
    low, point, high = (f.to_numpy() for f in (result.low, result.point, result.high))
    assert np.isfinite(low).all() and np.isfinite(high).all()
    assert (low >= 0).all() and (low <= point).all() and (point <= high).all()
    wider = forecast_many(np.array([values]), horizon, min(coverage + 0.04, 0.99))
    assert (wider.high.to_numpy() >= high - 1e-9 * (1 + high)).all()


@settings(max_examples=15, deadline=None)
@given(st.floats(1e-3, 1e3))
def test_the_unit_of_money_does_not_matter(factor: float) -> None:
    data = company(2, 3, 36, 0.03, 0.1)
    ours, theirs = forecast_many(data, 6), forecast_many(data * factor, 6)
    np.testing.assert_allclose(theirs.high.to_numpy(), ours.high.to_numpy() * factor, rtol=1e-7)


# what is not forecast


def test_accounts_without_ground_to_stand_on_get_a_reason_and_no_figure(sales: pd.DataFrame) -> None:
    result = forecast_many(sales, 6)
    assert set(result.reason) <= {"", "too_short", "mostly_zero", "stopped"}
    assert (result.reason[["A093", "A140", "A166"]] == "too_short").all()
    assert (result.reason[["A077", "A111", "A152"]] == "mostly_zero").all()
    refused = result.reason != ""
    for frame in (result.low, result.point, result.high):
        assert frame[refused].isna().all(axis=None)
        assert frame[~refused].notna().all(axis=None)
    earlier = forecast_many(sales.iloc[:, :24], 6)
    assert (earlier.reason[["A077", "A111", "A152"]] == "stopped").all()
    with pytest.raises(ValueError, match="no forecast for 'A093': fewer than 24"):
        result.one("A093")
    with pytest.raises(ValueError, match="'nobody' is not among"):
        result.one("nobody")


def test_where_nobody_can_be_forecast_there_is_still_a_result() -> None:
    result = forecast_many(np.zeros((2, 30)), 3)
    assert result.reason.tolist() == ["too_short", "too_short"]
    assert result.point.isna().all(axis=None) and np.isnan(result.correlation)


FULL = [100.0 + m for m in range(30)]


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (FULL[:23], "fewer than 24 whole months"),
        ([0.0] * 10 + FULL[:23], "fewer than 24 whole months"),
        ([np.nan] * 10 + FULL[:23], "fewer than 24 whole months"),
        ([*FULL[:5], None, *FULL[6:]], "a month is missing"),
        ([10.0, 0.0] * 15, "half of the last 24 months"),
        ([*FULL, 0.0, 0.0, 0.0], "longer without sales than ever before"),
        ([], "no month in it"),
        ([*FULL, float("inf")], "infinite"),
        (["a"] * 24, "not numbers"),
    ],
)
def test_series_that_cannot_be_forecast_say_why(values, word) -> None:
    with pytest.raises(ValueError, match=word):
        forecast(values, 3)


def test_a_pause_of_every_year_is_not_a_stop() -> None:
    year = [100.0] * 9 + [0.0] * 3
    ahead = forecast(year * 3, 12)
    assert ahead["point"].to_numpy()[9:] == pytest.approx([0, 0, 0], abs=1e-6)
    assert ahead["point"].to_numpy()[:9] == pytest.approx([100] * 9)


def test_months_before_the_first_sale_are_no_history() -> None:
    values = np.tile(1000 * SEASON, 3)
    bare, padded = forecast(values, 3), forecast([*[0.0] * 7, *values], 3)
    assert padded.to_numpy() == pytest.approx(bare.to_numpy())


def test_partial_months_are_refused() -> None:
    series = pd.Series(FULL, index=pd.period_range("2024-05", periods=30, freq="M"))
    assert len(forecast(series, 2, as_of="2026-10-31")) == 2
    with pytest.raises(ValueError, match="2026-10 is not over on 2026-10-30"):
        forecast(series, 2, as_of=dt.date(2026, 10, 30))
    with pytest.raises(ValueError, match="without months"):
        forecast(FULL, 2, as_of="2026-10-31")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"horizon": 0}, "horizon: expected 1 to 24"),
        ({"horizon": 25}, "horizon: expected 1 to 24"),
        ({"horizon": 1.5}, "whole number"),
        ({"coverage": 1}, "coverage"),
        ({"coverage": 0}, "coverage"),
        ({"coverage": float("nan")}, "coverage"),
    ],
)
def test_settings_out_of_range_are_refused(change, word) -> None:
    with pytest.raises(ValueError, match=word):
        forecast(FULL, **{"horizon": 3, **change})


def test_gaps_and_doubles_are_refused() -> None:
    months = pd.period_range("2024-01", periods=31, freq="M").delete(4)
    with pytest.raises(ValueError, match="without a gap.*2024-04.*2024-06"):
        forecast(pd.Series(FULL, index=months), 2)
    with pytest.raises(ValueError, match="not a month: 'May'"):  # of which year?
        forecast(pd.Series(FULL, index=["May"] * 30), 2)
    with pytest.raises(ValueError, match="'A' stands in it twice"):
        forecast_many(pd.DataFrame([FULL, FULL], index=["A", "A"]), 2)


# changes by hand

CHANGE = {"month": "2026-12", "amount": 50.0, "reason": "进场促销 <b>", "who": "李", "date": "2026-10-30"}


@pytest.fixture
def ahead() -> pd.DataFrame:
    index = pd.period_range("2026-11", periods=3, freq="M")
    frame = pd.DataFrame(
        {"low": [80.0, 70, 60], "point": [100.0, 100, 100], "high": [110.0, 120, 150]}, index
    )
    frame.attrs["correlation"] = 0.25
    return frame


def test_changes_stand_on_top_and_both_are_kept(ahead: pd.DataFrame) -> None:
    before = ahead.copy()
    factor = {"month": "2026-12", "factor": 0.9, "reason": "delisted", "amount": float("nan")}
    done = adjust(ahead, [CHANGE, factor])
    pd.testing.assert_frame_equal(ahead, before)
    pd.testing.assert_frame_equal(done.table[["low", "point", "high"]], before)
    assert done.table["adjusted"].tolist() == pytest.approx([100, 135, 100])
    assert done.table["change"].tolist() == pytest.approx([0, 35, 0])
    rows = done.changes
    assert rows["reason"].tolist() == ["进场促销 <b>", "delisted"]
    assert rows["before"].tolist() == pytest.approx([100, 150])
    assert rows["after"].tolist() == pytest.approx([150, 135])
    assert rows["who"].tolist()[0] == "李" and rows["who"].isna().tolist() == [False, True]
    assert done.conventions == {"order": "as_given", "interval": "of_the_statistical_forecast"}
    again = adjust(ahead, pd.DataFrame([CHANGE, factor]))
    pd.testing.assert_frame_equal(again.table, done.table)
    assert adjust(ahead, []).table["change"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"reason": " "}, r"changes\[0\]: no reason"),
        ({"reason": None}, "no reason"),
        ({"factor": 2.0}, "an amount or a factor"),
        ({"amount": None}, "an amount or a factor"),
        ({"month": "2027-02"}, "not among the months forecast, 2026-11 to 2027-01"),
        ({"month": "soon"}, "not a month"),
        ({"month": None}, "not a month"),
        ({"amount": -101.0}, "below zero"),
        ({"amount": "viel"}, "not a number"),
    ],
)
def test_changes_that_cannot_be_are_refused(ahead: pd.DataFrame, change, word) -> None:
    with pytest.raises(ValueError, match=word):
        adjust(ahead, [{**CHANGE, **change}])


def test_changes_by_place_where_there_are_no_months() -> None:
    frame = forecast(FULL, 2)
    done = adjust(frame, [{"month": 2, "factor": 0, "reason": "closed for rebuilding"}])
    assert done.table["adjusted"].tolist() == [frame["point"].iloc[0], 0]
    with pytest.raises(ValueError, match="not among the months forecast, 1 to 2"):
        adjust(frame, [{"month": 3, "factor": 0, "reason": "x"}])
    with pytest.raises(ValueError, match="no column 'low'"):
        adjust(frame[["point"]], [])


# the year


@pytest.fixture
def known() -> pd.Series:
    return pd.Series(90.0, index=pd.period_range("2025-01", "2026-10", freq="M"))


def test_the_year_is_what_is_known_and_the_rest(known: pd.Series, ahead: pd.DataFrame) -> None:
    out = year_outlook(known, ahead, 2026)
    assert (out.actual, out.months_actual, out.rest, out.months_forecast) == (900, 10, 200, 2)
    assert out.point == out.actual + out.rest == 1100
    # below: 20 and 30; above: 10 and 20; correlation 0.25
    assert out.low == pytest.approx(1100 - np.sqrt(0.75 * (400 + 900) + 0.25 * 50**2))
    assert out.high == pytest.approx(1100 + np.sqrt(0.75 * (100 + 400) + 0.25 * 30**2))
    assert out.adjusted is None
    assert out.conventions["correlation"] == 0.25 and out.conventions["correlation_from"] == "measured"
    free, tied = (year_outlook(known, ahead, 2026, correlation=rho) for rho in (0, 1))
    assert free.low == pytest.approx(1100 - np.sqrt(1300)) and tied.low == pytest.approx(1050)
    assert tied.high == pytest.approx(1130) and free.conventions["correlation_from"] == "given"


def test_a_year_that_begins_elsewhere_and_changes_by_hand(known: pd.Series, ahead: pd.DataFrame) -> None:
    done = adjust(ahead, [CHANGE])
    out = year_outlook(known, done.table, 2026, first_month=2)
    assert (out.months_actual, out.months_forecast, out.point, out.adjusted) == (9, 3, 1110, 1160)
    assert out.conventions["first_month"] == 2


def test_a_year_that_is_over_has_no_interval(known: pd.Series, ahead: pd.DataFrame) -> None:
    out = year_outlook(known, ahead, 2025)
    assert out.low == out.point == out.high == out.actual == 12 * 90
    nothing = ahead.iloc[:0]
    assert year_outlook(known, nothing, 2025, correlation=0).point == 12 * 90


def test_outlooks_that_cannot_be_are_refused(known: pd.Series, ahead: pd.DataFrame) -> None:
    for arguments, word in (
        ((known, ahead, 2027), "2027-02 of 2027 is neither known nor forecast"),
        ((known.iloc[:-1], ahead, 2026), "begins with 2026-11, the actual months end with 2026-09"),
        ((known.where(known.index != "2026-03"), ahead, 2026), "a month of 2026 is missing"),
        ((known.reset_index(drop=True), ahead, 2026), "need months"),
        ((known, ahead, 2026, 1.5), "correlation: expected 0 to 1"),
        ((known, ahead, 2026, None, 13), "first_month"),
    ):
        with pytest.raises(ValueError, match=word):
            year_outlook(*arguments)
    bare = ahead.copy()
    bare.attrs = {}
    with pytest.raises(ValueError, match="does not carry it"):
        year_outlook(known, bare, 2026)
