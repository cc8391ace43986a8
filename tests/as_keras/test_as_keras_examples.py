"""What examples of Keras 3 do besides: models that are never called on their data, masks shown, weights compared, structures."""

import numpy as np
import pytest
import torch


def test_models_around_models(served, tmp_path):
    """Without `call`, or called on what an attribute holds, a model with a train_step learns; its weights are saved and read."""
    import keras
    import tensorflow as tf
    from keras import layers, ops

    class Around(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
            self.tracker = keras.metrics.Mean(name="loss")

        def train_step(self, x):
            with tf.GradientTape() as tape:
                loss = ops.mean(ops.square(self.inner(x)))
            weights = self.inner.trainable_weights
            self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
            self.tracker.update_state([loss])
            return {"loss": self.tracker.result()}

    x = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
    model, other = Around(), Around()
    assert model.build((None, 3)) is None  # nothing to build, as in Keras 3 on TensorFlow
    model.compile(optimizer="sgd")
    model.fit(x, verbose=0)
    model.save_weights(tmp_path / "m.weights.h5")
    other.load_weights(tmp_path / "m.weights.h5")
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), other.get_weights(), strict=True))

    class Nodes(keras.Model):
        def __init__(self, states):
            super().__init__()
            self.states, self.dense = states, layers.Dense(2)

        def call(self, inputs):
            states, edges = inputs
            return self.dense(ops.segment_sum(ops.take(states, edges[:, 1], axis=0), edges[:, 0], 6))

        def train_step(self, data):
            numbers, labels = data
            assert numbers.ndim == 1  # as they were given
            with tf.GradientTape() as tape:
                made = self([self.states, np.array([[0, 1], [3, 2]])])
                loss = self.compute_loss(y=labels, y_pred=ops.take(made, numbers, axis=0))
            self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_weights), self.trainable_weights, strict=True))
            return {"loss": loss}

        def test_step(self, data):
            return {"loss": ops.mean(self([self.states, np.array([[0, 1], [3, 2]])]))}

    nodes = Nodes(torch.randn(6, 4))
    nodes.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = nodes.fit(np.arange(6), np.array([0, 1, 0, 1, 1, 0]), epochs=2, validation_split=0.3, verbose=0)
    assert sorted(history.history) == ["loss", "val_loss"]

    class Wrong(Nodes):
        train_step = keras.Model.train_step

    wrong = Wrong(nodes.states)
    wrong.compile("adam", "mse")
    with pytest.raises(Exception, match="unpack"):  # whose own step is nabi's: it is called on its data
        wrong.fit(np.arange(6), np.arange(6), verbose=0)


def test_tensors_and_weights(served):
    import keras
    import tensorflow as tf
    from keras import layers, ops

    doubled, summed = tf.map_fn(lambda pair: (2 * pair[0], pair[0] + pair[1]), (tf.constant([1, 2]), tf.constant([3, 4])))
    assert doubled.tolist() == [2, 4] and summed.tolist() == [4, 6]
    parts = tf.dynamic_partition(tf.constant([10, 20, 30]), tf.constant([1, 0, 1]), 2)
    assert [part.tolist() for part in parts] == [[20], [10, 30]]
    assert tf.dynamic_stitch([[1], [0, 2]], parts).tolist() == [10, 20, 30]
    x = torch.tensor([[3.0, 4.0]], requires_grad=True)
    keras.utils.normalize(x, axis=1)[0, 0].backward()
    np.testing.assert_allclose(x.grad, [[16 / 125, -12 / 125]], rtol=1e-5)

    class Linear(layers.Layer):
        def __init__(self):
            super().__init__()
            self.w = self.add_weight(shape=(2, 3), initializer="random_normal")
            self.b = self.add_weight(shape=(3,), initializer="zeros")

        def call(self, x):
            return ops.matmul(x, self.w) + self.b

    layer = Linear()
    assert layer.weights == [layer.w, layer.b] and layer.weights != [layer.b, layer.w]
    embedded = layers.Embedding(9, 4, mask_zero=True)(np.array([[5, 3, 0]]))
    assert embedded._keras_mask.tolist() == [[True, True, False]]

    class NeedsMask(layers.Layer):
        def call(self, x, mask=None):
            assert mask is not None
            return x * ops.expand_dims(ops.cast(mask, "float32"), -1)

    inputs = keras.Input((None,), dtype="int32")
    model = keras.Model(inputs, NeedsMask()(layers.Embedding(9, 4, mask_zero=True)(inputs)))
    made = model(np.array([[5, 3, 0]]))
    assert bool((made[0, 2] == 0).all()) and bool((made[0, :2] != 0).any())


def test_layers_of_scripts(served, tmp_path):
    """`super().get_config()` gives what the base knows; `build(self)`; a first axis of nodes instead of samples."""
    import keras
    from keras import layers, ops

    @keras.saving.register_keras_serializable()
    class Scaled(layers.Dense):
        def __init__(self, units, factor=2.0, **base):
            super().__init__(units, **base)
            self._factor = factor

        def build(self, input_shape, *more):
            super().build(input_shape)

        def call(self, x):
            return super().call(x) * self._factor

        def get_config(self):
            return dict(factor=self._factor, **super().get_config())

    @keras.saving.register_keras_serializable()
    class Nodes(layers.Layer):
        def __init__(self, count, **base):
            super().__init__(**base)
            self._count, self.project = count, layers.Dense(2)

        def build(self):
            self.built = True

        def call(self, x):
            rows = ops.take(ops.transpose(x, (1, 0, 2)), np.arange(self._count), axis=0)
            return ops.mean(Mixed(self._count)(rows), axis=0) + self.project(x[:, 0])

        def get_config(self):
            return {**super().get_config(), "count": self._count}

    class Mixed(layers.Layer):
        def __init__(self, count):
            super().__init__()
            self.count, self.activate = count, layers.Activation("tanh")

        def call(self, rows):
            return self.activate(ops.take(rows, [self.count - 1, 0], axis=0))[..., :2]

    inputs = keras.Input((3, 5))
    model = keras.Model(inputs, Scaled(2, 3.0, activation="relu")(Nodes(3)(inputs)))
    x = np.random.default_rng(0).normal(size=(4, 3, 5)).astype("float32")
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-6)
    assert sorted(layers.Layer.get_config(model.layers[1])) == ["dtype", "name", "trainable"]


def test_patches_by_all_spellings(served):
    from keras import ops

    x = np.arange(16.0).reshape(1, 4, 4, 1)
    for options in ({"images": x, "padding": "VALID"}, {"image": x, "strides": (2, 2)}):
        assert ops.image.extract_patches(size=(2, 2), **options)[0, 0, 1].tolist() == [2, 3, 6, 7]


def test_activations_called(served):
    """On symbols a layer, on arrays numbers; as arguments, nabi's own functions."""
    import keras

    inputs = keras.Input((3,))
    x = np.float32([[-1, 0, 2]])
    for name in ("relu", "swish", "gelu", "softmax", "tanh", "elu", "mish"):
        function = getattr(keras.activations, name)
        model = keras.Model(inputs, function(inputs))
        np.testing.assert_allclose(model.predict(x, verbose=0), function(x), rtol=1e-6)
        layer = keras.layers.Activation(function)
        assert layer.activation == function == keras.activations.get(name) and layer.get_config()["activation"]
        copy = keras.Model.from_config(model.get_config())
        np.testing.assert_allclose(copy.predict(x, verbose=0), function(x), rtol=1e-6)
    np.testing.assert_allclose(function([1]), keras.layers.Lambda(function)(np.float32([[1]]))[0], rtol=1e-6)
    assert keras.activations.relu != keras.activations.swish and keras.activations.softmax(inputs, axis=-1).shape == (None, 3)
    lstm = keras.layers.LSTM(2, activation=keras.activations.relu, recurrent_activation=keras.activations.sigmoid)
    assert lstm(keras.Input((4, 3))).shape == (None, 2)


def test_gradients_of_lists_of_lists(served):
    import tensorflow as tf

    a, b, c = (tf.Variable(float(n)) for n in (1, 2, 3))
    with tf.GradientTape(persistent=True) as tape:
        loss = a * b + c * c
    assert [[float(g) for g in part] for part in tape.gradient(loss, [[a], [], [b, c]])] == [[2], [], [1, 6]]
    assert float(tape.gradient(loss, {"x": a})["x"]) == 2 and float(tape.gradient(loss, c)) == 6
