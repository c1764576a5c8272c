"""Mappings: faults with their line in both languages, and drafts that a person can start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from kamtools.errors import KamError
from kamtools.importing import draft_mapping, load_mapping, run_import
from kamtools.importing.mapping import MappingError
from kamtools.words import language
from kamtools.workspace import open_workspace, read_table

GOOD = """currency: CNY
sources: {lines: "*.csv"}
tables:
  ledger:
    source: lines
    columns:
      date: D
      account: A
      amount: M
"""


def _error(folder: Path, text: str) -> MappingError:
    path = folder / "m.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MappingError) as caught:
        load_mapping(path)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("ledger:", "leger:", 4, "ledger"),
        ("source: lines", "source: line", 5, "lines"),
        ("date: D", "datum: D", 7, "date"),
        ("amount: M", "amount: {formula: M **}", 9, "M **"),
        ("amount: M", "amount: {formula: open(M)}", 9, "+ - * /"),
        ("amount: M", "amount: {column: M, constant: 5}", 9, "constant"),
        ("amount: M", "amount: {colum: M}", 9, "column"),
        ("account: A", "account: {formula: A * 2}", 8, "column, columns"),
        ("      amount: M\n", "", 6, "amount"),
        ("currency: CNY", "currency: Yuan", 1, "currency"),
        ("currency: CNY", "currency: CNY\ndates: american", 2, "month_first"),
        ("currency: CNY", "currency: CNY\nworkspace: {basis: net, colour: red}", 2, "basis"),
        ("currency: CNY", "currency: CNY\ncurrency: USD", 2, "currency"),
        ("currency: CNY", "currency: 'CNY", 1, ""),
        ("source: lines", "source: lines\n    rules: {duplicates: drop}", 6, "quarantine"),
    ],
)
def test_faults_say_where_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, line: int, word: str
) -> None:
    error = _error(tmp_path, GOOD.replace(old, new))
    for lang, place in (("zh", f"第 {line} 行"), ("en", f"{line}:")):
        said = error.text(lang)
        assert word in said
        assert place in said or f"row {line}" in said or f"line {line}" in said or "'CNY" in new


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    error = _error(tmp_path, GOOD.replace("date: D", "datum: D").replace("account: A", "acount: A"))
    assert len(error.faults) == 3  # two unknown columns, and the date that is needed
    assert len(error.text("en").splitlines()) == 4


def test_a_mapping_that_is_not_there_or_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(KamError) as caught:
        load_mapping(tmp_path / "none.yml")
    assert caught.value.key == "importing.no_file"
    (tmp_path / "m.yml").write_bytes("currency: CNY # 币种".encode("gb18030"))
    with pytest.raises(MappingError):
        load_mapping(tmp_path / "m.yml")


def test_a_source_without_a_file(tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "a.txt").write_text("D,A,M\n2026-01-01,a,1\n", encoding="utf-8")
    with pytest.raises(KamError) as caught:
        run_import(tmp_path / "m.yml", [tmp_path / "a.txt"], tmp_path / "ws")
    assert caught.value.key == "importing.no_file_for_source"


def test_constants_are_checked(tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_text(GOOD.replace("date: D", "date: {constant: yesterday}"), encoding="utf-8")
    (tmp_path / "a.csv").write_text("A,M\na,1\n", encoding="utf-8")
    with pytest.raises(KamError) as caught:
        run_import(tmp_path / "m.yml", [tmp_path / "a.csv"], tmp_path / "ws")
    assert caught.value.key == "importing.bad_constant"


def test_words_of_yaml_stay_text(tmp_path: Path) -> None:
    text = GOOD.replace("account: A", "account: {column: A, map: {NO: Norway, 007: Bond}}")
    (tmp_path / "m.yml").write_text(text, encoding="utf-8")
    assert load_mapping(tmp_path / "m.yml").tables["ledger"].columns["account"].map == {
        "NO": "Norway",
        "007": "Bond",
    }


CHINESE = "单位:某公司,,,,,,\n行号,单据编号,单据日期,客户编码,客户名称,数量,金额(元)\n1,X1,2026-01-05,00123,甲公司,2,100.5\n2,X1,2026-01-05,00123,甲公司,1,50\n1,X2,2026-01-06,00200,乙公司,1,10\n合计,,,,,4,160.5\n"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_chinese_export_is_drafted_and_imports(tmp_path: Path, lang: str) -> None:
    source = tmp_path / "销售明细.csv"
    source.write_bytes(CHINESE.encode("gb18030"))
    with language(lang):
        text = draft_mapping([source])
    assert "# X1 | X2" in text
    assert "客户名称: 甲公司 | 乙公司" in text  # what was not used is shown
    assert "line_id" not in text  # 行号 begins anew in each document
    (tmp_path / "m.yml").write_text(text, encoding="utf-8")
    part = run_import(tmp_path / "m.yml", [source], tmp_path / "ws").part("ledger")
    assert (part.accepted, part.reasons) == (3, {"total_row": 1})
    ledger = read_table(open_workspace(tmp_path / "ws"), "ledger")
    assert ledger["amount"].sum() == 160.5
    assert set(ledger["account"]) == {"00123", "00200"}


def test_a_document_that_stands_there_twice_is_still_a_document(tmp_path: Path) -> None:
    """Without its number the second would be owed once more."""
    head = "document,account,kind,invoice_date,due_date,amount,currency\n"
    rows = [f"D{n},A1,invoice,2026-0{n}-01,2026-0{n}-28,100,CNY\n" for n in (1, 2, 2, 3)]
    (tmp_path / "r.csv").write_text(head + "".join(rows), encoding="utf-8")
    text = draft_mapping([tmp_path / "r.csv"])
    assert "document: document" in text
    (tmp_path / "m.yml").write_text(text, encoding="utf-8")
    run_import(tmp_path / "m.yml", [tmp_path / "r.csv"], tmp_path / "ws")
    assert read_table(open_workspace(tmp_path / "ws"), "receivables")["amount"].sum() == 300


def test_a_draft_infers_price_times_quantity_dates_and_vat(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Invoice No,Invoice Date,Customer ID,Qty,Unit Price\n1,13/01/2026,00123,2,5\n", encoding="utf-8"
    )
    text = draft_mapping([tmp_path / "a.csv"])
    assert 'amount: {formula: "Qty * `Unit Price`"}' in text
    assert "dates: day_first" in text
    (tmp_path / "m.yml").write_text(text, encoding="utf-8")
    assert run_import(tmp_path / "m.yml", [tmp_path / "a.csv"], tmp_path / "ws").part("ledger").accepted == 1
    (tmp_path / "b.csv").write_text("发票号,日期,客户,价税合计\n1,2026-01-05,A,113\n", encoding="utf-8")
    assert "vat_included: 0.13" in draft_mapping([tmp_path / "b.csv"])


def test_a_draft_leaves_dates_open_where_both_readings_fit(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("日期,客户,金额\n03/04/2026,A,5\n", encoding="utf-8")
    text = draft_mapping([tmp_path / "a.csv"])
    assert 'dates: "?"' in text
    (tmp_path / "m.yml").write_text(text, encoding="utf-8")
    with pytest.raises(MappingError) as caught:
        run_import(tmp_path / "m.yml", [tmp_path / "a.csv"], tmp_path / "ws")
    said = caught.value.text("en")
    assert "line 8" in said
    assert "2026-04-03" in said
    assert "2026-03-04" in said
    assert not (tmp_path / "ws").exists()


def test_headers_and_samples_cannot_break_the_draft(tmp_path: Path) -> None:
    evil = 'date,customer,amount,"a: {b}\n- c #","NO"\n2026-01-05,"=1+1\n# x: y",5,"\'""",x\n'
    (tmp_path / "a: b.csv").write_text(evil, encoding="utf-8")
    (tmp_path / "m.yml").write_text(draft_mapping([tmp_path / "a: b.csv"]), encoding="utf-8")
    assert (
        run_import(tmp_path / "m.yml", [tmp_path / "a: b.csv"], tmp_path / "ws").part("ledger").accepted == 1
    )


def test_nothing_known_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    with pytest.raises(KamError) as caught:
        draft_mapping([tmp_path / "a.csv"])
    assert caught.value.key == "importing.draft_nothing"
