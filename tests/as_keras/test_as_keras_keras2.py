"""Answers of real Keras 2: "tf_keras 2.21 on TensorFlow 2.21" is where the figures come from."""

import importlib
from typing import Any

import numpy as np
import pytest


def wave(*shape, seed=0):
    return np.sin(np.arange(int(np.prod(shape))) * 1.7 + seed).reshape(shape).astype("float32")


@pytest.fixture
def keras(served):
    import keras

    return keras


def test_histories_answer_to_numbered_names(keras):
    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", input_shape=(3,))])
    model.compile("sgd", "mse", metrics=["AUC", keras.metrics.Precision(), keras.metrics.Recall(name="recall_1")])
    stop = keras.callbacks.EarlyStopping(monitor="val_auc_4", mode="max", patience=0)  # of a fifth run
    history = model.fit(wave(8, 3), wave(8, 1) > 0, epochs=8, validation_split=0.5, verbose=0, callbacks=[stop]).history
    assert len(history["auc"]) < 8 and history["auc_2"] == history["AUC"]
    assert history["val_precision_1"] == history["val_precision"]
    assert "recall" in history and "auc_pr" not in history and "losses" not in history
    history["auc_1"] = []
    assert history["auc_1"] == [] and "auc_2" not in history  # which of the two?


def test_weights_that_are_switched_off_are_none(keras):
    layers = keras.layers
    for layer in (layers.Dense(2, use_bias=False), layers.DepthwiseConv2D(2, use_bias=False)):
        assert layer.bias is None
    norm = layers.BatchNormalization(center=False, scale=False)
    norm.build((None, 3))
    assert norm.gamma is None and norm.beta is None and len(norm.weights) == 2
    with pytest.raises(AttributeError):
        layers.Dense(2).bias  # noqa: B018  not made yet


def test_functions_by_name(keras):
    y, p = wave(4, 3), wave(4, 3, seed=2)
    for get in (keras.losses.get, keras.losses.deserialize, keras.metrics.get):
        assert get("mse").__name__ == "mean_squared_error"
        np.testing.assert_allclose(get("mse")(y, p), [1.1364356, 1.8542839, 1.0699652, 1.4725408], rtol=1e-5)
    assert np.isclose(float(keras.losses.get("MeanSquaredError")(y, p)), 1.3833064) and keras.metrics.get("AUC").name == "auc"
    assert keras.metrics.get("binary_accuracy").__name__ == "binary_accuracy" and keras.losses.get(wave) is wave
    slope = keras.activations.relu(np.array([[-3.0, 0.25, 3.0]], "float32"), alpha=0.1, max_value=2.0, threshold=0.5)
    np.testing.assert_allclose(slope, [[-0.35, -0.025, 2.0]], rtol=1e-5)


def test_what_callbacks_of_predict_see(keras):
    class See(keras.callbacks.Callback):
        def on_predict_batch_end(self, batch, logs):
            shapes.append(logs["outputs"].shape)

    shapes = []
    keras.Sequential([keras.layers.Dense(1, input_shape=(3,))]).predict(wave(5, 3), batch_size=4, verbose=0, callbacks=[See()])
    assert shapes == [(4, 1), (1, 1)]


def test_pictures_in_the_middle_of_black(served):
    import tensorflow as tf

    made = np.asarray(tf.image.resize_with_pad(np.ones((5, 6, 1)), 8, 8))[..., 0]
    assert made.sum(1).tolist() == [8, 8, 8, 8, 8, 8, 0, 0]  # 6 rows, not 7; the odd rows of black are below


def test_single_numbers_of_a_stream(served):
    tf: Any = importlib.import_module("tensorflow")

    found = list(tf.data.Dataset.from_tensor_slices({"n": [1, 2], "v": [[0.5], [1.5]], "t": ["a", "b"]}).as_numpy_iterator())
    assert {one["n"]: one["t"] for one in found} == {1: b"a", 2: b"b"} and found[1]["v"].shape == (1,)


def test_recurrent_layers_of_ones_own_say_their_states(served):
    layers: Any = importlib.import_module("keras.layers")

    class Counting(layers.Recurrent):
        def get_initial_state(self, inputs):
            return [0 * inputs[:, 0] + 10]

        def step(self, x, states):
            return x + states[0], [x + states[0]]

        def compute_output_shape(self, input_shape):
            return (input_shape[0], input_shape[2])

    assert np.asarray(Counting()(np.ones((1, 3, 2), "float32"))).tolist() == [[13.0, 13.0]]


def test_variables_stand_for_their_numbers(keras):
    """Losses, constraints and regularizers of `K.variable`s."""
    K, x = keras.backend, np.array([[1.0, 2.0], [3.0, 5.0]], "float32")
    loss = K.categorical_crossentropy(K.variable([[0.0, 1.0]]), K.variable([[0.2, 0.8]]))
    shorter = keras.constraints.max_norm(2.0)(K.variable(x))
    np.testing.assert_allclose(loss, [0.2231436], rtol=1e-5)
    np.testing.assert_allclose(shorter, [[0.632456, 0.742781], [1.897367, 1.856953]], rtol=1e-5)
    assert float(keras.losses.MeanSquaredError(reduction="auto")(K.variable(x), K.variable(2 * x))) == 9.75
    assert np.isclose(float(keras.regularizers.l1_l2(0.1, 0.2)(K.variable(-x))), 8.9)  # 0.1 * 11 + 0.2 * 39
    assert np.array_equal(K.eval(keras.constraints.non_neg()(K.variable(-x))), 0 * x)


def test_words_of_the_backend(keras):
    K, x = keras.backend, np.array([1.0, 2.0, 3.0, 5.0], "float32").reshape(1, 2, 2, 1)
    taller = K.resize_images(K.constant(x), 2, 1, "channels_last", interpolation="bilinear")
    assert taller.shape == (1, 4, 2, 1)
    np.testing.assert_allclose(np.ravel(taller), [1.0, 2.0, 1.5, 2.75, 2.5, 4.25, 3.0, 5.0])
    np.testing.assert_allclose(K.hard_sigmoid(K.constant([-3.0, -1.0, 1.0, 2.4, 3.0])), [0, 0.3, 0.7, 0.98, 1], rtol=1e-5)


def test_functions_in_configurations(keras):
    assert keras.losses.serialize(keras.losses.mse) == "mean_squared_error" == keras.metrics.serialize(keras.metrics.mse)
    assert keras.losses.deserialize(keras.losses.serialize(keras.losses.Huber(2.0))).delta == 2.0


def test_lambdas_say_their_shapes(keras):
    squares = keras.layers.Lambda(lambda x: x**2)
    model = keras.Sequential([keras.layers.Dense(3, input_shape=(2,)), squares])
    assert squares.output_shape == (None, 3) == model.output_shape


def test_batches_tell_their_number_and_size(keras):
    """Keras 2.2's training loop gave both to on_batch_end: sizes 3, 3, 1 of seven samples."""
    class See(keras.callbacks.Callback):
        def on_batch_end(self, batch, logs=None):
            told.append((logs["batch"], logs.get("size", 0), sorted(logs), logs["loss"].item() >= 0))

    told = []
    model = keras.Sequential([keras.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse", metrics=["mae"])
    model.fit(wave(7, 2), wave(7, 1), batch_size=3, verbose=0, callbacks=[See()])
    assert told == [(0, 3, ["loss", "mae"], True), (1, 3, ["loss", "mae"], True), (2, 1, ["loss", "mae"], True)]
    for made in (model.train_on_batch(wave(7, 2), wave(7, 1)), model.evaluate(wave(7, 2), wave(7, 1), verbose=0)):
        assert made[0].item() == made[0] and isinstance(made[1], float)


def test_small_words(keras):
    """Shapes and numbers as tf_keras 2.21 has them; `lr` goes before as in its OptimizerV2."""
    np.testing.assert_allclose(keras.utils.normalize(np.array([3.0, 4.0])), [[0.6, 0.8]])
    assert keras.layers.InputLayer((3,))._batch_input_shape == (None, 3)
    assert keras.layers.Input(batch_shape=(4, 3)).node.layer.batch_shape == (4, 3)
    assert float(keras.optimizers.SGD(0.5, lr=0.125).learning_rate) == 0.125
    assert keras.callbacks.ModelCheckpoint("m.h5", save_best=True, save_best_only=True).save_best_only
    keras.callbacks.ReduceLROnPlateau(epsilon=0.5, threshold=3)
    with pytest.raises(Exception, match="EarlyStopping"):
        keras.callbacks.EarlyStopping(threshold=3)
