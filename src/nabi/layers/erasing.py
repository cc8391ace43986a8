"""Random erasing: in training a box of some pictures is painted over, so that no one part decides (무작위 지우기).

    p ~ U(factor),   erased with probability p                                                       one draw of each a picture
    h = H sqrt(a),  w = W sqrt(b),   a, b ~ U(scale);     top ~ U(0, H - h),   left ~ U(0, W - w)
    y[i, j] = fill   where top <= i + 1/2 < top + h and left <= j + 1/2 < left + w,      else x[i, j]
    fill     clip(high z, low, high), z normal, one for each number; or the value that is given

    x: (N, H, W, C) -> y: (N, H, W, C).  low, high: the range of the pixels
Source: Zhong et al., "Random erasing data augmentation", AAAI 2020; the box is that of Keras 3.
"""

from typing import Any

import torch

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.numbers import is_number
from nabi.core.random import Key
from nabi.core.registry import register
from nabi.kernels.philox import normal
from nabi.layers.sampled import share
from nabi.layers.varied import Ranged, a_picture, further, up_to


@register("layer")
class RandomErasing(Ranged):
    """Paints a box over in some pictures during training; at inference nothing happens.

    Args:
        factor: probability that a picture loses a box, drawn from (0, factor) for a number, else from a pair; in [0, 1].
        scale: the box's height is that of the picture times the root of a number from this range, (0, scale) for one number, its
            width likewise: (0.02, 0.33) covers about a sixth of a picture on average. In [0, 1].
        fill_value: the pixel of the box: a number, one for each channel, or None for noise.
        value_range: the range of the pixels, to which fill_value and noise are clipped.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> erase = nabi.layers.RandomErasing((1, 1), scale=(0.25, 0.25), fill_value=7, seed=0)
        >>> erase(torch.zeros(1, 4, 4, 1), training=True)[0, ..., 0].tolist()
        [[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 7.0, 7.0], [0.0, 0.0, 7.0, 7.0], [0.0, 0.0, 0.0, 0.0]]

    Keras 3 documents `scale` as the box's shape; its code, and nabi, read it as above. Keras goes by the pixels' upper left
    corners, so that no box but a whole one has pixels of the first row and column; nabi by their middles.
    """

    def __init__(self, factor=1.0, scale=(0.02, 0.33), fill_value=None, value_range=(0, 255), seed=None, data_format=None,
                 **base):
        super().__init__(value_range, seed, data_format, **base)
        self.factor = share("RandomErasing(factor)", factor, "A probability, 0.5 for up to every second picture.", least=0)
        self.scale = share("RandomErasing(scale)", scale, "(0.02, 0.33) for boxes from a small to a large one.", least=0)
        self.fill_value = paint("RandomErasing(fill_value)", fill_value)

    def draws(self, x, key: Key):
        """The pixels that are painted over, (N, H, W) bool, and with what, one row of C numbers for each."""
        u, p, a, b, v, t = a_picture(x, key, 6)
        share_h, share_w = (up_to(self.scale, part).sqrt() for part in (a, b))
        erased = box(x, share_h, share_w, v, t) & (u < up_to(self.factor, p)).view(-1, 1, 1)
        if self.fill_value is not None:
            fill = torch.tensor(self.fill_value, dtype=x.dtype, device=x.device).expand(1, x.shape[3])
        else:
            fill = self.value_range[1] * normal(further(key, 1), (int(erased.sum()), x.shape[3]), x.dtype, x.device)
        return erased, fill.clamp(*self.value_range)

    def varied(self, x, erased, fill):
        y = x.clone()
        y[erased] = fill
        return y

    def compute_output_shape(self, input_shape):
        if isinstance(self.fill_value, (tuple, list)) and input_shape[3] not in (None, len(self.fill_value)):
            raise ShapeError(self.label, f"pictures of {len(self.fill_value)} channels, as many as fill_value has numbers",
                             f"{input_shape[3]} channels")
        return input_shape


def box(x: torch.Tensor, share_h: torch.Tensor, share_w: torch.Tensor, v: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    """The pixels whose middle lies in a box of these shares of the height and width at v (H - h), t (W - w): (N, H, W) bool.

    Example:
        >>> half = torch.full((1, 1, 1, 1), 0.5)
        >>> box(torch.zeros(1, 2, 4, 1), 2 * half, half, half, half).int().tolist()
        [[[0, 1, 1, 0], [0, 1, 1, 0]]]
    """
    inside = []
    for axis, part, place in ((1, share_h, v), (2, share_w, t)):
        n, middle = x.shape[axis], 0.5 + torch.arange(x.shape[axis], device=x.device)
        first = (place * (n - part * n)).view(-1, 1)
        inside.append((middle >= first) & (middle < first + (part * n).view(-1, 1)))
    return inside[0][:, :, None] & inside[1][:, None, :]


def paint(where: str, value: Any) -> Any:
    """The value itself if it is None, a finite number, or one a channel. Raises ArgumentError."""
    values = value if isinstance(value, (tuple, list)) else (value,)
    if value is None or values and all(is_number(v) and abs(v) < float("inf") for v in values):
        return value
    raise ArgumentError(where, "a finite number, one for each channel, or None for noise", repr(value))
