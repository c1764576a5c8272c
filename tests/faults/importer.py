"""One process of the fault test of imports: ready when all is loaded, then one import or undo, until done or killed.

python importer.py WORKSPACE (import MAPPING FILE… | undo)

Says ``ready``, waits for a line, works, says ``done``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb  # noqa: F401 - loaded before the clock starts
import pyarrow.dataset  # noqa: F401
import pyarrow.parquet  # noqa: F401

from kamtools.importing import run_import, undo
from kamtools.importing.translate import Translator  # noqa: F401


def main(workspace: Path, what: str, *files: str) -> None:
    print("ready", flush=True)
    sys.stdin.readline()
    if what == "undo":
        undo(workspace, who="undo")
    else:
        run_import(Path(files[0]), [Path(f) for f in files[1:]], workspace, who=what)
    print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
