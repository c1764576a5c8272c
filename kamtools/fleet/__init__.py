"""Many accounts: select, run, render, show in one portal, verify.

``run`` makes a book for each selected account and the portal over all;
``verify`` derives every figure that a run stored again.
"""

from __future__ import annotations

from kamtools.fleet.progress import bar
from kamtools.fleet.runs import AccountStatus, Progress, RunReport, run
from kamtools.fleet.selection import Selection
from kamtools.fleet.verification import Difference, VerifyReport, verify

__all__ = [
    "AccountStatus",
    "Difference",
    "Progress",
    "RunReport",
    "Selection",
    "VerifyReport",
    "bar",
    "run",
    "verify",
]
