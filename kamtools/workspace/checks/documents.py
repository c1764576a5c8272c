"""Whether the receivables can be true: credit notes above zero, payments in part that have one date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kamtools.workspace.checks.data import Data
from kamtools.workspace.findings import Finding, Level

_PART = "paid_date is not null and paid_amount <> 0 and abs(paid_amount) < abs(amount)"


def check_documents(data: Data) -> Iterator[Finding]:
    """Yield credit notes and invoices whose sign is the other one's."""
    if "receivables" not in data:
        return
    yield from _some(data, "warning", "credit_note_above", "amount", "kind = 'credit_note' and amount > 0")
    wrong = "kind = 'invoice' and amount < 0"
    yield from _some(data, "note", "invoice_below", "amount", wrong)


def check_payments(data: Data, as_of: dt.date | None) -> Iterator[Finding]:
    """Yield documents paid in part: their one date is that of the last payment, the days of the others are unknown."""
    if "receivables" not in data:
        return
    if as_of is None:
        yield from _some(data, "note", "part_paid", "paid_amount", _PART)
        return
    late = f"paid_date > date '{as_of.isoformat()}'"
    yield from _some(data, "warning", "part_paid_after", "paid_amount", f"{_PART} and {late}", as_of=as_of)
    yield from _some(data, "note", "part_paid", "paid_amount", f"{_PART} and not {late}")


def _some(
    data: Data, level: Level, reason: str, column: str, where: str, **params: object
) -> Iterator[Finding]:
    rows, money = data.one(f"select count(*), {data.money('receivables')} from receivables where {where}")
    if not rows:
        return
    row, document = data.all(
        f"select row_, document from rows_receivables where {where} order by abs(amount) desc, row_ limit 1"
    )[0]
    said = data.extent(rows, money) | {key: str(value) for key, value in params.items()}
    yield Finding(level, data.files["receivables"], row, "document", document or "", reason, said)
