"""Regularizers: penalties on a layer's weights, added to the loss.

Dense(10, kernel_regularizer="l2"), Dense(10, kernel_regularizer=regularizers.l2(1e-4))
"""

from collections.abc import Callable
from typing import Any

from nabi.core import pieces
from nabi.core.attributes import offer_nearest
from nabi.regularizers.l1_l2 import L1, L1L2, L2, Regularizer
from nabi.regularizers.orthogonal import OrthogonalRegularizer

__all__ = ["L1", "L1L2", "L2", "OrthogonalRegularizer", "Regularizer", "get", "l1", "l1_l2", "l2", "orthogonal_regularizer",
           "serialize"]

offer_nearest(__name__, __all__)

l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer


def get(identifier: Any) -> Callable | None:
    """The regularizer that a name, configuration, class, object or function `fn(w)` means; None stays None.

    Example:
        >>> get("l2"), get("l1_l2"), get({"class_name": "L1", "config": {"l1": 0.5}})
        (L2(), L1L2(l1=0.01, l2=0.01), L1(l1=0.5))

    Keras 3 documents .01 and .01 for "l1_l2", as here, but its code gives 0 and 0. Raises UnknownName, ArgumentError.
    """
    if identifier is None:
        return None
    return L1L2(0.01, 0.01) if identifier == "l1_l2" else pieces.get("regularizer", identifier)


def serialize(regularizer: Any) -> Any:
    """What `get` reads back: `{"class_name", "config"}`, or the name of a registered function; None stays None.

    Example:
        >>> serialize(L2(1e-4))
        {'class_name': 'L2', 'config': {'l2': 0.0001}}

    Raises ArgumentError for a class or function that is not registered.
    """
    return None if regularizer is None else pieces.serialize("regularizer", regularizer)
