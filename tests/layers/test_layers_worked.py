"""The lectures' worked numbers, exactly, through nabi's layers; and what the notes get wrong."""

import numpy as np
import pytest
import torch

import nabi
from nabi.layers import AveragePooling2D, Conv2D, Dense, Flatten, GlobalAveragePooling2D, L2Pooling2D, MaxPooling2D
from oracles import loops

X = [[1, 0, 2, 3], [2, 1, 0, 1], [1, 0, 1, 3], [2, 0, 3, 2]]
K = [[1, 2, 0], [3, 2, 1], [0, 1, 3]]
SMALL = [[1, 2], [3, 2]]
STAIRS = [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
CROSS = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
COLUMNS = [[1, 1, 1, 0], [1, 0, 1, 0], [1, 1, 1, 1], [0, 0, 1, 0]]
COPIED = [[1, 0, 1, 0], [1, 0, 1, 0], [1, 1, 1, 1], [0, 0, 1, 0]]  # as often copied: the 0 at the top makes one output 0 + 1 = 1
DIAGONAL = [[1, 0], [0, 1]]


def picture(rows) -> np.ndarray:
    return np.array(rows, "float32")[None, :, :, None]


def convolved(x, k, **options) -> list:
    """One channel, one filter, no bias: rows of whole numbers."""
    k = np.array(k, "float32")
    layer = Conv2D(1, k.shape, use_bias=False, **options)
    layer.build((None, *picture(x).shape[1:]))
    layer.set_weights([k[:, :, None, None]])
    y = layer(picture(x))
    assert tuple(y.shape) == layer.compute_output_shape((1, *picture(x).shape[1:]))
    return y[0, :, :, 0].tolist()


@pytest.mark.parametrize(
    "x, k, options, y",
    [
        (X, K, {}, [[12, 18], [17, 15]]),
        (X, K, {"padding": 1}, [[7, 6, 10, 13], [8, 12, 18, 13], [8, 17, 15, 13], [6, 10, 10, 20]]),
        (X, K, {"padding": "same"}, [[7, 6, 10, 13], [8, 12, 18, 13], [8, 17, 15, 13], [6, 10, 10, 20]]),
        (X, SMALL, {"strides": 2}, [[9, 10], [7, 20]]),
        (X, K, {"padding": 1, "strides": 2}, [[7, 10], [8, 15]]),
        (X, K, {"padding": "same", "strides": 2}, [[12, 13], [10, 20]]),
        (STAIRS, CROSS, {}, [[4, 3, 4], [2, 4, 3], [2, 3, 4]]),
        (COLUMNS, DIAGONAL, {}, [[1, 2, 1], [2, 1, 2], [1, 2, 1]]),
        (COPIED, DIAGONAL, {}, [[1, 1, 1], [2, 1, 2], [1, 2, 1]]),
        (X, np.flip(K), {}, [[8, 11], [14, 22]]),  # mathematical convolution
    ],
)
def test_convolutions(x, k, options, y):
    assert convolved(x, k, **options) == y
    strides = (options.get("strides", 1),) * 2
    weights = np.array(k, float)[:, :, None, None]
    assert loops.conv2d(picture(x), weights, strides=strides, padding=options.get("padding", "valid"))[0, :, :, 0].tolist() == y


def test_a_flipped_kernel_is_found():
    assert convolved(X, np.flip(K)) != convolved(X, K)


@pytest.mark.parametrize(
    "rows",
    [
        [[35, 19, 25, 6], [13, 22, 16, 53], [4, 3, 7, 10], [9, 8, 1, 3]],
        [[1, 2, 3, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 3, 0, 1]],
        [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
    ],
)
def test_one_ring_of_zeros(rows):
    """A 1x1 kernel of 1 with padding 1 shows the frame itself: 4x4 becomes 6x6, 3x3 becomes 5x5."""
    framed = convolved(rows, [[1]], padding=1)
    assert np.array_equal(framed, np.pad(rows, 1)) and len(framed) == len(rows) + 2


def test_map_sizes():
    def shapes(size, *layers):
        model = nabi.Sequential([nabi.Input((size, size, 1)), *layers])
        return [layer.output.shape[1:] for layer in model.layers]

    assert shapes(4, Conv2D(1, 3)) == [(2, 2, 1)]
    lecture = shapes(28, Conv2D(32, 3), Conv2D(64, 3), MaxPooling2D(2), Flatten())
    assert lecture == [(26, 26, 32), (24, 24, 64), (12, 12, 64), (9216,)]
    for zeros in range(4):  # zero padding of N keeps the size for a (2N + 1) kernel
        assert shapes(9, Conv2D(1, 2 * zeros + 1, padding=zeros)) == [(9, 9, 1)]


def test_maps_shrink_until_no_convolution_fits():
    layers = [Conv2D(1, 3, name=f"conv{number}") for number in range(1, 6)]
    with pytest.raises(nabi.core.errors.ShapeError, match=r"'conv4' \(1,1,1\): window 3x3 does not fit"):
        nabi.Sequential([nabi.Input((7, 7, 1)), *layers])


def test_several_channels():
    """C_in x C_out convolutions: Y_j = sum over i of W_ij * X_i + b_j, each channel's map by the one-channel layer."""
    generator = np.random.default_rng(0)
    x, w, b = generator.integers(0, 5, (1, 6, 6, 3)), generator.integers(-3, 4, (3, 3, 3, 2)), np.array([10, -10])
    layer = Conv2D(2, 3)
    layer(nabi.Input((6, 6, 3)))
    layer.set_weights([w, b])
    y = layer(x.astype("float32"))[0].numpy()
    for j in range(2):
        partial = [np.array(convolved(x[0, :, :, i], w[:, :, i, j])) for i in range(3)]
        assert np.array_equal(y[:, :, j], sum(partial) + b[j])
    assert layer.count_params() == (3 * 3 * 3 + 1) * 2


def test_pooling():
    x = picture(X)
    assert MaxPooling2D(2)(x)[0, :, :, 0].tolist() == [[2, 3], [2, 3]]
    assert AveragePooling2D(2)(x)[0, :, :, 0].tolist() == [[1, 1.5], [0.75, 2.25]]
    assert L2Pooling2D(2)(x).square()[0, :, :, 0].round(decimals=4).tolist() == [[6, 14], [5, 23]]
    assert GlobalAveragePooling2D()(x).tolist() == [[22 / 16]]
    ones = picture(np.ones((4, 4)))
    assert AveragePooling2D(3, strides=1, padding="same")(ones).unique().tolist() == [1]  # the frame is not counted


def test_locality_and_shared_weights():
    """A 1000x1000 picture: one 10x10 filter has 100 weights, a hundred of them 10^4; fully connected it would be 10^12."""
    counts = []
    for filters in (1, 100):
        layer = Conv2D(filters, 10, use_bias=False)
        layer(nabi.Input((1000, 1000, 1)))
        counts.append(layer.count_params())
    assert counts == [100, 10_000]
    layer = Dense(3, use_bias=False)
    layer(nabi.Input((1000,)))
    assert layer.count_params() == 3 * 1000  # n_in * units, so 10^6 * 10^6 for the picture


def test_small_kernels_are_cheaper():
    """Two 3x3 for one 5x5: 18 C^2 for 25 C^2; three for one 7x7: 27 C^2 for 49 C^2."""
    def weights(*kernels):
        layers = [Conv2D(4, kernel, use_bias=False, padding="same") for kernel in kernels]
        return nabi.Sequential([nabi.Input((16, 16, 4)), *layers]).count_params()

    assert [weights(5), weights(3, 3), weights(7), weights(3, 3, 3)] == [n * 4 * 4 for n in (25, 18, 49, 27)]


def test_shifted_pictures_give_shifted_maps():
    x = torch.rand(1, 12, 12, 2)
    layer = Conv2D(3, 3)
    assert torch.allclose(layer(x.roll(1, 2))[:, :, 1:], layer(x)[:, :, :-1], atol=1e-6)


# What the notes get wrong ----------------------------------------------------------------------------------------------------


def test_pool_size_two_is_two_by_two():
    """Each side is halved, the area quartered."""
    x = torch.rand(1, 8, 8, 3)
    for pooling in (MaxPooling2D, AveragePooling2D, L2Pooling2D):
        assert torch.equal(pooling(2)(x), pooling((2, 2))(x)) and pooling(2)(x).shape == (1, 4, 4, 3)
        assert pooling(2)(x).numel() * 4 == x.numel()


def test_dense_on_a_map_acts_on_the_last_axis():
    model = nabi.Sequential([nabi.Input((28, 28, 1)), Conv2D(32, 3), Conv2D(64, 3), MaxPooling2D(2), Dense(128), Dense(10)])
    assert model.output.shape == (None, 12, 12, 10) and model.count_params() == 28_426
    layer, x = Dense(2), np.random.rand(3, 4, 5).astype("float32")
    y = layer(x).numpy()
    assert np.allclose(y, loops.dense(x, *layer.get_weights()), atol=1e-6)


def test_sigmoids_largest_slope_is_a_quarter():
    x = torch.linspace(-6, 6, 1201, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(nabi.activations.sigmoid(x).sum(), x)
    assert slope.max() == 0.25 and x[slope.argmax()].item() == pytest.approx(0, abs=1e-9)


def test_steps_are_counted_as_samples_over_batch_rounded_up():
    """50 samples at batch 10 are 5 steps, 20 validation samples at batch 5 are 4, not 5."""
    for samples, batch, steps in ((50, 10, 5), (20, 5, 4), (21, 5, 5)):
        seen = []
        model = nabi.Sequential([nabi.Input((2,)), Dense(1)])
        model.compile("sgd", "mse")
        count = nabi.callbacks.LambdaCallback(on_train_batch_end=lambda step, logs, seen=seen: seen.append(step))
        model.fit(np.random.rand(samples, 2), np.zeros(samples), batch_size=batch, verbose=0, callbacks=[count])
        assert len(seen) == steps


def test_predict_gives_numpy_arrays():
    """The notes' argmax, argmin, where and boolean indexing work on them."""
    model = nabi.Sequential([nabi.Input((4,)), Dense(3, activation="softmax")])
    p = model.predict(np.random.rand(20, 4), verbose=0)
    assert type(p) is np.ndarray and p.shape == (20, 3)
    answer = np.argmax(p, axis=1)
    assert answer.shape == np.argmin(p, axis=1).shape == (20,)
    assert len(np.where(answer == 1)[0]) == (answer == 1).sum() == len(p[answer == 1])


def test_validation_data_override_validation_split():
    x, y = np.random.rand(40, 3), np.random.rand(40)
    model = nabi.Sequential([nabi.Input((3,)), Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(x, y, verbose=0, batch_size=40, validation_split=0.5, validation_data=(x[:7], y[:7] + 5)).history
    assert history["val_loss"][0] == pytest.approx(model.evaluate(x[:7], y[:7] + 5, verbose=0), rel=1e-6)
