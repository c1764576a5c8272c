"""What a workspace is: its tables and models, opening it, checking it, packs of it.

A workspace is a folder: ``settings.yml``, ``facts/<table>.parquet``,
closed months, and the store with what people wrote. A pack is the same as
plain text. :func:`open_workspace` opens either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kamtools.workspace.accounts import Account as Account
    from kamtools.workspace.checks.whole import check_workspace as check_workspace
    from kamtools.workspace.findings import CheckReport as CheckReport
    from kamtools.workspace.findings import Finding as Finding
    from kamtools.workspace.folder import Workspace as Workspace
    from kamtools.workspace.folder import new_workspace as new_workspace
    from kamtools.workspace.folder import open_workspace as open_workspace
    from kamtools.workspace.folder import read_table as read_table
    from kamtools.workspace.folder import write_table as write_table
    from kamtools.workspace.ids import slug as slug
    from kamtools.workspace.journal import imports as imports
    from kamtools.workspace.locking import one_writer as one_writer
    from kamtools.workspace.packs import write_pack as write_pack
    from kamtools.workspace.places import check_place as check_place
    from kamtools.workspace.settings import Settings as Settings

_HOME = {
    "Account": "accounts",
    "check_workspace": "checks.whole",
    "CheckReport": "findings",
    "Finding": "findings",
    "Workspace": "folder",
    "new_workspace": "folder",
    "open_workspace": "folder",
    "read_table": "folder",
    "write_table": "folder",
    "slug": "ids",
    "imports": "journal",
    "one_writer": "locking",
    "write_pack": "packs",
    "check_place": "places",
    "Settings": "settings",
}
__all__ = list(_HOME)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: the command line stays light."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
