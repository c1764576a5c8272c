"""The health of an account: its components on scales of 0 to 100, from data and from what people wrote."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from kamtools import identification

if TYPE_CHECKING:
    from kamtools.book.knowing import Knowing
    from kamtools.identification import Health

MEASURES = {
    "growth": "growth",
    "margin": "contribution_margin",
    "payment": "payment_days_late",
    "wallet": "share_of_wallet",
}


def points(value: float | None, ends: tuple[float, float]) -> float | None:
    """Return a figure on a scale of 0 to 100 between its two ends; None for what is not known.

    Examples
    --------
    >>> points(0.1, (-0.2, 0.2)), points(60, (45, 0)), points(None, (0, 1))
    (75.0, 0.0, None)
    """
    if value is None or not math.isfinite(value):
        return None
    zero, full = ends
    return round(100 * min(max((value - zero) / (full - zero), 0.0), 1.0), 10)


def account_health(knowing: Knowing) -> Health:
    """Return the health of an account.

    Growth, margin, payment and wallet come from data, the relationship from
    the contacts, service from people's rating, knowledge from the
    completeness of the forms. What is not known is left out, never zero.
    While payment is red the score does not rise above the cap of the settings.

    Raises
    ------
    ValueError
        Where no component is known.
    """
    rules = knowing.settings.health
    raw: dict[str, float | None] = {name: knowing.measures.get(m) for name, m in MEASURES.items()}
    coverage = knowing.relationships
    raw["relationship"] = None if coverage is None else coverage.score
    raw["service"] = knowing.rating
    raw["knowledge"] = knowing.completeness.share if knowing.records else None
    scores = {name: points(raw[name], rules.scales[name]) for name in rules.weights}
    payment = scores.get("payment")
    cap = rules.payment_cap if payment is not None and payment < rules.red else None
    people = knowing.fields("contacts").get("people")
    ages = {
        "relationship": _days(people.date if people else None, knowing.as_of),
        "service": _days(knowing.rated, knowing.as_of),
    }
    aged = {name: age for name, age in ages.items() if age is not None}
    return identification.health_score(scores, rules.weights, aged, rules.half_life, cap)


def _days(day: dt.date | None, as_of: dt.date) -> float | None:
    """Return how old something is; what is dated after the day of the report counts as fresh."""
    return None if day is None else float(max((as_of - day).days, 0))
