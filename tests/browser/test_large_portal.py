"""The portal over several thousand accounts, some with hostile names, opens at once and runs nothing of theirs."""

from __future__ import annotations

import time

import pytest

from kamtools.fleet.portal import PortalRun, portal_html
from kamtools.fleet.summary import AccountRow, AlarmRow, PortfolioSummary

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("x")',
    "A $\\frac$ B",
    "</script><script>alert(2)</script>",
)
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A portal of 4,383 accounts, as many as the largest real set that it was tried on."""
    rows = [
        AccountRow(
            account=f"{number:05d}",
            name=HOSTILE[number] if number < len(HOSTILE) else f"客户 {number} Company",
            owner=f"Owner {number % 40}",
            segment=f"segment {number % 6}",
            sales=1e7 / (number + 1),
            share=0.1 / (number + 1),
            abc="ABC"[min(number // 1200, 2)],
            contribution=1e6 / (number + 1) - 300,
            margin=0.1,
            growth=(number % 200 - 100) / 100,
        )
        for number in range(4383)
    ]
    summary = PortfolioSummary(
        company=HOSTILE[0],
        lang="en",
        currency="GBP",
        fictional=False,
        as_of="9 Dec 2010",
        period="Dec 2009–Nov 2010",
        data_hash="0" * 64,
        rows=tuple(rows),
        alarms=tuple(AlarmRow(r.account, "fall", HOSTILE[3]) for r in rows[:300]),
        sales=sum(r.sales or 0 for r in rows),
    )
    path = tmp_path_factory.mktemp("large") / "index.html"
    path.write_text(portal_html(summary, PortalRun("kam run --top 20", "kam verify out")), encoding="utf-8")
    return path


@pytest.fixture
def watched(page):
    """A page without a network on which a dialog or a fault is a failure."""
    faults: list[str] = []

    def refuse(dialog) -> None:
        faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", refuse)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.context.set_offline(True)
    yield page
    assert faults == []


def test_it_opens_within_two_seconds_and_stays_quick(watched, large, keep):
    start = time.perf_counter()
    watched.goto(large.as_uri())
    watched.wait_for_selector("#rows tr")
    assert time.perf_counter() - start < 2
    start = time.perf_counter()
    watched.locator("#search").fill("客户 4321")
    watched.wait_for_function("document.querySelectorAll('#rows tr').length === 1")
    assert time.perf_counter() - start < 1
    keep(watched, "portal-large")


def test_hostile_names_are_shown_as_they_are(watched, large):
    watched.goto(large.as_uri())
    for number, name in enumerate(HOSTILE):
        watched.locator("#search").fill(f"{number:05d}")
        row = watched.locator(f"tr[data-account='{number:05d}']")
        assert name in row.inner_text()
    assert watched.locator("#rows img, #rows script, main script").count() == 0
    assert watched.locator("img[src=x]").count() == 0
