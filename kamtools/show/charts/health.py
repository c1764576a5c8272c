"""The health of an account: what makes the score, what moved it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.show.charts.common import fold, heading, near, number_ticks, row_axis
from kamtools.show.charts.dossier import AMBER, NOTE, blank, label_width, of_account
from kamtools.show.charts.families import DASHED, bars, cascade
from kamtools.show.context import Context
from kamtools.show.frames import records
from kamtools.show.numbers import number, percent
from kamtools.show.style import GAIN, LOSS, MUTED, PALE, chart, new_axes, text
from kamtools.words import has_message

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamtools.identification import Health, HealthChange

BANDS = {"red": (LOSS, "#faf1f5"), "amber": (AMBER, "#fdf8e6"), "green": (GAIN, "#edf7f4")}
BAND_INK = {"red": LOSS, "amber": "#8a6a00", "green": GAIN}  # as text on white


def component(context: Context, key: str) -> str:
    """Return what a component of the health score is called."""
    return (
        context.say("dossier.component", key) if has_message("dossier.component", key) else context.term(key)
    )


def band_of(score: float, red: float, green: float) -> str:
    """Return ``red``, ``amber`` or ``green``.

    Examples
    --------
    >>> band_of(39.9, 40, 70), band_of(70, 40, 70)
    ('red', 'green')
    """
    from kamtools.identification import health_band

    return health_band(score, red, green)


@chart
def health(
    result: Health | None,
    context: Context,
    ax: Axes | None = None,
    *,
    red: float = 40.0,
    green: float = 70.0,
) -> Axes:
    """Draw what each component adds to the health score, the score in its band, and the cap where one holds.

    Parameters
    ----------
    result : Health
    context : Context
    ax : Axes, optional
    red, green : float
        Limits of the bands.
    """
    if result is None:
        return blank(ax, context, "health", "profile", "contacts")
    known = sorted(result.contributions, key=lambda k: -result.contributions[k])
    steps: list[tuple[float, bool, str] | None] = []
    labels, beside = [], []
    for i, name in enumerate(known):
        score = result.scores[name]
        steps.append((result.contributions[name], i == 0, BANDS[band_of(score, red, green)][0]))
        labels.append(text(component(context, name), label_width(context)))
        share = percent(result.weights[name], context, 0)
        points = number(result.contributions[name], context, 1)
        beside.append(text(f"{number(score, context)} × {share} = {points}", 30))
    for name in result.missing:
        steps.append(None)
        labels.append(text(component(context, name), label_width(context)))
        beside.append(text(context.say("dossier.component_missing"), 40))
    total = len(labels)
    steps.append((result.score, True, "#3f4c58"))
    labels.append(text(context.say("dossier.health_score"), label_width(context)))
    beside.append(number(result.score, context, 1))
    ax = new_axes(ax, (9.0, max(2.6, 1.7 + 0.34 * len(labels))))
    for name, low, high in (("red", 0.0, red), ("amber", red, green), ("green", green, 100.0)):
        ax.axvspan(low, high, color=BANDS[name][1], lw=0, zorder=0)
        near(ax, text(context.say("dossier.band", name), 20), ((low + high) / 2, 1), (0, 3), BAND_INK[name],
             xycoords=("data", "axes fraction"), va="bottom", ha="center")  # fmt: skip
    cascade(ax, steps)
    notes = fold(context.say("dossier.health_note"), NOTE)
    if result.cap is not None:
        bars(ax, [total], [result.uncapped - result.score], PALE, start=result.score)
        ax.axvline(result.cap, color=LOSS, lw=1.3, ls=DASHED, zorder=4)
        cap, score = number(result.cap, context), number(result.uncapped, context, 1)
        notes += fold(context.say("dossier.health_cap_note", cap=cap, score=score), NOTE)
    if result.warnings:
        notes += fold(context.say("dossier.health_half", known=percent(result.known, context, 0)), NOTE)
    row_axis(ax, labels, beside, [total])
    ax.set_xlim(0, 100)
    number_ticks(ax, "x", range(0, 101, 20), context)
    band = context.say("dossier.band", band_of(result.score, red, green))
    score = number(result.score, context)
    heading(
        ax,
        context,
        of_account(context, "dossier.health_title_score", score=score, band=band),
        notes,
        above=23,
    )
    return ax


@chart
def health_change(
    result: HealthChange | None,
    context: Context,
    ax: Axes | None = None,
    *,
    current: Health | None = None,
) -> Axes:
    """Draw what moved the health score since the last run, component by component.

    Parameters
    ----------
    result : HealthChange
    context : Context
    ax : Axes, optional
    current : Health, optional
        The score now; the chart then runs from the score before to it,
        otherwise from zero to the change.
    """
    if result is None:
        return blank(ax, context, "health_change", "profile", "contacts")
    after = current.score if current is not None else result.delta
    before = after - result.delta
    rows = list(zip(result.table.index, records(result.table), strict=True))
    moved = [(str(name), row) for name, row in rows if abs(float(row["effect"])) >= 0.05]
    rest = sum(float(row["effect"]) for _, row in rows if abs(float(row["effect"])) < 0.05)
    effects = [(component(context, name), float(row["effect"]), _was(row, context)) for name, row in moved]
    if abs(rest) >= 0.05 or (rest and not moved):
        effects.append((context.say("dossier.other_components"), rest, ""))
    if result.by_cap:
        effects.append((context.say("dossier.by_cap"), result.by_cap, ""))
    labels = [context.say("dossier.score_before"), *(e[0] for e in effects), context.say("dossier.score_now")]
    steps: list[tuple[float, bool, str] | None] = [(before, True, MUTED)]
    steps += [(e[1], False, GAIN if e[1] > 0 else LOSS) for e in effects]
    steps.append((after, True, "#3f4c58"))
    ax = new_axes(ax, (9.0, max(2.4, 1.5 + 0.36 * len(labels))))
    places = cascade(ax, steps)
    values = [v for place in places[1:-1] for v in place] + [before, after]
    low, high = min(values), max(values)
    room = max(high - low, 4.0)
    cut = low - 0.8 * room > 0
    left = max(0.0, low - 0.8 * room) if low >= 0 else low - 0.2 * room
    ax.set_xlim(left, high + 0.3 * room)
    for i, (start, end) in enumerate(places):
        total = i in (0, len(places) - 1)
        words = number(end, context, 1) if total else number(end - start, context, 1, sign=True)
        weight = "bold" if total else "normal"
        near(ax, words, (max(start, end), i), (5, 0), size=9, weight=weight, zorder=5)
    row_axis(ax, [text(w, label_width(context)) for w in labels], ["", *(text(e[2], 24) for e in effects), ""],
             [0, len(labels) - 1])  # fmt: skip
    ax.set_xticks([])
    notes = fold(context.say("dossier.health_change_note"), NOTE)
    if cut:
        notes += [context.say("dossier.axis_cut")]
    delta = number(result.delta, context, 1, sign=True)
    heading(ax, context, of_account(context, "dossier.health_change_title_delta", delta=delta), notes)
    return ax


def _was(row: dict[str, object], context: Context) -> str:
    before, after = (number(row[k], context) for k in ("before", "after"))
    return context.say("dossier.from_to", before=before, after=after)
