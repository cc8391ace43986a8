"""Layers against the slide's loops in float64: convolution, pooling, batch normalisation with all options, shapes and numbers."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import nabi
from nabi.layers import AveragePooling2D, BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, L2Pooling2D, MaxPooling2D
from oracles import loops

EXACT = {"rtol": 0, "atol": 1e-12}
KINDS = {"max": MaxPooling2D, "average": AveragePooling2D, "l2": L2Pooling2D}


def numbers(*shape, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def filled(layer, shape, seed=1):
    """The layer in float64 with weights drawn for it; counted variances are positive."""
    layer(nabi.Input(shape))
    layer.set_weights([np.abs(numbers(*w.shape, seed=seed + i)) if "variance" in w.name else numbers(*w.shape, seed=seed + i)
                       for i, w in enumerate(layer.weights)])
    return layer


def run(layer, x, training=False) -> np.ndarray:
    """Numbers of a call, whose shape is also what the layer promised."""
    y = layer(torch.from_numpy(x), training=training).numpy()
    assert y.shape == (len(x), *layer.compute_output_shape((None, *x.shape[1:]))[1:])
    return y


@pytest.mark.parametrize(
    "options",
    [
        {"kernel_size": 1},
        {"kernel_size": (2, 3), "use_bias": False},
        {"kernel_size": 3, "strides": (2, 3)},
        {"kernel_size": 3, "padding": "same"},
        {"kernel_size": (4, 2), "padding": "same", "strides": 2},
        {"kernel_size": 3, "padding": "same", "strides": (3, 2)},
        {"kernel_size": 1, "padding": "same", "strides": 3},
        {"kernel_size": 3, "padding": 2},
        {"kernel_size": (3, 2), "padding": 1, "strides": 2},
        {"kernel_size": 3, "dilation_rate": 2},
        {"kernel_size": (2, 3), "dilation_rate": (3, 1), "padding": "same"},
        {"kernel_size": 2, "dilation_rate": 2, "strides": 2, "padding": 1},
        {"kernel_size": 3, "groups": 2},
        {"kernel_size": 2, "groups": 4, "padding": "same", "strides": 2, "use_bias": False},
    ],
)
def test_convolution(options):
    x = numbers(2, 8, 7, 4)
    layer = filled(Conv2D(8, dtype="float64", **options), (8, 7, 4))
    w, *b = layer.get_weights()
    expected = loops.conv2d(x, w, b[0] if b else None, layer.strides, layer.padding, layer.dilation_rate, layer.groups)
    np.testing.assert_allclose(run(layer, x), expected, **EXACT)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_convolution_of_any_shape(data):
    """Whatever fits gives the loops' numbers; whatever does not is refused, in shapes as in numbers."""
    def draw(low, high):
        return data.draw(st.integers(low, high))

    kernel, strides, dilation = (draw(1, 3), draw(1, 3)), (draw(1, 3), draw(1, 3)), (draw(1, 2), draw(1, 2))
    padding, groups = data.draw(st.sampled_from(["valid", "same", 0, 1, 2])), draw(1, 2)
    x = numbers(1, draw(1, 7), draw(1, 7), 2 * groups)
    layer = Conv2D(groups, kernel, strides, padding, dilation_rate=dilation, groups=groups, dtype="float64")
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    zeros = 0 if padding == "valid" else padding
    if padding != "same" and any(n + 2 * zeros < span for n, span in zip(x.shape[1:3], spans, strict=True)):
        with pytest.raises(nabi.core.errors.ShapeError, match="does not fit"):
            layer(nabi.Input(x.shape[1:]))
        return
    w, b = filled(layer, x.shape[1:]).get_weights()
    np.testing.assert_allclose(run(layer, x), loops.conv2d(x, w, b, strides, padding or "valid", dilation, groups), **EXACT)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"pool_size": (2, 3)},
        {"pool_size": 3, "strides": 2},
        {"pool_size": (3, 2), "strides": (1, 2)},
        {"padding": "same"},
        {"pool_size": 3, "strides": 1, "padding": "same"},
        {"pool_size": (2, 3), "strides": 2, "padding": "same"},
        {"pool_size": 3, "strides": 2, "padding": 1},
    ],
)
def test_pooling(kind, options):
    x = numbers(2, 7, 8, 3)
    layer = KINDS[kind](**options)
    np.testing.assert_allclose(run(layer, x), loops.pool2d(x, layer.window, layer.strides, layer.padding, kind), **EXACT)


def test_padding_never_wins_a_maximum_and_never_counts_in_a_mean():
    x = -1 - np.abs(numbers(1, 3, 3, 1))
    assert run(MaxPooling2D(2, padding="same"), x).max() < 0
    assert run(AveragePooling2D(2, padding="same"), x).max() < -1


def test_global_average():
    x = numbers(2, 5, 6, 3)
    whole = loops.pool2d(x, (5, 6), kind="average")
    np.testing.assert_allclose(run(GlobalAveragePooling2D(), x), whole[:, 0, 0], **EXACT)
    np.testing.assert_allclose(run(GlobalAveragePooling2D(keepdims=True), x), whole, **EXACT)


@pytest.mark.parametrize("shape", [(4, 3, 5, 2), (6, 3), (3, 4, 2)])
@pytest.mark.parametrize("options", [{}, {"momentum": 0.8, "epsilon": 1e-5}, {"center": False}, {"scale": False}])
def test_batch_normalisation(shape, options):
    x = 3 * numbers(*shape) + 1
    layer = filled(BatchNormalization(dtype="float64", **options), shape[1:])
    given = {w.name: w.numpy() for w in layer.weights}
    for training in (False, True):
        y, mean, variance = loops.batch_norm(
            x, given.get("gamma", np.ones(shape[-1])), given.get("beta", np.zeros(shape[-1])), given["moving_mean"],
            given["moving_variance"], layer.momentum, layer.epsilon, training)
        np.testing.assert_allclose(run(layer, x, training), y, **EXACT)
    np.testing.assert_allclose(layer.moving_mean.numpy(), mean, **EXACT)
    np.testing.assert_allclose(layer.moving_variance.numpy(), variance, **EXACT)


def test_batch_normalisation_of_another_axis():
    x = numbers(4, 3, 5, 2)
    turned, plain = BatchNormalization(axis=1, dtype="float64"), BatchNormalization(dtype="float64")
    np.testing.assert_allclose(run(turned, x, True), run(plain, x.swapaxes(1, 3), True).swapaxes(1, 3), **EXACT)


def test_frozen_batch_normalisation_runs_in_inference_mode():
    x = torch.from_numpy(numbers(6, 3) * 5)
    layer = BatchNormalization(dtype="float64")
    model = nabi.Sequential([nabi.Input((3,)), layer])
    layer.trainable = False
    assert torch.equal(model(x, training=True), model(x, training=False))
    assert layer.moving_mean.abs().max() == 0
    layer.trainable = True
    assert not torch.allclose(model(x, training=True), model(x, training=False))


def test_dense():
    x = numbers(2, 3, 4)
    layer = filled(Dense(5, dtype="float64"), (3, 4))
    np.testing.assert_allclose(run(layer, x), loops.dense(x, *layer.get_weights()), **EXACT)


# Broken on purpose -----------------------------------------------------------------------------------------------------------


def test_broken_formulas_are_far_outside_the_tolerance():
    x = numbers(2, 8, 7, 4)
    layer = filled(Conv2D(8, 3, strides=2, padding="same", dtype="float64"), (8, 7, 4))
    w, b = layer.get_weights()
    y = run(layer, x)
    broken = [loops.conv2d(x, w[::-1, ::-1], b, (2, 2), "same"), loops.conv2d(x, w, b, (2, 2), 1),
              loops.conv2d(x, w, None, (2, 2), "same")]
    for wrong in broken:  # flipped, zeros on the other side (as torch pads), no bias
        assert wrong.shape != y.shape or np.abs(wrong - y).max() > 1e-2
    pooled = run(AveragePooling2D(3, strides=1, padding="same"), x)
    with_zeros = loops.pool2d(np.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)]), (3, 3), (1, 1), kind="average")
    assert np.abs(pooled - with_zeros).max() > 1e-2
    normal = filled(BatchNormalization(dtype="float64"), (4,))
    x = numbers(6, 4)
    before = {w.name: w.numpy() for w in normal.weights}
    y = run(normal, x, True)
    for change in ({"epsilon": 1e-5}, {"epsilon": 0.0}):
        wrong, _, _ = loops.batch_norm(x, *before.values(), training=True, **change)
        assert np.abs(wrong - y).max() > 1e-5
    unbiased = 0.99 * before["moving_variance"] + 0.01 * x.var(0, ddof=1)
    assert np.abs(unbiased - normal.moving_variance.numpy()).max() > 1e-5
