"""Symbols: what Keras 1 and 2 and TensorFlow ask of a tensor to come.

    x.get_shape().as_list(), x.shape.as_list(), x._keras_shape[-1], K.int_shape(x)
"""

from collections.abc import Callable
from functools import wraps

from nabi.as_keras.patches import Patches
from nabi.as_keras.shapes import Lengths
from nabi.layers.node import Symbol


def dress_symbols(patches: Patches) -> None:
    """Puts these on nabi's symbols."""
    patches.around(Symbol, "__init__", with_lengths)
    patches.put(Symbol, "get_shape", lambda self: Lengths(self.shape))
    for name in ("_keras_shape", "_shape"):
        patches.put(Symbol, name, property(lambda self: self.shape))
    patches.put(Symbol, "_keras_history", property(lambda self: (self.node.layer, self.node.layer.nodes.index(self.node),
                                                                 self.position)))


def with_lengths(make: Callable) -> Callable:
    """The constructor, whose shape answers to `as_list` as well."""

    @wraps(make)
    def call(self, shape, *args, **options):
        make(self, Lengths(shape), *args, **options)

    return call
