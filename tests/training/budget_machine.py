"""A machine whose steps take as long as a test says, and a small network that is trained on it."""

from collections.abc import Callable
from typing import Any

import numpy as np

import nabi
from nabi import layers
from nabi.training import clock
from nabi.training.budget import Speeds

RNG = np.random.default_rng(0)
X = RNG.normal(size=(64, 3)).astype("float32")
Y = X @ np.array([[1.0], [-2.0], [0.5]], "float32")


class Machine(nabi.callbacks.Callback):
    """A clock that stands still but for steps and validations, which take as long as the test says."""

    def __init__(self, step: float | Callable[[int], float], validation=0.0):
        self.now, self.validation, self.rates, self.count = 100.0, validation, [], 0
        self.step = step

    def __call__(self):
        return self.now

    def on_train_batch_begin(self, batch, logs=None):
        self.rates.append(float(self.model.optimizer.learning_rate))

    def on_train_batch_end(self, batch, logs=None):
        self.count += 1
        self.now += float(self.step(self.count)) if callable(self.step) else self.step

    def on_test_end(self, logs=None):
        self.now += self.validation


def machine_fit(monkeypatch):
    """fit(...) on a machine of the test's own; `believed`: seconds of a step and a validation that measuring finds."""
    def fit(step, believed=1.0, validation=0.0, rate=0.01, more=(), model=None, x=X, y=Y, **options):
        machine = Machine(step, validation)
        monkeypatch.setattr(clock, "monotonic", machine)
        if believed:
            found = Speeds({16: believed}, validation)
            monkeypatch.setattr(clock, "measured", lambda *given: found)
        model = model or net(rate)
        options = {"batch_size": 16, "verbose": 0, **options} if y is not None else {"verbose": 0, **options}
        history = model.fit(x, y, callbacks=[machine, *more], **options)
        return history, machine, model
    return fit


def net(rate: Any = 0.01) -> Any:
    nabi.utils.set_random_seed(2)
    made = nabi.Sequential([nabi.Input((3,)), layers.Dense(4, activation="relu"), layers.Dropout(0.2), layers.Dense(1)])
    made.compile(nabi.optimizers.SGD(rate, momentum=0.9), "mse")
    return made


def same(a, b):
    return all(np.array_equal(v, w) for v, w in zip(a.get_weights(), b.get_weights(), strict=True))
