from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from kamtools.errors import KamError
from kamtools.words import has_message, messages
from kamtools.workspace import check_workspace, new_workspace, open_workspace, write_pack, write_table
from kamtools.workspace.findings import Finding

HEADER = "line_id,invoice,date,account,product,category,kind,quantity,list_amount,amount,cost,currency\n"
GOOD = "1,,2026-01-05,A,,,sale,,,10,,CNY\n"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """An empty pack with one good ledger line."""
    write_pack(new_workspace(tmp_path / "w"), tmp_path / "p")
    (tmp_path / "p" / "facts").mkdir()
    (tmp_path / "p" / "facts" / "ledger.csv").write_text(HEADER + GOOD, encoding="utf-8")
    return tmp_path / "p"


def put(pack: Path, file: str, content: str | bytes) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    (pack / file).write_bytes(data)


def only(pack: Path, reason: str) -> Finding:
    """Return the one finding of a reason, after its lines in both languages were made."""
    report = check_workspace(pack)
    for lang in ("zh", "en"):
        assert all("{" not in line for line in report.lines(lang)), report.lines(lang)
    found = [f for f in report.findings if f.reason_key == reason]
    assert len(found) == 1, report.lines("en")
    assert report.ok == (not any(f.level == "error" for f in report.findings))
    return found[0]


def test_a_good_pack_passes(pack: Path) -> None:
    report = check_workspace(pack)
    assert report.ok
    assert report.findings == ()
    assert report.rows == {"ledger": 1}


@pytest.mark.parametrize(
    ("content", "reason", "row", "column", "value"),
    [
        ("", "empty_file", None, "", ""),
        (
            HEADER.replace("amount,cost", "cost") + "1,,2026-01-05,A,,,sale,,,,CNY\n",
            "column_missing",
            1,
            "amount",
            "",
        ),
        (HEADER.replace("cost", "kosten") + GOOD, "column_unknown", 1, "kosten", ""),
        (HEADER.encode() + "1,,2026-01-05,澜汀,,,sale,,,10,,CNY\n".encode("gb18030"), "encoding", 2, "", ""),
        (
            HEADER + GOOD + '2,,2026-01-05,"A,,,sale,,,10,,CNY\n3,,2026-01-05,A,,,sale,,,10,,CNY\n',
            "quote",
            3,
            "",
            "",
        ),
        (HEADER + GOOD + "2,,2026-01-05,A\n", "cells", 3, "", ""),
        (HEADER + GOOD + "2,,2026-02-30,A,,,sale,,,10,,CNY\n", "date", 3, "date", "2026-02-30"),
        (HEADER + GOOD + "2,,05/01/2026,A,,,sale,,,10,,CNY\n", "date", 3, "date", "05/01/2026"),
        (HEADER + GOOD + '2,,2026-01-05,A,,,sale,,,"1,234.5",,CNY\n', "number", 3, "amount", "1,234.5"),
        (HEADER + GOOD + "2,,2026-01-05,A,,,sale,,,#DIV/0!,,CNY\n", "number", 3, "amount", "#DIV/0!"),
        (HEADER + GOOD + "2,,2026-01-05,A,,,sale,,,0.00001,,CNY\n", "number", 3, "amount", "0.00001"),
        (HEADER + GOOD + "2,,2026-01-05,A,,,sold,,,10,,CNY\n", "not_allowed", 3, "kind", "sold"),
        (HEADER + GOOD + ",,2026-01-05,A,,,sale,,,10,,CNY\n", "required", 3, "line_id", ""),
        (HEADER + GOOD + "2,,2026-01-05,A,,,sale,,,10,,USD\n", "no_rate", 3, "currency", "USD"),
    ],
)
def test_a_bad_table_is_named_with_place_and_value(
    pack: Path, content: str | bytes, reason: str, row: int | None, column: str, value: str
) -> None:
    put(pack, "facts/ledger.csv", content)
    finding = only(pack, reason)
    assert (finding.level, finding.file) == ("error", "facts/ledger.csv")
    assert (finding.row, finding.column, finding.value) == (row, column, value)
    if reason not in ("not_allowed", "required", "no_rate"):  # of the form: it cannot even be opened
        with pytest.raises(KamError) as error:
            open_workspace(pack, cache_dir=pack.parent / "cache")
        assert "facts/ledger.csv" in error.value.text("en")
        assert not list((pack.parent / "cache").glob("packs/*"))


def test_the_same_id_twice(pack: Path) -> None:
    put(pack, "facts/ledger.csv", HEADER + GOOD + GOOD)
    found = [f for f in check_workspace(pack).findings if f.reason_key == "twice"]
    assert [(f.row, f.column, f.value) for f in found] == [(2, "line_id", "1"), (3, "line_id", "1")]


def test_a_cell_over_two_lines_keeps_the_numbers_of_the_lines_below(pack: Path) -> None:
    put(pack, "facts/ledger.csv", HEADER + GOOD.replace("A", '"A\nB"') + "2,,x,A,,,sale,,,10,,CNY\n")
    assert only(pack, "date").row == 4


def test_references(pack: Path) -> None:
    put(
        pack,
        "facts/accounts.csv",
        "account,name_zh,name_en,parent,segment,region,owner\nA,,,B,,,\nB,,,A,,,\nC,,,Z,,,\n../../x,,,,,,\n",
    )
    put(pack, "facts/ledger.csv", HEADER + GOOD + GOOD.replace("1,", "2,", 1).replace("A", "U"))
    put(
        pack, "facts/service.csv", "account,month,driver,quantity\nA,2026-01-02,ordr,5\nA,2026-01-02,ordr,6\n"
    )
    report = check_workspace(pack)
    found = {(f.reason_key, f.row, f.column, f.value) for f in report.findings}
    assert {
        ("parent_circle", 2, "parent", "B"),
        ("parent_circle", 3, "parent", "A"),
        ("parent_unknown", 4, "parent", "Z"),
        ("account_unlisted", 3, "account", "U"),
        ("driver_unknown", 2, "driver", "ordr"),
        ("month_day", 2, "month", "2026-01-02"),
        ("row_twice", 2, "account, month, driver", "A, 2026-01-02, ordr"),
    } <= found, found
    levels = {f.reason_key: f.level for f in report.findings}
    assert levels["account_unlisted"] == "warning"
    assert levels["parent_circle"] == "error"


def test_rows_after_the_date_are_counted(pack: Path) -> None:
    settings = (
        (pack / "settings.yml").read_text("utf-8").replace("# as_of: 2026-10-31 ", "as_of: 2026-01-31 ")
    )
    put(pack, "settings.yml", settings)
    put(
        pack,
        "facts/ledger.csv",
        HEADER + GOOD + "2,,2026-02-01,A,,,sale,,,10,,CNY\n3,,2026-02-02,A,,,sale,,,10,,CNY\n",
    )
    finding = only(pack, "after_as_of")
    assert (finding.level, finding.row, finding.params["rows"]) == ("note", 3, 2)
    assert check_workspace(pack).ok


@pytest.mark.parametrize(
    ("old", "new", "reason", "column"),
    [
        ("currency: CNY", "currency: yuan", "pattern", "currency"),
        ("currency: CNY", "curency: CNY", "key_unknown", "curency"),
        ("basis: net", "basis: nett", "not_allowed", "basis"),
        ("vat_rate: 0.13", "vat_rate: 13", "too_large", "vat_rate"),
        ("vat_rate: 0.13", "vat_rate: NaN", "number", "vat_rate"),
        ("vat_rate: 0.13", "vat_rate: a lot", "number", "vat_rate"),
        ("measure: growth", "measure: grwth", "not_allowed", "criteria.2.measure"),
        ("measure: growth, ", "", "cuts_with_measure", "criteria.2"),
        ("cuts: [-0.1, 0.0, 0.1, 0.25]", "cuts: [-0.1, 0.2, 0.1, 0.25]", "cuts_rise", "criteria.2"),
        ("cuts: [-0.1, 0.0, 0.1, 0.25]", "cuts: [0.1, 0.25]", "key_missing", "criteria.2.cuts.3"),
        ("weights: {profit: 70", "weights: {porfit: 70", "weight_unknown", "strategies.2.weights.porfit"),
        ("{id: volume", "{id: profit", "id_twice", "strategies.2.id"),
        ("  - {id: volume", "  - [id: volume", "yaml", ""),
        ("vat_rate: 0.13", "vat_rate: &a 0.13\ncapital_rate: *a", "yaml_alias", "capital_rate"),
        ("vat_rate: 0.13", "basis: gross", "yaml_twice", "basis"),
        ("vat_rate: 0.13", "vat_rate: " + "[" * 100_000, "yaml_deep", ""),
    ],
)
def test_bad_settings(pack: Path, old: str, new: str, reason: str, column: str) -> None:
    text = (pack / "settings.yml").read_text("utf-8")
    assert old in text
    put(pack, "settings.yml", text.replace(old, new, 1))
    report = check_workspace(pack)
    found = [f for f in report.findings if f.file == "settings.yml" and f.reason_key == reason]
    assert found, report.lines("en")
    assert found[0].column == column
    assert found[0].row is not None and found[0].row > 1
    assert not report.ok
    with pytest.raises(KamError) as error:
        open_workspace(pack, cache_dir=pack.parent / "cache")
    assert "settings.yml" in error.value.text("zh")


def test_a_country_called_no(pack: Path) -> None:
    text = (pack / "settings.yml").read_text("utf-8").replace("company_en: Our company", "company_en: NO")
    put(pack, "settings.yml", text)
    assert open_workspace(pack, cache_dir=pack.parent / "cache").settings.company_en == "NO"


@pytest.mark.parametrize(
    ("name", "text", "reason", "row"),
    [
        ("A.yml", "account: A\nratings:\n  - criterion: relationship\n    value: 6\n", "too_large", 4),
        ("A.yml", "account: A\nratings:\n  - criterion: relationship\n    valeu: 3\n", "key_unknown", 4),
        ("A.yml", "account: A\npotential: -1\n", "too_small", 2),
        (
            "A.yml",
            "account: A\nratings:\n  - {criterion: relationship, value: 3, date: 31.10.2026}\n",
            "date",
            3,
        ),
        ("B.yml", "account: A\n", "dossier_name", 1),
    ],
)
def test_bad_dossiers_of_an_older_pack(pack: Path, name: str, text: str, reason: str, row: int) -> None:
    aged(pack)
    put(pack, f"dossiers/{name}", text)
    finding = only(pack, reason)
    assert finding.file == f"dossiers/{name}"
    assert finding.row == row


def test_many_of_a_kind_are_counted_not_listed(pack: Path) -> None:
    lines = "".join(f"{n},,2026-01-05,A,,,sale,,,x,,CNY\n" for n in range(1000))
    put(pack, "facts/ledger.csv", HEADER + lines)
    report = check_workspace(pack)
    assert report.count("error") == 1000
    assert len(report.findings) == 21


def test_other_files_and_formats(pack: Path) -> None:
    put(pack, "facts/leger.csv", "a\n")
    assert only(pack, "file_unknown").level == "warning"
    put(pack, "pack.yml", "format: 3\n")
    assert only(pack, "pack_format").value == "3"
    with pytest.raises(KamError):
        check_workspace(pack / "facts")


def aged(pack: Path) -> None:
    """Make a pack one of format 1, in which words stood in files of their own."""
    said = (pack / "pack.yml").read_text("utf-8")
    put(pack, "pack.yml", said.replace("format: 2", "format: 1"))
    (pack / "dossiers").mkdir(exist_ok=True)


def test_files_that_nothing_reads_any_more_are_named(pack: Path) -> None:
    put(pack, "designations.csv", "account,since,status\nA,2026-01-01,entered\n")
    assert only(pack, "file_not_read").file == "designations.csv"


def test_the_key_account_list_of_an_older_pack_is_checked(pack: Path) -> None:
    aged(pack)
    put(pack, "designations.csv", "account,since,status\nA,2026-01-01,entered\nB,yesterday,in\n")
    found = {(f.reason_key, f.row, f.value) for f in check_workspace(pack).findings}
    assert found == {("date", 3, "yesterday")}
    put(pack, "designations.csv", "account,since,status\nA,2026-01-01,in\n")
    assert only(pack, "not_allowed").value == "in"
    put(pack, "designations.csv", "account,from\n")
    assert only(pack, "column_missing").column == "since"


def test_a_year_has_four_digits(pack: Path) -> None:
    put(pack, "facts/wallets.csv", "account,category,year,amount,currency,source\nA,x,26,5,CNY,\n")
    assert only(pack, "year").value == "26"


def test_a_budget_has_versions_in_order_and_costs_below_zero(pack: Path) -> None:
    rows = (
        "A,2026-01-01,a_and_p,,,,500,CNY",
        "A,2026-01-01,net_sales,预测,,,500,CNY",
        "A,2026-01-01,net_sales,LE2026-14,,,500,CNY",
        "A,2026-01-01,net_sales,LE2026-06,,,500,CNY",
        "A,2026-01-01,a_and_p,LE2026-06,,,-500,CNY",
    )
    head = "account,month,line,version,activity,category,amount,currency"
    put(pack, "facts/budget.csv", "\n".join((head, *rows)) + "\n")
    assert only(pack, "cost_above_zero").row == 2
    wrong = {(f.value, f.row) for f in check_workspace(pack).findings if f.reason_key == "version"}
    assert wrong == {("预测", 3), ("LE2026-14", 4)}


def test_lines_that_take_an_account_s_profit_away_are_counted(pack: Path) -> None:
    good = "{n},,2026-01-05,A,,,sale,1,10,9,5,CNY\n"
    lacking = "9,,2026-01-05,B,,,sale,1,10,9,,CNY\n"
    head = "line_id,invoice,date,account,product,category,kind,quantity,list_amount,amount,cost,currency\n"
    put(pack, "facts/ledger.csv", head + "".join(good.format(n=n) for n in range(5)) + lacking)
    found = only(pack, "half_known")
    assert (found.column, found.row, found.params["accounts"], found.params["example"]) == ("cost", 7, 1, "B")
    without = "".join(good.format(n=n).replace(",5,CNY", ",,CNY") for n in range(5))
    put(pack, "facts/ledger.csv", head + without + lacking)
    assert check_workspace(pack).findings == ()  # a company without costs is told by its figures


def test_tables_of_a_workspace_are_checked_by_row(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path / "w")
    accounts = pa.table({"account": ["A", "B", "A"], "parent": [None, "Z", None]})
    write_table(workspace, "accounts", accounts)
    found = {(f.file, f.row, f.reason_key) for f in check_workspace(tmp_path / "w").findings}
    file = "facts/accounts.parquet"
    assert found == {(file, 1, "twice"), (file, 3, "twice"), (file, 2, "parent_unknown")}


def test_a_workspace_is_checked_too(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path / "w")
    (workspace.facts_dir / "ledger.parquet").write_bytes(b"no parquet")
    report = check_workspace(tmp_path / "w")
    assert [f.reason_key for f in report.findings] == ["unreadable"]


def test_both_languages_say_everything() -> None:
    for key, entry in messages().items():
        if key.startswith("workspace."):
            assert set(entry) == {"zh", "en"}, key
            if key.startswith("workspace.reason."):
                assert has_message(key.replace("reason.", "remedy.")), key
