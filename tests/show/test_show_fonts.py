"""The fonts: what they hold, what happens to what they lack, and text that stays text."""

from __future__ import annotations

import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont

from kamtools.show import (
    Context,
    date,
    escape,
    escape_markdown,
    money,
    month,
    number,
    one_line,
    percent,
    window,
)
from kamtools.show.fonts import FAMILY, FOLDER, coverage, drawable, font_css, register, woff2_path

STYLES = ("Regular", "Bold")


def gb2312() -> set[int]:
    found = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((high, low)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return {c for c in found if 0x4E00 <= c <= 0x9FFF}


@pytest.mark.parametrize("style", STYLES)
def test_font_is_ours_static_free_and_small(style):
    path = FOLDER / f"KamSansSC-{style}.ttf"
    with TTFont(path) as font:
        assert font["name"].getBestFamilyName() == FAMILY
        assert "fvar" not in font
        assert font["OS/2"].usWeightClass == {"Regular": 400, "Bold": 700}[style]
        assert gb2312() <= set(font.getBestCmap())
        assert "Open Font License" in font["name"].getDebugName(13)
        assert "Source" not in font["name"].getBestFullName()
    assert path.stat().st_size < 2.6e6
    assert woff2_path().stat().st_size < 1.2e6


def test_licence_is_there():
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / "OFL.txt").read_text(encoding="utf-8")


def test_both_weights_have_the_same_characters():
    sets = []
    for style in STYLES:
        with TTFont(FOLDER / f"KamSansSC-{style}.ttf") as font:
            sets.append(set(font.getBestCmap()))
    assert sets[0] == sets[1]


def test_family_is_known_to_matplotlib():
    from matplotlib import font_manager

    families = register()
    assert families[0] == FAMILY
    path = font_manager.findfont(
        font_manager.FontProperties(family=[FAMILY], weight="bold"), fallback_to_default=False
    )
    assert path.endswith("KamSansSC-Bold.ttf")


def test_names_and_symbols_are_covered():
    lacking = [c for c in "堃喆镕珺玥瑄赟翀彧頔淼焱犇｜“”…—×→↑●·¥€éñüΩ㈱①" if ord(c) not in coverage()]
    assert not set(lacking) - {"㈱"}


def test_what_no_font_has_is_replaced_visibly():
    text, extra = drawable("A\U0001f9ff\U000e0041B")
    assert text[0] == "A" and text[-1] == "B"
    assert "\ufffd" in text or extra


def test_page_font_carries_what_the_page_uses():
    css = font_css("客户档案 A&P")
    data = base64.b64decode(re.search(r"base64,([^)]+)\)", css).group(1))
    with TTFont(io.BytesIO(data)) as font:
        have = set(font.getBestCmap())
    assert {ord(c) for c in "客户档案A&P 0"} <= have
    assert ord("损") not in have
    assert "http" not in css
    assert font_css().count("woff2") == 2


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\nb\tc\x00d", "a b c d"),
        ("\u202eabc\u202c", "abc"),
        ("  x  ", "x"),
        ("", ""),
        ("Ａ（股份）", "Ａ（股份）"),
    ],
)
def test_one_line(raw, shown):
    assert one_line(raw) == shown


def test_ten_thousand_characters_are_cut_quickly():
    assert one_line("长" * 10_000, 10) == "长长长长…"
    assert len(one_line("x" * 10_000, 26)) == 26


def test_escapes():
    assert "<" not in escape("<script>") and '"' not in escape('"')
    assert not set("*_[]()<$`") & set(re.sub(r"&#?\w+;", "", escape_markdown("*_[](<$`")))


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_missing_is_a_dash_never_zero(value):
    context = Context("en")
    assert {money(value, context), percent(value, context), number(value, context)} == {"—"}
    assert month(None, context) == date(float("nan"), context) == "—"


def test_window_that_is_no_window_stays():
    assert window("FY2026", Context("en")) == "FY2026"
    assert window("", Context("zh")) == ""
