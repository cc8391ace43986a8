"""Altered networks: the same numbers as those of networks written out by hand with the same weights."""

import numpy as np
import pytest

import nabi
from nabi import zoo
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.random import set_seed
from nabi.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    L2Pooling2D,
    MaxPooling2D,
)
from nabi.zoo.altering import NAMES, altered
from nabi.zoo.parts import weightless

X = np.random.default_rng(0).random((3, 12, 12, 1), dtype=np.float32)


def plain():
    return zoo.build("lecture-cnn", input_shape=(12, 12, 1), classes=4, width=0.125)


def by_hand(activation="relu", pool=MaxPooling2D, kernel=3, padding="valid", norm=False):
    """The lecture CNN, an eighth as wide, layer by layer."""

    def layer(make):
        return [make(None, False), BatchNormalization(), Activation(activation)] if norm else [make(activation, True)]

    return nabi.Sequential([
        Input((12, 12, 1)), *layer(lambda a, bias: Conv2D(4, kernel, activation=a, use_bias=bias, padding=padding)),
        *layer(lambda a, bias: Conv2D(8, kernel, activation=a, use_bias=bias, padding=padding)), pool(2), Flatten(),
        *layer(lambda a, bias: Dense(16, activation=a, use_bias=bias)), Dense(4, activation="softmax")])


def answers(model, weights):
    model.set_weights(weights)
    return model.predict(X, verbose=0)


@pytest.mark.parametrize("change, hand", [
    ({"activation": "sigmoid"}, {"activation": "sigmoid"}), ({"pool": "average"}, {"pool": AveragePooling2D}),
    ({"pool": "l2"}, {"pool": L2Pooling2D}), ({"kernel_size": 2, "padding": "same"}, {"kernel": 2, "padding": "same"}),
    ({"batch_norm": True, "activation": "tanh"}, {"norm": True, "activation": "tanh"}), ({"dropout": 0}, {}),
], ids=lambda entry: " ".join(entry) or "plain")
def test_a_changed_chain_is_the_one_written_by_hand(change, hand):
    wanted = by_hand(**hand)
    made = altered(plain(), **change)
    generator = np.random.default_rng(1)
    weights = [np.abs(generator.normal(0, 0.2, w.shape)).astype(np.float32) - 0.1 for w in wanted.get_weights()]
    assert [w.shape for w in made.get_weights()] == [w.shape for w in weights]
    np.testing.assert_array_equal(answers(made, weights), answers(wanted, weights))
    if hand not in ({}, {"norm": True, "activation": "tanh"}) and [w.shape for w in plain().get_weights()] == [
            w.shape for w in weights]:
        assert np.abs(answers(plain(), weights) - answers(wanted, weights)).max() > 1e-4, "the unchanged one differs"


def test_a_changed_graph_reads_as_before():
    """A residual network: twins of all layers, wired as they were; and the term that weight decay adds to the loss."""
    model = zoo.build("resnet20", input_shape=(12, 12, 1), classes=4, width=0.25)
    twin = altered(model, l2=0.01, dropout=0.5)
    twin.set_weights(model.get_weights())
    np.testing.assert_array_equal(twin.predict(X, verbose=0), model.predict(X, verbose=0))
    kernels = [w for layer in model.layers if isinstance(layer, (Conv2D, Dense)) for w in layer.get_weights()[:1]]
    wanted = 0.01 * sum(float((k.astype(np.float64) ** 2).sum()) for k in kernels)
    y = np.array([0, 1, 2])
    losses = []
    for one in (model, twin):
        one.compile("sgd", "sparse_categorical_crossentropy")
        losses.append(one.evaluate(X, y, verbose=0))
    assert losses[1] - losses[0] == pytest.approx(wanted, rel=1e-4)
    assert [layer.rate for layer in twin.layers if isinstance(layer, Dropout)] == [0.5]
    tanh = altered(model, activation="tanh")
    tanh.set_weights(model.get_weights())
    assert np.abs(tanh.predict(X, verbose=0) - model.predict(X, verbose=0)).max() > 1e-3
    bare = altered(model, batch_norm=False)
    norms = [layer for layer in model.layers if isinstance(layer, BatchNormalization)]
    assert not any(isinstance(layer, BatchNormalization) for layer in bare.layers)
    ones = sum(layer.get_weights()[0].size for layer in norms)
    assert bare.count_params() == model.count_params() - 3 * ones, "beta became a bias"
    assert altered(model, batch_norm=True).count_params() == model.count_params()


def test_first_weights():
    drawn = []
    for change in ({}, {"initial_scale": 10.0}, {"initializer": "zeros"}):
        set_seed(3)
        with weightless():
            shapes = plain()
        drawn.append(altered(shapes, **change).get_weights())
    for k, (first, scaled, zero) in enumerate(zip(*drawn, strict=True)):
        np.testing.assert_allclose(scaled, first * (10 if first.ndim > 1 and k < len(drawn[0]) - 2 else 1), rtol=1e-6)
        assert not zero.any()


@pytest.mark.parametrize("change, says", [
    ({"activaton": "relu"}, "Did you mean 'activation'"), ({"pool": "maximum"}, "one of max, average, l2"),
    ({"batch_norm": "yes"}, "batch_norm"), ({"dropout": 1.5}, "rate"), ({"initial_scale": 0}, "above 0"),
    ({"kernel_size": 0}, "from 1"), ({"activation": "rellu"}, "Did you mean 'relu'"), ({"l2": -1}, "from 0"),
])
def test_bad_changes(change, says):
    with pytest.raises((ArgumentError, ValueError), match=says):
        altered(plain(), **change)


def test_a_network_without_such_a_layer():
    with pytest.raises(ArgumentError, match="a network with a layer that has it, got 'lecture_dense'"):
        altered(zoo.build("lecture-dense"), pool="max")
    with pytest.raises(ShapeError):
        altered(zoo.build("resnet20"), padding="valid")
    assert set(NAMES) >= {"activation", "initializer", "batch_norm", "dropout", "padding", "pool"}
