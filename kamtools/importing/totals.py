"""Total rows and summary sheets, known by what they are: sums of what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

CENT = Decimal("0.005")
# of a page, of a group, or running on: no sum of the whole file
PART_TOTAL = re.compile(r"小\s*[计計]|累\s*[计計]|本[页頁]|sub[ -]?total|zwischensumme", re.IGNORECASE)
NO_SUM = re.compile(r"单价|單價|价格|率|折|price|rate|discount|%")  # what a total row has no sum of
Money = tuple[Decimal | None, ...]


@dataclass(frozen=True)
class Step:
    """A row that may be a total, with the sums and the number of the rows with an account down to it.

    `known` is a row that its words have shown to be a total; one that is not `odd` is an ordinary row.
    """

    line: int
    values: Money
    sums: Money
    rows: int
    known: bool = False
    odd: bool = True


def total_lines(steps: Iterable[Step]) -> list[int]:
    """Return the lines of rows whose money is the sum of the rows above, since the last total or from the beginning.

    At least two rows must make the sum, and each money column must show its own sum or nothing;
    a row that is no total counts among the rows from then on.

    Examples
    --------
    >>> d = lambda n: (Decimal(n),)
    >>> total_lines([Step(3, d(150), d(150), 2), Step(5, d(30), d(180), 3), Step(6, d(210), d(180), 3)])
    [3, 6]
    """
    found: list[int] = []
    own: list[Decimal] = []  # of rows without an account that are no totals, in all
    own_rows = 0
    before: tuple[list[Decimal], int] = ([], 0)  # where the last total stood
    for step in steps:
        own = own or [Decimal(0)] * len(step.values)
        whole = [(s or Decimal(0)) + o for s, o in zip(step.sums, own, strict=True)]
        rows = step.rows + own_rows
        since = [w - b for w, b in zip(whole, before[0] or [Decimal(0)] * len(whole), strict=True)]
        if step.known:
            before = whole, rows
        elif step.odd and (
            _is_sum(step.values, since, rows - before[1]) or _is_sum(step.values, whole, rows)
        ):
            found.append(step.line)
            before = whole, rows
        else:
            own = [o + (v or Decimal(0)) for o, v in zip(own, step.values, strict=True)]
            own_rows += 1
    return found


def _is_sum(values: Money, sums: list[Decimal], rows: int) -> bool:
    if rows < 2 or not values[0]:
        return False
    return all(v is None or abs(v - s) < CENT for v, s in zip(values, sums, strict=True))


@dataclass(frozen=True)
class Profile:
    """What a sheet sums up to: in all, by account, and from how many rows."""

    total: Decimal
    accounts: Mapping[str, Decimal]
    rows: int


def summary_sheets(sheets: Mapping[str, Profile]) -> dict[str, list[str]]:
    """Return the sheets that only sum up others, each with these, in the order of the sheets.

    A summary has the sum of at least two other sheets, to the cent, in two rows or more; where it
    names the same accounts, each has its sum. Beside a single sheet it must have one row an account.

    Examples
    --------
    >>> p = lambda rows, **a: Profile(sum(map(Decimal, a.values())), {k: Decimal(v) for k, v in a.items()}, rows)
    >>> summary_sheets({"1月": p(2, C1=100, C2=200), "2月": p(1, C1=300), "汇总": p(2, C1=400, C2=200)})
    {'汇总': ['1月', '2月']}
    >>> summary_sheets({"东": p(2, C1=100, C2=200), "西": p(2, C3=100, C4=200)})
    {}
    """
    found: dict[str, list[str]] = {}
    details: list[str] = []
    since: list[str] = []  # details since the last summary
    for name, profile in sheets.items():
        made = next((d for d in (since, details) if len(d) > 1 and _sums_up(profile, d, sheets)), None)
        if made:
            found[name] = list(made)
            since = []
        else:
            details.append(name)
            since.append(name)
    for total in {sheets[d].total for d in details}:  # those that stand before what they sum up
        same = [d for d in details if sheets[d].total == total]
        rest = [d for d in details if d not in same]
        if len(rest) > 1 and all(_sums_up(sheets[s], rest, sheets) for s in same):
            found |= dict.fromkeys(same, rest)
            break
    left = [d for d in details if d not in found]
    if len(left) == 2:
        for name, other in (left, left[::-1]):
            a, b = sheets[name], sheets[other]
            if a.rows == len(a.accounts) >= 2 and a.rows < b.rows and _sums_up(a, [other], sheets):
                found[name] = [other]
    return {name: found[name] for name in sheets if name in found}


def _sums_up(profile: Profile, others: list[str], sheets: Mapping[str, Profile]) -> bool:
    if profile.rows < 2 or not profile.total:
        return False
    if abs(profile.total - sum(sheets[o].total for o in others)) >= CENT:
        return False
    accounts: dict[str, Decimal] = {}
    for other in others:
        for account, money in sheets[other].accounts.items():
            accounts[account] = accounts.get(account, Decimal(0)) + money
    if len(others) == 1 or profile.accounts.keys() & accounts.keys():
        mine = profile.accounts
        return mine.keys() == accounts.keys() and all(abs(mine[a] - accounts[a]) < CENT for a in mine)
    return True
