"""Measure on the sample company how often forecasts' 80 % intervals hold, and how far the points are off.

    python tests/bench/forecast_coverage.py            three seeds, a year and half a year held back
    python tests/bench/forecast_coverage.py --short    the sample's own seed only

`figures` gives name, value, goal and unit of what is to be kept: the distance of the coverage
from 80 %, the error against last year's months, and the seconds.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd

from kamtools.finance.accuracy import wape
from kamtools.finance.forecasting import forecast, forecast_many, year_outlook

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
SEEDS = (20261031, 7, 99)  # the first is the committed sample's
COVERAGE = 0.8


@dataclass(frozen=True)
class Measured:
    """What one sample, with its last months held back, came to.

    Attributes
    ----------
    coverage, below, above
        Part of the account-months inside the interval, below and above it.
    year
        Part of the accounts whose sum over a year is inside the outlook's interval.
    alone
        Coverage where each account is forecast alone, without the others to learn from; None: not measured.
    wape, wape_naive
        Error of the points, and of last year's month as it was.
    """

    seed: int
    held_back: int
    accounts: int
    coverage: float
    below: float
    above: float
    year: float
    alone: float | None
    wape: float
    wape_naive: float
    seconds: float

    def line(self) -> str:
        """Return the measurement as a line of text."""
        alone = "" if self.alone is None else f", alone {self.alone:.1%}"
        return (
            f"seed {self.seed:<8} {self.held_back:>2} months held back, {self.accounts} accounts: "
            f"{COVERAGE:.0%} interval held {self.coverage:.1%} (below {self.below:.1%}, above {self.above:.1%})"
            f"{alone}, of the year {self.year:.1%}; WAPE {self.wape:.1%}, last year's month {self.wape_naive:.1%}; "
            f"{self.seconds:.3f} s"
        )


def maker() -> ModuleType:
    """Return the script that makes the sample company."""
    name = "kam_sample_for_forecasts"
    spec = importlib.util.spec_from_file_location(name, SAMPLES / "make.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def monthly(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return accounts × months from ledger lines; a month without lines is 0."""
    month = pd.PeriodIndex(pd.to_datetime(ledger["date"]), freq="M").rename("month")
    amounts = ledger["amount"].astype(float).groupby([ledger["account"], month]).sum()
    return amounts.unstack(fill_value=0)


def sample(seed: int) -> pd.DataFrame:
    """Return the monthly sales of a sample company made from a seed."""
    return monthly(maker().generate(seed=seed).tables["ledger"].to_pandas())


def measure(sales: pd.DataFrame, held_back: int, seed: int = SEEDS[0], alone: bool = False) -> Measured:
    """Forecast the months held back from the others, and compare."""
    past, future = sales.iloc[:, :-held_back], sales.iloc[:, -held_back:]
    start = time.perf_counter()
    result = forecast_many(past, held_back, COVERAGE)
    seconds = time.perf_counter() - start
    there = result.reason.index[result.reason == ""]
    low, point, high, actual = (
        frame.loc[there].to_numpy() for frame in (result.low, result.point, result.high, future)
    )
    begin = pd.PeriodIndex(sales.columns)[-12]
    sums = []
    for account in there:
        outlook = year_outlook(past.loc[account], result.one(account), begin.year, first_month=begin.month)
        truth = sales.loc[account].iloc[-12:].sum()
        sums.append(outlook.low <= truth <= outlook.high)
    single = None
    if alone:
        inside = []
        for account in there:
            own = forecast(past.loc[account], held_back, COVERAGE)
            inside.append(future.loc[account].between(own["low"], own["high"]).mean())
        single = float(np.mean(inside))
    naive = sales.loc[there].iloc[:, -held_back - 12 : sales.shape[1] - 12].to_numpy()
    return Measured(
        seed=seed,
        held_back=held_back,
        accounts=len(there),
        coverage=float(((actual >= low) & (actual <= high)).mean()),
        below=float((actual < low).mean()),
        above=float((actual > high).mean()),
        year=float(np.mean(sums)),
        alone=single,
        wape=wape(actual.ravel(), point.ravel()),
        wape_naive=wape(actual.ravel(), naive.ravel()),
        seconds=seconds,
    )


def figures(seeds: tuple[int, ...] = SEEDS) -> list[tuple[str, float, float, str]]:
    """Return name, value, goal, unit of the figures to keep; a value is not to be above its goal."""
    found = []
    for seed in seeds:
        sales = sample(seed)
        for held_back in (12, 6):
            m = measure(sales, held_back, seed)
            name = f"forecast, seed {seed}, {held_back} months"
            found.append(
                (
                    f"{name}: held {m.coverage:.1%}, off {COVERAGE:.0%}",
                    abs(m.coverage - COVERAGE) * 100,
                    5.0,
                    "pt",
                )
            )
            found.append((f"{name}: WAPE to last year's month", m.wape / m.wape_naive, 0.9, "x"))
        found.append((f"forecast of {len(sales)} accounts, seed {seed}", m.seconds, 1.0, "s"))
    return found


def main() -> None:
    """Measure and print."""
    for seed in SEEDS[:1] if "--short" in sys.argv[1:] else SEEDS:
        sales = sample(seed)
        for held_back in (12, 6):
            print(measure(sales, held_back, seed, alone=True).line(), flush=True)


if __name__ == "__main__":
    main()
