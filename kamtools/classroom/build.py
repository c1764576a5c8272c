"""Notebooks from the course's pages: editions cut for their readers, built the same every time."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from kamtools.classroom.course import Page, read_course
from kamtools.classroom.places import project_root
from kamtools.classroom.source import EDITIONS, Cell, read_source
from kamtools.errors import KamError
from kamtools.words import LANGUAGES, check_language, say

CHECKED = "nbval-check-output"


@dataclass(frozen=True)
class BuildReport:
    """What a build wrote, or in a check what differs from the sources and what is wrong with them."""

    written: tuple[Path, ...] = ()
    stale: tuple[Path, ...] = ()
    problems: tuple[Any, ...] = field(default=())  # kamtools.classroom.lint.Problem
    checked: bool = False

    @property
    def ok(self) -> bool:
        """True where nothing is stale and nothing is wrong."""
        return not self.stale and not self.problems

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the report as lines of text."""
        lines = [problem.text(lang) for problem in self.problems]
        lines += [say("classroom.stale_notebook", lang, file=path) for path in self.stale]
        lines += [say("classroom.built_notebook", lang, file=path) for path in self.written]
        if self.ok and self.checked:
            lines.append(say("classroom.notebooks_current", lang))
        return lines


def notebook_pages(name: str | Path, root: Path | None = None) -> tuple[str, tuple[Page, ...]]:
    """Return a notebook's name and pages, given its name (``02_identification``) or the path of a built one.

    Raises
    ------
    KamError
        Where there is no such notebook; the ones there are are named.
    """
    notebooks = read_course(root or project_root()).notebooks
    stem = Path(name).stem
    if stem not in notebooks:
        raise KamError("classroom.unknown_notebook", name=name, allowed=", ".join(notebooks))
    return stem, notebooks[stem]


def edition(name: str | Path, lang: str, edition: str = "report", root: Path | None = None) -> Any:
    """Cut an edition of a notebook in a language.

    Parameters
    ----------
    name : str or Path
        ``02_identification``, or the path of a built notebook.
    lang : {"zh", "en"}
    edition : {"report", "trainee"}
        ``report``: analysis, forms and findings under short headings;
        ``trainee``: everything.
    root : Path, optional
        The project (default: found from here).

    Returns
    -------
    nbformat.NotebookNode
        A notebook of its own; changing it changes no other.
    """
    import nbformat

    check_language(lang)
    if edition not in EDITIONS:
        raise KamError("classroom.unknown_edition", edition=edition, allowed=", ".join(EDITIONS))
    stem, pages = notebook_pages(name, root)
    changed = max(page.path.stat().st_mtime_ns for page in pages)
    return nbformat.reads(_edition_text(stem, pages, changed, lang, edition), as_version=4)


@cache
def _edition_text(name: str, pages: tuple[Page, ...], _changed: int, lang: str, edition: str) -> str:
    import nbformat

    return nbformat.writes(cut(read_source(pages), lang, edition, name))


def account_book(lang: str, root: Path | None = None) -> Any:
    """Return one account's book: the report editions of all notebooks, one after the other, in one kernel.

    Parameters
    ----------
    lang : {"zh", "en"}
    root : Path, optional
        The project (default: found from here).

    Returns
    -------
    nbformat.NotebookNode
        One parameters cell and one cover at its head, one colophon at its
        foot; the id of a cell of a later notebook begins with the notebook's number.
    """
    root = root or project_root()
    chapters = [edition(name, lang, "report", root) for name in read_course(root).notebooks]
    whole = chapters[0]
    cells = []
    for place, chapter in enumerate(chapters):
        for cell in chapter.cells:
            part = cell.metadata["kam"]["part"]
            again = part == "cover" or "parameters" in cell.metadata.get("tags", ())
            if (place and again) or (part == "colophon" and place < len(chapters) - 1):
                continue
            if place:
                cell.id = f"{chapter.metadata['kam']['notebook'][:2]}-{cell.id}"
            cells.append(cell)
    whole.cells = cells
    return whole


def cut(cells: tuple[Cell, ...], lang: str, edition: str, name: str) -> Any:
    """Make a notebook from the cells that belong to `edition` in `lang`.

    Returns
    -------
    nbformat.NotebookNode
        Without outputs; cell ids come from the cell's item, part and place.
    """
    from nbformat import v4

    made = []
    for cell in cells:
        if edition not in cell.editions or cell.lang not in (None, lang):
            continue
        metadata: dict[str, Any] = {"kam": {"course": list(cell.course), "part": cell.part}}
        if cell.tags:
            metadata["tags"] = list(cell.tags)
        if cell.kind == "markdown":
            made.append(v4.new_markdown_cell(cell.source, id=cell.name, metadata=metadata))
            continue
        text = cell.source
        if "parameters" in cell.tags:
            text = _parameters_text(text, lang)
        else:
            metadata["jupyter"] = {"source_hidden": True}
        if cell.part == "golden":
            metadata["tags"] = [*cell.tags, CHECKED]
        made.append(v4.new_code_cell(text, id=cell.name, metadata=metadata))
    notebook = v4.new_notebook(cells=_without_empty_chapters(made) if edition == "report" else made)
    notebook.metadata = {
        "kam": {"edition": edition, "lang": lang, "notebook": name},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def _without_empty_chapters(cells: list[Any]) -> list[Any]:
    """Leave out the headings of a report under which nothing stands: the next is of their level or above."""
    kept: list[Any] = []
    for cell in cells:
        while (
            kept
            and (above := _level(kept[-1]))
            and _level(cell, end=True)
            and above >= _level(cell, end=True)
        ):
            kept.pop()
        kept.append(cell)
    return kept


def _level(cell: Any, end: bool = False) -> int:
    """Return the level of a heading with nothing else in its cell, 0 for any other; 1 where a notebook ends."""
    part = cell.metadata["kam"]["part"]
    if part == "colophon" and end:
        return 1
    lines = cell.source.strip().splitlines() if part == "heading" else []
    return len(lines[0]) - len(lines[0].lstrip("#")) if len(lines) == 1 else 0


def _parameters_text(text: str, lang: str) -> str:
    """Put the folder's language in as the default of `lang`, and the words of the help behind their keys."""
    text = re.sub(r'^(lang: str = )"\w+"', rf'\1"{lang}"', text, flags=re.MULTILINE)
    return re.sub(r"# (classroom\.\w+)$", lambda m: f"# {say(m[1], lang)}", text, flags=re.MULTILINE)


def golden_path(folder: Path, name: str) -> Path:
    """Return the file of the kept outputs of a notebook's golden cells."""
    return folder / "source" / f"{name}.golden.json"


def _with_golden(notebook: Any, kept: dict[str, Any]) -> Any:
    from nbformat import from_dict

    for cell in notebook.cells:
        if cell.id in kept and cell.cell_type == "code":
            cell.execution_count = kept[cell.id]["execution_count"]
            cell.outputs = [from_dict(output) for output in kept[cell.id]["outputs"]]
    return notebook


def _execute(notebook: Any, folder: Path) -> dict[str, Any]:
    """Run a notebook in `folder` and return what its golden cells gave."""
    from nbclient import NotebookClient

    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}}).execute()
    return {
        cell.id: {"execution_count": cell.execution_count, "outputs": json.loads(json.dumps(cell.outputs))}
        for cell in notebook.cells
        if cell.cell_type == "code" and CHECKED in cell.metadata.get("tags", [])
    }


def build_notebooks(root: Path | None = None, check: bool = False, run: bool = False) -> BuildReport:
    """Build the trainee edition of every notebook into ``notebooks/zh`` and ``notebooks/en``.

    Parameters
    ----------
    root : Path, optional
        The project (default: found from here).
    check : bool
        Write nothing; report what differs from a fresh build.
    run : bool
        Run the notebooks first and keep the outputs of their golden cells
        anew (needed when figures or the sample data change).

    Returns
    -------
    BuildReport
        Not ``ok`` where a page breaks a rule; nothing is written then.
    """
    import nbformat

    from kamtools.classroom.items import check_items
    from kamtools.classroom.lint import lint_notebook

    root = root or project_root()
    folder = root / "notebooks"
    problems = tuple(check_items(root / "kamtools" / "course"))
    course = None if problems else read_course(root)
    if course:
        problems = tuple(p for name in course.notebooks for p in lint_notebook(course, name))
    if problems or course is None:
        return BuildReport(problems=problems, checked=check)
    written, stale, expected = [], [], set()
    for name, pages in course.notebooks.items():
        cells = read_source(pages)
        kept_file = golden_path(folder, name)
        if run and not check:
            fresh = {}
            for lang in LANGUAGES:
                (folder / lang).mkdir(exist_ok=True)
                fresh[lang] = _execute(cut(cells, lang, "trainee", name), folder / lang)
            text = json.dumps(fresh, ensure_ascii=False, indent=1, sort_keys=True)
            kept_file.write_text(text + "\n", encoding="utf-8", newline="\n")
        kept = json.loads(kept_file.read_text(encoding="utf-8")) if kept_file.is_file() else {}
        for lang in LANGUAGES:
            target = folder / lang / f"{name}.ipynb"
            expected.add(target)
            notebook = _with_golden(cut(cells, lang, "trainee", name), kept.get(lang, {}))
            text = nbformat.writes(notebook).rstrip("\n") + "\n"
            if target.is_file() and target.read_text(encoding="utf-8") == text:
                continue
            if check:
                stale.append(target)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8", newline="\n")
                written.append(target)
    for lang in LANGUAGES:  # a notebook that the course does not list is stale too
        stale += [p for p in sorted((folder / lang).glob("*.ipynb")) if p not in expected]
    return BuildReport(tuple(written), tuple(stale), checked=check)
