"""Logs: `tf.logging`, `tf.autograph`, `tensorflow.python.util.deprecation`: TensorFlow's words, which nobody says here."""

import inspect
import logging
from collections.abc import Callable
from typing import Any

__all__ = ["DEBUG", "ERROR", "FATAL", "INFO", "WARN", "debug", "do_not_convert", "error", "info", "set_loop_options",
           "set_verbosity", "to_code", "to_graph", "trace", "warn", "warning"]
DEBUG, INFO, WARN, ERROR, FATAL = 10, 20, 30, 40, 50
_PRINT_DEPRECATION_WARNINGS = False
_log = logging.getLogger("tensorflow")
debug, info, warn, warning, error = _log.debug, _log.info, _log.warning, _log.warning, _log.error


def set_verbosity(level: Any) -> None:
    """Sets the level of the logger named tensorflow."""
    _log.setLevel(level if isinstance(level, int) else WARN)


def do_not_convert(func: Callable | None = None) -> Any:
    """The function itself: functions run as they are written. Without one: a decorator."""
    return do_not_convert if func is None else func


def to_graph(entity: Callable, recursive: bool = True, experimental_optional_features: Any = None) -> Callable:
    """The function itself."""
    return entity


def to_code(entity: Callable, recursive: bool = True, experimental_optional_features: Any = None) -> str:
    """The function's text: it runs as it is written."""
    return inspect.getsource(entity)


def set_loop_options(*values: Any, **options: Any) -> None:
    """Nothing: a loop is Python's."""


def trace(*values: Any) -> None:
    """Writes values to standard output."""
    print(*values)
