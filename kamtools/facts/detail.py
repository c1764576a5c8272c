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
    from kamtools.workspace.folder import conform, to_frame
    from kamtools.workspace.paths import own_columns, parquet_dataset
    from kamtools.workspace.tables import arrow_schema

    if not workspace.has(name):
        return to_frame(arrow_schema(name).empty_table())
    import pyarrow.compute as pc

    wanted = pc.scalar(True)
    if account is not None:
        wanted &= pc.field("account") == account
    if until is not None:
        wanted &= pc.field("date") <= until
    if since is not None:
        wanted &= pc.field("date") >= since
    path = workspace.table_path(name)
    data = parquet_dataset(path).to_table(columns=own_columns(path), filter=wanted)
    return to_frame(conform(data, name))
