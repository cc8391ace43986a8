"""Distributions and reliability: what is drawn is what was given."""

import numpy as np
import pytest
from matplotlib.patches import StepPatch

from nabi import viz
from nabi.core.errors import ShapeError
from nabi.viz import style
from nabi.viz.distributions import PEAK, STEP

EDGES = [-2, -1, 0, 1, 3]


def test_each_curve_is_as_high_as_its_peak_and_the_first_on_top():
    shares = [[0.1, 0.2, 0.4, 0.3], [0.0, 0.0, 1.0, 0.0]]
    figure = viz.distributions(EDGES, {"plain": {"one": shares}}, ["before", "epoch 1"])
    filled = [patch for patch in figure.axes[0].patches if isinstance(patch, StepPatch) and patch.get_fill()]
    for n, (patch, values) in enumerate(zip(filled, shares, strict=True)):
        density = np.array(values) / [1, 1, 1, 2]  # the last bin is twice as wide
        heights, edges, base = patch.get_data()
        assert base == pytest.approx((1 - n) * STEP) and list(edges) == EDGES
        np.testing.assert_allclose(heights - base, PEAK * 0.92 * density / density.max())
        assert not np.allclose(heights - base, PEAK * 0.92 * np.array(values) / max(values)) or n == 1
    assert [text.get_text() for text in figure.axes[0].texts] == ["one", "before", "epoch 1"]


def test_curves_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match="as the edges have bins"):
        viz.distributions(EDGES, {"a": {"b": [1, 2, 3]}})
    with pytest.raises(ShapeError, match="one for each curve"):
        viz.distributions(EDGES, {"a": {"b": [1, 2, 3, 4]}}, ["x", "y"])
    assert len(viz.distributions(EDGES, {}).texts) == 2


def test_bars_reach_the_share_right_and_rings_the_mean_probability():
    sure, right, counts = [np.nan, 0.5, 0.9], [np.nan, 0.75, 0.8], [0, 20, 80]
    figure = viz.reliability(sure, right, counts)
    ax, below = figure.axes
    tops = [line.get_ydata()[0] for line in ax.lines if line.get_color() == style.BLUE]
    rings = [(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if line.get_marker() == "o"]
    assert tops == [0.75, 0.8] and rings == [(0.5, 0.5), (0.9, 0.9)]
    np.testing.assert_allclose([bar.get_height() for bar in below.patches], [0, 0.2, 0.8])
    ece = 0.2 * 0.25 + 0.8 * 0.1
    assert f"{100 * ece:.1f} %" in figure.texts[0].get_text() and "surer" in figure.texts[0].get_text()
    assert "more often right" in viz.reliability([0.5], [0.75], [4]).texts[0].get_text()


def test_no_answers_are_said_and_wrong_lengths_refused():
    assert len(viz.reliability([np.nan], [np.nan], [0]).texts) == 2
    with pytest.raises(ShapeError, match="of each"):
        viz.reliability([0.5], [0.5, 0.5], [1])
