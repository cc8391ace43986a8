"""CallbackList: one object that hands every call of the training loop to all callbacks, in order.

Only hooks that a callback overrides are called: a training step under callbacks that work by epoch costs nothing.

Source: keras.callbacks.CallbackList. Keras copies the logs and turns them into floats at every batch; here they are handed on
as they are, so nothing is computed that nobody reads.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from nabi.callbacks.callback import HOOKS, Callback, overrides
from nabi.callbacks.history import History
from nabi.callbacks.monitor import require
from nabi.callbacks.progress import Progress
from nabi.core.errors import ArgumentError, StateError

CLOCK = "Clock"  # the callback that `fit(time_budget=...)` adds


class CallbackList(Callback):
    """Calls callbacks in order: the user's, then History, then the progress display.

    Args:
        callbacks: a callback, or lists of them, nested as you like.
        add_history: appends a History if there is none.
        add_progbar: appends a Progress in the mode `params["verbose"]` if there is none.
        model: given to all of them.
        params: "verbose", "epochs", "steps" and so on, given to all of them.

    Attributes:
        callbacks: the flat list. `history`: the History among them, or None.

    Example:
        >>> calls = CallbackList(add_history=True, epochs=2, steps=5)
        >>> calls.on_train_begin()
        >>> calls.on_epoch_end(0, {"loss": 0.5})
        >>> calls.history.history
        {'loss': [0.5]}

    Raises:
        ArgumentError: something in the list is no callback.
    """

    def __init__(
        self, callbacks: Any = None, add_history: bool = False, add_progbar: bool = False, model: Any = None, **params: Any
    ):
        self.add_history = add_history
        self.add_progbar = add_progbar
        self.callbacks: list[Callback] = [_checked(thing) for thing in _flat(callbacks)]
        self.history: Any = self._first(History)
        self._hooks: dict[str, list[Callable[..., None]]] = {}
        if add_history and self.history is None:
            self.history = History()
            self.callbacks.append(self.history)
        if add_progbar and self._first(Progress) is None:
            self.callbacks.append(Progress(params.get("verbose", "auto")))
        self._bind()
        self.set_model(model)
        self.set_params(params)

    def append(self, callback: Callback) -> None:
        """Adds one at the end."""
        self.callbacks.append(_checked(callback))
        callback.set_model(self.model)
        callback.set_params(self.params)
        self._bind()

    def set_model(self, model: Any) -> None:
        if model is None:
            return
        super().set_model(model)
        if self.history is not None:
            model.history = self.history
        for callback in self.callbacks:
            callback.set_model(model)

    def set_params(self, params: dict[str, Any]) -> None:
        super().set_params(params)
        for callback in self.callbacks:
            callback.set_params(params)

    def check_monitors(self, logs: dict[str, Any], validation_pending: bool = False) -> None:
        """To be called after the first epoch's `on_epoch_end`: an error for each monitor that nobody logs.

        Args:
            logs: the epoch's logs, with what callbacks added.
            validation_pending: True if validation is still to come (`validation_freq`); names with "val_" then wait.

        Raises:
            UnknownName: a monitor that is missing; with the nearest name, or that validation data are.
        """
        for callback in self.callbacks:
            for monitor in callback.monitors:
                if not (validation_pending and monitor.startswith("val_")):
                    require(monitor, logs, type(callback).__name__)

    def state(self) -> dict[str, Any]:
        """The states of those that have one, under "position:ClassName" (position among these)."""
        return {key: callback.state() for key, callback in self._stateful().items()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Gives each callback its state back.

        Raises:
            StateError: other callbacks, or another order, than when the state was taken; a time budget then or now alone.
        """
        mine = self._stateful()
        kinds, wanted = ([key.partition(":")[2] for key in keys] for keys in (mine, state))
        if kinds != wanted and [*filter(CLOCK.__ne__, kinds)] == [*filter(CLOCK.__ne__, wanted)]:
            if CLOCK in wanted:
                raise StateError("fit(time_budget)", "a time, as the interrupted run had one", "None", "It may be another time.")
            raise StateError("fit(time_budget)", "None, as the interrupted run had it", "a time", "Resume without one.")
        if list(mine) != list(state):
            raise StateError(
                "fit(callbacks)", f"the callbacks of the interrupted run, {list(state)}", list(mine),
                "Resume with the same callbacks in the same order (those without a state do not matter).",
            )  # fmt: skip
        for key, callback in mine.items():
            callback.load_state(state[key])

    def restore(self) -> None:
        for callback in self.callbacks:
            callback.restore()

    def at_rest(self) -> None:
        for callback in self._resting:
            callback.at_rest()

    def close(self) -> None:
        for callback in self.callbacks:
            callback.close()

    def _first(self, kind: type) -> Any:
        return next((callback for callback in self.callbacks if isinstance(callback, kind)), None)

    def _stateful(self) -> dict[str, Callback]:
        kept = [callback for callback in self.callbacks if callback.remembers or overrides(callback, "state")]
        return {f"{position}:{type(callback).__name__}": callback for position, callback in enumerate(kept)}

    def _bind(self) -> None:
        progress = self._first(Progress)
        for callback in (self, *self.callbacks):
            if callback is not progress:
                callback.tell = print if progress is None else progress.tell
        self._resting = [callback for callback in self.callbacks if overrides(callback, "at_rest")]
        for hook in HOOKS:
            older = hook.replace("_train_batch_", "_batch_")  # on_train_batch_end falls back to on_batch_end
            self._hooks[hook] = [
                getattr(callback, hook)
                for callback in self.callbacks
                if overrides(callback, hook) or (older != hook and overrides(callback, older))
            ]


@contextmanager
def afterwards(*last: Callable[[], Any]) -> Iterator[None]:
    """Calls `last` in order after the block, however it ends; an error in them never hides the block's own: it becomes a note.

    Example:
        >>> with afterwards(lambda: 1 / 0):
        ...     raise ValueError("the first error")
        Traceback (most recent call last):
        ValueError: the first error
        Afterwards came ZeroDivisionError: division by zero
    """
    try:
        yield
    except BaseException as first:
        for act in last:
            _called(act, first)
        raise
    for act in last:
        _called(act, None)


def _called(act: Callable[[], Any], first: BaseException | None) -> None:
    """Calls; an error is a note on the first one, if there was one."""
    try:
        act()
    except Exception as second:
        if first is None:
            raise
        first.add_note(f"Afterwards came {type(second).__name__}: {second}")


def _dispatcher(hook: str, indexed: bool):
    """The method that calls `hook` of all who have it; with an epoch's or batch's number if `indexed`."""

    def with_index(self, index, logs=None):
        if called := self._hooks[hook]:
            logs = {} if logs is None else logs
            for method in called:
                method(index, logs)

    def without_index(self, logs=None):
        logs = {} if logs is None else logs
        for method in self._hooks[hook]:
            method(logs)

    method = with_index if indexed else without_index
    method.__name__, method.__doc__ = hook, f"Calls `{hook}` of the callbacks that have it."
    return method


for _hook in HOOKS:
    setattr(CallbackList, _hook, _dispatcher(_hook, "epoch" in _hook or "batch" in _hook))


def _flat(callbacks: Any) -> Iterable[Any]:
    if callbacks is None:
        return
    if isinstance(callbacks, CallbackList):
        callbacks = callbacks.callbacks
    if not isinstance(callbacks, list | tuple):
        yield callbacks
        return
    for part in callbacks:
        yield from _flat(part)


def _checked(thing: Any) -> Callback:
    if isinstance(thing, type) and issubclass(thing, Callback):
        raise ArgumentError("fit(callbacks)", "callback objects", f"the class {thing.__name__}", f"Write {thing.__name__}().")
    if not isinstance(thing, Callback):
        raise ArgumentError(
            "fit(callbacks)", "callback objects", repr(thing),
            "Derive it from nabi.callbacks.Callback, or wrap a function in LambdaCallback(on_epoch_end=function).",
        )  # fmt: skip
    return thing
