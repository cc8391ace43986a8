"""Symbols: what Keras 1, 2, 3 and TensorFlow ask of a tensor to come.

    x.get_shape().as_list(), x.shape.as_list(), x._keras_shape[-1], K.int_shape(x)
    keras.KerasTensor((None, 3))                  a symbol that nothing made
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from nabi import ops
from nabi.as_keras.dressing.dtype_names import dress_dtypes
from nabi.as_keras.dressing.giving_way import always, put_methods, put_values
from nabi.as_keras.dressing.shapes import Lengths
from nabi.as_keras.patches import Patches
from nabi.layers import Input as plain_input
from nabi.layers.node import Node, Symbol

VALUES = {"sparse": always(False), "ragged": always(False), "record_history": always(True), "ragged_rank": always(None),
          "row_splits_dtype": always(None)}


def dress_symbols(patches: Patches) -> None:
    """Puts these on nabi's symbols."""
    patches.around(Symbol, "__init__", with_lengths)
    patches.put(Symbol, "get_shape", lambda self: Lengths(self.shape))
    for name in ("_keras_shape", "_shape"):
        patches.put(Symbol, name, property(lambda self: self.shape))
    patches.put(Symbol, "_keras_history", property(lambda self: (self.node.layer, self.node.layer.nodes.index(self.node),
                                                                 self.position)))
    dress_dtypes(patches)
    put_values(patches, Symbol, VALUES)
    put_methods(patches, Symbol, {"reshape": ops.reshape, "squeeze": ops.squeeze})


def with_lengths(make: Callable) -> Callable:
    """The constructor, whose shape answers to `as_list` as well; without a node the symbol is that of an input."""

    @wraps(make)
    def call(self, shape, node=None, position=0, dtype="float32", *more, name=None, **options):
        if not isinstance(node, Node):  # KerasTensor(shape, dtype)
            node = Input(tuple(shape)[1:], dtype=node or dtype, name=name).node
        make(self, Lengths(shape), node, position)

    return call


def Input(shape: Any = None, batch_size: Any = None, dtype: Any = None, sparse: Any = None, batch_shape: Any = None,
          name: Any = None, tensor: Any = None, optional: bool = False, **options: Any) -> Symbol:
    """`nabi.Input`, with Keras' further arguments: `optional` is accepted; `tensor` is a symbol, or tells shape and dtype.

    Example:
        >>> Input((3,), optional=True).shape
        (None, 3)
    """
    if isinstance(tensor, Symbol):
        return tensor
    if tensor is not None:
        shape, dtype = tuple(tensor.shape)[1:], dtype or tensor.dtype
    return plain_input(shape, batch_size, dtype, sparse, batch_shape=batch_shape, name=name, **options)
