"""Callback: what the training loop calls at every turn of a run, with Keras' hook names.

    on_train_begin
      on_epoch_begin(epoch)
        on_train_batch_begin(batch) ... on_train_batch_end(batch, logs)
        on_test_begin ... on_test_end(logs)                              with validation data
      on_epoch_end(epoch, logs)
    on_train_end(logs)

Source: the callbacks API of Keras 3 (keras.callbacks.Callback). Beyond Keras: `state`, `load_state`, `restore`, `at_rest`,
`monitors`, `tell`, `close`.
"""

import os
from typing import Any

from nabi.core.claimed import keep_apart
from nabi.core.errors import ArgumentError, StateError
from nabi.core.numbers import is_whole
from nabi.core.pieces import Piece

HOOKS = (
    "on_train_begin", "on_train_end", "on_test_begin", "on_test_end", "on_predict_begin", "on_predict_end",
    "on_epoch_begin", "on_epoch_end", "on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end",
    "on_test_batch_begin", "on_test_batch_end", "on_predict_batch_begin", "on_predict_batch_end",
)  # fmt: skip
Logs = Any  # a mapping; not checked by type, so that callbacks of one's own may read it without asking for None


def verbosity(where: str, verbose: Any) -> int:
    """How much a callback says: 0, 1 or 2, for which True and False stand too, or ArgumentError."""
    if verbose in (0, 1, 2) and isinstance(verbose, int):
        return verbose
    raise ArgumentError(where, "0, 1 or 2", repr(verbose), "0 is silent, 1 says what it does.")


def frequency(where: str, save_freq: Any) -> Any:
    """"epoch", or so many batches, or ArgumentError."""
    if save_freq == "epoch" or (is_whole(save_freq) and int(save_freq) >= 1):
        return save_freq
    raise ArgumentError(where, "'epoch' or a number of batches", repr(save_freq))


def path_given(where: str, path: Any) -> Any:
    """A file or folder as it was given, or ArgumentError."""
    if isinstance(path, str | os.PathLike) and str(path):
        return path
    raise ArgumentError(where, "a path", repr(path))


class Callback(Piece):
    """Base of all callbacks: override the hooks you need, the others cost nothing.

    `epoch` and `batch` count from 0. `logs` of a batch is a mapping whose values are computed when they are read: read few,
    rarely. `logs` of an epoch is a dict: {"loss": 0.2, "accuracy": 0.9, "val_loss": 0.3, ...}; what a callback adds to it
    is seen by the callbacks after it and by History.

    Attributes:
        model: the model in training; `self.model.stop_training = True` ends it after this batch.
        params: {"verbose", "epochs", "steps", ...} of the running call; `steps` is None when unknown.
        monitors: the log names this callback cannot do without; checked after the first epoch.
        remembers: the attributes that make up its `state`, so that a resumed run continues exactly.

    Example:
        >>> class Shout(Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         print(f"epoch {epoch}: {logs['loss']:.2f}!")
        >>> Shout().on_epoch_end(0, {"loss": 0.25})
        epoch 0: 0.25!
    """

    # on the class, so that a subclass whose __init__ forgets super().__init__() works, as it does in Keras
    params: Any = None
    monitors: tuple[str, ...] = ()
    remembers: tuple[str, ...] = ()
    tell: Any = staticmethod(print)  # prints one line; a list with a progress bar makes the bar step aside first
    _model: Any = None
    _loaded = False

    def __init_subclass__(cls, **options):
        """`self.state = ...` of a callback of the user's leaves nabi's `state` alone."""
        super().__init_subclass__(**options)
        keep_apart(cls, ("state", "load_state", "restore", "at_rest", "tell", "close"))

    @property
    def model(self) -> Any:
        """The model in training, None before `set_model`."""
        return self._model

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"  # a user's callback need not keep its arguments

    def set_model(self, model: Any) -> None:
        self._model = model

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params

    def state(self) -> dict[str, Any]:
        """What a resumed run needs: numbers, strings, lists, NumPy arrays, dicts of these. Arrays are not copied."""
        return {name: _copied(getattr(self, name)) for name in self.remembers}

    def load_state(self, state: dict[str, Any]) -> None:
        """Takes back what `state` gave, and makes the next `on_train_begin` keep it instead of starting afresh.

        Raises:
            StateError: the state belongs to another kind of callback.
        """
        if set(state) != set(self.remembers):
            raise StateError(
                f"{type(self).__name__}.load_state", f"the entries {sorted(self.remembers)}", sorted(state),
                "Load a state that the same version of this callback saved.",
            )  # fmt: skip
        for name, value in state.items():
            setattr(self, name, _copied(value))
        self._loaded = True

    def starts_afresh(self) -> bool:
        """For `on_train_begin`: False once after `load_state`, else True."""
        loaded, self._loaded = self._loaded, False
        return not loaded

    def restore(self) -> None:
        """Called before everything else of `fit`, even `on_train_begin`: the moment to load a checkpoint."""

    def at_rest(self) -> None:
        """Called after everything of a step, and of an epoch, is done: the moment to write a checkpoint.

        `self.model.trainer.position` says which: its `step` is 0 after an epoch. A run that goes on in the middle of an epoch
        begins with `on_epoch_begin` of that epoch once more; what must not happen twice there belongs into `state`.
        """

    def close(self) -> None:
        """Lets go of files and screen lines. Called after the last hook, also when an error ended the run."""

    def on_train_begin(self, logs: Logs = None) -> None:
        """Called once when `fit` starts."""

    def on_train_end(self, logs: Logs = None) -> None:
        """Called once when `fit` ends, also after Ctrl-C; `logs` are the last epoch's."""

    def on_test_begin(self, logs: Logs = None) -> None:
        """Called when `evaluate` or a validation inside `fit` starts."""

    def on_test_end(self, logs: Logs = None) -> None:
        """Called when `evaluate` or a validation inside `fit` ends."""

    def on_predict_begin(self, logs: Logs = None) -> None:
        """Called when `predict` starts."""

    def on_predict_end(self, logs: Logs = None) -> None:
        """Called when `predict` ends."""

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Called before an epoch's first batch."""

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called after an epoch's last batch and its validation."""

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Keras' older name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Keras' older name of `on_train_batch_end`."""

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Called before a training step."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Called after a training step; `logs` are running means since the epoch began."""
        self.on_batch_end(batch, logs)

    def on_test_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Called before an evaluation step."""

    def on_test_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Called after an evaluation step."""

    def on_predict_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Called before a prediction step."""

    def on_predict_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Called after a prediction step; `logs["outputs"]` holds the batch's predictions."""


def overrides(callback: Callback, hook: str) -> bool:
    """True if `callback` (its class or the object itself) brings its own `hook`."""
    method = getattr(callback, hook)
    return getattr(method, "__func__", method) is not getattr(Callback, hook)


def _copied(value):
    """Lists and dicts copied, so that a state does not change after it was taken; arrays and numbers shared."""
    if isinstance(value, dict):
        return {name: _copied(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(part) for part in value]
    return value
