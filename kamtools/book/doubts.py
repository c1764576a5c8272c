"""What the data leave open, said where a reader starts: rows that wait, a ledger that ends before the day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kamtools.errors import KamError
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.book.portfolio import Portfolio


def doubts(portfolio: Portfolio, lang: str, accounts: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return sentences on rows that wait in quarantine and on a ledger that ends too early.

    Parameters
    ----------
    portfolio : Portfolio
    lang : {"zh", "en"}
    accounts : iterable of str, optional
        Only rows that wait for these accounts. Default: all rows.
    """
    from kamtools.show.context import Context
    from kamtools.show.numbers import date
    from kamtools.workspace.waiting import waiting

    context = Context(lang)
    said = []
    ends = portfolio.facts.ledger_ends
    if ends:
        days = (portfolio.as_of - ends).days
        said.append(say("book.ledger_ends", lang, last=date(ends, context), days=days))
    try:
        found = waiting(portfolio.workspace.root)
    except (KamError, OSError):
        return (*said, say("book.waiting_unknown", lang))
    if accounts is not None:
        found = found.of(accounts)
    if found:
        rows, currency = f"{len(found):,}", portfolio.settings.currency
        files = ", ".join(dict.fromkeys(r.file for r in found.rows))
        known = {"rows": rows, "currency": currency, "money": f"{found.money:,.0f}", "files": files}
        key = "book.waiting" if found.unknown < len(found) else "book.waiting_no_money"
        said.append(say(key, lang, **known))
        if 0 < found.unknown < len(found):
            said[-1] += say("book.waiting_some", lang, n=f"{found.unknown:,}")
    return tuple(said)
