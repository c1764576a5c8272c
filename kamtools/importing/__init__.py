"""Foreign files into a workspace: mappings, drafts of mappings, quarantine.

``run_import`` brings files in as a mapping says; ``draft_mapping`` writes a
mapping for a person to confirm (``kamtools.importing.draft.draft`` also gives
its questions, for a person to answer).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kamtools.importing.aliases import load_aliases as load_aliases
    from kamtools.importing.draft import Draft as Draft
    from kamtools.importing.draft import draft_mapping as draft_mapping
    from kamtools.importing.history import list_imports as list_imports
    from kamtools.importing.history import undo as undo
    from kamtools.importing.mapping import Mapping as Mapping
    from kamtools.importing.mapping import load_mapping as load_mapping
    from kamtools.importing.report import ImportReport as ImportReport
    from kamtools.importing.report import PartReport as PartReport
    from kamtools.importing.run import run_import as run_import

_HOME = {
    "run_import": "run",
    "undo": "history",
    "list_imports": "history",
    "draft_mapping": "draft",
    "Draft": "draft",
    "load_aliases": "aliases",
    "ImportReport": "report",
    "PartReport": "report",
    "Mapping": "mapping",
    "load_mapping": "mapping",
}
__all__ = list(_HOME)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: the command line stays light."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
