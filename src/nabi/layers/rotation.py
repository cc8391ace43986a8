"""Random rotation: in training each picture is turned about its middle by a random angle (무작위 회전).

    a ~ U(low, high) 2 pi                                   one angle a picture, counter-clockwise
    A = [[cos a, sin a], [-sin a, cos a]]                   from (row, column) of the result to those of the picture
    y[i, j] = x(c + A ((i, j) - c)),   c = ((H - 1)/2, (W - 1)/2)        read by `kernels.affine`

    x: (N, H, W, C) -> y: (N, H, W, C).  The angle is f(seed, the layer's index in the graph, its call counter, picture).
Source: Simard, Steinkraus & Platt, "Best practices for convolutional neural networks", ICDAR 2003, section 2.
"""

import math

import torch

from nabi.core.random import Key
from nabi.core.registry import register
from nabi.kernels.affine import affine
from nabi.kernels.philox import uniform
from nabi.layers.sampled import Sampled, between, share


@register("layer")
class RandomRotation(Sampled):
    """Turns pictures during training; at inference nothing happens.

    Args:
        factor: largest angle as a share of a full turn, or a pair (lowest, highest); in [-1, 1]. Positive is counter-clockwise.
        fill_mode: what comes in at the border: "reflect", "nearest", "wrap", or "constant", the fill_value.
        interpolation: "bilinear" or "nearest".
        seed: own seed of this layer; None takes the model's.
        fill_value: the pixel beyond the border with "constant".

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> quarter = nabi.layers.RandomRotation((0.25, 0.25))
        >>> quarter(torch.tensor([[[[1.], [2.]], [[3.], [4.]]]]), training=True).flatten().round(decimals=6).tolist()
        [2.0, 4.0, 1.0, 3.0]

    torchvision's RandomRotation counts in degrees, and so do most papers: 10 degrees are a factor of 10 / 360.
    """

    def __init__(self, factor, fill_mode="reflect", interpolation="bilinear", seed=None, fill_value=0.0, data_format=None,
                 **base):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **base)
        self.factor = share("RandomRotation(factor)", factor, "A share of a turn: 0.05 turns by up to 18 degrees, either way.")

    def call(self, x, training: bool = False, key: Key | None = None):
        if not training or key is None:
            return x
        a = 2 * math.pi * between(self.factor, uniform(key, (len(x),), torch.float64, x.device))
        A = torch.stack([a.cos(), a.sin(), -a.sin(), a.cos()], -1).view(-1, 2, 2)
        return affine(x, A, None, self.fill_mode, self.interpolation, self.fill_value)
