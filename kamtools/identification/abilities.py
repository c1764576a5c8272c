"""People: abilities required and actual, the training plan, professional standards, the team's pulse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamtools.identification.records import Rows, frame_of, numbers, words
from kamtools.identification.values import Note, Values, refuse_negatives, to_series
from kamtools.notknown import NotKnown

STANDARDS = ("product_knowledge", "problem_solving", "leadership", "customer_knowledge")
FEW = 5


@dataclass(frozen=True, eq=False)
class TrainingPlan:
    """What to train first.

    Attributes
    ----------
    table
        Index ability: required, actual, weight, gap (required − actual, not
        below zero), weighted_gap, share (of the total), rank; largest weighted
        gap first, then those without a rating (their gap is missing).
    total
        Σ weight × (required − actual)⁺.
    not_assessed
        Abilities without an actual rating: not counted, to be assessed first.
    """

    table: pd.DataFrame
    total: float
    not_assessed: tuple[str, ...]


def _aligned(required: Values, actual: Values, weights: Values | None) -> pd.DataFrame:
    need = to_series(required, "required")
    have = to_series(actual, "actual", drop_missing=False)
    parts = pd.Series(1.0, index=need.index) if weights is None else to_series(weights, "weights")
    refuse_negatives(parts, "weights")
    columns = {"actual": (have, actual), "weights": (parts, weights)}
    aligned = {"required": need}
    for name, (series, given) in columns.items():
        if isinstance(required, (Mapping, pd.Series)) and (
            given is None or isinstance(given, (Mapping, pd.Series))
        ):
            stray = [k for k in series.index if k not in need.index]
            if stray:
                raise ValueError(f"{name}: {stray[0]!r} is not required; required are {list(need.index)!r}")
            aligned[name] = series.reindex(need.index)
        elif len(series) != len(need):
            raise ValueError(f"{name}: {len(series)} values for {len(need)} required")
        else:
            aligned[name] = series.set_axis(need.index)
    frame = pd.DataFrame(aligned)
    if frame["weights"].isna().any():
        raise ValueError(f"weights: no weight for {frame.index[frame['weights'].isna()][0]!r}")
    return frame.rename(columns={"weights": "weight"})


def competency_gap(required: Values, actual: Values, weights: Values | None = None) -> float:
    """Return Σ weight × (required − actual)⁺: more than required does not make up for less elsewhere.

    Mappings are matched by key, sequences by position. An ability without an
    actual rating is left out, never counted as zero; :func:`training_plan` names it.

    Raises
    ------
    ValueError
        Nothing rated, different abilities, a weight missing or below zero.

    Examples
    --------
    >>> competency_gap([4, 4, 3], [2, 5, 3], [2, 1, 1])
    4.0
    """
    return training_plan(required, actual, weights).total


def training_plan(required: Values, actual: Values, weights: Values | None = None) -> TrainingPlan:
    """Rank the abilities by their weighted gap.

    Examples
    --------
    >>> plan = training_plan({"team": 4, "product": 4, "analysis": 3}, {"team": 2, "product": 3}, None)
    >>> list(plan.table.index), plan.not_assessed
    (['team', 'product', 'analysis'], ('analysis',))
    """
    frame = _aligned(required, actual, weights)
    if frame["actual"].isna().all():
        raise NotKnown(f"actual: no value in {list(frame['actual'])!r}")
    frame["gap"] = (frame["required"] - frame["actual"]).clip(lower=0)
    frame["weighted_gap"] = frame["gap"] * frame["weight"]
    total = float(frame["weighted_gap"].sum())
    frame["share"] = frame["weighted_gap"] / total if total > 0 else frame["weighted_gap"]
    frame.index.name = "ability"
    frame = frame.sort_values(["weighted_gap", "weight"], ascending=False, kind="stable")
    frame["rank"] = np.where(frame["gap"].notna(), np.arange(1.0, len(frame) + 1), np.nan)
    missing = tuple(str(a) for a in frame.index[frame["actual"].isna()])
    return TrainingPlan(frame, total, missing)


@dataclass(frozen=True, eq=False)
class ProfessionalStandards:
    """Ratings on behaviour-anchored scales.

    Attributes
    ----------
    table
        Index standard: mean, lowest, highest, people, target (mean), gap
        (of the means where both are known, not below zero); a standard that nobody is rated on has missing figures.
    without_evidence
        Rows that rate without evidence: the scale asks for observed behaviour.
    missing
        Standards without a rating.
    """

    table: pd.DataFrame
    without_evidence: tuple[int, ...]
    missing: tuple[str, ...]


def professional_standards(
    ratings: Rows, standards: tuple[str, ...] = STANDARDS, low: int = 1, high: int = 5
) -> ProfessionalStandards:
    """Sum up ratings on behaviour-anchored scales, one scale per standard.

    Parameters
    ----------
    ratings
        Rows with standard and level (whole, `low` to `high`; an anchor is met
        or not); where given person, target, evidence.

    Examples
    --------
    >>> rows = [{"standard": "leadership", "level": 3, "target": 4, "evidence": "led the review"},
    ...         {"standard": "leadership", "level": 2, "target": 3}]
    >>> result = professional_standards(rows)
    >>> result.table.loc["leadership", ["mean", "gap"]].tolist(), result.without_evidence, len(result.missing)
    ([2.5, 1.0], (1,), 3)
    """
    frame = frame_of(ratings, "ratings", ("standard", "level"), ("person", "target", "evidence"))
    for column in ("level", "target"):
        frame[column] = numbers(frame, column, "ratings", low, high)
        broken = frame[column].notna() & (frame[column] % 1 != 0)
        if broken.any():
            at = int(frame.index[broken][0])
            raise NotKnown(f"ratings: {column} of row {at} is {frame[column][at]!r}, expected a whole level")
    frame["standard"], frame["evidence"] = words(frame, "standard"), words(frame, "evidence")
    for at, standard in frame["standard"].items():
        if standard not in standards:
            raise ValueError(
                f"ratings: standard of row {at} is {standard!r}; allowed: {', '.join(standards)}"
            )
    rated = frame.dropna(subset=["level"])
    by = rated.groupby("standard")["level"]
    table = pd.DataFrame(
        {"mean": by.mean(), "lowest": by.min(), "highest": by.max(), "people": by.size()}
    ).reindex(list(standards))
    table["people"] = table["people"].fillna(0).astype(int)
    aimed = rated.dropna(subset=["target"])
    table["target"] = aimed.groupby("standard")["target"].mean()
    table["gap"] = (table["target"] - aimed.groupby("standard")["level"].mean()).clip(lower=0)
    table.index.name = "standard"
    return ProfessionalStandards(
        table,
        tuple(int(i) for i in rated.index[rated["evidence"].isna()]),
        tuple(str(s) for s in table.index[table["people"] == 0]),
    )


@dataclass(frozen=True, eq=False)
class TeamPulse:
    """The pulse of a team: what it holds in common, and where it is divided.

    Attributes
    ----------
    table
        Index point: mean, spread (sample standard deviation; missing for one
        answer), lowest, highest, n; weakest first.
    n
        People who answered anything.
    divided
        Points whose spread reaches `divided_from`: talk before you average.
    warnings
        ``few_answers`` below five: not to be trusted, and not anonymous.
    """

    table: pd.DataFrame
    n: int
    divided: tuple[str, ...]
    warnings: tuple[Note, ...]


def team_pulse(
    answers: pd.DataFrame | Rows, low: float = 1, high: float = 5, divided_from: float = 1.0
) -> TeamPulse:
    """Return mean and spread of a team's answers, a row per person, a column per point.

    Examples
    --------
    >>> pulse = team_pulse([{"goal": 5, "trust": 1}, {"goal": 4, "trust": 5}, {"goal": None, "trust": 3}])
    >>> pulse.table["mean"].to_dict(), pulse.divided, pulse.warnings[0].key
    ({'trust': 3.0, 'goal': 4.5}, ('trust',), 'few_answers')
    """
    frame = answers.copy() if isinstance(answers, pd.DataFrame) else pd.DataFrame([dict(r) for r in answers])
    if frame.empty:
        raise NotKnown(f"answers: no answer in {answers!r}")
    read = pd.DataFrame({c: numbers(frame, c, "answers", low, high) for c in frame.columns})
    if read.isna().all(axis=None):
        raise NotKnown("answers: no value in any row")
    table = pd.DataFrame(
        {
            "mean": read.mean(),
            "spread": read.std(ddof=1),
            "lowest": read.min(),
            "highest": read.max(),
            "n": read.notna().sum(),
        }
    )
    table.index.name = "point"
    table = table.sort_values("mean", kind="stable", na_position="last")
    n = int(read.notna().any(axis=1).sum())
    divided = tuple(str(p) for p in table.index[table["spread"] >= divided_from])
    notes = (Note("few_answers", {"n": n, "least": FEW}),) if n < FEW else ()
    return TeamPulse(table, n, divided, notes)
