"""Grey: in training pictures lose their colour, some of them wholly, or each a part of it (흑백, 색 빼기).

    grey(x) = 0.2989 red + 0.587 green + 0.114 blue                in all three channels
    RandomGrayscale             y = grey(x) with probability factor, else x
    RandomColorDegeneration     y = x + f (grey(x) - x),   f ~ U(factor)                 clipped to the range of the pixels

    x: (N, H, W, 3) -> y: (N, H, W, 3).  One draw a picture. Pictures of one channel are grey already and stay.
Source: ITU-R BT.601 (the weights, as rounded in Keras 3 and torchvision); Cubuk et al., "AutoAugment", 2019, table 6 (Color).
"""

import torch

from nabi.core.numbers import number
from nabi.core.random import Key
from nabi.core.registry import register
from nabi.layers.sampled import share
from nabi.layers.varied import Ranged, Varied, a_picture, coloured, some, up_to

WEIGHTS = (0.2989, 0.587, 0.114)


@register("layer")
class RandomGrayscale(Varied):
    """Takes the colour from some pictures during training; at inference nothing happens.

    Args:
        factor: probability that a picture becomes grey, in [0, 1].
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.RandomGrayscale(1.0)(torch.tensor([[[[100., 0., 0.]]]]), training=True).flatten().round().tolist()
        [30.0, 30.0, 30.0]
    """

    def __init__(self, factor=0.5, data_format=None, seed=None, **base):
        super().__init__(seed, data_format, **base)
        self.factor = number("RandomGrayscale(factor)", factor, least=0, most=1)

    def draws(self, x, key: Key):
        """Which pictures become grey: (N, 1, 1, 1)."""
        (u,) = a_picture(x, key)
        return (u < self.factor,)

    def varied(self, x, chosen):
        return some(x, chosen, lambda x: grey(x).expand_as(x)) if coloured(self, x) else x


@register("layer")
class RandomColorDegeneration(Ranged):
    """Takes a part of their colour from pictures during training; at inference nothing happens.

    Args:
        factor: the part, drawn from (0, factor) for a number, else from a pair; in [0, 1]: 0 leaves a picture, 1 makes it grey.
        value_range: the range of the pixels, to which the result is clipped.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> half = nabi.layers.RandomColorDegeneration((0.5, 0.5))
        >>> half(torch.tensor([[[[100., 0., 0.]]]]), training=True).flatten().round().tolist()
        [65.0, 15.0, 15.0]

    Keras 3's code departs from its documentation, which nabi follows: there a single number draws from (-factor, factor).
    """

    def __init__(self, factor, value_range=(0, 255), data_format=None, seed=None, **base):
        super().__init__(value_range, seed, data_format, **base)
        self.factor = share("RandomColorDegeneration(factor)", factor, "0.5 takes up to half of the colour.", least=0)

    def draws(self, x, key: Key):
        """The part that is taken: (N, 1, 1, 1)."""
        (u,) = a_picture(x, key)
        return (up_to(self.factor, u),)

    def varied(self, x, f):
        return degenerated(x, f).clamp(*self.value_range) if coloured(self, x) else x


def degenerated(x: torch.Tensor, f: torch.Tensor) -> torch.Tensor:
    """x + f (grey(x) - x)."""
    return torch.lerp(x, grey(x), f)


def grey(x: torch.Tensor) -> torch.Tensor:
    """The brightness of pictures in colour: (N, H, W, 3) -> (N, H, W, 1).

    Example:
        >>> grey(torch.tensor([[[[0., 100., 0.]]]])).item()
        58.70000076293945
    """
    return (x @ torch.tensor(WEIGHTS, dtype=x.dtype, device=x.device)).unsqueeze(-1)
