"""``kam forms``: export, import, blanks, as a person types them."""

from __future__ import annotations

import openpyxl
import pytest

from kamtools.cli import NO_ANSWER, NOT_OK, OK, main
from kamtools.store import open_store
from kamtools.workspace import new_workspace

SAMPLE = "data/samples"


@pytest.fixture
def workspace(tmp_path, request, monkeypatch):
    monkeypatch.setenv("KAM_CACHE", str(tmp_path / "cache"))
    return new_workspace(tmp_path / "ws", request.config.rootpath / SAMPLE).root


def test_out_and_in_again(workspace, tmp_path, capsys):
    file = tmp_path / "forms.xlsx"
    where = ["--workspace", str(workspace), "--lang", "en"]
    assert main(["forms", "export", str(file), "A001", "A002", *where]) == OK
    assert "2 accounts" in capsys.readouterr().out
    book = openpyxl.load_workbook(file)
    sheet = next(s for s in book.worksheets if str(s["A1"].value).startswith("kam:mission|"))
    place = [c.value for c in sheet[1]].index("mission") + 1
    sheet.cell(3, place).value = "大家的健康"
    book.save(file)
    assert main(["forms", "import", str(file), "--who", "Li", *where]) == OK
    assert "1 forms written" in capsys.readouterr().out
    with open_store(workspace) as store:
        record = store.read("A001", "mission")
        assert record is not None and record.changed_by == "Li"
        assert record.fields["mission"].value == "大家的健康"
    sheet.cell(3, place + 2).value = "someday"
    book.save(file)
    assert main(["forms", "import", str(file), "--who", "Li", *where]) == NOT_OK
    assert "someday" in capsys.readouterr().out


def test_an_unknown_account_is_said(workspace, tmp_path, capsys):
    where = ["--workspace", str(workspace), "--lang", "zh"]
    assert main(["forms", "export", str(tmp_path / "x.xlsx"), "NOBODY", *where]) == NO_ANSWER
    assert "NOBODY" in capsys.readouterr().err
    assert main(["forms", "export", str(tmp_path / "x.xlsx"), "--form", "pulse", *where]) == OK
    assert "12 个客户" in capsys.readouterr().out


def test_blanks(tmp_path, capsys):
    assert main(["forms", "blanks", str(tmp_path), "--form", "pulse", "--lang", "zh"]) == OK
    assert sorted(p.parent.name for p in tmp_path.rglob("*.html")) == ["en", "zh"]
    assert "2" in capsys.readouterr().out


def test_a_ledger_alone_names_its_accounts(workspace, tmp_path, capsys):
    """Forms and maps come before anybody has made a table of accounts."""
    (workspace / "facts" / "accounts.parquet").unlink()
    where = ["--workspace", str(workspace), "--lang", "en"]
    assert main(["forms", "export", str(tmp_path / "x.xlsx"), "A040", "--form", "pulse", *where]) == OK
    assert main(["map", "A001", "--out", str(tmp_path), "--as-of", "2026-09-30", *where]) == OK
    assert (tmp_path / "A001.svg").is_file() and (tmp_path / "A001.csv").is_file()
