"""Forgetting a person: gone from records, history, authors and bytes; the figures stay."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kamtools.errors import KamError
from kamtools.store import Conflict, FieldValue, Store, export_text, forget, new_workspace, open_store

AT = dt.datetime(2026, 10, 31, 9, 30, tzinfo=dt.UTC)
NAMES = ["王芳", "Fang Wang", "fang.wang@x.cn", "13800001234"]
MARK = "███"


def fill(store: Store) -> None:
    people = [
        {
            "name": "王芳",
            "phone": "13800001234",
            "born": "1980-02-03",
            "level": "executive",
            "influence": 5,
            "buys": True,
        },
        {"name": "李雷", "phone": "13911112222", "reports_to": "王芳", "influence": 3, "buys": None},
    ]
    fields = {
        "people": FieldValue(people, source="Fang Wang, by phone"),
        "notes": FieldValue("王芳说预算已批；fang wang 下周回复。Fang Wangler 是另一个人。"),
        "sales": FieldValue(1_234_567.5),
        "buyer": FieldValue("Fang Wang"),
        "phone": FieldValue(13800001234),
    }
    store.write("A1", "contacts", fields, version=None, who="王芳", at=AT)
    changed = fields | {"notes": FieldValue("王芳已离职，邮箱 FANG.WANG@x.cn 停用")}
    store.write("A1", "contacts", changed, version=1, who="Li", at=AT)
    store.write("A2", "contacts", {"x": FieldValue("nothing")}, version=None, who="Fang Wang", at=AT)
    store.write("A3", "contacts", {"x": FieldValue("nothing")}, version=None, who="Li", at=AT)


def all_text(store: Store, folder: Path) -> str:
    text = export_text(store, folder)
    return "".join(p.read_text(encoding="utf-8") for p in text.iterdir()).casefold()


def test_a_person_is_gone_and_the_figures_stay(new_store_target, tmp_path: Path) -> None:
    with open_store(new_store_target()) as store:
        fill(store)
        rows = len(store.changes())
        report = forget(store, NAMES, who="Li", at=AT)
        assert report.records == (("A1", "contacts"), ("A2", "contacts"))
        assert report.alone == (("A1", "contacts", "buyer"), ("A1", "contacts", "phone"))
        text = all_text(store, tmp_path)
        for name in NAMES:
            assert name.casefold() not in text.replace("fang wangler", "")
        record = store.read("A1", "contacts")
        assert record
        assert record.fields["people"].value == [
            {"name": MARK, "phone": MARK, "born": None, "level": "executive", "influence": 5, "buys": True},
            {"name": "李雷", "phone": "13911112222", "reports_to": MARK, "influence": 3, "buys": None},
        ]
        assert record.fields["people"].source == f"{MARK}, by phone"
        assert record.fields["sales"].value == 1_234_567.5
        assert record.fields["notes"].value == f"{MARK}已离职，邮箱 {MARK} 停用"
        first = next(c for c in store.history("A1") if c.field == "notes")
        assert first.who == MARK
        assert first.after == FieldValue(f"{MARK}说预算已批；{MARK} 下周回复。Fang Wangler 是另一个人。")
        # versions: one more where words went, none where only the author did, none elsewhere
        assert [r.version for r in store.records()] == [3, 1, 1]
        assert [r.changed_by for r in store.records()] == ["Li", MARK, "Li"]
        assert len(store.changes()) == rows + 4  # people, notes, buyer, phone
        with pytest.raises(Conflict):  # a form opened before cannot bring the data back
            store.write("A1", "contacts", {}, version=2, who="Li", at=AT)
        again = forget(store, NAMES, who="Li", at=AT)
        assert (again.records, again.changes) == ((), 0)


def test_looking_changes_nothing(new_store_target) -> None:
    with open_store(new_store_target()) as store:
        fill(store)
        before = store.everything()
        report = forget(store, NAMES, who="Li", at=AT, only_look=True)
        assert store.everything() == before
        done = forget(store, NAMES, who="Li", at=AT)
        assert (report.records, report.changes, report.alone) == (done.records, done.changes, done.alone)
        for lang in ("zh", "en"):
            assert "--yes" in "".join(report.lines(lang)) and "--yes" not in "".join(done.lines(lang))


def test_no_byte_of_the_file_keeps_the_person(tmp_path: Path) -> None:
    with open_store(tmp_path / "kam.sqlite") as store:
        for n in range(40):
            text = f"王芳 {'长' * 2000} 13800001234"
            store.write(f"A{n}", "f", {"x": FieldValue(text)}, version=None, who="王芳", at=AT)

        def stored() -> bytes:
            return b"".join(p.read_bytes() for p in tmp_path.glob("kam.sqlite*"))

        assert "王芳".encode() in stored() and b"13800001234" in stored()
        forget(store, ["王芳", "13800001234"], who="Li", at=AT)
        assert "王芳".encode() not in stored() and b"13800001234" not in stored()


def test_no_byte_of_the_tables_keeps_the_person_on_postgresql(postgres) -> None:
    with open_store(postgres.new_database()) as store:
        store.write("A", "f", {"x": FieldValue("Fang Wangova 138")}, version=None, who="Fang Wangova", at=AT)
        forget(store, ["Fang Wangova"], who="Li", at=AT)
        with store.engine.connect() as connection:
            paths = connection.exec_driver_sql(
                "SELECT pg_relation_filepath('kam_record'), pg_relation_filepath('kam_change')"
            ).one()
            connection.rollback()
            connection.connection.driver_connection.autocommit = True  # type: ignore[union-attr]
            connection.exec_driver_sql("CHECKPOINT")
        for path in paths:
            content = (postgres.data / path).read_bytes()
            assert content and b"Fang Wangova" not in content


def test_a_log_that_others_still_read_is_said(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("kamtools.store.opening.WAIT", 0.05)
    with open_store(tmp_path / "kam.sqlite") as store, open_store(tmp_path / "kam.sqlite") as other:
        fill(store)
        with other.reading() as session:
            session.connection().exec_driver_sql("SELECT count(*) FROM kam_record").scalar()
            with pytest.raises(KamError) as error:
                forget(store, NAMES, who="Li", at=AT)
            assert error.value.key in ("store.forget_log", "store.busy")
        assert "王芳" not in all_text(store, tmp_path / "t")  # erased all the same
        forget(store, NAMES, who="Li", at=AT)  # and once more, for the log
        assert "王芳".encode() not in b"".join(p.read_bytes() for p in tmp_path.glob("kam.sqlite*"))


def test_where_else_the_person_stands_is_said(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path / "ws")
    open_store(workspace).close()
    (workspace.root / "settings.yml").write_text("# asked for by 王芳\n", encoding="utf-8")
    report = forget(workspace, ["王芳"], who="Li", at=AT)
    assert report.elsewhere == ("settings.yml",) and not report.ok
    assert "settings.yml" in "".join(report.lines("zh"))


@pytest.mark.parametrize("names", [[], ["王"], ["王芳", " "]])
def test_a_name_that_would_be_found_everywhere_is_refused(tmp_path: Path, names: list[str]) -> None:
    with open_store(tmp_path / "kam.sqlite") as store, pytest.raises(KamError) as error:
        forget(store, names, who="Li", at=AT)
    assert error.value.key == "store.forget_short"


def test_who_forgets_is_not_who_is_forgotten(tmp_path: Path) -> None:
    with open_store(tmp_path / "kam.sqlite") as store, pytest.raises(KamError) as error:
        forget(store, ["王芳"], who="王芳", at=AT)
    assert error.value.key == "store.forget_self"
