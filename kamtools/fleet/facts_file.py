"""``facts.json``: every figure of one book, as the book showed it."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FORMAT = 1
FIGURES_MIME = "application/vnd.kam.figures+json"
# Floats are the same figure within this: sums taken in another order on another machine.
RELATIVE, ABSOLUTE = 1e-12, 1e-9
FIELDS = ("id", "value", "unit", "period", "convention", "item")


def figures_of(notebook: Any) -> dict[str, Any] | None:
    """Return what an executed notebook gave as its figures: the last output of that type, or None."""
    found = None
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            found = output.get("data", {}).get(FIGURES_MIME, found)
    return json.loads(found) if isinstance(found, str) else found


def figures_from_book(book: Any) -> dict[str, Any]:
    """Return the figures of a book in the shape of :func:`figures_of`."""
    return {
        "account": book.account,
        "as_of": str(book.portfolio.as_of),
        "data_hash": book.portfolio.data_hash,
        "judged": book.portfolio.judgements.state,
        "conventions": json.loads(json.dumps(dict(book.portfolio.conventions), default=str)),
        "figures": [{name: getattr(f, name) for name in FIELDS} for f in book.figures()],
    }


def facts_text(
    figures: Mapping[str, Any], lang: str, workspace: str, command: str, pages: Mapping[str, str]
) -> str:
    """Return the text of ``facts.json``.

    Parameters
    ----------
    figures : mapping
        From :func:`figures_of`.
    lang : {"zh", "en"}
        The language of the book beside it; no figure depends on it.
    workspace : str
        The workspace, seen from the output folder where that can be said.
    command : str
        What makes the book again.
    pages : mapping
        Page beside it -> SHA-256 of its bytes, as made.
    """
    facts = {
        "format": FORMAT,
        "account": figures["account"],
        "as_of": figures["as_of"],
        "lang": lang,
        "workspace": workspace,
        "data_hash": figures["data_hash"],
        "command": command,
        "pages": dict(pages),
        "conventions": figures["conventions"],
        "figures": [{name: plain(f.get(name)) for name in FIELDS} for f in figures["figures"]],
    }
    return json.dumps(facts, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """Return a value that JSON can hold; what is not a number is None.

    Examples
    --------
    >>> plain(float("nan")), plain(0.1), plain("A")
    (None, 0.1, 'A')
    """
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def same(stored: Any, derived: Any) -> bool:
    """Tell whether two values are the same figure: floats within 1e-12 relative, all else exactly.

    Examples
    --------
    >>> same(0.1 + 0.2, 0.3), same(1234567890.12, 1234567890.13), same(None, 0.0), same(1, "1")
    (True, False, False, False)
    """
    if isinstance(stored, bool) or isinstance(derived, bool):
        return stored is derived
    if isinstance(stored, int | float) and isinstance(derived, int | float):
        return stored == derived or math.isclose(stored, derived, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return type(stored) is type(derived) and stored == derived


def relative_path(target: Path, start: Path) -> str:
    """Return `target` as seen from the folder `start`, with ``/``; absolute where that cannot be said.

    Examples
    --------
    >>> relative_path(Path("/a/data"), Path("/a/out"))
    '../data'
    """
    try:
        return Path(os.path.relpath(target, start)).as_posix()
    except ValueError:  # another drive on Windows
        return target.as_posix()


def write_atomic(path: Path, text: str, part: Path) -> None:
    """Write a text file so that a reader sees the old one or the new one, never a part.

    Parameters
    ----------
    part : Path
        Where it is written first, on the same disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)  # never through a link
    with part.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def facts_files(out: Path) -> Iterator[Path]:
    """Return the ``facts.json`` files of a run, in order of their folders."""
    yield from sorted((out / "accounts").glob("*/facts.json"))
