"""Padding and cropping: zeros around a picture or sequence, or its edges cut off.

    ZeroPadding   Y[n, i, j, c] = X[n, i - a, j - b, c], 0 outside       H' = H + a + a',  W' = W + b + b'
    Cropping      Y[n, i, j, c] = X[n, i + a, j + b, c]                  H' = H - a - a',  W' = W - b - b'

a, b before and a', b' behind the picture; a sequence has one pair. Source: Keras 3.
"""

from numbers import Integral
from typing import Any

import torch.nn.functional as F

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.registry import register
from nabi.core.shapes import as_text
from nabi.layers.layer import Layer
from nabi.layers.window import only_channels_last


def is_count(value: Any) -> bool:
    """Whether it is a whole number from 0."""
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 0


def pairs(value: Any, dims: int, where: str) -> tuple[tuple[int, int], ...]:
    """(before, after) each axis: of a sequence from 1 or (1, 2), of a picture from 1, (1, 2), which is (height, width), or pairs.

    Example:
        >>> pairs(1, 2, "ZeroPadding2D(padding)"), pairs((1, (0, 2)), 2, "ZeroPadding2D(padding)"), pairs((1, 2), 1, "")
        (((1, 1), (1, 1)), ((1, 1), (0, 2)), ((1, 2),))
    """
    axes = [value] if dims == 1 else [value] * dims if is_count(value) else value
    found = [(n, n) if is_count(n) else n for n in axes] if isinstance(axes, (tuple, list)) else []
    right = (isinstance(pair, (tuple, list)) and len(pair) == 2 and all(map(is_count, pair)) for pair in found)
    if len(found) != dims or not all(right):
        expected = "a whole number from 0 or a pair of them" + (", or a pair of pairs" if dims == 2 else "")
        raise ArgumentError(where, expected, repr(value))
    return tuple((int(before), int(after)) for before, after in found)


class ZeroPadding(Layer):
    """Zeros around `dims` spatial axes."""

    dims = 2

    def __init__(self, padding=1, data_format=None, **base):
        super().__init__(**base)
        self.zeros = pairs(padding, self.dims, f"{type(self).__name__}(padding)")
        self.padding = self.zeros if self.dims > 1 else self.zeros[0]
        self.data_format = only_channels_last(type(self).__name__, data_format, self.dims)

    def call(self, x):
        return F.pad(x, (0, 0, *(n for pair in reversed(self.zeros) for n in pair)))

    def compute_output_shape(self, input_shape):
        sizes = (None if n is None else n + sum(pair) for n, pair in zip(input_shape[1:-1], self.zeros, strict=True))
        return (input_shape[0], *sizes, input_shape[-1])


@register("layer")
class ZeroPadding2D(ZeroPadding):
    """Rows and columns of zeros around a picture.

    Args:
        padding: a number for all sides, (height, width) for both sides each, or ((top, bottom), (left, right)).

    Shapes: (batch, height, width, channels) -> (batch, height + top + bottom, width + left + right, channels).

    Example:
        >>> import nabi
        >>> nabi.layers.ZeroPadding2D(((1, 0), (2, 2)))(nabi.Input((28, 28, 3))).shape
        (None, 29, 32, 3)
    """

    rank = 4
    dims = 2


@register("layer")
class ZeroPadding1D(ZeroPadding):
    """Steps of zeros before and after a sequence.

    Args:
        padding: a number for both ends, or (before, after).

    Shapes: (batch, steps, features) -> (batch, before + steps + after, features).

    Example:
        >>> import nabi, torch
        >>> nabi.layers.ZeroPadding1D((2, 1))(torch.tensor([[[7.]]])).flatten().tolist()
        [0.0, 0.0, 7.0, 0.0]
    """

    rank = 3
    dims = 1


class Cropping(Layer):
    """Cuts the edges off `dims` spatial axes."""

    dims = 2

    def __init__(self, cropping: Any = 1, **base):
        super().__init__(**base)
        self.cuts = pairs(cropping, self.dims, f"{type(self).__name__}(cropping)")
        self.cropping = self.cuts if self.dims > 1 else self.cuts[0]

    def call(self, x):
        for axis, (before, after) in enumerate(self.cuts, 1):
            x = x.narrow(axis, before, x.shape[axis] - before - after)
        return x

    def compute_output_shape(self, input_shape):
        sizes = tuple(None if n is None else n - sum(pair) for n, pair in zip(input_shape[1:-1], self.cuts, strict=True))
        if any(n is not None and n < 1 for n in sizes):
            raise ShapeError(f"{self.label} {as_text(input_shape)}: cropping {self.cropping} does not fit.")
        return (input_shape[0], *sizes, input_shape[-1])


@register("layer")
class Cropping2D(Cropping):
    """Cuts rows and columns off a picture's edges.

    Args:
        cropping: a number for all sides, (height, width) for both sides each, or ((top, bottom), (left, right)).

    Shapes: (batch, height, width, channels) -> (batch, height - top - bottom, width - left - right, channels).

    Example:
        >>> import nabi
        >>> nabi.layers.Cropping2D(((2, 2), (4, 4)))(nabi.Input((28, 28, 3))).shape
        (None, 24, 20, 3)
    """

    rank = 4
    dims = 2

    def __init__(self, cropping=((0, 0), (0, 0)), data_format=None, **base):
        super().__init__(cropping, **base)
        self.data_format = only_channels_last("Cropping2D", data_format)


@register("layer")
class Cropping1D(Cropping):
    """Cuts steps off a sequence's ends.

    Args:
        cropping: a number for both ends, or (before, after).

    Shapes: (batch, steps, features) -> (batch, steps - before - after, features).

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Cropping1D((1, 0))(torch.tensor([[[7.], [8.], [9.]]])).flatten().tolist()
        [8.0, 9.0]
    """

    rank = 3
    dims = 1

    def __init__(self, cropping=(1, 1), **base):
        super().__init__(cropping, **base)
