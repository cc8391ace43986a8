"""Logs: `tf.logging`, `tf.autograph`, `tensorflow.python.util.deprecation`: TensorFlow's words, which nobody says here."""

import logging
from typing import Any

__all__ = ["DEBUG", "ERROR", "FATAL", "INFO", "WARN", "debug", "error", "info", "set_verbosity", "warn", "warning"]
DEBUG, INFO, WARN, ERROR, FATAL = 10, 20, 30, 40, 50
INSTEAD = {"to_code": "Functions run as they are written; inspect.getsource(function) shows one."}
_PRINT_DEPRECATION_WARNINGS = False
_log = logging.getLogger("tensorflow")
debug, info, warn, warning, error = _log.debug, _log.info, _log.warning, _log.warning, _log.error


def set_verbosity(level: Any) -> None:
    """Sets the level of the logger named tensorflow."""
    _log.setLevel(level if isinstance(level, int) else WARN)
