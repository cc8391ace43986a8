"""Legacy interfaces: `keras.legacy.interfaces`, whose decorators translated old arguments: nabi does so by itself."""

from collections.abc import Callable
from typing import Any

__all__ = ["generate_legacy_interface", "legacy_get_updates_support"]


def unchanged(function: Callable) -> Callable:
    """The function itself."""
    return function


def generate_legacy_interface(*args: Any, **options: Any) -> Callable:
    """A decorator that changes nothing."""
    return unchanged


def __getattr__(name: str) -> Any:
    if name.startswith("legacy_") or name.endswith("_args_preprocessor"):
        return unchanged
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


legacy_get_updates_support = unchanged
