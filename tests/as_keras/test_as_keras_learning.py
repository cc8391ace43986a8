"""What scripts do beyond the plain fit: scikit-learn's wrappers, losses of symbols, tapes, several tensors, frames."""

import numpy as np
import pytest
import torch

import nabi

RNG = np.random.default_rng(5)


def test_wrappers_in_scikit_learn(served):
    from keras.layers import Dense
    from keras.models import Sequential
    from keras.wrappers.scikit_learn import KerasClassifier, KerasRegressor
    from sklearn.base import clone
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x = np.vstack([RNG.normal(-2, 0.5, (20, 2)), RNG.normal(2, 0.5, (20, 2))])
    names = np.array(["no"] * 20 + ["yes"] * 20)

    def make(units=4, rate=0.1):
        model = Sequential([Dense(units, input_dim=2, activation="tanh"), Dense(2, activation="softmax")])
        model.compile(nabi.optimizers.Adam(rate), "categorical_crossentropy", metrics=["accuracy"])
        return model

    old = KerasClassifier(build_fn=make, nb_epoch=8, batch_size=8, verbose=0)
    assert clone(old).get_params() == old.get_params() and old.get_params()["build_fn"] is make
    assert cross_val_score(make_pipeline(StandardScaler(), old), x, names, cv=4).mean() > 0.9
    old.fit(x, names)
    assert set(old.predict(x)) == {"no", "yes"} and old.predict_proba(x).shape == (40, 2) and len(old.history_["loss"]) == 8
    assert old.model is old.model_
    search = GridSearchCV(KerasClassifier(model=make, epochs=1, verbose=0, model__units=3), {"model__units": [2, 5]}, cv=2)
    assert search.fit(x, np.eye(2)[(names == "yes").astype(int)].argmax(1)).best_estimator_.model_.layers[0].units in (2, 5)

    def line():
        return Sequential([Dense(1, input_dim=2)])

    target = x @ [1.0, 2.0] + 3
    scikeras = KerasRegressor(model=line, loss="mse", optimizer="adam", optimizer__learning_rate=0.2, epochs=60, verbose=0,
                              random_state=0)
    assert scikeras.fit(x, target).score(x, target) > 0.95 and scikeras.predict(x).shape == (40,)
    compiled = line()
    compiled.compile("adam", "mse")
    keras2 = KerasRegressor(build_fn=lambda: compiled, epochs=1, verbose=0).fit(x, target)
    assert keras2.score(x, target) == pytest.approx(-((keras2.predict(x) - target) ** 2).mean(), rel=1e-4)


@pytest.fixture
def parts(served):
    from keras import backend as K
    from keras.layers import Dense, Input
    from keras.models import Model

    x = Input((6,))
    mean, spread = Dense(2)(x), Dense(2)(x)
    return K, x, mean, spread, Model(x, Dense(6, activation="sigmoid")(mean))


DATA = RNG.random((16, 6), "float32")


def wanted(model, mean, spread, x):
    """The VAE's loss in NumPy: 6 times the crossentropy, and the divergence from a standard normal."""
    m, s = nabi.Model(x, [mean, spread]).predict(DATA, verbose=0)
    p = np.clip(model.predict(DATA, verbose=0).astype(float), 1e-7, 1 - 1e-7)
    cross = -(DATA * np.log(p) + (1 - DATA) * np.log(1 - p)).mean(1)
    return (6 * cross - 0.5 * (1 + s - m**2 - np.exp(s)).sum(-1)).mean()


def test_a_loss_added_of_symbols(parts):
    from keras.losses import binary_crossentropy

    K, x, mean, spread, model = parts
    kl = -0.5 * K.sum(1 + spread - K.square(mean) - K.exp(spread), axis=-1)
    model.add_loss(K.mean(6 * binary_crossentropy(x, model.output) + kl))
    model.add_metric(kl, name="kl", aggregation="mean")
    model.compile(optimizer="adam", metrics=[lambda y_true, y_pred: K.mean(K.square(mean))])
    value = wanted(model, mean, spread, x)
    m, s = nabi.Model(x, [mean, spread]).predict(DATA, verbose=0)
    shown = [value, (-0.5 * (1 + s - m**2 - np.exp(s)).sum(-1)).mean(), (m**2).mean()]
    assert model.evaluate(DATA, verbose=0) == pytest.approx(shown, rel=1e-4) and model.metrics_names[1] == "kl"
    log = model.fit(DATA, epochs=30, batch_size=16, validation_data=(DATA, None), verbose=0).history
    assert log["loss"][0] == pytest.approx(value, rel=1e-4) and log["val_loss"][-1] < value - 0.1
    assert log["val_loss"][-1] == pytest.approx(wanted(model, mean, spread, x), rel=1e-3), "the model itself has learned"


def test_a_loss_that_closes_over_symbols(parts):
    K, x, mean, spread, model = parts

    def vae_loss(y_true, y_pred):
        kl = -0.5 * K.sum(1 + spread - K.square(mean) - K.exp(spread), axis=-1)
        return 6 * K.mean(K.binary_crossentropy(y_true, y_pred), axis=-1) + kl

    model.compile(optimizer="rmsprop", loss=vae_loss)
    log = model.fit(DATA, DATA, nb_epoch=20, batch_size=16, verbose=0).history["loss"]
    assert log[0] > log[-1] and log[-1] == pytest.approx(wanted(model, mean, spread, x), rel=0.05)

    def plain(y_true, y_pred):
        return K.mean(K.square(y_pred - y_true), axis=-1)

    model.compile("sgd", plain)
    assert model.evaluate(DATA, DATA, verbose=0) == pytest.approx(((model.predict(DATA, verbose=0) - DATA) ** 2).mean(), rel=1e-4)


def test_a_tape_gives_torchs_gradients_and_trains(served):
    import tensorflow as tf

    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(w * w * 3.0)
    assert tape.gradient(y, w).numpy().tolist() == [6.0, 12.0] and tape.gradient(y, [w])[0].numpy().tolist() == [6.0, 12.0]
    model = tf.keras.Sequential([tf.keras.layers.Dense(3, activation=tf.nn.tanh, input_shape=(2,)), tf.keras.layers.Dense(1)])
    twin = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    with torch.no_grad():
        for mine, theirs in zip(model.get_weights(), twin.parameters(), strict=True):
            theirs.copy_(torch.tensor(mine).T)
    x, target = tf.constant(RNG.random((5, 2), "float32")), tf.constant(RNG.random((5, 1), "float32"))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x, training=True) - target))
    found = tape.gradient(loss, model.trainable_variables)
    (twin(x) - target).square().mean().backward()
    for mine, theirs in zip(found, twin.parameters(), strict=True):
        np.testing.assert_allclose(mine.numpy(), theirs.grad.T, atol=1e-6)
    before = model.get_weights()[0]
    tf.keras.optimizers.SGD(0.5).apply_gradients(zip(found, model.trainable_variables, strict=True))
    np.testing.assert_allclose(model.get_weights()[0], before - 0.5 * found[0].numpy(), atol=1e-6)
    assert not model(x).requires_grad, "outside of a tape nothing is recorded"


def test_a_tape_over_a_model_that_fit_has_trained(served):
    import tensorflow as tf
    from keras import layers

    class Counted(layers.Layer):
        def build(self, input_shape):
            self.seen = self.add_weight(name="seen", shape=(1,), initializer="zeros", trainable=False)

        def call(self, x):
            self.seen.assign_add([1.0])
            return x

    inner = nabi.Sequential([layers.Dense(3, input_shape=(2,)), layers.Dense(3), layers.BatchNormalization(), Counted()])
    model, x = nabi.Sequential([inner, layers.Dense(1)]), RNG.random((5, 2), "float32")
    inner.compile("sgd", "mse")
    whole = {"validation_data": (x, np.ones((5, 3))), "validation_steps": len(x) // 8}  # none of 0 is all, as in Keras
    assert "val_loss" in inner.fit(x, np.ones((5, 3)), verbose=0, **whole).history  # its weights lie in one vector now
    means, calls = inner.get_weights()[6], float(inner.layers[3].seen)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x, training=True) ** 2)
    found = tape.gradient(loss, model.trainable_variables)
    assert len(found) == 8 and float(tf.reduce_max(tf.abs(found[0]))) > 0
    assert np.abs(inner.get_weights()[6] - means).max() > 0 and inner.layers[3].seen == calls + 1


def test_several_tensors_and_lists_in_a_call(served):
    from keras import layers

    class Mix(layers.Layer):
        def call(self, a, b, scale=1.0):
            return a + 2 * b

    class Sum(layers.Layer):
        def call(self, pair):
            return pair[0] + pair[1]

    a, b = layers.Input((3,)), layers.Input((3,))
    model = nabi.Model([a, b], [Mix()(a, b), Sum()([a, b])])
    mixed, summed = model.predict([np.ones((2, 3)), np.full((2, 3), 3.0)], verbose=0)
    assert (mixed == 7).all() and (summed == 4).all()


def test_attention_is_torchs(served):
    from keras.layers import MultiHeadAttention

    layer, torchs = MultiHeadAttention(2, 4), torch.nn.MultiheadAttention(8, 2, batch_first=True)
    q, v = torch.randn(2, 3, 8), torch.randn(2, 5, 8)
    layer(q, v)
    weights = dict(zip(("query", "qb", "key", "kb", "value", "vb", "out", "ob"), layer.get_weights(), strict=True))
    with torch.no_grad():
        torchs.in_proj_weight.copy_(torch.tensor(np.vstack([weights[n].reshape(8, 8).T for n in ("query", "key", "value")])))
        torchs.in_proj_bias.zero_()
        torchs.out_proj.weight.copy_(torch.tensor(weights["out"].reshape(8, 8).T))
        torchs.out_proj.bias.zero_()
        torch.testing.assert_close(layer(q, v), torchs(q, v, v)[0], atol=1e-5, rtol=1e-4)
    assert layer(q, value=v).shape == (2, 3, 8)


def test_frames_and_third_arguments(served):
    import pandas as pd
    from keras.layers import Dense
    from keras.models import Sequential

    frame = pd.DataFrame({"a": [0.5, 1.5, 2.5, 3.5], "b": [True, False, True, False], "c": [1, 2, 3, 4]})
    model = Sequential([Dense(2, input_dim=3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", ["accuracy"])
    log = model.fit(frame, pd.Series([0, 1, 0, 1]), validation_data=(frame, pd.Series([0, 1, 0, 1])), verbose=0).history
    assert set(log) == {"loss", "accuracy", "val_loss", "val_accuracy"} and model.predict(frame, verbose=0).shape == (4, 2)
    line = Sequential([Dense(1, input_shape=[1])])
    line.compile("sgd", "mse")
    line.fit(np.arange(4.0), np.arange(4.0), verbose=0)
    assert line.predict([10.0], verbose=0).shape == (1, 1)


def test_arrays_beside_tensors_and_names_of_keras_2(served):
    array, tensor = np.array([1.0, 2.0]), torch.tensor([3.0, 5.0])
    for made in (array * tensor, array - tensor, array / tensor, array + tensor):
        assert isinstance(made, torch.Tensor) and made.dtype is torch.float32
    assert (array - tensor).tolist() == [-2, -3] and (array / tensor).tolist() == pytest.approx([1 / 3, 2 / 5])
    model = nabi.Sequential([nabi.layers.Dense(2, input_shape=(3,), name="dense_7"), nabi.layers.Dense(2, name="dense_8")])
    assert model.get_layer("dense_1") is model.layers[0] and model.get_layer("dense_8") is model.layers[1]
    with pytest.raises(ValueError, match="dense_3"):
        model.get_layer("dense_3")


def test_folders_and_checkpoints_as_names(served, tmp_path):
    from keras.layers import Dense
    from keras.models import Sequential, load_model

    model = Sequential([Dense(2, input_dim=3)])
    model.compile("sgd", "mse")
    model.save(str(tmp_path / "saved_model"))
    assert (load_model(tmp_path / "saved_model").get_weights()[0] == model.get_weights()[0]).all()
    model.save_weights(str(tmp_path / "training" / "cp-1.ckpt"))
    before = model.get_weights()[0].copy()
    model.set_weights([w + 1 for w in model.get_weights()])
    model.load_weights(str(tmp_path / "training" / "cp-1.ckpt")).expect_partial()
    assert (model.get_weights()[0] == before).all()
    keep = nabi.callbacks.ModelCheckpoint(str(tmp_path / "cp.ckpt"), save_weights_only=True)
    whole = nabi.callbacks.ModelCheckpoint(filepath=str(tmp_path / "whole"))
    model.fit(np.ones((4, 3)), np.ones((4, 2)), callbacks=[keep, whole], verbose=0)
    model.load_weights(str(tmp_path / "cp.ckpt"))
    assert (load_model(tmp_path / "whole").get_weights()[0] == model.get_weights()[0]).all()
