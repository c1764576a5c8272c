"""Tables of credit: ageing of all accounts, one account's credit on a page, expected loss, failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kamtools.finance.names import LOOSE
from kamtools.show.charts.receivables import (
    billed_of,
    credit_basis,
    hold_words,
    limit_values,
    overdue_of,
    provision_note,
    signal_words,
)
from kamtools.show.charts.stress import scenario_name, scenario_note, scenario_order, simulation_note
from kamtools.show.context import Context
from kamtools.show.frames import records
from kamtools.show.money_words import (
    bucket_name,
    called,
    missing_words,
    money_note,
    stands_on,
    titled,
    warned,
    whole,
)
from kamtools.show.numbers import date, is_missing, money, month, number, percent
from kamtools.show.tables.build import account_name, build
from kamtools.show.tables.money import empty, heads

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.finance.credit_loss import ExpectedLoss
    from kamtools.finance.stress import Stress
    from kamtools.show.tables.build import Table

FIGURES = {  # row of the credit table -> the figure that it shows
    "open": "ageing_open",
    **{name: f"ageing_{name}" for name in LOOSE},
    "effectiveness": "collection_effectiveness",
    "utilisation": "utilisation",
    "expected_loss": "expected_credit_loss",
    "terms_cost": "terms_cost",
}
STRESS_ROWS = (
    "revenue",
    "contribution",
    "replaced",
    "receivable",
    "expected_credit_loss",
    "stock",
    "stock_loss",
    "fixed_cost_uncovered",
    "expected_loss",
)


def ageing_all(
    aged: pd.DataFrame | None, context: Context, exposure: pd.DataFrame | None = None, top: int = 15
) -> Table:
    """Return the ageing of the accounts that owe most, the rest together, and the total; who is on hold.

    Parameters
    ----------
    aged : frame
        Of :func:`kamtools.finance.receivables.ageing`, index account; ``attrs`` states its conventions.
    context : Context
    exposure : frame, optional
        Index account [limit, utilisation, hold, reasons].
    top : int
        Accounts that are named, those with most open; the reader's own beside them.
    """
    if aged is None or not len(aged):
        return empty(context, "ageing")
    ages = [str(c) for c in aged.columns if str(c) not in (*LOOSE, "open")]
    apart = [a for a in LOOSE if a in aged.columns and aged[a].abs().sum() > 0]  # nobody has any: no column
    sums = [*ages, *apart, "open"]
    columns = [
        ("account", context.say("money.col.account"), "l"),
        *((s, bucket_name(context, s, short=True), "r") for s in sums),
    ]
    with_limits = exposure is not None and len(exposure) > 0
    if with_limits:
        columns += heads(context, "utilisation hold:l")
    order = aged["open"].abs().sort_values(ascending=False, kind="stable").index
    named = list(order[:top])
    if context.account in aged.index and context.account not in named:
        named.append(context.account)
    rows = []
    for account in named:
        cells = [whole(aged.loc[account, s], context) for s in sums]
        rows.append(
            [
                account_name(account, context),
                *cells,
                *(_held(exposure, account, context) if with_limits else []),
            ]
        )
    rest = aged.drop(index=named)
    blank = ["", ""] if with_limits else []
    if len(rest):
        told = context.say("show.other_accounts", n=number(len(rest), context))
        rows.append([told, *(whole(rest[s].sum(), context) for s in sums), *blank])
    rows.append([context.say("show.total"), *(whole(aged[s].sum(), context) for s in sums), *blank])
    own = [i for i, a in enumerate(named) if a == context.account]
    day = aged.attrs.get("as_of")
    said = [
        context.say("money.as_of", date=date(day, context)) if day else "",
        stands_on(context, {str(k): v for k, v in aged.attrs.items()}, skip=("buckets",)),
    ]
    note = money_note(context, context.say("money.ageing_apart"), " · ".join(x for x in said if x))
    return build(context, "ageing_all", columns, rows, title=context.say("money.title.ageing_all"), note=note, own=own,
                 bold=[len(rows) - 1])  # fmt: skip


def _held(exposure: pd.DataFrame | None, account: str, context: Context) -> list[str]:
    if exposure is None or account not in exposure.index:
        return [percent(None, context), context.say("money.no_limit")]
    row: Any = exposure.loc[account]
    if not bool(row["hold"]):
        told = context.say("money.no_limit") if is_missing(row["limit"]) else context.say("money.limit.free")
        return [percent(row["utilisation"], context, 0), told]
    reasons = context.say("show.comma").join(called(context, "money.hold", r) for r in row["reasons"])
    return [percent(row["utilisation"], context, 0), context.say("money.held", reasons=reasons)]


def credit(credit: Any, context: Context) -> Table:
    """Return an account's credit on one page: each figure with what it stands on.

    Parameters
    ----------
    credit : Credit
    context : Context
    """
    if credit is None:
        return empty(context, "credit")
    columns = heads(context, "figure:l value stands_on:l")
    said = dict(credit.conventions)
    rows: list[list[str]] = []
    figures: dict[tuple[int, int], str] = {}

    def add(key: str, written: str, *basis: str) -> None:
        if key in FIGURES:
            figures[len(rows), 1] = FIGURES[key]
        rows.append([context.say("money.figure", key), written, " · ".join(b for b in basis if b)])

    def basis(*keys: str) -> str:
        return stands_on(context, {k: said[k] for k in keys if k in said})

    days = {k: context.say("money.days", n=number(getattr(credit, k), context, 1)) if not is_missing(getattr(credit, k)) else money(None, context)
            for k in ("dso", "countback", "best_possible", "delinquent")}  # fmt: skip
    aged = credit.ageing
    if aged is not None and len(aged):
        late = overdue_of(credit)
        add(
            "open",
            whole(aged["open"], context),
            context.say("money.with_vat"),
            basis("ageing_basis", "default_terms"),
        )
        if late is not None:
            owed = billed_of(credit)
            part = context.say("money.overdue_of", part=percent(late / owed, context)) if owed > 0 else ""
            add("overdue", whole(late, context), context.say("money.by_due_date"), part)
        for name in LOOSE:
            if name in aged.index and not is_missing(aged[name]) and float(aged[name]):
                add(name, whole(aged[name], context), context.say("money.note", name))
    add(
        "dso",
        days["dso"],
        context.say("money.dso_note"),
        basis("dso_days", "vat_rate"),
    )
    add("countback", days["countback"], context.say("money.countback_note"))
    add("best_possible", days["best_possible"], context.say("money.best_possible_note"))
    add("delinquent", days["delinquent"], context.say("money.delinquent_note"))
    add(
        "effectiveness",
        percent(credit.effectiveness, context, 0),
        context.say("money.effectiveness_note"),
    )
    meant = {
        context.say("money.figure.exposure"): basis("exposure"),
        context.say("money.figure.given_limit"): context.say("money.given_limit_note"),
        context.say("money.figure.need"): " · ".join(
            x for x in (context.say("money.need_note"), basis("terms_days")) if x
        ),
    }
    limits = {
        context.say("money.figure.exposure"): "exposure",
        context.say("money.figure.given_limit"): "credit_limit_given",
    }
    for name, value in limit_values(credit, context).items():
        if name in limits:
            figures[len(rows), 1] = limits[name]
        rows.append([name, whole(value, context), meant.get(name) or _rules(credit.limit, context)])
    add("utilisation", percent(credit.utilisation, context, 0), context.say("money.utilisation_note"))
    add("hold", _hold_cell(credit.hold, context), hold_words(credit.hold, context))
    add(
        "expected_loss",
        whole(credit.expected_loss, context),
        context.say("money.expected_loss_note"),
        basis("loss_rates"),
    )
    add(
        "terms_cost",
        whole(credit.terms_cost, context),
        context.say("money.terms_cost_note"),
        basis("capital_rate"),
    )
    _scores(credit, context, rows)
    for signal in credit.signals or ():
        rows.append(
            [
                context.say("money.figure.signal"),
                date(signal.first_date, context),
                signal_words(signal, context),
            ]
        )
    note = money_note(context, credit_basis(credit, context))
    if credit.missing:
        note += " " + context.say("money.missing.tables", names=missing_words(context, credit.missing))
    return build(
        context,
        "credit",
        columns,
        rows,
        title=titled(context, "money.title.credit"),
        note=note,
        figures=figures,
    )


def _rules(limit: Any, context: Context) -> str:
    """Return what each rule gives, the lowest of which holds, and which could not be applied."""
    parts = [
        context.say("money.name_value", name=called(context, "money.rule", k), value=whole(v, context))
        for k, v in limit.candidates.items()
    ]
    told = context.say("money.rule.note", parts=context.say("show.comma").join(parts))
    if limit.left_out:
        left = context.say("show.comma").join(called(context, "money.rule", r) for r in limit.left_out)
        told += context.say("show.semicolon") + context.say("money.rules_left_out", rules=left)
    return told


def _hold_cell(hold: Any, context: Context) -> str:
    if hold is None or (hold.missing and not hold.hold):
        return context.say("money.limit.unknown")
    return context.say("money.limit.hold" if hold.hold else "money.limit.free")


def _scores(credit: Any, context: Context, rows: list[list[str]]) -> None:
    """Add the credit score and Altman's Z by year."""
    score = credit.score
    if score is not None:
        parts = context.say("show.comma").join(
            context.say(
                "money.name_value", name=called(context, "money.score", k), value=number(v, context, 1)
            )
            for k, v in score.contributions.items()
        )
        told = context.say("money.score_parts", parts=parts)
        if score.missing:
            absent = context.say("show.comma").join(called(context, "money.score", k) for k in score.missing)
            told += " " + context.say(
                "money.score_missing", names=absent, known=percent(score.known, context, 0)
            )
        rows.append([context.say("money.figure.score"), number(score.score, context, 1), told])
    if credit.altman is not None:
        for row in records(credit.altman):
            zone = called(context, "money.zone", row["zone"])
            rows.append(
                [context.say("money.figure.altman", year=row["year"]), number(row["z"], context, 2), zone]
            )


def provision(result: ExpectedLoss | None, context: Context, rates: Any = None) -> Table:
    """Return the provision matrix: what is open by age, its loss rate, the expected loss.

    Parameters
    ----------
    result : ExpectedLoss
    context : Context
    rates : LossRates, optional
        Where the rates come from.
    """
    if result is None or not len(result):
        return empty(context, "provision")
    columns = heads(
        context, "bucket:l gross specific_gross specific_provision matrix_gross rate expected_loss"
    )
    amounts = ("gross", "specific_gross", "specific_provision", "matrix_gross")
    rows = []
    for bucket, row in zip(result.index, records(result), strict=True):
        cells = [whole(row[k], context) for k in amounts]
        rows.append([bucket_name(context, bucket), *cells, percent(row["rate"], context, 2), whole(row["expected_loss"], context)])  # fmt: skip
    sums = [whole(result[k].sum(), context) for k in amounts]
    rows.append([context.say("show.total"), *sums, "", whole(result["expected_loss"].sum(), context)])
    rows.append([context.say("money.provision_total"), *[""] * 5, whole(result.total, context)])
    note = money_note(context, provision_note(result, context, rates))
    return build(context, "provision", columns, rows, title=context.say("money.title.provision"), note=note,
                 bold=[len(rows) - 2, len(rows) - 1])  # fmt: skip


def stress(result: Mapping[str, Stress] | None, context: Context) -> Table:
    """Return what each scenario of an account's failure costs, side by side.

    Parameters
    ----------
    result : mapping
        ``full``, ``half``, ``quarter`` -> Stress.
    context : Context
    """
    if not result:
        return empty(context, "stress")
    names = scenario_order(result)
    first = result[names[0]]
    columns = [("figure", context.say("money.col.figure"), "l")]
    columns += [(f"s{i}", scenario_name(result[n], context), "r") for i, n in enumerate(names)]
    rows = [
        [called(context, "money.loss", k), *(whole(result[n].losses.get(k), context) for n in names)]
        for k in STRESS_ROWS
    ]
    bold = [len(rows) - 1]
    replace = [result[n].months_to_replace for n in names]
    rows.append([context.say("money.months_to_replace"), *(number(v, context, 1) if not is_missing(v) else context.say("money.never") for v in replace)])  # fmt: skip
    lows = [result[n].monthly.iloc[int(result[n].monthly["cash"].to_numpy().argmin())] for n in names]
    rows.append(
        [
            context.say("money.lowest_cash"),
            *(
                whole(None, context)
                if is_missing(r["cash"])
                else context.say(
                    "money.cash_in_month", cash=whole(r["cash"], context), month=month(r["month"], context)
                )
                for r in lows
            ),
        ]
    )
    for q in ("p05", "p50", "p95"):
        label = context.say(
            "money.simulated.at",
            name=context.say("money.simulated.loss"),
            percentile=context.say("money.percentile", q),
        )
        rows.append([label, *(whole(result[n].simulation.loc[q, "loss"], context) for n in names)])
    label = context.say(
        "money.simulated.at",
        name=context.say("money.simulated.lowest_cash"),
        percentile=context.say("money.percentile.p05"),
    )
    rows.append([label, *(whole(result[n].simulation.loc["p05", "lowest_cash"], context) for n in names)])
    warnings = dict.fromkeys(w for n in names for w in result[n].warnings)
    note = money_note(context, context.say("money.stress_neutral"), scenario_note(first, context), simulation_note(first, context),
                      context.say("money.losses_note", months=number(len(first.monthly), context)), context.say("money.stress_vat"),
                      warned(context, "money.warning_stress", warnings))  # fmt: skip
    return build(
        context, "stress", columns, rows, title=titled(context, "money.title.stress"), note=note, bold=bold
    )
