from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.identification import cagr, evolution_index, growth, growth_review, retention_bridge, trend
from kamtools.identification.windows import compare, label, ordinal

few = settings(max_examples=30, derandomize=True, deadline=None)


def monthly(amounts: dict[str, list[float]], last: str = "2026-10-01") -> pd.DataFrame:
    frames = []
    for account, values in amounts.items():
        months = pd.date_range(end=last, periods=len(values), freq="MS")
        frames.append(pd.DataFrame({"account": account, "month": months, "amount": values}))
    return pd.concat(frames, ignore_index=True)


def steady(accounts: int = 40, months: int = 36, noise: float = 0.08, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    size = rng.lognormal(8, 1, accounts)[:, None]
    season = 1 + 0.3 * np.sin(np.arange(months) * np.pi / 6)
    amounts = size * season * np.exp(rng.normal(0, noise, (accounts, months)))
    return monthly({f"A{i:03d}": list(row) for i, row in enumerate(amounts)})


# -- single figures --------------------------------------------------------------------------


def test_growth_and_cagr() -> None:
    assert growth(100, 130) == pytest.approx(0.3)
    assert cagr(100, 200, 3) == pytest.approx(2 ** (1 / 3) - 1)
    assert cagr(100, 0, 3) == -1
    for bad in (0, -5, None, float("nan")):
        with pytest.raises(ValueError, match="first"):
            cagr(bad, 100, 2)
    with pytest.raises(ValueError, match="last"):
        cagr(100, -1, 2)
    with pytest.raises(ValueError, match="periods"):
        cagr(100, 110, 0)


def test_trend() -> None:
    assert trend([1, 2, 3, 4]) == 1
    assert trend([1, None, 3, 400, 5]) == 1  # the wild value does not move the median
    assert trend([100 * 1.02**i for i in range(12)], method="log_ols") == pytest.approx(np.log(1.02))
    with pytest.raises(ValueError, match="series"):
        trend([1])
    with pytest.raises(ValueError, match="above zero"):
        trend([1, 0, 2], method="log_ols")


def test_evolution_index() -> None:
    assert evolution_index(0.1, 0.1) == 100
    with pytest.raises(ValueError, match="market_growth"):
        evolution_index(0.1, -1)


# -- retention -------------------------------------------------------------------------------


def test_retention_of_sequences_and_negatives() -> None:
    bridge = retention_bridge([100, 50, 0, -20], [80, None, 30, 10])
    assert (bridge.retained, bridge.lost, bridge.new, bridge.contraction) == (80, 50, 40, 20)
    assert bridge.negatives_previous == -20 and bridge.negatives_current == 0
    assert bridge.logo_retention == 0.5
    with pytest.raises(ValueError, match="current"):
        retention_bridge([1, 2], [1])
    with pytest.raises(ValueError, match="previous"):
        retention_bridge([0, -1], [1, 2])


ids = st.sampled_from("ABCDEFGH")
books = st.dictionaries(ids, st.floats(-1e5, 1e6), max_size=8)


@few
@given(books.filter(lambda b: any(v > 0 for v in b.values())), books)
def test_bridge_sums(previous, current) -> None:
    b = retention_bridge(previous, current)
    assert b.retained + b.lost + b.contraction == pytest.approx(b.previous)
    assert b.retained + b.expansion + b.new == pytest.approx(b.current)
    assert b.previous + b.negatives_previous == pytest.approx(sum(previous.values()), abs=1e-6)
    assert b.current + b.negatives_current == pytest.approx(sum(current.values()), abs=1e-6)
    assert 0 <= b.grr <= 1 and b.grr <= b.nrr + 1e-12 and 0 <= b.logo_retention <= 1
    assert b.accounts_kept + b.accounts_lost == b.accounts_previous


# -- windows ---------------------------------------------------------------------------------


def window(last: str, months: int, first: str = "2020-01-01", festival: bool = True):
    return compare(ordinal(last), months, ordinal(first), festival)


def test_whole_year_windows() -> None:
    result = window("2026-10-01", 12)
    assert (result.current.text, result.previous.text) == ("2025-11..2026-10", "2024-11..2025-10")
    assert result.notes == ()


@pytest.mark.parametrize(
    ("last", "months", "expected"),
    [
        ("2026-01-01", 12, "2025-01..2025-12"),  # not February to January
        ("2026-01-01", 3, "2025-10..2025-12"),
        ("2026-04-01", 3, "2026-01..2026-04"),  # not February to April
        ("2026-02-01", 2, "2026-01..2026-02"),
        ("2026-02-01", 1, "2026-01..2026-02"),
    ],
)
def test_january_and_february_stay_together(last: str, months: int, expected: str) -> None:
    result = window(last, months)
    assert result.current.text == expected
    assert result.current.months == result.previous.months
    assert (result.current.start - result.previous.start) % 12 == 0
    if expected[-2:] != last[5:7] or result.current.months != months:
        assert result.notes
    assert window(last, months, festival=False).current.months == months


@few
@given(st.integers(24240, 24320), st.integers(1, 30), st.integers(24180, 24300), st.booleans())
def test_windows_always_compare_like_with_like(end, months, first, festival) -> None:
    current, previous, notes = compare(end, months, first, festival)
    if current is None:
        assert previous is None and notes
        return
    assert current.months == previous.months and (current.start - previous.start) % 12 == 0
    assert previous.start >= first and previous.end < current.start and current.end <= end
    if festival:
        for w in (current, previous):
            assert w.start % 12 != 1 and w.end % 12 != 0


def test_short_data_shorten_the_window_and_say_so() -> None:
    result = window("1998-04-01", 12, first="1996-07-01", festival=False)
    assert result.current.text == "1997-07..1998-04" and result.previous.text == "1996-07..1997-04"
    assert result.notes[-1].key == "window_shortened" and result.notes[-1].params["months"] == 10
    none = window("2010-11-01", 12, first="2009-12-01")
    assert none.current is None and none.notes[-1].key == "no_comparable_period"


# -- the review ------------------------------------------------------------------------------


def test_like_for_like_growth_and_statuses() -> None:
    data = monthly(
        {
            "up": [100] * 24 + [130] * 12,
            "down": [100] * 24 + [90] * 12,
            "lost": [100] * 24,
            "new": [100] * 5,
            "flat": [100] * 36,
            "started": [100] * 17,
        }
    )
    data.loc[data["account"] == "lost", "month"] -= pd.DateOffset(months=12)
    review = growth_review(data, "2026-10-01")
    assert review.table["status"].to_dict() == {
        "up": "up", "down": "down", "lost": "lost", "new": "new", "flat": "flat", "started": "started"
    }  # fmt: skip
    assert review.table.loc["up", "growth"] == pytest.approx(0.3)
    assert np.isnan(review.table.loc["new", "growth"])
    assert review.fastest == ("up",)
    assert review.bridge is not None and review.bridge.new == 500 and review.bridge.lost == 1200
    assert review.table.loc["up", "cagr"] == pytest.approx(1.3**0.5 - 1)
    assert review.table.loc["started", "cagr_years"] == 0


def test_rows_after_the_last_month_do_not_count() -> None:
    data = monthly({"A": [100] * 37}, last="2026-11-01")
    review = growth_review(data, "2026-10-01")
    assert review.table.loc["A", "current"] == 1200
    assert [n.params["rows"] for n in review.notes if n.key == "months_after"] == [1]


def test_a_moving_festival_moves_no_growth() -> None:
    values = []
    for year in range(3):  # the festival's sales fall in January, then February, then January
        jan, feb = (50, 150) if year % 2 else (150, 50)
        values += [100, 100, jan, feb] + [100] * 8
    review = growth_review(monthly({"A": values}, last="2026-10-01"), "2026-01-01", months=3)
    assert review.period == "2025-10..2025-12"
    assert review.table.loc["A", "growth"] == pytest.approx(0)
    whole = growth_review(monthly({"A": values}, last="2026-10-01"), "2026-10-01")
    assert whole.table.loc["A", "trend"] == pytest.approx(0)


def test_robust_trend_is_a_rate_a_year() -> None:
    t = np.arange(36)
    season = 1 + 0.5 * np.sin(t * np.pi / 6)
    values = 100 * 1.2 ** (t / 12) * season
    values[20] *= 9  # one wild month
    review = growth_review(monthly({"A": list(values)}), "2026-10-01", spring_festival=False)
    assert review.table.loc["A", "trend"] == pytest.approx(0.2, abs=1e-6)
    assert review.table.loc["A", "trend_agreement"] > 0.9


def test_market_as_rate_frame_and_series() -> None:
    data = monthly({"A": [100] * 12 + [110] * 12, "B": [100] * 24})
    by_rate = growth_review(data, "2026-10-01", market=0.1)
    assert by_rate.table["evolution_index"].to_dict() == pytest.approx({"A": 100, "B": 100 / 1.1})
    frame = monthly({"m": [1000] * 12 + [1100] * 12}).drop(columns="account")
    assert growth_review(data, "2026-10-01", market=frame).market_growth == pytest.approx(0.1)
    short = growth_review(data, "2026-10-01", market=frame.iloc[3:])
    assert short.market_growth is None and "market_incomplete" in {n.key for n in short.notes}
    own = growth_review(data, "2026-10-01", market=pd.Series({"A": 0.0}))
    assert own.table.loc["A", "evolution_index"] == pytest.approx(110)
    assert np.isnan(own.table.loc["B", "evolution_index"])


def test_less_than_a_year_gives_no_growth_and_says_why() -> None:
    review = growth_review(monthly({"A": [100] * 11}), "2026-10-01")
    assert review.period == "" and review.bridge is None and review.falls == ()
    assert review.total_growth is None and review.table["growth"].isna().all()
    assert "no_comparable_period" in {n.key for n in review.notes}


def test_negative_months_are_kept_and_growth_from_below_zero_is_missing() -> None:
    review = growth_review(monthly({"A": [-10] * 12 + [50] * 12, "B": [10] * 24}), "2026-10-01")
    assert np.isnan(review.table.loc["A", "growth"]) and review.table.loc["A", "status"] == "no_base"
    assert review.table.loc["A", "previous"] == -120
    assert review.conventions["negatives"] == "keep"


def test_the_state_of_trade_is_of_the_lines_and_not_of_a_net_sum() -> None:
    months = pd.date_range("2024-11-01", "2026-10-01", freq="MS")
    rows = [("OLD", month, 100.0, 100.0) for month in months]
    rows += [
        ("BACK", months[2], 0.0, 70.0),
        ("BACK", months[15], 90.0, 90.0),
    ]  # bought and returned in one month
    rows += [
        ("OVER", months[1], 80.0, 80.0),
        ("OVER", months[4], -200.0, np.nan),
        ("OVER", months[16], 50.0, 50.0),
    ]
    rows += [("SENT", months[1], 300.0, 300.0), ("SENT", months[14], -10.0, 40.0)]  # still buys, returns more
    rows += [("GONE", months[5], 300.0, 300.0), ("GONE", months[14], -10.0, np.nan)]  # returns alone
    rows += [("FRESH", months[13], 60.0, 60.0)]
    frame = pd.DataFrame(rows, columns=["account", "month", "amount", "gross"])
    table = growth_review(frame, "2026-10-01").table
    assert table["status"].to_dict() == {
        "OLD": "flat", "BACK": "no_base", "OVER": "no_base", "SENT": "down", "GONE": "lost", "FRESH": "new"
    }  # fmt: skip
    assert table.loc[["BACK", "OVER", "FRESH"], "growth"].isna().all()


def test_an_account_that_comes_back_after_a_pause_is_not_new() -> None:
    frame = monthly({"A": [9, 9] + [0] * 22 + [5] * 12, "B": [10] * 36})
    table = growth_review(frame[frame["amount"] != 0], "2026-10-01").table
    assert table.loc["A", "status"] == "no_base"


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="no column 'month'"):
        growth_review(pd.DataFrame({"account": [], "amount": []}), "2026-10-01")
    with pytest.raises(ValueError, match="no amount"):
        growth_review(monthly({"A": [1.0]}), "2020-01-01")
    with pytest.raises(ValueError, match="fall_alarm"):
        growth_review(monthly({"A": [1.0]}), "2026-10-01", fall_alarm=40)


@few
@given(st.integers(0, 100))
def test_row_order_currency_and_split_rows_change_no_figure(seed: int) -> None:
    data = steady(accounts=12, noise=0.3)
    one = growth_review(data, "2026-10-01")
    shuffled = growth_review(data.sample(frac=1, random_state=seed), "2026-10-01")
    pd.testing.assert_frame_equal(one.table, shuffled.table, check_exact=True)
    halves = pd.concat([data.assign(amount=data["amount"] * 0.25), data.assign(amount=data["amount"] * 0.75)])
    pd.testing.assert_frame_equal(one.table, growth_review(halves, "2026-10-01").table)
    scaled = growth_review(data.assign(amount=data["amount"] * 7.1), "2026-10-01").table
    rates = ["growth", "cagr", "trend", "recent_change", "recent_z", "status", "small"]
    pd.testing.assert_frame_equal(one.table[rates], scaled[rates])


def test_label_and_ordinal_are_inverse() -> None:
    assert label(ordinal("2026-01-31")) == "2026-01"


def test_thousands_of_accounts_take_a_moment() -> None:
    data = steady(accounts=4400, noise=0.2)
    start = time.process_time()  # the tests beside this one do not count
    growth_review(data, "2026-10-01")
    assert time.process_time() - start < 5
