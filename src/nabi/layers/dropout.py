"""Dropout: in training each unit is off with probability `rate`; the others are scaled up so that the mean stays (드롭아웃).

    y = x m / (1 - rate),   m = 1 with probability 1 - rate, else 0          training
    y = x                                                                    inference;  y = 0 at rate 1

    Dropout              one m for each number, or for each place of `noise_shape`
    SpatialDropout1D     one m for each channel of a sample: whole maps are off, since neighbours on a map say nearly the same
    SpatialDropout2D     the same for pictures

The mask is f(seed, the layer's index in the graph, its call counter, element): the same for any number of threads.
Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 15, 2014; spatial dropout:
Tompson et al., "Efficient object localization using convolutional networks", 2015, section 3.2.
"""

from typing import Any

import torch

from nabi import kernels
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.numbers import is_number, is_whole, whole
from nabi.core.registry import register
from nabi.core.shapes import Shape, as_text
from nabi.layers.layer import Layer
from nabi.layers.window import only_channels_last


class Dropping(Layer):
    """Base of layers that switch units off; they write `mask_shape`.

    Args:
        rate: share of units that are off, in [0, 1].
        seed: own seed of this layer; None takes the model's.
    """

    random = True
    supports_masking = True

    def __init__(self, rate, seed=None, **base):
        super().__init__(**base)
        self.rate: Any = share_off(f"{type(self).__name__}(rate)", rate)
        self.seed = whole(f"{type(self).__name__}(seed)", seed, optional=True)

    def mask_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of the mask for an input of this shape; axes of size 1 share it."""
        return shape

    def call(self, x, training: bool = False, key: Any = None):
        if not training or not self.rate:
            return x
        if self.rate == 1:
            return x * 0.0
        shape = self.mask_shape(tuple(x.shape))
        if shape == tuple(x.shape):
            return kernels.dropout(x, self.rate, key)
        dtype = torch.promote_types(x.dtype, torch.float32)
        m = kernels.dropout(torch.ones(shape, dtype=dtype, device=x.device), self.rate, key)  # 0 or 1 / (1 - rate)
        return (x * m).to(x.dtype)


def share_off(where: str, rate: Any) -> Any:
    """The rate itself if it is a number in [0, 1]."""
    if not is_number(rate) or not 0 <= float(rate) <= 1:
        raise ArgumentError(where, "a share in [0, 1]", repr(rate), "0.3 switches 30 % of the units off.")
    return rate


@register("layer")
class Dropout(Dropping):
    """Switches units off at random during training.

    Args:
        rate: share of units that are off, in [0, 1]; .3 switches 30 % off, 1 all of them.
        noise_shape: the mask's shape: 1 where an axis shares it, None where it is the input's; (None, 1, None) switches whole
            channels of (batch, steps, channels) off. By default each number has a place of its own.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Dropout(0.3)(torch.tensor([[1., 2., 3.]])).tolist()      # inference: nothing happens
        [[1.0, 2.0, 3.0]]

    Raises ArgumentError for a rate outside [0, 1] or a noise_shape of anything but whole numbers above 0 and None, ShapeError for
    one that does not fit the input.
    """

    def __init__(self, rate, noise_shape=None, seed=None, **base):
        super().__init__(rate, seed, **base)
        listed = isinstance(noise_shape, (list, tuple))
        if noise_shape is not None and not (listed and all(n is None or (is_whole(n) and int(n) > 0) for n in noise_shape)):
            raise ArgumentError("Dropout(noise_shape)", "whole numbers above 0, or None for the input's own length, one an axis",
                                repr(noise_shape), "(None, 1, None) switches whole channels of a sequence off.")
        self.noise_shape = list(noise_shape) if listed else None

    def check_shapes(self, shapes: list[Shape]) -> None:
        super().check_shapes(shapes)
        if self.noise_shape is not None:
            self.held(shapes[0])

    def held(self, shape: Shape) -> list:
        """noise_shape if it fits an input of this shape."""
        mask: Any = self.noise_shape
        if len(mask) != len(shape) or any(m not in (None, 1, n) and n is not None for m, n in zip(mask, shape, strict=True)):
            raise ShapeError(f"{self.label} with noise_shape={mask}".replace("None", "?"), "one length an axis, 1 or the input's",
                             f"an input of {as_text(shape)} a sample", "? is the input's own length; write it for the batch.")
        return mask

    def mask_shape(self, shape):
        return shape if self.noise_shape is None else tuple(m or n for m, n in zip(self.held(shape), shape, strict=True))


@register("layer")
class SpatialDropout1D(Dropping):
    """Switches whole channels of a sequence off.

    Args:
        rate: share of channels that are off, in [0, 1].
        seed: own seed of this layer; None takes the model's.

    Shapes: (batch, steps, channels), unchanged.

    Example:
        >>> import nabi, torch
        >>> y = nabi.layers.SpatialDropout1D(0.5, seed=1)(torch.ones(1, 3, 4), training=True)
        >>> [len(set(channel)) for channel in zip(*y[0].tolist())]               # off or on at all three steps
        [1, 1, 1, 1]
    """

    rank = 3

    def __init__(self, rate, seed=None, **base):
        super().__init__(rate, seed, **base)

    def mask_shape(self, shape):
        return over_places(shape)


@register("layer")
class SpatialDropout2D(Dropping):
    """Switches whole maps off.

    Args:
        rate: share of maps that are off, in [0, 1].
        seed: own seed of this layer; None takes the model's.

    Shapes: (batch, height, width, channels), unchanged.

    Example:
        >>> import nabi, torch
        >>> y = nabi.layers.SpatialDropout2D(0.5, seed=1)(torch.ones(1, 2, 2, 3), training=True)
        >>> [len(set(channel)) for channel in zip(*y[0].flatten(0, 1).tolist())]  # off or on at all four places
        [1, 1, 1]
    """

    rank = 4

    def __init__(self, rate, data_format=None, seed=None, **base):
        super().__init__(rate, seed, **base)
        self.data_format = only_channels_last("SpatialDropout2D", data_format)

    def mask_shape(self, shape):
        return over_places(shape)


def over_places(shape: tuple[int, ...]) -> tuple[int, ...]:
    """(N, ..., C) -> (N, 1, ..., 1, C): one number for all places of a channel."""
    return shape[0], *[1] * (len(shape) - 2), shape[-1]
