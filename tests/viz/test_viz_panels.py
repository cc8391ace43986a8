"""Panels, evidence, tuning curves, tables of numbers: what is written where, and what is refused."""

import numpy as np
import pytest

from nabi import viz
from nabi.core.errors import ArgumentError, ShapeError


def words(figure):
    return [text.get_text() for text in figure.texts]


def test_cells_hold_their_numbers():
    x = [[1, -2.5], [0, 12]]
    figure = viz.panels([[{"values": x, "blank": [[1, 0], [0, 0]], "boxes": [(0, 0, 1, 1), (1, 1, 1, 1, "unit")]},
                          {"values": [[7]], "sign": "="}, {"text": ["3 + 4", "= 7"]}]], "T", "S", ["below"])
    assert [text.get_text() for text in figure.axes[0].texts] == ["−2.5", "0", "12"]
    assert words(figure) == ["T", "S", "=", "3 + 4", "= 7", "below"]
    assert sum(not patch.get_fill() for patch in figure.axes[0].patches) == 2


def test_a_window_over_the_edge_is_drawn_whole():
    plain, over = (viz.panels([[{"values": np.ones((4, 4)), "boxes": boxes}, {"values": np.ones((2, 2))}]])
                   for boxes in ((), ((-1, -1, 3, 3),)))
    assert over.get_size_inches()[0] > plain.get_size_inches()[0]
    left, top = over.axes[0].get_position().x0 * over.get_size_inches()[0], over.axes[0].get_position().y1
    assert left == pytest.approx(0.4 + 0.31, abs=0.01) and top < 1


@pytest.mark.parametrize("panel, error", [
    ({"values": np.ones(3)}, ShapeError), ({"values": np.ones((2, 2, 3))}, ShapeError),
    ({"values": np.ones((2, 2)), "kind": "colour"}, ShapeError), ({"values": np.ones((2, 2)), "kind": "grey"}, ArgumentError),
])
def test_what_is_no_panel(panel, error):
    with pytest.raises(error, match="panels"):
        viz.panels([[panel]])
    assert viz.panels([]).texts[0].get_text()


def test_evidence_says_scores_and_answer():
    rng = np.random.default_rng(0)
    f, k, b = rng.normal(size=30), rng.normal(size=(30, 4)), rng.normal(size=4)
    z = f @ k + b
    said = words(viz.evidence(f, k, b, list("abcd"), rows=3))
    scores = [f"{v:.2f}" if abs(v) < 10 else f"{v:.1f}" for v in z]
    assert [text for text in (text.replace("−", "-") for text in said) if text in scores] == scores
    assert [text for text in said if text in ("O", "X")] == ["O" if n == z.argmax() else "X" for n in range(4)]
    assert "27 others" in said
    with pytest.raises(ShapeError, match="evidence"):
        viz.evidence(f, k.T, b, list("abcd"))


def test_a_direction_is_marked_where_there_is_one():
    angles = np.arange(0, 180, 15)
    sharp, flat = np.exp(-((angles - 45) / 20) ** 2), np.ones(12)
    figure = viz.tuning_curves(angles, [sharp, flat, 0 * flat], np.zeros((3, 3, 3)))
    assert [ax.texts[0].get_text() for ax in figure.axes if ax.texts] == ["45°", "–", "–"]
    with pytest.raises(ShapeError, match="tuning_curves"):
        viz.tuning_curves(angles, [[1, 2]], np.zeros((1, 3, 3)))


def test_tables_write_numbers_as_people_do():
    figure = viz.number_table({"n": [-3, 12000], "x": [-0.25, 3.2e-7]})
    assert words(figure)[1:] == ["n", "x", "−3", "−0.25", "12,000", "3.2×10⁻⁷"]
    with_line = viz.number_table({"n": [-3, 12000]}, "T", "S")
    assert with_line.get_size_inches()[1] == pytest.approx(figure.get_size_inches()[1] + 0.28, abs=0.01)
