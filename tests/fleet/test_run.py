from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from kamtools import fleet
from kamtools.errors import KamError
from kamtools.fleet import runs
from kamtools.fleet.outfolder import OutFolder, book_files
from kamtools.words import LANGUAGES


def test_one_failure_stops_no_other_and_the_run_is_not_ok(ran):
    report, out, _ = ran
    assert [(s.account, s.ok) for s in report.statuses] == [("../../x", True), ("BAD", False), ("K4", True)]
    assert not report.ok
    assert "planned failure of BAD" in report.statuses[1].error
    assert (out / "index.html").is_file() and (out / "run.json").is_file()


def test_each_account_has_its_three_files_and_a_failed_one_its_notebook(ran):
    report, out, _ = ran
    for status in report.statuses:
        found = sorted(p.name for p in (out / "accounts" / status.slug).iterdir())
        assert found == (["book.html", "book.ipynb", "facts.json"] if status.ok else ["failed.ipynb"])


def test_nothing_is_written_outside_the_output(ran):
    _, out, _ = ran
    assert {p.name for p in out.iterdir() if not p.name.startswith(".kam.")} == {
        "accounts",
        "owners",
        "index.html",
        "run.json",
    }
    assert [p.name for p in out.parent.iterdir()] == [out.name]
    assert len(list((out / "accounts").iterdir())) == 3


def test_progress_is_told_account_by_account(ran):
    said = ran[2]
    assert said[0] == (0, 3, None)
    assert [(done, total) for done, total, _ in said] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert {status.account for _, _, status in said[1:]} == {"../../x", "BAD", "K4"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_status_table_names_what_failed_and_where_the_portal_is(ran, lang):
    report = ran[0]
    text = "\n".join(report.lines(lang))
    assert "planned failure of BAD" in text and str(report.portal) in text
    assert {"zh": "2 个成功", "en": "2 made, 1 failed"}[lang] in text


def test_facts_hold_the_figures_of_the_book(ran, small):
    from kamtools.book import open_book

    report, out, _ = ran
    for status in report.statuses:
        if not status.ok:
            continue
        facts = json.loads((out / "accounts" / status.slug / "facts.json").read_text("utf-8"))
        book = open_book(status.account, small, "2026-06-30", "en", True)
        stored = {f["id"]: f["value"] for f in facts["figures"]}
        assert stored == {f.id: f.value for f in book.figures()} and len(stored) == status.figures > 20
        assert stored["sales"] == book.portfolio.sales[status.account]
        assert (facts["account"], facts["as_of"], facts["lang"]) == (status.account, "2026-06-30", "en")
        assert facts["data_hash"] == book.portfolio.data_hash and facts["conventions"]["basis"] == "net"
        assert (out / facts["workspace"]).resolve() == small.resolve()


def test_the_book_prints_the_command_that_facts_name(ran, inert):
    report, out, _ = ran
    for status in report.statuses:
        if status.ok:
            folder = out / "accounts" / status.slug
            command = json.loads((folder / "facts.json").read_text("utf-8"))["command"]
            assert status.account in command and "--as-of 2026-06-30" in command
            assert command in "".join(inert((folder / "book.html").read_text("utf-8")).text)
            shown = json.loads((folder / "book.ipynb").read_text("utf-8"))
            assert command in json.dumps(shown, ensure_ascii=False).replace("\\\\", "\\").replace('\\"', '"')


def test_every_page_is_inert_whatever_the_names(ran, inert, hostile):
    _, out, _ = ran
    pages = sorted(out.rglob("*.html"))
    assert len(pages) == 2 + 1 + 2  # books, portal, owners
    for page in pages:
        read = inert(page.read_text("utf-8"))
        assert all(a.get("type") or "data-ready" not in a for a, _ in read.scripts)
        assert not [t for _, t in read.scripts if t.strip() == "alert(1)"]
    portal = inert((out / "index.html").read_text("utf-8"))
    assert hostile["../../x"] in "".join(portal.text)  # in the run's status, as text


def test_every_link_of_the_output_leads_somewhere(ran, inert):
    _, out, _ = ran
    checked = 0
    for page in out.rglob("*.html"):
        source = page.read_text("utf-8")
        links = [a["href"] for a in inert(source).of("a") if "href" in a]
        if page.parent.name != "accounts" and 'id="data"' in source:
            data = json.loads(source.split('id="data">')[1].split("</script>")[0])
            links += [row[data["fields"].index("href")] for row in data["rows"]]
        for link in links:
            if link and not link.startswith("#"):
                assert (page.parent / link).resolve().is_file(), (page.name, link)
                checked += 1
    assert checked > 8


def test_run_json_says_what_was_run(ran, small):
    _, out, _ = ran
    run = json.loads((out / "run.json").read_text("utf-8"))
    assert {a["account"]: a["status"] for a in run["accounts"]} == {
        "../../x": "done",
        "BAD": "failed",
        "K4": "done",
    }
    assert run["data_hash"] and run["as_of"] == "2026-06-30" and run["versions"]["papermill"]
    assert run["command"].startswith("kam run") and run["command"].endswith("--key")
    assert str(Path.home()) not in (out / "accounts" / "K4" / "book.html").read_text(
        "utf-8"
    ) or small.is_relative_to(Path.home())


def test_notebooks_keep_no_trace_of_where_they_ran(ran):
    _, out, _ = ran
    notebook = json.loads((out / "accounts" / "K4" / "book.ipynb").read_text("utf-8"))
    assert set(notebook["metadata"]["papermill"]) == {"parameters", "duration", "version"}


@pytest.mark.slow
def test_running_again_replaces_this_account_and_keeps_the_others(again, small, toy):
    old = (again / "accounts" / "K4" / "facts.json").read_text("utf-8")
    (again / "accounts" / "K4" / "book.html").write_text("old", "utf-8")
    report = fleet.run(small, again, fleet.Selection.of(accounts=["K4"]), "en", notebook=toy, jobs=1)
    assert report.ok and report.removed == ("BAD",)  # the failed one is of another run
    assert (again / "accounts" / "K4" / "book.html").read_text("utf-8") != "old"
    assert (again / "accounts" / "K4" / "facts.json").read_text("utf-8") == old
    run = json.loads((again / "run.json").read_text("utf-8"))
    assert {a["account"]: a["status"] for a in run["accounts"]} == {"K4": "done", "../../x": "kept"}
    assert fleet.verify(again, small).ok


@pytest.mark.slow
def test_books_made_before_the_list_was_changed_go(again, small, toy, tmp_path):
    import datetime as dt

    from kamtools.store import FieldValue, open_store

    other = Path(shutil.copytree(small, tmp_path / "other"))
    with open_store(other) as store:
        record = store.read("BAD", "designation")
        fields = {**record.fields, "2026-01-02": FieldValue({"status": "left", "place": 1})}
        at = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
        store.write("BAD", "designation", fields, version=record.version, who="Li", at=at)
    report = fleet.run(other, again, fleet.Selection.of(accounts=["BAD"]), "en", notebook=toy, jobs=1)
    assert set(report.removed) == {"K4", "../../x"}  # their data is the same, their portfolio is not


@pytest.mark.slow
def test_books_of_other_data_go(again, small, toy):
    facts = again / "accounts" / "K4" / "facts.json"
    facts.write_text(facts.read_text("utf-8").replace('"lang": "en"', '"lang": "zh"'), "utf-8")
    (again / "accounts" / "K4" / "notes.txt").write_text("mine", "utf-8")
    report = fleet.run(small, again, fleet.Selection.of(accounts=["BAD"]), "en", notebook=toy, jobs=1)
    assert report.removed == ("K4",) and not report.ok
    assert [p.name for p in (again / "accounts" / "K4").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("selection", "key"),
    [
        (fleet.Selection.of(accounts=["nobody"]), "book.unknown_account"),
        (fleet.Selection.of(owner="nobody"), "fleet.unknown_owner"),
    ],
)
def test_a_bad_selection_is_refused_before_anything_runs(small, tmp_path, toy, selection, key):
    with pytest.raises(KamError) as caught:
        fleet.run(small, tmp_path / "out", selection, notebook=toy)
    assert caught.value.key == key and not (tmp_path / "out").exists()


def test_a_notebook_without_our_parameters_is_refused_before_anything_runs(small, tmp_path, make_notebook):
    other = make_notebook(tmp_path / "other.ipynb", parameters='acount: str = "A"  # misspelt\n')
    with pytest.raises(KamError) as caught:
        fleet.run(small, tmp_path / "out", fleet.Selection.of(all=True), notebook=other)
    assert "acount" in caught.value.text("en") and not (tmp_path / "out").exists()


def test_a_folder_with_other_files_is_refused(small, tmp_path, toy):
    (tmp_path / "thesis.doc").write_text("mine")
    with pytest.raises(KamError) as caught:
        fleet.run(small, tmp_path, fleet.Selection.of(all=True), notebook=toy)
    assert caught.value.key == "fleet.out_not_ours" and "thesis.doc" in caught.value.text("zh")
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.doc"]


def test_the_workspace_itself_and_a_file_are_refused(small, tmp_path, toy):
    (tmp_path / "file").write_text("x")
    for out, key in ((small, "fleet.out_in_workspace"), (tmp_path / "file", "fleet.out_is_file")):
        with pytest.raises(KamError) as caught:
            fleet.run(small, out, fleet.Selection.of(all=True), notebook=toy)
        assert caught.value.key == key
    with pytest.raises(KamError, match="jobs"):
        fleet.run(small, tmp_path / "out", jobs=0, notebook=toy)


def test_data_with_errors_make_no_book(pack, tmp_path, toy):
    """Opened, such a budget would silently have no figures for its line."""
    from kamtools.workspace import new_workspace

    wrong = tmp_path / "wrong"
    shutil.copytree(pack, wrong)
    head = "account,month,line,version,activity,category,amount,currency\n"
    (wrong / "facts" / "budget.csv").write_text(head + "K4,2026-01-01,sales,,,,100,CNY\n", "utf-8")
    new_workspace(tmp_path / "w", wrong)
    with pytest.raises(KamError) as caught:
        fleet.run(tmp_path / "w", tmp_path / "out", fleet.Selection.of(all=True), notebook=toy)
    assert not (tmp_path / "out").exists()
    assert caught.value.key == "fleet.check_failed" and "budget" in caught.value.text("zh")
    assert "kam check" in caught.value.text("en")


class Killer(str):
    """An account whose job ends the process that unpacks it."""

    def __reduce__(self):
        return os._exit, (1,)


@pytest.mark.slow
def test_a_worker_that_dies_takes_no_other_account_with_it(small, tmp_path, toy):
    from kamtools.book import open_portfolio

    out = tmp_path / "out"
    portfolio = open_portfolio(small)
    jobs = runs._jobs(portfolio, ["K4", "00123"], small, out, "en", toy, 60)
    object.__setattr__(jobs[0], "account", Killer("K4"))
    folder = OutFolder(out)
    folder.begin([name for job in jobs for name in book_files(job.slug)])
    (out / "accounts" / "K4").mkdir(parents=True)
    (out / "accounts" / "K4" / "book.html").write_text("an older book of the account")
    statuses = runs._run_jobs(jobs, 1, folder, None)
    assert [s.ok for s in statuses] == [False, True]
    assert not (out / "accounts" / "K4").exists()


@pytest.mark.slow
def test_a_cell_that_hangs_is_stopped(small, tmp_path, make_notebook):
    slow = make_notebook(tmp_path / "slow.ipynb", code="import time\ntime.sleep(60)\n")
    report = fleet.run(
        small, tmp_path / "out", fleet.Selection.of(accounts=["K4"]), "en", notebook=slow, cell_timeout=1
    )
    assert not report.ok and "1 second" in (report.statuses[0].error or "")


@pytest.mark.slow
def test_figures_of_another_account_are_no_book(small, tmp_path, make_notebook):
    code = "from kamtools.book import open_book\nfrom kamtools.classroom import colophon\n"
    code += 'colophon(open_book("00123", workspace, as_of, lang, batch))\n'
    wrong = make_notebook(tmp_path / "wrong.ipynb", code=code)
    report = fleet.run(small, tmp_path / "out", fleet.Selection.of(accounts=["K4"]), "en", notebook=wrong)
    assert not report.ok and "00123" in (report.statuses[0].error or "")
    assert [p.name for p in (tmp_path / "out" / "accounts" / "K4").iterdir()] == ["failed.ipynb"]
