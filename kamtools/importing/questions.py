"""What a draft of a mapping is not sure of: questions as data, so that a terminal and a notebook ask alike."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kamtools.words import say

Place = tuple[str, ...]  # in the mapping: ("tables", "ledger", "rules", "sign")
Message = tuple[str, dict[str, object]]  # key and parameters


@dataclass(frozen=True)
class Effect:
    """What an import with a choice would give: rows taken and rows left, the sum of the amounts, first and last date.

    `loose` are the rows without an account, with their sum.
    """

    rows: int
    waiting: int
    total: Decimal | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    loose: int = 0
    loose_total: Decimal | None = None

    def text(self, lang: str | None = None) -> str:
        """Return it in words.

        Examples
        --------
        >>> Effect(3, 1, Decimal("1300.00"), dt.date(2026, 1, 5), dt.date(2026, 2, 2)).text("en")
        '3 rows, 1 quarantined, total 1,300, 2026-01-05 … 2026-02-02'
        """
        parts = [say("importing.effect_rows", lang, count=f"{self.rows:,}")]
        if self.waiting:
            parts.append(say("importing.effect_waiting", lang, count=f"{self.waiting:,}"))
        if self.total is not None:
            parts.append(say("importing.effect_total", lang, total=_shown(self.total)))
        if self.loose:
            total = "–" if self.loose_total is None else _shown(self.loose_total)
            parts.append(say("importing.effect_loose", lang, count=f"{self.loose:,}", total=total))
        if self.first and self.last:
            parts.append(f"{self.first} … {self.last}")
        return say("importing.effect_and", lang).join(parts)


def _shown(money: Decimal) -> str:
    plain = f"{money:,f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


@dataclass(frozen=True)
class Choice:
    """One answer: the value that it puts in the question's place, and what comes of it.

    Attributes
    ----------
    id : str
        How the choice is called: the value itself where it is a word.
    value : text, number or dict
        What stands in the mapping then.
    meaning : message or None
        What it means, where the value does not say it.
    effect : Effect or None
        What an import would give; the first choice holds for each other question.
    """

    id: str
    value: Any
    meaning: Message | None = None
    effect: Effect | None = None


@dataclass(frozen=True)
class Question:
    """One thing that the files do not settle.

    Attributes
    ----------
    id : str
        Its name, unique in the draft.
    what : message
        What is asked.
    place : tuple of str
        Where in the mapping the answer belongs.
    samples : tuple of str
        Values of the files that show the doubt.
    choices : tuple of Choice
    moves_money : bool
        Whether the answer changes an amount or its day. Unanswered, the mapping is refused.
    """

    id: str
    what: Message
    place: Place
    samples: tuple[str, ...]
    choices: tuple[Choice, ...]
    moves_money: bool = True

    def choice(self, name: str) -> Choice:
        """Return the choice called `name`, or raise ``KeyError``."""
        for choice in self.choices:
            if choice.id == name:
                return choice
        raise KeyError(name)

    def text(self, lang: str | None = None) -> str:
        """Return what is asked, in words."""
        key, params = self.what
        return say(key, lang, **params)


__all__ = ["Choice", "Effect", "Message", "Place", "Question"]
