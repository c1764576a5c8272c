"""The figures of an account's money: P&L by span, control, forecast, tracking, credit, stress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from kamtools.book.figure import Figure, plain

if TYPE_CHECKING:
    from kamtools.book.money import Money
    from kamtools.book.portfolio import Portfolio


Make = Callable[["Portfolio", str], Iterator[Figure]]


def money_groups() -> list[tuple[tuple[str, ...], Make]]:
    """Return the course items of each group of figures, and what makes them."""
    groups: tuple[tuple[tuple[str, ...], Callable[[Money], Iterator[Figure]]], ...] = (
        (("4.M.1", "4.M.3"), _control),
        (("4.M.2", "4.N"), _statements),
        (("4.N",), _forecast),
        (("4.N.1", "4.N.2", "4.N.4"), _tracking),
        (("4.N.3",), _credit),
        (("4.N.3",), _stress),
    )
    return [(items, _of_account(make)) for items, make in groups]


def _of_account(make: Callable[[Money], Iterator[Figure]]) -> Make:
    return lambda portfolio, account: make(portfolio.money_of(account))


def _control(money: Money) -> Iterator[Figure]:
    day = money.own.portfolio.as_of.isoformat()
    if money.codes is not None:
        lines = money.codes.drop_duplicates("expense_id")
        yield Figure(
            "code_findings", len(lines), "count", day, "bookings with a finding on their code", "4.M.1"
        )
        amount = plain(float(lines["amount"].sum()))
        yield Figure("code_findings_amount", amount, "money", day, "sum of these bookings", "4.M.1")
    year = f"{money.own.year[0]}..{money.own.year[-1]}"
    if money.control is not None:
        for row in money.control.to_dict("records"):
            activity = row["activity"] or "uncoded"
            for name in ("budget", "committed", "accrued", "actual", "remaining", "forecast"):
                said = "remaining = budget - actual - committed - accrued; costs positive"
                yield Figure(f"control_{activity}_{name}", plain(row[name]), "money", year, said, "4.M.3")
            yield Figure(f"control_{activity}_status", row["status"], "class", year, row["reason"], "4.M.3")
    if money.roll is not None and len(money.roll):
        closing = plain(money.roll["closing"].iloc[-1])
        said = "closing = opening + accrued - settled"
        yield Figure("accruals_open", closing, "money", str(money.roll["month"].iloc[-1]), said, "4.M.3")
    for found in money.promotions:
        pnl, period = found.pnl, f"{found.start:%Y-%m}..{found.end:%Y-%m}"
        said = f"baseline {pnl.conventions['baseline']}; less cannibalised and forward-bought"
        yield Figure(
            f"promotion_{found.id}_incremental", plain(pnl.incremental), "count", period, said, "4.M.3"
        )
        yield Figure(
            f"promotion_{found.id}_roi",
            plain(pnl.roi_ratio),
            "fraction",
            period,
            "incremental profit / spend",
            "4.M.3",
        )
        yield Figure(f"promotion_{found.id}_verdict", pnl.verdict, "class", period, said, "4.M.3")
    if money.restatement is not None:
        span = f"{money.restatement.months[0]}..{money.restatement.months[-1]}"
        changed = money.restatement.changes()
        contribution = changed.loc[changed["line"] == "contribution", "difference"].sum()
        yield Figure(
            "restated_lines", len(changed), "count", span, "closed months: now against locked", "4.M.3"
        )
        yield Figure(
            "restated_contribution", plain(float(contribution)), "money", span, "now - locked", "4.M.3"
        )


def _statements(money: Money) -> Iterator[Figure]:
    for span, found in money.statements.items():
        item = "4.N" if span == "year" else "4.M.2"
        for row in found.table.to_dict("records"):
            for column in ("budget", "estimate", "actual", "last_year"):
                value, line = row[column], row["line"]
                if value != value:
                    continue
                said = "deductions negative; without VAT"
                if span == "year" and column == "actual":
                    said = (
                        f"{found.conventions['months_actual']} months actual, the rest forecast, trade money as"
                        f" {'budgeted' if found.conventions.get('trade_ahead') == 'budget' else 'last year'}; {said}"
                    )
                period = found.last_year_period if column == "last_year" else found.period
                yield Figure(f"{span}_{line}_{column}", plain(value), "money", period, said, item)


def _forecast(money: Money) -> Iterator[Figure]:
    found = money.forecast
    if found.reason:
        yield Figure("forecast_reason", found.reason, "class", str(money.own.last), "no forecast", "4.N")
        return
    said = f"invoiced sales; interval {found.coverage:g}"
    for row in found.table.to_dict("records")[:3]:
        month = f"{row['month']:%Y-%m}" if hasattr(row["month"], "strftime") else str(row["month"])
        for name in ("low", "point", "high", "adjusted"):
            yield Figure(f"forecast_{month}_{name}", plain(row[name]), "money", month, said, "4.N")
    if found.outlook is not None:
        for name in ("low", "point", "high"):
            value = plain(getattr(found.outlook, name))
            yield Figure(
                f"outlook_{name}", value, "money", f"{money.own.year[0]}..{money.own.year[-1]}", said, "4.N"
            )


def _tracking(money: Money) -> Iterator[Figure]:
    period = money.statements["ytd"].period
    for row in money.measures.to_dict("records"):
        said = f"actual / target, {row['unit']}; bands of the settings"
        yield Figure(f"attainment_{row['measure']}", plain(row["ratio"]), "fraction", period, said, "4.N.1")
        yield Figure(f"band_{row['measure']}", row["band"], "class", period, said, "4.N.1")
    if money.run_rate is not None:
        rate = money.run_rate
        yield Figure(
            "run_rate", plain(rate.full_year), "money", period, f"net sales, {rate.convention}", "4.N.2"
        )
    if money.bridge is not None:
        for row in money.bridge.steps.to_dict("records"):
            said = "plan to actual contribution; steps add up"
            yield Figure(f"bridge_{row['step']}", plain(row["amount"]), "money", period, said, "4.N.2")
    if money.revision is not None:
        for row in money.revision.to_dict("records"):
            span = "..".join(str(m) for m in cast("tuple[str, str]", money.revision.attrs["months"]))
            said = f"{money.revision.attrs['version']} - budget"
            yield Figure(f"revision_{row['line']}", plain(row["difference"]), "money", span, said, "4.N.4")


def _credit(money: Money) -> Iterator[Figure]:
    credit, day = money.credit, money.own.portfolio.as_of.isoformat()

    def figure(name: str, value: Any, unit: str, said: str) -> Figure:
        return Figure(name, plain(value), unit, day, said, "4.N.3")

    basis = f"with VAT; by {credit.conventions['ageing_basis']} date"
    if credit.ageing is not None:
        for bucket, amount in credit.ageing.items():
            yield figure(f"ageing_{bucket}", float(amount), "money", basis)
    dso = "days of sales with VAT, last twelve whole months"
    for name, value, unit, said in (
        ("dso", credit.dso, "days", dso),
        ("dso_countback", credit.countback, "days", "against the latest months, calendar days"),
        ("dso_best_possible", credit.best_possible, "days", dso),
        ("days_delinquent", credit.delinquent, "days", "DSO - best possible DSO"),
        ("collection_effectiveness", credit.effectiveness, "fraction",
         "(open before + sales - open) / (open before + sales - not due), with VAT, sales of the whole period"),
        ("credit_score", credit.score.score if credit.score else None, "points", "0-100, missing parts left out"),
        ("credit_limit_given", credit.given_limit, "money", "credit table, with VAT"),
        ("credit_limit_rules", credit.limit.limit if credit.limit else None, "money",
         f"lowest of the rules: {credit.limit.rule if credit.limit else '-'}"),
        ("exposure", credit.exposure, "money",
         " ".join(f"{'-' if part == 'insured' else '+'} {part}" for part in money.own.all.rules.exposure)
         + "; subsidiaries included"),
        ("utilisation", credit.utilisation, "fraction", "exposure / limit given"),
        ("expected_credit_loss", credit.expected_loss, "money", f"loss rates: {credit.conventions['loss_rates']}"),
        ("terms_cost", credit.terms_cost, "money", "average open balance of twelve month ends x capital rate"),
    ):  # fmt: skip
        yield figure(name, value, unit, said)
    held = credit.hold
    yield figure(
        "credit_hold", None if held is None else "yes" if held.hold else "no", "class", "limit and overdue"
    )
    if len(credit.altman):
        last = credit.altman.iloc[-1]
        yield figure(
            "altman_z", float(last["z"]), "points", f"{last['type']}, {last['year']}, {last['zone']}"
        )
    for signal in credit.signals:
        said = "first month end at which it was to be seen"
        yield figure(f"signal_{signal.signal}", f"{signal.first_date:%Y-%m-%d}", "class", said)


def _stress(money: Money) -> Iterator[Figure]:
    found = money.stress
    if found is None:
        return
    for name, stress in found.items():
        rules = money.own.all.rules.failure
        period = f"{rules.months} months"
        said = f"share lost {name}; recovery {rules.recovery_mean:g}; seed {rules.seed}"
        for part in ("contribution", "receivable", "expected_loss", "fixed_cost_uncovered"):
            value = plain(stress.losses[part])
            yield Figure(f"stress_{name}_{part}", value, "money", period, said, "4.N.3")
        replace = plain(stress.months_to_replace)
        yield Figure(f"stress_{name}_months_to_replace", replace, "months", period, said, "4.N.3")
        loss = plain(stress.simulation.loc["p95", "loss"])
        yield Figure(
            f"stress_{name}_loss_p95", loss, "money", period, f"{rules.draws} draws; {said}", "4.N.3"
        )
