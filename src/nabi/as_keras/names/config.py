"""Config: `keras.config`: settings of the program."""

from typing import Any

from nabi.as_keras.names.precision import dtype_policy, set_global_policy
from nabi.as_keras.scripts.shortening import BATCH, Limits
from nabi.backend import (
    backend,
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)

__all__ = ["backend", "disable_interactive_logging", "disable_traceback_filtering", "disable_flash_attention", "dtype_policy",
           "enable_flash_attention", "enable_interactive_logging",
           "enable_traceback_filtering", "enable_unsafe_deserialization", "epsilon", "floatx", "image_data_format",
           "is_flash_attention_enabled", "is_interactive_logging_enabled", "is_nnx_enabled", "is_traceback_filtering_enabled",
           "max_epochs", "max_steps_per_epoch", "set_backend", "set_dtype_policy", "set_epsilon", "set_floatx",
           "set_image_data_format", "set_max_epochs", "set_max_steps_per_epoch"]


def nothing(*values: Any) -> None:
    """What has no meaning here: the setting is accepted."""


disable_interactive_logging = enable_interactive_logging = nothing
disable_traceback_filtering = enable_traceback_filtering = enable_unsafe_deserialization = nothing
enable_flash_attention = disable_flash_attention = nothing
_steps: list[int | None] = [None]


def set_backend(backend: str) -> None:
    """Nothing: nabi computes with torch."""


def set_dtype_policy(policy: Any) -> None:
    """`keras.mixed_precision.set_global_policy`."""
    set_global_policy(policy)


def set_max_epochs(max_epochs: int | None) -> None:
    """At most so many epochs in each `fit` from now on; None: as many as it says."""
    Limits.epochs = max_epochs


def max_epochs() -> int | None:
    """That number."""
    return Limits.epochs


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """At most the samples of so many batches in each epoch; None: all of them."""
    _steps[0] = max_steps_per_epoch
    Limits.samples = None if max_steps_per_epoch is None else max_steps_per_epoch * BATCH


def max_steps_per_epoch() -> int | None:
    """That number."""
    return _steps[0]


def is_nnx_enabled() -> bool:
    """False: it is of JAX."""
    return False


def is_interactive_logging_enabled() -> bool:
    """True: progress is shown as `verbose` says."""
    return True


def is_traceback_filtering_enabled() -> bool:
    """True: errors show the script's lines."""
    return True


def is_flash_attention_enabled() -> bool:
    """False: the processor has none."""
    return False
