"""Configs: `super().get_config()` in a class of the script's: what the base knows, as in Keras 3; the rest the class adds.

    class Patches(Layer):
        def get_config(self):
            return {"size": self._size, **super().get_config()}         name, trainable, dtype

nabi's own classes, and classes that leave `get_config` to their base, go on finding all arguments of their constructor.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from nabi.as_keras.patches import Patches
from nabi.core.claimed import is_users
from nabi.core.pieces import Piece, arguments
from nabi.layers import Layer

OF_LAYERS = ("name", "trainable", "dtype")


def dress_configs(patches: Patches) -> None:
    """Puts this on nabi's classes."""
    patches.around(Piece, "get_config", of_the_base)


def known_of(thing: Any) -> dict[str, Any]:
    """The arguments of a user's constructor that the object keeps, as `name` or `_name`; of the others files have defaults."""
    names = {name: name if hasattr(thing, name) else f"_{name}" for name in arguments(type(thing))}
    return {name: getattr(thing, place) for name, place in names.items() if hasattr(thing, place)}


def of_the_base(usual: Callable) -> Callable:
    """`get_config`, which gives a class that writes its own only what the nearest class of nabi's takes."""

    @wraps(usual)
    def call(self) -> dict[str, Any]:
        if (type(self).get_config.__module__ or "").startswith("nabi."):
            return usual(self) if not is_users(type(self)) else known_of(self)
        ours = next(base for base in type(self).__mro__ if base.__module__.startswith("nabi.") and "__init__" in vars(base))
        names = OF_LAYERS if ours is Layer else [name for name in arguments(ours) if name != "weights"]  # values, not settings
        return {name: getattr(self, name) for name in names if hasattr(self, name)}

    return call
