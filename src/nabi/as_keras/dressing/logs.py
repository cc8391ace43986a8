"""Logs: a History that answers to the names of Keras 1, 2 and 3 alike: acc and accuracy, lr and learning_rate.

    history.history["val_acc"]     the values that are kept as "val_accuracy", and the other way round
    history.history["auc_3"]       those of "auc": Keras counts the metrics of a process, of all models
"""

import re
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from nabi.as_keras.dressing.asked_names import named_for
from nabi.as_keras.notes import note
from nabi.callbacks import LambdaCallback
from nabi.core.claimed import is_users
from nabi.core.errors import ArgumentError, UnknownName
from nabi.core.names import snake_case

PAIRS = {"acc": "accuracy", "lr": "learning_rate", "mean_absolute_error": "mae", "mean_squared_error": "mse",
         "binary_accuracy": "accuracy", "categorical_accuracy": "accuracy", "sparse_categorical_accuracy": "accuracy"}


def other_names(name: str) -> list[str]:
    """The other names under which a log may be kept.

    Example:
        >>> other_names("val_acc"), other_names("loss"), other_names("val_head_2_acc")
        (['val_accuracy'], [], ['val_head_2_accuracy'])
    """
    front, bare = ("val_", name[4:]) if name.startswith("val_") else ("", name)
    ends = [(old, new) for pair in PAIRS.items() for old, new in (pair, pair[::-1])]
    found = [new for old, new in ends if bare == old]
    if not found:  # a metric of one of several outputs
        found = [bare.removesuffix(old) + new for old, new in ends if bare.endswith(f"_{old}")]
    return [front + other for other in found]


def without_numbers(name: str) -> str:
    """A name in snake_case without the numbers by which Keras tells things of one name apart.

    Example:
        >>> without_numbers("val_auc_1"), without_numbers("val_AUC"), without_numbers("dense_2_accuracy")
        ('val_auc', 'val_auc', 'dense_accuracy')
    """
    front, bare = ("val_", name[4:]) if name.startswith("val_") else ("", name)
    return front + re.sub(r"_\d+(?=_|$)", "", snake_case(bare) if not bare.islower() else bare)


class Unlogged(str):
    """A name under which nothing was logged; as the message of an error it says what was.

    Example:
        >>> print(repr(Unlogged("val_loss").among(["loss", "mae"])))
        'val_loss' was not logged. val_loss needs validation_data or validation_split in fit. There are: loss, mae
    """

    kept: list[str] = []

    def among(self, kept: list[str]) -> "Unlogged":
        """The same, with the names that are there."""
        self.kept = kept
        return self

    def __repr__(self) -> str:
        held = self.startswith("val_") and not any(name.startswith("val_") for name in self.kept)
        needs = f" {self} needs validation_data or validation_split in fit." if held else ""
        return f"'{self}' was not logged.{needs} There are: {', '.join(self.kept)}"


class Logged(float):
    """A logged number; `item()` gives it alone, as it did of NumPy's numbers, which Keras 1 and 2 logged.

    Example:
        >>> Logged(0.5), Logged(0.5).item(), type(Logged(0.5).item()).__name__
        (0.5, 0.5, 'float')
    """

    def item(self) -> float:
        """The number."""
        return float(self)

    def __reduce__(self):
        return float, (float(self),)


def logged(value: Any) -> Any:
    """A float, or the floats of a list, as `Logged`."""
    return [logged(one) for one in value] if type(value) is list else Logged(value) if type(value) is float else value


def with_logged(method: Callable) -> Callable:
    """A method whose numbers answer to `item()`: evaluate, train_on_batch, test_on_batch."""

    @wraps(method)
    def call(self, *args, **options):
        return logged(method(self, *args, **options))

    return call


class Logs(dict):
    """A dict of logs that knows other names of its entries.

    Example:
        >>> logs = Logs(accuracy=0.9)
        >>> logs["acc"], logs.get("acc"), "acc" in logs, list(logs)
        (0.9, 0.9, True, ['accuracy'])
    """

    def items(self) -> Any:
        """Names and values, the names as whoever asks knows them."""
        return list(zip(named_for(sys._getframe(1), dict.keys(self)), dict.values(self), strict=True))

    def keys(self) -> Any:
        """The names, as whoever asks knows them."""
        return dict.fromkeys(named_for(sys._getframe(1), dict.keys(self))).keys()

    def __missing__(self, name: str) -> Any:
        for other in other_names(name):
            if dict.__contains__(self, other):
                return dict.__getitem__(self, other)
        close = self.close(name)
        if len(close) != 1:
            raise KeyError(Unlogged(name).among(list(dict.keys(self))))
        return dict.__getitem__(self, close[0])

    def close(self, name: str) -> list[str]:
        """The entries whose names differ by numbers alone."""
        bare = {without_numbers(one) for one in (name, *other_names(name))}
        return [other for other in dict.__iter__(self) if without_numbers(other) in bare]

    def __contains__(self, name: object) -> bool:
        return (dict.__contains__(self, name) or any(dict.__contains__(self, other) for other in other_names(str(name)))
                or len(self.close(str(name))) == 1)

    def get(self, name: str, default: Any = None) -> Any:
        """The entry under this name or another one of it."""
        return self[name] if name in self else default


class BatchLogs(Logs):
    """Logs of a batch that say its number and its samples to whoever asks, as before TensorFlow 2.2, and list the others.

    Example:
        >>> logs = BatchLogs(loss=0.5).of(1, {"batch_size": 32, "samples": 50})
        >>> logs["batch"], logs.get("size", 0), list(logs)
        (1, 18, ['loss'])
    """

    beside: dict[str, int] = {}

    def of(self, batch: int, params: dict[str, Any]) -> "BatchLogs":
        """The same, for a batch of a fit with these params."""
        self.beside, size, samples = {"batch": batch}, params.get("batch_size"), params.get("samples")
        if size:
            self.beside["size"] = size if samples is None else max(0, min(size, samples - batch * size))
        return self

    def __missing__(self, name: str) -> Any:
        return self.beside[name] if name in self.beside else super().__missing__(name)

    def __contains__(self, name: object) -> bool:
        return name in self.beside or super().__contains__(name)


def with_both_names(method: Callable) -> Callable:
    """History's `on_epoch_end`, whose dict of values answers to both names."""

    @wraps(method)
    def on_epoch_end(self, epoch, logs=None):
        if not isinstance(self.history, Logs):
            self.history = Logs(self.history)
        method(self, epoch, logs)

    return on_epoch_end


def with_logs(method: Callable) -> Callable:
    """A method of CallbackList, whose logs answer to both names; what callbacks add to them is kept."""

    @wraps(method)
    def call(self, *args, **options):
        logs = next((one for one in args if type(one) is dict), None)
        if logs is None:
            return method(self, *args, **options)
        both = Logs({name: logged(value) for name, value in logs.items()})
        try:
            made = method(self, *[both if one is logs else one for one in args], **options)
        except UnknownName as error:  # Keras warns, and goes on without
            if method.__name__ != "check_monitors":
                raise
            note(f"monitor {error}", str(error))
            made = None
        logs.update({name: dict.__getitem__(both, name) for name in dict.__iter__(both)})
        return made

    return call


def with_batch_logs(method: Callable) -> Callable:
    """CallbackList's hook at the end of a batch: the same, where callbacks of the script's listen."""

    @wraps(method)
    def call(self, batch, logs=None):
        if logs and any(heard(one.__self__) for one in self._hooks[method.__name__]):
            logs = BatchLogs({name: logged(value) for name, value in logs.items()}).of(batch, self.params)
        method(self, batch, logs)

    return call


def heard(callback: Any) -> bool:
    """Whether functions of the script's hear what a callback is told."""
    return isinstance(callback, LambdaCallback) or is_users(type(callback))


def lenient(method: Callable) -> Callable:
    """`monitor.direction`, which takes less for better where a name does not tell, as Keras 1 and 2 did."""

    @wraps(method)
    def direction(monitor, mode="auto", directions=None, where="monitor"):
        try:
            return method(monitor, mode, directions, where)
        except ArgumentError:
            if mode != "auto":
                raise
            return "min"

    return direction
