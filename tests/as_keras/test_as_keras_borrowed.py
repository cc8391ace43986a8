"""Helpers that scripts borrow from inside Keras 2, shapes of layers, functions of TensorFlow 1 that make layers."""

import numpy as np
import pytest

from nabi.as_keras.names import utils_inside as inside
from nabi.core.errors import ArgumentError


def test_sizes_of_convolutions(served):
    from keras import layers
    from keras.utils import conv_utils

    for n in (7, 8):
        for size, stride, dilation in ((3, 1, 1), (2, 2, 1), (3, 1, 2), (4, 3, 1)):
            for padding in ("valid", "same", "causal"):
                conv = layers.Conv1D(1, size, strides=stride, dilation_rate=dilation, padding=padding)
                out = conv(np.zeros((1, n, 1), "float32"))
                assert conv_utils.conv_output_length(n, size, padding, stride, dilation) == out.shape[1]
            for padding in ("valid", "same") if dilation == 1 else ():
                turned = layers.Conv1DTranspose(1, size, strides=stride, padding=padding)(np.zeros((1, n, 1), "float32"))
                assert conv_utils.deconv_output_length(n, size, padding, None, stride) == turned.shape[1]
    assert conv_utils.conv_input_length(5, 3, "valid", 2) == 11 and conv_utils.deconv_length(5, 2, 3, "same") == 10
    assert conv_utils.normalize_tuple(2, 2, "k") == (2, 2) and conv_utils.normalize_padding("SAME") == "same"
    assert conv_utils.normalize_data_format(None) == "channels_last"
    for call in (lambda: conv_utils.normalize_tuple((1, 2, 3), 2, "k"), lambda: conv_utils.normalize_padding("none"),
                 lambda: conv_utils.normalize_data_format("first")):
        with pytest.raises(ArgumentError, match="expected .* got"):
            call()


def test_lists_and_functions(tmp_path):
    assert (inside.to_list(1), inside.to_list((1,), True), inside.unpack_singleton([1]), inside.unpack_singleton([1, 2])) == (
        [1], [1], 1, [1, 2])
    assert inside.has_arg(lambda a, **more: a, "a") and not inside.has_arg(lambda a: a, "b")
    assert inside.has_arg(lambda **more: 0, "b", accept_all=True) and inside.is_all_none([None, None])
    assert inside.slice_arrays([np.arange(4), None], 1, 3)[0].tolist() == [1, 2]
    assert inside.slice_arrays(np.arange(4), [0, 3]).tolist() == [0, 3]
    assert inside.to_snake_case("SeparableConv") == "separable_conv"
    assert inside.transpose_shape((1, 8, 2, 3), "channels_last", (2, 3)) == (1, 2, 3, 8)
    assert inside.convert_kernel(np.arange(4).reshape(2, 2, 1, 1)).ravel().tolist() == [3, 2, 1, 0]
    one = np.zeros((2, 3))
    assert inside.count_params([one, one, np.zeros(4)]) == 10 and inside.smart_cond(True, lambda: 1, lambda: 2) == 1
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert inside.validate_file(path, "900150983cd24fb0d6963f7d28e17f72") and not inside.validate_file(path, "0" * 64)
    assert [next(batches) for batches in [inside.iter_sequence_infinite([1, 2])] for _ in range(3)] == [1, 2, 1]


def test_shapes_of_layers(served):
    import keras

    conv = keras.layers.Conv2D(4, 3, input_shape=(8, 8, 1))
    model = keras.Sequential([conv, keras.layers.Flatten(), keras.layers.Dense(3)])
    assert [layer.input_shape for layer in model.layers] == [(None, 8, 8, 1), (None, 6, 6, 4), (None, 144)]
    assert conv.get_input_shape_at(0) == (None, 8, 8, 1) and conv.get_output_shape_at(0) == (None, 6, 6, 4)
    a, b = keras.Input((2,)), keras.Input((3,))
    joined = keras.layers.Concatenate()
    joined([a, b])
    assert joined.input_shape == [(None, 2), (None, 3)] and joined.get_input_at(0)[1].shape == (None, 3)
    again = keras.Sequential([keras.layers.Dense(2, input_shape=(3,)), keras.layers.Dense(1)])
    moved = keras.Sequential([again.layers[0]])  # what its constructor was given still counts
    assert moved.output_shape == (None, 2) and keras.models.clone_model(again).layers[0].input_shape == (None, 3)


def test_layers_of_tensorflow_1(served):
    import tensorflow as tf

    symbol = tf.keras.Input((8, 8, 1))
    x = tf.layers.conv2d(symbol, filters=2, kernel_size=3, padding="same", activation=tf.nn.relu)
    x = tf.layers.flatten(tf.compat.v1.layers.max_pooling2d(x, 2, 2))
    model = tf.keras.Model(symbol, tf.layers.dense(tf.layers.dropout(x, rate=0.5, training=False), 3))
    assert model.count_params() == 2 * 9 + 2 + 32 * 3 + 3 and model.predict(np.zeros((2, 8, 8, 1)), verbose=0).shape == (2, 3)
    assert tf.layers.dense(tf.zeros((2, 4)), 3).shape == (2, 3)


def test_gradients_inside_a_lambda(served):
    import keras
    from keras import backend as K

    def slope(x):
        return K.gradients(K.sum(x * x * x), x)[0]

    x = np.random.default_rng(0).random((5, 3)).astype("float32")
    symbol = keras.Input((3,))
    alone = keras.Model(symbol, keras.layers.Lambda(slope)(symbol))
    np.testing.assert_allclose(alone.predict(x, verbose=0), 3 * x**2, rtol=1e-5)
    dense = keras.layers.Dense(3)
    model = keras.Model(symbol, keras.layers.Lambda(slope)(dense(symbol)))
    model.compile("sgd", "mse")
    before = dense.get_weights()[0]
    w = before.copy()
    y = 3 * (x @ w) ** 2
    expected = x.T @ (2 * (y - 1) / y.size * 6 * (x @ w))  # by hand: d mean((3 (x w)^2 - 1)^2) / d w
    model.fit(x, np.ones((5, 3)), batch_size=5, verbose=0)
    np.testing.assert_allclose(before - dense.get_weights()[0], 0.01 * expected, rtol=1e-3, atol=1e-6)
