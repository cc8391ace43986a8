"""Distribute: `tf.distribute`: strategies whose scope changes nothing: nabi computes on one processor."""

from typing import Any

from nabi.core.errors import ArgumentError

__all__ = ["CentralStorageStrategy", "MirroredStrategy", "MultiWorkerMirroredStrategy", "OneDeviceStrategy", "Strategy",
           "TPUStrategy", "cluster_resolver", "experimental", "get_strategy"]


class Strategy:
    """One replica.

    Args:
        devices: accepted; there is one.
    """

    num_replicas_in_sync = 1

    def __init__(self, *devices: Any, **options: Any):
        self.devices = devices

    def scope(self) -> "Strategy":
        """A block that changes nothing."""
        return self

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        return None

    def run(self, fn: Any, args: Any = (), kwargs: Any = None) -> Any:
        """What the one replica makes of the arguments."""
        return fn(*args, **(kwargs or {}))

    def reduce(self, reduce_op: Any, value: Any, axis: Any = None) -> Any:
        """The value of the one replica."""
        return value

    def experimental_distribute_dataset(self, dataset: Any, *more: Any) -> Any:
        """The data set itself."""
        return dataset


MirroredStrategy = OneDeviceStrategy = MultiWorkerMirroredStrategy = CentralStorageStrategy = TPUStrategy = Strategy


def get_strategy() -> Strategy:
    """The one there is."""
    return Strategy()


class Experimental:
    """`tf.distribute.experimental`: the same strategies."""

    MultiWorkerMirroredStrategy = TPUStrategy = CentralStorageStrategy = Strategy


class Resolvers:
    """`tf.distribute.cluster_resolver`: there is no TPU."""

    def TPUClusterResolver(self, *values: Any, **options: Any) -> Any:
        """Raises ArgumentError, a ValueError as where none is found: scripts then take another strategy."""
        raise ArgumentError("tf.distribute", "a TPU", "none", "nabi computes on the processor.")


experimental, cluster_resolver = Experimental(), Resolvers()
