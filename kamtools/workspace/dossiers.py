"""What is known of an account: its row in the accounts table, and what people rated in its dossier."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from kamtools.workspace.settings import Model


class Account(Model):
    """One row of the accounts table."""

    account: str
    name_zh: str | None = None
    name_en: str | None = None
    parent: str | None = None
    segment: str | None = None
    region: str | None = None
    owner: str | None = None  # the account manager

    def name(self, lang: str) -> str:
        """Return the name in `lang`, else in the other language, else the id.

        Examples
        --------
        >>> Account(account="00123", name_zh="华东连锁").name("en")
        '华东连锁'
        """
        first, second = (self.name_zh, self.name_en) if lang == "zh" else (self.name_en, self.name_zh)
        return first or second or self.account


class Rating(Model):
    """A rating given by a person, 1 to 5, with its evidence."""

    criterion: str
    value: Annotated[float, Field(ge=1, le=5)]
    source: str = ""
    date: dt.date | None = None
    status: Literal["assumed", "confirmed"] = "assumed"


class Dossier(Model):
    """One account's dossier, ``dossiers/<id>.yml``."""

    account: str
    ratings: tuple[Rating, ...] = ()
    potential: Annotated[float, Field(ge=0)] | None = None  # yearly sales in three years
    potential_source: str = ""
    terms_asked: str = ""
    notes: str = ""
