"""The rows behind a figure: lines of the ledger and bookings, of one account where given."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.workspace import Workspace


def table_rows(
    workspace: Workspace,
    name: str,
    account: str | None = None,
    until: dt.date | None = None,
    since: dt.date | None = None,
) -> pd.DataFrame:
    """Return rows of a fact table as they were brought in: money as float64, each in its own currency.

    Only the rows asked for are read from the file.

    Parameters
    ----------
    workspace : Workspace
    name : str
        A table with a column ``account``, and ``date`` where days are given.
    account : str, optional
    until, since : date, optional
        Both included.
    """
    import pyarrow.parquet as pq

    from kamtools.workspace.folder import conform, to_frame
    from kamtools.workspace.tables import arrow_schema

    if not workspace.has(name):
        return to_frame(arrow_schema(name).empty_table())
    wanted = []
    if account is not None:
        wanted.append(("account", "==", account))
    if until is not None:
        wanted.append(("date", "<=", until))
    if since is not None:
        wanted.append(("date", ">=", since))
    data = pq.read_table(workspace.table_path(name), filters=wanted or None)
    return to_frame(conform(data, name))
