"""Layers without weights that pool, pad, crop, enlarge and rearrange: against Keras with gradients, and open sizes."""

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L

MAP, SEQUENCE, VECTOR = (6, 5, 3), (7, 4), (6,)

KERAS = {
    "MaxPooling1D": (SEQUENCE, [{}, {"pool_size": 3, "strides": 2, "padding": "same"}, {"pool_size": 2, "strides": 3}]),
    # where "same" pads one side only, Keras on torch repeats the edge; see tests/parity
    "AveragePooling1D": (SEQUENCE, [{"pool_size": 2}, {"pool_size": 3, "strides": 1, "padding": "same"}]),
    "GlobalAveragePooling1D": (SEQUENCE, [{}, {"keepdims": True}]), "GlobalMaxPooling1D": (SEQUENCE, [{}, {"keepdims": True}]),
    "GlobalAveragePooling2D": (MAP, [{}, {"keepdims": True}]), "GlobalMaxPooling2D": (MAP, [{}, {"keepdims": True}]),
    "ZeroPadding1D": (SEQUENCE, [{}, {"padding": (0, 3)}]),
    "ZeroPadding2D": (MAP, [{}, {"padding": (0, 2)}, {"padding": ((1, 0), (2, 3))}]),
    "Cropping1D": (SEQUENCE, [{}, {"cropping": (0, 2)}, {"cropping": 3}]),
    "Cropping2D": (MAP, [{}, {"cropping": 1}, {"cropping": (2, 0)}, {"cropping": ((0, 1), (2, 1))}]),
    "UpSampling1D": (SEQUENCE, [{}, {"size": 3}]),
    "UpSampling2D": (MAP, [{}, {"size": (1, 3)}, {"interpolation": "bilinear"}, {"size": (3, 2), "interpolation": "bilinear"}]),
    "Reshape": (MAP, [{"target_shape": (5, 18)}, {"target_shape": (2, -1, 3)}, {"target_shape": (-1,)}]),
    "Permute": (MAP, [{"dims": (3, 1, 2)}, {"dims": (2, 1, 3)}]), "RepeatVector": (VECTOR, [{"n": 3}]),
}  # fmt: skip


def numbers(*shape, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def differentiated(layer, x) -> list[np.ndarray]:
    """Output, and the gradient of its sum with random factors; some numbers are equal, so maxima are tied."""
    y = layer(x)
    factors = torch.from_numpy(numbers(*y.shape, seed=9))
    return [t.detach().numpy() for t in (y, *torch.autograd.grad((y * factors).sum(), [x]))]


@pytest.mark.parametrize("name", KERAS)
def test_like_keras(keras64, name):
    shape, cases = KERAS[name]
    for options in cases:
        ours, theirs = getattr(L, name)(**options), getattr(keras64.layers, name)(**options)
        assert ours.compute_output_shape((None, *shape)) == tuple(theirs.compute_output_shape((None, *shape)))
        x = torch.from_numpy(numbers(2, *shape).round(1)).requires_grad_()
        for a, b in zip(differentiated(ours, x), differentiated(theirs, x), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-12, err_msg=f"{name} {options}")


@pytest.mark.parametrize("name", [name for name in KERAS if name != "RepeatVector"])
def test_open_sizes_stay_open(keras64, name):
    """None in, None out, as in Keras, and the numbers are there once the size is."""
    shape, cases = KERAS[name]
    for options in cases:
        ours, theirs = getattr(L, name)(**options), getattr(keras64.layers, name)(**options)
        given = (None, *[None] * (len(shape) - 1), shape[-1])
        assert ours.compute_output_shape(given) == tuple(theirs.compute_output_shape(given))
        model = nabi.Sequential([nabi.Input(given[1:]), ours])
        assert tuple(model(np.zeros((2, *shape), "float32")).shape[1:]) == ours.compute_output_shape((None, *shape))[1:]


def test_average_over_the_steps_that_a_mask_counts(keras64):
    x, mask = torch.from_numpy(numbers(3, *SEQUENCE)), torch.from_numpy(numbers(3, 7, seed=4) > 0)
    x[0, ~mask[0]] = float("nan")  # what is not counted may be anything
    for keepdims in (False, True):
        wanted = keras64.layers.GlobalAveragePooling1D(keepdims=keepdims)(x, mask=mask)
        found = L.GlobalAveragePooling1D(keepdims=keepdims)(x, mask=mask)
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12)
        assert found.isfinite().all() and (found[1:] - x.mean(1, keepdims)[1:]).abs().max() > 1e-3


@pytest.mark.parametrize("layer", [L.MaxPooling1D(2), L.Conv1D(3, 2), L.UpSampling1D(2), L.Reshape((28,)), L.GlobalMaxPooling1D(),
                                   L.ZeroPadding1D(), L.DepthwiseConv1D(2)])
def test_whole_numbers_come_in_as_floats(layer):
    x = np.arange(28).reshape(1, *SEQUENCE)
    for dtype in ("uint8", "int64", "bool"):
        y = layer(x.astype(dtype))
        assert y.dtype is torch.float32 and torch.equal(y, layer(x.astype(dtype).astype("float32")))


def test_padding_by_number_and_maxima_of_negative_numbers():
    x = torch.from_numpy(-1 - np.abs(numbers(1, *SEQUENCE)))
    y = L.MaxPooling1D(3, strides=2, padding=1)(x)
    wanted = torch.stack([x[:, max(t - 1, 0):t + 2].amax(1) for t in (0, 2, 4, 6)], 1)
    assert torch.equal(y, wanted)
    y = L.AveragePooling1D(3, strides=2, padding=1)(x)
    wanted = torch.stack([x[:, max(t - 1, 0):t + 2].mean(1) for t in (0, 2, 4, 6)], 1)
    assert (y - wanted).abs().max() < 1e-12 and (y[:, 0] - x[:, :2].sum(1) / 3).abs().max() > 1e-2, "added places do not count"


@pytest.mark.parametrize("u", [41, 49, 299])
def test_factors_that_floats_miss(u):
    """u * (1 / u) is below 1 in floating point: the last pixel of a block must not be the neighbour's."""
    x = torch.arange(3.0).view(1, 3, 1)
    assert L.UpSampling1D(u)(x).flatten().tolist() == np.repeat([0.0, 1.0, 2.0], u).tolist()


@pytest.mark.parametrize("layer, shape", [(L.UpSampling1D(2), (2, 3, 4)), (L.UpSampling2D(), (2, 3, 3, 4))])
def test_blocks_have_a_backward_pass_of_their_own(layer, shape):
    """The sum over a block that follows from `expand` takes ten times as long."""
    y, seen = layer(torch.ones(shape, requires_grad=True)).grad_fn, []
    while y is not None:
        seen.append(y.name())
        y = y.next_functions[0][0] if y.next_functions else None
    assert any("Upsample" in name for name in seen) and not any("Expand" in name for name in seen)


def test_a_broken_formula_is_far_outside_the_tolerance():
    x = torch.from_numpy(numbers(1, 3, 4, 2))
    right = L.UpSampling2D(interpolation="bilinear")(x)
    corners = torch.nn.functional.interpolate(x.movedim(-1, 1), (6, 8), mode="bilinear", align_corners=True).movedim(1, -1)
    assert (right - corners).abs().max() > 1e-2, "corner to corner, as TensorFlow 1"
    assert torch.equal(L.UpSampling2D()(x), x.repeat_interleave(2, 1).repeat_interleave(2, 2))
    assert (L.UpSampling2D()(x) - x.repeat(1, 2, 2, 1)).abs().max() > 1e-2, "tiles, not blocks"
