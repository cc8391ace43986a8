"""Training by hand in Keras' place: losses of symbols, gradient penalties, updates, tapes, pairs of models; against torch."""

import functools
from typing import Any

import numpy as np
import pytest
import torch

RNG = np.random.default_rng(2)
X, Y = RNG.normal(size=(8, 3)).astype("float32"), RNG.normal(size=(8, 2)).astype("float32")


def stepped(weights, loss_of, rate=0.1):
    """The weights after a step downhill, by torch."""
    leaves = [torch.tensor(w, requires_grad=True) for w in weights]
    slopes = torch.autograd.grad(loss_of(*leaves), leaves)
    return [(w - rate * g).detach().numpy() for w, g in zip(leaves, slopes, strict=True)]


def close(made, wanted):
    for one, other in zip(made, wanted, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_added_losses_beside_plain_ones(served):
    from keras import backend as K
    from keras.layers import Dense, Input
    from keras.models import Model

    x = Input((3,))
    hidden = Dense(4, activation="tanh")(x)
    model = Model(x, Dense(2)(hidden))
    model.add_loss(0.5 * K.mean(K.square(hidden)))
    model.compile("sgd", "mse", metrics=["mae"])
    model.optimizer.lr = 0.1
    before = model.get_weights()

    def loss(w, b, v, c):
        h = torch.tanh(torch.tensor(X) @ w + b)
        return (h @ v + c - torch.tensor(Y)).square().mean() + 0.5 * h.square().mean()

    wanted = stepped(before, loss)
    history = model.fit(X, Y, batch_size=8, epochs=1, verbose=0, validation_data=(X, Y)).history
    assert set(history) == {"loss", "mae", "val_loss", "val_mae"} or set(history) >= {"loss", "mae", "val_loss", "val_mae"}
    close(model.get_weights(), wanted)
    assert history["loss"][0] == pytest.approx(loss(*map(torch.tensor, before)).item(), rel=1e-5)
    with pytest.raises(AssertionError):
        close(model.get_weights(), stepped(before, lambda *w: loss(*w) * 1.1))
    assert model.metrics_names[0] == "loss" and len(model.train_on_batch(X, Y)) == 2


def test_gradient_penalty_of_keras_2(served):
    from keras import backend as K
    from keras.layers import Dense, Input
    from keras.models import Model

    critic_in = Input((3,))
    critic = Model(critic_in, Dense(1)(Dense(4, activation="tanh")(critic_in)))
    real, mixed = Input((3,)), Input((3,))
    out = critic(mixed)

    def penalty(y_true, y_pred, samples):
        slopes = K.gradients(y_pred, samples)[0]
        return K.mean(K.square(1 - K.sqrt(K.sum(K.square(slopes), axis=np.arange(1, len(slopes.shape))))))

    def wasserstein(y_true, y_pred):
        return K.mean(y_true * y_pred)

    model = Model([real, mixed], [critic(real), out])
    model.compile("sgd", [wasserstein, functools.partial(penalty, samples=mixed)], loss_weights=[1, 10])
    model.optimizer.lr = 0.1
    other, ones = X[::-1].copy(), np.ones((8, 1), "float32")

    def loss(w, b, v, c):
        def judge(x):
            return torch.tanh(x @ w + b) @ v + c

        samples = torch.tensor(other, requires_grad=True)
        slopes = torch.autograd.grad(judge(samples).sum(), samples, create_graph=True)[0]
        return judge(torch.tensor(X)).mean() + 10 * (1 - slopes.square().sum(1).sqrt()).square().mean()

    before = critic.get_weights()
    made: Any = model.train_on_batch([X, other], [ones, 0 * ones])
    assert len(made) == 3 and made[0] == pytest.approx(loss(*map(torch.tensor, before)).item(), rel=1e-5)
    for one, wanted in zip(critic.get_weights(), stepped(before, lambda *w: loss(*w) + 0 * w[3].sum()), strict=True):
        np.testing.assert_allclose(one, wanted, atol=2e-6)


def test_metrics_go_to_every_output(served):
    from keras.layers import Dense, Input
    from keras.models import Model

    x = Input((3,))
    model = Model(x, [Dense(2, name="a")(x), Dense(2, name="b")(x)])
    model.compile("sgd", "mse", metrics=["mae"])
    assert set(model.fit(X, [Y, Y], verbose=0).history) == {"loss", "a_loss", "b_loss", "a_mae", "b_mae"}
    assert len(model.evaluate(X, [Y, Y], verbose=0)) == 5
    model.compile("sgd", "mse", metrics={"b": ["mae"]})
    assert set(model.fit(X, [Y, Y], verbose=0).history) == {"loss", "a_loss", "b_loss", "b_mae"}


def test_updates_are_steps(served):
    from keras import backend as K
    from keras.layers import Dense, Input
    from keras.models import Model
    from keras.optimizers import SGD

    x, action = Input((3,)), K.placeholder(shape=(None, 2))
    model = Model(x, Dense(2, activation="softmax")(x))
    loss = -K.mean(K.log(K.sum(model.output * action, axis=1) + 1e-10))
    weights = model.trainable_weights
    for places in (lambda o: o.get_updates(loss, weights), lambda o: o.get_updates(weights, [], loss)):
        train = K.function([model.input, action], [loss], updates=places(SGD(lr=0.1)))
        before, picked = model.get_weights(), np.eye(2, dtype="float32")[[0, 1] * 4]
        wanted = stepped(before, lambda w, b, p=picked: -((torch.softmax(torch.tensor(X) @ w + b, -1) * torch.tensor(p)).sum(1)
                                                         + 1e-10).log().mean())
        assert np.isfinite(train([X, picked])[0])
        close(model.get_weights(), wanted)


def test_pairs_of_models_as_compiled(served):
    """What `trainable` was when a model was compiled holds for it, as in Keras 1 and 2."""
    from keras.layers import Dense
    from keras.models import Model, Sequential
    from keras.optimizers import SGD

    generator, judge = Sequential([Dense(3, input_dim=2)]), Sequential([Dense(1, activation="sigmoid", input_dim=3)])
    shared = SGD(lr=0.5)
    judge.compile(shared, "binary_crossentropy", metrics=["accuracy"], precision="float32")
    judge.trainable = False
    pair = Model(generator.inputs, judge(generator.outputs[0]))
    pair.compile(shared, "binary_crossentropy", precision="float32")
    noise, ones = RNG.normal(size=(8, 2)).astype("float32"), [1] * 8

    def through(w, b, fixed):
        p = torch.sigmoid((torch.tensor(noise) @ w + b) @ fixed[0] + fixed[1])
        return -p.log().mean()

    for toggled in (False, True, False):
        judge.trainable = toggled
        of_judge = [torch.tensor(w) for w in judge.get_weights()]
        wanted = stepped(generator.get_weights(), lambda w, b, fixed=of_judge: through(w, b, fixed), 0.5)
        pair.train_on_batch(noise, ones)
        close(generator.get_weights(), wanted)
        assert all((a == b.numpy()).all() for a, b in zip(judge.get_weights(), of_judge, strict=True))
        kept = generator.get_weights()
        wanted = stepped(judge.get_weights(), lambda w, b: -torch.sigmoid(torch.tensor(X) @ w + b).log().mean(), 0.5)
        loss, accuracy = judge.train_on_batch(X, ones)
        close(judge.get_weights(), wanted)
        assert 0 <= accuracy <= 1 and all((a == b).all() for a, b in zip(generator.get_weights(), kept, strict=True))
    assert isinstance(pair.train_on_batch(noise, ones), float | np.floating)


def test_tapes(served):
    import tensorflow as tf

    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(v**3)
        first = inner.gradient(y, v)
    assert first.numpy().tolist() == [3, 12] and outer.gradient(first, v).numpy().tolist() == [6, 12]
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
    assert tape.jacobian(y, x).shape == (2, 2, 2, 2) and tape.jacobian(y, x)[1, 0, 1, 0] == 6
    assert tape.batch_jacobian(y, x)[1].tolist() == [[6, 0], [0, 8]]
    tf.optimizers.SGD(0.5).minimize(lambda: tf.reduce_sum(v * v), [v])
    assert v.numpy().tolist() == [0, 0]
    with pytest.raises(ValueError, match="lambda"):
        tf.optimizers.SGD(0.5).minimize(3.0, [v])


def test_tensors_of_a_script_do_not_change_in_place(served):
    import tensorflow as tf

    a = b = tf.constant([1.0, 2.0])
    a += 1
    a /= 2
    assert b.tolist() == [1, 2] and a.tolist() == [1, 1.5]
    inside = {"__name__": "nabi.something", "x": torch.zeros(2)}
    inside["y"] = inside["x"]
    exec("x += 1", inside)  # nabi's own code goes on writing in place
    assert inside["y"].tolist() == [1, 1]


def test_layers_that_read_symbols(served):
    from keras import backend as K
    from keras.layers import Dense, Input, Layer
    from keras.models import Model

    x = Input((3,))
    mean = Dense(2)(x)
    again = Dense(3)(mean)

    globals()["SYMBOL"] = mean

    class Losses(Layer):
        def call(self, inputs):
            self.add_loss(K.mean(K.square(inputs[0] - inputs[1])) + K.mean(K.square(SYMBOL)), inputs=inputs)  # noqa: F821
            return inputs[0]

    model = Model(x, Losses()([x, again]))
    model.compile("sgd", loss=None)
    model.optimizer.lr = 0.1
    before = model.get_weights()

    def loss(w, b, v, c):
        m = torch.tensor(X) @ w + b
        return (torch.tensor(X) - m @ v - c).square().mean() + m.square().mean()

    model.fit(X, batch_size=8, epochs=1, verbose=0)
    close(model.get_weights(), stepped(before, loss))


def test_slopes_of_ones_own(served):
    import tensorflow as tf

    @tf.custom_gradient
    def turned(x):
        return tf.identity(x), lambda dy: -dy

    v = tf.Variable([2.0, 3.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(turned(v * v) * 3)
    assert float(y) == 39 and tape.gradient(y, v).numpy().tolist() == [-12, -18]


def test_weights_of_a_layer_read_before_and_after_a_tape(served):
    """`tape.gradient(loss, [layer.w, layer.b])`, and the steps of an optimizer by them."""
    import tensorflow as tf

    class Line(tf.keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.w, self.b = tf.Variable(5.0), tf.Variable(0.0)
            self.both = [self.w, self.b]

        def call(self, x):
            return self.w * x + self.b

    line, x = Line(), tf.constant([0.0, 1.0, 2.0])
    copy = line.w.numpy()
    steps = tf.keras.optimizers.SGD(0.1)
    for variables in (line.both, [line.w, line.b]):
        w, b = float(line.w), float(line.b)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(line(x) - 1.0))
        slopes = tape.gradient(loss, variables)
        off = w * x.numpy() + b - 1
        assert np.allclose(slopes, [2 * (off * x.numpy()).mean(), 2 * off.mean()], atol=1e-5)
        steps.apply_gradients(zip(slopes, variables, strict=True))
        assert np.allclose([float(line.w), float(line.b)], [w - 0.1 * slopes[0], b - 0.1 * slopes[1]], atol=1e-5)
    assert copy == 5.0
    dense = tf.keras.layers.Dense(2)
    dense.build((None, 3))
    kernel, kept = dense.kernel.numpy(), dense.kernel.numpy()
    kernel += 1
    assert (dense.kernel.numpy() == kept).all()


def test_shapes_configs_and_layers_as_keras_2_forgave_them(served, tmp_path):
    """compute_output_shape of a list, get_config left out, a layer made in call, a patience of 2.5, build once more."""
    import keras

    class Scale(keras.layers.Layer):
        def __init__(self, bias=True, epsilon=0.5, **base):
            self.with_bias, self._epsilon, self.w = bias, epsilon, None
            super().__init__(**base)

        def build(self, input_shape):
            self.w = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="w")
            super().build(input_shape)

        def call(self, x):
            return x * self.w + self._epsilon

        def compute_output_shape(self, input_shape):
            return [input_shape[0], 4]

    class Both(keras.layers.Layer):
        def call(self, inputs):
            return Scale()(inputs[0] + inputs[1])

        def compute_output_shape(self, input_shape):
            return input_shape

    a, b = keras.layers.Input((4,)), keras.layers.Input((4,))
    made = Both()([a, b])
    assert tuple(made.shape) == (None, 4)
    model = keras.models.Model([a, b], keras.layers.Dense(1)(Scale(epsilon=0.25)(made)))
    model.compile("sgd", "mse")
    model.summary()
    x = np.arange(32.0).reshape(8, 4) / 32
    stop = keras.callbacks.EarlyStopping("loss", patience=2.5)
    model.fit([x, x], x[:, 0], epochs=1, verbose=0, callbacks=[stop, keras.callbacks.ReduceLROnPlateau("loss", patience=5 / 2)])
    assert stop.patience == 3 and len(model.get_weights()) == 3
    model.save(str(tmp_path / "m.h5"))
    back = keras.models.load_model(str(tmp_path / "m.h5"), custom_objects={"Scale": Scale, "Both": Both})
    np.testing.assert_allclose(back.predict([x, x], verbose=0), model.predict([x, x], verbose=0), atol=1e-6)

    class Own(keras.layers.Dense):
        def __init__(self, units, **base):
            super().__init__(units, **base)
            self.graph, self.run = 1, "run"

    chain = keras.models.Sequential([Own(2, input_shape=(3,))])
    assert (chain.layers[0].graph, chain.layers[0].run) == (1, "run")
    chain.build(input_shape=[3])
    assert chain.output_shape == (None, 2)


def test_call_that_gives_two_in_training_and_one_otherwise(served):
    import keras

    class Distilled(keras.Model):
        def __init__(self):
            super().__init__()
            self.inside, self.head, self.other = keras.layers.Dense(4, "relu"), keras.layers.Dense(3), keras.layers.Dense(3)

        def call(self, x, training=False):
            inside = self.inside(x)
            a, b = self.head(inside), self.other(inside)
            return (a, b) if training else (a + b) / 2

    model, x = Distilled(), np.random.default_rng(1).normal(size=(5, 4)).astype("float32")
    one, (a, b) = model(x), model(x, training=True)
    np.testing.assert_allclose(one.detach(), (a + b).detach() / 2, rtol=1e-6)
    np.testing.assert_allclose(model.predict(x, verbose=0), one.detach(), rtol=1e-5, atol=1e-6)
    assert not np.allclose(a.detach(), b.detach())
