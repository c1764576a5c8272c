"""A workspace of commit 1a52731: read as it is, upgraded with every figure as before, taken back byte for byte."""

from __future__ import annotations

import calendar
import contextlib
import datetime as dt
import hashlib
import json
import os
import random
import shlex
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kamtools import cli
from kamtools.book import listed_on, open_book
from kamtools.book.designations import changes_of
from kamtools.classroom.answers import Answers
from kamtools.errors import KamError
from kamtools.fleet.facts_file import figures_from_book, same
from kamtools.forms.drafts import Drafts
from kamtools.importing import quarantine
from kamtools.store import FieldValue, open_store, written
from kamtools.workspace import check_workspace, imports, new_workspace, open_workspace, write_table
from kamtools.workspace.folder import FORMAT, conform, content_hash, read_arrow
from kamtools.workspace.tables import TABLES
from kamtools.workspace.upgrade import take_back, upgrade_workspace

HERE = Path(__file__).parent
AT = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)
AS_OF = dt.date(2026, 6, 30)
SALES_2025, SALES_2026, FINANCE = "sales_2025.csv", "sales_2026.csv", "finance.xlsx"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The workspace as the old program left it, times of the files included."""
    root = tmp_path / "老 [1]" / "company"  # answers stand under the name of the folder
    with zipfile.ZipFile(HERE / "workspace_1a52731.zip") as file:
        file.extractall(root)
        for info in file.infolist():
            moment = calendar.timegm((*info.date_time, 0, 0, 0))
            os.utime(root / info.filename, (moment, moment))
    return root


def content(root: Path) -> dict[str, str]:
    """Return every file that is content, with the hash of its bytes."""
    left = (".cache", "backups", ".kam.lock", ".kam.lock.json", "kam.sqlite-wal", "kam.sqlite-shm")
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] not in left
    }


def origins(root: Path, table: str) -> list[tuple]:
    with pq.ParquetFile(root / "facts" / f"{table}.parquet") as file:
        data = file.read(columns=["_import", "_unit", "_line"])
    assert [str(t) for t in data.schema.types] == ["int32", "int32", "int64"]
    return list(zip(*(column.to_pylist() for column in data.columns), strict=True))


def check_figures(root: Path) -> None:
    """Every figure is as format 1 gave it; only the hash of words covers more words now: ratings and the list."""
    for account, stored in json.loads((HERE / "figures.json").read_text(encoding="utf-8")).items():
        now = figures_from_book(open_book(account, root, stored["as_of"], "en", batch=True))
        found = {f["id"]: f["value"] for f in now["figures"]}
        wrong = [f["id"] for f in stored["figures"] if not same(f["value"], found.get(f["id"], "gone"))]
        assert wrong == ["forms_state"]
        assert len(stored["figures"]) > 200


def check_words(root: Path) -> None:
    """What people wrote, mended, closed and answered is there."""
    records, changes = written(open_workspace(root))
    assert [(r.account, r.form, r.version) for r in records if not r.form.startswith("exercise.")] == [
        ("00123", "contacts", 1), ("B 3", "contacts", 1), ("00123", "designation", 1), ("B 3", "designation", 1),
        ("00123", "grading", 1), ("B 3", "grading", 1), ("00123", "profile", 2), ("B 3", "profile", 2),
    ]  # fmt: skip
    rated = {r.account: r.fields for r in records if r.form == "grading"}
    assert {a: {c: (f.value, f.source) for c, f in fields.items()} for a, fields in rated.items()} == {
        a: dict.fromkeys(("strategic_fit", "relationship", "service_level"), (value, "会谈"))
        for a, value in (("00123", 5), ("B 3", 4))
    }
    listed = [r for r in records if r.form == "designation"]
    assert {c.field: c.who for c in changes if c.form == "designation"} == {"2026-06-30": "designations.csv"}
    assert [c[:3] for c in changes_of(listed)] == [(AS_OF, 1, "00123"), (AS_OF, 2, "B 3")]
    assert list(listed_on(open_workspace(root), AS_OF)) == ["00123", "B 3"]
    staff = [(c.before and c.before.value, c.after.value, c.who) for c in changes if c.field == "staff"]
    assert staff == [(None, 40, "Li Ming"), (40, 41, "Wu")] * 2
    waiting = quarantine.read(root / "quarantine.csv")
    assert [(e.file, e.line, e.value, e.code) for e in waiting if e.code == "not_a_date"] == [
        (SALES_2026, 71, "2026-06-31", "not_a_date")
    ]
    closed = (root / "locks" / "2026-05.csv").read_text(encoding="utf-8").splitlines()
    assert len(closed) > 60 and "Wu" in "\n".join(closed)
    assert Answers(open_workspace(root), "Li Ming").get("00123", "2.A.1.x1") == {"value": 12.5}
    (draft,) = Drafts(root / "answers" / "drafts").of("00123", "swot", "Li Ming")
    assert draft.edits == {"meaning": {"text": "货架位置好"}}


@pytest.mark.slow
def test_an_old_workspace_is_read_with_one_sentence_and_not_written(
    old: Path, capsys, tmp_path: Path
) -> None:
    before = content(old)
    check_figures(old)
    check_words(old)
    assert check_workspace(old).ok
    said = capsys.readouterr().err
    assert said.count("kam upgrade") == 1 and len(said.splitlines()) == 1

    workspace = open_workspace(old)
    assert (workspace.format, workspace.read_only, workspace.is_pack) == (1, True, False)
    commands = [
        [
            "import",
            str(next(old.glob("sources/*/mapping.yml"))),
            str(next(old.glob(f"sources/*/{SALES_2025}"))),
        ],
        ["close", "2026-04"],
        ["designate"],
        ["forget", "王芳", "--yes"],
    ]
    for command in commands:
        assert cli.main([*command, "--workspace", str(old), "--lang", "en"]) == 2, command
        assert f"kam upgrade {shlex.quote(str(old))}" in capsys.readouterr().err
    form = tmp_path / "forms.xlsx"
    assert cli.main(["forms", "export", str(form), "--all", "--workspace", str(old)]) == 0
    for act in (
        lambda: open_store(old).write("00123", "swot", {}, version=None, who="x", at=AT),
        lambda: write_table(workspace, "ledger", read_arrow(workspace.table_path("ledger"), "ledger")),
    ):
        with pytest.raises(KamError) as error:
            act()
        assert error.value.key == "workspace.old_format"
    assert content(old) == before


def test_an_upgrade_keeps_every_figure_and_says_where_rows_came_from(old: Path, capsys) -> None:
    data_hash = open_workspace(old).data_hash()
    assert capsys.readouterr().err.count("kam upgrade") == 1
    assert cli.main(["upgrade", str(old), "--lang", "en", "--who", "Li Ming"]) == 0
    said = capsys.readouterr().out
    assert "5 tables with 395 rows" in said and "5 records" in said
    assert not [
        p
        for p in ("dossiers/00123.yml", "designations.csv", "answers/answers.json", "words.json")
        if (old / p).exists()
    ]
    assert open_workspace(old).data_hash() == data_hash
    check_figures(old)
    check_words(old)
    workspace = open_workspace(old)
    assert (workspace.format, workspace.read_only) == (FORMAT, False)
    assert not capsys.readouterr().err

    found = imports(old)
    assert [e.number for e in found] == [1, 2, 3, 4] and not any(e.tables for e in found)
    by_file = {e.units[0].file: e for e in found}
    first, second = by_file[SALES_2025], by_file[SALES_2026]
    assert first.number < second.number
    assert first.at.startswith(f"{dt.datetime.now(dt.UTC):%Y}"[:2]) and first.at.endswith("+00:00")
    for entry in found:
        text = (old / "imports" / f"{entry.number:04}" / "mapping.yml").read_bytes()
        assert hashlib.sha256(text).hexdigest() == entry.mapping_hash
        assert (old / "sources" / entry.units[0].source / entry.units[0].file).is_file()
        for unit in entry.units:
            c = unit.counts
            assert c["accepted"] + c["quarantined"] + c["blank"] == c["records"] > 0
    assert [(m["line"], m["value"]) for m in second.mended] == [(72, "812.40")]
    assert [len(e.mended) for e in found] == [len(second.mended) * (e is second) for e in found]
    customers = by_file["customers.csv"].units[0].source
    assert (
        second.units[0].lookups == (customers,)
        and second.units[0].key == f"src-{second.units[0].source[:12]}"
    )

    # the line that an id names is the line of the file: the lookup of an invoice there is the row
    text = (old / "sources" / first.units[0].source / SALES_2025).read_text(encoding="gb18030").splitlines()
    ledger = read_arrow(old / "facts" / "ledger.parquet", "ledger").to_pylist()
    marked = list(zip(ledger, origins(old, "ledger"), strict=True))
    of_first = [(row, line) for row, (number, unit, line) in marked if (number, unit) == (first.number, 1)]
    assert len(of_first) == 126 and sum(n == second.number for _, (n, *_) in marked) == 54
    assert all(text[line - 1].startswith(f"{row['invoice']},{row['date']}") for row, line in of_first)

    book = by_file[FINANCE]
    named = {(u.table, u.label): u for u in book.units}
    halves = [named["expenses", f"{FINANCE}[{s}]"] for s in ("费用上半年", "费用二季度")]
    assert [u.key.partition(".")[2] for u in halves] == ["", "2"]
    expenses = read_arrow(old / "facts" / "expenses.parquet", "expenses").to_pylist()
    for row, (number, unit, line) in zip(expenses, origins(old, "expenses"), strict=True):
        assert (number, unit) == (book.number, halves[row["date"].month > 3].unit)
        assert row["expense_id"].split("-")[1] == str(line)
    for table, rows in (("receivables", 30), ("budget", 120)):  # their lines are not known
        unit = named[table, FINANCE].unit
        assert origins(old, table) == [(book.number, unit, None)] * rows
    assert not list((old / "sources").glob("*/report.json")) and not list((old / "sources").glob("*/keys-*"))


def test_an_upgrade_is_taken_back_byte_for_byte(old: Path) -> None:
    before = content(old)
    times = {p: p.stat().st_mtime_ns for p in old.glob("sources/*/report.json")}
    report = upgrade_workspace(old, AT, "Li Ming")
    assert report.backup == old / "backups" / "format-1-20261201-080000.zip"
    after = content(old)
    gone = ("dossiers/", "facts/", "designations.csv", "answers/answers.json")
    kept = [n for n in before if not n.startswith(gone) and not n.endswith(("report.json", ".parquet"))]
    assert kept and {n: after[n] for n in kept} == {n: before[n] for n in kept}
    assert upgrade_workspace(old, AT).backup is None and content(old) == after  # nothing to do
    with zipfile.ZipFile(report.backup) as file:  # the backup alone is the whole old workspace
        file.extractall(old.parent / "alone")
    alone = content(old.parent / "alone")
    same_store = {n for n in before if n != "kam.sqlite"}
    assert {n: alone[n] for n in same_store} == {n: before[n] for n in same_store}
    check_words(old.parent / "alone")  # its folder has another name now

    assert take_back(old, AT).after == 1
    assert content(old) == before
    assert {p: p.stat().st_mtime_ns for p in old.glob("sources/*/report.json")} == times
    upgrade_workspace(old, AT, "Li Ming")
    again = content(old)
    again.pop("workspace.yml"), after.pop("workspace.yml")  # names another backup
    assert again == after


def test_what_was_written_since_is_not_taken_back_in_silence(old: Path) -> None:
    before = content(old)
    upgrade_workspace(old, AT)
    with open_store(old) as store:  # words are no part of what is taken back
        store.write("C4", "swot", {}, version=None, who="Wu", at=AT)
    workspace = open_workspace(old)
    path = workspace.table_path("budget")
    write_table(workspace, "budget", read_arrow(path, "budget").slice(0, 7))
    with pytest.raises(KamError) as error:
        take_back(old, AT)
    assert error.value.key == "workspace.upgrade_written_since" and read_arrow(path, "budget").num_rows == 7
    assert cli.main(["upgrade", str(old), "--back", "--yes", "--who", "Li"]) == 0
    now = content(old)
    assert {n: now[n] for n in before if n != "kam.sqlite"} == {
        n: v for n, v in before.items() if n != "kam.sqlite"
    }
    with open_store(old) as store:
        assert store.read("C4", "swot") is not None
    (later,) = (old / "backups").glob("format-3-*.zip")
    with zipfile.ZipFile(later) as file:
        file.extract("facts/budget.parquet", old.parent)
    assert read_arrow(old.parent / "facts" / "budget.parquet", "budget").num_rows == 7


def test_what_cannot_be_upgraded_is_left_and_named(old: Path, tmp_path: Path) -> None:
    report = next(old.glob("sources/*/report.json"))
    whole = report.read_bytes()
    report.write_bytes(whole[:50])
    before = content(old)
    with pytest.raises(KamError) as error:
        upgrade_workspace(old, AT)
    assert error.value.key == "workspace.upgrade_unreadable" and str(report) in error.value.text("zh")
    assert content(old) == before
    (old / "workspace.yml").write_text("format: 4\nwhat: new\n", encoding="utf-8")
    for act in (
        open_workspace,
        check_workspace,
        lambda p: upgrade_workspace(p, AT),
        lambda p: take_back(p, AT),
    ):
        with pytest.raises(KamError) as error:
            act(old)
        assert error.value.key == "workspace.newer_format" and "4" in error.value.text("en")
    made = new_workspace(tmp_path / "new")
    assert (made.format, made.read_only) == (FORMAT, False)
    with pytest.raises(KamError) as error:
        take_back(made.root, AT)
    assert error.value.key == "workspace.upgrade_none"
    with pytest.raises(KamError) as error:
        upgrade_workspace(Path("data/samples"), AT)
    assert error.value.key == "workspace.upgrade_pack"


def test_what_cannot_be_told_of_a_row_stays_empty(tmp_path: Path) -> None:
    """Sheets of another kind count in ids; a key that two files claim is the later one's; a pack's rows are nobody's."""
    import pyarrow as pa
    import xlsxwriter

    root = new_workspace(tmp_path / "w").root
    (root / "workspace.yml").unlink()
    digests = ["ab" * 32, "cd" * 32]
    for time, digest in enumerate(digests, start=1_800_000_000):
        folder = root / "sources" / digest
        folder.mkdir()
        with xlsxwriter.Workbook(folder / "a.xlsx") as book:
            for name in ("说明", "空", "1月", "2月"):
                if (sheet := book.add_worksheet(name)) and name != "空":
                    sheet.write(0, 0, "客户")
        (folder / "mapping.yml").write_text(
            "sources: {s: a.xlsx}\ntables: {ledger: {source: s}, receivables: {source: s}}\n"
        )
        parts = [{"file": f"a.xlsx[{name}]", "records": 1} for name in ("1月", "2月")]
        tables = {"ledger": {"id": "i", "mapping": "m", "parts": parts}}
        tables["receivables"] = {"id": "i", "mapping": "m", "parts": parts[time - 1_800_000_000 :]}
        report = folder / "report.json"
        report.write_text(json.dumps({"file": "a.xlsx", "tables": tables}))
        os.utime(report, (time, time))
    with pq.ParquetWriter(
        root / "sources" / digests[0] / "keys-receivables.parquet", pa.schema({"key": pa.string()})
    ) as file:
        file.write_table(pa.table({"key": ["D1", "D2"]}))
    with pq.ParquetWriter(
        root / "sources" / digests[1] / "keys-receivables.parquet", pa.schema({"key": pa.string()})
    ) as file:
        file.write_table(pa.table({"key": ["D1"]}))
    day = dt.date(2026, 1, 1)
    ids = ["X1", "abababababab.2-7", "cdcdcdcdcdcd.3-9-1", "abababababab-5", "efefefefefef-5"]
    ledger = [
        {"line_id": i, "date": day, "kind": "sale", "amount": Decimal(1), "currency": "CNY"} for i in ids
    ]
    owed = [
        {
            "document": d,
            "account": "A",
            "kind": "invoice",
            "invoice_date": day,
            "amount": Decimal(1),
            "currency": "CNY",
        }
        for d in ("D1", "D2", "D3")
    ]
    for name, rows in (("ledger", ledger), ("receivables", owed)):
        pq.write_table(conform(pa.Table.from_pylist(rows), name), root / "facts" / f"{name}.parquet")

    upgrade_workspace(root, AT)
    first, second = imports(root)
    assert (first.at, second.at) == ("2027-01-15T08:00:00+00:00", "2027-01-15T08:00:01+00:00")
    assert [(u.unit, u.table, u.label, u.key[16:]) for u in second.units] == [
        (1, "ledger", "a.xlsx[1月]", ".2"), (2, "ledger", "a.xlsx[2月]", ".3"), (3, "receivables", "a.xlsx[2月]", ".3"),
    ]  # fmt: skip
    none = (None, None, None)
    assert origins(root, "ledger") == [none, (1, 1, 7), (2, 2, 9), (1, None, 5), none]
    assert origins(root, "receivables") == [(2, 3, None), (1, None, None), none]


def test_a_copy_of_a_workspace_names_no_imports_that_it_does_not_have(old: Path, tmp_path: Path) -> None:
    copy = new_workspace(tmp_path / "of old", source=old)
    assert copy.format == FORMAT and copy.data_hash() == open_workspace(old).data_hash()
    upgrade_workspace(old, AT)
    copy = new_workspace(tmp_path / "of new", source=old)
    assert copy.data_hash() == open_workspace(old).data_hash()
    with pq.ParquetFile(copy.table_path("ledger")) as file:
        assert "_import" not in file.schema_arrow.names


def test_a_form_of_an_old_workspace_says_why_it_cannot_be_saved(old: Path, monkeypatch) -> None:
    from kamtools.classroom.answers import answers_of
    from kamtools.classroom.filling import fill

    monkeypatch.setenv("KAM_USER", "Li Ming")
    form = fill("swot", open_book("00123", old, "2026-06-30", "en"))
    filling = form.filling()
    assert filling.read_only and filling.text("meaning") == "货架位置好"  # the draft of before
    assert "kam upgrade" in form.widget().state["read_only"]
    answers = answers_of(open_workspace(old))
    assert answers.get("00123", "2.A.1.x1") == {"value": 12.5}
    with pytest.raises(KamError) as error:
        answers.put("00123", "2.A.1.x1", {"value": 13})
    assert error.value.key == "workspace.old_format"


KILLED = """
import datetime as dt, os, signal, sys
from kamtools.workspace.upgrade import upgrade_workspace
import pyarrow.parquet, pyarrow.compute, python_calamine, zipfile, sqlite3
steps, last = 0, int(sys.argv[2])

def hook(event, arguments):
    global steps
    if not on or event not in ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.utime"):
        return
    steps += 1
    if steps == last:
        os.kill(os.getpid(), signal.SIGKILL)

on = False
sys.addaudithook(hook)
on = True
upgrade_workspace(sys.argv[1], dt.datetime.now(dt.UTC))
on = False
print(steps)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_kill_at_any_moment_leaves_the_old_or_the_new(old: Path, tmp_path: Path) -> None:
    found = [path for name in TABLES if (path := old / "facts" / f"{name}.parquet").is_file()]
    tables = {path.stem: content_hash(read_arrow(path, path.stem)) for path in found}
    before = content(old)

    def upgrade(root: Path, last: int) -> subprocess.CompletedProcess[str]:
        shutil.copytree(old, root)
        return subprocess.run(
            [sys.executable, "-c", KILLED, str(root), str(last)], capture_output=True, text=True, timeout=300
        )

    steps = int(upgrade(tmp_path / "whole", 0).stdout)
    upgraded = content(tmp_path / "whole")
    formats = set()
    settling = steps - 30  # from here on the change is decided
    for last in [*random.sample(range(1, settling), 4), *random.sample(range(settling, steps + 1), 4)]:
        root = tmp_path / f"killed at {last}"
        assert upgrade(root, last).returncode == -9
        opened = open_workspace(root)  # whoever opens it finishes what was decided
        formats.add(opened.format)
        for name, known in tables.items():
            assert content_hash(read_arrow(opened.table_path(name), name)) == known
        now = {name: digest for name, digest in content(root).items() if not name.startswith("imports/.new")}
        if opened.format == 1:
            assert now == before, last
        upgrade_workspace(root, AT)
        again = content(root)
        assert again.keys() == upgraded.keys(), last
        assert {k for k in again if again[k] != upgraded[k]} <= {"workspace.yml"}
        take_back(root, AT)
        assert content(root) == before, last
    assert formats == {1, FORMAT}


def test_what_was_rated_listed_or_answered_since_is_not_taken_back_in_silence(old: Path) -> None:
    upgrade_workspace(old, AT, "Li Ming")
    with open_store(old) as store:  # takes the words in: as they were, they are nothing new
        assert not (old / "words.json").exists()
        grading = store.read("00123", "grading")
        assert grading is not None and (grading.version, grading.changed_by) == (1, "dossiers/00123.yml")
    assert take_back(old, AT).after == 1
    with contextlib.closing(sqlite3.connect(old / "kam.sqlite")) as base:  # they stand in their files alone
        for table in ("kam_record", "kam_change"):
            rows = base.execute(f"select distinct form from {table} order by form").fetchall()
            assert rows == [("contacts",), ("profile",)]
    assert (old / "dossiers" / "00123.yml").is_file()
    upgrade_workspace(old, AT, "Li Ming")
    with open_store(old) as store:
        grading = store.read("00123", "grading")
        fields = {**grading.fields, "relationship": FieldValue(1.0)}
        store.write("00123", "grading", fields, version=grading.version, who="Wu", at=AT)
        assert [c.before.value for c in store.history("00123", "grading") if c.who == "Wu"] == [5]
    with pytest.raises(KamError) as error:
        take_back(old, AT)
    assert error.value.key == "workspace.upgrade_written_since"
    assert take_back(old, AT, despite=True).after == 1
    check_figures(old)
    (later,) = (old / "backups").glob("format-3-*.zip")
    with zipfile.ZipFile(later) as file:
        file.extract("kam.sqlite", old.parent)
    with open_store(old.parent / "kam.sqlite") as store:
        kept = store.read("00123", "grading")
        assert kept is not None and kept.fields["relationship"].value == 1.0


def test_from_format_2_the_tables_stay_as_they_are(old: Path) -> None:
    (old / "workspace.yml").write_text("format: 2\n", encoding="utf-8")  # its imports were told apart already
    before = content(old)
    report = upgrade_workspace(old, AT, "Li Ming")
    assert (report.before, report.rows, report.records) == (2, (), 5)
    assert len(report.lines("zh")) == 2 and report.backup is not None and "format-2" in report.backup.name
    after = content(old)
    tables = [n for n in before if n.startswith(("facts/", "sources/", "imports/"))]
    assert tables and {n: after[n] for n in tables} == {n: before[n] for n in tables}
    check_figures(old)
    assert take_back(old, AT).after == 2
    assert {n: v for n, v in content(old).items() if n != "kam.sqlite"} == {
        n: v for n, v in before.items() if n != "kam.sqlite"
    }
    check_words(old)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("dossiers/00123.yml", "account: '00123'\nratings:\n- criterion: relationship\n  value: 9\n", "9"),
        ("dossiers/00123.yml", "account: X\n", "dossiers/00123.yml"),
        ("dossiers/00123.yml", "account: '00123'\nratings:\n" + "- {criterion: a, value: 2}\n" * 2, "a"),
        ("designations.csv", "account,since,status\n00123,yesterday,entered\n", "yesterday"),
        ("designations.csv", "account,since,status\n00123,2026-01-01,in\n", "in"),
        ("designations.csv", "account,since,status\n" + "00123,2026-01-01,left\n" * 2, "00123"),
        ("designations.csv", "account,from\n", "since"),
        ("answers/answers.json", "{", "answers.json"),
    ],
)
def test_words_that_cannot_be_read_stop_the_upgrade_with_file_and_value(
    old: Path, name: str, text: str, said: str
) -> None:
    (old / name).write_text(text, encoding="utf-8")
    before = content(old)
    with pytest.raises(KamError) as error:
        upgrade_workspace(old, AT)
    for lang in ("zh", "en"):
        words = error.value.text(lang)
        assert name.rsplit("/", 1)[-1] in words and said in words
    assert content(old) == before
    if name != "answers/answers.json":
        assert any(f.file == name and f.level == "error" for f in check_workspace(old).findings)


def test_two_who_open_an_upgraded_workspace_take_the_words_in_once(old: Path) -> None:
    upgrade_workspace(old, AT, "Li Ming")
    words = (old / "words.json").read_bytes()
    with open_store(old) as store:
        first = store.everything()
    (old / "words.json").write_bytes(words)  # a crash after the store had them, before the file was gone
    with open_store(old) as store:
        assert store.everything() == first
    assert not (old / "words.json").exists()


def test_with_a_database_of_its_own_the_words_go_there(
    old: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    """Before: what stands in files is read beside the database. After: it is in the database, and not in kam.sqlite."""
    url = f"sqlite:///{tmp_path / 'server.sqlite'}"
    monkeypatch.setenv("KAM_STORE", url)
    expected = {("00123", "designation"), ("00123", "grading"), ("B 3", "designation"), ("B 3", "grading")}
    assert {(r.account, r.form) for r in written(open_workspace(old))[0]} == expected
    assert list(listed_on(open_workspace(old), AS_OF)) == ["00123", "B 3"]
    assert cli.main(["upgrade", str(old), "--lang", "en", "--who", "Li Ming"]) == 0
    assert not (old / "words.json").exists()
    with open_store(url) as store:
        found = {(r.account, r.form) for r in store.records()}
    assert found == {*expected, ("00123", "exercise.2.A.1.x1")}
    assert list(listed_on(open_workspace(old), AS_OF)) == ["00123", "B 3"]
    with pytest.raises(KamError) as error:  # what stands there cannot be told to be as it was
        take_back(old, AT)
    assert error.value.key == "workspace.upgrade_written_since"
    capsys.readouterr()
