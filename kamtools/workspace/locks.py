"""Closed months: their figures are kept as they were when the month was closed, ``locks/2026-09.csv``.

A lock holds account, line and amount of the P&L of one month, with who closed
it, when, and the hash of the data. It is written once; later postings change
the ledger, not the lock, and the difference is the restatement.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from kamtools.errors import KamError
from kamtools.workspace.csvtext import write_atomic
from kamtools.workspace.folder import Workspace

if TYPE_CHECKING:
    import pandas as pd

FOLDER = "locks"
COLUMNS = ("account", "line", "amount", "closed_by", "closed_at", "data_hash")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def is_month(text: str) -> bool:
    """Tell whether a text is a month as ``2026-09``."""
    return _MONTH.fullmatch(text) is not None


def locked_months(workspace: Workspace, until: str = "9999-12") -> tuple[str, ...]:
    """Return the closed months up to `until` as ``2026-09``, in order."""
    months = (p.stem for p in sorted((workspace.root / FOLDER).glob("*.csv")))
    return tuple(m for m in months if is_month(m) and m <= until)


def read_locks(workspace: Workspace, until: str = "9999-12") -> pd.DataFrame:
    """Return the figures of the closed months up to `until`: frame[month, account, line, amount, closed_by, closed_at].

    Raises
    ------
    KamError
        Where a line is not as it was written: file, line and value.
    """
    import pandas as pd

    frames = []
    for month in locked_months(workspace, until):
        path = workspace.root / FOLDER / f"{month}.csv"
        with path.open("rb") as file:
            frame = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        if tuple(frame.columns) != COLUMNS:
            raise KamError("workspace.bad_lock", path=path, line=1, value=", ".join(frame.columns))
        amounts = pd.to_numeric(frame["amount"].where(frame["amount"] != ""), errors="coerce")
        wrong = amounts.isna() & (frame["amount"] != "")
        if wrong.any():
            at = int(wrong.to_numpy().argmax())
            value = frame["amount"].iloc[at]
            raise KamError("workspace.bad_lock", path=path, line=at + 2, value=value)
        frame = frame.assign(amount=amounts.astype(float), month=pd.Timestamp(f"{month}-01"))
        frames.append(frame)
    columns = ["month", "account", "line", "amount", "closed_by", "closed_at"]
    return pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)


def write_lock(
    workspace: Workspace, month: str, figures: pd.DataFrame, who: str, at: dt.datetime, data_hash: str
) -> Path:
    """Close a month: keep its figures; a closed month is never written again.

    Parameters
    ----------
    workspace : Workspace
    month : str
        ``2026-09``.
    figures : frame[account, line, amount]
        A missing amount stays missing.
    who : str
    at : datetime
    data_hash : str
        Of the data that the figures come from.

    Raises
    ------
    KamError
        For a pack or a workspace of an older format, for what is no month, and where the month is closed already.
    """
    workspace.check_writable()
    if not is_month(month):
        raise KamError("workspace.bad_month", value=month)
    path = workspace.root / FOLDER / f"{month}.csv"
    if path.exists():
        raise KamError("workspace.closed_already", month=month, path=path)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    stamp = at.astimezone(dt.UTC).isoformat(timespec="seconds")
    for account, line, amount in zip(figures["account"], figures["line"], figures["amount"], strict=True):
        written = "" if amount != amount else f"{amount:.4f}"
        writer.writerow((account, line, written, who, stamp, data_hash[:12]))
    path.parent.mkdir(exist_ok=True)
    write_atomic(path, text.getvalue().encode())
    return path
