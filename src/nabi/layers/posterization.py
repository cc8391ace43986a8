"""Random posterization: in training pictures keep only the upper bits of their bytes (색 단계 줄이기).

    b ~ U{lower, ..., upper}                                          bits that are kept, one number a picture
    y = 2^(8 - b) floor(x / 2^(8 - b))                                x from 0 to 255; other ranges are brought there and back

    x: (N, H, W, C) -> y: (N, H, W, C)
Source: Cubuk et al., "AutoAugment", 2019, table 6 (Posterize); Keras 3's RandomPosterization.
"""

from typing import Any

import torch

from nabi.core.errors import ArgumentError
from nabi.core.numbers import is_whole
from nabi.core.random import Key
from nabi.core.registry import register
from nabi.layers.varied import Ranged, a_picture


@register("layer")
class RandomPosterization(Ranged):
    """Cuts pixels to a few steps during training; at inference nothing happens.

    Args:
        factor: bits of each channel that are kept, 1 to 8: a number, or a pair (fewest, most) to draw from.
        value_range: the range of the pixels.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> two_bits = nabi.layers.RandomPosterization(2)
        >>> two_bits(torch.tensor([[[[10.], [63.], [64.], [255.]]]]), training=True).flatten().tolist()
        [0.0, 0.0, 64.0, 192.0]

    Keras 3's code departs from its documentation, which nabi follows: there a single number draws from 1 to one bit less, and a
    pair leaves out its upper end.
    """

    def __init__(self, factor, value_range=(0, 255), data_format=None, seed=None, **base):
        super().__init__(value_range, seed, data_format, **base)
        self.factor = bits("RandomPosterization(factor)", factor)

    def draws(self, x, key: Key):
        """The bits that are kept: (N, 1, 1, 1)."""
        (u,) = a_picture(x, key)
        fewest, most = sorted(self.factor) if isinstance(self.factor, (tuple, list)) else (self.factor, self.factor)
        return (fewest + (u * (most - fewest + 1)).floor(),)

    def varied(self, x, b):
        return posterized(x, b, self.value_range)


def posterized(x: torch.Tensor, b: torch.Tensor, value_range=(0, 255)) -> torch.Tensor:
    """2^(8 - b) floor(x / 2^(8 - b)) for pixels from 0 to 255; b: (N, 1, 1, 1)."""
    low, high = value_range
    step = torch.exp2(8 - b) * ((high - low) / 255)
    return ((x - low) / step).floor() * step + low


def bits(where: str, value: Any) -> Any:
    """The value itself if it is a whole number from 1 to 8, or a pair of them. Raises ArgumentError."""
    pair = value if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) == 2 and all(is_whole(v) and 1 <= int(v) <= 8 for v in pair):
        return value
    raise ArgumentError(where, "a number of bits from 1 to 8 or a pair of them", repr(value), "4 keeps 16 steps of each channel.")
