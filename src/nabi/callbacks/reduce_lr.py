"""ReduceLROnPlateau: a smaller learning rate when the monitored value has stopped improving.

    after `patience` epochs without improvement:   eta <- max(eta * factor, min_lr)

Source: keras.callbacks.ReduceLROnPlateau (Keras 3.15).
torch.optim.lr_scheduler.ReduceLROnPlateau differs: its threshold is relative by default, and it waits for patience + 1 epochs.
"""

from typing import Any

import numpy as np

from nabi.callbacks.callback import verbosity
from nabi.callbacks.monitor import MonitorCallback
from nabi.callbacks.told import told
from nabi.core.errors import ArgumentError
from nabi.core.numbers import is_number, number, whole
from nabi.core.registry import register


@register("callback")
class ReduceLROnPlateau(MonitorCallback):
    """Multiplies the learning rate by `factor` once `monitor` has not improved for `patience` epochs.

    Adds "learning_rate", the rate with which the epoch ran, to the epoch's logs. Counters start anew with each `fit` unless a
    state was loaded.

    Args:
        monitor: the log name to watch.
        factor: in (0, 1), usually 0.1 to 0.5.
        patience: epochs without improvement before the rate is reduced.
        verbose: 1 says when it does.
        mode: "min", "max", or "auto": by the metric's direction or name.
        min_delta: a smaller change does not count as an improvement; absolute, in the value's own unit.
        cooldown: epochs after a reduction in which nothing is counted.
        min_lr: the rate never goes below this.
        epsilon: Keras 1's name of `min_delta`.

    Example:
        >>> from types import SimpleNamespace
        >>> plateau = ReduceLROnPlateau("loss", factor=0.5, patience=2)
        >>> plateau.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.1)))
        >>> plateau.on_train_begin()
        >>> for epoch, loss in enumerate([0.9, 0.4, 0.5, 0.5, 0.5]):
        ...     plateau.on_epoch_end(epoch, logs := {"loss": loss})
        >>> logs["learning_rate"], plateau.model.optimizer.learning_rate
        (0.05, 0.05)

    Raises:
        ArgumentError: factor outside (0, 1); unknown mode.
    """

    remembers = ("wait", "cooldown_counter", "best")

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        epsilon: float | None = None,
    ):
        super().__init__(monitor, mode, min_delta if epsilon is None else number("ReduceLROnPlateau(epsilon)", epsilon))
        if not is_number(factor) or not 0 < factor < 1:
            raise ArgumentError(
                "ReduceLROnPlateau(factor)", "a factor in (0, 1)", repr(factor), "The new rate is the old one times factor."
            )
        self.factor = factor
        self.patience = whole("ReduceLROnPlateau(patience)", patience, least=0)
        self.verbose = verbosity("ReduceLROnPlateau(verbose)", verbose)
        self.cooldown = whole("ReduceLROnPlateau(cooldown)", cooldown, least=0)
        self.min_lr = number("ReduceLROnPlateau(min_lr)", min_lr, least=0)
        self.epsilon = epsilon
        self.reset()

    def reset(self) -> None:
        """Forgets earlier runs."""
        self.best = None
        self.cooldown_counter = 0
        self.wait = 0

    def on_train_begin(self, logs=None):
        if self.starts_afresh():
            self.reset()

    def in_cooldown(self) -> bool:
        """True for `cooldown` epochs after a reduction."""
        return self.cooldown_counter > 0

    def on_epoch_end(self, epoch, logs: dict[str, Any] | None = None):
        logs = {} if logs is None else logs
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        value = logs.get(self.monitor)
        if value is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.improves(value, self.best):
            self.best = float(value)
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch):
        eta = float(self.model.optimizer.learning_rate)
        if np.float32(eta) <= np.float32(self.min_lr):  # as Keras: equal in float32 is equal
            return
        eta = max(eta * self.factor, self.min_lr)
        self.model.optimizer.learning_rate = eta
        self.cooldown_counter = self.cooldown
        self.wait = 0
        if self.verbose > 0:
            self.tell(told("reduced", n=epoch + 1, rate=eta))
