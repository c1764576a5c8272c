"""The families of charts: seaborn draws ready numbers, and changes nothing else."""

from __future__ import annotations

import subprocess
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from kamtools.show.charts.families import Bar, Mark, Span, bars, line, points, ranges, ranked_bars
from kamtools.show.style import style

NAN = float("nan")


@pytest.fixture
def ax():
    with style():
        figure, axes = plt.subplots()
        yield axes
        plt.close(figure)


def boxes(ax) -> list[tuple[float, ...]]:
    return [(p.get_x(), p.get_y(), p.get_width(), p.get_height()) for p in ax.patches]


def test_bars_keep_place_length_and_colour_in_any_order(ax):
    bars(ax, [2, 0, 1, 5], [20.0, 5.0, NAN, -1.0], ["#111111", "#222222", "#333333", "#444444"], 0.5)
    assert np.allclose(boxes(ax), [(0, -0.25, 5, 0.5), (0, 1.75, 20, 0.5), (0, 4.75, -1, 0.5)])
    assert [to_hex(p.get_facecolor()) for p in ax.patches] == ["#222222", "#111111", "#444444"]


@pytest.mark.parametrize("lying", [True, False])
def test_bars_at_one_place_make_a_stack_not_a_mean(ax, lying):
    bars(ax, [1, 1, 1], [3.0, 4.0, 5.0], "#111111", 0.6, [0.0, 3.0, 7.0], lying)
    across = [(0, 0.7, 3, 0.6), (3, 0.7, 4, 0.6), (7, 0.7, 5, 0.6)]
    expected = across if lying else [(y, x, h, w) for x, y, w, h in across]
    assert np.allclose(boxes(ax), expected, atol=1e-5)


def test_nothing_to_draw_draws_nothing(ax):
    bars(ax, [], [], [])
    bars(ax, [0], [NAN], "#111111")
    line(ax, [0, 1], [NAN, NAN], "#111111")
    points(ax, [NAN], [1.0], "#111111", 9)
    assert not (ax.patches or ax.lines or ax.collections)


def test_a_missing_figure_breaks_a_line(ax):
    line(ax, range(5), [1.0, 2.0, NAN, 4.0, 5.0], "#111111")
    drawn = [(list(part.get_xdata()), list(part.get_ydata())) for part in ax.lines]
    assert drawn == [([0, 1], [1, 2]), ([3, 4], [4, 5])]


def test_marks_without_a_place_leave_the_others_their_colour(ax):
    points(ax, [1.0, NAN, 3.0], [1.0, 2.0, 3.0], ["#111111", "#222222", "#333333"], [9, 16, 25])
    (drawn,) = ax.collections
    assert [to_hex(c) for c in drawn.get_facecolors()] == ["#111111", "#333333"]
    assert list(drawn.get_sizes()) == [9, 25] and np.allclose(drawn.get_offsets(), [(1, 1), (3, 3)])


def test_a_hollow_mark_is_not_black(ax):
    points(ax, [1.0, 2.0], [1.0, 2.0], "none", [9, 16], edge=["#111111", "#222222"], alpha=0.8)
    (drawn,) = ax.collections
    assert not len(drawn.get_facecolors()) or not drawn.get_facecolors()[:, 3].any()
    assert [to_hex(c) for c in drawn.get_edgecolors()] == ["#111111", "#222222"]


def test_a_missing_value_is_words_without_a_bar(ax):
    ranked_bars(
        ax, [Bar(0, 5.0, "five", "#111111"), Bar(1, None, "—", "#111111")], ["a $x$ b", "c"], 0.6, 0.2
    )
    assert len(ax.patches) == 1
    assert {t.get_text(): t.xy for t in ax.texts} == {"five": (5.0, 0), "—": (0.0, 1)}
    assert not any(t.get_parse_math() for t in ax.get_yticklabels())


def test_rows_of_ranges_lie_where_they_are_said(ax):
    ranges(ax, [Span(0, 1, 3, "#111111", 5)], [Mark(0, 2, "#222222"), Mark(1, 4, "none", "D")], (2, 1, 5, 1))
    tracks, span, *marks = ax.collections
    assert len(tracks.get_segments()) == 2 and np.allclose(span.get_segments()[0], [(1, 0), (3, 0)])
    assert np.allclose([m.get_offsets()[0] for m in marks], [(2, 0), (4, 1)])


def test_seaborn_names_no_axis_and_changes_no_setting(ax):
    before = dict(mpl.rcParams)
    ax.set_xlabel("own")
    bars(ax, [0, 1], [1.0, 2.0], "#111111")
    line(ax, [0, 1], [1.0, 2.0], "#111111")
    points(ax, [0, 1], [1.0, 2.0], "#111111", 9)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("own", "")
    assert ax.xaxis.label.get_visible() and ax.yaxis.label.get_visible()
    assert ax.get_legend() is None
    assert dict(mpl.rcParams) == before


def test_seaborn_comes_with_the_first_chart_and_keeps_the_settings_of_the_user():
    code = (
        "import sys; from kamtools.show import charts, Context; "
        "assert 'seaborn' not in sys.modules; "
        "import matplotlib as mpl; mpl.use('agg'); before = dict(mpl.rcParams); charts.pareto(None, Context('en')); "
        "import seaborn; assert seaborn.utils.mpl is mpl; seaborn.reset_orig(); "
        "print([k for k in before if before[k] != mpl.rcParams[k]])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
