"""Inverting: in training light becomes dark, in some pictures, or in their lighter parts (반전, 솔라리제이션).

    RandomInvert    y = low + high - x  with probability p,  p ~ U(factor),  else x
    Solarization    v = clip(x + a (high - low), low, high),    a ~ U(addition_factor),   t ~ U(threshold_factor)
                    y = v  where v < low + t (high - low),   else low + high - v

    x: (N, H, W, C) -> y: (N, H, W, C).  One draw a picture. low, high: the range of the pixels, `value_range`
Source: Cubuk et al., "AutoAugment", 2019, table 6 (Invert, Solarize); Keras 3.
"""

import torch

from nabi.core.random import Key
from nabi.core.registry import register
from nabi.layers.sampled import share
from nabi.layers.varied import Ranged, a_picture, up_to


@register("layer")
class RandomInvert(Ranged):
    """Makes negatives of some pictures during training; at inference nothing happens.

    Args:
        factor: probability that a picture is inverted, drawn from (0, factor) for a number, else from a pair; in [0, 1].
        value_range: the range of the pixels.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.RandomInvert((1, 1))(torch.tensor([[[[0.], [55.], [255.]]]]), training=True).flatten().tolist()
        [255.0, 200.0, 0.0]

    Keras 3 computes high - x, which is the same where low is 0.
    """

    def __init__(self, factor=1.0, value_range=(0, 255), seed=None, data_format=None, **base):
        super().__init__(value_range, seed, data_format, **base)
        self.factor = share("RandomInvert(factor)", factor, "A probability, 0.5 for up to every second picture.", least=0)

    def draws(self, x, key: Key):
        """Which pictures are inverted: (N, 1, 1, 1)."""
        u, p = a_picture(x, key, 2)
        return (u < up_to(self.factor, p),)

    def varied(self, x, chosen):
        inverted = chosen.to(x.dtype)
        return x * (1 - 2 * inverted) + inverted * sum(self.value_range)


@register("layer")
class Solarization(Ranged):
    """Inverts what is lighter than a threshold during training, as overexposed film does; at inference nothing happens.

    Args:
        addition_factor: share of the range that is added before, drawn from (0, number) for a number, or from a pair; in [0, 1].
        threshold_factor: the threshold as a share of the range, likewise; 0 inverts everything.
        value_range: the range of the pixels.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> light = nabi.layers.Solarization(threshold_factor=(0.5, 0.5))
        >>> light(torch.tensor([[[[0.], [55.], [200.], [255.]]]]), training=True).flatten().tolist()
        [0.0, 55.0, 55.0, 0.0]

    Keras 3's code departs from its documentation, which nabi follows: there the lower end of a pair is not multiplied by the
    range.
    """

    def __init__(self, addition_factor=0.0, threshold_factor=0.0, value_range=(0, 255), seed=None, data_format=None, **base):
        super().__init__(value_range, seed, data_format, **base)
        remedy = "A share of the range: 0.5 is 127.5 of 255."
        self.addition_factor = share("Solarization(addition_factor)", addition_factor, remedy, least=0)
        self.threshold_factor = share("Solarization(threshold_factor)", threshold_factor, remedy, least=0)

    def draws(self, x, key: Key):
        """What is added, and the threshold, as shares of the range: (N, 1, 1, 1)."""
        u, v = a_picture(x, key, 2)
        return up_to(self.addition_factor, u), up_to(self.threshold_factor, v)

    def varied(self, x, a, t):
        return solarized(x, a, t, self.value_range)


def solarized(x: torch.Tensor, a: torch.Tensor, t: torch.Tensor, value_range=(0, 255)) -> torch.Tensor:
    """v = clip(x + a (high - low), low, high) below the threshold low + t (high - low), low + high - v from there on."""
    low, high = value_range
    v = (x + a * (high - low)).clamp(low, high)
    return torch.lerp(low + high - v, v, (v < low + t * (high - low)).to(x.dtype))  # 0 or 1: exactly one of the two
