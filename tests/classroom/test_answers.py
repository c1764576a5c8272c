"""The file of answers: data, whole, never lost."""

from __future__ import annotations

import json
import types
from pathlib import Path

import pytest

from kamtools.classroom.answers import Answers, answers_of
from kamtools.errors import KamError


@pytest.fixture
def answers(tmp_path):
    return Answers(tmp_path / "work" / "answers.json", "samples")


def test_nothing_kept_is_nothing_and_makes_no_file(answers):
    assert answers.get("A001", "exercises") == {}
    assert not answers.path.exists()


def test_accounts_workspaces_and_kinds_are_kept_apart(answers):
    answers.put("00123", "exercises", "2.A.1.x1", {"value": "12"})
    answers.put("123", "exercises", "2.A.1.x1", {"value": "13"})
    answers.put("123", "ratings", "fit", {"value": 4.5, "source": '<b>"会谈"</b>'})
    Answers(answers.path, "other").put("123", "exercises", "2.A.1.x1", {"value": "14"})
    assert answers.get("00123", "exercises")["2.A.1.x1"] == {"value": "12"}
    assert answers.get("123", "exercises")["2.A.1.x1"] == {"value": "13"}
    assert answers.get("123", "ratings")["fit"]["source"] == '<b>"会谈"</b>'


def test_the_file_is_the_same_whatever_the_order(answers, tmp_path):
    other = Answers(tmp_path / "other.json", "samples")
    for store, order in ((answers, ("a", "b")), (other, ("b", "a"))):
        for key in order:
            store.put("A", "exercises", key, {"value": key})
    assert answers.path.read_bytes() == other.path.read_bytes()
    assert json.loads(answers.path.read_text(encoding="utf-8"))["format"] == 1
    assert [p.name for p in answers.path.parent.iterdir()] == ["answers.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"workspaces": 3}'])
def test_a_damaged_file_is_put_aside_not_lost(answers, text):
    answers.path.parent.mkdir()
    answers.path.write_text(text, encoding="utf-8")
    assert answers.get("A", "exercises") == {}
    answers.put("A", "exercises", "x", {"value": 1})
    assert answers.path.with_name("answers.damaged.json").read_text(encoding="utf-8") == text
    assert answers.get("A", "exercises") == {"x": {"value": 1}}


def test_a_place_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(KamError) as caught:
        Answers(tmp_path / "file" / "answers.json", "s").put("A", "exercises", "x", 1)
    assert "KAM_WORK" in caught.value.text("en") and "KAM_WORK" in caught.value.text("zh")


def test_answers_go_to_the_workspace_or_for_a_pack_to_the_work_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KAM_WORK", str(tmp_path / "mine"))
    source = tmp_path / "samples"
    own = types.SimpleNamespace(is_pack=False, root=source, source=source)
    pack = types.SimpleNamespace(is_pack=True, root=tmp_path / "cache" / "ab12", source=source)
    assert answers_of(own).path == source / "answers" / "answers.json"
    assert answers_of(pack) == Answers(tmp_path / "mine" / "answers.json", "samples")


def test_in_a_workspace_of_ones_own_an_answer_is_kept_beside_the_data(tmp_path):
    from kamtools.book import open_book
    from kamtools.classroom import exercise
    from kamtools.classroom.places import project_root
    from kamtools.workspace import new_workspace

    own = tmp_path / "我的 工作区"
    new_workspace(own, project_root(Path(__file__).parent) / "data" / "samples")
    before = open_book("A003", own, lang="zh").portfolio.data_hash
    found = exercise("2.A.2.x1", open_book("A003", own, lang="zh"))
    assert found.check(found.right_answer()).status == "passed"
    assert (own / "answers" / "answers.json").is_file()
    again = open_book("A003", own, lang="en")
    assert exercise("2.A.2.x1", again).check().status == "passed"
    assert again.portfolio.data_hash == before  # answers are no part of the data
