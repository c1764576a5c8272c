"""Files as offices have them: odd encodings, workbooks with stray cells and hidden parts, broken downloads."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from openpyxl import Workbook

from kamtools.errors import KamError
from kamtools.importing import draft_mapping, run_import
from kamtools.importing.mapping import Source
from kamtools.importing.staging import Unit, find_files, stage
from kamtools.words import language
from kamtools.workspace import open_workspace, read_table

WANTED = {"单号", "日期", "客户", "金额"}
MAPPING = """currency: CNY
dates: iso
sources: {lines: "*"}
tables:
  ledger:
    source: lines
    columns: {invoice: 单号, date: 日期, account: 客户, amount: 金额}
"""


def staged(path: Path, **source: object) -> tuple[list[Unit], list[list[tuple[object, ...]]]]:
    """Return the units of a file, and of each the lines and cells."""
    with duckdb.connect() as db:
        units = stage(db, find_files([path])[0], Source(**source), WANTED)  # type: ignore[arg-type]
        cells = [", ".join(f"c{i}" for i in range(len(u.header))) for u in units]
        rows = [
            db.execute(f"SELECT _line, {c} FROM {u.table} ORDER BY _line").fetchall()
            for c, u in zip(cells, units, strict=True)
        ]
    return units, rows


def fails(path: Path) -> KamError:
    with pytest.raises(KamError) as caught:
        staged(path)
    assert caught.value.text("zh")
    assert caught.value.text("en")
    return caught.value


def book(path: Path, sheets: dict[str, list[list[object]]]) -> Workbook:
    made = Workbook()
    del made["Sheet"]
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return made


def ledger(
    folder: Path, source: Path, mapping: str = MAPPING
) -> tuple[pd.DataFrame, list[str], dict[str, int]]:
    (folder / "m.yml").write_text(mapping, encoding="utf-8")
    report = run_import(folder / "m.yml", [source], folder / "ws")
    assert all(p.sum_holds for p in report.parts)
    reasons: dict[str, int] = {}
    for part in report.parts:
        for code, count in part.reasons.items():
            reasons[code] = reasons.get(code, 0) + count
    return read_table(open_workspace(folder / "ws"), "ledger"), report.lines("en"), reasons


@pytest.mark.parametrize(
    ("encoding", "found", "company"),
    [
        ("big5", "big5hkscs", "統一超商股份有限公司"),
        ("gb18030", "gb18030", "上海联华超市股份有限公司"),
        ("gb18030", "gb18030", "鑫淼犇羴"),
        ("utf-16-le", "utf-16-le", "甲公司"),
        ("utf-16-be", "utf-16-be", "甲公司"),
        ("utf-8", "utf-8", "統一"),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, found: str, company: str) -> None:
    head = "單號,日期,客戶,金額" if encoding == "big5" else "单号,日期,客户,金额"
    path = tmp_path / "a.csv"
    path.write_bytes(f"{head}\nF1,2026-01-05,{company},100\n".encode(encoding))
    (unit,), ((row,),) = staged(path)
    assert (unit.encoding, row) == (found, (2, "F1", "2026-01-05", company, "100"))
    assert unit.find("客户") == "c2"  # in either script
    assert bool(unit.samples) == (encoding != "utf-8")


@pytest.mark.parametrize("lines", [0, 300])
def test_a_file_that_was_not_written_to_its_end(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("单号,日期,客户,金额\n".encode() + b"F2,2026-01-05,C1,1\n" * lines + b"\x00" * 900)
    error = fails(path)
    assert (error.key, error.params["row"]) == ("importing.nul_bytes", lines + 2)


HEAD: list[object] = ["单号", "日期", "客户", "金额"]


def test_a_stray_cell_costs_nothing_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made = book(path, {"一月": [HEAD, ["F1", "2026-01-05", "C1", 100]]})
    made["一月"]["XFD1048576"] = "x"
    made.save(path)
    (unit,), (rows,) = staged(path)
    assert rows == [(2, "F1", "2026-01-05", "C1", "100"), (1048576, "", "", "", "")]
    assert ("stray_cell", {"file": "a.xlsx", "cell": "XFD1048576"}) in unit.notes


def test_a_sheet_that_does_not_begin_at_a1(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for i, row in enumerate([HEAD, ["F1", "2026-01-05", "C1", 100], ["F2", "2026-01-06", "C2", "=1/0"]]):
        for j, value in enumerate(row):
            sheet.cell(i + 3, j + 3, value)
    made.save(path)
    (unit,), (rows,) = staged(path)
    assert [r[0] for r in rows] == [4, 5]
    assert rows[1][3:] == ("F2", "2026-01-06", "C2", "#FORMULA!")
    assert unit.notes[0] == ("formulas", {"file": "a.xlsx", "count": "1", "cells": "F5"})


def test_a_formula_without_a_value_waits_and_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book(path, {"s": [HEAD, ["F1", "2026-01-05", "C1", 100], ["F2", "2026-01-06", "C1", "=D2*2"]]})
    table, lines, reasons = ledger(tmp_path, path)
    assert table["amount"].tolist() == [100]
    assert reasons == {"formula": 1}
    assert any("never calculated" in line and "D3" in line for line in lines)


def test_an_empty_text_of_a_formula_is_calculated(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book(path, {"s": [[*HEAD, "注"], ["F1", "2026-01-05", "C1", 100, "=A1"]]})
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b'<c r="E2">', b'<c r="E2" t="str">')
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    (unit,), (rows,) = staged(path)
    assert (unit.notes, rows[0][-1]) == ([], "")


def test_hidden_sheets_and_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    lines: list[list[object]] = [HEAD, ["F1", "2026-01-05", "C1", 100], ["F2", "2026-01-06", "C2", 70]]
    made = book(path, {"明细": lines, "旧": lines})
    made["旧"].sheet_state = "hidden"
    made["明细"].row_dimensions[3].hidden = True
    made.save(path)
    (unit,), (rows,) = staged(path)
    assert len(rows) == 2
    assert unit.notes == [
        ("rows_hidden", {"file": "a.xlsx", "count": "1"}),
        ("sheets_hidden", {"file": "a.xlsx", "sheets": "旧"}),
    ]
    (unit,), (rows,) = staged(path, sheet="旧")
    assert (unit.notes, len(rows)) == ([], 2)


def test_a_header_of_three_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book(
        path,
        {
            "s": [
                ["单号", "日期", "客户", "本期", None, None],
                [None, None, None, "国内", None, "国外"],
                [None, None, None, "数量", "金额", "金额"],
                ["F1", "2026-01-05", "C1", 1, 100, 7],
            ]
        },
    )
    with duckdb.connect() as db:
        wanted = {"单号", "本期/国内/金额", "本期/国外/金额"}
        (unit,) = stage(db, find_files([path])[0], Source(), wanted)
    assert unit.header == ["单号", "日期", "客户", "本期/国内/数量", "本期/国内/金额", "本期/国外/金额"]
    assert (unit.header_row, unit.records) == (3, 1)


def test_broken_and_hostile_archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    book(path, {"s": [HEAD, *(["F1", "2026-01-05", f"C{i}", i] for i in range(500))]})
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert fails(path).key == "importing.cut_off"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "1,2")
    assert fails(path).key == "importing.archive"
    path.write_bytes(whole)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/more.xml", '<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>')
    assert fails(path).params["part"] == "xl/more.xml"
    path.write_bytes(whole)
    monkeypatch.setattr("kamtools.importing.archive.MOST_UNPACKED", 20_000)
    assert fails(path).key == "importing.unpacks_too_large"
    monkeypatch.undo()
    monkeypatch.setattr("kamtools.importing.archive.MOST_CELLS", 1000)
    error = fails(path)
    assert (error.key, error.params["sheet"], error.params["count"]) == (
        "importing.too_many_cells",
        "s",
        "2,004",
    )
    parquet = tmp_path / "b.parquet"
    pd.DataFrame({"单号": ["F1"]}).to_parquet(parquet)
    parquet.write_bytes(parquet.read_bytes()[:-20])
    assert fails(parquet).key == "importing.unreadable"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600))
    assert fails(path).key == "importing.password"


def test_html_spans_reach_as_far_as_the_table(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    head = "".join(f"<td>{h}</td>" for h in HEAD)
    rows = "<tr><td>F1</td><td>2026-01-05</td><td rowspan=1000000>C1</td><td>5</td></tr><tr><td>F2</td><td>2026-01-06</td><td>6</td></tr>"
    path.write_text(f"<meta charset=utf-8><table><tr>{head}</tr>{rows}</table>", encoding="utf-8")
    _, (found,) = staged(path)
    assert found == [(2, "F1", "2026-01-05", "C1", "5"), (3, "F2", "2026-01-06", "", "6")]
    wide = "<tr>" + "<td colspan=1000000>x</td>" * 21 + "</tr>"
    path.write_text(f"<table>{wide * 1000}</table>", encoding="utf-8")
    assert fails(path).key == "importing.too_many_cells"


def test_parquet_times_are_those_of_their_own_zone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "amount=7 [1]"
    folder.mkdir()
    when = pd.to_datetime(["2026-01-01 00:30", "2026-06-30 23:30"])
    columns = {"单号": ["F1", "F2"], "日期": when.tz_localize("Asia/Tokyo"), "客户": when, "金额": [1.0, 2.5]}
    pd.DataFrame(columns).to_parquet(folder / "a.parquet")
    for zone in ("UTC", "America/Los_Angeles"):
        monkeypatch.setenv("TZ", zone)
        (unit,), (rows,) = staged(folder / "a.parquet")
        assert rows[0] == (1, "F1", "2026-01-01 00:30:00", "2026-01-01 00:30:00", "1")
        assert rows[1] == (2, "F2", "2026-06-30 23:30:00", "2026-06-30 23:30:00", "2.5")
        assert unit.header == list(columns)


def test_total_rows_by_their_sums(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "单号,日期,客户,金额\nF1,2026-01-05,C1,100.10\nF2,2026-01-06,C2,50\n一月结转,2026-01-31,,150.10\n"
        "F3,2026-02-05,,30\nF4,2026-02-06,Total Wine,20\nGesamt,2026-02-28,,50\n终了,2026-02-28,,200.10\n散客,2026-03-01,,200.10\n",
        encoding="utf-8",
    )
    table, lines, reasons = ledger(tmp_path, path)
    assert sorted(table["invoice"]) == ["F1", "F2", "F3", "F4"]
    assert reasons == {"total_row": 4}
    assert any("rows: 4, 7, 8, 9" in line for line in lines)


def test_a_row_without_an_account_that_is_no_sum_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "单号,日期,客户,金额\nF1,2026-01-05,C1,100\nF2,2026-01-06,,100\nF3,2026-01-06,C2,100\nF4,2026-01-07,,299.99\n",
        encoding="utf-8",
    )
    table, _, reasons = ledger(tmp_path, path)
    assert (table["amount"].sum(), reasons) == (599.99, {})


LINES = "单号,日期,客户,金额\nF1,2026-01-05,C1,1000\nF2,2026-01-06,C2,234.56\n"


def _totals(folder: Path, text: str, mapping: str = MAPPING) -> list[dict[str, object]]:
    """Return what the report says of totals; the lines that state them are never rows."""
    (folder / "a.csv").write_text(text, encoding="utf-8")
    (folder / "m.yml").write_text(mapping, encoding="utf-8")
    work = folder / f"ws{len(list(folder.iterdir()))}"
    (part,) = run_import(folder / "m.yml", [folder / "a.csv"], work).parts
    assert part.sum_holds
    assert part.accepted == 2
    assert all(part.lines(lang) for lang in ("zh", "en"))
    return [params for key, params in part.notes if key.startswith("stated_total")]


@pytest.mark.parametrize(
    "text",
    [
        "{lines}合计,,,{total}\n",
        "{lines}Total,,,{total}\n",
        "{lines}合计：{total},,,\n",
        "{lines}合计：{total}\n",
        '{lines}"合计：{total}",,,\n',
        "合计：{total}\n{lines}",
        "销售明细\n数量合计：7 金额合计：{total}元\n{lines}",
        "合计,,,{total}\n{lines}",
    ],
)
def test_the_total_that_a_file_states_is_compared(tmp_path: Path, text: str) -> None:
    assert _totals(tmp_path, text.format(lines=LINES, total="1234.56")) == []
    (said,) = _totals(tmp_path, text.format(lines=LINES, total="1334.06"))
    assert [said[k] for k in ("stated", "accepted", "difference")] == ["1,334.06", "1,234.56", "-99.50"]


def test_a_stated_total_with_commas_between_thousands(tmp_path: Path) -> None:
    for text in ("合计：1,334.06\n" + LINES, LINES + "合计：1,334.06\n", LINES + 'Total,,,"1,334.06"\n'):
        (said,) = _totals(tmp_path, text)
        assert said["stated"] == "1,334.06"


def test_rows_that_wait_are_part_of_the_difference(tmp_path: Path) -> None:
    (said,) = _totals(tmp_path, LINES + "F3,x,C1,100\n合计,,,1334.56\n")
    assert (said["difference"], said["left"]) == ("-100.00", "100.00")


def test_totals_of_a_page_or_in_the_column_s_own_unit_are_no_difference(tmp_path: Path) -> None:
    assert _totals(tmp_path, LINES + "本页小计,,,7\n") == []
    assert _totals(tmp_path, LINES + "本年累计,,,9999\n") == []
    vat = MAPPING.replace("amount: 金额", "amount: {column: 金额, vat_included: 0.13}")
    assert _totals(tmp_path, LINES + "合计,,,1234.56\n", vat) == []  # as the file writes it, with VAT
    times = MAPPING.replace("amount: 金额", "amount: {formula: 金额 * 10000}")
    assert _totals(tmp_path, LINES + "合计,,,1234.56\n", times) == []
    turned = MAPPING.replace(
        "amount: 金额}",
        "amount: 金额, kind: {cases: [{where: {客户: C2}, value: return}], otherwise: sale}}\n    rules: {sign: returns_negative}",
    )
    assert _totals(tmp_path, LINES + "合计,,,765.44\n", turned) == []


def test_summary_sheets_are_left_out_and_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    north: list[list[object]] = [
        ["N1", "2026-01-05", "C1", 10],
        ["N2", "2026-01-06", "C2", 20],
        ["N3", "2026-01-06", "C2", 5],
    ]
    south: list[list[object]] = [["S1", "2026-01-05", "C1", 35.5], ["S2", "2026-01-07", "C3", 4.5]]
    both: list[list[object]] = [
        ["x", "2026-01-31", "C1", 45.5],
        ["y", "2026-01-31", "C2", 25],
        ["z", "2026-01-31", "C3", 4.5],
    ]
    book(
        path,
        {"两区": [HEAD, *both], "北": [HEAD, *north], "南": [HEAD, *south], "合并": [HEAD, *north, *south]},
    )
    table, lines, reasons = ledger(tmp_path, path)
    assert table["amount"].sum() == 75
    assert reasons == {"summary_sheet": 8}
    said = [line for line in lines if "summary sheet: its amounts" in line]
    assert [s.split("[")[1].split("]")[0] for s in said] == ["两区", "合并"]
    assert all("a.xlsx[北], a.xlsx[南]" in s for s in said)


def test_sheets_of_equal_sums_are_no_summary(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book(
        path,
        {
            "北": [HEAD, ["N1", "2026-01-05", "C1", 10], ["N2", "2026-01-06", "C2", 20]],
            "南": [HEAD, ["S1", "2026-01-05", "C1", 20], ["S2", "2026-01-06", "C2", 10]],
            "西": [HEAD, ["W1", "2026-01-05", "C1", 20], ["W2", "2026-01-06", "C2", 40]],
        },
    )
    table, _, reasons = ledger(tmp_path, path)
    assert (table["amount"].sum(), reasons) == (120, {})


def test_a_folder_with_sub_folders(tmp_path: Path) -> None:
    text = "单号,日期,客户,金额\nF{},2026-01-05,C1,{}\n"
    for i, name in enumerate(
        ["华东/2月.csv", "华东/1月.csv", "b.csv", ".x/c.csv", "~$b.csv", ".d.csv", "note.docx"]
    ):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(i, i), encoding="utf-8")
    outside = tmp_path / "out"
    outside.mkdir()
    (outside / "e.csv").write_text(text.format(9, 9), encoding="utf-8")
    if os.name == "posix":
        (tmp_path / "in" / "link").symlink_to(outside)
        (tmp_path / "in" / "e.csv").symlink_to(outside / "e.csv")
    assert [f.label for f in find_files([tmp_path / "in"])] == ["b.csv", "华东/1月.csv", "华东/2月.csv"]
    table, lines, _ = ledger(tmp_path, tmp_path / "in")
    assert table["amount"].sum() == 3
    assert any(line.startswith("华东/1月.csv → ledger") for line in lines)


def test_a_note_beside_the_table_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    lines: list[list[object]] = [["F1", "2026-01-05", "C1", 100, "赠品"], ["F2", "2026-01-06", "C2", 70.5]]
    book(path, {"s": [HEAD, *lines, ["F3", "2026-01-07", "C1", 1, None, "退回？"]]})
    table, said, reasons = ledger(tmp_path, path)
    assert (table["amount"].sum(), reasons) == (171.5, {})
    note = next(line for line in said if "without a name" in line)
    assert "E (#5), F (#6), 2 cells" in note
    assert "赠品 | 退回？" in note
    with language("en"):
        assert "E (#5), F (#6), 2 cells" in draft_mapping([path])


def test_a_named_column_and_a_nameless_one_that_is_read_are_no_notes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("单号,日期,客户,金额,,备注\nF1,2026-01-05,C1,100,P7,x\n", encoding="utf-8")
    table, said, _ = ledger(tmp_path, path, MAPPING.replace("金额}", '金额, product: "#5"}'))
    assert list(table["product"]) == ["P7"]
    assert not any("without a name" in line for line in said)


def test_foreign_files_in_a_folder_are_named_and_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "1月.csv").write_text("单号,日期,客户,金额\nF1,2026-01-05,C1,100.25\n", encoding="utf-8")
    (folder / "readme.txt").write_text("导出说明\n本文件夹由系统导出，请勿修改。\n", encoding="utf-8")
    (folder / "export.txt").write_text("2026-01-05 10:00 INFO started, ok, done\n" * 3, encoding="utf-8")
    (folder / "空.txt").write_bytes(b"")
    (folder / "合同.docx").write_bytes(b"PK")
    for name in ("~$1月.xlsx", ".DS_Store", "Thumbs.db"):
        (folder / name).write_bytes(b"\x00")
    table, said, _ = ledger(tmp_path, folder)
    assert table["amount"].sum() == 100.25
    for name in ("readme.txt", "空.txt", "合同.docx"):
        assert sum(name in line for line in said) == 1, name
    assert not any(name in line for line in said for name in ("~$", "DS_Store", "Thumbs"))
    assert "readme.txt" in draft_mapping([folder])
    with pytest.raises(KamError):
        ledger(tmp_path, folder / "readme.txt")  # named, it is meant


def test_a_table_in_a_folder_is_never_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "1月.csv").write_text("单号,日期,客户,金额\nF1,2026-01-05,C1,100\n", encoding="utf-8")
    (folder / "2月.txt").write_text("No\tDay\tWho\tSum\nF2\t2026-02-05\tC1\t70\n", encoding="utf-8")
    with pytest.raises(KamError) as caught:
        ledger(tmp_path, folder)
    assert (caught.value.key, caught.value.params["file"]) == ("importing.missing_column", "2月.txt")


def test_a_file_in_a_folder_that_no_source_asks_for_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "s1.csv").write_text("单号,日期,客户,金额\nF1,2026-01-05,C1,100\n", encoding="utf-8")
    (folder / "note.txt").write_text("hello\n", encoding="utf-8")
    table, said, _ = ledger(tmp_path, folder, MAPPING.replace('"*"', '"s*.csv"'))
    assert table["amount"].sum() == 100
    assert "Files that the mapping does not use: note.txt." in said


def test_open_document_repeats_are_counted(tmp_path: Path) -> None:
    def ods(cell: str) -> bytes:
        space = "urn:oasis:names:tc:opendocument:xmlns:"
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr(
                "content.xml",
                f'<office:document-content xmlns:office="{space}office:1.0" xmlns:table="{space}table:1.0">'
                f'<office:body><office:spreadsheet><table:table table:name="t">{cell}</table:table>'
                "</office:spreadsheet></office:body></office:document-content>",
            )
        return out.getvalue()

    path = tmp_path / "a.ods"
    path.write_bytes(
        ods(
            '<table:table-row table:number-rows-repeated="1048576"><table:table-cell'
            ' table:number-columns-repeated="16384" office:value-type="float" office:value="1"/></table:table-row>'
        )
    )
    error = fails(path)
    assert (error.key, error.params["cell"]) == ("importing.too_many_cells", "XFD1048576")
