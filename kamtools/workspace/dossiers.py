"""What people know of an account: the parts of the dossier that the grading form needs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from kamtools.workspace.settings import Model


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
