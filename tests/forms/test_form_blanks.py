"""Blank forms: A4, self-contained, every field on them, in both languages."""

from __future__ import annotations

import html
import re

import pytest

from kamtools.forms import blank_html, form, forms, write_blanks
from kamtools.show.fonts import coverage
from kamtools.words import LANGUAGES


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", forms())
def test_a_blank(name, lang):
    page, found = blank_html(name, lang), form(name)
    body = html.unescape(page.split("</style>")[1])
    assert f"size: A4 {found.page}" in page and "VAR_" not in page
    assert not re.search(r"<script|<link|src=|https?:", body)
    for field in found.fields:
        assert field.label(lang) in body
        assert all(column.label(lang) in body for column in field.columns)
    for level in range(1, found.anchors + 1):
        assert found.anchor(level, lang) in body
    missing = {c for c in re.sub("<[^>]+>", "", body) if c > " " and ord(c) not in coverage()}
    assert missing == set()


def test_writing_all(tmp_path):
    written = write_blanks(tmp_path / "blanks")
    assert len(written) == 2 * len(forms()) and len(set(written)) == len(written)
    assert [p.name for p in write_blanks(tmp_path, ["zh"], ["pulse"])] == ["2.O_pulse.html"]
