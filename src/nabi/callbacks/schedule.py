"""LearningRateScheduler: the learning rate as a function of the epoch.

    eta(epoch) = schedule(epoch, eta(epoch - 1))

Source: keras.callbacks.LearningRateScheduler (Keras 3.15). For a rate that changes with every step see `nabi.schedules`.
Keras differs: it tries `schedule(epoch, lr)`, then `schedule(epoch)` on any TypeError, which hides the function's own.
"""

import inspect
import math
from collections.abc import Callable

from nabi.callbacks.callback import Callback, verbosity
from nabi.callbacks.told import told
from nabi.core.errors import ArgumentError
from nabi.core.registry import register


@register("callback")
class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch, and adds it to the epoch's logs as "learning_rate".

    Args:
        schedule: `schedule(epoch, lr)` or `schedule(epoch)`; epoch from 0, lr the present rate; returns the new rate.
        verbose: 1 says what it sets.

    Example:
        >>> from types import SimpleNamespace
        >>> scheduler = LearningRateScheduler(lambda epoch, lr: lr if epoch < 2 else lr / 2)
        >>> scheduler.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.1)))
        >>> for epoch in range(4):
        ...     scheduler.on_epoch_begin(epoch)
        >>> scheduler.model.optimizer.learning_rate
        0.025

    Raises:
        ArgumentError: `schedule` is no function, or returns something else than a finite rate of 0 or more.
    """

    remembers = ("last_epoch",)

    def __init__(self, schedule: Callable[..., float], verbose: int = 0):
        if not callable(schedule):
            raise ArgumentError("LearningRateScheduler(schedule)", "a function schedule(epoch, lr)", repr(schedule))
        self.schedule = schedule
        self.verbose = verbosity("LearningRateScheduler(verbose)", verbose)
        self.last_epoch: int | None = None  # the epoch whose rate is set

    def on_train_begin(self, logs=None):
        if self.starts_afresh():
            self.last_epoch = None

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.last_epoch:  # resumed within this epoch: its rate is already in the optimizer
            return
        self.last_epoch = epoch
        optimizer = self.model.optimizer
        takes_rate = _positional_count(self.schedule) >= 2
        rate = self.schedule(epoch, float(optimizer.learning_rate)) if takes_rate else self.schedule(epoch)
        try:
            rate = float(rate)
        except (TypeError, ValueError):
            rate = math.nan if rate is None else rate
        if not isinstance(rate, float) or not (math.isfinite(rate) and rate >= 0):
            raise ArgumentError(f"LearningRateScheduler: schedule({epoch})", "a finite learning rate, 0 or more", repr(rate))
        optimizer.learning_rate = rate
        if self.verbose > 0:
            self.tell(told("set", n=epoch + 1, rate=rate))

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


def _positional_count(function: Callable) -> int:
    """How many positional arguments `function` takes; two if its signature cannot be read."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return 2
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return 2
    return sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
