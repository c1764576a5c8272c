"""Customer intelligence: what a piece of news weighs, by its source, its credibility and its age."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from kamtools.identification.records import Rows, days, frame_of, is_blank, numbers, words
from kamtools.identification.values import number
from kamtools.notknown import NotKnown

# The Admiralty code orders sources and contents; the numbers are ours, in equal steps.
RELIABILITY: dict[str, float | None] = {"A": 1.0, "B": 0.8, "C": 0.6, "D": 0.4, "E": 0.2, "F": None}
CREDIBILITY: dict[str, float | None] = {"1": 1.0, "2": 0.8, "3": 0.6, "4": 0.4, "5": 0.2, "6": None}
FADING, STALE = 0.5, 0.25  # freshness: after one half-life fading, after two stale


def _grade(value: object, scale: dict[str, float | None], name: str) -> float | None:
    key = str(value).strip().upper()
    if isinstance(value, float) and value.is_integer():
        key = str(int(value))
    if key not in scale:
        raise NotKnown(f"{name}: {value!r}; allowed: {', '.join(scale)}")
    return scale[key]


def freshness(age_days: float, half_life: float) -> float:
    """Return 0.5 ^ (age ÷ half-life): 1 today, one half after a half-life.

    Examples
    --------
    >>> freshness(0, 90), freshness(90, 90), freshness(180, 90)
    (1.0, 0.5, 0.25)
    """
    age, half = number(age_days, "age_days"), number(half_life, "half_life")
    if age < 0:
        raise ValueError(f"age_days: expected zero or more, got {age_days!r}")
    if half <= 0:
        raise ValueError(f"half_life: expected above zero, got {half_life!r}")
    return 0.5 ** (age / half)


def intelligence_weight(
    reliability: str, credibility: int | str, age_days: float, half_life: float
) -> float | None:
    """Return the weight of a piece of intelligence, between 0 and 1; None where it cannot be judged.

    Parameters
    ----------
    reliability
        Of the source, Admiralty A (reliable) to E; F: cannot be judged.
    credibility
        Of the content, Admiralty 1 (confirmed) to 5; 6: cannot be judged.
    age_days, half_life
        Days since the news, and days after which it is worth half.

    Notes
    -----
    Weight = reliability × credibility × 0.5 ^ (age ÷ half-life), with A or 1
    = 1 and 0.2 less for each step: the code orders, it gives no numbers;
    these are ours. "Cannot be judged" is not "worst".

    Examples
    --------
    >>> intelligence_weight("A", 1, 0, 90), round(intelligence_weight("B", 2, 90, 90), 4)
    (1.0, 0.32)
    >>> intelligence_weight("F", 1, 0, 90) is None
    True
    """
    source = _grade(reliability, RELIABILITY, "reliability")
    content = _grade(credibility, CREDIBILITY, "credibility")
    fresh = freshness(age_days, half_life)
    return None if source is None or content is None else source * content * fresh


@dataclass(frozen=True, eq=False)
class IntelligenceLog:
    """The log of one account, weighed.

    Attributes
    ----------
    table
        topic, what, source, reliability, credibility, date, half_life,
        meaning, age_days, freshness, weight (missing where it cannot be
        judged), status: ``fresh``, ``fading``, ``stale``, ``unjudged``
        (F or 6), ``undated``, ``ungraded`` or ``future``; heaviest first.
    counts
        Entries by status.
    without_meaning
        Rows of the table that do not say what the news means for us.
    """

    table: pd.DataFrame
    counts: dict[str, int]
    without_meaning: tuple[int, ...]
    as_of: dt.date
    conventions: dict[str, object]


def intelligence_log(entries: Rows, as_of: dt.date | str, half_life: float = 90.0) -> IntelligenceLog:
    """Weigh every entry of a log on the day `as_of`.

    Parameters
    ----------
    entries
        Rows with what, reliability, credibility, date; where given source,
        topic, meaning and half_life (else the argument's).

    Examples
    --------
    >>> log = intelligence_log(
    ...     [{"what": "New buyer", "reliability": "B", "credibility": "2", "date": "2026-07-31"},
    ...      {"what": "Rumour", "reliability": "F", "credibility": "3", "date": "2026-10-01"}], "2026-10-29")
    >>> log.table[["what", "status"]].values.tolist(), round(float(log.table["weight"].iloc[0]), 2)
    ([['New buyer', 'fading'], ['Rumour', 'unjudged']], 0.32)
    """
    day = pd.Timestamp(as_of).normalize()
    number(half_life, "half_life")
    frame = frame_of(
        entries,
        "entries",
        ("what", "reliability", "credibility", "date"),
        ("topic", "source", "half_life", "meaning"),
    )
    frame["date"] = days(frame, "date", "entries")
    frame["half_life"] = numbers(frame, "half_life", "entries").fillna(float(half_life))
    for column in ("what", "reliability", "topic", "source", "meaning"):
        frame[column] = words(frame, column)
    frame["age_days"] = (day - frame["date"]).dt.days.astype(float)
    fresh, weights, states = [], [], []
    for reliability, credibility, age, half in zip(
        frame["reliability"], frame["credibility"], frame["age_days"], frame["half_life"], strict=True
    ):
        now = None if age != age or age < 0 else freshness(age, half)
        graded = not (is_blank(reliability) or is_blank(credibility))
        weight = (
            intelligence_weight(reliability, credibility, age, half) if graded and now is not None else None
        )
        fresh.append(now)
        weights.append(weight)
        states.append(_status(age, now, graded, weight))
    frame["freshness"] = pd.Series(fresh, dtype=float)
    frame["weight"] = pd.Series(weights, dtype=float)
    frame["status"] = states
    frame = frame.sort_values("weight", ascending=False, kind="stable", na_position="last")
    frame = frame.reset_index(drop=True)
    return IntelligenceLog(
        frame,
        {str(k): int(v) for k, v in frame["status"].value_counts(sort=False).items()},
        tuple(int(i) for i in frame.index[frame["meaning"].isna()]),
        day.date(),
        {"half_life": float(half_life), "fading_below": FADING, "stale_below": STALE},
    )


def _status(age: float, now: float | None, graded: bool, weight: float | None) -> str:
    if age != age:
        return "undated"
    if now is None:
        return "future"
    if not graded:
        return "ungraded"
    if weight is None:
        return "unjudged"
    return "fresh" if now > FADING else "fading" if now > STALE else "stale"
