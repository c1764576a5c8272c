"""What people write: forms of accounts, with the history of every field.

A store is ``kam.sqlite`` in a workspace, or a PostgreSQL database by URL.
:func:`open_store` opens either; a pack's store is read-only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kamtools.store.access import Store as Store
    from kamtools.store.checking import store_findings as store_findings
    from kamtools.store.copies import backup as backup
    from kamtools.store.copies import restore as restore
    from kamtools.store.exchange import export_text as export_text
    from kamtools.store.exchange import import_text as import_text
    from kamtools.store.exchange import new_workspace as new_workspace
    from kamtools.store.exchange import write_pack as write_pack
    from kamtools.store.forgetting import ForgetReport as ForgetReport
    from kamtools.store.forgetting import forget as forget
    from kamtools.store.opening import open_store as open_store
    from kamtools.store.opening import upgrade_store as upgrade_store
    from kamtools.store.reading import records_on as records_on
    from kamtools.store.reading import standing as standing
    from kamtools.store.reading import store_target as store_target
    from kamtools.store.reading import written as written
    from kamtools.store.text import text_fault as text_fault
    from kamtools.store.values import Change as Change
    from kamtools.store.values import Conflict as Conflict
    from kamtools.store.values import FieldValue as FieldValue
    from kamtools.store.values import Record as Record

_HOME = {
    "Store": "access",
    "backup": "copies",
    "restore": "copies",
    "ForgetReport": "forgetting",
    "forget": "forgetting",
    "open_store": "opening",
    "upgrade_store": "opening",
    "records_on": "reading",
    "standing": "reading",
    "store_target": "reading",
    "written": "reading",
    "export_text": "exchange",
    "import_text": "exchange",
    "new_workspace": "exchange",
    "store_findings": "checking",
    "text_fault": "text",
    "write_pack": "exchange",
    "Change": "values",
    "Conflict": "values",
    "FieldValue": "values",
    "Record": "values",
}
__all__ = list(_HOME)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: the command line stays light."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
