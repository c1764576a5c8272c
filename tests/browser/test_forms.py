"""A form in a real JupyterLab: filled, saved, there again; a draft outlives its cell; two pages meet a conflict."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from kamtools.store import open_store

ACCOUNT = "A040"  # nothing is written about it
NASTY = (
    "<img src=x onerror=alert(1)> $\\frac{a}{b}$ １２３ 😀 \u200fעברית\u200e\nsecond line  " + "字" * 10_000
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.parametrize("lab", ["zh", "en"], indirect=True, scope="module"),
]
RUN_CELL = """
async (source) => {
  const widget = window.kamNotebook;
  const index = widget.content.widgets.findIndex(w => w.model.sharedModel.getSource().includes(source));
  widget.content.activeCellIndex = index;
  await window.jupyterapp.commands.execute('notebook:run-cell');
}
"""
RESTART = """
async () => {
  await window.kamNotebook.sessionContext.session.kernel.restart();
  await window.kamNotebook.sessionContext.session.kernel.info;
  await window.jupyterapp.commands.execute('notebook:run-all-cells');
}
"""
IDLE = "() => window.kamNotebook.sessionContext.session.kernel.status === 'idle'"


@pytest.fixture(scope="module")
def workspace(lab):
    """A workspace of one's own, made from the samples, and notebooks that show forms of it."""
    command = [sys.executable, "-m", "kamtools", "new", "my-workspace", "--from", "data/samples"]
    done = subprocess.run(command, cwd=lab.root, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    for name, target in (("one", "my-workspace"), ("two", "my-workspace"), ("pack", "data/samples")):
        cells = [
            "import os\nos.environ['KAM_USER'] = " + repr({"two": "吴强"}.get(name, "李芳")),
            "from kamtools.book import open_book\nfrom kamtools.classroom import fill\n"
            f"book = open_book({ACCOUNT!r}, {target!r}, None, {lab.lang!r})",
            *(f"fill({form!r}, book)" for form in ("swot", "profile", "contacts", "leadership", "readiness")),
            "other = 1 + 1",
        ]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells], metadata=kernel)
        nbformat.write(book, lab.root / f"{name}.ipynb")
    return lab.root / "my-workspace"


@pytest.fixture(scope="module")
def opened(browser, lab, workspace):
    """Open a notebook in a page of its own and run it, once; no page may have a fault or a dialog."""
    pages, faults = {}, []

    def open_notebook(name: str):
        if name not in pages:
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.set_default_timeout(30_000)
            page.on("dialog", lambda d: (faults.append(d.message), d.dismiss()))
            page.on("pageerror", lambda error: faults.append(str(error)))
            assert lab.errors(lab.run_all(page, f"{name}.ipynb")) == []
            pages[name] = page
        return pages[name]

    yield open_notebook
    for page in pages.values():
        page.context.close()
    assert faults == []


def show(page, lab, form: str):
    """Bring a form into view and return it."""
    lab.scroll_to(page, f"fill('{form}'")
    box = page.locator(f".kam-fill-{form}")
    box.locator(".kam-save").wait_for()
    return box


def run_again(page, form: str) -> None:
    page.evaluate("form => document.querySelector(`.kam-fill-${form}`).setAttribute('data-old', 'yes')", form)
    page.evaluate(RUN_CELL, f"fill('{form}'")
    page.wait_for_function(
        "form => { const all = document.querySelectorAll(`.kam-fill-${form}`);"
        " return all.length === 1 && !all[0].dataset.old && all[0].querySelector('.kam-fill-status').textContent }",
        arg=form,
    )


def field(box, path: str):
    return box.locator(f"[data-path='{path}']")


def cell(box, table: str, row: int, column: str):
    return box.locator(f"[data-field={table}] tbody tr").nth(row).locator(f"[data-col={column}]")


def wait_saved(box) -> None:
    box.locator(".kam-fill-status.kam-ok").wait_for()


def wait_draft(page, workspace: Path, form: str, text: str) -> None:
    """Wait until what was typed is on disk."""
    for _ in range(100):
        if any(text in p.read_text(encoding="utf-8") for p in drafts(workspace, form)):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{text!r} is in no draft")


def drafts(folder: Path, form: str) -> list[Path]:
    return [p for p in (folder / "answers" / "drafts").glob("*.json") if f".{form}" in p.name]


def stored(workspace: Path, form: str) -> dict:
    with open_store(workspace) as store:
        record = store.read(ACCOUNT, form)
    return {n: f.value for n, f in record.fields.items()} if record else {}


def test_a_form_is_filled_saved_and_there_again(opened, lab, workspace, keep):
    page = opened("one")
    box = show(page, lab, "swot")
    keep(page, f"form-empty-{lab.lang}")
    rows = box.locator("[data-field=items] tbody tr").count()
    text = field(box, "meaning")
    text.fill(NASTY)
    field(box, "market").fill("Suzhou 苏州")
    cell(box, "items", 0, "kind").select_option("strength")
    cell(box, "items", 0, "item").fill("wide reach")
    cell(box, "items", 0, "weight").fill("０．２５")
    cell(box, "items", 0, "rating").select_option("4")
    box.locator("[data-field=items] .kam-add").click()
    cell(box, "items", rows, "item").fill("added row")
    cell(box, "items", rows, "item").press("Tab")
    box.locator("[data-field=items] tbody tr").nth(rows).locator(".kam-up").press("Enter")
    box.locator(".kam-save").click()
    wait_saved(box)
    values = stored(workspace, "swot")
    assert values["meaning"] == NASTY and values["market"] == "Suzhou 苏州"
    assert values["items"][0] == {"kind": "strength", "item": "wide reach", "weight": 0.25, "rating": 4}
    assert [row["item"] for row in values["items"]] == ["wide reach", "added row"]
    assert box.locator("img").count() == 0

    run_again(page, "swot")
    box = show(page, lab, "swot")
    assert field(box, "meaning").input_value() == NASTY
    field(box, "market").scroll_into_view_if_needed()
    keep(page, f"form-saved-{lab.lang}")

    page.evaluate(RESTART)
    page.wait_for_timeout(500)
    page.wait_for_function(IDLE, timeout=60_000)
    box = show(page, lab, "swot")
    assert field(box, "meaning").input_value() == NASTY
    assert cell(box, "items", 0, "weight").input_value() == "0.25"


def test_keys_typed_into_a_form_are_not_the_notebook_s(opened, lab, workspace):
    page = opened("one")
    box = show(page, lab, "profile")
    before = page.evaluate("() => window.kamNotebook.content.widgets.length")
    text = field(box, "business")
    text.fill("")
    text.focus()
    page.keyboard.type("ddaabb0")
    for key in ("Enter", "ArrowUp", "ArrowDown", "Shift+Enter", "Control+Enter"):
        page.keyboard.press(key)
    page.keyboard.type("x")
    box.locator(".kam-save").focus()
    page.keyboard.type("ddaaii00")
    assert page.evaluate("() => window.kamNotebook.content.widgets.length") == before
    assert text.input_value().startswith("ddaabb0\n") and text.input_value().count("x") == 1
    text.focus()
    page.keyboard.press("Control+s")
    wait_saved(box)
    assert stored(workspace, "profile")["business"] == text.input_value()


def test_a_text_that_cannot_be_read_is_red_and_kept_and_the_rest_is_saved(opened, lab, workspace, keep):
    page = opened("one")
    box = show(page, lab, "profile")
    field(box, "outlets").fill("about ten")
    field(box, "staff").fill("１，２００")
    field(box, "staff").press("Tab")
    bad = box.locator("[data-field=outlets] .kam-fill-bad").first
    bad.wait_for()
    assert "about ten" in bad.inner_text() and field(box, "outlets").get_attribute("aria-invalid") == "true"
    box.locator(".kam-save").click()
    box.locator(".kam-fill-status.kam-warn").wait_for()
    page.wait_for_function(
        "() => document.querySelector('.kam-fill-profile [data-path=staff]').value === '1200'"
    )
    assert stored(workspace, "profile")["staff"] == 1200 and "outlets" not in stored(workspace, "profile")
    keep(page, f"form-bad-{lab.lang}")
    run_again(page, "profile")
    box = show(page, lab, "profile")
    assert field(box, "outlets").input_value() == "about ten"
    field(box, "outlets").fill("10")
    box.locator(".kam-save").click()
    wait_saved(box)
    assert stored(workspace, "profile")["outlets"] == 10 and drafts(workspace, "profile") == []


def test_what_is_not_saved_outlives_its_cell(opened, lab, workspace, keep):
    page = opened("one")
    box = show(page, lab, "contacts")
    cell(box, "people", 0, "name").fill("王芳")
    cell(box, "people", 0, "name").press("Tab")
    page.evaluate(RUN_CELL, "other = 1")
    run_again(page, "contacts")
    box = show(page, lab, "contacts")
    assert cell(box, "people", 0, "name").input_value() == "王芳"
    assert box.locator(".kam-fill-status.kam-warn").inner_text() and box.locator(".kam-discard").is_visible()
    assert stored(workspace, "contacts") == {}
    box.locator(".kam-fill-status").scroll_into_view_if_needed()
    keep(page, f"form-draft-{lab.lang}")

    page.evaluate("() => window.kamNotebook.context.save()")
    page.reload()  # the page is lost, the kernel is not
    page.wait_for_function("() => window.jupyterapp !== undefined")
    page.evaluate(
        "async path => { const app = window.jupyterapp; await app.restored;"
        " const w = await app.commands.execute('docmanager:open', {path, factory: 'Notebook'});"
        " await w.context.ready; await w.sessionContext.ready; window.kamNotebook = w; app.shell.activateById(w.id); }",
        "one.ipynb",
    )
    box = show(page, lab, "contacts")
    assert cell(box, "people", 0, "name").input_value() == "王芳"

    box.locator(".kam-discard").click()
    box.locator(".kam-undo").wait_for()
    assert drafts(workspace, "contacts") == []
    box.locator(".kam-undo").click()
    box.locator(".kam-discard").wait_for()
    assert cell(box, "people", 0, "name").input_value() == "王芳"
    wait_draft(page, workspace, "contacts", "王芳")


def test_a_click_right_after_typing_is_not_lost(opened, lab, workspace):
    """Leaving the field sends it; the answer may not move the button while it is held down."""
    page = opened("one")
    box = show(page, lab, "leadership")
    cell(box, "people", 0, "person").fill("held down")
    add = box.locator("[data-field=people] .kam-add")
    add.hover()
    page.mouse.down()
    wait_draft(page, workspace, "leadership", "held down")
    page.wait_for_timeout(500)  # the answer is on the page by now
    before = add.bounding_box()
    page.mouse.up()
    cell(box, "people", 1, "person").wait_for()
    box.locator(".kam-fill-notice").wait_for()
    assert add.bounding_box() != before, "nothing moved: this test shows nothing"
    box.locator(".kam-discard").click()
    box.locator(".kam-undo").wait_for()


def test_a_list_that_drops_down_holds_nothing_back(opened, lab, workspace):
    """The page never hears that its pointer went up: what the kernel says is drawn all the same."""
    page = opened("one")
    box = show(page, lab, "readiness")
    choice = box.locator("select").first
    choice.hover()
    page.mouse.down()
    choice.select_option(index=1)
    box.locator(".kam-fill-notice").wait_for()
    page.mouse.up()
    box.locator(".kam-discard").click()
    box.locator(".kam-undo").wait_for()


def test_a_row_that_was_deleted_comes_back(opened, lab, workspace):
    page = opened("one")
    box = show(page, lab, "leadership")
    cell(box, "people", 0, "person").fill("first")
    box.locator("[data-field=people] .kam-add").click()
    cell(box, "people", 1, "person").fill("second")
    box.locator(".kam-save").click()
    wait_saved(box)
    box.locator("[data-field=people] tbody tr").nth(0).locator(".kam-delete").click()
    assert cell(box, "people", 0, "person").input_value() == "second"
    box.locator(".kam-restore-row").click()
    assert cell(box, "people", 0, "person").input_value() == "first"
    box.locator("[data-field=people] tbody tr").nth(1).locator(".kam-up").click()
    box.locator(".kam-save").click()
    wait_saved(box)
    page.wait_for_timeout(300)
    assert [r["person"] for r in stored(workspace, "leadership")["people"]] == ["second", "first"]


def test_two_pages_meet_a_conflict_and_both_keep_their_words(opened, lab, workspace, keep):
    one, two = opened("one"), opened("two")
    li, wu = show(one, lab, "readiness"), show(two, lab, "readiness")
    field(wu, "meaning").fill("Wu's words")
    wu.locator(".kam-save").click()
    wait_saved(wu)
    field(li, "meaning").fill("Li's words")
    field(li, "blocked").fill("only Li")
    li.locator(".kam-save").click()
    clash = li.locator(".kam-fill-clash")
    clash.locator("tr.kam-mine").first.wait_for()
    said = clash.inner_text()
    assert "吴强" in said and "Wu's words" in said and "Li's words" in said
    assert stored(workspace, "readiness")["meaning"] == "Wu's words"
    clash.scroll_into_view_if_needed()
    keep(one, f"form-conflict-{lab.lang}")

    clash.locator(".kam-reload").click()
    li.locator(".kam-take").wait_for()
    assert field(li, "meaning").input_value() == "Wu's words"
    run_again(one, "readiness")
    li = show(one, lab, "readiness")
    assert field(li, "meaning").input_value() == "Wu's words"
    li.locator(".kam-take").scroll_into_view_if_needed()
    keep(one, f"form-others-{lab.lang}")
    li.locator(".kam-take").click()
    one.wait_for_function(
        '() => document.querySelector(".kam-fill-readiness [data-path=meaning]").value === "Li\'s words"'
    )
    field(wu, "meaning").fill("Wu again")
    wu.locator(".kam-save").click()
    wait_saved(wu)
    li.locator(".kam-save").click()
    li.locator(".kam-keep").click()
    wait_saved(li)
    assert stored(workspace, "readiness") | {"resources": 0} == {
        "meaning": "Li's words", "blocked": "only Li", "resources": 0
    }  # fmt: skip
    with open_store(workspace) as store:
        history = [
            (c.after.value, c.who) for c in store.history(ACCOUNT, "readiness") if c.field == "meaning"
        ]
    assert history == [("Wu's words", "吴强"), ("Wu again", "吴强"), ("Li's words", "李芳")]
    assert drafts(workspace, "readiness") == []


def test_a_pack_takes_drafts_and_says_how_to_make_a_workspace(opened, lab, keep):
    page = opened("pack")
    box = show(page, lab, "profile")
    assert box.locator(".kam-save").is_disabled()
    assert "kam new my-workspace --from" in box.locator(".kam-fill-readonly").inner_text()
    field(box, "business").fill("a draft in a pack")
    box.locator(".kam-fill-status.kam-warn").wait_for()
    run_again(page, "profile")
    box = show(page, lab, "profile")
    assert field(box, "business").input_value() == "a draft in a pack"
    keep(page, f"form-pack-{lab.lang}")
    box.locator(".kam-discard").click()
    box.locator(".kam-undo").wait_for()


@pytest.mark.parametrize("width", [1280, 900])
def test_every_form_fits_its_page(opened, lab, keep, width):
    page = opened("pack")
    page.set_viewport_size({"width": width, "height": 2400})  # room for a whole form
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    for form in ("swot", "profile", "contacts", "leadership", "readiness"):
        box = show(page, lab, form)
        wide = box.evaluate("box => box.scrollWidth - box.clientWidth")
        assert wide <= 1, form
        unnamed = box.evaluate(
            "box => [...box.querySelectorAll('input, textarea, select')].filter("
            "n => !n.labels.length && !n.getAttribute('aria-label')).map(n => n.dataset.path)"
        )
        assert unnamed == []
        keep(page, f"form-{form}-{width}-{lab.lang}")
