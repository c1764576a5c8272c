"""Every path is a literal: a workspace reads its own tables, whatever the signs of its folder."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

import kamtools
from kamtools.facts import load_facts
from kamtools.facts.detail import table_rows
from kamtools.store import FieldValue, open_store
from kamtools.store.copies import backup, restore
from kamtools.workspace import check_workspace, new_workspace, open_workspace, write_pack
from kamtools.workspace.folder import read_table, save_parquet, write_table
from kamtools.workspace.tables import arrow_schema

AS_OF = dt.date(2026, 3, 31)
# each with a neighbour that it would match as a pattern
FOLDERS = {
    "Nord [2025]": "Nord 5",
    "cost=3": "cost=4",
    "{north,south}": "north",
    "*": "anything",
    "??": "xy",
    "[!a]": "b",
    "it's": "its",
    "50%20": "50 ",
    "~nobody": "nobody",
    "客户 资料 ＝［一］": "客户",
    "a\\*b": "axb",
    "#1 & 'two' \"three\"": "1",
}


def ledger(account: str, amount: str, line: str = "1") -> pa.Table:
    row = {"line_id": line, "invoice": "I1", "account": account, "date": dt.date(2026, 3, 5), "kind": "sale"}
    row |= {"amount": Decimal(amount), "cost": Decimal(2), "currency": "CNY"}
    schema = arrow_schema("ledger")
    return pa.Table.from_pylist([{n: row.get(n) for n in schema.names}], schema)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_reads_its_own_tables_and_no_others(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    other = new_workspace(tmp_path / FOLDERS[name])
    write_table(other, "ledger", ledger("OTHER", "999"))
    write_table(other, "ledger", pa.concat_tables([ledger("OTHER", "999", str(i)) for i in range(5)]))
    workspace = new_workspace(name)
    write_table(workspace, "ledger", ledger("own", "10.50"))

    workspace = open_workspace(name)
    facts = load_facts(workspace, AS_OF)
    assert facts.account_month[["account", "amount", "cost"]].to_numpy().tolist() == [["own", 10.5, 2.0]]
    assert facts.account_month.columns.tolist() == load_facts(other, AS_OF).account_month.columns.tolist()
    again = load_facts(open_workspace(name), AS_OF)  # from the cache
    assert again.account_month.equals(facts.account_month)
    assert read_table(workspace, "ledger")["account"].tolist() == ["own"]
    rows = table_rows(workspace, "ledger", account="own", since=AS_OF.replace(day=1), until=AS_OF)
    assert rows["amount"].tolist() == [10.5] and rows.columns.tolist() == arrow_schema("ledger").names
    assert table_rows(workspace, "ledger", account="OTHER").empty
    assert check_workspace(name).rows == {"ledger": 1}
    assert load_facts(other, AS_OF).account_month["account"].tolist() == ["OTHER"]


@pytest.mark.parametrize("name", FOLDERS)
def test_stores_and_packs_stand_where_they_were_asked_for(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KAM_CACHE", str(tmp_path / "cache" / name))
    workspace = new_workspace(name)
    write_table(workspace, "ledger", ledger("own", "10.50"))
    at = dt.datetime(2026, 3, 31, tzinfo=dt.UTC)
    with open_store(workspace) as store:
        store.write("own", "profile", {"staff": FieldValue(41)}, version=None, who="Wu", at=at)
    assert (tmp_path / name / "kam.sqlite").is_file()
    copy = f"{name}.sqlite"
    backup(name, copy)
    with open_store(copy) as store:
        assert [r.account for r in store.records()] == ["own"]
    write_pack(workspace, f"{name} pack")
    packed = open_workspace(f"{name} pack")
    assert packed.data_hash() == workspace.data_hash()
    assert load_facts(packed, AS_OF).account_month["amount"].tolist() == [10.5]
    restore(f"{name}2.sqlite", copy, who="Wu", at=at)
    assert sorted(
        p.name for p in tmp_path.iterdir() if p.name != "cache" and not p.name.endswith(("-wal", "-shm"))
    ) == sorted([name, copy, f"{name} pack", f"{name}2.sqlite"])


def test_columns_that_say_where_a_row_came_from_change_no_figure(tmp_path):
    plain, kept = new_workspace(tmp_path / "plain"), new_workspace(tmp_path / "[kept]")
    data = pa.concat_tables([ledger("a", "1"), ledger("b", "2", "2")])
    write_table(plain, "ledger", data)
    origin = {"_import": pa.int32(), "_unit": pa.int32(), "_line": pa.int64()}
    wide = data
    for name, kind in origin.items():
        wide = wide.append_column(name, pa.array([7, None], kind))
    for workspace in (kept, new_workspace(tmp_path / "kept too")):
        save_parquet(workspace.table_path("ledger"), wide)
        assert workspace.data_hash() == plain.data_hash()
        assert load_facts(workspace, AS_OF).account_month.equals(load_facts(plain, AS_OF).account_month)
        assert table_rows(workspace, "ledger", "b").equals(table_rows(plain, "ledger", "b"))


def test_tables_are_opened_by_one_module():
    """A path in DuckDB's SQL, or given to pandas or pyarrow, is a pattern or has partitions in it."""
    ways = re.compile(
        r"read_parquet\(|read_schema\(|pq\.read_table\(|ParquetFile\(|ParquetWriter\(|\bdataset\(|to_parquet\("
    )
    root = Path(kamtools.__file__).parent
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if ways.search(path.read_text(encoding="utf-8"))
    }
    allowed = {"workspace/paths.py"}
    allowed |= {"importing/staging.py"}  # a foreign file in Parquet
    assert found <= allowed
    assert "workspace/paths.py" in found
