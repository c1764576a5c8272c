"""A run that is ended from outside takes its workers and their kernels with it; a second run waits for the first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from kamtools import fleet
from kamtools.errors import KamError
from kamtools.fleet.outfolder import OutFolder
from kamtools.workspace.locking import one_writer

posix = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
SCRIPT = """\
import signal, sys
from kamtools import fleet
from kamtools.errors import KamError
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would pass it over
    workspace, out, notebook = sys.argv[1:]
    fleet.run(workspace, out, fleet.Selection.of(accounts=["K4", "00123"]), "en", notebook=notebook, jobs=2)
"""
SLEEP = "import time, pathlib, os\npathlib.Path(os.environ['KAM_SEEN'], account).touch()\ntime.sleep(300)\n"


def until(true, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


@posix
@pytest.mark.slow
@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM", "SIGINT", "a worker's SIGKILL"])
def test_no_worker_and_no_kernel_outlives_its_run(small, make_notebook, tmp_path, toy, how):
    seen, out = tmp_path / "seen", tmp_path / "out"
    seen.mkdir()
    slow = make_notebook(tmp_path / "slow.ipynb", code=SLEEP)
    (tmp_path / "run.py").write_text(SCRIPT)
    run = subprocess.Popen(
        [sys.executable, str(tmp_path / "run.py"), str(small), str(out), str(slow)],
        env={**os.environ, "KAM_SEEN": str(seen), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # kernels have sessions of their own: only ours may end them
    )
    family = []
    try:
        until(lambda: len(list(seen.iterdir())) == 2)
        family = psutil.Process(run.pid).children(recursive=True)
        kernels = [p for p in family if "ipykernel_launcher" in " ".join(p.cmdline())]
        assert len(kernels) == 2
        with pytest.raises(KamError) as caught, one_writer(out, "another run", wait=0):
            pass
        assert caught.value.key == "workspace.busy" and str(run.pid) in caught.value.text("en")
        if how == "a worker's SIGKILL":
            worker = kernels[0].parent()
            assert worker is not None and worker.pid != run.pid
            worker.kill()
            family = [p for p in kernels if p.parent() in (None, worker)][:1] or kernels[:1]
        else:
            run.send_signal(getattr(signal, how))
            run.wait(timeout=30)
        _, alive = psutil.wait_procs(family, timeout=20)
        assert alive == []
    finally:
        run.kill()
        said = run.communicate()[0].decode()
        for process in family:
            if process.is_running():
                process.kill()
    if how.startswith("SIG"):
        assert said.count("Traceback") == (how == "SIGINT")  # the script's own; no worker speaks
        report = fleet.run(small, out, fleet.Selection.of(accounts=["K4"]), "en", notebook=toy, jobs=1)
        assert report.ok and fleet.verify(out, small).books == 1
        assert not OutFolder(out).work.exists()


@pytest.mark.slow
def test_a_second_run_waits_for_the_first_and_loses_nothing(small, toy, tmp_path):
    (tmp_path / "run.py").write_text(SCRIPT)
    command = [sys.executable, str(tmp_path / "run.py"), str(small), str(tmp_path / "out"), str(toy)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "KAM_WAIT": "120"}
    both = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) for _ in range(2)]
    assert [(p.communicate()[1].decode(), p.returncode) for p in both] == [("", 0), ("", 0)]
    assert fleet.verify(tmp_path / "out", small).books == 2


def test_a_second_run_that_may_not_wait_is_told_who_writes(small, toy, tmp_path, monkeypatch):
    monkeypatch.setenv("KAM_WAIT", "0.1")
    with one_writer(Path(tmp_path / "out"), "kam run --all", "Li Ming"), pytest.raises(KamError) as caught:
        fleet.run(small, tmp_path / "out", fleet.Selection.of(accounts=["K4"]), "en", notebook=toy)
    text = caught.value.text("en")
    assert "Li Ming" in text and "kam run --all" in text and str(os.getpid()) in text
