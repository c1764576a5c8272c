"""The relationship map of a customer: who reports to whom, how they stand to us, who of ours holds each line.

- ``relationship_map(result, context, ax=None) -> Axes``
- ``relationship_svg(result, context) -> bytes``
- ``relationship_csv(result, context) -> bytes``
- ``relationship_findings(result, context) -> Findings``

Names are text everywhere: never markup, mathematics or formulas.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from kamtools.show.context import Context, in_language, one_line
from kamtools.show.numbers import is_missing, number, percent
from kamtools.show.style import DARK, FACE, INK, LOSS, MUTED, chart, image, new_axes, text
from kamtools.words import has_message, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamtools.identification import RelationshipCoverage
    from kamtools.show.findings import Findings

# Told apart by shape, by lightness and by colour.
MARKS = {
    "supporter": ("o", DARK),
    "neutral": ("s", "#93a1ad"),
    "opponent": ("v", LOSS),
    "unknown": ("o", FACE),
}
COLUMNS = (
    "name",
    "title",
    "function",
    "level",
    "reports_to",
    "role",
    "influence",
    "sentiment",
    "held_by",
    "backup",
    "touchpoints",
    "share",
    "last_contact",
    "days_since",
)
CHOICES = {"function": "function", "level": "level", "role": "buying"}
WIDE, ROW, FOOT = 11.0, 1.34, 0.26  # inches: a page, a row of people, a line at the foot
ACROSS = 8  # people side by side
MOST = 40  # drawn; more do not fit a page
HOLDERS = 6
STRONG = 0.75  # influential: from this part of the greatest influence


def attitude(sentiment: Any) -> str:
    """Return how somebody stands to us: ``supporter``, ``neutral``, ``opponent`` or ``unknown``.

    Examples
    --------
    >>> [attitude(v) for v in (2, 0, -1, None)]
    ['supporter', 'neutral', 'opponent', 'unknown']
    """
    if is_missing(sentiment):
        return "unknown"
    value = float(sentiment)
    return "supporter" if value > 0 else "opponent" if value < 0 else "neutral"


def layers(parents: Sequence[int | None], across: int = ACROSS) -> list[tuple[float, int]]:
    """Place people so that nobody covers anybody: (column, row) for each.

    Parameters
    ----------
    parents : sequence
        The place in the sequence of each one's superior, or None. Whoever
        stands in a circle of superiors is treated as having none.
    across : int
        People side by side at most; a longer layer takes several rows.

    Returns
    -------
    list of (column, row)
        Row 0 is the top; in a row, columns are at least 1 apart and within 0 … across − 1.

    Examples
    --------
    >>> layers([None, 0, 0], across=4)
    [(1.5, 0), (1.0, 1), (2.0, 1)]
    """
    above = _above(parents)
    depth = [0] * len(parents)
    for node in range(len(parents)):
        superior = above.get(node)
        while superior is not None:
            depth[node] += 1
            superior = above.get(superior)
    generations = [
        [n for n, d in enumerate(depth) if d == level] for level in range(max(depth, default=-1) + 1)
    ]
    people: dict[int, int] = {}  # below each, side by side
    for node in (n for generation in reversed(generations) for n in generation):
        people[node] = max(1, people.get(node, 0))
        if node in above:
            people[above[node]] = people.get(above[node], 0) + people[node]
    place: dict[int, tuple[float, int]] = {}
    row = 0
    middle = (across - 1) / 2
    for generation in generations:
        order = sorted(generation, key=lambda n: (place[above[n]][::-1] if n in above else (99, 0.0), n))
        order.sort(key=lambda n: place[above[n]][0] if n in above else 99.0)
        wanted = _wanted(order, above, people, place, middle)
        for start in range(0, len(order), across):
            part = order[start : start + across]
            for node, column in zip(part, _apart([wanted[n] for n in part], across), strict=True):
                place[node] = (column, row)
            row += 1
    return [place[i] for i in range(len(parents))]


def _above(parents: Sequence[int | None]) -> dict[int, int]:
    """Return who stands above whom, without the circles of superiors."""
    above = {n: p for n, p in enumerate(parents) if p is not None and p != n}
    circles: set[int] = set()
    for node in above:
        seen: dict[int, None] = {}  # keeps the order
        while node in above and node not in seen:
            seen[node] = None
            node = above[node]
        if node in seen:
            circle = list(seen)
            circles.update(circle[circle.index(node) :])
    return {n: p for n, p in above.items() if n not in circles}


def _wanted(
    order: Sequence[int],
    above: dict[int, int],
    people: dict[int, int],
    place: dict[int, tuple[float, int]],
    middle: float,
) -> dict[int, float]:
    """Return where each would stand: under its superior, as wide as its own people need."""
    wanted: dict[int, float] = {}
    families: dict[int | None, list[int]] = {}
    for node in order:
        families.setdefault(above.get(node), []).append(node)
    for parent, members in families.items():
        centre = middle if parent is None else place[parent][0]
        left = centre - sum(people[m] for m in members) / 2
        for member in members:
            wanted[member] = left + people[member] / 2
            left += people[member]
    return wanted


def _apart(wanted: Sequence[float], across: int) -> list[float]:
    """Return columns in the same order, at least 1 apart, within 0 … across − 1."""
    columns: list[float] = []
    for i, w in enumerate(wanted):
        columns.append(max(w, columns[-1] + 1 if columns else 0.0, float(i)))
    limit = float(across - 1)
    for i in range(len(columns) - 1, -1, -1):
        columns[i] = min(columns[i], limit)
        limit = columns[i] - 1
    return columns


def _parents(table: Any) -> list[int | None]:
    first: dict[str, int] = {}
    for i, name in enumerate(table["name"]):
        if not is_missing(name):
            first.setdefault(str(name), i)
    return [None if is_missing(r) else first.get(str(r)) for r in table["reports_to"]]


def _points(words: str, size: float) -> float:
    """Return about how wide words are drawn, in points; rather too wide than too narrow."""
    wide = 0.0
    for char in words:
        if unicodedata.east_asian_width(char) in "WFA":
            wide += 1.02
        elif char in "mwMW@%&":
            wide += 0.98
        elif char.isupper():
            wide += 0.74
        else:
            wide += 0.56
    return wide * size


def _fit(words: object, size: float, room: float) -> str:
    line = text(words, 40)
    if _points(line, size) <= room:
        return line
    while line and _points(line + "...", size) > room:
        line = line[:-1]
    return line.rstrip() + "..."


def _word(kind: str, value: Any, context: Context) -> str:
    """Return a function, level or role in words; what is no choice of ours as it was written."""
    ids = CHOICES[kind], value
    known = has_message("course.choice", *ids)
    return context.say("course.choice", *ids) if known else in_language(value, context.lang)


@chart
def relationship_map(
    result: RelationshipCoverage | None, context: Context, ax: Axes | None = None, most: int = MOST
) -> Axes:
    """Draw a customer's people: reporting lines, influence as size, sentiment as colour and shape.

    Under each stand name, title and who of ours holds the line. A ring marks
    the contact who alone carries the relationship; the alarm is written above.

    Parameters
    ----------
    result : RelationshipCoverage
    context : Context
        Says the account.
    ax : Axes, optional
    most : int
        So many people are drawn, those with most influence first.
    """
    lang = context.lang
    name = text(context.name(context.account), 40) if context.account else ""
    if result is None or not len(result.table):
        return _empty(new_axes(ax, (9.0, 1.7)), context, name)
    table = result.table
    if len(table) > most:
        keep = table["influence"].fillna(-1).sort_values(ascending=False, kind="stable").index[:most]
        table = table.loc[sorted(keep)]
    shown = table.reset_index(drop=True)
    parents = _parents(shown)
    longest = max(4, min(ACROSS, len(shown)))
    places = layers(parents, longest)
    rows = max(r for _, r in places) + 1
    holders = _holder_lines(result, context)
    foot = FOOT * (2 + len(holders) + (len(result.table) > len(shown))) + 0.1
    ax = new_axes(ax, (WIDE, rows * ROW + foot + 1.2))
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set(xticks=[], yticks=[], xlim=(-0.5, longest - 0.5), ylim=(-rows * ROW - foot, 0.1))
    at = [(x, -r * ROW - 0.42) for x, r in places]
    _lines(ax, places, at, parents, longest)
    room = WIDE * 72 * 0.97 / longest - 6
    greatest = max(float(shown["influence"].max()), 1e-9) if shown["influence"].notna().any() else 1.0
    for i, (x, y) in enumerate(at):
        _person(ax, context, {str(k): v for k, v in shown.loc[i].items()}, x, y, greatest, room, result)
    _foot(ax, context, holders, -rows * ROW - 0.12, len(shown), len(result.table))
    _head(ax, context, name, result)
    ax.set_label(lang)
    return ax


def _lines(
    ax: Axes,
    places: Sequence[tuple[float, int]],
    at: Sequence[tuple[float, float]],
    parents: Sequence[int | None],
    across: int,
) -> None:
    """Draw who reports to whom: each family at a height of its own, past whoever stands between."""
    heights: dict[int, float] = {}
    families: dict[int, int] = {}
    for child, parent in enumerate(parents):
        if parent is None or places[child][1] <= places[parent][1]:
            continue
        if parent not in heights:
            row = places[parent][1]
            heights[parent] = 0.34 + 0.07 * (families.get(row, 0) % 3)
            families[row] = families.get(row, 0) + 1
        (x0, y0), (x1, y1) = at[parent], at[child]
        bend, xs, ys = y1 + heights[parent], [x0, x0], [y0 - 0.74]
        between = [c for c, r in places if places[parent][1] < r < places[child][1]]
        if between:
            gap = _gap(between, x0, x1, across)
            first = y0 - ROW + heights[parent]
            xs += [gap, gap]
            ys += [first, first]
        ax.plot([*xs, x1, x1], [*ys, bend, bend, y1], color="#9aa6b0", lw=1.1, zorder=1,
                solid_joinstyle="round")  # fmt: skip


def _gap(between: Sequence[float], x0: float, x1: float, across: int) -> float:
    """Return a column in which nobody of the rows between stands, near to both ends."""
    edges = (-0.5, across - 0.5)
    places = [x0, x1, *edges, *(c + half for c in between for half in (-0.5, 0.5))]
    free = [g for g in places if edges[0] <= g <= edges[1] and all(abs(g - c) > 0.49 for c in between)]
    return min(free, key=lambda g: (abs(g - x0) + abs(g - x1), g))


def _person(
    ax: Axes,
    context: Context,
    row: dict[str, Any],
    x: float,
    y: float,
    greatest: float,
    room: float,
    result: RelationshipCoverage,
) -> None:
    lang = context.lang
    kind = attitude(row["sentiment"])
    marker, colour = MARKS[kind]
    part = 0.25 if is_missing(row["influence"]) else float(row["influence"]) / greatest
    size = 13 + 16 * part**0.5
    hollow = kind == "unknown"
    ax.plot([x], [y], marker, ms=size, color=colour, mec=MUTED if hollow else "white",
            mew=1.4, zorder=4)  # fmt: skip
    digits = 0 if hollow or float(row["sentiment"]).is_integer() else 1
    sign = "?" if hollow else number(row["sentiment"], context, digits, sign=True)
    ax.text(x, y + (0.03 if marker == "v" else 0), sign, ha="center", va="center_baseline", fontsize=7.5,
            weight="bold", color=MUTED if hollow else INK if kind == "neutral" else "white", zorder=5)  # fmt: skip
    alone = result.single_thread and not is_missing(row["share"]) and row["share"] == result.top_share
    if alone:
        ax.plot([x], [y], "o", ms=size + 10, mfc="none", mec=LOSS, mew=1.8, zorder=3)
    held = not is_missing(row["held_by"])
    under = next((row[c] for c in ("title", "function", "level") if not is_missing(row[c])), "")
    column = next((c for c in ("title", "function", "level") if not is_missing(row[c])), "title")
    under = in_language(under, lang) if column == "title" else _word(column, under, context)
    who = say("maps.nameless", lang) if is_missing(row["name"]) else in_language(row["name"], lang)
    ours = (
        say("maps.held", lang, name=one_line(in_language(row["held_by"], lang), 40))
        if held
        else say("maps.unheld", lang)
    )
    lines = [(who, 8.7, INK, "bold"), (under, 7.8, MUTED, "normal"),
             (ours, 7.8, DARK if held else LOSS, "normal" if held else "bold")]  # fmt: skip
    at = y - 0.3
    for words, points, ink, weight in lines:
        ax.text(x, at, _fit(words, points, room), ha="center", va="center", fontsize=points, color=ink,
                weight=weight, zorder=6,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8})  # fmt: skip
        at -= 0.175


def _holder_lines(result: RelationshipCoverage, context: Context) -> list[str]:
    lang = context.lang
    total = float(result.table["influence"].sum())
    lines = []
    for who, people, influence, share in zip(
        result.holders.index,
        result.holders["people"],
        result.holders["influence"],
        result.holders["share"],
        strict=True,
    ):
        lines.append(
            say(
                "maps.holder_line",
                lang,
                name=one_line(in_language(who, lang), 30),
                people=number(people, context),
                influence=percent(influence / total if total > 0 else None, context, 0),
                share=percent(share, context, 0),
            )
        )
    if len(lines) > HOLDERS:
        lines = [*lines[:HOLDERS], say("maps.more", lang, n=number(len(lines) - HOLDERS, context))]
    return lines


def _foot(ax: Axes, context: Context, holders: list[str], y: float, shown: int, people: int) -> None:
    from matplotlib.lines import Line2D

    lang = context.lang
    handles = [
        Line2D([], [], ls="", marker=m, ms=9, color=c, mec=MUTED if c == FACE else c, label=say("maps.mark", lang, k))
        for k, (m, c) in MARKS.items()
    ]  # fmt: skip
    legend = ax.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(ax.get_xlim()[0], y + 0.05),
        bbox_transform=ax.transData,
        ncols=4,
        borderaxespad=0,
        handletextpad=0.3,
        columnspacing=1.4,
    )
    legend.set_zorder(6)
    left, right = ax.get_xlim()
    ax.text(
        right, y - 0.1, text(say("maps.size", lang), 90), fontsize=8.5, color=MUTED, ha="right", va="center"
    )
    y -= FOOT + 0.06
    if people > shown:
        words = say("maps.hidden", lang, shown=number(shown, context), all=number(people, context))
        ax.text(left, y, text(words, 120), fontsize=8.5, color=LOSS, va="center")
        y -= FOOT
    for i, line in enumerate(holders):
        words = f"{say('maps.holders', lang)}{context.say('show.colon')}{line}" if i == 0 else line
        ax.text(left, y, text(words, 140), fontsize=8.5, color=INK if i == 0 else MUTED, va="center")
        y -= FOOT


def _head(ax: Axes, context: Context, name: str, result: RelationshipCoverage) -> None:
    from kamtools.show.charts.common import footer

    lang = context.lang
    footer(ax, context)
    if result.score is None:
        note = say("maps.note_unknown", lang)
    else:
        score, known = number(result.score, context, 2, sign=True), percent(result.known, context, 0)
        note = say("maps.note_score", lang, score=score, known=known)
    alarms = [w for w in (_contact_alarm(result, context), _holder_alarm(result, context)) if w]
    ax.set_title(text(say("maps.title", lang, name=name), 90), pad=26 + 14 * len(alarms))
    above = 9 + 14 * len(alarms)
    for words, colour, weight in ((note, MUTED, "normal"), *((a, LOSS, "bold") for a in alarms)):
        ax.annotate(text(words, 130), (0, 1), (0, above), xycoords="axes fraction",
                    textcoords="offset points", fontsize=9, color=colour, weight=weight, va="bottom",
                    annotation_clip=False)  # fmt: skip
        above -= 14


def _contact_alarm(result: RelationshipCoverage, context: Context, key: str = "maps.alarm_contact") -> str:
    if not result.single_thread:
        return ""
    who = result.top_contact or say("maps.nameless", context.lang)
    share = percent(result.top_share, context, 0)
    return say(key, context.lang, name=one_line(in_language(who, context.lang), 30), share=share)


def _holder_alarm(result: RelationshipCoverage, context: Context, key: str = "maps.alarm_holder") -> str:
    if result.single_holder is None or len(result.table) < 2:
        return ""
    share = percent(result.holders["share"].max(), context, 0)
    return say(
        key,
        context.lang,
        name=one_line(in_language(result.single_holder, context.lang), 30),
        share=share,
    )


def _empty(ax: Axes, context: Context, name: str) -> Axes:
    ax.set_axis_off()
    ax.set_title(text(say("maps.title", context.lang, name=name), 90))
    words = text(say("maps.no_people", context.lang), 60)
    ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", color=MUTED, fontsize=11)
    return ax


def relationship_svg(result: RelationshipCoverage | None, context: Context) -> bytes:
    """Return the map as SVG; letters are outlines, so that it looks and prints alike everywhere."""
    return image(relationship_map(result, context), "svg")


def relationship_csv(result: RelationshipCoverage | None, context: Context) -> bytes:
    """Return everybody on the map as CSV (UTF-8 with a mark, for Excel): a line per person, headings in words.

    Text that a spreadsheet would take for a formula gets an apostrophe before it. What is not known is empty.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([say("maps.column", context.lang, c) for c in COLUMNS])
    if result is not None:
        for row in result.table[list(COLUMNS)].to_dict("records"):
            writer.writerow([_cell(c, row[c], context) for c in row])
    return out.getvalue().encode("utf-8-sig")


def _cell(column: Hashable, value: Any, context: Context) -> str:
    if is_missing(value):
        return ""
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".") if column == "share" else f"{value:g}"
    words = _word(str(column), value, context) if column in CHOICES else str(value)
    dangerous = words.lstrip()[:1] in ("=", "+", "-", "@", "＝", "＋", "－", "＠") or words[:1] in "\t\r\n"
    return f"'{words}" if dangerous else words


def relationship_findings(result: RelationshipCoverage | None, context: Context) -> Findings:
    """Say how well the customer's people are covered, and what to do."""
    from kamtools.show.findings import Finding, Findings

    lang = context.lang
    if result is None or not len(result.table):
        return Findings((Finding(say("maps.no_people", lang)),), lang)
    table = result.table

    def called(rows: Any) -> str:
        ordered = table.loc[list(rows)].sort_values("influence", ascending=False, kind="stable")
        names = [
            say("maps.nameless", lang) if is_missing(n) else one_line(in_language(n, lang), 30)
            for n in ordered["name"]
        ]
        more = context.say("show.and_more", n=number(len(names) - 3, context)) if len(names) > 3 else ""
        return context.say("show.comma").join(names[:3]) + more

    items = []
    if result.score is None:
        items.append(Finding(say("maps.find_unknown", lang)))
    else:
        score, known = number(result.score, context, 2, sign=True), percent(result.known, context, 0)
        items.append(Finding(say("maps.find_score", lang, score=score, known=known)))
    for words, key in (
        (_contact_alarm(result, context, "maps.find_contact"), "contact"),
        (_holder_alarm(result, context, "maps.find_holder"), "holder"),
    ):
        if words:
            items.append(Finding(words, say("maps.find_do", lang, key)))
    strong = table["influence"] >= STRONG * float(table["influence"].max())
    against = table.index[strong & (table["sentiment"] < 0)]
    if len(against):
        items.append(Finding(say("maps.find_opponent", lang, names=called(against)),
                             say("maps.find_do.opponent", lang)))  # fmt: skip
    if result.unheld:
        items.append(Finding(say("maps.find_unheld", lang, names=called(result.unheld)),
                             say("maps.find_do.unheld", lang)))  # fmt: skip
    if result.roles_missing:
        names = context.say("show.comma").join(_word("role", r, context) for r in result.roles_missing)
        items.append(Finding(say("maps.find_roles", lang, names=names), say("maps.find_do.roles", lang)))
    unknown = int(table["sentiment"].isna().sum())
    if unknown:
        items.append(Finding(say("maps.find_sentiment", lang, n=number(unknown, context)),
                             say("maps.find_do.sentiment", lang)))  # fmt: skip
    return Findings(tuple(items), lang)
