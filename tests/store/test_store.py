"""Records, conflicts, history and differences, on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.errors import KamError
from kamtools.store import Change, Conflict, FieldValue, Record, Store, open_store

AT = dt.datetime(2026, 10, 31, 9, 30, tzinfo=dt.UTC)
HOSTILE = [
    "长" * 10_000,
    "👩‍👩‍👧‍👦🇨🇳 emoji",
    "\u202eright to left\u200f שלום مرحبا",
    "<script>alert('x')</script>&amp;",
    '=HYPERLINK("http://x","y")',
    "@SUM(1+1)",
    "１２３，全角",
    "  spaces and\ttabs \r\n lines \r \x0b\x1f\x7f\ufeff\u2028",
    "NUL \x00 inside",
    "half a pair \ud83d",
    "e\u0301 is not é",
    "%s {0} $\\frac{a}{b}$ '; DROP TABLE kam_record; --",
    "",
]
VALUES = [None, True, False, 0, -1, 1.0, 1, 0.1, 2**70, [], {}, [{"name": "王芳", "influence": 4}, {}]]


@pytest.fixture
def store(new_store_target):
    with open_store(new_store_target()) as opened:
        yield opened


def put(store: Store, version: int | None = None, account="A1", form="profile", who="Li", at=AT, **fields):
    given = {name: v if isinstance(v, FieldValue) else FieldValue(v) for name, v in fields.items()}
    return store.write(account, form, given, version=version, who=who, at=at)


def test_what_is_written_is_read(store: Store) -> None:
    assert store.read("00123", "profile") is None
    field = FieldValue(40, "annual report", dt.date(2026, 3, 1), "confirmed")
    written = put(store, account="00123", staff=field)
    assert written == store.read("00123", "profile")
    assert written == Record("00123", "profile", {"staff": field}, 1, "Li", AT)
    assert written.changed_at.tzinfo is not None


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_of_any_kind_is_kept_exactly(store: Store, text: str) -> None:
    rows = [{"name": text, text or "key": [text]}]
    field = FieldValue(text, source=text, date=AT.date())
    put(store, plain=field, rows=rows)
    put(store, 1, plain=FieldValue("other"), rows=rows)
    found = store.read("A1", "profile")
    assert found and found.fields["rows"].value == rows
    assert store.history("A1")[0].after == field
    assert store.history("A1")[2].before == field


@pytest.mark.parametrize("text", [t for t in HOSTILE if t and "\0" not in t and "\ud83d" not in t])
def test_names_of_accounts_course_and_people_are_any_text(store: Store, text: str) -> None:
    store.write(text, text, {text: FieldValue(1)}, version=None, who=text, at=AT)
    assert store.read(text, text) == Record(text, text, {text: FieldValue(1)}, 1, text, AT)
    assert store.history(text, text) == [Change(text, text, text, None, FieldValue(1), text, AT, 1)]


@pytest.mark.parametrize("what", ["account", "form", "who", "field"])
@pytest.mark.parametrize("text", ["", "a\0b", "\ud83d"])
def test_a_name_that_a_database_cannot_keep_is_refused_with_reason(
    store: Store, what: str, text: str
) -> None:
    names = {"account": "A", "form": "f", "who": "Li", "field": "x"} | {what: text}
    with pytest.raises(KamError) as error:
        store.write(
            names["account"],
            names["form"],
            {names["field"]: FieldValue(1)},
            version=None,
            who=names["who"],
            at=AT,
        )
    assert error.value.key == "store.bad_name" and what in error.value.text("en")
    assert store.is_empty()


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_of_every_kind_come_back_as_they_were(store: Store, value: object) -> None:
    put(store, x=value)
    found = store.read("A1", "profile")
    assert found and repr(found.fields["x"].value) == repr(value)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), dt.date(2026, 1, 1), {1: "x"}, [{None: 1}], {1, 2}, b"x"], ids=repr
)
def test_a_value_that_json_cannot_say_is_refused(store: Store, value: object) -> None:
    with pytest.raises(ValueError, match="value"):
        put(store, x=value)
    with pytest.raises(ValueError, match="status"):
        put(store, x=FieldValue(1, status="sure"))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="date"):
        put(store, x=FieldValue(1, date=AT))
    with pytest.raises(ValueError, match="FieldValue"):
        store.write("A", "f", {"x": 1}, version=None, who="Li", at=AT)  # type: ignore[dict-item]
    assert store.is_empty()


def test_who_saved_first_wins_and_the_other_loses_no_word(store: Store) -> None:
    put(store, text="first")
    mine = FieldValue("mine")
    put(store, 1, text="theirs", who="Wu")
    for stale in (None, 1, 7):
        with pytest.raises(Conflict) as error:
            put(store, stale, text=mine)
        current = error.value.current
        assert current and (current.version, current.changed_by) == (2, "Wu")
        assert current.fields["text"].value == "theirs"
        for lang in ("zh", "en"):
            assert "Wu" in error.value.text(lang) and "A1" in error.value.text(lang)
    kept = put(store, current.version, text=mine)  # keep mine, as a new version
    assert kept.version == 3
    assert [c.after.value for c in store.history("A1") if c.after] == ["first", "theirs", "mine"]


def test_a_version_where_nothing_stands_is_a_conflict(store: Store) -> None:
    with pytest.raises(Conflict) as error:
        put(store, 3, text="x")
    assert error.value.current is None and error.value.key == "store.conflict_gone"
    assert store.is_empty()


def test_two_that_start_from_the_same_version_one_gets_through(store: Store) -> None:
    """At the same moment, in threads: each round one writes and seven meet a conflict."""
    put(store, n=0)
    for round in range(1, 6):
        barrier, outcomes = threading.Barrier(8), []

        def act(n: int, round=round, barrier=barrier, outcomes=outcomes) -> None:
            barrier.wait()
            try:
                outcomes.append(put(store, round, n=n + 10 * round).version)
            except Conflict as error:
                outcomes.append(error.current.version if error.current else None)

        threads = [threading.Thread(target=act, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes == [round + 1] * 8
    assert len(store.changes()) == 6


def test_the_same_first_form_by_two_at_once(store: Store) -> None:
    barrier, outcomes = threading.Barrier(8), []

    def act(n: int) -> None:
        barrier.wait()
        try:
            put(store, None, n=n)
            outcomes.append("written")
        except Conflict as error:
            outcomes.append("refused" if error.current else "lost")

    threads = [threading.Thread(target=act, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 7 + ["written"]


def test_one_row_of_history_for_each_field_that_changed(store: Store) -> None:
    put(store, a=1, b="x", c=None)
    put(store, 1, who="Wu", a=2, b="x", d=[1])
    changes = [(c.field, c.before and c.before.value, c.after and c.after.value, c.who, c.version)
               for c in store.history("A1", "profile")]  # fmt: skip
    assert changes == [
        ("a", None, 1, "Li", 1),
        ("b", None, "x", "Li", 1),
        ("c", None, None, "Li", 1),
        ("a", 1, 2, "Wu", 2),
        ("c", None, None, "Wu", 2),
        ("d", None, [1], "Wu", 2),
    ]
    assert store.history("A1")[4].before == FieldValue(None) and store.history("A1")[4].after is None
    assert store.history("A1", "other") == store.history("A2") == []


def test_source_date_and_status_are_changes_and_an_equal_write_is_none(store: Store) -> None:
    put(store, a=1)
    assert put(store, 1, who="Wu", a=1).version == 1
    assert len(store.history("A1")) == 1
    put(store, 1, a=FieldValue(1, status="confirmed"))
    put(store, 2, a=FieldValue(1, "a visit", status="confirmed"))
    put(store, 3, a=FieldValue(True, "a visit", status="confirmed"))  # True is not 1
    assert [c.version for c in store.history("A1")] == [1, 2, 3, 4]


def test_a_form_without_fields_is_a_record(store: Store) -> None:
    assert put(store).version == 1
    assert store.read("A1", "profile") == Record("A1", "profile", {}, 1, "Li", AT)


def test_what_differs_between_two_dates(store: Store) -> None:
    def day(n: int) -> dt.datetime:
        return dt.datetime(2026, 10, n, 12)  # the machine's time, as diff's days are

    put(store, at=day(1), a=1, b=1, c=1)
    put(store, 1, at=day(3), a=2, b=2, c=1)
    put(store, 2, at=day(5), a=3, b=1, c=1, who="Wu")
    put(store, form="swot", at=day(5), s="strong")
    diff = store.diff("A1", dt.date(2026, 10, 1), dt.date(2026, 10, 31))
    assert [(c.form, c.field, c.before and c.before.value, c.after and c.after.value) for c in diff] == [
        ("profile", "a", 1, 3),  # b was changed and changed back
        ("swot", "s", None, "strong"),
    ]
    assert (diff[0].who, diff[0].version) == ("Wu", 3)
    assert [c.field for c in store.diff("A1", dt.date(2026, 9, 30), dt.date(2026, 10, 2))] == ["a", "b", "c"]
    assert [c.after.value for c in store.diff("A1", day(1), day(3)) if c.after] == [2, 2]  # to the moment
    assert store.diff("A1", dt.date(2026, 10, 5), dt.date(2026, 10, 31)) == []
    with pytest.raises(ValueError, match="to_date"):
        store.diff("A1", dt.date(2026, 10, 5), dt.date(2026, 10, 1))


def test_times_of_any_zone_are_one_time(store: Store) -> None:
    east = dt.timezone(dt.timedelta(hours=8))
    put(store, a=1, at=dt.datetime(2026, 11, 1, 7, tzinfo=east))
    put(store, 1, a=2, at=dt.datetime(2026, 10, 31, 23, 30, tzinfo=dt.UTC))
    start = dt.datetime(2026, 10, 31, 23, 0, tzinfo=dt.UTC)
    found = store.diff("A1", start, start + dt.timedelta(hours=1))
    assert [(c.before.value, c.after.value) for c in found if c.before and c.after] == [(1, 2)]


def test_many_records_as_one(store: Store) -> None:
    with store.transaction():
        for n in range(3):
            put(store, account=f"A{n}", x=n)
        with pytest.raises(Conflict):
            put(store, 9, account="A1", x="stale")
        with store.transaction():
            put(store, 1, account="A2", x="again")
    assert [(r.account, r.version) for r in store.records()] == [("A0", 1), ("A1", 1), ("A2", 2)]
    with pytest.raises(RuntimeError), store.transaction():
        put(store, 1, account="A0", x="never")
        raise RuntimeError
    assert store.read("A0", "profile").fields["x"].value == 0  # type: ignore[union-attr]
    assert len(store.changes()) == 4


def test_records_are_sorted_by_form_and_account(store: Store) -> None:
    for account, form in (("b", "two"), ("a", "two"), ("甲", "one"), ("B", "two")):
        put(store, account=account, form=form)
    assert [(r.form, r.account) for r in store.records()] == [
        ("one", "甲"), ("two", "B"), ("two", "a"), ("two", "b")]  # fmt: skip


def test_a_second_program_sees_what_the_first_wrote(new_store_target) -> None:
    target = new_store_target()
    with open_store(target) as one, open_store(target) as two:
        put(one, a=1)
        put(two, 1, a=2)
        assert one.read("A1", "profile") == two.read("A1", "profile")
    with open_store(target) as again:
        assert again.read("A1", "profile").version == 2  # type: ignore[union-attr]


def test_reading_does_not_wait_for_a_writer(new_store_target) -> None:
    target = new_store_target()
    with open_store(target) as one, open_store(target) as two:
        put(one, a=1)
        with one.transaction():
            put(one, 1, a=2)
            assert two.read("A1", "profile").version == 1  # type: ignore[union-attr]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork has no such case")
def test_a_forked_process_makes_its_own_connections(new_store_target) -> None:
    import subprocess
    import sys

    target = new_store_target()
    code = """
import datetime as dt, os, pathlib, sys
from kamtools.store import FieldValue, open_store
target = sys.argv[1]
store = open_store(target if "://" in target else pathlib.Path(target))
def put(account):
    store.write(account, "f", {"x": FieldValue(1)}, version=None, who="x", at=dt.datetime(2026, 1, 1))
put("parent")
child = os.fork()
if not child:
    put("child")
    os._exit(0)
_, status = os.waitpid(child, 0)
put("parent again")
assert status == 0
print(*[r.account for r in store.records()], sep="|")
"""
    done = subprocess.run([sys.executable, "-c", code, str(target)], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("child|parent|parent again", "")


def test_saving_a_form_takes_less_than_100_ms(store: Store) -> None:
    import time

    rows = [{"name": f"人 {n}", "notes": "长" * 200} for n in range(30)]
    version, times = None, []
    for n in range(9):
        start = time.perf_counter()
        version = put(store, version, people=rows, **{f"f{k}": f"{n} {k}" for k in range(30)}).version
        times.append(time.perf_counter() - start)
    assert sorted(times)[4] < 0.1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAME = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
FIELDS = st.dictionaries(
    NAME,
    st.builds(
        FieldValue,
        JSON,
        st.text(),
        st.none() | st.dates(),
        st.sampled_from(["assumed", "confirmed"]),
    ),
    max_size=3,
)


@given(st.lists(FIELDS, min_size=1, max_size=4))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_the_history_leads_to_what_stands(states: list[dict[str, FieldValue]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "kam.sqlite") as store:
        version = None
        for fields in states:
            version = store.write("A", "f", fields, version=version, who="x", at=AT).version
        replayed: dict[str, FieldValue] = {}
        for change in store.history("A"):
            assert replayed.get(change.field) == change.before
            replayed.pop(change.field, None)
            if change.after is not None:
                replayed[change.field] = change.after
        found = store.read("A", "f")
        assert found and found.fields == replayed == states[-1]


def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path / "kam.sqlite") as store, store.engine.connect() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "secure_delete")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 60_000, "secure_delete": 1}


def test_a_store_that_is_held_by_another_program_says_so(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("kamtools.store.opening.WAIT", 0.05)
    with open_store(tmp_path / "kam.sqlite") as store:
        other = sqlite3.connect(tmp_path / "kam.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(KamError) as error:
            put(store, a=1)
        other.close()
        assert error.value.key == "store.busy"
        assert put(store, a=1).version == 1
