"""Neurons and hidden layers: the numbers of the figures against NumPy, torch and the rules of the books."""

import numpy as np
import pytest
import torch

from nabi import figures
from nabi.figures import hidden, neuron


def test_slopes_are_those_of_the_formulas():
    numbers = figures.draw("activations").numbers
    x, values, slopes = numbers["x"], numbers["values"], numbers["slopes"]
    s = 1 / (1 + np.exp(-x))
    wanted = {"sigmoid": (s, s * (1 - s)), "tanh": (np.tanh(x), 1 - np.tanh(x) ** 2), "relu": (np.maximum(x, 0), x > 0),
              "linear": (x, np.ones_like(x)), "leaky_relu": (np.where(x > 0, x, 0.2 * x), np.where(x > 0, 1, 0.2)),
              "step": (x > 0, np.zeros_like(x))}
    away = x != 0  # at the corner either slope is right
    for name, (f, df) in wanted.items():
        np.testing.assert_allclose(values[name], f, atol=1e-12, err_msg=name)
        np.testing.assert_allclose(slopes[name][away], df[away], atol=1e-12, err_msg=name)
    assert slopes["sigmoid"].max() == pytest.approx(0.25) and slopes["tanh"].max() == pytest.approx(1)


def test_gradients_vanish_as_measured_by_torch():
    numbers = figures.draw("vanishing_product").numbers
    np.testing.assert_allclose(numbers["bound"], [4.0**-n for n in range(neuron.DEEP)])
    sigmoid, relu = numbers["measured"]["sigmoid"], numbers["measured"]["ReLU, He"]
    assert (sigmoid[1:] < sigmoid[:-1]).all() and sigmoid[-1] / sigmoid[0] < 1e-10 and 0.1 < relu[-1] / relu[0] < 10
    from nabi.core.random import seeded
    from nabi.layers import Dense, Input
    from nabi.models import Sequential

    with seeded(0):
        model = Sequential([Input((neuron.WIDE,)), *(Dense(neuron.WIDE, activation="relu", kernel_initializer="he_normal")
                                                     for _ in range(neuron.DEEP))])
    other = torch.nn.Sequential(*(part for _ in range(neuron.DEEP) for part in (torch.nn.Linear(neuron.WIDE, neuron.WIDE),
                                                                               torch.nn.ReLU())))
    linear = [part for part in other if isinstance(part, torch.nn.Linear)]
    for part, kernel in zip(linear, model.get_weights()[::2], strict=True):
        part.weight.data, part.bias.data = torch.tensor(kernel.T.copy()), torch.zeros(neuron.WIDE)
    x = torch.tensor(np.random.default_rng(0).standard_normal((neuron.SAMPLES, neuron.WIDE)), dtype=torch.float32)
    (other(x) ** 2).mean().backward()
    theirs = [float(part.weight.grad.abs().mean()) for part in reversed(linear) if part.weight.grad is not None]
    np.testing.assert_allclose(relu, theirs, rtol=1e-4)


def test_the_bias_moves_the_threshold():
    numbers = figures.draw("bias").numbers
    for name, (w, b) in numbers["units"].items():
        np.testing.assert_allclose(numbers["values"][name], 1 / (1 + np.exp(-(w * numbers["x"] + b))), atol=1e-6)
        assert np.interp(numbers["thresholds"][name], numbers["x"], numbers["values"][name]) == pytest.approx(0.5, abs=1e-6)
    np.testing.assert_array_equal(numbers["step"], numbers["x"] > 3)


def rule(labels, passes=6):
    """Rosenblatt's rule, in plain numbers."""
    w1 = w2 = b = 0
    mistakes, weights = [], []
    for _ in range(passes):
        wrong = 0
        for (x1, x2), y in zip(((0, 0), (0, 1), (1, 0), (1, 1)), labels, strict=True):
            error = y - (1 if w1 * x1 + w2 * x2 + b > 0 else 0)
            w1, w2, b, wrong = w1 + error * x1, w2 + error * x2, b + error, wrong + abs(error)
        mistakes.append(wrong)
        weights.append((w1, w2, b))
    return mistakes, weights


def test_the_perceptron_learns_two_gates_and_not_the_third():
    numbers = figures.draw("perceptron").numbers
    for gate, labels in neuron.GATES.items():
        assert (numbers["mistakes"][gate], numbers["weights"][gate]) == rule(labels)
    assert numbers["mistakes"]["AND"][-1] == numbers["mistakes"]["OR"][-1] == 0 < min(numbers["mistakes"]["XOR"])
    assert rule((0, 0, 0, 1)) != rule((0, 1, 1, 1)), "another gate learns other weights"


@pytest.mark.learn
def test_xor_becomes_separable():
    numbers = figures.draw("xor").numbers
    kernel, b, v, c = (w.astype(float) for w in numbers["weights"])
    h = np.tanh(neuron.CORNERS @ kernel + b)
    y = 1 / (1 + np.exp(-(h @ v + c)[:, 0]))
    np.testing.assert_allclose(numbers["hidden"], h, atol=1e-5)
    np.testing.assert_allclose(numbers["answers"], y, atol=1e-3)
    assert ((y > 0.5) == numbers["labels"]).all() and numbers["losses"][-1] < 0.01 < numbers["losses"][0]
    entropy = -np.log(np.where(numbers["labels"] == 1, y, 1 - y)).mean()
    assert numbers["losses"][-1] == pytest.approx(entropy, rel=0.05) and len(numbers["losses"]) == hidden.EPOCHS[-1]


@pytest.mark.learn
def test_wider_layers_bend_more():
    numbers = figures.draw("boundaries").numbers
    for name in ("moons", "spirals"):
        points, labels = numbers[name]["points"].astype(float), numbers[name]["labels"]
        shares = list(numbers[name]["accuracy"].values())
        for called, weights in numbers[name]["weights"].items():
            h = points
            for kernel, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
                h = np.tanh(h @ kernel + b)
            answer = (h @ weights[-2] + weights[-1])[:, 0] > 0
            assert numbers[name]["accuracy"][called] == pytest.approx((answer == labels).mean(), abs=0.01)
        assert shares[0] < 0.95 and shares[-1] > 0.98


def test_backpropagation_by_hand_is_that_of_autograd():
    numbers = figures.draw("backprop_by_hand").numbers
    given, after = numbers["start"], numbers["after"]
    names = ("w11", "w21", "b1", "w12", "w22", "b2", "v1", "v2", "c")
    w = {name: torch.tensor(given[name], dtype=torch.float64, requires_grad=True) for name in names}
    a1 = torch.sigmoid(w["w11"] * given["x1"] + w["w21"] * given["x2"] + w["b1"])
    a2 = torch.sigmoid(w["w12"] * given["x1"] + w["w22"] * given["x2"] + w["b2"])
    y = torch.sigmoid(w["v1"] * a1 + w["v2"] * a2 + w["c"])
    error = (y - given["t"]) ** 2 / 2
    error.backward()
    assert after["E"] == pytest.approx(error.item(), rel=1e-12)
    for name in names:
        gradient = w[name].grad
        assert gradient is not None and after[name] == pytest.approx(given[name] - given["lr"] * float(gradient), rel=1e-12), name
    assert after["v1"] != pytest.approx(given["v1"] + given["lr"] * (after["v1"] - given["v1"]) * -1), "uphill is told apart"
