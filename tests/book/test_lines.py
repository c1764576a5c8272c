"""The lines behind a figure add up to it, to the cent, and say where they came from."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kamtools.book import open_portfolio
from kamtools.book.figures import account_figures
from kamtools.book.lines import NAMES, WORKED_OUT, figure_lines, has_lines
from kamtools.book.listing import Listing, csv_bytes, write_lines
from kamtools.errors import KamError
from kamtools.workspace import new_workspace, write_table
from kamtools.workspace.journal import ImportedUnit, ImportEntry
from kamtools.workspace.tables import arrow_schema

ROOT = Path(__file__).parents[2]
SETTINGS = """\
company_zh: 甲
company_en: A
currency: CNY
as_of: 2026-03-31
rollup: {rollup}
vat_rate: 0.13
service_rates: {{order: 80.5, visit: 400}}
finance:
  activities:
    - {{id: AD, name_zh: 广告, name_en: Advertising, line: a_and_p, kinds: [{{id: TV, name_zh: 电视, name_en: TV}}]}}
    - {{id: RB, name_zh: 返利, name_en: Rebate, line: off_invoice_performance, kinds: [{{id: QR, name_zh: 季度, name_en: Quarter}}]}}
  exposure: [open, unbilled, open_orders, insured]
"""


def day(text):
    return dt.date.fromisoformat(text)


def records() -> dict[str, list[dict]]:
    """Two years of a parent (P), its subsidiary (S) and another account (Q), in two currencies."""
    months = [dt.date(2024 + m // 12, m % 12 + 1, 1) for m in range(27)]
    made: dict[str, list[dict]] = {
        "accounts": [{"account": a, "parent": p} for a, p in (("P", None), ("S", "P"), ("Q", None))],
        "exchange_rates": [
            {"currency": "USD", "month": m, "rate": Decimal("7.0333") + i * Decimal("0.0107")}
            for i, m in enumerate(months)
        ],
        "ledger": [],
        "expenses": [],
        "service": [],
        "budget": [],
    }
    for i, month in enumerate(months):
        for account, currency in (("P", "CNY"), ("S", "USD"), ("Q", "CNY")):
            for part, amount in (("a", "1000.37"), ("b", "210.11"), ("r", "-30.50")):
                value = Decimal(amount) + (i if part == "a" else 0)
                made["ledger"].append(
                    {
                        "line_id": f"{account}{i}{part}",
                        "invoice": f"I{account}{i}",
                        "date": month.replace(day=12),
                        "account": account,
                        "product": "X",
                        "kind": "return" if value < 0 else "sale",
                        "list_amount": value * Decimal("1.1"),
                        "amount": value,
                        "cost": value * Decimal("0.61"),
                        "currency": currency,
                    }
                )
            for line, activity, status in (
                ("a_and_p", "AD-TV", "actual"),
                ("a_and_p", "AD-TV", "committed"),
                ("off_invoice_performance", "RB-QR", "accrued"),
            ):
                made["expenses"].append(
                    {
                        "expense_id": f"E{account}{i}{status}",
                        "date": month.replace(day=20),
                        "account": account,
                        "code": f"26-{account}-B-{activity}-001-1",
                        "line": line,
                        "amount": Decimal("41.17"),
                        "currency": currency,
                        "status": status,
                        "settled_date": month.replace(day=28) if status == "accrued" and i < 25 else None,
                    }
                )
            for driver, quantity in (("order", 3), ("visit", 1)):
                made["service"].append(
                    {"account": account, "month": month, "driver": driver, "quantity": Decimal(quantity)}
                )
    for account, currency in (("P", "CNY"), ("S", "USD")):
        for m in (dt.date(2026, k, 1) for k in range(1, 13)):
            if m.month > 3 and currency == "USD":
                continue  # no rate is known ahead
            for version, factor in (("", 1), ("LE2026-03", 2)):
                if version and m.month < 3:
                    continue
                for line, amount in (
                    ("list_sales", "1200"),
                    ("on_invoice", "-100.55"),
                    ("a_and_p", "-39.99"),
                ):
                    activity = "AD" if line == "a_and_p" else None
                    row = {"account": account, "month": m, "line": line, "version": version or None}
                    made["budget"].append(
                        row | {"amount": Decimal(amount) * factor, "currency": currency, "activity": activity}
                    )
    due, paid = "2026-02-10", "2026-03-05"
    documents = [
        ("P", "invoice", "2026-01-10", due, "500.55", None, None, "CNY"),
        ("P", "invoice", "2026-03-20", "2026-04-19", "80.01", None, None, "CNY"),
        ("P", "invoice", "2026-01-10", due, "300", paid, "100.25", "CNY"),
        (
            "P",
            "invoice",
            "2026-01-10",
            due,
            "70",
            paid,
            "95",
            "CNY",
        ),  # paid too much; ages with the one above
        ("P", "credit_note", "2026-02-01", None, "-8.88", None, None, "CNY"),
        ("P", "advance", "2026-03-01", None, "40", None, None, "CNY"),
        ("S", "invoice", "2025-11-01", None, "250.13", paid, "50.07", "USD"),
        ("S", "invoice", "2025-12-01", "2025-12-31", "99", "2026-04-02", "99", "USD"),  # paid after the date
        ("Q", "invoice", "2026-01-01", "2026-01-31", "77", None, None, "CNY"),
    ]
    made["receivables"] = [
        {
            "document": f"D{n}",
            "account": a,
            "kind": kind,
            "invoice_date": day(invoiced),
            "due_date": d and day(d),
            "amount": Decimal(amount),
            "paid_date": p and day(p),
            "paid_amount": q and Decimal(q),
            "currency": c,
        }
        for n, (a, kind, invoiced, d, amount, p, q, c) in enumerate(documents)
    ]
    made["credit"] = [
        {"account": a, "date": day(d), "credit_limit": Decimal(limit), "unbilled": Decimal("12.34"),
         "open_orders": Decimal("5"), "insured": Decimal("3.21"), "currency": c}
        for a, d, limit, c in (("P", "2025-01-01", "1", "CNY"), ("P", "2026-01-01", "2000", "CNY"),
                               ("S", "2026-02-01", "100", "USD"), ("P", "2026-04-01", "9", "CNY"))
    ]  # fmt: skip
    return made


def add_origin(workspace) -> None:
    """Write where each row came from, as an import does: row n of a table stands on line n + 2 of its file."""
    units = []
    for number, path in enumerate(sorted(workspace.facts_dir.glob("*.parquet")), 1):
        data = pq.ParquetFile(path).read()
        n = len(data)
        columns = {"_import": (1, pa.int32()), "_unit": (number, pa.int32())}
        for name, (value, kind) in columns.items():
            data = data.append_column(name, pa.array([value] * n, kind))
        data = data.append_column("_line", pa.array(range(2, n + 2), pa.int64()))
        pq.write_table(data, path)
        file = "book.xlsx" if path.stem == "budget" else f"{path.stem}.csv"
        label = "book.xlsx[预算 1]" if path.stem == "budget" else file
        units.append(ImportedUnit(number, path.stem, file, label, "0" * 64, path.stem))
    entry = ImportEntry(1, "2026-04-01T00:00:00Z", "t", "m.yml", "0" * 64, tuple(units))
    folder = workspace.root / "imports" / "0001"
    folder.mkdir(parents=True)
    (folder / "import.json").write_text(entry.text(), encoding="utf-8")


@pytest.fixture(scope="session")
def make(tmp_path_factory):
    """The workspace of :func:`records`, rolled up or not."""
    made = {}

    def one(rollup: str) -> Path:
        if rollup not in made:
            folder = tmp_path_factory.mktemp("lines") / "工作 区"
            workspace = new_workspace(folder)
            (folder / "settings.yml").write_text(SETTINGS.format(rollup=rollup), encoding="utf-8")
            for name, rows in records().items():
                schema = arrow_schema(name)
                full = [{n: r.get(n) for n in schema.names} for r in rows]
                write_table(workspace, name, pa.Table.from_pylist(full, schema))
            made[rollup] = folder
        return made[rollup]

    return one


def differences(portfolio, account: str) -> tuple[int, list]:
    """Compare every figure that has lines with their sum; count them and name those that differ."""
    count, wrong = 0, []
    for figure in account_figures(portfolio, account):
        if figure.unit != "money" or not has_lines(figure.id):
            continue
        try:
            found = figure_lines(portfolio, account, figure.id)
        except KamError as error:
            assert error.key == "lines.worked_out" and figure.id.startswith("year_")
            continue
        count += 1
        total = None if found.unknown else found.total
        if figure.value is None:  # not known: there are no rows, or rows that lack the value
            if found.lines and not found.unknown:
                wrong.append((figure.id, None, total))
        elif total is None or abs(Decimal(str(figure.value)) - total) >= Decimal("0.005"):
            wrong.append((figure.id, figure.value, total))
    return count, wrong


@pytest.mark.slow
@pytest.mark.parametrize(("rollup", "account"), [("account", "P"), ("account", "S"), ("parent", "P")])
def test_lines_add_up_to_every_figure_in_two_currencies(make, rollup, account):
    count, wrong = differences(open_portfolio(make(rollup)), account)
    assert not wrong and count > 100


@pytest.mark.slow
@pytest.mark.parametrize(
    ("account", "rollup"), [("A001", "account"), ("A006", "account"), ("A001", "parent")]
)
def test_lines_add_up_to_every_figure_of_the_sample(account, rollup):
    count, wrong = differences(open_portfolio(ROOT / "data" / "samples", rollup=rollup), account)
    assert not wrong and count > 200


def total(folder, *asked, **more) -> Decimal:
    return figure_lines(open_portfolio(folder), *asked, **more).total


def test_values_that_can_be_reckoned_by_hand(make):
    alone, rolled = make("account"), make("parent")
    march = Decimal("1000.37") + 26 + Decimal("210.11") - Decimal("30.50")
    rate = Decimal("7.0333") + 26 * Decimal("0.0107")
    assert total(alone, "P", "month_invoiced_sales_actual") == march
    assert total(alone, "P", "invoiced_sales", month="2026-02") == march - 1
    assert total(alone, "S", "month_invoiced_sales_actual") == march * rate
    assert abs(total(rolled, "P", "month_invoiced_sales_actual") - march * (1 + rate)) < Decimal("0.00001")
    assert total(alone, "P", "month_cost_to_serve_actual") == -(3 * Decimal("80.5") + 400)
    assert total(alone, "P", "open") == Decimal("706.43")  # 500.55 + 80.01 + 199.75 - 25 - 8.88 - 40
    assert total(alone, "P", "paid", month="2026-03") == Decimal("195.25")
    assert total(alone, "P", "paid", month="2026-02") == 0
    assert total(alone, "P", "credit_limit_given") == 2000
    assert total(alone, "P") == sum(
        (r["amount"] for r in records()["ledger"] if r["account"] == "P"), Decimal(0)
    )


def test_an_earlier_day_does_not_know_what_came_later(make):
    earlier = open_portfolio(make("account"), "2026-02-28")
    assert figure_lines(earlier, "P", "paid").total == 0
    assert figure_lines(earlier, "P").lines[-1].date == day("2026-02-12")


def test_each_line_says_file_sheet_and_line(make, tmp_path):
    import shutil

    folder = Path(shutil.copytree(make("account"), tmp_path / "w"))
    from kamtools.workspace import open_workspace

    before = figure_lines(open_portfolio(folder), "S", "pnl_contribution")
    assert {line.file for line in before.lines} == {""}
    add_origin(open_workspace(folder))
    found = figure_lines(open_portfolio(folder), "S", "pnl_contribution")
    assert [(x.id, x.amount) for x in found.lines] == [(x.id, x.amount) for x in before.lines]
    ids = [r["line_id"] for r in records()["ledger"]]
    (line,) = [x for x in found.lines if x.id == "S20a" and x.document == "IS20"][:1]
    assert (line.file, line.sheet, line.line) == ("ledger.csv", "", ids.index("S20a") + 2)
    assert {x.file for x in found.lines} == {"ledger.csv", "expenses.csv", "service.csv"}
    planned = figure_lines(open_portfolio(folder), "P", "month_a_and_p_budget").lines
    assert [(x.file, x.sheet) for x in planned] == [("book.xlsx", "预算 1")]


def test_signs_in_a_path_are_no_patterns(make, tmp_path):
    import shutil

    from kamtools.facts.detail import source_rows, table_rows
    from kamtools.workspace import open_workspace

    folder = tmp_path / "amount=7" / "a[1]*{b}"
    folder.parent.mkdir()
    shutil.copytree(make("account"), folder)
    workspace = open_workspace(folder)
    add_origin(workspace)
    rows = source_rows(workspace, "ledger", ["Q"], day("2024-01-31"))
    assert [(r["line_id"], r["own_amount"], r["_line"]) for r in rows[:2]] == [
        ("Q0a", Decimal("1000.37"), 8),
        ("Q0b", Decimal("210.11"), 9),
    ]
    frame = table_rows(workspace, "ledger", "Q", day("2024-01-31"))
    assert frame["amount"].tolist() == [1000.37, 210.11, -30.5] and "_line" not in frame


def test_a_missing_value_is_told_never_zero(make, tmp_path):
    import shutil

    from kamtools.workspace import open_workspace

    folder = Path(shutil.copytree(make("account"), tmp_path / "w"))
    rows = records()["ledger"]
    rows[-2]["cost"] = None  # of Q
    schema = arrow_schema("ledger")
    full = [{n: r.get(n) for n in schema.names} for r in rows]
    write_table(open_workspace(folder), "ledger", pa.Table.from_pylist(full, schema))
    found = figure_lines(open_portfolio(folder), "Q", "month_cost_of_goods_actual")
    assert found.unknown == 1 and "lack the value: 1" in "\n".join(Listing(found).lines("en"))


@pytest.mark.parametrize(
    ("asked", "key", "told"),
    [
        (("P", "month_invoiced_sale_actual"), "lines.unknown_figure", "month_invoiced_sales_actual"),
        (("P", "dso"), "lines.worked_out", "ageing_open"),
        (("P", "control_AD_remaining"), "lines.worked_out", "control_AD_actual"),
        (("P", "hhi"), "lines.no_rows_of_its_own", "hhi"),
        (("P", "ageing_open", "2026-02"), "lines.not_of_months", "--as-of"),
        (("P", "sales", "2026-2"), "lines.bad_month", "2026-2"),
        (("p", "sales"), "book.unknown_account", "P"),
    ],
)
def test_what_cannot_be_listed_is_said_with_what_can(make, asked, key, told):
    with pytest.raises(KamError) as caught:
        figure_lines(open_portfolio(make("account")), *asked)
    assert caught.value.key == key
    assert told in caught.value.text("en") and told in caught.value.text("zh")


def test_what_a_figure_is_worked_out_from_can_be_asked_for():
    """Each id named by ``WORKED_OUT`` has lines or is worked out itself."""
    for pattern, parts in WORKED_OUT:
        for part in parts.split(", "):
            id = re.sub(r"\\[12]", "a_and_p", part).replace("a_and_p_a_and_p", "a_and_p_actual")
            id = id.replace("ageing_d…", "ageing_d1_30")
            id = re.sub(r"^a_and_p_(contribution|capital)", r"month_\1", id)
            known = has_lines(id) or any(re.fullmatch(p, id) for p, _ in WORKED_OUT)
            assert known or id.endswith("_a_and_p"), (pattern, part)
    assert all(has_lines(name) for name in NAMES)


def test_csv_and_excel_hold_every_line_and_their_sum(make, tmp_path):
    found = figure_lines(open_portfolio(make("parent")), "P", "month_net_sales_actual")
    rows = list(csv.DictReader(io.StringIO(csv_bytes(found, "en").decode("utf-8-sig"))))
    assert len(rows) == len(found.lines) == 8
    assert sum(Decimal(r["amount"]) for r in rows) == found.total
    assert {(r["currency"], r["account"]) for r in rows} == {("CNY", "P"), ("USD", "S")}
    file = tmp_path / "行 [1].xlsx"
    assert "Lines: 8" in write_lines(found, file, "en")
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(file).get_sheet_by_name("lines").to_python()
    place = sheet[0].index("amount")
    assert sheet[-1][place] == pytest.approx(sum(r[place] for r in sheet[1:-1]), abs=0.005)
    assert sheet[-1][place] == float(round(found.total, 2))
    with pytest.raises(KamError, match=r"\.csv"):
        write_lines(found, tmp_path / "a.pdf", "en")


def test_text_of_the_rows_is_no_formula(make, tmp_path):
    found = figure_lines(open_portfolio(make("account")), "P", "month_invoiced_sales_actual")
    from dataclasses import replace

    hostile = replace(found, lines=tuple(replace(x, what='=HYPERLINK("x")') for x in found.lines))
    assert b"'=HYPERLINK" in csv_bytes(hostile, "zh")
    write_lines(hostile, tmp_path / "a.xlsx", "zh")
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def imported(folder: Path, table: str, columns: str, text: str, source: str, currency: str = "CNY") -> None:
    """Bring one file into a workspace by a mapping of its own."""
    from kamtools.importing import run_import

    mapping = folder.parent / f"{table}-{source}.yml"
    head = f"currency: {currency}\ndates: iso\nsources: {{s: '{source}*'}}\n"
    mapping.write_text(f"{head}tables:\n  {table}: {{source: s, columns: {{{columns}}}}}\n", encoding="utf-8")
    file = folder.parent / f"{source}.csv"
    file.write_text(text, encoding="utf-8")
    run_import(mapping, [file], folder, who="Li")


def test_the_file_that_brought_a_payment_is_named_beside_that_of_the_invoice(tmp_path):
    folder = tmp_path / "w"
    sold = "".join(f"{a}{m},2026-0{m}-28,{a},100\n" for a in "AB" for m in (1, 2, 3))
    imported(
        folder,
        "ledger",
        "line_id: no, date: day, account: who, amount: money",
        f"no,day,who,money\n{sold}",
        "sold",
    )
    bills = "no,day,who,money\nD1,2026-01-05,A,100\nD2,2026-01-06,A,200\nD3,2026-01-07,A,300\n"
    keys = "document: no, invoice_date: day, account: who, amount: money"
    imported(folder, "receivables", keys, bills, "bills")
    paid = "document: no, paid_date: day, paid_amount: money"
    imported(folder, "receivables", paid, "no,day,money\nD1,2026-02-05,50.25\nD3,2026-02-06,10\n", "paid02")
    imported(folder, "receivables", paid, "no,day,money\nD2,2026-03-05,80.10\n", "paid03")
    portfolio = open_portfolio(folder, "2026-03-31")
    found = figure_lines(portfolio, "A", "paid")
    assert [(x.document or x.id, x.amount, x.file, x.filled_by) for x in found.lines] == [
        ("D1", Decimal("50.25"), "bills.csv", "paid02.csv"),
        ("D3", Decimal("10"), "bills.csv", "paid02.csv"),
        ("D2", Decimal("80.10"), "bills.csv", "paid03.csv"),
    ]
    assert found.total == Decimal("140.35")
    shown = "\n".join(Listing(found).lines("zh"))
    assert "补填的文件" in shown and "paid03.csv" in shown
    assert "filled in by" in csv_bytes(found, "en").decode("utf-8-sig").splitlines()[0]
    left = figure_lines(portfolio, "A", "open")
    assert (left.total, {x.filled_by for x in left.lines}) == (
        Decimal("459.65"),
        {"paid02.csv", "paid03.csv"},
    )
    assert {x.filled_by for x in figure_lines(portfolio, "A").lines} == {""}
    assert "filled in by" not in "\n".join(Listing(figure_lines(portfolio, "A")).lines("en"))


def test_a_missing_exchange_rate_stops_only_what_needs_it(make, tmp_path):
    import shutil

    from kamtools.workspace import open_workspace

    priced = make("account")
    folder = Path(shutil.copytree(priced, tmp_path / "w"))
    workspace = open_workspace(folder)
    rows = pq.read_table(workspace.table_path("receivables")).to_pylist()
    base = dict.fromkeys(rows[0])
    euro = {"account": "P", "kind": "invoice", "invoice_date": day("2026-03-02"), "currency": "EUR"}
    settled = {
        "document": "E2",
        "amount": Decimal(60),
        "paid_date": day("2026-03-20"),
        "paid_amount": Decimal(60),
    }
    rows += [base | euro | {"document": "E1", "amount": Decimal(500)}, base | euro | settled]
    write_table(workspace, "receivables", pa.Table.from_pylist(rows, arrow_schema("receivables")))
    with pytest.raises(KamError) as caught:
        open_portfolio(folder)  # a book over all accounts does need it
    assert caught.value.key == "facts.missing_rate"
    loose = open_portfolio(folder, unpriced=True)
    whole = open_portfolio(priced)
    for account, figure in (
        ("P", ""),
        ("P", "month_invoiced_sales_actual"),
        ("P", "pnl_contribution"),
        ("P", "year_contribution_budget"),
        ("P", "ageing_d31_60"),
        ("S", "open"),
        ("S", "exposure"),
        ("Q", "open"),
    ):
        here, there = figure_lines(loose, account, figure), figure_lines(whole, account, figure)
        assert (here.total, len(here.lines), here.unknown) == (
            there.total,
            len(there.lines),
            there.unknown,
        ), figure
        assert here.lines or figure == "ageing_d31_60"
    for figure, named in (("open", "E1"), ("ageing_open", "E1"), ("paid", "E2")):
        with pytest.raises(KamError) as caught:
            figure_lines(loose, "P", figure)
        said = caught.value.text("en")
        assert caught.value.key == "lines.missing_rate"
        assert f"{named} (P, EUR, 2026-03)" in said and ("E1" in said) == (named == "E1")
    with pytest.raises(KamError) as caught:
        figure_lines(loose, "P", "opn")
    assert caught.value.key == "lines.unknown_figure"
    with pytest.raises(KamError) as caught:
        figure_lines(loose, "P", "dso")
    assert caught.value.key == "lines.worked_out"
