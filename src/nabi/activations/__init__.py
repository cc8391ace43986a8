"""Activations: functions tensor -> tensor of the same shape, applied to each number (softmax: to each vector).

get("relu"), get(None) is linear, get(my_function); serialize(relu) == "relu"

NaN gives NaN. Far from 0 each gives its limit, also in float32 where squares and exponentials overflow (exponential itself
becomes infinite). At infinity those that are x times something (gelu, silu, mish, softsign, hard_silu) and the softmaxes give
their limit or NaN, never another number.
"""

from collections.abc import Callable
from typing import Any

from nabi.activations.gelu import gelu, glu, mish, silu
from nabi.activations.hard import hard_sigmoid, hard_silu, hard_tanh, older_hard_sigmoid
from nabi.activations.linear import linear, step
from nabi.activations.relu import celu, elu, leaky_relu, relu, relu6, selu
from nabi.activations.shrink import hard_shrink, soft_shrink, tanh_shrink, threshold
from nabi.activations.sigmoid import exponential, log_sigmoid, sigmoid, softplus, softsign, squareplus, tanh
from nabi.activations.softmax import log_softmax, softmax
from nabi.activations.sparse import sparse_plus, sparse_sigmoid, sparsemax
from nabi.core import pieces
from nabi.core.attributes import offer_nearest

__all__ = [
    "celu", "elu", "exponential", "gelu", "get", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh",
    "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "older_hard_sigmoid", "relu", "relu6", "selu", "serialize",
    "sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax",
    "squareplus", "step", "swish", "tanh", "tanh_shrink", "threshold",
]

offer_nearest(__name__, __all__)

swish, hard_swish = silu, hard_silu


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
