"""Distribution: `keras.distribution` on one processor: everything is accepted, and nothing is distributed.

    keras.distribution.set_distribution(keras.distribution.DataParallel())
"""

from typing import Any

from nabi.as_keras.notes import note

__all__ = ["DataParallel", "DeviceMesh", "LayoutMap", "ModelParallel", "TensorLayout", "distribute_tensor", "distribution",
           "get_device_count", "initialize", "list_devices", "set_distribution"]
_chosen: list[Any] = [None]


class Accepted:
    """What says how work is spread: its arguments are kept.

    Args:
        args, options: as in Keras.
    """

    def __init__(self, *args: Any, **options: Any):
        self.args = args
        self.__dict__.update(options)

    def scope(self) -> Any:
        """A block like any other."""
        from contextlib import nullcontext

        return nullcontext()


class DataParallel(Accepted):
    """Batches over devices, of which there is one."""


class ModelParallel(Accepted):
    """Weights over devices, of which there is one."""


class DeviceMesh(Accepted):
    """The devices as a grid."""


class TensorLayout(Accepted):
    """How a tensor lies on the grid."""


class LayoutMap(dict):
    """Layouts by the names of weights.

    Args:
        device_mesh: the grid.
    """

    def __init__(self, device_mesh: Any = None):
        super().__init__()
        self.device_mesh = device_mesh


def list_devices(device_type: Any = None) -> list[str]:
    """The processor."""
    return ["cpu:0"]


def get_device_count(device_type: Any = None) -> int:
    """1."""
    return len(list_devices())


def initialize(*args: Any, **options: Any) -> None:
    """Nothing: there is one process."""


def set_distribution(value: Any) -> None:
    """Keeps it."""
    if value is not None:
        note("distribution", "keras.distribution: nabi runs on one processor; nothing is distributed.")
    _chosen[0] = value


def distribution() -> Any:
    """What was set."""
    return _chosen[0]


def distribute_tensor(tensor: Any, layout: Any = None) -> Any:
    """The tensor itself: it lies where it is."""
    return tensor
