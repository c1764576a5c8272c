"""One figure of a book: its value with unit, period, convention and course item."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

Plain = float | int | str | None


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes
    ----------
    id : str
        Name of the figure, unique in a book.
    value : float, int, str or None
        None where it cannot be said.
    unit : str
        ``money`` (company's currency), ``fraction``, ``count``, ``rank``,
        ``points``, ``index``, ``class``, ``days``, ``months``.
    period : str
        ``2025-11..2026-10``.
    convention : str
        What the value stands on beyond the book's common conventions.
    item : str
        The course item it serves.
    """

    id: str
    value: float | int | str | None
    unit: str
    period: str
    convention: str
    item: str

    def __post_init__(self) -> None:
        if self.unit == "money" and isinstance(self.value, float):
            object.__setattr__(self, "value", round(self.value, 4))  # as fine as the ledger

    def as_dict(self) -> dict[str, Any]:
        """Return the figure as plain values for JSON."""
        return asdict(self)


def plain(value: Any) -> Plain:
    """Return a value that JSON can hold: numbers of numpy made plain, what is missing None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not math.isfinite(value):
        return None if not isinstance(value, bool) else str(value).lower()
    return int(value) if float(value).is_integer() and not isinstance(value, float) else float(value)
