"""The journal of imports: each can be taken back, a newer version stands in the place of the older, nothing is lost on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kamtools.errors import KamError
from kamtools.importing import ImportReport, list_imports, run_import, undo
from kamtools.workspace import check_workspace, imports, open_workspace, read_table
from kamtools.workspace.transaction import INTENT, Change, settle

LINES = """currency: CNY
dates: iso
sources: {lines: "lines*"}
tables:
  ledger:
    source: lines
    columns: {invoice: no, date: day, account: who, amount: money}
"""
PEOPLE = """currency: CNY
sources: {people: "people*"}
tables:
  accounts:
    source: people
    columns: {account: id, name_en: name, region: place}
"""
HEAD = "no,day,who,money\n"


class Desk:
    """A folder with files, mappings and a workspace."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ws = folder, folder / "ws"
        self.mapping(LINES)

    def mapping(self, text: str, name: str = "m.yml") -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def bring(self, files: dict[str, str], mapping: str = "m.yml", **how) -> ImportReport:
        for name, text in files.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        return run_import(self.folder / mapping, [self.folder / f for f in files], self.ws, who="Li", **how)

    def rows(self, table: str = "ledger") -> list[tuple]:
        frame = read_table(open_workspace(self.ws), table)
        columns = ["invoice", "amount"] if table == "ledger" else list(frame.columns)
        return sorted(
            tuple(None if v != v else v for v in row) for row in frame[columns].itertuples(index=False)
        )

    def state(self) -> dict[str, bytes]:
        """The bytes of the tables and the quarantine."""
        paths = [*(self.ws / "facts").glob("*"), self.ws / "quarantine.csv"]
        return {p.name: p.read_bytes() for p in paths if p.is_file()}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def line(no: str, money: object, day: str = "2026-01-05", who: str = "A") -> str:
    return f"{no},{day},{who},{money}\n"


def test_imports_are_taken_back_one_by_one_to_the_byte(desk: Desk) -> None:
    desk.bring({"lines1.csv": HEAD + line("F1", 5) + line("F2", "x")})
    first = desk.state()
    desk.bring({"lines2.csv": HEAD + line("F3", 7) + line("F4", "y")})
    second = desk.state()
    desk.bring({"people.csv": "id,name,place\nA,Alpha,East\n"}, desk.mapping(PEOPLE, "p.yml"))
    assert undo(desk.ws, who="Wu").entry.number == 3
    assert desk.state() == second
    undo(desk.ws, who="Wu")
    assert desk.state() == first
    undo(desk.ws, who="Wu")
    assert desk.state() == {}
    with pytest.raises(KamError) as caught:
        undo(desk.ws)
    assert caught.value.key == "importing.undo_nothing"
    assert [e.taken_back["who"] for e in imports(desk.ws) if e.taken_back] == ["Wu"] * 3
    again = desk.bring({"lines1.csv": HEAD + line("F1", 5) + line("F2", "x")})
    assert again.number == 4
    assert desk.state()["ledger.parquet"] != first["ledger.parquet"]  # its rows say import 4
    assert desk.rows() == [("F1", 5.0)]


def test_the_journal_says_who_when_rows_and_money(desk: Desk) -> None:
    desk.bring({"lines1.csv": HEAD + line("F1", "5.25")})
    desk.bring({"lines2.csv": HEAD + line("F2", "-1.05")})
    entry = imports(desk.ws)[1]
    assert (entry.who, entry.mapping, entry.tables["ledger"]["rows"]) == ("Li", "m.yml", ["1", "2"])
    assert entry.tables["ledger"]["amount"] == ["5.25", "4.2"]
    text = "\n".join(list_imports(desk.ws).lines("en"))
    assert "lines1.csv" in text
    assert "5.25 before, 4.20 now" in text


def test_each_row_knows_its_import_file_and_line(desk: Desk) -> None:
    desk.bring({"lines1.csv": HEAD + line("F1", 5)})
    desk.bring({"lines2.csv": HEAD + line("F2", 6) + line("F3", 7)})
    with pq.ParquetFile(desk.ws / "facts" / "ledger.parquet") as file:
        rows = file.read(["invoice", "_import", "_unit", "_line"]).to_pylist()
    found = {r["invoice"]: (r["_import"], r["_unit"], r["_line"]) for r in rows}
    assert found == {"F1": (1, 1, 2), "F2": (2, 1, 2), "F3": (2, 1, 3)}
    assert imports(desk.ws)[1].unit(1).label == "lines2.csv"


@pytest.mark.parametrize("name", ["lines1.csv", "lines1 corrected.csv"])
def test_a_corrected_export_stands_in_the_place_of_the_older(desk: Desk, name: str) -> None:
    old = HEAD + line("F1", 5) + line("F2", 250) + line("F3", 7)
    desk.bring({"lines1.csv": old})
    report = desk.bring({name: old.replace("250", "205")})
    assert desk.rows() == [("F1", 5.0), ("F2", 205.0), ("F3", 7.0)]
    ((key, said),) = report.notes
    assert key == "file_replaced"
    assert (said["rows"], said["now"], said["changed"]) == ("3", "3", "1")
    assert (said["amount"], said["amount_now"]) == ("262.00", "217.00")
    undo(desk.ws)
    assert sum(m for _, m in desk.rows()) == 262


def test_the_next_month_under_the_same_name_is_added(desk: Desk) -> None:
    desk.bring({"lines.csv": HEAD + line("F1", 5)})
    desk.bring({"lines.csv": HEAD + line("F2", 6, "2026-02-05")})
    assert desk.rows() == [("F1", 5.0), ("F2", 6.0)]
    desk.bring({"lines.csv": HEAD + line("F2", 8, "2026-02-05")})
    assert desk.rows() == [("F1", 5.0), ("F2", 8.0)]


def test_what_could_be_a_version_or_another_file_is_asked(desk: Desk) -> None:
    desk.bring({"lines.csv": HEAD + line("F1", 5) + line("F2", 6) + line("F3", 7)})
    other = {"lines.csv": HEAD + line("F3", 7) + line("F8", 1) + line("F9", 1)}
    with pytest.raises(KamError) as caught:
        desk.bring(other)
    assert caught.value.key == "importing.same_name"
    assert len(desk.rows()) == 3
    desk.bring(other, again="add")
    assert [no for no, _ in desk.rows()] == ["F1", "F2", "F3", "F8", "F9"]
    undo(desk.ws)
    desk.bring(other, again="replace")
    assert [no for no, _ in desk.rows()] == ["F3", "F8", "F9"]


def test_another_file_with_one_of_the_invoices_is_named_and_counts(desk: Desk) -> None:
    desk.bring({"lines1.csv": HEAD + line("F1", 5) + line("F2", 6)})
    report = desk.bring({"lines2.csv": HEAD + line("F2", 9) + line("F5", 1)})
    assert len(desk.rows()) == 4
    ((key, said),) = report.part("ledger").notes[-1:]
    assert (key, said["examples"], said["here"], said["there"]) == ("invoice_again", "F2", "9.00", "6.00")


def test_a_row_that_two_files_have_stays_when_one_is_corrected(desk: Desk) -> None:
    desk.bring({"lines1.csv": HEAD + line("F1", 5) + line("F2", 6) + line("F3", 7)})
    desk.bring({"lines2.csv": HEAD + line("F3", 7) + line("F4", 8)})
    desk.bring({"lines1.csv": HEAD + line("F1", 5) + line("F2", 60)})
    assert desk.rows() == [("F1", 5.0), ("F2", 60.0), ("F3", 7.0), ("F4", 8.0)]


def test_two_mappings_over_one_file_add(desk: Desk) -> None:
    part = LINES + "    where: {who: %s}\n"
    desk.mapping(part % "A", "a.yml")
    desk.mapping(part % "B", "b.yml")
    text = {"lines.csv": HEAD + line("F1", 5) + line("F2", 6, who="B")}
    desk.bring(text, "a.yml")
    desk.bring(text, "b.yml")
    assert desk.rows() == [("F1", 5.0), ("F2", 6.0)]
    assert {e.mapping for e in imports(desk.ws)} == {"a.yml", "b.yml"}
    assert desk.bring(text, "a.yml").number == 0
    desk.mapping(LINES.replace("money}", "money, cost: money}"), "c.yml")
    with pytest.raises(KamError) as caught:
        desk.bring(text, "c.yml")
    assert caught.value.key == "importing.same_bytes"
    desk.bring(text, "c.yml", again="add")
    assert len(desk.rows()) == 4


def test_ids_and_one_column_change_that_column_alone(desk: Desk) -> None:
    desk.mapping(PEOPLE + "    rules: {same_key: last}\n", "p.yml")
    desk.bring({"people.csv": "id,name,place\nA,Alpha,East\nB,Beta,West\n"}, "p.yml")
    desk.mapping(
        PEOPLE.replace(", name_en: name, region: place", ", region: place") + "    rules: {same_key: last}\n",
        "q.yml",
    )
    desk.bring({"people moved.csv": "id,place\nA,North\n"}, "q.yml")
    assert [(r[0], r[2], r[5]) for r in desk.rows("accounts")] == [
        ("A", "Alpha", "North"),
        ("B", "Beta", "West"),
    ]
    report = desk.bring({"people few.csv": "id,name,place\nB,Bee,\n"}, "p.yml")
    assert [(r[0], r[2], r[5]) for r in desk.rows("accounts")] == [
        ("A", "Alpha", "North"),
        ("B", "Bee", "West"),
    ]
    assert ("blank_kept", {"columns": "region (1)"}) in report.part("accounts").notes


def test_a_corrected_list_takes_vanished_rows_with_it_and_no_others(desk: Desk) -> None:
    desk.mapping(PEOPLE, "p.yml")
    desk.bring({"people1.csv": "id,name,place\nA,Alpha,East\nB,Beta,West\nC,Gamma,\n"}, "p.yml")
    desk.bring({"people2.csv": "id,name,place\nD,Delta,\n"}, "p.yml")
    desk.bring({"people1.csv": "id,name,place\nA,Alfa,\nC,Gamma,South\n"}, "p.yml")
    assert [(r[0], r[2], r[5]) for r in desk.rows("accounts")] == [
        ("A", "Alfa", None),
        ("C", "Gamma", "South"),
        ("D", "Delta", None),
    ]


def test_a_damaged_table_is_brought_back_by_its_files(desk: Desk) -> None:
    files = {"lines1.csv": HEAD + line("F1", 5)}, {"lines2.csv": HEAD + line("F2", 6)}
    for file in files:
        desk.bring(file)
    (desk.ws / "facts" / "ledger.parquet").write_bytes(b"PAR1 rubbish")
    assert "damaged" in [key for key, _ in desk.bring(files[0]).notes]
    assert desk.rows() == [("F1", 5.0)]
    gone = [f for f in check_workspace(desk.ws).findings if f.level == "error"]
    assert [(f.reason_key, f.params["files"]) for f in gone] == [("rows_gone", "lines2.csv")]
    desk.bring(files[1])
    assert desk.rows() == [("F1", 5.0), ("F2", 6.0)]
    assert check_workspace(desk.ws).ok


def test_what_was_mended_in_the_quarantine_is_kept_when_its_import_goes(desk: Desk) -> None:
    desk.bring({"lines1.csv": HEAD + line("F1", 5) + line("F2", "x")})
    path = desk.ws / "quarantine.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace(",x,", ",6,", 1), encoding="utf-8-sig")
    edited = path.read_bytes()
    report = undo(desk.ws)
    assert report.edited is not None
    assert report.edited.read_bytes() == edited
    assert not path.exists()


def test_a_table_changed_by_other_means_is_not_lost_by_undo(desk: Desk) -> None:
    from kamtools.workspace import write_table
    from kamtools.workspace.folder import read_arrow

    desk.bring({"lines1.csv": HEAD + line("F1", 5) + line("F2", 6)})
    path = desk.ws / "facts" / "ledger.parquet"
    write_table(open_workspace(desk.ws), "ledger", read_arrow(path, "ledger").slice(1))
    with pytest.raises(KamError) as caught:
        undo(desk.ws)
    assert caught.value.key == "importing.undo_changed"
    assert len(desk.rows()) == 1


@pytest.mark.parametrize("done", [0, 1, 2])
def test_a_change_that_was_decided_is_finished_by_the_next_who_opens(tmp_path: Path, done: int) -> None:
    """As many files as `done` are in place when the process dies."""
    for name in ("a", "b"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    change = Change(tmp_path)
    change.aside("a").write_text("new", encoding="utf-8")
    change.aside("b").write_text("new", encoding="utf-8")
    change.keep("a", "imports/0001/before/a")
    intent = {"put": [["1", "a"], ["2", "b"]], "keep": [["a", "imports/0001/before/a"]], "drop": []}
    (tmp_path / "imports" / INTENT).write_text(json.dumps(intent), encoding="utf-8")
    if done:
        (tmp_path / "imports" / "0001" / "before").mkdir(parents=True)
        (tmp_path / "imports" / "0001" / "before" / "a").write_text("old", encoding="utf-8")
    for number, name in (("1", "a"), ("2", "b"))[:done]:
        (tmp_path / "imports" / ".new" / number).replace(tmp_path / name)
    settle(tmp_path)
    assert [(tmp_path / n).read_text(encoding="utf-8") for n in ("a", "b")] == ["new", "new"]
    assert (tmp_path / "imports" / "0001" / "before" / "a").read_text(encoding="utf-8") == "old"
    assert sorted(p.name for p in (tmp_path / "imports").iterdir()) == ["0001"]


BILLS = """currency: CNY
dates: iso
sources: {bills: "bills*", paid: "paid*"}
tables:
  receivables:
    source: %s
    columns: {document: no, %s}
"""


def bills(desk: Desk) -> dict[str, tuple[float, float | None]]:
    frame = read_table(open_workspace(desk.ws), "receivables")
    paid = [None if p != p else p for p in frame["paid_amount"]]
    return {d: (a, p) for d, a, p in zip(frame["document"], frame["amount"], paid, strict=True)}


def test_corrections_of_a_file_with_keys_one_after_the_other(desk: Desk) -> None:
    desk.mapping(BILLS % ("bills", "account: who, invoice_date: day, amount: money"), "b.yml")
    desk.mapping(BILLS % ("paid", "paid_date: day, paid_amount: money"), "p.yml")
    rows = {f"D{n}": line(f"D{n}", 100 * n) for n in range(1, 6)}
    head = HEAD
    desk.bring({"bills.csv": head + "".join(rows.values())}, "b.yml")
    report = desk.bring(
        {"paid.csv": "no,day,money\nD1,2026-01-20,60\nD2,2026-01-20,200\nX9,2026-01-20,1\n"}, "p.yml"
    )
    assert report.part("receivables").reasons == {"no_such_row": 1}  # a payment makes no invoice
    assert (bills(desk)["D1"], bills(desk)["D2"]) == ((100, 60), (200, 200))
    rows["D5"] = line("D5", 550)
    desk.bring({"bills.csv": head + "".join(rows.values())}, "b.yml")
    assert (bills(desk)["D1"], bills(desk)["D5"]) == ((100, 60), (550, None))
    del rows["D4"]
    rows["D3"] = line("D3", 330)
    report = desk.bring({"bills.csv": head + "".join(rows.values())}, "b.yml")
    assert bills(desk) == {"D1": (100, 60), "D2": (200, 200), "D3": (330, None), "D5": (550, None)}
    said = next(p for k, p in report.notes if k == "file_replaced")
    assert (said["rows"], said["now"], said["amount"], said["amount_now"]) == (
        "5",
        "4",
        "1,550.00",
        "1,180.00",
    )
    del rows["D5"]
    desk.bring({"bills.csv": head + "".join(rows.values())}, "b.yml")
    assert set(bills(desk)) == {"D1", "D2", "D3"}
    desk.bring({"paid.csv": "no,day,money\nD1,2026-01-20,80\nD2,2026-01-20,200\n"}, "p.yml")
    assert bills(desk)["D1"] == (100, 80)


def test_a_list_of_open_items_is_no_addition_to_the_one_before(desk: Desk) -> None:
    text = BILLS % ("bills", "account: who, invoice_date: day, amount: money")
    desk.mapping(text, "b.yml")
    desk.bring({"bills 10.csv": HEAD + line("D1", 100) + line("D2", 200)}, "b.yml")
    later = {"bills 11.csv": HEAD + line("D2", 200) + line("D3", 300)}
    with pytest.raises(KamError) as caught:
        desk.bring(later, "b.yml")
    assert caught.value.key == "importing.open_list"
    desk.bring(later, "b.yml", again="replace")
    assert set(bills(desk)) == {"D2", "D3"}
    desk.mapping(text + "    rules: {newer_file: replaces}\n", "b.yml")
    desk.bring({"bills 12.csv": HEAD + line("D3", 300)}, "b.yml")
    assert set(bills(desk)) == {"D3"}


def test_one_file_of_a_mapping_for_several_comes_again_alone(desk: Desk) -> None:
    both = (
        LINES.replace('"lines*"}', '"lines*", people: "people*"}')
        + "  accounts: {source: people, columns: {account: id}}\n"
    )
    desk.mapping(both, "m.yml")
    with pytest.raises(KamError) as caught:
        desk.bring({"lines.csv": HEAD + line("F1", 5)})
    assert caught.value.key == "importing.no_file_for_source"  # the first time all are needed
    desk.bring({"lines.csv": HEAD + line("F1", 5) + line("F2", 7), "people.csv": "id\nA\n"})
    report = desk.bring({"lines.csv": HEAD + line("F1", 6) + line("F2", 7)})
    assert [key for key, _ in report.notes] == ["file_replaced", "source_absent"]
    assert desk.rows() == [("F1", 6.0), ("F2", 7.0)]
    assert len(desk.rows("accounts")) == 1


def test_an_alias_given_later_renames_what_was_imported(desk: Desk) -> None:
    files = {"lines.csv": HEAD + line("F1", 5, who="A") + line("F2", 7, who="Alpha")}
    desk.bring(files)
    (desk.ws / "aliases.csv").write_text("from,to\nAlpha,A\n", encoding="utf-8")
    desk.bring(files)
    ledger = read_table(open_workspace(desk.ws), "ledger")
    assert sorted(zip(ledger["invoice"], ledger["account"], strict=True)) == [("F1", "A"), ("F2", "A")]


def test_targets_of_people_and_accounts_come_in_by_the_same_door(desk: Desk) -> None:
    from kamtools.importing import draft_mapping

    (desk.folder / "targets.csv").write_text(
        "客户经理,客户编码,月份,line,目标金额\n李明,,2026-01-01,net_sales,1200\n李明,A,2026-01-01,net_sales,700\n",
        encoding="utf-8",
    )
    desk.mapping(draft_mapping([desk.folder / "targets.csv"]), "t.yml")
    run_import(desk.folder / "t.yml", [desk.folder / "targets.csv"], desk.ws, who="Li")
    rows = read_table(open_workspace(desk.ws), "targets")
    assert [
        (p, a if a == a else None, m)
        for p, a, m in zip(rows["person"], rows["account"], rows["amount"], strict=True)
    ] == [
        ("李明", "A", 700.0),
        ("李明", None, 1200.0),
    ]
    assert check_workspace(desk.ws).ok
    (desk.folder / "nobody.csv").write_text(
        "客户经理,客户编码,月份,line,目标金额\n,,2026-02-01,net_sale,5\n", encoding="utf-8"
    )
    run_import(desk.folder / "t.yml", [desk.folder / "targets.csv", desk.folder / "nobody.csv"], desk.ws)


def test_a_file_that_another_program_holds_leaves_all_as_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    desk.bring({"lines1.csv": HEAD + line("F1", 5) + line("F2", "x")})
    before = desk.state()
    replace = os.replace

    def held(source, target, **kwargs):
        if Path(target).name == "quarantine.csv" and ".new" in str(source) and "old-" not in str(source):
            raise PermissionError(13, "held by another program", str(source), None, str(target))
        return replace(source, target, **kwargs)

    monkeypatch.setattr(os, "replace", held)
    with pytest.raises(KamError) as caught:
        desk.bring({"lines2.csv": HEAD + line("F3", 7) + line("F4", "y")})
    assert caught.value.key == "workspace.cannot_replace"
    assert "quarantine.csv" in caught.value.text("en")
    monkeypatch.undo()
    assert desk.state() == before
    assert [e.number for e in imports(desk.ws)] == [1]
    desk.bring({"lines2.csv": HEAD + line("F3", 7) + line("F4", "y")})
    assert desk.rows() == [("F1", 5.0), ("F3", 7.0)]
    undo(desk.ws)
    assert desk.state() == before


def test_a_payment_that_is_withdrawn_is_no_longer_there(desk: Desk) -> None:
    desk.mapping(BILLS % ("bills", "account: who, invoice_date: day, amount: money"), "b.yml")
    desk.mapping(BILLS % ("paid", "paid_date: day, paid_amount: money"), "p.yml")
    bill = {f"D{n}": line(f"D{n}", 100 * n) for n in range(1, 5)}
    desk.bring({"bills.csv": HEAD + "".join(bill.values())}, "b.yml")
    paid = {d: f"{d},2026-01-20,{50 * n}\n" for n, d in enumerate(bill, start=1)}
    desk.bring({"paid.csv": "no,day,money\n" + "".join(paid.values())}, "p.yml")
    del paid["D1"]
    paid["D2"] = "D2,2026-01-20,80\n"
    report = desk.bring({"paid.csv": "no,day,money\n" + "".join(paid.values())}, "p.yml")
    assert bills(desk) == {"D1": (100, None), "D2": (200, 80), "D3": (300, 150), "D4": (400, 200)}
    assert ("cells_back", {"count": "1", "columns": "paid_amount, paid_date"}) in report.part(
        "receivables"
    ).notes
    bill["D3"] = line("D3", 333)  # the invoices themselves are corrected after it
    desk.bring({"bills.csv": HEAD + "".join(bill.values())}, "b.yml")
    assert bills(desk) == {"D1": (100, None), "D2": (200, 80), "D3": (333, 150), "D4": (400, 200)}
    desk.bring({"paid.csv": "no,day,money\n" + "D1,2026-02-20,7\n"}, "p.yml")  # the payments of another month
    assert bills(desk)["D1"] == (100, 7)
    assert bills(desk)["D4"] == (400, 200)


PAID_HEAD = "no,day,money\n"


def note(report: ImportReport, key: str, table: str = "receivables") -> dict | None:
    return next((said for k, said in report.part(table).notes if k == key), None)


def paid_bills(desk: Desk) -> dict[str, str]:
    """Bring four invoices by one file and the payments of three by another; return the lines of the invoices."""
    desk.mapping(BILLS % ("bills", "account: who, invoice_date: day, amount: money"), "b.yml")
    desk.mapping(BILLS % ("paid", "paid_date: day, paid_amount: money"), "p.yml")
    rows = {f"D{n}": line(f"D{n}", 100 * n) for n in range(1, 5)}
    desk.bring({"bills.csv": HEAD + "".join(rows.values())}, "b.yml")
    payments = "D1,2026-01-20,50.25\nD2,2026-01-21,80.10\nD3,2026-01-22,300\n"
    desk.bring({"paid.csv": PAID_HEAD + payments}, "p.yml")
    return rows


def without(rows: dict[str, str], *left: str) -> dict[str, str]:
    return {"bills.csv": HEAD + "".join(text for d, text in rows.items() if d not in left)}


@pytest.mark.parametrize("folder", ["ws", "ws [1]"])
def test_a_row_that_comes_back_has_the_payment_of_another_file_again(desk: Desk, folder: str) -> None:
    desk.ws = desk.folder / folder
    rows = paid_bills(desk)
    first = desk.state()
    gone = desk.bring(without(rows, "D1", "D4"), "b.yml")
    assert note(gone, "cells_kept") == {"count": "1", "columns": "paid_date, paid_amount (50.25)"}
    assert set(bills(desk)) == {"D2", "D3"}
    desk.bring(without(rows, "D1", "D2", "D4"), "b.yml")  # kept over several imports
    second = desk.state()
    back = desk.bring(without(rows), "b.yml")
    assert bills(desk) == {"D1": (100, 50.25), "D2": (200, 80.1), "D3": (300, 300), "D4": (400, None)}
    assert note(back, "cells_again") == {"count": "2", "columns": "paid_date, paid_amount (130.35)"}
    frame = read_table(open_workspace(desk.ws), "receivables").set_index("document")
    assert str(frame.loc["D1", "paid_date"])[:10] == "2026-01-20"
    undo(desk.ws)
    assert desk.state() == second
    again = desk.bring(without(rows), "b.yml")  # what was kept is still known after taking back
    assert note(again, "cells_again") == {"count": "2", "columns": "paid_date, paid_amount (130.35)"}
    for _ in range(3):
        undo(desk.ws)
    assert desk.state() == first


def test_payments_that_change_while_their_row_is_withdrawn(desk: Desk) -> None:
    rows = paid_bills(desk)
    desk.bring(without(rows, "D1", "D2"), "b.yml")
    report = desk.bring({"paid.csv": PAID_HEAD + "D2,2026-01-25,90\nD3,2026-01-22,300\n"}, "p.yml")
    assert report.part("receivables").reasons == {"no_such_row": 1}
    report = desk.bring(without(rows), "b.yml")
    assert bills(desk) == {"D1": (100, None), "D2": (200, 90), "D3": (300, 300), "D4": (400, None)}
    assert report.waiting == 0  # the payment that waited for its invoice is there
    desk.bring({"paid.csv": PAID_HEAD + "D1,2026-01-23,7\nD3,2026-01-22,300\n"}, "p.yml")
    assert bills(desk) == {"D1": (100, 7), "D2": (200, None), "D3": (300, 300), "D4": (400, None)}


def test_a_payment_of_nobody_waits_until_its_file_comes_after_the_invoice(desk: Desk) -> None:
    desk.mapping(BILLS % ("bills", "account: who, invoice_date: day, amount: money"), "b.yml")
    desk.mapping(BILLS % ("paid", "paid_date: day, paid_amount: money"), "p.yml")
    desk.bring({"bills.csv": HEAD + line("D1", 100)}, "b.yml")
    payment = {"paid.csv": PAID_HEAD + "D9,2026-01-20,40\n"}
    assert desk.bring(payment, "p.yml").waiting == 1
    assert desk.bring(payment, "p.yml").number == 0  # nothing has changed
    desk.bring({"bills.csv": HEAD + line("D1", 100) + line("D9", 90)}, "b.yml")
    assert desk.bring(payment, "p.yml").waiting == 0
    assert bills(desk) == {"D1": (100, None), "D9": (90, 40)}


def test_rows_withdrawn_by_an_older_version_of_the_program_are_named(desk: Desk) -> None:
    rows = paid_bills(desk)
    desk.bring(without(rows, "D1"), "b.yml")
    (desk.ws / "imports/0003/kept-receivables.parquet").unlink()  # an older version kept nothing
    report = desk.bring(without(rows), "b.yml")
    assert bills(desk)["D1"] == (100, None)
    said = {"count": "1", "columns": "paid_date, paid_amount", "amount": "100.00"}
    assert note(report, "cells_unknown") == said
    desk.bring({"paid.csv": PAID_HEAD + "D1,2026-01-20,50.25\nD2,2026-01-21,80.10\n"}, "p.yml", again="add")
    assert bills(desk)["D1"] == (100, 50.25)


def test_columns_of_accounts_and_of_lines_of_the_ledger_come_back_too(desk: Desk) -> None:
    desk.mapping(PEOPLE.replace(", region: place", ""), "a.yml")
    desk.mapping(PEOPLE.replace("name_en: name, ", "").replace("people*", "places*"), "r.yml")
    people = "id,name\nA,Alpha\nB,Beta\nC,Gamma\n"
    desk.bring({"people.csv": people}, "a.yml")
    desk.bring({"places.csv": "id,place\nA,North\nB,South\n"}, "r.yml")
    desk.bring({"people.csv": people.replace("A,Alpha\n", "")}, "a.yml")
    report = desk.bring({"people.csv": people}, "a.yml")
    assert note(report, "cells_again", "accounts") == {"count": "1", "columns": "region"}
    frame = read_table(open_workspace(desk.ws), "accounts").set_index("account")
    assert frame["region"].fillna("").to_dict() == {"A": "North", "B": "South", "C": ""}

    desk.mapping(LINES.replace("{invoice: no", "{line_id: no, invoice: no"), "l.yml")
    costs = LINES.replace("invoice: no, date: day, account: who, amount: money", "line_id: no, cost: money")
    desk.mapping(costs.replace("lines*", "costs*"), "c.yml")
    lines = {f"F{n}": line(f"F{n}", 10 * n) for n in range(1, 4)}
    desk.bring({"lines.csv": HEAD + "".join(lines.values())}, "l.yml")
    desk.bring({"costs.csv": "no,money\nF1,4.5\nF2,11\n"}, "c.yml")
    desk.bring({"lines.csv": HEAD + lines["F2"] + lines["F3"]}, "l.yml")
    report = desk.bring({"lines.csv": HEAD + "".join(lines.values())}, "l.yml")
    assert note(report, "cells_again", "ledger") == {"count": "1", "columns": "cost (4.50)"}
    ledger = read_table(open_workspace(desk.ws), "ledger").set_index("line_id")
    assert ledger["cost"].fillna(-1).to_dict() == {"F1": 4.5, "F2": 11.0, "F3": -1.0}
    assert check_workspace(desk.ws).ok


def test_numbered_lines_that_are_replaced_name_what_other_files_wrote_in_them(desk: Desk) -> None:
    desk.bring({"lines.csv": HEAD + line("F1", 5) + line("F2", 7) + line("F3", 9)})
    ledger = read_table(open_workspace(desk.ws), "ledger").set_index("invoice")
    costs = LINES.replace("invoice: no, date: day, account: who, amount: money", "line_id: no, cost: money")
    desk.mapping(costs.replace("lines*", "costs*"), "c.yml")
    desk.bring({"costs.csv": f"no,money\n{ledger.loc['F1', 'line_id']},3.25\n"}, "c.yml")
    report = desk.bring({"lines.csv": HEAD + line("F1", 6) + line("F2", 7) + line("F3", 9)})
    assert note(report, "cells_gone", "ledger") == {"count": "1", "columns": "cost (3.25)"}
    assert "3.25" in "\n".join(report.lines("zh"))
