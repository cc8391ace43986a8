"""Models from scratch: gradients by hand against finite differences and nabi's twins; the perceptron's rule and its limit."""

import numpy as np
import pytest

import nabi
from nabi import zoo
from nabi.core.errors import ArgumentError

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(7, 5)), RNG.integers(0, 3, 7)


def two_layer():
    """A net whose weights are all away from zero."""
    net = zoo.TwoLayerNet(5, 4, 3, seed=2)
    net.b1 += 0.3
    net.b2 -= 0.2
    return net


def regression():
    """A regression whose weights are all away from zero."""
    model = zoo.SoftmaxRegression(5, 3)
    model.W += RNG.normal(size=(5, 3))
    model.b += RNG.normal(size=3)
    return model


CASES = {"softmax_regression": (regression, ("W", "b")), "two_layer": (two_layer, ("W1", "b1", "W2", "b2"))}


@pytest.mark.parametrize("name", CASES)
def test_gradients_by_hand_are_differences_of_the_loss(name):
    make, weights = CASES[name]
    model, h = make(), 1e-6
    for weight, gradient in zip(weights, model.backward(X, Y), strict=True):
        array = getattr(model, weight)
        for place in np.ndindex(array.shape):
            value = array[place]
            array[place] = value + h
            above = model.loss(X, Y)
            array[place] = value - h
            slope = (above - model.loss(X, Y)) / (2 * h)
            array[place] = value
            assert gradient[place] == pytest.approx(slope, abs=1e-8), (weight, place)
            assert abs(2 * gradient[place] - slope) > 1e-8 or abs(slope) < 1e-8  # a forgotten 1/2 would be seen


@pytest.mark.parametrize("name", CASES)
def test_the_twin_takes_the_same_steps(name, monkeypatch):
    """Three steps of SGD from the same weights: the same losses and weights in float64."""
    monkeypatch.setattr(nabi.config, "floatx", "float64")
    make, weights = CASES[name]
    model = make()
    twin = zoo.build(name, input_shape=(5,), classes=3, **({"units": 4} if name == "two_layer" else {}))
    twin.set_weights([getattr(model, weight) for weight in weights])
    twin.compile(nabi.optimizers.SGD(0.5), "sparse_categorical_crossentropy", precision="float64")
    for _ in range(3):
        assert twin.train_on_batch(X, Y) == pytest.approx(model.step(X, Y, 0.5), abs=1e-12)
    assert np.allclose(twin.predict(X, verbose=0), model.forward(X), atol=1e-12)
    for weight, theirs in zip(weights, twin.get_weights(), strict=True):
        assert np.allclose(getattr(model, weight), theirs, atol=1e-12)


def test_the_rule_parts_what_a_line_can_part_and_never_xor():
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (200, 2))
    above = points @ [1.0, -2.0] + 0.1
    points, labels = points[abs(above) > 0.1], (above > 0)[abs(above) > 0.1].astype(int)
    unit = zoo.Perceptron()
    assert unit.fit(points, labels, epochs=500)[-1] == 0 and np.array_equal(unit.answer(points), labels)
    assert sum(zoo.Perceptron().fit(points, labels, 500)) <= 2 * 2 / (0.1 / np.sqrt(5)) ** 2  # Novikoff: (R / margin)^2
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    wrong = min((zoo.Perceptron([a, b], c).answer(corners) != [0, 1, 1, 0]).sum() for a in range(-3, 4) for b in range(-3, 4)
                for c in np.arange(-3, 3.5, 0.5))
    assert wrong == 1  # no line does better than three of four
    assert min(zoo.Perceptron(rate=0.1).fit(corners, [0, 1, 1, 0], epochs=300)) > 0


def test_the_units_network_answers_like_it():
    unit = zoo.Perceptron([1.5, -2.0, 0.5], 0.25)
    points = np.random.default_rng(1).normal(size=(50, 3))
    assert np.array_equal(unit.network().predict(points, verbose=0)[:, 0], unit.answer(points))
    assert zoo.build("perceptron", input_shape=(28, 28, 1), classes=10).output_shape == (None, 10)
    with pytest.raises(ArgumentError, match="Call fit first"):
        zoo.Perceptron().network()


def test_pictures_of_digits():
    """Digits that look alike are near each other: 8 is nearer to 3 than to 1; any two differ in six pixels or more."""
    from nabi.zoo.digits import bitmaps

    codes = bitmaps().reshape(10, 84)
    assert set(np.unique(codes)) == {-1, 1}
    apart = (codes[:, None] != codes[None]).sum(-1)
    assert apart[8, 3] < apart[8, 1] and apart[~np.eye(10, dtype=bool)].min() >= 6
    model = zoo.build("lenet5_1998")
    fixed = model.get_layer("classes")
    assert np.array_equal(fixed.get_weights()[0].T, codes) and not fixed.trainable_weights
    x = np.random.default_rng(0).normal(size=(3, 84))
    distance = ((x[:, None] - codes) ** 2).sum(-1)  # the paper's y
    shares = np.exp(-(distance - distance.min(1, keepdims=True)) / 2)
    assert np.allclose(fixed(x.astype(np.float32)), shares / shares.sum(1, keepdims=True), atol=1e-5)
