"""Callbacks: early stopping, checkpoints, learning rates, logs and the progress display; Keras' names and behaviour."""

from typing import Any

from nabi.callbacks.backup_and_restore import BackupAndRestore
from nabi.callbacks.callback import Callback
from nabi.callbacks.callback_list import CallbackList
from nabi.callbacks.csv_logger import CSVLogger
from nabi.callbacks.early_stopping import EarlyStopping
from nabi.callbacks.history import History
from nabi.callbacks.lambda_callback import LambdaCallback
from nabi.callbacks.model_checkpoint import ModelCheckpoint
from nabi.callbacks.monitor import MonitorCallback, direction, require
from nabi.callbacks.progbar_logger import ProgbarLogger
from nabi.callbacks.progress import Progress
from nabi.callbacks.reduce_lr import ReduceLROnPlateau
from nabi.callbacks.schedule import LearningRateScheduler
from nabi.callbacks.swap_ema import SwapEMAWeights
from nabi.callbacks.tensorboard import TensorBoard
from nabi.callbacks.terminate_on_nan import TerminateOnNaN
from nabi.core import pieces
from nabi.core.attributes import offer_nearest

__all__ = [
    "BackupAndRestore", "CSVLogger", "Callback", "CallbackList", "EarlyStopping", "History", "LambdaCallback",
    "LearningRateScheduler", "ModelCheckpoint", "MonitorCallback", "ProgbarLogger", "Progress", "ReduceLROnPlateau",
    "SwapEMAWeights", "TensorBoard", "TerminateOnNaN",
    "direction", "get", "require", "serialize",
]  # fmt: skip

offer_nearest(__name__, __all__)


def get(identifier: Any) -> Callback:
    """A callback from its name, from {"class_name", "config"}, or itself.

    Example:
        >>> get({"class_name": "EarlyStopping", "config": {"monitor": "loss", "patience": 3}}).patience
        3
    """
    return pieces.get("callback", identifier)


def serialize(callback: Callback) -> dict[str, Any]:
    """{"class_name", "config"} of a callback.

    Example:
        >>> serialize(EarlyStopping("loss", patience=3))["config"]["patience"]
        3
    """
    return pieces.serialize("callback", callback)
