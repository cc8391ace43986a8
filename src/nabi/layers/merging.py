"""Merging: layers that make one tensor of several.

    Add           y = x_1 + x_2 + ... + x_k                       (ResNet's skip connection)
    Subtract      y = x_1 - x_2
    Multiply      y = x_1 x_2 ... x_k, number by number           (a gate: squeeze and excitation)
    Average       y = (x_1 + ... + x_k) / k                       (an ensemble)
    Maximum       y = max(x_1, ..., x_k), number by number        (maxout)
    Minimum       y = min(x_1, ..., x_k)
    Concatenate   y = [x_1, ..., x_k] along one axis              (GoogLeNet, DenseNet)

All but Concatenate stretch what is smaller, as Keras does: axes of size 1, and, where an input has fewer axes, axes that it lacks
behind the batch: (N, C) beside (N, H, W, C) counts as (N, 1, 1, C). Time steps that a mask leaves out of one factor, or of one
of those compared, do not change the others; a step counts behind the layer where it does in any input.
"""

from collections.abc import Callable
from functools import reduce

import numpy as np
import torch

from nabi.core.errors import ShapeError
from nabi.core.numbers import whole
from nabi.core.registry import register
from nabi.core.shapes import Shape, as_text
from nabi.layers.layer import Layer
from nabi.layers.masks import Masks
from nabi.layers.node import Symbol


class Merge(Layer):
    """Base of layers that join a list of tensors; they write `call`.

    Class attributes:
        only: how many inputs it must have; None takes one or more.

    Raises ShapeError for anything but a list, too few or too many inputs, and shapes that cannot be stretched to one.
    """

    takes_list = True
    supports_masking = True
    only: int | None = None

    def __call__(self, inputs, *args, **options):
        if not isinstance(inputs, (list, tuple, dict)):
            name = type(self).__name__
            raise ShapeError(self.label, "a list of inputs", "one input that is not in a list", f"Write {name}(...)([x, y]).")
        given = inputs.values() if isinstance(inputs, dict) else inputs
        counts = [np.shape(t)[0] for t in given if not isinstance(t, Symbol) and len(np.shape(t))]
        if len(set(counts)) > 1 and getattr(self, "axis", None) != 0:
            raise ShapeError(self.label, "as many samples in each input", " and ".join(map(str, counts)))
        return super().__call__(inputs, *args, **options)

    def check_shapes(self, shapes):
        if self.only is not None and len(shapes) != self.only:
            raise ShapeError(self.label, f"a list of exactly {self.only} inputs", len(shapes))
        if not shapes:
            raise ShapeError(self.label, "a list of at least one input", "an empty one")
        self.compute_output_shape(shapes)

    def compute_mask(self, inputs, mask=None):
        """A step counts where it counts in any input; without a mask for each input there is none."""
        return None if not mask or any(one is None for one in mask) else reduce(torch.logical_or, mask)

    def compute_output_shape(self, input_shape):
        out = input_shape[0]
        for shape in input_shape[1:]:
            if not fits(out, shape):
                raise ShapeError(self.label, f"inputs of one shape, {as_text(out)}", as_text(shape), remedy(out, shape))
            out = stretched(out, shape)
        return tuple(out)


def pairs(a: Shape, b: Shape):
    """The axes of two shapes side by side from the last on, without the batch; an axis that one lacks is 1.

    Example:
        >>> list(pairs((None, 8, 5, 3), (None, 3)))
        [(3, 3), (5, 1), (8, 1)]
    """
    rank = max(len(a), len(b)) - 1
    return zip(*((*s[:0:-1], *[1] * (rank + 1 - len(s))) for s in (a, b)), strict=True)


def fits(a: Shape, b: Shape) -> bool:
    """Whether two shapes can be stretched to one."""
    return all(n == m or None in (n, m) or 1 in (n, m) for n, m in pairs(a, b))


def stretched(a: Shape, b: Shape) -> Shape:
    """The shape that both are stretched to; an axis is unknown if it is in one and the other does not settle it.

    Example:
        >>> stretched((None, 8, 1, 3), (None, 5, 3)), stretched((None, None), (None, 1)), stretched((None, None), (None, 7))
        ((None, 8, 5, 3), (None, None), (None, 7))
    """
    sizes = [m if n == 1 or (n is None and m not in (1, None)) else n for n, m in pairs(a, b)]
    return (a[0] if a[0] is not None else b[0], *reversed(sizes))


def aligned(tensors: list[torch.Tensor]) -> list[torch.Tensor]:
    """The tensors with one number of axes; those that lack some get axes of size 1 behind the batch."""
    rank = max(t.ndim for t in tensors)
    return [t if t.ndim == rank else t[(slice(None), *[None] * (rank - t.ndim))] for t in tensors]


def remedy(wanted: Shape, got: Shape) -> str:
    """How a branch is brought to the shape of the other."""
    if len(wanted) != len(got):
        return "Flatten() or GlobalAveragePooling2D() makes vectors of both."
    if len(wanted) == 2:
        return f"Dense({wanted[-1]}) brings the features in line."
    if wanted[1:-1] == got[1:-1]:
        return f"A 1x1 convolution brings the channels in line: Conv2D({wanted[-1]}, 1)."
    return "padding='same' keeps height and width; strides in a 1x1 convolution make a shortcut smaller."


@register("layer")
class Add(Merge):
    """Sum of the inputs: `Add()([x, f(x)])`.

    Source: He et al., "Deep residual learning for image recognition", 2016, equation 1.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Add()([torch.tensor([[1., 2.]]), torch.tensor([[10., 20.]])]).tolist()
        [[11.0, 22.0]]
    """

    def call(self, x):
        return reduce(torch.add, aligned(x))


@register("layer")
class Subtract(Merge):
    """The first of two inputs less the second.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Subtract()([torch.tensor([[1., 2.]]), torch.tensor([[10., 20.]])]).tolist()
        [[-9.0, -18.0]]
    """

    only = 2

    def call(self, x):
        a, b = aligned(x)
        return a - b


@register("layer")
class Multiply(Merge):
    """Product of the inputs, number by number: `Multiply()([maps, gate])` weighs the channels of (N, H, W, C) by (N, C).

    Source: Hu et al., "Squeeze-and-excitation networks", 2018, equation 4.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Multiply()([torch.tensor([[1., 2.]]), torch.tensor([[10., 20.]])]).tolist()
        [[10.0, 40.0]]
    """

    def call(self, x, mask=None):
        if mask is None:
            return reduce(torch.mul, aligned(x))
        ones = [t if m is None else torch.where(m[..., None], t, 1) for t, m in zip(aligned(x), mask, strict=True)]
        counts = self.compute_mask(x, mask)
        y = reduce(torch.mul, ones)
        return y if counts is None else torch.where(counts[..., None], y, 0)


@register("layer")
class Average(Merge):
    """Mean of the inputs, number by number: the vote of an ensemble.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Average()([torch.tensor([[1., 2.]]), torch.tensor([[3., 0.]])]).tolist()
        [[2.0, 1.0]]
    """

    def call(self, x):
        return reduce(torch.add, aligned(x)) / len(x)


def of_counted(function: Callable, tensors: list[torch.Tensor], masks: Masks) -> torch.Tensor:
    """function(function(x_1, x_2), ...); at a time step that a mask leaves out in one input the others stand alone."""
    y, known = tensors[0], masks[0]
    for x, mask in zip(tensors[1:], masks[1:], strict=True):
        x = x if mask is None else torch.where(mask[..., None], x, y)
        y = y if known is None else torch.where(known[..., None], y, x)
        known = None if mask is None or known is None else known | mask
        y = function(y, x)
    return y


@register("layer")
class Maximum(Merge):
    """The largest of the inputs, number by number; where two are equal, the gradient is halved between them.

    Source: Goodfellow et al., "Maxout networks", 2013.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Maximum()([torch.tensor([[1., 2.]]), torch.tensor([[3., 0.]])]).tolist()
        [[3.0, 2.0]]
    """

    def call(self, x, mask=None):
        return reduce(torch.maximum, aligned(x)) if mask is None else of_counted(torch.maximum, aligned(x), mask)


@register("layer")
class Minimum(Merge):
    """The smallest of the inputs, number by number; where two are equal, the gradient is halved between them.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Minimum()([torch.tensor([[1., 2.]]), torch.tensor([[3., 0.]])]).tolist()
        [[1.0, 0.0]]
    """

    def call(self, x, mask=None):
        return reduce(torch.minimum, aligned(x)) if mask is None else of_counted(torch.minimum, aligned(x), mask)


@register("layer")
class Concatenate(Merge):
    """The inputs side by side along `axis` (the channels by default; 0 lays the samples one after the other).

    Source: Szegedy et al., "Going deeper with convolutions", 2015; Huang et al., DenseNet, 2017, equation 2.

    Example:
        >>> import nabi
        >>> nabi.layers.Concatenate()([nabi.Input((7, 7, 16)), nabi.Input((7, 7, 32))]).shape
        (None, 7, 7, 48)
    """

    def __init__(self, axis=-1, **base):
        super().__init__(**base)
        self.axis = whole("Concatenate(axis)", axis)

    def call(self, x):
        return torch.cat(x, self.axis)

    def compute_mask(self, inputs, mask=None):
        """Steps side by side; along other axes a step counts where it does in any input. Without a mask all of an input does."""
        if not mask or all(one is None for one in mask):
            return None
        whole = [torch.ones(t.shape[:2], dtype=torch.bool, device=t.device) if m is None else m
                 for t, m in zip(inputs, mask, strict=True)]
        axis = self.axis % inputs[0].ndim
        return torch.cat(whole, axis) if axis < 2 else reduce(torch.logical_or, whole)

    def compute_output_shape(self, input_shape):
        first = input_shape[0]
        if not -len(first) < self.axis < len(first):
            raise ShapeError(self.label, f"one of the axes 1 to {len(first) - 1}, or -1 for the last", f"axis={self.axis}")
        axis = self.axis % len(first)
        for shape in input_shape[1:]:
            if len(shape) != len(first) or any(
                    i != axis and n != m and None not in (n, m) for i, (n, m) in enumerate(zip(shape, first, strict=True))):
                raise ShapeError(self.label, f"inputs like {as_text(first)} in all axes but {self.axis}", as_text(shape),
                                 remedy(first, shape))
        sizes = [shape[axis] for shape in input_shape]
        return (*first[:axis], None if None in sizes else sum(sizes), *first[axis + 1:])


def add(inputs, **base):
    """`Add()(inputs)`, Keras' function form."""
    return Add(**base)(inputs)


def subtract(inputs, **base):
    """`Subtract()(inputs)`, Keras' function form."""
    return Subtract(**base)(inputs)


def multiply(inputs, **base):
    """`Multiply()(inputs)`, Keras' function form."""
    return Multiply(**base)(inputs)


def average(inputs, **base):
    """`Average()(inputs)`, Keras' function form."""
    return Average(**base)(inputs)


def maximum(inputs, **base):
    """`Maximum()(inputs)`, Keras' function form."""
    return Maximum(**base)(inputs)


def minimum(inputs, **base):
    """`Minimum()(inputs)`, Keras' function form."""
    return Minimum(**base)(inputs)


def concatenate(inputs, axis=-1, **base):
    """`Concatenate(axis)(inputs)`, Keras' function form."""
    return Concatenate(axis, **base)(inputs)
