from __future__ import annotations

import datetime as dt
import hashlib
import html
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from kamtools import fleet
from kamtools.errors import KamError
from kamtools.store import FieldValue, open_store
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


# --- pages ------------------------------------------------------------------------------------------

BOOK = "accounts/K4/book.html"


def alter(path: Path, old: str, new: str) -> None:
    """Replace one piece of a page, which must be there."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def cell(page: Path, figure: str) -> str:
    """Return the first cell of a page that shows a figure, up to its end."""
    found = re.search(rf'<td[^>]* data-kam-figure="{figure}"[^>]*>[^<]*</td>', page.read_text("utf-8"))
    assert found
    return found[0]


def made_again(out: Path, page: str) -> None:
    """Do what a thorough forger would: write the hash of the altered page where the run wrote it."""
    place, name = out / "run.json", page
    if page.startswith("accounts"):
        place, name = (out / page).with_name("facts.json"), "book.html"
    said = json.loads(place.read_text("utf-8"))
    said["pages"][name] = hashlib.sha256((out / page).read_bytes()).hexdigest()
    place.write_text(json.dumps(said, ensure_ascii=False), "utf-8")


def test_a_run_says_what_its_pages_are_and_they_are_counted(ran, small):
    report = fleet.verify(ran[1], small)
    assert report.pages == 2 + 1 + len(list((ran[1] / "owners").glob("*.html"))) and not report.unchecked
    for lang in LANGUAGES:
        assert str(report.pages) in report.lines(lang)[1]


def test_a_page_names_the_command_that_lists_the_lines_of_a_figure(ran, small):
    shown = cell(ran[1] / BOOK, "pnl_invoiced_sales")
    command = html.unescape(re.search(r'title="([^"]*)"', shown)[1])
    assert shlex.split(command) == [
        "kam", "lines", str(small), "K4", "--as-of", "2026-06-30", "--figure", "pnl_invoiced_sales",
    ]  # fmt: skip
    assert "title=" not in cell(ran[1] / BOOK, "hhi")  # is no sum of rows


@pytest.mark.parametrize("figure", ["pnl_invoiced_sales", "sales_share", "sales_rank"])
def test_a_number_edited_in_a_book_is_found_though_the_hash_is_edited_too(again, small, figure):
    before = cell(again / BOOK, figure)
    digit = re.search(r">[^<]*?(\d)", before)
    other = before[: digit.start(1)] + str((int(digit[1]) + 1) % 10) + before[digit.end(1) :]
    alter(again / BOOK, before, other)
    for forged in (False, True):
        if forged:
            made_again(again, BOOK)
        found = fleet.verify(again, small).difference
        assert (found.account, found.figure, found.reason) == ("K4", figure, "page_figure")
    for lang in LANGUAGES:
        assert figure in fleet.verify(again, small).lines(lang)[0]


def test_any_other_change_of_a_book_is_found_by_its_hash(again, small):
    alter(again / BOOK, "Heading", "Heading 7")
    found = fleet.verify(again, small).difference
    assert (found.figure, found.reason) == ("book.html", "page_changed")
    (again / BOOK).unlink()
    assert fleet.verify(again, small).difference.reason == "page_gone"


def test_swapped_pages_are_found(again, small):
    one, two = (next(again.glob(f"accounts/{a}/book.html")) for a in ("K4", "[!K]*"))
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert fleet.verify(again, small).difference.reason in ("page_changed", "page_figure")


def test_an_edited_portal_is_found(again, small):
    data = json.loads(re.search(r'id="data">(.*?)</script>', (again / "index.html").read_text("utf-8"))[1])
    row = next(r for r in data["rows"] if "K4" in r)
    sales = json.dumps(row[data["fields"].index("sales")])
    alter(again / "index.html", sales, json.dumps(float(sales) + 1))
    made_again(again, "index.html")
    found = fleet.verify(again, small).difference
    assert found.figure == "index.html: K4, sales"
    assert (found.stored, found.derived, found.reason) == (float(sales) + 1, float(sales), "page_figure")


@pytest.mark.parametrize("page", ["index.html", "owners"])
def test_a_tile_or_an_owners_page_that_is_edited_is_found(again, small, page):
    name = (
        page
        if page == "index.html"
        else sorted((again / "owners").glob("*.html"))[0].relative_to(again).as_posix()
    )
    tile = re.search(r'id="tile-sales"><dt>[^<]*</dt><dd>([^<]*)</dd>', (again / name).read_text("utf-8"))
    alter(again / name, tile[0], tile[0].replace(tile[1], "CN¥9.9M"))
    assert fleet.verify(again, small).difference.figure == f"{name}: tiles"
    made_again(again, name)
    assert fleet.verify(again, small).difference.stored == "CN¥9.9M"


def test_output_of_an_earlier_version_is_verified_and_says_what_was_not(again, small):
    for path in (again / "run.json", *again.glob("accounts/*/facts.json")):
        said = json.loads(path.read_text("utf-8"))
        del said["pages"]
        path.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    report = fleet.verify(again, small)
    assert report.ok and (report.pages, report.unchecked) == (0, 3)
    assert "3 pages" in report.lines("en")[1] and "3" in report.lines("zh")[1]


def test_a_list_that_was_changed_since_is_found(again, small, tmp_path):
    """What people judged is no part of the data's hash; every book says on which it stands."""
    other = Path(shutil.copytree(small, tmp_path / "other"))
    assert fleet.verify(again, other).ok
    day = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
    with open_store(other) as store:
        record = store.read("K4", "designation")
        fields = {**record.fields, "2026-01-02": FieldValue({"status": "left", "place": 1})}
        store.write("K4", "designation", fields, version=record.version, who="Li", at=day)
    report = fleet.verify(again, other)
    assert not report.ok and (report.difference.account, report.difference.reason) == ("../../x", "value")
    assert report.difference.figure == "forms_state"  # of another account than the one that left
