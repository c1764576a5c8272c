"""A tiny workspace with hostile names, a toy notebook, and one run of it."""

from __future__ import annotations

import csv
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

HOSTILE = {
    "../../x": "<img src=x onerror=alert(1)>",
    "00123": '=HYPERLINK("x")',
    "BAD": "A $\\frac$ B </script><script>alert(1)</script>",
    "K4": "Plain & Sons",
    "=1+1": "javascript:alert(1)",
    "小店": "华东小店",
}
OWNERS = {"../../x": '"><script>alert(1)</script>', "00123": "王芳", "K4": "王芳"}
SETTINGS = """\
company_zh: 测试<公司>
company_en: Test <company>
fictional: true
currency: CNY
as_of: 2026-06-30
criteria:
  - {id: size, name_zh: 规模, name_en: Size, axis: attractiveness, weight: 1, measure: sales_share, cuts: [0.05, 0.1, 0.2, 0.3]}
  - {id: growth, name_zh: 增长, name_en: Growth, axis: strength, weight: 1, measure: growth, cuts: [-0.1, 0.0, 0.1, 0.2]}
matrix: {draws: 200}
"""
PARAMETERS = """\
account: str = "K4"  # the account
workspace: str = ""  # the workspace
as_of: str = ""  # the date
lang: str = "zh"  # the language
batch: bool = False  # for many accounts
"""
# The name raw in HTML and Markdown: worse than anything the project's notebooks do.
CODE = """\
from IPython.display import HTML, Javascript, Markdown, display
from kamtools.book import open_book
from kamtools import show
from kamtools.classroom import colophon, figures, own_pnl

book = open_book(account, workspace, as_of, lang, batch)
if account == "BAD":
    raise RuntimeError("planned failure of " + account)
display(HTML(f"<h3>{book.name}</h3><script>alert(1)</script><p onclick='alert(1)'>shown</p>"))
display(Markdown(f"**{book.name}** costs $x^2$"))
display(Javascript("alert(1)"))
if account == "K4":
    display(figures(book, "2.A.1"), show.tables.pnl(own_pnl(book), book.context))
    display(colophon(book))
"""


def write_pack(folder: Path) -> Path:
    """Write a pack of six accounts with 30 months of one line each."""
    (folder / "facts").mkdir(parents=True)
    (folder / "pack.yml").write_text("format: 1\n", encoding="utf-8")
    (folder / "settings.yml").write_text(SETTINGS, encoding="utf-8")
    (folder / "designations.csv").write_text(
        "account,since,status,reason,score,quadrant\n"
        + "".join(f"{a},2026-01-01,entered,entered,,\n" for a in ("../../x", "BAD", "K4")),
        encoding="utf-8",
    )
    with (folder / "facts" / "accounts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["account", "name_zh", "name_en", "parent", "segment", "region", "owner"])
        for account, name in HOSTILE.items():
            writer.writerow([account, name, name, "", "", "", OWNERS.get(account, "")])
    with (folder / "facts" / "ledger.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        head = "line_id,invoice,date,account,product,category,kind,quantity,list_amount,amount,cost,currency"
        writer.writerow(head.split(","))
        for i, account in enumerate(HOSTILE):
            for month in range(30):
                date = f"{2024 + month // 12}-{month % 12 + 1:02d}-15"
                amount = (len(HOSTILE) - i) * 1000 + month * 10 * (i - 2)
                line = f"L{i}-{month}"
                writer.writerow(
                    [
                        line,
                        line,
                        date,
                        account,
                        "",
                        "",
                        "sale",
                        1,
                        amount,
                        amount,
                        round(amount * 0.7, 2),
                        "CNY",
                    ]
                )
    return folder


def write_notebook(path: Path, parameters: str = PARAMETERS, code: str = CODE) -> Path:
    """Write a notebook with a parameters cell, a heading and one code cell."""
    import nbformat
    from nbformat import v4

    first = v4.new_code_cell(parameters, id="p", metadata={"tags": ["parameters"]})
    cells = [first, v4.new_markdown_cell("## Heading $a<b$", id="m"), v4.new_code_cell(code, id="c")]
    notebook = v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
    return path


@pytest.fixture(scope="session")
def pack(tmp_path_factory) -> Path:
    """The tiny company as a pack."""
    return write_pack(tmp_path_factory.mktemp("fleet") / "小 pack")


@pytest.fixture(scope="session")
def small(pack, tmp_path_factory) -> Path:
    """The tiny company as a workspace, in a folder with a space and hanzi."""
    from kamtools.workspace import new_workspace

    folder = tmp_path_factory.mktemp("fleet") / "工作 区"
    new_workspace(folder, pack)
    return folder


@pytest.fixture(scope="session")
def toy(tmp_path_factory) -> Path:
    """The toy notebook."""
    return write_notebook(tmp_path_factory.mktemp("toy") / "toy.ipynb")


@pytest.fixture(scope="session")
def ran(small, toy, tmp_path_factory):
    """One run over the three key accounts, of which one fails: (report, out, what progress said)."""
    from kamtools import fleet

    out = tmp_path_factory.mktemp("run") / "结果 out"
    said: list = []
    report = fleet.run(
        small,
        out,
        fleet.Selection.of(key=True),
        lang="en",
        jobs=2,
        progress=lambda *told: said.append(told),
        notebook=toy,
    )
    return report, out, said


@pytest.fixture
def again(ran, tmp_path) -> Path:
    """A copy of the run's folder that a test may change."""
    return Path(shutil.copytree(ran[1], tmp_path / "out"))


class Reader(HTMLParser):
    """Reads a page as a browser would: its elements with their attributes, and its visible text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.scripts: list[tuple[dict[str, str], str]] = []
        self._script: dict[str, str] | None = None
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = {k: v or "" for k, v in attrs}
        self.elements.append((tag, given))
        if tag == "script":
            self._script = given

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        if tag == "script":
            self._script = None

    def handle_data(self, data):
        if self._script is not None:
            self.scripts.append((self._script, data))
        else:
            self.text.append(data)

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.elements if name == tag]


def assert_inert(source: str) -> Reader:
    """Assert that a page loads nothing and that no text in it became an element or a handler."""
    page = Reader(source)
    for tag, attrs in page.elements:
        assert tag not in ("iframe", "object", "embed", "link", "base", "form"), (tag, attrs)
        for name, value in attrs.items():
            assert not name.startswith("on"), (tag, attrs)
            if name in ("src", "srcset", "data", "poster", "background", "xlink:href"):
                assert value.startswith("data:"), (tag, attrs)
            if name == "href":
                assert not value.lower().startswith(("http", "//", "javascript", "data")), (tag, attrs)
    assert all("src" not in attrs for attrs, _ in page.scripts)
    css = source.replace("data:font", "").lower()
    for loads in ("@import", "url(http", "url(//", "url('http", 'url("http'):
        assert loads not in css
    return page


@pytest.fixture(scope="session")
def inert():
    """The function that asserts a page inert and returns its :class:`Reader`."""
    return assert_inert


@pytest.fixture(scope="session")
def hostile() -> dict[str, str]:
    """Account -> name."""
    return HOSTILE


@pytest.fixture(scope="session")
def make_notebook():
    """The function that writes a toy notebook."""
    return write_notebook
