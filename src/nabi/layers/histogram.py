"""Histogram: each channel of a picture is stretched over the whole range, evenly or so that all values are as frequent (평활화).

    AutoContrast    y = low + (x - m) (high - low) / (M - m)                m, M: least and greatest value of the channel
    Equalization    y = low + (high - low) round(255 (F[b(x)] - F_1) / (P - F_1)) / 255
                    b(x) = floor((B - 1) (x - low) / (high - low))           the bin of a pixel, of B
                    F[b] = how many of the channel's P pixels lie in bins 0 ... b,   F_1 the first of these that is not 0

    x: (N, H, W, C) -> y: (N, H, W, C), in training and at inference. A channel of one value stays as it is.
Source: Gonzalez & Woods, "Digital image processing", section 3.3; Keras 3.
"""

import torch

from nabi.core.numbers import whole
from nabi.core.registry import register
from nabi.layers.layer import Layer
from nabi.layers.varied import pixel_range
from nabi.layers.window import only_channels_last


@register("layer")
class AutoContrast(Layer):
    """Stretches each channel of a picture over the range of the pixels, in training and at inference.

    Args:
        value_range: the range of the pixels.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.AutoContrast()(torch.tensor([[[[10.], [20.], [60.]]]])).flatten().tolist()
        [0.0, 51.0, 255.0]
    """

    rank = 4

    def __init__(self, value_range=(0, 255), data_format=None, **base):
        super().__init__(**base)
        self.value_range = pixel_range("AutoContrast", value_range)
        self.data_format = only_channels_last("AutoContrast", data_format)

    def call(self, x):
        return stretched(x, self.value_range)


@register("layer")
class Equalization(Layer):
    """Spreads the values of each channel of a picture so that all are about as frequent, in training and at inference.

    Args:
        value_range: the range of the pixels.
        bins: steps into which the range is divided, 2 or more.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Equalization()(torch.tensor([[[[10.], [11.], [11.], [12.]]]])).flatten().tolist()
        [0.0, 170.0, 170.0, 255.0]

    Keras 3's code departs from its documentation, which nabi follows: there all pictures of a batch share one histogram, and a
    model equalizes in training only. No gradient passes.
    """

    rank = 4

    def __init__(self, value_range=(0, 255), bins=256, data_format=None, **base):
        super().__init__(**base)
        self.value_range = pixel_range("Equalization", value_range)
        self.bins = whole("Equalization(bins)", bins, least=2)
        self.data_format = only_channels_last("Equalization", data_format)

    def call(self, x):
        return equalized(x, self.value_range, self.bins)


def stretched(x: torch.Tensor, value_range=(0, 255)) -> torch.Tensor:
    """low + (x - m) (high - low) / (M - m) for each channel of each picture."""
    low, high = value_range
    rows = x.flatten(2)  # (N, H, W C): first down the columns, where numbers lie side by side
    m, M = (limits.view(len(x), *x.shape[2:]) for limits in (rows.amin(1), rows.amax(1)))
    m, M = m.amin(1)[:, None, None], M.amax(1)[:, None, None]  # (N, 1, 1, C)
    k = torch.where(M > m, (high - low) / (M - m), 1)
    return x * k + torch.where(M > m, low - m * k, 0)


def equalized(x: torch.Tensor, value_range=(0, 255), bins: int = 256) -> torch.Tensor:
    """Each channel of each picture through the running sum of its histogram."""
    (low, high), (N, H, W, C) = value_range, x.shape
    b = ((x.detach() - low) * ((bins - 1) / (high - low))).clamp(0, bins - 1).int()
    flat = (b + bins * torch.arange(N * C, dtype=b.dtype, device=x.device).view(N, 1, 1, C)).flatten()
    F = torch.bincount(flat, minlength=N * C * bins).view(N * C, bins).cumsum(1).double()
    first = torch.where(F > 0, F, H * W).amin(1, keepdim=True)
    table = (255 * (F - first) / (H * W - first).clamp(min=1)).round().clamp(min=0)
    y = (low + (high - low) / 255 * table).to(x.dtype).flatten().index_select(0, flat).view_as(x)
    several = (first < H * W).view(N, 1, 1, C)
    return y if several.all() else torch.where(several, y, x)
