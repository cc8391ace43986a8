"""SwapEMAWeights against Keras in whole fits, in runs that stop early, resume, or go wrong."""

import numpy as np
import pytest

import nabi
from nabi import callbacks as C
from nabi.core.errors import ArgumentError, StateError
from parity.twins import Twins, chain, close, labels, one_hot, pictures
from training.resume_runs import CtrlC, bits, build, plain_fit, resumed

NET = chain(("Conv2D", {"filters": 3, "kernel_size": 3, "activation": "tanh"}), ("Flatten", {}),
            ("Dense", {"units": 3, "activation": "softmax"}))
EMA = {"use_ema": True, "ema_momentum": 0.8}


class Looking(C.Callback):
    """The weights at every epoch's end, as a callback behind SwapEMAWeights sees them."""

    def __init__(self):
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(self.model.get_weights())


@pytest.mark.parametrize("swap, overwrite", [(False, None), (True, None), pytest.param(True, 3, marks=pytest.mark.full)])
def test_a_fit_with_validation_is_keras(keras64, swap, overwrite):
    twins = Twins(keras64, NET, lambda lib: lib.optimizers.Adam(0.02, ema_overwrite_frequency=overwrite, **EMA),
                  "categorical_crossentropy")
    x, y = pictures(), one_hot(labels())
    fit = {"batch_size": 10, "epochs": 4, "shuffle": False, "verbose": 0, "validation_data": (pictures(seed=4), y)}
    seen: list = []
    look = keras64.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(twins.theirs.get_weights()))
    theirs = twins.theirs.fit(x, y, callbacks=[keras64.callbacks.SwapEMAWeights(swap), look], **fit).history
    looking = Looking()
    ours = twins.ours.fit(x, y, callbacks=[C.SwapEMAWeights(swap), looking], **fit).history
    for name in theirs:
        close(ours[name], theirs[name], 1e-9, name)
    for epoch, (mine, keras_weights) in enumerate(zip(looking.seen, seen, strict=True)):
        for a, b in zip(mine, keras_weights, strict=True):
            close(a, b, 1e-9, f"epoch {epoch}")
    for a, b in zip(twins.ours.get_weights(), twins.theirs.get_weights(), strict=True):
        close(a, b, 1e-9)
    unswapped = Twins(keras64, NET, lambda lib: lib.optimizers.Adam(0.02, ema_overwrite_frequency=overwrite, **EMA),
                      "categorical_crossentropy").ours.fit(x, y, **fit).history
    assert np.abs(np.array(unswapped["val_loss"]) - theirs["val_loss"]).max() > 1e-4, "the oracle must see a swap left out"


def averages(model):
    """Trained weights that the averages hold, weight by weight."""
    memory = model.optimizer.remembered
    return [w.view(memory[w]["ema"]).numpy() for w in model.trainable_weights]


def test_evaluate_and_predict_see_the_averages_and_leave_the_weights():
    model = build(lambda: nabi.optimizers.Adam(0.02, **EMA))
    x, y = np.random.default_rng(0).normal(size=(12, 6, 6, 1)).astype("float32"), np.arange(12) % 3
    for _ in range(3):
        model.train_on_batch(x, y)
    weights, mean = model.get_weights(), averages(model)
    plain = model.evaluate(x, y, verbose=0), model.predict(x, verbose=0)
    swap = C.SwapEMAWeights()
    shown = model.evaluate(x, y, verbose=0, callbacks=swap), model.predict(x, verbose=0, callbacks=swap)
    assert all(np.array_equal(a, b) for a, b in zip(weights, model.get_weights(), strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(mean, averages(model), strict=True))
    model.optimizer.finalize_variable_values(model.trainable_weights)  # Keras' call by hand
    assert all(np.array_equal(w.numpy(), e) for w, e in zip(model.trainable_weights, mean, strict=True))
    np.testing.assert_array_equal(model.evaluate(x, y, verbose=0), shown[0])
    np.testing.assert_array_equal(model.predict(x, verbose=0), shown[1])
    assert plain[0] != shown[0] and not np.allclose(plain[1], shown[1])


@pytest.mark.parametrize("swap", [False, True])
def test_a_fit_that_stops_early_ends_with_the_averages(swap):
    models = []
    for first in ([], [C.SwapEMAWeights(swap)]):
        models.append(build(lambda: nabi.optimizers.Adam(0.02, **EMA)))
        plain_fit()(models[-1], [*first, C.EarlyStopping("loss", mode="max", patience=1)])
    plain, swapped = models
    assert bits(swapped)[:2] == bits(plain)[:2] and len(plain.history.epoch) < 4
    assert all(np.array_equal(w.numpy(), e) for w, e in zip(swapped.trainable_weights, averages(swapped), strict=True))
    assert not swapped.optimizer.averaged


@pytest.mark.parametrize("stop, save_freq", [(CtrlC(6), 2), (CtrlC(2, "validation"), "epoch")])
def test_a_resumed_fit_is_the_uninterrupted_one(tmp_path, stop, save_freq):
    """The checkpoint at an epoch's end is taken while weights and averages have changed places."""
    def make(seed):
        return build(lambda: nabi.optimizers.Adam(0.02, gradient_accumulation_steps=3, ema_overwrite_frequency=2, **EMA), seed)

    def watchers():
        return [C.SwapEMAWeights(swap_on_epoch=True)]

    whole, fit = make(1), plain_fit()
    fit(whole, watchers())
    assert bits(resumed(tmp_path / "run", make, fit, stop, save_freq, watchers)) == bits(whole)


def test_training_on_averages_is_refused_and_an_error_in_validation_puts_the_weights_back(tmp_path):
    class Stray(C.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.train_on_batch(*X)

    class Failing(C.Callback):
        def on_test_batch_end(self, batch, logs=None):
            raise ZeroDivisionError

    X = np.arange(144, dtype="float32").reshape(4, 6, 6, 1) / 144, np.arange(4) % 3
    model = build(lambda: nabi.optimizers.SGD(0.02, **EMA))
    with pytest.raises(StateError, match=r"SGD.apply: expected the weights, got their running averages.*SwapEMAWeights swaps"):
        model.fit(*X, verbose=0, callbacks=[C.SwapEMAWeights(True), Stray()])
    model.train_on_batch(*X)
    before = model.get_weights()
    with pytest.raises(ZeroDivisionError):
        model.evaluate(*X, verbose=0, callbacks=[C.SwapEMAWeights(), Failing()])
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_what_is_refused():
    X = np.arange(144, dtype="float32").reshape(4, 6, 6, 1) / 144, np.arange(4) % 3
    with pytest.raises(StateError, match=r"SwapEMAWeights: expected an optimizer with use_ema=True, got Adam\("):
        build("adam").fit(*X, verbose=0, callbacks=[C.SwapEMAWeights()])
    with pytest.raises(StateError, match="SGD.swap_averages: expected running averages.* got an optimizer that has not made"):
        build(lambda: nabi.optimizers.SGD(**EMA)).evaluate(*X, verbose=0, callbacks=[C.SwapEMAWeights()])
    with pytest.raises(StateError, match="got use_ema=False. Compile with SGD"):
        nabi.optimizers.SGD().swap_averages([])
    with pytest.raises(ArgumentError, match=r"SwapEMAWeights\(swap_on_epoch\): expected True or False, got 'yes'"):
        C.SwapEMAWeights("yes")
    optimizer, stranger = nabi.optimizers.SGD(**EMA), build("sgd").weights[0]
    with pytest.raises(StateError, match="SGD.finalize_variable_values: expected weights that it has trained, got <Weight"):
        optimizer.finalize_variable_values([stranger])
