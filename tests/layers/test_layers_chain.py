"""Shape errors as a student meets them: where, expected, got, remedy; remedies are taken at their word, smallest inputs tried."""

import re

import numpy as np
import pytest

import nabi
from nabi.core.errors import ArgumentError, ShapeError
from nabi.layers import (
    Add,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    Subtract,
)

Input, Sequential = nabi.Input, nabi.Sequential


def message(function, kind=ShapeError) -> str:
    with pytest.raises(kind) as caught:
        function()
    text = str(caught.value)
    assert type(caught.value) is kind and "\n" not in text and text.endswith(".") and len(text) < 600, text
    assert not re.search(r"\bNone\b|<[A-Z]", re.sub(r"x\[.*?\]", "", text)), text
    return text


# The smallest input ----------------------------------------------------------------------------------------------------------


def blocks(count):
    return lambda: [layer for number in range(count) for layer in (Conv2D(2, 3, name=f"conv{number + 1}"),
                                                                   MaxPooling2D(2, name=f"pool{number + 1}"))]


def residual(x):
    y = Conv2D(2, 3, strides=2, padding="same")(x)
    y = Add()([Conv2D(2, 3)(y), Conv2D(2, 3)(y)])
    return MaxPooling2D(4)(y)


def uneven(x):
    """Two ways that meet for even sizes only: a larger picture need not fit."""
    return MaxPooling2D(7)(Add()([Conv2D(3, 2, strides=2)(x), AveragePooling2D(2, padding="same")(x)]))


@pytest.mark.parametrize(
    "layers, side",
    [
        (blocks(3), 22),
        (blocks(4), 46),
        (lambda: [Conv2D(2, 3, dilation_rate=4), Conv2D(2, 5, strides=3), AveragePooling2D(3, strides=1)], 19),
        (lambda: [Conv2D(2, 7, padding=1), MaxPooling2D(3, strides=2, padding="same"), Conv2D(2, 3)], 9),
        (lambda: [Sequential([Conv2D(2, 3), MaxPooling2D(2)]), Sequential([Conv2D(2, 5)])], 12),
    ],
)
def test_the_smallest_input_builds_and_one_less_does_not(layers, side):
    """The chain is known as a whole, so the first layer that fails names what all of them need."""
    said = message(lambda: Sequential([Input((3, 2, 3)), *layers()]))
    assert re.search(rf"does not fit[^;]*; smallest input for this network is {side}x{side}\.", said), said
    Sequential([Input((side, side, 3)), *layers()])
    assert f"is {side}x{side}" in message(lambda: Sequential([Input((side - 1, side - 1, 3)), *layers()]))


@pytest.mark.parametrize("branches, small, side", [(residual, 6, 11), (uneven, 8, 14)])
def test_the_smallest_input_of_branches(branches, small, side):
    said = message(lambda: branches(Input((small, small, 3))))
    assert f"smallest input for the layers so far is {side}x{side}." in said
    branches(Input((side, side, 3)))
    message(lambda: branches(Input((side - 1, side - 1, 3))))


def test_thirty():
    """28x28 pictures in a network that needs 30x30."""
    def layers():
        return [Conv2D(4, 3, name="c1"), MaxPooling2D(2, name="p1"), Conv2D(4, 3, name="c2"), MaxPooling2D(2, name="p2"),
                Conv2D(4, 3, name="c3"), MaxPooling2D(2, name="p3"), MaxPooling2D(2, name="p4", strides=1)]

    text = message(lambda: Sequential([Input((28, 28, 1)), *layers()]))
    assert text.startswith("MaxPooling2D 'p4' (1,1,4): window 2x2 does not fit; smallest input for this network is 30x30. ")
    assert "Shapes so far: c1 (28,28,1)->(26,26,4), p1 (26,26,4)->(13,13,4), " in text and "p3 (3,3,4)->(1,1,4)." in text
    Sequential([Input((30, 30, 1)), *layers()])
    message(lambda: Sequential([Input((29, 29, 1)), *layers()]))
    later = Sequential(layers())
    assert "network is 30x30" in message(lambda: later.build((None, 7, 7, 1)))  # where the first pooling fails already
    later.build((None, 30, 30, 1))


def test_long_chains_keep_their_ends():
    text = message(lambda: Sequential([Input((30, 30, 1)), *(Conv2D(1, 3, name=f"c{i}") for i in range(15))]))
    assert "c0 (30,30,1)->(28,28,1), c1" in text and ", ..., c10 " in text and "c13 (4,4,1)->(2,2,1)." in text
    assert "c5" not in text


def test_deep_networks_are_drawn_without_recursion():
    x = Input((2100, 3, 1))
    for _ in range(1040):
        x = Conv2D(1, (3, 1))(x)
    assert "does not fit" in message(lambda: Conv2D(1, 30)(x))


# Wrong ranks and sizes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layers, said",
    [
        (lambda: [Input((28, 28)), Conv2D(3, 3, name="conv")], ["Conv2D 'conv': expected 4 axes", "(28,28)", "x[..., None]"]),
        (lambda: [Input((28, 28, 1)), Flatten(), Conv2D(3, 3)], ["got 2: (784)", "Put it before Flatten()", "->(784)"]),
        (lambda: [Input((8,)), GlobalAveragePooling2D()], ["expected 4 axes", "(8)"]),
        (lambda: [Input((8, 8, 3)), Conv2D(4, 3, groups=2)], ["that 2 groups divide", "3 channels and 4 filters"]),
        (lambda: [Input((8, 8, None)), Conv2D(4, 3)], ["a known number of channels", "(None, None, 3)"]),
        (lambda: [Input((None, None, 3)), Flatten(), Dense(4)], ["no fixed size", "GlobalAveragePooling2D()"]),
        (lambda: [Input((None, 3)), BatchNormalization(axis=1)], ["an axis of known length", "axis=-1"]),
        (lambda: [Input((8, 8, 3)), BatchNormalization(axis=4)], ["got axis=4"]),
    ],
)
def test_layers_that_do_not_fit_on_each_other(layers, said):
    with pytest.raises(ShapeError) as caught:
        Sequential(layers())
    assert all(part in str(caught.value) for part in said), str(caught.value)


def test_branches_that_do_not_fit():
    x = Input((8, 8, 3), name="picture")
    small, other = Conv2D(3, 3, name="small")(x), Conv2D(5, 1, name="other")(x)
    text = message(lambda: Add(name="sum")([x, small]))
    assert text.startswith("Add 'sum': expected inputs of one shape, (8,8,3), got (6,6,3). padding='same' keeps")
    assert "It reads picture (8,8,3) and small (6,6,3)." in text
    assert "Conv2D(3, 1)" in message(lambda: Add()([x, other]))
    assert "inputs like (8,8,3) in all axes but -1, got (6,6,3). padding='same'" in message(lambda: Concatenate()([x, small]))
    assert "makes vectors of both" in message(lambda: Add()([x, Flatten()(x)]))
    assert "makes vectors of both" in message(lambda: Concatenate()([Flatten()(x), x]))
    assert "a list of inputs, got one input that is not in a list. Write Add(...)([x, y])." in message(lambda: Add()(x))
    assert "a list of exactly 2 inputs, got 3" in message(lambda: Subtract()([x, x, x]))
    assert "at least one input, got an empty one" in message(lambda: Concatenate()([]))
    assert "as many samples in each input, got 2 and 3" in message(lambda: Add()([np.zeros((2, 4)), np.zeros((3, 4))]))
    assert Add()([x]).shape == x.shape
    assert "got axis=5" in message(lambda: Concatenate(axis=5)([x, x]))
    assert "Concatenate() or Add() joins several" in message(lambda: Dense(2)([x, x]))
    assert "Dense(4) brings" in message(lambda: Add()([Input((4,)), Input((5,))]))
    assert Concatenate()([x, other]).shape == (None, 8, 8, 8)


def test_a_shared_layer_met_with_another_shape():
    layer = Conv2D(3, 3, name="shared")
    layer(Input((8, 8, 1)))
    text = message(lambda: layer(Input((8, 8, 3))))
    assert "expected 1 channels or features as it was built with, got 3" in text and "(8,8,1)" in text


def test_nested_models_draw_both_chains():
    inner = Sequential([Conv2D(2, 3, name="in1"), MaxPooling2D(4, name="in2")], name="inner")
    text = message(lambda: Sequential([Input((7, 7, 1)), Conv2D(2, 3, name="out1"), inner]))
    assert text.startswith("MaxPooling2D 'in2' (3,3,2): window 4x4 does not fit; smallest input for this network is 8x8.")
    assert text.count("Shapes so far") == 1 and "out1 (7,7,1)->(5,5,2), in1 (5,5,2)->(3,3,2)." in text
    fixed = Sequential([Input((8, 8, 1), name="eight"), Conv2D(2, 3)], name="fixed")
    text = message(lambda: fixed(Input((9, 9, 1))))
    assert "Model 'fixed', input 'eight': expected samples of shape (8, 8, 1), got (9, 9, 1). Bring the pictures to 8x8" in text


# Data ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape, said",
    [
        ((4, 28, 28), "x[..., None]"),
        ((28, 28, 1), "x[None]"),
        ((28, 28), "x[None, ..., None]"),
        ((4, 1, 28, 28), "x.transpose(0, 2, 3, 1)"),
        ((4, 784), "x.reshape(len(x), 28, 28, 1)"),
        ((4, 28, 28, 3), "x.mean(-1, keepdims=True)"),
        ((4, 32, 32, 1), "Bring the pictures to 28x28"),
    ],
)
def test_data_of_another_shape(shape, said):
    """Each remedy, taken at its word, gives data that run."""
    model = Sequential([Input((28, 28, 1)), Flatten(), Dense(3)])
    model.compile("sgd", "mse")
    x = np.zeros(shape, "float32")
    for call in (lambda: model(x), lambda: model.predict(x, verbose=0), lambda: model.fit(x, np.zeros((len(x), 3)), verbose=0)):
        text = message(call)
        assert said in text and "expected samples of shape (28, 28, 1), got" in text
    repaired = {"x[..., None]": lambda: x[..., None], "x[None]": lambda: x[None],
                "x[None, ..., None]": lambda: x[None, ..., None],
                "x.transpose(0, 2, 3, 1)": lambda: x.transpose(0, 2, 3, 1),
                "x.mean(-1, keepdims=True)": lambda: x.mean(-1, keepdims=True),
                "x.reshape(len(x), 28, 28, 1)": lambda: x.reshape(len(x), 28, 28, 1)}
    if said in repaired:
        assert model.predict(repaired[said](), verbose=0).shape[1] == 3


def test_vectors_and_colours():
    vector, colour = Sequential([Input((784,)), Dense(3)]), Sequential([Input((8, 8, 3)), Conv2D(1, 3)])
    assert "x.reshape(len(x), 784)" in message(lambda: vector(np.zeros((2, 28, 28))))
    assert "x[None]" in message(lambda: vector(np.zeros(784)))
    assert "x.repeat(3, axis=-1)" in message(lambda: colour(np.zeros((2, 8, 8, 1))))
    assert "x[None]" in message(lambda: Conv2D(2, 3)(np.zeros((28, 28, 3))))
    assert "x[..., None]" in message(lambda: Conv2D(2, 3)(np.zeros((4, 28, 28))))


def test_a_wrong_first_input_leaves_nothing_behind():
    """A model that is built at its first data refuses wrong ones and takes the right ones next."""
    for shape, said in (((4, 1, 12, 12), "If the channels come first in your data"), ((4, 3, 3, 1), "smallest input"),
                        ((4, 9), "axes")):
        wrong = np.zeros(shape)
        inner = Sequential([Conv2D(3, 3), MaxPooling2D(2)])
        model = Sequential([Conv2D(2, 3), inner, Flatten(), Dense(3)])
        model.compile("sgd", "mse")
        assert said in message(lambda x=wrong, model=model: model.fit(x, np.zeros((4, 3)), verbose=0))
        assert model.graph is None and model.weights == [] and all(not layer.nodes for layer in model.layers)
        assert len(model.fit(np.random.rand(4, 12, 12, 1), np.zeros((4, 3)), verbose=0).history["loss"]) == 1
        assert model.inputs[0].shape == (None, 12, 12, 1)


def test_sizes_left_open_are_no_obstacle():
    with pytest.raises(ShapeError, match="a known number of channels"):
        Sequential([Input((1, None, None)), Conv2D(2, 3, padding="same")])
    assert "window 2x2 does not fit" in message(lambda: Sequential([Input((1, None, None)), MaxPooling2D(2)]))
    text = message(lambda: Sequential([Input((3, None, 4)), Conv2D(2, 5)]))
    assert "window 5x5 does not fit; smallest input for this network is 5x5" in text


def test_layers_that_were_built_before_keep_their_weights():
    first = Conv2D(2, 3)
    first(Input((6, 6, 1)))
    kernel = first.get_weights()[0]
    model = Sequential([first, MaxPooling2D(4)])
    message(lambda: model.build((None, 4, 4, 1)))
    assert first.built and np.array_equal(first.get_weights()[0], kernel) and len(first.nodes) == 1
    model.build((None, 6, 6, 1))
    assert np.array_equal(first.get_weights()[0], kernel)


def test_add_after_a_failed_add():
    model = Sequential([Input((5, 5, 3)), Conv2D(4, 3), MaxPooling2D(2)])
    message(lambda: model.add(Conv2D(4, 3)))
    model.add(Conv2D(7, 1))
    assert model.output.shape == (None, 1, 1, 7) and len(model.layers) == 3


# Arguments -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make, said",
    [
        (lambda: Conv2D(-1, 3), "Conv2D(filters): expected a whole number above 0, got -1"),
        (lambda: Conv2D(1, 0), "Conv2D(kernel_size): expected a whole number above 0 or 2 of them, got 0"),
        (lambda: Conv2D(1, (3, 3, 3)), "2 of them, got (3, 3, 3)"),
        (lambda: Conv2D(1, 3.0), "got 3.0"),
        (lambda: Conv2D(1, "3"), "got '3'"),
        (lambda: Conv2D(True, 3), "got True"),
        (lambda: Conv2D(1, 3, strides=0), "Conv2D(strides)"),
        (lambda: Conv2D(1, 3, padding="full"), "'valid', 'same' or a number of zeros, got 'full'"),
        (lambda: Conv2D(1, 3, padding=True), "got True"),
        (lambda: Conv2D(1, 3, padding=-1), "got -1"),
        (lambda: Conv2D(1, 3, data_format="channels_first"), "x.transpose(0, 2, 3, 1)"),
        (lambda: Dense(2.5), "Dense(units): expected a whole number above 0, got 2.5"),
        (lambda: Dense(3, activaton="relu"), "Did you mean 'activation'?"),
        (lambda: nabi.layers.Dropout(30), "0.3 switches 30 % of the units off"),
        (lambda: MaxPooling2D((2, 0)), "MaxPooling2D(pool_size)"),
        (lambda: Input((-3, 4)), "whole numbers above 0"),
        (lambda: Input((28.0, 28, 1)), "whole numbers above 0"),
    ],
)
def test_arguments_that_cannot_be_meant(make, said):
    with pytest.raises(ArgumentError) as caught:
        make()
    assert said in str(caught.value)


def test_numpy_integers_are_whole_numbers():
    layer = Conv2D(np.int64(3), (np.int32(3), 3), strides=np.int64(2), padding=np.int64(1))
    assert layer.get_config()["kernel_size"] == [3, 3] and type(layer.kernel_size[0]) is int and type(layer.padding) is int
    assert layer(Input((np.int64(8), 8, 1))).shape == (None, 4, 4, 3)
