"""Tables of spending: codes, control against budget, accruals, promotions, returns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kamtools.show.charts.spending import baseline_words
from kamtools.show.context import Context, one_line
from kamtools.show.frames import records
from kamtools.show.money_words import (
    activity_name,
    called,
    money_note,
    plan_name,
    span,
    titled,
    warned,
    whole,
)
from kamtools.show.numbers import MISSING, is_missing, number, percent
from kamtools.show.tables.build import build
from kamtools.show.tables.money import empty, heads, month_words, said

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.finance.checking import CodeCheck
    from kamtools.show.tables.build import Table

USED = ("budget", "committed", "accrued", "actual", "used", "remaining")


def finding_frame(result: CodeCheck | pd.DataFrame | None) -> pd.DataFrame | None:
    """Return the findings of codes, whether of all bookings or of one account."""
    return getattr(result, "findings", result)  # type: ignore[return-value]


def expense_codes(result: CodeCheck | pd.DataFrame | None, context: Context, most: int = 30) -> Table:
    """Return the bookings whose code is wrong, largest amount first, with the code that is likely right.

    Parameters
    ----------
    result : CodeCheck, or frame of its findings
    context : Context
    most : int
        Rows; the note says how many more there are.
    """
    frame = finding_frame(result)
    if frame is None:
        return empty(context, "codes")
    columns = heads(context, "expense:l code:l amount what:l likely:l sure:l")
    title = titled(context, "money.title.codes")
    if not len(frame):
        return build(
            context, "expense_codes", [("none", "", "l")], [[context.say("money.codes_fine")]], title=title
        )
    ordered = frame.loc[frame["amount"].abs().sort_values(ascending=False, kind="stable").index]
    rows = []
    for row in records(ordered.iloc[:most]):
        rows.append(
            [
                one_line(row["expense_id"], 20),
                MISSING if is_missing(row["code"]) else one_line(row["code"], 40),
                whole(row["amount"], context),
                finding_words(row, context),
                MISSING if is_missing(row["likely"]) else one_line(row["likely"], 40),
                sure_words(row, context),
            ]
        )
    hidden = len(frame) - most
    note = money_note(context, context.say("money.codes_note"), context.say("money.rows_more", n=number(hidden, context)) if hidden > 0 else "")  # fmt: skip
    return build(context, "expense_codes", columns, rows, title=title, note=note)


def finding_words(row: dict[str, Any], context: Context) -> str:
    """Return what is wrong with a code, with what was found and what was expected."""
    told = called(context, "money.code", row["finding"])
    if is_missing(row["expected"]):
        return told
    return context.say("money.found_expected", what=told, found=said(row["found"], context), expected=said(row["expected"], context))  # fmt: skip


def sure_words(row: dict[str, Any], context: Context) -> str:
    """Return how the likely code was found, and which of its parts are assumed."""
    if is_missing(row["likely"]):
        return context.say("money.basis.none")
    told = called(context, "money.basis", row["basis"])
    assumed: tuple[str, ...] = tuple(row["assumed"] or ())
    if assumed:
        parts = context.say("show.comma").join(called(context, "money.part", p) for p in assumed)
        told = context.say("money.basis.assumed", basis=told, parts=parts)
    others: tuple[str, ...] = tuple(row["alternatives"] or ())
    if others:
        told = context.say("money.basis.others", basis=told, n=number(len(others), context))
    return told


def control(frame: pd.DataFrame | None, context: Context) -> Table:
    """Return use against budget by activity: committed, accrued, actual, what remains, and whether to stop.

    Parameters
    ----------
    frame : frame
        Of :func:`kamtools.finance.control.budget_control` by activity (or line).
    context : Context
    """
    if frame is None or not len(frame):
        return empty(context, "control")
    columns = heads(
        context, "activity:l budget committed accrued paid used remaining burn phasing forecast verdict:l"
    )
    key = next((k for k in ("activity", "line", "code") if k in frame.columns), str(frame.columns[0]))
    rows, figures = [], {}
    for i, row in enumerate(records(frame)):
        if key == "activity":
            shown = {k: j for j, k in enumerate(USED, 1) if k != "used"} | {"forecast": 9}
            figures |= {(i, j): f"control_{row[key] or 'uncoded'}_{k}" for k, j in shown.items()}
        cells = [whole(row[k], context) for k in USED]
        parts = [percent(row[k], context, 0) for k in ("burn", "phasing")]
        verdict = context.say("money.verdict_of", status=called(context, "money.control", row["status"]), reason=called(context, "money.why", row["reason"]))  # fmt: skip
        rows.append(
            [activity_name(context, row[key]), *cells, *parts, whole(row["forecast"], context), verdict]
        )
    note = money_note(context, context.say("money.control.note"))
    title = titled(context, "money.title.control")
    return build(context, "control", columns, rows, title=title, note=note, figures=figures)


def roll(frame: pd.DataFrame | None, context: Context, most: int = 14) -> Table:
    """Return accruals carried from month to month: opening, accrued, settled, reversed, closing.

    Parameters
    ----------
    frame : frame
        Of :func:`kamtools.finance.control.roll_forward`.
    context : Context
    most : int
        The last months that are shown.
    """
    if frame is None or not len(frame):
        return empty(context, "roll")
    odd = bool((frame["warning"] != "").any())
    columns = heads(
        context, "month:l opening accrued settled reversed closing" + (" warning:l" if odd else "")
    )
    rows = []
    for row in records(frame.iloc[-most:]):
        cells = [whole(row[k], context) for k in ("opening", "accrued", "settled", "reversed", "closing")]
        warning = called(context, "money.warning_roll", row["warning"]) if row["warning"] else ""
        rows.append([month_words(row["month"], context), *cells, *([warning] if odd else [])])
    note = money_note(context, context.say("money.roll_note"))
    return build(context, "roll", columns, rows, title=titled(context, "money.title.roll"), note=note)


def promotions(result: Sequence[Any] | None, context: Context) -> Table:
    """Return what each promotion cost and brought, its return in both bases, break-even and verdict.

    Parameters
    ----------
    result : sequence of Promotion
    context : Context
    """
    if not result:
        return empty(context, "promotions")
    columns = heads(context, "promotion:l window:l units baseline incremental profit spend roi_ratio roi_net break_even_lift lift verdict:l")  # fmt: skip
    rows, bases, notes = [], {}, {}
    for item in result:
        pnl = item.pnl
        rows.append(
            [
                plan_name(item, context),
                span(item.start, item.end, context),
                *(number(v, context) for v in (pnl.units, pnl.baseline, pnl.incremental)),
                *(whole(v, context) for v in (pnl.incremental_profit, pnl.spend)),
                number(pnl.roi_ratio, context, 2),
                number(pnl.roi_net, context, 2, sign=True),
                percent(pnl.break_even_lift, context, 0),
                percent(pnl.lift, context, 0, sign=True),
                called(context, "money.verdict", pnl.verdict),
            ]
        )
        bases[baseline_words(pnl, context)] = None
        for warning in pnl.warnings:
            notes[warning] = None
    note = money_note(context, context.say("money.promotions_note"), context.say("show.semicolon").join(bases), warned(context, "money.warning_promotion", notes))  # fmt: skip
    return build(
        context, "promotions", columns, rows, title=titled(context, "money.title.promotions"), note=note
    )


def spent_on(activity: object, context: Context, promotions: Sequence[Any] = ()) -> str:
    """Return what money was spent on: a promotion by its name, the A&P that was added, or an activity."""
    found = next((p for p in promotions if p.id == activity), None)
    if found is not None:
        return f"{plan_name(found, context)} {span(found.start, found.end, context)}"
    return (
        context.say("money.added_a_and_p")
        if activity == "added_a_and_p"
        else activity_name(context, activity)
    )


def returns(frame: pd.DataFrame | None, context: Context, promotions: Sequence[Any] = ()) -> Table:
    """Return spending ranked by its return: where to cut, where to add.

    Parameters
    ----------
    frame : frame
        Of :func:`kamtools.finance.returns.cut_and_add` with a column ``activity``.
    context : Context
    promotions : sequence of Promotion
        Their names, where an activity is a promotion's id.
    """
    if frame is None or not len(frame):
        return empty(context, "returns")
    columns = heads(
        context,
        "rank activity:l spend incremental_profit average_return marginal_return return_basis:l suggestion:l",
    )
    rows = []
    for row in records(frame):
        rows.append(
            [
                number(row["rank"], context),
                spent_on(row["activity"], context, promotions),
                *(whole(row[k], context) for k in ("spend", "incremental")),
                *(number(row[k], context, 2) for k in ("average_return", "marginal_return")),
                called(context, "money.return_basis", row["basis"]),
                called(context, "money.suggest", row["suggestion"]),
            ]
        )
    note = money_note(context, context.say("money.returns_note"))
    return build(context, "returns", columns, rows, title=titled(context, "money.title.returns"), note=note)
