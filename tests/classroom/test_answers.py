"""Answers: in the store of a workspace, beside a pack; whole, never lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kamtools.book import open_book
from kamtools.classroom import exercise, grading_form
from kamtools.classroom.answers import Answers, answers_of
from kamtools.classroom.forms import rated
from kamtools.classroom.places import project_root
from kamtools.errors import KamError
from kamtools.store import forget, new_workspace, open_store, written
from kamtools.workspace import open_workspace

SAMPLES = project_root(Path(__file__).parent) / "data" / "samples"


@pytest.fixture(params=["workspace", "pack"])
def workspace(request, tmp_path):
    return (
        new_workspace(tmp_path / "我的 工作区") if request.param == "workspace" else open_workspace(SAMPLES)
    )


def test_nothing_kept_is_nothing_and_makes_no_file(workspace, own_work_folder):
    assert Answers(workspace, "Li").get("A001", "2.A.1.x1") is None
    assert not own_work_folder.exists() and not (workspace.root / "kam.sqlite").exists()


def test_accounts_exercises_and_people_are_kept_apart(workspace):
    li, wu = Answers(workspace, "Li"), Answers(workspace, "吴芳")
    said = {"value": '<b>"会谈"</b>', "status": "failed"}
    li.put("00123", "2.A.1.x1", said)
    li.put("123", "2.A.1.x1", {"value": "13"})
    wu.put("00123", "2.A.1.x1", {"value": "14"})
    li.put("00123", "2.A.1.x2", {"value": ["a", "b"]})
    assert li.get("00123", "2.A.1.x1") == said
    assert (wu.get("00123", "2.A.1.x1"), wu.get("123", "2.A.1.x1")) == ({"value": "14"}, None)
    assert li.get("00123", "2.A.1.x2") == {"value": ["a", "b"]}
    li.put("00123", "2.A.1.x1", None)
    assert li.get("00123", "2.A.1.x1") is None and wu.get("00123", "2.A.1.x1") == {"value": "14"}


def test_an_answer_has_a_history_and_is_forgotten_with_the_person(tmp_path):
    workspace = new_workspace(tmp_path / "w")
    answers = Answers(workspace, "王芳")
    for value in (1, 2):
        answers.put("A", "2.A.1.x1", {"value": value})
    changes = written(workspace, "A")[1]
    assert [(c.field, c.who, c.before and c.before.value, c.after.value) for c in changes] == [
        ("王芳", "王芳", None, {"value": 1}), ("王芳", "王芳", {"value": 1}, {"value": 2}),
    ]  # fmt: skip
    assert forget(workspace, ["王芳"], who="Li", at=changes[0].at).records
    assert "王芳" not in repr(written(workspace)) and answers.get("A", "2.A.1.x1") is None


def test_what_an_older_version_kept_for_packs_is_read_and_goes_on(own_work_folder):
    own_work_folder.mkdir()
    kept = {
        "samples": {
            "A001": {"exercises": {"2.A.1.x1": {"value": "12"}}, "ratings": {"relationship": {"value": 2}}}
        }
    }
    kept["other"] = {"A001": {"exercises": {"2.A.1.x2": {"value": "99"}}}}
    text = json.dumps({"format": 1, "workspaces": kept})
    (own_work_folder / "answers.json").write_text(text, encoding="utf-8")
    answers = answers_of(open_workspace(SAMPLES))
    assert answers.get("A001", "2.A.1.x1") == {"value": "12"} and answers.get("A001", "2.A.1.x2") is None
    assert {r.criterion: r.value for r in grading_form(open_book("A001", SAMPLES)).rows()}[
        "relationship"
    ] == 2
    answers.put("A001", "2.A.1.x2", {"value": "5"})
    assert answers.get("A001", "2.A.1.x1") == {"value": "12"} and answers.get("A001", "2.A.1.x2") == {
        "value": "5"
    }
    assert (own_work_folder / "answers.json").read_text(encoding="utf-8") == text


def test_a_damaged_file_is_nothing_to_read_and_named_when_something_is_written(own_work_folder):
    answers = answers_of(open_workspace(SAMPLES))
    answers.put("A", "x", {"value": 1})
    file = answers.beside / "records.csv"
    damaged = file.read_bytes().replace(b"version", b"verzion")
    file.write_bytes(damaged)
    assert answers.get("A", "x") is None
    with pytest.raises(KamError) as caught:
        answers.put("A", "x", {"value": 2})
    assert "records.csv" in caught.value.text("en") and file.read_bytes() == damaged


def test_a_place_that_cannot_be_written_says_so(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("KAM_WORK", str(tmp_path / "file"))
    with pytest.raises(KamError) as caught:
        answers_of(open_workspace(SAMPLES)).put("A", "x", 1)
    assert "KAM_WORK" in caught.value.text("en") and "KAM_WORK" in caught.value.text("zh")


def test_in_a_workspace_of_ones_own_an_answer_changes_no_figure(tmp_path):
    own = tmp_path / "我的 工作区"
    new_workspace(own, SAMPLES)
    before = open_book("A003", own, lang="zh")
    figures, data_hash = before.figures(), before.portfolio.data_hash
    found = exercise("2.A.2.x1", before)
    assert found.check(found.right_answer()).status == "passed"
    with open_store(own) as store:
        assert store.read("A003", "exercise.2.A.2.x1") is not None
    again = open_book("A003", own, lang="en")
    assert exercise("2.A.2.x1", again).check().status == "passed"
    assert again.portfolio.data_hash == data_hash and again.figures() == figures


def test_ratings_that_were_tried_count_once_they_are_saved(tmp_path):
    own = new_workspace(tmp_path / "w", SAMPLES)
    answers_of(own).put("A007", "grading", {"relationship": {"value": 4.5, "status": "assumed"}})
    form = grading_form(open_book("A007", own.root))
    assert {r.criterion: (r.value, r.origin) for r in form.rows()}["relationship"] == (4.5, "tried")
    assert open_book("A007", own.root).portfolio.ratings.loc["A007", "relationship"] == 2
    form.save({"relationship": rated(4.5)}, form.record)
    assert {r.criterion: (r.value, r.origin) for r in form.rows()}["relationship"] == (4.5, "stored")
    assert open_book("A007", own.root).portfolio.ratings.loc["A007", "relationship"] == 4.5
