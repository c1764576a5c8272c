"""Every message is there in both languages, names the same values, and is written as its language is."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from kamtools import words
from kamtools.declared import declarations
from kamtools.words import messages

HANZI = "\u4e00-\u9fff"


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def faults(entry: dict[str, str]) -> Iterator[str]:
    """Yield what is wrong with a message."""
    if set(entry) != {"zh", "en"}:
        yield f"languages {sorted(entry)}"
        return
    if fields(entry["zh"]) != fields(entry["en"]):
        yield f"values {sorted(fields(entry['zh']) ^ fields(entry['en']))} in one language only"
    if re.search(f"[{HANZI}]", entry["en"]):
        yield "hanzi in the English"
    # half-width punctuation beside hanzi is a slip, except inside a number or a piece of code
    if re.search(f"[{HANZI}][,;:?!]|[,;:?!][{HANZI}]", entry["zh"]):
        yield "half-width punctuation beside hanzi"


def test_every_message_is_there_in_both_languages():
    assert len(messages()) > 3000
    titles = {f"course.{item}" for item in declarations()}  # in the course's own wording
    texts = {key: entry for key, entry in messages().items() if key not in titles}
    assert not {key: found for key, entry in texts.items() if (found := list(faults(entry)))}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"zh": "好"}, "languages"),
        ({"zh": "{a}", "en": "{b}"}, "values ['a', 'b']"),
        ({"zh": "好", "en": "好"}, "hanzi"),
        ({"zh": "好,再见", "en": "x"}, "half-width"),
    ],
)
def test_a_fault_of_a_message_is_seen(entry, said):
    assert [found for found in faults(entry) if said in found]


def test_both_languages_stand_on_adjacent_lines():
    for path in sorted((Path(words.__file__).parent / "messages").glob("*.toml")):
        lines = [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if line and not line.startswith("#")
        ]
        for before, line in zip(lines, lines[1:], strict=False):
            if line.startswith("en = "):
                assert before.startswith("zh = "), f"{path.name}: {line}"


# Values that a person chose: a folder with a blank or a quote is one word of the shell only when it is quoted.
CHOSEN = r"(?:path|workspace|pack|mapping|workbook|directory|out|place|file)"


def test_values_in_commands_are_words_of_the_shell():
    for key, entry in messages().items():
        for text in entry.values():
            for part in text.split("kam ")[1:]:
                command = re.split(r"[\u3002\uff1b\uff0c;]|\\.(?: |$)|, ", part)[0]
                if re.match(r"[a-z]+ (?:\S+ )*?\{", command):
                    assert not re.search(r"\{" + CHOSEN + r"\}", command), f"{key}: {command}"


@pytest.mark.parametrize("folder", ["a b", "it's", "$HOME;x", "工作区", 'q"q'])
def test_a_command_of_a_message_can_be_copied(folder):
    import shlex

    for lang in words.LANGUAGES:
        said = words.say("importing.undo_hint", lang, number=3, workspace=Path("/tmp") / folder)
        command = said[said.index("kam undo") :]
        assert shlex.split(command) == ["kam", "undo", f"/tmp/{folder}"]
