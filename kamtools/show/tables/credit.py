"""Tables of credit: ageing of all accounts, one account's credit on a page, expected loss, failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kamtools.show.charts.receivables import (
    APART,
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
    word,
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
    **{name: f"ageing_{name}" for name in APART},
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
    ages = [str(c) for c in aged.columns if str(c) not in (*APART, "open")]
    apart = [a for a in APART if a in aged.columns and aged[a].abs().sum() > 0]  # nobody has any: no column
    sums = [*ages, *apart, "open"]
    columns = [
        ("account", word(context, "col_account"), "l"),
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
        told = context.say("other_accounts", n=number(len(rest), context))
        rows.append([told, *(whole(rest[s].sum(), context) for s in sums), *blank])
    rows.append([context.say("total"), *(whole(aged[s].sum(), context) for s in sums), *blank])
    own = [i for i, a in enumerate(named) if a == context.account]
    day = aged.attrs.get("as_of")
    said = [
        word(context, "as_of", date=date(day, context)) if day else "",
        stands_on(context, {str(k): v for k, v in aged.attrs.items()}, skip=("buckets",)),
    ]
    note = money_note(context, word(context, "ageing_apart"), " · ".join(x for x in said if x))
    return build(context, "ageing_all", columns, rows, title=word(context, "ageing_all_title"), note=note, own=own,
                 bold=[len(rows) - 1])  # fmt: skip


def _held(exposure: pd.DataFrame | None, account: str, context: Context) -> list[str]:
    if exposure is None or account not in exposure.index:
        return [percent(None, context), word(context, "no_limit")]
    row: Any = exposure.loc[account]
    if not bool(row["hold"]):
        told = word(context, "no_limit") if is_missing(row["limit"]) else word(context, "limit_free")
        return [percent(row["utilisation"], context, 0), told]
    reasons = context.say("comma").join(called(context, "hold", r) for r in row["reasons"])
    return [percent(row["utilisation"], context, 0), word(context, "held", reasons=reasons)]


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
        rows.append([word(context, f"figure_{key}"), written, " · ".join(b for b in basis if b)])

    def basis(*keys: str) -> str:
        return stands_on(context, {k: said[k] for k in keys if k in said})

    days = {k: word(context, "days", n=number(getattr(credit, k), context, 1)) if not is_missing(getattr(credit, k)) else money(None, context)
            for k in ("dso", "countback", "best_possible", "delinquent")}  # fmt: skip
    aged = credit.ageing
    if aged is not None and len(aged):
        late = overdue_of(credit)
        add(
            "open",
            whole(aged["open"], context),
            word(context, "with_vat"),
            basis("ageing_basis", "default_terms"),
        )
        if late is not None:
            owed = billed_of(credit)
            part = word(context, "overdue_of", part=percent(late / owed, context)) if owed > 0 else ""
            add("overdue", whole(late, context), word(context, "by_due_date"), part)
        for name in APART:
            if name in aged.index and not is_missing(aged[name]) and float(aged[name]):
                add(name, whole(aged[name], context), word(context, f"note_{name}"))
    add(
        "dso",
        days["dso"],
        word(context, "dso_note"),
        basis("dso_days", "vat_rate"),
    )
    add("countback", days["countback"], word(context, "countback_note"))
    add("best_possible", days["best_possible"], word(context, "best_possible_note"))
    add("delinquent", days["delinquent"], word(context, "delinquent_note"))
    add(
        "effectiveness",
        percent(credit.effectiveness, context, 0),
        word(context, "effectiveness_note"),
    )
    meant = {
        word(context, "figure_exposure"): basis("exposure"),
        word(context, "figure_given_limit"): word(context, "given_limit_note"),
        word(context, "figure_need"): " · ".join(
            x for x in (word(context, "need_note"), basis("terms_days")) if x
        ),
    }
    limits = {
        word(context, "figure_exposure"): "exposure",
        word(context, "figure_given_limit"): "credit_limit_given",
    }
    for name, value in limit_values(credit, context).items():
        if name in limits:
            figures[len(rows), 1] = limits[name]
        rows.append([name, whole(value, context), meant.get(name) or _rules(credit.limit, context)])
    add("utilisation", percent(credit.utilisation, context, 0), word(context, "utilisation_note"))
    add("hold", _hold_cell(credit.hold, context), hold_words(credit.hold, context))
    add(
        "expected_loss",
        whole(credit.expected_loss, context),
        word(context, "expected_loss_note"),
        basis("loss_rates"),
    )
    add(
        "terms_cost",
        whole(credit.terms_cost, context),
        word(context, "terms_cost_note"),
        basis("capital_rate"),
    )
    _scores(credit, context, rows)
    for signal in credit.signals or ():
        rows.append(
            [word(context, "figure_signal"), date(signal.first_date, context), signal_words(signal, context)]
        )
    note = money_note(context, credit_basis(credit, context))
    if credit.missing:
        note += " " + word(context, "missing_tables", names=missing_words(context, credit.missing))
    return build(
        context, "credit", columns, rows, title=titled(context, "credit_title"), note=note, figures=figures
    )


def _rules(limit: Any, context: Context) -> str:
    """Return what each rule gives, the lowest of which holds, and which could not be applied."""
    parts = [
        word(context, "name_value", name=called(context, "rule", k), value=whole(v, context))
        for k, v in limit.candidates.items()
    ]
    told = word(context, "rule_note", parts=context.say("comma").join(parts))
    if limit.left_out:
        left = context.say("comma").join(called(context, "rule", r) for r in limit.left_out)
        told += context.say("semicolon") + word(context, "rules_left_out", rules=left)
    return told


def _hold_cell(hold: Any, context: Context) -> str:
    if hold is None or (hold.missing and not hold.hold):
        return word(context, "limit_unknown")
    return word(context, "limit_hold" if hold.hold else "limit_free")


def _scores(credit: Any, context: Context, rows: list[list[str]]) -> None:
    """Add the credit score and Altman's Z by year."""
    score = credit.score
    if score is not None:
        parts = context.say("comma").join(
            word(context, "name_value", name=called(context, "score", k), value=number(v, context, 1))
            for k, v in score.contributions.items()
        )
        told = word(context, "score_parts", parts=parts)
        if score.missing:
            absent = context.say("comma").join(called(context, "score", k) for k in score.missing)
            told += " " + word(context, "score_missing", names=absent, known=percent(score.known, context, 0))
        rows.append([word(context, "figure_score"), number(score.score, context, 1), told])
    if credit.altman is not None:
        for row in records(credit.altman):
            zone = called(context, "zone", row["zone"])
            rows.append(
                [word(context, "figure_altman", year=row["year"]), number(row["z"], context, 2), zone]
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
    rows.append([context.say("total"), *sums, "", whole(result["expected_loss"].sum(), context)])
    rows.append([word(context, "provision_total"), *[""] * 5, whole(result.total, context)])
    note = money_note(context, provision_note(result, context, rates))
    return build(context, "provision", columns, rows, title=word(context, "provision_title"), note=note,
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
    columns = [("figure", word(context, "col_figure"), "l")]
    columns += [(f"s{i}", scenario_name(result[n], context), "r") for i, n in enumerate(names)]
    rows = [
        [called(context, "loss", k), *(whole(result[n].losses.get(k), context) for n in names)]
        for k in STRESS_ROWS
    ]
    bold = [len(rows) - 1]
    replace = [result[n].months_to_replace for n in names]
    rows.append([word(context, "months_to_replace"), *(number(v, context, 1) if not is_missing(v) else word(context, "never") for v in replace)])  # fmt: skip
    lows = [result[n].monthly.iloc[int(result[n].monthly["cash"].to_numpy().argmin())] for n in names]
    rows.append(
        [
            word(context, "lowest_cash"),
            *(
                whole(None, context)
                if is_missing(r["cash"])
                else word(
                    context, "cash_in_month", cash=whole(r["cash"], context), month=month(r["month"], context)
                )
                for r in lows
            ),
        ]
    )
    for q in ("p05", "p50", "p95"):
        label = word(
            context,
            "simulated_at",
            name=word(context, "simulated_loss"),
            percentile=word(context, f"percentile_{q}"),
        )
        rows.append([label, *(whole(result[n].simulation.loc[q, "loss"], context) for n in names)])
    label = word(
        context,
        "simulated_at",
        name=word(context, "simulated_lowest_cash"),
        percentile=word(context, "percentile_p05"),
    )
    rows.append([label, *(whole(result[n].simulation.loc["p05", "lowest_cash"], context) for n in names)])
    warnings = dict.fromkeys(w for n in names for w in result[n].warnings)
    note = money_note(context, word(context, "stress_neutral"), scenario_note(first, context), simulation_note(first, context),
                      word(context, "losses_note", months=number(len(first.monthly), context)), word(context, "stress_vat"),
                      warned(context, "stress", warnings))  # fmt: skip
    return build(
        context, "stress", columns, rows, title=titled(context, "stress_title"), note=note, bold=bold
    )
