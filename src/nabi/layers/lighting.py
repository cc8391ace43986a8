"""Random lighting: in training the contrast or the brightness of each picture changes by chance (대비, 밝기).

    contrast     y = clip(k (x - mu) + mu, low, high)      k ~ U(1 - lower, 1 + upper), mu: the mean of the picture's channel
    brightness   y = clip(x + d (high - low), low, high)   d ~ U(lower, upper)

    x: (N, H, W, C) -> y: (N, H, W, C).  One k or d a picture, f(seed, the layer's index in the graph, its call counter, picture).
    low, high: the range of the pixels, `value_range`
Source: Howard, "Some improvements on deep convolutional neural network based image classification", 2013, section 2.2.
"""

import torch

from nabi.core.random import Key
from nabi.core.registry import register
from nabi.layers.sampled import between, share
from nabi.layers.varied import Ranged, a_picture


class Lighting(Ranged):
    """Base of layers that change the pixels of a picture alike and keep them in their range."""

    least = -1  # that a factor may be

    def __init__(self, factor, value_range=(0, 255), seed=None, data_format=None, **base):
        super().__init__(value_range, seed, data_format, **base)
        name = type(self).__name__
        self.factor = share(f"{name}(factor)", factor, "0.2 changes pictures by up to a fifth, either way.", self.least)


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

    def draws(self, x, key: Key):
        """k: (N, 1, 1, 1)."""
        (u,) = a_picture(x, key)
        return (factor_of_contrast(self.factor, u),)

    def varied(self, x, k):
        return contrasted(x, k, self.value_range)


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

    def draws(self, x, key: Key):
        """d: (N, 1, 1, 1)."""
        (u,) = a_picture(x, key)
        return (between(self.factor, u),)

    def varied(self, x, d):
        return brightened(x, d, self.value_range)


def factor_of_contrast(factor, u: torch.Tensor) -> torch.Tensor:
    """Numbers u in [0, 1) brought to the range from 1 - lower to 1 + upper."""
    lower, upper = factor if isinstance(factor, (tuple, list)) else (factor, factor)
    return between((1 - lower, 1 + upper), u)


def contrasted(x: torch.Tensor, k: torch.Tensor, value_range=(0, 255)) -> torch.Tensor:
    """clip(k (x - mu) + mu, low, high); k: (N, 1, 1, 1)."""
    mu = x.mean((1, 2), keepdim=True)
    return (k * (x - mu) + mu).clamp(*value_range)


def brightened(x: torch.Tensor, d: torch.Tensor, value_range=(0, 255)) -> torch.Tensor:
    """clip(x + d (high - low), low, high); d: (N, 1, 1, 1)."""
    low, high = value_range
    return (x + d * (high - low)).clamp(low, high)
