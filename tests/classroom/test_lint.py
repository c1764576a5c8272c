"""The rules of the sources, and that each catches what breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kamtools.classroom.course import Page, read_course
from kamtools.classroom.items import check_items
from kamtools.classroom.lint import lint_cells, lint_notebook, shape
from kamtools.classroom.places import project_root
from kamtools.classroom.source import read_source
from kamtools.errors import KamError

COURSE = read_course(project_root(Path(__file__).parent))

PARAMETERS = """\
```python part="set-up" tags=["parameters"]
account: str = "A001"  # classroom.help_account
```

"""


def problems(tmp_path, text):
    path = tmp_path / "broken.md"
    path.write_text(PARAMETERS + text, encoding="utf-8")
    found = lint_cells(read_source([Page("2.A", path)]), {"2.A"}, "02_identification")
    assert all(p.file.startswith("02_identification") for p in found)
    return [p.key for p in found]


def pair(zh, en, said='part="lesson"'):
    return (
        f'<!-- #region {said} lang="zh" -->\n{zh}\n<!-- #endregion -->\n\n'
        f'<!-- #region lang="en" -->\n{en}\n<!-- #endregion -->\n\n'
    )


def code(text, part="analysis"):
    return f'```python part="{part}"\n{text}\n```\n'


@pytest.mark.parametrize("name", list(COURSE.notebooks))
def test_the_pages_keep_the_rules(name):
    assert [p.text("en") for p in lint_notebook(COURSE, name)] == []


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
    only = pair("销售", "Sales").split('<!-- #region lang="en"')[0]
    assert problems(tmp_path, only) == ["no_neighbour"]
    assert "no_neighbour" in problems(tmp_path, pair("一", "One").replace('lang="zh"', 'lang="en"', 1))


def test_a_text_without_language_is_caught(tmp_path):
    assert "no_language" in problems(tmp_path, '<!-- #region part="lesson" -->\ntext\n<!-- #endregion -->\n')


@pytest.mark.parametrize(
    "text", ['title = "Share of sales"', 'title = "销售"', "x = 1  # the share", "# 注释\nx = 1"]
)
def test_words_in_code_are_caught(tmp_path, text):
    assert problems(tmp_path, code(text)) == ["words_in_code"]


def test_ids_and_paths_in_code_are_no_words(tmp_path):
    assert problems(tmp_path, code('exercise("2.A.1.x1", "data/samples");', "exercise")) == []


def test_an_exercise_that_does_not_exist_is_caught(tmp_path):
    assert problems(tmp_path, code('exercise("2.A.1.x9", book)', "exercise")) == ["exercise"]


def test_unknown_items_and_parts_are_caught(tmp_path):
    said = 'course=["9.Z"] part="poem" edition=["trainee"]'
    assert set(problems(tmp_path, pair("一", "One", said))) == {"item", "part"}


def test_a_notebook_needs_parameters(tmp_path):
    path = tmp_path / "bare.md"
    path.write_text(pair("一", "One"), encoding="utf-8")
    found = lint_cells(read_source([Page("2.A", path)]), {"2.A"})
    assert [p.key for p in found] == ["no_parameters"]


def test_shape_reads_numbers_as_they_are_written():
    assert shape("从 0 到 10,000，-1 和 2.5%")["numbers"] == shape("0 to 10,000, -1, and 2.5%")["numbers"]


def test_the_course_map_holds_every_item_once():
    assert len(COURSE.items) == 124
    taught = {i.id for i in COURSE.items.values() if i.module == "2" and i.kind != "case"}
    assert taught <= set(COURSE.served) and len(COURSE.served) == len(set(COURSE.served))
    assert all(item.zh and item.en for item in COURSE.items.values())


@pytest.mark.parametrize(
    ("pages", "items", "named"),
    [
        ('["1.A"]', '["1.A", "9"]', "9"),
        ('["1.A", opening]', '["1.A"]', "opening.md"),
        ('["1.A"]', '["1.A", {id: "1.A", kind: topic, zh: 一, en: one}]', "1.A"),
        ('["1.A"]', '[{id: "1.B", kind: topic, zh: 一, en: one}]', "1.A"),
    ],
)
def test_a_course_with_faults_is_refused(tmp_path, pages, items, named):
    item = tmp_path / "kamtools" / "course" / "n" / "1A_key"
    item.mkdir(parents=True)
    (item / "item.toml").write_text('id = "1.A"\nkind = "topic"\nzh = "一"\nen = "one"\n', encoding="utf-8")
    (item / "lesson.md").write_text(pair("一", "One"), encoding="utf-8")
    source = tmp_path / "notebooks" / "source"
    source.mkdir(parents=True)
    text = f'modules: [{{id: "1", notebook: n, pages: {pages}, items: {items}}}]\n'
    (source / "course.yml").write_text(text, encoding="utf-8")
    with pytest.raises(KamError, match=named):
        read_course(tmp_path)


def item(tmp_path, text, folder="1A_key"):
    place = tmp_path / "01_concepts" / folder
    place.mkdir(parents=True)
    head = 'id = "1.A"\nkind = "topic"\nzh = "一"\nen = "one"\n'
    (place / "item.toml").write_text(head + text, encoding="utf-8")
    return [(p.cell, p.key) for p in check_items(tmp_path)]


FORM = """
[form.f]
page = "portrait"
zh = "表"
en = "Form"
help.zh = "填"
help.en = "Fill"
"""
EXERCISE = """
[exercise.x1]
kind = "number"
expected = "nothing"
question = {zh = "几?", en = "How many?"}
hint = {zh = "数", en = "Count"}
solution = {zh = "{answer}", en = "{answer}"}
"""


def test_a_good_item_has_no_faults(tmp_path):
    field = 'who = {kind = "text", zh = "谁", en = "Who"}\naction = {kind = "text"}\n'
    assert item(tmp_path, FORM + field + EXERCISE) == []


def test_an_item_in_a_folder_of_another_name_is_named(tmp_path):
    assert item(tmp_path, "", "1B_key") == [("id", "folder")]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x = [", ("-", "toml")),
        ("minuts = 5", ("minuts", "unknown")),
        (FORM + 'who = {kind = "text"}', ("form.f.who", "words")),
        (FORM + 'who = {kind = "txt", zh = "谁", en = "Who"}', ("form.f.who.kind", "value")),
        (
            FORM + 'who = {kind = "text", minrows = 1, zh = "谁", en = "Who"}',
            ("form.f.who.minrows", "unknown"),
        ),
        (FORM + 'who = {kind = "choice", zh = "谁", en = "Who"}', ("form.f.who.choices", "missing")),
        (
            FORM + 'who = {kind = "choice", choices = "x", zh = "谁", en = "W"}',
            ("form.f.who.choices", "allowed"),
        ),
        (FORM.replace('help.en = "Fill"', ""), ("form.f.help.en", "missing")),
        (EXERCISE.replace("nothing", "nothin"), ("exercise.x1.expected", "function")),
        (EXERCISE.replace(', en = "How many?"', ""), ("exercise.x1.question.en", "missing")),
        (EXERCISE.replace("number", "opinion"), ("exercise.x1.options", "missing")),
    ],
)
def test_faults_of_an_item_are_named_with_their_key(tmp_path, text, fault):
    assert fault in item(tmp_path, text)
