"""Keras 1 and 2: logs of batches and of outputs by their names of then, kernels of volumes, regularizers told a weight.

Oracles: what Keras 2.2 logs (batches log "acc"; values have `item()`), NumPy, the same layer in today's spelling.
"""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest

from nabi.as_keras.libraries.old_arguments import dress_yaml
from nabi.as_keras.patches import Patches

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 4)), np.eye(2)[np.arange(12) % 2]


def test_logs_of_batches(served):
    from keras.callbacks import Callback, LambdaCallback
    from keras.layers import Dense
    from keras.models import Sequential

    class Kept(Callback):
        def on_train_begin(self, logs={}):  # noqa: B006  as scripts write it
            self.of_batches, self.of_epochs = [], []

        def on_batch_end(self, batch, logs={}):  # noqa: B006
            self.of_batches.append(logs.get("acc"))

        def on_epoch_end(self, epoch, logs={}):  # noqa: B006
            self.of_epochs.append(logs.get("val_acc").item())

    model = Sequential([Dense(2, activation="softmax", input_shape=(4,))])
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    kept, told = Kept(), []
    heard = LambdaCallback(on_batch_end=lambda batch, logs: told.append(logs["acc"]))
    history = model.fit(X, Y, 4, 2, 0, [kept, heard], validation_data=(X, Y))
    assert len(kept.of_batches) == 6 and kept.of_batches == told and all(0 <= one <= 1 for one in told)
    assert kept.of_batches[2] == history.history["acc"][0] and kept.of_epochs == history.history["val_acc"]
    assert type(pickle.loads(pickle.dumps(history.history["acc"]))[0]) is float


def test_logs_of_outputs(served, tmp_path):
    from keras.callbacks import ModelCheckpoint
    from keras.layers import Dense, Input
    from keras.models import Model

    x = Input((4,))
    model = Model(x, [Dense(2, activation="softmax", name=f"head_{n}")(x) for n in (1, 2)])
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy", "mse"])
    keep = ModelCheckpoint(str(tmp_path / "{epoch:02d}-{val_head_2_acc:.2f}.h5"), save_weights_only=True)
    history = model.fit(X, [Y, Y], verbose=0, validation_data=(X, [Y, Y]), callbacks=[keep])
    accuracy = history.history["val_head_2_acc"][0]
    assert accuracy == history.history["val_head_2_accuracy"][0] and (tmp_path / f"01-{accuracy:.2f}.h5").exists()
    assert history.history["head_1_mean_squared_error"] == history.history["head_1_mse"]


@pytest.mark.parametrize("rows", [1, 3])
def test_batches_of_generators_get_an_axis(served, rows):
    from keras.layers import Dense, Input, concatenate
    from keras.models import Model

    a, b = Input((1,)), Input((1,), name="b")
    model = Model([a, b], Dense(1, kernel_initializer="ones")(concatenate([a, b])))
    model.compile("sgd", "mse")
    one = np.arange(rows, dtype="float32")
    model.fit_generator((([one, one], one) for _ in range(9)), 2, 1, verbose=0)
    assert model.predict_generator(([one, one] for _ in range(9)), 2, verbose=0).shape == (2 * rows, 1)
    assert np.isfinite(model.evaluate_generator((([one, one], one) for _ in range(9)), 2, verbose=0))


@pytest.mark.parametrize("args, options", [((2, 1, 2, 3), {}), ((2,), {"kernel_dim1": 1, "kernel_dim2": 2, "kernel_dim3": 3}),
                                           ((2, (1, 2, 3)), {})])
def test_kernels_of_volumes(served, args, options):
    from keras.layers import Convolution3D, Input

    layer = Convolution3D(*args, border_mode="same", **options)
    assert tuple(layer(Input((4, 4, 4, 1))).shape) == (None, 4, 4, 4, 2) and layer.get_weights()[0].shape == (1, 2, 3, 1, 2)


def test_regularizers_that_are_told_a_weight(served):
    from keras import backend as K
    from keras import initializations, regularizers
    from keras.engine.topology import Layer
    from keras.layers.convolutional import conv_output_length
    from keras.models import Sequential

    class Plain(Layer):
        def build(self, input_shape):
            self.W = initializations.get("one")((4, 2), name="W")
            self.b = K.zeros((2,))
            self.trainable_weights = [self.W, self.b]
            told = regularizers.get("l2")
            told.set_param(self.W)
            self.regularizers = [told]

        def call(self, x, mask=None):
            return K.dot(x, self.W) + self.b

        def get_output_shape_for(self, input_shape):
            return (input_shape[0], 2)

    model = Sequential([Plain(input_shape=(4,))])
    model.compile("sgd", "mse")
    plain = np.square(X @ np.ones((4, 2)) - Y).mean()
    np.testing.assert_allclose(model.evaluate(X, Y, verbose=0), plain + 0.01 * 8, rtol=1e-5)
    assert conv_output_length(10, 3, "valid", 2) == 4


def test_the_configuration_of_a_recurrent_class(served):
    from keras import backend as K
    from keras.layers import Recurrent
    from keras.models import Sequential

    class Sums(Recurrent):
        def __init__(self, output_dim, **options):
            self.output_dim = output_dim
            super().__init__(**options)

        def build(self, input_shape):
            self.W = K.ones((3, self.output_dim))
            self.trainable_weights = [self.W]
            assert self.consume_less == "cpu" and self.initial_weights is None

        def step(self, x, states):
            return K.dot(x, self.W) + states[0], [K.dot(x, self.W) + states[0]]

        def get_config(self):
            return dict(list(super().get_config().items()) + [("output_dim", self.output_dim)])

    model = Sequential([Sums(2, input_shape=(5, 3))])
    x = RNG.normal(size=(2, 5, 3))
    np.testing.assert_allclose(model.predict(x, verbose=0), np.repeat(x.sum((1, 2))[:, None], 2, 1), rtol=1e-5)
    settings = model.layers[0].get_config()
    assert settings["output_dim"] == 2 and settings["return_sequences"] is False and "weights" not in settings


def test_the_drawing_of_a_model(served, tmp_path):
    from keras.layers import Dense
    from keras.models import Sequential
    from keras.utils.visualize_util import plot, to_graph

    model = Sequential([Dense(2, input_shape=(4,), name="only")])
    assert b"only" in to_graph(model).create(prog="dot", format="svg")
    plot(model, to_file=str(tmp_path / "model.png"))
    assert list(tmp_path.iterdir())


def test_arrays_saved_for_python_2(served, tmp_path):
    np.save(str(tmp_path / "a.npy"), X, allow_pickle=True, fix_imports=True)  # an argument that NumPy 2.4 has no more
    np.testing.assert_array_equal(np.load(str(tmp_path / "a.npy")), X)


def test_yaml_without_a_loader():
    module, patches = SimpleNamespace(load=lambda stream, Loader: (stream, Loader), SafeLoader="safe"), Patches()
    dress_yaml(module, patches)
    assert module.load("a: 1") == ("a: 1", "safe") and module.load("a: 1", Loader="full") == ("a: 1", "full")
    patches.undo()


def test_values_of_frames(served):
    import pandas as pd

    frame = pd.DataFrame()
    for row in range(2):
        for column in range(2):
            frame.set_value(index=row, col=column, value=float(10 * row + column))
    assert frame.values.tolist() == [[0.0, 1.0], [10.0, 11.0]] and frame.get_value(1, 0) == 10.0
    assert pd.Series([1, 2], index=["a", "b"]).set_value("b", 5).tolist() == [1, 5]


def test_lambdas_that_read_symbols(served, tmp_path):
    import tensorflow as tf
    from keras import backend as K
    from keras.layers import Dense, Flatten, GlobalMaxPooling1D, Input, Lambda, Reshape
    from keras.models import Model, load_model

    def turn(A, B):
        return tf.matmul(A, B)

    points = Input((5, 3))
    matrix = Reshape((3, 3))(Dense(9)(GlobalMaxPooling1D()(points)))
    turned = Lambda(turn, arguments={"B": matrix}, name="turned")(points)
    shares = Dense(5, activation="softmax")(Flatten()(points))
    weighed = Lambda(lambda x: x * K.expand_dims(shares))
    model = Model(points, [turned, weighed(points), weighed(turned)])
    x = RNG.normal(size=(2, 5, 3)).astype("float32")
    m, w = Model(points, [matrix, shares]).predict(x, verbose=0)
    for made, wanted in zip(model.predict(x, verbose=0), (x @ m, x * w[..., None], (x @ m) * w[..., None]), strict=True):
        np.testing.assert_allclose(made, wanted, atol=1e-5)
    assert tuple(model.get_layer("turned").output.shape) == (None, 5, 3)
    model.save(str(tmp_path / "points.h5"))
    np.testing.assert_allclose(load_model(str(tmp_path / "points.h5")).predict(x, verbose=0)[0], x @ m, atol=1e-5)


def test_large_constants_beside_symbols(served):
    from keras import backend as K

    content, style = RNG.normal(size=(2, 1, 40, 53, 3)).astype("float32")
    made = K.placeholder((1, 40, 53, 3))
    joined = K.concatenate([K.constant(content), K.constant(style), made], axis=0)
    loss = K.sum(K.square(joined[2] - joined[0])) + K.sum(joined[1] * content[0])
    value, slope = K.function([made], [loss, K.gradients(loss, made)[0]])([2 * style])
    np.testing.assert_allclose(value, np.square(2 * style - content).sum() + (style * content).sum(), rtol=1e-5)
    np.testing.assert_allclose(slope, 2 * (2 * style - content), atol=1e-4)


def test_subclasses_read_weights_and_settings_in_keras_1s_words(served):
    from keras import backend as K
    from keras.layers import Convolution2D, Dense
    from keras.models import Sequential

    class Convolved(Convolution2D):
        def call(self, x, mask=None):
            assert (self.nb_filter, self.nb_row, self.nb_col, self.subsample, self.W_shape) == (2, 3, 1, (1, 1), (3, 1, 1, 2))
            return 2 * K.conv2d(x, self.W, border_mode=self.border_mode) + self.b

    class Built(Dense):
        def build(self, input_shape):
            self.W = self.add_weight((input_shape[-1], self.output_dim), initializer=self.init, name="W")
            self.b = self.add_weight((self.output_dim,), initializer="one", name="b") if self.bias else None
            self.built = True

        def call(self, x, mask=None):
            return self.activation(K.dot(x, self.W) + self.b)

    maps = np.arange(16.0).reshape(1, 4, 4, 1)
    model = Sequential([Convolved(2, nb_row=3, nb_col=1, init="one", border_mode="same", input_shape=(4, 4, 1))])
    np.testing.assert_allclose(model.predict(maps, verbose=0)[0, 1, 1], [2 * (1 + 5 + 9)] * 2)
    assert model.layers[0].W is model.layers[0].kernel
    model = Sequential([Built(2, input_dim=4, init="one")])
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    assert [w.shape for w in model.get_weights()] == [(4, 2), (2,)]
    with pytest.raises(AttributeError):
        Dense(2).W  # noqa: B018  not made yet


def test_placeholders_are_as_long_as_they_say(served):
    """tf_keras 2.21 gives the same shapes and numbers."""
    from keras import backend as K

    row, plane = K.placeholder(shape=(5,)), K.placeholder(shape=(2, 3))
    assert K.int_shape(row) == (5,) and K.int_shape(K.flatten(plane)) == (6,)
    assert K.int_shape(K.placeholder((None, 4))) == (None, 4)
    column, product = K.reshape(row, (5, 1)), K.dot(plane, K.variable(np.ones((3, 2))))
    made = K.function([row, plane], [column, product, row[2]])([np.arange(5), np.ones((2, 3))])
    np.testing.assert_array_equal(made[0], [[0], [1], [2], [3], [4]])
    np.testing.assert_array_equal(made[1], [[3, 3], [3, 3]])
    assert made[2] == 2
