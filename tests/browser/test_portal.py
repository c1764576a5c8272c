"""The portal in a real browser, from a file, with the network cut."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=["zh", "en"])
def portal(request, tmp_path_factory) -> tuple[str, Path]:
    """The sample company's portal with two books, in a folder with spaces and Chinese characters."""
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        pytest.skip("Chromium is missing; install it with: sudo apt install chromium fonts-noto-cjk")
    out = tmp_path_factory.mktemp("U 盘") / "结果 out"
    command = [sys.executable, "-m", "kamtools", "run", "--top", "2", "--workspace", "data/samples"]
    done = subprocess.run(
        [*command, "--out", str(out), "--lang", request.param, "--as-of", "2026-10-31"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return request.param, out


@pytest.fixture
def opened(page, portal):
    """The portal opened with the network cut; at the end, nothing but files was asked for and nothing failed."""
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    page.context.set_offline(True)
    page.goto((portal[1] / "index.html").as_uri())
    page.wait_for_selector("html[data-ready=true]")
    yield page
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert faults == []


def column(page, key: str) -> list[str]:
    """The texts of a column of the table, as shown."""
    position = page.locator("#table thead th").evaluate_all(
        "(ths, key) => ths.findIndex(t => t.dataset.key === key)", key
    )
    return page.locator(f"#rows tr td:nth-child({position + 1})").all_inner_texts()


def accounts(page) -> list[str]:
    """The ids of the rows, as shown."""
    return page.locator("#rows tr").evaluate_all("rows => rows.map(r => r.dataset.account)")


def rows_of(page) -> list[dict]:
    """The data of the page, one dict for each account."""
    data = json.loads(page.locator("#data").text_content())
    return [dict(zip(data["fields"], row, strict=True)) for row in data["rows"]]


def test_it_opens_within_two_seconds(page, portal):
    page.context.set_offline(True)
    start = time.perf_counter()
    page.goto((portal[1] / "index.html").as_uri())
    page.wait_for_selector("#rows tr")
    assert time.perf_counter() - start < 2


def test_it_shows_what_was_run(opened, portal, keep):
    lang, out = portal
    assert opened.locator("html").get_attribute("lang").startswith(lang)
    facts = json.loads(next(out.glob("accounts/*/facts.json")).read_text(encoding="utf-8"))
    assert facts["data_hash"][:12] in opened.locator("#data-hash").inner_text()
    assert "2026" in opened.locator("#as-of").inner_text()
    assert opened.locator("svg.chart").count() >= 2  # matrix and Pareto
    assert opened.locator("#alarms li").count() >= 1
    assert opened.locator("tr[data-status]").count() == 2
    keep(opened, f"portal-{lang}", full_page=True)


def test_a_click_on_a_head_sorts_and_a_second_turns_it(opened):
    by_id = {row["account"]: row for row in rows_of(opened)}
    head = opened.locator("th[data-key=sales]")
    seen = []
    for _ in range(2):
        head.locator("button").click()
        order = head.get_attribute("aria-sort")
        sales = [by_id[a]["sales"] for a in accounts(opened) if by_id[a]["sales"] is not None]
        assert len(sales) > 20
        assert sales == sorted(sales, reverse=order == "descending")
        seen.append(order)
    assert sorted(seen) == ["ascending", "descending"]


def test_the_head_works_from_the_keyboard(opened):
    head = opened.locator("th[data-key=account]")
    head.locator("button").focus()
    opened.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") in ("ascending", "descending")
    assert accounts(opened)[0] in (min(accounts(opened)), max(accounts(opened)))


def test_search_finds_by_id_and_by_name(opened):
    row = rows_of(opened)[5]
    everything = len(accounts(opened))
    for text in (row["account"], row["name"]):
        opened.locator("#search").fill(text)
        shown = accounts(opened)
        assert row["account"] in shown and len(shown) < everything
    opened.locator("#search").fill("zzzz no such account")
    assert accounts(opened) == []
    opened.locator("#clear").click()
    assert len(accounts(opened)) == everything


def test_a_filter_leaves_only_what_was_chosen(opened):
    rows = {row["account"]: row for row in rows_of(opened)}
    filters = opened.locator("select[data-filter]").evaluate_all("all => all.map(s => s.dataset.filter)")
    assert "segment" in filters and "owner" in filters
    for name in filters:
        select = opened.locator(f"#filter-{name}")
        value = select.locator("option").nth(1).get_attribute("value")
        select.select_option(value)
        shown = accounts(opened)
        assert shown
        if name in rows[shown[0]]:
            assert {rows[a][name] for a in shown} == {value}
        opened.locator("#clear").click()


def test_a_row_opens_its_book_and_the_book_leads_back(opened, portal, keep):
    lang, _ = portal
    link = opened.locator("#rows a.book").first
    name = link.inner_text()
    link.click()
    opened.wait_for_load_state()
    assert opened.url.endswith(".html") and "/accounts/" in opened.url
    assert name.split()[0][:4] in opened.locator("body").inner_text()
    assert opened.locator("img, svg").count() >= 3
    broken = "all => all.filter(i => !i.complete || !i.naturalWidth).length"
    assert opened.locator("img").evaluate_all(broken) == 0
    keep(opened, f"book-{lang}", full_page=True)
    opened.locator("a[href$='index.html']").first.click()
    opened.wait_for_selector("html[data-ready=true]")


def test_an_owner_has_a_page_with_that_owner_s_accounts(opened):
    link = opened.locator("#owners a.owner").first
    owner = link.inner_text()
    link.click()
    opened.wait_for_selector("html[data-ready=true]")
    assert {row["owner"] for row in rows_of(opened)} == {owner}


def test_it_fits_a_narrow_screen(opened, portal, keep):
    opened.set_viewport_size({"width": 420, "height": 900})
    assert opened.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    keep(opened, f"portal-narrow-{portal[0]}")
