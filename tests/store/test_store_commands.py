"""``kam backup``, ``kam restore``, ``kam forget``, and packs that carry what people wrote."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kamtools import cli
from kamtools.store import FieldValue, new_workspace, open_store

AT = dt.datetime(2026, 10, 31, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
def company(tmp_path: Path) -> Path:
    workspace = new_workspace(tmp_path / "公司 ws")
    with open_store(workspace) as store:
        store.write("A1", "contacts", {"buyer": FieldValue("王芳")}, version=None, who="Li", at=AT)
    return workspace.root


@pytest.fixture(params=["zh", "en"])
def kam(request, capsys):
    def run(*arguments: object) -> tuple[int, str, str]:
        code = cli.main([*map(str, arguments), "--lang", request.param])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


def value(workspace: Path | str) -> object:
    with open_store(workspace) as store:
        record = store.read("A1", "contacts")
    return record and record.fields["buyer"].value


def test_backup_and_restore(kam, company: Path, tmp_path: Path) -> None:
    code, out, err = kam("backup", tmp_path / "b.sqlite", "--workspace", company)
    assert (code, err) == (0, "") and "b.sqlite" in out
    with open_store(company) as store:
        store.write("A1", "contacts", {"buyer": FieldValue("oops")}, version=1, who="Li", at=AT)
    code, out, err = kam("restore", tmp_path / "b.sqlite", "--workspace", company, "--who", "Wu")
    assert (code, err) == (0, "") and value(company) == "王芳"
    with open_store(company) as store:
        assert store.history("A1")[-1].who == "Wu"
    code, _, err = kam("backup", tmp_path / "b.sqlite", "--workspace", company)
    assert code == 2 and "b.sqlite" in err
    assert kam("restore", tmp_path / "none", "--workspace", company)[0] == 2


def test_forget_only_looks_until_it_is_told(kam, company: Path) -> None:
    code, out, _ = kam("forget", "王芳", "--workspace", company)
    assert code == 0 and "--yes" in out and value(company) == "王芳"
    code, out, _ = kam("forget", "王芳", "Fang Wang", "--workspace", company, "--yes")
    assert code == 0 and value(company) == "███"
    code, _, err = kam("forget", "李雷", "--workspace", company, "--who", "李雷", "--yes")
    assert code == 2 and "--who" in err


def test_a_pack_and_a_workspace_of_it_carry_what_people_wrote(kam, company: Path, tmp_path: Path) -> None:
    assert kam("pack", tmp_path / "pack", "--workspace", company)[0] == 0
    assert "王芳" in (tmp_path / "pack" / "store" / "records.csv").read_text(encoding="utf-8")
    assert kam("check", tmp_path / "pack")[0] in (0, 1)
    assert kam("new", tmp_path / "again", "--from", tmp_path / "pack")[0] == 0
    assert value(tmp_path / "again") == value(tmp_path / "pack") == "王芳"
    code, _, err = kam("forget", "王芳", "--workspace", tmp_path / "pack", "--yes")
    assert code == 2 and "kam new" in err


def test_check_reads_what_people_wrote(kam, company: Path, tmp_path: Path) -> None:
    kam("pack", tmp_path / "pack", "--workspace", company)
    before = kam("check", tmp_path / "pack")
    records = tmp_path / "pack" / "store" / "records.csv"
    records.write_text(records.read_text(encoding="utf-8").replace("assumed", "sure"), encoding="utf-8")
    code, out, _ = kam("check", tmp_path / "pack")
    assert code == 1 and "records.csv" in out and "sure" in out and "records.csv" not in before[1]


def test_a_server_by_its_address(kam, postgres, company: Path, tmp_path: Path, monkeypatch) -> None:
    assert kam("backup", tmp_path / "b.sqlite", "--workspace", company)[0] == 0
    url = postgres.new_database()
    assert kam("restore", tmp_path / "b.sqlite", "--store", url)[0] == 0
    assert value(url) == "王芳"
    monkeypatch.setenv("KAM_STORE", url)
    assert kam("backup", tmp_path / "b")[0] == 0
    assert (tmp_path / "b" / "store" / "changes.csv").is_file()


def test_check_opens_the_database_that_a_run_opens(kam, postgres, company: Path, monkeypatch) -> None:
    import psycopg

    url = postgres.new_database()
    assert kam("check", company, "--store", url)[0] == 0
    with psycopg.connect(url) as base:  # a check makes no tables
        assert base.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    people = [{"name": "He Jun", "reports_to": "He Jun"}]
    with open_store(url) as store:
        store.write("A1", "contacts", {"people": FieldValue(people)}, version=None, who="Li", at=AT)
    assert "He Jun" not in kam("check", company)[1]
    code, out, _ = kam("check", company, "--store", url)
    assert code == 0 and "He Jun" in out
    with psycopg.connect(url) as base:
        base.execute("UPDATE kam_schema SET version_num = '9999'")
    monkeypatch.setenv("KAM_STORE", url)
    code, out, _ = kam("check", company)
    assert code == 1 and "9999" in out


def test_check_names_a_database_that_cannot_be_reached_without_its_password(kam, company: Path) -> None:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{listener.getsockname()[1]}/books"
    code, out, err = kam("check", company, "--store", f"postgresql://kam:hunter2@{place}")
    assert code == 1 and f"postgresql://kam:***@{place}" in out
    assert "hunter2" not in out + err + (company / "check.csv").read_text(encoding="utf-8-sig")
    code, out, _ = kam("check", company, "--store", "mysql://kam:hunter2@h/books")
    assert code == 1 and "mysql" in out and "hunter2" not in out


def test_check_takes_the_day_that_the_figures_stand_for(kam, tmp_path: Path) -> None:
    from decimal import Decimal

    import pyarrow as pa

    from kamtools.workspace import write_table
    from kamtools.workspace.tables import arrow_schema

    workspace = new_workspace(tmp_path / "w")
    schema = arrow_schema("ledger")
    days = [dt.date(2026, m, d) for m in range(1, 7) for d in (5, 15, 25)]
    rows = [
        dict.fromkeys(schema.names)
        | {
            "line_id": f"L{n}",
            "date": day,
            "account": "A",
            "kind": "sale",
            "amount": Decimal(100),
            "currency": "CNY",
        }
        for n, day in enumerate(days)
    ]
    write_table(workspace, "ledger", pa.Table.from_pylist(rows, schema))

    def dated(*more: object) -> set[str]:
        text = kam("check", workspace.root, *more)[1]
        return {word for word in ("2026-12-31", "2026-03-31") if word in text}

    assert dated() == set()  # neither the settings nor anybody says a day
    assert dated("--as-of", "2026-12-31") == {"2026-12-31"}  # the ledger ends long before
    assert dated("--as-of", "2026-03-31") == {"2026-03-31"}  # lines after it
    assert dated("--as-of", "2026-06-30") == set()
