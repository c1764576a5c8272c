"""What the exercises of 2.K.1 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamtools.course.asking import Option, best, choices, judged, multi, none_of_these, said, texts

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def tasks(book: Book) -> list[Option]:
    table = book.knowing.raci_table
    return [*texts(book, [] if table is None else map(str, table.index)), none_of_these(book)]


def broken_tasks(book: Book) -> set[str] | None:
    raci = book.knowing.raci
    return None if raci is None else multi((f.place for f in raci.errors), tasks(book))


def helpers(book: Book) -> list[tuple[str, Any]]:
    rows = book.knowing.rows("support", "functions")
    return [(row["function"], row.get("today")) for row in rows if said(row, "function")]


def supporters(book: Book) -> list[Option]:
    named = {function for function, _ in helpers(book)}
    return [(v, label) for v, label in choices(book, "function") if v in named]


def least_support(book: Book) -> set[str] | None:
    return judged(best(helpers(book), least=True), supporters(book))
