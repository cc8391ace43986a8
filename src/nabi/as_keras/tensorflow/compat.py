"""Compat: `tf.compat`: texts as bytes and bytes as texts."""

import os
from typing import Any

from nabi.data.strings import Strings

__all__ = ["as_bytes", "as_str", "as_str_any", "as_text", "path_to_str"]


def as_bytes(bytes_or_text: Any, encoding: str = "utf-8") -> bytes:
    """A text as bytes."""
    return bytes_or_text.encode(encoding) if isinstance(bytes_or_text, str) else bytes(Strings(bytes_or_text).numpy())


def as_text(bytes_or_text: Any, encoding: str = "utf-8") -> str:
    """Bytes as a text."""
    return bytes_or_text if isinstance(bytes_or_text, str) else bytes(Strings(bytes_or_text).numpy()).decode(encoding)


as_str = as_text


def as_str_any(value: Any, encoding: str = "utf-8") -> str:
    """Anything as a text."""
    return as_text(value, encoding) if isinstance(value, (bytes, Strings)) else str(value)


def path_to_str(path: Any) -> str:
    """A path as a text."""
    return os.fspath(path)
