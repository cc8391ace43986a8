"""Config: `tf.config`: there is a processor and no graphics card; threads are torch's."""

from typing import Any

import torch

__all__ = ["LogicalDeviceConfiguration", "PhysicalDevice", "VirtualDeviceConfiguration", "enable_op_determinism",
           "enable_tensor_float_32_execution", "experimental_connect_to_cluster", "experimental_run_functions_eagerly",
           "get_visible_devices", "list_local_devices", "list_logical_devices", "list_physical_devices", "run_functions_eagerly",
           "set_inter_op_parallelism_threads", "set_intra_op_parallelism_threads", "set_jit", "set_logical_device_configuration",
           "set_memory_growth", "set_soft_device_placement", "set_virtual_device_configuration", "set_visible_devices",
           "get_memory_growth", "functions_run_eagerly", "set_synchronous_execution", "set_lms_enabled"]


class PhysicalDevice:
    """A device.

    Args:
        name, device_type: "/physical_device:CPU:0", "CPU".
    """

    def __init__(self, name: str, device_type: str):
        self.name, self.device_type = name, device_type

    def __repr__(self) -> str:
        return f"PhysicalDevice(name={self.name!r}, device_type={self.device_type!r})"


def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The processor; an empty list for "GPU" and "TPU"."""
    return [PhysicalDevice("/physical_device:CPU:0", "CPU")] if device_type in (None, "CPU") else []


list_logical_devices = get_visible_devices = list_physical_devices


def list_local_devices(*options: Any) -> list[PhysicalDevice]:
    """The processor."""
    return list_physical_devices()


def nothing(*values: Any, **options: Any) -> None:
    """What has no meaning here: the setting is accepted."""


set_memory_growth = set_visible_devices = set_logical_device_configuration = set_virtual_device_configuration = nothing
set_soft_device_placement = set_jit = enable_op_determinism = enable_tensor_float_32_execution = nothing
run_functions_eagerly = experimental_run_functions_eagerly = experimental_connect_to_cluster = nothing
get_memory_growth = set_synchronous_execution = set_lms_enabled = set_inter_op_parallelism_threads = nothing


def functions_run_eagerly() -> bool:
    """True: nabi computes at once."""
    return True


def set_intra_op_parallelism_threads(num_threads: int) -> None:
    """So many threads in one operation; 0 leaves them as they are."""
    if num_threads:
        torch.set_num_threads(int(num_threads))


class LogicalDeviceConfiguration:
    """Kept, without a meaning here.

    Args:
        options: whatever it was called with.
    """

    def __init__(self, *values: Any, **options: Any):
        self.options = options


VirtualDeviceConfiguration = LogicalDeviceConfiguration
