"""The message tables of all rooms, and that what views say is in them."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

import kamtools
from kamtools.book.money.everyone import MONEY_KINDS
from kamtools.finance.names import PNL_LINES
from kamtools.identification import QUADRANTS
from kamtools.identification.alarms import KINDS
from kamtools.show import Context, conventions_line, findings
from kamtools.show.fonts import coverage
from kamtools.show.tables.forms import basis_words, reason_words
from kamtools.words import has_message, messages

ROOT = Path(kamtools.__file__).parent
FILES = sorted((ROOT / "words" / "messages").glob("*.toml"))
CJK = r"[\u3400-\u9fff]"


def fields(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_both_languages_with_the_same_placeholders(path):
    for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
        assert set(entry) == {"zh", "en"}, name
        assert fields(entry["zh"]) == fields(entry["en"]), name
        assert all(isinstance(v, str) and v.strip() for v in entry.values()) or name in ("colon", "comma"), (
            name
        )


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_both_languages_stand_on_adjacent_lines(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    for i, line in enumerate(lines):
        if line.startswith("zh ="):
            assert any(n.startswith("en =") for n in lines[i + 1 : i + 2]) or line.count('"""') == 1, line


def test_chinese_punctuation_is_full_width():
    for key, entry in messages().items():
        if key.startswith("show."):
            assert not re.search(rf"{CJK}[,;:?!()]|[,;:?!()]{CJK}", entry["zh"]), key


def test_no_message_needs_a_glyph_that_the_font_lacks():
    have = coverage()
    for key, entry in messages().items():
        lacking = {c for text in entry.values() for c in text if ord(c) not in have and c != "\n"}
        assert not lacking, (key, lacking)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_ids_of_the_rooms_have_words(lang):
    context = Context(lang)
    for key in (*PNL_LINES, *QUADRANTS, "attractiveness", "strength", "entered", "kept", "left", "refused",
                "new", "started", "lost", "up", "down", "flat", "none", "sales_share", "profit_share", "growth"):  # fmt: skip
        assert context.term(key) != key, key
    for kind in (*KINDS, *MONEY_KINDS):
        for prefix in ("alarm", "alarm_text", "alarm_do"):
            assert has_message(f"show.{prefix}", kind)
    for key in ("score_reached", "strategic", "still_above_exit", "still_strategic", "not_rated_kept",
                "score_below_exit", "share_below_minimum", "list_full", "not_rated", "score_below_entry"):  # fmt: skip
        assert reason_words(key, context) != key.replace("_", " ")
    for key in (
        "ledger",
        "expenses",
        "service_x_rates",
        "derived",
        "not_recorded",
        "derived_without_cost_and_service",
    ):
        assert "_" not in basis_words(key, context)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_convention_of_a_result_has_words(lang, results, reader):
    context = reader(lang)
    for result in (
        results.sales,
        results.profit,
        results.growth,
        results.grading,
        results.designation,
        results.ranking,
    ):
        for key in result.conventions:
            assert has_message("show.convention", key), key
        assert "_" not in conventions_line(result.conventions, context)


def test_findings_of_every_class_and_quadrant_have_advice():
    for family, keys in (
        ("class", "ABC"),
        ("quadrant", QUADRANTS),
        ("sure", ("sure", "fairly_sure", "unsure")),
        ("pnl", ("consumer_promotion", "a_and_p", "cost_to_serve")),
    ):
        assert all(has_message(f"show.find_do_{family}", key) for key in keys), family
    assert findings.Finding("x").action == ""


def test_a_criterion_and_a_strategy_may_share_an_id():
    """The kind tells which is meant; a company's word never takes the place of a quadrant's."""
    terms = {
        "criterion:profit": "Profitability",
        "strategy:profit": "Profit first",
        "profit": "Profitability",
        "star": "Stars Inc.",
    }
    context = Context("en", terms=terms)
    assert context.term("profit", "criterion") == "Profitability"
    assert context.term("profit", "strategy") == "Profit first"
    assert context.term("profit", "method") == "Share of profit"
    assert context.term("star") == "Star"
    assert context.term("unheard_of") == "unheard_of"
