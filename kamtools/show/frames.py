"""Rows of results as plain mappings: what a view reads cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def row_of(table: pd.DataFrame, key: object) -> dict[str, Any]:
    """Return one row by its index.

    Examples
    --------
    >>> import pandas as pd
    >>> row_of(pd.DataFrame({"class": ["A"]}, index=["00123"]), "00123")
    {'class': 'A'}
    """
    values: Any = table.loc[key]  # type: ignore[index]
    return {str(name): values[name] for name in table.columns}


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return all rows in order."""
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
