"""A progress bar for the terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kamtools.fleet.runs import AccountStatus, Progress


@contextlib.contextmanager
def bar(disable: bool | None = None) -> Iterator[Progress]:
    """Give a `progress` function for :func:`kamtools.fleet.run` that draws a bar on standard error.

    Parameters
    ----------
    disable : bool, optional
        Default: only drawn on a terminal.
    """
    from tqdm import tqdm

    with tqdm(total=0, disable=disable, leave=False, ascii=" #", unit="") as drawn:

        def progress(done: int, total: int, status: AccountStatus | None) -> None:
            drawn.total = total
            if status is not None:
                drawn.set_postfix_str(status.account, refresh=False)
            drawn.update(done - drawn.n)
            drawn.refresh()

        yield progress
