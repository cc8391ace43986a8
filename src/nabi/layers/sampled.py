"""Sampled: what random layers share that read each picture at other places: how they read between pixels and beyond the border.

    factor = 0.2          ~ U(-0.2, 0.2)            a number: either way
    factor = (0.1, 0.3)   ~ U(0.1, 0.3)             a pair: from the lower to the higher
"""

from typing import Any

import torch

from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.numbers import is_number, number, whole
from nabi.kernels.affine import FILLS, INTERPOLATIONS
from nabi.layers.varied import Augmenting
from nabi.layers.window import only_channels_last


class Sampled(Augmenting):
    """Base of layers that move pixels at random in training."""

    def __init__(self, fill_mode="reflect", interpolation="bilinear", seed=None, fill_value=0.0, data_format=None, **base):
        super().__init__(**base)
        name = type(self).__name__
        for word, value, known in (("fill_mode", fill_mode, FILLS), ("interpolation", interpolation, INTERPOLATIONS)):
            if value not in known:
                raise ArgumentError(f"{name}({word})", f"one of {', '.join(known)}", repr(value), did_you_mean(str(value), known))
        self.fill_mode = fill_mode
        self.interpolation = interpolation
        self.seed = whole(f"{name}(seed)", seed, optional=True)
        self.fill_value = number(f"{name}(fill_value)", fill_value)
        self.data_format = only_channels_last(name, data_format)


def share(where: str, value: Any, remedy: str, least: float = -1, above: float | None = None) -> Any:
    """The value itself if it is a number from `least`, above `above`, up to 1, or a pair of them.

    Raises ArgumentError.
    """
    pair = value if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) == 2 and all(is_number(v) and least <= v <= 1 and (above is None or v > above) for v in pair):
        return value
    start = f"[{least}" if above is None else f"({above}"
    raise ArgumentError(where, f"a share in {start}, 1] or a pair of them", repr(value), remedy)


def between(factor: Any, u: torch.Tensor) -> torch.Tensor:
    """Numbers u in [0, 1) brought to the range of a factor.

    Example:
        >>> between(0.2, torch.tensor([0.5])).tolist(), between((3, 1), torch.tensor([0.5])).tolist()
        ([0.0], [2.0])
    """
    low, high = sorted(factor) if isinstance(factor, (tuple, list)) else (-abs(factor), abs(factor))
    return low + (high - low) * u
