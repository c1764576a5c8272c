"""What the exercises of 2.D.1 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, fields, multi, none_of_these
from kamtools.forms import form

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def mission_fields(book: Book) -> list[Option]:
    needed = [f.id for f in form("mission").fields if f.required]
    return [*fields(book, "mission", needed), none_of_these(book)]


def mission_gaps(book: Book) -> set[str] | None:
    if "mission" not in book.knowing.records:
        return None
    gaps = {f.field for f in book.knowing.gaps("mission") if f.level == "gap"}
    return multi(gaps, mission_fields(book))
