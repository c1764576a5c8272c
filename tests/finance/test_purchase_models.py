from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import beta

from kamtools.finance.purchase_models import BgNbd, GammaGamma, bg_nbd_fit, gamma_gamma_fit

TRUE = {"r": 0.6, "alpha": 8.0, "a": 0.8, "b": 2.5}
AHEAD = 20.0


def buyers(n: int, seed: int) -> pd.DataFrame:
    """Customers that behave as the model says: their history, and what they buy in the time after it."""
    rng = np.random.default_rng(seed)
    length = rng.uniform(30, 80, n)
    rate = rng.gamma(TRUE["r"], 1 / TRUE["alpha"], n)
    leaving = rng.beta(TRUE["a"], TRUE["b"], n)
    frequency, recency, later, now = np.zeros((4, n))
    active = np.ones(n, bool)
    left = np.full(n, np.inf)
    while active.any():
        now = np.where(active, now + rng.exponential(1 / rate), now)
        active &= now <= length + AHEAD
        inside = active & (now <= length)
        frequency += inside
        recency = np.where(inside, now, recency)
        later += active & (now > length)
        gone = active & (rng.random(n) < leaving)
        left[gone] = now[gone]
        active &= ~gone
    return pd.DataFrame(
        {
            "frequency": frequency,
            "recency": recency,
            "T": length,
            "later": later,
            "alive": left > length,
        },
        index=[f"C{i:05d}" for i in range(n)],
    )


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return buyers(6000, 1)


@pytest.fixture(scope="module")
def model(customers: pd.DataFrame) -> BgNbd:
    return bg_nbd_fit(customers["frequency"], customers["recency"], customers["T"])


def test_the_parameters_of_a_simulation_come_back(model: BgNbd) -> None:
    assert model.converged and model.warnings == ()
    assert model.customers == 6000
    assert model.r == pytest.approx(TRUE["r"], rel=0.10)
    assert model.alpha == pytest.approx(TRUE["alpha"], rel=0.12)
    assert model.a / (model.a + model.b) == pytest.approx(0.8 / 3.3, rel=0.10)
    assert model.a == pytest.approx(TRUE["a"], rel=0.25)
    assert model.b == pytest.approx(TRUE["b"], rel=0.25)


def test_what_customers_buy_later_is_expected(model: BgNbd, customers: pd.DataFrame) -> None:
    history = [customers[c] for c in ("frequency", "recency", "T")]
    expected = model.expected_purchases(AHEAD, *history)
    assert isinstance(expected, pd.Series) and expected.index.equals(customers.index)
    assert expected.sum() == pytest.approx(customers["later"].sum(), rel=0.06)
    for low, high in ((0, 0), (1, 2), (3, 6), (7, 99)):
        rows = customers["frequency"].between(low, high)
        assert expected[rows].mean() == pytest.approx(customers["later"][rows].mean(), rel=0.15)


def test_who_is_active_is_known(model: BgNbd, customers: pd.DataFrame) -> None:
    alive = model.probability_alive(*(customers[c] for c in ("frequency", "recency", "T")))
    assert isinstance(alive, pd.Series) and alive.between(0, 1).all()
    for low, high in ((0.0, 0.3), (0.3, 0.6), (0.6, 0.9), (0.9, 1.01)):
        rows = (alive >= low) & (alive < high)
        assert rows.sum() > 50
        assert customers["alive"][rows].mean() == pytest.approx(alive[rows].mean(), abs=0.06)
    assert (alive[customers["frequency"] == 0] == 1).all()


def test_the_unit_of_time_changes_nothing_else(model: BgNbd, customers: pd.DataFrame) -> None:
    days = bg_nbd_fit(customers["frequency"], customers["recency"] * 7, customers["T"] * 7)
    assert days.r == pytest.approx(model.r, rel=1e-3)
    assert days.alpha == pytest.approx(model.alpha * 7, rel=1e-3)
    shift = customers["frequency"].sum() * np.log(7)
    assert days.log_likelihood == pytest.approx(model.log_likelihood - shift, rel=1e-6)


def test_no_other_parameters_are_likelier(model: BgNbd, customers: pd.DataFrame) -> None:
    """The likelihood written out as published, for the fitted parameters and their neighbours."""
    from scipy.special import gammaln

    x, seen, length = (customers[c].to_numpy() for c in ("frequency", "recency", "T"))

    def likelihood(r: float, alpha: float, a: float, b: float) -> float:
        a1 = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        a2 = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        a3 = (alpha + length) ** -(r + x)
        a4 = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * (alpha + seen) ** -(r + x), 0)
        return float((a1 + a2 + np.log(a3 + a4)).sum())

    best = (model.r, model.alpha, model.a, model.b)
    assert likelihood(*best) == pytest.approx(model.log_likelihood, rel=1e-9)
    for place in range(4):
        for factor in (0.97, 1.03):
            moved = [p * (factor if i == place else 1) for i, p in enumerate(best)]
            assert likelihood(*moved) < model.log_likelihood


@pytest.mark.parametrize("a", [0.3, 0.8, 1.0, 1.5, 5.0])
@pytest.mark.parametrize(
    ("t", "x", "seen", "length"), [(10, 0, 0, 40), (20, 3, 30, 40), (52, 12, 39, 40), (1000, 2, 30, 40)]
)
def test_expected_purchases_equal_the_integral(a, t, x, seen, length) -> None:
    """Over the probability of leaving, with the rate integrated out; p = u^(1/a) takes the pole away."""
    model = BgNbd(0.5, 7.0, a, 2.5, 0.0, 1, True)

    def part(u: float) -> float:
        p = u ** (1 / a)
        stays = -np.expm1(-(model.r + x) * np.log1p(p * t / (model.alpha + length))) / p
        return beta.pdf(p, a, model.b + x) * stays * u ** (1 / a - 1) / a

    area = quad(part, 0, 1, limit=400, epsabs=1e-12, epsrel=1e-10)[0]
    expected = model.expected_purchases(t, x, seen, length)
    assert expected == pytest.approx(area * model.probability_alive(x, seen, length), rel=1e-5)


def test_many_purchases_do_not_overflow() -> None:
    model = BgNbd(0.5, 7.0, 0.8, 2.5, 0.0, 1, True)
    value = model.expected_purchases(52, 5000, 40, 40)
    assert isinstance(value, float) and 2000 < value < 52 * 5000 / 40
    assert model.probability_alive(5000, 1, 40) == pytest.approx(0, abs=1e-12)
    assert model.expected_purchases(0, 3, 30, 40) == 0


def test_a_new_customer() -> None:
    model = BgNbd(0.5, 7.0, 0.8, 2.5, 0.0, 1, True)
    series = model.expected_purchases([1, 10, 100])
    assert isinstance(series, np.ndarray) and (np.diff(series) > 0).all()
    assert series[0] < 0.5 / 7  # at the mean rate, less those who leave
    with pytest.raises(ValueError, match="T: needed"):
        model.expected_purchases(10, 3, 5)


def test_where_nobody_leaves_it_is_said() -> None:
    rng = np.random.default_rng(3)
    n = 800
    rate = rng.gamma(2, 1 / 10, n)
    length = np.full(n, 50.0)
    frequency = rng.poisson(rate * length)
    recency = np.where(frequency > 0, length * rng.random(n) ** (1 / np.maximum(frequency, 1)), 0)
    model = bg_nbd_fit(frequency, recency, length)
    assert "nobody_leaves" in model.warnings
    assert model.r / model.alpha == pytest.approx(0.2, rel=0.1)


@pytest.mark.parametrize(
    ("frequency", "recency", "length", "word"),
    [
        ([1, 2], [5, 50], [40, 40], "after the end"),
        ([1, 0], [5, 3], [40, 40], "must be 0 where frequency is 0"),
        ([1, 2], [0, 3], [40, 40], "must be above 0"),
        ([1.5, 2], [5, 3], [40, 40], "whole numbers"),
        ([1, np.nan], [5, 3], [40, 40], "frequency: a value is missing"),
        ([-1, 2], [5, 3], [40, 40], "frequency: expected zero or more"),
        ([1, 2], [5, 3, 4], [40, 40], "unequal length"),
        ([0, 0], [0, 0], [40, 40], "nobody bought again"),
        ([0, 1], [0, 3], [0, 40], "T: expected above zero"),
        (["x"], [1], [2], "not numbers"),
    ],
)
def test_impossible_histories_are_refused(frequency, recency, length, word) -> None:
    with pytest.raises(ValueError, match=word):
        bg_nbd_fit(frequency, recency, length)


@pytest.fixture(scope="module")
def amounts() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    n = 4000
    scale = rng.gamma(4, 1 / 30, n)
    frequency = rng.integers(1, 12, n)
    return pd.DataFrame(
        {"frequency": frequency, "mean": rng.gamma(6 * frequency) / (scale * frequency), "true": 6 / scale}
    )


@pytest.fixture(scope="module")
def spending(amounts: pd.DataFrame) -> GammaGamma:
    return gamma_gamma_fit(amounts["frequency"], amounts["mean"])


def test_the_parameters_of_simulated_amounts_come_back(spending: GammaGamma) -> None:
    assert spending.converged and spending.warnings == ()
    assert spending.q == pytest.approx(4, rel=0.1)
    assert spending.p * spending.v == pytest.approx(6 * 30, rel=0.1)
    assert spending.p == pytest.approx(6, rel=0.25)
    assert spending.expected_value(0, 0) == pytest.approx(6 * 30 / 3, rel=0.05)


def test_expected_value_is_nearer_the_truth_than_the_own_mean(
    spending: GammaGamma, amounts: pd.DataFrame
) -> None:
    expected = spending.expected_value(amounts["frequency"], amounts["mean"])
    assert isinstance(expected, pd.Series)
    population = spending.expected_value(0, 0)
    low, high = np.minimum(amounts["mean"], population), np.maximum(amounts["mean"], population)
    assert expected.between(low - 1e-9, high + 1e-9).all()
    few = amounts["frequency"] <= 2
    ours = (expected - amounts["true"])[few].abs().mean()
    own = (amounts["mean"] - amounts["true"])[few].abs().mean()
    assert ours < 0.92 * own


def test_the_unit_of_money_changes_nothing_else(spending: GammaGamma, amounts: pd.DataFrame) -> None:
    cents = gamma_gamma_fit(amounts["frequency"], amounts["mean"] * 100)
    assert cents.p == pytest.approx(spending.p, rel=1e-3)
    assert cents.v == pytest.approx(spending.v * 100, rel=1e-3)
    assert cents.log_likelihood == pytest.approx(
        spending.log_likelihood - len(amounts) * np.log(100), rel=1e-6
    )


def test_customers_without_a_repeat_purchase_are_counted(amounts: pd.DataFrame) -> None:
    more = pd.concat([amounts, pd.DataFrame({"frequency": [0] * 7, "mean": [0.0] * 7})])
    model = gamma_gamma_fit(more["frequency"], more["mean"])
    assert (model.customers, model.left_out) == (len(amounts), 7)
    assert model.expected_value([0, 3], [0, 50]).shape == (2,)  # type: ignore[union-attr]


def test_amounts_that_depend_on_frequency_warn(amounts: pd.DataFrame) -> None:
    model = gamma_gamma_fit(amounts["frequency"], amounts["mean"] * amounts["frequency"])
    assert "depends_on_frequency" in model.warnings


def test_without_a_population_mean_it_is_missing() -> None:
    model = GammaGamma(2.0, 0.8, 15.0, 0.0, 100, 0, None, True)
    assert np.isnan(model.expected_value(0, 0))
    assert model.expected_value(3, 40.0) == pytest.approx(2 * (15 + 120) / (6 + 0.8 - 1))


@pytest.mark.parametrize(
    ("frequency", "monetary", "word"),
    [
        ([1, 2, 3], [10, 0, 5], "an amount of 0"),
        ([1, 2, 3], [10, -1, 5], "monetary: expected zero or more"),
        ([1, 2, 3], [10, 5], "unequal length"),
        ([0, 0, 3], [0, 0, 5], "three are the least"),
    ],
)
def test_impossible_amounts_are_refused(frequency, monetary, word) -> None:
    with pytest.raises(ValueError, match=word):
        gamma_gamma_fit(frequency, monetary)
