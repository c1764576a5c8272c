"""The message tables of all rooms, and that what views say is in them."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import kamtools
from kamtools.book.money.everyone import MONEY_KINDS
from kamtools.finance.names import PNL_LINES
from kamtools.identification import QUADRANTS
from kamtools.identification.alarms import KINDS
from kamtools.show import Context, findings
from kamtools.show.fonts import coverage
from kamtools.show.tables.forms import basis_words, reason_words
from kamtools.words import has_message, messages

ROOT = Path(kamtools.__file__).parent
FILES = sorted((ROOT / "words" / "messages").glob("*.toml"))
CJK = r"[\u3400-\u9fff]"


def fields(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


def test_no_message_is_empty():
    for key, entry in messages().items():
        joints = key.rpartition(".")[2] in ("colon", "comma")
        assert joints or all(isinstance(text, str) and text.strip() for text in entry.values()), key


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
