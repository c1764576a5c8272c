"""The dated list of key accounts, kept in ``designations.csv``.

The file is a log: a row per account and change, with the day from which it
holds (``since``), ``entered`` or ``left``, and why. Who is a key account on a
day follows from the last row of each account up to that day.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import TYPE_CHECKING

from kamtools.errors import KamError
from kamtools.workspace.csvtext import write_atomic
from kamtools.workspace.folder import DESIGNATION_COLUMNS

if TYPE_CHECKING:
    from kamtools.book.portfolio import Portfolio
    from kamtools.workspace import Workspace


def read_changes(workspace: Workspace) -> list[dict[str, str]]:
    """Return the rows of ``designations.csv`` in their order; none where there is no file."""
    path = workspace.designations_path()
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def listed_on(workspace: Workspace, day: dt.date, before: bool = False) -> dict[str, dt.date]:
    """Return the key accounts of a day with the date since when, in the order they were listed.

    Parameters
    ----------
    day : date
    before : bool
        Leave out the changes of `day` itself: the list that the rules start from.
    """
    listed: dict[str, dt.date] = {}
    changes = sorted(read_changes(workspace), key=lambda row: row["since"])
    for row in changes:
        since = dt.date.fromisoformat(row["since"])
        if since > day or (before and since == day):
            continue
        if row["status"] == "left":
            listed.pop(row["account"], None)
        else:
            listed.setdefault(row["account"], since)
    return listed


def save_designation(portfolio: Portfolio) -> Path:
    """Write the changes that the rules give as of the portfolio's date, and return the file.

    Saving twice for one date writes the same: rows of that date are made anew.

    Raises
    ------
    KamError
        For a pack (it is read-only), where nothing can be graded, or where a
        later list is already kept.
    """
    workspace, day = portfolio.workspace, portfolio.as_of.isoformat()
    if workspace.is_old:
        workspace.check_writable()
    if workspace.read_only:
        raise KamError("book.read_only", workspace=workspace.source)
    if portfolio.designation is None:
        raise KamError("book.cannot_designate")
    changes = read_changes(workspace)
    later = [row["since"] for row in changes if row["since"] > day]
    if later:
        raise KamError("book.later_designation", as_of=day, later=max(later))
    rows = [row for row in changes if row["since"] < day]
    for row in portfolio.designation.table.to_dict("records"):
        if row["status"] in ("entered", "left"):
            rows.append(
                {
                    "account": row["account"],
                    "since": day,
                    "status": row["status"],
                    "reason": row["reason_key"],
                    "score": "" if row["score"] != row["score"] else f"{row['score']:.4f}",
                    "quadrant": row["quadrant"] or "",
                }
            )
    text = io.StringIO()
    writer = csv.DictWriter(text, list(DESIGNATION_COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_atomic(workspace.designations_path(), text.getvalue().encode("utf-8"))
    return workspace.designations_path()
