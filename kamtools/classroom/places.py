"""Where the project's notebooks stand."""

from __future__ import annotations

import os
from pathlib import Path

from kamtools.errors import KamError


def project_root(start: Path | None = None) -> Path:
    """Return the folder that holds ``notebooks/source``.

    Looked for upwards from `start` (default: the current folder), then beside
    the package.

    Raises
    ------
    KamError
        Where there is none.
    """
    here = (start or Path.cwd()).resolve()
    beside = Path(__file__).resolve().parents[2]
    for folder in (here, *here.parents, beside):
        if (folder / "notebooks" / "source" / "course.yml").is_file():
            return folder
    raise KamError("classroom.no_sources", folder=here)


def work_dir() -> Path:
    """Return the folder for answers to read-only packs.

    ``KAM_WORK``, else ``work/`` of the project, else (without a project)
    ``kam-work`` of the user.
    """
    given = os.environ.get("KAM_WORK")
    if given:
        return Path(given)
    try:
        return project_root() / "work"
    except KamError:
        return Path.home() / "kam-work"
