"""Forms through Excel: every word comes back, nothing is dropped in silence, conflicts are shown."""

from __future__ import annotations

import csv
import datetime as dt
import time
import zipfile

import openpyxl
import pytest

from kamtools.errors import KamError
from kamtools.forms import export_forms, form, forms, import_forms
from kamtools.forms.layout import sheets_of
from kamtools.store import FieldValue, open_store

AT = dt.datetime(2026, 10, 31, 9, 0, tzinfo=dt.UTC)
NASTY = (
    '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "<b>&amp;</b>", "１２３", "00123", "3.0", "1e5", "2026-10-31",
    "😀𠮷", "\u200f עברית \u202e", " lead and trail ", "two\nlines\r\nand\rmore", "\ttab", "_x0041_", "\x01", "$\\frac$",
    "#N/A", "https://example.com", "字" * 10_000, "x" * 40_000, "\ufeff", "  ", "假设", "TRUE",
)  # fmt: skip


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "kam.sqlite") as opened:
        yield opened


def value_of(spec, i, text="text"):
    if spec.kind == "rating":
        return int(spec.low)
    if spec.kind == "number":
        low = spec.low or 0
        return [low, low + 0.125 if (spec.high or 2) > low else low, low + 1][i % 3] if spec.high != 0 else 0
    if spec.kind == "date":
        return f"2026-{i % 12 + 1:02d}-{i % 28 + 1:02d}"
    return spec.values[i % len(spec.values)] if spec.kind == "choice" else text


def filled(found, i=0, text="text"):
    fields = {}
    for f in found.fields:
        value = value_of(f, i, text)
        if f.kind == "rows":
            value = [
                {c.id: value_of(c, i + n, f"{text}{n}") for c in f.columns} for n in range(max(2, f.min_rows))
            ]
        fields[f.id] = FieldValue(
            value, f"source {i} {text}", dt.date(2026, 1, i % 28 + 1), ("assumed", "confirmed")[i % 2]
        )
    return fields


def everything(store):
    return {(r.account, r.form): dict(r.fields) for r in store.records()}


def cell(path, sheet_id, row, column, value=None, change=True):
    """Change a cell by the ids in the hidden row, as a person does."""
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        head = [str(c.value or "") for c in sheet[1]]
        if head[0].startswith(f"kam:{sheet_id}|"):
            place = 1 if column == "@account" else head.index(column) + 1
            if change:
                sheet.cell(row, place).value = value
                book.save(path)
            return sheet.cell(row, place).value
    raise AssertionError(sheet_id)


def drop_row(path, sheet_id, row):
    book = openpyxl.load_workbook(path)
    sheet = next(s for s in book.worksheets if str(s["A1"].value).startswith(f"kam:{sheet_id}|"))
    sheet.delete_rows(row)
    book.save(path)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_eighty_accounts_come_back_equal_and_fast(tmp_path, store, lang):
    accounts = [f"{i:05d}" for i in range(80)]
    with store.transaction():
        for i, account in enumerate(accounts):
            for found in forms().values():
                store.write(account, found.id, filled(found, i), version=None, who="Li", at=AT)
    before, path = everything(store), tmp_path / "all.xlsx"
    start = time.process_time()  # the tests beside this one do not count
    export_forms(store, accounts, path, lang)
    same = import_forms(store, path, "Wu", AT)
    took = time.process_time() - start
    assert same.ok and (same.written, same.unchanged) == (0, 80 * len(forms()))
    assert everything(store) == before
    with open_store(tmp_path / "new.sqlite") as other:
        report = import_forms(other, path, "Wu", AT)
        assert report.ok and report.sum_holds and report.written == 80 * len(forms())
        assert everything(other) == before
    assert took < 20


def test_every_text_is_kept_to_the_letter(tmp_path, store):
    fields = {}
    for number, text in enumerate(NASTY):
        account = f"A{number:03d}"
        fields[account, "mission"] = filled(form("mission"), 0, text)
        fields[account, "contacts"] = filled(form("contacts"), 0, text)
        for name in ("mission", "contacts"):
            store.write(account, name, fields[account, name], version=None, who="Li", at=AT)
    path = tmp_path / "nasty.xlsx"
    report = export_forms(store, [f"A{n:03d}" for n in range(len(NASTY))], path, "en")
    assert report.kept and all("A021" in place for place in report.kept)  # 40,000 characters
    with zipfile.ZipFile(path) as archive:
        sheets = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
    assert not any("<f>" in s for s in sheets)
    same = import_forms(store, path, "Wu", AT)
    assert (same.ok, same.written) == (True, 0)
    assert everything(store) == fields
    # into an empty store too, but for what a cell cannot hold: that is shown, not lost
    with open_store(tmp_path / "new.sqlite") as other:
        new = import_forms(other, path, "Wu", AT)
        codes = {(q.account, q.code) for q in new.quarantined}
        assert ("A021", "kept_elsewhere") in codes and new.sum_holds
        got = everything(other)
    for key, wanted in fields.items():
        if key in got:
            assert got[key]["meaning"].value == wanted["meaning"].value or not wanted["meaning"].value.strip(
                "\ufeff "
            )
    assert got["A020", "mission"] == fields["A020", "mission"]


def test_odd_values_in_the_store_survive(tmp_path, store):
    fields = {
        "staff": FieldValue("about 40"),
        "outlets": FieldValue(40.0),
        "credit_limit": FieldValue(0.1 + 0.2),
        "revenue": FieldValue(12345678901234567890),
        "ownership": FieldValue("cooperative"),
        "since": FieldValue("1899-01-01"),
        "founded": FieldValue(True),
        "sites": FieldValue([{"place": "上海", "older": {"x": 1}}, {}, {"sales": "ten"}]),
        "from_another_version": FieldValue(["x"]),
        "regions": FieldValue(None, "asked"),
    }
    store.write("A1", "profile", fields, version=None, who="Li", at=AT)
    store.write("A1", "swot", {"items": FieldValue("no table")}, version=None, who="Li", at=AT)
    path = tmp_path / "x.xlsx"
    export_forms(store, ["A1"], path, "zh")
    report = import_forms(store, path, "Wu", AT)
    assert (report.ok, report.written) == (True, 0)
    cell(path, "profile", 3, "headquarters", "杭州")
    cell(path, "profile.sites", 3, "contact", "王")
    assert import_forms(store, path, "Wu", AT).written == 1
    got = store.read("A1", "profile").fields
    assert got["sites"].value == [{"place": "上海", "older": {"x": 1}, "contact": "王"}, {}, {"sales": "ten"}]
    assert {k: repr(v) for k, v in got.items() if k not in ("sites", "headquarters")} == {
        k: repr(v) for k, v in fields.items() if k != "sites"
    }


def test_filling_an_empty_workbook(tmp_path, store):
    path = tmp_path / "x.xlsx"
    export_forms(store, {"00123": "华东连锁", "B": "=1+1"}, path, "zh", ["profile", "contacts"])
    cell(path, "profile", 3, "staff", "１，２００")
    cell(path, "profile", 3, "staff|source", "年报")
    cell(path, "profile", 3, "staff|date", "2026年3月5日")
    cell(path, "profile", 3, "staff|status", "已核实")
    cell(path, "profile", 3, "ownership", "Private")
    cell(path, "profile", 3, "since", dt.datetime(2020, 2, 29))
    cell(path, "profile", 3, "payment_terms", 60)
    for column, value in {
        "@account": "00123",
        "name": "李雷",
        "function": "财务",
        "influence": 4,
        "sentiment": -2,
    }.items():
        cell(path, "contacts.people", 3, column, value)
    report = import_forms(store, path, "Wu", AT)
    assert report.ok and report.written == 2
    got = store.read("00123", "profile").fields
    assert got["staff"] == FieldValue(1200, "年报", dt.date(2026, 3, 5), "confirmed")
    assert {k: v.value for k, v in got.items()} == {
        "ownership": "private", "staff": 1200, "since": "2020-02-29", "payment_terms": "60",
    }  # fmt: skip
    people = store.read("00123", "contacts").fields["people"].value
    assert people == [{"name": "李雷", "function": "finance", "influence": 4, "sentiment": -2}]
    assert store.read("B", "profile") is None
    assert report.gaps["profile"] >= 3
    assert [(s.rows, s.accepted, s.blank) for s in report.sheets[:1]] == [(2, 1, 1)]
    again = import_forms(store, path, "Wu", AT)
    assert again.ok and (again.written, again.unchanged) == (0, 2)
    assert store.read("00123", "profile").version == 1


def test_what_is_wrong_waits_and_the_store_keeps_what_it_has(tmp_path, store):
    for account in ("A", "B", "C"):
        store.write(account, "contacts", filled(form("contacts")), version=None, who="Li", at=AT)
        store.write(account, "pulse", filled(form("pulse")), version=None, who="Li", at=AT)
    before, path = everything(store), tmp_path / "x.xlsx"
    export_forms(store, ["A", "B", "C"], path, "en")
    cell(path, "contacts.people", 3, "influence", 9)  # account A
    cell(path, "contacts.people", 4, "name", "=1+1")
    cell(path, "contacts", 4, "gaps|date", "soon")  # B
    cell(path, "pulse", 3, "taken", "31/31/2026")
    cell(path, "pulse", 5, "@account", "Z")  # C has no row now
    cell(path, "pulse", 6, "@account", "B")
    cell(path, "contacts", 5, "gaps", "none")  # C is good
    report = import_forms(store, path, "Wu", AT)
    assert report.sum_holds and not report.ok and report.written == 1
    codes = {(q.form, q.account, q.column, q.code) for q in report.quarantined}
    assert ("contacts", "A", "influence", "out_of_range") in codes
    assert ("contacts", "B", "gaps|date", "not_a_date") in codes
    assert ("pulse", "A", "taken", "not_a_date") in codes
    assert ("pulse", "Z", "@account", "unknown_account") in codes
    assert ("pulse", "B", "@account", "account_twice") in codes
    assert ("pulse", "C", "@account", "no_own_row") in codes
    after = everything(store)
    assert after["C", "contacts"]["gaps"].value == "none"
    assert {k: v for k, v in after.items() if k != ("C", "contacts")} == {
        k: v for k, v in before.items() if k != ("C", "contacts")
    }
    with report.quarantine.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(report.quarantined) and all(r["reason"] and r["remedy"] for r in rows)
    assert all(report.lines(lang) for lang in ("zh", "en"))
    # mended, it is taken, and the quarantine is gone
    cell(path, "contacts.people", 3, "influence", 5)
    cell(path, "contacts", 4, "gaps|date", "2026-01-05")
    cell(path, "pulse", 3, "taken", "2026-10-01")
    cell(path, "pulse", 5, "@account", "C")
    cell(path, "pulse", 6, "@account", None)
    report = import_forms(store, path, "Wu", AT)
    assert report.ok and report.quarantine is None and not (tmp_path / "x.quarantine.csv").exists()


def test_rows_are_added_changed_moved_and_removed(tmp_path, store):
    store.write("A", "roles", filled(form("roles")), version=None, who="Li", at=AT)
    path = tmp_path / "x.xlsx"
    export_forms(store, ["A"], path, "en")
    drop_row(path, "roles.cards", 4)
    cell(path, "roles.cards", 3, "person", "Wu")
    for column, value in {"@account": "A", "role": "partner", "person": "New"}.items():
        cell(path, "roles.cards", 9, column, value)
    cell(path, "roles", 3, "unfilled", None)
    report = import_forms(store, path, "Wu", AT)
    got = store.read("A", "roles").fields
    assert [r["person"] for r in got["cards"].value] == ["Wu", "text2", "New"]
    assert got["unfilled"].value is None and got["unfilled"].source  # its source was left
    assert report.ok and report.fields_cleared == 1
    assert report.rows_removed == 1  # though another one came


def test_a_workbook_that_somebody_may_have_filled_is_not_replaced(tmp_path, store):
    store.write("A", "roles", filled(form("roles")), version=None, who="Li", at=AT)
    path = tmp_path / "x.xlsx"
    export_forms(store, ["A"], path, "en")
    kept = path.read_bytes()
    for target, key in ((path, "forms.export_exists"), (tmp_path / "none" / "x.xlsx", "forms.no_folder")):
        with pytest.raises(KamError) as caught:
            export_forms(store, ["A"], target, "en")
        assert caught.value.key == key and str(target.parent) in caught.value.text("zh")
    assert path.read_bytes() == kept


def test_a_conflict_is_shown_and_not_written(tmp_path, store):
    store.write("A", "mission", filled(form("mission")), version=None, who="Li", at=AT)
    store.write("B", "mission", filled(form("mission")), version=None, who="Li", at=AT)
    path = tmp_path / "x.xlsx"
    export_forms(store, ["A", "B", "C"], path, "en")
    for account in ("A", "B"):
        theirs = dict(store.read(account, "mission").fields) | {"vision": FieldValue("theirs")}
        store.write(account, "mission", theirs, version=1, who="Zhao", at=AT)
    store.write("C", "mission", {"vision": FieldValue("theirs")}, version=None, who="Zhao", at=AT)
    cell(path, "mission", 3, "vision", "mine")
    cell(path, "mission", 3, "values", "mine too")
    cell(path, "mission", 5, "vision", "mine")
    report = import_forms(store, path, "Wu", AT)
    assert (report.conflicts, report.written) == (2, 0) and report.sum_holds
    shown = next(q for q in report.quarantined if q.account == "A" and q.column == "vision")
    assert shown.value == "mine" and "Zhao" in shown.reason("en") and "theirs" in shown.reason("zh")
    assert {store.read(a, "mission").fields["vision"].value for a in "ABC"} == {"theirs"}
    # B was not touched in the workbook: what Zhao saved stays, without a word
    mine = import_forms(store, path, "Wu", AT, keep_mine=True)
    assert mine.ok and (mine.written, mine.merged) == (2, 2)
    assert store.read("A", "mission").fields["vision"].value == "mine"
    assert store.read("B", "mission").fields["vision"].value == "theirs"
    assert store.read("A", "mission").version == 3


def test_what_is_left_out_of_the_workbook_stays(tmp_path, store):
    store.write("A", "swot", filled(form("swot")), version=None, who="Li", at=AT)
    before, path = everything(store), tmp_path / "x.xlsx"
    export_forms(store, ["A"], path, "en", ["swot"])
    book = openpyxl.load_workbook(path)
    for sheet in list(book.worksheets):
        if str(sheet["A1"].value).startswith("kam:swot.strategies"):
            book.remove(sheet)
        elif str(sheet["A1"].value).startswith("kam:swot|"):
            sheet.delete_cols([str(c.value) for c in sheet[1]].index("market") + 1, 4)
            sheet.title = "renamed"
    book.create_sheet("own notes")["A1"] = "x"
    book.save(path)
    report = import_forms(store, path, "Wu", AT)
    assert report.ok and report.written == 0 and report.unknown_sheets == ["own notes"]
    assert everything(store) == before


def test_files_that_are_none_of_ours(tmp_path, store):
    with pytest.raises(KamError) as gone:
        import_forms(store, tmp_path / "no.xlsx", "Wu", AT)
    assert gone.value.key == "forms.no_file"
    (tmp_path / "bad.xlsx").write_bytes(b"PK no workbook")
    with pytest.raises(KamError) as bad:
        import_forms(store, tmp_path / "bad.xlsx", "Wu", AT)
    assert bad.value.key == "forms.unreadable"
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(KamError) as other:
        import_forms(store, tmp_path / "other.xlsx", "Wu", AT)
    assert other.value.key == "forms.no_forms"
    for call in (
        lambda: export_forms(store, [], tmp_path / "x.xlsx", "en"),
        lambda: export_forms(store, ["A"], tmp_path / "x.csv", "en"),
        lambda: export_forms(store, ["A"], tmp_path / "x.xlsx", "en", ["nonsense"]),
    ):
        with pytest.raises(KamError):
            call()
    assert not list(tmp_path.glob("*.part"))


def test_drop_downs_notes_and_hidden_columns(tmp_path, store):
    path = tmp_path / "x.xlsx"
    export_forms(store, ["A"], path, "zh")
    book = openpyxl.load_workbook(path)
    assert len(book.sheetnames) == 2 + sum(len(sheets_of(f)) for f in forms().values())
    sheet = next(s for s in book.worksheets if str(s["A1"].value).startswith("kam:profile|"))
    assert sheet.row_dimensions[1].hidden and sheet.column_dimensions["C"].hidden
    assert any(v.type == "list" for v in sheet.data_validations.dataValidation)
    assert sum(c.comment is not None for c in sheet[2]) > 5
    assert book["kam_lists"].sheet_state == "veryHidden"


def test_a_pack_is_exported_and_refuses_an_import(tmp_path, request, monkeypatch):
    monkeypatch.setenv("KAM_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "x.xlsx"
    with open_store(request.config.rootpath / "data" / "samples") as pack:
        assert export_forms(pack, ["A001"], path, "zh", ["pulse"]).ok
        cell(path, "pulse", 3, "taken", "2026-10-01")
        with pytest.raises(KamError):
            import_forms(pack, path, "Wu", AT)


def test_someone_saves_while_the_import_runs(tmp_path, store, monkeypatch):
    path = tmp_path / "x.xlsx"
    export_forms(store, ["A", "B"], path, "en", ["pulse"])
    cell(path, "pulse", 3, "taken", "2026-10-01")
    cell(path, "pulse", 4, "taken", "2026-10-02")
    records = store.records

    def late():
        yield from list(records())
        store.write("A", "pulse", {"taken": FieldValue("2026-09-09")}, version=None, who="Zhao", at=AT)

    monkeypatch.setattr(store, "records", late)
    report = import_forms(store, path, "Wu", AT)
    assert (report.written, report.conflicts) == (1, 1) and report.sum_holds
    assert store.read("A", "pulse").fields["taken"].value == "2026-09-09"
    assert store.read("B", "pulse").fields["taken"].value == "2026-10-02"
