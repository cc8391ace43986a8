"""Initializers: the first values of a weight, in Keras' shapes and by Keras' names.

get("glorot_uniform"), get(HeNormal(seed=1)), get({"class_name": "Constant", "config": {"value": 0.1}})
"""

from typing import Any

from nabi.core import pieces
from nabi.core.attributes import offer_nearest
from nabi.initializers.draws import RandomNormal, RandomUniform, TruncatedNormal
from nabi.initializers.initializer import Constant, FunctionInitializer, Identity, Initializer, Ones, RandomInitializer, Zeros
from nabi.initializers.orthogonal import Orthogonal
from nabi.initializers.scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
    fans,
)

__all__ = [
    "Constant",
    "FunctionInitializer",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomInitializer",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "fans",
    "get",
    "serialize",
]

offer_nearest(__name__, __all__)

constant, ones, zeros, identity = Constant, Ones, Zeros, Identity
glorot_normal, glorot_uniform = GlorotNormal, GlorotUniform
he_normal, he_uniform = HeNormal, HeUniform
lecun_normal, lecun_uniform = LecunNormal, LecunUniform
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
variance_scaling, orthogonal = VarianceScaling, Orthogonal


def get(identifier: Any) -> Initializer | None:
    """The Initializer that a name, configuration, class, object or function `fn(shape, dtype=...)` means; None stays None.

    Example:
        >>> get("he_normal"), get({"class_name": "Constant", "config": {"value": 0.1}})
        (HeNormal(), Constant(value=0.1))

    Raises UnknownName with the nearest name, ArgumentError for what is none of these.
    """
    if identifier is None:
        return None
    found = pieces.get("initializer", identifier)
    return found if isinstance(found, Initializer) else FunctionInitializer(found)


def serialize(initializer: Any) -> Any:
    """What `get` reads back: `{"class_name", "config"}`, or the name of a registered function; None stays None.

    Example:
        >>> serialize(RandomUniform(0, 1))
        {'class_name': 'RandomUniform', 'config': {'minval': 0, 'maxval': 1, 'seed': None}}

    Raises ArgumentError for a class or function that is not registered.
    """
    if initializer is None:
        return None
    return pieces.serialize("initializer", initializer.fn if isinstance(initializer, FunctionInitializer) else initializer)
