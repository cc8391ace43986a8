"""Picture grids and activation curves: pixels and points reach the axes unchanged, words stand with the right picture."""

import io

import numpy as np
import pytest
from PIL import Image

from nabi import viz
from nabi.core.errors import ArgumentError, ShapeError
from nabi.datasets import digits
from nabi.viz import activation_curves, misread_grid, picture_grid
from nabi.viz.activations import gaps


def shown(figure, k: int = 0) -> np.ndarray:
    """The pixels of picture `k` as they are drawn, 0-1, (height, width, 3)."""
    ax = figure.axes[k]
    page = np.asarray(Image.open(io.BytesIO(viz.png(figure))).convert("RGB")) / 255
    box = ax.bbox
    rows, columns = ax.images[0].get_array().shape[:2]
    y = page.shape[0] - (box.y0 + (np.arange(rows)[::-1] + 0.5) * box.height / rows)
    x = box.x0 + (np.arange(columns) + 0.5) * box.width / columns
    return page[np.ix_(y.astype(int), x.astype(int))]


def test_ink_draws_0_white_and_255_black():
    picture = digits.load_data()[0][0][7]
    drawn = shown(picture_grid(picture[None], ink=True))
    np.testing.assert_allclose(drawn, np.repeat(1 - picture[..., None] / 255, 3, axis=-1), atol=2.5 / 255)
    drawn = shown(picture_grid(picture[None]))
    np.testing.assert_allclose(drawn, np.repeat(picture[..., None] / 255, 3, axis=-1), atol=2.5 / 255)


def test_colours_are_drawn_as_they_are():
    picture = np.random.default_rng(0).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    for ink in (False, True):
        np.testing.assert_allclose(shown(picture_grid([picture], ink=ink)), picture / 255, atol=1.5 / 255)


@pytest.mark.parametrize("picture", [
    np.array([[0, 51], [102, 255]], "uint8"), np.array([[0, 0.2], [0.4, 1]]), np.array([[0, 51], [102, 255]], "float32"),
    np.array([[[0], [51]], [[102], [255]]], "int64"),
], ids=["bytes", "shares", "bytes as floats", "one channel"])  # fmt: skip
def test_values_are_read_alike(picture):
    np.testing.assert_allclose(picture_grid([picture]).axes[0].images[0].get_array(), [[0, 0.2], [0.4, 1]], atol=1e-7)


def test_a_dark_picture_stays_dark():
    """No stretching of contrast: values keep their meaning."""
    np.testing.assert_allclose(shown(picture_grid([np.full((4, 4), 51, "uint8")])), 0.2, atol=1.5 / 255)


def test_pictures_run_along_rows_with_their_words():
    images = [np.full((2, 2), k / 10) for k in range(7)]
    figure = picture_grid(images, [f"p{k}\nmore {k}" for k in range(7)], columns=3, title="Seven", subtitle="and no more")
    assert len(figure.axes) == 7 and [t.get_text() for t in figure.texts] == ["Seven", "and no more"]
    for k, ax in enumerate(figure.axes):
        assert ax.images[0].get_array()[0, 0] == pytest.approx(k / 10)
        assert [t.get_text() for t in ax.texts] == [f"p{k}", f"more {k}"]
    corners = [(round(ax.bbox.x0), -round(ax.bbox.y0)) for ax in figure.axes]
    assert corners == sorted(corners, key=lambda corner: corner[::-1]), "row by row, left to right"
    assert len({y for _, y in corners}) == 3


def test_sizes_may_differ():
    figure = picture_grid([np.zeros((5, 9)), np.zeros((32, 32, 3)), np.zeros((7, 7, 1))])
    assert [ax.images[0].get_array().shape for ax in figure.axes] == [(5, 9), (32, 32, 3), (7, 7)]


def test_misread_digits():
    (x, y), _ = digits.load_data()
    figure = misread_grid(x[:3], y[:3], [6, 7, 8], [0.51, 0.999, 0.7], ink=True)
    assert figure.texts[0].get_text() == "3 misread"
    words = [[t.get_text() for t in ax.texts] for ax in figure.axes]
    assert words == [["0, read as 6", "51 % sure"], ["1, read as 7", "100 % sure"], ["2, read as 8", "70 % sure"]]
    figure = misread_grid(x[:1], [0], [1], class_names=["cat", "dog"], total=40)
    assert [t.get_text() for t in figure.texts] == ["40 misread", "1 of them; below each the truth and the answer."]
    assert [t.get_text() for t in figure.axes[0].texts] == ["cat", "read as dog"]


def test_nothing_to_show():
    assert picture_grid([]).texts[1].get_text() == "There are no pictures to show."
    assert picture_grid(np.zeros((0, 28, 28)), empty="All read.").texts[1].get_text() == "All read."
    assert misread_grid(np.zeros((0, 28, 28)), [], []).texts[1].get_text() == "Every picture was read right."


@pytest.mark.parametrize("call, error, message", [
    (lambda: picture_grid(np.zeros((2, 3))), ShapeError, "images\\[0\\]\\): expected \\(height, width\\).*got \\(3,\\)"),
    (lambda: picture_grid([np.zeros((3, 8, 8))]), ShapeError, "got \\(3, 8, 8\\) float64. Channels come last"),
    (lambda: picture_grid([np.zeros((0, 4))]), ShapeError, "got \\(0, 4\\)"),
    (lambda: picture_grid([np.array([["a"]])]), ShapeError, "<U1"),
    (lambda: picture_grid(np.zeros((2, 4, 4)), ["a"]), ShapeError, "2 titles, one for each picture, got 1"),
    (lambda: picture_grid(np.zeros((2, 4, 4)), columns=0), ArgumentError, "a whole number above 0, got 0"),
    (lambda: misread_grid(np.zeros((2, 4, 4)), [1, 2], [1]), ShapeError, "as many classes"),
])  # fmt: skip
def test_wrong_pictures(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_wide_captions_do_not_touch():
    names = ["golden retriever of the north", "a cat"]
    figure = misread_grid(np.zeros((6, 8, 8)), [0] * 6, [1] * 6, class_names=names, columns=3)
    figure.canvas.draw()
    boxes = [ax.texts[0].get_window_extent() for ax in figure.axes[:3]]
    assert all(left.x1 < right.x0 for left, right in zip(boxes, boxes[1:], strict=False))
    assert boxes[0].x0 >= 0 and boxes[-1].x1 <= figure.bbox.x1


X = np.linspace(-5, 5, 401)
SIGMOID = 1 / (1 + np.exp(-X))


def curve(ax, label: str) -> np.ndarray:
    """The points of a line without the gaps."""
    (line,) = [one for one in ax.lines if one.get_label() == label]
    x, y = line.get_data()
    return np.column_stack([x, y])[np.isfinite(y)]


def test_curves_are_the_arrays():
    values = {"sigmoid": SIGMOID, "relu": np.maximum(X, 0), "step": (X > 0).astype(float)}
    slopes = {"sigmoid": SIGMOID * (1 - SIGMOID), "relu": (X > 0).astype(float)}
    figure = activation_curves(X, values, slopes, columns=2)
    assert [ax.get_title("left") for ax in figure.axes] == list(values)
    for ax, name in zip(figure.axes, values, strict=True):
        np.testing.assert_array_equal(curve(ax, "f"), np.column_stack([X, values[name]]))
        if name in slopes:
            np.testing.assert_array_equal(curve(ax, "slope"), np.column_stack([X, slopes[name]]))
        low, high = ax.get_ylim()
        assert low < min(values[name].min(), 0) and high > max(values[name].max(), 1)
    assert "slope" not in [line.get_label() for line in figure.axes[2].lines]


def test_largest_slopes_are_the_textbooks():
    """Sigmoid at most 1/4, tanh at most 1, ReLU 0 or 1."""
    slopes = {"sigmoid": SIGMOID * (1 - SIGMOID), "tanh": 1 - np.tanh(X) ** 2, "relu": (X > 0) * 1.0, "step": X * 0}
    figure = activation_curves(X, {name: X for name in slopes}, slopes)
    assert [ax.texts[0].get_text() for ax in figure.axes] == [f"largest slope {s}" for s in ("0.25", "1", "1", "0")]


def test_jumps_are_gaps_and_steep_curves_are_not():
    x, y = gaps(X, (X > 0).astype(float))
    (k,) = np.flatnonzero(np.isnan(y))
    assert X[200] == 0 and 0 < x[k] < X[201]
    for smooth in (SIGMOID, np.tanh(X), X, X**2, np.exp(X), np.maximum(X, 0)):
        assert np.isfinite(gaps(X, smooth)[1]).all()
    few = np.linspace(-2, 2, 5)
    assert np.isfinite(gaps(few, np.tanh(few))[1]).all(), "few points of a smooth curve are no jump"


def test_wrong_curves():
    with pytest.raises(ShapeError, match="at least two rising points"):
        activation_curves(X[::-1], {"f": X})
    with pytest.raises(ShapeError, match="f of relu: expected \\(401,\\) as x, got \\(3,\\)"):
        activation_curves(X, {"relu": np.zeros(3)})
    with pytest.raises(ArgumentError, match="functions among relu, got tanh"):
        activation_curves(X, {"relu": X}, {"tanh": X})
    assert activation_curves(X, {}).texts[1].get_text() == "No functions were given."
