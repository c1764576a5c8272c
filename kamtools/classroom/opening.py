"""What a notebook does in its second cell: check the parameters and open the book."""

from __future__ import annotations

import ast
import datetime as dt
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kamtools.classroom.parameters import check_names
from kamtools.errors import KamError

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book

PARAMETERS = ("account", "workspace", "as_of", "lang", "batch")


def injected_names(history: list[str]) -> list[str]:
    r"""Return the names that papermill set in a cell of its own.

    Parameters
    ----------
    history : list of str
        The texts of the cells run so far (IPython's ``In``).

    Examples
    --------
    >>> injected_names(["", "account = 1", "# Parameters\nacount = 'A2'\n"])
    ['acount']
    """
    names = []
    for text in history:
        if not text.startswith("# Parameters\n"):
            continue
        for node in ast.parse(text).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            names += [t.id for t in targets if isinstance(t, ast.Name)]
    return names


def open_notebook(namespace: Mapping[str, Any]) -> Book:
    """Validate a notebook's parameters and open its account's book.

    Parameters
    ----------
    namespace : mapping
        The notebook's ``globals()``: ``account``, ``workspace``, ``as_of``,
        ``lang`` and ``batch``.

    Raises
    ------
    KamError
        For a misspelt parameter, an unknown account, language or workspace,
        or a bad date: with what is allowed. A notebook shows the message
        alone, without a traceback.
    """
    from kamtools.book import open_book

    lang = namespace["lang"]
    _show_charts_inline()
    try:
        check_names(injected_names(list(namespace.get("In", ()))), PARAMETERS)
        return open_book(
            _account(namespace), namespace["workspace"], _as_of(namespace["as_of"]), lang, namespace["batch"]
        )
    except KamError as error:
        text = error.text(lang if lang in ("zh", "en") else None)
        error._render_traceback_ = lambda: [f"KamError: {text}"]  # type: ignore[attr-defined]
        raise


def _show_charts_inline() -> None:
    """Have a notebook's charts shown, each drawn once.

    The inline back end turns matplotlib interactive when it is loaded. Loaded
    inside the first chart's own settings, that would end with them, and every
    later chart would be lost without a word: so load it here.
    """
    if "IPython" not in sys.modules:
        return
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return
    import gc

    import matplotlib
    import matplotlib.pyplot as plt
    from matplotlib_inline.config import InlineBackend

    from kamtools.show.style import HINTING

    plt.switch_backend(matplotlib.get_backend())
    plt.uninstall_repl_displayhook()  # it draws each new chart once more, before the backend shows it
    matplotlib.rcParams["text.hinting"] = (
        HINTING  # the back end draws when the chart's own settings have ended
    )
    config: Any = InlineBackend.instance(parent=shell)
    # charts and widgets are many small things: a sixth of a run went into looking for cycles among them
    gc.set_threshold(50_000, 20, 50)
    # "tight" would draw each chart twice; a chart packed less hard is as small
    config.print_figure_kwargs = {"bbox_inches": None, "pil_kwargs": {"compress_level": 3}}


def _account(namespace: Mapping[str, Any]) -> str:
    """Return the id; papermill's -p makes a number of 00123: take it where only one id can be meant."""
    given: Any = namespace["account"]
    if isinstance(given, bool):
        return str(given)
    if not isinstance(given, int):
        return given
    from kamtools.book import open_portfolio

    ids = open_portfolio(namespace["workspace"], _as_of(namespace["as_of"])).account_ids
    meant = [i for i in ids if i.isdecimal() and int(i) == given]
    if len(meant) == 1:
        return meant[0]
    raise KamError("classroom.account_is_number", value=given, meant=", ".join(meant) or "–")


def _as_of(value: object) -> str | None:
    """Return the date as text; an empty one means the workspace's own."""
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()[:10]
    return str(value) if value not in (None, "") else None
