"""Idioms of tutorials: attention layers that list their weights, states as outputs, streams with class weights, estimators."""

import numpy as np
import pytest
import torch

rng = np.random.default_rng(0)


@pytest.fixture
def keras(served):
    import keras

    return keras


def test_a_layer_lists_its_weights(keras):
    K = keras.backend

    class Scores(keras.layers.Layer):
        def build(self, input_shape):
            self.W = K.variable(np.full((input_shape[-1], 1), 0.5))
            self.scale = K.variable(np.ones(1))
            self.hidden = [K.variable(np.zeros(2))]
            self.trainable_weights = [self.W, *self.hidden]
            self._non_trainable_weights = [self.scale]
            super().build(input_shape)

        def call(self, x):
            return K.dot(x, self.W) * self.scale

        def compute_output_shape(self, shape):
            return (shape[0], 1)

    model = keras.models.Sequential([Scores(input_shape=(3,))])
    layer = model.layers[0]
    assert len(layer.trainable_weights) == 2 and len(layer.non_trainable_weights) == 1
    model.compile("sgd", "mse")
    model.fit(rng.random((8, 3)), np.ones(8), verbose=0)
    moved, kept = layer.W, layer.scale
    assert np.abs(np.asarray(moved) - 0.5).min() > 1e-4 and np.asarray(kept).tolist() == [1.0]


def test_symbols_tell_their_shape_as_lists(keras):
    x = keras.layers.Conv2D(4, 3)(keras.Input((8, 8, 3)))
    assert x.get_shape().as_list() == x.shape.as_list() == [None, 6, 6, 4]
    assert x._keras_shape == (None, 6, 6, 4) and x._keras_history[0].name == x.node.layer.name
    assert x.shape == (None, 6, 6, 4) and x.shape[1:] == (6, 6, 4)


def test_all_states_of_one_layer_are_outputs(keras):
    steps = keras.Input((3, 1))
    model = keras.Model(steps, keras.layers.LSTM(2, return_sequences=True, return_state=True)(steps))
    x = rng.random((5, 3, 1))
    every, h, c = model.predict(x, verbose=0)
    assert every.shape == (5, 3, 2) and c.shape == (5, 2)
    np.testing.assert_allclose(every[:, -1], h, rtol=1e-6)


def test_dot_of_two_precisions(keras):
    a, b = torch.rand(2, 3, 4, dtype=torch.bfloat16), torch.rand(2, 3, 5)
    made = keras.layers.Dot(axes=1)([a, b])
    np.testing.assert_allclose(made.numpy(), np.einsum("nki,nkj->nij", a.numpy(), b.numpy()), rtol=1e-6)


def test_fit_of_an_estimator_answers_as_a_history(keras):
    from keras.wrappers.scikit_learn import KerasClassifier

    def make():
        model = keras.models.Sequential([keras.layers.Dense(1, activation="sigmoid", input_dim=2)])
        model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
        return model

    estimator = KerasClassifier(build_fn=make, epochs=2, verbose=0)
    with pytest.raises(AttributeError, match="history"):
        _ = estimator.history
    made = estimator.fit(rng.random((8, 2)), np.arange(8) % 2)
    assert len(made.history["loss"]) == 2 and made.epoch == [0, 1] and made.model is estimator.model


def test_shuffle_batch_shuffles(keras):
    model = keras.models.Sequential([keras.layers.Dense(1, input_dim=2)])
    model.compile("sgd", "mse")
    assert len(model.fit(rng.random((8, 2)), np.ones(8), shuffle="batch", verbose=0).history["loss"]) == 1


def test_latest_checkpoint_is_a_file_of_weights(keras, tmp_path):
    import tensorflow as tf

    model = keras.models.Sequential([keras.layers.Dense(1, input_dim=2)])
    before = model.get_weights()
    model.save_weights(str(tmp_path / "cp-1.ckpt"))
    (tmp_path / "later.txt").write_text("a log")
    model.set_weights([w + 1 for w in before])
    newest = tf.train.latest_checkpoint(str(tmp_path))
    assert newest == str(tmp_path / "cp-1.ckpt")
    model.load_weights(newest)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_class_weights_as_an_array_and_sparse_rows(keras):
    from scipy.sparse import csr_matrix

    x, y = rng.random((8, 3)), np.arange(8) % 2
    nets = [keras.models.Sequential([keras.layers.Dense(2, activation="softmax", input_dim=3)]) for _ in range(2)]
    nets[1].set_weights(nets[0].get_weights())
    for net, weights in zip(nets, (np.array([0.5, 3.0]), {0: 0.5, 1: 3.0}), strict=True):
        net.compile("sgd", "sparse_categorical_crossentropy")
        net.fit(x, y, class_weight=weights, shuffle=False, verbose=0)
    np.testing.assert_array_equal(nets[0].get_weights()[0], nets[1].get_weights()[0])
    np.testing.assert_allclose(nets[0].predict(csr_matrix(x), verbose=0), nets[0].predict(x, verbose=0), rtol=1e-5)


def test_a_loss_of_flattened_pictures_adds_to_those_of_samples(keras):
    K, layers = keras.backend, keras.layers
    x = layers.Input((6,))
    mean, log_variance = layers.Dense(2)(x), layers.Dense(2)(x)
    made = layers.Dense(6, activation="sigmoid")(mean)
    model = keras.Model(x, made)

    def loss(a, b):
        divergence = -0.5 * K.mean(1 + log_variance - K.square(mean) - K.exp(log_variance), axis=-1)
        return K.mean(6 * keras.losses.binary_crossentropy(K.flatten(a), K.flatten(b)) + divergence)

    model.compile("sgd", loss)
    pictures = rng.random((8, 6)).astype("float32")
    (kernel, bias), (wide, wide_bias) = (model.layers[i].get_weights() for i in (1, -1))
    other = next(one for one in model.loss_twin.model.layers if one.name not in [known.name for known in model.layers]
                 and type(one).__name__ == "Dense")
    m, v = pictures @ kernel + bias, pictures @ other.get_weights()[0] + other.get_weights()[1]
    p = 1 / (1 + np.exp(-(m @ wide + wide_bias)))
    expected = 6 * -(pictures * np.log(p) + (1 - pictures) * np.log(1 - p)).mean()
    expected += (-0.5 * (1 + v - m**2 - np.exp(v)).mean(-1)).mean()
    np.testing.assert_allclose(model.evaluate(pictures, pictures, verbose=0), expected, rtol=1e-4)


def test_a_normalizer_shows_what_it_found(keras):
    x = rng.random((9, 2)) * 5
    layer = keras.layers.Normalization()
    layer.adapt(x)
    np.testing.assert_allclose(layer.mean.numpy(), x.mean(0)[None], rtol=1e-5)
    np.testing.assert_allclose(layer.variance, x.var(0)[None], rtol=1e-4)
    assert keras.layers.Normalization.from_config(layer.get_config()).get_config()["mean"] is None


def test_losses_that_call_losses_which_read_symbols_of_an_object(keras):
    K, layers = keras.backend, keras.layers

    class Coder:
        def __init__(self):
            x = layers.Input((4,))
            self.mean = layers.Dense(2, kernel_initializer="ones", name="mean")(x)  # as K.mean is called, too
            self.model = keras.Model(x, layers.Dense(4, kernel_initializer="zeros")(self.mean))

            def apart(a, b):
                return K.mean(K.square(a - b), axis=[1])

            def size(a, b):
                return K.sum(K.square(self.mean), axis=1)

            def both(a, b):
                return apart(a, b) + size(a, b)

            self.model.compile("sgd", both, metrics=[apart, size])

    x = rng.random((6, 4)).astype("float32")
    expected = (x**2).mean() + 2 * (x.sum(1) ** 2).mean()
    found = Coder().model.evaluate(x, x, verbose=0)
    np.testing.assert_allclose(found[0], expected, rtol=1e-5)
    np.testing.assert_allclose(found[1], (x**2).mean(), rtol=1e-5)


def test_callbacks_are_told_the_validation_data(keras):
    class Seen(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.seen = [part.shape for part in self.validation_data]

    x, y = rng.random((8, 3)), np.ones((8, 1))
    model = keras.models.Sequential([keras.layers.Dense(1, input_dim=3)])
    model.compile("sgd", "mse")
    given, split = Seen(), Seen()
    model.fit(x, y, validation_data=(x[:5], y[:5]), callbacks=[given], verbose=0)
    model.fit(x, y, validation_split=0.25, callbacks=[split], verbose=0)
    assert given.seen == [(5, 3), (5, 1), (5,)] and split.seen == [(2, 3), (2, 1), (2,)]
