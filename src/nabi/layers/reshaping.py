"""Reshaping and joining: layers that move numbers without learning.

    Flatten       (N, H, W, C) -> (N, H W C), rows first, channels fastest, as in Keras
    Add           y = x_1 + ... + x_k                                  (ResNet's skip connection)
    Concatenate   y = [x_1, ..., x_k] along one axis                   (GoogLeNet, DenseNet)
    Rescaling     y = x scale + offset                                 (pixels 0-255 to 0-1: scale=1/255)
"""

import math

import numpy as np
import torch

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.registry import register
from nabi.core.shapes import as_text
from nabi.layers.layer import Layer
from nabi.layers.window import only_channels_last


@register("layer")
class Flatten(Layer):
    """A picture as one long vector.

    Shapes: (batch, height, width, channels) -> (batch, height * width * channels).

    Example:
        >>> import nabi
        >>> nabi.layers.Flatten()(nabi.Input((12, 12, 64))).shape
        (None, 9216)
    """

    def __init__(self, data_format=None, **base):
        super().__init__(**base)
        self.data_format = only_channels_last("Flatten", data_format)

    def call(self, x):
        return x.reshape(x.shape[0], -1)

    def compute_output_shape(self, input_shape):
        sizes = input_shape[1:]
        return (input_shape[0], None if None in sizes else math.prod(sizes))


class Merge(Layer):
    """Base of layers that join several tensors of one shape; axes of size 1 are stretched."""

    takes_list = True

    def check_shapes(self, shapes):
        if len(shapes) < 2:
            raise ShapeError(self.label, "a list of at least two inputs", len(shapes))
        for shape in shapes[1:]:
            pairs = zip(shape[::-1], shapes[0][::-1], strict=False)
            if len(shape) != len(shapes[0]) or any(a != b and None not in (a, b) and 1 not in (a, b) for a, b in pairs):
                raise ShapeError(self.label, f"inputs of one shape, {as_text(shapes[0])}", as_text(shape),
                                 remedy(shapes[0], shape))

    def compute_output_shape(self, input_shape):
        return tuple(next((n for n in sizes if n != 1), 1) for sizes in zip(*input_shape, strict=True))


def remedy(wanted, got) -> str:
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
        total = x[0]
        for part in x[1:]:
            total = total + part
        return total


@register("layer")
class Concatenate(Merge):
    """The inputs side by side along `axis` (the channels by default).

    Source: Szegedy et al., "Going deeper with convolutions", 2015; Huang et al., DenseNet, 2017, equation 2.

    Example:
        >>> import nabi
        >>> nabi.layers.Concatenate()([nabi.Input((7, 7, 16)), nabi.Input((7, 7, 32))]).shape
        (None, 7, 7, 48)
    """

    def __init__(self, axis=-1, **base):
        super().__init__(**base)
        self.axis = axis

    def check_shapes(self, shapes):
        if len(shapes) < 2:
            raise ShapeError(self.label, "a list of at least two inputs", len(shapes))
        if not -len(shapes[0]) < self.axis < len(shapes[0]) or self.axis == 0:
            raise ShapeError(self.label, f"one of the axes 1 to {len(shapes[0]) - 1}, or -1 for the last", f"axis={self.axis}")
        axis = self.axis % len(shapes[0])
        for shape in shapes[1:]:
            same = len(shape) == len(shapes[0]) and all(
                i == axis or a == b or None in (a, b) for i, (a, b) in enumerate(zip(shape, shapes[0], strict=True)))
            if not same:
                raise ShapeError(self.label, f"inputs like {as_text(shapes[0])} in all axes but {self.axis}", as_text(shape),
                                 remedy(shapes[0], shape))

    def call(self, x):
        return torch.cat(x, self.axis)

    def compute_output_shape(self, input_shape):
        axis = self.axis % len(input_shape[0])
        sizes = [shape[axis] for shape in input_shape]
        joined = None if None in sizes else sum(sizes)
        return (*input_shape[0][:axis], joined, *input_shape[0][axis + 1:])


@register("layer")
class Rescaling(Layer):
    """y = x scale + offset, so that preprocessing travels inside the model.

    Args:
        scale: factor, such as 1/255 for pixels 0-255; or one for each channel, as a list or array.
        offset: added after scaling; likewise.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Rescaling(0.5, offset=1)(torch.tensor([[2., 4.]])).tolist()
        [[2.0, 3.0]]
    """

    def __init__(self, scale, offset=0.0, **base):
        super().__init__(**base)
        self.scale = number_or_list(scale, "Rescaling(scale)")
        self.offset = number_or_list(offset, "Rescaling(offset)")

    def call(self, x):
        scale, offset = (torch.as_tensor(n, dtype=x.dtype) if isinstance(n, list) else n for n in (self.scale, self.offset))
        return x * scale + offset


def number_or_list(value, where: str):
    """A number as it is, an array as the list of its numbers, which a file can carry."""
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ArgumentError(where, "a number, or one for each channel", repr(value)) from None
    if isinstance(value, str):
        raise ArgumentError(where, "a number, or one for each channel", repr(value))
    return numbers.tolist() if numbers.ndim else value
