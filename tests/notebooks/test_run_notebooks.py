"""The notebooks run for real, as people and `kam run` do: with papermill, from the project's folder.

The trainee editions run under nbval, in their own folders (``make test-full``; one of them in ``make test``).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kamtools.book import open_book
from kamtools.classroom import edition
from kamtools.classroom.pages import FIGURES_MIME
from kamtools.classroom.places import project_root

ROOT = project_root(Path(__file__).parent)
NAME, MONEY = "02_identification", "05_finance"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning"),
]


def run(notebook, tmp_path, cwd=ROOT, **parameters):
    """Run with papermill; return the executed notebook."""
    import nbformat
    import papermill

    source = tmp_path / "in.ipynb"
    nbformat.write(notebook, source)
    return papermill.execute_notebook(
        str(source), str(tmp_path / "out.ipynb"), parameters, cwd=str(cwd), progress_bar=False,
        request_save_on_cell_execute=False,
    )  # fmt: skip


def outputs(notebook, mime):
    return [
        o["data"][mime]
        for c in notebook.cells
        if c.cell_type == "code"
        for o in c.outputs
        if mime in o.get("data", {})
    ]


@pytest.fixture(autouse=True)
def own_work_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KAM_WORK", str(tmp_path / "work"))


@pytest.mark.parametrize(
    ("name", "lang", "account"), [(NAME, "zh", "A007"), (NAME, "en", "A100"), (MONEY, "zh", "A100")]
)
def test_the_report_shows_every_chart_and_table_and_carries_its_figures(tmp_path, name, lang, account):
    made = run(edition(name, lang), tmp_path, account=account, batch=True)
    code = [c.source for c in made.cells if c.cell_type == "code"]
    drawn = ("show.charts.", "show.maps.relationship_map(")
    charts = sum(source.lstrip().startswith(drawn) for source in code)
    assert charts >= 13 and len(outputs(made, "image/png")) == charts  # none is lost in silence
    for cell in made.cells:
        if cell.metadata.get("kam", {}).get("part") in ("analysis", "form"):
            assert cell.outputs, cell.source
            assert not [o for o in cell.outputs if o.output_type in ("error", "stream")], cell.source
    assert not outputs(made, "application/vnd.jupyter.widget-view+json")
    (data,) = outputs(made, FIGURES_MIME)
    book = open_book(account, ROOT / "data" / "samples", lang=lang)
    assert data["figures"] == [f.as_dict() for f in book.figures()]  # in batch, of all modules
    assert data["command"].startswith("kam run ") and data["command"].endswith(f"--lang {lang} {account}")


@pytest.mark.parametrize("name", [NAME, MONEY])
def test_the_trainee_edition_runs_unanswered_for_another_account_from_its_own_folder(tmp_path, name):
    made = run(edition(name, "en", "trainee"), tmp_path, ROOT / "notebooks" / "en", account="A003")
    errors = [o for c in made.cells if c.cell_type == "code" for o in c.outputs if o.output_type == "error"]
    assert not errors
    live = ("exercise(", "explore(", "grading_form(", "fill(", "what_if_sliders(", "behind(")
    asked = sum(c.source.startswith(live) for c in made.cells)
    assert len(outputs(made, "application/vnd.jupyter.widget-view+json")) == asked >= 14


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"acount": "A001"}, ("acount", "account")),
        ({"account": "A999"}, ("A999", "A001")),
    ],
)
def test_a_bad_parameter_stops_at_once_with_a_clear_message(tmp_path, parameters, words):
    from papermill import PapermillExecutionError

    notebook = edition(NAME, "en", "trainee")
    notebook.cells = [c for c in notebook.cells if c.metadata.kam.part == "set-up"]
    with pytest.raises(PapermillExecutionError) as caught:
        run(notebook, tmp_path, **parameters)
    message = re.sub(r"\x1b\[[0-9;]*m", "", str(caught.value))
    assert all(word in message for word in words)
    assert "Traceback" not in message and "opening.py" not in message
