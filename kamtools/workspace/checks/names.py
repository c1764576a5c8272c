"""Names that are equal but for the way they are written: two accounts that are one, an owner in three spellings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal

from kamtools.workspace.checks.data import Data
from kamtools.workspace.findings import Finding
from kamtools.workspace.paths import quoted
from kamtools.workspace.tables import TABLES

_LEFT_OUT = re.compile(r"[\s\u200b-\u200f\u2060\ufeff()\[\]{}〈〉《》「」『』【】〔〕〖〗<>]+")
# what Excel makes of an id that looks like a number or a date; \u6708 and \u65e5 are its month and day
_EXCEL_MADE = re.compile(
    r"\d(\.\d+)?E\+\d+|\d{1,2}-(?:[A-Z][a-z]{2}|\d{1,2}\u6708)|\d{1,2}\u6708\d{1,2}\u65e5"
)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212_", "-"))


def plain(text: str) -> str:
    """Return a name without what people write in several ways: width, case, blanks, brackets, zeros in front.

    Examples
    --------
    >>> plain("甲商贸（集团） 有限公司") == plain("甲商贸(集团)有限公司")
    True
    >>> plain("ＡＢＣ超市"), plain("00123"), plain("C-01")
    ('abc超市', '123', 'c-01')
    """
    same = unicodedata.normalize("NFKC", text).casefold().translate(_DASHES)
    return _LEFT_OUT.sub("", same).lstrip("0") or "0"


def alike(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the groups of different names that are alike, in the order given.

    Examples
    --------
    >>> alike(["Li Ming", "Wu", "li  ming"])
    [('Li Ming', 'li  ming')]
    """
    groups: dict[str, dict[str, None]] = {}
    for name in names:
        groups.setdefault(plain(name), {})[name] = None
    return [tuple(g) for g in groups.values() if len(g) > 1]


def check_names(data: Data) -> Iterator[Finding]:
    """Yield accounts, names of accounts and owners that are alike."""
    yield from _accounts(data)
    yield from _spoilt(data)
    yield from _names(data)
    yield from _owners(data)


def _spoilt(data: Data) -> Iterator[Finding]:
    """Yield ids that a spreadsheet turned into numbers or days: different accounts may have become one."""
    sold = _sold(data)
    found = [a for a in sold if _EXCEL_MADE.fullmatch(a)]
    if found:
        rows, money = (
            sum(sold[a][0] for a in found),
            sum((sold[a][1] or Decimal(0) for a in found), Decimal(0)),
        )
        said = data.extent(rows, money) | {"ids": ", ".join(found[:5])}
        yield Finding("warning", data.files["ledger"], None, "account", found[0], "id_spoilt", said)


def _sold(data: Data) -> dict[str, tuple[int, Decimal]]:
    """Return rows and sales of each account of the ledger."""
    if "ledger" not in data or not data.rows["ledger"]:
        return {}
    ours = f"currency = {quoted(data.currency)}"
    found = data.all(
        f"select account, sum(n), sum(amount) filter ({ours}) from by_month where account is not null group by 1"
    )
    return {account: (int(n), amount or Decimal(0)) for account, n, amount in found}


def _accounts(data: Data) -> Iterator[Finding]:
    sold = _sold(data)
    ids = dict.fromkeys(sold)
    for table, spec in TABLES.items():
        if table in data and table != "ledger" and "account" in spec.names:
            ids |= dict.fromkeys(
                a for (a,) in data.all(f"select distinct account from {table} where account is not null")
            )
    where = "ledger" if sold else "accounts"
    for group in alike(sorted(ids)):
        ranked = sorted(group, key=lambda a: -sold.get(a, (0, Decimal(0)))[1])
        rest = [sold[a] for a in ranked[1:] if a in sold]
        extent = data.extent(sum(n for n, _ in rest) or 1, sum((m for _, m in rest), Decimal(0)))
        file = data.files.get(where) or next(iter(data.files.values()))
        yield Finding("warning", file, None, "account", " = ".join(ranked), "account_alike", extent)


def _names(data: Data) -> Iterator[Finding]:
    """Two ids with one name: a customer that was filed twice."""
    if "accounts" not in data:
        return
    sold = _sold(data)
    for column in ("name_zh", "name_en"):
        by: dict[str, list[tuple[str, str]]] = {}
        for account, name in data.all(
            f"select account, {column} from accounts where {column} is not null and account is not null order by 1"
        ):
            by.setdefault(plain(name), []).append((account, name))
        for key, group in by.items():
            ids = {account for account, _ in group}
            if len({plain(a) for a in ids}) < 2 or len(key) < 2:
                continue  # alike by their ids too: said already
            value = " = ".join(f"{account} {name}" for account, name in group)
            rest = sorted((sold.get(a, (0, Decimal(0))) for a in ids), key=lambda s: -s[1])[1:]
            extent = data.extent(sum(n for n, _ in rest) or 1, sum((m for _, m in rest), Decimal(0)))
            yield Finding("warning", data.files["accounts"], None, column, value, "name_alike", extent)


def _owners(data: Data) -> Iterator[Finding]:
    if "accounts" not in data:
        return
    counts = dict(
        data.all("select owner, count(*) from accounts where owner is not null group by 1 order by 1")
    )
    for group in alike(counts):
        ranked = sorted(group, key=lambda o: -counts[o])
        rows: dict[str, object] = {"rows": sum(counts[o] for o in ranked[1:])}
        value = " = ".join(ranked)
        yield Finding("warning", data.files["accounts"], None, "owner", value, "owner_alike", rows)
