"""Lines and bars: what is drawn are the numbers that were given; means, spans, logarithms, ends; errors."""

import numpy as np
import pytest

from nabi.core.errors import ArgumentError, ShapeError
from nabi.viz import bars, lines


def curve(ax, name):
    return next(line for line in ax.lines if line.get_label() == name)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_lines_are_means_and_bands_reach_from_lowest_to_highest():
    y = [[0.9, 0.5, 0.1], [0.7, 0.5, 0.3]]
    (ax,) = lines([1, 2, 3], {"relu": y, "tanh": [0.9, 0.8]}, ylabel="Error", xlabel="epoch", percent=True).axes
    np.testing.assert_allclose(curve(ax, "relu").get_ydata(), [0.8, 0.5, 0.2])
    np.testing.assert_array_equal(curve(ax, "tanh").get_xdata(), [1, 2])
    (band,) = ax.collections
    low, high = band.get_paths()[0].get_extents().intervaly
    assert (low, high) == (0.1, 0.9) and ax.get_xlabel() == "epoch" and ax.get_title("left") == "Error"
    assert texts(ax) == ["relu", "tanh"] and curve(ax, "relu").get_color() == ax.texts[0].get_color()


def test_names_stand_at_the_ends_in_their_order_and_apart():
    (ax,) = lines([1, 2], {name: [1, 0.5 + k / 1000] for k, name in enumerate("abc")}).axes
    ax.figure.canvas.draw()
    heights = [text.get_window_extent().y0 for text in ax.texts]
    assert np.diff(heights).min() > 20


def test_logarithms_where_they_are_asked_for_and_possible():
    (ax,) = lines([1, 10, 100], {"norm": [1e-8, 1e-4, 1]}, log="xy").axes
    assert ax.get_xscale() == ax.get_yscale() == "log" and ax.get_xticks().tolist() == [1, 10, 100]
    (ax,) = lines([0, 1, 2], {"a": [0, 1, 2]}, log="xy").axes
    np.testing.assert_array_equal(curve(ax, "a").get_ydata(), [np.nan, 1, 2])
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "log")


def test_what_is_not_finite_is_a_gap():
    (ax,) = lines([1, 2, 3], {"a": [1, np.inf, 0.5], "none": [np.nan] * 3}).axes
    np.testing.assert_array_equal(curve(ax, "a").get_ydata(), [1, np.nan, 0.5])
    assert texts(ax) == ["a"]
    assert not lines([1], {"none": [np.nan]}).axes and lines([1], {}).texts[1].get_text() == "There is nothing to draw."


def test_bars_begin_at_zero_and_end_at_the_mean():
    (ax,) = bars({"dense": [0.02, 0.04], "CNN": 0.01}, percent=True).axes
    assert [(bar.get_x(), bar.get_width()) for bar in ax.patches] == [(0, pytest.approx(0.03)), (0, 0.01)]
    assert texts(ax) == ["dense", "3.0 % ± 1.4", "CNN", "1.0 %"]
    np.testing.assert_array_equal(ax.lines[1].get_xdata(), [0.02, 0.04])


def test_bars_on_a_logarithmic_scale_begin_at_one():
    (ax,) = bars({"full": 1e12, "shared": 100}, log=True, unit="weights").axes
    assert [bar.get_width() for bar in ax.patches] == [12, 2] and texts(ax)[1::2] == ["10¹² weights", "100 weights"]


def test_groups_have_headings_and_a_colour_for_each_name():
    (ax,) = bars({"plain": {"20": 1, "32": 2}, "residual": {"20": 1, "32": 0.5}}).axes
    first, second, third, fourth = (bar.get_facecolor() for bar in ax.patches)
    assert first == third != second == fourth and {"plain", "residual"} <= set(texts(ax))
    assert bars({}).axes == [] and bars({"empty": {}}).texts[0].get_text() == "Bars"


@pytest.mark.parametrize("call, kind, said", [
    (lambda: lines([1, 1], {"a": [1, 2]}), ArgumentError, r"lines\(x\): expected rising numbers"),
    (lambda: lines([1, 2], {"a": [1, 2, 3]}), ShapeError, r"lines\(series\['a'\]\): expected \(m,\) or \(repeats, m\)"),
    (lambda: lines([1, 2], {"a": [1, 2]}, log="z"), ArgumentError, r"lines\(log\): expected '', 'x', 'y' or 'xy', got 'z'"),
    (lambda: bars({"a": -1}), ArgumentError, r"bars\(values\['a'\]\): expected a finite number of at least 0"),
    (lambda: bars({"a": 0.5}, log=True), ArgumentError, "at least 1, or several, got 0.5"),
    (lambda: bars({"a": []}), ArgumentError, "or several"),
])
def test_errors(call, kind, said):
    with pytest.raises(kind, match=said):
        call()
