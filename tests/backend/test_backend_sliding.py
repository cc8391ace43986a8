"""Convolutions and pooling of the backend against Keras on torch."""

import keras
import numpy as np
import pytest
import torch

from nabi import backend as K
from nabi.core.errors import ArgumentError

RNG = np.random.default_rng(2)
X = torch.tensor(RNG.normal(size=(2, 7, 6, 3)).astype("float32"))
KERNEL = torch.tensor(RNG.normal(size=(3, 3, 4, 3)).astype("float32"))
DEPTH = torch.tensor(RNG.normal(size=(3, 2, 3, 2)).astype("float32"))
POINT = torch.tensor(RNG.normal(size=(1, 1, 6, 5)).astype("float32"))
ROWS = torch.tensor(RNG.normal(size=(3, 6, 2)).astype("float32"))
SEQUENCE = X.flatten(2)[..., :6]

CASES = {
    "conv1d": (lambda: K.conv1d(SEQUENCE, ROWS, 2, "same"), lambda: keras.ops.conv(SEQUENCE, ROWS, 2, "same")),
    "dilated": (lambda: K.conv1d(SEQUENCE, ROWS, dilation_rate=2), lambda: keras.ops.conv(SEQUENCE, ROWS, dilation_rate=2)),
    "transposed, same": (lambda: K.conv2d_transpose(X, KERNEL, (2, 14, 12, 4), (2, 2), "same"),
                         lambda: keras.ops.conv_transpose(X, KERNEL, 2, "same")),
    "transposed": (lambda: K.conv2d_transpose(X, KERNEL, (2, 15, 13, 4), (2, 2)), lambda: keras.ops.conv_transpose(X, KERNEL, 2)),
    "depthwise": (lambda: K.depthwise_conv2d(X, DEPTH, padding="same"), lambda: keras.ops.depthwise_conv(X, DEPTH, 1, "same")),
    "separable": (lambda: K.separable_conv2d(X, DEPTH, POINT), lambda: keras.ops.separable_conv(X, DEPTH, POINT)),
    "max": (lambda: K.pool2d(X, (2, 2), (2, 2)), lambda: keras.ops.max_pool(X, 2, 2)),
    "mean": (lambda: K.pool2d(X, (3, 3), (1, 1), pool_mode="avg"), lambda: keras.ops.average_pool(X, 3, 1)),
}


@pytest.mark.parametrize("case", CASES)
def test_as_keras(case):
    ours, theirs = CASES[case]
    np.testing.assert_allclose(ours(), theirs().cpu(), atol=1e-5)


def test_kernels_of_their_own_place():
    kernel = torch.tensor(RNG.normal(size=(5, 18, 2)).astype("float32"))
    made = K.local_conv1d(SEQUENCE, kernel, [3], [1])
    for place in range(5):
        np.testing.assert_allclose(made[:, place], SEQUENCE[:, place : place + 3].flatten(1) @ kernel[place], atol=1e-5)


def test_causal_sees_nothing_of_later():
    before = K.conv1d(SEQUENCE, ROWS, padding="causal")
    later = SEQUENCE.clone()
    later[:, 4:] += 1
    after = K.conv1d(later, ROWS, padding="causal")
    assert torch.equal(before[:, :4], after[:, :4]) and not torch.equal(before, after) and before.shape[1] == 7


FIRST = X.movedim(-1, 1)
ORDERS = {  # function: pictures with the channels first, Keras' function and its further arguments
    "bias_add": (lambda **o: K.bias_add(FIRST, POINT.flatten()[:3], **o), lambda: FIRST + POINT.flatten()[:3, None, None]),
    "conv2d": (lambda **o: K.conv2d(FIRST, POINT[:, :, :3], **o), lambda: first(keras.ops.conv(X, POINT[:, :, :3]))),
    "conv1d": (lambda **o: K.conv1d(SEQUENCE.movedim(-1, 1), ROWS, **o), lambda: first(keras.ops.conv(SEQUENCE, ROWS))),
    "conv2d_transpose": (lambda **o: K.conv2d_transpose(FIRST, KERNEL, (2, 4, 15, 13), (2, 2), **o),
                         lambda: first(keras.ops.conv_transpose(X, KERNEL, 2))),
    "depthwise_conv2d": (lambda **o: K.depthwise_conv2d(FIRST, DEPTH, **o), lambda: first(keras.ops.depthwise_conv(X, DEPTH))),
    "separable_conv2d": (lambda **o: K.separable_conv2d(FIRST, DEPTH, POINT, **o),
                         lambda: first(keras.ops.separable_conv(X, DEPTH, POINT))),
    "pool2d": (lambda **o: K.pool2d(FIRST, (2, 2), (2, 2), **o), lambda: first(keras.ops.max_pool(X, 2, 2))),
    "spatial_2d_padding": (lambda **o: K.spatial_2d_padding(FIRST, ((1, 2), (3, 0)), **o),
                           lambda: first(keras.layers.ZeroPadding2D(((1, 2), (3, 0)))(X))),
    "spatial_3d_padding": (lambda **o: K.spatial_3d_padding(FIRST[:, :, None], **o),
                           lambda: first(keras.layers.ZeroPadding3D(1)(X[:, None]))),
    "resize_images": (lambda **o: K.resize_images(FIRST, 2, 3, **o),
                      lambda: first(keras.layers.UpSampling2D((2, 3))(X))),
    "resize_images, bilinear": (lambda **o: K.resize_images(FIRST, 2, 3, interpolation="bilinear", **o),
                                lambda: first(keras.layers.UpSampling2D((2, 3), interpolation="bilinear")(X))),
}  # fmt: skip


def first(x):
    return x.movedim(-1, 1)


@pytest.mark.parametrize("case", ORDERS)
def test_channels_first_said_or_set(case):
    ours, theirs = ORDERS[case]
    wanted = theirs().detach().cpu()
    np.testing.assert_allclose(ours(data_format="channels_first"), wanted, atol=1e-5)
    K.set_image_data_format("channels_first")
    try:
        np.testing.assert_allclose(ours(), wanted, atol=1e-5)
    finally:
        K.set_image_data_format("channels_last")


def test_an_order_that_there_is_not():
    with pytest.raises(ArgumentError, match=r"backend.pool2d\(data_format\).*'channels_last' or 'channels_first'"):
        K.pool2d(X, (2, 2), data_format="th")
