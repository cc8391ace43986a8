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

__all__ = ["backend", "disable_interactive_logging", "disable_traceback_filtering", "dtype_policy", "enable_interactive_logging",
           "enable_traceback_filtering", "enable_unsafe_deserialization", "epsilon", "floatx", "image_data_format",
           "is_interactive_logging_enabled", "set_backend", "set_dtype_policy", "set_epsilon", "set_floatx",
           "set_image_data_format"]


def nothing(*values: Any) -> None:
    """What has no meaning here: the setting is accepted."""


disable_interactive_logging = enable_interactive_logging = nothing
disable_traceback_filtering = enable_traceback_filtering = enable_unsafe_deserialization = nothing
set_backend = set_dtype_policy = nothing


def dtype_policy() -> str:
    """The dtype of weights."""
    return floatx()


def is_interactive_logging_enabled() -> bool:
    """True: progress is shown as `verbose` says."""
    return True
