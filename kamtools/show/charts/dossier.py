"""What is known of an account: completeness, SWOT, rivals, intelligence, the three moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from kamtools.show.charts.common import (
    bare,
    fold,
    heading,
    legend_below,
    light_grid,
    near,
    nothing,
    number_ticks,
    row_axis,
    swatches,
)
from kamtools.show.charts.families import DASHED, area, bars, cascade, points, spread
from kamtools.show.context import Context
from kamtools.show.frames import records
from kamtools.show.numbers import is_missing, money, month, number, percent
from kamtools.show.style import (
    ACCENT,
    DARK,
    FACE,
    GAIN,
    GRID,
    INK,
    LOSS,
    MIDDLE,
    MUTED,
    PALE,
    chart,
    new_axes,
    text,
)
from kamtools.show.terms import choice, company, form_name, no_result, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamtools.identification import (
        CompetitiveProfile,
        DemandSupplyFit,
        IntelligenceLog,
        PlanCompleteness,
        Swot,
    )

STATES = {"known": DARK, "assumed": MIDDLE, "undated": PALE, "stale": "#c58bb0", "missing": "#f0f3f5"}
AMBER = "#d9a400"
KINDS = {"strength": DARK, "weakness": LOSS, "opportunity": GAIN, "threat": AMBER}
SIDES = {"internal": ("strength", "weakness"), "external": ("opportunity", "threat")}
RIVALS = ((DARK, "s"), (MIDDLE, "D"), ("#8a96a1", "^"), ("#7a5ea8", "v"))
ZONES = {
    "solve": ("left", "top", "#fbf3f7"),
    "give": ("right", "top", "#edf7f4"),
    "decline": ("left", "bottom", "#f5f6f7"),
    "offer": ("right", "bottom", "#eef4f9"),
}
LABELS = {"zh": 34, "en": 50}  # cells of a row's label: Latin letters are narrower than half a hanzi
NOTE = 88  # cells of a line of notes above a chart with labels at its left


def label_width(context: Context) -> int:
    """Return how many cells the label of a row may take."""
    return LABELS[context.lang]


def of_account(context: Context, key: str, *ids: object, **params: object) -> str:
    """Return a title that names the reader's account where there is one."""
    words = context.say(key, *ids, **params)
    if not context.account:
        return words
    return f"{text(context.name(context.account), 30)}{context.say('show.colon')}{words}"


def blank(ax: Axes | None, context: Context, view: str, *forms: str) -> Axes:
    """Draw the empty chart of a view: what is missing, and which form to fill."""
    return nothing(
        new_axes(ax), context, of_account(context, "dossier.title", view), no_result(context, view, *forms)
    )


def state_counts(result: PlanCompleteness) -> dict[str, dict[str, int]]:
    """Return for each form, in order, how many of its required fields are in which state."""
    required = int(str(result.conventions["required"]))
    counts: dict[str, dict[str, int]] = {}
    for name, state in zip(result.table.index[:required], result.table["state"], strict=False):
        form = str(name).partition(".")[0] if "." in str(name) else ""
        by = counts.setdefault(form, dict.fromkeys(STATES, 0))
        by[str(state)] += 1
    return counts


@chart
def completeness(result: PlanCompleteness | None, context: Context, ax: Axes | None = None) -> Axes:
    """Draw how much of each form's required fields is known, assumed, undated, stale, missing.

    Parameters
    ----------
    result : PlanCompleteness
        Fields named ``form.field``; forms are drawn in the order of its fields.
    context : Context
    ax : Axes, optional
    """
    if result is None:
        return blank(ax, context, "completeness", "profile")
    from matplotlib.patches import Patch

    counts = state_counts(result)
    ax = new_axes(ax, (9.0, max(2.4, 1.5 + 0.26 * len(counts))))
    forms = list(counts)
    totals = np.array([sum(counts[f].values()) for f in forms], float)
    left = np.zeros(len(forms))
    at = np.arange(len(forms))
    handles = []
    for state, colour in STATES.items():
        n = np.array([counts[f][state] for f in forms], float)
        width = n / totals
        edge = "#c9d2d9" if state == "missing" else "white"
        some = n > 0
        bars(ax, at[some], width[some], colour, 0.7, left[some], edgecolor=edge, linewidth=0.8, zorder=2)
        handles.append(
            Patch(facecolor=colour, edgecolor=edge, label=text(context.say("dossier.state", state), 30))
        )
        ink = "white" if state in ("known", "assumed") else INK
        for i in at[width >= 0.05]:
            ax.text(float(left[i] + width[i] / 2), float(i), number(n[i], context), ha="center", va="center_baseline",
                    fontsize=8, color=ink, zorder=3)  # fmt: skip
        left += width
    beside = [
        context.say("dossier.filled_of", n=number(t - counts[f]["missing"], context), of=number(t, context))
        + f" · {percent(1 - counts[f]['missing'] / t, context, 0)}"
        for f, t in zip(forms, totals, strict=True)
    ]
    row_axis(
        ax,
        [
            text(form_name(context, f) or context.say("dossier.other_fields"), label_width(context))
            for f in forms
        ],
        beside,
    )
    ax.set_xlim(0, 1)
    ax.set_xticks([])
    legend_below(ax, handles, 5, 6)
    share = percent(result.share, context, 0)
    heading(ax, context, of_account(context, "dossier.completeness_title_share", share=share),
            fold(context.say("dossier.completeness_note"), NOTE))  # fmt: skip
    return ax


def _swot_rows(result: Swot, side: str, most: int, context: Context) -> list[dict[str, Any]]:
    """Return the rows of one side: its items by kind, the lightest ones together, then the total."""
    part = result.table[result.table["side"] == side]
    rows = sorted(records(part), key=lambda r: SIDES[side].index(str(r["kind"])))
    rated = [r for r in rows if not is_missing(r["contribution"])]
    if len(rated) > most:
        heaviest = sorted(rated, key=lambda r: -float(r["contribution"]))[: most - 1]
        rest = [r for r in rated if not any(r is h for h in heaviest)]
        rows = [r for r in rows if not any(r is s for s in rest)]
        together = sum(float(r["contribution"]) for r in rest)
        share = sum(float(r["weight_share"]) for r in rest)
        words = context.say("dossier.other_items", n=number(len(rest), context))
        rows.append(
            {"kind": "", "item": words, "weight_share": share, "rating": None, "contribution": together}
        )
    return rows


@chart
def swot(result: Swot | None, context: Context, ax: Axes | None = None, most: int = 9) -> Axes:
    """Draw what makes the internal (IFE) and the external (EFE) total, item by item, against the average.

    Parameters
    ----------
    result : Swot
    context : Context
    ax : Axes, optional
    most : int
        Rated items drawn of each side; the lightest stand together.
    """
    if result is None or not len(result.table):
        return blank(ax, context, "swot", "swot")
    steps: list[tuple[float, bool, str] | None] = []
    labels: list[str] = []
    beside: list[str] = []
    totals: list[int] = []
    for side, total in (("internal", result.ife), ("external", result.efe)):
        rows = _swot_rows(result, side, most, context)
        for i, row in enumerate(rows):
            known = not is_missing(row["contribution"])
            colour = KINDS.get(str(row["kind"]), PALE)
            steps.append((float(row["contribution"]), i == 0, colour) if known else None)
            labels.append(
                text(said(row["item"], context) or context.say("dossier.unnamed"), label_width(context))
            )
            beside.append(_item_words(row, context))
        if rows:
            totals.append(len(labels))
            steps.append((total, True, "#3f4c58") if total is not None else None)
            labels.append(text(context.say("dossier.total", side), label_width(context)))
            beside.append(
                number(total, context, 2) if total is not None else context.say("dossier.not_rated")
            )
    ax = new_axes(ax, (9.0, max(2.6, 1.6 + 0.3 * len(labels))))
    places = cascade(ax, steps)
    for i in totals:
        if steps[i] is not None:
            points(ax, [places[i][1]], [i], "#3f4c58", 81, "D", zorder=5)
    ax.axvline(2.5, color=MUTED, lw=1.1, ls=DASHED, zorder=1)
    words = text(context.say("dossier.average_line"), 30)
    near(ax, words, (2.5, 1), (0, 3), MUTED, xycoords=("data", "axes fraction"), ha="center", va="bottom")
    row_axis(ax, labels, beside, totals)
    ax.set_xlim(0, 4.05)
    number_ticks(ax, "x", range(5), context)
    light_grid(ax, "x")
    legend_below(ax, swatches({choice(context, "swot", k): c for k, c in KINDS.items()}), 4, 20)
    for i in totals[:-1]:
        ax.axhline(i + 0.5, color=GRID, lw=1, zorder=0)
    notes = fold(context.say("dossier.swot_note"), NOTE)
    if result.unrated:
        notes += fold(context.say("dossier.swot_unrated_note", n=number(len(result.unrated), context)), NOTE)
    heading(ax, context, of_account(context, "dossier.title.swot"), notes, above=23)
    return ax


def _item_words(row: Mapping[str, Any], context: Context) -> str:
    kind = choice(context, "swot", row["kind"]) if row["kind"] else ""
    if is_missing(row["contribution"]):
        return text(f"{kind} · {context.say('dossier.not_rated')}", 40)
    share = percent(row["weight_share"], context, 0)
    if is_missing(row["rating"]):
        return text(share, 40)
    rating = number(row["rating"], context, 0 if float(row["rating"]).is_integer() else 1)
    return text(f"{kind} · {share} × {rating} = {number(row['contribution'], context, 2)}", 40)


@chart
def rivals(
    result: CompetitiveProfile | None,
    context: Context,
    ax: Axes | None = None,
    *,
    names: Mapping[str, str] | None = None,
    most: int = 12,
) -> Axes:
    """Draw the account against its rivals on each success factor, 1–4, and their weighted totals.

    Parameters
    ----------
    result : CompetitiveProfile
    context : Context
        Its account is drawn in the accent colour.
    ax : Axes, optional
    names : mapping, optional
        Column of the profile -> name, where the columns are ``rival_1`` ….
    most : int
        Factors drawn, the weightiest.
    """
    if result is None or not len(result.table):
        return blank(ax, context, "rivals", "competitors")
    table = result.table.dropna(subset=["weight_share"]).sort_values(
        "weight_share", ascending=False, kind="stable"
    )
    hidden = max(0, len(table) - most)
    table = table.iloc[:most]
    own = result.own
    companies = [own, *(str(s) for s in result.scores.index if str(s) != own)]
    ax = new_axes(ax, (9.0, max(2.6, 1.7 + 0.46 * len(table))))
    step = 0.74 / len(companies)
    at = np.arange(len(table))
    for k, name in enumerate(companies):
        colour, marker = (ACCENT, "o") if k == 0 else RIVALS[(k - 1) % len(RIVALS)]
        y = at + (k - (len(companies) - 1) / 2) * step
        values = table[name].to_numpy(float)
        ax.hlines(y, 1, values, color=colour, lw=1.6, alpha=0.55, zorder=2)
        score = number(result.scores[name], context, 2)
        points(ax, values, y, colour, 81 if k == 0 else 64, marker,
               label=f"{text(company(context, name, names), 24)}  {score}")  # fmt: skip
    labels = [
        text(said(f, context) or context.say("dossier.unnamed"), label_width(context)) for f in table.index
    ]
    beside = [percent(v, context, 0) for v in table["weight_share"]]
    row_axis(ax, labels, beside)
    near(
        ax,
        text(context.say("dossier.weight"), 12),
        (1, 1),
        (9, 2),
        MUTED,
        xycoords="axes fraction",
        va="bottom",
    )
    for i in at[:-1]:
        ax.axhline(i + 0.5, color=GRID, lw=0.8, zorder=0)
    ax.set_xlim(0.94, 4.1)
    number_ticks(ax, "x", range(1, 5), context)
    light_grid(ax, "x")
    legend_below(ax, ax.get_legend_handles_labels()[0], 2 if len(companies) > 3 else len(companies), 20)
    notes = fold(context.say("dossier.rivals_note"), NOTE)
    if not result.complete:
        notes += fold(context.say("dossier.rivals_incomplete"), NOTE)
    if hidden:
        notes += fold(context.say("dossier.rivals_hidden", n=number(hidden, context)), NOTE)
    heading(ax, context, of_account(context, "dossier.title.rivals"), notes)
    return ax


@chart
def intelligence(
    result: IntelligenceLog | None, context: Context, ax: Axes | None = None, label: int = 6
) -> Axes:
    """Draw the log over time by topic: the darker an entry, the more it weighs today; hollow: not judged.

    Parameters
    ----------
    result : IntelligenceLog
    context : Context
    ax : Axes, optional
    label : int
        So many of the heaviest entries are named.
    """
    import matplotlib.dates as dates
    import pandas as pd
    from matplotlib.colors import to_rgba

    dated = None if result is None else result.table.dropna(subset=["date"])
    if result is None or dated is None or not len(dated):
        return blank(ax, context, "intelligence", "intelligence")
    rows = records(dated)
    topics = list(dict.fromkeys("" if is_missing(r["topic"]) else str(r["topic"]) for r in rows))
    ax = new_axes(ax, (9.0, max(2.8, 1.6 + 0.5 * len(topics))))
    end = pd.Timestamp(result.as_of)
    first, last = min(dated["date"].min(), end), max(dated["date"].max(), end)
    room = max((last - first).days, 30)
    ax.set_xlim(dates.date2num(first) - 0.05 * room, dates.date2num(last) + 0.03 * room)
    row_axis(
        ax,
        [
            text(
                choice(context, "topic", t) if t else context.say("dossier.no_topic"),
                label_width(context) - 10,
            )
            for t in topics
        ],
    )
    named, marks, faces, edges = [], [], [], []
    width = 30 if context.lang == "zh" else 40
    for row in rows:
        y = topics.index("" if is_missing(row["topic"]) else str(row["topic"]))
        x = float(dates.date2num(row["date"]))
        weight = None if is_missing(row["weight"]) else float(row["weight"])
        alpha = 1.0 if weight is None else 0.12 + 0.88 * weight
        faces.append(to_rgba(FACE if weight is None else DARK, alpha))
        edges.append(to_rgba(MUTED if weight is None else DARK, alpha))
        marks.append((x, float(y), 5.5))
        if len(named) < label:
            words = said(row["what"], context)
            if weight is not None:
                words = f"{number(weight, context, 2)} {words}"
            named.append((x, float(y), text(words, width), INK if weight is not None else MUTED, False, 5.5))
    x, y, _ = zip(*marks, strict=True)
    points(ax, x, y, faces, 121, edge=edges, width=1.2)
    if last > end:
        ax.axvline(float(dates.date2num(end)), color=MUTED, lw=1, ls=DASHED, zorder=1)
    _months(ax, first, last, context)
    light_grid(ax, "x")
    spread(ax, named, marks=marks)
    notes = fold(context.say("dossier.intelligence_note"), NOTE + 6)
    undated = len(result.table) - len(dated)
    if undated:
        notes += fold(context.say("dossier.intelligence_undated_note", n=number(undated, context)), NOTE + 6)
    heading(ax, context, of_account(context, "dossier.title.intelligence"), notes)
    return ax


def _months(ax: Axes, first: Any, last: Any, context: Context) -> None:
    import matplotlib.dates as dates
    import pandas as pd

    months = pd.date_range(first.to_period("M").to_timestamp(), last, freq="MS")
    months = months[:: max(1, -(-len(months) // 7))]
    low, high = ax.get_xlim()
    inside = [m for m in months if low <= dates.date2num(m) <= high] or [first]
    ax.set_xticks([float(dates.date2num(m)) for m in inside], [month(m.date(), context) for m in inside])


@chart
def moves(result: DemandSupplyFit | None, context: Context, ax: Axes | None = None, label: int = 12) -> Axes:
    """Draw what the account asks by how much it matters to it and how far we can satisfy it.

    Parameters
    ----------
    result : DemandSupplyFit
    context : Context
    ax : Axes, optional
    label : int
        So many asks are named, the most important first.
    """
    known = None if result is None else result.table.dropna(subset=["importance", "satisfiable"])
    if result is None or known is None or not len(known):
        return blank(ax, context, "moves", "three_moves")
    ax = new_axes(ax, (9.0, 5.0))
    important, feasible = (float(str(result.conventions[k])) for k in ("important", "feasible"))
    high = max(5.0, float(known["importance"].max()))
    bottom, top, left, right = 0.0, high + 1.15, -0.07, 1.12
    for zone, (side, end, tint) in ZONES.items():
        x0, x1 = (left, feasible) if side == "left" else (feasible, right)
        y0, y1 = (important, top) if end == "top" else (bottom, important)
        words = text(context.say("dossier.zone", zone), 44)
        area(ax, (x0, x1), (y0, y1), tint, words, (side, end), (0.012, 0.1), color=MUTED, fontsize=9.5)
    ax.set(xlim=(left, right), ylim=(bottom, top))
    costs = known["cost"].to_numpy(float)
    largest = float(np.nanmax(costs)) if np.isfinite(costs).any() and np.nanmax(costs) > 0 else 1.0
    areas = np.where(np.isfinite(costs), 60 + 700 * np.nan_to_num(costs) / largest, 60)
    x, y = known["satisfiable"].to_numpy(float), known["importance"].to_numpy(float)
    face = [DARK if np.isfinite(c) else FACE for c in costs]
    points(ax, x, y, face, areas, edge=[DARK if f == FACE else "white" for f in face], width=1.1, alpha=0.78)
    order = sorted(range(len(known)), key=lambda i: (-y[i], i))[:label]
    asks = list(known["ask"])
    width = 26 if context.lang == "zh" else 34
    named = []
    for i in order:
        words = text(said(asks[i], context) or context.say("dossier.unnamed"), width)
        named.append((float(x[i]), float(y[i]), words, INK, False, float(areas[i]) ** 0.5 / 2))
    marks = [(float(a), float(b), float(s) ** 0.5 / 2) for a, b, s in zip(x, y, areas, strict=True)]
    spread(ax, named, marks=marks)
    ax.set_xticks(np.arange(0, 1.01, 0.25), [percent(v, context, 0) for v in np.arange(0, 1.01, 0.25)])
    number_ticks(ax, "y", np.arange(1, high + 0.5), context)
    ax.set_xlabel(text(context.say("dossier.axis_satisfiable"), 60))
    ax.set_ylabel(text(context.say("dossier.axis_importance"), 60))
    bare(ax)
    notes = fold(context.say("dossier.moves_note", cost=money(largest, context)), NOTE + 16)
    unknown = len(result.table) - len(known)
    if unknown:
        notes += fold(context.say("dossier.moves_unknown_note", n=number(unknown, context)), NOTE + 16)
    fit = percent(result.fit, context, 0)
    heading(ax, context, of_account(context, "dossier.moves_title_fit", fit=fit), notes)
    return ax
