"""Layers, variables, random numbers and trees of Keras 3 beyond nabi's own: formulas in NumPy."""

from typing import Any

import numpy as np
import pytest
import torch

RNG = np.random.default_rng(0)
X, SOUND = RNG.normal(size=(2, 5, 8)).astype("float32"), RNG.normal(size=(2, 400, 1)).astype("float32")


def near(ours, wanted):
    np.testing.assert_allclose(np.asarray(ours.detach()), wanted, rtol=1e-4, atol=1e-5)


def filled(layer, *inputs):
    """The layer's weights, drawn anew."""
    layer(*inputs)
    layer.set_weights([RNG.normal(size=w.shape).astype("float32") for w in layer.get_weights()])
    return layer.get_weights()


def test_layers(served):
    import keras
    from keras import layers

    for equation, shape, axes, wanted in (("abc,cd->abd", (None, 6), "d", "abc,cd->abd"),
                                          ("...x,xy->...y", 4, "y", "abx,xy->aby"),
                                          ("abc,cde->abde", (None, 2, 3), "de", "abc,cde->abde")):
        dense = layers.EinsumDense(equation, output_shape=shape, bias_axes=axes)
        w, b = filled(dense, X)
        near(dense(X), np.einsum(wanted, X, w) + b)
        symbol = dense(keras.Input((5, 8)))
        assert symbol.shape[1:] == dense(X).shape[1:]
    norm = layers.RMSNormalization()
    (gamma,) = filled(norm, X)
    near(norm(X), gamma * X / np.sqrt((X**2).mean(-1, keepdims=True) + 1e-6))
    shared = layers.GroupQueryAttention(4, 4, 2, use_bias=False)
    query, key, value, out = filled(shared, X, X)
    q, k, v = (np.einsum("btd,dhk->bthk", X, w) for w in (query, np.repeat(key, 2, 1), np.repeat(value, 2, 1)))
    scores = np.einsum("bqhk,bthk->bhqt", q, k) / 2
    shares = np.exp(scores - scores.max(-1, keepdims=True))
    shares /= shares.sum(-1, keepdims=True)
    near(shared(X, X), np.einsum("bhqt,bthk,hkd->bqd", shares, v, out))
    near(layers.AdaptiveAveragePooling2D((1, 4))(X[..., None]), X.reshape(2, 5, 4, 2).mean((1, 3))[:, None, :, None])
    wave = layers.STFTSpectrogram(mode="magnitude", frame_length=64, frame_step=32, scaling=None)(SOUND)
    window = torch.hann_window(64, periodic=False).numpy()
    frames = np.stack([SOUND[:, n:n + 64, 0] * window for n in range(0, 337, 32)], 1)
    near(wave, np.abs(np.fft.rfft(frames)))
    limited = layers.SpectralNormalization(layers.Dense(4, use_bias=False), power_iterations=30)
    limited(X)
    limited(X, training=True)
    assert abs(np.linalg.svd(limited.layer.get_weights()[0])[1][0] - 1) < 1e-3


def test_around_the_layers(served):
    import keras

    count = keras.Variable(0.0, trainable=False)
    count.assign_add(2.0)
    assert float(count) == 2 and keras.Variable("zeros", shape=(2, 3)).shape == (2, 3)
    assert keras.tree.map_structure(lambda n: 2 * n, {"a": [1, (2,)]}) == {"a": [2, (4,)]}
    assert keras.tree.flatten_with_path({"a": [1]}) == [(("a", 0), 1)]
    assert keras.utils.unpack_x_y_sample_weight((1, 2)) == (1, 2, None) and keras.utils.pack_x_y_sample_weight(1, 2) == (1, 2)
    assert sorted(keras.random.shuffle(np.arange(50)).tolist()) == list(range(50))
    drawn = keras.random.categorical(np.log([[0.1, 0.9]]), 2000, seed=1)
    assert drawn.shape == (1, 2000) and abs(float(drawn.float().mean()) - 0.9) < 0.03
    assert abs(float(keras.random.gamma((5000,), 3.0, seed=2).mean()) - 3) < 0.1
    assert abs(float(keras.random.beta((5000,), 2.0, 6.0, seed=2).mean()) - 0.25) < 0.02
    normal = keras.random.truncated_normal((5000,), seed=3)
    assert float(normal.abs().max()) <= 2 and abs(float(normal.std()) - 0.88) < 0.03
    assert keras.losses.MeanSquaredError(dtype="float32").name == "mean_squared_error"
    inputs = keras.Input((3,))
    assert keras.utils.get_source_inputs(keras.layers.Dense(2)(inputs)) == [inputs]


@pytest.mark.parametrize("given, shape, weights, mean, picked", [
    ({}, (2, 2, 258), ["real_kernel", "imag_kernel"], 0.49423, [0.1943, -0.2735, -1.394]),
    ({"mode": "psd", "frame_length": 50, "frame_step": 20}, (2, 23, 66), ["real_kernel", "imag_kernel"], 1.87139,
     [8.626, 8.4539, 3.7708]),
    ({"mode": "stft", "frame_length": 50, "fft_length": 64, "padding": "same"}, (2, 20, 132), ["real_kernel", "imag_kernel"],
     0.53244, [0.6438, 0.2079, 0.2021]),
    ({"mode": "angle", "window": "hamming", "scaling": "spectrum", "frame_length": 40}, (2, 24, 66),
     ["real_kernel", "imag_kernel"], 1.58117, [0.3901, 1.2232, -1.8741]),
    ({"mode": "imag", "expand_dims": True, "frame_length": 30, "padding": "same"}, (2, 34, 17, 2), ["imag_kernel"], 0.48094,
     [0.0, -0.0227, -0.126]),
    ({"mode": "real", "frame_length": 33, "periodic": True, "scaling": None}, (2, 30, 66), ["real_kernel"], 1.94222,
     [4.4553, -3.357, -4.7001])])
def test_spectrograms_have_kernels(served, given, shape, weights, mean, picked):
    """Shapes, weights and numbers of Keras 3.15 on torch, of 500 samples of two channels."""
    import keras

    x = np.random.RandomState(0).randn(2, 500, 2).astype("float32")
    layer = keras.layers.STFTSpectrogram(**given)
    y = np.asarray(layer(x).detach())
    assert y.shape == shape and layer.compute_output_shape((None, 500, 2))[1:] == shape[1:]
    assert [w.name.rpartition("/")[2] for w in layer.weights] == weights and layer.trainable_weights
    assert abs(float(np.abs(y).mean()) - mean) < 1e-5 and np.abs(y.ravel()[[1, 77, -5]] - picked).max() < 1.1e-4
    sound = keras.Input((None, 1))
    assert layer.compute_output_shape((None, None, 1))[1] is None
    assert keras.layers.STFTSpectrogram(frame_length=640, frame_step=240)(sound).shape == (None, None, 513)


def test_functions_keep_the_structure_of_their_outputs(served):
    """As in Keras 3.15: a Function of [y] gives a list, a Model of [y] a tensor."""
    import keras

    x = np.ones((4, 3), "float32")
    inputs = keras.Input((3,))
    first, second = keras.layers.Dense(2)(inputs), keras.layers.Dense(1)(inputs)
    (found,) = keras.Function([inputs], [first])([x])
    assert found.shape == (4, 2) and keras.Model([inputs], [first])([x]).shape == (4, 2)
    assert isinstance(keras.Function(inputs, (first, second))(x), tuple) and keras.Function(inputs, first)(x).shape == (4, 2)
    assert set(keras.Function(inputs, {"p": first})(x)) == {"p"} and len(keras.Function(inputs, first).layers) == 2


def test_spectral_normalization_lists_its_weights_as_keras(served, tmp_path):
    """Keras 3.15: kernel, vector, bias; in files the kernel stands in the wrapper's group and in the layer's."""
    import h5py
    import keras as served_keras

    layers: Any = served_keras.layers
    model: Any = served_keras.Sequential([served_keras.Input((5, 5, 1)), layers.SpectralNormalization(layers.Conv2D(2, 3))])
    assert [w.shape for w in model.get_weights()] == [(3, 3, 1, 2), (1, 2), (2,)]
    model.save_weights(tmp_path / "m.weights.h5")
    with h5py.File(tmp_path / "m.weights.h5") as file:
        groups: Any = file["layers/spectral_normalization/vars"], file["layers/spectral_normalization/layer/vars"]
        assert [[group[key].shape for key in sorted(group)] for group in groups] == [[(3, 3, 1, 2), (1, 2)], [(3, 3, 1, 2), (2,)]]
    before = model.get_weights()
    model.set_weights([np.ones_like(w) for w in before])
    model.load_weights(tmp_path / "m.weights.h5")
    for a, b in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)
    model.compile("sgd", "mse")
    model.fit(np.ones((2, 5, 5, 1)), np.ones((2, 3, 3, 2)), verbose=0)
    assert not np.array_equal(model.get_weights()[0], before[0])
