"""What a draft asks, each choice with what it would give: draft, answer, import, and the right total."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from kamtools.errors import KamError
from kamtools.importing import ImportReport, run_import
from kamtools.importing.draft import Draft, draft
from kamtools.importing.mapping import MappingError, load_mapping
from kamtools.words import LANGUAGES, language
from kamtools.workspace import open_workspace, read_table


class Desk:
    """A folder in which files are drafted and imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[Path] = []

    def csv(self, name: str, *lines: str) -> Path:
        return self._put(name, ("\n".join(lines) + "\n").encode())

    def xlsx(self, name: str, **sheets: list[list[object]]) -> Path:
        book = Workbook()
        book.remove(book.worksheets[0])
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = self.folder / name
        book.save(path)
        self.files.append(path)
        return path

    def _put(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        self.files.append(path)
        return path

    def draft(self) -> Draft:
        return draft(self.files)

    def bring(self, drafted: Draft | str) -> ImportReport:
        text = drafted if isinstance(drafted, str) else drafted.text()
        (self.folder / "m.yml").write_text(text, encoding="utf-8")
        return run_import(self.folder / "m.yml", self.files, self.folder / "ws")

    def total(self, table: str = "ledger", column: str = "amount") -> Decimal:
        frame = read_table(open_workspace(self.folder / "ws"), table)
        return round(Decimal(str(frame[column].sum())), 4)

    def days(self, table: str = "ledger", column: str = "date") -> list[str]:
        frame = read_table(open_workspace(self.folder / "ws"), table)
        return [str(d)[:10] for d in sorted(frame[column].dropna())]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def _effects(drafted: Draft, question: str) -> dict[str, Decimal | None]:
    asked = next(q for q in drafted.questions if q.id == question)
    return {c.id: c.effect.total if c.effect else None for c in asked.choices}


def _bare(report: ImportReport) -> list[str]:
    return [key for part in report.parts for key, _ in part.notes]


# -- dates -------------------------------------------------------------------------


def test_days_with_a_year_in_two_digits_are_asked_where_two_years_are_likely(desk: Desk) -> None:
    desk.csv("s.csv", "单据号,日期,客户编码,金额", "X1,25.03.11,C1,10", "X2,25.04.12,C1,20")
    drafted = desk.draft()
    (question,) = drafted.open
    assert question.place == ("dates",)
    spans = {c.id: (c.effect.first, c.effect.last) for c in question.choices if c.effect}
    assert spans == {
        "year_first": (dt.date(2025, 3, 11), dt.date(2025, 4, 12)),
        "day_first": (dt.date(2011, 3, 25), dt.date(2012, 4, 25)),
    }
    with pytest.raises(MappingError) as caught:
        desk.bring(drafted)
    assert "2011-03-25" in caught.value.text("zh")
    assert not (desk.folder / "ws").exists()
    desk.bring(drafted.answer("dates", "year_first"))
    assert desk.days() == ["2025-03-11", "2025-04-12"]


def test_a_span_of_twenty_years_is_no_likely_reading(desk: Desk) -> None:
    desk.csv("s.csv", "单据号,日期,客户编码,金额", "X1,23/02/08,C1,10", "X2,23/12/29,C1,20")
    drafted = desk.draft()
    assert not drafted.open
    desk.bring(drafted)
    assert desk.days() == ["2023-02-08", "2023-12-29"]


def test_one_column_shows_how_another_is_written(desk: Desk) -> None:
    desk.csv("s.csv", "Order,Order Date,Customer,Amount,Ship Date", "A,3/4/2026,C,5,3/28/2026")
    drafted = desk.draft()
    assert not drafted.open
    desk.bring(drafted)
    assert desk.days() == ["2026-03-04"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_day_numbers_of_a_spreadsheet_are_days(desk: Desk, suffix: str) -> None:
    rows = [["单据编号", "开票日期", "客户编码", "金额"], ["A", 45292, "C", 7], ["B", 45323, "C", 8]]
    if suffix == "csv":
        desk.csv("s.csv", *(",".join(map(str, r)) for r in rows))
    else:
        desk.xlsx("s.xlsx", 明细=rows)
    desk.bring(desk.draft())
    assert desk.days() == ["2024-01-01", "2024-02-01"]


def test_dates_of_a_mapping_in_use_are_not_read_in_a_far_year(desk: Desk) -> None:
    desk.csv("s.csv", "d,a,m", "25.03.11,C1,10", "25.04.12,C1,20")
    text = "currency: CNY\nsources: {s: s.csv}\ntables:\n  ledger: {source: s, columns: {date: d, account: a, amount: m}}\n"
    with pytest.raises(KamError) as caught:
        desk.bring(text)
    assert caught.value.key == "importing.date_either_way"
    assert all("year_first" in caught.value.text(lang) for lang in LANGUAGES)
    desk.bring("dates: year_first\n" + text)
    assert desk.days() == ["2025-03-11", "2025-04-12"]


# -- units, VAT, currency ------------------------------------------------------------


def test_a_unit_in_the_header_is_taken_in(desk: Desk) -> None:
    desk.csv("s.csv", "客户,日期,销售额（千元）,成本（千元）", "C,2026-01-05,1.25,0.75")
    desk.bring(desk.draft())
    assert (desk.total(), desk.total(column="cost")) == (1250, 750)


def test_a_unit_above_the_table_is_asked(desk: Desk) -> None:
    rows = [["某公司销售明细"], ["金额单位：万元"], ["单据编号", "开票日期", "客户编码", "金额", "成本"]]
    desk.xlsx("s.xlsx", 表=[*rows, ["A", "2026-01-05", "C", 1.5, 1]])
    drafted = desk.draft()
    assert _effects(drafted, "ledger.unit") == {"10000": 15000, "1": Decimal("1.5")}
    desk.bring(drafted.answer("ledger.unit", "10000"))
    assert (desk.total(), desk.total(column="cost")) == (15000, 10000)


@pytest.mark.parametrize(
    ("header", "cells", "right"),
    [
        ("未税金额,含税金额", "200,226", 200),
        ("Sales net of VAT", "200", 200),
        ("Revenue (VAT excluded)", "200", 200),
        ("銷售金額(未稅)", "200", 200),
        ("Sales incl. VAT", "226", 200),
        ("價稅合計,稅額", "218,18", 200),
        ("含税金额,税率", "212,6%", 200),
        ("含税金额,税率", "212,6", 200),
    ],
)
def test_words_of_vat_decide(desk: Desk, header: str, cells: str, right: int) -> None:
    desk.csv("s.csv", f"Invoice,Date,Customer,{header}", f"A,2026-01-05,C,{cells}")
    drafted = desk.draft()
    assert not drafted.open
    desk.bring(drafted)
    assert desk.total() == right


@pytest.mark.parametrize(
    ("title", "header", "cells", "right"),
    [
        ("单位：元（含税）", "金额", "226", 200),
        ("金额均不含税", "金额", "200", 200),
        ("All amounts incl. VAT", "Amount", "226", 200),
        ("all amounts excl. VAT", "Amount", "200", 200),
        ("是否含税：否", "金额", "200", 200),
        ("含税", "金额,税额", "218,18", 200),
        ("单位：元（含税）", "不含税金额", "200", 200),  # the header's own word comes first
        ("单位：元（不含税）", "含税金额", "226", 200),
    ],
)
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_vat_in_a_title_is_read_like_a_header_s(
    desk: Desk, title: str, header: str, cells: str, right: int, suffix: str
) -> None:
    rows = [["销售明细表"], [title], ["单据号", "日期", "客户编码", *header.split(",")]]
    rows.append(["A", "2026-01-05", "C", *cells.split(",")])
    if suffix == "csv":
        desk.csv("s.csv", *(",".join(r + [""] * (len(rows[2]) - len(r))) for r in rows))
    else:
        desk.xlsx("s.xlsx", 明细=[[*row] for row in rows])
    drafted = desk.draft()
    assert not drafted.open
    desk.bring(drafted)
    assert desk.total() == right


def test_a_title_against_other_words_of_vat_is_asked(desk: Desk) -> None:
    rows = ["单位：元（含税）,,,,", "单据号,日期,客户编码,金额,含税单价", "A,2026-01-05,C,226,113"]
    desk.csv("s.csv", *rows)
    drafted = desk.draft()
    assert _effects(drafted, "ledger.vat") == {"0.13": 200, "0": 226}
    with pytest.raises(MappingError):
        desk.bring(drafted)
    report = desk.bring(drafted.answer("ledger.vat", "0"))
    assert desk.total() == 226
    assert "doubt_vat" not in _bare(report)  # answered


def test_a_mapping_in_use_is_told_what_the_title_says_of_vat(desk: Desk) -> None:
    desk.csv("s.csv", "单位：元（含税）,,", "c,d,m", "C,2026-01-05,226")
    text = "currency: CNY\nsources: {s: s.csv}\ntables:\n  ledger: {source: s, columns: {account: c, date: d, amount: m}}\n"
    report = desk.bring(text)
    said = next(p for k, p in report.parts[0].notes if k == "doubt_vat")
    assert (said["header"], said["total"]) == ("单位：元（含税）", "226.00")
    assert desk.total() == 226  # what it states is the answer
    heeded = text.replace("amount: m}", "amount: {column: m, vat_included: 0.13}}")
    assert "doubt_vat" not in _bare(desk.bring(heeded))
    assert desk.total() == 200
    desk.csv("s.csv", "金额均不含税,,", "c,d,m", "C,2026-01-05,226")
    report = desk.bring(heeded)
    assert "doubt_vat_twice" in _bare(report)


def test_the_rule_of_vat_leaves_what_says_it_is_without(desk: Desk) -> None:
    desk.csv("s.csv", "c,d,总额,牌价（未税）", "C,2026-01-05,339,400")
    text = (
        "currency: CNY\nsources: {s: s.csv}\ntables:\n  ledger:\n    source: s\n"
        "    columns: {account: c, date: d, amount: 总额, list_amount: 牌价（未税）}\n    rules: {vat_included: 0.13}\n"
    )
    report = desk.bring(text)
    assert (desk.total(), desk.total(column="list_amount")) == (300, 400)
    assert ("vat_taken_out") in _bare(report)
    desk.bring(
        text.replace("list_amount: 牌价（未税）", "list_amount: {column: 牌价（未税）, vat_included: 0.25}")
    )
    assert desk.total(column="list_amount") == 320


def test_a_foreign_sign_is_not_read_as_the_yuan(desk: Desk) -> None:
    desk.csv(
        "s.csv", "c,d,m", "C,2026-01-05,￥10", "C,2026-01-06,€20", "C,2026-01-07,HK$30", "C,2026-01-08,RMB 5"
    )
    text = "currency: CNY\nsources: {s: s.csv}\ntables:\n  ledger: {source: s, columns: {account: c, date: d, amount: m}}\n"
    report = desk.bring(text)
    assert report.part("ledger").reasons == {"other_currency": 2}
    assert desk.total() == 15


def test_the_currency_of_the_file_is_the_draft_s(desk: Desk) -> None:
    desk.csv("s.csv", "Invoice,Date,Customer,Net Amount (USD),Profit", 'A,2026-01-05,C," $1,200.00 ", $-   ')
    drafted = desk.draft()
    assert drafted.data["currency"] == "USD"
    desk.bring(drafted)
    assert (desk.total(), desk.total(column="cost")) == (1200, 1200)


@pytest.mark.parametrize(
    ("cells", "point", "comma"),
    [
        (["1.234", "2.500"], "3.734", "3734"),
        (['"1,234"', '"2,500"'], "3734", "3.734"),
        (["1.234", '"1,234"', '"12,5"'], "1235.234", "1247.734"),
        (['"1.234,50"', '"1,234.50"'], "1234.5", "1234.5"),
    ],
)
def test_numbers_that_can_be_read_two_ways_are_asked(
    desk: Desk, cells: list[str], point: str, comma: str
) -> None:
    rows = [f"F{i},2026-01-0{i},C1,{cell}" for i, cell in enumerate(cells, start=1)]
    desk.csv("s.csv", "单据号,日期,客户编码,金额", *rows)
    drafted = desk.draft()
    assert [(q.id, q.place) for q in drafted.open] == [("decimal", ("decimal",))]
    assert _effects(drafted, "decimal") == {".": Decimal(point), ",": Decimal(comma)}
    with pytest.raises(MappingError):
        desk.bring(drafted)
    report = desk.bring(drafted.answer("decimal", ","))
    assert desk.total() == Decimal(comma)
    assert report.part("ledger").sum_holds


@pytest.mark.parametrize(
    ("cells", "total"),
    [
        (['"1.234,50"', '"1,250"'], "1235.75"),  # written in full, the first shows how the second is meant
        (['"1.234.567"', "12"], "1234579"),
        (['"12,5"', '"99,90"'], "112.4"),
        (['"1,234.50"', '"1,250"'], "2484.5"),
        (["0.125", "7"], "7.125"),
        (["100", "12.5"], "112.5"),
    ],
)
def test_numbers_that_can_be_read_one_way_are_not_asked(desk: Desk, cells: list[str], total: str) -> None:
    rows = [f"F{i},2026-01-0{i},C1,{cell}" for i, cell in enumerate(cells, start=1)]
    desk.csv("s.csv", "单据号,日期,客户编码,金额", *rows)
    drafted = desk.draft()
    assert not drafted.questions
    desk.bring(drafted)
    assert desk.total() == Decimal(total)


# -- signs, sheets ---------------------------------------------------------------------


def test_credits_above_zero_are_asked(desk: Desk) -> None:
    desk.csv(
        "s.csv",
        "Invoice,Date,Customer,Amount,Doc Type",
        "A,2026-01-05,C,100,Invoice",
        "B,2026-01-06,C,30,Credit Memo",
    )
    drafted = desk.draft()
    assert _effects(drafted, "ledger.sign") == {"returns_negative": 70, "as_is": 130}
    with pytest.raises(MappingError):
        desk.bring(drafted)
    desk.bring(drafted.answer("ledger.sign", "returns_negative"))
    assert desk.total() == 70


def test_paying_by_credit_is_no_return(desk: Desk) -> None:
    desk.csv(
        "s.csv", "Invoice,Date,Customer,Amount,Paid by", "A,2026-01-05,C,100,Credit", "B,2026-01-06,C,30,Cash"
    )
    drafted = desk.draft()
    assert not drafted.open
    desk.bring(drafted)
    assert desk.total() == 130


def test_a_mapping_in_use_is_told_what_it_does_not_heed(desk: Desk) -> None:
    desk.csv("s.csv", "c,d,含税金额(万元),红蓝字", "C,2026-01-05,3,蓝字", "C,2026-01-06,2,红字")
    text = "currency: CNY\nsources: {s: s.csv}\ntables:\n  ledger: {source: s, columns: {account: c, date: d, amount: 含税金额(万元)}}\n"
    report = desk.bring(text)
    assert {"doubt_unit", "doubt_vat", "doubt_returns"} <= set(_bare(report))
    said = next(p for k, p in report.parts[0].notes if k == "doubt_returns")
    assert (said["count"], said["total"]) == ("1", "2.00")
    assert desk.total() == 5  # what it states is the answer


@pytest.mark.parametrize("merged", [True, False])
def test_a_name_over_blanks_is_asked(desk: Desk, merged: bool) -> None:
    rows: list[list[object]] = [["客户编码", "单据号", "开票日期", "金额"], ["C1", "F1", "2026-01-05", 10.25]]
    rows += [[None, "F2", "2026-01-06", 20], ["C2", "F3", "2026-01-07", 40], [None, "F4", "2026-01-08", 80]]
    path = desk.xlsx("s.xlsx", 明细=[*rows, ["合计", None, None, 150.25]])
    if merged:
        book = load_workbook(path)
        for area in ("A2:A3", "A4:A5"):
            book["明细"].merge_cells(area)
        book.save(path)
    drafted = desk.draft()
    (question,) = drafted.open
    assert question.place == ("sources", "file1", "fill_down")
    assert [
        (c.value, c.effect and (c.effect.total, c.effect.loose, c.effect.loose_total))
        for c in question.choices
    ] == [
        (["客户编码"], (Decimal("150.25"), 0, 0)),
        ([], (Decimal("150.25"), 2, 100)),
    ]
    with pytest.raises(MappingError):
        desk.bring(drafted)
    desk.bring(drafted.answer(question.id, "客户编码"))
    ledger = read_table(open_workspace(desk.folder / "ws"), "ledger")
    assert {k: float(s) for k, s in ledger.groupby("account")["amount"].sum().items()} == {
        "C1": 30.25,
        "C2": 120,
    }


def test_a_day_over_blanks_is_asked_with_the_rows_that_would_wait(desk: Desk) -> None:
    desk.csv(
        "s.csv",
        "日期,单据号,客户编码,金额",
        "2026-01-05,F1,C1,1",
        ",F2,C1,2",
        ",F3,C2,4",
        "2026-01-06,F4,C2,8",
    )
    drafted = desk.draft()
    (question,) = drafted.open
    effects = [(c.effect.rows, c.effect.waiting, c.effect.total) for c in question.choices if c.effect]
    assert effects == [(4, 0, 15), (2, 2, 9)]
    desk.bring(drafted.answer(question.id, "日期"))
    assert desk.days() == ["2026-01-05"] * 3 + ["2026-01-06"]


def test_a_few_rows_without_an_account_are_no_groups(desk: Desk) -> None:
    rows = [
        f"F{i},2026-01-0{i},{c},{i}" for i, c in enumerate(["C1", "C1", "", "C2", "C1", "C2", "C2"], start=1)
    ]
    desk.csv("s.csv", "单据号,日期,客户编码,金额", *rows)
    assert not desk.draft().open


def test_a_mapping_in_use_is_told_of_names_over_blanks(desk: Desk) -> None:
    desk.csv("s.csv", "c,d,m", "C1,2026-01-05,1", ",2026-01-06,2", ",2026-01-07,4", "C2,2026-01-08,8")
    text = "currency: CNY\nsources: {s: {file: s.csv}}\ntables:\n  ledger: {source: s, columns: {account: c, date: d, amount: m}}\n"
    said = next(p for k, p in desk.bring(text).parts[0].notes if k == "doubt_fill_down")
    assert (said["count"], said["total"]) == ("2", "6.00")
    assert "doubt_fill_down" not in _bare(desk.bring(text.replace("s.csv}", "s.csv, fill_down: []}")))


MONTHS = {
    "1月": [f"{m}月" for m in range(1, 13)],
    "2026-01": [f"2026-{m:02}" for m in range(1, 13)],
    "Jan": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}


@pytest.mark.parametrize("kind", list(MONTHS))
def test_a_budget_with_a_column_for_each_month_is_proposed(desk: Desk, kind: str) -> None:
    head: list[object] = ["客户编码", "科目", *MONTHS[kind], "全年合计"]
    rows: list[list[object]] = [["2026年销售预算"], ["单位：千元"], head]
    rows += [["C1", "invoiced_sales", *range(1, 13), 78], ["C2", "quantity", *[2.5] * 12, 30]]
    desk.xlsx("budget.xlsx", 预算=rows)
    drafted = desk.draft()
    assert [q.id for q in drafted.open] == ["budget.unpivot", "budget.unit"]
    assert _effects(drafted, "budget.unpivot") == {"months": 78_030}
    with pytest.raises(MappingError):
        desk.bring(drafted)
    desk.bring(drafted.answer("budget.unpivot", "months").answer("budget.unit", "1000"))
    assert desk.total("budget") == 78_030
    frame = read_table(open_workspace(desk.folder / "ws"), "budget")
    sales = frame[frame["line"] == "invoiced_sales"].sort_values("month")
    assert [str(m)[:7] for m in sales["month"]] == [f"2026-{m:02}" for m in range(1, 13)]
    assert list(sales["amount"]) == [m * 1000 for m in range(1, 13)]


def test_a_budget_s_year_is_asked_where_nothing_says_it(desk: Desk) -> None:
    desk.csv("预算.csv", "客户,1月,2月,3月", "C1,10,20,30.5")
    drafted = desk.draft()
    assert [q.id for q in drafted.open] == ["budget.unpivot", "budget.month", "budget.line"]
    answered = drafted.answer("budget.unpivot", "months").answer("budget.line", "invoiced_sales")
    year = next(q for q in answered.open).choices[1].id
    desk.bring(answered.answer("budget.month", year))
    assert desk.total("budget") == Decimal("60.5")
    assert desk.days("budget", "month") == [f"{year}-0{m}-01" for m in (1, 2, 3)]


def test_which_sheet_is_asked_unless_all_are_months(desk: Desk) -> None:
    head = ["单据编号", "开票日期", "客户编码", "金额"]
    jan, feb = ["A", "2026-01-05", "C", 10], ["B", "2026-02-05", "C", 20]
    desk.xlsx("s.xlsx", **{"2026年1月": [head, jan], "2026年2月": [head, feb], "总表": [head, jan, feb]})
    drafted = desk.draft()
    effects = _effects(drafted, "file1.sheet")
    months = next(iter(effects))
    assert effects == {months: 30, "*": 30, "总表": 30}  # the sum of the others is never added in
    desk.bring(drafted.answer("file1.sheet", months))
    assert desk.total() == 30
    again = Desk(desk.folder / "again")
    again.folder.mkdir()
    again.xlsx("s.xlsx", **{"1月": [head, jan], "2月": [head, feb]})
    assert not again.draft().open


def test_files_that_are_laid_out_alike_are_one_source(desk: Desk) -> None:
    for month in (1, 2, 3):
        desk.csv(f"sales-{month}.csv", "Invoice,Date,Customer,Amount", f"A{month},2026-0{month}-05,C,{month}")
    drafted = desk.draft()
    assert drafted.data["sources"] == {"file1": {"file": "sales-*.csv"}}
    desk.bring(drafted)
    assert desk.total() == 6


def test_a_discount_without_an_amount_is_asked(desk: Desk) -> None:
    desk.csv("s.csv", "Order,Order Date,Customer,Qty,Unit Price,Discount", "A,2026-01-05,C,4,25,0.2")
    drafted = desk.draft()
    (question,) = drafted.open
    assert [c.effect and c.effect.total for c in question.choices] == [80, Decimal("99.8"), 100]
    desk.bring(drafted.answer(question.id, question.choices[0].id))
    assert desk.total() == 80


def test_a_column_that_is_needed_is_asked_with_what_could_be_it(desk: Desk) -> None:
    desk.csv("s.csv", "Invoice,Customer,Amount,Booked on,Remark", "A,C,5,2026-01-05,x")
    drafted = desk.draft()
    assert [(q.id, [c.id for c in q.choices]) for q in drafted.open] == [("ledger.date", ["Booked on"])]
    desk.bring(drafted.answer("ledger.date", "Booked on"))
    assert desk.total() == 5


# -- other systems -----------------------------------------------------------------------


def test_an_invoice_list_as_kingdee_writes_it(desk: Desk) -> None:
    desk.csv(
        "发票序时簿.csv",
        "日期,销售发票号码,购货单位,产品代码,产品名称,实发数量,单价,金额,税额,价税合计,红蓝字,币别",
        "2026/1/5,XF1,华东连锁,P1,牙膏,10,20,200,26,226,蓝字,人民币",
        "2026/1/9,XF2,华北商贸,P1,牙膏,3,20,60,7.8,67.8,红字,人民币",
    )
    drafted = desk.draft()
    assert not drafted.open
    desk.bring(drafted)
    assert (desk.total(), desk.total(column="quantity")) == (140, 7)
    ledger = read_table(open_workspace(desk.folder / "ws"), "ledger")
    assert sorted(ledger["kind"]) == ["return", "sale"]
    assert set(ledger["currency"]) == {"CNY"}


def test_amounts_in_the_company_s_currency_as_yonyou_writes_them(desk: Desk) -> None:
    desk.csv(
        "u8.csv",
        "单据号,单据日期,客户编码,存货编码,数量,原币无税金额,本币无税金额,本币价税合计,币种",
        "S1,2026-01-05,007,A1,10,100,700,791,美元",
    )
    drafted = desk.draft()
    assert not drafted.open
    desk.bring(drafted)
    assert desk.total() == 700
    ledger = read_table(open_workspace(desk.folder / "ws"), "ledger")
    assert (list(ledger["account"]), list(ledger["currency"])) == (["007"], ["CNY"])


def test_columns_as_adventureworks_names_them(desk: Desk) -> None:
    desk.csv(
        "sales.csv",
        "ProductKey,CustomerKey,SalesOrderNumber,SalesOrderLineNumber,OrderQuantity,UnitPrice,ExtendedAmount,UnitPriceDiscountPct,DiscountAmount,TotalProductCost,SalesAmount,OrderDate",
        "310,21768,SO1,1,2,50,100,0.1,10,60,90,2013-12-28 00:00:00",
        "311,21768,SO1,2,1,7,7,0,0,4,7,2013-12-28 00:00:00",
    )
    desk.bring(desk.draft())
    assert (desk.total(), desk.total(column="cost")) == (97, 64)


def test_profit_gives_the_cost_as_in_superstore(desk: Desk) -> None:
    desk.csv(
        "store.csv",
        "Row ID,Order ID,Order Date,Ship Date,Customer ID,Product ID,Category,Sales,Quantity,Discount,Profit",
        '1,CA-1,11/8/2016,11/11/2016,CG-1,F-1,Furniture,"1,261.50",2,0,41.5',
        "2,CA-2,6/12/2016,6/16/2016,DV-1,O-1,Office,14,2,0.2,-6",
    )
    drafted = desk.draft()
    assert not drafted.open  # 6/16 shows that the month stands first
    desk.bring(drafted)
    assert (desk.total(), desk.total(column="cost")) == (Decimal("1275.5"), 1240)
    assert desk.days() == ["2016-06-12", "2016-11-08"]


def test_open_items_as_sap_lists_them(desk: Desk) -> None:
    desk.csv(
        "fbl5n.txt",
        "Customer\tDocument Number\tDocument Type\tDocument Date\tNet due date\tClearing date\tAmount in local currency\tLocal Currency",
        "10001\t14001\tRV\t05.01.2026\t04.02.2026\t10.02.2026\t1.234,50\tEUR",
        "10001\t14002\tRV\t13.01.2026\t12.02.2026\t\t500,00\tEUR",
        "10002\t16003\tDG\t20.01.2026\t20.01.2026\t\t100,00-\tEUR",
    )
    drafted = desk.draft()
    assert not drafted.open
    desk.bring(drafted)
    frame = read_table(open_workspace(desk.folder / "ws"), "receivables")
    assert desk.total("receivables") == Decimal("1634.5")
    assert sorted(frame["kind"]) == ["credit_note", "invoice", "invoice"]
    assert set(frame["currency"]) == {"EUR"}


def test_an_export_of_receivables_without_kinds(desk: Desk) -> None:
    desk.csv(
        "ar.csv",
        "customerNumber,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,OpenAmount,SettledDate,DaysLate",
        "C1,6113,1/26/2026,2/25/2026,60,0,2/28/2026,3",
        "C1,6114,1/27/2026,2/26/2026,50,20,3/3/2026,5",
        "C1,6115,1/28/2026,2/27/2026,-5,-5,,0",
    )
    drafted = desk.draft()
    assert not drafted.open
    desk.bring(drafted)
    frame = read_table(open_workspace(desk.folder / "ws"), "receivables").sort_values("document")
    assert list(frame["kind"]) == ["invoice", "invoice", "credit_note"]
    assert [float(x) for x in frame["paid_amount"]] == [60, 30, 0]


def test_an_ageing_list_counts_what_is_open(desk: Desk) -> None:
    desk.csv(
        "age.csv", "单据号,客户编码,单据日期,到期日,单据金额,未收金额", "A,C,2026-01-05,2026-02-05,100,40"
    )
    desk.bring(desk.draft())
    assert desk.total("receivables") == 40


def test_instalments_are_documents_of_their_own(desk: Desk) -> None:
    desk.csv(
        "ar.csv",
        "单据号,客户编码,单据日期,到期日,应收金额",
        "A,C,2026-01-05,2026-02-05,60",
        "A,C,2026-01-05,2026-03-05,40",
        "B,C,2026-01-06,2026-02-06,7",
    )
    report = desk.bring(desk.draft())
    assert report.part("receivables").quarantined == 0
    assert desk.total("receivables") == 107


def test_debit_and_credit_are_asked(desk: Desk) -> None:
    desk.csv(
        "ar.csv",
        "日期,凭证号,客户编码,摘要,借方金额,贷方金额,余额",
        "2026-01-05,记1,C,开票,100,,100",
        "2026-01-15,记2,C,退货,,30,70",
    )
    drafted = desk.draft()
    (question,) = drafted.open
    assert [c.effect and c.effect.total for c in question.choices] == [70, -70]
    desk.bring(drafted.answer(question.id, question.choices[0].id))
    frame = read_table(open_workspace(desk.folder / "ws"), "receivables")
    assert sorted(float(x) for x in frame["amount"]) == [-30, 100]


# -- the mapping and its question marks -----------------------------------------------------


def test_a_question_mark_is_refused_with_its_choices_in_both_languages(desk: Desk) -> None:
    desk.csv("s.csv", "日期,客户,金额", "03/04/2026,A,5")
    for lang in LANGUAGES:
        with language(lang):
            text = desk.draft().text()
        (desk.folder / "m.yml").write_text(text, encoding="utf-8")
        with pytest.raises(MappingError) as caught:
            load_mapping(desk.folder / "m.yml")
        said = caught.value.text(lang)
        row = text.splitlines().index('dates: "?"') + 1
        assert f" {row} " in said or f"line {row}:" in said
        assert "day_first" in said
        assert "month_first" in said
        assert "2026-04-03" in said


def test_a_question_mark_elsewhere_is_a_text(desk: Desk) -> None:
    desk.csv("s.csv", "d,a,m,r", "2026-01-05,A,5,?", "2026-01-06,?,6,x")
    text = (
        "currency: CNY\nsources: {s: s.csv}\ntables:\n  ledger:\n    source: s\n    where: {r: {not: '?'}}\n"
        "    columns: {date: d, account: {column: a, empty: '?'}, amount: m}\n"
    )
    desk.bring(text)
    assert desk.total() == 6


def test_answers_that_are_not_there_are_refused(desk: Desk) -> None:
    desk.csv("s.csv", "日期,客户,金额", "03/04/2026,A,5")
    drafted = desk.draft()
    for question, choice, key in (("date", "x", "no_question"), ("dates", "x", "no_choice")):
        with pytest.raises(KamError) as caught:
            drafted.answer(question, choice)
        assert caught.value.key == f"importing.{key}"
        assert ("day_first" if key == "no_choice" else "Questions: dates") in caught.value.text("en")
    assert drafted.answer("dates", "day_first").open == ()
    assert len(drafted.open) == 1  # the draft itself is as it was


# -- aliases ------------------------------------------------------------------------------------


def test_near_names_are_proposed_and_a_workspace_s_aliases_applied(desk: Desk) -> None:
    desk.csv(
        "s.csv",
        "单据号,日期,客户编码,金额",
        "X1,2026-01-05,甲（北京）,1",
        "X2,2026-01-06,甲（北京）,2",
        "X3,2026-01-07,甲(北京),4",
        "X4,2026-01-08,OLD7,8",
    )
    drafted = desk.draft()
    assert "#   甲(北京),甲（北京）" in drafted.text()
    desk.bring(drafted)
    ledger = read_table(open_workspace(desk.folder / "ws"), "ledger")
    assert set(ledger["account"]) == {"甲（北京）", "甲(北京)", "OLD7"}  # proposed, not applied
    (desk.folder / "ws" / "aliases.csv").write_text(
        "from,to\nOLD7,甲（北京）\n甲(北京),甲（北京）\n", encoding="utf-8"
    )
    desk.csv("t.csv", "单据号,日期,客户编码,金额", "X5,2026-02-05,OLD7,16", "X6,2026-02-06,乙,32")
    (desk.folder / "m.yml").write_text(drafted.text().replace("s.csv", "t.csv"), encoding="utf-8")
    report = run_import(desk.folder / "m.yml", [desk.folder / "t.csv"], desk.folder / "ws")
    note = next(params for key, params in report.parts[0].notes if key == "aliases")
    assert note["count"] == "1"
    ledger = read_table(open_workspace(desk.folder / "ws"), "ledger")
    assert ledger.groupby("account")["amount"].sum().loc["乙"] == 32
    assert "OLD7" not in set(ledger.loc[ledger["invoice"] == "X5", "account"])


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("old,new\na,b\n", "aliases_columns"),
        ("from,to\na,\n", "aliases_row"),
        ("from,to\na,b\na,c\n", "aliases_row"),
        ("from,to\na,b\nb,c\n", "aliases_chain"),
    ],
)
def test_aliases_that_contradict_each_other_are_refused(tmp_path: Path, text: str, key: str) -> None:
    from kamtools.importing import load_aliases

    assert load_aliases(tmp_path) == {}
    (tmp_path / "aliases.csv").write_text(text, encoding="utf-8")
    with pytest.raises(KamError) as caught:
        load_aliases(tmp_path)
    assert caught.value.key == f"importing.{key}"
