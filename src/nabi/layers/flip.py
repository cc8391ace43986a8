"""Random flip: in training each picture is mirrored with probability 1/2, left to right, upside down, or both (무작위 뒤집기).

    y[i, j] = x[i', j'],   j' = W - 1 - j with probability 1/2, else j;   i' = H - 1 - i likewise; each picture for itself

    x: (N, H, W, C) -> y: (N, H, W, C).  The choices are f(seed, the layer's index in the graph, its call counter, picture).
Source: Krizhevsky, Sutskever & Hinton, "ImageNet classification with deep convolutional neural networks", 2012, section 4.1.
"""

import torch

from nabi import kernels
from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.numbers import whole
from nabi.core.random import Key
from nabi.core.registry import register
from nabi.kernels.philox import uniform
from nabi.layers.varied import Augmenting
from nabi.layers.window import only_channels_last

MODES = {"horizontal_and_vertical": (True, True), "horizontal": (False, True), "vertical": (True, False)}  # rows, columns


@register("layer")
class RandomFlip(Augmenting):
    """Mirrors pictures at random during training; at inference nothing happens.

    Args:
        mode: "horizontal" mirrors left and right, "vertical" up and down, "horizontal_and_vertical" does either by itself.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> flip = nabi.layers.RandomFlip("horizontal", seed=0)
        >>> flip(torch.tensor([[[[1.], [2.], [3.]]]] * 2), training=True).flatten(1).tolist()
        [[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]

    Keras 3 draws once for both directions of "horizontal_and_vertical", which turns half of the pictures by 180 degrees; here as
    in Keras 2 each direction has a draw of its own, so that all four ways come up. A flip fits where a mirrored picture is of the
    same class: animals left to right, not digits.
    """

    def __init__(self, mode="horizontal_and_vertical", seed=None, data_format=None, **base):
        super().__init__(**base)
        if mode not in MODES:
            raise ArgumentError("RandomFlip(mode)", f"one of {', '.join(MODES)}", repr(mode),
                                did_you_mean(str(mode), list(MODES)))
        self.mode = mode
        self.seed = whole("RandomFlip(seed)", seed, optional=True)
        self.data_format = only_channels_last("RandomFlip", data_format)

    def call(self, x, training: bool = False, key: Key | None = None):
        if not training or key is None:
            return x
        rows, columns = self.origins(x, key)
        return kernels.pictures(x, rows, columns)

    def origins(self, x: torch.Tensor, key: Key) -> list[torch.Tensor | None]:
        """Rows (N, H) and columns (N, W) of x that those of the result come from; None where they stay."""
        flips = uniform(key, (len(x), 2), device=x.device) < 0.5
        return [mirrored(x.shape[axis], flips[:, axis - 1]) if MODES[self.mode][axis - 1] else None for axis in (1, 2)]


def mirrored(n: int, flips: torch.Tensor) -> torch.Tensor:
    """The places 0 ... n - 1 of each picture, backwards where `flips`, (N,), says so: (N, n).

    Example:
        >>> mirrored(3, torch.tensor([True, False])).tolist()
        [[2, 1, 0], [0, 1, 2]]
    """
    there = torch.arange(n, device=flips.device)
    return torch.where(flips[:, None], n - 1 - there, there)
