"""Expense codes: year, account, brand, activity, kind, sequence and a check character."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kamtools.finance.names import EXPENSE_LINES

PARTS = ("year", "account", "brand", "activity", "kind", "sequence", "check")


@dataclass(frozen=True)
class ExpenseCode:
    """A code, taken apart.

    Attributes
    ----------
    year
        Two digits, as written.
    account, brand, activity, kind
        Ids, to the letter.
    sequence
        Its number within year and account, from 1.
    check
        The check character.
    """

    year: str
    account: str
    brand: str
    activity: str
    kind: str
    sequence: int
    check: str

    def __str__(self) -> str:
        return f"{self.body}-{self.check}"

    @property
    def body(self) -> str:
        """The code without its check character."""
        return _body(self.year, self.account, self.brand, self.activity, self.kind, self.sequence)


def _body(year: str, account: str, brand: str, activity: str, kind: str, sequence: int) -> str:
    return f"{year}-{account}-{brand}-{activity}-{kind}-{sequence:03d}"


def check_character(body: str) -> str:
    """Return the check digit of the rest of a code: Σ character × place, modulo 10.

    Characters count by their Unicode number, places from 1. What it finds:
    every exchange of two neighbouring digits, and every wrong digit whose
    place is no multiple of 2 or 5. What it misses: any wrong character at a
    place that is a multiple of 10; at an even place one that is wrong by 5 (or
    15, 25); at an odd multiple of 5 one that is wrong by an even number; at
    any place one that is wrong by 10 or 20 (``A`` for ``K``); the exchange of
    neighbours that differ by 10 (``7`` and ``A``). So a code is also compared
    with what it names: see :func:`kamtools.finance.checking.check_codes`.

    Examples
    --------
    >>> check_character("26-A001-B01-TP-DM-001")
    '2'
    """
    return str(sum(ord(c) * place for place, c in enumerate(body, start=1)) % 10)


def _year(year: object) -> str:
    text = str(year)
    if isinstance(year, bool) or not (text.isascii() and text.isdigit() and len(text) in (2, 4)):
        raise ValueError(f"year: expected two or four digits such as 26 or 2026, got {year!r}")
    return text[-2:]


def _part(value: object, name: str, dash: bool = False) -> str:
    if not isinstance(value, str) or not value or value != value.strip() or not value.isprintable():
        raise ValueError(f"{name}: expected text without blanks around it, got {value!r}")
    if not dash and "-" in value:
        raise ValueError(f"{name}: {value!r} contains '-', which separates the parts of a code")
    if dash and (value.startswith("-") or value.endswith("-")):
        raise ValueError(f"{name}: {value!r} begins or ends with '-', which separates the parts of a code")
    return value


def codable(value: object, account: bool = False) -> bool:
    """Tell whether a code can hold an id; an account's may contain ``-``.

    Examples
    --------
    >>> codable("A-1", account=True), codable("A-1"), codable("-", account=True)
    (True, False, False)
    """
    try:
        return bool(_part(value, "id", dash=account))
    except ValueError:
        return False


def _sequence(value: object) -> int:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise ValueError(f"sequence: expected a whole number from 1, got {value!r}")
    return int(text)


def expense_code(
    year: int | str, account: str, brand: str, activity: str, kind: str, sequence: int | str
) -> str:
    """Return ``year-account-brand-activity-kind-sequence-check``.

    Parameters
    ----------
    year
        Two or four digits; the last two are written.
    account
        An account id; it may contain ``-``, not begin or end with it.
    brand, activity, kind
        Ids without ``-``.
    sequence
        From 1; written with three digits or more.

    Raises
    ------
    ValueError
        A part that a code cannot hold.

    Examples
    --------
    >>> expense_code("26", "A001", "B01", "TP", "DM", 1)
    '26-A001-B01-TP-DM-001-2'
    """
    body = _body(
        _year(year),
        _part(account, "account", dash=True),
        _part(brand, "brand"),
        _part(activity, "activity"),
        _part(kind, "kind"),
        _sequence(sequence),
    )
    return f"{body}-{check_character(body)}"


def split_code(code: object) -> ExpenseCode:
    """Take a code apart without asking whether its check character is right; see :func:`parse_expense_code`."""
    if not isinstance(code, str):
        raise ValueError(f"code: expected text, got {code!r}")
    head, *rest = code.rsplit("-", 5)
    year, found, account = head.partition("-")
    if len(rest) != 5 or not found:
        raise ValueError(f"code: {code!r} has not the parts {'-'.join(PARTS)}")
    brand, activity, kind, sequence, check = rest
    try:
        if len(year) != 2:
            raise ValueError(f"year: expected two digits, got {year!r}")
        number = _sequence(sequence)
        if sequence != f"{number:03d}":
            raise ValueError(f"sequence: expected {number:03d}, got {sequence!r}")
        if len(check) != 1:
            raise ValueError(f"check: expected one character, got {check!r}")
        return ExpenseCode(
            _year(year),
            _part(account, "account", dash=True),
            _part(brand, "brand"),
            _part(activity, "activity"),
            _part(kind, "kind"),
            number,
            check,
        )
    except ValueError as error:
        raise ValueError(f"code: {code!r}: {error}") from None


def parse_expense_code(code: str) -> ExpenseCode:
    """Take a code apart.

    An account may contain ``-``: the year stands before the first one, and
    the other five parts after the last five.

    Raises
    ------
    ValueError
        Not seven parts, a part that a code cannot hold, or a wrong check
        character; the message says which would be right.

    Examples
    --------
    >>> parse_expense_code("26-A001-B01-TP-DM-001-2").kind
    'DM'
    >>> parse_expense_code("26-A001-B01-TP-DM-001-3")
    Traceback (most recent call last):
        ...
    ValueError: code: '26-A001-B01-TP-DM-001-3': the check character is '3', and should be '2'
    """
    parsed = split_code(code)
    right = check_character(parsed.body)
    if parsed.check != right:
        raise ValueError(f"code: {code!r}: the check character is {parsed.check!r}, and should be {right!r}")
    return parsed


@dataclass(frozen=True)
class Activity:
    """An activity of the code tree: its line of the P&L, and the kinds that it has."""

    line: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class CodeTree:
    """Which activities and kinds there are, and the line of the P&L that each belongs to.

    Examples
    --------
    >>> tree = CodeTree.of({"TP": {"line": "off_invoice_promotional", "kinds": ["DM", "DP"]}})
    >>> tree.activities["TP"].line, tree.activities_of("a_and_p")
    ('off_invoice_promotional', ())
    """

    activities: Mapping[str, Activity]

    def __post_init__(self) -> None:
        if not self.activities:
            raise ValueError("activities: there are none")
        for name, activity in self.activities.items():
            _part(name, "activity")
            if activity.line not in EXPENSE_LINES:
                raise ValueError(
                    f"activity {name!r}: line {activity.line!r}; allowed: {', '.join(EXPENSE_LINES)}"
                )
            if not activity.kinds or len(set(activity.kinds)) < len(activity.kinds):
                raise ValueError(f"activity {name!r}: expected kinds, each once, got {activity.kinds!r}")
            for kind in activity.kinds:
                _part(kind, f"kind of activity {name!r}")

    @classmethod
    def of(cls, data: Mapping[str, Mapping[str, object]]) -> CodeTree:
        """Return the tree of plain data: ``{activity: {"line": …, "kinds": […]}}``."""
        activities = {}
        for name, entry in data.items():
            line, kinds = entry.get("line"), entry.get("kinds")
            if not isinstance(line, str) or isinstance(kinds, str) or not isinstance(kinds, Sequence):
                raise ValueError(
                    f"activity {name!r}: expected a line and a list of kinds, got {dict(entry)!r}"
                )
            activities[name] = Activity(line, tuple(kinds))
        return cls(activities)

    def activities_of(self, line: str) -> tuple[str, ...]:
        """Return the activities of a line of the P&L, in the order of the tree."""
        return tuple(name for name, activity in self.activities.items() if activity.line == line)
