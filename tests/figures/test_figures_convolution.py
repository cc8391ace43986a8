"""Figures of convolution: the lectures' worked numbers, and independent computations by NumPy loops and torch."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import nabi
from nabi import figures
from nabi.core.errors import ArgumentError
from nabi.core.random import set_seed
from nabi.figures.convolution import CASES
from nabi.figures.scene import digits
from nabi.zoo.lecture import lecture_cnn

WORKED = {  # subject.md, section 4
    "valid": [[12, 18], [17, 15]],
    "padding 1": [[7, 6, 10, 13], [8, 12, 18, 13], [8, 17, 15, 13], [6, 10, 10, 20]],
    "padding 1, stride 2": [[7, 10], [8, 15]],
    "same, stride 2": [[12, 13], [10, 20]],
    "2x2, stride 2": [[9, 10], [7, 20]],
    "5x5": [[4, 3, 4], [2, 4, 3], [2, 3, 4]],
}


@pytest.fixture(scope="module")
def scene():
    """The lectures' network as it is drawn: what is computed does not hang on what was learned."""
    set_seed(0)
    _, (x, y) = digits()
    return figures.Scene(lecture_cnn(width=0.25), x, y)


@pytest.fixture(scope="module")
def blank():
    """A scene whose model is never asked for."""
    return figures.Scene(photo=np.random.default_rng(0).integers(0, 255, (24, 24, 3)))


def test_the_steps_are_the_worked_example(blank):
    numbers = figures.draw("convolution_steps", blank).numbers
    assert [step["sum"] for step in numbers["steps"]] == [12, 18, 17, 15]
    for step in numbers["steps"]:
        i, j = step["place"]
        window = numbers["x"][i:i + 3, j:j + 3]
        assert (step["window"] == window).all() and (step["products"] == window * numbers["kernel"]).all()
        assert step["products"].sum() == numbers["y"][i, j]
    with pytest.raises(AssertionError):
        assert (numbers["steps"][0]["products"] == window * numbers["kernel"]).all()


def test_the_flipped_kernel(blank):
    numbers = figures.draw("cross_correlation", blank).numbers
    assert numbers["cross-correlation"].tolist() == WORKED["valid"]
    assert numbers["convolution"].tolist() == [[8, 11], [14, 22]]


def test_padding_and_stride(blank):
    numbers = figures.draw("padding", blank).numbers
    assert {name: one["y"].astype(int).tolist() for name, one in numbers.items()} == WORKED
    for name, one in numbers.items():
        x, k = (torch.tensor(CASES[name][n])[None, None] for n in (0, 1))
        y = F.conv2d(F.pad(x, (*one["zeros"], *one["zeros"])), k, stride=one["stride"])[0, 0]
        np.testing.assert_array_equal(one["y"], y.numpy())
        assert one["y"].shape == (one["size by the formula"],) * 2
    assert numbers["same, stride 2"]["zeros"] == (0, 1), "Keras pads only bottom and right"


def test_pooling(scene):
    numbers = figures.draw("pooling", scene).numbers
    x = numbers["x"].reshape(2, 2, 2, 2).swapaxes(1, 2).reshape(2, 2, 4)
    np.testing.assert_allclose(numbers["max"], x.max(-1))
    np.testing.assert_allclose(numbers["average"], x.mean(-1))
    np.testing.assert_allclose(numbers["L2"], np.sqrt((x**2).sum(-1)), rtol=1e-6)
    assert [numbers["x"][place] for place in numbers["places of the maxima"]] == numbers["max"].ravel().tolist()
    sides = np.array(numbers["map"].shape)
    assert (np.array(numbers["map, pooled"]["max"].shape) == sides // 2).all()


def test_partial_maps_add_up(blank):
    numbers = figures.draw("channels_and_filters", blank).numbers
    x = torch.tensor(numbers["photo"]).permute(2, 0, 1)[None]
    k = torch.tensor(numbers["kernel"]).permute(3, 2, 0, 1)
    for c in range(3):
        partial = F.conv2d(x[:, c:c + 1], k[:, c:c + 1])[0].permute(1, 2, 0).numpy()
        np.testing.assert_allclose(numbers["partial maps"][:, :, c], partial, atol=1e-5)
    np.testing.assert_allclose(numbers["maps"], numbers["partial maps"].sum(2) + numbers["bias"], atol=1e-5)
    one = numbers["one number"]
    i, j, f = one["place"]
    assert one["value"] == pytest.approx(one["of each channel"].sum() + numbers["bias"][f])
    np.testing.assert_allclose(one["of each channel"], numbers["partial maps"][i, j, :, f], atol=1e-5)


def test_one_by_one_mixes_channels(blank):
    numbers = figures.draw("one_by_one", blank).numbers
    np.testing.assert_allclose(numbers["maps"], numbers["photo"] @ numbers["kernel"], atol=1e-6)
    assert (numbers["5x5 alone"]["macs"], numbers["1x1, then 5x5"]["macs"]) == (120_422_400, 12_443_648)
    assert round(numbers["times less"], 1) == 9.7


def test_small_filters(blank):
    numbers = figures.draw("small_filters", blank).numbers
    row = np.array([1, 1, 1])
    for k, way in enumerate(numbers["ways"]):
        line = [row, np.convolve(row, row), np.convolve(np.convolve(row, row), row)][k]
        np.testing.assert_array_equal(way[2 - k:5 + k, 2 - k:5 + k], np.outer(line, line))
    c = numbers["channels"]
    weights = {name: one["macs"] / 28**2 for name, one in numbers["cost"].items()}
    assert weights == {"5x5": 25 * c * c, "3x3, 3x3": 18 * c * c, "7x7": 49 * c * c, "3x3, 3x3, 3x3": 27 * c * c}
    assert [one["field"] for one in numbers["cost"].values()] == [5, 5, 7, 7]


def test_dilation(blank):
    for rate, one in zip((1, 2, 3), figures.draw("dilation", blank).numbers.values(), strict=True):
        assert {(i - 4, j - 4) for i, j in np.argwhere(one["reads"])} == {(rate * i, rate * j) for i in (-1, 0, 1)
                                                                           for j in (-1, 0, 1)}
        assert one["span"] == 2 * rate + 1 and one["valid"] == (9 - 2 * rate,) * 2 and one["parameters"] == 9


def test_stamps(blank):
    numbers = figures.draw("transposed_convolution", blank).numbers
    wanted = F.conv_transpose2d(*(torch.tensor(numbers[name])[None, None] for name in ("x", "kernel")), stride=2)[0, 0]
    np.testing.assert_array_equal(numbers["y"], wanted.numpy())
    np.testing.assert_array_equal(numbers["stamps"].sum(0), numbers["y"])


def test_upsampling(blank):
    numbers = figures.draw("upsampling", blank).numbers
    np.testing.assert_array_equal(numbers["nearest"], np.kron(numbers["x"], np.ones((2, 2))))
    wanted = F.interpolate(torch.tensor(numbers["x"])[None, None], scale_factor=2, mode="bilinear")[0, 0]
    np.testing.assert_allclose(numbers["bilinear"], wanted.numpy(), rtol=1e-6)


def test_fields_and_costs(scene):
    fields = figures.draw("receptive_field", scene).numbers["fields"]
    assert [(one["layer"], one["size"]) for one in fields] == [("conv1", (3, 3)), ("conv2", (5, 5)), ("pool", (6, 6)),
                                                               ("dense1", (28, 28))]
    assert fields[2]["unit"] == (6, 6, 0) and fields[2]["box"] == ((12, 17), (12, 17))  # unit i of the pool sees 2 i ... 2 i + 5
    grown = figures.draw("receptive_growth", scene).numbers
    rows = zip(*(grown[name] for name in ("field", "jump", "parameters", "macs")), strict=True)
    costs = dict(zip(grown["layer"], rows, strict=True))
    assert costs["conv2"] == ("5x5", "1", (3 * 3 * 8 + 1) * 16, 24 * 24 * 16 * 72) and costs["pool"][:2] == ("6x6", "2")
    assert sum(grown["parameters"]) == scene.model.count_params()


def test_the_map_moves_with_the_picture(scene):
    numbers = figures.draw("equivariance", scene).numbers
    assert numbers["largest difference"] < 1e-6 < np.abs(numbers["map"] - numbers["map of the moved picture"]).max()
    for one in numbers["change"].values():
        assert 0 < one["behind max pooling"] < one["map"] < 1 and 0.5 < one["pooled numbers that stay"] < 1


def test_what_prepares_pictures_is_no_step_of_the_network():
    layers = [nabi.Input((12, 10, 3)), nabi.layers.Rescaling(1 / 255), nabi.layers.RandomFlip(),
              nabi.layers.RandomTranslation(0.1, 0.1), nabi.layers.Conv2D(2, 3, name="conv"),
              nabi.layers.MaxPooling2D(2, name="pool"), nabi.layers.Flatten(),
              nabi.layers.Dense(2, activation="softmax")]
    x = np.random.default_rng(0).integers(0, 256, (4, 12, 10, 3)).astype("float32")
    own = figures.Scene(nabi.Sequential(layers), x, [0, 1, 0, 1])
    fields = figures.draw("receptive_field", own).numbers["fields"]
    assert [(one["layer"], one["size"]) for one in fields][:2] == [("conv", (3, 3)), ("pool", (4, 4))]
    for name in ("pooling", "equivariance"):
        assert figures.draw(name, own).numbers["layer"] == "conv"
    assert list(figures.draw("feature_maps", own).numbers["maps"]) == ["conv", "pool"]
    with pytest.raises(ArgumentError, match="2 classes, as many as the model answers, got 3"):
        figures.Scene(own.model, x, [0, 1, 2, 1])
