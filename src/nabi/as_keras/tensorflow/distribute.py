"""Distribute: `tf.distribute`: strategies whose scope changes nothing: nabi computes on one processor, as one replica.

    losses = strategy.run(train_step, args=(batch,))                 what the one replica gave
    strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)   the same; with an axis its sum (or mean) along it
"""

import json
import os
from collections.abc import Callable
from enum import Enum
from typing import Any

from nabi import ops
from nabi.as_keras.names.tree import map_structure
from nabi.core.errors import ArgumentError

__all__ = ["CentralStorageStrategy", "CrossDeviceOps", "DistributedDataset", "DistributedIterator", "DistributedValues",
           "HierarchicalCopyAllReduce", "InputContext", "InputOptions", "InputReplicationMode", "MirroredStrategy",
           "MultiWorkerMirroredStrategy", "NcclAllReduce", "OneDeviceStrategy", "ReduceOp", "ReductionToOneDevice",
           "ReplicaContext", "RunOptions", "Strategy", "TPUStrategy", "cluster_resolver", "experimental",
           "experimental_set_strategy", "get_replica_context", "get_strategy", "has_strategy", "in_cross_replica_context"]
SERVERS = "nabi computes in one process: leave the servers out, and train with tf.distribute.get_strategy()."
INSTEAD = dict.fromkeys(("ParameterServerStrategy", "Server", "coordinator"), SERVERS)


class ReduceOp(Enum):
    """How the values of replicas become one."""

    SUM, MEAN = "SUM", "MEAN"


class InputReplicationMode(Enum):
    """How pipelines are copied: there is one."""

    PER_WORKER, PER_REPLICA = "PER_WORKER", "PER_REPLICA"


class Setting:
    """Options of devices that are not there: any is taken, and readable.

    Args:
        values, options: kept.
    """

    def __init__(self, *values: Any, **options: Any):
        self.values = values
        self.__dict__ |= options


CrossDeviceOps = HierarchicalCopyAllReduce = NcclAllReduce = ReductionToOneDevice = InputOptions = RunOptions = Setting


class DistributedValues:
    """The type of values of several replicas: with one replica none is made; `isinstance` says no."""


class DistributedDataset(DistributedValues):
    """The type of data sets that several replicas share: with one, a data set stays itself."""


class DistributedIterator(DistributedValues):
    """The type of iterators over them."""


class InputContext:
    """What a function that makes a pipeline is told: one pipeline, one replica.

    Args:
        num_input_pipelines, input_pipeline_id, num_replicas_in_sync: 1, 0 and 1.
    """

    def __init__(self, num_input_pipelines: int = 1, input_pipeline_id: int = 0, num_replicas_in_sync: int = 1):
        self.num_input_pipelines, self.input_pipeline_id = num_input_pipelines, input_pipeline_id
        self.num_replicas_in_sync = num_replicas_in_sync

    def get_per_replica_batch_size(self, global_batch_size: int) -> int:
        """Samples of a batch for each replica; ValueError where they do not come out even."""
        if global_batch_size % self.num_replicas_in_sync:
            raise ArgumentError("InputContext.get_per_replica_batch_size", f"a multiple of {self.num_replicas_in_sync}",
                                str(global_batch_size))
        return global_batch_size // self.num_replicas_in_sync


class ReplicaContext:
    """The one replica, as `get_replica_context` shows it inside `run`.

    Args:
        strategy: whose replica it is.
        replica_id_in_sync_group: 0.
    """

    num_replicas_in_sync = 1

    def __init__(self, strategy: Any, replica_id_in_sync_group: int = 0):
        self.strategy, self.replica_id_in_sync_group = strategy, replica_id_in_sync_group

    def all_reduce(self, reduce_op: Any, value: Any, options: Any = None) -> Any:
        """The value of the one replica."""
        return value

    def all_gather(self, value: Any, axis: int, options: Any = None) -> Any:
        """The value of the one replica."""
        return value

    def merge_call(self, merge_fn: Callable, args: Any = (), kwargs: Any = None) -> Any:
        """The function with the strategy first."""
        return merge_fn(self.strategy, *args, **(kwargs or {}))


class Strategy:
    """One replica.

    Args:
        devices: accepted; there is one.
    """

    num_replicas_in_sync = 1
    entered: list["Strategy"] = []

    def __init__(self, *devices: Any, **options: Any):
        self.devices = devices

    def scope(self) -> "Strategy":
        """A block in which `get_strategy` gives this one, and that changes nothing else."""
        return self

    def __enter__(self):
        Strategy.entered.append(self)
        return self

    def __exit__(self, *failure):
        Strategy.entered.pop()

    @property
    def extended(self) -> "Strategy":
        """Itself: there is nothing more."""
        return self

    @property
    def cluster_resolver(self) -> "Worker":
        """The worker that the environment's TF_CONFIG speaks of."""
        return Worker()

    def run(self, fn: Any, args: Any = (), kwargs: Any = None, options: Any = None) -> Any:
        """What the one replica makes of the arguments."""
        return fn(*args, **(kwargs or {}))

    experimental_run_v2 = call_for_each_replica = run

    def reduce(self, reduce_op: Any, value: Any, axis: Any = None) -> Any:
        """The value of the one replica; with an axis, its sum or mean along it.

        Example:
            >>> float(Strategy().reduce("SUM", ops.ones((4,)), axis=0))
            4.0
        """
        if axis is None:
            return value
        along = ops.sum if ReduceOp(getattr(reduce_op, "value", reduce_op)) is ReduceOp.SUM else ops.mean
        return map_structure(lambda x: along(x, axis=axis), value)

    def gather(self, value: Any, axis: int) -> Any:
        """The value of the one replica."""
        return value

    def experimental_local_results(self, value: Any) -> tuple:
        """The values of all replicas."""
        return (value,)

    def experimental_distribute_dataset(self, dataset: Any, options: Any = None) -> Any:
        """The data set itself."""
        return dataset

    def distribute_datasets_from_function(self, dataset_fn: Callable, options: Any = None) -> Any:
        """The data set that the function makes of an InputContext."""
        return dataset_fn(InputContext())

    experimental_distribute_datasets_from_function = distribute_datasets_from_function

    def experimental_distribute_values_from_function(self, value_fn: Callable) -> Any:
        """The value that the function makes for the one replica."""
        return value_fn(ReplicaContext(self))

    def experimental_make_numpy_dataset(self, numpy_input: Any, session: Any = None) -> Any:
        """Arrays as a data set."""
        from nabi.data.stream import Dataset

        return Dataset.from_tensor_slices(numpy_input)


MirroredStrategy = OneDeviceStrategy = MultiWorkerMirroredStrategy = CentralStorageStrategy = TPUStrategy = Strategy


class Worker:
    """The worker that TF_CONFIG speaks of: `task_type` and `task_id`, None where the environment has none."""

    def __init__(self, *values: Any, **options: Any):
        told = json.loads(os.environ.get("TF_CONFIG") or "{}")
        task, self.cluster = told.get("task", {}), told.get("cluster", {})
        self.task_type, self.task_id = task.get("type"), task.get("index")

    def cluster_spec(self) -> "Worker":
        """Itself: `as_dict` has its tasks."""
        return self

    def as_dict(self) -> dict:
        """Task -> addresses."""
        return self.cluster


def get_strategy() -> Strategy:
    """That of the innermost `scope`, or one that is always there."""
    return Strategy.entered[-1] if Strategy.entered else Strategy()


def has_strategy() -> bool:
    """Whether a strategy's scope is entered."""
    return bool(Strategy.entered)


def get_replica_context() -> ReplicaContext:
    """The one replica."""
    return ReplicaContext(get_strategy())


def in_cross_replica_context() -> bool:
    """Whether code runs in a strategy's scope."""
    return has_strategy()


def experimental_set_strategy(strategy: Strategy | None) -> None:
    """The strategy that holds from here on."""
    Strategy.entered[:] = [] if strategy is None else [strategy]


class Communication(Enum):
    """How workers speak with each other: there is one."""

    AUTO, RING, NCCL = "AUTO", "RING", "NCCL"


class Experimental:
    """`tf.distribute.experimental`: the same strategies."""

    MultiWorkerMirroredStrategy = TPUStrategy = CentralStorageStrategy = Strategy
    CollectiveCommunication = CommunicationImplementation = Communication
    CommunicationOptions = CollectiveHints = Setting


class Resolvers:
    """`tf.distribute.cluster_resolver`: there is no TPU."""

    TFConfigClusterResolver = SimpleClusterResolver = Worker

    def TPUClusterResolver(self, *values: Any, **options: Any) -> Any:
        """Raises ArgumentError, a ValueError as where none is found: scripts then take another strategy."""
        raise ArgumentError("tf.distribute", "a TPU", "none", "nabi computes on the processor.")


experimental, cluster_resolver = Experimental(), Resolvers()
