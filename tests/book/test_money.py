"""The money of the sample's accounts against sums made another way."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pandas as pd
import pytest

from kamtools.book import open_book, open_portfolio
from kamtools.book.closing import close_month, month_figures, restated
from kamtools.book.money.statements import DERIVED, fiscal_year, plan_months, span_months, statement
from kamtools.errors import KamError
from kamtools.finance import PNL_LINES
from kamtools.finance.names import EXPENSE_LINES, FULL_LINES
from kamtools.store import FieldValue, new_workspace, open_store
from kamtools.workspace.locks import locked_months, read_locks

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def portfolio():
    return open_portfolio(SAMPLES)


@pytest.fixture(scope="module")
def money():
    return open_book("A001", SAMPLES, lang="en").money


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    new_workspace(tmp_path / "w", SAMPLES)
    return tmp_path / "w"


def test_accounts_and_what_is_not_attributable_are_the_company(portfolio):
    table = portfolio.money.reconciliation
    assert table["difference"].abs().max() < 0.005  # to the cent
    assert list(table["line"]) == list(PNL_LINES)


def test_lines_of_no_account_stand_apart(workspace):
    from kamtools.workspace import open_workspace, write_table
    from kamtools.workspace.folder import read_arrow

    opened = open_workspace(workspace)
    ledger = read_arrow(opened.table_path("ledger"), "ledger").to_pandas()
    ledger.loc[ledger.index[-200:], "account"] = None
    import pyarrow as pa

    from kamtools.workspace.tables import arrow_schema

    write_table(opened, "ledger", pa.Table.from_pandas(ledger, arrow_schema("ledger"), preserve_index=False))
    table = open_portfolio(workspace).money.reconciliation.set_index("line")
    assert table["difference"].abs().max() < 0.005
    assert table.loc["list_sales", "not_attributable"] > 0


def test_months_make_the_period(portfolio):
    for account in ("A001", "A003", "A009", "A070"):
        months = open_book(account, SAMPLES, lang="en").money.profit.months
        year = months.iloc[-12:].sum()
        for line in PNL_LINES:
            assert year[line] == pytest.approx(portfolio.pnl.at[account, line], abs=0.01), (account, line)


def test_spans_add_up(money):
    ytd, month = (
        money.statements["ytd"].table.set_index("line"),
        money.statements["month"].table.set_index("line"),
    )
    for line in ("net_sales", "a_and_p", "contribution"):
        assert ytd.at[line, "actual"] == pytest.approx(
            money.profit.months[line].loc["2026-01":"2026-10"].sum()
        )
        assert month.at[line, "actual"] == pytest.approx(money.profit.months.at[pd.Period("2026-10"), line])
        assert ytd.at[line, "last_year"] == pytest.approx(
            money.profit.months[line].loc["2025-01":"2025-10"].sum()
        )
        assert ytd.at[line, "variance"] == pytest.approx(ytd.at[line, "actual"] - ytd.at[line, "budget"])
    costs = ytd.loc["a_and_p"]
    assert costs["actual"] < costs["budget"] < 0 and costs["favourable"] is False  # more was spent


def test_the_year_is_actual_months_and_forecast(money):
    found = money.statements["year"]
    assert found.conventions["months_actual"] == 10
    assert found.conventions["months_forecast"] == 2
    rest = sum(a["invoiced_sales"] for m, a in money.ahead.months.items() if m.year == 2026)
    table = found.table.set_index("line")
    assert table.at["invoiced_sales", "actual"] == pytest.approx(
        money.profit.months["invoiced_sales"].loc["2026-01":].sum() + rest
    )
    assert money.forecast.outlook.point == pytest.approx(table.at["invoiced_sales", "actual"])


def test_capital_costs_what_the_receivable_costs(money):
    owed = money.own.documents
    ends = []
    for end in ("2026-09-30", "2026-10-31"):
        day = pd.Timestamp(end)
        paid = owed["paid_amount"].where(owed["paid_date"] <= day, 0.0).fillna(0.0)
        ends.append((owed["amount"] - paid)[owed["invoice_date"] <= day].sum())
    expected = sum(ends) / 2 * 0.08 / 12
    assert -money.profit.months.at[pd.Period("2026-10"), "capital_receivables"] == pytest.approx(expected)
    last = money.profit.months.iloc[-1]
    stock = 0 if math.isnan(last["capital_stock"]) else last["capital_stock"]
    assert last["economic_profit"] == pytest.approx(
        last["contribution"] + last["capital_receivables"] + stock
    )


def test_every_line_leads_to_its_rows(money):
    month = pd.Period("2026-09")
    for line, column, sign in (
        ("list_sales", "list_amount", 1),
        ("invoiced_sales", "amount", 1),
        ("cost_of_goods", "cost", -1),
        ("a_and_p", "amount", -1),
        ("consumer_promotion", "amount", -1),
        ("off_invoice_promotional", "amount", -1),
        ("cost_to_serve", "cost", -1),
    ):
        rows = money.profit.drill(line, month)
        assert sign * rows[column].sum() == pytest.approx(money.profit.months.at[month, line], abs=0.01), line
    with pytest.raises(ValueError, match="contribution"):
        money.profit.drill("contribution", month)


def test_the_bridge_leads_from_plan_to_actual(money):
    bridge = money.bridge
    assert bridge.warnings == ()
    assert bridge.steps["amount"].sum() == pytest.approx(bridge.change)
    ytd = money.statements["ytd"].table.set_index("line").loc["contribution"]
    assert (bridge.plan, bridge.actual) == pytest.approx((ytd["budget"], ytd["actual"]))


def test_what_remains_of_the_budget(money):
    for row in money.control.to_dict("records"):
        used = row["actual"] + row["committed"] + row["accrued"]
        assert row["remaining"] == pytest.approx(row["budget"] - used)
    promised = money.control["committed"].sum()
    expenses = pd.read_csv(SAMPLES / "facts" / "expenses.csv", dtype=str)
    own = expenses[(expenses["account"] == "A001") & (expenses["status"] == "committed")]
    assert promised == pytest.approx(own["amount"].astype(float).sum()) and promised > 0


def test_what_is_only_promised_is_in_no_pnl(portfolio):
    expenses = pd.read_csv(SAMPLES / "facts" / "expenses.csv", dtype=str, parse_dates=["date"])
    october = expenses[(expenses["date"] >= "2026-10-01") & (expenses["account"] == "A001")]
    booked = october[october["status"] != "committed"]
    for line in ("a_and_p", "consumer_promotion"):
        amount = booked.loc[booked["line"] == line, "amount"].astype(float).sum()
        money = open_book("A001", SAMPLES, lang="en").money
        assert -money.profit.months.at[pd.Period("2026-10"), line] == pytest.approx(amount)


def test_accruals_carry_on(money):
    roll = money.roll
    assert (roll["opening"].iloc[1:].to_numpy() == roll["closing"].iloc[:-1].to_numpy()).all()
    expenses = pd.read_csv(SAMPLES / "facts" / "expenses.csv", dtype=str)
    own = expenses[(expenses["account"] == "A001") & (expenses["status"] == "accrued")]
    unsettled = own[own["settled_date"].isna()]["amount"].astype(float).sum()
    assert roll["closing"].iloc[-1] == pytest.approx(unsettled)


def test_codes_of_the_sample(portfolio):
    check = portfolio.money.codes
    assert set(check.findings["account"]) == {"A009"}
    assert check.lines_with_findings == 12
    assert check.findings["likely"].str.contains("-A009-").all()


def test_ageing_adds_up_and_both_bases_agree(portfolio, workspace):
    aged = portfolio.money.ageing
    assert aged["open"].sum() == pytest.approx(portfolio.facts.account_open["open_amount"].sum())
    path = workspace / "settings.yml"
    path.write_text(path.read_text("utf-8").replace("ageing_basis: due", "ageing_basis: invoice"), "utf-8")
    other = open_portfolio(workspace).money.ageing
    pd.testing.assert_series_equal(aged["open"], other["open"])
    assert not aged["not_due"].equals(other["not_due"])


def test_a_parent_s_exposure_is_its_children_s(portfolio):
    table = portfolio.money.exposure
    parents = portfolio.facts.accounts.set_index("account")["parent"].dropna()
    assert len(parents)
    for parent in set(parents):
        children = [a for a in parents.index[parents == parent] if a in table.index]
        assert table.at[parent, "total"] == pytest.approx(
            table.at[parent, "own"] + table.loc[children, "total"].sum()
        )


def test_a_specific_provision_leaves_the_matrix(workspace):
    import pyarrow as pa

    from kamtools.workspace import open_workspace, write_table
    from kamtools.workspace.folder import read_arrow
    from kamtools.workspace.tables import arrow_schema

    before = open_portfolio(workspace).money
    opened = open_workspace(workspace)
    credit = read_arrow(opened.table_path("credit"), "credit").to_pandas()
    from decimal import Decimal

    newest = (credit["account"] == "A001") & (credit["date"] == credit["date"].max())
    credit.loc[newest, "specific_provision"] = Decimal("20000000.0000")
    write_table(opened, "credit", pa.Table.from_pandas(credit, arrow_schema("credit"), preserve_index=False))
    after = open_portfolio(workspace).money
    assert after.expected_loss("A001") == pytest.approx(20_000_000)
    others = before.provision.total - before.expected_loss("A001")
    assert after.provision.total == pytest.approx(others + 20_000_000)


def test_the_largest_customer_is_seen_a_quarter_before_it_stops(money):
    credit = money.credit
    first = credit.signals[0]
    bills = money.own.documents
    unpaid = bills[
        (bills["kind"] == "invoice") & bills["paid_date"].isna() & (bills["due_date"] <= "2026-10-31")
    ]
    assert (unpaid["due_date"].min() - first.first_date).days >= 92
    assert credit.status["status"] == "stopped"
    assert credit.hold.hold and set(credit.hold.reasons) == {"over_limit", "overdue"}
    assert list(credit.altman["zone"])[-1] == "distress"


def test_vat_meets_vat(money):
    """DSO with sales on the basis of the receivables; without VAT on sales it would be 13 % longer."""
    credit = money.credit
    sales = money.profit.months["invoiced_sales"].iloc[-12:].sum()
    aged = credit.ageing
    owed = aged["open"] - aged["acceptance_bill"] - aged["advance"]
    assert credit.dso == pytest.approx(owed / (sales * 1.13) * 365)
    assert credit.delinquent == pytest.approx(credit.dso - credit.best_possible)


def test_a_change_by_hand_is_put_on_top_with_its_reason(workspace):
    rows = [
        {"month": "2026-11", "amount": 100_000, "reason": "promotion agreed", "who": "Li"},
        {"month": "2026-12", "factor": 0.5},  # no reason: said, not applied
        {"month": "2026-09", "amount": 5, "reason": "over"},
    ]
    before = open_book("A004", workspace, lang="en").money.forecast
    with open_store(workspace) as store:
        fields = {"forecast": FieldValue(rows), "version": FieldValue("LE2026-10")}
        store.write("A004", "revision", fields, version=None, who="Li", at=AT)
    after = open_book("A004", workspace, lang="en").money.forecast
    assert after.left_out == 2
    assert len(after.overrides) == 1
    assert after.table["adjusted"].iloc[0] == pytest.approx(before.table["point"].iloc[0] + 100_000)
    assert after.table["point"].tolist() == before.table["point"].tolist()
    assert after.outlook.adjusted == pytest.approx(after.outlook.point + 100_000)


def test_too_short_a_history_is_said():
    found = open_book("A166", SAMPLES, lang="en").money.forecast
    assert found.reason == "too_short"
    assert found.table.empty and found.outlook is None


def test_revision_is_estimate_against_budget(money):
    table = money.revision.set_index("line")
    budget, estimate = (plan_months(money.plan.rows, v) for v in ("", "LE2026-06"))
    months = estimate.index
    assert table.at["list_sales", "before"] == pytest.approx(budget.loc[months, "list_sales"].sum())
    assert table.at["contribution", "after"] == pytest.approx(estimate["contribution"].sum())
    assert table["reason_missing"].all()  # nobody has written why


def test_a_stress_scales_with_what_is_lost(money):
    full, half = money.stress["full"], money.stress["half"]
    assert half.losses["receivable"] == pytest.approx(full.losses["receivable"] / 2)
    assert full.losses["receivable"] == pytest.approx(money.credit.ageing["open"])
    assert len(full.monthly) == money.own.all.rules.failure.months
    assert full.simulation.loc["p05", "loss"] <= full.simulation.loc["p95", "loss"]


def test_what_if_moves_the_whole_pnl(money):
    year = money.profit.year_amounts
    found = money.what_if(price=0.01, days=-10)
    table = found.table.set_index("line")
    assert table["before"].to_dict() == pytest.approx(dict(year), nan_ok=True)
    gain = 0.01 * (year["net_sales"])
    assert table.at["contribution", "change"] == pytest.approx(gain)
    assert table.at["capital_receivables", "change"] > 0  # paid earlier
    assert found.break_even_volume < 0
    same = money.what_if().table
    assert same["change"].abs().max() < 1e-6


# -- closing months ---------------------------------------------------------------------------------


def test_the_sample_s_late_bookings_are_a_restatement(money):
    changed = money.restatement.changes()
    assert set(changed["line"]) == {"a_and_p", "contribution"}
    assert set(changed["month"]) == {"2026-09"}
    assert len(money.late) == 1 and money.late["days_late"].iloc[0] == 3
    assert changed.set_index("line").at["a_and_p", "difference"] == pytest.approx(-money.late["amount"].sum())
    quiet = open_book("A002", SAMPLES, lang="en").money
    assert not len(quiet.restatement.changes()) and not len(quiet.late)


def test_a_closed_month_stays(workspace):
    portfolio = open_portfolio(workspace)
    assert locked_months(portfolio.workspace) == ("2026-08", "2026-09")
    path = close_month(portfolio, "2026-10", "Li", AT)
    kept = path.read_bytes()
    assert not [r for r in restated(open_portfolio(workspace)).result.changes()["month"] if r == "2026-10"]
    with pytest.raises(KamError) as caught:
        close_month(open_portfolio(workspace), "2026-10", "Li", AT)
    assert caught.value.key == "workspace.closed_already"
    _book_late(workspace, "A002", "2026-10-15", 1234.5)
    later = open_portfolio(workspace)
    report = restated(later)
    own = report.result.changes().query("month == '2026-10'")
    assert set(own["account"]) == {"A002"}
    assert own.set_index("line").at["contribution", "difference"] == pytest.approx(-1234.5)
    assert path.read_bytes() == kept
    assert any("A002" in line for line in report.lines("en"))
    locks = read_locks(later.workspace)
    assert set(locks[locks["month"] == "2026-10-01"]["closed_by"]) == {"Li"}


def _book_late(workspace: Path, account: str, day: str, amount: float) -> None:
    from decimal import Decimal

    import pyarrow as pa

    from kamtools.workspace import open_workspace, write_table
    from kamtools.workspace.folder import read_arrow
    from kamtools.workspace.tables import arrow_schema

    opened = open_workspace(workspace)
    schema = arrow_schema("expenses")
    row = dict.fromkeys(schema.names) | {
        "expense_id": "LATE",
        "date": dt.date.fromisoformat(day),
        "account": account,
        "line": "a_and_p",
        "amount": Decimal(str(amount)),
        "currency": "CNY",
        "posted_date": dt.date(2026, 11, 20),
    }
    old = read_arrow(opened.table_path("expenses"), "expenses")
    write_table(opened, "expenses", pa.concat_tables([old, pa.Table.from_pylist([row], schema)]))


@pytest.mark.parametrize(
    ("month", "key"),
    [("2026-11", "book.not_over"), ("2019-01", "book.before_data"), ("October", "workspace.bad_month")],
)
def test_only_a_month_that_is_over_is_closed(workspace, month, key):
    with pytest.raises(KamError) as caught:
        close_month(open_portfolio(workspace), month, "Li", AT)
    assert caught.value.key == key


def test_a_closed_month_that_is_not_over_on_the_date_is_not_compared(workspace):
    """Half a month is never set against a whole one."""
    early = open_portfolio(workspace, "2026-09-15")
    assert restated(early).closed == ("2026-08",)
    money = open_book("A001", workspace, "2026-09-15", "en").money
    assert set(money.restatement.months) == {"2026-08"}


def test_the_year_has_trade_money_as_the_control_of_expenses_has_it(portfolio):
    """Rebates are booked four times a year: those of a year are never spread over the months left."""
    for account in portfolio.key_accounts:
        money = open_book(account, SAMPLES, lang="en").money
        year = money.statements["year"]
        actual = year.table.set_index("line")["actual"]
        control = money.control.set_index("activity")["forecast"]
        for activity, line in (
            ("RB", EXPENSE_LINES[0]),
            ("TP", EXPENSE_LINES[1]),
            ("CP", EXPENSE_LINES[2]),
            ("AP", EXPENSE_LINES[3]),
        ):
            assert -actual[line] == pytest.approx(control[activity], abs=0.01), (account, line)
        assert year.conventions["trade_ahead"] == "budget"
        for subtotal, parts in DERIVED.items():
            assert actual[subtotal] == pytest.approx(sum(actual[p] for p in parts), abs=0.05)


def test_without_a_budget_trade_money_is_as_in_last_year_s_month(workspace):
    (workspace / "facts" / "budget.parquet").unlink()
    money = open_book("A001", workspace, lang="en").money
    assert money.statements["year"].conventions["trade_ahead"] == "last_year"
    november, before = (pd.Period(m, freq="M") for m in ("2026-11", "2025-11"))
    for line in EXPENSE_LINES:
        share = money.profit.months.at[before, line] / money.profit.months.at[before, "invoiced_sales"]
        ahead = money.ahead.months[november]
        assert ahead[line] == pytest.approx(share * ahead["invoiced_sales"])
    assert money.ahead.months[november]["off_invoice_performance"] == 0  # no quarter ends then


def test_a_promotion_grows_by_what_was_known_before_it(money):
    newest, before = money.promotions[:2]
    assert newest.pnl.conventions["growth"] != before.pnl.conventions["growth"]
    assert "base_promoted" in newest.pnl.warnings and "base_promoted" not in before.pnl.warnings


def test_a_planned_loss_has_a_gap_and_a_colour():
    row = open_book("A003", SAMPLES, lang="en").money.measures.set_index("measure").loc["contribution"]
    assert row["target"] < 0 and row["gap"] == pytest.approx(row["actual"] - row["target"])
    assert row["band"] == ("green" if row["gap"] >= 0 else "red") and row["ratio"] != row["ratio"]


def test_no_whole_month_is_said(workspace):
    with pytest.raises(KamError) as caught:
        open_portfolio(workspace, "2023-11-15")
    assert caught.value.key == "book.no_whole_month" and "2023-11-30" in caught.value.text("zh")


def test_a_pack_is_not_closed(portfolio):
    with pytest.raises(KamError):
        close_month(portfolio, "2026-10", "Li", AT)


def test_an_edited_lock_is_refused(workspace):
    path = workspace / "locks" / "2026-09.csv"
    path.write_text(path.read_text("utf-8").replace("a_and_p,", "a_and_p,x", 1), "utf-8")
    with pytest.raises(KamError) as caught:
        read_locks(open_portfolio(workspace).workspace)
    assert caught.value.key == "workspace.bad_lock"
    assert "2026-09.csv" in caught.value.text("en")


def test_a_month_s_figures_are_the_accounts_months(portfolio, money):
    frame = month_figures(portfolio, "2026-10")
    own = frame[frame["account"] == "A001"].set_index("line")["amount"]
    for line in PNL_LINES:
        assert own[line] == pytest.approx(money.profit.months.at[pd.Period("2026-10"), line])


# -- statements by themselves -----------------------------------------------------------------------


def _plain(value: float, months: pd.PeriodIndex) -> pd.DataFrame:
    return pd.DataFrame(value, index=months, columns=list(FULL_LINES))


def test_a_part_of_a_span_is_compared_with_the_same_part():
    actual = _plain(10.0, pd.period_range("2025-04", "2026-08", freq="M"))
    budget = _plain(8.0, pd.period_range("2026-04", "2027-03", freq="M"))
    last = pd.Period("2026-08")
    quarter = statement("quarter", actual, budget, None, last, 4)
    assert quarter.period == "2026-07..2026-08"  # two months of three
    row = quarter.table.set_index("line").loc["net_sales"]
    assert (row["actual"], row["budget"], row["last_year"]) == (20.0, 16.0, 20.0)
    year = statement("year", actual, budget, None, last, 4)
    assert "no_forecast" in year.warnings and math.isnan(year.table["actual"].iloc[0])
    assert "no_estimate" in quarter.warnings


def test_a_missing_month_is_not_zero():
    months = pd.period_range("2026-01", "2026-03", freq="M")
    actual = _plain(10.0, months)
    actual.loc[pd.Period("2026-02"), "cost_of_goods"] = math.nan
    found = statement("ytd", actual, _plain(8.0, months), None, pd.Period("2026-03"), 1)
    table = found.table.set_index("line")
    assert math.isnan(table.at["cost_of_goods", "actual"]) and math.isnan(
        table.at["cost_of_goods", "variance"]
    )
    assert table.at["net_sales", "actual"] == 30


def test_fiscal_years_and_spans():
    assert str(fiscal_year(pd.Period("2026-03"), 4)[0]) == "2025-04"
    assert [str(m) for m in span_months("quarter", pd.Period("2026-12"), 1)] == [
        "2026-10",
        "2026-11",
        "2026-12",
    ]


def test_a_plan_by_activity_and_category_is_its_lines():
    rows = [("list_sales", "", "a", 60.0), ("list_sales", "", "b", 40.0), ("on_invoice", "", "", -10.0),
            ("off_invoice_performance", "RB", "", -5.0), ("off_invoice_promotional", "TP", "", 0.0),
            ("quantity", "", "a", 7.0)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["line", "activity", "category", "amount"])
    frame = frame.assign(month=pd.Timestamp("2026-01-01"), version="")
    plan = plan_months(frame, "").iloc[0]
    assert plan["net_sales"] == 85.0
    assert math.isnan(plan["contribution"])  # no cost is planned: it cannot be said
