"""Returned: the logs of a train_step or test_step of the user's own: what it returned, or the metrics behind it.

    return {"loss": self.tracker.result(), "mae": ...}      names of the model's metrics: these are read at the epoch's end
    return {"d_loss": d_loss, "g_loss": g_loss}             other names: what the last step returned

Source: Keras 3, trainers/trainer.py (`_get_metrics_result_or_logs`).
"""

from collections.abc import Mapping
from typing import Any

from nabi.core.errors import ArgumentError
from nabi.training.objective import aside, one_number


class Returned:
    """What stands in for an objective where steps are the user's own.

    Args:
        model: the model.
        method: the method whose logs these are, for errors.

    Attributes:
        last: what the last step returned, nested dicts opened.
    """

    def __init__(self, model: Any, method: str):
        self.model, self.method = model, method
        self.last: dict[str, Any] = {}

    def take(self, logs: Any) -> None:
        """Takes what a step returned.

        Raises:
            ArgumentError: it is no dict by name.
        """
        if not isinstance(logs, Mapping):
            raise ArgumentError(f"{self.model.label}.{self.method}", "a dict of numbers by name", type(logs).__name__,
                                'Write return {"loss": loss}, or {m.name: m.result() for m in self.metrics}.')
        self.last = flat(logs)

    def values(self) -> dict[str, Any]:
        """The logs: of metrics if they are those of the model, else as they were returned."""
        metrics = flat({metric.name: metric.result() for metric in self.model.metrics})
        return metrics if set(metrics) == set(self.last) or not self.last else self.last

    def logs(self, prefix: str = "") -> dict[str, float]:
        """The logs as floats."""
        return {prefix + name: one_number(value) for name, value in self.values().items()}

    def live(self) -> "LastLogs":
        """The last step's logs as they are when they are read."""
        return LastLogs(self)

    @property
    def trackers(self) -> dict[str, Any]:
        """By name what is logged."""
        return self.values()

    @property
    def directions(self) -> dict[str, str | None]:
        """Which way each metric improves."""
        return {metric.name: getattr(metric, "direction", None) for metric in self.model.metrics}

    def reset(self) -> None:
        """Starts anew, as at the start of an epoch."""
        self.last = {}
        self.model.reset_metrics()

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"last": {name: one_number(value) for name, value in self.last.items()},
                "metrics": [metric.state() for metric in self.model.metrics]}

    def load_state(self, state: dict[str, Any]) -> None:
        """Goes on from what `state` gave."""
        self.last = dict(state["last"])
        for metric, kept in zip(self.model.metrics, state["metrics"], strict=True):
            metric.load_state(kept)

    aside = aside


class LastLogs(Mapping):
    """What the last step returned, as floats that are computed when they are read."""

    def __init__(self, returned: Returned):
        self.returned = returned

    def __getitem__(self, name):
        return one_number(self.returned.last[name])

    def __iter__(self):
        return iter(self.returned.last)

    def __len__(self):
        return len(self.returned.last)


def flat(logs: Mapping[str, Any]) -> dict[str, Any]:
    """Nested dicts opened: {"a": {"b": 1}} becomes {"b": 1}, as in Keras.

    Example:
        >>> flat({"loss": 1.0, "compile_metrics": {"mae": 2.0}})
        {'loss': 1.0, 'mae': 2.0}
    """
    found: dict[str, Any] = {}
    for name, value in logs.items():
        found.update(flat(value) if isinstance(value, Mapping) else {name: value})
    return found
