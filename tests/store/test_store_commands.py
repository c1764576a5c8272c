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
