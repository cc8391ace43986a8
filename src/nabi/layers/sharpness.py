"""Random sharpness: in training edges of pictures become softer or crisper (선명도).

    smooth(x)[i, j] = (4 x[i, j] + sum over the 3 x 3 window around (i, j) of x) / 13              0 beyond the border
    y = smooth(x) + s (x - smooth(x)),   s = 2 f,   f ~ U(factor)                               clipped to the range of the pixels

    x: (N, H, W, C) -> y: (N, H, W, C).  One draw a picture: s = 0 is smooth, 1 the picture itself, 2 sharpened.
Source: Cubuk et al., "AutoAugment", 2019, table 6 (Sharpness), after Pillow's ImageEnhance; Keras 3's RandomSharpness.
"""

import torch

from nabi.core.random import Key
from nabi.core.registry import register
from nabi.layers.blur import along
from nabi.layers.sampled import share
from nabi.layers.varied import Ranged, a_picture, up_to


@register("layer")
class RandomSharpness(Ranged):
    """Softens or sharpens pictures during training; at inference nothing happens.

    Args:
        factor: 0 smooths, 0.5 changes nothing, 1 sharpens: drawn from (0, factor) for a number, else from a pair; in [0, 1].
        value_range: the range of the pixels, to which the result is clipped.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> crisp = nabi.layers.RandomSharpness((1, 1))
        >>> crisp(torch.tensor([[130., 130., 143., 143.]] * 3)[None, ..., None], training=True)[0, 1, 1:3, 0].tolist()
        [127.0, 146.0]
    """

    def __init__(self, factor, value_range=(0, 255), data_format=None, seed=None, **base):
        super().__init__(value_range, seed, data_format, **base)
        self.factor = share("RandomSharpness(factor)", factor, "(0.3, 0.7) draws from a little softer to crisper.", least=0)

    def draws(self, x, key: Key):
        """The share of the picture itself, 0 to 2: (N, 1, 1, 1)."""
        (u,) = a_picture(x, key)
        return (2 * up_to(self.factor, u),)

    def varied(self, x, s):
        return sharpened(x, s, self.value_range)


def sharpened(x: torch.Tensor, s: torch.Tensor, value_range=(0, 255)) -> torch.Tensor:
    """smooth(x) + s (x - smooth(x)), clipped; s: (N, 1, 1, 1)."""
    one = torch.ones_like(s)
    smooth = (4 * x + along(along(x, [one, one], 1), [one, one], 2)) / 13
    return torch.lerp(smooth, x, s).clamp(*value_range)
