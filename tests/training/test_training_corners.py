"""Corners of a training step: whole numbers inside a graph, modes given at a call, weights changed behind its back, forks,
threads, one optimizer frozen and unfrozen, maps that are too small, autocast.
"""

import os
import pickle
import threading

import numpy as np
import pytest
import torch

import nabi
from nabi import Input, Model, Sequential, kernels, layers, ops
from nabi.callbacks import Callback
from nabi.core.errors import ShapeError, StateError
from nabi.kernels import jit
from nabi.training.binding import STEPPING

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(24, 4)).astype("float32"), np.eye(3, dtype="float32")[np.arange(24) % 3]
PICTURES = RNG.random((16, 8, 8, 3)).astype("float32")


def dense(loss="categorical_crossentropy", optimizer="sgd", **options):
    nabi.utils.set_random_seed(1)
    model = Sequential([Input((4,)), layers.Dense(5, activation="relu"), layers.Dense(3, activation="softmax")])
    model.compile(optimizer, loss, precision="float32", **options)
    return model


def test_whole_and_truth_values_behind_a_layer_that_learns():
    """h where h > 0, else h / 2: the comparison has no gradient, h has; the step equals the one without fused kernels."""
    def trained(eager):
        nabi.utils.set_random_seed(1)
        i = Input((4,))
        h = layers.Dense(5)(i)
        best = ops.one_hot(ops.argmax(h, axis=-1), 5)
        model = Model(i, layers.Dense(3, activation="softmax")(ops.where(ops.greater(h, 0.0), h, h * 0.5) + best))
        model.compile("sgd", "categorical_crossentropy", precision="float64", run_eagerly=eager)
        model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0)
        return model.get_weights()

    for fused, eager in zip(trained(False), trained(True), strict=True):
        np.testing.assert_allclose(fused, eager, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("layer", [layers.RandomFlip("horizontal", seed=1), layers.RandomTranslation(0.3, 0.3, seed=1,
                                                                                                    interpolation="nearest")])
@pytest.mark.parametrize("mode", [True, False])
def test_a_mode_given_at_the_call_holds_in_the_plan_too(layer, mode):
    i = Input((8, 8, 3))
    model = Model(i, layers.Flatten()(type(layer).from_config(layer.get_config())(i, training=mode)))
    model.compile("sgd", "mse", precision="float32")
    seen = model.predict(PICTURES, verbose=0).reshape(PICTURES.shape)
    assert np.array_equal(seen, PICTURES) != mode
    assert "RandomFlip, always" in str(model.plan()) or not isinstance(layer, layers.RandomFlip)


class InPlace(Model):
    """Changes its weights in a train_step, without an optimizer of nabi's."""

    def __init__(self):
        super().__init__()
        self.inner = layers.Dense(3)

    def call(self, x):
        return self.inner(x)

    def train_step(self, data):
        x, y = data
        loss = ((self(x, training=True) - y) ** 2).mean()
        self.zero_grad()
        loss.backward()
        with torch.no_grad():
            for w in self.trainable_weights:
                w.value.sub_(0.3 * w.value.grad)
        return {"loss": loss}


def test_weights_changed_in_place_are_seen_by_predictions():
    model = InPlace()
    model.compile(loss="mse")
    for _ in range(3):
        model.fit(X, Y, batch_size=24, epochs=1, verbose=0)
        w, b = model.get_weights()
        np.testing.assert_allclose(model.predict(X, verbose=0), X @ w + b, rtol=1e-5, atol=1e-6)


def test_a_child_does_not_wait_for_a_step_of_its_parent():
    if not hasattr(os, "fork"):  # Windows: children are spawned, and share no lock
        assert not hasattr(os, "register_at_fork")
        return
    held, go = threading.Event(), threading.Event()

    def step():
        with STEPPING:
            held.set()
            go.wait(30)

    thread = threading.Thread(target=step)
    thread.start()
    held.wait(30)
    child = os.fork()
    if child == 0:
        os._exit(0 if STEPPING.acquire(timeout=5) else 1)
    go.set()
    thread.join()
    assert os.waitpid(child, 0)[1] == 0


def test_one_optimizer_through_freezing_and_back():
    """Its memory of a frozen layer waits for the layer; other weights are refused."""
    optimizer, model = nabi.optimizers.Adam(0.01), dense()
    for learns in (True, False, True):
        model.layers[0].trainable = learns
        model.compile(optimizer, "categorical_crossentropy", precision="float64")
        before = model.layers[0].get_weights()[0]
        model.train_on_batch(X, Y)
        assert np.array_equal(before, model.layers[0].get_weights()[0]) != learns
    assert optimizer.iterations == 3
    with pytest.raises(StateError, match="which learned others"):
        dense(optimizer=optimizer).train_on_batch(X, Y)


@pytest.mark.parametrize("kind", ["plain", "auto"])
def test_a_map_that_is_too_small_names_the_layer(kind):
    i = Input((None, None, 3))
    x = layers.MaxPooling2D(4, name="pool")(layers.Conv2D(4, 3, activation="relu")(i))
    model = Model(i, layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling2D()(x)))
    model.compile("sgd", "sparse_categorical_crossentropy")
    small = PICTURES[:, :5, :5]
    with kernels.using(kind):
        for call in (lambda: model.train_on_batch(small, np.zeros(16)), lambda: model.predict(small, verbose=0)):
            with pytest.raises(ShapeError, match="pool"):
                call()


def test_compile_inside_fit_is_refused():
    class Again(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.compile("sgd", "mse")

    with pytest.raises(StateError, match="model.compile: expected a model that is not training"):
        dense().fit(X, Y, verbose=0, callbacks=[Again()])


def test_another_thread_does_not_mix_up_the_metrics_of_a_fit():
    found = []

    class Elsewhere(Callback):
        def on_train_batch_end(self, batch, logs=None):
            def evaluate():
                try:
                    self.model.evaluate(X, Y, verbose=0)
                except StateError as error:
                    found.append(str(error))

            thread = threading.Thread(target=evaluate)
            thread.start()
            thread.join()
            self.model.evaluate(X, Y, verbose=0)

    alone, beside = dense(metrics=["accuracy"]), dense(metrics=["accuracy"])
    seen = [model.fit(X, Y, batch_size=8, shuffle=False, verbose=0, callbacks=calls).history for model, calls in
            ((alone, []), (beside, [Elsewhere()]))]
    assert seen[0] == seen[1] and len(found) == 3 and "the thread of the running fit" in found[0]


def test_autocast_changes_nothing():
    plain, cast = dense(), dense()
    plain.train_on_batch(X, Y)
    with torch.autocast("cpu", torch.bfloat16):
        cast.train_on_batch(X, Y)
        seen = cast.predict(X, verbose=0)
    for a, b in zip(plain.get_weights(), cast.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(seen, plain.predict(X, verbose=0))


def test_numba_threads_of_the_user_stay():
    if not jit.available():
        assert jit.why_not()
        return
    import numba

    before = numba.get_num_threads()
    kernels.relu_pool_dropout(torch.ones(1, 2, 2, 1), (2, 2))
    assert numba.get_num_threads() == before


def test_affine_keeps_the_dtype():
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        assert kernels.affine(torch.ones(1, 2, 2, 1, dtype=torch.float32), torch.eye(2)[None]).dtype is torch.float32
    finally:
        torch.set_default_dtype(default)


def test_an_optimizer_in_a_pickle_is_one_of_the_same_settings():
    """Fresh, as a copy is: what it remembers belongs to weights that are not in the pickle."""
    optimizer = nabi.optimizers.AdamW(nabi.schedules.ExponentialDecay(0.1, 3, 0.5), weight_decay=0.2, clipnorm=1.0)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    dense(optimizer=optimizer).train_on_batch(X, Y)
    again = pickle.loads(pickle.dumps(optimizer))
    assert again.get_config() == optimizer.get_config() and again.iterations == 0 and optimizer.iterations == 1
    assert not again.decays("first/bias") and again.decays("first/kernel")
    dense(optimizer=again).train_on_batch(X, Y)
