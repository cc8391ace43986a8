"""Activations: functions tensor -> tensor of the same shape, applied to each number (softmax: to each vector).

get("relu"), get(None) is linear, get(my_function); serialize(relu) == "relu"
"""

from collections.abc import Callable
from typing import Any

from nabi.activations.gelu import gelu, silu
from nabi.activations.linear import linear, step
from nabi.activations.relu import elu, leaky_relu, relu, selu
from nabi.activations.sigmoid import sigmoid, softplus, tanh
from nabi.activations.softmax import softmax
from nabi.core import pieces

__all__ = [
    "elu",
    "gelu",
    "get",
    "leaky_relu",
    "linear",
    "relu",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "step",
    "tanh",
]

swish = silu


def get(identifier: Any) -> Callable:
    """The function that a name or function means; None is linear.

    Example:
        >>> get("relu") is relu, get(None) is linear
        (True, True)

    Raises UnknownName with the nearest name, ArgumentError for what is neither.
    """
    return linear if identifier is None else pieces.get("activation", identifier)


def serialize(activation: Any) -> Any:
    """A function's registered name: what `get` reads back.

    Example:
        >>> serialize(get("swish"))
        'silu'

    Raises ArgumentError for a function that is not registered.
    """
    return pieces.serialize("activation", activation)
