"""One account's book and the portfolio it belongs to: facts and settings joined with the rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.book.opening import check_account, find_workspace, open_book, open_portfolio, parse_date

if TYPE_CHECKING:
    from kamtools.book.designations import listed_on as listed_on
    from kamtools.book.designations import save_designation as save_designation
    from kamtools.book.figure import Figure as Figure
    from kamtools.book.figures import account_figures as account_figures
    from kamtools.book.portfolio import Book as Book
    from kamtools.book.portfolio import Portfolio as Portfolio

_LAZY = {
    "Book": "portfolio",
    "Portfolio": "portfolio",
    "Figure": "figure",
    "account_figures": "figures",
    "listed_on": "designations",
    "save_designation": "designations",
}
__all__ = [*_LAZY, "check_account", "find_workspace", "open_book", "open_portfolio", "parse_date"]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    """Import a heavier public name when it is first asked for."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
