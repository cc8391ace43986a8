"""The convolution family: against Keras with gradients, against the slide's loops where Keras has none, and broken on purpose."""

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L
from nabi.core.errors import ShapeError
from oracles import loops

EXACT = {"rtol": 0, "atol": 1e-12}
MAP, SEQUENCE = (6, 5, 3), (8, 4)

KERAS = {
    "DepthwiseConv2D": (MAP, [
        {"kernel_size": 3}, {"kernel_size": (3, 2), "strides": 2, "padding": "same", "depth_multiplier": 2, "activation": "tanh"},
        {"kernel_size": 2, "dilation_rate": 2, "padding": "same", "use_bias": False}, {"kernel_size": 2, "strides": 3}]),
    "DepthwiseConv1D": (SEQUENCE, [{"kernel_size": 3}, {"kernel_size": 2, "strides": 2, "padding": "same",
                                                        "depth_multiplier": 3}]),
    "SeparableConv2D": (MAP, [
        {"filters": 4, "kernel_size": 3}, {"filters": 2, "kernel_size": (2, 3), "strides": 2, "padding": "same",
                                           "depth_multiplier": 2, "activation": "relu"},
        {"filters": 4, "kernel_size": 2, "dilation_rate": (2, 1), "use_bias": False}]),
    "SeparableConv1D": (SEQUENCE, [{"filters": 3, "kernel_size": 3}, {"filters": 3, "kernel_size": 2, "strides": 2,
                                                                      "padding": "same", "depth_multiplier": 2}]),
    "Conv1D": (SEQUENCE, [
        {"filters": 3, "kernel_size": 3}, {"filters": 6, "kernel_size": 3, "padding": "same", "strides": 2, "groups": 2},
        {"filters": 3, "kernel_size": 3, "padding": "causal", "dilation_rate": 2, "activation": "sigmoid"},
        {"filters": 3, "kernel_size": 2, "padding": "causal", "strides": 3, "use_bias": False}]),
    "Conv2DTranspose": (MAP, [
        {"filters": 2, "kernel_size": 3}, {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"},
        {"filters": 2, "kernel_size": (4, 3), "strides": (2, 3), "padding": "same", "activation": "relu"},
        {"filters": 2, "kernel_size": 2, "strides": 3, "use_bias": False}, {"filters": 2, "kernel_size": 1, "strides": 4},
        {"filters": 2, "kernel_size": 2, "strides": 4, "padding": "same"},
        {"filters": 2, "kernel_size": 3, "strides": (2, 3), "output_padding": (1, 2)},
        {"filters": 2, "kernel_size": 4, "strides": 2, "padding": "same", "output_padding": 0},
        {"filters": 2, "kernel_size": (2, 5), "strides": 3, "padding": "same", "output_padding": (2, 1)},
        {"filters": 2, "kernel_size": 3, "dilation_rate": 2}, {"filters": 2, "kernel_size": 2, "dilation_rate": 3,
                                                               "padding": "same"}]),
    "Conv1DTranspose": (SEQUENCE, [{"filters": 2, "kernel_size": 5, "strides": 3, "padding": "same"},
                                   {"filters": 2, "kernel_size": 2, "strides": 3, "output_padding": 2}]),
}  # fmt: skip


def numbers(*shape, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def made(name, shape, options):
    """nabi's layer in float64, with a drawn value for each weight."""
    layer = getattr(L, name)(dtype="float64", **options)
    layer(nabi.Input(shape))
    layer.set_weights([numbers(*w.shape, seed=1 + i) for i, w in enumerate(layer.weights)])
    return layer


def differentiated(run, x, weights) -> list[np.ndarray]:
    """Output of a layer, and the gradients towards its input and weights of the output's sum with random factors."""
    y = run(x)
    factors = torch.from_numpy(numbers(*y.shape, seed=9))
    return [t.detach().numpy() for t in (y, *torch.autograd.grad((y * factors).sum(), [x, *weights]))]


@pytest.mark.parametrize("name", KERAS)
def test_like_keras(keras64, name):
    """Names and shapes of weights, output shapes, numbers, gradients."""
    shape, cases = KERAS[name]
    for options in cases:
        ours, theirs = made(name, shape, options), getattr(keras64.layers, name)(**options)
        theirs.build((None, *shape))
        assert [(w.name, w.shape) for w in ours.weights] == [(w.name, tuple(w.shape)) for w in theirs.weights]
        assert ours.compute_output_shape((None, *shape)) == tuple(theirs.compute_output_shape((None, *shape)))
        theirs.set_weights(ours.get_weights())
        x = torch.from_numpy(numbers(2, *shape)).requires_grad_()
        found = differentiated(ours, x, [w.value.requires_grad_() for w in ours.weights])
        wanted = differentiated(theirs, x, [w.value for w in theirs.weights])
        for a, b in zip(found, wanted, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-12 * max(np.abs(b).max(), 1), err_msg=f"{name} {options}")


def run(layer, x) -> np.ndarray:
    """Numbers of a call, whose shape is also what the layer promised."""
    y = layer(torch.from_numpy(x)).detach().numpy()
    assert y.shape == (len(x), *layer.compute_output_shape((None, *x.shape[1:]))[1:])
    return y


@pytest.mark.parametrize("options", [
    {"kernel_size": 3}, {"kernel_size": (2, 3), "strides": (1, 2)}, {"kernel_size": 3, "padding": "same"},
    {"kernel_size": (3, 2), "strides": 2, "padding": "same"}, {"kernel_size": 3, "strides": 2, "padding": 1},
])  # fmt: skip
def test_locally_connected_by_loops(options):
    x = numbers(2, *MAP)
    layer = made("LocallyConnected2D", MAP, {"filters": 4, **options})
    w, b = layer.get_weights()
    y = run(layer, x)
    assert w.shape == (y.shape[1] * y.shape[2], np.prod(layer.kernel_size) * 3, 4) and b.shape == y.shape[1:]
    wanted = loops.locally_connected(x, w, b, layer.kernel_size, layer.strides, layer.padding)
    np.testing.assert_allclose(y, wanted, **EXACT)
    if layer.padding == "same":
        wrong = loops.locally_connected(x, w[::-1], b, layer.kernel_size, layer.strides, "same")
        assert np.abs(wrong - y).max() > 1e-2, "weights of another place"


def test_locally_connected_with_the_same_weights_everywhere_is_a_convolution():
    local, conv = (made(name, MAP, {"filters": 4, "kernel_size": 3}) for name in ("LocallyConnected2D", "Conv2D"))
    w, b = conv.get_weights()
    local.set_weights([np.tile(w.reshape(1, -1, 4), (12, 1, 1)), np.tile(b, (4, 3, 1))])
    np.testing.assert_allclose(run(local, numbers(2, *MAP)), run(conv, numbers(2, *MAP)), **EXACT)


def test_locally_connected_is_made_for_one_size():
    layer = made("LocallyConnected2D", MAP, {"filters": 4, "kernel_size": 3})
    with pytest.raises(ShapeError, match=r"6 places on axis 1 as it was built with, got 7.*\(6,5,3\); this input is \(7,5,3\)"):
        layer(np.zeros((1, 7, 5, 3)))
    with pytest.raises(ShapeError, match="a known height and width, since each place has weights of its own"):
        L.LocallyConnected2D(2, 3)(nabi.Input((None, 5, 3)))


def test_zeros_by_number():
    """What Keras has not: padding=1, with strides and dilation, against the loops of a convolution in groups."""
    options = {"kernel_size": 3, "padding": 1, "strides": 2, "dilation_rate": (2, 1)}
    x = numbers(2, 7, 6, 3)
    depthwise = made("DepthwiseConv2D", (7, 6, 3), {"depth_multiplier": 2, **options})
    w, b = depthwise.get_weights()  # channel c's kernels make the outputs 2 c and 2 c + 1
    wanted = loops.conv2d(x, w.reshape(3, 3, 1, 6), b, (2, 2), 1, (2, 1), groups=3)
    np.testing.assert_allclose(run(depthwise, x), wanted, **EXACT)
    separable = made("SeparableConv2D", (7, 6, 3), {"filters": 4, "depth_multiplier": 2, **options})
    w, v, b = separable.get_weights()
    between = loops.conv2d(x, w.reshape(3, 3, 1, 6), None, (2, 2), 1, (2, 1), groups=3)
    np.testing.assert_allclose(run(separable, x), loops.conv2d(between, v, b), **EXACT)
    wrong = loops.conv2d(x, np.swapaxes(w, 2, 3).reshape(3, 3, 1, 6), None, (2, 2), 1, (2, 1), groups=3)
    assert np.abs(wrong - between).max() > 1e-2, "multipliers before channels"


def test_transposed_paints():
    """The loops' whole painting, and what "same" cuts of it; strides and dilation together, which Keras refuses."""
    x = numbers(2, 3, 4, 2)
    layer = made("Conv2DTranspose", (3, 4, 2), {"filters": 3, "kernel_size": (3, 2), "strides": (2, 3), "dilation_rate": (1, 2)})
    w, b = layer.get_weights()
    painting = loops.transposed(x, w, b, (2, 3), (1, 2))
    np.testing.assert_allclose(run(layer, x), painting, **EXACT)
    same = made("Conv2DTranspose", (3, 4, 2), {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"})
    w, b = same.get_weights()
    painting, y = loops.transposed(x, w, b, (2, 2)), run(same, x)
    np.testing.assert_allclose(y, painting[:, :-1, :-1], **EXACT)
    assert np.abs(y - painting[:, 1:, 1:]).max() > 1e-2, "cut at the other side, as torch's padding=1, output_padding=1 does"


def test_transposed_is_the_transpose():
    """<conv(x), y> = <x, transposed(y)> with one kernel."""
    conv = made("Conv2D", (7, 7, 2), {"filters": 3, "kernel_size": 3, "strides": 2, "use_bias": False})
    back = made("Conv2DTranspose", (3, 3, 3), {"filters": 2, "kernel_size": 3, "strides": 2, "use_bias": False})
    back.set_weights(conv.get_weights())
    x, y = numbers(1, 7, 7, 2), numbers(1, 3, 3, 3, seed=2)
    assert abs((run(conv, x) * y).sum() - (x * run(back, y)).sum()) < 1e-11


def test_causal_outputs_see_no_later_step():
    layer = made("Conv1D", SEQUENCE, {"filters": 3, "kernel_size": 3, "padding": "causal", "dilation_rate": 2})
    x, changed = numbers(1, *SEQUENCE), numbers(1, *SEQUENCE)
    changed[:, 5] += 1
    difference = np.abs(run(layer, changed) - run(layer, x)).max(-1)[0]
    assert difference[:5].max() == 0 and difference[5] > 1e-3 and difference[6] == 0 and difference[7] > 1e-3


def test_a_broken_formula_is_far_outside_the_tolerance(monkeypatch):
    from nabi.layers import depthwise, transposed

    x = numbers(2, *MAP)
    layers = {"SeparableConv2D": {"filters": 4, "kernel_size": 3, "depth_multiplier": 2},
              "Conv2DTranspose": {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"}}
    right = {name: run(made(name, MAP, options), x) for name, options in layers.items()}
    monkeypatch.setattr(depthwise, "one_by_one", lambda w: w.movedim(-1, 0).movedim(-1, 1).flatten(0, 1).unsqueeze(1))
    monkeypatch.setattr(transposed, "cut", lambda K, S, padding, p: (1, 0))
    for name, options in layers.items():
        assert np.abs(run(made(name, MAP, options), x) - right[name]).max() > 1e-2, name
