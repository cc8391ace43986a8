"""Monitor: which way a logged value should go, and an error instead of silence when it is missing.

    improvement   min: value + min_delta < best      max: value - min_delta > best

Source: Keras 3's MonitorCallback; Keras 3 asks the metric objects for their direction, Keras 1 and 2 its name. Here the
trainer's `model.metric_directions` comes first, then the name.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from nabi.callbacks.callback import Callback
from nabi.core.errors import ArgumentError, UnknownName, did_you_mean
from nabi.core.numbers import number
from nabi.core.words import one_of, text

MAX_WORDS = {"acc", "accuracy", "auc", "f1", "fbeta", "fmeasure", "precision", "recall", "sensitivity", "specificity", "iou",
             "io", "dice", "r2", "similarity", "correlation", "kappa", "psnr", "ssim", "map"}  # fmt: skip
MIN_WORDS = {"loss", "error", "mse", "mae", "mape", "msle", "rmse", "crossentropy", "entropy", "hinge", "divergence", "poisson",
             "cosh", "logcosh", "huber", "perplexity", "brier"}  # fmt: skip
MODES = ("auto", "min", "max")
COUNTS = {"true_positives": "max", "true_negatives": "max", "false_positives": "min", "false_negatives": "min"}


def direction(monitor: str, mode: str = "auto", directions: Mapping[str, str] | None = None, where: str = "monitor") -> str:
    """"min" or "max": which way `monitor` gets better.

    Args:
        monitor: a log name; "val_" in front does not matter.
        mode: "min", "max", or "auto": by `directions`, else by the words in the name.
        directions: what the model's metrics say of themselves, {"accuracy": "max"}.

    Example:
        >>> direction("val_loss"), direction("val_accuracy"), direction("top_5_accuracy"), direction("f1_score")
        ('min', 'max', 'max', 'max')

    Raises:
        ArgumentError: unknown mode, or "auto" and the name does not tell.
    """
    if one_of(f"{where}(mode)", mode, MODES) != "auto":
        return mode
    name = monitor.removeprefix("val_")
    told = directions or {}
    for known in (monitor, name):
        if told.get(known) in ("min", "max"):
            return told[known]
    bare = re.sub(r"_\d+$", "", name.lower())  # the second AUC of a program is auc_1
    words = bare.split("_")
    if bare in COUNTS:
        return COUNTS[bare]
    if words[-1] in ("loss", "error"):  # dice_loss is a loss
        return "min"
    if MAX_WORDS & set(words):
        return "max"
    if MIN_WORDS & set(words):
        return "min"
    raise ArgumentError(
        f"{where}(monitor={monitor!r}, mode='auto')", "a name that tells whether more is better", repr(monitor),
        "Pass mode='max' if more is better, mode='min' if less is.",
    )  # fmt: skip


def require(monitor: str, logs: Mapping[str, Any], where: str) -> Any:
    """`logs[monitor]`, or an error that offers the nearest name.

    Example:
        >>> require("val_acc", {"val_accuracy": 0.97, "val_loss": 0.1}, "EarlyStopping")
        Traceback (most recent call last):
        nabi.core.errors.UnknownName: EarlyStopping(monitor): expected a logged name, got 'val_acc'. Did you mean \
'val_accuracy'? Known: val_accuracy, val_loss.

    Raises:
        UnknownName: no such name in `logs`; if it starts with "val_" and nothing in `logs` does, validation data are missing.
    """
    if monitor in logs:
        return logs[monitor]
    names = list(logs)
    where = where if "(" in where else f"{where}(monitor)"
    if monitor.startswith("val_") and not any(name.startswith("val_") for name in names):
        raise UnknownName(
            where, "a logged name", repr(monitor),
            f"{monitor} needs validation_data or validation_split in fit. {did_you_mean(monitor.removeprefix('val_'), names)}",
        )  # fmt: skip
    raise UnknownName(where, "a logged name", repr(monitor), did_you_mean(monitor, names))


class MonitorCallback(Callback):
    """Base of the callbacks that watch one logged value.

    Args:
        monitor: the log name to watch.
        mode: "min", "max" or "auto", see `direction`.
        min_delta: a change must be larger than this, in the value's own unit, to count as an improvement.
    """

    def __init__(self, monitor: str, mode: str, min_delta: float = 0.0):
        where = type(self).__name__
        self.monitor = text(f"{where}(monitor)", monitor, "a name of the logs, such as 'val_loss'")
        self.mode = one_of(f"{where}(mode)", mode, MODES)
        self.min_delta = number(f"{where}(min_delta)", min_delta)
        self.best: float | None = None

    @property
    def monitors(self) -> tuple[str, ...]:  # type: ignore[override]
        return (self.monitor,)

    def improves(self, value: float, best: float | None) -> bool:
        """True if `value` is better than `best` by more than `min_delta`; NaN never is, anything is better than None."""
        told = getattr(self.model, "metric_directions", None)
        wanted = direction(self.monitor, self.mode, told, type(self).__name__)
        if math.isnan(value):
            return False
        if best is None:
            return True
        if wanted == "min":
            return value + abs(self.min_delta) < best
        return value - abs(self.min_delta) > best
