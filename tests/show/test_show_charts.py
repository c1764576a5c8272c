"""Every chart, in both languages, with hostile names: it draws, says what it should, warns of nothing."""

from __future__ import annotations

import time

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.text import Text

from kamtools import identification as room
from kamtools.show import charts, image
from kamtools.show.style import ACCENT

CHARTS = {
    "pareto": lambda r, c, **k: charts.pareto(r.sales, c, **k),
    "lorenz": lambda r, c, **k: charts.lorenz(r.sales, c, **k),
    "whale": lambda r, c, **k: charts.whale(r.profit, c, **k),
    "pnl_waterfall": lambda r, c, **k: charts.pnl_waterfall(r.pnl, c, **k),
    "growth_bubble": lambda r, c, **k: charts.growth_bubble(r.growth, c, **k),
    "retention_bridge": lambda r, c, **k: charts.retention_bridge(r.growth, c, **k),
    "sales_line": lambda r, c, **k: charts.sales_line(r.months, c, **k),
    "rank_bump": lambda r, c, **k: charts.rank_bump(r.ranking, c, **k),
    "method_comparison": lambda r, c, **k: charts.method_comparison(r.methods, c, **k),
    "scorecard": lambda r, c, **k: charts.scorecard(
        r.grading, c, sources={"size": "data", "wallet": "person"}, **k
    ),
    "matrix": lambda r, c, **k: charts.matrix(
        r.grading, c, sales=r.amounts, potential=r.amounts * 1.4, probability=r.probability, **k
    ),
    "quadrant_probability": lambda r, c, **k: charts.quadrant_probability(r.probability, c, **k),
}
EMPTY = {
    "pareto": lambda c: charts.pareto(None, c),
    "lorenz": lambda c: charts.lorenz(None, c),
    "whale": lambda c: charts.whale(None, c),
    "pnl_waterfall": lambda c: charts.pnl_waterfall(pd.DataFrame({"line": [], "amount": []}), c),
    "growth_bubble": lambda c: charts.growth_bubble(None, c),
    "retention_bridge": lambda c: charts.retention_bridge(None, c),
    "sales_line": lambda c: charts.sales_line(pd.DataFrame({"account": [], "month": [], "amount": []}), c),
    "rank_bump": lambda c: charts.rank_bump(None, c),
    "method_comparison": lambda c: charts.method_comparison(None, c),
    "scorecard": lambda c: charts.scorecard(None, c),
    "matrix": lambda c: charts.matrix(None, c),
    "quadrant_probability": lambda c: charts.quadrant_probability(None, c),
}


def texts(ax) -> list[Text]:
    return [t for t in ax.figure.findobj(Text) if t.get_text()]


def test_every_chart_is_here():
    assert set(CHARTS) == set(EMPTY) <= set(charts.__all__)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", CHARTS)
def test_chart_draws_hostile_names_as_text(name, lang, results, reader, record_property):
    context = reader(lang)
    start = time.process_time()
    ax = CHARTS[name](results, context)
    shown = texts(ax)
    assert not any(t.get_parse_math() for t in shown if t.get_text().count("$") > 1)
    assert not any("\n\n" in t.get_text() or len(t.get_text()) > 700 for t in shown)
    picture = image(ax)
    seconds = time.process_time() - start
    record_property("seconds", round(seconds, 3))
    print(f"{name} {lang}: {1000 * seconds:.0f} ms, {len(picture) / 1000:.0f} kB")
    assert picture.startswith(b"\x89PNG")
    assert seconds < 5
    title = ax.get_title(loc="left")
    assert title and title[0] not in "{<"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", EMPTY)
def test_chart_without_data_says_why(name, lang, reader):
    context = reader(lang)
    ax = EMPTY[name](context)
    words = [t.get_text() for t in ax.texts]
    reasons = {context.say(f"show.{k}") for k in (
        "nothing_sold", "no_contribution", "no_pnl", "no_growth", "no_sales_months", "no_ranking",
        "no_methods", "no_criteria", "no_grading",
    )}  # fmt: skip
    assert reasons & set(words)
    assert not ax.axison
    assert image(ax)


@pytest.mark.parametrize("name", CHARTS)
def test_chart_draws_into_given_axes_and_changes_no_global_style(name, results, reader):
    before = dict(mpl.rcParams)
    figure, ax = plt.subplots()
    assert CHARTS[name](results, reader("en"), ax=ax) is ax
    assert dict(mpl.rcParams) == before
    figure.canvas.draw()
    plt.close(figure)


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_is_cut_off(name, results, reader):
    """All text that stands outside the plot lies inside the picture."""
    ax = CHARTS[name](results, reader("zh"))
    figure = ax.figure
    figure.canvas.draw()
    box = figure.bbox
    for t in texts(ax):
        if not t.get_visible() or not t.axes or not t.axes.axison:
            continue
        place = t.get_window_extent()
        if (
            place.width
            and place.height
            and t in (ax.title, *ax.get_xticklabels(), *ax.get_yticklabels(), ax.xaxis.label)
        ):
            assert place.x0 >= box.x0 - 1 and place.x1 <= box.x1 + 1, t.get_text()
            assert place.y0 >= box.y0 - 1 and place.y1 <= box.y1 + 1, t.get_text()
    plt.close(figure)


def test_own_account_stands_out(results, reader):
    ax = charts.pareto(results.sales, reader("zh", "00007"))
    rank = int(results.sales.table.loc["00007", "rank"])
    own = [t.get_text() for t in texts(ax) if t.get_color() == ACCENT]
    assert len(own) == 1
    assert own[0].startswith("全角ＡＢＣ") and f"第 {rank} 位" in own[0]
    plt.close(ax.figure)


@pytest.mark.parametrize("n", [1, 2, 12, 180, 4383])
def test_pareto_at_any_size(n, reader):
    amounts = {f"{i:05d}": 1e6 / i for i in range(1, n + 1)}
    ax = charts.pareto(room.sales_share(amounts), reader("zh"))
    assert len(ax.figure.findobj()) < 1200
    assert image(ax)


def test_charts_state_their_conventions(results, reader):
    ax = charts.whale(results.profit, reader("en"))
    foot = " ".join(t.get_text() for t in ax.figure.texts).replace("\n", " ")
    assert "Basis: net of returns" in foot and "invented data" in foot
    plt.close(ax.figure)


def test_negative_sales_are_drawn(reader):
    ax = charts.pareto(room.sales_share({"00001": 100.0, "00002": 50.0, "00003": -20.0}), reader("en"))
    assert ax.get_ylim()[0] < 0
    assert image(ax)


def test_sales_line_stops_at_the_last_whole_month(results, reader):
    ax = charts.sales_line(results.months, reader("en", "00001"), until="2026-08-01")
    assert len(ax.lines[0].get_xdata()) == 34
    plt.close(ax.figure)


def test_missing_pnl_line_is_named_not_zero(results, reader):
    pnl = results.pnl.copy()
    pnl.loc[pnl["line"] == "cost_of_goods", "amount"] = float("nan")
    ax = charts.pnl_waterfall(pnl, reader("en"))
    assert any("No data for: Cost of goods" in t.get_text() for t in texts(ax))
    plt.close(ax.figure)
