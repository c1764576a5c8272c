"""What the exercises of 4.M.1 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamtools.course.asking import Option, judged, none_of_these

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


def code_findings(book: Book) -> float | None:
    codes = book.money.codes
    return None if codes is None else float(codes["expense_id"].nunique())


def first_finding(book: Book) -> Any:
    """Return the first finding with a likely right code; None where there is none."""
    codes = book.money.codes
    if codes is None:
        return None
    return next((row for row in codes.itertuples() if isinstance(row.likely, str)), None)


def codes(book: Book) -> list[Option]:
    """Return the code as booked, the likely ones, and two that are near to them, in order."""
    from kamtools.finance.coding import expense_code, split_code

    row = first_finding(book)
    if row is None:
        return [none_of_these(book)]
    likely = split_code(row.likely)
    wrong = f"{likely.body}-{(int(likely.check) + 1) % 10}"  # the check digit does not fit
    later = expense_code(
        likely.year, likely.account, likely.brand, likely.activity, likely.kind, likely.sequence + 1
    )
    booked = [row.code] if isinstance(row.code, str) and row.code.strip() else []
    found = {row.likely, *map(str, row.alternatives or ()), wrong, later, *booked}
    return [*((code, code) for code in sorted(found)), none_of_these(book)]


def right_codes(book: Book) -> set[str] | None:
    row = first_finding(book)
    if row is None:
        return None
    return judged({row.likely, *map(str, row.alternatives or ())}, codes(book))
