"""The whole check: the store is opened, and people in forms are looked at."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from kamtools.forms.checking import check_form
from kamtools.forms.definitions import form
from kamtools.forms.everything import check_everything
from kamtools.forms.static import form_html
from kamtools.store import FieldValue, open_store
from kamtools.workspace import new_workspace

PEOPLE = [
    {"name": "Ma Li", "reports_to": "Zhou Bo"},
    {"name": "Zhou Bo", "reports_to": "Ma Li"},
    {"name": "He Jun", "reports_to": "He Jun", "last_contact": "2027-03-01"},
    {"name": "Tan Yu", "reports_to": "Nobody <b>"},
]
DAY = dt.date(2026, 6, 30)


def test_superiors_that_cannot_be_are_named(tmp_path: Path) -> None:
    made = new_workspace(tmp_path / "w")
    with open_store(made) as store:
        at = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
        store.write("A1", "contacts", {"people": FieldValue(PEOPLE)}, version=None, who="Li", at=at)
    found = [f for f in check_everything(made.root, DAY).findings if f.reason_key == "form"]
    assert [(f.row, f.column, f.value) for f in found] == [
        (1, "reports_to", "Ma Li → Zhou Bo → Ma Li"),
        (2, "reports_to", "Zhou Bo → Ma Li → Zhou Bo"),
        (3, "reports_to", "He Jun"),
        (3, "last_contact", "2027-03-01"),
        (4, "reports_to", "Nobody <b>"),
    ]
    assert all("A1" in f.line("en") for f in found)
    contacts = form("contacts")
    fields = {"people": FieldValue(PEOPLE)}
    codes = [f.code for f in check_form(contacts, fields) if f.code.startswith(("superior", "contact"))]
    assert codes == ["superior_circle", "superior_circle", "superior_self", "superior_missing"]
    page = form_html(contacts, fields, "en")
    assert "Ma Li → Zhou Bo → Ma Li" in page and "Nobody &lt;b&gt;" in page


def test_a_damaged_store_is_an_error(tmp_path: Path) -> None:
    made = new_workspace(tmp_path / "w")
    open_store(made).close()
    path = made.root / "kam.sqlite"
    assert check_everything(made.root).ok
    content = bytearray(path.read_bytes())
    content[100:2000] = b"\xff" * 1900
    path.write_bytes(content)
    found = [f for f in check_everything(made.root).findings if f.level == "error"]
    assert [(f.file, f.reason_key) for f in found] == [("kam.sqlite", "store_unreadable")]


def test_what_was_judged_and_cannot_be_so_is_named(tmp_path: Path) -> None:
    made = new_workspace(tmp_path / "w")
    at = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    rated = {
        "relationship": FieldValue(9),
        "charm": FieldValue(3),
        "growth": FieldValue(3),
        "service_level": FieldValue(2),
    }
    listed = {"2026-01-31": FieldValue({"status": "entered"}), "yesterday": FieldValue({"status": "left"})}
    with open_store(made) as store:
        store.write("A", "grading", rated, version=None, who="Li", at=at)
        store.write(
            "A", "designation", {**listed, "2026-02-28": FieldValue("in")}, version=None, who="Li", at=at
        )
    found = [f for f in check_everything(made.root).findings if f.file.startswith("forms/A/")]
    assert {(f.level, f.column, f.value, f.reason_key) for f in found} == {
        ("error", "relationship", "9", "not_allowed"),
        ("warning", "criterion", "charm", "criterion_unknown"),
        ("warning", "criterion", "growth", "criterion_from_data"),
        ("error", "since", "yesterday", "date"),
        ("error", "2026-02-28", '"in"', "not_allowed"),
    }
    assert all(f.line(lang) for f in found for lang in ("zh", "en"))
