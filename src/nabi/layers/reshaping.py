"""Reshaping: layers that move numbers without learning; those that join several tensors: `merging.py`.

    Flatten       (N, H, W, C) -> (N, H W C), rows first, channels fastest, as in Keras
    Rescaling     y = x scale + offset                                 (pixels 0-255 to 0-1: scale=1/255)
"""

import math

import numpy as np
import torch

from nabi.core.errors import ArgumentError
from nabi.core.registry import register
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

    supports_masking = True

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
        numbers = np.empty(0)
    if isinstance(value, str | bool) or not numbers.size or not np.isfinite(numbers).all():
        raise ArgumentError(where, "a number, or one for each channel", repr(value))
    return numbers.tolist() if numbers.ndim else value
