"""Models called as scripts of courses call them: several arguments of one's own, `loss.backward()`, attributes that Keras lets
one set; arrays and lists beside variables. Oracles: torch and NumPy by hand."""

import numpy as np
import pytest
import torch

from nabi.as_keras.tensorflow.taping import Running

RNG = np.random.default_rng(5)
X, H = RNG.normal(size=(4, 3)).astype("float32"), RNG.normal(size=(4, 2)).astype("float32")


def test_calls_with_more_than_inputs(served):
    import tensorflow as tf
    from tensorflow.keras import Model, layers

    class Coder(Model):
        def __init__(self):
            super().__init__()
            self.dense, self.drop, self.seen = layers.Dense(2, use_bias=False), layers.Dropout(0.5), []

        def build(self, input_shape):
            self.seen.append(tuple(input_shape))

        def call(self, x, hidden, training=None, scale=1.0):
            return self.drop(self.dense(x)) * scale + hidden, hidden

    coder = Coder()
    with tf.GradientTape() as tape:
        made, state = coder(X, H, scale=2.0)
        loss = tf.reduce_sum(made)
    kernel = coder.dense.kernel.numpy()
    np.testing.assert_allclose(made.numpy(), 2 * X @ kernel + H, rtol=1e-5)
    assert (state.numpy() == H).all() and coder.seen == [(4, 3)]
    np.testing.assert_allclose(tape.gradient(loss, coder.trainable_variables)[0].numpy(), 2 * X.sum(0)[:, None].repeat(2, 1),
                               rtol=1e-5)
    dropped = [coder(X, hidden=np.zeros((4, 2), "float32"), training=True)[0].numpy() for _ in range(2)]
    assert (dropped[0] == 0).any() and (dropped[0] != dropped[1]).any(), "the mode reaches the layers, draws differ"
    a, b = layers.Input((3,)), layers.Input((2,))
    whole = Model([a, b], coder(a, b)[0])
    np.testing.assert_allclose(whole.predict([X, H], verbose=0), X @ kernel + H, rtol=1e-5)


def test_attributes_of_a_class_until_it_is_compiled(served):
    import keras

    class Agent(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(1)
            self.loss, self.optimizer = keras.losses.MeanAbsoluteError(), keras.optimizers.Adam(0.5)

        def call(self, x):
            return self.dense(x)

    agent = Agent()
    assert agent.optimizer.learning_rate == 0.5 and agent.loss(X, X) == 0
    agent.compile("sgd", "mse")
    assert type(agent.optimizer).__name__ == "SGD" and agent.loss == "mse"
    agent.fit(X, X[:, :1], verbose=0)


def test_backward_outside_of_fit(served, monkeypatch):
    import keras

    monkeypatch.setattr(Running, "always", True)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, use_bias=False)])
    optimizer = keras.optimizers.SGD(0.1)
    for _ in range(2):
        before = model.get_weights()[0]
        leaf = torch.tensor(before, requires_grad=True)
        (torch.tensor(X) @ leaf - torch.tensor(H)).square().mean().backward()
        keras.losses.MeanSquaredError()(H, model(X, training=True)).backward()
        grads = [w.value.grad for w in model.trainable_weights]
        np.testing.assert_allclose(grads[0].numpy(), leaf.grad.numpy(), atol=1e-6)
        with torch.no_grad():
            optimizer.apply(grads, model.trainable_weights)
        model.zero_grad()
        np.testing.assert_allclose(model.get_weights()[0], before - 0.1 * leaf.grad.numpy(), atol=1e-6)
    model.compile("sgd", "mse")
    model.fit(X, H, verbose=0)


@pytest.mark.parametrize("beside", [np.array([1.0, 2.0, 4.0]), [1.0, 2.0, 4.0]], ids=["array", "list"])
def test_arrays_and_lists_beside_variables(served, beside):
    import tensorflow as tf

    w, x = tf.Variable(2.0), np.array([1.0, 2.0, 4.0])
    for made, wanted in ((lambda: w * beside - 1, 2 * x - 1), (lambda: beside * w, 2 * x), (lambda: beside - w, x - 2),
                         (lambda: w * 1.0 - beside, 2 - x), (lambda: beside / (w + 0.0), x / 2)):
        with tf.GradientTape() as tape:
            found = made()
            total = tf.reduce_sum(found)
        np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-6)
        assert tape.gradient(total, w) is not None, "a tape follows it"
    assert isinstance(np.exp(w), np.floating | np.ndarray) and isinstance(np.equal(tf.ones(2), 0), np.ndarray)
    assert (np.array([1, 2]) == tf.constant([1, 3])).numpy().tolist() == [True, False]


def test_symbols_tell_their_dtypes(served):
    import keras
    import tensorflow as tf

    x, y = keras.Input((3,), dtype="int32"), keras.Input((2,))
    assert (x.dtype, y.dtype, (x > 0).dtype, (x + 1).dtype, (y * 2).dtype) == ("int32", "float32", "bool", "int32", "float32")
    assert keras.layers.Embedding(3, 2)(x).dtype == "float32" and tf.cast(x, y.dtype).dtype == "float32"
    assert keras.Input((1,), dtype=tf.string).dtype == "string" and tf.keras.Input((1,), dtype=tf.int64).dtype == "int64"


def test_streams_in_batches_of_another_size(served):
    import tensorflow as tf

    stream = tf.data.Dataset.range(7).batch(3)
    assert [len(b) for b in stream.rebatch(2)] == [2, 2, 2, 1] and [len(b) for b in stream.rebatch(2, True)] == [2, 2, 2]


def test_fonts_of_other_systems_and_rates_of_schedules(served, monkeypatch):
    import keras
    from matplotlib import font_manager

    from nabi.viz.style import has_korean

    assert (font_manager.FontProperties(fname="C:/Windows/Fonts/malgun.ttf").get_name() == "DejaVu Sans") is not has_korean()
    monkeypatch.setattr(font_manager._log, "warning", pytest.fail)
    for find in (font_manager.findfont, font_manager.fontManager._find_fonts_by_props):
        assert find(font_manager.FontProperties(["NoSuchGothic"]))
    with pytest.raises(ValueError):
        font_manager.fontManager.findfont("NoSuchGothic", fallback_to_default=False)  # asks whether it is there
    from tqdm.auto import tqdm as auto
    from tqdm.notebook import tqdm, trange

    assert list(tqdm([1], disable=True)) == [1] and tqdm.__module__ == auto.__module__ == "tqdm.std" and len(trange(2)) == 2
    assert keras.optimizers.schedules.ExponentialDecay(0.5, 10, 0.5)(10).numpy() == np.float32(0.25)


def test_rows_of_numbers_for_models_that_know_no_shape(served):
    from tensorflow.keras import Model, Sequential, layers

    class Net(Model):
        def __init__(self):
            super().__init__(name="")
            self.dense = layers.Dense(1)

        def call(self, x):
            return self.dense(x)

    x = [1.0, 2.0, 3.0]
    for model in (Net(), Sequential([layers.Dense(1)])):
        model.compile("sgd", "mse")
        assert "val_loss" in model.fit(x, np.array(x), validation_data=(np.array(x), np.array(x)), verbose=0).history
        assert model.predict([10.0], verbose=0).shape == (1, 1) and model.name


def test_layers_of_ones_own_with_several_arguments(served):
    import tensorflow as tf
    from tensorflow.keras import Input, Model, layers

    class Mixed(layers.Layer):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2, use_bias=False)

        def call(self, v, k, training, mask):
            made = self.dense(v) + k
            return made if mask is None else made * mask, {"seen": training}

    mixed = Mixed()
    made, more = mixed(X, k=H, training=True, mask=None)
    kernel = mixed.dense.kernel.numpy()
    np.testing.assert_allclose(made.numpy(), X @ kernel + H, rtol=1e-5)
    assert more == {"seen": True} and [w.path for w in mixed.weights] == ["mixed/dense/kernel"]

    class Named(Mixed):
        def call(self, inputs):
            query, weight = inputs["query"], inputs["weight"]
            return self.dense(query) * weight if inputs["mask"] is None else inputs["mask"]

    class Alone(Mixed):
        def call(self, v, k, training, mask):
            return super().call(v, k, training, mask)[0]

    alone, named = Alone(), Named()
    x, h = Input((3,)), Input((2,))
    y = named({"query": x, "weight": h, "mask": None})
    model = Model([x, h], alone(x, y, False, mask=h))
    wanted = (X @ alone.dense.kernel.numpy() + X @ named.dense.kernel.numpy() * H) * H
    np.testing.assert_allclose(model.predict([X, H], verbose=0), wanted, rtol=1e-4, atol=1e-5)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model([X, H]))
    assert all(one is not None for one in tape.gradient(loss, model.trainable_variables)) and len(model.weights) == 2


def test_lambdas_with_open_sides_in_their_shape(served):
    from tensorflow.keras import Input, Model, layers

    x = Input((None,))
    model = Model(x, layers.Lambda(lambda t: t[:, None, None, :], output_shape=(1, 1, None))(x))
    assert model.output_shape == (None, 1, 1, None) and model(np.ones((2, 5))).shape == (2, 1, 1, 5)
    assert model.layers[-1].compute_output_shape((None, 4)) == (None, 1, 1, 4)
