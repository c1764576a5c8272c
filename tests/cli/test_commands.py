"""The commands on real folders: what they make, what they say, and their exit codes."""

from __future__ import annotations

import csv
import filecmp
import json
import shutil
from pathlib import Path

import pytest

from kamtools import cli
from kamtools.store import written
from kamtools.workspace import open_workspace

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "data" / "samples"


@pytest.fixture
def kam(capsys, monkeypatch):
    """Run ``kam`` in English here; give its exit code, output and error text."""
    monkeypatch.chdir(ROOT)

    def run(*arguments: object, lang: str = "en") -> tuple[int, str, str]:
        code = cli.main([*map(str, arguments), "--lang", lang])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Path:
    """The sample company as a workspace of its own, in a folder with spaces and Chinese characters."""
    folder = tmp_path_factory.mktemp("公司 数据") / "ws"
    assert cli.main(["new", str(folder), "--from", str(SAMPLES), "--lang", "en"]) == 0
    return folder


def test_a_pack_becomes_a_workspace_and_the_same_pack_again(company, kam, tmp_path):
    code, out, _ = kam("pack", tmp_path / "pack", "--workspace", company)
    assert code == 0 and "pack" in out
    made = sorted(p.relative_to(tmp_path / "pack") for p in (tmp_path / "pack").rglob("*") if p.is_file())
    assert len(made) > 10
    same, different, missing = filecmp.cmpfiles(tmp_path / "pack", SAMPLES, map(str, made), shallow=False)
    assert (len(same), different, missing) == (len(made), [], [])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_check_passes_what_is_right_and_counts_its_rows(kam, lang):
    code, out, err = kam("check", SAMPLES, lang=lang)
    assert (code, err) == (0, "")
    assert "ledger" in out


def test_check_names_place_value_and_remedy_and_exits_1(kam, tmp_path):
    pack = shutil.copytree(SAMPLES, tmp_path / "pack")
    ledger = pack / "facts" / "ledger.csv"
    lines = ledger.read_text(encoding="utf-8").splitlines(keepends=True)
    header = next(csv.reader([lines[0]]))
    row = next(csv.reader([lines[7]]))
    row[header.index("date")] = "2026-13-45"
    lines[7] = ",".join(row) + "\n"
    ledger.write_text("".join(lines), encoding="utf-8", newline="\n")
    for lang in ("zh", "en"):
        code, out, _ = kam("check", pack, lang=lang)
        assert code == 1
        (line,) = [text for text in out.splitlines() if "2026-13-45" in text]
        assert "ledger.csv" in line and "8" in line and "date" in line


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["check", "/nowhere/at/all"], "/nowhere/at/all"),
        (["run", "NO-SUCH", "--workspace", "data/samples"], "NO-SUCH"),
        (["run", "../../x", "--workspace", "data/samples"], "../../x"),
        (["run", "--owner", "Nobody", "--workspace", "data/samples"], "Nobody"),
        (["run", "A001", "--all", "--workspace", "data/samples"], "--all"),
        (["run", "--key", "--workspace", "tests"], "tests"),
        (["verify", "tests"], "tests"),
        (["new", "tests"], "tests"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_made(kam, arguments, named, tmp_path):
    if arguments[0] == "run":
        arguments = [*arguments, "--out", tmp_path / "out"]
    code, _, err = kam(*arguments)
    assert code == 2
    assert named in err and "Traceback" not in err
    assert not list(tmp_path.glob("out/accounts/*"))
    code_zh, _, err_zh = kam(*arguments, lang="zh")
    assert code_zh == 2 and err_zh.startswith("错误：") and named in err_zh


def test_designate_dates_the_list_and_a_second_time_changes_nothing(company, kam):
    code, out, err = kam("designate", "--workspace", company, "--as-of", "2026-10-31")
    assert code == 0, err
    assert "accounts" in out and "2026-10-31" in out
    first = written(open_workspace(company))
    assert "2026-10-31" in {c.field for c in first[1] if c.form == "designation"}
    assert kam("designate", "--workspace", company, "--as-of", "2026-10-31")[0] == 0
    assert written(open_workspace(company)) == first
    assert kam("designate", "--back", "--workspace", company, "--as-of", "2026-10-31", "--who", "Wu")[0] == 0
    assert {c.who for c in written(open_workspace(company))[1][len(first[1]) :]} == {"Wu"}


def test_a_pack_is_not_written_to(kam):
    before = (SAMPLES / "store" / "records.csv").read_bytes()
    code, _, err = kam("designate", "--workspace", SAMPLES)
    assert code == 2 and "samples" in err
    assert (SAMPLES / "store" / "records.csv").read_bytes() == before


def test_foreign_rows_come_in_and_the_same_file_again_changes_nothing(kam, tmp_path):
    (tmp_path / "s.csv").write_text(
        "Invoice,Date,Customer,Amount\n1,2026-01-31,00123,10.50\n2,2026-02-28,00123,-3\n", encoding="utf-8"
    )
    (tmp_path / "m.yml").write_text(
        "currency: CNY\ndates: iso\nsources:\n  s: s.csv\ntables:\n  ledger:\n    source: s\n"
        "    columns:\n      invoice: Invoice\n      date: Date\n      account: Customer\n"
        "      amount: Amount\n      kind: {by_sign: Amount}\n",
        encoding="utf-8",
    )
    command = ("import", tmp_path / "m.yml", tmp_path / "s.csv", "--workspace", tmp_path / "ws")
    code, out, err = kam(*command)
    assert code == 0, out + err
    table = (tmp_path / "ws" / "facts" / "ledger.parquet").read_bytes()
    assert kam(*command)[0] == 0
    assert (tmp_path / "ws" / "facts" / "ledger.parquet").read_bytes() == table
    assert kam("check", tmp_path / "ws")[0] == 0


def test_a_draft_is_written_once_and_never_over_a_file(kam, tmp_path):
    (tmp_path / "s.csv").write_text("单据号,日期,客户编码,金额\n1,2026-01-31,00123,10.50\n", encoding="utf-8")
    target = tmp_path / "m.yml"
    code, out, err = kam("import", "--draft", tmp_path / "s.csv", "--to", target)
    assert code == 0, err
    text = target.read_text(encoding="utf-8")
    assert "ledger" in text and "00123" in text
    assert kam("import", "--draft", tmp_path / "s.csv")[1].rstrip() == text.rstrip()
    assert kam("import", "--draft", tmp_path / "s.csv", "--to", target)[0] == 2
    assert target.read_text(encoding="utf-8") == text


def test_coverage_for_people_and_for_scripts(kam):
    code, out, _ = kam("coverage")
    assert code == 0 and "2.B.1" in out
    code, out, _ = kam("coverage", "--json")
    assert code == 0
    assert "2.A.1" in json.dumps(json.loads(out))


def test_notebooks_are_up_to_date(kam):
    code, out, err = kam("notebooks", "--check")
    assert code == 0, out + err


def test_the_as_of_date_is_the_asked_one_else_the_settings_else_today(company, tmp_path):
    import datetime as dt

    assert cli.as_of_day(dt.date(2025, 1, 31), company) == dt.date(2025, 1, 31)
    assert cli.as_of_day(None, company) == dt.date(2026, 10, 31)
    assert cli.main(["new", str(tmp_path / "empty"), "--lang", "en"]) == 0
    assert cli.as_of_day(None, tmp_path / "empty") == dt.date.today()


def test_lines_lists_what_a_figure_is_made_of(kam, tmp_path):
    asked = ("lines", "data/samples", "A001", "--figure", "month_invoiced_sales_actual")
    code, out, err = kam(*asked)
    assert (code, err) == (0, "") and "Lines: 42" in out
    total = next(line for line in out.splitlines() if line.startswith("Total"))
    assert total.split()[-1] == "7,101,417.09"
    assert (
        kam(*asked, lang="zh")[1]
        .splitlines()[0]
        .startswith("客户 A001：month_invoiced_sales_actual 的明细行，2026-10")
    )
    file = tmp_path / "九月.csv"
    code, out, _ = kam("lines", "data/samples", "A001", "--month", "2026-09", "--out", file)
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert code == 0 and str(len(rows)) in out and {r["date"][:7] for r in rows} == {"2026-09"}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--figure", "dso"), "ageing_open"),
        (("--figure", "month_net_sale_actual"), "month_net_sales_actual"),
        (("--month", "2026-13"), "2026-13"),
        (("--out", "a.pdf"), ".xlsx"),
    ],
)
def test_lines_that_cannot_be_given_are_answered_with_what_can(kam, more, told):
    code, out, err = kam("lines", "data/samples", "A001", *more)
    assert (code, out) == (2, "") and told in err
