"""What the exercises of 2.I.2 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option, fields, multi, none_of_these
from kamtools.forms import form

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def readiness_items(book: Book) -> list[Option]:
    rated = [f.id for f in form("readiness").fields if f.kind == "rating"]
    return [*fields(book, "readiness", rated), none_of_these(book)]


def absent(book: Book) -> set[str] | None:
    readiness = book.knowing.readiness
    return None if readiness is None else multi(readiness.absent, readiness_items(book))
