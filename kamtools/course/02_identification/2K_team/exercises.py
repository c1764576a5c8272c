"""What the exercises of 2.K ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.course.asking import Option
from kamtools.forms import form

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def functions(book: Book) -> list[Option]:
    tasks = form("support").field("tasks")
    return [(c.id, c.label(book.lang)) for c in tasks.columns if c.kind == "choice" and c.id != "kam"]
