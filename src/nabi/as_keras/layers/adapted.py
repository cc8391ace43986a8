"""Adapted: `normalizer.mean` and `.variance` after `adapt`, as Keras shows them: (1, channels); nabi keeps what was given there.

    normalizer.adapt(x);  print(normalizer.mean.numpy())
"""

import sys
from typing import Any

from nabi.as_keras.patches import Patches
from nabi.layers import Normalization


def dress_adapted(patches: Patches) -> None:
    """Puts these on the layer."""
    for name in ("mean", "variance"):
        patches.put(Normalization, name, property(found(name), given(name)))


def found(name: str) -> Any:
    """Reads what was given, or, for a script, what was found in the data."""

    def read(self: Any) -> Any:
        value = self.__dict__.get(name)
        if value is not None or sys._getframe(1).f_globals.get("__name__", "").startswith("nabi."):
            return value
        weight = self._weights.get(f"adapt_{name}")
        return None if weight is None else weight.tensor[None]

    return read


def given(name: str) -> Any:
    """Keeps what is given."""

    def write(self: Any, value: Any) -> None:
        self.__dict__[name] = value

    return write
