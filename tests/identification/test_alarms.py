"""The detectors find what is planted, at half strength too, and leave quiet accounts alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamtools.identification import (
    fastest_small_accounts,
    growth_review,
    sales_falls,
    terms_out_of_line,
)

MONTHS = pd.date_range("2023-11-01", "2026-10-01", freq="MS")
QUIET = 150


def ledger(seed: int, noise: float, fall: float = 0.0, rise: float = 0.0) -> pd.DataFrame:
    """Make quiet accounts with season, slow growth and noise; A000 falls at the end, A001 (small) rises."""
    rng = np.random.default_rng(seed)
    accounts = QUIET + 2
    size = rng.lognormal(10, 1.0, accounts)
    size[:2] = np.exp(10.5), np.exp(9.0)
    years = np.arange(36) / 12
    slope = rng.normal(0.04, 0.04, accounts)
    slope[:2] = 0.04
    season = 1 + 0.25 * np.sin(np.arange(36) * np.pi / 6)
    amounts = size[:, None] * season * np.exp(slope[:, None] * years + rng.normal(0, noise, (accounts, 36)))
    amounts[0, -3:] *= 1 - fall
    amounts[1] *= 1 + rise * np.clip((np.arange(36) - 18) / 17, 0, None)
    ids = [f"A{i:03d}" for i in range(accounts)]
    return pd.DataFrame(
        {"account": np.repeat(ids, 36), "month": np.tile(MONTHS, accounts), "amount": amounts.ravel()}
    )


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(("fall", "severity"), [(0.55, "high"), (0.28, "watch")])
def test_a_fall_is_found_at_full_and_half_strength(seed: int, fall: float, severity: str) -> None:
    alarms = sales_falls(growth_review(ledger(seed, 0.07, fall=fall), "2026-10-01"))
    found = {a.account: a for a in alarms}
    assert found["A000"].severity == severity
    assert found["A000"].period == "2026-08..2026-10"
    assert len(found) - 1 <= 0.05 * QUIET


@pytest.mark.parametrize("noise", [0.05, 0.1, 0.2, 0.3])
def test_quiet_accounts_stay_quiet(noise: float) -> None:
    flagged = []
    for seed in range(8):
        review = growth_review(ledger(seed, noise), "2026-10-01")
        named = {a.account for a in (*sales_falls(review), *fastest_small_accounts(review))}
        flagged.append(len(named) / (QUIET + 2))
    assert np.mean(flagged) <= 0.05 and max(flagged) <= 0.06


def test_a_fall_that_everybody_shares_is_no_account_s_alarm() -> None:
    data = ledger(1, 0.05)
    last = data["month"] >= "2026-08-01"
    data.loc[last, "amount"] *= 0.7
    assert len(sales_falls(growth_review(data, "2026-10-01"))) <= 0.05 * QUIET


def test_an_account_that_buys_now_and_then_raises_no_alarm() -> None:
    data = ledger(1, 0.05)
    months = np.tile(np.arange(36), QUIET + 2)
    some = np.isin(months, [1, 2, 7, 13, 16, 17, 22, 29, 33])  # no rhythm: nothing in the last three months
    data.loc[(data["account"] == "A005") & ~some, "amount"] = 0.0
    review = growth_review(data, "2026-10-01")
    assert "A005" not in review.falls
    assert "A005" not in review.table.index[review.table["recent_z"] <= -2.5]


def test_a_fall_without_history_is_judged_by_its_size() -> None:
    months = pd.date_range("2025-08-01", "2026-10-01", freq="MS")
    amounts = np.array([100, 104, 98, 101, 99, 100, 97, 103, 100, 101, 99, 100, 50, 45, 40], dtype=float)
    data = pd.DataFrame({"account": "A", "month": months, "amount": amounts})
    assert growth_review(data, "2026-10-01").falls == ("A",)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("rise", [1.5, 0.75])
def test_the_fastest_small_account_is_found(seed: int, rise: float) -> None:
    review = growth_review(ledger(seed, 0.1, rise=rise), "2026-10-01")
    alarms = fastest_small_accounts(review)
    assert alarms[0].account == "A001" and review.fastest_small[0] == "A001"
    assert len(alarms) <= 3
    assert alarms[0].value > alarms[0].threshold > alarms[0].details["median"]


def terms(seed: int, asked: float) -> tuple[pd.Series, pd.Series, pd.Series]:
    rng = np.random.default_rng(seed)
    ids = [f"A{i:03d}" for i in range(QUIET)]
    sales = pd.Series(rng.lognormal(10, 1.2, QUIET), index=ids).sort_values()
    sales.index = pd.Index(ids)
    group = pd.Series(np.where(np.arange(QUIET) % 3, "chain", "hospital"), index=ids)
    rate = (
        0.05 + 0.03 * (group == "chain") + 0.10 * (sales > sales.quantile(0.9)) + rng.normal(0, 0.006, QUIET)
    )
    rate["A010"] += asked
    return rate, sales, group


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("asked", [0.10, 0.05])
def test_terms_out_of_line_with_size_are_found(seed: int, asked: float) -> None:
    rate, sales, group = terms(seed, asked)
    alarms = terms_out_of_line(rate, sales, group)
    assert alarms[0].account == "A010"
    assert len(alarms) - 1 <= 0.05 * QUIET
    assert alarms[0].details["usual"] == pytest.approx(0.08 if group["A010"] == "chain" else 0.05, abs=0.01)


def test_few_accounts_give_no_ground_to_judge_terms() -> None:
    assert terms_out_of_line({"A": 0.5, "B": 0.1}, {"A": 1.0, "B": 100.0}) == []


def test_few_small_accounts_give_no_ground_to_judge_growth() -> None:
    data = ledger(1, 0.05, rise=3)
    few = data[data["account"].isin(["A001", "A002", "A003", "A004"])]
    assert fastest_small_accounts(growth_review(few, "2026-10-01")) == []
