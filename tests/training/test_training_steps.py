"""Around a step: frozen layers under batch normalisation, other modes, threads and callbacks, one optimizer compiled twice."""

import threading

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L
from nabi.core.errors import StateError

X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
Y = 2 * X[:, :1]


def net(optimizer="sgd", metrics=None, loss="mse"):
    nabi.utils.set_random_seed(1)
    model = nabi.Sequential([nabi.Input((4,)), L.Dense(5, activation="tanh"), L.Dense(1)])
    model.compile(optimizer, loss, metrics=metrics)
    return model


def test_a_frozen_layer_before_batch_normalisation_trains(keras64):
    def build(lib):
        frozen = lib.layers.Dense(4, name="frozen")
        frozen.trainable = False
        L = lib.layers
        return lib.Sequential([lib.Input((4,)), L.Dense(4), frozen, L.BatchNormalization(), L.Dense(1)])

    ours, theirs = build(nabi), build(keras64)
    theirs.set_weights(ours.get_weights())
    ours.compile("sgd", "mse", precision="float64")
    theirs.compile("sgd", "mse")
    before = ours.layers[1].get_weights()[0]
    for model in (ours, theirs):
        model.fit(X.astype("float64"), Y.astype("float64"), batch_size=16, epochs=3, shuffle=False, verbose=0)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-6)  # the first weights were float32 in one and float64 in the other
    assert (ours.layers[1].get_weights()[0] == before).all()


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_fit_learns_under_modes_that_forbid_gradients(mode):
    usual, odd = net(), net()
    usual.fit(X, Y, epochs=2, verbose=0, shuffle=False)
    with mode():
        odd.fit(X, Y, epochs=2, verbose=0, shuffle=False)
    for a, b in zip(usual.get_weights(), odd.get_weights(), strict=True):
        assert (a == b).all()
    with mode():
        odd.predict(X, verbose=0)
    odd.fit(X, Y, epochs=1, verbose=0)


def test_predicting_in_another_thread_takes_no_gradient_away():
    alone, watched = net(), net()
    for _ in range(60):
        alone.train_on_batch(X, Y)
    stop = threading.Event()

    def look():
        while not stop.is_set():
            watched.predict(X, verbose=0)

    thread = threading.Thread(target=look)
    thread.start()
    for _ in range(60):
        watched.train_on_batch(X, Y)
    stop.set()
    thread.join()
    for a, b in zip(alone.get_weights(), watched.get_weights(), strict=True):
        assert (a == b).all()


@pytest.mark.parametrize("hook", ["on_train_batch_begin", "on_train_batch_end"])
@pytest.mark.parametrize("ask", ["evaluate", "test_on_batch", "predict"])
def test_a_callback_that_asks_changes_no_number_of_the_fit(hook, ask):
    def call(model):
        return {"evaluate": lambda b, logs: model.evaluate(X * 9, Y, verbose=0),
                "predict": lambda b, logs: model.predict(X, verbose=0),
                "test_on_batch": lambda b, logs: model.test_on_batch(X * 9, Y)}[ask]

    plain, asked = net(metrics=["mae"]), net(metrics=["mae"])
    expected = plain.fit(X, Y, epochs=2, verbose=0, shuffle=False).history
    asking = nabi.callbacks.LambdaCallback(**{hook: call(asked)})
    assert asked.fit(X, Y, epochs=2, verbose=0, shuffle=False, callbacks=[asking]).history == expected


def test_a_fit_inside_a_fit_is_refused():
    model = net()
    inner = nabi.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: model.fit(X, Y, verbose=0))
    with pytest.raises(StateError, match="one fit of a model at a time"):
        model.fit(X, Y, verbose=0, callbacks=[inner])
    model.fit(X, Y, verbose=0)


@pytest.mark.parametrize("name", ["Adam", "Nadam", "Adagrad"])
def test_an_optimizer_that_is_compiled_again_goes_on(name):
    once, twice = net(getattr(nabi.optimizers, name)(0.05)), net(getattr(nabi.optimizers, name)(0.05))
    once.fit(X, Y, epochs=4, verbose=0, shuffle=False)
    twice.fit(X, Y, epochs=2, verbose=0, shuffle=False)
    twice.compile(twice.optimizer, "mse")
    twice.fit(X, Y, epochs=2, verbose=0, shuffle=False)
    for a, b in zip(once.get_weights(), twice.get_weights(), strict=True):
        assert (a == b).all()


def test_an_optimizer_does_not_change_models():
    optimizer = nabi.optimizers.Adam()
    net(optimizer).fit(X, Y, verbose=0)
    with pytest.raises(StateError, match="Make a new one: Adam"):
        net(optimizer).fit(X, Y, verbose=0)


def test_a_users_subclass_of_a_cross_entropy_gets_probabilities():
    seen = []

    class Focal(nabi.losses.CategoricalCrossentropy):
        def call(self, y_true, y_pred):
            seen.append(y_pred.detach().sum(-1))
            return super().call(y_true, y_pred)

    model = nabi.Sequential([nabi.Input((4,)), L.Dense(3, activation="softmax")])
    model.compile("sgd", Focal())
    model.fit(X, np.eye(3)[np.arange(64) % 3], verbose=0)
    torch.testing.assert_close(seen[0], torch.ones(len(seen[0])), rtol=0, atol=1e-5)
