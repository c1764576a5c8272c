"""Backup, restore, the text form and packs: nothing is lost on the way there or back."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest

from kamtools.errors import KamError
from kamtools.store import (
    Conflict,
    FieldValue,
    Store,
    backup,
    export_text,
    import_text,
    new_workspace,
    open_store,
    restore,
    write_pack,
)
from kamtools.workspace import open_workspace

AT = dt.datetime(2026, 10, 31, 9, 30, 15, 123456, tzinfo=dt.UTC)
TEXTS = [
    "长" * 10_000,
    "👩‍👩‍👧‍👦 \u202e שלום",
    '=1+1,"quoted"\r\nnext\rline\n',
    "\ufeff １２３ \x00 \ud83d \u2028",
    " ",
    "",
    "null",
    "\r",
]


def fill(store: Store) -> None:
    """Two accounts, three forms, hostile text, several versions."""
    fields = {f"f{n}": FieldValue(t, t, AT.date(), "confirmed") for n, t in enumerate(TEXTS)}
    fields["rows"] = FieldValue([{"name": t, "n": n, "x": None} for n, t in enumerate(TEXTS)])
    store.write("00123", "profile", fields, version=None, who="李,\r\n'雷'", at=AT)
    store.write("00123", "profile", {"f0": FieldValue(0.1)}, version=1, who="Wu", at=AT)
    store.write("甲,\n", '"swot"', {}, version=None, who="Wu", at=AT)
    store.write("A1", "pulse", {"a": FieldValue([1, 2.0, True, None])}, version=None, who="Wu", at=AT)


def test_text_and_back_is_equal_byte_for_byte(new_store_target, tmp_path: Path) -> None:
    with open_store(new_store_target()) as one, open_store(new_store_target()) as two:
        fill(one)
        export_text(one, tmp_path / "a")
        assert import_text(two, tmp_path / "a") is two
        assert two.everything() == one.everything()
        assert [list(r.fields) for r in two.records()] == [list(r.fields) for r in one.records()]
        export_text(two, tmp_path / "b")
        two.write("00123", "profile", {}, version=2, who="Wu", at=AT)  # it goes on from where it stood
        assert len(two.history("00123", "profile")) == len(one.history("00123", "profile")) + 1
    for name in ("records.csv", "changes.csv"):
        assert (tmp_path / "a" / "store" / name).read_bytes() == (
            tmp_path / "b" / "store" / name
        ).read_bytes()
    assert sorted(p.name for p in (tmp_path / "a" / "store").iterdir()) == ["changes.csv", "records.csv"]


def test_text_is_not_loaded_over_words(new_store_target, tmp_path: Path) -> None:
    with open_store(new_store_target()) as store:
        fill(store)
        before = store.everything()
        export_text(store, tmp_path)
        with pytest.raises(KamError) as error:
            import_text(store, tmp_path)
        assert error.value.key == "store.not_empty" and store.everything() == before


HEADER = "form,account,version,changed_by,changed_at,field,value,source,date,status\n"
GOOD = "f,A,1,Li,2026-10-31T00:00:00+00:00,x,1,,,assumed\n"


@pytest.mark.parametrize(
    ("text", "key", "row"),
    [
        ("form,account\n", "header", 1),
        ("", "header", 1),
        (HEADER + GOOD + "f,A\n", "cells", 3),
        (HEADER + GOOD.replace(",x,", ',"x,'), "quotes", 2),
        (HEADER + GOOD.replace("f,A", "f,"), "name", 2),
        (HEADER + GOOD.replace(",x,", ",,"), "name", 2),
        (HEADER + GOOD.replace(",1,Li", ",0,Li"), "version", 2),
        (HEADER + GOOD.replace(",1,Li", ",１,Li"), "version", 2),
        (HEADER + GOOD + GOOD.replace(",1,Li", ",2,Li"), "two_versions", 3),
        (HEADER + GOOD + GOOD, "twice", 3),
        (HEADER + GOOD.replace("x,1", "x,one"), "json", 2),
        (HEADER + GOOD.replace("x,1", "x,NaN"), "json", 2),
        (HEADER + GOOD.replace(",,assumed", ",31.10.2026,assumed"), "date", 2),
        (HEADER + GOOD.replace("+00:00", ""), "time", 2),
        (HEADER + GOOD.replace("assumed", "sure"), "status", 2),
        (HEADER + GOOD.replace("Li", "\udcff"), "encoding", 2),
    ],
)
def test_a_wrong_line_is_named_with_its_value(tmp_path: Path, text: str, key: str, row: int) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "records.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
    with open_store(tmp_path / "kam.sqlite") as store:
        with pytest.raises(KamError) as error:
            import_text(store, tmp_path)
        assert (error.value.key, error.value.params["row"]) == (f"store.text.{key}", row)
        for lang in ("zh", "en"):
            assert "records.csv" in error.value.text(lang)
        assert store.is_empty()


def test_a_wrong_change_is_named(tmp_path: Path) -> None:
    (tmp_path / "changes.csv").write_text(
        "form,account,version,field,who,at,before,after\nf,A,1,x,Li,2026-10-31T00:00:00+00:00,,{}\n"
    )
    with open_store(tmp_path / "kam.sqlite") as store, pytest.raises(KamError) as error:
        import_text(store, tmp_path)
    assert (error.value.key, error.value.params["column"]) == ("store.text.json", "after")


def test_a_backup_brings_everything_back(new_store_target, tmp_path: Path) -> None:
    target = new_store_target()
    with open_store(target) as store:
        fill(store)
        everything = store.everything()
        paths = [tmp_path / "text backup"]
        if "://" not in str(target):
            paths.append(tmp_path / "备份 1.sqlite")
        for path in paths:
            report = backup(store, path)
            assert (report.records, report.changes) == (3, len(everything[1]))
            assert all(str(path) in line for lang in ("zh", "en") for line in report.lines(lang))
            with open_store(new_store_target()) as fresh:
                done = restore(fresh, path, who="x", at=AT)
                assert done.loaded and len(done.records) == 3
                assert fresh.everything() == everything
            with pytest.raises(KamError) as error:
                backup(store, path)
            assert error.value.key == "store.backup_exists"
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


def test_a_backup_of_sqlite_is_a_store_that_any_workspace_can_take(tmp_path: Path) -> None:
    with open_store(tmp_path / "kam.sqlite") as store:
        fill(store)
        backup(store, tmp_path / "b.sqlite")
        with open_store(tmp_path / "b.sqlite") as copy:
            assert copy.everything() == store.everything()


def test_a_backup_may_lie_in_a_synchronised_folder(tmp_path: Path) -> None:
    with open_store(tmp_path / "kam.sqlite") as store:
        fill(store)
        backup(store, tmp_path / "OneDrive" / "b.sqlite")
        restore(store, tmp_path / "OneDrive" / "b.sqlite", who="x", at=AT)
    assert [p.name for p in (tmp_path / "OneDrive").iterdir()] == ["b.sqlite"]  # left as it was


def test_postgresql_is_backed_up_as_text(postgres, tmp_path: Path) -> None:
    with pytest.raises(KamError) as error:
        backup(postgres.new_database(), tmp_path / "b.sqlite")
    assert error.value.key == "store.backup_as_text"


def test_restoring_a_store_in_use_loses_no_word_and_meets_open_forms(
    new_store_target, tmp_path: Path
) -> None:
    def put(account: str, text: str, version: int | None) -> None:
        store.write(account, "f", {"x": FieldValue(text)}, version=version, who="Li", at=AT)

    with open_store(new_store_target()) as store:
        for account in ("same", "changed"):
            put(account, "old", None)
        backup(store, tmp_path / "b")
        put("changed", "new", 1)
        put("added", "new", None)
        report = restore(store, tmp_path / "b", who="Wu", at=AT)
        assert not report.loaded
        assert (report.records, report.same) == ((("added", "f"), ("changed", "f")), 1)
        found = {r.account: (r.version, r.fields) for r in store.records()}
        old = {"x": FieldValue("old")}
        assert found == {"same": (1, old), "changed": (3, old), "added": (2, {})}
        values = [c.after and c.after.value for c in store.history("changed")]
        assert values == ["old", "new", "old"]
        with pytest.raises(Conflict):  # a form that was open with version 2
            put("changed", "mine", 2)
        assert all("2" in report.lines(lang)[0] for lang in ("zh", "en"))


@pytest.mark.parametrize("content", [None, b"", b"not a database"])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "b"
    if content is not None:
        path.write_bytes(content)
    with open_store(tmp_path / "kam.sqlite") as store, pytest.raises(KamError) as error:
        restore(store, path, who="x", at=AT)
    assert error.value.key == "store.no_backup"


def test_another_programs_database_is_no_backup(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "songs.sqlite")
    other.execute("CREATE TABLE songs(title)")
    other.close()
    with open_store(tmp_path / "kam.sqlite") as store, pytest.raises(KamError) as error:
        restore(store, tmp_path / "songs.sqlite", who="x", at=AT)
    assert error.value.key == "store.not_ours"


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_pack_carries_the_store_and_the_round_trip_is_equal(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path / "one")
    with open_store(workspace) as store:
        fill(store)
        write_pack(workspace, tmp_path / "p1")
        again = new_workspace(tmp_path / "two", tmp_path / "p1")
        assert (tmp_path / "two" / "kam.sqlite").is_file() and not (tmp_path / "two" / "store").exists()
        with open_store(again) as copy:
            assert copy.everything() == store.everything()
        write_pack(again, tmp_path / "p2")
        packed = open_workspace(tmp_path / "p1", cache_dir=tmp_path / "cache")
        write_pack(packed, tmp_path / "p3")
        assert files(tmp_path / "p1") == files(tmp_path / "p2") == files(tmp_path / "p3")
        with open_store(new_workspace(tmp_path / "three", tmp_path / "two")) as copy:  # from a workspace
            assert copy.everything() == store.everything()


def test_a_pack_is_brought_up_to_date_and_its_cache_built_again(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path / "one")
    with open_store(workspace) as store:
        store.write("A", "f", {"x": FieldValue("first")}, version=None, who="x", at=AT)
        write_pack(workspace, tmp_path / "p")
        before = open_workspace(tmp_path / "p", cache_dir=tmp_path / "cache").root
        store.write("A", "f", {"x": FieldValue("second")}, version=1, who="x", at=AT)
    write_pack(workspace, tmp_path / "p")
    after = open_workspace(tmp_path / "p", cache_dir=tmp_path / "cache")
    assert after.root != before
    with open_store(after) as packed:
        assert packed.read("A", "f").fields["x"].value == "second"  # type: ignore[union-attr]
    write_pack(new_workspace(tmp_path / "empty"), tmp_path / "p")
    assert not list((tmp_path / "p").glob("store/*"))


def test_what_cannot_become_a_workspace_leaves_none_half_made(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path / "one")
    with open_store(workspace) as store:
        store.write("A", "f", {"x": FieldValue(1)}, version=None, who="x", at=AT)
    write_pack(workspace, tmp_path / "p")
    with pytest.raises(KamError) as error:
        new_workspace(tmp_path / "OneDrive" / "two", tmp_path / "p")
    assert error.value.key == "store.synced_folder"
    records = tmp_path / "p" / "store" / "records.csv"
    records.write_text(records.read_text().replace("assumed", "sure"))
    with pytest.raises(KamError) as error:
        new_workspace(tmp_path / "two", tmp_path / "p")
    assert error.value.key == "store.text.status"
    assert not (tmp_path / "two").exists() and not (tmp_path / "OneDrive").exists()


def test_a_workspace_that_is_cut_off_while_it_takes_the_text_in(tmp_path: Path) -> None:
    """The text stays until it is in the database; what stands there is never loaded twice."""
    workspace = new_workspace(tmp_path / "one")
    with open_store(workspace) as store:
        fill(store)
        text = export_text(store, tmp_path / "one")  # as if the folder had not been removed any more
        records = store.everything()
    assert text.is_dir()
    with open_store(workspace) as store:
        assert store.everything() == records


def test_opening_two_at_once_takes_the_text_in_once(tmp_path: Path) -> None:
    import threading

    workspace = new_workspace(tmp_path / "one")
    with open_store(tmp_path / "other.sqlite") as store:
        fill(store)
        everything = store.everything()
        export_text(store, workspace.root)
    barrier, found = threading.Barrier(6), []

    def act() -> None:
        barrier.wait()
        with open_store(workspace) as store:
            found.append(store.everything() == everything)

    threads = [threading.Thread(target=act) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 6
