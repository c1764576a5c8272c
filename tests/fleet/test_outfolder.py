"""The folder of the books: only what a run made is replaced or deleted, whatever happens in between."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from kamtools import fleet
from kamtools.errors import KamError
from kamtools.fleet import outfolder
from kamtools.fleet.outfolder import FACTS, FAILED, MADE, OutFolder, book_files

links = pytest.mark.skipif(os.name == "nt", reason="links need a right of their own on Windows")
ROOMS = ("book.ipynb", "book.html", "facts.json")


class Crash(BaseException):
    """The moment at which the process dies."""


def book(folder: Path, age: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ROOMS:
        (folder / name).write_text(age, "utf-8")


def state(place: Path) -> tuple[bool, set[str]]:
    """Whether a book is claimed as made, and what ages its files are of."""
    return (place / FACTS).exists(), {(place / n).read_text("utf-8") for n in ROOMS if (place / n).exists()}


@pytest.mark.parametrize("kind", ["done", "failed"])
@pytest.mark.parametrize("step", range(12))
def test_a_crash_at_any_step_claims_no_mixed_book_and_the_next_run_ends_the_move(
    tmp_path, monkeypatch, kind, step
):
    out = OutFolder(tmp_path)
    out.begin(book_files("K4"))
    place = tmp_path / "accounts" / "K4"
    book(place, "old")
    (place / "notes.txt").write_text("mine")
    waiting = out.work / f"K4.{kind}"
    if kind == "done":
        book(waiting, "new")
    else:
        waiting.mkdir()
        (waiting / FAILED).write_text("new", "utf-8")
    left = [step]

    def counted(call):
        def until(*args, **kwargs):
            if left[0] == 0:
                raise Crash
            left[0] -= 1
            return call(*args, **kwargs)

        return until

    crashed = False
    with monkeypatch.context() as patched:
        patched.setattr(outfolder.os, "replace", counted(os.replace))
        patched.setattr(Path, "unlink", counted(Path.unlink))
        patched.setattr(outfolder.shutil, "rmtree", counted(shutil.rmtree))
        try:
            outfolder.settle(waiting, tmp_path / "accounts")
        except Crash:
            crashed = True
    assert crashed == (step < {"done": 6, "failed": 5}[kind])
    claimed, ages = state(place)
    assert not claimed or len(ages) == 1
    later = OutFolder(tmp_path)
    later.begin([])
    claimed, ages = state(place)
    assert (claimed, ages) == ((True, {"new"}) if kind == "done" else (False, set()))
    assert (place / FAILED).exists() == (kind == "failed")
    assert (place / "notes.txt").read_text() == "mine"
    later.end()
    assert json.loads((tmp_path / MADE).read_text())["files"] == sorted(
        f"accounts/K4/{p.name}" for p in place.iterdir() if p.name != "notes.txt"
    )


def test_what_will_be_made_is_listed_before_it_is_made(tmp_path):
    out = OutFolder(tmp_path / "out")
    out.begin([*book_files("K4"), "index.html"])
    listed = json.loads((out.path / MADE).read_text())["files"]
    assert set(listed) == {*book_files("K4"), "index.html", ".work"}
    assert sorted(p.name for p in out.path.iterdir()) == [MADE, ".work"]
    assert OutFolder(tmp_path / "out").made == out.made  # a crash here leaves nothing unlisted


def test_a_list_that_was_tampered_with_deletes_nothing_else(tmp_path):
    names = ["../x.html", "/etc/x", "notes.txt", "accounts/K4/notes.txt", "accounts/../x", "owners/a/b.html"]
    (tmp_path / MADE).write_text(json.dumps({"files": [*names, "index.html", 5]}))
    assert OutFolder(tmp_path).made == {"index.html"}


def test_files_that_no_run_made_stay(again, small, toy):
    """The second run replaces one book, takes the others away, and leaves all else."""
    mine = [
        "accounts/K4/meeting notes.docx",
        "accounts/K4/photos/shelf.jpg",
        "accounts/BAD/why.txt",
        "accounts/my folder/facts.json",
        "owners/team.html",
        "owners.txt",
    ]
    for name in mine:
        (again / name).parent.mkdir(exist_ok=True)
        (again / name).write_text("mine")
    facts = again / "accounts" / "K4" / "facts.json"
    facts.write_text(facts.read_text("utf-8").replace('"lang": "en"', '"lang": "zh"'), "utf-8")
    report = fleet.run(small, again, fleet.Selection.of(accounts=["00123"]), "en", notebook=toy, jobs=1)
    assert report.ok and report.removed == ("BAD", "K4")
    assert [name for name in mine if (again / name).read_text() != "mine"] == []
    assert sorted(p.name for p in (again / "accounts" / "K4").iterdir()) == ["meeting notes.docx", "photos"]
    assert sorted(p.name for p in (again / "accounts" / "BAD").iterdir()) == ["why.txt"]


def test_a_folder_of_an_older_version_goes_on(again, small, toy):
    """It has no list: ours are our names in folders that the facts claim, and pages that say who made them."""
    (again / MADE).unlink()
    gone = again / "owners" / "GONE.html"
    shutil.copy(next((again / "owners").iterdir()), gone)  # of an owner who has left
    (again / "owners" / "TEAM.html").write_text("<h1>Our team</h1>")
    other = again / "accounts" / "OTHER"
    other.mkdir()
    (other / "book.html").write_text("mine")
    (again / ".work").mkdir()
    (again / ".work" / "log-123.txt").write_text("")
    report = fleet.run(small, again, fleet.Selection.of(accounts=["K4"]), "en", notebook=toy, jobs=1)
    assert report.ok and report.removed == ("BAD",)
    assert not gone.exists() and (again / "owners" / "TEAM.html").exists()
    assert (other / "book.html").read_text() == "mine" and not (again / ".work").exists()
    assert fleet.verify(again, small).ok


def test_a_file_that_stands_where_a_book_would_is_not_written_over(small, tmp_path, toy):
    out = tmp_path / "out"
    (out / "accounts" / "K4").mkdir(parents=True)
    (out / "accounts" / "K4" / "book.html").write_text("mine")
    with pytest.raises(KamError) as caught:
        fleet.run(small, out, fleet.Selection.of(accounts=["K4"]), "en", notebook=toy)
    assert caught.value.key == "fleet.in_the_way" and "book.html" in caught.value.text("zh")
    assert (out / "accounts" / "K4" / "book.html").read_text() == "mine"
    assert [p.name for p in out.iterdir()] == ["accounts"]


@links
@pytest.mark.parametrize("name", ["accounts", "owners", ".work", "accounts/K4"])
def test_nothing_is_followed_through_a_link(again, small, toy, tmp_path, name):
    outside = tmp_path / "outside"
    (again / name).rename(outside) if (again / name).exists() else outside.mkdir()
    (outside / "keep.html").write_text("mine")
    before = sorted(p.relative_to(outside) for p in outside.rglob("*"))
    (again / name).symlink_to(outside)
    with pytest.raises(KamError) as caught:
        fleet.run(small, again, fleet.Selection.of(accounts=["K4"]), "en", notebook=toy)
    assert caught.value.key == "fleet.linked" and str(again / name) in caught.value.text("en")
    assert sorted(p.relative_to(outside) for p in outside.rglob("*")) == before


@links
def test_a_link_beside_the_books_and_a_link_in_place_of_a_page_are_not_followed(again, small, toy, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    shutil.copy(again / "accounts" / "K4" / "facts.json", outside)  # as if it were a book
    (tmp_path / "page.html").write_text("mine")
    (again / "accounts" / "linked").symlink_to(outside)
    (again / "index.html").unlink()
    (again / "index.html").symlink_to(tmp_path / "page.html")
    fleet.run(small, again, fleet.Selection.of(accounts=["00123"]), "en", notebook=toy, jobs=1)
    assert (outside / "facts.json").exists() and (again / "accounts" / "linked").is_symlink()
    assert (tmp_path / "page.html").read_text() == "mine" and not (again / "index.html").is_symlink()
