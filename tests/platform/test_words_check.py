"""The check of keys and words: what it reports, and that nothing is to be reported."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("words_check", ROOT / "tools" / "words_check.py")
words_check = importlib.util.module_from_spec(spec)
spec.loader.exec_module(words_check)
TABLE = {"show.title", "show.line.net_sales", "show.line.rebates", "money.gone"}


def wrong(code: str, declared=None) -> list[str]:
    return words_check.check({"a.py": code}, TABLE, set(), declared or {})


def test_what_is_used_is_not_reported():
    code = 'say("show.title"); say("money.gone"); say("show.line", lang, {"net_sales": 1, x.rebates: 2}[k])'
    assert wrong(code) == []


def test_a_key_that_is_not_there_and_a_message_that_nobody_uses():
    assert wrong('say("show.titel"); say("show.line", None, "net_sales")') == [
        "a.py:1: there is no message show.titel",
        "money.gone: nobody uses this message",
        "show.line.rebates: nobody uses this message",
        "show.title: nobody uses this message",
    ]


def test_a_key_that_is_put_together():
    for call in (
        'say(f"show.{x}")',
        'say("show." + x)',
        'called(context, f"{room}.line", x)',
        'y = f"show.line_{x}"',
    ):
        assert "a.py:1: a key is put together; write it whole, an id after it" in wrong(call)


def test_a_declared_family_has_words_for_its_ids_and_no_more():
    code = 'say("show.title"); say("money.gone"); say("show.line", lang, k)'
    assert wrong(code, {"show.line": ("net_sales", "cost")}) == [
        "show.line.cost: a word is missing",
        "show.line.rebates: no such id in the tuple",
    ]


def test_the_project(capsys):
    assert words_check.main() == 0, capsys.readouterr().out
