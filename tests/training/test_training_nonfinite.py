"""NaN and infinity: fit stops at once, says where, returns the History, and keeps the weights from before."""

import numpy as np
import pytest

import nabi
from nabi import Input, Model, Sequential, layers
from nabi.callbacks import Callback, EarlyStopping, TerminateOnNaN
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


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("where", ["x", "y", "sample_weight"])
def test_a_bad_sample_is_named_by_its_place_in_the_data(where, value, capsys):
    data = {"x": X, "y": Y, "sample_weight": np.ones(40)}
    data[where] = with_nan(data[where], 17, value)
    model = net(layers.BatchNormalization(), metrics=["mae"])
    history = model.fit(**data, epochs=3, batch_size=8, verbose=2)
    name = model.input_names[0] if where == "x" else "last"
    assert f"sample 17 has NaN or infinity in {where} ('{name}'). Clean the data." in history.failure
    assert history.failure.startswith("epoch 1, step ") and history.failure in capsys.readouterr().out
    assert finite(model) and history.epoch == [] and model.history is history
    assert model.weights[0].bound is None
    assert len(model.fit(X, Y, epochs=2, verbose=0).history["loss"]) == 2, "clean data go on from there"


def test_step_and_sample_are_right():
    model = net()
    history = model.fit(with_nan(X, 17), Y, batch_size=8, shuffle=False, verbose=0)
    assert history.failure.startswith("epoch 1, step 3: the loss is not finite: sample 17 ")
    assert model.optimizer.iterations == 2, "two good steps were made, none with the bad batch"
    batches = [(X[:8], Y[:8]), (with_nan(X[8:16], 3), Y[8:16])]
    assert "sample 3 of this batch has NaN or infinity in x" in model.fit(iter(batches), verbose=0).failure


def test_the_weights_are_those_before_the_bad_step():
    """Learned ones and the counted ones of BatchNormalization alike."""
    good, bad = net(layers.BatchNormalization()), net(layers.BatchNormalization())
    good.fit(X[:16], Y[:16], batch_size=8, shuffle=False, verbose=0)
    bad.fit(with_nan(X, 17), Y, batch_size=8, shuffle=False, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(good.get_weights(), bad.get_weights(), strict=True))


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
    assert "weight 'kernel' of Dense 'first'" in history.failure and history.epoch == [0, 1, 2] and history.interrupted is False
    best = seen[int(np.argmin(history.history["loss"]))]
    assert all(np.array_equal(a, b) for a, b in zip(best, model.get_weights(), strict=True))


def test_train_on_batch_gives_the_loss_and_changes_nothing():
    model = net(layers.BatchNormalization())
    before = model.get_weights()
    assert np.isnan(model.train_on_batch(with_nan(X, 0), Y)) and model.optimizer.iterations == 0
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_terminate_on_nan_is_not_needed_and_does_no_harm():
    history = net().fit(with_nan(X, 17), Y, verbose=0, callbacks=TerminateOnNaN())
    assert history.failure is not None


def test_nan_in_validation_is_a_number_in_the_history():
    history = net().fit(X, Y, epochs=2, validation_data=(with_nan(X[:4], 0), Y[:4]), verbose=0)
    assert history.failure is None and np.isnan(history.history["val_loss"]).all() and np.isfinite(history.history["loss"]).all()


def test_several_outputs():
    x = Input((4,))
    model = Model(x, [layers.Dense(1, name="a")(x), layers.Dense(1, name="b")(x)])
    model.compile("sgd", "mse")
    history = model.fit(X, {"a": Y, "b": with_nan(Y, 5)}, verbose=0, shuffle=False)
    assert "sample 5 has NaN or infinity in y ('b')" in history.failure
