"""Small fits that can be interrupted at a step, and all that must be the same at their ends."""

import os
import signal

import numpy as np

import nabi
from nabi import callbacks as C
from nabi import layers as L
from nabi.core import random

SPARSE = "sparse_categorical_crossentropy"


def digits(n=60):
    generator = np.random.default_rng(0)
    return generator.normal(size=(n, 6, 6, 1)).astype("float32"), generator.integers(0, 3, n)


def build(optimizer="adam", seed=1, units=3, **options):
    """A small network; another `seed` stands for another process."""
    random.set_seed(seed)
    model = nabi.Sequential([
        L.Conv2D(2, 3, activation="relu", input_shape=(6, 6, 1)), L.BatchNormalization(), L.Dropout(0.3), L.Flatten(),
        L.Dense(units, activation="softmax"),
    ])  # fmt: skip
    model.compile(optimizer() if callable(optimizer) else optimizer, SPARSE, metrics=["accuracy"], **options)
    return model


class CtrlC(C.Callback):
    """Presses Ctrl-C during the n-th step of this fit, or, with `after`, in the n-th epoch's validation."""

    def __init__(self, at, where="step"):
        self.left, self.where = at, where

    def count(self, where):
        if where == self.where:
            self.left -= 1
            if self.left == 0:
                signal.raise_signal(signal.SIGINT)

    def on_train_batch_begin(self, batch, logs=None):
        self.count("step")

    def on_test_begin(self, logs=None):
        self.count("validation")


def bits(model):
    """All that must be the same at the end of a fit."""
    vectors = [{name: t.numpy().tobytes() for name, t in span.state().items()} for span in model.trainer.binding.spans]
    return ([w.tobytes() for w in model.get_weights()], vectors, model.optimizer.state_dict(), model.counters.state(),
            model.history.history, model.history.epoch, model.history.epochs_of)


def resumed(folder, make, fit, stop, save_freq="epoch", watchers=lambda: []):
    """The end of a fit that Ctrl-C stopped, resumed by a model of another seed."""
    first = make(1)
    history = fit(first, [*watchers(), C.BackupAndRestore(folder, save_freq), stop])
    assert history.interrupted
    second = make(2)
    assert not fit(second, [*watchers(), C.BackupAndRestore(folder, save_freq)]).interrupted
    assert not os.path.exists(folder)
    return second


def plain_fit(**options):
    x, y = digits()
    fit = {"batch_size": 12, "epochs": 4, "verbose": 0, "validation_split": 0.2, **options}
    return lambda model, callbacks: model.fit(x, y, callbacks=callbacks, **fit)
