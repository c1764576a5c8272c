"""Where we put our resources: each account's part of them against its part of the contribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kamtools.show.charts.common import (
    accent_row,
    fold,
    heading,
    legend_below,
    light_grid,
    near,
    nothing,
    percent_axis,
    row_axis,
    swatches,
)
from kamtools.show.charts.dossier import NOTE
from kamtools.show.charts.families import AXIS, bars
from kamtools.show.context import Context
from kamtools.show.frames import records
from kamtools.show.numbers import is_missing, number
from kamtools.show.style import ACCENT, DARK, MIDDLE, chart, new_axes, text
from kamtools.show.terms import no_result

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def focus_rows(result: pd.DataFrame, context: Context, most: int) -> pd.DataFrame:
    """Return the accounts with most resources, the reader's own among them, and the rest (``""``) at the end."""
    named = result[[str(a) != "" for a in result.index]]
    named = named.sort_values("resource_share", ascending=False, kind="stable", na_position="last")
    chosen = list(named.index[:most])
    if context.account in named.index and context.account not in chosen:
        chosen[-1:] = [context.account]
    shares = ["contribution_share", "resource_share"]
    rest = [a for a in result.index if str(a) == "" and result.loc[a, shares].notna().to_numpy().any()]
    return result.loc[[*chosen, *rest]]


def focus_name(account: object, context: Context, width: int) -> str:
    """Return an account's name; the rest of the accounts in words."""
    return (
        text(context.name(str(account)), width) if str(account) else context.say("dossier.rest_of_accounts")
    )


@chart
def resource_focus(
    result: pd.DataFrame | None, context: Context, ax: Axes | None = None, most: int = 12
) -> Axes:
    """Draw each key account's share of our resources against its share of the contribution.

    Parameters
    ----------
    result : frame[sales_share, contribution_share, resources, resource_share, index]
        Index account; the other accounts together stand at ``""``.
    context : Context
        Its account is drawn in the accent colour.
    ax : Axes, optional
    most : int
        Key accounts drawn, those with most resources.
    """
    if result is None or not len(result) or result["resource_share"].isna().all():
        words = context.say("dossier.title.resource_focus")
        return nothing(new_axes(ax), context, words, no_result(context, "resource_focus"))
    table = focus_rows(result, context, most)
    ax = new_axes(ax, (9.0, max(2.6, 1.8 + 0.4 * len(table))))
    own = [str(a) == context.account for a in table.index]
    for column, shift, colour, pale in (
        ("resource_share", -0.19, DARK, ACCENT),
        ("contribution_share", 0.19, MIDDLE, "#f0b78f"),
    ):
        values = table[column].to_numpy(float)
        bars(ax, np.arange(len(table)) + shift, values, [pale if o else colour for o in own], 0.36)
        for i, value in enumerate(values):
            if np.isnan(value):
                near(ax, "—", (0, i + shift), (4, 0), size=8)
    beside = [
        context.say("dossier.index_of", index=number(r["index"], context, 2))
        if not is_missing(r["index"])
        else "—"
        for r in records(table)
    ]
    row_axis(ax, [focus_name(a, context, 30) for a in table.index], beside)
    if True in own:
        accent_row(ax, own.index(True))
    ax.axvline(0, color=AXIS, lw=0.9, zorder=4)
    percent_axis(ax.xaxis, context)
    light_grid(ax, "x")
    names = {
        context.say("dossier.share.resource_share"): DARK,
        context.say("dossier.share.contribution_share"): MIDDLE,
    }
    legend_below(ax, swatches(names), 2, 20)
    notes = fold(context.say("dossier.resource_focus_note"), NOTE)
    heading(ax, context, context.say("dossier.title.resource_focus"), notes)
    return ax
