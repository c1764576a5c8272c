"""Books of the sample company, and a folder of one's own for answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from kamtools.classroom.places import project_root

SAMPLES = project_root(Path(__file__).parent) / "data" / "samples"


@pytest.fixture(autouse=True)
def own_work_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KAM_WORK", str(tmp_path / "work"))
    return tmp_path / "work"


@pytest.fixture
def book_of():
    from kamtools.book import open_book

    return lambda account="A001", lang="en", batch=False: open_book(account, SAMPLES, lang=lang, batch=batch)


@pytest.fixture(scope="session")
def unanswered():
    """Return what a check says where nothing was answered: nothing to choose from is nothing to judge."""

    def status(found):
        asks = found.question.options is not None and not found.options
        return "uncheckable" if asks else "not_attempted"

    return status


@pytest.fixture(scope="session")
def wrong_answer():
    """Return an answer that fails: a figure seven too high, an option that is not right, all options that are not."""

    def wrong(found):
        if found.question.kind == "number":
            return found.right_answer() + 7
        others = [value for value, _ in found.options if value not in found.expected]
        return others if found.question.kind == "multi" else others[0]

    return wrong
