"""Figures of networks: their numbers against published ones, counts by hand, and derivatives; the tree and the timeline."""

import numpy as np
import pytest

from nabi import figures, zoo
from nabi.figures import history, sizes, wirings
from nabi.optimizers import Adadelta, Adagrad, Adam, Adamax, Momentum, Nadam, RMSprop
from nabi.zoo.card import CARDS


@pytest.fixture(scope="module")
def scene():
    """A scene whose model is made at once."""
    pictures = np.random.default_rng(0).random((10, 28, 28, 1)).astype(np.float32)
    return figures.Scene(zoo.build("lecture-cnn", width=0.125), pictures, np.arange(10))


PUBLISHED = {"lecture_dense": 407_050, "lecture_cnn": 1_199_882, "lenet5": 61_706, "alexnet": 60_965_224, "vgg16": 138_357_544,
             "googlenet": 6_998_552}


@pytest.mark.parametrize("name", PUBLISHED)
def test_diagrams_show_the_published_parameters(scene, name):
    numbers = figures.draw(f"diagram_{name}", scene).numbers
    assert sum(card["parameters"] for card in numbers["cards"]) == numbers["parameters"] == PUBLISHED[name]


def test_the_inception_module_s_arithmetic(scene):
    """Windows x maps in x maps out, at 28 x 28 places: table 1 of the paper."""
    numbers = figures.draw("inception", scene).numbers
    assert numbers["5x5 branch"] == {"naive": 28 * 28 * 25 * 192 * 32, "reduced": 28 * 28 * (192 * 16 + 25 * 16 * 32)}
    assert numbers["5x5 branch"] == {"naive": 120_422_400, "reduced": 12_443_648}
    assert numbers["macs"]["reduced"]["3a_3x3"] == 28 * 28 * 9 * 96 * 128


def test_residual_blocks(scene):
    numbers = figures.draw("residual_blocks", scene).numbers
    order = {kind: [word for word in found["layers"][1:] if word != "Add"] for kind, found in numbers.items()}
    assert order["basic"] == ["Conv2D", "BatchNormalization", "Activation", "Conv2D", "BatchNormalization", "Activation"]
    assert order["pre-activation"] == ["BatchNormalization", "Activation", "Conv2D"] * 2
    assert numbers["basic"]["parameters"] == 2 * (9 * 64 * 64 + 4 * 64)
    for found in numbers.values():
        (skip,) = [(u, v) for u, v in found["edges"] if v - u > 1]
        assert skip == (0, found["layers"].index("Add"))


def test_the_dense_block_is_that_of_figure_1(scene):
    numbers = figures.draw("dense_block", scene).numbers
    assert numbers["edges"] == [(u, v) for u in range(7) for v in range(u + 1, 7)] and len(numbers["edges"]) == 6 * 7 // 2
    assert numbers["maps"] == [6, 4, 4, 4, 4, 4, 6 + 5 * 4]
    assert numbers["parameters"] == sum(9 * (6 + 4 * n) * 4 + 4 * (6 + 4 * n) for n in range(5))


def test_a_densenet_of_three_blocks(scene):
    shapes = {name: shape for name, shape, _ in figures.draw("densenet_of_three_blocks", scene).numbers["cards"]}
    assert [shapes[f"dense{n}"] for n in (1, 2, 3)] == [(32, 32, 76), (16, 16, 136), (8, 8, 196)]
    assert shapes["transition1"] == (16, 16, 76)


def test_wiring_is_counted_from_the_layers(scene):
    numbers = figures.draw("wiring", scene).numbers
    n, k = wirings.SIDE, wirings.WINDOW
    out = n - k + 1
    assert [numbers[kind]["connections"] for kind in ("dense", "local", "conv")] == [n * out, k * out, k * out]
    assert [numbers[kind]["weights"] for kind in ("dense", "local", "conv")] == [n * out, k * out, k]
    assert all(numbers[kind]["weights"] == numbers[kind]["parameters"] for kind in ("dense", "local", "conv"))
    assert [numbers[kind]["1000 x 1000"] for kind in ("dense", "local", "conv")] == [10**12, 10**8, 10**4]
    assert numbers["one filter"] == 100
    band = np.array([[j - i if 0 <= j - i < k else -1 for j in range(n)] for i in range(out)])
    np.testing.assert_array_equal(numbers["conv"]["pattern"], band)


def test_a_weight_that_is_not_shared_is_seen():
    """A Jacobian with one entry of a convolution's changed has one weight more."""
    jacobian = wirings.joined(wirings.wired("conv", 8, 3), 8)
    changed = jacobian.copy()
    changed[2, 3] *= 2
    assert wirings.numbered(jacobian).max() == 2 and wirings.numbered(changed).max() == 3


def test_a_picture_as_a_vector(scene):
    numbers = figures.draw("image_to_vector", scene).numbers
    np.testing.assert_array_equal(numbers["vector"], numbers["picture"].reshape(-1))
    at, w = numbers["places"], numbers["picture"].shape[1]
    assert at["below"] - at["pixel"] == at["pixel"] - at["above"] == w == 28
    assert numbers["vector"][at["left"]] == numbers["picture"][divmod(at["pixel"] - 1, w)]


def test_maps_through_the_net(scene):
    numbers = {name: dict(maps) for name, maps in figures.draw("map_sizes", scene).numbers.items()}
    ours = [(28, 28, 1), (26, 26, 32), (24, 24, 64), (12, 12, 64), (9216,), (128,), (10,)]
    assert list(numbers["lecture-cnn"].values()) == ours
    sides = [shape[0] for shape in numbers["vgg16"].values() if len(shape) == 3]
    assert sides == sorted(sides, reverse=True) and numbers["vgg16"]["pool5"] == (7, 7, 512)


def test_parameters_and_arithmetic_of_alexnet(scene):
    numbers = figures.draw("parameters_and_macs", scene).numbers
    assert numbers["layers"]["conv1"] == (11 * 11 * 3 * 96 + 96, 55 * 55 * 11 * 11 * 3 * 96)
    assert numbers["layers"]["fc6"] == (9216 * 4096 + 4096, 9216 * 4096)
    assert numbers["parameters"] == CARDS["alexnet"].parameters and numbers["macs"] == CARDS["alexnet"].macs
    counted = sizes.shares(zoo.outline("resnet18"))
    assert sum(p for p, _ in counted.values()) == 11_699_112, "normalisation counts with its convolution"


def test_the_share_of_convolutions(scene):
    numbers = figures.draw("convolution_shares", scene).numbers
    assert numbers["lecture-cnn"] == {"parameters": (320 + 18_496, 1_199_882),
                                      "macs": (26 * 26 * 288 + 24 * 24 * 18_432, 11_992_448)}
    dense = 25088 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 1000 + 1000
    assert numbers["vgg16"]["parameters"] == (138_357_544 - dense, 138_357_544)
    assert all(found["macs"][1] == CARDS[name].macs for name, found in numbers.items())


def test_the_landscape_says_what_the_cards_say(scene):
    numbers = figures.draw("landscape", scene).numbers
    assert len(numbers) >= 20 and numbers["resnet50"] == {"error": 22.85, "measured": "10 crops", "parameters": 25_557_032,
                                                          "macs": 3_857_973_248}
    assert numbers["vgg16"]["error"] == 25.6 and numbers["densenet161"]["error"] == 22.2
    assert numbers["resnet50-v1-5"]["error"] == pytest.approx(100 - 76.13)
    assert "resnet20" not in numbers, "errors on CIFAR are others"


def test_the_kinds_of_transfer(scene):
    with pytest.warns(UserWarning, match="drawn"):
        numbers = figures.draw("transfer", scene).numbers
    learns = {depth: [name for name, yes in found["learns"].items() if yes] for depth, found in numbers.items()}
    assert learns["head"] == ["dense2"] and learns["all"] == ["conv1", "conv2", "dense1", "dense2"]
    assert learns["top"] == ["dense1", "dense2"]
    units = 16
    assert numbers["head"]["trainable"] == units * 5 + 5


@pytest.mark.learn
def test_a_hidden_layer_learns_what_a_perceptron_cannot(scene):
    numbers = figures.draw("perceptron_and_mlp", scene).numbers
    assert [found["right"] for found in numbers.values()] == [4, numbers["XOR 0 hidden"]["right"], 4]
    assert numbers["XOR 0 hidden"]["right"] <= 3, "no line parts the four points"
    w1, b1, w2, b2 = numbers["XOR 1 hidden"]["weights"]
    z = np.tanh(wirings.CORNERS @ w1 + b1) @ w2 + b2
    np.testing.assert_allclose(1 / (1 + np.exp(-z.ravel())), numbers["XOR 1 hidden"]["answers"], atol=2e-4)


SOURCE_LINES = {  # a line of the rule, as papers and Keras have it
    "Momentum": "v = m * v - lr * g", "Adagrad": "w = w - lr * g / sqrt(G + epsilon)",
    "RMSprop": "v = rho * v + (1 - rho) * g^2", "Adam": "m = beta_1 * m + (1 - beta_1) * g",
    "AdamW": "w = w - lr * weight_decay * w", "Adamax": "u = maximum(beta_2 * u, absolute(g))",
}  # fmt: skip


def test_the_tree_s_formulas_are_the_sources(scene):
    numbers = figures.draw("optimizer_tree", scene).numbers
    for name, line in SOURCE_LINES.items():
        assert line in numbers["formulas"][name]
    assert all(numbers["formulas"].values()) and numbers["formulas"]["GD"] == numbers["formulas"]["SGD"]
    for name, parents in numbers["parents"].items():
        assert all(numbers["years"][parent] <= numbers["years"][name] for parent in parents), "no rule is older than its parent"
    assert numbers["parents"]["Adam"] == ("Momentum", "RMSprop")


def test_children_become_their_parents():
    """Adam without a second moment's memory is no RMSprop, but each kinship holds in numbers where a knob is turned off."""
    w, g = np.array([1.0, -2.0]), np.array([0.5, 0.25])
    assert Momentum.formula(w, g, 0.0, 0.1, 0.0)[0] == pytest.approx(w - 0.1 * g), "no momentum: SGD"
    import torch

    t, s = torch.tensor(w), torch.tensor(g)
    v = torch.full_like(t, 0.3)
    rms = RMSprop().formula(t, s, v, 0.1, 0.9, 1e-7)[0]
    adam = Adam().formula(t, s, torch.zeros_like(t), v, 0.1, 0.0, 0.9, 1e-7, 1.0)[0]
    torch.testing.assert_close(rms, adam, rtol=1e-5, atol=1e-7)
    grown = Adagrad().formula(t, s, v, 0.1, 1e-7)[1]
    torch.testing.assert_close(grown, v + s**2)
    assert {Adadelta, Adamax, Nadam} <= {type(getattr(history.optimizers, n)()) for n in ("Adadelta", "Adamax", "Nadam")}


def test_the_timeline(scene):
    events = figures.draw("timeline", scene).numbers["events"]
    found = {event["network"]: event for event in events if event["network"]}
    assert {name: event["layers"] for name, event in found.items()} == {
        "perceptron": 1, "two-layer": 2, "lenet5": 5, "alexnet": 8, "vgg16": 16, "googlenet": 22, "resnet152": 152,
        "densenet201": 201}
    assert [found[n]["top-5 error"] for n in ("alexnet", "googlenet", "resnet152", "lenet5")] == [18.2, 10.07, 5.71, None]
    years = [int(event["when"][:4]) for event in events]
    assert years == sorted(years) and any(event["when"] == "1986-2006" for event in events)
    assert all(CARDS[name].paper.year == int(event["when"][:4]) for name, event in found.items())
