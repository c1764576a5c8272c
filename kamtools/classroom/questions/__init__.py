"""The questions of the exercises: what is asked, and what is right, worked out from the account's own data.

- ``choosing``: which accounts are key (2.A, 2.B).
- ``knowing``: knowing the account (2.C to 2.O).
- ``money``: the account's money (4.M to 4.N.4).
"""

from __future__ import annotations

from kamtools.classroom.questions.choosing import CHOOSING, criteria_of
from kamtools.classroom.questions.core import NONE, Option, Question
from kamtools.classroom.questions.knowing import KNOWING
from kamtools.classroom.questions.money import MONEY

QUESTIONS: dict[str, Question] = {q.id: q for q in (*CHOOSING, *KNOWING, *MONEY)}

__all__ = ["NONE", "QUESTIONS", "Option", "Question", "criteria_of"]
