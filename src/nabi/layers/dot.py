"""Dot: the scalar product of two inputs along one axis of each, sample by sample (내적).

    y[n, i..., j...] = sum over k of a[n, i..., k] b[n, j..., k]          k: the chosen axes; i, j: the others, batch apart

Two vectors (N, d) give (N, 1). With `normalize` both are brought to length 1 first: y is then the cosine of their angle.
"""

import math
from typing import Any

import torch

from nabi.core.config import config
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.numbers import flag, is_whole
from nabi.core.registry import register
from nabi.core.shapes import as_text
from nabi.layers.merging import Merge
from nabi.layers.unit_normalization import of_length_1


@register("layer")
class Dot(Merge):
    """Scalar product of two inputs.

    Args:
        axes: the axis that is summed over, or a pair, one for each input; not the batch.
        normalize: whether the vectors along it are brought to length 1 first.

    Shapes: (batch, a...) and (batch, b...) -> (batch, a... without its axis, b... without its axis); at least (batch, 1).

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Dot(axes=1)([torch.tensor([[1., 2.]]), torch.tensor([[3., 4.]])]).tolist()
        [[11.0]]
        >>> nabi.layers.Dot(axes=(2, 1))([nabi.Input((5, 3)), nabi.Input((3, 7))]).shape
        (None, 5, 7)

    Raises ArgumentError for axes that are neither, ShapeError where they are not there, are the batch, or differ in length.
    """

    only = 2

    def __init__(self, axes: Any, normalize=False, **base):
        super().__init__(**base)
        pair = isinstance(axes, (list, tuple)) and len(axes) == 2
        if not all(is_whole(a) and a != 0 for a in (axes if pair else [axes])):
            raise ArgumentError("Dot(axes)", "a whole number, or a pair of them, other than 0, the batch", repr(axes),
                                "-1, the last axis of both, is the usual one.")
        self.axes: Any = list(map(int, axes)) if isinstance(axes, (list, tuple)) else int(axes)
        self.normalize = flag("Dot(normalize)", normalize)

    def placed(self, shapes) -> tuple[int, int]:
        """The summed axis of each input, counted from 0."""
        both = self.axes if isinstance(self.axes, list) else [self.axes] * 2
        for axis, shape in zip(both, shapes, strict=True):
            if not -len(shape) < axis < len(shape):
                raise ShapeError(self.label, f"an axis of {as_text(shape)}, behind the batch", f"axes={self.axes}")
        i, j = (axis % len(shape) for axis, shape in zip(both, shapes, strict=True))
        return i, j

    def compute_output_shape(self, input_shape):
        (a, b), (i, j) = input_shape, self.placed(input_shape)
        if a[i] != b[j] and None not in (a[i], b[j]):
            raise ShapeError(self.label, f"two axes of one length, {a[i]} as axis {i} of {as_text(a)}",
                             f"{b[j]}, axis {j} of {as_text(b)}")
        left = (*a[1:i], *a[i + 1:], *b[1:j], *b[j + 1:])
        return (a[0], *(left or (1,)))

    def call(self, x):
        a, b = x
        if a.dtype != b.dtype:  # a layer before one of them computed in bfloat16
            a, b = a.to(common := torch.promote_types(a.dtype, b.dtype)), b.to(common)
        i, j = self.placed([a.shape, b.shape])
        shape = self.compute_output_shape([tuple(a.shape), tuple(b.shape)])
        if self.normalize:
            a, b = of_length_1(a, i, config.epsilon), of_length_1(b, j, config.epsilon)
        left = a[:, None] if a.ndim == 2 else a.movedim(i, -1).flatten(1, -2)  # (N, i, k)
        right = b[..., None] if b.ndim == 2 else b.movedim(j, 1).flatten(2)  # (N, k, j)
        return (left @ right).reshape(shape)

    def compute_mask(self, inputs, mask=None):
        """None: the product has no steps of either input."""
        return None

    def macs(self, input_shape, output_shape):
        (a, _), (i, _) = input_shape, self.placed(input_shape)
        return math.prod(n or 1 for n in output_shape[1:]) * (a[i] or 1)


def dot(inputs, axes=-1, **base):
    """`Dot(axes)(inputs)`, Keras' function form."""
    return Dot(axes, **base)(inputs)
