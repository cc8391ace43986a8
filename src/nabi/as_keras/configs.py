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
from nabi.core.pieces import Piece, arguments
from nabi.layers import Layer

OF_LAYERS = ("name", "trainable", "dtype")


def dress_configs(patches: Patches) -> None:
    """Puts this on nabi's classes."""
    patches.around(Piece, "get_config", of_the_base)


def of_the_base(usual: Callable) -> Callable:
    """`get_config`, which gives a class that writes its own only what the nearest class of nabi's takes."""

    @wraps(usual)
    def call(self) -> dict[str, Any]:
        if (type(self).get_config.__module__ or "").startswith("nabi."):
            return usual(self)
        ours = next(base for base in type(self).__mro__ if base.__module__.startswith("nabi.") and "__init__" in vars(base))
        names = OF_LAYERS if ours is Layer else arguments(ours)
        return {name: getattr(self, name) for name in names if hasattr(self, name)}

    return call
