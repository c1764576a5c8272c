"""What the check says of figures that can hardly be true; each with the right rows and money."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from kamtools.workspace import (
    CheckReport,
    Finding,
    Workspace,
    check_workspace,
    new_workspace,
    write_table,
)
from kamtools.workspace.waiting import waiting

DAY = dt.date(2026, 6, 30)


@pytest.fixture
def made(tmp_path: Path) -> Workspace:
    return new_workspace(tmp_path / "firm [1] amount=7")


def put(workspace: Workspace, table: str, rows: Iterable[dict[str, object]]) -> None:
    listed = list(rows)
    names = dict.fromkeys(n for row in listed for n in row)
    columns = {}
    for name in names:
        values = [row.get(name) for row in listed]
        money = any(isinstance(v, int | float | Decimal) for v in values)
        values = [None if v is None else Decimal(str(v)) for v in values] if money else values
        columns[name] = pa.array(values, pa.decimal128(18, 4)) if money else pa.array(values)
    write_table(workspace, table, pa.table(columns))


def line(
    number: int, month: int, amount: float, account: str | None = "A", **more: object
) -> dict[str, object]:
    day = dt.date(2025 + (month - 1) // 12, (month - 1) % 12 + 1, 15)
    plain = {"line_id": f"L{number}", "date": day, "account": account, "kind": "sale", "currency": "CNY"}
    return {**plain, "amount": amount, **more}


def found(workspace: Workspace, reason: str, as_of: dt.date | None = None) -> list[Finding]:
    report = check_workspace(workspace.root, as_of)
    for lang in ("zh", "en"):
        assert all("{" not in text for text in report.lines(lang))
    return [f for f in report.findings if f.reason_key == reason]


def steady(
    account: str = "A", amount: float = 100, start: int = 0, **more: object
) -> list[dict[str, object]]:
    return [line(start + m, m, amount, account, **more) for m in range(1, 13)]


def test_a_steady_company_has_nothing_to_say(made: Workspace) -> None:
    put(made, "ledger", [*steady(quantity=10, cost=60), *steady("B", 250, 50, quantity=5, cost=90)])
    assert check_workspace(made.root, dt.date(2025, 12, 31)).findings == ()


def test_lines_without_an_account(made: Workspace) -> None:
    put(made, "ledger", [*steady(), line(90, 3, 40, None), line(91, 4, 2, None)])
    (one,) = found(made, "no_account")
    assert (one.level, one.rows, one.money, one.row) == ("warning", 2, Decimal(42), 13)


def test_costs_that_cannot_be(made: Workspace) -> None:
    free = [line(50 + m, m, 100, "F", cost=0) for m in range(1, 8)]
    dear = [line(70 + m, m, 100, "D", cost=130) for m in range(1, 8)]
    back = line(99, 5, -50, "A", cost=30)
    put(made, "ledger", [*steady(cost=60), *free, *dear, back])
    (sign,) = found(made, "cost_sign")
    assert (sign.rows, sign.money, sign.row) == (1, Decimal(30), 27)
    assert [f.value for f in found(made, "cost_zero")] == ["F"]
    assert [(f.value, f.rows) for f in found(made, "cost_above")] == [("D", 7)]


@pytest.mark.parametrize("factor", [10, 1_000, 10_000])
def test_a_month_in_another_unit(made: Workspace, factor: int) -> None:
    lines = steady(quantity=10)
    lines[4]["amount"] = 100 / factor
    put(made, "ledger", [*lines, *steady("B", 70, 50, quantity=10)])
    (one,) = found(made, "unit_down")
    assert (one.value, one.params["months"], one.params["factor"]) == ("A", "2025-05", f"{factor:,}")
    assert one.row == 5


def test_the_whole_company_in_another_unit_is_said_once(made: Workspace) -> None:
    three = [steady(a, 100, 50 * i, quantity=10) for i, a in enumerate("ABC")]
    for lines in three:
        lines[6]["amount"] = 1_000_000
    put(made, "ledger", [x for lines in three for x in lines])
    (one,) = found(made, "unit_up_all")
    assert (one.value, one.rows, one.params["factor"]) == ("2025-07", 3, "10,000")
    assert found(made, "unit_up") == []


def test_a_large_order_is_no_unit(made: Workspace) -> None:
    lines = steady(quantity=10)
    lines[4] |= {"amount": 10_000, "quantity": 1000}  # a hundred times as much of the same
    put(made, "ledger", lines)
    assert not [f for f in check_workspace(made.root).findings if f.reason_key.startswith("unit")]


def test_months_that_are_missing_or_low(made: Workspace) -> None:
    lines = [x for x in steady() if x["date"] != dt.date(2025, 9, 15)]
    lines[4]["amount"] = 10
    put(made, "ledger", lines)
    assert [f.value for f in found(made, "month_missing")] == ["2025-09"]
    (low,) = found(made, "month_low")
    assert (low.value, low.money, low.params["part"]) == ("2025-05", Decimal(90), "10%")


def test_a_ledger_that_ends_before_the_day(made: Workspace) -> None:
    put(made, "ledger", steady())
    (one,) = found(made, "stale", DAY)
    assert (one.params["last"], one.params["days"]) == ("2025-12-15", 197)
    assert found(made, "stale", dt.date(2025, 12, 31)) == []
    assert found(made, "stale") == []  # no day, no word


def test_names_alike(made: Workspace) -> None:
    lines = [
        line(1, 1, 5, "ＮＯＲＴＨ店"),
        line(2, 1, 70, "north 店"),
        line(3, 2, 9, "0012"),
        line(4, 2, 1, "12"),
    ]
    put(made, "ledger", lines)
    put(
        made,
        "accounts",
        [
            {"account": "12", "name_en": "East [Shop]", "owner": "Chen Hua"},
            {"account": "E7", "name_en": "east shop", "owner": "ＣＨＥＮ hua"},
        ],
    )
    alike = {f.value: (f.rows, f.money) for f in found(made, "account_alike")}
    assert alike == {"north 店 = ＮＯＲＴＨ店": (1, Decimal(5)), "0012 = 12": (1, Decimal(1))}
    assert [f.value for f in found(made, "name_alike")] == ["12 East [Shop] = E7 east shop"]
    assert [f.value for f in found(made, "owner_alike")] == ["Chen Hua = ＣＨＥＮ hua"]


def test_money_with_four_decimals_and_a_foreign_column(made: Workspace) -> None:
    put(made, "ledger", [line(n, 1, 1.2345 if n % 2 else 1, currency="USD") for n in range(20)])
    put(made, "exchange_rates", [{"currency": "USD", "month": dt.date(2025, 1, 1), "rate": 7}])
    (fine,) = found(made, "decimals")
    assert (fine.rows, fine.params["of"]) == (10, 20)
    assert [f.value for f in found(made, "currency_constant")] == ["USD"]


def test_an_invoice_cancelled_twice(made: Workspace) -> None:
    one = [line(1, 1, 80, invoice="I1"), line(2, 1, -80, invoice="I1"), line(3, 1, -80, invoice="I1")]
    put(made, "ledger", [*one, line(4, 1, 500, invoice="I2"), line(5, 2, -500, invoice="I2")])
    (twice,) = found(made, "cancelled_twice")
    assert (twice.value, twice.rows, twice.money, twice.row) == ("I1", 2, Decimal(80), 2)


def test_the_same_lines_in_two_imports(made: Workspace) -> None:
    import pyarrow.parquet as pq

    lines = [line(n, 1, 10 + n % 3, invoice=f"I{n % 3}") for n in range(6)]
    put(made, "ledger", lines)
    path = made.table_path("ledger")
    with pq.ParquetFile(path) as file:
        data = file.read()
    for name, kind, values in (
        ("_import", pa.int32(), [1, 1, 1, 2, 2, 2]),
        ("_unit", pa.int32(), [1] * 6),
        ("_line", pa.int64(), range(6)),
    ):
        data = data.append_column(name, pa.array(values, kind))
    pq.write_table(data, path)
    (same,) = found(made, "in_two_imports")
    assert (same.rows, same.money, same.value) == (3, Decimal(33), "I0")


def test_documents(made: Workspace) -> None:
    def document(name: str, **more: object) -> dict[str, object]:
        plain = {"document": name, "account": "A", "kind": "invoice", "invoice_date": dt.date(2026, 5, 1)}
        return {**plain, "amount": 1000, "currency": "CNY", "paid_date": None, "paid_amount": None, **more}

    put(
        made,
        "receivables",
        [
            document("I1", paid_date=dt.date(2026, 7, 20), paid_amount=400),
            document("I2", paid_date=dt.date(2026, 6, 1), paid_amount=400),
            document("I3", paid_date=dt.date(2026, 7, 20), paid_amount=1000),
            document("C1", kind="credit_note", amount=70),
        ],
    )
    assert [(f.value, f.money) for f in found(made, "credit_note_above")] == [("C1", Decimal(70))]
    assert [(f.level, f.value) for f in found(made, "part_paid_after", DAY)] == [("warning", "I1")]
    assert [(f.level, f.value) for f in found(made, "part_paid", DAY)] == [("note", "I2")]
    assert [f.rows for f in found(made, "part_paid")] == [2]


def test_limits_of_zero_are_a_note(made: Workspace) -> None:
    put(made, "credit", [{"account": "A", "date": DAY, "credit_limit": 0, "currency": "CNY"}])
    assert [(f.level, f.value) for f in found(made, "limit_zero")] == [("note", "A")]


QUARANTINE = (
    "file,line,column,value,reason,remedy,table,source,code,original,row\r\n"
    'may.csv,3,Betrag,"1.200,5o",r,r,ledger,src-0123456789ab,not_a_number,"1.200,5o",'
    '"{""Kunde"": ""A"", ""Betrag"": ""1.200,5o""}"\r\n'
    "may.csv,4,Datum,gestern,r,r,ledger,src-0123456789ab,not_a_date,gestern,"
    '"{""Kunde"": ""A"", ""Betrag"": ""1.200,50""}"\r\n'
    'may.csv,4,Kunde,,r,r,ledger,src-0123456789ab,missing,,"{""Kunde"": ""A"", ""Betrag"": ""1.200,50""}"\r\n'
    'may.csv,5,Datum,x,r,r,ledger,src-0123456789ab,not_a_date,x,"{""Kunde"": ""B"", ""Betrag"": ""-300""}"\r\n'
    "may.csv,9,,Summe,r,r,ledger,src-0123456789ab,total_row,Summe,\r\n"
)
MAPPING = (
    "currency: CNY\ndecimal: ','\ntables:\n  ledger: {columns: {account: Kunde, amount: {column: Betrag}}}\n"
)


def test_rows_that_wait_are_counted_in_rows_and_money(made: Workspace) -> None:
    kept = made.root / "sources" / ("0123456789ab" + "c" * 52)
    kept.mkdir(parents=True)
    (kept / "mapping.yml").write_text(MAPPING, encoding="utf-8")
    (made.root / "quarantine.csv").write_bytes(QUARANTINE.encode("utf-8-sig"))
    rows = waiting(made.root)
    assert (len(rows), rows.money, rows.unknown) == (3, Decimal("1500.5"), 1)
    assert (len(rows.of(["B"])), rows.of(["B"]).money) == (1, Decimal(300))
    put(made, "ledger", steady())
    waits = {f.params["code"]: (f.rows, f.money) for f in found(made, "waits")}
    assert waits == {"not_a_number": (1, Decimal(0)), "not_a_date": (2, Decimal("1500.5"))}
    (made.root / "quarantine.csv").write_bytes(QUARANTINE.encode() + b"one,cell\r\n")
    assert [f.level for f in found(made, "quarantine_unreadable")] == ["error"]


def test_a_table_that_was_imported_and_is_gone(made: Workspace) -> None:
    entry = {"number": 1, "at": "2026-01-01", "who": "Li", "mapping": "m.yml", "mapping_hash": "0"}
    entry |= {"tables": {"ledger": {"rows": [0, 5], "added": 5, "removed": 0}}, "units": [], "mended": []}
    (made.root / "imports" / "0001").mkdir(parents=True)
    (made.root / "imports" / "0001" / "import.json").write_text(json.dumps(entry), encoding="utf-8")
    (gone,) = found(made, "table_gone")
    assert (gone.file, "kam undo" in gone.remedy("en")) == ("facts/ledger.parquet", True)
    (made.root / "imports" / "0001" / "import.json").write_text("{", encoding="utf-8")
    assert len(found(made, "journal_unreadable")) == 1


def test_ten_lines_and_the_rest_in_a_file(made: Workspace) -> None:
    put(made, "accounts", [{"account": "A"}])
    lines = [line(n, 1, n, f"U{n}") for n in range(1, 400)]
    put(made, "ledger", lines)
    report = check_workspace(made.root)
    said = [text for text in report.lines("en") if "not listed" in text]
    assert len(said) == 1 and "399 rows, CNY 79,800" in said[0] and "“U399”" in said[0]
    assert len(report.findings) < 30 and report.count("warning") == 399
    listed = report.written().listed
    assert listed == made.root / "check.csv"
    text = listed.read_text(encoding="utf-8-sig")
    assert text.count("account_unlisted") == 399


def test_kinds_are_ranked_by_money_and_cells_are_no_formulas() -> None:
    reasons = (
        "date",
        "required",
        "twice",
        "year",
        "month_day",
        "number",
        "quote",
        "shape",
        "yaml_twice",
        "waits",
    )
    reasons += ("below_zero", "month_missing")
    many = [
        Finding(
            "error" if n == 3 else "warning",
            "f",
            None,
            f"=c{n}",
            "",
            r,
            {"money": str(n), "detail": "", "table": "t", "from": "x", "why": ""},
        )
        for n, r in enumerate(reasons)
    ]
    report = CheckReport.of("x", many, {})
    assert [k.first.column for k in report.kinds()][:3] == ["=c3", "=c11", "=c10"]  # the error, then by money
    lines = report.lines("en")
    assert len(lines) == 13 and "2 more kinds" in lines[-2]
    assert ",'=c0," in report.as_csv("en").decode("utf-8-sig")


def test_what_was_found_is_kept_until_a_file_changes(
    made: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kamtools.workspace.checks import whole

    put(made, "ledger", [*steady(), line(90, 3, 40, None)])
    first = check_workspace(made.root)
    looked: list[int] = []
    true_whole = whole._whole
    monkeypatch.setattr(whole, "_whole", lambda data: looked.append(1) or true_whole(data))
    assert (
        check_workspace(made.root, DAY).count("warning") == first.count("warning") + 1
    )  # the day is looked at anew
    assert looked == []
    path = made.table_path("ledger")
    content, stat = bytearray(path.read_bytes()), path.stat()
    content[40:80] = b"x" * 40  # the same size, and the time set back
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    report = check_workspace(made.root)
    assert looked == [1] and not report.ok
    assert [f.reason_key for f in report.findings if f.level == "error"] == ["unreadable"]
