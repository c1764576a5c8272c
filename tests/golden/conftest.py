"""Books of the sample company, opened once, and the files that the goldens stand in."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

SAMPLES = Path(__file__).parents[2] / "data" / "samples"


class OneFileOfText(SingleFileSnapshotExtension):
    """A golden is a file of text for each case of a test: ``test_view[zh-tables_money].txt``."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """The text that stands in the file of this case."""
    return snapshot.use_extension(OneFileOfText)


@pytest.fixture(scope="session", autouse=True)
def one_place_and_time(tmp_path_factory) -> Iterator[None]:
    """Answers go to a folder of their own; a form says when it was saved in the machine's time: here in Shanghai's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KAM_WORK", str(tmp_path_factory.mktemp("work")))
        patch.setenv("TZ", "Asia/Shanghai")
        if hasattr(time, "tzset"):  # not on Windows
            time.tzset()
        # where labels stand on the paper is no text, and takes a third of the time
        patch.setattr("kamtools.show.style._fit_now", lambda ax: None)
        yield
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.fixture(scope="session")
def book_of() -> Callable:
    """A function that opens a book once: of an account, in a language."""
    from kamtools.book import open_book

    return functools.cache(lambda account, lang: open_book(account, SAMPLES, lang=lang, batch=True))
