"""Initializations: Keras 1's functions of a shape, which make a variable; and functions of the user's as initializers.

    self.init = initializations.get("glorot_uniform")
    self.W = self.init((n, 8), name="W");  self.trainable_weights = [self.W]

    Dense(16, init=lambda shape, name: normal(shape, scale=0.01, name=name))

Source: keras/initializations.py of Keras 1.2.
"""

import sys
from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Any

import numpy as np

from nabi import initializers
from nabi.as_keras.dressing.weights_listed import self_read
from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches
from nabi.backend.variables import Variable
from nabi.core.errors import UnknownName, did_you_mean
from nabi.initializers import FunctionInitializer, Initializer
from nabi.layers import Layer
from nabi.layers.weight import Weight, bare
from nabi.regularizers import Regularizer

SCALES: dict[str, tuple[Callable[[float], Initializer], float]] = {  # name -> how a scale makes it, and the scale by itself
    "uniform": (lambda scale: initializers.RandomUniform(-scale, scale), 0.05),
    "normal": (lambda scale: initializers.RandomNormal(0.0, scale), 0.05),
    "orthogonal": (lambda scale: initializers.Orthogonal(scale), 1.1),
    "identity": (lambda scale: initializers.Identity(scale), 1.0),
}
OTHERS = {"zero": "zeros", "one": "ones", "lecun_uniform": "lecun_uniform", "glorot_normal": "glorot_normal",
          "glorot_uniform": "glorot_uniform", "he_normal": "he_normal", "he_uniform": "he_uniform"}


def made(name: str) -> Callable[..., Variable]:
    """Keras 1's function of this name: shape -> variable."""
    make, usual = SCALES.get(name, (lambda scale: initializers.get(OTHERS[name]), 1.0))

    def function(shape: Any, scale: Any = usual, name: str | None = None, dim_ordering: Any = None, **more: Any) -> Variable:
        init: Any = make(scale)
        return Variable(init(tuple(int(n) for n in shape)), name=name)

    function.__name__ = name
    function.__doc__ = f"A variable of a shape, filled as {name!r} says."
    return function


FUNCTIONS = {name: made(name) for name in (*SCALES, *OTHERS)}
globals().update(FUNCTIONS)
__all__ = [*FUNCTIONS, "get"]


def get(identifier: Any, **options: Any) -> Any:
    """The function of this name; a function is itself.

    Raises UnknownName.
    """
    if not isinstance(identifier, str):
        return identifier
    if identifier not in FUNCTIONS:
        raise UnknownName("initializations.get", "the name of an initialization", repr(identifier),
                          did_you_mean(identifier, list(FUNCTIONS)))
    return FUNCTIONS[identifier]


def dress_initializers(patches: Patches) -> None:
    """Lets functions of every year's form begin weights; regularizers may be told their weight, as Keras 1 did."""
    patches.around(FunctionInitializer, "values", of_any_form)
    patches.put(Regularizer, "set_param", of_weight)


def of_weight(self: Regularizer, p: Any) -> None:
    """`regularizer.set_param(self.W)` in a layer's `build`, as in Keras 1: the weight's loss counts."""
    layer = sys._getframe(1).f_locals.get("self")
    weight = p if isinstance(p, Weight) else self_read(layer, p) if isinstance(layer, Layer) else None
    if weight is None:
        note("set_param", f"{type(self).__name__}.set_param: the loss of what is no weight of a layer is not counted.")
    else:
        weight.regularizer = self


def of_any_form(usual: Callable) -> Callable:
    """What a function gives: of a shape; of a shape and a name; or of a shape and a dtype."""

    @wraps(usual)
    def values(self: FunctionInitializer, shape: tuple[int, ...], generator: Any) -> np.ndarray:
        if getattr(self.fn, "__module__", "").startswith("nabi.") and self.fn not in FUNCTIONS.values():
            return usual(self, shape, generator)
        return np.asarray(bare(self.fn(shape, **words_of(self.fn))))

    return values


def words_of(function: Callable) -> dict[str, Any]:
    """The arguments besides the shape that a function has to get.

    Example:
        >>> words_of(lambda shape: shape), words_of(lambda shape, name: shape), words_of(lambda shape, dtype=None: shape)
        ({}, {'name': None}, {'dtype': 'float32'})
    """
    try:
        places = list(signature(function).parameters.values())[1:]
    except (TypeError, ValueError):  # a function of C's tells nothing
        return {}
    words: dict[str, Any] = {one.name: None for one in places if one.default is Parameter.empty
                             and one.kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)}
    takes_any = any(one.kind is Parameter.VAR_KEYWORD for one in places)
    return words | ({"dtype": "float32"} if takes_any or any(one.name == "dtype" for one in places) else {})
