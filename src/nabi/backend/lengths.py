"""Lengths: `K.shape(symbol)`: the lengths of the axes, as numbers where they are known, and as a symbol as a whole.

    K.shape(x)[1]                                  28
    K.prod(K.cast(K.shape(x), "float32"))          a symbol: how many numbers there are, once there are some
"""

from typing import Any

import torch

from nabi import ops
from nabi.core.symbolic import Symbolic
from nabi.layers.layer import Layer


class LengthsOf(Layer):
    """The lengths of a tensor's axes as a tensor."""

    takes_integers = True

    def call(self, x):
        return torch.tensor(x.shape, dtype=torch.int32)

    def compute_output_shape(self, input_shape):
        return (len(input_shape),)


class Lengths(tuple):
    """The lengths of a symbol's axes, None where they are open.

    Attributes:
        symbol: whose they are.
    """

    symbol: Any

    @classmethod
    def of(cls, symbol: Symbolic) -> "Lengths":
        """Those of a symbol."""
        made = cls(symbol.shape)
        made.symbol = symbol
        return made

    def __getitem__(self, key: Any) -> Any:
        found = tuple.__getitem__(self, key)
        return list(found) if isinstance(key, slice) else found


def as_symbol(x: Any) -> Any:
    """The symbol of lengths that are open; everything else as it is."""
    return LengthsOf()(x.symbol) if isinstance(x, Lengths) and None in x else x


def shape(x: Any) -> tuple[int | None, ...]:
    """Its shape; of a symbol open lengths are None."""
    return Lengths.of(x) if isinstance(x, Symbolic) else ops.shape(x)


def cast(x: Any, dtype: Any) -> Any:
    """x in another dtype, by name."""
    return ops.cast(as_symbol(x), str(dtype).removeprefix("torch.") if isinstance(dtype, torch.dtype) else dtype)


def prod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The product along axes."""
    return ops.prod(as_symbol(x), axis=axis, keepdims=keepdims)
