"""The coverage table, and that it sees what is missing."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from kamtools.classroom import cost, coverage
from kamtools.classroom.course import read_course
from kamtools.classroom.course_coverage import CoverageReport, cover_course
from kamtools.classroom.places import project_root
from kamtools.classroom.source import read_source
from kamtools.declared import declarations

ROOT = project_root(Path(__file__).parent)
NAME = "02_identification"


@pytest.fixture(scope="module")
def course():
    return read_course(ROOT)


@pytest.fixture(scope="module")
def cells(course):
    return read_source(course.notebooks[NAME])


def missing(course, cells, item):
    rows = cover_course(course, {NAME: tuple(cells)}, {NAME: True})
    return next(r.missing for r in rows if r.item.id == item)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_served_item_has_what_its_kind_needs(lang, course):
    report = coverage(lang)
    assert report.ok, report.lines()
    assert len(report.lines()) == 2 + len(course.served)
    assert "124" in report.lines()[-1]


def test_the_json_holds_every_item():
    rows = json.loads(json.dumps(coverage("en").to_json()))
    assert len(rows) == 124
    served = [r for r in rows if r["served"]]
    assert all(r["languages"] == ["zh", "en"] for r in served)
    assert {r["notebook"] for r in served if r["id"].startswith("2.")} == {NAME}


@pytest.mark.parametrize(
    ("item", "leave_out", "key"),
    [
        ("2.A.1", lambda c: c.part == "lesson" and c.lang == "zh", "lesson_zh"),
        ("2.A.1", lambda c: c.part == "lesson" and c.lang == "en", "lesson_en"),
        ("2.A.1", lambda c: c.part == "exercise", "exercise"),
        ("2.A.1", lambda c: c.part in ("analysis", "form"), "output"),
        ("2.A.1", lambda c: c.part == "heading", "book"),
        ("2.B", lambda c: c.part == "exercise", "exercise"),
        ("2.A", lambda c: c.part == "exercise", "activity"),
        ("2.K", lambda c: c.part == "exercise", "activity"),
        ("2.H.2", lambda c: c.part in ("analysis", "form"), "output"),
        ("2.J.3", lambda c: c.part == "exercise", "exercise"),
        ("2.N.4", lambda c: c.part == "heading", "book"),
    ],
)
def test_what_is_left_out_is_missed(course, cells, item, leave_out, key):
    kept = [c for c in cells if not (item in c.course and leave_out(c))]
    assert key in missing(course, kept, item)
    assert not missing(course, cells, item)


def test_an_empty_lesson_is_no_lesson(course, cells):
    empty = [
        dataclasses.replace(c, source=" ") if "2.B.1" in c.course and c.part == "lesson" else c for c in cells
    ]
    assert missing(course, empty, "2.B.1") == ("lesson_zh", "lesson_en")


def test_an_exercise_that_does_not_exist_is_none(course, cells):
    renamed = [dataclasses.replace(c, source=c.source.replace("2.B.1.x1", "2.B.1.x9")) for c in cells]
    assert missing(course, renamed, "2.B.1") == ("exercise",)


def test_a_notebook_that_is_not_built_is_missed(course, cells):
    rows = cover_course(course, {NAME: cells}, {NAME: False})
    report = CoverageReport(rows, "en")
    assert not report.ok
    assert "built" in next(r.missing for r in rows if r.item.id == "2.A.1")


def test_the_cost_of_an_item_is_its_files_and_lines():
    report = cost("en")
    swot = report.items["2.E"]
    assert set(swot["code"]) >= {f"kamtools/{f}.py" for f in (
        "book/knowing", "identification/swot", "show/charts/dossier", "show/findings/dossier", "show/tables/dossier",
    )}  # fmt: skip
    folder = declarations()["2.E"]["folder"]
    own = {
        p.relative_to(ROOT).as_posix(): len(p.read_text("utf-8").splitlines())
        for p in folder.iterdir()
        if p.is_file()
    }
    assert {**swot["lessons"], **swot["declared"], **swot["exercises"]} == own
    assert all(swot[kind] for kind in ("lessons", "declared", "exercises", "tests"))
    assert not any(report.items["1.A"]["lessons"].values())
    assert report.totals["package"] > report.totals["words"] > 0
    rows = report.lines("en")
    assert rows[0].split() == ["item", "lessons", "declared", "exercises", "code", "tests", "all"]
    assert any(row.startswith("2.E ") for row in rows) and f"{report.totals['tests']:,}" in rows[-1]
    assert json.loads(json.dumps(report.to_json()))["items"]["2.E"]["code"] == swot["code"]
