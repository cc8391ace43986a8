"""Config: `keras.config`: settings of the program."""

from typing import Any

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
           "is_flash_attention_enabled", "is_interactive_logging_enabled", "is_traceback_filtering_enabled", "max_epochs",
           "max_steps_per_epoch", "set_backend", "set_dtype_policy", "set_epsilon", "set_floatx",
           "set_image_data_format"]


def nothing(*values: Any) -> None:
    """What has no meaning here: the setting is accepted."""


disable_interactive_logging = enable_interactive_logging = nothing
disable_traceback_filtering = enable_traceback_filtering = enable_unsafe_deserialization = nothing
set_backend = set_dtype_policy = enable_flash_attention = disable_flash_attention = nothing
max_epochs = max_steps_per_epoch = nothing


def dtype_policy() -> str:
    """The dtype of weights."""
    return floatx()


def is_interactive_logging_enabled() -> bool:
    """True: progress is shown as `verbose` says."""
    return True


def is_traceback_filtering_enabled() -> bool:
    """True: errors show the script's lines."""
    return True


def is_flash_attention_enabled() -> bool:
    """False: the processor has none."""
    return False
