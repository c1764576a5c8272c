"""A headless Chromium, and a JupyterLab server over a copy of the notebooks."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def chromium_path() -> str | None:
    """Where Chromium is, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for found in map(shutil.which, names) if found), None)


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium; closed with the module, since its event loop would be in the way of other tests."""
    path = chromium_path()
    if path is None:
        pytest.skip("Chromium is missing; install it with: sudo apt install chromium fonts-noto-cjk")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A new page on a laptop's screen; closed afterwards."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Callable[..., Path]:
    """Keep a screenshot of a page under ``build/screenshots``."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def shot(page, name: str, **options) -> Path:
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, **options)
        return path

    return shot


OPEN_AND_RUN = """
async (path) => {
  const app = window.jupyterapp;
  await app.restored;
  const widget = await app.commands.execute('docmanager:open', {path, factory: 'Notebook'});
  await widget.context.ready;
  await widget.sessionContext.ready;
  await widget.sessionContext.session.kernel.info;
  app.shell.activateById(widget.id);
  window.kamNotebook = widget;
  await app.commands.execute('notebook:run-all-cells');
}
"""
CELLS = "() => window.kamNotebook.content.widgets.map(w => w.model.sharedModel.toJSON())"
DONE = """
() => {
  const cells = window.kamNotebook.content.widgets.map(w => w.model.sharedModel.toJSON());
  const code = cells.filter(c => c.cell_type === 'code' && c.source.length);
  return code.some(c => c.outputs.some(o => o.output_type === 'error'))  // it runs no further
         || code.every(c => c.execution_count !== null);
}
"""
SCROLL_TO = """
async (source) => {
  const content = window.kamNotebook.content;
  const index = content.widgets.findIndex(w => w.model.sharedModel.getSource().includes(source));
  if (index < 0) throw new Error('no cell with ' + source);
  content.activeCellIndex = index;
  await content.scrollToItem(index, 'center');
}
"""


class Lab:
    """A running JupyterLab: its address, its folder, where answers are kept, and what a person does in it."""

    def __init__(self, address: str, token: str, root: Path, work: Path, lang: str) -> None:
        self.address, self.token, self.root, self.work, self.lang = address, token, root, work, lang

    def run_all(self, page, path: str) -> list[dict]:
        """Open a notebook, run it from top to bottom, and return its cells as they then are."""
        page.goto(f"{self.address}/lab/tree/{path}?token={self.token}&reset")
        page.wait_for_function("() => window.jupyterapp !== undefined")
        page.evaluate(OPEN_AND_RUN, path)
        page.wait_for_function(DONE, timeout=120_000)
        return page.evaluate(CELLS)

    def scroll_to(self, page, source: str) -> None:
        """Bring the cell that holds `source` into view: cells out of sight may not be drawn."""
        page.evaluate(SCROLL_TO, source)

    @staticmethod
    def errors(cells: list[dict]) -> list[str]:
        """The errors among the cells' outputs, as text."""
        outputs = [o for c in cells if c["cell_type"] == "code" for o in c["outputs"]]
        colours = re.compile(r"\x1b\[[0-9;]*m")
        return [colours.sub("", "\n".join(o["traceback"])) for o in outputs if o["output_type"] == "error"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab as ``kam lab`` starts it, in the language of ``request.param``, over a copy of the notebooks."""
    if chromium_path() is None:  # without a browser there is nothing to serve
        pytest.skip("Chromium is missing; install it with: sudo apt install chromium fonts-noto-cjk")
    root = tmp_path_factory.mktemp("实验 室")
    for name in ("notebooks", "data", ".jupyter"):
        shutil.copytree(ROOT / name, root / name)
    port, token, work = _free_port(), "test", root / "work"
    home = tmp_path_factory.mktemp("home")
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "PYTEST"))},
        "HOME": str(home),
        "KAM_WORK": str(work),
        "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR", str(Path.home() / ".config" / "matplotlib")),
        "IPYTHONDIR": str(home / "ipython"),
    }
    log = (home / "lab.log").open("w")
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "kamtools", "lab", "--lang", request.param),
            *("--no-browser", "--allow-root", f"--port={port}", "--ServerApp.ip=127.0.0.1"),
            *(f"--IdentityProvider.token={token}", "--LabApp.expose_app_in_browser=True"),
        ],
        cwd=root,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            if server.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{address}/api/status?token={token}", timeout=2).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.25)
        else:
            raise TimeoutError((home / "lab.log").read_text()[-2000:])
        if server.poll() is not None:
            raise RuntimeError((home / "lab.log").read_text()[-2000:])
        yield Lab(address, token, root, work, request.param)
    finally:
        os.killpg(server.pid, signal.SIGINT)
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(5)
        log.close()
