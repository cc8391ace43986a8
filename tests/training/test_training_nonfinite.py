"""NaN and infinity: fit stops at once, says where, returns the History, and keeps the weights from before."""

import re

import numpy as np
import pytest
import torch

import nabi
from nabi import Input, Model, Sequential, layers
from nabi.callbacks import Callback, EarlyStopping, TerminateOnNaN
from nabi.core.errors import DataError
from nabi.training import nonfinite
from parity.twins import randomize

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 4)).astype("float32"), RNG.normal(size=(40, 1)).astype("float32")


def net(*extra, lr=0.01, **compiled):
    model = Sequential([Input((4,)), layers.Dense(5, activation="tanh", name="first"), *extra, layers.Dense(1, name="last")])
    randomize(model)
    model.compile(nabi.optimizers.SGD(lr), "mse", precision="float32", **compiled)
    return model


def finite(model) -> bool:
    return all(np.isfinite(w).all() for w in model.get_weights())


def with_nan(array, sample, value=np.nan):
    array = array.copy()
    array[sample] = value
    return array


def mine(y, p):
    """A loss of one's own: nabi does not know what NaN means to it."""
    return ((y - p) ** 2).mean(-1)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("where", ["x", "y", "sample_weight"])
def test_arrays_with_bad_samples_are_refused_before_the_first_step(where, value):
    data = {"x": X, "y": Y, "sample_weight": np.ones(40)}
    data[where] = with_nan(with_nan(data[where], 17, value), 30, value)
    model = net(layers.BatchNormalization(), metrics=["mae"])
    before, place = model.get_weights(), "17, 0" if where != "sample_weight" else "17"
    text = re.escape(f"{where}: expected finite numbers, got {'NaN' if value != value else 'infinity'} at {where}[{place}], "
                     f"and NaN or infinity in 2 of 40 samples; leave these out, or repair them: np.nan_to_num({where}).")
    with pytest.raises(DataError, match=f"^{text}$"):
        model.fit(**data, epochs=3, batch_size=8, verbose=0)
    assert model.optimizer.iterations == 0 and all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert len(model.fit(X, Y, epochs=2, verbose=0).history["loss"]) == 2, "clean data go on from there"


def test_nan_among_labels_is_called_nan():
    labels = np.arange(40, dtype=float) % 3
    model = Sequential([Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(DataError, match=r"y: expected finite numbers, got NaN at y\[4\]"):
        model.fit(X, with_nan(labels, 4), verbose=0)


def test_places_in_large_arrays(monkeypatch):
    """Piece by piece; numbers whose sum overflows are no infinity."""
    monkeypatch.setattr(nonfinite, "PIECE", 12)
    x = torch.full((10, 4), 3e38)
    assert nonfinite.first_bad(x) is None and nonfinite.first_bad(torch.zeros(0, 3)) is None
    x[7, 2] = -torch.inf
    x[9, 0] = torch.nan
    assert nonfinite.first_bad(x) == (7, 2) and nonfinite.first_bad(x.half().zero_()) is None
    assert nonfinite.first_bad(torch.ones(3, dtype=torch.uint8)) is None


@pytest.mark.parametrize("where", ["x", "y"])
def test_a_bad_sample_of_a_batch_is_named(where, capsys):
    """Batches of a generator, and arrays for a loss of one's own, are looked at when the loss is no number."""
    model = net(layers.BatchNormalization(), metrics=["mae"])
    data = {"x": X, "y": Y, where: with_nan({"x": X, "y": Y}[where], 17)}
    batches = [(data["x"][i:i + 8], data["y"][i:i + 8]) for i in range(0, 40, 8)]
    history = model.fit(iter(batches), epochs=3, verbose=2)
    name = model.input_names[0] if where == "x" else "last"
    assert history.failure == ("epoch 1, step 3: the loss is not finite: sample 1 of this batch has NaN or infinity in "
                               f"{where} ('{name}'). Clean the data.")
    assert history.failure in capsys.readouterr().out
    assert finite(model) and history.epoch == [0] and np.isnan(history.history["loss"]).all() and model.history is history
    assert model.weights[0].bound is None and model.optimizer.iterations == 2
    assert len(model.fit(X, Y, epochs=2, verbose=0).history["loss"]) == 2


def test_a_loss_of_ones_own_may_know_what_nan_means():
    model = net()
    model.compile("sgd", lambda y, p: ((y.nan_to_num() - p) ** 2).mean(-1))
    assert np.isfinite(model.fit(X, with_nan(Y, 17), verbose=0).history["loss"]).all()
    model.compile("sgd", mine)
    history = model.fit(X, with_nan(Y, 17), verbose=0, epochs=3, validation_split=0.5, shuffle=False)
    assert "sample 17 has NaN or infinity in y ('last')" in history.failure
    assert history.epoch == [0] and np.isnan(history.history["loss"][0]) and np.isnan(history.history["val_loss"][0])


def test_the_weights_are_those_before_the_bad_step():
    """Learned ones and the counted ones of BatchNormalization alike."""
    good, bad = net(layers.BatchNormalization()), net(layers.BatchNormalization())
    for model, x in ((good, X[:16]), (bad, with_nan(X, 17)[:24])):
        model.compile(nabi.optimizers.SGD(0.01), mine, precision="float32")
        model.fit(iter([(x[i:i + 8], Y[i:i + 8]) for i in range(0, len(x), 8)]), verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(good.get_weights(), bad.get_weights(), strict=True))


class Root(layers.Layer):
    """0 = sqrt(0 x): the loss is finite, and the gradient 0 * inf."""

    def call(self, x):
        return x + torch.sqrt(0.0 * x * x)


def test_a_gradient_that_is_not_finite_changes_nothing():
    def made(*extra):
        model = Sequential([Input((4,)), layers.Dense(5, name="first"), layers.BatchNormalization(), *extra,
                            layers.Dense(1, name="last")])
        randomize(model)
        model.compile("adam", "mse")
        return model

    model = made(Root())
    before = model.get_weights()
    history = model.fit(X, Y, epochs=3, batch_size=8, verbose=0)
    assert history.failure.startswith("epoch 1, step 1: the loss is finite, but the gradient of weight ")
    assert "of BatchNormalization 'batch_normalization" in history.failure, "the layer before Root, where it began"
    assert "clipnorm=1" in history.failure and np.isnan(history.history["loss"]).all() and history.epoch == [0]
    with pytest.raises(nonfinite.NonFinite, match="train_on_batch: the loss is finite, but the gradient"):
        model.train_on_batch(X, Y)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)) and finite(model)
    assert model.optimizer.calls == 0 and model.weights[0].bound is None
    assert made().fit(X, Y, verbose=0).failure is None


def test_divergence_is_named_by_weight_or_layer():
    history = net(lr=1e30).fit(X, Y, batch_size=8, epochs=9, verbose=0)
    assert "the loss itself overflows" in history.failure or "Dense 'last'" in history.failure
    assert "Lower the learning rate, or clip the gradients (clipnorm=1)." in history.failure

    def explode(x):
        return x * 1e38 * 1e38

    model = Sequential([Input((4,)), layers.Dense(3), layers.Activation(explode, name="explode"), layers.Dense(1)])
    model.compile("sgd", "mse")
    assert "the output of Activation 'explode' is not finite" in model.fit(X, Y, verbose=0).failure
    model = net()
    model.layers[0].weights[1].assign(np.full(5, np.nan))
    assert "weight 'bias' of Dense 'first' has become NaN or infinite" in model.fit(X, Y, verbose=0).failure


def test_best_weights_come_back():
    class Poison(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 3:
                self.model.layers[0].weights[0].assign(np.full((4, 5), np.nan))

    model, stopper = net(), EarlyStopping("loss", restore_best_weights=True, patience=9)
    seen = []
    history = model.fit(X, Y, epochs=9, verbose=0, callbacks=[
        stopper, Poison(), nabi.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(model.get_weights()))])
    assert "weight 'kernel' of Dense 'first'" in history.failure
    assert history.epoch == [0, 1, 2, 3] and history.interrupted is False
    best = seen[history.best_epoch("loss")]
    assert all(np.array_equal(a, b) for a, b in zip(best, model.get_weights(), strict=True))


def test_train_on_batch_gives_the_loss_and_changes_nothing():
    model = net(layers.BatchNormalization())
    before = model.get_weights()
    assert np.isnan(model.train_on_batch(with_nan(X, 0), Y)) and model.optimizer.iterations == 0
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_terminate_on_nan_is_not_needed_and_does_no_harm():
    history = net().fit(iter([(with_nan(X, 17), Y)]), verbose=0, callbacks=TerminateOnNaN())
    assert history.failure is not None


def test_nan_in_validation_is_a_number_in_the_history():
    history = net().fit(X, Y, epochs=2, validation_data=(with_nan(X[:4], 0), Y[:4]), verbose=0)
    assert history.failure is None and np.isnan(history.history["val_loss"]).all() and np.isfinite(history.history["loss"]).all()


def test_several_outputs():
    x = Input((4,))
    model = Model(x, [layers.Dense(1, name="a")(x), layers.Dense(1, name="b")(x)])
    model.compile("sgd", "mse")
    with pytest.raises(DataError, match=r"y\['b'\]: expected finite numbers, got NaN at y\['b'\]\[5, 0\]"):
        model.fit(X, {"a": Y, "b": with_nan(Y, 5)}, verbose=0)
    history = model.fit(iter([(X, {"a": Y, "b": with_nan(Y, 5)})]), verbose=0)
    assert "sample 5 of this batch has NaN or infinity in y ('b')" in history.failure
