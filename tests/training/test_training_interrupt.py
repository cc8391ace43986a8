"""Ctrl-C: the first finishes the batch and keeps everything, the second ends at once; handlers are as before afterwards."""

import io
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import nabi
from nabi import Input, Sequential, layers
from nabi.callbacks import Callback, EarlyStopping, LambdaCallback
from nabi.training.interrupt import SAID, Interrupt
from parity.twins import randomize

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 4)).astype("float32"), RNG.normal(size=(40, 1)).astype("float32")


def net():
    model = Sequential([Input((4,)), layers.Dense(5, activation="tanh"), layers.Dense(1)])
    randomize(model)
    model.compile(nabi.optimizers.SGD(0.1), "mse", precision="float32")
    return model


class CtrlC(Callback):
    """Presses Ctrl-C in the middle of step `batch` of epoch `epoch`, `times` times."""

    def __init__(self, epoch=0, batch=0, times=1):
        self.at, self.times, self.ended, self.steps, self.epoch = (epoch, batch), times, False, 0, 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if (self.epoch, batch) == self.at:
            for _ in range(self.times):
                signal.raise_signal(signal.SIGINT)

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1

    def on_train_end(self, logs=None):
        self.ended = True


@pytest.fixture(autouse=True)
def same_handler():
    before = signal.getsignal(signal.SIGINT)
    yield
    assert signal.getsignal(signal.SIGINT) is before


def test_the_first_finishes_the_batch_and_returns_the_history():
    model, press = net(), CtrlC(epoch=1, batch=2)
    history = model.fit(X, Y, epochs=9, batch_size=8, validation_split=0.2, verbose=0, callbacks=press)
    assert history.interrupted and history.failure is None and history.epoch == [0, 1]
    assert press.steps == 4 + 3 and press.ended and model.optimizer.iterations == 7
    assert len(history.history["loss"]) == 2 and len(history.history["val_loss"]) == 1, "no validation of an epoch cut short"
    assert model.trainer.callbacks is None and not model.trainer.finished
    again = model.fit(X, Y, epochs=2, verbose=0)
    assert not again.interrupted and again.epoch == [0, 1] and model.trainer.finished


def test_the_first_says_what_happens(capfd, monkeypatch):
    """On stderr, once; also where stderr is no file, as in a notebook."""
    model = net()
    model.fit(X, Y, epochs=9, batch_size=8, verbose=0, callbacks=CtrlC())
    out, err = capfd.readouterr()
    assert err == f"{SAID}\n" and out == ""
    cell = io.StringIO()
    monkeypatch.setattr("sys.stderr", cell)
    model.fit(X, Y, epochs=9, batch_size=8, verbose=0, callbacks=CtrlC())
    assert cell.getvalue() == f"{SAID}\n"


def test_best_weights_are_put_back():
    model, kept = net(), []
    note = LambdaCallback(on_epoch_end=lambda epoch, logs: kept.append((logs["loss"], model.get_weights())))
    model.fit(X, Y, epochs=9, batch_size=8, verbose=0,
              callbacks=[note, EarlyStopping("loss", patience=9, restore_best_weights=True), CtrlC(epoch=3, batch=1)])
    best = min(kept, key=lambda pair: pair[0])[1]
    assert all(np.array_equal(a, b) for a, b in zip(best, model.get_weights(), strict=True))


def test_the_second_ends_at_once():
    model, press = net(), CtrlC(epoch=1, batch=2, times=2)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, epochs=9, batch_size=8, verbose=0, callbacks=press)
    assert press.steps == 5 + 2 and press.ended and model.history.interrupted and model.history.epoch == [0]
    assert model.trainer.callbacks is None and all(w.bound is None for w in model.weights)
    assert model.fit(X, Y, verbose=0).epoch == [0]


def test_during_validation_the_epoch_is_finished():
    press = LambdaCallback(on_test_begin=lambda logs: signal.raise_signal(signal.SIGINT))
    history = net().fit(X, Y, epochs=9, validation_split=0.2, verbose=0, callbacks=press)
    assert history.interrupted and history.epoch == [0] and len(history.history["val_loss"]) == 1


def test_a_program_that_ignores_ctrl_c_goes_on_ignoring_it():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        history = net().fit(X, Y, epochs=2, verbose=0, callbacks=CtrlC())
        assert not history.interrupted and history.epoch == [0, 1]
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_handler_of_the_programs_own_comes_back():
    def own(number, frame):
        """A web server's, say."""

    before = signal.signal(signal.SIGINT, own)
    try:
        assert net().fit(X, Y, verbose=0, callbacks=CtrlC()).interrupted
        assert signal.getsignal(signal.SIGINT) is own
        with pytest.raises(ZeroDivisionError), Interrupt():
            raise ZeroDivisionError
        assert signal.getsignal(signal.SIGINT) is own
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_fit_inside_a_fit_takes_the_first_one_for_itself():
    other = net()
    inner = LambdaCallback(on_epoch_end=lambda epoch, logs: other.fit(X, Y, epochs=3, verbose=0, callbacks=CtrlC()))
    history = net().fit(X, Y, epochs=2, verbose=0, callbacks=inner)
    assert other.history.interrupted and not history.interrupted and history.epoch == [0, 1]


PROGRAM = """
    import os, signal, threading, time
    import numpy as np
    import nabi
    from nabi import layers

    model = nabi.Sequential([nabi.Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    class Slow(nabi.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            print("step", flush=True)
            time.sleep(0.2)
    history = model.fit(np.zeros((64, 4)), np.zeros((64, 1)), batch_size=1, epochs=9, verbose=0, callbacks=Slow())
    print("returned", history.interrupted, flush=True)
    while True:
        time.sleep(0.05)
"""


@pytest.mark.learn
def test_signals_from_outside():
    """The first one lets fit return; after that Ctrl-C is Python's again."""
    program = subprocess.Popen([sys.executable, "-W", "ignore", "-c", textwrap.dedent(PROGRAM)], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    try:
        assert program.stdout.readline() == "step\n"
        program.send_signal(signal.SIGINT)
        lines = iter(program.stdout.readline, "")
        assert next(line for line in lines if line != "step\n") == "returned True\n"
        program.send_signal(signal.SIGINT)
        said = program.communicate(timeout=60)[1]
        assert said.startswith(f"{SAID}\n") and said.count("Ctrl-C") == 2 and "KeyboardInterrupt" in said
        assert program.returncode in (-signal.SIGINT, 130)
    finally:
        program.kill()
