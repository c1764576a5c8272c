"""Notebook 02 in a real JupyterLab: everything runs, a slider moves a chart, an exercise is answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXERCISE = "2.A.1.x1"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.parametrize("lab", ["zh", "en"], indirect=True, scope="module"),
]


@pytest.fixture(scope="module")
def opened(browser, lab):
    """Notebook 02 in the language of `lab`, run from top to bottom: the page and its cells."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    cells = lab.run_all(page, f"notebooks/{lab.lang}/02_identification.ipynb")
    yield page, cells
    context.close()


RUN_AGAIN = """
async (source) => {
  const widget = window.kamNotebook;
  widget.content.activeCellIndex = widget.content.widgets.findIndex(w => w.model.sharedModel.getSource() === source);
  await window.jupyterapp.commands.execute('notebook:run-cell');
}
"""


@pytest.fixture
def asked(opened, lab, tmp_path, monkeypatch):
    """Return an exercise on the notebook's account, answered nowhere: what is right is derived from the data."""
    from kamtools.book import open_book
    from kamtools.classroom import exercise

    monkeypatch.setenv("KAM_WORK", str(tmp_path / "elsewhere"))
    _, cells = opened
    parameters = next(c["source"] for c in cells if "parameters" in c["metadata"].get("tags", []))
    account = parameters.split('account: str = "')[1].split('"')[0]
    book = open_book(account, ROOT / "data" / "samples", None, lab.lang)
    return lambda id: exercise(id, book)


def kept(lab, found) -> dict[str, Any]:
    """What stands in the file of answers for an exercise."""
    from kamtools.store.text import load_text

    records, _ = load_text(lab.work / "answers" / "samples")
    form = f"exercise.{found.question.id}"
    (record,) = [r for r in records if (r.account, r.form) == (found.book.account, form)]
    (answer,) = record.fields.values()
    return answer.value


def box_of(page, lab, id: str):
    lab.scroll_to(page, f'exercise("{id}"')
    return page.locator(f".kam-exercise-{id.replace('.', '-')}")


def test_all_cells_run_without_an_error(opened, lab, keep):
    page, cells = opened
    assert lab.errors(cells) == []
    code = [c for c in cells if c["cell_type"] == "code"]
    assert len(code) > 30
    assert all(c["execution_count"] for c in code)
    pictures = [o for c in code for o in c["outputs"] if "image/png" in o.get("data", {})]
    assert len(pictures) >= 8
    streams = [o for c in code for o in c["outputs"] if o["output_type"] == "stream"]
    assert streams == []  # no warning, nothing printed
    keep(page, f"lab-{lab.lang}")


def test_jupyterlab_speaks_the_language(opened, lab):
    page, _ = opened
    menu = page.locator("#jp-MainMenu").inner_text()
    assert ("文件" in menu) == (lab.lang == "zh")
    assert ("File" in menu) == (lab.lang == "en")


def test_the_code_is_folded_away(opened):
    page, cells = opened
    hidden = [
        c["metadata"].get("jupyter", {}).get("source_hidden") for c in cells if c["cell_type"] == "code"
    ]
    assert hidden.count(True) >= len(hidden) - 1  # the parameters may be open


def test_a_slider_moves_and_the_chart_follows(opened, lab, keep):
    page, _ = opened
    lab.scroll_to(page, 'explore("abc_cut"')
    box = page.locator(".kam-slider-abc-cut")
    picture, says = box.locator("img"), box.locator("[role=status]")
    picture.wait_for()
    before, said = picture.get_attribute("src"), says.inner_text()
    handle = box.locator(".noUi-handle")
    handle.focus()
    for _ in range(8):
        handle.press("ArrowRight")
    value = box.locator(".widget-readout").inner_text()
    page.wait_for_function(
        "([value, src]) => { const box = document.querySelector('.kam-slider-abc-cut');"
        " return box.querySelector('[role=status]').innerText.includes(value)"
        " && box.querySelector('img').src !== src }",
        arg=[value, before],
    )
    assert says.inner_text() != said
    keep(page, f"lab-slider-{lab.lang}")


def test_the_grading_form_moves_the_account_in_the_matrix(opened, lab, keep):
    page, _ = opened
    lab.scroll_to(page, "grading_form(book)")
    form = page.locator(".kam-form")
    form.locator("img").first.wait_for()
    scores = form.locator(".kam-scores")
    before = scores.inner_text()
    handle = form.locator(".noUi-handle").first
    handle.focus()
    step = (
        "ArrowLeft"
        if handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
        else "ArrowRight"
    )
    for _ in range(2):
        handle.press(step)
    page.wait_for_function(
        "before => document.querySelector('.kam-form .kam-scores').innerText !== before", arg=before
    )
    keep(page, f"lab-form-{lab.lang}")


def test_an_exercise_is_answered_wrong_and_right_and_kept(opened, lab, keep, asked):
    page, _ = opened
    found = asked(EXERCISE)
    box = box_of(page, lab, EXERCISE)
    field, check = box.locator("input[type=text]"), box.locator("button.kam-check")
    box.locator("[data-status=not_attempted]").wait_for()

    field.fill("99999")
    check.click()
    box.locator("[data-status=failed]").wait_for()
    keep(page, f"lab-exercise-wrong-{lab.lang}")

    box.locator("button.kam-hint").click()
    box.locator("[data-status=text]").wait_for()

    right = f"{found.right_answer():g}"
    field.fill(right)
    field.press("Enter")
    box.locator("[data-status=passed]").wait_for()
    keep(page, f"lab-exercise-right-{lab.lang}")
    assert kept(lab, found) == {"value": right, "status": "passed"}


@pytest.mark.parametrize("id", ["2.A.1.x2", "2.A.2.x1", "2.A.x1"])
def test_each_kind_of_exercise_keeps_its_answer(opened, lab, keep, asked, id):
    """A choice, several choices, an opinion with its reason; run again, the cell shows what was answered."""
    page, _ = opened
    found = asked(id)
    kind, box = found.question.kind, box_of(page, lab, id)
    if kind == "multi":
        answer = found.right_answer()
        for value in answer:
            box.locator(f"input[value='{value}']").check()
    else:
        answer = found.right_answer() or found.options[0][0]
        box.locator("select").select_option(answer)
    if kind == "opinion":
        answer = {"choice": answer, "why": "a <b>reason</b>, 理由"}
        box.locator("textarea").fill(answer["why"])
    box.locator("button.kam-check").click()
    status = "uncheckable" if kind == "opinion" else "passed"
    box.locator(f"[data-status={status}]").wait_for()
    assert kept(lab, found) == {"value": answer, "status": status}

    page.evaluate(
        "id => document.querySelector(id).setAttribute('data-old', 'yes')",
        f".kam-exercise-{id.replace('.', '-')}",
    )
    page.evaluate(RUN_AGAIN, f'exercise("{id}", book)')
    again = page.locator(f".kam-exercise-{id.replace('.', '-')}:not([data-old])")
    again.locator(f"[data-status={status}]").wait_for()
    if kind == "multi":
        ticked = again.locator("input:checked").evaluate_all("all => all.map(box => box.value)")
        assert sorted(ticked) == answer
    else:
        assert again.locator("select").input_value() == (answer["choice"] if kind == "opinion" else answer)
    if kind == "opinion":
        assert again.locator("textarea").input_value() == answer["why"]
    keep(page, f"lab-exercise-{kind}-{lab.lang}")
