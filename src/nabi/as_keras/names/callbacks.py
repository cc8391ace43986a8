"""Callbacks: `RemoteMonitor`, which sends nothing here."""

from typing import Any

from nabi.as_keras.notes import note
from nabi.callbacks import Callback

__all__ = ["BaseLogger", "RemoteMonitor"]


class RemoteMonitor(Callback):
    """Keras' callback that posts logs to a server: nabi sends nothing anywhere."""

    def __init__(self, root: str = "", *more: Any, **options: Any):
        note("RemoteMonitor", "RemoteMonitor: nabi sends nothing; the run folder has the logs.")


class BaseLogger(Callback):
    """Keras 2's averaging of logs: they are means already."""

    def __init__(self, stateful_metrics: Any = None):
        self.stateful_metrics = stateful_metrics
