"""Random Gaussian blur: in training some pictures are smoothed by a bell-shaped window (가우시안 흐림).

    p ~ U(factor),   blurred with probability p;   sigma ~ U(sigma)                                 one p and one sigma a picture
    g[k] = exp(-k^2 / (2 sigma^2)) / sum over k of the same,      -(K - 1)/2 <= k <= (K - 1)/2
    y[i, j] = sum over k, m of g[k] g[m] x[i + k, j + m]          first down the columns, then along the rows; 0 beyond the border

    x: (N, H, W, C) -> y: (N, H, W, C).
Source: Keras 3's RandomGaussianBlur; Chen et al., "A simple framework for contrastive learning", 2020, appendix A.
"""

from typing import Any

import torch

from nabi.core.errors import ArgumentError
from nabi.core.numbers import is_number, is_whole
from nabi.core.random import Key
from nabi.core.registry import register
from nabi.layers.sampled import share
from nabi.layers.varied import Ranged, a_picture, some, up_to


@register("layer")
class RandomGaussianBlur(Ranged):
    """Blurs some pictures during training; at inference nothing happens.

    Args:
        factor: probability that a picture is blurred, drawn from (0, factor) for a number, else from a pair; in [0, 1].
        kernel_size: pixels of the window, odd; or a pair (height, width).
        sigma: standard deviation in pixels, drawn from (0, sigma) for a number, else from a pair; 0 or more.
        value_range: the range of the pixels, to which the result is clipped.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> blur = nabi.layers.RandomGaussianBlur((1, 1), sigma=(1, 1))
        >>> blur(torch.tensor([[[[0.], [100.], [0.]]]]), training=True).flatten().round().tolist()
        [12.0, 20.0, 12.0]

    Keras 3 draws one pair of sigmas for the whole batch; its documentation, which nabi follows, has one for each picture. Keras
    takes no sigma above 1. A kernel of 3 pixels shows little of a sigma above 1: 6 sigma + 1 is wide enough.
    """

    def __init__(self, factor=1.0, kernel_size=3, sigma=1.0, value_range=(0, 255), data_format=None, seed=None, **base):
        super().__init__(value_range, seed, data_format, **base)
        self.factor = share("RandomGaussianBlur(factor)", factor, "A probability, 0.5 for up to every second picture.", least=0)
        self.kernel_size = odd("RandomGaussianBlur(kernel_size)", kernel_size)
        self.sigma = deviation("RandomGaussianBlur(sigma)", sigma)

    def draws(self, x, key: Key):
        """Which pictures are blurred, and their sigmas: (N, 1, 1, 1)."""
        u, p, v = a_picture(x, key, 3)
        return u < up_to(self.factor, p), up_to(self.sigma, v) + 1e-6

    def varied(self, x, chosen, sigma):
        height, width = self.kernel_size if isinstance(self.kernel_size, (tuple, list)) else (self.kernel_size,) * 2

        def blurred(x, sigma):
            return along(along(x, bell(height, sigma), 1), bell(width, sigma), 2)

        return some(x, chosen, blurred, sigma).clamp(*self.value_range)


def bell(size: int, sigma: torch.Tensor) -> list[torch.Tensor]:
    """The half g[0], g[1], ... of a window of odd size that sums to 1; each in the shape of sigma."""
    k = torch.arange(size // 2 + 1, dtype=sigma.dtype, device=sigma.device)
    g = torch.exp(-0.5 * (k / sigma.unsqueeze(-1)) ** 2)
    return list((g / (2 * g.sum(-1, keepdim=True) - 1)).unbind(-1))  # g[0] = 1 stands once, the others twice


def along(x: torch.Tensor, g: list[torch.Tensor], axis: int) -> torch.Tensor:
    """sum over k of g[|k|] x[i + k] along an axis, 0 beyond the border."""
    y, n = x * g[0], x.shape[axis]
    for k in range(1, min(len(g), n)):
        y.narrow(axis, k, n - k).addcmul_(x.narrow(axis, 0, n - k), g[k])
        y.narrow(axis, 0, n - k).addcmul_(x.narrow(axis, k, n - k), g[k])
    return y


def odd(where: str, value: Any) -> Any:
    """The value itself if it is an odd whole number above 0, or a pair of them. Raises ArgumentError."""
    pair = value if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) == 2 and all(is_whole(v) and int(v) > 0 and int(v) % 2 for v in pair):
        return value
    raise ArgumentError(where, "an odd number of pixels or a pair of them", repr(value), "3 takes in each pixel's neighbours.")


def deviation(where: str, value: Any) -> Any:
    """The value itself if it is a finite number from 0 on, or a pair of them. Raises ArgumentError."""
    pair = value if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) == 2 and all(is_number(v) and 0 <= v < float("inf") for v in pair):
        return value
    raise ArgumentError(where, "a number of pixels, 0 or more, or a pair of them", repr(value), "(0.1, 2) draws from both.")
