"""The rules of the sources, and that each catches what breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kamtools.classroom.course import read_course
from kamtools.classroom.lint import lint_cells, lint_source, shape
from kamtools.classroom.places import project_root
from kamtools.classroom.source import read_source

SOURCES = sorted((project_root(Path(__file__).parent) / "notebooks" / "source").glob("[0-9]*.py"))

PARAMETERS = """\
# %% tags=["parameters"] kam={"course": [], "part": "set-up"}
account: str = "A001"  # classroom.help_account

"""


def problems(tmp_path, text):
    path = tmp_path / "02_broken.py"
    path.write_text(PARAMETERS + text, encoding="utf-8")
    return [p.key for p in lint_cells(read_source(path), {"2.A"}, path.name)]


def pair(zh, en, kam='{"course": ["2.A"], "part": "lesson"}'):
    def comment(text):
        return "\n".join(f"# {line}" for line in text.splitlines())

    return (
        f'# %% [markdown] tags=["lang:zh"] kam={kam}\n{comment(zh)}\n\n'
        f'# %% [markdown] tags=["lang:en"]\n{comment(en)}\n'
    )


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_the_sources_keep_the_rules(path):
    assert [p.text("en") for p in lint_source(path)] == []


def test_a_good_pair_passes(tmp_path):
    text = pair(
        "## 销售\n- 80% 用了 12 家\n- [表](a.csv)", "## Sales\n- 12 accounts make 80%\n- [table](a.csv)"
    )
    assert problems(tmp_path, text) == []


@pytest.mark.parametrize(
    ("zh", "en", "key"),
    [
        ("## 销售", "### Sales", "differ_headings"),
        ("- 一\n- 二", "- one", "differ_lists"),
        ("1. 一", "- one", "differ_lists"),
        ("80% 的销售", "90% of sales", "differ_numbers"),
        ("满 1,000 元", "from 10,000 yuan", "differ_numbers"),
        ("[表](a.csv)", "[table](b.csv)", "differ_links"),
        ("| 一 | 二 |", "| one |", "differ_tables"),
        ("公式 $a+b$", "formula $a-b$", "differ_formulas"),
    ],
)
def test_languages_that_differ_are_caught(tmp_path, zh, en, key):
    assert key in problems(tmp_path, pair(zh, en))


def test_a_missing_neighbour_is_caught(tmp_path):
    only = pair("销售", "Sales").split('# %% [markdown] tags=["lang:en"]')[0]
    assert problems(tmp_path, only) == ["no_neighbour"]
    assert "no_neighbour" in problems(tmp_path, pair("一", "One").replace("lang:zh", "lang:en", 1))


def test_a_text_without_language_is_caught(tmp_path):
    assert "no_language" in problems(
        tmp_path, '# %% [markdown] kam={"course": [], "part": "lesson"}\n# text\n'
    )


@pytest.mark.parametrize(
    "code", ['title = "Share of sales"', 'title = "销售"', "x = 1  # the share", "# 注释\nx = 1"]
)
def test_words_in_code_are_caught(tmp_path, code):
    text = f'# %% kam={{"course": ["2.A"], "part": "analysis"}}\n{code}\n'
    assert problems(tmp_path, text) == ["words_in_code"]


def test_ids_and_paths_in_code_are_no_words(tmp_path):
    text = '# %% kam={"course": ["2.A"], "part": "exercise"}\nexercise("2.A.1.x1", "data/samples");\n'
    assert problems(tmp_path, text) == []


def test_an_exercise_that_does_not_exist_is_caught(tmp_path):
    text = '# %% kam={"course": ["2.A"], "part": "exercise"}\nexercise("2.A.1.x9", book)\n'
    assert problems(tmp_path, text) == ["exercise"]


def test_unknown_items_and_parts_are_caught(tmp_path):
    kam = '{"course": ["9.Z"], "part": "poem", "edition": ["trainee"]}'
    assert set(problems(tmp_path, pair("一", "One", kam))) == {"item", "part"}


def test_a_source_needs_parameters(tmp_path):
    path = tmp_path / "02_bare.py"
    path.write_text(pair("一", "One"), encoding="utf-8")
    assert [p.key for p in lint_cells(read_source(path), {"2.A"})] == ["no_parameters"]


def test_shape_reads_numbers_as_they_are_written():
    assert shape("从 0 到 10,000，-1 和 2.5%")["numbers"] == shape("0 to 10,000, -1, and 2.5%")["numbers"]


def test_the_course_map_holds_every_item_once():
    course = read_course(SOURCES[0].parent / "course.yml")
    assert len(course.items) == 124
    taught = {i.id for i in course.items.values() if i.module == "2" and i.kind != "case"}
    assert taught <= set(course.served) and len(course.served) == len(set(course.served))
    assert all(item.zh and item.en for item in course.items.values())


def test_a_course_map_with_unknown_served_ids_is_refused(tmp_path):
    path = tmp_path / "course.yml"
    path.write_text(
        'served: ["9"]\nmodules: [{id: "1", notebook: n, items: [{id: "1.A", kind: topic, zh: 一, en: one}]}]\n',
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="9"):
        read_course(path)
