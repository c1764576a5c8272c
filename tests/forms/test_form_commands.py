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


def test_ratings_and_potential_of_many_accounts_go_through_a_workbook(workspace, tmp_path, capsys):
    from openpyxl import load_workbook

    from kamtools.book import open_portfolio
    from kamtools.store import standing
    from kamtools.workspace import open_workspace

    file, where = tmp_path / "r.xlsx", ["--workspace", str(workspace), "--lang", "zh"]
    only = ["--form", "grading", "--form", "dossier"]
    assert main(["forms", "export", str(file), "A007", "A016", *only, *where]) == OK
    opened = open_workspace(workspace)
    before = {(r.account, r.form): r for r in standing(opened, ("grading", "dossier"))}
    assert main(["forms", "import", str(file), *where]) == OK  # nobody changed it: nothing is written
    assert {(r.account, r.form): r for r in standing(opened, ("grading", "dossier"))} == before

    book = load_workbook(file)
    sheets = {str(s.cell(1, 1).value).removeprefix("kam:").split("|")[0]: s for s in book}
    labels = {c.name_zh for c in opened.settings.criteria if not c.measure}
    assert labels <= {c.value for c in sheets["grading"][2]}
    rows = {name: {sheets[name].cell(r, 1).value: r for r in (3, 4)} for name in ("grading", "dossier")}
    ids = {name: {str(c.value): c.column for c in sheets[name][1]} for name in rows}
    for account, criterion, value in (("A016", "relationship", 4.5), ("A007", "relationship", 5)):
        sheets["grading"].cell(rows["grading"][account], ids["grading"][criterion], value)
    sheets["dossier"].cell(rows["dossier"]["A016"], ids["dossier"]["potential"], 1_250_000)
    book.save(file)
    assert main(["forms", "import", str(file), "--who", "Wu", *where]) == OK
    portfolio = open_portfolio(workspace)
    assert portfolio.ratings.loc[["A007", "A016"], "relationship"].tolist() == [5, 4.5]
    assert portfolio.potential["A016"] == 1_250_000
    now = {(r.account, r.form): r for r in standing(opened, ("grading", "dossier"))}
    assert {k for k in now if now[k] != before.get(k)} == {
        ("A007", "grading"),
        ("A016", "grading"),
        ("A016", "dossier"),
    }
    assert now["A007", "grading"].changed_by == "Wu"
    kept = {n: f for n, f in now["A007", "grading"].fields.items() if n != "relationship"}
    assert kept == {n: f for n, f in before["A007", "grading"].fields.items() if n != "relationship"}

    sheets["grading"].cell(rows["grading"]["A016"], ids["grading"]["relationship"], 7)
    book.save(file)
    main(["forms", "import", str(file), *where])
    assert open_portfolio(workspace).ratings.loc["A016", "relationship"] == 4.5  # 7 waits in quarantine
    assert "7" in file.with_name("r.quarantine.csv").read_text(encoding="utf-8-sig")
