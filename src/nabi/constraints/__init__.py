"""Constraints: what weights must fulfil after each step of training; what does not is brought back.

Dense(10, kernel_constraint="max_norm"), Dense(10, kernel_constraint=constraints.MaxNorm(3), bias_constraint="non_neg")
"""

from collections.abc import Callable
from typing import Any

from nabi.constraints.constraint import Constraint
from nabi.constraints.non_neg import NonNeg
from nabi.constraints.norms import MaxNorm, MinMaxNorm, UnitNorm
from nabi.core import pieces
from nabi.core.attributes import offer_nearest

__all__ = ["Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "get", "max_norm", "min_max_norm", "non_neg", "serialize",
           "unit_norm"]

offer_nearest(__name__, __all__)

max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm


def get(identifier: Any) -> Callable | None:
    """The constraint that a name, configuration, class, object or function `fn(w)` means; None stays None.

    Example:
        >>> get("non_neg"), get({"class_name": "MaxNorm", "config": {"max_value": 3, "axis": 0}})
        (NonNeg(), MaxNorm(max_value=3))

    Raises UnknownName, ArgumentError.
    """
    return None if identifier is None else pieces.get("constraint", identifier)


def serialize(constraint: Any) -> Any:
    """What `get` reads back: `{"class_name", "config"}`, or the name of a registered function; None stays None.

    Example:
        >>> serialize(UnitNorm(axis=[0, 1, 2]))
        {'class_name': 'UnitNorm', 'config': {'axis': [0, 1, 2]}}

    Raises ArgumentError for a class or function that is not registered.
    """
    return None if constraint is None else pieces.serialize("constraint", constraint)
