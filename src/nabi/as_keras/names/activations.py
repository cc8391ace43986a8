"""Activations: nabi's functions, which make a node where they are called on symbols, and take arrays.

    x = keras.activations.relu(x)                      the layer Activation("relu")
    keras.activations.softmax(np.array([[1.0, 2.0]]))  a tensor
    layer.activation == keras.activations.relu         True, as in Keras
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from nabi import activations
from nabi.core.registry import TABLE
from nabi.layers import Activation, Lambda
from nabi.ops.op import floats, symbolic

SLOPED = (activations.relu, activations.leaky_relu)  # Keras 1 and 2 call the slope of these alpha


class Spoken:
    """A function of nabi's under Keras' name.

    Args:
        function: nabi's.
    """

    def __init__(self, function: Callable):
        update_wrapper(self, function)
        self.function = function

    def __call__(self, x: Any, *args: Any, **options: Any) -> Any:
        if "alpha" in options and self.function in SLOPED:
            options["negative_slope"] = options.pop("alpha")
        if not symbolic((x,)):
            return self.function(floats(x), *args, **options)
        if args or options:
            return Lambda(lambda t: self.function(floats(t), *args, **options))(x)
        return Activation(self.function)(x)

    def __eq__(self, other: Any) -> bool:
        return getattr(other, "function", other) is self.function

    def __hash__(self) -> int:
        return hash(self.function)


def plain(identifier: Any) -> Any:
    """nabi's own function for one of those."""
    return identifier.function if isinstance(identifier, Spoken) else identifier


def get(identifier: Any) -> Any:
    """The function of a name."""
    return activations.get(plain(identifier))


def serialize(activation: Any) -> Any:
    """The name of a function."""
    return activations.serialize(plain(activation))


def deserialize(config: Any, custom_objects: dict | None = None) -> Any:
    """The function of a name."""
    return (custom_objects or {}).get(config) if config in (custom_objects or {}) else get(config)


activations.get("relu")  # registers all
FUNCTIONS = {name: Spoken(function) for name in activations.__all__
             if callable(function := getattr(activations, name)) and function in TABLE["activation"].values()}
globals().update(FUNCTIONS)
__all__ = [*FUNCTIONS, "deserialize", "get", "serialize"]
