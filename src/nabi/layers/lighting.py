"""Random lighting: in training the contrast or the brightness of each picture changes by chance (대비, 밝기).

    contrast     y = clip(k (x - mu) + mu, low, high)      k ~ U(1 - lower, 1 + upper), mu: the mean of the picture's channel
    brightness   y = clip(x + d (high - low), low, high)   d ~ U(lower, upper)

    x: (N, H, W, C) -> y: (N, H, W, C).  One k or d a picture, f(seed, the layer's index in the graph, its call counter, picture).
    low, high: the range of the pixels, `value_range`
Source: Howard, "Some improvements on deep convolutional neural network based image classification", 2013, section 2.2.
"""

from typing import Any

import torch

from nabi.core.errors import ArgumentError
from nabi.core.numbers import is_number, whole
from nabi.core.random import Key
from nabi.core.registry import register
from nabi.kernels.philox import uniform
from nabi.layers.layer import Layer
from nabi.layers.sampled import between, share
from nabi.layers.window import only_channels_last


class Lighting(Layer):
    """Base of layers that change the pixels of a picture alike and keep them in their range."""

    rank = 4
    random = augments = True
    least = -1  # that a factor may be

    def __init__(self, factor, value_range=(0, 255), seed=None, data_format=None, **base):
        super().__init__(**base)
        name = type(self).__name__
        if not isinstance(value_range, (tuple, list)) or len(value_range) != 2 or not all(map(is_number, value_range)) \
                or value_range[0] >= value_range[1]:
            raise ArgumentError(f"{name}(value_range)", "the lowest and the highest value of a pixel", repr(value_range),
                                "(0, 255) for bytes, (0, 1) for pixels that were scaled before.")
        self.factor = share(f"{name}(factor)", factor, "0.2 changes pictures by up to a fifth, either way.", self.least)
        self.value_range = value_range
        self.seed = whole(f"{name}(seed)", seed, optional=True)
        self.data_format = only_channels_last(name, data_format)

    def draws(self, factor: Any, x: torch.Tensor, key: Key) -> torch.Tensor:
        """One number a picture in the range of a factor: (N, 1, 1, 1)."""
        return between(factor, uniform(key, (len(x), 1, 1, 1), x.dtype, x.device))


@register("layer")
class RandomContrast(Lighting):
    """Draws pixels towards their mean or apart from it during training; at inference nothing happens.

    Args:
        factor: by which share contrast changes at most, in [0, 1]: 0.2 draws k from 0.8 to 1.2; or a pair (lower, upper) that
            draws from 1 - lower to 1 + upper.
        value_range: the range of the pixels, to which the result is clipped.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> x = torch.tensor([[[[100.], [200.]]]])
        >>> nabi.layers.RandomContrast(0.5, seed=0)(x, training=True).flatten().round().tolist()
        [104.0, 196.0]

    Keras 3's code departs from its documentation, which nabi follows: there a single factor draws from 1 to 1 + factor only, and
    a pair is sorted.
    """

    least = 0

    def call(self, x, training: bool = False, key: Key | None = None):
        if not training or key is None:
            return x
        lower, upper = self.factor if isinstance(self.factor, (tuple, list)) else (self.factor, self.factor)
        k = self.draws((1 - lower, 1 + upper), x, key)
        mu = x.mean((1, 2), keepdim=True)
        return (k * (x - mu) + mu).clamp(*self.value_range)


@register("layer")
class RandomBrightness(Lighting):
    """Adds a share of the range to all pixels of a picture during training; at inference nothing happens.

    Args:
        factor: largest share that is added or taken away, or a pair (lowest, highest), in [-1, 1]; -1 makes a picture black,
            1 white.
        value_range: the range of the pixels, to which the result is clipped.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> brighter = nabi.layers.RandomBrightness((0.2, 0.2), value_range=(0, 1))
        >>> brighter(torch.tensor([[[[0.5], [0.9]]]]), training=True).flatten().tolist()
        [0.699999988079071, 1.0]
    """

    def call(self, x, training: bool = False, key: Key | None = None):
        if not training or key is None:
            return x
        low, high = self.value_range
        return (x + self.draws(self.factor, x, key) * (high - low)).clamp(low, high)
