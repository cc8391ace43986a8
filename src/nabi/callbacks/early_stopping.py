"""EarlyStopping: end the run when the monitored value has stopped improving, and keep the best weights.

    Training stops when max(patience, 1) epochs in a row did not improve the best value by more than min_delta
    (with a baseline: nor beat it); the run's first epoch never stops it.

Source: keras.callbacks.EarlyStopping (Keras 3.15); Prechelt, "Early Stopping - but when?", 1998.
Keras differs: a missing monitor is only warned about; a NaN in the first epoch blocks every later improvement.
"""

from nabi.callbacks.callback import verbosity
from nabi.callbacks.monitor import MonitorCallback
from nabi.callbacks.told import told
from nabi.core.numbers import flag, number, whole
from nabi.core.registry import register


@register("callback")
class EarlyStopping(MonitorCallback):
    """Stops training when `monitor` has stopped improving.

    Counters start anew with each `fit` unless a state was loaded. An epoch that did not log `monitor` (see `validation_freq`)
    is passed over.

    Args:
        monitor: the log name to watch.
        min_delta: a smaller change does not count as an improvement; in the value's own unit.
        patience: how many epochs without improvement to endure.
        verbose: 1 says when it stops and what it restores.
        mode: "min", "max", or "auto": by the metric's direction or name.
        baseline: only a value better than this makes the patience start over.
        restore_best_weights: put back the best epoch's weights when training ends, in whatever way it ends: patience, the last
            epoch, Ctrl-C.
        start_from_epoch: epochs before this one (from 0) are not looked at.

    Attributes:
        wait, best, best_epoch, best_weights, stopped_epoch: as in Keras; `stopped_epoch` is 0 if it did not stop the run.

    Example:
        >>> from types import SimpleNamespace
        >>> stopper = EarlyStopping("loss", patience=2)
        >>> stopper.set_model(SimpleNamespace(stop_training=False))
        >>> stopper.on_train_begin()
        >>> for epoch, loss in enumerate([0.9, 0.4, 0.5, 0.6]):
        ...     stopper.on_epoch_end(epoch, {"loss": loss})
        >>> stopper.model.stop_training, stopper.best_epoch, stopper.stopped_epoch
        (True, 1, 3)

    Raises:
        ArgumentError: a negative patience, an unknown mode; at the first epoch's end if "auto" cannot tell the direction.
    """

    remembers = ("wait", "stopped_epoch", "best", "best_epoch", "best_weights")

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ):
        super().__init__(monitor, mode, min_delta)
        self.patience = whole("EarlyStopping(patience)", patience, least=0)
        self.verbose = verbosity("EarlyStopping(verbose)", verbose)
        self.baseline = None if baseline is None else number("EarlyStopping(baseline)", baseline)
        self.restore_best_weights = flag("EarlyStopping(restore_best_weights)", restore_best_weights)
        self.start_from_epoch = whole("EarlyStopping(start_from_epoch)", start_from_epoch, least=0)
        self.reset()

    def reset(self) -> None:
        """Forgets earlier runs."""
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_epoch = 0
        self.best_weights = None

    def on_train_begin(self, logs=None):
        if self.starts_afresh():
            self.reset()

    def on_epoch_end(self, epoch, logs=None):
        value = (logs or {}).get(self.monitor)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self._keep(epoch)  # Keras: something is always restored, even if no epoch beats NaN
        self.wait += 1
        if self.improves(value, self.best):
            self.best = float(value)
            self._keep(epoch)
            if self.baseline is None or self.improves(value, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _keep(self, epoch):
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()

    def on_train_end(self, logs=None):
        if self.stopped_epoch > 0 and self.verbose > 0:
            self.tell(told("stopped", n=self.stopped_epoch + 1))
        if self.best_weights is not None:
            if self.verbose > 0:
                self.tell(told("restored", n=self.best_epoch + 1))
            self.model.set_weights(self.best_weights)
