"""What the exercises of 4.N.3 ask, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamtools.course.asking import NONE, THOUSAND, Option, judged, none_of_these, number, own

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book


HOLDS = {(): "no", ("over_limit",): "limit", ("overdue",): "overdue", ("over_limit", "overdue"): "both"}
LATE = 60
APART = 3


def dso(book: Book) -> float | None:
    return number(book.money.credit.dso)


def dso_without_vat(book: Book) -> float | None:
    """Return the days by which DSO is too high where sales are left without VAT."""
    days, rate = dso(book), number(book.money.credit.conventions.get("vat_rate"))
    return None if days is None or rate is None else days * rate


def overdue(book: Book) -> float | None:
    """Return what is overdue by more than 60 days; None where no bucket begins there, or ages count from invoices."""
    credit = book.money.credit
    conventions: Any = credit.conventions
    limits = tuple(conventions.get("buckets", ()))
    if credit.ageing is None or conventions.get("ageing_basis") != "due" or LATE not in limits:
        return None
    from kamtools.finance.receivables import bucket_names

    late = bucket_names(limits)[limits.index(LATE) + 2 :]
    return number(credit.ageing[list(late)].sum() / THOUSAND)


def seen(signal: str, month: pd.Period) -> str:
    return f"{signal}@{month}"


def signal_options(book: Book) -> list[Option]:
    """Return signals with their months, and the first one a few months away, in the order of their ids."""
    from kamtools import show
    from kamtools.show.money_words import called

    found = {(s.signal, pd.Period(s.first_date, freq="M")) for s in book.money.credit.signals}
    first = [(s.signal, pd.Period(s.first_date, freq="M")) for s in book.money.credit.signals[:1]]
    found |= {(signal, month + apart) for signal, month in first for apart in (-APART, APART)}
    if not found:
        last = book.money.own.last
        found = {("paying_later", last), ("overdue_share_rising", last)}
    context = book.context
    return [
        *(
            (
                seen(signal, month),
                f"{called(context, 'money.signal', signal)}{context.say('show.comma')}{show.month(str(month), context)}",
            )
            for signal, month in sorted(found)
        ),
        none_of_these(book),
    ]


def first_signals(book: Book) -> set[str] | None:
    if book.money.own.documents.empty or "payments" in getattr(book.money.credit, "missing", ()):
        return None
    signals = book.money.credit.signals
    first = min((s.first_date for s in signals), default=None)
    right = {seen(s.signal, pd.Period(s.first_date, freq="M")) for s in signals if s.first_date == first}
    return judged(right or {NONE}, signal_options(book))


def holds(book: Book) -> list[Option]:
    return own(book, "hold", ("no", "limit", "overdue", "both"))


def held(book: Book) -> set[str] | None:
    hold = book.money.credit.hold
    if hold is None or (hold.missing and not hold.hold):
        return None
    found = HOLDS.get(tuple(sorted(hold.reasons, key=("over_limit", "overdue").index)))
    return None if found is None else {found}


def months_to_replace(book: Book) -> float | None:
    stress = book.money.stress
    return None if stress is None else number(stress["full"].months_to_replace)
