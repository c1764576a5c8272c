"""Questions on the account's money: 4.M to 4.N.4, on its P&L, control, forecast, credit and revision.

Amounts are typed in thousands, deductions as the P&L shows them. Where a table or a
setting is missing, nothing is judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamtools.classroom.questions.core import (
    NONE,
    Option,
    Question,
    best,
    judged,
    none_of_these,
    nothing,
    number,
)
from kamtools.finance.names import PNL_SUBTOTALS, VERDICTS
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book

WORDS = "exercises_money.x"
THOUSAND = 1000
STOPS = ("go", "warn", "stop")
BANDS = ("green", "amber", "red")
HOLDS = {(): "no", ("over_limit",): "limit", ("overdue",): "overdue", ("over_limit", "overdue"): "both"}
MOVES: dict[str, float] = {"price": 0.01, "terms": -0.01, "a_and_p": -0.1, "service": -0.1, "days": -10.0}
LATE = 60  # days overdue from which an amount counts in 4.N.3.x3
APART = 3  # months between the options of the first signal


def _own(book: Book, family: str, ids: Any) -> list[Option]:
    """Return ids as options with a family's words."""
    return [(i, say(family, book.lang, i)) for i in ids]


def _called(book: Book, family: str, ids: Any) -> list[Option]:
    """Return ids as options, called as the charts and tables call them."""
    from kamtools.show.money_words import called

    return [(str(i), called(book.context, family, i)) for i in ids]


def _lines(book: Book, ids: Any) -> list[Option]:
    """Return P&L lines as options."""
    from kamtools.show.money_words import line_name

    return [(str(i), line_name(book.context, i)) for i in ids]


def _is_subtotal(line: object) -> bool:
    return line in (*PNL_SUBTOTALS, "economic_profit")


# -- 4.M control of A&P, 4.M.1 codes ---------------------------------------------------------------


def _controls(book: Book) -> list[Option]:
    return _own(book, "exercises_money.controls", ("code", "budget", "afterwards", "nobody"))


def _code_findings(book: Book) -> float | None:
    codes = book.money.codes
    return None if codes is None else float(codes["expense_id"].nunique())


def _first_finding(book: Book) -> Any:
    """Return the first finding with a likely right code; None where there is none."""
    codes = book.money.codes
    if codes is None:
        return None
    return next((row for row in codes.itertuples() if isinstance(row.likely, str)), None)


def _codes(book: Book) -> list[Option]:
    """Return the code as booked, the likely ones, and two that are near to them, in order."""
    from kamtools.finance.coding import expense_code, split_code

    row = _first_finding(book)
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


def _right_codes(book: Book) -> set[str] | None:
    row = _first_finding(book)
    if row is None:
        return None
    return judged({row.likely, *map(str, row.alternatives or ())}, _codes(book))


# -- 4.M.2 the account's own P&L -------------------------------------------------------------------


def _so_far(book: Book) -> pd.DataFrame:
    """Return the statement of the year to date by line."""
    return book.money.statements["ytd"].table.set_index("line")


def _margin(book: Book) -> float | None:
    actual = _so_far(book)["actual"]
    contribution, sales = number(actual["contribution"]), number(actual["net_sales"])
    return None if contribution is None or sales is None or sales <= 0 else contribution / sales


def _variances(book: Book) -> list[tuple[str, float]]:
    """Return the lines that are no subtotals, with their variance against budget."""
    found = _so_far(book)["variance"].dropna()
    return [(str(line), float(value)) for line, value in found.items() if not _is_subtotal(line)]


def _varied_lines(book: Book) -> list[Option]:
    return [*_lines(book, [line for line, _ in _variances(book)]), none_of_these(book)]


def _lost_most(book: Book) -> set[str] | None:
    found = _variances(book)
    if not found:
        return None
    behind = best([pair for pair in found if pair[1] < 0], least=True)
    return judged(behind or {NONE}, _varied_lines(book))


# -- 4.M.3 monthly control -------------------------------------------------------------------------


def _largest_budget(book: Book) -> Any:
    """Return the control's row of the activity with the largest budget; None where nothing is budgeted."""
    control = book.money.control
    if control is None:
        return None
    budgeted = control[control["budget"] > 0]
    return None if budgeted.empty else budgeted.sort_values("budget", kind="stable").iloc[-1]


def _remaining(book: Book) -> float | None:
    row = _largest_budget(book)
    remaining = None if row is None else number(row["remaining"])
    return None if row is None or remaining is None else remaining / float(row["budget"])


def _stops(book: Book) -> list[Option]:
    return _own(book, "exercises_money.next", STOPS)


def _next_booking(book: Book) -> set[str] | None:
    row = _largest_budget(book)
    return {str(row["status"])} if row is not None and row["status"] in STOPS else None


def _last_promotion(book: Book) -> Any:
    promotions = book.money.promotions
    return promotions[0].pnl if promotions else None


def _verdicts(book: Book) -> list[Option]:
    return _own(book, "exercises_money.promotion", VERDICTS)


def _verdict(book: Book) -> set[str] | None:
    pnl = _last_promotion(book)
    return {pnl.verdict} if pnl is not None and pnl.verdict in VERDICTS else None


def _break_even(book: Book) -> float | None:
    pnl = _last_promotion(book)
    return None if pnl is None else number(pnl.break_even_lift)


def _restated(book: Book) -> float | None:
    found = book.money.restatement
    return None if found is None else float(found.changes()["month"].nunique())


# -- 4.N the forecast P&L --------------------------------------------------------------------------


def _upper_end(book: Book) -> float | None:
    table = book.money.forecast.table
    high = None if table.empty else number(table["high"].iloc[0])
    return None if high is None else high / THOUSAND


def _full_year(book: Book) -> float | None:
    outlook = book.money.forecast.outlook
    point = None if outlook is None else number(outlook.point)
    return None if point is None else point / THOUSAND


def _moves(book: Book) -> list[Option]:
    return _own(book, "exercises_money.move", MOVES)


def _gain(book: Book, move: str) -> float | None:
    """Return what one move alone adds to the economic profit of a year."""
    result = book.money.what_if(**{move: MOVES[move]})
    return None if result is None else number(result.table.set_index("line").at["economic_profit", "change"])


def _best_move(book: Book) -> set[str] | None:
    return judged(best((move, _gain(book, move)) for move in MOVES), _moves(book))


# -- 4.N.1, 4.N.2 tracking -------------------------------------------------------------------------


def _bands(book: Book) -> list[Option]:
    return _own(book, "exercises_money.band", BANDS)


def _contribution_band(book: Book) -> set[str] | None:
    bands = book.money.measures.set_index("measure")["band"]
    band = bands.get("contribution")
    return {str(band)} if band in BANDS else None


def _steps(book: Book) -> list[Option]:
    bridge = book.money.bridge
    return [*_called(book, "money.step", [] if bridge is None else bridge.steps["step"]), none_of_these(book)]


def _worst_step(book: Book) -> set[str] | None:
    bridge = book.money.bridge
    if bridge is None:
        return None
    steps = zip(bridge.steps["step"], bridge.steps["amount"], strict=True)
    behind = best([(step, amount) for step, amount in steps if amount < 0], least=True)
    return judged(behind or {NONE}, _steps(book))


# -- 4.N.3 repayment and credit --------------------------------------------------------------------


def _dso(book: Book) -> float | None:
    return number(book.money.credit.dso)


def _dso_without_vat(book: Book) -> float | None:
    """Return the days by which DSO is too high where sales are left without VAT."""
    dso, rate = _dso(book), number(book.money.credit.conventions.get("vat_rate"))
    return None if dso is None or rate is None else dso * rate


def _overdue(book: Book) -> float | None:
    """Return what is overdue by more than 60 days; None where no bucket begins there, or ages count from invoices."""
    credit = book.money.credit
    conventions: Any = credit.conventions
    limits = tuple(conventions.get("buckets", ()))
    if credit.ageing is None or conventions.get("ageing_basis") != "due" or LATE not in limits:
        return None
    from kamtools.finance.receivables import bucket_names

    late = bucket_names(limits)[limits.index(LATE) + 2 :]
    return number(credit.ageing[list(late)].sum() / THOUSAND)


def _seen(signal: str, month: pd.Period) -> str:
    return f"{signal}@{month}"


def _signal_options(book: Book) -> list[Option]:
    """Return signals with their months, and the first one a few months away, in the order of their ids."""
    from kamtools import show
    from kamtools.show.money_words import called

    found = {(s.signal, pd.Period(s.first_date, freq="M")) for s in book.money.credit.signals}
    first = [(s.signal, pd.Period(s.first_date, freq="M")) for s in book.money.credit.signals[:1]]
    found |= {(signal, month + apart) for signal, month in first for apart in (-APART, APART)}
    if not found:
        last = book.money.last
        found = {("paying_later", last), ("overdue_share_rising", last)}
    context = book.context
    return [
        *(
            (
                _seen(signal, month),
                f"{called(context, 'money.signal', signal)}{context.say('show.comma')}{show.month(str(month), context)}",
            )
            for signal, month in sorted(found)
        ),
        none_of_these(book),
    ]


def _first_signals(book: Book) -> set[str] | None:
    if book.money.documents.empty or "payments" in getattr(book.money.credit, "missing", ()):
        return None
    signals = book.money.credit.signals
    first = min((s.first_date for s in signals), default=None)
    right = {_seen(s.signal, pd.Period(s.first_date, freq="M")) for s in signals if s.first_date == first}
    return judged(right or {NONE}, _signal_options(book))


def _holds(book: Book) -> list[Option]:
    return _own(book, "exercises_money.hold", ("no", "limit", "overdue", "both"))


def _held(book: Book) -> set[str] | None:
    hold = book.money.credit.hold
    if hold is None or (hold.missing and not hold.hold):
        return None
    found = HOLDS.get(tuple(sorted(hold.reasons, key=("over_limit", "overdue").index)))
    return None if found is None else {found}


def _months_to_replace(book: Book) -> float | None:
    stress = book.money.stress
    return None if stress is None else number(stress["full"].months_to_replace)


# -- 4.N.4 revision --------------------------------------------------------------------------------


def _revisions(book: Book) -> list[tuple[str, Any]]:
    """Return the lines of the estimate that are no subtotals, with the size of their change."""
    frame = book.money.revision
    if frame is None:
        return []
    rows = zip(frame["line"], frame["difference"].abs(), strict=True)
    return [(str(line), change) for line, change in rows if not _is_subtotal(line)]


def _revised_lines(book: Book) -> list[Option]:
    return _lines(book, [line for line, _ in _revisions(book)])


def _revised_most(book: Book) -> set[str] | None:
    return judged(best(_revisions(book)), _revised_lines(book))


def _percent(id: str, item: str, expected: Any) -> Question:
    return Question(id, item, "number", expected, unit="percent", tolerance=0.5, family=WORDS)


def _count(id: str, item: str, expected: Any, tolerance: float = 0.0) -> Question:
    return Question(id, item, "number", expected, tolerance=tolerance, family=WORDS)


def _choice(id: str, item: str, expected: Any, options: Any) -> Question:
    return Question(id, item, "choice", expected, options, family=WORDS)


MONEY: tuple[Question, ...] = (
    Question("4.M.x1", "4.M", "opinion", nothing, _controls, family=WORDS),
    _count("4.M.1.x1", "4.M.1", _code_findings),
    _choice("4.M.1.x2", "4.M.1", _right_codes, _codes),
    _percent("4.M.2.x1", "4.M.2", _margin),
    _choice("4.M.2.x2", "4.M.2", _lost_most, _varied_lines),
    _percent("4.M.3.x1", "4.M.3", _remaining),
    _choice("4.M.3.x2", "4.M.3", _next_booking, _stops),
    _choice("4.M.3.x3", "4.M.3", _verdict, _verdicts),
    _percent("4.M.3.x4", "4.M.3", _break_even),
    _count("4.M.3.x5", "4.M.3", _restated),
    _count("4.N.x1", "4.N", _upper_end, 1),
    _count("4.N.x2", "4.N", _full_year, 1),
    _choice("4.N.x3", "4.N", _best_move, _moves),
    _choice("4.N.1.x1", "4.N.1", _contribution_band, _bands),
    _choice("4.N.2.x1", "4.N.2", _worst_step, _steps),
    _count("4.N.3.x1", "4.N.3", _dso, 1),
    _count("4.N.3.x2", "4.N.3", _dso_without_vat, 1),
    _count("4.N.3.x3", "4.N.3", _overdue, 1),
    _choice("4.N.3.x4", "4.N.3", _first_signals, _signal_options),
    _choice("4.N.3.x5", "4.N.3", _held, _holds),
    _count("4.N.3.x6", "4.N.3", _months_to_replace, 1),
    _choice("4.N.4.x1", "4.N.4", _revised_most, _revised_lines),
)
