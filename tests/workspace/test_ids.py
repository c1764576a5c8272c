from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.workspace import slug

IDS = st.text(min_size=1, max_size=16)


@given(IDS)
@settings(derandomize=True, max_examples=300, deadline=None)
def test_a_slug_is_safe(id: str) -> None:
    name = slug(id)
    assert re.fullmatch(r"[A-Za-z0-9_=~-]+", name)
    assert not name.startswith("-")
    assert len(name) <= 120


@given(IDS, IDS)
@settings(derandomize=True, max_examples=300, deadline=None)
def test_two_ids_never_share_a_file_where_case_does_not_count(one: str, other: str) -> None:
    assert (slug(one).lower() == slug(other).lower()) == (one == other)


@pytest.mark.parametrize(
    "pair", [("A001", "a001"), ("Ab", "aB"), ("CON", "con"), ("K", "\u212a"), ("\u00e9", "e\u0301")]
)
def test_ids_that_systems_confuse(pair: tuple[str, str]) -> None:
    assert slug(pair[0]).lower() != slug(pair[1]).lower()


@pytest.mark.parametrize(
    "id",
    [
        "../../x",
        "..",
        "/etc/passwd",
        "C:\\x",
        "a/b",
        "CON",
        "nul.txt",
        "LPT1",
        " x ",
        "x.",
        "澜汀",
        "\x00",
        "~",
        "=",
        "A~1",
    ],
)
def test_hostile_ids_stay_in_their_folder(id: str) -> None:
    name = slug(id)
    assert not set(name) & set('/\\:*?"<>|. \0')
    assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)", name)


def test_long_ids_differ_by_their_hash() -> None:
    one, other = slug("澜" * 500), slug("澜" * 500 + "汀")
    assert one != other
    assert max(len(one), len(other)) <= 120


def test_an_empty_id_has_no_file() -> None:
    with pytest.raises(ValueError, match="id"):
        slug("")
