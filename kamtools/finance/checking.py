"""Every expense line's code compared with the line itself: what is wrong, and the code it likely ought to have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

import numpy as np
import pandas as pd

from kamtools.finance.coding import CodeTree, ExpenseCode, check_character, codable, expense_code, split_code
from kamtools.finance.periods import fiscal_periods

FINDINGS = (
    "uncoded",  # no code
    "unreadable",  # not the parts of a code
    "bad_check",  # the check character does not fit
    "unknown_account",
    "unknown_brand",
    "unknown_activity",
    "unknown_kind",  # the activity has no such kind
    "other_brand",  # the code's brand is not the line's
    "other_account",  # the code's account is not the booking's
    "other_year",  # the code's year is not that of the date
    "other_line",  # the activity belongs to another line of the P&L
    "sequence_twice",  # an earlier line has this number
    "without_strategy",  # the code serves no strategy of the plan
)
COLUMNS = ["expense_id", "account", "code", "amount", "finding", "found", "expected"]
SUGGESTED = ["likely", "basis", "assumed", "alternatives"]
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212_", "-"))


@dataclass(frozen=True, eq=False)
class CodeCheck:
    """The codes of all expense lines, checked.

    Attributes
    ----------
    findings
        frame[expense_id, account, code, amount, finding, found, expected,
        likely, basis, assumed, alternatives], a row for each finding, in the order of the lines.
        ``likely`` is the code that the line probably ought to have, None
        where too little is known. Its ``basis``: ``spelling`` (blanks, case, dashes),
        ``one_character`` (one wrong, missing, surplus or two exchanged; ``alternatives`` are
        the other codes that would fit as well) or ``rebuilt`` from the line;
        ``assumed`` are the parts that neither the code nor the line tells:
        the account's most usual ones were taken.
    by_finding
        frame[finding, lines, amount]; a line with two findings counts in both.
    lines, amount
        All lines given, and their sum.
    lines_with_findings, amount_with_findings
        Of these the lines with a finding, each once.
    conventions
        How year and repeated codes were read.
    """

    findings: pd.DataFrame
    by_finding: pd.DataFrame
    lines: int
    amount: float
    lines_with_findings: int
    amount_with_findings: float
    conventions: dict[str, object]


@dataclass
class _Line:
    place: int
    year: str | None  # of the date
    account: str | None
    line: str | None
    brand: str | None
    text: str | None
    code: ExpenseCode | None
    found: list[tuple[str, str | None, str | None]] = field(default_factory=list)


@dataclass
class _Known:
    """What the codes without a finding tell: numbers used, usual brands and kinds."""

    tree: CodeTree
    accounts: Collection[str]
    brands: list[str]
    used: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    brand_counts: dict[tuple[str | None, str | None], dict[str, int]] = field(default_factory=dict)
    kind_counts: dict[tuple[str | None, str], dict[str, int]] = field(default_factory=dict)

    def take(self, year: str, account: str, sequence: int) -> None:
        self.used.setdefault((year, account), set()).add(sequence)

    def learn(self, code: ExpenseCode, line: str | None) -> None:
        self.take(code.year, code.account, code.sequence)
        for key in ((code.account, line), (None, None)):
            counts = self.brand_counts.setdefault(key, {})
            counts[code.brand] = counts.get(code.brand, 0) + 1
        for account in (code.account, None):
            counts = self.kind_counts.setdefault((account, code.activity), {})
            counts[code.kind] = counts.get(code.kind, 0) + 1

    def free(self, year: str, account: str) -> Iterator[int]:
        """Numbers not used: the gaps, then the next one."""
        used = self.used.get((year, account), set())
        return (n for n in range(1, max(used, default=0) + 2) if n not in used)

    def next_free(self, year: str, account: str) -> int:
        return max(self.used.get((year, account), set()), default=0) + 1


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _usual(*counts: dict[str, int] | None) -> str | None:
    for table in counts:
        if table:
            return min(table, key=lambda name: (-table[name], name))
    return None


def _one_apart(a: str, b: str) -> bool:
    """Whether one character is wrong, missing or surplus, or two neighbours are exchanged (or nothing is)."""
    if abs(len(a) - len(b)) > 1:
        return False
    shorter = min(len(a), len(b))
    start = next((i for i in range(shorter) if a[i] != b[i]), shorter)
    end = next((i for i in range(shorter - start) if a[-1 - i] != b[-1 - i]), shorter - start)
    x, y = a[start : len(a) - end], b[start : len(b) - end]
    return (len(x) <= 1 and len(y) <= 1) or (len(x) == 2 and x == y[::-1])


def _parts_wrong(line: _Line, known: _Known) -> Iterator[tuple[str, str | None, str | None]]:
    code = line.code
    if code is None:
        return
    if code.account not in known.accounts:
        yield "unknown_account", code.account, line.account
    elif line.account is not None and code.account != line.account:
        yield "other_account", code.account, line.account
    if code.brand not in known.brands:
        yield "unknown_brand", code.brand, line.brand
    elif line.brand is not None and code.brand != line.brand:
        yield "other_brand", code.brand, line.brand
    activity = known.tree.activities.get(code.activity)
    if activity is None:
        expected = known.tree.activities_of(line.line) if line.line else ()
        yield "unknown_activity", code.activity, ", ".join(expected) or None
    else:
        if code.kind not in activity.kinds:
            yield "unknown_kind", code.kind, ", ".join(activity.kinds)
        if line.line is not None and activity.line != line.line:
            yield "other_line", activity.line, line.line
    if line.year is not None and code.year != line.year:
        yield "other_year", code.year, line.year


def _facts(line: _Line, known: _Known) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Return the year, the account (None where no code can hold it) and the possible activities of a line."""
    code = line.code
    year = line.year or (code.year if code else None)
    account = line.account if line.account in known.accounts and codable(line.account, account=True) else None
    if account is None and code is not None and code.account in known.accounts:
        account = code.account
    activities = known.tree.activities_of(line.line) if line.line else tuple(known.tree.activities)
    return year, account, activities


def _spelled(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split())


def _nearly(line: _Line, known: _Known) -> tuple[list[str], str]:
    """Return the codes right for this line that differ from the written one by spelling or one character."""
    year, account, activities = _facts(line, known)
    if line.text is None or year is None or account is None:
        return [], ""
    code, text = line.code, _spelled(line.text)
    tail = text.rsplit("-", 4)
    readable = len(tail) == 5 and tail[1] in known.tree.activities
    if not readable and not text.upper().startswith(f"{year}-{account}-".upper()):
        return [], ""  # wrong in more than one place
    brands = [b for b in ([line.brand] if line.brand else known.brands) if codable(b)]
    numbers = list(islice(known.free(year, account), 60))
    beyond = code is not None and code.sequence not in numbers
    if code and beyond and code.sequence not in known.used.get((year, account), set()):
        numbers.append(code.sequence)
    fits = [
        candidate
        for brand in brands
        for activity in activities
        for kind in known.tree.activities[activity].kinds
        for number in numbers
        if _one_apart(
            text.upper(), (candidate := expense_code(year, account, brand, activity, kind, number)).upper()
        )
    ]
    same = [c for c in fits if c.upper() == text.upper()]
    if same:
        return same[:1], "spelling"
    body = code.body if code else None
    # a number in the row of those used, before one far beyond; then a wrong check character, before another reading
    jump = f"-{code.sequence:03d}" if code and beyond else None
    bodies = {c: c.rpartition("-")[0] for c in fits}
    fits.sort(
        key=lambda c: (
            jump is not None and bodies[c].endswith(jump),
            bodies[c] != body,
            len(c) != len(text),
            c,
        )
    )
    return fits, "one_character"


def _rebuilt(line: _Line, known: _Known) -> tuple[str | None, tuple[str, ...]]:
    """Return the code built from the line, keeping what is right in the written one; and the parts assumed."""
    year, account, activities = _facts(line, known)
    if year is None or account is None or not activities:
        return None, ()
    code, assumed = line.code, []
    activity = code.activity if code and code.activity in activities else None
    if activity is None:
        activity = activities[0]
        if len(activities) > 1:
            counts = {a: sum(known.kind_counts.get((account, a), {}).values()) for a in activities}
            activity = max(activities, key=lambda a: counts[a])
            assumed.append("activity")
    kinds = known.tree.activities[activity].kinds
    kind = code.kind if code and code.kind in kinds else None
    if kind is None:
        usual = _usual(known.kind_counts.get((account, activity)), known.kind_counts.get((None, activity)))
        kind = usual if usual in kinds else kinds[0]
        if len(kinds) > 1:
            assumed.append("kind")
    brand = line.brand or (code.brand if code and code.brand in known.brands else None)
    if brand is not None and not codable(brand):
        return None, ()
    if brand is None:
        usual = _usual(known.brand_counts.get((account, line.line)), known.brand_counts.get((None, None)))
        brand = usual or next(filter(codable, known.brands), None)
        if brand is None:
            return None, ()
        if len(known.brands) > 1:
            assumed.insert(0, "brand")
    kept = code and code.sequence not in known.used.get((year, account), set())
    number = code.sequence if code and kept else known.next_free(year, account)
    return expense_code(year, account, brand, activity, kind, number), tuple(assumed)


def _column(expenses: pd.DataFrame, name: str) -> list[str | None]:
    if name not in expenses.columns:
        return [None] * len(expenses)
    return [_text(v) for v in expenses[name].tolist()]


def _years(expenses: pd.DataFrame, fiscal_start: int, named_by: Literal["start", "end"]) -> list[str | None]:
    dates = pd.Series(pd.to_datetime(expenses["date"], errors="coerce")).reset_index(drop=True)
    months = dates.dropna().dt.to_period("M")
    names = fiscal_periods(months, fiscal_start, named_by)["fiscal_year"]
    years: list[str | None] = [None] * len(dates)
    for place, year in zip(months.index, names, strict=True):
        years[int(place)] = f"{int(year) % 100:02d}"
    return years


def _sequences(lines: list[_Line], amounts: np.ndarray, dates: pd.Series, postings: str) -> None:
    """Find numbers used twice within year and account; the earliest line keeps its number."""
    days = [str(day) for day in dates.tolist()]
    clean = [line for line in lines if line.code and not line.found]
    clean.sort(key=lambda line: (days[line.place], line.place))
    first: dict[tuple[str, str, int], ExpenseCode] = {}
    for line in clean:
        code = line.code
        assert code is not None
        owner = first.setdefault((code.year, code.account, code.sequence), code)
        reversal = amounts[line.place] < 0
        if owner is not code and not (owner == code and (reversal or postings == "many")):
            line.found.append(("sequence_twice", str(code.sequence), None))


def check_codes(
    expenses: pd.DataFrame,
    tree: CodeTree,
    accounts: Collection[str],
    brands: Collection[str],
    *,
    fiscal_start: int = 1,
    named_by: Literal["start", "end"] = "start",
    postings: Literal["one", "many"] = "one",
    strategies: Mapping[str, str] | None = None,
    code_format: str | None = None,
) -> CodeCheck:
    """Check the code of every expense line.

    Parameters
    ----------
    expenses
        frame[date, account, code, line, amount], with ``expense_id`` and
        ``brand`` where they are known. Ids are text.
    tree
        The activities, their kinds and lines of the P&L.
    accounts, brands
        The ids that there are.
    fiscal_start, named_by
        The year of a code is the fiscal year of the date; see :func:`kamtools.finance.periods.fiscal_periods`.
    postings
        ``one``: a code is for one line, and a second one with it is a finding (a
        negative line, which takes one back, is none). ``many``: further lines may repeat a whole
        code; the same number under another brand, activity or kind is still a finding.
    strategies
        Code -> strategy of the plan, once there are plans; codes without one are found.
    code_format
        None: the codes of :func:`kamtools.finance.coding.expense_code`. A pattern with named
        parts (year, account, brand, activity, kind): these are compared, and no likely code is
        told. ``none``: codes have no format; a line without one is found, and no more.

    Returns
    -------
    CodeCheck
        Where the check character does not fit and one character explains it,
        that is the line's only finding. A number is looked for twice among the lines without
        another finding, so that a line booked to a wrong account does not accuse the right ones.

    Raises
    ------
    ValueError
        A missing column, or an unknown convention.

    Examples
    --------
    >>> tree = CodeTree.of({"TP": {"line": "off_invoice_promotional", "kinds": ["DM", "DP"]}})
    >>> expenses = pd.DataFrame({
    ...     "expense_id": ["E1", "E2"], "date": ["2026-01-31", "2026-02-28"], "account": ["A001", "A001"],
    ...     "code": ["26-A001-B01-TP-DM-001-2", "26-A002-B01-TP-DM-002-0"],
    ...     "line": "off_invoice_promotional", "amount": [10.0, 20.0]})
    >>> check = check_codes(expenses, tree, {"A001", "A002"}, {"B01"})
    >>> check.findings[["expense_id", "finding", "found", "expected", "likely"]]
      expense_id        finding found expected                   likely
    0         E2  other_account  A002     A001  26-A001-B01-TP-DM-002-3
    """
    for name in ("date", "account", "code", "line", "amount"):
        if name not in expenses.columns:
            raise ValueError(f"expenses: no column {name!r} in {list(expenses.columns)!r}")
    if postings not in ("one", "many"):
        raise ValueError(f"postings: {postings!r}; allowed: one, many")
    known = _Known(tree, frozenset(accounts), sorted(brands))
    amounts = expenses["amount"].to_numpy(dtype=float)
    columns = [_column(expenses, name) for name in ("account", "line", "brand", "code")]
    lines = []
    for place, (year, account, booked, brand, text) in enumerate(
        zip(_years(expenses, fiscal_start, named_by), *columns, strict=True)
    ):
        line = _Line(place, year, account, booked, brand, text, None)
        if text is None:
            line.found.append(("uncoded", None, None))
        elif code_format is not None:
            line.found += _by_format(line, known, code_format)
        else:
            try:
                line.code = split_code(text)
            except ValueError:
                line.found.append(("unreadable", text, None))
        if line.code:
            right = check_character(line.code.body)
            if line.code.check != right:
                line.found.append(("bad_check", line.code.check, right))
            line.found += _parts_wrong(line, known)
        lines.append(line)
    _sequences(lines, amounts, expenses["date"], postings)
    for line in lines:
        if line.code and not line.found:
            known.learn(line.code, line.line)
    told = code_format is None
    return _report(expenses, lines, known, amounts, strategies, postings, fiscal_start, named_by, told)


def _by_format(line: _Line, known: _Known, code_format: str) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield what is wrong with a code of the company's own format: the parts that its pattern names."""
    if code_format == "none" or line.text is None:
        return
    found = re.fullmatch(code_format, line.text)
    if found is None:
        yield "unreadable", line.text, None
        return
    parts = {name: value or "" for name, value in found.groupdict().items()}
    named = {p: parts.get(p, "") for p in ("year", "account", "brand", "activity", "kind")}
    line.code = ExpenseCode(**named | {"year": named["year"][-2:]}, sequence=0, check="")
    for finding, value, expected in _parts_wrong(line, known):
        part = "activity" if finding == "other_line" else finding.rpartition("_")[2]
        if part in parts:
            yield finding, value, expected
    line.code = None  # it has no number and no check character


def _suggestions(
    wrong: list[_Line], known: _Known
) -> dict[int, tuple[str | None, str | None, tuple[str, ...], tuple[str, ...]]]:
    """Return likely code, basis, assumed parts and alternatives, by place; no number is given twice.

    Lines that tell their number come before those that need a new one.
    """
    suggested = {}

    def suggest(line: _Line, likely: str, basis: str, assumed: tuple[str, ...], others: list[str]) -> None:
        suggested[line.place] = (likely, basis, assumed, tuple(others))
        code = split_code(likely)
        known.take(code.year, code.account, code.sequence)

    rest = []
    for line in wrong:
        near, basis = _nearly(line, known)
        if near:
            suggest(line, near[0], basis, (), near[1:])
            if line.found[0][0] == "bad_check":
                line.found = line.found[:1]  # the one character explains the others
        else:
            rest.append(line)
    for line in sorted(rest, key=lambda line: line.code is None):
        likely, assumed = _rebuilt(line, known)
        if likely:
            suggest(line, likely, "rebuilt", assumed, [])
    return suggested


def _report(
    expenses: pd.DataFrame,
    lines: list[_Line],
    known: _Known,
    amounts: np.ndarray,
    strategies: Mapping[str, str] | None,
    postings: str,
    fiscal_start: int,
    named_by: str,
    told: bool = True,
) -> CodeCheck:
    ids = expenses["expense_id"].tolist() if "expense_id" in expenses.columns else expenses.index.tolist()
    suggested = _suggestions([line for line in lines if line.found], known) if told else {}
    rows = []
    for line in lines:
        if strategies is not None and not line.found and line.text not in strategies:
            line.found.append(("without_strategy", None, None))
        likely, basis, assumed, others = suggested.get(line.place, (None, None, (), ()))
        for finding, found, expected in line.found:
            rows.append(
                (ids[line.place], line.account, line.text, amounts[line.place], finding, found, expected)
                + (likely, basis, assumed, others)
            )
    findings = pd.DataFrame(rows, columns=COLUMNS + SUGGESTED).astype({"amount": float})
    by_finding = (
        findings.groupby("finding", sort=False)["amount"].agg(["size", "sum"]).reindex(FINDINGS).dropna()
    )
    by_finding = (
        by_finding.rename(columns={"size": "lines", "sum": "amount"}).rename_axis("finding").reset_index()
    )
    with_finding = np.array([bool(line.found) for line in lines], dtype=bool)
    return CodeCheck(
        findings=findings,
        by_finding=by_finding.astype({"lines": int}),
        lines=len(lines),
        amount=float(np.nansum(amounts)),
        lines_with_findings=int(with_finding.sum()),
        amount_with_findings=float(np.nansum(amounts[with_finding])),
        conventions={"postings": postings, "fiscal_start": fiscal_start, "named_by": named_by},
    )
