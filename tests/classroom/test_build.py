"""The built notebooks: the same every time, in step with their sources, cut for their readers."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

import pytest

from kamtools.classroom import build_notebooks, edition
from kamtools.classroom.course import read_course
from kamtools.classroom.places import project_root
from kamtools.errors import KamError

ROOT = project_root(Path(__file__).parent)
NAME = "02_identification"


@pytest.fixture
def project(tmp_path):
    for folder in ("notebooks/source", "kamtools/course"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def test_a_fresh_build_equals_what_is_committed():
    report = build_notebooks(ROOT, check=True)
    assert report.ok, report.lines("en")


def test_two_builds_are_equal_and_the_second_writes_nothing(project):
    first = build_notebooks(project)
    assert sorted(p.name for p in first.written) == sorted(
        f"{name}.ipynb" for name in read_course(project).notebooks for _ in range(2)
    )
    texts = [p.read_bytes() for p in first.written]
    assert not build_notebooks(project).written
    for path in first.written:
        path.unlink()
    assert [p.read_bytes() for p in build_notebooks(project).written] == texts


def test_check_writes_nothing_and_names_what_differs(project):
    built = build_notebooks(project).written
    built[0].write_text(built[0].read_text(encoding="utf-8") + " ", encoding="utf-8")
    edited = built[0].read_bytes()
    report = build_notebooks(project, check=True)
    assert not report.ok and report.stale == (built[0],)
    assert str(built[0]) in "\n".join(report.lines("zh"))
    assert built[0].read_bytes() == edited


def test_a_notebook_without_source_is_stale(project):
    built = build_notebooks(project).written
    other = built[0].with_name("99_forgotten.ipynb")
    other.write_text("{}", encoding="utf-8")
    assert build_notebooks(project, check=True).stale == (other,)


def test_a_broken_source_builds_nothing(project):
    page = project / "kamtools" / "course" / NAME / "2F_rivals" / "lesson.md"
    page.write_text(page.read_text(encoding="utf-8").replace('lang="en"', "", 1), encoding="utf-8")
    report = build_notebooks(project)
    assert not report.ok and not list(project.rglob("*.ipynb"))
    assert {p.file for p in report.problems} == {f"{NAME}/2F_rivals/lesson.md"}


def test_both_languages_share_code_ids_and_order():
    zh, en = (edition(NAME, lang, "trainee") for lang in ("zh", "en"))
    assert [c.id for c in zh.cells] == [c.id for c in en.cells]
    assert len({c.id for c in zh.cells}) == len(zh.cells)
    for one, other in zip(zh.cells, en.cells, strict=True):
        assert one.cell_type == other.cell_type and one.metadata == other.metadata
        if one.cell_type == "code" and "parameters" not in one.metadata.get("tags", []):
            assert one.source == other.source
        elif one.cell_type == "markdown":
            assert one.source != other.source


def test_trainee_code_is_folded_and_the_parameters_are_not():
    notebook = edition(NAME, "zh", "trainee")
    code = [c for c in notebook.cells if c.cell_type == "code"]
    folded = [c.metadata.get("jupyter", {}).get("source_hidden", False) for c in code]
    assert folded == ["parameters" not in c.metadata.get("tags", []) for c in code]
    assert notebook.metadata.kernelspec.name == "python3"


def test_the_report_has_no_lessons_and_no_exercises():
    parts = {c.metadata.kam.part for c in edition(NAME, "en", "report").cells}
    assert parts == {"set-up", "cover", "heading", "analysis", "form", "colophon"}


@pytest.mark.parametrize("name", [NAME, "05_finance"])
def test_no_chapter_of_a_report_is_empty(name):
    def level(cell):
        return (
            cell.source.index(" ") if cell.metadata.kam.part == "heading" and "\n" not in cell.source else 0
        )

    cells = edition(name, "zh", "report").cells
    empty = [a.source for a, b in itertools.pairwise(cells) if 0 < level(b) <= level(a)]
    assert empty == [] and cells[-2].metadata.kam.part != "heading"
    lessons = [c.source for c in edition(name, "zh", "trainee").cells if c.metadata.kam.part == "heading"]
    assert any(level(c) for c in cells) and {c.source for c in cells if level(c)} <= set(lessons)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_editions_are_valid_and_speak_one_language(lang):
    import nbformat

    for which in ("trainee", "report"):
        notebook = edition(NAME, lang, which)
        nbformat.validate(notebook)
        heading = next(c for c in notebook.cells if c.metadata.kam.part == "heading")
        assert heading.source.isascii() == (lang == "en")


def test_editions_are_independent_copies():
    edition(NAME, "zh").cells.clear()
    assert edition(NAME, "zh").cells


def test_an_edition_is_found_by_the_path_of_a_built_notebook():
    path = ROOT / "notebooks" / "zh" / f"{NAME}.ipynb"
    assert [c.id for c in edition(path, "zh").cells] == [c.id for c in edition(NAME, "zh").cells]


def test_unknown_notebook_edition_and_language_are_named():
    with pytest.raises(KamError, match="02_identification"):
        edition("02_identifikation", "en")
    with pytest.raises(KamError, match="trainee"):
        edition(NAME, "en", "manager")
    with pytest.raises(KamError):
        edition(NAME, "fr")


def test_golden_cells_keep_output_and_execution_count():
    for lang in ("zh", "en"):
        path = ROOT / "notebooks" / lang / f"{NAME}.ipynb"
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        golden = [c for c in cells if "nbval-check-output" in c["metadata"].get("tags", [])]
        assert golden
        assert all(c["outputs"] and c["execution_count"] for c in golden)
        assert not any(c.get("outputs") for c in cells if c not in golden)
