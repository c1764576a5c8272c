"""Every kind of dirt on tiny files: the right message, nothing lost, nothing doubled."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from kamtools.errors import KamError
from kamtools.importing import ImportReport, run_import
from kamtools.words import LANGUAGES
from kamtools.workspace import check_workspace, open_workspace, read_table

HEAD = "发票号,日期,客户编码,产品,数量,金额\n"
COLUMNS = "{invoice: 发票号, date: 日期, account: 客户编码, product: 产品, quantity: 数量, amount: 金额}"
MAPPING = f"""
currency: CNY
sources:
  lines: {{file: "*"}}
tables:
  ledger:
    source: lines
    columns: {COLUMNS}
"""


class Bench:
    """A folder with a mapping, files and a workspace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = folder / "工作 区"
        self.mapping = folder / "m.yml"
        self.mapping.write_text(MAPPING, encoding="utf-8")

    def file(self, content: str | bytes, name: str = "lines.csv") -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *sources: Path, mapping: str | None = None) -> ImportReport:
        if mapping is not None:
            self.mapping.write_text(mapping, encoding="utf-8")
        report = run_import(self.mapping, list(sources), self.workspace)
        assert all(p.sum_holds for p in report.parts)
        for lang in LANGUAGES:
            assert all(isinstance(line, str) and "{" not in line for line in report.lines(lang))
        return report

    def fails(self, *sources: Path, mapping: str | None = None) -> KamError:
        if mapping is not None:
            self.mapping.write_text(mapping, encoding="utf-8")
        before = sorted(self.workspace.rglob("*"))
        with pytest.raises(KamError) as caught:
            run_import(self.mapping, list(sources), self.workspace)
        assert sorted(self.workspace.rglob("*")) == before
        for lang in LANGUAGES:
            assert caught.value.text(lang)
        return caught.value

    def table(self, name: str = "ledger") -> pd.DataFrame:
        return read_table(open_workspace(self.workspace), name)

    def quarantine(self) -> list[dict[str, str]]:
        data = (self.workspace / "quarantine.csv").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))

    def mend(self, column: str, value: str, path: Path | None = None) -> Path:
        """Write `value` at every waiting entry of `column`, as a person does."""
        rows = self.quarantine()
        path = path or self.workspace / "quarantine.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0].keys())
            writer.writeheader()
            for row in rows:
                if row["column"] == column:
                    row["value"] = value
                writer.writerow(row)
        return path


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_plain_file(bench: Bench) -> None:
    report = bench.run(
        bench.file(HEAD + 'F1,2026-01-31,00123,P1,2,"1,234.50"\n,,,,,\nF2,2026-02-01,17850.0,P2,-1,-10\n')
    )
    part = report.part("ledger")
    assert (part.records, part.accepted, part.blank, part.added) == (3, 2, 1, 2)
    assert report.ok
    assert report.complete
    ledger = bench.table().sort_values("invoice")
    assert ledger["account"].tolist() == ["00123", "17850"]
    assert ledger["amount"].tolist() == [1234.5, -10.0]
    assert ledger["kind"].tolist() == ["sale", "return"]
    assert ledger["currency"].tolist() == ["CNY", "CNY"]
    assert check_workspace(bench.workspace).ok
    kept = list((bench.workspace / "sources").glob("*/lines.csv"))
    assert [k.read_bytes() for k in kept] == [(bench.folder / "lines.csv").read_bytes()]


@pytest.mark.parametrize("content", ["", " \n\n", "\ufeff"])
def test_an_empty_file(bench: Bench, content: str) -> None:
    assert bench.fails(bench.file(content)).key == "importing.empty_file"


def test_a_missing_file_and_folder(bench: Bench) -> None:
    assert bench.fails(bench.folder / "no.csv").key == "importing.no_file"
    (bench.folder / "empty").mkdir()
    assert bench.fails(bench.folder / "empty").key == "importing.empty_folder"


def test_a_missing_column(bench: Bench) -> None:
    error = bench.fails(bench.file("发票号,日期,产品,数量,金额\nF1,2026-01-31,P1,2,5\n"))
    assert error.key == "importing.missing_column"
    assert error.params["column"] == "客户编码"
    assert error.params["allowed"] == "发票号, 日期, 产品, 数量, 金额"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(bench: Bench, encoding: str) -> None:
    report = bench.run(bench.file((HEAD + "F1,2026-01-31,甲公司,牙膏,2,5\n").encode(encoding)))
    assert bench.table()["account"].tolist() == ["甲公司"]
    part = report.part("ledger")
    assert part.encoding == ("utf-8" if encoding.startswith("utf-8") else encoding)
    assert bool(part.samples) == (not encoding.startswith("utf-8"))


def test_cp1252(bench: Bench) -> None:
    mapping = MAPPING.replace(COLUMNS, "{invoice: Nr, date: Date, account: Client, amount: Total}")
    text = "Nr,Date,Client,Total\n1,2026-01-31,Café Müller,5\n2,2026-01-31,Århus Øl,6\n"
    report = bench.run(bench.file(text.encode("cp1252")), mapping=mapping)
    assert report.part("ledger").encoding == "cp1252"
    assert set(bench.table()["account"]) == {"Café Müller", "Århus Øl"}


def test_a_wrong_encoding(bench: Bench) -> None:
    source = bench.file((HEAD + "F1,2026-01-31,甲,P,2,5\n").encode("gb18030"))
    error = bench.fails(source, mapping=MAPPING.replace('file: "*"', 'file: "*", encoding: utf-8'))
    assert (error.key, error.params["row"]) == ("importing.wrong_encoding", 1)
    error = bench.fails(source, mapping=MAPPING.replace('file: "*"', 'file: "*", encoding: klingon'))
    assert error.key == "importing.unknown_encoding"


def test_an_unclosed_quote_is_kept_and_can_be_mended(bench: Bench) -> None:
    source = bench.file(HEAD + 'F1,2026-01-31,A,"P1,2,5\nF2,2026-01-31,A,P1,2,7\nF3,2026-01-31,B,P1,2\n')
    part = bench.run(source).part("ledger")
    assert (part.records, part.accepted, part.reasons) == (3, 1, {"quote": 1, "cells": 1})
    first, second = bench.quarantine()
    assert (first["line"], first["value"]) == ("2", 'F1,2026-01-31,A,"P1,2,5')
    assert second["value"] == "F3,2026-01-31,B,P1,2"
    rows = bench.quarantine()
    rows[0]["value"] = 'F1,2026-01-31,A,"P1",2,5'
    rows[1]["value"] = "F3,2026-01-31,B,P1,2,9"
    path = bench.folder / "mended.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    assert bench.run(path).complete
    assert sorted(bench.table()["amount"]) == [5, 7, 9]
    assert not (bench.workspace / "quarantine.csv").exists()


def test_totals_are_never_added_in(bench: Bench) -> None:
    text = (
        HEAD
        + "F1,2026-01-31,A,P1,2,5\n小计,,,,2,5\nF2,2026-01-31,B,P1,2,7\n,,合 计:,,4,12\nTotal,,,,4,12\nF3,2026-01-31,合计科技公司,P,1,1\n"
    )
    part = bench.run(bench.file(text)).part("ledger")
    assert part.reasons == {"total_row": 3}
    assert bench.table()["amount"].sum() == 13


def test_numbers_and_dates_as_systems_write_them(bench: Bench) -> None:
    rows = [
        ("2026.01.31", "100.50-", -100.5),
        ("20260131", "(7)", -7),
        ("2026/1/31", "红字8", -8),
        ("2026年1月31日", "￥1,000.00", 1000),
        ("2026-01-31 10:20:30", "１２", 12),
        ("2026-01-31", "1e3", 1000),
        ("2026-1-31", " 5 ", 5),
        ("2026-01-31T00:00:00", "12%", 0.12),
    ]
    lines = "".join(f'F{i},{d},A,P,1,"{a}"\n' for i, (d, a, _) in enumerate(rows))
    assert bench.run(bench.file(HEAD + lines)).complete
    ledger = bench.table().sort_values("invoice")
    assert ledger["amount"].tolist() == [a for *_, a in rows]
    assert ledger["date"].dt.strftime("%Y-%m-%d").unique().tolist() == ["2026-01-31"]


def test_bad_values_wait_with_their_reason(bench: Bench) -> None:
    text = HEAD + (
        "F1,2026-02-30,A,P,1,5\nF2,2026-01-31,A,P,1,abc\nF3,2026-01-31,A,P,x,5\nF4,,A,P,1,\nF5,2026-01-31,A,P,1,#DIV/0!\n"
        "F6,2026-01-31,#REF!,P,1,5\nF7,2026-01-31,A,P,,6\nF8,2026-01-31,A,P,1,nan\nF9,0026-01-31,A,P,1,5\nF10,2026-01-31,A,P,1,1e20\n"
    )
    part = bench.run(bench.file(text)).part("ledger")
    assert (part.accepted, part.quarantined) == (1, 9)
    found = {(r["line"], r["column"], r["code"]) for r in bench.quarantine()}
    assert found == {
        ("2", "日期", "not_a_date"),
        ("3", "金额", "not_a_number"),
        ("4", "数量", "not_a_number"),
        ("5", "日期", "missing"),
        ("5", "金额", "missing"),
        ("6", "金额", "error_cell"),
        ("7", "客户编码", "error_cell"),
        ("9", "金额", "not_a_number"),
        ("10", "日期", "not_a_date"),
        ("11", "金额", "not_a_number"),
    }
    assert all(r["reason"] and r["remedy"] for r in bench.quarantine())
    assert pd.isna(bench.table()["quantity"].iloc[0])  # missing is never zero


def test_names_are_kept_exactly_and_never_formulas(bench: Bench) -> None:
    names = [
        "<img src=x onerror=alert(1)>",
        '=HYPERLINK("x")',
        r"A $\frac$ B",
        "NA",
        "None",
        "nan",
        "-",
        "@cmd",
        " two ",
        "../../x",
        "'q",
    ]
    source = bench.folder / "lines.csv"
    with source.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "name"])
        writer.writerows([f"{i:02}", n] for i, n in enumerate(names))
        writer.writerow(["", names[1]])
    mapping = (
        MAPPING.split("tables:")[0]
        + "tables:\n  accounts:\n    source: lines\n    columns: {account: id, name_en: name}\n"
    )
    part = bench.run(source, mapping=mapping).part("accounts")
    assert part.reasons == {"missing": 1}
    assert bench.table("accounts")["name_en"].tolist() == names
    assert not any(
        cell.startswith(("=", "+", "-", "@")) for row in bench.quarantine() for cell in row.values()
    )


def test_a_formula_shaped_value_survives_quarantine_and_mending(bench: Bench) -> None:
    source = bench.file(HEAD + 'F1,2026-01-31,"=HYPERLINK(""x"")",P,1,-\nF2,2026-01-31,-x,P,1,2\n')
    assert bench.run(source).part("ledger").quarantined == 1
    assert bench.quarantine()[0]["value"] == "'-"
    assert bench.run(bench.mend("金额", "-5")).complete
    ledger = bench.table().sort_values("invoice")
    assert ledger["account"].tolist() == ['=HYPERLINK("x")', "-x"]
    assert ledger["amount"].tolist() == [-5, 2]


def test_mended_rows_complete_the_set_without_doubling(bench: Bench) -> None:
    same = "F1,2026-01-31,A,P,1,5\n"
    source = bench.file(HEAD + same + "F1,2026-01-31,A,P,1,5x\n" + same)
    assert bench.run(source).part("ledger").accepted == 2
    mended = bench.mend("金额", "5", bench.folder / "mended.csv")
    report = bench.run(mended)
    assert (report.part("ledger").added, report.complete) == (1, True)
    assert bench.table()["amount"].tolist() == [5, 5, 5]
    assert bench.table()["line_id"].is_unique
    for again in (source, mended):
        assert bench.run(again).part("ledger").unchanged
        assert len(bench.table()) == 3


def test_mending_one_table_of_several(bench: Bench) -> None:
    mapping = (
        """
currency: CNY
sources: {lines: "lines*", people: "people*"}
tables:
  accounts: {source: people, columns: {account: id}}
  ledger:
    source: lines
    columns: %s
"""
        % COLUMNS
    )
    people = bench.file("id\nA\n", "people.csv")
    lines = bench.file(HEAD + "F1,2026-01-31,A,P,1,5\nF2,2026-01-31,A,P,1,x\n")
    bench.run(people, lines, mapping=mapping)
    untouched = bench.run(bench.workspace / "quarantine.csv")
    assert [key for key, _ in untouched.notes] == ["nothing_mended"]
    report = bench.run(bench.mend("金额", "6"))
    assert [(p.table, p.added) for p in report.parts] == [("ledger", 1)]
    assert bench.table()["amount"].sum() == 11
    assert len(bench.table("accounts")) == 1


def test_a_mended_quarantine_belongs_to_its_workspace(bench: Bench) -> None:
    bench.run(bench.file(HEAD + "F1,2026-01-31,A,P,1,x\n"))
    mended = bench.mend("金额", "6", bench.folder / "mended.csv")
    bench.workspace = bench.folder / "another"
    assert bench.fails(mended).key == "importing.source_gone"
    mended.write_text("file,line,column,value,source,code,original\nx,one,c,v,s,c,o\n", encoding="utf-8")
    assert bench.fails(mended).key == "importing.quarantine_damaged"


def test_a_value_mended_but_not_yet_imported_is_not_forgotten(bench: Bench) -> None:
    bench.run(bench.file(HEAD + "F1,2026-01-31,A,P,1,x\nF2,2026-01-31,A,P,1,3\n"))
    bench.mend("金额", "6")
    bench.run(bench.file(HEAD + "F9,2026-03-31,A,P,1,1\n", "other.csv"))
    assert [(r["value"], r["original"]) for r in bench.quarantine()] == [("6", "x")]
    bench.run(bench.workspace / "quarantine.csv")
    assert bench.table()["amount"].sum() == 10


def test_a_pack_is_never_written_to(bench: Bench) -> None:
    from kamtools.workspace import write_pack

    source = bench.file(HEAD + "F1,2026-01-31,A,P,1,5\n")
    bench.run(source)
    write_pack(open_workspace(bench.workspace), bench.folder / "pack")
    bench.workspace = bench.folder / "pack"
    assert bench.fails(source).key == "workspace.read_only"


def test_the_mended_file_itself_completes_the_set(bench: Bench) -> None:
    text = HEAD + "F1,2026-01-31,A,P,1,5\nF2,2026-01-31,A,P,1,x\n"
    bench.run(bench.file(text))
    assert len(bench.quarantine()) == 1
    report = bench.run(bench.file(text.replace(",x\n", ",7\n")))
    assert (report.part("ledger").added, report.part("ledger").known) == (1, 1)
    assert sorted(bench.table()["amount"]) == [5, 7]
    assert not (bench.workspace / "quarantine.csv").exists()


def test_the_same_file_twice_changes_nothing(bench: Bench) -> None:
    source = bench.file(HEAD + "F1,2026-01-31,A,P,1,5\nF2,2026-01-31,A,P,1,x\n")
    bench.run(source)
    before = {
        p: p.read_bytes() for p in bench.workspace.rglob("*") if p.is_file() and ".cache" not in p.parts
    }
    assert bench.run(source).part("ledger").unchanged
    renamed = bench.file(source.read_bytes(), "other name.csv")
    assert bench.run(renamed).part("ledger").unchanged
    after = {p: p.read_bytes() for p in bench.workspace.rglob("*") if p.is_file() and ".cache" not in p.parts}
    assert after == before


def test_overlapping_extracts_are_named_and_not_doubled(bench: Bench) -> None:
    january = "F1,2026-01-05,A,P,1,5\nF2,2026-01-31,A,P,1,6\nF2,2026-01-31,A,P,1,6\n"
    february = "F2,2026-01-31,A,P,1,6\nF2,2026-01-31,A,P,1,6\nF3,2026-02-01,A,P,1,7\n"
    bench.run(bench.file(HEAD + january, "a.csv"))
    part = bench.run(bench.file(HEAD + february, "b.csv")).part("ledger")
    assert (part.accepted, part.added, part.known, part.overlaps) == (3, 1, 2, {"a.csv": 2})
    assert sorted(bench.table()["amount"]) == [5, 6, 6, 7]


def test_a_changed_mapping_reads_the_file_anew(bench: Bench) -> None:
    source = bench.file(HEAD + "F1,2026-01-31,A,P,1,113\n")
    bench.run(source)
    report = bench.run(source, mapping=MAPPING + "    rules: {vat_included: 0.13}\n")
    assert bench.table()["amount"].tolist() == [100]
    assert [key for key, _ in report.notes] == ["mapping_changed"]


def test_dates_that_fit_both_ways_are_refused(bench: Bench) -> None:
    source = bench.file(HEAD + "F1,03/04/2026,A,P,1,5\nF2,25/04/2026,A,P,1,5\nF3,05/05/2026,A,P,1,5\n")
    error = bench.fails(source)
    assert error.key == "importing.date_either_way"
    assert error.params["sample"] in ("03/04/2026", "25/04/2026")
    assert "day_first: 2026-04-03 … 2026-05-05 (3); month_first: 2026-03-04 … 2026-05-05 (2)" in str(
        error.params
    )
    bench.run(source, mapping=MAPPING + "dates: day_first\n")
    assert bench.table()["date"].dt.strftime("%m-%d").tolist() == ["04-03", "04-25", "05-05"]


def test_dates_with_one_reading_need_no_word(bench: Bench) -> None:
    bench.run(bench.file(HEAD + "F1,13/04/2026,A,P,1,5\nF2,25.04.26,A,P,1,5\n"))
    assert bench.table()["date"].dt.strftime("%Y-%m-%d").tolist() == ["2026-04-13", "2026-04-25"]


def test_short_dates_are_not_overlooked(bench: Bench) -> None:
    assert bench.fails(bench.file(HEAD + "F1,1/12/2020,A,P,1,5\n")).key == "importing.date_either_way"


def test_decimal_commas_are_refused_until_the_mapping_says_so(bench: Bench) -> None:
    source = bench.file(
        (HEAD + "F1,2026-01-31,A,P,1,1.234,50\nF2,2026-01-31,A,P,1,7,5-\n")
        .replace(",1.234,50", ';"1.234,50"')
        .replace(",7,5-", ';"7,5-"')
        .replace("1;", "1,")
        .replace(';"', ',"')
    )
    assert bench.fails(source).key == "importing.decimal_comma"
    bench.run(source, mapping=MAPPING + 'decimal: ","\n')
    assert sorted(bench.table()["amount"]) == [-7.5, 1234.5]


def test_erp_export_with_titles_two_row_header_and_totals(bench: Bench) -> None:
    text = (
        "销售明细表,,,,\n单位:某某公司,期间:2026-01,,,\n"
        "客户,单据,,本期,\n编码,日期,编号,数量,金额\n"
        '00123,2026.01.05,X1,1,"1,000.00"\n,2026.01.06,X2,2,50.00-\n小计,,,3,950.00\n00200,2026.01.07,X3,1,10\n合计,,,4,960.00\n制表人:张三\n'
    )
    mapping = MAPPING.replace(
        COLUMNS,
        "{invoice: 单据/编号, date: 单据/日期, account: 客户/编码, quantity: 本期/数量, amount: 本期/金额}",
    )
    mapping = mapping.replace('file: "*"', 'file: "*", fill_down: 客户/编码')
    part = bench.run(bench.file(text.encode("gb18030")), mapping=mapping).part("ledger")
    assert (part.records, part.accepted, part.reasons) == (6, 3, {"total_row": 2, "cells": 1})
    ledger = bench.table().sort_values("invoice")
    assert ledger["account"].tolist() == ["00123", "00123", "00200"]
    assert ledger["amount"].tolist() == [1000, -50, 10]


@pytest.mark.parametrize("wrap", ["<html><head><meta charset=gb2312></head><body>{}</body></html>", "{}"])
def test_html_that_calls_itself_xls(bench: Bench, wrap: str) -> None:
    cells = [h.split(",") for h in (HEAD + "F1,2026-01-31,00123,牙膏,2,5.50\n合计,,,,2,5.50").split("\n")]
    rows = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in cells)
    source = bench.file(
        wrap.format(f"<table><tr><td colspan=6>销售表</td></tr>{rows}</table>").encode("gb18030"),
        "export.xls",
    )
    part = bench.run(source).part("ledger")
    assert (part.accepted, part.reasons) == (1, {"total_row": 1})
    assert bench.table()["account"].tolist() == ["00123"]


def test_tab_separated_text_that_calls_itself_xls(bench: Bench) -> None:
    text = (HEAD + "F1,2026-01-31,00123,P,2,5\n").replace(",", "\t")
    bench.run(bench.file(text.encode("gb18030"), "export.xls"))
    assert bench.table()["account"].tolist() == ["00123"]


def test_excel_with_error_cells_merged_cells_and_text_numbers(bench: Bench) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["销售明细"])
    sheet.append(HEAD.strip().split(","))
    sheet.append(["F1", pd.Timestamp("2026-01-31").to_pydatetime(), "00123", "=HYPERLINK", 2, "5.50"])
    sheet.append([None, "2026-02-01", 17850.0, "P", 1, 7])
    sheet.append(["F3", "2026-02-01", "A", "P", 1, "#DIV/0!"])
    sheet["D3"].data_type = "s"
    sheet["F5"].data_type = "e"
    sheet.merge_cells("A3:A4")
    book.create_sheet("说明").append(["备注"])
    book.create_sheet("二月").append(HEAD.strip().split(","))
    book["二月"].append(["F4", "2026-02-02", "B", "P", 1, 3])
    path = bench.folder / "lines.xlsx"
    book.save(path)
    report = bench.run(path)
    part = report.part("ledger")
    assert (part.records, part.accepted, part.reasons) == (3, 2, {"error_cell": 1})
    assert report.part("ledger", "lines.xlsx[二月]").accepted == 1
    assert ("sheets_left", {"file": "lines.xlsx", "sheets": "说明"}) in part.notes
    assert "merged_cells" in [key for key, _ in part.notes]
    assert bench.quarantine()[0]["value"] == "#DIV/0!"
    ledger = bench.table().sort_values("date")
    assert ledger["account"].tolist() == ["00123", "17850", "B"]
    assert ledger["amount"].tolist() == [5.5, 7, 3]
    assert ledger["product"].tolist() == ["=HYPERLINK", "P", "P"]
    bench.run(path, mapping=MAPPING.replace('file: "*"', 'file: "*", fill_down: 发票号'))
    assert sorted(bench.table()["invoice"]) == ["F1", "F1", "F4"]


def test_a_damaged_workbook(bench: Bench) -> None:
    assert bench.fails(bench.file(b"PK\x03\x04 rubbish", "a.xlsx")).key == "importing.cut_off"
    empty = bench.folder / "b.xlsx"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("x.txt", "x")
    assert bench.fails(empty).key == "importing.archive"
    assert bench.fails(bench.file(b"\x7fELF\x00\x00\x00", "c.csv")).key == "importing.unknown_format"


def test_parquet_ids_and_literal_nan(bench: Bench) -> None:
    frame = pd.DataFrame(
        {
            "发票号": ["F1", "F2"],
            "日期": pd.to_datetime(["2026-01-31", "2026-02-01"]),
            "客户编码": [17850.0, None],
            "产品": ["nan", "NA"],
            "数量": [1, 2],
            "金额": [1.25, 2.5],
        }
    )
    frame.to_parquet(bench.folder / "lines.parquet")
    part = bench.run(bench.folder / "lines.parquet").part("ledger")
    assert part.accepted == 2
    ledger = bench.table().sort_values("invoice")
    assert ledger["product"].tolist() == ["nan", "NA"]
    assert ledger["account"].iloc[0] == "17850"
    assert pd.isna(ledger["account"].iloc[1])
    bench.run(bench.folder / "lines.parquet", mapping=MAPPING + "    rules: {missing_account: quarantine}\n")
    assert [r["code"] for r in bench.quarantine()] == ["no_account"]


def test_rules_of_sign_kind_and_maps(bench: Bench) -> None:
    mapping = MAPPING.replace(
        COLUMNS,
        "{invoice: 发票号, date: 日期, account: 客户编码, quantity: 数量, amount: 金额, "
        "product: {column: 产品, map: {P1: 牙膏, P2: 牙刷}, unmapped: quarantine}, "
        "kind: {cases: [{where: {发票号: {starts_with: R}}, value: return}], otherwise: sale}}",
    )
    text = HEAD + "F1,2026-01-31,A,P1,1,5\nR2,2026-01-31,A,P2,1,6\nF3,2026-01-31,A,P9,1,6\n"
    part = bench.run(bench.file(text), mapping=mapping + "    rules: {sign: returns_negative}\n").part(
        "ledger"
    )
    assert part.reasons == {"not_mapped": 1}
    ledger = bench.table().sort_values("invoice")
    assert ledger["amount"].tolist() == [5, -6]
    assert ledger["quantity"].tolist() == [1, -1]
    assert ledger["product"].tolist() == ["牙膏", "牙刷"]


def test_lookups_that_miss_wait_or_stay(bench: Bench) -> None:
    bench.file("订单,客户,日期\nO1,A,2026-01-31\nO3,B,2026-01-31\nO3,C,2026-01-31\n", "orders.csv")
    lines = bench.file("订单,金额\nO1,5\nO2,6\nO3,7\n", "lines.csv")
    mapping = """
currency: CNY
sources: {lines: lines.csv, orders: orders.csv}
tables:
  ledger:
    source: lines
    join: [{source: orders, on: {订单: 订单}}]
    columns: {invoice: 订单, date: orders.日期, account: 客户, amount: 金额}
"""
    part = bench.run(lines, bench.folder / "orders.csv", mapping=mapping).part("ledger")
    assert part.reasons == {"lookup_miss": 1, "lookup_ambiguous": 1}
    assert [(r["column"], r["value"]) for r in bench.quarantine()] == [("订单", "O2"), ("订单", "O3")]
    assert bench.run(bench.mend("订单", "O1")).complete
    assert bench.table()["account"].tolist() == ["A", "A", "A"]
    assert bench.table()["amount"].sum() == 18


def test_keys_of_the_file(bench: Bench) -> None:
    start = MAPPING.split("tables:")[0]
    mapping = start + "tables:\n  accounts:\n    source: lines\n    columns: {account: id, name_en: name}\n"
    bench.run(bench.file("id,name\n1,One\n1,One\n2,Two\n2,Zwei\n"), mapping=mapping)
    assert [(r["value"], r["code"]) for r in bench.quarantine()] == [("2", "key_conflict")]
    assert bench.table("accounts")["name_en"].tolist() == ["One", "Two"]
    newer = bench.file("id,name\n1,Eins\n3,Drei\n", "newer.csv")
    assert bench.run(newer).part("accounts").reasons == {"key_conflict": 1}
    part = bench.run(newer, mapping=mapping + "    rules: {same_key: last}\n").part("accounts")
    assert (part.added, part.known, part.replaced) == (0, 1, 1)
    assert bench.table("accounts")["name_en"].tolist() == ["Eins", "Two", "Drei"]


def test_where_and_duplicates_are_counted(bench: Bench) -> None:
    text = HEAD + "F1,2026-01-31,A,P,1,5\nF1,2026-01-31,A,P,1,5\nF2,2026-01-31,B,P,1,6\n"
    mapping = MAPPING + "    where: {客户编码: {not: B}}\n    rules: {duplicates: quarantine}\n"
    report = bench.run(bench.file(text), mapping=mapping)
    part = report.part("ledger")
    assert (part.accepted, part.reasons, report.complete) == (1, {"exact_duplicate": 1, "left_out": 1}, True)


def test_a_folder_of_months(bench: Bench) -> None:
    folder = bench.folder / "months"
    folder.mkdir()
    for month in (1, 2, 3):
        (folder / f"2026-{month:02}.csv").write_text(
            HEAD + f"F1,2026-{month:02}-05,A,P,1,{month}\n", encoding="utf-8"
        )
    report = bench.run(folder)
    assert [p.accepted for p in report.parts] == [1, 1, 1]
    assert bench.table()["amount"].sum() == 6
    (folder / "2026-04.csv").write_bytes(b"")
    assert bench.fails(folder).key == "importing.empty_file"
