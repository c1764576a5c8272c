"""The docs say what is: links lead somewhere, commands exist, the data dictionary is current."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import click
import pytest

from kamtools import cli
from kamtools.words import messages
from kamtools.workspace.tables import TABLES

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def load_tool(name: str):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_data_dictionary_is_current():
    tool = load_tool("data_dictionary")
    assert (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8") == tool.page()


def test_the_data_dictionary_explains_only_columns_that_are_there():
    there = {f"tables.{t.name}" for t in TABLES.values()}
    there |= {f"tables.{t.name}.{c.name}" for t in TABLES.values() for c in t.columns}
    there |= {f"tables.any.{c.name}" for t in TABLES.values() for c in t.columns}
    assert {key for key in messages() if key.startswith("tables.")} <= there


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_and_pictures_lead_to_files(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)|src=\"([^\"]+)\"", text):
        found = target[0] or target[1]
        if not found.startswith(("https://", "http://")):
            assert (page.parent / found).exists(), f"{page.name}: {found}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_commands_and_options_in_the_docs_exist(page):
    program = cli.commands()
    assert isinstance(program, click.Group)
    for code in re.findall(r"`([^`]+)`|^((?:kam|\.venv).*)$", page.read_text(encoding="utf-8"), re.MULTILINE):
        line = (code[0] or code[1]).strip()
        match = re.match(r"(?:\.venv/bin/python -m kamtools|kam) ([a-z]+)\b(.*)", line)
        if not match:
            continue
        assert match[1] in program.commands, f"{page.name}: {line}"
        command, rest = program.commands[match[1]], match[2].split()
        if isinstance(command, click.Group) and rest:
            assert rest[0] in command.commands, f"{page.name}: {line}"
            command = command.commands[rest[0]]
        known = {o for p in command.params for o in p.opts} | {"--help"}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", match[2])) <= known, f"{page.name}: {line}"


PAIRS = [(page, page.with_suffix(".zh-CN.md")) for page in PAGES if page.with_suffix(".zh-CN.md").exists()]


def shape(text: str) -> dict[str, object]:
    """What two languages of a page share: headings, commands, links, lists and tables."""
    blocks = [re.sub(r"#.*", "", b) for b in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)]
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    links = [
        link.replace(".zh-CN.", ".").replace("/zh/", "/en/") for link in re.findall(r"\]\(([^)]+)\)", prose)
    ]
    return {
        "headings": [len(h) for h in re.findall(r"^(#+) ", prose, re.MULTILINE)],
        "code": ["".join(b.split()).replace("--langzh", "--langen") for b in blocks],
        "links": links,
        "list items": len(re.findall(r"^(?:-|\d+\.) ", prose, re.MULTILINE)),
        "table rows": len(re.findall(r"^\|", prose, re.MULTILINE)),
    }


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=lambda p: p.name)
def test_both_languages_of_a_page_say_the_same(english, chinese):
    assert shape(english.read_text(encoding="utf-8")) == shape(chinese.read_text(encoding="utf-8"))


def test_the_pages_for_readers_are_in_both_languages():
    names = {"README.md", "CHANGELOG.md", "managers.md", "importing.md"}
    assert {english.name for english, _ in PAIRS} == names


@pytest.mark.parametrize("page", [c for _, c in PAIRS], ids=lambda p: p.name)
def test_chinese_pages_use_chinese_punctuation(page):
    prose = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"[\u4e00-\u9fff][,:;?!]", prose) == []


@pytest.mark.parametrize("page", ["importing.md", "importing.zh-CN.md"])
def test_the_mapping_in_the_docs_is_a_mapping(page, tmp_path):
    from kamtools.importing import load_mapping

    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert example
    path = tmp_path / "mapping.yml"
    path.write_text(example[1], encoding="utf-8")
    assert set(load_mapping(path).tables) == {"accounts", "ledger"}


def test_the_rules_in_the_docs_are_the_rules():
    from kamtools.importing.mapping import Rules

    text = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", text, re.MULTILINE)
    assert [name for name, _ in rows] == list(Rules.model_fields)
    for name, choices in rows:
        default = Rules.model_fields[name].default
        assert default is None or re.match(rf"`{default}`", choices), name
