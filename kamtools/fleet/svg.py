"""The portal's two charts as inline SVG: sharp on screen and paper, clickable, no script needed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from kamtools.fleet.summary import AccountRow, PortfolioSummary
from kamtools.show.context import one_line
from kamtools.show.style import CLASSES, GRID, MUTED, QUADRANT_TINTS, QUADRANTS

WIDTH, HEIGHT = 640, 430
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 14, 14, 44
BUBBLES = 120  # drawn at most: key accounts first, then by sales
LABELS = 16
Box = tuple[float, float, float, float]  # left, top, right, bottom


def matrix_rows(summary: PortfolioSummary) -> list[AccountRow]:
    """Return the accounts that the matrix draws: graded ones, key accounts first, largest first."""
    graded = [r for r in summary.rows if r.attractiveness is not None and r.strength is not None]
    graded.sort(key=lambda r: (not r.key, -(r.sales or 0), r.account))
    return graded[:BUBBLES]


def matrix_svg(
    summary: PortfolioSummary,
    links: Mapping[str, str],
    words: Mapping[str, str],
    titles: Mapping[str, str],
) -> str:
    """Draw strength (across) against attractiveness (up): a bubble for sales, a ring for potential.

    Parameters
    ----------
    summary : PortfolioSummary
    links : mapping of str to str
        Account to the address of its book; accounts without one are not links.
    words : mapping
        ``strength``, ``attractiveness``, ``low``, ``high``, ``matrix`` (what the picture is).
    titles : mapping of str to str
        Account to the text shown over its bubble.
    """
    rows, cut = matrix_rows(summary), summary.scale[1]
    across = _range([r.strength for r in rows], summary.scale)
    up = _range([r.attractiveness for r in rows], summary.scale)

    def x(value: float) -> float:
        return round(_LEFT + _part(value, across) * (WIDTH - _LEFT - _RIGHT), 1)

    def y(value: float) -> float:
        return round(HEIGHT - _BOTTOM - _part(value, up) * (HEIGHT - _TOP - _BOTTOM), 1)

    left, right, top, bottom = _LEFT, WIDTH - _RIGHT, _TOP, HEIGHT - _BOTTOM
    names = dict(summary.quadrants)
    out = [_open(words["matrix"], "group")]  # its links must be reachable: no picture
    corners = {
        "strategic": (x(cut), top, right, y(cut), right - 8, top + 18, "end"),
        "star": (left, top, x(cut), y(cut), left + 8, top + 18, "start"),
        "status": (x(cut), y(cut), right, bottom, right - 8, bottom - 9, "end"),
        "streamline": (left, y(cut), x(cut), bottom, left + 8, bottom - 9, "start"),
    }
    for quadrant, (x0, y0, x1, y1, tx, ty, anchor) in corners.items():
        out.append(
            f'<rect x="{x0}" y="{y0}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}" fill="{QUADRANT_TINTS[quadrant]}"/>'
            f'<text class="quadrant" x="{tx}" y="{ty}" text-anchor="{anchor}">{_text(names.get(quadrant, quadrant))}</text>'
        )
    for tick in range(math.ceil(across[0]), math.floor(across[1]) + 1):
        out.append(f'<text class="axis" x="{x(tick)}" y="{bottom + 16}" text-anchor="middle">{tick}</text>')
    for tick in range(math.ceil(up[0]), math.floor(up[1]) + 1):
        out.append(f'<text class="axis" x="{left - 8}" y="{y(tick) + 4}" text-anchor="end">{tick}</text>')
    out.append(
        f'<path d="M{x(cut)} {top}V{bottom}M{left} {y(cut)}H{right}" stroke="#b9c5ce" stroke-dasharray="4 4" fill="none"/>'
        f'<text class="axis" x="{(left + right) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{_text(words["strength"])} →</text>'
        f'<text class="axis" transform="translate(14 {(top + bottom) / 2}) rotate(-90)" text-anchor="middle">'
        f"{_text(words['attractiveness'])} →</text>"
    )
    largest = max((max(r.sales or 0, r.potential or 0) for r in rows), default=0) or 1.0
    for row in sorted(rows, key=lambda r: -(r.sales or 0)):
        out.append(_bubble(row, x, y, largest, links.get(row.account), titles.get(row.account, row.name)))
    out += _labels(rows, x, y, largest)
    out.append("</svg>")
    return "".join(out)


def _range(values: Sequence[float | None], scale: tuple[float, float, float]) -> tuple[float, float]:
    """Return the part of the scale that is drawn: what holds every value and the cut, in half points.

    Examples
    --------
    >>> _range([2.7, 4.4], (1, 3, 5))
    (2.0, 5.0)
    >>> _range([], (1, 3, 5))
    (2.5, 3.5)
    """
    low, cut, high = (float(v) for v in scale)
    known = [v for v in values if v is not None] + [cut]
    return (
        max(low, math.floor(2 * min(known) - 0.5) / 2),
        min(high, math.ceil(2 * max(known) + 0.5) / 2),
    )


def _part(value: float, ends: tuple[float, float]) -> float:
    """Return where a value lies between the ends, with a little room at both."""
    pad = (ends[1] - ends[0]) * 0.04
    return min(max((value - ends[0] + pad) / (ends[1] - ends[0] + 2 * pad), 0.0), 1.0)


def _radius(amount: float | None, largest: float) -> float:
    return round(3 + 25 * math.sqrt(max(amount or 0.0, 0.0) / largest), 1)


def _bubble(row: AccountRow, x, y, largest: float, link: str | None, title: str) -> str:
    colour = QUADRANTS.get(row.quadrant, MUTED)
    at = f'cx="{x(row.strength)}" cy="{y(row.attractiveness)}"'
    ring = ""
    if row.potential is not None:
        ring = (
            f'<circle {at} r="{_radius(row.potential, largest)}" fill="none" stroke="{colour}" '
            f'stroke-dasharray="3 3" stroke-opacity=".75"/>'
        )
    opacity = 0.8 if row.key else 0.45
    mark = (
        f'<g data-account="{_text(row.account)}"><title>{_text(title)}</title>{ring}'
        f'<circle class="bubble" {at} r="{_radius(row.sales, largest)}" fill="{colour}" '
        f'fill-opacity="{opacity}" stroke="#fff" stroke-width="1"/></g>'
    )
    return f'<a href="{_text(link)}" aria-label="{_text(title)}">{mark}</a>' if link else mark


def _labels(rows: Sequence[AccountRow], x, y, largest: float) -> list[str]:
    """Name the foremost accounts where there is room: no name covers another, and bubbles as little as may be."""
    taken: list[Box] = []
    circles = [(x(r.strength), y(r.attractiveness), _radius(r.sales, largest)) for r in rows]
    out = []
    for row, (cx, cy, r) in zip(rows[:LABELS], circles, strict=False):
        text = one_line(row.name, 18)
        width = sum(11.5 if ord(c) > 0x2E7F else 6.8 for c in text)
        gap = max(r, _radius(row.potential, largest) if row.potential is not None else 0.0) + 4
        slant = 0.7 * gap + 2
        places = (
            (cx + gap, cy + 4),
            (cx - gap - width, cy + 4),
            (cx - width / 2, cy - gap - 1),
            (cx - width / 2, cy + gap + 9),
            (cx + slant, cy - slant),
            (cx + slant, cy + slant + 8),
            (cx - slant - width, cy - slant),
            (cx - slant - width, cy + slant + 8),
        )
        free = [
            (_covered(box, circles), tx, ty, box)
            for tx, ty in places
            if _inside(box := (tx, ty - 11, tx + width, ty + 3)) and not any(_meet(box, t) for t in taken)
        ]
        if not free:
            continue
        hidden, tx, ty, box = min(free, key=lambda place: place[0])
        if hidden > 0.3 * width * 14 and not row.key:
            continue
        taken.append(box)
        out.append(
            f'<text class="label" data-account="{_text(row.account)}" x="{tx:.1f}" y="{ty:.1f}">{_text(text)}</text>'
        )
    return out


def _inside(box: Box) -> bool:
    return box[0] > _LEFT and box[2] < WIDTH - _RIGHT and box[1] > _TOP and box[3] < HEIGHT - _BOTTOM


def _meet(a: Box, b: Box) -> bool:
    return a[2] >= b[0] and a[0] <= b[2] and a[3] >= b[1] and a[1] <= b[3]


def _covered(box: Box, circles: Sequence[tuple[float, float, float]]) -> float:
    """Return about how much of the circles a box covers, in square pixels; a circle counts as its inner square."""
    area = 0.0
    for cx, cy, r in circles:
        half = 0.89 * r  # a square of the same area
        across = min(box[2], cx + half) - max(box[0], cx - half)
        up = min(box[3], cy + half) - max(box[1], cy - half)
        area += max(across, 0.0) * max(up, 0.0)
    return area


def pareto_svg(summary: PortfolioSummary, words: Mapping[str, str]) -> str:
    """Draw accounts from the largest down: a bar each where there are few, and the cumulative share.

    Parameters
    ----------
    summary : PortfolioSummary
    words : mapping
        ``accounts`` (across), ``share`` (up), ``pareto`` (what the picture is),
        ``callout`` ("N accounts make 80 %", may be empty).
    """
    rows = sorted(
        (r for r in summary.rows if r.share is not None), key=lambda r: (-(r.share or 0), r.account)
    )
    left, right, top, bottom = _LEFT, WIDTH - _RIGHT, _TOP, HEIGHT - _BOTTOM
    out = [_open(words["pareto"])]
    if not rows:
        return "".join([*out, "</svg>"])
    cumulative, total = [], 0.0
    for row in rows:
        total += row.share or 0
        cumulative.append(total)
    n, peak = len(rows), max(1.0, *cumulative)

    def x(rank: float) -> float:
        return round(left + rank / n * (right - left), 1)

    def y(share: float) -> float:
        return round(bottom - max(share, 0.0) / peak * (bottom - top), 1)

    for part in (0, 0.2, 0.4, 0.6, 0.8, 1.0):
        out.append(
            f'<path d="M{left} {y(part)}H{right}" stroke="{GRID}" fill="none"/>'
            f'<text class="axis" x="{left - 8}" y="{y(part) + 4}" text-anchor="end">{part:.0%}</text>'
        )
    for tick in _ticks(n):
        out.append(f'<text class="axis" x="{x(tick)}" y="{bottom + 16}" text-anchor="middle">{tick:,}</text>')
    out.append(
        f'<text class="axis" x="{(left + right) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{_text(words["accounts"])} →</text>'
        f'<text class="axis" transform="translate(14 {(top + bottom) / 2}) rotate(-90)" text-anchor="middle">{_text(words["share"])} →</text>'
    )
    start = 0
    while start < n:  # one area per class
        end = start
        while end + 1 < n and rows[end + 1].abc == rows[start].abc:
            end += 1
        points = [(start, cumulative[start - 1] if start else 0.0)]
        points += [(i + 1, cumulative[i]) for i in _some(range(start, end + 1), 160)]
        line = "L".join(f"{x(i)} {y(c)}" for i, c in points)
        colour = CLASSES.get(rows[start].abc, MUTED)
        out.append(
            f'<path d="M{x(start)} {y(0)}L{line}L{x(end + 1)} {y(0)}Z" fill="{colour}" fill-opacity=".16"/>'
            f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2.5" stroke-linejoin="round"/>'
        )
        middle, height = (start + end + 1) / 2, bottom - 8
        if rows[start].abc and x(end + 1) - x(start) > 26:
            out.append(
                f'<text class="quadrant" x="{x(middle)}" y="{height}" text-anchor="middle">{_text(rows[start].abc)}</text>'
            )
        start = end + 1
    if n <= 250:
        width = max((right - left) / n - 0.6, 0.8)
        for i, row in enumerate(rows):
            colour = CLASSES.get(row.abc, MUTED)
            out.append(
                f'<rect data-account="{_text(row.account)}" x="{x(i)}" y="{y(row.share or 0)}" width="{width:.1f}" '
                f'height="{bottom - y(row.share or 0):.1f}" fill="{colour}"><title>{_text(row.name)}</title></rect>'
            )
    if summary.accounts_for_80 and words.get("callout"):
        px, py = x(summary.accounts_for_80), y(cumulative[min(summary.accounts_for_80, n) - 1])
        out.append(
            f'<path d="M{px} {py}V{bottom}" stroke="#b44f00" stroke-dasharray="4 3" fill="none"/>'
            f'<circle cx="{px}" cy="{py}" r="4.5" fill="#b44f00" stroke="#fff"/>'
            f'<text class="label" style="font-weight:600;font-size:13px" x="{px + 12}" y="{py + 22}">{_text(words["callout"])}</text>'
        )
    out.append("</svg>")
    return "".join(out)


def _open(label: str, role: str = "img") -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="{role}" aria-label="{_text(label)}" '
        'xmlns="http://www.w3.org/2000/svg">'
    )


def _text(value: object) -> str:
    return escape(one_line(value), quote=True)


def _ticks(n: int) -> list[int]:
    """Return about five round ranks up to `n`.

    Examples
    --------
    >>> _ticks(183)
    [0, 50, 100, 150]
    """
    rough = max(n / 4, 1)
    size = 10 ** math.floor(math.log10(rough))
    step = next(s * size for s in (1, 2, 5, 10) if s * size >= rough)
    return list(range(0, n + 1, int(step)))


def _some(items: range, most: int) -> list[int]:
    """Return at most about `most` of the items, the last one always."""
    step = max(1, len(items) // most)
    kept = list(items[::step])
    return kept if kept[-1] == items[-1] else [*kept, items[-1]]
