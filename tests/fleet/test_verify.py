from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kamtools import fleet
from kamtools.errors import KamError
from kamtools.words import LANGUAGES


def change(out: Path, alter) -> None:
    """Alter the facts of account K4."""
    path = out / "accounts" / "K4" / "facts.json"
    facts = json.loads(path.read_text("utf-8"))
    alter(facts)
    path.write_text(json.dumps(facts, ensure_ascii=False), "utf-8")


def figure(facts: dict, id: str) -> dict:
    return next(f for f in facts["figures"] if f["id"] == id)


def test_what_a_run_wrote_verifies(ran, small):
    report = fleet.verify(ran[1])
    assert report.ok and report.books == 2 and report.figures > 40
    assert fleet.verify(ran[1], small) == report
    for lang in LANGUAGES:
        assert str(report.figures) in report.lines(lang)[0]


@pytest.mark.parametrize(
    ("alter", "reason", "id"),
    [
        (lambda f: figure(f, "sales").update(value=figure(f, "sales")["value"] + 0.01), "value", "sales"),
        (lambda f: figure(f, "sales").update(value=None), "value", "sales"),
        (lambda f: figure(f, "sales").update(value="33000"), "value", "sales"),
        (lambda f: figure(f, "sales_share").update(unit="money"), "field", "sales_share"),
        (lambda f: figure(f, "sales").update(period="2020-01..2020-12"), "field", "sales"),
        (lambda f: f["figures"].remove(figure(f, "hhi")), "missing", "hhi"),
        (lambda f: f["figures"].append({**figure(f, "hhi"), "id": "made_up"}), "extra", "made_up"),
        (lambda f: f["figures"].append(figure(f, "hhi")), "twice", "hhi"),
        (lambda f: f["conventions"].update(basis="gross"), "conventions", "basis"),
        (lambda f: f.update(data_hash="0" * 64), "data", "data_hash"),
        (lambda f: f.update(account="00123"), "account", "account"),
        (lambda f: f.update(as_of="2026-13-99"), "underivable", "as_of"),
        (lambda f: f.pop("figures"), "unreadable", ""),
    ],
)
def test_every_change_is_found_and_named(again, small, alter, reason, id):
    change(again, alter)
    report = fleet.verify(again, small)
    assert not report.ok and report.difference is not None
    assert (report.difference.reason, report.difference.figure) == (reason, id)
    for lang in LANGUAGES:
        line = report.lines(lang)[0]
        assert report.difference.account in line and id in line


def test_the_stored_and_the_derived_value_are_told(again, small):
    change(again, lambda f: figure(f, "sales").update(value=12.5))
    report = fleet.verify(again, small)
    assert "12.5" in report.lines("en")[0] and repr(report.difference.derived) in report.lines("en")[0]


def test_facts_that_are_no_json_or_gone_are_found(again, small):
    path = again / "accounts" / "K4" / "facts.json"
    path.write_text("{", "utf-8")
    assert fleet.verify(again, small).difference.reason == "unreadable"
    path.unlink()
    assert fleet.verify(again, small).difference.reason == "no_file"


def test_changed_data_are_found(again, small, tmp_path):
    moved = Path(shutil.copytree(small, tmp_path / "moved"))
    assert fleet.verify(again, moved).ok  # the place does not matter
    settings = moved / "settings.yml"
    settings.write_text(settings.read_text("utf-8").replace("draws: 200", "draws: 300"), "utf-8")
    report = fleet.verify(again, moved)
    assert report.difference.reason == "data"


def test_a_workspace_that_is_gone_is_asked_for(again):
    change(again, lambda f: f.update(workspace="../nowhere"))
    with pytest.raises(KamError, match="--workspace"):
        fleet.verify(again)


def test_a_folder_without_a_run_is_no_success(tmp_path):
    with pytest.raises(KamError) as caught:
        fleet.verify(tmp_path)
    assert caught.value.key == "fleet.no_output"


def test_nothing_to_verify_is_no_success(tmp_path):
    (tmp_path / "run.json").write_text('{"accounts": []}')
    report = fleet.verify(tmp_path)
    assert not report.ok and report.lines("en")
