"""What a reader sees of a view, as plain text: the words and numbers of tables, findings, charts and pages.

Of a chart it is what was drawn: titles, tick labels, legends, annotations, bars, lines and points, with their
colours by name. Numbers are rounded, so that no machine's last digit counts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from bs4 import BeautifulSoup, NavigableString, Tag

from kamtools.classroom.exercises import Exercise
from kamtools.show.findings import Findings
from kamtools.show.tables.build import Table

MOST = 24  # points of a line that are listed; of a longer one evenly spaced ones, with its count and sum
BLOCKS = {"p", "div", "li", "tr", "dt", "dd", "h1", "h2", "h3", "h4", "br", "caption", "summary", "section",
          "label", "option", "button", "title", "text", "svg", "details", "header", "footer", "nav", "ul"}  # fmt: skip


def text_of(view: Any) -> str:
    """Return a view as lines of text."""
    if isinstance(view, Table):
        return table_text(view)
    if isinstance(view, Findings):
        return "\n".join(f"- {line}" for line in view.lines())
    if hasattr(view, "get_figure"):
        return chart_text(view)
    if isinstance(view, list):
        return "\n".join(text_of(item) for item in view)
    if isinstance(view, Exercise):
        return exercise_text(view)
    if isinstance(view, str):
        return view
    if isinstance(view, bytes):
        return view.decode("utf-8-sig").replace("\r\n", "\n")
    bundle = view._repr_mimebundle_() if hasattr(view, "_repr_mimebundle_") else {}
    if html := bundle.get("text/html") or getattr(view, "_repr_html_", str)():
        return page_text(html)
    if text := bundle.get("text/plain"):
        return text
    raise TypeError(f"no text is known of {type(view)}")


def table_text(table: Table) -> str:
    """Return a table: a row's mark (``*`` the reader's own, ``+`` bold), its cells, after a cell its figure."""
    lines = [f"[{table.title}]", " | ".join(f"{key}: {words}" for key, words, _ in table.columns)]
    for number, row in enumerate(table.rows):
        mark = "*" if number in table.own else "+" if number in table.bold else " "
        cells = []
        for place, cell in enumerate(row):
            figure = table.figures.get((number, place))
            cells.append(f"{cell} @{figure}" if figure else cell)
        lines.append(f"{mark} {' | '.join(cells)}")
    return "\n".join([*lines, f"({table.note})"] if table.note else lines)


def exercise_text(exercise: Exercise) -> str:
    """Return a question, its options with the right ones marked, hint and solution, and what is said of a right answer."""
    right = exercise.right_answer()
    marked = right if isinstance(right, list) else [right]
    lines = [
        exercise.text,
        *(f"{'*' if value in marked else ' '} {value}: {label}" for value, label in exercise.options),
    ]
    said = [exercise.hint(), exercise.solution(), exercise.check(right)]
    return "\n".join([*lines, f"right: {right or 'not known'}", *(f"{one.label}{one.text}" for one in said)])


def page_text(html: str) -> str:
    """Return the words of a page, a row of a table on a line; data of a script as one line for each item."""
    soup = BeautifulSoup(html, "html.parser")
    for gone in soup.find_all(["style", "script"]):
        if gone.name == "script" and "json" in str(gone.get("type", "")):
            gone.replace_with("\n" + "\n".join(_json_lines(json.loads(gone.string or "null"))) + "\n")
        else:
            gone.decompose()
    lines = "".join(_words(soup)).split("\n")
    return "\n".join(line for line in (" ".join(raw.split()).removesuffix(" |") for raw in lines) if line)


def _words(tag: Tag) -> Iterator[str]:
    for child in tag.children:
        if isinstance(child, Tag):
            yield "\n" if child.name in BLOCKS else ""
            if child.name == "img" and child.get("alt"):
                yield f"\n[{child['alt']}]\n"
            if child.name == "input" or child.get("checked") is not None or child.get("selected") is not None:
                yield f"({' '.join(str(child[a]) for a in ('value', 'placeholder') if child.get(a))})"
            yield from _words(child)
            if figure := child.get("data-kam-figure"):
                yield f" @{figure}"
            yield "\n" if child.name in BLOCKS else " | " if child.name in ("td", "th") else ""
        elif type(child) is NavigableString:
            yield str(child) if "\n{" in child or "\n[" in child else str(child).replace("\n", " ")


def _json_lines(data: Any, name: str = "") -> Iterator[str]:
    if isinstance(data, dict) and any(isinstance(v, dict | list) for v in data.values()):
        for key, value in data.items():
            yield from _json_lines(value, f"{name}.{key}")
    elif isinstance(data, list) and data and all(isinstance(v, dict | list) for v in data):
        for number, value in enumerate(data):
            yield f"{name}[{number}] {json.dumps(value, ensure_ascii=False)}"
    else:
        yield f"{name} {json.dumps(data, ensure_ascii=False)}"


def chart_text(ax: Any) -> str:
    """Return what stands in a chart's figure, axes by axes."""
    figure = ax.get_figure(root=True)
    lines = [f"figure: {words.get_text()}" for words in figure.texts]
    every = [*figure.axes]
    for axes in every:
        every += [child for child in axes.child_axes if child not in every]
    for number, axes in enumerate(every):
        lines += [f"axes {number}" + (" [off]" if not axes.axison else ""), *(f"  {x}" for x in _axes(axes))]
    return "\n".join(line.replace("\n", " / ") for line in lines)


def _axes(ax: Any) -> Iterator[str]:
    for side in ("left", "center", "right"):
        if words := ax.get_title(loc=side):
            yield f"title: {words}"
    for name, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
        low, high = sorted(axis.get_view_interval())
        yield f"{name}: {axis.get_label_text()} {_numbers(axis.get_view_interval())} {axis.get_scale()}".replace(
            "  ", " "
        )
        if ax.axison and axis.get_visible():
            ticks = zip(axis.get_majorticklocs(), axis.get_ticklabels(), strict=False)
            shown = [words.get_text() for at, words in ticks if low <= at <= high and words.get_text()]
            if shown:
                yield f"{name} ticks: {' | '.join(shown)}"
    if legend := ax.get_legend():
        handles = zip(legend.legend_handles, legend.get_texts(), strict=False)
        yield "legend: " + " | ".join(f"{words.get_text()} {_colours(_colour_of(h))}" for h, words in handles)
    for words in ax.texts:
        if words.get_text():
            at = getattr(words, "xy", None) or words.get_position()
            bold = " bold" if words.get_fontweight() == "bold" else ""
            yield f"text: {words.get_text()} {_place(at)} {_colours(words.get_color())}{bold}"
    for patch in ax.patches:
        yield f"{type(patch).__name__.lower()}: {_patch(patch)} {_colours(_colour_of(patch))}"
    for line in ax.lines:
        x, y = (np.atleast_1d(values) for values in line.get_data(orig=False))
        if line.get_linestyle() in ("None", "", " "):
            kind, colour = f"marks {line.get_marker()}", line.get_markerfacecolor()
        else:
            kind, colour = f"line {line.get_linestyle()}", line.get_color()
        yield f"{kind}: x {_numbers(x)} y {_numbers(y)} {_colours(colour)}"
    for group in ax.collections:
        name = type(group).__name__.removesuffix("Collection").lower()
        if name == "path":  # points of scatter
            offsets = np.asarray(group.get_offsets(), float)
            sizes = f" sizes {_numbers(group.get_sizes())}"
            yield f"points: x {_numbers(offsets[:, 0])} y {_numbers(offsets[:, 1])}{sizes} {_colours(group.get_facecolor())}"
        else:
            points = [p.vertices for p in group.get_paths()]
            whole = np.concatenate(points) if points else np.empty((0, 2))
            yield f"{name}: x {_numbers(whole[:, 0])} y {_numbers(whole[:, 1])} {_colours(_colour_of(group))}"
    for image in ax.images:
        yield f"image: {_numbers(np.asarray(image.get_array()).ravel())}"


def _patch(patch: Any) -> str:
    if all(hasattr(patch, part) for part in ("get_x", "get_y", "get_width", "get_height")):
        return _place([patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height()])
    if hasattr(patch, "get_center"):
        return _place([*patch.get_center(), getattr(patch, "width", math.nan)])
    return _place(patch.get_path().vertices.ravel()[:MOST])


def _colour_of(artist: Any) -> Any:
    face = artist.get_facecolor() if hasattr(artist, "get_facecolor") else artist.get_color()
    if (
        len(face)
        and not isinstance(face, str)
        and np.asarray(face).size
        and np.asarray(face).ravel()[-1] == 0
    ):
        return artist.get_edgecolor()
    return face


def _colours(given: Any) -> str:
    """Return colours by the names that our style gives them, equal neighbours once."""
    from matplotlib.colors import to_hex, to_rgba_array

    names = [_names().get(code := to_hex(c), code) for c in to_rgba_array(given)]
    kept = [name for i, name in enumerate(names) if i == 0 or name != names[i - 1]]
    return f"<{' '.join(kept[:MOST])}>"


def _names() -> dict[str, str]:
    import sys

    ours = vars(sys.modules["kamtools.show.style"])
    return {v: k.lower() for k, v in ours.items() if k.isupper() and isinstance(v, str) and v.startswith("#")}


def _place(values: Iterable[Any]) -> str:
    """Return numbers of different axes, each rounded by itself."""
    return f"[{' '.join(f'{v:.5g}' if abs(v) > 1e-9 else '0' for v in map(float, values))}]"


def _numbers(values: Iterable[Any]) -> str:
    """Return numbers, rounded to five digits of the largest."""
    every = [float(v) for v in np.ma.filled(np.ma.asarray(values, float), np.nan).ravel()]
    largest = max((abs(v) for v in every if math.isfinite(v)), default=0.0)
    digits = 4 - math.floor(math.log10(largest)) if largest else 0
    shown = every
    more = ""
    if len(every) > MOST:
        shown = [every[round(i * (len(every) - 1) / (MOST - 1))] for i in range(MOST)]
        total = math.fsum(v for v in every if math.isfinite(v))
        more = f" ({len(every)}, sum {total:.4g})"
    return (
        f"[{' '.join(f'{round(v, digits) + 0.0:.12g}' if math.isfinite(v) else 'gap' for v in shown)}]{more}"
    )
