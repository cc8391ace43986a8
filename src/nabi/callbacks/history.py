"""History: what every epoch logged; `fit` returns it.

    history.history   {"loss": [...], "accuracy": [...], "val_loss": [...], ...}
    history.epoch     [0, 1, 2, ...]

Source: keras.callbacks.History. Beyond Keras: `interrupted`, `best_epoch`, `plot`, and a state, so that a resumed run
returns the history of the whole run.
"""

from typing import Any

from nabi.callbacks.callback import Callback
from nabi.callbacks.monitor import direction, require
from nabi.core import registry
from nabi.core.errors import DataError


@registry.register("callback")
class History(Callback):
    """Records the logs of each epoch.

    Attributes:
        history: log name -> its values, one per epoch in which it was logged.
        epoch: the epochs that ran, from 0.
        epochs_of: log name -> the epochs of its values (with `validation_freq=2`, "val_loss" has half as many).
        params: {"verbose", "epochs", "steps", ...} of the `fit` that made it.
        interrupted: True if Ctrl-C ended the run.
        failure: what was said when a loss that is no number ended the run, else None.
        budget: with `fit(time_budget=...)` what was planned, said and spent, and "stopped": why the time ended it, or None.

    Example:
        >>> history = History()
        >>> history.on_train_begin()
        >>> for epoch, loss in enumerate([0.9, 0.4, 0.5]):
        ...     history.on_epoch_end(epoch, {"loss": loss})
        >>> history.history, history.epoch, history.best_epoch("loss")
        ({'loss': [0.9, 0.4, 0.5]}, [0, 1, 2], 1)
    """

    remembers = ("history", "epoch", "epochs_of")

    def __init__(self):
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []
        self.epochs_of: dict[str, list[int]] = {}
        self.interrupted = False
        self.failure: str | None = None
        self.budget: dict[str, Any] | None = None

    def on_train_begin(self, logs=None):
        self.interrupted, self.failure, self.budget = False, None, None
        if self.starts_afresh():
            self.epoch = []

    def on_epoch_end(self, epoch, logs=None):
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
            self.epochs_of.setdefault(name, []).append(epoch)
        if self.model is not None:
            self.model.history = self

    def best_epoch(self, monitor: str = "val_loss", mode: str = "auto") -> int:
        """The epoch (from 0) with the best value of `monitor`; the first one if several are equally good.

        Raises:
            UnknownName: `monitor` was not logged.
            ArgumentError: mode "auto" and the name does not tell whether more is better.
            DataError: every value is NaN.
        """
        values = require(monitor, self.history, "History.best_epoch(monitor)")
        told = getattr(self.model, "metric_directions", None)
        sign = 1 if direction(monitor, mode, told, "History.best_epoch") == "min" else -1
        known = [(sign * value, epoch) for value, epoch in zip(values, self.epochs_of[monitor], strict=True) if value == value]
        if not known:
            raise DataError(f"History.best_epoch({monitor!r})", "at least one number", "only NaN")
        return min(known, key=lambda pair: pair[0])[1]

    def plot(self, *names: str, path: Any = None, **options: Any) -> Any:
        """Draws the learning curves, training against validation, the best epoch marked; a notebook shows them.

        Args:
            names: what to draw, such as "accuracy"; its validation comes with it. Everything by default.
            path: a PNG file to write as well.
            options: of the figure "learning_curves", such as title, monitor, best_epoch.

        Returns: figure of matplotlib, which is imported now.

        Example:
            >>> history = History()
            >>> history.on_train_begin()
            >>> for epoch, share in enumerate([0.5, 0.7, 0.6]):
            ...     history.on_epoch_end(epoch, {"loss": 1 - share, "accuracy": share, "val_accuracy": share - 0.1})
            >>> history.plot("accuracy").texts[0].get_text()
            'Highest validation accuracy after epoch 2: 60.00 %'

        Raises:
            UnknownName: nothing of that name was logged. ArgumentError: a path that does not end in .png.
        """
        shown = dict(self.history)
        if names:
            for name in names:
                require(name, self.history, "History.plot(name)")
            bases = [name.removeprefix("val_") for name in names]
            shown = {log: values for log, values in shown.items() if log.removeprefix("val_") in bases}
            monitor = f"val_{bases[0]}" if f"val_{bases[0]}" in shown else bases[0]
            told = getattr(self.model, "metric_directions", None) or {}
            options = {"monitor": monitor, "mode": told.get(bases[0]) or "auto"} | options
        draw: Any = registry.lookup("figure", "learning_curves")
        drawn = draw(shown, **{"epochs": self.epochs_of, **options})
        if path is not None:
            drawn.save(path)
        return drawn
